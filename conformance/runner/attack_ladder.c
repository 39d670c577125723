#include "attack_ladder.h"
#include "cf_ladder.h"
#include "exits.h"
#include "p1_attackers.h"
#include "weak.h"

#include <stdio.h>
#include <string.h>

const ladder_profile *const ladders[LADDERS] = {&cf_ladder, &cf_ladder_chips, &p1_ladder};
enum { CELL = 64 };

typedef struct climbed {
    ladder_found with[LADDER_ATTACKERS], without[LADDER_ATTACKERS]; /* his checks in force; weakened */
} climbed;

static bool has_checks(const ladder_profile *l, int who) { return l->check[who][0] != 0; }

static void weaken(const ladder_profile *l, int who, bool weak)
{
    for (int k = 0; k < LADDER_CHECKS && l->check[who][k]; k++)
        weak_set(l->check[who][k], weak);
}

static void climb(const ladder_profile *l, climbed *out)
{
    memset(out, 0, sizeof *out);
    for (int i = 0; i < LADDER_ATTACKERS; i++) {
        out->with[i] = l->run[i](&prim_openssl);
        if (!weak_possible() || !has_checks(l, i))
            continue;
        weaken(l, i, true);
        out->without[i] = l->run[i](&prim_openssl);
        weaken(l, i, false);
    }
}

/* ---- for people ---- */

static void write_checks(const ladder_profile *l, int who, char room[CELL])
{
    size_t n = 0;
    *room = 0;
    for (int k = 0; k < LADDER_CHECKS && l->check[who][k]; k++)
        n += (size_t)snprintf(room + n, CELL - n, "%s%s", k ? " " : "", requirement_rows[l->check[who][k]].id);
}

static void write_cell(const climbed *c, int who, char room[CELL])
{
    const ladder_found *found = &c->with[who];
    const char *tail = !weak_possible() ? "" : c->without[who].reached ? ", else reads" : ", ALSO WITHOUT";
    if (found->reached)
        snprintf(room, CELL, "reads the prompt");
    else
        snprintf(room, CELL, "%s%s", found->by ? requirement_rows[found->by].id : "stopped", tail);
}

static void print_row(const climbed *c, int who)
{
    const ladder_attacker *a = &ladder_attackers[who];
    char cell[CELL];
    printf("%-10s %-14s %-38s", ladder_step_names[a->step], a->name, a->holds);
    for (int i = 0; i < LADDERS; i++) {
        write_cell(&c[i], who, cell);
        printf(" %-20s", cell);
    }
    printf("\n%-25s %s\n", "", a->does);
}

static void print_table(const climbed *c)
{
    printf("%-10s %-14s %-38s", "step", "attacker", "he holds");
    for (int i = 0; i < LADDERS; i++)
        printf(" %-20s", ladders[i]->name);
    printf("\n");
    for (int who = 0; who < LADDER_ATTACKERS; who++)
        print_row(c, who);
    printf("%-64s", "evidence is bound to the");
    for (int i = 0; i < LADDERS; i++)
        printf(" %-20s", ladder_level_name(ladder_level(c[i].with)));
    printf("\nA step counts when it and all below hold. This is a property of each protocol, whoever implements it.\n");
}

/* ---- for programs ---- */

static void json_attacker(const ladder_profile *l, const climbed *c, int who)
{
    char checks[CELL];
    const ladder_found *found = &c->with[who];
    const char *without = !weak_possible() || !has_checks(l, who) ? "null" : c->without[who].reached ? "true" : "false";
    write_checks(l, who, checks);
    printf("%s{\"step\":\"%s\",\"attacker\":\"%s\",\"reached\":%s,\"stopped_by\":\"%s\",\"checks\":\"%s\",\"reached_without\":%s}",
           who ? "," : "", ladder_step_names[ladder_attackers[who].step], ladder_attackers[who].name, found->reached ? "true" : "false",
           found->by ? requirement_rows[found->by].id : "", checks, without);
}

static void print_json(const climbed *c)
{
    printf("{\"profiles\":[");
    for (int i = 0; i < LADDERS; i++) {
        printf("%s{\"profile\":\"%s\",\"level\":\"%s\",\"attackers\":[", i ? "," : "", ladders[i]->name,
               ladder_level_name(ladder_level(c[i].with)));
        for (int who = 0; who < LADDER_ATTACKERS; who++)
            json_attacker(ladders[i], &c[i], who);
        printf("]}");
    }
    printf("]}\n");
}

/* Whoever is stopped is stopped by the checks that are named, and by nothing else. */
static bool is_explained(const ladder_profile *l, const climbed *c)
{
    for (int i = 0; i < LADDER_ATTACKERS; i++)
        if (c->with[i].reached == has_checks(l, i) || (weak_possible() && has_checks(l, i) && !c->without[i].reached))
            return false;
    return true;
}

int attack_ladder(const cli_call *call)
{
    static climbed found[LADDERS];
    bool good = true;
    for (int i = 0; i < LADDERS; i++) {
        climb(ladders[i], &found[i]);
        good = good && is_explained(ladders[i], &found[i]);
    }
    if (call->json)
        print_json(found);
    else if (!call->quiet || !good)
        print_table(found);
    return good ? EXIT_LEVEL : EXIT_SELF;
}
