/* Sections 2, 5 and 6, the server's side. */
#include "confer_parts.h"

#define N_ROWS(table) (sizeof(table) / sizeof *(table))

/* ---- how a rejection is told to the peer ---- */

/* The sentence or its section states it. The sentences of chapter noise state none: for them it depends on the phase. */
static requirement_outcome closing_of(verdict v, cf_phase phase)
{
    static const requirement_outcome nothing_said = {OUTCOME_CLOSE, 1000, "", 0};
    const requirement_outcome *o = stated_outcome(v);
    if (o->kind != OUTCOME_CLOSE)
        o = phase == CF_OPEN ? OUTCOME(CF_027) : OUTCOME(CF_026);
    return o->by == v.req ? *o : EMIT_ROW(o->by, *o, nothing_said);
}

/* The request fails, the session goes on. */
static bool fails_request(verdict v)
{
    const outcome_kind kind = stated_outcome(v)->kind;
    return kind == OUTCOME_ANSWER || kind == OUTCOME_DROP;
}

static void respond(cf_server *s, const cf_world *w, int64_t id, unsigned status, span body, cf_effects *out)
{
    const cf_response r = {
        .id = {true, (uint64_t)id},
        .status = {true, status},
        .body = {EMIT(CF_074, body.n > 0), body},
    };
    writer whole = WRITER(w->storage->scratch->whole);
    layout_write(&cf_response_layout, &r, &whole);
    must(writer_ok(&whole));
    cf_storage_used(&w->storage->scratch->whole_n, &whole);
    cf_seal_message(&s->noise, w, written(&whole), out);
}

static void refuse(cf_server *s, const cf_world *w, int64_t id, verdict v, cf_effects *out)
{
    const requirement_outcome *o = stated_outcome(v);
    cf_effects_clear(out);
    out->refused = v.req;
    if (o->kind == OUTCOME_ANSWER)
        respond(s, w, id, o->code, span_text(o->text), out);
}

/* ---- requests ---- */

typedef verdict serve(cf_server *, const cf_world *, const cf_request *, cf_effects *);

static verdict serve_ping(cf_server *s, const cf_world *w, const cf_request *r, cf_effects *out)
{
    respond(s, w, (int64_t)r->id.v, 200, span_text(EMIT(CF_070, "PONG")), out);
    return ACCEPT;
}

static verdict serve_chat(cf_server *s, const cf_world *w, const cf_request *r, cf_effects *out)
{
    writer room = WRITER(w->storage->scratch->text);
    const verdict v = cf_read_chat(w->revision, r->body.v, &room, &out->chat);
    const writer most = {.n = r->body.v.n}; /* the contents of tool entries are decoded there */
    cf_storage_used(&w->storage->scratch->text_n, &most);
    TRY(v);
    cf_pending_add(&s->pending, (int64_t)r->id.v, out->chat.stream);
    out->event = (cf_event){.kind = CF_CALL, .id = (int64_t)r->id.v};
    return ACCEPT;
}

static verdict serve_document(cf_server *s, const cf_world *w, const cf_request *r, cf_effects *out)
{
    const bool enabled = false;
    (void)s, (void)w, (void)r, (void)out;
    REQUIRE(enabled, CF_071);
    return ACCEPT;
}

static verdict serve_stored_document(cf_server *s, const cf_world *w, const cf_request *r, cf_effects *out)
{
    const bool enabled = false;
    (void)s, (void)w, (void)r, (void)out;
    REQUIRE(enabled, CF_103);
    return ACCEPT;
}

static const struct route {
    const char *verb, *path;
    serve *serve;
    cf_revision since;
} routes[] = {
    {"GET", "/ping", serve_ping, CF_0_1_14},
    {"POST", "/v1/vllm/chat/completions", serve_chat, CF_0_1_14},
    {"POST", "/v1/document/extract", serve_document, CF_0_1_14},
    {"POST", "/v2/document/extract", serve_stored_document, CF_0_1_20},
};

