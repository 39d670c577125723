/* The suite against our own server and client: all pass; with a line of theirs weakened, a check that names it fails. */
#include "cases.h"
#include "level0.h"
#include "own_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static pack *the_pack;

/* ---- our server, in a process of its own ---- */

static own_server start_revision(cf_revision revision, int weak)
{
    own_server s;
    assert_true(own_server_start(&s, the_pack, revision, weak));
    return s;
}

static own_server start_server(int weak) { return start_revision(CF_0_1_14, weak); }

/* The most memory that a process ever held, in kilobytes. */
static unsigned long memory_of(pid_t pid)
{
    char path[64], line[256];
    unsigned long kb = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f))
        sscanf(line, "VmHWM: %lu kB", &kb);
    if (f)
        fclose(f);
    return kb;
}

static bool run_revision(const own_server *s, const suite_profile *p, unsigned patience, const suite_selection *which, results *out)
{
    suite_run run = own_server_run(s, the_pack, "parley test server URL");
    run.patience = patience;
    run.revision = p->revision;
    results_start(out, &(results_head){.suite = "test", .target = "ours"});
    return suite_go(&run, p->server, which, 1, 1, out, NULL, NULL);
}

static bool run_against(const own_server *s, unsigned patience, const suite_selection *which, results *out)
{
    return run_revision(s, suite_profiles, patience, which, out);
}

/* ---- the tables ---- */

/* The tables of each revision at the server door, then those of the client door, which are the same in all; then those of profile parley1. */
enum { DOORS = CF_REVISIONS + 3 };
static case_tables door_tables(size_t d)
{
    const case_tables others[] = {suite_profiles->client, suite_parley1.server, suite_parley1.client};
    return d < CF_REVISIONS ? suite_profiles[d].server : others[d - CF_REVISIONS];
}

static bool is_new(const case_row *row, size_t d)
{
    const case_row *other;
    for (size_t before = 0; before < d; before++)
        for (size_t i = 0; (other = suite_case(door_tables(before), i)); i++)
            if (other == row)
                return false;
    return true;
}

static void every_number_is_a_sentence(void **state)
{
    (void)state;
    for (size_t d = 0; d < DOORS; d++) {
        const case_row *row;
        for (size_t i = 0; (row = suite_case(door_tables(d), i)); i++)
            for (int c = 0; c < CASE_CHECKS; c++)
                for (const char *r = row->req[c]; r && *r; r += strspn(r, " ")) {
                    const size_t n = strcspn(r, " ");
                    if (!requirement_named(r))
                        fail_msg("%s names %.*s, which no chapter states", row->id, (int)n, r);
                    r += n;
                }
    }
}

/* WARN is for those who follow the deployed system where we say that we depart from it; nothing else is excused. */
static void a_departure_is_one_by_its_sentence(void **state)
{
    (void)state;
    for (size_t d = 0; d < DOORS; d++) {
        const case_row *row;
        for (size_t i = 0; (row = suite_case(door_tables(d), i)); i++) {
            if (!row->departure)
                continue;
            const requirement_row *r = &requirement_rows[requirement_named(row->req[VERDICT])];
            if (!strstr(r->source, "departure") && !strstr(r->source, "leaves it open"))
                fail_msg("%s is marked as a departure, but %s is none", row->id, r->id);
        }
    }
}

/* Every sentence that binds is named by a case or listed, never both; what binds another role or is shown in another way is neither. */
static void what_no_case_names_is_listed(void **state)
{
    static const case_row one[] = {{.id = "cf.none", .req = {[VERDICT] = "CF-001 CF-003"}}};
    static const case_table table = {one, 1};
    const case_table *const tables[] = {&table, NULL};
    page listed = {0}, all = {0};
    (void)state;
    suite_unchecked(tables, &suite_profiles->server_owes, &listed);
    suite_unchecked((case_tables)(const case_table *const[]){NULL}, &suite_profiles->server_owes, &all);
    assert_non_null(strstr(all.p, "CF-001"));
    assert_null(strstr(listed.p, "CF-001"));
    assert_null(strstr(listed.p, "CF-003"));
    assert_int_equal(all.n, listed.n + 2 * strlen("CF-001 "));
    assert_null(strstr(all.p, "AT-")); /* binds the client */
    page_free(&all);
    suite_unchecked((case_tables)(const case_table *const[]){NULL}, &suite_profiles->client_owes, &all);
    assert_non_null(strstr(all.p, "AT-010"));
    assert_null(strstr(all.p, "CF-016")); /* shown by review */
    page_free(&listed);
    page_free(&all);
}

