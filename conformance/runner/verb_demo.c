#include "model_choice.h"
#include "demo_flow.h"
#include "demo_parley1.h"
#include "no_memory.h"
#include "parley1_verbs.h"
#include "door_killers.h"
#include "in_process.h"
#include "out_file.h"
#include "place.h"
#include "report.h"
#include "session.h"
#include "vectors_here.h"
#include "verbs.h"
#include "weak.h"

#include <stdlib.h>
#include <string.h>

/* The bug that is planted when none is named: whose key the evidence names is not looked at. In parley1 whoever holds a machine's hardware key then
 * answers with a key of his own, in confer anybody relays the evidence of an honest enclave. */
#define DEMO_PLANT        "P1-099"
#define DEMO_PLANT_CONFER "CF-041"
#define DEMO_PROMPT       "Is my chat private?"

/* ---- the suite against the plant ---- */

typedef struct planted_run {
    const cli_call *call;
    const pack *pack;
    results run;
    planted_bug plant;
    vector_set set;
    in_process target;
} planted_run;

static void note_failure(planted_run *t, const vector_case *c, case_check check, const case_finding *found)
{
    const requirement_row *row = &requirement_rows[t->plant.req];
    char replay[200];
    snprintf(replay, sizeof replay, "./parley demo --plant %s", row->id);
    const result r = {.case_id = c->id,
                      .check = case_check_name[check],
                      .rev = 1,
                      .outcome = OUTCOME_FAIL,
                      .req = row->id,
                      .level = row->level,
                      .door = "self",
                      .role = row->role,
                      .want = found->want,
                      .got = found->got,
                      .where = found->field,
                      .base = c->base,
                      .mutation = c->mutation,
                      .replay = replay};
    results_add(&t->run, &r);
    t->run.planned++;
    t->plant.caught = true;
}

/* With the line disabled: which cases fail, and does one of them name it? */
static void judge_case(planted_run *t, const vector_case *c)
{
    static case_result with;
    in_process_run(&t->target, &t->set, c, &with);
    if (case_passed(&with))
        return;
    t->plant.failed++;
    for (int check = 0; check < CASE_CHECKS; check++)
        if (with.check[check].outcome == FINDING_FAILED && case_names(c, requirement_rows[t->plant.req].id))
            note_failure(t, c, (case_check)check, &with.check[check]);
}

static bool is_clean(planted_run *t)
{
    static case_result clean;
    for (size_t i = 0; i < t->set.n; i++) {
        in_process_run(&t->target, &t->set, &t->set.all[i], &clean);
        if (!case_passed(&clean))
            return false;
        t->plant.cases++;
    }
    return true;
}

/* What no vector shows may show on the wire: our own server and client, each with the line disabled, before the cases that name it. */
static void try_doors(planted_run *t)
{
    char folder[OUT_PATH];
    const battery_doors doors = {t->pack, folder, place_program(), &t->run};
    mutant m = {.req = t->plant.req};
    if (out_pack(t->call, t->pack, folder))
        return;
    find_killers_at_server(&m, &doors);
    if (!m.n_killers)
        find_killers_at_client(&m, &doors);
    t->run.planned = t->run.n;
    t->plant.failed += t->run.n;
    t->plant.caught = m.n_killers > 0;
}

static int try_plant(planted_run *t)
{
    const int code = vectors_load(t->call, &t->set);
    if (code)
        return code;
    in_process_start(&t->target, prim_sodium.has_cipher(PRIM_AESGCM) ? &prim_sodium : &prim_openssl); /* the first is quicker */
    if (!is_clean(t))
        return cli_fail(t->call, EXIT_SELF, "a vector fails with nothing planted, so nothing can be shown; run ./parley check");
    weak_set(t->plant.req, true);
    for (size_t i = 0; i < t->set.n; i++)
        judge_case(t, &t->set.all[i]);
    weak_none();
    if (!t->plant.caught)
        try_doors(t);
    return t->plant.caught ? EXIT_LEVEL : EXIT_FAILED;
}

/* ---- the pages ---- */

static int save_page(const cli_call *call, const timeline *s, planted_run *t, report *r)
{
    page html = {0};
    render_timeline(s, &t->plant, r, requirement_rows, &html);
    const int code = out_save(call, "demo.html", &html);
    page_free(&html);
    if (!code && !call->quiet)
        printf("\nThe same as a page: %s/demo.html\n", call->out);
    return code;
}

