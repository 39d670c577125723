#include "verify_quote.h"
#include "collateral_file.h"
#include "exits.h"
#include "json.h"
#include "quote_policy.h"
#include "verify_answer.h"
#include "verify_file.h"

#include <string.h>
#include <time.h>

/* Everything one run needs. */
typedef struct desk {
    at_tee tee;
    verify_file quote, collateral, root, policy;
    uint8_t room[2 * VERIFY_FILE_MAX];
    quote_policy document;
    at_collateral set;
    at_world world;
    account account;
    at_quote_claims claims;
} desk;

static const comparisons all_comparisons = {at_quote_comparison_names, AT_QUOTE_COMPARISONS};

/* ---- what is given ---- */

static int take_collateral(const cli_call *call, desk *d)
{
    writer room = WRITER(d->room);
    if (!cli_given(call, "collateral"))
        return EXIT_LEVEL; /* judged: AT-130 */
    const char *wrong = collateral_file_read(d->collateral.all, &room, &d->set);
    if (wrong)
        return cli_fail(call, EXIT_USAGE, "collateral: '%s': %s", cli_value(call, "collateral"), wrong);
    return EXIT_LEVEL;
}

static int take_root(const cli_call *call, desk *d)
{
    x509_view root;
    if (!x509_view_read(d->root.all, &root))
        return cli_fail(call, EXIT_USAGE, "root: '%s' is not one certificate of version 3", cli_value(call, "root"));
    return EXIT_LEVEL;
}

static int take_report_data(const cli_call *call, desk *d)
{
    const char *digits = cli_value(call, "report-data");
    writer w = WRITER(d->document.report_data);
    if (!digits)
        return EXIT_LEVEL;
    if (!read_hex(span_text(digits), &w) || w.n != AT_REPORT_DATA)
        return cli_usage(call, "--report-data takes 128 lower-case hexadecimal digits: all 64 bytes are compared");
    d->document.has_report_data = true;
    d->document.waived &= ~AT_QUOTE_WAIVES(AT_QUOTE_DATA);
    return EXIT_LEVEL;
}

static int take_policy(const cli_call *call, desk *d)
{
    const char *path = cli_value(call, "policy");
    const char *wrong = NULL;
    if (path)
        wrong = quote_policy_read(d->policy.all, &d->document);
    else
        quote_policy_built_in(&d->document);
    if (wrong)
        return cli_fail(call, EXIT_USAGE, "policy: '%s': %s", path, wrong);
    return take_report_data(call, d);
}

static int gather(const cli_call *call, desk *d)
{
    const char *quote = cli_operand(call, 1);
    if (!quote || call->argc > 2)
        return cli_usage(call, "give one quote: verify %s QUOTE --root FILE --collateral FILE", d->tee == AT_TDX ? "tdx" : "sgx");
    if (!cli_given(call, "root"))
        return cli_usage(call, "--root is needed: no root is built in");
    int failed = verify_load(call, "quote", quote, &d->quote);
    failed = failed ? failed : verify_load_option(call, "root", "CERTIFICATE", &d->root);
    failed = failed ? failed : verify_load_option(call, "collateral", NULL, &d->collateral);
    failed = failed ? failed : verify_load_option(call, "policy", NULL, &d->policy);
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

static void write_claims(writer *w, const at_quote_claims *c)
{
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

static void print_answer(const desk *d, verdict v)
{
    static char text[65536];
    writer w = WRITER(text);
    answer_write(&w, v, &d->account, all_comparisons);
    answer_date(&w, "at", d->world.now);
    if (d->claims.tcb.known)
        answer_tcb(&w, &d->claims.tcb);
    if (accepted(v))
        write_claims(&w, &d->claims);
    write_text(&w, "}\n");
    must(writer_ok(&w));
    fwrite(text, 1, w.n, stdout);
}

static void print_lines(const desk *d, verdict v)
{
    answer_print_checks(&d->account, all_comparisons);
    if (d->claims.tcb.known)
        printf("status: %s\n", at_tcb_status_names[d->claims.tcb.status]);
    puts(accepted(v) ? "accept" : "reject");
}

/* ---- the verb ---- */

int verify_quote(const cli_call *call, at_tee tee)
{
    static desk d;
    memset(&d, 0, sizeof d);
    d.tee = tee;
    prim_start();
    const int failed = gather(call, &d);
    if (failed)
        return failed;
    d.world = (at_world){&prim_sodium, call->has_at ? call->at.seconds : (int64_t)time(NULL)};
    const at_quote_policy policy = quote_policy_of(&d.document, d.root.all);
    const verdict v = tee == AT_TDX ? at_appraise_tdx(&d.world, &policy, d.quote.all, &d.set, &d.account, &d.claims)
                                    : at_appraise_sgx(&d.world, &policy, d.quote.all, &d.set, &d.account, &d.claims);
    const char *format = cli_value(call, "format");
    if (format && strcmp(format, "text") == 0)
        print_lines(&d, v);
    else
        print_answer(&d, v);
    return accepted(v) ? EXIT_LEVEL : EXIT_FAILED;
}
