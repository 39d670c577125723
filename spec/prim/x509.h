/* Certificates and the signatures that only OpenSSL has: the same for both providers, so a second opinion on them is
 * a witness, not the other table. Sizes are bounded before libcrypto sees a byte; it may allocate inside. */
#ifndef PARLEY_X509_H
#define PARLEY_X509_H

#include "bytes.h"

enum {
    X509_MAX = 8192,    /* bytes of one DER certificate or CRL that we are willing to parse */
    X509_NAME_MAX = 64, /* bytes of one common name */
};

/* What a certificate says, in the terms that chapter attestation judges. Spans borrow from the DER passed in. */
typedef enum x509_key { X509_KEY_OTHER, X509_KEY_P256, X509_KEY_P384, X509_KEY_RSA } x509_key;

typedef struct x509_facts {
    span der;
    x509_key key;
    unsigned key_bits;                   /* modulus size for RSA, else the field size */
    bool pss_sha384;                     /* its signature is RSASSA-PSS, SHA-384, MGF1-SHA-384, salt 48 */
    char common_name[X509_NAME_MAX + 1]; /* of the subject; empty when absent, repeated, not UTF-8 text or too long */
    char issuer_name[X509_NAME_MAX + 1]; /* common name of the issuer, likewise */
    int64_t not_before, not_after;       /* seconds since 1970-01-01 UTC */
} x509_facts;

/* False (and zeros) when it is not one DER certificate with nothing behind it, or larger than X509_MAX. */
bool x509_read(span der, x509_facts *out);

/* The raw content of the extension (inside its OCTET STRING). `oid` in dotted decimal.
 * 0: absent. 1: found once. 2: more than once (out is the first). */
int x509_extension(span der, const char *oid, span *out);

typedef enum x509_chain {
    X509_CHAIN_OK,
    X509_CHAIN_NOT_ISSUED, /* a link's signature, name, key usage or constraint does not hold */
    X509_CHAIN_TIME,       /* a certificate is outside its validity at `at` */
    X509_CHAIN_REVOKED,    /* the CRL lists the intermediate */
    X509_CHAIN_CRL,        /* the CRL is malformed, not signed by the root, or outside its dates at `at` */
} x509_chain;

/* leaf <- intermediate <- root, by signatures and by names; `root` is the only anchor and its self-signature is checked too.
 * The first that applies of NOT_ISSUED, TIME, CRL, REVOKED; validity and CRL dates include both ends.
 * `at`: seconds since 1970 UTC, the only clock. `crl` (issued by root; may be empty: then not looked at) covers the
 * intermediate. Leaves without an Authority Key Identifier, key usage or basic constraints are accepted: genuine VCEKs have none. */
x509_chain x509_verify(span leaf, span intermediate, span root, span crl, int64_t at);

/* ECDSA P-384 with SHA-384 by the key of a certificate over `message`. r and s: 48-byte big-endian numbers.
 * False too when r or s is outside [1, n-1] or the certificate's key is not P-384. */
bool x509_ecdsa_p384_verify(span certificate, span message, const uint8_t r[48], const uint8_t s[48]);
/* The same by a bare key: 0x04 || x || y. False too when that is no point of the curve. */
bool ecdsa_p384_verify(const uint8_t point[97], span message, const uint8_t r[48], const uint8_t s[48]);

/* ---- for the simulator and the tests: keys and signatures that come out the same each time ---- */

/* A P-384 key from a 48-byte big-endian scalar (mod n, and 1 for 0). `point`: 0x04 || x || y. */
void ecdsa_p384_public(const uint8_t scalar[48], uint8_t point[97]);
/* Deterministic after RFC 6979 with `seed` as its additional input (3.6; empty: plain RFC 6979). r and s big-endian. The same in
 * every build and OpenSSL version, which its own signing with a predictable generator would not be. prim_start() before. */
void ecdsa_p384_sign(const uint8_t scalar[48], span seed, span message, uint8_t r[48], uint8_t s[48]);
/* RSASSA-PSS, SHA-384, salt 48, by an RSA private key in PKCS#8 DER; the salt is HMAC-SHA-384(seed, SHA-384(message)).
 * Returns the length of the signature (the modulus size), 0 when the key can't be read, its modulus is not a whole number of
 * bytes in [98, 1024], or `cap` is too small. prim_start() before. */
size_t rsa_pss_sign(span private_key, span seed, span message, uint8_t *out, size_t cap);
/* The same with the first n_salt bytes of that salt (at most 48): for certificates that a verifier has to refuse. */
size_t rsa_pss_sign_salted(span private_key, span seed, size_t n_salt, span message, uint8_t *out, size_t cap);
/* RSASSA-PKCS1-v1_5 with SHA-256, likewise. */
size_t rsa_sha256_sign(span private_key, span message, uint8_t *out, size_t cap);
/* The SubjectPublicKeyInfo of an RSA private key in PKCS#8 DER. Returns its length, 0 as above. */
size_t rsa_public(span private_key, uint8_t *out, size_t cap);

#endif
