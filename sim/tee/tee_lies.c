#include "tee_lies.h"
#include "der.h"
#include "tee_secret.h"

#include <string.h>

/* ---- the scene ---- */

static void begin(tee_scene *s, at_product product, unsigned version, bool vlek, span seed)
{
    uint8_t material[64];
    memset(s, 0, sizeof *s);
    s->now = TEE_NOW;
    s->chip = tee_chip_make(product, seed);
    s->chip.version = version;
    s->chip.vlek = vlek;
    tee_derive(seed, "scene measurement", EMPTY, material);
    s->launch = tee_launch_of(material);
    tee_derive(seed, "scene key", EMPTY, material);
    memcpy(s->report_data, material, 32); /* a key, then zeros: the form that profile confer uses */
}

static void expect_the_honest_guest(tee_scene *s)
{
    memcpy(s->expected_data, s->report_data, sizeof s->expected_data);
    memcpy(s->measurements[0], s->launch.measurement, AT_MEASUREMENT);
    s->policy = (at_policy){
        .roots = &s->root,
        .n_roots = 1,
        .products = 1u << s->chip.product,
        .measurements = s->measurements,
        .n_measurements = 1,
        .report_data = SPAN(s->expected_data),
        .csp_id = span_text("CN=simulator"),
    };
    s->policy.floors = 1u << s->chip.product;
    memcpy(s->policy.least_tcb[s->chip.product], s->chip.reported, AT_TCB);
}

#define POLICY_CXL       (UINT64_C(1) << 21)
#define POLICY_PAGE_SWAP (UINT64_C(1) << 25)
enum { PLATFORM_TSME = 1 << 1, PLATFORM_ALIAS_CHECK = 1 << 5, PLATFORM_IOMMU = 1 << 6 };

static void give_an_id_block(tee_launch *l, span seed)
{
    uint8_t material[64];
    tee_derive(seed, "scene identity", EMPTY, material);
    memcpy(l->family_id, material, 16);
    memcpy(l->image_id, material + 16, 16);
    memcpy(l->host_data, material + 32, 32);
    tee_derive(seed, "scene ID key", EMPTY, material);
    memcpy(l->id_key_digest, material, AT_KEY_DIGEST);
    tee_derive(seed, "scene author key", EMPTY, material);
    memcpy(l->author_key_digest, material, AT_KEY_DIGEST);
    l->author_key = true;
    l->guest_svn = 7;
    l->policy |= POLICY_PAGE_SWAP;
}

/* The claims as Azure writes them, in outline; the user data in upper case. */
static void write_claims(tee_scene *s, span seed)
{
    static const char digits[] = "0123456789ABCDEF";
    uint8_t material[64];
    writer w = WRITER(s->claims);
    tee_derive(seed, "scene user data", EMPTY, material);
    memcpy(s->user_data, material, sizeof s->user_data);
    write_text(&w, "{\"keys\":[],\"vm-configuration\":{\"secure-boot\":true},\"user-data\":\"");
    for (size_t i = 0; i < sizeof s->user_data; i++) {
        write_be(&w, (uint8_t)digits[s->user_data[i] >> 4], 1);
        write_be(&w, (uint8_t)digits[s->user_data[i] & 15], 1);
    }
    write_text(&w, "\"}");
    must(writer_ok(&w));
    s->n_claims = w.n;
    s->policy.pinned |= AT_PINS(AT_PIN_USER_DATA);
    s->policy.user_data = SPAN(s->user_data);
    s->policy.waived |= AT_WAIVES(AT_REPORT_DATA_VALUE);
}

static void bind_claims(tee_scene *s)
{
    memset(s->report_data, 0, sizeof s->report_data);
    prim_digest(&prim_sodium, PRIM_SHA256, span_of(s->claims, s->n_claims), s->report_data);
}

static void wrap(tee_scene *s)
{
    const at_wrapper fields = {.mark = span_text("HCLA"),
                               .version = 2,
                               .size = AT_WRAPPER_HEAD + s->n_claims,
                               .request = 2,
                               .reserved = span_of("\0\0\0\0\0\0\0\0\0\0\0", 12),
                               .report = span_of(s->report, AT_REPORT),
                               .data_size = 20 + s->n_claims,
                               .data_version = 1,
                               .report_type = 2,
                               .hash_type = 1,
                               .claims_size = s->n_claims,
                               .rest = span_of(s->claims, s->n_claims)};
    writer w = WRITER(s->wrapper);
    layout_write(&at_wrapper_layout, &fields, &w);
    write_zeros(&w, 8);
    must(writer_ok(&w));
    s->evidence.wrapper = written(&w);
}

static void show_owner(tee_scene *s)
{
    tee_id_sign(&s->owner, &s->launch);
    s->evidence.id_block = span_of(s->owner.block, s->owner.n_block);
    s->evidence.id_auth = span_of(s->owner.auth, AT_ID_AUTH);
}

static void pin_everything(tee_scene *s)
{
    at_policy *p = &s->policy;
    memcpy(s->id_keys[0], s->launch.id_key_digest, AT_KEY_DIGEST);
    memcpy(s->author_keys[0], s->launch.author_key_digest, AT_KEY_DIGEST);
    memcpy(s->chips[0], s->chip.hw_id, AT_CHIP_ID);
    for (at_comparison c = AT_PIN_GUEST_POLICY; c < AT_PIN_USER_DATA; c++)
        p->pinned |= AT_PINS(c);
    p->guest_policy = (at_wanted_bits){POLICY_PAGE_SWAP, POLICY_CXL};
    p->platform_info = (at_wanted_bits){PLATFORM_ALIAS_CHECK | PLATFORM_IOMMU, PLATFORM_TSME};
    p->host_data = SPAN(s->launch.host_data);
    p->family_id = SPAN(s->launch.family_id);
    p->image_id = SPAN(s->launch.image_id);
    p->id_keys = s->id_keys, p->author_keys = s->author_keys, p->chips = s->chips;
    p->n_id_keys = p->n_author_keys = p->n_chips = 1;
    p->least_guest_svn = s->launch.guest_svn;
    memcpy(p->least_firmware, (uint8_t[]){1, 55, 29}, 3);
    p->mitigations = 1;
}

static void run(tee_scene *s, tee_twist *twist)
{
    if (twist)
        twist(s);
}

/* From the chip on, when what is honest has begun and is expected. */
static void go_on(tee_scene *s, const tee_lie *l)
{
    run(s, l->chip);
    if (l->wrapped)
        bind_claims(s);
    s->issue = tee_issue_honest(&s->chip, s->now);
    run(s, l->issue);
    tee_issue_mint(&s->issue, &s->endorsements);
    if (l->owned)
        tee_id_digests(&s->owner, &s->launch);
    s->fields = tee_report_fields(&s->chip, &s->launch, s->report_data);
    if (l->pinned)
        s->fields.platform_info |= PLATFORM_IOMMU;
    run(s, l->fields);
    tee_seal_report(&s->chip, &s->fields, s->report);
    s->root = (at_root){s->chip.product, tee_ark(&s->endorsements), tee_crl(&s->endorsements)};
    s->evidence = (at_evidence){
        .report = span_of(s->report, AT_REPORT), .vek = tee_vek(&s->endorsements), .intermediate = tee_intermediate(&s->endorsements)};
    if (l->wrapped)
        wrap(s);
    if (l->owned)
        show_owner(s);
    run(s, l->after);
}

static void play(tee_scene *s, const tee_lie *l, span seed)
{
    begin(s, l->product, l->version ? l->version : 3, l->vlek, seed);
    if (l->pinned || l->owned)
        give_an_id_block(&s->launch, seed);
    if (l->owned)
        tee_id_make(&s->owner, &s->launch, seed);
    expect_the_honest_guest(s);
    if (l->pinned)
        pin_everything(s);
    if (l->wrapped)
        write_claims(s, seed);
    go_on(s, l);
}

