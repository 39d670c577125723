#include "test_run.h"
#include "changed_since.h"
#include "out_file.h"
#include "place.h"
#include "progress.h"
#include "report.h"
#include "requirements.h"
#include "trial.h"

#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { JOBS_MAX = 64 };

/* ---- what the command line says ---- */

/* A word for a shell: quoted when it is not plain. */
static void put_word(page *out, const char *word)
{
    const bool plain = is_plain_word(word);
    page_put(out, plain ? "" : "'");
    for (; *word; word++)
        page_put(out, *word == '\'' ? "'\\''" : (char[]){*word, 0});
    page_put(out, plain ? "" : "'");
}

/* Operands that look like options have to follow two hyphens, behind all that are options. */
static void put_operands(const cli_call *call, page *out)
{
    bool hyphens = false;
    for (int i = 0; i < call->argc; i++)
        hyphens |= call->argv[i][0] == '-';
    page_put(out, hyphens ? " --" : "");
    for (int i = 0; i < call->argc; i++) {
        page_put(out, " ");
        put_word(out, call->argv[i]);
    }
}

static void put_replay(const cli_call *call, page *out)
{
    const cli_call *given = call->given ? call->given : call;
    static const char *const matter[] = {"exec", "drive", "wait", "bind",     "pack",  "profile",
                                         "at",   "ctl",   "weak", "patience", "chaos", "messages"};
    page_printf(out, "%s %s --seed ", place_called(), call->verb->name);
    page_put_hex(out, span_of(call->seed, call->seed_n));
    for (size_t i = 0; i < given->n_options; i++)
        for (size_t k = 0; k < sizeof matter / sizeof *matter; k++)
            if (given->values[i] && strcmp(given->options[i]->name, matter[k]) == 0) {
                page_printf(out, given->options[i]->value ? " --%s " : " --%s", matter[k]);
                if (given->options[i]->value)
                    put_word(out, given->values[i]);
            }
    put_operands(given, out);
}

/* ---- files ---- */

static int save_facts(const test_run *t, const page *results)
{
    uint8_t digest[32];
    char digits[65] = "";
    char host[256] = "", when[RFC3339_ROOM];
    struct timespec now;
    page text = {0};
    gethostname(host, sizeof host - 1);
    clock_gettime(CLOCK_REALTIME, &now);
    rfc3339_write((instant){t->started.tv_sec, 0}, when, sizeof when);
    const int64_t wall = (now.tv_sec - t->started.tv_sec) * 1000000 + (now.tv_nsec - t->started.tv_nsec) / 1000;
    prim_digest(&prim_openssl, PRIM_SHA256, span_of(results->p, results->n), digest);
    writer w = writer_of(digits, 64);
    write_hex(&w, SPAN(digest));
    run_facts_write(&(run_facts){host, t->replay.p, when, wall < 0 ? 0 : (uint64_t)wall, t->jobs, digits}, &text);
    const int code = out_save(t->call, "env.json", &text);
    page_free(&text);
    return code;
}

/* ---- expected failures ---- */

/* A peer of ours is started from conformance/peers/NAME: then its differences stand in conformance/known/NAME.tsv. */
static bool known_path(const cli_call *call, const char *command, char path[1200])
{
    const char *given = cli_value(call, "known"), *at = command ? strstr(command, "conformance/peers/") : NULL;
    char name[64];
    if (given)
        snprintf(path, 1200, "%s", given);
    else if (at && sscanf(at + strlen("conformance/peers/"), "%63[^/ ]", name) == 1)
        snprintf(path, 1200, "%s/conformance/known/%s.tsv", place_share(), name);
    return given || at;
}

static int load_expected(const cli_call *call, const char *path, expected_kind kind, expected *list)
{
    char fault[200];
    page text = {0};
    if (!page_load(&text, path, 16 << 20))
        return kind == EXPECTED_BASELINE || cli_given(call, "known") ? cli_usage(call, "%s: %s", path, strerror(errno)) : EXIT_LEVEL;
    const char *wrong = expected_read(list, kind, text, fault);
    return wrong ? cli_usage(call, "%s: %s", path, wrong) : EXIT_LEVEL;
}

static int save_baseline(const test_run *t)
{
    const char *path = cli_value(t->call, "baseline");
    page text = {0};
    if (path && cli_given(t->call, "baseline-write"))
        expected_write(&t->results, "", t->now, &text);
    else if (path && cli_given(t->call, "baseline-prune"))
        expected_prune(&t->baseline, &text);
    const bool saved = !text.p || page_save(&text, path);
    page_free(&text);
    return saved ? EXIT_LEVEL : cli_fail(t->call, EXIT_HARNESS, "%s: %s", path, strerror(errno));
}

