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
    for (span s = span_text(text); pem_next(&s, "CERTIFICATE", &w); w = WRITER(room))
        n++;
    return n;
}

static void a_block_gives_its_bytes(void **state)
{
    (void)state;
    uint8_t room[64];
    writer w = WRITER(room);
    span text = span_text("explanation\n-----BEGIN CERTIFICATE-----\n" FULL "AQID\n-----END CERTIFICATE-----\nrest");
    assert_true(pem_next(&text, "CERTIFICATE", &w));
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

static void malformed_blocks_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "AQID\n",
        "-----BEGIN CERTIFICATE-----\nAQID\n",
        "-----BEGIN CERTIFICATE-----\nAQID\n-----END X509 CRL-----\n",
        "-----BEGIN X509 CRL-----\nAQID\n-----END X509 CRL-----\n",
        "-----BEGIN CERTIFICATE-----\nAQ ID\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nAQID\nAQID\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\n\nAQID\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nAQI\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nProc-Type: 4\nAQID\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE----- \nAQID\n-----END CERTIFICATE-----\n",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(blocks(bad[i]), 0);
}

static void a_refused_block_leaves_everything_as_it_was(void **state)
{
    (void)state;
    uint8_t room[4] = {0};
    writer w = WRITER(room);
    span text = span_text("-----BEGIN CERTIFICATE-----\n" FULL "-----END CERTIFICATE-----\n"), before = text;
    assert_false(pem_next(&text, "CERTIFICATE", &w));
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
        cmocka_unit_test(a_refused_block_leaves_everything_as_it_was),
    };
    return cmocka_run_group_tests_name("pem", tests, NULL, NULL);
}