void tee_lie_play_for(tee_scene *s, const tee_lie *lie, const tee_chip *chip, const tee_launch *launch,
                      const uint8_t report_data[AT_REPORT_DATA], int64_t now)
{
    static const tee_lie none;
    memset(s, 0, sizeof *s);
    const bool pinned = lie && lie->pinned;
    must(!lie || !(lie->owned || lie->wrapped));
    s->chip = *chip;
    s->launch = *launch;
    s->now = now;
    memcpy(s->report_data, report_data, AT_REPORT_DATA);
    if (pinned) {
        s->chip.version = lie->version;
        give_an_id_block(&s->launch, SPAN(s->report_data));
    }
    expect_the_honest_guest(s);
    if (pinned)
        pin_everything(s);
    go_on(s, lie ? lie : &none);
}

const tee_lie *tee_lie_named(const char *name)
{
    for (size_t i = 0; i < tee_n_lies; i++)
        if (strcmp(tee_lies[i].name, name) == 0)
            return &tee_lies[i];
    return NULL;
}

void tee_scene_play(tee_scene *s, at_product product, unsigned version, bool vlek, span seed)
{
    const tee_lie none = {.product = product, .version = version, .vlek = vlek};
    play(s, &none, seed);
}

void tee_scene_play_pinned(tee_scene *s, at_product product, unsigned version, span seed)
{
    const tee_lie none = {.product = product, .version = version, .pinned = true};
    play(s, &none, seed);
}

void tee_scene_play_wrapped(tee_scene *s, at_product product, unsigned version, span seed)
{
    const tee_lie none = {.product = product, .version = version, .wrapped = true};
    play(s, &none, seed);
}

void tee_scene_play_owned(tee_scene *s, at_product product, unsigned version, span seed)
{
    const tee_lie none = {.product = product, .version = version, .owned = true};
    play(s, &none, seed);
}

void tee_lie_play(tee_scene *s, const tee_lie *l, span seed) { play(s, l, seed); }

verdict tee_scene_judge(const tee_scene *s, const prim *p, account *noted, at_claims *claims)
{
    const at_world world = {.prim = p, .now = s->now};
    *noted = (account){0};
    return at_appraise_snp(&world, &s->policy, &s->evidence, noted, claims);
}

/* A copy of a field's bytes that a lie may change. */
static uint8_t *own(tee_scene *s, span *field)
{
    must(field->n <= sizeof s->spare);
    span_take(*field, s->spare, field->n);
    *field = span_of(s->spare, field->n);
    return s->spare;
}

static const uint8_t ones[AT_CHIP_ID] = {1};

/* ---- the report's form ---- */

static void one_byte_more(tee_scene *s) { s->evidence.report.n++; }
static void one_byte_less(tee_scene *s) { s->evidence.report.n--; }
static void version_6(tee_scene *s) { s->fields.version = 6; }
static void version_1(tee_scene *s) { s->fields.version = 1; }
static void algorithm_0(tee_scene *s) { s->fields.signature_algo = 0; }
static void algorithm_2(tee_scene *s) { s->fields.signature_algo = 2; }
static void key_info_bit_5(tee_scene *s) { s->fields.key_info |= 1u << 5; }
static void key_info_bit_31(tee_scene *s) { s->fields.key_info |= 1u << 31; }
static void signing_key_2(tee_scene *s) { s->fields.key_info |= 2 << 2; }
static void signing_key_7(tee_scene *s) { s->fields.key_info |= 7 << 2; }
static void reserved_04c(tee_scene *s) { s->fields.reserved_04c = span_of(ones, 4); }
static void reserved_18b(tee_scene *s) { s->fields.reserved_18b = span_of(ones, 21); }
static void reserved_1eb(tee_scene *s) { s->fields.reserved_1eb = span_of(ones, 1); }
static void reserved_1ef(tee_scene *s) { s->fields.reserved_1ef = span_of(ones, 1); }

static void reserved_208(tee_scene *s)
{
    static const uint8_t last[152] = {[151] = 1};
    s->fields.reserved_208 = SPAN(last);
}

static void cpuid_in_version_2(tee_scene *s) { s->fields.cpuid_family = 0x19; }
static void mitigation_vector_in_version_3(tee_scene *s) { s->fields.current_mit_vector = 1; }
static void mitigation_vector_in_version_4(tee_scene *s) { s->fields.launch_mit_vector = 1; }
static void family_17(tee_scene *s) { s->fields.cpuid_family = 0x17; }
static void model_50(tee_scene *s) { s->fields.cpuid_model = 0x50; }

/* ---- certificates ---- */

static void byte_behind_the_vek(tee_scene *s) { s->evidence.vek.n++; }
static void byte_behind_the_intermediate(tee_scene *s) { s->evidence.intermediate.n++; }

static void look_alike_chain(tee_scene *s)
{
    s->issue.intermediate.signer = TEE_FOREIGN_ARK;
    s->issue.intermediate.key = TEE_FOREIGN_ASK;
    s->issue.vek.signer = TEE_FOREIGN_ASK;
}

static void look_alike_issuer(tee_scene *s) { s->issue.vek.signer = TEE_FOREIGN_ASK; }
static void intermediate_is_no_ca(tee_scene *s) { tee_extension_remove(&s->issue.intermediate, "2.5.29.19"); }
static void intermediate_may_not_sign(tee_scene *s) { tee_extension_of(&s->issue.intermediate, "2.5.29.15")->value[3] = 0x80; }
static void vek_expired(tee_scene *s) { s->issue.vek.not_after = s->now - 1; }
static void vek_not_yet_valid(tee_scene *s) { s->issue.vek.not_before = s->now + 1; }
static void intermediate_expired(tee_scene *s) { s->issue.intermediate.not_after = s->now - 1; }
static void root_expired(tee_scene *s) { s->issue.ark.not_after = s->now - 1; }
static void no_list(tee_scene *s) { s->root.crl = EMPTY; }
static void list_stale(tee_scene *s) { s->issue.crl.next_update = s->now - 1; }
static void list_of_tomorrow(tee_scene *s) { s->issue.crl.this_update = s->now + 1; }
static void list_forged(tee_scene *s) { s->issue.crl.signer = TEE_FOREIGN_ARK; }
static void list_cut(tee_scene *s) { s->root.crl.n /= 2; }

static void list_of_another_line(tee_scene *s)
{
    const tee_chip other = tee_chip_make(AT_GENOA, EMPTY);
    s->issue.crl = tee_issue_honest(&other, s->now).crl;
}

static void intermediate_revoked(tee_scene *s) { s->issue.crl.revoked = s->issue.intermediate.serial; }
static void vek_with_a_short_salt(tee_scene *s) { s->issue.vek.signature = TEE_PSS_32; }
static void intermediate_with_a_short_salt(tee_scene *s) { s->issue.intermediate.signature = TEE_PSS_32; }

static void rename_to(char name[TEE_NAME_MAX], const char *text)
{
    memset(name, 0, TEE_NAME_MAX);
    span_take(span_text(text), name, TEE_NAME_MAX - 1);
}

static void intermediate_named(tee_scene *s, const char *name)
{
    rename_to(s->issue.intermediate.subject, name);
    rename_to(s->issue.vek.issuer, name);
}

static void vcek_under_asvk(tee_scene *s)
{
    intermediate_named(s, "SEV-VLEK-Milan");
    s->issue.intermediate.key = s->issue.vek.signer = TEE_ASVK;
}

static void vlek_under_ask(tee_scene *s) { intermediate_named(s, "SEV-Milan"); }
static void intermediate_of_another_line(tee_scene *s) { intermediate_named(s, "SEV-Genoa"); }
static void vcek_named_vlek(tee_scene *s) { rename_to(s->issue.vek.subject, "SEV-VLEK"); }
static void vek_named_otherwise(tee_scene *s) { rename_to(s->issue.vek.subject, "SEV-VCEK-2"); }

/* ---- what the VEK says ---- */

#define OID_TEE       "1.3.6.1.4.1.3704.1.3.2"
#define OID_MICROCODE "1.3.6.1.4.1.3704.1.3.8"

static void set(tee_scene *s, const char *oid, span value)
{
    tee_extension *e = tee_extension_of(&s->issue.vek, oid);
    span_take(value, e->value, sizeof e->value);
    e->n = value.n;
}