static bool apply_expected(test_run *t)
{
    page stale = {0};
    const bool whole = !test_run_is_part(&t->which);
    const bool any = expected_apply(&t->known, &t->results, t->now, whole) + expected_apply(&t->baseline, &t->results, t->now, whole) > 0;
    expected_list_stale(&t->known, &stale);
    expected_list_stale(&t->baseline, &stale);
    fwrite(stale.p, 1, stale.n, stdout);
    page_free(&stale);
    return any;
}

/* A row that the baseline of before does not have, or has until an earlier day, excuses more than was agreed. */
static int refuse_raised(const test_run *t)
{
    const char *path = cli_value(t->call, "baseline-was");
    expected was = {0};
    if (!path)
        return EXIT_LEVEL;
    int code = load_expected(t->call, path, EXPECTED_BASELINE, &was);
    const expected_row *raised = code ? NULL : expected_beyond(&t->baseline, &was);
    if (raised)
        code = cli_fail(t->call, EXIT_BASELINE, "the baseline was raised: %s %s is not excused in %s like this, or not until %s",
                        raised->id, raised->check, path, raised->until);
    expected_free(&was);
    return code;
}

static int read_level(const cli_call *call)
{
    const char *text = cli_value(call, "level");
    if (text && strcmp(text, "L3") == 0)
        return cli_usage(call, "--level: L3 needs facts from outside one run; a run can show L0, L1 or L2");
    return !text || (text[0] == 'L' && text[1] >= '0' && text[1] <= '2' && !text[2])
               ? EXIT_LEVEL
               : cli_usage(call, "--level: '%s' is none of L0, L1, L2", text);
}

static int read_shard(test_run *t)
{
    const char *text = cli_value(t->call, "shard");
    if (!text)
        return EXIT_LEVEL;
    if (!shard_read(text, &t->which.shard))
        return cli_usage(t->call, "--shard: '%s' is not I/N, the I-th of N (at most %d)", text, SHARDS_MAX);
    if (!t->seeded_by_user)
        return cli_usage(t->call, "--shard: the shards of one run share a seed: give all of them the same --seed");
    return EXIT_LEVEL;
}

/* ---- the beginning of a run ---- */

static results_head complete(const test_run *t, results_head head, char seed[2 * CLI_SEED + 1], char at[RFC3339_ROOM])
{
    writer digits = writer_of(seed, 2 * CLI_SEED);
    const char *name = cli_value(t->call, "name");
    head.shard = cli_value(t->call, "shard");
    head.version = t->call->target_version ? t->call->target_version : head.version;
    write_hex(&digits, span_of(t->call->seed, t->call->seed_n));
    seed[digits.n] = 0;
    rfc3339_write((instant){t->now, 0}, at, RFC3339_ROOM);
    head.suite = PARLEY_VERSION;
    head.revision = "draft";
    head.target = name ? name : head.target;
    head.seed = seed;
    head.at = at;
    return head;
}

/* What an earlier run left must not be read as this one, whatever becomes of it. */
static int forget_last_run(const cli_call *call)
{
    char path[OUT_PATH];
    snprintf(path, sizeof path, "%s/results.json", call->out);
    if (unlink(path) != 0 && errno != ENOENT && errno != ENOTDIR)
        return cli_fail(call, EXIT_HARNESS, "%s: %s", path, strerror(errno));
    return EXIT_LEVEL;
}

static void note_signal(int number)
{
    (void)number;
    suite_interrupted = 1;
}

/* The first signal ends the run after the case under way, with a report that says so; the second ends the program. */
static void stop_on_signals(void)
{
    const struct sigaction once = {.sa_handler = note_signal, .sa_flags = (int)SA_RESETHAND};
    sigaction(SIGINT, &once, NULL);
    sigaction(SIGTERM, &once, NULL);
}

static bool is_area(const char *code, size_t n)
{
    for (uint16_t i = 1; i < REQ_COUNT && n == 2; i++)
        if (tolower((unsigned char)requirement_rows[i].id[0]) == code[0] && tolower((unsigned char)requirement_rows[i].id[1]) == code[1])
            return true;
    return false;
}

static bool areas_known(const char *list)
{
    for (size_t n;; list += n + 1) {
        n = strcspn(list, ",");
        if (!is_area(list, n))
            return false;
        if (!list[n])
            return true;
    }
}

static bool is_role(const char *word)
{
    for (uint16_t i = 1; i < REQ_COUNT; i++)
        if (strcmp(requirement_rows[i].role, word) == 0)
            return true;
    return false;
}

