#include "launch.h"

#include <string.h>

#define FOUR_GIB (UINT64_C(1) << 32)
#define VCPU_AT  UINT64_C(0xfffffffff000)

const char *const at_vmm_names[AT_VMMS] = {[AT_QEMU] = "qemu", [AT_EC2] = "ec2", [AT_GCE] = "gce"};

typedef struct launch {
    const prim *prim;
    const at_guest *guest;
    span metadata;           /* the sections, 12 bytes each */
    uint64_t hashes_at;      /* where the image wants the kernel's hashes */
    uint32_t later_vcpus_at; /* where the image lets the second processor start; 0: it does not say */
    uint8_t digest[AT_MEASUREMENT];
    account *account;
} launch;

/* ---- 1. The image ---- */

enum { GUID = 16, ENTRY_HEAD = 2 + GUID, BEHIND_TABLE = 32, METADATA_HEAD = 16, SECTION = 12, SECTION_MAX = 64 << 20 };
enum { SEC_MEM = 1, SECRETS = 2, CPUID = 3, SVSM_CAA = 4, KERNEL_HASHES = 16 };

/* clang-format off */
static const uint8_t table_guid[GUID]    = {0xde, 0x82, 0xb5, 0x96, 0xb2, 0x1f, 0xf7, 0x45, 0xba, 0xea, 0xa3, 0x66, 0xc5, 0x5a, 0x08, 0x2d};
static const uint8_t metadata_guid[GUID] = {0x66, 0x65, 0x88, 0xdc, 0x4a, 0x98, 0x98, 0x47, 0xa7, 0x5e, 0x55, 0x85, 0xa7, 0xbf, 0x67, 0xcc};
static const uint8_t hashes_guid[GUID]   = {0x1f, 0x37, 0x55, 0x72, 0x3b, 0x3a, 0x04, 0x4b, 0x92, 0x7b, 0x1d, 0xa6, 0xef, 0xa8, 0xd4, 0x54};
static const uint8_t reset_guid[GUID]    = {0xde, 0x71, 0xf7, 0x00, 0x7e, 0x1a, 0xcb, 0x4f, 0x89, 0x0e, 0x68, 0xc7, 0x7e, 0x2f, 0xb4, 0x4e};
/* clang-format on */

static span last(span s, size_t n) { return n <= s.n ? span_from(s, s.n - n) : EMPTY; }
static span without_last(span s, size_t n) { return span_first(s, n <= s.n ? s.n - n : 0); }

static uint32_t le32(span s)
{
    reader r = reader_of(s);
    return (uint32_t)read_le(&r, 4);
}

/* Takes the last entry off; false when it is not whole. */
static bool take_entry(span *table, span *guid, span *data)
{
    reader head = reader_of(last(*table, ENTRY_HEAD));
    const size_t n = (size_t)read_le(&head, 2);
    *guid = read_rest(&head);
    if (guid->n != GUID || n < ENTRY_HEAD || n > table->n)
        return false;
    *data = span_first(last(*table, n), n - ENTRY_HEAD);
    *table = without_last(*table, n);
    return true;
}

/* The entries between the image's other bytes and the one that names the table; false when there are none such. */
static bool find_table(span image, span *table)
{
    span rest = without_last(image, BEHIND_TABLE), whole, guid;
    reader head = reader_of(last(rest, ENTRY_HEAD));
    const size_t n = (size_t)read_le(&head, 2);
    guid = read_rest(&head);
    whole = last(rest, n);
    *table = without_last(whole, ENTRY_HEAD);
    return span_same(guid, SPAN(table_guid)) && n >= ENTRY_HEAD && whole.n == n;
}

/* The data of the entry with this GUID; empty when there is none. */
static span entry_of(span table, const uint8_t wanted[GUID])
{
    span guid, data;
    while (table.n && take_entry(&table, &guid, &data))
        if (span_same(guid, span_of(wanted, GUID)))
            return data;
    return EMPTY;
}

static bool is_whole(span table)
{
    span guid, data;
    while (table.n)
        if (!take_entry(&table, &guid, &data))
            return false;
    return true;
}

static bool find_metadata(span image, span table, span *sections)
{
    const span entry = entry_of(table, metadata_guid);
    const span at = last(image, le32(entry));
    reader r = reader_of(at);
    const span mark = read_bytes(&r, 4);
    const uint64_t size = read_le(&r, 4), version = read_le(&r, 4), n = read_le(&r, 4);
    *sections = span_from(span_first(at, (size_t)size), METADATA_HEAD);
    return entry.n == 4 && span_is(mark, "ASEV") && version == 1 && size <= at.n && size == METADATA_HEAD + n * SECTION;
}

