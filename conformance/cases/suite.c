#include "suite.h"
#include "level0.h"
#include "peer_connection.h"
#include "requirements.h"
#include "spawn.h"

#include <errno.h>
#include <fnmatch.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SUITE_CASES = 1024 };

volatile sig_atomic_t suite_interrupted;

/* ---- selecting ---- */

static bool names_area(const char *numbers, const char *areas)
{
    const char *number;
    for (size_t n; next_word(&numbers, &number, &n);)
        for (const char *a = areas; *a; a += strspn(a, ",")) {
            const size_t len = strcspn(a, ",");
            if (len == 2 && strncasecmp(number, a, 2) == 0)
                return true;
            a += len;
        }
    return false;
}

static bool names_number(const char *numbers, const char *wanted)
{
    const char *number;
    for (size_t n; next_word(&numbers, &number, &n);)
        if (strlen(wanted) == n && strncmp(number, wanted, n) == 0)
            return true;
    return false;
}

bool suite_binds(const char *numbers, const char *role)
{
    static const char *const of_two[] = {"client", "server", "initiator", "responder", "sender", "receiver"};
    const char *bound = requirement_rows[requirement_named(numbers)].role;
    bool one_of_two = false;
    for (size_t i = 0; i < sizeof of_two / sizeof *of_two; i++)
        one_of_two |= strcmp(role, of_two[i]) == 0;
    return strcmp(bound, role) == 0 || (one_of_two && strcmp(bound, "both") == 0);
}

static bool has_changed(const char *changed, const case_row *row)
{
    bool found = names_number(changed, row->id);
    const char *number;
    for (int i = 0; i < CASE_CHECKS; i++)
        for (const char *numbers = row->req[i] ? row->req[i] : ""; *numbers && !found;) {
            char one[16];
            size_t n;
            if (!next_word(&numbers, &number, &n))
                break;
            snprintf(one, sizeof one, "%.*s", (int)n, number);
            found = names_number(changed, one);
        }
    return found;
}

bool suite_selects(const suite_selection *s, const case_row *row)
{
    bool req = !s->req, area = !s->area, role = !s->role;
    for (int i = 0; i < CASE_CHECKS; i++) {
        req |= s->req && row->req[i] && names_number(row->req[i], s->req);
        area |= s->area && row->req[i] && names_area(row->req[i], s->area);
        role |= s->role && row->req[i] && suite_binds(row->req[i], s->role);
    }
    return req && area && role && (!s->level0 || level0_has(row->id)) && (!s->changed || has_changed(s->changed, row)) &&
           (!s->glob || fnmatch(s->glob, row->id, 0) == 0);
}

size_t suite_selected(case_tables tables, const suite_selection *which)
{
    size_t n = 0;
    const case_row *row;
    for (size_t i = 0; (row = suite_case(tables, i)); i++)
        n += suite_selects(which, row);
    return n;
}

void suite_unchecked(case_tables tables, const duty *owed, page *out)
{
    bool named[REQ_COUNT] = {0};
    const case_row *row;
    for (size_t i = 0; (row = suite_case(tables, i)); i++)
        for (int c = 0; c < CASE_CHECKS; c++)
            duty_note(row->req[c], named);
    duty_unchecked(owed, named, out);
}

const suite_profile *suite_profile_named(const char *name)
{
    const suite_profile *p = suite_profiles;
    if (strcmp(name, suite_parley1.name) == 0)
        return &suite_parley1;
    while (p->name && strcmp(p->name, name) != 0 && strcmp(p->release, name) != 0)
        p++;
    return p->name ? p : NULL;
}

const case_row *suite_case(case_tables tables, size_t i)
{
    for (; *tables; tables++) {
        if (i < (*tables)->n)
            return &(*tables)->rows[i];
        i -= (*tables)->n;
    }
    return NULL;
}

/* ---- one case ---- */

static void run_row(trial *t, const case_row *row)
{
    if (row->run) {
        row->run(t);
        return;
    }
    peer_connection *peer = row->start(t);
    if (row->act)
        row->act(peer);
    if (row->end)
        row->end(peer);
}

static bool has_clock_hook(const suite_run *run)
{
    bool does = run->ctl != NULL;
    for (char *const *word = run->link ? NULL : run->command; word && *word; word++)
        does |= strstr(*word, "{ctl}") != NULL;
    return does;
}

