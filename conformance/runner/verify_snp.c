#include "verify_snp.h"
#include "appraisal_policy.h"
#include "der.h"
#include "exits.h"
#include "json.h"
#include "verify_answer.h"
#include "verify_file.h"
#include "x509.h"

#include <string.h>
#include <time.h>

/* Everything one run needs. */
typedef struct desk {
    verify_file report, vek, chain, crl, policy, id_block, id_auth;
    appraisal_policy document;
    at_root root;
    span intermediate;
    at_world world;
    account account;
    at_claims claims;
} desk;

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
static const char *sort_chain(desk *d)
{
    d->root.product = AT_PRODUCTS;
    for (der_reader r = der_of(d->chain.all); !der_done(&r);) {
        const span one = der_next(&r).whole;
        x509_facts facts;
        if (r.failed || !x509_read(one, &facts))
            return "holds something that is not a certificate";
        const bool self_issued = strcmp(facts.common_name, facts.issuer_name) == 0;
        if (self_issued ? d->root.ark.n > 0 : d->intermediate.n > 0)
            return self_issued ? "holds two self-issued certificates; give the root that is pinned"
                               : "holds two intermediates; give the VEK's issuer";
        if (self_issued)
            d->root = (at_root){line_of_root(facts.common_name), one, d->root.crl};
        else
            d->intermediate = one;
    }
    if (d->root.ark.n == 0)
        return "holds no self-issued certificate, so no root is pinned";
    if (d->root.product == AT_PRODUCTS)
        return "its self-issued certificate is not named as the ARK of a known product line";
    return d->intermediate.n ? NULL : "holds no intermediate (ASK or ASVK)";
}

static int take_chain(const cli_call *call, desk *d)
{
    const char *wrong = sort_chain(d);
    if (wrong)
        return cli_fail(call, EXIT_USAGE, "chain: '%s' %s", cli_value(call, "chain"), wrong);
    d->root.crl = d->crl.all;
    if (d->crl.all.n)
        d->document.waived &= ~AT_WAIVES(AT_REVOCATION);
    return EXIT_LEVEL;
}

/* ---- the policy ---- */

static int take_report_data(const cli_call *call, desk *d)
{
    const char *digits = cli_value(call, "report-data");
    writer w = WRITER(d->document.report_data);
    if (!digits)
        return EXIT_LEVEL;
    if (!read_hex(span_text(digits), &w) || w.n != AT_REPORT_DATA)
        return cli_usage(call, "--report-data takes 128 lower-case hexadecimal digits: all 64 bytes are compared");
    d->document.has_report_data = true;
    d->document.waived &= ~AT_WAIVES(AT_REPORT_DATA_VALUE);
    return EXIT_LEVEL;
}

static int take_policy(const cli_call *call, desk *d)
{
    const char *path = cli_value(call, "policy");
    if (!path) {
        appraisal_policy_built_in(&d->document);
        return take_report_data(call, d);
    }
    const char *wrong = appraisal_policy_read(d->policy.all, &d->document);
    if (wrong)
        return cli_fail(call, EXIT_USAGE, "policy: '%s': %s", path, wrong);
    return take_report_data(call, d);
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

static void write_claims(writer *w, const at_claims *c)
{
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

static void print_answer(const desk *d, verdict v)
{
    static char text[16384];
    char at[RFC3339_ROOM];
    writer w = writer_of(text, sizeof text);
    rfc3339_write((instant){d->world.now, 0}, at, sizeof at);
    answer_write(&w, v, &d->account, all_comparisons);
    write_text(&w, ",\"at\":");
    json_write_text(&w, at);
    if (accepted(v))
        write_claims(&w, &d->claims);
    write_text(&w, "}\n");
    must(writer_ok(&w));
    fwrite(text, 1, w.n, stdout);
}

static void print_lines(const desk *d, verdict v)
{
    answer_print_checks(&d->account, all_comparisons);
    puts(accepted(v) ? "accept" : "reject");
}

/* ---- the verb ---- */

static int gather(const cli_call *call, desk *d)
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
    failed = failed ? failed : verify_load_option(call, "policy", NULL, &d->policy);
    failed = failed ? failed : verify_load_option(call, "id-block", NULL, &d->id_block);
    failed = failed ? failed : verify_load_option(call, "id-auth", NULL, &d->id_auth);
    return failed ? failed : take_policy(call, d);
}

int verify_snp(const cli_call *call)
{
    static desk d;
    memset(&d, 0, sizeof d);
    prim_start();
    int failed = gather(call, &d);
    failed = failed ? failed : take_chain(call, &d);
    if (failed)
        return failed;
    d.world = (at_world){&prim_sodium, call->has_at ? call->at.seconds : (int64_t)time(NULL)};
    const bool wrapped = at_is_wrapper(d.report.all);
    const at_evidence evidence = {.report = wrapped ? EMPTY : d.report.all,
                                  .wrapper = wrapped ? d.report.all : EMPTY,
                                  .id_block = d.id_block.all,
                                  .id_auth = d.id_auth.all,
                                  .vek = d.vek.all,
                                  .intermediate = d.intermediate};
    const at_policy policy = appraisal_policy_of(&d.document, &d.root, 1);
    const verdict v = at_appraise_snp(&d.world, &policy, &evidence, &d.account, &d.claims);
    const char *format = cli_value(call, "format");
    if (format && strcmp(format, "text") == 0)
        print_lines(&d, v);
    else
        print_answer(&d, v);
    return accepted(v) ? EXIT_LEVEL : EXIT_FAILED;
}
