#include "noise.h"

#include <string.h>

/* One step: a copy of the peer, and what the caller lent. */
typedef struct work {
    nz_peer peer;
    const prim *prim;
    span ephemeral;
    span payload;   /* a writing step's input */
    reader message; /* a reading step's input */
    nz_effects *out;
} work;

enum { READY = 3, FAILED }; /* below READY: how many messages are done */

/* ---- 1. Names and functions ---- */

static const char *const pattern_names[] = {[NZ_XX] = "XX", [NZ_NX] = "NX", [NZ_NK] = "NK", [NZ_IK] = "IK"};
static const char *const cipher_names[] = {[PRIM_CHACHAPOLY] = "ChaChaPoly", [PRIM_AESGCM] = "AESGCM"};
static const char *const hash_names[] = {
    [PRIM_SHA256] = "SHA256", [PRIM_SHA512] = "SHA512", [PRIM_BLAKE2S] = "BLAKE2s", [PRIM_BLAKE2B] = "BLAKE2b"};
static const prim_hash hashes[] = {PRIM_SHA256, PRIM_SHA512, PRIM_BLAKE2S, PRIM_BLAKE2B};

enum { N_SUITES = 4 * 2 * 4, NAME_MAX_LEN = 40 };

static nz_suite suite_number(unsigned i) { return (nz_suite){(nz_pattern)(i % 4), (prim_cipher)(i / 4 % 2), hashes[i / 8]}; }

void nz_suite_name(const nz_suite *s, writer *out)
{
    write_text(out, "Noise_");
    write_text(out, pattern_names[s->pattern]);
    write_text(out, "_25519_");
    write_text(out, cipher_names[s->cipher]);
    write_text(out, "_");
    write_text(out, hash_names[s->hash]);
}

verdict nz_suite_from_name(span name, nz_suite *out)
{
    unsigned i = 0;
    for (; i < N_SUITES; i++) {
        uint8_t bytes[NAME_MAX_LEN];
        writer w = WRITER(bytes);
        const nz_suite one = suite_number(i);
        nz_suite_name(&one, &w);
        if (span_same(written(&w), name))
            break;
    }
    REQUIRE(i < N_SUITES, NZ_001);
    *out = suite_number(i % N_SUITES);
    return ACCEPT;
}

/* ---- 2. CipherState ---- */

static void initialize_key(nz_cipher *c, span key)
{
    memcpy(c->k, EMIT(NZ_019, key.p, key.p + key.n - NZ_KEY), NZ_KEY);
    c->n = EMIT(NZ_002, 0, c->n);
    c->keyed = true;
}

static void nonce_of(prim_cipher cipher, uint64_t n, uint8_t out[PRIM_NONCE])
{
    const bool little = cipher == PRIM_CHACHAPOLY ? EMIT(NZ_003, true, false) : EMIT(NZ_004, false, true);
    writer w = writer_of(out, PRIM_NONCE);
    write_zeros(&w, 4);
    (little ? write_le : write_be)(&w, n, 8);
}

static verdict judge_counter(const nz_cipher *c)
{
    REQUIRE(c->n != UINT64_MAX, NZ_008);
    return ACCEPT;
}

static void count(nz_cipher *c) { c->n = EMIT(NZ_005, c->n + 1, c->n); }

/* n bytes at the end of a lent buffer. Too small a buffer is the caller's mistake; for nothing, no buffer is needed. */
static uint8_t *room(writer *out, size_t n)
{
    static uint8_t nothing[1];
    uint8_t *at = n ? write_room(out, n) : nothing;
    must(at != NULL);
    return at;
}

static void pass(span s, writer *out)
{
    uint8_t *at = room(out, s.n);
    if (s.n)
        memcpy(at, s.p, s.n);
}

static verdict encrypt_with_ad(const prim *lib, prim_cipher cipher, nz_cipher *c, span ad, span plain, writer *out)
{
    uint8_t nonce[PRIM_NONCE];
    if (!c->keyed) {
        pass(plain, out);
        return ACCEPT;
    }
    TRY(judge_counter(c));
    nonce_of(cipher, c->n, nonce);
    lib->aead_seal(cipher, c->k, nonce, ad, plain, room(out, plain.n + NZ_TAG));
    count(c);
    return ACCEPT;
}

