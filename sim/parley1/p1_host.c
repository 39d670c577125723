#include "p1_socket_parts.h"

#include <event2/event.h>

#include <stdlib.h>
#include <string.h>

enum { ANSWER_MAX = MODEL_CONTEXT_MAX * BPE_PIECE, MESSAGE_MAX = IN_OPENING_MAX + 512 };

typedef struct conn conn;

static void close_with(ws *w, uint16_t code) { ws_close(w, code, ""); }
static bool may_come(uint64_t n) { return n <= P1_RECORD_MAX; }

static const p1_host_steps steps_of_the_text = {p1_enclave_takes, p1_enclave_reports, p1_enclave_sends_part,
                                                p1_enclave_hears, close_with,         may_come};

struct p1_host {
    p1_host_setup setup;
    const p1_host_steps *by;
    conn *first;         /* of its connections */
    size_t waiting;      /* of them, between the upgrade and start */
    struct event *clock; /* runs while there are any */
    bool leaving;
    verdict refused;
    uint16_t versions[1];
    span names[1];
    p1_served served;
    p1_claims claims;
};

struct conn {
    p1_host *host;
    conn *next, *before;
    bool waits; /* counted as waiting */
    p1_socket_side side;
    p1_enclave enclave;
    p1_listening listening;
    bool admitted;
    bool wants_report; /* held back until no message is cut in two */
    uint8_t binder[P1_BINDER];
    /* the turn */
    bool answering, runs, last; /* until our bucket is full; while the model has more; the message is an end or error */
    bool stale;
    void *model;
    in_turn turn; /* its request borrows from `request` */
    uint32_t seq;
    size_t at; /* of the message: what has gone */
    p1_kept request, answer, message;
    p1_outgoing out;
};

/* Draws nothing: how often a clock is looked at must not change what is drawn. */
static p1_enclave_world world_without_coins(conn *c)
{
    service *world = c->host->setup.world;
    return (p1_enclave_world){.prim = world->prim,
                              .now = *c->host->setup.now,
                              .s = &world->s,
                              .served = &c->host->served,
                              .claims = span_text(world->claims),
                              .levels = c->host->claims.levels,
                              .storage = &c->side.storage};
}

static p1_enclave_world enclave_world(conn *c)
{
    p1_enclave_world w = world_without_coins(c);
    w.coins = p1_side_draws(&c->side, &c->host->setup.coins);
    return w;
}

static void carry_out(conn *c)
{
    const p1_host_setup *setup = &c->host->setup;
    for (size_t i = 0; setup->tap && i < c->side.effects.n_sends; i++)
        setup->tap(setup->ctx, true, p1_sends(&c->side.effects, i));
    p1_side_tells_dh(&c->side, &setup->key_log, &c->enclave.epochs.now.secret.own);
    const uint16_t close = c->side.effects.close;
    c->side.effects.close = 0;
    p1_side_carry_out(&c->side);
    if (close)
        c->host->by->closes(c->side.w, close);
}

/* What the enclave has drawn when a report is asked for: the second part of its coins is R's secret, the fourth (the third in a step) is m. */
static void tell_draws(conn *c, span coins)
{
    const p1_key_log *log = &c->host->setup.key_log;
    const bool first = c->enclave.phase == P1_PROVING;
    if (first) {
        memcpy(c->side.session, c->enclave.noise.re, sizeof c->side.session);
        p1_side_tells(&c->side, log, P1_SECRET_STATIC, SPAN(c->host->setup.world->s.secret));
        p1_side_tells(&c->side, log, P1_SECRET_EPHEMERAL, span_of(coins.p + 64, 32));
    }
    p1_side_tells(&c->side, log, P1_SECRET_RATCHET, span_of(coins.p + 32, 32));
    p1_side_tells(&c->side, log, P1_SECRET_KEM, span_of(coins.p + (first ? 96 : 64), 32));
}

/* ---- evidence ---- */

