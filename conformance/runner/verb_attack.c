/* `parley attack`: named attackers on profile parley1, each stopped, and each let in by the removal of exactly his checks; and the ladder. */
#include "attack_ladder.h"
#include "exits.h"
#include "history_swapper.h"
#include "model_named.h"
#include "p1_attackers.h"
#include "p1_observer.h"
#include "progress.h"
#include "verbs.h"
#include "weak.h"

#include <stdio.h>

typedef struct outcome {
    attack_result with, without; /* his checks in force; weakened */
} outcome;

/* A row of the table: an attacker on the profile, or one on the storage of a history. */
typedef struct tried {
    unsigned goal;
    const char *name, *holds, *wants;
    const uint16_t *check;
    size_t n_checks; /* at most; 0 ends them */
    const attacker *on_profile;
    const swapper_attack *on_history;
} tried;

/* The goals of the storage swapper's attacks, in their order. */
static const unsigned history_goals[] = {30, 30, 31, 31, 31, 31, 31, 31, 32, 33};

static size_t n_tried(void) { return n_attackers + sizeof history_goals / sizeof *history_goals; }

static tried row_of(size_t i)
{
    if (i < n_attackers) {
        const attacker *a = &attackers[i];
        return (tried){a->goal, a->name, a->holds, a->wants, a->check, ATTACK_CHECKS, a, NULL};
    }
    const swapper_attack *s = &swapper_attacks[i - n_attackers];
    must(s->name);
    return (tried){history_goals[i - n_attackers], s->name, "the storage", s->goal, s->line, SWAPPER_LINES, NULL, s};
}

static attack_result run_row(const tried *a)
{
    attack_result r = {false, 0};
    if (a->on_profile)
        return a->on_profile->run(&prim_openssl);
    r.by = a->on_history->play(&prim_openssl, &r.reached).req;
    return r;
}

static void weaken(const tried *a, bool weak)
{
    for (size_t i = 0; i < a->n_checks && a->check[i]; i++)
        weak_set(a->check[i], weak);
}

static outcome try_attacker(const tried *a)
{
    outcome out = {.with = run_row(a)};
    if (!weak_possible())
        return out;
    weaken(a, true);
    out.without = run_row(a);
    weaken(a, false);
    return out;
}

static const char *id_of(uint16_t req) { return req ? requirement_rows[req].id : "no key"; }

static void write_checks(const tried *a, char room[64])
{
    int n = 0;
    for (size_t i = 0; i < a->n_checks && a->check[i]; i++)
        n += snprintf(room + n, 64 - (size_t)n, "%s%s", i ? " " : "", id_of(a->check[i]));
}

static void print_row(const tried *a, const outcome *o)
{
    char checks[64] = "";
    write_checks(a, checks);
    printf("%4u  %-17s %-36s %-56s %-8s %-16s %s\n", a->goal, a->name, a->holds, a->wants, o->with.reached ? "REACHED" : id_of(o->with.by),
           checks,
           !weak_possible()     ? "not tried"
           : o->without.reached ? "reached"
                                : "STOPPED");
}

static void json_row(const tried *a, const outcome *o, bool first)
{
    char checks[64] = "";
    write_checks(a, checks);
    printf("%s{\"goal\":%u,\"attacker\":\"%s\",\"holds\":\"%s\",\"wants\":\"%s\",\"stopped_by\":\"%s\",\"checks\":\"%s\",\"reached_"
           "without\":%s}",
           first ? "" : ",", a->goal, a->name, a->holds, a->wants, o->with.reached ? "" : id_of(o->with.by), checks,
           !weak_possible()     ? "null"
           : o->without.reached ? "true"
                                : "false");
}

typedef struct tally {
    size_t stopped, reached;
} tally;

static tally try_all(const cli_call *call)
{
    tally t = {0};
    progress bar = progress_start("attack", n_tried(), call->quiet);
    if (call->json)
        printf("{\"attackers\":[");
    else if (!call->quiet)
        printf("goal  attacker          he holds                             he wants                                                 "
               "stopped  his checks       "
               "without\n");
    for (size_t i = 0; i < n_tried(); i++) {
        const tried row = row_of(i);
        const outcome o = try_attacker(&row);
        t.stopped += !o.with.reached;
        t.reached += o.without.reached;
        progress_at(&bar, i);
        if (call->json)
            json_row(&row, &o, i == 0);
        else if (!call->quiet || o.with.reached || (weak_possible() && !o.without.reached))
            print_row(&row, &o);
    }
    progress_end(&bar);
    return t;
}

