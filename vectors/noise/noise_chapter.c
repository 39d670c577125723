/* The operations nz.* on Noise sessions, and the row of the chapter. */
#include "chapter.h"
#include "noise.h"
#include "noise_run_case.h"

/* ---- sessions ---- */

typedef struct session {
    nz_peer peer;
    uint8_t e[NZ_KEY];
    bool has_e, has_e1, has_ekem1;
    uint8_t e1[NZ_KEM_DK], ekem1[MLKEM_COINS]; /* a decapsulation key, coins */
} session;

static void close_session(void *object) { nz_close(&((session *)object)->peer); }

static void write_cipher(writer *w, const nz_cipher *c)
{
    write_be(w, c->keyed, 1);
    write_be(w, c->fresh, 1);
    write_span(w, SPAN(c->k));
    write_be(w, c->n, 8);
}

static void write_session(const void *object, writer *w)
{
    const nz_peer *p = &((const session *)object)->peer;
    write_be(w, p->role, 1);
    write_be(w, p->state, 1);
    write_be(w, p->knows_rs, 1);
    write_be(w, p->exported, 1);
    write_span(w, SPAN(p->re));
    write_span(w, SPAN(p->rs));
    write_span(w, SPAN(p->h));
    write_span(w, span_of(&p->secret.s, sizeof p->secret.s));
    write_span(w, span_of(&p->secret.e, sizeof p->secret.e));
    write_span(w, SPAN(p->secret.kem));
    write_span(w, SPAN(p->secret.ck));
    write_cipher(w, &p->secret.handshake);
    write_cipher(w, &p->secret.sending);
    write_cipher(w, &p->secret.receiving);
}

static const handle_type session_type = {"session", sizeof(session), close_session, write_session};

/* A fresh decapsulation key from 64 bytes: d || z. */
static void take_kem_seed(session *s, const uint8_t seed[64])
{
    uint8_t ek[NZ_KEM_EK];
    mlkem_keygen(MLKEM_768, seed, seed + 32, ek, s->e1);
    s->has_e1 = true;
}

/* The parties' keys as a call gives them; what is not given is empty. */
typedef struct given_keys {
    span e, s, e1, ekem1;
} given_keys;

static bool take_setup(adapter_call *call, nz_setup *setup, given_keys *keys)
{
    static const char *const roles[] = {"i", "r", NULL};
    int role;
    if (!call_word(call, "role", roles, &role) || !call_bytes(call, "prologue", &setup->prologue) ||
        !call_bytes_if_given(call, "s", NZ_KEY, &keys->s) || !call_bytes_if_given(call, "rs", NZ_KEY, &setup->remote_static) ||
        !call_bytes_if_given(call, "e", NZ_KEY, &keys->e) || !call_bytes_if_given(call, "e1", 64, &keys->e1) ||
        !call_bytes_if_given(call, "ekem1", MLKEM_COINS, &keys->ekem1) ||
        !call_accepts(call, nz_suite_from_name(call_text(call, "name"), &setup->suite)))
        return false;
    setup->role = role == 0 ? NZ_INITIATOR : NZ_RESPONDER;
    return true;
}

static void keep_ephemerals(session *s, const given_keys *keys)
{
    s->has_e = keys->e.n != 0;
    span_take(keys->e, s->e, NZ_KEY);
    if (keys->e1.n)
        take_kem_seed(s, keys->e1.p);
    s->has_ekem1 = keys->ekem1.n != 0;
    span_take(keys->ekem1, s->ekem1, MLKEM_COINS);
}

