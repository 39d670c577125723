#include "noise.h"

#include <string.h>

/* One step: a copy of the peer, and what the caller lent. */
typedef struct work {
    nz_peer peer;
    const prim *prim;
    const nz_world *lent;
    reader message; /* what a reading step was given */
    nz_effects *out;
} work;

/* ---- 1. Names and functions ---- */

typedef enum token { END, E, E1, S, EE, ES, SE, SS, EKEM1 } token; /* what each does: section 4 */

enum { MESSAGES_MAX = 3, TOKENS_MAX = 5, FAILED = 0xff };

/* A pattern as Noise 7.5 prints it: the initiator's first message, then by turns. An empty message follows the last one. */
typedef struct pattern_row {
    const char *name; /* with its key agreements */
    bool rs_known;    /* beforehand, at the initiator: <- s */
    token message[MESSAGES_MAX + 1][TOKENS_MAX + 1];
} pattern_row;

// clang-format off
static const pattern_row patterns[] = {
    [NZ_XX] = {"XX_25519", false, {{E}, {E, EE, S, ES}, {S, SE}}},
    [NZ_NX] = {"NX_25519", false, {{E}, {E, EE, S, ES}}},
    [NZ_NK] = {"NK_25519", true, {{E, ES}, {E, EE}}},
    [NZ_IK] = {"IK_25519", true, {{E, ES, S, SS}, {E, EE, SE}}},
    [NZ_XXHFS] = {"XXhfs_25519+MLKEM768", false, {{E, E1}, {E, EE, EKEM1, S, ES}, {S, SE}}},
    [NZ_NXHFS] = {"NXhfs_25519+MLKEM768", false, {{E, E1}, {E, EE, EKEM1, S, ES}}},
    [NZ_NKHFS] = {"NKhfs_25519+MLKEM768", true, {{E, ES, E1}, {E, EE, EKEM1}}},
    [NZ_IKHFS] = {"IKhfs_25519+MLKEM768", true, {{E, ES, E1, S, SS}, {E, EE, EKEM1, SE}}},
};
// clang-format on
static const char *const cipher_names[] = {[PRIM_CHACHAPOLY] = "ChaChaPoly", [PRIM_AESGCM] = "AESGCM"};
static const char *const hash_names[] = {
    [PRIM_SHA256] = "SHA256", [PRIM_SHA512] = "SHA512", [PRIM_BLAKE2S] = "BLAKE2s", [PRIM_BLAKE2B] = "BLAKE2b"};
static const prim_hash hashes[] = {PRIM_SHA256, PRIM_SHA512, PRIM_BLAKE2S, PRIM_BLAKE2B};

enum { N_PATTERNS = sizeof patterns / sizeof *patterns, N_CIPHERS = 2, N_HASHES = 4, NAME_MAX_LEN = 48 };
enum { N_SUITES = N_PATTERNS * N_CIPHERS * N_HASHES };

static nz_suite suite_number(unsigned i)
{
    return (nz_suite){(nz_pattern)(i % N_PATTERNS), (prim_cipher)(i / N_PATTERNS % N_CIPHERS), hashes[i / N_PATTERNS / N_CIPHERS]};
}

void nz_suite_name(const nz_suite *s, writer *out)
{
    write_text(out, "Noise_");
    write_text(out, patterns[s->pattern].name);
    write_text(out, "_");
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
    *out = suite_number((unsigned)WITHIN(i, N_SUITES));
    return ACCEPT;
}

/* ---- 2. CipherState ---- */

static void initialize_key(nz_cipher *c, span key)
{
    memcpy(c->k, EMIT_OR(NZ_019, key.p, key.p + key.n - NZ_KEY), NZ_KEY);
    c->n = EMIT(NZ_002, 0);
    c->keyed = c->fresh = true;
}

static void nonce_of(prim_cipher cipher, uint64_t n, uint8_t out[PRIM_NONCE])
{
    const bool little = cipher == PRIM_CHACHAPOLY ? EMIT(NZ_003, true) : EMIT(NZ_004, false);
    writer w = writer_of(out, PRIM_NONCE);
    write_zeros(&w, 4);
    (little ? write_le : write_be)(&w, n, 8);
}

