#include "turn.h"

#include "json.h"
#include "labelled.h"
#include "utf8.h"

#include <string.h>

/* ---- 1. Messages ---- */

#define TABLE(T, ...) static const field T##_fields[] = {__VA_ARGS__}
#define FORM(name_, T, id)                                                                                                            \
    {                                                                                                                                 \
        .name = (name_), .encoding = LAYOUT_BINARY, .req = (id), .fields = T##_fields, .n_fields = sizeof T##_fields / sizeof(field), \
        .n_struct = sizeof(T)                                                                                                         \
    }
#define TYPE(T) ROW_UINT_BE(T, type, 1)

TABLE(in_admission, TYPE(in_admission), ROW_UINT_BE(in_admission, kind, 1), ROW_REST(in_admission, rest));
TABLE(in_request, TYPE(in_request), ROW_UINT_BE(in_request, id, 4), ROW_UINT_BE_IN(in_request, receipt, 1, 0, 1, IN_044),
      ROW_BYTES(in_request, seed, IN_DIGEST), ROW_REST(in_request, rest));
TABLE(in_cancel, TYPE(in_cancel), ROW_UINT_BE(in_cancel, id, 4));
TABLE(in_chunk, TYPE(in_chunk), ROW_UINT_BE(in_chunk, id, 4), ROW_UINT_BE(in_chunk, seq, 4), ROW_REST(in_chunk, rest));
TABLE(in_end, TYPE(in_end), ROW_UINT_BE(in_end, id, 4), ROW_UINT_BE(in_end, seq, 4),
      ROW_UINT_BE_IN(in_end, finish, 1, IN_END, IN_CANCELLED, IN_046), ROW_UINT_BE(in_end, prompt, 4), ROW_UINT_BE(in_end, output, 4),
      ROW_BYTES(in_end, com, IN_DIGEST), ROW_REST(in_end, rest));
TABLE(in_error, TYPE(in_error), ROW_UINT_BE(in_error, id, 4), ROW_UINT_BE_IN(in_error, code, 1, IN_ADMISSION, IN_FAILED, IN_047));
TABLE(in_fill, TYPE(in_fill));

/* A head that is cut off breaks the same sentence as a tail: where there is a tail, the site is in the reader below. */
const layout in_admission_layout = FORM("token", in_admission, REQ_IN_036), in_request_layout = FORM("request", in_request, REQ_IN_037),
             in_cancel_layout = FORM("cancel", in_cancel, SITE(IN_038)), in_chunk_layout = FORM("chunk", in_chunk, REQ_IN_039),
             in_end_layout = FORM("end", in_end, REQ_IN_040), in_error_layout = FORM("error", in_error, SITE(IN_041)),
             in_fill_layout = FORM("fill", in_fill, SITE(IN_042));

static span read_b16(reader *r) { return read_bytes(r, read_be(r, 2)); }
static span read_b32(reader *r) { return read_bytes(r, read_be(r, 4)); }

static bool fits_kind(const in_admission *a)
{
    return (a->kind == 0 && a->token.n == 0) || (a->kind == 1 && a->token.n >= 1 && a->token.n <= IN_TOKEN_MAX);
}

static verdict read_admission(span in, in_admission *out)
{
    TRY(layout_read(&in_admission_layout, in, out, NULL));
    reader r = reader_of(out->rest);
    out->token = read_b16(&r);
    REQUIRE(reader_done(&r), IN_036);
    REQUIRE(fits_kind(out), IN_043);
    return ACCEPT;
}

bool in_next_tool(reader *tools, span *tool)
{
    if (tools->rest.n == 0)
        return false;
    *tool = read_b32(tools);
    return !tools->failed;
}

bool in_next_text(reader *messages, uint64_t *role, span *text)
{
    if (messages->rest.n == 0)
        return false;
    *role = read_be(messages, 1);
    *text = read_b32(messages);
    return !messages->failed;
}

static span read_tools(reader *r, uint64_t n)
{
    const span from = r->rest;
    span tool;
    for (uint64_t i = 0; i < n; i++)
        r->failed = r->failed || !in_next_tool(r, &tool);
    return span_first(from, from.n - r->rest.n);
}

static span read_messages(reader *r, uint64_t n)
{
    const span from = r->rest;
    uint64_t role;
    span text;
    for (uint64_t i = 0; i < n; i++)
        r->failed = r->failed || !in_next_text(r, &role, &text);
    return span_first(from, from.n - r->rest.n);
}

static verdict read_request(span in, in_request *out)
{
    TRY(layout_read(&in_request_layout, in, out, NULL));
    reader r = reader_of(out->rest);
    const size_t before_seed = layout_size(&in_request_layout) - IN_DIGEST;
    out->parameters = read_b32(&r);
    out->n_tools = read_be(&r, 2);
    out->tools = read_tools(&r, out->n_tools);
    out->steering = span_from(span_first(in, in.n - r.rest.n), before_seed);
    out->n_messages = read_be(&r, 2);
    out->messages = read_messages(&r, out->n_messages);
    REQUIRE(reader_done(&r), IN_037);
    return ACCEPT;
}

