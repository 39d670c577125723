/* The scripted peer's Noise session: each step by hand, each record as it is given. */
#include "peer_connection.h"

#include <stdio.h>
#include <string.h>

pb_bytes text_field(const char *text) { return (pb_bytes){text != NULL, span_text(text)}; }
pb_int number_field(uint64_t n) { return (pb_int){true, n}; }

/* ---- the handshake ---- */

/* The suite is written out here, not asked of the text: a weakened text must not weaken its judge. */
void peer_starts_noise_as(peer_connection *peer, const uint8_t static_secret[32])
{
    prim_pair_of(peer->world.prim, static_secret, &peer->own_static);
    const nz_setup setup = {
        .role = peer->is_server ? NZ_RESPONDER : NZ_INITIATOR,
        .suite = {NZ_XX, PRIM_AESGCM, PRIM_SHA256},
        .static_pair = &peer->own_static,
    };
    nz_start(&peer->noise, peer->world.prim, &setup);
}

void peer_starts_noise(peer_connection *peer)
{
    uint8_t fresh[32];
    trial_draw(peer->t, fresh, sizeof fresh);
    peer_starts_noise_as(peer, peer->is_server ? peer->t->pack->enclave_secret : fresh);
}

void peer_writes_handshake(peer_connection *peer, span payload, writer *out)
{
    uint8_t ephemeral[32];
    trial_draw(peer->t, ephemeral, sizeof ephemeral);
    const nz_world lent = {.prim = peer->world.prim, .ephemeral = SPAN(ephemeral)};
    nz_effects effects = {.message = *out};
    if (peer->t->over || nz_turn_of(&peer->noise) != NZ_WRITES)
        return;
    if (!accepted(nz_step(&peer->noise, &lent, payload, &effects)))
        trial_stop(peer->t, VERDICT, OUTCOME_FAIL, "a handshake that goes on", "a share with which no secret can be agreed");
    *out = effects.message;
}

static void note_fresh(const peer_connection *peer, span message)
{
    const bool third = peer->is_server && message.n != CF_MESSAGE1;
    fresh_note(peer->t->run->fresh, third ? FRESH_STATIC : FRESH_EPHEMERAL,
               third ? nz_remote_static(&peer->noise) : span_first(message, 32));
}

bool peer_reads_handshake(peer_connection *peer, span message, writer *payload)
{
    const nz_world lent = {.prim = peer->world.prim, .ephemeral = EMPTY};
    nz_effects effects = {.payload = *payload};
    if (peer->t->over || nz_turn_of(&peer->noise) != NZ_READS || !accepted(nz_step(&peer->noise, &lent, message, &effects)))
        return false;
    *payload = effects.payload;
    note_fresh(peer, message);
    trial_log(peer->t, peer->is_server, "noise", written(payload), NULL);
    return true;
}

static bool receives_handshake(peer_connection *peer, const char *what)
{
    span message;
    static uint8_t room[CF_RECORD_MAX];
    writer payload = WRITER(room);
    if (!peer_receives(peer, &message))
        trial_stop(peer->t, VERDICT, OUTCOME_FAIL, what, "%s", peer_ending(peer));
    else if (!peer_reads_handshake(peer, message, &payload))
        trial_stop(peer->t, VERDICT, OUTCOME_FAIL, what, "%zu bytes that do not open", message.n);
    return !peer->t->over;
}

void peer_sends_handshake(peer_connection *peer, span payload)
{
    static uint8_t room[CF_RECORD_MAX + 1024];
    writer message = WRITER(room);
    peer_writes_handshake(peer, payload, &message);
    if (message.n)
        peer_sends(peer, written(&message));
}

bool peer_completes_handshake(peer_connection *peer)
{
    if (peer->t->over)
        return false;
    peer_starts_noise(peer);
    if (peer->is_server) {
        receives_handshake(peer, "message 1");
        peer_sends_handshake(peer, trial_evidence(peer->t));
        return receives_handshake(peer, "message 3");
    }
    peer_sends_handshake(peer, EMPTY);
    receives_handshake(peer, "message 2");
    peer_sends_handshake(peer, EMPTY);
    return !peer->t->over;
}

