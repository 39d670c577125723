/* Verbs of the program that talk to another process: `tap`, a chat with a history, `serve --page`, `matrix`; and `judge` of a session of profile
 * parley1 that was recorded so. The other process suffers no fault. */
#include "cli.h"
#include "exits.h"
#include "fault_calls.h"
#include "history_files.h"
#include "json.h"

#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    MEMORY = 1u << FAULT_MEMORY,
    FILES = 1u << FAULT_FILE,
    SOCKETS = 1u << FAULT_READ | 1u << FAULT_WRITE,
    KILLS = 1u << FAULT_KILL,
    PATIENCE_S = 2,
};

static struct sockaddr_in loopback(unsigned port)
{
    return (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
}

static int listen_anywhere(unsigned *port)
{
    struct sockaddr_in at = loopback(0);
    socklen_t n = sizeof at;
    const int s = socket(AF_INET, SOCK_STREAM, 0);
    must(s >= 0 && bind(s, (struct sockaddr *)&at, n) == 0 && listen(s, 4) == 0);
    must(getsockname(s, (struct sockaddr *)&at, &n) == 0);
    *port = ntohs(at.sin_port);
    return s;
}

/* Nothing that this process waits for takes longer than PATIENCE_S. */
static bool is_patient(int s)
{
    const struct timeval patience = {PATIENCE_S, 0};
    return setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0;
}

static int connect_to(unsigned port)
{
    const struct sockaddr_in at = loopback(port);
    const int s = socket(AF_INET, SOCK_STREAM, 0);
    must(s >= 0 && is_patient(s));
    if (connect(s, (const struct sockaddr *)&at, sizeof at) == 0)
        return s;
    close(s);
    return -1;
}

/* A process of our own that does this. */
static pid_t peer_of(void (*does)(unsigned, int), unsigned port, int listener)
{
    fflush(NULL);
    const pid_t pid = fork();
    must(pid >= 0);
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        does(port, listener);
        _exit(0);
    }
    if (listener >= 0)
        close(listener);
    return pid;
}

static void end_peer(pid_t pid)
{
    kill(pid, SIGKILL);
    must(waitpid(pid, NULL, 0) == pid);
}

/* ---- tap ---- */

/* A port that nobody has and that no outgoing connection is given. */
static unsigned free_port(void)
{
    for (unsigned i = 0; i < 1000; i++) {
        const unsigned port = 12000 + ((unsigned)getpid() * 7 + i) % 10000;
        const struct sockaddr_in at = loopback(port);
        const int s = socket(AF_INET, SOCK_STREAM, 0);
        const bool is_free = bind(s, (const struct sockaddr *)&at, sizeof at) == 0;
        close(s);
        if (is_free)
            return port;
    }
    fault_wrong("there is no port");
}

static bool says(int s, const char *text, size_t n) { return send(s, text, n, MSG_NOSIGNAL) == (ssize_t)n; }
static bool hears(int s, char *room, size_t n) { return recv(s, room, n, MSG_WAITALL) == (ssize_t)n; }

/* Both ends of a session, one after the other: upgrade, a message each way, close frames. */
static void talk_through(unsigned port, int listener)
{
    static const char upgrade[] = "GET /x HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n", answer[] = "HTTP/1.1 101 OK\r\n\r\n",
                      asks[] = "\x82\x85\0\0\0\0hello", answers[] = "\x82\x05there", closes[] = "\x88\x80\0\0\0\0", closed[] = "\x88\0";
    char room[256];
    int client = -1;
    for (int i = 0; i < 2000 && (client = connect_to(port)) < 0; i++)
        usleep(2000);
    const int server = client < 0 || !is_patient(listener) ? -1 : accept(listener, NULL, NULL);
    (void)(is_patient(server) && says(client, upgrade, sizeof upgrade - 1) && hears(server, room, sizeof upgrade - 1) && //
           says(server, answer, sizeof answer - 1) && hears(client, room, sizeof answer - 1) &&                          //
           says(client, asks, sizeof asks - 1) && hears(server, room, sizeof asks - 1) &&                                //
           says(server, answers, sizeof answers - 1) && hears(client, room, sizeof answers - 1) &&                       //
           says(client, closes, sizeof closes - 1) && hears(server, room, sizeof closes - 1) &&                          //
           says(server, closed, sizeof closed - 1) && hears(client, room, sizeof closed - 1));
    close(client);
    close(server);
}

/* The time stands in each line, and who ended first is chance. */
static void without_times(page *text)
{
    page out = {0};
    for (char *rest = text->p, *line; (line = strsep(&rest, "\n")) && *line;) {
        char *from = strstr(line, "\"vt\":"), *to = from ? strchr(from, ',') : NULL;
        if (strstr(line, "\"the end\""))
            continue;
        must(to);
        page_put_n(&out, line, (size_t)(from - line));
        page_printf(&out, "%s\n", to + 1);
    }
    page_free(text);
    *text = out;
}

