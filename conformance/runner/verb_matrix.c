/* `parley matrix FILE.target...`: every client with every server, every adapter with every adapter. */
#include "matrix.h"
#include "exits.h"
#include "no_memory.h"
#include "out_file.h"
#include "results_here.h"
#include "session.h"
#include "verbs.h"

#include <stdlib.h>
#include <string.h>

typedef struct side {
    const matrix_target *of[MATRIX_TARGETS];
    size_t n;
} side;

typedef struct matrix {
    const cli_call *call;
    matrix_target all[MATRIX_TARGETS];
    size_t n;
    side clients, servers, adapters;
    matrix_cell cells[2][MATRIX_TARGETS][MATRIX_TARGETS]; /* client, server; initiator, responder */
} matrix;

void matrix_judge(matrix_cell *c, const char *scenario, bool holds, const char *want, const char *got)
{
    c->tried++;
    c->held += holds;
    if (!holds)
        page_printf(&c->faults, "%s: wanted %s, got %s\n", scenario, want, got);
}

/* ---- the targets ---- */

static void add_to(side *s, const matrix_target *t) { s->of[s->n++] = t; }

static int read_target(matrix *m, const char *path)
{
    page text = {0};
    char fault[200];
    matrix_target *t = &m->all[m->n];
    int code = file_load(m->call, path, &text);
    if (code)
        return code;
    const bool whole = strlen(text.p ? text.p : "") == text.n;
    const char *wrong = target_file_read(&t->file, text.p ? text.p : strdup(""), fault);
    m->n++;
    if (wrong || !whole)
        return cli_usage(m->call, "%s: %s", path, wrong ? wrong : "a zero byte is not text");
    snprintf(t->label, sizeof t->label, "%.50s %.24s", t->file.name, t->file.version);
    add_to(t->file.door == TARGET_URL ? &m->servers : t->file.door == TARGET_LIBRARY ? &m->adapters : &m->clients, t);
    return EXIT_LEVEL;
}

static int read_targets(matrix *m)
{
    int code = EXIT_LEVEL;
    for (int i = 0; i < m->call->argc && !code; i++) {
        const char *path = m->call->argv[i];
        code = m->n == MATRIX_TARGETS ? cli_usage(m->call, "at most %d targets", MATRIX_TARGETS) : read_target(m, path + (*path == '@'));
    }
    if (!code && (!m->clients.n || !m->servers.n) && !m->adapters.n)
        code = cli_usage(m->call, "give target files: a client and a server at least, or an adapter");
    return code;
}

/* ---- the runs ---- */

static int run_chats(matrix *m)
{
    int worst = EXIT_LEVEL;
    for (size_t s = 0; s < m->servers.n && m->clients.n; s++) {
        matrix_cell column[MATRIX_TARGETS] = {0};
        worst = exit_worst(worst, matrix_chats(m->call, m->servers.of[s], m->clients.of, m->clients.n, column));
        for (size_t c = 0; c < m->clients.n; c++)
            m->cells[0][c][s] = column[c];
    }
    return worst;
}

static void run_handshakes(matrix *m)
{
    for (size_t i = 0; i < m->adapters.n; i++)
        for (size_t r = 0; r < m->adapters.n; r++)
            matrix_handshakes(m->call, m->adapters.of[i], m->adapters.of[r], &m->cells[1][i][r]);
}

/* ---- telling ---- */

static void print_label(const char *text, int width)
{
    fputs(width ? "  " : "", stdout);
    print_safely(stdout, span_text(text));
    for (int n = (int)strlen(text); n < width; n++)
        putchar(' ');
}

enum { COLUMN = 24 };

static void print_cell(const matrix_cell *c)
{
    char text[32] = "NA";
    if (c->tried)
        snprintf(text, sizeof text, "%u/%u%s", c->held, c->tried, c->held < c->tried ? " FAIL" : "");
    print_label(text, COLUMN);
}

static void print_table(const char *corner, const side *rows, const side *columns, matrix_cell (*cells)[MATRIX_TARGETS])
{
    print_label(corner, COLUMN);
    for (size_t c = 0; c < columns->n; c++)
        print_label(columns->of[c]->label, COLUMN);
    putchar('\n');
    for (size_t r = 0; r < rows->n; r++) {
        print_label(rows->of[r]->label, COLUMN);
        for (size_t c = 0; c < columns->n; c++)
            print_cell(&cells[r][c]);
        putchar('\n');
    }
    putchar('\n');
}

static void print_faults(const side *rows, const side *columns, matrix_cell (*cells)[MATRIX_TARGETS])
{
    for (size_t r = 0; r < rows->n; r++)
        for (size_t c = 0; c < columns->n; c++) {
            page text = {0};
            if (cells[r][c].tried == cells[r][c].held && cells[r][c].tried)
                continue;
            page_printf(&text, "%s  %s, %s:\n%s%s\n", cells[r][c].tried ? "FAIL" : "NA  ", rows->of[r]->label, columns->of[c]->label,
                        cells[r][c].faults.p ? cells[r][c].faults.p : "", cells[r][c].why);
            print_safely(stdout, span_of(text.p, text.n));
            page_free(&text);
        }
}

