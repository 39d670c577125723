#include "p1_pair.h"

#include <stdio.h>
#include <string.h>

/* ---- queues ---- */

void pair_put(pair_queue *q, span message)
{
    const size_t from = q->n ? q->ends[q->n - 1] : 0;
    must(q->n < PAIR_QUEUE && from + message.n <= PAIR_ROOM);
    memcpy(q->room + from, message.p, message.n);
    q->ends[q->n++] = from + message.n;
}

span pair_first(const pair_queue *q) { return q->n ? span_of(q->room, q->ends[0]) : EMPTY; }

void pair_drop(pair_queue *q)
{
    must(q->n > 0);
    const size_t gone = q->ends[0];
    memmove(q->room, q->room + gone, q->ends[q->n - 1] - gone);
    for (size_t i = 1; i < q->n; i++)
        q->ends[i - 1] = q->ends[i] - gone;
    q->n--;
}

/* ---- worlds ---- */

static span draw(pair *p, uint8_t room[P1_COINS])
{
    chance_bytes(&p->coins, room, P1_COINS);
    return span_of(room, P1_COINS);
}

p1_client_world pair_client_world(pair *p)
{
    static uint8_t coins[P1_COINS];
    return (p1_client_world){.prim = p->prim,
                             .now = p->now,
                             .coins = draw(p, coins),
                             .policy = &p->world->policy,
                             .memory = &p->memory,
                             .room = WRITER(p->room),
                             .storage = &p->client_storage};
}

p1_enclave_world pair_enclave_world(pair *p)
{
    static uint8_t coins[P1_COINS];
    return (p1_enclave_world){.prim = p->prim,
                              .now = p->now,
                              .coins = draw(p, coins),
                              .s = &p->world->s,
                              .served = &p->served,
                              .claims = p->claims,
                              .levels = 1u << 0 | 1u << 2 | 1u << 3,
                              .storage = &p->enclave_storage};
}

static p1_effects effects_of(pair *p) { return (p1_effects){.bytes = WRITER(p->sent)}; }

/* ---- effects ---- */

static void note(char saw[PAIR_EVENTS][PAIR_TEXT], size_t *n, const p1_effects *out)
{
    static const char *const words[] = {
        [P1_VERIFIED] = "verified", [P1_WENT_READY] = "ready", [P1_STARTED] = "start", [P1_TOKEN_CAME] = "token"};
    if (out->event == P1_NOTHING || out->event == P1_WANTS_REPORT)
        return;
    must(*n < PAIR_EVENTS);
    if (out->event == P1_TALK_CAME)
        snprintf(saw[*n], PAIR_TEXT, "%u:%.*s%s", out->message.p[0], (int)(out->message.n - 1), (const char *)out->message.p + 1,
                 out->stale ? "!" : "");
    else
        snprintf(saw[*n], PAIR_TEXT, "%s", words[out->event]);
    ++*n;
}

static void send_all(pair_queue *q, const p1_effects *out)
{
    for (size_t i = 0; i < out->n_sends; i++)
        pair_put(q, p1_sends(out, i));
}

void pair_take_client_effects(pair *p, verdict v, const p1_effects *out)
{
    p->client_said = v;
    p->client_close = out->close ? out->close : p->client_close;
    p->verified += out->event == P1_VERIFIED;
    note(p->client_saw, &p->n_client_saw, out);
    send_all(&p->to_enclave, out);
}

void pair_take_enclave_effects(pair *p, verdict v, const p1_effects *out)
{
    p->enclave_said = v;
    p->enclave_close = out->close ? out->close : p->enclave_close;
    note(p->enclave_saw, &p->n_enclave_saw, out);
    send_all(&p->to_client, out);
    if (out->event == P1_WANTS_REPORT)
        memcpy(p->binder, out->binder, P1_BINDER);
    if (out->event == P1_WANTS_REPORT && !p->holds_report)
        pair_report(p);
}

/* ---- what happens ---- */

void pair_start(pair *p, service *world, span seed)
{
    memset(p, 0, sizeof *p);
    p->world = world;
    p->prim = world->prim;
    p->now = world->now;
    p->coins = chance_of(p->prim, seed, "p1 pair");
    p->client_storage = (p1_storage){
        .control = {.p = p->control[0], .cap = PAIR_JOIN}, .talk = {.p = p->talk[0], .cap = PAIR_JOIN}, .plain = p->plain[0]};
    p->enclave_storage = (p1_storage){
        .control = {.p = p->control[1], .cap = P1_ENCLAVE_CONTROL}, .talk = {.p = p->talk[1], .cap = PAIR_JOIN}, .plain = p->plain[1]};
    p->claims = span_text(world->claims);
    p->versions[0] = P1_VERSION;
    p->names[0] = span_text(world->name);
    p->served = (p1_served){p->versions, 1, p->names, 1};
    p1_effects out = effects_of(p);
    const p1_enclave_world e = pair_enclave_world(p);
    const p1_client_world c = pair_client_world(p);
    p1_enclave_start(&p->enclave, &e);
    p1_client_start(&p->client, &c, span_text(world->name), &out);
    pair_take_client_effects(p, ACCEPT, &out);
}