static void print_total(const cli_call *call, const tally *t, const healing_count *h)
{
    if (call->json) {
        printf("],\"stopped\":%zu,\"reached_without\":%zu,\"healing\":{\"runs\":%zu,\"read_before\":%zu,\"read_after\":%zu}}\n", t->stopped,
               t->reached, h->runs, h->read_before, h->read_after);
        return;
    }
    printf("%zu attackers: %zu stopped", n_tried(), t->stopped);
    if (weak_possible())
        printf(", %zu reached with their checks weakened", t->reached);
    printf("\nall state of an epoch copied, %zu seeded runs: that epoch read in %zu, the next one in %zu\n", h->runs, h->read_before,
           h->read_after);
}

/* ---- the observer of the line ---- */

enum { TURNS = 300, WORKS = 900, CHANCE_MOST = 600 }; /* of each corpus; of 1000 */

static bool keeps_promise(const observed *o)
{
    if (o->level == IN_LEVEL_NONE)
        return o->blind >= WORKS && o->with_clock >= WORKS; /* else it says nothing about the others */
    return o->blind <= CHANCE_MOST && (o->level != IN_LEVEL_TICKS || o->with_clock <= CHANCE_MOST);
}

static void print_observed(const cli_call *call, const observed *o)
{
    if (call->json)
        printf("%s{\"level\":%u,\"guesses\":%zu,\"sizes\":%u,\"sizes_and_times\":%u,\"bytes\":%llu,\"ms\":%llu}",
               o->level ? "," : "{\"padding\":[", o->level, o->turns, o->blind, o->with_clock, (unsigned long long)o->bytes,
               (unsigned long long)o->ms);
    else
        printf("%5u  %7zu  %8u.%u %%  %16u.%u %%  %10llu  %10llu\n", o->level, o->turns, o->blind / 10, o->blind % 10, o->with_clock / 10,
               o->with_clock % 10, (unsigned long long)o->bytes, (unsigned long long)o->ms);
}

static int attack_padding(const cli_call *call)
{
    observed all[OBSERVED_LEVELS];
    int code = EXIT_LEVEL;
    model *m = model_named(call, NULL, &code);
    if (!m)
        return code;
    const span seed = call->seed_n ? span_of(call->seed, call->seed_n) : span_text("observer");
    const bool room = p1_observe(m, seed, TURNS, all);
    model_free(m);
    if (!room)
        return cli_fail(call, EXIT_HARNESS, "no memory");
    if (!call->json)
        puts("Two corpora of prompts; which one does a turn belong to? Half of the turns teach. Even odds are 50 %.\n"
             "level  guesses  sizes alone  sizes and a clock  bytes/turn     ms/turn");
    for (size_t i = 0; i < OBSERVED_LEVELS; i++) {
        print_observed(call, &all[i]);
        code = keeps_promise(&all[i]) ? code : EXIT_SELF;
    }
    if (call->json)
        puts("]}");
    return code;
}

int verb_attack(const cli_call *call)
{
    uint64_t runs = 1000;
    if (call->argc)
        return cli_usage(call, "attack takes no operands");
    if (cli_given(call, "ladder"))
        return cli_given(call, "runs") ? cli_usage(call, "--runs is not for --ladder") : attack_ladder(call);
    if (cli_given(call, "padding"))
        return cli_given(call, "runs") ? cli_usage(call, "--runs is not for --padding") : attack_padding(call);
    if (!cli_number(call, "runs", 1, 100000, &runs))
        return EXIT_USAGE;
    const tally t = try_all(call);
    const healing_count h = p1_healing(&prim_openssl, (size_t)runs);
    print_total(call, &t, &h);
    const bool good = t.stopped == n_tried() && (!weak_possible() || t.reached == n_tried()) && h.read_before == runs && h.read_after == 0;
    return good ? EXIT_LEVEL : EXIT_SELF;
}
