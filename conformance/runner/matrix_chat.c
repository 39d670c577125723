/* One server, and every client against it: a few scenarios that both have to bring to the same end. */
#include "matrix.h"
#include "child_process.h"
#include "exits.h"
#include "json.h"
#include "library_child.h"
#include "no_memory.h"
#include "out_file.h"
#include "session.h"
#include "started_server.h"
#include "words.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_MS = 60000, OUTPUT_MAX = 1 << 16, ENDED = 1000 };

/* How a client ended: 0 finished, 10 refused, 20 can't, -1 otherwise; and the last line it said. */
typedef struct chat_end {
    int code;
    char line[200];
} chat_end;

typedef struct task {
    const char *url, *pack, *prompt;
} task;

/* The two packs of a run: the server's, and one of another enclave whose token the server does not take. */
typedef struct packs {
    pack *own, *other;
    char own_folder[OUT_PATH], other_folder[OUT_PATH];
} packs;

/* ---- one conversation ---- */

static char *filled(const char *word, const task *t)
{
    const char *const slots[][2] = {{"{url}", t->url}, {"{pack}", t->pack}, {"{prompt}", t->prompt}};
    page out = {0};
    page_put(&out, "");
    while (*word) {
        size_t i = 0;
        while (i < 3 && strncmp(word, slots[i][0], strlen(slots[i][0])) != 0)
            i++;
        page_put_n(&out, i < 3 ? slots[i][1] : word, i < 3 ? strlen(slots[i][1]) : 1);
        word += i < 3 ? strlen(slots[i][0]) : 1;
    }
    return out.p ? out.p : strdup("");
}

/* Reads until it closes its output or nothing comes for too long. */
static bool read_output(child_process *c, page *out)
{
    char piece[4096];
    for (;;) {
        struct pollfd fds[] = {{c->from, POLLIN, 0}, {c->err, POLLIN, 0}};
        if (poll(fds, 2, PATIENCE_MS) <= 0)
            return false;
        const ssize_t n = fds[0].revents ? read(c->from, piece, sizeof piece) : -1;
        if (n > 0 && out->n < OUTPUT_MAX)
            page_put_n(out, piece, (size_t)n);
        const ssize_t e = fds[1].revents ? read(c->err, piece, sizeof piece) : -1;
        if (n == 0)
            return true;
        if (!fds[0].revents && e == 0)
            usleep(1000); /* its error output is closed, its output is not */
    }
}

static void keep_last_line(const page *out, char line[200])
{
    size_t n = out->n;
    while (n && (out->p[n - 1] == '\n' || out->p[n - 1] == '\r'))
        n--;
    size_t from = n;
    while (from && out->p[from - 1] != '\n')
        from--;
    snprintf(line, 200, "%.*s", (int)(n - from > 199 ? 199 : n - from), n ? out->p + from : "");
}

static chat_end run_command(const char *command, const task *t)
{
    chat_end end = {.code = -1, .line = "it can't be started"};
    char *text = strdup(command), *words[WORDS_MAX + 1], *full[WORDS_MAX + 1] = {0}, how[32];
    child_process c;
    page out = {0};
    needs_memory(text);
    const bool split = words_split(text, words);
    for (size_t i = 0; split && words[i]; i++)
        full[i] = filled(words[i], t);
    if (split && child_start(&c, full, false)) {
        const bool ended = read_output(&c, &out);
        const int status = child_end(&c, ended ? ENDED : 0);
        child_close(&c);
        keep_last_line(&out, end.line);
        child_ending(status, how);
        if (!ended || sscanf(how, "exit %d", &end.code) != 1)
            snprintf(end.line, sizeof end.line, "%s", ended ? how : "nothing for a minute");
    }
    for (size_t i = 0; full[i] && i < WORDS_MAX; i++)
        free(full[i]);
    free(text);
    page_free(&out);
    return end;
}

static void take_driven(span line, chat_end *end)
{
    span object, value = EMPTY;
    writer w = writer_of(end->line, sizeof end->line - 1);
    memset(end->line, 0, sizeof end->line);
    if (!json_read(line, &object))
        return;
    end->code = json_member(object, "ok", &value)    ? 0
                : json_member(object, "rej", &value) ? 10
                : json_member(object, "uns", &value) ? 20
                                                     : -1;
    if (end->code == 0)
        json_member(object, "text", &value);
    json_string(value, &w);
}

static chat_end run_driven(const char *command, const task *t)
{
    chat_end end = {.code = -1};
    library_child *c = calloc(1, sizeof *c);
    page line = {0};
    span answer;
    needs_memory(c);
    page_put(&line, "{\"id\":1,\"op\":\"cl.chat\",\"url\":");
    page_put_json(&line, t->url);
    page_put(&line, ",\"pack\":");
    page_put_json(&line, t->pack);
    page_put(&line, ",\"prompt\":");
    page_put_json(&line, t->prompt);
    page_put(&line, "}\n");
    bool good = library_open(c, command);
    c->patience_ms = PATIENCE_MS;
    good = good && library_start(c) && library_send(c, line.p, line.n) == SHIM_ANSWERED && library_take(c, &answer) == SHIM_ANSWERED;
    if (good)
        take_driven(answer, &end);
    else
        snprintf(end.line, sizeof end.line, "%.199s", c->trouble);
    library_close(c);
    free(c);
    page_free(&line);
    return end;
}

static chat_end converse(const matrix_target *client, const task *t)
{
    return client->file.door == TARGET_DRIVE ? run_driven(client->file.at, t) : run_command(client->file.at, t);
}

