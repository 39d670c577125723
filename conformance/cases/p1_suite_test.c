/* The cases of profile parley1: our own host passes them all; with a line of it weakened, a case that names its sentence fails. */
#include "cases.h"
#include "own_server.h"
#include "p1_pack.h"

#include <fnmatch.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define SEED span_text("parley")

static const int64_t now = INT64_C(1780272000);
static pack *the_pack;
static p1_pack the_world;

static void go_at(const own_parley1 *target, unsigned patience, const suite_selection *which, results *out)
{
    own_server s;
    char ctl[32];
    assert_true(own_parley1_start(&s, target));
    snprintf(ctl, sizeof ctl, "127.0.0.1:%u", s.hook);
    suite_run run = own_parley1_run(&s, the_pack, &the_world, "parley test self --profile parley1");
    run.ctl = ctl;
    run.patience = patience;
    results_start(out, &(results_head){.suite = "test", .target = "ours"});
    suite_go(&run, suite_parley1.server, which, 1, 1, out, NULL, NULL);
    own_server_stop(&s);
}

static void go(int weak, int weak_too, unsigned patience, const suite_selection *which, results *out)
{
    go_at(&(own_parley1){.pack = &the_world, .weak = weak, .weak_too = weak_too}, patience, which, out);
}

#ifdef PARLEY_MUTANTS
static size_t failures(const results *r, const char *sentence)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n; i++) {
        const bool failed = r->all[i].outcome == OUTCOME_FAIL || r->all[i].outcome == OUTCOME_HANG || r->all[i].outcome == OUTCOME_CRASH;
        n += failed && (!sentence || strstr(r->all[i].req, sentence) != NULL);
    }
    return n;
}

#endif

static const case_tables *doors[] = {&suite_parley1.server, &suite_parley1.client};

static void every_case_has_its_number_and_names_sentences(void **state)
{
    static char ids[1 << 17];
    (void)state;
    FILE *f = fopen(PARLEY_TREE "/conformance/ids.tsv", "r");
    assert_non_null(f);
    ids[fread(ids, 1, sizeof ids - 1, f)] = 0;
    fclose(f);
    for (size_t d = 0; d < 2; d++) {
        const case_row *row;
        size_t n = 0;
        for (; (row = suite_case(*doors[d], n)); n++) {
            char line[128];
            snprintf(line, sizeof line, "\n%s\t1\tlive", row->id);
            if (!strstr(ids, line))
                fail_msg("%s stands not in ids.tsv", row->id);
            for (int c = 0; c < CASE_CHECKS; c++)
                for (const char *r = row->req[c]; r && *r; r += strcspn(r, " "), r += strspn(r, " "))
                    if (!requirement_named(r))
                        fail_msg("%s names %s", row->id, r);
        }
        assert_true(n >= 80);
    }
}

static void our_host_passes(void **state)
{
    static const char *const some[] = {"p1.server.turn.*",    "p1.server.hello.*", "p1.server.start.*",
                                       "p1.server.message.*", "p1.server.wait.*",  "p1.server.age.*"};
    (void)state;
    for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
        results r;
        go(0, 0, 5, &(suite_selection){.glob = some[i]}, &r);
        for (size_t k = 0; k < r.n; k++)
            if (r.all[k].outcome != OUTCOME_PASS)
                fail_msg("%s %s: %s, got %s", r.all[k].case_id, r.all[k].check, r.all[k].want, r.all[k].got);
        results_free(&r);
    }
}

/* For whom time goes on only when a message comes: every wait that nothing comes in shows it. */
static void a_host_that_never_ticks_fails_each_wait(void **state)
{
    const own_parley1 target = {.pack = &the_world, .only_at_messages = true};
    results r;
    size_t waits = 0;
    (void)state;
    go_at(&target, 1, &(suite_selection){.glob = "p1.server.wait.*"}, &r);
    for (size_t i = 0; i < r.n; i++) {
        const bool verdict = strcmp(r.all[i].check, "verdict") == 0 && fnmatch("p1.server.wait.*", r.all[i].case_id, 0) == 0;
        waits += verdict;
        if (verdict && r.all[i].outcome != OUTCOME_HANG)
            fail_msg("%s %s: %s, got %s; %s", r.all[i].case_id, r.all[i].check, r.all[i].want, r.all[i].got, r.all[i].note);
    }
    assert_int_equal(waits, 7);
    results_free(&r);
}

#ifdef PARLEY_MUTANTS
/* Lines that another one stands behind: both are switched off. P1-103 is left out: what is shorter has no tag that could hold. */
static const char *const behind[][2] = {{"P1-148", "IN-055"}, {"P1-149", "IN-043"}, {"P1-147", "IN-056"}, {"P1-146", "IN-035"},
                                        {"P1-157", "P1-104"}, {"P1-011", "P1-012"}, {"P1-013", "P1-017"}, {"IN-105", "IN-107"},
                                        {"P1-103", NULL},     {NULL, NULL}};

static const char *const *second_of(const char *number)
{
    size_t i = 0;
    while (behind[i][0] && strcmp(behind[i][0], number) != 0)
        i++;
    return behind[i];
}

/* The sentences that the server's negatives name first, each once. */
static void each_weakened_line_is_found(void **state)
{
    static bool tried[REQ_COUNT];
    const case_row *row;
    size_t n = 0, lost = 0;
    (void)state;
    for (size_t i = 0; (row = suite_case(suite_parley1.server, i)); i++) {
        char number[8];
        snprintf(number, sizeof number, "%.6s", row->req[VERDICT]);
        const uint16_t req = requirement_named(number);
        if (!row->base || tried[req] || !requirement_rows[req].reason[0])
            continue;
        const char *const *second = second_of(number);
        results r;
        tried[req] = true;
        if (second[0] && !second[1])
            continue;
        n++;
        go(req, second[1] ? requirement_named(second[1]) : 0, 2, &(suite_selection){.req = number}, &r);
        if (failures(&r, number) == 0) {
            printf("%s: weakened, and every case that names it passes\n", number);
            lost++;
        }
        results_free(&r);
    }
    printf("%zu lines, %zu not found\n", n, lost);
    assert_int_equal(lost, 0);
}
#endif

static int start(void **state)
{
    static service world;
    (void)state;
    prim_start();
    the_pack = calloc(1, sizeof *the_pack);
    pack_make(the_pack, "confer", span_text("parley1"), now);
    service_make(&world, &prim_sodium, SEED, "chat.example", now);
    service_add_gpu(&world);
    p1_pack_of(&the_world, &world);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    free(the_pack);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_has_its_number_and_names_sentences),
        cmocka_unit_test(our_host_passes),
        cmocka_unit_test(a_host_that_never_ticks_fails_each_wait),
#ifdef PARLEY_MUTANTS
        cmocka_unit_test(each_weakened_line_is_found),
#endif
    };
    return cmocka_run_group_tests(tests, start, stop);
}
