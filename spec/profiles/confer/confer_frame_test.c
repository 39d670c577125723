#include "confer_fixture.h"

static cf_own_storage store;
_Static_assert(sizeof(cf_assembly) <= CF_BLOCK, "an assembly fits into a block");

static void begin(void)
{
    static cf_server nobody;
    cf_server_end(&nobody, cf_own(&store));
}

static bool complete;
static span whole;

static verdict feed(uint64_t id, uint64_t index, uint64_t total, span payload)
{
    const cf_frame f = {number(id), number(index), number(total), {true, payload}};
    return cf_assemble(cf_own(&store), &f, &complete, &whole);
}

static verdict feeds(uint64_t id, uint64_t index, uint64_t total, const char *payload)
{
    return feed(id, index, total, span_text(payload));
}

static void takes(uint64_t id, uint64_t index, uint64_t total, const char *payload, const char *wanted)
{
    assert_verdict(feeds(id, index, total, payload), 0);
    assert_int_equal(complete, wanted != NULL);
    if (wanted)
        assert_true(span_is(whole, wanted));
}

static void frames_of_several_messages_come_in_any_order(void **state)
{
    (void)state;
    begin();
    takes(1, 0, 1, "one", "one");
    takes(1, 2, 3, "c", NULL);
    takes(2, 1, 2, "y", NULL);
    takes(1, 0, 3, "a", NULL);
    takes(3, 0, 1, "alone", "alone");
    takes(2, 0, 2, "x", "xy");
    takes(1, 1, 3, "b", "abc");
    takes(1, 0, 2, "again", NULL);
    takes(1, 1, 2, "", "again");
    takes(4, 0, 1, "", "");
    takes(5, 1, 2, "", NULL);
    takes(5, 0, 2, "", "");
}

static void every_order_of_four_frames_gives_the_same_message(void **state)
{
    (void)state;
    static const char *const part[] = {"alpha", "", "gamma", "d"};
    for (int order = 0; order < 256; order++) {
        const int place[4] = {order & 3, order >> 2 & 3, order >> 4 & 3, order >> 6};
        if ((1 << place[0] | 1 << place[1] | 1 << place[2] | 1 << place[3]) != 15)
            continue;
        begin();
        for (int i = 0; i < 4; i++)
            takes(UINT64_MAX, (uint64_t)place[i], 4, part[place[i]], i == 3 ? "alphagammad" : NULL);
    }
}

static void ids_are_any_64_bits_and_absent_is_zero(void **state)
{
    (void)state;
    begin();
    static const uint64_t ids[] = {0, UINT64_MAX, UINT64_C(1) << 63, INT64_MAX};
    for (size_t i = 0; i < 4; i++)
        takes(ids[i], 1, 2, "b", NULL);
    const cf_frame absent = {.total_chunks = number(2), .payload = words("a")};
    assert_verdict(cf_assemble(cf_own(&store), &absent, &complete, &whole), 0);
    assert_true(complete && span_is(whole, "ab"));
    for (size_t i = 1; i < 4; i++)
        takes(ids[i], 0, 2, "a", "ab");
}

static void total_is_at_least_one(void **state)
{
    (void)state;
    begin();
    assert_verdict(feeds(1, 0, 0, "x"), REQ_CF_052);
    const cf_frame empty = {.chunk_id = {0}};
    assert_verdict(cf_assemble(cf_own(&store), &empty, &complete, &whole), REQ_CF_052);
    takes(1, 0, 1, "x", "x");
}

static void total_ends_at_256(void **state)
{
    (void)state;
    begin();
    assert_verdict(feeds(1, 0, 257, "x"), REQ_CF_053);
    assert_verdict(feeds(1, 0, UINT64_C(1) << 31, "x"), REQ_CF_053);
    assert_verdict(feeds(1, 0, UINT32_MAX, "x"), REQ_CF_053);
    for (uint64_t i = 0; i < 256; i++)
        assert_verdict(feeds(1, i, 256, "x"), 0);
    assert_true(complete);
    assert_int_equal(whole.n, 256);
}

