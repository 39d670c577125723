/* Honest quotes of each kind, unusual ones that are to be accepted all the same, and the lies, each beside its honest twin. */
#include "attestation_vectors.h"
#include "intel_lies.h"
#include "json.h"

#include <stdio.h>
#include <string.h>

static const char seed_text[] = "vectors";

enum { POLICY_TEXT = 8192 };

/* ---- the policy as its document ---- */

static void begin_member(writer *w, const char *name)
{
    write_text(w, w->n > 1 ? ",\"" : "\"");
    write_text(w, name);
    write_text(w, "\":");
}

static void write_digits(writer *w, span bytes)
{
    write_text(w, "\"");
    write_hex(w, bytes);
    write_text(w, "\"");
}

static void write_list(writer *w, const char *name, const uint8_t *values, size_t size, size_t n)
{
    begin_member(w, name);
    write_text(w, "[");
    for (size_t i = 0; i < n; i++) {
        write_text(w, i ? "," : "");
        write_digits(w, span_of(values + i * size, size));
    }
    write_text(w, "]");
}

static void write_number(writer *w, const char *name, uint64_t n)
{
    begin_member(w, name);
    json_write_int(w, (int64_t)n);
}

static void write_flags(writer *w, uint64_t flags)
{
    uint8_t bytes[8];
    writer le = WRITER(bytes);
    write_le(&le, flags, sizeof bytes);
    write_digits(w, SPAN(bytes));
}

static void write_statuses(writer *w, unsigned statuses)
{
    bool first = true;
    begin_member(w, "tcb_statuses");
    write_text(w, "[");
    for (at_tcb_status s = AT_UP_TO_DATE; s < AT_TCB_STATUSES; s++)
        if (statuses & 1u << s) {
            write_text(w, first ? "" : ",");
            json_write_text(w, at_tcb_status_names[s]);
            first = false;
        }
    write_text(w, "]");
}

static bool is_waived(const at_quote_policy *p, at_quote_comparison c) { return (p->waived & AT_QUOTE_WAIVES(c)) != 0; }

static void write_tcb(writer *w, const at_quote_policy *p)
{
    write_statuses(w, p->tcb.statuses);
    if (!is_waived(p, AT_ADVISORIES)) {
        begin_member(w, "advisories");
        write_text(w, "[");
        for (size_t i = 0; i < p->tcb.n_advisories; i++) {
            write_text(w, i ? "," : "");
            json_write_string(w, p->tcb.advisories[i]);
        }
        write_text(w, "]");
    }
    write_number(w, "min_evaluation", p->least_evaluation);
    if (p->tcb.baseline) {
        begin_member(w, "baseline_date");
        must(p->tcb.baseline == 1735689600);
        write_text(w, "\"2025-01-01T00:00:00Z\"");
    }
}

/* A register without values is given as an empty list where a value is needed, and left out where zeros are expected. */
static void write_registers(writer *w, const at_quote_policy *p)
{
    for (at_quote_comparison r = AT_MRTD; r < AT_REGISTERS; r++)
        if (!is_waived(p, r) && (p->references[r].n || r <= AT_MRSEAM))
            write_list(w, at_quote_comparison_names[r], p->references[r].n ? p->references[r].value[0] : NULL, AT_REGISTER,
                       p->references[r].n);
}

static void write_trust_domain(writer *w, const at_quote_policy *p)
{
    write_registers(w, p);
    if (!is_waived(p, AT_TD_ATTRIBUTES)) {
        begin_member(w, "td_attributes");
        write_text(w, "{\"mask\":");
        write_flags(w, p->td_attributes_mask);
        write_text(w, ",\"value\":");
        write_flags(w, p->td_attributes);
        write_text(w, "}");
    }
    if (!is_waived(p, AT_XFAM)) {
        begin_member(w, "xfam");
        write_flags(w, p->xfam);
    }
}

static void write_enclave(writer *w, const at_quote_policy *p)
{
    if (!is_waived(p, AT_MRENCLAVE))
        write_list(w, "mrenclave", p->mrenclaves[0], AT_MRENCLAVE_BYTES, p->n_mrenclaves);
    if (!is_waived(p, AT_ENCLAVE_SIGNER)) {
        begin_member(w, "mrsigner");
        write_digits(w, p->mrsigner);
    }
    write_number(w, "isv_prod_id", p->isv_prod_id);
    write_number(w, "min_isv_svn", p->least_isv_svn);
}