static verdict decrypt_with_ad(const prim *lib, prim_cipher cipher, nz_cipher *c, span ad, span sealed, writer *out)
{
    uint8_t nonce[PRIM_NONCE];
    if (!c->keyed) {
        pass(sealed, out);
        return ACCEPT;
    }
    TRY(judge_counter(c));
    nonce_of(cipher, c->n, nonce);
    const size_t n = sealed.n < NZ_TAG ? 0 : sealed.n - NZ_TAG;
    REQUIRE(lib->aead_open(cipher, c->k, nonce, ad, sealed, room(out, n)), NZ_006);
    count(c);
    return ACCEPT;
}

static void rekey(const prim *lib, prim_cipher cipher, nz_cipher *c)
{
    static const uint8_t zeros[NZ_KEY];
    uint8_t nonce[PRIM_NONCE], sealed[NZ_KEY + NZ_TAG];
    nonce_of(cipher, EMIT(NZ_009, UINT64_MAX, c->n), nonce);
    lib->aead_seal(cipher, c->k, nonce, EMPTY, EMIT(NZ_010, SPAN(zeros), SPAN(c->k)), sealed);
    memcpy(c->k, EMIT(NZ_011, sealed, sealed + NZ_TAG), NZ_KEY);
    c->n = EMIT(NZ_012, c->n, 0);
    wipe(sealed, sizeof sealed);
}

/* ---- 3. SymmetricState ---- */

static size_t hash_len(const nz_peer *p) { return prim_hash_len(p->suite.hash); }
static span h_of(const nz_peer *p) { return span_of(p->h, hash_len(p)); }
static span ck_of(const nz_peer *p) { return span_of(p->secret.ck, hash_len(p)); }

static void initialize_symmetric(work *w, span name)
{
    nz_peer *p = &w->peer;
    const bool hashed = name.n > hash_len(p) ? EMIT(NZ_014, true, false) : EMIT(NZ_013, false, true);
    if (hashed)
        prim_digest(w->prim, p->suite.hash, name, p->h);
    else
        span_take(name, p->h, hash_len(p));
    span_take(EMIT(NZ_015, h_of(p), EMPTY), p->secret.ck, hash_len(p));
}

static void mix_hash(work *w, span data)
{
    nz_peer *p = &w->peer;
    uint8_t next[PRIM_HASH_MAX];
    const span in_order[] = {h_of(p), data}, swapped[] = {data, h_of(p)};
    w->prim->hash(p->suite.hash, EMIT(NZ_016, in_order, swapped), 2, next);
    memcpy(p->h, next, hash_len(p));
}

/* out1 || out2, each HASHLEN bytes. */
static void hkdf(work *w, span input, uint8_t out[2 * PRIM_HASH_MAX])
{
    nz_peer *p = &w->peer;
    uint8_t t[PRIM_HASH_MAX];
    const span in_order[] = {ck_of(p), input}, swapped[] = {input, ck_of(p)};
    const span *used = EMIT(NZ_017, in_order, swapped);
    prim_hkdf_extract(w->prim, p->suite.hash, used[0], used[1], t);
    prim_hkdf_expand(w->prim, p->suite.hash, span_of(t, hash_len(p)), EMPTY, out, 2 * hash_len(p));
    wipe(t, sizeof t);
}

static void mix_key(work *w, span input)
{
    nz_peer *p = &w->peer;
    const size_t n = hash_len(p);
    uint8_t out[2 * PRIM_HASH_MAX];
    hkdf(w, input, out);
    const size_t chain = EMIT(NZ_018, 0, n);
    memcpy(p->secret.ck, out + chain, n);
    initialize_key(&p->secret.handshake, span_of(out + (n - chain), n));
    wipe(out, sizeof out);
}

static span associated(const nz_peer *p) { return EMIT(NZ_020, h_of(p), EMPTY); }

static verdict encrypt_and_hash(work *w, span plain, writer *out)
{
    nz_peer *p = &w->peer;
    const size_t mark = out->n;
    TRY(encrypt_with_ad(w->prim, p->suite.cipher, &p->secret.handshake, associated(p), plain, out));
    DO(NZ_021, mix_hash(w, span_from(written(out), mark)));
    return ACCEPT;
}

static verdict decrypt_and_hash(work *w, span sealed, writer *out)
{
    nz_peer *p = &w->peer;
    TRY(decrypt_with_ad(w->prim, p->suite.cipher, &p->secret.handshake, associated(p), sealed, out));
    DO(NZ_022, mix_hash(w, sealed));
    return ACCEPT;
}

