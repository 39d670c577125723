#include "inference.h"

#include "labelled.h"

#include <string.h>

/* ---- 1. Notation ---- */

/* With the zero byte behind the text, as the chapter has it. */
static const char start_label[] = "parley receipt start", token_label[] = "parley receipt token", root_label[] = "parley receipt root";

static void hash(const prim *lib, const span *parts, size_t n_parts, uint8_t out[IN_DIGEST])
{
    lib->hash(PRIM_SHA256, parts, n_parts, out);
}

uint16_t in_token(span row, size_t i)
{
    reader r = reader_of(span_from(row, 2 * i));
    return (uint16_t)read_be(&r, 2);
}

static size_t n_tokens(span row) { return row.n / 2; }

/* ---- 2. The opening ---- */

const char *const in_finish_names[IN_FINISHES] = {
    [IN_END] = "end", [IN_LENGTH] = "length", [IN_STOP] = "stop", [IN_CANCELLED] = "cancelled"};

#define O in_opening
static const field opening_fields[] = {
    ROW_BYTES(O, salt, IN_DIGEST), ROW_BYTES(O, model, IN_DIGEST), ROW_BYTES(O, tokenizer, IN_DIGEST),
    ROW_BYTES(O, seed, IN_DIGEST), ROW_UINT_BE(O, finish, 1),      ROW_UINT_BE(O, n_parameters, 2),
    ROW_UINT_BE(O, n_prompt, 2),   ROW_UINT_BE(O, n_output, 2),    ROW_REST(O, rows),
};
#undef O

#define P in_parameters
static const field parameters_fields[] = {
    ROW_UINT_BE(P, temperature, 2), ROW_UINT_BE(P, top_k, 2),      ROW_UINT_BE(P, top_p, 4),   ROW_UINT_BE(P, min_p, 4),
    ROW_UINT_BE(P, penalty, 2),     ROW_UINT_BE(P, max_tokens, 4), ROW_UINT_BE(P, n_stops, 1), ROW_REST(P, stops),
};
#undef P

/* A head that is cut off is a wrong length as well: the sites of both sentences are in the readers below. */
#define HEAD(name_, T, rows, id)                                                                                              \
    {                                                                                                                         \
        .name = (name_), .encoding = LAYOUT_BINARY, .req = (id), .fields = (rows), .n_fields = sizeof(rows) / sizeof *(rows), \
        .n_struct = sizeof(T)                                                                                                 \
    }
const layout in_opening_layout = HEAD("opening", in_opening, opening_fields, REQ_IN_001);
const layout in_parameters_layout = HEAD("parameters", in_parameters, parameters_fields, REQ_IN_004);

void in_write_parameters(const in_parameters *p, writer *out)
{
    must(p->n_stops <= IN_STOPS_MAX);
    in_parameters head = *p;
    head.stops = EMPTY;
    layout_write(&in_parameters_layout, &head, out);
    for (size_t i = 0; i < p->n_stops; i++) {
        write_be(out, p->stop[i].n, 1);
        write_span(out, p->stop[i]);
    }
}

void in_write_opening(const in_opening *o, writer *out)
{
    in_opening head = *o;
    head.n_parameters = o->parameters.n;
    head.n_prompt = n_tokens(o->prompt);
    head.n_output = n_tokens(o->output);
    head.rows = EMPTY;
    layout_write(&in_opening_layout, &head, out);
    write_span(out, o->parameters);
    write_span(out, o->prompt);
    write_span(out, o->output);
}

/* Says whether the stop sequences are what the sentence wants; keeps no more of them than there is room for. */
static bool read_stops(in_parameters *p)
{
    reader r = reader_of(p->stops);
    bool well = p->n_stops <= IN_STOPS_MAX;
    p->n_stops = well ? p->n_stops : IN_STOPS_MAX;
    for (size_t i = 0; i < p->n_stops; i++) {
        const size_t n = read_be(&r, 1);
        p->stop[i] = read_bytes(&r, n);
        well = well && n >= 1 && n <= IN_STOP_MAX;
    }
    return well && reader_done(&r);
}

static void cut_rows(in_opening *o)
{
    reader r = reader_of(o->rows);
    o->parameters = read_bytes(&r, o->n_parameters);
    o->prompt = read_bytes(&r, 2 * o->n_prompt);
    o->output = read_bytes(&r, 2 * o->n_output);
}

