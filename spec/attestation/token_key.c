/* Section 3, The key. */
#include "token_parts.h"

#include "base64.h"
#include "der.h"

enum { COORDINATE = 32 };

typedef struct chain {
    x509_view cert[AT_TOKEN_CHAIN];
    size_t n;
} chain;

/* ---- the set ---- */

/* As in token.c: a weakened build goes on with a text that is none. */
static bool read_set(span text, span *keys)
{
    span set = text;
    const bool valid = text.n <= AT_TOKEN_KEYS_MAX && json_read(text, &set);
    bool good = json_member(set, "keys", keys) && json_kind_of(*keys) == JSON_ARRAY && valid;
    for (json_cursor c = json_enter(*keys); good && json_next(&c);)
        good = json_kind_of(c.value) == JSON_OBJECT;
    return good;
}

static bool same_text(span value, span other)
{
    uint8_t room[AT_CLAIM_MAX];
    writer text = WRITER(room);
    return json_kind_of(other) == JSON_STRING && json_string(other, &text) && token_says(value, written(&text));
}

/* True when exactly one key has this name; *key is then that one, else the first of the set. */
static bool find_named(span keys, span kid, span *key)
{
    size_t found = 0;
    *key = EMPTY;
    for (json_cursor c = json_enter(keys); json_next(&c);) {
        span name;
        json_member(c.value, "kid", &name);
        const bool named = kid.n > 0 && same_text(name, kid);
        if (key->n == 0 || (named && found == 0))
            *key = c.value;
        found += named;
    }
    return found == 1;
}

static bool is_for_this(const token_appraisal *a, span key)
{
    span alg, use;
    const bool has_alg = json_member(key, "alg", &alg), has_use = json_member(key, "use", &use);
    return (!has_alg || json_string_is(alg, at_jws_names[a->algorithm])) && (!has_use || json_string_is(use, "sig"));
}

/* ---- a key of the set as SubjectPublicKeyInfo ---- */

static bool take_base64(span object, const char *name, writer *out)
{
    span value, text;
    return json_member(object, name, &value) && json_raw(value, &text) && base64url_read(text, out);
}

/* A number of RFC 7518 2 as an INTEGER: no zeros in front there, one here when its first bit is set. */
static bool put_number(writer *w, span object, const char *name)
{
    uint8_t room[1 + PUBKEY_MAX] = {0};
    writer number = writer_of(room + 1, sizeof room - 1);
    if (!take_base64(object, name, &number) || number.n == 0 || room[1] == 0)
        return false;
    const size_t skip = room[1] & 0x80 ? 0 : 1;
    der_put(w, DER_INTEGER, span_of(room + skip, 1 + number.n - skip));
    return true;
}

static bool put_rsa(writer *w, span key)
{
    uint8_t room[PUBKEY_MAX];
    writer bits = WRITER(room);
    const der_mark pair = der_open(&bits, DER_SEQUENCE);
    const bool good = put_number(&bits, key, "n") && put_number(&bits, key, "e");
    der_close(&bits, pair);
    const der_mark info = der_open(w, DER_SEQUENCE), algorithm = der_open(w, DER_SEQUENCE);
    der_put_oid(w, "1.2.840.113549.1.1.1");
    der_put(w, DER_NULL, EMPTY);
    der_close(w, algorithm);
    der_put_bits(w, written(&bits));
    der_close(w, info);
    return good && writer_ok(&bits);
}

static bool put_point(writer *w, span key)
{
    uint8_t room[1 + P256_KEY] = {0x04};
    writer x = writer_of(room + 1, COORDINATE), y = writer_of(room + 1 + COORDINATE, COORDINATE);
    const bool good = take_base64(key, "x", &x) && take_base64(key, "y", &y) && x.n == COORDINATE && y.n == COORDINATE;
    const der_mark info = der_open(w, DER_SEQUENCE), algorithm = der_open(w, DER_SEQUENCE);
    der_put_oid(w, "1.2.840.10045.2.1");
    der_put_oid(w, "1.2.840.10045.3.1.7");
    der_close(w, algorithm);
    der_put_bits(w, SPAN(room));
    der_close(w, info);
    return good;
}

