/* A server that holds the keys says anything at all to a client with a chat and a ping outstanding. */
#include "fuzz_entry.h"
#include "fuzz_session.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static session s;
    const cf_ask ask = {.prompt = span_text("hi"), .model = "default", .stream = true};
    span rest = span_of(data, n), piece;
    prim_start();
    session_open(&s);
    cf_client_chats(&s.client, &s.at_client, 1, &ask, &s.from_client);
    cf_client_pings(&s.client, &s.at_client, 2, &s.from_client);
    bool answered = false, completed = false;
    while (s.client.phase == CF_OPEN && fuzz_piece(&rest, &piece)) {
        if (piece.n > CF_RECORD_MAX - 16)
            break;
        cf_effects_clear(&s.from_server);
        cf_seal_plain(&s.server.noise, &s.at_server, piece, &s.from_server);
        verdict v = cf_client_takes_message(&s.client, &s.at_client, cf_record(&s.from_server, 0), &s.from_client);
        must(accepted(v) == (s.client.phase == CF_OPEN));
        must(s.from_client.n_records == 0); /* nothing a server says makes the client talk */
        const cf_event_kind kind = s.from_client.event.kind;
        must(kind != CF_COMPLETION || !completed); /* a request ends once */
        completed |= kind == CF_COMPLETION;
        must(kind != CF_ANSWERED || !answered);
        answered |= kind == CF_ANSWERED;
    }
    session_end(&s);
    return 0;
}
