/* Launch digests that another program computed, from the outside data folder. */
#include "json.h"
#include "launch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static span load(const char *name, uint8_t *out, size_t cap)
{
    char path[512];
    snprintf(path, sizeof path, "%s/evidence/measure/%s", PARLEY_DATA_DIR, name);
    FILE *f = fopen(strcmp(name, "/dev/null") == 0 ? name : path, "rb");
    if (!f)
        fail_msg("%s can't be opened", path);
    const size_t n = fread(out, 1, cap, f);
    fclose(f);
    return span_of(out, n);
}

static span text_of(span vector, const char *member, writer *room)
{
    span value;
    const size_t from = room->n;
    if (!json_member(vector, member, &value))
        return EMPTY;
    assert_true(json_string(value, room));
    return span_from(written(room), from);
}

static uint64_t number_of(span vector, const char *member)
{
    span value;
    uint64_t n = 0;
    assert_true(json_member(vector, member, &value) && json_uint(value, UINT32_MAX, &n));
    return n;
}

static span load_named(span vector, const char *member, uint8_t *room, size_t cap, bool *has)
{
    char name[128] = {0};
    writer w = writer_of(name, sizeof name - 1);
    *has = text_of(vector, member, &w).n > 0;
    return *has ? load(name, room, cap) : EMPTY;
}

static at_vmm vmm_of(span name)
{
    at_vmm v = AT_QEMU;
    while (v < AT_VMMS && !span_is(name, at_vmm_names[v]))
        v++;
    assert_true(v < AT_VMMS || name.n == 0);
    return v < AT_VMMS ? v : AT_QEMU;
}

static void judge(span vector, span firmware)
{
    static uint8_t kernel[256], initrd[256];
    uint8_t room[1024], digest[AT_MEASUREMENT], want[AT_MEASUREMENT];
    writer texts = WRITER(room), w = WRITER(want);
    account noted = {0};
    bool has;
    at_guest g = {.firmware = firmware, .n_vcpus = (uint32_t)number_of(vector, "vcpus"), .features = number_of(vector, "features")};
    g.cpu_signature = at_cpu_signature_of(text_of(vector, "vcpu_type", &texts));
    g.command_line = text_of(vector, "append", &texts);
    g.vmm = vmm_of(text_of(vector, "vmm", &texts));
    g.initrd = load_named(vector, "initrd", initrd, sizeof initrd, &has);
    g.kernel = load_named(vector, "kernel", kernel, sizeof kernel, &g.has_kernel);
    assert_true(g.cpu_signature != 0);
    assert_true(read_hex(text_of(vector, "launch_digest", &texts), &w) && w.n == sizeof want);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(at_launch_digest(i ? &prim_openssl : &prim_sodium, &g, &noted, digest).req, 0);
        assert_memory_equal(digest, want, sizeof digest);
    }
}

static void each_published_digest_comes_out(void **state)
{
    (void)state;
    static uint8_t text[8192], firmware[AT_PAGE];
    const span document = load("vectors.json", text, sizeof text), image = load("ovmf_AmdSev_suffix.bin", firmware, sizeof firmware);
    span whole, vectors = EMPTY;
    size_t n = 0;
    assert_true(json_read(document, &whole) && json_member(whole, "vectors", &vectors));
    for (json_cursor c = json_enter(vectors); json_next(&c); n++)
        judge(c.value, image);
    assert_int_equal(n, 6);
}

static void the_pages_between_are_the_published_ones(void **state)
{
    (void)state;
    uint8_t want[AT_PAGE], page[AT_PAGE], kernel[64], initrd[64], hashes[AT_KERNEL_HASHES];
    const at_guest g = {.kernel = load("kernel.bin", kernel, sizeof kernel),
                        .initrd = load("initrd.bin", initrd, sizeof initrd),
                        .command_line = span_text("console=ttyS0 roothash=00 proxy-hash=sha256:aa"),
                        .cpu_signature = at_cpu_signature_of(span_text("EPYC-v4")),
                        .features = 1};
    load("two-vcpus.vmsa0.bin", want, sizeof want);
    at_vcpu_page(&g, AT_FIRST_VCPU, page);
    assert_memory_equal(page, want, sizeof page);
    load("two-vcpus.vmsa1.bin", want, sizeof want);
    at_vcpu_page(&g, 0x80b004, page);
    assert_memory_equal(page, want, sizeof page);
    load("two-vcpus.hash_table.bin", want, sizeof want);
    at_kernel_hashes(&prim_sodium, &g, hashes);
    assert_memory_equal(hashes, want, sizeof hashes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_published_digest_comes_out),
        cmocka_unit_test(the_pages_between_are_the_published_ones),
    };
    if (!*PARLEY_DATA_DIR) {
        puts("SKIPPED: no outside data; configure with -DPARLEY_DATA=FOLDER");
        return 77;
    }
    prim_start();
    return cmocka_run_group_tests_name("launch_genuine", tests, NULL, NULL);
}
