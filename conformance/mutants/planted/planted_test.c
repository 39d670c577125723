/* Every planted mistake is caught by the case that its row names, in a check that names its sentence; every check of every case has been
 * failed by one of them; the honest targets pass everything; and a server with all habits of the deployed system is warned, never failed. */
#include "cases.h"
#include "corpus.h"
#include "crossed.h"
#include "in_process.h"
#include "inventory.h"
#include "library_inventory.h"
#include "planted_p1.h"
#include "planted_prim.h"
#include "planted_run.h"
#include "shim_checks.h"

#include <fnmatch.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static pack *the_pack;
static char folder[] = "planted.XXXXXX", pack_folder[sizeof folder + 8];
static planted_place place = {.folder = folder, .pack_folder = pack_folder};
enum { CASES_AT_ONCE = 6 /* of a single target: most of them wait */ };

static planted_place with_cases_at_once(void)
{
    planted_place here = place;
    here.jobs = CASES_AT_ONCE;
    return here;
}

/* ---- judging a run ---- */

static void print_result(const result *r)
{
    fprintf(stderr, "  %s:%s %s [%s] want %s got %s %s\n", r->case_id, r->check, outcome_name(r->outcome), r->req, r->want, r->got,
            r->note);
}

static bool is_caught(const planted_row *row, const results *r)
{
    for (size_t i = 0; i < r->n; i++) {
        const result *x = &r->all[i];
        const bool fails = x->outcome == OUTCOME_FAIL || x->outcome == OUTCOME_CRASH || x->outcome == OUTCOME_HANG;
        if (fails && fnmatch(row->caught_by, x->case_id, 0) == 0 && strstr(x->req, row->sentence))
            return true;
    }
    return false;
}

static unsigned print_others(const results *r, bool warnings_too)
{
    unsigned n = 0;
    for (size_t i = 0; i < r->n; i++) {
        const outcome o = r->all[i].outcome;
        if (o == OUTCOME_PASS || o == OUTCOME_UNTESTED || o == OUTCOME_NA || o == OUTCOME_INFO || (o == OUTCOME_WARN && !warnings_too))
            continue;
        print_result(&r->all[i]);
        n++;
    }
    return n;
}

typedef struct tallying {
    planted_door door;
    unsigned n, missed;
    inventory seen;
} tallying;

static void take_run(void *ctx, int fault, results *r)
{
    tallying *t = ctx;
    const planted_row *row = &planted_rows[fault];
    const bool caught = is_caught(row, r);
    inventory_note(&t->seen, r, row->name);
    if (row->door != t->door) {
        results_free(r);
        return;
    }
    printf("%s %-28s %-7s %-36s %s\n", caught ? "caught " : "ESCAPES", row->name, row->sentence, row->caught_by, row->what);
    if (!caught)
        print_others(r, true);
    results_free(r);
    t->n++;
    t->missed += !caught;
}

/* All faults of a door, and the table of its checks with what failed each. PLANTED in the environment is a pattern of their names;
 * with PLANTED_SAMPLE it is a part of them. */
static void each_is_caught(planted_door door, case_tables tables, case_tables except)
{
    tallying t = {.door = door};
    const char *only = getenv("PLANTED");
    const bool part = only || getenv("PLANTED_SAMPLE");
    inventory_start(&t.seen, tables, except);
    planted_run_each(&place, door, only, take_run, &t);
    const size_t unseen = part ? 0 : inventory_unseen(&t.seen), checks = t.seen.n;
    if (!getenv("PLANTED_SAMPLE"))
        inventory_print(&t.seen, stdout, part);
    inventory_free(&t.seen);
    printf("%u planted, %u caught; %zu checks, %zu never seen to fail\n", t.n, t.n - t.missed, checks, unseen);
    assert_int_equal(t.missed, 0);
    assert_int_equal(unseen, 0);
}

static void each_mistake_of_a_server_is_caught(void **state)
{
    (void)state;
    each_is_caught(PLANTED_SERVER, suite_profiles->server, NULL);
}

static void each_mistake_of_a_later_server_is_caught(void **state)
{
    (void)state;
    each_is_caught(PLANTED_SERVER_0_1_16, suite_profiles[CF_0_1_16].server, suite_profiles[CF_0_1_14].server);
    each_is_caught(PLANTED_SERVER_0_1_20, suite_profiles[CF_0_1_20].server, suite_profiles[CF_0_1_16].server);
}

