/* One honest answer, and answers that differ from it in one respect. Whatever is changed below a commitment, the prover who changes it makes
 * all commitments anew. */
#include "chapter.h"
#include "receipt_evil_peer.h"
#include "toy_model.h"
#include "turn_vectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROW = 2 * (IN_TOKENS_MAX + 1), OPENING = IN_OPENING_MAX + 256, TOKENS = 6, VOCABULARY = 300, CONTEXT = 64 };

typedef struct scene {
    const prim *prim;
    uint8_t salt[32], model[32], tokenizer[32], seed[32], session[32];
    in_parameters parameter;
    uint8_t parameters[512], prompt[ROW], output[ROW];
    size_t n_parameters, n_prompt, n_output; /* n_parameters in bytes */
    uint64_t finish;
    in_model presented;
    uint8_t digest[32], presented_tokenizer[32];
    receipt_lie lie;
    in_opening other;
    uint8_t other_bytes[64];
    uint8_t opening[OPENING], receipt[IN_RECEIPT + 64];
    size_t n_opening, n_receipt;
} scene;

typedef struct row {
    const char *slug, *site, *also, *mutation, *flag; /* site NULL: accepted. also: further sentences that it shows, or NULL */
    void (*before)(scene *);                          /* the answer is drawn */
    void (*after)(scene *);                           /* it is, before it is sealed */
    void (*sealed)(scene *);                          /* the bytes are there */
    const char *const *layers;
} row;

/* ---- the honest answer ---- */

static void named_digest(const prim *p, const char *name, uint8_t out[32])
{
    const span parts[] = {span_text("parley vectors "), span_text(name)};
    p->hash(PRIM_SHA256, parts, 2, out);
}

static void put_token(uint8_t *tokens, size_t i, uint32_t token)
{
    tokens[2 * i] = (uint8_t)(token >> 8);
    tokens[2 * i + 1] = (uint8_t)token;
}

static void start_scene(scene *s, const prim *p)
{
    memset(s, 0, sizeof *s);
    s->prim = p;
    named_digest(p, "salt", s->salt);
    named_digest(p, "model", s->model);
    named_digest(p, "tokenizer", s->tokenizer);
    named_digest(p, "seed", s->seed);
    named_digest(p, "session", s->session);
    memcpy(s->digest, s->model, 32);
    memcpy(s->presented_tokenizer, s->tokenizer, 32);
    s->parameter = (in_parameters){.temperature = 700,
                                   .top_k = 40,
                                   .top_p = 60000,
                                   .min_p = 3000,
                                   .penalty = 1100,
                                   .max_tokens = 0,
                                   .n_stops = 2,
                                   .stop = {span_text("\n\n"), span_text("never said")}};
    s->n_prompt = 5;
    for (size_t i = 0; i < s->n_prompt; i++)
        put_token(s->prompt, i, (uint32_t)(17 * i + 3));
    s->n_output = TOKENS;
    s->finish = IN_CANCELLED;
    s->presented = (in_model){.engine = TOY_ENGINE, .vocabulary = VOCABULARY, .context = CONTEXT, .end = 2};
    s->lie = (receipt_lie){.version = IN_RECEIPT_VERSION, .engine = TOY_ENGINE};
}

static span prompt_of(const scene *s) { return span_of(s->prompt, 2 * s->n_prompt); }
static span output_of(const scene *s) { return span_of(s->output, 2 * s->n_output); }

static in_opening opening_of(const scene *s)
{
    return (in_opening){.salt = SPAN(s->salt),
                        .model = SPAN(s->model),
                        .tokenizer = SPAN(s->tokenizer),
                        .seed = SPAN(s->seed),
                        .finish = s->finish,
                        .n_prompt = s->n_prompt,
                        .n_output = s->n_output,
                        .parameters = span_of(s->parameters, s->n_parameters),
                        .prompt = prompt_of(s),
                        .output = output_of(s)};
}

static void write_parameters(scene *s)
{
    writer w = WRITER(s->parameters);
    in_write_parameters(&s->parameter, &w);
    must(writer_ok(&w));
    s->n_parameters = w.n;
}

static void draw_output(scene *s)
{
    toy_model toy = {.prim = s->prim, .vocabulary = s->presented.vocabulary};
    const in_opening o = opening_of(s);
    for (size_t i = 1; i <= s->n_output; i++)
        put_token(s->output, i - 1, toy_draw(&toy, &o, i));
}

