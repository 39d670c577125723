/* Primitives: one table of functions, filled twice (libsodium, OpenSSL). The only door to either library.
 *
 * Every function writes its output completely, also when the answer is "no": then the output is zeros (in the
 * `mutants` build aead_open hands out the unauthenticated plaintext, so that a weakened tag check can be seen to
 * accept). Nothing here judges: an all-zero agreement is returned, and the chapter that forbids it says so.
 * Outputs may not overlap inputs, except that aead_seal and aead_open may work in place (out == in).
 * One thread: contexts are shared between calls. */
#ifndef PARLEY_PRIM_H
#define PARLEY_PRIM_H

#include "bytes.h"

typedef enum prim_cipher { PRIM_CHACHAPOLY, PRIM_AESGCM } prim_cipher; /* 32-byte key, 12-byte nonce, 16-byte tag */
typedef enum prim_hash { PRIM_SHA256, PRIM_SHA384, PRIM_SHA512, PRIM_BLAKE2S, PRIM_BLAKE2B } prim_hash;

enum {
    PRIM_KEY = 32,
    PRIM_NONCE = 12,
    PRIM_TAG = 16,
    PRIM_HASH_MAX = 64,
    PRIM_BLOCK_MAX = 128,
    PRIM_PARTS_MAX = 16, /* parts of one hmac; must() holds it */
};

/* An X25519 key pair. Made by prim_pair_of and by nothing else: `bond` ties the halves together, so that halves of different pairs
 * are noticed without the work of an agreement (prim_pair_whole). Secret as a whole; whoever holds one wipes it. */
typedef struct prim_pair {
    uint8_t secret[32], share[32], bond[8];
} prim_pair;

typedef struct prim {
    const char *name;                /* "sodium" or "openssl" */
    bool (*has_cipher)(prim_cipher); /* libsodium has AES-256-GCM only with AES-NI */
    bool (*has_hash)(prim_hash);

    /* RFC 7748. The share (public key) of a secret; the agreement of a pair and another share (zeros for a low-order share).
     * Little-endian u-coordinates, secrets are clamped inside. */
    void (*x25519_public)(const uint8_t secret[32], uint8_t out[32]);
    void (*x25519)(const prim_pair *mine, const uint8_t share[32], uint8_t out[32]);

    /* RFC 8032. `seed` is the 32-byte secret. verify refuses s outside [0, L), a key or R of small order, and a key or R whose
     * y is not below the prime: what the libraries leave open is settled the same way in both. */
    void (*ed25519_public)(const uint8_t seed[32], uint8_t out[32]);
    void (*ed25519_sign)(const uint8_t seed[32], span message, uint8_t out[64]);
    bool (*ed25519_verify)(const uint8_t key[32], span message, const uint8_t signature[64]);

    /* RFC 8439, SP 800-38D. seal writes plain.n + 16 bytes; open writes sealed.n - 16 and says whether the tag fits
     * (sealed.n < 16 is a no, nothing is written). */
    void (*aead_seal)(prim_cipher, const uint8_t key[32], const uint8_t nonce[12], span ad, span plain, uint8_t *out);
    bool (*aead_open)(prim_cipher, const uint8_t key[32], const uint8_t nonce[12], span ad, span sealed, uint8_t *out);

    /* FIPS 180-4, RFC 7693: the hash of the parts one after another. hmac: RFC 2104 with that hash, for any key length. */
    void (*hash)(prim_hash, const span *parts, size_t n_parts, uint8_t *out);
    void (*hmac)(prim_hash, span key, const span *parts, size_t n_parts, uint8_t *out);
} prim;

extern const prim prim_sodium, prim_openssl;

/* Called once at start by every program (and test) before any other call: libraries initialised, algorithms fetched,
 * contexts made. must() holds that it succeeded. */
void prim_start(void);

size_t prim_hash_len(prim_hash);  /* 32, 48 or 64 */
size_t prim_block_len(prim_hash); /* 64 or 128 */

