/* Signatures that come out the same each time, for the simulator and the tests. The steps around the curve and the modulus
 * are written out (RFC 6979, RFC 8017) instead of lending OpenSSL's own signing a predictable generator: how many coins
 * that draws differs between its versions, and vectors must not. */
#include "p256.h"
#include "prim.h"
#include "x509.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <string.h>

enum { HASH = 48, RSA_MAX = 1024 /* bytes of a modulus */ };

/* ---- ECDSA on P-256 and P-384, RFC 6979 ---- */

typedef struct curve_kind {
    int nid;
    size_t n; /* bytes of a scalar, a coordinate, and the hash */
    prim_hash hash;
} curve_kind;

static const curve_kind p256_kind = {NID_X9_62_prime256v1, 32, PRIM_SHA256}, p384_kind = {NID_secp384r1, 48, PRIM_SHA384};

enum { SCALAR_MAX = 48 };

typedef struct curve {
    const curve_kind *kind;
    EC_GROUP *group;
    const BIGNUM *order;
    BN_CTX *ctx;
    BIGNUM *d; /* the secret scalar, in [1, order - 1] */
} curve;

static curve curve_open(const curve_kind *kind, const uint8_t *scalar)
{
    curve c = {
        .kind = kind, .group = EC_GROUP_new_by_curve_name(kind->nid), .ctx = BN_CTX_new(), .d = BN_bin2bn(scalar, (int)kind->n, NULL)};
    must(c.group && c.ctx && c.d);
    c.order = EC_GROUP_get0_order(c.group);
    must(BN_nnmod(c.d, c.d, c.order, c.ctx) == 1);
    if (BN_is_zero(c.d))
        must(BN_one(c.d) == 1);
    return c;
}

static void curve_close(curve *c)
{
    BN_clear_free(c->d);
    BN_CTX_free(c->ctx);
    EC_GROUP_free(c->group);
}

/* 0x04 || x || y */
static void public_point(const curve_kind *kind, const uint8_t *scalar, uint8_t *point)
{
    curve c = curve_open(kind, scalar);
    const size_t n = 1 + 2 * kind->n;
    EC_POINT *q = EC_POINT_new(c.group);
    must(q && EC_POINT_mul(c.group, q, c.d, NULL, NULL, c.ctx) == 1);
    must(EC_POINT_point2oct(c.group, q, POINT_CONVERSION_UNCOMPRESSED, point, n, c.ctx) == n);
    EC_POINT_free(q);
    curve_close(&c);
}

/* The generator of RFC 6979 3.2; `seed` is the additional input of 3.6. */
typedef struct nonces {
    prim_hash hash;
    size_t n;
    uint8_t k[SCALAR_MAX], v[SCALAR_MAX];
} nonces;

static span key_of(const nonces *n) { return span_of(n->k, n->n); }
static span value_of(const nonces *n) { return span_of(n->v, n->n); }

static void stir(nonces *n, uint8_t mark, span x, span h, span seed)
{
    uint8_t k[SCALAR_MAX], v[SCALAR_MAX];
    const span parts[] = {value_of(n), span_of(&mark, 1), x, h, seed};
    prim_openssl.hmac(n->hash, key_of(n), parts, 5, k);
    memcpy(n->k, k, n->n);
    const span before = value_of(n);
    prim_openssl.hmac(n->hash, key_of(n), &before, 1, v);
    memcpy(n->v, v, n->n);
    wipe(k, sizeof k);
}

static void next_nonce(nonces *n, BIGNUM *k)
{
    uint8_t v[SCALAR_MAX];
    const span before = value_of(n);
    prim_openssl.hmac(n->hash, key_of(n), &before, 1, v);
    memcpy(n->v, v, n->n);
    must(BN_bin2bn(v, (int)n->n, k));
    wipe(v, sizeof v);
}

