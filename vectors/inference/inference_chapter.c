/* The operations in.make and in.verify: a receipt for an opening, and both against a model at hand, the one of the vectors; and the row of the
 * chapter. */
#include "chapter.h"
#include "toy_model.h"
#include "turn_vectors.h"

static bool read_number(adapter_call *call, const char *key, int64_t most, uint32_t *out)
{
    int64_t n;
    if (!call_number(call, key, 0, most, &n))
        return false;
    *out = (uint32_t)n;
    return true;
}

static void make(adapter_call *call)
{
    span session, opening;
    uint32_t engine;
    if (!read_number(call, "engine", UINT32_MAX, &engine) || !call_bytes_of(call, "session", IN_DIGEST, &session) ||
        !call_bytes(call, "opening", &opening))
        return;
    uint8_t *receipt = call_room(call, IN_RECEIPT);
    if (receipt && call_accepts(call, in_make_receipt(call->prim, engine, session.p, opening, receipt)))
        shim_put_bytes(&call->reply->out, "receipt", span_of(receipt, IN_RECEIPT));
}

static bool read_model(adapter_call *call, in_model *out)
{
    return read_number(call, "engine", UINT32_MAX, &out->engine) && read_number(call, "vocabulary", 65536, &out->vocabulary) &&
           read_number(call, "context", UINT32_MAX, &out->context) && read_number(call, "end", 65536, &out->end) &&
           call_bytes_of(call, "model", IN_DIGEST, &out->digest) && call_bytes_of(call, "tokenizer", IN_DIGEST, &out->tokenizer);
}

static void verify(adapter_call *call)
{
    span receipt, opening;
    in_findings findings;
    in_signed by = {0};
    toy_model toy = {.prim = call->prim};
    in_model model = {.ctx = &toy, .draw = toy_draw, .text = toy_text};
    if (!read_model(call, &model) || !call_bytes(call, "receipt", &receipt) || !call_bytes(call, "opening", &opening) ||
        !call_signed(call, &by))
        return;
    toy.vocabulary = model.vocabulary;
    if (call_accepts(call, in_verify_signed(call->prim, &model, &by, receipt, opening, &findings)))
        call_put_names(call, "not_compared", findings.account.not_compared, in_comparison_names, IN_COMPARISONS);
}

const chapter inference_chapter = {
    .name = "inference",
    .files = inference_files,
    .capabilities = (const capability[]){{"in:receipt", NULL}, {"in:turn", NULL}, {"in:padding", NULL}, {0}},
    .operations = (const operation[]){{.name = "in.make", .answer = make, .serves = "in:receipt"},
                                      {.name = "in.verify", .answer = verify, .serves = "in:receipt"},
                                      {.name = "in.message", .answer = read_any_message, .serves = "in:turn"},
                                      {.name = "in.request", .answer = judge_request, .serves = "in:turn"},
                                      {.name = "in.refusal", .answer = refuse_request, .serves = "in:turn"},
                                      {.name = "in.serve", .answer = serve_turn, .serves = "in:turn"},
                                      {.name = "in.turn", .answer = derive_turn, .serves = "in:turn"},
                                      {.name = "in.answer", .answer = take_answer, .serves = "in:turn"},
                                      {.name = "in.sign", .answer = sign_receipt, .serves = "in:turn"},
                                      {.name = "in.receipt", .answer = check_receipt, .serves = "in:turn"},
                                      {.name = "in.frank", .answer = make_frank, .serves = "in:turn"},
                                      {.name = "in.moderate", .answer = moderate_frank, .serves = "in:turn"},
                                      {.name = "in.pad", .answer = pad_message, .serves = "in:padding"},
                                      {.name = "in.chunk", .answer = judge_chunk, .serves = "in:padding"},
                                      {.name = "in.bucket", .answer = take_records, .serves = "in:padding"},
                                      {.name = "in.gap", .answer = choose_gap, .serves = "in:padding"},
                                      {0}},
    .checks = inference_checks};