/* Of the firmware's metadata: guest memory that is measured without being part of the image. */
typedef struct section {
    uint64_t at, size, kind; /* guest physical address, bytes */
} section;

/* The size of `sections` is a multiple of SECTION: find_metadata has seen to it. */
static section take_section(span *sections)
{
    reader r = reader_of(*sections);
    section s;
    s.at = read_le(&r, 4), s.size = read_le(&r, 4), s.kind = read_le(&r, 4);
    *sections = span_from(*sections, SECTION);
    return s;
}

static bool is_section(const section *s)
{
    const bool pages = s->at % AT_PAGE == 0 && s->size % AT_PAGE == 0 && s->size > 0 && s->size <= SECTION_MAX;
    const bool one = s->kind == SECRETS || s->kind == CPUID || s->kind == KERNEL_HASHES;
    return pages && (one ? s->size == AT_PAGE : s->kind == SEC_MEM || s->kind == SVSM_CAA);
}

static bool are_sections(span sections)
{
    bool all = true;
    while (sections.n) {
        const section s = take_section(&sections);
        all &= is_section(&s);
    }
    return all;
}

static verdict read_image(launch *l)
{
    const span image = l->guest->firmware;
    span table;
    CHECK(l->account, image.n > 0 && image.n % AT_PAGE == 0 && image.n <= AT_FIRMWARE_MAX, AT_057);
    CHECK(l->account, find_table(image, &table) && is_whole(table), AT_058);
    CHECK(l->account, find_metadata(image, table, &l->metadata), AT_059);
    CHECK(l->account, are_sections(l->metadata), AT_060);
    l->hashes_at = le32(entry_of(table, hashes_guid));
    l->later_vcpus_at = le32(entry_of(table, reset_guid));
    return ACCEPT;
}

/* ---- 2. The kernel ---- */

/* clang-format off */
static const uint8_t hash_table_guid[GUID]   = {0x06, 0xd6, 0x38, 0x94, 0x22, 0x4f, 0xc9, 0x4c, 0xb4, 0x79, 0xa7, 0x93, 0xd4, 0x11, 0xfd, 0x21};
static const uint8_t command_line_guid[GUID] = {0xd8, 0x2d, 0xd0, 0x97, 0x20, 0xbd, 0x94, 0x4c, 0xaa, 0x78, 0xe7, 0x71, 0x4d, 0x36, 0xab, 0x2a};
static const uint8_t initrd_guid[GUID]       = {0x31, 0xf7, 0xba, 0x44, 0x2f, 0x3a, 0xd7, 0x4b, 0x9a, 0xf1, 0x41, 0xe2, 0x91, 0x69, 0x78, 0x1d};
static const uint8_t kernel_guid[GUID]       = {0x37, 0x94, 0xe7, 0x4d, 0xd2, 0xab, 0x7f, 0x42, 0xb8, 0x35, 0xd5, 0xb1, 0x72, 0xd2, 0x04, 0x5b};
/* clang-format on */

static bool holds_hashes(span sections, uint64_t at)
{
    bool found = false;
    while (sections.n) {
        const section s = take_section(&sections);
        found |= s.kind == KERNEL_HASHES && at >= s.at && at + AT_KERNEL_HASHES <= s.at + AT_PAGE;
    }
    return found;
}

static void write_entry(const prim *p, writer *w, const uint8_t guid[GUID], const span *content, size_t n)
{
    uint8_t hash[32];
    p->hash(PRIM_SHA256, content, n, hash);
    write_span(w, span_of(guid, GUID));
    write_le(w, ENTRY_HEAD + sizeof hash, 2);
    write_span(w, SPAN(hash));
}

void at_kernel_hashes(const prim *p, const at_guest *g, uint8_t out[AT_KERNEL_HASHES])
{
    static const uint8_t zero[1];
    const span line[] = {g->command_line, SPAN(zero)};
    writer w = writer_of(out, AT_KERNEL_HASHES);
    write_span(&w, SPAN(hash_table_guid));
    write_le(&w, ENTRY_HEAD + 3 * (ENTRY_HEAD + 32), 2);
    write_entry(p, &w, command_line_guid, line, EMIT_OR(AT_062, 2, 1));
    write_entry(p, &w, initrd_guid, &g->initrd, 1);
    write_entry(p, &w, kernel_guid, &g->kernel, 1);
    write_zeros(&w, AT_KERNEL_HASHES - w.n);
}

