#include "history_storage.h"

#include <string.h>

static span heads(void *ctx, uint64_t from)
{
    const storage *s = ctx;
    const span all = span_of(s->heads, s->n_heads * HI_HEAD);
    const size_t first = from ? (size_t)from - 1 : s->n_heads - (s->n_heads > 0);
    return span_from(all, first * HI_HEAD);
}

static span blob(void *ctx, span digest)
{
    const storage *s = ctx;
    for (size_t i = 0; i < s->n_blobs; i++)
        if (span_same(SPAN(s->blob[i].digest), digest))
            return span_of(s->blob[i].bytes, s->blob[i].n);
    return EMPTY;
}

static span wrap(void *ctx, span credential, uint32_t generation)
{
    const storage *s = ctx;
    for (size_t i = 0; i < s->n_wraps; i++)
        if (span_is(credential, s->wrap[i].credential) && s->wrap[i].generation == generation)
            return SPAN(s->wrap[i].bytes);
    return EMPTY;
}

static void keep(void *ctx, span sealed)
{
    storage *s = ctx;
    must(s->n_blobs < STORAGE_BLOBS && sealed.n <= STORAGE_BLOB);
    storage_blob *b = &s->blob[s->n_blobs++];
    prim_digest(s->prim, PRIM_SHA256, sealed, b->digest);
    memcpy(b->bytes, sealed.p, sealed.n);
    b->n = sealed.n;
}

static void keep_wrap(void *ctx, span credential, uint32_t generation, span bytes)
{
    storage *s = ctx;
    must(s->n_wraps < STORAGE_WRAPS && credential.n < STORAGE_NAME && bytes.n == HI_WRAP);
    storage_wrap *w = &s->wrap[s->n_wraps++];
    *w = (storage_wrap){.generation = generation};
    memcpy(w->credential, credential.p, credential.n);
    memcpy(w->bytes, bytes.p, HI_WRAP);
}

static verdict put(void *ctx, span head)
{
    storage *s = ctx;
    TRY(hi_storage_takes(s->prim, heads(s, 0), head));
    must(s->n_heads < STORAGE_HEADS);
    memcpy(s->heads + HI_HEAD * s->n_heads++, head.p, HI_HEAD);
    return ACCEPT;
}

storage_door storage_opens(storage *s) { return (storage_door){s, heads, blob, wrap, keep, keep_wrap, put}; }
