/* The table filled by OpenSSL 3. Algorithms are fetched once and contexts kept: a context made anew for each small message
 * costs several times the work itself. Key schedules stay in the cipher contexts until the next call overwrites them. */
#include "prim.h"
#include "tables.h"

#include <limits.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <string.h>

static EVP_MD *md[PRIM_BLAKE2B + 1], *sponges[PRIM_SHAKE256 + 1];
static EVP_MD_CTX *md_ctx, *signing;
static EVP_PKEY_CTX *importing; /* of X25519 pairs */
static EVP_PKEY *theirs;        /* the other's share, set anew for each agreement */
static EVP_CIPHER_CTX *sealing[PRIM_AESGCM + 1], *opening[PRIM_AESGCM + 1];

static EVP_CIPHER_CTX *cipher_context(const char *name, bool seals)
{
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, name, NULL);
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    must(cipher && ctx && EVP_CipherInit_ex2(ctx, cipher, NULL, NULL, seals, NULL) == 1);
    EVP_CIPHER_free(cipher); /* the context keeps it */
    return ctx;
}

void start_openssl(void)
{
    static const char *const hashes[] = {"SHA2-256", "SHA2-384", "SHA2-512", "BLAKE2S-256", "BLAKE2B-512"};
    static const char *const keccak[] = {"SHA3-256", "SHA3-512", "SHAKE-128", "SHAKE-256"};
    static const char *const ciphers[] = {"ChaCha20-Poly1305", "AES-256-GCM"};
    if (md_ctx)
        return;
    /* A machine's configuration file must not be able to change what the text computes. */
    must(OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) == 1);
    for (size_t i = 0; i <= PRIM_BLAKE2B; i++)
        must((md[i] = EVP_MD_fetch(NULL, hashes[i], NULL)) != NULL);
    for (size_t i = 0; i <= PRIM_SHAKE256; i++)
        must((sponges[i] = EVP_MD_fetch(NULL, keccak[i], NULL)) != NULL);
    for (size_t i = 0; i <= PRIM_AESGCM; i++) {
        sealing[i] = cipher_context(ciphers[i], true);
        opening[i] = cipher_context(ciphers[i], false);
    }
    signing = EVP_MD_CTX_new();
    md_ctx = EVP_MD_CTX_new();
    must(signing && md_ctx);
    importing = EVP_PKEY_CTX_new_from_name(NULL, "X25519", NULL);
    theirs = EVP_PKEY_new_raw_public_key_ex(NULL, "X25519", NULL, (const uint8_t[32]){9}, 32);
    must(theirs && importing && EVP_PKEY_fromdata_init(importing) == 1);
}

static bool has_cipher(prim_cipher c) { return c <= PRIM_AESGCM; }
static bool has_hash(prim_hash h) { return h <= PRIM_BLAKE2B; }

static EVP_PKEY *secret_key(const char *type, const uint8_t secret[32])
{
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key_ex(NULL, type, NULL, secret, 32);
    must(key);
    return key;
}

static void public_half(const char *type, const uint8_t secret[32], uint8_t out[32])
{
    size_t n = 32;
    EVP_PKEY *key = secret_key(type, secret);
    must(EVP_PKEY_get_raw_public_key(key, out, &n) == 1 && n == 32);
    EVP_PKEY_free(key);
}

/* ---- X25519 ---- */

static void x25519_public(const uint8_t secret[32], uint8_t out[32]) { public_half("X25519", secret, out); }

static EVP_PKEY *import_pair(const prim_pair *pair)
{
    EVP_PKEY *key = NULL;
    const OSSL_PARAM halves[] = {OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_PRIV_KEY, (void *)pair->secret, 32),
                                 OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)pair->share, 32), OSSL_PARAM_END};
    must(EVP_PKEY_fromdata(importing, &key, EVP_PKEY_KEYPAIR, (OSSL_PARAM *)halves) == 1);
    return key;
}

/* With its share a secret is imported in a microsecond; without, OpenSSL computes the share again, as long as an agreement takes.
 * It refuses an agreement that comes out as zeros; the zeros are what we hand on. */
static void x25519(const prim_pair *mine, const uint8_t share[32], uint8_t out[32])
{
    size_t n = 32;
    EVP_PKEY *key = import_pair(mine);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    must(EVP_PKEY_set1_encoded_public_key(theirs, share, 32) == 1);
    must(ctx && EVP_PKEY_derive_init(ctx) == 1 && EVP_PKEY_derive_set_peer_ex(ctx, theirs, 0) == 1);
    if (EVP_PKEY_derive(ctx, out, &n) != 1)
        memset(out, 0, 32);
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(key);
}

/* ---- Ed25519 ---- */

static void ed25519_public(const uint8_t seed[32], uint8_t out[32]) { public_half("ED25519", seed, out); }

static void ed25519_sign(const uint8_t seed[32], span message, uint8_t out[64])
{
    size_t n = 64;
    EVP_PKEY *key = secret_key("ED25519", seed);
    must(EVP_DigestSignInit_ex(signing, NULL, NULL, NULL, NULL, key, NULL) == 1);
    must(EVP_DigestSign(signing, out, &n, message.p, message.n) == 1 && n == 64);
    EVP_MD_CTX_reset(signing);
    EVP_PKEY_free(key);
}

