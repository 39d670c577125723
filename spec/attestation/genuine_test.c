/* Genuine reports and certificates of real machines, from the outside data folder. Each verdict holds only at its stated time. */
#include "attestation.h"
#include "pem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

enum { FILE_MAX = 16384 };

typedef struct file {
    uint8_t bytes[FILE_MAX];
    span all;
} file;

static void load(file *f, const char *path)
{
    char full[512];
    snprintf(full, sizeof full, "%s/evidence/%s", PARLEY_DATA_DIR, path);
    FILE *in = fopen(full, "rb");
    if (!in)
        fail_msg("%s can't be opened", full);
    f->all = span_of(f->bytes, fread(f->bytes, 1, sizeof f->bytes, in));
    fclose(in);
}

static void load_pem(file *f, const char *path, const char *label)
{
    static file text;
    load(&text, path);
    writer w = WRITER(f->bytes);
    assert_int_equal(pem_next(&text.all, label, &w), PEM_BLOCK);
    f->all = written(&w);
}

typedef struct machine {
    const char *folder, *line; /* "milan": in the names of the root files */
    at_product product;
    int64_t at;
    uint64_t version;
    uint16_t req;    /* 0: accepted */
    const char *vek; /* another case's VEK; NULL: its own */
} machine;

enum { SUMMER_2025 = 1752969600 /* 2025-07-20 */, AUTUMN_2025 = 1756684800 /* 2025-09-01 */ };

static const machine machines[] = {
    {"01-milan-v2-debug", "milan", AT_MILAN, SUMMER_2025, 2, REQ_AT_033, NULL},
    {"02-milan-v2-current-above-reported", "milan", AT_MILAN, SUMMER_2025, 2, 0, NULL},
    {"04-milan-v2-virtee", "milan", AT_MILAN, SUMMER_2025, 2, 0, NULL},
    {"05-milan-v2-azure-hcl", "milan", AT_MILAN, SUMMER_2025, 2, 0, NULL},
    {"08-milan-v3-oak-containers", "milan", AT_MILAN, SUMMER_2025, 3, 0, NULL},
    {"11-genoa-v3-azure", "genoa", AT_GENOA, SUMMER_2025, 3, 0, NULL},
    {"13-genoa-v5-oak", "genoa", AT_GENOA, AUTUMN_2025, 5, 0, NULL},
    {"02-milan-v2-current-above-reported", "milan", AT_MILAN, SUMMER_2025, 2, REQ_AT_011, "neg-vek-legacy"},
    {"02-milan-v2-current-above-reported", "milan", AT_MILAN, SUMMER_2025, 2, REQ_AT_022, "01-milan-v2-debug"},
    {"04-milan-v2-virtee", "milan", AT_MILAN, SUMMER_2025, 2, REQ_AT_025, "05-milan-v2-azure-hcl"},
    {"08-milan-v3-oak-containers", "milan", AT_MILAN, SUMMER_2025, 3, REQ_AT_011, "11-genoa-v3-azure"},
};
#define N_MACHINES (sizeof machines / sizeof *machines)

typedef struct desk {
    file report, vek, intermediate, ark, crl;
    span wrapper;
    at_root root;
    at_policy policy;
    account account;
    at_claims claims;
} desk;

static void lay_out(desk *d, const machine *m)
{
    char path[256];
    snprintf(path, sizeof path, "snp/%s/report.bin", m->folder);
    load(&d->report, path);
    snprintf(path, sizeof path, "snp/%s/vek.der", m->vek ? m->vek : m->folder);
    load(&d->vek, path);
    snprintf(path, sizeof path, "roots/amd/split/ask_%s.pem", m->line);
    load_pem(&d->intermediate, path, "CERTIFICATE");
    snprintf(path, sizeof path, "roots/amd/split/ark_%s.pem", m->line);
    load_pem(&d->ark, path, "CERTIFICATE");
    snprintf(path, sizeof path, "roots/amd/crl_%s.pem", m->line);
    load_pem(&d->crl, path, "X509 CRL");
    d->root = (at_root){m->product, d->ark.all, d->crl.all};
    d->policy = (at_policy){
        .roots = &d->root,
        .n_roots = 1,
        .products = 1u << m->product,
        .waived = AT_WAIVES(AT_REPORT_DATA_VALUE) | AT_WAIVES(AT_REFERENCE_VALUE),
    };
}

static verdict judge(desk *d, int64_t at)
{
    const at_evidence evidence = {.report = d->report.all, .vek = d->vek.all, .intermediate = d->intermediate.all, .wrapper = d->wrapper};
    const at_world world = {.prim = &prim_openssl, .now = at};
    d->account = (account){0};
    return at_appraise_snp(&world, &d->policy, &evidence, &d->account, &d->claims);
}

static desk bench;

/* The pins that a report without a wrapper has a field for. */
enum { BARE = AT_ALL_PINS & ~AT_PINS(AT_PIN_USER_DATA) };

static void each_genuine_report_gets_the_expected_verdict(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_MACHINES; i++) {
        const machine *m = &machines[i];
        lay_out(&bench, m);
        const verdict v = judge(&bench, m->at);
        if (v.req != m->req)
            fail_msg("%s: requirement %u instead of %u", m->folder, v.req, m->req);
        if (accepted(v)) {
            assert_int_equal(bench.claims.version, m->version);
            assert_int_equal(bench.claims.product, m->product);
            assert_int_equal(bench.account.not_compared, bench.policy.waived | BARE);
        }
    }
}

