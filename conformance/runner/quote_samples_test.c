/* `parley verify tdx` and `verify sgx` on every quote of the outside data folder: the verdict that expected.json states, at its time and by its check,
 * and a year later by a date. */
#include "json.h"
#include "page.h"
#include "runner_fixture.h"

#include <stdio.h>

#define EVIDENCE PARLEY_DATA_DIR "/evidence/"
#define LATER    "2026-11-30T00:00:00Z"

static page expected;

/* What expected.json says in prose; a case without collateral is judged with that of another platform. */
static const struct {
    const char *name, *req;
} stated[] = {{"02-v4-b0c06f-low-tcb", "AT-156"}, {"09-v4-50806f-debug", "AT-170"}, {"12-v4-00806f-gce", "AT-141"}};

static const char *stated_for(const char *name)
{
    for (size_t i = 0; i < sizeof stated / sizeof *stated; i++)
        if (strcmp(stated[i].name, name) == 0)
            return stated[i].req;
    return NULL;
}

static const char *text_of(span object, const char *member, const char *otherwise, char *room, size_t cap)
{
    span value;
    writer w = writer_of(room, cap - 1);
    memset(room, 0, cap);
    return json_member(object, member, &value) && json_string(value, &w) ? room : otherwise;
}

static span member_of(const char *text, const char *name)
{
    span whole = EMPTY, value = EMPTY;
    assert_true(json_read(span_text(text), &whole));
    (void)json_member(whole, name, &value);
    return value;
}

static const answer *judged(const char *tee, const char *folder, const char *name, const char *collateral, const char *at)
{
    char line[1024];
    snprintf(line, sizeof line,
             "parley verify %s " EVIDENCE "%s/%s/quote.bin --collateral " EVIDENCE "%s --root " EVIDENCE
             "roots/intel/IntelSGXRootCA.der --at %s",
             tee, folder, name, collateral, at);
    return says(line);
}

static bool is_refused_by(const answer *a, const char *req)
{
    return a->code == EXIT_FAILED && json_string_is(member_of(a->out, "req"), req);
}

static void is_stale_later(const char *tee, const char *name, const char *collateral)
{
    const answer *a = judged(tee, tee, name, collateral, LATER);
    if (!is_refused_by(a, "AT-117") && !is_refused_by(a, "AT-134") && !is_refused_by(a, "AT-140"))
        fail_msg("%s: not refused by a date: %s%s", name, a->out, a->err);
}

static void judge_sample(const char *name, span sample)
{
    char collateral[256], at[64], said[256];
    const char *set = text_of(sample, "collateral", "collateral/b0c06f-2025-06.json", collateral, sizeof collateral);
    const char *when = text_of(sample, "verify_at", "2025-06-25T00:00:00Z", at, sizeof at);
    const bool accepted = strncmp(text_of(sample, "verdict", "reject", said, sizeof said), "accept", 6) == 0;
    const char *req = stated_for(name);
    const answer *a = judged("tdx", "tdx", name, set, when);
    if (a->code != (accepted ? EXIT_LEVEL : EXIT_FAILED) || (req && !is_refused_by(a, req)))
        fail_msg("%s: '%s' is stated: exit %d: %s%s", name, said, a->code, a->out, a->err);
    is_stale_later("tdx", name, set);
}

static size_t each(const char *kind, void (*judge)(const char *, span))
{
    size_t n = 0;
    const span samples = member_of(expected.p, kind);
    for (json_cursor c = json_enter(samples); json_next(&c); n++) {
        char name[128] = {0};
        writer w = writer_of(name, sizeof name - 1);
        assert_true(json_string(c.name, &w));
        judge(name, c.value);
    }
    return n;
}

static void each_quote_gets_the_stated_verdict_at_its_time(void **state)
{
    (void)state;
    assert_true(each("tdx", judge_sample) > 0);
}

/* The status is not up to date, which the built-in policy refuses. */
static void judge_enclave(const char *name, span sample)
{
    char collateral[256], at[64];
    const char *set = text_of(sample, "collateral", "", collateral, sizeof collateral);
    const char *when = text_of(sample, "verify_at", "", at, sizeof at);
    assert_true(is_refused_by(judged("sgx", "sgx", name, set, when), "AT-162"));
    assert_int_equal(judged("tdx", "sgx", name, set, when)->code, EXIT_FAILED);
    is_stale_later("sgx", name, set);
}

static void an_enclave_is_no_trust_domain(void **state)
{
    (void)state;
    assert_true(each("sgx", judge_enclave) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_quote_gets_the_stated_verdict_at_its_time),
        cmocka_unit_test(an_enclave_is_no_trust_domain),
    };
    if (!*PARLEY_DATA_DIR) {
        puts("SKIPPED: the samples are outside data; configure with its folder to run this test");
        return 77;
    }
    if (!page_load(&expected, EVIDENCE "expected.json", 1 << 20)) {
        printf("FAILED: %sexpected.json can't be read\n", EVIDENCE);
        return 1;
    }
    const int failed = cmocka_run_group_tests_name("quote_samples", tests, NULL, NULL);
    page_free(&expected);
    return failed;
}
