#include "diagnosis.h"
#include "base64.h"

#include <stddef.h>
#include <string.h>

enum { PLAIN_MAX = 1 << 16 };

const char *deviation_says(deviation d)
{
    static const char *const says[] = {
#define X(NAME, SAYS) SAYS,
        DEVIATIONS(X)
#undef X
    };
    return says[d];
}

/* The tokens of each message: e, s; x ee, a es, b se, c ss. */
static const char *const tokens[][3] = {
    [NZ_XX] = {"e", "exsa", "sb"}, [NZ_NX] = {"e", "exsa"}, [NZ_NK] = {"ea", "ex"}, [NZ_IK] = {"easc", "exb"}};

typedef struct run {
    const diagnosed_session *of;
    deviation d;
    nz_suite suite;
    size_t hash_n;
    uint8_t ck[PRIM_HASH_MAX], h[PRIM_HASH_MAX], k[32];
    bool keyed;
    uint64_t n;
    uint8_t e[2][32], s[2][32]; /* shares, once they were read */
    writer *payload2;           /* where the payload of message 2 goes; NULL: nowhere */
    uint8_t plain[PLAIN_MAX], text[PLAIN_MAX];
    diagnosed_tags tags;
} run;

/* ---- hashing ---- */

static prim_hash hash_of(const run *r) { return r->d == DEVIATION_HASH_BLAKE2S ? PRIM_BLAKE2S : r->suite.hash; }

static void hash(const run *r, span a, span b, uint8_t *out)
{
    const span parts[] = {a, b};
    prim_openssl.hash(hash_of(r), parts, 2, out);
}

static void mix_hash(run *r, span bytes) { hash(r, span_of(r->h, r->hash_n), bytes, r->h); }

/* Two outputs of HKDF with the chaining key as salt. */
static void hkdf(run *r, span input, uint8_t first[PRIM_HASH_MAX], uint8_t second[PRIM_HASH_MAX])
{
    uint8_t secret[PRIM_HASH_MAX], count[2] = {1, 2};
    const span chain = span_of(r->ck, r->hash_n), key = span_of(secret, r->hash_n);
    const bool exchanged = r->d == DEVIATION_HKDF_ARGUMENTS;
    count[0] -= r->d == DEVIATION_HKDF_FROM_ZERO, count[1] -= r->d == DEVIATION_HKDF_FROM_ZERO;
    prim_openssl.hmac(hash_of(r), exchanged ? input : chain, exchanged ? &chain : &input, 1, secret);
    prim_openssl.hmac(hash_of(r), key, &(span){&count[0], 1}, 1, first);
    const span parts[] = {r->d == DEVIATION_HKDF_UNCHAINED ? EMPTY : span_of(first, r->hash_n), {&count[1], 1}};
    prim_openssl.hmac(hash_of(r), key, parts, 2, second);
}

static void mix_key(run *r, span input)
{
    uint8_t first[PRIM_HASH_MAX], second[PRIM_HASH_MAX];
    hkdf(r, input, first, second);
    const bool exchanged = r->d == DEVIATION_HKDF_SWAPPED;
    memcpy(r->ck, exchanged ? second : first, r->hash_n);
    memcpy(r->k, exchanged ? first : second, sizeof r->k);
    r->keyed = true;
    r->n = 0;
}

/* ---- sealed parts ---- */

static void write_nonce(const run *r, prim_cipher cipher, uint64_t n, uint8_t nonce[12])
{
    const bool big = (cipher == PRIM_AESGCM) != (r->d == DEVIATION_NONCE_ENDIAN);
    uint8_t *at = nonce + (r->d == DEVIATION_NONCE_FRONT ? 0 : 4);
    memset(nonce, 0, 12);
    for (int i = 0; i < 8; i++)
        at[big ? 7 - i : i] = (uint8_t)(n >> 8 * i);
}

