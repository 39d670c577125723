#include "battery.h"
#include "door_killers.h"
#include "chapter.h"
#include "null_impl.h"
#include "verdict.h"
#include "weak.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- one run ---- */

static const char *broken_check(const case_result *r)
{
    for (int i = 0; i < CASE_CHECKS; i++)
        if (r->check[i].outcome == FINDING_FAILED)
            return case_check_name[i];
    return case_passed(r) ? NULL : "verdict"; /* an honest step on the way was refused */
}

static void note_killer(mutant *m, const char *id, const char *check)
{
    if (m->n_killers < MUTANT_KILLERS)
        snprintf(m->killer[m->n_killers++], sizeof m->killer[0], "%.80s:%s", id, check);
}

/* The cases and inside checks that name the sentence, until enough of them fail. */
static void find_killers(mutant *m, in_process *p, const vector_set *set, const prim *provider, const battery_doors *doors)
{
    const char *id = requirement_rows[m->req].id;
    weak_set(m->req, true);
    for (size_t i = 0; i < set->n && m->n_killers < MUTANT_KILLERS; i++) {
        case_result r;
        if (!case_names(&set->all[i], id))
            continue;
        in_process_run(p, set, &set->all[i], &r);
        const char *broken = broken_check(&r);
        if (broken)
            note_killer(m, set->all[i].id, broken);
    }
    const internal_check *c;
    for (size_t i = 0; (c = internal_check_at(i)) && m->n_killers < MUTANT_KILLERS; i++)
        if (strcmp(c->req, id) == 0 && !c->holds(provider))
            note_killer(m, c->id, "inside");
    weak_none();
    if (doors && m->n_killers < MUTANT_KILLERS)
        find_killers_at_server(m, doors);
    if (doors && m->n_killers < MUTANT_KILLERS)
        find_killers_at_client(m, doors);
    m->fate = m->n_killers ? MUTANT_KILLED : MUTANT_SURVIVED;
}

/* ---- children ---- */

typedef struct child {
    pid_t pid;
    int pipe;
    mutant *m;
} child;

enum { JOBS_MAX = 16 };

static bool begin(child *c, mutant *m, in_process *p, const vector_set *set, const prim *provider, const battery_doors *doors)
{
    int ends[2];
    if (pipe(ends) != 0)
        return false;
    pid_t pid = fork();
    if (pid < 0)
        return false;
    if (pid == 0) {
        close(ends[0]);
        alarm(60); /* a mutant that never ends is lethal, not killed */
        find_killers(m, p, set, provider, doors);
        ssize_t n = write(ends[1], m, sizeof *m);
        _exit(n == (ssize_t)sizeof *m ? 0 : 1);
    }
    close(ends[1]);
    *c = (child){pid, ends[0], m};
    return true;
}

static void finish(child *c)
{
    mutant told;
    size_t n = 0;
    for (ssize_t got; n < sizeof told && (got = read(c->pipe, (char *)&told + n, sizeof told - n)) != 0;)
        if (got > 0)
            n += (size_t)got;
        else if (errno != EINTR)
            break;
    close(c->pipe);
    int status;
    while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (n == sizeof told && WIFEXITED(status) && WEXITSTATUS(status) == 0)
        *c->m = told;
    else
        c->m->fate = MUTANT_LETHAL;
    c->pid = 0;
}

static bool find_all_killers(battery *b, in_process *p, const vector_set *set, const prim *provider, const battery_doors *doors,
                             unsigned jobs, void (*progress)(void *, size_t, size_t), void *ctx)
{
    child running[JOBS_MAX] = {0};
    jobs = jobs < 1 ? 1 : jobs > JOBS_MAX ? JOBS_MAX : jobs;
    bool good = true;
    for (size_t i = 0; i < b->n; i++) {
        child *slot = &running[i % jobs];
        if (slot->pid)
            finish(slot);
        good = good && begin(slot, &b->all[i], p, set, provider, doors);
        if (progress)
            progress(ctx, i, b->n);
    }
    for (unsigned i = 0; i < jobs; i++)
        if (running[i].pid)
            finish(&running[i]);
    return good;
}

/* ---- the clean run ---- */

