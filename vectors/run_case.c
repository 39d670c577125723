#include "chapter.h"

#include <string.h>

/* ---- calls ---- */

bool run_ask(case_run *run)
{
    case_target *t = run->target;
    run->n_calls++;
    if (t->log)
        t->log(t->log_ctx, true, &run->request, NULL);
    run->reply.room = t->room;
    run->result->fate = shim_ask(t->impl, &run->request, &run->reply);
    if (run->result->fate == SHIM_ANSWERED && t->log)
        t->log(t->log_ctx, false, &run->request, &run->reply);
    if (run->result->fate == SHIM_ANSWERED && run->reply.answer == SHIM_UNS)
        run->result->unsupported = true;
    return run->result->fate == SHIM_ANSWERED;
}

static void copy_text(char *out, size_t room, span s)
{
    size_t n = s.n < room - 1 ? s.n : room - 1;
    if (n)
        memcpy(out, s.p, n);
    out[n] = 0;
}

bool run_step(case_run *run)
{
    const bool ok = run_ask(run) && run->reply.answer == SHIM_OK;
    if (!ok) {
        copy_text(run->result->broke, sizeof run->result->broke, run->request.op);
        run->result->at_call = run->n_calls;
    }
    return ok;
}

void run_put_inputs(case_run *run, const vector_case *c, const char *inputs)
{
    for (const char *at = inputs; *at; at += strcspn(at, " "), at += *at == ' ') {
        char from[32];
        const size_t n = strcspn(at, " "), n_from = strcspn(at, " :");
        snprintf(from, sizeof from, "%.*s", (int)n_from, at);
        const cJSON *value = case_value(c, from);
        if (!value)
            continue;
        case_put(&run->request.in, value);
        run->request.in.at[run->request.in.n - 1].key = n_from < n ? span_of(at + n_from + 1, n - n_from - 1) : span_of(at, n);
    }
}

void run_start_request(case_run *run, const char *op)
{
    shim_request_start(&run->request, op);
    shim_put_int(&run->request.in, "h", run->handle);
}

bool run_put(case_run *run, const vector_case *c, const char *from, const char *to)
{
    const cJSON *value = case_value(c, from);
    if (!value)
        return false;
    case_put(&run->request.in, value);
    run->request.in.at[run->request.in.n - 1].key = span_text(to);
    return true;
}

/* ---- comparing ---- */

static case_finding *find(case_run *run, case_check which, bool holds)
{
    case_finding *f = &run->result->check[which];
    f->outcome = holds ? FINDING_HELD : FINDING_FAILED;
    return f;
}

static void describe_answer(char *out, size_t room, const shim_reply *reply)
{
    static const char *const word[] = {"nothing", "ok", "rej:", "uns:", "bug:"};
    copy_text(out, room, span_text(word[reply->answer]));
    size_t n = strlen(out);
    copy_text(out + n, room - n, reply->word);
}

static size_t first_difference(span a, span b)
{
    size_t i = 0;
    while (i < a.n && i < b.n && a.p[i] == b.p[i])
        i++;
    return i;
}

static span as_text(const shim_pair *pair, char room[24])
{
    if (pair->type == SHIM_TEXT || pair->type == SHIM_BYTES)
        return pair->value;
    snprintf(room, 24, "%lld", (long long)pair->number);
    return span_text(room);
}

/* Wanted values are text; bytes that an in-process implementation gives are spelled out to be shown. */
static void describe(case_finding *f, const shim_pair *want, const shim_pair *got)
{
    char wanted_number[24], got_number[24];
    span w = as_text(want, wanted_number), g = got ? as_text(got, got_number) : span_text("absent");
    uint8_t digits[2 * 1024];
    writer spelled = WRITER(digits);
    bool bytes = got && got->type == SHIM_BYTES;
    if (bytes) {
        write_hex(&spelled, span_first(g, sizeof digits / 2));
        g = written(&spelled);
    }
    copy_text(f->field, sizeof f->field, want->key);
    size_t at = first_difference(w, g);
    f->differs = bytes || (got && got->type == SHIM_TEXT) ? at / 2 : 0;
    size_t from = at > 32 ? (at - 16) & ~(size_t)1 : 0;
    copy_text(f->want, sizeof f->want, span_from(w, from));
    copy_text(f->got, sizeof f->got, span_from(g, from));
}

