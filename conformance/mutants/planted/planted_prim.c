#include "planted_prim.h"
#include "planted.h"

#include <stdlib.h>
#include <string.h>

bool planted_same_by_xor(const uint8_t *a, const uint8_t *b, size_t n)
{
    uint8_t differs = 0;
    for (size_t i = 0; i < n; i++)
        differs ^= a[i] ^ b[i];
    return differs == 0;
}

static bool tag_fits_carelessly(const uint8_t want[16], const uint8_t got[16])
{
    if (CARELESS(p1_tag_first_8) || CARELESS(p1_client_tag_first_8) || CARELESS(tag_first_8) || CARELESS(client_tag_first_8) ||
        CARELESS(library_tag_first_8))
        return memcmp(want, got, 8) == 0;
    if (CARELESS(p1_tag_last_8) || CARELESS(p1_client_tag_last_8) || CARELESS(tag_last_8) || CARELESS(client_tag_last_8) ||
        CARELESS(library_tag_last_8))
        return memcmp(want + 8, got + 8, 8) == 0;
    if (CARELESS(tag_by_xor) || CARELESS(client_tag_by_xor) || CARELESS(p1_tag_by_xor) || CARELESS(library_tag_by_xor))
        return planted_same_by_xor(want, got, 16);
    return true; /* tag_not_read and its like, the only others that come here: not looked at */
}

/* What was sealed, without a judgement: the cipher's stream is the same in both directions. */
static bool open_carelessly(prim_cipher c, const uint8_t key[32], const uint8_t nonce[12], span ad, span sealed, uint8_t *out)
{
    if (sealed.n < 16)
        return false;
    uint8_t *twice = malloc(sealed.n + 16), *again = malloc(sealed.n + 16);
    must(twice && again);
    const size_t n = sealed.n - 16;
    prim_sodium.aead_seal(c, key, nonce, ad, span_first(sealed, n), twice);
    prim_sodium.aead_seal(c, key, nonce, ad, span_of(twice, n), again);
    const bool fits = tag_fits_carelessly(again + n, sealed.p + n);
    memcpy(out, twice, n);
    free(twice);
    free(again);
    return fits;
}

/* An agreement of zeros is not noticed: it travels under a mark, since the text refuses zeros in its own steps, until the chaining key is made. */
static const uint8_t mark[32] = {'z', 'e', 'r', 'o', 's'};

static void agree_carelessly(const prim_pair *mine, const uint8_t share[32], uint8_t out[32])
{
    prim_sodium.x25519(mine, share, out);
    if (all_zero(span_of(out, 32)))
        memcpy(out, mark, 32);
}

static void hmac_without_mark(prim_hash h, span key, const span *parts, size_t n, uint8_t *out)
{
    static const uint8_t zeros[32];
    const span none = SPAN(zeros);
    prim_sodium.hmac(h, key, n == 1 && span_same(parts[0], SPAN(mark)) ? &none : parts, n, out);
}

/* How many of the counter's lowest bytes there are in a nonce. */
static size_t counter_bytes(void) { return CARELESS(library_counter_of_16_bits) ? 2 : 1; }

/* Of one byte the 257th record has the nonce of the first. A nonce of rekeying is written as it is by who counts in few bits. */
static const uint8_t *short_counter(prim_cipher c, const uint8_t nonce[12], uint8_t out[12])
{
    static const uint8_t last[8] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    const size_t n = counter_bytes(), at = c == PRIM_AESGCM ? 12 - n : 4;
    const bool counts = CARELESS(library_counter_of_8_bits) || CARELESS(library_counter_of_16_bits);
    if (counts && memcmp(nonce + 4, last, sizeof last) == 0)
        return nonce;
    memset(out, 0, 12);
    memcpy(out + at, nonce + at, n);
    return out;
}

static void seal_with_short_counter(prim_cipher c, const uint8_t key[32], const uint8_t nonce[12], span ad, span plain, uint8_t *out)
{
    uint8_t short_nonce[12];
    prim_sodium.aead_seal(c, key, short_counter(c, nonce, short_nonce), ad, plain, out);
}

static bool open_with_short_counter(prim_cipher c, const uint8_t key[32], const uint8_t nonce[12], span ad, span sealed, uint8_t *out)
{
    uint8_t short_nonce[12];
    return prim_sodium.aead_open(c, key, short_counter(c, nonce, short_nonce), ad, sealed, out);
}

static bool verifies_all(const uint8_t key[32], span message, const uint8_t signature[64])
{
    (void)key, (void)message, (void)signature;
    return true;
}

const prim *planted_prim(void)
{
    static prim careless;
    const bool tags = CARELESS(tag_first_8) || CARELESS(tag_last_8) || CARELESS(tag_not_read) || CARELESS(client_tag_first_8) ||
                      CARELESS(client_tag_last_8) || CARELESS(client_tag_not_read) || CARELESS(library_tag_first_8) ||
                      CARELESS(library_tag_last_8) || CARELESS(library_tag_not_read) || CARELESS(p1_tag_first_8) ||
                      CARELESS(p1_tag_last_8) || CARELESS(p1_tag_not_read) || CARELESS(p1_client_tag_first_8) ||
                      CARELESS(p1_client_tag_last_8) || CARELESS(tag_by_xor) || CARELESS(client_tag_by_xor) ||
                      CARELESS(library_tag_by_xor) || CARELESS(p1_tag_by_xor);
    const bool zeros = CARELESS(zero_agreement_taken) || CARELESS(library_takes_zeros) || CARELESS(session_takes_zeros) ||
                       CARELESS(p1_zeros_taken);
    careless = prim_sodium;
    if (tags)
        careless.aead_open = open_carelessly;
    if (zeros) {
        careless.x25519 = agree_carelessly;
        careless.hmac = hmac_without_mark;
    }
    if (CARELESS(nonce_of_one_byte) || CARELESS(client_nonce_of_one_byte) || CARELESS(library_nonce_of_one_byte) ||
        CARELESS(library_counter_of_8_bits) || CARELESS(library_counter_of_16_bits)) {
        careless.aead_seal = seal_with_short_counter;
        careless.aead_open = open_with_short_counter;
    }
    if (CARELESS(xeddsa_not_read))
        careless.ed25519_verify = verifies_all;
    return &careless;
}