/* The end of the handshake: two keys for records, and nothing else that is secret. */
static verdict split(work *w)
{
    nz_peer *p = &w->peer;
    const size_t n = hash_len(p);
    uint8_t out[2 * PRIM_HASH_MAX];
    hkdf(w, EMIT(NZ_023, EMPTY, h_of(p)), out);
    const bool sends_first = EMIT(NZ_024, p->role == NZ_INITIATOR, p->role != NZ_INITIATOR);
    initialize_key(sends_first ? &p->secret.sending : &p->secret.receiving, span_of(out, n));
    initialize_key(sends_first ? &p->secret.receiving : &p->secret.sending, span_of(out + n, n));
    DO(NZ_040, wipe(&p->secret, offsetof(nz_peer, secret.sending) - offsetof(nz_peer, secret)));
    wipe(out, sizeof out);
    return ACCEPT;
}

/* ---- 4. Tokens ---- */

enum { SHARE = NZ_KEY, SEALED_SHARE = NZ_KEY + NZ_TAG, TAG = NZ_TAG };

static void write_e(work *w)
{
    nz_peer *p = &w->peer;
    must(w->ephemeral.n == NZ_KEY);
    memcpy(p->secret.e, w->ephemeral.p, NZ_KEY);
    uint8_t *share = room(&w->out->message, SHARE);
    w->prim->x25519_public(p->secret.e, share);
    DO(NZ_025, mix_hash(w, span_of(share, SHARE)));
}

static void read_e(work *w)
{
    nz_peer *p = &w->peer;
    span_take(read_bytes(&w->message, SHARE), p->re, SHARE);
    DO(NZ_026, mix_hash(w, SPAN(p->re)));
}

static verdict write_s(work *w) { return encrypt_and_hash(w, SPAN(w->peer.s), &w->out->message); }

static verdict read_s(work *w)
{
    nz_peer *p = &w->peer;
    writer rs = WRITER(p->rs);
    p->knows_rs = true;
    return decrypt_and_hash(w, read_bytes(&w->message, SEALED_SHARE), &rs);
}

static verdict mix_agreement(work *w, const uint8_t secret[NZ_KEY], const uint8_t share[NZ_KEY])
{
    uint8_t agreed[NZ_KEY];
    w->prim->x25519(secret, share, agreed);
    REQUIRE(!all_zero(SPAN(agreed)), NZ_031);
    mix_key(w, SPAN(agreed));
    wipe(agreed, sizeof agreed);
    return ACCEPT;
}

static verdict mix_ee(work *w)
{
    const nz_peer *p = &w->peer;
    return mix_agreement(w, EMIT(NZ_027, p->secret.e, p->secret.s), p->re);
}

static verdict mix_es(work *w)
{
    const nz_peer *p = &w->peer;
    const bool mine_is_e = EMIT(NZ_028, p->role == NZ_INITIATOR, p->role != NZ_INITIATOR);
    return mine_is_e ? mix_agreement(w, p->secret.e, p->rs) : mix_agreement(w, p->secret.s, p->re);
}

static verdict mix_se(work *w)
{
    const nz_peer *p = &w->peer;
    const bool mine_is_s = EMIT(NZ_029, p->role == NZ_INITIATOR, p->role != NZ_INITIATOR);
    return mine_is_s ? mix_agreement(w, p->secret.s, p->re) : mix_agreement(w, p->secret.e, p->rs);
}

static verdict mix_ss(work *w)
{
    const nz_peer *p = &w->peer;
    return mix_agreement(w, EMIT(NZ_030, p->secret.s, p->secret.e), p->rs);
}

static verdict write_payload(work *w) { return encrypt_and_hash(w, w->payload, &w->out->message); }
static verdict read_payload(work *w) { return decrypt_and_hash(w, read_rest(&w->message), &w->out->payload); }

/* ---- 5.1 Start ---- */

typedef struct keys_asked {
    bool s, rs;
} keys_asked;

static const keys_asked asked[][2] = {
    [NZ_XX] = {[NZ_INITIATOR] = {.s = true}, [NZ_RESPONDER] = {.s = true}},
    [NZ_NX] = {[NZ_INITIATOR] = {0}, [NZ_RESPONDER] = {.s = true}},
    [NZ_NK] = {[NZ_INITIATOR] = {.rs = true}, [NZ_RESPONDER] = {.s = true}},
    [NZ_IK] = {[NZ_INITIATOR] = {.s = true, .rs = true}, [NZ_RESPONDER] = {.s = true}},
};

