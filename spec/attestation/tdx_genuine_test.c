/* Genuine quotes of real machines, from the outside data folder: every case of its expected.json, at the time stated there. */
#include "collateral_file.h"
#include "json.h"
#include "tdx.h"
#include "calendar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

enum { FILE_MAX = 1 << 20 };

typedef struct file {
    uint8_t bytes[FILE_MAX];
    span all;
} file;

static void load(file *f, const char *folder, span name, const char *behind)
{
    char full[512];
    snprintf(full, sizeof full, "%s/evidence/%s%.*s%s", PARLEY_DATA_DIR, folder, (int)name.n, (const char *)name.p, behind);
    FILE *in = fopen(full, "rb");
    if (!in)
        fail_msg("%s can't be opened", full);
    f->all = span_of(f->bytes, fread(f->bytes, 1, sizeof f->bytes, in));
    fclose(in);
}

static file expected, quote, set, root;
static uint8_t room[2 * FILE_MAX];

typedef struct desk {
    at_quote_policy policy;
    at_collateral collateral;
    account account;
    at_quote_claims claims;
    int64_t at;
    at_tee tee;
} desk;

static span text_of(span object, const char *name)
{
    span value = EMPTY, text = EMPTY;
    if (json_member(object, name, &value))
        (void)json_raw(value, &text);
    return text;
}

static bool says(span object, const char *name, const char *word) { return span_is(text_of(object, name), word); }
static bool begins(span text, const char *with) { return span_is(span_first(text, strlen(with)), with); }

/* What the example policy of the folder asks for: nothing lowered, no debugging, SEPT_VE_DISABLE; nothing of the guest is known. */
static at_quote_policy folders_policy(void)
{
    return (at_quote_policy){.root = root.all,
                             .tcb = {.statuses = 1u << AT_UP_TO_DATE},
                             .waived = AT_QUOTE_WAIVABLE & ~AT_QUOTE_WAIVES(AT_QUOTE_REVOCATION) & ~AT_QUOTE_WAIVES(AT_ADVISORIES)};
}

/* Lays out a case; a case without collateral is judged in the middle of its certificate's life. */
static void lay_out(desk *d, at_tee tee, span name, span the_case)
{
    const span collateral = text_of(the_case, "collateral"), at = text_of(the_case, "verify_at");
    writer w = WRITER(room);
    *d = (desk){.tee = tee, .at = 1767225600 /* 2026 */};
    load(&quote, tee == AT_TDX ? "tdx/" : "sgx/", name, "/quote.bin");
    if (collateral.n) {
        load(&set, "", collateral, "");
        const char *wrong = collateral_file_read(set.all, &w, &d->collateral);
        if (wrong)
            fail_msg("%.*s: %s", (int)collateral.n, (const char *)collateral.p, wrong);
    }
    if (at.n)
        assert_true(calendar_read(at, &d->at));
    d->policy = folders_policy();
}

static verdict judge(desk *d)
{
    d->account = (account){0};
    const at_world world = {.prim = &prim_openssl, .now = d->at};
    if (d->tee == AT_SGX)
        return at_appraise_sgx(&world, &d->policy, quote.all, &d->collateral, &d->account, &d->claims);
    return at_appraise_tdx(&world, &d->policy, quote.all, &d->collateral, &d->account, &d->claims);
}

/* The sentence that has to refuse a case, by what the folder says of its checks. */
static uint16_t expected_of(span the_case)
{
    span checks = EMPTY;
    json_member(the_case, "checks", &checks);
    if (begins(text_of(the_case, "verdict"), "accept"))
        return 0;
    if (!text_of(the_case, "collateral").n)
        return REQ_AT_130;
    if (begins(text_of(checks, "tcb_status"), "none"))
        return REQ_AT_156;
    if (says(checks, "td_debug_off", "FAIL"))
        return REQ_AT_170;
    if (says(checks, "sept_ve_disable", "FAIL"))
        return REQ_AT_171;
    return REQ_AT_162;
}

