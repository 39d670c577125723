#include "verify_token.h"
#include "base64.h"
#include "exits.h"
#include "policy_document.h"
#include "verify_answer.h"
#include "verify_file.h"

#include <string.h>
#include <time.h>

/* Everything one run needs. */
typedef struct desk {
    verify_file token, keys, root, policy;
    policy_document document;
    uint8_t room[AT_TOKEN_ROOM], peeked[AT_TOKEN_MAX], iss[AT_CLAIM_MAX];
    at_world world;
    account account;
    at_token_claims claims;
} desk;

static const comparisons all_comparisons = {at_token_comparison_names, AT_TOKEN_COMPARISONS};

/* ---- without a policy ---- */

/* Who is known by name; only used to choose whose claims these are, before the name is compared like any other. */
static const struct service {
    const char *iss;
    at_issuer issuer;
} services[] = {
    {"Intel Trust Authority", AT_INTEL},
    {"https://portal.trustauthority.intel.com", AT_INTEL},
    {"https://portal.eu.trustauthority.intel.com", AT_INTEL},
    {"https://confidentialcomputing.googleapis.com", AT_GOOGLE},
};

/* What the token says of itself, unverified; empty when it can't be read. */
static span peek_iss(desk *d)
{
    writer w = WRITER(d->peeked), text = WRITER(d->iss);
    const span all = d->token.all;
    const uint8_t *dot = all.n ? memchr(all.p, '.', all.n) : NULL;
    const span rest = dot ? span_from(all, (size_t)(dot - all.p) + 1) : EMPTY;
    const uint8_t *end = rest.n ? memchr(rest.p, '.', rest.n) : NULL;
    span claims, value;
    if (!end || !base64url_read(span_first(rest, (size_t)(end - rest.p)), &w) || !json_read(written(&w), &claims))
        return EMPTY;
    return json_member(claims, "iss", &value) && json_string(value, &text) ? written(&text) : EMPTY;
}

static int built_in_policy(const cli_call *call, desk *d)
{
    const char *name = cli_value(call, "service"), *iss = cli_value(call, "issuer");
    const span said = iss ? span_text(iss) : peek_iss(d);
    at_issuer issuer = AT_ISSUERS;
    for (size_t i = 0; i < sizeof services / sizeof *services; i++)
        if (span_is(said, services[i].iss))
            issuer = services[i].issuer;
    if (name)
        issuer = strcmp(name, "intel") == 0 ? AT_INTEL : strcmp(name, "google") == 0 ? AT_GOOGLE : AT_ISSUERS;
    if (name && issuer == AT_ISSUERS)
        return cli_usage(call, "--service takes intel or google");
    token_policy_built_in(issuer == AT_ISSUERS ? AT_INTEL : issuer,
                          issuer == AT_ISSUERS && !iss ? span_text("Intel Trust Authority") : said, &d->document.token);
    quote_policy_built_in(&d->document.td);
    d->document.has_td = d->document.has_token = true;
    return EXIT_LEVEL;
}

/* ---- what is given ---- */

static int take_report_data(const cli_call *call, desk *d)
{
    const char *digits = cli_value(call, "report-data");
    writer w = WRITER(d->document.td.report_data);
    if (!digits)
        return EXIT_LEVEL;
    if (!read_hex(span_text(digits), &w) || w.n != AT_REPORT_DATA)
        return cli_usage(call, "--report-data takes 128 lower-case hexadecimal digits: all 64 bytes are compared");
    d->document.has_td = d->document.td.has_report_data = true;
    d->document.td.waived &= ~AT_QUOTE_WAIVES(AT_QUOTE_DATA);
    return EXIT_LEVEL;
}

static void take_text(const cli_call *call, const char *option, at_token_comparison c, span *out, token_policy *p)
{
    if (!cli_given(call, option))
        return;
    *out = span_text(cli_value(call, option));
    p->waived &= ~(UINT64_C(1) << c);
}

