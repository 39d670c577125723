#include "verify_snp.h"
#include "der.h"
#include "exits.h"
#include "verify_policy.h"

#include <string.h>

/* Everything one run needs. */
typedef struct desk {
    verify_desk desk;
    verify_file report, vek, chain, crl, id_block, id_auth;
    at_root root;
    span intermediate;
    at_claims claims;
    bool accepted;
} snp_desk;

/* ---- the chain ---- */

static at_product line_of_root(const char *name)
{
    for (at_product p = AT_MILAN; p < AT_PRODUCTS; p++)
        if (strncmp(name, "ARK-", 4) == 0 && strcmp(name + 4, at_tcb_layouts[p].product) == 0)
            return p;
    return AT_PRODUCTS;
}

/* The self-issued certificate is the root that the user pins by giving the file; the other one is the intermediate. NULL when the file is these
 * two and nothing else, else what is wrong with it. */
static const char *sort_chain(snp_desk *d)
{
    d->root.product = AT_PRODUCTS;
    for (der_reader r = der_of(d->chain.all); !der_done(&r);) {
        const span one = der_next(&r).whole;
        x509_view view;
        if (r.failed || !x509_view_read_repeated(one, &view))
            return "holds something that is not a certificate";
        const bool self_issued = x509_names_match(view.subject, view.issuer);
        if (self_issued ? d->root.ark.n > 0 : d->intermediate.n > 0)
            return self_issued ? "holds two self-issued certificates; give the root that is pinned"
                               : "holds two intermediates; give the VEK's issuer";
        if (self_issued)
            d->root = (at_root){line_of_root(view.common_name), one, d->root.crl};
        else
            d->intermediate = one;
    }
    if (d->root.ark.n == 0)
        return "holds no self-issued certificate, so no root is pinned";
    if (d->root.product == AT_PRODUCTS)
        return "its self-issued certificate is not named as the ARK of a known product line";
    return d->intermediate.n ? NULL : "holds no intermediate (ASK or ASVK)";
}

static int take_chain(const cli_call *call, snp_desk *d)
{
    const char *wrong = sort_chain(d);
    if (wrong)
        return cli_fail(call, EXIT_USAGE, "chain: '%s' %s", cli_value(call, "chain"), wrong);
    d->root.crl = d->crl.all;
    if (d->crl.all.n)
        d->desk.policy.snp.waived &= ~AT_WAIVES(AT_REVOCATION);
    return EXIT_LEVEL;
}

/* ---- the policy ---- */

static int take_policy(const cli_call *call, snp_desk *d)
{
    appraisal_policy *const p = &d->desk.policy.snp;
    bool given;
    appraisal_policy_built_in(p);
    int failed = verify_take_policy(call, &d->desk);
    failed = failed ? failed : verify_take_report_data(call, p->report_data, &given);
    if (!failed && given) {
        p->given |= AT_WAIVES(AT_REPORT_DATA_VALUE);
        p->waived &= ~p->given;
    }
    return failed;
}

/* ---- the answer ---- */

static const comparisons all_comparisons = {at_comparison_names, AT_COMPARISONS};

/* The names of the bits that are set; what has no name is not shown. */
static void write_bits(writer *w, const char *name, const at_bit *bits, uint64_t set)
{
    size_t n = 0;
    write_text(w, ",\"");
    write_text(w, name);
    write_text(w, "\":[");
    for (; *bits->name; bits++)
        if (set & UINT64_C(1) << bits->bit) {
            write_text(w, n++ ? "," : "");
            json_write_text(w, bits->name);
        }
    write_text(w, "]");
}

static void write_tcb(writer *w, const at_claims *c)
{
    write_text(w, ",\"tcb\":{");
    for (size_t i = 0, n = 0; i < AT_TCB; i++) {
        const char *name = at_tcb_layouts[c->product].part[i].name;
        if (!*name)
            continue;
        write_text(w, n++ ? "," : "");
        json_write_text(w, name);
        write_text(w, ":");
        json_write_int(w, c->reported_tcb[i]);
    }
    write_text(w, "}");
}