/* r = x(kG) mod n, s = (h + r d) / k mod n. False when this k does not serve. */
static bool sign_with(const curve *c, const BIGNUM *k, const BIGNUM *h, BIGNUM *r, BIGNUM *s)
{
    EC_POINT *point = EC_POINT_new(c->group);
    BIGNUM *inverse = BN_new();
    bool serves = !BN_is_zero(k) && BN_cmp(k, c->order) < 0;
    must(point && inverse);
    if (serves) {
        must(EC_POINT_mul(c->group, point, k, NULL, NULL, c->ctx) == 1);
        must(EC_POINT_get_affine_coordinates(c->group, point, r, NULL, c->ctx) == 1 && BN_nnmod(r, r, c->order, c->ctx) == 1);
        must(BN_mod_inverse(inverse, k, c->order, c->ctx));
        must(BN_mod_mul(s, r, c->d, c->order, c->ctx) == 1 && BN_mod_add(s, s, h, c->order, c->ctx) == 1);
        must(BN_mod_mul(s, s, inverse, c->order, c->ctx) == 1);
        serves = !BN_is_zero(r) && !BN_is_zero(s);
    }
    BN_clear_free(inverse);
    EC_POINT_free(point);
    return serves;
}

/* The generator's first state, from the secret and the hash of the message, both as numbers below the order. */
static nonces first_nonces(const curve *c, const BIGNUM *h, span seed)
{
    uint8_t x[SCALAR_MAX], reduced[SCALAR_MAX];
    const int n = (int)c->kind->n;
    nonces out = {.hash = c->kind->hash, .n = c->kind->n};
    must(BN_bn2binpad(h, reduced, n) == n && BN_bn2binpad(c->d, x, n) == n);
    memset(out.v, 0x01, sizeof out.v);
    stir(&out, 0x00, span_of(x, out.n), span_of(reduced, out.n), seed);
    stir(&out, 0x01, span_of(x, out.n), span_of(reduced, out.n), seed);
    wipe(x, sizeof x);
    return out;
}

static void sign_on(const curve_kind *kind, const uint8_t *scalar, span seed, span message, uint8_t *r, uint8_t *s)
{
    uint8_t hash[SCALAR_MAX];
    const int n = (int)kind->n;
    curve c = curve_open(kind, scalar);
    BIGNUM *k = BN_new(), *br = BN_new(), *bs = BN_new();
    prim_digest(&prim_openssl, kind->hash, message, hash);
    BIGNUM *h = BN_bin2bn(hash, n, NULL);
    must(k && br && bs && h && BN_nnmod(h, h, c.order, c.ctx) == 1);
    nonces coins = first_nonces(&c, h, seed);
    next_nonce(&coins, k);
    while (!sign_with(&c, k, h, br, bs)) {
        stir(&coins, 0x00, EMPTY, EMPTY, EMPTY);
        next_nonce(&coins, k);
    }
    must(BN_bn2binpad(br, r, n) == n && BN_bn2binpad(bs, s, n) == n);
    BN_clear_free(k);
    BN_free(br);
    BN_free(bs);
    BN_free(h);
    curve_close(&c);
    wipe(&coins, sizeof coins);
}

void ecdsa_p384_public(const uint8_t scalar[48], uint8_t point[97]) { public_point(&p384_kind, scalar, point); }

void ecdsa_p384_sign(const uint8_t scalar[48], span seed, span message, uint8_t r[48], uint8_t s[48])
{
    sign_on(&p384_kind, scalar, seed, message, r, s);
}

void p256_public(const uint8_t scalar[P256_SCALAR], uint8_t key[P256_KEY])
{
    uint8_t point[1 + P256_KEY];
    public_point(&p256_kind, scalar, point);
    memcpy(key, point + 1, P256_KEY);
}

void p256_sign(const uint8_t scalar[P256_SCALAR], span seed, span message, uint8_t signature[P256_SIGNATURE])
{
    sign_on(&p256_kind, scalar, seed, message, signature, signature + P256_SCALAR);
}

/* ---- RSASSA-PSS, RFC 8017 8.1.1 and 9.1.1 ---- */

static EVP_PKEY *rsa_key(span pkcs8)
{
    const unsigned char *at = pkcs8.p;
    PKCS8_PRIV_KEY_INFO *info = pkcs8.n && pkcs8.n <= X509_MAX ? d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, (long)pkcs8.n) : NULL;
    EVP_PKEY *key = info && at == pkcs8.p + pkcs8.n ? EVP_PKCS82PKEY(info) : NULL;
    PKCS8_PRIV_KEY_INFO_free(info);
    if (key && EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA)
        return key;
    EVP_PKEY_free(key);
    return NULL;
}

