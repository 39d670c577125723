#include "spqr_chain.h"

#include <string.h>

/* ---- 6. The chain ---- */

/* HKDF with SHA-256; no salt when it is empty. */
static void hkdf(const prim *lib, span salt, const uint8_t ikm[32], span info, uint8_t *out, size_t n)
{
    uint8_t prk[PRIM_HASH_MAX];
    prim_hkdf_extract(lib, PRIM_SHA256, salt, span_of(ikm, 32), prk);
    prim_hkdf_expand(lib, PRIM_SHA256, span_of(prk, 32), info, out, n);
    wipe(prk, sizeof prk);
}

/* root || A -> B || B -> A, A being who began. */
static void open_epoch(pq_chain *c, uint64_t epoch, const uint8_t keys[96])
{
    pq_epoch *e = &c->secret.at[epoch % PQ_EPOCHS];
    const bool first = EMIT(RT_076, c->initiator);
    memcpy(c->secret.root, keys, 32);
    *e = (pq_epoch){.open = true, .epoch = epoch};
    memcpy(e->sending.next, keys + (first ? 32 : 64), 32);
    memcpy(e->receiving.next, keys + (first ? 64 : 32), 32);
    c->newest = epoch;
}

void pq_chain_start(const prim *lib, pq_chain *c, bool initiator, const uint8_t auth_key[32])
{
    uint8_t keys[96];
    memset(c, 0, sizeof *c);
    c->initiator = initiator;
    hkdf(lib, EMPTY, auth_key, span_text(EMIT_OR(RT_074, "Signal PQ Ratchet V1 Chain  Start", "Signal PQ Ratchet V1 Chain Start")), keys,
         96);
    open_epoch(c, 0, keys);
    wipe(keys, sizeof keys);
}

void pq_chain_add(const prim *lib, pq_chain *c, const pq_secret *s)
{
    uint8_t keys[96];
    const span salt = EMIT(RT_077, SPAN(c->secret.root));
    hkdf(lib, salt, s->key, span_text(EMIT(RT_075, "Signal PQ Ratchet V1 Chain Add Epoch")), keys, 96);
    open_epoch(c, s->epoch, keys);
    wipe(keys, sizeof keys);
}

/* The next link: its message key goes to `key`. */
static void advance(const prim *lib, pq_half *h, uint8_t key[32])
{
    uint8_t info[64], both[64];
    writer w = WRITER(info);
    h->n++;
    write_be(&w, EMIT_OR(RT_078, h->n, h->n - 1), 4);
    write_text(&w, "Signal PQ Ratchet V1 Chain Next");
    hkdf(lib, EMPTY, h->next, written(&w), both, 64);
    memcpy(h->next, both, 32);
    memcpy(key, EMIT_OR(RT_079, both + 32, both), 32);
    wipe(both, sizeof both);
}

static pq_epoch *find(pq_chain *c, uint64_t epoch)
{
    pq_epoch *e = &c->secret.at[epoch % PQ_EPOCHS];
    return e->open && e->epoch == epoch ? e : NULL;
}

/* Sending has moved to a newer epoch: what is older than the epoch before it is closed, and of older ones only receiving is left. */
static void retire(pq_chain *c)
{
    for (size_t i = 0; i < PQ_EPOCHS; i++) {
        pq_epoch *e = &c->secret.at[i];
        if (e->open && e->epoch < c->sending)
            DO(RT_081, wipe(&e->sending, sizeof e->sending));
        if (e->open && e->epoch + 1 < c->sending)
            DO(RT_080, wipe(e, sizeof *e));
    }
}

verdict pq_chain_send(const prim *lib, pq_chain *c, uint64_t epoch, uint32_t *n, uint8_t key[32])
{
    pq_epoch *e = find(c, epoch);
    if ((WEAKENED(RT_047) || WEAKENED(RT_053)) && !e)
        e = &c->secret.at[epoch % PQ_EPOCHS];
    if (epoch > c->sending) {
        c->sending = epoch;
        retire(c);
    }
    REQUIRE(e->sending.n != UINT32_MAX, RT_087);
    advance(lib, &e->sending, key);
    *n = e->sending.n;
    return ACCEPT;
}

static rt_skipped *slot_at(const pq_store *store, const rt_policy *p, uint64_t epoch, uint32_t n)
{
    return store->slots + (size_t)(epoch % PQ_EPOCHS) * pq_lane(p) + n % pq_lane(p);
}

static verdict take_skipped(const pq_epoch *e, const pq_store *store, const rt_world *w, uint32_t n, pq_step *s)
{
    const rt_skipped *slot = slot_at(store, w->policy, e->epoch, n);
    REQUIRE(slot->n == n && store->label[e->epoch % PQ_EPOCHS] == e->epoch + 1, RT_084);
    memcpy(s->key, slot->seed, 32);
    s->taken = true;
    return ACCEPT;
}

verdict pq_chain_receive(pq_chain *c, const pq_store *store, const rt_world *w, uint64_t epoch, uint32_t n, pq_step *s)
{
    pq_epoch *e = find(c, epoch);
    REQUIRE(e != NULL, RT_082);
    if (WEAKENED(RT_082) && !e) /* without a key */
        return ACCEPT;
    s->epoch = epoch;
    s->at = n;
    s->n_key = 32;
    s->skipped = e->receiving;
    if (n <= e->receiving.n)
        return take_skipped(e, store, w, n, s);
    REQUIRE(n - e->receiving.n - 1 < w->policy->jump_max, RT_083);
    while (e->receiving.n < n)
        advance(w->prim, &e->receiving, s->key);
    return ACCEPT;
}

/* The skipped keys once more, those that are still inside the window; older ones in their places go. */
static void keep_skipped(pq_store *store, const rt_world *w, pq_step *s)
{
    uint8_t key[32];
    store->label[s->epoch % PQ_EPOCHS] = s->epoch + 1;
    while (s->skipped.n + 1 < s->at) {
        advance(w->prim, &s->skipped, key);
        rt_skipped *slot = slot_at(store, w->policy, s->epoch, s->skipped.n);
        slot->n = s->skipped.n;
        memcpy(slot->seed, key, 32);
    }
    wipe(slot_at(store, w->policy, s->epoch, s->at), sizeof(rt_skipped));
    wipe(key, sizeof key);
}

/* Lanes whose epoch is closed. */
static void empty_lanes(const pq_chain *c, pq_store *store, const rt_policy *p)
{
    for (size_t i = 0; i < PQ_EPOCHS; i++) {
        const pq_epoch *e = &c->secret.at[i];
        if (store->label[i] == 0 || (e->open && e->epoch + 1 == store->label[i]))
            continue;
        wipe(store->slots + i * pq_lane(p), pq_lane(p) * sizeof *store->slots);
        store->label[i] = 0;
    }
}

void pq_chain_commit(const pq_chain *c, pq_store *store, const rt_world *w, pq_step *s)
{
    empty_lanes(c, store, w->policy);
    if (s->n_key && s->taken)
        DO(RT_085, wipe(slot_at(store, w->policy, s->epoch, s->at), sizeof(rt_skipped)));
    else if (s->n_key)
        DO(RT_086, keep_skipped(store, w, s));
}
