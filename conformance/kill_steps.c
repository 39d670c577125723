/* kill_steps DOOR N PARLEY: our own target is killed at each step of each case, and the runner still says what became of every check.
 *
 * About one step in N is tried. A step is a message that the runner sends, a wait, or at the library door a call; the target is killed right before it.
 * Each time every check has an outcome, none is the runner's own fault, and a target that was killed on the way is not all green. */
#include "cases.h"
#include "corpus.h"
#include "in_process.h"
#include "library_child.h"
#include "own_server.h"
#include "spawn.h"
#include "suite.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct knife {
    unsigned at, steps; /* the step to kill at, counted from 1; how many there were */
    bool used;
    own_server *server; /* NULL: the trial's client */
} knife;

typedef struct tally_of_kills {
    unsigned cases, kills, green, wrong;
    size_t of[OUTCOME_COUNT];
} tally_of_kills;

static void kill_server(own_server *s)
{
    kill(s->pid, SIGKILL);
    while (waitpid(s->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    s->pid = 0;
}

static void at_step(void *ctx, trial *t)
{
    knife *k = ctx;
    if (k->used || ++k->steps != k->at || (!k->server && !t->child))
        return;
    k->used = true;
    if (k->server)
        kill_server(k->server);
    else
        spawn_kill(t);
}

/* ---- the network doors ---- */

static void complain(const case_row *row, unsigned step, const result *r, const char *what)
{
    fprintf(stderr, "%s, killed at step %u: %s: %s %s, got %s %s\n", row->id, step, what, r ? r->check : "",
            r ? outcome_name(r->outcome) : "", r ? r->got : "", r ? r->note : "");
}

/* All green after a kill: only when the target had done its part by then, which is at the last steps. */
static bool is_green(const results *r)
{
    for (size_t i = 0; i < r->n; i++)
        if (r->all[i].outcome != OUTCOME_PASS)
            return false;
    return true;
}

static void judge_run(tally_of_kills *t, const case_row *row, const knife *k, results *r)
{
    t->kills++;
    r->planned = trial_checks(row);
    if (!results_accounted(r)) {
        complain(row, k->at, NULL, "a check without an outcome");
        t->wrong++;
    }
    for (size_t i = 0; i < r->n; i++) {
        t->of[r->all[i].outcome]++;
        if (r->all[i].outcome == OUTCOME_HARNESS) {
            complain(row, k->at, &r->all[i], "the runner's own fault");
            t->wrong++;
        }
    }
    t->green += is_green(r);
    if (is_green(r) && getenv("KILL_TELL"))
        complain(row, k->at, &r->all[0], "all green");
}

/* False: the case was over before that step. */
static bool kill_at(suite_run *run, const case_row *row, knife *k, tally_of_kills *t)
{
    results r;
    results_start(&r, &(results_head){.suite = "kill", .target = "ours"});
    run->step = at_step;
    run->ctx = k;
    run->patience = 20;
    suite_try(run, row, &r);
    if (k->used)
        judge_run(t, row, k, &r);
    results_free(&r);
    return k->used;
}

/* A sample takes some of the cases, and of each every sixth step, from another first one each time: most cases have about six. */
enum { STRIDE_MAX = 6 };

static unsigned stride_of(unsigned one_in) { return one_in < STRIDE_MAX ? one_in : STRIDE_MAX; }

/* The first step of case `i` to be tried; 0: none of it. */
static unsigned first_step(unsigned one_in, size_t i)
{
    const unsigned stride = stride_of(one_in), cases_in = (one_in + stride - 1) / stride;
    return i % cases_in ? 0 : 1 + (unsigned)(i / cases_in) % stride;
}

/* After 24 steps every so many: some cases have a thousand that are all alike. */
static unsigned after(unsigned step, unsigned stride) { return step < 24 ? step + stride : step + step / 2; }

static bool kill_server_at(const pack *p, const case_row *row, unsigned step, tally_of_kills *t)
{
    own_server s;
    knife k = {.at = step, .server = &s};
    must(own_server_start(&s, p, CF_0_1_14, 0));
    suite_run run = own_server_run(&s, p, "kill");
    run.ctl = "127.0.0.1:9"; /* nobody there: what it needs it for fails in its own way */
    if (row->needs)
        run.ctl = NULL;
    const bool killed = kill_at(&run, row, &k, t);
    if (s.pid)
        own_server_stop(&s);
    return killed;
}

static bool kill_client_at(const pack *p, const char *folder, const char *program, const case_row *row, unsigned step, tally_of_kills *t)
{
    char *const command[] = {(char *)program, "chat", "{url}", "--pack", "{pack}", "--say", "{prompt}", NULL};
    knife k = {.at = step};
    suite_run run = own_client_run(command, p, folder, "kill");
    return kill_at(&run, row, &k, t);
}

static void kill_network(bool server, unsigned one_in, const pack *p, const char *folder, const char *program, tally_of_kills *t)
{
    const case_tables tables = server ? suite_profiles->server : suite_profiles->client;
    const case_row *row;
    for (size_t i = 0; (row = suite_case(tables, i)); i++) {
        unsigned step = first_step(one_in, i);
        t->cases += step != 0;
        while (step && (server ? kill_server_at(p, row, step, t) : kill_client_at(p, folder, program, row, step, t)))
            step = after(step, stride_of(one_in));
    }
}

/* ---- the library door ---- */

typedef struct fragile {
    library_child child;
    parley_impl behind;
    unsigned at, calls;
} fragile;

static int call_fragile(void *ctx, const shim_request *request, shim_reply *reply)
{
    fragile *f = ctx;
    if (++f->calls == f->at && f->child.runs)
        kill(f->child.process.pid, SIGKILL);
    return f->behind.call(f->behind.ctx, request, reply);
}

/* A call to make sure that it runs, then the case; false: it was over before that call. */
static bool kill_library_at(fragile *f, in_process *p, const vector_set *set, const vector_case *c, unsigned step, tally_of_kills *t)
{
    case_result r;
    shim_request hello;
    shim_reply reply = {.room = p->target.room};
    shim_request_start(&hello, "hello");
    shim_put_int(&hello.in, "proto", 1);
    must(f->behind.call(f->behind.ctx, &hello, &reply) == SHIM_ANSWERED);
    f->at = step, f->calls = 0;
    in_process_run(p, set, c, &r);
    if (f->calls < step)
        return false;
    t->kills++;
    /* After the judged call it is the state that can't be shown. */
    const bool green = r.fate == SHIM_ANSWERED && case_passed(&r);
    t->of[r.fate == SHIM_CRASHED ? OUTCOME_CRASH : green ? OUTCOME_PASS : OUTCOME_FAIL]++;
    t->green += green;
    if (green) {
        fprintf(stderr, "%s, killed at call %u: all green\n", c->id, step);
        t->wrong++;
    }
    return true;
}

static void tell_fault(void *ctx, const char *file, const char *where, const char *what)
{
    (void)ctx;
    fprintf(stderr, "%s %s: %s\n", file, where, what);
}

static void kill_library(unsigned one_in, const char *program, tally_of_kills *t)
{
    static in_process p;
    static fragile f;
    vector_set set = {0};
    size_t skipped = 0;
    char command[2000];
    snprintf(command, sizeof command, "%s adapter", program);
    must(corpus_make(&prim_sodium, &set, &skipped, tell_fault, NULL) && library_open(&f.child, command));
    f.behind = library_behind_shim(&f.child);
    const parley_impl impl = {"fragile", call_fragile, &f};
    in_process_start(&p, &prim_sodium);
    in_process_target(&p, &impl);
    for (size_t i = 0; i < set.n; i++) {
        unsigned step = first_step(one_in, i);
        t->cases += step != 0;
        while (step && kill_library_at(&f, &p, &set, &set.all[i], step, t))
            step = after(step, stride_of(one_in));
    }
    in_process_end(&p);
    library_close(&f.child);
    vectors_free(&set);
}

/* ---- the whole ---- */

static void print_tally(const char *door, const tally_of_kills *t)
{
    printf("%s door: %u cases, %u kills, %u wrong, %u all green;", door, t->cases, t->kills, t->wrong, t->green);
    for (int i = 0; i < OUTCOME_COUNT; i++)
        if (t->of[i])
            printf(" %zu %s", t->of[i], outcome_name((outcome)i));
    putchar('\n');
}

int main(int argc, char **argv)
{
    char folder[] = "kill.XXXXXX", why[200], command[64];
    tally_of_kills t = {0};
    if (argc != 4 || atoi(argv[2]) < 1)
        return 64;
    prim_start();
    pack *p = calloc(1, sizeof *p);
    must(p && mkdtemp(folder));
    pack_make(p, "confer", EMPTY, PACK_TIME);
    must(pack_save(p, folder, why, sizeof why));
    if (strcmp(argv[1], "library") == 0)
        kill_library((unsigned)atoi(argv[2]), argv[3], &t);
    else
        kill_network(strcmp(argv[1], "server") == 0, (unsigned)atoi(argv[2]), p, folder, argv[3], &t);
    print_tally(argv[1], &t);
    snprintf(command, sizeof command, "rm -r %s", folder);
    free(p);
    return system(command) != 0 || t.wrong || t.kills == 0;
}
