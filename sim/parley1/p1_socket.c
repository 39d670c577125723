#include "p1_socket_parts.h"

#include <event2/event.h>

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

enum { SENT = P1_ATTEST_MAX + 65536 /* an attest in its records */ };

/* Of a mapping of its own, pages that are not used take no memory, and what was used goes back when the session ends; an allocator would zero what it
 * hands out again. */
static uint8_t *map_room(size_t n)
{
    void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED ? NULL : p;
}

bool p1_side_make(p1_socket_side *s, struct event_base *base, p1_on_timer *on_timer, void *ctx, size_t control)
{
    s->timer = event_new(base, -1, 0, on_timer, ctx);
    s->n_room = control + P1_MESSAGE_MAX + P1_RECORD_MAX + SENT;
    s->room = map_room(s->n_room);
    if (!s->room || !s->timer) {
        p1_side_free(s);
        return false;
    }
    s->storage = (p1_storage){.control = {.p = s->room, .cap = control},
                              .talk = {.p = s->room + control, .cap = P1_MESSAGE_MAX},
                              .plain = s->room + control + P1_MESSAGE_MAX};
    s->effects.bytes = writer_of(s->room + control + P1_MESSAGE_MAX + P1_RECORD_MAX, SENT);
    return true;
}

void p1_side_free(p1_socket_side *s)
{
    if (s->timer)
        event_free(s->timer);
    if (s->room)
        munmap(s->room, s->n_room);
    s->timer = NULL;
    s->room = NULL;
}

void p1_side_carry_out(p1_socket_side *s)
{
    for (size_t i = 0; i < s->effects.n_sends; i++)
        ws_send(s->w, true, p1_sends(&s->effects, i));
    if (s->effects.close)
        ws_close(s->w, s->effects.close, "");
}

struct event *p1_clock(struct event_base *base, p1_on_timer *on_second, void *ctx)
{
    return event_new(base, -1, EV_PERSIST, on_second, ctx);
}

void p1_clock_runs(struct event *clock, bool runs)
{
    const struct timeval second = {.tv_sec = 1};
    if (runs)
        event_add(clock, &second);
    else
        event_del(clock);
}

span p1_side_draws(p1_socket_side *s, coins *from)
{
    coins_draw(from, s->coins, sizeof s->coins);
    return SPAN(s->coins);
}

void p1_side_tells(const p1_socket_side *s, const p1_key_log *log, p1_secret_kind kind, span secret)
{
    if (log->put)
        log->put(log->ctx, s->session, kind, secret);
}

void p1_side_tells_dh(p1_socket_side *s, const p1_key_log *log, const prim_pair *own)
{
    if (all_zero(SPAN(own->share)) || memcmp(own->share, s->told, 32) == 0)
        return;
    memcpy(s->told, own->share, 32);
    p1_side_tells(s, log, P1_SECRET_RATCHET, SPAN(own->secret));
}

uint32_t p1_chance(coins *from)
{
    uint8_t bytes[4];
    coins_draw(from, bytes, sizeof bytes);
    reader r = reader_of(SPAN(bytes));
    return (uint32_t)read_be(&r, 4);
}

uint64_t p1_millis(void)
{
    struct timespec t;
    must(clock_gettime(CLOCK_MONOTONIC, &t) == 0);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

void p1_side_wakes_at(p1_socket_side *s, uint64_t due)
{
    const uint64_t now = p1_millis(), wait = due > now ? due - now : 0;
    const struct timeval t = {.tv_sec = (time_t)(wait / 1000), .tv_usec = (suseconds_t)(wait % 1000 * 1000)};
    event_add(s->timer, &t);
}

bool p1_keep(p1_kept *k, size_t cap)
{
    p1_kept_drop(k);
    k->p = malloc(cap);
    k->cap = k->p ? cap : 0;
    return k->p != NULL;
}

void p1_kept_drop(p1_kept *k)
{
    if (k->p)
        wipe(k->p, k->cap);
    free(k->p);
    *k = (p1_kept){0};
}
