#include "p1_socket_parts.h"

#include "utf8.h"

#include <event2/bufferevent.h>
#include <event2/event.h>

#include <stdlib.h>
#include <string.h>

enum { TEXTS_MAX = P1_MESSAGE_MAX / 2, HEAD_MAX = 1024 + IN_TOOL_MAX };

static const p1_guest_steps steps_of_the_text = {p1_client_start, p1_client_takes, p1_client_hears, in_client_checks_receipt};

struct p1_guest {
    p1_guest_setup setup;
    const p1_guest_steps *by;
    p1_socket_side side;
    p1_client client;
    struct event *clock;
    verdict refused;
    size_t asked, answered;
    p1_kept texts; /* the row of all messages so far */
    size_t n_texts;
    /* the turn */
    bool in_turn; /* from a question until both buckets are full */
    bool asking;  /* until our bucket is full */
    p1_kept request;
    size_t at;
    p1_outgoing out;
    p1_reading reading;
    p1_kept answer, end;
    size_t pieces;
    p1_answer told;
    account receipt_checked;
    uint8_t log[TL_ROOM];
};

/* Draws nothing: how often a clock is looked at must not change what is drawn. */
static p1_client_world world_without_coins(p1_guest *g)
{
    return (p1_client_world){.prim = g->setup.prim,
                             .now = *g->setup.now,
                             .policy = g->setup.policy,
                             .memory = g->setup.memory,
                             .room = WRITER(g->log),
                             .storage = &g->side.storage};
}

static p1_client_world client_world(p1_guest *g)
{
    p1_client_world w = world_without_coins(g);
    w.coins = p1_side_draws(&g->side, &g->setup.coins);
    return w;
}

static void carry_out(p1_guest *g)
{
    p1_side_tells_dh(&g->side, &g->setup.key_log, &g->client.epochs.now.secret.own);
    p1_side_carry_out(&g->side);
}

static verdict send_part(p1_guest *g, span message, size_t *at)
{
    const p1_client_world lent = client_world(g);
    const verdict v = p1_client_sends_part(&g->client, &lent, message, at, &g->side.effects);
    if (accepted(v))
        carry_out(g);
    return v;
}

static void send_token(p1_guest *g)
{
    uint8_t room[IN_TOKEN_MAX + 4];
    writer w = WRITER(room);
    const span token = g->setup.token ? span_text(g->setup.token) : EMPTY;
    size_t at = 0;
    in_write_admission(&(in_admission){.kind = token.n > 0, .token = token}, &w);
    must(writer_ok(&w) && accepted(send_part(g, written(&w), &at)));
    wipe(room, w.n);
}

/* ---- asking ---- */

/* False: it does not fit. */
static bool add_text(p1_guest *g, in_role role, span text)
{
    writer row = writer_of(g->texts.p, g->texts.cap);
    row.n = g->texts.n;
    in_write_text(role, text, &row);
    if (!writer_ok(&row))
        return false;
    g->texts.n = row.n;
    g->n_texts++;
    return true;
}

static void write_request(p1_guest *g, writer *out)
{
    static const uint8_t zeros[IN_DIGEST];
    static uint8_t tools[IN_TOOL_MAX + 8];
    uint8_t parameters[IN_PARAMETERS_MAX];
    writer p = WRITER(parameters), row = WRITER(tools);
    in_write_parameters(&g->setup.parameters, &p);
    if (g->setup.tool.n)
        in_write_tool(g->setup.tool, &row);
    in_write_request(&(in_request){.id = g->asked,
                                   .receipt = g->setup.receipts,
                                   .seed = SPAN(zeros),
                                   .parameters = written(&p),
                                   .n_tools = g->setup.tool.n > 0,
                                   .tools = written(&row),
                                   .n_messages = g->n_texts,
                                   .messages = span_of(g->texts.p, g->texts.n)},
                     out);
}

static bool make_request(p1_guest *g)
{
    if (!p1_keep(&g->request, HEAD_MAX + g->texts.n) || !p1_keep(&g->answer, IN_ANSWER_MAX))
        return false;
    writer w = writer_of(g->request.p, g->request.cap);
    write_request(g, &w);
    must(writer_ok(&w));
    g->request.n = w.n;
    return true;
}