static void seal_receipt(scene *s)
{
    writer w = WRITER(s->opening);
    const in_opening o = opening_of(s);
    in_write_opening(&o, &w);
    must(writer_ok(&w));
    s->n_opening = w.n;
    forge_receipt(s->prim, &s->lie, s->session, &o, s->receipt);
    s->n_receipt = IN_RECEIPT;
}

static void play_row(scene *s, const prim *p, const row *r)
{
    start_scene(s, p);
    if (r->before)
        r->before(s);
    if (s->n_parameters == 0)
        write_parameters(s);
    draw_output(s);
    if (r->after)
        r->after(s);
    seal_receipt(s);
    if (r->sealed)
        r->sealed(s);
}

/* ---- openings ---- */

static void one_behind(scene *s) { s->n_opening += 1; }
static void token_behind(scene *s) { s->n_opening += 2; }
static void one_short(scene *s) { s->n_opening -= 1; }
static void nothing(scene *s) { s->n_opening = 0; }
static void count_more(scene *s) { s->opening[134]++; }
static void no_prompt(scene *s) { s->n_prompt = 0; }
static void no_output(scene *s) { s->n_output = 0; }

static void long_prompt(scene *s, size_t n)
{
    s->n_prompt = n;
    for (size_t i = 0; i < n; i++)
        put_token(s->prompt, i, (uint32_t)(i % 7));
    s->presented.context = 2 * IN_TOKENS_MAX + 2;
}

static void prompt_longest(scene *s) { long_prompt(s, IN_TOKENS_MAX); }
static void prompt_too_long(scene *s) { long_prompt(s, IN_TOKENS_MAX + 1); }
static void long_output(scene *s, size_t n)
{
    s->n_output = n;
    s->presented.vocabulary = 65536; /* no text of a stop sequence comes by itself */
    s->presented.end = IN_NO_TOKEN;
    s->presented.context = 2 * IN_TOKENS_MAX + 2;
    s->parameter.n_stops = 0;
}
static void output_longest(scene *s) { long_output(s, IN_TOKENS_MAX); }
static void output_too_long(scene *s) { long_output(s, IN_TOKENS_MAX + 1); }

static void raw_parameters(scene *s, size_t cut, span after)
{
    write_parameters(s);
    s->n_parameters -= cut;
    memcpy(s->parameters + s->n_parameters, after.p, after.n);
    s->n_parameters += after.n;
}

static void parameters_short(scene *s)
{
    s->parameter.n_stops = 0;
    raw_parameters(s, 1, span_text(""));
}
static void parameters_behind(scene *s) { raw_parameters(s, 0, span_of("", 1)); }
static void stop_cut(scene *s) { raw_parameters(s, 1, span_text("")); }
static void five_stops(scene *s)
{
    s->parameter.n_stops = 4;
    for (size_t i = 0; i < 4; i++)
        s->parameter.stop[i] = span_text("never said");
    raw_parameters(s, 0, span_text("\012never said"));
    s->parameters[IN_PARAMETERS_HEAD - 1] = 5;
}
static void stop_empty(scene *s) { s->parameter.stop[1] = EMPTY; }
static void stop_long(scene *s) { s->parameter.stop[1] = span_text("thirty-three bytes, one too many."); }
static void four_stops(scene *s)
{
    s->parameter.n_stops = 4;
    for (size_t i = 0; i < 4; i++)
        s->parameter.stop[i] = span_text("thirty-two bytes, as many as can");
}
static void no_stops(scene *s) { s->parameter = (in_parameters){0}; }
static void hottest(scene *s)
{
    s->parameter.temperature = 4000;
    s->parameter.top_p = s->parameter.min_p = 65536;
}
static void too_hot(scene *s) { s->parameter.temperature = 4001; }
static void far_too_hot(scene *s) { s->parameter.temperature = 65535; }
static void top_p_above(scene *s) { s->parameter.top_p = 65537; }
static void min_p_above(scene *s) { s->parameter.min_p = 65537; }

#define GOOD(name, ...)             \
    {                               \
        .slug = (name), __VA_ARGS__ \
    }
#define BAD(name, sentence, of, what, ...)                                                \
    {                                                                                     \
        .slug = (name), .site = (sentence), .flag = (of), .mutation = (what), __VA_ARGS__ \
    }