static void what_only_chaos_shows_of_a_server_is_caught(void **state)
{
    (void)state;
    for (int i = 0; i < PLANTED_FAULTS; i++) {
        const planted_row *row = &planted_rows[i];
        planted_place with = place;
        results without, r;
        if (row->door != PLANTED_CHAOS)
            continue;
        planted_run_server(&place, suite_profiles, i, &(suite_selection){0}, 0, &without);
        assert_int_equal(print_others(&without, true), 0);
        with.chaos = span_text("03");
        planted_run_server(&with, suite_profiles, i, &(suite_selection){.glob = row->caught_by}, 0, &r);
        if (!is_caught(row, &r))
            fail_msg("%s: %u results without a failure that names %s", row->name, print_others(&r, true), row->sentence);
        results_free(&without);
        results_free(&r);
    }
}

static void each_mistake_of_a_client_is_caught(void **state)
{
    (void)state;
    each_is_caught(PLANTED_CLIENT, suite_profiles->client, NULL);
}

static void each_mistake_of_a_parley1_host_is_caught(void **state)
{
    (void)state;
    each_is_caught(PLANTED_P1_SERVER, suite_parley1.server, NULL);
}

static void an_honest_parley1_host_passes(void **state)
{
    results r;
    (void)state;
    planted_run_p1_server(&place, PLANTED_HONEST, &(suite_selection){.glob = getenv("PLANTED_SAMPLE") ? "p1.server.turn.*" : NULL}, 0, &r);
    assert_int_equal(print_others(&r, true), 0);
    assert_true(results_accounted(&r));
    results_free(&r);
}

static void each_mistake_of_a_parley1_guest_is_caught(void **state)
{
    (void)state;
    each_is_caught(PLANTED_P1_CLIENT, suite_parley1.client, NULL);
}

static void an_honest_parley1_guest_passes(void **state)
{
    results r;
    (void)state;
    planted_run_p1_client(&place, PLANTED_HONEST, &(suite_selection){.glob = getenv("PLANTED_SAMPLE") ? "p1.client.epoch.*" : NULL}, 0, &r);
    assert_int_equal(print_others(&r, true), 0);
    assert_true(results_accounted(&r));
    results_free(&r);
}

static void an_honest_client_passes(void **state)
{
    results r;
    const planted_place here = with_cases_at_once();
    (void)state;
    planted_run_client(&here, PLANTED_HONEST, &(suite_selection){0}, 0, &r);
    assert_int_equal(print_others(&r, true), 0);
    assert_true(results_accounted(&r));
    results_free(&r);
}

static void an_honest_server_passes(void **state)
{
    const planted_place here = with_cases_at_once();
    (void)state;
    for (const suite_profile *p = suite_profiles; p->name; p++) {
        results r;
        planted_run_server(&here, p, PLANTED_HONEST, &(suite_selection){0}, 0, &r);
        assert_int_equal(print_others(&r, true), 0);
        assert_true(results_accounted(&r));
        results_free(&r);
    }
}

static void a_server_as_deployed_is_warned_and_never_failed(void **state)
{
    const planted_place here = with_cases_at_once();
    (void)state;
    for (const suite_profile *p = suite_profiles; p->name; p++) {
        results r;
        planted_run_server(&here, p, PLANTED_AS_DEPLOYED, &(suite_selection){.glob = getenv("CASES")}, 1, &r);
        const tally t = results_count(&r);
        printf("deployed %s: %u checks, %u pass, %u warn, %u untested\n", p->release, (unsigned)t.total, (unsigned)t.of[OUTCOME_PASS],
               (unsigned)t.of[OUTCOME_WARN], (unsigned)t.of[OUTCOME_UNTESTED]);
        assert_int_equal(print_others(&r, false), 0);
        assert_true(t.of[OUTCOME_WARN] > 0);
        results_free(&r);
    }
}

/* What a revision does fails where another is wanted, by a sentence that tells the two apart. */
static void a_server_as_deployed_at_another_revision_fails(void **state)
{
    static const struct {
        cf_revision is, held_to;
        const char *sentence;
    } row[] = {{CF_0_1_14, CF_0_1_16, "CF-096"}, {CF_0_1_14, CF_0_1_20, "CF-095"}, {CF_0_1_16, CF_0_1_14, "CF-105"},
               {CF_0_1_16, CF_0_1_20, "CF-094"}, {CF_0_1_20, CF_0_1_14, "CF-105"}, {CF_0_1_20, CF_0_1_16, "CF-029"}};
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        results r;
        planted_place here = place;
        const planted_row as = {.sentence = row[i].sentence, .caught_by = "*"};
        here.serves = &suite_profiles[row[i].is];
        planted_run_server(&here, &suite_profiles[row[i].held_to], PLANTED_AS_DEPLOYED, &(suite_selection){.req = row[i].sentence}, 1, &r);
        assert_true(is_caught(&as, &r));
        results_free(&r);
    }
}

