#include "judge_parley1.h"
#include "exits.h"
#include "known_secrets.h"
#include "no_memory.h"
#include "p1_socket.h"
#include "parley1_pack.h"
#include "results_here.h"

#include <stdlib.h>
#include <string.h>

/* ---- what the bytes can't decide, and what a tag does ---- */

/* Waits and ages leave no trace in the bytes. */
static const uint16_t of_time[] = {REQ_P1_155, REQ_P1_163, REQ_P1_164, REQ_P1_166, REQ_P1_167, REQ_P1_168,
                                   REQ_P1_169, REQ_P1_170, REQ_P1_171, REQ_P1_172, REQ_P1_173, REQ_P1_174};
/* A record's tag fits only where both sides have done these alike. */
static const uint16_t of_tag[] = {REQ_P1_002, REQ_P1_020, REQ_P1_021, REQ_P1_030, REQ_P1_100, REQ_P1_110, REQ_P1_111,
                                  REQ_P1_112, REQ_P1_113, REQ_P1_115, REQ_P1_116, REQ_P1_117, REQ_P1_102};
/* Message 2 is what the text writes: its reader's checks hold. */
static const uint16_t of_message2[] = {REQ_P1_022, REQ_P1_023, REQ_NZ_006, REQ_NZ_031, REQ_NZ_035, REQ_NZ_036};

static void hold(judged *j, const uint16_t *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        j->fate[list[i]].held++;
}
#define HOLD(j, list) hold((j), (list), sizeof(list) / sizeof *(list))

/* ---- how a refusal looks ---- */

static bool says_more_after(const recorded_session *r, size_t i)
{
    for (size_t k = i + 1; k < r->n; k++)
        if (r->message[k].to_server != r->message[i].to_server)
            return true;
    return false;
}

bool duet_went_on(duet *d, size_t i)
{
    const recorded_close *close = &d->r->close[d->r->message[i].to_server]; /* of its reader */
    const bool refuses = close->there && close->code == p1_refusal();
    if (!refuses && says_more_after(d->r, i))
        return true;
    if (close->there)
        judgement_finds(d->j, REQ_P1_001, refuses && !close->reason, i, "the close");
    return false;
}

/* Whoever closes with this code refuses something; nothing that came to it is to be refused. */
static void note_closes(duet *d)
{
    static const char *const who[] = {"client", "server"};
    for (int side = 0; side < 2; side++)
        if (d->r->close[side].first && d->r->close[side].code == p1_refusal())
            snprintf(d->j->note, sizeof d->j->note, "the %s closed with %u, though nothing in what it had received is to be refused",
                     who[side], d->r->close[side].code);
}

/* ---- worlds ---- */

p1_client_world duet_client_world(duet *d)
{
    return (p1_client_world){.prim = d->lib,
                             .now = d->now,
                             .coins = SPAN(d->coins),
                             .policy = &d->policy,
                             .memory = &d->memory,
                             .room = WRITER(d->room),
                             .storage = &d->side[P1_CLIENT].storage};
}

p1_enclave_world duet_enclave_world(duet *d)
{
    return (p1_enclave_world){.prim = d->lib,
                              .now = d->now,
                              .coins = SPAN(d->coins),
                              .s = &d->world->s,
                              .served = &d->served,
                              .claims = span_text(d->world->claims),
                              .levels = d->claims.levels,
                              .storage = &d->side[P1_ENCLAVE].storage};
}

/* The header of a record: its share, and its epoch. */
static const uint8_t *dh_of(const recorded_message *m) { return m->bytes.p; }
static uint32_t epoch_of(const recorded_message *m)
{
    reader r = reader_of(span_from(m->bytes, 40));
    return (uint32_t)read_be(&r, 4);
}

/* Lends the coins by which this side's next record in that epoch gets the share that it has in the recording. */
static void lend_next_dh(duet *d, p1_side side, size_t behind, uint32_t epoch, const uint8_t own[32])
{
    memset(d->coins, 7, sizeof d->coins); /* of what is known of the other side's draws there is nothing */
    for (size_t k = behind + 1; k < d->r->n; k++) {
        const recorded_message *m = &d->r->message[k];
        if (m->to_server != (side == P1_CLIENT) || m->bytes.n < P1_RECORD_LEAST || epoch_of(m) != epoch || memcmp(dh_of(m), own, 32) == 0)
            continue;
        span_take(known_secrets_of(dh_of(m)), d->coins, 32);
        return;
    }
}