static bool open_sealed(run *r, const uint8_t key[32], uint64_t n, span ad, span sealed, span *plain)
{
    static uint8_t turned[PLAIN_MAX];
    uint8_t nonce[12];
    const prim_cipher cipher = r->d == DEVIATION_CIPHER ? PRIM_CHACHAPOLY + PRIM_AESGCM - r->suite.cipher : r->suite.cipher;
    r->tags.of++;
    if (sealed.n < PRIM_TAG || sealed.n > PLAIN_MAX)
        return false;
    if (r->d == DEVIATION_TAG_FIRST) {
        memcpy(turned, sealed.p + PRIM_TAG, sealed.n - PRIM_TAG);
        memcpy(turned + sealed.n - PRIM_TAG, sealed.p, PRIM_TAG);
        sealed.p = turned;
    }
    write_nonce(r, cipher, n, nonce);
    const bool fits = prim_openssl.aead_open(cipher, key, nonce, ad, sealed, r->plain);
    r->tags.fit += fits;
    *plain = span_of(r->plain, sealed.n - PRIM_TAG);
    return fits;
}

static bool open_in_handshake(run *r, span sealed, span *plain)
{
    *plain = sealed;
    const span ad = r->d == DEVIATION_AD_NONE ? EMPTY : span_of(r->h, r->hash_n);
    if (r->keyed && !open_sealed(r, r->k, r->n++, ad, sealed, plain))
        return false;
    mix_hash(r, r->d == DEVIATION_HASH_PLAINTEXT ? *plain : sealed);
    return true;
}

/* ---- agreements ---- */

static bool agree(const run *r, const uint8_t *secrets[2], const bool has[2], const uint8_t *shares[2], uint8_t out[32])
{
    for (int i = 0; i < 2; i++)
        if (has[i]) {
            prim_agree(&prim_openssl, secrets[i], shares[!i], out);
            return true;
        }
    (void)r;
    return false;
}

static void turn_round(uint8_t bytes[32])
{
    for (int i = 0; i < 16; i++) {
        const uint8_t b = bytes[i];
        bytes[i] = bytes[31 - i];
        bytes[31 - i] = b;
    }
}

/* The initiator's key and the responder's of each agreement: static or ephemeral. */
static bool mix_agreement(run *r, char token)
{
    const diagnosed_session *of = r->of;
    uint8_t out[32];
    if (r->d == DEVIATION_ROLES && (token == 'a' || token == 'b'))
        token = token == 'a' ? 'b' : 'a';
    const bool i_static = token == 'b' || token == 'c', r_static = token == 'a' || token == 'c';
    const uint8_t *secrets[] = {i_static ? of->s[0] : of->e[0], r_static ? of->s[1] : of->e[1]};
    const uint8_t *shares[] = {i_static ? r->s[0] : r->e[0], r_static ? r->s[1] : r->e[1]};
    const bool has[] = {i_static ? of->has_s[0] : of->has_e[0], r_static ? of->has_s[1] : of->has_e[1]};
    if (!agree(r, secrets, has, shares, out)) {
        r->tags.decided = false;
        return false;
    }
    if (r->d == DEVIATION_AGREEMENT_REVERSED)
        turn_round(out);
    if (r->d == DEVIATION_AGREEMENT_HASHED)
        prim_digest(&prim_openssl, PRIM_SHA256, span_of(out, 32), out);
    mix_key(r, span_of(out, 32));
    return true;
}

/* ---- the handshake ---- */

static bool take_ephemeral(run *r, int who, span *rest)
{
    if (rest->n < 32)
        return false;
    memcpy(r->e[who], rest->p, 32);
    if (r->d != DEVIATION_HASH_WITHOUT_E)
        mix_hash(r, span_first(*rest, 32));
    *rest = span_from(*rest, 32);
    return true;
}

static bool take_static(run *r, int who, span *rest)
{
    const size_t n = r->keyed ? 32 + PRIM_TAG : 32;
    span share;
    if (rest->n < n || !open_in_handshake(r, span_first(*rest, n), &share))
        return false;
    memcpy(r->s[who], share.p, 32);
    *rest = span_from(*rest, n);
    return true;
}

