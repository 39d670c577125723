/* Any parameters, any logits: the token is END or one that text can have, stands inside every limit, and is the same the next time. */
#include "fuzz_entry.h"
#include "model_bpe.h"
#include "model_sample.h"
#include "prim.h"

#include <string.h>

typedef struct question {
    sample_params p;
    int32_t logit[SAMPLE_VOCAB];
    uint16_t said[64];
    size_t n_said;
} question;

/* Short inputs too should reach every token: what is missing repeats with a slope. */
static void read_logits(reader *r, question *q)
{
    const uint32_t start = (uint32_t)read_be(r, 4), slope = (uint32_t)read_be(r, 4), period = 1 + (uint32_t)read_be(r, 2) % SAMPLE_VOCAB;
    for (uint32_t i = 0; i < SAMPLE_VOCAB; i++)
        q->logit[i] = (int32_t)(start + i % period * slope);
    while (r->rest.n >= 6) {
        const size_t at = read_be(r, 2) % SAMPLE_VOCAB;
        q->logit[at] = (int32_t)(uint32_t)read_be(r, 4);
    }
}

static void read_question(span in, question *q)
{
    reader r = reader_of(in);
    *q = (question){.p.temperature = (uint16_t)read_be(&r, 2), .p.top_k = (uint16_t)read_be(&r, 2), .p.top_p = (uint32_t)read_be(&r, 3)};
    q->p.min_p = (uint32_t)read_be(&r, 3);
    q->p.penalty = (uint16_t)read_be(&r, 2);
    span_take(read_bytes(&r, 4), q->p.seed, 4);
    q->n_said = read_be(&r, 1) % 64;
    for (size_t i = 0; i < q->n_said; i++)
        q->said[i] = (uint16_t)(read_be(&r, 2) % SAMPLE_VOCAB);
    read_logits(&r, q);
}

/* How many tokens come before this one: a higher logit after the penalty, or an equal one and a lower id. */
static size_t rank_of(const question *q, uint16_t token, int64_t *below)
{
    int64_t judged[SAMPLE_VOCAB], most = INT64_MIN;
    size_t before = 0;
    for (size_t i = 0; i < SAMPLE_VOCAB; i++)
        judged[i] = q->logit[i];
    for (size_t i = 0; i < q->n_said; i++)
        judged[q->said[i]] = (int64_t)q->logit[q->said[i]] - q->p.penalty * 256;
    for (size_t i = 0; i < SAMPLE_VOCAB; i++) {
        if (i < BPE_SPECIALS && i != BPE_END)
            continue;
        before += judged[i] > judged[token] || (judged[i] == judged[token] && i < token);
        most = judged[i] > most ? judged[i] : most;
    }
    *below = most - judged[token];
    return before;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static question q;
    int64_t below;
    prim_start();
    read_question(span_of(data, n), &q);
    if (!sample_params_good(&q.p))
        q.p.temperature %= 4001, q.p.top_k %= SAMPLE_VOCAB + 1, q.p.top_p %= SAMPLE_ONE + 1, q.p.min_p %= SAMPLE_ONE + 1;
    const uint16_t token = sample_token(&q.p, q.logit, q.said, q.n_said);
    must(token < SAMPLE_VOCAB && (token >= BPE_SPECIALS || token == BPE_END));
    must(token == sample_token(&q.p, q.logit, q.said, q.n_said));
    const size_t rank = rank_of(&q, token, &below);
    must(!q.p.top_k || rank < q.p.top_k);
    must(q.p.temperature || rank == 0);
    must(q.p.min_p < SAMPLE_ONE || below * 1442 <= 2 * (int64_t)q.p.temperature); /* only what Q16 cannot tell from the likeliest */
    must(below * 1000 / 65536 <= 22 * (int64_t)q.p.temperature);                  /* no weight is below 2^-30, which is 20.8 nats */
    q.p.top_p = 1, q.p.min_p = 0;
    must(rank_of(&q, sample_token(&q.p, q.logit, q.said, q.n_said), &below) == 0); /* the smallest share there is holds one token */
    return 0;
}
