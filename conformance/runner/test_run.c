#include "test_run.h"
#include "known.h"
#include "place.h"
#include "progress.h"
#include "report.h"
#include "requirements.h"
#include "trial.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* ---- what the command line says ---- */

suite_selection test_selection(const cli_call *call)
{
    return (suite_selection){cli_value(call, "case"), cli_value(call, "req"), cli_value(call, "area")};
}

results_head test_head(const cli_call *call, const char *door, const char *target, char seed[2 * CLI_SEED + 1], char at[RFC3339_ROOM],
                       int64_t now)
{
    writer digits = writer_of(seed, 2 * CLI_SEED);
    write_hex(&digits, span_of(call->seed, call->seed_n));
    seed[digits.n] = 0;
    rfc3339_write((instant){now, 0}, at, RFC3339_ROOM);
    const char *name = cli_value(call, "name");
    return (results_head){.suite = PARLEY_VERSION,
                          .target = name ? name : target,
                          .profile = "confer",
                          .revision = "draft",
                          .door = door,
                          .seed = seed,
                          .at = at};
}

/* A word for a shell: quoted when it is not plain. */
static void put_word(page *out, const char *word)
{
    const bool plain = *word && strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-") == strlen(word);
    page_put(out, plain ? "" : "'");
    for (; *word; word++)
        page_put(out, *word == '\'' ? "'\\''" : (char[]){*word, 0});
    page_put(out, plain ? "" : "'");
}

void test_replay(const cli_call *call, page *out)
{
    static const char *const matter[] = {"exec", "pack", "profile", "seed", "at", "ctl", "weak"};
    page_printf(out, "parley %s", call->verb->name);
    for (int i = 0; i < call->argc; i++) {
        page_put(out, " ");
        put_word(out, call->argv[i]);
    }
    for (size_t i = 0; i < call->n_options; i++)
        for (size_t k = 0; k < sizeof matter / sizeof *matter; k++)
            if (call->values[i] && strcmp(call->options[i]->name, matter[k]) == 0) {
                page_printf(out, " --%s ", matter[k]);
                put_word(out, call->values[i]);
            }
}

/* ---- files ---- */

static int save(const cli_call *call, const char *name, const page *text)
{
    page path = {0};
    mkdir(call->out, 0777); /* when it can't be made, writing says why */
    page_printf(&path, "%s/%s", call->out, name);
    const bool ok = page_save(text, path.p);
    const int code = ok ? EXIT_LEVEL : cli_fail(call, EXIT_HARNESS, "%s: %s", path.p, strerror(errno));
    page_free(&path);
    return code;
}

static int save_facts(const cli_call *call, unsigned jobs, instant started)
{
    char host[256] = "", when[RFC3339_ROOM];
    struct timespec now;
    page command = {0}, text = {0};
    gethostname(host, sizeof host - 1);
    clock_gettime(CLOCK_REALTIME, &now);
    rfc3339_write((instant){started.seconds, 0}, when, sizeof when);
    test_replay(call, &command);
    const int64_t wall = (now.tv_sec - started.seconds) * 1000000 + (now.tv_nsec - (int64_t)started.nanoseconds) / 1000;
    run_facts_write(&(run_facts){host, command.p, when, wall < 0 ? 0 : (uint64_t)wall, jobs}, &text);
    const int code = save(call, "env.json", &text);
    page_free(&command);
    page_free(&text);
    return code;
}

/* ---- the baseline ---- */

static int apply_baseline(const cli_call *call, results *run, int64_t at, bool whole, bool *stale)
{
    const char *path = cli_value(call, "baseline");
    page text = {0};
    baseline known;
    char fault[200];
    if (!path)
        return EXIT_LEVEL;
    if (cli_given(call, "baseline-write")) {
        baseline_write(run, "", at, &text);
    } else {
        if (!page_load(&text, path, 16 << 20))
            return cli_fail(call, EXIT_USAGE, "%s: %s", path, strerror(errno));
        const char *wrong = baseline_read(&known, text, fault);
        if (wrong)
            return cli_fail(call, EXIT_USAGE, "%s: %s", path, wrong);
        *stale |= baseline_apply(&known, run, at, whole) > 0;
        text = (page){0};
        if (cli_given(call, "baseline-prune"))
            baseline_prune(&known, &text);
        baseline_free(&known);
    }
    const bool saved = !text.p || page_save(&text, path);
    page_free(&text);
    return saved ? EXIT_LEVEL : cli_fail(call, EXIT_HARNESS, "%s: %s", path, strerror(errno));
}

