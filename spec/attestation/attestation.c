#include "attestation.h"
#include "der.h"
#include "id_block.h"

#include <string.h>

/* ---- 1. Inputs ---- */

const char *const at_comparison_names[AT_COMPARISONS + 1] = {
    [AT_REVOCATION] = "revocation",
    [AT_HW_ID] = "hwid",
    [AT_CSP_ID] = "cspid",
    [AT_VMPL] = "vmpl",
    [AT_REPORT_DATA_VALUE] = "report_data",
    [AT_REFERENCE_VALUE] = "measurement",
    [AT_PIN_TCB] = "min_tcb",
    [AT_PIN_GUEST_POLICY] = "guest_policy",
    [AT_PIN_PLATFORM] = "platform_info",
    [AT_PIN_HOST_DATA] = "host_data",
    [AT_PIN_FAMILY_ID] = "family_id",
    [AT_PIN_IMAGE_ID] = "image_id",
    [AT_PIN_ID_KEY] = "id_key_digest",
    [AT_PIN_AUTHOR_KEY] = "author_key_digest",
    [AT_PIN_GUEST_SVN] = "guest_svn",
    [AT_PIN_FIRMWARE] = "firmware",
    [AT_PIN_MITIGATIONS] = "mitigations",
    [AT_PIN_CHIP] = "chip_id",
    [AT_PIN_USER_DATA] = "user_data",
};

typedef struct appraisal {
    const at_world *world;
    const at_policy *policy;
    const at_evidence *evidence;
    at_wrapper wrapper; /* zero without one */
    span bytes;         /* the report's */
    at_snp_report report;
    at_product product;
    bool vlek;
    at_root root;                    /* the pinned one of the product; empty when there is none */
    bool certificates_are_one_value; /* each of the two */
    span intermediate;
    x509_view vek;    /* zeros when it can't be read */
    x509_issuer here; /* what stands above it, unless the world lends that */
    const x509_issuer *issuer;
    span product_name, hw_id, csp_id, component[AT_TCB]; /* the VEK's extensions, as they stand in it; empty when absent */
    uint8_t vek_tcb[AT_TCB];
    account *account;
} appraisal;

static bool waives(const appraisal *a, at_comparison c) { return (a->policy->waived & AT_WAIVES(c)) != 0; }

static void not_compared(appraisal *a, at_comparison c) { DO(AT_041, a->account->not_compared |= AT_WAIVES(c)); }

static bool compares(const appraisal *a, at_comparison c)
{
    if (c < AT_PIN_TCB)
        return !waives(a, c);
    return c == AT_PIN_TCB ? (a->policy->floors & 1u << a->product) != 0 : (a->policy->pinned & AT_PINS(c)) != 0;
}

/* A check that the policy asks for, or else an entry in the list of what was not compared. */
#define COMPARE(a, comparison, holds, ID)   \
    do {                                    \
        if (compares(a, comparison))        \
            CHECK((a)->account, holds, ID); \
        else                                \
            not_compared(a, comparison);    \
    } while (0)

/* ---- 2. The report ---- */