#define BAD_OPENING(name, sentence, what, ...) BAD(name, sentence, "BadOpening", what, __VA_ARGS__)
#define MALFORMED                                                                                                        \
    BAD_OPENING("byte-behind", "IN-001", "a byte behind the output", .sealed = one_behind),                              \
        BAD_OPENING("token-behind", "IN-001", "a token behind the output that no count counts", .sealed = token_behind), \
        BAD_OPENING("no-prompt", "IN-002", "a prompt of no token", .before = no_prompt),                                 \
        BAD_OPENING("prompt-too-long", "IN-002", "a prompt of 4097 tokens", .before = prompt_too_long),                  \
        BAD_OPENING("no-output", "IN-003", "an output of no token", .before = no_output),                                \
        BAD_OPENING("output-too-long", "IN-003", "an output of 4097 tokens", .before = output_too_long),                 \
        BAD_OPENING("parameters-short", "IN-004", "the count of stop sequences is cut off", .before = parameters_short), \
        BAD_OPENING("parameters-behind", "IN-004", "a byte behind the last stop sequence", .before = parameters_behind), \
        BAD_OPENING("stop-cut", "IN-004", "the last stop sequence is one byte short", .before = stop_cut),               \
        BAD_OPENING("five-stops", "IN-004", "five stop sequences", .before = five_stops),                                \
        BAD_OPENING("stop-empty", "IN-004", "a stop sequence of no byte", .before = stop_empty),                         \
        BAD_OPENING("stop-long", "IN-004", "a stop sequence of 33 bytes", .before = stop_long),                          \
        BAD_OPENING("temperature-4001", "IN-005", "temperature 4001", .before = too_hot),                                \
        BAD_OPENING("temperature-65535", "IN-005", "temperature 65535", .before = far_too_hot),                          \
        BAD_OPENING("top-p-above", "IN-005", "top_p 65537", .before = top_p_above),                                      \
        BAD_OPENING("min-p-above", "IN-005", "min_p 65537", .before = min_p_above)

static const char *const of_nothing[] = {"IN-001", "IN-002", "IN-003", "IN-004", NULL};

static const row makes[] = {
    GOOD("ok"),
    GOOD("no-stops", .before = no_stops),
    GOOD("four-stops", .before = four_stops),
    GOOD("hottest", .before = hottest),
    GOOD("prompt-longest", .before = prompt_longest),
    GOOD("output-longest", .before = output_longest),
    MALFORMED,
    BAD_OPENING("byte-short", "IN-001", "the last byte is cut off", .sealed = one_short),
    BAD_OPENING("count-more", "IN-001", "one token fewer than its count says", .sealed = count_more),
    BAD("empty", "IN-001", "BadOpening", "an opening of no byte", .sealed = nothing, .layers = of_nothing),
};

/* ---- receipts ---- */

static void receipt_behind(scene *s) { s->n_receipt = IN_RECEIPT + 1; }
static void receipt_longer(scene *s) { s->n_receipt = IN_RECEIPT + 32; }
static void receipt_short(scene *s) { s->n_receipt = IN_RECEIPT - 1; }
static void receipt_without_root(scene *s) { s->n_receipt = IN_RECEIPT - 32; }
static void version_0(scene *s) { s->lie.version = 0; }
static void version_2(scene *s) { s->lie.version = 2; }
static void version_swapped(scene *s) { s->lie.version = 1u << 24; }
static void root_flipped(scene *s) { s->lie.root = ROOT_FLIPPED; }
static void root_zero(scene *s) { s->lie.root = ROOT_ZERO; }
static void root_over_less(scene *s) { s->lie.root = ROOT_OVER_LESS; }
static void session_altered(scene *s) { s->receipt[8] ^= 1; }

static const char *const without_root[] = {"IN-015", "IN-017", NULL}, *const under_root[] = {"IN-017", "IN-023", NULL};

/* ---- leaves ---- */

static void no_start(scene *s) { s->lie.chain = CHAIN_NO_START; }
static void no_link(scene *s) { s->lie.chain = CHAIN_NO_LINK; }
static void no_position(scene *s) { s->lie.chain = CHAIN_NO_POSITION; }
static void no_token(scene *s) { s->lie.chain = CHAIN_NO_TOKEN; }
static void no_counts(scene *s) { s->lie.chain = CHAIN_NO_COUNTS; }

/* The leaf of another opening's output. */
static in_opening *leaf_of_other(scene *s)
{
    s->other = opening_of(s);
    s->lie.part = IN_OUTPUT;
    s->lie.leaf = LEAF_OTHER;
    s->lie.other = &s->other;
    return &s->other;
}

