#include "noise_liar.h"

#include <string.h>

static const char *const pattern_tokens[][3] = {[NZ_XX] = {"e", "e ee s es", "s se"},
                                                [NZ_NX] = {"e", "e ee s es", ""},
                                                [NZ_NK] = {"e es", "e ee", ""},
                                                [NZ_IK] = {"e es s ss", "e ee se", ""}};

const char *noise_tokens(nz_pattern pattern, int k) { return pattern_tokens[pattern][k - 1]; }
int noise_messages(nz_pattern pattern) { return pattern == NZ_XX ? 3 : 2; }

bool noise_has(nz_pattern pattern, int k, const char *token)
{
    size_t n = strlen(token);
    for (const char *at = noise_tokens(pattern, k); *at; at += strcspn(at, " "), at += *at == ' ')
        if (strcspn(at, " ") == n && memcmp(at, token, n) == 0)
            return true;
    return false;
}

static span h_of(const liar *l) { return span_of(l->h, l->hash_len); }

static void mix_hash(liar *l, span data)
{
    uint8_t next[PRIM_HASH_MAX];
    const span parts[] = {h_of(l), data};
    l->prim->hash(l->suite.hash, parts, 2, next);
    memcpy(l->h, next, l->hash_len);
}

static void mix_key(liar *l, span input)
{
    uint8_t prk[PRIM_HASH_MAX], out[2 * PRIM_HASH_MAX];
    prim_hkdf_extract(l->prim, l->suite.hash, span_of(l->ck, l->hash_len), input, prk);
    prim_hkdf_expand(l->prim, l->suite.hash, span_of(prk, l->hash_len), EMPTY, out, 2 * l->hash_len);
    memcpy(l->ck, out, l->hash_len);
    memcpy(l->k, out + l->hash_len, sizeof l->k);
    l->keyed = true;
    l->n = 0;
}

static void next_nonce(liar *l, uint8_t out[PRIM_NONCE])
{
    writer w = writer_of(out, PRIM_NONCE);
    write_zeros(&w, 4);
    if (l->suite.cipher == PRIM_AESGCM)
        write_be(&w, l->n++, 8);
    else
        write_le(&w, l->n++, 8);
}

static void encrypt_and_hash(liar *l, span plain, writer *out)
{
    uint8_t nonce[PRIM_NONCE];
    size_t mark = out->n, n = plain.n + (l->keyed ? NZ_TAG : 0);
    uint8_t *at = write_room(out, n);
    must(at != NULL);
    if (l->keyed) {
        next_nonce(l, nonce);
        l->prim->aead_seal(l->suite.cipher, l->k, nonce, h_of(l), plain, at);
    } else if (n) {
        memcpy(at, plain.p, n);
    }
    mix_hash(l, span_from(written(out), mark));
}

static void decrypt_and_hash(liar *l, span sealed, uint8_t *out)
{
    uint8_t nonce[PRIM_NONCE];
    if (l->keyed) {
        next_nonce(l, nonce);
        /* A text that is weakened may have said nonsense: then what follows is nonsense too, and compared with the honest vectors. */
        l->prim->aead_open(l->suite.cipher, l->k, nonce, h_of(l), sealed, out);
    } else if (sealed.n) {
        memcpy(out, sealed.p, sealed.n);
    }
    mix_hash(l, sealed);
}

/* The agreement as the one we lie to computes it. */
static void mix_agreement(liar *l, char initiators, char responders)
{
    char mine = l->initiator ? initiators : responders, theirs = l->initiator ? responders : initiators;
    uint8_t agreed[32] = {0};
    if (!(mine == 'e' ? l->false_e : l->false_s))
        l->prim->x25519(mine == 'e' ? l->e : l->s, theirs == 'e' ? l->re : l->rs, agreed);
    mix_key(l, SPAN(agreed));
}

void liar_start(liar *l, const prim *p, const nz_suite *suite, bool initiator, span prologue, const uint8_t *s, const uint8_t *e,
                const uint8_t *rs)
{
    uint8_t name[64], share[32] = {0};
    writer w = WRITER(name);
    nz_suite_name(suite, &w);
    *l = (liar){.prim = p, .suite = *suite, .initiator = initiator, .hash_len = prim_hash_len(suite->hash)};
    if (s) {
        memcpy(l->s, s, 32);
        p->x25519_public(s, share);
    }
    memcpy(l->e, e, 32);
    if (rs)
        memcpy(l->rs, rs, 32);
    if (w.n <= l->hash_len)
        memcpy(l->h, name, w.n);
    else
        prim_digest(p, suite->hash, written(&w), l->h);
    memcpy(l->ck, l->h, l->hash_len);
    mix_hash(l, prologue);
    if (suite->pattern == NZ_NK || suite->pattern == NZ_IK)
        mix_hash(l, initiator ? SPAN(l->rs) : SPAN(share));
}

static void put_share(const liar *l, const uint8_t *secret, const uint8_t *lie, uint8_t out[32])
{
    if (lie)
        memcpy(out, lie, 32);
    else
        l->prim->x25519_public(secret, out);
}

void liar_writes(liar *l, int k, span payload, writer *out)
{
    uint8_t share[32];
    for (const char *at = noise_tokens(l->suite.pattern, k); *at; at += strcspn(at, " "), at += *at == ' ') {
        if (at[1] != 's' && at[1] != 'e' && at[0] == 'e') {
            put_share(l, l->e, l->false_e, share);
            write_span(out, SPAN(share));
            mix_hash(l, SPAN(share));
        } else if (at[1] != 's' && at[1] != 'e') {
            put_share(l, l->s, l->false_s, share);
            encrypt_and_hash(l, SPAN(share), out);
        } else {
            mix_agreement(l, at[0], at[1]);
        }
    }
    encrypt_and_hash(l, payload, out);
    must(writer_ok(out));
}

void liar_reads(liar *l, int k, span message)
{
    static uint8_t payload[1 << 17];
    reader r = reader_of(message);
    for (const char *at = noise_tokens(l->suite.pattern, k); *at; at += strcspn(at, " "), at += *at == ' ') {
        if (at[1] != 's' && at[1] != 'e' && at[0] == 'e') {
            span_take(read_bytes(&r, 32), l->re, 32);
            mix_hash(l, SPAN(l->re));
        } else if (at[1] != 's' && at[1] != 'e') {
            decrypt_and_hash(l, read_bytes(&r, 48), l->rs);
        } else {
            mix_agreement(l, at[0], at[1]);
        }
    }
    must(r.rest.n <= sizeof payload);
    decrypt_and_hash(l, read_rest(&r), payload);
}