static void write_claims(writer *w, const void *what)
{
    const snp_desk *const d = what;
    const at_claims *const c = &d->claims;
    if (!d->accepted)
        return;
    write_text(w, ",\"claims\":{\"product\":");
    json_write_text(w, at_tcb_layouts[c->product].product);
    write_text(w, ",\"version\":");
    json_write_int(w, (int64_t)c->version);
    write_text(w, c->vlek ? ",\"signing_key\":\"VLEK\"" : ",\"signing_key\":\"VCEK\"");
    write_text(w, ",\"vmpl\":");
    json_write_int(w, (int64_t)c->vmpl);
    write_tcb(w, c);
    answer_digits(w, "measurement", SPAN(c->measurement));
    answer_digits(w, "report_data", SPAN(c->report_data));
    answer_digits(w, "chip_id", SPAN(c->chip_id));
    answer_digits(w, "host_data", SPAN(c->host_data));
    answer_digits(w, "family_id", SPAN(c->family_id));
    answer_digits(w, "image_id", SPAN(c->image_id));
    answer_digits(w, "id_key_digest", SPAN(c->id_key_digest));
    answer_digits(w, "author_key_digest", SPAN(c->author_key_digest));
    answer_number(w, "guest_svn", c->guest_svn);
    write_bits(w, "guest_policy", at_policy_bits, c->policy);
    write_bits(w, "platform_info", at_platform_bits, c->platform_info);
    answer_digits(w, "identity", SPAN(c->identity));
    write_text(w, "}");
}

/* ---- the verb ---- */

static int gather(const cli_call *call, snp_desk *d)
{
    const char *report = cli_operand(call, 1);
    if (!report || call->argc > 2)
        return cli_usage(call, "give one report: verify snp REPORT --vek FILE --chain FILE");
    if (!cli_given(call, "vek") || !cli_given(call, "chain"))
        return cli_usage(call, "--vek and --chain are needed: nothing is fetched, and no root is built in");
    int failed = verify_load(call, "report", report, &d->report);
    failed = failed ? failed : verify_load_option(call, "vek", "CERTIFICATE", &d->vek);
    failed = failed ? failed : verify_load_option(call, "chain", "CERTIFICATE", &d->chain);
    failed = failed ? failed : verify_load_option(call, "crl", "X509 CRL", &d->crl);
    failed = failed ? failed : verify_load_option(call, "id-block", NULL, &d->id_block);
    failed = failed ? failed : verify_load_option(call, "id-auth", NULL, &d->id_auth);
    return failed ? failed : take_policy(call, d);
}

static verdict judge(snp_desk *d)
{
    const bool wrapped = at_is_wrapper(d->report.all);
    const at_evidence evidence = {.report = wrapped ? EMPTY : d->report.all,
                                  .wrapper = wrapped ? d->report.all : EMPTY,
                                  .id_block = d->id_block.all,
                                  .id_auth = d->id_auth.all,
                                  .vek = d->vek.all,
                                  .intermediate = d->intermediate};
    const at_policy policy = appraisal_policy_of(&d->desk.policy.snp, &d->root, 1);
    TRY(policy_kind_judge(&d->desk.policy, AT_KIND_SNP, &d->desk.account));
    return verify_vendors(&d->desk, at_appraise_snp(&d->desk.world, &policy, &evidence, &d->desk.account, &d->claims),
                          SPAN(d->claims.report_data));
}

int verify_snp(const cli_call *call)
{
    static snp_desk d;
    memset(&d, 0, sizeof d);
    d.desk.kind = AT_KIND_SNP;
    prim_start();
    int failed = gather(call, &d);
    failed = failed ? failed : take_chain(call, &d);
    if (failed)
        return failed;
    const verdict v = judge(&d);
    d.accepted = accepted(v);
    return verify_say(call, &d.desk, v, all_comparisons, write_claims, NULL, &d);
}