static void output_shorter(scene *s)
{
    in_opening *other = leaf_of_other(s);
    other->output = span_first(other->output, other->output.n - 2);
    other->n_output--;
}
static void output_swapped(scene *s)
{
    in_opening *other = leaf_of_other(s);
    memcpy(s->other_bytes, s->output, 2 * TOKENS);
    memcpy(s->other_bytes, s->output + 2, 2);
    memcpy(s->other_bytes + 2, s->output, 2);
    other->output = span_of(s->other_bytes, 2 * TOKENS);
}
static void prompt_count_other(scene *s) { leaf_of_other(s)->n_prompt++; }
static void output_count_other(scene *s) { leaf_of_other(s)->n_output++; }
static void finish_other(scene *s) { leaf_of_other(s)->finish = IN_END; }

/* ---- another model ---- */

static void other_engine(scene *s) { s->lie.engine = TOY_ENGINE + 1; }
static void presented_engine(scene *s) { s->presented.engine = TOY_ENGINE + 1; }
static void other_model(scene *s) { named_digest(s->prim, "another model", s->model); }
static void presented_model(scene *s) { s->digest[31] ^= 1; }
static void other_tokenizer(scene *s) { named_digest(s->prim, "another tokenizer", s->tokenizer); }
static void presented_tokenizer(scene *s) { s->presented_tokenizer[0] ^= 1; }
static void prompt_above(scene *s) { put_token(s->prompt, 4, VOCABULARY); }
static void prompt_far_above(scene *s) { put_token(s->prompt, 0, 65535); }
static void vocabulary_exact(scene *s) { put_token(s->prompt, 0, VOCABULARY - 1); }
static void fills(scene *s, uint32_t context)
{
    s->n_output = 1;
    s->finish = IN_LENGTH;
    s->presented.context = context;
}
static void one_above(scene *s) { fills(s, 5); }
static void prompt_above_context(scene *s) { fills(s, 4); }

/* ---- another answer ---- */

static void change(scene *s, size_t at) { put_token(s->output, at, (in_token(output_of(s), at) + 1u) % VOCABULARY); }
static void first_token(scene *s) { change(s, 0); }
static void middle_token(scene *s) { change(s, 2); }
static void last_token(scene *s) { change(s, TOKENS - 1); }
static void swapped_tokens(scene *s)
{
    const uint16_t a = in_token(output_of(s), 1), b = in_token(output_of(s), 2);
    put_token(s->output, 1, b);
    put_token(s->output, 2, a);
}
static void left_out(scene *s)
{
    memmove(s->output + 4, s->output + 6, 2 * (TOKENS - 3));
    s->n_output--;
}
static void outside_vocabulary(scene *s) { put_token(s->output, 3, 65535); }
static void other_seed(scene *s) { s->seed[0] ^= 1; }
static void other_temperature(scene *s) { s->parameters[1] ^= 1; }
static void other_prompt(scene *s) { put_token(s->prompt, 1, 21); }
static void other_weights(scene *s)
{
    named_digest(s->prim, "another model", s->model);
    memcpy(s->digest, s->model, 32);
}
/* A whole answer made of the beginning of one. */
static void feigned_end(scene *s)
{
    put_token(s->output, s->n_output++, s->presented.end);
    s->finish = IN_END;
}

/* ---- another end ---- */

static void end_is(scene *s, size_t at) { s->presented.end = in_token(output_of(s), at); }

/* The texts of two tokens that are drawn, so that neither alone completes it. */
static void stop_ends_at(scene *s, size_t at)
{
    s->other_bytes[0] = s->output[2 * at - 1];
    s->other_bytes[1] = s->output[2 * at + 1];
    s->parameter.n_stops = 2;
    s->parameter.stop[0] = span_text("never said");
    s->parameter.stop[1] = span_of(s->other_bytes, 2);
    write_parameters(s);
}
static void most_tokens(scene *s, uint64_t n)
{
    s->parameter.max_tokens = n;
    write_parameters(s);
}