static int read_policy(const cli_call *call, desk *d)
{
    policy_fault fault;
    char text[512];
    writer w = WRITER(text);
    if (policy_document_read(d->policy.all, &d->document, &fault) && d->document.has_token)
        return EXIT_LEVEL;
    if (!fault.what)
        fault.what = "it has no member `token`";
    policy_fault_write(&w, &fault);
    return cli_fail(call, EXIT_USAGE, "policy: '%s': %.*s", cli_value(call, "policy"), (int)w.n, text);
}

static int take_policy(const cli_call *call, desk *d)
{
    const int failed = cli_given(call, "policy") ? read_policy(call, d) : built_in_policy(call, d);
    if (failed)
        return failed;
    take_text(call, "nonce", AT_TOKEN_NONCE, &d->document.token.nonce, &d->document.token);
    take_text(call, "audience", AT_TOKEN_AUDIENCE, &d->document.token.audience, &d->document.token);
    return take_report_data(call, d);
}

static int take_root(const cli_call *call, desk *d)
{
    x509_view root;
    if (cli_given(call, "root") && !x509_view_read(d->root.all, &root))
        return cli_fail(call, EXIT_USAGE, "root: '%s' is not one certificate of version 3", cli_value(call, "root"));
    return EXIT_LEVEL;
}

static int gather(const cli_call *call, desk *d)
{
    const char *token = cli_operand(call, 1);
    if (!token || call->argc > 2)
        return cli_usage(call, "give one token: verify jwt TOKEN (--keys FILE | --root FILE)");
    if (!cli_given(call, "keys") && !cli_given(call, "root"))
        return cli_usage(call, "--keys or --root is needed: a token brings no key that could be believed");
    int failed = verify_load(call, "token", token, &d->token);
    failed = failed ? failed : verify_load_option(call, "keys", NULL, &d->keys);
    failed = failed ? failed : verify_load_option(call, "root", "CERTIFICATE", &d->root);
    failed = failed ? failed : verify_load_option(call, "policy", NULL, &d->policy);
    failed = failed ? failed : take_root(call, d);
    if (failed)
        return failed;
    for (int i = 0; i < 2 && d->token.all.n && strchr("\r\n", d->token.all.p[d->token.all.n - 1]); i++)
        d->token.all.n--; /* the line's end belongs to the file */
    return take_policy(call, d);
}

/* ---- the answer ---- */

static void write_claims(writer *w, const at_token_claims *c)
{
    write_text(w, ",\"claims\":{\"issuer\":");
    json_write_text(w, at_issuer_names[c->issuer]);
    answer_date(w, "issued", c->issued);
    answer_date(w, "expires", c->expires);
    if (c->is_td)
        answer_digits(w, "report_data", SPAN(c->report_data));
    answer_digits(w, "identity", SPAN(c->identity));
    write_text(w, ",\"token\":");
    write_span(w, c->claims);
    write_text(w, "}");
}

static void print_answer(const desk *d, verdict v)
{
    static char text[AT_TOKEN_MAX + 65536];
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

int verify_token(const cli_call *call)
{
    static desk d;
    memset(&d, 0, sizeof d);
    prim_start();
    const int failed = gather(call, &d);
    if (failed)
        return failed;
    writer room = WRITER(d.room);
    d.world = (at_world){&prim_sodium, call->has_at ? call->at.seconds : (int64_t)time(NULL)};
    const at_quote_policy td = quote_policy_of(&d.document.td, EMPTY);
    const at_token_policy policy = token_policy_of(&d.document.token, d.root.all, d.document.has_td ? &td : NULL);
    const verdict v = at_appraise_token(&d.world, &policy, &(at_token){d.token.all, d.keys.all}, &room, &d.account, &d.claims);
    const char *format = cli_value(call, "format");
    if (format && strcmp(format, "text") == 0) {
        answer_print_checks(&d.account, all_comparisons);
        puts(accepted(v) ? "accept" : "reject");
    } else {
        print_answer(&d, v);
    }
    return accepted(v) ? EXIT_LEVEL : EXIT_FAILED;
}
