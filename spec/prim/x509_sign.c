/* Signatures that come out the same each time, for the simulator and the tests. The steps around the curve and the modulus
 * are written out (RFC 6979, RFC 8017) instead of lending OpenSSL's own signing a predictable generator: how many coins
 * that draws differs between its versions, and vectors must not. */
#include "p256.h"
#include "prim.h"
#include "pubkey.h"
#include "x509.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <string.h>

enum { RSA_MAX = 1024 /* bytes of a modulus */ };

/* ---- ECDSA on P-256, P-384 and P-521, RFC 6979 ---- */

typedef struct curve_kind {
    int nid;
    size_t n, bits; /* of a scalar and a coordinate: bytes, and the length of the order */
} curve_kind;

static const curve_kind p256_kind = {NID_X9_62_prime256v1, 32, 256}, p384_kind = {NID_secp384r1, 48, 384},
                        p521_kind = {NID_secp521r1, 66, 521};

enum { SCALAR_MAX = 66 };

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
    uint8_t k[PRIM_HASH_MAX], v[PRIM_HASH_MAX];
} nonces;

static span key_of(const nonces *n) { return span_of(n->k, prim_hash_len(n->hash)); }
static span value_of(const nonces *n) { return span_of(n->v, prim_hash_len(n->hash)); }

/* v = HMAC(k, v) */
static void turn(nonces *n)
{
    uint8_t v[PRIM_HASH_MAX];
    const span before = value_of(n);
    prim_openssl.hmac(n->hash, key_of(n), &before, 1, v);
    memcpy(n->v, v, before.n);
    wipe(v, sizeof v);
}

static void stir(nonces *n, uint8_t mark, span x, span h, span seed)
{
    uint8_t k[PRIM_HASH_MAX];
    const span parts[] = {value_of(n), span_of(&mark, 1), x, h, seed};
    prim_openssl.hmac(n->hash, key_of(n), parts, 5, k);
    memcpy(n->k, k, prim_hash_len(n->hash));
    turn(n);
    wipe(k, sizeof k);
}

/* bits2int of RFC 6979 2.3.2: the leftmost bits, as many as the order has. */
static void leftmost(const curve *c, span bytes, BIGNUM *out)
{
    must(BN_bin2bn(bytes.p, (int)bytes.n, out));
    if (8 * bytes.n > c->kind->bits)
        must(BN_rshift(out, out, (int)(8 * bytes.n - c->kind->bits)) == 1);
}