static verdict read_chunk(span in, in_chunk *out)
{
    TRY(layout_read(&in_chunk_layout, in, out, NULL));
    reader r = reader_of(out->rest);
    out->bytes = read_b16(&r);
    REQUIRE(reader_done(&r), IN_039);
    REQUIRE(out->bytes.n > 0, IN_045);
    return ACCEPT;
}

static verdict read_end(span in, in_end *out)
{
    TRY(layout_read(&in_end_layout, in, out, NULL));
    reader r = reader_of(out->rest);
    out->receipt = read_b32(&r);
    REQUIRE(reader_done(&r), IN_040);
    return ACCEPT;
}

static verdict read_body(span in, in_message *out)
{
    in_fill fill;
    switch (out->type) {
    case IN_TYPE_TOKEN: return read_admission(in, &out->as.admission);
    case IN_TYPE_REQUEST: return read_request(in, &out->as.request);
    case IN_TYPE_CANCEL: return layout_read(&in_cancel_layout, in, &out->as.cancel, NULL);
    case IN_TYPE_CHUNK: return read_chunk(in, &out->as.chunk);
    case IN_TYPE_END: return read_end(in, &out->as.end);
    case IN_TYPE_ERROR: return layout_read(&in_error_layout, in, &out->as.error, NULL);
    case IN_TYPE_FILL: return layout_read(&in_fill_layout, in, &fill, NULL);
    }
    return ACCEPT; /* in a weakened build */
}

verdict in_read_message(span in, in_message *out)
{
    reader r = reader_of(in);
    in_message m = {.type = (in_type)read_be(&r, 1)};
    REQUIRE(m.type >= IN_TYPE_TOKEN && m.type <= IN_TYPE_FILL, IN_035);
    TRY(read_body(in, &m));
    *out = m;
    return ACCEPT;
}

void in_write_admission(const in_admission *a, writer *out)
{
    write_be(out, IN_TYPE_TOKEN, 1);
    write_be(out, a->kind, 1);
    write_be(out, a->token.n, 2);
    write_span(out, a->token);
}

void in_write_request(const in_request *q, writer *out)
{
    write_be(out, IN_TYPE_REQUEST, 1);
    write_be(out, q->id, 4);
    write_be(out, q->receipt, 1);
    write_span(out, q->seed);
    write_be(out, q->parameters.n, 4);
    write_span(out, q->parameters);
    write_be(out, q->n_tools, 2);
    write_span(out, q->tools);
    write_be(out, q->n_messages, 2);
    write_span(out, q->messages);
}

void in_write_tool(span tool, writer *row)
{
    write_be(row, tool.n, 4);
    write_span(row, tool);
}

void in_write_text(in_role role, span text, writer *row)
{
    write_be(row, role, 1);
    in_write_tool(text, row);
}

static void write_head(in_type type, uint32_t id, writer *out)
{
    write_be(out, type, 1);
    write_be(out, id, 4);
}

void in_write_cancel(uint32_t id, writer *out) { write_head(IN_TYPE_CANCEL, id, out); }

void in_write_chunk(uint32_t id, uint32_t seq, span bytes, writer *out)
{
    write_head(IN_TYPE_CHUNK, id, out);
    write_be(out, seq, 4);
    write_be(out, bytes.n, 2);
    write_span(out, bytes);
}

void in_write_end(const in_end *e, writer *out)
{
    write_head(IN_TYPE_END, (uint32_t)e->id, out);
    write_be(out, e->seq, 4);
    write_be(out, e->finish, 1);
    write_be(out, e->prompt, 4);
    write_be(out, e->output, 4);
    write_span(out, e->com);
    write_be(out, e->receipt.n, 4);
    write_span(out, e->receipt);
}

void in_write_error(uint32_t id, in_code code, writer *out)
{
    write_head(IN_TYPE_ERROR, id, out);
    write_be(out, code, 1);
}

void in_write_fill(writer *out) { write_be(out, IN_TYPE_FILL, 1); }

/* ---- 2. What is asked ---- */

static bool roles_fit(const in_request *q)
{
    reader r = reader_of(q->messages);
    uint64_t role;
    span text;
    bool fit = true;
    while (in_next_text(&r, &role, &text))
        fit = fit && role <= IN_TOOL;
    return fit;
}

static bool texts_fit(const in_request *q)
{
    reader r = reader_of(q->messages);
    uint64_t role;
    span text;
    bool fit = true;
    while (in_next_text(&r, &role, &text))
        fit = fit && is_utf8(text);
    return fit;
}

