/* Sections 2 and 7, the client's side. */
#include "confer_parts.h"

/* ---- the handshake ---- */

void cf_client_starts(cf_client *c, const cf_world *w, cf_effects *out)
{
    must(w->coins.n == CF_COINS);
    const nz_world lent = cf_noise_world(w, span_from(w->coins, NZ_KEY));
    cf_effects_clear(out);
    nz_effects sends = {.message = out->bytes};
    *c = (cf_client){.phase = CF_HANDSHAKE};
    prim_pair own;
    prim_pair_of(w->prim, w->coins.p, &own);
    cf_start_noise(&c->noise, w, NZ_INITIATOR, &own);
    wipe(&own, sizeof own);
    must(accepted(nz_step(&c->noise, &lent, EMIT(CF_019, EMPTY), &sends))); /* e */
    out->bytes = sends.message;
    cf_end_record(out);
}

static verdict client_takes_message2(cf_client *c, const cf_world *w, span message, cf_effects *out)
{
    const nz_world lent = cf_noise_world(w, EMPTY);
    nz_effects takes = {.payload = WRITER(w->storage->scratch->plain)}, sends = {.message = out->bytes};
    verdict v = ACCEPT;
    TRY(nz_step(&c->noise, &lent, message, &takes)); /* e, ee, s, es */
    cf_storage_used(&w->storage->scratch->plain_n, &takes.payload);
    DO(CF_033, v = cf_appraise(w, written(&takes.payload), nz_remote_static(&c->noise), &c->appraisal));
    TRY(v);
    TRY(nz_step(&c->noise, &lent, EMIT(CF_020, EMPTY), &sends)); /* s, se */
    out->bytes = sends.message;
    cf_end_record(out);
    out->event.kind = CF_OPENED;
    c->phase = CF_OPEN;
    return ACCEPT;
}

/* ---- answers ---- */

static verdict take_response(cf_client *c, const cf_world *w, const cf_response *r, cf_effects *out)
{
    const int64_t id = (int64_t)r->id.v;
    writer room = WRITER(w->storage->scratch->text);
    bool stream = false;
    const bool asked = r->id.has && cf_pending_find(&c->pending, id, &stream);
    REQUIRE(asked, CF_088);
    out->event = (cf_event){.kind = CF_ANSWERED, .id = id, .status = (int64_t)r->status.v, .text = r->body.v};
    REQUIRE(out->event.status == 200, CF_089);
    if (stream) {
        const bool good = cf_read_event(r->body.v, &room, &out->event);
        cf_storage_used(&w->storage->scratch->text_n, &room);
        REQUIRE(good, CF_090);
    }
    if (out->event.kind == CF_ANSWERED || out->event.kind == CF_COMPLETION)
        cf_pending_remove(&c->pending, id);
    return ACCEPT;
}

/* A response that breaks a rule ends its request; one that belongs to no request is ignored. */
static void fail_request(cf_client *c, verdict v, cf_effects *out)
{
    out->refused = v.req;
    if (v.req == REQ_CF_088)
        return;
    out->event.kind = CF_FAILED;
    cf_pending_remove(&c->pending, out->event.id);
}

verdict cf_client_takes_response(cf_client *c, const cf_world *w, span message, cf_effects *out)
{
    cf_response r;
    TRY(layout_read(&cf_response_layout, message, &r, NULL));
    const verdict v = take_response(c, w, &r, out);
    if (!accepted(v))
        fail_request(c, v, out);
    return ACCEPT;
}

static verdict client_takes_record(cf_client *c, const cf_world *w, span record, cf_effects *out)
{
    cf_frame frame;
    span message;
    bool complete;
    TRY(cf_open_frame(&c->noise, w, record, &frame));
    TRY(cf_assemble(w->storage, &frame, &complete, &message));
    return complete ? cf_client_takes_response(c, w, message, out) : ACCEPT;
}

