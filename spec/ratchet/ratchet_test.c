#include "ratchet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define YES(v)    assert_int_equal((v).req, REQ_NONE)
#define IS(v, ID) assert_int_equal((v).req, REQ_##ID)

static const prim *const tables[] = {&prim_sodium, &prim_openssl};
#define EACH_TABLE(p) for (const prim *p, *const *each_ = tables; each_ < tables + 2 && (p = *each_); each_++)

static void is_hex(span got, const char *digits)
{
    uint8_t want[128];
    writer w = WRITER(want);
    assert_true(read_hex(span_text(digits), &w));
    assert_int_equal(got.n, w.n);
    assert_memory_equal(got.p, want, w.n);
}

/* ---- 1. XEdDSA ---- */

typedef struct signer {
    uint8_t secret[32], key[32], coins[64], signature[64];
} signer;

static signer signer_number(uint8_t i, rt_mode mode)
{
    signer s = {{0}, {0}, {0}, {0}};
    memset(s.secret, i, 32), memset(s.coins, i + 1, 64);
    prim_sodium.x25519_public(s.secret, s.key);
    rt_sign(&prim_sodium, mode, s.secret, span_text("a text"), s.coins, s.signature);
    return s;
}

static verdict verifies(const signer *s, rt_mode mode)
{
    return rt_verify(&prim_openssl, mode, s->key, span_text("a text"), SPAN(s->signature));
}

static void strict_signatures_verify_in_both_modes(void **state)
{
    (void)state;
    for (uint8_t i = 1; i < 40; i++) {
        const signer s = signer_number(i, RT_STRICT);
        assert_int_equal(s.signature[63] & 0x80, 0);
        YES(verifies(&s, RT_STRICT));
        YES(verifies(&s, RT_COMPAT));
    }
}

static void rt_005_compat_signatures_carry_the_sign_and_verify_in_compat_mode(void **state)
{
    (void)state;
    int with_sign = 0;
    for (uint8_t i = 1; i < 40; i++) {
        const signer s = signer_number(i, RT_COMPAT);
        const bool sign = s.signature[63] & 0x80;
        YES(verifies(&s, RT_COMPAT));
        assert_int_equal(accepted(verifies(&s, RT_STRICT)), !sign);
        with_sign += sign;
    }
    assert_in_range(with_sign, 10, 30);
}

static void rt_010_each_changed_byte_of_a_signature_is_refused(void **state)
{
    (void)state;
    for (int mode = RT_STRICT; mode <= RT_COMPAT; mode++) {
        signer s = signer_number(7, (rt_mode)mode);
        for (size_t i = 0; i < 64; i++) {
            s.signature[i] ^= 1;
            assert_false(accepted(verifies(&s, (rt_mode)mode)));
            s.signature[i] ^= 1;
        }
        YES(verifies(&s, (rt_mode)mode));
        s.key[0] ^= 1;
        IS(verifies(&s, (rt_mode)mode), RT_010);
    }
}

static void add_order(uint8_t s[32])
{
    static const uint8_t order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,       0xd6,
                                      0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10};
    unsigned carry = 0;
    for (size_t i = 0; i < 32; i++, carry >>= 8) {
        carry += (unsigned)s[i] + order[i];
        s[i] = (uint8_t)carry;
    }
}

static void rt_008_and_009_a_larger_s_is_refused_but_for_one_in_compat_mode(void **state)
{
    (void)state;
    signer s = signer_number(7, RT_STRICT);
    add_order(s.signature + 32);
    IS(verifies(&s, RT_STRICT), RT_008);
    YES(verifies(&s, RT_COMPAT));
    s.signature[63] |= 0x20;
    IS(verifies(&s, RT_COMPAT), RT_009);
}

static void rt_006_and_007_length_and_key_are_looked_at_first(void **state)
{
    (void)state;
    signer s = signer_number(7, RT_STRICT);
    IS(rt_verify(&prim_sodium, RT_STRICT, s.key, EMPTY, span_of(s.signature, 63)), RT_006);
    s.key[31] |= 0x80;
    IS(verifies(&s, RT_STRICT), RT_007);
    YES(verifies(&s, RT_COMPAT));
}

