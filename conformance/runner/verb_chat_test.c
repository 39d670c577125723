/* `parley chat` and `parley serve` as two processes: what is too long is refused by whoever sees it, and a server that is told to stop says so
 * to those whom it serves. */
#include "pack.h"
#include "p1_socket.h"
#include "serving_fixture.h"
#include "wire.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

static const char *const profiles[] = {"confer", "parley1"};
static const char *const paths[] = {"/websocket", P1_TARGET};
static char printed[] = "/tmp/chat-XXXXXX";

/* A conversation whose only prompt is a line of n bytes. */
static answer *chat(const served *s, size_t which, size_t n)
{
    char line[256];
    FILE *in = tmpfile();
    assert_non_null(in);
    for (size_t i = 0; i < n; i++)
        putc(i % 2 ? 'x' : ' ', in);
    putc('\n', in);
    rewind(in);
    const int kept = redirect(STDIN_FILENO, in);
    snprintf(line, sizeof line, "parley chat ws://127.0.0.1:%u%s --profile %s --quiet", s->port, paths[which], profiles[which]);
    answer *a = says(line);
    clearerr(stdin);
    restore(STDIN_FILENO, kept);
    fclose(in);
    return a;
}

static void a_prompt_too_long_is_refused_by_whoever_sees_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const served s = serving(printed, profiles[i], "tiny"); /* whose context holds 512 tokens */
        answer *a = chat(&s, i, 1 << 17);
        assert_int_equal(a->code, EXIT_USAGE); /* here: nothing was sent */
        assert_non_null(strstr(a->err, "a line is too long"));
        a = chat(&s, i, 2000);
        assert_int_equal(a->code, EXIT_REFUSED); /* there, by the model's context */
        assert_non_null(strstr(i ? a->err : a->out, "leaves no room for an answer"));
        a = chat(&s, i, 10);
        assert_int_equal(a->code, EXIT_LEVEL);
        assert_int_equal(serving_ended(&s, SIGTERM), EXIT_LEVEL);
    }
}

/* ---- the end of a server ---- */

static int connect_to(unsigned port)
{
    const struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)port)};
    const int s = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(s >= 0 && connect(s, (const struct sockaddr *)&at, sizeof at) == 0);
    return s;
}

/* An upgrade whose answer has been read, and no byte more. */
static void upgrade(int s, size_t which)
{
    static pack p;
    char target[4096], c;
    uint8_t room[WI_HEAD_MAX], nonce[WI_NONCE] = {1};
    writer head = WRITER(room);
    pack_make(&p, "confer", EMPTY, PACK_TIME);
    snprintf(target, sizeof target, "%s?token=%.*s", paths[which], (int)p.file[PACK_TOKEN].n, (const char *)p.file[PACK_TOKEN].p);
    wi_write_upgrade(span_text("localhost"), span_text(which ? paths[which] : target), span_text(which ? P1_PROTOCOL : ""), nonce, &head);
    assert_int_equal(write(s, head.p, head.n), head.n);
    for (unsigned ends = 0; ends < 4; ends = c == "\r\n\r\n"[ends] ? ends + 1 : c == '\r')
        assert_int_equal(read(s, &c, 1), 1);
}

static void told_to_stop_it_closes_with_1001(void **state)
{
    static const uint8_t close_frame[] = {0x88, 2, WI_CLOSE_GOING_AWAY >> 8, WI_CLOSE_GOING_AWAY & 0xff},
                         answered[] = {0x88, 0x82, 0, 0, 0, 0, WI_CLOSE_GOING_AWAY >> 8, WI_CLOSE_GOING_AWAY & 0xff};
    uint8_t got[8];
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const served s = serving(printed, profiles[i], "script");
        const int c = connect_to(s.port);
        upgrade(c, i);
        assert_int_equal(kill(s.pid, SIGTERM), 0);
        for (size_t n = 0; n < sizeof close_frame; n++)
            assert_int_equal(read(c, got + n, 1), 1);
        assert_memory_equal(got, close_frame, sizeof close_frame);
        assert_int_equal(write(c, answered, sizeof answered), sizeof answered);
        assert_int_equal(serving_ended(&s, 0), EXIT_LEVEL);
        close(c);
    }
}

static void a_limit_that_means_nothing_is_refused(void **state)
{
    (void)state;
    refuses("parley serve --sessions 0", "--sessions: '0' is not a number from 1");
    refuses("parley serve --profile parley1 --sessions 0", "--sessions: '0' is not a number from 1");
    refuses("parley serve --profile parley1 --memory 64", "--memory: profile confer alone");
    refuses("parley serve --memory 15", "--memory: '15' is not a number from 16");
}

static int make_file(void **state)
{
    (void)state;
    prim_start();
    const int fd = mkstemp(printed);
    return fd < 0 ? 1 : close(fd);
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(printed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_prompt_too_long_is_refused_by_whoever_sees_it),
        cmocka_unit_test(told_to_stop_it_closes_with_1001),
        cmocka_unit_test(a_limit_that_means_nothing_is_refused),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
