#include "ratchet.h"

#include <string.h>

/* ---- 2. The first agreement ---- */

/* What goes into the KDF, in order: 32 bytes of 0xff, three or four agreements, the KEM's secret. */
typedef struct input {
    uint8_t bytes[6 * 32];
    size_t n;
} input;

static void append(input *in, span s)
{
    must(s.n == 32 && in->n + 32 <= sizeof in->bytes);
    memcpy(in->bytes + in->n, s.p, 32);
    in->n += 32;
}

/* The agreements in their order; a role knows one secret and one share of each. */
typedef struct pair {
    const uint8_t *secret, *share;
} pair;

static verdict append_agreement(const rt_world *w, input *in, const pair *p)
{
    uint8_t agreed[32];
    prim_agree(w->prim, p->secret, p->share, agreed);
    REQUIRE(!all_zero(SPAN(agreed)), RT_019);
    append(in, SPAN(agreed));
    wipe(agreed, sizeof agreed);
    return ACCEPT;
}

static void start(input *in)
{
    static const uint8_t ones[32] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    static const uint8_t zeros[32];
    in->n = 0;
    append(in, EMIT_OR(RT_012, SPAN(ones), SPAN(zeros)));
}

/* Without a KEM there is no third part. */
static void derive(const rt_world *w, input *in, span kem_secret, rt_agreed *out)
{
    uint8_t prk[PRIM_HASH_MAX], all[sizeof *out] = {0};
    if (kem_secret.n)
        append(in, EMIT_OR(RT_017, kem_secret, span_of(in->bytes, 32)));
    prim_hkdf_extract(w->prim, PRIM_SHA256, EMPTY, span_of(in->bytes, in->n), prk);
    prim_hkdf_expand(w->prim, PRIM_SHA256, span_of(prk, 32), EMIT(RT_020, span_text(w->policy->agreement_label)), all,
                     kem_secret.n ? 96 : 64);
    const size_t root = EMIT_OR(RT_021, 0, 32);
    memcpy(out->root, all + root, 32);
    memcpy(out->chain, all + (32 - root), 32);
    memcpy(out->pq, EMIT_OR(RT_022, all + 64, all), 32);
    wipe(prk, sizeof prk);
    wipe(all, sizeof all);
}

static verdict agree(const rt_world *w, const pair pairs[4], span kem_secret, rt_agreed *out, input *in)
{
    start(in);
    TRY(append_agreement(w, in, &pairs[EMIT_OR(RT_013, 0, 1)]));
    TRY(append_agreement(w, in, &pairs[EMIT_OR(RT_014, 1, 0)]));
    TRY(append_agreement(w, in, &pairs[EMIT_OR(RT_015, 2, 0)]));
    if (pairs[3].secret && pairs[3].share)
        TRY(append_agreement(w, in, &pairs[EMIT_OR(RT_016, 3, 2)]));
    derive(w, in, kem_secret, out);
    return ACCEPT;
}

verdict rt_agree_initiator(const rt_world *w, const rt_initiator *k, rt_agreed *out)
{
    const pair pairs[4] = {{k->identity_secret, k->their_signed_prekey},
                           {k->base_secret, k->their_identity},
                           {k->base_secret, k->their_signed_prekey},
                           {k->base_secret, k->their_one_time.p}};
    input in;
    const verdict v = agree(w, pairs, k->kem_secret, out, &in);
    wipe(&in, sizeof in);
    return v;
}

/* Whatever its sign, the point behind u is of prime order or it is not: either y serves. */
static bool honest_share(const uint8_t u[32])
{
    uint8_t point[32];
    prim_edwards_of_montgomery(u, false, point);
    return prim_montgomery_canonical(u) && prim_edwards_prime_order(point);
}

verdict rt_agree_responder(const rt_world *w, const rt_responder *k, rt_agreed *out)
{
    const pair pairs[4] = {{k->signed_prekey_secret, k->their_identity},
                           {k->identity_secret, k->their_base},
                           {k->signed_prekey_secret, k->their_base},
                           {k->one_time_secret.p, k->their_base}};
    input in;
    REQUIRE(honest_share(k->their_base), RT_018);
    const verdict v = agree(w, pairs, k->kem_secret, out, &in);
    wipe(&in, sizeof in);
    return v;
}
