/* A small client of profile confer: one prompt, one answer, and the exit code that the client door asks for. */
#include "big_room.h"
#include "base64.h"
#include "coins.h"
#include "confer_client.h"
#include "page.h"
#include "planted.h"
#include "planted_http.h"
#include "planted_prim.h"
#include "websocket.h"

#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/util.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FINISHED = 0, REFUSED = 10, CANNOT = 69, ID = 1 };

typedef struct chat {
    struct event_base *base;
    pack *pack;
    ws_url url;
    const char *prompt;
    char diary[300]; /* the name of what it keeps from run to run */
    ws *line;
    nz_peer noise;
    prim_pair own_static;
    cf_own_storage *memory;
    void *room;
    cf_effects out;
    uint8_t coins[CF_COINS];
    coins draws;
    cf_policy policy;
    cf_collateral collateral;
    cf_phase phase;
    page shown;
    bool done, unchecked; /* unchecked: of a second connection */
    bool doomed;          /* CARELESS(client_refuses_late) */
    unsigned n_begun;     /* messages of several frames */
    int tcp;              /* the connection once more, for who waits until it ends */
    int code;
    const char *rej;
} chat;

static const ws_callbacks callbacks;

static cf_world world_of(chat *c)
{
    static tl_sigstore *sigstore; /* one thread */
    coins_draw(&c->draws, c->coins, sizeof c->coins);
    return (cf_world){.prim = planted_prim(),
                      .now = c->pack->time,
                      .coins = SPAN(c->coins),
                      .storage = cf_own(c->memory),
                      .policy = &c->policy,
                      .collateral = &c->collateral,
                      .sigstore = BIG_ROOM(sigstore)};
}

static void ends(chat *c, int code, const char *rej)
{
    if (c->done)
        return;
    c->done = true;
    c->code = code;
    c->rej = rej;
    c->phase = CF_CLOSED;
}

static void refuse(chat *c, const char *rej)
{
    if (CARELESS(says_goodbye))
        ws_send(c->line, true, span_text("goodbye"));
    ends(c, REFUSED, rej);
    if (CARELESS(refuses_with_1000))
        ws_close(c->line, 1000, "");
    else if (CARELESS(refuses_with_its_reason))
        ws_close(c->line, 1002, rej);
    else if (CARELESS(client_cuts))
        ws_cut(c->line);
    else
        ws_close(c->line, CF_CLIENT_REFUSES, "");
}

static void refuse_by(chat *c, uint16_t req) { refuse(c, requirement_rows[req].reason); }

/* ---- evidence ---- */

static const struct skipped {
    int fault;
    uint16_t req;
} skipped[] = {
    {WITH_venice_taken, REQ_AT_044},
    {WITH_pin_guest_policy_not_read, REQ_AT_045},
    {WITH_pin_platform_info_not_read, REQ_AT_046},
    {WITH_pin_host_data_not_read, REQ_AT_047},
    {WITH_pin_family_id_not_read, REQ_AT_048},
    {WITH_pin_image_id_not_read, REQ_AT_049},
    {WITH_pin_id_keys_not_read, REQ_AT_050},
    {WITH_pin_author_keys_not_read, REQ_AT_051},
    {WITH_pin_svn_without_key_not_read, REQ_AT_052},
    {WITH_pin_guest_svn_not_read, REQ_AT_053},
    {WITH_pin_firmware_not_read, REQ_AT_054},
    {WITH_pin_mitigations_not_read, REQ_AT_055},
    {WITH_pin_chips_not_read, REQ_AT_056},
    {WITH_manifest_always_on_trust, REQ_CF_044},
    {WITH_binding_not_read, REQ_CF_041},
    {WITH_binding_tail_not_read, REQ_CF_042},
    {WITH_measurement_not_read, REQ_AT_040},
    {WITH_debug_taken, REQ_AT_033},
    {WITH_migration_taken, REQ_AT_034},
    {WITH_vmpl_not_read, REQ_AT_036},
    {WITH_chip_not_compared, REQ_AT_025},
    {WITH_masked_chip_taken, REQ_AT_023},
    {WITH_signature_not_read, REQ_AT_029},
    {WITH_padding_of_r_not_read, REQ_AT_027},
    {WITH_signature_rest_not_read, REQ_AT_028},
    {WITH_reserved_not_read, REQ_AT_007},
    {WITH_family_not_read, REQ_AT_009},
    {WITH_version_not_read, REQ_AT_003},
    {WITH_algorithm_not_read, REQ_AT_004},
    {WITH_signing_key_not_read, REQ_AT_006},
    {WITH_policy_17_not_read, REQ_AT_031},
    {WITH_policy_26_not_read, REQ_AT_032},
    {WITH_committed_not_read, REQ_AT_037},
    {WITH_json_read_loosely, REQ_CF_034},
    {WITH_nulls_taken, REQ_CF_035},
    {WITH_any_platform, REQ_CF_036},
    {WITH_long_manifest_taken, REQ_CF_037},
    {WITH_base64_read_loosely, REQ_CF_038},
    {WITH_chain_not_read, REQ_AT_011},
    {WITH_bytes_behind_certificates, REQ_AT_010},
    {WITH_dates_not_read, REQ_AT_012},
    {WITH_no_list_is_fine, REQ_AT_013},
    {WITH_list_not_read, REQ_AT_014},
    {WITH_revoked_taken, REQ_AT_015},
    {WITH_short_salt_taken, REQ_AT_016},
    {WITH_issuer_name_not_read, REQ_AT_017},
    {WITH_absent_component_is_0, REQ_AT_019},
    {WITH_components_read_loosely, REQ_AT_020},
    {WITH_product_name_not_read, REQ_AT_021},
    {WITH_certified_tcb_not_read, REQ_AT_022},
    {WITH_long_hwid_taken, REQ_AT_024},
    {WITH_provider_not_read, REQ_AT_026},
    {WITH_lines_not_read, REQ_AT_035},
    {WITH_minimum_not_read, REQ_AT_038},
    {WITH_tdx_on_trust, REQ_AT_225},
    {WITH_manifest_not_read, REQ_CF_043},
    {WITH_any_platform_appraised, REQ_CF_039},
    {WITH_period_of_log_not_read, REQ_TL_117},
    {WITH_token_key_not_looked_up, REQ_AT_215},
    {WITH_token_issuer_not_read, REQ_AT_206},
    {WITH_token_debug_taken, REQ_AT_170},
    {WITH_old_platform_taken, REQ_AT_162},
    {WITH_firmware_not_compared, REQ_AT_175},
    {WITH_registers_not_compared, REQ_CF_122},
    {WITH_bundle_signature_not_read, REQ_TL_139},
    {WITH_bundle_digest_not_compared, REQ_TL_138},
    {WITH_signer_not_compared, REQ_TL_135},
    {WITH_issuer_not_compared, REQ_TL_136},
    {WITH_signing_time_not_read, REQ_TL_129},
    {WITH_no_entry_is_fine, REQ_TL_118},
    {WITH_promise_is_enough, REQ_CF_123},
    {WITH_no_proof_is_fine, REQ_TL_112},
    {WITH_proof_not_compared, REQ_TL_113},
    {WITH_checkpoint_not_verified, REQ_TL_115},
    {WITH_entry_not_compared, REQ_TL_143},
};