static size_t level0_checks(case_tables tables)
{
    size_t n = 0;
    const case_row *row;
    for (size_t i = 0; (row = suite_case(tables, i)); i++)
        n += level0_has(row->id) ? trial_checks(row) : 0;
    return n;
}

/* conformance/ids.tsv: id, rev, live or retired, what replaces it, L0. */
static void no_number_vanishes(void **state)
{
    char line[512];
    size_t known = 0, rows = 0;
    FILE *f = fopen(PARLEY_TREE "/conformance/ids.tsv", "r");
    (void)state;
    assert_non_null(f);
    while (fgets(line, sizeof line, f)) {
        char id[200], fate[20] = "";
        unsigned rev = 0;
        if (*line == '#')
            continue;
        if (sscanf(line, "%199[^\t]\t%u\t%19[^\t\n]", id, &rev, fate) != 3)
            fail_msg("ids.tsv: %s", line);
        const case_row *row = NULL, *found = NULL;
        for (size_t d = 0; d < DOORS; d++)
            for (size_t i = 0; (row = suite_case(door_tables(d), i)); i++)
                if (strcmp(row->id, id) == 0)
                    found = row;
        if (strcmp(fate, "live") == 0 && (!found || (found->rev ? found->rev : 1) != rev))
            fail_msg("%s stands in ids.tsv as live, revision %u; no table has it so. Its line becomes `retired`, it is never removed", id,
                     rev);
        if (strcmp(fate, "live") != 0 && found)
            fail_msg("%s is retired and may not come back", id);
        if (level0_has(id) != (strstr(line, "\tL0\n") != NULL))
            fail_msg("%s: ids.tsv and level0.c do not agree on whether it belongs to L0", id);
        known += found != NULL;
    }
    fclose(f);
    assert_int_equal(level0_checks(suite_profiles[0].server), LEVEL0_CHECKS);
    assert_int_equal(level0_checks(suite_profiles[0].client), LEVEL0_CHECKS);
    for (size_t d = 0; d < DOORS; d++)
        for (size_t i = 0; suite_case(door_tables(d), i); i++)
            rows += is_new(suite_case(door_tables(d), i), d);
    if (known != rows)
        fail_msg("%zu cases, but %zu live lines in conformance/ids.tsv: each case has one", rows, known);
}

/* ---- our own server ---- */

static void print_bad(const results *r)
{
    for (size_t i = 0; i < r->n; i++)
        if (r->all[i].outcome != OUTCOME_PASS && r->all[i].outcome != OUTCOME_UNTESTED && r->all[i].outcome != OUTCOME_NA)
            fprintf(stderr, "%s:%s %s want %s got %s %s\n", r->all[i].case_id, r->all[i].check, outcome_name(r->all[i].outcome),
                    r->all[i].want, r->all[i].got, r->all[i].note);
}

static void our_server_passes(void **state)
{
    const suite_selection all = {0};
    own_server s = start_server(0);
    results r;
    (void)state;
    const bool sane = run_against(&s, 0, &all, &r);
    const unsigned long kb = memory_of(s.pid);
    own_server_stop(&s);
    print_bad(&r);
    const tally t = results_count(&r);
    assert_true(sane);
    assert_true(results_accounted(&r));
    assert_int_equal(t.of[OUTCOME_PASS] + t.of[OUTCOME_UNTESTED] + t.of[OUTCOME_NA], t.total);
    for (size_t i = 0; i < r.n; i++)
        assert_true(r.all[i].outcome != OUTCOME_UNTESTED || strstr(r.all[i].note, "needs --ctl"));
    if (!SANITIZED)
        assert_in_range(kb, 1, 256 * 1024); /* twenty thousand unfinished messages cost it nothing */
    results_free(&r);
}