static bool is_a_count(uint64_t n) { return n >= 1 && n <= IN_TOKENS_MAX; }

static bool in_range(const in_parameters *p)
{
    return p->temperature <= IN_TEMPERATURE_MAX && p->top_p <= IN_SHARE_MAX && p->min_p <= IN_SHARE_MAX;
}

verdict in_read_parameters(span in, account *noted, in_parameters *out)
{
    in_parameters p;
    TRY(layout_read_noting(&in_parameters_layout, in, &p, noted));
    CHECK(noted, read_stops(&p), IN_004);
    CHECK(noted, in_range(&p), IN_005);
    *out = p;
    return ACCEPT;
}

verdict in_read_opening(span in, account *noted, in_opening *out)
{
    in_opening o;
    TRY(layout_read_noting(&in_opening_layout, in, &o, noted));
    CHECK(noted, in.n == IN_OPENING_HEAD + o.n_parameters + 2 * o.n_prompt + 2 * o.n_output, IN_001);
    CHECK(noted, is_a_count(o.n_prompt), IN_002);
    CHECK(noted, is_a_count(o.n_output), IN_003);
    cut_rows(&o);
    TRY(in_read_parameters(o.parameters, noted, &o.parameter));
    *out = o;
    return ACCEPT;
}

/* ---- 3. The receipt ---- */

const char *const in_part_names[IN_PARTS] = {
    [IN_MODEL] = "model",           [IN_TOKENIZER] = "tokenizer", [IN_PROMPT] = "prompt",
    [IN_PARAMETERS] = "parameters", [IN_SEED] = "seed",           [IN_OUTPUT] = "output",
};

enum { BEFORE_OUTPUT = 200, BEFORE_ROOT = 232, OUTPUT_CONTENT = 37, LABEL_MAX = 32 };

void in_part_key(const prim *lib, span salt, in_part part, uint8_t key[IN_DIGEST])
{
    uint8_t label[LABEL_MAX];
    writer w = WRITER(label);
    write_text(&w, "parley receipt part ");
    write_text(&w, EMIT(IN_006, in_part_names[part]));
    prim_hkdf_expand(lib, PRIM_SHA256, salt, written(&w), key, IN_DIGEST);
}

static void leaf_under(const prim *lib, span key, span content, uint8_t leaf[IN_DIGEST])
{
    lib->hmac(PRIM_SHA256, EMIT(IN_007, key), &content, 1, leaf);
}

/* c_0, which stands for all that the receipt says before its output. */
static void start_chain(const prim *lib, span receipt, uint8_t link[IN_DIGEST])
{
    const span parts[] = {SPAN(start_label), EMIT(IN_008, span_first(receipt, BEFORE_OUTPUT))};
    hash(lib, parts, 2, link);
}

/* c_(i-1) becomes c_i. */
static void next_link(const prim *lib, size_t i, uint16_t token, uint8_t link[IN_DIGEST])
{
    uint8_t numbers[6], next[IN_DIGEST];
    writer w = WRITER(numbers);
    write_be(&w, i, 4);
    write_be(&w, token, 2);
    const span before = EMIT(IN_009, span_of(link, IN_DIGEST)), position = EMIT(IN_010, span_first(SPAN(numbers), 4)),
               drawn = EMIT(IN_011, span_from(SPAN(numbers), 4));
    const span parts[] = {SPAN(token_label), before, position, drawn};
    hash(lib, parts, 4, next);
    memcpy(link, next, IN_DIGEST);
}

static span output_content(const prim *lib, span receipt, const in_opening *o, uint8_t room[OUTPUT_CONTENT])
{
    uint8_t link[IN_DIGEST], numbers[OUTPUT_CONTENT - IN_DIGEST];
    writer w = writer_of(room, OUTPUT_CONTENT), n = WRITER(numbers);
    start_chain(lib, receipt, link);
    for (size_t i = 1; i <= n_tokens(o->output); i++)
        next_link(lib, i, in_token(o->output, i - 1), link);
    write_be(&n, o->n_prompt, 2);
    write_be(&n, o->n_output, 2);
    write_be(&n, o->finish, 1);
    write_span(&w, EMIT(IN_012, written(&n)));
    write_span(&w, SPAN(link));
    return written(&w);
}

