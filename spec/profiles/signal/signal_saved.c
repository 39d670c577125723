#include "signal_saved.h"

#include <string.h>

/* ---- 8. Saving ---- */

/* Either writes or reads: one list of fields serves both. Reading, what is out of range is noted and made harmless. */
typedef struct tape {
    writer *out; /* NULL: reads */
    reader in;
    bool bad;
} tape;

static void put(tape *t, void *p, size_t n)
{
    if (t->out)
        write_span(t->out, span_of(p, n));
    else
        span_take(read_bytes(&t->in, n), p, n);
}

static uint64_t number(tape *t, uint64_t value, size_t n, uint64_t most)
{
    if (t->out) {
        write_be(t->out, value, n);
        return value;
    }
    value = read_be(&t->in, n);
    if (value <= most)
        return value;
    t->bad = true;
    return 0;
}

#define BYTES_OF(field)     put(t, (field), sizeof(field))
#define NUMBER(field, most) ((field) = (__typeof__(field))number(t, (uint64_t)(field), 8, (most)))
#define FLAG(field)         ((field) = number(t, (field), 1, 1) != 0)

static void slots(tape *t, rt_skipped *s, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        NUMBER(s[i].n, UINT32_MAX);
        BYTES_OF(s[i].seed);
    }
}

/* Of the post-quantum ratchet: a key lies at its index modulo the lane, most places are empty. */
static void sparse_slots(tape *t, rt_skipped *s, size_t lane)
{
    uint32_t n = 0;
    for (size_t i = 0; t->out && i < lane; i++)
        n += s[i].n != 0;
    NUMBER(n, lane);
    for (size_t i = 0; t->out && i < lane; i++)
        if (s[i].n)
            slots(t, &s[i], 1);
    for (uint32_t i = 0; !t->out && i < n; i++) {
        rt_skipped one = {0, {0}};
        slots(t, &one, 1);
        s[one.n % lane] = one;
        wipe(&one, sizeof one);
    }
}

static void ratchet_of(tape *t, const prim *lib, sg_session *s)
{
    rt_ratchet *r = &s->state.ratchet;
    NUMBER(r->mode, RT_COMPAT);
    NUMBER(r->previous, UINT32_MAX);
    BYTES_OF(r->secret.root);
    BYTES_OF(r->secret.own.secret);
    if (!t->out)
        prim_pair_of(lib, r->secret.own.secret, &r->secret.own);
    BYTES_OF(r->secret.sending.key);
    NUMBER(r->secret.sending.n, UINT32_MAX);
    NUMBER(r->n_receiving, RT_CHAINS_MAX);
    for (unsigned i = 0; i < r->n_receiving; i++) {
        rt_receiving *c = &r->secret.receiving[i];
        BYTES_OF(c->ratchet);
        FLAG(c->open);
        NUMBER(c->lane, RT_CHAINS_MAX - 1);
        BYTES_OF(c->chain.key);
        NUMBER(c->chain.n, UINT32_MAX);
    }
    for (unsigned lane = 0; lane < RT_CHAINS_MAX; lane++) {
        NUMBER(s->kept.used[lane], sg_policy_v4.kept_max);
        slots(t, s->kept.slots + (size_t)lane * sg_policy_v4.kept_max, s->kept.used[lane]);
    }
}

static void encoder_of(tape *t, pq_encoder *e)
{
    NUMBER(e->n, PQ_PAYLOAD_MAX);
    NUMBER(e->next, UINT16_MAX);
    BYTES_OF(e->payload);
    t->bad = t->bad || e->n % PQ_CHUNK != 0;
}

static void decoder_of(tape *t, pq_decoder *d)
{
    NUMBER(d->need, PQ_CHUNKS_MAX);
    NUMBER(d->have, d->need);
    for (unsigned i = 0; i < d->have; i++) {
        NUMBER(d->index[i], UINT16_MAX);
        BYTES_OF(d->chunk[i]);
    }
}

static void braid_of(tape *t, pq_braid *b)
{
    NUMBER(b->state, PQ_STATES - 1);
    NUMBER(b->epoch, UINT32_MAX);
    encoder_of(t, &b->out);
    decoder_of(t, &b->in);
    BYTES_OF(b->header);
    BYTES_OF(b->t);
    BYTES_OF(b->ct1);
    BYTES_OF(b->secret.auth.root);
    BYTES_OF(b->secret.auth.mac);
    BYTES_OF(b->secret.dk);
    BYTES_OF(b->secret.m);
}

static void chain_of(tape *t, sg_session *s)
{
    pq_chain *c = &s->state.pq.chain;
    FLAG(c->initiator);
    NUMBER(c->newest, UINT32_MAX);
    NUMBER(c->sending, UINT32_MAX);
    BYTES_OF(c->secret.root);
    for (size_t i = 0; i < PQ_EPOCHS; i++) {
        pq_epoch *e = &c->secret.at[i];
        FLAG(e->open);
        NUMBER(e->epoch, UINT32_MAX);
        BYTES_OF(e->sending.next);
        NUMBER(e->sending.n, UINT32_MAX);
        BYTES_OF(e->receiving.next);
        NUMBER(e->receiving.n, UINT32_MAX);
        NUMBER(s->pq_kept.label[i], UINT32_MAX);
        if (s->pq_kept.label[i])
            sparse_slots(t, s->pq_kept.slots + i * pq_lane(&sg_policy_v4), pq_lane(&sg_policy_v4));
    }
}

