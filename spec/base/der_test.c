#include "der.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static span hex(const char *digits)
{
    static uint8_t room[8][1024];
    static unsigned next;
    uint8_t *out = room[next++ % 8];
    writer w = writer_of(out, sizeof room[0]);
    assert_true(read_hex(span_text(digits), &w));
    return written(&w);
}

static bool reads(const char *digits) { return der_well_formed(hex(digits)); }

static void lengths_have_one_form(void **state)
{
    (void)state;
    assert_true(reads("0500"));
    assert_true(reads("040161"));
    assert_false(reads("04810161"));   /* long form of a short length */
    assert_false(reads("0482000161")); /* with a leading zero */
    assert_false(reads("0480610000")); /* indefinite */
    assert_false(reads("30800000"));
    assert_false(reads("04850000000001")); /* more length bytes than we take */
    assert_false(reads("04ff"));
}

static void a_length_of_128_takes_the_long_form(void **state)
{
    (void)state;
    uint8_t long_form[3 + 128] = {0x04, 0x81, 0x80}, two[4 + 256] = {0x04, 0x82, 0x01, 0x00};
    assert_true(der_well_formed(SPAN(long_form)));
    assert_true(der_well_formed(SPAN(two)));
    two[2] = 0, two[3] = 0xff; /* fits one length byte */
    assert_false(der_well_formed(span_of(two, 4 + 255)));
}

static void nothing_may_follow_a_value(void **state)
{
    (void)state;
    assert_false(reads("050000"));
    assert_false(reads("05000500"));
    assert_false(reads("300205000500"));
    assert_false(reads(""));
}

static void every_truncation_is_refused(void **state)
{
    (void)state;
    span whole = hex("300f060355040302010530050401610500");
    assert_true(der_well_formed(whole));
    for (size_t n = 0; n < whole.n; n++) {
        uint8_t *exact = malloc(n ? n : 1); /* an exact allocation, so that a sanitizer sees one byte too many */
        assert_non_null(exact);
        memcpy(exact, whole.p, n);
        assert_false(der_well_formed(span_of(exact, n)));
        free(exact);
    }
}

static void a_tag_that_der_does_not_have_is_refused(void **state)
{
    (void)state;
    assert_false(reads("1f8100"));
    assert_false(reads("bf810500"));
    assert_false(reads("0000"));       /* the end-of-contents mark */
    assert_false(reads("2403040161")); /* a constructed string */
    assert_false(reads("1000"));       /* a primitive sequence */
}

static void depth_is_bounded(void **state)
{
    (void)state;
    for (size_t depth = 1; depth <= DER_DEPTH_MAX + 2; depth++) {
        uint8_t nest[2 * (DER_DEPTH_MAX + 2)];
        for (size_t i = 0; i < depth; i++) {
            nest[2 * i] = DER_SEQUENCE;
            nest[2 * i + 1] = (uint8_t)(2 * (depth - i - 1));
        }
        assert_int_equal(der_well_formed(span_of(nest, 2 * depth)), depth <= DER_DEPTH_MAX);
    }
}

static void entering_too_deep_fails_the_reader(void **state)
{
    (void)state;
    uint8_t nest[2 * (DER_DEPTH_MAX + 1)];
    for (size_t i = 0; i <= DER_DEPTH_MAX; i++) {
        nest[2 * i] = DER_SEQUENCE;
        nest[2 * i + 1] = (uint8_t)(2 * (DER_DEPTH_MAX - i));
    }
    der_reader r = der_of(SPAN(nest));
    for (size_t i = 0; i < DER_DEPTH_MAX; i++) {
        r = der_enter(&r, DER_SEQUENCE);
        assert_false(r.failed);
    }
    assert_true(der_enter(&r, DER_SEQUENCE).failed);
}

static void a_failed_reader_stays_failed(void **state)
{
    (void)state;
    der_reader r = der_of(hex("0201050101ff"));
    assert_int_equal(der_take(&r, DER_BOOLEAN).n, 0);
    assert_int_equal(der_take(&r, DER_INTEGER).n, 0);
    assert_int_equal(der_peek(&r), 0);
    assert_false(der_done(&r));
}

