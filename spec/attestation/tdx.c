#include "tdx.h"

#include <string.h>

const char *const at_quote_comparison_names[AT_QUOTE_COMPARISONS + 1] = {AT_QUOTE_NAMES};

typedef struct quote_appraisal {
    const at_world *world;
    const at_quote_policy *policy;
    span bytes;
    const at_collateral *collateral;
    at_quote quote;
    x509_view root;
    at_chain chain;
    at_pck pck;
    at_judged_collateral judged;
    account *account; /* may be NULL */
    at_quote_claims *out;
} quote_appraisal;

static bool waives(const at_quote_policy *p, at_quote_comparison c) { return (p->waived & AT_QUOTE_WAIVABLE & AT_QUOTE_WAIVES(c)) != 0; }

static void not_compared(account *to, at_quote_comparison c) { DO(AT_191, account_leave_out(to, c)); }

/* A comparison that the policy waives is listed, and holds. `held` has to be evaluated all the same. */
static bool holds_or_waived(const at_quote_policy *p, account *to, at_quote_comparison c, bool held)
{
    if (!waives(p, c))
        return held;
    not_compared(to, c);
    return true;
}

/* ---- 1. The trust domain ---- */

static span register_of(const at_td_report *td, at_quote_comparison which)
{
    const span registers[AT_REGISTERS] = {
        [AT_MRTD] = td->mrtd,
        [AT_RTMR0] = td->rtmr0,
        [AT_RTMR1] = td->rtmr1,
        [AT_RTMR2] = td->rtmr2,
        [AT_RTMR3] = td->rtmr3,
        [AT_MRSEAM] = td->mrseam,
        [AT_MRCONFIGID] = td->mrconfigid,
        [AT_MROWNER] = td->mrowner,
        [AT_MROWNERCONFIG] = td->mrownerconfig,
        [AT_MRSERVICETD] = td->mrservicetd,
    };
    return registers[which];
}

static bool is_reference(const at_references *r, span value)
{
    bool found = false;
    for (size_t i = 0; i < r->n; i++)
        found |= span_same(value, SPAN(r->value[i]));
    return found;
}

static bool register_is_expected(const at_td_report *td, const at_quote_policy *p, account *to, at_quote_comparison which)
{
    return holds_or_waived(p, to, which, is_reference(&p->references[which], register_of(td, which)));
}

static bool measurements_are_expected(const at_td_report *td, const at_quote_policy *p, account *to)
{
    bool all = true;
    for (at_quote_comparison which = AT_MRTD; which <= AT_MRSEAM; which++)
        all &= register_is_expected(td, p, to, which);
    return all;
}

/* Zero when nothing else was asked for. */
static bool host_value_is_expected(const at_td_report *td, const at_quote_policy *p, account *to, at_quote_comparison which)
{
    const at_references *r = &p->references[which];
    const span value = register_of(td, which);
    if (value.n == 0) {
        not_compared(to, which);
        return true;
    }
    return holds_or_waived(p, to, which, r->n ? is_reference(r, value) : all_zero(value));
}

static bool host_values_are_expected(const at_td_report *td, const at_quote_policy *p, account *to)
{
    bool all = true;
    for (at_quote_comparison which = AT_MRCONFIGID; which <= AT_MRSERVICETD; which++)
        all &= host_value_is_expected(td, p, to, which);
    return all;
}

/* A policy without a mask compares with nothing. */
static bool attributes_are_expected(const at_quote_policy *p, uint64_t attributes)
{
    return p->td_attributes_mask && (attributes & p->td_attributes_mask) == p->td_attributes;
}

verdict at_td_judge(const at_td_report *td, const at_quote_policy *p, account *to)
{
    CHECK(to, (td->td_attributes & AT_TD_DEBUG) == 0, AT_170);
    CHECK(to, td->td_attributes & AT_TD_SEPT_VE_DISABLE || p->allow_sept_ve, AT_171);
    CHECK(to, (td->td_attributes & AT_TD_RESERVED) == 0, AT_172);
    CHECK(to, holds_or_waived(p, to, AT_TD_ATTRIBUTES, attributes_are_expected(p, td->td_attributes)), AT_173);
    CHECK(to, holds_or_waived(p, to, AT_XFAM, td->xfam == p->xfam), AT_174);
    CHECK(to, measurements_are_expected(td, p, to), AT_175);
    CHECK(to, host_values_are_expected(td, p, to), AT_176);
    return ACCEPT;
}

