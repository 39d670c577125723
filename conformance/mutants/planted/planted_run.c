#include "planted_run.h"
#include "cases.h"
#include "own_server.h"
#include "p1_pack.h"
#include "p1_socket.h"
#include "planted_p1.h"

#include <errno.h>
#include <fnmatch.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { AT_ONCE = 10, OWN_PACE = 0, TABLES = 16 };

#define P1_SEED span_text("parley")
#define P1_NOW  INT64_C(1780272000)

/* ---- one run ---- */

static void start_server(own_server *s, const pack *p, cf_revision revision, int fault)
{
    int ends[2];
    must(pipe(ends) == 0);
    s->pid = fork();
    if (s->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        alarm(0);
        planted_choose(fault);
        if (!p)
            planted_p1_serve(P1_SEED, P1_NOW, ends[1]);
        if (fault == PLANTED_AS_DEPLOYED)
            planted_as_deployed(revision);
        planted_serve(p, revision, ends[1]);
    }
    close(ends[1]);
    unsigned ports[2];
    must(s->pid > 0 && read(ends[0], ports, sizeof ports) == sizeof ports);
    close(ends[0]);
    s->port = ports[0], s->hook = ports[1];
}

/* The pack that everybody knows. */
static const p1_pack *p1_pack_known(void)
{
    static p1_pack pack;
    static service world;
    if (pack.has_seed)
        return &pack;
    service_make(&world, &prim_sodium, P1_SEED, PLANTED_P1_NAME, P1_NOW);
    service_add_gpu(&world);
    p1_pack_of(&pack, &world);
    return &pack;
}

static void go(suite_run *run, case_tables tables, const suite_selection *which, unsigned patience, unsigned jobs, results *out)
{
    run->patience = patience;
    results_start(out, &(results_head){.suite = "planted", .target = "planted"});
    suite_go(run, tables, which, jobs ? jobs : 1, 1, out, NULL, NULL);
}

static void run_server(const planted_place *at, const suite_profile *p, case_tables tables, int fault, const suite_selection *which,
                       unsigned patience, results *out)
{
    own_server s;
    char ctl[32];
    start_server(&s, at->pack, at->serves ? at->serves->revision : p->revision, fault);
    suite_run run = own_server_run(&s, at->pack, "planted");
    snprintf(ctl, sizeof ctl, "127.0.0.1:%u", s.hook);
    run.ctl = ctl;
    run.revision = p->revision;
    run.chaos = at->chaos;
    go(&run, tables, which, patience, at->jobs, out);
    own_server_stop(&s);
}

void planted_run_server(const planted_place *at, const suite_profile *p, int fault, const suite_selection *which, unsigned patience,
                        results *out)
{
    run_server(at, p, p->server, fault, which, patience, out);
}

void planted_run_p1_server(const planted_place *at, int fault, const suite_selection *which, unsigned patience, results *out)
{
    own_server s;
    char ctl[32];
    start_server(&s, NULL, suite_profiles->revision, fault);
    suite_run run = own_parley1_run(&s, at->pack, p1_pack_known(), "planted");
    snprintf(ctl, sizeof ctl, "127.0.0.1:%u", s.hook);
    run.ctl = ctl;
    go(&run, suite_parley1.server, which, patience, at->jobs, out);
    own_server_stop(&s);
}

void planted_run_client(const planted_place *at, int fault, const suite_selection *which, unsigned patience, results *out)
{
    const char *name = fault < 0 ? "none" : planted_rows[fault].name;
    char diary[300];
    snprintf(diary, sizeof diary, "%s/%s", at->folder, name);
    unlink(diary);
    char *const command[] = {(char *)at->program, "--client", (char *)name, "{url}", "{pack}", "{prompt}", diary, NULL};
    suite_run run = own_client_run(command, at->pack, at->pack_folder, "planted");
    char worlds[300];
    snprintf(worlds, sizeof worlds, "%s/worlds-%s", at->folder, name);
    mkdir(worlds, 0777);
    run.worlds = worlds;
    go(&run, suite_profiles->client, which, patience, at->jobs, out);
}

void planted_run_p1_client(const planted_place *at, int fault, const suite_selection *which, unsigned patience, results *out)
{
    const char *name = fault < 0 ? "none" : planted_rows[fault].name;
    char diary[300];
    snprintf(diary, sizeof diary, "%s/%s", at->folder, name);
    unlink(diary);
    char *const command[] = {
        (char *)at->program, "--parley1-client", (char *)name, "{url}", "{pack}", "{prompt}", "{ctl}", diary, "{receipt}", NULL};
    suite_run run = own_client_run(command, at->pack, at->pack_folder, "planted");
    run.protocol = P1_PROTOCOL;
    run.path = P1_TARGET;
    run.p1 = p1_pack_known();
    run.now = run.p1->time;
    char worlds[300];
    snprintf(worlds, sizeof worlds, "%s/worlds-%s", at->folder, name);
    mkdir(worlds, 0777);
    run.worlds = worlds;
    go(&run, suite_parley1.client, which, patience, at->jobs, out);
}

/* ---- many ---- */

