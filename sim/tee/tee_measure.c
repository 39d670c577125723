#include "tee_measure.h"

#include <string.h>

typedef enum page_type { PAGE_NORMAL = 1, PAGE_VMSA = 2, PAGE_ZERO = 3, PAGE_SECRETS = 5, PAGE_CPUID = 6 } page_type;

#define FOUR_GIB (UINT64_C(1) << 32)
#define VMSA_AT  UINT64_C(0xfffffffff000) /* a pseudo address, the same for every vCPU */

/* LD = SHA-384(PAGE_INFO): each page's record holds the digest so far. */
static void measure(const prim *p, uint8_t digest[AT_MEASUREMENT], page_type type, uint64_t at, span page)
{
    static const uint8_t zeros[48];
    uint8_t contents[48], info[0x70];
    writer w = WRITER(info);
    if (page.n)
        prim_digest(p, PRIM_SHA384, page, contents);
    write_span(&w, span_of(digest, AT_MEASUREMENT));
    write_span(&w, page.n ? SPAN(contents) : SPAN(zeros));
    write_le(&w, sizeof info, 2);
    write_le(&w, type, 1);
    write_zeros(&w, 5); /* no image migration; permissions of VMPL 3, 2, 1; reserved */
    write_le(&w, at, 8);
    must(writer_ok(&w) && w.n == sizeof info);
    prim_digest(p, PRIM_SHA384, SPAN(info), digest);
}

static void measure_zeros(const prim *p, uint8_t digest[AT_MEASUREMENT], page_type type, const tee_section *s)
{
    for (uint32_t at = 0; at < s->size; at += TEE_PAGE)
        measure(p, digest, type, s->at + at, EMPTY);
}

/* ---- the hashes ---- */

static const uint8_t guid_table[16] = {0x06, 0xd6, 0x38, 0x94, 0x22, 0x4f, 0xc9, 0x4c, 0xb4, 0x79, 0xa7, 0x93, 0xd4, 0x11, 0xfd, 0x21};
static const uint8_t guid_command_line[16] = {0xd8, 0x2d, 0xd0, 0x97, 0x20, 0xbd, 0x94, 0x4c,
                                              0xaa, 0x78, 0xe7, 0x71, 0x4d, 0x36, 0xab, 0x2a};
static const uint8_t guid_initrd[16] = {0x31, 0xf7, 0xba, 0x44, 0x2f, 0x3a, 0xd7, 0x4b, 0x9a, 0xf1, 0x41, 0xe2, 0x91, 0x69, 0x78, 0x1d};
static const uint8_t guid_kernel[16] = {0x37, 0x94, 0xe7, 0x4d, 0xd2, 0xab, 0x7f, 0x42, 0xb8, 0x35, 0xd5, 0xb1, 0x72, 0xd2, 0x04, 0x5b};

static void write_entry(const prim *p, writer *w, span guid, span content)
{
    uint8_t hash[32];
    prim_digest(p, PRIM_SHA256, content, hash);
    write_span(w, guid);
    write_le(w, 16 + 2 + sizeof hash, 2);
    write_span(w, SPAN(hash));
}

void tee_kernel_hashes(const prim *p, const tee_guest *g, uint8_t out[TEE_HASHES])
{
    writer w = writer_of(out, TEE_HASHES);
    const char *line = g->command_line ? g->command_line : "";
    write_span(&w, SPAN(guid_table));
    write_le(&w, 16 + 2 + 3 * 50, 2);
    write_entry(p, &w, SPAN(guid_command_line), span_of(line, strlen(line) + 1)); /* with its terminating zero */
    write_entry(p, &w, SPAN(guid_initrd), g->initrd);
    write_entry(p, &w, SPAN(guid_kernel), g->kernel);
    write_zeros(&w, 8);
    must(writer_ok(&w) && w.n == TEE_HASHES);
}

static void measure_hashes(const prim *p, uint8_t digest[AT_MEASUREMENT], const tee_guest *g, const tee_section *s)
{
    uint8_t page[TEE_PAGE] = {0};
    const size_t at = (size_t)(g->hashes_at % TEE_PAGE);
    must(s->size == TEE_PAGE && g->hashes_at - at == s->at && at + TEE_HASHES <= TEE_PAGE);
    tee_kernel_hashes(p, g, page + at);
    measure(p, digest, PAGE_NORMAL, s->at, SPAN(page));
}

/* ---- the whole guest ---- */

static void measure_section(const prim *p, uint8_t digest[AT_MEASUREMENT], const tee_guest *g, const tee_section *s)
{
    switch (s->kind) {
    case TEE_SEC_MEM:
    case TEE_SVSM_CAA: measure_zeros(p, digest, PAGE_ZERO, s); return;
    case TEE_SECRETS: measure_zeros(p, digest, PAGE_SECRETS, s); return;
    case TEE_CPUID: measure_zeros(p, digest, PAGE_CPUID, s); return;
    case TEE_KERNEL_HASHES:
        if (g->has_kernel)
            measure_hashes(p, digest, g, s);
        else
            measure_zeros(p, digest, PAGE_ZERO, s);
        return;
    }
}

void tee_launch_digest(const prim *p, const tee_guest *g, uint8_t out[AT_MEASUREMENT])
{
    must(g->firmware.n % TEE_PAGE == 0 && g->n_sections <= TEE_SECTIONS_MAX);
    memset(out, 0, AT_MEASUREMENT);
    for (size_t at = 0; at < g->firmware.n; at += TEE_PAGE)
        measure(p, out, PAGE_NORMAL, FOUR_GIB - g->firmware.n + at, span_of(g->firmware.p + at, TEE_PAGE));
    for (size_t i = 0; i < g->n_sections; i++)
        measure_section(p, out, g, &g->sections[i]);
    for (size_t i = 0; i < g->n_vcpus; i++)
        measure(p, out, PAGE_VMSA, VMSA_AT, SPAN(g->vcpus[i]));
}

tee_guest tee_guest_small(const char *command_line)
{
    static const uint8_t firmware[TEE_PAGE] = "A synthetic firmware image: it boots nothing.",
                         vcpu[1][TEE_PAGE] = {"A synthetic processor state."};
    static const tee_section sections[] = {
        {0x800000, 2 * TEE_PAGE, TEE_SEC_MEM},
        {0x802000, TEE_PAGE, TEE_SECRETS},
        {0x803000, TEE_PAGE, TEE_CPUID},
        {0x804000, TEE_PAGE, TEE_KERNEL_HASHES},
    };
    return (tee_guest){
        .firmware = SPAN(firmware),
        .sections = sections,
        .n_sections = sizeof sections / sizeof *sections,
        .hashes_at = 0x804c00,
        .has_kernel = true,
        .kernel = span_text("a synthetic kernel"),
        .initrd = span_text("a synthetic initial file system"),
        .command_line = command_line,
        .vcpus = vcpu,
        .n_vcpus = 1,
    };
}