static verdict check_counter(const nz_cipher *c)
{
    REQUIRE(c->n != UINT64_MAX, NZ_008);
    return ACCEPT;
}

static void count(nz_cipher *c)
{
    c->n = EMIT(NZ_005, c->n + 1);
    c->fresh = false;
}

/* n bytes at the end of a lent buffer. Too small a buffer is the caller's mistake; for nothing, no buffer is needed. */
static uint8_t *reserve(writer *out, size_t n)
{
    static uint8_t nothing[1];
    uint8_t *at = n ? write_room(out, n) : nothing;
    must(at != NULL);
    return at;
}

static verdict append(span s, writer *out)
{
    uint8_t *at = reserve(out, s.n);
    if (s.n)
        memcpy(at, s.p, s.n);
    return ACCEPT;
}

static verdict encrypt_with_ad(const prim *lib, prim_cipher cipher, nz_cipher *c, span ad, span plain, writer *out)
{
    uint8_t nonce[PRIM_NONCE];
    if (!c->keyed)
        return append(plain, out);
    TRY(check_counter(c));
    nonce_of(cipher, c->n, nonce);
    lib->aead_seal(cipher, c->k, nonce, ad, plain, reserve(out, plain.n + NZ_TAG));
    count(c);
    return ACCEPT;
}

static verdict decrypt_with_ad(const prim *lib, prim_cipher cipher, nz_cipher *c, span ad, span sealed, writer *out)
{
    uint8_t nonce[PRIM_NONCE];
    if (!c->keyed)
        return append(sealed, out);
    TRY(check_counter(c));
    nonce_of(cipher, c->n, nonce);
    const size_t n = WEAKENED(NZ_035) && sealed.n < NZ_TAG ? 0 : sealed.n - NZ_TAG;
    REQUIRE(lib->aead_open(cipher, c->k, nonce, ad, sealed, reserve(out, n)), NZ_006);
    count(c);
    return ACCEPT;
}

static size_t encrypted_len(size_t n, bool keyed) { return keyed ? n + NZ_TAG : n; }

static void rekey(const prim *lib, prim_cipher cipher, nz_cipher *c)
{
    static const uint8_t zeros[NZ_KEY];
    uint8_t nonce[PRIM_NONCE], sealed[NZ_KEY + NZ_TAG];
    nonce_of(cipher, EMIT(NZ_009, UINT64_MAX), nonce);
    lib->aead_seal(cipher, c->k, nonce, EMPTY, EMIT_OR(NZ_010, SPAN(zeros), SPAN(c->k)), sealed);
    memcpy(c->k, EMIT_OR(NZ_011, sealed, sealed + NZ_TAG), NZ_KEY);
    c->n = EMIT(NZ_012, c->n);
    c->fresh = false;
    wipe(sealed, sizeof sealed);
}

/* ---- 3. SymmetricState ---- */

static size_t hash_len(const nz_peer *p) { return prim_hash_len(p->suite.hash); }
static span h_of(const nz_peer *p) { return span_of(p->h, hash_len(p)); }
static span ck_of(const nz_peer *p) { return span_of(p->secret.ck, hash_len(p)); }

static void initialize_symmetric(work *w, span name)
{
    nz_peer *p = &w->peer;
    const bool hashed = name.n > hash_len(p) ? EMIT(NZ_014, true) : EMIT(NZ_013, false);
    if (hashed)
        prim_digest(w->prim, p->suite.hash, name, p->h);
    else
        span_take(name, p->h, hash_len(p));
    span_take(EMIT(NZ_015, h_of(p)), p->secret.ck, hash_len(p));
}

static void mix_hash(work *w, span data)
{
    nz_peer *p = &w->peer;
    uint8_t next[PRIM_HASH_MAX];
    const span in_order[] = {h_of(p), data};
    w->prim->hash(p->suite.hash, EMIT_PARTS(NZ_016, in_order), 2, next);
    memcpy(p->h, next, hash_len(p));
}

