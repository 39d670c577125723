/* A firmware image whose tables are hostile: the input is the end of the image, which is where they stand. */
#include "fuzz_entry.h"
#include "tee_measure.h"

#include <string.h>

static verdict digest_of(const prim *p, const at_guest *g, uint8_t out[AT_MEASUREMENT])
{
    account noted = {0};
    const verdict v = at_launch_digest(p, g, &noted, out);
    must(noted.n_checks > 0 && noted.check[noted.n_checks - 1].ok == accepted(v));
    return v;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static uint8_t firmware[AT_PAGE];
    uint8_t one[AT_MEASUREMENT] = {0}, two[AT_MEASUREMENT] = {0};
    at_guest g = tee_guest_small("fuzz");
    prim_start();
    if (n < 1 || n - 1 > AT_PAGE)
        return 0;
    tee_firmware_small(firmware);
    memcpy(firmware + AT_PAGE - (n - 1), data + 1, n - 1);
    g.firmware = SPAN(firmware);
    g.has_kernel = data[0] & 1;
    g.n_vcpus = 1 + (data[0] >> 1 & 1);
    g.vmm = (at_vmm)((data[0] >> 2) % AT_VMMS);
    const verdict v = digest_of(&prim_sodium, &g, one);
    must(v.req == digest_of(&prim_openssl, &g, two).req && memcmp(one, two, sizeof one) == 0);
    must(accepted(v) || all_zero(SPAN(one)));
    return 0;
}
