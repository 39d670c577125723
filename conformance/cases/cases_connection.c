/* Server: what holds of a connection as a whole (chapter wire, control frames; confer, sections 2 and 5). */
#include "cases.h"

#include <stdio.h>
#include <string.h>

#define STREAMED "],\"model\":\"default\",\"stream\":true}"

/* ---- control frames ---- */

/* The pong has to be there when the answer to a later request is. */
static void ping_frame(peer_connection *peer)
{
    static const uint8_t data[] = {'p', 'a', 'r', 0, 0xff};
    peer_pings(peer, SPAN(data));
    judge_pong(peer, 1, STATE);
    judge(peer->t, VERDICT, peer->n_pongs == 1 && span_same(span_of(peer->pong, peer->pong_n), SPAN(data)),
          "a pong frame with the data of the ping frame", "%u pong frames, the last of %zu bytes", peer->n_pongs, peer->pong_n);
}

static void closes(peer_connection *peer)
{
    judge_pong(peer, 1, STATE);
    peer_closes(peer, 1000, "");
    peer_waits_for_end(peer);
    judge(peer->t, VERDICT, peer->end.how == WS_CLOSED, "a close frame that answers ours", "%s", peer_ending(peer));
}

/* ---- after the end ---- */

/* A record that does not open; behind it the same record as it should be, and another request. */
static void goes_on_after_a_refusal(peer_connection *peer)
{
    uint8_t plain[128], good[256], bad[256];
    writer message = WRITER(plain);
    const cf_request ping = {.id = number_field(1), .verb = text_field("GET"), .path = text_field("/ping")};
    layout_write(&cf_request_layout, &ping, &message);
    const span record = peer_keeps_record(peer, written(&message), good, sizeof good);
    span_take(record, bad, sizeof bad);
    bad[5] ^= 1;
    peer_sends(peer, span_of(bad, record.n));
    peer_sends(peer, record);
    peer_sends_ping(peer, 2);
    judge_closed_and_alive(peer, CF_UNEXPECTED, "Decryption failed", false);
}

/* ---- requests in flight ---- */

enum { AT_ONCE = CF_REQUESTS_MAX + 1 };

static void asks_long(peer_connection *peer, int64_t id)
{
    char body[6000];
    size_t n = (size_t)snprintf(body, sizeof body, "{\"messages\":[{\"role\":\"user\",\"content\":\"repeat:");
    for (int i = 0; i < 100; i++)
        n += (size_t)snprintf(body + n, sizeof body - n, " %s", peer->t->word);
    snprintf(body + n, sizeof body - n, "\"}" STREAMED);
    peer_asks(peer, id, "POST", "/v1/vllm/chat/completions", body);
}

static bool is_completion(span body)
{
    span object, type;
    return json_read(body, &object) && json_member(object, "type", &type) && json_string_is(type, "completion");
}

/* Seventeen long answers. While not one of them is complete, an event of the last shows that all of them are in flight; a server that is done with
 * some of them before it takes the last has never too many. */
static void seventeen_requests(peer_connection *peer)
{
    trial *t = peer->t;
    unsigned done = 0;
    cf_response r;
    for (int64_t id = 1; id <= AT_ONCE; id++)
        asks_long(peer, id);
    while (done < AT_ONCE && peer_receives_response(peer, &r)) {
        const bool last = r.id.v == AT_ONCE, ok = r.status.v == 200;
        trial_saw(t, ok ? DEPLOYED_TAKES : DEPLOYED_ANSWERS);
        judge(t, VERDICT, !last || !ok || done > 0, "at most sixteen requests in flight", "a seventeenth under way");
        judge(t, VERDICT, ok || (last && r.status.v == 503 && span_is(r.body.v, "Too many requests")), "503 Too many requests for the last",
              "id %lld, status %lld", (long long)r.id.v, (long long)r.status.v);
        done += !ok || is_completion(r.body.v);
    }
    judge(t, VERDICT, done == AT_ONCE, "an end to each of the seventeen", "%u ends, %s", done, peer_ending(peer));
    judge_pong(peer, 99, STATE);
}

/* ---- memory ---- */

enum { SESSIONS = 40, BATCHES = 8, ROUNDS = 5, GROWN_KIB = BATCHES * SESSIONS * 4, FAR_TOO_MUCH_KIB = 1 << 20 };

/* KiB of memory that the process has now. */
static int64_t memory_of(int pid)
{
    char path[64], line[256];
    long kib = 0;
    snprintf(path, sizeof path, "/proc/%d/status", pid);
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f))
        sscanf(line, "VmRSS: %ld kB", &kib);
    if (f)
        fclose(f);
    return kib;
}

/* As many sessions, each with an unfinished message; when one more has been answered, their ends have been seen. */
static int64_t memory_after_sessions(trial *t)
{
    for (int i = 0; i < SESSIONS && !t->over; i++) {
        peer_connection *peer = peer_opens_session(t);
        peer_sends_chunk(peer, 5, 0, 2, span_text("half a message"));
        judge_pong(peer, 1, VERDICT);
    }
    trial_drop_connections(t);
    judge_pong(peer_opens_session(t), 1, VERDICT);
    return memory_of(t->run->pid);
}

typedef struct growth {
    int64_t kib, a_session; /* in all; of the sessions of the last round */
    bool ends;              /* it stood still in the end */
} growth;