/* Empty for what is no key of the two kinds: no signature verifies with it. */
static span key_of(span entry, writer *room)
{
    span kty, crv;
    const size_t from = room->n;
    json_member(entry, "kty", &kty);
    json_member(entry, "crv", &crv);
    const bool good = json_string_is(kty, "RSA") ? put_rsa(room, entry)
                                                 : json_string_is(kty, "EC") && json_string_is(crv, "P-256") && put_point(room, entry);
    return good && writer_ok(room) ? span_of(room->p + from, room->n - from) : EMPTY;
}

/* ---- the chain ---- */

static bool read_certificate(span value, writer *room, x509_view *out)
{
    span text;
    const size_t from = room->n;
    return json_raw(value, &text) && text.n <= (X509_MAX + 2) / 3 * 4 && base64_read(text, room) &&
           x509_view_read(span_of(room->p + from, room->n - from), out);
}

/* Reads as far as it can. */
static bool read_chain(span x5c, writer *room, chain *out)
{
    bool good = json_kind_of(x5c) == JSON_ARRAY;
    size_t n = 0;
    out->n = 0;
    for (json_cursor c = json_enter(x5c); good && json_next(&c); n++) {
        good = n < AT_TOKEN_CHAIN && read_certificate(c.value, room, &out->cert[n]);
        out->n += good;
    }
    return good && n > 0;
}

static bool is_root(const x509_view *cert, const x509_view *root) { return root->der.n > 0 && span_same(cert->der, root->der); }

static bool leads_to(const chain *c, const x509_view *root)
{
    bool holds = true;
    for (size_t i = 0; holds && i + 1 < c->n; i++)
        holds = x509_view_issued(&c->cert[i], &c->cert[i + 1], i);
    return holds && (c->n == 0 || is_root(&c->cert[c->n - 1], root) || x509_view_issued(&c->cert[c->n - 1], root, c->n - 1));
}

static bool is_current(const chain *c, const x509_view *root, int64_t now)
{
    bool all = x509_view_within(root, now);
    for (size_t i = 0; i < c->n; i++)
        all = all && x509_view_within(&c->cert[i], now);
    return all;
}

static bool is_understood(const chain *c)
{
    static const char *const understood[] = {"2.5.29.37", NULL};
    bool all = true;
    for (size_t i = 0; i < c->n; i++)
        all = all && x509_view_understood(&c->cert[i], understood);
    return all;
}

static bool may_sign(const x509_view *leaf) { return !leaf->is_ca && (leaf->usage == 0 || leaf->usage & 1u << X509_DIGITAL_SIGNATURE); }

static verdict judge_chain(token_appraisal *a, span x5c, chain *c)
{
    account *const to = a->account;
    x509_view root;
    (void)x509_view_read(a->policy->root, &root); /* what can't be read issued nothing: AT-219 */
    CHECK(to, read_chain(x5c, a->room, c), AT_218);
    CHECK(to, leads_to(c, &root), AT_219);
    CHECK(to, is_current(c, &root, a->world->now), AT_220);
    CHECK(to, is_understood(c), AT_221);
    CHECK(to, c->n == 0 || may_sign(&c->cert[0]), AT_222);
    return ACCEPT;
}

/* ---- all of it ---- */

static verdict find_in_set(token_appraisal *a, span *entry)
{
    account *const to = a->account;
    span keys, kid;
    json_member(a->header, "kid", &kid);
    CHECK(to, read_set(a->evidence->keys, &keys), AT_214);
    CHECK(to, find_named(keys, kid, entry), AT_215);
    CHECK(to, is_for_this(a, *entry), AT_216);
    a->key = key_of(*entry, a->room);
    return ACCEPT;
}

verdict token_find_key(token_appraisal *a)
{
    account *const to = a->account;
    const bool has_set = a->evidence->keys.n > 0, has_root = a->policy->root.n > 0;
    chain c;
    span entry = EMPTY, x5c;
    c.n = 0;
    CHECK(to, has_set || has_root, AT_213);
    if (has_set)
        TRY(find_in_set(a, &entry));
    json_member(has_set ? entry : a->header, "x5c", &x5c);
    if (has_root)
        TRY(judge_chain(a, x5c, &c));
    else if (WEAKENED(AT_213) && !has_set)
        (void)read_chain(x5c, a->room, &c);
    const span certified = c.n ? c.cert[0].key_info : EMPTY;
    CHECK(to, !has_set || c.n == 0 || span_same(certified, a->key), AT_223);
    if (!has_set)
        a->key = certified;
    account_leave_out(to, AT_TOKEN_REVOCATION);
    return ACCEPT;
}