static const char *missing_hook(const suite_run *run, const case_row *row)
{
    if (row->needs && strcmp(row->needs, "ctl") == 0 && !has_clock_hook(run))
        return "needs --ctl, of a client {ctl} in --exec: a hook that sets the target's clock";
    if (row->needs && strcmp(row->needs, "pack") == 0 && !run->worlds)
        return "needs {pack} in --exec and no --pack: each case has a pack of its own then";
    return NULL;
}

static bool has_receipt_slot(const suite_run *run)
{
    bool does = run->link != NULL;
    for (char *const *word = run->link ? NULL : run->command; word && *word; word++)
        does |= is_receipt_word(*word);
    return does;
}

/* Why the target can't be asked at all: what it lacks, it may lack. */
static const char *out_of_reach(const suite_run *run, const case_row *row)
{
    if (row->needs && strcmp(row->needs, "pid") == 0 && !run->pid)
        return "the target was not started by this run (--exec, or `start` of its file): its memory is out of sight";
    if (row->asks_receipt && !has_receipt_slot(run))
        return "no {receipt} in --exec: the client can't be told to ask for a receipt";
    return NULL;
}

void suite_try(const suite_run *run, const case_row *row, results *out)
{
    trial *t = trial_start(run, row);
    const char *away = out_of_reach(run, row), *missing = missing_hook(run, row);
    if (away) {
        trial_leaves_out(t, away);
    } else if (missing) {
        for (int i = 0; i < CASE_CHECKS; i++)
            if (row->req[i])
                trial_untested(t, (case_check)i, missing);
    } else {
        run_row(t, row);
    }
    trial_report(t, out);
    trial_drop_connections(t);
    trial_free(t);
}

static bool differs(const result *a, const result *b)
{
    return a->outcome != b->outcome || strcmp(a->want, b->want) != 0 || strcmp(a->got, b->got) != 0;
}

/* A check that comes out otherwise the next time is a failure, whatever it came to. */
static void run_often(const suite_run *run, const case_row *row, unsigned repeat, results *out)
{
    const size_t from = out->n;
    suite_try(run, row, out);
    for (unsigned i = 1; i < repeat; i++) {
        results again;
        results_start(&again, &out->head);
        suite_try(run, row, &again);
        for (size_t k = 0; k < again.n && from + k < out->n; k++)
            if (differs(&out->all[from + k], &again.all[k])) {
                out->all[from + k].outcome = out->all[from + k].was = OUTCOME_FAIL;
                out->all[from + k].tag = results_keep(out, "flaky");
            }
        results_free(&again);
    }
}

static bool is_sane(const results *r)
{
    for (size_t i = 0; i < r->n; i++)
        if (r->all[i].outcome != OUTCOME_PASS)
            return false;
    return r->n > 0;
}

/* Whether the first case holds, which it has to before anything else is measured. Its results belong to the first shard. */
static bool run_sanity(const suite_run *given, const case_row *row, unsigned repeat, shard s, results *out)
{
    results apart;
    suite_run sane_run = *given;
    const suite_run *run = &sane_run;
    sane_run.sanity = true;
    if (shard_has(s, 0)) {
        out->planned += trial_checks(row);
        run_often(run, row, repeat, out);
        return is_sane(out);
    }
    results_start(&apart, &out->head);
    run_often(run, row, repeat, &apart);
    const bool sane = is_sane(&apart);
    results_free(&apart);
    return sane;
}

/* ---- the run ---- */

typedef struct share {
    pid_t pid;
    FILE *file; /* the share's results, for the parent to read */
} share;

/* What all processes share, in memory that they have in common: the next case to begin, and how many are made. */
typedef struct made_count {
    atomic_size_t next, made;
} made_count;

typedef struct watcher {
    void (*done)(void *ctx, size_t n, size_t of);
    void *ctx;
    size_t of;
} watcher;

/* Whoever is done takes the next, so that none waits for another with the longer cases. */
static void run_share(const suite_run *run, const case_row **rows, size_t n, unsigned repeat, made_count *shared, results *out)
{
    for (size_t i; (i = atomic_fetch_add(&shared->next, 1)) < n && !suite_interrupted;) {
        run_often(run, rows[i], repeat, out);
        atomic_fetch_add(&shared->made, 1);
    }
}

