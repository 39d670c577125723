/* What a record of several sessions does (spec/profiles/signal, section 9). */
#include "chapter.h"
#include "signal_many.h"
#include "signal_record_checks.h"

#include <stdio.h>
#include <string.h>

enum { A, B, ROOM = 8192, OVER = SG_ARCHIVED_MAX + 1 };

typedef struct letter {
    uint8_t bytes[ROOM];
    size_t n;
    bool first;
} letter;

static many sides[2];
static const sg_settings settings = {RT_STRICT, PQ_V1, PQ_V1};

static void open_sides(const prim *p)
{
    for (int i = 0; i < 2; i++) {
        uint8_t coins[32];
        prim_digest(p, PRIM_SHA256, span_text(i == A ? "parley vectors: record A" : "parley vectors: record B"), coins);
        player_open(&sides[i].p, p, &settings, coins);
        sides[i].p.has_one_time = false;
        many_link(&sides[i]);
    }
}

static bool starts(int who)
{
    static player_bundle bundle;
    uint8_t coins[64] = {1}, kem_coins[64] = {2};
    player *p = &sides[who].p;
    player_world w;
    player_publish(&sides[!who].p, &bundle, coins, kem_coins);
    player_make_world(p, &w);
    player_draw(p, &w);
    p->calls++;
    return accepted(sg_record_initiate(&sides[who].record, &settings, &w.w, &bundle.b));
}

static bool sends(int who, letter *l)
{
    player *p = &sides[who].p;
    player_world w;
    sg_effects out = {.message = WRITER(l->bytes)};
    player_make_world(p, &w);
    player_draw(p, &w);
    p->calls++;
    l->first = sg_sends_first(&p->session);
    const bool sent = accepted(sg_record_send(&sides[who].record, &w.w, span_text("a word"), &out));
    l->n = out.message.n;
    return sent;
}

static verdict takes(int who, const letter *l)
{
    static uint8_t text[ROOM];
    player *p = &sides[who].p;
    player_world w;
    sg_effects out = {.text = WRITER(text)};
    player_make_world(p, &w);
    player_draw(p, &w);
    p->calls++;
    p->n_uses %= PLAYER_USES; /* which keys were used before is not what is looked at here */
    const verdict v = sg_record_receive(&sides[who].record, &settings, &w.w, l->first, span_of(l->bytes, l->n), &out);
    if (accepted(v))
        player_remember(p, &out);
    return v;
}

static bool opens(int who, const letter *l) { return accepted(takes(who, l)); }

static bool passes(int from)
{
    letter l;
    return sends(from, &l) && opens(!from, &l);
}

static bool is_current(const uint8_t base[32])
{
    return memcmp(sides[A].p.session.state.base, base, 32) == 0 && memcmp(sides[B].p.session.state.base, base, 32) == 0;
}

/* A session, a message of it that B has not yet seen, and then `newer` sessions. */
static bool held_back(const prim *p, letter *held, unsigned newer)
{
    open_sides(p);
    if (!starts(A) || !passes(A) || !passes(B) || !sends(A, held))
        return false;
    for (unsigned i = 0; i < newer; i++)
        if (!starts(A) || !passes(A))
            return false;
    return true;
}

/* SG-064, SG-066 */
bool record_archives(const prim *p)
{
    letter held;
    return held_back(p, &held, 1) && sides[A].record.n_archived == 1 && sides[B].record.n_archived == 1 && opens(B, &held);
}

/* SG-065: 40 newer sessions, and one more. */
bool record_keeps_40(const prim *p)
{
    letter held;
    if (!held_back(p, &held, SG_ARCHIVED_MAX) || sides[B].record.n_archived != SG_ARCHIVED_MAX || !opens(B, &held))
        return false;
    return held_back(p, &held, OVER) && sides[B].record.n_archived == SG_ARCHIVED_MAX && !opens(B, &held);
}

/* SG-066: both start at once; whose message comes first decides, and a message that was opened does not open again. */
bool record_converges(const prim *p)
{
    letter of_a, of_b;
    open_sides(p);
    if (!starts(A) || !starts(B) || !sends(A, &of_a) || !sends(B, &of_b) || !opens(B, &of_a) || !opens(A, &of_b))
        return false;
    for (int i = 0; i < 4; i++)
        if (!passes(i % 2))
            return false;
    uint8_t base[32];
    memcpy(base, sides[A].p.session.state.base, 32);
    return is_current(base) && !opens(B, &of_a) && !opens(A, &of_b) && passes(A) && passes(B) && is_current(base);
}

static size_t archived_bytes(const sg_record *r)
{
    size_t n = 0;
    for (unsigned i = 0; i < r->n_archived; i++)
        n += r->n[i];
    return n;
}

/* SG-067: the second message of a session that another has replaced. */
bool record_knows_its_keys(const prim *p)
{
    letter one, two;
    open_sides(p);
    if (!starts(A) || !sends(A, &one) || !sends(A, &two) || !opens(B, &one) || !starts(A) || !passes(A) || !opens(B, &two))
        return false;
    return sides[B].record.n_archived == 1;
}

/* What no session opens changes none of them. */
bool record_is_as_it_was(const prim *p)
{
    static uint8_t before[MANY_ROOM];
    letter held, later;
    if (!held_back(p, &held, 3) || !passes(B) || !sends(A, &later))
        return false;
    const size_t n = archived_bytes(&sides[B].record);
    memcpy(before, sides[B].archive, n);
    const rt_ratchet was = sides[B].p.session.state.ratchet, *is = &sides[B].p.session.state.ratchet;
    held.bytes[held.n - 1] ^= 1;
    later.bytes[later.n - 1] ^= 1;
    if (opens(B, &held) || opens(B, &later) || n != archived_bytes(&sides[B].record) || memcmp(before, sides[B].archive, n) != 0 ||
        memcmp(was.secret.root, is->secret.root, 32) != 0 || memcmp(was.secret.sending.key, is->secret.sending.key, 32) != 0 ||
        memcmp(was.secret.receiving[0].chain.key, is->secret.receiving[0].chain.key, 32) != 0)
        return false;
    held.bytes[held.n - 1] ^= 1;
    later.bytes[later.n - 1] ^= 1;
    return opens(B, &later) && opens(B, &held);
}
