#include "pem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#define FULL "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"

static size_t blocks(const char *text)
{
    uint8_t room[256];
    size_t n = 0;
    writer w = WRITER(room);
    for (span s = span_text(text); pem_next(&s, "CERTIFICATE", &w) == PEM_BLOCK; w = WRITER(room))
        n++;
    return n;
}

static void a_block_gives_its_bytes(void **state)
{
    (void)state;
    uint8_t room[64];
    writer w = WRITER(room);
    span text = span_text("explanation\n-----BEGIN CERTIFICATE-----\n" FULL "AQID\n-----END CERTIFICATE-----\nrest");
    assert_int_equal(pem_next(&text, "CERTIFICATE", &w), PEM_BLOCK);
    assert_int_equal(w.n, 51);
    assert_memory_equal(room + 48, "\1\2\3", 3);
    assert_true(span_is(text, "rest"));
}

static void blocks_come_one_after_another(void **state)
{
    (void)state;
    static const char one[] = "-----BEGIN CERTIFICATE-----\r\nAQID\r\n-----END CERTIFICATE-----\r\n";
    char two[2 * sizeof one];
    memcpy(two, one, sizeof one);
    memcpy(two + sizeof one - 1, one, sizeof one);
    assert_int_equal(blocks(one), 1);
    assert_int_equal(blocks(two), 2);
}

static pem_found first(const char *text)
{
    uint8_t room[256];
    writer w = WRITER(room);
    span s = span_text(text);
    return pem_next(&s, "CERTIFICATE", &w);
}

static void malformed_blocks_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "-----BEGIN CERTIFICATE-----\nAQID\n",
        "-----BEGIN CERTIFICATE-----\nAQID\n-----END X509 CRL-----\n",
        "-----BEGIN X509 CRL-----\nAQID\n-----END X509 CRL-----\n",
        "-----BEGIN CERTIFICATE-----\nAQ ID\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nAQ==\nAQID\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nAQI\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nProc-Type: 4\nAQID\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE\nAQID\n-----END CERTIFICATE-----\n",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(first(bad[i]), PEM_BROKEN);
        assert_true(pem_is_text(span_text(bad[i])));
    }
    static const char *const none[] = {"", "AQID\n", "\x30\x82\x01", "----BEGIN CERTIFICATE-----\n"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        assert_int_equal(first(none[i]), PEM_NONE);
        assert_false(pem_is_text(span_text(none[i])));
    }
}

static void writers_of_other_tools_are_understood(void **state)
{
    (void)state;
    static const char *const good[] = {
        "\xef\xbb\xbf-----BEGIN CERTIFICATE-----\nAQIDBAUG\n-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE----- \nAQID \t\nBAUG\n-----END CERTIFICATE-----  \n",
        "-----BEGIN CERTIFICATE-----\r\n\r\nAQIDBAUG\r\n-----END CERTIFICATE-----\r\n",
        "-----BEGIN CERTIFICATE-----\rAQIDBAUG\r-----END CERTIFICATE-----\r",
        "-----BEGIN CERTIFICATE-----\nA\nQIDB\n\nAUG\n-----END CERTIFICATE-----\n",
        "bag attributes\n-----BEGIN CERTIFICATE-----\nAQIDBAUG\n\n-----END CERTIFICATE-----\n",
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        uint8_t room[8];
        writer w = WRITER(room);
        span s = span_text(good[i]);
        assert_int_equal(pem_next(&s, "CERTIFICATE", &w), PEM_BLOCK);
        assert_int_equal(w.n, 6);
        assert_memory_equal(room, "\1\2\3\4\5\6", 6);
        assert_int_equal(pem_next(&s, "CERTIFICATE", &w), PEM_NONE);
    }
}

static void a_refused_block_leaves_everything_as_it_was(void **state)
{
    (void)state;
    uint8_t room[4] = {0};
    writer w = WRITER(room);
    span text = span_text("-----BEGIN CERTIFICATE-----\n" FULL "-----END CERTIFICATE-----\n"), before = text;
    assert_int_equal(pem_next(&text, "CERTIFICATE", &w), PEM_BROKEN);
    assert_int_equal(w.n, 0);
    assert_true(writer_ok(&w));
    assert_ptr_equal(text.p, before.p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_block_gives_its_bytes),
        cmocka_unit_test(blocks_come_one_after_another),
        cmocka_unit_test(malformed_blocks_are_refused),
        cmocka_unit_test(writers_of_other_tools_are_understood),
        cmocka_unit_test(a_refused_block_leaves_everything_as_it_was),
    };
    return cmocka_run_group_tests_name("pem", tests, NULL, NULL);
}
