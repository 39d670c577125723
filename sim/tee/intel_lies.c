#include "intel_lies.h"

#include <stdio.h>
#include <string.h>

/* ---- how a lie is played ---- */

intel_twin intel_twin_of(const intel_lie *l)
{
    intel_twin t = l->twin;
    if (!t.version)
        t.version = t.tee == AT_SGX ? 3 : 4;
    return t;
}

static void twist_if_any(intel_scene *s, intel_twist *twist)
{
    if (twist)
        twist(s);
}

void intel_lie_play(intel_scene *s, const intel_lie *l, span seed)
{
    const intel_twin twin = intel_twin_of(l);
    intel_scene_begin(s, &twin, seed);
    twist_if_any(s, l->before_texts);
    intel_scene_publish(s);
    twist_if_any(s, l->before_signing);
    intel_scene_seal(s);
    twist_if_any(s, l->after_all);
}

/* A copy of a field's bytes that a lie may change. */
static uint8_t *own(intel_scene *s, span *field)
{
    uint8_t *room = s->spare[s->n_spare++];
    must(s->n_spare <= 2 && field->n <= sizeof s->spare[0]);
    span_take(*field, room, field->n);
    *field = span_of(room, field->n);
    return room;
}

/* ---- the quote ---- */

static void data_length_one_more(intel_scene *s) { s->fields.data_more = 1; }
static void data_length_largest(intel_scene *s) { s->fields.data_more = INT32_MAX; }
static void version_3(intel_scene *s) { s->fields.header.version = 3; }
static void version_6(intel_scene *s) { s->fields.header.version = 6; }
static void version_2(intel_scene *s) { s->fields.header.version = 2; }
static void tee_type_82(intel_scene *s) { s->fields.header.tee_type = 0x82; }
static void tee_type_0(intel_scene *s) { s->fields.header.tee_type = 0; }
static void tee_type_81(intel_scene *s) { s->fields.header.tee_type = 0x81; }
static void tee_type_high(intel_scene *s) { s->fields.header.tee_type = 0x81000081; }
static void key_type_3(intel_scene *s) { s->fields.header.key_type = 3; }
static void key_type_0(intel_scene *s) { s->fields.header.key_type = 0; }
static void another_vendor(intel_scene *s) { own(s, &s->fields.header.vendor)[15] ^= 1; }
static void no_vendor(intel_scene *s) { memset(own(s, &s->fields.header.vendor), 0, 16); }
static void body_type_4(intel_scene *s) { s->fields.body_type = 4; }
static void body_type_1(intel_scene *s) { s->fields.body_type = 1; }
static void body_type_2(intel_scene *s) { s->fields.body_type = 2; }
static void outer_type_7(intel_scene *s) { s->fields.outer_type = 7; }
static void outer_type_5(intel_scene *s) { s->fields.outer_type = 5; }
static void inner_type_4(intel_scene *s) { s->fields.inner_type = 4; }
static void inner_type_6(intel_scene *s) { s->fields.inner_type = 6; }
static void outer_size_one_more(intel_scene *s) { s->fields.outer_more = 1; }
static void outer_size_one_less(intel_scene *s) { s->fields.outer_more = -1; }
static void inner_size_one_more(intel_scene *s) { s->fields.inner_more = 1; }
static void inner_size_one_less(intel_scene *s) { s->fields.inner_more = -1; }

static void one_byte_behind_the_chain(intel_scene *s)
{
    s->fields.behind_chain = span_of("\n", 1);
    s->fields.inner_more = -1;
}

/* ---- the certificates ---- */

static void fourth_certificate(intel_scene *s)
{
    static const char more[] = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
    s->fields.behind_chain = span_text(more);
}

static void text_behind_the_chain(intel_scene *s) { s->fields.behind_chain = span_text("see also"); }
static void two_zeros_behind_the_chain(intel_scene *s) { s->fields.behind_chain = span_of("\0\0", 2); }
static void pck_with_an_unknown_extension(intel_scene *s) { s->vendor.pck.unknown_critical = true; }
static void ca_with_an_unknown_extension(intel_scene *s) { s->vendor.ca.unknown_critical = true; }
static void signer_with_an_unknown_extension(intel_scene *s) { s->vendor.tcb_signer.unknown_critical = true; }
static void pck_says_sha_384(intel_scene *s) { s->vendor.pck.algorithm = "1.2.840.10045.4.3.3"; }
static void pck_on_another_curve(intel_scene *s) { s->vendor.pck.curve = "1.3.132.0.10"; }
static void ca_says_sha_384(intel_scene *s) { s->vendor.ca.algorithm = "1.2.840.10045.4.3.3"; }

static void look_alike_root(intel_scene *s)
{
    intel_vendor *v = &s->vendor;
    v->root.key = v->root.signer = v->ca.signer = v->tcb_signer.signer = v->root_list.signer = INTEL_FOREIGN_ROOT;
}

static void no_root(intel_scene *s) { s->policy.root = EMPTY; }
static void another_root_pinned(intel_scene *s) { s->policy.root = span_first(s->policy.root, s->policy.root.n - 1); }

static void rename_to(char name[INTEL_NAME_MAX], const char *text)
{
    memset(name, 0, INTEL_NAME_MAX);
    span_take(span_text(text), name, INTEL_NAME_MAX - 1);
}

static void pck_renamed(intel_scene *s) { rename_to(s->vendor.pck.subject, "Intel SGX PCK Certificate 2"); }
static void pck_of_another_issuer(intel_scene *s) { rename_to(s->vendor.pck.issuer, "Intel SGX PCK Processor CA"); }

static void ca_named(intel_scene *s, const char *name)
{
    rename_to(s->vendor.ca.subject, name);
    rename_to(s->vendor.pck.issuer, name);
    rename_to(s->vendor.pck_list.issuer, name);
}

static void ca_is_the_signer(intel_scene *s) { ca_named(s, "Intel SGX TCB Signing"); }
static void ca_is_of_processors(intel_scene *s) { ca_named(s, "Intel SGX PCK Processor CA"); }
static void signer_is_a_pck(intel_scene *s) { rename_to(s->vendor.tcb_signer.subject, "Intel SGX PCK Certificate"); }
static void ca_without_authority(intel_scene *s) { s->vendor.ca.is_ca = false; }
static void ca_may_not_issue(intel_scene *s) { s->vendor.ca.usage = 0x02; }
static void pck_is_an_authority(intel_scene *s) { s->vendor.pck.is_ca = true; }
static void root_allows_no_ca(intel_scene *s) { s->vendor.root.path_length = 0; }
static void signer_may_not_sign(intel_scene *s) { s->vendor.tcb_signer.usage = 0x20; }
static void pck_by_a_stranger(intel_scene *s) { s->vendor.pck.signer = INTEL_FOREIGN_CA; }
static void ca_by_a_stranger(intel_scene *s) { s->vendor.ca.signer = INTEL_FOREIGN_ROOT; }
static void signer_by_a_stranger(intel_scene *s) { s->vendor.tcb_signer.signer = INTEL_FOREIGN_ROOT; }
static void pck_expired(intel_scene *s) { s->vendor.pck.not_after = s->now - 1; }
static void pck_early(intel_scene *s) { s->vendor.pck.not_before = s->now + 1; }
static void ca_expired(intel_scene *s) { s->vendor.ca.not_after = s->now - 1; }
static void root_expired(intel_scene *s) { s->vendor.root.not_after = s->now - 1; }
static void signer_expired(intel_scene *s) { s->vendor.tcb_signer.not_after = s->now - 1; }

static void second_signer_expired(intel_scene *s)
{
    s->vendor.two_signers = true;
    s->vendor.qe_signer.not_after = s->now - 1;
}

/* ---- what the PCK certificate says ---- */

static void component_256(intel_scene *s) { s->sgx.svn[6] = 256; }
static void two_ppids(intel_scene *s) { s->sgx.twice = 1; }
static void two_tcbs(intel_scene *s) { s->sgx.twice = 2; }
static void no_sgx_type(intel_scene *s) { s->sgx.absent = 5; }
static void fmspc_of_seven_bytes(intel_scene *s) { s->sgx.n_fmspc = 7; }

/* ---- the signatures ---- */

static void qe_report_by_a_stranger(intel_scene *s) { s->fields.qe_signer = INTEL_FOREIGN_CA; }
static void qe_report_by_the_attestation_key(intel_scene *s) { s->fields.qe_signer = INTEL_ATTESTATION; }
static void qe_names_another_key(intel_scene *s) { s->fields.named = INTEL_OTHER_ATTESTATION; }

static void qe_data_with_a_tail(intel_scene *s)
{
    /* what it would be, and a byte behind: the report data of an honest quote, changed */
    intel_scene_seal(s);
    const span honest = s->quote_bytes;
    const size_t at = AT_QUOTE_HEADER + AT_TD_REPORT + 4 + P256_SIGNATURE + P256_KEY + 6 + AT_ENCLAVE_REPORT - AT_REPORT_DATA;
    span_take(span_from(honest, at), s->qe_report_data, AT_REPORT_DATA);
    s->qe_report_data[AT_REPORT_DATA - 1] = 1;
    s->fields.qe.report_data = SPAN(s->qe_report_data);
}

