#include "wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

/* RFC 6455 1.3 */
#define KEY          "dGhlIHNhbXBsZSBub25jZQ=="
#define ACCEPT_VALUE "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
#define FIELDS \
    "Host: a\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " KEY "\r\n"
#define GOOD          "GET /websocket?token=x HTTP/1.1\r\n" FIELDS "\r\n"
#define ANSWER_FIELDS "Upgrade: WebSocket\r\nConnection: upgrade\r\nSec-WebSocket-Accept: " ACCEPT_VALUE "\r\n"

static verdict judge_bytes(span head)
{
    wi_head h;
    span key = EMPTY;
    verdict v = wi_read_request(head, &h);
    return accepted(v) ? wi_judge_upgrade(&h, EMPTY, &key) : v;
}

static void judged(const char *head, uint16_t wanted)
{
    const verdict v = judge_bytes(span_text(head));
    if (v.req != wanted)
        fail_msg("wanted %s, got %s: %s", requirement_rows[wanted].id, requirement_rows[v.req].id, head);
}

static void a_good_upgrade_is_accepted(void **state)
{
    (void)state;
    judged(GOOD, 0);
    judged("GET / HTTP/1.1\r\nhost:a\r\nUPGRADE: foo,\twebsocket\r\nConnection: x\r\nConnection: upgrade\r\nSec-WebSocket-Version: 13\r\n"
           "sec-websocket-key:\t" KEY " \r\nX-Empty:\r\n\r\n",
           0);
    wi_head h;
    span key = EMPTY;
    assert_true(accepted(wi_read_request(span_text(GOOD), &h)) && accepted(wi_judge_upgrade(&h, EMPTY, &key)));
    assert_true(span_is(h.target, "/websocket?token=x"));
    assert_true(span_is(key, KEY));
}

#define ROW(head, id) judged(head, REQ_##id)

static void each_deviation_of_a_head_has_its_sentence(void **state)
{
    (void)state;
    ROW("GET / HTTP/1.1\nHost: a\r\n\r\n", WI_003);
    ROW("GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n", WI_003);
    ROW("GET / HTTP/1.1\r\nHost: a\r\n", WI_003);
    ROW("GET / HTTP/1.1\r\nHost: a\r\n\r\nmore\r\n\r\n", WI_003);
    ROW("", WI_003);
    ROW("\r\n" GOOD, WI_004);
    ROW("GET / HTTP/1.1\r\nHost: a\r\n b: c\r\n\r\n", WI_005);
    ROW("GET / HTTP/1.1\r\nHost: a\r\n\tc\r\n\r\n", WI_005);
    ROW("GET / HTTP/1.1\r\nHost : a\r\n\r\n", WI_006);
    ROW("GET / HTTP/1.1\r\n: a\r\n\r\n", WI_006);
    ROW("GET / HTTP/1.1\r\nHost\r\n\r\n", WI_006);
    ROW("GET / HTTP/1.1\r\nHo(st: a\r\n\r\n", WI_006);
    ROW("GET / HTTP/1.1\r\nHost: a\x01\r\n\r\n", WI_007);
    ROW("GET / HTTP/1.1\r\nHost: a\x7f\r\n\r\n", WI_007);
}