static int read_values(const cli_call *call)
{
    test_run t = {.call = call, .seeded_by_user = call->seed_given};
    if (cli_given(call, "chaos") && !*cli_value(call, "chaos"))
        return cli_usage(call, "--chaos: a seed is needed, such as 1");
    if (cli_given(call, "baseline-was") && (!cli_given(call, "baseline") || cli_given(call, "baseline-write")))
        return cli_usage(call, "--baseline-was goes with the --baseline that it is compared with");
    const int code = read_shard(&t);
    return code ? code : read_level(call);
}

int test_run_spelling(const cli_call *call)
{
    const char *req = cli_value(call, "req"), *area = cli_value(call, "area");
    if (req && !requirement_named(req))
        return cli_usage(call, "--req: there is no sentence %s; numbers are written as in the chapters", req);
    if (area && !areas_known(area))
        return cli_usage(call, "--area: '%s' is no list of chapter codes in lower case, such as nz,cf", area);
    const char *role = cli_value(call, "role");
    if (role && !is_role(role))
        return cli_usage(call, "--role: no sentence binds a '%s'; roles are written as in the chapters, such as client, server, verifier",
                         role);
    return read_values(call);
}

bool test_run_is_part(const suite_selection *s) { return s->glob || s->req || s->area || s->role || s->level0 || s->changed || s->shard.n; }

bool test_run_is_level0(const cli_call *call)
{
    const char *level = cli_value(call, "level");
    return level && strcmp(level, "L0") == 0;
}

int test_run_selection(const cli_call *call, page *changed, suite_selection *out)
{
    const int code = changed_since(call, changed);
    *out = (suite_selection){.glob = cli_value(call, "case"),
                             .req = cli_value(call, "req"),
                             .area = cli_value(call, "area"),
                             .role = cli_value(call, "role"),
                             .changed = !cli_given(call, "changed-since") ? NULL
                                        : changed->p                      ? changed->p
                                                                          : "",
                             .level0 = test_run_is_level0(call)};
    return code;
}

int test_run_selects(const test_run *t, size_t n)
{
    if (n > 0)
        return EXIT_LEVEL;
    if (t->which.level0)
        return cli_usage(t->call, "--level L0 makes a few checks of its own, and none of them is among what the other options select");
    if (t->which.glob)
        return cli_usage(t->call, "--case: no case at this door that is selected is called like '%s'", t->which.glob);
    if (t->which.changed)
        return cli_fail(t->call, EXIT_COVERAGE, "--changed-since: nothing that changed since %s is tested at this door",
                        cli_value(t->call, "changed-since"));
    if (t->which.role)
        return cli_fail(t->call, EXIT_COVERAGE, "--role: no case at this door that is selected is about a %s", t->which.role);
    if (t->which.req)
        return cli_fail(t->call, EXIT_COVERAGE, "no case at this door names %s: it is tested at another door, or not at all", t->which.req);
    return cli_usage(t->call, "--area: no case at this door belongs to '%s'", t->which.area ? t->which.area : "");
}

int test_run_start(test_run *t, const cli_call *call, results_head head, const char *command, int64_t now)
{
    char seed[2 * CLI_SEED + 1], at[RFC3339_ROOM], path[1200];
    const char *baseline = cli_given(call, "baseline-write") ? NULL : cli_value(call, "baseline");
    *t = (test_run){.call = call, .jobs = 1, .now = now, .seeded_by_user = call->seed_given};
    clock_gettime(CLOCK_REALTIME, &t->started);
    put_replay(call, &t->replay);
    head = complete(t, head, seed, at);
    results_start(&t->results, &head);
    int code = forget_last_run(call);
    if (code)
        return code;
    stop_on_signals();
    code = test_run_spelling(call);
    code = code ? code : test_run_selection(call, &t->changed, &t->which);
    code = code ? code : read_shard(t);
    if (code)
        return code;
    code = known_path(call, command, path) ? load_expected(call, path, EXPECTED_KNOWN, &t->known) : EXIT_LEVEL;
    if (!code && baseline)
        code = load_expected(call, baseline, EXPECTED_BASELINE, &t->baseline);
    return code ? code : refuse_raised(t);
}

void test_run_free(test_run *t)
{
    results_free(&t->results);
    expected_free(&t->known);
    expected_free(&t->baseline);
    page_free(&t->replay);
    page_free(&t->changed);
}

/* ---- the end of a run ---- */

