#include "collateral.h"
#include "calendar.h"
#include "json.h"

#include <string.h>

/* ---- 1. Completeness ---- */

static bool is_complete(const at_collateral *c)
{
    return c->tcb_info.n && c->tcb_info_signature.n == P256_SIGNATURE && c->tcb_info_chain.n && c->qe_identity.n &&
           c->qe_identity_signature.n == P256_SIGNATURE && c->qe_identity_chain.n;
}

static bool share_a_chain(const at_collateral *c) { return span_same(c->tcb_info_chain, c->qe_identity_chain); }

/* The signer of the QE identity: of its own chain, or of the one that both share. */
static const x509_view *qe_signer(const at_collateral *c, const at_judged_collateral *j)
{
    return share_a_chain(c) ? &j->tcb_chain.cert[0] : &j->qe_chain.cert[0];
}

static verdict judge_signers(const at_collateral_question *q, at_judged_collateral *j, account *a)
{
    CHECK(a, is_complete(q->set), AT_130);
    TRY(at_chain_judge(q->set->tcb_info_chain, AT_CHAIN_OF_SIGNER, q->root, q->now, &j->tcb_chain, a));
    if (!share_a_chain(q->set))
        TRY(at_chain_judge(q->set->qe_identity_chain, AT_CHAIN_OF_SIGNER, q->root, q->now, &j->qe_chain, a));
    return ACCEPT;
}

/* ---- 2. The lists ---- */

static bool is_issued(const x509_list *l, const x509_view *issuer)
{
    return span_same(l->issuer, issuer->subject) && issuer->usage & 1u << X509_CRL_SIGN && l->is_ecdsa_sha256 &&
           p256_verify(issuer->key, l->signed_part, l->signature);
}

static bool is_current(const x509_list *l, int64_t now) { return l->this_update <= now && now <= l->next_update; }

static verdict judge_two_lists(const at_collateral_question *q, const at_judged_collateral *j, account *a)
{
    x509_list of_root, of_pck;
    const x509_view *pck = q->pck_chain->cert;
    const bool root_reads = x509_list_read(q->set->root_list, &of_root), pck_reads = x509_list_read(q->set->pck_list, &of_pck);
    CHECK(a, root_reads && pck_reads && !of_root.critical && !of_pck.critical, AT_132);
    CHECK(a, is_issued(&of_root, at_chain_root(q->pck_chain)) && is_issued(&of_pck, &pck[1]), AT_133);
    CHECK(a, is_current(&of_root, q->now) && is_current(&of_pck, q->now), AT_134);
    CHECK(a,
          !x509_list_names(&of_root, pck[1].serial) && !x509_list_names(&of_root, j->tcb_chain.cert[0].serial) &&
              !x509_list_names(&of_root, qe_signer(q->set, j)->serial) && !x509_list_names(&of_pck, pck[0].serial),
          AT_135);
    return ACCEPT;
}

static verdict judge_lists(const at_collateral_question *q, at_judged_collateral *j, account *a)
{
    const bool at_hand = q->set->root_list.n > 0 && q->set->pck_list.n > 0;
    CHECK(a, at_hand || q->waives_revocation, AT_131);
    j->revocation_not_compared = !at_hand;
    return at_hand ? judge_two_lists(q, j, a) : ACCEPT;
}

/* ---- 3. The two documents ---- */

const char *const at_tcb_status_names[AT_TCB_STATUSES + 1] = {
    [AT_UP_TO_DATE] = "UpToDate",
    [AT_SW_HARDENING_NEEDED] = "SWHardeningNeeded",
    [AT_CONFIGURATION_NEEDED] = "ConfigurationNeeded",
    [AT_CONFIGURATION_AND_SW_HARDENING_NEEDED] = "ConfigurationAndSWHardeningNeeded",
    [AT_OUT_OF_DATE] = "OutOfDate",
    [AT_OUT_OF_DATE_CONFIGURATION_NEEDED] = "OutOfDateConfigurationNeeded",
    [AT_TD_RELAUNCH_ADVISED] = "TDRelaunchAdvised",
    [AT_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED] = "TDRelaunchAdvisedConfigurationNeeded",
    [AT_REVOKED] = "Revoked",
};