static void each_deviation_of_a_request_has_its_sentence(void **state)
{
    (void)state;
    ROW("GET  / HTTP/1.1\r\n" FIELDS "\r\n", WI_009);
    ROW("GET /\r\n" FIELDS "\r\n", WI_009);
    ROW("GET / HTTP/1.1 x\r\n" FIELDS "\r\n", WI_009);
    ROW(" / HTTP/1.1\r\n" FIELDS "\r\n", WI_009);
    ROW("G@T / HTTP/1.1\r\n" FIELDS "\r\n", WI_010);
    ROW("GET http://a/ HTTP/1.1\r\n" FIELDS "\r\n", WI_011);
    ROW("GET /#a HTTP/1.1\r\n" FIELDS "\r\n", WI_011);
    ROW("GET /\xc3\xa9 HTTP/1.1\r\n" FIELDS "\r\n", WI_011);
    ROW("GET / HTTP/1.0\r\n" FIELDS "\r\n", WI_012);
    ROW("GET / http/1.1\r\n" FIELDS "\r\n", WI_012);
    ROW("GET / HTTP/1.1\r\nX: y\r\n\r\n", WI_013);
    ROW("GET / HTTP/1.1\r\nHost: b\r\n" FIELDS "\r\n", WI_013);
    ROW("GET / HTTP/1.1\r\n" FIELDS "Content-Length: 0\r\n\r\n", WI_014);
    ROW("GET / HTTP/1.1\r\n" FIELDS "transfer-encoding: chunked\r\n\r\n", WI_014);
}

static void each_deviation_of_an_upgrade_has_its_sentence(void **state)
{
    (void)state;
    ROW("POST / HTTP/1.1\r\n" FIELDS "\r\n", WI_015);
    ROW("GET / HTTP/1.1\r\nHost: a\r\n\r\n", WI_016);
    ROW("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websockets\r\n\r\n", WI_016);
    ROW("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: close\r\n\r\n", WI_017);
    ROW("GET / HTTP/1.1\r\n" FIELDS "Sec-WebSocket-Version: 13\r\n\r\n", WI_018);
    ROW("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Version: 8\r\n\r\n", WI_018);
    ROW("GET / HTTP/1.1\r\n" FIELDS "Sec-WebSocket-Key: " KEY "\r\n\r\n", WI_019);
    ROW("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZR==\r\n\r\n",
        WI_019);
    ROW("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j\r\n\r\n",
        WI_019);
}

/* "GET /aaa HTTP/1.1", the line being `line` bytes, then fields of `field` bytes until the head is `head` bytes. */
static size_t long_request(char *out, size_t cap, size_t line, size_t head)
{
    size_t n = (size_t)snprintf(out, cap, "GET /");
    memset(out + n, 'a', line - n - 9);
    n = line - 9;
    n += (size_t)snprintf(out + n, cap - n, " HTTP/1.1\r\n" FIELDS);
    while (n + 2 < head) {
        size_t field = head - 2 - n > 1500 ? 1000 : head - 2 - n;
        memset(out + n, 'x', field);
        out[n + 1] = ':';
        memcpy(out + n + field - 2, "\r\n", 2);
        n += field;
    }
    memcpy(out + n, "\r\n", 2);
    return n + 2;
}

static void lengths_are_limited_as_stated(void **state)
{
    (void)state;
    static char head[32768];
    size_t n = long_request(head, sizeof head, WI_LINE_MAX, 5000);
    assert_int_equal(judge_bytes(span_of(head, n)).req, 0);
    n = long_request(head, sizeof head, WI_LINE_MAX + 1, 5000);
    assert_int_equal(judge_bytes(span_of(head, n)).req, REQ_WI_002);
    n = long_request(head, sizeof head, 100, WI_HEAD_MAX);
    assert_int_equal(n, WI_HEAD_MAX);
    assert_int_equal(judge_bytes(span_of(head, n)).req, 0);
    n = long_request(head, sizeof head, 100, WI_HEAD_MAX + 1);
    assert_int_equal(judge_bytes(span_of(head, n)).req, REQ_WI_001);
}

static void the_number_of_fields_is_limited(void **state)
{
    (void)state;
    for (int extra = WI_FIELDS_MAX - 5; extra <= WI_FIELDS_MAX - 4; extra++) {
        char head[2048];
        int n = snprintf(head, sizeof head, "GET / HTTP/1.1\r\n" FIELDS);
        for (int i = 0; i < extra; i++)
            n += snprintf(head + n, sizeof head - (size_t)n, "X: y\r\n");
        snprintf(head + n, sizeof head - (size_t)n, "\r\n");
        judged(head, extra == WI_FIELDS_MAX - 5 ? 0 : REQ_WI_008);
    }
}

