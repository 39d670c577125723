#include "client_run.h"
#include "spawn.h"

#include <stdio.h>
#include <string.h>

/* ---- words ---- */

const char *client_run_text(const trial *t, const char *text)
{
    static page rooms[8];
    static unsigned turn;
    page *out = &rooms[turn++ % 8];
    page_free(out);
    for (const char *at; (at = strstr(text, "heron")); text = at + 5) {
        page_put_n(out, text, (size_t)(at - text));
        page_put(out, t->word);
    }
    page_put(out, text);
    return out->p;
}

/* ---- the session ---- */

peer_connection *client_run_meets(trial *t)
{
    if (!t->listener)
        trial_listens(t);
    spawn_start(t, t->prompt ? t->prompt : client_run_text(t, CLIENT_RUN_PROMPT));
    return peer_accepts(t);
}

peer_connection *client_run_starts(trial *t)
{
    peer_connection *peer = client_run_meets(t);
    peer_starts_noise(peer);
    return peer;
}

void client_run_reads_message1(peer_connection *peer, span *message)
{
    uint8_t room[64];
    writer payload = WRITER(room);
    if (!peer_receives(peer, message))
        trial_stop(peer->t, VERDICT, OUTCOME_FAIL, "message 1", "%s", peer_ending(peer));
    else if (message->n != CF_MESSAGE1 || !peer_reads_handshake(peer, *message, &payload))
        trial_stop(peer->t, VERDICT, OUTCOME_FAIL, "a message 1 of 32 bytes", "%zu bytes", message->n);
}

peer_connection *client_run_before_message2(trial *t)
{
    span message1;
    peer_connection *peer = client_run_starts(t);
    client_run_reads_message1(peer, &message1);
    return peer;
}

peer_connection *client_run_opens(trial *t)
{
    uint8_t room[64];
    writer payload = WRITER(room);
    span message;
    peer_connection *peer = client_run_before_message2(t);
    peer_sends_handshake(peer, trial_evidence(t));
    if (!peer_receives(peer, &message))
        trial_stop(t, VERDICT, OUTCOME_FAIL, "message 3", "%s", peer_ending(peer));
    else if (message.n != CF_MESSAGE3 || !peer_reads_handshake(peer, message, &payload))
        trial_stop(t, VERDICT, OUTCOME_FAIL, "a message 3 of 64 bytes", "%zu bytes", message.n);
    return peer;
}

static bool wants_stream(const cf_request *r)
{
    span object, value;
    bool stream = false;
    return json_read(r->body.v, &object) && json_member(object, "stream", &value) && json_bool(value, &stream) && stream;
}

static bool takes_chat(peer_connection *peer, const cf_request *r)
{
    if (!span_is(r->verb.v, "POST") || !span_is(r->path.v, "/v1/vllm/chat/completions"))
        return false;
    peer->chat_id = (int64_t)r->id.v;
    peer->chat_stream = wants_stream(r);
    return true;
}

/* What is no chat is a ping, or nothing that we know. */
static void answer_other(peer_connection *peer, const cf_request *r)
{
    const bool ping = span_is(r->verb.v, "GET") && span_is(r->path.v, "/ping");
    client_run_responds(peer, (int64_t)r->id.v, ping ? 200 : 404, ping ? "PONG" : "Route not found");
}

bool client_run_receives_chat_request(peer_connection *peer)
{
    cf_request r;
    peer->chat_stream = true;
    while (peer_receives_request(peer, &r)) {
        if (takes_chat(peer, &r))
            return true;
        answer_other(peer, &r);
    }
    trial_stop(peer->t, VERDICT, OUTCOME_FAIL, "a chat request", "%s", peer_ending(peer));
    return false;
}

peer_connection *client_run_asked(trial *t)
{
    peer_connection *peer = client_run_opens(t);
    client_run_receives_chat_request(peer);
    return peer;
}