/* Order: in this phase a message is taken by this step. In a phase without a step, the message has been refused before. */
static verdict (*const steps[CF_PHASES])(cf_client *, const cf_world *, span, cf_effects *) = {
    [CF_HANDSHAKE] = client_takes_message2,
    [CF_OPEN] = client_takes_record,
};

static verdict client_takes_by_phase(cf_client *c, const cf_world *w, span message, cf_effects *out)
{
    TRY(cf_judge_phase(c->phase));
    if (WEAKENED(CF_028) && !steps[c->phase])
        return ACCEPT;
    return steps[c->phase](c, w, message, out);
}

static void end_connection(cf_client *c, cf_storage *storage)
{
    cf_end_session(&c->noise, storage);
    c->phase = CF_CLOSED;
}

static verdict close_when_refused(cf_client *c, const cf_world *w, verdict v, cf_effects *out)
{
    const requirement_outcome *told = OUTCOME(CF_032);
    if (!accepted(v)) {
        cf_effects_clear(out);
        out->close = EMIT_ROW(told->by, told->code, CF_UNEXPECTED);
        out->reason = told->text;
        end_connection(c, w->storage);
    }
    return v;
}

uint16_t cf_client_leaves(void)
{
    const requirement_outcome *told = OUTCOME(CF_108);
    return EMIT_ROW(told->by, told->code, 1001);
}

verdict cf_client_expects(cf_client *c, const cf_world *w, uint64_t n, cf_effects *out)
{
    cf_effects_clear(out);
    return close_when_refused(c, w, nz_expects(n), out);
}

verdict cf_client_takes_message(cf_client *c, const cf_world *w, span message, cf_effects *out)
{
    cf_effects_clear(out);
    return close_when_refused(c, w, client_takes_by_phase(c, w, message, out), out);
}

/* Pending requests are kept after the end: they are the incomplete ones. */
verdict cf_client_takes_text(cf_client *c, const cf_world *w, span text, cf_effects *out)
{
    (void)c, (void)w, (void)text;
    cf_effects_clear(out);
    out->close = EMIT(CF_107, 0);
    out->reason = out->close ? "" : NULL;
    return ACCEPT;
}

verdict cf_client_end(cf_client *c, cf_storage *storage)
{
    end_connection(c, storage);
    REQUIRE(c->pending.n == 0, CF_092);
    return ACCEPT;
}

/* ---- requests ---- */

void cf_client_asks(cf_client *c, const cf_world *w, const cf_request *r, bool stream, cf_effects *out)
{
    writer whole = WRITER(w->storage->scratch->whole);
    bool busy;
    cf_effects_clear(out);
    must(c->phase == CF_OPEN && c->pending.n < CF_REQUESTS_MAX && !cf_pending_find(&c->pending, (int64_t)r->id.v, &busy));
    layout_write(&cf_request_layout, r, &whole);
    must(writer_ok(&whole));
    cf_storage_used(&w->storage->scratch->whole_n, &whole);
    cf_seal_message(&c->noise, w, written(&whole), out);
    cf_pending_add(&c->pending, (int64_t)r->id.v, stream);
}

static pb_bytes pb_text(const char *s) { return (pb_bytes){true, span_text(s)}; }

void cf_client_pings(cf_client *c, const cf_world *w, int64_t id, cf_effects *out)
{
    const cf_request r = {.id = {true, (uint64_t)id}, .verb = pb_text("GET"), .path = pb_text("/ping")};
    cf_client_asks(c, w, &r, false, out);
}

void cf_client_chats(cf_client *c, const cf_world *w, int64_t id, const cf_ask *ask, cf_effects *out)
{
    writer body = WRITER(w->storage->scratch->text);
    cf_write_chat(ask, &body);
    must(writer_ok(&body));
    cf_storage_used(&w->storage->scratch->text_n, &body);
    const cf_request r = {
        .id = {true, (uint64_t)id},
        .verb = pb_text("POST"),
        .path = pb_text("/v1/vllm/chat/completions"),
        .body = {true, written(&body)},
    };
    cf_client_asks(c, w, &r, ask->stream, out);
}