enum { AT_SIGNATURE = AT_QUOTE_HEADER + AT_TD_REPORT + 4, AT_KEY = AT_SIGNATURE + P256_SIGNATURE, AT_QE = AT_KEY + P256_KEY + 6 };
enum { AT_AUTH = AT_QE + AT_ENCLAVE_REPORT + P256_SIGNATURE + 2 };

static void auth_data_changed(intel_scene *s) { s->quote[AT_AUTH] ^= 1; }
static void user_data_changed(intel_scene *s) { s->quote[28] ^= 1; }
static void reserved_changed(intel_scene *s) { s->quote[8] ^= 1; }
static void r_is_zero(intel_scene *s) { memset(s->quote + AT_SIGNATURE, 0, 32); }
static void s_is_zero(intel_scene *s) { memset(s->quote + AT_SIGNATURE + 32, 0, 32); }
static void signed_by_another_key(intel_scene *s) { s->fields.attestation = INTEL_OTHER_ATTESTATION; }

static void signed_by_another_key_but_named(intel_scene *s)
{
    /* the quote brings the named key, and a signature of another one */
    uint8_t signature[P256_SIGNATURE];
    s->fields.attestation = INTEL_OTHER_ATTESTATION;
    intel_scene_seal(s);
    memcpy(signature, s->quote + AT_SIGNATURE, sizeof signature);
    s->fields.attestation = INTEL_ATTESTATION;
    intel_scene_seal(s);
    memcpy(s->quote + AT_SIGNATURE, signature, sizeof signature);
}

/* ---- collateral ---- */

static void long_tcb_info_signature(intel_scene *s) { s->collateral.tcb_info_signature.n++; }
static void long_qe_identity_signature(intel_scene *s) { s->collateral.qe_identity_signature.n++; }
static void no_root_list(intel_scene *s) { s->collateral.root_list = EMPTY; }
static void no_pck_list(intel_scene *s) { s->collateral.pck_list = EMPTY; }
static void root_list_partial(intel_scene *s) { s->vendor.root_list.unknown_critical = true; }
static void pck_list_partial(intel_scene *s) { s->vendor.pck_list.unknown_critical = true; }
static void pck_list_entry_partial(intel_scene *s) { s->vendor.pck_list.entry_critical = true; }
static void root_list_forged(intel_scene *s) { s->vendor.root_list.signer = INTEL_FOREIGN_ROOT; }
static void pck_list_forged(intel_scene *s) { s->vendor.pck_list.signer = INTEL_FOREIGN_CA; }
static void pck_list_of_processors(intel_scene *s) { rename_to(s->vendor.pck_list.issuer, "Intel SGX PCK Processor CA"); }
static void root_may_not_list(intel_scene *s) { s->vendor.root.usage = 0x04; }
static void root_list_stale(intel_scene *s) { s->vendor.root_list.next_update = s->now - 1; }
static void pck_list_stale(intel_scene *s) { s->vendor.pck_list.next_update = s->now - 1; }
static void pck_list_early(intel_scene *s) { s->vendor.pck_list.this_update = s->now + 1; }
static void pck_revoked(intel_scene *s) { s->vendor.pck_list.revoked = s->vendor.pck.serial; }
static void ca_revoked(intel_scene *s) { s->vendor.root_list.revoked = s->vendor.ca.serial; }
static void signer_revoked(intel_scene *s) { s->vendor.root_list.revoked = s->vendor.tcb_signer.serial; }

static void second_signer_revoked(intel_scene *s)
{
    s->vendor.two_signers = true;
    s->vendor.qe_signer.serial++;
    s->vendor.root_list.revoked = s->vendor.qe_signer.serial;
}

static void space_behind_the_tcb_info(intel_scene *s)
{
    s->tcb_info.text[s->tcb_info.n] = ' ';
    s->collateral.tcb_info.n++;
}

static void qe_identity_changed(intel_scene *s) { intel_text_replace(&s->qe_identity, "\"2025-08-13T", 0, "\"2025-09-13T"); }
static void tcb_info_by_the_pck(intel_scene *s) { s->tcb_info_signer = INTEL_PCK; }
static void qe_identity_by_the_ca(intel_scene *s) { s->qe_identity_signer = INTEL_CA; }

static void in_tcb_info(intel_scene *s, const char *from, size_t nth, const char *to) { intel_text_replace(&s->tcb_info, from, nth, to); }
static void in_qe_identity(intel_scene *s, const char *from, const char *to) { intel_text_replace(&s->qe_identity, from, 0, to); }

static void no_tdx_components(intel_scene *s) { in_tcb_info(s, "\"tdxtcbcomponents\"", 0, "\"tdxtcbcomponentz\""); }
static void fifteen_components(intel_scene *s) { in_tcb_info(s, ",{\"svn\":0}]", 0, "]"); }
static void seventeen_components(intel_scene *s) { in_tcb_info(s, ",{\"svn\":0}]", 0, ",{\"svn\":0},{\"svn\":0}]"); }
static void component_is_text(intel_scene *s) { in_tcb_info(s, "{\"svn\":5}", 0, "{\"svn\":\"5\"}"); }
static void pcesvn_is_text(intel_scene *s) { in_tcb_info(s, "\"pcesvn\":11", 0, "\"pcesvn\":\"11\""); }
static void qe_isvsvn_is_text(intel_scene *s) { in_qe_identity(s, "\"isvsvn\":8", "\"isvsvn\":\"8\""); }
static void advisories_are_text(intel_scene *s)
{
    in_tcb_info(s, "\"advisoryIDs\":[\"INTEL-SA-99902\"]", 0, "\"advisoryIDs\":\"INTEL-SA-99902\"");
}
static void tcb_info_of_sgx(intel_scene *s) { in_tcb_info(s, "\"id\":\"TDX\"", 0, "\"id\":\"SGX\""); }
static void tcb_info_of_tdx(intel_scene *s) { in_tcb_info(s, "\"id\":\"SGX\"", 0, "\"id\":\"TDX\""); }
static void qe_identity_of_sgx(intel_scene *s) { in_qe_identity(s, "\"id\":\"TD_QE\"", "\"id\":\"QE\""); }
static void qe_identity_of_qve(intel_scene *s) { in_qe_identity(s, "\"id\":\"QE\"", "\"id\":\"QVE\""); }
static void tcb_info_version_2(intel_scene *s) { in_tcb_info(s, "\"version\":3", 0, "\"version\":2"); }
static void tcb_type_1(intel_scene *s) { in_tcb_info(s, "\"tcbType\":0", 0, "\"tcbType\":1"); }
static void qe_identity_version_3(intel_scene *s) { in_qe_identity(s, "\"version\":2", "\"version\":3"); }
static void tcb_info_stale(intel_scene *s)
{
    in_tcb_info(s, "\"nextUpdate\":\"2026-06-21T00:00:00Z\"", 0, "\"nextUpdate\":\"2026-05-31T23:59:59Z\"");
}
static void tcb_info_early(intel_scene *s)
{
    in_tcb_info(s, "\"issueDate\":\"2026-05-22T00:00:00Z\"", 0, "\"issueDate\":\"2026-06-01T00:00:01Z\"");
}
static void qe_identity_stale(intel_scene *s)
{
    in_qe_identity(s, "\"nextUpdate\":\"2026-06-21T00:00:00Z\"", "\"nextUpdate\":\"2026-05-31T23:59:59Z\"");
}
static void qe_identity_early(intel_scene *s)
{
    in_qe_identity(s, "\"issueDate\":\"2026-05-22T00:00:00Z\"", "\"issueDate\":\"2026-06-01T00:00:01Z\"");
}
static void another_fmspc(intel_scene *s) { in_tcb_info(s, "90C06F000000", 0, "90C06F000001"); }
static void another_pce(intel_scene *s) { in_tcb_info(s, "\"pceId\":\"0000\"", 0, "\"pceId\":\"0001\""); }
static void tcb_info_of_an_earlier_round(intel_scene *s)
{
    in_tcb_info(s, "\"tcbEvaluationDataNumber\":18", 0, "\"tcbEvaluationDataNumber\":16");
}
static void qe_identity_of_an_earlier_round(intel_scene *s)
{
    in_qe_identity(s, "\"tcbEvaluationDataNumber\":18", "\"tcbEvaluationDataNumber\":16");
}

/* ---- the TCB ---- */

