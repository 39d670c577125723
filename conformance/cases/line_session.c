/* The scripted peer's Noise session: each step by hand, each record as it is given. */
#include "line.h"

#include <stdio.h>
#include <string.h>

pb_bytes text_field(const char *text) { return (pb_bytes){text != NULL, span_text(text)}; }
pb_int number_field(uint64_t n) { return (pb_int){true, n}; }

/* ---- the handshake ---- */

/* The suite is written out here, not asked of the text: a weakened text must not weaken its judge. */
void line_starts_noise_as(line *l, const uint8_t static_secret[32])
{
    memcpy(l->own_static, static_secret, sizeof l->own_static);
    const nz_setup setup = {
        .role = l->is_server ? NZ_RESPONDER : NZ_INITIATOR,
        .suite = {NZ_XX, PRIM_AESGCM, PRIM_SHA256},
        .static_secret = SPAN(l->own_static),
    };
    nz_start(&l->noise, l->world.prim, &setup);
}

void line_starts_noise(line *l)
{
    uint8_t fresh[32];
    trial_draw(l->t, fresh, sizeof fresh);
    line_starts_noise_as(l, l->is_server ? l->t->run->pack->enclave_secret : fresh);
}

void line_writes(line *l, span payload, writer *out)
{
    uint8_t ephemeral[32];
    trial_draw(l->t, ephemeral, sizeof ephemeral);
    const nz_world lent = {l->world.prim, SPAN(ephemeral)};
    nz_effects effects = {.message = *out};
    if (l->t->over || nz_turn_of(&l->noise) != NZ_WRITES)
        return;
    if (!accepted(nz_step(&l->noise, &lent, payload, &effects)))
        trial_stop(l->t, VERDICT, OUTCOME_FAIL, "a handshake that goes on", "a share with which no secret can be agreed");
    *out = effects.message;
}

bool line_reads(line *l, span message, writer *payload)
{
    const nz_world lent = {l->world.prim, EMPTY};
    nz_effects effects = {.payload = *payload};
    if (l->t->over || nz_turn_of(&l->noise) != NZ_READS || !accepted(nz_step(&l->noise, &lent, message, &effects)))
        return false;
    *payload = effects.payload;
    trial_log(l->t, l->is_server, "noise", written(payload), NULL);
    return true;
}

static bool hears_handshake(line *l, const char *what)
{
    char ending[200];
    span message;
    static uint8_t room[CF_RECORD_MAX];
    writer payload = WRITER(room);
    if (!line_hears(l, &message))
        trial_stop(l->t, VERDICT, OUTCOME_FAIL, what, "%s", line_ending(l, ending, sizeof ending));
    else if (!line_reads(l, message, &payload))
        trial_stop(l->t, VERDICT, OUTCOME_FAIL, what, "%zu bytes that do not open", message.n);
    return !l->t->over;
}

static void says_handshake(line *l, span payload)
{
    static uint8_t room[CF_RECORD_MAX + 1024];
    writer message = WRITER(room);
    line_writes(l, payload, &message);
    if (message.n)
        line_sends(l, written(&message));
}

bool line_shakes_hands(line *l)
{
    if (l->t->over)
        return false;
    line_starts_noise(l);
    if (l->is_server) {
        hears_handshake(l, "message 1");
        says_handshake(l, l->t->run->pack->file[PACK_EVIDENCE]);
        return hears_handshake(l, "message 3");
    }
    says_handshake(l, EMPTY);
    hears_handshake(l, "message 2");
    says_handshake(l, EMPTY);
    return !l->t->over;
}

/* ---- sending ---- */

static const cf_world *world_of(line *l)
{
    trial_draw(l->t, l->coins, sizeof l->coins);
    l->world.coins = SPAN(l->coins);
    return &l->world;
}

static bool may_send(const line *l) { return !l->t->over && nz_turn_of(&l->noise) == NZ_READY; }