/* ---- 3. The pages ---- */

typedef enum page_type { NORMAL = 1, VCPU = 2, ZERO = 3, UNMEASURED = 4, SECRETS_PAGE = 5, CPUID_PAGE = 6 } page_type;

enum { PAGE_INFO = 112 };

static void measure(launch *l, page_type type, uint64_t at, span page)
{
    static const uint8_t zeros[AT_MEASUREMENT];
    uint8_t contents[AT_MEASUREMENT], info[PAGE_INFO];
    writer w = WRITER(info);
    if (page.n)
        prim_digest(l->prim, PRIM_SHA384, page, contents);
    write_span(&w, EMIT_OR(AT_063, SPAN(l->digest), SPAN(zeros)));
    write_span(&w, page.n ? SPAN(contents) : SPAN(zeros));
    write_le(&w, PAGE_INFO, 2);
    write_le(&w, type, 1);
    write_zeros(&w, 5); /* no migration image; permissions of VMPL 3, 2 and 1; reserved */
    write_le(&w, at, 8);
    must(writer_ok(&w) && w.n == PAGE_INFO);
    prim_digest(l->prim, PRIM_SHA384, SPAN(info), l->digest);
}

static void measure_image(launch *l)
{
    const span image = l->guest->firmware;
    const uint64_t begin = EMIT(AT_064, FOUR_GIB - image.n);
    for (size_t at = 0; at < image.n; at += AT_PAGE)
        measure(l, NORMAL, begin + at, span_first(span_from(image, at), AT_PAGE));
}

static void measure_without_contents(launch *l, page_type type, const section *s)
{
    for (uint64_t at = 0; at < s->size; at += AT_PAGE)
        measure(l, type, s->at + at, EMPTY);
}

static void measure_hashes(launch *l, const section *s)
{
    uint8_t page[AT_PAGE] = {0}, hashes[AT_KERNEL_HASHES];
    at_kernel_hashes(l->prim, l->guest, hashes);
    span_take(SPAN(hashes), page + l->hashes_at % AT_PAGE, AT_PAGE - l->hashes_at % AT_PAGE);
    measure(l, NORMAL, s->at, SPAN(page));
}

static void measure_section(launch *l, const section *s)
{
    const page_type memory = EMIT(AT_066, l->guest->vmm == AT_GCE) ? UNMEASURED : ZERO;
    if (s->kind == KERNEL_HASHES && l->guest->has_kernel)
        measure_hashes(l, s);
    else
        measure_without_contents(l,
                                 s->kind == SECRETS   ? SECRETS_PAGE
                                 : s->kind == CPUID   ? CPUID_PAGE
                                 : s->kind == SEC_MEM ? memory
                                                      : ZERO,
                                 s);
}

static void measure_sections(launch *l)
{
    const bool cpuid_last = EMIT(AT_065, l->guest->vmm == AT_EC2);
    for (int late = 0; late <= cpuid_last; late++)
        for (span rest = l->metadata; rest.n;) {
            const section s = take_section(&rest);
            if (!cpuid_last || (s.kind == CPUID) == late)
                measure_section(l, &s);
        }
}

/* ---- 4. The processors ---- */

uint32_t at_cpu_signature(unsigned family, unsigned model, unsigned stepping)
{
    const unsigned extended = family > 15 ? family - 15 : 0;
    return (extended & 255) << 20 | (model >> 4 & 15) << 16 | (family - extended) << 8 | (model & 15) << 4 | (stepping & 15);
}

/* "-v2" of "EPYC-v2" */
static bool is_version(span s) { return s.n == 3 && span_is(span_first(s, 2), "-v") && s.p[2] >= '1' && s.p[2] <= '9'; }

uint32_t at_cpu_signature_of(span name)
{
    static const struct {
        const char *name;
        unsigned family, model, stepping;
    } models[] = {{"EPYC-IBPB", 23, 1, 2},   {"EPYC-Rome", 23, 49, 0}, {"EPYC-Milan", 25, 1, 1},
                  {"EPYC-Genoa", 25, 17, 0}, {"EPYC-Turin", 26, 0, 0}, {"EPYC", 23, 1, 2}};
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        const size_t n = strlen(models[i].name);
        if (span_is(span_first(name, n), models[i].name) && (name.n == n || is_version(span_from(name, n))))
            return at_cpu_signature(models[i].family, models[i].model, models[i].stepping);
    }
    return 0;
}