static void close_without_memory(p1_guest *g) { ws_close(g->side.w, WI_CLOSE_GOING_AWAY, ""); }

static void ask(p1_guest *g)
{
    const span question = span_text(g->setup.questions[g->asked++]);
    if (g->asked == 1 && g->setup.system)
        must(add_text(g, IN_SYSTEM, span_text(g->setup.system)));
    if (!add_text(g, IN_USER, question) || !make_request(g)) {
        close_without_memory(g);
        return;
    }
    g->asking = g->in_turn = true;
    g->at = g->pieces = 0;
    g->told = (p1_answer){0};
    p1_out_start(&g->out, P1_CLIENT, (in_level)g->client.epochs.level, g->client.appraisal.tick, p1_millis());
    p1_side_wakes_at(&g->side, g->out.due);
}

/* The first record of a request gives the turn its key. */
static void begin_turn(p1_guest *g)
{
    in_message read;
    must(accepted(in_read_message(span_of(g->request.p, g->request.n), &read)));
    p1_client_asks(&g->reading, (in_level)g->client.epochs.level, g->side.effects.turn, &read.as.request, SPAN(g->client.appraisal.model),
                   writer_of(g->answer.p, g->answer.cap));
}

static void send_record(p1_guest *g)
{
    static const uint8_t fill = P1_FILL;
    const bool fills = p1_out_fills(&g->out), first = g->at == 0;
    size_t at = 0;
    const span message = fills ? span_of(&fill, 1) : span_of(g->request.p, g->request.n);
    must(accepted(send_part(g, message, fills ? &at : &g->at)));
    if (!fills && first)
        begin_turn(g);
    p1_out_sends(&g->out, fills, !fills && g->at >= message.n, p1_millis(), p1_chance(&g->setup.coins));
}

static void on_timer(int number, short what, void *ctx)
{
    p1_guest *g = ctx;
    (void)number, (void)what;
    if (!g->asking || g->client.phase != P1_OPEN || ws_backlog(g->side.w) > WS_BACKLOG_MAX)
        return;
    if (p1_millis() >= g->out.due)
        send_record(g);
    g->asking = !p1_out_is_full(&g->out);
    if (g->asking)
        p1_side_wakes_at(&g->side, g->out.due);
}

static void step(p1_guest *g)
{
    const p1_client_world lent = client_world(g);
    p1_client_steps(&g->client, &lent, &g->side.effects);
    p1_side_tells(&g->side, &g->setup.key_log, P1_SECRET_KEM, span_of(lent.coins.p + 32, 64));
    carry_out(g);
}

/* Behind a step the next question waits until its evidence has passed. */
static void go_on(p1_guest *g)
{
    if (!g->setup.questions[g->asked]) {
        ws_close(g->side.w, WI_CLOSE_NORMAL, "");
        return;
    }
    const bool due = p1_client_must_step(&g->client, *g->setup.now), wants = g->setup.steps && g->asked > 0;
    if (g->client.step)
        return;
    if (!due && !wants) {
        ask(g);
        return;
    }
    *g->setup.now += wants ? P1_STEP_PAUSE : 0;
    step(g);
}

/* ---- reading ---- */

static span text_of(void *ctx, uint16_t token)
{
    const p1_guest *g = ctx;
    return bpe_text(&g->setup.vocabulary->tokens, token);
}

static verdict check_receipt(p1_guest *g, const in_end *end)
{
    const p1_appraisal *a = &g->client.appraisal;
    const in_expected by = {.key = SPAN(a->identity.q),
                            .statement = SPAN(a->statement),
                            .model = SPAN(a->model),
                            .tokenizer = SPAN(a->tokenizer),
                            .end = BPE_END,
                            .ctx = g,
                            .text = g->setup.vocabulary ? text_of : NULL};
    TRY(g->by->checks_receipt(&g->reading.turn, g->setup.prim, end, &by, &g->receipt_checked, &g->told.receipt));
    g->told.has_receipt = true;
    g->told.receipt_checked = &g->receipt_checked;
    return ACCEPT;
}