peer_connection *client_run_asked_for_events(trial *t)
{
    peer_connection *peer = client_run_asked(t);
    if (!peer->chat_stream && !t->over)
        trial_stop(t, VERDICT, OUTCOME_NA, "a request for a stream of events", "a request for one answer");
    return peer;
}

void client_run_responds(peer_connection *peer, int64_t id, int64_t status, const char *body)
{
    const pb_bytes text = {*body != 0, span_text(client_run_text(peer->t, body))};
    peer_sends_response(peer, &(cf_response){.id = number_field((uint64_t)id), .status = number_field((uint64_t)status), .body = text});
}

void client_run_answers(peer_connection *peer)
{
    static const char *const events[] = {"{\"type\":\"token\",\"content\":\"The \"}", "{\"type\":\"token\",\"content\":\"heron \"}",
                                         "{\"type\":\"token\",\"content\":\"waits.\"}", CLIENT_RUN_COMPLETION};
    if (!peer->chat_stream)
        client_run_responds(peer, peer->chat_id, 200, CLIENT_RUN_ANSWER);
    for (size_t i = 0; peer->chat_stream && i < sizeof events / sizeof *events; i++)
        client_run_responds(peer, peer->chat_id, 200, events[i]);
}

static bool has_another_connection(const trial *t) { return t->n_connections > t->n_accepted; }

static bool has_progressed(const void *ctx)
{
    const peer_connection *peer = ctx;
    return peer->taken < peer->n_in || has_another_connection(peer->t) || spawn_has_ended(peer->t);
}

/* A message that a client sends though it was lied to: an honest server would take it, so that one who is not careful gets to his end. */
static void serve_message(peer_connection *peer, span message)
{
    static uint8_t room[CF_RECORD_MAX];
    writer payload = WRITER(room);
    cf_frame frame;
    cf_request r;
    span whole;
    bool complete = false;
    if (nz_turn_of(&peer->noise) == NZ_READS) {
        peer_reads_handshake(peer, message, &payload);
        return;
    }
    if (nz_turn_of(&peer->noise) != NZ_READY || !accepted(cf_open_frame(&peer->noise, &peer->world, message, &frame)))
        return;
    if (!accepted(cf_assemble(peer->world.storage, &frame, &complete, &whole)) || !complete ||
        !accepted(layout_read(&cf_request_layout, whole, &r, NULL)))
        return;
    if (takes_chat(peer, &r))
        client_run_answers(peer);
    else
        answer_other(peer, &r);
}

/* A connection after the first is shown evidence that is none: whoever looks at it there too goes no further. */
static void serve_another_connection(trial *t)
{
    uint8_t room[CF_MESSAGE1];
    writer nothing = WRITER(room);
    span message;
    peer_connection *again = peer_accepts(t);
    peer_starts_noise(again);
    if (!peer_receives(again, &message) || !peer_reads_handshake(again, message, &nothing))
        return;
    peer_sends_handshake(again, span_text("{}"));
    if (peer_receives(again, &message))
        judge(t, t->row->req[RELEASED] ? RELEASED : VERDICT, false, "evidence is looked at on every connection",
              "a message of %zu bytes after evidence that is none", message.n);
}

void client_run_serves_the_rest(peer_connection *peer)
{
    while (trial_until(peer->t, has_progressed, peer, VERDICT, "the client's end")) {
        if (peer->taken < peer->n_in) {
            const received_message h = peer->in[peer->taken++];
            if (h.binary && peer->serve)
                peer->serve(peer, h.message);
            else if (h.binary)
                serve_message(peer, h.message);
        } else if (has_another_connection(peer->t)) {
            serve_another_connection(peer->t);
        } else {
            return;
        }
    }
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
        trial_unsupported(t, want);
    else if (code != 0 && code != 10)
        trial_stop(t, VERDICT, OUTCOME_CRASH, want, "%s", spawn_ending(t));
    return t->over ? -1 : code;
}

static bool is_reason_of(const char *numbers, const char *word)
{
    const char *number;
    for (size_t n; next_word(&numbers, &number, &n);)
        if (strcmp(requirement_rows[requirement_named(number)].reason, word) == 0)
            return true;
    return false;
}