static void our_server_is_each_revision(void **state)
{
    (void)state;
    for (const suite_profile *p = suite_profiles; p->name; p++) {
        own_server s = start_revision(p->revision, 0);
        results r;
        const bool sane = run_revision(&s, p, 0, &(suite_selection){0}, &r);
        own_server_stop(&s);
        print_bad(&r);
        const tally t = results_count(&r);
        assert_true(sane && results_accounted(&r));
        assert_int_equal(t.of[OUTCOME_PASS] + t.of[OUTCOME_UNTESTED] + t.of[OUTCOME_NA], t.total);
        results_free(&r);
    }
}

/* Each revision is told from each other one, by failures. */
static void a_server_of_another_revision_fails(void **state)
{
    const suite_selection some = {.area = "cf"};
    (void)state;
    for (size_t is = 0; is < CF_REVISIONS; is++)
        for (size_t held_to = 0; held_to < CF_REVISIONS; held_to++) {
            own_server s = start_revision(suite_profiles[is].revision, 0);
            results r;
            if (is != held_to) {
                run_revision(&s, &suite_profiles[held_to], 1, &some, &r);
                assert_true(results_count(&r).of[OUTCOME_FAIL] > 0);
                results_free(&r);
            }
            own_server_stop(&s);
        }
}

static void the_same_seed_gives_the_same_results(void **state)
{
    const suite_selection some = {.glob = "cf.server.message*"};
    page file[2] = {{0}, {0}};
    own_server s = start_server(0);
    (void)state;
    for (int i = 0; i < 2; i++) {
        results r;
        run_against(&s, 0, &some, &r);
        results_write(&r, &file[i]);
        results_free(&r);
    }
    own_server_stop(&s);
    assert_string_equal(file[0].p, file[1].p);
    page_free(&file[0]);
    page_free(&file[1]);
}

/* ---- the order, the end and the waiting ---- */

static unsigned refusals;
static char made[64]; /* the last letters of the cases, as they ran */

static void holds(trial *t)
{
    made[strlen(made)] = t->row->id[strlen(t->row->id) - 1];
    judge(t, VERDICT, true, "yes", "yes");
}

static void refuses_once(trial *t) { judge(t, VERDICT, refusals++ == 0, "a refusal", "none"); }

static void run_part(const case_row *rows, size_t n, span seed, unsigned repeated, shard part, results *out)
{
    const case_table table = {rows, n};
    const suite_run run = {
        .pack = the_pack, .door = "url", .role = "server", .replay = "parley test server URL", .seed = seed, .repeated = repeated};
    results_start(out, &(results_head){.suite = "test"});
    assert_true(
        suite_go(&run, (case_tables)(const case_table *const[]){&table, NULL}, &(suite_selection){.shard = part}, 1, 1, out, NULL, NULL));
    assert_true(results_accounted(out));
}

static void run_table(const case_row *rows, size_t n, span seed, unsigned repeated, results *out)
{
    run_part(rows, n, seed, repeated, (shard){0}, out);
}

static void a_check_that_stops_working_is_seen_at_the_end(void **state)
{
    static const case_row rows[] = {{.id = "cf.a", .says = "sane", .req = {[VERDICT] = "CF-001"}, .run = holds},
                                    {.id = "cf.b", .says = "refused", .req = {[VERDICT] = "CF-001"}, .base = "cf.a", .run = refuses_once}};
    results r;
    (void)state;
    for (unsigned repeated = 0; repeated < 2; repeated++) {
        refusals = 0;
        run_table(rows, 2, EMPTY, repeated, &r);
        const result *b = results_find(&r, "cf.b", "verdict");
        assert_int_equal(b->outcome, repeated ? OUTCOME_FAIL : OUTCOME_PASS);
        assert_string_equal(b->tag, repeated ? "flaky" : "");
        results_free(&r);
    }
}

static unsigned refusals_of[128]; /* by the last letter of the case */

static void each_refuses_once(trial *t)
{
    const char letter = t->row->id[strlen(t->row->id) - 1];
    judge(t, VERDICT, refusals_of[(int)letter]++ == 0, "a refusal", "none");
}

