#include "signal_evil_peer.h"

#include "signal_message.h"

#include <string.h>

typedef struct forgery {
    const player *p;
    const lie *l;
    sg_state st;
    player_world world;
    rt_header header;
    uint8_t keys[RT_MESSAGE_KEYS];
    uint8_t pq[PQ_MESSAGE_MAX];
    size_t n_pq;
} forgery;

static void next_keys(forgery *f)
{
    uint8_t seed[32], pq_key[32];
    size_t n_key = 0;
    const rt_world w = {f->p->prim, sg_policy(f->st.version), EMPTY};
    for (unsigned i = 0; i <= f->l->skip; i++)
        must(accepted(rt_send(&f->st.ratchet, &w, &f->header, seed)));
    if (f->l->pq_from)
        f->st.pq = *f->l->pq_from;
    for (unsigned i = 0; i <= f->l->skip_pq; i++) {
        writer pq = WRITER(f->pq);
        must(accepted(pq_send(&f->st.pq, &w, SPAN(f->world.coins.pq), &pq, pq_key, &n_key)));
        f->n_pq = pq.n;
    }
    if (f->l->pq_key_is)
        memcpy(pq_key, f->l->pq_key, 32);
    rt_message_keys(&w, f->l->seed ? f->l->seed : seed, f->l->pq_without_key ? EMPTY : span_of(pq_key, n_key), f->keys);
}

static void write_share(const forgery *f, writer *w)
{
    uint8_t u[32];
    memcpy(u, f->l->share ? f->l->share : f->header.ratchet, 32);
    u[31] |= f->l->share_top;
    write_be(w, f->l->share_type ? f->l->share_type : 0x05, 1);
    write_span(w, SPAN(u));
    write_span(w, f->l->behind_share);
}

static void append_mac(const forgery *f, size_t from, writer *out)
{
    uint8_t mac[32], own[SG_POINT], theirs[SG_POINT];
    writer a = WRITER(own), b = WRITER(theirs);
    sg_write_point(&a, f->l->mac_of_recipient ? f->st.their_identity : f->st.own_identity);
    sg_write_point(&b, f->l->mac_of_recipient ? f->st.own_identity : f->st.their_identity);
    const span parts[] = {SPAN(own), SPAN(theirs), span_from(written(out), from)};
    f->p->prim->hmac(PRIM_SHA256, span_of(f->keys + 32, 32), parts, 3, mac);
    mac[f->l->mac_place] ^= f->l->mac_flip;
    write_span(out, span_of(mac, SG_MAC));
}

static void write_inner(const forgery *f, span text, writer *out)
{
    static uint8_t sealed[4096];
    uint8_t share[64], both[2 * SG_ADDRESS];
    writer s = WRITER(share), a = WRITER(both);
    const lie *l = f->l;
    const size_t from = out->n;
    const bool known = f->st.pending.there && f->p->has_address && f->p->has_their_address;
    write_share(f, &s);
    prim_cbc_encrypt(f->keys, f->keys + 64, text, sealed);
    write_span(&a, SPAN(f->p->address));
    write_span(&a, SPAN(f->p->their_address));
    const span where = l->addresses.n ? l->addresses : known ? written(&a) : EMPTY, pq = l->pq.n ? l->pq : span_of(f->pq, f->n_pq);
    const sg_inner m = {.ratchet_key = {true, written(&s)},
                        .counter = {!l->no_counter, f->header.n},
                        .previous_counter = {true, l->previous ? l->previous : f->header.previous},
                        .ciphertext = {true, l->ciphertext.n ? l->ciphertext : span_of(sealed, prim_cbc_len(text.n))},
                        .pq_ratchet = {pq.n && !l->no_pq, pq},
                        .addresses = {where.n != 0, where}};
    write_be(out, (l->version ? l->version : f->st.version) * 17, 1);
    layout_write(&sg_inner_layout, &m, out);
    write_span(out, l->behind);
    append_mac(f, from, out);
}

static void write_outer(const forgery *f, span inner, writer *out)
{
    uint8_t base[SG_POINT], identity[SG_POINT], kem[SG_KEM_KEY + 8];
    writer b = WRITER(base), i = WRITER(identity), k = WRITER(kem);
    const lie *l = f->l;
    const sg_pending *p = &f->st.pending;
    const bool v4 = f->st.version == 4;
    sg_write_point(&b, f->st.base);
    base[SG_POINT - 1] |= l->base_top;
    sg_write_point(&i, f->st.own_identity);
    write_span(&k, SPAN(p->kem_ciphertext));
    write_span(&k, l->behind_kem);
    kem[0] = l->kem_type ? l->kem_type : kem[0];
    const bool one_time = l->one_time_id || (p->has_one_time && !l->no_one_time);
    const sg_outer m = {.pre_key_id = {one_time, l->one_time_id ? l->one_time_id : p->one_time_id},
                        .base_key = {true, SPAN(base)},
                        .identity_key = {true, SPAN(identity)},
                        .message = {true, inner},
                        .registration_id = {true, f->p->account.registration_id},
                        .signed_pre_key_id = {!l->no_signed_id, l->signed_id ? l->signed_id : p->signed_prekey_id},
                        .kyber_pre_key_id = {v4 && !l->no_kem_id, l->kem_id ? l->kem_id : p->kem_id},
                        .kyber_ciphertext = {v4 && !l->no_kem, written(&k)}};
    write_be(out, (l->outer_version ? l->outer_version : f->st.version) * 17, 1);
    layout_write(&sg_outer_layout, &m, out);
    write_span(out, l->outer_behind);
}

void evil_message(const player *p, const lie *l, span text, writer *out)
{
    static forgery f;
    static uint8_t room[8192];
    static player copy; /* the world points into a player that is not const */
    writer inner = WRITER(room);
    memset(&f, 0, sizeof f);
    copy = *p;
    f.p = p;
    f.l = l;
    f.st = p->session.state;
    player_make_world(&copy, &f.world);
    player_draw(&copy, &f.world);
    next_keys(&f);
    write_inner(&f, text, f.st.pending.there ? &inner : out);
    if (f.st.pending.there)
        write_outer(&f, written(&inner), out);
    must(writer_ok(out));
}