/* `receipt`: as much of it as stands before the part's leaf. */
static span content_of(const prim *lib, span receipt, in_part part, const in_opening *o, uint8_t room[OUTPUT_CONTENT])
{
    switch (part) {
    case IN_MODEL: return o->model;
    case IN_TOKENIZER: return o->tokenizer;
    case IN_PROMPT: return o->prompt;
    case IN_PARAMETERS: return o->parameters;
    case IN_SEED: return o->seed;
    default: return output_content(lib, receipt, o, room);
    }
}

static void leaf_of(const prim *lib, span receipt, in_part part, const uint8_t key[IN_DIGEST], const in_opening *o, uint8_t leaf[IN_DIGEST])
{
    uint8_t room[OUTPUT_CONTENT];
    leaf_under(lib, span_of(key, IN_DIGEST), content_of(lib, receipt, part, o, room), leaf);
}

static void root_of(const prim *lib, span receipt, uint8_t root[IN_DIGEST])
{
    const span parts[] = {SPAN(root_label), EMIT(IN_013, span_first(receipt, BEFORE_ROOT))};
    hash(lib, parts, 2, root);
}

verdict in_make_receipt(const prim *lib, uint32_t engine, const uint8_t session[IN_DIGEST], span opening, uint8_t receipt[IN_RECEIPT])
{
    in_opening o;
    uint8_t key[IN_DIGEST], digest[IN_DIGEST];
    TRY(in_read_opening(opening, NULL, &o));
    writer w = writer_of(receipt, IN_RECEIPT);
    write_be(&w, IN_RECEIPT_VERSION, 4);
    write_be(&w, engine, 4);
    write_span(&w, span_of(session, IN_DIGEST));
    for (in_part part = IN_MODEL; part < IN_PARTS; part++) {
        in_part_key(lib, o.salt, part, key);
        leaf_of(lib, written(&w), part, key, &o, digest);
        write_span(&w, SPAN(digest));
    }
    root_of(lib, written(&w), digest);
    write_span(&w, SPAN(digest));
    wipe(key, sizeof key);
    return ACCEPT;
}

/* ---- 4. Reading a receipt ---- */

#define R in_receipt
#define LEAF(name_, part)                                                                      \
    {                                                                                          \
        .name = (name_), .kind = FIELD_BYTES, .size = IN_DIGEST, .at = offsetof(R, leaf[part]) \
    }
static const field receipt_fields[] = {ROW_UINT_BE_IN(R, version, 4, IN_RECEIPT_VERSION, IN_RECEIPT_VERSION, IN_016),
                                       ROW_UINT_BE(R, engine, 4),
                                       ROW_BYTES(R, session, IN_DIGEST),
                                       LEAF("model", IN_MODEL),
                                       LEAF("tokenizer", IN_TOKENIZER),
                                       LEAF("prompt", IN_PROMPT),
                                       LEAF("parameters", IN_PARAMETERS),
                                       LEAF("seed", IN_SEED),
                                       LEAF("output", IN_OUTPUT),
                                       ROW_BYTES(R, root, IN_DIGEST)};
#undef LEAF
#undef R

const layout in_receipt_layout = LAYOUT("receipt", LAYOUT_BINARY, in_receipt, receipt_fields, IN_015);

static bool root_fits(const prim *lib, span receipt, const in_receipt *r)
{
    uint8_t root[IN_DIGEST];
    root_of(lib, receipt, root);
    return span_same(SPAN(root), r->root);
}

static verdict read_receipt(const prim *lib, span in, account *noted, in_receipt *out)
{
    TRY(layout_read_noting(&in_receipt_layout, in, out, noted));
    CHECK(noted, root_fits(lib, in, out), IN_017);
    return ACCEPT;
}

/* ---- 5. The parts ---- */

static const uint16_t part_sentences[IN_PARTS] = {
    [IN_MODEL] = SITE(IN_018),      [IN_TOKENIZER] = SITE(IN_019), [IN_PROMPT] = SITE(IN_020),
    [IN_PARAMETERS] = SITE(IN_021), [IN_SEED] = SITE(IN_022),      [IN_OUTPUT] = SITE(IN_023),
};