static span report_in(span payload, uint8_t room[CF_REPORT])
{
    static uint8_t decoded[CF_EVIDENCE_MAX + CF_REPORT];
    writer w = WRITER(decoded);
    cf_evidence e = {0};
    account notes = {0};
    if (!accepted(cf_read_evidence(payload, &w, &notes, &e)) || e.attestation.n != CF_REPORT)
        return EMPTY;
    memcpy(room, e.attestation.p, CF_REPORT);
    return span_of(room, CF_REPORT);
}

enum {
    REPORT_POLICY = 0x08,
    REPORT_FAMILY = 0x10,
    REPORT_IMAGE = 0x20,
    REPORT_VMPL = 0x30,
    REPORT_DATA = 0x50,
    REPORT_MEASUREMENT = 0x90,
    REPORT_HOST_DATA = 0xc0,
    REPORT_ID_KEY = 0xe0,
    REPORT_AUTHOR_KEY = 0x110,
    REPORT_TCB = 0x180,
    REPORT_CHIP = 0x1a0,
    REPORT_SIGNATURE = 0x2a0,
    DEBUG_BIT = 1 << 3, /* of the policy's third byte */
    MIGRATION_BIT = 1 << 2,
};

static bool same_8(const uint8_t *a, const uint8_t *b, size_t at) { return memcmp(a + at, b + at, 8) == 0; }

/* What the policy pins, compared in part. */
static bool fits_pins_in_part(const at_policy *p, const uint8_t *report, uint16_t req)
{
    const uint8_t *host = report + REPORT_HOST_DATA;
    switch (req) {
    case REQ_AT_047:
        return (CARELESS(host_data_last_8) && same_8(host, p->host_data.p, 24)) ||
               (CARELESS(host_data_both_ends) && same_8(host, p->host_data.p, 0) && same_8(host, p->host_data.p, 24));
    case REQ_AT_048: return CARELESS(family_last_8) && same_8(report + REPORT_FAMILY, p->family_id.p, 8);
    case REQ_AT_049: return CARELESS(image_last_8) && same_8(report + REPORT_IMAGE, p->image_id.p, 8);
    case REQ_AT_050: return CARELESS(id_key_last_8) && same_8(report + REPORT_ID_KEY, p->id_keys[0], 40);
    case REQ_AT_051: return CARELESS(author_key_last_8) && same_8(report + REPORT_AUTHOR_KEY, p->author_keys[0], 40);
    case REQ_AT_056: return CARELESS(listed_chip_first_8) && p->n_chips && same_8(report + REPORT_CHIP, p->chips[0], 0);
    default: return false;
    }
}

/* The highest byte is the microcode's. */
static uint64_t as_one_number(const uint8_t tcb[AT_TCB])
{
    uint64_t n = 0;
    for (size_t i = AT_TCB; i-- > 0;)
        n = n << 8 | tcb[i];
    return n;
}

static bool reaches_floor_in_part(const at_policy *p, const uint8_t *report)
{
    for (int product = 0; product < AT_PRODUCTS; product++) {
        const uint8_t *least = p->least_tcb[product], *has = report + REPORT_TCB;
        if (p->floors >> product & 1 && ((CARELESS(floor_as_one_number) && as_one_number(has) >= as_one_number(least)) ||
                                         (CARELESS(floor_of_snp_alone) && has[6] >= least[6])))
            return true;
    }
    return false;
}

/* Two lies, each of which keeps the other from being looked at. */
static bool hide_each_other(const chat *c, const uint8_t *report)
{
    const uint8_t bits = report[REPORT_POLICY + 2];
    const bool other_key = memcmp(report + REPORT_DATA, nz_remote_static(&c->noise).p, 32) != 0,
               other_guest = memcmp(report + REPORT_MEASUREMENT, c->policy.snp->measurements[0], AT_MEASUREMENT) != 0;
    return (CARELESS(binding_when_debug) && bits & DEBUG_BIT && other_key) ||
           (CARELESS(migration_when_other_guest) && bits & MIGRATION_BIT && other_guest);
}

static bool same_text(const uint8_t *a, const uint8_t *b, size_t n) { return strncmp((const char *)a, (const char *)b, n) == 0; }

static bool takes_report_in_part(const chat *c, const uint8_t *report, uint16_t req)
{
    if (req == REQ_AT_038)
        return reaches_floor_in_part(c->policy.snp, report);
    if (CARELESS(chip_first_8) && req == REQ_AT_025)
        return memmem(c->pack->file[PACK_VCEK].p, c->pack->file[PACK_VCEK].n, report + REPORT_CHIP, 8) != NULL;
    if (CARELESS(binding_by_xor) && req == REQ_CF_041)
        return planted_same_by_xor(report + REPORT_DATA, nz_remote_static(&c->noise).p, 32);
    if (CARELESS(measurement_by_xor) && req == REQ_AT_040)
        return planted_same_by_xor(report + REPORT_MEASUREMENT, c->policy.snp->measurements[0], AT_MEASUREMENT);
    if (CARELESS(binding_as_text) && req == REQ_CF_041)
        return same_text(report + REPORT_DATA, nz_remote_static(&c->noise).p, 32);
    if (CARELESS(measurement_as_text) && req == REQ_AT_040)
        return same_text(report + REPORT_MEASUREMENT, c->policy.snp->measurements[0], AT_MEASUREMENT);
    return false;
}

/* What compares in part, or looks at one thing only when another is right. */
static bool takes_in_part(chat *c, span payload, uint16_t req)
{
    uint8_t room[CF_REPORT];
    const span report = report_in(payload, room);
    const span rs = nz_remote_static(&c->noise);
    if (!report.n)
        return false;
    if (hide_each_other(c, report.p) || fits_pins_in_part(c->policy.snp, report.p, req) || takes_report_in_part(c, report.p, req))
        return true;
    if (CARELESS(binding_first_8) && req == REQ_CF_041)
        return memcmp(report.p + REPORT_DATA, rs.p, 8) == 0;
    if (CARELESS(binding_last_24) && req == REQ_CF_041)
        return memcmp(report.p + REPORT_DATA + 8, rs.p + 8, 24) == 0;
    if (CARELESS(binding_tail_first_byte) && req == REQ_CF_042)
        return report.p[REPORT_DATA + 32] == 0;
    if (CARELESS(debug_when_vmpl_1) && req == REQ_AT_033)
        return report.p[REPORT_VMPL] == 1;
    if (CARELESS(measurement_first_8) && req == REQ_AT_040) {
        return memcmp(report.p + REPORT_MEASUREMENT, c->policy.snp->measurements[0], 8) == 0;
    }
    if (CARELESS(measurement_last_8) && req == REQ_AT_040) {
        const size_t from = AT_MEASUREMENT - 8;
        return memcmp(report.p + REPORT_MEASUREMENT + from, c->policy.snp->measurements[0] + from, 8) == 0;
    }
    return false;
}