static void ends(scene *s) { end_is(s, TOKENS - 1), s->finish = IN_END; }
static void stops(scene *s) { stop_ends_at(s, TOKENS - 1), s->finish = IN_STOP; }
static void stops_in_two(scene *s) { stop_ends_at(s, 1), s->n_output = 2, s->finish = IN_STOP; }
static void has_most(scene *s) { most_tokens(s, TOKENS), s->finish = IN_LENGTH; }
static void has_one(scene *s) { most_tokens(s, 1), s->n_output = 1, s->finish = IN_LENGTH; }
static void fills_context(scene *s) { s->presented.context = 5 + TOKENS, s->finish = IN_LENGTH; }
static void stop_before_length(scene *s) { most_tokens(s, TOKENS), stops(s); }
static void end_before_all(scene *s) { stop_before_length(s), ends(s); }
/* Its beginning stands in the prompt's text. */
static void stop_across_prompt(scene *s)
{
    s->other_bytes[0] = s->prompt[9];
    s->other_bytes[1] = s->output[1];
    s->parameter.stop[1] = span_of(s->other_bytes, 2);
    write_parameters(s);
}

static void goes_on_behind_end(scene *s) { end_is(s, 3); }
static void goes_on_behind_stop(scene *s) { stop_ends_at(s, 3); }
static void goes_on_behind_most(scene *s) { most_tokens(s, TOKENS - 1); }
static void ends_twice(scene *s) { end_is(s, 3), most_tokens(s, TOKENS), s->finish = IN_LENGTH; }

static void says_end(scene *s) { s->finish = IN_END; }
static void says_length(scene *s) { s->finish = IN_LENGTH; }
static void says_stop(scene *s) { s->finish = IN_STOP; }
static void says_four(scene *s) { s->finish = 4; }
static void says_255(scene *s) { s->finish = 255; }
static void end_says_cancelled(scene *s) { ends(s), s->finish = IN_CANCELLED; }
static void stop_says_length(scene *s) { stop_before_length(s), s->finish = IN_LENGTH; }
static void length_says_cancelled(scene *s) { fills_context(s), s->finish = IN_CANCELLED; }
static void length_says_end(scene *s) { has_most(s), s->finish = IN_END; }
static void prompt_says_stop(scene *s) { stop_across_prompt(s), s->n_output = 1, s->finish = IN_STOP; }

