#include "signal_message.h"

#include <string.h>

/* ---- 1. Labels and limits ---- */

const rt_policy sg_policy_v3 = {"WhisperText", "WhisperRatchet", "WhisperMessageKeys", 25000, 2000, 5};
const rt_policy sg_policy_v4 = {"WhisperText_X25519_SHA-256_CRYSTALS-KYBER-1024", "WhisperRatchet", "WhisperMessageKeys", 25000, 2000, 5};

const rt_policy *sg_policy(unsigned version) { return version == 4 ? &sg_policy_v4 : &sg_policy_v3; }

static rt_world world_of(const sg_world *w, unsigned version, span coins) { return (rt_world){w->prim, sg_policy(version), coins}; }

/* ---- 4. A session from published keys ---- */

static verdict judge_bundle(const sg_settings *s, const sg_world *w, const sg_bundle *b, const uint8_t identity[32])
{
    REQUIRE(w->their_identity.n == 0 || span_same(w->their_identity, span_of(identity, 32)), SG_020);
    const verdict of_signed = rt_verify(w->prim, s->mode, identity, b->signed_prekey, b->signed_prekey_signature);
    REQUIRE(accepted(of_signed), SG_021);
    if (!b->has_kem)
        return ACCEPT;
    const verdict of_kem = rt_verify(w->prim, s->mode, identity, b->kem, b->kem_signature);
    REQUIRE(accepted(of_kem), SG_022);
    REQUIRE(b->kem.n == SG_KEM_KEY && b->kem.p[0] == 0x08, SG_023);
    REQUIRE(s->mode == RT_COMPAT || mlkem_ek_fits(MLKEM_1024, span_from(b->kem, 1)), SG_024);
    return ACCEPT;
}

/* Everything that is secret on the way, in one place to be wiped. */
typedef struct handshake {
    uint8_t their_identity[32], their_signed[32], their_one_time[32], their_base[32];
    uint8_t shared[32];
    rt_agreed agreed;
} handshake;

static void begin(sg_state *st, const sg_settings *settings, const sg_world *w, unsigned version, const uint8_t their_identity[32])
{
    memset(st, 0, sizeof *st);
    st->version = version;
    st->settings = *settings;
    w->prim->x25519_public(w->account->identity_secret, st->own_identity);
    memcpy(st->their_identity, their_identity, 32);
}

static void begin_pq(sg_state *st, const sg_world *w, bool initiator, const rt_agreed *a)
{
    if (st->version == 4 && st->settings.pq == PQ_V1)
        pq_start(&st->pq, w->prim, st->settings.mode, st->settings.least_pq, initiator, a->pq);
    else
        pq_start_without(&st->pq, st->settings.mode);
}

static void encapsulate(sg_state *st, const sg_world *w, const sg_bundle *b, handshake *h)
{
    uint8_t *ct = st->pending.kem_ciphertext;
    ct[0] = 0x08;
    uint8_t ek[SG_KEM_KEY - 1]; /* of its length whatever a weakened check let through */
    span_take(span_from(b->kem, 1), ek, sizeof ek);
    kyber_encaps(MLKEM_1024, SPAN(ek), w->coins->kem, ct + 1, h->shared);
}

static verdict initiate(sg_state *st, const sg_settings *settings, const sg_world *w, const sg_bundle *b, handshake *h)
{
    const unsigned version = b->has_kem ? 4 : 3;
    TRY(sg_read_point(settings->mode, b->identity, h->their_identity));
    TRY(sg_read_point(settings->mode, b->signed_prekey, h->their_signed));
    if (b->has_one_time)
        TRY(sg_read_point(settings->mode, b->one_time, h->their_one_time));
    TRY(judge_bundle(settings, w, b, h->their_identity));
    begin(st, settings, w, version, h->their_identity);
    w->prim->x25519_public(w->coins->base, st->base);
    if (version == 4)
        encapsulate(st, w, b, h);
    const rt_world rw = world_of(w, version, SPAN(w->coins->ratchet));
    const rt_initiator keys = {w->account->identity_secret,
                               w->coins->base,
                               h->their_identity,
                               h->their_signed,
                               b->has_one_time ? SPAN(h->their_one_time) : EMPTY,
                               version == 4 ? SPAN(h->shared) : EMPTY};
    TRY(rt_agree_initiator(&rw, &keys, &h->agreed));
    TRY(rt_start_initiator(&st->ratchet, &rw, settings->mode, &h->agreed, h->their_signed));
    begin_pq(st, w, true, &h->agreed);
    return ACCEPT;
}