static void run_clean(battery *b, in_process *p, const vector_set *set, const prim *provider)
{
    case_result r;
    for (size_t i = 0; i < set->n; i++) {
        in_process_run(p, set, &set->all[i], &r);
        for (int k = 0; k < CASE_CHECKS; k++)
            b->checks += r.check[k].outcome == FINDING_HELD;
        b->dirty += !case_passed(&r);
    }
    const internal_check *c;
    for (size_t i = 0; (c = internal_check_at(i)); i++) {
        b->checks++;
        b->dirty += !c->holds(provider);
    }
}

static bool testable(const requirement_row *row)
{
    return (strcmp(row->shown, "wire") == 0 || strcmp(row->shown, "shim") == 0 || strcmp(row->shown, "sim") == 0) &&
           strncmp(row->level, "MUST", 4) == 0;
}

/* Every testable MUST has a line in the text (lint sees to it), and whatever else the clean run reached has one too. */
static void list_mutants(battery *b, const vector_set *set, const char *area)
{
    b->all = calloc(REQ_COUNT, sizeof *b->all);
    must(b->all != NULL);
    for (uint16_t req = 1; req < REQ_COUNT; req++) {
        const requirement_row *row = &requirement_rows[req];
        bool reached = weak_reached(req) != 0;
        if ((area && strncmp(row->id, area, 2) != 0) || (!reached && !testable(row)))
            continue;
        mutant *m = &b->all[b->n++];
        *m = (mutant){.req = req, .reached = reached};
        for (size_t i = 0; i < set->n; i++)
            m->named += case_names(&set->all[i], row->id);
        const internal_check *c;
        for (size_t i = 0; (c = internal_check_at(i)); i++)
            m->named += strcmp(c->req, row->id) == 0;
        m->named += door_cases_naming(row->id);
    }
}

/* ---- null implementations ---- */

static bool passes_group(in_process *p, const vector_set *set, size_t from, size_t to)
{
    case_result r;
    for (size_t i = from; i < to; i++) {
        in_process_run(p, set, &set->all[i], &r);
        if (!case_passed(&r))
            return false;
    }
    return true;
}

static size_t group_end(const vector_set *set, size_t from)
{
    size_t to = from;
    while (to < set->n && set->all[to].file == set->all[from].file && strcmp(set->all[to].gid, set->all[from].gid) == 0)
        to++;
    return to;
}

static void null_against_groups(battery *b, in_process *p, const vector_set *set, const parley_impl *impl)
{
    in_process_target(p, impl);
    for (size_t from = 0, to; from < set->n; from = to) {
        to = group_end(set, from);
        if (!passes_group(p, set, from, to))
            continue;
        if (!b->n_null_groups++)
            snprintf(b->null_group, sizeof b->null_group, "%s passes %s, group %s", impl->name, set->all[from].file, set->all[from].gid);
    }
}

void battery_nulls(battery *b, const vector_set *set, const prim *provider)
{
    in_process *p = calloc(1, sizeof *p);
    must(p != NULL);
    in_process_start(p, provider);
    for (size_t i = 0; i < NULL_IMPLS; i++)
        null_against_groups(b, p, set, &null_impls[i]);
    in_process_target(p, &null_canary);
    b->canary_died = true;
    for (size_t i = 0; i < set->n; i++)
        b->canary_died = b->canary_died && !passes_group(p, set, i, i + 1);
    in_process_end(p);
    free(p);
}

bool battery_run(battery *b, const vector_set *set, const prim *provider, const battery_doors *doors, const char *area, unsigned jobs,
                 void (*progress)(void *, size_t, size_t), void *ctx)
{
    *b = (battery){0};
    in_process *p = calloc(1, sizeof *p);
    must(p != NULL);
    weak_none();
    in_process_start(p, provider);
    run_clean(b, p, set, provider);
    list_mutants(b, set, area);
    battery_nulls(b, set, provider);
    bool good = find_all_killers(b, p, set, provider, doors, jobs, progress, ctx);
    in_process_end(p);
    free(p);
    return good;
}

void battery_free(battery *b)
{
    free(b->all);
    *b = (battery){0};
}