/* The simulated hardware signs over the binder that the text asked for. */
static void fetch_report(conn *c)
{
    static uint8_t attest[SERVICE_ATTEST];
    service *world = c->host->setup.world;
    service_evidence e;
    writer w = WRITER(attest);
    world->now = *c->host->setup.now;
    service_honest_evidence(world, 0, c->enclave.x, &e);
    memcpy(e.binder[e.index], c->binder, P1_BINDER);
    service_bind(world, &e);
    e.fields.report_data = SPAN(e.report_data);
    service_write_attest(world, &e, &w);
    const p1_enclave_world lent = enclave_world(c);
    c->host->by->reports(&c->enclave, &lent, written(&w), &c->side.effects);
    c->wants_report = false;
    carry_out(c);
}

static bool is_mid_message(const conn *c) { return c->at > 0 && c->at < c->message.n; }

/* ---- a turn's messages ---- */

static void drop_turn(conn *c)
{
    c->answering = c->runs = false;
    p1_kept_drop(&c->request);
    p1_kept_drop(&c->answer);
    p1_kept_drop(&c->message);
    wipe(&c->turn, sizeof c->turn);
}

static writer begin_message(conn *c, bool last)
{
    c->at = 0;
    c->last = last;
    return writer_of(c->message.p, c->message.cap);
}

static void say_error(conn *c, in_code code)
{
    writer w = begin_message(c, true);
    in_write_error((uint32_t)c->turn.request.id, code, &w);
    c->message.n = w.n;
    c->runs = false;
    p1_out_ends(&c->out, p1_millis(), p1_chance(&c->host->setup.coins));
}

static void say_chunk(conn *c, span piece)
{
    writer w = begin_message(c, false);
    in_write_chunk((uint32_t)c->turn.request.id, c->seq++, piece, &w);
    c->message.n = w.n;
}

/* Opening, receipt and signature, under the receipt key of this boot and the statement that holds now. */
static void write_receipt(conn *c, const uint8_t com[IN_DIGEST], writer *out)
{
    static uint8_t room[IN_OPENING_MAX];
    const service *world = c->host->setup.world;
    uint8_t salt[IN_DIGEST], receipt[IN_RECEIPT], statement[IN_DIGEST], signature[IN_SIGNATURE_SIZE];
    writer opening = WRITER(room);
    in_turn_salt(world->prim, c->turn.kturn, salt);
    c->host->setup.model.opening(c->model, salt, &opening);
    must(accepted(in_make_receipt(world->prim, c->host->setup.model.engine, com, written(&opening), receipt)));
    prim_digest(world->prim, PRIM_SHA256, span_of(world->statement, world->n_statement), statement);
    in_sign(world->prim, world->q_secret, SPAN(receipt), SPAN(statement), signature);
    in_write_signed_receipt(&(in_signed_receipt){written(&opening), SPAN(receipt), SPAN(signature)}, out);
    wipe(room, opening.n);
    wipe(salt, sizeof salt);
}

static void say_end(conn *c)
{
    static uint8_t room[IN_OPENING_MAX + 4 + IN_RECEIPT + IN_SIGNATURE_SIZE];
    writer w = begin_message(c, true), receipt = WRITER(room);
    uint8_t com[IN_DIGEST];
    p1_said said;
    c->host->setup.model.said(c->model, &said);
    in_turn_com(c->host->setup.world->prim, &c->turn, span_of(c->answer.p, c->answer.n), said.finish, com);
    if (c->turn.request.receipt && said.output > 0)
        write_receipt(c, com, &receipt);
    const in_end end = {.id = c->turn.request.id,
                        .seq = c->seq,
                        .finish = said.finish,
                        .prompt = said.prompt,
                        .output = said.output,
                        .com = SPAN(com),
                        .receipt = written(&receipt)};
    in_write_end(&end, &w);
    must(writer_ok(&w));
    c->message.n = w.n;
    wipe(room, receipt.n);
}

static void stop_model(conn *c)
{
    c->runs = false;
    p1_out_ends(&c->out, p1_millis(), p1_chance(&c->host->setup.coins));
}