static void qe_misc_select(intel_scene *s) { s->fields.qe.misc_select = 1; }
static void qe_debuggable(intel_scene *s) { own(s, &s->fields.qe.attributes)[0] |= 2; }
static void qe_by_another_signer(intel_scene *s) { own(s, &s->fields.qe.mrsigner)[31] ^= 1; }
static void another_enclave_of_intel(intel_scene *s) { s->fields.qe.isv_prod_id = 3; }
static void qe_below_all_levels(intel_scene *s) { s->fields.qe.isv_svn = 3; }
static void module_9(intel_scene *s) { s->svn[1] = 9; }
static void module_2(intel_scene *s) { s->svn[1] = 2; }
static void module_by_a_stranger(intel_scene *s) { own(s, &s->fields.td.mrsignerseam)[0] = 1; }
static void module_with_attributes(intel_scene *s) { own(s, &s->fields.td.seam_attributes)[7] = 0x80; }
static void module_below_all_levels(intel_scene *s) { s->svn[0] = 1; }
static void running_module_below_all_levels(intel_scene *s) { s->svn2[0] = 1; }
static void low_component(intel_scene *s) { s->sgx.svn[7] = 2; }
static void low_first_component(intel_scene *s) { s->sgx.svn[0] = 1; }
static void low_pce(intel_scene *s) { s->sgx.pce_svn = 4; }
static void low_tdx_component(intel_scene *s) { s->svn[2] = 1; }
/* Every level asks for one more of this component than the platform has. */
static void ask_for_one_more(intel_scene *s, const char *name, size_t component, uint64_t has)
{
    char more[8];
    snprintf(more, sizeof more, "%u", (unsigned)has + 1);
    for (size_t level = 0; intel_text_component(&s->tcb_info, name, level, component, more); level++)
        ;
}

#define EACH_COMPONENT(X)     X(0) X(1) EACH_TDX_COMPONENT(X)
#define EACH_TDX_COMPONENT(X) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15)

#define RAISED(n)                                                                                                \
    static void sgx_component_##n(intel_scene *s) { ask_for_one_more(s, "sgxtcbcomponents", n, s->sgx.svn[n]); } \
    static void tdx_component_##n(intel_scene *s) { ask_for_one_more(s, "tdxtcbcomponents", n, s->svn[n]); }
EACH_COMPONENT(RAISED)
#undef RAISED

static void platform_status(intel_scene *s, const char *status)
{
    char member[80] = "\"tcbStatus\":\"";
    strcat(strcat(member, status), "\"");
    /* the two modules have two levels each */
    intel_text_replace(&s->tcb_info, "\"tcbStatus\":\"UpToDate\"", s->twin.tee == AT_TDX ? 2 : 0, member);
}

static void status_in_lower_case(intel_scene *s) { platform_status(s, "uptodate"); }
static void status_empty(intel_scene *s) { platform_status(s, ""); }
static void status_of_ours(intel_scene *s) { platform_status(s, "TDRelaunchAdvised"); }
static void qe_status_unknown(intel_scene *s) { in_qe_identity(s, "\"UpToDate\"", "\"Good\""); }

/* So that the status alone is in the way. */
static void ask_for_the_status_alone(intel_scene *s)
{
    s->policy.waived |= AT_QUOTE_WAIVES(AT_ADVISORIES);
    s->policy.tcb.baseline = 0;
}

static void qe_out_of_date(intel_scene *s)
{
    ask_for_the_status_alone(s);
    s->fields.qe.isv_svn = 5;
}

static void module_out_of_date(intel_scene *s)
{
    ask_for_the_status_alone(s);
    s->svn[0] = 3;
}

static void qe_out_of_date_text(intel_scene *s) { in_qe_identity(s, "\"UpToDate\"", "\"OutOfDate\""); }
static void list_turned_round(intel_scene *s)
{
    /* a level that asks for less stands first: it counts, although a better one would be met as well */
    in_tcb_info(s, "\"svn\":3,\"category\":\"BIOS\"},{\"svn\":3}", 0, "\"svn\":2,\"category\":\"BIOS\"},{\"svn\":2}");
    platform_status(s, "OutOfDate");
    in_tcb_info(s, "[{\"svn\":3,\"category\":\"BIOS\"},{\"svn\":0},{\"svn\":5}", 0,
                "[{\"svn\":3,\"category\":\"BIOS\"},{\"svn\":0},{\"svn\":3}");
}

static void out_of_date(intel_scene *s) { platform_status(s, "OutOfDate"); }
static void out_of_date_and_configuration(intel_scene *s) { platform_status(s, "OutOfDateConfigurationNeeded"); }
static void configuration(intel_scene *s) { platform_status(s, "ConfigurationNeeded"); }
static void configuration_and_hardening(intel_scene *s) { platform_status(s, "ConfigurationAndSWHardeningNeeded"); }
static void hardening(intel_scene *s) { platform_status(s, "SWHardeningNeeded"); }

static void accept_all(intel_scene *s) { s->policy.tcb.statuses = ~0u; }

static void accept_hardening_with_one_advisory(intel_scene *s)
{
    s->policy.tcb.statuses |= 1u << AT_SW_HARDENING_NEEDED;
    s->advisories[0] = span_text("INTEL-SA-99902");
    s->policy.tcb.advisories = s->advisories;
    s->policy.tcb.n_advisories = 1;
    s->policy.tcb.baseline = 0;
}

static void accept_out_of_date(intel_scene *s)
{
    accept_hardening_with_one_advisory(s);
    s->policy.tcb.statuses |= 1u << AT_OUT_OF_DATE;
}

/* The platform meets only the third level, of which one advisory is spoken. */
static void third_level(intel_scene *s)
{
    accept_hardening_with_one_advisory(s);
    s->sgx.svn[7] = 4;
}

static void third_level_and_an_old_module(intel_scene *s)
{
    third_level(s);
    accept_out_of_date(s);
    s->svn[0] = 3;
}

static void third_level_without_its_advisory(intel_scene *s)
{
    third_level(s);
    s->policy.tcb.n_advisories = 0;
}

static void lowest_level(intel_scene *s)
{
    accept_out_of_date(s);
    s->sgx.svn[7] = 3;
}

static void lowest_level_taken(intel_scene *s)
{
    lowest_level(s);
    s->policy.waived |= AT_QUOTE_WAIVES(AT_ADVISORIES);
}

static void platform_revoked(intel_scene *s) { platform_status(s, "Revoked"); }
static void module_revoked(intel_scene *s) { in_tcb_info(s, "\"tcbStatus\":\"UpToDate\"", 1, "\"tcbStatus\":\"Revoked\""); }
static void qe_revoked(intel_scene *s) { in_qe_identity(s, "\"UpToDate\"", "\"Revoked\""); }

static void old_module_repaired(intel_scene *s)
{
    ask_for_the_status_alone(s);
    s->svn[0] = 3;
    s->svn2[0] = 6;
}

static void old_module_still_running(intel_scene *s)
{
    module_out_of_date(s);
    s->svn2[0] = 3;
}

static void platform_date_early(intel_scene *s) { in_tcb_info(s, "\"2025-08-13T00:00:00Z\"", 2, "\"2024-12-31T23:59:59Z\""); }
static void module_date_early(intel_scene *s) { in_tcb_info(s, "\"2025-08-13T00:00:00Z\"", 1, "\"2024-12-31T23:59:59Z\""); }
static void qe_date_early(intel_scene *s) { in_qe_identity(s, "\"2025-08-13T00:00:00Z\"", "\"2024-12-31T23:59:59Z\""); }

/* ---- the trust domain ---- */

static void td_bit(intel_scene *s, unsigned bit) { s->fields.td.td_attributes |= UINT64_C(1) << bit; }
static void debug(intel_scene *s) { td_bit(s, 0); }
static void td_bit_1(intel_scene *s) { td_bit(s, 1); }
static void td_bit_4(intel_scene *s) { td_bit(s, 4); }
static void td_bit_7(intel_scene *s) { td_bit(s, 7); }
static void faults_by_the_host(intel_scene *s) { s->fields.td.td_attributes = 0; }
static void faults_by_the_host_15(intel_scene *s) { s->fields.td.td_attributes &= ~AT_TD_SEPT_VE_DISABLE; }
static void td_bit_8(intel_scene *s) { td_bit(s, 8); }
static void td_bit_27(intel_scene *s) { td_bit(s, 27); }
static void migratable(intel_scene *s) { td_bit(s, 29); }
static void td_bit_32(intel_scene *s) { td_bit(s, 32); }
static void td_bit_62(intel_scene *s) { td_bit(s, 62); }
static void protection_keys(intel_scene *s) { td_bit(s, 30); }
static void performance_counters(intel_scene *s) { td_bit(s, 63); }
static void more_features(intel_scene *s) { s->fields.td.xfam |= UINT64_C(1) << 19; }
static void fewer_features(intel_scene *s) { s->fields.td.xfam = 3; }
static void another_mrtd(intel_scene *s) { s->registers[AT_MRTD][47] ^= 1; }
static void another_rtmr0(intel_scene *s) { s->registers[AT_RTMR0][0] ^= 1; }
static void another_rtmr1(intel_scene *s) { s->registers[AT_RTMR1][0] ^= 1; }
static void another_rtmr2(intel_scene *s) { s->registers[AT_RTMR2][0] ^= 1; }
static void rtmr3_extended(intel_scene *s) { s->registers[AT_RTMR3][0] ^= 1; }
static void another_module_build(intel_scene *s) { s->registers[AT_MRSEAM][0] ^= 1; }
static void no_references(intel_scene *s) { s->policy.references[AT_MRTD].n = 0; }
static void host_configuration(intel_scene *s) { own(s, &s->fields.td.mrconfigid)[0] = 1; }
static void host_owner(intel_scene *s) { own(s, &s->fields.td.mrowner)[47] = 1; }
static void host_owner_configuration(intel_scene *s) { own(s, &s->fields.td.mrownerconfig)[0] = 1; }
static void service_td(intel_scene *s) { own(s, &s->fields.td.mrservicetd)[0] = 1; }

