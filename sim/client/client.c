#include "big_room.h"
#include "client.h"

#include <event2/bufferevent.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sim_client {
    client_setup setup;
    ws *ws;
    cf_client peer;
    cf_effects effects;
    cf_own_storage *memory;
    uint8_t coins[CF_COINS];
    uint8_t *room;
    cf_policy policy;
    cf_collateral collateral;
    verdict refused;
    bool closing;
};

static cf_world world_of(sim_client *c)
{
    static tl_sigstore *sigstore; /* one thread */
    coins_draw(&c->setup.coins, c->coins, sizeof c->coins);
    return (cf_world){.prim = c->setup.prim,
                      .now = c->setup.now,
                      .coins = SPAN(c->coins),
                      .storage = cf_own(c->memory),
                      .policy = &c->policy,
                      .collateral = &c->collateral,
                      .sigstore = BIG_ROOM(sigstore)};
}

static void carry_out(sim_client *c)
{
    for (size_t i = 0; i < c->effects.n_records; i++)
        ws_send(c->ws, true, cf_record(&c->effects, i));
    if (c->effects.close)
        ws_close(c->ws, c->effects.close, c->effects.reason ? c->effects.reason : "");
}

static void on_opened(void *ctx, ws *w)
{
    sim_client *c = ctx;
    c->ws = w;
    ws_waits_for(w, WI_WAIT_SESSION);
    const cf_world world = world_of(c);
    cf_client_starts(&c->peer, &world, &c->effects);
    if (c->setup.on->began)
        c->setup.on->began(c->setup.ctx, &c->peer.noise);
    carry_out(c);
}

/* The sentence that a message broke: by it the session ends, or at least the answer is worth nothing. What is only passed over breaks nothing. */
static void note_refusal(sim_client *c, verdict v)
{
    if (accepted(v) && c->effects.event.kind == CF_FAILED)
        v = (verdict){c->effects.refused};
    if (!accepted(v) && accepted(c->refused))
        c->refused = v;
}

static bool on_expected(void *ctx, ws *w, uint64_t n)
{
    sim_client *c = ctx;
    (void)w;
    const cf_world world = world_of(c);
    const verdict v = cf_client_expects(&c->peer, &world, n, &c->effects);
    note_refusal(c, v);
    carry_out(c);
    return accepted(v);
}

static void on_message(void *ctx, ws *w, bool binary, span message)
{
    sim_client *c = ctx;
    const cf_world world = world_of(c);
    verdict v = binary ? cf_client_takes_message(&c->peer, &world, message, &c->effects)
                       : cf_client_takes_text(&c->peer, &world, message, &c->effects);
    const cf_event event = c->effects.event;
    note_refusal(c, v);
    carry_out(c);
    if (!accepted(v))
        return;
    if (event.kind == CF_OPENED)
        ws_waits_for(w, WI_WAIT_MESSAGE);
    if (event.kind == CF_OPENED)
        c->setup.on->opened(c->setup.ctx, c);
    else if (event.kind != CF_NO_EVENT)
        c->setup.on->event(c->setup.ctx, c, &event);
}

/* An answer to the upgrade that is none, or a frame: the client's refusal. Another status than 101 is the server's. */
static void note_refused_wire(sim_client *c, const ws_end *end)
{
    const bool servers_own = end->refused.req == REQ_WI_022 && end->status > 0 && end->status != 101;
    if (!servers_own && accepted(c->refused))
        c->refused = end->refused;
}

static client_outcome outcome_of(const sim_client *c, const ws_end *end)
{
    if (!accepted(c->refused))
        return CLIENT_REFUSED;
    if (end->how == WS_REFUSED)
        return CLIENT_UNREACHABLE;
    return c->closing ? CLIENT_FINISHED : CLIENT_CUT;
}

static void client_free(sim_client *c)
{
    wipe(c->coins, sizeof c->coins);
    wipe(&c->setup.coins, sizeof c->setup.coins);
    free(c->memory);
    free(c->room);
    free(c);
}

static void on_closed(void *ctx, ws *w, const ws_end *end)
{
    sim_client *c = ctx;
    (void)w;
    verdict v = cf_client_end(&c->peer, cf_own(c->memory));
    if (c->closing)
        note_refusal(c, v);
    note_refused_wire(c, end);
    const client_end told = {outcome_of(c, end), c->refused, *end};
    c->setup.on->ended(c->setup.ctx, &told);
    client_free(c);
}

static const ws_callbacks callbacks = {.opened = on_opened, .message = on_message, .closed = on_closed, .expects = on_expected};

/* NULL: there is no memory. */
static sim_client *client_make(const client_setup *setup)
{
    sim_client *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    c->setup = *setup;
    c->memory = calloc(1, sizeof *c->memory);
    c->room = malloc(CF_EFFECTS_ROOM);
    if (!c->memory || !c->room) {
        client_free(c);
        return NULL;
    }
    c->effects.bytes = writer_of(c->room, CF_EFFECTS_ROOM);

    c->policy = pack_policy(setup->pack);
    c->collateral = pack_collateral(setup->pack);
    return c;
}

/* A token in the URL is the caller's; otherwise the pack's goes there. */
static bool add_token(const pack *p, ws_url *url)
{
    span token = p->file[PACK_TOKEN];
    size_t n = strlen(url->target);
    if (strstr(url->target, "token="))
        return true;
    return (size_t)snprintf(url->target + n, sizeof url->target - n, "%ctoken=%.*s", strchr(url->target, '?') ? '&' : '?', (int)token.n,
                            (const char *)token.p) < sizeof url->target - n;
}

static sim_client *client_gives_up(sim_client *c)
{
    if (c)
        client_free(c);
    return NULL;
}

sim_client *client_start(const client_setup *setup, const char *text, char *why, size_t n_why)
{
    ws_url url;
    if (!ws_url_read(text, &url) || !add_token(setup->pack, &url)) {
        snprintf(why, n_why, "%s: is not ws://HOST[:PORT]/PATH", text);
        return NULL;
    }
    sim_client *c = client_make(setup);
    if (!c || !(c->ws = ws_connect(setup->base, &url, &callbacks, c))) {
        snprintf(why, n_why, "out of memory");
        return client_gives_up(c);
    }
    return c;
}

sim_client *client_start_on(const client_setup *setup, struct bufferevent *bev, const ws_url *to)
{
    ws_url url = *to;
    sim_client *c = client_make(setup);
    must(add_token(setup->pack, &url));
    if (!c)
        bufferevent_free(bev);
    else
        c->ws = ws_connect_on(setup->base, bev, &url, &callbacks, c);
    return c && c->ws ? c : client_gives_up(c);
}

void client_chats(sim_client *c, int64_t id, const cf_ask *ask)
{
    const cf_world world = world_of(c);
    cf_client_chats(&c->peer, &world, id, ask, &c->effects);
    carry_out(c);
}

void client_pings(sim_client *c, int64_t id)
{
    const cf_world world = world_of(c);
    cf_client_pings(&c->peer, &world, id, &c->effects);
    carry_out(c);
}

void client_closes(sim_client *c)
{
    c->closing = true;
    ws_close(c->ws, cf_client_leaves(), "");
}

void client_forgives(sim_client *c) { c->refused = ACCEPT; }

const cf_appraisal *client_appraisal(const sim_client *c) { return &c->peer.appraisal; }