void line_seals(line *l, span plaintext)
{
    if (!may_send(l))
        return;
    trial_log_shaped(l->t, !l->is_server, "noise", &cf_frame_layout, plaintext);
    cf_seal_plain(&l->noise, world_of(l), plaintext, &l->out);
}

void line_frames(line *l, const cf_frame *f)
{
    if (may_send(l))
        cf_seal_frame(&l->noise, world_of(l), f, &l->out);
}

void line_whole(line *l, span message)
{
    if (!may_send(l))
        return;
    trial_log_shaped(l->t, !l->is_server, "app", l->is_server ? &cf_response_layout : &cf_request_layout, message);
    const uint64_t total = message.n ? (message.n + CF_PAYLOAD_MAX - 1) / CF_PAYLOAD_MAX : 1;
    uint64_t id = 0;
    uint8_t drawn[8];
    trial_draw(l->t, drawn, sizeof drawn);
    reader r = reader_of(SPAN(drawn));
    id = read_be(&r, 8);
    for (uint64_t i = 0; i < total; i++)
        line_frames(l, &(cf_frame){number_field(id),
                                   number_field(i),
                                   number_field(total),
                                   {true, span_first(span_from(message, i * CF_PAYLOAD_MAX), CF_PAYLOAD_MAX)}});
}

void line_request(line *l, const cf_request *r)
{
    static uint8_t room[CF_MESSAGE_MAX + 4096];
    writer message = WRITER(room);
    layout_write(&cf_request_layout, r, &message);
    must(writer_ok(&message));
    line_whole(l, written(&message));
    line_flush(l);
}

void line_flush(line *l)
{
    for (size_t i = 0; i < l->out.n_records; i++)
        line_sends(l, cf_record(&l->out, i));
    cf_effects_clear(&l->out);
}

void line_pings(line *l, int64_t id)
{
    line_request(l, &(cf_request){.id = number_field((uint64_t)id), .verb = text_field("GET"), .path = text_field("/ping")});
}

/* ---- receiving ---- */

/* The target's own frames: one piece after the other, all full but the last (CF-045, CF-047). */
static void watch_chunks(line *l, bool starts)
{
    const uint64_t index = l->frame.chunk_index.v, total = l->frame.total_chunks.v;
    static uint64_t id;
    if (starts)
        id = l->frame.chunk_id.v;
    const bool last = index + 1 == total, full = l->frame.payload.v.n == CF_PAYLOAD_MAX;
    if (l->frame.chunk_id.v != id || index != l->n_frames - 1 || !l->frame.chunk_index.has || (!last && !full) ||
        l->frame.payload.v.n > CF_PAYLOAD_MAX)
        l->chunk_rule_broken = true;
}

bool line_message(line *l, span *message)
{
    bool complete = false;
    span record;
    l->n_frames = 0;
    while (!complete && line_hears(l, &record)) {
        verdict v = cf_open_frame(&l->noise, &l->world, record, &l->frame);
        l->n_frames++;
        if (accepted(v)) {
            watch_chunks(l, l->n_frames == 1);
            v = cf_assemble(l->world.storage, &l->frame, &complete, message);
        }
        if (!accepted(v))
            trial_stop(l->t, VERDICT, OUTCOME_FAIL, "a record that holds a frame", "one refused by %s", requirement_rows[v.req].id);
    }
    if (complete)
        trial_log_shaped(l->t, l->is_server, "app", l->is_server ? &cf_request_layout : &cf_response_layout, *message);
    return complete && !l->t->over;
}

static bool takes(line *l, const layout *shape, void *out)
{
    span message;
    if (!line_message(l, &message))
        return false;
    if (accepted(layout_read(shape, message, out, NULL)))
        return true;
    trial_stop(l->t, VERDICT, OUTCOME_FAIL, shape->name, "%zu bytes that are none", message.n);
    return false;
}

bool line_response(line *l, cf_response *out) { return takes(l, &cf_response_layout, out); }
bool line_takes_request(line *l, cf_request *out) { return takes(l, &cf_request_layout, out); }

