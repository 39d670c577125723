/* Profile parley1, the client's door: evidence behind the first epoch. The case moves the client's clock in the middle of an answer, so that an
 * honest client steps before it reads on; then the enclave proves itself anew, or does not. */
#include "cases.h"
#include "client_run.h"
#include "p1_peer.h"

#include <string.h>

/* What the evidence of epoch 1 is. */
typedef enum renewal {
    RENEWED,          /* honest */
    SAID_AGAIN,       /* that of epoch 0, byte for byte */
    OF_THE_CHALLENGE, /* over X_0 */
    OF_EPOCH_0,       /* over X_1, as evidence of epoch 0 */
    OTHER_CLAIMS,     /* enrolled anew with another tick */
    OTHER_BOOT,       /* with another receipt key */
    OTHER_MACHINE     /* measured otherwise */
} renewal;

static const p1_reply paused = {.pause = true};

/* A client may close at 15 minutes instead. */
static void is_left_out(trial *t) { trial_leaves_out(t, "it does not renew its evidence in the middle of an answer"); }

/* Up to the client's step, which is answered by a reply; the report is still to be made. */
static p1_peer *is_asked_to_renew(trial *t)
{
    p1_peer *p = p1_enclave_opens(t);
    p1_enclave_serves(p, &paused);
    p1_enclave_serves_until_asked(p);
    if (t->over)
        return p;
    trial_sets_clock(t, P1_FRESH + 5);
    p->now += P1_FRESH + 5;
    if (!p1_enclave_takes_step(p))
        is_left_out(t);
    return p;
}

static void enrol_anew(p1_peer *p)
{
    uint8_t nonce[32];
    trial_draw(p->t, nonce, sizeof nonce);
    p1_scene_enrol(p->scene, NULL, SPAN(nonce));
}

static span evidence_of(p1_peer *p, renewal r, const uint8_t x0[P1_DIGEST], span before)
{
    static uint8_t room[SERVICE_ATTEST];
    const uint8_t *x = r == OF_THE_CHALLENGE ? x0 : p->enclave.x;
    if (r == SAID_AGAIN)
        return before;
    if (r == OTHER_CLAIMS)
        p->scene->world.tick = 77;
    if (r == OTHER_BOOT)
        p->scene->world.q[5] ^= 1;
    if (r == OTHER_CLAIMS || r == OTHER_BOOT)
        enrol_anew(p);
    if (r == OTHER_MACHINE)
        p->scene->world.launch.measurement[7] ^= 1;
    writer w = WRITER(room);
    service_attest(&p->scene->world, r == OF_EPOCH_0 ? 0 : 1, x, &w);
    return written(&w);
}

static void run_renewal(trial *t)
{
    static uint8_t first[SERVICE_ATTEST];
    const renewal *r = t->row->with;
    uint8_t x0[P1_DIGEST];
    p1_peer *p = is_asked_to_renew(t);
    const span before = span_of(first, p->scene->n_attest);
    if (t->over)
        return;
    span_take(span_of(p->scene->attest, p->scene->n_attest), first, sizeof first);
    memcpy(x0, p->first_x, sizeof x0);
    p1_enclave_renews(p, evidence_of(p, *r, x0, before));
    p1_enclave_goes_on(p);
    if (*r == RENEWED)
        judge_finishes_with(p->peer, CLIENT_RUN_ANSWER);
    else
        judge_refuses(p->peer);
}

/* A reply with another number than the step's. */
static void run_other_reply(trial *t)
{
    const uint8_t *last = t->row->with;
    uint8_t reply[P1_REPLY_BYTES] = {P1_REPLY, 0, 0, last[0], last[1]};
    p1_peer *p = p1_enclave_opens(t);
    p1_enclave_serves(p, &paused);
    p1_enclave_serves_until_asked(p);
    if (t->over)
        return;
    trial_sets_clock(t, P1_FRESH + 5);
    p->now += P1_FRESH + 5;
    if (!p1_enclave_waits_for_step(p)) {
        is_left_out(t);
        return;
    }
    memset(reply + 5, 9, sizeof reply - 5); /* nothing else is wrong with it */
    p1_peer_says(p, SPAN(reply));
    p1_judge_refused(p);
}

/* The step has its reply, and no evidence follows. */
static void run_no_evidence(trial *t)
{
    const int64_t step = P1_FRESH + 5;
    p1_peer *p = is_asked_to_renew(t);
    if (t->over)
        return;
    trial_sets_clock(t, step + 27);
    p1_judge_there(p, VERDICT);
    p1_enclave_is_silent(p);
    trial_sets_clock(t, step + 33);
    judge_refuses(p->peer);
}

#define OK "p1.client.epoch.honest"
#define RENEWAL(slug, says_, req_, renewal_)                                                                                        \
    CASE(.id = "p1.client.epoch." slug, .says = says_, .req = {[VERDICT] = req_ " P1-142", [REASON] = req_, [RELEASED] = "P1-141"}, \
         .needs = "ctl", .base = OK, .run = run_renewal, .with = GIVEN(renewal, renewal_))

static const case_row rows[] = {
    CASE(.id = OK, .says = "new evidence in the middle of an answer",
         .req = {[VERDICT] = "P1-071 P1-070 P1-072 P1-101", [RELEASED] = "IN-064"}, .needs = "ctl", .run = run_renewal,
         .with = GIVEN(renewal, RENEWED)),
    RENEWAL("said-again", "the evidence of epoch 0 once more", "AT-039", SAID_AGAIN),
    RENEWAL("challenge-before", "evidence over the challenge of epoch 0", "AT-039", OF_THE_CHALLENGE),
    RENEWAL("number", "evidence over the new challenge, of epoch 0", "AT-039", OF_EPOCH_0),
    RENEWAL("claims", "other claims, enrolled by the owner", "P1-062", OTHER_CLAIMS),
    RENEWAL("boot", "another receipt key, enrolled by the owner", "P1-062", OTHER_BOOT),
    RENEWAL("measurement", "another measurement", "AT-040", OTHER_MACHINE),
    CASE(.id = "p1.client.epoch.reply-2", .says = "a reply for the epoch behind the next",
         .req = {[VERDICT] = "P1-151", [REASON] = "P1-001"}, .needs = "ctl", .base = OK, .run = run_other_reply,
         .with = (const uint8_t[]){0, 2}),
    CASE(.id = "p1.client.epoch.reply-257", .says = "a reply whose number is right in its last byte",
         .req = {[VERDICT] = "P1-151", [REASON] = "P1-001"}, .needs = "ctl", .base = OK, .run = run_other_reply,
         .with = (const uint8_t[]){1, 1}),
    CASE(.id = "p1.client.epoch.no-evidence", .says = "a step whose evidence does not come within 30 seconds",
         .req = {[VERDICT] = "P1-174", [REASON] = "P1-174"}, .needs = "ctl", .base = OK, .run = run_no_evidence),
};

const case_table p1_client_epochs_cases = {rows, sizeof rows / sizeof *rows};