void pair_deliver_to_enclave(pair *p)
{
    static uint8_t message[P1_RECORD_MAX + 1];
    const span first = pair_first(&p->to_enclave);
    p1_effects out = effects_of(p);
    const p1_enclave_world w = pair_enclave_world(p);
    span_take(first, message, sizeof message);
    const size_t n = first.n;
    pair_drop(&p->to_enclave);
    if (p->enclave.phase == P1_CLOSED)
        return;
    const verdict v = p1_enclave_takes(&p->enclave, &w, span_of(message, n), &out);
    pair_take_enclave_effects(p, v, &out);
}

void pair_deliver_to_client(pair *p)
{
    static uint8_t message[P1_RECORD_MAX + 1];
    const span first = pair_first(&p->to_client);
    p1_effects out = effects_of(p);
    const p1_client_world w = pair_client_world(p);
    span_take(first, message, sizeof message);
    const size_t n = first.n;
    pair_drop(&p->to_client);
    if (p->client.phase == P1_CLOSED)
        return;
    const verdict v = p1_client_takes(&p->client, &w, span_of(message, n), &out);
    pair_take_client_effects(p, v, &out);
}

/* What genuine code gets from its hardware: a report over the binder that it asked for, with fresh cosignatures around it. */
void pair_report(pair *p)
{
    static uint8_t attest[SERVICE_ATTEST];
    writer w = WRITER(attest);
    service_evidence e;
    p1_effects out = effects_of(p);
    const p1_enclave_world world = pair_enclave_world(p);
    p->world->now = p->now;
    service_honest_evidence(p->world, 0, p->enclave.x, &e);
    memcpy(e.binder[e.index], p->binder, P1_BINDER);
    service_bind(p->world, &e);
    e.fields.report_data = SPAN(e.report_data);
    service_write_attest(p->world, &e, &w);
    p1_enclave_reports(&p->enclave, &world, written(&w), &out);
    pair_take_enclave_effects(p, ACCEPT, &out);
}

void pair_run(pair *p)
{
    while (p->to_enclave.n || p->to_client.n) {
        if (p->to_enclave.n)
            pair_deliver_to_enclave(p);
        if (p->to_client.n)
            pair_deliver_to_client(p);
    }
}

static span message_of(uint8_t room[PAIR_TEXT], p1_type type, const char *body)
{
    writer w = writer_of(room, PAIR_TEXT);
    write_be(&w, type, 1);
    write_text(&w, body);
    must(writer_ok(&w));
    return written(&w);
}

verdict pair_client_sends(pair *p, p1_type type, const char *body)
{
    uint8_t room[PAIR_TEXT];
    p1_effects out = effects_of(p);
    const p1_client_world w = pair_client_world(p);
    const verdict v = p1_client_sends(&p->client, &w, message_of(room, type, body), &out);
    if (accepted(v))
        pair_take_client_effects(p, v, &out);
    return v;
}

void pair_client_sends_token(pair *p)
{
    static const uint8_t token[] = {P1_TOKEN, 0, 0, 0};
    p1_effects out = effects_of(p);
    const p1_client_world w = pair_client_world(p);
    const verdict v = p1_client_sends(&p->client, &w, SPAN(token), &out);
    must(accepted(v));
    pair_take_client_effects(p, v, &out);
}

void pair_client_steps(pair *p)
{
    p1_effects out = effects_of(p);
    const p1_client_world w = pair_client_world(p);
    p1_client_steps(&p->client, &w, &out);
    pair_take_client_effects(p, ACCEPT, &out);
}

void pair_enclave_sends(pair *p, p1_type type, const char *body)
{
    uint8_t room[PAIR_TEXT];
    p1_effects out = effects_of(p);
    const p1_enclave_world w = pair_enclave_world(p);
    p1_enclave_sends(&p->enclave, &w, message_of(room, type, body), &out);
    pair_take_enclave_effects(p, ACCEPT, &out);
}

void pair_tick(pair *p, int64_t seconds)
{
    p1_effects out = effects_of(p);
    p->now += seconds;
    const p1_client_world c = pair_client_world(p);
    const p1_enclave_world e = pair_enclave_world(p);
    verdict v = p1_client_ticks(&p->client, &c, &out);
    if (!accepted(v))
        pair_take_client_effects(p, v, &out);
    v = p1_enclave_ticks(&p->enclave, &e, &out);
    if (!accepted(v))
        pair_take_enclave_effects(p, v, &out);
}

void pair_open(pair *p)
{
    while (p->client.phase != P1_OPEN && p->client.phase != P1_CLOSED && (p->to_enclave.n || p->to_client.n)) {
        if (p->to_enclave.n)
            pair_deliver_to_enclave(p);
        else
            pair_deliver_to_client(p);
    }
    if (p->client.phase != P1_OPEN)
        return;
    pair_client_sends_token(p);
    pair_run(p);
}

void pair_next_epoch(pair *p)
{
    p->now += P1_STEP_PAUSE;
    pair_client_steps(p);
    pair_run(p);
}
