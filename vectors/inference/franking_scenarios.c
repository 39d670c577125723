/* A signed receipt of one turn, and franks of it, honest and with one lie each; whoever lies signs again. */
#include "noise_run.h"
#include "receipt_evil_peer.h"
#include "toy_model.h"
#include "turn_evil_peer.h"
#include "turn_vectors.h"

#include <stdio.h>
#include <string.h>

enum { TOKENS = 6, VOCABULARY = 300, N = 2, FRANK_ROOM = 1 << 17 };

typedef struct frank_sheet {
    sheet sheet;
    const prim *prim;
    const char *flag;
} frank_sheet;

static void accepts(frank_sheet *s, const char *slug, const char *req) { sheet_accepts(&s->sheet, slug, req); }

static void rejects(frank_sheet *s, const char *slug, const char *site, const char *mutation, const char *const *layers)
{
    sheet_rejects(&s->sheet, &(rejection){.slug = slug, .site = site, .mutation = mutation, .flag = s->flag, .layers = layers});
}

#define LAYERS(...) \
    (const char *const[]) { __VA_ARGS__, NULL }

static void put(frank_sheet *s, const char *key, span bytes) { sheet_in(&s->sheet, BYTES(key, bytes)); }
static void put_number(frank_sheet *s, const char *key, long n) { sheet_in(&s->sheet, NUMBER(key, n)); }

static span secret(const char *name, uint8_t room[32])
{
    named_secret("turn", name, room);
    return span_of(room, 32);
}

/* ---- one turn, and its receipt ---- */

typedef struct story {
    asked asked;
    uint8_t mk[32], kturn[32], model[32], tokenizer[32], q[32], key[32], statement[32];
    uint8_t parameters[64], prompt[8], output[2 * TOKENS], answer[TOKENS];
    size_t n_parameters;
    leaf_of_turn leaves[N + 2];
    uint8_t com[32], salt[32], seed[32];
    uint8_t opening[512], receipt[IN_RECEIPT], signature[64];
    size_t n_opening;
} story;

static span answer_of(const story *t) { return SPAN(t->answer); }

static span request_of(const story *t)
{
    static uint8_t room[2][1024];
    static unsigned at;
    writer w = writer_of(room[at++ % 2], sizeof room[0]);
    forge_request(&t->asked, &w);
    must(writer_ok(&w));
    return written(&w);
}

static in_opening opening_of(const story *t)
{
    return (in_opening){.salt = SPAN(t->salt),
                        .model = SPAN(t->model),
                        .tokenizer = SPAN(t->tokenizer),
                        .seed = SPAN(t->seed),
                        .finish = IN_CANCELLED,
                        .n_prompt = 3,
                        .n_output = TOKENS,
                        .parameters = span_of(t->parameters, t->n_parameters),
                        .prompt = span_of(t->prompt, 6),
                        .output = SPAN(t->output)};
}

static void seal_opening(frank_sheet *s, story *t, const in_opening *o, const uint8_t session[32])
{
    writer w = WRITER(t->opening);
    in_write_opening(o, &w);
    must(writer_ok(&w));
    t->n_opening = w.n;
    forge_receipt(s->prim, &(receipt_lie){.version = IN_RECEIPT_VERSION, .engine = TOY_ENGINE}, session, o, t->receipt);
    forge_signature(s->prim, t->q, t->receipt, t->statement, t->signature);
}

static void draw_answer(frank_sheet *s, story *t)
{
    toy_model toy = {.prim = s->prim, .vocabulary = VOCABULARY};
    const in_opening o = opening_of(t);
    for (size_t i = 1; i <= TOKENS; i++) {
        const uint32_t token = toy_draw(&toy, &o, i);
        t->output[2 * i - 2] = (uint8_t)(token >> 8);
        t->output[2 * i - 1] = (uint8_t)token;
        t->answer[i - 1] = (uint8_t)token;
    }
}