/* Rounds until the memory stands still: a heap that is collected, or that keeps what was freed, grows at first and then no more, a leak always
 * grows. Stops early where a machine would not bear more of it. */
static growth memory_grows(trial *t)
{
    const int64_t first = (memory_after_sessions(t), memory_after_sessions(t));
    growth g = {0};
    for (int round = 0; round < ROUNDS && g.kib < FAR_TOO_MUCH_KIB && !g.ends && !t->over; round++) {
        const int64_t before = g.kib;
        int made = 0;
        while (made < BATCHES && g.kib < FAR_TOO_MUCH_KIB)
            g.kib = memory_after_sessions(t) - first, made++;
        g.a_session = (g.kib - before) / (made * SESSIONS);
        g.ends = made == BATCHES && g.kib - before < GROWN_KIB;
    }
    return g;
}

/* Runtimes that let hundreds of MiB of garbage lie before they collect it at all. */
static bool collects_late(int pid)
{
    char path[64], line[4200];
    bool found = false;
    snprintf(path, sizeof path, "/proc/%d/maps", pid);
    FILE *f = fopen(path, "r");
    while (f && !found && fgets(line, sizeof line, f))
        found = strstr(line, "/libjvm.so") || strstr(line, "/libcoreclr.so");
    if (f)
        fclose(f);
    return found;
}

static void sessions_are_forgotten(trial *t)
{
    const growth g = memory_grows(t);
    if (!g.ends && g.kib < FAR_TOO_MUCH_KIB && !t->over && collects_late(t->run->pid)) {
        trial_untested(t, VERDICT, "its runtime lets garbage lie for long: start it with a heap of 64 MiB at most (-Xmx64m)");
        return;
    }
    judge(t, VERDICT, g.ends, "memory that stands still in the end, however many sessions have ended",
          "about %lld KiB more for each of them", (long long)g.a_session);
}

/* ---- an answer without a word ---- */

static void says_nothing(peer_connection *peer)
{
    cf_response r;
    peer_asks(peer, 3, "POST", "/v1/vllm/chat/completions",
              "{\"messages\":[{\"role\":\"user\",\"content\":\"say nothing\"}],\"model\":\"default\",\"stream\":false}");
    if (!peer_receives_response_to(peer, 3, &r))
        trial_stop(peer->t, VERDICT, OUTCOME_FAIL, "one answer", "none");
    judge(peer->t, VERDICT, r.status.v == 200 && r.body.v.n == 0, "status 200 and no text", "status %lld, %zu bytes", (long long)r.status.v,
          r.body.v.n);
    judge(peer->t, WIRE, !r.body.has, "no body field", "an empty one");
    judge_pong(peer, 4, STATE);
}

/* The same as a stream: no token, and a completion. */
static void streams_nothing(peer_connection *peer)
{
    cf_response r;
    span object, type;
    peer_asks(peer, 3, "POST", "/v1/vllm/chat/completions", "{\"messages\":[{\"role\":\"user\",\"content\":\"say nothing\"}" STREAMED);
    if (!peer_receives_response_to(peer, 3, &r))
        trial_stop(peer->t, VERDICT, OUTCOME_FAIL, "a completion", "%s", peer_ending(peer));
    judge(peer->t, VERDICT,
          r.status.v == 200 && json_read(r.body.v, &object) && json_member(object, "type", &type) && json_string_is(type, "completion"),
          "a completion and nothing before it", "%.*s", r.body.v.n < 100 ? (int)r.body.v.n : 100, (const char *)r.body.v.p);
    judge_pong(peer, 4, STATE);
}

static const case_row rows[] = {
    CASE(.id = "wi.server.frames.ping", .says = "a ping frame of WebSocket in an open session",
         .req = {[VERDICT] = "WI-035", [STATE] = "WI-035 CF-070"}, .start = peer_opens_session, .act = ping_frame),
    CASE(.id = "wi.server.frames.close", .says = "the client closes an open session",
         .req = {[VERDICT] = "WI-034", [STATE] = "WI-034 CF-070"}, .start = peer_opens_session, .act = closes),
    CASE(.id = "cf.server.record.after-the-end", .says = "a record that does not open, and good ones right behind it",
         .req = {"CF-028 CF-027", "CF-027", "CF-028"}, .base = "cf.server.sanity.ping", .start = peer_opens_session,
         .act = goes_on_after_a_refusal),
    CASE(.id = "cf.server.request.seventeen", .says = "seventeen long chats at once", .req = {[VERDICT] = "CF-068", [STATE] = "CF-068"},
         .departure = DEPLOYED_TAKES, .start = peer_opens_session, .act = seventeen_requests),
    CASE(.id = "cf.server.memory.sessions", .says = "sessions by the hundred, each dropped with an unfinished message", .req = {"CF-030"},
         .lasts = true, .needs = "pid", .run = sessions_are_forgotten),
    CASE(.id = "cf.server.answer.empty", .says = "an answer without a word",
         .req = {[VERDICT] = "CF-074 CF-073", [WIRE] = "CF-074", [STATE] = "CF-073"}, .start = peer_opens_session, .act = says_nothing),
    CASE(.id = "cf.server.answer.empty-stream", .says = "a stream without a word", .req = {[VERDICT] = "CF-085", [STATE] = "CF-085 CF-073"},
         .start = peer_opens_session, .act = streams_nothing),
};

const case_table connection_cases = {rows, sizeof rows / sizeof *rows};
