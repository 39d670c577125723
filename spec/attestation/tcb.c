#include "tcb.h"
#include "json.h"

#include <string.h>

/* ---- 1. The quoting enclave ---- */

static bool same_under_mask(span value, const uint8_t *mask, const uint8_t *expected)
{
    bool same = true;
    for (size_t i = 0; i < value.n; i++)
        same &= (value.p[i] & mask[i]) == expected[i];
    return same;
}

static bool is_the_qe(const at_enclave_report *qe, const at_qe_identity *i)
{
    uint8_t misc_select[4];
    writer w = WRITER(misc_select);
    write_be(&w, qe->misc_select, sizeof misc_select);
    return same_under_mask(SPAN(misc_select), i->misc_select_mask, i->misc_select) &&
           same_under_mask(qe->attributes, i->attributes_mask, i->attributes) && span_same(qe->mrsigner, SPAN(i->mrsigner)) &&
           qe->isv_prod_id == i->isv_prod_id;
}

/* The first level of the list whose isvsvn is at most `svn`; NULL when there is none. */
static const at_level *enclave_level(const at_level *level, size_t n, uint64_t svn)
{
    for (size_t i = 0; i < n; i++)
        if (svn >= level[i].svn)
            return &level[i];
    return NULL;
}

/* Where no level applies: a module without identities, and an enclave, which has no module. */
static const at_level no_level = {.status = AT_UP_TO_DATE, .date = INT64_MAX};

static verdict judge_qe(const at_enclave_report *qe, const at_qe_identity *identity, const at_level **out, account *a)
{
    CHECK(a, is_the_qe(qe, identity), AT_150);
    const at_level *level = enclave_level(identity->level, identity->n_levels, qe->isv_svn);
    CHECK(a, level, AT_151);
    *out = WEAKENED(AT_151) && !level ? &no_level : level;
    return ACCEPT;
}

/* ---- 2. The TDX module ---- */

static uint8_t module_svn(span svns) { return svns.p[0]; }
static uint8_t module_major(span svns) { return svns.p[1]; }

static bool is_called(span id, uint8_t major)
{
    static const char digits[] = "0123456789ABCDEF";
    const char name[] = {'T', 'D', 'X', '_', digits[major >> 4], digits[major & 15], 0};
    return span_is(id, name);
}

static const at_module *module_of(const at_tcb_info *info, uint8_t major)
{
    for (size_t i = 0; major && i < info->n_identities; i++)
        if (is_called(info->identity[i].id, major))
            return &info->identity[i];
    return major ? NULL : &info->module;
}

static bool is_the_module(const at_td_report *td, const at_module *m)
{
    return span_same(td->mrsignerseam, SPAN(m->mrsigner)) && same_under_mask(td->seam_attributes, m->attributes_mask, m->attributes);
}

static verdict judge_module(const at_td_report *td, span svns, const at_tcb_info *info, const at_level **out, account *a)
{
    const at_module *module = module_of(info, module_major(svns));
    CHECK(a, module, AT_152);
    if (WEAKENED(AT_152) && !module)
        module = &info->module;
    CHECK(a, is_the_module(td, module), AT_153);
    *out = &no_level;
    if (module == &info->module) /* has no levels of its own */
        return ACCEPT;
    const at_level *level = enclave_level(&info->module_level[module->first_level], module->n_levels, module_svn(svns));
    CHECK(a, level, AT_154);
    *out = WEAKENED(AT_154) && !level ? &no_level : level;
    return ACCEPT;
}

/* ---- 3. The platform ---- */

static bool reaches(span svns, const uint8_t level[AT_SVNS], size_t from)
{
    bool all = true;
    for (size_t i = from; i < svns.n; i++)
        all &= svns.p[i] >= level[i];
    return all;
}

/* `tdx_svns` is empty for an enclave. */
static const at_level *platform_level(const at_tcb_info *info, const at_pck *pck, span tdx_svns)
{
    const size_t from = tdx_svns.n && module_major(tdx_svns) > 0 ? EMIT_OR(AT_155, 2, 0) : 0;
    for (size_t i = 0; i < info->n_levels; i++) {
        const at_level *l = &info->level[i];
        if (reaches(SPAN(pck->svn), l->sgx, 0) && pck->pce_svn >= l->svn && reaches(tdx_svns, l->tdx, from))
            return l;
    }
    return NULL;
}

static verdict judge_platform(const at_tcb_info *info, const at_pck *pck, span tdx_svns, const at_level **out, account *a)
{
    const at_level *level = platform_level(info, pck, tdx_svns);
    CHECK(a, level, AT_156);
    *out = WEAKENED(AT_156) && !level ? &no_level : level;
    return ACCEPT;
}

/* ---- 4. One status ---- */

typedef struct levels {
    const at_level *platform, *module, *qe;
} levels;

static bool statuses_are_known(const levels *l)
{
    return l->platform->status < AT_TCB_STATUSES && l->module->status < AT_TCB_STATUSES && l->qe->status < AT_TCB_STATUSES;
}