/* ---- 2. The enclave ---- */

static bool is_initialised_and_not_debuggable(const at_enclave_report *e)
{
    return e->attributes.p[0] & AT_ENCLAVE_INIT && !(e->attributes.p[0] & AT_ENCLAVE_DEBUG);
}

static bool is_listed_enclave(const at_quote_policy *p, span mrenclave)
{
    bool found = false;
    for (size_t i = 0; i < p->n_mrenclaves; i++)
        found |= span_same(mrenclave, SPAN(p->mrenclaves[i]));
    return found;
}

static bool is_by_the_signer(const at_quote_policy *p, const at_enclave_report *e)
{
    return span_same(e->mrsigner, p->mrsigner) && e->isv_prod_id == p->isv_prod_id && e->isv_svn >= p->least_isv_svn;
}

static bool has_no_configuration(const at_enclave_report *e)
{
    return all_zero(e->config_id) && e->config_svn == 0 && all_zero(e->isv_ext_prod_id) && all_zero(e->isv_family_id);
}

static verdict judge_enclave(const at_enclave_report *e, const at_quote_policy *p, account *to)
{
    CHECK(to, is_initialised_and_not_debuggable(e), AT_180);
    CHECK(to, holds_or_waived(p, to, AT_MRENCLAVE, is_listed_enclave(p, e->mrenclave)), AT_181);
    CHECK(to, holds_or_waived(p, to, AT_ENCLAVE_SIGNER, is_by_the_signer(p, e)), AT_182);
    CHECK(to, holds_or_waived(p, to, AT_ENCLAVE_CONFIG, has_no_configuration(e)), AT_183);
    not_compared(to, AT_ENCLAVE_ATTRIBUTES);
    return ACCEPT;
}

/* ---- 3. Both ---- */

static bool is_listed_id(const at_quote_policy *p, const uint8_t id[AT_PPID])
{
    bool found = false;
    for (size_t i = 0; i < p->n_platforms; i++)
        found |= bytes_equal(id, p->platforms[i], AT_PPID);
    return found;
}

static bool platform_is_listed(const at_quote_policy *p, const at_pck *pck)
{
    return is_listed_id(p, pck->ppid) || (pck->has_instance && is_listed_id(p, pck->instance));
}

static span report_data_of(const at_quote *q) { return q->tee == AT_TDX ? q->td.report_data : q->enclave.report_data; }

verdict at_guest_judge(const at_pck *pck, span report_data, const at_quote_policy *p, account *to)
{
    CHECK(to, holds_or_waived(p, to, AT_PLATFORM, pck && platform_is_listed(p, pck)), AT_185);
    CHECK(to, holds_or_waived(p, to, AT_QUOTE_DATA, span_same(report_data, p->report_data)), AT_186);
    return ACCEPT;
}

static verdict judge_guest(const quote_appraisal *a)
{
    const at_quote *q = &a->quote;
    TRY(q->tee == AT_TDX ? at_td_judge(&q->td, a->policy, a->account) : judge_enclave(&q->enclave, a->policy, a->account));
    return at_guest_judge(&a->pck, report_data_of(q), a->policy, a->account);
}

/* ---- 4. What an appraisal hands out ---- */

static void hand_out_td(const at_td_report *td, at_quote_claims *out)
{
    out->td_attributes = td->td_attributes;
    out->xfam = td->xfam;
    span_take(td->tee_tcb_svn, out->tee_tcb_svn, AT_SVNS);
    span_take(td->tee_tcb_svn2, out->tee_tcb_svn2, AT_SVNS);
    for (at_quote_comparison which = AT_MRTD; which < AT_REGISTERS; which++)
        span_take(register_of(td, which), out->registers[which], AT_REGISTER);
}

