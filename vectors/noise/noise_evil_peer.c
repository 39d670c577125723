#include "noise_evil_peer.h"

#include <string.h>

static const char *const pattern_tokens[][3] = {[NZ_XX] = {"e", "e ee s es", "s se"},
                                                [NZ_NX] = {"e", "e ee s es", ""},
                                                [NZ_NK] = {"e es", "e ee", ""},
                                                [NZ_IK] = {"e es s ss", "e ee se", ""},
                                                [NZ_XXHFS] = {"e e1", "e ee ekem1 s es", "s se"},
                                                [NZ_NXHFS] = {"e e1", "e ee ekem1 s es", ""},
                                                [NZ_NKHFS] = {"e es e1", "e ee ekem1", ""},
                                                [NZ_IKHFS] = {"e es e1 s ss", "e ee ekem1 se", ""}};

static bool token_is(const char *at, const char *token)
{
    return strcspn(at, " ") == strlen(token) && memcmp(at, token, strlen(token)) == 0;
}
static const char *next_token(const char *at)
{
    at += strcspn(at, " ");
    return at + (*at == ' ');
}

const char *noise_tokens(nz_pattern pattern, int k) { return pattern_tokens[pattern][k - 1]; }
int noise_messages(nz_pattern pattern) { return pattern_tokens[pattern][2][0] ? 3 : 2; }

bool noise_has(nz_pattern pattern, int k, const char *token)
{
    const char *at = noise_tokens(pattern, k);
    while (*at && !token_is(at, token))
        at = next_token(at);
    return *at != 0;
}

size_t noise_offset(nz_pattern pattern, int k, const char *token)
{
    size_t n = 0;
    for (const char *at = noise_tokens(pattern, k); *at && !token_is(at, token); at = next_token(at))
        n += token_is(at, "e")       ? 32
             : token_is(at, "s")     ? 48
             : token_is(at, "e1")    ? NZ_KEM_EK + NZ_TAG
             : token_is(at, "ekem1") ? NZ_KEM_CT + NZ_TAG
                                     : 0;
    return n;
}

static span h_of(const evil_peer *peer) { return span_of(peer->h, peer->hash_len); }

static void mix_hash(evil_peer *peer, span data)
{
    uint8_t next[PRIM_HASH_MAX];
    const span parts[] = {h_of(peer), data};
    peer->prim->hash(peer->suite.hash, parts, 2, next);
    memcpy(peer->h, next, peer->hash_len);
}

static void mix_key(evil_peer *peer, span input)
{
    uint8_t prk[PRIM_HASH_MAX], out[2 * PRIM_HASH_MAX];
    prim_hkdf_extract(peer->prim, peer->suite.hash, span_of(peer->ck, peer->hash_len), input, prk);
    prim_hkdf_expand(peer->prim, peer->suite.hash, span_of(prk, peer->hash_len), EMPTY, out, 2 * peer->hash_len);
    memcpy(peer->ck, out, peer->hash_len);
    memcpy(peer->k, out + peer->hash_len, sizeof peer->k);
    peer->keyed = true;
    peer->n = 0;
}

static void next_nonce(evil_peer *peer, uint8_t out[PRIM_NONCE])
{
    writer w = writer_of(out, PRIM_NONCE);
    write_zeros(&w, 4);
    if (peer->suite.cipher == PRIM_AESGCM)
        write_be(&w, peer->n++, 8);
    else
        write_le(&w, peer->n++, 8);
}

static void encrypt_and_hash(evil_peer *peer, span plain, writer *out)
{
    uint8_t nonce[PRIM_NONCE];
    size_t mark = out->n, n = plain.n + (peer->keyed ? NZ_TAG : 0);
    uint8_t *at = write_room(out, n);
    must(at != NULL);
    if (peer->keyed) {
        next_nonce(peer, nonce);
        peer->prim->aead_seal(peer->suite.cipher, peer->k, nonce, h_of(peer), plain, at);
    } else if (n) {
        memcpy(at, plain.p, n);
    }
    mix_hash(peer, span_from(written(out), mark));
}

static void decrypt_and_hash(evil_peer *peer, span sealed, uint8_t *out)
{
    uint8_t nonce[PRIM_NONCE];
    if (peer->keyed) {
        next_nonce(peer, nonce);
        /* A text that is weakened may have said nonsense: then what follows is nonsense too, and compared with the honest vectors. */
        peer->prim->aead_open(peer->suite.cipher, peer->k, nonce, h_of(peer), sealed, out);
    } else if (sealed.n) {
        memcpy(out, sealed.p, sealed.n);
    }
    mix_hash(peer, sealed);
}

/* The agreement as the one we lie to computes it. */
static void mix_agreement(evil_peer *peer, char initiators, char responders)
{
    char mine = peer->initiator ? initiators : responders, theirs = peer->initiator ? responders : initiators;
    uint8_t agreed[32] = {0};
    if (!(mine == 'e' ? peer->false_e : peer->false_s))
        prim_agree(peer->prim, mine == 'e' ? peer->e : peer->s, theirs == 'e' ? peer->re : peer->rs, agreed);
    mix_key(peer, SPAN(agreed));
}

