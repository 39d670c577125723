/* What carrying the text over WebSockets adds to the text's own steps, for a session and for a request. */
#include "load_guest.h"
#include "confer_on_trust.h"
#include "server.h"
#include "speed_server.h"

#include <event2/event.h>

#include <stdio.h>
#include <stdlib.h>

enum { SESSIONS = 20, PINGS = 200 };

typedef struct ground {
    pack pack;
    prim_pair enclave;
    /* the text alone */
    cf_client client;
    cf_server server;
    cf_own_storage storage[2];
    cf_effects up, down;
    uint8_t room[2][CF_EFFECTS_ROOM], coins[2][CF_COINS];
    int64_t id;
    /* over WebSockets */
    struct event_base *base;
    sim_server *serving;
    ws_listener *listener;
    guests guests;
    guest guest, steady;
} ground;

static cf_world world_of(ground *g, int side)
{
    return (cf_world){.prim = &prim_sodium,
                      .now = g->pack.time,
                      .coins = SPAN(g->coins[side]),
                      .storage = cf_own(&g->storage[side]),
                      .token_key = g->pack.token_key,
                      .static_pair = &g->enclave,
                      .evidence = span_text(EVIDENCE_ON_TRUST),
                      .policy = &on_trust};
}

/* ---- the text alone ---- */

static void text_session(void *with)
{
    ground *g = with;
    const cf_world client = world_of(g, 0), server = world_of(g, 1);
    must(accepted(cf_server_admit(&g->server, &server, span_text(g->guests.url.target))));
    cf_client_starts(&g->client, &client, &g->up);
    must(accepted(cf_server_takes_message(&g->server, &server, cf_record(&g->up, 0), &g->down)));
    must(accepted(cf_client_takes_message(&g->client, &client, cf_record(&g->down, 0), &g->up)));
    must(accepted(cf_server_takes_message(&g->server, &server, cf_record(&g->up, 0), &g->down)));
}

static void text_ping(void *with)
{
    ground *g = with;
    const cf_world client = world_of(g, 0), server = world_of(g, 1);
    cf_client_pings(&g->client, &client, ++g->id, &g->up);
    must(accepted(cf_server_takes_message(&g->server, &server, cf_record(&g->up, 0), &g->down)));
    must(accepted(cf_client_takes_message(&g->client, &client, cf_record(&g->down, 0), &g->up)));
}

/* ---- over WebSockets ---- */

static void turn(ground *g) { must(event_base_loop(g->base, EVLOOP_ONCE) == 0); }

static void session(void *with)
{
    ground *g = with;
    guest_comes(&g->guests, &g->guest);
    while (!g->guest.open && !g->guest.ended)
        turn(g);
    must(g->guest.open);
    guest_leaves(&g->guest);
    while (!g->guest.ended)
        turn(g);
}

static void ping(void *with)
{
    ground *g = with;
    const uint32_t before = g->steady.pongs;
    guest_pings(&g->steady);
    while (g->steady.pongs == before && !g->steady.ended)
        turn(g);
    must(g->steady.pongs > before);
}

static void start(ground *g)
{
    pack_make(&g->pack, "confer", EMPTY, INT64_C(1767225600));
    prim_pair_of(&prim_sodium, g->pack.enclave_secret, &g->enclave);
    g->up.bytes = WRITER(g->room[0]);
    g->down.bytes = WRITER(g->room[1]);
    g->base = event_base_new();
    must(g->base);
    const server_setup setup = {.base = g->base,
                                .prim = &prim_sodium,
                                .pack = &g->pack,
                                .now = g->pack.time,
                                .coins = coins_of_seed(EMPTY, "speed"),
                                .model = script_model(&g->pack.file[PACK_SCRIPT]),
                                .evidence = span_text(EVIDENCE_ON_TRUST)};
    g->serving = server_start(&setup);
    must(g->serving);
    const ws_gate gate = server_gate(g->serving);
    g->listener = ws_listen(g->base, "127.0.0.1", 0, &gate);
    must(g->listener);
    guests_start(&g->guests, g->base, ws_listener_port(g->listener), g->pack.file[PACK_TOKEN]);
    guest_comes(&g->guests, &g->steady);
    while (!g->steady.open)
        turn(g);
}

void speed_of_server(speed *s, const prim_choice *unused, uint32_t rounds)
{
    static ground *g; /* as long as the program: rounds are played after this returns */
    (void)unused;
    g = g ? g : calloc(1, sizeof *g);
    must(g);
    if (!g->base)
        start(g);
    speed_start(s, "sessions and requests over WebSockets on the loopback, to the steps of the text alone; both sides, provider sodium",
                rounds);
    const int opening = speed_floor(s, "a session, the text alone", text_session, g, SESSIONS);
    speed_add(s, "a session: upgrade to close", session, g, SESSIONS, opening, 0);
    const int asking = speed_floor(s, "a ping, the text alone", text_ping, g, PINGS);
    speed_add(s, "a ping on an open session", ping, g, PINGS, asking, 0);
}