/* out1 || out2, each HASHLEN bytes. */
static void hkdf(work *w, span input, uint8_t out[2 * PRIM_HASH_MAX])
{
    nz_peer *p = &w->peer;
    uint8_t t[PRIM_HASH_MAX];
    const span in_order[] = {ck_of(p), input};
    const span *used = EMIT_PARTS(NZ_017, in_order);
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
    const size_t chain = EMIT(NZ_018, 0);
    memcpy(p->secret.ck, out + chain, n);
    initialize_key(&p->secret.handshake, span_of(out + (n - chain), n));
    wipe(out, sizeof out);
}

static span associated(const nz_peer *p) { return EMIT(NZ_020, h_of(p)); }

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
static void split(work *w)
{
    nz_peer *p = &w->peer;
    const size_t n = hash_len(p);
    uint8_t out[2 * PRIM_HASH_MAX];
    hkdf(w, EMIT(NZ_023, EMPTY), out);
    const bool sends_first = EMIT(NZ_024, p->role == NZ_INITIATOR);
    initialize_key(sends_first ? &p->secret.sending : &p->secret.receiving, span_of(out, n));
    initialize_key(sends_first ? &p->secret.receiving : &p->secret.sending, span_of(out + n, n));
    DO(NZ_040, wipe(&p->secret, offsetof(nz_peer, secret.sending) - offsetof(nz_peer, secret)));
    wipe(out, sizeof out);
}

/* ---- 4. Tokens ---- */

static verdict write_e(work *w)
{
    nz_peer *p = &w->peer;
    must(w->lent->ephemeral.n == NZ_KEY);
    prim_pair_of(w->prim, w->lent->ephemeral.p, &p->secret.e);
    DO(NZ_025, mix_hash(w, SPAN(p->secret.e.share)));
    return append(SPAN(p->secret.e.share), &w->out->message);
}

static verdict read_e(work *w)
{
    nz_peer *p = &w->peer;
    span_take(read_bytes(&w->message, NZ_KEY), p->re, NZ_KEY);
    DO(NZ_026, mix_hash(w, SPAN(p->re)));
    return ACCEPT;
}

static verdict write_s(work *w) { return encrypt_and_hash(w, SPAN(w->peer.secret.s.share), &w->out->message); }

static verdict read_s(work *w)
{
    nz_peer *p = &w->peer;
    writer rs = WRITER(p->rs);
    p->knows_rs = true;
    return decrypt_and_hash(w, read_bytes(&w->message, encrypted_len(NZ_KEY, p->secret.handshake.keyed)), &rs);
}

static verdict mix_agreement(work *w, const prim_pair *mine, const uint8_t share[NZ_KEY])
{
    uint8_t agreed[NZ_KEY];
    w->prim->x25519(mine, share, agreed);
    REQUIRE(!all_zero(SPAN(agreed)), NZ_031);
    mix_key(w, SPAN(agreed));
    wipe(agreed, sizeof agreed);
    return ACCEPT;
}

static verdict mix_ee(work *w) { return mix_agreement(w, EMIT_OR(NZ_027, &w->peer.secret.e, &w->peer.secret.s), w->peer.re); }

static verdict mix_es(work *w)
{
    const nz_peer *p = &w->peer;
    const bool mine_is_e = EMIT(NZ_028, p->role == NZ_INITIATOR);
    return mine_is_e ? mix_agreement(w, &p->secret.e, p->rs) : mix_agreement(w, &p->secret.s, p->re);
}

static verdict mix_se(work *w)
{
    const nz_peer *p = &w->peer;
    const bool mine_is_s = EMIT(NZ_029, p->role == NZ_INITIATOR);
    return mine_is_s ? mix_agreement(w, &p->secret.s, p->re) : mix_agreement(w, &p->secret.e, p->rs);
}

static verdict mix_ss(work *w) { return mix_agreement(w, EMIT_OR(NZ_030, &w->peer.secret.s, &w->peer.secret.e), w->peer.rs); }

