/* Certificates and the signatures that only OpenSSL has: the same for both providers, so a second opinion on them is
 * a witness, not the other table. Sizes are bounded before libcrypto sees a byte; it may allocate inside. */
#ifndef PARLEY_X509_H
#define PARLEY_X509_H

#include "x509_view.h"

/* What stands above a leaf: its issuer, the root that is pinned, and the root's revocation list, read once, with everything about them that
 * depends neither on the time nor on the leaf. Whoever judges many leaves of one issuer keeps it. Borrows from the three texts. */
typedef struct x509_issuer {
    span text[3]; /* intermediate, root, list: as they were given */
    x509_view intermediate, root;
    bool issued;                 /* the intermediate by the root, the root by itself; both are authorities */
    bool has_list, list_is_good; /* well formed, by the root, and nothing in it that is not understood */
    bool revoked;                /* the list names the intermediate */
    int64_t this_update, next_update;
} x509_issuer;

/* `list` may be empty: then it is not looked at. */
void x509_issuer_read(span intermediate, span root, span list, x509_issuer *out);
/* It was read from these bytes. */
bool x509_issuer_is(const x509_issuer *, span intermediate, span root, span list);

typedef enum x509_chain {
    X509_CHAIN_OK,
    X509_CHAIN_NOT_ISSUED, /* a link's signature, name, key usage or constraint does not hold */
    X509_CHAIN_TIME,       /* a certificate is outside its validity at `at` */
    X509_CHAIN_REVOKED,    /* the list names the intermediate */
    X509_CHAIN_CRL,        /* the list is malformed, not signed by the root, or outside its dates at `at` */
} x509_chain;

/* leaf <- intermediate <- root, by signatures and by names; the root is the only anchor and its self-signature is checked too.
 * The first that applies of NOT_ISSUED, TIME, CRL, REVOKED; validity and list dates include both ends. Zeros, which is what was read of something
 * malformed, were issued by nobody.
 * `at`: seconds since 1970 UTC, the only clock. Leaves without an Authority Key Identifier, key usage or basic constraints are accepted: genuine
 * VCEKs have none. */
x509_chain x509_judge(const x509_view *leaf, const x509_issuer *, int64_t at);

/* RSASSA-PSS, SHA-384, MGF1-SHA-384, salt 48. */
bool x509_is_pss_sha384(const x509_view *);

/* ECDSA P-384 with SHA-384 by the key of a certificate over `message`. r and s: 48-byte big-endian numbers.
 * False too when r or s is outside [1, n-1] or the certificate's key is not P-384. */
bool x509_ecdsa_p384_verify(const x509_view *, span message, const uint8_t r[48], const uint8_t s[48]);
/* The same by a bare key: 0x04 || x || y. False too when that is no point of the curve. prim_start() before. */
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
/* The same with SHA-256 and a salt of 32 bytes. */
size_t rsa_pss_sha256_sign(span private_key, span seed, span message, uint8_t *out, size_t cap);
/* RSASSA-PKCS1-v1_5 with SHA-256, likewise. */
size_t rsa_sha256_sign(span private_key, span message, uint8_t *out, size_t cap);
/* The SubjectPublicKeyInfo of an RSA private key in PKCS#8 DER. Returns its length, 0 as above. */
size_t rsa_public(span private_key, uint8_t *out, size_t cap);

#endif
