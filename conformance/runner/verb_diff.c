/* What became of each check from one results file to a later one, or of each sentence, vector and case from one tree to a later one. */
#include "diff.h"
#include "results_here.h"
#include "tree_diff.h"
#include "tree_side.h"
#include "verbs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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

/* ---- trees ---- */

#define JSON_HEAD "{\"schema\":\"changes/1\",\"changes\":["

typedef struct tree_view {
    const cli_call *call;
    size_t of[CHANGE_KINDS], drift;
} tree_view;

static void print_change(void *ctx, const change *c)
{
    tree_view *v = ctx;
    if (v->call->json) {
        printf("%s\n{\"kind\":\"%s\",\"id\":\"%s\",\"req\":\"%s\",\"what\":\"%s\",\"drift\":%s}",
               v->of[0] + v->of[1] + v->of[2] ? "," : JSON_HEAD, change_kind_names[c->kind], c->id, c->req, c->what,
               c->drift ? "true" : "false");
    } else if (!v->call->quiet || c->drift) {
        printf("%s%-9s %-52s %s%s%s\n", c->drift ? "DRIFT  " : "       ", change_kind_names[c->kind], c->id, c->what, *c->req ? "  " : "",
               c->req);
    }
    v->of[c->kind]++;
    v->drift += c->drift;
}

static int compare_trees(const cli_call *call)
{
    tree_side side[2] = {{.temporary = false}};
    tree_view view = {.call = call};
    tree_counts counts;
    const char *wrong = NULL;
    for (int i = 0; i < 2 && !wrong; i++)
        wrong = tree_side_take(cli_operand(call, i), &side[i]) ? NULL : cli_operand(call, i);
    wrong = wrong ? wrong : tree_diff(side[0].path, side[1].path, print_change, &view, &counts);
    for (int i = 0; i < 2; i++)
        tree_side_drop(&side[i]);
    if (wrong)
        return cli_usage(call, "%s is neither a results file, nor a folder with a tree of Parley, nor a revision of this checkout", wrong);
    if (call->json)
        printf("%s],\n\"drift\":%zu}\n", view.of[0] + view.of[1] + view.of[2] ? "" : JSON_HEAD, view.drift);
    else
        printf("%zu sentences, %zu vectors, %zu cases changed or were added (now %zu, %zu, %zu); %zu of them are drift\n", view.of[0],
               view.of[1], view.of[2], counts.sentences, counts.vectors, counts.cases, view.drift);
    return view.drift ? EXIT_DRIFT : EXIT_LEVEL;
}

/* A file, or the path of one that is missing: no revision begins with a slash. */
static bool is_file(const char *path)
{
    struct stat facts;
    return stat(path, &facts) == 0 ? S_ISREG(facts.st_mode) : *path == '/';
}

int verb_diff(const cli_call *call)
{
    results a, b;
    if (call->argc != 2)
        return cli_usage(call, "give two results files or two trees: the earlier one, then the later one");
    if (!is_file(cli_operand(call, 0)) && !is_file(cli_operand(call, 1)))
        return compare_trees(call);
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
