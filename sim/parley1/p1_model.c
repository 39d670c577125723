#include "p1_model.h"

#include "model_receipt.h"

#include <stdlib.h>
#include <string.h>

/* ---- a request becomes a prompt ---- */

enum { TURNS_MAX = MODEL_CONTEXT_MAX / 2, TEXT_MAX = MODEL_CONTEXT_MAX * BPE_PIECE };

typedef struct conversation {
    model_message turn[TURNS_MAX];
    size_t n;
    writer text; /* nothing is written past its end */
    bool fits;
} conversation;

static void add(conversation *g, model_role role, span text)
{
    const bool goes_on = g->n > 0 && g->turn[g->n - 1].role == role;
    g->fits = g->fits && (goes_on || g->n < TURNS_MAX) && g->text.n + text.n < g->text.cap;
    if (!g->fits)
        return;
    write_text(&g->text, goes_on ? "\n" : "");
    const size_t at = g->text.n;
    write_span(&g->text, text);
    if (goes_on)
        g->turn[g->n - 1].text.n += 1 + text.n;
    else
        g->turn[g->n++] = (model_message){role, span_of(g->text.p + at, text.n)};
}

static void add_texts(conversation *g, const in_request *q, bool systems)
{
    static const model_role roles[] = {MODEL_SYSTEM, MODEL_USER, MODEL_ASSISTANT, MODEL_USER};
    reader r = reader_of(q->messages);
    uint64_t role;
    span text;
    while (in_next_text(&r, &role, &text))
        if (role <= IN_TOOL && (role == IN_SYSTEM) == systems)
            add(g, roles[role], text);
}

static void add_tools(conversation *g, const in_request *q)
{
    reader r = reader_of(q->tools);
    span tool;
    while (in_next_tool(&r, &tool))
        add(g, MODEL_SYSTEM, tool);
}

/* ---- the tiny model ---- */

typedef struct tiny_session {
    const model *model;
    model_session *session;
    sample_params params;
    bool runs;
    uint32_t told; /* tokens of the reply whose text was handed out */
    uint16_t prompt[MODEL_CONTEXT_MAX];
} tiny_session;

static size_t rounded(size_t n) { return (n + 63) / 64 * 64; }

static void *tiny_open(void *ctx)
{
    const model *m = ctx;
    uint8_t *memory = aligned_alloc(64, rounded(sizeof(tiny_session)) + rounded(model_session_size(m)));
    tiny_session *s = (tiny_session *)(void *)memory;
    if (!s)
        return NULL;
    memset(s, 0, sizeof *s);
    s->model = m;
    s->session = model_session_start(m, NULL, memory + rounded(sizeof *s));
    return s;
}

static void tiny_close(void *session)
{
    tiny_session *s = session;
    model_session_end(s->session);
    wipe(s, sizeof *s);
    free(s);
}

static void read_params(const in_request *q, const uint8_t seed[IN_DIGEST], sample_params *out)
{
    in_parameters p;
    must(accepted(in_read_parameters(q->parameters, NULL, &p)));
    *out = (sample_params){.temperature = (uint16_t)p.temperature,
                           .top_k = (uint16_t)p.top_k,
                           .top_p = (uint32_t)p.top_p,
                           .min_p = (uint32_t)p.min_p,
                           .penalty = (uint16_t)p.penalty,
                           .max_tokens = (uint32_t)p.max_tokens,
                           .n_stops = (size_t)p.n_stops};
    memcpy(out->seed, seed, sizeof out->seed);
    memcpy(out->stop, p.stop, out->n_stops * sizeof *out->stop);
}

static in_code tiny_begin(void *session, const in_request *q, const uint8_t seed[IN_DIGEST])
{
    static conversation g; /* one thread, and nothing of it outlives this call */
    static uint8_t text[TEXT_MAX];
    tiny_session *s = session;
    size_t n = 0;
    g = (conversation){.text = WRITER(text), .fits = true};
    add_tools(&g, q);
    add_texts(&g, q, true);
    add_texts(&g, q, false);
    model_status got = g.fits ? model_tokens(s->model, g.turn, g.n, s->prompt, s->model->shape.context - 1, &n) : MODEL_TOO_LONG;
    wipe(text, g.text.n);
    read_params(q, seed, &s->params);
    if (got == MODEL_OK)
        got = model_begin(s->session, s->prompt, n, &s->params);
    s->runs = got == MODEL_OK;
    s->told = 0;
    return got == MODEL_OK ? (in_code)0 : got == MODEL_TOO_LONG ? IN_LIMIT : IN_MALFORMED;
}

static bool nobody_listens(void *with, span piece)
{
    (void)with, (void)piece;
    return true;
}

/* The text of each token as it is, characters that are not complete included. */
static bool tiny_go_on(void *session, writer *text)
{
    tiny_session *s = session;
    uint32_t n_prompt = 0, n_reply = s->told;
    const uint16_t *token = NULL;
    for (int i = 0; i < 64 && s->runs && n_reply == s->told; i++) {
        s->runs = model_continue(s->session, 1, nobody_listens, NULL);
        token = model_session_tokens(s->session, &n_prompt, &n_reply);
    }
    for (; s->told < n_reply; s->told++)
        write_span(text, bpe_text(&s->model->tokens, token[n_prompt + s->told]));
    return s->runs;
}

