/* A receipt and after it an opening, any bytes. An opening that is read keeps the limits and is written as the same bytes; a receipt is
 * accepted only when it is the one that this opening gives; and whatever somebody puts in an opening and seals, the verdict is the one of a
 * plain reading of the chapter. The account goes with the verdict, all is alike under either library, and the inputs stay the same. */
#include "fuzz_entry.h"
#include "inference.h"

#include <string.h>

enum { ENGINE = 1, VOCABULARY = 200, CONTEXT = 24, END = 7, INPUT_MAX = IN_RECEIPT + IN_OPENING_MAX + 64 };

static const uint8_t model_digest[IN_DIGEST] = {1}, tokenizer_digest[IN_DIGEST] = {2};

/* ---- a model whose script is the seed, so that an input can tell what it will say ---- */

static uint32_t scripted(const in_opening *o, size_t i) { return o->seed.p[(i - 1) % IN_DIGEST] % VOCABULARY; }

static uint32_t draw(void *ctx, const in_opening *o, size_t i)
{
    size_t *drawn = ctx;
    must(i == ++*drawn && i <= o->n_output);
    return scripted(o, i);
}

/* None, one or two of the same letter: stop sequences begin and end inside of tokens. */
static span text(void *ctx, uint16_t token)
{
    static uint8_t letter[2];
    (void)ctx;
    letter[0] = letter[1] = (uint8_t)('a' + token / 3 % 2);
    return span_first(SPAN(letter), token % 3);
}

/* ---- the chapter, read plainly ---- */

static bool contains(span s, span what)
{
    for (; s.n >= what.n; s = span_from(s, 1))
        if (memcmp(s.p, what.p, what.n) == 0)
            return true;
    return false;
}

/* How the output's first n tokens end. */
static in_finish ending(const in_opening *o, size_t n)
{
    uint8_t said[2 * CONTEXT];
    writer w = WRITER(said);
    for (size_t i = 0; i < n; i++)
        write_span(&w, text(NULL, in_token(o->output, i)));
    if (in_token(o->output, n - 1) == END)
        return IN_END;
    for (size_t i = 0; i < o->parameter.n_stops; i++)
        if (contains(written(&w), o->parameter.stop[i]))
            return IN_STOP;
    return n == o->parameter.max_tokens || o->n_prompt + n == CONTEXT ? IN_LENGTH : IN_CANCELLED;
}

static uint16_t plain_verdict(const in_opening *o, uint32_t engine)
{
    if (engine != ENGINE)
        return REQ_IN_024;
    if (memcmp(o->model.p, model_digest, IN_DIGEST) != 0)
        return REQ_IN_025;
    if (memcmp(o->tokenizer.p, tokenizer_digest, IN_DIGEST) != 0)
        return REQ_IN_026;
    for (size_t i = 0; i < o->n_prompt; i++)
        if (in_token(o->prompt, i) >= VOCABULARY)
            return REQ_IN_027;
    if (o->n_prompt + o->n_output > CONTEXT)
        return REQ_IN_028;
    for (size_t i = 1; i <= o->n_output; i++)
        if (in_token(o->output, i - 1) != scripted(o, i))
            return REQ_IN_029;
    for (size_t i = 1; i < o->n_output; i++)
        if (ending(o, i) != IN_CANCELLED)
            return REQ_IN_031;
    return ending(o, o->n_output) == o->finish ? 0 : REQ_IN_032;
}

/* ---- what must hold ---- */

static verdict verify(const prim *p, span receipt, span opening, in_findings *a)
{
    size_t drawn = 0;
    const in_model model = {ENGINE, SPAN(model_digest), SPAN(tokenizer_digest), VOCABULARY, CONTEXT, END, &drawn, draw, text};
    return in_verify(p, &model, receipt, opening, a);
}

