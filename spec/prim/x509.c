#include "x509.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <string.h>

/* ---- reading ---- */

/* Written again it must give the same bytes, or something stands behind it or it was not DER: of two spellings of one
 * certificate a digest over `der` would see only one. */
static X509 *certificate(span der)
{
    const unsigned char *at = der.p;
    unsigned char *again = NULL;
    if (der.n == 0 || der.n > X509_MAX)
        return NULL;
    X509 *x = d2i_X509(NULL, &at, (long)der.n);
    const int n = x ? i2d_X509(x, &again) : -1;
    const bool same = n >= 0 && span_same(span_of(again, (size_t)n), der);
    OPENSSL_free(again);
    if (same)
        return x;
    X509_free(x);
    return NULL;
}

static bool seconds(const ASN1_TIME *t, int64_t *out)
{
    const struct tm epoch = {.tm_mday = 1, .tm_year = 70};
    struct tm tm;
    int day = 0, second = 0;
    if (!t || !ASN1_TIME_to_tm(t, &tm) || !OPENSSL_gmtime_diff(&day, &second, &epoch, &tm))
        return false;
    *out = (int64_t)day * 86400 + second;
    return true;
}

static void common_name(const X509_NAME *name, char out[X509_NAME_MAX + 1])
{
    unsigned char *text = NULL;
    const int i = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
    memset(out, 0, X509_NAME_MAX + 1);
    if (i < 0 || X509_NAME_get_index_by_NID(name, NID_commonName, i) >= 0)
        return;
    const int n = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, i)));
    bool plain = n > 0 && n <= X509_NAME_MAX;
    for (int k = 0; plain && k < n; k++)
        plain = text[k] >= 0x20 && text[k] != 0x7f; /* a zero would end the name early for whoever compares it */
    if (plain)
        memcpy(out, text, (size_t)n);
    OPENSSL_free(text);
}

/* Only curves by name: explicit parameters can look like a known curve with another generator. */
static bool named_curve(EVP_PKEY *key, const char *curve)
{
    char name[32] = "", encoding[32] = "";
    return EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, name, sizeof name, NULL) == 1 &&
           EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_EC_ENCODING, encoding, sizeof encoding, NULL) == 1 &&
           strcmp(name, curve) == 0 && strcmp(encoding, OSSL_PKEY_EC_ENCODING_GROUP) == 0;
}

static x509_key key_kind(EVP_PKEY *key)
{
    const int id = key ? EVP_PKEY_get_base_id(key) : EVP_PKEY_NONE;
    if (id == EVP_PKEY_RSA)
        return X509_KEY_RSA;
    if (id != EVP_PKEY_EC)
        return X509_KEY_OTHER;
    if (named_curve(key, SN_X9_62_prime256v1))
        return X509_KEY_P256;
    return named_curve(key, SN_secp384r1) ? X509_KEY_P384 : X509_KEY_OTHER;
}

static bool is_algorithm(const X509_ALGOR *a, int nid)
{
    const ASN1_OBJECT *oid = NULL;
    if (!a)
        return false;
    X509_ALGOR_get0(&oid, NULL, NULL, a);
    return OBJ_obj2nid(oid) == nid;
}

/* The parameters' SEQUENCE of an algorithm, NULL when it has something else there. */
static const ASN1_STRING *parameters(const X509_ALGOR *a)
{
    const void *value = NULL;
    int type = V_ASN1_UNDEF;
    X509_ALGOR_get0(NULL, &type, &value, a);
    return type == V_ASN1_SEQUENCE ? value : NULL;
}

static bool mask_is_sha384(const X509_ALGOR *mask)
{
    const ASN1_STRING *p = is_algorithm(mask, NID_mgf1) ? parameters(mask) : NULL;
    const unsigned char *at = p ? ASN1_STRING_get0_data(p) : NULL;
    X509_ALGOR *hash = p ? d2i_X509_ALGOR(NULL, &at, ASN1_STRING_length(p)) : NULL;
    const bool is = is_algorithm(hash, NID_sha384);
    X509_ALGOR_free(hash);
    return is;
}

/* By hand: OpenSSL accepts whatever hash, mask and salt the certificate itself names, and PKCS#1 v1.5 as well. Trailer
 * field 1 may be written out although it is the default; AMD does. */
static bool is_pss_sha384(const X509_ALGOR *a)
{
    const ASN1_STRING *p = is_algorithm(a, NID_rsassaPss) ? parameters(a) : NULL;
    const unsigned char *at = p ? ASN1_STRING_get0_data(p) : NULL;
    RSA_PSS_PARAMS *pss = p ? d2i_RSA_PSS_PARAMS(NULL, &at, ASN1_STRING_length(p)) : NULL;
    const bool is = pss && at == ASN1_STRING_get0_data(p) + ASN1_STRING_length(p) && is_algorithm(pss->hashAlgorithm, NID_sha384) &&
                    mask_is_sha384(pss->maskGenAlgorithm) && pss->saltLength && ASN1_INTEGER_get(pss->saltLength) == 48 &&
                    (!pss->trailerField || ASN1_INTEGER_get(pss->trailerField) == 1);
    RSA_PSS_PARAMS_free(pss);
    return is;
}

