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

typedef struct script_session { /* it has one reply under way at most */
    span script, rest;
    int64_t id, tokens, most;
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
    span prompt = last_prompt(chat, room);
    (void)unused;
    s->id = id;
    s->rest = reply_to(s->script, prompt);
    s->tokens = (int64_t)prompt.n / 4;
    s->most = chat->has_max_tokens ? s->tokens + chat->max_tokens : INT64_MAX;
    return NULL;
}

/* The whole reply, however long: it is a line of a file. */
static bool generate(void *session, uint32_t unused, const server_output *output)
{
    script_session *s = session;
    (void)unused;
    for (; s->rest.n && s->tokens < s->most; s->tokens++) {
        const uint8_t *blank = memchr(s->rest.p + 1, ' ', s->rest.n - 1);
        span word = span_first(s->rest, blank ? (size_t)(blank - s->rest.p) : s->rest.n);
        output->piece(output->to, s->id, word);
        s->rest = span_from(s->rest, word.n);
    }
    output->done(output->to, s->id, s->tokens);
    return false;
}

server_model script_model(const span *script)
{
    return (server_model){.ctx = (void *)script, .open = open_session, .close = free, .accept = accept_request, .generate = generate};
}
