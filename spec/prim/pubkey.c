#include "pubkey.h"
#include "der.h"
#include "prim.h"

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
    pubkey_scheme pss;
    uint64_t salt;
} hashes[] = {{"2.16.840.1.101.3.4.2.1", PUBKEY_PSS_SHA256, 32},
              {"2.16.840.1.101.3.4.2.2", PUBKEY_PSS_SHA384, 48},
              {"2.16.840.1.101.3.4.2.3", PUBKEY_PSS_SHA512, 64}};

static const struct named_hash *hash_of(der_reader *r)
{
    der_reader algorithm = der_enter(r, DER_SEQUENCE);
    const span oid = der_take(&algorithm, DER_OID);
    if (der_peek(&algorithm) == DER_NULL)
        (void)der_next(&algorithm);
    for (size_t i = 0; der_done(&algorithm) && i < sizeof hashes / sizeof *hashes; i++)
        if (der_oid_is(oid, hashes[i].oid))
            return &hashes[i];
    return NULL;
}

/* RFC 4055 3.1: hash, mask generation, salt length; the trailer field is left out. */
static pubkey_scheme pss_of(span parameters)
{
    uint64_t salt = 0;
    der_reader all = der_of(parameters), parts = der_enter(&all, DER_SEQUENCE), one = der_enter(&parts, DER_CONTEXT(0)),
               two = der_enter(&parts, DER_CONTEXT(1)), three = der_enter(&parts, DER_CONTEXT(2)), mask = der_enter(&two, DER_SEQUENCE);
    const struct named_hash *hash = hash_of(&one);
    const bool is_mgf1 = der_oid_is(der_take(&mask, DER_OID), OID_MGF1) && hash_of(&mask) == hash;
    const bool salted = der_uint(der_take(&three, DER_INTEGER), &salt) && hash && salt == hash->salt;
    const bool whole = der_done(&all) && der_done(&parts) && der_done(&one) && der_done(&two) && der_done(&three) && der_done(&mask);
    return whole && is_mgf1 && salted ? hash->pss : PUBKEY_UNKNOWN;
}

pubkey_scheme pubkey_scheme_of(span algorithm)
{
    der_reader r = der_of(algorithm);
    const span oid = der_take(&r, DER_OID);
    if (der_oid_is(oid, OID_PSS))
        return pss_of(r.rest);
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

/* ---- verification ---- */

static const EVP_MD *digest_of(pubkey_scheme scheme)
{
    switch ((scheme - PUBKEY_ECDSA_SHA256) % 3) {
    case 0: return EVP_sha256();
    case 1: return EVP_sha384();
    default: return EVP_sha512();
    }
}

static bool fits(pubkey_kind kind, pubkey_scheme scheme)
{
    const bool is_curve = kind == PUBKEY_P256 || kind == PUBKEY_P384 || kind == PUBKEY_P521;
    const bool is_ecdsa = scheme >= PUBKEY_ECDSA_SHA256 && scheme <= PUBKEY_ECDSA_SHA512;
    const bool is_rsa = scheme >= PUBKEY_RSA_SHA256 && scheme <= PUBKEY_PSS_SHA512;
    return (is_curve && is_ecdsa) || (kind == PUBKEY_RSA && is_rsa) || (kind == PUBKEY_ED25519 && scheme == PUBKEY_PURE_ED25519);
}

static bool holds(EVP_PKEY *key, pubkey_scheme scheme, span message, span signature)
{
    EVP_PKEY_CTX *parameters = NULL;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    must(ctx);
    bool ok = EVP_DigestVerifyInit(ctx, &parameters, digest_of(scheme), NULL, key) == 1;
    if (ok && scheme >= PUBKEY_PSS_SHA256)
        ok = EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1 &&
             EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) == 1;
    ok = ok && EVP_DigestVerify(ctx, signature.p, signature.n, message.p, message.n) == 1;
    EVP_MD_CTX_free(ctx);
    return ok;
}

bool pubkey_verify(span info, pubkey_scheme scheme, span message, span signature)
{
    const pubkey_kind kind = pubkey_kind_of(info);
    if (!fits(kind, scheme) || signature.n == 0 || signature.n > PUBKEY_SIGNATURE_MAX)
        return false;
    if (kind == PUBKEY_ED25519)
        return signature.n == 64 && prim_openssl.ed25519_verify(span_from(info, info.n - 32).p, message, signature.p);
    const unsigned char *at = info.p;
    EVP_PKEY *key = d2i_PUBKEY(NULL, &at, (long)info.n);
    const bool ok = key && at == info.p + info.n && holds(key, scheme, message, signature);
    EVP_PKEY_free(key);
    ERR_clear_error();
    return ok;
}