static void write_waived(writer *w, const at_quote_policy *p)
{
    static const at_quote_comparison by_absence[] = {AT_MRSEAM, AT_TD_ATTRIBUTES, AT_XFAM, AT_PLATFORM};
    uint64_t named = p->waived;
    bool first = true;
    for (size_t i = 0; i < sizeof by_absence / sizeof *by_absence; i++)
        named &= ~AT_QUOTE_WAIVES(by_absence[i]);
    if (!named)
        return;
    begin_member(w, "not_compared");
    write_text(w, "[");
    for (at_quote_comparison c = AT_MRTD; c < AT_QUOTE_COMPARISONS; c++)
        if (named & AT_QUOTE_WAIVES(c)) {
            write_text(w, first ? "" : ",");
            json_write_text(w, at_quote_comparison_names[c]);
            first = false;
        }
    write_text(w, "]");
}

static const char *policy_text(const at_quote_policy *p, at_tee tee, char room[POLICY_TEXT])
{
    writer w = writer_of(room, POLICY_TEXT - 1);
    write_text(&w, "{");
    write_tcb(&w, p);
    if (tee == AT_TDX)
        write_trust_domain(&w, p);
    else
        write_enclave(&w, p);
    if (!is_waived(p, AT_PLATFORM))
        write_list(&w, "platforms", p->platforms[0], AT_PPID, p->n_platforms);
    if (!is_waived(p, AT_QUOTE_DATA)) {
        begin_member(&w, "report_data");
        write_digits(&w, p->report_data);
    }
    write_waived(&w, p);
    write_text(&w, "}");
    must(writer_ok(&w));
    room[w.n] = 0;
    return room;
}

/* ---- cases ---- */

static void gid_of(const intel_twin *t, char gid[40])
{
    snprintf(gid, 40, "%s-v%u%s%s", t->tee == AT_TDX ? "tdx" : "sgx", t->version, t->is_15 ? "-report15" : "",
             t->module_0 ? "-module0" : "");
}

static void put_text(sheet *s, const char *name, span text)
{
    static char room[INTEL_TEXT_MAX];
    must(text.n < sizeof room);
    memcpy(room, text.p, text.n);
    room[text.n] = 0;
    sheet_in(s, TEXT(name, room));
}

static void put_scene(sheet *s, const intel_scene *t)
{
    char policy[POLICY_TEXT];
    const at_collateral *c = &t->collateral;
    sheet_in(s, TEXT("tee", t->twin.tee == AT_TDX ? "tdx" : "sgx"));
    sheet_in(s, BYTES("quote", t->quote_bytes));
    sheet_in(s, BYTES("root", t->policy.root));
    put_text(s, "tcb_info", c->tcb_info);
    sheet_in(s, BYTES("tcb_info_signature", c->tcb_info_signature));
    put_text(s, "tcb_info_chain", c->tcb_info_chain);
    put_text(s, "qe_identity", c->qe_identity);
    sheet_in(s, BYTES("qe_identity_signature", c->qe_identity_signature));
    put_text(s, "qe_identity_chain", c->qe_identity_chain);
    sheet_in(s, BYTES("root_crl", c->root_list));
    sheet_in(s, BYTES("pck_crl", c->pck_list));
    sheet_in(s, TEXT("policy", policy_text(&t->policy, t->twin.tee, policy)));
    sheet_in(s, NUMBER("now", (long)t->now));
}

/* What an appraisal hands out, found without one: the digest of header and body, and what is waived or has no field. */
static void put_claims(sheet *s, const intel_scene *t, const char *status, const char *advisories)
{
    uint8_t identity[AT_IDENTITY];
    char names[512] = {0};
    writer w = writer_of(names, sizeof names - 1);
    const intel_twin *twin = &t->twin;
    const size_t body = twin->tee == AT_SGX ? AT_ENCLAVE_REPORT : twin->is_15 ? AT_TD_REPORT_15 : AT_TD_REPORT;
    uint64_t left_out = t->policy.waived;
    if (twin->tee == AT_SGX)
        left_out = (left_out & ~((AT_QUOTE_WAIVES(AT_XFAM) << 1) - 1)) | AT_QUOTE_WAIVES(AT_ENCLAVE_ATTRIBUTES);
    else
        left_out &= ~(AT_QUOTE_WAIVES(AT_MRENCLAVE) | AT_QUOTE_WAIVES(AT_ENCLAVE_SIGNER) | AT_QUOTE_WAIVES(AT_ENCLAVE_CONFIG));
    if (twin->tee == AT_TDX && !twin->is_15)
        left_out |= AT_QUOTE_WAIVES(AT_MRSERVICETD);
    for (at_quote_comparison c = AT_MRTD; c < AT_QUOTE_COMPARISONS; c++)
        if (left_out & AT_QUOTE_WAIVES(c)) {
            write_text(&w, w.n ? " " : "");
            write_text(&w, at_quote_comparison_names[c]);
        }
    prim_digest(&prim_openssl, PRIM_SHA384, span_first(t->quote_bytes, AT_QUOTE_HEADER + (twin->version >= 5 ? 6 : 0) + body), identity);
    sheet_out(s, BYTES("identity", SPAN(identity)));
    sheet_out(s, TEXT("status", status));
    sheet_out(s, TEXT("advisories", advisories));
    sheet_out(s, TEXT("not_compared", names));
}

