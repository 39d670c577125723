/* What is written to be read again: a pack over a pack, a results file and a baseline over older ones, and the reports and vectors that are read. */
#include "expected.h"
#include "faults.h"
#include "pack.h"
#include "report.h"
#include "vector_file.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char path[4096 + 64];

static const char *path_to(const char *name)
{
    snprintf(path, sizeof path, "%s/%s", fault_folder(), name);
    return path;
}

/* ---- a pack ---- */

static pack older, newer, found;

static void save_older(void)
{
    char why[256];
    must(pack_save(&older, path_to("pack"), why, sizeof why));
}

static void prepare_pack(void)
{
    pack_make(&older, "confer", span_text("older"), PACK_TIME);
    pack_make(&newer, "confer", span_text("newer"), PACK_TIME);
    save_older();
}

static int run_pack(void)
{
    char why[256] = "";
    save_older();
    fault_begin();
    const bool saved = pack_save(&newer, path_to("pack"), why, sizeof why);
    const bool loaded = saved && pack_load(&found, path_to("pack"), why, sizeof why);
    if (!(saved && loaded) && !*why)
        fault_wrong("no reason is said");
    return saved && loaded ? FAULT_HONEST : FAULT_FAILED;
}

/* The whole of one of the two. */
static int judge_pack(void)
{
    char why[256];
    if (!pack_load(&found, path_to("pack"), why, sizeof why))
        return fprintf(stderr, "%s\n", why), 1;
    const span seed = span_of(found.seed, found.n_seed);
    return span_is(seed, "older") || span_is(seed, "newer") ? 0 : 1;
}

const fault_scenario fault_pack = {"pack", prepare_pack, run_pack, judge_pack, 1u << FAULT_FILE | 1u << FAULT_KILL, 0};

/* ---- results and baselines ---- */

static void add(results *r, const char *id, outcome o)
{
    results_add(r, &(result){.case_id = id,
                             .check = "verdict",
                             .rev = 1,
                             .outcome = o,
                             .req = "NZ-036",
                             .level = "MUST",
                             .door = "shim",
                             .role = "lib",
                             .want = "rej:length",
                             .got = o == OUTCOME_FAIL ? "ok" : "rej:length",
                             .replay = "parley test library ./x --case nz.a"});
}

static void make_results(results *r, unsigned n)
{
    char id[32];
    results_start(r, &(results_head){.suite = "0.1.0", .target = "t", .profile = "confer", .door = "shim", .at = "2026-06-01T00:00:00Z"});
    for (unsigned i = 0; i < n; i++) {
        snprintf(id, sizeof id, "nz.case.c%u", i);
        add(r, id, i % 3 ? OUTCOME_PASS : OUTCOME_FAIL);
    }
    r->planned = n;
}

static bool save_results(unsigned n, const char *name, bool baseline)
{
    results r;
    page text = {0};
    make_results(&r, n);
    if (baseline)
        expected_write(&r, "#1", PACK_TIME, &text);
    else
        results_write(&r, &text);
    const bool saved = page_save(&text, path_to(name));
    page_free(&text);
    results_free(&r);
    return saved;
}

static int run_save(const char *name, bool baseline)
{
    must(save_results(3, name, baseline));
    fault_begin();
    return save_results(9, name, baseline) ? FAULT_HONEST : FAULT_FAILED;
}

static size_t rows_of_results(void)
{
    results r;
    page text = {0};
    char fault[200];
    if (!page_load(&text, path_to("results.json"), 1 << 20) || results_read(&r, text.p, text.n, fault))
        return 0;
    return r.n;
}

static size_t rows_of_baseline(void)
{
    expected e;
    page text = {0};
    char fault[200];
    if (!page_load(&text, path_to("baseline.tsv"), 1 << 20) || expected_read(&e, EXPECTED_BASELINE, text, fault))
        return 0;
    return e.n;
}

static int run_results(void) { return run_save("results.json", false); }
static int run_baseline(void) { return run_save("baseline.tsv", true); }
static int judge_results(void) { return rows_of_results() == 3 || rows_of_results() == 9 ? 0 : 1; }
static int judge_baseline(void) { return rows_of_baseline() == 1 || rows_of_baseline() == 3 ? 0 : 1; }

enum { SAVES = 1u << FAULT_MEMORY | 1u << FAULT_FILE | 1u << FAULT_KILL };
const fault_scenario fault_results = {"results", NULL, run_results, judge_results, SAVES, 0};
const fault_scenario fault_baseline = {"baseline", NULL, run_baseline, judge_baseline, SAVES, 0};

/* ---- reports ---- */

static int run_reports(void)
{
    static void (*const render[])(const report *, page *) = {render_console, render_md,    render_junit,  render_tap,
                                                             render_csv,     render_badge, render_shield, render_html};
    static page honest; /* what all of them write when nothing fails */
    results r, again;
    report rep;
    page file = {0}, all = {0};
    char fault[200];
    fault_begin();
    make_results(&r, 6);
    results_write(&r, &file);
    const char *wrong = results_read(&again, file.p, file.n, fault);
    page_free(&file);
    results_free(&r);
    if (wrong)
        return FAULT_FAILED;
    report_start(&rep, &again, &prim_sodium, requirement_rows, REQ_COUNT, NULL);
    for (size_t i = 0; i < sizeof render / sizeof *render; i++) {
        page out = {0};
        render[i](&rep, &out);
        page_put_n(&all, out.p, out.n);
        page_free(&out);
    }
    report_free(&rep);
    results_free(&again);
    if (honest.n && (all.n != honest.n || memcmp(all.p, honest.p, all.n) != 0))
        fault_wrong("a report lacks something, and nothing was said");
    if (honest.n)
        page_free(&all);
    else
        honest = all;
    return FAULT_HONEST;
}

static void prepare_reports(void) { must(run_reports() == FAULT_HONEST); }

const fault_scenario fault_reports = {"reports", prepare_reports, run_reports, NULL, 1u << FAULT_MEMORY, 0};

/* ---- vectors ---- */

static unsigned faults_told;

static void count_fault(void *ctx, const char *file, const char *where, const char *what)
{
    (void)ctx, (void)file, (void)where, (void)what;
    faults_told++;
}

static int run_vectors(void)
{
    vector_set set = {0};
    fault_begin();
    const bool read = vectors_read(&set, FAULTS_VECTORS, count_fault, NULL);
    if (!read && !faults_told)
        fault_wrong("vectors were not read, and nothing was said");
    if (read && set.n != 0 && !vectors_find(&set, set.all[0].id))
        fault_wrong("a case was lost");
    vectors_free(&set);
    return read ? FAULT_HONEST : FAULT_FAILED;
}

static void prepare_vectors(void) { must(run_vectors() == FAULT_HONEST); } /* the schema is read once */

const fault_scenario fault_vectors = {"vectors", prepare_vectors, run_vectors, NULL, 1u << FAULT_MEMORY | 1u << FAULT_FILE, 0};
