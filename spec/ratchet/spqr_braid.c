#include "spqr.h"

#include <string.h>

/* ---- 5.1 The authenticator and the epoch's secret ---- */

#define PROTOCOL "Signal_PQCKA_V1_MLKEM768"

typedef struct labelled {
    uint8_t bytes[64];
    writer w;
} labelled;

static span with_epoch(labelled *l, const char *label, uint64_t epoch)
{
    l->w = WRITER(l->bytes);
    write_text(&l->w, PROTOCOL);
    write_text(&l->w, label);
    write_be(&l->w, epoch, 8);
    return written(&l->w);
}

void pq_auth_update(const prim *lib, pq_authenticator *a, uint64_t epoch, span key)
{
    uint8_t ikm[64], prk[PRIM_HASH_MAX];
    labelled info;
    writer w = WRITER(ikm);
    write_span(&w, EMIT_OR(RT_060, SPAN(a->root), key));
    write_span(&w, key);
    prim_hkdf_extract(lib, PRIM_SHA256, EMPTY, written(&w), prk);
    prim_hkdf_expand(lib, PRIM_SHA256, span_of(prk, 32), with_epoch(&info, EMIT(RT_061, ":Authenticator Update"), epoch), ikm, 64);
    memcpy(a->root, ikm, 32);
    memcpy(a->mac, ikm + 32, 32);
    wipe(ikm, sizeof ikm);
    wipe(prk, sizeof prk);
}

void pq_auth_header(const prim *lib, const pq_authenticator *a, uint64_t epoch, const uint8_t header[64], uint8_t out[32])
{
    labelled label;
    const span parts[] = {with_epoch(&label, EMIT_OR(RT_062, ":ekheader", ":ciphertext"), epoch), span_of(header, MLKEM_HEADER)};
    lib->hmac(PRIM_SHA256, SPAN(a->mac), parts, 2, out);
}

void pq_auth_ciphertext(const prim *lib, const pq_authenticator *a, uint64_t epoch, span ct1, span ct2, uint8_t out[32])
{
    labelled label;
    const span parts[] = {with_epoch(&label, EMIT_OR(RT_063, ":ciphertext", ":ekheader"), epoch), ct1, ct2};
    lib->hmac(PRIM_SHA256, SPAN(a->mac), parts, 3, out);
}

void pq_epoch_secret(const prim *lib, uint64_t epoch, const uint8_t shared[32], uint8_t out[32])
{
    uint8_t prk[PRIM_HASH_MAX];
    labelled info;
    prim_hkdf_extract(lib, PRIM_SHA256, EMPTY, span_of(shared, 32), prk);
    prim_hkdf_expand(lib, PRIM_SHA256, span_of(prk, 32), with_epoch(&info, EMIT(RT_064, ":SCKA Key"), epoch), out, 32);
    wipe(prk, sizeof prk);
}

/* Both sides, when they have the KEM's secret: the epoch's secret, and the authenticator moves on. */
static void settle(const prim *lib, pq_braid *b, const uint8_t shared[32], pq_secret *out)
{
    out->there = true;
    out->epoch = b->epoch;
    pq_epoch_secret(lib, b->epoch, shared, out->key);
    DO(RT_065, pq_auth_update(lib, &b->secret.auth, b->epoch, SPAN(out->key)));
}

/* ---- 5.2 Start ---- */

static void expect(pq_braid *b, unsigned bytes)
{
    memset(&b->in, 0, sizeof b->in);
    b->in.need = (uint16_t)(bytes / PQ_CHUNK);
}

static void offer(pq_braid *b, span payload)
{
    b->out.n = (uint16_t)payload.n;
    b->out.next = 0;
    span_take(payload, b->out.payload, sizeof b->out.payload);
}

void pq_braid_start(const prim *lib, pq_braid *b, bool initiator, const uint8_t auth_key[32])
{
    memset(b, 0, sizeof *b);
    b->epoch = 1;
    pq_auth_update(lib, &b->secret.auth, 1, span_of(auth_key, 32));
    b->state = EMIT(RT_066, initiator) ? PQ_KEYS_UNSAMPLED : PQ_NO_HEADER_RECEIVED;
    if (b->state == PQ_NO_HEADER_RECEIVED)
        expect(b, PQ_HEADER);
}

/* ---- 5.3 Sending ---- */

