#include "battery.h"
#include "door_killers.h"
#include "out_file.h"
#include "place.h"
#include "progress.h"
#include "suite.h"
#include "vectors_here.h"
#include "verbs.h"
#include "verdict.h"
#include "weak.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

static void draw(void *ctx, size_t done, size_t of)
{
    (void)of;
    progress_at(ctx, done);
}

static const char *kind_of(const mutant *m) { return requirement_rows[m->req].reason[0] ? "REQUIRE" : "EMIT"; }
static const char *const fates[] = {"killed", "survived", "lethal"};

static void print_mutant(const mutant *m)
{
    const requirement_row *row = &requirement_rows[m->req];
    if (m->fate == MUTANT_KILLED)
        printf("killed    %s  by %s%s%s\n", row->id, m->killer[0], m->n_killers > 1 ? ", " : "", m->n_killers > 1 ? m->killer[1] : "");
    else
        printf("%s  %s  %s\n          %s\n", m->fate == MUTANT_LETHAL ? "LETHAL  " : "SURVIVED", row->id,
               m->fate == MUTANT_LETHAL ? "the process died"
               : !m->named              ? "no case names it"
                                        : "every case that names it still passes",
               row->text);
}

static size_t count_of(const battery *b, mutant_fate fate)
{
    size_t n = 0;
    for (size_t i = 0; i < b->n; i++)
        n += b->all[i].fate == fate;
    return n;
}

/* Survivors first: they are what the reader came for. */
static void print_all(const cli_call *call, const battery *b)
{
    static const mutant_fate order[] = {MUTANT_SURVIVED, MUTANT_LETHAL, MUTANT_KILLED};
    size_t twice = 0;
    for (size_t k = 0; k < (call->quiet ? 2 : 3); k++)
        for (size_t i = 0; i < b->n; i++)
            if (b->all[i].fate == order[k])
                print_mutant(&b->all[i]);
    for (size_t i = 0; i < b->n; i++)
        twice += b->all[i].n_killers > 1;
    if (b->n_null_groups)
        printf("NULL      %s, and %zu more such\n", b->null_group, b->n_null_groups - 1);
    if (!b->canary_died)
        puts("CANARY    an implementation that answers nothing passes a case");
    if (b->dirty)
        printf("VOID      %zu cases fail with nothing weakened\n", b->dirty);
    printf("%zu mutants: %zu killed (%zu by two cases or more), %zu survived, %zu lethal; clean run: %zu checks\n", b->n,
           count_of(b, MUTANT_KILLED), twice, count_of(b, MUTANT_SURVIVED), count_of(b, MUTANT_LETHAL), b->checks);
}

static int save(const cli_call *call, const battery *b)
{
    page out = {0};
    page_put(&out, "{\"schema\":\"mutants/1\",\"mutants\":[");
    for (size_t i = 0; i < b->n; i++) {
        const mutant *m = &b->all[i];
        page_printf(&out, "%s\n{\"id\":\"%s\",\"kind\":\"%s\",\"outcome\":\"%s\",\"killers\":[", i ? "," : "", requirement_rows[m->req].id,
                    kind_of(m), fates[m->fate]);
        for (unsigned k = 0; k < m->n_killers; k++)
            page_printf(&out, "%s\"%s\"", k ? "," : "", m->killer[k]);
        page_put(&out, "],\"note\":\"\"}");
    }
    page_put(&out, "]}\n");
    const int code = out_save(call, "mutants.json", &out);
    page_free(&out);
    return code;
}

static int judge_battery(const cli_call *call, const battery *b)
{
    const int code = save(call, b);
    if (code)
        return code;
    if (call->json)
        printf("{\"mutants\":%zu,\"killed\":%zu,\"survived\":%zu,\"lethal\":%zu,\"null_groups\":%zu,\"canary_died\":%s,\"dirty\":%zu}\n",
               b->n, count_of(b, MUTANT_KILLED), count_of(b, MUTANT_SURVIVED), count_of(b, MUTANT_LETHAL), b->n_null_groups,
               b->canary_died ? "true" : "false", b->dirty);
    else
        print_all(call, b);
    bool red = b->n == 0 || count_of(b, MUTANT_KILLED) != b->n || b->n_null_groups || !b->canary_died || b->dirty;
    return red ? EXIT_SELF : EXIT_LEVEL;
}

static int run_mutants(const cli_call *call, const char *area, unsigned jobs)
{
    static pack p;
    vector_set set;
    battery b;
    char folder[OUT_PATH];
    int code = vectors_build(call, &set);
    if (code)
        return code;
    pack_make(&p, suite_profiles->name, EMPTY, PACK_TIME);
    code = out_pack(call, &p, folder);
    if (code)
        return code;
    const battery_doors doors = {&p, folder, place_program(), NULL};
    progress bar = progress_start("mutants", REQ_COUNT, call->quiet);
    const bool ran = battery_run(&b, &set, &prim_openssl, &doors, area, jobs, draw, &bar);
    progress_end(&bar);
    code = ran ? judge_battery(call, &b) : cli_fail(call, EXIT_HARNESS, "a child process can't be started: %s", strerror(errno));
    battery_free(&b);
    vectors_free(&set);
    return code;
}

int verb_mutants(const cli_call *call)
{
    const char *named = cli_value(call, "area");
    char area[3] = "";
    uint64_t jobs = (uint64_t)sysconf(_SC_NPROCESSORS_ONLN);
    if (call->argc)
        return cli_usage(call, "mutants takes no operands");
    if (!cli_number(call, "jobs", 0, 16, &jobs))
        return EXIT_USAGE;
    if (!weak_possible())
        return cli_usage(
            call, "this build can't weaken a line; ./parley mutants at the top of a checkout builds the one that can (preset mutants)");
    for (size_t i = 0; named && i < 2 && named[i]; i++)
        area[i] = (char)toupper((unsigned char)named[i]);
    return run_mutants(call, named ? area : NULL, jobs ? (unsigned)jobs : (unsigned)sysconf(_SC_NPROCESSORS_ONLN));
}