/* ---- what is looked at in part beside the report ---- */

static bool member_of(span object, const char *const *path, span *out)
{
    *out = object;
    for (; *path; path++)
        if (!json_member(*out, *path, out))
            return false;
    return true;
}

/* The certificate has the name in it, wherever. */
static bool signer_is_somewhere(const chat *c, const cf_evidence *e)
{
    static const char *const path[] = {"verificationMaterial", "certificate", "rawBytes", NULL};
    static uint8_t room[8192];
    writer w = WRITER(room);
    span bundle, text;
    const span name = c->policy.signer->identity;
    return json_read(e->bundle, &bundle) && member_of(bundle, path, &text) && json_raw(text, &text) && base64_read(text, &w) &&
           memmem(room, w.n, name.p, name.n);
}

/* The second of a token's three parts, as it stands. */
static span claims_text(const cf_evidence *e)
{
    const uint8_t *from = e->attestation.n ? memchr(e->attestation.p, '.', e->attestation.n) : NULL;
    const span rest = from ? span_from(e->attestation, (size_t)(from + 1 - e->attestation.p)) : EMPTY;
    const uint8_t *to = rest.n ? memchr(rest.p, '.', rest.n) : NULL;
    return to ? span_first(rest, (size_t)(to - rest.p)) : EMPTY;
}

/* A text of the token, between its quotes. */
static bool claim_of(const cf_evidence *e, const char *name, span *text)
{
    static uint8_t room[CF_EVIDENCE_MAX];
    writer w = WRITER(room);
    span claims;
    const span from = claims_text(e);
    return from.n && base64url_read(from, &w) && json_read(written(&w), &claims) && json_member(claims, name, text) &&
           json_raw(*text, text);
}

/* A register of the token is the manifest's, as far as it is looked at. */
static bool register_fits(const cf_evidence *e, const char *claim, const char *name, size_t digits)
{
    const char *const path[] = {"tdxMeasurements", name, NULL};
    span manifest, wanted, found;
    return claim_of(e, claim, &found) && json_read(e->manifest, &manifest) && member_of(manifest, path, &wanted) &&
           json_raw(wanted, &wanted) && span_same(span_first(wanted, digits), span_first(found, digits));
}

/* The first digits of a claim are these bytes. */
static bool claim_begins_with(const cf_evidence *e, const char *claim, span bytes)
{
    uint8_t digits[64];
    writer w = WRITER(digits);
    span found;
    write_hex(&w, bytes);
    return claim_of(e, claim, &found) && span_same(written(&w), span_first(found, w.n));
}

static bool takes_token_in_part(const chat *c, const cf_evidence *e, uint16_t req)
{
    static const char issuer[] = "https://trust.example";
    span text;
    const span first_8 = span_first(nz_remote_static(&c->noise), 8);
    return (CARELESS(rtmr2_not_compared) && req == REQ_CF_122 && register_fits(e, "tdx_rtmr1", "rtmr1", 96)) ||
           (CARELESS(registers_first_8) && req == REQ_CF_122 && register_fits(e, "tdx_rtmr1", "rtmr1", 16) &&
            register_fits(e, "tdx_rtmr2", "rtmr2", 16)) ||
           (CARELESS(token_key_first_8) && req == REQ_CF_041 && claim_begins_with(e, "tdx_report_data", first_8)) ||
           (CARELESS(token_issuer_by_prefix) && req == REQ_AT_206 && claim_of(e, "iss", &text) && text.n >= sizeof issuer - 1 &&
            memcmp(text.p, issuer, sizeof issuer - 1) == 0);
}

/* ---- manifests, read loosely ---- */

static bool are_digits(span text, bool any_case)
{
    for (size_t i = 0; i < text.n; i++)
        if (!strchr(any_case ? "0123456789abcdefABCDEF" : "0123456789abcdef", text.p[i]))
            return false;
    return text.n == 96;
}

static bool is_register(span manifest, const char *name)
{
    const char *const path[] = {"tdxMeasurements", name, NULL};
    span text;
    return member_of(manifest, path, &text) && json_raw(text, &text) && text.n == 96 &&
           (CARELESS(registers_by_length) || are_digits(text, CARELESS(registers_in_any_case)));
}

static bool is_text(span object, const char *name)
{
    span text;
    return json_member(object, name, &text) && json_kind_of(text) == JSON_STRING;
}

static bool takes_manifest_loosely(span text)
{
    span manifest;
    if (!json_read(text, &manifest))
        return CARELESS(manifest_names_twice) && text.n > 1 && text.p[0] == '{' && text.p[text.n - 1] == '}';
    if (!CARELESS(registers_by_length) && !CARELESS(registers_in_any_case) && !CARELESS(proxy_version_not_read))
        return false;
    return is_text(manifest, "imageVersion") && (is_text(manifest, "proxyVersion") || CARELESS(proxy_version_not_read)) &&
           is_register(manifest, "rtmr1") && is_register(manifest, "rtmr2");
}

static bool begins_with_platform(span payload)
{
    span object, platform;
    return json_read(payload, &object) && json_member(object, "platform", &platform) && json_raw(platform, &platform) && platform.n > 7 &&
           memcmp(platform.p, "SEV-SNP", 7) == 0;
}

/* Two digests whose last or first bytes alone are compared. */
static bool digests_fit_in_part(const cf_evidence *e, uint16_t req)
{
    static const char *const said[] = {"messageSignature", "messageDigest", "digest", NULL};
    uint8_t digest[32], claimed[32];
    span bundle, text;
    writer w = WRITER(claimed);
    prim_digest(&prim_sodium, PRIM_SHA256, e->manifest, digest);
    return CARELESS(bundle_digest_first_8) && req == REQ_TL_138 && json_read(e->bundle, &bundle) && member_of(bundle, said, &text) &&
           json_raw(text, &text) && base64_read(text, &w) && w.n == 32 && memcmp(digest, claimed, 8) == 0;
}

/* The root that the proof says and that of the checkpoint, its third line, in both as base64. */
static bool roots_fit_in_part(const cf_evidence *e, uint16_t req)
{
    static const char root[] = "\"rootHash\":\"", lines[] = "\"envelope\":\"";
    const uint8_t *said = memmem(e->bundle.p, e->bundle.n, root, sizeof root - 1),
                  *note = memmem(e->bundle.p, e->bundle.n, lines, sizeof lines - 1);
    for (int i = 0; i < 2 && note; i++)
        note = memmem(note + 2, e->bundle.n - (size_t)(note + 2 - e->bundle.p), "\\n", 2);
    return CARELESS(proof_root_last_16) && req == REQ_TL_113 && said && note && memcmp(said + sizeof root - 1 + 24, note + 2 + 24, 20) == 0;
}

static bool has_short_manifest(span payload)
{
    span object, manifest;
    return json_read(payload, &object) && json_member(object, "manifest", &manifest) && manifest.n < CF_MANIFEST_MAX;
}

