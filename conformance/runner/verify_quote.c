#include "verify_quote.h"
#include "collateral_file.h"
#include "exits.h"
#include "verify_policy.h"

#include <string.h>

/* Everything one run needs. */
typedef struct desk {
    at_tee tee;
    verify_desk desk;
    verify_file quote, collateral, root;
    uint8_t room[2 * VERIFY_FILE_MAX];
    at_collateral set;
    at_quote_claims claims;
    bool accepted;
} quote_desk;

static const comparisons all_comparisons = {at_quote_comparison_names, AT_QUOTE_COMPARISONS};

/* ---- what is given ---- */

static int take_collateral(const cli_call *call, quote_desk *d)
{
    writer room = WRITER(d->room);
    if (!cli_given(call, "collateral"))
        return EXIT_LEVEL; /* judged: AT-130 */
    const char *wrong = collateral_file_read(d->collateral.all, &room, &d->set);
    if (wrong)
        return cli_fail(call, EXIT_USAGE, "collateral: '%s': %s", cli_value(call, "collateral"), wrong);
    return EXIT_LEVEL;
}

static int take_root(const cli_call *call, quote_desk *d)
{
    x509_view root;
    if (!x509_view_read(d->root.all, &root))
        return cli_fail(call, EXIT_USAGE, "root: '%s' is not one certificate of version 3", cli_value(call, "root"));
    return EXIT_LEVEL;
}

static quote_policy *part_of(quote_desk *d) { return d->tee == AT_TDX ? &d->desk.policy.tdx : &d->desk.policy.sgx; }

static int take_policy(const cli_call *call, quote_desk *d)
{
    quote_policy *const p = part_of(d);
    bool given;
    quote_policy_built_in(p);
    int failed = verify_take_policy(call, &d->desk);
    failed = failed ? failed : verify_take_report_data(call, p->report_data, &given);
    if (!failed && given) {
        p->given |= AT_QUOTE_WAIVES(AT_QUOTE_DATA);
        p->waived &= ~p->given;
    }
    return failed;
}

static int gather(const cli_call *call, quote_desk *d)
{
    const char *quote = cli_operand(call, 1);
    if (!quote || call->argc > 2)
        return cli_usage(call, "give one quote: verify %s QUOTE --root FILE --collateral FILE", d->tee == AT_TDX ? "tdx" : "sgx");
    if (!cli_given(call, "root"))
        return cli_usage(call, "--root is needed: no root is built in");
    int failed = verify_load(call, "quote", quote, &d->quote);
    failed = failed ? failed : verify_load_option(call, "root", "CERTIFICATE", &d->root);
    failed = failed ? failed : verify_load_option(call, "collateral", NULL, &d->collateral);
    failed = failed ? failed : take_root(call, d);
    failed = failed ? failed : take_collateral(call, d);
    return failed ? failed : take_policy(call, d);
}

/* ---- the answer ---- */

static void write_flags(writer *w, const char *name, uint64_t value)
{
    uint8_t bytes[8];
    writer le = WRITER(bytes);
    write_le(&le, value, sizeof bytes);
    answer_digits(w, name, SPAN(bytes));
}

static void write_td(writer *w, const at_quote_claims *c)
{
    answer_text(w, "body", c->is_15 ? "TD report 1.5" : "TD report 1.0");
    answer_digits(w, "tee_tcb_svn", SPAN(c->tee_tcb_svn));
    if (c->is_15)
        answer_digits(w, "tee_tcb_svn2", SPAN(c->tee_tcb_svn2));
    write_flags(w, "td_attributes", c->td_attributes);
    write_flags(w, "xfam", c->xfam);
    for (at_quote_comparison r = AT_MRTD; r < AT_REGISTERS; r++)
        if (r != AT_MRSERVICETD || c->is_15)
            answer_digits(w, at_quote_comparison_names[r], SPAN(c->registers[r]));
}

static void write_enclave(writer *w, const at_quote_claims *c)
{
    answer_digits(w, "mrenclave", SPAN(c->mrenclave));
    answer_digits(w, "mrsigner", SPAN(c->mrsigner));
    answer_number(w, "isv_prod_id", c->isv_prod_id);
    answer_number(w, "isv_svn", c->isv_svn);
    answer_digits(w, "attributes", SPAN(c->attributes));
    answer_number(w, "misc_select", c->misc_select);
}

static void write_claims(writer *w, const void *what)
{
    const quote_desk *const d = what;
    const at_quote_claims *const c = &d->claims;
    if (c->tcb.known)
        answer_tcb(w, &c->tcb);
    if (!d->accepted)
        return;
    write_text(w, c->tee == AT_TDX ? ",\"claims\":{\"tee\":\"TDX\"" : ",\"claims\":{\"tee\":\"SGX\"");
    answer_number(w, "version", c->version);
    if (c->tee == AT_TDX)
        write_td(w, c);
    else
        write_enclave(w, c);
    answer_digits(w, "report_data", SPAN(c->report_data));
    answer_digits(w, "fmspc", SPAN(c->pck.fmspc));
    answer_digits(w, "ppid", SPAN(c->pck.ppid));
    if (c->pck.has_instance)
        answer_digits(w, "platform_instance", SPAN(c->pck.instance));
    answer_number(w, "tcb_evaluation", c->tcb_evaluation);
    answer_number(w, "qe_evaluation", c->qe_evaluation);
    answer_digits(w, "identity", SPAN(c->identity));
    write_text(w, "}");
}

static void write_status(writer *w, const void *what)
{
    const quote_desk *const d = what;
    if (!d->claims.tcb.known)
        return;
    write_text(w, "status: ");
    write_text(w, at_tcb_status_names[d->claims.tcb.status]);
    write_text(w, "\n");
}

/* ---- the verb ---- */

static verdict judge(quote_desk *d)
{
    verify_desk *const k = &d->desk;
    const at_quote_policy policy = quote_policy_of(part_of(d), d->root.all);
    TRY(policy_kind_judge(&k->policy, k->kind, &k->account));
    return verify_vendors(k,
                          d->tee == AT_TDX ? at_appraise_tdx(&k->world, &policy, d->quote.all, &d->set, &k->account, &d->claims)
                                           : at_appraise_sgx(&k->world, &policy, d->quote.all, &d->set, &k->account, &d->claims),
                          SPAN(d->claims.report_data));
}

int verify_quote(const cli_call *call, at_tee tee)
{
    static quote_desk d;
    memset(&d, 0, sizeof d);
    d.tee = tee;
    d.desk.kind = tee == AT_TDX ? AT_KIND_TDX : AT_KIND_SGX;
    prim_start();
    const int failed = gather(call, &d);
    if (failed)
        return failed;
    const verdict v = judge(&d);
    d.accepted = accepted(v);
    return verify_say(call, &d.desk, v, all_comparisons, write_claims, write_status, &d);
}