peer_connection *peer_opens_with_message1(trial *t)
{
    peer_connection *peer = peer_opens(t);
    peer_starts_noise(peer);
    peer_sends_handshake(peer, EMPTY);
    return peer;
}

peer_connection *peer_opens_session(trial *t)
{
    peer_connection *peer = peer_opens(t);
    peer_completes_handshake(peer);
    return peer;
}

/* ---- sending ---- */

static const cf_world *world_of(peer_connection *peer)
{
    trial_draw(peer->t, peer->coins, sizeof peer->coins);
    peer->world.coins = SPAN(peer->coins);
    return &peer->world;
}

static bool may_send(const peer_connection *peer) { return !peer->t->over && nz_turn_of(&peer->noise) == NZ_READY; }

void peer_seals_bytes(peer_connection *peer, span plaintext)
{
    if (!may_send(peer))
        return;
    trial_log_shaped(peer->t, !peer->is_server, "noise", &cf_frame_layout, plaintext);
    cf_seal_plain(&peer->noise, world_of(peer), plaintext, &peer->out);
}

void peer_seals_frame(peer_connection *peer, const cf_frame *f)
{
    if (may_send(peer))
        cf_seal_frame(&peer->noise, world_of(peer), f, &peer->out);
}

void peer_seals_message(peer_connection *peer, span message)
{
    if (!may_send(peer))
        return;
    trial_log_shaped(peer->t, !peer->is_server, "app", peer->is_server ? &cf_response_layout : &cf_request_layout, message);
    const uint64_t total = message.n ? (message.n + CF_PAYLOAD_MAX - 1) / CF_PAYLOAD_MAX : 1;
    uint64_t id = 0;
    uint8_t drawn[8];
    trial_draw(peer->t, drawn, sizeof drawn);
    reader r = reader_of(SPAN(drawn));
    id = read_be(&r, 8);
    for (uint64_t i = 0; i < total; i++)
        peer_seals_frame(peer, &(cf_frame){number_field(id),
                                           number_field(i),
                                           number_field(total),
                                           {true, span_first(span_from(message, i * CF_PAYLOAD_MAX), CF_PAYLOAD_MAX)}});
}

static void sends_message(peer_connection *peer, const layout *shape, const void *given)
{
    static uint8_t room[CF_MESSAGE_MAX + 4096];
    writer message = WRITER(room);
    layout_write(shape, given, &message);
    must(writer_ok(&message));
    peer_seals_message(peer, written(&message));
    peer_flushes(peer);
}

void peer_sends_request(peer_connection *peer, const cf_request *r) { sends_message(peer, &cf_request_layout, r); }
void peer_sends_response(peer_connection *peer, const cf_response *r) { sends_message(peer, &cf_response_layout, r); }

void peer_asks(peer_connection *peer, int64_t id, const char *verb, const char *path, const char *body)
{
    const cf_request r = {.id = number_field((uint64_t)id),
                          .verb = text_field(verb),
                          .path = text_field(path),
                          .body = {body && *body, span_text(body ? body : "")}};
    peer_sends_request(peer, &r);
}

span peer_keeps_record(peer_connection *peer, span message, uint8_t *room, size_t n)
{
    peer_seals_message(peer, message);
    const span record = peer->out.n_records ? cf_record(&peer->out, 0) : EMPTY;
    must(record.n <= n);
    span_take(record, room, n);
    cf_effects_clear(&peer->out);
    return span_of(room, record.n);
}

void peer_flushes(peer_connection *peer)
{
    for (size_t i = 0; i < peer->out.n_records; i++)
        peer_sends(peer, cf_record(&peer->out, i));
    cf_effects_clear(&peer->out);
}

void peer_sends_ping(peer_connection *peer, int64_t id) { peer_asks(peer, id, "GET", "/ping", NULL); }

/* ---- receiving ---- */