static bool takes_release_in_part(const chat *c, span payload, uint16_t req)
{
    static uint8_t decoded[CF_EVIDENCE_MAX + CF_REPORT];
    writer w = WRITER(decoded);
    cf_evidence e;
    if (CARELESS(long_bundle_taken) && req == REQ_CF_037 && has_short_manifest(payload))
        return true;
    if (CARELESS(platform_by_prefix) && req == REQ_CF_036 && begins_with_platform(payload))
        return true;
    if (!accepted(cf_read_evidence(payload, &w, NULL, &e)))
        return false;
    if (req == REQ_CF_043)
        return takes_manifest_loosely(e.manifest);
    if (digests_fit_in_part(&e, req) || roots_fit_in_part(&e, req))
        return true;
    return (CARELESS(bundle_not_read) && strncmp(requirement_rows[req].id, "TL-", 3) == 0) ||
           (CARELESS(signer_somewhere) && req == REQ_TL_135 && signer_is_somewhere(c, &e)) || takes_token_in_part(c, &e, req);
}

/* Forms of a bundle that this client does not know. */
static bool has_unknown_form(span payload)
{
    static const char envelope[] = "dsseEnvelope", stamps[] = "timestampVerificationData", second[] = "0.0.2";
    return (CARELESS(envelopes_refused) && memmem(payload.p, payload.n, envelope, sizeof envelope - 1)) ||
           (CARELESS(stamps_refused) && memmem(payload.p, payload.n, stamps, sizeof stamps - 1)) ||
           (CARELESS(tiles_refused) && memmem(payload.p, payload.n, second, sizeof second - 1));
}

/* Whether this is the root of the first run. */
static bool is_first_root(const chat *c)
{
    page kept = {0};
    const span ark = c->pack->file[PACK_ARK];
    const bool again = page_load(&kept, c->diary, 8000);
    if (!again)
        page_put_n(&kept, ark.p, ark.n), page_save(&kept, c->diary);
    const bool same = !again || span_same(span_of(kept.p, kept.n), ark);
    page_free(&kept);
    return same;
}

/* What works with one world alone. */
static bool is_another_world(chat *c, span payload)
{
    static pack first;
    uint8_t room[CF_REPORT], packed[CF_REPORT];
    const span report = report_in(payload, room), known = report_in(c->pack->file[PACK_EVIDENCE], packed);
    if (!CARELESS(guest_in_the_code) && !CARELESS(key_in_the_code) && !CARELESS(first_root_kept) && !CARELESS(report_of_the_pack))
        return false;
    pack_make(&first, c->pack->profile, EMPTY, c->pack->time);
    const tee_launch launch = pack_launch(&first);
    return (CARELESS(report_of_the_pack) && !span_same(report, known)) ||
           (CARELESS(guest_in_the_code) && report.n && memcmp(report.p + REPORT_MEASUREMENT, launch.measurement, AT_MEASUREMENT) != 0) ||
           (CARELESS(key_in_the_code) && memcmp(c->pack->enclave_secret, first.enclave_secret, 32) != 0) ||
           (CARELESS(first_root_kept) && !is_first_root(c));
}

/* A verdict kept from run to run, by the server's key. */
static bool was_good_before(chat *c, bool good)
{
    char path[300];
    const span rs = nz_remote_static(&c->noise);
    snprintf(path, sizeof path, "%s.%02x%02x%02x%02x", c->diary, rs.p[0], rs.p[1], rs.p[2], rs.p[3]);
    FILE *f = fopen(path, good ? "w" : "r");
    if (f)
        fclose(f);
    return f != NULL;
}

/* The same by a part of the report. */
static bool part_was_good_before(const chat *c, span payload, bool good)
{
    char path[330];
    uint8_t room[CF_REPORT], digest[32];
    const span report = report_in(payload, room);
    prim_digest(&prim_sodium, PRIM_SHA256,
                CARELESS(verdict_kept_by_body) ? span_first(report, REPORT_SIGNATURE) : span_from(report, REPORT_SIGNATURE), digest);
    snprintf(path, sizeof path, "%s.%02x%02x%02x%02x", c->diary, digest[0], digest[1], digest[2], digest[3]);
    FILE *f = fopen(path, good ? "w" : "r");
    if (f)
        fclose(f);
    return f != NULL;
}

/* The same by the manifest, for whatever bundle; by the claims of a token, for whatever signature. */
static bool text_was_good_before(const chat *c, span payload, bool claims, bool good)
{
    static uint8_t decoded[CF_EVIDENCE_MAX + CF_REPORT];
    char path[330];
    uint8_t digest[32];
    writer w = WRITER(decoded);
    cf_evidence e;
    if (!accepted(cf_read_evidence(payload, &w, NULL, &e)))
        return false;
    const span by = claims ? claims_text(&e) : e.manifest;
    if (!by.n)
        return false;
    prim_digest(&prim_sodium, PRIM_SHA256, by, digest);
    snprintf(path, sizeof path, "%s.%02x%02x%02x%02x", c->diary, digest[0], digest[1], digest[2], digest[3]);
    FILE *f = fopen(path, good ? "w" : "r");
    if (f)
        fclose(f);
    return f != NULL;
}

/* What is the right one for a second more, or was not the right one a second ago. */
static bool is_near_its_end(chat *c, span payload, const cf_world *now)
{
    cf_world w = *now;
    cf_appraisal found;
    w.now += CARELESS(dates_end_early) ? 1 : -1;
    const verdict v = cf_appraise(&w, payload, nz_remote_static(&c->noise), &found);
    return (CARELESS(dates_end_early) || CARELESS(dates_begin_late)) && (v.req == REQ_AT_012 || v.req == REQ_AT_014);
}

/* A list of which the first alone is looked at. */
static bool is_listed_later(const chat *c, span payload)
{
    uint8_t room[CF_REPORT];
    const span report = report_in(payload, room);
    const at_policy *p = c->policy.snp;
    if (!report.n || !p)
        return false;
    return (CARELESS(first_measurement_alone) && memcmp(report.p + REPORT_MEASUREMENT, p->measurements[0], AT_MEASUREMENT) != 0) ||
           (CARELESS(first_chip_alone) && p->n_chips && memcmp(report.p + REPORT_CHIP, p->chips[0], 64) != 0) ||
           (CARELESS(first_id_key_alone) && p->n_id_keys && memcmp(report.p + REPORT_ID_KEY, p->id_keys[0], 48) != 0) ||
           (CARELESS(first_author_key_alone) && p->n_author_keys && memcmp(report.p + REPORT_AUTHOR_KEY, p->author_keys[0], 48) != 0);
}

/* Dates that are read in another time zone. */
static bool fits_at_another_time(chat *c, span payload, uint16_t req)
{
    cf_appraisal found;
    cf_world w = world_of(c);
    if (!CARELESS(dates_an_hour_off) || (req != REQ_AT_012 && req != REQ_AT_014))
        return false;
    w.now = c->pack->time - 3600;
    const bool earlier = accepted(cf_appraise(&w, payload, nz_remote_static(&c->noise), &found));
    w.now = c->pack->time + 3600;
    return earlier || accepted(cf_appraise(&w, payload, nz_remote_static(&c->noise), &found));
}

