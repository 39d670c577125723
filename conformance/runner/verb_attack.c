/* `parley attack`: named attackers on profile parley1, each stopped, and each let in by the removal of exactly his checks; and the ladder. */
#include "attack_ladder.h"
#include "exits.h"
#include "p1_attackers.h"
#include "progress.h"
#include "verbs.h"
#include "weak.h"

#include <stdio.h>

typedef struct outcome {
    attack_result with, without; /* his checks in force; weakened */
} outcome;

static void weaken(const attacker *a, bool weak)
{
    for (size_t i = 0; i < ATTACK_CHECKS && a->check[i]; i++)
        weak_set(a->check[i], weak);
}

static outcome try_attacker(const attacker *a)
{
    outcome out = {.with = a->run(&prim_openssl)};
    if (!weak_possible())
        return out;
    weaken(a, true);
    out.without = a->run(&prim_openssl);
    weaken(a, false);
    return out;
}

static const char *id_of(uint16_t req) { return req ? requirement_rows[req].id : "no key"; }

static void write_checks(const attacker *a, char room[64])
{
    int n = 0;
    for (size_t i = 0; i < ATTACK_CHECKS && a->check[i]; i++)
        n += snprintf(room + n, 64 - (size_t)n, "%s%s", i ? " " : "", id_of(a->check[i]));
}

static void print_row(const attacker *a, const outcome *o)
{
    char checks[64] = "";
    write_checks(a, checks);
    printf("%4u  %-17s %-36s %-34s %-8s %-16s %s\n", a->goal, a->name, a->holds, a->wants, o->with.reached ? "REACHED" : id_of(o->with.by),
           checks,
           !weak_possible()     ? "not tried"
           : o->without.reached ? "reached"
                                : "STOPPED");
}

static void json_row(const attacker *a, const outcome *o, bool first)
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
    progress bar = progress_start("attack", n_attackers, call->quiet);
    if (call->json)
        printf("{\"attackers\":[");
    else if (!call->quiet)
        printf("goal  attacker          he holds                             he wants                           stopped  his checks       "
               "without\n");
    for (size_t i = 0; i < n_attackers; i++) {
        const outcome o = try_attacker(&attackers[i]);
        t.stopped += !o.with.reached;
        t.reached += o.without.reached;
        progress_at(&bar, i);
        if (call->json)
            json_row(&attackers[i], &o, i == 0);
        else if (!call->quiet || o.with.reached || (weak_possible() && !o.without.reached))
            print_row(&attackers[i], &o);
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
    printf("%zu attackers: %zu stopped", n_attackers, t->stopped);
    if (weak_possible())
        printf(", %zu reached with their checks weakened", t->reached);
    printf("\nall state of an epoch copied, %zu seeded runs: that epoch read in %zu, the next one in %zu\n", h->runs, h->read_before,
           h->read_after);
}

int verb_attack(const cli_call *call)
{
    uint64_t runs = 1000;
    if (call->argc)
        return cli_usage(call, "attack takes no operands");
    if (cli_given(call, "ladder"))
        return cli_given(call, "runs") ? cli_usage(call, "--runs is not for --ladder") : attack_ladder(call);
    if (!cli_number(call, "runs", 1, 100000, &runs))
        return EXIT_USAGE;
    const tally t = try_all(call);
    const healing_count h = p1_healing(&prim_openssl, (size_t)runs);
    print_total(call, &t, &h);
    const bool good = t.stopped == n_attackers && (!weak_possible() || t.reached == n_attackers) && h.read_before == runs &&
                      h.read_after == 0;
    return good ? EXIT_LEVEL : EXIT_SELF;
}