static void a_genuine_report_is_bound_to_its_own_report_data_and_measurement(void **state)
{
    (void)state;
    uint8_t data[AT_REPORT_DATA], measurement[1][AT_MEASUREMENT];
    lay_out(&bench, &machines[4]);
    memcpy(data, bench.report.bytes + 0x50, sizeof data);
    memcpy(measurement[0], bench.report.bytes + 0x90, sizeof measurement[0]);
    bench.policy.waived = 0;
    assert_int_equal(judge(&bench, SUMMER_2025).req, REQ_AT_039);
    bench.policy.report_data = SPAN(data);
    assert_int_equal(judge(&bench, SUMMER_2025).req, REQ_AT_040);
    bench.policy.measurements = measurement;
    bench.policy.n_measurements = 1;
    assert_int_equal(judge(&bench, SUMMER_2025).req, 0);
    assert_int_equal(bench.account.not_compared, BARE);
    for (size_t i = 0; i < sizeof data; i++) {
        data[i] ^= 1;
        assert_int_equal(judge(&bench, SUMMER_2025).req, REQ_AT_039);
        data[i] ^= 1;
    }
}

/* REPORT_DATA is the digest of the claims in the wrapper. */
static void a_wrapped_report_is_bound_to_its_claims(void **state)
{
    (void)state;
    static const size_t wrapped[] = {3, 5};
    static file wrapper;
    for (size_t i = 0; i < 2; i++) {
        char path[256];
        lay_out(&bench, &machines[wrapped[i]]);
        snprintf(path, sizeof path, "snp/%s/hcl.bin", machines[wrapped[i]].folder);
        load(&wrapper, path);
        bench.wrapper = wrapper.all;
        assert_int_equal(judge(&bench, SUMMER_2025).req, 0);
        assert_int_equal(bench.account.not_compared, bench.policy.waived | AT_ALL_PINS);
        assert_true(bench.claims.runtime_claims.n > 0 && bench.claims.runtime_claims.p[0] == '{');
        wrapper.bytes[AT_WRAPPER_HEAD + 9] ^= 1;
        assert_int_equal(judge(&bench, SUMMER_2025).req, REQ_AT_076);
        wrapper.bytes[AT_WRAPPER_HEAD + 9] ^= 1;
        for (size_t n = 1; n < wrapper.all.n; n += 13) {
            bench.wrapper = span_first(wrapper.all, n);
            const uint16_t req = judge(&bench, SUMMER_2025).req;
            assert_true(req == 0 ? n >= AT_WRAPPER_HEAD + bench.claims.runtime_claims.n
                                 : req == (n < AT_WRAPPER_HEAD ? REQ_AT_070 : REQ_AT_075));
        }
        bench.wrapper = EMPTY;
    }
}

static void a_bit_anywhere_in_the_signed_part_breaks_a_genuine_report(void **state)
{
    (void)state;
    lay_out(&bench, &machines[6]);
    bench.policy.waived |= AT_WAIVES(AT_VMPL);
    for (size_t at = 0; at < AT_REPORT; at += 7) {
        bench.report.bytes[at] ^= 1;
        assert_false(accepted(judge(&bench, AUTUMN_2025)));
        bench.report.bytes[at] ^= 1;
    }
    assert_true(accepted(judge(&bench, AUTUMN_2025)));
}

static void genuine_evidence_is_bad_outside_its_dates(void **state)
{
    (void)state;
    lay_out(&bench, &machines[5]);
    assert_int_equal(judge(&bench, 1737685307).req, REQ_AT_012); /* one second before the VCEK: 2025-01-24 02:21:47 */
    assert_int_equal(judge(&bench, 1737685308).req, 0);
    assert_int_equal(judge(&bench, 1767225600).req, REQ_AT_014); /* 2026: the list's next update is past */
    bench.root.crl = EMPTY;
    assert_int_equal(judge(&bench, 1767225600).req, REQ_AT_013);
    bench.policy.waived |= AT_WAIVES(AT_REVOCATION);
    assert_int_equal(judge(&bench, 1767225600).req, 0);
    assert_int_equal(judge(&bench, 1958523708).req, 0); /* 2032-01-24 02:21:48, the last second */
    assert_int_equal(judge(&bench, 1958523709).req, REQ_AT_012);
}

static void the_list_of_another_product_does_not_count(void **state)
{
    (void)state;
    lay_out(&bench, &machines[5]);
    load_pem(&bench.crl, "roots/amd/crl_milan.pem", "X509 CRL");
    bench.root.crl = bench.crl.all;
    assert_int_equal(judge(&bench, SUMMER_2025).req, REQ_AT_014);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_genuine_report_gets_the_expected_verdict),
        cmocka_unit_test(a_genuine_report_is_bound_to_its_own_report_data_and_measurement),
        cmocka_unit_test(a_wrapped_report_is_bound_to_its_claims),
        cmocka_unit_test(a_bit_anywhere_in_the_signed_part_breaks_a_genuine_report),
        cmocka_unit_test(genuine_evidence_is_bad_outside_its_dates),
        cmocka_unit_test(the_list_of_another_product_does_not_count),
    };
    if (!*PARLEY_DATA_DIR) {
        puts("SKIPPED: genuine evidence is outside data; configure with its folder to run this test");
        return 77;
    }
    prim_start();
    return cmocka_run_group_tests_name("genuine", tests, NULL, NULL);
}