static share start_share(const suite_run *run, const case_row **rows, size_t n, unsigned repeat, made_count *made, const results *out)
{
    share s = {.file = tmpfile()};
    must(s.file);
    fflush(NULL);
    s.pid = fork();
    must(s.pid >= 0);
    if (s.pid)
        return s;
    results part;
    page text = {0};
    results_start(&part, &out->head);
    run_share(run, rows, n, repeat, made, &part);
    part.planned = part.n;
    results_write(&part, &text);
    bool whole = fwrite(text.p, 1, text.n, s.file) == text.n && fflush(s.file) == 0;
    _exit(whole ? 0 : 70);
}

/* What a process of ours did not hand back is missing from the plan, and results_accounted says so. */
static int await_share(const share *s, made_count *made, const watcher *w)
{
    const struct timespec pause = {.tv_nsec = 20000000};
    int status = 0;
    while (waitpid(s->pid, &status, WNOHANG) == 0) {
        if (suite_interrupted)
            kill(s->pid, SIGTERM);
        if (w->done)
            w->done(w->ctx, atomic_load(&made->made), w->of);
        nanosleep(&pause, NULL);
    }
    return status;
}

static void take_share(share *s, made_count *made, const watcher *w, results *out)
{
    const int status = await_share(s, made, w);
    char fault[200];
    page text = {0};
    results part;
    rewind(s->file);
    char piece[4096];
    for (size_t n; (n = fread(piece, 1, sizeof piece, s->file)) > 0;)
        page_put_n(&text, piece, n);
    fclose(s->file);
    if (status == 0 && !results_read(&part, text.p, text.n, fault)) {
        part.planned = 0;
        results_merge(out, &part, fault);
        results_free(&part);
    }
    page_free(&text);
}