/* ---- the handshake ---- */

static void make_sides(duet *d)
{
    for (int i = 0; i < 2; i++) {
        duet_side *s = &d->side[i];
        s->storage = (p1_storage){
            .control = {.p = s->control, .cap = sizeof s->control}, .talk = {.p = s->talk, .cap = sizeof s->talk}, .plain = s->plain};
        s->effects.bytes = WRITER(s->sent);
    }
}

static bool enclave_takes_hello(duet *d)
{
    lend_next_dh(d, P1_ENCLAVE, 0, 0, d->e);
    if (d->by_responder) {
        memcpy(d->coins + 32, d->r0, 32);
        memcpy(d->coins + 64, d->e, 32);
        memcpy(d->coins + 96, d->kem[0], 32);
        prim_pair_of(d->lib, d->s, &d->world->s);
    }
    const p1_enclave_world w = duet_enclave_world(d);
    p1_enclave_start(&d->enclave, &w);
    judgement_watch(d->j);
    const verdict v = p1_enclave_takes(&d->enclave, &w, d->r->message[0].bytes, &d->side[P1_ENCLAVE].effects);
    judgement_settle(d->j, v, !accepted(v) && duet_went_on(d, 0), 0, "message 1");
    d->enclave.epochs.born -= P1_STEP_PAUSE;
    return accepted(v);
}

/* The draws of the offer: its reserved value and that one's place. False: no draws make this one. */
static bool client_says_hello(duet *d, span name)
{
    memcpy(d->coins + 2, d->e, 32);
    memcpy(d->coins + 34, d->kem[0], 64);
    for (unsigned k = 0; k < 32; k++) {
        d->coins[0] = (uint8_t)(k >> 1);
        d->coins[1] = k & 1;
        const p1_client_world w = duet_client_world(d);
        p1_client_start(&d->client, &w, name, &d->side[P1_CLIENT].effects);
        if (span_same(p1_sends(&d->side[P1_CLIENT].effects, 0), d->r->message[0].bytes))
            return true;
    }
    return false;
}

static span offer_in(span message)
{
    reader r = reader_of(message);
    return read_bytes(&r, (size_t)read_be(&r, 2));
}

/* The client as it stands behind its message 1. */
static int make_client(duet *d, const cli_call *call)
{
    p1_offer offer;
    const span said = offer_in(d->r->message[0].bytes);
    must(accepted(p1_read_offer(said, &offer)));
    const bool fits = client_says_hello(d, offer.name);
    if (!fits && !d->by_responder)
        return cli_usage(call, "%s: message 1 is not what these secrets make; the offer has to be version 1 and one reserved value",
                         cli_value(call, "keys"));
    span_take(said, d->client.first, sizeof d->client.first);
    must(accepted(p1_read_offer(span_of(d->client.first, said.n), &d->client.offered)));
    d->client.offered.name = span_of(d->client.name, d->client.n_name);
    HOLD(d->j, (const uint16_t[]){REQ_P1_010});
    return EXIT_LEVEL;
}

/* What the one has computed is lent to the other, who knows none of its secrets. */
static void client_agrees_like(duet *d)
{
    p1_client *c = &d->client;
    c->noise = d->enclave.noise;
    c->noise.role = NZ_INITIATOR;
    c->noise.secret.receiving = d->enclave.noise.secret.sending;
    c->agreed = d->enclave.agreed;
    memcpy(c->next_r, c->agreed.r0, 32);
    memcpy(c->next_x, c->agreed.h, P1_DIGEST);
    c->phase = P1_PROVING;
    c->epochs.wait = (p1_wait){0};
    HOLD(d->j, of_message2);
}

static void enclave_agrees_like(duet *d)
{
    d->enclave.agreed = d->client.agreed;
    memcpy(d->enclave.x, d->client.agreed.h, P1_DIGEST);
    prim_pair_of(d->lib, known_secrets_of(d->client.agreed.r0).p, &d->enclave.secret.r);
}

static bool takes_message2(duet *d)
{
    const span message = d->r->message[1].bytes;
    if (d->by_responder) {
        const bool same = span_same(p1_sends(&d->side[P1_ENCLAVE].effects, 0), message);
        if (same)
            client_agrees_like(d);
        else
            judgement_rejects(d->j, REJECT(NZ_006), duet_went_on(d, 1), 1, "message 2");
        return same;
    }
    const p1_client_world w = duet_client_world(d);
    judgement_watch(d->j);
    const verdict v = p1_client_takes(&d->client, &w, message, &d->side[P1_CLIENT].effects);
    judgement_settle(d->j, v, !accepted(v) && duet_went_on(d, 1), 1, "message 2");
    if (accepted(v))
        enclave_agrees_like(d);
    return accepted(v);
}

