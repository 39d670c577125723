/* A trusted root and a bundle under it, with a zero byte between; or, without a zero byte, an entry of Rekor v1. Whatever is accepted has a
 * verified time before now, and each of its checks holds. */
#include "fuzz_entry.h"
#include "sigstore.h"

#include <string.h>

static tl_sigstore storage;

static const tl_sigstore_world world = {&prim_sodium, 1780358400};

static void judge_checks(const account *a)
{
    must(a->n_checks > 0);
    for (size_t i = 0; i < a->n_checks; i++)
        must(a->check[i].ok);
}

static void bundle(span root, span text)
{
    static account a;
    memset(&a, 0, sizeof a);
    const tl_signer signer = {.identity = span_text("https://build.example/pipeline@refs/heads/main"),
                              .issuer = span_text("https://issuer.example")};
    if (!accepted(tl_verify_sigstore(&storage, &world, &signer, root, text, span_text("an artifact\n"), &a)))
        return;
    judge_checks(&a);
    must(storage.n_times > 0); /* TL-125 */
    for (size_t i = 0; i < storage.n_times; i++)
        must(storage.time[i] <= world.now && x509_view_within(&storage.leaf, storage.time[i])); /* TL-126, TL-129 */
}

static void entry(span text)
{
    static account a;
    memset(&a, 0, sizeof a);
    must(!accepted(tl_verify_entry(&storage, &world, text, EMPTY, span_text("an artifact\n"), &a))); /* TL-147: no log has this key */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const uint8_t *zero = n ? memchr(data, 0, n) : NULL;
    prim_start();
    if (zero)
        bundle(span_of(data, (size_t)(zero - data)), span_of(zero + 1, n - (size_t)(zero - data) - 1));
    else
        entry(span_of(data, n));
    return 0;
}

#ifdef PARLEY_FUZZ
#include "fuzz_mutate.h"

/* One of the texts. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t n, size_t most, unsigned seed)
{
    const uint8_t *zero = n ? memchr(data, 0, n) : NULL;
    const size_t root = zero ? (size_t)(zero - data) : 0, at = zero && seed % 2 ? root + 1 : 0;
    if (seed % 32 == 0)
        return LLVMFuzzerMutate(data, n, most);
    return fuzz_mutate_json(data, n, most, at, at || !zero ? n - at : root, seed / 32);
}
#endif