/* A level needs the whole run: every case, and every sentence that binds the role. */
static bool misses_level(const test_run *t)
{
    const char *text = cli_value(t->call, "level");
    const bool part = test_run_is_part(&t->which);
    if (!text)
        return false;
    const int asked = text[1] - '0', reached = results_level(&t->results, NULL);
    const bool unchecked = asked > 0 && *t->results.head.unchecked;
    if (reached >= asked && !unchecked && !(asked > 0 && part))
        return false;
    cli_fail(t->call, EXIT_COVERAGE, "level %s is not reached: %s", text,
             asked > 0 && part  ? "only a part of the cases was selected"
             : reached < 0      ? "nothing was measured, or what was is no result"
             : reached >= asked ? "sentences bind this role and have no check at this door"
             : reached == 0     ? "the checks allow L0 at most"
                                : "the checks allow L1 at most");
    return true;
}

/* Under a report that says `no level`: a badge names a revision of the text, and there is none yet that stays as it is. */
static void print_level(const test_run *t)
{
    const char *text = cli_value(t->call, "level");
    if (text && !t->call->quiet && !t->call->json)
        printf("%s: reached; no badge is granted, because no revision of the specification is frozen yet\n", text);
}

static void print_report(test_run *t, const page *json, int code)
{
    report rep;
    page text = {0};
    if (t->call->quiet && code == EXIT_LEVEL)
        return;
    report_start(&rep, &t->results, &prim_openssl, requirement_rows, REQ_COUNT, t->call->out);
    rep.colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
    if (!t->call->json)
        render_console(&rep, &text);
    const page *shown = t->call->json ? json : &text;
    fwrite(shown->p, 1, shown->n, stdout);
    page_free(&text);
    report_free(&rep);
}

int test_run_end(test_run *t, exit_facts facts)
{
    page text = {0};
    facts.strict = cli_given(t->call, "strict");
    facts.baseline_stale = apply_expected(t);
    facts.level_missed = misses_level(t) || facts.level_missed;
    int code = save_baseline(t);
    if (code)
        return code;
    if (suite_interrupted)
        cli_fail(t->call, EXIT_HARNESS, "interrupted: %zu checks were planned and not made", t->results.planned - t->results.n);
    results_write(&t->results, &text);
    code = out_save(t->call, "results.json", &text);
    code = exit_worst(code, save_facts(t, &text));
    code = exit_worst(code, results_exit(&t->results, &facts, NULL));
    print_report(t, &text, code);
    if (code == EXIT_LEVEL)
        print_level(t);
    page_free(&text);
    return code;
}

/* ---- the network doors ---- */

static void show_progress(void *ctx, size_t n, size_t of)
{
    progress *p = ctx;
    p->total = of;
    progress_at(p, n);
}

static int run_cases(test_run *t, suite_run *run, case_tables tables, unsigned repeat)
{
    run->replay = t->replay.p;
    const int selected = test_run_selects(t, suite_selected(tables, &t->which));
    if (selected)
        return selected;
    progress bar = progress_start("cases", 0, t->call->quiet);
    const bool sane = suite_go(run, tables, &t->which, t->jobs, repeat, &t->results, show_progress, &bar);
    progress_end(&bar);
    if (!sane)
        cli_fail(t->call, EXIT_UNREACHABLE,
                 "the first case failed, so nothing else was measured: is the target there, and set up with the same pack (--pack, --at)?");
    return test_run_end(t, (exit_facts){.unreachable = !sane});
}

int test_run_suite(const cli_call *call, suite_run *run, case_tables tables, const duty *owed, const char *target, const char *command)
{
    page unchecked = {0};
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    uint64_t jobs = cores < 1 || run->link ? 1 : cores > JOBS_MAX ? JOBS_MAX : (uint64_t)cores, repeat = 1, patience = 0;
    test_run t;
    const span chaos = span_text(cli_value(call, "chaos") ? cli_value(call, "chaos") : "");
    if (!cli_number(call, "jobs", 1, JOBS_MAX, &jobs) || !cli_number(call, "repeat", 1, 1000, &repeat) ||
        !cli_number(call, "patience", 1, 600, &patience))
        return EXIT_USAGE;
    suite_unchecked(tables, owed, &unchecked);
    const results_head head = {.target = target, .profile = run->profile, .door = run->door, .unchecked = unchecked.p};
    int code = test_run_start(&t, call, head, command, run->now);
    page_free(&unchecked);
    t.jobs = (unsigned)jobs;
    run->patience = (unsigned)patience;
    run->chaos = chaos;
    if (!code)
        code = run_cases(&t, run, tables, (unsigned)repeat);
    test_run_free(&t);
    return code;
}
