/* Text from outside, in every field that a file or a target can fill: no printing verb passes a control character on, nor one that turns the
 * direction of text. */
#include "results.h"
#include "serving_fixture.h"
#include "wire.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>

/* ESC, BEL, DEL, a C1 control as UTF-8, its raw byte, a bidi override and an isolate. */
#define HOSTILE                \
    "h\x1b[2J\x07\x7f\xc2\x9b" \
    "31m\x9b\xe2\x80\xae\xe2\x81\xa6t"
#define IN_JSON                      \
    "h\\u001b[2J\\u0007\x7f\xc2\x9b" \
    "31m\xe2\x80\xae\xe2\x81\xa6t"

static char folder[64] = "/tmp/hostile-XXXXXX";

static const char *path_to(const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void write_file(const char *name, const char *text)
{
    FILE *f = fopen(path_to(name), "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0 && fclose(f) == 0);
}

/* Line feeds, tabs and the line ends of CSV are ours; everything else below a blank is not. */
static void is_clean(const char *line, const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        const bool control = (*p < 0x20 && *p != '\n' && *p != '\t' && !(*p == '\r' && p[1] == '\n')) || *p == 0x7f,
                   c1 = *p == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f;
        const bool turns = *p == 0xe2 && ((p[1] == 0x80 && p[2] >= 0xaa && p[2] <= 0xae) || (p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9));
        if (control || c1 || turns)
            fail_msg("'%s' prints %02x %02x %02x after: %.60s", line, p[0], p[1], p[2],
                     (const char *)p - text > 60 ? (const char *)p - 60 : text);
    }
}

static bool met[64]; /* the verbs whose text from outside was hostile, by their row */

static void note_verb(const char *name)
{
    for (size_t i = 0; cli_verbs[i].name; i++)
        met[i] = met[i] || strcmp(cli_verbs[i].name, name) == 0;
}

static const answer *says_nothing_raw(const char *format, ...) __attribute__((format(printf, 1, 2)));
static const answer *says_nothing_raw(const char *format, ...)
{
    char line[512];
    va_list list;
    va_start(list, format);
    vsnprintf(line, sizeof line, format, list);
    va_end(list);
    char verb[32] = "";
    sscanf(line, "parley %31[a-z-]", verb);
    const answer *a = says(line);
    is_clean(line, a->out);
    is_clean(line, a->err);
    if (!strstr(line, " --" HOSTILE)) /* more than an option that was typed */
        note_verb(verb);
    assert_true(*a->out || *a->err);
    return a;
}

/* What a target says can't look like a line of ours: neither a verdict nor a refusal. */
static void forges_no_refusal(const char *text)
{
    static const char forged[] = "{\"rej\":\"binding\"}";
    for (const char *at = text; (at = strstr(at, forged)); at++)
        assert_true(at > text && at[-1] != '\n');
}

/* ---- results of a run ---- */

static void save_results(const char *name, const char *got)
{
    results r;
    page text = {0};
    results_start(&r, &(results_head){.suite = HOSTILE,
                                      .target = HOSTILE,
                                      .version = HOSTILE,
                                      .profile = HOSTILE,
                                      .revision = HOSTILE,
                                      .door = "shim",
                                      .caps = HOSTILE,
                                      .granted = HOSTILE,
                                      .seed = HOSTILE,
                                      .at = HOSTILE});
    for (int i = 0; i < 2; i++)
        results_add(&r, &(result){.case_id = i ? "nz.a" : "nz.b",
                                  .check = "verdict",
                                  .rev = 1,
                                  .outcome = i ? OUTCOME_FAIL : OUTCOME_UNTESTED,
                                  .req = "NZ-036",
                                  .level = "MUST",
                                  .door = "shim",
                                  .role = "lib",
                                  .want = HOSTILE,
                                  .got = got,
                                  .where = HOSTILE,
                                  .base = HOSTILE,
                                  .mutation = HOSTILE,
                                  .needs = HOSTILE,
                                  .tag = HOSTILE,
                                  .note = HOSTILE,
                                  .issue = HOSTILE,
                                  .transcript = HOSTILE,
                                  .replay = HOSTILE});
    r.planned = 2;
    results_write(&r, &text);
    assert_true(page_save(&text, path_to(name)));
    page_free(&text);
    results_free(&r);
}

static void every_rendering_of_results_is_clean(void **state)
{
    static const char *const formats[] = {"console", "html",   "md",   "junit", "tap",        "csv",
                                          "badge",   "shield", "json", "sarif", "annotations"};
    (void)state;
    save_results("a.json", HOSTILE);
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        says_nothing_raw("parley report %s/a.json --format %s", folder, formats[i]);
}

static void comparing_and_joining_results_is_clean(void **state)
{
    (void)state;
    save_results("a.json", HOSTILE);
    save_results("b.json", HOSTILE "2");
    says_nothing_raw("parley diff %s/a.json %s/b.json", folder, folder);
    says_nothing_raw("parley report merge %s/a.json %s/b.json --out %s/merged", folder, folder, folder);
}

/* ---- files of others ---- */

static void a_file_is_quoted_clean(void **state)
{
    (void)state;
    write_file("vector.json",
               "{\"" IN_JSON "\":\"" IN_JSON "\",\"area\":\"" IN_JSON "\",\"op\":\"" IN_JSON "\",\"groups\":[{\"gid\":\"" IN_JSON "\"}]}");
    write_file("known.tsv", HOSTILE "\tverdict\tFAIL\t" HOSTILE "\t" HOSTILE "\n");
    write_file("noise.json", "{\"vectors\":[{\"protocol_name\":\"Noise_" IN_JSON "_25519_AESGCM_SHA256\",\"messages\":[]},"
                             "{\"protocol_name\":\"" IN_JSON "\",\"messages\":[{}]}]}");
    write_file("garbage.bin", HOSTILE);
    write_file("transcript.jsonl",
               "{\"dir\":\"c>s\",\"layer\":\"http\",\"text\":\"" IN_JSON "\",\"note\":\"" IN_JSON "\"}\n{\"" IN_JSON "\":1}\n");
    says_nothing_raw("parley vectors try %s/vector.json", folder);
    const answer *tried = says_nothing_raw("parley vectors try %s/noise.json", folder);
    assert_non_null(strstr(tried->out, "FAILED"));
    assert_non_null(strstr(tried->out, "skipped"));
    says_nothing_raw("parley vectors try %s/garbage.bin", folder);
    says_nothing_raw("parley verify %s/garbage.bin", folder);
    says_nothing_raw("parley verify %s/vector.json", folder);
    says_nothing_raw("parley report %s/vector.json", folder);
    says_nothing_raw("parley inspect %s/garbage.bin", folder);
    says_nothing_raw("parley inspect %s/vector.json", folder);
    says_nothing_raw("parley judge %s/garbage.bin", folder);
    says_nothing_raw("parley judge %s/transcript.jsonl", folder);
    says_nothing_raw("parley pcap %s/transcript.jsonl --out %s/pcap", folder, folder);
    says_nothing_raw("parley measure snp %s/garbage.bin --vcpus 1", folder);
    says_nothing_raw("parley model inspect %s/garbage.bin", folder);
    says_nothing_raw("parley test self --case nz.a --known %s/known.tsv --out %s/out", folder, folder);
}

/* What stands behind a zero byte is not dropped: the file is no text. */
static void a_file_with_a_zero_byte_is_refused(void **state)
{
    static const char text[] = "{\"vectors\":[]}\0{\"vectors\":[{}]}";
    (void)state;
    FILE *f = fopen(path_to("zero.json"), "w");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, sizeof text - 1, f), sizeof text - 1);
    assert_int_equal(fclose(f), 0);
    const answer *a = says_nothing_raw("parley vectors try %s/zero.json", folder);
    assert_int_equal(a->code, EXIT_USAGE);
    assert_non_null(strstr(a->err, "holds a zero byte"));
}