/* The row with exactly this verb and path; NULL when there is none. */
static const struct route *find_route(cf_revision revision, const cf_request *r)
{
    for (size_t i = 0; i < N_ROWS(routes); i++)
        if (routes[i].since <= revision && span_is(r->verb.v, routes[i].verb) && span_is(r->path.v, routes[i].path))
            return &routes[i];
    return NULL;
}

static bool has_text(const pb_bytes *text) { return text->has && EMIT_OR(CF_062, text->v.n > 0, true); }

static verdict serve_request(cf_server *s, const cf_world *w, const cf_request *r, bool continues, cf_effects *out)
{
    REQUIRE(!continues, CF_072);
    REQUIRE(s->subscribed || w->now <= s->expires, CF_067);
    REQUIRE(s->pending.n < CF_REQUESTS_MAX, CF_068);
    const struct route *route = find_route(w->revision, r);
    REQUIRE(route, CF_069);
    if (WEAKENED(CF_069) && !route)
        route = &routes[0];
    return route->serve(s, w, r, out);
}

static verdict read_request(cf_server *s, const cf_world *w, span message, cf_request *r, cf_effects *out)
{
    bool stream;
    TRY(layout_read(&cf_request_layout, message, r, NULL));
    const bool verb = has_text(&r->verb), path = has_text(&r->path);
    REQUIRE(r->id.has, CF_061);
    REQUIRE(verb == path, CF_063);
    REQUIRE(verb || path || r->chunk.has, CF_064);
    const bool continues = !verb && !path && r->chunk.has;
    REQUIRE(continues || !cf_pending_find(&s->pending, (int64_t)r->id.v, &stream), CF_066);
    return serve_request(s, w, r, continues, out);
}

static verdict server_takes_request(cf_server *s, const cf_world *w, span message, cf_effects *out)
{
    cf_request r;
    const verdict v = read_request(s, w, message, &r, out);
    if (!fails_request(v))
        return v;
    refuse(s, w, (int64_t)r.id.v, v, out);
    return ACCEPT;
}

/* ---- messages ---- */

static verdict server_takes_message1(cf_server *s, const cf_world *w, span message, cf_effects *out)
{
    must(w->coins.n == CF_COINS);
    const nz_world lent = cf_noise_world(w, span_first(w->coins, NZ_KEY));
    nz_effects nothing = {0}, sends = {.message = out->bytes};
    writer payload = WRITER(w->storage->scratch->plain);
    REQUIRE(message.n == CF_MESSAGE1, CF_021);
    REQUIRE(w->evidence.n > 0 && w->evidence.n <= CF_EVIDENCE_MAX, CF_025);
    nothing.payload = payload;
    cf_start_noise(&s->noise, w, NZ_RESPONDER, w->static_pair);
    TRY(nz_step(&s->noise, &lent, message, &nothing));   /* e */
    TRY(nz_step(&s->noise, &lent, w->evidence, &sends)); /* e, ee, s, es */
    out->bytes = sends.message;
    cf_end_record(out);
    s->phase = CF_HANDSHAKE;
    return ACCEPT;
}

static verdict server_takes_message3(cf_server *s, const cf_world *w, span message, cf_effects *out)
{
    const nz_world lent = cf_noise_world(w, EMPTY);
    nz_effects nothing = {.payload = WRITER(w->storage->scratch->plain)};
    (void)out;
    REQUIRE(message.n == CF_MESSAGE3, CF_022);
    TRY(nz_step(&s->noise, &lent, message, &nothing)); /* s, se */
    s->phase = CF_OPEN;
    return ACCEPT;
}

static verdict server_takes_record(cf_server *s, const cf_world *w, span record, cf_effects *out)
{
    cf_frame frame;
    span message;
    bool complete;
    TRY(cf_open_frame(&s->noise, w, record, &frame));
    TRY(cf_assemble(w->storage, &frame, &complete, &message));
    return complete ? server_takes_request(s, w, message, out) : ACCEPT;
}

/* Order: in this phase a message is taken by this step. In a phase without a step, the message has been refused before. */
static verdict (*const steps[CF_PHASES])(cf_server *, const cf_world *, span, cf_effects *) = {
    [CF_ADMITTED] = server_takes_message1,
    [CF_HANDSHAKE] = server_takes_message3,
    [CF_OPEN] = server_takes_record,
};