void evil_peer_start(evil_peer *peer, const prim *p, const nz_suite *suite, bool initiator, span prologue, const uint8_t *s,
                     const uint8_t *e, const uint8_t *rs)
{
    uint8_t name[64], share[32] = {0};
    writer w = WRITER(name);
    nz_suite_name(suite, &w);
    *peer = (evil_peer){.prim = p, .suite = *suite, .initiator = initiator, .hash_len = prim_hash_len(suite->hash)};
    if (s) {
        memcpy(peer->s, s, 32);
        p->x25519_public(s, share);
    }
    memcpy(peer->e, e, 32);
    if (rs)
        memcpy(peer->rs, rs, 32);
    if (w.n <= peer->hash_len)
        memcpy(peer->h, name, w.n);
    else
        prim_digest(p, suite->hash, written(&w), peer->h);
    memcpy(peer->ck, peer->h, peer->hash_len);
    mix_hash(peer, prologue);
    if (nz_keys_of(suite->pattern, NZ_INITIATOR).rs)
        mix_hash(peer, initiator ? SPAN(peer->rs) : SPAN(share));
}

static void put_share(const evil_peer *peer, const uint8_t *secret, const uint8_t *lie, uint8_t out[32])
{
    if (lie)
        memcpy(out, lie, 32);
    else
        peer->prim->x25519_public(secret, out);
}

static void write_e1(const evil_peer *peer, uint8_t ek[NZ_KEM_EK], uint8_t dk[NZ_KEM_DK])
{
    mlkem_keygen(MLKEM_768, peer->e1, peer->e1 + 32, ek, dk);
    if (peer->false_e1)
        memcpy(ek, peer->false_e1, NZ_KEM_EK);
}

static void write_token(evil_peer *peer, const char *at, writer *out)
{
    uint8_t share[32], ek[NZ_KEM_EK], dk[NZ_KEM_DK], ciphertext[NZ_KEM_CT], shared[MLKEM_SHARED];
    if (token_is(at, "e")) {
        put_share(peer, peer->e, peer->false_e, share);
        write_span(out, SPAN(share));
        mix_hash(peer, SPAN(share));
    } else if (token_is(at, "s")) {
        put_share(peer, peer->s, peer->false_s, share);
        encrypt_and_hash(peer, SPAN(share), out);
    } else if (token_is(at, "e1")) {
        write_e1(peer, ek, dk);
        encrypt_and_hash(peer, SPAN(ek), out);
    } else if (token_is(at, "ekem1")) {
        mlkem_encaps(MLKEM_768, SPAN(peer->re1), peer->ekem1, ciphertext, shared);
        encrypt_and_hash(peer, SPAN(ciphertext), out);
        mix_key(peer, SPAN(shared));
    } else {
        mix_agreement(peer, at[0], at[1]);
    }
}

static void read_token(evil_peer *peer, const char *at, reader *r)
{
    uint8_t ek[NZ_KEM_EK], dk[NZ_KEM_DK], ciphertext[NZ_KEM_CT], shared[MLKEM_SHARED];
    const size_t tag = peer->keyed ? NZ_TAG : 0;
    if (token_is(at, "e")) {
        span_take(read_bytes(r, 32), peer->re, 32);
        mix_hash(peer, SPAN(peer->re));
    } else if (token_is(at, "s")) {
        decrypt_and_hash(peer, read_bytes(r, 48), peer->rs);
    } else if (token_is(at, "e1")) {
        decrypt_and_hash(peer, read_bytes(r, NZ_KEM_EK + tag), peer->re1);
    } else if (token_is(at, "ekem1")) {
        mlkem_keygen(MLKEM_768, peer->e1, peer->e1 + 32, ek, dk);
        decrypt_and_hash(peer, read_bytes(r, NZ_KEM_CT + tag), ciphertext);
        mlkem_decaps(MLKEM_768, SPAN(dk), SPAN(ciphertext), shared);
        mix_key(peer, SPAN(shared));
    } else {
        mix_agreement(peer, at[0], at[1]);
    }
}

void evil_peer_writes(evil_peer *peer, int k, span payload, writer *out)
{
    for (const char *at = noise_tokens(peer->suite.pattern, k); *at; at = next_token(at))
        write_token(peer, at, out);
    encrypt_and_hash(peer, payload, out);
    must(writer_ok(out));
}

void evil_peer_reads(evil_peer *peer, int k, span message)
{
    static uint8_t payload[1 << 17];
    reader r = reader_of(message);
    for (const char *at = noise_tokens(peer->suite.pattern, k); *at; at = next_token(at))
        read_token(peer, at, &r);
    must(r.rest.n <= sizeof payload);
    decrypt_and_hash(peer, read_rest(&r), payload);
}