#define R at_snp_report
static const field report_fields[] = {ROW_UINT_LE_IN(R, version, 4, 2, 5, AT_003),
                                      ROW_UINT_LE(R, guest_svn, 4),
                                      ROW_UINT_LE(R, policy, 8),
                                      ROW_BYTES(R, family_id, 16),
                                      ROW_BYTES(R, image_id, 16),
                                      ROW_UINT_LE(R, vmpl, 4),
                                      ROW_UINT_LE_IN(R, signature_algo, 4, 1, 1, AT_004),
                                      ROW_BYTES(R, current_tcb, AT_TCB),
                                      ROW_UINT_LE(R, platform_info, 8),
                                      ROW_UINT_LE(R, key_info, 4),
                                      ROW_BYTES(R, reserved_04c, 4),
                                      ROW_BYTES(R, report_data, AT_REPORT_DATA),
                                      ROW_BYTES(R, measurement, AT_MEASUREMENT),
                                      ROW_BYTES(R, host_data, 32),
                                      ROW_BYTES(R, id_key_digest, 48),
                                      ROW_BYTES(R, author_key_digest, 48),
                                      ROW_BYTES(R, report_id, 32),
                                      ROW_BYTES(R, report_id_ma, 32),
                                      ROW_BYTES(R, reported_tcb, AT_TCB),
                                      ROW_UINT_LE(R, cpuid_family, 1),
                                      ROW_UINT_LE(R, cpuid_model, 1),
                                      ROW_UINT_LE(R, cpuid_stepping, 1),
                                      ROW_BYTES(R, reserved_18b, 21),
                                      ROW_BYTES(R, chip_id, AT_CHIP_ID),
                                      ROW_BYTES(R, committed_tcb, AT_TCB),
                                      ROW_UINT_LE(R, current_build, 1),
                                      ROW_UINT_LE(R, current_minor, 1),
                                      ROW_UINT_LE(R, current_major, 1),
                                      ROW_BYTES(R, reserved_1eb, 1),
                                      ROW_UINT_LE(R, committed_build, 1),
                                      ROW_UINT_LE(R, committed_minor, 1),
                                      ROW_UINT_LE(R, committed_major, 1),
                                      ROW_BYTES(R, reserved_1ef, 1),
                                      ROW_BYTES(R, launch_tcb, AT_TCB),
                                      ROW_UINT_LE(R, launch_mit_vector, 8),
                                      ROW_UINT_LE(R, current_mit_vector, 8),
                                      ROW_BYTES(R, reserved_208, 152),
                                      ROW_BYTES(R, r, 48),
                                      ROW_BYTES(R, r_padding, 24),
                                      ROW_BYTES(R, s, 48),
                                      ROW_BYTES(R, s_padding, 24),
                                      ROW_BYTES(R, reserved_330, 368)};
#undef R

const layout at_snp_report_layout = LAYOUT("snp_report", LAYOUT_BINARY, at_snp_report, report_fields, AT_002);

static uint64_t signing_key(const at_snp_report *r) { return r->key_info >> 2 & 7; }

static bool reserved_is_zero(const at_snp_report *r)
{
    return all_zero(r->reserved_04c) && all_zero(r->reserved_18b) && all_zero(r->reserved_1eb) && all_zero(r->reserved_1ef) &&
           all_zero(r->reserved_208);
}

static bool fields_of_later_versions_are_zero(const at_snp_report *r)
{
    bool cpuid = r->cpuid_family || r->cpuid_model || r->cpuid_stepping;
    bool mitigations = r->launch_mit_vector || r->current_mit_vector;
    return !(cpuid && r->version < 3) && !(mitigations && r->version < 5);
}

static verdict judge_report(appraisal *a)
{
    const at_snp_report *r = &a->report;
    TRY(layout_read_noting(&at_snp_report_layout, a->bytes, &a->report, a->account));
    CHECK(a->account, (r->key_info & AT_KEY_INFO_UNDEFINED) == 0, AT_005);
    CHECK(a->account, signing_key(r) == AT_SIGNED_BY_VCEK || signing_key(r) == AT_SIGNED_BY_VLEK, AT_006);
    CHECK(a->account, reserved_is_zero(r), AT_007);
    CHECK(a->account, fields_of_later_versions_are_zero(r), AT_008);
    a->vlek = signing_key(r) == AT_SIGNED_BY_VLEK;
    return ACCEPT;
}

/* ---- 3. The product ---- */

#define SPL(name, n)                     \
    {                                    \
        name, "1.3.6.1.4.1.3704.1.3." #n \
    }
#define MILAN_ORDER SPL("boot_loader", 1), SPL("tee", 2), SPL("", 4), SPL("", 5), SPL("", 6), SPL("", 7), SPL("snp", 3), SPL("microcode", 8)
#define TURIN_ORDER \
    SPL("fmc", 9), SPL("boot_loader", 1), SPL("tee", 2), SPL("snp", 3), SPL("", 5), SPL("", 6), SPL("", 7), SPL("microcode", 8)

