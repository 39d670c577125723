/* The table filled by OpenSSL 3. Algorithms are fetched once and contexts kept: a context made anew for each small message
 * costs several times the work itself. */
#include "poison.h"
#include "prim.h"
#include "tables.h"

#include <limits.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/provider.h>
#include <string.h>

static EVP_MD *sponges[PRIM_SHAKE256 + 1];
static EVP_MD_CTX *md_ctx, *signing;
static EVP_CIPHER_CTX *cbc[2]; /* opening, sealing */

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
    static const char *const keccak[] = {"SHA3-256", "SHA3-512", "SHAKE-128", "SHAKE-256"};
    if (md_ctx)
        return;
    /* A machine's configuration file must not be able to change what the text computes. */
    must(OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) == 1);
    for (size_t i = 0; i <= PRIM_SHAKE256; i++)
        must((sponges[i] = EVP_MD_fetch(NULL, keccak[i], NULL)) != NULL);
    cbc[0] = cipher_context("AES-256-CBC", false);
    must(EVP_CIPHER_CTX_set_padding(cbc[0], 0) == 1); /* padding_of reads it */
    cbc[1] = cipher_context("AES-256-CBC", true);
    signing = EVP_MD_CTX_new();
    md_ctx = EVP_MD_CTX_new();
    must(signing && md_ctx);
    OSSL_PROVIDER *provider = OSSL_PROVIDER_load(NULL, "default"); /* never given back */
    must(provider);
    start_openssl_x25519(provider);
    start_openssl_digest(provider);
    start_openssl_aead(provider);
}

static bool has_cipher(prim_cipher c) { return c <= PRIM_AESGCM; }
static bool has_hash(prim_hash h) { return h <= PRIM_BLAKE2B; }

/* ---- Ed25519 ---- */

static EVP_PKEY *ed25519_key(const uint8_t seed[32])
{
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key_ex(NULL, "ED25519", NULL, seed, 32);
    must(key);
    return key;
}

static void ed25519_public(const uint8_t seed[32], uint8_t out[32])
{
    size_t n = 32;
    EVP_PKEY *key = ed25519_key(seed);
    must(EVP_PKEY_get_raw_public_key(key, out, &n) == 1 && n == 32);
    EVP_PKEY_free(key);
}

static void ed25519_sign(const uint8_t seed[32], span message, uint8_t out[64])
{
    size_t n = 64;
    EVP_PKEY *key = ed25519_key(seed);
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

/* ---- AES-CBC ---- */

static int length(size_t n)
{
    must(n <= INT_MAX);
    return (int)n;
}

void prim_cbc_encrypt(const uint8_t key[32], const uint8_t iv[16], span plain, uint8_t *out)
{
    int n = 0, last = 0;
    must(EVP_CipherInit_ex2(cbc[1], NULL, key, iv, -1, NULL) == 1);
    must(EVP_CipherUpdate(cbc[1], out, &n, plain.n ? plain.p : iv, length(plain.n)) == 1);
    must(EVP_CipherFinal_ex(cbc[1], out + n, &last) == 1 && (size_t)(n + last) == prim_cbc_len(plain.n));
}

/* How many bytes the padding of PKCS#7 has; 0: it is wrong. */
static size_t padding_of(span plain)
{
    const size_t n = plain.p[plain.n - 1];
    if (n == 0 || n > 16)
        return 0;
    for (size_t i = 1; i <= n; i++)
        if (plain.p[plain.n - i] != n)
            return 0;
    return n;
}

bool prim_cbc_decrypt(const uint8_t key[32], const uint8_t iv[16], span sealed, uint8_t *out, size_t *n)
{
    int some = 0, last = 0;
    *n = 0;
    if (sealed.n == 0 || sealed.n % 16 != 0)
        return false;
    must(EVP_CipherInit_ex2(cbc[0], NULL, key, iv, -1, NULL) == 1);
    must(EVP_CipherUpdate(cbc[0], out, &some, sealed.p, length(sealed.n)) == 1);
    must(EVP_CipherFinal_ex(cbc[0], out + some, &last) == 1 && (size_t)(some + last) == sealed.n);
    declassify(out, sealed.n); /* authenticated before: the text is the caller's, and so is its length */
    const size_t padding = padding_of(span_of(out, sealed.n));
    *n = padding ? sealed.n - padding : 0;
    wipe(out + *n, sealed.n - *n);
    return padding > 0;
}

/* ---- the birational map of RFC 7748, 4.1 ---- */

static const uint8_t prime[32] = {0xed, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f};

bool prim_montgomery_canonical(const uint8_t u[32])
{
    for (size_t i = 32; i-- > 0;)
        if (u[i] != prime[i])
            return u[i] < prime[i];
    return false;
}

void prim_edwards_of_montgomery(const uint8_t u[32], bool sign, uint8_t point[32])
{
    uint8_t masked[32];
    BN_CTX *ctx = BN_CTX_new();
    BIGNUM *p = BN_lebin2bn(prime, 32, NULL), *x = NULL, *below = BN_new(), *above = BN_new(), *inverse = NULL;
    memcpy(masked, u, 32);
    masked[31] &= 0x7f;
    x = BN_lebin2bn(masked, 32, NULL);
    must(ctx && p && x && below && above && BN_mod_sub(above, x, BN_value_one(), p, ctx) == 1);
    must(BN_mod_add(below, x, BN_value_one(), p, ctx) == 1);
    if (BN_is_zero(below))
        BN_zero(above);
    else
        must((inverse = BN_mod_inverse(NULL, below, p, ctx)) != NULL && BN_mod_mul(above, above, inverse, p, ctx) == 1);
    must(BN_bn2lebinpad(above, point, 32) == 32);
    point[31] |= sign ? 0x80 : 0;
    BN_free(p), BN_free(x), BN_free(below), BN_free(above), BN_free(inverse);
    BN_CTX_free(ctx);
}

/* ---- hashes ---- */

static void hmac(prim_hash h, span key, const span *parts, size_t n_parts, uint8_t *out)
{
    hmac_over(&prim_openssl, h, key, parts, n_parts, out);
}

const prim prim_openssl = {"openssl",    has_cipher,     has_hash,          openssl_x25519_public, openssl_x25519, ed25519_public,
                           ed25519_sign, ed25519_verify, openssl_aead_seal, openssl_aead_open,     openssl_hash,   hmac};

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
