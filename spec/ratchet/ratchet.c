#include "ratchet.h"

#include <string.h>

/* ---- 3.1 Chains ---- */

static void hmac_of_byte(const prim *lib, const uint8_t key[32], uint8_t byte, uint8_t out[32])
{
    const span part = span_of(&byte, 1);
    lib->hmac(PRIM_SHA256, span_of(key, 32), &part, 1, out);
}

static void seed_of(const prim *lib, const rt_chain *c, uint8_t seed[32]) { hmac_of_byte(lib, c->key, EMIT(RT_023, 0x01), seed); }

static void advance(const prim *lib, rt_chain *c)
{
    uint8_t next[32];
    hmac_of_byte(lib, c->key, EMIT(RT_024, 0x02), next);
    memcpy(c->key, next, 32);
    c->n++;
    wipe(next, sizeof next);
}

static void advance_to(const prim *lib, rt_chain *c, uint32_t n)
{
    while (c->n < n)
        advance(lib, c);
}

void rt_message_keys(const rt_world *w, const uint8_t seed[32], span pq_key, uint8_t out[RT_MESSAGE_KEYS])
{
    uint8_t prk[PRIM_HASH_MAX];
    prim_hkdf_extract(w->prim, PRIM_SHA256, EMIT(RT_042, pq_key), span_of(seed, 32), prk);
    prim_hkdf_expand(w->prim, PRIM_SHA256, span_of(prk, 32), EMIT(RT_025, span_text(w->policy->message_label)), out, RT_MESSAGE_KEYS);
    wipe(prk, sizeof prk);
}

/* ---- 3.2 The root ---- */

/* Mixes DH(own, theirs) into the root; `out` is the chain that follows from it. */
static verdict step_root(rt_ratchet *r, const rt_world *w, const uint8_t theirs[32], rt_chain *out)
{
    uint8_t agreed[32], prk[PRIM_HASH_MAX], both[64];
    w->prim->x25519(&r->secret.own, theirs, agreed);
    REQUIRE(!all_zero(SPAN(agreed)), RT_026);
    prim_hkdf_extract(w->prim, PRIM_SHA256, EMIT(RT_031, SPAN(r->secret.root)), SPAN(agreed), prk);
    prim_hkdf_expand(w->prim, PRIM_SHA256, span_of(prk, 32), EMIT(RT_032, span_text(w->policy->root_label)), both, 64);
    memcpy(r->secret.root, EMIT_OR(RT_033, both, r->secret.root), 32);
    memcpy(out->key, both + 32, 32);
    out->n = 0;
    wipe(agreed, sizeof agreed);
    wipe(prk, sizeof prk);
    wipe(both, sizeof both);
    return ACCEPT;
}

/* A new key pair from the lent coins, and the sending chain under it. */
static verdict turn_sending(rt_ratchet *r, const rt_world *w, const uint8_t theirs[32])
{
    must(w->coins.n == RT_KEY);
    r->previous = r->secret.sending.n;
    DO(RT_035, prim_pair_of(w->prim, w->coins.p, &r->secret.own));
    return step_root(r, w, theirs, &r->secret.sending);
}

/* ---- 3.3 Start ---- */

static void start(rt_ratchet *r, rt_mode mode, const rt_agreed *a)
{
    memset(r, 0, sizeof *r);
    r->mode = mode;
    memcpy(r->secret.root, a->root, 32);
}

verdict rt_start_initiator(rt_ratchet *r, const rt_world *w, rt_mode mode, const rt_agreed *a, const uint8_t their_signed_prekey[32])
{
    rt_receiving *first = &r->secret.receiving[0];
    start(r, mode, a);
    memcpy(first->ratchet, their_signed_prekey, 32);
    memcpy(first->chain.key, a->chain, 32);
    first->open = true;
    r->n_receiving = 1;
    return turn_sending(r, w, their_signed_prekey);
}

void rt_start_responder(rt_ratchet *r, const rt_world *w, rt_mode mode, const rt_agreed *a, const uint8_t signed_prekey_secret[32])
{
    start(r, mode, a);
    prim_pair_of(w->prim, signed_prekey_secret, &r->secret.own);
    memcpy(r->secret.sending.key, a->chain, 32);
}