/* Fills may follow: what is told later has to be kept. */
static verdict take_end(p1_guest *g, in_end end)
{
    if (!p1_keep(&g->end, IN_DIGEST + end.receipt.n))
        return ACCEPT; /* its connection ends below */
    memcpy(g->end.p, end.com.p, IN_DIGEST);
    if (end.receipt.n)
        memcpy(g->end.p + IN_DIGEST, end.receipt.p, end.receipt.n);
    end.com = span_of(g->end.p, IN_DIGEST);
    end.receipt = span_of(g->end.p + IN_DIGEST, end.receipt.n);
    g->told.com = end.com;
    g->told.finish = (uint8_t)end.finish;
    g->told.prompt = (uint32_t)end.prompt;
    g->told.output = (uint32_t)end.output;
    return end.receipt.n ? check_receipt(g, &end) : ACCEPT;
}

static void cancel(p1_guest *g)
{
    uint8_t room[8];
    writer w = WRITER(room);
    size_t at = 0;
    in_write_cancel((uint32_t)g->asked, &w);
    must(accepted(send_part(g, written(&w), &at)));
}

static void take_piece(p1_guest *g, span text)
{
    if (g->setup.on->piece)
        g->setup.on->piece(g->setup.ctx, text);
    if (++g->pieces == g->setup.cancel_after)
        cancel(g);
}

static void finish_turn(p1_guest *g)
{
    const span text = written(&g->reading.turn.answer);
    g->in_turn = false;
    g->told.text = g->told.error ? EMPTY : text;
    g->told.records = g->reading.answering.records;
    g->told.records_sent = g->out.bucket.records;
    g->answered++;
    g->setup.on->answered(g->setup.ctx, g, &g->told);
    wipe(g->reading.turn.turn.kturn, IN_KEY);
    if (!g->told.error && text.n && is_utf8(text) && !add_text(g, IN_ASSISTANT, text))
        close_without_memory(g);
    else
        go_on(g);
}

static verdict take_answer(p1_guest *g, const p1_effects *came)
{
    in_message m;
    const bool was_done = p1_client_is_done(&g->reading);
    TRY(g->by->hears(&g->reading, g->setup.prim, came, &m));
    if (m.type == IN_TYPE_CHUNK)
        take_piece(g, m.as.chunk.bytes);
    if (m.type == IN_TYPE_ERROR)
        g->told.error = (in_code)m.as.error.code;
    if (m.type == IN_TYPE_END)
        TRY(take_end(g, m.as.end));
    if (!was_done && !g->asking && p1_client_is_done(&g->reading))
        finish_turn(g);
    return ACCEPT;
}

void p1_guest_franks(p1_guest *g, const p1_answer *a, const uint32_t *leaves, size_t n, writer *out)
{
    static uint8_t values[IN_LEAVES_MAX * IN_DIGEST], row[P1_MESSAGE_MAX + IN_ANSWER_MAX];
    writer opened = WRITER(row);
    in_frank f;
    must(a->has_receipt);
    in_make_frank(g->setup.prim, &g->reading.turn.turn, a->text, a->finish, &a->receipt, SPAN(g->client.appraisal.statement), leaves, n,
                  values, &opened, &f);
    in_write_frank(&f, out);
}

/* ---- the connection ---- */

static void verified(p1_guest *g)
{
    const uint32_t epoch = g->client.epochs.now.epoch;
    g->setup.on->verified(g->setup.ctx, epoch, &g->client.appraisal);
    if (epoch == 0)
        send_token(g);
    if (g->in_turn) /* the answer goes on in this epoch */
        return;
    if (!g->setup.questions[g->asked])
        go_on(g);
    else
        ask(g);
}

static void refuse(p1_guest *g, verdict v)
{
    g->refused = v;
    if (g->client.phase != P1_CLOSED)
        ws_close(g->side.w, p1_refusal(), "");
    p1_client_close(&g->client, &g->side.storage);
}

static void guest_message(void *ctx, ws *w, bool binary, span message)
{
    p1_guest *g = ctx;
    (void)w;
    if (g->client.phase == P1_CLOSED)
        return;
    const p1_client_world lent = client_world(g);
    verdict v = g->by->takes(&g->client, &lent, binary ? message : EMPTY, &g->side.effects);
    const p1_effects came = g->side.effects;
    carry_out(g);
    if (accepted(v) && came.event == P1_VERIFIED)
        verified(g);
    if (accepted(v) && (came.event == P1_TALK_CAME || came.event == P1_TALK_PART))
        v = take_answer(g, &came);
    if (!accepted(v))
        refuse(g, v);
}

