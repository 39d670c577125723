/* What became of each check from one results file to a later one. */
#include "diff.h"
#include "results_here.h"
#include "verbs.h"

#include <string.h>

typedef struct comparison {
    size_t of[FATE_COUNT];
    page lines[FATE_COUNT]; /* of the checks with this fate, as text or as JSON */
    bool json;
} comparison;

/* ---- telling ---- */

static const char *outcome_or(const result *one, const char *missing) { return one ? outcome_name(one->outcome) : missing; }

static void put_text(page *out, fate f, const result *was, const result *is)
{
    const result *one = is ? is : was;
    page_printf(out, "%-11s  %s:%s  %s -> %s  ", fate_label(f), one->case_id, one->check, outcome_or(was, "absent"),
                outcome_or(is, "absent"));
    page_put_shown(out, one->req);
    page_put(out, "\n");
}

static void put_json(page *out, const result *was, const result *is)
{
    const result *one = is ? is : was;
    page_printf(out, "%s\n{\"case\":\"%s\",\"check\":\"%s\",\"was\":\"%s\",\"is\":\"%s\"}", out->n ? "," : "", one->case_id, one->check,
                outcome_or(was, ""), outcome_or(is, ""));
}

/* What is as before is counted and not listed. */
static void note(void *ctx, fate f, const result *was, const result *is)
{
    comparison *c = ctx;
    c->of[f]++;
    if (f == FATE_SAME)
        return;
    if (c->json)
        put_json(&c->lines[f], was, is);
    else
        put_text(&c->lines[f], f, was, is);
}

static void print_text(const comparison *c, bool quiet)
{
    for (fate f = 0; f < FATE_COUNT; f++)
        if (c->lines[f].n && !quiet)
            fputs(c->lines[f].p, stdout);
    printf("%zu fixed, %zu new failures, %zu still failing, %zu vanished, %zu added, %zu as before\n", c->of[FATE_FIXED],
           c->of[FATE_FAILING], c->of[FATE_STILL], c->of[FATE_VANISHED], c->of[FATE_ADDED], c->of[FATE_SAME]);
}

static void print_json(const comparison *c, int code)
{
    printf("{\"schema\":\"diff/1\",\"exit\":%d,\"as_before\":%zu", code, c->of[FATE_SAME]);
    for (fate f = 0; f < FATE_SAME; f++)
        printf(",\n\"%s\":[%s]", fate_name(f), c->lines[f].n ? c->lines[f].p : "");
    puts("}");
}

/* ---- comparing ---- */

static int load_whole(const cli_call *call, const char *path, results *run)
{
    int code = results_load(call, path, run);
    if (code)
        return code;
    if (!results_accounted(run))
        code = cli_fail(call, EXIT_HARNESS, "%s: %zu checks were planned, %zu are accounted for: the run is not whole", path, run->planned,
                        run->n);
    else if (!results_measured(run))
        code = cli_fail(call, EXIT_COVERAGE, "%s: nothing was measured in this run", path);
    if (code)
        results_free(run);
    return code;
}

static int compare(const cli_call *call, results *a, results *b)
{
    char fault[200];
    comparison c = {.json = call->json};
    const char *wrong = diff_refuses(a, b, fault);
    if (wrong)
        return cli_fail(call, EXIT_USAGE, "%s: %s", cli_operand(call, 1), wrong);
    diff_each(a, b, note, &c);
    const int code = c.of[FATE_FAILING] || c.of[FATE_VANISHED] ? EXIT_FAILED : EXIT_LEVEL;
    if (call->json)
        print_json(&c, code);
    else
        print_text(&c, call->quiet);
    for (fate f = 0; f < FATE_COUNT; f++)
        page_free(&c.lines[f]);
    return code;
}

int verb_diff(const cli_call *call)
{
    results a, b;
    if (call->argc != 2)
        return cli_usage(call, "give two results files: the earlier one, then the later one");
    int code = load_whole(call, cli_operand(call, 0), &a);
    if (code)
        return code;
    code = load_whole(call, cli_operand(call, 1), &b);
    if (!code) {
        code = compare(call, &a, &b);
        results_free(&b);
    }
    results_free(&a);
    return code;
}