/* What broke off on the line, be it that there was no memory for it, is recorded as far as it came. */
static bool is_shorter(const fault_call *c, const page *now)
{
    const fault_kind kind = fault_planned();
    const bool line_broke = fault_fired() && (kind == FAULT_READ || kind == FAULT_WRITE || kind == FAULT_MEMORY);
    return line_broke && now->n < c->honest.n && memcmp(now->p ? now->p : "", c->honest.p, now->n) == 0;
}

static char tapped_url[64], tap_port[16];
static fault_call tap = {.argument = {"tap", tapped_url, "--port", tap_port, "--sessions", "1", "--quiet"},
                         .file = "session-0.jsonl",
                         .steady = without_times,
                         .is_right = is_shorter};

static int run_tap(void)
{
    unsigned server;
    fault_waits_really();
    unlink(fault_path(tap.file));
    const int listener = listen_anywhere(&server);
    const unsigned port = free_port();
    snprintf(tapped_url, sizeof tapped_url, "ws://127.0.0.1:%u/x", server);
    snprintf(tap_port, sizeof tap_port, "%u", port);
    const pid_t peer = peer_of(talk_through, port, listener);
    const int came_to = fault_call_run(&tap);
    end_peer(peer);
    return came_to;
}

static void prepare_tap(void) { fault_call_prepare_by(&tap, run_tap); }

/* Nothing, or as much as had come: a line is whole. */
static int judge_tap(void)
{
    page now = {0};
    if (access(fault_path(tap.file), F_OK) != 0)
        return 0;
    if (!page_load(&now, fault_path(tap.file), 1 << 20) || (now.n && now.p[now.n - 1] != '\n'))
        return 1;
    without_times(&now);
    return now.n <= tap.honest.n && memcmp(now.p ? now.p : "", tap.honest.p, now.n) == 0 ? 0 : 1;
}

/* ---- a chat that keeps a history ---- */

#define ASKED "what is a lake?"
#define LATER "and a pond?"

static char chat_url[64], older_turn[32], newer_turn[32];
static history_files older, found;
static const uint8_t coins[64] = {1, 2, 3};
static fault_call chat = {.argument = {"chat", chat_url, "--profile", "parley1", "--say", LATER, "--history", "@history", "--quiet"},
                          .file = "answer",
                          .prints = true};

static int run_chat(void)
{
    fault_waits_really();
    must(history_files_save(&older, fault_path("history")));
    return fault_call_run(&chat);
}

static void prepare_chat(void)
{
    static const char *const serve[] = {"serve", "--profile", "parley1", "--model", "script", "--listen", "ws://127.0.0.1:0/", NULL};
    const char *why;
    const fault_peer host = fault_starts("serve", serve); /* until this process ends */
    snprintf(chat_url, sizeof chat_url, "ws://127.0.0.1:%u/parley/1", host.port);
    const char *const first[] = {"chat", chat_url, "--profile", "parley1", "--say", ASKED, "--history", "@history", NULL};
    must(fault_says("first", first) == 0);
    const storage_door door = storage_opens(&older.store);
    must(history_files_load(&older, &prim_sodium, fault_path("history"), coins, &why) && accepted(device_opens(&older.mine, &door)));
    snprintf(older_turn, sizeof older_turn, "turn %llu", (unsigned long long)older.mine.view.v);
    snprintf(newer_turn, sizeof newer_turn, "turn %llu", (unsigned long long)older.mine.view.v + 1);
    fault_call_prepare_by(&chat, run_chat);
}

static bool has(span text, const char *words) { return memmem(text.p, text.n, words, strlen(words)) != NULL; }

/* The older turn is there, and the newer one is whole or is not. */
static int judge_chat(void)
{
    uint8_t room[STORAGE_BLOB];
    span text;
    const char *why;
    const storage_door door = storage_opens(&found.store);
    if (!history_files_load(&found, &prim_sodium, fault_path("history"), coins, &why) || !accepted(device_opens(&found.mine, &door)))
        return 1;
    if (!accepted(device_reads(&found.mine, &door, older_turn, room, &text)) || !has(text, ASKED))
        return 1;
    return !accepted(device_reads(&found.mine, &door, newer_turn, room, &text)) || has(text, LATER) ? 0 : 1;
}

/* ---- a page that is served ---- */

static fault_call served = {.argument = {"serve", "--profile", "parley1", "--page", "--model", "script", "--listen", "ws://127.0.0.1:0/"},
                            .file = "fetched"};