static void seal_leaves(frank_sheet *s, story *t)
{
    const span request = request_of(t);
    forge_leaf(s->prim, t->kturn, 0, 255, span_first(span_from(request, 6), 32 + 4 + t->n_parameters + 2 + 4 + 2), &t->leaves[0]);
    for (uint32_t i = 1; i <= N; i++)
        forge_leaf(s->prim, t->kturn, i, t->asked.said[i - 1].role, span_text(t->asked.said[i - 1].text), &t->leaves[i]);
    forge_leaf(s->prim, t->kturn, N + 1, 4, answer_of(t), &t->leaves[N + 1]);
    forge_com(s->prim, t->model, N, t->leaves, N + 2, IN_CANCELLED, t->com);
}

static void tell(frank_sheet *s, story *t)
{
    *t = (story){.asked = {.id = 7, .receipt = 1, .tools = {"{}"}, .n_tools = 1, .said = {{0, "Be brief."}, {1, "Go on."}}, .n_said = N}};
    writer w = WRITER(t->parameters);
    in_write_parameters(&(in_parameters){.temperature = 700, .top_k = 40, .n_stops = 1, .stop = {span_text("never said")}}, &w);
    t->n_parameters = w.n;
    t->asked.parameters = written(&w);
    secret("mk", t->mk), secret("model", t->model), secret("tokenizer", t->tokenizer), secret("q", t->q), secret("statement", t->statement);
    s->prim->ed25519_public(t->q, t->key);
    forge_kturn(s->prim, t->mk, t->kturn);
    forge_labelled(s->prim, t->kturn, "salt", t->salt);
    forge_labelled(s->prim, t->kturn, "seed", t->seed);
    memcpy(t->prompt, "\0\1\0\2\0\3", 6);
    draw_answer(s, t);
    seal_leaves(s, t);
    const in_opening o = opening_of(t);
    seal_opening(s, t, &o, t->com);
}

/* ---- in.sign ---- */

static void add_signatures(frank_sheet *s)
{
    static story t;
    tell(s, &t);
    for (unsigned i = 0; i < 2; i++) {
        uint8_t signature[64];
        if (i)
            secret("another statement", t.statement);
        accepts(s, i ? "other-statement" : "ok", "IN-079");
        put(s, "seed", SPAN(t.q));
        put(s, "receipt", SPAN(t.receipt));
        put(s, "statement", SPAN(t.statement));
        in_sign(s->prim, t.q, SPAN(t.receipt), SPAN(t.statement), signature);
        sheet_out(&s->sheet, BYTES("signature", SPAN(signature)));
    }
}

/* ---- in.verify, of signed receipts ---- */

static void put_verified(frank_sheet *s, const story *t)
{
    put(s, "opening", span_of(t->opening, t->n_opening));
    put(s, "receipt", SPAN(t->receipt));
    put(s, "model", SPAN(t->model));
    put(s, "tokenizer", SPAN(t->tokenizer));
    put_number(s, "engine", TOY_ENGINE);
    put_number(s, "vocabulary", VOCABULARY);
    put_number(s, "context", 64);
    put_number(s, "end", IN_NO_TOKEN);
}

static void put_signed(frank_sheet *s, span key, span statement, span signature)
{
    put(s, "key", key);
    put(s, "statement", statement);
    put(s, "signature", signature);
}