static void print_coverage(const side *adapters, matrix_cell (*cells)[MATRIX_TARGETS])
{
    for (size_t r = 0; r < adapters->n; r++)
        for (size_t c = 0; c < adapters->n; c++) {
            const matrix_cell *cell = &cells[r][c];
            page text = {0};
            if (!cell->of_pairs)
                continue;
            page_printf(&text, "%s, %s: %zu of %zu pairs of settings in %u rows%s%s\n", adapters->of[r]->label, adapters->of[c]->label,
                        cell->pairs, cell->of_pairs, cell->tried, cell->cause.n ? "; what makes it fail: " : "",
                        cell->cause.n ? cell->cause.p : "");
            print_safely(stdout, span_of(text.p, text.n));
            page_free(&text);
        }
}

static void put_pairs(const side *rows, const side *columns, matrix_cell (*cells)[MATRIX_TARGETS], const char *kind, page *out)
{
    for (size_t r = 0; r < rows->n; r++)
        for (size_t c = 0; c < columns->n; c++) {
            const matrix_cell *cell = &cells[r][c];
            page_printf(out, "%s\n{\"kind\":\"%s\",\"a\":", strchr(out->p, ']') || out->p[out->n - 1] == '[' ? "" : ",", kind);
            page_put_json(out, rows->of[r]->label);
            page_put(out, ",\"b\":");
            page_put_json(out, columns->of[c]->label);
            page_printf(out, ",\"tried\":%u,\"held\":%u,\"pairs\":%zu,\"of_pairs\":%zu,\"cause\":", cell->tried, cell->held, cell->pairs,
                        cell->of_pairs);
            page_put_json(out, cell->cause.n ? cell->cause.p : "");
            page_put(out, ",\"why\":");
            page_put_json(out, cell->tried ? (cell->faults.p ? cell->faults.p : "") : cell->why);
            page_put(out, "}");
        }
}

static int tell(const matrix *m, matrix_cell (*cells)[MATRIX_TARGETS][MATRIX_TARGETS], int code)
{
    page json = {0};
    page_put(&json, "{\"schema\":\"matrix/1\",\"pairs\":[");
    put_pairs(&m->clients, &m->servers, cells[0], "chat", &json);
    put_pairs(&m->adapters, &m->adapters, cells[1], "noise", &json);
    page_printf(&json, "],\n\"exit\":%d}\n", code);
    if (m->call->json)
        fwrite(json.p, 1, json.n, stdout);
    else if (!m->call->quiet) {
        if (m->clients.n && m->servers.n)
            print_table("client \\ server", &m->clients, &m->servers, cells[0]);
        if (m->adapters.n)
            print_table("initiator \\ responder", &m->adapters, &m->adapters, cells[1]);
        print_faults(&m->clients, &m->servers, cells[0]);
        print_faults(&m->adapters, &m->adapters, cells[1]);
        print_coverage(&m->adapters, cells[1]);
    }
    const int saved = out_save(m->call, "matrix.json", &json);
    page_free(&json);
    return exit_worst(code, saved);
}

static int verdict_of(const matrix *m, int code)
{
    size_t tried = 0, held = 0;
    for (int k = 0; k < 2; k++)
        for (size_t r = 0; r < MATRIX_TARGETS; r++)
            for (size_t c = 0; c < MATRIX_TARGETS; c++) {
                tried += m->cells[k][r][c].tried;
                held += m->cells[k][r][c].held;
            }
    if (!tried && !code)
        return cli_fail(m->call, EXIT_COVERAGE, "nothing was tried: no two of these have a protocol in common");
    return held < tried ? exit_worst(code, EXIT_FAILED) : code;
}

static void free_matrix(matrix *m)
{
    for (size_t i = 0; i < m->n; i++)
        target_file_free(&m->all[i].file);
    for (int k = 0; k < 2; k++)
        for (size_t r = 0; r < MATRIX_TARGETS; r++)
            for (size_t c = 0; c < MATRIX_TARGETS; c++)
                page_free(&m->cells[k][r][c].faults), page_free(&m->cells[k][r][c].cause);
    free(m);
}

int verb_matrix(const cli_call *call)
{
    matrix *m = calloc(1, sizeof *m);
    needs_memory(m);
    m->call = call;
    int code = read_targets(m);
    if (!code) {
        code = run_chats(m);
        run_handshakes(m);
        code = verdict_of(m, code);
        code = tell(m, m->cells, code);
    }
    free_matrix(m);
    return code;
}