static void print_outcome(const planted_run *t, report *r)
{
    const requirement_row *row = &requirement_rows[t->plant.req];
    page text = {0};
    printf("\nA planted bug: the line that does %s is disabled.\n  %s\n%zu vectors pass without that; with it, these fail:\n\n", row->id,
           row->text, t->plant.cases);
    render_console(r, &text);
    if (text.n)
        fputs(text.p, stdout);
    page_free(&text);
    printf("%s\n", t->plant.caught ? "Caught." : "NOT CAUGHT: no check that names this sentence fails.");
}

static int show(const cli_call *call, const timeline *s, planted_run *t, int code)
{
    report r;
    results_sort(&t->run);
    report_start(&r, &t->run, &prim_openssl, requirement_rows, REQ_COUNT, NULL);
    if (!call->quiet)
        print_outcome(t, &r);
    code = exit_worst(code, save_page(call, s, t, &r));
    report_free(&r);
    return code;
}

/* The reference protocol, unless another profile or a pack is named. */
static bool shows_parley1(const cli_call *call) { return is_parley1(call) || (!cli_value(call, "profile") && !cli_value(call, "pack")); }

/* The conversation, told as it goes. */
static bool converse(const cli_call *call, const pack *p, const model_choice *choice, timeline *steps)
{
    const char *prompt = cli_value(call, "prompt");
    FILE *out = call->quiet ? NULL : stdout;
    prompt = prompt ? prompt : DEMO_PROMPT;
    if (shows_parley1(call))
        return demo_parley1(call, choice->model, prompt, steps, out);
    cf_platform platform;
    must(session_platform(call, &platform));
    const demo_of how = {prompt, platform, cli_given(call, "verbose")};
    return demo_flow(p, &how, choice->server, steps, out);
}

static int demo(const cli_call *call, const pack *p, const model_choice *choice, uint16_t plant)
{
    static timeline steps;
    const char *profile = shows_parley1(call) ? "parley1" : p->profile;
    planted_run *t = calloc(1, sizeof *t);
    needs_memory(t);
    t->call = call;
    t->pack = p;
    t->plant.req = plant;
    results_start(&t->run, &(results_head){.suite = PARLEY_VERSION,
                                           .target = "parley",
                                           .version = PARLEY_VERSION,
                                           .profile = profile,
                                           .revision = "draft",
                                           .door = "self"});
    if (!call->quiet)
        printf("Profile %s, over a connection in memory; every key is a public test key.\n\n", profile);
    const bool finished = converse(call, p, choice, &steps);
    int code = finished ? try_plant(t) : cli_fail(call, EXIT_FAILED, "the conversation was not completed");
    if (finished && code <= EXIT_FAILED)
        code = show(call, &steps, t, code);
    vectors_free(&t->set);
    results_free(&t->run);
    free(t);
    return code;
}

/* The profiles do not share all options, and not every build can disable a line. */
static int refuse_options(const cli_call *call)
{
    cf_platform platform;
    if (!session_platform(call, &platform))
        return EXIT_USAGE;
    if (!weak_possible())
        return cli_usage(
            call, "this build can't disable a line; ./parley demo at the top of a checkout builds the one that can (preset mutants)");
    if (shows_parley1(call) && cli_given(call, "platform"))
        return cli_usage(call, "--platform is for --profile confer; the enclave of parley1 runs on snp");
    if (shows_parley1(call) && cli_value(call, "pack"))
        return cli_usage(call, "--pack is for --profile confer; the demo of parley1 is made from --seed and --at");
    return EXIT_LEVEL;
}

int verb_demo(const cli_call *call)
{
    const bool parley1 = shows_parley1(call);
    const char *profile = parley1 ? "confer" : session_profile(call), *named = cli_value(call, "plant");
    named = named ? named : parley1 ? DEMO_PLANT : DEMO_PLANT_CONFER;
    uint16_t plant = requirement_named(named);
    int code = EXIT_LEVEL;
    if (!profile)
        return EXIT_USAGE;
    if (!plant)
        return cli_usage(call, "--plant: no chapter states %s", named);
    if (refuse_options(call))
        return EXIT_USAGE;
    pack *p = session_pack(call, profile, &code);
    if (!p)
        return code;
    model_choice choice;
    if (model_choice_open(&choice, call, p, &code)) {
        code = demo(call, p, &choice, plant);
        model_choice_close(&choice);
    }
    free(p);
    return code;
}
