#include "parley1_record.h"

#include <string.h>

/* ---- 1. The key schedule ---- */

static void seed_of(const prim *p, const uint8_t key[P1_KEY], const uint8_t t[P1_DIGEST], uint8_t seed[P1_KEY])
{
    p1_derive(p, key, "seed", EMIT(P1_100, span_of(t, P1_DIGEST)), seed, P1_KEY);
}

void p1_first_seed(const prim *p, const uint8_t base[P1_KEY], const uint8_t t[P1_DIGEST], uint8_t seed[P1_KEY])
{
    seed_of(p, base, t, seed);
}

void p1_next_seed(const prim *p, const uint8_t link[P1_KEY], const uint8_t kem_secret[32], const uint8_t t[P1_DIGEST], uint8_t seed[P1_KEY])
{
    uint8_t key[PRIM_HASH_MAX];
    const span secret = EMIT(P1_101, span_of(kem_secret, 32));
    p->hmac(PRIM_SHA256, span_of(link, P1_KEY), &secret, 1, key);
    seed_of(p, key, t, seed);
    wipe(key, sizeof key);
}

void p1_epoch_keys(const prim *p, uint8_t seed[P1_KEY], uint32_t epoch, p1_keys *out)
{
    uint8_t number[4];
    writer w = WRITER(number);
    write_be(&w, EMIT(P1_102, epoch), 4);
    p1_derive(p, seed, "epoch", SPAN(number), (uint8_t *)out, sizeof *out);
    wipe(seed, P1_KEY);
}

/* ---- 2. Records ---- */

static void start(p1_ratchet *r, p1_side side, uint32_t epoch, const uint8_t t[P1_DIGEST], const uint8_t root[P1_KEY], uint32_t sent,
                  uint32_t received)
{
    *r = (p1_ratchet){.side = side, .epoch = epoch, .sent_before = sent, .received_before = received};
    memcpy(r->t, t, P1_DIGEST);
    memcpy(r->secret.root, root, P1_KEY);
}

void p1_start_client(p1_ratchet *r, uint32_t epoch, const uint8_t t[P1_DIGEST], const uint8_t root[P1_KEY], const uint8_t share[32],
                     uint32_t sent, uint32_t received)
{
    start(r, P1_CLIENT, epoch, t, root, sent, received);
    memcpy(r->theirs, share, 32);
    r->has_theirs = true;
    r->turns = true;
}

void p1_start_enclave(p1_ratchet *r, uint32_t epoch, const uint8_t t[P1_DIGEST], const uint8_t root[P1_KEY], const prim_pair *own,
                      uint32_t sent, uint32_t received)
{
    start(r, P1_ENCLAVE, epoch, t, root, sent, received);
    r->secret.own = *own;
    r->fresh = true;
}

uint32_t p1_sent(const p1_ratchet *r) { return r->sends ? r->secret.sending.n : r->sent_before; }
uint32_t p1_received(const p1_ratchet *r) { return r->receives ? r->secret.receiving.n : r->received_before; }

/* False when the agreement is all zeros; then nothing that follows is of use. */
static bool step_root(p1_ratchet *r, const prim *p, p1_chain *out)
{
    uint8_t agreed[32], prk[PRIM_HASH_MAX], both[64];
    p->x25519(&r->secret.own, r->theirs, agreed);
    const bool good = !all_zero(SPAN(agreed));
    prim_hkdf_extract(p, PRIM_SHA256, EMIT(P1_113, SPAN(r->secret.root)), SPAN(agreed), prk);
    prim_hkdf_expand(p, PRIM_SHA256, span_of(prk, 32), span_of("parley/1 root", 14), both, sizeof both); /* with its zero byte */
    memcpy(r->secret.root, EMIT_OR(P1_117, both, r->secret.root), P1_KEY);
    memcpy(out->key, both + 32, P1_KEY);
    out->n = 0;
    wipe(agreed, sizeof agreed);
    wipe(prk, sizeof prk);
    wipe(both, sizeof both);
    return good;
}

static void hmac_of_byte(const prim *p, const uint8_t key[P1_KEY], uint8_t byte, uint8_t out[32])
{
    const span part = span_of(&byte, 1);
    p->hmac(PRIM_SHA256, span_of(key, P1_KEY), &part, 1, out);
}

/* Key and nonce of the next record of a chain, which moves on. */
static void next_key(const prim *p, p1_chain *c, uint8_t out[PRIM_KEY + PRIM_NONCE], uint8_t turn[P1_KEY])
{
    uint8_t mk[32], next[32];
    hmac_of_byte(p, c->key, EMIT(P1_115, 0x01), mk);
    hmac_of_byte(p, c->key, EMIT(P1_116, 0x02), next);
    p1_derive(p, mk, "record", EMPTY, out, PRIM_KEY + PRIM_NONCE);
    if (turn)
        p1_derive(p, mk, "turn", EMPTY, turn, P1_KEY);
    memcpy(c->key, next, P1_KEY);
    c->n++;
    wipe(mk, sizeof mk);
    wipe(next, sizeof next);
}