static void an_index_is_below_its_total(void **state)
{
    (void)state;
    begin();
    assert_verdict(feeds(1, 1, 1, "x"), REQ_CF_054);
    assert_verdict(feeds(1, UINT32_MAX, 1, "x"), REQ_CF_054);
    takes(1, 0, 2, "a", NULL);
    assert_verdict(feeds(1, 2, 2, "x"), REQ_CF_054);
    takes(1, 1, 2, "b", "ab");
}

static void the_total_of_a_message_does_not_change(void **state)
{
    (void)state;
    begin();
    takes(1, 0, 3, "a", NULL);
    assert_verdict(feeds(1, 1, 2, "b"), REQ_CF_055);
    assert_verdict(feeds(1, 0, 1, "b"), REQ_CF_055);
    takes(1, 1, 3, "b", NULL);
    takes(1, 2, 3, "c", "abc");
}

static void a_chunk_is_taken_once(void **state)
{
    (void)state;
    begin();
    takes(1, 0, 2, "a", NULL);
    assert_verdict(feeds(1, 0, 2, "a"), REQ_CF_056);
    assert_verdict(feeds(1, 0, 2, "b"), REQ_CF_056);
    takes(1, 1, 2, "b", "ab");
}

static void the_bytes_of_a_message_are_limited(void **state)
{
    (void)state;
    begin();
    const span payload = span_of(store.scratch.text, CF_PAYLOAD_MAX);
    const size_t last = CF_MESSAGE_MAX - 16 * CF_PAYLOAD_MAX;
    for (uint64_t i = 0; i < 16; i++)
        assert_verdict(feed(1, i, 17, payload), 0);
    assert_verdict(feed(1, 16, 17, span_first(payload, last + 1)), REQ_CF_057);
    assert_verdict(feed(1, 16, 17, span_first(payload, last)), 0);
    assert_true(complete);
    assert_int_equal(whole.n, CF_MESSAGE_MAX);
}

static void eight_messages_may_be_unfinished(void **state)
{
    (void)state;
    begin();
    for (uint64_t id = 0; id < CF_ASSEMBLIES_MAX; id++)
        takes(id, 0, 2, "a", NULL);
    assert_verdict(feeds(100, 0, 2, "a"), REQ_CF_058);
    takes(100, 0, 1, "whole", "whole");
    takes(3, 1, 2, "b", "ab");
    takes(100, 0, 2, "a", NULL);
    for (uint64_t id = 1000; id < 21000; id++)
        assert_verdict(feeds(id, 0, 2, "a"), REQ_CF_058);
}

/* ---- memory ---- */

static void memory_is_lent_as_bytes_arrive_and_comes_back(void **state)
{
    static const uint8_t much[3 * CF_BLOCK] = {1};
    cf_storage *st = cf_own(&store);
    (void)state;
    begin();
    takes(1, 0, 1, "one", "one");
    assert_int_equal(st->lent, 0);
    takes(1, 0, 3, "a", NULL);
    assert_int_equal(st->lent, 2);
    assert_verdict(feed(1, 1, 3, span_of(much, CF_BLOCK - 1)), 0);
    assert_int_equal(st->lent, 2);
    takes(2, 0, 2, "", NULL);
    assert_int_equal(st->lent, 3);
    assert_verdict(feed(1, 2, 3, SPAN(much)), 0);
    assert_true(complete && whole.n == 1 + CF_BLOCK - 1 + sizeof much && whole.p[0] == 'a' && whole.p[1] == 1);
    assert_int_equal(st->lent, 1);
    takes(2, 1, 2, "b", "b");
    assert_int_equal(st->lent, 0);
    cf_scratch_wipe(&store.scratch);
    assert_true(is_wiped(&store));
}

