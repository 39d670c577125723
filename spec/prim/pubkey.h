/* Signatures by a key in its usual wrapping, SubjectPublicKeyInfo (RFC 5280 4.1.2.7): what certificates, logs and tokens use. Only OpenSSL has
 * most of it: the same for both providers, and a second opinion is a witness. Sizes are bounded before libcrypto sees a byte; it may allocate
 * inside. */
#ifndef PARLEY_PUBKEY_H
#define PARLEY_PUBKEY_H

#include "prim.h"

enum {
    PUBKEY_MAX = 1100,           /* bytes of a SubjectPublicKeyInfo: RSA of 8192 bits */
    PUBKEY_SIGNATURE_MAX = 1024, /* bytes of a signature */
    PUBKEY_RSA_MIN = 2048,       /* bits of a modulus */
};

typedef enum pubkey_kind { PUBKEY_OTHER, PUBKEY_P256, PUBKEY_P384, PUBKEY_P521, PUBKEY_RSA, PUBKEY_ED25519 } pubkey_kind;

/* A signature algorithm. ECDSA signatures are in DER; a PSS salt is as long as the hash, and MGF1 uses the same hash. */
typedef enum pubkey_scheme {
    PUBKEY_UNKNOWN,
    PUBKEY_ECDSA_SHA256,
    PUBKEY_ECDSA_SHA384,
    PUBKEY_ECDSA_SHA512,
    PUBKEY_RSA_SHA256, /* PKCS#1 v1.5 */
    PUBKEY_RSA_SHA384,
    PUBKEY_RSA_SHA512,
    PUBKEY_PSS_SHA256,
    PUBKEY_PSS_SHA384,
    PUBKEY_PSS_SHA512,
    PUBKEY_PURE_ED25519,
    PUBKEY_HASHED_ED25519, /* Ed25519ph without a context (RFC 8032 5.1) */
} pubkey_scheme;

/* PUBKEY_OTHER for what is not one well-formed key of the table: another algorithm, explicit curve parameters, a compressed point, bytes
 * behind it, RSA below 2048 or above 8192 bits. */
pubkey_kind pubkey_kind_of(span info);

size_t pubkey_rsa_bits(span info); /* of the modulus; 0 for any other key */

/* The content of an AlgorithmIdentifier (RFC 5280 4.1.1.2) as certificates carry it; PUBKEY_UNKNOWN for any other. */
pubkey_scheme pubkey_scheme_of(span algorithm);

/* False too when key and scheme do not fit together, or the signature is larger than PUBKEY_SIGNATURE_MAX. prim_start() before. */
bool pubkey_verify(span info, pubkey_scheme, span message, span signature);

/* RSASSA-PSS with the parameters that an AlgorithmIdentifier names, whatever they are: for whoever judges them by a sentence of his own. */
typedef struct pubkey_pss {
    prim_hash hash, mask; /* SHA-256, SHA-384 or SHA-512 */
    uint64_t salt;        /* bytes */
} pubkey_pss;

/* RFC 4055 3.1, all three written out; the trailer field is left out or 1. False, and zeros, for anything else. */
bool pubkey_pss_of(span algorithm, pubkey_pss *out);
bool pubkey_verify_pss(span info, const pubkey_pss *, span message, span signature);

/* ---- for the simulator and the tests: keys and signatures that come out the same each time ---- */

enum { ECDSA_SCALAR_MAX = 66, ECDSA_POINT_MAX = 1 + 2 * ECDSA_SCALAR_MAX };

/* A key from a big-endian scalar of 32, 48 or 66 bytes (mod the order, and 1 for 0): 0x04 || x || y. Returns the length. */
size_t ecdsa_public(pubkey_kind curve, const uint8_t *scalar, uint8_t point[ECDSA_POINT_MAX]);
/* r || s, big-endian, each as long as a scalar, after RFC 6979 with this hash. Returns the length. */
size_t ecdsa_sign(pubkey_kind curve, prim_hash, const uint8_t *scalar, span message, uint8_t pair[2 * ECDSA_SCALAR_MAX]);

#endif