static bool take_message(run *r, size_t k, span message)
{
    span payload;
    for (const char *token = tokens[r->suite.pattern][k]; *token; token++) {
        const bool good = *token == 'e'   ? take_ephemeral(r, k % 2, &message)
                          : *token == 's' ? take_static(r, k % 2, &message)
                                          : mix_agreement(r, *token);
        if (!good)
            return false;
    }
    const bool good = open_in_handshake(r, message, &payload);
    if (good && k == 1 && r->payload2)
        write_span(r->payload2, payload);
    return good;
}

/* What another layer has put round the message. */
static bool unwrap(run *r, span *message)
{
    const size_t length = r->d == DEVIATION_FRAMED_2 ? 2 : r->d == DEVIATION_FRAMED_4 ? 4 : 0;
    uint64_t says = 0;
    for (size_t i = 0; i < length && message->n >= length; i++)
        says = says << 8 | message->p[i];
    if (length && (message->n < length || says != message->n - length))
        return false;
    *message = span_from(*message, length);
    if (r->d != DEVIATION_BASE64 && r->d != DEVIATION_BASE64_URL)
        return true;
    writer w = WRITER(r->text);
    if (!(r->d == DEVIATION_BASE64 ? base64_read : base64url_read)(*message, &w))
        return false;
    *message = written(&w);
    return true;
}

static void write_name(const run *r, char name[64])
{
    static const char *const patterns[] = {"XX", "NX", "NK", "IK", "IX"};
    writer w = writer_of(name, 63);
    nz_suite_name(&r->suite, &w);
    name[w.n] = 0;
    if (r->d >= DEVIATION_NAME_XX && r->d <= DEVIATION_NAME_IX)
        memcpy(name + strlen("Noise_"), patterns[r->d - DEVIATION_NAME_XX], 2);
}

static void begin(run *r)
{
    char name[64];
    uint8_t longer[256];
    write_name(r, name);
    const span text = span_text(name), prologue = r->d == DEVIATION_PROLOGUE_EMPTY ? EMPTY : r->of->prologue;
    r->hash_n = prim_hash_len(hash_of(r));
    memset(r->h, 0, sizeof r->h);
    if (text.n <= r->hash_n && r->d != DEVIATION_NAME_HASHED)
        memcpy(r->h, text.p, text.n);
    else
        hash(r, text, EMPTY, r->h);
    if (r->d != DEVIATION_CHAIN_ZERO)
        memcpy(r->ck, r->h, sizeof r->ck);
    writer w = WRITER(longer);
    write_span(&w, span_first(prologue, sizeof longer - 1));
    write_be(&w, 0, 1);
    if (r->d != DEVIATION_PROLOGUE_SKIPPED)
        mix_hash(r, r->d == DEVIATION_PROLOGUE_ZERO && prologue.n < sizeof longer ? written(&w) : prologue);
    if (r->of->responder_share.n == 32) {
        memcpy(r->s[1], r->of->responder_share.p, 32);
        mix_hash(r, r->of->responder_share);
    }
}

/* ---- records ---- */

static void open_records(run *r)
{
    static const uint8_t zeros[32];
    uint8_t keys[2][PRIM_HASH_MAX];
    uint64_t n[2] = {r->d == DEVIATION_NONCE_FROM_ONE, r->d == DEVIATION_NONCE_FROM_ONE};
    hkdf(r, r->d == DEVIATION_SPLIT_ZEROS ? span_of(zeros, 32) : EMPTY, keys[0], keys[1]);
    if (r->d == DEVIATION_HKDF_SWAPPED || r->d == DEVIATION_SPLIT_SWAPPED) {
        uint8_t kept[PRIM_HASH_MAX];
        memcpy(kept, keys[0], sizeof kept);
        memcpy(keys[0], keys[1], sizeof kept);
        memcpy(keys[1], kept, sizeof kept);
    }
    for (size_t i = 0; i < r->of->n_records; i++) {
        const diagnosed_record *record = &r->of->record[i];
        const int way = !record->by_initiator;
        const span ad = r->d == DEVIATION_AD_RECORD ? span_of(r->h, r->hash_n) : record->ad;
        span sealed = record->sealed, plain;
        if (!unwrap(r, &sealed))
            r->tags.of++;
        else
            open_sealed(r, keys[r->d == DEVIATION_SPLIT_ONE_KEY ? 0 : way], n[way]++, ad, sealed, &plain);
    }
}