bool x509_read(span der, x509_facts *out)
{
    const X509_ALGOR *signed_with = NULL;
    X509 *x = certificate(der);
    memset(out, 0, sizeof *out);
    bool good = x && seconds(X509_get0_notBefore(x), &out->not_before) && seconds(X509_get0_notAfter(x), &out->not_after);
    if (good) {
        EVP_PKEY *key = X509_get0_pubkey(x);
        out->der = der;
        out->key = key_kind(key);
        out->key_bits = key ? (unsigned)EVP_PKEY_get_bits(key) : 0;
        X509_get0_signature(NULL, &signed_with, x);
        out->pss_sha384 = is_pss_sha384(signed_with) && is_pss_sha384(X509_get0_tbs_sigalg(x));
        common_name(X509_get_subject_name(x), out->common_name);
        common_name(X509_get_issuer_name(x), out->issuer_name);
    } else {
        memset(out, 0, sizeof *out);
    }
    X509_free(x);
    ERR_clear_error();
    return good;
}

int x509_extension(span der, const char *oid, span *out)
{
    int found = 0;
    X509 *x = certificate(der);
    ASN1_OBJECT *name = OBJ_txt2obj(oid, 1);
    must(name);
    *out = EMPTY;
    const int i = x ? X509_get_ext_by_OBJ(x, name, -1) : -1;
    if (i >= 0) {
        const ASN1_STRING *value = X509_EXTENSION_get_data(X509_get_ext(x, i));
        const size_t n = (size_t)ASN1_STRING_length(value);
        /* Lent from `der`, not from libcrypto's copy. The same bytes may stand elsewhere too: then they are as good. */
        const uint8_t *at = n ? memmem(der.p, der.n, ASN1_STRING_get0_data(value), n) : der.p;
        found = X509_get_ext_by_OBJ(x, name, i) >= 0 ? 2 : 1;
        *out = at ? span_of(at, n) : EMPTY;
        found = at ? found : 0; /* an OCTET STRING in pieces is not DER */
    }
    ASN1_OBJECT_free(name);
    X509_free(x);
    ERR_clear_error();
    return found;
}

/* ---- chains ---- */

/* Stricter than X509_verify_cert without its strict mode, which takes version 1 and key usage alone for a CA; strict mode
 * itself refuses genuine VCEKs for want of an Authority Key Identifier. A key usage counts where there is one (RFC 5280, 6.1.4 n). */
static bool may_sign_certificates(X509 *ca)
{
    const bool limited = X509_get_extension_flags(ca) & EXFLAG_KUSAGE;
    return X509_check_ca(ca) == 1 && (!limited || (X509_get_key_usage(ca) & KU_KEY_CERT_SIGN));
}

static bool chain_is_these_three(X509_STORE_CTX *ctx, X509 *intermediate, X509 *root)
{
    STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(ctx);
    return sk_X509_num(chain) == 3 && X509_cmp(sk_X509_value(chain, 1), intermediate) == 0 && X509_cmp(sk_X509_value(chain, 2), root) == 0;
}

/* Signatures, names, constraints. No clock: validity is compared by us, so that a bad signature is never reported as a
 * matter of time. Level 2 refuses SHA-1 and RSA below 2048 bits. Never PARTIAL_CHAIN: only the root anchors. */
static bool issued(X509 *leaf, X509 *intermediate, X509 *root)
{
    X509_STORE *anchors = X509_STORE_new();
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    STACK_OF(X509) *untrusted = sk_X509_new_null();
    must(anchors && ctx && untrusted && X509_STORE_add_cert(anchors, root) == 1 && sk_X509_push(untrusted, intermediate) == 1);
    must(X509_STORE_CTX_init(ctx, anchors, leaf, untrusted) == 1);
    X509_VERIFY_PARAM *rules = X509_STORE_CTX_get0_param(ctx);
    X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_CHECK_SS_SIGNATURE | X509_V_FLAG_NO_CHECK_TIME);
    X509_VERIFY_PARAM_set_depth(rules, 1);
    X509_VERIFY_PARAM_set_auth_level(rules, 2);
    const bool holds = may_sign_certificates(intermediate) && may_sign_certificates(root) && X509_verify_cert(ctx) == 1 &&
                       chain_is_these_three(ctx, intermediate, root);
    sk_X509_free(untrusted);
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(anchors);
    return holds;
}

