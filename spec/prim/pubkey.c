/* RSA by the low-level interface, deprecated since OpenSSL 3.0: reading a key into an EVP_PKEY costs more than the signature's verification. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "pubkey.h"
#include "der.h"

#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#define OID_EC      "1.2.840.10045.2.1"
#define OID_RSA     "1.2.840.113549.1.1.1"
#define OID_PSS     "1.2.840.113549.1.1.10"
#define OID_MGF1    "1.2.840.113549.1.1.8"
#define OID_ED25519 "1.3.101.112"

/* ---- which key ---- */

static const struct curve {
    const char *oid;
    pubkey_kind kind;
    size_t point; /* bytes */
} curves[] = {{"1.2.840.10045.3.1.7", PUBKEY_P256, 65}, {"1.3.132.0.34", PUBKEY_P384, 97}, {"1.3.132.0.35", PUBKEY_P521, 133}};

static pubkey_kind curve_of(span parameter, span point)
{
    for (size_t i = 0; i < sizeof curves / sizeof *curves; i++)
        if (der_oid_is(parameter, curves[i].oid) && point.n == curves[i].point && point.p[0] == 0x04)
            return curves[i].kind;
    return PUBKEY_OTHER;
}

static bool is_rsa_key(span bits)
{
    der_reader all = der_of(bits), parts = der_enter(&all, DER_SEQUENCE);
    span modulus = der_take(&parts, DER_INTEGER);
    const span exponent = der_take(&parts, DER_INTEGER);
    modulus = span_from(modulus, modulus.n > 0 && modulus.p[0] == 0);
    return der_done(&parts) && der_done(&all) && exponent.n > 0 && exponent.n <= 8 && modulus.n >= PUBKEY_RSA_MIN / 8 && modulus.n <= 1024;
}

pubkey_kind pubkey_kind_of(span info)
{
    span bits;
    der_reader all = der_of(info), parts = der_enter(&all, DER_SEQUENCE), algorithm = der_enter(&parts, DER_SEQUENCE);
    const span oid = der_take(&algorithm, DER_OID);
    const der_item parameter = algorithm.rest.n ? der_next(&algorithm) : (der_item){0};
    const bool whole = der_bits(der_take(&parts, DER_BIT_STRING), &bits);
    if (!whole || info.n > PUBKEY_MAX || !der_done(&algorithm) || !der_done(&parts) || !der_done(&all))
        return PUBKEY_OTHER;
    if (der_oid_is(oid, OID_EC))
        return parameter.tag == DER_OID ? curve_of(parameter.content, bits) : PUBKEY_OTHER;
    if (der_oid_is(oid, OID_RSA))
        return parameter.tag == DER_NULL && parameter.content.n == 0 && is_rsa_key(bits) ? PUBKEY_RSA : PUBKEY_OTHER;
    return der_oid_is(oid, OID_ED25519) && parameter.tag == 0 && bits.n == 32 ? PUBKEY_ED25519 : PUBKEY_OTHER;
}

/* ---- which signature ---- */

static const struct named_scheme {
    const char *oid;
    pubkey_scheme scheme;
} schemes[] = {{"1.2.840.10045.4.3.2", PUBKEY_ECDSA_SHA256},
               {"1.2.840.10045.4.3.3", PUBKEY_ECDSA_SHA384},
               {"1.2.840.10045.4.3.4", PUBKEY_ECDSA_SHA512},
               {"1.2.840.113549.1.1.11", PUBKEY_RSA_SHA256},
               {"1.2.840.113549.1.1.12", PUBKEY_RSA_SHA384},
               {"1.2.840.113549.1.1.13", PUBKEY_RSA_SHA512},
               {OID_ED25519, PUBKEY_PURE_ED25519}};

static const struct named_hash {
    const char *oid;
    pubkey_scheme pss; /* with the same hash in the mask and a salt as long as the hash */
    prim_hash hash;
} hashes[] = {{"2.16.840.1.101.3.4.2.1", PUBKEY_PSS_SHA256, PRIM_SHA256},
              {"2.16.840.1.101.3.4.2.2", PUBKEY_PSS_SHA384, PRIM_SHA384},
              {"2.16.840.1.101.3.4.2.3", PUBKEY_PSS_SHA512, PRIM_SHA512}};

static bool take_hash(der_reader *r, prim_hash *out)
{
    der_reader algorithm = der_enter(r, DER_SEQUENCE);
    const span oid = der_take(&algorithm, DER_OID);
    if (der_peek(&algorithm) == DER_NULL)
        (void)der_next(&algorithm);
    for (size_t i = 0; der_done(&algorithm) && i < sizeof hashes / sizeof *hashes; i++)
        if (der_oid_is(oid, hashes[i].oid)) {
            *out = hashes[i].hash;
            return true;
        }
    return false;
}