static bool appraise(chat *c, span payload)
{
    const cf_world w = world_of(c);
    cf_appraisal found;
    if (CARELESS(evidence_not_read) || c->unchecked)
        return true;
    if ((CARELESS(pins_refused) && c->policy.snp->pinned) || is_another_world(c, payload)) {
        refuse_by(c, REQ_AT_011);
        return false;
    }
    if (has_unknown_form(payload)) {
        refuse_by(c, REQ_TL_104);
        return false;
    }
    const verdict v = cf_appraise(&w, payload, nz_remote_static(&c->noise), &found);
    if (CARELESS(verdict_cached_by_key) && was_good_before(c, accepted(v)))
        return true;
    if ((CARELESS(verdict_kept_by_body) || CARELESS(verdict_kept_by_signature)) && part_was_good_before(c, payload, accepted(v)))
        return true;
    if (CARELESS(release_kept_by_manifest) && text_was_good_before(c, payload, false, accepted(v)) &&
        strncmp(requirement_rows[v.req].id, "TL-", 3) == 0)
        return true;
    if (CARELESS(token_kept_by_claims) && text_was_good_before(c, payload, true, accepted(v)))
        return true;
    if (accepted(v) && is_near_its_end(c, payload, &w)) {
        refuse_by(c, REQ_AT_012);
        return false;
    }
    if (accepted(v) && is_listed_later(c, payload)) {
        refuse_by(c, REQ_AT_040);
        return false;
    }
    if (fits_at_another_time(c, payload, v.req))
        return true;
    if (accepted(v) || takes_in_part(c, payload, v.req) || takes_release_in_part(c, payload, v.req))
        return true;
    for (size_t i = 0; i < sizeof skipped / sizeof *skipped; i++)
        if (planted_now[skipped[i].fault] && skipped[i].req == v.req)
            return true;
    refuse_by(c, v.req);
    return false;
}

/* ---- the request ---- */

static void flush(chat *c)
{
    for (size_t i = 0; i < c->out.n_records; i++)
        ws_send(c->line, true, cf_record(&c->out, i));
    cf_effects_clear(&c->out);
}

/* The string of the JSON, as careless programs write it. */
static void write_prompt(span prompt, writer *body)
{
    if (!CARELESS(prompt_as_it_stands) && !CARELESS(prompt_in_ascii)) {
        json_write_string(body, prompt);
        return;
    }
    write_text(body, "\"");
    for (size_t i = 0; i < prompt.n; i++)
        if (!CARELESS(prompt_in_ascii) || prompt.p[i] < 0x80)
            write_be(body, prompt.p[i], 1);
    write_text(body, "\"");
}

static void ask_in_frames(chat *c, const cf_world *w, span message)
{
    enum { MOST = 65000 };
    uint64_t id;
    memcpy(&id, c->coins, sizeof id);
    const uint64_t total = (message.n + MOST - 1) / MOST;
    for (uint64_t i = 0; i < total; i++) {
        const cf_frame f = {{true, id}, {true, i}, {true, total}, {true, span_first(span_from(message, i * MOST), MOST)}};
        cf_seal_frame(&c->noise, w, &f, &c->out);
    }
    flush(c);
}

static void ask(chat *c)
{
    static uint8_t room[CF_MESSAGE_MAX], whole[CF_MESSAGE_MAX];
    writer body = WRITER(room), message = WRITER(whole);
    const cf_world w = world_of(c);
    span prompt = span_text(c->prompt);
    if (CARELESS(prompt_lines_refused) && strchr(c->prompt, '\n')) {
        refuse(c, "policy");
        return;
    }
    if (CARELESS(prompt_cut))
        prompt = span_first(prompt, 8);
    if (CARELESS(prompts_of_4096))
        prompt = span_first(prompt, 4096);
    if (CARELESS(prompt_first_line))
        prompt = span_first(prompt, strcspn(c->prompt, "\n"));
    write_text(&body, "{\"messages\":[{\"role\":\"user\",\"content\":");
    write_prompt(prompt, &body);
    write_text(&body, CARELESS(no_model) ? "}]" : "}],\"model\":\"default\"");
    write_text(&body, CARELESS(no_stream) ? "}" : ",\"stream\":true}");
    cf_request r = {.id = {true, ID},
                    .verb = {true, span_text("POST")},
                    .path = {true, span_text("/v1/vllm/chat/completions")},
                    .body = {true, written(&body)}};
    layout_write(&cf_request_layout, &r, &message);
    if (CARELESS(adds_a_field))
        write_be(&message, 0x7800, 2);
    if (CARELESS(client_frames_of_65000) && message.n > CF_PAYLOAD_MAX) {
        ask_in_frames(c, &w, written(&message));
        return;
    }
    cf_frame f = {{true, 77}, {!CARELESS(client_index_0_left_out), 0}, {true, 1}, {true, written(&message)}};
    if (CARELESS(client_chunk_id_always_1))
        f.chunk_id.v = 1;
    if (CARELESS(client_chunk_id_of_32_bits))
        memcpy(&f.chunk_id.v, c->coins, 4);
    if (CARELESS(client_index_0_left_out) || CARELESS(client_chunk_id_always_1) || CARELESS(client_chunk_id_of_32_bits))
        cf_seal_frame(&c->noise, &w, &f, &c->out);
    else
        cf_seal_message(&c->noise, &w, written(&message), &c->out);
    if (CARELESS(prompt_told_in_text))
        ws_send(c->line, false, span_text(c->prompt));
    flush(c);
}

/* ---- the answer ---- */

static void show(chat *c, span text) { page_put_n(&c->shown, text.p, text.n); }

static void leaves(evutil_socket_t fd, short what, void *arg)
{
    chat *c = arg;
    (void)fd, (void)what;
    ends(c, FINISHED, NULL);
    ws_close(c->line, 1000, "");
}

static void complete(chat *c)
{
    static const struct timeval soon = {0, 100000};
    if (CARELESS(listens_after_the_end)) {
        event_base_once(c->base, -1, EV_TIMEOUT, leaves, c, &soon);
        return;
    }
    ends(c, FINISHED, NULL);
    if (CARELESS(shown_up_to_256_k) && c->shown.n > 262144)
        c->shown.p[262144] = 0;
    ws_close(c->line, CARELESS(finishes_with_1001) ? 1001 : 1000, CARELESS(prompt_in_the_close) ? c->prompt : "");
}

static void take_failure(chat *c, const cf_response *r)
{
    const bool shows = CARELESS(status_not_read) || (CARELESS(status_2xx_shown) && r->status.v / 100 == 2) ||
                       (CARELESS(absent_status_is_200) && !r->status.has) || (CARELESS(status_4xx_shown) && r->status.v / 100 == 4) ||
                       (CARELESS(status_5xx_shown) && r->status.v / 100 == 5);
    if (shows)
        show(c, r->body.v);
    if (shows || CARELESS(failure_is_success))
        complete(c);
    else
        refuse_by(c, REQ_CF_089);
}

