#include "model_sample.h"

#include "model_bpe.h"
#include "prim.h"

#include <string.h>

enum { EXPONENT = 94548462 }; /* 1000 log2(e) Q16 */

_Static_assert((int)SAMPLE_VOCAB == (int)BPE_VOCAB, "one vocabulary");
_Static_assert((UINT32_MAX + 65535ull * 256) * EXPONENT < 1ull << 63, "the widest gap of two logits, one with all of the penalty");
_Static_assert((UINT32_MAX + 65535ull * 256) < 1ull << 54, "a gap and a token fit one number");
_Static_assert(((uint64_t)SAMPLE_VOCAB << 30) * SAMPLE_ONE < 1ull << 63, "the weight of all, times a share");

typedef struct candidate {
    uint64_t order;  /* how far the logit lies below the highest, then the token (10 bits): the smaller, the likelier */
    uint32_t weight; /* Q30: 2^30 for the likeliest */
} candidate;

/* Candidates, sorted no further than somebody asked: a heap, its best first, in c[0] to c[n - sorted - 1]; behind it the
 * sorted ones, the best last. */
typedef struct ranking {
    candidate c[SAMPLE_VOCAB];
    size_t n, sorted;
} ranking;

bool sample_params_good(const sample_params *p)
{
    bool good = p->temperature <= 4000 && p->top_k <= SAMPLE_VOCAB && p->top_p <= SAMPLE_ONE && p->min_p <= SAMPLE_ONE &&
                p->n_stops <= SAMPLE_STOPS;
    for (size_t i = 0; good && i < p->n_stops; i++)
        good = p->stop[i].n > 0 && p->stop[i].n <= SAMPLE_STOP_MAX;
    return good;
}

uint32_t sample_exp2(uint64_t x)
{
    /* (-ln 2)^n / n! for n = 11 to 1, Q46. The rest is below 2^-35: the result is the right value, cut, or one less. */
    static const int64_t term[] = {-31283,       496445,       -7162191,       92995721,       -1073315723,    10839270897,
                                   -93826574218, 676815666643, -3905754423444, 16904437612899, -48775896626292};
    const int64_t f = (int64_t)(x & 0xffff);
    const uint64_t whole = x >> 16;
    int64_t y = 0;
    if (whole > 30)
        return 0;
    for (size_t i = 0; i < sizeof term / sizeof *term; i++)
        y = term[i] + (y * f >> 16);
    return (uint32_t)((((int64_t)1 << 46) + (y * f >> 16)) >> (16 + whole)); /* 2^-f = 1 + f y */
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

/* ---- candidates ---- */

static void sink(candidate *c, size_t n, size_t at)
{
    const candidate moved = c[at];
    for (size_t next; (next = 2 * at + 1) < n; at = next) {
        next += next + 1 < n && c[next + 1].order < c[next].order;
        if (moved.order <= c[next].order)
            break;
        c[at] = c[next];
    }
    c[at] = moved;
}

/* Candidate i of n, the likeliest first, ties to the lower token. */
static candidate ranked(ranking *r, size_t i)
{
    for (; r->sorted <= i; r->sorted++) {
        size_t last = r->n - r->sorted - 1;
        const candidate best = r->c[0];
        r->c[0] = r->c[last];
        sink(r->c, last, 0);
        r->c[last] = best;
    }
    return r->c[r->n - 1 - i];
}

/* A weight of 2^-x cannot reach `least`, seen from the whole part alone: most tokens go here, and cheaply. */
static bool hopeless(uint64_t x, uint64_t least) { return x >> 16 > 30 || (uint64_t)1 << 30 >> (x >> 16) < least; }

/* All tokens with any weight at this temperature, and at least min_p of the likeliest one's. */
static void gather(const sample_params *p, const int64_t *logit, int64_t most, ranking *r)
{
    const uint64_t least = (uint64_t)p->min_p << 30 >> 16;
    r->n = r->sorted = 0;
    for (uint16_t t = 0; t < SAMPLE_VOCAB; t++) {
        if (logit[t] == INT64_MIN)
            continue;
        const uint64_t below = (uint64_t)(most - logit[t]);
        const uint64_t x = below * EXPONENT / ((uint64_t)p->temperature << 16); /* cut once, so as fine as Q16 allows */
        const uint32_t weight = hopeless(x, least) ? 0 : sample_exp2(x);
        if (weight > 0 && weight >= least)
            r->c[r->n++] = (candidate){below << 10 | t, weight};
    }
    for (size_t i = r->n / 2; i > 0; i--)
        sink(r->c, r->n, i - 1);
}

/* The weight of the n likeliest together. */
static uint64_t total(ranking *r, size_t n)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += n < r->n ? ranked(r, i).weight : r->c[i].weight; /* of all of them: in any order */
    return sum;
}

/* How many of the n likeliest it takes to reach the share p of their weight. */
static size_t nucleus(ranking *r, size_t n, uint32_t p)
{
    uint64_t need = (total(r, n) * p + SAMPLE_ONE - 1) / SAMPLE_ONE, sum = 0;
    size_t i = 0;
    while (i < n && sum < need)
        sum += ranked(r, i++).weight;
    return i;
}

/* ---- the draw ---- */

/* The upper half of a product. */
static uint64_t high_product(uint64_t x, uint64_t y)
{
    const uint64_t a = x >> 32, b = x & UINT32_MAX, c = y >> 32, d = y & UINT32_MAX;
    const uint64_t middle = (b * d >> 32) + (a * d & UINT32_MAX) + (b * c & UINT32_MAX);
    return a * c + (a * d >> 32) + (b * c >> 32) + (middle >> 32);
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
    return high_product(read_be(&r, 8), n);
}

uint16_t sample_token(const sample_params *p, const int32_t *logits, const uint16_t *said, size_t n_said)
{
    bool repeated[SAMPLE_VOCAB] = {false};
    int64_t logit[SAMPLE_VOCAB];
    ranking r;
    must(sample_params_good(p));
    for (size_t i = 0; i < n_said; i++)
        repeated[said[i]] = true;
    for (uint16_t t = 0; t < SAMPLE_VOCAB; t++)
        logit[t] = judged(p, logits, repeated, t);
    const uint16_t best = likeliest(logit);
    if (p->temperature == 0)
        return best;
    gather(p, logit, logit[best], &r);
    size_t n = p->top_k && p->top_k < r.n ? p->top_k : r.n, i = 0;
    if (p->top_p && p->top_p < SAMPLE_ONE)
        n = nucleus(&r, n, p->top_p);
    uint64_t at = draw(p->seed, (uint32_t)n_said, total(&r, n));
    for (; at >= ranked(&r, i).weight; i++)
        at -= ranked(&r, i).weight;
    return (uint16_t)(ranked(&r, i).order % SAMPLE_VOCAB);
}