verdict sg_initiate(sg_session *s, const sg_settings *settings, const sg_world *w, const sg_bundle *b)
{
    handshake h;
    sg_state st;
    const verdict v = initiate(&st, settings, w, b, &h);
    if (accepted(v)) {
        st.their_registration_id = b->registration_id;
        st.pending.there = true;
        st.pending.has_one_time = b->has_one_time;
        st.pending.one_time_id = b->one_time_id;
        st.pending.signed_prekey_id = b->signed_prekey_id;
        st.pending.kem_id = b->kem_id;
        st.pending.since = w->now;
        sg_close(s);
        s->state = st;
    }
    wipe(&h, sizeof h);
    wipe(&st, sizeof st);
    return v;
}

/* ---- 5. Sending ---- */

/* The high half of a version byte is the session's version, the low half the newest that the sender knows. */
static uint8_t version_byte(unsigned version) { return (uint8_t)(version << 4 | EMIT_OR(SG_030, version, 0)); }

typedef struct message_keys {
    uint8_t bytes[RT_MESSAGE_KEYS];
} message_keys;

static const uint8_t *cipher_key(const message_keys *k) { return k->bytes; }
static span mac_key(const message_keys *k) { return EMIT_OR(SG_031, span_of(k->bytes + 32, 32), span_of(k->bytes, 32)); }
static const uint8_t *iv(const message_keys *k) { return k->bytes + 64; }

/* `signed_part` is version byte and body. */
static void mac_of(const sg_state *st, const sg_world *w, const message_keys *k, bool sending, span signed_part, uint8_t out[32])
{
    uint8_t own[SG_POINT], theirs[SG_POINT];
    writer a = WRITER(own), b = WRITER(theirs);
    sg_write_point(&a, st->own_identity);
    sg_write_point(&b, st->their_identity);
    const bool own_first = EMIT(SG_032, sending);
    const span parts[] = {own_first ? SPAN(own) : SPAN(theirs), own_first ? SPAN(theirs) : SPAN(own), signed_part};
    w->prim->hmac(PRIM_SHA256, mac_key(k), parts, 3, out);
}

/* sender || recipient, when both are known; only a first message carries them. */
static span addresses(const sg_world *w, bool sending, uint8_t room[2 * SG_ADDRESS])
{
    writer out = writer_of(room, 2 * SG_ADDRESS);
    if (w->account->address.n != SG_ADDRESS || w->their_address.n != SG_ADDRESS)
        return EMPTY;
    const bool own_first = EMIT(SG_033, sending);
    write_span(&out, own_first ? w->account->address : w->their_address);
    write_span(&out, own_first ? w->their_address : w->account->address);
    return written(&out);
}

static void write_inner(const sg_state *st, const sg_world *w, const message_keys *k, const rt_header *h, span pq, span text, writer *out)
{
    uint8_t point[SG_POINT], both[2 * SG_ADDRESS], sealed[SG_TEXT_MAX + 16], mac[32];
    writer p = WRITER(point);
    const size_t from = out->n;
    const span where = st->pending.there ? addresses(w, true, both) : EMPTY;
    sg_write_point(&p, h->ratchet);
    prim_cbc_encrypt(cipher_key(k), iv(k), text, sealed);
    const sg_inner m = {.ratchet_key = {true, SPAN(point)},
                        .counter = {true, h->n},
                        .previous_counter = {true, h->previous},
                        .ciphertext = {true, span_of(sealed, prim_cbc_len(text.n))},
                        .pq_ratchet = {pq.n != 0, pq},
                        .addresses = {where.n != 0, where}};
    write_be(out, version_byte(st->version), 1);
    layout_write(&sg_inner_layout, &m, out);
    mac_of(st, w, k, true, span_from(written(out), from), mac);
    write_span(out, span_of(mac, EMIT_OR(SG_034, SG_MAC, SG_MAC - 1)));
}

