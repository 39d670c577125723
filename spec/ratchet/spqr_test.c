#include "spqr_chain.h"

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

static void fill(uint8_t *p, uint8_t byte, size_t n) { memset(p, byte, n); }

/* ---- known answers, computed by two programs that share no code with this one ---- */

static void the_chain_gives_the_known_answers(void **state)
{
    (void)state;
    EACH_TABLE (lib) {
        uint8_t auth[32], key[32];
        uint32_t n;
        pq_chain c;
        pq_secret s = {.there = true, .epoch = 1};
        fill(auth, 1, 32), fill(s.key, 2, 32);
        pq_chain_start(lib, &c, true, auth);
        is_hex(SPAN(c.secret.root), "e8a5d1173bd2660e0d8c5dd8f6b2d22d04943960a0bf2c56a2d4d510abf58efe");
        is_hex(SPAN(c.secret.at[0].sending.next), "70d43fa8d23315418240b8f0d72c024bc474ed35050cecfdce858bde7c9ec639");
        is_hex(SPAN(c.secret.at[0].receiving.next), "ce18ffda583780fc4dc8fb48ccb4284b06c44fedfdba243b0f69543debf7bdd2");
        YES(pq_chain_send(lib, &c, 0, &n, key));
        assert_int_equal(n, 1);
        is_hex(SPAN(key), "700b97354b793511493cb8acd878a928a2afa36c622ba0dfd5ad7ee979374328");
        pq_chain_add(lib, &c, &s);
        is_hex(SPAN(c.secret.root), "724f70f4520548f917490eae1a861ff2d4a7d7f335d028294ef3997f4abb8baa");
        is_hex(SPAN(c.secret.at[1].sending.next), "437cc0e4ed6be8d68a73b25c4f7088e235d7b979613da3e602e1bed63df3ba42");
        is_hex(SPAN(c.secret.at[1].receiving.next), "3a6579ef5ed2f6983dba0e61559e9beed0ea5c3395fe2120fcdbae36f6a5d4ba");
    }
}

static void the_authenticator_gives_the_known_answers(void **state)
{
    (void)state;
    EACH_TABLE (lib) {
        pq_authenticator a = {{0}, {0}};
        uint8_t key[32], header[64] = {0}, out[32];
        fill(key, 1, 32);
        pq_auth_update(lib, &a, 1, SPAN(key));
        is_hex(SPAN(a.root), "06b206a42866647aa9b1527c0ff8c9f8fe3c6b48202267ad1c86949798405a1f");
        is_hex(SPAN(a.mac), "d960a42f12657de634cbbb2d4778ff893b0d9904fc62d5fb4cf2bb8d4a4bb278");
        pq_auth_header(lib, &a, 1, header, out);
        is_hex(SPAN(out), "e5092d990a9b1f76518872c3ea0d5d18f8840eff9b7dcc266f96f845a77225e3");
        fill(key, 3, 32);
        pq_epoch_secret(lib, 1, key, out);
        is_hex(SPAN(out), "9e1d539706ab70b7a58821e4ca79d46c0f3f124b3704d8cadc96b16a7a81475a");
    }
}

static void known_payload(uint8_t payload[96])
{
    for (int i = 0; i < 3; i++)
        prim_digest(&prim_sodium, PRIM_SHA256, span_of(&"abc"[i], 1), payload + 32 * i);
}

static void the_code_gives_the_known_answers(void **state)
{
    (void)state;
    uint8_t payload[96], chunk[32];
    known_payload(payload);
    pq_chunk_at(SPAN(payload), 3, chunk);
    is_hex(SPAN(chunk), "dac9450763729e62aca78b63cbaae8dc1fa837fa018c71aceb81fc8ad828a7e0");
    pq_chunk_at(SPAN(payload), 7, chunk);
    is_hex(SPAN(chunk), "7532e34109e978b5f43cf5cc9e2c777226186401a32d8c2e8e281926161d25d5");
    pq_chunk_at(SPAN(payload), 1000, chunk);
    is_hex(SPAN(chunk), "dd9bf6f5149dc1554a23037979f1bbabb732d41e10049f7afb38f3c1981d5a92");
}