static bool is_named(const json_cursor *c, const char *name) { return json_string_is(c->name, name); }

static bool take_date(span value, int64_t *out)
{
    span text;
    return json_raw(value, &text) && calendar_read(text, out);
}

static bool take_number(span value, uint64_t most, uint64_t *out) { return json_uint(value, most, out); }

static bool take_status(span value, at_tcb_status *out)
{
    span text;
    at_tcb_status s = AT_UP_TO_DATE;
    if (!json_raw(value, &text))
        return false;
    while (s < AT_TCB_STATUSES &&
           (s == AT_TD_RELAUNCH_ADVISED || s == AT_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED || !span_is(text, at_tcb_status_names[s])))
        s++;
    *out = s;
    return true;
}

static bool take_advisories(span value, span *out)
{
    size_t n = 0;
    span text;
    if (json_kind_of(value) != JSON_ARRAY)
        return false;
    for (json_cursor c = json_enter(value); json_next(&c); n++)
        if (!json_raw(c.value, &text) || n == AT_ADVISORIES_MAX)
            return false;
    *out = value;
    return true;
}

static bool take_components(span value, uint8_t out[AT_SVNS])
{
    size_t n = 0;
    if (json_kind_of(value) != JSON_ARRAY)
        return false;
    for (json_cursor c = json_enter(value); json_next(&c); n++) {
        uint64_t svn = 0;
        span member;
        if (n == AT_SVNS || !json_member(c.value, "svn", &member) || !take_number(member, 255, &svn))
            return false;
        out[n] = (uint8_t)svn;
    }
    return n == AT_SVNS;
}

/* Each reader below goes once through an object, counts the members that it has to find, and says whether all were there in their form. */

static bool read_platform_tcb(span value, at_tee tee, at_level *out)
{
    unsigned found = 0;
    for (json_cursor c = json_enter(value); json_next(&c);) {
        if (is_named(&c, "sgxtcbcomponents"))
            found += take_components(c.value, out->sgx);
        else if (is_named(&c, "pcesvn"))
            found += take_number(c.value, 65535, &out->svn);
        else if (tee == AT_TDX && is_named(&c, "tdxtcbcomponents"))
            found += take_components(c.value, out->tdx);
    }
    return found == (tee == AT_TDX ? 3 : 2);
}

static bool read_enclave_tcb(span value, at_tee tee, at_level *out)
{
    span member;
    (void)tee;
    return json_member(value, "isvsvn", &member) && take_number(member, 65535, &out->svn);
}

typedef bool tcb_reader(span value, at_tee, at_level *);

static bool read_level(span value, tcb_reader *read_tcb, at_tee tee, at_level *out)
{
    unsigned found = 0;
    bool good = true;
    memset(out, 0, sizeof *out);
    for (json_cursor c = json_enter(value); json_next(&c);) {
        if (is_named(&c, "tcb"))
            found += read_tcb(c.value, tee, out);
        else if (is_named(&c, "tcbDate"))
            found += take_date(c.value, &out->date);
        else if (is_named(&c, "tcbStatus"))
            found += take_status(c.value, &out->status);
        else if (is_named(&c, "advisoryIDs"))
            good &= take_advisories(c.value, &out->advisories);
    }
    return good && found == 3;
}

/* Appends the levels of an array to a store of `cap`; at least one. */
static bool read_levels(span value, tcb_reader *read_tcb, at_tee tee, at_level *store, size_t cap, size_t *n)
{
    const size_t before = *n;
    bool good = json_kind_of(value) == JSON_ARRAY;
    for (json_cursor c = json_enter(value); json_next(&c) && *n < cap;)
        good &= read_level(c.value, read_tcb, tee, &store[(*n)++]);
    json_cursor rest = json_enter(value);
    size_t all = 0;
    while (json_next(&rest))
        all++;
    return good && all == *n - before && all > 0;
}

