#include "tee.h"
#include "tee_secret.h"
#include "x509.h"

#include <string.h>

/* ---- chips ---- */

typedef struct machine {
    uint8_t cpuid[3];
    uint8_t tcb[AT_TCB];
} machine;

/* As current machines of each line report them. TEE is 0 on all of them. */
static const machine machines[AT_PRODUCTS] = {
    [AT_MILAN] = {{0x19, 0x01, 0x01}, {4, 0, 0, 0, 0, 0, 24, 219}},
    [AT_GENOA] = {{0x19, 0x11, 0x01}, {10, 0, 0, 0, 0, 0, 25, 84}},
    [AT_TURIN] = {{0x1a, 0x02, 0x01}, {0, 1, 0, 2, 0, 0, 0, 71}},
};

void tee_derive(span secret, const char *purpose, span detail, uint8_t out[64])
{
    const span parts[] = {secret, span_text(purpose), detail};
    prim_sodium.hash(PRIM_SHA512, parts, 3, out);
}

tee_chip tee_chip_make(at_product product, span seed)
{
    const machine *m = &machines[product];
    tee_chip c = {.product = product, .version = 3};
    uint8_t material[64];
    tee_derive(seed, "tee chip secret", span_text(at_tcb_layouts[product].product), material);
    memcpy(c.secret, material, sizeof c.secret);
    tee_derive(SPAN(c.secret), "tee chip identifier", EMPTY, material);
    memcpy(c.hw_id, material, at_tcb_layouts[product].hw_id);
    memcpy(c.cpuid, m->cpuid, sizeof c.cpuid);
    memcpy(c.reported, m->tcb, AT_TCB);
    memcpy(c.committed, m->tcb, AT_TCB);
    memcpy(c.current, m->tcb, AT_TCB);
    memcpy(c.launch, m->tcb, AT_TCB);
    return c;
}

/* As on hardware another TCB version gives another key. A provider's VLEK depends on the provider's seed alone, here the chip's. */
void tee_vek_scalar(const tee_chip *c, uint8_t scalar[48])
{
    uint8_t material[64];
    tee_derive(SPAN(c->secret), c->vlek ? "tee vlek" : "tee vcek", SPAN(c->reported), material);
    memcpy(scalar, material, 48);
    wipe(material, sizeof material);
}

/* ---- reports ---- */

tee_launch tee_launch_of(const uint8_t measurement[AT_MEASUREMENT])
{
    tee_launch l = {.policy = AT_POLICY_SMT | AT_POLICY_ONE};
    memcpy(l.measurement, measurement, AT_MEASUREMENT);
    return l;
}

at_snp_report tee_report_fields(const tee_chip *c, const tee_launch *l, const uint8_t report_data[AT_REPORT_DATA])
{
    static const uint8_t zeros[AT_CHIP_ID],
        ones[32] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    const bool has_cpuid = c->version >= 3, has_mitigations = c->version >= 5;
    return (at_snp_report){
        .version = c->version,
        .guest_svn = l->guest_svn,
        .policy = l->policy,
        .family_id = SPAN(l->family_id),
        .image_id = SPAN(l->image_id),
        .vmpl = l->vmpl,
        .signature_algo = 1,
        .current_tcb = SPAN(c->current),
        .platform_info = 0x25, /* SMT, ECC, alias check complete */
        .key_info = (c->vlek ? AT_SIGNED_BY_VLEK << 2 : AT_SIGNED_BY_VCEK << 2) | (l->author_key ? AT_KEY_INFO_AUTHOR : 0),
        .reserved_04c = span_of(zeros, 4),
        .report_data = span_of(report_data, AT_REPORT_DATA),
        .measurement = SPAN(l->measurement),
        .host_data = SPAN(l->host_data),
        .id_key_digest = SPAN(l->id_key_digest),
        .author_key_digest = SPAN(l->author_key_digest),
        .report_id = span_of(c->hw_id, 32),
        .report_id_ma = SPAN(ones),
        .reported_tcb = SPAN(c->reported),
        .cpuid_family = has_cpuid ? c->cpuid[0] : 0,
        .cpuid_model = has_cpuid ? c->cpuid[1] : 0,
        .cpuid_stepping = has_cpuid ? c->cpuid[2] : 0,
        .reserved_18b = span_of(zeros, 21),
        .chip_id = c->vlek ? span_of(zeros, AT_CHIP_ID) : SPAN(c->hw_id),
        .committed_tcb = SPAN(c->committed),
        .current_build = 29,
        .current_minor = 55,
        .current_major = 1,
        .reserved_1eb = span_of(zeros, 1),
        .committed_build = 29,
        .committed_minor = 55,
        .committed_major = 1,
        .reserved_1ef = span_of(zeros, 1),
        .launch_tcb = SPAN(c->launch),
        .launch_mit_vector = has_mitigations,
        .current_mit_vector = has_mitigations,
        .reserved_208 = EMPTY,
        .r = EMPTY,
    };
}

/* Writes a field that was left empty as zeros. */
static void write_fields(const at_snp_report *fields, writer *w)
{
    static const uint8_t zeros[512];
    at_snp_report all = *fields;
    span *const optional[] = {&all.reserved_208, &all.r, &all.r_padding, &all.s, &all.s_padding, &all.reserved_330};
    static const size_t size[] = {152, 48, 24, 48, 24, 368};
    for (size_t i = 0; i < sizeof size / sizeof *size; i++)
        if (optional[i]->n == 0)
            *optional[i] = span_of(zeros, size[i]);
    layout_write(&at_snp_report_layout, &all, w);
    must(writer_ok(w) && w->n == AT_REPORT);
}

static void reversed(const uint8_t be[48], uint8_t *le)
{
    for (size_t i = 0; i < 48; i++)
        le[i] = be[47 - i];
}

void tee_sign_report(const tee_chip *c, uint8_t report[AT_REPORT])
{
    uint8_t scalar[48], r[48], s[48];
    tee_vek_scalar(c, scalar);
    ecdsa_p384_sign(scalar, SPAN(c->secret), span_of(report, AT_REPORT_SIGNED), r, s);
    reversed(r, report + AT_REPORT_SIGNED);
    reversed(s, report + AT_REPORT_SIGNED + 72);
    wipe(scalar, sizeof scalar);
}

void tee_seal_report(const tee_chip *c, const at_snp_report *fields, uint8_t out[AT_REPORT])
{
    writer w = writer_of(out, AT_REPORT);
    write_fields(fields, &w);
    tee_sign_report(c, out);
}

void tee_report(const tee_chip *c, const tee_launch *l, const uint8_t report_data[AT_REPORT_DATA], uint8_t out[AT_REPORT])
{
    const at_snp_report fields = tee_report_fields(c, l, report_data);
    tee_seal_report(c, &fields, out);
}