static void write_outer(const sg_state *st, const sg_world *w, span inner, writer *out)
{
    uint8_t base[SG_POINT], identity[SG_POINT];
    writer b = WRITER(base), i = WRITER(identity);
    const sg_pending *p = &st->pending;
    const bool kem = st->version == 4;
    sg_write_point(&b, st->base);
    sg_write_point(&i, st->own_identity);
    const sg_outer m = {.pre_key_id = {p->has_one_time, p->one_time_id},
                        .base_key = {true, SPAN(base)},
                        .identity_key = {true, SPAN(identity)},
                        .message = {true, inner},
                        .registration_id = {true, w->account->registration_id},
                        .signed_pre_key_id = {true, p->signed_prekey_id},
                        .kyber_pre_key_id = {kem, p->kem_id},
                        .kyber_ciphertext = {kem, SPAN(p->kem_ciphertext)}};
    write_be(out, version_byte(st->version), 1);
    layout_write(&sg_outer_layout, &m, out);
}

/* What is secret on the way, and nothing that goes out: all of it is wiped after each message. */
typedef struct sending {
    sg_state next;
    message_keys keys;
    uint8_t seed[32], pq_key[32];
} sending;

static verdict send(sending *s, const sg_world *w, span text, sg_effects *out)
{
    sg_state *st = &s->next;
    rt_header h;
    size_t n_key = 0;
    uint8_t pq_room[PQ_MESSAGE_MAX], inner_room[SG_MESSAGE_MAX];
    writer pq = WRITER(pq_room), inner = WRITER(inner_room);
    REQUIRE(st->version != 0, SG_035);
    REQUIRE(text.n <= SG_TEXT_MAX, SG_036);
    REQUIRE(!st->pending.there || w->now - st->pending.since <= SG_PENDING_MAX, SG_037);
    const rt_world rw = world_of(w, st->version, EMPTY);
    TRY(rt_send(&st->ratchet, &rw, &h, s->seed));
    TRY(pq_send(&st->pq, &rw, SPAN(w->coins->pq), &pq, s->pq_key, &n_key));
    rt_message_keys(&rw, s->seed, span_of(s->pq_key, n_key), s->keys.bytes);
    const bool first = EMIT_OR(SG_038, st->pending.there, false);
    write_inner(st, w, &s->keys, &h, written(&pq), text, first ? &inner : &out->message);
    if (first)
        write_outer(st, w, written(&inner), &out->message);
    return ACCEPT;
}

verdict sg_send(sg_session *s, const sg_world *w, span text, sg_effects *out)
{
    sending work;
    work.next = s->state;
    const verdict v = send(&work, w, text, out);
    must(!accepted(v) || writer_ok(&out->message));
    if (accepted(v))
        s->state = work.next;
    wipe(&work, sizeof work);
    return v;
}

/* ---- 6. Receiving ---- */

typedef struct receiving {
    sg_state next;
    rt_step ratchet;
    pq_step pq;
    message_keys keys;
    handshake h;
} receiving;

/* Version byte and MAC around a body. */
typedef struct parts {
    span signed_part, body;
    uint8_t mac[SG_MAC];
} parts;

static verdict cut_message(unsigned version, span message, parts *p)
{
    p->signed_part = span_first(message, message.n < SG_MAC ? 0 : message.n - SG_MAC);
    REQUIRE(p->signed_part.n && p->signed_part.p[0] >> 4 == version, SG_041);
    p->body = span_from(p->signed_part, 1);
    span_take(span_from(message, p->signed_part.n), p->mac, SG_MAC);
    return ACCEPT;
}

static verdict judge_addresses(const sg_world *w, const sg_inner *m)
{
    uint8_t both[2 * SG_ADDRESS];
    REQUIRE(!m->addresses.has || (m->addresses.v.n && span_same(m->addresses.v, addresses(w, false, both))), SG_043);
    return ACCEPT;
}

/* Nothing is decrypted before the MAC holds. */
static verdict open_message(const sg_state *st, const sg_world *w, const message_keys *k, const parts *p, const sg_inner *m, writer *text)
{
    uint8_t mac[32];
    size_t n = 0;
    mac_of(st, w, k, false, p->signed_part, mac);
    REQUIRE(bytes_equal(mac, p->mac, SG_MAC), SG_042);
    TRY(judge_addresses(w, m));
    REQUIRE(m->ciphertext.v.n && m->ciphertext.v.n % 16 == 0, SG_044);
    uint8_t *at = write_room(text, m->ciphertext.v.n);
    must(at != NULL);
    const bool padded = prim_cbc_decrypt(cipher_key(k), iv(k), m->ciphertext.v, at, &n);
    text->n -= m->ciphertext.v.n - n;
    REQUIRE(padded, SG_045);
    return ACCEPT;
}