static bool tools_fit(const in_request *q)
{
    reader r = reader_of(q->tools);
    span tool, value;
    bool fit = true;
    while (in_next_tool(&r, &tool))
        fit = fit && tool.n <= IN_TOOL_MAX && json_read(tool, &value) && json_kind_of(value) == JSON_OBJECT;
    return fit;
}

verdict in_judge_request(const in_request *q)
{
    in_parameters parameters;
    TRY(in_read_parameters(q->parameters, NULL, &parameters));
    REQUIRE(q->n_messages > 0, IN_048);
    REQUIRE(roles_fit(q), IN_049);
    REQUIRE(texts_fit(q), IN_050);
    REQUIRE(tools_fit(q), IN_051);
    REQUIRE(q->n_messages <= IN_MESSAGES_MAX && q->n_tools <= IN_TOOLS_MAX, IN_052);
    return ACCEPT;
}

in_code in_error_for(verdict v) { return EMIT(IN_053, v.req == REQ_IN_052 ? IN_LIMIT : IN_MALFORMED); }

/* ---- 3. Order ---- */

static verdict enclave_takes_request(in_enclave *e, const in_request *q)
{
    REQUIRE(!e->asked || q->id > e->id, IN_057);
    REQUIRE(!e->open, IN_058);
    *e = (in_enclave){.admitted = true, .asked = true, .open = true, .id = (uint32_t)q->id};
    return ACCEPT;
}

static verdict enclave_takes_cancel(in_enclave *e, const in_cancel *c, bool *stops)
{
    REQUIRE(e->asked && c->id == e->id && !e->cancelled, IN_059);
    e->cancelled = true;
    *stops = EMIT_OR(IN_114, EMIT_OR(IN_060, e->open, true), false);
    return ACCEPT;
}

verdict in_enclave_takes(in_enclave *e, const in_message *m, bool *stops)
{
    *stops = false;
    if (m->type == IN_TYPE_TOKEN) {
        REQUIRE(!e->admitted, IN_055);
        e->admitted = true;
        return ACCEPT;
    }
    REQUIRE(m->type != IN_TYPE_CHUNK && m->type != IN_TYPE_END && m->type != IN_TYPE_ERROR, IN_061);
    REQUIRE(e->admitted || m->type == IN_TYPE_FILL, IN_056);
    if (m->type == IN_TYPE_REQUEST)
        return enclave_takes_request(e, &m->as.request);
    return m->type == IN_TYPE_CANCEL ? enclave_takes_cancel(e, &m->as.cancel, stops) : ACCEPT;
}

void in_enclave_ends(in_enclave *e) { e->open = false; }

/* ---- 4. Keys of a turn ---- */

void in_turn_key(const prim *lib, const uint8_t mk[IN_KEY], uint8_t kturn[IN_KEY])
{
    labelled_key(lib, span_of(mk, IN_KEY), EMIT(IN_068, "turn"), EMPTY, kturn, IN_KEY); /* K(mk; "turn") */
}

void in_turn_seed(const prim *lib, const uint8_t kturn[IN_KEY], const in_request *q, uint8_t seed[IN_DIGEST])
{
    if (EMIT(IN_069, all_zero(q->seed)))
        labelled_key(lib, span_of(kturn, IN_KEY), "seed", EMPTY, seed, IN_DIGEST);
    else
        span_take(q->seed, seed, IN_DIGEST);
}

void in_turn_salt(const prim *lib, const uint8_t kturn[IN_KEY], uint8_t salt[IN_DIGEST])
{
    labelled_key(lib, span_of(kturn, IN_KEY), EMIT(IN_070, "salt"), EMPTY, salt, IN_DIGEST); /* K(kturn; "salt") */
}

void in_leaf_key(const prim *lib, const uint8_t kturn[IN_KEY], uint32_t index, uint8_t key[IN_KEY])
{
    uint8_t number[4];
    writer w = WRITER(number);
    write_be(&w, index, 4);
    labelled_key(lib, span_of(kturn, IN_KEY), "leaf", EMIT(IN_071, written(&w)), key, IN_KEY); /* K(kturn; "leaf"; i u32) */
}

/* ---- 5. Leaves ---- */

void in_leaf(const prim *lib, const uint8_t key[IN_KEY], uint8_t kind, span bytes, uint8_t leaf[IN_DIGEST])
{
    const span parts[] = {EMIT(IN_074, span_of(&kind, 1)), bytes};
    lib->hmac(PRIM_SHA256, span_of(key, IN_KEY), parts, 2, leaf);
}

void in_com_of(const prim *lib, span model, uint32_t n, span leaves, uint8_t finish, uint8_t com[IN_DIGEST])
{
    uint8_t label[32], number[4];
    writer l = WRITER(label), w = WRITER(number);
    labelled_prefix("com", &l);
    write_be(&w, n, 4);
    const span parts[] = {written(&l), model, written(&w), leaves, EMIT(IN_077, span_of(&finish, 1))};
    lib->hash(PRIM_SHA256, parts, 5, com);
}

