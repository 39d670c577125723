/* Launch digests of a small synthetic guest, and what no verifier may compute one of. */
#include "attestation_vectors.h"
#include "tee_measure.h"

#include <stdio.h>
#include <string.h>

/* The image stands behind one byte of room. */
typedef void launch_twist(at_guest *, uint8_t firmware[1 + AT_PAGE]);

static void put_guest(sheet *s, const at_guest *g)
{
    static char line[256];
    snprintf(line, sizeof line, "%.*s", (int)g->command_line.n, (const char *)g->command_line.p);
    sheet_in(s, BYTES("firmware", g->firmware));
    sheet_in(s, BOOLEAN("has_kernel", g->has_kernel));
    sheet_in(s, BYTES("kernel", g->kernel));
    sheet_in(s, BYTES("initrd", g->initrd));
    sheet_in(s, TEXT("command_line", line));
    sheet_in(s, NUMBER("vcpus", (long)g->n_vcpus));
    sheet_in(s, NUMBER("cpu", (long)g->cpu_signature));
    sheet_in(s, NUMBER("features", (long)g->features));
    sheet_in(s, TEXT("vmm", at_vmm_names[g->vmm]));
}

static at_guest guest_for(uint8_t firmware[1 + AT_PAGE])
{
    at_guest g = tee_guest_small("console=ttyS0 roothash=00");
    memset(firmware, 0, 1 + AT_PAGE);
    tee_firmware_small(firmware + 1);
    g.firmware = span_of(firmware + 1, AT_PAGE);
    g.n_vcpus = 2;
    return g;
}

/* ---- what is measured ---- */

static void as_it_is(at_guest *g, uint8_t *firmware) { (void)g, (void)firmware; }
static void one_processor(at_guest *g, uint8_t *firmware) { (void)firmware, g->n_vcpus = 1; }
static void no_kernel(at_guest *g, uint8_t *firmware) { (void)firmware, g->has_kernel = false; }
static void no_initrd(at_guest *g, uint8_t *firmware) { (void)firmware, g->initrd = EMPTY; }
static void no_command_line(at_guest *g, uint8_t *firmware) { (void)firmware, g->command_line = EMPTY; }
static void on_ec2(at_guest *g, uint8_t *firmware) { (void)firmware, g->vmm = AT_EC2; }
static void on_gce(at_guest *g, uint8_t *firmware) { (void)firmware, g->vmm = AT_GCE; }
static void other_features(at_guest *g, uint8_t *firmware) { (void)firmware, g->features = 0x21; }
static void on_turin(at_guest *g, uint8_t *firmware) { (void)firmware, g->cpu_signature = at_cpu_signature_of(span_text("EPYC-Turin")); }

static const struct {
    const char *slug, *req;
    launch_twist *twist;
} measured[] = {{"ok", "AT-062 AT-063 AT-064 AT-068 AT-069", as_it_is},
                {"one-vcpu", "AT-063 AT-064 AT-069", one_processor},
                {"no-kernel", "AT-063", no_kernel},
                {"no-initrd", "AT-062 AT-063", no_initrd},
                {"no-command-line", "AT-062 AT-063", no_command_line},
                {"ec2", "AT-065 AT-068", on_ec2},
                {"gce", "AT-066 AT-068", on_gce},
                {"features-21", "AT-063", other_features},
                {"turin", "AT-063", on_turin}};

/* ---- what is refused ---- */

static void byte_missing(at_guest *g, uint8_t *firmware) { g->firmware = span_of(firmware + 2, AT_PAGE - 1); }
static void byte_more(at_guest *g, uint8_t *firmware) { g->firmware = span_of(firmware, AT_PAGE + 1); }
static void other_table(at_guest *g, uint8_t *firmware) { (void)g, firmware[1 + TEE_FIRMWARE_LAST_ENTRY + 2] ^= 1; }
static void table_longer(at_guest *g, uint8_t *firmware) { (void)g, firmware[1 + TEE_FIRMWARE_LAST_ENTRY]++; }
static void entry_short(at_guest *g, uint8_t *firmware) { (void)g, firmware[1 + TEE_FIRMWARE_OTHER_ENTRY + 4] = 17; }
static void no_metadata(at_guest *g, uint8_t *firmware) { (void)g, firmware[1 + TEE_FIRMWARE_METADATA] ^= 1; }
static void metadata_2(at_guest *g, uint8_t *firmware) { (void)g, firmware[1 + TEE_FIRMWARE_METADATA + 8] = 2; }
static void one_section_more(at_guest *g, uint8_t *firmware) { (void)g, firmware[1 + TEE_FIRMWARE_METADATA + 12]++; }
static void kind_5(at_guest *g, uint8_t *firmware) { (void)g, firmware[1 + TEE_FIRMWARE_SECTION + 8] = 5; }
static void half_a_page(at_guest *g, uint8_t *firmware) { (void)g, firmware[1 + TEE_FIRMWARE_SECTION + 1] = 8; }
static void two_cpuid_pages(at_guest *g, uint8_t *firmware) { (void)g, firmware[1 + TEE_FIRMWARE_SECTION + 2 * 12 + 5] = 0x20; }
static void no_hash_section(at_guest *g, uint8_t *firmware) { (void)g, firmware[1 + TEE_FIRMWARE_SECTION + 3 * 12 + 8] = 4; }
static void hashes_elsewhere(at_guest *g, uint8_t *firmware) { (void)g, firmware[1 + TEE_FIRMWARE_HASHES_ENTRY + 1] = 0x50; }
static void hashes_over_the_end(at_guest *g, uint8_t *firmware)
{
    (void)g, firmware[1 + TEE_FIRMWARE_HASHES_ENTRY + 1] = 0x4f, firmware[1 + TEE_FIRMWARE_HASHES_ENTRY] = 0x51;
}
static void no_reset_entry(at_guest *g, uint8_t *firmware) { (void)g, firmware[1 + TEE_FIRMWARE_RESET_ENTRY + 6] ^= 1; }
static void reset_at_zero(at_guest *g, uint8_t *firmware) { (void)g, memset(firmware + 1 + TEE_FIRMWARE_RESET_ENTRY, 0, 4); }