/* What was answered, when it is whole. */
static bool fetch(unsigned port, const char *target, page *out)
{
    char room[4096];
    page answer = {0};
    const int s = connect_to(port), n = snprintf(room, sizeof room, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", target);
    size_t length = 0;
    ssize_t got = 0;
    if (s >= 0 && says(s, room, (size_t)n))
        while ((got = recv(s, room, sizeof room, 0)) > 0)
            page_put_n(&answer, room, (size_t)got);
    close(s);
    const char *body = answer.n ? strstr(answer.p, "\r\n\r\n") : NULL, *field = answer.n ? strstr(answer.p, "Content-Length: ") : NULL;
    const bool whole = body && field && sscanf(field + 16, "%zu", &length) == 1 && strncmp(answer.p, "HTTP/1.1 200", 12) == 0 &&
                       (size_t)(answer.p + answer.n - body) == length + 4;
    if (whole)
        page_put_n(out, body + 4, length);
    page_free(&answer);
    return whole;
}

/* Whoever serves is told to stop when it was asked. */
static void ask_for_pages(unsigned unused, int unused_too)
{
    page got = {0};
    unsigned port = 0;
    (void)unused, (void)unused_too;
    while (!(port = fault_port("words")))
        usleep(2000);
    if (fetch(port, "/", &got))
        (void)fetch(port, "/pack.json", &got);
    must(page_save(&got, fault_path("fetched")));
    kill(getppid(), SIGTERM);
}

/* A page that did not come because of the fault. */
static bool is_missing(const fault_call *c, const page *now)
{
    return fault_fired() && now->n < c->honest.n && memcmp(now->p ? now->p : "", c->honest.p, now->n) == 0;
}

static int run_served(void)
{
    fault_waits_really();
    signal(SIGTERM, SIG_IGN); /* until it listens, and when it has ended */
    fault_save("words", EMPTY);
    fault_save("fetched", EMPTY);
    served.is_right = is_missing;
    const pid_t peer = peer_of(ask_for_pages, 0, -1);
    const int came_to = fault_call_run(&served);
    end_peer(peer);
    return came_to;
}

static void prepare_served(void) { fault_call_prepare_by(&served, run_served); }

/* ---- adapters in a matrix ---- */

static fault_call matrix = {.argument = {"matrix", "@a.target", "--quiet"}, .file = "matrix.json"};

static int run_matrix(void) { return fault_call_run(&matrix); }

/* A result of some run, and all of it. */
static int judge_matrix(void)
{
    page now = {0};
    span whole;
    return page_load(&now, fault_path(matrix.file), 1 << 20) && json_read(span_of(now.p, now.n), &whole) ? 0 : 1;
}

static void prepare_matrix(void)
{
    fault_save("a.target", span_text("name = ours\nversion = 1\ndoor = library " FAULTS_PARLEY " adapter\n"));
    fault_call_prepare(&matrix);
}

/* ---- a recorded session of profile parley1 ---- */

static fault_call judge = {
    .argument = {"judge", "@session-0.jsonl", "--profile", "parley1", "--keys", "@keys"}, .file = "verdicts", .prints = true};

static int run_judge(void) { return fault_call_run(&judge); }

static void prepare_judge(void)
{
    static const char *const serve[] = {"serve",    "--profile",         "parley1",  "--model", "script",
                                        "--listen", "ws://127.0.0.1:0/", "--keylog", "@keys",   NULL};
    char to_host[64], to_tap[64];
    const fault_peer host = fault_starts("serve", serve);
    snprintf(to_host, sizeof to_host, "ws://127.0.0.1:%u/parley/1", host.port);
    const char *const taps[] = {"tap", to_host, "--sessions", "1", "--out", fault_folder(), NULL};
    const fault_peer between = fault_starts("tap", taps);
    snprintf(to_tap, sizeof to_tap, "ws://127.0.0.1:%u/parley/1", between.port);
    const char *const chats[] = {"chat", to_tap, "--profile", "parley1", "--say", ASKED, NULL};
    must(fault_says("chat", chats) == 0);
    must(waitpid(between.pid, NULL, 0) == between.pid); /* it has seen its one session */
    fault_ends_peer(&host, SIGTERM);
    fault_call_prepare(&judge);
}

const fault_scenario fault_tap = {"tap", prepare_tap, run_tap, judge_tap, FILES | SOCKETS | KILLS, 0};
const fault_scenario fault_chat = {"chat", prepare_chat, run_chat, judge_chat, MEMORY | FILES | SOCKETS | KILLS, 0};
const fault_scenario fault_page = {"page", prepare_served, run_served, NULL, MEMORY | FILES | SOCKETS, 0};
const fault_scenario fault_matrix = {"matrix", prepare_matrix, run_matrix, judge_matrix, MEMORY | FILES | SOCKETS | KILLS, 300};
const fault_scenario fault_judge1 = {"judge1", prepare_judge, run_judge, NULL, MEMORY | FILES, 0};
