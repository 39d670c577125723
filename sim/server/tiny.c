#include "tiny.h"

#include <stdlib.h>
#include <string.h>

enum { TURNS_MAX = MODEL_CONTEXT_MAX / 2 }; /* a turn has at least its mark and its end */

struct tiny {
    const model *model;
    const model_kernel *kernel;
    size_t sessions, n_text;
    uint8_t *text; /* of one request while it is being taken; the most that the context can hold */
};

typedef struct waiting { /* a request whose turn has not come or that is being answered */
    int64_t id;
    sample_params params;
    size_t n;
    uint16_t *token; /* (context) */
} waiting;

typedef struct talk {
    tiny *tiny;
    model_session *model;
    size_t first, n; /* of the queue */
    bool begun;      /* the first of it is being answered */
    waiting queue[CF_REQUESTS_MAX];
} talk;

/* ---- sessions ---- */

static size_t rounded(size_t n) { return (n + 63) / 64 * 64; }
static size_t queue_size(const tiny *t) { return rounded(sizeof(uint16_t) * CF_REQUESTS_MAX * t->model->shape.context); }
static size_t talk_size(const tiny *t) { return rounded(sizeof(talk)) + queue_size(t) + rounded(model_session_size(t->model)); }

/* One piece of memory: the session, the tokens of its queue, the model's session. */
static void *begin_talk(void *ctx)
{
    tiny *t = ctx;
    uint8_t *memory = aligned_alloc(64, talk_size(t));
    talk *k = (talk *)(void *)memory;
    if (!memory)
        return NULL;
    *k = (talk){.tiny = t};
    for (size_t i = 0; i < CF_REQUESTS_MAX; i++)
        k->queue[i].token = (uint16_t *)(void *)(memory + rounded(sizeof *k)) + i * t->model->shape.context;
    k->model = model_session_start(t->model, t->kernel, memory + rounded(sizeof *k) + queue_size(t));
    t->sessions++;
    return k;
}

static void end_talk(void *session)
{
    talk *k = session;
    k->tiny->sessions--;
    wipe(k, talk_size(k->tiny));
    free(k);
}

/* ---- a request becomes a prompt ---- */

typedef struct gathering {
    model_message turn[TURNS_MAX];
    size_t n;
    writer text;
    bool fits;
} gathering;

static bool to_model(cf_role role, model_role *out)
{
    static const model_role roles[CF_ROLES] = {
        [CF_USER] = MODEL_USER, [CF_ASSISTANT] = MODEL_ASSISTANT, [CF_SYSTEM] = MODEL_SYSTEM, [CF_DEVELOPER] = MODEL_SYSTEM};
    *out = roles[role];
    return role != CF_TOOL_CALL && role != CF_TOOL_RESPONSE;
}

static void gather(gathering *g, model_role role, span content)
{
    if (role == MODEL_ASSISTANT && (g->n == 0 || g->turn[g->n - 1].role == MODEL_SYSTEM))
        return;
    const bool goes_on = g->n > 0 && g->turn[g->n - 1].role == role;
    if (goes_on)
        write_text(&g->text, "\n");
    const size_t at = g->text.n;
    g->fits = g->fits && (goes_on || g->n < TURNS_MAX) && json_string(content, &g->text) && writer_ok(&g->text);
    if (!g->fits)
        return;
    if (goes_on)
        g->turn[g->n - 1].text.n = (size_t)(g->text.p + g->text.n - g->turn[g->n - 1].text.p);
    else
        g->turn[g->n++] = (model_message){role, span_of(g->text.p + at, g->text.n - at)};
}

/* Twice over the messages: what systems and developers say stands in front. */
static void gather_all(gathering *g, const cf_chat *chat)
{
    for (int systems = 1; systems >= 0; systems--) {
        cf_chat_message m;
        model_role role;
        for (json_cursor c = json_enter(chat->messages); cf_next_message(&c, &m);)
            if (to_model(m.role, &role) && (role == MODEL_SYSTEM) == (systems == 1))
                gather(g, role, m.content);
    }
}

static const char *read_prompt(tiny *t, const cf_chat *chat, waiting *out)
{
    static gathering g; /* one thread, and nothing of it outlives this call */
    g = (gathering){.text = writer_of(t->text, t->n_text), .fits = true};
    gather_all(&g, chat);
    model_answer answer = g.fits ? model_tokens(t->model, g.turn, g.n, out->token, t->model->shape.context - 1, &out->n) : MODEL_TOO_LONG;
    wipe(t->text, t->n_text);
    if (answer == MODEL_TOO_LONG)
        return "The conversation leaves no room for an answer in the model's context";
    return answer == MODEL_SAID ? NULL : "The conversation does not end with a user's message";
}

static const char *read_params(const cf_chat *chat, coins *coins, sample_params *out)
{
    *out = (sample_params){.temperature = 0};
    if (chat->has_temperature && (chat->temperature < 0 || chat->temperature > 4000))
        return "temperature is not between 0 and 4";
    if (chat->has_max_tokens && chat->max_tokens < 1)
        return "maxTokens is less than 1";
    out->temperature = chat->has_temperature ? (uint16_t)chat->temperature : 0;
    out->max_tokens = chat->has_max_tokens ? (uint32_t)chat->max_tokens : 0;
    coins_draw(coins, out->seed, sizeof out->seed);
    return NULL;
}

static const char *take(void *session, int64_t id, const cf_chat *chat, coins *coins)
{
    talk *k = session;
    must(k->n < CF_REQUESTS_MAX);
    waiting *w = &k->queue[(k->first + k->n) % CF_REQUESTS_MAX];
    w->id = id;
    const char *why = read_params(chat, coins, &w->params);
    why = why ? why : read_prompt(k->tiny, chat, w);
    k->n += !why;
    return why;
}

/* ---- the answer ---- */

typedef struct listener {
    const server_voice *voice;
    int64_t id;
} listener;

static bool emit(void *with, span piece)
{
    const listener *l = with;
    l->voice->piece(l->voice->to, l->id, piece);
    return true;
}

static void end_first(talk *k, const server_voice *voice)
{
    const model_usage *u = model_used(k->model);
    const int64_t id = k->queue[k->first].id;
    k->first = (k->first + 1) % CF_REQUESTS_MAX;
    k->n--;
    k->begun = false;
    voice->done(voice->to, id, (int64_t)u->prompt + u->completion);
}

static bool speak(void *session, uint32_t tokens, const server_voice *voice)
{
    talk *k = session;
    if (k->n == 0)
        return false;
    const waiting *w = &k->queue[k->first];
    listener l = {voice, w->id};
    if (!k->begun)
        must(model_begin(k->model, w->token, w->n, &w->params) == MODEL_SAID);
    k->begun = true;
    if (!model_go_on(k->model, tokens, emit, &l))
        end_first(k, voice);
    return k->n > 0;
}

tiny *tiny_new(const model *m, const model_kernel *kernel)
{
    tiny *t = calloc(1, sizeof *t);
    must(t);
    *t = (tiny){.model = m, .kernel = kernel, .n_text = (size_t)BPE_PIECE * m->shape.context};
    t->text = calloc(1, t->n_text);
    must(t->text);
    return t;
}

void tiny_free(tiny *t)
{
    if (!t)
        return;
    must(t->sessions == 0);
    free(t->text);
    free(t);
}

server_model tiny_model(tiny *t)
{
    return (server_model){
        .ctx = t, .context_max = t->model->shape.context, .open = begin_talk, .close = end_talk, .take = take, .speak = speak};
}
