#include "franking.h"

/* ---- 1. The receipt of an end ---- */

static span read_b32(reader *r) { return read_bytes(r, read_be(r, 4)); }

void in_write_signed_receipt(const in_signed_receipt *s, writer *out)
{
    write_be(out, s->opening.n, 4);
    write_span(out, s->opening);
    write_span(out, s->receipt);
    write_span(out, s->signature);
}

static verdict read_signed_receipt(span in, account *noted, in_signed_receipt *out)
{
    reader r = reader_of(in);
    out->opening = read_b32(&r);
    out->receipt = read_bytes(&r, IN_RECEIPT);
    out->signature = read_bytes(&r, IN_SIGNATURE_SIZE);
    CHECK(noted, reader_done(&r), IN_082);
    return ACCEPT;
}

/* The tokens spell the answer; one that ends it adds nothing. */
static bool spells(const in_expected *by, span output, span answer)
{
    size_t n = output.n / 2, at = 0;
    if (n && in_token(output, n - 1) == by->end)
        n--;
    for (size_t i = 0; i < n; i++) {
        const span text = by->text(by->ctx, in_token(output, i));
        if (!span_same(text, span_first(span_from(answer, at), text.n)))
            return false;
        at += text.n;
    }
    return at == answer.n;
}

static bool counts_fit(const in_opening *o, const in_end *end)
{
    return o->finish == end->finish && o->n_prompt == end->prompt && o->n_output == end->output;
}

static verdict compare_opening(const in_client *c, const prim *lib, const in_end *end, const in_expected *by, const in_opening *o,
                               account *noted)
{
    uint8_t salt[IN_DIGEST], seed[IN_DIGEST];
    in_turn_salt(lib, c->turn.kturn, salt);
    in_turn_seed(lib, c->turn.kturn, &c->turn.request, seed);
    CHECK(noted, span_same(o->salt, SPAN(salt)), IN_083);
    CHECK(noted, span_same(o->seed, SPAN(seed)), IN_084);
    CHECK(noted, span_same(o->model, by->model) && span_same(o->tokenizer, by->tokenizer), IN_085);
    CHECK(noted, span_same(o->parameters, c->turn.request.parameters), IN_086);
    CHECK(noted, counts_fit(o, end), IN_087);
    if (by->text)
        CHECK(noted, spells(by, o->output, written(&c->answer)), IN_088);
    return ACCEPT;
}

verdict in_client_checks_receipt(const in_client *c, const prim *lib, const in_end *end, const in_expected *by, account *noted,
                                 in_signed_receipt *out)
{
    in_signed_receipt s;
    in_opening o;
    in_receipt r;
    *noted = (account){0};
    DO(IN_089, noted->not_compared = (uint64_t)(by->text == NULL) << IN_TEXT);
    TRY(read_signed_receipt(end->receipt, noted, &s));
    TRY(in_read_opening(s.opening, noted, &o));
    TRY(compare_opening(c, lib, end, by, &o, noted));
    const in_signed held = {.key = by->key, .statement = by->statement, .signature = s.signature, .session = end->com};
    TRY(in_check_signed(lib, &held, s.receipt, noted, &r));
    TRY(in_compare_parts(lib, s.receipt, &r, &o, noted));
    if (out)
        *out = s;
    return ACCEPT;
}

/* ---- 2. A frank ---- */

#define F in_frank
static const field frank_fields[] = {
    ROW_BYTES(F, receipt, IN_RECEIPT), ROW_BYTES(F, signature, IN_SIGNATURE_SIZE),          ROW_BYTES(F, statement, IN_DIGEST),
    ROW_BYTES(F, model, IN_DIGEST),    ROW_UINT_BE_IN(F, n, 4, 1, IN_MESSAGES_MAX, IN_091), ROW_REST(F, rest),
};
#undef F

const layout in_frank_layout = {.name = "frank",
                                .encoding = LAYOUT_BINARY,
                                .req = REQ_IN_090,
                                .fields = frank_fields,
                                .n_fields = sizeof frank_fields / sizeof *frank_fields,
                                .n_struct = sizeof(in_frank)};

void in_write_opened_leaf(const in_opened_leaf *leaf, writer *row)
{
    write_be(row, leaf->index, 4);
    write_be(row, leaf->kind, 1);
    write_span(row, leaf->key);
    write_be(row, leaf->bytes.n, 4);
    write_span(row, leaf->bytes);
}

bool in_next_opened_leaf(reader *opened, in_opened_leaf *out)
{
    if (opened->rest.n == 0)
        return false;
    out->index = read_be(opened, 4);
    out->kind = read_be(opened, 1);
    out->key = read_bytes(opened, IN_DIGEST);
    out->bytes = read_b32(opened);
    return !opened->failed;
}

void in_write_frank(const in_frank *f, writer *out)
{
    in_frank head = *f;
    head.rest = EMPTY;
    layout_write(&in_frank_layout, &head, out);
    write_span(out, f->leaves);
    write_be(out, f->finish, 1);
    write_be(out, f->n_opened, 2);
    write_span(out, f->opened);
}

