/* Simulated verification services: tokens in the formats of Intel Trust Authority and of Google Confidential Space, their sets of keys and their
 * certificates.
 *
 * Honest use: tee_token_play. Lying happens at the seams, as in intel.h: whatever comes out carries a good signature over the lie. The same seed
 * gives the same bytes. The keys are public test keys, and serial numbers spell TEST; no production trust list may hold them. */
#ifndef PARLEY_TEE_TOKEN_H
#define PARLEY_TEE_TOKEN_H

#include "intel.h"
#include "policy_document.h"

/* The keys are the same in every world. The foreign one belongs to somebody else who calls himself by the service's names. The last two are
 * on P-256. */
typedef enum tee_token_key {
    TEE_TOKEN_ISSUER,
    TEE_TOKEN_AUTHORITY,
    TEE_TOKEN_ROOT,
    TEE_TOKEN_FOREIGN,
    TEE_TOKEN_POINT,
    TEE_TOKEN_FOREIGN_POINT
} tee_token_key;

enum { TEE_TOKEN_KEY_MAX = 2048 };

/* The RSA private key (PKCS#8 DER); returns its length. */
size_t tee_token_private_key(tee_token_key, uint8_t out[TEE_TOKEN_KEY_MAX]);

typedef struct tee_token_certificate {
    const char *subject, *issuer;
    int64_t not_before, not_after;
    tee_token_key key, signer;
    bool is_ca;
    uint8_t usage; /* first byte of keyUsage; 0: no such extension */
    bool unknown_critical;
} tee_token_certificate;

/* Where the verifier has the key from. */
typedef enum tee_token_source { TEE_TOKEN_SET, TEE_TOKEN_SET_UNDER_ROOT, TEE_TOKEN_CHAIN } tee_token_source;

typedef struct tee_token_twin {
    at_issuer issuer;
    unsigned version; /* of Intel's claims: 1 or 2 */
    at_jws algorithm;
    tee_token_source source;
} tee_token_twin;

enum { TEE_TOKEN_CERTIFICATES = 3, TEE_TOKEN_BYTES = 40000 };

typedef struct tee_token_scene {
    tee_token_twin twin;
    int64_t now;
    /* the world */
    tee_token_certificate certificate[TEE_TOKEN_CERTIFICATES]; /* leaf, authority, root */
    tee_token_key signer, certified;                           /* who signs; whose key the set has */
    size_t salt;
    bool as_der, no_set, no_root;
    /* texts, before the signature; changed by intel_text_replace */
    intel_text header, claims, keys, policy;
    const char *behind_header, *behind_claims, *behind; /* after the encoded parts */
    size_t spaces;                                      /* behind the claims, inside */
    /* what the verifier gets */
    char text[TEE_TOKEN_BYTES];
    at_token token;
    uint8_t certificates[TEE_TOKEN_CERTIFICATES][INTEL_CERTIFICATE_MAX], root_room[INTEL_CERTIFICATE_MAX];
    span der[TEE_TOKEN_CERTIFICATES], root;
} tee_token_scene;

void tee_token_begin(tee_token_scene *, const tee_token_twin *);
void tee_token_write(tee_token_scene *); /* certificates and texts, from the above */
void tee_token_seal(tee_token_scene *);  /* the signature */
/* The text of a claim with a text; the claim stands in the document and has no escapes. */
span tee_token_claim(const intel_text *, const char *name);
/* Gives it another value: a JSON text, or bytes in hexadecimal. */
void tee_token_set(intel_text *, const char *name, span json_text);
void tee_token_set_digits(intel_text *, const char *name, span bytes);
void tee_token_play(tee_token_scene *, const tee_token_twin *);

verdict tee_token_judge(const tee_token_scene *, const prim *, account *, at_token_claims *);

#endif