/* The next piece, or the end. */
static void produce(conn *c)
{
    uint8_t room[P1_PIECE_MAX];
    writer piece = WRITER(room);
    if (!c->runs) {
        say_end(c);
        return;
    }
    if (!c->host->setup.model.go_on(c->model, &piece))
        stop_model(c);
    must(writer_ok(&piece) && c->answer.n + piece.n <= c->answer.cap);
    memcpy(c->answer.p + c->answer.n, piece.p, piece.n);
    c->answer.n += piece.n;
    if (piece.n)
        say_chunk(c, written(&piece));
}

/* ---- a turn's records ---- */

static void send_record(conn *c, span message, size_t *at, bool fill)
{
    const p1_enclave_world lent = enclave_world(c);
    c->host->by->sends_part(&c->enclave, &lent, message, at, &c->side.effects);
    carry_out(c);
    p1_out_sends(&c->out, fill, !fill && c->last && *at >= message.n, p1_millis(), p1_chance(&c->host->setup.coins));
}

static void send_fill(conn *c)
{
    const uint8_t fill = P1_FILL;
    size_t at = 0;
    send_record(c, span_of(&fill, 1), &at, true);
}

/* Between attest and start no message may begin that one record does not carry (P1-150). */
static bool is_held_back(const conn *c)
{
    return c->at == 0 && c->enclave.epochs.has_other && c->message.n > p1_carries(c->enclave.epochs.level, true);
}

static bool has_message(const conn *c) { return c->at < c->message.n; }

static bool waits_for_start(const conn *c) { return has_message(c) && is_held_back(c) && c->enclave.epochs.level != IN_LEVEL_TICKS; }

static void send_part(conn *c)
{
    send_record(c, span_of(c->message.p, c->message.n), &c->at, false);
    if (c->wants_report && !is_mid_message(c))
        fetch_report(c);
}

static void finish_turn(conn *c)
{
    drop_turn(c);
    p1_enclave_is_done(&c->listening);
}

/* One record, if there is one. */
static void step(conn *c)
{
    const bool ticks = c->enclave.epochs.level == IN_LEVEL_TICKS;
    if (!has_message(c) && !c->out.bucket.size)
        produce(c);
    if (has_message(c) && !is_held_back(c))
        send_part(c);
    else if (p1_out_fills(&c->out) || (ticks && !c->out.bucket.size))
        send_fill(c);
    if (p1_out_is_full(&c->out))
        finish_turn(c);
}

static void on_timer(int number, short what, void *ctx)
{
    conn *c = ctx;
    (void)number, (void)what;
    if (!c->answering || c->enclave.phase != P1_OPEN || ws_backlog(c->side.w) > WS_BACKLOG_MAX)
        return;
    if (p1_millis() >= c->out.due)
        step(c);
    if (c->answering && !waits_for_start(c))
        p1_side_wakes_at(&c->side, c->out.due);
}

/* ---- requests ---- */

static in_code judge(conn *c)
{
    const p1_host *h = c->host;
    uint8_t seed[IN_DIGEST];
    const verdict v = in_judge_request(&c->turn.request);
    if (!c->admitted || c->stale || !accepted(v))
        return !c->admitted ? IN_ADMISSION : c->stale ? IN_STALE : in_error_for(v);
    if (!c->model)
        c->model = h->setup.model.open(h->setup.model.ctx);
    if (!c->model)
        return IN_BUSY;
    in_turn_seed(h->setup.world->prim, c->turn.kturn, &c->turn.request, seed);
    return h->setup.model.begin(c->model, &c->turn.request, seed);
}

/* The client's bucket is full. */
static void answer(conn *c)
{
    const p1_host *h = c->host;
    c->answering = true;
    c->seq = 0;
    c->at = 0;
    p1_out_start(&c->out, P1_ENCLAVE, (in_level)c->enclave.epochs.level, h->claims.tick, p1_millis());
    const in_code error = judge(c);
    c->runs = error == 0;
    if (error)
        say_error(c, error);
    p1_side_wakes_at(&c->side, c->out.due);
}

