/* Heads of HTTP, as a server reads the request and as a client reads the answer; and tokens in the target. */
#include "confer_server.h"
#include "fuzz_entry.h"
#include "wire.h"

static void as_request(span in)
{
    wi_head head;
    span key;
    uint8_t room[512];
    writer out = WRITER(room);
    verdict v = wi_read_request(in, &head);
    must(!accepted(v) || (head.n <= WI_FIELDS_MAX && head.target.n > 0)); /* WI-008, WI-011 */
    must(accepted(v) || wi_refusal_status(v) >= 400);
    if (accepted(v) && accepted(wi_judge_upgrade(&head, EMPTY, &key))) {
        wi_write_upgrade_answer(key, EMPTY, &out);
        must(writer_ok(&out));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const uint8_t nonce[WI_NONCE];
    const cf_world world = {.prim = &prim_sodium, .now = 1000, .token_key = span_text("key")};
    cf_server server;
    span in = span_of(data, n);
    prim_start();
    must(wi_head_length(in) <= n);
    as_request(in);
    wi_judge_upgrade_answer(in, EMPTY, nonce);
    must(accepted(cf_server_admit(&server, &world, in)) == (server.phase == CF_ADMITTED)); /* CF-001 to CF-012 */
    return 0;
}
