/* X25519 of OpenSSL, by the functions of its default provider itself (provider-keymgmt(7), provider-keyexch(7)). Through EVP each
 * agreement would make two key objects and a context and look the algorithm up again, a tenth of its time; these functions
 * take the key as it stands. */
#include "tables.h"

#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/provider.h>
#include <string.h>

static struct {
    void *provider;
    OSSL_FUNC_keymgmt_new_fn *new_key;
    OSSL_FUNC_keymgmt_free_fn *free_key;
    OSSL_FUNC_keymgmt_import_fn *import_key;
    OSSL_FUNC_keymgmt_get_params_fn *read_key;
    OSSL_FUNC_keyexch_newctx_fn *new_exchange;
    OSSL_FUNC_keyexch_freectx_fn *free_exchange;
    OSSL_FUNC_keyexch_init_fn *take_own;
    OSSL_FUNC_keyexch_set_peer_fn *take_peer;
    OSSL_FUNC_keyexch_derive_fn *derive;
} of;

void start_openssl_x25519(OSSL_PROVIDER *provider)
{
    const OSSL_DISPATCH *keys = openssl_functions(provider, OSSL_OP_KEYMGMT, "X25519:");
    const OSSL_DISPATCH *exchange = openssl_functions(provider, OSSL_OP_KEYEXCH, "X25519:");
    of.provider = OSSL_PROVIDER_get0_provider_ctx(provider);
    of.new_key = (OSSL_FUNC_keymgmt_new_fn *)openssl_function(keys, OSSL_FUNC_KEYMGMT_NEW);
    of.free_key = (OSSL_FUNC_keymgmt_free_fn *)openssl_function(keys, OSSL_FUNC_KEYMGMT_FREE);
    of.import_key = (OSSL_FUNC_keymgmt_import_fn *)openssl_function(keys, OSSL_FUNC_KEYMGMT_IMPORT);
    of.read_key = (OSSL_FUNC_keymgmt_get_params_fn *)openssl_function(keys, OSSL_FUNC_KEYMGMT_GET_PARAMS);
    of.new_exchange = (OSSL_FUNC_keyexch_newctx_fn *)openssl_function(exchange, OSSL_FUNC_KEYEXCH_NEWCTX);
    of.free_exchange = (OSSL_FUNC_keyexch_freectx_fn *)openssl_function(exchange, OSSL_FUNC_KEYEXCH_FREECTX);
    of.take_own = (OSSL_FUNC_keyexch_init_fn *)openssl_function(exchange, OSSL_FUNC_KEYEXCH_INIT);
    of.take_peer = (OSSL_FUNC_keyexch_set_peer_fn *)openssl_function(exchange, OSSL_FUNC_KEYEXCH_SET_PEER);
    of.derive = (OSSL_FUNC_keyexch_derive_fn *)openssl_function(exchange, OSSL_FUNC_KEYEXCH_DERIVE);
}

/* Without the share, the import of a secret computes it. */
static void *import(const uint8_t *secret, const uint8_t *share)
{
    OSSL_PARAM halves[3], *next = halves;
    void *key = of.new_key(of.provider);
    if (secret)
        *next++ = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PRIV_KEY, (void *)secret, 32);
    if (share)
        *next++ = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)share, 32);
    *next = OSSL_PARAM_construct_end();
    must(key && of.import_key(key, secret ? OSSL_KEYMGMT_SELECT_KEYPAIR : OSSL_KEYMGMT_SELECT_PUBLIC_KEY, halves) == 1);
    return key;
}

void openssl_x25519_public(const uint8_t secret[32], uint8_t out[32])
{
    void *key = import(secret, NULL);
    OSSL_PARAM asked[] = {OSSL_PARAM_octet_string(OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, out, 32), OSSL_PARAM_END};
    must(of.read_key(key, asked) == 1 && asked[0].return_size == 32);
    of.free_key(key);
}

/* OpenSSL refuses an agreement that comes out as zeros; the zeros are what we hand on. */
void openssl_x25519(const prim_pair *mine, const uint8_t share[32], uint8_t out[32])
{
    size_t n = 32;
    void *own = import(mine->secret, mine->share), *theirs = import(NULL, share), *exchange = of.new_exchange(of.provider);
    must(exchange && of.take_own(exchange, own, NULL) == 1 && of.take_peer(exchange, theirs) == 1);
    if (of.derive(exchange, out, &n, 32) != 1)
        memset(out, 0, 32);
    of.free_exchange(exchange);
    of.free_key(theirs);
    of.free_key(own);
}
