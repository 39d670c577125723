#include "token_parts.h"

#include "base64.h"

#include <string.h>

const char *const at_issuer_names[AT_ISSUERS + 1] = {[AT_INTEL] = "intel", [AT_GOOGLE] = "google"};

const char *const at_jws_names[AT_JWS_ALGORITHMS + 1] = {[AT_RS256] = "RS256", [AT_PS384] = "PS384", [AT_ES256] = "ES256"};

const char *const at_token_comparison_names[AT_TOKEN_COMPARISONS + 1] = {
    AT_QUOTE_NAMES,
    [AT_TOKEN_AGE] = "age",
    [AT_TOKEN_AUDIENCE] = "audience",
    [AT_TOKEN_NONCE] = "nonce",
    [AT_TOKEN_STATUS] = "tcb_status",
    [AT_TOKEN_IMAGE] = "image_digest",
    [AT_TOKEN_REVOCATION] = "token_revocation",
};

/* ---- what the sections share ---- */

bool token_says(span value, span expected)
{
    uint8_t room[AT_CLAIM_MAX];
    writer text = WRITER(room);
    return json_kind_of(value) == JSON_STRING && json_string(value, &text) && span_same(written(&text), expected);
}

bool token_lists(const at_texts *list, span value)
{
    bool found = false;
    for (size_t i = 0; i < list->n; i++)
        found |= token_says(value, list->text[i]);
    return found;
}

bool token_contains(span array, span expected)
{
    bool found = false, all_texts = json_kind_of(array) == JSON_ARRAY;
    for (json_cursor c = json_enter(array); all_texts && json_next(&c);) {
        all_texts = json_kind_of(c.value) == JSON_STRING;
        found |= token_says(c.value, expected);
    }
    return found && all_texts;
}

bool token_holds_or_waived(token_appraisal *a, at_token_comparison c, bool held)
{
    if (!(a->policy->waived & AT_TOKEN_WAIVABLE & UINT64_C(1) << c))
        return held;
    account_leave_out(a->account, c);
    return true;
}

/* ---- 1. The text ---- */

static span until_period(span *rest)
{
    size_t n = 0;
    while (n < rest->n && rest->p[n] != '.')
        n++;
    const span part = span_first(*rest, n);
    *rest = span_from(*rest, n + 1);
    return part;
}

static bool decode(span text, writer *room, span *out)
{
    const size_t from = room->n;
    const bool good = base64url_read(text, room);
    *out = span_of(room->p + from, room->n - from);
    return good && out->n > 0;
}

static bool split(token_appraisal *a)
{
    span rest = a->evidence->text;
    const span header = until_period(&rest), claims = until_period(&rest), signature = until_period(&rest);
    const bool three = header.n + claims.n + signature.n + 2 == a->evidence->text.n;
    a->signed_text = span_first(a->evidence->text, header.n + 1 + claims.n);
    const bool first = decode(header, a->room, &a->header), second = decode(claims, a->room, &a->claims);
    return decode(signature, a->room, &a->signature) && first && second && three;
}

/* What is no valid text stays as it is: only a weakened build goes on with it. */
static bool is_object(span *text) { return json_read(*text, text) && json_kind_of(*text) == JSON_OBJECT; }

static span header_member(const token_appraisal *a, const char *name)
{
    span value;
    json_member(a->header, name, &value);
    return value;
}

static bool is_listed_algorithm(token_appraisal *a)
{
    const span alg = header_member(a, "alg");
    at_jws found = AT_RS256;
    while (found < AT_JWS_ALGORITHMS && !json_string_is(alg, at_jws_names[found]))
        found++;
    a->algorithm = found == AT_JWS_ALGORITHMS ? AT_RS256 : found;
    return found < AT_JWS_ALGORITHMS && a->policy->algorithms & 1u << found;
}

static verdict read_token(token_appraisal *a)
{
    account *const to = a->account;
    CHECK(to, a->evidence->text.n <= AT_TOKEN_MAX, AT_200);
    CHECK(to, split(a), AT_201);
    const bool header = is_object(&a->header), claims = is_object(&a->claims);
    CHECK(to, header && claims, AT_202);
    CHECK(to, is_listed_algorithm(a), AT_203);
    const span typ = header_member(a, "typ");
    CHECK(to, typ.n == 0 || json_string_is(typ, "JWT"), AT_204);
    CHECK(to, header_member(a, "crit").n == 0, AT_205);
    return ACCEPT;
}

/* ---- 2. For whom and when ---- */

static span claim(const token_appraisal *a, const char *name)
{
    span value;
    json_member(a->claims, name, &value);
    return value;
}

