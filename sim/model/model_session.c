#include "model.h"

#include "model_chat.h"
#include "model_engine.h"

#include <string.h>

/* Reply bytes that may still turn out to begin a stop sequence. */
enum { HELD_MAX = SAMPLE_STOP_MAX + BPE_PIECE }; /* less than one stop is kept over, and one token added */

typedef struct reply {
    model_emit emit; /* of the call that goes on with it */
    void *with;
    utf8_stream characters;
    uint8_t held[HELD_MAX]; /* bytes not yet given out */
    size_t n_held;
    bool stopped, cancelled;
} reply;

struct model_session {
    const model *model;
    const model_kernel *kernel;
    engine_cache cache;
    engine_work work;
    uint16_t *token; /* (context): what the cache holds; behind it (context) the prompt that is being read */
    uint32_t n_known;
    uint32_t n_prompt, n_reply; /* of the last exchange; n_known < n_prompt: not yet read */
    int32_t logits[BPE_VOCAB];  /* after the last known token */
    sample_params params;
    uint8_t stop[SAMPLE_STOPS][SAMPLE_STOP_MAX];
    bool under_way;
    reply reply;
    model_usage usage;
};

static size_t aligned(size_t n) { return (n + 15) & ~(size_t)15; }

size_t model_session_size(const model *m)
{
    return aligned(sizeof(model_session)) + aligned(engine_cache_size(m)) + aligned(2 * sizeof(uint16_t) * m->shape.context);
}

model_session *model_session_start(const model *m, const model_kernel *k, void *memory)
{
    model_session *s = memory;
    memset(s, 0, sizeof *s);
    s->model = m;
    s->kernel = k ? k : model_kernel_best();
    s->cache = engine_cache_at(m, (uint8_t *)memory + aligned(sizeof *s));
    s->token = (uint16_t *)(void *)((uint8_t *)memory + aligned(sizeof *s) + aligned(engine_cache_size(m)));
    return s;
}

void model_session_end(model_session *s) { wipe(s, model_session_size(s->model)); }

const uint16_t *model_session_tokens(const model_session *s, uint32_t *n_prompt, uint32_t *n_reply)
{
    *n_prompt = s->n_prompt, *n_reply = s->n_reply;
    return s->token;
}

/* ---- the prompt ---- */

static bool order_is_good(const model_message *m, size_t n)
{
    size_t first = n > 0 && m[0].role == MODEL_SYSTEM;
    for (size_t i = first; i < n; i++)
        if (m[i].role != ((i - first) % 2 ? MODEL_ASSISTANT : MODEL_USER))
            return false;
    return n > first && m[n - 1].role == MODEL_USER;
}

static uint16_t mark_of(model_role r) { return r == MODEL_SYSTEM ? BPE_SYSTEM : r == MODEL_USER ? BPE_USER : BPE_ASSISTANT; }

model_status model_tokens(const model *m, const model_message *message, size_t n, uint16_t *token, size_t cap, size_t *n_tokens)
{
    chat_tokens t = {token, 0, cap};
    if (!order_is_good(message, n))
        return MODEL_BAD_MESSAGES;
    bool fits = chat_mark(&t, BPE_BOS);
    for (size_t i = 0; fits && i < n; i++)
        fits = chat_turn(&m->tokens, mark_of(message[i].role), message[i].text, &t);
    if (!fits || !chat_mark(&t, BPE_ASSISTANT))
        return MODEL_TOO_LONG;
    *n_tokens = t.n;
    return MODEL_OK;
}

/* Runs one more token; the logits are those after it. */
static void run_token(model_session *s, uint16_t token, bool wanted)
{
    s->token[s->n_known] = token;
    engine_step(s->model, s->kernel, s->cache, &s->work, s->n_known, token, wanted ? s->logits : NULL);
    s->n_known++;
}

/* Forgets what the cache does not share with these tokens. Returns how many stay. */
static uint32_t keep_shared(model_session *s, const uint16_t *token, uint32_t n)
{
    uint32_t same = 0;
    while (same < s->n_known && same + 1 < n && s->token[same] == token[same]) /* the last is run for its logits */
        same++;
    return s->n_known = same;
}

/* At most so many tokens more of the prompt. Returns how many it took. */
static uint32_t read_prompt(model_session *s, uint32_t most)
{
    const uint16_t *prompt = s->token + s->model->shape.context;
    uint32_t left = s->n_prompt - s->n_known, n = left < most ? left : most;
    for (uint32_t i = 0; i < n; i++)
        run_token(s, prompt[s->n_known], i + 1 == left);
    return n;
}

/* ---- the reply ---- */

/* Gives out the first n held bytes, as whole characters. */
static void emit_held(reply *r, size_t n, bool at_end)
{
    uint8_t text[3 * HELD_MAX + 16];
    writer w = WRITER(text);
    utf8_stream_push(&r->characters, span_of(r->held, n), &w);
    if (at_end)
        utf8_stream_end(&r->characters, &w);
    r->n_held -= n;
    memmove(r->held, r->held + n, r->n_held);
    if (w.n && !r->cancelled)
        r->cancelled = !r->emit(r->with, written(&w));
}

/* Does the stop sequence begin with these bytes? */
static bool begins_with(span stop, const uint8_t *p, size_t n) { return n <= stop.n && memcmp(stop.p, p, n) == 0; }

