/* The low-level interface, deprecated since OpenSSL 3.0: making an EVP_PKEY of a point costs as much as half a verification, and an
 * appraisal of a quote makes ten. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "p256.h"
#include "prim.h"
#include "tables.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>
#include <string.h>

enum { HALF = 32 };

static EC_GROUP *group;

void start_p256(void)
{
    if (!group)
        group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    must(group);
}

/* Decoding refuses what is not on the curve. The point at infinity has no such form. */
static EC_KEY *public_key(const uint8_t key[P256_KEY])
{
    uint8_t encoded[1 + P256_KEY] = {0x04};
    EC_KEY *k = EC_KEY_new();
    EC_POINT *q = EC_POINT_new(group);
    memcpy(encoded + 1, key, P256_KEY);
    must(k && q && EC_KEY_set_group(k, group) == 1);
    const bool decoded = EC_POINT_oct2point(group, q, encoded, sizeof encoded, NULL) == 1;
    if (decoded)
        must(EC_KEY_set_public_key(k, q) == 1);
    EC_POINT_free(q);
    if (decoded)
        return k;
    EC_KEY_free(k);
    return NULL;
}

bool p256_verify(const uint8_t key[P256_KEY], span message, const uint8_t signature[P256_SIGNATURE])
{
    uint8_t digest[32];
    EC_KEY *k = public_key(key);
    ECDSA_SIG *pair = ECDSA_SIG_new();
    must(pair && ECDSA_SIG_set0(pair, BN_bin2bn(signature, HALF, NULL), BN_bin2bn(signature + HALF, HALF, NULL)) == 1);
    prim_digest(&prim_openssl, PRIM_SHA256, message, digest);
    const bool holds = k && ECDSA_do_verify(digest, sizeof digest, pair, k) == 1;
    ECDSA_SIG_free(pair);
    EC_KEY_free(k);
    ERR_clear_error();
    return holds;
}
