#include "relay.h"
#include "no_memory.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { DELAY_MOST_US = 2000, WHOLE = 1 << 16 };

/* One direction of a connection: what came from one side and is not given to the other yet. */
typedef struct direction {
    struct wire *wire;
    unsigned from; /* index of the side */
    struct evbuffer *queue;
    struct event *timer;
    bool ended, told; /* that side sends no more; the other was told */
} direction;

typedef struct wire {
    relay *r;
    unsigned number;
    struct bufferevent *side[2]; /* who connected, the target */
    direction way[2];
    struct wire *next;
} wire;

struct relay {
    relay_plan plan;
    struct sockaddr_in target;
    struct evconnlistener *listener;
    unsigned connections;
    wire *first;
};

static uint32_t draw(relay *r, uint32_t below)
{
    uint8_t drawn[4];
    coins_draw(r->plan.chaos, drawn, sizeof drawn);
    return ((uint32_t)drawn[0] << 24 | (uint32_t)drawn[1] << 16 | (uint32_t)drawn[2] << 8 | drawn[3]) % below;
}

/* Often a few bytes, sometimes all that is there: both borders inside a frame's head and two messages at once have to be met. */
static size_t piece_of(relay *r, size_t n)
{
    static const uint32_t most[] = {1, 7, 100, 1500, WHOLE, WHOLE};
    if (!r->plan.chaos)
        return n;
    const size_t piece = 1 + draw(r, most[draw(r, sizeof most / sizeof *most)]);
    return piece < n ? piece : n;
}

/* ---- a connection's end ---- */

static void free_wire(wire *w)
{
    wire **at = &w->r->first;
    while (*at != w)
        at = &(*at)->next;
    *at = w->next;
    for (int i = 0; i < 2; i++) {
        bufferevent_free(w->side[i]);
        evbuffer_free(w->way[i].queue);
        event_free(w->way[i].timer);
    }
    free(w);
}

static size_t unsent(struct bufferevent *bev) { return evbuffer_get_length(bufferevent_get_output(bev)); }

/* Whether the wire still is there. */
static bool pass_end(direction *d)
{
    wire *w = d->wire;
    struct bufferevent *to = w->side[!d->from];
    if (d->ended && !d->told && !evbuffer_get_length(d->queue) && !unsent(to)) {
        shutdown(bufferevent_getfd(to), SHUT_WR);
        d->told = true;
    }
    if (!w->way[0].told || !w->way[1].told)
        return true;
    free_wire(w);
    return false;
}

/* ---- bytes ---- */

static void schedule(direction *d)
{
    const relay *r = d->wire->r;
    const struct timeval soon = {0, r->plan.chaos ? (long)draw(d->wire->r, DELAY_MOST_US) : 0};
    if (!evtimer_pending(d->timer, NULL))
        needs_memory(evtimer_add(d->timer, &soon) == 0);
}

/* Bytes that were lost here would be the other side's fault. */
static void give(direction *d, size_t n)
{
    needs_memory(evbuffer_remove_buffer(d->queue, bufferevent_get_output(d->wire->side[!d->from]), n) >= 0);
}

static void on_time(evutil_socket_t fd, short what, void *arg)
{
    direction *d = arg;
    wire *w = d->wire;
    (void)fd, (void)what;
    const size_t n = piece_of(w->r, evbuffer_get_length(d->queue));
    give(d, n);
    if (evbuffer_get_length(d->queue))
        schedule(d);
    else
        pass_end(d);
}

static void on_bytes(struct bufferevent *bev, void *arg)
{
    wire *w = arg;
    direction *d = &w->way[bev == w->side[1]];
    struct evbuffer *in = bufferevent_get_input(bev);
    const size_t n = evbuffer_get_length(in);
    if (w->r->plan.saw)
        w->r->plan.saw(w->r->plan.ctx, w->number, d->from == 0, span_of(or_stop(evbuffer_pullup(in, -1)), n));
    needs_memory(evbuffer_add_buffer(d->queue, in) == 0);
    if (w->r->plan.chaos)
        schedule(d);
    else
        give(d, n);
}