/* ---- the code ---- */

static void any_three_chunks_of_seven_give_the_payload_back(void **state)
{
    (void)state;
    uint8_t payload[96], chunk[32], back[96];
    known_payload(payload);
    for (unsigned set = 0; set < 1u << 7; set++) {
        pq_decoder d = {.need = 3};
        for (unsigned i = 0; i < 7; i++)
            if (set >> i & 1) {
                pq_chunk_at(SPAN(payload), (uint16_t)(i * 9001), chunk);
                pq_decoder_add(&d, (uint16_t)(i * 9001), chunk);
            }
        assert_int_equal(pq_decoder_full(&d), __builtin_popcount(set) >= 3);
        if (!pq_decoder_full(&d))
            continue;
        pq_decode(&d, back);
        assert_memory_equal(back, payload, sizeof payload);
    }
}

static void a_chunk_of_an_index_that_is_there_changes_nothing(void **state)
{
    (void)state;
    uint8_t payload[96], chunk[32], other[32] = {9}, back[96];
    pq_decoder d = {.need = 3};
    known_payload(payload);
    for (uint16_t i = 0; i < 3; i++) {
        pq_chunk_at(SPAN(payload), (uint16_t)(10 + i), chunk);
        pq_decoder_add(&d, (uint16_t)(10 + i), chunk);
        pq_decoder_add(&d, (uint16_t)(10 + i), other);
    }
    pq_decode(&d, back);
    assert_memory_equal(back, payload, sizeof payload);
}

/* ---- two sides that braid ---- */

enum { KEPT = 200, JUMP = 300 };
static const rt_policy policy = {"", "", "", JUMP, KEPT, 5};

typedef struct side {
    pq_peer peer;
    pq_store store;
    rt_skipped slots[PQ_EPOCHS * (KEPT + 1)];
    uint64_t drawn; /* coins: a counter, hashed */
} side;

typedef struct wire_message {
    uint8_t bytes[PQ_MESSAGE_MAX];
    size_t n;
    uint8_t key[32];
    size_t n_key;
} wire_message;

static side sides[2];

static rt_world world_of(int who) { return (rt_world){tables[who], &policy, EMPTY}; }

static void starts_as(rt_mode mode, pq_version least0, pq_version least1)
{
    uint8_t auth[32];
    fill(auth, 7, 32);
    for (int who = 0; who < 2; who++) {
        memset(&sides[who], 0, sizeof sides[who]);
        sides[who].store.slots = sides[who].slots;
        sides[who].drawn = (uint64_t)who << 32;
        pq_start(&sides[who].peer, tables[who], mode, who ? least1 : least0, who == 0, auth);
    }
}

static void starts(void) { starts_as(RT_STRICT, PQ_V1, PQ_V1); }

static wire_message says(int who)
{
    wire_message m = {.n = 0};
    uint8_t coins[64];
    writer w = WRITER(m.bytes);
    const rt_world world = world_of(who);
    const uint64_t drawn = ++sides[who].drawn;
    prim_digest(&prim_sodium, PRIM_SHA512, span_of(&drawn, sizeof drawn), coins);
    YES(pq_send(&sides[who].peer, &world, SPAN(coins), &w, m.key, &m.n_key));
    m.n = w.n;
    return m;
}

static verdict takes(int who, const wire_message *m)
{
    pq_step step;
    const rt_world world = world_of(who);
    const verdict v = pq_prepare(&sides[who].peer, &sides[who].store, &world, (pb_bytes){m->n != 0, span_of(m->bytes, m->n)}, &step);
    if (accepted(v)) {
        assert_int_equal(step.n_key, m->n_key);
        assert_memory_equal(step.key, m->key, m->n_key);
        pq_commit(&sides[who].peer, &sides[who].store, &world, &step);
    }
    return v;
}

