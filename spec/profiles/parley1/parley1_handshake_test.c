#include "parley1_handshake.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const uint16_t versions[] = {P1_VERSION};

static verdict answer(span hello, writer *out, p1_agreement *a, uint8_t seed)
{
    const uint8_t secret[32] = {seed, 1}, coins[P1_ANSWER_COINS] = {seed, 2}, r0[32] = {seed, 3};
    const span names[] = {span_text("chat.example")};
    const p1_served served = {versions, 1, names, 1};
    prim_pair s;
    nz_peer noise = {0};
    prim_pair_of(&prim_sodium, secret, &s);
    const verdict v = p1_server_answers(&noise, &prim_sodium, &s, &served, r0, SPAN(coins), hello, out, a);
    nz_close(&noise);
    return v;
}

static void both_sides_have_the_same_base_key(void **state)
{
    uint8_t first[2048], second[2048];
    const uint8_t coins[P1_HELLO_COINS] = {7};
    writer hello = WRITER(first), told = WRITER(second);
    nz_peer noise;
    p1_offer kept;
    p1_agreement ours, theirs;
    (void)state;
    p1_client_hello(&noise, &prim_openssl, span_text("chat.example"), SPAN(coins), &hello, &kept);
    assert_int_equal(hello.n, 2 + 6 + 13 + P1_MESSAGE1);
    assert_true(accepted(answer(written(&hello), &told, &theirs, 9)));
    assert_int_equal(told.n, P1_MESSAGE2);
    assert_true(accepted(p1_client_agrees(&noise, &prim_openssl, &kept, written(&told), &ours)));
    assert_memory_equal(ours.base, theirs.base, 32);
    assert_memory_equal(ours.h, theirs.h, 32);
    assert_memory_equal(ours.s, theirs.s, 32);
    assert_memory_equal(ours.r0, theirs.r0, 32);
    assert_int_equal(ours.version, 1);
    nz_close(&noise);
}

static void p1_024_a_changed_offer_ends_the_handshake(void **state)
{
    uint8_t first[2048], second[2048];
    const uint8_t coins[P1_HELLO_COINS] = {7};
    writer hello = WRITER(first), told = WRITER(second);
    nz_peer noise;
    p1_offer kept;
    p1_agreement a;
    (void)state;
    p1_client_hello(&noise, &prim_sodium, span_text("chat.example"), SPAN(coins), &hello, &kept);
    first[4] ^= p1_is_reserved((uint16_t)(first[4] << 8 | first[5])) ? 0x10 : 0; /* whichever place is the reserved one */
    first[6] ^= p1_is_reserved((uint16_t)(first[6] << 8 | first[7])) ? 0x10 : 0;
    assert_true(accepted(answer(written(&hello), &told, &a, 9)));
    p1_offer unchanged = kept;
    assert_int_equal(p1_client_agrees(&noise, &prim_sodium, &unchanged, written(&told), &a).req, REQ_NZ_006);
    nz_close(&noise);
}

static void p1_013_names(void **state)
{
    (void)state;
    static const char *const good[] = {"a", "chat.example", "xn--bcher-kva.example", "1.2.3.a", "a-b"};
    static const char *const bad[] = {"",    ".",   "a.", ".a", "a..b", "A", "a_b", "-a", "a-", "1.2.3.4", "a b", "a:1", "\xc3\xa4.example",
                                      "::1", "a-.b"};
    char label[66], whole[256];
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(p1_is_name(span_text(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(p1_is_name(span_text(bad[i])));
    memset(label, 'a', sizeof label);
    assert_true(p1_is_name(span_of(label, 63)));
    assert_false(p1_is_name(span_of(label, 64)));
    for (size_t i = 0; i < sizeof whole; i++)
        whole[i] = i % 64 == 63 ? '.' : 'a';
    assert_true(p1_is_name(span_of(whole, 253)));
    assert_false(p1_is_name(span_of(whole, 254)));
}

static void p1_010_every_reserved_value_and_both_places(void **state)
{
    (void)state;
    for (unsigned nibble = 0; nibble < 16; nibble++)
        for (unsigned place = 0; place < 2; place++) {
            uint8_t room[64];
            const uint8_t coins[2] = {(uint8_t)nibble, (uint8_t)place};
            p1_offer o;
            writer w = WRITER(room);
            p1_write_offer(coins, span_text("chat.example"), &w);
            assert_true(accepted(p1_read_offer(written(&w), &o)));
            assert_int_equal(o.n_versions, 2);
            assert_int_equal(o.version[place], P1_VERSION);
            assert_int_equal(o.version[1 - place], 0x0a0a + nibble * 0x1010);
            assert_true(p1_is_reserved(o.version[1 - place]));
        }
    assert_false(p1_is_reserved(1));
    assert_false(p1_is_reserved(0x1a2a));
    assert_false(p1_is_reserved(0x1a1b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_sides_have_the_same_base_key),
        cmocka_unit_test(p1_024_a_changed_offer_ends_the_handshake),
        cmocka_unit_test(p1_013_names),
        cmocka_unit_test(p1_010_every_reserved_value_and_both_places),
    };
    prim_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