/* False: there is no memory. */
static bool keep_request(conn *c, const p1_effects *came)
{
    in_message m;
    drop_turn(c);
    if (!p1_keep(&c->request, came->message.n) || !p1_keep(&c->answer, ANSWER_MAX) || !p1_keep(&c->message, MESSAGE_MAX))
        return false;
    memcpy(c->request.p, came->message.p, came->message.n);
    must(accepted(in_read_message(span_of(c->request.p, came->message.n), &m)));
    c->turn = (in_turn){.request = m.as.request, .model = SPAN(c->host->claims.model)};
    memcpy(c->turn.kturn, came->turn, IN_KEY);
    c->stale = came->stale;
    return true;
}

static void take_token(conn *c, const in_admission *a)
{
    const char *wanted = c->host->setup.token;
    c->admitted = !wanted || (a->kind == 1 && span_same(a->token, span_text(wanted)));
}

static verdict take_talk(conn *c, const p1_effects *came)
{
    p1_heard heard;
    c->listening.asking.level = (in_level)c->enclave.epochs.level;
    TRY(c->host->by->hears(&c->listening, came, &heard));
    if (came->event == P1_TOKEN_CAME)
        take_token(c, &heard.message.as.admission);
    if (heard.keep && !keep_request(c, came))
        ws_close(c->side.w, WI_CLOSE_TRY_AGAIN_LATER, "");
    else if (heard.asks)
        answer(c);
    if (heard.stops && c->runs)
        stop_model(c);
    return ACCEPT;
}

/* ---- the connection ---- */

static void refuse(conn *c, verdict v)
{
    c->host->refused = v;
    if (c->enclave.phase == P1_CLOSED)
        return;
    p1_enclave_close(&c->enclave, &c->side.storage);
    c->host->by->closes(c->side.w, p1_refusal());
}

/* Counted until its start, or its end. */
static void waits(conn *c, bool does)
{
    c->host->waiting += does;
    c->host->waiting -= c->waits;
    c->waits = does;
}

static void host_message(void *ctx, ws *w, bool binary, span message)
{
    conn *c = ctx;
    c->side.w = w;
    if (c->enclave.phase == P1_CLOSED)
        return;
    if (c->host->setup.tap)
        c->host->setup.tap(c->host->setup.ctx, false, message);
    const p1_enclave_world lent = enclave_world(c);
    verdict v = c->host->by->takes(&c->enclave, &lent, binary ? message : EMPTY, &c->side.effects);
    const p1_effects came = c->side.effects;
    if (accepted(v) && came.event == P1_WANTS_REPORT)
        tell_draws(c, lent.coins);
    carry_out(c);
    if (accepted(v) && came.event == P1_WANTS_REPORT) {
        memcpy(c->binder, came.binder, P1_BINDER);
        c->wants_report = true;
        if (!is_mid_message(c))
            fetch_report(c);
    }
    if (accepted(v))
        v = take_talk(c, &came);
    if (accepted(v) && came.event == P1_STARTED)
        waits(c, false);
    if (accepted(v) && came.event == P1_STARTED && c->answering)
        p1_side_wakes_at(&c->side, c->out.due);
    if (!accepted(v))
        refuse(c, v);
}

static void host_opened(void *ctx, ws *w)
{
    conn *c = ctx;
    const verdict room = p1_judge_waiting(c->host->waiting);
    c->side.w = w;
    if (!accepted(room)) {
        refuse(c, room);
        return;
    }
    waits(c, true);
    const p1_enclave_world lent = enclave_world(c);
    p1_enclave_start(&c->enclave, &lent);
}

/* ---- the clock ---- */

static void look_at_clock(conn *c)
{
    const p1_enclave_world lent = world_without_coins(c);
    const verdict v = p1_enclave_ticks(&c->enclave, &lent, &c->side.effects);
    if (accepted(v))
        return;
    drop_turn(c);
    carry_out(c);
    c->host->refused = v;
}