/* A braid that could not go on: an encoder without a payload where there has to be one, or a decoder of another length than its state's. */
static bool braid_fits(const pq_braid *b)
{
    static const uint16_t sends[PQ_STATES] = {
        [PQ_KEYS_SAMPLED] = PQ_HEADER,         [PQ_HEADER_SENT] = PQ_EK, [PQ_CT1_RECEIVED] = PQ_EK, [PQ_CT1_SAMPLED] = PQ_CT1,
        [PQ_EK_RECEIVED_CT1_SAMPLED] = PQ_CT1, [PQ_CT2_SAMPLED] = PQ_CT2};
    static const uint16_t takes[PQ_STATES] = {[PQ_HEADER_SENT] = PQ_CT1,
                                              [PQ_EK_SENT_CT1_RECEIVED] = PQ_CT2,
                                              [PQ_NO_HEADER_RECEIVED] = PQ_HEADER,
                                              [PQ_CT1_SAMPLED] = PQ_EK,
                                              [PQ_CT1_ACKNOWLEDGED] = PQ_EK};
    return b->epoch >= 1 && (!sends[b->state] || b->out.n == sends[b->state]) &&
           (!takes[b->state] || b->in.need == takes[b->state] / PQ_CHUNK);
}

/* The chain has the epochs that its braid will ask for. */
static bool chain_fits(const pq_chain *c, const pq_braid *b)
{
    const pq_epoch *e = &c->secret.at[(b->epoch - 1) % PQ_EPOCHS];
    return e->open && e->epoch == b->epoch - 1 && c->sending <= b->epoch - 1 && (c->newest == b->epoch - 1 || c->newest == b->epoch);
}

static void session_of(tape *t, const prim *lib, sg_session *s)
{
    sg_state *st = &s->state;
    NUMBER(st->version, 4);
    NUMBER(st->settings.mode, RT_COMPAT);
    NUMBER(st->settings.pq, PQ_V1);
    NUMBER(st->settings.least_pq, PQ_V1);
    BYTES_OF(st->own_identity);
    BYTES_OF(st->their_identity);
    BYTES_OF(st->base);
    NUMBER(st->their_registration_id, UINT32_MAX);
    FLAG(st->pending.there);
    FLAG(st->pending.has_one_time);
    NUMBER(st->pending.one_time_id, UINT32_MAX);
    NUMBER(st->pending.signed_prekey_id, UINT32_MAX);
    NUMBER(st->pending.kem_id, UINT32_MAX);
    NUMBER(st->pending.since, INT64_MAX);
    BYTES_OF(st->pending.kem_ciphertext);
    ratchet_of(t, lib, s);
    NUMBER(st->pq.mode, RT_COMPAT);
    NUMBER(st->pq.version, PQ_V1);
    NUMBER(st->pq.least, PQ_V1);
    FLAG(st->pq.heard);
    braid_of(t, &st->pq.braid);
    chain_of(t, s);
}

enum { FORM = 1 };

bool sg_save(const sg_session *s, uint64_t *newest, writer *out)
{
    sg_session copy = *s; /* a tape that writes changes nothing, but C does not know */
    tape t = {.out = out};
    const size_t from = out->n;
    write_be(out, FORM, 1);
    write_be(out, EMIT(SG_062, *newest + 1), 8);
    session_of(&t, NULL, &copy);
    wipe(&copy, sizeof copy);
    if (!writer_ok(out)) {
        wipe(out->p + from, out->n - from); /* no secrets behind what is written */
        out->n = from;
        return false;
    }
    *newest += 1;
    return true;
}

/* ---- 8. Restoring ---- */

static bool lanes_differ(const rt_ratchet *r)
{
    unsigned seen = 0;
    for (unsigned i = 0; i < r->n_receiving; i++) {
        if (seen >> r->secret.receiving[i].lane & 1)
            return false;
        seen |= 1u << r->secret.receiving[i].lane;
    }
    return true;
}

static bool fits(const sg_session *s)
{
    const sg_state *st = &s->state;
    return st->version >= 3 && lanes_differ(&st->ratchet) &&
           (st->pq.version == PQ_V0 || (braid_fits(&st->pq.braid) && chain_fits(&st->pq.chain, &st->pq.braid)));
}

static verdict restore(sg_session *s, const prim *lib, uint64_t newest, span saved)
{
    tape t = {.in = reader_of(saved)};
    const uint64_t form = read_be(&t.in, 1), generation = read_be(&t.in, 8);
    session_of(&t, lib, s);
    REQUIRE(form == FORM && !t.bad && reader_done(&t.in) && fits(s), SG_060);
    REQUIRE(s->state.settings.mode == RT_COMPAT || generation == newest, SG_061);
    return ACCEPT;
}

verdict sg_restore(sg_session *s, const prim *lib, uint64_t newest, span saved)
{
    must(s->state.version == 0);
    const verdict v = restore(s, lib, newest, saved);
    if (!accepted(v))
        sg_close(s);
    return v;
}