static void sessions_share_a_pool_until_it_is_empty(void **state)
{
    static cf_block block[3];
    static cf_scratch scratch;
    cf_pool pool = {.fresh = block, .n_fresh = 3};
    cf_storage one = {.scratch = &scratch, .pool = &pool}, other = one;
    cf_server nobody = {0};
    const cf_frame first = {number(1), number(0), number(2), words("a")}, second = {number(2), number(0), number(2), words("b")},
                   rest = {number(1), number(1), number(2), words("c")};
    (void)state;
    assert_verdict(cf_assemble(&one, &first, &complete, &whole), 0);
    assert_verdict(cf_assemble(&other, &first, &complete, &whole), REQ_CF_058);
    assert_int_equal(other.lent, 0);
    assert_verdict(cf_assemble(&one, &second, &complete, &whole), REQ_CF_058);
    assert_verdict(cf_assemble(&one, &rest, &complete, &whole), 0);
    assert_true(complete && span_is(whole, "ac"));
    assert_verdict(cf_assemble(&other, &first, &complete, &whole), 0);
    cf_server_end(&nobody, &other);
    assert_int_equal(pool.n_back + pool.n_fresh, 3);
}

/* What is written reads back the same, and writing it again gives the same bytes. */
static void frames_are_written_canonically_and_read_leniently(void **state)
{
    (void)state;
    uint8_t room[128];
    bool canonical;
    cf_frame f = {number(UINT64_MAX), number(0), number(1), words("x")}, back;
    writer w = WRITER(room);
    layout_write(&cf_frame_layout, &f, &w);
    assert_hex(written(&w), "08ffffffffffffffffff01100018012201"
                            "78");
    assert_verdict(layout_read(&cf_frame_layout, written(&w), &back, &canonical), 0);
    assert_true(canonical && back.chunk_id.v == UINT64_MAX && back.chunk_index.has && span_is(back.payload.v, "x"));

    /* an unknown field, a total said twice, a long varint, another order */
    static const uint8_t odd[] = {0x22, 1, 'x', 0x18, 9, 0x18, 0x81, 0x00, 0xfa, 0x01, 2, 1, 2, 0x10, 0x00, 0x2d, 1, 2, 3, 4};
    assert_verdict(layout_read(&cf_frame_layout, SPAN(odd), &back, &canonical), 0);
    assert_true(!canonical && back.total_chunks.v == 1 && !back.chunk_id.has && back.chunk_index.has && span_is(back.payload.v, "x"));
    static const uint8_t broken[] = {0x22, 5, 'x'};
    assert_verdict(layout_read(&cf_frame_layout, SPAN(broken), &back, &canonical), REQ_CF_049);
}

static void the_recorded_messages_have_these_fields(void **state)
{
    (void)state;
    static const uint8_t request[] = {0x08, 7, 0x12, 3, 'G', 'E', 'T', 0x1a, 5, '/', 'p', 'i', 'n', 'g'};
    static const uint8_t response[] = {0x08, 7, 0x10, 0xc8, 0x01, 0x1a, 4, 'P', 'O', 'N', 'G'};
    cf_request q;
    cf_response r;
    bool canonical;
    assert_verdict(layout_read(&cf_request_layout, SPAN(request), &q, &canonical), 0);
    assert_true(canonical && q.id.v == 7 && span_is(q.verb.v, "GET") && span_is(q.path.v, "/ping") && !q.body.has && !q.chunk.has);
    assert_verdict(layout_read(&cf_response_layout, SPAN(response), &r, &canonical), 0);
    assert_true(canonical && r.id.v == 7 && r.status.v == 200 && span_is(r.body.v, "PONG") && r.headers.n == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_of_several_messages_come_in_any_order),
        cmocka_unit_test(every_order_of_four_frames_gives_the_same_message),
        cmocka_unit_test(ids_are_any_64_bits_and_absent_is_zero),
        cmocka_unit_test(total_is_at_least_one),
        cmocka_unit_test(total_ends_at_256),
        cmocka_unit_test(an_index_is_below_its_total),
        cmocka_unit_test(the_total_of_a_message_does_not_change),
        cmocka_unit_test(a_chunk_is_taken_once),
        cmocka_unit_test(the_bytes_of_a_message_are_limited),
        cmocka_unit_test(eight_messages_may_be_unfinished),
        cmocka_unit_test(memory_is_lent_as_bytes_arrive_and_comes_back),
        cmocka_unit_test(sessions_share_a_pool_until_it_is_empty),
        cmocka_unit_test(frames_are_written_canonically_and_read_leniently),
        cmocka_unit_test(the_recorded_messages_have_these_fields),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