static bool checked(const desk *d, uint16_t req)
{
    for (size_t i = 0; i < d->account.n_checks; i++)
        if (d->account.check[i].req == req && d->account.check[i].ok)
            return true;
    return false;
}

static void expect(const desk *d, span name, verdict v, uint16_t req)
{
    if (v.req != req)
        fail_msg("%.*s: %s instead of %s", (int)name.n, (const char *)name.p, requirement_rows[v.req].id, requirement_rows[req].id);
    /* whatever the verdict, the signatures hold, and the account says so */
    assert_true(checked(d, REQ_AT_116) && checked(d, REQ_AT_122) && checked(d, REQ_AT_123) && checked(d, REQ_AT_124));
}

static void is_hex_of(const uint8_t *bytes, size_t n, span digits)
{
    uint8_t wanted[64];
    writer w = WRITER(wanted);
    assert_true(read_hex(digits, &w) && w.n == n);
    assert_memory_equal(bytes, wanted, n);
}

static void the_claims_are_those_of_the_folder(const desk *d, span c)
{
    is_hex_of(d->claims.registers[AT_MRTD], AT_REGISTER, text_of(c, "mrtd"));
    is_hex_of(d->claims.registers[AT_RTMR0], AT_REGISTER, text_of(c, "rtmr0"));
    is_hex_of(d->claims.registers[AT_RTMR3], AT_REGISTER, text_of(c, "rtmr3"));
    is_hex_of(d->claims.registers[AT_MRSEAM], AT_REGISTER, text_of(c, "mrseam"));
    is_hex_of(d->claims.report_data, AT_REPORT_DATA, text_of(c, "report_data"));
    is_hex_of(d->claims.pck.fmspc, AT_FMSPC, text_of(c, "fmspc"));
    is_hex_of(d->claims.tee_tcb_svn, AT_SVNS, text_of(c, "tee_tcb_svn"));
    assert_int_equal(d->claims.tcb.status, AT_UP_TO_DATE);
}

static span cases(const char *kind)
{
    span whole = EMPTY, of_kind = EMPTY;
    load(&expected, "", EMPTY, "expected.json");
    assert_true(json_read(expected.all, &whole));
    json_member(whole, kind, &of_kind);
    return of_kind;
}

static desk bench;

static void each_genuine_tdx_quote_gets_the_expected_verdict(void **state)
{
    (void)state;
    size_t n = 0, n_accepted = 0;
    for (json_cursor c = json_enter(cases("tdx")); json_next(&c); n++) {
        span name;
        assert_true(json_raw(c.name, &name));
        lay_out(&bench, AT_TDX, name, c.value);
        const verdict v = judge(&bench);
        expect(&bench, name, v, expected_of(c.value));
        if (!accepted(v))
            continue;
        the_claims_are_those_of_the_folder(&bench, c.value);
        n_accepted++;
        bench.at = 1796000000; /* the day on which this was written */
        const uint16_t stale = judge(&bench).req;
        assert_true(stale == REQ_AT_117 || stale == REQ_AT_134 || stale == REQ_AT_140);
    }
    assert_true(n > 0 && n_accepted > 0);
}

static void a_genuine_sgx_quote_reports_its_status_and_is_no_tdx_quote(void **state)
{
    (void)state;
    for (json_cursor c = json_enter(cases("sgx")); json_next(&c);) {
        span name;
        assert_true(json_raw(c.name, &name));
        lay_out(&bench, AT_SGX, name, c.value);
        bench.tee = AT_TDX;
        assert_int_equal(judge(&bench).req, REQ_AT_100); /* it is too short for the body of a trust domain */
        lay_out(&bench, AT_SGX, name, c.value);
        expect(&bench, name, judge(&bench), REQ_AT_162);
        span checks = EMPTY;
        json_member(c.value, "checks", &checks);
        assert_true(bench.claims.tcb.known);
        const char *status = at_tcb_status_names[bench.claims.tcb.status];
        assert_true(begins(text_of(checks, "tcb"), status));
        bench.policy.tcb.statuses |= 1u << bench.claims.tcb.status;
        assert_int_equal(judge(&bench).req, REQ_AT_163);
        span advisories[AT_TCB_ADVISORIES_MAX];
        const size_t n = bench.claims.tcb.n_advisories;
        memcpy(advisories, bench.claims.tcb.advisory, n * sizeof *advisories);
        bench.policy.tcb.advisories = advisories;
        bench.policy.tcb.n_advisories = n;
        assert_int_equal(judge(&bench).req, 0);
        bench.policy.tcb.n_advisories = n - 1;
        assert_int_equal(judge(&bench).req, REQ_AT_163);
    }
}