/* A value was expected where the honest guest has zeros. */
static void zero_where_a_value_is_expected(intel_scene *s)
{
    s->policy.references[AT_MRCONFIGID] = (at_references){s->expected[AT_MRTD], 1};
}

/* ---- the enclave ---- */

static void enclave_debuggable(intel_scene *s) { own(s, &s->fields.enclave.attributes)[0] |= AT_ENCLAVE_DEBUG; }
static void enclave_not_initialised(intel_scene *s) { own(s, &s->fields.enclave.attributes)[0] &= (uint8_t)~AT_ENCLAVE_INIT; }
static void another_enclave(intel_scene *s) { own(s, &s->fields.enclave.mrenclave)[31] ^= 1; }
static void no_enclaves(intel_scene *s) { s->policy.n_mrenclaves = 0; }
static void another_signer(intel_scene *s) { own(s, &s->fields.enclave.mrsigner)[0] ^= 1; }
static void another_product(intel_scene *s) { s->fields.enclave.isv_prod_id = 8; }
static void older_enclave(intel_scene *s) { s->fields.enclave.isv_svn = 1; }
static void enclave_configuration(intel_scene *s) { own(s, &s->fields.enclave.config_id)[63] = 1; }
static void enclave_configuration_svn(intel_scene *s) { s->fields.enclave.config_svn = 1; }
static void enclave_family(intel_scene *s) { own(s, &s->fields.enclave.isv_family_id)[0] = 1; }
static void enclave_extended_product(intel_scene *s) { own(s, &s->fields.enclave.isv_ext_prod_id)[15] = 1; }

/* ---- both ---- */

static void unlisted_platform(intel_scene *s) { s->platforms[0][15] ^= 1; }
static void no_platforms(intel_scene *s) { s->policy.n_platforms = 0; }
static void data_tail(intel_scene *s) { s->report_data[63] = 1; }
static void data_other_key(intel_scene *s) { s->report_data[0] ^= 1; }
static void data_zero(intel_scene *s) { memset(s->report_data, 0, sizeof s->report_data); }

static void data_second_half(intel_scene *s)
{
    memcpy(s->report_data + 32, s->expected_data, 32);
    memset(s->report_data, 0, 32);
}

/* ---- the lists ---- */

#define TD_5      .twin = {.version = 5}
#define TD_15     .twin = {.version = 5, .is_15 = true}
#define MODULE_0  .twin = {.version = 4, .module_0 = true}
#define ENCLAVE   .twin = {.tee = AT_SGX}
#define ENCLAVE_4 .twin = {.tee = AT_SGX, .version = 4}
#define ENCLAVE_5 .twin = {.tee = AT_SGX, .version = 5}

/* A row for each component. */
#define LOW_COMPONENT(n, slug, list, twist)                                                                                            \
    {                                                                                                                                  \
        slug "-component-" #n, REQ_AT_156, "component " #n " of " list " is one below every level", "a component would be overlooked", \
            .before_signing = twist##_component_##n
#define ENCLAVE_COMPONENT(n)                                         \
    LOW_COMPONENT(n, "enclave", "the PCK certificate", sgx), ENCLAVE \
    }                                                                \
    ,
#define TD_COMPONENT(n)                                \
    LOW_COMPONENT(n, "td", "the PCK certificate", sgx) \
    }                                                  \
    ,
#define MODULE_0_COMPONENT(n)                                  \
    LOW_COMPONENT(n, "module-0", "TEE_TCB_SVN", tdx), MODULE_0 \
    }                                                          \
    ,
#define TDX_COMPONENT(n)                           \
    LOW_COMPONENT(n, "module", "TEE_TCB_SVN", tdx) \
    }                                              \
    ,

