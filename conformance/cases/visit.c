#include "visit.h"
#include "spawn.h"

#include <stdio.h>
#include <string.h>

/* ---- the session ---- */

line *visit_begins(trial *t)
{
    if (!t->listener)
        trial_listens(t);
    spawn_start(t, VISIT_PROMPT);
    line *l = line_accept(t);
    line_starts_noise(l);
    return l;
}

bool visit_message1(line *l, span *message)
{
    char ending[200];
    uint8_t room[64];
    writer payload = WRITER(room);
    if (!line_hears(l, message)) {
        trial_stop(l->t, VERDICT, OUTCOME_FAIL, "message 1", "%s", line_ending(l, ending, sizeof ending));
        return false;
    }
    if (message->n == CF_MESSAGE1 && line_reads(l, *message, &payload))
        return true;
    trial_stop(l->t, VERDICT, OUTCOME_FAIL, "a message 1 of 32 bytes", "%zu bytes", message->n);
    return false;
}

void visit_message2(line *l, span evidence)
{
    static uint8_t room[CF_RECORD_MAX];
    writer message = WRITER(room);
    if (l->t->over)
        return;
    line_writes(l, evidence, &message);
    line_sends(l, written(&message));
}

line *visit_opens(trial *t)
{
    char ending[200];
    uint8_t room[64];
    writer payload = WRITER(room);
    span message;
    line *l = visit_begins(t);
    visit_message1(l, &message);
    visit_message2(l, t->run->pack->file[PACK_EVIDENCE]);
    if (!line_hears(l, &message))
        trial_stop(t, VERDICT, OUTCOME_FAIL, "message 3", "%s", line_ending(l, ending, sizeof ending));
    else if (message.n != CF_MESSAGE3 || !line_reads(l, message, &payload))
        trial_stop(t, VERDICT, OUTCOME_FAIL, "a message 3 of 64 bytes", "%zu bytes", message.n);
    return l;
}

static bool wants_chat(const cf_request *r) { return span_is(r->verb.v, "POST") && span_is(r->path.v, "/v1/vllm/chat/completions"); }

static bool wants_stream(const cf_request *r)
{
    span object, value;
    bool stream = false;
    return json_read(r->body.v, &object) && json_member(object, "stream", &value) && json_bool(value, &stream) && stream;
}

/* What is no chat is a ping, or nothing that we know. */
static void answer_other(line *l, const cf_request *r)
{
    const bool ping = span_is(r->verb.v, "GET") && span_is(r->path.v, "/ping");
    visit_says(l, (int64_t)r->id.v, ping ? 200 : 404, ping ? "PONG" : "Route not found");
}

bool visit_asked(line *l, int64_t *id, bool *stream)
{
    char ending[200];
    cf_request r;
    while (line_takes_request(l, &r)) {
        *id = (int64_t)r.id.v;
        *stream = wants_stream(&r);
        if (wants_chat(&r))
            return true;
        answer_other(l, &r);
    }
    trial_stop(l->t, VERDICT, OUTCOME_FAIL, "a chat request", "%s", line_ending(l, ending, sizeof ending));
    *id = 0;
    *stream = true;
    return false;
}

void visit_says(line *l, int64_t id, int64_t status, const char *body)
{
    static uint8_t room[CF_MESSAGE_MAX + 4096];
    writer message = WRITER(room);
    const cf_response r = {
        .id = number_field((uint64_t)id), .status = number_field((uint64_t)status), .body = {*body != 0, span_text(body)}};
    layout_write(&cf_response_layout, &r, &message);
    must(writer_ok(&message));
    line_whole(l, written(&message));
    line_flush(l);
}

void visit_answers(line *l, int64_t id, bool stream)
{
    if (!stream) {
        visit_says(l, id, 200, VISIT_ANSWER);
        return;
    }
    visit_says(l, id, 200, "{\"type\":\"token\",\"content\":\"The \"}");
    visit_says(l, id, 200, "{\"type\":\"token\",\"content\":\"heron \"}");
    visit_says(l, id, 200, "{\"type\":\"token\",\"content\":\"waits.\"}");
    visit_says(l, id, 200, "{\"type\":\"completion\",\"pending_tool_calls\":false,\"context_tokens\":12,\"max_context_tokens\":262144}");
}

static bool client_ended(const void *ctx) { return spawn_has_ended(ctx); }