const at_tcb_layout at_tcb_layouts[AT_PRODUCTS] = {
    [AT_MILAN] = {"Milan", 64, {MILAN_ORDER}},
    [AT_GENOA] = {"Genoa", 64, {MILAN_ORDER}},
    [AT_TURIN] = {"Turin", 8, {TURIN_ORDER}},
};

at_product at_product_of_cpuid(uint64_t family, uint64_t model)
{
    static const struct {
        uint8_t family, first, last;
        at_product product;
    } lines[] = {{0x19, 0x00, 0x0f, AT_MILAN},  {0x19, 0x10, 0x1f, AT_GENOA},  {0x19, 0xa0, 0xaf, AT_GENOA},
                 {0x1a, 0x00, 0x11, AT_TURIN},  {0x1a, 0x50, 0x57, AT_VENICE}, {0x1a, 0x90, 0x9f, AT_VENICE},
                 {0x1a, 0xa0, 0xaf, AT_VENICE}, {0x1a, 0xc0, 0xc7, AT_VENICE}};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (family == lines[i].family && model >= lines[i].first && model <= lines[i].last)
            return lines[i].product;
    return AT_PRODUCTS;
}

/* "Milan", "Milan-B0" */
static bool names_line(span name, const char *line)
{
    const size_t n = strlen(line);
    return span_is(span_first(name, n), line) && (name.n == n || (name.n > n + 1 && name.p[n] == '-'));
}

at_product at_product_of_name(span name)
{
    for (at_product p = AT_MILAN; p < AT_PRODUCTS; p++)
        if (names_line(name, at_tcb_layouts[p].product))
            return p;
    return names_line(name, "Venice") ? AT_VENICE : AT_PRODUCTS;
}

/* The content of an extension that is one value with this tag; empty when it is not. */
static span value_of(span raw, uint8_t tag)
{
    der_reader r = der_of(raw);
    const span value = der_take(&r, tag);
    return der_done(&r) ? value : EMPTY;
}

/* The first value of what was given; whether there is nothing else. */
static bool is_one_value(span given, span *value)
{
    der_reader r = der_of(given);
    *value = der_next(&r).whole;
    return der_done(&r) && given.n <= X509_MAX;
}

/* Once, for all that follows: in a version 2 report the VEK already says which product this is. What can't be read has not been issued (AT-011). */
static void read_certificates(appraisal *a)
{
    span vek;
    const bool vek_is_one = is_one_value(a->evidence->vek, &vek);
    a->certificates_are_one_value = is_one_value(a->evidence->intermediate, &a->intermediate) && vek_is_one;
    (void)x509_view_read_repeated(vek, &a->vek);
}

static at_product product_of(const appraisal *a)
{
    if (a->report.version >= 3)
        return at_product_of_cpuid(a->report.cpuid_family, a->report.cpuid_model);
    span name;
    (void)x509_view_extension(&a->vek, AT_OID_PRODUCT_NAME, &name);
    return at_product_of_name(value_of(name, DER_IA5));
}

static at_root pinned_root(const at_policy *policy, at_product product)
{
    for (size_t i = 0; i < policy->n_roots; i++)
        if (policy->roots[i].product == product)
            return policy->roots[i];
    return (at_root){product, EMPTY, EMPTY};
}

static verdict judge_product(appraisal *a)
{
    const at_product product = product_of(a);
    CHECK(a->account, product != AT_PRODUCTS, AT_009);
    CHECK(a->account, product != AT_VENICE, AT_044);
    a->product = (at_product)(WEAKENED(AT_044) && product == AT_VENICE ? AT_TURIN : WITHIN(product, AT_PRODUCTS));
    a->root = pinned_root(a->policy, a->product);
    return ACCEPT;
}

/* ---- 4. The certificates ---- */