static void open_session(adapter_call *call)
{
    nz_setup setup = {0};
    given_keys keys = {0};
    prim_pair own;
    int64_t h;
    if (!take_setup(call, &setup, &keys))
        return;
    if (keys.s.n) {
        prim_pair_of(call->prim, keys.s.p, &own);
        setup.static_pair = &own;
    }
    if (!nz_setup_fits(&setup, call->prim)) {
        call_complain(call, "not the keys that this pattern asks of this role, or a suite that this provider lacks");
        return;
    }
    session *opened = call_new_handle(call, &session_type, &h);
    if (!opened)
        return;
    keep_ephemerals(opened, &keys);
    nz_start(&opened->peer, call->prim, &setup);
    wipe(&own, sizeof own);
    shim_put_int(&call->reply->out, "h", h);
}

/* ---- handshake ---- */

/* What the caller did not give is drawn; nothing is left of it after the step. */
static void draw_secrets(const adapter_call *call, session *s)
{
    uint8_t seed[64];
    if (!call->adapter->random)
        return;
    if (!s->has_e)
        call->adapter->random(s->e, sizeof s->e);
    if (!s->has_ekem1)
        call->adapter->random(s->ekem1, sizeof s->ekem1);
    if (!s->has_e1 && s->peer.role == NZ_INITIATOR && nz_keys_of(s->peer.suite.pattern, NZ_INITIATOR).kem) {
        call->adapter->random(seed, sizeof seed);
        take_kem_seed(s, seed);
    }
    wipe(seed, sizeof seed);
}

static void step(adapter_call *call, session *s, span in, bool reads)
{
    draw_secrets(call, s);
    const nz_world world = {.prim = call->prim, .ephemeral = SPAN(s->e), .kem_key = SPAN(s->e1), .kem_coins = SPAN(s->ekem1)};
    const size_t n = in.n + nz_overhead(&s->peer);
    uint8_t *room = call_room(call, n);
    if (!room)
        return;
    nz_effects out = {0};
    writer *made = reads ? &out.payload : &out.message;
    *made = writer_of(room, n);
    const bool knew = nz_remote_static(&s->peer).n != 0, took = call_accepts(call, nz_step(&s->peer, &world, in, &out));
    shim_put_bytes(&call->reply->out, !took ? "released" : reads ? "payload" : "msg", written(made));
    if (took && nz_turn_of(&s->peer) == NZ_READY)
        shim_put_int(&call->reply->out, "done", 1);
    if (took && !knew && nz_remote_static(&s->peer).n)
        shim_put_bytes(&call->reply->out, "rs", nz_remote_static(&s->peer));
}

static bool has_secrets(const adapter_call *call, const session *s)
{
    const bool kem = nz_keys_of(s->peer.suite.pattern, s->peer.role).kem;
    return call->adapter->random || (s->has_e && (!kem || (s->peer.role == NZ_INITIATOR ? s->has_e1 : s->has_ekem1)));
}

/* The text takes a message or a payload according to whose turn it is: to hand it the other kind is a mistake of the caller. */
static void handshake_step(adapter_call *call, bool reads)
{
    session *s = call_handle(call, &session_type);
    span in;
    if (!s || !call_bytes(call, reads ? "msg" : "payload", &in))
        return;
    const nz_turn turn = nz_turn_of(&s->peer);
    if (turn == (reads ? NZ_WRITES : NZ_READS))
        call_complain(call, reads ? "it is this side's turn to write" : "it is this side's turn to read");
    else if (!reads && turn == NZ_WRITES && !has_secrets(call, s))
        call_complain(call, "e was not given, or e1 or ekem1");
    else
        step(call, s, in, reads);
}

static void write_message(adapter_call *call) { handshake_step(call, false); }
static void read_message(adapter_call *call) { handshake_step(call, true); }

static void split(adapter_call *call)
{
    const session *s = call_handle(call, &session_type);
    if (!s)
        return;
    if (nz_turn_of(&s->peer) != NZ_READY) {
        call_complain(call, "the handshake is not done");
        return;
    }
    shim_reply_with(call->reply, SHIM_OK, NULL);
    shim_put_bytes(&call->reply->out, "hash", nz_handshake_hash(&s->peer));
}

/* ---- records ---- */

typedef verdict record_step(nz_peer *, const nz_world *, span ad, span in, writer *out);