/* ---- 3.4 Sending ---- */

/* The deployed library sends one less, but never less than zero. */
static uint32_t previous_sent(const rt_ratchet *r)
{
    const uint32_t one_less = r->previous ? r->previous - 1 : 0;
    return r->mode == RT_COMPAT ? EMIT_OR(RT_037, one_less, r->previous) : EMIT_OR(RT_036, r->previous, one_less);
}

verdict rt_send(rt_ratchet *r, const rt_world *w, rt_header *h, uint8_t seed[32])
{
    REQUIRE(r->secret.sending.n != UINT32_MAX, RT_034);
    memcpy(h->ratchet, r->secret.own.share, 32);
    h->n = r->secret.sending.n;
    h->previous = previous_sent(r);
    seed_of(w->prim, &r->secret.sending, seed);
    DO(RT_038, advance(w->prim, &r->secret.sending));
    return ACCEPT;
}

/* ---- 3.5 Receiving: what a message would change ---- */

enum { NONE = RT_CHAINS_MAX };

static unsigned chain_under(const rt_ratchet *r, const uint8_t ratchet[32])
{
    for (unsigned i = 0; i < r->n_receiving; i++)
        if (memcmp(r->secret.receiving[i].ratchet, ratchet, 32) == 0)
            return i;
    return NONE;
}

/* Strict: the chain before ends where its sender says, and only the keys of messages that are still out are kept. */
static verdict close_newest(rt_step *s, const rt_world *w, uint32_t previous)
{
    rt_receiving *old = &s->next.secret.receiving[0];
    if (s->next.mode == RT_COMPAT || s->next.n_receiving == 0 || !old->open)
        return ACCEPT;
    const uint32_t to = previous > old->chain.n ? previous : old->chain.n;
    REQUIRE(to - old->chain.n <= w->policy->jump_max, RT_029);
    s->skipped[0] = (rt_range){old->lane, old->chain, EMIT_OR(RT_039, to, old->chain.n)};
    DO(RT_040, {
        old->open = false;
        wipe(old->chain.key, 32);
    });
    old->chain.n = to;
    return ACCEPT;
}

/* Room for a chain in front; when all lanes are taken, the oldest chain goes. */
static rt_receiving *open_chain(rt_step *s, const rt_world *w, const uint8_t ratchet[32])
{
    rt_ratchet *r = &s->next;
    rt_receiving *all = r->secret.receiving;
    const bool full = r->n_receiving == w->policy->chains_max;
    const uint8_t lane = (uint8_t)(full ? all[r->n_receiving - 1].lane : r->n_receiving);
    r->n_receiving += full ? 0 : 1;
    memmove(all + 1, all, (r->n_receiving - 1) * sizeof *all);
    memset(all, 0, sizeof *all);
    memcpy(all->ratchet, ratchet, 32);
    all->lane = lane;
    all->open = true;
    return all;
}

static verdict turn(rt_step *s, const rt_world *w, const rt_header *h)
{
    REQUIRE(s->next.mode == RT_COMPAT || prim_montgomery_canonical(h->ratchet), RT_027);
    TRY(close_newest(s, w, h->previous));
    rt_receiving *newest = open_chain(s, w, h->ratchet);
    TRY(step_root(&s->next, w, h->ratchet, &newest->chain));
    s->turned = true;
    return turn_sending(&s->next, w, h->ratchet);
}

static verdict take_skipped(rt_step *s, const rt_store *store, const rt_world *w, uint8_t lane, uint32_t n)
{
    const rt_skipped *slots = store->slots + (size_t)lane * w->policy->kept_max;
    uint32_t at = 0;
    while (at < store->used[lane] && slots[at].n != n)
        at++;
    REQUIRE(at < store->used[lane], RT_030);
    if (WEAKENED(RT_030) && at == store->used[lane]) /* zeros stand for the seed */
        return ACCEPT;
    memcpy(s->seed, slots[at].seed, 32);
    s->taken = true;
    s->lane = lane;
    s->at = at;
    return ACCEPT;
}