static void a_head_is_waited_for_until_it_is_too_long(void **state)
{
    (void)state;
    static uint8_t much[WI_HEAD_MAX + 1];
    const span good = span_text(GOOD);
    for (size_t n = 0; n < good.n; n++)
        assert_int_equal(wi_head_length(span_first(good, n)), 0);
    assert_int_equal(wi_head_length(good), good.n);
    assert_int_equal(wi_head_length(span_text(GOOD "frames")), good.n);
    memset(much, 'a', sizeof much);
    assert_int_equal(wi_head_length(span_of(much, WI_HEAD_MAX)), 0);
    assert_int_equal(wi_head_length(SPAN(much)), sizeof much);
    assert_int_equal(judge_bytes(SPAN(much)).req, REQ_WI_002);
}

static void refusals_have_their_statuses(void **state)
{
    (void)state;
    assert_int_equal(wi_refusal_status(REJECT(WI_001)), 431);
    assert_int_equal(wi_refusal_status(REJECT(WI_002)), 414);
    assert_int_equal(wi_refusal_status(REJECT(WI_003)), 400);
    assert_int_equal(wi_refusal_status(REJECT(WI_018)), 426);
    uint8_t room[256];
    writer w = WRITER(room);
    wi_write_answer(503, "no", &w);
    assert_true(span_is(
        written(&w), "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nno"));
}