static void put(uint8_t page[AT_PAGE], size_t at, uint64_t value, size_t n)
{
    writer w = writer_of(page + at, n);
    write_le(&w, value, n);
}

static void put_segment(uint8_t page[AT_PAGE], size_t at, uint64_t selector, uint64_t attributes, uint64_t base)
{
    put(page, at, selector, 2);
    put(page, at + 2, attributes, 2);
    put(page, at + 4, 0xffff, 4);
    put(page, at + 8, base, 8);
}

/* Where the hypervisors' states after reset differ. */
typedef struct reset_state {
    uint64_t cs_first, cs_later, ss, tr, mxcsr, fcw, pat;
} reset_state;

#define PAT_AT_RESET UINT64_C(0x0007040600070406)

static const reset_state reset_states[AT_VMMS] = {
    [AT_QEMU] = {0x9b, 0x9b, 0x93, 0x8b, 0x1f80, 0x037f, PAT_AT_RESET},
    [AT_EC2] = {0x9a, 0x9b, 0x92, 0x83, 0, 0, PAT_AT_RESET},
    [AT_GCE] = {0x9b, 0x9b, 0x93, 0x8b, 0, 0, 0x70106},
};

static void put_segments(uint8_t page[AT_PAGE], const reset_state *s, uint32_t start)
{
    put_segment(page, 0x000, 0, 0x93, 0); /* ES */
    put_segment(page, 0x010, 0xf000, start == AT_FIRST_VCPU ? s->cs_first : s->cs_later, start & 0xffff0000);
    put_segment(page, 0x020, 0, s->ss, 0);
    put_segment(page, 0x030, 0, 0x93, 0); /* DS, FS, GS */
    put_segment(page, 0x040, 0, 0x93, 0);
    put_segment(page, 0x050, 0, 0x93, 0);
    put_segment(page, 0x060, 0, 0, 0); /* GDTR, LDTR, IDTR, TR */
    put_segment(page, 0x070, 0, 0x82, 0);
    put_segment(page, 0x080, 0, 0, 0);
    put_segment(page, 0x090, 0, s->tr, 0);
}

void at_vcpu_page(const at_guest *g, uint32_t start, uint8_t page[AT_PAGE])
{
    const reset_state *s = &reset_states[g->vmm];
    memset(page, 0, AT_PAGE);
    put_segments(page, s, start);
    put(page, 0x0d0, 0x1000, 8);     /* EFER: secure virtual machine */
    put(page, 0x148, 0x40, 8);       /* CR4: machine check */
    put(page, 0x158, 0x10, 8);       /* CR0 */
    put(page, 0x160, 0x400, 8);      /* DR7 */
    put(page, 0x168, 0xffff0ff0, 8); /* DR6 */
    put(page, 0x170, 2, 8);          /* RFLAGS */
    put(page, 0x178, start & 0xffff, 8);
    put(page, 0x268, s->pat, 8);
    put(page, 0x310, g->vmm == AT_QEMU ? g->cpu_signature : 0x600, 8); /* RDX */
    put(page, 0x3b0, g->features, 8);
    put(page, 0x3e8, 1, 8); /* XCR0 */
    put(page, 0x408, s->mxcsr, 4);
    put(page, 0x410, s->fcw, 2);
}

static void measure_processors(launch *l)
{
    for (uint32_t i = 0; i < l->guest->n_vcpus; i++) {
        uint8_t page[AT_PAGE];
        at_vcpu_page(l->guest, i == 0 ? AT_FIRST_VCPU : EMIT(AT_068, l->later_vcpus_at), page);
        measure(l, VCPU, EMIT(AT_069, VCPU_AT), SPAN(page));
    }
}

verdict at_launch_digest(const prim *p, const at_guest *g, account *noted, uint8_t out[AT_MEASUREMENT])
{
    launch l = {.prim = p, .guest = g, .account = noted};
    must(g->n_vcpus >= 1 && g->n_vcpus <= AT_VCPUS_MAX);
    TRY(read_image(&l));
    CHECK(noted, !g->has_kernel || holds_hashes(l.metadata, l.hashes_at), AT_061);
    CHECK(noted, g->n_vcpus == 1 || l.later_vcpus_at != 0, AT_067);
    measure_image(&l);
    measure_sections(&l);
    measure_processors(&l);
    memcpy(out, l.digest, AT_MEASUREMENT);
    return ACCEPT;
}
