/* The real thing: AMD's chains and revocation lists, and reports of real chips. Times are fixed: today these lists are stale. */
#include "pubkey.h"
#include "x509.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include <openssl/pem.h>

enum { OCTOBER_2025 = 1759276800, JUNE_2025 = 1748736000, YEAR_2033 = 1990000000 };

typedef struct file {
    uint8_t p[9000];
    size_t n;
} file;

#define SPAN_OF(f) span_of((f).p, (f).n)

static file load(const char *path)
{
    char full[512];
    file f = {{0}, 0};
    snprintf(full, sizeof full, "%s/evidence/%s", PARLEY_DATA_DIR, path);
    FILE *in = fopen(full, "rb");
    if (!in)
        fail_msg("missing: %s", path);
    f.n = fread(f.p, 1, sizeof f.p, in);
    fclose(in);
    return f;
}

static file load_pem(const char *path)
{
    const file text = load(path);
    char *name = NULL, *header = NULL;
    unsigned char *der = NULL;
    long n = 0;
    file f = {{0}, 0};
    BIO *in = BIO_new_mem_buf(text.p, (int)text.n);
    assert_int_equal(PEM_read_bio(in, &name, &header, &der, &n), 1);
    assert_true((size_t)n <= sizeof f.p);
    memcpy(f.p, der, (size_t)n);
    f.n = (size_t)n;
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_free(der);
    BIO_free(in);
    return f;
}

static x509_chain judge(span leaf, span intermediate, span root, span crl, int64_t at)
{
    x509_view view;
    x509_issuer issuer;
    assert_true(x509_view_read(leaf, &view));
    x509_issuer_read(intermediate, root, crl, &issuer);
    return x509_judge(&view, &issuer, at);
}

typedef struct line { /* one product line's own certificates */
    file ark, ask, crl;
} line;

static line milan(void)
{
    return (line){load_pem("roots/amd/split/ark_milan.pem"), load_pem("roots/amd/split/ask_milan.pem"),
                  load_pem("roots/amd/crl_milan.pem")};
}

static line genoa(void)
{
    return (line){load_pem("roots/amd/split/ark_genoa.pem"), load_pem("roots/amd/split/ask_genoa.pem"),
                  load_pem("roots/amd/crl_genoa.pem")};
}

static const struct {
    const char *folder;
    bool is_genoa;
} chips[] = {{"01-milan-v2-debug", false},     {"02-milan-v2-current-above-reported", false}, {"04-milan-v2-virtee", false},
             {"05-milan-v2-azure-hcl", false}, {"08-milan-v3-oak-containers", false},         {"11-genoa-v3-azure", true},
             {"13-genoa-v5-oak", true}};

enum { CHIPS = sizeof chips / sizeof *chips };

static file of_chip(size_t i, const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "snp/%s/%s", chips[i].folder, name);
    return load(path);
}

static void every_chip_key_chains_to_its_own_root_only(void **state)
{
    (void)state;
    const line m = milan(), g = genoa();
    for (size_t i = 0; i < CHIPS; i++) {
        const file vek = of_chip(i, "vek.der");
        const line *own = chips[i].is_genoa ? &g : &m, *other = chips[i].is_genoa ? &m : &g;
        const int64_t at = chips[i].is_genoa ? OCTOBER_2025 : JUNE_2025; /* inside that line's list */
        assert_int_equal(judge(SPAN_OF(vek), SPAN_OF(own->ask), SPAN_OF(own->ark), SPAN_OF(own->crl), at), X509_CHAIN_OK);
        assert_int_equal(judge(SPAN_OF(vek), SPAN_OF(own->ask), SPAN_OF(own->ark), EMPTY, at), X509_CHAIN_OK);
        assert_int_equal(judge(SPAN_OF(vek), SPAN_OF(own->ask), SPAN_OF(own->ark), EMPTY, YEAR_2033), X509_CHAIN_TIME);
        assert_int_equal(judge(SPAN_OF(vek), SPAN_OF(own->ask), SPAN_OF(own->ark), SPAN_OF(other->crl), at), X509_CHAIN_CRL);
        assert_int_equal(judge(SPAN_OF(vek), SPAN_OF(other->ask), SPAN_OF(other->ark), EMPTY, at), X509_CHAIN_NOT_ISSUED);
        assert_int_equal(judge(SPAN_OF(vek), SPAN_OF(own->ask), SPAN_OF(other->ark), EMPTY, at), X509_CHAIN_NOT_ISSUED);
    }
}

static void a_chip_key_whose_signature_is_invalid_is_not_issued(void **state)
{
    (void)state;
    const line m = milan();
    const file vek = load("snp/neg-vek-legacy/vek.der");
    assert_int_equal(judge(SPAN_OF(vek), SPAN_OF(m.ask), SPAN_OF(m.ark), EMPTY, JUNE_2025), X509_CHAIN_NOT_ISSUED);
}