/* clang-format off */
const intel_lie intel_lies[] = {
    {"data-length-more", REQ_AT_100, "the signature data is one byte longer than the quote", "what lies behind the buffer would be read", .before_texts = data_length_one_more},
    {"data-length-largest", REQ_AT_100, "the length of the signature data is nearly 2 GiB more than there is", "a length would be believed and memory taken for it", .before_texts = data_length_largest},
    {"version-3-td", REQ_AT_101, "version 3, with the form of version 4", "a version that has no trust domains would carry one", .before_texts = version_3},
    {"version-6-td", REQ_AT_101, "version 6, with the form of version 5", "a later layout would be read by an earlier one's rules", TD_5, .before_texts = version_6},
    {"version-2-enclave", REQ_AT_101, "version 2 of an enclave's quote", "an earlier layout would be read by a later one's rules", ENCLAVE, .before_texts = version_2},
    {"tee-type-82", REQ_AT_102, "TEE type 0x82", "another kind of guest would pass for a trust domain", .before_texts = tee_type_82},
    {"tee-type-0", REQ_AT_102, "TEE type 0, an enclave's", "an enclave would pass for a trust domain", TD_5, .before_texts = tee_type_0},
    {"tee-type-high", REQ_AT_102, "TEE type 0x81000081", "the low byte would count for the whole", .before_texts = tee_type_high},
    {"tee-type-81-enclave", REQ_AT_102, "an enclave's quote of version 4 with TEE type 0x81", "a trust domain would pass for an enclave", ENCLAVE_4, .before_texts = tee_type_81},
    {"key-type-3", REQ_AT_103, "attestation key type 3", "another algorithm would be verified as the usual one", .before_texts = key_type_3},
    {"key-type-0", REQ_AT_103, "attestation key type 0", "an undefined algorithm would be verified as the usual one", TD_15, .before_texts = key_type_0},
    {"vendor-other", REQ_AT_104, "the QE vendor identifier differs in one bit", "another vendor's QE would speak for Intel's platform", .before_texts = another_vendor},
    {"vendor-zero", REQ_AT_104, "the QE vendor identifier is zero", "a quote of nobody's QE would count", TD_15, .before_texts = no_vendor},
    {"body-type-4", REQ_AT_105, "body type 4 with the size of type 3", "a later body would be read by an earlier one's rules", TD_15, .before_texts = body_type_4},
    {"body-type-2-large", REQ_AT_105, "body type 2 with the size of type 3", "type and size would contradict one another", TD_15, .before_texts = body_type_2},
    {"body-type-1-td", REQ_AT_105, "body type 1, an enclave's, in a trust domain's quote", "type and TEE type would contradict one another", TD_5, .before_texts = body_type_1},
    {"body-type-2-enclave", REQ_AT_105, "body type 2, a trust domain's, in an enclave's quote", "type and TEE type would contradict one another", ENCLAVE_5, .before_texts = body_type_2},
    {"certification-7", REQ_AT_107, "certification data of type 7", "a platform manifest would be read as a QE report", .before_texts = outer_type_7},
    {"certification-5-outside", REQ_AT_107, "type 5 outside", "the wrapping would be guessed at", TD_15, .before_texts = outer_type_5},
    {"certification-4-inside", REQ_AT_107, "type 4 inside, a lone leaf", "a chain would be a leaf that somebody else has to resolve", .before_texts = inner_type_4},
    {"certification-6-inside", REQ_AT_107, "in an SGX quote of version 3, type 6", "the wrapping would be guessed at", ENCLAVE, .before_texts = inner_type_6},
    {"outer-size-more", REQ_AT_108, "the certification data is one byte longer than the signature data", "a length would be believed that leads out of its frame", .before_texts = outer_size_one_more},
    {"outer-size-less", REQ_AT_108, "the certification data is one byte shorter than what it holds", "a length would be ignored", .before_texts = outer_size_one_less},
    {"inner-size-more", REQ_AT_108, "the chain is one byte longer than the certification data", "a length would be believed that leads out of its frame", TD_15, .before_texts = inner_size_one_more},
    {"inner-size-less", REQ_AT_108, "the chain is one byte shorter than the rest of the certification data", "bytes between the frames would carry something", .before_texts = inner_size_one_less},
    {"byte-behind-chain", REQ_AT_108, "a byte between the chain and the end of an enclave's signature data", "bytes between the frames would carry something", ENCLAVE, .before_texts = one_byte_behind_the_chain},
    {"chain-fourth", REQ_AT_110, "a fourth block behind the chain", "what follows the root would be taken along unjudged", .before_texts = fourth_certificate},
    {"chain-text", REQ_AT_110, "text behind the chain", "what follows the root would be taken along unjudged", .before_texts = text_behind_the_chain},
    {"chain-two-zeros", REQ_AT_110, "two zero bytes behind the chain", "what follows the root would be taken along unjudged", TD_15, .before_texts = two_zeros_behind_the_chain},
    {"pck-critical", REQ_AT_111, "a critical extension in the PCK that is not understood", "a restriction would be overlooked", .before_texts = pck_with_an_unknown_extension},
    {"ca-critical", REQ_AT_111, "a critical extension in the PCK CA that is not understood", "a restriction would be overlooked", .before_texts = ca_with_an_unknown_extension},
    {"signer-critical", REQ_AT_111, "a critical extension in the signer of the collateral that is not understood", "a restriction would be overlooked", .before_texts = signer_with_an_unknown_extension},
    {"pck-sha384", REQ_AT_112, "the PCK names ecdsa-with-SHA384 inside, and ecdsa-with-SHA256 outside", "the certificate would have two algorithms", .before_texts = pck_says_sha_384},
    {"ca-sha384", REQ_AT_112, "the PCK CA names ecdsa-with-SHA384 inside", "the certificate would have two algorithms", .before_texts = ca_says_sha_384},
    {"pck-curve", REQ_AT_112, "the key of the PCK is said to lie on secp256k1", "a point would be used on a curve that it was not made for", .before_texts = pck_on_another_curve},
    {"look-alike-root", REQ_AT_113, "everything under a foreign root with the same name", "anybody could be the vendor", .before_texts = look_alike_root},
    {"root-absent", REQ_AT_113, "the policy pins no root", "the quote would bring its own trust", .after_all = no_root},
    {"root-cut", REQ_AT_113, "the pinned root is cut", "what can't be read would pin everything", .after_all = another_root_pinned},
    {"pck-renamed", REQ_AT_114, "the PCK is named Intel SGX PCK Certificate 2", "a certificate with another role would pass", .before_texts = pck_renamed},
    {"pck-issuer", REQ_AT_114, "the PCK names the Processor CA as its issuer, and comes under the Platform CA", "one CA would speak for another", .before_texts = pck_of_another_issuer},
    {"ca-renamed", REQ_AT_114, "the PCK CA is named as the signer of collateral", "one role would take over another", .before_texts = ca_is_the_signer},
    {"signer-renamed", REQ_AT_114, "the signer of the collateral is named as a PCK", "a platform could judge itself", .before_texts = signer_is_a_pck},
    {"ca-no-authority", REQ_AT_115, "the PCK CA is no authority", "a certificate for something else could certify platforms", .before_texts = ca_without_authority},
    {"ca-no-issue", REQ_AT_115, "the key usage of the PCK CA lacks keyCertSign", "a certificate for something else could certify platforms", .before_texts = ca_may_not_issue},
    {"pck-authority", REQ_AT_115, "the PCK is an authority", "a platform could certify others", .before_texts = pck_is_an_authority},
    {"root-path", REQ_AT_115, "the root allows no authority below it", "a limit would be overlooked", .before_texts = root_allows_no_ca},
    {"signer-no-sign", REQ_AT_115, "the key usage of the signer lacks digitalSignature", "a certificate for something else could sign collateral", .before_texts = signer_may_not_sign},
    {"pck-stranger", REQ_AT_116, "the PCK is signed by a foreign key", "anybody could certify a platform", .before_texts = pck_by_a_stranger},
    {"ca-stranger", REQ_AT_116, "the PCK CA is signed by a foreign key", "anybody could certify a CA", .before_texts = ca_by_a_stranger},
    {"signer-stranger", REQ_AT_116, "the signer of the collateral is signed by a foreign key", "anybody could publish collateral", .before_texts = signer_by_a_stranger},
    {"pck-expired", REQ_AT_117, "the PCK was valid until one second ago", "an old certificate would live for ever", .before_texts = pck_expired},
    {"pck-early", REQ_AT_117, "the PCK is valid from the next second on", "a certificate would count before its time", .before_texts = pck_early},
    {"ca-expired", REQ_AT_117, "the PCK CA was valid until one second ago", "an old issuer would live for ever", .before_texts = ca_expired},
    {"root-expired-intel", REQ_AT_117, "the root was valid until one second ago", "an old root would live for ever", .before_texts = root_expired},
    {"signer-expired", REQ_AT_117, "the signer of the collateral was valid until one second ago", "an old signer would go on publishing", .before_texts = signer_expired},
    {"second-signer-expired", REQ_AT_117, "the QE identity has a signer of its own, valid until one second ago", "the second chain would not be judged", .before_texts = second_signer_expired},
    {"component-256", REQ_AT_120, "the seventh component of the PCK is 256", "a number would be cut to a byte", .before_texts = component_256},
    {"ppid-twice", REQ_AT_120, "two PPIDs", "the reader would choose which one to believe", .before_texts = two_ppids},
    {"tcb-twice", REQ_AT_120, "two TCBs", "the reader would choose which one to believe", .before_texts = two_tcbs},
    {"sgx-type-absent", REQ_AT_120, "no SGX type", "an absent member would be zero", .before_texts = no_sgx_type},
    {"fmspc-long", REQ_AT_120, "an FMSPC of seven bytes", "a prefix would count for the whole", .before_texts = fmspc_of_seven_bytes},
    {"qe-stranger", REQ_AT_122, "the QE report is signed by a foreign key", "anybody could be a QE", .before_texts = qe_report_by_a_stranger},
    {"qe-self", REQ_AT_122, "the QE report is signed by the attestation key itself", "a quote would vouch for its own key", TD_15, .before_texts = qe_report_by_the_attestation_key},
    {"qe-other-key", REQ_AT_123, "the QE report names another attestation key", "a genuine QE report would serve any key", .before_texts = qe_names_another_key},
    {"qe-data-tail", REQ_AT_123, "a byte behind the digest in the QE's report data", "a prefix would count for the whole", .before_signing = qe_data_with_a_tail},
    {"auth-data-changed", REQ_AT_123, "the authentication data changed after signing", "the digest would cover the key alone", .after_all = auth_data_changed},
    {"user-data-changed", REQ_AT_124, "the header's user data changed after signing", "anybody could edit a quote", .after_all = user_data_changed},
    {"reserved-changed", REQ_AT_124, "a reserved byte of the header changed after signing", "the quote would be verified as written again", .after_all = reserved_changed},
    {"quote-r-zero", REQ_AT_124, "r is zero", "a signature of zeros would fit every quote", .after_all = r_is_zero},
    {"quote-s-zero", REQ_AT_124, "s is zero", "a signature of zeros would fit every quote", .after_all = s_is_zero},
    {"quote-other-key", REQ_AT_124, "signed by another attestation key than the one that comes along and is named", "the key that is named would not matter", .after_all = signed_by_another_key_but_named},
    {"attestation-other", REQ_AT_123, "signed by another attestation key that comes along, and is not named", "anybody could sign a quote", TD_5, .before_texts = signed_by_another_key},
    {"tcb-info-signature-long", REQ_AT_130, "the signature of the TCB info has 65 bytes", "a prefix would count for the whole", .after_all = long_tcb_info_signature},
    {"qe-identity-signature-long", REQ_AT_130, "the signature of the QE identity has 65 bytes", "a prefix would count for the whole", .after_all = long_qe_identity_signature},
    {"root-list-absent", REQ_AT_131, "no list of the root, though the policy asks for revocation", "whoever withholds the list undoes it", .after_all = no_root_list},
    {"pck-list-absent", REQ_AT_131, "no list of the PCK CA, though the policy asks for revocation", "whoever withholds the list undoes it", .after_all = no_pck_list},
    {"root-list-partial", REQ_AT_132, "a critical extension in the root's list", "a list of a part would count for the whole", .before_texts = root_list_partial},
    {"pck-list-partial", REQ_AT_132, "a critical extension in the list of the PCK CA", "a list of a part would count for the whole", .before_texts = pck_list_partial},
    {"pck-list-entry", REQ_AT_132, "a critical extension in an entry of the list of the PCK CA", "an entry would mean another certificate", .before_texts = pck_list_entry_partial},
    {"root-list-forged", REQ_AT_133, "the root's list is signed by a foreign key", "anybody could write the list", .before_texts = root_list_forged},
    {"pck-list-forged", REQ_AT_133, "the list of the PCK CA is signed by a foreign key", "anybody could write the list", .before_texts = pck_list_forged},
    {"pck-list-other", REQ_AT_133, "the list names the Processor CA as its issuer", "another CA's list says nothing about this PCK", .before_texts = pck_list_of_processors},
    {"root-no-lists", REQ_AT_133, "the root may not sign lists", "a key would do what its certificate does not allow", .before_texts = root_may_not_list},
    {"root-list-stale", REQ_AT_134, "the root's list was to be renewed one second ago", "an old list hides later revocations", .before_texts = root_list_stale},
    {"pck-list-stale", REQ_AT_134, "the list of the PCK CA was to be renewed one second ago", "an old list hides later revocations", .before_texts = pck_list_stale},
    {"pck-list-early", REQ_AT_134, "the list of the PCK CA is of the next second", "a list would count before its time", .before_texts = pck_list_early},
    {"pck-revoked", REQ_AT_135, "the list names the PCK", "a revoked platform would go on quoting", .before_texts = pck_revoked},
    {"ca-revoked", REQ_AT_135, "the root's list names the PCK CA", "a revoked CA would go on certifying", .before_texts = ca_revoked},
    {"signer-revoked", REQ_AT_135, "the root's list names the signer of the collateral", "a revoked signer would go on publishing", .before_texts = signer_revoked},
    {"second-signer-revoked", REQ_AT_135, "the QE identity has a signer of its own, which the root's list names", "the second signer would not be looked up", .before_texts = second_signer_revoked},
    {"tcb-info-space", REQ_AT_136, "one space behind the TCB info", "the text would be verified as printed again", .after_all = space_behind_the_tcb_info},
    {"tcb-info-by-pck", REQ_AT_136, "the TCB info is signed by the PCK", "a platform could judge itself", .before_signing = tcb_info_by_the_pck},
    {"qe-identity-by-ca", REQ_AT_136, "the QE identity is signed by the PCK CA", "one role would take over another", .before_signing = qe_identity_by_the_ca},
    {"qe-identity-changed", REQ_AT_136, "a date in the QE identity changed after signing", "anybody could edit collateral", .after_all = qe_identity_changed},
    {"tdx-components-absent", REQ_AT_137, "a level of the TCB info without TDX components", "absent components would be zero", .before_signing = no_tdx_components},
    {"components-15", REQ_AT_137, "a level with 15 components", "an absent component would be zero", .before_signing = fifteen_components},
    {"components-17", REQ_AT_137, "a level with 17 components", "a component that is not understood would be overlooked", TD_15, .before_signing = seventeen_components},
    {"component-text", REQ_AT_137, "a component as text", "another type would be read as zero", .before_signing = component_is_text},
    {"pcesvn-text", REQ_AT_137, "pcesvn as text", "another type would be read as zero", ENCLAVE, .before_signing = pcesvn_is_text},
    {"isvsvn-text", REQ_AT_137, "isvsvn of the QE's first level as text", "another type would be read as zero", .before_signing = qe_isvsvn_is_text},
    {"advisories-text", REQ_AT_137, "the advisories of a level as one text", "advisories would be overlooked", .before_signing = advisories_are_text},
    {"tcb-info-sgx", REQ_AT_138, "the TCB info is for SGX", "levels of another technology would count", .before_signing = tcb_info_of_sgx},
    {"tcb-info-tdx", REQ_AT_138, "the TCB info is for TDX, the quote an enclave's", "levels of another technology would count", ENCLAVE, .before_signing = tcb_info_of_tdx},
    {"qe-identity-sgx", REQ_AT_138, "the QE identity is for SGX", "another enclave of Intel's would pass for the QE", .before_signing = qe_identity_of_sgx},
    {"qe-identity-qve", REQ_AT_138, "the identity is of the verification enclave", "another enclave of Intel's would pass for the QE", ENCLAVE, .before_signing = qe_identity_of_qve},
    {"tcb-info-v2", REQ_AT_139, "TCB info of version 2", "an earlier form would be read by a later one's rules", .before_signing = tcb_info_version_2},
    {"tcb-type-1", REQ_AT_139, "tcbType 1", "components of another composition would be compared", .before_signing = tcb_type_1},
    {"qe-identity-v3", REQ_AT_139, "QE identity of version 3", "a later form would be read by an earlier one's rules", .before_signing = qe_identity_version_3},
    {"tcb-info-stale", REQ_AT_140, "the TCB info was to be renewed one second ago", "old news would live for ever", .before_signing = tcb_info_stale},
    {"tcb-info-early", REQ_AT_140, "the TCB info is of the next second", "a document would count before its time", .before_signing = tcb_info_early},
    {"qe-identity-stale", REQ_AT_140, "the QE identity was to be renewed one second ago", "old news would live for ever", .before_signing = qe_identity_stale},
    {"qe-identity-early", REQ_AT_140, "the QE identity is of the next second", "a document would count before its time", .before_signing = qe_identity_early},
    {"fmspc-other", REQ_AT_141, "the TCB info is for another family of platforms", "another platform's levels would count", .before_signing = another_fmspc},
    {"pce-other", REQ_AT_141, "the TCB info is for another PCE", "another platform's levels would count", .before_signing = another_pce},
    {"tcb-info-round", REQ_AT_142, "the TCB info is of an earlier round than the policy's minimum", "valid collateral with old news would count", .before_signing = tcb_info_of_an_earlier_round},
    {"qe-identity-round", REQ_AT_142, "the QE identity is of an earlier round than the policy's minimum", "valid collateral with old news would count", .before_signing = qe_identity_of_an_earlier_round},
    {"qe-misc-select", REQ_AT_150, "MISCSELECT of the QE is 1", "another enclave would pass for the QE", .before_texts = qe_misc_select},
    {"qe-debug", REQ_AT_150, "the QE is debuggable", "the host could read the attestation key", .before_texts = qe_debuggable},
    {"qe-signer", REQ_AT_150, "the QE has another signer", "anybody's enclave would pass for the QE", .before_texts = qe_by_another_signer},
    {"qe-product", REQ_AT_150, "the QE is another product of its signer", "another enclave of Intel's would pass for the QE", ENCLAVE, .before_texts = another_enclave_of_intel},
    {"qe-low", REQ_AT_151, "ISVSVN of the QE is below all levels", "a QE that nobody judged would count", .before_texts = qe_below_all_levels},
    {"qe-low-enclave", REQ_AT_151, "the same, of an enclave's quote", "a QE that nobody judged would count", ENCLAVE, .before_texts = qe_below_all_levels},
    {"module-9", REQ_AT_152, "a module of major version 9", "a module that nobody judged would count", .before_texts = module_9},
    {"module-2", REQ_AT_152, "a module of major version 2, between two known ones", "a module that nobody judged would count", TD_5, .before_texts = module_2},
    {"module-stranger", REQ_AT_153, "MRSIGNERSEAM is not zero", "anybody's module would count", .before_texts = module_by_a_stranger},
    {"module-attributes", REQ_AT_153, "a bit of SEAMATTRIBUTES is set", "a module with other properties would count", TD_15, .before_texts = module_with_attributes},
    {"module-0-stranger", REQ_AT_153, "MRSIGNERSEAM is not zero, of a module of major version 0", "anybody's module would count", MODULE_0, .before_texts = module_by_a_stranger},
    {"module-low", REQ_AT_154, "the module's security version is below all levels", "a module that nobody judged would count", .before_texts = module_below_all_levels},
    {"module-now-low", REQ_AT_154, "the version of the module that runs now is below all levels", "a module that nobody judged would count", TD_15, .before_texts = running_module_below_all_levels},
    {"platform-low-0", REQ_AT_156, "the first component is below all levels", "a platform that nobody judged would be taken for out of date", .before_texts = low_first_component},
    {"platform-low-7", REQ_AT_156, "the eighth component is below all levels", "a platform that nobody judged would be taken for out of date", TD_15, .before_texts = low_component},
    {"platform-low-pce", REQ_AT_156, "PCESVN is below all levels", "a platform that nobody judged would be taken for out of date", ENCLAVE, .before_texts = low_pce},
    {"platform-low-tdx", REQ_AT_156, "the third TDX component is below all levels", "a platform that nobody judged would be taken for out of date", .before_texts = low_tdx_component},
    EACH_COMPONENT(ENCLAVE_COMPONENT)
    EACH_COMPONENT(TD_COMPONENT)
    EACH_COMPONENT(MODULE_0_COMPONENT)
    EACH_TDX_COMPONENT(TDX_COMPONENT)
    {"status-lower-case", REQ_AT_157, "the status is uptodate", "an unknown status would be the best one", .before_signing = status_in_lower_case},
    {"status-empty", REQ_AT_157, "the status is empty", "an unknown status would be the best one", .before_signing = status_empty},
    {"status-relaunch", REQ_AT_157, "the status is TDRelaunchAdvised, which no document has", "a status would skip its table", .before_signing = status_of_ours},
    {"qe-status-unknown", REQ_AT_157, "the status of the QE is Good", "an unknown status would be the best one", .before_signing = qe_status_unknown},
    {"qe-out-of-date", REQ_AT_162, "the QE is out of date", "the status of the QE would not count", REQ_AT_158, .before_texts = qe_out_of_date},
    {"module-out-of-date", REQ_AT_162, "the module is out of date", "the status of the module would not count", REQ_AT_158, .before_texts = module_out_of_date},
    {"qe-out-of-date-enclave", REQ_AT_162, "the QE is out of date, of an enclave's quote", "the status of the QE would not count", REQ_AT_158, ENCLAVE, .before_signing = qe_out_of_date_text},
    {"relaunch-advised", REQ_AT_162, "launched by a module that is out of date, and repaired since", "what the old module has done would be forgotten", REQ_AT_159, TD_15, .before_texts = old_module_repaired},
    {"old-module-running", REQ_AT_162, "launched by a module that is out of date, and not repaired since", "an old module would be a relaunch's matter", REQ_AT_158, TD_15, .before_texts = old_module_still_running},
    {"levels-not-sorted", REQ_AT_162, "the first level that is met is not the best one", "the verifier would choose the level that it likes", .before_signing = list_turned_round},
    {"out-of-date", REQ_AT_162, "the platform is OutOfDate", "known flaws would be open", .before_signing = out_of_date},
    {"out-of-date-configuration", REQ_AT_162, "the platform is OutOfDateConfigurationNeeded", "known flaws would be open", .before_signing = out_of_date_and_configuration},
    {"configuration", REQ_AT_162, "the platform is ConfigurationNeeded", "a setting that opens a flaw would be overlooked", .before_signing = configuration},
    {"configuration-hardening", REQ_AT_162, "the platform is ConfigurationAndSWHardeningNeeded", "a setting that opens a flaw would be overlooked", ENCLAVE, .before_signing = configuration_and_hardening},
    {"hardening", REQ_AT_162, "the platform is SWHardeningNeeded", "guests without the hardening would count", .before_signing = hardening},
    {"platform-revoked", REQ_AT_161, "the platform is Revoked, and the policy lists every status", "a key that is known to be out would count", .before_texts = accept_all, .before_signing = platform_revoked},
    {"module-revoked", REQ_AT_161, "the module is Revoked, and the policy lists every status", "a module that is known to leak would count", REQ_AT_158, .before_texts = accept_all, .before_signing = module_revoked},
    {"qe-revoked", REQ_AT_161, "the QE is Revoked, and the policy lists every status", "a QE that is known to leak would count", REQ_AT_158, .before_texts = accept_all, .before_signing = qe_revoked},
    {"advisory-unlisted", REQ_AT_163, "SWHardeningNeeded is accepted, the advisory behind it is not", "a status would stand for any flaw", .before_texts = third_level_without_its_advisory},
    {"advisory-of-the-module", REQ_AT_163, "the platform's advisory is accepted, that of its module is not", "the module's flaws would be overlooked", REQ_AT_160, .before_texts = third_level_and_an_old_module},
    {"advisory-second", REQ_AT_163, "one of two advisories is accepted", "one flaw would excuse another", .before_texts = lowest_level},
    {"baseline-platform", REQ_AT_164, "the platform's level is older than the baseline", "firmware that answers old news only would count", .before_signing = platform_date_early},
    {"baseline-module", REQ_AT_164, "the module's level is older than the baseline", "a module that answers old news only would count", .before_signing = module_date_early},
    {"baseline-qe", REQ_AT_164, "the QE's level is older than the baseline", "a QE that answers old news only would count", .before_signing = qe_date_early},
    {"td-debug", REQ_AT_170, "TDATTRIBUTES with DEBUG", "the host could read the guest's memory", .before_texts = debug},
    {"td-bit-1", REQ_AT_170, "TDATTRIBUTES bit 1", "an untrusted guest would count", .before_texts = td_bit_1},
    {"td-bit-4", REQ_AT_170, "TDATTRIBUTES bit 4", "an untrusted guest would count", TD_15, .before_texts = td_bit_4},
    {"td-bit-7", REQ_AT_170, "TDATTRIBUTES bit 7", "an untrusted guest would count", .before_texts = td_bit_7},
    {"sept-ve", REQ_AT_171, "SEPT_VE_DISABLE is clear", "the host could inject faults into the guest", .before_texts = faults_by_the_host},
    {"sept-ve-15", REQ_AT_171, "SEPT_VE_DISABLE is clear, of a TD report 1.5", "the host could inject faults into the guest", TD_15, .before_texts = faults_by_the_host_15},
    {"td-bit-8", REQ_AT_172, "TDATTRIBUTES bit 8", "an unknown permission would be overlooked", .before_texts = td_bit_8},
    {"td-bit-27", REQ_AT_172, "TDATTRIBUTES bit 27", "an unknown permission would be overlooked", .before_texts = td_bit_27},
    {"td-migratable", REQ_AT_172, "TDATTRIBUTES bit 29", "the guest could be moved to a machine that nobody judged", TD_15, .before_texts = migratable},
    {"td-bit-32", REQ_AT_172, "TDATTRIBUTES bit 32", "an unknown permission would be overlooked", .before_texts = td_bit_32},
    {"td-bit-62", REQ_AT_172, "TDATTRIBUTES bit 62", "an unknown permission would be overlooked", .before_texts = td_bit_62},
    {"td-pks", REQ_AT_173, "TDATTRIBUTES with PKS, which the policy does not expect", "a guest of another kind would count", .before_texts = protection_keys},
    {"td-perfmon", REQ_AT_173, "TDATTRIBUTES with PERFMON, which the policy does not expect", "a guest of another kind would count", .before_texts = performance_counters},
    {"xfam-more", REQ_AT_174, "XFAM with one feature more", "a guest of another kind would count", .before_texts = more_features},
    {"xfam-fewer", REQ_AT_174, "XFAM with the two fixed features only", "a guest of another kind would count", TD_15, .before_texts = fewer_features},
    {"mrtd-other", REQ_AT_175, "MRTD differs in its last byte", "other firmware would count", .before_texts = another_mrtd},
    {"rtmr0-other", REQ_AT_175, "RTMR0 differs", "other firmware settings would count", .before_texts = another_rtmr0},
    {"rtmr1-other", REQ_AT_175, "RTMR1 differs", "another kernel would count", .before_texts = another_rtmr1},
    {"rtmr2-other", REQ_AT_175, "RTMR2 differs", "another command line would count", TD_15, .before_texts = another_rtmr2},
    {"rtmr3-other", REQ_AT_175, "RTMR3 differs", "another application would count", .before_texts = rtmr3_extended},
    {"mrseam-other", REQ_AT_175, "MRSEAM differs", "another build of the module would count", .before_texts = another_module_build},
    {"mrtd-unlisted", REQ_AT_175, "the policy's list for MRTD is empty", "no expectation would be met by everything", .after_all = no_references},
    {"mrconfigid", REQ_AT_176, "MRCONFIGID is not zero", "the host's configuration would count unseen", .before_texts = host_configuration},
    {"mrowner", REQ_AT_176, "MROWNER is not zero", "another owner would count", .before_texts = host_owner},
    {"mrownerconfig", REQ_AT_176, "MROWNERCONFIG is not zero", "another owner's configuration would count", .before_texts = host_owner_configuration},
    {"mrservicetd", REQ_AT_176, "MRSERVICETD is not zero", "a service that may migrate the guest would be bound unseen", TD_15, .before_texts = service_td},
    {"mrconfigid-zero", REQ_AT_176, "MRCONFIGID is zero where a value is expected", "nothing would pass for something", .after_all = zero_where_a_value_is_expected},
    {"enclave-debug", REQ_AT_180, "the enclave is debuggable", "the host could read the enclave's memory", ENCLAVE, .before_texts = enclave_debuggable},
    {"enclave-not-initialised", REQ_AT_180, "the enclave is not initialised", "an enclave that was not measured to its end would count", ENCLAVE, .before_texts = enclave_not_initialised},
    {"mrenclave-other", REQ_AT_181, "MRENCLAVE differs in its last byte", "another enclave would count", ENCLAVE, .before_texts = another_enclave},
    {"mrenclave-unlisted", REQ_AT_181, "the policy's list of enclaves is empty", "no expectation would be met by everything", ENCLAVE_4, .after_all = no_enclaves},
    {"enclave-signer", REQ_AT_182, "MRSIGNER differs", "another signer's enclave would count", ENCLAVE, .before_texts = another_signer},
    {"enclave-product", REQ_AT_182, "ISVPRODID differs", "another enclave of this signer would count", ENCLAVE_5, .before_texts = another_product},
    {"enclave-old", REQ_AT_182, "ISVSVN is below the policy's minimum", "an old enclave would count", ENCLAVE, .before_texts = older_enclave},
    {"enclave-config", REQ_AT_183, "CONFIGID is not zero", "the host's configuration would count unseen", ENCLAVE, .before_texts = enclave_configuration},
    {"enclave-config-svn", REQ_AT_183, "CONFIGSVN is not zero", "the host's configuration would count unseen", ENCLAVE, .before_texts = enclave_configuration_svn},
    {"enclave-family", REQ_AT_183, "ISVFAMILYID is not zero", "another family would count", ENCLAVE, .before_texts = enclave_family},
    {"enclave-extended-product", REQ_AT_183, "ISVEXTPRODID is not zero", "another product would count", ENCLAVE, .before_texts = enclave_extended_product},
    {"platform-unlisted", REQ_AT_185, "the platform's identifier is not in the list", "a machine that nobody registered would count", .after_all = unlisted_platform},
    {"platform-list-empty", REQ_AT_185, "the list of platforms is empty", "no expectation would be met by everything", ENCLAVE, .after_all = no_platforms},
    {"quote-data-tail", REQ_AT_186, "the key, and behind it a byte that is not zero", "a prefix would count for the whole", .before_texts = data_tail},
    {"quote-data-other-key", REQ_AT_186, "the key differs in one bit", "evidence for another key would count", TD_15, .before_texts = data_other_key},
    {"quote-data-second-half", REQ_AT_186, "zeros, then the key", "the key could stand anywhere", .before_texts = data_second_half},
    {"quote-data-zero", REQ_AT_186, "64 zeros", "evidence without a binding would count", ENCLAVE, .before_texts = data_zero},
};
/* clang-format on */