static verdict take_next(rt_step *s, const rt_world *w, rt_receiving *c, uint32_t n)
{
    s->skipped[1] = (rt_range){c->lane, c->chain, n};
    advance_to(w->prim, &c->chain, n);
    seed_of(w->prim, &c->chain, s->seed);
    DO(RT_041, advance(w->prim, &c->chain));
    return ACCEPT;
}

static verdict prepare(const rt_store *store, const rt_world *w, const rt_header *h, rt_step *s)
{
    unsigned i = chain_under(&s->next, h->ratchet);
    const uint32_t from = i == NONE ? 0 : s->next.secret.receiving[i].chain.n;
    REQUIRE(h->n < from || (h->n - from <= w->policy->jump_max && h->n != UINT32_MAX), RT_028);
    if (i == NONE) {
        TRY(turn(s, w, h));
        i = 0;
    }
    rt_receiving *c = &s->next.secret.receiving[i];
    return h->n < c->chain.n || !c->open ? take_skipped(s, store, w, c->lane, h->n) : take_next(s, w, c, h->n);
}

verdict rt_prepare(const rt_ratchet *r, const rt_store *store, const rt_world *w, const rt_header *h, rt_step *s)
{
    memset(s, 0, sizeof *s);
    s->next = *r;
    const verdict v = prepare(store, w, h, s);
    if (!accepted(v))
        rt_abandon(s);
    return v;
}

/* ---- 3.6 Receiving: making it real ---- */

/* Room for n more at the end of a lane: the oldest keys go first. */
static void make_room(rt_store *store, const rt_policy *p, uint8_t lane, uint32_t n)
{
    rt_skipped *slots = store->slots + (size_t)lane * p->kept_max;
    const uint32_t used = store->used[lane], over = used + n > p->kept_max ? used + n - p->kept_max : 0;
    const uint32_t goes = over < used ? over : used;
    memmove(slots, slots + goes, (used - goes) * sizeof *slots);
    wipe(slots + (used - goes), goes * sizeof *slots);
    store->used[lane] -= goes;
}

/* The keys are computed once more rather than kept by the step: a message that is refused then never touched the store. */
static void keep_skipped(rt_store *store, const rt_world *w, rt_range *k)
{
    const rt_policy *p = w->policy;
    const uint32_t n = k->to - k->from.n, kept = n < p->kept_max ? n : p->kept_max;
    make_room(store, p, k->lane, kept);
    advance_to(w->prim, &k->from, k->to - kept);
    rt_skipped *slot = store->slots + (size_t)k->lane * p->kept_max + store->used[k->lane];
    for (; k->from.n < k->to; advance(w->prim, &k->from), slot++) {
        slot->n = k->from.n;
        seed_of(w->prim, &k->from, slot->seed);
    }
    store->used[k->lane] += kept;
}

static void drop_slot(rt_store *store, const rt_policy *p, uint8_t lane, uint32_t at)
{
    rt_skipped *slots = store->slots + (size_t)lane * p->kept_max;
    const uint32_t last = --store->used[lane];
    memmove(slots + at, slots + at + 1, (last - at) * sizeof *slots);
    wipe(slots + last, sizeof *slots);
}

static void empty_lane(rt_store *store, const rt_policy *p, uint8_t lane)
{
    wipe(store->slots + (size_t)lane * p->kept_max, store->used[lane] * sizeof *store->slots);
    store->used[lane] = 0;
}

void rt_commit(rt_ratchet *r, rt_store *store, const rt_world *w, rt_step *s)
{
    if (s->skipped[0].from.n < s->skipped[0].to)
        keep_skipped(store, w, &s->skipped[0]);
    if (s->turned)
        DO(RT_043, empty_lane(store, w->policy, s->next.secret.receiving[0].lane));
    if (s->skipped[1].from.n < s->skipped[1].to)
        DO(RT_044, keep_skipped(store, w, &s->skipped[1]));
    if (s->taken)
        DO(RT_045, drop_slot(store, w->policy, s->lane, s->at));
    *r = s->next;
    rt_abandon(s);
}

void rt_abandon(rt_step *s) { wipe(s, sizeof *s); }

void rt_close(rt_ratchet *r, rt_store *store, const rt_policy *p)
{
    for (uint8_t lane = 0; lane < p->chains_max; lane++)
        empty_lane(store, p, lane);
    wipe(r, sizeof *r);
}