static void add_wrong_signatures(frank_sheet *s, const story *t)
{
    uint8_t other[32], key[32], signature[65] = {0};
    memcpy(signature, t->signature, 64);
    signature[63] ^= 1;
    rejects(s, "flipped", "IN-080", "one bit of the signature is another", NULL);
    put_verified(s, t);
    put_signed(s, SPAN(t->key), SPAN(t->statement), span_first(SPAN(signature), 64));
    signature[63] ^= 1;
    rejects(s, "byte-behind", "IN-080", "a byte behind the signature", NULL);
    put_verified(s, t);
    put_signed(s, SPAN(t->key), SPAN(t->statement), SPAN(signature));
    rejects(s, "other-key", "IN-080", "the signature of another key", NULL);
    s->prim->ed25519_public(secret("another q", other).p, key);
    put_verified(s, t);
    put_signed(s, SPAN(key), SPAN(t->statement), SPAN(t->signature));
    rejects(s, "other-statement", "IN-080", "another statement of the same key", NULL);
    put_verified(s, t);
    put_signed(s, SPAN(t->key), secret("another statement", other), SPAN(t->signature));
    s->prim->ed25519_sign(t->q, span_from(SPAN(t->receipt), 232), signature);
    rejects(s, "root-alone", "IN-080", "the signature is over the root alone", NULL);
    put_verified(s, t);
    put_signed(s, SPAN(t->key), SPAN(t->statement), span_first(SPAN(signature), 64));
}

static void add_wrong_sessions(frank_sheet *s, story *t)
{
    uint8_t room[32];
    rejects(s, "session-other", "IN-081", "the session of another turn", NULL);
    put_verified(s, t);
    put(s, "session", secret("another com", room));
    rejects(s, "session-zero", "IN-081", "a receipt that is bound to nothing", NULL);
    put(s, "session", SPAN(t->com));
    const in_opening o = opening_of(t);
    seal_opening(s, t, &o, (const uint8_t[32]){0});
    put_verified(s, t);
}

static void add_verified(frank_sheet *s)
{
    static const struct {
        const char *slug, *left;
        bool key, session;
    } rows[] = {{"ok", "", true, true}, {"no-session", "session", true, false}, {"no-key", "signature", false, true}};
    static story t;
    tell(s, &t);
    for (size_t i = 0; i < 3; i++) {
        accepts(s, rows[i].slug, "IN-033 IN-079 IN-080 IN-081");
        put_verified(s, &t);
        if (rows[i].key)
            put_signed(s, SPAN(t.key), SPAN(t.statement), SPAN(t.signature));
        if (rows[i].session)
            put(s, "session", SPAN(t.com));
        sheet_out(&s->sheet, TEXT("not_compared", rows[i].left));
    }
    add_wrong_signatures(s, &t);
    add_wrong_sessions(s, &t);
}

/* ---- in.receipt ---- */

static void put_end(frank_sheet *s, const story *t, span signed_receipt)
{
    uint8_t room[2048];
    writer w = WRITER(room);
    forge_end(&(ended){.id = 7, .seq = 1, .prompt = 3, .output = TOKENS, .finish = IN_CANCELLED, .com = t->com, .receipt = signed_receipt},
              &w);
    must(writer_ok(&w));
    put(s, "message", written(&w));
}

static void put_checked(frank_sheet *s, const story *t, span answer, bool spells, uint32_t end, size_t behind)
{
    uint8_t room[1024];
    writer w = WRITER(room);
    in_write_signed_receipt(&(in_signed_receipt){span_of(t->opening, t->n_opening), SPAN(t->receipt), SPAN(t->signature)}, &w);
    write_zeros(&w, behind);
    put(s, "mk", SPAN(t->mk));
    put(s, "request", request_of(t));
    put(s, "model", SPAN(t->model));
    put(s, "tokenizer", SPAN(t->tokenizer));
    put(s, "key", SPAN(t->key));
    put(s, "statement", SPAN(t->statement));
    put(s, "answer", answer);
    put_number(s, "end", (long)end);
    sheet_in(&s->sheet, BOOLEAN("spells", spells));
    put_end(s, t, written(&w));
}

typedef struct opening_lie {
    const char *slug, *site, *mutation;
    void (*change)(frank_sheet *, in_opening *);
} opening_lie;

static uint8_t other[64];