const size_t intel_n_lies = sizeof intel_lies / sizeof *intel_lies;

/* ---- truths ---- */

static void text_behind(intel_scene *s) { s->fields.behind = span_text("-----BEGIN CERTIFICATE-----"); }

static void zeros_behind(intel_scene *s)
{
    static const uint8_t padding[70];
    s->fields.behind = SPAN(padding);
}

static void zero_behind_the_chain(intel_scene *s) { s->fields.behind_chain = span_of("\0", 1); }
static void no_auth_data(intel_scene *s) { s->fields.auth_data = EMPTY; }
static void short_auth_data(intel_scene *s) { s->fields.auth_data = span_text("a"); }
static void long_auth_data(intel_scene *s) { s->fields.auth_data = SPAN(s->expected_data); }
static void two_signers(intel_scene *s) { s->vendor.two_signers = true, s->vendor.qe_signer.serial++; }
static void others_are_revoked(intel_scene *s) { s->vendor.pck_list.revoked = s->vendor.root_list.revoked = 99; }
static void last_second(intel_scene *s) { s->vendor.pck.not_after = s->vendor.pck_list.next_update = s->now; }
static void listed_by_instance(intel_scene *s) { memcpy(s->platforms[0], s->sgx.instance, AT_PPID); }

static void fmspc_in_lower_case(intel_scene *s) { in_tcb_info(s, "90C06F000000", 0, "90c06f000000"); }
static void member_that_nobody_knows(intel_scene *s) { in_tcb_info(s, "{\"id\"", 0, "{\"tcbRound\":[1,{\"a\":null}],\"id\""); }
static void white_space(intel_scene *s) { in_tcb_info(s, "\"version\":3", 0, " \"version\" :\n 3"); }
static void qe_far_ahead(intel_scene *s) { s->fields.qe.isv_svn = 65535; }
/* All components differ, and are those of the first level. */
static void components_from_twenty(intel_scene *s)
{
    for (size_t i = 0; i < INTEL_COMPONENTS; i++) {
        s->sgx.svn[i] = 20 + i;
        if (s->twin.module_0 && i != 1)
            s->svn[i] = (uint8_t)(40 + i);
    }
}

