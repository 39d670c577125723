/* A guest and a host of profile parley1 over a socket pair: evidence, two questions in two epochs, the end. Afterwards, with nothing failing, the
 * same host answers another guest. */
#include "faults.h"
#include "p1_socket.h"

#include <event2/bufferevent.h>
#include <event2/event.h>

#include <string.h>

#define ECHO "I am a script and repeat what I am told: "

static service world;
static int64_t now;

typedef struct talk {
    char said[256];
    unsigned verified;
    bool finished;
} talk;

static void on_verified(void *ctx, uint32_t epoch, const p1_appraisal *a)
{
    (void)epoch, (void)a;
    ((talk *)ctx)->verified++;
}

static void on_answered(void *ctx, p1_guest *g, const p1_answer *a)
{
    talk *t = ctx;
    const size_t n = strlen(t->said);
    (void)g;
    if (!t->verified)
        fault_wrong("an answer came before any evidence was verified");
    if (!a->error)
        snprintf(t->said + n, sizeof t->said - n, "[%.*s]", (int)a->text.n, (const char *)a->text.p);
}

static void on_ended(void *ctx, const p1_guest_end *end) { ((talk *)ctx)->finished = end->finished; }

static const p1_guest_events events = {.verified = on_verified, .answered = on_answered, .ended = on_ended};

static bool talks(struct event_base *base, p1_host *host)
{
    static const char *const questions[] = {"what is a lake?", "and a pond?", NULL};
    talk t = {.verified = 0};
    struct bufferevent *end[2];
    p1_memory memory = {0};
    const ws_gate gate = p1_host_gate(host);
    const ws_url url = {.host = "memory", .target = P1_TARGET};
    const p1_guest_setup setup = {.base = base,
                                  .prim = fault_prim,
                                  .policy = &world.policy,
                                  .memory = &memory,
                                  .name = "chat.example",
                                  .now = &now,
                                  .coins = coins_of_seed(EMPTY, "guest"),
                                  .questions = questions,
                                  .steps = true,
                                  .on = &events,
                                  .ctx = &t};
    if (!fault_ends(base, end))
        return false;
    (void)ws_serve(base, end[0], &gate);
    if (p1_guest_start_on(&setup, end[1], &url))
        event_base_dispatch(base);
    const bool whole = strcmp(t.said, "[" ECHO "what is a lake?][" ECHO "and a pond?]") == 0;
    if (t.finished && !whole)
        fault_wrong("answers were taken for whole that are not");
    return t.finished && whole && t.verified == 2;
}

static int run(void)
{
    struct event_base *base = event_base_new();
    must(base);
    now = SERVICE_NOW;
    fault_begin();
    p1_host *host = p1_host_start(
        &(p1_host_setup){.base = base, .world = &world, .now = &now, .coins = coins_of_seed(EMPTY, "host"), .model = p1_script()});
    const bool talked = host && talks(base, host);
    fault_disarm();
    if (host && !talks(base, host))
        fault_wrong("the host no longer answers");
    if (host)
        p1_host_stop(host);
    event_base_free(base);
    return talked ? FAULT_HONEST : FAULT_FAILED;
}

static void prepare(void)
{
    service_start(&world, &prim_sodium, span_text("faults"), "chat.example", SERVICE_NOW);
    world.prim = fault_prim;
    world.log_terms.group[0].least = world.log_terms.group[0].n_members; /* so that no witness can be spared */
    must(run() == FAULT_HONEST);                                         /* what libraries allocate once */
}

const fault_scenario fault_parley1 = {
    "parley1", prepare, run, NULL, 1u << FAULT_MEMORY | 1u << FAULT_PROVIDER | 1u << FAULT_READ | 1u << FAULT_WRITE, 0};