static verdict receive_inner(receiving *r, const sg_session *s, const sg_world *w, span message, writer *text)
{
    parts p;
    sg_inner m;
    rt_header h;
    sg_state *st = &r->next;
    REQUIRE(st->version != 0, SG_046);
    TRY(cut_message(st->version, message, &p));
    TRY(sg_read_inner(st->settings.mode, p.body, &m));
    TRY(sg_read_point(st->settings.mode, m.ratchet_key.v, h.ratchet));
    h.n = (uint32_t)m.counter.v;
    h.previous = (uint32_t)m.previous_counter.v;
    const rt_world rw = world_of(w, st->version, SPAN(w->coins->ratchet));
    TRY(rt_prepare(&st->ratchet, &s->kept, &rw, &h, &r->ratchet));
    TRY(pq_prepare(&st->pq, &s->pq_kept, &rw, m.pq_ratchet, &r->pq));
    rt_message_keys(&rw, r->ratchet.seed, span_of(r->pq.key, r->pq.n_key), r->keys.bytes);
    return open_message(st, w, &r->keys, &p, &m, text);
}

static void commit(sg_session *s, const sg_world *w, receiving *r)
{
    const rt_world rw = world_of(w, r->next.version, EMPTY);
    s->state = r->next;
    rt_commit(&s->state.ratchet, &s->kept, &rw, &r->ratchet);
    pq_commit(&s->state.pq, &s->pq_kept, &rw, &r->pq);
    DO(SG_047, wipe(&s->state.pending, sizeof s->state.pending));
}

/* ---- 7. A first message ---- */

static const uint8_t *secret_under(const sg_key *keys, size_t n, uint32_t id)
{
    for (size_t i = 0; i < n; i++)
        if (keys[i].id == id)
            return keys[i].secret;
    return NULL;
}

static const uint8_t *kem_secret_under(const sg_prekeys *p, uint32_t id)
{
    for (size_t i = 0; i < p->n_kem; i++)
        if (p->kem[i].id == id)
            return p->kem[i].secret;
    return NULL;
}

static bool used_before(const sg_world *w, const sg_use *use)
{
    for (size_t i = 0; i < w->n_uses; i++)
        if (w->uses[i].kem_id == use->kem_id && w->uses[i].signed_prekey_id == use->signed_prekey_id &&
            memcmp(w->uses[i].base, use->base, 32) == 0)
            return true;
    return false;
}

static verdict decapsulate(const sg_state *st, const sg_world *w, const sg_outer *m, handshake *h, sg_use *use)
{
    const uint8_t *dk = kem_secret_under(w->prekeys, (uint32_t)m->kyber_pre_key_id.v);
    REQUIRE(dk != NULL, SG_052);
    if (WEAKENED(SG_052) && !dk)
        dk = w->prekeys->kem[0].secret;
    *use = (sg_use){(uint32_t)m->kyber_pre_key_id.v, (uint32_t)m->signed_pre_key_id.v, {0}};
    memcpy(use->base, h->their_base, 32);
    REQUIRE(st->settings.mode == RT_COMPAT || !used_before(w, use), SG_053);
    uint8_t ct[SG_KEM_KEY - 1]; /* of its length whatever a weakened check let through */
    span_take(span_from(m->kyber_ciphertext.v, 1), ct, sizeof ct);
    kyber_decaps(MLKEM_1024, span_of(dk, SG_KEM_SECRET), SPAN(ct), h->shared);
    return ACCEPT;
}

