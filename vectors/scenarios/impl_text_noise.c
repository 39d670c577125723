/* The operations nz.*, and the two control operations that concern their sessions. */
#include "impl_text.h"

#include <string.h>

typedef struct impl_text_session session;

static session *session_of(impl_text *t, const shim_request *request, shim_reply *reply)
{
    int64_t h = 0;
    if (shim_int(&request->in, "h", &h) && h >= 1 && h <= IMPL_TEXT_HANDLES && t->session[h - 1].used)
        return &t->session[h - 1];
    impl_text_complain(reply, "h is no session of ours");
    return NULL;
}

/* A value that has to be there; false after complaining. */
static bool need(const shim_request *request, shim_reply *reply, const char *key, span *out)
{
    if (shim_bytes(&request->in, key, &reply->room, out))
        return true;
    impl_text_complain(reply, "a value is missing, is not lower-case hexadecimal, or is too long");
    return false;
}

/* One that may be absent: then empty. False after complaining about one that is there and no key. */
static bool key_if_given(const shim_request *request, shim_reply *reply, const char *key, span *out)
{
    *out = EMPTY;
    if (!shim_find(&request->in, key))
        return true;
    if (shim_bytes(&request->in, key, &reply->room, out) && out->n == NZ_KEY)
        return true;
    impl_text_complain(reply, "s, e and rs are 32 bytes in lower-case hexadecimal");
    return false;
}

static bool read_role(const shim_request *request, shim_reply *reply, nz_role *out)
{
    span role = EMPTY;
    shim_text(&request->in, "role", &role);
    if (!span_is(role, "i") && !span_is(role, "r")) {
        impl_text_complain(reply, "role is i or r");
        return false;
    }
    *out = span_is(role, "i") ? NZ_INITIATOR : NZ_RESPONDER;
    return true;
}

static bool read_keys(const shim_request *request, shim_reply *reply, nz_setup *setup, span *e)
{
    if (!need(request, reply, "prologue", &setup->prologue) || !key_if_given(request, reply, "s", &setup->static_secret) ||
        !key_if_given(request, reply, "rs", &setup->remote_static) || !key_if_given(request, reply, "e", e))
        return false;
    return true;
}

static session *free_session(impl_text *t, shim_reply *reply)
{
    for (size_t i = 0; i < IMPL_TEXT_HANDLES; i++)
        if (!t->session[i].used)
            return &t->session[i];
    impl_text_complain(reply, "no session is free");
    return NULL;
}

static void nz_init(impl_text *t, const shim_request *request, shim_reply *reply)
{
    nz_setup setup = {0};
    span e = EMPTY, name = EMPTY;
    if (!read_role(request, reply, &setup.role) || !read_keys(request, reply, &setup, &e))
        return;
    shim_text(&request->in, "name", &name);
    verdict v = nz_suite_from_name(name, &setup.suite);
    if (!accepted(v)) {
        impl_text_reject(reply, v);
        return;
    }
    if (!nz_setup_fits(&setup, t->prim)) {
        impl_text_complain(reply, "not the keys that this pattern asks of this role, or a suite that this provider lacks");
        return;
    }
    session *s = free_session(t, reply);
    if (!s)
        return;
    s->used = true;
    s->has_e = e.n != 0;
    span_take(e, s->e, NZ_KEY);
    nz_start(&s->peer, t->prim, &setup);
    shim_reply_with(reply, SHIM_OK, NULL);
    shim_put_int(&reply->out, "h", s - t->session + 1);
}

/* ---- handshake ---- */

static void step(impl_text *t, session *s, span in, shim_reply *reply, bool reads)
{
    uint8_t fresh[NZ_KEY];
    if (!s->has_e && t->random)
        t->random(fresh, sizeof fresh);
    nz_world world = {.prim = t->prim, .ephemeral = s->has_e ? SPAN(s->e) : t->random ? SPAN(fresh) : EMPTY};
    size_t n = in.n + nz_overhead(&s->peer);
    uint8_t *room = write_room(&reply->room, n ? n : 1);
    if (!room) {
        impl_text_complain(reply, "too long for this adapter");
        return;
    }
    nz_effects out = {0};
    *(reads ? &out.payload : &out.message) = writer_of(room, n);
    bool knew = nz_remote_static(&s->peer).n != 0;
    verdict v = nz_step(&s->peer, &world, in, &out);
    wipe(fresh, sizeof fresh);
    span made = written(reads ? &out.payload : &out.message);
    if (!accepted(v)) {
        impl_text_reject(reply, v);
        shim_put_bytes(&reply->out, "released", made);
        return;
    }
    shim_reply_with(reply, SHIM_OK, NULL);
    shim_put_bytes(&reply->out, reads ? "payload" : "msg", made);
    if (nz_turn_of(&s->peer) == NZ_READY)
        shim_put_int(&reply->out, "done", 1);
    if (!knew && nz_remote_static(&s->peer).n)
        shim_put_bytes(&reply->out, "rs", nz_remote_static(&s->peer));
}