static const row verifies[] = {
    GOOD("ok"),
    GOOD("no-stops", .before = no_stops),
    GOOD("four-stops", .before = four_stops),
    GOOD("hottest", .before = hottest),
    GOOD("vocabulary-exact", .before = vocabulary_exact),
    GOOD("prompt-longest", .before = prompt_longest),
    GOOD("end", .after = ends),
    GOOD("stop", .after = stops),
    GOOD("stop-in-two", .after = stops_in_two),
    GOOD("length", .after = has_most),
    GOOD("length-one", .after = has_one),
    GOOD("length-context", .after = fills_context),
    GOOD("stop-before-length", .after = stop_before_length),
    GOOD("end-before-all", .after = end_before_all),
    GOOD("stop-across-prompt", .after = stop_across_prompt),
    MALFORMED,
    BAD("receipt-behind", "IN-015", "BadReceipt", "a byte behind the receipt", .sealed = receipt_behind),
    BAD("receipt-longer", "IN-015", "BadReceipt", "32 bytes behind the receipt", .sealed = receipt_longer),
    BAD("receipt-short", "IN-015", "BadReceipt", "the receipt's last byte is cut off", .sealed = receipt_short, .layers = without_root),
    BAD("receipt-without-root", "IN-015", "BadReceipt", "a receipt without its root", .sealed = receipt_without_root,
        .layers = without_root),
    BAD("version-0", "IN-016", "BadReceipt", "version 0", .before = version_0),
    BAD("version-2", "IN-016", "BadReceipt", "version 2", .before = version_2),
    BAD("version-swapped", "IN-016", "BadReceipt", "version 1 with its bytes swapped", .before = version_swapped),
    BAD("root-flipped", "IN-017", "BadReceipt", "one bit of the root is another", .before = root_flipped),
    BAD("root-zero", "IN-017", "BadReceipt", "a root of zeros", .before = root_zero),
    BAD("root-over-less", "IN-017", "BadReceipt", "a root over all that stands before the leaf of the output", .also = "IN-013",
        .before = root_over_less),
    BAD("session-altered", "IN-017", "BadReceipt", "one bit of the session is another, nothing made anew", .sealed = session_altered,
        .layers = under_root),
    BAD("output-shorter", "IN-023", "WrongLeaf", "the leaf of the output without its last token", .after = output_shorter),
    BAD("output-swapped", "IN-023", "WrongLeaf", "the leaf of the output with two tokens swapped", .after = output_swapped),
    BAD("prompt-count", "IN-023", "WrongLeaf", "the leaf counts one prompt token more", .after = prompt_count_other),
    BAD("output-count", "IN-023", "WrongLeaf", "the leaf counts one output token more", .after = output_count_other),
    BAD("finish-other", "IN-023", "WrongLeaf", "the leaf says finish end", .after = finish_other),
    BAD("chain-no-start", "IN-023", "WrongLeaf", "a chain that starts from nothing", .also = "IN-008", .before = no_start),
    BAD("chain-no-link", "IN-023", "WrongLeaf", "links without the link before", .also = "IN-009", .before = no_link),
    BAD("chain-no-position", "IN-023", "WrongLeaf", "links without the position", .also = "IN-010", .before = no_position),
    BAD("chain-no-token", "IN-023", "WrongLeaf", "links without the token", .also = "IN-011", .before = no_token),
    BAD("output-no-counts", "IN-023", "WrongLeaf", "the leaf of the last link alone", .also = "IN-012", .before = no_counts),
    BAD("engine-other", "IN-024", "WrongModel", "the receipt names another engine", .before = other_engine),
    BAD("engine-presented", "IN-024", "WrongModel", "another engine is presented", .before = presented_engine),
    BAD("model-other", "IN-025", "WrongModel", "another model is opened and sealed, and gave the answer", .before = other_model),
    BAD("model-presented", "IN-025", "WrongModel", "the presented model's digest has one bit changed", .before = presented_model),
    BAD("tokenizer-other", "IN-026", "WrongModel", "another tokenizer is opened and sealed", .before = other_tokenizer),
    BAD("tokenizer-presented", "IN-026", "WrongModel", "the presented tokenizer's digest has one bit changed",
        .before = presented_tokenizer),
    BAD("prompt-above", "IN-027", "WrongModel", "the prompt's last token is the first that the vocabulary lacks", .before = prompt_above),
    BAD("prompt-far-above", "IN-027", "WrongModel", "the prompt's first token is 65535", .before = prompt_far_above),
    BAD("context-one-above", "IN-028", "WrongModel", "one token more than the context has positions", .before = one_above),
    BAD("context-prompt-above", "IN-028", "WrongModel", "the prompt alone has more tokens than the context has positions",
        .before = prompt_above_context),
    BAD("token-first", "IN-029", "WrongAnswer", "the first token is another", .after = first_token),
    BAD("token-middle", "IN-029", "WrongAnswer", "the third token is another", .after = middle_token),
    BAD("token-last", "IN-029", "WrongAnswer", "the last token is another", .after = last_token),
    BAD("token-swapped", "IN-029", "WrongAnswer", "two tokens are swapped", .after = swapped_tokens),
    BAD("token-left-out", "IN-029", "WrongAnswer", "a token is left out", .after = left_out),
    BAD("token-outside", "IN-029", "WrongAnswer", "a token of the output is outside the vocabulary", .after = outside_vocabulary),
    BAD("seed-other", "IN-029", "WrongAnswer", "another seed, the same answer", .after = other_seed),
    BAD("temperature-other", "IN-029", "WrongAnswer", "another temperature, the same answer", .after = other_temperature),
    BAD("prompt-other", "IN-029", "WrongAnswer", "a token of the prompt is another, the same answer", .after = other_prompt),
    BAD("weights-other", "IN-029", "WrongAnswer", "another model is opened and presented, the same answer", .after = other_weights),
    BAD("end-feigned", "IN-029", "WrongAnswer", "the end token behind an answer that was cut off", .after = feigned_end),
    BAD("behind-end", "IN-031", "WrongEnd", "two tokens behind the end token", .after = goes_on_behind_end),
    BAD("behind-stop", "IN-031", "WrongEnd", "two tokens behind a complete stop sequence", .after = goes_on_behind_stop),
    BAD("behind-length", "IN-031", "WrongEnd", "one token more than max_tokens", .after = goes_on_behind_most),
    BAD("ends-twice", "IN-031", "WrongEnd", "the end token, and then as many as max_tokens", .after = ends_twice),
    BAD("cancelled-says-end", "IN-032", "WrongEnd", "an answer that was cut off says end", .after = says_end),
    BAD("cancelled-says-length", "IN-032", "WrongEnd", "an answer that was cut off says length", .after = says_length),
    BAD("cancelled-says-stop", "IN-032", "WrongEnd", "an answer that was cut off says stop", .after = says_stop),
    BAD("finish-4", "IN-032", "WrongEnd", "finish 4", .after = says_four),
    BAD("finish-255", "IN-032", "WrongEnd", "finish 255", .after = says_255),
    BAD("end-says-cancelled", "IN-032", "WrongEnd", "an ended answer says cancelled", .after = end_says_cancelled),
    BAD("stop-says-length", "IN-032", "WrongEnd", "the max_tokens-th token completes a stop sequence and says length",
        .after = stop_says_length),
    BAD("length-says-cancelled", "IN-032", "WrongEnd", "an answer that fills the context says cancelled", .after = length_says_cancelled),
    BAD("length-says-end", "IN-032", "WrongEnd", "an answer of max_tokens says end", .after = length_says_end),
    BAD("prompt-says-stop", "IN-032", "WrongEnd", "a stop sequence that begins in the prompt says stop", .after = prompt_says_stop)};

