/* Section 1, Admission. */
#include "confer_parts.h"

#include "base64.h"

/* ---- the target ---- */

static span until(span *s, uint8_t end)
{
    size_t n = 0;
    while (n < s->n && s->p[n] != end)
        n++;
    const span part = span_first(*s, n);
    *s = span_from(*s, n + 1);
    return part;
}

/* The first value of a parameter, as written. False when there is none of that name; *value is then the last one of the query. */
static bool find_parameter(span query, const char *name, span *value)
{
    *value = EMPTY;
    while (query.n) {
        *value = until(&query, '&');
        if (span_is(until(value, '='), name))
            return true;
    }
    return false;
}

static verdict find_token(span target, span *token)
{
    span query = target;
    const span path = until(&query, '?');
    REQUIRE(span_is(path, "/websocket"), CF_001);
    REQUIRE(find_parameter(query, "token", token), CF_002);
    return ACCEPT;
}

/* ---- the token ---- */

typedef struct parts {
    span header, claims, signature; /* decoded */
    span signed_text;               /* the first two and their dot, as written */
} parts;

static bool decode(span text, writer *room, span *out)
{
    const size_t from = room->n;
    const bool good = base64url_read(text, room);
    *out = span_of(room->p + from, room->n - from);
    return good;
}

static bool split(span token, writer *room, parts *out)
{
    span rest = token;
    const span header = until(&rest, '.'), claims = until(&rest, '.'), signature = until(&rest, '.');
    out->signed_text = span_first(token, header.n + 1 + claims.n);
    const bool three = header.n + claims.n + signature.n + 2 == token.n;
    const bool first = decode(header, room, &out->header), second = decode(claims, room, &out->claims);
    return decode(signature, room, &out->signature) && first && second && three;
}

static bool is_signed(const cf_world *w, const parts *t)
{
    uint8_t mac[PRIM_HASH_MAX];
    w->prim->hmac(PRIM_SHA256, w->token_key, &t->signed_text, 1, mac);
    return span_same(span_of(mac, 32), t->signature);
}

/* Absent, or an integer that is not in the future. */
static bool not_in_future(span claims, const char *name, int64_t now)
{
    span value;
    int64_t at;
    return !json_member(claims, name, &value) || (json_int(value, INT64_MIN, INT64_MAX, &at) && at <= now);
}

static bool names_subject(span claims)
{
    span value;
    return json_member(claims, "sub", &value) && !cf_is_blank(value);
}

static verdict judge_claims(const cf_world *w, span text, cf_grant *out)
{
    span claims = text, value;
    bool subscribed;
    REQUIRE(json_read(text, &claims) && json_kind_of(claims) == JSON_OBJECT, CF_007);
    REQUIRE(json_member(claims, "iss", &value) && json_string_is(value, "kerf"), CF_008);
    const bool ends = json_member(claims, "exp", &value) && json_int(value, 0, INT64_MAX, &out->expires);
    REQUIRE(ends, CF_009);
    if (WEAKENED(CF_009) && !ends)
        out->expires = INT64_MAX;
    REQUIRE(out->expires > w->now, CF_010);
    REQUIRE(not_in_future(claims, "nbf", w->now), CF_011);
    REQUIRE(not_in_future(claims, "iat", w->now), CF_012);
    REQUIRE(w->revision < CF_0_1_20 || names_subject(claims), CF_094);
    json_member(claims, "subscribed", &value);
    out->subscribed = EMIT(CF_013, json_bool(value, &subscribed) && subscribed);
    return ACCEPT;
}

verdict cf_judge_token(const cf_world *w, span token, cf_grant *out)
{
    uint8_t room[CF_TOKEN_MAX];
    writer decoded = WRITER(room);
    parts t;
    span header = EMPTY, value;
    REQUIRE(split(token, &decoded, &t), CF_003);
    if (!json_read(t.header, &header))
        header = EMPTY;
    REQUIRE(json_member(header, "alg", &value) && json_string_is(value, "HS256"), CF_004);
    REQUIRE(!json_member(header, "crit", &value), CF_005);
    REQUIRE(is_signed(w, &t), CF_006);
    return judge_claims(w, t.claims, out);
}

verdict cf_server_admit(cf_server *s, const cf_world *w, span target)
{
    span token;
    cf_grant grant = {0};
    *s = (cf_server){.phase = CF_NEW};
    TRY(find_token(target, &token));
    TRY(cf_judge_token(w, token, &grant));
    *s = (cf_server){.phase = CF_ADMITTED, .subscribed = grant.subscribed, .expires = grant.expires};
    return ACCEPT;
}

unsigned cf_refusal_status(verdict v) { return EMIT(CF_014, stated_outcome(v)->code); }

unsigned cf_plain_answer(const cf_world *w, span method, span target, const char **body)
{
    const bool asked = span_is(method, "GET") && span_is(target, "/v1/ping");
    const bool well = EMIT(CF_015, w->evidence.n > 0);
    *body = !asked ? "" : well ? "PONG" : "Attestation unavailable";
    return !asked ? 404 : well ? 200 : 503;
}

void cf_write_token(const prim *p, span key, span claims_json, writer *out)
{
    uint8_t mac[PRIM_HASH_MAX];
    const size_t from = out->n;
    base64url_write(out, span_text("{\"alg\":\"HS256\",\"typ\":\"JWT\"}"));
    write_text(out, ".");
    base64url_write(out, claims_json);
    const span signed_text = span_of(out->p + from, out->n - from);
    p->hmac(PRIM_SHA256, key, &signed_text, 1, mac);
    declassify(mac, 32);
    write_text(out, ".");
    base64url_write(out, span_of(mac, 32));
}
