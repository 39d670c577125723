#include "facts_here.h"
#include "exits.h"
#include "place.h"
#include "planted.h"
#include "results_here.h"
#include "suite.h"
#include "vectors_here.h"

#include <stdio.h>
#include <string.h>

enum { OUT = 4096 };

static sentence_facts facts[REQ_COUNT];
static char target[256];

static void add_name(page *list, size_t *n, const char *name)
{
    page_printf(list, "%s%s", *n ? " " : "", name);
    ++*n;
}

static bool is_listed(const page *list, const char *name)
{
    const char *rest = list->p ? list->p : "", *word;
    for (size_t n; next_word(&rest, &word, &n);)
        if (strlen(name) == n && strncmp(name, word, n) == 0)
            return true;
    return false;
}

static void add_once(page *list, size_t *n, const char *name)
{
    if (!is_listed(list, name))
        add_name(list, n, name);
}

/* ---- what the tree holds ---- */

static void note_vector(const vector_case *c)
{
    const cJSON *name;
    cJSON_ArrayForEach(name, c->req)
    {
        sentence_facts *f = &facts[requirement_named(name->valuestring)];
        add_name(c->accept ? &f->accepted : &f->rejected, c->accept ? &f->n_accepted : &f->n_rejected, c->id);
    }
}

static void note_case(const case_row *row, bool client)
{
    for (size_t i = 0; i < CASE_CHECKS; i++) {
        const char *rest = row->req[i] ? row->req[i] : "", *word;
        for (size_t n; next_word(&rest, &word, &n);) {
            sentence_facts *f = &facts[requirement_named(word)];
            add_once(client ? &f->client : &f->server, client ? &f->n_client : &f->n_server, row->id);
        }
    }
}

/* Revisions of a profile share most of their cases: each is listed once. */
static void note_cases(case_tables tables, bool client)
{
    const case_row *row;
    for (size_t i = 0; (row = suite_case(tables, i)); i++)
        note_case(row, client);
}

static void note_profile(const suite_profile *p)
{
    note_cases(p->server, false);
    note_cases(p->client, true);
}

static void note_profiles(void)
{
    for (const suite_profile *p = suite_profiles; p->name; p++)
        note_profile(p);
    note_profile(&suite_parley1);
}

static void note_sites(void)
{
    static site_list list;
    list = sites_read(place_share());
    for (uint16_t req = 1; req < REQ_COUNT; req++)
        facts[req].site = site_of(&list, requirement_rows[req].id);
}

static void note_planted(void)
{
    for (int i = 0; i < PLANTED_FAULTS; i++)
        page_printf(&facts[requirement_named(planted_rows[i].sentence)].planted, "planted   %s: %s (caught by %s)\n", planted_rows[i].name,
                    planted_rows[i].what, planted_rows[i].caught_by);
}

static void read_tree(const cli_call *call)
{
    static bool read;
    static vector_set set;
    if (read)
        return;
    read = true;
    if (!vectors_load(call, &set))
        for (size_t i = 0; i < set.n; i++)
            note_vector(&set.all[i]);
    note_profiles();
    note_sites();
    note_planted();
}

/* ---- what the last runs left ---- */

static const char *fate_of(const cJSON *mutant)
{
    static const char *const fates[] = {"killed", "survived", "lethal"};
    const char *outcome = cJSON_GetStringValue(cJSON_GetObjectItem(mutant, "outcome"));
    for (size_t i = 0; outcome && i < sizeof fates / sizeof *fates; i++)
        if (strcmp(outcome, fates[i]) == 0)
            return fates[i];
    return NULL;
}

static void note_mutant(const cJSON *mutant)
{
    const char *id = cJSON_GetStringValue(cJSON_GetObjectItem(mutant, "id"));
    const cJSON *killer;
    if (!id)
        return;
    sentence_facts *f = &facts[requirement_named(id)];
    f->fate = fate_of(mutant);
    cJSON_ArrayForEach(killer, cJSON_GetObjectItem(mutant, "killers")) if (cJSON_IsString(killer))
        add_name(&f->killers, &f->n_killers, killer->valuestring);
}

static void read_mutants(const cli_call *call)
{
    char path[OUT];
    page text = {0};
    snprintf(path, sizeof path, "%s/mutants.json", call->out);
    cJSON *file = page_load(&text, path, RESULTS_MAX) ? cJSON_Parse(text.p) : NULL;
    const cJSON *mutant;
    cJSON_ArrayForEach(mutant, cJSON_GetObjectItem(file, "mutants")) note_mutant(mutant);
    cJSON_Delete(file);
    page_free(&text);
}

static void note_outcome(const result *one)
{
    sentence_facts *f = &facts[requirement_named(one->req)];
    if (!f->last || (int)outcome_weight(one->outcome) > f->weight)
        f->last = outcome_name(one->outcome), f->weight = (int)outcome_weight(one->outcome);
}

static void read_results(const cli_call *call)
{
    char path[OUT];
    page text = {0};
    results run;
    char fault[200];
    snprintf(path, sizeof path, "%s/results.json", call->out);
    if (page_load(&text, path, RESULTS_MAX) && !results_read(&run, text.p, text.n, fault)) {
        snprintf(target, sizeof target, "%s %s", run.head.target, run.head.version);
        for (size_t i = 0; i < run.n; i++)
            note_outcome(&run.all[i]);
        results_free(&run);
    }
    page_free(&text);
}

static void forget_runs(void)
{
    target[0] = 0;
    for (uint16_t req = 0; req < REQ_COUNT; req++) {
        page_free(&facts[req].killers);
        facts[req].n_killers = 0;
        facts[req].fate = facts[req].last = NULL;
    }
}

static void read_runs(const cli_call *call)
{
    static char read[OUT];
    if (strcmp(read, call->out) == 0)
        return;
    snprintf(read, sizeof read, "%s", call->out);
    forget_runs();
    read_mutants(call);
    read_results(call);
}

const sentence_facts *facts_here(const cli_call *call)
{
    read_tree(call);
    read_runs(call);
    return facts;
}

const char *facts_results(void) { return *target ? target : NULL; }