static void a_stale_list_is_refused(void **state)
{
    (void)state;
    const line m = milan();
    const file vek = of_chip(1, "vek.der");
    const int64_t issued = 1746535146; /* 2025-05-06 12:39:06 */
    assert_int_equal(judge(SPAN_OF(vek), SPAN_OF(m.ask), SPAN_OF(m.ark), SPAN_OF(m.crl), issued), X509_CHAIN_OK);
    assert_int_equal(judge(SPAN_OF(vek), SPAN_OF(m.ask), SPAN_OF(m.ark), SPAN_OF(m.crl), issued - 1), X509_CHAIN_CRL);
    assert_int_equal(judge(SPAN_OF(vek), SPAN_OF(m.ask), SPAN_OF(m.ark), SPAN_OF(m.crl), 1800000000), X509_CHAIN_CRL);
}

static void all_amd_certificates_read_and_are_pss_with_sha384(void **state)
{
    (void)state;
    static const char *const roots[][2] = {
        {"ark_milan", "ARK-Milan"},       {"ark_genoa", "ARK-Genoa"},       {"ark_turin", "ARK-Turin"},
        {"ask_milan", "SEV-Milan"},       {"ask_genoa", "SEV-Genoa"},       {"ask_turin", "SEV-Turin"},
        {"asvk_milan", "SEV-VLEK-Milan"}, {"asvk_genoa", "SEV-VLEK-Genoa"}, {"asvk_turin", "SEV-VLEK-Turin"}};
    x509_view view;
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
        char path[64];
        snprintf(path, sizeof path, "roots/amd/split/%s.pem", roots[i][0]);
        const file f = load_pem(path);
        assert_true(x509_view_read(SPAN_OF(f), &view));
        assert_string_equal(view.common_name, roots[i][1]);
        assert_true(x509_is_pss_sha384(&view) && pubkey_kind_of(view.key_info) == PUBKEY_RSA && view.signature_bits.n == 512);
    }
    for (size_t i = 0; i < CHIPS; i++) {
        const file vek = of_chip(i, "vek.der");
        assert_true(x509_view_read(SPAN_OF(vek), &view));
        assert_string_equal(view.common_name, "SEV-VCEK");
        char issuer[X509_NAME_MAX + 1];
        x509_common_name(view.issuer, issuer);
        assert_string_equal(issuer, chips[i].is_genoa ? "SEV-Genoa" : "SEV-Milan");
        assert_true(x509_is_pss_sha384(&view) && pubkey_kind_of(view.key_info) == PUBKEY_P384);
    }
}

static void intels_root_reads_and_is_not_pss(void **state)
{
    (void)state;
    x509_view view;
    const file f = load("roots/intel/IntelSGXRootCA.der");
    assert_true(x509_view_read(SPAN_OF(f), &view));
    assert_true(!x509_is_pss_sha384(&view) && view.is_p256);
}

/* Reports hold r and s as 72-byte little-endian numbers at 672 and 744, over the first 672 bytes. */
static void real_reports_verify_and_hold_the_chip_id_of_their_certificate(void **state)
{
    (void)state;
    for (size_t i = 0; i < CHIPS; i++) {
        file vek = of_chip(i, "vek.der"), report = of_chip(i, "report.bin");
        uint8_t r[48], s[48];
        span hwid;
        x509_view view;
        assert_true(x509_view_read(SPAN_OF(vek), &view));
        assert_int_equal(report.n, 1184);
        for (size_t k = 0; k < 48; k++)
            r[k] = report.p[672 + 47 - k], s[k] = report.p[744 + 47 - k];
        assert_true(x509_ecdsa_p384_verify(&view, span_of(report.p, 672), r, s));
        assert_true(x509_view_extension(&view, "1.3.6.1.4.1.3704.1.4", &hwid));
        assert_true(hwid.n >= 64 && hwid.p >= vek.p && hwid.p + hwid.n <= vek.p + vek.n);
        assert_memory_equal(hwid.p + hwid.n - 64, report.p + 0x1a0, 64);
        report.p[0x90] ^= 1;
        assert_false(x509_ecdsa_p384_verify(&view, span_of(report.p, 672), r, s));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_chip_key_chains_to_its_own_root_only),
        cmocka_unit_test(a_chip_key_whose_signature_is_invalid_is_not_issued),
        cmocka_unit_test(a_stale_list_is_refused),
        cmocka_unit_test(all_amd_certificates_read_and_are_pss_with_sha384),
        cmocka_unit_test(intels_root_reads_and_is_not_pss),
        cmocka_unit_test(real_reports_verify_and_hold_the_chip_id_of_their_certificate),
    };
    if (PARLEY_DATA_DIR[0] == '\0') {
        printf("skipped: PARLEY_DATA is empty, so there are no genuine certificates and reports to look at\n");
        return 77;
    }
    prim_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
