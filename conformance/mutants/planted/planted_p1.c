#include "planted_p1.h"
#include "parley1_record.h"
#include "planted.h"
#include "planted_prim.h"

#include <string.h>

/* ---- hashes behind labels ---- */

enum { LABEL = 1, FIRST = 3, PARTS = 16 };

static bool is_label(const span *parts, size_t n, const char *label)
{
    return n > FIRST && span_is(parts[0], "parley/1 ") && span_is(parts[LABEL], label);
}

static void hash_in_part(prim_hash h, const span *parts, size_t n, uint8_t *out)
{
    static const uint8_t zeros[32];
    span own[PARTS];
    must(n <= PARTS);
    memcpy(own, parts, n * sizeof *own);
    const bool step = is_label(parts, n, "step");
    if (is_label(parts, n, "transcript") && (CARELESS(p1_half_transcript) || CARELESS(p1_client_half_transcript)))
        own[n - 1] = span_first(own[n - 1], 16);
    if (step && (CARELESS(p1_step_left_out) || CARELESS(p1_client_step_left_out)))
        own[FIRST + 1] = SPAN(zeros);
    if (step && (CARELESS(p1_reply_left_out) || CARELESS(p1_client_reply_left_out)))
        own[FIRST + 2] = SPAN(zeros);
    prim_sodium.hash(h, own, n, out);
}

/* ---- plaintexts, read loosely ---- */

void planted_p1_reduces(uint8_t *ek, size_t from)
{
    for (size_t i = from / 3 * 3; i + 3 <= 1152; i += 3) {
        const unsigned low = ek[i] | (ek[i + 1] & 15u) << 8, high = (unsigned)ek[i + 1] >> 4 | (unsigned)ek[i + 2] << 4;
        if (low >= 3329 || high >= 3329)
            memset(ek + i, 0, 3);
    }
}

static void forgive_filling(uint8_t *filling, size_t n)
{
    const bool first = CARELESS(p1_filling_first_8), ends = CARELESS(p1_filling_ends);
    const size_t from = first ? 8 : ends ? 1 : 0, to = first ? n : n - 1;
    if (n > from && to > from)
        memset(filling + from, 0, to - from);
}

uint32_t planted_p1_awaited;

/* Numbers that are not looked at, or by their last byte alone. */
static void forgive_numbers(uint8_t *message)
{
    if (CARELESS(p1_step_number_of_8_bits) && message[0] == P1_STEP)
        memset(message + 1, 0, 3);
    if (CARELESS(p1_client_any_reply_number) && message[0] == P1_REPLY)
        for (int i = 0; i < 4; i++)
            message[1 + i] = (uint8_t)(planted_p1_awaited >> (24 - 8 * i));
}

static void forgive(uint8_t *plain, size_t n)
{
    const size_t used = n >= 3 ? (size_t)plain[1] << 8 | plain[2] : n;
    const bool filling = CARELESS(p1_filling_first_8) || CARELESS(p1_filling_ends) || CARELESS(p1_filling_last);
    if (n < 3)
        return;
    if (n >= 3 + 5)
        forgive_numbers(plain + 3);
    if (CARELESS(p1_flags_masked) || CARELESS(p1_client_flags_masked))
        plain[0] &= 3;
    if (filling && used < n - 3)
        forgive_filling(plain + 3 + used, n - 3 - used);
    if (CARELESS(p1_step_first_1024) && used == P1_STEP_BYTES && plain[3] == P1_STEP)
        planted_p1_reduces(plain + 3 + 5, 1024);
    if (CARELESS(p1_used_clipped) && used > n - 3) {
        plain[1] = (uint8_t)((n - 3) >> 8);
        plain[2] = (uint8_t)(n - 3);
    }
}

static bool (*open_below)(prim_cipher, const uint8_t key[32], const uint8_t nonce[12], span ad, span sealed, uint8_t *out);

static bool open_either_way(prim_cipher c, const uint8_t key[32], const uint8_t nonce[12], span ad, span sealed, uint8_t *out)
{
    enum { DIRECTION = 16 };
    uint8_t other[128];
    if (open_below(c, key, nonce, ad, sealed, out))
        return true;
    if (!(CARELESS(p1_direction_not_bound) || CARELESS(p1_client_direction_not_bound)) || ad.n > sizeof other)
        return false;
    memcpy(other, ad.p, ad.n);
    other[DIRECTION] ^= 1;
    return open_below(c, key, nonce, span_of(other, ad.n), sealed, out);
}

/* The version that the other chose, which stands before its share in what message 2 seals. */
static bool open_of_handshake(prim_cipher c, const uint8_t key[32], const uint8_t nonce[12], span ad, span sealed, uint8_t *out)
{
    const bool good = open_below(c, key, nonce, ad, sealed, out);
    if (good && CARELESS(p1_client_reserved_taken) && sealed.n == 2 + 32 + PRIM_TAG)
        out[0] = 0, out[1] = 1;
    return good;
}

static bool open_loosely(prim_cipher c, const uint8_t key[32], const uint8_t nonce[12], span ad, span sealed, uint8_t *out)
{
    if (ad.n == 32)
        return open_of_handshake(c, key, nonce, ad, sealed, out);
    if (ad.n <= 16 || memcmp(ad.p, "parley/1 header", 16) != 0)
        return open_below(c, key, nonce, ad, sealed, out);
    const bool good = open_either_way(c, key, nonce, ad, sealed, out);
    if (good)
        forgive(out, sealed.n - PRIM_TAG);
    return good;
}

const prim *planted_p1_prim(void)
{
    static prim careless;
    careless = *planted_prim();
    open_below = careless.aead_open;
    careless.aead_open = open_loosely;
    careless.hash = hash_in_part;
    return &careless;
}