/* ---- what was typed, which a script may have taken from elsewhere ---- */

static void an_argument_is_quoted_clean(void **state)
{
    static const char *const lines[] = {
        "parley " HOSTILE,         "parley spec " HOSTILE,   "parley explain " HOSTILE, "parley vectors show " HOSTILE,
        "parley bench " HOSTILE,   "parley report " HOSTILE, "parley help " HOSTILE,    "parley verify " HOSTILE,
        "parley report --" HOSTILE};
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        says_nothing_raw("%s", lines[i]);
}

/* ---- peers over a connection ---- */

/* In UTF-8, as a close reason has to be; a line of its own that looks like ours. */
#define HOSTILE_UTF8           \
    "h\x1b[2J\x07\x7f\xc2\x9b" \
    "31m\xe2\x80\xae\n{\"rej\":\"binding\"}"

typedef enum hostile_end { REFUSES, CLOSES, SENDS_TEXT } hostile_end;

typedef struct hostile_peer {
    pid_t pid;
    unsigned port;
} hostile_peer;

static int loopback(unsigned *port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    const int s = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(s >= 0 && bind(s, (struct sockaddr *)&at, n) == 0 && listen(s, 4) == 0);
    assert_int_equal(getsockname(s, (struct sockaddr *)&at, &n), 0);
    *port = ntohs(at.sin_port);
    return s;
}