static bool names_fit(const appraisal *a)
{
    const char *kind = a->vlek ? "SEV-VLEK" : "SEV-VCEK", *under = a->vlek ? "SEV-VLEK-" : "SEV-";
    char issuer[X509_NAME_MAX + 1] = {0}, of_vek[X509_NAME_MAX + 1];
    writer w = writer_of(issuer, X509_NAME_MAX);
    x509_common_name(a->vek.issuer, of_vek);
    write_text(&w, under);
    write_text(&w, at_tcb_layouts[a->product].product);
    return strcmp(a->vek.common_name, kind) == 0 && strcmp(of_vek, issuer) == 0 && strcmp(a->issuer->intermediate.common_name, issuer) == 0;
}

/* One that the world lends was read from the same bytes, so it says the same. */
static const x509_issuer *issuer_of(appraisal *a)
{
    for (size_t i = 0; i < a->world->n_issuers; i++)
        if (x509_issuer_is(&a->world->issuers[i], a->intermediate, a->root.ark, a->root.crl))
            return &a->world->issuers[i];
    x509_issuer_read(a->intermediate, a->root.ark, a->root.crl, &a->here);
    return &a->here;
}

static verdict judge_chain(appraisal *a)
{
    a->issuer = issuer_of(a);
    const x509_chain chain = x509_judge(&a->vek, a->issuer, a->world->now);
    CHECK(a->account, chain != X509_CHAIN_NOT_ISSUED, AT_011);
    CHECK(a->account, chain != X509_CHAIN_TIME, AT_012);
    CHECK(a->account, a->root.crl.n > 0 || waives(a, AT_REVOCATION), AT_013);
    if (a->root.crl.n == 0) {
        not_compared(a, AT_REVOCATION);
        return ACCEPT;
    }
    CHECK(a->account, chain != X509_CHAIN_CRL, AT_014);
    CHECK(a->account, chain != X509_CHAIN_REVOKED, AT_015);
    return ACCEPT;
}

static verdict judge_certificates(appraisal *a)
{
    CHECK(a->account, a->certificates_are_one_value, AT_010);
    TRY(judge_chain(a));
    CHECK(a->account, x509_is_pss_sha384(&a->vek) && x509_is_pss_sha384(&a->issuer->intermediate), AT_016);
    CHECK(a->account, names_fit(a), AT_017);
    return ACCEPT;
}

/* ---- 5. What the VEK says ---- */

static bool stands_once(const appraisal *a, const char *oid, span *raw)
{
    (void)x509_view_extension(&a->vek, oid, raw);
    return x509_view_count(&a->vek, oid) == 1;
}

/* Reads them all. Of an extension that stands twice the first is kept. */
static bool each_extension_stands_once(appraisal *a)
{
    bool once = stands_once(a, AT_OID_PRODUCT_NAME, &a->product_name);
    once &= a->vlek ? stands_once(a, AT_OID_CSP_ID, &a->csp_id) : stands_once(a, AT_OID_HW_ID, &a->hw_id);
    for (size_t i = 0; i < AT_TCB; i++)
        once &= stands_once(a, at_tcb_layouts[a->product].part[i].oid, &a->component[i]);
    return once;
}

/* The certificate's TCB, in the order of the report's bytes. */
static bool read_vek_tcb(appraisal *a)
{
    bool all = true;
    for (size_t i = 0; i < AT_TCB; i++) {
        uint64_t value = 0;
        if (!WEAKENED(AT_019) || a->component[i].p)
            all &= der_uint(value_of(a->component[i], DER_INTEGER), &value) && value <= 255;
        a->vek_tcb[i] = (uint8_t)value;
    }
    return all;
}

/* Takes the wrapping off; false when the identifier has another length than the product's. */
static bool unwrap_hw_id(appraisal *a)
{
    const size_t n = at_tcb_layouts[a->product].hw_id;
    if (a->hw_id.n == n + 2)
        a->hw_id = value_of(a->hw_id, DER_OCTET_STRING);
    return a->hw_id.n == n;
}

