#include "model_sample.h"

#include "model_bpe.h"
#include "prim.h"

#include <string.h>

_Static_assert((int)SAMPLE_VOCAB == (int)BPE_VOCAB, "one vocabulary");

typedef struct candidate {
    int64_t logit;
    uint32_t weight; /* Q30: 2^30 for the likeliest */
    uint16_t token;
} candidate;

bool sample_params_good(const sample_params *p)
{
    bool good = p->temperature <= 4000 && p->top_k <= SAMPLE_VOCAB && p->top_p <= SAMPLE_ONE && p->min_p <= SAMPLE_ONE && p->n_stops <= SAMPLE_STOPS;
    for (size_t i = 0; good && i < p->n_stops; i++)
        good = p->stop[i].n > 0 && p->stop[i].n <= SAMPLE_STOP_MAX;
    return good;
}

uint32_t sample_exp2(uint64_t x)
{
    static const int64_t term[] = {165394, 1431680, 10327370, 59597083, 257941248, 744261118}; /* ln(2)^n / n!, n = 6 to 1, Q30 */
    uint64_t whole = x >> 16;
    int64_t f = (int64_t)(x & 0xffff) << 14, y = 0;
    if (whole > 30)
        return 0;
    for (size_t i = 0; i < sizeof term / sizeof *term; i++)
        y = (i % 2 ? -term[i] : term[i]) + (y * f >> 30);
    /* y = c6 f^5 - c5 f^4 ... as a sum with alternating signs: 2^-f = 1 + f * y */
    return (uint32_t)((((int64_t)1 << 30) + (y * f >> 30)) >> whole);
}

/* The logit after the penalty; specials but END are out of the question. */
static int64_t judged(const sample_params *p, const int32_t *logits, const bool *repeated, uint16_t token)
{
    if (token < BPE_SPECIALS && token != BPE_END)
        return INT64_MIN;
    return (int64_t)logits[token] - (repeated[token] ? (int64_t)p->penalty << 8 : 0);
}

static uint16_t likeliest(const int64_t *logit)
{
    uint16_t best = BPE_END;
    for (uint16_t t = 0; t < SAMPLE_VOCAB; t++)
        if (logit[t] > logit[best] || (logit[t] == logit[best] && t < best))
            best = t;
    return best;
}

/* Adds in the order (logit descending, token ascending); tokens come in ascending order. */
static void insert(candidate *c, size_t n, candidate new)
{
    size_t at = n;
    while (at > 0 && c[at - 1].logit < new.logit)
        at--;
    memmove(c + at + 1, c + at, (n - at) * sizeof *c);
    c[at] = new;
}

/* All tokens with any weight at this temperature, sorted. */
static size_t gather(const sample_params *p, const int64_t *logit, int64_t most, candidate *c)
{
    const uint64_t least = ((uint64_t)p->min_p << 30) / SAMPLE_ONE;
    size_t n = 0;
    for (uint16_t t = 0; t < SAMPLE_VOCAB; t++) {
        if (logit[t] == INT64_MIN)
            continue;
        uint64_t below = (uint64_t)(most - logit[t]);
        uint32_t weight = sample_exp2(below * 94548u / SAMPLE_ONE * 1000u / p->temperature); /* 94548: log2(e) Q16 */
        if (weight > 0 && weight >= least)
            insert(c, n++, (candidate){logit[t], weight, t});
    }
    return n;
}

static uint64_t total(const candidate *c, size_t n)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += c[i].weight;
    return sum;
}

/* The shortest beginning whose weight reaches the share p of all. */
static size_t nucleus(const candidate *c, size_t n, uint32_t p)
{
    uint64_t need = (total(c, n) * p + SAMPLE_ONE - 1) / SAMPLE_ONE, sum = 0;
    size_t i = 0;
    while (i < n && sum < need)
        sum += c[i++].weight;
    return i ? i : 1;
}

/* A number below n, from the place alone. */
static uint64_t draw(const uint8_t seed[32], uint32_t place, uint64_t n)
{
    uint8_t at[4], digest[32];
    writer w = WRITER(at);
    write_le(&w, place, 4);
    const span parts[] = {span_text("parley model draw"), span_of(seed, 32), SPAN(at)};
    prim_openssl.hash(PRIM_SHA256, parts, 3, digest);
    reader r = reader_of(SPAN(digest));
    uint64_t x = read_be(&r, 8), high = x >> 32, low = x & 0xffffffff; /* the upper half of x * n, for n < 2^42 */
    return (high * (n >> 10) + (low * (n >> 10) >> 32)) >> 22;
}

uint16_t sample_token(const sample_params *p, const int32_t *logits, const uint16_t *said, size_t n_said)
{
    bool repeated[SAMPLE_VOCAB] = {false};
    int64_t logit[SAMPLE_VOCAB];
    candidate c[SAMPLE_VOCAB];
    for (size_t i = 0; i < n_said; i++)
        repeated[said[i]] = true;
    for (uint16_t t = 0; t < SAMPLE_VOCAB; t++)
        logit[t] = judged(p, logits, repeated, t);
    const uint16_t best = likeliest(logit);
    if (p->temperature == 0)
        return best;
    size_t n = gather(p, logit, logit[best], c);
    if (p->top_k && p->top_k < n)
        n = p->top_k;
    if (p->top_p && p->top_p < SAMPLE_ONE)
        n = nucleus(c, n, p->top_p);
    uint64_t at = draw(p->seed, (uint32_t)n_said, total(c, n));
    size_t i = 0;
    for (; i + 1 < n && at >= c[i].weight; i++)
        at -= c[i].weight;
    return c[i].token;
}
