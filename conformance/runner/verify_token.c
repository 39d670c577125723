#include "verify_token.h"
#include "base64.h"
#include "exits.h"
#include "verify_policy.h"

#include <string.h>

/* Everything one run needs. */
typedef struct desk {
    verify_desk desk;
    verify_file token, keys, root;
    uint8_t room[AT_TOKEN_ROOM], peeked[AT_TOKEN_MAX], iss[AT_CLAIM_MAX];
    at_token_claims claims;
    bool accepted;
} token_desk;

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
static span peek_iss(token_desk *d)
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

static int built_in_policy(const cli_call *call, token_desk *d)
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
    policy_document *const p = &d->desk.policy;
    token_policy_built_in(issuer == AT_ISSUERS ? AT_INTEL : issuer,
                          issuer == AT_ISSUERS && !iss ? span_text("Intel Trust Authority") : said, &p->token);
    quote_policy_built_in(&p->tdx);
    p->kinds = 1u << AT_KIND_TOKEN | 1u << AT_KIND_TDX;
    return EXIT_LEVEL;
}

/* ---- what is given ---- */

static void take_text(const cli_call *call, const char *option, at_token_comparison c, span *out, token_policy *p)
{
    if (!cli_given(call, option))
        return;
    *out = span_text(cli_value(call, option));
    p->waived &= ~(UINT64_C(1) << c);
}

static int take_policy(const cli_call *call, token_desk *d)
{
    policy_document *const p = &d->desk.policy;
    bool given;
    int failed = verify_take_policy(call, &d->desk);
    if (!failed && !cli_given(call, "policy"))
        failed = built_in_policy(call, d);
    failed = failed ? failed : verify_take_report_data(call, p->tdx.report_data, &given);
    if (failed)
        return failed;
    take_text(call, "nonce", AT_TOKEN_NONCE, &p->token.nonce, &p->token);
    take_text(call, "audience", AT_TOKEN_AUDIENCE, &p->token.audience, &p->token);
    if (given) {
        p->tdx.given |= AT_QUOTE_WAIVES(AT_QUOTE_DATA);
        p->tdx.waived &= ~p->tdx.given;
    }
    return EXIT_LEVEL;
}

static int take_root(const cli_call *call, token_desk *d)
{
    x509_view root;
    if (cli_given(call, "root") && !x509_view_read(d->root.all, &root))
        return cli_fail(call, EXIT_USAGE, "root: '%s' is not one certificate of version 3", cli_value(call, "root"));
    return EXIT_LEVEL;
}

static int gather(const cli_call *call, token_desk *d)
{
    const char *token = cli_operand(call, 1);
    if (!token || call->argc > 2)
        return cli_usage(call, "give one token: verify jwt TOKEN (--keys FILE | --root FILE)");
    if (!cli_given(call, "keys") && !cli_given(call, "root"))
        return cli_usage(call, "--keys or --root is needed: a token brings no key that could be believed");
    int failed = verify_load(call, "token", token, &d->token);
    failed = failed ? failed : verify_load_option(call, "keys", NULL, &d->keys);
    failed = failed ? failed : verify_load_option(call, "root", "CERTIFICATE", &d->root);
    failed = failed ? failed : take_root(call, d);
    if (failed)
        return failed;
    for (int i = 0; i < 2 && d->token.all.n && strchr("\r\n", d->token.all.p[d->token.all.n - 1]); i++)
        d->token.all.n--; /* the line's end belongs to the file */
    return take_policy(call, d);
}

/* ---- the answer ---- */

static void write_claims(writer *w, const void *what)
{
    const token_desk *const d = what;
    const at_token_claims *const c = &d->claims;
    if (c->tcb.known)
        answer_tcb(w, &c->tcb);
    if (!d->accepted)
        return;
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

static verdict judge(token_desk *d)
{
    verify_desk *const k = &d->desk;
    writer room = WRITER(d->room);
    const at_quote_policy td = quote_policy_of(&k->policy.tdx, EMPTY);
    const at_token_policy policy = token_policy_of(&k->policy.token, d->root.all, policy_has(&k->policy, AT_KIND_TDX) ? &td : NULL);
    TRY(policy_kind_judge(&k->policy, AT_KIND_TOKEN, &k->account));
    return verify_vendors(k, at_appraise_token(&k->world, &policy, &(at_token){d->token.all, d->keys.all}, &room, &k->account, &d->claims),
                          d->claims.is_td ? SPAN(d->claims.report_data) : EMPTY);
}

int verify_token(const cli_call *call)
{
    static token_desk d;
    memset(&d, 0, sizeof d);
    d.desk.kind = AT_KIND_TOKEN;
    prim_start();
    const int failed = gather(call, &d);
    if (failed)
        return failed;
    const verdict v = judge(&d);
    d.accepted = accepted(v);
    return verify_say(call, &d.desk, v, all_comparisons, write_claims, NULL, &d);
}