static void write_ad(const p1_ratchet *r, p1_side sender, span header, writer *out)
{
    write_span(out, span_of("parley/1 header", 16)); /* with its zero byte */
    write_be(out, EMIT(P1_110, (int)sender), 1);
    write_span(out, EMIT(P1_111, SPAN(r->t)));
    write_span(out, EMIT(P1_112, header));
}

enum { AD_MAX = 16 + 1 + P1_DIGEST + P1_HEADER };

static void turn_sending(p1_ratchet *r, const prim *p, span coins)
{
    must(coins.n == 32);
    r->sent_before = p1_sent(r);
    prim_pair_of(p, coins.p, &r->secret.own);
    step_root(r, p, &r->secret.sending);
    r->sends = r->fresh = true;
    r->turns = false;
}

void p1_seal(p1_ratchet *r, const prim *p, span coins, span plain, writer *out, uint8_t turn[P1_KEY])
{
    uint8_t keys[PRIM_KEY + PRIM_NONCE], bytes[P1_HEADER], associated[AD_MAX];
    writer header = WRITER(bytes), ad = WRITER(associated);
    must((r->turns || r->sends) && plain.n <= P1_PLAIN_MAX);
    if (r->turns)
        turn_sending(r, p, coins);
    must(r->secret.sending.n != UINT32_MAX);
    write_span(&header, SPAN(r->secret.own.share));
    write_be(&header, EMIT(P1_118, r->sent_before), 4);
    write_be(&header, r->secret.sending.n, 4);
    write_be(&header, r->epoch, 4);
    write_ad(r, r->side, written(&header), &ad);
    next_key(p, &r->secret.sending, keys, turn);
    write_span(out, written(&header));
    uint8_t *sealed = write_room(out, plain.n + PRIM_TAG);
    must(sealed != NULL);
    p->aead_seal(PRIM_CHACHAPOLY, keys, keys + PRIM_KEY, written(&ad), plain, sealed);
    wipe(keys, sizeof keys);
}

/* What a record's header says. */
typedef struct header {
    span bytes, dh, sealed;
    uint32_t pn, n, epoch;
} header;

static header read_header(span record)
{
    reader r = reader_of(record);
    header h = {.bytes = span_first(record, P1_HEADER)};
    h.dh = read_bytes(&r, 32);
    h.pn = (uint32_t)read_be(&r, 4);
    h.n = (uint32_t)read_be(&r, 4);
    h.epoch = (uint32_t)read_be(&r, 4);
    h.sealed = r.rest;
    return h;
}

static verdict turn_receiving(p1_ratchet *r, const prim *p, const header *h)
{
    const bool known = r->has_theirs && span_same(h->dh, SPAN(r->theirs));
    REQUIRE(r->fresh && !known, P1_107);
    r->received_before = p1_received(r);
    span_take(h->dh, r->theirs, 32);
    r->has_theirs = r->receives = true;
    r->fresh = false;
    r->turns = EMIT_OR(P1_114, true, !r->sends);
    r->turned++;
    REQUIRE(step_root(r, p, &r->secret.receiving), P1_108);
    return ACCEPT;
}

static verdict open_record(p1_ratchet *r, const prim *p, span record, writer *plain, uint8_t turn[P1_KEY])
{
    uint8_t keys[PRIM_KEY + PRIM_NONCE], associated[AD_MAX], *out;
    writer ad = WRITER(associated);
    REQUIRE(record.n >= P1_RECORD_LEAST && record.n <= P1_RECORD_MAX, P1_103);
    const header h = read_header(record);
    REQUIRE(h.epoch == r->epoch, P1_104);
    if (!r->receives || !span_same(h.dh, SPAN(r->theirs)))
        TRY(turn_receiving(r, p, &h));
    REQUIRE(h.pn == r->received_before, P1_106);
    REQUIRE(h.n == r->secret.receiving.n && h.n != UINT32_MAX, P1_105);
    write_ad(r, r->side == P1_CLIENT ? P1_ENCLAVE : P1_CLIENT, h.bytes, &ad);
    next_key(p, &r->secret.receiving, keys, turn);
    const size_t n = h.sealed.n > PRIM_TAG ? h.sealed.n - PRIM_TAG : 0;
    out = write_room(plain, n);
    must(out != NULL);
    const bool good = p->aead_open(PRIM_CHACHAPOLY, keys, keys + PRIM_KEY, written(&ad), h.sealed, out);
    wipe(keys, sizeof keys);
    REQUIRE(good, P1_109);
    return ACCEPT;
}