/* FIPS 203: the encapsulation key stands in the decapsulation key before its hash and the rejection secret, 32 bytes each. */
static span ek_within(span dk) { return span_first(span_from(dk, NZ_KEM_DK - NZ_KEM_EK - 2 * 32), NZ_KEM_EK); }

static verdict write_e1(work *w)
{
    nz_peer *p = &w->peer;
    must(w->lent->kem_key.n == NZ_KEM_DK); /* the caller's own: FIPS 203 7.3 asks for no further check of it */
    memcpy(p->secret.kem, w->lent->kem_key.p, NZ_KEM_DK);
    return encrypt_and_hash(w, ek_within(SPAN(p->secret.kem)), &w->out->message);
}

static verdict read_e1(work *w)
{
    nz_peer *p = &w->peer;
    writer re1 = writer_of(p->secret.kem, NZ_KEM_EK);
    TRY(decrypt_and_hash(w, read_bytes(&w->message, encrypted_len(NZ_KEM_EK, p->secret.handshake.keyed)), &re1));
    REQUIRE(mlkem_ek_fits(MLKEM_768, written(&re1)), NZ_044);
    return ACCEPT;
}

static void mix_shared(work *w, uint8_t shared[MLKEM_SHARED])
{
    DO(NZ_045, mix_key(w, span_of(shared, MLKEM_SHARED)));
    wipe(shared, MLKEM_SHARED);
}

static verdict write_ekem1(work *w)
{
    uint8_t ciphertext[NZ_KEM_CT], shared[MLKEM_SHARED];
    must(w->lent->kem_coins.n == MLKEM_COINS);
    mlkem_encaps(MLKEM_768, span_of(w->peer.secret.kem, NZ_KEM_EK), w->lent->kem_coins.p, ciphertext, shared);
    TRY(encrypt_and_hash(w, SPAN(ciphertext), &w->out->message));
    mix_shared(w, shared);
    return ACCEPT;
}

static verdict read_ekem1(work *w)
{
    nz_peer *p = &w->peer;
    uint8_t ciphertext[NZ_KEM_CT], shared[MLKEM_SHARED];
    writer opened = WRITER(ciphertext);
    TRY(decrypt_and_hash(w, read_bytes(&w->message, encrypted_len(NZ_KEM_CT, p->secret.handshake.keyed)), &opened));
    mlkem_decaps(MLKEM_768, SPAN(p->secret.kem), SPAN(ciphertext), shared);
    mix_shared(w, shared);
    return ACCEPT;
}

typedef struct token_row {
    verdict (*write)(work *), (*read)(work *);
    size_t len;     /* bytes of the message; */
    bool encrypted; /* a tag more when there is a key */
    bool keys;      /* afterwards there is one */
} token_row;

// clang-format off
static const token_row tokens[] = {
    [E]     = {write_e,     read_e,     .len = NZ_KEY},
    [E1]    = {write_e1,    read_e1,    .len = NZ_KEM_EK, .encrypted = true},
    [S]     = {write_s,     read_s,     .len = NZ_KEY,    .encrypted = true},
    [EE]    = {mix_ee,      mix_ee,     .keys = true},
    [ES]    = {mix_es,      mix_es,     .keys = true},
    [SE]    = {mix_se,      mix_se,     .keys = true},
    [SS]    = {mix_ss,      mix_ss,     .keys = true},
    [EKEM1] = {write_ekem1, read_ekem1, .len = NZ_KEM_CT, .encrypted = true, .keys = true},
};
// clang-format on

/* ---- 5.1 Start ---- */

static bool sends(const pattern_row *pattern, nz_role role, token which)
{
    for (size_t i = role == NZ_INITIATOR ? 0 : 1; i < MESSAGES_MAX; i += 2)
        for (const token *t = pattern->message[i]; *t; t++)
            if (*t == which)
                return true;
    return false;
}