/* An answer is not read on under evidence of ten minutes: a step brings fresh evidence, while there is time. */
static bool is_due_in_turn(const p1_guest *g)
{
    const bool old = *g->setup.now >= g->client.epochs.born + P1_FRESH;
    return old && g->in_turn && !g->asking && p1_client_may_step(&g->client);
}

void p1_guest_ticks(p1_guest *g)
{
    const p1_client_world lent = world_without_coins(g);
    const verdict v = p1_client_ticks(&g->client, &lent, &g->side.effects);
    p1_side_carry_out(&g->side);
    if (!accepted(v))
        refuse(g, v);
    else if (is_due_in_turn(g))
        step(g);
}

static void on_second(int number, short what, void *ctx)
{
    (void)number, (void)what;
    p1_guest_ticks(ctx);
}

static void guest_opened(void *ctx, ws *w)
{
    p1_guest *g = ctx;
    g->side.w = w;
    p1_clock_runs(g->clock, true);
    const p1_client_world lent = client_world(g);
    g->by->start(&g->client, &lent, span_text(g->setup.name), &g->side.effects);
    memcpy(g->side.session, g->client.noise.secret.e.share, sizeof g->side.session);
    p1_side_tells(&g->side, &g->setup.key_log, P1_SECRET_EPHEMERAL, SPAN(g->client.noise.secret.e.secret));
    p1_side_tells(&g->side, &g->setup.key_log, P1_SECRET_KEM, span_of(lent.coins.p + 34, 64));
    carry_out(g);
}

static void guest_drained(void *ctx, ws *w)
{
    p1_guest *g = ctx;
    (void)w;
    if (g->asking)
        p1_side_wakes_at(&g->side, g->out.due);
}

static void guest_free(p1_guest *g)
{
    p1_side_free(&g->side);
    if (g->clock)
        event_free(g->clock);
    p1_kept_drop(&g->texts);
    p1_kept_drop(&g->request);
    p1_kept_drop(&g->answer);
    p1_kept_drop(&g->end);
    wipe(g, sizeof *g);
    free(g);
}

static void guest_closed(void *ctx, ws *w, const ws_end *end)
{
    p1_guest *g = ctx;
    (void)w;
    const bool finished = !g->setup.questions[g->answered] && accepted(g->refused);
    const verdict refused = finished || !accepted(g->refused) || end->how != WS_BROKEN ? g->refused : end->refused;
    const p1_guest_end told = {refused, *end, g->client.epochs.now.epoch, finished};
    p1_client_close(&g->client, &g->side.storage);
    g->setup.on->ended(g->setup.ctx, &told);
    guest_free(g);
}

static const ws_callbacks of_guest = {.opened = guest_opened,
                                      .message = guest_message,
                                      .closed = guest_closed,
                                      .drained = guest_drained,
                                      .judges_idle = true,
                                      .protocol = P1_PROTOCOL};

static p1_guest *guest_make(const p1_guest_setup *setup)
{
    p1_guest *g = calloc(1, sizeof *g);
    if (!g || !(g->clock = p1_clock(setup->base, on_second, g)) || !p1_side_make(&g->side, setup->base, on_timer, g, P1_CLIENT_CONTROL) ||
        !p1_keep(&g->texts, TEXTS_MAX)) {
        if (g)
            guest_free(g);
        return NULL;
    }
    g->setup = *setup;
    g->by = setup->by ? setup->by : &steps_of_the_text;
    return g;
}

p1_guest *p1_guest_start(const p1_guest_setup *setup, const ws_url *url)
{
    p1_guest *g = guest_make(setup);
    if (g && !(g->side.w = ws_connect(setup->base, url, &of_guest, g))) {
        guest_free(g);
        return NULL;
    }
    return g;
}

p1_guest *p1_guest_start_on(const p1_guest_setup *setup, struct bufferevent *bev, const ws_url *url)
{
    p1_guest *g = guest_make(setup);
    if (!g)
        bufferevent_free(bev);
    if (g && !(g->side.w = ws_connect_on(setup->base, bev, url, &of_guest, g))) {
        guest_free(g);
        return NULL;
    }
    return g;
}
