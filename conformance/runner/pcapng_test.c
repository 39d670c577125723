/* A capture is made of whole blocks, whose packets are whole IP packets; the dissector names every field of its layouts. */
#include "pcapng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static uint32_t le32(const page *p, size_t at)
{
    const uint8_t *b = (const uint8_t *)p->p + at;
    return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

/* Blocks of this type; each has its length in front and behind, a multiple of four. */
static unsigned count_blocks(const page *p, uint32_t type)
{
    unsigned n = 0;
    size_t at = 0;
    while (at < p->n) {
        const uint32_t length = le32(p, at + 4);
        assert_true(length >= 12 && length % 4 == 0 && at + length <= p->n);
        assert_int_equal(le32(p, at + length - 4), length);
        n += le32(p, at) == type;
        at += length;
    }
    assert_int_equal(at, p->n);
    return n;
}

static void a_capture_is_made_of_whole_blocks(void **state)
{
    static uint8_t long_message[5000];
    recorded_session *r = calloc(1, sizeof *r);
    page out = {0};
    (void)state;
    assert_non_null(r);
    r->message[0] = (recorded_message){true, span_text("message 1")};
    r->message[1] = (recorded_message){false, SPAN(long_message)};
    r->n = 2;
    pcapng_write(r, "NOISE key log\n", 0, &out);
    assert_int_equal(count_blocks(&out, 0x0a0d0d0a), 1);
    assert_int_equal(count_blocks(&out, 1), 2);
    assert_int_equal(count_blocks(&out, 6), 3 + 2 + 1 + 4 + 2); /* SYNs, upgrade, messages in segments, FINs */
    assert_non_null(memmem(out.p, out.n, "NOISE key log", 13));
    assert_non_null(memmem(out.p, out.n, "message 1", 9)); /* not masked out of sight */
    page_free(&out);
    free(r);
}

static void the_dissector_names_every_field(void **state)
{
    const layout *const all[] = {&cf_frame_layout, &cf_request_layout, &cf_response_layout, &cf_stream_chunk_layout};
    page out = {0};
    (void)state;
    dissector_write(&out);
    for (size_t l = 0; l < sizeof all / sizeof *all; l++)
        for (size_t i = 0; i < all[l]->n_fields; i++) {
            char row[100];
            snprintf(row, sizeof row, "{ name = \"%s\", ", all[l]->fields[i].name);
            assert_non_null(strstr(out.p, row));
        }
    page_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_capture_is_made_of_whole_blocks),
                                       cmocka_unit_test(the_dissector_names_every_field)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
