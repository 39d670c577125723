#include "prim_best.h"

#include <time.h>

enum { TRIALS = 7, BULK = 4096, SHORT = 64 };

static const prim *const libraries[] = {&prim_openssl, &prim_sodium};

/* ---- the provider ---- */

static prim_choice chosen;

static bool has_cipher(prim_cipher c) { return chosen.cipher[c]->has_cipher(c); }
static bool has_hash(prim_hash h) { return chosen.hash[h]->has_hash(h); }

static void x25519_public(const uint8_t secret[32], uint8_t out[32]) { chosen.x25519->x25519_public(secret, out); }
static void x25519(const prim_pair *mine, const uint8_t share[32], uint8_t out[32]) { chosen.x25519->x25519(mine, share, out); }

static void ed25519_public(const uint8_t seed[32], uint8_t out[32]) { chosen.ed25519->ed25519_public(seed, out); }
static void ed25519_sign(const uint8_t seed[32], span message, uint8_t out[64]) { chosen.ed25519->ed25519_sign(seed, message, out); }
static bool ed25519_verify(const uint8_t key[32], span message, const uint8_t signature[64])
{
    return chosen.ed25519->ed25519_verify(key, message, signature);
}

static void aead_seal(prim_cipher c, const uint8_t key[32], const uint8_t nonce[12], span ad, span plain, uint8_t *out)
{
    chosen.cipher[c]->aead_seal(c, key, nonce, ad, plain, out);
}

static bool aead_open(prim_cipher c, const uint8_t key[32], const uint8_t nonce[12], span ad, span sealed, uint8_t *out)
{
    return chosen.cipher[c]->aead_open(c, key, nonce, ad, sealed, out);
}

static void hash(prim_hash h, const span *parts, size_t n_parts, uint8_t *out) { chosen.hash[h]->hash(h, parts, n_parts, out); }

static void hmac(prim_hash h, span key, const span *parts, size_t n_parts, uint8_t *out)
{
    chosen.hash[h]->hmac(h, key, parts, n_parts, out);
}

static const prim best = {"best",       has_cipher,     has_hash,  x25519_public, x25519, ed25519_public,
                          ed25519_sign, ed25519_verify, aead_seal, aead_open,     hash,   hmac};

const prim *prim_best(const prim_choice *choice)
{
    chosen = *choice;
    return &best;
}

/* ---- the choice ---- */

/* What one trial does with a library; `which` is a cipher or a hash. The bytes mean nothing. */
typedef void trial_work(const prim *, int which);

static uint8_t text[BULK], sealed[BULK + PRIM_TAG];
static const uint8_t key[32] = {1}, nonce[12];

static void agrees(const prim *p, int which)
{
    uint8_t agreed[32];
    prim_pair pair;
    (void)which;
    prim_pair_of(p, key, &pair);
    for (int i = 0; i < 3; i++)
        p->x25519(&pair, pair.share, agreed);
}

static void signs_and_verifies(const prim *p, int which)
{
    uint8_t public[32], signature[64];
    (void)which;
    p->ed25519_public(key, public);
    p->ed25519_sign(key, SPAN(text), signature);
    p->ed25519_verify(public, SPAN(text), signature);
}

static void seals_and_opens(const prim *p, int which)
{
    for (int i = 0; i < 4; i++) {
        p->aead_seal((prim_cipher)which, key, nonce, EMPTY, SPAN(text), sealed);
        p->aead_open((prim_cipher)which, key, nonce, EMPTY, SPAN(sealed), text);
    }
}

static void hashes(const prim *p, int which)
{
    uint8_t out[PRIM_HASH_MAX];
    for (int i = 0; i < 50; i++)
        prim_digest(p, (prim_hash)which, span_of(text, SHORT), out);
    prim_digest(p, (prim_hash)which, SPAN(text), out);
}

static double processor_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* The least of several trials, the libraries in turn: what else the machine does only ever adds. */
static const prim *faster(trial_work *work, int which)
{
    double least[2] = {1e9, 1e9};
    for (int i = 0; i < 2 * TRIALS; i++) {
        const double started = processor_seconds();
        work(libraries[i % 2], which);
        const double took = processor_seconds() - started;
        if (took < least[i % 2])
            least[i % 2] = took;
    }
    return libraries[least[1] < least[0]];
}

prim_choice prim_choice_measured(void)
{
    prim_choice c = {.x25519 = faster(agrees, 0), .ed25519 = faster(signs_and_verifies, 0)};
    for (int i = PRIM_CHACHAPOLY; i <= PRIM_AESGCM; i++)
        c.cipher[i] = prim_sodium.has_cipher((prim_cipher)i) ? faster(seals_and_opens, i) : &prim_openssl;
    for (int i = PRIM_SHA256; i <= PRIM_BLAKE2B; i++)
        c.hash[i] = faster(hashes, i);
    return c;
}

static void put(writer *out, const char *what, const prim *p)
{
    write_text(out, out->n ? ", " : "");
    write_text(out, what);
    write_text(out, " ");
    write_text(out, p->name);
}

void prim_choice_text(const prim_choice *c, writer *out)
{
    put(out, "X25519", c->x25519);
    put(out, "Ed25519", c->ed25519);
    put(out, "ChaCha20-Poly1305", c->cipher[PRIM_CHACHAPOLY]);
    put(out, "AES-256-GCM", c->cipher[PRIM_AESGCM]);
    put(out, "SHA-256", c->hash[PRIM_SHA256]);
    put(out, "SHA-384", c->hash[PRIM_SHA384]);
    put(out, "SHA-512", c->hash[PRIM_SHA512]);
    put(out, "BLAKE2s", c->hash[PRIM_BLAKE2S]);
    put(out, "BLAKE2b", c->hash[PRIM_BLAKE2B]);
}