static verdict judge_chip(appraisal *a)
{
    uint8_t padded[AT_CHIP_ID];
    const bool masked = all_zero(a->report.chip_id);
    CHECK(a->account, !masked || a->policy->allow_masked_chip, AT_023);
    CHECK(a->account, unwrap_hw_id(a), AT_024);
    if (masked) {
        not_compared(a, AT_HW_ID);
        return ACCEPT;
    }
    span_take(a->hw_id, padded, sizeof padded);
    CHECK(a->account, span_same(a->report.chip_id, SPAN(padded)), AT_025);
    return ACCEPT;
}

static verdict judge_provider(appraisal *a)
{
    COMPARE(a, AT_CSP_ID, span_same(value_of(a->csp_id, DER_IA5), a->policy->csp_id), AT_026);
    return ACCEPT;
}

static verdict judge_endorsement(appraisal *a)
{
    CHECK(a->account, each_extension_stands_once(a), AT_019);
    CHECK(a->account, read_vek_tcb(a), AT_020);
    CHECK(a->account, at_product_of_name(value_of(a->product_name, DER_IA5)) == a->product, AT_021);
    CHECK(a->account, span_same(SPAN(a->vek_tcb), a->report.reported_tcb), AT_022);
    return a->vlek ? judge_provider(a) : judge_chip(a);
}

/* ---- 6. The signature ---- */

static void reversed(span le, uint8_t be[48])
{
    for (size_t i = 0; i < 48; i++)
        be[i] = le.p[47 - i];
}

static bool signature_verifies(const appraisal *a)
{
    uint8_t r[48], s[48];
    reversed(a->report.r, r);
    reversed(a->report.s, s);
    return x509_ecdsa_p384_verify(&a->vek, span_first(a->bytes, AT_REPORT_SIGNED), r, s);
}

static verdict judge_signature(appraisal *a)
{
    CHECK(a->account, all_zero(a->report.r_padding) && all_zero(a->report.s_padding), AT_027);
    CHECK(a->account, all_zero(a->report.reserved_330), AT_028);
    CHECK(a->account, signature_verifies(a), AT_029);
    return ACCEPT;
}

/* ---- 7. The policy ---- */

static bool is_below(span tcb, span other)
{
    bool below = false;
    for (size_t i = 0; i < AT_TCB; i++)
        below |= tcb.p[i] < other.p[i];
    return below;
}

static bool is_listed(span value, const uint8_t (*list)[AT_MEASUREMENT], size_t n)
{
    bool found = false;
    for (size_t i = 0; i < n; i++)
        found |= span_same(value, SPAN(list[i]));
    return found;
}

static verdict judge_guest(appraisal *a)
{
    const uint64_t guest = a->report.policy;
    CHECK(a->account, guest & AT_POLICY_ONE, AT_031);
    CHECK(a->account, (guest & AT_POLICY_UNDEFINED) == 0, AT_032);
    CHECK(a->account, !(guest & AT_POLICY_DEBUG), AT_033);
    CHECK(a->account, !(guest & AT_POLICY_MIGRATE_MA) || a->policy->allow_migration, AT_034);
    return ACCEPT;
}

static verdict judge_platform(appraisal *a)
{
    const at_snp_report *r = &a->report;
    CHECK(a->account, a->policy->products & 1u << a->product, AT_035);
    COMPARE(a, AT_VMPL, r->vmpl == a->policy->vmpl, AT_036);
    CHECK(a->account, !is_below(r->committed_tcb, r->reported_tcb) && !is_below(r->current_tcb, r->committed_tcb), AT_037);
    COMPARE(a, AT_PIN_TCB, !is_below(r->reported_tcb, SPAN(a->policy->least_tcb[a->product])), AT_038);
    return ACCEPT;
}