/* db ^= MGF1-SHA-384(seed, n) */
static void mask(uint8_t *db, size_t n, span seed)
{
    uint8_t block[HASH], counter[4] = {0};
    for (size_t i = 0; i < n; i++) {
        if (i % HASH == 0) {
            const span parts[] = {seed, SPAN(counter)};
            prim_openssl.hash(PRIM_SHA384, parts, 2, block);
            counter[3]++; /* RSA_MAX needs 22 */
        }
        db[i] ^= block[i % HASH];
    }
}

/* EMSA-PSS for a modulus of a whole number of bytes: zeros 01 salt (masked), H, bc. The salt is the start of HMAC(seed, hash of
 * the message), so that two messages under one seed differ in it. */
static void encode_pss(span seed, size_t n_salt, span message, uint8_t *em, size_t n)
{
    static const uint8_t zeros[8];
    uint8_t hash[HASH], mac[HASH], *db = em, *h = em + n - HASH - 1, *salt = h - n_salt;
    const size_t db_len = n - HASH - 1;
    prim_digest(&prim_openssl, PRIM_SHA384, message, hash);
    const span one = SPAN(hash);
    memset(em, 0, n);
    salt[-1] = 1;
    prim_openssl.hmac(PRIM_SHA384, seed, &one, 1, mac);
    memcpy(salt, mac, n_salt);
    const span parts[] = {SPAN(zeros), SPAN(hash), span_of(salt, n_salt)};
    prim_openssl.hash(PRIM_SHA384, parts, 3, h);
    mask(db, db_len, span_of(h, HASH));
    db[0] &= 0x7f; /* one bit shorter than the modulus */
    em[n - 1] = 0xbc;
}

size_t rsa_pss_sign(span private_key, span seed, span message, uint8_t *out, size_t cap)
{
    return rsa_pss_sign_salted(private_key, seed, HASH, message, out, cap);
}

size_t rsa_pss_sign_salted(span private_key, span seed, size_t n_salt, span message, uint8_t *out, size_t cap)
{
    must(n_salt <= HASH);
    uint8_t em[RSA_MAX];
    EVP_PKEY *key = rsa_key(private_key);
    const size_t bits = key ? (size_t)EVP_PKEY_get_bits(key) : 0, n = bits / 8;
    const bool fits = bits % 8 == 0 && n >= 2 * HASH + 2 && n <= sizeof em && n <= cap;
    size_t written_len = 0;
    if (fits) {
        EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
        encode_pss(seed, n_salt, message, em, n);
        must(ctx && EVP_PKEY_sign_init(ctx) == 1 && EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) == 1);
        written_len = cap;
        if (EVP_PKEY_sign(ctx, out, &written_len, em, n) != 1)
            written_len = 0;
        EVP_PKEY_CTX_free(ctx);
    }
    EVP_PKEY_free(key);
    ERR_clear_error();
    return written_len;
}

/* ---- RSASSA-PKCS1-v1_5: has no coins ---- */

size_t rsa_sha256_sign(span private_key, span message, uint8_t *out, size_t cap)
{
    EVP_PKEY *key = rsa_key(private_key);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    size_t n = cap;
    must(ctx);
    if (!key || EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) != 1 || EVP_DigestSign(ctx, out, &n, message.p, message.n) != 1)
        n = 0;
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
    ERR_clear_error();
    return n;
}

size_t rsa_public(span private_key, uint8_t *out, size_t cap)
{
    EVP_PKEY *key = rsa_key(private_key);
    unsigned char *der = NULL;
    const int n = key ? i2d_PUBKEY(key, &der) : 0;
    const size_t fits = n > 0 && (size_t)n <= cap ? (size_t)n : 0;
    if (fits)
        memcpy(out, der, fits);
    OPENSSL_free(der);
    EVP_PKEY_free(key);
    ERR_clear_error();
    return fits;
}
