/* The simulator beside the real thing, from the outside data folder: the vendor's own roots. */
#include "tee_lies.h"
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