static const struct {
    const char *slug, *site, *mutation, *effect;
    launch_twist *twist;
} refused[] = {
    {"image-short", "AT-057", "the image's first byte is missing", "a cut image would be measured as another", byte_missing},
    {"image-long", "AT-057", "one byte before the image", "bytes that no page holds would be left out", byte_more},
    {"table-absent", "AT-058", "the last entry has another GUID", "an image of another kind would be read as one of this kind",
     other_table},
    {"table-long", "AT-058", "the table is one byte longer than its entries", "entries would be read out of other bytes", table_longer},
    {"entry-short", "AT-058", "an entry of 17 bytes", "an entry would end inside its own head", entry_short},
    {"metadata-absent", "AT-059", "the metadata does not begin with ASEV", "sections would be read out of other bytes", no_metadata},
    {"metadata-2", "AT-059", "metadata of version 2", "a later layout would be read by an earlier one's rules", metadata_2},
    {"metadata-count", "AT-059", "one section more than there is room for", "sections would be left out", one_section_more},
    {"section-kind", "AT-060", "a section of kind 5", "a page of unknown type would be measured as another", kind_5},
    {"section-half", "AT-060", "a section of two pages and a half", "a part of a page would be left out", half_a_page},
    {"section-cpuid", "AT-060", "a CPUID section of two pages", "a second page without meaning would be measured", two_cpuid_pages},
    {"hashes-section", "AT-061", "a kernel, and no section for its hashes", "the kernel would not be measured", no_hash_section},
    {"hashes-elsewhere", "AT-061", "the hashes' address is in another page", "the firmware would look elsewhere", hashes_elsewhere},
    {"hashes-end", "AT-061", "the hashes end one byte after their page", "the last hash would be cut", hashes_over_the_end},
    {"reset-absent", "AT-067", "two processors, and no entry for the second one's start", "a made-up address would be measured",
     no_reset_entry},
    {"reset-zero", "AT-067", "two processors, and the second one starts at 0", "a made-up address would be measured", reset_at_zero},
};

static void add_measured(sheet *s, const char *slug, const char *req, launch_twist *twist)
{
    static uint8_t firmware[1 + AT_PAGE];
    uint8_t digest[AT_MEASUREMENT];
    at_guest g = guest_for(firmware);
    twist(&g, firmware);
    if (!accepted(at_launch_digest(s->prim, &g, NULL, digest)))
        return; /* a weakened text: the audit says which */
    sheet_accepts(s, slug, req);
    put_guest(s, &g);
    sheet_out(s, BYTES("measurement", SPAN(digest)));
}

static void add_refused(sheet *s, const char *slug, const char *site, const char *mutation, launch_twist *twist)
{
    static uint8_t firmware[1 + AT_PAGE];
    at_guest g = guest_for(firmware);
    twist(&g, firmware);
    sheet_rejects(s, &(rejection){.slug = slug, .site = site, .mutation = mutation, .flag = slug});
    put_guest(s, &g);
}

cJSON *launch_file(const prim *prim, int which)
{
    static const char *const checked_by[] = {"text", "audit", NULL};
    static uint8_t firmware[1 + AT_PAGE];
    sheet s = sheet_start(prim, "at.launch", "vectors/attestation/launch_scenarios", "", checked_by);
    const at_guest common = guest_for(firmware);
    (void)which;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        sheet_note(&s, refused[i].slug, "PARSER", refused[i].effect, refused[i].site);
    sheet_group(&s, "small", "at:launch", "");
    put_guest(&s, &common);
    for (size_t i = 0; i < sizeof measured / sizeof *measured; i++)
        add_measured(&s, measured[i].slug, measured[i].req, measured[i].twist);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        add_refused(&s, refused[i].slug, refused[i].site, refused[i].mutation, refused[i].twist);
    return s.document;
}