static void hand_out_enclave(const at_enclave_report *e, at_quote_claims *out)
{
    span_take(e->mrenclave, out->mrenclave, sizeof out->mrenclave);
    span_take(e->mrsigner, out->mrsigner, sizeof out->mrsigner);
    span_take(e->attributes, out->attributes, sizeof out->attributes);
    out->isv_prod_id = e->isv_prod_id;
    out->isv_svn = e->isv_svn;
    out->misc_select = e->misc_select;
}

static void hand_out(const quote_appraisal *a)
{
    const at_quote *q = &a->quote;
    at_quote_claims *out = a->out;
    out->tee = q->tee;
    out->version = q->header.version;
    out->is_15 = q->is_15;
    out->tcb_evaluation = a->judged.tcb_info.evaluation;
    out->qe_evaluation = a->judged.qe_identity.evaluation;
    out->pck = a->pck;
    if (q->tee == AT_TDX)
        hand_out_td(&q->td, out);
    else
        hand_out_enclave(&q->enclave, out);
    span_take(report_data_of(q), out->report_data, sizeof out->report_data);
    prim_digest(a->world->prim, PRIM_SHA384, EMIT(AT_190, q->signed_part), out->identity);
}

static verdict judge_platform(quote_appraisal *a)
{
    account *const to = a->account;
    at_tcb_terms terms = a->policy->tcb;
    const at_collateral_question question = {
        .set = a->collateral,
        .tee = a->quote.tee,
        .now = a->world->now,
        .root = &a->root,
        .pck_chain = &a->chain,
        .pck = &a->pck,
        .least_evaluation = a->policy->least_evaluation,
        .waives_revocation = waives(a->policy, AT_QUOTE_REVOCATION),
    };
    TRY(at_collateral_judge(&question, &a->judged, to));
    if (a->judged.revocation_not_compared)
        not_compared(to, AT_QUOTE_REVOCATION);
    TRY(at_tcb_evaluate(&a->quote, &a->pck, &a->judged, &a->out->tcb, to));
    terms.waives_advisories = waives(a->policy, AT_ADVISORIES);
    if (terms.waives_advisories)
        not_compared(to, AT_ADVISORIES);
    return at_tcb_judge(&a->out->tcb, &terms, to);
}

static verdict appraise_quote(quote_appraisal *a, at_tee tee)
{
    account *const to = a->account;
    (void)x509_view_read(a->policy->root, &a->root); /* what can't be read pins nothing: AT-113 */
    TRY(at_quote_read(a->bytes, tee, &a->quote, to));
    TRY(at_chain_judge(a->quote.chain, AT_CHAIN_OF_PCK, &a->root, a->world->now, &a->chain, to));
    TRY(at_pck_read(&a->chain.cert[0], &a->pck, to));
    TRY(at_quote_judge_signatures(a->world->prim, &a->quote, &a->chain.cert[0], to));
    TRY(judge_platform(a));
    return judge_guest(a);
}

static verdict appraise(const at_world *world, const at_quote_policy *policy, at_tee tee, span quote, const at_collateral *collateral,
                        account *to, at_quote_claims *out)
{
    quote_appraisal a;
    a.world = world;
    a.policy = policy;
    a.bytes = quote;
    a.collateral = collateral;
    a.account = to;
    a.out = out;
    memset(out, 0, sizeof *out);
    TRY(appraise_quote(&a, tee));
    hand_out(&a);
    return ACCEPT;
}

verdict at_appraise_tdx(const at_world *world, const at_quote_policy *policy, span quote, const at_collateral *collateral, account *to,
                        at_quote_claims *out)
{
    return appraise(world, policy, AT_TDX, quote, collateral, to, out);
}

verdict at_appraise_sgx(const at_world *world, const at_quote_policy *policy, span quote, const at_collateral *collateral, account *to,
                        at_quote_claims *out)
{
    return appraise(world, policy, AT_SGX, quote, collateral, to, out);
}