static void passes(int from)
{
    const wire_message m = says(from);
    YES(takes(!from, &m));
}

static uint64_t chance;
static unsigned toss(unsigned n)
{
    chance ^= chance >> 12, chance ^= chance << 25, chance ^= chance >> 27;
    return (unsigned)((chance * 0x2545f4914f6cdd1du) >> 33) % n;
}

static void ping_pong_reaches_epoch_after_epoch(void **state)
{
    (void)state;
    starts();
    for (int i = 0; i < 500; i++)
        passes(0), passes(1);
    assert_true(sides[0].peer.braid.epoch > 10);
    assert_true(sides[1].peer.braid.epoch > 10);
}

/* Loss and reordering: messages wait in a pool, from which any may come next or vanish. */
static void chat_over_a_bad_link(unsigned loss)
{
    enum { POOL = 8 };
    static wire_message pool[2][POOL];
    size_t used[2] = {0};
    starts();
    chance = 88172645463325252u + loss;
    for (int i = 0; i < 6000; i++) {
        const int from = (int)toss(2);
        if (used[from] == POOL || (used[from] && toss(2))) {
            const size_t at = toss(4) ? toss((unsigned)used[from]) : 0; /* nothing waits for ever */
            if (toss(100) >= loss)
                YES(takes(!from, &pool[from][at]));
            memmove(&pool[from][at], &pool[from][at + 1], (--used[from] - at) * sizeof pool[0][0]);
        } else {
            pool[from][used[from]++] = says(from);
        }
    }
}

static void lost_and_reordered_messages_do_no_harm(void **state)
{
    (void)state;
    chat_over_a_bad_link(0);
    assert_true(sides[0].peer.braid.epoch > 20);
    chat_over_a_bad_link(30);
    assert_true(sides[0].peer.braid.epoch > 10);
    chat_over_a_bad_link(60);
    assert_true(sides[0].peer.braid.epoch > 4);
}

static void each_state_of_the_braid_is_visited(void **state)
{
    (void)state;
    bool seen[PQ_STATES] = {false};
    starts();
    chance = 1;
    for (int i = 0; i < 5000; i++) {
        const int from = (int)toss(2);
        const wire_message m = says(from);
        seen[sides[from].peer.braid.state] = true;
        if (toss(3))
            YES(takes(!from, &m));
        seen[sides[!from].peer.braid.state] = true;
    }
    for (int s = 0; s < PQ_STATES; s++)
        assert_true(seen[s]);
}

/* ---- keys ---- */

static void rt_084_a_key_is_taken_once(void **state)
{
    (void)state;
    starts();
    const wire_message m = says(0);
    YES(takes(1, &m));
    IS(takes(1, &m), RT_084);
    passes(0);
}

static void rt_086_skipped_keys_are_kept_and_each_serves_once(void **state)
{
    (void)state;
    wire_message m[KEPT + 2];
    starts();
    for (int i = 0; i < KEPT + 2; i++)
        m[i] = says(0);
    YES(takes(1, &m[KEPT + 1]));
    IS(takes(1, &m[0]), RT_084); /* one more than are kept */
    for (int i = KEPT; i > 0; i--) {
        YES(takes(1, &m[i]));
        IS(takes(1, &m[i]), RT_084);
    }
}

static void rt_083_a_jump_of_the_limit_is_taken_and_one_more_is_not(void **state)
{
    (void)state;
    starts();
    passes(0);
    wire_message m;
    for (int i = 0; i < JUMP; i++)
        m = says(0);
    const wire_message beyond = says(0);
    IS(takes(1, &beyond), RT_083);
    YES(takes(1, &m));
    YES(takes(1, &beyond));
}

static void chats_to_epoch(uint64_t epoch)
{
    starts();
    while (sides[1].peer.braid.epoch < epoch || sides[0].peer.braid.epoch < epoch)
        passes(0), passes(1);
}

