/* Profile parley1, the client's door: waits and ages, by a clock that the case sets. A wait has its end though nothing comes. */
#include "cases.h"
#include "client_run.h"
#include "p1_peer.h"

static p1_peer *says_nothing(trial *t) { return p1_enclave_meets(t, NULL); }

static p1_peer *proves_nothing(trial *t)
{
    p1_peer *p = p1_enclave_meets(t, NULL);
    p1_enclave_answers_hello(p);
    return p;
}

static p1_peer *is_not_ready(trial *t) { return p1_enclave_before_ready(t); }

/* An answer begins, and does not go on. */
static p1_peer *begins_an_answer(trial *t)
{
    static const p1_reply begun = {.instead = "090000000100000000000161"};
    p1_peer *p = p1_enclave_opens(t);
    p1_enclave_serves(p, &begun);
    p1_enclave_serves_until_asked(p);
    return p;
}

typedef struct wait {
    p1_peer *(*until)(trial *);
    int64_t before, after; /* seconds from the run's time: it is there, it has ended */
} wait;

static void run_wait(trial *t)
{
    const wait *w = t->row->with;
    p1_peer *p = w->until(t);
    if (t->over)
        return;
    trial_sets_clock(t, w->before);
    p1_judge_there(p, STATE);
    p1_enclave_is_silent(p);
    trial_sets_clock(t, w->after);
    judge_refuses(p->peer);
}

#define WAIT(slug, says_, req_, until_, before_, after_)                                                                     \
    CASE(.id = "p1.client." slug, .says = says_, .req = {[VERDICT] = req_, [REASON] = req_, [STATE] = req_}, .needs = "ctl", \
         .base = "p1.client.turn.honest", .run = run_wait, .with = GIVEN(wait, until_, before_, after_))

static const case_row rows[] = {
    WAIT("wait.message2", "a first message that nobody answers", "P1-166", says_nothing, 7, 13),
    WAIT("wait.attest", "a handshake without evidence", "P1-167", proves_nothing, 27, 33),
    WAIT("wait.ready", "a start that nobody answers", "P1-168", is_not_ready, 27, 33),
    WAIT("age.reading", "an answer that goes on after 15 minutes", "P1-164", begins_an_answer, P1_FRESH - 10, P1_STALE + 3),
};

const case_table p1_client_waits_cases = {rows, sizeof rows / sizeof *rows};