/* The target's own frames: one piece after the other, all full but the last (CF-045, CF-047). */
static void watch_chunks(peer_connection *peer, bool starts)
{
    const uint64_t index = peer->frame.chunk_index.v, total = peer->frame.total_chunks.v;
    static uint64_t id;
    if (starts) {
        id = peer->frame.chunk_id.v;
        fresh_note(peer->t->run->fresh, FRESH_CHUNK_ID, span_of(&id, sizeof id));
    }
    const bool last = index + 1 == total, full = peer->frame.payload.v.n == CF_PAYLOAD_MAX;
    if (peer->frame.chunk_id.v != id || index != peer->n_frames - 1 || !peer->frame.chunk_index.has || (!last && !full) ||
        peer->frame.payload.v.n > CF_PAYLOAD_MAX)
        peer->chunk_rule_broken = true;
}

bool peer_receives_message(peer_connection *peer, span *message)
{
    bool complete = false;
    span record;
    peer->n_frames = 0;
    while (!complete && peer_receives(peer, &record)) {
        verdict v = cf_open_frame(&peer->noise, &peer->world, record, &peer->frame);
        peer->n_frames++;
        if (accepted(v)) {
            watch_chunks(peer, peer->n_frames == 1);
            v = cf_assemble(peer->world.storage, &peer->frame, &complete, message);
        }
        if (!accepted(v))
            trial_stop(peer->t, VERDICT, OUTCOME_FAIL, "a record that holds a frame", "one refused by %s", requirement_rows[v.req].id);
    }
    if (complete)
        trial_log_shaped(peer->t, peer->is_server, "app", peer->is_server ? &cf_request_layout : &cf_response_layout, *message);
    return complete && !peer->t->over;
}

static bool takes(peer_connection *peer, const layout *shape, void *out)
{
    span message;
    if (!peer_receives_message(peer, &message))
        return false;
    if (accepted(layout_read(shape, message, out, NULL)))
        return true;
    trial_stop(peer->t, VERDICT, OUTCOME_FAIL, shape->name, "%zu bytes that are none", message.n);
    return false;
}

/* A case goes on after a message that did not come, as if it were empty. */
bool peer_receives_response(peer_connection *peer, cf_response *out)
{
    *out = (cf_response){0};
    return takes(peer, &cf_response_layout, out);
}

bool peer_receives_request(peer_connection *peer, cf_request *out)
{
    *out = (cf_request){0};
    return takes(peer, &cf_request_layout, out);
}

bool peer_receives_response_to(peer_connection *peer, int64_t id, cf_response *out)
{
    while (peer_receives_response(peer, out))
        if ((int64_t)out->id.v == id && out->id.has)
            return true;
    return false;
}

/* ---- judgements that most cases share ---- */

enum { PING_FIRST = 777000777 };

/* What came though nothing was to: not by its length, which depends on random numbers. Whether it is the answer to the ping behind it. */
static bool say_message(peer_connection *peer, span message, char out[100])
{
    cf_frame frame;
    cf_response r = {0};
    span whole;
    bool complete = false;
    const bool opens = nz_turn_of(&peer->noise) == NZ_READY && accepted(cf_open_frame(&peer->noise, &peer->world, message, &frame));
    if (opens && accepted(cf_assemble(peer->world.storage, &frame, &complete, &whole)) && complete &&
        accepted(layout_read(&cf_response_layout, whole, &r, NULL)))
        snprintf(out, 100, "status %lld to request %lld", (long long)r.status.v, (long long)r.id.v);
    else
        snprintf(out, 100, "a message");
    return opens && complete && r.id.v == PING_FIRST;
}

