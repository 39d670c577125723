#include "p1_socket.h"

#include <stdlib.h>
#include <string.h>

enum { SENT = 1 << 18 };

/* ---- what both sides carry out ---- */

typedef struct side {
    ws *w;
    p1_storage storage;
    p1_effects effects;
    uint8_t *room; /* one allocation: control, talk, plain, sent */
    uint8_t coins[P1_COINS];
} side;

static bool side_make(side *s, size_t control)
{
    s->room = calloc(1, control + P1_MESSAGE_MAX + P1_RECORD_MAX + SENT);
    if (!s->room)
        return false;
    s->storage = (p1_storage){.control = {.p = s->room, .cap = control},
                              .talk = {.p = s->room + control, .cap = P1_MESSAGE_MAX},
                              .plain = s->room + control + P1_MESSAGE_MAX};
    s->effects.bytes = writer_of(s->room + control + P1_MESSAGE_MAX + P1_RECORD_MAX, SENT);
    return true;
}

static void carry_out(side *s)
{
    for (size_t i = 0; i < s->effects.n_sends; i++)
        ws_send(s->w, true, p1_sends(&s->effects, i));
    if (s->effects.close)
        ws_close(s->w, s->effects.close, "");
}

static span draw(side *s, coins *from)
{
    coins_draw(from, s->coins, sizeof s->coins);
    return SPAN(s->coins);
}

/* ---- the host ---- */

struct p1_host {
    p1_host_setup setup;
    verdict refused;
    uint16_t versions[1];
    span names[1];
    p1_served served;
};

typedef struct conn {
    p1_host *host;
    side side;
    p1_enclave enclave;
    in_enclave order;
} conn;

static p1_enclave_world enclave_world(conn *c)
{
    service *world = c->host->setup.world;
    return (p1_enclave_world){.prim = world->prim,
                              .now = *c->host->setup.now,
                              .coins = draw(&c->side, &c->host->setup.coins),
                              .s = &world->s,
                              .served = &c->host->served,
                              .claims = span_text(world->claims),
                              .levels = 1u << 0 | 1u << 2 | 1u << 3,
                              .storage = &c->side.storage};
}

/* The simulated hardware signs over the binder that the text asked for. */
static void fetch_report(conn *c, const uint8_t binder[P1_BINDER])
{
    static uint8_t attest[SERVICE_ATTEST];
    service *world = c->host->setup.world;
    service_evidence e;
    writer w = WRITER(attest);
    world->now = *c->host->setup.now;
    service_honest_evidence(world, 0, c->enclave.x, &e);
    memcpy(e.binder[e.index], binder, P1_BINDER);
    service_bind(world, &e);
    e.fields.report_data = SPAN(e.report_data);
    service_write_attest(world, &e, &w);
    const p1_enclave_world lent = enclave_world(c);
    p1_enclave_reports(&c->enclave, &lent, written(&w), &c->side.effects);
    carry_out(&c->side);
}

static void send_talk(conn *c, span message)
{
    const p1_enclave_world lent = enclave_world(c);
    p1_enclave_sends(&c->enclave, &lent, message, &c->side.effects);
    carry_out(&c->side);
}

static void send_error(conn *c, uint32_t id, in_code code)
{
    uint8_t room[16];
    writer w = WRITER(room);
    in_write_error(id, code, &w);
    send_talk(c, written(&w));
    in_enclave_ends(&c->order);
}

static span last_text(const in_request *r)
{
    reader messages = reader_of(r->messages);
    uint64_t role;
    span text = EMPTY, found = EMPTY;
    while (in_next_text(&messages, &role, &text))
        found = text;
    return found;
}

static void claimed_model(const service *world, uint8_t model[P1_DIGEST])
{
    p1_claims claims;
    must(accepted(p1_read_claims(span_text(world->claims), &claims)));
    memcpy(model, claims.model, P1_DIGEST);
}

/* One chunk and the end, with what com commits to. */
static void answer(conn *c, const in_request *r, const uint8_t kturn[P1_KEY])
{
    uint8_t text[P1_SOCKET_ANSWER], room[P1_SOCKET_ANSWER + 128], model[P1_DIGEST], com[P1_DIGEST];
    const prim *p = c->host->setup.world->prim;
    writer said = WRITER(text), w = WRITER(room);
    in_turn turn = {.request = *r, .model = SPAN(model)};
    c->host->setup.answer(c->host->setup.ctx, last_text(r), &said);
    claimed_model(c->host->setup.world, model);
    memcpy(turn.kturn, kturn, IN_KEY);
    in_turn_com(p, &turn, written(&said), 0, com);
    wipe(&turn, sizeof turn);
    in_write_chunk((uint32_t)r->id, 0, written(&said), &w);
    send_talk(c, written(&w));
    w = WRITER(room);
    const in_end end = {.type = IN_TYPE_END, .id = r->id, .seq = 1, .finish = 0, .prompt = 1, .output = 1, .com = SPAN(com)};
    in_write_end(&end, &w);
    send_talk(c, written(&w));
    in_enclave_ends(&c->order);
}

