/* Two sides of the Double Ratchet and the Sparse Post-Quantum Ratchet whose messages all pass as genuine: the input says who sends, what is lost, held,
 * repeated or changed by the other side itself. Whatever happens, the same message gives the same key on both sides, and what is refused leaves
 * no trace. Two bytes are one event. */
#include "fuzz_entry.h"
#include "spqr.h"

#include <string.h>

enum { KEPT = 40, HELD = 8 };

static const rt_policy policy = {"a", "b", "c", 60, KEPT, 3};

typedef struct side {
    rt_ratchet ratchet;
    rt_store store;
    pq_peer pq;
    pq_store pq_store;
    rt_skipped slots[3 * KEPT], pq_slots[PQ_EPOCHS * (KEPT + 1)];
} side;

typedef struct letter {
    bool there, honest;
    rt_header header;
    uint8_t seed[32], pq_key[32], pq[PQ_MESSAGE_MAX];
    size_t n_pq, n_key;
} letter;

static side sides[2];
static uint64_t drawn;

static void draw(uint8_t *out, size_t n)
{
    uint8_t block[64];
    drawn++;
    prim_digest(&prim_sodium, PRIM_SHA512, span_of(&drawn, sizeof drawn), block);
    memcpy(out, block, n);
}

static void start(rt_mode mode)
{
    uint8_t prekey[32] = {7}, share[32], auth[32] = {8}, coins[32];
    rt_agreed agreed;
    memset(&agreed, 9, sizeof agreed);
    memset(sides, 0, sizeof sides);
    drawn = 0;
    prim_sodium.x25519_public(prekey, share);
    for (int i = 0; i < 2; i++) {
        sides[i].store.slots = sides[i].slots;
        sides[i].pq_store.slots = sides[i].pq_slots;
        pq_start(&sides[i].pq, &prim_sodium, mode, PQ_V1, i == 0, auth);
    }
    draw(coins, 32);
    const rt_world w = {&prim_sodium, &policy, SPAN(coins)};
    must(accepted(rt_start_initiator(&sides[0].ratchet, &w, mode, &agreed, share)));
    rt_start_responder(&sides[1].ratchet, &w, mode, &agreed, prekey);
}

static letter send(int from)
{
    letter l = {.there = true, .honest = true};
    uint8_t coins[64];
    writer w = WRITER(l.pq);
    const rt_world world = {&prim_sodium, &policy, EMPTY};
    draw(coins, 64);
    must(accepted(rt_send(&sides[from].ratchet, &world, &l.header, l.seed)));
    must(accepted(pq_send(&sides[from].pq, &world, SPAN(coins), &w, l.pq_key, &l.n_key)));
    l.n_pq = w.n;
    return l;
}

static verdict prepare(const side *s, const rt_world *w, const letter *l, rt_step *step, pq_step *pq)
{
    TRY(rt_prepare(&s->ratchet, &s->store, w, &l->header, step));
    return pq_prepare(&s->pq, &s->pq_store, w, (pb_bytes){l->n_pq != 0, span_of(l->pq, l->n_pq)}, pq);
}

static void receive(int to, const letter *l)
{
    static rt_step step;
    static pq_step pq;
    static side before;
    uint8_t coins[32];
    side *s = &sides[to];
    draw(coins, 32);
    const rt_world w = {&prim_sodium, &policy, SPAN(coins)};
    memset(&step, 0, sizeof step), memset(&pq, 0, sizeof pq);
    before = *s;
    const bool took = accepted(prepare(s, &w, l, &step, &pq));
    must(memcmp(&before, s, sizeof before) == 0);
    /* The keys differ where the message was changed, or an old share was forgotten: a MAC would tell. */
    const bool same = took && memcmp(step.seed, l->seed, 32) == 0 && pq.n_key == l->n_key && memcmp(pq.key, l->pq_key, pq.n_key) == 0;
    if (took && (same || !l->honest)) {
        rt_commit(&s->ratchet, &s->store, &w, &step);
        pq_commit(&s->pq, &s->pq_store, &w, &pq);
    }
    rt_abandon(&step);
    pq_abandon(&pq);
}

/* What the other side itself could send instead. */
static void change(letter *l, uint8_t how)
{
    l->honest = false;
    if (how & 1)
        l->header.n += how >> 2;
    else if (how & 2)
        l->header.previous += how >> 2;
    else
        l->pq[how % l->n_pq] ^= (uint8_t)(1 + (how >> 3));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static letter held[2][HELD];
    if (n < 1 || n > 300)
        return 0;
    prim_start();
    memset(held, 0, sizeof held);
    start(data[0] & 1 ? RT_COMPAT : RT_STRICT);
    for (size_t i = 1; i + 1 < n; i += 2) {
        const int from = data[i] & 1;
        letter *slot = &held[from][data[i] >> 1 & 7], l = send(from);
        if (data[i] & 0x80)
            change(&l, data[i + 1]);
        if (data[i] & 0x40) /* later, or never */
            *slot = l;
        else if (data[i] & 0x20 && slot->there) /* an old one again */
            receive(!from, slot);
        else
            receive(!from, &l);
    }
    return 0;
}
