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

typedef struct reading { /* one session: it never has more than one reply to say */
    span script, rest;
    int64_t id, tokens, most;
} reading;

static void *begin_reading(void *ctx)
{
    reading *r = calloc(1, sizeof *r);
    if (r)
        r->script = *(const span *)ctx;
    return r;
}

static const char *take(void *session, int64_t id, const cf_chat *chat, coins *unused)
{
    reading *r = session;
    uint8_t room[PROMPT_MAX];
    span prompt = last_prompt(chat, room);
    (void)unused;
    r->id = id;
    r->rest = reply_to(r->script, prompt);
    r->tokens = (int64_t)prompt.n / 4;
    r->most = chat->has_max_tokens ? r->tokens + chat->max_tokens : INT64_MAX;
    return NULL;
}

/* The whole reply, however long: it is a line of a file. */
static bool speak(void *session, uint32_t unused, const server_voice *voice)
{
    reading *r = session;
    (void)unused;
    for (; r->rest.n && r->tokens < r->most; r->tokens++) {
        const uint8_t *blank = memchr(r->rest.p + 1, ' ', r->rest.n - 1);
        span word = span_first(r->rest, blank ? (size_t)(blank - r->rest.p) : r->rest.n);
        voice->piece(voice->to, r->id, word);
        r->rest = span_from(r->rest, word.n);
    }
    voice->done(voice->to, r->id, r->tokens);
    return false;
}

server_model script_model(const span *script)
{
    return (server_model){.ctx = (void *)script, .open = begin_reading, .close = free, .take = take, .speak = speak};
}
