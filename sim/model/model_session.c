#include "model.h"

#include "model_chat.h"
#include "model_engine.h"

#include <string.h>

/* Reply bytes that may still turn out to begin a stop sequence. */
enum { HELD_MAX = SAMPLE_STOP_MAX + BPE_PIECE }; /* less than one stop is kept over, and one token added */

struct model_session {
    const model *model;
    const model_kernel *kernel;
    engine_cache cache;
    engine_work work;
    uint16_t *token;             /* (context): what the cache holds, and beyond n_known the tokens about to be run */
    uint32_t n_known;
    uint32_t n_prompt, n_reply;  /* of the last exchange */
    int32_t logits[BPE_VOCAB];   /* after the last known token */
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

model_answer model_tokens(const model *m, const model_message *message, size_t n, uint16_t *token, size_t cap, size_t *n_tokens)
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
    return MODEL_SAID;
}

/* Runs one more token; the logits are those after it. */
static void take(model_session *s, uint16_t token, bool wanted)
{
    s->token[s->n_known] = token;
    engine_step(s->model, s->kernel, s->cache, &s->work, s->n_known, token, wanted ? s->logits : NULL);
    s->n_known++;
}

/* Brings the cache to these tokens; what it shares with them stays. Returns how many were there already. */
static uint32_t read_prompt(model_session *s, const uint16_t *token, uint32_t n)
{
    uint32_t same = 0;
    while (same < s->n_known && same + 1 < n && s->token[same] == token[same]) /* the last is run for its logits */
        same++;
    s->n_known = same;
    for (uint32_t i = same; i < n; i++)
        take(s, token[i], i + 1 == n);
    return same;
}

/* ---- the reply ---- */

typedef struct reply {
    const sample_params *params;
    model_emit emit;
    void *with;
    utf8_stream characters;
    uint8_t held[HELD_MAX]; /* bytes not yet given out */
    size_t n_held;
    bool stopped, cancelled;
} reply;

/* Gives out the first n held bytes, as whole characters. */
static void give(reply *r, size_t n, bool at_end)
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

static bool begins(span stop, const uint8_t *p, size_t n) { return memcmp(stop.p, p, n < stop.n ? n : stop.n) == 0; }

/* How many held bytes are certainly outside any stop sequence. Sets stopped when one stands complete behind them. */
static size_t free_bytes(reply *r)
{
    for (size_t at = 0; at < r->n_held; at++)
        for (size_t i = 0; i < r->params->n_stops; i++) {
            span stop = r->params->stop[i];
            if (!begins(stop, r->held + at, r->n_held - at))
                continue;
            r->stopped = r->n_held - at >= stop.n;
            return at;
        }
    return r->n_held;
}

static void say_byte(reply *r, uint8_t byte)
{
    r->held[r->n_held++] = byte;
    size_t n = free_bytes(r);
    if (r->stopped) {
        give(r, n, true);
        r->n_held = 0;
    }
}

static void say_token(reply *r, span text)
{
    for (size_t i = 0; i < text.n && !r->stopped; i++)
        say_byte(r, text.p[i]);
    if (!r->stopped)
        give(r, free_bytes(r), false);
}

static model_finish reply_all(model_session *s, const sample_params *p, reply *r)
{
    uint32_t most = p->max_tokens ? p->max_tokens : UINT32_MAX;
    for (;;) {
        if (s->n_reply == most || s->n_known == s->model->shape.context)
            return MODEL_FINISH_LENGTH;
        uint16_t token = sample_token(p, s->logits, s->token + s->n_prompt, s->n_reply);
        s->n_reply++;
        take(s, token, true);
        if (token == BPE_END)
            return MODEL_FINISH_END;
        say_token(r, bpe_text(&s->model->tokens, token));
        if (r->stopped || r->cancelled)
            return r->cancelled ? MODEL_FINISH_CANCELLED : MODEL_FINISH_STOP;
    }
}

model_answer model_say(model_session *s, const model_message *message, size_t n, const sample_params *params, model_emit emit, void *with, model_usage *usage)
{
    uint16_t *prompt = s->token + s->model->shape.context; /* the second half of the lent tokens */
    size_t n_prompt;
    if (!sample_params_good(params))
        return MODEL_BAD_PARAMS;
    model_answer answer = model_tokens(s->model, message, n, prompt, s->model->shape.context - 1, &n_prompt);
    if (answer != MODEL_SAID)
        return answer;
    reply r = {.params = params, .emit = emit, .with = with};
    uint32_t cached = read_prompt(s, prompt, (uint32_t)n_prompt);
    s->n_prompt = (uint32_t)n_prompt, s->n_reply = 0;
    *usage = (model_usage){s->n_prompt, cached, 0, s->model->shape.context, MODEL_FINISH_END};
    usage->finish = reply_all(s, params, &r);
    if (!r.stopped)
        give(&r, r.n_held, true);
    if (r.cancelled)
        usage->finish = MODEL_FINISH_CANCELLED;
    usage->completion = s->n_reply;
    return MODEL_SAID;
}

/* ---- given tokens ---- */

bool model_replay(model_session *s, const uint16_t *token, size_t n, void (*give_logits)(void *with, size_t at, const int32_t *logits), void *with)
{
    if (n > s->model->shape.context)
        return false;
    for (size_t i = 0; i < n; i++)
        if (token[i] >= s->model->shape.vocab)
            return false;
    s->n_known = s->n_prompt = s->n_reply = 0;
    for (size_t i = 0; i < n; i++) {
        take(s, token[i], true);
        give_logits(with, i, s->logits);
    }
    return true;
}