void judge_closed(peer_connection *peer, unsigned code, const char *reason, bool ping_first)
{
    char want[200], got[100];
    span message;
    snprintf(want, sizeof want, "close %u %s", code, reason ? reason : "with any reason");
    if (ping_first)
        peer_sends_ping(peer, PING_FIRST);
    if (peer_receives(peer, &message)) {
        const bool is_ping = say_message(peer, message, got);
        trial_saw(peer->t, ping_first && !is_ping ? DEPLOYED_COMPLETES : DEPLOYED_TAKES);
        trial_stop(peer->t, VERDICT, OUTCOME_FAIL, "refused: the connection closes and nothing is answered", "%s", got);
        return;
    }
    trial_saw(peer->t, DEPLOYED_ANSWERS);
    judge(peer->t, VERDICT, peer->ended, "refused: the connection closes and nothing is answered", "%s", peer_ending(peer));
    if (peer->t->row->req[REASON])
        judge(peer->t, REASON, peer->end.how == WS_CLOSED && peer->end.code == code && (!reason || strcmp(peer->end.reason, reason) == 0),
              want, "%s", peer_ending(peer));
}

void judge_closed_and_alive(peer_connection *peer, unsigned code, const char *reason, bool ping_first)
{
    judge_closed(peer, code, reason, ping_first);
    judge_alive(peer->t);
}

void judge_pong(peer_connection *peer, int64_t id, case_check c)
{
    cf_response r;
    peer_sends_ping(peer, id);
    if (!peer_receives_response(peer, &r)) {
        trial_stop(peer->t, c, OUTCOME_FAIL, "200 PONG", "%s", peer_ending(peer));
        return;
    }
    judge(peer->t, c, r.id.has && (int64_t)r.id.v == id && r.status.v == 200 && span_is(r.body.v, "PONG"), "200 PONG",
          "id %lld, status %lld, %zu bytes", (long long)r.id.v, (long long)r.status.v, r.body.v.n);
}

/* A new trial would forget what this one found, so its own checks are set aside while the fresh connection is tried. */
void judge_alive(trial *t)
{
    char room[8192];
    const bool was_over = t->over;
    if (!t->row->req[STATE])
        return;
    t->over = false;
    const struct judgement verdict_so_far = t->check[VERDICT];
    t->check[VERDICT] = (struct judgement){0};
    peer_connection *peer = peer_connects(t, trial_target(t, NULL, room, sizeof room));
    const bool answers = peer->up && peer_completes_handshake(peer);
    peer_sends_ping(peer, 1);
    cf_response r = {0};
    const bool alive = answers && peer_receives_response(peer, &r) && r.status.v == 200;
    const bool hung = t->check[VERDICT].judged && t->check[VERDICT].outcome == OUTCOME_HANG;
    struct judgement *j = &t->check[VERDICT];
    page *const pages[] = {&j->want, &j->got};
    for (size_t i = 0; i < 2; i++)
        page_free(pages[i]);
    t->check[VERDICT] = verdict_so_far;
    t->over = false;
    if (alive)
        judge(t, STATE, true, "a fresh connection answers a ping", "200 PONG");
    else
        trial_stop(t, STATE,
                   hung                             ? OUTCOME_HANG
                   : !peer->up && !peer->end.status ? OUTCOME_CRASH
                                                    : OUTCOME_FAIL,
                   "a fresh connection answers a ping", "%s", peer_ending(peer));
    t->over = was_over || t->over;
    peer_closes(peer, 1000, "");
}

void judge_answer(peer_connection *peer, int64_t id, int64_t status, const char *body)
{
    char want[200];
    cf_response r;
    snprintf(want, sizeof want, "status %lld", (long long)status);
    if (!peer_receives_response_to(peer, id, &r)) {
        trial_stop(peer->t, VERDICT, OUTCOME_FAIL, want, "%s", peer_ending(peer));
        return;
    }
    trial_saw(peer->t, r.status.v == 200 ? DEPLOYED_TAKES : DEPLOYED_ANSWERS);
    judge(peer->t, VERDICT, (int64_t)r.status.v == status, want, "status %lld", (long long)r.status.v);
    if (peer->t->row->req[REASON])
        judge(peer->t, REASON, span_is(r.body.v, body), body, "%.*s", r.body.v.n < 200 ? (int)r.body.v.n : 200, (const char *)r.body.v.p);
}
