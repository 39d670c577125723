#include "base64.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static bool reads(bool read(span, writer *), const char *text, const char *wanted)
{
    uint8_t room[32];
    writer w = WRITER(room);
    return read(span_text(text), &w) && span_is(written(&w), wanted);
}

/* RFC 4648 section 10. */
static const char *const pairs[][3] = {{"", "", ""},
                                       {"f", "Zg==", "Zg"},
                                       {"fo", "Zm8=", "Zm8"},
                                       {"foo", "Zm9v", "Zm9v"},
                                       {"foob", "Zm9vYg==", "Zm9vYg"},
                                       {"fooba", "Zm9vYmE=", "Zm9vYmE"},
                                       {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
                                       {"~~~???", "fn5+Pz8/", "fn5-Pz8_"}};

static void the_published_pairs_are_read_and_written(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        uint8_t room[16], other[16];
        writer w = WRITER(room), u = WRITER(other);
        base64_write(&w, span_text(pairs[i][0]));
        base64url_write(&u, span_text(pairs[i][0]));
        assert_true(span_is(written(&w), pairs[i][1]));
        assert_true(span_is(written(&u), pairs[i][2]));
        assert_true(reads(base64_read, pairs[i][1], pairs[i][0]));
        assert_true(reads(base64url_read, pairs[i][2], pairs[i][0]));
    }
}

static void bytes_have_only_one_text(void **state)
{
    (void)state;
    static const char *const bad[] = {"Zg",       "Zg=",    "Zh==",  "Zm9=",  "Zm8",      "=",        "==",   "====", "Z===",
                                      "Zg==Zg==", "Zm9v\n", " Zm9v", "Zm 9v", "Zm9v====", "fn5-Pz8_", "Zm9*", "Z"};
    static const char *const bad_url[] = {"Zg==", "Zh", "Zm9", "Z", "fn5+Pz8/", "Zm9v=", "Zm9vZ", "Zm9v\n"};
    uint8_t room[32];
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        writer w = WRITER(room);
        if (base64_read(span_text(bad[i]), &w))
            fail_msg("accepted: %s", bad[i]);
    }
    for (size_t i = 0; i < sizeof bad_url / sizeof *bad_url; i++) {
        writer w = WRITER(room);
        if (base64url_read(span_text(bad_url[i]), &w))
            fail_msg("accepted: %s", bad_url[i]);
    }
}

static void without_room_nothing_is_read(void **state)
{
    (void)state;
    uint8_t room[5];
    writer w = WRITER(room);
    assert_false(base64_read(span_text("Zm9vYmFy"), &w));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_pairs_are_read_and_written),
        cmocka_unit_test(bytes_have_only_one_text),
        cmocka_unit_test(without_room_nothing_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