static at_tcb_status merged(const levels *l)
{
    const at_tcb_status p = (at_tcb_status)WITHIN(l->platform->status, AT_TCB_STATUSES);
    if (p == AT_REVOKED || l->module->status == AT_REVOKED || l->qe->status == AT_REVOKED)
        return AT_REVOKED;
    if (l->module->status != AT_OUT_OF_DATE && l->qe->status != AT_OUT_OF_DATE)
        return p;
    if (p == AT_UP_TO_DATE || p == AT_SW_HARDENING_NEEDED)
        return AT_OUT_OF_DATE;
    return p == AT_CONFIGURATION_NEEDED || p == AT_CONFIGURATION_AND_SW_HARDENING_NEEDED ? AT_OUT_OF_DATE_CONFIGURATION_NEEDED : p;
}

static at_tcb_status merged_with_now(at_tcb_status launch, at_tcb_status now)
{
    const bool plain = now == AT_UP_TO_DATE || now == AT_SW_HARDENING_NEEDED;
    const bool configuration = now == AT_CONFIGURATION_NEEDED || now == AT_CONFIGURATION_AND_SW_HARDENING_NEEDED;
    if (launch == AT_OUT_OF_DATE && plain)
        return AT_TD_RELAUNCH_ADVISED;
    if ((launch == AT_OUT_OF_DATE || launch == AT_OUT_OF_DATE_CONFIGURATION_NEEDED) && (plain || configuration))
        return AT_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED;
    return launch;
}

static void add_advisory(at_tcb_result *out, span advisory)
{
    for (size_t i = 0; i < out->n_advisories; i++)
        if (span_same(out->advisory[i], advisory))
            return;
    if (out->n_advisories < AT_TCB_ADVISORIES_MAX)
        out->advisory[out->n_advisories++] = advisory;
}

static void add_advisories(at_tcb_result *out, const at_level *level)
{
    for (json_cursor c = json_enter(level->advisories); json_next(&c);) {
        span text = EMPTY;
        (void)json_raw(c.value, &text);
        add_advisory(out, text);
    }
}

static int64_t earliest(const levels *l)
{
    const int64_t upper = l->module->date < l->qe->date ? l->module->date : l->qe->date;
    return l->platform->date < upper ? l->platform->date : upper;
}

/* The levels of one vector of a trust domain (or of an enclave, without one). */
static verdict find_levels(const at_quote *q, span tdx_svns, const at_pck *pck, const at_judged_collateral *j, levels *l, account *a)
{
    l->module = &no_level;
    if (q->tee == AT_TDX)
        TRY(judge_module(&q->td, tdx_svns, &j->tcb_info, &l->module, a));
    TRY(judge_platform(&j->tcb_info, pck, tdx_svns, &l->platform, a));
    CHECK(a, statuses_are_known(l), AT_157);
    return ACCEPT;
}

verdict at_tcb_evaluate(const at_quote *q, const at_pck *pck, const at_judged_collateral *j, at_tcb_result *out, account *a)
{
    levels launch = {0}, now;
    memset(out, 0, sizeof *out);
    TRY(judge_qe(&q->qe, &j->qe_identity, &launch.qe, a));
    TRY(find_levels(q, q->tee == AT_TDX ? q->td.tee_tcb_svn : EMPTY, pck, j, &launch, a));
    out->status = EMIT_OR(AT_158, merged(&launch), launch.platform->status);
    if (q->is_15) {
        now.qe = launch.qe;
        TRY(find_levels(q, q->td.tee_tcb_svn2, pck, j, &now, a));
        out->status = EMIT_OR(AT_159, merged_with_now(out->status, merged(&now)), merged(&now));
    }
    add_advisories(out, launch.platform);
    DO(AT_160, add_advisories(out, launch.module); add_advisories(out, launch.qe));
    out->date = earliest(&launch);
    out->known = true;
    return ACCEPT;
}

/* ---- 5. What is good enough ---- */

static bool is_listed(const at_tcb_terms *t, span advisory)
{
    for (size_t i = 0; i < t->n_advisories; i++)
        if (span_same(t->advisories[i], advisory))
            return true;
    return false;
}

static bool advisories_are_listed(const at_tcb_result *r, const at_tcb_terms *t)
{
    bool all = true;
    for (size_t i = 0; i < r->n_advisories; i++)
        all = all && is_listed(t, r->advisory[i]);
    return all;
}

verdict at_tcb_judge(const at_tcb_result *r, const at_tcb_terms *t, account *a)
{
    CHECK(a, r->status != AT_REVOKED, AT_161);
    CHECK(a, t->statuses & 1u << r->status, AT_162);
    CHECK(a, r->status == AT_UP_TO_DATE || t->waives_advisories || advisories_are_listed(r, t), AT_163);
    CHECK(a, r->date >= t->baseline, AT_164);
    return ACCEPT;
}