static void items_show_content_and_the_signed_whole(void **state)
{
    (void)state;
    der_reader r = der_of(hex("3003020105"));
    der_item item = der_next(&r);
    assert_true(der_done(&r));
    assert_int_equal(item.whole.n, 5);
    assert_int_equal(item.content.n, 3);
    der_reader inside = der_of(item.content);
    uint64_t five = 0;
    assert_true(der_uint(der_take(&inside, DER_INTEGER), &five));
    assert_int_equal(five, 5);
    assert_true(der_done(&inside));
}

static void an_integer_is_minimal_and_not_negative(void **state)
{
    (void)state;
    uint64_t value;
    assert_true(der_uint(hex("00"), &value));
    assert_true(der_uint(hex("7f"), &value));
    assert_int_equal(value, 127);
    assert_true(der_uint(hex("00d9"), &value));
    assert_int_equal(value, 217);
    assert_true(der_uint(hex("00ffffffffffffffff"), &value));
    assert_true(value == UINT64_MAX);
    assert_false(der_uint(EMPTY, &value));
    assert_false(der_uint(hex("80"), &value));
    assert_false(der_uint(hex("0001"), &value));
    assert_false(der_uint(hex("010000000000000000"), &value));
    assert_false(der_uint(hex("00ffffffffffffffffff"), &value));
}

static void identifiers_match_arc_by_arc(void **state)
{
    (void)state;
    assert_true(der_oid_is(hex("2b060104019c780104"), "1.3.6.1.4.1.3704.1.4"));
    assert_false(der_oid_is(hex("2b060104019c780103"), "1.3.6.1.4.1.3704.1.4"));
    assert_false(der_oid_is(hex("2b060104019c78010401"), "1.3.6.1.4.1.3704.1.4"));
    assert_true(der_oid_is(hex("550403"), "2.5.4.3"));
}

static bool is_time(uint8_t tag, const char *text, int64_t *at) { return der_time((der_item){.tag = tag, .content = span_text(text)}, at); }