static void run_shares(const suite_run *run, const case_row **rows, size_t n, unsigned jobs, unsigned repeat, const watcher *w,
                       results *out)
{
    share shares[64];
    const unsigned count = jobs > 64 ? 64 : jobs;
    made_count *made = mmap(NULL, sizeof *made, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    must(made != MAP_FAILED);
    for (unsigned i = 0; i < count; i++)
        shares[i] = start_share(run, rows, n, repeat, made, out);
    for (unsigned i = 0; i < count; i++)
        take_share(&shares[i], made, w, out);
    munmap(made, sizeof *made);
}

/* ---- the order, and once more ---- */

static uint32_t draw_below(coins *c, uint32_t n)
{
    uint8_t drawn[4];
    coins_draw(c, drawn, sizeof drawn);
    return ((uint32_t)drawn[0] << 24 | (uint32_t)drawn[1] << 16 | (uint32_t)drawn[2] << 8 | drawn[3]) % n;
}

static void shuffle(const suite_run *run, const char *label, const case_row **rows, size_t n)
{
    coins c = coins_of_seed(run->seed, label);
    for (size_t i = n; i > 1; i--) {
        const size_t k = draw_below(&c, (uint32_t)i);
        const case_row *row = rows[k];
        rows[k] = rows[i - 1];
        rows[i - 1] = row;
    }
}

/* 0: begun before the others; 2: alone, behind them. */
static int place_of(const case_row *row)
{
    const bool alone = row->needs && (strcmp(row->needs, "ctl") == 0 || strcmp(row->needs, "pid") == 0);
    return alone ? 2 : !row->lasts;
}

/* Cases that last stand first, so that no process is left alone with one at the end. Those that set the target's clock or look at its
 * memory stand last: both are one, so no other case may run beside them. Returns where they begin. */
static size_t sort_rows(const case_row **rows, size_t n)
{
    const case_row *sorted[SUITE_CASES];
    size_t to = 0, others = 0;
    for (int place = 0; place < 3; place++) {
        others = to;
        for (size_t i = 0; i < n; i++)
            if (place_of(rows[i]) == place)
                sorted[to++] = rows[i];
    }
    memcpy(rows, sorted, n * sizeof *rows);
    return others;
}

static void compare_again(results *again, results *out)
{
    for (size_t k = 0; k < again->n; k++) {
        const result *first = results_find(out, again->all[k].case_id, again->all[k].check);
        if (!first || first->outcome != OUTCOME_PASS || outcome_weight(again->all[k].outcome) < WEIGHT_NOTICE)
            continue;
        again->all[k].tag = "flaky";
        again->all[k].note = "it passed at first, and failed when it was made once more at the end of the run";
        results_replace(out, first, &again->all[k]);
    }
}

/* A check that stops working after many connections is seen by negatives that are made once more behind all others. */
static void repeat_negatives(const suite_run *run, const case_row **rows, size_t n, results *out)
{
    unsigned made = 0;
    shuffle(run, "negatives once more", rows, n);
    for (size_t i = 0; i < n && made < run->repeated && !suite_interrupted; i++) {
        if (!rows[i]->base || rows[i]->needs)
            continue;
        results again;
        results_start(&again, &out->head);
        suite_try(run, rows[i], &again);
        compare_again(&again, out);
        results_free(&again);
        made++;
    }
}

/* What was drawn twice, in whatever cases, fails the one that is about it. */
static void judge_fresh(fresh_values *drawn, const case_row **rows, size_t n, results *out)
{
    for (size_t i = 0; i < n; i++)
        for (unsigned kind = FRESH_EPHEMERAL; kind < FRESH_KINDS; kind++) {
            const result *first = rows[i]->fresh >> kind & 1 ? results_find(out, rows[i]->id, case_check_name[VERDICT]) : NULL;
            if (!first || first->outcome != OUTCOME_PASS || !fresh_repeats(drawn, (fresh_kind)kind))
                continue;
            result r = *first;
            r.outcome = r.was = OUTCOME_FAIL;
            r.want = kind < VARIED_RESERVED ? "nothing that is drawn twice in the whole run" : "values that are drawn at random";
            r.got = kind == FRESH_EPHEMERAL   ? "an ephemeral share that came before"
                    : kind == FRESH_STATIC    ? "a static share that came before"
                    : kind == FRESH_CHUNK_ID  ? "a chunk_id that came before"
                    : kind == VARIED_RESERVED ? "the same reserved value in every offer of the run"
                                              : "the reserved value at the same place in every offer of the run";
            results_replace(out, first, &r);
        }
}

static size_t select_rows(case_tables tables, const suite_selection *which, const case_row **rows, size_t cap)
{
    size_t n = 0, place = 0;
    const case_row *row;
    for (size_t i = 1; (row = suite_case(tables, i)); i++)
        if (suite_selects(which, row) && shard_has(which->shard, place++)) {
            must(n < cap);
            rows[n++] = row;
        }
    return n;
}

static void make_folder(const char *folder)
{
    char path[4096];
    if (!folder)
        return;
    mkdir(folder, 0777);
    snprintf(path, sizeof path, "%s/t", folder);
    mkdir(path, 0777);
}

bool suite_go(const suite_run *run, case_tables tables, const suite_selection *which, unsigned jobs, unsigned repeat, results *out,
              void (*done)(void *ctx, size_t n, size_t of), void *ctx)
{
    const case_row *rows[SUITE_CASES], *first = suite_case(tables, 0);
    const size_t n = select_rows(tables, which, rows, SUITE_CASES);
    pace measured = {0};
    suite_run paced = *run;
    if (!run->patience) {
        paced.pace = &measured;
        paced.patience = PATIENCE_SANITY;
    }
    paced.fresh = fresh_start();
    make_folder(run->folder);
    shuffle(run, "the order of the cases", rows, n);
    const size_t others = sort_rows(rows, n);
    for (size_t i = 0; i < n; i++)
        out->planned += trial_checks(rows[i]);
    const bool sane = run_sanity(&paced, first, repeat, which->shard, out);
    if (!run->patience)
        paced.patience = pace_patience(&measured);
    paced.pace = NULL;
    const bool shared = sane && jobs > 1;
    if (shared)
        run_shares(&paced, rows, others, jobs, repeat, &(watcher){done, ctx, n}, out);
    for (size_t i = shared ? others : 0; i < n && !suite_interrupted; i++) {
        if (done)
            done(ctx, i + 1, n);
        if (sane)
            run_often(&paced, rows[i], repeat, out);
        else
            trial_blocked(run, rows[i], out);
    }
    if (sane)
        repeat_negatives(&paced, rows, n, out);
    judge_fresh(paced.fresh, rows, n, out);
    fresh_end(paced.fresh);
    results_sort(out);
    return sane;
}
