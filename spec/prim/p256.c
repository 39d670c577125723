/* The low-level interface, deprecated since OpenSSL 3.0: making an EVP_PKEY of a point costs as much as half a verification on P-256, and an
 * appraisal of a quote makes ten. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "p256.h"
#include "prim.h"
#include "tables.h"
#include "x509.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>
#include <string.h>

static EC_GROUP *p256, *p384;

void start_curves(void)
{
    if (!p256)
        p256 = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    if (!p384)
        p384 = EC_GROUP_new_by_curve_name(NID_secp384r1);
    must(p256 && p384);
}

/* Of 0x04 || x || y. Decoding refuses what is not on the curve. The point at infinity has no such form. */
static EC_KEY *public_key(const EC_GROUP *group, span point)
{
    EC_KEY *k = EC_KEY_new();
    EC_POINT *q = EC_POINT_new(group);
    must(k && q && EC_KEY_set_group(k, group) == 1);
    const bool decoded = EC_POINT_oct2point(group, q, point.p, point.n, NULL) == 1;
    if (decoded)
        must(EC_KEY_set_public_key(k, q) == 1);
    EC_POINT_free(q);
    if (decoded)
        return k;
    EC_KEY_free(k);
    return NULL;
}

static bool holds(const EC_GROUP *group, span point, span digest, span r, span s)
{
    EC_KEY *k = public_key(group, point);
    ECDSA_SIG *pair = ECDSA_SIG_new();
    must(pair && ECDSA_SIG_set0(pair, BN_bin2bn(r.p, (int)r.n, NULL), BN_bin2bn(s.p, (int)s.n, NULL)) == 1);
    const bool good = k && ECDSA_do_verify(digest.p, (int)digest.n, pair, k) == 1;
    ECDSA_SIG_free(pair);
    EC_KEY_free(k);
    ERR_clear_error();
    return good;
}

bool p256_verify(const uint8_t key[P256_KEY], span message, const uint8_t signature[P256_SIGNATURE])
{
    uint8_t digest[32], point[1 + P256_KEY] = {0x04};
    memcpy(point + 1, key, P256_KEY);
    prim_digest(&prim_openssl, PRIM_SHA256, message, digest);
    return holds(p256, SPAN(point), SPAN(digest), span_of(signature, 32), span_of(signature + 32, 32));
}

bool ecdsa_p384_verify(const uint8_t point[97], span message, const uint8_t r[48], const uint8_t s[48])
{
    uint8_t digest[48];
    prim_digest(&prim_openssl, PRIM_SHA384, message, digest);
    return holds(p384, span_of(point, 97), SPAN(digest), span_of(r, 48), span_of(s, 48));
}