static verdict judge_software(appraisal *a)
{
    COMPARE(a, AT_REPORT_DATA_VALUE, span_same(a->report.report_data, a->policy->report_data), AT_039);
    COMPARE(a, AT_REFERENCE_VALUE, is_listed(a->report.measurement, a->policy->measurements, a->policy->n_measurements), AT_040);
    return ACCEPT;
}

/* ---- 8. What a policy may pin ---- */

/* POLICY: bits 0 to 15 are the ABI version, bit 17 is judged in any case. */
const at_bit at_policy_bits[] = {{"smt", 16},
                                 {"migrate_ma", 18},
                                 {"debug", 19},
                                 {"single_socket", 20},
                                 {"cxl", 21},
                                 {"mem_aes_256_xts", 22},
                                 {"rapl_dis", 23},
                                 {"ciphertext_hiding", 24},
                                 {"page_swap_disable", 25},
                                 {"", 0}};

const at_bit at_platform_bits[] = {
    {"smt", 0}, {"tsme", 1}, {"ecc", 2}, {"rapl_dis", 3}, {"ciphertext_hiding", 4}, {"alias_check_complete", 5}, {"iommu_write_safe", 6},
    {"tio", 7}, {"", 0}};

static bool has_bits(uint64_t value, const at_wanted_bits *b) { return (value & b->required) == b->required && !(value & b->forbidden); }

/* The digest counts only where the report says that an author key was used. */
static bool is_author_key(const appraisal *a)
{
    const at_policy *p = a->policy;
    return (a->report.key_info & AT_KEY_INFO_AUTHOR) && is_listed(a->report.author_key_digest, p->author_keys, p->n_author_keys);
}

static bool is_firmware(const at_snp_report *r, const uint8_t least[3])
{
    const uint64_t have = r->committed_major << 16 | r->committed_minor << 8 | r->committed_build;
    return have >= ((uint64_t)least[0] << 16 | (uint64_t)least[1] << 8 | least[2]);
}

static bool has_mitigations(const at_snp_report *r, uint64_t wanted)
{
    return (r->launch_mit_vector & r->current_mit_vector & wanted) == wanted;
}

static bool is_known_chip(const appraisal *a)
{
    bool found = false;
    for (size_t i = 0; i < a->policy->n_chips; i++)
        found |= span_same(a->report.chip_id, SPAN(a->policy->chips[i]));
    return found && !all_zero(a->report.chip_id);
}

static verdict judge_identity(appraisal *a)
{
    const at_snp_report *r = &a->report;
    const at_policy *p = a->policy;
    COMPARE(a, AT_PIN_HOST_DATA, span_same(r->host_data, p->host_data), AT_047);
    COMPARE(a, AT_PIN_FAMILY_ID, span_same(r->family_id, p->family_id), AT_048);
    COMPARE(a, AT_PIN_IMAGE_ID, span_same(r->image_id, p->image_id), AT_049);
    COMPARE(a, AT_PIN_ID_KEY, !all_zero(r->id_key_digest) && is_listed(r->id_key_digest, p->id_keys, p->n_id_keys), AT_050);
    COMPARE(a, AT_PIN_AUTHOR_KEY, is_author_key(a), AT_051);
    COMPARE(a, AT_PIN_GUEST_SVN, compares(a, AT_PIN_ID_KEY), AT_052);
    COMPARE(a, AT_PIN_GUEST_SVN, r->guest_svn >= p->least_guest_svn, AT_053);
    return ACCEPT;
}

static bool has_user_data(const appraisal *a)
{
    uint8_t data[AT_USER_DATA];
    return at_user_data(&a->wrapper, data) && span_same(SPAN(data), a->policy->user_data);
}