static bool take_module_member(const json_cursor *c, at_module *out, unsigned *found)
{
    if (is_named(c, "mrsigner"))
        *found += json_bytes(c->value, out->mrsigner, sizeof out->mrsigner);
    else if (is_named(c, "attributes"))
        *found += json_bytes(c->value, out->attributes, sizeof out->attributes);
    else if (is_named(c, "attributesMask"))
        *found += json_bytes(c->value, out->attributes_mask, sizeof out->attributes_mask);
    else
        return false;
    return true;
}

static bool read_module(span value, at_module *out)
{
    unsigned found = 0;
    for (json_cursor c = json_enter(value); json_next(&c);)
        (void)take_module_member(&c, out, &found);
    return found == 3;
}

static bool read_identity(span value, at_tcb_info *info, at_module *out)
{
    unsigned found = 0;
    out->first_level = info->n_module_levels;
    for (json_cursor c = json_enter(value); json_next(&c);) {
        if (take_module_member(&c, out, &found))
            continue;
        if (is_named(&c, "id"))
            found += json_raw(c.value, &out->id);
        else if (is_named(&c, "tcbLevels"))
            found += read_levels(c.value, read_enclave_tcb, AT_TDX, info->module_level, AT_MODULE_LEVELS_MAX, &info->n_module_levels);
    }
    out->n_levels = info->n_module_levels - out->first_level;
    return found == 5;
}

static bool read_identities(span value, at_tcb_info *info)
{
    bool good = json_kind_of(value) == JSON_ARRAY;
    for (json_cursor c = json_enter(value); good && json_next(&c);)
        good = info->n_identities < AT_MODULES_MAX && read_identity(c.value, info, &info->identity[info->n_identities++]);
    return good;
}

static bool read_tcb_info_member(const json_cursor *c, at_tee tee, at_tcb_info *out, unsigned *found)
{
    bool good = true;
    if (is_named(c, "id"))
        *found += json_raw(c->value, &out->id);
    else if (is_named(c, "version"))
        *found += take_number(c->value, UINT32_MAX, &out->version);
    else if (is_named(c, "tcbType"))
        *found += take_number(c->value, UINT32_MAX, &out->tcb_type);
    else if (is_named(c, "tcbEvaluationDataNumber"))
        *found += take_number(c->value, UINT32_MAX, &out->evaluation);
    else if (is_named(c, "issueDate"))
        *found += take_date(c->value, &out->issued);
    else if (is_named(c, "nextUpdate"))
        *found += take_date(c->value, &out->next_update);
    else if (is_named(c, "fmspc"))
        *found += json_bytes(c->value, out->fmspc, sizeof out->fmspc);
    else if (is_named(c, "pceId"))
        *found += json_bytes(c->value, out->pce_id, sizeof out->pce_id);
    else if (is_named(c, "tcbLevels"))
        *found += read_levels(c->value, read_platform_tcb, tee, out->level, AT_LEVELS_MAX, &out->n_levels);
    else if (tee == AT_TDX && is_named(c, "tdxModule"))
        *found += read_module(c->value, &out->module);
    else if (tee == AT_TDX && is_named(c, "tdxModuleIdentities"))
        good = read_identities(c->value, out);
    return good;
}

bool at_tcb_info_read(span text, at_tee tee, at_tcb_info *out)
{
    unsigned found = 0;
    span whole = EMPTY;
    memset(out, 0, sizeof *out);
    bool good = json_read(text, &whole) && json_kind_of(whole) == JSON_OBJECT;
    for (json_cursor c = json_enter(whole); json_next(&c);)
        good &= read_tcb_info_member(&c, tee, out, &found);
    return good && found == (tee == AT_TDX ? 10 : 9);
}

