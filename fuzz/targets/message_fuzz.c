/* Requests, responses and chat bodies: read leniently, written canonically, and never past their end. */
#include "confer_server.h"
#include "fuzz_entry.h"

static void round_trip(const layout *l, span in, void *object)
{
    static uint8_t room[1 << 17];
    bool canonical, again;
    uint8_t second[sizeof(cf_response) + sizeof(cf_request)];
    if (!accepted(layout_read(l, in, object, &canonical)))
        return;
    writer out = WRITER(room);
    layout_write(l, object, &out);
    if (!writer_ok(&out))
        return;
    must(!canonical || span_same(written(&out), in));
    must(accepted(layout_read(l, written(&out), second, &again)) && again); /* what we write is canonical: CF-048 */
}

static void read_chat(span body)
{
    static uint8_t room[1 << 17], text[1 << 17];
    writer w = WRITER(room);
    cf_chat chat;
    cf_chat_message m;
    if (body.n > sizeof room || !accepted(cf_read_chat(CF_0_1_20, body, &w, &chat)))
        return;
    for (json_cursor c = json_enter(chat.messages); cf_next_message(&c, &m);) {
        writer out = WRITER(text);
        must(m.role < CF_ROLES && json_string(m.content, &out)); /* decoded text is never longer than what was written */
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    cf_request request;
    cf_response response;
    char name[64];
    span in = span_of(data, n);
    prim_start();
    round_trip(&cf_request_layout, in, &request);
    round_trip(&cf_response_layout, in, &response);
    layout_name_at(&cf_request_layout, in, n / 2, name, sizeof name);
    read_chat(in);
    return 0;
}
