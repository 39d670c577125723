/* Profile parley1, the server's door: waits and ages, by a clock that the case sets. A wait has its end though nothing comes. */
#include "cases.h"
#include "p1_peer.h"

#define OK "p1.server.turn.level-0"

/* What the target's clock shows from here on, and ours with it. */
static void moves_to(p1_peer *p, int64_t shift)
{
    trial_sets_clock(p->t, shift);
    p->now = p->t->run->now + shift;
}

/* ---- waits ---- */

static p1_peer *steps_and_is_silent(trial *t)
{
    p1_peer *p = p1_peer_admitted(t, 0);
    moves_to(p, P1_STEP_PAUSE);
    p1_peer_steps_without_start(p);
    return p;
}

static p1_peer *has_had_its_turn(trial *t)
{
    p1_peer *p = p1_peer_admitted(t, 0);
    p1_peer_asks(p, &(p1_question){0});
    p1_judge_answered(p);
    return p;
}

/* Evidence is renewed, and nothing is asked. */
static p1_peer *steps_now_and_then(trial *t)
{
    p1_peer *p = has_had_its_turn(t);
    for (int64_t minutes = 20; minutes < 60; minutes += 20) {
        moves_to(p, 60 * minutes);
        p1_peer_steps(p);
    }
    return p;
}

static p1_peer *shakes(trial *t) { return p1_peer_verifies(t, 0); }
static p1_peer *admitted(trial *t) { return p1_peer_admitted(t, 0); }
static p1_peer *starts(trial *t) { return p1_peer_starts(t, 0); }

typedef struct wait {
    p1_peer *(*until)(trial *);
    int64_t seconds; /* from the run's time */
} wait;

/* There is no twin that is accepted: the same session is there two seconds before. */
static void run_wait(trial *t)
{
    const wait *w = t->row->with;
    trial_sets_clock(t, 0);
    p1_peer *p = w->until(t);
    moves_to(p, w->seconds - 2);
    p1_judge_there(p, STATE);
    moves_to(p, w->seconds + 2);
    p1_judge_ends(p);
    trial_sets_clock(t, 0);
}

/* ---- ages ---- */

static bool hears_error(p1_peer *p, unsigned code)
{
    in_message m = {0};
    return p1_peer_hears(p, &m) && m.type == IN_TYPE_ERROR && m.as.error.code == code;
}

/* The last second in which evidence is fresh, the first in which it is stale, and a new epoch. */
static void run_stale(trial *t)
{
    trial_sets_clock(t, 0);
    p1_peer *p = p1_peer_admitted(t, 0);
    moves_to(p, P1_STALE - 2);
    p1_peer_asks(p, &(p1_question){.id = 1});
    p1_judge_answered(p);
    moves_to(p, P1_STALE + 1);
    p1_peer_asks(p, &(p1_question){.id = 2});
    judge(t, VERDICT, hears_error(p, IN_STALE), "error 4", "another answer");
    p1_peer_steps(p);
    p1_peer_asks(p, &(p1_question){.id = 3});
    p1_judge_answered(p);
    trial_sets_clock(t, 0);
}

/* A request that began in time is answered whole, though the evidence has become stale since. */
static void run_becomes_stale(trial *t)
{
    trial_sets_clock(t, 0);
    p1_peer *p = p1_peer_admitted(t, 2);
    moves_to(p, P1_STALE - 2);
    p1_peer_asks(p, &(p1_question){0});
    p1_judge_there(p, VERDICT); /* so that the request has come */
    trial_sets_clock(t, P1_STALE + 1);
    p1_judge_answered(p);
    trial_sets_clock(t, 0);
}

static void run_step_in_time(trial *t)
{
    trial_sets_clock(t, 0);
    p1_peer *p = p1_peer_admitted(t, 0);
    moves_to(p, P1_STEP_PAUSE + 1);
    p1_peer_steps(p);
    p1_peer_asks(p, &(p1_question){0});
    p1_judge_answered(p);
    trial_sets_clock(t, 0);
}

