#include "spqr.h"

#include <string.h>

/* ---- 4. The code: Reed-Solomon over GF(2^16) ---- */

/* x^16 + x^12 + x^3 + x + 1. What is coded is public: no constant time needed, though this takes it. */
static uint16_t multiply(uint16_t a, uint16_t b)
{
    const uint32_t polynomial = EMIT_OR(RT_046, 0x1100b, 0x1002d);
    uint32_t product = 0;
    for (unsigned i = 0; i < 16; i++)
        product ^= ((uint32_t)a << i) & (0u - (b >> i & 1));
    for (unsigned i = 30; i >= 16; i--)
        product ^= (polynomial << (i - 16)) & (0u - (product >> i & 1));
    return (uint16_t)product;
}

/* a^(2^16 - 2) */
static uint16_t invert(uint16_t a)
{
    uint16_t result = 1;
    for (unsigned i = 1; i < 16; i++) {
        a = multiply(a, a);
        result = multiply(result, a);
    }
    return result;
}

/* How much the value at each of the n points counts at x (Lagrange), which is none of them. In characteristic 2, minus is plus. Each weight is
 * the product of all x - point, over (x - this point) times the product of this point's distances: one inversion serves all of them. */
static void weights(const uint16_t *points, unsigned n, uint16_t x, uint16_t out[PQ_CHUNKS_MAX])
{
    uint16_t below[PQ_CHUNKS_MAX], before[PQ_CHUNKS_MAX], all = 1, product = 1;
    for (unsigned j = 0; j < n; j++) {
        below[j] = x ^ points[j];
        all = multiply(all, below[j]);
        for (unsigned m = 0; m < n; m++)
            if (m != j)
                below[j] = multiply(below[j], points[j] ^ points[m]);
        before[j] = product;
        product = multiply(product, below[j]);
    }
    uint16_t inverse = invert(product);
    for (unsigned j = n; j--;) {
        out[j] = multiply(all, multiply(inverse, before[j]));
        inverse = multiply(inverse, below[j]);
    }
}

/* A chunk is 16 words of 16 bits, big-endian; word i of a chunk is the value of polynomial i at the chunk's index. */
static void add_weighted(uint8_t sum[PQ_CHUNK], const uint8_t chunk[PQ_CHUNK], uint16_t weight)
{
    for (unsigned i = 0; i < PQ_CHUNK; i += 2) {
        const uint16_t product = multiply((uint16_t)(chunk[i] << 8 | chunk[i + 1]), weight);
        sum[i] ^= (uint8_t)(product >> 8);
        sum[i + 1] ^= (uint8_t)product;
    }
}

static void interpolate(const uint16_t *points, const uint8_t (*chunks)[PQ_CHUNK], unsigned n, uint16_t x, uint8_t out[PQ_CHUNK])
{
    uint16_t weight[PQ_CHUNKS_MAX];
    for (unsigned j = 0; j < n; j++)
        if (points[j] == x) { /* the polynomial goes through it */
            memcpy(out, chunks[j], PQ_CHUNK);
            return;
        }
    weights(points, n, x, weight);
    memset(out, 0, PQ_CHUNK);
    for (unsigned j = 0; j < n; j++)
        add_weighted(out, chunks[j], weight[j]);
}

/* The first n chunks are the payload itself. */
void pq_chunk_at(span payload, uint16_t index, uint8_t out[32])
{
    const unsigned n = (unsigned)(payload.n / PQ_CHUNK);
    uint16_t points[PQ_CHUNKS_MAX];
    uint8_t chunks[PQ_CHUNKS_MAX][PQ_CHUNK];
    must(n >= 1 && n <= PQ_CHUNKS_MAX && payload.n % PQ_CHUNK == 0);
    if (index < n) {
        memcpy(out, payload.p + (size_t)index * PQ_CHUNK, PQ_CHUNK);
        return;
    }
    for (unsigned j = 0; j < n; j++)
        points[j] = (uint16_t)j;
    memcpy(chunks, payload.p, payload.n);
    interpolate(points, (const uint8_t(*)[PQ_CHUNK])chunks, n, index, out);
}

void pq_decoder_add(pq_decoder *d, uint16_t index, const uint8_t chunk[32])
{
    for (unsigned i = 0; i < d->have; i++)
        if (d->index[i] == index)
            return;
    if (pq_decoder_full(d))
        return;
    d->index[d->have] = index;
    memcpy(d->chunk[d->have], chunk, PQ_CHUNK);
    d->have++;
}

void pq_decode(const pq_decoder *d, uint8_t *out)
{
    must(pq_decoder_full(d));
    for (unsigned x = 0; x < d->need; x++)
        interpolate(d->index, d->chunk, d->need, (uint16_t)x, out + (size_t)x * PQ_CHUNK);
}
