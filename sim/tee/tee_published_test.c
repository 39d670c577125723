/* A published digest of a real firmware image, computed by another program; from the outside data folder. */
#include "tee_measure.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static span load(const char *name, uint8_t *out, size_t cap)
{
    char path[512];
    snprintf(path, sizeof path, "%s/evidence/measure/%s", PARLEY_DATA_DIR, name);
    FILE *f = fopen(path, "rb");
    if (!f)
        fail_msg("%s can't be opened", path);
    const size_t n = fread(out, 1, cap, f);
    fclose(f);
    return span_of(out, n);
}

static const tee_section published_sections[] = {
    {0x800000, 0x9000, TEE_SEC_MEM}, {0x80a000, 0x3000, TEE_SEC_MEM},  {0x80d000, 0x1000, TEE_SECRETS},      {0x80e000, 0x1000, TEE_CPUID},
    {0x80f000, 0x1000, TEE_SVSM_CAA}, {0x810000, 0x1000, TEE_KERNEL_HASHES}, {0x811000, 0xf000, TEE_SEC_MEM},
};

static void the_published_digest_of_two_vcpus_comes_out(void **state)
{
    (void)state;
    static uint8_t firmware[TEE_PAGE], kernel[64], initrd[64], hashes[TEE_HASHES], vcpus[2][TEE_PAGE];
    uint8_t digest[AT_MEASUREMENT], want[AT_MEASUREMENT], block[TEE_HASHES];
    writer w = WRITER(want);
    assert_true(read_hex(span_text("a9b16adbc14ecf1d69bd1a4c49f37f593df01d0c02510ee213956cca59b7c49074814fb4312842107a8632290d0fdb52"), &w));
    load("two-vcpus.vmsa0.bin", vcpus[0], TEE_PAGE);
    load("two-vcpus.vmsa1.bin", vcpus[1], TEE_PAGE);
    const tee_guest g = {
        .firmware = load("ovmf_AmdSev_suffix.bin", firmware, sizeof firmware),
        .sections = published_sections,
        .n_sections = sizeof published_sections / sizeof *published_sections,
        .hashes_at = 0x810c00,
        .has_kernel = true,
        .kernel = load("kernel.bin", kernel, sizeof kernel),
        .initrd = load("initrd.bin", initrd, sizeof initrd),
        .command_line = "console=ttyS0 roothash=00 proxy-hash=sha256:aa",
        .vcpus = (const uint8_t(*)[TEE_PAGE])vcpus,
        .n_vcpus = 2,
    };
    load("two-vcpus.hash_table.bin", hashes, sizeof hashes);
    tee_kernel_hashes(&prim_sodium, &g, block);
    assert_memory_equal(block, hashes, sizeof block);
    tee_launch_digest(&prim_sodium, &g, digest);
    assert_memory_equal(digest, want, sizeof digest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_published_digest_of_two_vcpus_comes_out)};
    if (!*PARLEY_DATA_DIR) {
        puts("SKIPPED: the published digest is outside data; configure with its folder to run this test");
        return 77;
    }
    prim_start();
    return cmocka_run_group_tests_name("tee_published", tests, NULL, NULL);
}