bool nz_setup_fits(const nz_setup *given, const prim *lib)
{
    const keys_asked *a = &asked[given->suite.pattern][given->role];
    return given->suite.hash != PRIM_SHA384 && lib->has_hash(given->suite.hash) && lib->has_cipher(given->suite.cipher) &&
           given->static_secret.n == (a->s ? NZ_KEY : 0) && given->remote_static.n == (a->rs ? NZ_KEY : 0);
}

void nz_start(nz_peer *p, const prim *lib, const nz_setup *given)
{
    must(nz_setup_fits(given, lib));
    uint8_t name[NAME_MAX_LEN];
    writer name_writer = WRITER(name);
    nz_suite_name(&given->suite, &name_writer);
    work w = {.peer = {.suite = given->suite, .role = given->role}, .prim = lib};

    if (given->static_secret.n) {
        span_take(given->static_secret, w.peer.secret.s, NZ_KEY);
        lib->x25519_public(w.peer.secret.s, w.peer.s);
    }
    w.peer.knows_rs = given->remote_static.n != 0;
    span_take(given->remote_static, w.peer.rs, NZ_KEY);

    initialize_symmetric(&w, written(&name_writer));
    DO(NZ_033, mix_hash(&w, given->prologue));
    /* <- s */
    if (given->suite.pattern == NZ_NK || given->suite.pattern == NZ_IK)
        DO(NZ_034, mix_hash(&w, given->role == NZ_INITIATOR ? SPAN(w.peer.rs) : SPAN(w.peer.s)));
    *p = w.peer;
    wipe(&w, sizeof w);
}

void nz_close(nz_peer *p)
{
    wipe(&p->secret, sizeof p->secret);
    p->state = FAILED;
}

/* ---- 5.2 The messages ---- */

/* XX -> e */
static verdict xx_initiator_writes_message1(work *w)
{
    /* e */
    write_e(w);
    return write_payload(w);
}

static verdict xx_responder_reads_message1(work *w)
{
    /* e */
    read_e(w);
    return read_payload(w);
}

/* XX <- e, ee, s, es */
static verdict xx_responder_writes_message2(work *w)
{
    /* e */
    write_e(w);
    /* ee */
    TRY(mix_ee(w));
    /* s */
    TRY(write_s(w));
    /* es */
    TRY(mix_es(w));
    return write_payload(w);
}

static verdict xx_initiator_reads_message2(work *w)
{
    /* e */
    read_e(w);
    /* ee */
    TRY(mix_ee(w));
    /* s */
    TRY(read_s(w));
    /* es */
    TRY(mix_es(w));
    return read_payload(w);
}

/* XX -> s, se */
static verdict xx_initiator_writes_message3(work *w)
{
    /* s */
    TRY(write_s(w));
    /* se */
    TRY(mix_se(w));
    TRY(write_payload(w));
    return split(w);
}

static verdict xx_responder_reads_message3(work *w)
{
    /* s */
    TRY(read_s(w));
    /* se */
    TRY(mix_se(w));
    TRY(read_payload(w));
    return split(w);
}

/* NX -> e */
static verdict nx_initiator_writes_message1(work *w)
{
    /* e */
    write_e(w);
    return write_payload(w);
}

static verdict nx_responder_reads_message1(work *w)
{
    /* e */
    read_e(w);
    return read_payload(w);
}

/* NX <- e, ee, s, es */
static verdict nx_responder_writes_message2(work *w)
{
    /* e */
    write_e(w);
    /* ee */
    TRY(mix_ee(w));
    /* s */
    TRY(write_s(w));
    /* es */
    TRY(mix_es(w));
    TRY(write_payload(w));
    return split(w);
}

static verdict nx_initiator_reads_message2(work *w)
{
    /* e */
    read_e(w);
    /* ee */
    TRY(mix_ee(w));
    /* s */
    TRY(read_s(w));
    /* es */
    TRY(mix_es(w));
    TRY(read_payload(w));
    return split(w);
}

/* NK -> e, es */
static verdict nk_initiator_writes_message1(work *w)
{
    /* e */
    write_e(w);
    /* es */
    TRY(mix_es(w));
    return write_payload(w);
}