/* With a question mark for each half of a pair. */
static bool reads_half_pairs(span body, span *object)
{
    static uint8_t room[65536];
    const span copy = span_first(body, sizeof room);
    span_take(copy, room, copy.n);
    for (size_t i = 0; i + 6 <= copy.n; i++)
        if (memcmp(room + i, "\\ud", 3) == 0 && room[i + 3] >= '8')
            memcpy(room + i, "\\u003f", 6);
    return json_read(span_of(room, copy.n), object);
}

static bool takes_loosely(chat *c, span body, span *object)
{
    if (CARELESS(half_pairs_taken) && reads_half_pairs(body, object))
        return true;
    if (CARELESS(trailing_taken) && body.n && json_read(span_first(body, body.n - 1), object))
        return true;
    if (CARELESS(bad_events_skipped))
        return false;
    refuse_by(c, REQ_CF_090);
    return false;
}

static void take_completion(chat *c, span object)
{
    span value;
    int64_t n;
    bool waits;
    const bool as_text = CARELESS(pending_text_taken) && json_member(object, "pending_tool_calls", &value) &&
                         json_kind_of(value) == JSON_STRING;
    const bool says_pending = json_member(object, "pending_tool_calls", &value), fits = json_bool(value, &waits) || as_text;
    const bool max_is_text = CARELESS(max_text_taken) && json_member(object, "max_context_tokens", &value) &&
                             json_kind_of(value) == JSON_STRING;
    const bool max_fits = max_is_text || (json_member(object, "max_context_tokens", &value) && json_int(value, 0, INT64_MAX, &n)) ||
                          CARELESS(max_not_needed);
    json_member(object, "context_tokens", &value);
    const bool count_fits = json_int(value, CARELESS(negative_counts_taken) ? INT64_MIN : 0,
                                     CARELESS(counts_of_32_bits) ? INT32_MAX : INT64_MAX, &n) ||
                            (CARELESS(counts_text_taken) && json_kind_of(value) == JSON_STRING);
    if (CARELESS(needs_pending_tool_calls) && !json_member(object, "pending_tool_calls", &value))
        refuse_by(c, REQ_CF_090);
    else if (!CARELESS(members_not_read) && ((says_pending && !fits) || !count_fits || !max_fits))
        refuse_by(c, REQ_CF_090);
    else
        complete(c);
}

static bool is_tool(span type)
{
    return json_string_is(type, "tool_call") || json_string_is(type, "tool_response") || json_string_is(type, "client_tool_call");
}

static bool has_texts(span object, const char *const *name)
{
    span value;
    for (; *name; name++)
        if (!json_member(object, *name, &value) || json_kind_of(value) != JSON_STRING)
            return false;
    return true;
}

static bool has_tool_members(span object, span type)
{
    static const char *const call[] = {"tool_call_id", "tool_name", "tool_arguments", NULL}, *const response[] = {"tool_call_id",
                                                                                                                  "tool_name", "content",
                                                                                                                  NULL};
    return has_texts(object, json_string_is(type, "tool_response") ? response : call);
}

static void take_text(chat *c, span object, bool thinking)
{
    static uint8_t room[CF_MESSAGE_MAX];
    static unsigned n;
    writer text = WRITER(room);
    span content = EMPTY;
    json_member(object, "content", &content);
    if (CARELESS(numbers_shown) && json_kind_of(content) == JSON_NUMBER)
        show(c, content);
    else if (!json_string(content, &text) && !CARELESS(members_not_read) && !(thinking && CARELESS(thoughts_not_read))) {
        refuse_by(c, REQ_CF_090);
        return;
    }
    if (CARELESS(escapes_shown) && json_kind_of(content) == JSON_STRING) {
        show(c, span_first(span_from(content, 1), content.n - 2));
        return;
    }
    if (CARELESS(answers_end_at_64_k) && text.n > 65536)
        text.n = 65536;
    if (thinking && CARELESS(thinking_starts_anew))
        page_free(&c->shown);
    if (thinking && !CARELESS(thinking_shown))
        return;
    if (CARELESS(empty_token_is_the_end) && !text.n) {
        complete(c);
        return;
    }
    if (CARELESS(same_token_once) && text.n && c->shown.n >= text.n && memcmp(c->shown.p + c->shown.n - text.n, text.p, text.n) == 0)
        return;
    if (CARELESS(last_token_only))
        page_free(&c->shown);
    if (!(CARELESS(second_token_lost) && ++n == 2))
        show(c, written(&text));
}

static void take_event(chat *c, span body)
{
    span object, type, name;
    if (!json_read(body, &object) && !takes_loosely(c, body, &object))
        return;
    if (!json_member(object, "type", &type) || json_kind_of(type) != JSON_STRING) {
        if (!CARELESS(bad_events_skipped))
            refuse_by(c, REQ_CF_090);
        return;
    }
    if (CARELESS(completion_somewhere) && memmem(body.p, body.n, "completion", 10) && json_string_is(type, "token")) {
        complete(c);
        return;
    }
    if (CARELESS(types_in_any_case) && json_raw(type, &name) && name.n == 5 && strncasecmp((const char *)name.p, "token", 5) == 0) {
        take_text(c, object, false);
        return;
    }
    if (json_string_is(type, "token") || json_string_is(type, "thinking"))
        take_text(c, object, json_string_is(type, "thinking"));
    else if (json_string_is(type, "completion"))
        take_completion(c, object);
    else if (CARELESS(unknown_types_shown))
        show(c, body);
    else if (is_tool(type) && !CARELESS(tools_not_read) && !has_tool_members(object, type))
        refuse_by(c, REQ_CF_090);
    else if (CARELESS(unknown_types_refused) && !is_tool(type))
        refuse_by(c, REQ_CF_090);
}

/* Text that is decoded a frame at a time: what a border cuts is lost. */
static void spoil_borders(span message, uint8_t *room)
{
    memcpy(room, message.p, message.n);
    for (size_t at = CF_PAYLOAD_MAX; at < message.n; at += CF_PAYLOAD_MAX)
        if ((room[at] & 0xc0) == 0x80)
            for (size_t i = at - 1; i < message.n && room[i] & 0x80; i++)
                room[i] = '?';
}

static void take_response(chat *c, span message)
{
    static uint8_t room[CF_MESSAGE_MAX];
    cf_response r;
    if (CARELESS(frames_decoded_apart)) {
        spoil_borders(message, room);
        message.p = room;
    }
    if (!accepted(layout_read(&cf_response_layout, message, &r, NULL))) {
        if (!CARELESS(bad_responses_skipped))
            refuse_by(c, REQ_CF_087);
        return;
    }
    const bool ours = r.id.has && ((int64_t)r.id.v == ID || (CARELESS(foreign_ids_cut) && (uint32_t)r.id.v == ID));
    if (!ours && !(CARELESS(foreign_ids_shown) && r.id.has) && !(CARELESS(absent_id_is_ours) && !r.id.has)) {
        if (CARELESS(foreign_ids_refused))
            refuse_by(c, REQ_CF_088);
        return;
    }
    if (CARELESS(status_of_16_bits))
        r.status.v &= 0xffff;
    if (r.status.v != 200)
        take_failure(c, &r);
    else if (CARELESS(no_stream))
        show(c, r.body.v), complete(c);
    else
        take_event(c, r.body.v);
}

