#include "load_guest.h"
#include "confer_on_trust.h"

#include <event2/bufferevent.h>
#include <event2/event.h>

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { FLOOD = CF_RECORD_MAX + 1000, FLOOD_PIECE = 1000 };

double load_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static cf_world world_of(guest *g)
{
    guests *all = g->all;
    coins_draw(&all->coins, all->drawn, sizeof all->drawn);
    return (cf_world){.prim = &prim_sodium, .now = 0, .coins = SPAN(all->drawn), .storage = &g->storage, .policy = &on_trust};
}

static void send_records(guest *g)
{
    for (size_t i = 0; i < g->all->effects.n_records; i++)
        ws_send(g->conn, true, cf_record(&g->all->effects, i));
    if (g->all->effects.close)
        ws_close(g->conn, g->all->effects.close, "");
}

static void on_opened(void *ctx, ws *w)
{
    guest *g = ctx;
    g->conn = w;
    const cf_world world = world_of(g);
    cf_client_starts(&g->peer, &world, &g->all->effects);
    send_records(g);
}

static void note_first_token(guest *g)
{
    guests *all = g->all;
    if (g->asked_at > 0 && all->n_first_token < all->cap_first_token)
        all->first_token[all->n_first_token++] = load_now() - g->asked_at;
    g->asked_at = 0;
}

static void take_event(guest *g, const cf_event *e)
{
    if (e->kind == CF_OPENED) {
        g->open = true;
        g->all->open++;
    } else if (e->kind == CF_TOKEN) {
        note_first_token(g);
    } else if (e->kind == CF_ANSWERED) {
        g->pongs++;
        g->all->pongs++;
    } else if (e->kind == CF_COMPLETION) {
        g->streams++;
        g->all->streams++;
        if (g->all->streaming)
            guest_asks(g, "short");
    }
}

static void on_message(void *ctx, ws *w, bool binary, span message)
{
    guest *g = ctx;
    (void)w;
    const cf_world world = world_of(g);
    if (!binary || g->ended)
        return;
    cf_client_takes_message(&g->peer, &world, message, &g->all->effects);
    const cf_event event = g->all->effects.event;
    send_records(g);
    take_event(g, &event);
}

static void send_fragments(guest *g)
{
    uint8_t frame[7] = {0x00, 0x81};
    for (size_t i = 0; i < FLOOD_PIECE && g->flooding; i++, g->flooding--) {
        frame[0] = g->flooding == FLOOD ? 0x02 : 0x00; /* a binary message begins, and goes on */
        ws_send_raw(g->conn, SPAN(frame));
    }
}

static void on_drained(void *ctx, ws *w)
{
    guest *g = ctx;
    (void)w;
    if (g->flooding)
        send_fragments(g);
    if (g->deaf && g->next_id > 0)
        bufferevent_disable(g->bev, EV_READ);
}

static void on_closed(void *ctx, ws *w, const ws_end *end)
{
    guest *g = ctx;
    (void)w;
    cf_client_end(&g->peer, &g->storage);
    g->all->open -= g->open;
    g->all->ended++;
    g->open = false;
    g->ended = true;
    g->conn = NULL;
    g->end = *end;
    g->all->floods_refused += end->how == WS_CLOSED && end->code == CF_CANNOT_ACCEPT;
}

static const ws_callbacks callbacks = {.opened = on_opened, .message = on_message, .closed = on_closed, .drained = on_drained};

void guests_start(guests *all, struct event_base *base, unsigned port, span token)
{
    all->base = base;
    all->coins = coins_of_seed(EMPTY, "guests");
    all->effects.bytes = WRITER(all->room);
    all->pool = (cf_pool){.fresh = all->block, .n_fresh = CF_SESSION_BLOCKS};
    all->url = (ws_url){.host = "127.0.0.1", .port = port};
    snprintf(all->url.target, sizeof all->url.target, "/websocket?token=%.*s", (int)token.n, (const char *)token.p);
}

void guest_comes(guests *all, guest *g)
{
    const struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)all->url.port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    *g = (guest){.all = all, .storage = {.scratch = &all->scratch, .pool = &all->pool}, .deaf = g->deaf};
    g->bev = bufferevent_socket_new(all->base, -1, BEV_OPT_CLOSE_ON_FREE);
    must(g->bev);
    g->conn = ws_connect_on(all->base, g->bev, &all->url, &callbacks, g);
    if (bufferevent_socket_connect(g->bev, (const struct sockaddr *)&to, sizeof to) != 0)
        ws_cut(g->conn);
}

void guest_pings(guest *g)
{
    const cf_world world = world_of(g);
    if (!g->open)
        return;
    cf_client_pings(&g->peer, &world, g->next_id++, &g->all->effects);
    send_records(g);
}

void guest_asks(guest *g, const char *prompt)
{
    const cf_ask ask = {.prompt = span_text(prompt), .model = "m", .stream = true};
    const cf_world world = world_of(g);
    if (!g->open)
        return;
    g->asked_at = load_now();
    cf_client_chats(&g->peer, &world, g->next_id++, &ask, &g->all->effects);
    send_records(g);
}

void guest_floods(guest *g)
{
    g->flooding = FLOOD;
    send_fragments(g);
}

void guest_leaves(guest *g)
{
    if (g->conn && g->deaf)
        ws_cut(g->conn);
    else if (g->conn)
        ws_close(g->conn, 1000, "");
}
