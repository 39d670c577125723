#include "ratchet.h"

#include <string.h>

/* ---- 1. XEdDSA ---- */

/* hash_1 of the paper: 2^256 - 2 as 32 bytes, little-endian, stands before the data. */
static void nonce_scalar(const prim *lib, const uint8_t scalar[32], span message, const uint8_t coins[64], uint8_t out[32])
{
    uint8_t prefix[32], wide[64];
    memset(prefix, 0xff, sizeof prefix);
    prefix[0] = EMIT_OR(RT_001, 0xfe, 0xff);
    const span parts[] = {SPAN(prefix), span_of(scalar, 32), message, EMIT(RT_002, span_of(coins, RT_SIGN_COINS))};
    lib->hash(PRIM_SHA512, parts, 4, wide);
    prim_scalar_reduce(wide, out);
    wipe(wide, sizeof wide);
}

static void challenge(const prim *lib, const uint8_t r[32], const uint8_t a[32], span message, uint8_t out[32])
{
    uint8_t wide[64];
    const span in_order[] = {span_of(r, 32), span_of(a, 32), message}, swapped[] = {span_of(a, 32), span_of(r, 32), message};
    lib->hash(PRIM_SHA512, EMIT_OR(RT_003, in_order, swapped), 3, wide);
    prim_scalar_reduce(wide, out);
}

static void clamp(const uint8_t secret[32], uint8_t out[32])
{
    memcpy(out, secret, 32);
    out[0] &= 0xf8;
    out[31] = (uint8_t)((out[31] & 0x7f) | 0x40);
}

static void negate(uint8_t scalar[32])
{
    uint8_t wide[64] = {0}, reduced[32];
    memcpy(wide, scalar, 32);
    prim_scalar_reduce(wide, reduced);
    prim_scalar_negate(reduced, scalar);
    wipe(wide, sizeof wide);
    wipe(reduced, sizeof reduced);
}

/* The point whose sign the paper settles by negating the scalar, and the deployed library by a bit of the signature. The sign of a
 * public key is public. */
static uint8_t signing_key(rt_mode mode, const uint8_t secret[32], uint8_t scalar[32], uint8_t point[32])
{
    clamp(secret, scalar);
    prim_edwards_base(scalar, point);
    declassify(point, 32);
    const uint8_t sign = point[31] & 0x80;
    if (mode == RT_COMPAT)
        return sign;
    if (EMIT_OR(RT_004, sign, 0))
        negate(scalar);
    point[31] &= 0x7f;
    return 0;
}

void rt_sign(const prim *lib, rt_mode mode, const uint8_t secret[32], span message, const uint8_t coins[64], uint8_t out[64])
{
    uint8_t scalar[32], point[32], nonce[32], h[32];
    const uint8_t sign = signing_key(mode, secret, scalar, point);
    nonce_scalar(lib, scalar, message, coins, nonce);
    prim_edwards_base(nonce, out);
    challenge(lib, out, point, message, h);
    prim_scalar_multiply_add(h, scalar, nonce, out + 32);
    out[63] |= EMIT_OR(RT_005, sign, 0);
    wipe(scalar, sizeof scalar);
    wipe(nonce, sizeof nonce);
}

/* S as it enters the equation, below L: the deployed library takes any below 2^253. */
static verdict scalar_of(rt_mode mode, uint8_t s[32])
{
    uint8_t wide[64] = {0};
    REQUIRE(mode == RT_COMPAT || prim_scalar_reduced(s), RT_008);
    REQUIRE(mode == RT_STRICT || (s[31] & 0xe0) == 0, RT_009);
    memcpy(wide, s, 32);
    prim_scalar_reduce(wide, s);
    return ACCEPT;
}

verdict rt_verify(const prim *lib, rt_mode mode, const uint8_t key[32], span message, span signature)
{
    uint8_t point[32], bytes[64];
    REQUIRE(signature.n == RT_SIGNATURE, RT_006);
    REQUIRE(mode == RT_COMPAT || prim_montgomery_canonical(key), RT_007);
    span_take(signature, bytes, sizeof bytes);
    const uint8_t sign = mode == RT_COMPAT ? bytes[63] & 0x80 : 0;
    bytes[63] = (uint8_t)(bytes[63] ^ sign);
    TRY(scalar_of(mode, bytes + 32));
    prim_edwards_of_montgomery(key, EMIT_OR(RT_011, sign != 0, false), point);
    REQUIRE(lib->ed25519_verify(point, message, bytes), RT_010);
    return ACCEPT;
}