static bool leaf_fits(const prim *lib, span receipt, const in_receipt *r, in_part part, const uint8_t key[IN_DIGEST],
                      const in_opening *shown)
{
    uint8_t leaf[IN_DIGEST];
    leaf_of(lib, receipt, part, key, shown, leaf);
    return span_same(SPAN(leaf), r->leaf[part]);
}

static verdict judge_part(in_part part, bool fits, account *noted)
{
    CHECK_ROW(noted, fits, part_sentences[part]);
    return ACCEPT;
}

verdict in_check_part(const prim *lib, span receipt, in_part part, const uint8_t key[IN_DIGEST], const in_opening *shown)
{
    in_receipt r;
    TRY(read_receipt(lib, receipt, NULL, &r));
    return judge_part(part, leaf_fits(lib, receipt, &r, part, key, shown), NULL);
}

verdict in_compare_parts(const prim *lib, span receipt, const in_receipt *r, const in_opening *o, account *noted)
{
    uint8_t key[IN_DIGEST];
    for (in_part part = IN_MODEL; part < IN_PARTS; part++) {
        in_part_key(lib, o->salt, part, key);
        TRY(judge_part(part, leaf_fits(lib, receipt, r, part, key, o), noted));
    }
    return ACCEPT;
}

/* ---- 6. The model at hand ---- */

typedef struct verification {
    const prim *prim;
    const in_model *model;
    span bytes; /* the receipt's */
    in_receipt receipt;
    in_opening opening;
    account *account;
    size_t *wrong; /* of the findings */
} verification;

static bool knows_all(const in_model *m, span tokens)
{
    bool known = true;
    for (size_t i = 0; i < n_tokens(tokens); i++)
        known = known && in_token(tokens, i) < m->vocabulary;
    return known;
}

static verdict compare_model(verification *v)
{
    const in_model *m = v->model;
    const in_opening *o = &v->opening;
    CHECK(v->account, v->receipt.engine == m->engine, IN_024);
    CHECK(v->account, span_same(m->digest, o->model), IN_025);
    CHECK(v->account, span_same(m->tokenizer, o->tokenizer), IN_026);
    CHECK(v->account, knows_all(m, o->prompt), IN_027);
    CHECK(v->account, o->n_prompt + o->n_output <= m->context, IN_028);
    return ACCEPT;
}

/* ---- 7. Running it again ---- */

static bool draws_the_same(verification *v)
{
    const in_opening *o = &v->opening;
    for (size_t i = 1; i <= n_tokens(o->output); i++)
        if (v->model->draw(v->model->ctx, o, i) != in_token(o->output, i - 1)) {
            DO(IN_030, *v->wrong = i);
            return false;
        }
    return true;
}

/* The last bytes of the output's text so far: as many as a stop sequence can have. */
typedef struct tail {
    uint8_t bytes[IN_STOP_MAX];
} tail;

static bool ends_with_stop(const tail *t, size_t n_text, const in_parameters *p)
{
    for (size_t i = 0; i < p->n_stops; i++) {
        const size_t n = p->stop[i].n;
        if (WEAKENED(IN_004) && (n < 1 || n > IN_STOP_MAX))
            continue;
        if (n <= n_text && span_same(span_from(SPAN(t->bytes), IN_STOP_MAX - n), p->stop[i]))
            return true;
    }
    return false;
}

/* A stop sequence may begin in one token's text and end inside another's. */
static bool completes_stop(tail *t, size_t *n_text, span text, const in_parameters *p)
{
    bool complete = false;
    for (size_t i = 0; i < text.n; i++) {
        memmove(t->bytes, t->bytes + 1, IN_STOP_MAX - 1);
        t->bytes[IN_STOP_MAX - 1] = text.p[i];
        ++*n_text;
        complete = complete || ends_with_stop(t, *n_text, p);
    }
    return complete;
}

/* How the i-th token of the output ends it; IN_CANCELLED: it does not. `stops`: it completes a stop sequence. */
static in_finish finish_with(const in_model *m, const in_opening *o, size_t i, bool stops)
{
    if (in_token(o->output, i - 1) == m->end)
        return IN_END;
    if (stops)
        return IN_STOP;
    return i == o->parameter.max_tokens || o->n_prompt + i >= m->context ? IN_LENGTH : IN_CANCELLED;
}

