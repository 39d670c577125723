/* The scripted model: deterministic replies, one piece a word. */
#include "server.h"

#include <stdlib.h>
#include <string.h>

enum { PROMPT_MAX = 4096 };

static span last_prompt(const cf_chat *chat, uint8_t room[PROMPT_MAX])
{
    cf_chat_message m;
    writer text = writer_of(room, PROMPT_MAX);
    for (json_cursor c = json_enter(chat->messages); cf_next_message(&c, &m);)
        if (m.role == CF_USER) {
            text = writer_of(room, PROMPT_MAX);
            json_string(m.content, &text); /* what does not fit is cut: a script looks at the beginning */
        }
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

static span reply_to(span script, span prompt)
{
    while (script.n) {
        span line = line_of(&script);
        const uint8_t *tab = line.n ? memchr(line.p, '\t', line.n) : NULL;
        if (tab && line.p[0] != '#' && contains(prompt, span_first(line, (size_t)(tab - line.p))))
            return span_from(line, (size_t)(tab - line.p) + 1);
    }
    return EMPTY;
}

typedef struct script_answer {
    span rest; /* of the reply */
    int64_t id, tokens, most;
} script_answer;

typedef struct script_session {
    span script;
    size_t first, n; /* of the queue */
    script_answer queue[CF_REQUESTS_MAX];
} script_session;

static void *open_session(void *ctx)
{
    script_session *s = calloc(1, sizeof *s);
    if (s)
        s->script = *(const span *)ctx;
    return s;
}

static const char *accept_request(void *session, int64_t id, const cf_chat *chat, coins *unused)
{
    script_session *s = session;
    uint8_t room[PROMPT_MAX];
    const span prompt = last_prompt(chat, room);
    (void)unused;
    must(s->n < CF_REQUESTS_MAX);
    script_answer *a = &s->queue[(s->first + s->n++) % CF_REQUESTS_MAX];
    *a = (script_answer){.rest = reply_to(s->script, prompt), .id = id, .tokens = (int64_t)prompt.n / 4};
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
    for (; tokens && has_more(a); tokens--)
        emit_word(a, output);
    if (has_more(a))
        return true;
    s->first = (s->first + 1) % CF_REQUESTS_MAX;
    s->n--;
    output->done(output->to, a->id, a->tokens);
    return s->n > 0;
}

server_model script_model(const span *script)
{
    return (server_model){.ctx = (void *)script,
                          .session_bytes = sizeof(script_session),
                          .open = open_session,
                          .close = free,
                          .accept = accept_request,
                          .generate = generate};
}
