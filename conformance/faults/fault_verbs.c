/* Verbs of the program that read files and write one: `judge` and `pcap` of a recorded session, `book`. What comes out with exit code 0 is what
 * comes out when nothing fails; a file that was there stays whole, the old one or the new one. */
#include "cli.h"
#include "faults.h"
#include "page.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

typedef struct called {
    const char *argument[8];
    const char *file; /* under the folder: written by the verb, or its standard output */
    bool prints;
    page honest;
} called;

static char path[4096 + 64], recording[4096 + 64];

static const char *path_to(const char *name)
{
    snprintf(path, sizeof path, "%s/%s", fault_folder(), name);
    return path;
}

/* A verb's words go to a file. */
static void say_to(const char *name)
{
    const int fd = open(path_to(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    must(fd >= 0 && dup2(fd, STDOUT_FILENO) >= 0);
    close(fd);
}

static int call(called *c)
{
    char out[4096 + 64], *argv[12] = {"parley"};
    int argc = 1;
    snprintf(out, sizeof out, "%s", fault_folder());
    for (size_t i = 0; c->argument[i]; i++)
        argv[argc++] = (char *)(uintptr_t)c->argument[i];
    argv[argc++] = "--out", argv[argc++] = out;
    optind = 1;
    fault_begin();
    const int code = cli_main(argc, argv);
    fault_disarm();
    return fflush(stdout) == 0 ? code : 1;
}

static int run(called *c)
{
    page now = {0};
    const int console = dup(STDOUT_FILENO);
    say_to(c->prints ? c->file : "words");
    const int code = call(c);
    must(dup2(console, STDOUT_FILENO) >= 0);
    close(console);
    if (code != 0)
        return FAULT_FAILED;
    if (!page_load(&now, path_to(c->file), 1 << 24))
        fault_wrong("it says that it wrote a file, and there is none");
    if (c->honest.n && (now.n != c->honest.n || memcmp(now.p, c->honest.p, now.n) != 0))
        fault_wrong("it says that it is done, and something is missing");
    page_free(&now);
    return FAULT_HONEST;
}

/* An upgrade, its answer, two messages, a close. */
static void write_recording(void)
{
    static const char *const said[][3] = {{"c>s", "tcp",
                                           "GET /websocket HTTP/1.1\r\nHost: example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                           "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"},
                                          {"s>c", "tcp",
                                           "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                           "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"},
                                          {"c>s", "frame", "0123456789abcdef0123456789abcdef"},
                                          {"s>c", "frame", "an answer that nobody can open without its keys"}};
    page text = {0};
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        page_printf(&text, "{\"n\":%zu,\"vt\":1798761600.00000%zu,\"dir\":\"%s\",\"layer\":\"%s\",\"bytes\":\"", i + 1, i, said[i][0],
                    said[i][1]);
        page_put_hex(&text, span_text(said[i][2]));
        page_put(&text, i < 2 ? "\",\"note\":\"upgrade\"}\n" : "\"}\n");
    }
    snprintf(recording, sizeof recording, "%s/recording.jsonl", fault_folder());
    must(page_save(&text, recording));
    page_free(&text);
}

static void prepare(called *c)
{
    write_recording();
    for (int i = 0; i < 8; i++)
        (void)shown_text("what messages show is kept for a while");
    must(run(c) == FAULT_HONEST);
    must(page_load(&c->honest, path_to(c->file), 1 << 24) && c->honest.n);
}

static int judge_file(called *c)
{
    page now = {0};
    return page_load(&now, path_to(c->file), 1 << 24) && now.n == c->honest.n && memcmp(now.p, c->honest.p, now.n) == 0 ? 0 : 1;
}

static called judge = {.argument = {"judge", recording}, .file = "verdicts", .prints = true},
              pcap = {.argument = {"pcap", recording, "--quiet"}, .file = "recording.pcapng"},
              book = {.argument = {"book", "--quiet"}, .file = "book.html"};

static int run_judge(void) { return run(&judge); }
static int run_pcap(void) { return run(&pcap); }
static int run_book(void) { return run(&book); }
static void prepare_judge(void) { prepare(&judge); }
static void prepare_pcap(void) { prepare(&pcap); }
static void prepare_book(void) { prepare(&book); }
static int judge_pcap(void) { return judge_file(&pcap); }
static int judge_book(void) { return judge_file(&book); }

enum { READS = 1u << FAULT_MEMORY | 1u << FAULT_FILE, SAVES = READS | 1u << FAULT_KILL };
const fault_scenario fault_judge = {"judge", prepare_judge, run_judge, NULL, READS, 0};
const fault_scenario fault_pcap = {"pcap", prepare_pcap, run_pcap, judge_pcap, SAVES, 0};
const fault_scenario fault_book = {"book", prepare_book, run_book, judge_book, SAVES, 300};