static verdict nk_responder_reads_message1(work *w)
{
    /* e */
    read_e(w);
    /* es */
    TRY(mix_es(w));
    return read_payload(w);
}

/* NK <- e, ee */
static verdict nk_responder_writes_message2(work *w)
{
    /* e */
    write_e(w);
    /* ee */
    TRY(mix_ee(w));
    TRY(write_payload(w));
    return split(w);
}

static verdict nk_initiator_reads_message2(work *w)
{
    /* e */
    read_e(w);
    /* ee */
    TRY(mix_ee(w));
    TRY(read_payload(w));
    return split(w);
}

/* IK -> e, es, s, ss */
static verdict ik_initiator_writes_message1(work *w)
{
    /* e */
    write_e(w);
    /* es */
    TRY(mix_es(w));
    /* s */
    TRY(write_s(w));
    /* ss */
    TRY(mix_ss(w));
    return write_payload(w);
}

static verdict ik_responder_reads_message1(work *w)
{
    /* e */
    read_e(w);
    /* es */
    TRY(mix_es(w));
    /* s */
    TRY(read_s(w));
    /* ss */
    TRY(mix_ss(w));
    return read_payload(w);
}

/* IK <- e, ee, se */
static verdict ik_responder_writes_message2(work *w)
{
    /* e */
    write_e(w);
    /* ee */
    TRY(mix_ee(w));
    /* se */
    TRY(mix_se(w));
    TRY(write_payload(w));
    return split(w);
}

static verdict ik_initiator_reads_message2(work *w)
{
    /* e */
    read_e(w);
    /* ee */
    TRY(mix_ee(w));
    /* se */
    TRY(mix_se(w));
    TRY(read_payload(w));
    return split(w);
}

/* ---- 5.3 Steps and their order ---- */

typedef struct order_row {
    nz_pattern pattern;
    nz_role role;
    uint8_t state, next;
    nz_turn turn;
    size_t overhead; /* bytes of the message besides its payload */
    verdict (*step)(work *);
} order_row;

static verdict nothing_left(work *w)
{
    (void)w;
    return ACCEPT;
}

static const order_row order[] = {
    {NZ_XX, NZ_INITIATOR, 0, 1, NZ_WRITES, SHARE, xx_initiator_writes_message1},
    {NZ_XX, NZ_INITIATOR, 1, 2, NZ_READS, SHARE + SEALED_SHARE + TAG, xx_initiator_reads_message2},
    {NZ_XX, NZ_INITIATOR, 2, READY, NZ_WRITES, SEALED_SHARE + TAG, xx_initiator_writes_message3},
    {NZ_XX, NZ_RESPONDER, 0, 1, NZ_READS, SHARE, xx_responder_reads_message1},
    {NZ_XX, NZ_RESPONDER, 1, 2, NZ_WRITES, SHARE + SEALED_SHARE + TAG, xx_responder_writes_message2},
    {NZ_XX, NZ_RESPONDER, 2, READY, NZ_READS, SEALED_SHARE + TAG, xx_responder_reads_message3},

    {NZ_NX, NZ_INITIATOR, 0, 1, NZ_WRITES, SHARE, nx_initiator_writes_message1},
    {NZ_NX, NZ_INITIATOR, 1, READY, NZ_READS, SHARE + SEALED_SHARE + TAG, nx_initiator_reads_message2},
    {NZ_NX, NZ_RESPONDER, 0, 1, NZ_READS, SHARE, nx_responder_reads_message1},
    {NZ_NX, NZ_RESPONDER, 1, READY, NZ_WRITES, SHARE + SEALED_SHARE + TAG, nx_responder_writes_message2},

    {NZ_NK, NZ_INITIATOR, 0, 1, NZ_WRITES, SHARE + TAG, nk_initiator_writes_message1},
    {NZ_NK, NZ_INITIATOR, 1, READY, NZ_READS, SHARE + TAG, nk_initiator_reads_message2},
    {NZ_NK, NZ_RESPONDER, 0, 1, NZ_READS, SHARE + TAG, nk_responder_reads_message1},
    {NZ_NK, NZ_RESPONDER, 1, READY, NZ_WRITES, SHARE + TAG, nk_responder_writes_message2},

    {NZ_IK, NZ_INITIATOR, 0, 1, NZ_WRITES, SHARE + SEALED_SHARE + TAG, ik_initiator_writes_message1},
    {NZ_IK, NZ_INITIATOR, 1, READY, NZ_READS, SHARE + TAG, ik_initiator_reads_message2},
    {NZ_IK, NZ_RESPONDER, 0, 1, NZ_READS, SHARE + SEALED_SHARE + TAG, ik_responder_reads_message1},
    {NZ_IK, NZ_RESPONDER, 1, READY, NZ_WRITES, SHARE + TAG, ik_responder_writes_message2},
};
static const order_row ready_row = {.state = READY, .next = READY, .turn = NZ_READY, .overhead = TAG, .step = nothing_left};
static const order_row failed_row = {.state = FAILED, .next = FAILED, .turn = NZ_FAILED, .overhead = 0, .step = nothing_left};

