/* The scripted model: deterministic replies, one piece a word. */
#include "server.h"

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

static int64_t answer(void *ctx, const cf_chat *chat, void (*piece)(void *to, span utf8), void *to)
{
    uint8_t room[PROMPT_MAX];
    span prompt = last_prompt(chat, room), rest = reply_to(*(const span *)ctx, prompt);
    int64_t tokens = 0;
    while (rest.n && (!chat->has_max_tokens || tokens < chat->max_tokens)) {
        const uint8_t *blank = memchr(rest.p + 1, ' ', rest.n - 1);
        span word = span_first(rest, blank ? (size_t)(blank - rest.p) : rest.n);
        piece(to, word);
        rest = span_from(rest, word.n);
        tokens++;
    }
    return tokens + (int64_t)prompt.n / 4;
}

server_model script_model(const span *script) { return (server_model){answer, (void *)script}; }