/* ---- evidence ---- */

/* What the enclave sent as its attest: that of epoch 0 in records of the handshake, any other as a control message. */
static void collect_attest0(duet *d, span record)
{
    nz_peer copy = d->client.noise;
    const nz_world lent = {.prim = d->lib};
    writer w = WRITER(d->attest);
    w.n = d->n_attest;
    if (w.cap - w.n >= record.n && accepted(nz_open(&copy, &lent, EMPTY, record, &w)))
        d->n_attest = w.n;
}

static span attest_of(const duet *d)
{
    const p1_join *j = &d->side[P1_CLIENT].storage.control;
    return d->client.epochs.now.epoch == 0 ? span_from(span_of(d->attest, d->n_attest), 4) : span_from(span_of(j->p, j->n), 1);
}

static void enclave_reports(duet *d, size_t i)
{
    lend_next_dh(d, P1_ENCLAVE, i, d->enclave.epochs.now.epoch, d->enclave.epochs.now.secret.own.share);
    const p1_enclave_world w = duet_enclave_world(d);
    p1_enclave_reports(&d->enclave, &w, attest_of(d), &d->side[P1_ENCLAVE].effects);
    HOLD(d->j, of_tag);
    if (d->client.epochs.now.epoch)
        HOLD(d->j, (const uint16_t[]){REQ_P1_101});
}

/* The level that the client named is known now: what it wanted of the claims is judged again. */
static void learn_level(duet *d, size_t i)
{
    const unsigned level = d->enclave.epochs.level;
    if (d->policy.level == level)
        return;
    p1_appraisal found;
    d->policy.level = d->client.epochs.level = level;
    p1_memory memory = d->memory_before;
    const p1_verifier v = {d->lib, &d->policy, d->now, WRITER(d->room)};
    const p1_expected expected = {.name = span_of(d->client.name, d->client.n_name),
                                  .s = d->client.agreed.s,
                                  .x = d->client.agreed.h,
                                  .offered = &d->client.offered,
                                  .version = d->client.agreed.version};
    judgement_watch(d->j);
    judgement_settle(d->j, p1_verify(&v, &expected, span_from(span_of(d->attest, d->n_attest), 4), &memory, &found), true, i,
                     "the evidence");
}

/* ---- steps ---- */

static void client_stepped(duet *d)
{
    p1_client *c = &d->client;
    const p1_join *step = &d->side[P1_ENCLAVE].storage.control;
    const uint32_t next = d->enclave.epochs.now.epoch + 1;
    uint8_t ek[NZ_KEM_EK];
    span_take(span_of(step->p, step->n), c->step_message, sizeof c->step_message);
    if (!d->by_responder && next < d->n_kem)
        mlkem_keygen(MLKEM_768, d->kem[next], d->kem[next] + 32, ek, c->secret.dk);
    c->step = 1;
    c->asked = d->now;
    d->enclave.epochs.born -= P1_STEP_PAUSE;
}

static void enclave_replied(duet *d)
{
    if (d->by_responder)
        memcpy(d->client.secret.kem, d->enclave.secret.kem, 32);
    else
        memcpy(d->enclave.secret.kem, d->client.secret.kem, 32);
    memcpy(d->enclave.x, d->client.next_x, P1_DIGEST);
    prim_pair_of(d->lib, known_secrets_of(d->client.next_r).p, &d->enclave.secret.r);
}

/* ---- records ---- */

/* The ratchet that its sender made this record with; NULL: none that is still kept. */
static p1_ratchet *sender_of(duet *d, const recorded_message *m)
{
    p1_epochs *e = m->to_server ? &d->client.epochs : &d->enclave.epochs;
    if (epoch_of(m) == e->now.epoch)
        return &e->now;
    return m->to_server && e->has_other ? &e->other : NULL;
}