/* The agreement and signature of libsignal's own unit test. */
static void a_signature_of_the_deployed_library_verifies(void **state)
{
    (void)state;
    static const uint8_t key[32] = {0xab, 0x7e, 0x71, 0x7d, 0x4a, 0x16, 0x3b, 0x7d, 0x9a, 0x1d, 0x80, 0x71, 0xdf, 0xe9, 0xdc, 0xf8,
                                    0xcd, 0xcd, 0x1c, 0xea, 0x33, 0x39, 0xb6, 0x35, 0x6b, 0xe8, 0x4d, 0x88, 0x7e, 0x32, 0x2c, 0x64};
    static const uint8_t message[33] = {0x05, 0xed, 0xce, 0x9d, 0x9c, 0x41, 0x5c, 0xa7, 0x8c, 0xb7, 0x25,
                                        0x2e, 0x72, 0xc2, 0xc4, 0xa5, 0x54, 0xd3, 0xeb, 0x29, 0x48, 0x5a,
                                        0x0e, 0x1d, 0x50, 0x31, 0x18, 0xd1, 0xa8, 0x2d, 0x99, 0xfb, 0x4a};
    static const uint8_t signature[64] = {0x5d, 0xe8, 0x8c, 0xa9, 0xa8, 0x9b, 0x4a, 0x11, 0x5d, 0xa7, 0x91, 0x09, 0xc6, 0x7c, 0x9c, 0x74,
                                          0x64, 0xa3, 0xe4, 0x18, 0x02, 0x74, 0xf1, 0xcb, 0x8c, 0x63, 0xc2, 0x98, 0x4e, 0x28, 0x6d, 0xfb,
                                          0xed, 0xe8, 0x2d, 0xeb, 0x9d, 0xcd, 0x9f, 0xae, 0x0b, 0xfb, 0xb8, 0x21, 0x56, 0x9b, 0x3d, 0x90,
                                          0x01, 0xbd, 0x81, 0x30, 0xcd, 0x11, 0xd4, 0x86, 0xce, 0xf0, 0x47, 0xbd, 0x60, 0xb8, 0x6e, 0x88};
    YES(rt_verify(&prim_sodium, RT_COMPAT, key, SPAN(message), SPAN(signature)));
}

/* ---- 3. The Double Ratchet ---- */

static const rt_policy policy = {"agreement", "WhisperRatchet", "WhisperMessageKeys", 10, 5, 3};

static void message_keys_are_the_known_ones(void **state)
{
    (void)state;
    EACH_TABLE (lib) {
        uint8_t seed[32], pq[32], keys[80];
        const rt_world w = {lib, &policy, EMPTY};
        memset(seed, 4, 32), memset(pq, 5, 32);
        rt_message_keys(&w, seed, EMPTY, keys);
        is_hex(SPAN(keys), "d80931b5369a28c524e78c6a15f951b48e78b710d07e20f6aa6ac4bdb5984fc1"
                           "0d1322bb0af1e2bb1aef75c3f75354ab95f4b69f1a4b8645afda025345ab0359"
                           "88313923f2c22d3429a603ddfbfa74d5");
        rt_message_keys(&w, seed, SPAN(pq), keys);
        is_hex(SPAN(keys), "1ec764ab65b615825131bc6f6e897fb1565ca96d378434edb0b68e70adb1be4d"
                           "6d2564970bd0213ab189b2d121342f94022d46e1eb0dd69b20376b599d899025"
                           "7ca35a22a75c01af58555076b0eb3d71");
    }
}

/* Two ends of a ratchet. */
typedef struct end {
    rt_ratchet ratchet;
    rt_store store;
    rt_skipped slots[3 * 5];
    uint8_t drawn;
} end;

typedef struct sent {
    rt_header header;
    uint8_t seed[32];
} sent;

static end ends[2];
static uint8_t coins[32];

static rt_world world_of(int who)
{
    memset(coins, ++ends[who].drawn + 100 * who, 32);
    return (rt_world){tables[who], &policy, SPAN(coins)};
}

static void starts(rt_mode mode)
{
    rt_agreed agreed;
    uint8_t prekey[32] = {77}, share[32];
    memset(&agreed, 9, sizeof agreed);
    memset(ends, 0, sizeof ends);
    prim_sodium.x25519_public(prekey, share);
    for (int who = 0; who < 2; who++)
        ends[who].store.slots = ends[who].slots;
    const rt_world w = world_of(0);
    YES(rt_start_initiator(&ends[0].ratchet, &w, mode, &agreed, share));
    rt_start_responder(&ends[1].ratchet, &w, mode, &agreed, prekey);
}