static void on_sent(struct bufferevent *bev, void *arg)
{
    wire *w = arg;
    pass_end(&w->way[bev != w->side[1]]);
}

static void on_event(struct bufferevent *bev, short what, void *arg)
{
    wire *w = arg;
    direction *d = &w->way[bev == w->side[1]];
    if (what & BEV_EVENT_CONNECTED)
        return;
    if (w->r->plan.saw)
        w->r->plan.saw(w->r->plan.ctx, w->number, d->from == 0, EMPTY);
    d->ended = true;
    if ((what & BEV_EVENT_ERROR) && w->r->plan.saw && !w->way[!d->from].ended)
        w->r->plan.saw(w->r->plan.ctx, w->number, d->from != 0, EMPTY);
    if (what & BEV_EVENT_ERROR)
        w->way[!d->from].ended = w->way[!d->from].told = true; /* nothing can be given to it any more */
    pass_end(d);
}

/* ---- connections ---- */

static void no_delay(struct bufferevent *bev)
{
    const int yes = 1;
    setsockopt(bufferevent_getfd(bev), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

static void on_accepted(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *from, int from_n, void *arg)
{
    relay *r = arg;
    wire *w = calloc(1, sizeof *w);
    (void)listener, (void)from, (void)from_n;
    needs_memory(w);
    *w = (wire){.r = r, .number = r->connections++, .next = r->first};
    r->first = w;
    w->side[0] = bufferevent_socket_new(r->plan.base, fd, BEV_OPT_CLOSE_ON_FREE);
    w->side[1] = bufferevent_socket_new(r->plan.base, -1, BEV_OPT_CLOSE_ON_FREE);
    needs_memory(w->side[0] && w->side[1]);
    for (unsigned i = 0; i < 2; i++) {
        w->way[i] = (direction){w, i, evbuffer_new(), evtimer_new(r->plan.base, on_time, &w->way[i]), false, false};
        needs_memory(w->way[i].queue && w->way[i].timer);
        bufferevent_setcb(w->side[i], on_bytes, on_sent, on_event, w);
        needs_memory(bufferevent_enable(w->side[i], EV_READ | EV_WRITE) == 0);
    }
    no_delay(w->side[0]);
    if (bufferevent_socket_connect(w->side[1], (struct sockaddr *)&r->target, sizeof r->target) == 0)
        no_delay(w->side[1]);
    else
        on_event(w->side[1], BEV_EVENT_ERROR, w);
}

static bool read_target(relay *r)
{
    char text[300];
    int n = sizeof r->target;
    snprintf(text, sizeof text, "%s:%u", strcmp(r->plan.host, "localhost") == 0 ? "127.0.0.1" : r->plan.host, r->plan.port);
    return evutil_parse_sockaddr_port(text, (struct sockaddr *)&r->target, &n) == 0 && r->target.sin_family == AF_INET;
}

relay *relay_start(const relay_plan *plan, unsigned port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    relay *r = calloc(1, sizeof *r);
    needs_memory(r);
    r->plan = *plan;
    if (read_target(r))
        r->listener = evconnlistener_new_bind(plan->base, on_accepted, r, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_REUSEABLE, 64,
                                              (struct sockaddr *)&at, sizeof at);
    needs_memory(!r->listener || evconnlistener_enable(r->listener) == 0);
    if (r->listener)
        return r;
    free(r);
    return NULL;
}

unsigned relay_port(const relay *r)
{
    struct sockaddr_in at = {0};
    socklen_t n = sizeof at;
    must(getsockname(evconnlistener_get_fd(r->listener), (struct sockaddr *)&at, &n) == 0);
    return ntohs(at.sin_port);
}

unsigned relay_open(const relay *r)
{
    unsigned n = 0;
    for (const wire *w = r->first; w; w = w->next)
        n++;
    return n;
}

void relay_free(relay *r)
{
    while (r->first)
        free_wire(r->first);
    evconnlistener_free(r->listener);
    free(r);
}