static void sample_keys(const prim *lib, pq_braid *b, const uint8_t coins[PQ_SEND_COINS])
{
    uint8_t ek[MLKEM_EK_MAX], payload[PQ_HEADER];
    mlkem_keygen(MLKEM_768, EMIT_OR(RT_088, coins, b->secret.auth.root), coins + 32, ek, b->secret.dk);
    mlkem_header(MLKEM_768, span_of(ek, PQ_EK + 32), b->header);
    memcpy(b->t, ek, PQ_EK);
    memcpy(payload, b->header, MLKEM_HEADER);
    pq_auth_header(lib, &b->secret.auth, b->epoch, b->header, payload + MLKEM_HEADER);
    offer(b, SPAN(payload));
    b->state = PQ_KEYS_SAMPLED;
}

static void encapsulate(const prim *lib, pq_braid *b, const uint8_t coins[PQ_SEND_COINS], pq_secret *out)
{
    uint8_t shared[MLKEM_SHARED];
    memcpy(b->secret.m, EMIT_OR(RT_089, coins, b->secret.auth.root), MLKEM_COINS);
    mlkem_encaps1(MLKEM_768, b->header, b->secret.m, b->ct1, shared);
    settle(lib, b, shared, out);
    offer(b, SPAN(b->ct1));
    expect(b, PQ_EK);
    b->state = PQ_CT1_SAMPLED;
    wipe(shared, sizeof shared);
}

/* What each state sends, after the two in which coins are used. */
static const pq_type sends[PQ_STATES] = {
    [PQ_KEYS_SAMPLED] = PQ_HDR,
    [PQ_HEADER_SENT] = PQ_EK_CHUNK,
    [PQ_CT1_RECEIVED] = PQ_EK_CT1_ACK,
    [PQ_EK_SENT_CT1_RECEIVED] = PQ_CT1_ACK,
    [PQ_NO_HEADER_RECEIVED] = PQ_NOTHING,
    [PQ_CT1_SAMPLED] = PQ_CT1_CHUNK,
    [PQ_EK_RECEIVED_CT1_SAMPLED] = PQ_CT1_CHUNK,
    [PQ_CT1_ACKNOWLEDGED] = PQ_NOTHING,
    [PQ_CT2_SAMPLED] = PQ_CT2_CHUNK,
};

static bool carries_chunk(pq_type t) { return t != PQ_NOTHING && t != PQ_CT1_ACK; }

void pq_braid_send(const prim *lib, pq_braid *b, const uint8_t coins[PQ_SEND_COINS], pq_piece *p, pq_secret *out)
{
    memset(p, 0, sizeof *p);
    if (b->state == PQ_KEYS_UNSAMPLED)
        sample_keys(lib, b, coins);
    else if (b->state == PQ_HEADER_RECEIVED)
        encapsulate(lib, b, coins, out);
    p->epoch = b->epoch;
    p->type = sends[b->state];
    if (carries_chunk(p->type)) {
        p->index = b->out.next;
        pq_chunk_at(span_of(b->out.payload, b->out.n), p->index, p->chunk);
        b->out.next = EMIT_OR(RT_067, (uint16_t)(b->out.next + 1), b->out.next);
    }
}

/* ---- 5.4 Receiving ---- */

static bool completes(pq_braid *b, const pq_piece *p)
{
    pq_decoder_add(&b->in, p->index, p->chunk);
    return pq_decoder_full(&b->in);
}

static void start_ek(pq_braid *b)
{
    offer(b, SPAN(b->t));
    expect(b, PQ_CT1);
    b->state = PQ_HEADER_SENT;
}

static verdict take_header(const prim *lib, pq_braid *b)
{
    uint8_t payload[PQ_HEADER], mac[32];
    pq_decode(&b->in, payload);
    pq_auth_header(lib, &b->secret.auth, b->epoch, payload, mac);
    REQUIRE(bytes_equal(mac, payload + MLKEM_HEADER, 32), RT_071);
    memcpy(b->header, payload, MLKEM_HEADER);
    b->state = PQ_HEADER_RECEIVED;
    return ACCEPT;
}

static verdict take_ek(pq_braid *b)
{
    pq_decode(&b->in, b->t);
    REQUIRE(mlkem_header_fits(MLKEM_768, b->header, SPAN(b->t)), RT_072);
    return ACCEPT;
}

