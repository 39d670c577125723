/* The simulator beside the real thing, from the outside data folder: a launch digest that another program computed, and the vendor's own
 * roots. */
#include "tee_lies.h"
#include "tee_measure.h"
#include "pem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static span load(const char *name, uint8_t *out, size_t cap)
{
    char path[512];
    snprintf(path, sizeof path, "%s/evidence/%s", PARLEY_DATA_DIR, name);
    FILE *f = fopen(path, "rb");
    if (!f)
        fail_msg("%s can't be opened", path);
    const size_t n = fread(out, 1, cap, f);
    fclose(f);
    return span_of(out, n);
}

static const tee_section published_sections[] = {
    {0x800000, 0x9000, TEE_SEC_MEM},  {0x80a000, 0x3000, TEE_SEC_MEM},       {0x80d000, 0x1000, TEE_SECRETS}, {0x80e000, 0x1000, TEE_CPUID},
    {0x80f000, 0x1000, TEE_SVSM_CAA}, {0x810000, 0x1000, TEE_KERNEL_HASHES}, {0x811000, 0xf000, TEE_SEC_MEM}};

static void the_published_digest_of_two_vcpus_comes_out(void **state)
{
    (void)state;
    static uint8_t firmware[TEE_PAGE], kernel[64], initrd[64], hashes[TEE_HASHES], vcpus[2][TEE_PAGE];
    uint8_t digest[AT_MEASUREMENT], want[AT_MEASUREMENT], block[TEE_HASHES];
    writer w = WRITER(want);
    assert_true(
        read_hex(span_text("a9b16adbc14ecf1d69bd1a4c49f37f593df01d0c02510ee213956cca59b7c49074814fb4312842107a8632290d0fdb52"), &w));
    load("measure/two-vcpus.vmsa0.bin", vcpus[0], TEE_PAGE);
    load("measure/two-vcpus.vmsa1.bin", vcpus[1], TEE_PAGE);
    const tee_guest g = {
        .firmware = load("measure/ovmf_AmdSev_suffix.bin", firmware, sizeof firmware),
        .sections = published_sections,
        .n_sections = sizeof published_sections / sizeof *published_sections,
        .hashes_at = 0x810c00,
        .has_kernel = true,
        .kernel = load("measure/kernel.bin", kernel, sizeof kernel),
        .initrd = load("measure/initrd.bin", initrd, sizeof initrd),
        .command_line = "console=ttyS0 roothash=00 proxy-hash=sha256:aa",
        .vcpus = (const uint8_t(*)[TEE_PAGE])vcpus,
        .n_vcpus = 2,
    };
    load("measure/two-vcpus.hash_table.bin", hashes, sizeof hashes);
    tee_kernel_hashes(&prim_sodium, &g, block);
    assert_memory_equal(block, hashes, sizeof block);
    tee_launch_digest(&prim_sodium, &g, digest);
    assert_memory_equal(digest, want, sizeof digest);
}

static span load_root(const char *name, uint8_t *out, size_t cap)
{
    static uint8_t room[8192];
    span text = load(name, room, sizeof room);
    writer w = writer_of(out, cap);
    assert_int_equal(pem_next(&text, "CERTIFICATE", &w), PEM_BLOCK);
    return written(&w);
}

static tee_scene scene;

static void the_vendors_own_root_does_not_vouch_for_the_simulator(void **state)
{
    (void)state;
    static uint8_t ark[4096];
    account noted;
    at_claims claims;
    tee_scene_play(&scene, AT_MILAN, 3, false, span_text("published"));
    scene.root.ark = load_root("roots/amd/split/ark_milan.pem", ark, sizeof ark);
    assert_int_equal(tee_scene_judge(&scene, &prim_sodium, &noted, &claims).req, REQ_AT_011);
}

static void the_simulators_root_does_not_vouch_for_a_genuine_machine(void **state)
{
    (void)state;
    static uint8_t report[AT_REPORT + 1], vek[4096], ask[4096];
    account noted;
    at_claims claims;
    tee_scene_play(&scene, AT_MILAN, 3, false, span_text("published"));
    scene.evidence = (at_evidence){.report = load("snp/08-milan-v3-oak-containers/report.bin", report, sizeof report),
                                   .vek = load("snp/08-milan-v3-oak-containers/vek.der", vek, sizeof vek),
                                   .intermediate = load_root("roots/amd/split/ask_milan.pem", ask, sizeof ask)};
    assert_int_equal(tee_scene_judge(&scene, &prim_sodium, &noted, &claims).req, REQ_AT_011);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_digest_of_two_vcpus_comes_out),
        cmocka_unit_test(the_vendors_own_root_does_not_vouch_for_the_simulator),
        cmocka_unit_test(the_simulators_root_does_not_vouch_for_a_genuine_machine),
    };
    if (!*PARLEY_DATA_DIR) {
        puts("SKIPPED: published digests and roots are outside data; configure with its folder to run this test");
        return 77;
    }
    prim_start();
    return cmocka_run_group_tests_name("tee_published", tests, NULL, NULL);
}