static void tiny_opening(void *session, const uint8_t salt[IN_DIGEST], writer *out)
{
    tiny_session *s = session;
    model_said said = {.params = &s->params, .finish = s->runs ? MODEL_FINISH_CANCELLED : model_last_usage(s->session)->finish};
    said.token = model_session_tokens(s->session, &said.n_prompt, &said.n_reply);
    model_open(s->model, &said, salt, out);
}

/* The opening knows how the last token ends the output. */
static void tiny_said(void *session, p1_said *out)
{
    static const uint8_t salt[IN_DIGEST];
    static uint8_t room[IN_OPENING_MAX];
    writer w = WRITER(room);
    in_opening o;
    tiny_session *s = session;
    *out = (p1_said){.finish = IN_CANCELLED};
    model_session_tokens(s->session, &out->prompt, &out->output);
    if (out->output == 0)
        return;
    tiny_opening(session, salt, &w);
    must(accepted(in_read_opening(written(&w), NULL, &o)));
    out->finish = (uint8_t)o.finish;
    wipe(room, w.n);
}

p1_model p1_tiny(const model *m)
{
    return (p1_model){.ctx = (void *)(uintptr_t)m,
                      .digest = m->digest,
                      .tokenizer = m->tokenizer,
                      .engine = MODEL_ENGINE,
                      .open = tiny_open,
                      .close = tiny_close,
                      .begin = tiny_begin,
                      .go_on = tiny_go_on,
                      .said = tiny_said,
                      .opening = tiny_opening};
}

/* ---- the script ---- */

enum { SCRIPT_MAX = IN_TOKENS_MAX };

typedef struct script_session {
    uint8_t seed[IN_DIGEST], text[SCRIPT_MAX];
    span parameters, asked;
    size_t n, told, most;
} script_session;

static const uint8_t script_digest[IN_DIGEST] = "a script", script_tokenizer[IN_DIGEST] = "bytes";

static void *script_open(void *ctx)
{
    (void)ctx;
    return calloc(1, sizeof(script_session));
}

static void script_close(void *session)
{
    wipe(session, sizeof(script_session));
    free(session);
}

static in_code script_begin(void *session, const in_request *q, const uint8_t seed[IN_DIGEST])
{
    script_session *s = session;
    reader r = reader_of(q->messages);
    writer w = WRITER(s->text);
    in_parameters p;
    uint64_t role;
    s->asked = EMPTY;
    while (in_next_text(&r, &role, &s->asked))
        ;
    must(accepted(in_read_parameters(q->parameters, NULL, &p)));
    write_text(&w, "I am a script and repeat what I am told: ");
    write_span(&w, span_first(s->asked, SCRIPT_MAX - w.n));
    memcpy(s->seed, seed, sizeof s->seed);
    s->parameters = q->parameters;
    s->n = p.max_tokens && p.max_tokens < w.n ? (size_t)p.max_tokens : w.n;
    s->most = p.max_tokens ? (size_t)p.max_tokens : SIZE_MAX;
    s->told = 0;
    return (in_code)0;
}

static bool script_go_on(void *session, writer *text)
{
    script_session *s = session;
    for (size_t i = 0; i < 128 && s->told < s->n; i++) {
        const uint8_t byte = s->text[s->told++];
        write_be(text, byte, 1);
        if (byte == ' ')
            break;
    }
    return s->told < s->n;
}

static uint8_t script_finish(const script_session *s) { return s->told >= s->most ? IN_LENGTH : s->told == s->n ? IN_END : IN_CANCELLED; }

static void script_said(void *session, p1_said *out)
{
    const script_session *s = session;
    const uint32_t asked = (uint32_t)(s->asked.n < 1 ? 1 : s->asked.n < SCRIPT_MAX ? s->asked.n : SCRIPT_MAX);
    *out = (p1_said){asked, (uint32_t)s->told, script_finish(s)};
}

static span bytes_as_tokens(span bytes, size_t n, writer *row)
{
    const size_t at = row->n;
    for (size_t i = 0; i < n; i++)
        write_be(row, i < bytes.n ? bytes.p[i] : 0, 2);
    return span_from(written(row), at);
}

static void script_opening(void *session, const uint8_t salt[IN_DIGEST], writer *out)
{
    static uint8_t room[2 * 2 * SCRIPT_MAX];
    const script_session *s = session;
    writer rows = WRITER(room);
    p1_said said;
    script_said(session, &said);
    const in_opening o = {.salt = span_of(salt, IN_DIGEST),
                          .model = SPAN(script_digest),
                          .tokenizer = SPAN(script_tokenizer),
                          .seed = SPAN(s->seed),
                          .finish = said.finish,
                          .parameters = s->parameters,
                          .prompt = bytes_as_tokens(s->asked, said.prompt, &rows),
                          .output = bytes_as_tokens(SPAN(s->text), said.output, &rows)};
    in_write_opening(&o, out);
}

p1_model p1_script(void)
{
    return (p1_model){.digest = script_digest,
                      .tokenizer = script_tokenizer,
                      .engine = 0,
                      .open = script_open,
                      .close = script_close,
                      .begin = script_begin,
                      .go_on = script_go_on,
                      .said = script_said,
                      .opening = script_opening};
}