static sent says(int who)
{
    sent s;
    const rt_world w = world_of(who);
    YES(rt_send(&ends[who].ratchet, &w, &s.header, s.seed));
    return s;
}

static verdict takes(int who, const sent *m)
{
    rt_step s;
    const rt_world w = world_of(who);
    const verdict v = rt_prepare(&ends[who].ratchet, &ends[who].store, &w, &m->header, &s);
    if (!accepted(v))
        return v;
    assert_memory_equal(s.seed, m->seed, 32);
    rt_commit(&ends[who].ratchet, &ends[who].store, &w, &s);
    return v;
}

static void passes(int from)
{
    const sent m = says(from);
    YES(takes(!from, &m));
}

static void turns(int n)
{
    while (n--)
        passes(0), passes(1);
}

static void each_turn_brings_a_new_share(void **state)
{
    (void)state;
    starts(RT_STRICT);
    sent last = says(0);
    YES(takes(1, &last));
    for (int i = 0; i < 10; i++) {
        passes(1);
        const sent m = says(0);
        assert_memory_not_equal(m.header.ratchet, last.header.ratchet, 32);
        YES(takes(1, &m));
        last = m;
    }
}

static void every_subset_and_order_of_four_messages_opens(void **state)
{
    (void)state;
    for (unsigned order = 0; order < 24; order++)
        for (unsigned drop = 0; drop < 16; drop++) {
            unsigned left[] = {0, 1, 2, 3}, code = order;
            sent m[4];
            starts(order % 2 ? RT_STRICT : RT_COMPAT);
            m[0] = says(0), m[1] = says(0);
            YES(takes(1, &m[0]));
            passes(1);
            m[2] = says(0), m[3] = says(0);
            for (unsigned n = 4; n > 0; n--) {
                const unsigned i = left[code % n];
                left[code % n] = left[n - 1];
                code /= n;
                if (i && drop >> i & 1)
                    YES(takes(1, &m[i]));
            }
            turns(2);
        }
}

static void rt_028_a_jump_of_the_limit_is_taken_and_one_more_is_not(void **state)
{
    (void)state;
    starts(RT_STRICT);
    sent m;
    for (int i = 0; i <= 10; i++)
        m = says(0);
    const sent beyond = says(0);
    IS(takes(1, &beyond), RT_028);
    YES(takes(1, &m));
    YES(takes(1, &beyond));
    sent last = beyond;
    last.header.n = UINT32_MAX;
    IS(takes(1, &last), RT_028);
}

static void rt_029_a_chain_that_claims_to_be_longer_than_the_limit_is_refused_in_strict_mode(void **state)
{
    (void)state;
    for (int mode = RT_STRICT; mode <= RT_COMPAT; mode++) {
        starts((rt_mode)mode);
        turns(1);
        sent m = says(0);
        m.header.previous = 13;
        if (mode == RT_STRICT)
            IS(takes(1, &m), RT_029);
        else
            YES(takes(1, &m));
    }
}

static void rt_030_a_key_serves_once_skipped_or_not(void **state)
{
    (void)state;
    starts(RT_STRICT);
    const sent skipped = says(0), next = says(0);
    YES(takes(1, &next));
    IS(takes(1, &next), RT_030);
    YES(takes(1, &skipped));
    IS(takes(1, &skipped), RT_030);
    passes(0);
}

static void rt_044_the_newest_skipped_keys_are_kept(void **state)
{
    (void)state;
    sent m[8];
    starts(RT_COMPAT);
    for (int i = 0; i < 8; i++)
        m[i] = says(0);
    YES(takes(1, &m[3]));
    YES(takes(1, &m[7]));
    IS(takes(1, &m[0]), RT_030); /* 0 1 2 and 4 5 6 were skipped, five are kept */
    for (int i = 1; i < 7; i++)
        if (i != 3)
            YES(takes(1, &m[i]));
}

/* An old share that is forgotten looks like a new one, and leads to another key: the MAC will not fit. */
static void is_strange(int who, const sent *m)
{
    rt_step s;
    const rt_world w = world_of(who);
    YES(rt_prepare(&ends[who].ratchet, &ends[who].store, &w, &m->header, &s));
    assert_memory_not_equal(s.seed, m->seed, 32);
    rt_abandon(&s);
}

