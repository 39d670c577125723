/* Heads in front of a WebSocket connection: the operations wi.*, and the row of the chapter. */
#include "chapter.h"
#include "wire.h"

static void read_request(adapter_call *call)
{
    span head;
    wi_head h;
    if (!call_bytes(call, "head", &head) || !call_accepts(call, wi_read_request(head, &h)))
        return;
    shim_put_bytes(&call->reply->out, "method", h.method);
    shim_put_bytes(&call->reply->out, "target", h.target);
}

static void judge_upgrade(adapter_call *call)
{
    span head, key = EMPTY;
    wi_head h;
    if (!call_bytes(call, "head", &head) || !call_accepts(call, wi_read_request(head, &h)) ||
        !call_accepts(call, wi_judge_upgrade(&h, call_text(call, "protocol"), &key)))
        return;
    const size_t start = call->reply->room.n;
    wi_write_upgrade_answer(key, call_text(call, "protocol"), &call->reply->room);
    shim_put_bytes(&call->reply->out, "answer", span_from(written(&call->reply->room), start));
}

static void judge_answer(adapter_call *call)
{
    span head, nonce;
    if (call_bytes(call, "head", &head) && call_bytes_of(call, "nonce", WI_NONCE, &nonce))
        call_accepts(call, wi_judge_upgrade_answer(head, call_text(call, "protocol"), nonce.p));
}

/* `from`: client or server; `unfinished` is left out where it is false. */
static void read_frame(adapter_call *call)
{
    span head;
    wi_frame f;
    const bool client = span_is(call_text(call, "from"), "client");
    if (!call_bytes(call, "head", &head) || !call_accepts(call, wi_read_frame_head(head, client, call_flag(call, "unfinished"), &f)))
        return;
    shim_put_int(&call->reply->out, "opcode", f.opcode);
    shim_put_int(&call->reply->out, "n", (int64_t)f.n);
    shim_put_bool(&call->reply->out, "last", f.last);
}

static void judge_text(adapter_call *call)
{
    span payload;
    if (call_bytes(call, "payload", &payload))
        call_accepts(call, wi_judge_text(payload));
}

static void read_close(adapter_call *call)
{
    span payload;
    unsigned code;
    if (call_bytes(call, "payload", &payload) && call_accepts(call, wi_read_close(payload, &code)))
        shim_put_int(&call->reply->out, "code", code);
}

const chapter wire_chapter = {.name = "wire",
                              .files = wire_files,
                              .checks = wire_checks,
                              .capabilities = (const capability[]){{"wi:http", NULL}, {"wi:frames", NULL}, {0}},
                              .operations = (const operation[]){{.name = "wi.request", .answer = read_request, .serves = "wi:http"},
                                                                {.name = "wi.upgrade", .answer = judge_upgrade, .serves = "wi:http"},
                                                                {.name = "wi.answer", .answer = judge_answer, .serves = "wi:http"},
                                                                {.name = "wi.frame", .answer = read_frame, .serves = "wi:frames"},
                                                                {.name = "wi.text", .answer = judge_text, .serves = "wi:frames"},
                                                                {.name = "wi.close", .answer = read_close, .serves = "wi:frames"},
                                                                {0}}};