static bool stirs(const void *ctx)
{
    const line *l = ctx;
    return l->taken < l->n_in || l->ended || spawn_has_ended(l->t);
}

/* A message that a client sends though it was lied to: an honest server would take it, so that one who is not careful gets to his end. */
static void take_on(line *l, span message)
{
    static uint8_t room[CF_RECORD_MAX];
    writer payload = WRITER(room);
    cf_frame frame;
    cf_request r;
    span whole;
    bool complete = false;
    if (nz_turn_of(&l->noise) == NZ_READS) {
        line_reads(l, message, &payload);
        return;
    }
    if (nz_turn_of(&l->noise) != NZ_READY || !accepted(cf_open_frame(&l->noise, &l->world, message, &frame)))
        return;
    if (!accepted(cf_assemble(l->world.storage, &frame, &complete, &whole)) || !complete ||
        !accepted(layout_read(&cf_request_layout, whole, &r, NULL)))
        return;
    if (wants_chat(&r))
        visit_answers(l, (int64_t)r.id.v, wants_stream(&r));
    else
        answer_other(l, &r);
}

void visit_goes_on(line *l)
{
    while (trial_until(l->t, stirs, l, VERDICT, "the client's end") && l->taken < l->n_in) {
        const heard h = l->in[l->taken++];
        if (h.binary)
            take_on(l, h.message);
    }
    trial_until(l->t, client_ended, l->t, VERDICT, "the client's end");
}

/* ---- judgements ---- */

/* The end that the client came to: its exit status, or -1 after the trial was stopped for it. */
static int exit_of(trial *t, const char *want)
{
    const int code = spawn_exit(t);
    if (t->over)
        return -1;
    if (spawn_shows_sanitizer(t))
        trial_stop(t, VERDICT, OUTCOME_CRASH, want, "a sanitizer's report on its error output");
    else if (code == 20)
        trial_stop(t, VERDICT, OUTCOME_NA, want, "exit 20: the client can't do this");
    else if (code != 0 && code != 10)
        trial_stop(t, VERDICT, OUTCOME_CRASH, want, "%s", spawn_ending(t));
    return t->over ? -1 : code;
}

static bool is_reason_of(const char *numbers, const char *word)
{
    for (const char *n = numbers; *n; n += strspn(n, " ")) {
        const size_t len = strcspn(n, " ");
        if (strcmp(requirement_rows[requirement_numbered(n, len)].reason, word) == 0)
            return true;
        n += len;
    }
    return false;
}

static void judge_reason(trial *t)
{
    char word[32], want[200];
    const char *numbers = t->row->req[REASON];
    if (!numbers)
        return;
    snprintf(want, sizeof want, "rej:%s", requirement_rows[requirement_numbered(numbers, strcspn(numbers, " "))].reason);
    if (spawn_reason(t, word))
        judge(t, REASON, is_reason_of(numbers, word), want, "rej:%s", word);
    else
        trial_untested(t, REASON, "the client's last line names no reason");
}

void judge_refuses(line *l)
{
    trial *t = l->t;
    const size_t before = l->n_in;
    visit_goes_on(l);
    const size_t after = l->n_in - before;
    if (t->row->req[RELEASED])
        judge(t, RELEASED, after == 0, "nothing more is sent", "%zu messages", after);
    const int code = exit_of(t, "exit 10: refused");
    if (code < 0)
        return;
    judge(t, VERDICT, code == 10, "exit 10: refused", "exit %d", code);
    if (code == 10)
        judge_reason(t);
}

void judge_finishes(line *l)
{
    visit_goes_on(l);
    const int code = exit_of(l->t, "exit 0: finished");
    if (code < 0)
        return;
    char word[32] = "";
    spawn_reason(l->t, word);
    judge(l->t, VERDICT, code == 0, "exit 0: finished", "exit %d %s", code, word);
    if (l->t->row->req[RELEASED] && code == 0)
        judge(l->t, RELEASED, strstr(spawn_output(l->t), VISIT_ANSWER) != NULL, "the answer on its standard output", "something else");
}

void judge_copes(line *l)
{
    visit_goes_on(l);
    const int code = exit_of(l->t, "exit 0 or 10");
    if (code >= 0)
        judge(l->t, VERDICT, true, "exit 0 or 10", "exit %d", code);
}