static void judge_reason(trial *t)
{
    char word[32], want[200];
    const char *numbers = t->row->req[REASON];
    if (!numbers)
        return;
    snprintf(want, sizeof want, "rej:%s", requirement_rows[requirement_named(numbers)].reason);
    if (spawn_reason(t, word))
        judge(t, REASON, is_reason_of(numbers, word), want, "rej:%s", word);
    else
        trial_untested(t, REASON, "the client's last line names no reason");
}

void judge_close_of_refusal(peer_connection *peer)
{
    trial *t = peer->t;
    const int code = exit_of(t, "exit 10: refused");
    if (code < 0)
        return;
    judge(t, VERDICT, code == 10, "exit 10: refused", "exit %d", code);
    peer_waits_for_end(peer);
    judge(t, WIRE, peer->end.how == WS_CLOSED && peer->end.code == CF_CLIENT_REFUSES && !*peer->end.reason, "close 1002 without a reason",
          "%s", peer_ending(peer));
}

void judge_refuses(peer_connection *peer)
{
    trial *t = peer->t;
    const size_t before = peer->n_in;
    client_run_serves_the_rest(peer);
    const size_t after = peer->n_in - before;
    if (t->row->req[RELEASED])
        judge(t, RELEASED, after == 0, "nothing more is sent", "%zu messages", after);
    const int code = exit_of(t, "exit 10: refused");
    if (code < 0)
        return;
    trial_saw(t, code == 0 ? DEPLOYED_TAKES : DEPLOYED_ANSWERS);
    judge(t, VERDICT, code == 10, "exit 10: refused", "exit %d", code);
    if (code == 10)
        judge_reason(t);
}

/* The last line of the output; one of JSON after it is a word to the suite. */
static span last_line(const trial *t)
{
    span text = span_text(spawn_output(t)), value;
    for (;;) {
        while (text.n && (text.p[text.n - 1] == '\n' || text.p[text.n - 1] == '\r'))
            text.n--;
        const uint8_t *before = text.n ? memrchr(text.p, '\n', text.n) : NULL;
        const span line = before ? span_from(text, (size_t)(before - text.p) + 1) : text;
        if (!line.n || line.p[0] != '{' || !json_read(line, &value))
            return line;
        text = span_first(text, text.n - line.n);
    }
}

void judge_finishes_with(peer_connection *peer, const char *answer)
{
    trial *t = peer->t;
    char word[32] = "";
    client_run_serves_the_rest(peer);
    const int code = exit_of(t, "exit 0: finished");
    if (code < 0)
        return;
    spawn_reason(t, word);
    judge(t, VERDICT, code == 0, "exit 0: finished", "exit %d %s", code, word);
    if (!t->row->req[RELEASED] || code != 0)
        return;
    judge_bytes(t, RELEASED, NULL, span_text(client_run_text(t, answer)), last_line(t));
    judge(t, RELEASED, !strstr(spawn_output(t), CLIENT_RUN_NOT_FOR_YOU), "nothing that was said to somebody else", "some of it");
}

void judge_finishes(peer_connection *peer) { judge_finishes_with(peer, CLIENT_RUN_ANSWER); }

void judge_answer_refused(peer_connection *peer)
{
    client_run_answers(peer);
    judge_refuses(peer);
}

void judge_answer_finishes(peer_connection *peer)
{
    client_run_answers(peer);
    judge_finishes(peer);
}

void judge_request_failed(peer_connection *peer, const char *body)
{
    trial *t = peer->t;
    client_run_serves_the_rest(peer);
    const int code = exit_of(t, "exit 10: the request failed");
    if (code < 0)
        return;
    judge(t, VERDICT, code == 10, "exit 10: the request failed", "exit %d", code);
    judge(t, VERDICT, !span_is(last_line(t), body), "what came in place of an answer is not shown as one", "%s", body);
}