static void other_salt(frank_sheet *s, in_opening *o) { (void)s, o->salt = secret("another salt", other); }
static void flipped_salt(frank_sheet *s, in_opening *o)
{
    (void)s;
    span_take(o->salt, other, 32);
    other[0] ^= 1;
    o->salt = span_first(SPAN(other), 32);
}
static void seed_of_zeros(frank_sheet *s, in_opening *o)
{
    (void)s;
    memset(other, 0, 32);
    o->seed = span_first(SPAN(other), 32);
}
static void other_seed(frank_sheet *s, in_opening *o) { (void)s, o->seed = secret("another seed", other); }
static void other_model(frank_sheet *s, in_opening *o) { (void)s, o->model = secret("another model", other); }
static void other_tokenizer(frank_sheet *s, in_opening *o) { (void)s, o->tokenizer = secret("another tokenizer", other); }
static void hotter(frank_sheet *s, in_opening *o)
{
    (void)s;
    span_take(o->parameters, other, o->parameters.n);
    other[1] ^= 1;
    o->parameters = span_of(other, o->parameters.n);
}
static void no_stop(frank_sheet *s, in_opening *o)
{
    (void)s;
    span_take(o->parameters, other, IN_PARAMETERS_HEAD);
    other[IN_PARAMETERS_HEAD - 1] = 0;
    o->parameters = span_of(other, IN_PARAMETERS_HEAD);
}
static void other_finish(frank_sheet *s, in_opening *o) { (void)s, o->finish = IN_LENGTH; }
static void shorter_prompt(frank_sheet *s, in_opening *o) { (void)s, o->prompt = span_first(o->prompt, 4), o->n_prompt = 2; }
static void longer_output(frank_sheet *s, in_opening *o)
{
    (void)s;
    span_take(o->output, other, 2 * TOKENS);
    other[2 * TOKENS] = 0, other[2 * TOKENS + 1] = 'x';
    o->output = span_of(other, 2 * TOKENS + 2);
    o->n_output++;
}
static void other_token(frank_sheet *s, in_opening *o)
{
    (void)s;
    span_take(o->output, other, 2 * TOKENS);
    other[2 * TOKENS - 1] ^= 1;
    o->output = span_of(other, 2 * TOKENS);
}

static const char *const longer[] = {"IN-087", "IN-088", NULL};

static const opening_lie lies[] = {
    {"salt-other", "IN-083", "another salt", other_salt},
    {"salt-flipped", "IN-083", "one bit of the salt is another", flipped_salt},
    {"seed-zeros", "IN-084", "the seed as it was sent, zeros", seed_of_zeros},
    {"seed-other", "IN-084", "another seed", other_seed},
    {"model-other", "IN-085", "another model", other_model},
    {"tokenizer-other", "IN-085", "another tokenizer", other_tokenizer},
    {"hotter", "IN-086", "another temperature than was asked for", hotter},
    {"no-stop", "IN-086", "without the stop sequence that was asked for", no_stop},
    {"finish-other", "IN-087", "another finish than the end says", other_finish},
    {"prompt-shorter", "IN-087", "a prompt of fewer tokens than the end says", shorter_prompt},
    {"output-longer", "IN-087", "an output of more tokens than the end says", longer_output},
    {"token-other", "IN-088", "the last token is another than the answer shows", other_token},
};

/* A check of the honest receipt; `answer` is what was shown, and the vocabulary is there. */
static void put_known(frank_sheet *s, const story *t, span answer, uint32_t drawn, size_t behind)
{
    put_checked(s, t, answer, true, drawn, behind);
}

static void accepts_checked(frank_sheet *s, const char *slug, const char *req, const char *left)
{
    accepts(s, slug, req);
    sheet_out(&s->sheet, TEXT("not_compared", left));
}

static void add_honest_checks(frank_sheet *s, const story *t)
{
    accepts_checked(s, "ok", "IN-083 IN-084 IN-085 IN-086 IN-087 IN-088 IN-089", "");
    put_known(s, t, answer_of(t), IN_NO_TOKEN, 0);
    accepts_checked(s, "no-vocabulary", "IN-089", "text");
    put_checked(s, t, answer_of(t), false, IN_NO_TOKEN, 0);
    accepts_checked(s, "end-token", "IN-088", "");
    put_known(s, t, span_first(answer_of(t), TOKENS - 1), in_token(SPAN(t->output), TOKENS - 1), 0);
}