/* ---- the whole ---- */

static nz_suite suite_of(const diagnosed_session *s, deviation d)
{
    static const prim_hash hashes[] = {PRIM_SHA256, PRIM_SHA512, PRIM_BLAKE2S, PRIM_BLAKE2B};
    nz_suite suite = s->suite;
    if (d >= DEVIATION_SUITE_0 && d <= DEVIATION_SUITE_7) {
        suite.cipher = (d - DEVIATION_SUITE_0) % 2 ? PRIM_AESGCM : PRIM_CHACHAPOLY;
        suite.hash = hashes[(d - DEVIATION_SUITE_0) / 2];
    }
    return suite;
}

static size_t n_messages(const diagnosed_session *s) { return tokens[s->suite.pattern][2] ? 3 : 2; }

static void start_run(run *r, const diagnosed_session *s, deviation d)
{
    memset(r, 0, offsetof(run, plain));
    r->of = s;
    r->d = d;
    r->suite = suite_of(s, d);
    r->tags = (diagnosed_tags){.decided = true};
    begin(r);
}

/* How many of its messages verify. */
static size_t take_handshake(run *r)
{
    size_t k = 0;
    for (; k < r->of->n_messages && k < n_messages(r->of); k++) {
        span message = r->of->message[k];
        if (!unwrap(r, &message) || !take_message(r, k, message)) {
            r->tags.of += r->tags.fit == r->tags.of; /* it broke without a tag: that is one that does not fit */
            return k;
        }
    }
    return k;
}

diagnosed_tags diagnosis_run(const diagnosed_session *s, deviation d)
{
    static run r;
    start_run(&r, s, d);
    if (take_handshake(&r) == n_messages(s))
        open_records(&r);
    return r.tags;
}

size_t diagnosis_keys(const diagnosed_session *s, uint8_t keys[2][32], uint8_t responder_share[32], writer *room)
{
    static run r;
    uint8_t both[2][PRIM_HASH_MAX];
    start_run(&r, s, DEVIATION_NONE);
    r.payload2 = room;
    const size_t verified = take_handshake(&r);
    memcpy(responder_share, r.s[1], 32);
    if (verified < n_messages(s))
        return verified;
    hkdf(&r, EMPTY, both[0], both[1]);
    memcpy(keys[0], both[0], 32);
    memcpy(keys[1], both[1], 32);
    return verified;
}

static bool fits(diagnosed_tags t) { return t.decided && t.of && t.fit == t.of; }

static bool same_suite(const diagnosed_session *s, deviation d)
{
    const nz_suite suite = suite_of(s, d);
    return d >= DEVIATION_SUITE_0 && suite.cipher == s->suite.cipher && suite.hash == s->suite.hash;
}

diagnosis diagnose(const diagnosed_session *s, deviation *which)
{
    const diagnosed_tags honest = diagnosis_run(s, DEVIATION_NONE);
    unsigned found = 0;
    *which = DEVIATION_NONE;
    if (fits(honest))
        return DIAGNOSIS_HONEST;
    for (deviation d = DEVIATION_NONE + 1; d < DEVIATION_COUNT; d++)
        if (!same_suite(s, d) && fits(diagnosis_run(s, d))) {
            *which = found ? *which : d;
            found++;
        }
    return found == 1 ? DIAGNOSIS_NAMED : found ? DIAGNOSIS_SEVERAL : DIAGNOSIS_UNKNOWN;
}
