/* The table filled by libsodium 1.0.18. It has no SHA-384 and no BLAKE2s: those two are OpenSSL's here as well. */
#include "poison.h"
#include "prim.h"
#include "tables.h"

#include <sodium.h>
#include <string.h>

void start_sodium(void) { must(sodium_init() >= 0); }

static bool has_cipher(prim_cipher c) { return c == PRIM_CHACHAPOLY || crypto_aead_aes256gcm_is_available(); }
static bool has_hash(prim_hash h) { return h <= PRIM_BLAKE2B; }

/* ---- X25519 ---- */

static void x25519_public(const uint8_t secret[32], uint8_t out[32]) { must(crypto_scalarmult_base(out, secret) == 0); }

static void x25519(const prim_pair *mine, const uint8_t share[32], uint8_t out[32])
{
    int low_order = crypto_scalarmult(out, mine->secret, share);
    declassify(&low_order, sizeof low_order);
    if (low_order)
        memset(out, 0, 32);
}

/* ---- Ed25519 ---- */

static void ed25519_public(const uint8_t seed[32], uint8_t out[32])
{
    uint8_t key[crypto_sign_SECRETKEYBYTES];
    must(crypto_sign_seed_keypair(out, key, seed) == 0);
    wipe(key, sizeof key);
}

static void ed25519_sign(const uint8_t seed[32], span message, uint8_t out[64])
{
    uint8_t public[32], key[crypto_sign_SECRETKEYBYTES];
    must(crypto_sign_seed_keypair(public, key, seed) == 0);
    must(crypto_sign_detached(out, NULL, message.p, message.n, key) == 0);
    wipe(key, sizeof key);
}

static bool ed25519_verify(const uint8_t key[32], span message, const uint8_t signature[64])
{
    return crypto_sign_verify_detached(signature, message.p, message.n, key) == 0;
}

/* ---- AEAD ---- */

static void aead_seal(prim_cipher c, const uint8_t key[32], const uint8_t nonce[12], span ad, span plain, uint8_t *out)
{
    must(has_cipher(c));
    if (c == PRIM_CHACHAPOLY)
        must(crypto_aead_chacha20poly1305_ietf_encrypt(out, NULL, plain.p, plain.n, ad.p, ad.n, NULL, nonce, key) == 0);
    else
        must(crypto_aead_aes256gcm_encrypt(out, NULL, plain.p, plain.n, ad.p, ad.n, NULL, nonce, key) == 0);
}

#ifdef PARLEY_MUTANTS
/* libsodium hands out nothing under a wrong tag. So here ChaCha20-Poly1305 is judged first and decrypted apart (the text
 * starts at block 1, RFC 8439 2.8), and AES-GCM, whose stream libsodium does not offer, is OpenSSL's. */
static bool open_chachapoly(const uint8_t *key, const uint8_t *nonce, span ad, span text, const uint8_t *tag, uint8_t *out)
{
    const bool fits = crypto_aead_chacha20poly1305_ietf_decrypt_detached(NULL, NULL, text.p, text.n, tag, ad.p, ad.n, nonce, key) == 0;
    if (text.n)
        must(crypto_stream_chacha20_ietf_xor_ic(out, text.p, text.n, nonce, 1, key) == 0);
    return fits;
}

static bool open_aesgcm(const uint8_t *key, const uint8_t *nonce, span ad, span text, const uint8_t *tag, uint8_t *out)
{
    (void)tag;
    return prim_openssl.aead_open(PRIM_AESGCM, key, nonce, ad, span_of(text.p, text.n + PRIM_TAG), out);
}
#else
static bool open_chachapoly(const uint8_t *key, const uint8_t *nonce, span ad, span text, const uint8_t *tag, uint8_t *out)
{
    return crypto_aead_chacha20poly1305_ietf_decrypt_detached(out, NULL, text.p, text.n, tag, ad.p, ad.n, nonce, key) == 0;
}

static bool open_aesgcm(const uint8_t *key, const uint8_t *nonce, span ad, span text, const uint8_t *tag, uint8_t *out)
{
    return crypto_aead_aes256gcm_decrypt_detached(out, NULL, text.p, text.n, tag, ad.p, ad.n, nonce, key) == 0;
}
#endif

static bool aead_open(prim_cipher c, const uint8_t key[32], const uint8_t nonce[12], span ad, span sealed, uint8_t *out)
{
    must(has_cipher(c));
    if (sealed.n < PRIM_TAG)
        return false;
    const span text = span_first(sealed, sealed.n - PRIM_TAG);
    const uint8_t *tag = sealed.p + text.n;
    bool fits = (c == PRIM_CHACHAPOLY ? open_chachapoly : open_aesgcm)(key, nonce, ad, text, tag, out);
    declassify(&fits, 1);
#ifndef PARLEY_MUTANTS
    if (!fits && text.n)
        memset(out, 0, text.n);
#endif
    return fits;
}