static void add_wrong_lengths(frank_sheet *s, const story *t)
{
    uint8_t longer_answer[TOKENS + 1] = {0};
    memcpy(longer_answer, t->answer, TOKENS);
    rejects(s, "byte-behind", "IN-082", "a byte behind the signature", NULL);
    put_known(s, t, answer_of(t), IN_NO_TOKEN, 1);
    rejects(s, "receipt-behind", "IN-082", "264 bytes behind the signature", NULL);
    put_known(s, t, answer_of(t), IN_NO_TOKEN, IN_RECEIPT);
    rejects(s, "answer-longer", "IN-088", "the answer has a byte that no token spells", NULL);
    put_known(s, t, SPAN(longer_answer), IN_NO_TOKEN, 0);
    rejects(s, "answer-shorter", "IN-088", "the answer lacks the last token's byte", NULL);
    put_known(s, t, span_first(answer_of(t), TOKENS - 1), IN_NO_TOKEN, 0);
}

static void add_checked(frank_sheet *s)
{
    static story t;
    tell(s, &t);
    add_honest_checks(s, &t);
    add_wrong_lengths(s, &t);
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        in_opening o = opening_of(&t);
        lies[i].change(s, &o);
        seal_opening(s, &t, &o, t.com);
        rejects(s, lies[i].slug, lies[i].site, lies[i].mutation, lies[i].change == longer_output ? longer : NULL);
        put_known(s, &t, answer_of(&t), IN_NO_TOKEN, 0);
    }
    tell(s, &t);
    t.signature[0] ^= 1;
    rejects(s, "signature-flipped", "IN-080", "one bit of the signature is another", NULL);
    put_known(s, &t, answer_of(&t), IN_NO_TOKEN, 0);
    const in_opening o = opening_of(&t);
    seal_opening(s, &t, &o, t.salt);
    rejects(s, "session-other", "IN-081", "the receipt's session is not com", NULL);
    put_known(s, &t, answer_of(&t), IN_NO_TOKEN, 0);
}

/* ---- in.frank, in.moderate ---- */

typedef struct opened {
    uint32_t index;
    uint8_t kind;
    span bytes;
    const uint8_t *key;
} opened;

static opened honest_opened(const story *t, uint32_t index)
{
    const span request = request_of(t);
    const span steering = span_first(span_from(request, 6), 32 + 4 + t->n_parameters + 2 + 4 + 2);
    if (index == 0)
        return (opened){0, 255, steering, t->leaves[0].key};
    if (index > N)
        return (opened){index, 4, answer_of(t), t->leaves[N + 1].key};
    return (opened){index, t->asked.said[index - 1].role, span_text(t->asked.said[index - 1].text), t->leaves[index].key};
}

/* n, leaves and finish as given; the count of opened leaves is true. */
static span frank_of(const story *t, uint32_t n, const leaf_of_turn *leaves, size_t n_leaves, uint8_t finish, const opened *rows,
                     size_t n_rows)
{
    static uint8_t room[FRANK_ROOM];
    writer w = WRITER(room);
    write_span(&w, SPAN(t->receipt));
    write_span(&w, SPAN(t->signature));
    write_span(&w, SPAN(t->statement));
    write_span(&w, SPAN(t->model));
    write_be(&w, n, 4);
    for (size_t i = 0; i < n_leaves; i++)
        write_span(&w, SPAN(leaves[i].leaf));
    write_be(&w, finish, 1);
    write_be(&w, n_rows, 2);
    for (size_t i = 0; i < n_rows; i++) {
        write_be(&w, rows[i].index, 4);
        write_be(&w, rows[i].kind, 1);
        write_span(&w, span_of(rows[i].key, 32));
        write_be(&w, rows[i].bytes.n, 4);
        write_span(&w, rows[i].bytes);
    }
    must(writer_ok(&w));
    return written(&w);
}

