/* The layouts here belong to no chapter; rows and forms borrow the numbers 1 to 3, whatever sentences those are. */
#include "layout.h"
#include "utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

enum { REQ_FORM = 1, REQ_RANGE = 2, REQ_RESERVED = 3 };

typedef struct head {
    uint64_t version, size;
    span reserved, name, rest;
} head;

static const field head_rows[] = {
    ROW_UINT_LE_IN(head, version, 2, 2, 3, RANGE),
    ROW_UINT_BE(head, size, 4),
    ROW_ZEROS(head, reserved, 2, RESERVED),
    ROW_BYTES(head, name, 3),
    ROW_REST(head, rest),
};
static const layout head_layout = LAYOUT("head", LAYOUT_BINARY, head, head_rows, FORM);

typedef struct part {
    pb_bytes data;
    pb_int final, seq;
} part;

static const field part_rows[] = {ROW_PB(part, data, 1, PB_BYTES), ROW_PB(part, final, 2, PB_BOOL),
                                  ROW_PB_IN(part, seq, 3, PB_UINT32, 0, 9, RANGE)};
static const layout part_layout = LAYOUT("part", LAYOUT_PROTOBUF, part, part_rows, FORM);

typedef struct whole {
    pb_int id;
    pb_bytes verb;
    struct {
        bool has;
        part v;
    } chunk;
    pb_pairs headers;
} whole;

static const field whole_rows[] = {ROW_PB(whole, id, 1, PB_INT64), ROW_PB(whole, verb, 2, PB_STRING),
                                   ROW_PB_MESSAGE(whole, chunk, 5, &part_layout), ROW_PB(whole, headers, 6, PB_PAIRS)};
static const layout whole_layout = LAYOUT("whole", LAYOUT_PROTOBUF, whole, whole_rows, FORM);

static span bytes_of(const char *digits)
{
    static uint8_t room[8][256];
    static size_t next;
    writer w = WRITER(room[next++ % 8]);
    assert_true(read_hex(span_text(digits), &w));
    return written(&w);
}

static void a_binary_layout_reads_and_writes_the_same_bytes(void **state)
{
    (void)state;
    span in = bytes_of("0200000001020000616263ffee");
    head h;
    assert_true(accepted(layout_read(&head_layout, in, &h, NULL)));
    assert_int_equal(h.version, 2);
    assert_int_equal(h.size, 0x0102);
    assert_true(span_is(h.name, "abc"));
    assert_int_equal(h.rest.n, 2);
    uint8_t room[32];
    writer w = WRITER(room);
    layout_write(&head_layout, &h, &w);
    assert_true(span_same(written(&w), in));
}

static void a_row_rejects_by_its_own_number(void **state)
{
    (void)state;
    head h;
    assert_int_equal(layout_read(&head_layout, bytes_of("0400000001020000616263"), &h, NULL).req, REQ_RANGE);
    assert_int_equal(layout_read(&head_layout, bytes_of("0200000001020001616263"), &h, NULL).req, REQ_RESERVED);
    for (size_t n = 0; n < 11; n++)
        assert_int_equal(layout_read(&head_layout, span_first(bytes_of("0200000001020000616263"), n), &h, NULL).req, REQ_FORM);
}

static verdict read_whole(const char *digits, whole *w, bool *canonical)
{
    return layout_read(&whole_layout, bytes_of(digits), w, canonical);
}

static void a_canonical_message_comes_back_byte_for_byte(void **state)
{
    (void)state;
    span in = bytes_of("080712034745542a090a03010203100118093206"
                       "0a01611201623200");
    whole w;
    bool canonical;
    /* the last map entry is empty: it is kept, but never written this way */
    assert_true(accepted(layout_read(&whole_layout, in, &w, &canonical)));
    assert_int_equal(w.headers.n, 2);
    assert_false(canonical);
    in = span_first(in, in.n - 2);
    assert_true(accepted(layout_read(&whole_layout, in, &w, &canonical)));
    assert_true(canonical);
    assert_true(w.chunk.has && w.chunk.v.seq.v == 9 && w.chunk.v.data.v.n == 3);
    uint8_t room[64];
    writer out = WRITER(room);
    layout_write(&whole_layout, &w, &out);
    assert_true(span_same(written(&out), in));
}

