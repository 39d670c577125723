#include "id_block.h"
#include "x509.h"

#include <string.h>

/* ---- 10. The ID block ---- */

enum { ECDSA_P384 = 1, P384 = 2 };

#define B at_id_block
static const field block_fields[] = {
    ROW_BYTES(B, measurement, AT_MEASUREMENT),   ROW_BYTES(B, family_id, 16),  ROW_BYTES(B, image_id, 16),
    ROW_UINT_LE_IN(B, version, 4, 1, 1, AT_082), ROW_UINT_LE(B, guest_svn, 4), ROW_UINT_LE(B, policy, 8),
};
#undef B

#define A at_id_auth
static const field auth_fields[] = {
    ROW_UINT_LE_IN(A, id_key_algo, 4, ECDSA_P384, ECDSA_P384, AT_083),
    ROW_UINT_LE(A, author_key_algo, 4),
    ROW_BYTES(A, reserved_008, 56),
    ROW_BYTES(A, block_signature, AT_ID_SIGNATURE),
    ROW_BYTES(A, id_key, AT_ID_KEY),
    ROW_BYTES(A, reserved_644, 60),
    ROW_BYTES(A, key_signature, AT_ID_SIGNATURE),
    ROW_BYTES(A, author_key, AT_ID_KEY),
    ROW_BYTES(A, reserved_c84, 892),
};
#undef A

#define K at_id_key
static const field key_fields[] = {ROW_UINT_LE(K, curve, 4), ROW_BYTES(K, x, 48),         ROW_BYTES(K, x_padding, 24),
                                   ROW_BYTES(K, y, 48),      ROW_BYTES(K, y_padding, 24), ROW_BYTES(K, reserved, 880)};
#undef K

const layout at_id_block_layout = LAYOUT("id_block", LAYOUT_BINARY, at_id_block, block_fields, AT_080);
const layout at_id_auth_layout = LAYOUT("id_auth", LAYOUT_BINARY, at_id_auth, auth_fields, AT_081);
/* A part of the page above, so it always has its length. */
const layout at_id_key_layout = {.name = "id_key",
                                 .encoding = LAYOUT_BINARY,
                                 .req = REQ_AT_081,
                                 .fields = key_fields,
                                 .n_fields = sizeof key_fields / sizeof *key_fields,
                                 .n_struct = sizeof(at_id_key)};

typedef struct identity {
    const prim *prim;
    at_id_block block;
    at_id_auth auth;
    at_id_key id_key, author_key;
    bool authored; /* an author key vouches for the ID key */
    account *account;
} identity;

static verdict read_keys(identity *i)
{
    TRY(layout_read(&at_id_key_layout, i->auth.id_key, &i->id_key, NULL));
    TRY(layout_read(&at_id_key_layout, i->auth.author_key, &i->author_key, NULL));
    CHECK(i->account, !i->authored || i->auth.author_key_algo == ECDSA_P384, AT_084);
    CHECK(i->account, i->id_key.curve == P384 && (!i->authored || i->author_key.curve == P384), AT_085);
    return ACCEPT;
}

static bool key_is_clean(const at_id_key *k) { return all_zero(k->x_padding) && all_zero(k->y_padding) && all_zero(k->reserved); }

/* r, its padding, s, its padding, and the rest. */
static bool signature_is_clean(span s) { return all_zero(span_first(span_from(s, 48), 24)) && all_zero(span_from(s, 120)); }

static bool is_clean(const identity *i)
{
    const bool author = !i->authored || (key_is_clean(&i->author_key) && signature_is_clean(i->auth.key_signature));
    return author && key_is_clean(&i->id_key) && signature_is_clean(i->auth.block_signature) && all_zero(i->auth.reserved_008) &&
           all_zero(i->auth.reserved_644) && all_zero(i->auth.reserved_c84);
}

static bool is_of_the_report(const at_id_block *b, const at_snp_report *r)
{
    return span_same(b->measurement, r->measurement) && span_same(b->family_id, r->family_id) && span_same(b->image_id, r->image_id) &&
           b->guest_svn == r->guest_svn && b->policy == r->policy;
}

static void reversed(span le, uint8_t be[48])
{
    for (size_t i = 0; i < 48; i++)
        be[i] = le.p[47 - i];
}

static bool verifies(const at_id_key *key, span message, span signature)
{
    uint8_t point[97] = {4}, r[48], s[48];
    reversed(key->x, point + 1);
    reversed(key->y, point + 49);
    reversed(span_first(signature, 48), r);
    reversed(span_first(span_from(signature, 72), 48), s);
    return ecdsa_p384_verify(point, message, r, s);
}

static bool is_digest_of(const prim *p, span key, span digest)
{
    uint8_t want[AT_KEY_DIGEST];
    prim_digest(p, PRIM_SHA384, key, want);
    return span_same(digest, SPAN(want));
}

static verdict judge_author(const identity *i, const at_snp_report *r)
{
    if (!i->authored)
        return ACCEPT;
    CHECK(i->account, is_digest_of(i->prim, i->auth.author_key, r->author_key_digest), AT_090);
    CHECK(i->account, verifies(&i->author_key, i->auth.id_key, i->auth.key_signature), AT_091);
    return ACCEPT;
}

verdict at_judge_id_block(const prim *p, span block, span auth, const at_snp_report *r, account *noted)
{
    identity i = {.prim = p, .authored = (r->key_info & AT_KEY_INFO_AUTHOR) != 0, .account = noted};
    TRY(layout_read_noting(&at_id_block_layout, block, &i.block, noted));
    TRY(layout_read_noting(&at_id_auth_layout, auth, &i.auth, noted));
    TRY(read_keys(&i));
    CHECK(noted, is_clean(&i), AT_086);
    CHECK(noted, is_of_the_report(&i.block, r), AT_087);
    CHECK(noted, is_digest_of(p, i.auth.id_key, r->id_key_digest), AT_088);
    CHECK(noted, verifies(&i.id_key, block, i.auth.block_signature), AT_089);
    return judge_author(&i, r);
}