static size_t read_head(int s, char *head, size_t room)
{
    size_t n = 0;
    for (ssize_t got; n + 1 < room && (got = read(s, head + n, room - 1 - n)) > 0;) {
        n += (size_t)got;
        head[n] = 0;
        if (strstr(head, "\r\n\r\n"))
            break;
    }
    return n;
}

static void answer_head(const char *head, hostile_end end, writer *out)
{
    static const uint8_t code[] = {0x03, 0xf0};
    const char *key = strstr(head, "Sec-WebSocket-Key: ");
    if (end == REFUSES || !key) {
        write_text(out, "HTTP/1.1 403 " HOSTILE "\r\nX-Reason: " HOSTILE "\r\nContent-Type: text/plain\r\n\r\n" HOSTILE);
        return;
    }
    key += strlen("Sec-WebSocket-Key: ");
    const char *protocol = strstr(head, "Sec-WebSocket-Protocol: ");
    protocol = protocol ? protocol + strlen("Sec-WebSocket-Protocol: ") : "";
    wi_write_upgrade_answer(span_of(key, strcspn(key, "\r\n")), span_of(protocol, strcspn(protocol, "\r\n")), out);
    const span text = span_text(HOSTILE_UTF8);
    write_be(out, end == CLOSES ? 0x88 : 0x81, 1);
    write_be(out, text.n + (end == CLOSES ? sizeof code : 0), 1);
    if (end == CLOSES)
        write_span(out, SPAN(code));
    write_span(out, text);
}

/* Answers every connection in the same way, until it is ended. */
static void be_hostile(int s, hostile_end end)
{
    static char head[1 << 16], rest[1 << 16];
    uint8_t room[4096];
    for (int c; (c = accept(s, NULL, NULL)) >= 0; close(c)) {
        writer out = WRITER(room);
        if (!read_head(c, head, sizeof head))
            continue;
        answer_head(head, end, &out);
        if (write(c, room, out.n) < 0)
            continue;
        shutdown(c, SHUT_WR);
        while (read(c, rest, sizeof rest) > 0)
            ;
    }
    _exit(0);
}

static hostile_peer hostile_server(hostile_end end)
{
    hostile_peer p;
    const int s = loopback(&p.port);
    fflush(NULL);
    p.pid = fork();
    assert_true(p.pid >= 0);
    if (p.pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        be_hostile(s, end);
    }
    close(s);
    return p;
}

static void ended(pid_t pid, int signal)
{
    kill(pid, signal);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void a_hostile_server_is_shown_clean(void **state)
{
    (void)state;
    for (hostile_end end = REFUSES; end <= SENDS_TEXT; end++) {
        const hostile_peer p = hostile_server(end);
        forges_no_refusal(says_nothing_raw("parley chat ws://127.0.0.1:%u/websocket --say hi", p.port)->out);
        forges_no_refusal(says_nothing_raw("parley chat ws://127.0.0.1:%u/parley/1 --profile parley1 --say hi", p.port)->out);
        says_nothing_raw("parley test server ws://127.0.0.1:%u/websocket --case cf.server.session.* --patience 1 --out %s/server", p.port,
                         folder);
        ended(p.pid, SIGKILL);
    }
}

static void say_to(unsigned port, const char *what)
{
    char head[1 << 12];
    const struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)port)};
    const int s = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(s >= 0 && connect(s, (const struct sockaddr *)&at, sizeof at) == 0);
    assert_true(write(s, what, strlen(what)) > 0);
    shutdown(s, SHUT_WR);
    while (read(s, head, sizeof head) > 0)
        ;
    close(s);
}