verdict p1_open(p1_ratchet *r, const prim *p, span record, writer *plain, uint8_t turn[P1_KEY])
{
    p1_ratchet next = *r;
    writer taken = *plain;
    const verdict v = open_record(&next, p, record, &taken, turn);
    if (accepted(v)) {
        *r = next;
        *plain = taken;
    } else if (taken.n > plain->n) {
        wipe(taken.p + plain->n, taken.n - plain->n);
    }
    wipe(&next, sizeof next);
    return v;
}

/* ---- 3. Plaintext ---- */

static bool is_filled(unsigned level, bool talk) { return talk && level >= 2; }
size_t p1_carries(unsigned level, bool talk) { return is_filled(level, talk) ? P1_FILLED_USED : P1_USED_MAX; }

verdict p1_read_plain(span plain, unsigned level, p1_plain *out)
{
    reader r = reader_of(plain);
    const uint8_t flags = (uint8_t)read_be(&r, 1);
    const size_t used = (size_t)read_be(&r, 2);
    out->last = (flags & P1_LAST) != 0;
    out->talk = (flags & P1_TALK) != 0;
    out->bytes = span_first(r.rest, used);
    const span filling = span_from(r.rest, used);
    REQUIRE(flags <= (P1_LAST | P1_TALK), P1_120);
    REQUIRE(used >= 1 && used <= r.rest.n, P1_122);
    REQUIRE(all_zero(filling), P1_121);
    if (is_filled(level, out->talk))
        REQUIRE(plain.n == P1_FILLED, P1_124);
    else
        REQUIRE(filling.n == 0, P1_123);
    REQUIRE(out->last || out->bytes.n == p1_carries(level, out->talk), P1_125);
    return ACCEPT;
}

void p1_write_plain(const p1_plain *m, unsigned level, writer *out)
{
    must(m->bytes.n >= 1 && m->bytes.n <= p1_carries(level, m->talk));
    write_be(out, (m->last ? P1_LAST : 0u) | (m->talk ? P1_TALK : 0u), 1);
    write_be(out, m->bytes.n, 2);
    write_span(out, m->bytes);
    if (is_filled(level, m->talk))
        write_zeros(out, P1_FILLED_USED - m->bytes.n);
}

/* ---- 4. Messages ---- */

static const struct message {
    bool client, enclave, talk;
    size_t least, most; /* bytes, with the type */
} messages[] = {
    [P1_START] = {true, false, false, 2, 2},
    [P1_READY] = {false, true, false, 1, 1},
    [P1_STEP] = {true, false, false, P1_STEP_BYTES, P1_STEP_BYTES},
    [P1_REPLY] = {false, true, false, P1_REPLY_BYTES, P1_REPLY_BYTES},
    [P1_ATTEST] = {false, true, false, 2, 524149},
    [P1_TOKEN] = {true, false, false, 4, P1_TOKEN_MAX},
    [P1_REQUEST] = {true, false, true, 2, P1_MESSAGE_MAX},
    [P1_CANCEL] = {true, false, true, 5, 5},
    [P1_CHUNK] = {false, true, true, 12, P1_USED_MAX},
    [P1_END] = {false, true, true, 2, P1_MESSAGE_MAX},
    [P1_ERROR] = {false, true, true, 6, 6},
    [P1_FILL] = {true, true, true, 1, 1},
};

static const struct message none = {false, false, false, 0, P1_MESSAGE_MAX};

static const struct message *message_of(uint8_t type) { return type >= P1_START && type <= P1_FILL ? &messages[type] : &none; }

verdict p1_join_add(p1_join *j, p1_side sender, const p1_plain *m, bool *whole)
{
    if (j->whole)
        p1_join_clear(j);
    const uint8_t type = j->n ? j->p[0] : m->bytes.n ? m->bytes.p[0] : 0;
    const struct message *is = message_of(type);
    *whole = false;
    REQUIRE((sender == P1_CLIENT ? is->client : is->enclave) && is->talk == m->talk, P1_127);
    REQUIRE(j->n + m->bytes.n <= is->most, P1_126);
    const size_t room = j->cap - j->n, n = WEAKENED(P1_126) && m->bytes.n > room ? room : m->bytes.n;
    must(n <= room);
    if (n)
        memcpy(j->p + j->n, m->bytes.p, n);
    j->n += n;
    REQUIRE(!m->last || j->n >= is->least, P1_128);
    *whole = j->whole = m->last;
    return ACCEPT;
}

void p1_join_clear(p1_join *j)
{
    wipe(j->p, j->n);
    j->n = 0;
    j->whole = false;
}