static bool take_mask(der_reader *r, prim_hash *out)
{
    der_reader mask = der_enter(r, DER_SEQUENCE);
    return der_oid_is(der_take(&mask, DER_OID), OID_MGF1) && take_hash(&mask, out) && der_done(&mask);
}

/* A default that is written out is no DER, but AMD's certificates do it, and RFC 4055 3.1 wants it understood. */
static bool take_trailer(der_reader *parts)
{
    uint64_t trailer = 0;
    if (der_peek(parts) != DER_CONTEXT(3))
        return true;
    der_reader four = der_enter(parts, DER_CONTEXT(3));
    return der_uint(der_take(&four, DER_INTEGER), &trailer) && trailer == 1 && der_done(&four);
}

static bool read_pss(span algorithm, pubkey_pss *out)
{
    der_reader all = der_of(algorithm);
    const bool is_pss = der_oid_is(der_take(&all, DER_OID), OID_PSS);
    der_reader parts = der_enter(&all, DER_SEQUENCE), one = der_enter(&parts, DER_CONTEXT(0)), two = der_enter(&parts, DER_CONTEXT(1)),
               three = der_enter(&parts, DER_CONTEXT(2));
    return is_pss && take_hash(&one, &out->hash) && take_mask(&two, &out->mask) && der_uint(der_take(&three, DER_INTEGER), &out->salt) &&
           take_trailer(&parts) && der_done(&all) && der_done(&parts) && der_done(&one) && der_done(&two) && der_done(&three);
}

bool pubkey_pss_of(span algorithm, pubkey_pss *out)
{
    const bool good = read_pss(algorithm, out);
    if (!good)
        *out = (pubkey_pss){0};
    return good;
}

static pubkey_scheme scheme_of_pss(span algorithm)
{
    pubkey_pss p;
    const bool usual = pubkey_pss_of(algorithm, &p) && p.hash == p.mask && p.salt == prim_hash_len(p.hash);
    for (size_t i = 0; usual && i < sizeof hashes / sizeof *hashes; i++)
        if (hashes[i].hash == p.hash)
            return hashes[i].pss;
    return PUBKEY_UNKNOWN;
}

pubkey_scheme pubkey_scheme_of(span algorithm)
{
    der_reader r = der_of(algorithm);
    const span oid = der_take(&r, DER_OID);
    if (der_oid_is(oid, OID_PSS))
        return scheme_of_pss(algorithm);
    const der_item parameter = r.rest.n ? der_next(&r) : (der_item){0};
    if (!der_done(&r))
        return PUBKEY_UNKNOWN;
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (der_oid_is(oid, schemes[i].oid)) {
            const bool is_rsa = schemes[i].scheme >= PUBKEY_RSA_SHA256 && schemes[i].scheme <= PUBKEY_RSA_SHA512;
            return parameter.tag == (is_rsa ? DER_NULL : 0) && parameter.content.n == 0 ? schemes[i].scheme : PUBKEY_UNKNOWN;
        }
    return PUBKEY_UNKNOWN;
}

/* ---- RSA ---- */

/* The content of the key's INTEGERs; both are numbers once the key's kind is known. */
static void rsa_parts(span info, span *modulus, span *exponent)
{
    span bits;
    der_reader all = der_of(info), parts = der_enter(&all, DER_SEQUENCE);
    (void)der_next(&parts);
    (void)der_bits(der_take(&parts, DER_BIT_STRING), &bits);
    der_reader key = der_of(bits), pair = der_enter(&key, DER_SEQUENCE);
    *modulus = der_take(&pair, DER_INTEGER);
    *exponent = der_take(&pair, DER_INTEGER);
}

size_t pubkey_rsa_bits(span info)
{
    span modulus, exponent;
    if (pubkey_kind_of(info) != PUBKEY_RSA)
        return 0;
    rsa_parts(info, &modulus, &exponent);
    modulus = span_from(modulus, modulus.p[0] == 0);
    size_t bits = 8 * modulus.n;
    for (uint8_t top = modulus.p[0]; !(top & 0x80) && bits; top = (uint8_t)(top << 1))
        bits--;
    return bits;
}

static BIGNUM *number(span s) { return BN_bin2bn(s.p, (int)s.n, NULL); }

static RSA *rsa_key(span info)
{
    span modulus, exponent;
    RSA *key = RSA_new();
    rsa_parts(info, &modulus, &exponent);
    must(key && RSA_set0_key(key, number(modulus), number(exponent), NULL) == 1);
    return key;
}

static const EVP_MD *rsa_digest(prim_hash h) { return h == PRIM_SHA256 ? EVP_sha256() : h == PRIM_SHA384 ? EVP_sha384() : EVP_sha512(); }

