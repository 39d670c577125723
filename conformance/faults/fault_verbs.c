/* Verbs of the program that read files and write one: `judge` and `pcap` of a recorded session, `book`, `derive`, `attack`. A file that was there
 * stays whole, the old one or the new one. */
#include "fault_calls.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

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
    fault_save("recording.jsonl", span_of(text.p, text.n));
    page_free(&text);
}

static bool nobody_got_in(const fault_call *, const page *);
static fault_call judge = {.argument = {"judge", "@recording.jsonl"}, .file = "verdicts", .prints = true},
                  pcap = {.argument = {"pcap", "@recording.jsonl", "--quiet"}, .file = "recording.pcapng"},
                  book = {.argument = {"book", "--quiet"}, .file = "book.html"},
                  derive = {.argument = {"derive", "nz.split.xx.aesgcm-sha256.i.ok"}, .file = "script", .prints = true},
                  attack = {.argument = {"attack", "--runs", "1"}, .file = "table", .prints = true, .is_right = nobody_got_in},
                  ladder = {.argument = {"attack", "--ladder"}, .file = "table", .prints = true, .is_right = nobody_got_in};

static int run_judge(void) { return fault_call_run(&judge); }
static int run_pcap(void) { return fault_call_run(&pcap); }
static int run_book(void) { return fault_call_run(&book); }
static int run_derive(void) { return fault_call_run(&derive); }
/* With a provider that says no an attacker is stopped all the same, if need be by another sentence. */
static bool nobody_got_in(const fault_call *c, const page *now)
{
    (void)c;
    return fault_fired() && !strstr(now->p, "REACHED");
}

/* An attack that can't be set up, since an honest step was refused, stops the program. */
static void on_abort(int number)
{
    (void)number;
    _exit(FAULT_FAILED);
}

static int run_attackers(fault_call *c)
{
    signal(SIGABRT, on_abort);
    const int came_to = fault_call_run(c);
    return came_to == FAULT_HONEST && fault_fired() ? FAULT_FAILED : came_to;
}

static int run_attack(void) { return run_attackers(&attack); }
static int run_ladder(void) { return run_attackers(&ladder); }
static void prepare_judge(void) { write_recording(), fault_call_prepare(&judge); }
static void prepare_pcap(void) { write_recording(), fault_call_prepare(&pcap); }
static void prepare_book(void) { fault_call_prepare(&book); }
static void prepare_derive(void) { fault_call_prepare(&derive); }
static void prepare_attack(void) { fault_call_prepare(&attack); }
static void prepare_ladder(void) { fault_call_prepare(&ladder); }
static int judge_pcap(void) { return fault_call_judge(&pcap); }
static int judge_book(void) { return fault_call_judge(&book); }

enum { READS = 1u << FAULT_MEMORY | 1u << FAULT_FILE, SAVES = READS | 1u << FAULT_KILL, PROVIDER = 1u << FAULT_PROVIDER };
const fault_scenario fault_judge = {"judge", prepare_judge, run_judge, NULL, READS, 0};
const fault_scenario fault_pcap = {"pcap", prepare_pcap, run_pcap, judge_pcap, SAVES, 0};
const fault_scenario fault_book = {"book", prepare_book, run_book, judge_book, SAVES, 300};
const fault_scenario fault_derive = {"derive", prepare_derive, run_derive, NULL, READS, 200};
const fault_scenario fault_attack = {"attack", prepare_attack, run_attack, NULL, PROVIDER, 100};
const fault_scenario fault_ladder = {"ladder", prepare_ladder, run_ladder, NULL, PROVIDER, 100};