static verdict judge_length(cf_phase phase, uint64_t n)
{
    REQUIRE(n <= CF_RECORD_MAX, CF_023);
    REQUIRE(phase == CF_OPEN || n <= CF_HANDSHAKE_MAX, CF_024);
    return ACCEPT;
}

static verdict server_takes_by_phase(cf_server *s, const cf_world *w, span message, cf_effects *out)
{
    TRY(cf_judge_phase(s->phase));
    TRY(judge_length(s->phase, message.n));
    if (WEAKENED(CF_028) && !steps[s->phase])
        return ACCEPT;
    return steps[s->phase](s, w, message, out);
}

static verdict close_when_refused(cf_server *s, const cf_world *w, verdict v, cf_phase phase, cf_effects *out)
{
    if (!accepted(v)) {
        const requirement_outcome told = closing_of(v, phase);
        cf_effects_clear(out);
        out->close = told.code;
        out->reason = told.text;
        cf_server_end(s, w->storage);
    }
    return v;
}

verdict cf_server_expects(cf_server *s, const cf_world *w, uint64_t n, cf_effects *out)
{
    cf_effects_clear(out);
    return close_when_refused(s, w, judge_length(s->phase, n), s->phase, out);
}

verdict cf_server_takes_message(cf_server *s, const cf_world *w, span message, cf_effects *out)
{
    const cf_phase phase = s->phase;
    cf_effects_clear(out);
    return close_when_refused(s, w, server_takes_by_phase(s, w, message, out), phase, out);
}

static verdict judge_text(const cf_world *w)
{
    REQUIRE(w->revision < CF_0_1_20, CF_095);
    return ACCEPT;
}

verdict cf_server_takes_text(cf_server *s, const cf_world *w, span text, cf_effects *out)
{
    (void)text;
    cf_effects_clear(out);
    out->close = EMIT(CF_029, 0);
    out->reason = out->close ? "WebSocket error" : NULL;
    return close_when_refused(s, w, judge_text(w), s->phase, out);
}

void cf_server_end(cf_server *s, cf_storage *storage)
{
    cf_end_session(&s->noise, storage);
    s->pending.n = 0;
    s->phase = CF_CLOSED;
}

/* ---- answers ---- */

bool cf_server_owes(const cf_server *s, int64_t id)
{
    bool stream;
    return s->phase == CF_OPEN && cf_pending_find(&s->pending, id, &stream);
}

void cf_server_says(cf_server *s, const cf_world *w, int64_t id, unsigned status, span body, bool last, cf_effects *out)
{
    cf_effects_clear(out);
    must(cf_server_owes(s, id));
    respond(s, w, id, status, body, out);
    if (last)
        DO(CF_073, cf_pending_remove(&s->pending, id));
}

static void send_event(cf_server *s, const cf_world *w, int64_t id, const writer *event, bool last, cf_effects *out)
{
    must(writer_ok(event));
    cf_storage_used(&w->storage->scratch->text_n, event);
    cf_server_says(s, w, id, 200, written(event), last, out);
}

void cf_server_says_token(cf_server *s, const cf_world *w, int64_t id, span utf8, cf_effects *out)
{
    writer event = WRITER(w->storage->scratch->text);
    cf_write_token_event(utf8, &event);
    send_event(s, w, id, &event, false, out);
}

void cf_server_says_thinking(cf_server *s, const cf_world *w, int64_t id, span utf8, cf_effects *out)
{
    writer event = WRITER(w->storage->scratch->text);
    cf_effects_clear(out);
    if (EMIT_OR(CF_105, w->revision < CF_0_1_16, false))
        return; /* earlier revisions say nothing of it */
    cf_write_thinking_event(utf8, &event);
    send_event(s, w, id, &event, false, out);
}

void cf_server_says_completion(cf_server *s, const cf_world *w, int64_t id, int64_t context_tokens, cf_effects *out)
{
    writer event = WRITER(w->storage->scratch->text);
    cf_write_completion_event(context_tokens, w->context_max ? w->context_max : 262144, &event);
    send_event(s, w, id, &event, true, out);
}
