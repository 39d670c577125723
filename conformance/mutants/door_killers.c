#include "door_killers.h"
#include "cases.h"
#include "own_server.h"
#include "requirements.h"

#include <stdio.h>
#include <string.h>

static bool row_names(const case_row *row, const char *req)
{
    for (int k = 0; k < CASE_CHECKS; k++)
        if (row->req[k] && strstr(row->req[k], req))
            return true;
    return false;
}

static unsigned cases_in(case_tables tables, const char *req)
{
    unsigned n = 0;
    const case_row *row;
    for (size_t i = 0; (row = suite_case(tables, i)); i++)
        n += row_names(row, req);
    return n;
}

unsigned door_cases_naming(const char *req)
{
    unsigned n = 0;
    for (const suite_profile *p = suite_profiles; p->name; p++)
        n += cases_in(p->server, req) + cases_in(p->client, req);
    return n;
}

static bool is_failure(outcome o) { return o == OUTCOME_FAIL || o == OUTCOME_WARN || o == OUTCOME_HANG; }

static void note_failures(mutant *m, const results *r, const char *req, results *kept)
{
    for (size_t i = 0; i < r->n; i++) {
        if (!is_failure(r->all[i].outcome) || !strstr(r->all[i].req, req))
            continue;
        if (m->n_killers < MUTANT_KILLERS)
            snprintf(m->killer[m->n_killers++], sizeof m->killer[0], "%.80s:%s", r->all[i].case_id, r->all[i].check);
        if (kept)
            results_add(kept, &r->all[i]);
    }
}

static void run_cases(mutant *m, const suite_run *run, case_tables tables, results *kept)
{
    results r;
    const char *req = requirement_rows[m->req].id;
    const suite_selection which = {.req = req};
    results_start(&r, &(results_head){.suite = "mutants", .target = "ours"});
    suite_go(run, tables, &which, 1, 1, &r, NULL, NULL);
    note_failures(m, &r, req, kept);
    results_free(&r);
}

/* The first revision that has a case for it. */
static const suite_profile *revision_with(const char *req)
{
    const suite_profile *p = suite_profiles;
    while (p->name && !cases_in(p->server, req))
        p++;
    return p->name ? p : NULL;
}

void find_killers_at_server(mutant *m, const battery_doors *doors)
{
    const char *req = requirement_rows[m->req].id;
    const suite_profile *p = revision_with(req);
    char replay[200];
    own_server s;
    if (!p || !own_server_start(&s, doors->pack, p->revision, m->req))
        return;
    snprintf(replay, sizeof replay, "parley serve --profile %s --weak %s &  parley test server --profile %s ws://127.0.0.1:7443/websocket",
             p->release, req, p->release);
    suite_run run = own_server_run(&s, doors->pack, replay);
    run.revision = p->revision;
    run.patience = 1;
    run_cases(m, &run, p->server, doors->kept);
    own_server_stop(&s);
}

void find_killers_at_client(mutant *m, const battery_doors *doors)
{
    const case_tables tables = suite_profile_named(doors->pack->profile)->client;
    const char *req = requirement_rows[m->req].id;
    if (!doors->pack_folder || !cases_in(tables, req))
        return;
    char replay[200];
    snprintf(replay, sizeof replay, "parley test client --exec 'parley chat {url} --pack {pack} --say {prompt} --weak %s'", req);
    char *const command[] = {(char *)doors->program, "chat", "{url}", "--pack", "{pack}", "--say", "{prompt}", "--weak", (char *)req, NULL};
    suite_run run = own_client_run(command, doors->pack, doors->pack_folder, replay);
    run.patience = 1;
    run_cases(m, &run, tables, doors->kept);
}