static void repeat(tee_scene *s, const char *oid)
{
    const tee_extension e = *tee_extension_of(&s->issue.vek, oid);
    tee_extension_add(&s->issue.vek, oid, false, span_of(e.value, e.n));
}

static void raise_component(tee_scene *s, size_t i)
{
    tee_extension *e = tee_extension_of(&s->issue.vek, at_tcb_layouts[s->chip.product].part[i].oid);
    e->value[e->n - 1]++;
}

static void no_tee_component(tee_scene *s) { tee_extension_remove(&s->issue.vek, OID_TEE); }
static void two_microcodes(tee_scene *s) { repeat(s, OID_MICROCODE); }
static void two_identifiers(tee_scene *s) { repeat(s, AT_OID_HW_ID); }
static void two_product_names(tee_scene *s) { repeat(s, AT_OID_PRODUCT_NAME); }
static void two_providers(tee_scene *s) { repeat(s, AT_OID_CSP_ID); }
static void overlong_integer(tee_scene *s) { set(s, OID_TEE, span_of("\x02\x02\x00\x00", 4)); }
static void byte_behind_an_integer(tee_scene *s) { set(s, OID_TEE, span_of("\x02\x01\x00\x00", 4)); }
static void no_integer(tee_scene *s) { set(s, OID_TEE, span_of("\x01\x01\x00", 3)); }
static void empty_component(tee_scene *s) { set(s, OID_TEE, EMPTY); }
static void component_256(tee_scene *s) { set(s, OID_TEE, span_of("\x02\x02\x01\x00", 4)); }
static void named_genoa(tee_scene *s) { set(s, AT_OID_PRODUCT_NAME, span_of("\x16\x05Genoa", 7)); }
static void named_rome(tee_scene *s) { set(s, AT_OID_PRODUCT_NAME, span_of("\x16\x04Rome", 6)); }
static void other_boot_loader(tee_scene *s) { raise_component(s, 0); }
static void other_tee(tee_scene *s) { raise_component(s, 1); }
static void other_reserved(tee_scene *s) { raise_component(s, 3); }
static void other_snp(tee_scene *s) { raise_component(s, 6); }
static void other_microcode(tee_scene *s) { raise_component(s, 7); }

static void current_is_ahead(tee_scene *s) { s->chip.current[7]++; }

static void masked_chip(tee_scene *s) { memset(own(s, &s->fields.chip_id), 0, AT_CHIP_ID); }

static void identifier_too_long(tee_scene *s)
{
    uint8_t longer[AT_CHIP_ID + 1] = {0};
    memcpy(longer, s->chip.hw_id, AT_CHIP_ID);
    set(s, AT_OID_HW_ID, SPAN(longer));
}

static void another_chip(tee_scene *s) { own(s, &s->fields.chip_id)[0] ^= 1; }
static void middle_of_the_chip(tee_scene *s) { own(s, &s->fields.chip_id)[AT_CHIP_ID / 2] ^= 1; }
static void end_of_the_chip(tee_scene *s) { own(s, &s->fields.chip_id)[AT_CHIP_ID - 1] ^= 1; }
static void tail_of_the_chip(tee_scene *s) { own(s, &s->fields.chip_id)[AT_CHIP_ID - 1] = 1; }
static void another_provider(tee_scene *s)
{
    set(s, AT_OID_CSP_ID,
        span_of("\x16\x0c"
                "CN=elsewhere",
                14));
}

/* ---- the signature ---- */

enum { AT_R = AT_REPORT_SIGNED, AT_S = AT_R + 72, AT_REST = AT_S + 72 };

static void r_padded(tee_scene *s) { s->report[AT_R + 48] = 1; }
static void s_padded(tee_scene *s) { s->report[AT_S + 71] = 1; }
static void rest_is_used(tee_scene *s) { s->report[AT_REST] = 1; }
static void last_byte_is_used(tee_scene *s) { s->report[AT_REPORT - 1] = 1; }
static void host_data_changed(tee_scene *s) { s->report[0x0c0] ^= 1; }
static void r_is_zero(tee_scene *s) { memset(s->report + AT_R, 0, 48); }
static void s_is_zero(tee_scene *s) { memset(s->report + AT_S, 0, 48); }