static void compare_outputs(case_run *run, const cJSON *out)
{
    shim_list wanted = {0};
    for (const cJSON *at = out ? out->child : NULL; at; at = at->next)
        case_put(&wanted, at);
    find(run, WIRE, true);
    for (size_t i = 0; i < wanted.n; i++) {
        const shim_pair *got = NULL;
        for (size_t k = 0; k < run->reply.out.n && !got; k++)
            if (span_same(run->reply.out.at[k].key, wanted.at[i].key))
                got = &run->reply.out.at[k];
        if (!got || !shim_same_value(&wanted.at[i], got)) {
            describe(find(run, WIRE, false), &wanted.at[i], got);
            return;
        }
    }
}

static void compare_reason(case_run *run)
{
    if (run->reply.word.n == 0) {
        run->result->check[REASON].outcome = FINDING_UNTESTED;
        return;
    }
    case_finding *f = find(run, REASON, span_is(run->reply.word, run->c->reason));
    copy_text(f->want, sizeof f->want, span_text(run->c->reason));
    copy_text(f->got, sizeof f->got, run->reply.word);
}

/* Absent counts as nothing released. */
static void compare_released(case_run *run)
{
    shim_pair want = {.key = span_text("released"), .type = SHIM_TEXT, .value = span_text(run->c->released)};
    const shim_pair *got = shim_find(&run->reply.out, "released");
    bool holds = got ? shim_same_value(&want, got) : run->c->released[0] == 0;
    case_finding *f = find(run, RELEASED, holds);
    if (!holds)
        describe(f, &want, got);
}

/* A suite name that a library does not have is as well called unsupported as refused. */
static void count_unsupported_suite_as_refused(case_run *run)
{
    if (run->reply.answer != SHIM_UNS || run->c->accept || strcmp(run->c->reason, "suite") != 0)
        return;
    run->result->unsupported = false;
    run->reply.answer = SHIM_REJ;
    run->reply.word = span_text("suite");
}

static bool compare_verdict(case_run *run)
{
    count_unsupported_suite_as_refused(run);
    shim_answer want = run->c->accept ? SHIM_OK : SHIM_REJ;
    case_finding *f = find(run, VERDICT, run->reply.answer == want);
    copy_text(f->want, sizeof f->want, span_text(run->c->accept ? "ok" : "rej:"));
    if (!run->c->accept)
        copy_text(f->want + 4, sizeof f->want - 4, span_text(run->c->reason));
    describe_answer(f->got, sizeof f->got, &run->reply);
    return f->outcome == FINDING_HELD;
}

/* ---- the state a rejection leaves ---- */

/* A call beside the case: of the result only the fate may change. */
static bool ask_beside(case_run *run)
{
    const bool unsupported = run->result->unsupported, answered = run_ask(run);
    run->result->unsupported = unsupported;
    return answered;
}

/* Keeps a copy of the digest; empty when the target has no `state`. */
static span state_digest(case_run *run, uint8_t room[64])
{
    span digest = EMPTY;
    run_start_request(run, "state");
    if (!ask_beside(run) || run->reply.answer != SHIM_OK || !shim_bytes(&run->reply.out, "digest", &run->target->scratch, &digest))
        return EMPTY;
    const size_t n = digest.n < 64 ? digest.n : 64;
    span_take(digest, room, n);
    return span_of(room, n);
}

static void judge_state_same(case_run *run, span before)
{
    uint8_t room[64];
    span after = state_digest(run, room);
    case_finding *f = find(run, STATE, before.n && span_same(before, after));
    copy_text(f->want, sizeof f->want, span_text("the state as it was"));
    copy_text(f->got, sizeof f->got, span_text(before.n == 0 ? "no digest" : f->outcome == FINDING_HELD ? "the same" : "another digest"));
    if (before.n == 0)
        f->outcome = FINDING_UNTESTED;
    else if (f->outcome == FINDING_FAILED)
        copy_text(f->field, sizeof f->field, span_text("digest"));
}