/* RFC 5280 4.1.2.5: both ends belong to it. A missing end is an end that has passed. */
static bool within(const ASN1_TIME *from, const ASN1_TIME *to, int64_t at)
{
    int64_t first = 0, last = 0;
    return seconds(from, &first) && seconds(to, &last) && first <= at && at <= last;
}

static bool valid_at(X509 *x, int64_t at) { return within(X509_get0_notBefore(x), X509_get0_notAfter(x), at); }

static X509_CRL *revocations(span der)
{
    const unsigned char *at = der.p;
    X509_CRL *list = der.n <= X509_MAX ? d2i_X509_CRL(NULL, &at, (long)der.n) : NULL;
    if (list && at == der.p + der.n)
        return list;
    X509_CRL_free(list);
    return NULL;
}

/* A critical extension narrows what a list speaks of (one CA's part, a delta): none is understood here, so none is taken. */
static bool crl_holds(X509_CRL *list, X509 *root, int64_t at)
{
    return list && X509_NAME_cmp(X509_CRL_get_issuer(list), X509_get_subject_name(root)) == 0 && (X509_get_key_usage(root) & KU_CRL_SIGN) &&
           X509_CRL_verify(list, X509_get0_pubkey(root)) == 1 && X509_CRL_get_ext_by_critical(list, 1, -1) < 0 &&
           within(X509_CRL_get0_lastUpdate(list), X509_CRL_get0_nextUpdate(list), at);
}

static x509_chain judge_crl(span der, X509 *intermediate, X509 *root, int64_t at)
{
    X509_REVOKED *entry = NULL;
    x509_chain judged = X509_CHAIN_CRL;
    X509_CRL *list = revocations(der);
    if (crl_holds(list, root, at))
        judged = X509_CRL_get0_by_cert(list, &entry, intermediate) == 0 ? X509_CHAIN_OK : X509_CHAIN_REVOKED;
    X509_CRL_free(list);
    return judged;
}

x509_chain x509_verify(span leaf, span intermediate, span root, span crl, int64_t at)
{
    x509_chain judged = X509_CHAIN_OK;
    X509 *l = certificate(leaf), *i = certificate(intermediate), *r = certificate(root);
    if (!l || !i || !r || !issued(l, i, r))
        judged = X509_CHAIN_NOT_ISSUED;
    else if (!valid_at(l, at) || !valid_at(i, at) || !valid_at(r, at))
        judged = X509_CHAIN_TIME;
    else if (crl.n)
        judged = judge_crl(crl, i, r, at);
    X509_free(l);
    X509_free(i);
    X509_free(r);
    ERR_clear_error();
    return judged;
}

/* ---- ECDSA ---- */

static bool ecdsa_holds(EVP_PKEY *key, span message, const uint8_t r[48], const uint8_t s[48])
{
    uint8_t der[128], *at = der;
    ECDSA_SIG *pair = ECDSA_SIG_new();
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    must(pair && ctx && ECDSA_SIG_set0(pair, BN_bin2bn(r, 48, NULL), BN_bin2bn(s, 48, NULL)) == 1);
    const int n = i2d_ECDSA_SIG(pair, &at);
    must(n > 0 && n <= (int)sizeof der);
    const bool holds = EVP_DigestVerifyInit_ex(ctx, NULL, "SHA2-384", NULL, NULL, key, NULL) == 1 &&
                       EVP_DigestVerify(ctx, der, (size_t)n, message.p, message.n) == 1;
    EVP_MD_CTX_free(ctx);
    ECDSA_SIG_free(pair);
    return holds;
}

bool x509_ecdsa_p384_verify(span cert, span message, const uint8_t r[48], const uint8_t s[48])
{
    X509 *x = certificate(cert);
    EVP_PKEY *key = x ? X509_get0_pubkey(x) : NULL;
    const bool holds = key_kind(key) == X509_KEY_P384 && ecdsa_holds(key, message, r, s);
    X509_free(x);
    ERR_clear_error();
    return holds;
}

bool ecdsa_p384_verify(const uint8_t point[97], span message, const uint8_t r[48], const uint8_t s[48])
{
    char curve[] = SN_secp384r1;
    uint8_t copy[97];
    EVP_PKEY *key = NULL;
    memcpy(copy, point, sizeof copy);
    const OSSL_PARAM parts[] = {OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, curve, 0),
                                OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, copy, sizeof copy), OSSL_PARAM_construct_end()};
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    must(ctx && EVP_PKEY_fromdata_init(ctx) == 1);
    const bool holds = EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, (OSSL_PARAM *)parts) == 1 && ecdsa_holds(key, message, r, s);
    EVP_PKEY_free(key);
    EVP_PKEY_CTX_free(ctx);
    ERR_clear_error();
    return holds;
}