static bool seconds(span value, int64_t *at) { return json_int(value, 0, INT64_MAX / 2, at); }

static bool is_for(const at_token_policy *p, span aud)
{
    if (p->audience.n == 0)
        return aud.n == 0;
    return token_says(aud, p->audience) || token_contains(aud, p->audience);
}

/* RFC 9711: one nonce, or an array of at least two. */
static bool has_nonce(const token_appraisal *a)
{
    span value = claim(a, a->policy->issuer == AT_INTEL ? "verifier_nonce" : "eat_nonce");
    size_t n = 0;
    if (a->policy->nonce.n == 0)
        return false;
    if (a->policy->issuer == AT_INTEL)
        return json_member(value, "val", &value) && token_says(value, a->policy->nonce);
    for (json_cursor c = json_enter(value); json_kind_of(value) == JSON_ARRAY && json_next(&c);)
        n++;
    return token_says(value, a->policy->nonce) || (n >= 2 && token_contains(value, a->policy->nonce));
}

static verdict judge_times(token_appraisal *a, int64_t *issued, int64_t *expires)
{
    account *const to = a->account;
    const int64_t now = a->world->now, latest = now + a->policy->skew;
    int64_t start = 0;
    const span nbf = claim(a, "nbf");
    const bool ends = seconds(claim(a, "exp"), expires), began = seconds(claim(a, "iat"), issued);
    CHECK(to, ends && *expires > now, AT_207);
    CHECK(to, nbf.n == 0 || (seconds(nbf, &start) && start <= latest), AT_208);
    CHECK(to, began && *issued <= latest, AT_209);
    if (WEAKENED(AT_209) && !began)
        *issued = now;
    CHECK(to, token_holds_or_waived(a, AT_TOKEN_AGE, now - *issued <= a->policy->max_age), AT_210);
    return ACCEPT;
}

static verdict judge_use(token_appraisal *a, int64_t *issued, int64_t *expires)
{
    account *const to = a->account;
    CHECK(to, a->policy->iss.n > 0 && token_says(claim(a, "iss"), a->policy->iss), AT_206);
    TRY(judge_times(a, issued, expires));
    CHECK(to, token_holds_or_waived(a, AT_TOKEN_AUDIENCE, is_for(a->policy, claim(a, "aud"))), AT_211);
    CHECK(to, token_holds_or_waived(a, AT_TOKEN_NONCE, has_nonce(a)), AT_212);
    return ACCEPT;
}

/* ---- 4. The signature ---- */

static bool is_signed(const token_appraisal *a)
{
    const bool point = pubkey_kind_of(a->key) == PUBKEY_P256;
    switch (a->algorithm) {
    case AT_RS256: return pubkey_verify(a->key, PUBKEY_RSA_SHA256, a->signed_text, a->signature);
    case AT_PS384: return pubkey_verify(a->key, PUBKEY_PSS_SHA384, a->signed_text, a->signature);
    default:
        return point && a->signature.n == P256_SIGNATURE &&
               p256_verify(span_from(a->key, a->key.n - P256_KEY).p, a->signed_text, a->signature.p);
    }
}

/* ---- the whole ---- */

static void hand_out(const token_appraisal *a, int64_t issued, int64_t expires)
{
    a->out->issuer = a->policy->issuer;
    a->out->claims = a->claims;
    a->out->issued = issued;
    a->out->expires = expires;
    span_take(a->out->td.report_data, a->out->report_data, sizeof a->out->report_data);
    prim_digest(a->world->prim, PRIM_SHA384, EMIT(AT_248, a->signed_text), a->out->identity);
}

static verdict appraise(token_appraisal *a)
{
    int64_t issued = 0, expires = 0;
    TRY(read_token(a));
    TRY(judge_use(a, &issued, &expires));
    TRY(token_find_key(a));
    CHECK(a->account, is_signed(a), AT_225);
    TRY(token_judge_claims(a));
    hand_out(a, issued, expires);
    return ACCEPT;
}

/* A rejected token leaves nothing but the status of its TCB. */
static void keep_status_only(at_token_claims *out)
{
    const at_tcb_result tcb = out->tcb;
    memset(out, 0, sizeof *out);
    out->tcb = tcb;
}

verdict at_appraise_token(const at_world *world, const at_token_policy *policy, const at_token *token, writer *room, account *to,
                          at_token_claims *out)
{
    token_appraisal a = {.world = world, .policy = policy, .evidence = token, .room = room, .account = to, .out = out};
    must(room->cap - room->n >= AT_TOKEN_ROOM);
    memset(out, 0, sizeof *out);
    const verdict v = appraise(&a);
    if (!accepted(v))
        keep_status_only(out);
    return v;
}