static span frank_with(const story *t, const opened *rows, size_t n) { return frank_of(t, N, t->leaves, N + 2, IN_CANCELLED, rows, n); }

static const struct {
    const char *slug;
    uint32_t index[4];
    size_t n;
} openings[] = {{"ok", {2, 3}, 2}, {"all", {0, 1, 2, 3}, 4}, {"answer", {3}, 1}, {"none", {0}, 0}, {"context", {0, 1, 2}, 3}};

static size_t rows_of(const story *t, size_t which, opened rows[4])
{
    for (size_t i = 0; i < openings[which].n; i++)
        rows[i] = honest_opened(t, openings[which].index[i]);
    return openings[which].n;
}

static void add_franks(frank_sheet *s)
{
    static story t;
    tell(s, &t);
    for (size_t i = 0; i < sizeof openings / sizeof *openings; i++) {
        opened rows[4];
        uint8_t indexes[16];
        writer w = WRITER(indexes);
        for (size_t k = 0; k < openings[i].n; k++)
            write_be(&w, openings[i].index[k], 4);
        accepts(s, openings[i].slug, "IN-068 IN-071 IN-074 IN-075 IN-076");
        put(s, "mk", SPAN(t.mk));
        put(s, "request", request_of(&t));
        put(s, "model", SPAN(t.model));
        put(s, "answer", answer_of(&t));
        put_number(s, "finish", IN_CANCELLED);
        put(s, "receipt", SPAN(t.receipt));
        put(s, "signature", SPAN(t.signature));
        put(s, "statement", SPAN(t.statement));
        put(s, "indexes", written(&w));
        sheet_out(&s->sheet, BYTES("frank", frank_with(&t, rows, rows_of(&t, i, rows))));
    }
}

static void put_frank_against(frank_sheet *s, const story *t, span frank, const uint8_t statement[32], const uint8_t model[32])
{
    put(s, "frank", frank);
    put(s, "key", SPAN(t->key));
    put(s, "statement", span_of(statement, 32));
    put(s, "model", span_of(model, 32));
}

static void put_frank(frank_sheet *s, const story *t, span frank) { put_frank_against(s, t, frank, t->statement, t->model); }

static void add_honest_franks(frank_sheet *s, const story *t)
{
    for (size_t i = 0; i < sizeof openings / sizeof *openings; i++) {
        opened rows[4];
        const size_t n = rows_of(t, i, rows);
        const bool answered = n && rows[n - 1].index == N + 1;
        accepts(s, openings[i].slug, "IN-074 IN-077 IN-079 IN-094 IN-095 IN-096 IN-097 IN-098 IN-099");
        put_frank(s, t, frank_with(t, rows, n));
        sheet_out(&s->sheet, NUMBER("closed", (long)(N + 2 - n)));
        sheet_out(&s->sheet, BOOLEAN("withheld", n - answered < N + 1));
        sheet_out(&s->sheet, BOOLEAN("answered", answered));
        sheet_out(&s->sheet, BYTES("answer", answered ? answer_of(t) : EMPTY));
    }
}

/* A frank whose receipt is signed for the com of these leaves. */
static void put_own_frank(frank_sheet *s, story t, uint32_t n, const leaf_of_turn *leaves, size_t n_leaves, const opened *rows,
                          size_t n_rows)
{
    uint8_t com[32];
    forge_com(s->prim, t.model, n, leaves, n_leaves, IN_CANCELLED, com);
    const in_opening o = opening_of(&t);
    seal_opening(s, &t, &o, com);
    put_frank(s, &t, frank_of(&t, n, leaves, n_leaves, IN_CANCELLED, rows, n_rows));
}

