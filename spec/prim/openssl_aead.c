/* ChaCha20-Poly1305 and AES-256-GCM of OpenSSL, by the functions of its default provider itself (provider-cipher(7)): of a short record
 * a fifth and more was EVP. A key and its schedule stay in a context until the next key overwrites them. */
#include "poison.h"
#include "tables.h"

#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/provider.h>
#include <string.h>

typedef struct direction {
    void *ctx;
    OSSL_FUNC_cipher_encrypt_init_fn *init; /* decrypt_init has the same type */
    uint8_t key[PRIM_KEY];                  /* whose schedule the context has */
    bool any;
} direction;

static struct aead {
    direction seals, opens;
    OSSL_FUNC_cipher_update_fn *update;
    OSSL_FUNC_cipher_final_fn *final;
    OSSL_FUNC_cipher_get_ctx_params_fn *get;
    OSSL_FUNC_cipher_set_ctx_params_fn *set;
} of[PRIM_AESGCM + 1];

static void start(struct aead *a, OSSL_PROVIDER *provider, const char *name)
{
    const OSSL_DISPATCH *f = openssl_functions(provider, OSSL_OP_CIPHER, name);
    OSSL_FUNC_cipher_newctx_fn *new_ctx = (OSSL_FUNC_cipher_newctx_fn *)openssl_function(f, OSSL_FUNC_CIPHER_NEWCTX);
    a->seals.ctx = new_ctx(OSSL_PROVIDER_get0_provider_ctx(provider));
    a->opens.ctx = new_ctx(OSSL_PROVIDER_get0_provider_ctx(provider));
    must(a->seals.ctx && a->opens.ctx);
    a->seals.init = (OSSL_FUNC_cipher_encrypt_init_fn *)openssl_function(f, OSSL_FUNC_CIPHER_ENCRYPT_INIT);
    a->opens.init = (OSSL_FUNC_cipher_decrypt_init_fn *)openssl_function(f, OSSL_FUNC_CIPHER_DECRYPT_INIT);
    a->update = (OSSL_FUNC_cipher_update_fn *)openssl_function(f, OSSL_FUNC_CIPHER_UPDATE);
    a->final = (OSSL_FUNC_cipher_final_fn *)openssl_function(f, OSSL_FUNC_CIPHER_FINAL);
    a->get = (OSSL_FUNC_cipher_get_ctx_params_fn *)openssl_function(f, OSSL_FUNC_CIPHER_GET_CTX_PARAMS);
    a->set = (OSSL_FUNC_cipher_set_ctx_params_fn *)openssl_function(f, OSSL_FUNC_CIPHER_SET_CTX_PARAMS);
}

void start_openssl_aead(OSSL_PROVIDER *provider)
{
    start(&of[PRIM_CHACHAPOLY], provider, "ChaCha20-Poly1305");
    start(&of[PRIM_AESGCM], provider, "AES-256-GCM:");
}

/* A key schedule costs as much as the rest of a short record: whoever seals one record after another pays for it once. That a key is
 * the last one again is no secret. */
static void take_key(direction *d, const uint8_t *key, const uint8_t *nonce)
{
    bool same = bytes_equal(d->key, key, PRIM_KEY);
    declassify(&same, sizeof same);
    same = same && d->any;
    must(d->init(d->ctx, same ? NULL : key, same ? 0 : PRIM_KEY, nonce, PRIM_NONCE, NULL) == 1);
    memcpy(d->key, key, PRIM_KEY);
    d->any = true;
}

/* Associated data when there is no place for a result. */
static void take(const struct aead *a, void *ctx, span in, uint8_t *out)
{
    size_t n = 0;
    must(in.n == 0 || (a->update(ctx, out, &n, in.n, in.p, in.n) == 1 && n == in.n));
}

void openssl_aead_seal(prim_cipher c, const uint8_t key[32], const uint8_t nonce[12], span ad, span plain, uint8_t *out)
{
    struct aead *a = &of[c];
    uint8_t nothing[16];
    size_t n = 0;
    OSSL_PARAM tag[] = {OSSL_PARAM_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, out + plain.n, PRIM_TAG), OSSL_PARAM_END};
    take_key(&a->seals, key, nonce);
    take(a, a->seals.ctx, ad, NULL);
    take(a, a->seals.ctx, plain, out);
    must(a->final(a->seals.ctx, nothing, &n, sizeof nothing) == 1 && n == 0);
    must(a->get(a->seals.ctx, tag) == 1);
}

/* A function of its own wherever it is compiled: here alone may the library branch on a secret (conformance/secrets/libraries.supp). */
__attribute__((noinline)) static bool tag_fits(prim_cipher c)
{
    uint8_t nothing[16];
    size_t n = 0;
    bool fits = of[c].final(of[c].opens.ctx, nothing, &n, sizeof nothing) == 1;
    declassify(&fits, 1);
    return fits;
}

bool openssl_aead_open(prim_cipher c, const uint8_t key[32], const uint8_t nonce[12], span ad, span sealed, uint8_t *out)
{
    struct aead *a = &of[c];
    uint8_t given[PRIM_TAG];
    if (sealed.n < PRIM_TAG)
        return false;
    const span text = span_first(sealed, sealed.n - PRIM_TAG);
    memcpy(given, sealed.p + text.n, PRIM_TAG);
    const OSSL_PARAM tag[] = {OSSL_PARAM_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, given, PRIM_TAG), OSSL_PARAM_END};
    take_key(&a->opens, key, nonce);
    take(a, a->opens.ctx, ad, NULL);
    take(a, a->opens.ctx, text, out);
    must(a->set(a->opens.ctx, tag) == 1);
    const bool fits = tag_fits(c);
#ifndef PARLEY_MUTANTS
    if (!fits)
        wipe(out, text.n);
#endif
    return fits;
}