/* Whoever sent this record has a new share when it has one, and should have one when it must have opened the other's. */
static void sender_turns(duet *d, size_t i)
{
    const recorded_message *m = &d->r->message[i];
    p1_ratchet *r = sender_of(d, m);
    uint8_t room[P1_RECORD_LEAST + 1], turn[P1_KEY];
    writer w = WRITER(room);
    if (!r)
        return;
    const bool same = memcmp(r->secret.own.share, dh_of(m), 32) == 0;
    if (r->turns && d->must_turn[r->side])
        judgement_finds(d->j, REQ_P1_114, !same, i, "a record");
    d->must_turn[r->side] = false;
    if (r->turns && !same)
        p1_seal(r, d->lib, known_secrets_of(dh_of(m)), span_of("", 1), &w, turn);
}

/* A whole request, end or error is answered, or followed, only by who has opened it. */
static void expect_turn(duet *d, p1_side reader_is, const p1_effects *came)
{
    const p1_epochs *e = reader_is == P1_CLIENT ? &d->client.epochs : &d->enclave.epochs;
    const uint8_t type = came->event == P1_TALK_CAME ? came->message.p[0] : 0;
    if (type == P1_REQUEST || type == P1_END || type == P1_ERROR)
        d->must_turn[reader_is] = e->now.turns;
}

static bool client_takes(duet *d, size_t i)
{
    const bool proving = d->client.phase == P1_PROVING;
    const unsigned step = d->client.step;
    const span message = d->r->message[i].bytes;
    p1_effects *came = &d->side[P1_CLIENT].effects;
    const uint32_t next = proving ? 0 : d->client.epochs.now.epoch + 1;
    if (proving)
        collect_attest0(d, message);
    lend_next_dh(d, P1_CLIENT, i, next, d->client.epochs.now.secret.own.share);
    d->memory_before = proving ? d->memory : d->memory_before;
    const p1_client_world w = duet_client_world(d);
    judgement_watch(d->j);
    const verdict v = p1_client_takes(&d->client, &w, message, came);
    judgement_settle(d->j, v, !accepted(v) && duet_went_on(d, i), i, proving ? "the evidence" : "a record");
    if (!accepted(v))
        return false;
    if (!proving)
        sender_turns(d, i);
    if (step == 1 && d->client.step == 2)
        enclave_replied(d);
    if (came->event == P1_VERIFIED)
        enclave_reports(d, i);
    expect_turn(d, P1_CLIENT, came);
    return duet_client_heard(d, i);
}

static bool enclave_takes(duet *d, size_t i)
{
    p1_epochs *e = &d->enclave.epochs;
    p1_effects *came = &d->side[P1_ENCLAVE].effects;
    const bool next = e->has_other && epoch_of(&d->r->message[i]) == e->other.epoch;
    const uint32_t number = next ? e->other.epoch : e->now.epoch + 1;
    lend_next_dh(d, P1_ENCLAVE, i, next ? e->other.epoch : e->now.epoch, next ? e->other.secret.own.share : e->now.secret.own.share);
    if (d->by_responder && number < d->n_kem)
        memcpy(d->coins + 64, d->kem[number], 32);
    const p1_enclave_world w = duet_enclave_world(d);
    judgement_watch(d->j);
    const verdict v = p1_enclave_takes(&d->enclave, &w, d->r->message[i].bytes, came);
    judgement_settle(d->j, v, !accepted(v) && duet_went_on(d, i), i, next ? "start" : "a record");
    if (!accepted(v))
        return false;
    sender_turns(d, i);
    if (came->event == P1_STARTED)
        learn_level(d, i);
    if (came->event == P1_WANTS_REPORT)
        client_stepped(d);
    expect_turn(d, P1_ENCLAVE, came);
    return duet_enclave_heard(d, i);
}

/* ---- the key log ---- */

/* Sessions of one seed have the same share; that of a responder is known by message 2, and of an initiator the last one counts. */
static bool is_of_message2(const duet *d, const uint8_t e[32])
{
    uint8_t share[32];
    prim_openssl.x25519_public(e, share);
    return d->r->n > 1 && d->r->message[1].bytes.n >= 32 && memcmp(share, d->r->message[1].bytes.p, 32) == 0;
}

static void begin_keys(duet *d, const key_log_line *line)
{
    d->past = d->by_responder && d->has_e && is_of_message2(d, d->e);
    if (d->past)
        return;
    d->by_responder = line->responder;
    d->has_r0 = false;
    d->n_kem = 0;
}