/* Each part but the output has the same four lies about its leaf; the output has three of them beside those above. */
typedef struct part_lie {
    const char *slug, *also, *mutation;
    leaf_lie leaf;
} part_lie;

static const part_lie part_lies[] = {
    {"leaf-flipped", NULL, "one bit of the leaf is another", LEAF_FLIPPED},
    {"leaf-other-key", "IN-006", "the leaf is under the key of another part", LEAF_OTHER_KEY},
    {"leaf-no-key", "IN-007", "the leaf is under an empty key", LEAF_NO_KEY},
    {"leaf-other", NULL, "the leaf is of another content", LEAF_OTHER},
};

/* ---- files ---- */

#define MADE_OF "IN-006 IN-007 IN-008 IN-009 IN-010 IN-011 IN-012 IN-013"

static void put_scene(sheet *t, const scene *s, bool verifies_it)
{
    sheet_in(t, BYTES("opening", span_of(s->opening, s->n_opening)));
    sheet_in(t, NUMBER("engine", (long)s->presented.engine));
    if (!verifies_it) {
        sheet_in(t, BYTES("session", SPAN(s->session)));
        return;
    }
    sheet_in(t, BYTES("receipt", span_of(s->receipt, s->n_receipt)));
    sheet_in(t, BYTES("model", SPAN(s->digest)));
    sheet_in(t, BYTES("tokenizer", SPAN(s->presented_tokenizer)));
    sheet_in(t, NUMBER("vocabulary", (long)s->presented.vocabulary));
    sheet_in(t, NUMBER("context", (long)s->presented.context));
    sheet_in(t, NUMBER("end", (long)s->presented.end));
}

static void put_link(sheet *t, const char *key, const scene *s, const uint8_t receipt[IN_RECEIPT], size_t n)
{
    uint8_t link[32];
    receipt_chain_link(s->prim, &s->lie, span_of(receipt, IN_RECEIPT), output_of(s), n, link);
    sheet_trace(t, BYTES(key, SPAN(link)));
}

/* The receipt as our text makes it, and what lies on the way. */
static bool put_made(sheet *t, const scene *s)
{
    static const char *const names[] = {"key_model", "key_tokenizer", "key_prompt", "key_parameters", "key_seed", "key_output"};
    uint8_t receipt[IN_RECEIPT], key[32];
    if (!accepted(in_make_receipt(s->prim, TOY_ENGINE, s->session, span_of(s->opening, s->n_opening), receipt)))
        return false;
    sheet_out(t, BYTES("receipt", SPAN(receipt)));
    for (in_part part = IN_MODEL; part < IN_PARTS; part++) {
        receipt_part_key(s->prim, SPAN(s->salt), part, key);
        sheet_trace(t, BYTES(names[part], SPAN(key)));
    }
    put_link(t, "link_0", s, receipt, 0);
    put_link(t, "link_1", s, receipt, 1);
    put_link(t, "link_last", s, receipt, s->n_output);
    return true;
}

/* False when an honest opening is refused. */
static bool add_case(sheet *t, const scene *s, const row *r, bool verifies_it)
{
    if (r->site)
        sheet_rejects(
            t,
            &(rejection){.slug = r->slug, .site = r->site, .also = r->also, .mutation = r->mutation, .flag = r->flag, .layers = r->layers});
    else
        sheet_accepts(t, r->slug, verifies_it ? MADE_OF " IN-033" : MADE_OF);
    put_scene(t, s, verifies_it);
    if (r->site)
        return true;
    if (verifies_it)
        sheet_out(t, TEXT("not_compared", "signature session"));
    return verifies_it || put_made(t, s);
}