nz_keys nz_keys_of(nz_pattern which, nz_role role)
{
    const pattern_row *pattern = &patterns[which];
    const bool initiator = role == NZ_INITIATOR;
    return (nz_keys){.s = sends(pattern, role, S) || (!initiator && pattern->rs_known),
                     .rs = initiator && pattern->rs_known,
                     .kem = sends(pattern, role, initiator ? E1 : EKEM1)};
}

bool nz_setup_fits(const nz_setup *given, const prim *lib)
{
    const nz_keys asked = nz_keys_of(given->suite.pattern, given->role);
    return given->suite.hash != PRIM_SHA384 && lib->has_hash(given->suite.hash) && lib->has_cipher(given->suite.cipher) &&
           !!given->static_pair == asked.s && given->remote_static.n == (asked.rs ? NZ_KEY : 0);
}

void nz_start(nz_peer *p, const prim *lib, const nz_setup *given)
{
    must(nz_setup_fits(given, lib));
    uint8_t name[NAME_MAX_LEN];
    writer name_writer = WRITER(name);
    nz_suite_name(&given->suite, &name_writer);
    work w = {.peer = {.suite = given->suite, .role = given->role}, .prim = lib};

    if (given->static_pair) {
        must(prim_pair_whole(lib, given->static_pair));
        w.peer.secret.s = *given->static_pair;
    }
    w.peer.knows_rs = given->remote_static.n != 0;
    span_take(given->remote_static, w.peer.rs, NZ_KEY);

    initialize_symmetric(&w, written(&name_writer));
    DO(NZ_033, mix_hash(&w, given->prologue));
    /* <- s */
    if (patterns[given->suite.pattern].rs_known)
        DO(NZ_034, mix_hash(&w, given->role == NZ_INITIATOR ? SPAN(w.peer.rs) : SPAN(w.peer.secret.s.share)));
    *p = w.peer;
    wipe(&w, sizeof w);
}

void nz_close(nz_peer *p)
{
    wipe(&p->secret, sizeof p->secret);
    p->state = FAILED;
}

/* ---- 5.3 Steps and their order ---- */

/* The tokens of the next message; none after the last, and none after a failure. */
static const token *next_tokens(const nz_peer *p)
{
    return patterns[p->suite.pattern].message[p->state < MESSAGES_MAX ? p->state : MESSAGES_MAX];
}

nz_turn nz_turn_of(const nz_peer *p)
{
    const nz_role sender = p->state % 2 == 0 ? NZ_INITIATOR : NZ_RESPONDER;
    if (p->state == FAILED)
        return NZ_FAILED;
    if (*next_tokens(p) == END)
        return NZ_READY;
    return p->role == sender ? NZ_WRITES : NZ_READS;
}

size_t nz_overhead(const nz_peer *p)
{
    const nz_turn turn = nz_turn_of(p);
    bool keyed = turn == NZ_READY || p->secret.handshake.keyed;
    size_t n = 0;
    for (const token *t = next_tokens(p); *t; t++) {
        n += encrypted_len(tokens[*t].len, keyed && tokens[*t].encrypted);
        keyed = keyed || tokens[*t].keys;
    }
    return turn == NZ_FAILED ? 0 : encrypted_len(n, keyed);
}

span nz_handshake_hash(const nz_peer *p) { return h_of(p); }
span nz_remote_static(const nz_peer *p) { return p->knows_rs ? SPAN(p->rs) : EMPTY; }

static verdict check_received(size_t n, size_t least)
{
    REQUIRE(n >= least, NZ_035);
    REQUIRE(n <= NZ_MESSAGE_MAX, NZ_036);
    return ACCEPT;
}

verdict nz_expects(uint64_t n) { return check_received(n < SIZE_MAX ? (size_t)n : SIZE_MAX, 0); }

static verdict check_payload(size_t n, size_t overhead)
{
    REQUIRE(n <= NZ_MESSAGE_MAX - overhead, NZ_037);
    return ACCEPT;
}