static bool ed25519_verify(const uint8_t key[32], span message, const uint8_t signature[64])
{
    if (ed25519_weak_point(key) || ed25519_weak_point(signature))
        return false;
    EVP_PKEY *k = EVP_PKEY_new_raw_public_key_ex(NULL, "ED25519", NULL, key, 32);
    must(k && EVP_DigestVerifyInit_ex(signing, NULL, NULL, NULL, NULL, k, NULL) == 1);
    const bool holds = EVP_DigestVerify(signing, signature, 64, message.p, message.n) == 1;
    EVP_MD_CTX_reset(signing);
    EVP_PKEY_free(k);
    return holds;
}

/* ---- AEAD ---- */

static int length(size_t n)
{
    must(n <= INT_MAX);
    return (int)n;
}

static void take_key_and_ad(EVP_CIPHER_CTX *ctx, const uint8_t *key, const uint8_t *nonce, span ad)
{
    int n = 0;
    must(EVP_CipherInit_ex2(ctx, NULL, key, nonce, -1, NULL) == 1);
    if (ad.n)
        must(EVP_CipherUpdate(ctx, NULL, &n, ad.p, length(ad.n)) == 1);
}

static void take_text(EVP_CIPHER_CTX *ctx, span in, uint8_t *out)
{
    int n = 0;
    if (in.n)
        must(EVP_CipherUpdate(ctx, out, &n, in.p, length(in.n)) == 1 && (size_t)n == in.n);
}

static void aead_seal(prim_cipher c, const uint8_t key[32], const uint8_t nonce[12], span ad, span plain, uint8_t *out)
{
    uint8_t nothing[16];
    int n = 0;
    EVP_CIPHER_CTX *ctx = sealing[c];
    take_key_and_ad(ctx, key, nonce, ad);
    take_text(ctx, plain, out);
    must(EVP_CipherFinal_ex(ctx, nothing, &n) == 1 && n == 0);
    must(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, PRIM_TAG, out + plain.n) == 1);
}

static bool aead_open(prim_cipher c, const uint8_t key[32], const uint8_t nonce[12], span ad, span sealed, uint8_t *out)
{
    uint8_t nothing[16], tag[PRIM_TAG];
    int n = 0;
    if (sealed.n < PRIM_TAG)
        return false;
    const span text = span_first(sealed, sealed.n - PRIM_TAG);
    EVP_CIPHER_CTX *ctx = opening[c];
    memcpy(tag, sealed.p + text.n, PRIM_TAG);
    take_key_and_ad(ctx, key, nonce, ad);
    take_text(ctx, text, out);
    must(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, PRIM_TAG, tag) == 1);
    const bool fits = EVP_CipherFinal_ex(ctx, nothing, &n) == 1;
#ifndef PARLEY_MUTANTS
    if (!fits)
        wipe(out, text.n);
#endif
    return fits;
}

/* ---- hashes ---- */

static void hash(prim_hash h, const span *parts, size_t n_parts, uint8_t *out)
{
    unsigned n = 0;
    must(EVP_DigestInit_ex2(md_ctx, md[h], NULL) == 1);
    for (size_t i = 0; i < n_parts; i++)
        must(EVP_DigestUpdate(md_ctx, parts[i].p, parts[i].n) == 1);
    must(EVP_DigestFinal_ex(md_ctx, out, &n) == 1 && n == prim_hash_len(h));
}

static void hmac(prim_hash h, span key, const span *parts, size_t n_parts, uint8_t *out)
{
    hmac_over(&prim_openssl, h, key, parts, n_parts, out);
}

const prim prim_openssl = {"openssl",    has_cipher,     has_hash,  x25519_public, x25519, ed25519_public,
                           ed25519_sign, ed25519_verify, aead_seal, aead_open,     hash,   hmac};

void prim_sha1(span s, uint8_t out[20])
{
    EVP_MD *sha1 = EVP_MD_fetch(NULL, "SHA1", NULL);
    must(sha1 && EVP_DigestInit_ex2(md_ctx, sha1, NULL) == 1);
    must(EVP_DigestUpdate(md_ctx, s.p, s.n) == 1 && EVP_DigestFinal_ex(md_ctx, out, NULL) == 1);
    EVP_MD_free(sha1); /* md_ctx keeps it until its next use */
}

void prim_sponge(prim_keccak k, const span *parts, size_t n_parts, uint8_t *out, size_t n)
{
    const bool fixed = k <= PRIM_SHA3_512;
    must(EVP_DigestInit_ex2(md_ctx, sponges[k], NULL) == 1);
    must(!fixed || n == (k == PRIM_SHA3_256 ? 32 : 64));
    for (size_t i = 0; i < n_parts; i++)
        must(EVP_DigestUpdate(md_ctx, parts[i].p, parts[i].n) == 1);
    must((fixed ? EVP_DigestFinal_ex(md_ctx, out, NULL) : EVP_DigestFinalXOF(md_ctx, out, n)) == 1);
}