static void next_nonce(const curve *c, nonces *n, BIGNUM *k)
{
    uint8_t bytes[SCALAR_MAX + PRIM_HASH_MAX] = {0}; /* gcc -O3 does not see that the loop is always entered */
    size_t have = 0;
    for (; 8 * have < c->kind->bits; have += prim_hash_len(n->hash)) {
        turn(n);
        memcpy(bytes + have, n->v, prim_hash_len(n->hash));
    }
    leftmost(c, span_of(bytes, have), k);
    wipe(bytes, sizeof bytes);
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
static nonces first_nonces(const curve *c, prim_hash hash, const BIGNUM *h, span seed)
{
    uint8_t x[SCALAR_MAX], reduced[SCALAR_MAX];
    const int n = (int)c->kind->n;
    nonces out = {.hash = hash};
    must(BN_bn2binpad(h, reduced, n) == n && BN_bn2binpad(c->d, x, n) == n);
    memset(out.v, 0x01, sizeof out.v);
    stir(&out, 0x00, span_of(x, c->kind->n), span_of(reduced, c->kind->n), seed);
    stir(&out, 0x01, span_of(x, c->kind->n), span_of(reduced, c->kind->n), seed);
    wipe(x, sizeof x);
    return out;
}

static void sign_on(const curve_kind *kind, prim_hash hash, const uint8_t *scalar, span seed, span message, uint8_t *r, uint8_t *s)
{
    uint8_t digest[PRIM_HASH_MAX];
    const int n = (int)kind->n;
    curve c = curve_open(kind, scalar);
    BIGNUM *k = BN_new(), *br = BN_new(), *bs = BN_new(), *h = BN_new();
    must(k && br && bs && h);
    prim_digest(&prim_openssl, hash, message, digest);
    leftmost(&c, span_of(digest, prim_hash_len(hash)), h);
    must(BN_nnmod(h, h, c.order, c.ctx) == 1);
    nonces coins = first_nonces(&c, hash, h, seed);
    next_nonce(&c, &coins, k);
    while (!sign_with(&c, k, h, br, bs)) {
        stir(&coins, 0x00, EMPTY, EMPTY, EMPTY);
        next_nonce(&c, &coins, k);
    }
    must(BN_bn2binpad(br, r, n) == n && BN_bn2binpad(bs, s, n) == n);
    BN_clear_free(k);
    BN_free(br);
    BN_free(bs);
    BN_free(h);
    curve_close(&c);
    wipe(&coins, sizeof coins);
}

static const curve_kind *kind_of(pubkey_kind curve)
{
    must(curve == PUBKEY_P256 || curve == PUBKEY_P384 || curve == PUBKEY_P521);
    return curve == PUBKEY_P256 ? &p256_kind : curve == PUBKEY_P384 ? &p384_kind : &p521_kind;
}

size_t ecdsa_public(pubkey_kind curve, const uint8_t *scalar, uint8_t point[ECDSA_POINT_MAX])
{
    public_point(kind_of(curve), scalar, point);
    return 1 + 2 * kind_of(curve)->n;
}

size_t ecdsa_sign(pubkey_kind curve, prim_hash hash, const uint8_t *scalar, span message, uint8_t pair[2 * ECDSA_SCALAR_MAX])
{
    const curve_kind *kind = kind_of(curve);
    sign_on(kind, hash, scalar, EMPTY, message, pair, pair + kind->n);
    return 2 * kind->n;
}

void ecdsa_p384_public(const uint8_t scalar[48], uint8_t point[97]) { public_point(&p384_kind, scalar, point); }

void ecdsa_p384_sign(const uint8_t scalar[48], span seed, span message, uint8_t r[48], uint8_t s[48])
{
    sign_on(&p384_kind, PRIM_SHA384, scalar, seed, message, r, s);
}

void p256_public(const uint8_t scalar[P256_SCALAR], uint8_t key[P256_KEY])
{
    uint8_t point[1 + P256_KEY];
    public_point(&p256_kind, scalar, point);
    memcpy(key, point + 1, P256_KEY);
}

void p256_sign(const uint8_t scalar[P256_SCALAR], span seed, span message, uint8_t signature[P256_SIGNATURE])
{
    sign_on(&p256_kind, PRIM_SHA256, scalar, seed, message, signature, signature + P256_SCALAR);
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

/* db ^= MGF1(seed, n) */
static void mask(prim_hash hash, uint8_t *db, size_t n, span seed)
{
    uint8_t block[PRIM_HASH_MAX], counter[4] = {0};
    const size_t each = prim_hash_len(hash);
    for (size_t i = 0; i < n; i++) {
        if (i % each == 0) {
            const span parts[] = {seed, SPAN(counter)};
            prim_openssl.hash(hash, parts, 2, block);
            counter[3]++; /* RSA_MAX needs 32 */
        }
        db[i] ^= block[i % each];
    }
}

/* EMSA-PSS for a modulus of a whole number of bytes: zeros 01 salt (masked), H, bc. The salt is the start of HMAC(seed, hash of
 * the message), so that two messages under one seed differ in it. */
static void encode_pss(prim_hash hash, span seed, size_t n_salt, span message, uint8_t *em, size_t n)
{
    static const uint8_t zeros[8];
    const size_t len = prim_hash_len(hash), db_len = n - len - 1;
    uint8_t digest[PRIM_HASH_MAX], mac[PRIM_HASH_MAX], *db = em, *h = em + db_len, *salt = h - n_salt;
    prim_digest(&prim_openssl, hash, message, digest);
    const span one = span_of(digest, len);
    memset(em, 0, n);
    salt[-1] = 1;
    prim_openssl.hmac(hash, seed, &one, 1, mac);
    memcpy(salt, mac, n_salt);
    const span parts[] = {SPAN(zeros), one, span_of(salt, n_salt)};
    prim_openssl.hash(hash, parts, 3, h);
    mask(hash, db, db_len, span_of(h, len));
    db[0] &= 0x7f; /* one bit shorter than the modulus */
    em[n - 1] = 0xbc;
}

/* The private operation on what is encoded already. */
static size_t rsa_raise(EVP_PKEY *key, const uint8_t *em, size_t n, uint8_t *out, size_t cap)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    size_t written_len = cap;
    must(ctx && EVP_PKEY_sign_init(ctx) == 1 && EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) == 1);
    if (EVP_PKEY_sign(ctx, out, &written_len, em, n) != 1)
        written_len = 0;
    EVP_PKEY_CTX_free(ctx);
    return written_len;
}

static size_t pss_sign(prim_hash hash, span private_key, span seed, size_t n_salt, span message, uint8_t *out, size_t cap)
{
    uint8_t em[RSA_MAX];
    const size_t len = prim_hash_len(hash);
    EVP_PKEY *key = rsa_key(private_key);
    const size_t bits = key ? (size_t)EVP_PKEY_get_bits(key) : 0, n = bits / 8;
    const bool fits = bits % 8 == 0 && n >= 2 * len + 2 && n <= sizeof em && n <= cap;
    must(n_salt <= len);
    if (fits)
        encode_pss(hash, seed, n_salt, message, em, n);
    const size_t written_len = fits ? rsa_raise(key, em, n, out, cap) : 0;
    EVP_PKEY_free(key);
    ERR_clear_error();
    return written_len;
}

size_t rsa_pss_sign(span private_key, span seed, span message, uint8_t *out, size_t cap)
{
    return pss_sign(PRIM_SHA384, private_key, seed, 48, message, out, cap);
}

size_t rsa_pss_sign_salted(span private_key, span seed, size_t n_salt, span message, uint8_t *out, size_t cap)
{
    return pss_sign(PRIM_SHA384, private_key, seed, n_salt, message, out, cap);
}

size_t rsa_pss_sha256_sign(span private_key, span seed, span message, uint8_t *out, size_t cap)
{
    return pss_sign(PRIM_SHA256, private_key, seed, 32, message, out, cap);
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