static const order_row *row_of(const nz_peer *p)
{
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        if (order[i].pattern == p->suite.pattern && order[i].role == p->role && order[i].state == p->state)
            return &order[i];
    return p->state == READY ? &ready_row : &failed_row;
}

nz_turn nz_turn_of(const nz_peer *p) { return row_of(p)->turn; }
size_t nz_overhead(const nz_peer *p) { return row_of(p)->overhead; }
span nz_handshake_hash(const nz_peer *p) { return h_of(p); }
span nz_remote_static(const nz_peer *p) { return p->knows_rs ? SPAN(p->rs) : EMPTY; }

static verdict judge_received(size_t n, size_t least)
{
    REQUIRE(n >= least, NZ_035);
    REQUIRE(n <= NZ_MESSAGE_MAX, NZ_036);
    return ACCEPT;
}

static verdict judge_payload(size_t n, size_t overhead)
{
    REQUIRE(n <= NZ_MESSAGE_MAX - overhead, NZ_037);
    return ACCEPT;
}

static void retract(writer *out, size_t mark)
{
    if (out->n == mark)
        return;
    DO(NZ_043, (wipe(out->p + mark, out->n - mark), out->n = mark));
}

static verdict take(work *w, const order_row *row, span in)
{
    if (row->turn == NZ_WRITES)
        TRY(judge_payload(in.n, row->overhead));
    if (row->turn == NZ_READS)
        TRY(judge_received(in.n, row->overhead));
    w->payload = in;
    w->message = reader_of(in);
    w->peer.state = row->next;
    return row->step(w);
}

verdict nz_step(nz_peer *p, const nz_world *lent, span in, nz_effects *out)
{
    const order_row *row = row_of(p);
    REQUIRE(row->step != nothing_left, NZ_038);
    work w = {.peer = *p, .prim = lent->prim, .ephemeral = lent->ephemeral, .out = out};
    const size_t message_mark = out->message.n, payload_mark = out->payload.n;

    const verdict v = take(&w, row, in);
    if (accepted(v)) {
        *p = w.peer;
    } else {
        retract(&out->message, message_mark);
        retract(&out->payload, payload_mark);
        DO(NZ_039, nz_close(p));
    }
    wipe(&w, sizeof w);
    return v;
}

/* ---- 6. Records ---- */

static verdict judge_ready(const nz_peer *p)
{
    REQUIRE(p->state == READY, NZ_041);
    return ACCEPT;
}

verdict nz_seal(nz_peer *p, const nz_world *lent, span ad, span plain, writer *out)
{
    TRY(judge_ready(p));
    TRY(judge_payload(plain.n, NZ_TAG));
    return encrypt_with_ad(lent->prim, p->suite.cipher, &p->secret.sending, ad, plain, out);
}

verdict nz_open(nz_peer *p, const nz_world *lent, span ad, span sealed, writer *out)
{
    TRY(judge_ready(p));
    TRY(judge_received(sealed.n, NZ_TAG));
    const size_t mark = out->n;
    const verdict v = decrypt_with_ad(lent->prim, p->suite.cipher, &p->secret.receiving, ad, sealed, out);
    if (!accepted(v))
        retract(out, mark);
    return v;
}

verdict nz_rekey(nz_peer *p, const nz_world *lent, nz_direction direction)
{
    TRY(judge_ready(p));
    rekey(lent->prim, p->suite.cipher, direction == NZ_SENDING ? &p->secret.sending : &p->secret.receiving);
    return ACCEPT;
}