bool line_response_to(line *l, int64_t id, cf_response *out)
{
    while (line_response(l, out))
        if ((int64_t)out->id.v == id && out->id.has)
            return true;
    return false;
}

/* ---- judgements that most cases share ---- */

enum { POKE = 777000777 };

void judge_closed(line *l, unsigned code, const char *reason, bool poke)
{
    char want[200], ending[200];
    span message;
    snprintf(want, sizeof want, "close %u %s", code, reason);
    if (poke)
        line_pings(l, POKE);
    if (line_hears(l, &message)) {
        trial_stop(l->t, VERDICT, OUTCOME_FAIL, "refused: the connection closes and nothing is answered", "an answer of %zu bytes",
                   message.n);
        return;
    }
    judge(l->t, VERDICT, l->ended, "refused: the connection closes and nothing is answered", "%s", line_ending(l, ending, sizeof ending));
    if (l->t->row->req[REASON])
        judge(l->t, REASON, l->end.how == WS_CLOSED && l->end.code == code && strcmp(l->end.reason, reason) == 0, want, "%s", ending);
}

void judge_pong(line *l, int64_t id, check c)
{
    char ending[200];
    cf_response r;
    line_pings(l, id);
    if (!line_response(l, &r)) {
        trial_stop(l->t, c, OUTCOME_FAIL, "200 PONG", "%s", line_ending(l, ending, sizeof ending));
        return;
    }
    judge(l->t, c, (int64_t)r.id.v == id && r.status.v == 200 && span_is(r.body.v, "PONG"), "200 PONG", "id %lld, status %lld, %zu bytes",
          (long long)r.id.v, (long long)r.status.v, r.body.v.n);
}

/* A new trial would forget what this one found, so its own checks are set aside while the fresh connection is tried. */
void judge_alive(trial *t)
{
    char room[8192], ending[200];
    const bool was_over = t->over;
    if (!t->row->req[STATE])
        return;
    t->over = false;
    const struct judgement verdict_so_far = t->check[VERDICT];
    t->check[VERDICT] = (struct judgement){0};
    line *l = line_connect(t, trial_target(t, NULL, room, sizeof room));
    const bool answers = l->up && line_shakes_hands(l);
    line_pings(l, 1);
    cf_response r = {0};
    const bool alive = answers && line_response(l, &r) && r.status.v == 200;
    const bool hung = t->check[VERDICT].judged && t->check[VERDICT].outcome == OUTCOME_HANG;
    struct judgement *j = &t->check[VERDICT];
    page *const pages[] = {&j->want, &j->got};
    for (size_t i = 0; i < 2; i++)
        page_free(pages[i]);
    t->check[VERDICT] = verdict_so_far;
    t->over = false;
    line_ending(l, ending, sizeof ending);
    if (alive)
        judge(t, STATE, true, "a fresh connection answers a ping", "200 PONG");
    else
        trial_stop(t, STATE,
                   hung                       ? OUTCOME_HANG
                   : !l->up && !l->end.status ? OUTCOME_CRASH
                                              : OUTCOME_FAIL,
                   "a fresh connection answers a ping", "%s", ending);
    t->over = was_over || t->over;
    line_closes(l, 1000, "");
}

void judge_answer(line *l, int64_t id, int64_t status, const char *body)
{
    char want[200], ending[200];
    cf_response r;
    snprintf(want, sizeof want, "status %lld", (long long)status);
    if (!line_response_to(l, id, &r)) {
        trial_stop(l->t, VERDICT, OUTCOME_FAIL, want, "%s", line_ending(l, ending, sizeof ending));
        return;
    }
    judge(l->t, VERDICT, (int64_t)r.status.v == status, want, "status %lld", (long long)r.status.v);
    if (l->t->row->req[REASON])
        judge(l->t, REASON, span_is(r.body.v, body), body, "%.*s", r.body.v.n < 200 ? (int)r.body.v.n : 200, (const char *)r.body.v.p);
}