static const uint16_t order[] = {REQ_IN_001, REQ_IN_002, REQ_IN_003, REQ_IN_004, REQ_IN_005, REQ_IN_015, REQ_IN_016, REQ_IN_017,
                                 REQ_IN_018, REQ_IN_019, REQ_IN_020, REQ_IN_021, REQ_IN_022, REQ_IN_023, REQ_IN_024, REQ_IN_025,
                                 REQ_IN_026, REQ_IN_027, REQ_IN_028, REQ_IN_029, REQ_IN_031, REQ_IN_032};

static void account_goes_with(verdict v, const in_findings *f)
{
    const account *a = &f->account;
    must(a->n_checks > 0 && a->n_checks <= sizeof order / sizeof *order);
    for (size_t i = 0; i < a->n_checks; i++) {
        must(a->check[i].req == order[i]);
        must(a->check[i].ok == (accepted(v) || i + 1 < a->n_checks));
    }
    must(a->check[a->n_checks - 1].req == (accepted(v) ? REQ_IN_032 : v.req));
    must(a->not_compared == (1u << IN_SIGNATURE | 1u << IN_SESSION));
    must((f->wrong != 0) == (v.req == REQ_IN_029));
}

static void same_findings(const in_findings *f, const in_findings *g)
{
    const account *a = &f->account, *b = &g->account;
    must(a->n_checks == b->n_checks && f->wrong == g->wrong && a->not_compared == b->not_compared);
    for (size_t i = 0; i < a->n_checks; i++)
        must(a->check[i].req == b->check[i].req && a->check[i].ok == b->check[i].ok);
}

static verdict judge(span receipt, span opening, in_findings *a)
{
    in_findings again;
    const verdict v = verify(&prim_sodium, receipt, opening, a);
    must(v.req == verify(&prim_openssl, receipt, opening, &again).req);
    account_goes_with(v, a);
    same_findings(a, &again);
    return v;
}

static void wrong_is_the_first(const in_opening *o, size_t wrong)
{
    for (size_t i = 1; i < wrong; i++)
        must(in_token(o->output, i - 1) == scripted(o, i));
    must(wrong <= o->n_output && in_token(o->output, wrong - 1) != scripted(o, wrong));
}

static void within_limits(const in_opening *o)
{
    const in_parameters *p = &o->parameter;
    must(o->n_prompt >= 1 && o->n_prompt <= IN_TOKENS_MAX && o->prompt.n == 2 * o->n_prompt);
    must(o->n_output >= 1 && o->n_output <= IN_TOKENS_MAX && o->output.n == 2 * o->n_output);
    must(p->temperature <= IN_TEMPERATURE_MAX && p->top_p <= IN_SHARE_MAX && p->min_p <= IN_SHARE_MAX && p->n_stops <= IN_STOPS_MAX);
    for (size_t i = 0; i < p->n_stops; i++)
        must(p->stop[i].n >= 1 && p->stop[i].n <= IN_STOP_MAX);
}

static void written_again(span opening, const in_opening *o)
{
    static uint8_t room[IN_OPENING_MAX], parameters[IN_PARAMETERS_MAX];
    writer w = WRITER(room), p = WRITER(parameters);
    in_write_opening(o, &w);
    must(writer_ok(&w) && span_same(written(&w), opening));
    in_write_parameters(&o->parameter, &p);
    must(writer_ok(&p) && span_same(written(&p), o->parameters));
}

/* The receipt with which this opening is sealed as it is, by a prover who may be lying. */
static void sealed(uint32_t engine, const uint8_t session[IN_DIGEST], span opening, const in_opening *o, uint8_t made[IN_RECEIPT])
{
    in_findings a;
    must(accepted(in_make_receipt(&prim_sodium, engine, session, opening, made)));
    for (in_part part = IN_MODEL; part < IN_PARTS; part++) {
        uint8_t key[IN_DIGEST];
        in_part_key(&prim_sodium, o->salt, part, key);
        must(accepted(in_check_part(&prim_sodium, span_of(made, IN_RECEIPT), part, key, o)));
    }
    must(judge(span_of(made, IN_RECEIPT), opening, &a).req == plain_verdict(o, engine));
    if (a.wrong)
        wrong_is_the_first(o, a.wrong);
    must(judge(span_of(made, IN_RECEIPT - 1), opening, &a).req == REQ_IN_015);
}

