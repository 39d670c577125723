/* What the messages of turns decide: order, buckets, com, receipt, and which answer belongs to which request. */
#include "judge_parley1.h"

#include <string.h>

/* ---- the enclave's side ---- */

/* The request is whole: from here on the client waits for its answer. */
static void begin_turn(duet *d, span message, const uint8_t kturn[P1_KEY], bool stale, size_t i)
{
    duet_turn *t = &d->turn;
    in_message m;
    must(message.n <= sizeof t->request);
    memcpy(t->request, message.p, message.n);
    must(accepted(in_read_message(span_of(t->request, message.n), &m)));
    judgement_finds(d->j, REQ_P1_162, d->client.epochs.requests < P1_REQUESTS_MAX, i, "a request");
    d->client.epochs.requests++;
    d->client.reading = true;
    judgement_watch(d->j);
    t->asked = in_judge_request(&m.as.request);
    judgement_settle(d->j, ACCEPT, false, i, "a request");
    t->stale = stale;
    t->begun = true;
    p1_client_asks(&t->reading, (in_level)d->enclave.epochs.level, kturn, &m.as.request, SPAN(d->client.appraisal.model),
                   WRITER(t->answer));
}

bool duet_enclave_heard(duet *d, size_t i)
{
    const p1_effects *came = &d->side[P1_ENCLAVE].effects;
    p1_heard heard;
    d->turn.listening.asking.level = (in_level)d->enclave.epochs.level;
    judgement_watch(d->j);
    const verdict v = p1_enclave_hears(&d->turn.listening, came, &heard);
    judgement_settle(d->j, v, !accepted(v) && duet_went_on(d, i), i, "a message of the client");
    if (accepted(v) && heard.keep)
        begin_turn(d, came->message, came->turn, came->stale, i);
    return accepted(v);
}

/* ---- the client's side ---- */

/* A request that has to be answered with an error is: with this one. 0: any answer will do. */
static in_code due_error(const duet_turn *t)
{
    if (t->stale)
        return IN_STALE;
    return accepted(t->asked) ? (in_code)0 : in_error_for(t->asked);
}

static bool is_excuse(uint64_t code) { return code == IN_ADMISSION || code == IN_BUSY || code == IN_FAILED; }

/* An answer to a request that the enclave has to refuse; an error of another kind is IN-053. */
static void judge_answer(duet *d, const in_message *m, size_t i)
{
    duet_turn *t = &d->turn;
    const in_code due = due_error(t);
    const bool error = m->type == IN_TYPE_ERROR, right = error && m->as.error.code == due;
    if (!due || !t->begun || (m->type != IN_TYPE_ERROR && m->type != IN_TYPE_CHUNK && m->type != IN_TYPE_END))
        return;
    t->begun = false;
    if (error && is_excuse(m->as.error.code))
        return;
    if (t->stale)
        judgement_finds(d->j, REQ_P1_165, right, i, "the answer");
    else if (error)
        judgement_finds(d->j, REQ_IN_053, right, i, "an error");
    if (!accepted(t->asked))
        judgement_rejects(d->j, t->asked, !error, i, "the answer");
}

static verdict check_receipt(duet *d, const in_end *end)
{
    const p1_appraisal *a = &d->client.appraisal;
    const in_expected by = {
        .key = SPAN(a->identity.q), .statement = SPAN(a->statement), .model = SPAN(a->model), .tokenizer = SPAN(a->tokenizer)};
    return end->receipt.n ? in_client_checks_receipt(&d->turn.reading.turn, d->lib, end, &by, &d->turn.receipt, NULL) : ACCEPT;
}

bool duet_client_heard(duet *d, size_t i)
{
    const p1_effects *came = &d->side[P1_CLIENT].effects;
    in_message m = {0};
    if (came->event != P1_TALK_CAME && came->event != P1_TALK_PART)
        return true;
    judgement_watch(d->j);
    verdict v = p1_client_hears(&d->turn.reading, d->lib, came, &m);
    if (accepted(v) && m.type == IN_TYPE_END)
        v = check_receipt(d, &m.as.end);
    judgement_settle(d->j, v, !accepted(v) && duet_went_on(d, i), i, "a message of the enclave");
    if (accepted(v))
        judge_answer(d, &m, i);
    if (accepted(v) && p1_client_is_done(&d->turn.reading))
        p1_enclave_is_done(&d->turn.listening);
    return accepted(v);
}