/* The pair of a secret; and whether a pair is one: whole as it was made. */
void prim_pair_of(const prim *, const uint8_t secret[32], prim_pair *out);
bool prim_pair_whole(const prim *, const prim_pair *);

/* The agreement of whoever holds a bare secret; a pair that serves more than once is made once. */
void prim_agree(const prim *, const uint8_t secret[32], const uint8_t share[32], uint8_t out[32]);

/* RFC 5869 over a table's hmac. extract: hash_len bytes; expand: n <= 255 * hash_len bytes. */
void prim_hkdf_extract(const prim *, prim_hash, span salt, span ikm, uint8_t *prk);
void prim_hkdf_expand(const prim *, prim_hash, span prk, span info, uint8_t *out, size_t n);

/* FIPS 180-4. For the handshake of RFC 6455, which proves nothing, and for the name that an old time stamp has for a certificate, which is judged
 * by its own signature: SHA-1 is broken for all else.
 * Of OpenSSL, whatever the table. */
void prim_sha1(span, uint8_t out[20]);

/* AES-256-CBC with the padding of PKCS#7 (SP 800-38A, RFC 5652 6.3). Of OpenSSL, whatever the table. encrypt writes
 * prim_cbc_len(plain.n) bytes. decrypt writes at most sealed.n bytes and the text's length; false, with zeros written, unless the
 * length is a positive multiple of 16 and the padding is right. It is not meant for unauthenticated input. */
static inline size_t prim_cbc_len(size_t n) { return n / 16 * 16 + 16; }
void prim_cbc_encrypt(const uint8_t key[32], const uint8_t iv[16], span plain, uint8_t *out);
bool prim_cbc_decrypt(const uint8_t key[32], const uint8_t iv[16], span sealed, uint8_t *out, size_t *n);

/* Edwards25519 by its scalars and points, for XEdDSA. Of libsodium, whatever the table; the change of coordinates, which is of public
 * values only, is OpenSSL's. Scalars are 32 bytes, little-endian, below L = 2^252 + ... unless said otherwise. */
void prim_scalar_reduce(const uint8_t wide[64], uint8_t out[32]);                                              /* wide mod L */
void prim_scalar_multiply_add(const uint8_t a[32], const uint8_t b[32], const uint8_t c[32], uint8_t out[32]); /* a * b + c mod L */
void prim_scalar_negate(const uint8_t a[32], uint8_t out[32]);                                                 /* L - a, 0 for 0 */
bool prim_scalar_reduced(const uint8_t a[32]);                                                                 /* a < L; a is public */
void prim_edwards_base(const uint8_t scalar[32],
                       uint8_t point[32]);           /* scalar * B; the scalar is not clamped, below 2^255 and no multiple of L */
bool prim_montgomery_canonical(const uint8_t u[32]); /* u < 2^255 - 19, top bit included */
void prim_edwards_of_montgomery(const uint8_t u[32], bool sign, uint8_t point[32]); /* y = (u - 1) / (u + 1), 0 for u = -1 */
bool prim_edwards_prime_order(const uint8_t point[32]); /* on the curve, not the neutral element, no part of small order; canonical */

/* Ed25519ph, the variant over the hash of the message, without a context (RFC 8032 5.1). Of libsodium, whatever the table. */
void prim_ed25519ph_sign(const uint8_t seed[32], span message, uint8_t out[64]);
bool prim_ed25519ph_verify(const uint8_t key[32], span message, const uint8_t signature[64]);

/* FIPS 202: the hash or the first n bytes of the extendable output of the parts one after another. Of OpenSSL, whatever the
 * table. SHA3-256 has n = 32, SHA3-512 has n = 64. */
typedef enum prim_keccak { PRIM_SHA3_256, PRIM_SHA3_512, PRIM_SHAKE128, PRIM_SHAKE256 } prim_keccak;
void prim_sponge(prim_keccak, const span *parts, size_t n_parts, uint8_t *out, size_t n);

static inline void prim_digest(const prim *p, prim_hash h, span s, uint8_t *out) { p->hash(h, &s, 1, out); }

#endif
