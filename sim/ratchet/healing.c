#include "healing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SECOND = 1000000, /* of the world's time */
    EVENTS_LEAST = 40,
    EVENTS_MORE = 600, /* sendings and arrivals before the theft: 40 to 639 */
    BEFORE_MAX = EVENTS_LEAST + EVENTS_MORE,
    MESSAGE_MAX = 4096,
    BURST_MAX = 6,
};

const healing_case healing_cases[HEALING_CASES] = {
    {"v3, listens", CHAT_V3, false, true, 300, 150},
    {"v4 without SPQR, listens", CHAT_V4, false, true, 300, 150},
    {"v4 with SPQR, listens", CHAT_SPQR, false, true, 300, 150},
    {"v4 without SPQR, solves X25519", CHAT_V4, true, false, 300, 0},
    {"v4 with SPQR, solves X25519", CHAT_SPQR, true, true, 1200, 800},
};

static const world_link bad_link = {
    .delay = SECOND / 5, .jitter = 2 * SECOND, .loss = 100000, .duplicate = 20000, .reorder = 200000, .hold = (int64_t)120 * SECOND};

/* A message sent before the theft. */
typedef struct letter {
    uint8_t bytes[MESSAGE_MAX], share[32];
    size_t n;
    uint32_t number;
    bool first, received;
    int from;
} letter;

typedef struct run run;

typedef struct side {
    run *run;
    int me;
    unsigned node, burst;
    int64_t due;
    chat_device device;
} side;

struct run {
    const healing_case *how;
    chance chance;
    unsigned link;
    uint32_t events, theft_at, sent;
    bool stolen;
    int victim;
    side side[2];
    thief thief, probe;
    letter before[BEFORE_MAX];
    healing result;
};

static span text_of(uint32_t number, char room[64])
{
    snprintf(room, 64, "message %u of this conversation", number);
    return span_text(room);
}

/* ---- the theft ---- */

/* With a fresh copy for each: a wrong guess at one must not spoil the next. */
static void try_earlier(run *r, const letter *l)
{
    char room[64];
    thief_steals(&r->probe, &r->side[r->victim].device, r->how->solves_x25519);
    r->result.tried_before++;
    r->result.read_before += thief_reads(&r->probe, l->from == r->victim, l->first, span_of(l->bytes, l->n), text_of(l->number, room));
}

/* What is under way to the victim, under the other's present share: the thief has heard it and takes it in its order. */
static void take_under_way(run *r, const letter *l)
{
    char room[64];
    if (memcmp(l->share, r->side[!r->victim].device.session.state.ratchet.secret.own.share, 32) == 0)
        (void)thief_reads(&r->thief, false, l->first, span_of(l->bytes, l->n), text_of(l->number, room));
}

static void steal(run *r)
{
    r->stolen = true;
    r->result.before = r->sent;
    thief_steals(&r->thief, &r->side[r->victim].device, r->how->solves_x25519);
    for (uint32_t i = 0; i < r->sent; i++) {
        const letter *l = &r->before[i];
        if (l->from == r->victim || l->received)
            try_earlier(r, l);
        else
            take_under_way(r, l);
    }
}

static void count_event(run *r)
{
    r->events++;
    if (!r->stolen && r->events >= r->theft_at && chat_ready(&r->side[0].device) && chat_ready(&r->side[1].device))
        steal(r);
}

static void listen(run *r, const letter *l, span text)
{
    r->result.after++;
    if (thief_reads(&r->thief, l->from == r->victim, l->first, span_of(l->bytes, l->n), text)) {
        r->result.read++;
        r->result.last = r->result.after;
    }
}

/* ---- the conversation ---- */

/* A few messages in quick succession, then a long pause; neither waits for the other. */
static int64_t pause(side *s)
{
    if (s->burst == 0) {
        s->burst = 1 + (unsigned)chance_below(&s->run->chance, BURST_MAX);
        return (int64_t)(60 + chance_below(&s->run->chance, 3600)) * SECOND;
    }
    return (int64_t)(1 + chance_below(&s->run->chance, 20)) * SECOND;
}

static void write_letter(side *s, letter *l, span text)
{
    writer w = WRITER(l->bytes);
    l->from = s->me;
    l->number = s->run->sent;
    memcpy(l->share, s->device.session.state.ratchet.secret.own.share, 32);
    l->first = chat_send(&s->device, text, &w);
    l->n = w.n;
}

static void on_run(void *ctx, world *w)
{
    side *s = ctx;
    run *r = s->run;
    char room[64];
    uint8_t frame[MESSAGE_MAX + 5];
    writer out = WRITER(frame);
    letter later, *l = r->stolen ? &later : &r->before[r->sent];
    const span text = text_of(r->sent, room);
    must(r->stolen || r->sent < BEFORE_MAX);
    l->received = false;
    write_letter(s, l, text);
    if (r->stolen)
        listen(r, l, text);
    write_be(&out, l->number, 4);
    write_be(&out, l->first, 1);
    write_span(&out, span_of(l->bytes, l->n));
    world_send(w, s->node, r->link, written(&out));
    r->sent++;
    s->burst--;
    s->due = world_now(w) + pause(s);
    count_event(r);
}

static int64_t on_next(void *ctx)
{
    const side *s = ctx;
    const bool over = s->run->result.after >= s->run->how->after;
    return over || !chat_ready(&s->device) ? WORLD_NEVER_DUE : s->due;
}

/* What arrives for the first time opens to the one it is for, as it was written; a copy of it does not open again. */
static void on_deliver(void *ctx, world *w, unsigned link, span bytes)
{
    side *s = ctx;
    run *r = s->run;
    char room[64];
    uint8_t plain[256];
    writer text = WRITER(plain);
    reader in = reader_of(bytes);
    const uint32_t number = (uint32_t)read_be(&in, 4);
    const bool first = read_be(&in, 1);
    (void)w, (void)link;
    if (accepted(chat_receive(&s->device, first, in.rest, &text))) {
        must(span_same(written(&text), text_of(number, room)));
        if (!r->stolen)
            r->before[number].received = true;
    }
    count_event(r);
}

static void start(run *r, const prim *p, world *w)
{
    uint8_t secret[32];
    r->chance = world_chance(w, "conversation");
    r->theft_at = EVENTS_LEAST + (uint32_t)chance_below(&r->chance, EVENTS_MORE);
    r->victim = (int)chance_below(&r->chance, 2);
    for (int i = 0; i < 2; i++) {
        side *s = &r->side[i];
        s->run = r;
        s->me = i;
        chance_bytes(&r->chance, secret, sizeof secret);
        chat_open(&s->device, p, r->how->kind, secret);
        s->due = pause(s);
        s->node = world_add(w, &(world_node){s, on_deliver, on_next, on_run});
    }
    r->link = world_join(w, r->side[0].node, r->side[1].node, &bad_link);
    chat_initiate(&r->side[0].device, &r->side[1].device);
}

healing healing_run(const prim *p, const healing_case *how, uint32_t seed)
{
    char name[32];
    run *r = calloc(1, sizeof *r);
    must(r);
    snprintf(name, sizeof name, "healing %u", seed);
    world *w = world_new(p, span_text(name), 0);
    r->how = how;
    start(r, p, w);
    must(world_run(w, INT64_MAX, UINT32_MAX) == WORLD_QUIET);
    r->result.link = world_counts(w, r->link);
    const healing result = r->result;
    world_free(w);
    free(r);
    return result;
}