void in_make_frank(const prim *lib, const in_turn *t, span answer, uint8_t finish, const in_signed_receipt *s, span statement,
                   const uint32_t *indexes, size_t n_indexes, uint8_t room[IN_LEAVES_MAX * IN_DIGEST], writer *row, in_frank *out)
{
    const uint64_t n = t->request.n_messages;
    in_turn_leaves(lib, t, answer, room);
    for (size_t i = 0; i < n_indexes; i++) {
        uint8_t kind, key[IN_KEY];
        in_opened_leaf leaf = {.index = indexes[i], .key = SPAN(key)};
        must(in_leaf_content(t, answer, indexes[i], &kind, &leaf.bytes));
        leaf.kind = kind;
        in_leaf_key(lib, t->kturn, indexes[i], key);
        in_write_opened_leaf(&leaf, row);
    }
    *out = (in_frank){.receipt = s->receipt,
                      .signature = s->signature,
                      .statement = statement,
                      .model = t->model,
                      .n = n,
                      .leaves = span_of(room, IN_DIGEST * (n + 2)),
                      .finish = finish,
                      .n_opened = n_indexes,
                      .opened = written(row)};
}

static verdict read_frank(span in, account *noted, in_frank *out)
{
    in_opened_leaf leaf;
    TRY(layout_read_noting(&in_frank_layout, in, out, noted));
    reader r = reader_of(out->rest);
    const size_t n_leaves = IN_DIGEST * (size_t)(out->n + 2);
    out->leaves = n_leaves <= r.rest.n ? read_bytes(&r, n_leaves) : EMPTY;
    r.failed = r.failed || out->leaves.n == 0;
    out->finish = read_be(&r, 1);
    out->n_opened = read_be(&r, 2);
    const span row = r.rest;
    for (uint64_t i = 0; i < out->n_opened; i++)
        r.failed = r.failed || !in_next_opened_leaf(&r, &leaf);
    out->opened = span_first(row, row.n - r.rest.n);
    CHECK(noted, reader_done(&r), IN_090);
    return ACCEPT;
}

static bool kind_fits(const in_opened_leaf *leaf, uint64_t n)
{
    if (leaf->index == 0)
        return leaf->kind == IN_STEERING;
    return leaf->index == n + 1 ? leaf->kind == IN_ANSWER : leaf->kind <= IN_TOOL;
}

static bool indexes_rise(const in_frank *f)
{
    in_opened_leaf leaf;
    reader r = reader_of(f->opened);
    uint64_t least = 0;
    for (; in_next_opened_leaf(&r, &leaf); least = leaf.index + 1)
        if (leaf.index < least || leaf.index > f->n + 1)
            return false;
    return true;
}

static bool kinds_fit(const in_frank *f)
{
    in_opened_leaf leaf;
    reader r = reader_of(f->opened);
    while (in_next_opened_leaf(&r, &leaf))
        if (!kind_fits(&leaf, f->n))
            return false;
    return true;
}

static bool com_fits(const prim *lib, const in_frank *f, span session)
{
    uint8_t com[IN_DIGEST];
    in_com_of(lib, f->model, (uint32_t)f->n, f->leaves, (uint8_t)f->finish, com);
    return span_same(SPAN(com), session);
}

static bool leaves_fit(const prim *lib, const in_frank *f)
{
    in_opened_leaf leaf;
    reader r = reader_of(f->opened);
    while (in_next_opened_leaf(&r, &leaf)) {
        uint8_t made[IN_DIGEST];
        in_leaf(lib, leaf.key.p, (uint8_t)leaf.kind, leaf.bytes, made);
        if (!span_same(SPAN(made), span_first(span_from(f->leaves, IN_DIGEST * leaf.index), IN_DIGEST)))
            return false;
    }
    return true;
}

/* What a moderator is told of an accepted frank. */
static void tell(const in_frank *f, in_moderated *out)
{
    in_opened_leaf leaf;
    reader r = reader_of(f->opened);
    uint64_t context = 0;
    *out = (in_moderated){.frank = *f};
    while (in_next_opened_leaf(&r, &leaf)) {
        const bool is_answer = EMIT(IN_099, leaf.index == f->n + 1);
        out->has_answer = out->has_answer || is_answer;
        out->answer = is_answer ? leaf.bytes : out->answer;
        context += leaf.index <= f->n;
    }
    out->closed = EMIT(IN_097, f->n + 2 - f->n_opened);
    out->withheld = EMIT(IN_098, context < f->n + 1);
}

verdict in_moderate(const prim *lib, const in_moderator *by, span frank, account *noted, in_moderated *out)
{
    in_frank f;
    in_receipt r;
    *noted = (account){0};
    TRY(read_frank(frank, noted, &f));
    CHECK(noted, indexes_rise(&f), IN_092);
    CHECK(noted, kinds_fit(&f), IN_093);
    CHECK(noted, span_same(f.statement, by->statement), IN_113);
    const in_signed held = {.key = by->key, .statement = f.statement, .signature = f.signature};
    TRY(in_check_signed(lib, &held, f.receipt, noted, &r));
    CHECK(noted, com_fits(lib, &f, r.session), IN_094);
    CHECK(noted, span_same(f.model, by->model), IN_095);
    CHECK(noted, leaves_fit(lib, &f), IN_096);
    tell(&f, out);
    return ACCEPT;
}
