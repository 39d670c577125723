#include "tee_measure.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

static void digest_of(const tee_guest *g, uint8_t digest[AT_MEASUREMENT]) { tee_launch_digest(&prim_sodium, g, digest); }

static void a_change_anywhere_changes_the_digest(void **state)
{
    (void)state;
    uint8_t digests[9][AT_MEASUREMENT], firmware[TEE_PAGE], vcpus[2][TEE_PAGE];
    tee_guest g[9];
    for (size_t i = 0; i < 9; i++)
        g[i] = tee_guest_small("console=ttyS0");
    memcpy(firmware, g[0].firmware.p, TEE_PAGE);
    firmware[TEE_PAGE - 1] ^= 1;
    memcpy(vcpus[0], g[0].vcpus[0], TEE_PAGE);
    memcpy(vcpus[1], g[0].vcpus[0], TEE_PAGE);
    g[1].firmware = SPAN(firmware);
    g[2].kernel = span_text("a synthetic kernel2");
    g[3].initrd = EMPTY;
    g[4].command_line = "console=ttyS1";
    g[5].has_kernel = false;
    g[6].n_sections--;
    g[7].n_vcpus = 2;
    g[7].vcpus = (const uint8_t(*)[TEE_PAGE])vcpus;
    g[8].hashes_at++;
    for (size_t i = 0; i < 9; i++) {
        digest_of(&g[i], digests[i]);
        for (size_t k = 0; k < i; k++)
            assert_memory_not_equal(digests[i], digests[k], AT_MEASUREMENT);
    }
}

static void both_providers_measure_the_same(void **state)
{
    (void)state;
    uint8_t one[AT_MEASUREMENT], two[AT_MEASUREMENT];
    const tee_guest g = tee_guest_small("console=ttyS0");
    tee_launch_digest(&prim_sodium, &g, one);
    tee_launch_digest(&prim_openssl, &g, two);
    assert_memory_equal(one, two, sizeof one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_anywhere_changes_the_digest),
        cmocka_unit_test(both_providers_measure_the_same),
    };
    prim_start();
    return cmocka_run_group_tests_name("tee_measure", tests, NULL, NULL);
}