static void take_record(adapter_call *call, record_step *one_step, const char *from, const char *to)
{
    session *s = call_handle(call, &session_type);
    span ad, in;
    if (!s || !call_bytes(call, "ad", &ad) || !call_bytes(call, from, &in))
        return;
    uint8_t *room = call_room(call, in.n + NZ_TAG);
    if (!room)
        return;
    const nz_world world = {.prim = call->prim};
    writer out = writer_of(room, in.n + NZ_TAG);
    const bool took = call_accepts(call, one_step(&s->peer, &world, ad, in, &out));
    shim_put_bytes(&call->reply->out, took ? to : "released", written(&out));
}

static void seal_record(adapter_call *call) { take_record(call, nz_seal, "pt", "ct"); }
static void open_record(adapter_call *call) { take_record(call, nz_open, "ct", "pt"); }

static void rekey(adapter_call *call)
{
    static const char *const directions[] = {"send", "recv", NULL};
    session *s = call_handle(call, &session_type);
    int direction;
    if (!s || !call_word(call, "dir", directions, &direction))
        return;
    const nz_world world = {.prim = call->prim};
    call_accepts(call, nz_rekey(&s->peer, &world, direction == 0 ? NZ_SENDING : NZ_RECEIVING));
}

/* ---- a secret for the profile ---- */

static void export_secret(adapter_call *call)
{
    session *s = call_handle(call, &session_type);
    span label;
    int64_t n;
    if (!s || !call_bytes(call, "label", &label) || !call_number(call, "n", 1, 255 * 32, &n))
        return;
    uint8_t *room = call_room(call, (size_t)n);
    if (!room)
        return;
    if (label.n > NZ_LABEL_MAX) {
        call_complain(call, "a label has at most 64 bytes");
        return;
    }
    const nz_world world = {.prim = call->prim};
    if (call_accepts(call, nz_export(&s->peer, &world, label, room, (size_t)n)))
        shim_put_bytes(&call->reply->out, "out", span_of(room, (size_t)n));
}

/* ---- the row ---- */

static bool has_aesgcm(const prim *p) { return p->has_cipher(PRIM_AESGCM); }

const chapter noise_chapter = {
    .name = "noise",
    .files = noise_files,
    .capabilities = (const capability[]){{"nz:xx", NULL},
                                         {"nz:nx", NULL},
                                         {"nz:nk", NULL},
                                         {"nz:ik", NULL},
                                         {"nz:xxhfs", NULL},
                                         {"nz:nxhfs", NULL},
                                         {"nz:nkhfs", NULL},
                                         {"nz:ikhfs", NULL},
                                         {"nz:export", NULL},
                                         {"suite:aesgcm", has_aesgcm},
                                         {"suite:chachapoly", NULL},
                                         {"hash:sha256", NULL},
                                         {"hash:sha512", NULL},
                                         {"hash:blake2s", NULL},
                                         {"hash:blake2b", NULL},
                                         {0}},
    .operations =
        (const operation[]){
            {.name = "nz.init", .answer = open_session, .inputs = NOISE_SETUP},
            {.name = "nz.write", .answer = write_message, .prepare = through_messages, .inputs = "payload"},
            {.name = "nz.read", .answer = read_message, .prepare = through_messages, .inputs = "msg"},
            {.name = "nz.split", .answer = split, .prepare = through_messages, .inputs = ""},
            {.name = "nz.seal", .answer = seal_record, .prepare = through_records, .inputs = "ad pt"},
            {.name = "nz.open", .answer = open_record, .prepare = through_records, .inputs = "ad ct"},
            {.name = "nz.rekey", .answer = rekey, .prepare = through_records, .inputs = "dir", .follow = record_after_rekey},
            {.name = "nz.export", .answer = export_secret, .prepare = through_records, .inputs = "label n", .serves = "nz:export"},
            {0}},
    .checks = noise_checks};
