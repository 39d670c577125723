#include "cases.h"
#include "door_killers.h"
#include "in_process.h"
#include "chapter.h"
#include "lint.h"
#include "own_server.h"
#include "out_file.h"
#include "place.h"
#include "vectors_here.h"
#include "verbs.h"
#include "verdict.h"
#include "weak.h"

#include <stdlib.h>
#include <string.h>

/* What was executed for each sentence. Nothing is taken from a declaration: a case counts when it ran and held. */
typedef struct trace_row {
    unsigned positives, negatives; /* vectors that show it, vectors that attack it */
    unsigned inside, cases;        /* checks of what only the inside shows; checks at the network doors */
    uint64_t reached;              /* how often its line was reached while the vectors ran; 0 where nobody counts */
} trace_row;

typedef struct trace {
    trace_row row[REQ_COUNT];
    size_t enforced; /* sentences with one line in the text, by the lint */
    size_t failed;   /* vectors and checks that did not hold */
} trace;

/* ---- vectors ---- */

static void note_vector(trace *t, const vector_case *c)
{
    const cJSON *name;
    cJSON_ArrayForEach(name, c->req)
    {
        trace_row *row = &t->row[requirement_named(name->valuestring)];
        row->positives += c->accept;
        row->negatives += !c->accept;
    }
}

static int run_vectors(trace *t, const cli_call *call)
{
    static in_process target;
    static case_result found;
    vector_set set;
    const int code = vectors_load(call, &set);
    if (code)
        return code;
    in_process_start(&target, prim_sodium.has_cipher(PRIM_AESGCM) ? &prim_sodium : &prim_openssl);
    for (size_t i = 0; i < set.n; i++) {
        in_process_run(&target, &set, &set.all[i], &found);
        if (case_passed(&found))
            note_vector(t, &set.all[i]);
        else
            t->failed++;
    }
    const internal_check *inside;
    for (size_t i = 0; (inside = internal_check_at(i)); i++) {
        const bool holds = inside->holds(&prim_sodium);
        t->row[requirement_named(inside->req)].inside += holds;
        t->failed += !holds;
    }
    for (uint16_t req = 1; req < REQ_COUNT; req++)
        t->row[req].reached = weak_reached(req);
    vectors_free(&set);
    return EXIT_LEVEL;
}

/* ---- cases at the network doors, against our own server and client ---- */

static void note_results(trace *t, const results *r)
{
    for (size_t i = 0; i < r->n; i++) {
        char names[256], *rest = names, *name;
        if (r->all[i].outcome != OUTCOME_PASS) {
            t->failed += r->all[i].outcome != OUTCOME_UNTESTED;
            continue;
        }
        snprintf(names, sizeof names, "%s", r->all[i].req);
        while ((name = strsep(&rest, " ")))
            t->row[requirement_named(name)].cases++;
    }
}

static void run_door(trace *t, const suite_run *run, case_tables tables)
{
    const suite_selection all = {0};
    results r;
    results_start(&r, &(results_head){.suite = PARLEY_VERSION, .target = "ours"});
    suite_go(run, tables, &all, 2, 1, &r, NULL, NULL);
    note_results(t, &r);
    results_free(&r);
}

static int run_doors(trace *t, const cli_call *call)
{
    static pack p;
    own_server server;
    char folder[OUT_PATH];
    pack_make(&p, suite_profiles->name, EMPTY, PACK_TIME);
    const int code = out_pack(call, &p, folder);
    if (code)
        return code;
    for (const suite_profile *suite = suite_profiles; suite->name; suite++) {
        if (!own_server_start(&server, &p, suite->revision, 0))
            return cli_fail(call, EXIT_HARNESS, "our own server can't be started");
        suite_run at_server = own_server_run(&server, &p, "parley trace");
        at_server.revision = suite->revision;
        run_door(t, &at_server, suite->server);
        own_server_stop(&server);
    }
    char *const command[] = {(char *)place_program(), "chat", "{url}", "--pack", "{pack}", "--say", "{prompt}", NULL};
    const suite_run at_client = own_client_run(command, &p, folder, "parley trace");
    run_door(t, &at_client, suite_profiles->client);
    return EXIT_LEVEL;
}

/* ---- telling ---- */

static bool is_testable(const requirement_row *row)
{
    return strncmp(row->level, "MUST", 4) == 0 && strcmp(row->shown, "review") != 0 && strncmp(row->shown, "implied-by:", 11) != 0;
}

static bool is_covered(const trace_row *r) { return r->positives + r->negatives + r->inside + r->cases > 0; }

static int save(const cli_call *call, const trace *t)
{
    page out = {0};
    page_put(&out, "requirement\tlevel\tshown\treached\tpositive vectors\tnegative vectors\tinside checks\tchecks at doors\n");
    for (uint16_t req = 1; req < REQ_COUNT; req++) {
        const requirement_row *row = &requirement_rows[req];
        const trace_row *r = &t->row[req];
        page_printf(&out, "%s\t%s\t%s\t%s\t%u\t%u\t%u\t%u\n", row->id, row->level, row->shown, r->reached ? "yes" : "no", r->positives,
                    r->negatives, r->inside, r->cases);
    }
    const int code = out_save(call, "trace.tsv", &out);
    page_free(&out);
    return code;
}

/* The sentences that ought to be shown and are not; how many. */
static size_t count_gaps(const trace *t, bool print)
{
    size_t gaps = 0;
    for (uint16_t req = 1; req < REQ_COUNT; req++)
        if (is_testable(&requirement_rows[req]) && !is_covered(&t->row[req])) {
            gaps++;
            if (print)
                printf("not shown  %s  %s\n", requirement_rows[req].id, requirement_rows[req].text);
        }
    return gaps;
}

static void print_totals(const trace *t)
{
    size_t shown = 0, attacked = 0;
    for (uint16_t req = 1; req < REQ_COUNT; req++) {
        shown += t->row[req].positives + t->row[req].negatives + t->row[req].inside > 0;
        attacked += t->row[req].cases > 0;
    }
    printf("%d requirements, %zu enforced, %zu shown by vectors, %zu attacked by cases\n", REQ_COUNT - 1, t->enforced, shown, attacked);
}

static void ignore(void *ctx, const char *file, int line, const char *what) { (void)ctx, (void)file, (void)line, (void)what; }

int verb_trace(const cli_call *call)
{
    static trace t;
    if (call->argc)
        return cli_usage(call, "trace takes no operands");
    t.enforced = lint_tree(place_share(), ignore, NULL).enforced;
    int code = run_vectors(&t, call);
    code = code ? code : run_doors(&t, call);
    code = code ? code : save(call, &t);
    if (code)
        return code;
    const size_t gaps = count_gaps(&t, !cli_given(call, "totals"));
    print_totals(&t);
    if (gaps)
        return cli_fail(call, EXIT_COVERAGE, "%zu sentences of level MUST are shown by nothing; run ./parley trace", gaps);
    return t.failed ? cli_fail(call, EXIT_FAILED, "%zu vectors or checks did not hold; run ./parley check", t.failed) : EXIT_LEVEL;
}