static void take_key(duet *d, const key_log_line *line)
{
    const bool s = strcmp(line->kind, "s") == 0, e = strcmp(line->kind, "e") == 0, kem = strcmp(line->kind, "kem") == 0;
    if (!kem)
        known_secrets_add(line->secret);
    if (s || (e && !line->responder))
        begin_keys(d, line);
    if (d->past)
        return;
    uint8_t *into = s ? d->s : e ? d->e : !kem && !d->has_r0 ? d->r0 : NULL;
    if (kem && d->n_kem < DUET_EPOCHS)
        span_take(span_of(line->secret, line->n), d->kem[d->n_kem++], 64);
    d->has_s |= s;
    d->has_e |= e;
    d->has_r0 |= into == d->r0;
    if (into)
        memcpy(into, line->secret, 32);
}

/* The share by which a key log names the session stands behind the offer. */
static bool find_session(duet *d)
{
    const span message = d->r->n && d->r->message[0].to_server ? d->r->message[0].bytes : EMPTY;
    const span behind = span_from(message, 2 + offer_in(message).n);
    if (behind.n < 32)
        return false;
    memcpy(d->session, behind.p, 32);
    return true;
}

static int load_keys(const cli_call *call, duet *d)
{
    page text = {0};
    key_log_line line;
    int more = 0;
    const char *path = cli_value(call, "keys");
    int code = file_load(call, path, &text);
    const char *at = text.p ? text.p : "";
    while (!code && (more = key_log_next_parley1(&at, &line)) > 0)
        if (memcmp(line.session, d->session, 32) == 0)
            take_key(d, &line);
    if (!code && more < 0)
        code = cli_usage(call, "%s: a line that is not `PARLEY1 SHARE initiator|responder s|e|dh|kem SECRET`", path);
    else if (!code && (!d->has_e || !d->n_kem || (d->by_responder && (!d->has_s || !d->has_r0))))
        code = cli_usage(call, "%s: it does not have the secrets of this session, whose first share stands behind the offer of message 1",
                         path);
    page_free(&text);
    return code;
}

/* ---- the session ---- */

static void judge_records(duet *d)
{
    bool goes_on = d->r->n > 1 && !d->r->message[1].to_server && takes_message2(d);
    for (size_t i = 2; i < d->r->n && goes_on; i++)
        goes_on = d->r->message[i].to_server ? enclave_takes(d, i) : client_takes(d, i);
    if (goes_on)
        note_closes(d);
    d->j->fate[REQ_P1_118] = d->j->fate[REQ_P1_106]; /* what the sender has to write, and the reader to look at */
    for (size_t i = 0; i < sizeof of_time / sizeof *of_time; i++)
        d->j->fate[of_time[i]] = (fate_of_sentence){0};
}

static int judge_with_keys(const cli_call *call, duet *d)
{
    if (!find_session(d))
        return cli_usage(call, "%s: its first message is not a message 1 of parley1", cli_operand(call, 0));
    int code = load_keys(call, d);
    if (code || !enclave_takes_hello(d))
        return code;
    code = make_client(d, call);
    if (code)
        return code;
    judge_records(d);
    return known_secrets_lacked() ? cli_usage(call, "%s: it lacks a secret of this session, or was cut short", cli_value(call, "keys"))
                                  : EXIT_LEVEL;
}

static void start_duet(duet *d, judged *j, const recorded_session *r, service *world)
{
    d->j = j;
    d->r = r;
    d->world = world;
    d->now = world->now;
    d->lib = known_secrets_prim();
}

int judge_parley1(const cli_call *call, judged *j, recorded_session *r)
{
    static service world;
    duet *d = calloc(1, sizeof *d);
    needs_memory(d);
    int code = EXIT_LEVEL;
    p1_pack *pack = parley1_pack_of(call, &code);
    code = pack ? parley1_service(call, pack, &world) : code;
    if (code)
        return free(d), free(pack), code;
    service_finish(&world);
    start_duet(d, j, r, &world);
    d->policy = pack->policy;
    d->versions[0] = P1_VERSION;
    d->names[0] = span_text(cli_given(call, "name") ? cli_value(call, "name") : pack->name);
    d->served = (p1_served){d->versions, 1, d->names, 1};
    must(accepted(p1_read_claims(span_text(world.claims), &d->claims)));
    make_sides(d);
    judgement_of_upgrade(j, r, span_text(P1_PROTOCOL));
    code = cli_given(call, "keys") ? judge_with_keys(call, d) : EXIT_LEVEL;
    known_secrets_forget();
    wipe(d, sizeof *d);
    free(d);
    free(pack);
    return code;
}