/* ---- the library door, in this process ---- */

static void tell_fault(void *ctx, const char *file, const char *where, const char *what)
{
    (void)ctx;
    fprintf(stderr, "%s %s: %s\n", file, where, what);
}

/* The first failing case of those that the row means, its sentences in `req`; NULL: none. */
static const char *first_failure(const planted_row *row, in_process *p, const vector_set *set, char req[200])
{
    for (size_t i = 0; i < set->n; i++) {
        case_result r;
        if (fnmatch(row->caught_by, set->all[i].id, 0) != 0)
            continue;
        in_process_run(p, set, &set->all[i], &r);
        if (case_passed(&r))
            continue;
        req[0] = 0;
        for (const cJSON *at = set->all[i].req->child; at && strlen(req) + 10 < 200; at = at->next)
            strcat(strcat(req, at->valuestring), " ");
        if (!row->sentence[0] || strstr(req, row->sentence))
            return set->all[i].id;
    }
    return NULL;
}

/* The first failing check of the library door that is no vector and that the row means. */
typedef struct shim_failure {
    const planted_row *row;
    char id[64], got[100];
} shim_failure;

static void note_shim(void *ctx, const shim_told *t)
{
    shim_failure *f = ctx;
    if (t->holds || f->id[0] || fnmatch(f->row->caught_by, t->id, 0) != 0 || !strstr(t->req, f->row->sentence))
        return;
    snprintf(f->id, sizeof f->id, "%s", t->id);
    snprintf(f->got, sizeof f->got, "%s", t->got);
}

static void draw(uint8_t *out, size_t n)
{
    static uint8_t count[2];
    for (size_t i = 0; i < n; i++)
        out[i] = count[i % 2];
    if (!++count[0])
        count[1]++;
}

static const char *by_shim(const planted_row *row, in_process *p, const vector_set *set)
{
    static in_process text;
    static shim_failure f;
    static char caps[4096], ops[4096];
    shim_request hello;
    shim_reply reply = {.room = writer_of(p->room, sizeof p->room)};
    span said = EMPTY;
    f = (shim_failure){.row = row};
    shim_request_start(&hello, "hello");
    assert_int_equal(shim_ask(p->target.impl, &hello, &reply), SHIM_ANSWERED);
    assert_true(shim_text(&reply.out, "caps", &said));
    snprintf(caps, sizeof caps, "%.*s", (int)said.n, (const char *)said.p);
    assert_true(shim_text(&reply.out, "ops", &said));
    snprintf(ops, sizeof ops, "%.*s", (int)said.n, (const char *)said.p);
    const shim_subject s = {.target = &p->target, .set = set, .caps = caps, .ops = ops, .ctx = &f, .tell = note_shim};
    in_process_start(&text, &prim_sodium);
    shim_checks(&s, &text);
    in_process_end(&text);
    if (fnmatch(row->caught_by, "shim.records.sealed", 0) == 0)
        shim_checks_of_many_records(&s, &prim_sodium);
    return f.id[0] ? f.id : NULL;
}

static bool adapter_is_caught(int fault, const vector_set *set)
{
    static in_process p;
    char req[200] = "";
    const planted_row *row = &planted_rows[fault];
    planted_choose(fault);
    in_process_start(&p, planted_prim());
    p.text.random = draw;
    const parley_impl honest = p.impl, careless = planted_adapter(&honest);
    in_process_target(&p, &careless);
    const char *by = strncmp(row->caught_by, "shim.", 5) == 0 ? by_shim(row, &p, set) : first_failure(row, &p, set, req);
    in_process_end(&p);
    planted_choose(-1);
    printf("%s %-28s %-7s %-36s %s\n", by ? "caught " : "ESCAPES", row->name, row->sentence, by ? by : row->caught_by, row->what);
    return by != NULL;
}