/* ---- hashes ---- */

static void sha256(const span *parts, size_t n_parts, uint8_t *out)
{
    crypto_hash_sha256_state s;
    must(crypto_hash_sha256_init(&s) == 0);
    for (size_t i = 0; i < n_parts; i++)
        must(crypto_hash_sha256_update(&s, parts[i].p, parts[i].n) == 0);
    must(crypto_hash_sha256_final(&s, out) == 0);
    wipe(&s, sizeof s);
}

static void sha512(const span *parts, size_t n_parts, uint8_t *out)
{
    crypto_hash_sha512_state s;
    must(crypto_hash_sha512_init(&s) == 0);
    for (size_t i = 0; i < n_parts; i++)
        must(crypto_hash_sha512_update(&s, parts[i].p, parts[i].n) == 0);
    must(crypto_hash_sha512_final(&s, out) == 0);
    wipe(&s, sizeof s);
}

static void blake2b(const span *parts, size_t n_parts, uint8_t *out)
{
    crypto_generichash_state s;
    must(crypto_generichash_init(&s, NULL, 0, 64) == 0);
    for (size_t i = 0; i < n_parts; i++)
        must(crypto_generichash_update(&s, parts[i].p, parts[i].n) == 0);
    must(crypto_generichash_final(&s, out, 64) == 0);
    wipe(&s, sizeof s);
}

static void hash(prim_hash h, const span *parts, size_t n_parts, uint8_t *out)
{
    if (h == PRIM_SHA256)
        sha256(parts, n_parts, out);
    else if (h == PRIM_SHA512)
        sha512(parts, n_parts, out);
    else if (h == PRIM_BLAKE2B)
        blake2b(parts, n_parts, out);
    else
        prim_openssl.hash(h, parts, n_parts, out);
}

static void hmac(prim_hash h, span key, const span *parts, size_t n_parts, uint8_t *out)
{
    hmac_over(&prim_sodium, h, key, parts, n_parts, out);
}

const prim prim_sodium = {"sodium",     has_cipher,     has_hash,  x25519_public, x25519, ed25519_public,
                          ed25519_sign, ed25519_verify, aead_seal, aead_open,     hash,   hmac};

/* ---- Ed25519ph ---- */

void prim_ed25519ph_sign(const uint8_t seed[32], span message, uint8_t out[64])
{
    crypto_sign_ed25519ph_state state;
    uint8_t public[32], key[crypto_sign_SECRETKEYBYTES];
    must(crypto_sign_seed_keypair(public, key, seed) == 0);
    must(crypto_sign_ed25519ph_init(&state) == 0 && crypto_sign_ed25519ph_update(&state, message.p, message.n) == 0);
    must(crypto_sign_ed25519ph_final_create(&state, out, NULL, key) == 0);
    wipe(key, sizeof key);
}

bool prim_ed25519ph_verify(const uint8_t key[32], span message, const uint8_t signature[64])
{
    crypto_sign_ed25519ph_state state;
    must(crypto_sign_ed25519ph_init(&state) == 0 && crypto_sign_ed25519ph_update(&state, message.p, message.n) == 0);
    return crypto_sign_ed25519ph_final_verify(&state, signature, key) == 0;
}

/* ---- scalars and points ---- */

void prim_scalar_reduce(const uint8_t wide[64], uint8_t out[32]) { crypto_core_ed25519_scalar_reduce(out, wide); }
void prim_scalar_negate(const uint8_t a[32], uint8_t out[32]) { crypto_core_ed25519_scalar_negate(out, a); }

void prim_edwards_base(const uint8_t scalar[32], uint8_t point[32])
{
    int neutral = crypto_scalarmult_ed25519_base_noclamp(point, scalar);
    declassify(&neutral, sizeof neutral);
    must(!neutral);
}

bool prim_edwards_prime_order(const uint8_t point[32]) { return crypto_core_ed25519_is_valid_point(point) == 1; }

void prim_scalar_multiply_add(const uint8_t a[32], const uint8_t b[32], const uint8_t c[32], uint8_t out[32])
{
    uint8_t product[32];
    crypto_core_ed25519_scalar_mul(product, a, b);
    crypto_core_ed25519_scalar_add(out, product, c);
    wipe(product, sizeof product);
}

bool prim_scalar_reduced(const uint8_t a[32])
{
    uint8_t wide[64] = {0}, reduced[32];
    memcpy(wide, a, 32);
    prim_scalar_reduce(wide, reduced);
    return memcmp(reduced, a, 32) == 0;
}
