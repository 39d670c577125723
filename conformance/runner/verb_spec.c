#include "lint.h"
#include "place.h"
#include "sarif.h"
#include "sentence_of.h"
#include "verbs.h"

#include <errno.h>
#include <string.h>

static void print(const cli_call *call, int req)
{
    if (call->json)
        requirement_print_json(stdout, req);
    else
        requirement_print(stdout, req);
}

static int count_of(const char *file)
{
    int n = 0;
    for (int i = 1; i < REQ_COUNT; i++)
        n += strcmp(requirement_rows[i].file, file) == 0;
    return n;
}

/* One line per chapter. The rows are sorted by number, so a chapter's stand together. */
static int list_chapters(void)
{
    for (int i = 1; i < REQ_COUNT; i++)
        if (strcmp(requirement_rows[i].file, requirement_rows[i - 1].file) != 0)
            printf("%.2s  %4d sentences  %s\n", requirement_rows[i].id, count_of(requirement_rows[i].file), requirement_rows[i].file);
    return EXIT_LEVEL;
}

typedef struct faults {
    page sarif;
    size_t n;
} faults;

static void note_fault(void *ctx, const char *file, int line, const char *what)
{
    faults *f = ctx;
    printf("%s:%d: %s\n", file, line, what);
    sarif_put(&f->sarif, f->n++, &(sarif_finding){.rule = "spec-lint", .level = "error", .text = what, .file = file, .line = line});
}

static int save_sarif(const cli_call *call, page *sarif)
{
    const char *path = cli_value(call, "sarif");
    sarif_end(sarif);
    const bool saved = !path || page_save(sarif, path);
    page_free(sarif);
    return saved ? EXIT_LEVEL : cli_fail(call, EXIT_HARNESS, "%s: %s", path, strerror(errno));
}

static int lint(const cli_call *call)
{
    const char *tree = place_share();
    if (cli_given(call, "acknowledge") && !place_checkout())
        return cli_usage(call, "sentences are acknowledged in a checkout: run ./parley spec lint --acknowledge at the top of one");
    if (cli_given(call, "acknowledge") && !lint_acknowledge(tree))
        return cli_fail(call, EXIT_HARNESS, "%s/spec/requirements.lock can't be written", tree);
    faults found = {0};
    sarif_start(&found.sarif, PARLEY_VERSION, &(sarif_rule){"spec-lint", "Prose, lock, code and rooms agree"}, 1);
    lint_totals totals = lint_tree(tree, note_fault, &found);
    const int saved = save_sarif(call, &found.sarif);
    if (saved)
        return saved;
    if (!totals.sentences)
        return cli_fail(call, EXIT_HARNESS, "%s/spec has no chapters: this installation is not whole", tree);
    if (!call->quiet)
        printf("%zu sentences, %zu enforced, %zu faults\n", totals.sentences, totals.enforced, totals.faults);
    return totals.faults ? EXIT_DRIFT : EXIT_LEVEL;
}

int verb_spec(const cli_call *call)
{
    const char *what = cli_operand(call, 0);
    if (!what)
        return list_chapters();
    if (call->argc > 1)
        return cli_usage(call, "one number or chapter at a time");
    if (strcmp(what, "lint") == 0)
        return lint(call);
    if (cli_given(call, "acknowledge") || cli_given(call, "sarif"))
        return cli_usage(call, "--acknowledge and --sarif go with lint");
    int found = requirement_find(what);
    if (found) {
        print(call, found);
        return EXIT_LEVEL;
    }
    for (int i = 1; i < REQ_COUNT; i++)
        if (requirement_in(i, what)) {
            print(call, i);
            found++;
        }
    return found ? EXIT_LEVEL : cli_usage(call, "'%s' is neither a number nor a chapter; `parley spec` lists the chapters", what);
}
