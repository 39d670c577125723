/* Renders results, joins shards, recomputes the digest of a page. */
#include "out_file.h"
#include "report.h"
#include "requirements.h"
#include "results_here.h"
#include "verbs.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef void renderer(const report *, page *);

static void render_results(const report *rep, page *out) { results_write(rep->run, out); }

static const struct format {
    const char *name, *file;
    renderer *render;
} formats[] = {
    {"console", "report.txt", render_console}, {"html", "report.html", render_html},    {"md", "report.md", render_md},
    {"junit", "junit.xml", render_junit},      {"tap", "report.tap", render_tap},       {"csv", "report.csv", render_csv},
    {"badge", "badge.svg", render_badge},      {"shield", "badge.json", render_shield}, {"json", "results.json", render_results}};
enum { FORMATS = sizeof formats / sizeof *formats };

static int save(const cli_call *call, const char *name, const page *text)
{
    const int code = out_save(call, name, text);
    if (!code && !call->quiet)
        printf("%s/%s\n", call->out, name);
    return code;
}

/* ---- rendering ---- */

static const struct format *format_of(const char *name, size_t n)
{
    for (size_t i = 0; i < FORMATS; i++)
        if (strlen(formats[i].name) == n && strncmp(formats[i].name, name, n) == 0)
            return &formats[i];
    return NULL;
}

/* One format without --out goes to the standard output; otherwise each becomes a file. */
static int render(const cli_call *call, const report *rep, const char *list)
{
    bool to_stdout = !strchr(list, ',') && !cli_given(call, "out");
    int code = EXIT_LEVEL;
    for (size_t n; *list && code == EXIT_LEVEL; list += n + (list[n] == ',')) {
        n = strcspn(list, ",");
        const struct format *f = format_of(list, n);
        if (!f)
            return cli_usage(call, "--format: '%.*s' is none of console, html, md, junit, tap, csv, badge, shield, json", (int)n, list);
        page text = {0};
        f->render(rep, &text);
        if (to_stdout)
            fwrite(text.p, 1, text.n, stdout);
        else
            code = save(call, f->file, &text);
        page_free(&text);
    }
    return code;
}

static int take_mutants(const cli_call *call, report *rep)
{
    const char *path = cli_value(call, "mutants");
    page text = {0};
    int code = path ? file_load(call, path, &text) : EXIT_LEVEL;
    const char *wrong = text.p ? report_take_mutants(rep, text.p, text.n) : NULL;
    page_free(&text);
    return wrong ? cli_fail(call, EXIT_USAGE, "%s: %s", path, wrong) : code;
}

static int render_file(const cli_call *call, const char *path)
{
    results run = {0};
    report rep;
    page folder = {0};
    int code = results_load(call, path, &run);
    if (code)
        return code;
    const char *slash = strrchr(path, '/');
    page_put_n(&folder, slash ? path : ".", slash && slash > path ? (size_t)(slash - path) : 1);
    report_start(&rep, &run, &prim_openssl, requirement_rows, REQ_COUNT, folder.p);
    const char *list = cli_value(call, "format");
    rep.colour = !list && !cli_given(call, "out") && isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
    code = take_mutants(call, &rep);
    if (!code)
        code = render(call, &rep, list ? list : "console");
    if (!code && !results_accounted(&run))
        code = cli_fail(call, EXIT_HARNESS, "%s: %zu checks were planned, %zu are accounted for: the run is void", path, run.planned,
                        run.n);
    report_free(&rep);
    results_free(&run);
    page_free(&folder);
    return code;
}

/* ---- the other two ---- */

static int merge(const cli_call *call)
{
    results whole = {0}, more = {0};
    char fault[200];
    int code = results_load(call, cli_operand(call, 1), &whole);
    for (int i = 2; i < call->argc && code == EXIT_LEVEL; i++) {
        code = results_load(call, cli_operand(call, i), &more);
        const char *wrong = code ? NULL : results_merge(&whole, &more, fault);
        if (wrong)
            code = cli_fail(call, EXIT_USAGE, "%s: %s", cli_operand(call, i), wrong);
        results_free(&more);
    }
    page text = {0};
    if (!code) {
        results_write(&whole, &text);
        code = save(call, "results.json", &text);
    }
    page_free(&text);
    results_free(&whole);
    return code;
}

static int verify(const cli_call *call, const char *path)
{
    page html = {0};
    char digest[65], fault[200];
    int code = file_load(call, path, &html);
    if (code)
        return code;
    const char *wrong = report_verify(html.p, html.n, &prim_openssl, digest, fault);
    page_free(&html);
    if (wrong)
        return cli_fail(call, EXIT_FAILED, "%s: %s", path, wrong);
    printf("%s  %s\n", digest, path);
    return EXIT_LEVEL;
}

int verb_report(const cli_call *call)
{
    const char *first = cli_operand(call, 0);
    prim_start();
    if (!first)
        return cli_usage(call, "give a results file");
    if (strcmp(first, "merge") == 0)
        return call->argc >= 3 ? merge(call) : cli_usage(call, "give two results files or more");
    if (strcmp(first, "verify") == 0)
        return call->argc == 2 ? verify(call, cli_operand(call, 1)) : cli_usage(call, "give one page");
    return call->argc == 1 ? render_file(call, first) : cli_usage(call, "one results file at a time; `report merge` joins shards");
}