/* ---- the scenarios ---- */

typedef struct scenario {
    const char *name, *prompt; /* NULL: one that no record carries whole */
    bool other_pack, other_token;
    int want; /* 0: finished with an answer; 10: refused; -1: anything but finished */
} scenario;

static const scenario scenarios[] = {
    {"a question", "What does the heron do?", false, false, 0},
    {"a second conversation", "And what does the heron do next?", false, false, 0},
    {"a question that is not ASCII", "Was tut der Fischreiher \xe2\x80\x93 \xe4\xbb\x8a\xe6\x97\xa5?", false, false, 0},
    {"quotes and escapes", "Say \"heron\\n\" and 'reed'\t{}.", false, false, 0},
    {"a question of one letter", "?", false, false, 0},
    {"a question of 70000 bytes", NULL, false, false, 0},
    {"evidence of another enclave than the client's pack allows", "What does the heron do?", true, false, 10},
    {"a token that the server does not take", "What does the heron do?", false, true, -1},
    {"a question after two refusals", "Is the heron still there?", false, false, 0},
};

static void write_url(const matrix_target *server, const pack *p, char *url, size_t n)
{
    const span token = p->file[PACK_TOKEN];
    snprintf(url, n, "%.*s?token=%.*s", (int)strcspn(server->file.at, "?"), server->file.at, (int)token.n, (const char *)token.p);
}

enum { LONG_PROMPT = 70000 };

static const char *long_prompt(void)
{
    static char text[LONG_PROMPT + 1];
    for (size_t i = 0; i < LONG_PROMPT; i++)
        text[i] = "heron "[i % 6];
    return text;
}

static void try_scenario(const matrix_target *server, const matrix_target *client, const packs *p, const scenario *s, matrix_cell *cell)
{
    char url[2048], got[260], want[40];
    write_url(server, s->other_token ? p->other : p->own, url, sizeof url);
    const task t = {url, s->other_pack ? p->other_folder : p->own_folder, s->prompt ? s->prompt : long_prompt()};
    const chat_end end = converse(client, &t);
    const bool holds = s->want < 0 ? end.code > 0 : end.code == s->want && (s->want || (*end.line && *end.line != '{'));
    if (s->want < 0)
        snprintf(want, sizeof want, "an exit other than 0");
    else
        snprintf(want, sizeof want, "exit %d%s", s->want, s->want ? "" : " and an answer");
    if (end.code < 0)
        snprintf(got, sizeof got, "%s", end.line);
    else
        snprintf(got, sizeof got, "exit %d %s", end.code, end.line);
    matrix_judge(cell, s->name, holds, want, got);
}

static bool same_protocol(const matrix_target *a, const matrix_target *b)
{
    const char *p = a->file.profile ? a->file.profile : "confer", *q = b->file.profile ? b->file.profile : "confer";
    return strcspn(p, "@") == strcspn(q, "@") && strncmp(p, q, strcspn(p, "@")) == 0;
}

/* ---- the server ---- */

static int take_packs(const cli_call *call, const matrix_target *server, packs *p)
{
    char why[512];
    int code = EXIT_LEVEL;
    p->own = calloc(1, sizeof *p->own);
    needs_memory(p->own);
    if (server->file.pack) {
        snprintf(p->own_folder, sizeof p->own_folder, "%s", server->file.pack);
        if (!pack_load(p->own, server->file.pack, why, sizeof why))
            code = cli_usage(call, "%s", why);
    } else {
        pack_make(p->own, "confer", EMPTY, call->has_at ? call->at.seconds : PACK_TIME);
        code = out_pack(call, p->own, p->own_folder);
    }
    p->other = calloc(1, sizeof *p->other);
    needs_memory(p->other);
    pack_make(p->other, "confer", span_text("another enclave"), p->own->time);
    code = code ? code : out_folder(call, "other-pack", p->other_folder);
    if (!code && !pack_save(p->other, p->other_folder, why, sizeof why))
        code = cli_fail(call, EXIT_HARNESS, "%s", why);
    return code;
}

static void try_clients(const matrix_target *server, const matrix_target *clients[], size_t n, const packs *p, matrix_cell *cells)
{
    for (size_t i = 0; i < n; i++) {
        if (!same_protocol(server, clients[i])) {
            snprintf(cells[i].why, sizeof cells[i].why, "they speak different profiles");
            continue;
        }
        for (size_t s = 0; s < sizeof scenarios / sizeof *scenarios; s++)
            try_scenario(server, clients[i], p, &scenarios[s], &cells[i]);
    }
}

int matrix_chats(const cli_call *call, const matrix_target *server, const matrix_target *clients[], size_t n, matrix_cell *cells)
{
    packs p = {0};
    ws_url url;
    pid_t pid = 0;
    const char *wrong = NULL;
    int code = take_packs(call, server, &p);
    if (!code && !ws_url_read(server->file.at, &url))
        code = cli_usage(call, "%s: door: '%s' is not ws://HOST[:PORT]/PATH", server->label, server->file.at);
    if (!code && server->file.start)
        wrong = started_server_begin(call, server->file.start, p.own_folder, &url, &pid);
    if (wrong)
        code = cli_fail(call, EXIT_UNREACHABLE, "%s: start: %s", server->label, wrong);
    if (!code)
        try_clients(server, clients, n, &p, cells);
    if (pid)
        started_server_end(pid);
    free(p.own);
    free(p.other);
    return code;
}