static void lenient_reading_is_that_of_the_deployed_parsers(void **state)
{
    (void)state;
    static const struct {
        const char *digits, *why;
        uint64_t id;
    } row[] = {
        {"08011002"
         "0807",
         "the last scalar wins, a known number with another wire type is unknown", 7},
        {"880007", "the tag is not minimal", 7},
        {"0887808000", "the varint is not minimal", 7},
        {"08073801", "field 7 is unknown", 7},
        {"3b3c0807", "a group is skipped", 7},
        {"3b43443c0807", "a group in a group", 7},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        whole w;
        bool canonical;
        assert_true(accepted(read_whole(row[i].digits, &w, &canonical)));
        assert_int_equal(w.id.v, row[i].id);
        assert_false(canonical);
    }
}

static void malformed_messages_are_rejected_by_the_form(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "08",         "0880",         "08ffffffffffffffffffff01",
        "1205474554", "1203ff4554",   "00",
        "0f",         "0c",           "3b",
        "3b44",       "3b0000",       "2a0308",
        "3201ff",     "12ffffffff0f", "2a030a0501",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        whole w;
        bool canonical;
        assert_int_equal(read_whole(bad[i], &w, &canonical).req, REQ_FORM);
        assert_false(canonical);
    }
}

static void nested_ranges_are_judged_and_numbers_are_cut_as_deployed(void **state)
{
    (void)state;
    whole w;
    bool canonical;
    assert_int_equal(read_whole("2a02180a", &w, &canonical).req, REQ_RANGE);
    assert_true(accepted(read_whole("2a06188980808010", &w, &canonical)));
    assert_int_equal(w.chunk.v.seq.v, 9);
    assert_false(canonical);
    assert_true(accepted(read_whole("08ffffffffffffffffff01", &w, &canonical)));
    assert_true(canonical);
    assert_int_equal(w.id.v, UINT64_MAX);
}

static void groups_nest_to_a_limit_and_cost_no_stack(void **state)
{
    (void)state;
    uint8_t deep[200];
    memset(deep, 0x3b, sizeof deep);
    whole w;
    assert_int_equal(layout_read(&whole_layout, SPAN(deep), &w, NULL).req, REQ_FORM);
}

static void every_prefix_of_a_message_is_read_without_harm(void **state)
{
    (void)state;
    span in = bytes_of("080712034745542a090a030102031001180932060a0161120162");
    for (size_t n = 0; n <= in.n; n++) {
        whole w;
        layout_read(&whole_layout, span_first(in, n), &w, NULL);
    }
}

static void a_byte_has_the_name_of_its_field(void **state)
{
    (void)state;
    char name[64];
    layout_name_at(&head_layout, bytes_of("0200000001020000616263"), 9, name, sizeof name);
    assert_string_equal(name, "head.name[1]");
    span in = bytes_of("080712034745542a090a0301020310011809");
    layout_name_at(&whole_layout, in, 12, name, sizeof name);
    assert_string_equal(name, "whole.chunk.data[3]");
    layout_name_at(&whole_layout, in, 99, name, sizeof name);
    assert_string_equal(name, "byte 99");
}

static void utf8_is_strict(void **state)
{
    (void)state;
    assert_true(is_utf8(bytes_of("61c3a9e282acf09f9880")));
    static const char *const bad[] = {"80", "c080", "c1bf", "e08080", "eda080", "f0808080", "f4908080", "f5808080", "c3", "e282", "f09f98"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(is_utf8(bytes_of(bad[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_binary_layout_reads_and_writes_the_same_bytes),
        cmocka_unit_test(a_row_rejects_by_its_own_number),
        cmocka_unit_test(a_canonical_message_comes_back_byte_for_byte),
        cmocka_unit_test(lenient_reading_is_that_of_the_deployed_parsers),
        cmocka_unit_test(malformed_messages_are_rejected_by_the_form),
        cmocka_unit_test(nested_ranges_are_judged_and_numbers_are_cut_as_deployed),
        cmocka_unit_test(groups_nest_to_a_limit_and_cost_no_stack),
        cmocka_unit_test(every_prefix_of_a_message_is_read_without_harm),
        cmocka_unit_test(a_byte_has_the_name_of_its_field),
        cmocka_unit_test(utf8_is_strict),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