static void rt_082_messages_of_the_epoch_before_open_and_older_ones_do_not(void **state)
{
    (void)state;
    chats_to_epoch(2);
    const wire_message old = says(0), older = says(0);
    while (sides[0].peer.braid.epoch < 3 || sides[1].peer.braid.epoch < 3)
        passes(0), passes(1);
    YES(takes(1, &old));
    while (sides[0].peer.braid.epoch < 4 || sides[1].peer.braid.epoch < 4)
        passes(0), passes(1);
    passes(1);
    IS(takes(1, &older), RT_082);
    passes(0);
}

static void rt_068_a_message_of_a_later_epoch_is_rejected(void **state)
{
    (void)state;
    chats_to_epoch(2);
    wire_message m = says(0);
    assert_int_equal(m.bytes[1], 2);
    m.bytes[1] = 3;
    IS(takes(1, &m), RT_068);
    m.bytes[1] = 9;
    IS(takes(1, &m), RT_068);
    passes(0);
}

static void rt_080_closed_epochs_leave_no_keys(void **state)
{
    (void)state;
    chats_to_epoch(6);
    for (size_t i = 0; i < PQ_EPOCHS; i++) {
        const pq_epoch *e = &sides[0].peer.chain.secret.at[i];
        assert_true(!e->open ? all_zero(span_of(e, sizeof *e)) : e->epoch + 1 >= sides[0].peer.chain.sending);
        if (e->open && e->epoch < sides[0].peer.chain.sending)
            assert_true(all_zero(SPAN(e->sending.next)));
    }
}

/* ---- pieces that are wrong ---- */

static uint8_t *chunk_of(wire_message *m) { return m->bytes + m->n - PQ_CHUNK; }

/* Corrupts the first chunk of a kind and plays on until somebody refuses; the state then stays where it was. */
static uint16_t refused_after_corrupting(pq_type type)
{
    bool done = false;
    starts();
    for (int i = 0; i < 400; i++)
        for (int from = 0; from < 2; from++) {
            wire_message m = says(from);
            if (!done && m.bytes[3] == type)
                chunk_of(&m)[0] ^= 1, done = true;
            const pq_peer before = sides[!from].peer;
            const verdict v = takes(!from, &m);
            if (!accepted(v)) {
                assert_true(done);
                assert_memory_equal(&before, &sides[!from].peer, sizeof before);
                return v.req;
            }
        }
    return REQ_NONE;
}

static void rt_071_to_073_a_corrupt_chunk_is_refused_when_the_last_one_arrives(void **state)
{
    (void)state;
    assert_int_equal(refused_after_corrupting(PQ_HDR), REQ_RT_071);
    assert_int_equal(refused_after_corrupting(PQ_EK_CHUNK), REQ_RT_072);
    assert_int_equal(refused_after_corrupting(PQ_CT1_CHUNK), REQ_RT_073);
    assert_int_equal(refused_after_corrupting(PQ_CT2_CHUNK), REQ_RT_073);
}

/* ---- bytes ---- */

static verdict takes_hex(const char *digits)
{
    wire_message m = {.n = 0};
    writer w = WRITER(m.bytes);
    assert_true(read_hex(span_text(digits), &w));
    m.n = w.n;
    return takes(1, &m);
}

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

static void rt_050_malformed_messages_are_rejected(void **state)
{
    (void)state;
    static const char *const bad[] = {"00010100",
                                      "02010100",
                                      "01000100",
                                      "010101",
                                      "01",
                                      "01010107",
                                      "0101010100",
                                      "01ffffffffffffffffffff0101",
                                      "0101ffffffff1f00",
                                      ("0101010180800400" ZEROS)};
    starts();
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        IS(takes_hex(bad[i]), RT_050);
    passes(0);
}

static void rt_051_only_the_shortest_form_is_taken_and_nothing_behind(void **state)
{
    (void)state;
    starts();
    wire_message m = says(1); /* nothing to send: 01 01 01 00 */
    assert_int_equal(m.n, 4);
    m.bytes[m.n++] = 0;
    IS(takes(0, &m), RT_051);
    memcpy(m.bytes, "\x01\x81\x00\x01\x00", 5);
    IS(takes(0, &m), RT_051);
    sides[0].peer.mode = RT_COMPAT;
    YES(takes(0, &m));
}