static void rt_043_the_oldest_chain_goes_with_its_keys(void **state)
{
    (void)state;
    for (int mode = RT_STRICT; mode <= RT_COMPAT; mode++) {
        starts((rt_mode)mode);
        turns(1);
        const sent held = says(0), lost = says(0);
        passes(0);
        passes(1);
        turns(1);
        YES(takes(1, &held)); /* one chain of three back */
        turns(2);
        is_strange(1, &lost);
    }
}

static void rt_039_and_040_a_strict_chain_ends_where_its_sender_says(void **state)
{
    (void)state;
    starts(RT_STRICT);
    turns(1);
    passes(0);
    const sent held = says(0);
    passes(1);
    passes(0);
    const rt_receiving *old = &ends[1].ratchet.secret.receiving[1];
    assert_false(old->open);
    assert_true(all_zero(SPAN(old->chain.key)));
    sent beyond = held;
    beyond.header.n = 3;
    IS(takes(1, &beyond), RT_030);
    YES(takes(1, &held));
}

static void rt_036_and_037_the_length_of_the_chain_before_is_told(void **state)
{
    (void)state;
    for (int mode = RT_STRICT; mode <= RT_COMPAT; mode++) {
        starts((rt_mode)mode);
        passes(0), passes(0), passes(0);
        passes(1);
        assert_int_equal(says(0).header.previous, mode == RT_STRICT ? 3 : 2);
    }
}

static void rt_026_and_027_shares_are_judged(void **state)
{
    (void)state;
    starts(RT_STRICT);
    passes(0);
    passes(1);
    sent m = says(0);
    memset(m.header.ratchet, 0, 32);
    IS(takes(1, &m), RT_026);
    memset(m.header.ratchet, 0xff, 32);
    IS(takes(1, &m), RT_027);
    starts(RT_COMPAT);
    m = says(0);
    m.header.ratchet[31] |= 0x80;
    YES(takes(1, &m));
    starts(RT_STRICT);
    m = says(0);
    m.header.ratchet[31] |= 0x80;
    IS(takes(1, &m), RT_027);
}

static void forged_shares_leave_no_trace(void **state)
{
    (void)state;
    starts(RT_STRICT);
    turns(2);
    const end before = ends[1];
    for (int i = 0; i < 100; i++) {
        rt_step s;
        sent forged = says(0);
        memset(forged.header.ratchet, i, 31);
        const rt_world w = world_of(1);
        (void)rt_prepare(&ends[1].ratchet, &ends[1].store, &w, &forged.header, &s);
        rt_abandon(&s);
    }
    assert_memory_equal(&before.ratchet, &ends[1].ratchet, sizeof before.ratchet);
    assert_memory_equal(before.slots, ends[1].slots, sizeof before.slots);
    rt_close(&ends[1].ratchet, &ends[1].store, &policy);
    assert_true(all_zero(SPAN(ends[1].slots)));
}

int main(void)
{
    prim_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strict_signatures_verify_in_both_modes),
        cmocka_unit_test(rt_005_compat_signatures_carry_the_sign_and_verify_in_compat_mode),
        cmocka_unit_test(rt_010_each_changed_byte_of_a_signature_is_refused),
        cmocka_unit_test(rt_008_and_009_a_larger_s_is_refused_but_for_one_in_compat_mode),
        cmocka_unit_test(rt_006_and_007_length_and_key_are_looked_at_first),
        cmocka_unit_test(a_signature_of_the_deployed_library_verifies),
        cmocka_unit_test(message_keys_are_the_known_ones),
        cmocka_unit_test(each_turn_brings_a_new_share),
        cmocka_unit_test(every_subset_and_order_of_four_messages_opens),
        cmocka_unit_test(rt_028_a_jump_of_the_limit_is_taken_and_one_more_is_not),
        cmocka_unit_test(rt_029_a_chain_that_claims_to_be_longer_than_the_limit_is_refused_in_strict_mode),
        cmocka_unit_test(rt_030_a_key_serves_once_skipped_or_not),
        cmocka_unit_test(rt_044_the_newest_skipped_keys_are_kept),
        cmocka_unit_test(rt_043_the_oldest_chain_goes_with_its_keys),
        cmocka_unit_test(rt_039_and_040_a_strict_chain_ends_where_its_sender_says),
        cmocka_unit_test(rt_036_and_037_the_length_of_the_chain_before_is_told),
        cmocka_unit_test(rt_026_and_027_shares_are_judged),
        cmocka_unit_test(forged_shares_leave_no_trace),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