/* How many held bytes are certainly outside any stop sequence. Sets stopped when the last one completed one. */
static size_t free_bytes(reply *r, const sample_params *p)
{
    size_t most = r->n_held;
    for (size_t at = r->n_held; at-- > 0;)
        for (size_t i = 0; i < p->n_stops; i++) {
            size_t n = r->n_held - at;
            if (!begins_with(p->stop[i], r->held + at, n))
                continue;
            if (r->stopped && n < p->stop[i].n)
                continue; /* what is complete wins over what might become so */
            r->stopped |= n == p->stop[i].n;
            most = at;
        }
    return most;
}

static void add_byte(reply *r, const sample_params *p, uint8_t byte)
{
    r->held[r->n_held++] = byte;
    size_t n = free_bytes(r, p);
    if (r->stopped) {
        emit_held(r, n, true);
        r->n_held = 0;
    }
}

static void add_token_text(reply *r, const sample_params *p, span text)
{
    for (size_t i = 0; i < text.n && !r->stopped; i++)
        add_byte(r, p, text.p[i]);
    if (!r->stopped)
        emit_held(r, free_bytes(r, p), false);
}

static void end_reply(model_session *s, model_finish how)
{
    reply *r = &s->reply;
    if (!r->stopped)
        emit_held(r, r->n_held, true);
    s->usage.finish = r->cancelled ? MODEL_FINISH_CANCELLED : how;
    s->under_way = false;
}

/* One token more of the reply. */
static void generate_token(model_session *s)
{
    const sample_params *p = &s->params;
    if ((p->max_tokens && s->n_reply == p->max_tokens) || s->n_known == s->model->shape.context) {
        end_reply(s, MODEL_FINISH_LENGTH);
        return;
    }
    uint16_t token = sample_token(p, s->logits, s->token + s->n_prompt, s->n_reply);
    s->usage.completion = ++s->n_reply;
    run_token(s, token, true);
    if (token != BPE_END)
        add_token_text(&s->reply, p, bpe_text(&s->model->tokens, token));
    if (token == BPE_END || s->reply.stopped || s->reply.cancelled)
        end_reply(s, token == BPE_END ? MODEL_FINISH_END : MODEL_FINISH_STOP);
}

static void keep_params(model_session *s, const sample_params *p)
{
    s->params = *p;
    for (size_t i = 0; i < p->n_stops; i++) {
        span_take(p->stop[i], s->stop[i], sizeof s->stop[i]);
        s->params.stop[i] = span_of(s->stop[i], p->stop[i].n);
    }
}

model_status model_begin(model_session *s, const uint16_t *prompt, size_t n, const sample_params *params)
{
    const model_shape *shape = &s->model->shape;
    if (!sample_params_good(params))
        return MODEL_BAD_PARAMS;
    if (n >= shape->context)
        return MODEL_TOO_LONG;
    for (size_t i = 0; i < n; i++)
        if (prompt[i] >= shape->vocab)
            return MODEL_BAD_MESSAGES;
    if (n == 0)
        return MODEL_BAD_MESSAGES;
    memmove(s->token + shape->context, prompt, n * sizeof *prompt);
    keep_params(s, params);
    s->reply = (reply){0};
    s->n_prompt = (uint32_t)n, s->n_reply = 0;
    s->usage = (model_usage){s->n_prompt, keep_shared(s, prompt, s->n_prompt), 0, shape->context, MODEL_FINISH_CANCELLED};
    s->under_way = true;
    return MODEL_OK;
}

bool model_continue(model_session *s, uint32_t tokens, model_emit emit, void *with)
{
    s->reply.emit = emit, s->reply.with = with;
    for (uint32_t ran = 0; s->under_way && ran < tokens;) {
        if (s->n_known < s->n_prompt) {
            ran += read_prompt(s, tokens - ran);
        } else {
            generate_token(s);
            ran++;
        }
    }
    return s->under_way;
}

const model_usage *model_last_usage(const model_session *s) { return &s->usage; }

model_status model_generate(model_session *s, const model_message *message, size_t n, const sample_params *params, model_emit emit,
                            void *with, model_usage *usage)
{
    uint16_t *prompt = s->token + s->model->shape.context;
    size_t n_prompt;
    if (!sample_params_good(params))
        return MODEL_BAD_PARAMS;
    model_status status = model_tokens(s->model, message, n, prompt, s->model->shape.context - 1, &n_prompt);
    status = status == MODEL_OK ? model_begin(s, prompt, n_prompt, params) : status;
    if (status != MODEL_OK)
        return status;
    while (model_continue(s, UINT32_MAX, emit, with))
        ;
    *usage = s->usage;
    return MODEL_OK;
}

/* ---- given tokens ---- */

bool model_replay(model_session *s, const uint16_t *token, size_t n, void (*give_logits)(void *with, size_t at, const int32_t *logits),
                  void *with)
{
    if (n > s->model->shape.context)
        return false;
    for (size_t i = 0; i < n; i++)
        if (token[i] >= s->model->shape.vocab)
            return false;
    s->n_known = s->n_prompt = s->n_reply = 0;
    s->under_way = false;
    for (size_t i = 0; i < n; i++) {
        run_token(s, token[i], true);
        give_logits(with, i, s->logits);
    }
    return true;
}