static void lay_out_first_accepted(desk *d)
{
    for (json_cursor c = json_enter(cases("tdx")); json_next(&c);) {
        span name;
        if (expected_of(c.value) || !json_raw(c.name, &name))
            continue;
        lay_out(d, AT_TDX, name, c.value);
        return;
    }
    fail_msg("no case is accepted");
}

static void a_bit_anywhere_in_a_genuine_quote_breaks_it(void **state)
{
    (void)state;
    lay_out_first_accepted(&bench);
    assert_true(accepted(judge(&bench)));
    /* Of the root that comes along only the key counts, and the rest behind it is no part of the quote. */
    const uint8_t *root_of_chain = quote.bytes;
    for (int i = 0; i < 3; i++)
        assert_non_null(
            root_of_chain = memmem(root_of_chain + 1, quote.all.n - (size_t)(root_of_chain + 1 - quote.bytes), "-----BEGIN", 10));
    for (size_t at = 0; at < (size_t)(root_of_chain - quote.bytes); at += 11) {
        quote.bytes[at] ^= 1;
        assert_false(accepted(judge(&bench)));
        quote.bytes[at] ^= 1;
    }
    assert_true(accepted(judge(&bench)));
}

static void every_cut_of_a_genuine_quote_is_refused(void **state)
{
    (void)state;
    lay_out_first_accepted(&bench);
    const span all = quote.all;
    for (size_t n = 0; n < all.n - 70; n++) {
        quote.all = span_first(all, n);
        assert_int_equal(judge(&bench).req, REQ_AT_100);
    }
}

static void genuine_collateral_holds_within_its_dates(void **state)
{
    (void)state;
    lay_out_first_accepted(&bench);
    at_tcb_info info;
    assert_true(at_tcb_info_read(bench.collateral.tcb_info, AT_TDX, &info));
    bench.at = info.next_update;
    assert_int_equal(judge(&bench).req, REQ_AT_134); /* the list of the PCKs was issued a quarter of an hour earlier */
    bench.policy.waived |= AT_QUOTE_WAIVES(AT_QUOTE_REVOCATION);
    bench.collateral.pck_list = EMPTY;
    assert_int_equal(judge(&bench).req, 0);
    assert_true(bench.account.not_compared & AT_QUOTE_WAIVES(AT_QUOTE_REVOCATION));
    bench.at = info.next_update + 1;
    assert_int_equal(judge(&bench).req, REQ_AT_140);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_genuine_tdx_quote_gets_the_expected_verdict),
        cmocka_unit_test(a_genuine_sgx_quote_reports_its_status_and_is_no_tdx_quote),
        cmocka_unit_test(a_bit_anywhere_in_a_genuine_quote_breaks_it),
        cmocka_unit_test(every_cut_of_a_genuine_quote_is_refused),
        cmocka_unit_test(genuine_collateral_holds_within_its_dates),
    };
    if (!*PARLEY_DATA_DIR) {
        puts("SKIPPED: genuine evidence is outside data; configure with its folder to run this test");
        return 77;
    }
    prim_start();
    load(&root, "roots/intel/", EMPTY, "IntelSGXRootCA.der");
    return cmocka_run_group_tests_name("tdx_genuine", tests, NULL, NULL);
}
