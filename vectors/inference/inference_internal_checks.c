/* Receipts: what a verdict alone does not tell. */
#include "chapter.h"
#include "toy_model.h"
#include "turn.h"

#include <string.h>

enum { TOKENS = 6 };

/* The prompt of four bytes, and whatever tokens follow it. */
static in_opening opening_of(span output)
{
    static const uint8_t secret[32] = {7}, prompt[] = {0, 1, 0, 2}, parameters[IN_PARAMETERS_HEAD] = {0};
    return (in_opening){.salt = SPAN(secret),
                        .model = SPAN(secret),
                        .tokenizer = SPAN(secret),
                        .seed = SPAN(secret),
                        .finish = IN_CANCELLED,
                        .parameters = SPAN(parameters),
                        .prompt = SPAN(prompt),
                        .output = output};
}

/* What a verifier finds in an answer whose token at this position, and the one after it, are not the ones drawn; sealed by its prover. */
static verdict findings_of(const prim *p, size_t wrong_at, in_findings *findings)
{
    static const uint8_t session[32] = {0};
    uint8_t output[2 * TOKENS], opening[512], receipt[IN_RECEIPT];
    toy_model toy = {.prim = p, .vocabulary = 1000};
    const in_opening o = opening_of(SPAN(output));
    const in_model model = {.engine = TOY_ENGINE,
                            .digest = o.model,
                            .tokenizer = o.tokenizer,
                            .vocabulary = 1000,
                            .context = 64,
                            .end = IN_NO_TOKEN,
                            .ctx = &toy,
                            .draw = toy_draw,
                            .text = toy_text};
    writer drawn = WRITER(output), w = WRITER(opening);
    for (size_t i = 1; i <= TOKENS; i++) {
        const uint32_t token = toy_draw(&toy, &o, i);
        write_be(&drawn, i == wrong_at || i == wrong_at + 1 ? (token + 1) % 1000 : token, 2);
    }
    in_write_opening(&o, &w);
    must(writer_ok(&w) && accepted(in_make_receipt(p, TOY_ENGINE, session, written(&w), receipt)));
    return in_verify(p, &model, SPAN(receipt), written(&w), findings);
}

/* IN-030 */
static bool the_first_wrong_position_is_told(const prim *p)
{
    in_findings findings;
    for (size_t at = 1; at <= TOKENS; at++)
        if (findings_of(p, at, &findings).req != REQ_IN_029 || findings.wrong != at)
            return false;
    return accepted(findings_of(p, TOKENS + 1, &findings)) && findings.wrong == 0;
}

/* IN-065: sixteen chunks of 65535 bytes fit, with 16 bytes more; not the one behind them. */
static bool an_answer_has_an_end(const prim *p)
{
    static uint8_t answer[IN_ANSWER_MAX + 1], text[65535];
    static const uint8_t kturn[IN_KEY] = {1}, model[IN_DIGEST] = {2};
    in_client c;
    in_message chunk = {.type = IN_TYPE_CHUNK, .as.chunk = {.id = 7, .bytes = SPAN(text)}};
    in_client_asks(&c, kturn, &(in_request){.id = 7}, SPAN(model), WRITER(answer));
    for (chunk.as.chunk.seq = 0; chunk.as.chunk.seq < 16; chunk.as.chunk.seq++)
        if (!accepted(in_client_takes(&c, p, &chunk)))
            return false;
    chunk.as.chunk.bytes = span_of(text, 16);
    if (!accepted(in_client_takes(&c, p, &chunk)) || c.answer.n != IN_ANSWER_MAX)
        return false;
    chunk.as.chunk.seq++;
    chunk.as.chunk.bytes = span_of(text, 1);
    return in_client_takes(&c, p, &chunk).req == REQ_IN_065;
}

const internal_check inference_checks[] = {
    {"in.verify.position", "IN-030", the_first_wrong_position_is_told},
    {"in.answer.largest", "IN-065", an_answer_has_an_end},
    {0},
};
