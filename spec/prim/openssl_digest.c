/* Hashes of OpenSSL, by the functions of its default provider itself (provider-digest(7)). Most of a hash of a few bytes through EVP
 * is EVP, and a handshake has some eighty of them. */
#include "tables.h"

#include <openssl/core_dispatch.h>
#include <openssl/provider.h>

typedef struct digest {
    void *ctx;
    OSSL_FUNC_digest_init_fn *init;
    OSSL_FUNC_digest_update_fn *update;
    OSSL_FUNC_digest_final_fn *final;
} digest;

static digest of[PRIM_BLAKE2B + 1];

static void start(digest *d, OSSL_PROVIDER *provider, const char *name)
{
    const OSSL_DISPATCH *functions = openssl_functions(provider, OSSL_OP_DIGEST, name);
    OSSL_FUNC_digest_newctx_fn *new_ctx = (OSSL_FUNC_digest_newctx_fn *)openssl_function(functions, OSSL_FUNC_DIGEST_NEWCTX);
    d->ctx = new_ctx(OSSL_PROVIDER_get0_provider_ctx(provider));
    must(d->ctx);
    d->init = (OSSL_FUNC_digest_init_fn *)openssl_function(functions, OSSL_FUNC_DIGEST_INIT);
    d->update = (OSSL_FUNC_digest_update_fn *)openssl_function(functions, OSSL_FUNC_DIGEST_UPDATE);
    d->final = (OSSL_FUNC_digest_final_fn *)openssl_function(functions, OSSL_FUNC_DIGEST_FINAL);
}

void start_openssl_digest(OSSL_PROVIDER *provider)
{
    static const char *const names[] = {"SHA2-256:", "SHA2-384:", "SHA2-512:", "BLAKE2S-256:", "BLAKE2B-512:"};
    for (size_t i = 0; i <= PRIM_BLAKE2B; i++)
        start(&of[i], provider, names[i]);
}

void openssl_hash(prim_hash h, const span *parts, size_t n_parts, uint8_t *out)
{
    const digest *d = &of[h];
    size_t n = 0;
    must(d->init(d->ctx, NULL) == 1);
    for (size_t i = 0; i < n_parts; i++)
        must(parts[i].n == 0 || d->update(d->ctx, parts[i].p, parts[i].n) == 1);
    must(d->final(d->ctx, out, &n, prim_hash_len(h)) == 1 && n == prim_hash_len(h));
}
