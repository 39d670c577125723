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

typedef struct pending { /* a request whose turn has not come or that is being answered */
    int64_t id;
    sample_params params;
    size_t n;
    uint16_t *token; /* (context) */
} pending;

typedef struct tiny_session {
    tiny *tiny;
    model_session *model;
    size_t first, n; /* of the queue */
    bool begun;      /* the first of it is being answered */
    pending queue[CF_REQUESTS_MAX];
} tiny_session;

/* ---- sessions ---- */

static size_t rounded(size_t n) { return (n + 63) / 64 * 64; }
static size_t queue_size(const tiny *t) { return rounded(sizeof(uint16_t) * CF_REQUESTS_MAX * t->model->shape.context); }
static size_t session_size(const tiny *t) { return rounded(sizeof(tiny_session)) + queue_size(t) + rounded(model_session_size(t->model)); }

/* One piece of memory: the session, the tokens of its queue, the model's session. */
static void *open_session(void *ctx)
{
    tiny *t = ctx;
    uint8_t *memory = aligned_alloc(64, session_size(t));
    tiny_session *s = (tiny_session *)(void *)memory;
    if (!memory)
        return NULL;
    *s = (tiny_session){.tiny = t};
    for (size_t i = 0; i < CF_REQUESTS_MAX; i++)
        s->queue[i].token = (uint16_t *)(void *)(memory + rounded(sizeof *s)) + i * t->model->shape.context;
    s->model = model_session_start(t->model, t->kernel, memory + rounded(sizeof *s) + queue_size(t));
    t->sessions++;
    return s;
}

static void close_session(void *session)
{
    tiny_session *s = session;
    s->tiny->sessions--;
    wipe(s, session_size(s->tiny));
    free(s);
}

/* ---- a request becomes a prompt ---- */

typedef struct conversation {
    model_message turn[TURNS_MAX];
    size_t n;
    writer text;
    bool fits;
} conversation;

static bool to_model(cf_role role, model_role *out)
{
    static const model_role roles[CF_ROLES] = {
        [CF_USER] = MODEL_USER, [CF_ASSISTANT] = MODEL_ASSISTANT, [CF_SYSTEM] = MODEL_SYSTEM, [CF_DEVELOPER] = MODEL_SYSTEM};
    *out = roles[role];
    return role != CF_TOOL_CALL && role != CF_TOOL_RESPONSE;
}

static void add_message(conversation *g, model_role role, span content)
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
static void add_messages(conversation *g, const cf_chat *chat)
{
    for (int systems = 1; systems >= 0; systems--) {
        cf_chat_message m;
        model_role role;
        for (json_cursor c = json_enter(chat->messages); cf_next_message(&c, &m);)
            if (to_model(m.role, &role) && (role == MODEL_SYSTEM) == (systems == 1))
                add_message(g, role, m.content);
    }
}

static const char *read_prompt(tiny *t, const cf_chat *chat, pending *out)
{
    static conversation g; /* one thread, and nothing of it outlives this call */
    g = (conversation){.text = writer_of(t->text, t->n_text), .fits = true};
    add_messages(&g, chat);
    model_status answer = g.fits ? model_tokens(t->model, g.turn, g.n, out->token, t->model->shape.context - 1, &out->n) : MODEL_TOO_LONG;
    wipe(t->text, t->n_text);
    if (answer == MODEL_TOO_LONG)
        return "The conversation leaves no room for an answer in the model's context";
    return answer == MODEL_OK ? NULL : "The conversation does not end with a user's message";
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

static const char *accept_request(void *session, int64_t id, const cf_chat *chat, coins *coins)
{
    tiny_session *s = session;
    must(s->n < CF_REQUESTS_MAX);
    pending *w = &s->queue[(s->first + s->n) % CF_REQUESTS_MAX];
    w->id = id;
    const char *why = read_params(chat, coins, &w->params);
    why = why ? why : read_prompt(s->tiny, chat, w);
    s->n += !why;
    return why;
}

/* ---- the answer ---- */

typedef struct piece_target {
    const server_output *output;
    int64_t id;
} piece_target;

static bool emit_piece(void *with, span piece)
{
    const piece_target *l = with;
    l->output->piece(l->output->to, l->id, piece);
    return true;
}

static void end_first(tiny_session *s, const server_output *output)
{
    const model_usage *u = model_last_usage(s->model);
    const int64_t id = s->queue[s->first].id;
    s->first = (s->first + 1) % CF_REQUESTS_MAX;
    s->n--;
    s->begun = false;
    output->done(output->to, id, (int64_t)u->prompt + u->completion);
}

static bool generate(void *session, uint32_t tokens, const server_output *output)
{
    tiny_session *s = session;
    if (s->n == 0)
        return false;
    const pending *w = &s->queue[s->first];
    piece_target l = {output, w->id};
    if (!s->begun)
        must(model_begin(s->model, w->token, w->n, &w->params) == MODEL_OK);
    s->begun = true;
    if (!model_continue(s->model, tokens, emit_piece, &l))
        end_first(s, output);
    return s->n > 0;
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
    return (server_model){.ctx = t,
                          .context_max = t->model->shape.context,
                          .session_bytes = session_size(t),
                          .open = open_session,
                          .close = close_session,
                          .accept = accept_request,
                          .generate = generate};
}