static void level_of_the_components(intel_scene *s)
{
    char has[8];
    for (size_t i = 0; i < INTEL_COMPONENTS; i++) {
        snprintf(has, sizeof has, "%u", (unsigned)s->sgx.svn[i]);
        must(intel_text_component(&s->tcb_info, "sgxtcbcomponents", 0, i, has));
        snprintf(has, sizeof has, "%u", s->svn[i]);
        (void)intel_text_component(&s->tcb_info, "tdxtcbcomponents", 0, i, has);
    }
}

static void module_of_the_level(intel_scene *s) { s->svn[0] = 5; }
static void least_round(intel_scene *s) { s->policy.least_evaluation = 18; }

static void masked_attribute(intel_scene *s) { own(s, &s->fields.qe.attributes)[0] |= 4; }

/* Whoever compares the module twice finds the platform below its level. */
static void level_above_the_module(intel_scene *s)
{
    in_tcb_info(s, "[{\"svn\":5,\"category\":\"BIOS\"},{\"svn\":0},{\"svn\":3}", 0,
                "[{\"svn\":7,\"category\":\"BIOS\"},{\"svn\":1},{\"svn\":3}");
}

static void repaired_and_advised(intel_scene *s)
{
    old_module_repaired(s);
    s->policy.waived = 0;
    s->policy.tcb.statuses |= 1u << AT_TD_RELAUNCH_ADVISED;
    s->advisories[0] = span_text("INTEL-SA-99901");
    s->policy.tcb.advisories = s->advisories;
    s->policy.tcb.n_advisories = 1;
    s->policy.tcb.baseline = 0;
}