static void rt_052_an_index_of_zero_needs_a_side_that_may_fall_back(void **state)
{
    (void)state;
    starts();
    IS(takes_hex("01010000"), RT_052);
    starts_as(RT_COMPAT, PQ_V0, PQ_V0);
    YES(takes_hex("01010000"));
    starts_as(RT_COMPAT, PQ_V0, PQ_V0);
    chats_to_epoch(1);
}

/* ---- versions ---- */

static void sides_that_may_fall_back_agree_on_keys_once_both_have_spoken(void **state)
{
    (void)state;
    starts_as(RT_COMPAT, PQ_V0, PQ_V0);
    wire_message m = says(0);
    assert_int_equal(m.n_key, 0);
    YES(takes(1, &m));
    m = says(1);
    assert_int_equal(m.n_key, 32);
    YES(takes(0, &m));
    m = says(0);
    assert_int_equal(m.n_key, 32);
    YES(takes(1, &m));
}

static void rt_049_nothing_is_nothing_only_before_anything_was_heard(void **state)
{
    (void)state;
    const wire_message nothing = {.n = 0};
    starts();
    IS(takes(1, &nothing), RT_049);
    starts_as(RT_COMPAT, PQ_V1, PQ_V0);
    passes(0);
    IS(takes(1, &nothing), RT_049);
    passes(0);
    starts_as(RT_COMPAT, PQ_V1, PQ_V0);
    YES(takes(1, &nothing));
    assert_int_equal(says(1).n, 0);
    YES(takes(1, &nothing));
}

static void closing_leaves_nothing(void **state)
{
    (void)state;
    chats_to_epoch(3);
    says(0);
    passes(0);
    pq_close(&sides[1].peer, &sides[1].store, &policy);
    assert_true(all_zero(SPAN(sides[1].slots)));
    assert_true(all_zero(span_of(&sides[1].peer, sizeof sides[1].peer)));
}

int main(void)
{
    prim_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_chain_gives_the_known_answers),
        cmocka_unit_test(the_authenticator_gives_the_known_answers),
        cmocka_unit_test(the_code_gives_the_known_answers),
        cmocka_unit_test(any_three_chunks_of_seven_give_the_payload_back),
        cmocka_unit_test(a_chunk_of_an_index_that_is_there_changes_nothing),
        cmocka_unit_test(ping_pong_reaches_epoch_after_epoch),
        cmocka_unit_test(lost_and_reordered_messages_do_no_harm),
        cmocka_unit_test(each_state_of_the_braid_is_visited),
        cmocka_unit_test(rt_084_a_key_is_taken_once),
        cmocka_unit_test(rt_086_skipped_keys_are_kept_and_each_serves_once),
        cmocka_unit_test(rt_083_a_jump_of_the_limit_is_taken_and_one_more_is_not),
        cmocka_unit_test(rt_082_messages_of_the_epoch_before_open_and_older_ones_do_not),
        cmocka_unit_test(rt_068_a_message_of_a_later_epoch_is_rejected),
        cmocka_unit_test(rt_080_closed_epochs_leave_no_keys),
        cmocka_unit_test(rt_071_to_073_a_corrupt_chunk_is_refused_when_the_last_one_arrives),
        cmocka_unit_test(rt_050_malformed_messages_are_rejected),
        cmocka_unit_test(rt_051_only_the_shortest_form_is_taken_and_nothing_behind),
        cmocka_unit_test(rt_052_an_index_of_zero_needs_a_side_that_may_fall_back),
        cmocka_unit_test(sides_that_may_fall_back_agree_on_keys_once_both_have_spoken),
        cmocka_unit_test(rt_049_nothing_is_nothing_only_before_anything_was_heard),
        cmocka_unit_test(closing_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
