/* An opening, sealed when it can be read, and then run again by a model that says whatever the opening says. */
#include "fuzz_entry.h"
#include "inference.h"

static uint32_t as_opened(void *ctx, const in_opening *o, size_t i)
{
    (void)ctx;
    return in_token(o->output, i - 1);
}

static span low_byte(void *ctx, uint16_t token)
{
    uint8_t *room = ctx;
    *room = (uint8_t)token;
    return span_of(room, 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const uint8_t session[IN_DIGEST];
    uint8_t receipt[IN_RECEIPT] = {0}, room;
    const span in = span_of(data, n);
    in_opening o;
    in_account account;
    prim_start();
    const verdict made = in_make_receipt(&prim_sodium, 1, session, in, receipt);
    must(accepted(made) == accepted(in_read_opening(in, &o))); /* IN-001 to IN-005 */
    const in_model model = {.engine = 1, .digest = span_first(span_from(in, 32), 32), .tokenizer = span_first(span_from(in, 64), 32),
        .vocabulary = 0x10000, .context = 2 * IN_TOKENS_MAX, .end = 2, .ctx = &room, .draw = as_opened, .text = low_byte};
    const verdict v = in_verify(&prim_sodium, &model, SPAN(receipt), in, &account);
    must(accepted(made) ? accepted(v) || v.req == REQ_IN_031 || v.req == REQ_IN_032 : v.req == made.req);
    must(account.n_checks > 0 && account.check[account.n_checks - 1].ok == accepted(v));
    in_verify(&prim_sodium, &model, in, in, &account);
    return 0;
}
