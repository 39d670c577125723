#include "tee_measure.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

static uint16_t digest_of(const at_guest *g, uint8_t digest[AT_MEASUREMENT])
{
    account noted = {0};
    const verdict v = at_launch_digest(&prim_openssl, g, &noted, digest);
    assert_true(noted.n_checks > 0);
    assert_int_equal(noted.check[noted.n_checks - 1].ok, accepted(v));
    return v.req;
}

static void a_change_anywhere_changes_the_digest(void **state)
{
    (void)state;
    enum { GUESTS = 11 };
    uint8_t digests[GUESTS][AT_MEASUREMENT], firmware[AT_PAGE];
    at_guest g[GUESTS];
    for (size_t i = 0; i < GUESTS; i++)
        g[i] = tee_guest_small("console=ttyS0");
    tee_firmware_small(firmware);
    firmware[TEE_FIRMWARE_TEXT] ^= 1;
    g[1].firmware = SPAN(firmware);
    g[2].kernel = span_text("a synthetic kernel2");
    g[3].initrd = EMPTY;
    g[4].command_line = span_text("console=ttyS1");
    g[5].has_kernel = false;
    g[6].n_vcpus = 2;
    g[7].features = 0x21;
    g[8].cpu_signature++;
    g[9].vmm = AT_EC2;
    g[10].vmm = AT_GCE;
    for (size_t i = 0; i < GUESTS; i++) {
        assert_int_equal(digest_of(&g[i], digests[i]), 0);
        for (size_t k = 0; k < i; k++)
            assert_memory_not_equal(digests[i], digests[k], AT_MEASUREMENT);
    }
}

static void no_byte_of_the_tables_leads_outside(void **state)
{
    (void)state;
    uint8_t firmware[AT_PAGE], digest[AT_MEASUREMENT];
    at_guest g = tee_guest_small("");
    g.firmware = SPAN(firmware);
    for (size_t at = TEE_FIRMWARE_METADATA; at < AT_PAGE; at++)
        for (int bit = 0; bit < 8; bit++) {
            tee_firmware_small(firmware);
            firmware[at] ^= (uint8_t)(1 << bit);
            digest_of(&g, digest);
        }
}

static void an_image_without_a_table_is_refused_at_every_length(void **state)
{
    (void)state;
    static uint8_t zeros[2 * AT_PAGE];
    uint8_t digest[AT_MEASUREMENT];
    at_guest g = tee_guest_small("");
    for (size_t n = 0; n <= sizeof zeros; n += 64) {
        g.firmware = span_of(zeros, n);
        assert_int_equal(digest_of(&g, digest), n && n % AT_PAGE == 0 ? REQ_AT_058 : REQ_AT_057);
    }
}

static void models_have_the_signatures_of_cpuid(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        uint32_t signature;
    } rows[] = {{"EPYC", 0x800f12},
                {"EPYC-v4", 0x800f12},
                {"EPYC-IBPB", 0x800f12},
                {"EPYC-Rome-v3", 0x830f10},
                {"EPYC-Milan", 0xa00f11},
                {"EPYC-Genoa-v1", 0xa10f10},
                {"EPYC-Turin", 0xb00f00},
                {"EPYC-", 0},
                {"EPYC-v", 0},
                {"EPYC-v0", 0},
                {"EPYC-Venice", 0},
                {"", 0},
                {"Milan", 0},
                {"EPYC-Milan-v1x", 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(at_cpu_signature_of(span_text(rows[i].name)), rows[i].signature);
    assert_int_equal(at_cpu_signature(6, 0x3c, 3), 0x306c3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_anywhere_changes_the_digest),
        cmocka_unit_test(no_byte_of_the_tables_leads_outside),
        cmocka_unit_test(an_image_without_a_table_is_refused_at_every_length),
        cmocka_unit_test(models_have_the_signatures_of_cpuid),
    };
    prim_start();
    return cmocka_run_group_tests_name("tee_measure", tests, NULL, NULL);
}