static bool pss_holds(RSA *key, const pubkey_pss *p, const uint8_t *digest, span signature)
{
    uint8_t encoded[PUBKEY_SIGNATURE_MAX];
    return signature.n == (size_t)RSA_size(key) && p->salt <= sizeof encoded &&
           RSA_public_decrypt((int)signature.n, signature.p, encoded, key, RSA_NO_PADDING) == (int)signature.n &&
           RSA_verify_PKCS1_PSS_mgf1(key, digest, rsa_digest(p->hash), rsa_digest(p->mask), encoded, (int)p->salt) == 1;
}

/* PKCS#1 v1.5 without `pss`. */
static bool rsa_holds(span info, prim_hash hash, const pubkey_pss *pss, span message, span signature)
{
    uint8_t digest[PRIM_HASH_MAX];
    RSA *key = rsa_key(info);
    prim_digest(&prim_openssl, hash, message, digest);
    const bool holds = pss ? pss_holds(key, pss, digest, signature)
                           : RSA_verify(EVP_MD_get_type(rsa_digest(hash)), digest, (unsigned)prim_hash_len(hash), signature.p,
                                        (unsigned)signature.n, key) == 1;
    RSA_free(key);
    ERR_clear_error();
    return holds;
}

bool pubkey_verify_pss(span info, const pubkey_pss *p, span message, span signature)
{
    return pubkey_kind_of(info) == PUBKEY_RSA && signature.n <= PUBKEY_SIGNATURE_MAX && rsa_holds(info, p->hash, p, message, signature);
}

static bool rsa_verify(span info, pubkey_scheme scheme, span message, span signature)
{
    static const prim_hash of[] = {PRIM_SHA256, PRIM_SHA384, PRIM_SHA512};
    const bool is_pss = scheme >= PUBKEY_PSS_SHA256;
    const prim_hash hash = of[scheme - (is_pss ? PUBKEY_PSS_SHA256 : PUBKEY_RSA_SHA256)];
    const pubkey_pss usual = {hash, hash, prim_hash_len(hash)};
    return rsa_holds(info, hash, is_pss ? &usual : NULL, message, signature);
}

/* ---- verification ---- */

static bool fits(pubkey_kind kind, pubkey_scheme scheme)
{
    const bool is_curve = kind == PUBKEY_P256 || kind == PUBKEY_P384 || kind == PUBKEY_P521;
    const bool is_ecdsa = scheme >= PUBKEY_ECDSA_SHA256 && scheme <= PUBKEY_ECDSA_SHA512;
    const bool is_rsa = scheme >= PUBKEY_RSA_SHA256 && scheme <= PUBKEY_PSS_SHA512;
    return (is_curve && is_ecdsa) || (kind == PUBKEY_RSA && is_rsa) || (kind == PUBKEY_ED25519 && scheme >= PUBKEY_PURE_ED25519);
}

static const EVP_MD *ecdsa_digest(pubkey_scheme scheme)
{
    return scheme == PUBKEY_ECDSA_SHA256 ? EVP_sha256() : scheme == PUBKEY_ECDSA_SHA384 ? EVP_sha384() : EVP_sha512();
}

static bool ecdsa_verify(span info, pubkey_scheme scheme, span message, span signature)
{
    const unsigned char *at = info.p;
    EVP_PKEY *key = d2i_PUBKEY(NULL, &at, (long)info.n);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    must(ctx);
    const bool holds = key && at == info.p + info.n && EVP_DigestVerifyInit(ctx, NULL, ecdsa_digest(scheme), NULL, key) == 1 &&
                       EVP_DigestVerify(ctx, signature.p, signature.n, message.p, message.n) == 1;
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
    ERR_clear_error();
    return holds;
}

static bool ed25519_verify(const uint8_t key[32], pubkey_scheme scheme, span message, const uint8_t signature[64])
{
    return scheme == PUBKEY_HASHED_ED25519 ? prim_ed25519ph_verify(key, message, signature)
                                           : prim_openssl.ed25519_verify(key, message, signature);
}

bool pubkey_verify(span info, pubkey_scheme scheme, span message, span signature)
{
    const pubkey_kind kind = pubkey_kind_of(info);
    if (!fits(kind, scheme) || signature.n == 0 || signature.n > PUBKEY_SIGNATURE_MAX)
        return false;
    if (kind == PUBKEY_ED25519)
        return signature.n == 64 && ed25519_verify(span_from(info, info.n - 32).p, scheme, message, signature.p);
    return kind == PUBKEY_RSA ? rsa_verify(info, scheme, message, signature) : ecdsa_verify(info, scheme, message, signature);
}