static void sample_ct2(const prim *lib, pq_braid *b)
{
    uint8_t payload[PQ_CT2];
    const mlkem_sizes *n = mlkem_sizes_of(MLKEM_768);
    mlkem_encaps2(MLKEM_768, b->header, SPAN(b->t), b->secret.m, payload);
    pq_auth_ciphertext(lib, &b->secret.auth, b->epoch, SPAN(b->ct1), span_of(payload, n->ct2), payload + n->ct2);
    offer(b, SPAN(payload));
    DO(RT_069, wipe(b->secret.m, sizeof b->secret.m));
    b->state = PQ_CT2_SAMPLED;
}

/* The exchange is complete: the roles change. */
static verdict take_ct2(const prim *lib, pq_braid *b, pq_secret *out)
{
    uint8_t payload[PQ_CT2], ct[MLKEM_CT_MAX], shared[MLKEM_SHARED], mac[32];
    const mlkem_sizes *n = mlkem_sizes_of(MLKEM_768);
    pq_decode(&b->in, payload);
    memcpy(ct, b->ct1, n->ct1);
    memcpy(ct + n->ct1, payload, n->ct2);
    mlkem_decaps(MLKEM_768, SPAN(b->secret.dk), span_of(ct, n->ct), shared);
    settle(lib, b, shared, out);
    wipe(shared, sizeof shared);
    pq_auth_ciphertext(lib, &b->secret.auth, b->epoch, SPAN(b->ct1), span_of(payload, n->ct2), mac);
    REQUIRE(bytes_equal(mac, payload + n->ct2, 32), RT_073);
    DO(RT_070, wipe(b->secret.dk, sizeof b->secret.dk));
    b->epoch++;
    expect(b, PQ_HEADER);
    b->state = PQ_NO_HEADER_RECEIVED;
    return ACCEPT;
}

static verdict receive_of_ek_side(const prim *lib, pq_braid *b, const pq_piece *p, pq_secret *out)
{
    if (b->state == PQ_KEYS_SAMPLED && p->type == PQ_CT1_CHUNK)
        start_ek(b);
    if (b->state == PQ_CT1_RECEIVED && p->type == PQ_CT2_CHUNK) {
        expect(b, PQ_CT2);
        b->state = PQ_EK_SENT_CT1_RECEIVED;
    }
    if (b->state == PQ_HEADER_SENT && p->type == PQ_CT1_CHUNK && completes(b, p)) {
        pq_decode(&b->in, b->ct1);
        b->state = PQ_CT1_RECEIVED;
    }
    if (b->state == PQ_EK_SENT_CT1_RECEIVED && p->type == PQ_CT2_CHUNK && completes(b, p))
        return take_ct2(lib, b, out);
    if (b->state == PQ_NO_HEADER_RECEIVED && p->type == PQ_HDR && completes(b, p))
        return take_header(lib, b);
    return ACCEPT;
}

static verdict receive_of_ct_side(const prim *lib, pq_braid *b, const pq_piece *p)
{
    const bool acks = p->type == PQ_CT1_ACK || p->type == PQ_EK_CT1_ACK, has_ek = p->type == PQ_EK_CHUNK || p->type == PQ_EK_CT1_ACK;
    if (b->state == PQ_EK_RECEIVED_CT1_SAMPLED) {
        if (acks)
            sample_ct2(lib, b);
        return ACCEPT;
    }
    if (!has_ek)
        return ACCEPT;
    const bool complete = completes(b, p), acknowledged = acks || b->state == PQ_CT1_ACKNOWLEDGED;
    if (complete)
        TRY(take_ek(b));
    if (complete && acknowledged)
        sample_ct2(lib, b);
    else if (complete)
        b->state = PQ_EK_RECEIVED_CT1_SAMPLED;
    else if (acknowledged)
        b->state = PQ_CT1_ACKNOWLEDGED;
    return ACCEPT;
}

verdict pq_braid_receive(const prim *lib, pq_braid *b, const pq_piece *p, pq_secret *out)
{
    const bool next = b->state == PQ_CT2_SAMPLED && p->epoch == b->epoch + 1;
    REQUIRE(p->epoch <= b->epoch || next, RT_068);
    if (next) {
        b->epoch++;
        b->state = PQ_KEYS_UNSAMPLED;
    }
    if (p->epoch < b->epoch)
        return ACCEPT;
    if (b->state == PQ_CT1_SAMPLED || b->state == PQ_EK_RECEIVED_CT1_SAMPLED || b->state == PQ_CT1_ACKNOWLEDGED)
        return receive_of_ct_side(lib, b, p);
    return receive_of_ek_side(lib, b, p, out);
}