static void each_mistake_of_an_adapter_is_caught(void **state)
{
    const char *only = getenv("PLANTED");
    vector_set set = {0};
    size_t skipped = 0;
    unsigned n = 0, missed = 0;
    (void)state;
    assert_true(corpus_make(&prim_sodium, &set, &skipped, tell_fault, NULL));
    assert_true(crossed_add(&prim_sodium, &set, NULL, tell_fault, NULL));
    const planted_row honest = {.sentence = "", .caught_by = "nz.*"};
    static in_process p;
    char req[200];
    in_process_start(&p, planted_prim());
    const parley_impl behind = p.impl, passes_on = planted_adapter(&behind);
    in_process_target(&p, &passes_on);
    p.text.random = draw;
    assert_null(by_shim(&(planted_row){.sentence = "", .caught_by = "shim.*"}, &p, &set));
    assert_null(first_failure(&honest, &p, &set, req));
    assert_null(first_failure(&(planted_row){.sentence = "", .caught_by = "rt.*"}, &p, &set, req));
    in_process_end(&p);
    for (int i = 0; i < PLANTED_FAULTS; i++)
        if (planted_rows[i].door == PLANTED_ADAPTER && (!only || fnmatch(only, planted_rows[i].name, FNM_EXTMATCH) == 0)) {
            n++;
            missed += !adapter_is_caught(i, &set);
        }
    printf("%u planted, %u caught\n", n, n - missed);
    vectors_free(&set);
    assert_int_equal(missed, 0);
}

static void each_member_of_a_library_is_looked_at(void **state)
{
    vector_set set = {0};
    library_inventory all;
    size_t skipped = 0;
    (void)state;
    assert_true(corpus_make(&prim_sodium, &set, &skipped, tell_fault, NULL));
    assert_true(crossed_add(&prim_sodium, &set, NULL, tell_fault, NULL));
    library_inventory_make(&all, &prim_sodium, &set);
    const size_t unseen = library_inventory_print(&all, stdout), n = all.n;
    library_inventory_free(&all);
    vectors_free(&set);
    printf("%zu members, %zu faults never seen to fail\n", n, unseen);
    assert_int_equal(unseen, 0);
}

static int make_pack(void **state)
{
    (void)state;
    prim_start();
    the_pack = calloc(1, sizeof *the_pack);
    pack_make(the_pack, "confer", EMPTY, PACK_TIME);
    char why[200];
    assert_non_null(mkdtemp(folder));
    snprintf(pack_folder, sizeof pack_folder, "%s/pack", folder);
    place.pack = the_pack;
    if (!pack_save(the_pack, pack_folder, why, sizeof why))
        fail_msg("%s", why);
    return 0;
}

static int drop_pack(void **state)
{
    (void)state;
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", folder);
    assert_int_equal(system(command), 0);
    free(the_pack);
    return 0;
}

/* For a run by hand: a server with this mistake (`none`: without), of this pack; its ports are two numbers on the output. */
static int serve_alone(const char *fault, const char *of)
{
    char why[200];
    prim_start();
    the_pack = calloc(1, sizeof *the_pack);
    planted_choose(planted_named(fault));
    if (!the_pack || !pack_load(the_pack, of, why, sizeof why))
        return 1;
    planted_serve(the_pack, CF_0_1_14, STDOUT_FILENO);
}

int main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "--server") == 0)
        return serve_alone(argv[2], argv[3]);
    if (argc == 7 && strcmp(argv[1], "--client") == 0) {
        planted_choose(planted_named(argv[2]));
        return planted_chat(argv[3], argv[4], argv[5], argv[6]);
    }
    if ((argc == 8 || argc == 9) && strcmp(argv[1], "--parley1-client") == 0) {
        planted_choose(planted_named(argv[2]));
        return planted_p1_chat(argv[3], argv[4], argv[5], argv[6], argv[7], argc == 9);
    }
    place.program = argv[0];
    if (argc == 2)
        cmocka_set_test_filter(argv[1]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_honest_server_passes),
        cmocka_unit_test(each_mistake_of_a_server_is_caught),
        cmocka_unit_test(what_only_chaos_shows_of_a_server_is_caught),
        cmocka_unit_test(each_mistake_of_a_later_server_is_caught),
        cmocka_unit_test(an_honest_parley1_host_passes),
        cmocka_unit_test(each_mistake_of_a_parley1_host_is_caught),
        cmocka_unit_test(an_honest_parley1_guest_passes),
        cmocka_unit_test(each_mistake_of_a_parley1_guest_is_caught),
        cmocka_unit_test(an_honest_client_passes),
        cmocka_unit_test(each_mistake_of_a_client_is_caught),
        cmocka_unit_test(each_mistake_of_an_adapter_is_caught),
        cmocka_unit_test(each_member_of_a_library_is_looked_at),
        cmocka_unit_test(a_server_as_deployed_is_warned_and_never_failed),
        cmocka_unit_test(a_server_as_deployed_at_another_revision_fails),
    };
    setvbuf(stdout, NULL, _IOLBF, 0);
    return cmocka_run_group_tests(tests, make_pack, drop_pack);
}
