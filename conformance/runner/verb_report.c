/* Renders results, joins shards, recomputes the digest of a page. */
#include "exits.h"
#include "no_memory.h"
#include "out_file.h"
#include "report.h"
#include "requirements.h"
#include "results_here.h"
#include "shards.h"
#include "verbs.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef void renderer(const report *, page *);

static void render_results(const report *rep, page *out) { results_write(rep->run, out); }

static const struct format {
    const char *name, *file;
    renderer *render;
} formats[] = {{"console", "report.txt", render_console},
               {"html", "report.html", render_html},
               {"md", "report.md", render_md},
               {"junit", "junit.xml", render_junit},
               {"tap", "report.tap", render_tap},
               {"csv", "report.csv", render_csv},
               {"badge", "badge.svg", render_badge},
               {"shield", "badge.json", render_shield},
               {"json", "results.json", render_results},
               {"sarif", "report.sarif", render_sarif},
               {"annotations", "annotations.txt", render_annotations}};
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
            return cli_usage(call,
                             "--format: '%.*s' is none of console, html, md, junit, tap, csv, badge, shield, json, sarif, annotations",
                             (int)n, list);
        if (to_stdout && f->render == render_html && isatty(STDOUT_FILENO))
            return cli_usage(call, "--format html: a page is not for a terminal: use --out DIR or > page.html");
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
    uint64_t limit = 0;
    if (!cli_number(call, "limit", 16384, 1u << 30, &limit))
        code = EXIT_USAGE;
    rep.limit = limit;
    rep.colour = !list && !cli_given(call, "out") && isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
    code = code ? code : take_mutants(call, &rep);
    if (!code)
        code = render(call, &rep, list ? list : "console");
    if (!code && !results_accounted(&run))
        code = cli_fail(call, EXIT_HARNESS, "%s: %zu checks were planned, %zu are accounted for: the run is void", path, run.planned,
                        run.n);
    code = code ? code : results_vouched(call, path, false);
    report_free(&rep);
    results_free(&run);
    page_free(&folder);
    return code;
}

/* ---- joining shards ---- */

/* The transcripts that the results name, from the shard's folder into ours. One that is not there was not there before. */
static void take_transcripts(const cli_call *call, const char *path, const results *part)
{
    char from[OUT_PATH + 300], to[OUT_PATH + 300], folder[OUT_PATH];
    const char *slash = strrchr(path, '/');
    if (out_folder(call, "t", folder))
        return;
    for (size_t i = 0; i < part->n; i++) {
        const char *name = part->all[i].transcript;
        page text = {0};
        if (strncmp(name, "t/", 2) != 0 || strstr(name, ".."))
            continue;
        snprintf(from, sizeof from, "%.*s/%s", slash ? (int)(slash - path) : 1, slash ? path : ".", name);
        snprintf(to, sizeof to, "%s/%s", call->out, name);
        if (page_load(&text, from, RESULTS_MAX))
            page_save(&text, to);
        page_free(&text);
    }
}

static int save_merged(const cli_call *call, results *whole)
{
    page text = {0}, facts = {0};
    char digits[65] = "", command[64];
    uint8_t digest[32];
    results_write(whole, &text);
    prim_digest(&prim_openssl, PRIM_SHA256, span_of(text.p, text.n), digest);
    writer w = writer_of(digits, 64);
    write_hex(&w, SPAN(digest));
    snprintf(command, sizeof command, "parley report merge (%d shards)", call->argc - 1);
    run_facts_write(&(run_facts){.host = "", .command = command, .started = "", .results = digits}, &facts);
    int code = save(call, "results.json", &text);
    code = code ? code : out_save(call, "env.json", &facts);
    page_free(&text);
    page_free(&facts);
    return code;
}

static int join(const cli_call *call, results *part, size_t n)
{
    results whole;
    size_t which;
    char why[200];
    const shards_fault fault = shards_join(&whole, part, n, &which, why);
    int code = EXIT_LEVEL;
    if (fault)
        code = cli_fail(call, fault == SHARDS_FOREIGN ? EXIT_USAGE : EXIT_HARNESS, "%s%s%s",
                        which < n ? cli_operand(call, (int)which + 1) : "", which < n ? ": " : "", why);
    for (size_t i = 0; !fault && i < n; i++)
        take_transcripts(call, cli_operand(call, (int)i + 1), &part[i]);
    code = code ? code : save_merged(call, &whole);
    code = code ? code : results_exit(&whole, &(exit_facts){.strict = cli_given(call, "strict")}, NULL);
    results_free(&whole);
    return code;
}

/* Each file has to be what its run wrote: whoever merges did not see them run. */
static int merge(const cli_call *call)
{
    const size_t n = (size_t)call->argc - 1;
    results *part = calloc(n, sizeof *part);
    int code = EXIT_LEVEL;
    needs_memory(part);
    for (size_t i = 0; i < n && !code; i++) {
        code = results_vouched(call, cli_operand(call, (int)i + 1), true);
        code = code ? code : results_load(call, cli_operand(call, (int)i + 1), &part[i]);
    }
    code = code ? code : join(call, part, n);
    for (size_t i = 0; i < n; i++)
        results_free(&part[i]);
    free(part);
    return code;
}

/* ---- a page's digest ---- */

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
        return call->argc >= 2 ? merge(call) : cli_usage(call, "give the results file of each shard");
    if (strcmp(first, "verify") == 0)
        return call->argc == 2 ? verify(call, cli_operand(call, 1)) : cli_usage(call, "give one page");
    return call->argc == 1 ? render_file(call, first) : cli_usage(call, "one results file at a time; `report merge` joins shards");
}