static void take_request(conn *c, const in_request *r, bool stale, const uint8_t kturn[P1_KEY])
{
    const verdict v = in_judge_request(r);
    if (stale)
        send_error(c, (uint32_t)r->id, IN_STALE);
    else if (!accepted(v))
        send_error(c, (uint32_t)r->id, in_error_for(v));
    else
        answer(c, r, kturn);
}

/* The order of talk is chapter inference's; its refusals close as all others do. */
static verdict take_talk(conn *c, span message, bool stale, const uint8_t kturn[P1_KEY])
{
    in_message m;
    bool stops = false;
    TRY(in_read_message(message, &m));
    TRY(in_enclave_takes(&c->order, &m, &stops));
    if (m.type == IN_TYPE_REQUEST)
        take_request(c, &m.as.request, stale, kturn);
    return ACCEPT;
}

static void refuse(conn *c, verdict v)
{
    c->host->refused = v;
    if (c->enclave.phase == P1_CLOSED)
        return;
    p1_enclave_close(&c->enclave, &c->side.storage);
    ws_close(c->side.w, p1_refusal(), "");
}

static void host_message(void *ctx, ws *w, bool binary, span message)
{
    conn *c = ctx;
    c->side.w = w;
    if (c->enclave.phase == P1_CLOSED)
        return;
    const p1_enclave_world lent = enclave_world(c);
    verdict v = p1_enclave_takes(&c->enclave, &lent, binary ? message : EMPTY, &c->side.effects);
    const p1_effects out = c->side.effects;
    carry_out(&c->side);
    if (accepted(v) && out.event == P1_WANTS_REPORT)
        fetch_report(c, out.binder);
    if (accepted(v) && (out.event == P1_TOKEN_CAME || out.event == P1_TALK_CAME))
        v = take_talk(c, out.message, out.stale, out.turn);
    if (!accepted(v))
        refuse(c, v);
}

static void host_opened(void *ctx, ws *w)
{
    conn *c = ctx;
    c->side.w = w;
    const p1_enclave_world lent = enclave_world(c);
    p1_enclave_start(&c->enclave, &lent);
}

static void host_closed(void *ctx, ws *w, const ws_end *end)
{
    conn *c = ctx;
    (void)w;
    (void)end;
    p1_enclave_close(&c->enclave, &c->side.storage);
    free(c->side.room);
    wipe(c, sizeof *c);
    free(c);
}

static bool host_expects(void *ctx, ws *w, uint64_t n)
{
    conn *c = ctx;
    if (n <= P1_RECORD_MAX)
        return true;
    c->side.w = w;
    refuse(c, REJECT(P1_103));
    return false;
}

static unsigned admit(void *ctx, span target, const ws_callbacks **callbacks, void **made)
{
    static const ws_callbacks of_host = {.opened = host_opened, .message = host_message, .closed = host_closed, .expects = host_expects};
    if (!span_is(target, P1_TARGET))
        return 404;
    conn *c = calloc(1, sizeof *c);
    if (!c || !side_make(&c->side, P1_ENCLAVE_CONTROL)) {
        free(c);
        return 503;
    }
    c->host = ctx;
    *callbacks = &of_host;
    *made = c;
    return 101;
}

p1_host *p1_host_start(const p1_host_setup *setup)
{
    p1_host *h = calloc(1, sizeof *h);
    if (!h)
        return NULL;
    h->setup = *setup;
    h->versions[0] = P1_VERSION;
    h->names[0] = span_text(setup->world->name);
    h->served = (p1_served){h->versions, 1, h->names, 1};
    return h;
}

ws_gate p1_host_gate(p1_host *h) { return (ws_gate){.admit = admit, .ctx = h}; }
verdict p1_host_refused(const p1_host *h) { return h->refused; }

void p1_host_stop(p1_host *h)
{
    wipe(&h->setup.coins, sizeof h->setup.coins);
    free(h);
}

/* ---- the guest ---- */

struct p1_guest {
    p1_guest_setup setup;
    side side;
    p1_client client;
    verdict refused;
    size_t asked, answered;
    in_client turn;
    uint8_t request[2 * P1_SOCKET_ANSWER], answer[P1_SOCKET_ANSWER], log[TL_ROOM];
    size_t n_request;
};

static p1_client_world client_world(p1_guest *g)
{
    return (p1_client_world){.prim = g->setup.prim,
                             .now = *g->setup.now,
                             .coins = draw(&g->side, &g->setup.coins),
                             .policy = g->setup.policy,
                             .memory = g->setup.memory,
                             .room = WRITER(g->log),
                             .storage = &g->side.storage};
}

static verdict guest_sends(p1_guest *g, span message)
{
    const p1_client_world lent = client_world(g);
    const verdict v = p1_client_sends(&g->client, &lent, message, &g->side.effects);
    if (accepted(v))
        carry_out(&g->side);
    return v;
}