/* The leaf of this part is a lie; the chain and the root are over it. */
static void add_part_lies(sheet *t, scene *s, in_part part)
{
    static const char *const sites[] = {"IN-018", "IN-019", "IN-020", "IN-021", "IN-022", "IN-023"};
    static const row honest = GOOD("ok");
    for (size_t i = 0; i < sizeof part_lies / sizeof *part_lies; i++) {
        char slug[64];
        const part_lie *l = &part_lies[i];
        if (part == IN_OUTPUT && l->leaf == LEAF_OTHER)
            continue;
        snprintf(slug, sizeof slug, "%s.%s", in_part_names[part], l->slug);
        const row r = BAD(slug, sites[part], "WrongLeaf", l->mutation, .also = l->also);
        play_row(s, t->prim, &honest);
        s->other = opening_of(s);
        named_digest(s->prim, "another content", s->other_bytes);
        s->other.model = s->other.tokenizer = s->other.prompt = s->other.parameters = s->other.seed = span_of(s->other_bytes, 32);
        s->lie.part = part;
        s->lie.leaf = l->leaf;
        s->lie.other = &s->other;
        seal_receipt(s);
        add_case(t, s, &r, true);
    }
}

static void put_notes(sheet *t)
{
    sheet_note(t, "BadOpening", "PARSER", "Two readers see different openings in the same bytes, or memory is asked for without bound.",
               "IN-001 IN-004");
    sheet_note(t, "BadReceipt", "MALLEABLE", "An altered receipt passes for the one that was made.", "IN-017");
    sheet_note(t, "WrongLeaf", "BINDING", "The receipt commits to something else than what is shown under it.", "IN-018 IN-023");
    sheet_note(t, "WrongModel", "DOWNGRADE", "Another model than the one at hand is said to have answered.", "IN-024 IN-025");
    sheet_note(t, "WrongAnswer", "AUTH_BYPASS", "An answer that the model never gave passes for its own.", "IN-029");
    sheet_note(t, "WrongEnd", "ORDER", "A beginning passes for the whole answer, or more than the answer for the answer.", "IN-031 IN-032");
}

static cJSON *inference_file(const prim *p, int which)
{
    static const char *const checked_by[] = {"text", "witness-js", "audit", NULL};
    static scene s;
    const bool verifies_it = which == 1;
    const row *rows = verifies_it ? verifies : makes;
    const size_t n = verifies_it ? sizeof verifies / sizeof *verifies : sizeof makes / sizeof *makes;
    sheet t = sheet_start(p, verifies_it ? "in.verify" : "in.make", "vectors/inference/inference_scenarios", "766563746f7273", checked_by);
    bool well = true;
    put_notes(&t);
    sheet_group(&t, "toy", "in:receipt", "");
    play_row(&s, p, &rows[0]);
    put_scene(&t, &s, verifies_it);
    for (size_t i = 0; i < n; i++) {
        play_row(&s, p, &rows[i]);
        well = add_case(&t, &s, &rows[i], verifies_it) && well;
    }
    for (in_part part = IN_MODEL; part < IN_PARTS && verifies_it; part++)
        add_part_lies(&t, &s, part);
    if (well)
        return t.document;
    cJSON_Delete(t.document);
    return NULL;
}

const scenario_file inference_files[] = {{"in.make.json", inference_file, 0, NULL},    {"in.verify.json", inference_file, 1, NULL},
                                         {"in.message.json", turn_file, 0, NULL},      {"in.request.json", turn_file, 1, NULL},
                                         {"in.refusal.json", turn_file, 2, NULL},      {"in.serve.json", turn_file, 3, NULL},
                                         {"in.turn.json", turn_file, 4, NULL},         {"in.answer.json", turn_file, 5, NULL},
                                         {"in.sign.json", franking_file, 0, NULL},     {"in.verify.signed.json", franking_file, 1, NULL},
                                         {"in.receipt.json", franking_file, 2, NULL},  {"in.frank.json", franking_file, 3, NULL},
                                         {"in.moderate.json", franking_file, 4, NULL}, {"in.pad.json", padding_file, 0, NULL},
                                         {"in.chunk.json", padding_file, 1, NULL},     {"in.bucket.json", padding_file, 2, NULL},
                                         {"in.gap.json", padding_file, 3, NULL},       {0}};