static void add_misshapen_franks(frank_sheet *s, const story *t)
{
    static leaf_of_turn many[1027];
    static uint8_t copy[4096];
    opened rows[4];
    const size_t n = rows_of(t, 0, rows);
    const span whole = frank_with(t, rows, n);
    span_take(whole, copy, sizeof copy);
    rejects(s, "byte-behind", "IN-090", "a byte behind the last leaf", NULL);
    put_frank(s, t, span_of(copy, whole.n + 1));
    rejects(s, "leaf-behind", "IN-090", "an opened leaf that no count counts", NULL);
    put_frank(s, t, span_of(copy, whole.n + 41));
    rejects(s, "n-0", "IN-091", "a turn without messages", NULL);
    put_own_frank(s, *t, 0, t->leaves, 2, NULL, 0);
    for (size_t i = 0; i < 1027; i++)
        many[i] = t->leaves[i % 4];
    rejects(s, "n-1025", "IN-091", "a turn of 1025 messages", NULL);
    put_own_frank(s, *t, 1025, many, 1027, NULL, 0);
}

static void add_misplaced_leaves(frank_sheet *s, story *t)
{
    opened rows[3] = {honest_opened(t, 2), honest_opened(t, 2)};
    rejects(s, "index-twice", "IN-092", "a leaf is opened twice", NULL);
    put_frank(s, t, frank_with(t, rows, 2));
    rows[0] = honest_opened(t, 3);
    rejects(s, "index-falls", "IN-092", "two leaves in the other order", NULL);
    put_frank(s, t, frank_with(t, rows, 2));
    rows[0] = honest_opened(t, 2);
    rows[1] = (opened){N + 2, 1, span_text("said later"), t->leaves[1].key};
    rejects(s, "index-above", "IN-092", "a leaf behind the answer", LAYERS("IN-092", "IN-096"));
    put_frank(s, t, frank_with(t, rows, 2));
}

static void add_wrong_kinds(frank_sheet *s, story *t)
{
    static const struct {
        const char *slug, *mutation;
        uint32_t index;
        uint8_t kind;
    } kinds[] = {
        {"kind-answer", "a message that is called the enclave's answer", 2, 4},
        {"kind-steering", "a message that is called the request's tools", 1, 255},
        {"kind-user", "the answer is called a user's words", 3, 1},
        {"kind-tools", "the request's tools are called the system's words", 0, 0},
    };
    const span said = span_text("I never said this.");
    leaf_of_turn leaves[N + 2];
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        leaf_of_turn *wrong = &leaves[kinds[i].index];
        memcpy(leaves, t->leaves, sizeof leaves);
        forge_leaf(s->prim, t->kturn, kinds[i].index, kinds[i].kind, said, wrong);
        rejects(s, kinds[i].slug, "IN-093", kinds[i].mutation, NULL);
        put_own_frank(s, *t, N, leaves, N + 2, &(opened){kinds[i].index, kinds[i].kind, said, wrong->key}, 1);
    }
}

static void add_wrong_commitments(frank_sheet *s, const story *t)
{
    opened rows[4];
    leaf_of_turn leaves[N + 2];
    const size_t n = rows_of(t, 0, rows);
    story lying = *t;
    memcpy(leaves, t->leaves, sizeof leaves);
    leaves[1].leaf[0] ^= 1;
    rejects(s, "closed-leaf", "IN-094", "a closed leaf is another", NULL);
    put_frank(s, t, frank_of(t, N, leaves, N + 2, IN_CANCELLED, rows, n));
    rejects(s, "finish", "IN-094", "another finish, which makes a beginning the whole", NULL);
    put_frank(s, t, frank_of(t, N, t->leaves, N + 2, IN_END, rows, n));
    secret("another model", lying.model);
    rejects(s, "model", "IN-095", "another model than the statement's", NULL);
    forge_com(s->prim, lying.model, N, t->leaves, N + 2, IN_CANCELLED, lying.com);
    const in_opening o = opening_of(&lying);
    seal_opening(s, &lying, &o, lying.com);
    put_frank(s, t, frank_with(&lying, rows, n));
    rejects(s, "model-claimed", "IN-095", "the statement names another model", NULL);
    put_frank_against(s, t, frank_with(t, rows, n), t->statement, lying.model);
}

