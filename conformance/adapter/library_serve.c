#include "library_serve.h"
#include "no_memory.h"
#include "shim_line.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROOM = SHIM_LINE + 1 };

void library_answer(const parley_impl *impl, uint8_t *line, size_t n, shim_reply *reply, writer *w)
{
    static shim_list pairs;
    shim_request request;
    int64_t id = 0;
    const char *fault = shim_line_read(line, n, &pairs);
    if (!fault)
        fault = shim_take_request(&pairs, &id, &request);
    shim_reply_start(reply);
    if (fault)
        shim_reply_with(reply, SHIM_BUG, fault);
    else if (impl->call(impl->ctx, &request, reply) != SHIM_ANSWERED)
        shim_reply_with(reply, SHIM_BUG, "no answer");
    size_t mark = w->n;
    if (shim_line_reply(w, id, reply))
        return;
    w->n = mark; /* too long for a line: say so instead */
    w->failed = false;
    shim_reply_start(reply);
    shim_reply_with(reply, SHIM_BUG, "the answer is longer than a line may be");
    shim_line_reply(w, id, reply);
}

static bool put(int fd, const uint8_t *p, size_t n)
{
    while (n) {
        ssize_t done = write(fd, p, n);
        if (done < 0 && errno != EINTR)
            return false;
        if (done > 0) {
            p += done;
            n -= (size_t)done;
        }
    }
    return true;
}

typedef struct server {
    const parley_impl *impl;
    int in, out;
    uint8_t *line, *answer;
    size_t n;
    bool skipping; /* the rest of a line that was too long */
    shim_reply reply;
} server;

static bool answer_line(server *s, uint8_t *line, size_t n)
{
    writer w = writer_of(s->answer, ROOM - 1);
    library_answer(s->impl, line, n, &s->reply, &w);
    s->answer[w.n] = '\n';
    return put(s->out, s->answer, w.n + 1);
}

/* Every whole line that has come. */
static bool answer_lines(server *s)
{
    uint8_t *start = s->line, *end;
    bool good = true;
    while (good && (end = memchr(start, '\n', s->n - (size_t)(start - s->line)))) {
        if (!s->skipping)
            good = answer_line(s, start, (size_t)(end - start));
        s->skipping = false;
        start = end + 1;
    }
    s->n -= (size_t)(start - s->line);
    memmove(s->line, start, s->n);
    if (s->n == ROOM) {
        if (!s->skipping)
            good = answer_line(s, s->line, s->n);
        s->skipping = true;
        s->n = 0;
    }
    return good;
}

bool library_serve(const parley_impl *impl, int in, int out)
{
    server *s = calloc(1, sizeof *s);
    uint8_t *room = malloc(ROOM);
    needs_memory(s && room);
    *s = (server){.impl = impl, .in = in, .out = out, .line = malloc(ROOM), .answer = malloc(ROOM)};
    needs_memory(s->line && s->answer);
    s->reply.room = writer_of(room, ROOM);
    bool good = true;
    for (ssize_t n; good && (n = read(in, s->line + s->n, ROOM - s->n)) != 0;) {
        if (n < 0 && errno != EINTR)
            good = false;
        if (n > 0) {
            s->n += (size_t)n;
            good = answer_lines(s);
        }
    }
    free(s->line);
    free(s->answer);
    free(room);
    free(s);
    return good;
}