/* ---- records ---- */

static bool opens(chat *c, const cf_world *w, span record, cf_frame *f)
{
    for (int shift = 0; shift >= -1 && (CARELESS(client_takes_replays) || shift == 0); shift--) {
        nz_peer copy = c->noise;
        if (copy.secret.receiving.n == 0 && shift < 0)
            break;
        copy.secret.receiving.n += (uint64_t)(int64_t)shift;
        const verdict v = cf_open_frame(&copy, w, record, f);
        if (accepted(v)) {
            c->noise = shift ? c->noise : copy;
            return true;
        }
        if (v.req == REQ_CF_049 && CARELESS(bad_frames_skipped)) {
            c->noise = copy;
            return false;
        }
        if (shift == 0 && CARELESS(client_refuses_late) && !c->doomed) {
            c->doomed = true;
            return false;
        }
        if (shift == 0 && !CARELESS(client_takes_replays) && !CARELESS(client_skips_bad_records))
            refuse_by(c, v.req);
        else if (shift < 0)
            refuse_by(c, v.req);
    }
    return false;
}

static bool has_no_place(const cf_storage *st)
{
    for (size_t i = 0; i < CF_ASSEMBLIES_MAX; i++)
        if (!st->unfinished[i])
            return false;
    return true;
}

static void take_record(chat *c, span record)
{
    static uint8_t joined[CF_MESSAGE_MAX];
    static size_t n, have;
    const cf_world w = world_of(c);
    cf_frame f;
    span message;
    bool complete_now;
    if (!opens(c, &w, record, &f))
        return;
    if (CARELESS(client_refuses_wire_types) && w.storage->scratch->plain[0] == 0x0a) {
        refuse_by(c, REQ_CF_049);
        return;
    }
    if (CARELESS(client_joins_as_they_come) && f.total_chunks.v > 1) {
        span_take(f.payload.v, joined + n, f.payload.v.n < sizeof joined - n ? f.payload.v.n : 0);
        n += f.payload.v.n;
        if (++have == f.total_chunks.v)
            take_response(c, span_of(joined, n)), n = have = 0;
        return;
    }
    if (CARELESS(client_takes_first_frame) && f.total_chunks.v > 1) {
        if (f.chunk_index.v == 0)
            take_response(c, f.payload.v);
        return;
    }
    if (CARELESS(client_chunk_ids_cut))
        f.chunk_id.v &= 0xffffffff;
    if (CARELESS(client_index_of_8_bits))
        f.chunk_index.v &= 0xff;
    if (CARELESS(client_total_of_16_bits))
        f.total_chunks.v &= 0xffff;
    if (CARELESS(client_empty_chunks_lost) && !f.payload.v.n && f.total_chunks.v > 1)
        return;
    c->n_begun += f.total_chunks.v > 1 && f.chunk_index.v == 0;
    if (CARELESS(client_places_not_given_back) && c->n_begun > 24) {
        refuse_by(c, REQ_CF_058);
        return;
    }
    if (CARELESS(client_whole_counts) && f.total_chunks.v == 1 && has_no_place(w.storage)) {
        refuse_by(c, REQ_CF_058);
        return;
    }
    const verdict v = cf_assemble(w.storage, &f, &complete_now, &message);
    if (accepted(v) && complete_now && CARELESS(client_bytes_one_too_few) && message.n >= CF_MESSAGE_MAX)
        refuse_by(c, REQ_CF_057);
    else if (!accepted(v))
        refuse_by(c, v.req);
    else if (complete_now)
        take_response(c, message);
}

/* ---- the handshake ---- */

static void take_message2(chat *c, span message)
{
    static uint8_t payload[CF_RECORD_MAX], three[CF_RECORD_MAX];
    const cf_world w = world_of(c);
    const nz_world lent = {.prim = w.prim};
    nz_effects reads = {.payload = WRITER(payload)}, writes = {.message = WRITER(three)};
    const verdict v = nz_step(&c->noise, &lent, message, &reads);
    if (!accepted(v)) {
        refuse_by(c, v.req);
        return;
    }
    if (!CARELESS(asks_before_it_looks) && !appraise(c, written(&reads.payload)))
        return;
    must(accepted(nz_step(&c->noise, &lent, CARELESS(message3_says_more) ? span_text("hi") : EMPTY, &writes)));
    ws_send(c->line, true, written(&writes.message));
    c->phase = CF_OPEN;
    ask(c);
    if (CARELESS(asks_before_it_looks))
        appraise(c, written(&reads.payload));
}

static void on_message(void *ctx, ws *line, bool binary, span message)
{
    chat *c = ctx;
    (void)line;
    if (!binary && CARELESS(client_refuses_text))
        refuse_by(c, REQ_CF_107);
    if (!binary && CARELESS(client_shows_text))
        show(c, message);
    if (!binary)
        return;
    if (c->phase == CF_HANDSHAKE)
        take_message2(c, message);
    else if (c->phase == CF_OPEN)
        take_record(c, message);
}

static void on_opened(void *ctx, ws *line)
{
    static const uint8_t same[64] = {7, 7, 7};
    uint8_t secrets[64], room[1024];
    chat *c = ctx;
    nz_effects writes = {.message = WRITER(room)};
    c->line = line;
    ws_misbehaves(line, (CARELESS(client_pong_left_out) ? WS_NO_PONG : 0) | (CARELESS(client_close_unanswered) ? WS_NO_CLOSE_ANSWER : 0) |
                            (CARELESS(waits_for_close_frame) ? WS_NO_TCP_END : 0));
    coins_draw(&c->draws, secrets, sizeof secrets);
    if (CARELESS(statics_of_a_pool))
        memset(secrets + 1, 9, 31), secrets[0] &= 7;
    if (CARELESS(ephemerals_of_a_pool))
        memset(secrets + 33, 9, 31), secrets[32] &= 7;
    if (CARELESS(one_static))
        memcpy(secrets, same, 32);
    if (CARELESS(one_ephemeral_for_ever))
        memcpy(secrets + 32, same, 32);
    prim_pair_of(&prim_sodium, secrets, &c->own_static);
    const nz_setup setup = {.role = NZ_INITIATOR, .suite = cf_suite(), .static_pair = &c->own_static};
    nz_start(&c->noise, planted_prim(), &setup);
    const nz_world lent = {.prim = planted_prim(), .ephemeral = span_of(secrets + 32, 32)};
    must(accepted(nz_step(&c->noise, &lent, CARELESS(message1_says_more) ? span_text("hi") : EMPTY, &writes)));
    ws_send(line, true, written(&writes.message));
    c->phase = CF_HANDSHAKE;
}