static void add_wrong_openings(frank_sheet *s, const story *t)
{
    opened rows[4];
    const size_t n = rows_of(t, 0, rows);
    rows[1].bytes = span_text("I never said this.");
    rejects(s, "bytes", "IN-096", "the answer is opened as another text", NULL);
    put_frank(s, t, frank_with(t, rows, n));
    rows_of(t, 0, rows);
    rows[0].key = t->leaves[1].key;
    rejects(s, "leaf-key", "IN-096", "a leaf is opened with the key of another", NULL);
    put_frank(s, t, frank_with(t, rows, n));
    rows_of(t, 0, rows);
    rows[0].kind = 0;
    rejects(s, "role", "IN-096", "a user's words are opened as the system's", NULL);
    put_frank(s, t, frank_with(t, rows, n));
}

static void add_wrong_signers(frank_sheet *s, const story *t)
{
    opened rows[4];
    const size_t n = rows_of(t, 0, rows);
    story lying = *t;
    secret("another q", lying.q);
    forge_signature(s->prim, lying.q, lying.receipt, lying.statement, lying.signature);
    rejects(s, "signer", "IN-080", "signed by the key of another machine", NULL);
    put_frank(s, t, frank_with(&lying, rows, n));
    lying = *t;
    secret("another statement", lying.statement);
    forge_signature(s->prim, t->q, lying.receipt, lying.statement, lying.signature);
    rejects(s, "statement", "IN-113", "signed for another statement of the same machine", NULL);
    put_frank(s, t, frank_with(&lying, rows, n));
    rejects(s, "statement-known", "IN-113", "another statement was verified", NULL);
    put_frank_against(s, t, frank_with(t, rows, n), lying.statement, t->model);
    lying = *t;
    lying.signature[40] ^= 1;
    rejects(s, "signature", "IN-080", "one bit of the signature is another", NULL);
    put_frank(s, t, frank_with(&lying, rows, n));
}

static void add_moderated(frank_sheet *s)
{
    static story t;
    tell(s, &t);
    add_honest_franks(s, &t);
    add_misshapen_franks(s, &t);
    add_misplaced_leaves(s, &t);
    add_wrong_kinds(s, &t);
    add_wrong_commitments(s, &t);
    add_wrong_openings(s, &t);
    add_wrong_signers(s, &t);
}

/* ---- files ---- */

static const struct {
    const char *op, *subject, *flag, *bug, *effect, *refs;
    void (*add)(frank_sheet *);
} files[] = {
    {"in.sign", "", "WrongSignature", "BINDING", "A receipt that says nothing about its statement.", "IN-079", add_signatures},
    {"in.verify", "signed", "WrongSignature", "AUTH_BYPASS", "A receipt passes for that of another machine, time or turn.", "IN-080 IN-081",
     add_verified},
    {"in.receipt", "", "WrongReceipt", "BINDING", "The receipt is of another turn than the one that was shown.", "IN-083 IN-088",
     add_checked},
    {"in.frank", "", "WrongFrank", "BINDING", "A frank that nobody accepts.", "IN-074", add_franks},
    {"in.moderate", "", "WrongFrank", "AUTH_BYPASS", "Somebody is blamed for words that were not said, or without their context.",
     "IN-093 IN-094 IN-096", add_moderated},
};

cJSON *franking_file(const prim *p, int which)
{
    static const char *const checked_by[] = {"text", "witness-js", "audit", NULL};
    frank_sheet s = {.prim = p, .flag = files[which].flag};
    s.sheet = sheet_start(p, files[which].op, "vectors/inference/franking_scenarios", "766563746f7273", checked_by);
    sheet_note(&s.sheet, files[which].flag, files[which].bug, files[which].effect, files[which].refs);
    sheet_group(&s.sheet, "frank", *files[which].subject ? "in:receipt" : "in:turn", files[which].subject);
    files[which].add(&s);
    return s.sheet.document;
}