/* Every shard makes the negatives of its own once more, and no other's. */
static void each_shard_repeats_its_own_negatives(void **state)
{
    static const char *const ids[] = {"cf.a", "cf.b", "cf.c", "cf.d", "cf.e", "cf.f", "cf.g"};
    case_row rows[7];
    size_t flaky = 0;
    (void)state;
    for (size_t i = 0; i < 7; i++)
        rows[i] = (case_row){
            .id = ids[i], .says = "x", .req = {[VERDICT] = "CF-001"}, .base = i ? "cf.a" : NULL, .run = i ? each_refuses_once : holds};
    for (unsigned part = 1; part <= 3; part++) {
        results r;
        memset(refusals_of, 0, sizeof refusals_of);
        run_part(rows, 7, span_text("seed"), 40, (shard){part, 3}, &r);
        for (size_t i = 1; i < 7; i++) {
            const result *one = results_find(&r, ids[i], "verdict");
            assert_int_equal(refusals_of[(int)ids[i][3]], one ? 2 : 0);
            flaky += one && strcmp(one->tag, "flaky") == 0;
        }
        results_free(&r);
    }
    assert_int_equal(flaky, 6);
}

/* The sanity case first, what sets the clock last, the others as the seed says. */
static void the_seed_decides_the_order(void **state)
{
    static const char *const ids[] = {"cf.a", "cf.b", "cf.c", "cf.d", "cf.e", "cf.f", "cf.g", "cf.h"};
    char order[3][64];
    case_row rows[8];
    results r;
    (void)state;
    for (size_t i = 0; i < 8; i++)
        rows[i] = (case_row){.id = ids[i], .says = "x", .req = {[VERDICT] = "CF-001"}, .run = holds};
    for (size_t i = 0; i < 3; i++) {
        memset(made, 0, sizeof made);
        run_table(rows, 8, span_text(i == 1 ? "other" : "seed"), 0, &r);
        memcpy(order[i], made, sizeof made);
        results_free(&r);
    }
    assert_int_equal(strlen(order[0]), 8);
    assert_int_equal(order[0][0], 'a');
    assert_string_equal(order[0], order[2]);
    assert_string_not_equal(order[0], order[1]);
}

static void a_slow_target_is_given_more_time(void **state)
{
    (void)state;
    assert_int_equal(pace_patience(&(pace){.n = 0}), 5);
    assert_int_equal(pace_patience(&(pace){{900000, 20, 30}, 3}), 5);
    assert_int_equal(pace_patience(&(pace){{200000, 100, 300000}, 3}), 10);
    assert_int_equal(pace_patience(&(pace){{200001, 100, 300000}, 3}), 11);
    assert_int_equal(pace_patience(&(pace){{5000000}, 1}), 60);
}

static void a_replay_line_names_the_case_before_the_operands(void **state)
{
    page line = {0};
    (void)state;
    trial_replay("parley test --seed 01 -- library ./adapter --fast", "nz.a", &line);
    assert_string_equal(line.p, "parley test --case nz.a --seed 01 -- library ./adapter --fast");
    page_free(&line);
    trial_replay("../of/parley test --seed 01 -- library ./adapter --fast", "nz.a", &line);
    assert_string_equal(line.p, "../of/parley test --case nz.a --seed 01 -- library ./adapter --fast");
    page_free(&line);
}

static void who_fails_the_first_case_is_not_measured(void **state)
{
    const suite_selection some = {.glob = "cf.server.record.*"};
    own_server s = start_server(0);
    results r;
    (void)state;
    own_server_stop(&s);
    assert_false(run_against(&s, 0, &some, &r));
    assert_int_equal(results_count(&r).of[OUTCOME_BLOCKED], r.n - 1);
    assert_true(results_accounted(&r));
    assert_int_equal(results_exit(&r, &(exit_facts){.unreachable = true}, NULL), 69);
    results_free(&r);
}