static verdict judge_pins(appraisal *a)
{
    const at_snp_report *r = &a->report;
    const at_policy *p = a->policy;
    COMPARE(a, AT_PIN_GUEST_POLICY, has_bits(r->policy, &p->guest_policy), AT_045);
    COMPARE(a, AT_PIN_PLATFORM, has_bits(r->platform_info, &p->platform_info), AT_046);
    TRY(judge_identity(a));
    COMPARE(a, AT_PIN_FIRMWARE, is_firmware(r, p->least_firmware), AT_054);
    COMPARE(a, AT_PIN_MITIGATIONS, has_mitigations(r, p->mitigations), AT_055);
    COMPARE(a, AT_PIN_CHIP, is_known_chip(a), AT_056);
    if (a->evidence->wrapper.n > 0 || compares(a, AT_PIN_USER_DATA))
        COMPARE(a, AT_PIN_USER_DATA, has_user_data(a), AT_077);
    return ACCEPT;
}

/* ---- 11. What an appraisal hands out ---- */

static void hand_out(const appraisal *a, at_claims *out)
{
    const at_snp_report *r = &a->report;
    const span signed_part = span_first(a->bytes, AT_REPORT_SIGNED);
    out->version = r->version;
    out->product = a->product;
    out->vlek = a->vlek;
    out->policy = r->policy;
    out->platform_info = r->platform_info;
    out->guest_svn = r->guest_svn;
    out->vmpl = r->vmpl;
    out->runtime_claims = a->wrapper.claims;
    span_take(r->measurement, out->measurement, sizeof out->measurement);
    span_take(r->report_data, out->report_data, sizeof out->report_data);
    span_take(r->host_data, out->host_data, sizeof out->host_data);
    span_take(r->chip_id, out->chip_id, sizeof out->chip_id);
    span_take(r->family_id, out->family_id, sizeof out->family_id);
    span_take(r->image_id, out->image_id, sizeof out->image_id);
    span_take(r->id_key_digest, out->id_key_digest, AT_KEY_DIGEST);
    span_take(r->author_key_digest, out->author_key_digest, AT_KEY_DIGEST);
    span_take(r->reported_tcb, out->reported_tcb, AT_TCB);
    span_take(r->committed_tcb, out->committed_tcb, AT_TCB);
    span_take(r->current_tcb, out->current_tcb, AT_TCB);
    span_take(r->launch_tcb, out->launch_tcb, AT_TCB);
    prim_digest(a->world->prim, PRIM_SHA384, EMIT(AT_042, signed_part), out->identity);
}

/* Takes the report out of its wrapper, where there is one. */
static verdict unwrap(appraisal *a)
{
    a->bytes = a->evidence->report;
    if (a->evidence->wrapper.n == 0)
        return ACCEPT;
    TRY(at_read_wrapper(a->evidence->wrapper, a->account, &a->wrapper));
    a->bytes = a->wrapper.report;
    return ACCEPT;
}

static verdict judge_wrapper(appraisal *a)
{
    if (a->evidence->wrapper.n == 0)
        return ACCEPT;
    return at_judge_wrapper(a->world->prim, &a->wrapper, a->report.report_data, a->account);
}

static verdict judge_owner(appraisal *a)
{
    const at_evidence *e = a->evidence;
    if (e->id_block.n == 0 && e->id_auth.n == 0)
        return ACCEPT;
    return at_judge_id_block(a->world->prim, e->id_block, e->id_auth, &a->report, a->account);
}

static verdict appraise(appraisal *a)
{
    TRY(unwrap(a));
    TRY(judge_report(a));
    read_certificates(a);
    TRY(judge_product(a));
    TRY(judge_certificates(a));
    TRY(judge_endorsement(a));
    TRY(judge_signature(a));
    TRY(judge_wrapper(a));
    TRY(judge_owner(a));
    TRY(judge_guest(a));
    TRY(judge_platform(a));
    TRY(judge_software(a));
    TRY(judge_pins(a));
    return ACCEPT;
}

verdict at_appraise_snp(const at_world *world, const at_policy *policy, const at_evidence *evidence, account *noted, at_claims *out)
{
    appraisal a = {.world = world, .policy = policy, .evidence = evidence, .account = noted};
    memset(out, 0, sizeof *out);
    TRY(appraise(&a));
    hand_out(&a, out);
    return ACCEPT;
}
