/* A client that holds the keys says anything at all: each piece of the input is sealed and sent. */
#include "fuzz_entry.h"
#include "fuzz_session.h"

static void answer(session *s)
{
    if (s->from_server.event.kind == CF_CALL && cf_server_owes(&s->server, s->from_server.event.id)) {
        const int64_t id = s->from_server.event.id;
        cf_server_says(&s->server, &s->at_server, id, 200, span_text("ok"), true, &s->from_server);
        must(!cf_server_owes(&s->server, id)); /* CF-073 */
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static session s;
    span rest = span_of(data, n), piece;
    prim_start();
    session_open(&s);
    while (s.server.phase == CF_OPEN && fuzz_piece(&rest, &piece)) {
        if (piece.n > CF_RECORD_MAX - 16)
            break;
        cf_effects_clear(&s.from_client);
        cf_seal_plain(&s.client.noise, &s.at_client, piece, &s.from_client);
        verdict v = cf_server_takes_message(&s.server, &s.at_server, cf_record(&s.from_client, 0), &s.from_server);
        must(accepted(v) == (s.from_server.close == 0)); /* a rejection ends the session, and says so */
        must(accepted(v) == (s.server.phase == CF_OPEN));
        must(s.server.pending.n <= CF_REQUESTS_MAX); /* CF-068 */
        answer(&s);
    }
    session_end(&s);
    return 0;
}