static void try(span receipt, span opening)
{
    in_findings a;
    in_opening o;
    uint8_t made[IN_RECEIPT] = {0}, session[IN_DIGEST];
    const verdict read = in_read_opening(opening, NULL, &o), v = judge(receipt, opening, &a);
    reader r = reader_of(span_from(receipt, 4));
    const uint32_t engine = (uint32_t)read_be(&r, 4);
    span_take(read_bytes(&r, IN_DIGEST), session, IN_DIGEST);
    if (!accepted(read)) {
        must(v.req == read.req);
        must(in_make_receipt(&prim_sodium, engine, session, opening, made).req == read.req && all_zero(SPAN(made)));
        return;
    }
    within_limits(&o);
    written_again(opening, &o);
    sealed(engine, session, opening, &o, made);
    must(!accepted(v) || span_same(receipt, SPAN(made)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static uint8_t before[INPUT_MAX];
    const span in = span_of(data, n);
    if (n > INPUT_MAX)
        return 0;
    prim_start();
    span_take(in, before, n);
    try(span_first(in, IN_RECEIPT), span_from(in, IN_RECEIPT));
    must(n == 0 || memcmp(before, data, n) == 0);
    return 0;
}

#ifdef PARLEY_FUZZ
#include "fuzz_mutate.h"

/* What the scripted model says for this seed: an honest output of any length. */
static span said(const in_opening *o, uint8_t *room, size_t tokens)
{
    writer w = writer_of(room, 2 * tokens);
    for (size_t i = 1; i <= tokens; i++)
        write_be(&w, scripted(o, i), 2);
    return written(&w);
}

static span changed(span part, uint8_t *room, size_t cap)
{
    span_take(part, room, part.n);
    return span_of(room, LLVMFuzzerMutate(room, part.n, cap));
}

/* One part of the opening is another; its counts are those of the parts. */
static void change_a_part(in_opening *o, uint8_t *room, uint32_t seed)
{
    const size_t tokens = 1 + fuzz_chance(&seed, 2 * CONTEXT);
    switch (fuzz_chance(&seed, 5)) {
    case 0: o->parameters = changed(o->parameters, room, IN_PARAMETERS_MAX); break;
    case 1: o->prompt = span_first(changed(o->prompt, room, 4 * CONTEXT), 2 * tokens); break;
    case 2: o->output = span_first(changed(o->output, room, 4 * CONTEXT), 2 * tokens); break;
    case 3: o->output = said(o, room, tokens); break;
    default: o->finish = fuzz_chance(&seed, IN_FINISHES + 1); break;
    }
    o->prompt.n &= ~(size_t)1, o->output.n &= ~(size_t)1;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t n, size_t most, unsigned seed)
{
    static uint8_t opening[IN_OPENING_MAX], room[IN_OPENING_MAX];
    uint32_t chance = seed;
    in_opening o;
    writer w = WRITER(opening);
    if (n > INPUT_MAX || !accepted(in_read_opening(span_from(span_of(data, n), IN_RECEIPT), NULL, &o)) || fuzz_chance(&chance, 4) == 0)
        return LLVMFuzzerMutate(data, n, most);
    if (o.prompt.n > 4 * CONTEXT || o.output.n > 4 * CONTEXT || o.parameters.n > IN_PARAMETERS_MAX)
        return LLVMFuzzerMutate(data, n, most);
    change_a_part(&o, room, chance);
    in_write_opening(&o, &w);
    return writer_ok(&w) ? fuzz_splice(data, n, most, IN_RECEIPT, n - IN_RECEIPT, written(&w)) : n;
}
#endif