/* The text takes a message or a payload according to whose turn it is: to hand it the other kind is a mistake of the caller. */
static void handshake_op(impl_text *t, const shim_request *request, shim_reply *reply, bool reads)
{
    session *s = session_of(t, request, reply);
    span in;
    if (!s || !need(request, reply, reads ? "msg" : "payload", &in))
        return;
    nz_turn turn = nz_turn_of(&s->peer);
    if (turn == (reads ? NZ_WRITES : NZ_READS))
        impl_text_complain(reply, reads ? "it is this side's turn to write" : "it is this side's turn to read");
    else if (!reads && turn == NZ_WRITES && !s->has_e && !t->random)
        impl_text_complain(reply, "e was not given");
    else
        step(t, s, in, reply, reads);
}

static void nz_write(impl_text *t, const shim_request *request, shim_reply *reply) { handshake_op(t, request, reply, false); }
static void nz_read(impl_text *t, const shim_request *request, shim_reply *reply) { handshake_op(t, request, reply, true); }

static void nz_split(impl_text *t, const shim_request *request, shim_reply *reply)
{
    session *s = session_of(t, request, reply);
    if (!s)
        return;
    if (nz_turn_of(&s->peer) != NZ_READY) {
        impl_text_complain(reply, "the handshake is not done");
        return;
    }
    shim_reply_with(reply, SHIM_OK, NULL);
    shim_put_bytes(&reply->out, "hash", nz_handshake_hash(&s->peer));
}

/* ---- records ---- */

typedef verdict record_step(nz_peer *, const nz_world *, span ad, span in, writer *out);

static void record_op(impl_text *t, const shim_request *request, shim_reply *reply, record_step *take, const char *from, const char *to)
{
    session *s = session_of(t, request, reply);
    span ad, in;
    if (!s || !need(request, reply, "ad", &ad) || !need(request, reply, from, &in))
        return;
    uint8_t *room = write_room(&reply->room, in.n + NZ_TAG);
    if (!room) {
        impl_text_complain(reply, "too long for this adapter");
        return;
    }
    const nz_world world = {.prim = t->prim};
    writer out = writer_of(room, in.n + NZ_TAG);
    verdict v = take(&s->peer, &world, ad, in, &out);
    if (accepted(v))
        shim_reply_with(reply, SHIM_OK, NULL);
    else
        impl_text_reject(reply, v);
    shim_put_bytes(&reply->out, accepted(v) ? to : "released", written(&out));
}

static void nz_seal_op(impl_text *t, const shim_request *request, shim_reply *reply) { record_op(t, request, reply, nz_seal, "pt", "ct"); }
static void nz_open_op(impl_text *t, const shim_request *request, shim_reply *reply) { record_op(t, request, reply, nz_open, "ct", "pt"); }

static void nz_rekey_op(impl_text *t, const shim_request *request, shim_reply *reply)
{
    session *s = session_of(t, request, reply);
    span dir = EMPTY;
    if (!s)
        return;
    shim_text(&request->in, "dir", &dir);
    if (!span_is(dir, "send") && !span_is(dir, "recv")) {
        impl_text_complain(reply, "dir is send or recv");
        return;
    }
    const nz_world world = {.prim = t->prim};
    verdict v = nz_rekey(&s->peer, &world, span_is(dir, "send") ? NZ_SENDING : NZ_RECEIVING);
    if (accepted(v))
        shim_reply_with(reply, SHIM_OK, NULL);
    else
        impl_text_reject(reply, v);
}

/* ---- sessions ---- */

static void put_cipher(writer *w, const nz_cipher *c)
{
    write_be(w, c->keyed, 1);
    write_span(w, SPAN(c->k));
    write_be(w, c->n, 8);
}

/* Every field that a later step reads, and nothing else (no padding). */
static void digest(impl_text *t, const shim_request *request, shim_reply *reply)
{
    session *s = session_of(t, request, reply);
    if (!s)
        return;
    const nz_peer *p = &s->peer;
    uint8_t fields[1024];
    writer w = WRITER(fields);
    write_be(&w, p->role, 1);
    write_be(&w, p->state, 1);
    write_be(&w, p->knows_rs, 1);
    write_span(&w, SPAN(p->s));
    write_span(&w, SPAN(p->re));
    write_span(&w, SPAN(p->rs));
    write_span(&w, SPAN(p->h));
    write_span(&w, SPAN(p->secret.s));
    write_span(&w, SPAN(p->secret.e));
    write_span(&w, SPAN(p->secret.ck));
    put_cipher(&w, &p->secret.handshake);
    put_cipher(&w, &p->secret.sending);
    put_cipher(&w, &p->secret.receiving);
    must(writer_ok(&w));
    uint8_t *out = write_room(&reply->room, 32);
    must(out != NULL);
    prim_digest(t->prim, PRIM_SHA256, written(&w), out);
    wipe(fields, sizeof fields);
    shim_reply_with(reply, SHIM_OK, NULL);
    shim_put_bytes(&reply->out, "digest", span_of(out, 32));
}

static void let_go(impl_text *t, const shim_request *request, shim_reply *reply)
{
    session *s = session_of(t, request, reply);
    if (!s)
        return;
    nz_close(&s->peer);
    wipe(s, sizeof *s);
    shim_reply_with(reply, SHIM_OK, NULL);
}

const impl_text_row impl_text_noise[] = {
    {"nz.init", nz_init},    {"nz.write", nz_write},    {"nz.read", nz_read}, {"nz.split", nz_split}, {"nz.seal", nz_seal_op},
    {"nz.open", nz_open_op}, {"nz.rekey", nz_rekey_op}, {"state", digest},    {"free", let_go},       {NULL, NULL}};
