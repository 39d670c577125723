#include "spqr_chain.h"

#include <string.h>

/* ---- 7.1 Start ---- */

void pq_start(pq_peer *p, const prim *lib, rt_mode mode, pq_version least, bool initiator, const uint8_t auth_key[32])
{
    memset(p, 0, sizeof *p);
    p->mode = mode;
    p->version = PQ_V1;
    p->least = least;
    pq_braid_start(lib, &p->braid, initiator, auth_key);
    pq_chain_start(lib, &p->chain, initiator, auth_key);
}

void pq_start_without(pq_peer *p, rt_mode mode)
{
    memset(p, 0, sizeof *p);
    p->mode = mode;
}

/* ---- 7.2 The bytes ---- */

enum { VERSION = 1 };

static bool carries_chunk(uint64_t type) { return type != PQ_NOTHING && type != PQ_CT1_ACK; }

static void write_message(writer *w, const pq_piece *p, uint32_t n)
{
    write_be(w, VERSION, 1);
    write_varint(w, p->epoch);
    write_varint(w, n);
    write_be(w, p->type, 1);
    if (carries_chunk(p->type)) {
        write_varint(w, p->index);
        write_span(w, SPAN(p->chunk));
    }
}

/* Sticky: what is missing or out of range shows at the end. */
typedef struct parsed {
    pq_piece piece;
    uint32_t n;
    bool good, canonical;
} parsed;

static parsed parse(span in)
{
    parsed m = {.canonical = true};
    reader r = reader_of(in);
    const uint64_t version = read_be(&r, 1);
    m.piece.epoch = read_varint(&r, &m.canonical);
    const uint64_t n = read_varint(&r, &m.canonical), type = read_be(&r, 1);
    const uint64_t index = carries_chunk(type) ? read_varint(&r, &m.canonical) : 0;
    if (carries_chunk(type))
        span_take(read_bytes(&r, PQ_CHUNK), m.piece.chunk, PQ_CHUNK);
    m.canonical = m.canonical && r.rest.n == 0;
    m.good = !r.failed && version == VERSION && m.piece.epoch >= 1 && n <= UINT32_MAX && type < PQ_TYPES && index <= UINT16_MAX;
    m.piece.type = (pq_type)(WEAKENED(RT_050) ? type % PQ_TYPES : type);
    m.piece.index = (uint16_t)index;
    m.n = (uint32_t)n;
    return m;
}

/* ---- 7.3 Sending ---- */

/* As long as the other may not know this ratchet, no key is mixed in: the index says so by being 0. */
static bool undecided(const pq_peer *p) { return p->least == PQ_V0 && !p->heard; }

verdict pq_send(pq_peer *p, const rt_world *w, span coins, writer *message, uint8_t key[32], size_t *n_key)
{
    pq_piece piece;
    pq_secret secret = {0};
    uint32_t n = 0;
    *n_key = 0;
    if (p->version == PQ_V0)
        return ACCEPT;
    must(coins.n == PQ_SEND_COINS);
    pq_braid_send(w->prim, &p->braid, coins.p, &piece, &secret);
    if (secret.there)
        DO(RT_047, pq_chain_add(w->prim, &p->chain, &secret));
    wipe(&secret, sizeof secret);
    if (!undecided(p)) {
        TRY(pq_chain_send(w->prim, &p->chain, EMIT_OR(RT_048, piece.epoch - 1, p->chain.sending), &n, key));
        *n_key = 32;
    }
    write_message(message, &piece, n);
    return ACCEPT;
}

/* ---- 7.4 Receiving ---- */

/* An absent message is version 0. */
static verdict fall_back(pq_peer *p)
{
    REQUIRE(p->version == PQ_V0 || undecided(p), RT_049);
    p->version = PQ_V0;
    return ACCEPT;
}

static verdict receive(pq_step *s, const pq_store *store, const rt_world *w, const parsed *m)
{
    pq_peer *p = &s->next;
    pq_secret secret = {0};
    TRY(pq_braid_receive(w->prim, &p->braid, &m->piece, &secret));
    if (secret.there)
        DO(RT_053, pq_chain_add(w->prim, &p->chain, &secret));
    wipe(&secret, sizeof secret);
    p->heard = true;
    if (m->n == 0) {
        REQUIRE(p->least == PQ_V0 && m->piece.epoch == 1, RT_052);
        return ACCEPT;
    }
    return pq_chain_receive(&p->chain, store, w, m->piece.epoch - 1, m->n, s);
}

static verdict prepare(pq_step *s, const pq_store *store, const rt_world *w, pb_bytes message)
{
    if (!message.has || message.v.n == 0)
        return fall_back(&s->next);
    if (s->next.version == PQ_V0)
        return ACCEPT;
    const parsed m = parse(message.v);
    REQUIRE(m.good, RT_050);
    REQUIRE(m.canonical || s->next.mode == RT_COMPAT, RT_051);
    return receive(s, store, w, &m);
}

verdict pq_prepare(const pq_peer *p, const pq_store *store, const rt_world *w, pb_bytes message, pq_step *s)
{
    memset(s, 0, sizeof *s);
    s->next = *p;
    const verdict v = prepare(s, store, w, message);
    if (!accepted(v))
        pq_abandon(s);
    return v;
}

void pq_commit(pq_peer *p, pq_store *store, const rt_world *w, pq_step *s)
{
    if (p->version == PQ_V1)
        pq_chain_commit(&s->next.chain, store, w, s);
    *p = s->next;
    pq_abandon(s);
}

void pq_abandon(pq_step *s) { wipe(s, sizeof *s); }

void pq_close(pq_peer *p, pq_store *store, const rt_policy *policy)
{
    if (store->slots)
        wipe(store->slots, PQ_EPOCHS * pq_lane(policy) * sizeof *store->slots);
    wipe(p, sizeof *p);
}