static void send_token(p1_guest *g)
{
    uint8_t room[8];
    writer w = WRITER(room);
    const in_admission none = {.type = IN_TYPE_TOKEN};
    in_write_admission(&none, &w);
    must(accepted(guest_sends(g, written(&w))));
}

static void ask(p1_guest *g)
{
    static const uint8_t zeros[32];
    uint8_t texts[P1_SOCKET_ANSWER + 16], parameters[64];
    writer row = WRITER(texts), p = WRITER(parameters), w = WRITER(g->request);
    const in_parameters chosen = {.temperature = 1000, .top_p = 65535, .penalty = 1000};
    in_write_parameters(&chosen, &p);
    in_write_text(IN_USER, span_text(g->setup.questions[g->asked++]), &row);
    const in_request r = {.type = IN_TYPE_REQUEST,
                          .id = g->asked,
                          .seed = span_of(zeros, 32),
                          .parameters = written(&p),
                          .n_messages = 1,
                          .messages = written(&row)};
    in_message read;
    in_write_request(&r, &w);
    must(writer_ok(&w) && accepted(guest_sends(g, written(&w))));
    g->n_request = w.n;
    must(accepted(in_read_message(written(&w), &read)));
    in_client_asks(&g->turn, g->side.effects.turn, &read.as.request, SPAN(g->client.appraisal.model), WRITER(g->answer));
}

static void go_on(p1_guest *g)
{
    if (!g->setup.questions[g->asked]) {
        ws_close(g->side.w, 1000, "");
        return;
    }
    if (!g->setup.steps || g->asked == 0) {
        ask(g);
        return;
    }
    *g->setup.now += P1_STEP_PAUSE;
    const p1_client_world lent = client_world(g);
    p1_client_steps(&g->client, &lent, &g->side.effects);
    carry_out(&g->side);
}

static verdict take_answer(p1_guest *g, span message)
{
    in_message m;
    TRY(in_read_message(message, &m));
    TRY(in_client_takes(&g->turn, g->setup.prim, &m));
    if (m.type != IN_TYPE_END)
        return ACCEPT;
    g->answered++;
    g->setup.on->answered(g->setup.ctx, written(&g->turn.answer));
    go_on(g);
    return ACCEPT;
}

static void verified(p1_guest *g)
{
    const uint32_t epoch = g->client.epochs.now.epoch;
    g->setup.on->verified(g->setup.ctx, epoch, &g->client.appraisal);
    if (epoch == 0)
        send_token(g);
    if (!g->setup.questions[g->asked])
        go_on(g);
    else if (epoch == 0 || g->setup.steps)
        ask(g);
}

static void guest_message(void *ctx, ws *w, bool binary, span message)
{
    p1_guest *g = ctx;
    (void)w;
    if (g->client.phase == P1_CLOSED)
        return;
    const p1_client_world lent = client_world(g);
    verdict v = p1_client_takes(&g->client, &lent, binary ? message : EMPTY, &g->side.effects);
    const p1_effects out = g->side.effects;
    carry_out(&g->side);
    if (accepted(v) && out.event == P1_VERIFIED)
        verified(g);
    if (accepted(v) && out.event == P1_TALK_CAME)
        v = take_answer(g, out.message);
    if (accepted(v))
        return;
    g->refused = v;
    if (g->client.phase != P1_CLOSED)
        ws_close(g->side.w, p1_refusal(), "");
    p1_client_close(&g->client, &g->side.storage);
}

static void guest_opened(void *ctx, ws *w)
{
    p1_guest *g = ctx;
    g->side.w = w;
    const p1_client_world lent = client_world(g);
    p1_client_start(&g->client, &lent, span_text(g->setup.name), &g->side.effects);
    carry_out(&g->side);
}

static void guest_free(p1_guest *g)
{
    free(g->side.room);
    wipe(g, sizeof *g);
    free(g);
}

static void guest_closed(void *ctx, ws *w, const ws_end *end)
{
    p1_guest *g = ctx;
    (void)w;
    const p1_guest_end told = {g->refused, *end, g->client.epochs.now.epoch, !g->setup.questions[g->answered] && accepted(g->refused)};
    p1_client_close(&g->client, &g->side.storage);
    g->setup.on->ended(g->setup.ctx, &told);
    guest_free(g);
}

p1_guest *p1_guest_start(const p1_guest_setup *setup, const ws_url *url)
{
    static const ws_callbacks of_guest = {.opened = guest_opened, .message = guest_message, .closed = guest_closed};
    p1_guest *g = calloc(1, sizeof *g);
    if (!g || !side_make(&g->side, P1_CLIENT_CONTROL)) {
        free(g);
        return NULL;
    }
    g->setup = *setup;
    g->side.w = ws_connect(setup->base, url, &of_guest, g);
    if (!g->side.w) {
        guest_free(g);
        return NULL;
    }
    return g;
}