#ifdef PARLEY_MUTANTS
/* With the line off, a check whose first number it is fails, or one that names it. */
static bool is_caught(const results *r, const char *number)
{
    for (size_t i = 0; i < r->n; i++)
        if ((r->all[i].outcome == OUTCOME_FAIL || r->all[i].outcome == OUTCOME_WARN || r->all[i].outcome == OUTCOME_HANG) &&
            strstr(r->all[i].req, number))
            return true;
    return false;
}

static void a_weakened_server_is_caught(void **state)
{
    static const int weak[] = {
        REQ_CF_001, REQ_CF_003, REQ_CF_004, REQ_CF_005, REQ_CF_006, REQ_CF_007, REQ_CF_008, REQ_CF_009, REQ_CF_010, REQ_CF_011, REQ_CF_012,
        REQ_CF_014, REQ_CF_021, REQ_CF_022, REQ_CF_023, REQ_CF_024, REQ_CF_026, REQ_CF_027, REQ_CF_029, REQ_CF_046, REQ_CF_049, REQ_CF_051,
        REQ_CF_052, REQ_CF_053, REQ_CF_054, REQ_CF_055, REQ_CF_056, REQ_CF_057, REQ_CF_058, REQ_CF_059, REQ_CF_060, REQ_CF_061, REQ_CF_062,
        REQ_CF_063, REQ_CF_064, REQ_CF_065, REQ_CF_069, REQ_CF_070, REQ_CF_071, REQ_CF_072, REQ_CF_073, REQ_CF_077, REQ_CF_078, REQ_CF_079,
        REQ_CF_080, REQ_CF_081, REQ_CF_082, REQ_CF_084, REQ_NZ_006, REQ_NZ_031, REQ_WI_002, REQ_WI_003, REQ_WI_005, REQ_WI_006, REQ_WI_007,
        REQ_WI_011, REQ_WI_012, REQ_WI_013, REQ_WI_014, REQ_WI_015, REQ_WI_016, REQ_WI_017, REQ_WI_018, REQ_WI_019, REQ_WI_046, REQ_WI_047,
        REQ_WI_048, REQ_WI_049, REQ_WI_050, REQ_WI_051, REQ_WI_052, REQ_WI_053, REQ_WI_054, REQ_WI_055, REQ_WI_056, REQ_WI_057, REQ_WI_058};
    (void)state;
    size_t missed = 0;
    for (size_t i = 0; i < sizeof weak / sizeof *weak; i++) {
        const char *number = requirement_rows[weak[i]].id;
        const suite_selection which = {.req = number};
        own_server s = start_server(weak[i]);
        results r;
        run_against(&s, 1, &which, &r);
        own_server_stop(&s);
        missed += !is_caught(&r, number);
        if (!is_caught(&r, number))
            fprintf(stderr, "%s is weakened, and nothing that names it fails\n", number);
        results_free(&r);
    }
    assert_int_equal(missed, 0);
}
#endif

static int make_pack(void **state)
{
    (void)state;
    the_pack = calloc(1, sizeof *the_pack);
    pack_make(the_pack, "confer", EMPTY, PACK_TIME);
    return 0;
}

static int drop_pack(void **state)
{
    (void)state;
    free(the_pack);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_number_is_a_sentence),
        cmocka_unit_test(a_departure_is_one_by_its_sentence),
        cmocka_unit_test(what_no_case_names_is_listed),
        cmocka_unit_test(no_number_vanishes),
        cmocka_unit_test(our_server_passes),
        cmocka_unit_test(our_server_is_each_revision),
        cmocka_unit_test(a_server_of_another_revision_fails),
        cmocka_unit_test(the_same_seed_gives_the_same_results),
        cmocka_unit_test(a_check_that_stops_working_is_seen_at_the_end),
        cmocka_unit_test(each_shard_repeats_its_own_negatives),
        cmocka_unit_test(the_seed_decides_the_order),
        cmocka_unit_test(a_slow_target_is_given_more_time),
        cmocka_unit_test(a_replay_line_names_the_case_before_the_operands),
        cmocka_unit_test(who_fails_the_first_case_is_not_measured),
#ifdef PARLEY_MUTANTS
        cmocka_unit_test(a_weakened_server_is_caught),
#endif
    };
    prim_start();
    return cmocka_run_group_tests(tests, make_pack, drop_pack);
}