static void read_qe_identity_member(const json_cursor *c, at_qe_identity *out, unsigned *found)
{
    if (is_named(c, "id"))
        *found += json_raw(c->value, &out->id);
    else if (is_named(c, "version"))
        *found += take_number(c->value, UINT32_MAX, &out->version);
    else if (is_named(c, "tcbEvaluationDataNumber"))
        *found += take_number(c->value, UINT32_MAX, &out->evaluation);
    else if (is_named(c, "issueDate"))
        *found += take_date(c->value, &out->issued);
    else if (is_named(c, "nextUpdate"))
        *found += take_date(c->value, &out->next_update);
    else if (is_named(c, "miscselect"))
        *found += json_bytes(c->value, out->misc_select, sizeof out->misc_select);
    else if (is_named(c, "miscselectMask"))
        *found += json_bytes(c->value, out->misc_select_mask, sizeof out->misc_select_mask);
    else if (is_named(c, "attributes"))
        *found += json_bytes(c->value, out->attributes, sizeof out->attributes);
    else if (is_named(c, "attributesMask"))
        *found += json_bytes(c->value, out->attributes_mask, sizeof out->attributes_mask);
    else if (is_named(c, "mrsigner"))
        *found += json_bytes(c->value, out->mrsigner, sizeof out->mrsigner);
    else if (is_named(c, "isvprodid"))
        *found += take_number(c->value, 65535, &out->isv_prod_id);
    else if (is_named(c, "tcbLevels"))
        *found += read_levels(c->value, read_enclave_tcb, AT_TDX, out->level, AT_LEVELS_MAX, &out->n_levels);
}

bool at_qe_identity_read(span text, at_qe_identity *out)
{
    unsigned found = 0;
    span whole = EMPTY;
    memset(out, 0, sizeof *out);
    const bool good = json_read(text, &whole) && json_kind_of(whole) == JSON_OBJECT;
    for (json_cursor c = json_enter(whole); json_next(&c);)
        read_qe_identity_member(&c, out, &found);
    return good && found == 12;
}

static bool is_signed(const x509_view *signer, span text, span signature)
{
    uint8_t raw[P256_SIGNATURE];
    span_take(signature, raw, sizeof raw);
    return p256_verify(signer->key, text, raw);
}

static verdict judge_documents(const at_collateral_question *q, at_judged_collateral *j, account *a)
{
    const at_collateral *c = q->set;
    CHECK(a,
          is_signed(&j->tcb_chain.cert[0], c->tcb_info, c->tcb_info_signature) &&
              is_signed(qe_signer(c, j), c->qe_identity, c->qe_identity_signature),
          AT_136);
    const bool tcb_info_reads = at_tcb_info_read(c->tcb_info, q->tee, &j->tcb_info);
    CHECK(a, at_qe_identity_read(c->qe_identity, &j->qe_identity) && tcb_info_reads, AT_137);
    CHECK(a, span_is(j->tcb_info.id, q->tee == AT_TDX ? "TDX" : "SGX") && span_is(j->qe_identity.id, q->tee == AT_TDX ? "TD_QE" : "QE"),
          AT_138);
    CHECK(a, j->tcb_info.version == 3 && j->tcb_info.tcb_type == 0 && j->qe_identity.version == 2, AT_139);
    return ACCEPT;
}

/* ---- 4. Which collateral counts ---- */

static verdict judge_currency(const at_collateral_question *q, const at_judged_collateral *j, account *a)
{
    const at_tcb_info *t = &j->tcb_info;
    const at_qe_identity *i = &j->qe_identity;
    CHECK(a, t->issued <= q->now && q->now <= t->next_update && i->issued <= q->now && q->now <= i->next_update, AT_140);
    CHECK(a, bytes_equal(t->fmspc, q->pck->fmspc, AT_FMSPC) && bytes_equal(t->pce_id, q->pck->pce_id, AT_PCE_ID), AT_141);
    CHECK(a, t->evaluation >= q->least_evaluation && i->evaluation >= q->least_evaluation, AT_142);
    return ACCEPT;
}

/* ---- The whole ---- */

verdict at_collateral_judge(const at_collateral_question *q, at_judged_collateral *j, account *a)
{
    memset(j, 0, sizeof *j);
    TRY(judge_signers(q, j, a));
    TRY(judge_lists(q, j, a));
    TRY(judge_documents(q, j, a));
    return judge_currency(q, j, a);
}