void p1_host_ticks(p1_host *h)
{
    for (conn *c = h->first, *next; c; c = next) {
        next = c->next;
        look_at_clock(c);
    }
}

static void on_second(int number, short what, void *host)
{
    (void)number, (void)what;
    p1_host_ticks(host);
}

static void enlist(conn *c, p1_host *h)
{
    c->host = h;
    c->next = h->first;
    if (h->first)
        h->first->before = c;
    else
        p1_clock_runs(h->clock, true);
    h->first = c;
}

static void strike(conn *c)
{
    p1_host *h = c->host;
    if (c->next)
        c->next->before = c->before;
    if (c->before)
        c->before->next = c->next;
    else
        h->first = c->next;
    if (!h->first)
        p1_clock_runs(h->clock, false);
}

/* ---- the connection's end ---- */

static void host_drained(void *ctx, ws *w)
{
    conn *c = ctx;
    (void)w;
    if (c->answering)
        p1_side_wakes_at(&c->side, c->out.due);
}

static void host_closed(void *ctx, ws *w, const ws_end *end)
{
    conn *c = ctx;
    (void)w, (void)end;
    p1_enclave_close(&c->enclave, &c->side.storage);
    drop_turn(c);
    if (c->model)
        c->host->setup.model.close(c->model);
    p1_side_free(&c->side);
    waits(c, false);
    strike(c);
    wipe(c, sizeof *c);
    free(c);
}

static bool host_expects(void *ctx, ws *w, uint64_t n)
{
    conn *c = ctx;
    if (c->host->by->expects(n))
        return true;
    c->side.w = w;
    refuse(c, REJECT(P1_103));
    return false;
}

static unsigned admit(void *ctx, span target, const ws_callbacks **callbacks, void **made)
{
    static const ws_callbacks of_host = {.opened = host_opened,
                                         .message = host_message,
                                         .closed = host_closed,
                                         .expects = host_expects,
                                         .drained = host_drained,
                                         .judges_idle = true};
    p1_host *h = ctx;
    if (!span_is(target, P1_TARGET))
        return 404;
    conn *c = h->leaving ? NULL : calloc(1, sizeof *c);
    if (!c || !p1_side_make(&c->side, h->setup.base, on_timer, c, P1_ENCLAVE_CONTROL)) {
        free(c);
        return 503;
    }
    enlist(c, h);
    *callbacks = &of_host;
    *made = c;
    return 101;
}

p1_host *p1_host_start(const p1_host_setup *setup)
{
    p1_host *h = calloc(1, sizeof *h);
    struct event *clock = p1_clock(setup->base, on_second, h);
    if (!h || !clock) {
        if (clock)
            event_free(clock);
        free(h);
        return NULL;
    }
    h->clock = clock;
    h->setup = *setup;
    h->by = setup->by ? setup->by : &steps_of_the_text;
    h->versions[0] = P1_VERSION;
    h->names[0] = span_text(setup->world->name);
    h->served = (p1_served){h->versions, 1, h->names, 1};
    must(accepted(p1_read_claims(span_text(setup->world->claims), &h->claims)));
    return h;
}

static void on_paused(void *ctx, const char *why)
{
    const p1_host *h = ctx;
    if (h->setup.paused)
        h->setup.paused(h->setup.ctx, why);
}

ws_gate p1_host_gate(p1_host *h) { return (ws_gate){.admit = admit, .protocol = P1_PROTOCOL, .ctx = h, .paused = on_paused}; }
verdict p1_host_refused(const p1_host *h) { return h->refused; }

void p1_host_leave(p1_host *h)
{
    h->leaving = true;
    for (conn *c = h->first; c; c = c->next)
        if (c->side.w) /* it has been opened */
            ws_close(c->side.w, WI_CLOSE_GOING_AWAY, "");
}

void p1_host_stop(p1_host *h)
{
    wipe(&h->setup.coins, sizeof h->setup.coins);
    event_free(h->clock);
    free(h);
}
