#include "mlkem_ring.h"
#include "mlkem_isa.h"

#include <string.h>

/* ---- the loops, as the CPU in use has them ---- */

void poly_encode(const poly *p, unsigned d, uint8_t *out) { mlkem_isa_used()->encode(p, d, out); }
void poly_decode(const uint8_t *in, unsigned d, poly *p) { mlkem_isa_used()->decode(in, d, p); }
void ntt(poly *f) { mlkem_isa_used()->ntt(f); }
void ntt_inverse(poly *f) { mlkem_isa_used()->ntt_inverse(f); }
void multiply_ntts_add(poly *sum, const poly *a, const poly *b) { mlkem_isa_used()->multiply_ntts_add(sum, a, b); }
void poly_add(poly *sum, const poly *a) { mlkem_isa_used()->add(sum, a); }
void poly_subtract(poly *from, const poly *a) { mlkem_isa_used()->subtract(from, a); }

/* ---- 4.1: XOF and PRF, several streams at once ---- */

enum {
    SEED_MAX = 34,
    BLOCK_128 = 168, /* rates of SHAKE128 and SHAKE256 */
    BLOCK_256 = 136,
    STREAMS = 8, /* streams that are made before the next are begun; a multiple of every number of lanes */
};

/* Seeds of one length, below a block, and as many bytes of each one's stream, a whole number of blocks or less than one. */
typedef struct streams {
    prim_keccak shake;
    size_t n, seed_len, len;
    uint8_t seed[STREAMS][SEED_MAX];
    uint8_t *out; /* (n, len) */
} streams;

static void one_by_one(const streams *s)
{
    for (size_t i = 0; i < s->n; i++) {
        const span seed = span_of(s->seed[i], s->seed_len);
        prim_sponge(s->shake, &seed, 1, s->out + i * s->len, s->len);
    }
}

/* FIPS 202, algorithm 8, line 5, of one block: seed || 1111 || 10*1 is xored into zeros. */
static void absorb(const streams *s, size_t from, unsigned lanes, size_t block, uint64_t *states)
{
    memset(states, 0, 25 * lanes * sizeof *states);
    for (size_t i = from; i < from + lanes && i < s->n; i++) {
        for (size_t at = 0; at < s->seed_len; at++)
            states[at / 8 * lanes + i - from] |= (uint64_t)s->seed[i][at] << 8 * (at % 8);
        states[s->seed_len / 8 * lanes + i - from] ^= (uint64_t)0x1f << 8 * (s->seed_len % 8);
        states[(block / 8 - 1) * lanes + i - from] ^= (uint64_t)1 << 63;
    }
}

/* Bytes of one state, least significant first. */
static void squeeze(const uint64_t *state, unsigned lanes, size_t n, uint8_t *out)
{
    for (size_t at = 0; at < n; at += 8) {
        const uint64_t word = state[at / 8 * lanes];
#pragma GCC unroll 8
        for (size_t i = 0; i < 8; i++)
            out[at + i] = (uint8_t)(word >> 8 * i);
    }
}

static void in_lanes(const streams *s, const mlkem_isa *isa)
{
    _Alignas(64) uint64_t states[25 * LANES_MAX];
    const size_t block = s->shake == PRIM_SHAKE128 ? BLOCK_128 : BLOCK_256;
    for (size_t from = 0; from < s->n; from += isa->lanes) {
        absorb(s, from, isa->lanes, block, states);
        for (size_t done = 0; done < s->len; done += block) {
            isa->permute(states);
            for (size_t i = from; i < from + isa->lanes && i < s->n; i++)
                squeeze(states + i - from, isa->lanes, s->len < block ? s->len : block, s->out + i * s->len + done);
        }
    }
    wipe(states, sizeof states);
}

/* The same bytes either way. */
static void make_streams(const streams *s)
{
    const mlkem_isa *isa = mlkem_isa_used();
    must(s->len % 8 == 0 && s->n <= STREAMS);
    if (isa->permute)
        in_lanes(s, isa);
    else
        one_by_one(s);
}

/* ---- Algorithms 7 and 8: sampling ---- */

/* Three blocks are short about once in 130 times, six less than once in 2^300. OpenSSL 3.0 squeezes once, so a longer stream is
 * made anew: its beginning is the same. */
enum { USUALLY = 3 * BLOCK_128, ALWAYS = 6 * BLOCK_128 };

static void sample_from(const uint8_t *seed, const uint8_t *stream, poly *p)
{
    uint8_t longer[ALWAYS];
    const span whole = span_of(seed, SEED_MAX);
    if (mlkem_isa_used()->take(stream, USUALLY, p))
        return;
    prim_sponge(PRIM_SHAKE128, &whole, 1, longer, sizeof longer);
    must(mlkem_isa_used()->take(longer, sizeof longer, p));
}

void sample_matrix(unsigned k, const uint8_t rho[32], poly *a)
{
    uint8_t out[STREAMS * USUALLY];
    for (unsigned from = 0; from < k * k; from += STREAMS) {
        streams s = {.shake = PRIM_SHAKE128, .seed_len = SEED_MAX, .len = USUALLY, .out = out};
        for (unsigned at = from; at < k * k && s.n < STREAMS; at++, s.n++) {
            memcpy(s.seed[s.n], rho, 32);
            s.seed[s.n][32] = (uint8_t)(at % k); /* j, then i */
            s.seed[s.n][33] = (uint8_t)(at / k);
        }
        make_streams(&s);
        for (unsigned i = 0; i < s.n; i++)
            sample_from(s.seed[i], out + i * USUALLY, &a[from + i]);
    }
}

void sample_cbd(const uint8_t seed[32], uint8_t nonce, unsigned n, poly *p)
{
    enum { LEN = 64 * ETA };
    uint8_t out[STREAMS * LEN];
    for (unsigned from = 0; from < n; from += STREAMS) {
        streams s = {.shake = PRIM_SHAKE256, .seed_len = 33, .len = LEN, .out = out};
        for (; from + s.n < n && s.n < STREAMS; s.n++) {
            memcpy(s.seed[s.n], seed, 32);
            s.seed[s.n][32] = (uint8_t)(nonce + from + s.n);
        }
        make_streams(&s);
        for (unsigned i = 0; i < s.n; i++)
            mlkem_isa_used()->cbd(out + i * LEN, &p[from + i]);
        wipe(s.seed, sizeof s.seed);
    }
    wipe(out, sizeof out);
}