static void owner_that_is_expected(intel_scene *s)
{
    memcpy(own(s, &s->fields.td.mrowner), s->registers[AT_MRTD], AT_REGISTER);
    s->policy.references[AT_MROWNER] = (at_references){s->expected[AT_MRTD], 1};
}

static void everything_waived(intel_scene *s)
{
    s->policy.waived = AT_QUOTE_WAIVABLE;
    s->collateral.root_list = s->collateral.pck_list = EMPTY;
}

/* clang-format off */
const intel_lie intel_truths[] = {
    {"text-behind", REQ_AT_106, "text behind the quote that looks like a certificate", "padding of a buffer would stop a genuine quote", .before_texts = text_behind},
    {"zeros-behind", REQ_AT_106, "70 zero bytes behind the quote", "padding of a buffer would stop a genuine quote", TD_15, .before_texts = zeros_behind},
    {"zeros-behind-enclave", REQ_AT_106, "70 zero bytes behind an enclave's quote", "padding of a buffer would stop a genuine quote", ENCLAVE, .before_texts = zeros_behind},
    {"chain-zero", REQ_AT_110, "one zero byte behind the chain", "quoting services that end a text so would be refused", .before_texts = zero_behind_the_chain},
    {"auth-data-none", REQ_AT_123, "no authentication data", "a QE that has nothing to say would be refused", .before_texts = no_auth_data},
    {"auth-data-short", REQ_AT_123, "one byte of authentication data", "a length would be taken for the usual one", TD_15, .before_texts = short_auth_data},
    {"auth-data-long", REQ_AT_123, "64 bytes of authentication data", "a length would be taken for the usual one", ENCLAVE, .before_texts = long_auth_data},
    {"processor-ca", REQ_AT_114, "the PCK comes under the Processor CA", "platforms of one package would be refused", ENCLAVE, .before_texts = ca_is_of_processors},
    {"two-signers", REQ_AT_136, "the QE identity has a signer of its own", "the two documents would be bound to one signer", .before_texts = two_signers},
    {"others-revoked", REQ_AT_135, "the lists name other certificates", "any entry would count as a hit", .before_texts = others_are_revoked},
    {"last-second", REQ_AT_117, "the last second of the PCK and of a list", "the ends of a period would be outside", .before_texts = last_second},
    {"fmspc-lower-case", REQ_AT_141, "the FMSPC in lower case", "two spellings of one number would differ", .before_signing = fmspc_in_lower_case},
    {"member-unknown", REQ_AT_137, "a member of the TCB info that nobody knows", "Intel could add nothing", .before_signing = member_that_nobody_knows},
    {"white-space", REQ_AT_137, "white space in the TCB info", "the text would be taken for a canonical form", .before_signing = white_space},
    {"qe-ahead", REQ_AT_151, "ISVSVN of the QE is 65535", "numbers would be compared as text", .before_texts = qe_far_ahead},
    {"components-equal", REQ_AT_156, "each component is that of the level", "a bound would be outside", ENCLAVE, .before_texts = components_from_twenty, .before_signing = level_of_the_components},
    {"components-equal-td", REQ_AT_156, "each component of both lists is that of the level", "a bound would be outside", MODULE_0, .before_texts = components_from_twenty, .before_signing = level_of_the_components},
    {"module-equal", REQ_AT_154, "the version of the module is that of its level", "a bound would be outside", .before_texts = module_of_the_level},
    {"round-equal", REQ_AT_142, "the evaluation number is the least that the policy takes", "a bound would be outside", ENCLAVE, .before_texts = least_round},
    {"qe-masked", REQ_AT_150, "an attribute of the QE outside the mask", "the mask would not be applied", .before_texts = masked_attribute},
    {"module-components", REQ_AT_155, "the module's version is below the level's first TDX component", "modules with levels of their own would be judged twice", TD_5, .before_signing = level_above_the_module},
    {"module-components-4", REQ_AT_155, "the module's version is below the level's first TDX component", "modules with levels of their own would be judged twice", .before_signing = level_above_the_module},
    {"module-0", REQ_AT_155, "a module of major version 0", "the first modules would be refused", MODULE_0},
    {"relaunch-accepted", REQ_AT_159, "a repaired platform, where the policy lists TDRelaunchAdvised and its advisory", "the status would be another", TD_15, .before_texts = repaired_and_advised},
    {"hardening-accepted", REQ_AT_163, "SWHardeningNeeded with its advisory, where the policy lists both", "the policy would have no way to say so", .before_texts = third_level},
    {"advisories-waived", REQ_AT_160, "OutOfDate with two advisories, which the policy waives", "what is open would be told in part", ENCLAVE, .before_texts = lowest_level_taken},
    {"instance-listed", REQ_AT_185, "the list has the platform instance instead of the PPID", "registries by instance would refuse", .before_texts = listed_by_instance},
    {"owner-expected", REQ_AT_176, "MROWNER has the value that the policy expects", "owners could not be pinned", .before_texts = owner_that_is_expected},
    {"waived-td", REQ_AT_191, "everything is waived, and there are no lists", "what is not compared would stop the rest", TD_15, .after_all = everything_waived},
    {"waived-enclave", REQ_AT_191, "everything is waived, and there are no lists", "what is not compared would stop the rest", ENCLAVE, .after_all = everything_waived},
};
/* clang-format on */

const size_t intel_n_truths = sizeof intel_truths / sizeof *intel_truths;