/* Old enough, but under the share of start, so that ready need not have come. */
static void run_step_before_ready(trial *t)
{
    trial_sets_clock(t, 0);
    p1_peer *p = p1_peer_verifies(t, 0);
    p1_peer_says_record(p, &(p1_record){0}, "0100020100");
    p1_peer_says_hex(p, "06000000");
    p1_judge_there(p, STATE);
    moves_to(p, P1_STEP_PAUSE + 2);
    p1_peer_says_step(p);
    p1_judge_refused(p);
    trial_sets_clock(t, 0);
}

static void run_step_too_early(trial *t)
{
    const int64_t *at = t->row->with;
    trial_sets_clock(t, 0);
    p1_peer *p = p1_peer_admitted(t, 0);
    moves_to(p, *at);
    p1_peer_says_step(p);
    p1_judge_refused(p);
    trial_sets_clock(t, 0);
}

/* The pause counts from the last step, not from the first message. */
static void run_second_step_too_early(trial *t)
{
    trial_sets_clock(t, 0);
    p1_peer *p = p1_peer_admitted(t, 0);
    moves_to(p, 600);
    p1_peer_steps(p);
    moves_to(p, 600 + P1_STEP_PAUSE - 2);
    p1_peer_says_step(p);
    p1_judge_refused(p);
    trial_sets_clock(t, 0);
}

#define WAIT(slug, says_, req_, until_, seconds_)                                                                                     \
    CASE(.id = "p1.server.wait." slug, .says = says_, .req = {[VERDICT] = req_, [REASON] = "P1-001", [STATE] = req_}, .needs = "ctl", \
         .run = run_wait, .with = GIVEN(wait, until_, seconds_))
#define AGE(slug, says_, req_, run_) \
    CASE(.id = "p1.server.age." slug, .says = says_, .req = {[VERDICT] = req_}, .needs = "ctl", .run = run_)
#define EARLY(slug, says_, run_, ...)                                                                                                  \
    CASE(.id = "p1.server.age." slug, .says = says_, .req = {[VERDICT] = "P1-155", [REASON] = "P1-001"}, .base = "p1.server.age.step", \
         .needs = "ctl", .run = run_, __VA_ARGS__)

static const case_row rows[] = {
    WAIT("hello", "a connection without a first message", "P1-169", p1_peer_connects, 10),
    WAIT("start", "evidence that nobody starts on", "P1-170", shakes, 30),
    WAIT("token", "a start without a token", "P1-171", starts, 30),
    WAIT("next-start", "evidence of the next epoch that nobody starts on", "P1-172", steps_and_is_silent, P1_STEP_PAUSE + 60),
    WAIT("idle", "an hour behind the last answer", "P1-173", has_had_its_turn, P1_IDLE),
    WAIT("idle-without-turn", "an hour behind the start", "P1-173", admitted, P1_IDLE),
    WAIT("idle-with-steps", "an hour in which evidence is renewed and nothing is asked", "P1-173", steps_now_and_then, P1_IDLE),
    AGE("stale", "requests on both sides of 15 minutes, and a new epoch", "P1-165", run_stale),
    AGE("becomes-stale", "an answer in the middle of which its evidence becomes stale", "P1-165", run_becomes_stale),
    AGE("step", "a step after half a minute", "P1-155 P1-142", run_step_in_time),
    CASE(.id = "p1.server.age.step-before-ready", .says = "a step under the share of start",
         .req = {[VERDICT] = "P1-152", [REASON] = "P1-001", [STATE] = "P1-152"}, .base = "p1.server.age.step", .needs = "ctl",
         .run = run_step_before_ready),
    EARLY("step-early", "a step two seconds too early", run_step_too_early, .with = GIVEN(int64_t, P1_STEP_PAUSE - 2)),
    EARLY("step-set-back", "a step while the enclave's clock is set back", run_step_too_early, .with = GIVEN(int64_t, -600)),
    EARLY("second-step-early", "a second step within half a minute", run_second_step_too_early),
};

const case_table p1_server_waits_cases = {rows, sizeof rows / sizeof *rows};