/* The status of the truths that are not UpToDate. */
static void put_claims_of(sheet *s, const intel_scene *t, const intel_lie *truth)
{
    if (strcmp(truth->name, "relaunch-accepted") == 0)
        put_claims(s, t, "TDRelaunchAdvised", "INTEL-SA-99901");
    else if (strcmp(truth->name, "hardening-accepted") == 0)
        put_claims(s, t, "SWHardeningNeeded", "INTEL-SA-99902");
    else if (strcmp(truth->name, "advisories-waived") == 0)
        put_claims(s, t, "OutOfDate", "INTEL-SA-99902 INTEL-SA-99903");
    else
        put_claims(s, t, "UpToDate", "");
}

static bool same_twin(const intel_twin *a, const intel_twin *b)
{
    return a->tee == b->tee && a->version == b->version && a->is_15 == b->is_15 && a->module_0 == b->module_0;
}

static void add_truths(sheet *s, const intel_twin *twin)
{
    static intel_scene scene;
    char req[40];
    for (size_t i = 0; i < intel_n_truths; i++) {
        const intel_twin t = intel_twin_of(&intel_truths[i]);
        if (!same_twin(&t, twin))
            continue;
        intel_lie_play(&scene, &intel_truths[i], span_text(seed_text));
        snprintf(req, sizeof req, "%s", requirement_rows[intel_truths[i].req].id);
        sheet_accepts(s, intel_truths[i].name, req);
        put_scene(s, &scene);
        put_claims_of(s, &scene, &intel_truths[i]);
    }
}

static void add_lies(sheet *s, const intel_twin *twin)
{
    static intel_scene scene;
    for (size_t i = 0; i < intel_n_lies; i++) {
        const intel_lie *l = &intel_lies[i];
        const intel_twin t = intel_twin_of(l);
        if (!same_twin(&t, twin))
            continue;
        intel_lie_play(&scene, l, span_text(seed_text));
        sheet_rejects(s, &(rejection){.slug = l->name,
                                      .site = requirement_rows[l->req].id,
                                      .also = l->also ? requirement_rows[l->also].id : NULL,
                                      .mutation = l->mutation,
                                      .flag = l->name});
        put_scene(s, &scene);
    }
}

static void add_group(sheet *s, const intel_twin *twin)
{
    static intel_scene honest;
    char gid[40];
    gid_of(twin, gid);
    sheet_group(s, gid, twin->tee == AT_TDX ? "at:tdx" : "at:sgx", gid);
    intel_scene_play(&honest, twin, span_text(seed_text));
    put_scene(s, &honest);
    sheet_accepts(s, "ok", "AT-190 AT-191");
    put_claims(s, &honest, "UpToDate", "");
    add_truths(s, twin);
    add_lies(s, twin);
}

static const intel_twin twins[] = {{AT_TDX, 4, false, false}, {AT_TDX, 4, false, true},  {AT_TDX, 5, false, false},
                                   {AT_TDX, 5, true, false},  {AT_SGX, 3, false, false}, {AT_SGX, 4, false, false},
                                   {AT_SGX, 5, false, false}};

static void note(sheet *s, at_tee tee, const intel_lie *l)
{
    if (l->twin.tee == tee)
        sheet_note(s, l->name, "AUTH_BYPASS", l->reason, requirement_rows[l->req].id);
}

static cJSON *make_file(at_tee tee)
{
    static const char *const checked_by[] = {"text", "audit", NULL};
    sheet s = sheet_start(&prim_openssl, "at.quote", "sim/tee/intel_lies", "766563746f7273", checked_by);
    for (size_t i = 0; i < intel_n_lies; i++)
        note(&s, tee, &intel_lies[i]);
    for (size_t i = 0; i < sizeof twins / sizeof *twins; i++)
        if (twins[i].tee == tee)
            add_group(&s, &twins[i]);
    return s.document;
}

/* Vendors sign with what only OpenSSL has, the same for both providers: made once. */
cJSON *quote_file(const prim *prim, int which)
{
    static cJSON *made[2];
    (void)prim;
    if (!made[which])
        made[which] = make_file(which);
    return cJSON_Duplicate(made[which], 1);
}
