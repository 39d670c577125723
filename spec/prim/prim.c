#include "mlkem_isa.h"
#include "poison.h"
#include "prim.h"
#include "tables.h"

#include <string.h>

void prim_start(void)
{
    start_sodium();
    start_openssl();
    start_curves();
    mlkem_isa_use(mlkem_isa_best());
}

size_t prim_hash_len(prim_hash h)
{
    static const uint8_t len[] = {[PRIM_SHA256] = 32, [PRIM_SHA384] = 48, [PRIM_SHA512] = 64, [PRIM_BLAKE2S] = 32, [PRIM_BLAKE2B] = 64};
    return len[h];
}

size_t prim_block_len(prim_hash h)
{
    static const uint8_t len[] = {[PRIM_SHA256] = 64, [PRIM_SHA384] = 128, [PRIM_SHA512] = 128, [PRIM_BLAKE2S] = 64, [PRIM_BLAKE2B] = 128};
    return len[h];
}

/* ---- X25519 key pairs ---- */

static void bond(const prim *p, const prim_pair *pair, uint8_t out[8])
{
    uint8_t digest[32];
    const span parts[] = {span_text("x25519 pair"), SPAN(pair->secret), SPAN(pair->share)};
    p->hash(PRIM_SHA256, parts, 3, digest);
    memcpy(out, digest, 8);
    wipe(digest, sizeof digest);
}

void prim_pair_of(const prim *p, const uint8_t secret[32], prim_pair *out)
{
    memcpy(out->secret, secret, 32);
    p->x25519_public(out->secret, out->share);
    bond(p, out, out->bond);
}

bool prim_pair_whole(const prim *p, const prim_pair *pair)
{
    uint8_t want[8];
    bond(p, pair, want);
    bool whole = bytes_equal(want, pair->bond, 8);
    declassify(&whole, 1);
    return whole;
}

void prim_agree(const prim *p, const uint8_t secret[32], const uint8_t share[32], uint8_t out[32])
{
    prim_pair mine;
    prim_pair_of(p, secret, &mine);
    p->x25519(&mine, share, out);
    wipe(&mine, sizeof mine);
}

/* ---- HMAC, RFC 2104 ---- */

static void hash_behind_pad(const prim *p, prim_hash h, const uint8_t *key_block, uint8_t pad, const span *parts, size_t n_parts,
                            uint8_t *out)
{
    uint8_t padded[PRIM_BLOCK_MAX];
    const size_t block = prim_block_len(h);
    span all[PRIM_PARTS_MAX + 1];
    must(n_parts <= PRIM_PARTS_MAX);
    for (size_t i = 0; i < block; i++)
        padded[i] = key_block[i] ^ pad;
    all[0] = span_of(padded, block);
    for (size_t i = 0; i < n_parts; i++)
        all[i + 1] = parts[i];
    p->hash(h, all, n_parts + 1, out);
    wipe(padded, sizeof padded);
}

void hmac_over(const prim *p, prim_hash h, span key, const span *parts, size_t n_parts, uint8_t *out)
{
    uint8_t key_block[PRIM_BLOCK_MAX] = {0}, inner[PRIM_HASH_MAX];
    if (key.n > prim_block_len(h))
        prim_digest(p, h, key, key_block);
    else
        span_take(key, key_block, sizeof key_block);
    hash_behind_pad(p, h, key_block, 0x36, parts, n_parts, inner);
    const span whole = span_of(inner, prim_hash_len(h));
    hash_behind_pad(p, h, key_block, 0x5c, &whole, 1, out);
    wipe(key_block, sizeof key_block);
    wipe(inner, sizeof inner);
}

/* ---- HKDF, RFC 5869 ---- */

/* An empty salt is the RFC's string of zeros: HMAC fills a short key up with zeros. */
void prim_hkdf_extract(const prim *p, prim_hash h, span salt, span ikm, uint8_t *prk) { p->hmac(h, salt, &ikm, 1, prk); }

void prim_hkdf_expand(const prim *p, prim_hash h, span prk, span info, uint8_t *out, size_t n)
{
    uint8_t block[PRIM_HASH_MAX], counter = 0;
    const size_t len = prim_hash_len(h);
    must(n <= 255 * len);
    for (size_t done = 0; done < n; done += len) {
        const span before = counter ? span_of(block, len) : EMPTY;
        uint8_t next[PRIM_HASH_MAX];
        counter++;
        const span parts[] = {before, info, span_of(&counter, 1)};
        p->hmac(h, prk, parts, 3, next);
        memcpy(block, next, len);
        memcpy(out + done, block, n - done < len ? n - done : len);
        wipe(next, sizeof next);
    }
    wipe(block, sizeof block);
}

/* ---- Ed25519 ---- */

/* y, little-endian without the sign bit, is public: no constant time needed. */
static bool y_is(const uint8_t y[32], const uint8_t other[32]) { return memcmp(y, other, 32) == 0; }

bool ed25519_weak_point(const uint8_t point[32])
{
    static const uint8_t order_1[32] = {1}, order_4[32] = {0};
    static const uint8_t order_8[2][32] = {{0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0,
                                            0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05},
                                           {0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b,
                                            0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39,
                                            0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a}};
    uint8_t y[32], top[32];
    memcpy(y, point, 32);
    y[31] &= 0x7f;
    memset(top, 0xff, 32); /* p - 1 = 2^255 - 20: the point of order 2, and the largest canonical y */
    top[0] = 0xec, top[31] = 0x7f;
    bool above = y[0] >= 0xed;
    for (size_t i = 1; i < 32; i++)
        above = above && y[i] == top[i];
    return above || y_is(y, top) || y_is(y, order_1) || y_is(y, order_4) || y_is(y, order_8[0]) || y_is(y, order_8[1]);
}
