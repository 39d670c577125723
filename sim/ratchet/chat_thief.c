#include "chat_thief.h"
#include "signal_message.h"
#include "spqr_chain.h"

#include <string.h>

enum { TEXT_ROOM = 1024 };

/* ---- the copy ---- */

static void copy_store(thief_way *way, const sg_session *s)
{
    way->kept = s->kept;
    way->pq_kept = s->pq_kept;
    way->kept.slots = way->slots;
    way->pq_kept.slots = way->pq_slots;
    memcpy(way->slots, s->kept.slots, sizeof way->slots);
    memcpy(way->pq_slots, s->pq_kept.slots, sizeof way->pq_slots);
}

static void empty_store(thief_way *way)
{
    way->kept = (rt_store){.slots = way->slots};
    way->pq_kept = (pq_store){.slots = way->pq_slots};
}

/* What the victim sends with is what he receives with: its newest chain goes in front, and the oldest goes. */
static void add_sending_chain(thief_way *out, const rt_ratchet *victim)
{
    rt_receiving *all = out->ratchet.secret.receiving;
    unsigned *n = &out->ratchet.n_receiving;
    const uint8_t lane = *n == RT_CHAINS_MAX ? all[*n - 1].lane : (uint8_t)*n;
    *n += *n == RT_CHAINS_MAX ? 0 : 1;
    memmove(all + 1, all, (*n - 1) * sizeof *all);
    all[0] = (rt_receiving){.open = true, .lane = lane, .chain = victim->secret.sending};
    memcpy(all[0].ratchet, victim->secret.own.share, 32);
    out->kept.used[lane] = 0;
}

static pq_chain reversed(const pq_chain *victim)
{
    pq_chain c = *victim;
    c.initiator = !c.initiator;
    for (size_t i = 0; i < PQ_EPOCHS; i++) {
        c.secret.at[i].receiving = victim->secret.at[i].sending;
        c.secret.at[i].sending = victim->secret.at[i].receiving;
    }
    return c;
}

void thief_steals(thief *t, const chat_device *victim, bool solves_x25519)
{
    const sg_state *st = &victim->session.state;
    memset(t, 0, sizeof *t);
    t->prim = victim->prim;
    t->victim = victim;
    t->solves_x25519 = solves_x25519;
    t->version = st->version;
    t->turns = victim->turns;
    t->pq = st->pq.version == PQ_V1;
    t->braid = st->pq.braid;
    t->in.ratchet = st->ratchet;
    t->in.pq = st->pq.chain;
    copy_store(&t->in, &victim->session);
    empty_store(&t->out);
    t->out.ratchet.mode = st->ratchet.mode;
    t->out.pq = reversed(&st->pq.chain);
    add_sending_chain(&t->out, &st->ratchet);
}

/* ---- a message ---- */

typedef struct overheard {
    unsigned version;
    sg_inner inner;
    rt_header header;
    pq_piece piece;
    uint32_t pq_index;
} overheard;

static void read_piece(span message, overheard *m)
{
    reader r = reader_of(message);
    (void)read_be(&r, 1);
    m->piece.epoch = read_varint(&r, NULL);
    m->pq_index = (uint32_t)read_varint(&r, NULL);
    m->piece.type = (pq_type)read_be(&r, 1);
    if (m->piece.type != PQ_NOTHING && m->piece.type != PQ_CT1_ACK) {
        m->piece.index = (uint16_t)read_varint(&r, NULL);
        span_take(read_bytes(&r, PQ_CHUNK), m->piece.chunk, PQ_CHUNK);
    }
    must(!r.failed);
}