static void write_leaf(const prim *lib, const in_turn *t, uint32_t index, uint64_t kind, span bytes, uint8_t *leaves)
{
    uint8_t key[IN_KEY];
    in_leaf_key(lib, t->kturn, index, key);
    in_leaf(lib, key, (uint8_t)kind, bytes, leaves + (size_t)IN_DIGEST * index);
    wipe(key, sizeof key);
}

static span steering_of(const in_turn *t) { return EMIT(IN_075, t->request.steering); }
static uint64_t kind_of_answer(void) { return EMIT(IN_076, IN_ANSWER); }

void in_turn_leaves(const prim *lib, const in_turn *t, span answer, uint8_t leaves[IN_LEAVES_MAX * IN_DIGEST])
{
    reader r = reader_of(t->request.messages);
    uint64_t role;
    span text;
    uint32_t i = 0;
    must(t->request.n_messages <= IN_MESSAGES_MAX);
    write_leaf(lib, t, i++, IN_STEERING, steering_of(t), leaves);
    while (in_next_text(&r, &role, &text))
        write_leaf(lib, t, i++, role, text, leaves);
    write_leaf(lib, t, i, kind_of_answer(), answer, leaves);
}

bool in_leaf_content(const in_turn *t, span answer, uint32_t index, uint8_t *kind, span *bytes)
{
    reader r = reader_of(t->request.messages);
    const bool is_answer = index == t->request.n_messages + 1;
    uint64_t role = is_answer ? kind_of_answer() : IN_STEERING;
    *bytes = is_answer ? answer : steering_of(t);
    for (uint32_t i = 1; i <= index && !is_answer; i++)
        if (!in_next_text(&r, &role, bytes))
            return false;
    *kind = (uint8_t)role;
    return true;
}

void in_turn_com(const prim *lib, const in_turn *t, span answer, uint8_t finish, uint8_t com[IN_DIGEST])
{
    uint8_t leaves[IN_LEAVES_MAX * IN_DIGEST];
    const uint32_t n = (uint32_t)t->request.n_messages;
    in_turn_leaves(lib, t, answer, leaves);
    in_com_of(lib, t->model, n, span_of(leaves, (size_t)IN_DIGEST * (n + 2)), finish, com);
}

void in_client_asks(in_client *c, const uint8_t kturn[IN_KEY], const in_request *q, span model, writer answer)
{
    *c = (in_client){.open = true, .turn = {.request = *q, .model = model}, .answer = answer};
    memcpy(c->turn.kturn, kturn, IN_KEY);
}

static verdict client_takes_chunk(in_client *c, const in_chunk *chunk)
{
    REQUIRE(chunk->seq == c->seq, IN_064);
    REQUIRE(c->answer.n + chunk->bytes.n <= IN_ANSWER_MAX, IN_065);
    write_span(&c->answer, chunk->bytes);
    c->seq++;
    return ACCEPT;
}

static bool com_fits(const in_client *c, const prim *lib, const in_end *end)
{
    uint8_t com[IN_DIGEST];
    in_turn_com(lib, &c->turn, written(&c->answer), (uint8_t)end->finish, com);
    return span_same(SPAN(com), end->com);
}

static void close_turn(in_client *c)
{
    c->open = false;
    if (!c->turn.request.receipt)
        wipe(c->turn.kturn, IN_KEY);
}

static verdict client_takes_end(in_client *c, const prim *lib, const in_end *end)
{
    REQUIRE(end->seq == c->seq, IN_066);
    REQUIRE((end->receipt.n > 0) == (c->turn.request.receipt && end->output > 0), IN_067);
    REQUIRE(com_fits(c, lib, end), IN_078);
    close_turn(c);
    return ACCEPT;
}

static uint64_t id_of(const in_message *m)
{
    return m->type == IN_TYPE_CHUNK ? m->as.chunk.id : m->type == IN_TYPE_END ? m->as.end.id : m->as.error.id;
}

verdict in_client_takes(in_client *c, const prim *lib, const in_message *m)
{
    REQUIRE(m->type != IN_TYPE_TOKEN && m->type != IN_TYPE_REQUEST && m->type != IN_TYPE_CANCEL, IN_062);
    if (m->type == IN_TYPE_FILL)
        return ACCEPT;
    REQUIRE(c->open && id_of(m) == c->turn.request.id, IN_063);
    switch (m->type) {
    case IN_TYPE_CHUNK: return client_takes_chunk(c, &m->as.chunk);
    case IN_TYPE_END: return client_takes_end(c, lib, &m->as.end);
    default: close_turn(c); return ACCEPT;
    }
}