/* How the last token ends the output. *went_on: one before it had done so already. */
static in_finish last_finish(const in_model *m, const in_opening *o, bool *went_on)
{
    tail text = {{0}};
    size_t n_text = 0;
    in_finish finish = IN_CANCELLED;
    *went_on = false;
    for (size_t i = 1; i <= n_tokens(o->output); i++) {
        *went_on = *went_on || finish != IN_CANCELLED;
        const span said = m->text(m->ctx, in_token(o->output, i - 1));
        finish = finish_with(m, o, i, completes_stop(&text, &n_text, said, &o->parameter));
    }
    return finish;
}

in_finish in_finish_of(const in_model *m, const in_opening *o)
{
    bool went_on;
    return last_finish(m, o, &went_on);
}

static verdict judge_finish(verification *v)
{
    bool went_on;
    const in_finish finish = last_finish(v->model, &v->opening, &went_on);
    CHECK(v->account, !went_on, IN_031);
    CHECK(v->account, v->opening.finish == finish, IN_032);
    return ACCEPT;
}

static verdict run_again(verification *v)
{
    CHECK(v->account, draws_the_same(v), IN_029);
    return judge_finish(v);
}

/* ---- 8. What a verification tells ---- */

const char *const in_comparison_names[IN_COMPARISONS] = {[IN_SIGNATURE] = "signature", [IN_SESSION] = "session", [IN_TEXT] = "text"};

static uint64_t not_given(const in_signed *by)
{
    return (uint64_t)(by->key.n == 0) << IN_SIGNATURE | (uint64_t)(by->session.n == 0) << IN_SESSION;
}

static verdict verify(verification *v, const in_signed *by, span opening)
{
    TRY(in_read_opening(opening, v->account, &v->opening));
    TRY(in_check_signed(v->prim, by, v->bytes, v->account, &v->receipt));
    TRY(in_compare_parts(v->prim, v->bytes, &v->receipt, &v->opening, v->account));
    TRY(compare_model(v));
    return run_again(v);
}

verdict in_verify_signed(const prim *lib, const in_model *model, const in_signed *by, span receipt, span opening, in_findings *out)
{
    verification v = {.prim = lib, .model = model, .bytes = receipt, .account = &out->account, .wrong = &out->wrong};
    *out = (in_findings){0};
    DO(IN_033, out->account.not_compared = not_given(by));
    return verify(&v, by, opening);
}

verdict in_verify(const prim *lib, const in_model *model, span receipt, span opening, in_findings *out)
{
    static const in_signed nothing;
    return in_verify_signed(lib, model, &nothing, receipt, opening, out);
}

/* ---- 9. A signed receipt ---- */

enum { SIGNED_MAX = 32 + 2 * IN_DIGEST };

static span signed_text(span root, span statement, uint8_t room[SIGNED_MAX])
{
    writer w = writer_of(room, SIGNED_MAX);
    labelled_prefix("receipt", &w);
    write_span(&w, root);
    write_span(&w, statement);
    return EMIT(IN_079, written(&w));
}

void in_sign(const prim *lib, const uint8_t seed[IN_DIGEST], span receipt, span statement, uint8_t signature[IN_SIGNATURE_SIZE])
{
    uint8_t room[SIGNED_MAX];
    lib->ed25519_sign(seed, signed_text(span_from(receipt, BEFORE_ROOT), statement, room), signature);
}

static bool signature_fits(const prim *lib, const in_signed *by, span root)
{
    uint8_t room[SIGNED_MAX];
    return by->signature.n == IN_SIGNATURE_SIZE && lib->ed25519_verify(by->key.p, signed_text(root, by->statement, room), by->signature.p);
}

verdict in_check_signed(const prim *lib, const in_signed *by, span receipt, account *noted, in_receipt *out)
{
    in_receipt r;
    TRY(read_receipt(lib, receipt, noted, &r));
    if (by->key.n)
        CHECK(noted, signature_fits(lib, by, r.root), IN_080);
    if (by->session.n)
        CHECK(noted, span_same(r.session, by->session), IN_081);
    *out = r;
    return ACCEPT;
}