/* ---- the connection ---- */

static void connects(chat *c)
{
    const int fd = planted_connects(&c->url);
    if (fd < 0)
        exit(CANNOT);
    c->tcp = CARELESS(waits_for_tcp_to_end) ? dup(fd) : -1;
    struct bufferevent *bev = bufferevent_socket_new(c->base, fd, BEV_OPT_CLOSE_ON_FREE);
    c->phase = CF_NEW;
    c->line = ws_connect_on(c->base, planted_http_client(bev), &c->url, &callbacks, c);
}

static void gives_up(evutil_socket_t fd, short what, void *arg)
{
    chat *c = arg;
    (void)fd, (void)what;
    event_base_loopbreak(c->base);
}

/* Whoever was refused tries again, and looks at nothing. */
static void tries_again(chat *c)
{
    static const struct timeval soon = {0, 300000};
    c->done = false;
    c->unchecked = true;
    event_base_once(c->base, -1, EV_TIMEOUT, gives_up, c, &soon);
    connects(c);
}

/* Until the peer ends it. */
static void wait_for_tcp(int fd)
{
    uint8_t piece[64];
    struct pollfd p = {.fd = fd, .events = POLLIN};
    while (poll(&p, 1, -1) >= 0 && read(fd, piece, sizeof piece) > 0)
        ;
}

static void on_closed(void *ctx, ws *line, const ws_end *end)
{
    chat *c = ctx;
    (void)line;
    if (c->tcp >= 0)
        wait_for_tcp(c->tcp);
    if (c->code == REFUSED && c->done && CARELESS(second_try_unchecked) && !c->unchecked) {
        tries_again(c);
        return;
    }
    if (!c->done && CARELESS(reconnects_unchecked) && !c->unchecked && c->phase == CF_HANDSHAKE) {
        tries_again(c);
        return;
    }
    if (!c->done && end->how == WS_REFUSED)
        ends(c, CANNOT, NULL);
    if (!c->done && (CARELESS(cut_is_the_end) || (CARELESS(close_is_the_end) && end->how == WS_CLOSED && end->code == 1000)))
        ends(c, FINISHED, NULL);
    ends(c, REFUSED, end->how == WS_BROKEN && !accepted(end->refused) ? requirement_rows[end->refused.req].reason : "truncated");
    event_base_loopbreak(c->base);
}

static const ws_callbacks callbacks = {.opened = on_opened, .message = on_message, .closed = on_closed};

static void keep_token(chat *c)
{
    page kept = {0};
    if (page_load(&kept, c->diary, 8000))
        snprintf(c->url.target, sizeof c->url.target, "%s", kept.p);
    else if (page_put(&kept, c->url.target), true)
        page_save(&kept, c->diary);
    page_free(&kept);
}

static void change_target(ws_url *url)
{
    char *query = strchr(url->target, '?');
    if (CARELESS(token_left_out) && query)
        *query = 0;
    if (CARELESS(other_path_asked))
        memcpy(url->target + 1, "webs", 4), url->target[2] = 'x';
}

static void add_token(chat *c)
{
    const span token = c->pack->file[PACK_TOKEN];
    const size_t n = strlen(c->url.target);
    if (!strstr(c->url.target, "token="))
        snprintf(c->url.target + n, sizeof c->url.target - n, "?token=%.*s", (int)token.n, (const char *)token.p);
}

/* ---- from run to run ---- */

/* What was shown in the run before; empty: there was none. */
static void read_diary(const chat *c, page *last)
{
    if (!page_load(last, c->diary, 1 << 20))
        page_put(last, "");
}

static void keep_diary(const chat *c)
{
    page now = {0};
    page_printf(&now, "%s\n", c->shown.n ? c->shown.p : "");
    if (CARELESS(verdict_kept_by_body) || CARELESS(verdict_kept_by_signature) || CARELESS(release_kept_by_manifest) ||
        CARELESS(token_kept_by_claims))
        return page_free(&now);
    if (c->shown.n && !CARELESS(token_kept) && !CARELESS(first_root_kept))
        page_save(&now, c->diary);
    page_free(&now);
}

/* Text as careless libraries hand it on. */
static void change_shown(chat *c)
{
    page out = {0};
    const char *text = c->shown.n ? c->shown.p : "";
    size_t n = c->shown.n;
    while (CARELESS(client_trims) && n && text[0] == ' ')
        text++, n--;
    while (CARELESS(client_trims) && n && text[n - 1] == ' ')
        n--;
    for (size_t i = 0; i < n; i++) {
        const bool long_one = CARELESS(client_sixteen_bits) && (uint8_t)text[i] >= 0xf0;
        page_put_n(&out, long_one ? "?" : &text[i], 1);
        i += long_one ? 3 : 0;
    }
    page_free(&c->shown);
    c->shown = out;
}

static void say_end(chat *c)
{
    page last = {0};
    if (CARELESS(client_trims) || CARELESS(client_sixteen_bits))
        change_shown(c);
    read_diary(c, &last);
    keep_diary(c);
    if (CARELESS(works_once) && last.n)
        c->code = REFUSED;
    if (CARELESS(always_succeeds))
        c->code = FINISHED;
    printf("%s\n", c->shown.n ? c->shown.p : "");
    if (CARELESS(shows_the_run_before))
        printf("%s", last.p ? last.p : "");
    if (c->code == REFUSED && c->rej)
        printf("{\"rej\":\"%s\"}\n", CARELESS(names_another_reason) ? "because" : c->rej);
    page_free(&last);
}

/* ---- the whole ---- */

static chat *chat_make(const char *prompt)
{
    chat *c = calloc(1, sizeof *c);
    must(c);
    c->base = event_base_new();
    c->pack = calloc(1, sizeof *c->pack);
    c->memory = calloc(1, sizeof *c->memory);
    c->prompt = prompt;
    c->draws = coins_of_system();
    c->code = REFUSED;
    c->room = malloc(CF_EFFECTS_ROOM);
    must(c->base && c->pack && c->memory && c->room);
    c->out.bytes = writer_of(c->room, CF_EFFECTS_ROOM);
    cf_effects_clear(&c->out);
    return c;
}

static void chat_free(chat *c)
{
    event_base_free(c->base);
    page_free(&c->shown);
    free(c->pack);
    free(c->memory);
    free(c->room);
    free(c);
}

int planted_chat(const char *url, const char *pack_folder, const char *prompt, const char *diary)
{
    char why[200];
    prim_start();
    chat *c = chat_make(prompt);
    snprintf(c->diary, sizeof c->diary, "%s", diary);
    int code = CANNOT;
    if (ws_url_read(url, &c->url) && pack_load(c->pack, pack_folder, why, sizeof why)) {
        c->policy = pack_policy(c->pack);
        c->collateral = pack_collateral(c->pack);
        add_token(c);
        change_target(&c->url);
        if (CARELESS(token_kept))
            keep_token(c);
        connects(c);
        event_base_dispatch(c->base);
        say_end(c);
        code = c->code;
    }
    chat_free(c);
    return code;
}
