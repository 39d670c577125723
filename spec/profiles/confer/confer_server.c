/* Sections 2, 5 and 6, the server's side. */
#include "confer_parts.h"

#define N_ROWS(table) (sizeof(table) / sizeof *(table))

/* ---- refusals: how each is told to the peer ---- */

typedef struct closing {
    uint16_t req, code;
    const char *reason;
} closing;

static const closing closings[] = {
    {REQ_CF_023, CF_CANNOT_ACCEPT, "Message too large"},
    {REQ_CF_024, CF_CANNOT_ACCEPT, "Handshake message too large"},
    {REQ_CF_028, CF_UNEXPECTED, "Failed"},
    {REQ_CF_049, CF_UNEXPECTED, "Frame decode failed"},
    {REQ_CF_060, CF_CANNOT_ACCEPT, "Invalid protobuf message"},
    {REQ_CF_061, CF_CANNOT_ACCEPT, "WebsocketRequest missing required field: id"},
    {REQ_CF_063, CF_CANNOT_ACCEPT, "WebsocketRequest must have both verb and path, or neither"},
    {REQ_CF_064, CF_CANNOT_ACCEPT, "WebsocketRequest must have verb/path or chunk"},
    {REQ_CF_065, CF_CANNOT_ACCEPT, "Chunk sequence number must be non-negative"},
    {REQ_CF_066, CF_CANNOT_ACCEPT, "Duplicate request id"},
};

static bool refuses_a_frame(verdict v) { return v.req >= REQ_CF_052 && v.req <= REQ_CF_058; }

static closing closing_of(verdict v, cf_phase phase)
{
    static const closing plain = {0, 1000, ""}, handshake = {0, CF_UNEXPECTED, "Handshake failed"},
                         record = {0, CF_UNEXPECTED, "Decryption failed"}, frame = {0, CF_CANNOT_ACCEPT, "Invalid frame"};
    for (size_t i = 0; i < N_ROWS(closings); i++)
        if (closings[i].req == v.req)
            return closings[i];
    if (refuses_a_frame(v))
        return EMIT(CF_059, frame, plain);
    if (phase != CF_OPEN)
        return EMIT(CF_026, handshake, plain);
    return EMIT(CF_027, record, plain);
}

typedef struct answer {
    uint16_t req, status; /* status 0: none */
    const char *body;
} answer;

static const answer answers[] = {
    {REQ_CF_067, 402, "Payment required"},
    {REQ_CF_068, 503, "Too many requests"},
    {REQ_CF_069, 404, "Route not found"},
    {REQ_CF_071, 503, "Document extraction is not enabled"},
    {REQ_CF_072, 0, ""},
    {REQ_CF_077, 400, "Request body is required"},
    {REQ_CF_078, 400, "Invalid ChatRequest body"},
    {REQ_CF_079, 400, "Invalid tool_call message content"},
    {REQ_CF_080, 400, "Invalid tool_response message content"},
    {REQ_CF_081, 500, "Internal Server Error"},
    {REQ_CF_082, 500, "Internal Server Error"},
};

static void respond(cf_server *s, const cf_world *w, int64_t id, unsigned status, span body, cf_effects *out)
{
    const cf_response r = {
        .id = {true, (uint64_t)id},
        .status = {true, status},
        .body = {EMIT(CF_074, body.n > 0, true), body},
    };
    writer whole = WRITER(w->storage->whole);
    layout_write(&cf_response_layout, &r, &whole);
    must(writer_ok(&whole));
    cf_storage_used(&w->storage->whole_n, &whole);
    cf_seal_message(&s->noise, w, written(&whole), out);
}

/* The request fails, the session goes on. */
static void refuse(cf_server *s, const cf_world *w, int64_t id, verdict v, cf_effects *out)
{
    cf_effects_clear(out);
    out->refused = v.req;
    for (size_t i = 0; i < N_ROWS(answers); i++)
        if (answers[i].req == v.req && answers[i].status)
            respond(s, w, id, answers[i].status, span_text(answers[i].body), out);
}

/* ---- requests ---- */

typedef verdict serve(cf_server *, const cf_world *, const cf_request *, cf_effects *);

static verdict serve_ping(cf_server *s, const cf_world *w, const cf_request *r, cf_effects *out)
{
    respond(s, w, (int64_t)r->id.v, 200, span_text(EMIT(CF_070, "PONG", "")), out);
    return ACCEPT;
}