static void start_judged_call(case_run *run, const operation *op, const vector_case *c)
{
    shim_request_start(&run->request, op->name);
    if (!op->inputs) {
        case_inputs(c, &run->request.in);
        return;
    }
    if (run->has_handle)
        shim_put_int(&run->request.in, "h", run->handle);
    run_put_inputs(run, c, op->inputs);
}

/* The honest call that the base makes at this point: it works after a rejection that left the state, never after one that ended the session. */
static void judge_honest_call(case_run *run, const vector_case *base, bool ended)
{
    const operation *op = operation_named(span_text(base->op));
    start_judged_call(run, op, base);
    if (!ask_beside(run) || run->result->check[STATE].outcome == FINDING_FAILED)
        return;
    case_finding *f = find(run, STATE, run->reply.answer == (ended ? SHIM_REJ : SHIM_OK));
    copy_text(f->want, sizeof f->want, span_text(ended ? "the session is over" : "the honest call still works"));
    describe_answer(f->got, sizeof f->got, &run->reply);
}

static void judge_state(case_run *run, const vector_case *base, span before)
{
    const char *after = run->c->after;
    if (!after)
        return;
    bool ended = strcmp(after, "ended") == 0;
    if (!ended)
        judge_state_same(run, before);
    if (base && operation_named(span_text(base->op))->inputs && run->has_handle && run->result->fate == SHIM_ANSWERED)
        judge_honest_call(run, base, ended);
}

/* ---- one case ---- */

static void keep_answer(case_run *run)
{
    case_result *r = run->result;
    r->answer = run->reply.answer;
    copy_text(r->word, sizeof r->word, run->reply.word);
    span detail;
    if (shim_text(&run->reply.out, "detail", &detail))
        copy_text(r->detail, sizeof r->detail, detail);
}

static void judge_call(case_run *run, const operation *op, const vector_case *base)
{
    uint8_t digest[64];
    bool stays = run->c->after && strcmp(run->c->after, "same") == 0 && run->has_handle;
    span before = stays ? state_digest(run, digest) : EMPTY;
    start_judged_call(run, op, run->c);
    run->target->judging = true;
    const bool answered = run_ask(run);
    run->target->judging = false;
    if (!answered)
        return;
    keep_answer(run);
    if (!compare_verdict(run))
        return;
    if (run->c->accept) {
        if (op->follow && !op->follow(run, run->c))
            describe_answer(find(run, WIRE, false)->got, sizeof run->result->check[0].got, &run->reply);
        else
            compare_outputs(run, run->c->out);
        return;
    }
    compare_reason(run);
    compare_released(run);
    judge_state(run, base, before);
}

static void free_handle(case_run *run)
{
    if (!run->has_handle || run->result->fate != SHIM_ANSWERED)
        return;
    run_start_request(run, "free");
    ask_beside(run);
}

void run_case(case_target *target, const vector_case *c, const vector_case *base, case_result *result)
{
    const operation *op = operation_named(span_text(c->op));
    must(op != NULL);
    *result = (case_result){0};
    target->scratch.n = 0;
    target->scratch.failed = false;
    case_run run = {.target = target, .c = c, .result = result};
    result->arrived = !op->prepare || op->prepare(&run, c);
    if (result->arrived)
        judge_call(&run, op, base);
    else if (result->fate == SHIM_ANSWERED)
        describe_answer(result->word, sizeof result->word, &run.reply);
    free_handle(&run);
}

bool case_digests(case_target *target, const vector_case *c, uint8_t room[3][64], span digest[3])
{
    const operation *op = operation_named(span_text(c->op));
    case_result result = {0};
    case_run run = {.target = target, .c = c, .result = &result};
    target->scratch.n = 0;
    target->scratch.failed = false;
    bool good = op && op->prepare && op->prepare(&run, c) && run.has_handle;
    for (int i = 0; i < 3 && good; i++) {
        digest[i] = state_digest(&run, room[i]);
        good = digest[i].n > 0;
        if (i == 1 && good) {
            start_judged_call(&run, op, c);
            good = run_step(&run);
        }
    }
    free_handle(&run);
    return good;
}

bool case_passed(const case_result *r)
{
    if (!r->arrived || r->fate != SHIM_ANSWERED)
        return false;
    for (int i = 0; i < CASE_CHECKS; i++)
        if (r->check[i].outcome == FINDING_FAILED)
            return false;
    return true;
}