typedef struct job {
    int fault;
    pid_t pid;
    int status;
    bool ended;
    FILE *file; /* its results, for the parent to read */
} job;

/* At a later revision the mistakes that show in many places are tried as well. */
/* A sample leaves out what is tried in many places, and every second of the others. */
static bool is_sampled(int fault) { return !strchr(planted_rows[fault].caught_by, '*') && fault % 2 == 0; }

static bool is_tried(const planted_row *row, planted_door door)
{
    const bool later = door == PLANTED_SERVER_0_1_16 || door == PLANTED_SERVER_0_1_20;
    return row->door == door || (later && row->door == PLANTED_SERVER && strchr(row->caught_by, '*'));
}

static const suite_profile *profile_of(planted_door door)
{
    return &suite_profiles[door == PLANTED_SERVER_0_1_16 ? CF_0_1_16 : door == PLANTED_SERVER_0_1_20 ? CF_0_1_20 : CF_0_1_14];
}

static bool has_table(case_tables tables, const case_table *wanted)
{
    while (*tables && *tables != wanted)
        tables++;
    return *tables != NULL;
}

/* A mistake that is tried at a later revision as well meets the tables that the revision before has not: the others have failed by it there. */
static void run_at_later(const planted_place *at, const suite_profile *p, int fault, const suite_selection *which, results *out)
{
    const case_table sanity = {suite_case(p->server, 0), 1}, *fresh[TABLES] = {&sanity};
    size_t n = 1;
    for (case_tables t = p->server; *t; t++)
        if (!has_table(p[-1].server, *t)) {
            must(n + 1 < TABLES);
            fresh[n++] = *t;
        }
    run_server(at, p, fresh, fault, which, OWN_PACE, out);
}

static void run_row(const planted_place *at, planted_door door, int fault, results *out)
{
    const planted_row *row = &planted_rows[fault];
    const suite_selection which = {.glob = row->caught_by};
    if (row->door == PLANTED_CLIENT)
        planted_run_client(at, fault, &which, OWN_PACE, out);
    else if (row->door == PLANTED_P1_CLIENT)
        planted_run_p1_client(at, fault, &which, OWN_PACE, out);
    else if (row->door == PLANTED_P1_SERVER)
        planted_run_p1_server(at, fault, &which, OWN_PACE, out);
    else if (row->door != door)
        run_at_later(at, profile_of(door), fault, &which, out);
    else
        planted_run_server(at, profile_of(door), fault, &which, OWN_PACE, out);
    out->planned = out->n;
}

static job start_job(const planted_place *at, planted_door door, int fault)
{
    job j = {.fault = fault, .file = tmpfile()};
    results r;
    page text = {0};
    must(j.file);
    fflush(NULL);
    j.pid = fork();
    must(j.pid >= 0);
    if (j.pid)
        return j;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    run_row(at, door, fault, &r);
    results_write(&r, &text);
    const bool whole = fwrite(text.p, 1, text.n, j.file) == text.n && fflush(j.file) == 0;
    _exit(whole ? 0 : 70);
}

static void take_job(job *j, results *out)
{
    char fault[200], piece[4096];
    page text = {0};
    rewind(j->file);
    for (size_t n; (n = fread(piece, 1, sizeof piece, j->file)) > 0;)
        page_put_n(&text, piece, n);
    fclose(j->file);
    if (j->status != 0 || results_read(out, text.p, text.n, fault))
        results_start(out, &(results_head){.suite = "planted", .target = "none"});
    page_free(&text);
}

static void await_any(job *jobs, size_t n)
{
    int status = 0;
    pid_t pid;
    while ((pid = waitpid(-1, &status, 0)) < 0 && errno == EINTR)
        ;
    for (size_t i = 0; i < n; i++)
        if (jobs[i].pid == pid && !jobs[i].ended)
            jobs[i].status = status, jobs[i].ended = true;
}

/* Hands out those that have ended, in their order, up to the first that has not; returns where that stands. */
static size_t hand_out(job *jobs, size_t from, size_t n, void (*done)(void *ctx, int fault, results *), void *ctx)
{
    for (; from < n && jobs[from].ended; from++) {
        results r;
        take_job(&jobs[from], &r);
        done(ctx, jobs[from].fault, &r);
    }
    return from;
}

void planted_run_each(const planted_place *at, planted_door door, const char *only, void (*done)(void *ctx, int fault, results *),
                      void *ctx)
{
    static job jobs[PLANTED_FAULTS];
    size_t n = 0, taken = 0;
    unsigned running = 0;
    const bool sample = getenv("PLANTED_SAMPLE") != NULL;
    for (int i = 0; i < PLANTED_FAULTS; i++) {
        if (!is_tried(&planted_rows[i], door) || (sample && !is_sampled(i)) ||
            (only && fnmatch(only, planted_rows[i].name, FNM_EXTMATCH) != 0))
            continue;
        if (running == AT_ONCE) {
            await_any(jobs, n);
            running--;
            taken = hand_out(jobs, taken, n, done, ctx);
        }
        jobs[n++] = start_job(at, door, i);
        running++;
    }
    for (; running; running--)
        await_any(jobs, n);
    hand_out(jobs, taken, n, done, ctx);
}