static verdict serve_chat(cf_server *s, const cf_world *w, const cf_request *r, cf_effects *out)
{
    writer room = WRITER(w->storage->text);
    const verdict v = cf_read_chat(r->body.v, &room, &out->chat);
    const writer most = {.n = r->body.v.n}; /* the contents of tool entries pass through */
    cf_storage_used(&w->storage->text_n, &most);
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

static const struct route {
    const char *verb, *path;
    serve *serve;
} routes[] = {
    {"GET", "/ping", serve_ping},
    {"POST", "/v1/vllm/chat/completions", serve_chat},
    {"POST", "/v1/document/extract", serve_document},
};

/* Exactly one of the rows; false, and the first, when it is none. */
static bool find_route(const cf_request *r, const struct route **route)
{
    *route = &routes[0];
    for (size_t i = 0; i < N_ROWS(routes); i++)
        if (span_is(r->verb.v, routes[i].verb) && span_is(r->path.v, routes[i].path)) {
            *route = &routes[i];
            return true;
        }
    return false;
}

static bool has_text(const pb_bytes *text) { return text->has && EMIT(CF_062, text->v.n > 0, true); }

static verdict serve_request(cf_server *s, const cf_world *w, const cf_request *r, bool continues, cf_effects *out)
{
    const struct route *route;
    REQUIRE(!continues, CF_072);
    REQUIRE(s->subscribed || w->now <= s->expires, CF_067);
    REQUIRE(s->pending.n < CF_REQUESTS_MAX, CF_068);
    REQUIRE(find_route(r, &route), CF_069);
    return route->serve(s, w, r, out);
}

static verdict server_takes_request(cf_server *s, const cf_world *w, span message, cf_effects *out)
{
    cf_request r;
    bool stream;
    TRY(layout_read(&cf_request_layout, message, &r, NULL));
    const bool verb = has_text(&r.verb), path = has_text(&r.path);
    REQUIRE(r.id.has, CF_061);
    REQUIRE(verb == path, CF_063);
    REQUIRE(verb || path || r.chunk.has, CF_064);
    const bool continues = !verb && !path && r.chunk.has;
    REQUIRE(continues || !cf_pending_find(&s->pending, (int64_t)r.id.v, &stream), CF_066);
    const verdict v = serve_request(s, w, &r, continues, out);
    if (!accepted(v))
        refuse(s, w, (int64_t)r.id.v, v, out);
    return ACCEPT;
}

/* ---- messages ---- */

static verdict server_takes_message1(cf_server *s, const cf_world *w, span message, cf_effects *out)
{
    must(w->coins.n == CF_COINS);
    const nz_world lent = cf_noise_world(w, span_first(w->coins, NZ_KEY));
    nz_effects nothing = {0}, sends = {.message = out->bytes};
    writer payload = WRITER(w->storage->plain);
    REQUIRE(message.n == CF_MESSAGE1, CF_021);
    REQUIRE(w->evidence.n > 0 && w->evidence.n <= CF_EVIDENCE_MAX, CF_025);
    nothing.payload = payload;
    cf_start_noise(&s->noise, w, NZ_RESPONDER, w->static_secret);
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
    nz_effects nothing = {.payload = WRITER(w->storage->plain)};
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

static verdict server_takes_nothing(cf_server *s, const cf_world *w, span message, cf_effects *out)
{
    (void)s, (void)w, (void)message, (void)out;
    return ACCEPT;
}

/* Order: in this phase a message is taken by this step. The two that take nothing are refused before. */
static verdict (*const steps[CF_PHASES])(cf_server *, const cf_world *, span, cf_effects *) = {
    [CF_NEW] = server_takes_nothing, [CF_ADMITTED] = server_takes_message1, [CF_HANDSHAKE] = server_takes_message3,
    [CF_OPEN] = server_takes_record, [CF_CLOSED] = server_takes_nothing,
};

static verdict server_takes_by_phase(cf_server *s, const cf_world *w, span message, cf_effects *out)
{
    TRY(cf_judge_phase(s->phase));
    REQUIRE(message.n <= CF_RECORD_MAX, CF_023);
    REQUIRE(s->phase == CF_OPEN || message.n <= CF_HANDSHAKE_MAX, CF_024);
    return steps[s->phase](s, w, message, out);
}

verdict cf_server_takes_message(cf_server *s, const cf_world *w, span message, cf_effects *out)
{
    const cf_phase phase = s->phase;
    cf_effects_clear(out);
    const verdict v = server_takes_by_phase(s, w, message, out);
    if (!accepted(v)) {
        const closing c = closing_of(v, phase);
        cf_effects_clear(out);
        out->close = c.code;
        out->reason = c.reason;
        cf_server_end(s, w->storage);
    }
    return v;
}

verdict cf_server_takes_text(cf_server *s, const cf_world *w, span text, cf_effects *out)
{
    (void)s, (void)w, (void)text;
    cf_effects_clear(out);
    out->close = EMIT(CF_029, 0, CF_UNEXPECTED);
    out->reason = out->close ? "WebSocket error" : NULL;
    return ACCEPT;
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
    cf_storage_used(&w->storage->text_n, event);
    cf_server_says(s, w, id, 200, written(event), last, out);
}

void cf_server_says_token(cf_server *s, const cf_world *w, int64_t id, span utf8, cf_effects *out)
{
    writer event = WRITER(w->storage->text);
    cf_write_token_event(utf8, &event);
    send_event(s, w, id, &event, false, out);
}

void cf_server_says_completion(cf_server *s, const cf_world *w, int64_t id, int64_t context_tokens, cf_effects *out)
{
    writer event = WRITER(w->storage->text);
    cf_write_completion_event(context_tokens, w->context_max ? w->context_max : 262144, &event);
    send_event(s, w, id, &event, true, out);
}