static void r_is_the_order(tee_scene *s)
{
    static const uint8_t order[48] = {0x73, 0x29, 0xc5, 0xcc, 0x6a, 0x19, 0xec, 0xec, 0x7a, 0xa7, 0xb0, 0x48, 0xb2, 0x0d, 0x1a, 0x58,
                                      0xdf, 0x2d, 0x37, 0xf4, 0x81, 0x4d, 0x63, 0xc7, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                      0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    memcpy(s->report + AT_R, order, 48);
}

static void reverse(uint8_t *number)
{
    for (size_t i = 0; i < 24; i++) {
        const uint8_t byte = number[i];
        number[i] = number[47 - i];
        number[47 - i] = byte;
    }
}

static void big_endian(tee_scene *s)
{
    reverse(s->report + AT_R);
    reverse(s->report + AT_S);
}

static void key_of_another_tcb(tee_scene *s)
{
    tee_chip other = s->chip;
    other.reported[7]--;
    tee_sign_report(&other, s->report);
}

static void rsa_vek(tee_scene *s)
{
    s->issue.vek.is_vek = false;
    s->issue.vek.key = TEE_MILAN_ASK;
}

/* ---- the policy ---- */

static void bit_17_clear(tee_scene *s) { s->fields.policy &= ~AT_POLICY_ONE; }
static void bit_26(tee_scene *s) { s->fields.policy |= UINT64_C(1) << 26; }
static void bit_63(tee_scene *s) { s->fields.policy |= UINT64_C(1) << 63; }
static void debug(tee_scene *s) { s->fields.policy |= AT_POLICY_DEBUG; }
static void migration(tee_scene *s) { s->fields.policy |= AT_POLICY_MIGRATE_MA; }
static void line_not_listed(tee_scene *s) { s->policy.products = 1u << AT_TURIN; }
static void vmpl_1(tee_scene *s) { s->fields.vmpl = 1; }
static void vmpl_3(tee_scene *s) { s->fields.vmpl = 3; }
static void vmpl_of_the_host(tee_scene *s) { s->fields.vmpl = 0xffffffff; }
static void reported_above_committed(tee_scene *s) { s->chip.committed[6]--; }
static void committed_above_current(tee_scene *s) { s->chip.committed[7]++; }

static void one_component_lower_another_higher(tee_scene *s)
{
    s->chip.reported[6]--;
    s->chip.reported[0]++;
    memcpy(s->chip.committed, s->chip.reported, AT_TCB);
    memcpy(s->chip.current, s->chip.reported, AT_TCB);
}

/* The policy asks for one more of this component than the chip has. */
static void raise_floor(tee_scene *s, size_t i) { s->policy.least_tcb[s->chip.product][i]++; }
static void boot_loader_lower(tee_scene *s) { raise_floor(s, 0); }
static void tee_lower(tee_scene *s) { raise_floor(s, 1); }
static void microcode_lower(tee_scene *s) { raise_floor(s, 7); }

/* As one number, with the microcode as its highest byte, the firmware is above the minimum. */
static void tee_lower_microcode_higher(tee_scene *s)
{
    tee_lower(s);
    s->chip.reported[7]++;
    memcpy(s->chip.committed, s->chip.reported, AT_TCB);
    memcpy(s->chip.current, s->chip.reported, AT_TCB);
}

static void tail_is_used(tee_scene *s) { own(s, &s->fields.report_data)[63] = 1; }
static void another_key(tee_scene *s) { own(s, &s->fields.report_data)[0] ^= 1; }
static void no_report_data(tee_scene *s) { memset(own(s, &s->fields.report_data), 0, AT_REPORT_DATA); }

static void key_in_the_second_half(tee_scene *s)
{
    uint8_t *data = own(s, &s->fields.report_data);
    memcpy(data + 32, data, 32);
    memset(data, 0, 32);
}

static void key_reversed(tee_scene *s)
{
    uint8_t *data = own(s, &s->fields.report_data);
    for (size_t i = 0; i < 32; i++)
        data[i] = s->report_data[31 - i];
}

static void another_measurement(tee_scene *s) { own(s, &s->fields.measurement)[47] ^= 1; }
static void first_of_measurement(tee_scene *s) { own(s, &s->fields.measurement)[0] ^= 1; }
static void middle_of_measurement(tee_scene *s) { own(s, &s->fields.measurement)[AT_MEASUREMENT / 2] ^= 1; }

/* A zero byte, at which a comparison of strings ends, and another byte behind it. */
static void measurement_as_text(tee_scene *s)
{
    uint8_t *m = own(s, &s->fields.measurement);
    s->measurements[0][1] = m[1] = 0;
    m[2] ^= 1;
}

static void no_measurement(tee_scene *s) { memset(own(s, &s->fields.measurement), 0, AT_MEASUREMENT); }
static void no_references(tee_scene *s) { s->policy.n_measurements = 0; }

/* ---- what the policy pins ---- */

static void venice_50(tee_scene *s) { s->fields.cpuid_model = 0x50; }
static void venice_c7(tee_scene *s) { s->fields.cpuid_model = 0xc7; }
static void pages_may_be_swapped(tee_scene *s) { s->fields.policy &= ~POLICY_PAGE_SWAP; }
static void cxl_allowed(tee_scene *s) { s->fields.policy |= POLICY_CXL; }
static void aliases_unchecked(tee_scene *s) { s->fields.platform_info &= ~(uint64_t)PLATFORM_ALIAS_CHECK; }
static void iommu_unsafe(tee_scene *s) { s->fields.platform_info &= ~(uint64_t)PLATFORM_IOMMU; }
static void tsme_on(tee_scene *s) { s->fields.platform_info |= PLATFORM_TSME; }
static void flip(tee_scene *s, span *field) { own(s, field)[field->n - 1] ^= 1; }
static void clear(tee_scene *s, span *field) { memset(own(s, field), 0, field->n); }
static void flip_first(tee_scene *s, span *field) { own(s, field)[0] ^= 1; }
static void flip_middle(tee_scene *s, span *field) { own(s, field)[field->n / 2] ^= 1; }
static void first_of_host_data(tee_scene *s) { flip_first(s, &s->fields.host_data); }
static void middle_of_host_data(tee_scene *s) { flip_middle(s, &s->fields.host_data); }
static void first_of_family(tee_scene *s) { flip_first(s, &s->fields.family_id); }
static void middle_of_family(tee_scene *s) { flip_middle(s, &s->fields.family_id); }
static void first_of_image(tee_scene *s) { flip_first(s, &s->fields.image_id); }
static void middle_of_image(tee_scene *s) { flip_middle(s, &s->fields.image_id); }
static void first_of_id_key(tee_scene *s) { flip_first(s, &s->fields.id_key_digest); }
static void middle_of_id_key(tee_scene *s) { flip_middle(s, &s->fields.id_key_digest); }
static void first_of_author_key(tee_scene *s) { flip_first(s, &s->fields.author_key_digest); }
static void middle_of_author_key(tee_scene *s) { flip_middle(s, &s->fields.author_key_digest); }
static void other_host_data(tee_scene *s) { flip(s, &s->fields.host_data); }
static void no_host_data(tee_scene *s) { clear(s, &s->fields.host_data); }
static void other_family(tee_scene *s) { flip(s, &s->fields.family_id); }
static void image_as_family(tee_scene *s) { s->fields.family_id = s->fields.image_id; }
static void other_image(tee_scene *s) { flip(s, &s->fields.image_id); }
static void family_as_image(tee_scene *s) { s->fields.image_id = s->fields.family_id; }
static void other_id_key(tee_scene *s) { flip(s, &s->fields.id_key_digest); }
static void author_as_id_key(tee_scene *s) { s->fields.id_key_digest = s->fields.author_key_digest; }

static void no_id_key(tee_scene *s)
{
    clear(s, &s->fields.id_key_digest);
    memset(s->id_keys[0], 0, AT_KEY_DIGEST); /* which the policy lists */
}

static void other_author_key(tee_scene *s) { flip(s, &s->fields.author_key_digest); }
static void author_key_not_in_force(tee_scene *s) { s->fields.key_info &= ~AT_KEY_INFO_AUTHOR; }
static void id_key_not_pinned(tee_scene *s) { s->policy.pinned &= ~AT_PINS(AT_PIN_ID_KEY); }
static void high_svn(tee_scene *s) { s->fields.guest_svn = 0xffffffff; }
static void svn_one_lower(tee_scene *s) { s->fields.guest_svn--; }
static void svn_0(tee_scene *s) { s->fields.guest_svn = 0; }
static void build_one_lower(tee_scene *s) { s->fields.committed_build--; }

static void minor_lower_build_higher(tee_scene *s)
{
    s->fields.committed_minor--;
    s->fields.committed_build = 255;
}

static void launched_unmitigated(tee_scene *s) { s->fields.launch_mit_vector = 2; }
static void mitigation_gone(tee_scene *s) { s->fields.current_mit_vector = 0; }
static void chip_of_another_operator(tee_scene *s) { s->chip.hw_id[0] ^= 1; }
static void chip_with_another_middle(tee_scene *s) { s->chip.hw_id[AT_CHIP_ID / 2] ^= 1; }
static void chip_with_another_end(tee_scene *s) { s->chip.hw_id[AT_CHIP_ID - 1] ^= 1; }
static void no_chips_listed(tee_scene *s) { s->policy.n_chips = 0; }

/* ---- the wrapper ---- */

static void wrapper_without_claims(tee_scene *s)
{
    s->n_claims = 0;
    s->policy.pinned &= ~AT_PINS(AT_PIN_USER_DATA);
}

static void cut_by(tee_scene *s, size_t n) { s->evidence.wrapper = span_first(s->evidence.wrapper, AT_WRAPPER_HEAD - n); }
static void last_byte_of_the_head_missing(tee_scene *s) { cut_by(s, 1); }
static void last_field_of_the_head_missing(tee_scene *s) { cut_by(s, 4); }
static void mark_hclb(tee_scene *s) { s->wrapper[3] = 'B'; }
static void mark_in_small_letters(tee_scene *s) { memcpy(s->wrapper, "hcla", 4); }
static void data_version_0(tee_scene *s) { s->wrapper[0x4c4] = 0; }
static void data_version_2(tee_scene *s) { s->wrapper[0x4c4] = 2; }
static void type_of_tdx(tee_scene *s) { s->wrapper[0x4c8] = 4; }
static void type_0(tee_scene *s) { s->wrapper[0x4c8] = 0; }
static void hash_0(tee_scene *s) { s->wrapper[0x4cc] = 0; }
static void hash_4(tee_scene *s) { s->wrapper[0x4cc] = 4; }
static void size_one_higher(tee_scene *s) { s->wrapper[0x4c0]++; }
static void size_zero(tee_scene *s) { memset(s->wrapper + 0x4c0, 0, 4); }
static void claims_changed(tee_scene *s) { *(char *)memmem(s->wrapper + AT_WRAPPER_HEAD, s->n_claims, "secure", 6) = 'S'; }
static void claims_end_differently(tee_scene *s) { own(s, &s->fields.report_data)[32] = 1; }

static char *user_data_in_claims(tee_scene *s) { return s->claims + s->n_claims - 2 - 2 * AT_USER_DATA; }
static void other_user_data(tee_scene *s) { user_data_in_claims(s)[0] ^= 1; }
static void user_data_renamed(tee_scene *s) { user_data_in_claims(s)[-4] = 'A'; }

static void user_data_twice(tee_scene *s)
{
    char member[2 * AT_USER_DATA + 32];
    const size_t n = (size_t)(s->claims + s->n_claims - 1 - (user_data_in_claims(s) - 13));
    memcpy(member, user_data_in_claims(s) - 13, n);
    s->claims[s->n_claims - 1] = ',';
    memcpy(s->claims + s->n_claims, member, n);
    s->n_claims += n;
    s->claims[s->n_claims++] = '}';
}

static void no_wrapper(tee_scene *s) { s->evidence.wrapper = EMPTY; }

/* ---- the ID block ---- */

static void block_twice(tee_scene *s) { s->owner.n_block *= 2; }
static void block_long(tee_scene *s) { s->owner.n_block++; }
static void auth_short(tee_scene *s) { s->evidence.id_auth.n--; }
static void auth_long(tee_scene *s) { s->evidence.id_auth.n++; }
static void block_version_0(tee_scene *s) { s->owner.version = 0; }
static void block_version_2(tee_scene *s) { s->owner.version = 2; }
static void id_algo_0(tee_scene *s) { s->owner.id_algo = 0; }
static void id_algo_2(tee_scene *s) { s->owner.id_algo = 2; }
static void author_algo_0(tee_scene *s) { s->owner.author_algo = 0; }
static void author_algo_2(tee_scene *s) { s->owner.author_algo = 2; }
static void id_curve_1(tee_scene *s) { s->owner.id.curve = 1; }
static void author_curve_3(tee_scene *s) { s->owner.author.curve = 3; }
static void id_key_padded(tee_scene *s) { s->owner.id.padding = 1; }
static void auth_644_used(tee_scene *s) { s->owner.auth[0x644] = 1; }
static void block_signature_tail(tee_scene *s) { s->owner.auth[0x40 + 511] = 1; }
static void block_of_another_image(tee_scene *s) { s->owner.measurement[0] ^= 1; }
static void block_with_a_lower_svn(tee_scene *s) { s->owner.guest_svn--; }
static void signed_by_the_author(tee_scene *s) { s->owner.block_signer = &s->owner.author; }
static void block_signature_broken(tee_scene *s) { s->owner.auth[0x40 + 72] ^= 1; }
static void vouched_for_by_itself(tee_scene *s) { s->owner.key_signer = &s->owner.id; }
static void key_signature_broken(tee_scene *s) { s->owner.auth[0x680] ^= 1; }
static void id_digest_as_author(tee_scene *s) { s->fields.author_key_digest = s->fields.id_key_digest; }

/* ---- the list ---- */

#define PINNED  .version = 5, .pinned = true
#define WRAPPED .version = 3, .wrapped = true
#define OWNED   .version = 3, .owned = true

const tee_lie tee_lies[] = {
    {"report-long", REQ_AT_002, "one byte behind the report", "what follows a report would be taken along unjudged",
     .after = one_byte_more},
    {"report-short", REQ_AT_002, "the report's last byte is missing", "a cut report would be filled up", .after = one_byte_less},
    {"version-6", REQ_AT_003, "VERSION 6", "a later layout would be read by an earlier one's rules", .fields = version_6},
    {"version-1", REQ_AT_003, "VERSION 1", "an earlier layout would be read by a later one's rules", .version = 2, .fields = version_1},
    {"algorithm-0", REQ_AT_004, "SIGNATURE_ALGO 0", "an undefined algorithm would be verified as the usual one", .fields = algorithm_0},
    {"algorithm-2", REQ_AT_004, "SIGNATURE_ALGO 2", "an unknown algorithm would be verified as the usual one", .fields = algorithm_2},
    {"key-info-bit-5", REQ_AT_005, "key information bit 5 set", "a new flag about the signing key would be overlooked",
     .fields = key_info_bit_5},
    {"key-info-bit-31", REQ_AT_005, "key information bit 31 set", "a new flag about the signing key would be overlooked",
     .fields = key_info_bit_31},
    {"signing-key-2", REQ_AT_006, "SIGNING_KEY 2", "a kind of key without a meaning would count as a VCEK", .fields = signing_key_2},
    {"signing-key-7", REQ_AT_006, "SIGNING_KEY 7, not signed", "a report that says it has no signature would count",
     .fields = signing_key_7},
    {"reserved-04c", REQ_AT_007, "0x04C is 1", "a field of a later version would be overlooked", .fields = reserved_04c},
    {"reserved-18b", REQ_AT_007, "0x18B is 1", "a field of a later version would be overlooked", .fields = reserved_18b},
    {"reserved-1eb", REQ_AT_007, "0x1EB is 1", "a field of a later version would be overlooked", .fields = reserved_1eb},
    {"reserved-1ef", REQ_AT_007, "0x1EF is 1", "a field of a later version would be overlooked", .fields = reserved_1ef},
    {"reserved-208", REQ_AT_007, "0x29F is 1", "a field of a later version would be overlooked", .version = 5, .fields = reserved_208},
    {"v2-cpuid", REQ_AT_008, "version 2 with a CPUID family", "the product could be named by two fields that disagree", .version = 2,
     .fields = cpuid_in_version_2},
    {"v3-mitigations", REQ_AT_008, "version 3 with a mitigation vector",
     "a field would be believed that firmware of this version leaves to chance", .fields = mitigation_vector_in_version_3},
    {"v4-mitigations", REQ_AT_008, "version 4 with a mitigation vector",
     "a field would be believed that firmware of this version leaves to chance", .version = 4, .fields = mitigation_vector_in_version_4},
    {"family-17", REQ_AT_009, "CPUID family 0x17", "an unknown product would be judged by another's layout", .fields = family_17},
    {"model-50", REQ_AT_009, "CPUID model 0x50", "an unknown product would be judged by another's layout", .fields = model_50},
    {"vek-trailing", REQ_AT_010, "one byte behind the VEK", "two strings of bytes would be one certificate", .after = byte_behind_the_vek},
    {"intermediate-trailing", REQ_AT_010, "one byte behind the ASK", "two strings of bytes would be one certificate",
     .after = byte_behind_the_intermediate},
    {"look-alike-chain", REQ_AT_011, "ASK and VCEK under a foreign root with the same names and key identifiers",
     "anybody could be the vendor", .issue = look_alike_chain},
    {"look-alike-issuer", REQ_AT_011, "VCEK signed by a foreign key, sent with the genuine ASK", "anybody could certify a chip",
     .issue = look_alike_issuer},
    {"intermediate-no-ca", REQ_AT_011, "ASK without basic constraints", "a certificate for something else could certify chips",
     .issue = intermediate_is_no_ca},
    {"intermediate-no-sign", REQ_AT_011, "ASK whose key usage is digitalSignature", "a certificate for something else could certify chips",
     .issue = intermediate_may_not_sign},
    {"vek-expired", REQ_AT_012, "VCEK valid until one second ago", "an old certificate would live for ever", .issue = vek_expired},
    {"vek-early", REQ_AT_012, "VCEK valid from the next second on", "a certificate would count before its time",
     .issue = vek_not_yet_valid},
    {"intermediate-expired", REQ_AT_012, "ASK valid until one second ago", "an old issuer would live for ever",
     .issue = intermediate_expired},
    {"root-expired", REQ_AT_012, "ARK valid until one second ago", "an old root would live for ever", .issue = root_expired},
    {"crl-absent", REQ_AT_013, "no revocation list, though the policy asks for one", "whoever withholds the list undoes it",
     .after = no_list},
    {"crl-stale", REQ_AT_014, "the list's next update was one second ago", "an old list hides later revocations", .issue = list_stale},
    {"crl-early", REQ_AT_014, "the list is of the next second", "a list would count before its time", .issue = list_of_tomorrow},
    {"crl-forged", REQ_AT_014, "the list is signed by a foreign key", "anybody could write the list", .issue = list_forged},
    {"crl-cut", REQ_AT_014, "the list's second half is missing", "a broken list would be an empty one", .after = list_cut},
    {"crl-other-line", REQ_AT_014, "the list of the Genoa line", "another root's list says nothing about this intermediate",
     .issue = list_of_another_line},
    {"intermediate-revoked", REQ_AT_015, "the list names the ASK", "a revoked issuer would go on certifying",
     .issue = intermediate_revoked},
    {"vek-salt-32", REQ_AT_016, "VCEK signed with a salt of 32 bytes", "the certificate would choose its own parameters",
     .issue = vek_with_a_short_salt},
    {"intermediate-salt-32", REQ_AT_016, "ASK signed with a salt of 32 bytes", "the certificate would choose its own parameters",
     .issue = intermediate_with_a_short_salt},
    {"vcek-under-asvk", REQ_AT_017, "VCEK issued by the ASVK", "the provider's issuer could speak for chips", .issue = vcek_under_asvk},
    {"vlek-under-ask", REQ_AT_017, "VLEK whose issuer is named as the ASK", "the chips' issuer could speak for a provider", .vlek = true,
     .issue = vlek_under_ask},
    {"ask-of-genoa", REQ_AT_017, "the ASK is named after the Genoa line", "one line's issuer could speak for another",
     .issue = intermediate_of_another_line},
    {"vcek-named-vlek", REQ_AT_017, "SIGNING_KEY 0, and the certificate is named SEV-VLEK", "a provider's key would pass for a chip's",
     .issue = vcek_named_vlek},
    {"vek-renamed", REQ_AT_017, "the certificate is named SEV-VCEK-2", "a certificate with another role would pass",
     .issue = vek_named_otherwise},
    {"vek-rsa", REQ_AT_029, "the VCEK holds an RSA key", "the signature would be judged by a key of another kind", .issue = rsa_vek},
    {"tee-absent", REQ_AT_019, "no extension for the TEE component", "an absent component would be zero", .issue = no_tee_component},
    {"microcode-twice", REQ_AT_019, "two extensions for the microcode", "the reader would choose which one to believe",
     .issue = two_microcodes},
    {"hwid-twice", REQ_AT_019, "two hwID extensions", "the reader would choose which one to believe", .issue = two_identifiers},
    {"product-twice", REQ_AT_019, "two productName extensions", "the reader would choose which one to believe", .issue = two_product_names},
    {"cspid-twice", REQ_AT_019, "two cspID extensions", "the reader would choose which one to believe", .vlek = true,
     .issue = two_providers},
    {"tcb-overlong", REQ_AT_020, "the TEE component as 02 02 00 00", "one number would have two forms", .issue = overlong_integer},
    {"tcb-trailing", REQ_AT_020, "one byte behind the TEE component", "a prefix would count for the whole",
     .issue = byte_behind_an_integer},
    {"tcb-boolean", REQ_AT_020, "the TEE component as a BOOLEAN", "another type would be read as a number", .issue = no_integer},
    {"tcb-empty", REQ_AT_020, "the extension of the TEE component holds nothing", "nothing would be read as zero",
     .issue = empty_component},
    {"tcb-256", REQ_AT_020, "the TEE component is 256", "a number would be cut to a byte", .issue = component_256},
    {"product-genoa", REQ_AT_021, "productName Genoa in a chain of the Milan line", "the certificate of another product would count",
     .issue = named_genoa},
    {"product-rome", REQ_AT_021, "productName Rome", "the certificate of an unknown product would count", .issue = named_rome},
    {"tcb-boot-loader", REQ_AT_022, "the certificate's boot loader is one higher", "the key would be of another firmware",
     .issue = other_boot_loader},
    {"tcb-tee", REQ_AT_022, "the certificate's TEE is one higher", "the key would be of another firmware", .issue = other_tee},
    {"tcb-reserved", REQ_AT_022, "the certificate's spl_5 is 1", "a component without a name would be overlooked", .issue = other_reserved},
    {"tcb-snp", REQ_AT_022, "the certificate's SNP firmware is one higher", "the key would be of another firmware", .issue = other_snp},
    {"tcb-microcode", REQ_AT_022, "the certificate's microcode is one higher", "the key would be of another firmware",
     .issue = other_microcode},
    {"tcb-current", REQ_AT_022, "the certificate has CURRENT_TCB, which is ahead of REPORTED_TCB", "the two would be confused",
     .chip = current_is_ahead, .issue = other_microcode},
    {"chip-masked", REQ_AT_023, "CHIP_ID is zero", "any chip's certificate would fit", .fields = masked_chip},
    {"hwid-long", REQ_AT_024, "hwID has 65 bytes", "a prefix would count for the whole", .issue = identifier_too_long},
    {"chip-other", REQ_AT_025, "CHIP_ID differs from hwID in one bit", "one chip's certificate would serve another",
     .fields = another_chip},
    {"chip-middle", REQ_AT_025, "CHIP_ID differs from hwID in a byte in the middle", "a part would count for the whole",
     .fields = middle_of_the_chip},
    {"chip-end", REQ_AT_025, "CHIP_ID differs from hwID in its last byte", "a prefix would count for the whole", .fields = end_of_the_chip},
    {"chip-tail", REQ_AT_025, "on Turin CHIP_ID has a byte behind the first eight", "the rest of the field would be overlooked",
     .product = AT_TURIN, .fields = tail_of_the_chip},
    {"provider-other", REQ_AT_026, "cspID is that of another provider", "one provider could speak for another", .vlek = true,
     .issue = another_provider},
    {"r-padding", REQ_AT_027, "a byte above r is set", "unsigned bytes could carry something", .after = r_padded},
    {"s-padding", REQ_AT_027, "a byte above s is set", "unsigned bytes could carry something", .after = s_padded},
    {"signature-rest", REQ_AT_028, "the byte behind s is set", "unsigned bytes could carry something", .after = rest_is_used},
    {"signature-last", REQ_AT_028, "the report's last byte is set", "unsigned bytes could carry something", .after = last_byte_is_used},
    {"host-data-changed", REQ_AT_029, "HOST_DATA changed after signing", "anybody could edit a report", .after = host_data_changed},
    {"r-zero", REQ_AT_029, "r is zero", "a signature of zeros would fit every report", .after = r_is_zero},
    {"s-zero", REQ_AT_029, "s is zero", "a signature of zeros would fit every report", .after = s_is_zero},
    {"r-order", REQ_AT_029, "r is the order of the group", "r out of range would be reduced", .after = r_is_the_order},
    {"big-endian", REQ_AT_029, "r and s in big-endian order", "another encoding would be guessed at", .after = big_endian},
    {"other-tcb-key", REQ_AT_029, "signed with the key for an older TCB", "leaked keys of old firmware would go on working",
     .after = key_of_another_tcb},
    {"policy-bit-17", REQ_AT_031, "POLICY bit 17 clear", "a policy that no firmware enforces would count", .fields = bit_17_clear},
    {"policy-bit-26", REQ_AT_032, "POLICY bit 26 set", "an unknown permission would be overlooked", .fields = bit_26},
    {"policy-bit-63", REQ_AT_032, "POLICY bit 63 set", "an unknown permission would be overlooked", .fields = bit_63},
    {"debug", REQ_AT_033, "POLICY with DEBUG", "the host could read the guest's memory", .fields = debug},
    {"migration", REQ_AT_034, "POLICY with MIGRATE_MA", "the guest could be moved to a machine that nobody judged", .fields = migration},
    {"line-not-listed", REQ_AT_035, "the policy lists the Turin line only", "a line whose root secret is out would count",
     .after = line_not_listed},
    {"vmpl-1", REQ_AT_036, "VMPL 1", "a less privileged layer could speak for the guest", .fields = vmpl_1},
    {"vmpl-3", REQ_AT_036, "VMPL 3", "a process could speak for the guest", .fields = vmpl_3},
    {"vmpl-host", REQ_AT_036, "VMPL 0xFFFFFFFF", "the host could speak for the guest", .fields = vmpl_of_the_host},
    {"reported-ahead", REQ_AT_037, "REPORTED_TCB above COMMITTED_TCB in the SNP firmware",
     "the firmware could be rolled back below what it reports", .chip = reported_above_committed},
    {"committed-ahead", REQ_AT_037, "COMMITTED_TCB above CURRENT_TCB in the microcode", "firmware older than the committed one would run",
     .chip = committed_above_current},
    {"tcb-floor", REQ_AT_038, "SNP firmware one below the minimum, boot loader one above",
     "a higher component would make up for a lower one", .chip = one_component_lower_another_higher},
    {"floor-boot-loader", REQ_AT_038, "the boot loader one below the minimum", "a component would be overlooked",
     .chip = boot_loader_lower},
    {"floor-tee", REQ_AT_038, "the TEE one below the minimum", "a component would be overlooked", .chip = tee_lower},
    {"floor-microcode", REQ_AT_038, "the microcode one below the minimum", "a component would be overlooked", .chip = microcode_lower},
    {"floor-sum", REQ_AT_038, "the TEE one below the minimum, the microcode one above", "the components would be compared as one number",
     .chip = tee_lower_microcode_higher},
    {"data-tail", REQ_AT_039, "the key, and behind it a byte that is not zero", "a prefix would count for the whole",
     .fields = tail_is_used},
    {"data-other-key", REQ_AT_039, "the key differs in one bit", "evidence for another key would count", .fields = another_key},
    {"data-second-half", REQ_AT_039, "zeros, then the key", "the key could stand anywhere", .fields = key_in_the_second_half},
    {"data-reversed", REQ_AT_039, "the key's bytes in reverse order", "the key would have two forms", .fields = key_reversed},
    {"data-zero", REQ_AT_039, "64 zeros", "evidence without a binding would count", .fields = no_report_data},
    {"measurement-other", REQ_AT_040, "MEASUREMENT differs in its last byte", "other software would count", .fields = another_measurement},
    {"measurement-first", REQ_AT_040, "MEASUREMENT differs in its first byte", "a part would count for the whole",
     .fields = first_of_measurement},
    {"measurement-middle", REQ_AT_040, "MEASUREMENT differs in a byte in the middle", "a part would count for the whole",
     .fields = middle_of_measurement},
    {"measurement-text", REQ_AT_040, "MEASUREMENT differs behind a zero byte", "it would be compared as text",
     .fields = measurement_as_text},
    {"measurement-zero", REQ_AT_040, "MEASUREMENT is zero", "a guest that was not measured would count", .fields = no_measurement},
    {"references-empty", REQ_AT_040, "the policy's list of measurements is empty", "no expectation would be met by everything",
     .after = no_references},
    {"venice-50", REQ_AT_044, "CPUID model 0x50 of family 0x1A", "a report would be read by the layout of another line",
     .product = AT_TURIN, .version = 5, .fields = venice_50},
    {"venice-c7", REQ_AT_044, "CPUID model 0xC7 of family 0x1A", "a report would be read by the layout of another line",
     .product = AT_TURIN, .version = 5, .fields = venice_c7},
    {"page-swap", REQ_AT_045, "POLICY without PAGE_SWAP_DISABLE", "the host could move pages although the policy forbids it", PINNED,
     .fields = pages_may_be_swapped},
    {"cxl", REQ_AT_045, "POLICY with CXL_ALLOW", "memory outside the socket would hold the guest", PINNED, .fields = cxl_allowed},
    {"alias-check", REQ_AT_046, "PLATFORM_INFO without ALIAS_CHECK_COMPLETE", "memory modules that lie would go unnoticed", PINNED,
     .fields = aliases_unchecked},
    {"iommu", REQ_AT_046, "PLATFORM_INFO without IOMMU_WRITE_SAFE", "devices could write where the policy forbids it", PINNED,
     .fields = iommu_unsafe},
    {"tsme", REQ_AT_046, "PLATFORM_INFO with TSME", "a bit that the policy forbids would count", PINNED, .fields = tsme_on},
    {"host-data-first", REQ_AT_047, "HOST_DATA differs in its first byte", "a part would count for the whole", PINNED,
     .fields = first_of_host_data},
    {"host-data-middle", REQ_AT_047, "HOST_DATA differs in a byte in the middle", "a part would count for the whole", PINNED,
     .fields = middle_of_host_data},
    {"host-data-other", REQ_AT_047, "HOST_DATA differs in its last bit", "another configuration would count", PINNED,
     .fields = other_host_data},
    {"host-data-zero", REQ_AT_047, "HOST_DATA is zero", "a guest without the configuration would count", PINNED, .fields = no_host_data},
    {"family-first", REQ_AT_048, "FAMILY_ID differs in its first byte", "a part would count for the whole", PINNED,
     .fields = first_of_family},
    {"family-middle", REQ_AT_048, "FAMILY_ID differs in a byte in the middle", "a part would count for the whole", PINNED,
     .fields = middle_of_family},
    {"family-other", REQ_AT_048, "FAMILY_ID differs in its last bit", "another family of guests would count", PINNED,
     .fields = other_family},
    {"family-image", REQ_AT_048, "FAMILY_ID holds the image's identifier", "the fields could be exchanged", PINNED,
     .fields = image_as_family},
    {"image-first", REQ_AT_049, "IMAGE_ID differs in its first byte", "a part would count for the whole", PINNED, .fields = first_of_image},
    {"image-middle", REQ_AT_049, "IMAGE_ID differs in a byte in the middle", "a part would count for the whole", PINNED,
     .fields = middle_of_image},
    {"image-other", REQ_AT_049, "IMAGE_ID differs in its last bit", "another image would count", PINNED, .fields = other_image},
    {"image-family", REQ_AT_049, "IMAGE_ID holds the family's identifier", "the fields could be exchanged", PINNED,
     .fields = family_as_image},
    {"id-key-first", REQ_AT_050, "ID_KEY_DIGEST differs in its first byte", "a part would count for the whole", PINNED,
     .fields = first_of_id_key},
    {"id-key-middle", REQ_AT_050, "ID_KEY_DIGEST differs in a byte in the middle", "a part would count for the whole", PINNED,
     .fields = middle_of_id_key},
    {"id-key-other", REQ_AT_050, "ID_KEY_DIGEST differs in its last bit", "anybody could sign the ID block", PINNED,
     .fields = other_id_key},
    {"id-key-author", REQ_AT_050, "ID_KEY_DIGEST is that of the author's key", "a key with another role would count", PINNED,
     .fields = author_as_id_key},
    {"id-key-zero", REQ_AT_050, "ID_KEY_DIGEST is zero, and so is the pinned one", "a guest without an ID block would count", PINNED,
     .fields = no_id_key},
    {"author-key-first", REQ_AT_051, "AUTHOR_KEY_DIGEST differs in its first byte", "a part would count for the whole", PINNED,
     .fields = first_of_author_key},
    {"author-key-middle", REQ_AT_051, "AUTHOR_KEY_DIGEST differs in a byte in the middle", "a part would count for the whole", PINNED,
     .fields = middle_of_author_key},
    {"author-key-other", REQ_AT_051, "AUTHOR_KEY_DIGEST differs in its last bit", "anybody could vouch for the ID key", PINNED,
     .fields = other_author_key},
    {"author-key-off", REQ_AT_051, "AUTHOR_KEY_EN is clear, the digest is there", "a key that signed nothing would count", PINNED,
     .fields = author_key_not_in_force},
    {"svn-without-key", REQ_AT_052, "the policy has a minimum for GUEST_SVN and pins no ID key", "the host could choose the number", PINNED,
     .after = id_key_not_pinned},
    {"svn-high-without-key", REQ_AT_052, "the same, with the highest GUEST_SVN", "the host could choose the number", PINNED,
     .fields = high_svn, .after = id_key_not_pinned},
    {"svn-lower", REQ_AT_053, "GUEST_SVN is one below the minimum", "an image with known faults would count", PINNED,
     .fields = svn_one_lower},
    {"svn-zero", REQ_AT_053, "GUEST_SVN is zero", "an image without a number would count", PINNED, .fields = svn_0},
    {"firmware-build", REQ_AT_054, "the committed build is one below the minimum", "firmware with known faults would count", PINNED,
     .fields = build_one_lower},
    {"firmware-minor", REQ_AT_054, "the committed minor version is one below, the build above",
     "a higher part would make up for a lower one", PINNED, .fields = minor_lower_build_higher},
    {"mitigation-launch", REQ_AT_055, "LAUNCH_MIT_VECTOR has another bit than the required one",
     "a guest that was launched unprotected would count", PINNED, .fields = launched_unmitigated},
    {"mitigation-current", REQ_AT_055, "CURRENT_MIT_VECTOR is zero", "a platform that is unprotected now would count", PINNED,
     .fields = mitigation_gone},
    {"chip-unlisted", REQ_AT_056, "genuine evidence of a chip that the policy does not list",
     "a machine outside the operator's halls would count", PINNED, .chip = chip_of_another_operator},
    {"chip-unlisted-middle", REQ_AT_056, "a chip that differs from the listed one in the middle", "a part would count for the whole",
     PINNED, .chip = chip_with_another_middle},
    {"chip-unlisted-end", REQ_AT_056, "a chip that differs from the listed one in its last byte", "a prefix would count for the whole",
     PINNED, .chip = chip_with_another_end},
    {"chips-empty", REQ_AT_056, "the policy's list of chips is empty", "no expectation would be met by everything", PINNED,
     .after = no_chips_listed},
    {"wrapper-short", REQ_AT_070, "the wrapper's head lacks its last byte, and there are no claims", "a cut wrapper would be filled up",
     WRAPPED, .chip = wrapper_without_claims, .after = last_byte_of_the_head_missing},
    {"wrapper-shorter", REQ_AT_070, "the wrapper's head lacks its last field, and there are no claims", "a cut wrapper would be filled up",
     WRAPPED, .chip = wrapper_without_claims, .after = last_field_of_the_head_missing},
    {"wrapper-mark", REQ_AT_071, "the wrapper begins with HCLB", "something else would be read as a wrapper", WRAPPED, .after = mark_hclb},
    {"wrapper-small", REQ_AT_071, "the wrapper begins with hcla", "something else would be read as a wrapper", WRAPPED,
     .after = mark_in_small_letters},
    {"runtime-0", REQ_AT_072, "runtime data of version 0", "another layout would be read by this one's rules", WRAPPED,
     .after = data_version_0},
    {"runtime-2", REQ_AT_072, "runtime data of version 2", "another layout would be read by this one's rules", WRAPPED,
     .after = data_version_2},
    {"wrapped-tdx", REQ_AT_073, "the wrapper says that the report is of TDX", "two fields would disagree about the report", WRAPPED,
     .after = type_of_tdx},
    {"wrapped-0", REQ_AT_073, "the wrapper says that the report is of type 0", "two fields would disagree about the report", WRAPPED,
     .after = type_0},
    {"claims-hash-0", REQ_AT_074, "the hash has number 0", "an unknown hash would be taken for the usual one", WRAPPED, .after = hash_0},
    {"claims-hash-4", REQ_AT_074, "the hash has number 4", "an unknown hash would be taken for the usual one", WRAPPED, .after = hash_4},
    {"runtime-size", REQ_AT_075, "the runtime data is one byte longer than its claims", "bytes that no digest covers would count", WRAPPED,
     .after = size_one_higher},
    {"runtime-size-0", REQ_AT_075, "the size of the runtime data is zero", "two lengths would disagree", WRAPPED, .after = size_zero},
    {"claims-changed", REQ_AT_076, "one byte of the claims changed after signing", "anybody could edit the claims", WRAPPED,
     .after = claims_changed},
    {"claims-tail", REQ_AT_076, "the digest of the claims, and after it a byte that is not zero", "a prefix would count for the whole",
     WRAPPED, .fields = claims_end_differently},
    {"user-data-other", REQ_AT_077, "user-data differs in one bit", "evidence for another key would count", WRAPPED,
     .chip = other_user_data},
    {"user-data-absent", REQ_AT_077, "the claims have no user-data", "evidence without a binding would count", WRAPPED,
     .chip = user_data_renamed},
    {"user-data-twice", REQ_AT_077, "the claims have user-data twice", "the reader would choose which one to believe", WRAPPED,
     .chip = user_data_twice},
    {"wrapper-absent", REQ_AT_077, "the report without its wrapper", "evidence without a binding would count", WRAPPED,
     .after = no_wrapper},
    {"block-twice", REQ_AT_080, "96 bytes after the ID block, and signed so", "what follows a block would be taken along unjudged", OWNED,
     .issue = block_twice},
    {"block-long", REQ_AT_080, "the ID block is 97 bytes, and signed so", "what follows a block would be taken along unjudged", OWNED,
     .issue = block_long},
    {"auth-short", REQ_AT_081, "the page's last byte is missing", "a cut page would be filled up", OWNED, .after = auth_short},
    {"auth-long", REQ_AT_081, "one byte after the page", "what follows a page would be taken along unjudged", OWNED, .after = auth_long},
    {"block-version-0", REQ_AT_082, "an ID block of version 0", "another layout would be read by this one's rules", OWNED,
     .issue = block_version_0},
    {"block-version-2", REQ_AT_082, "an ID block of version 2", "another layout would be read by this one's rules", OWNED,
     .issue = block_version_2},
    {"id-algo-0", REQ_AT_083, "ID_KEY_ALGO 0", "an undefined algorithm would be verified as the usual one", OWNED, .issue = id_algo_0},
    {"id-algo-2", REQ_AT_083, "ID_KEY_ALGO 2", "an unknown algorithm would be verified as the usual one", OWNED, .issue = id_algo_2},
    {"author-algo-0", REQ_AT_084, "AUTHOR_KEY_ALGO 0", "an undefined algorithm would be verified as the usual one", OWNED,
     .issue = author_algo_0},
    {"author-algo-2", REQ_AT_084, "AUTHOR_KEY_ALGO 2", "an unknown algorithm would be verified as the usual one", OWNED,
     .issue = author_algo_2},
    {"id-curve", REQ_AT_085, "the ID key is on curve 1", "a point would be read on another curve", OWNED, .issue = id_curve_1},
    {"author-curve", REQ_AT_085, "the author key is on curve 3", "a point would be read on another curve", OWNED, .issue = author_curve_3},
    {"id-key-padding", REQ_AT_086, "the last byte of the ID key is set", "one key would have two digests", OWNED, .issue = id_key_padded},
    {"auth-644", REQ_AT_086, "0x644 of the page is 1", "a field of a later version would be overlooked", OWNED, .after = auth_644_used},
    {"block-signature-tail", REQ_AT_086, "the last byte of the block's signature is set", "unsigned bytes could carry something", OWNED,
     .after = block_signature_tail},
    {"block-image", REQ_AT_087, "the block is of another image", "the owner's word about another guest would count", OWNED,
     .issue = block_of_another_image},
    {"block-svn", REQ_AT_087, "the block has a lower GUEST_SVN", "the owner's word about another guest would count", OWNED,
     .issue = block_with_a_lower_svn},
    {"id-digest-other", REQ_AT_088, "the report's ID_KEY_DIGEST differs in its last bit", "another owner would count", OWNED,
     .fields = other_id_key},
    {"id-digest-author", REQ_AT_088, "the report's ID_KEY_DIGEST is that of the author's key", "a key with another role would count", OWNED,
     .fields = author_as_id_key},
    {"block-signer", REQ_AT_089, "the author key signed the block", "a key with another role could sign", OWNED,
     .issue = signed_by_the_author},
    {"block-signature", REQ_AT_089, "one bit of the block's signature is changed", "anybody could write a block", OWNED,
     .after = block_signature_broken},
    {"author-digest-other", REQ_AT_090, "the report's AUTHOR_KEY_DIGEST differs in its last bit", "another author would count", OWNED,
     .fields = other_author_key},
    {"author-digest-id", REQ_AT_090, "the report's AUTHOR_KEY_DIGEST is that of the ID key", "a key with another role would count", OWNED,
     .fields = id_digest_as_author},
    {"key-signer", REQ_AT_091, "the ID key signed itself", "a key could vouch for itself", OWNED, .issue = vouched_for_by_itself},
    {"key-signature", REQ_AT_091, "one bit of the ID key's signature is changed", "anybody could vouch for a key", OWNED,
     .after = key_signature_broken},
};

const size_t tee_n_lies = sizeof tee_lies / sizeof *tee_lies;
