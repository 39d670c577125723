#include "bench_peer.h"
#include "bench_spread.h"
#include "chat_device.h"
#include "library_child.h"
#include "place.h"
#include "prim_best.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { TEXT = 100, MESSAGE = 4096, MESSAGES = 400, AT_DOOR = 200, GOAL = 5, ROUNDS_MAX = 15, ROOM = 1 << 16, PATIENCE_MS = 120000 };

static double now(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- without the door: our text in this process, libsignal in its own ---- */

static chat_device ours[2];

static void pass(int from)
{
    static const uint8_t text[TEXT];
    uint8_t bytes[MESSAGE], plain[MESSAGE];
    writer sent = WRITER(bytes), taken = WRITER(plain);
    const bool first = chat_send(&ours[from], SPAN(text), &sent);
    must(accepted(chat_receive(&ours[!from], first, written(&sent), &taken)));
}

static void meet(void)
{
    static const uint8_t secrets[2][32] = {{1}, {2}};
    static prim_choice choice;
    choice = prim_choice_measured();
    for (int i = 0; i < 2; i++)
        chat_open(&ours[i], prim_best(&choice), CHAT_SPQR, secrets[i]);
    chat_initiate(&ours[0], &ours[1]);
    pass(0), pass(1);
}

/* Seconds of processor time for one message, by both sides. */
static double our_message(bool replies)
{
    const double from = now(CLOCK_PROCESS_CPUTIME_ID);
    for (int i = 0; i < MESSAGES; i++)
        pass(replies ? i % 2 : 0);
    return (now(CLOCK_PROCESS_CPUTIME_ID) - from) / MESSAGES;
}

typedef struct end {
    parley_impl impl;
    library_child child;
    int64_t h[2];
    uint8_t room[ROOM];
    shim_request request;
    shim_reply reply;
} end;

static bool ask(end *e)
{
    e->reply.room = writer_of(e->room, sizeof e->room);
    return shim_ask(&e->impl, &e->request, &e->reply) == SHIM_ANSWERED && e->reply.answer == SHIM_OK;
}

static bool their_message(end *e, bool replies, double *seconds)
{
    int64_t microseconds;
    shim_request_start(&e->request, "rt.speed");
    shim_put_int(&e->request.in, "messages", MESSAGES);
    shim_put_int(&e->request.in, "replies", replies);
    if (!ask(e) || !shim_int(&e->reply.out, "microseconds", &microseconds))
        return false;
    *seconds = (double)microseconds / 1e6 / MESSAGES;
    return true;
}

/* ---- at the door: two devices of one adapter, a line each way for each call ---- */

static bool device(end *e, int i)
{
    shim_request_start(&e->request, "rt.device");
    shim_put_text(&e->request.in, "mode", span_text("compat"));
    shim_put_text(&e->request.in, "pq", span_text("required"));
    return ask(e) && shim_int(&e->reply.out, "h", &e->h[i]);
}

static bool starts(end *e)
{
    if (!device(e, 0) || !device(e, 1))
        return false;
    shim_request_start(&e->request, "rt.start");
    shim_put_int(&e->request.in, "h", e->h[0]);
    for (size_t i = 0; i < e->reply.out.n; i++)
        if (!span_is(e->reply.out.at[i].key, "h"))
            e->request.in.at[e->request.in.n++] = e->reply.out.at[i];
    return ask(e);
}

static bool passes(end *e, int from)
{
    static const uint8_t text[TEXT];
    static uint8_t bytes[MESSAGE];
    writer w = WRITER(bytes);
    int64_t first;
    span message;
    shim_request_start(&e->request, "rt.send");
    shim_put_int(&e->request.in, "h", e->h[from]);
    shim_put_bytes(&e->request.in, "text", SPAN(text));
    if (!ask(e) || !shim_int(&e->reply.out, "first", &first) || !shim_bytes(&e->reply.out, "message", &w, &message))
        return false;
    memmove(bytes, message.p, message.n);
    shim_request_start(&e->request, "rt.receive");
    shim_put_int(&e->request.in, "h", e->h[!from]);
    shim_put_int(&e->request.in, "first", first);
    shim_put_bytes(&e->request.in, "message", span_of(bytes, message.n));
    return ask(e);
}

static bool at_door(end *e, bool replies, double *seconds)
{
    const double from = now(CLOCK_MONOTONIC);
    for (int i = 0; i < AT_DOOR; i++)
        if (!passes(e, replies ? i % 2 : 0))
            return false;
    *seconds = (now(CLOCK_MONOTONIC) - from) / AT_DOOR;
    return true;
}

static bool open_end(end *e, const char *command)
{
    if (!library_open(&e->child, command))
        return false;
    e->child.patience_ms = PATIENCE_MS;
    e->impl = library_behind_shim(&e->child);
    return starts(e) && passes(e, 0) && passes(e, 1);
}

/* ---- both ---- */

typedef struct compared {
    double ours[ROUNDS_MAX], theirs[ROUNDS_MAX], ratio[ROUNDS_MAX];
} compared;

static int by_size(const void *a, const void *b)
{
    return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

static double median(double *all, uint32_t n)
{
    qsort(all, n, sizeof *all, by_size);
    return all[n / 2];
}

static void print(const char *what, compared *c, uint32_t rounds, bool goal)
{
    const double ratio = median(c->ratio, rounds);
    printf("  %-32s ours %8.1f us, libsignal %8.1f us: %.1f times as fast (%.1f .. %.1f)", what, median(c->ours, rounds) * 1e6,
           median(c->theirs, rounds) * 1e6, ratio, c->ratio[0], c->ratio[rounds - 1]);
    if (goal)
        printf("; goal at least %d, %s", GOAL, ratio >= GOAL ? "met" : "MISSED");
    putchar('\n');
}

/* What is measured of one kind of message goes into both by half: a conversation has as many of the one as of the other. */
static bool measure(end *us, end *them, bool replies, uint32_t rounds, compared *both)
{
    static compared alone, door;
    for (uint32_t i = 0; i < rounds; i++) {
        alone.ours[i] = our_message(replies);
        if (!their_message(them, replies, &alone.theirs[i]) || !at_door(us, replies, &door.ours[i]) ||
            !at_door(them, replies, &door.theirs[i]))
            return false;
        alone.ratio[i] = alone.theirs[i] / alone.ours[i];
        door.ratio[i] = door.theirs[i] / door.ours[i];
        both->ours[i] += alone.ours[i] / 2;
        both->theirs[i] += alone.theirs[i] / 2;
        both->ratio[i] = both->theirs[i] / both->ours[i];
    }
    print(replies ? "replies, processor time" : "one way, processor time", &alone, rounds, true);
    print(replies ? "replies, at the door" : "one way, at the door", &door, rounds, false);
    return true;
}

static const char *missing(char command[1100])
{
    char installed[1100];
    const char *top = place_checkout();
    if (!top)
        return "peers stand in a checkout";
    snprintf(installed, sizeof installed, "%s/conformance/peers/installed/signal-libsignal", top);
    snprintf(command, 1100, "%s/conformance/peers/signal-libsignal/run", top);
    return access(installed, R_OK) == 0 ? NULL : "it is not installed: ./parley peers install signal-libsignal";
}

void bench_against_libsignal(const cli_call *call, uint32_t rounds)
{
    static end us, them;
    static compared both;
    char command[1100], own[1100];
    const char *why = missing(command);
    if (call->quiet || call->json)
        return;
    if (why) {
        printf("SKIPPED against libsignal: %s\n", why);
        return;
    }
    rounds = rounds < ROUNDS_MAX ? rounds : ROUNDS_MAX;
    snprintf(own, sizeof own, "%s adapter", place_program());
    meet();
    if (open_end(&us, own) && open_end(&them, command)) {
        printf("a message of %d bytes by version 4 with SPQR, sent and taken, against libsignal 0.103.0; medians of %u rounds\n", TEXT,
               rounds);
        if (measure(&us, &them, true, rounds, &both) && measure(&us, &them, false, rounds, &both))
            print("as many of each, processor time", &both, rounds, true);
        else
            puts("SKIPPED against libsignal: it stopped answering");
    } else
        printf("SKIPPED against libsignal: an adapter does not answer (%s%s)\n", us.child.trouble, them.child.trouble);
    library_close(&us.child);
    library_close(&them.child);
}