static verdict answer_handshake(receiving *r, const sg_world *w, const sg_outer *m, sg_effects *out)
{
    sg_state *st = &r->next;
    handshake *h = &r->h;
    const uint8_t *spk = secret_under(w->prekeys->signed_prekeys, w->prekeys->n_signed, (uint32_t)m->signed_pre_key_id.v);
    const uint8_t *opk = secret_under(w->prekeys->one_time, w->prekeys->n_one_time, (uint32_t)m->pre_key_id.v);
    REQUIRE(spk != NULL, SG_050);
    if (WEAKENED(SG_050) && !spk)
        spk = w->prekeys->signed_prekeys[0].secret;
    REQUIRE(!m->pre_key_id.has || opk != NULL, SG_051);
    if (st->version == 4)
        TRY(decapsulate(st, w, m, h, &out->use));
    const rt_world rw = world_of(w, st->version, EMPTY);
    const rt_responder keys = {
        w->account->identity_secret, spk,           m->pre_key_id.has && (!WEAKENED(SG_051) || opk) ? span_of(opk, 32) : EMPTY,
        h->their_identity,           h->their_base, st->version == 4 ? SPAN(h->shared) : EMPTY};
    TRY(rt_agree_responder(&rw, &keys, &h->agreed));
    rt_start_responder(&st->ratchet, &rw, st->settings.mode, &h->agreed, spk);
    begin_pq(st, w, false, &h->agreed);
    out->used_kem = st->version == 4;
    out->used_one_time = m->pre_key_id.has;
    out->one_time_id = (uint32_t)m->pre_key_id.v;
    return ACCEPT;
}

static bool same_session(const sg_state *st, unsigned version, const handshake *h)
{
    return st->version == version && memcmp(st->base, h->their_base, 32) == 0 && memcmp(st->their_identity, h->their_identity, 32) == 0;
}

bool sg_is_of(const sg_session *s, span message)
{
    sg_outer m;
    handshake h;
    const rt_mode mode = s->state.settings.mode;
    const unsigned version = message.n ? message.p[0] >> 4 : 0;
    return s->state.version == version && accepted(sg_read_outer(mode, version, span_from(message, 1), &m)) &&
           accepted(sg_read_point(mode, m.base_key.v, h.their_base)) && accepted(sg_read_point(mode, m.identity_key.v, h.their_identity)) &&
           same_session(&s->state, version, &h);
}

/* A session that exists already takes the message inside as any other. */
static verdict receive_first(receiving *r, sg_session *s, const sg_settings *settings, const sg_world *w, span message, sg_effects *out,
                             bool *is_new)
{
    sg_outer m;
    const unsigned version = message.n ? message.p[0] >> 4 : 0;
    REQUIRE(version == 3 || version == 4, SG_054);
    TRY(sg_read_outer(settings->mode, version, span_from(message, 1), &m));
    TRY(sg_read_point(settings->mode, m.base_key.v, r->h.their_base));
    TRY(sg_read_point(settings->mode, m.identity_key.v, r->h.their_identity));
    REQUIRE(w->their_identity.n == 0 || span_same(w->their_identity, SPAN(r->h.their_identity)), SG_055);
    *is_new = !same_session(&r->next, version, &r->h);
    if (*is_new) {
        begin(&r->next, settings, w, version, r->h.their_identity);
        memcpy(r->next.base, r->h.their_base, 32);
        r->next.their_registration_id = (uint32_t)m.registration_id.v;
        TRY(answer_handshake(r, w, &m, out));
    }
    return receive_inner(r, s, w, m.message.v, &out->text);
}

static verdict receive(receiving *r, sg_session *s, const sg_settings *settings, const sg_world *w, bool first, span message,
                       sg_effects *out, bool *is_new)
{
    return first ? receive_first(r, s, settings, w, message, out, is_new) : receive_inner(r, s, w, message, &out->text);
}

verdict sg_receive(sg_session *s, const sg_settings *settings, const sg_world *w, bool first, span message, sg_effects *out)
{
    receiving r;
    bool is_new = false;
    const sg_effects before = *out;
    memset(&r, 0, sizeof r);
    r.next = s->state;
    const verdict v = receive(&r, s, settings, w, first, message, out, &is_new);
    if (accepted(v) && is_new)
        sg_close(s);
    if (accepted(v))
        commit(s, w, &r);
    else
        *out = before;
    wipe(&r, sizeof r);
    return v;
}

void sg_close(sg_session *s)
{
    rt_close(&s->state.ratchet, &s->kept, &sg_policy_v4);
    pq_close(&s->state.pq, &s->pq_kept, &sg_policy_v4);
    wipe(&s->state, sizeof s->state);
    memset(s->pq_kept.label, 0, sizeof s->pq_kept.label);
}