static void a_hostile_client_is_logged_clean(void **state)
{
    static const char *const profiles[] = {"confer", "parley1"};
    static char text[65536];
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        char printed[256];
        snprintf(printed, sizeof printed, "%s", path_to("serve.txt"));
        const served s = serving(printed, profiles[i], "script");
        say_to(s.port, HOSTILE "\r\n\r\n");
        say_to(s.port, "GET /" HOSTILE " HTTP/1.1\r\nHost: " HOSTILE "\r\n\r\n");
        say_to(s.port, "GET /websocket?token=" HOSTILE " HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                       "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n" HOSTILE ": " HOSTILE "\r\n\r\n");
        assert_int_equal(serving_ended(&s, SIGTERM), EXIT_LEVEL);
        FILE *f = fopen(printed, "r");
        assert_non_null(f);
        slurp(f, text, sizeof text);
        is_clean("parley serve", text);
        note_verb("serve");
    }
}

/* ---- adapters and programs ---- */

static void write_program(const char *name, const char *text)
{
    write_file(name, text);
    assert_int_equal(chmod(path_to(name), 0755), 0);
}

static void a_hostile_adapter_is_shown_clean(void **state)
{
    (void)state;
    write_program("banner", "#!/bin/sh\nprintf '%s\\n' '" HOSTILE "'\nprintf '%s\\n' '" HOSTILE "' >&2\ncat >/dev/null\n");
    write_program("hello", "#!/bin/sh\necho '{\"id\":0,\"ok\":1,\"proto\":1,\"impl\":\"" IN_JSON "\",\"version\":\"" IN_JSON
                           "\",\"roles\":\"lib\",\"caps\":\"" IN_JSON "\",\"ops\":\"hello echo nz.init " IN_JSON
                           "\"}'\nwhile read -r line; do echo '{\"id\":1,\"rej\":\"" IN_JSON "\",\"detail\":\"" IN_JSON "\"}'; done\n");
    write_program("dies", "#!/bin/sh\nread -r line\nprintf '%s' '" HOSTILE "' >&2\nexit 3\n");
    write_file("adapter.target", "name=" HOSTILE "\nversion=" HOSTILE "\ndoor=library " HOSTILE "\n");
    static const char *const names[] = {"banner", "hello", "dies"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        says_nothing_raw("parley doctor %s/%s", folder, names[i]);
        says_nothing_raw("parley test library %s/%s --case nz.init.* --out %s/library", folder, names[i], folder);
    }
    says_nothing_raw("parley test @%s/adapter.target --out %s/library", folder, folder);
    says_nothing_raw("parley matrix %s/adapter.target --out %s/matrix", folder, folder);
    write_program("client", "#!/bin/sh\nprintf '%s\\n' '" HOSTILE "'\nprintf '{\"rej\":\"%s\"}\\n' '" HOSTILE "'\nexit 10\n");
    says_nothing_raw("parley test client --exec %s/client --case cf.client.session.* --patience 1 --out %s/client", folder, folder);
}

/* ---- every verb ---- */

/* What prints nothing that comes from outside but what was typed. */
static const char *const only_typed[] = {"demo",   "check", "peers",   "pack",    "adapter", "new-shim", "bench",
                                         "attack", "audit", "mutants", "spec",    "trace",   "gate",     "explain",
                                         "derive", "book",  "help",    "version", "tap",     "measure"};

static void each_verb_is_met_by_hostile_text(void **state)
{
    (void)state;
    for (size_t i = 0; cli_verbs[i].name; i++) {
        bool typed = !cli_verbs[i].run; /* the launcher's */
        for (size_t k = 0; k < sizeof only_typed / sizeof *only_typed; k++)
            typed = typed || strcmp(only_typed[k], cli_verbs[i].name) == 0;
        says_nothing_raw("parley %s --" HOSTILE, cli_verbs[i].name);
        if (!typed && !met[i])
            fail_msg("no field of '%s' that comes from outside was filled with hostile text: add it here", cli_verbs[i].name);
    }
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : 1;
}

static int remove_folder(void **state)
{
    char command[128];
    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_rendering_of_results_is_clean),
        cmocka_unit_test(comparing_and_joining_results_is_clean),
        cmocka_unit_test(a_file_is_quoted_clean),
        cmocka_unit_test(a_file_with_a_zero_byte_is_refused),
        cmocka_unit_test(an_argument_is_quoted_clean),
        cmocka_unit_test(a_hostile_server_is_shown_clean),
        cmocka_unit_test(a_hostile_client_is_logged_clean),
        cmocka_unit_test(a_hostile_adapter_is_shown_clean),
        cmocka_unit_test(each_verb_is_met_by_hostile_text), /* last */
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