static void a_time_has_seconds_and_a_zone(void **state)
{
    (void)state;
    int64_t at = 0;
    assert_true(is_time(DER_UTC_TIME, "260601000000Z", &at));
    assert_int_equal(at, 1780272000);
    assert_true(is_time(DER_UTC_TIME, "500101000000Z", &at));
    assert_int_equal(at, -631152000);
    assert_true(is_time(DER_UTC_TIME, "491231235959Z", &at));
    assert_int_equal(at, 2524607999);
    assert_true(is_time(DER_GENERALIZED_TIME, "20500101000000Z", &at));
    assert_int_equal(at, 2524608000);
    static const char *const wrong[] = {"",
                                        "2606010000Z",
                                        "260601000000",
                                        "260601000000+0000",
                                        "260601000000Z ",
                                        "26060100000Z",
                                        "260631000000Z",
                                        "260601000000.0Z",
                                        "20260601000000Z"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(is_time(DER_UTC_TIME, wrong[i], &at));
    assert_false(is_time(DER_GENERALIZED_TIME, "260601000000Z", &at));
    assert_false(is_time(DER_OCTET_STRING, "260601000000Z", &at));
    uint8_t room[32];
    for (int64_t t = -631152000; t < 4102444800; t += 86399 * 37) {
        writer w = WRITER(room);
        der_put_time(&w, t);
        der_reader r = der_of(written(&w));
        assert_true(der_time(der_next(&r), &at));
        assert_int_equal(at, t);
    }
}

static void a_bit_string_of_whole_bytes(void **state)
{
    (void)state;
    span bytes;
    assert_true(der_bits(hex("00aabb"), &bytes));
    assert_true(span_same(bytes, hex("aabb")));
    assert_true(der_bits(hex("00"), &bytes));
    assert_int_equal(bytes.n, 0);
    assert_false(der_bits(hex("01aa"), &bytes));
    assert_false(der_bits(EMPTY, &bytes));
    assert_int_equal(bytes.n, 0);
}

static void writes_sequence(writer *w, size_t n_octets)
{
    static const uint8_t octets[70000];
    der_mark outer = der_open(w, DER_SEQUENCE);
    der_put_oid(w, "2.5.4.3");
    der_put(w, DER_OCTET_STRING, span_of(octets, n_octets));
    der_put_bits(w, hex("aa"));
    der_close(w, outer);
}

static void what_is_written_reads_back(void **state)
{
    (void)state;
    static uint8_t buffer[70000];
    static const size_t sizes[] = {0, 1, 115, 116, 117, 118, 127, 128, 240, 250, 255, 256, 4096, 65000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        writer w = WRITER(buffer);
        writes_sequence(&w, sizes[i]);
        assert_true(writer_ok(&w));
        der_reader r = der_of(written(&w)), in = der_enter(&r, DER_SEQUENCE);
        assert_true(der_oid_is(der_take(&in, DER_OID), "2.5.4.3"));
        assert_int_equal(der_take(&in, DER_OCTET_STRING).n, sizes[i]);
        assert_true(span_same(der_take(&in, DER_BIT_STRING), hex("00aa")));
        assert_true(der_done(&in) && der_done(&r));
    }
}

static void a_writer_without_room_says_so(void **state)
{
    (void)state;
    uint8_t buffer[300];
    for (size_t cap = 0; cap < 300; cap++) {
        writer w = writer_of(buffer, cap);
        writes_sequence(&w, 250);
        assert_int_equal(writer_ok(&w), cap >= 266);
    }
    static uint8_t large[80000];
    writer w = WRITER(large);
    writes_sequence(&w, 70000);
    assert_false(writer_ok(&w));
}

static void written_integers_are_minimal(void **state)
{
    (void)state;
    static const struct {
        uint64_t value;
        const char *der;
    } rows[] = {{0, "020100"},     {127, "02017f"},         {128, "02020080"},
                {217, "020200d9"}, {0x20002, "0203020002"}, {UINT64_MAX, "020900ffffffffffffffff"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t buffer[16];
        writer w = WRITER(buffer);
        der_put_uint(&w, rows[i].value);
        assert_true(span_same(written(&w), hex(rows[i].der)));
    }
}

static void times_take_the_form_that_their_year_demands(void **state)
{
    (void)state;
    static const struct {
        int64_t at;
        const char *text;
    } rows[] = {{0, "700101000000Z"},           {1736975394, "250115210954Z"},   {951782400, "000229000000Z"},
                {2524607999, "491231235959Z"},  {2524608000, "20500101000000Z"}, {-631152000, "500101000000Z"},
                {-631152001, "19491231235959Z"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t buffer[24];
        char want[24] = {0};
        size_t n = 0;
        for (const char *c = rows[i].text; *c; c++)
            if (*c != ' ')
                want[n++] = *c;
        writer w = WRITER(buffer);
        der_put_time(&w, rows[i].at);
        der_reader r = der_of(written(&w));
        assert_true(span_is(der_take(&r, n == 13 ? DER_UTC_TIME : DER_GENERALIZED_TIME), want));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths_have_one_form),
        cmocka_unit_test(a_length_of_128_takes_the_long_form),
        cmocka_unit_test(nothing_may_follow_a_value),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(a_tag_that_der_does_not_have_is_refused),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(entering_too_deep_fails_the_reader),
        cmocka_unit_test(a_failed_reader_stays_failed),
        cmocka_unit_test(items_show_content_and_the_signed_whole),
        cmocka_unit_test(an_integer_is_minimal_and_not_negative),
        cmocka_unit_test(identifiers_match_arc_by_arc),
        cmocka_unit_test(a_time_has_seconds_and_a_zone),
        cmocka_unit_test(a_bit_string_of_whole_bytes),
        cmocka_unit_test(what_is_written_reads_back),
        cmocka_unit_test(a_writer_without_room_says_so),
        cmocka_unit_test(written_integers_are_minimal),
        cmocka_unit_test(times_take_the_form_that_their_year_demands),
    };
    return cmocka_run_group_tests_name("der", tests, NULL, NULL);
}