/* ---- known differences ---- */

/* A peer of ours is started from conformance/peers/NAME: then its differences stand in conformance/known/NAME.tsv. */
static bool known_path(const cli_call *call, char path[1200])
{
    const char *given = cli_value(call, "known"), *command = cli_value(call, "exec"),
               *at = command ? strstr(command, "conformance/peers/") : NULL;
    char name[64];
    if (given)
        snprintf(path, 1200, "%s", given);
    else if (at && sscanf(at + strlen("conformance/peers/"), "%63[^/ ]", name) == 1)
        snprintf(path, 1200, "%s/conformance/known/%s.tsv", place_share(), name);
    return given || at;
}

static int apply_known(const cli_call *call, results *run, bool whole, bool *stale)
{
    char path[1200], fault[200];
    page text = {0};
    known list = {0};
    if (!known_path(call, path))
        return EXIT_LEVEL;
    if (!page_load(&text, path, 1 << 20))
        return cli_given(call, "known") ? cli_usage(call, "%s: %s", path, strerror(errno)) : EXIT_LEVEL;
    const char *wrong = known_read(&list, text, fault);
    if (wrong)
        return cli_usage(call, "%s: %s", path, wrong);
    *stale |= known_apply(&list, run, whole) > 0;
    for (size_t i = 0; i < list.n; i++)
        if (list.all[i].fixed || (whole && !list.all[i].matched))
            printf("STALE  %s %s %s: %s\n", list.all[i].glob, list.all[i].check, list.all[i].got,
                   list.all[i].fixed ? "some of what it covers passes now" : "nothing fails this way");
    known_free(&list);
    return EXIT_LEVEL;
}

/* ---- the end of a run ---- */

static void print_report(const cli_call *call, results *run, int code)
{
    report rep;
    page text = {0};
    if (call->quiet && code == EXIT_LEVEL)
        return;
    report_start(&rep, run, &prim_openssl, requirement_rows, REQ_COUNT, call->out);
    rep.colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
    render_console(&rep, &text);
    fwrite(text.p, 1, text.n, stdout);
    page_free(&text);
    report_free(&rep);
}

int test_conclude(const cli_call *call, results *run, exit_facts facts, bool whole, unsigned jobs, instant started, int64_t now)
{
    page text = {0};
    facts.strict = cli_given(call, "strict");
    int code = apply_known(call, run, whole, &facts.baseline_stale);
    if (!code)
        code = apply_baseline(call, run, now, whole, &facts.baseline_stale);
    if (code)
        return code;
    results_write(run, &text);
    code = save(call, "results.json", &text);
    page_free(&text);
    code = exit_worst(code, save_facts(call, jobs, started));
    code = exit_worst(code, results_exit(run, &facts, NULL));
    print_report(call, run, code);
    return code;
}

static void show_progress(void *ctx, size_t n, size_t of)
{
    progress *p = ctx;
    p->total = of;
    progress_at(p, n);
}

int test_run_suite(const cli_call *call, suite_run *run, const case_table *const *tables, results *out, unsigned jobs_most)
{
    const suite_selection which = test_selection(call);
    uint64_t jobs = 1, repeat = 1, patience = TRIAL_PATIENCE;
    struct timespec started;
    page replay = {0};
    if (!cli_number(call, "jobs", 1, 64, &jobs) || !cli_number(call, "repeat", 1, 1000, &repeat) ||
        !cli_number(call, "patience", 1, 600, &patience))
        return EXIT_USAGE;
    if (which.req && !requirement_numbered(which.req, strlen(which.req)))
        return cli_usage(call, "--req: there is no %s", which.req);
    jobs = jobs > jobs_most ? jobs_most : jobs;
    test_replay(call, &replay);
    run->replay = replay.p;
    run->patience = (unsigned)patience;
    clock_gettime(CLOCK_REALTIME, &started);
    progress bar = progress_start("cases", 0, call->quiet);
    const bool sane = suite_go(run, tables, &which, (unsigned)jobs, (unsigned)repeat, out, show_progress, &bar);
    progress_end(&bar);
    if (!sane)
        cli_fail(call, EXIT_UNREACHABLE,
                 "the first case failed, so nothing else was measured: is the target there, and set up with the same pack (--pack, --seed, "
                 "--at)?");
    page_free(&replay);
    const bool whole = !which.glob && !which.req && !which.area;
    return test_conclude(call, out, (exit_facts){.unreachable = !sane}, whole, (unsigned)jobs,
                         (instant){started.tv_sec, (uint32_t)started.tv_nsec}, run->now);
}
