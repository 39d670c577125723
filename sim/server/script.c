/* The scripted model: deterministic replies, one piece a word. */
#include "server.h"

#include <stdlib.h>
#include <string.h>

enum { PROMPTS_MAX = SERVER_WHOLE_MAX }; /* bytes of prompts that one session keeps, because they are the reply */

/* The last thing that the user said, decoded; it belongs to the caller. No place: there is no memory. */
static span last_prompt(const cf_chat *chat)
{
    cf_chat_message m, last = {.content = EMPTY};
    for (json_cursor c = json_enter(chat->messages); cf_next_message(&c, &m);)
        if (m.role == CF_USER)
            last = m;
    writer text = writer_of(malloc(last.content.n + 1), last.content.n + 1);
    if (text.p)
        json_string(last.content, &text);
    return written(&text);
}

static bool contains(span text, span part) { return part.n == 0 || memmem(text.p, text.n, part.p, part.n) != NULL; }

static span line_of(span *rest)
{
    const uint8_t *nl = rest->n ? memchr(rest->p, '\n', rest->n) : NULL;
    span line = span_first(*rest, nl ? (size_t)(nl - rest->p) : rest->n);
    *rest = span_from(*rest, line.n + 1);
    return line;
}

span script_reply(span script, span prompt)
{
    while (script.n) {
        span line = line_of(&script);
        const uint8_t *tab = line.n ? memchr(line.p, '\t', line.n) : NULL;
        if (tab && line.p[0] != '#' && contains(prompt, span_first(line, (size_t)(tab - line.p))))
            return span_is(span_from(line, (size_t)(tab - line.p) + 1), "{prompt}") ? prompt : span_from(line, (size_t)(tab - line.p) + 1);
    }
    return EMPTY;
}

span script_thinking(span *reply)
{
    static const char opens[] = "{thinking}", ends[] = "{answer}";
    const span inside = span_from(*reply, sizeof opens - 1);
    const uint8_t *end = span_is(span_first(*reply, sizeof opens - 1), opens) ? memmem(inside.p, inside.n, ends, sizeof ends - 1) : NULL;
    if (!end)
        return EMPTY;
    const size_t n = (size_t)(end - inside.p);
    *reply = span_from(inside, n + sizeof ends - 1);
    return span_first(inside, n);
}

typedef struct script_answer {
    span prompt; /* owned; empty: the reply does not need it */
    span rest;   /* of the reply */
    span thought;
    int64_t id, tokens, most;
} script_answer;

typedef struct script_session {
    span script;
    size_t first, n; /* of the queue */
    size_t kept;     /* bytes of its prompts */
    script_answer queue[CF_REQUESTS_MAX];
} script_session;

static void *open_session(void *ctx)
{
    script_session *s = calloc(1, sizeof *s);
    if (s)
        s->script = *(const span *)ctx;
    return s;
}

static void forget(span prompt)
{
    wipe((void *)prompt.p, prompt.n);
    free((void *)prompt.p);
}

static void close_session(void *session)
{
    script_session *s = session;
    for (size_t i = 0; i < s->n; i++)
        forget(s->queue[(s->first + i) % CF_REQUESTS_MAX].prompt);
    free(s);
}

static const char *accept_request(void *session, int64_t id, const cf_chat *chat, coins *unused)
{
    script_session *s = session;
    span prompt = last_prompt(chat);
    (void)unused;
    must(s->n < CF_REQUESTS_MAX);
    const span reply = script_reply(s->script, prompt);
    const bool echoes = reply.p == prompt.p;
    const int64_t tokens = (int64_t)prompt.n / 4;
    if (!prompt.p || (echoes && prompt.n > PROMPTS_MAX - s->kept)) {
        forget(prompt);
        return "there is no memory for this prompt";
    }
    if (!echoes) {
        forget(prompt);
        prompt = EMPTY;
    }
    s->kept += prompt.n;
    script_answer *a = &s->queue[(s->first + s->n++) % CF_REQUESTS_MAX];
    *a = (script_answer){.prompt = prompt, .rest = reply, .id = id, .tokens = tokens};
    const span thought = script_thinking(&a->rest);
    a->thought = chat->thinking ? thought : EMPTY;
    a->most = chat->has_max_tokens ? a->tokens + chat->max_tokens : INT64_MAX;
    return NULL;
}

static bool has_more(const script_answer *a) { return a->rest.n && a->tokens < a->most; }

static void emit_word(script_answer *a, const server_output *output)
{
    const uint8_t *blank = memchr(a->rest.p + 1, ' ', a->rest.n - 1);
    const span word = span_first(a->rest, blank ? (size_t)(blank - a->rest.p) : a->rest.n);
    output->piece(output->to, a->id, word);
    a->rest = span_from(a->rest, word.n);
    a->tokens++;
}

static bool generate(void *session, uint32_t tokens, const server_output *output)
{
    script_session *s = session;
    script_answer *a = &s->queue[s->first];
    if (s->n == 0)
        return false;
    if (a->thought.n)
        output->thought(output->to, a->id, a->thought);
    a->thought = EMPTY;
    for (; tokens && has_more(a); tokens--)
        emit_word(a, output);
    if (has_more(a))
        return true;
    s->kept -= a->prompt.n;
    forget(a->prompt);
    s->first = (s->first + 1) % CF_REQUESTS_MAX;
    s->n--;
    output->done(output->to, a->id, a->tokens);
    return s->n > 0;
}

server_model script_model(const span *script)
{
    return (server_model){.ctx = (void *)script,
                          .session_bytes = sizeof(script_session) + PROMPTS_MAX,
                          .open = open_session,
                          .close = close_session,
                          .accept = accept_request,
                          .generate = generate};
}
