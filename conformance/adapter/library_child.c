#include "library_child.h"
#include "no_memory.h"
#include "shim_line.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LINE_ROOM = SHIM_LINE + 2 };

static void trouble(library_child *c, const char *what) { snprintf(c->trouble, sizeof c->trouble, "%s", what); }

bool library_open(library_child *c, const char *command)
{
    memset(c, 0, sizeof *c);
    c->patience_ms = LIBRARY_PATIENCE_MS;
    if (strlen(command) >= sizeof c->command)
        return false;
    strcpy(c->command, command);
    char *rest = c->command, *word;
    size_t n = 0;
    while ((word = strsep(&rest, " \t"))) {
        if (*word && n == CHILD_WORDS)
            return false;
        if (*word)
            c->argv[n++] = word;
    }
    c->line = malloc(LINE_ROOM);
    c->request = malloc(LINE_ROOM);
    needs_memory(c->line && c->request);
    return n != 0;
}

/* ---- its life ---- */

bool library_start(library_child *c)
{
    signal(SIGPIPE, SIG_IGN); /* a target that is gone is seen at the write */
    c->runs = child_start(&c->process, c->argv, true);
    c->n_line = c->consumed = c->n_errors = 0;
    c->starts += c->runs;
    return c->runs;
}

static void drain_errors(library_child *c)
{
    char part[4096];
    for (ssize_t n; (n = read(c->process.err, part, sizeof part)) > 0;) {
        size_t take = (size_t)n < LIBRARY_STDERR - c->n_errors ? (size_t)n : LIBRARY_STDERR - c->n_errors;
        memcpy(c->errors + c->n_errors, part, take);
        c->n_errors += take;
    }
    c->errors[c->n_errors] = 0;
}

/* It gets a moment to end by itself once its input is closed. */
enum { GRACE_MS = 200 };

static int end(library_child *c, unsigned grace_ms)
{
    const int status = child_end(&c->process, grace_ms);
    drain_errors(c);
    child_close(&c->process);
    c->runs = false;
    return status;
}

void library_stop(library_child *c)
{
    char room[32];
    if (!c->runs)
        return;
    const int status = end(c, GRACE_MS);
    if (!c->trouble[0] && WIFSIGNALED(status))
        snprintf(c->trouble, sizeof c->trouble, "ended by %s", child_ending(status, room));
}

void library_close(library_child *c)
{
    library_stop(c);
    free(c->line);
    free(c->request);
    memset(c, 0, sizeof *c);
}

static shim_fate died(library_child *c)
{
    char room[32];
    const int status = end(c, GRACE_MS);
    if (WIFSIGNALED(status))
        snprintf(c->trouble, sizeof c->trouble, "ended by %s", child_ending(status, room));
    else if (WEXITSTATUS(status) == 127 && c->n_line == 0)
        trouble(c, "can't be started: exit 127");
    else
        snprintf(c->trouble, sizeof c->trouble, "ended with %s in the middle of a call", child_ending(status, room));
    return SHIM_CRASHED;
}

static shim_fate broken(library_child *c, const char *what)
{
    trouble(c, what);
    end(c, 0);
    return SHIM_BROKEN;
}

static shim_fate hung(library_child *c, const char *what)
{
    const bool gone = child_has_ended(&c->process);
    end(c, 0);
    trouble(c, gone ? "it ended, but a child of it still holds its output open" : what);
    return gone ? SHIM_CRASHED : SHIM_HUNG;
}

/* ---- lines ---- */

/* Whatever moves counts as progress. False: nothing did for the whole patience. */
static bool await(library_child *c, short of_to)
{
    struct pollfd fds[] = {{c->process.from, POLLIN, 0}, {c->process.err, POLLIN, 0}, {of_to ? c->process.to : -1, of_to, 0}};
    int n;
    do
        n = poll(fds, 3, c->patience_ms);
    while (n < 0 && errno == EINTR);
    drain_errors(c);
    return n > 0;
}

/* 1: something came, 0: nothing now, -1: its output ended. */
static int read_more(library_child *c)
{
    if (c->consumed) {
        memmove(c->line, c->line + c->consumed, c->n_line - c->consumed);
        c->n_line -= c->consumed;
        c->consumed = 0;
    }
    if (c->n_line == LINE_ROOM)
        return 0;
    ssize_t n = read(c->process.from, c->line + c->n_line, LINE_ROOM - c->n_line);
    if (n > 0)
        c->n_line += (size_t)n;
    const bool later = n < 0 && (errno == EAGAIN || errno == EINTR);
    return n > 0 ? 1 : later ? 0 : -1;
}

/* It may answer while it is still being asked: both directions are served, so that neither side waits for the other. */
shim_fate library_send(library_child *c, const void *line, size_t n)
{
    const uint8_t *p = line;
    while (n) {
        ssize_t sent = write(c->process.to, p, n);
        if (sent > 0) {
            p += sent;
            n -= (size_t)sent;
            continue;
        }
        if (errno == EPIPE)
            return died(c);
        if (errno != EAGAIN && errno != EINTR)
            return died(c);
        if (!await(c, POLLOUT))
            return hung(c, "it does not read its input");
        if (read_more(c) < 0)
            return died(c);
    }
    return SHIM_ANSWERED;
}

shim_fate library_take(library_child *c, span *line)
{
    for (;;) {
        uint8_t *start = c->line + c->consumed, *end = memchr(start, '\n', c->n_line - c->consumed);
        if (end) {
            *line = span_of(start, (size_t)(end - start));
            c->consumed = (size_t)(end + 1 - c->line);
            return SHIM_ANSWERED;
        }
        if (c->n_line - c->consumed == LINE_ROOM)
            return broken(c, "a line over 1 MiB");
        int got = read_more(c);
        if (got < 0)
            return died(c);
        if (got == 0 && !await(c, 0))
            return hung(c, c->n_line > c->consumed ? "a line without its end" : "no answer: not flushed?");
    }
}

/* ---- the shim ---- */

/* The answer's values point into the line buffer, which stays until the next call. */
static shim_fate take_answer(library_child *c, int64_t id, shim_reply *reply)
{
    span line;
    int64_t told = -1;
    shim_fate fate = library_take(c, &line);
    if (fate != SHIM_ANSWERED)
        return fate;
    const char *fault = shim_line_read(c->line + (line.p - c->line), line.n, &c->pairs);
    if (!fault)
        fault = shim_take_reply(&c->pairs, &told, reply);
    if (!fault && told != id)
        fault = "an answer to another request";
    if (fault)
        return broken(c, fault);
    if (shows_sanitizer_report(c->errors)) {
        broken(c, "a sanitizer's report on its standard error");
        return SHIM_CRASHED;
    }
    return SHIM_ANSWERED;
}

static int call(void *ctx, const shim_request *request, shim_reply *reply)
{
    library_child *c = ctx;
    c->trouble[0] = 0;
    if (!c->runs && !library_start(c)) {
        trouble(c, "can't be started");
        return SHIM_CRASHED;
    }
    int64_t id = c->next_id++;
    writer w = writer_of(c->request, LINE_ROOM - 1);
    if (!shim_line_request(&w, id, request)) {
        trouble(c, "the question is longer than a line may be");
        return SHIM_BROKEN;
    }
    c->request[w.n] = '\n';
    shim_fate fate = library_send(c, c->request, w.n + 1);
    return fate == SHIM_ANSWERED ? take_answer(c, id, reply) : fate;
}

parley_impl library_behind_shim(library_child *c) { return (parley_impl){c->argv[0], call, c}; }