static void the_published_key_gets_the_published_answer(void **state)
{
    (void)state;
    uint8_t room[512];
    writer w = WRITER(room);
    wi_write_upgrade_answer(span_text(KEY), EMPTY, &w);
    assert_true(span_is(
        written(&w),
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " ACCEPT_VALUE "\r\n\r\n"));
    assert_true(accepted(wi_judge_upgrade_answer(written(&w), EMPTY, (const uint8_t *)"the sample nonce")));
}

static void what_the_client_writes_the_server_reads(void **state)
{
    (void)state;
    uint8_t room[512], answer[512];
    writer w = WRITER(room), back = WRITER(answer);
    wi_head h;
    span key = EMPTY;
    const uint8_t nonce[WI_NONCE] = {7};
    wi_write_upgrade(span_text("127.0.0.1:80"), span_text("/websocket?token=x"), EMPTY, nonce, &w);
    assert_true(accepted(wi_read_request(written(&w), &h)) && accepted(wi_judge_upgrade(&h, EMPTY, &key)));
    wi_write_upgrade_answer(key, EMPTY, &back);
    assert_true(accepted(wi_judge_upgrade_answer(written(&back), EMPTY, nonce)));
}

static void answered(const char *head, uint16_t wanted)
{
    const verdict v = wi_judge_upgrade_answer(span_text(head), EMPTY, (const uint8_t *)"the sample nonce");
    if (v.req != wanted)
        fail_msg("wanted %s, got %s: %s", requirement_rows[wanted].id, requirement_rows[v.req].id, head);
}

static void each_deviation_of_an_answer_has_its_sentence(void **state)
{
    (void)state;
    answered("HTTP/1.1 101\r\n" ANSWER_FIELDS "\r\n", 0);
    answered("HTTP/1.1 101 ok\r\n" ANSWER_FIELDS "\r\n", 0);
    answered("HTTP/1.1 200 OK\r\n" ANSWER_FIELDS "\r\n", REQ_WI_022);
    answered("HTTP/1.1 1010\r\n" ANSWER_FIELDS "\r\n", REQ_WI_022);
    answered("HTTP/1.0 101 ok\r\n" ANSWER_FIELDS "\r\n", REQ_WI_022);
    answered("HTTP/1.1 101 ok\r\nConnection: upgrade\r\nSec-WebSocket-Accept: " ACCEPT_VALUE "\r\n\r\n", REQ_WI_023);
    answered("HTTP/1.1 101 ok\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: " ACCEPT_VALUE "\r\n\r\n", REQ_WI_024);
    answered("HTTP/1.1 101 ok\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n", REQ_WI_025);
    answered("HTTP/1.1 101 ok\r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Accept: " KEY "\r\n\r\n", REQ_WI_025);
    answered("HTTP/1.1 101 ok\r\n" ANSWER_FIELDS "Sec-WebSocket-Accept: " ACCEPT_VALUE "\r\n\r\n", REQ_WI_025);
    answered("HTTP/1.1 101 ok\r\n" ANSWER_FIELDS "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n", REQ_WI_026);
    answered("HTTP/1.1 101 ok\r\n" ANSWER_FIELDS "Sec-WebSocket-Protocol: chat\r\n\r\n", REQ_WI_027);
    answered("HTTP/1.1 101 ok\n" ANSWER_FIELDS "\r\n", REQ_WI_003);
}

static void interim_answers_are_told_from_the_last_one(void **state)
{
    (void)state;
    assert_true(wi_is_interim(span_text("HTTP/1.1 100 Continue\r\n\r\n")));
    assert_true(wi_is_interim(span_text("HTTP/1.1 103\r\n\r\n")));
    assert_true(wi_is_interim(span_text("HTTP/1.1 199")));
    assert_false(wi_is_interim(span_text("HTTP/1.1 101\r\n\r\n")));
    assert_false(wi_is_interim(span_text("HTTP/1.1 101")));
    assert_false(wi_is_interim(span_text("HTTP/1.1 1010 ok\r\n\r\n")));
    assert_false(wi_is_interim(span_text("HTTP/1.1 101ok\r\n\r\n")));
    assert_false(wi_is_interim(span_text("HTTP/1.1 1x0 ok\r\n\r\n")));
    assert_false(wi_is_interim(span_text("HTTP/1.1 10")));
    assert_false(wi_is_interim(span_text("HTTP/1.1 101 Switching Protocols\r\n\r\n")));
    assert_false(wi_is_interim(span_text("HTTP/1.1 200 OK\r\n\r\n")));
    assert_false(wi_is_interim(span_text("HTTP/1.0 100 Continue\r\n\r\n")));
    assert_false(wi_is_interim(span_text("HTTP/1.1 ")));
}

static verdict frame(const char *digits, bool from_client, wi_frame *out)
{
    uint8_t room[WI_FRAME_HEAD_MAX];
    writer head = WRITER(room);
    assert_true(read_hex(span_text(digits), &head));
    for (size_t n = 0; n < head.n; n++)
        assert_int_equal(wi_frame_head_length(span_first(written(&head), n)), 0); /* WI-045 */
    assert_int_equal(wi_frame_head_length(written(&head)), head.n);
    return wi_read_frame_head(written(&head), from_client, false, out);
}

static void a_frame_head_is_read_when_its_last_byte_has_come(void **state)
{
    wi_frame f;
    (void)state;
    assert_true(accepted(frame("02fe01004a6f7921", true, &f)));
    assert_true(!f.last && !f.reserved && f.masked && f.shortest && f.opcode == 2 && f.n == 256);
    assert_memory_equal(f.mask, "Joy!", 4);
    assert_true(accepted(frame("897d", false, &f)));
    assert_true(f.last && !f.masked && f.shortest && f.opcode == WI_FRAME_PING && f.n == 125);
    assert_int_equal(frame("d97f000000000000ffff", false, &f).req, REQ_WI_046);
    assert_true(f.last && f.reserved && !f.masked && !f.shortest && f.opcode == 9 && f.n == 65535);
}

static void a_client_masks_and_a_server_does_not(void **state)
{
    wi_frame f;
    (void)state;
    assert_true(wi_masks(false));
    assert_false(wi_masks(true));
    assert_int_equal(frame("8205", true, &f).req, REQ_WI_042);
    assert_int_equal(frame("8900", true, &f).req, REQ_WI_042);
    assert_int_equal(frame("828500000000", false, &f).req, REQ_WI_043);
    assert_int_equal(stated_outcome(REJECT(WI_042))->code, WI_CLOSE_PROTOCOL_ERROR);
}

static uint16_t rule(const char *digits, bool unfinished)
{
    uint8_t room[WI_FRAME_HEAD_MAX];
    writer head = WRITER(room);
    wi_frame f;
    assert_true(read_hex(span_text(digits), &head));
    return wi_read_frame_head(written(&head), false, unfinished, &f).req;
}

static void each_forbidden_frame_has_its_sentence(void **state)
{
    static const struct {
        const char *digits;
        bool unfinished;
        uint16_t sentence;
    } row[] = {{"c200", false, REQ_WI_046},
               {"a200", false, REQ_WI_046},
               {"9200", false, REQ_WI_046},
               {"8300", false, REQ_WI_047},
               {"8700", false, REQ_WI_047},
               {"8b00", false, REQ_WI_047},
               {"8f00", false, REQ_WI_047},
               {"827e007d", false, REQ_WI_048},
               {"827e007e", false, 0},
               {"827f000000000000ffff", false, REQ_WI_048},
               {"827f0000000000010000", false, 0},
               {"827f7fffffffffffffff", false, 0},
               {"827f8000000000010000", false, REQ_WI_049},
               {"897e007e", false, REQ_WI_050},
               {"887f0000000000010000", false, REQ_WI_050},
               {"0900", false, REQ_WI_051},
               {"0a00", true, REQ_WI_051},
               {"8200", true, REQ_WI_052},
               {"0100", true, REQ_WI_052},
               {"8900", true, 0},
               {"0000", false, REQ_WI_053},
               {"8000", true, 0}};
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        if (rule(row[i].digits, row[i].unfinished) != row[i].sentence)
            fail_msg("%s: %s", row[i].digits, requirement_rows[rule(row[i].digits, row[i].unfinished)].id);
}

static void text_is_utf8(void **state)
{
    (void)state;
    assert_true(accepted(wi_judge_text(EMPTY)));
    assert_true(accepted(wi_judge_text(span_text("gr\303\274n"))));
    assert_int_equal(wi_judge_text(span_text("gr\303")).req, REQ_WI_054);
    assert_int_equal(wi_judge_text(span_text("\355\240\200")).req, REQ_WI_054);
    assert_int_equal(stated_outcome(REJECT(WI_054))->code, WI_CLOSE_INVALID_TEXT);
}

static uint16_t close_with(unsigned code, const char *reason, unsigned *out)
{
    uint8_t room[WI_CONTROL_MAX];
    writer payload = WRITER(room);
    write_be(&payload, code, 2);
    write_text(&payload, reason);
    return wi_read_close(written(&payload), out).req;
}

static bool is_sent(unsigned code) { return (code > 999 && code < 1004) || (code > 1006 && code < 1015) || (code > 2999 && code < 5000); }

static void a_close_frame_names_a_code_that_may_be_sent(void **state)
{
    unsigned code;
    (void)state;
    assert_true(accepted(wi_read_close(EMPTY, &code)));
    assert_int_equal(code, WI_CLOSE_NONE_SENT);
    assert_int_equal(wi_read_close(span_text("x"), &code).req, REQ_WI_055);
    for (unsigned i = 0; i < 65536; i++)
        assert_int_equal(close_with(i, "bye", &code), is_sent(i) ? 0 : REQ_WI_056);
    assert_int_equal(close_with(1000, "gr\303\274n", &code), 0);
    assert_int_equal(close_with(4999, "\303", &code), REQ_WI_057);
    assert_int_equal(code, 4999);
    assert_int_equal(stated_outcome(REJECT(WI_057))->code, WI_CLOSE_INVALID_TEXT);
}

static void a_message_ends_with_its_last_frame(void **state)
{
    (void)state;
    assert_true(wi_message_is_whole(true, false));
    assert_true(wi_message_is_whole(true, true));
    assert_false(wi_message_is_whole(false, false));
    assert_false(wi_message_is_whole(false, true)); /* WI-058 */
}

static void close_and_ping_are_answered(void **state)
{
    (void)state;
    assert_int_equal(wi_control_answer(WI_FRAME_CLOSE), WI_FRAME_CLOSE);
    assert_int_equal(wi_control_answer(WI_FRAME_PING), WI_FRAME_PONG);
    assert_int_equal(wi_control_answer(WI_FRAME_PONG), 0);
    assert_int_equal(wi_control_answer(2), 0);
}

static void each_wait_ends_in_its_last_second(void **state)
{
    static const struct {
        wi_wait what;
        unsigned seconds;
        uint16_t sentence;
    } row[] = {{WI_WAIT_UPGRADE, 10, REQ_WI_028},
               {WI_WAIT_SESSION, 10, REQ_WI_029},
               {WI_WAIT_MESSAGE, 300, REQ_WI_030},
               {WI_WAIT_CLOSE, 5, REQ_WI_031},
               {WI_WAIT_READER, 30, REQ_WI_032}};
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        assert_int_equal(wi_wait_seconds(row[i].what), row[i].seconds);
        assert_true(accepted(wi_judge_wait(row[i].what, 0)));
        assert_true(accepted(wi_judge_wait(row[i].what, row[i].seconds - 1)));
        assert_int_equal(wi_judge_wait(row[i].what, row[i].seconds).req, row[i].sentence);
        assert_int_equal(wi_judge_wait(row[i].what, UINT32_MAX).req, row[i].sentence);
    }
}

static void sha1_is_the_published_one(void **state)
{
    (void)state;
    static const uint8_t wanted[20] = {0xa9, 0x99, 0x3e, 0x36, 0x47, 0x06, 0x81, 0x6a, 0xba, 0x3e,
                                       0x25, 0x71, 0x78, 0x50, 0xc2, 0x6c, 0x9c, 0xd0, 0xd8, 0x9d};
    uint8_t out[20];
    prim_sha1(span_text("abc"), out);
    assert_memory_equal(out, wanted, 20);
}

int main(void)
{
    prim_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_upgrade_is_accepted),
        cmocka_unit_test(each_deviation_of_a_head_has_its_sentence),
        cmocka_unit_test(each_deviation_of_a_request_has_its_sentence),
        cmocka_unit_test(each_deviation_of_an_upgrade_has_its_sentence),
        cmocka_unit_test(lengths_are_limited_as_stated),
        cmocka_unit_test(the_number_of_fields_is_limited),
        cmocka_unit_test(a_head_is_waited_for_until_it_is_too_long),
        cmocka_unit_test(refusals_have_their_statuses),
        cmocka_unit_test(the_published_key_gets_the_published_answer),
        cmocka_unit_test(what_the_client_writes_the_server_reads),
        cmocka_unit_test(each_deviation_of_an_answer_has_its_sentence),
        cmocka_unit_test(interim_answers_are_told_from_the_last_one),
        cmocka_unit_test(a_frame_head_is_read_when_its_last_byte_has_come),
        cmocka_unit_test(a_client_masks_and_a_server_does_not),
        cmocka_unit_test(each_forbidden_frame_has_its_sentence),
        cmocka_unit_test(text_is_utf8),
        cmocka_unit_test(a_close_frame_names_a_code_that_may_be_sent),
        cmocka_unit_test(a_message_ends_with_its_last_frame),
        cmocka_unit_test(close_and_ping_are_answered),
        cmocka_unit_test(each_wait_ends_in_its_last_second),
        cmocka_unit_test(sha1_is_the_published_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