/* Both devices are honest: what they send can be read. */
static void read_message(bool first, span message, overheard *m)
{
    memset(m, 0, sizeof *m);
    m->version = message.p[0] >> 4;
    if (first) {
        sg_outer outer;
        must(accepted(sg_read_outer(RT_STRICT, m->version, span_from(message, 1), &outer)));
        message = outer.message.v;
    }
    must(accepted(sg_read_inner(RT_STRICT, span_from(span_first(message, message.n - SG_MAC), 1), &m->inner)));
    must(accepted(sg_read_point(RT_STRICT, m->inner.ratchet_key.v, m->header.ratchet)));
    m->header.n = (uint32_t)m->inner.counter.v;
    m->header.previous = (uint32_t)m->inner.previous_counter.v;
    if (m->inner.pq_ratchet.has)
        read_piece(m->inner.pq_ratchet.v, m);
}

/* ---- reading ---- */

/* The exchange under way, as far as the copy goes: without the right decapsulation key the ciphertext's MAC does not fit. */
static void follow_braid(thief *t, const overheard *m)
{
    pq_secret secret = {0};
    pq_braid next = t->braid;
    if (!accepted(pq_braid_receive(t->prim, &next, &m->piece, &secret)))
        return;
    t->braid = next;
    if (secret.there) {
        pq_chain_add(t->prim, &t->in.pq, &secret);
        pq_chain_add(t->prim, &t->out.pq, &secret);
    }
}

/* The key pair that the victim makes when this message gives it a new share: known to who solves X25519, else a guess. */
static void next_ratchet_secret(const thief *t, uint8_t out[32])
{
    memset(out, 0x5a, 32);
    if (t->solves_x25519)
        chat_ratchet_secret(t->victim, t->turns, out);
}

static bool knows_share(const thief_way *way, const uint8_t share[32])
{
    for (unsigned i = 0; i < way->ratchet.n_receiving; i++)
        if (memcmp(way->ratchet.secret.receiving[i].ratchet, share, 32) == 0)
            return true;
    return false;
}

static bool fits(const rt_world *w, const overheard *m, const rt_step *rt, const pq_step *pq, span text)
{
    uint8_t keys[RT_MESSAGE_KEYS], plain[TEXT_ROOM];
    size_t n = 0;
    must(m->inner.ciphertext.v.n <= sizeof plain);
    rt_message_keys(w, rt->seed, span_of(pq->key, pq->n_key), keys);
    return prim_cbc_decrypt(keys, keys + 64, m->inner.ciphertext.v, plain, &n) && span_same(span_of(plain, n), text);
}

static bool read_with_keys(thief *t, thief_way *way, const rt_world *w, const overheard *m, rt_step *rt, span text)
{
    pq_step pq = {0};
    pq_chain chain = way->pq;
    if (t->pq && !accepted(pq_chain_receive(&chain, &way->pq_kept, w, m->piece.epoch - 1, m->pq_index, &pq)))
        return false;
    if (!fits(w, m, rt, &pq, text))
        return false;
    if (t->pq) {
        way->pq = chain;
        pq_chain_commit(&chain, &way->pq_kept, w, &pq);
    }
    return true;
}

/* Follows the Double Ratchet even where the post-quantum key is missing: who has all secrets of X25519 loses nothing of it. */
static bool read_way(thief *t, thief_way *way, const overheard *m, span text)
{
    uint8_t secret[32];
    rt_step step;
    next_ratchet_secret(t, secret);
    const rt_world w = {t->prim, sg_policy(t->version), SPAN(secret)};
    if (!accepted(rt_prepare(&way->ratchet, &way->kept, &w, &m->header, &step)))
        return false;
    const bool read = read_with_keys(t, way, &w, m, &step, text), turned = step.turned;
    if (!read && !t->solves_x25519)
        rt_abandon(&step);
    else
        rt_commit(&way->ratchet, &way->kept, &w, &step);
    if (turned && t->solves_x25519) {
        t->turns++;
        add_sending_chain(&t->out, &way->ratchet);
    }
    return read;
}

bool thief_reads(thief *t, bool from_victim, bool first, span message, span text)
{
    overheard m;
    read_message(first, message, &m);
    if (t->pq && !from_victim)
        follow_braid(t, &m);
    if (from_victim && !knows_share(&t->out, m.header.ratchet))
        return false;
    return read_way(t, from_victim ? &t->out : &t->in, &m, text);
}