static verdict write_message(work *w, span payload)
{
    TRY(check_payload(payload.n, nz_overhead(&w->peer)));
    for (const token *t = next_tokens(&w->peer); *t; t++)
        TRY(tokens[*t].write(w));
    return encrypt_and_hash(w, payload, &w->out->message);
}

static verdict read_message(work *w, span message)
{
    TRY(check_received(message.n, nz_overhead(&w->peer)));
    w->message = reader_of(message);
    for (const token *t = next_tokens(&w->peer); *t; t++)
        TRY(tokens[*t].read(w));
    return decrypt_and_hash(w, read_rest(&w->message), &w->out->payload);
}

static verdict take_turn(work *w, span in)
{
    nz_peer *p = &w->peer;
    TRY((nz_turn_of(p) == NZ_WRITES ? write_message : read_message)(w, in));
    p->state++;
    if (nz_turn_of(p) == NZ_READY)
        split(w);
    return ACCEPT;
}

static void retract(writer *out, size_t mark)
{
    if (out->n == mark)
        return;
    DO(NZ_043, (wipe(out->p + mark, out->n - mark), out->n = mark));
}

verdict nz_step(nz_peer *p, const nz_world *lent, span in, nz_effects *out)
{
    const bool has_turn = nz_turn_of(p) == NZ_WRITES || nz_turn_of(p) == NZ_READS;
    REQUIRE(has_turn, NZ_038);
    if (WEAKENED(NZ_038) && !has_turn)
        return ACCEPT;
    work w = {.peer = *p, .prim = lent->prim, .lent = lent, .out = out};
    const size_t message_mark = out->message.n, payload_mark = out->payload.n;

    const verdict v = take_turn(&w, in);
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

/* From initiator to responder. */
static nz_cipher *first_of(nz_peer *p) { return p->role == NZ_INITIATOR ? &p->secret.sending : &p->secret.receiving; }

static verdict check_records(nz_peer *p, const nz_cipher *c)
{
    REQUIRE(nz_turn_of(p) == NZ_READY, NZ_041);
    REQUIRE(!p->exported || c != first_of(p), NZ_050);
    return ACCEPT;
}

verdict nz_seal(nz_peer *p, const nz_world *lent, span ad, span plain, writer *out)
{
    TRY(check_records(p, &p->secret.sending));
    TRY(check_payload(plain.n, NZ_TAG));
    return encrypt_with_ad(lent->prim, p->suite.cipher, &p->secret.sending, ad, plain, out);
}

verdict nz_open(nz_peer *p, const nz_world *lent, span ad, span sealed, writer *out)
{
    TRY(check_records(p, &p->secret.receiving));
    TRY(check_received(sealed.n, NZ_TAG));
    const size_t mark = out->n;
    const verdict v = decrypt_with_ad(lent->prim, p->suite.cipher, &p->secret.receiving, ad, sealed, out);
    if (!accepted(v))
        retract(out, mark);
    return v;
}

verdict nz_rekey(nz_peer *p, const nz_world *lent, nz_direction direction)
{
    nz_cipher *c = direction == NZ_SENDING ? &p->secret.sending : &p->secret.receiving;
    TRY(check_records(p, c));
    rekey(lent->prim, p->suite.cipher, c);
    return ACCEPT;
}

/* ---- 7. A secret for the profile ---- */

verdict nz_export(nz_peer *p, const nz_world *lent, span label, uint8_t *out, size_t n)
{
    uint8_t info[NZ_LABEL_MAX + 1 + PRIM_HASH_MAX];
    writer w = WRITER(info);
    nz_cipher *first = first_of(p);
    must(label.n <= NZ_LABEL_MAX);
    REQUIRE(first->fresh, NZ_049);
    write_span(&w, label);
    write_zeros(&w, 1);
    write_span(&w, h_of(p));
    prim_hkdf_expand(lent->prim, p->suite.hash, SPAN(first->k), EMIT_OR(NZ_048, written(&w), label), out, n);
    DO(NZ_051, wipe(first->k, NZ_KEY));
    first->fresh = false;
    p->exported = true;
    return ACCEPT;
}
