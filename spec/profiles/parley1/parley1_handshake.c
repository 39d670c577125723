#include "parley1_handshake.h"

#include <string.h>

/* ---- 1. The offer ---- */

static bool is_letter(uint8_t c) { return c >= 'a' && c <= 'z'; }
static bool is_label_byte(uint8_t c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '-'; }

static bool is_label(span s, bool *letter)
{
    *letter = false;
    for (size_t i = 0; i < s.n; i++) {
        if (!is_label_byte(s.p[i]))
            return false;
        *letter |= is_letter(s.p[i]);
    }
    return s.n >= 1 && s.n <= 63 && s.p[0] != '-' && s.p[s.n - 1] != '-';
}

bool p1_is_name(span name)
{
    bool letter = false;
    size_t from = 0;
    for (size_t i = 0; i <= name.n; i++)
        if (i == name.n || name.p[i] == '.') {
            if (!is_label(span_first(span_from(name, from), i - from), &letter))
                return false;
            from = i + 1;
        }
    return letter && name.n <= P1_NAME_MAX;
}

bool p1_is_reserved(uint16_t v) { return (v & 0x0f0f) == 0x0a0a && v >> 12 == (v >> 4 & 0x0f); }

bool p1_offers(const p1_offer *o, uint16_t version)
{
    for (size_t i = 0; i < o->n_versions; i++)
        if (o->version[i] == version)
            return true;
    return false;
}

void p1_write_offer(const uint8_t coins[2], span name, writer *out)
{
    const uint16_t reserved = (uint16_t)(0x0a0a | (coins[0] & 0x0f) << 12 | (coins[0] & 0x0f) << 4);
    const bool first = coins[1] & 1;
    write_be(out, 2, 2);
    write_be(out, first ? EMIT(P1_010, reserved) : P1_VERSION, 2);
    write_be(out, first ? P1_VERSION : reserved, 2);
    write_be(out, name.n, 1);
    write_span(out, name);
}

static bool read_versions(reader *r, p1_offer *out)
{
    const size_t n = (size_t)read_be(r, 2);
    bool twice = false;
    for (size_t i = 0; i < n && i < P1_VERSIONS_MAX; i++) {
        const uint16_t version = (uint16_t)read_be(r, 2);
        twice |= p1_offers(out, version);
        out->version[out->n_versions++] = version;
    }
    return n >= 1 && n <= P1_VERSIONS_MAX && !twice;
}

verdict p1_read_offer(span bytes, p1_offer *out)
{
    reader r = reader_of(bytes);
    *out = (p1_offer){.bytes = bytes};
    const bool versions = read_versions(&r, out);
    out->name = read_bytes(&r, (size_t)read_be(&r, 1));
    REQUIRE(versions && reader_done(&r), P1_012);
    REQUIRE(p1_is_name(out->name), P1_013);
    return ACCEPT;
}

static verdict read_first_message(span message, p1_offer *out, span *noise)
{
    reader r = reader_of(message);
    const size_t n = (size_t)read_be(&r, 2);
    REQUIRE(n <= P1_OFFER_MAX, P1_011);
    const span offer = read_bytes(&r, n);
    *noise = read_bytes(&r, P1_MESSAGE1);
    REQUIRE(reader_done(&r), P1_014);
    return p1_read_offer(offer, out);
}

static verdict choose(const p1_offer *o, const p1_served *served, uint16_t *version)
{
    bool has = false, names = false;
    uint16_t best = 0;
    for (size_t i = 0; i < served->n_versions; i++)
        if (p1_offers(o, served->versions[i])) {
            has = true;
            best = served->versions[i] > best ? served->versions[i] : best;
        }
    for (size_t i = 0; i < served->n_names; i++)
        names |= span_same(served->names[i], o->name);
    REQUIRE(has, P1_015);
    REQUIRE(names, P1_017);
    *version = EMIT_OR(P1_016, best, o->version[0]);
    return ACCEPT;
}

/* ---- 2. Noise ---- */

static void start(nz_peer *noise, const prim *p, nz_role role, span offer, const prim_pair *s)
{
    uint8_t prologue[16 + P1_OFFER_MAX];
    writer w = WRITER(prologue);
    write_span(&w, span_of("parley/1", 9)); /* with its zero byte */
    write_span(&w, span_first(offer, P1_OFFER_MAX));
    const nz_setup setup = {
        .role = role,
        .suite = {NZ_NXHFS, PRIM_CHACHAPOLY, EMIT_OR(P1_020, PRIM_SHA256, PRIM_BLAKE2S)},
        .prologue = EMIT(P1_021, written(&w)),
        .static_pair = s,
    };
    nz_start(noise, p, &setup);
}

/* ---- 3. The base key ---- */

static void agree(nz_peer *noise, const prim *p, p1_agreement *out)
{
    const nz_world w = {.prim = p};
    span_take(nz_handshake_hash(noise), out->h, sizeof out->h);
    must(accepted(nz_export(noise, &w, EMIT(P1_030, span_text("parley/1 exporter")), out->base, sizeof out->base)));
}

/* ---- 2. Noise: the messages ---- */

static void write_message1(nz_peer *noise, const prim *p, span coins, writer *out)
{
    uint8_t ek[NZ_KEM_EK], dk[NZ_KEM_DK];
    mlkem_keygen(MLKEM_768, coins.p + 32, coins.p + 64, ek, dk);
    const nz_world w = {.prim = p, .ephemeral = span_first(coins, 32), .kem_key = SPAN(dk)};
    nz_effects sends = {.message = *out};
    must(accepted(nz_step(noise, &w, EMPTY, &sends))); /* e, e1 */
    *out = sends.message;
    wipe(dk, sizeof dk);
}

void p1_client_hello(nz_peer *noise, const prim *p, span name, span coins, writer *out, p1_offer *kept)
{
    must(p1_is_name(name) && coins.n == P1_HELLO_COINS);
    const size_t n = 2 + 2 * 2 + 1 + name.n;
    write_be(out, n, 2);
    p1_write_offer(coins.p, name, out);
    must(writer_ok(out));
    const span offer = span_of(out->p + out->n - n, n);
    reader r = reader_of(offer);
    *kept = (p1_offer){.bytes = offer, .name = span_from(offer, n - name.n)};
    read_versions(&r, kept);
    start(noise, p, NZ_INITIATOR, offer, NULL);
    write_message1(noise, p, span_from(coins, 2), out);
}

verdict p1_server_answers(nz_peer *noise, const prim *p, const prim_pair *s, const p1_served *served, const uint8_t r0[32], span coins,
                          span message, writer *out, p1_agreement *a)
{
    const nz_world w = {.prim = p, .ephemeral = span_first(coins, 32), .kem_coins = span_from(coins, 32)};
    uint8_t payload[2 + 32];
    writer told = WRITER(payload), none = writer_of(payload, 0);
    p1_offer offer;
    span message1;
    must(coins.n == P1_ANSWER_COINS);
    TRY(read_first_message(message, &offer, &message1));
    TRY(choose(&offer, served, &a->version));
    start(noise, p, NZ_RESPONDER, offer.bytes, s);
    nz_effects takes = {.payload = none}, sends = {.message = *out};
    TRY(nz_step(noise, &w, message1, &takes)); /* e, e1 */
    write_be(&told, a->version, 2);
    write_span(&told, span_of(r0, 32));
    TRY(nz_step(noise, &w, written(&told), &sends)); /* e, ee, ekem1, s, es */
    *out = sends.message;
    memcpy(a->s, s->share, 32);
    memcpy(a->r0, r0, 32);
    agree(noise, p, a);
    return ACCEPT;
}

verdict p1_client_agrees(nz_peer *noise, const prim *p, const p1_offer *kept, span message, p1_agreement *a)
{
    const nz_world w = {.prim = p};
    uint8_t room[NZ_MESSAGE_MAX];
    nz_effects takes = {.payload = WRITER(room)};
    REQUIRE(message.n == P1_MESSAGE2, P1_022);
    TRY(nz_step(noise, &w, message, &takes)); /* e, ee, ekem1, s, es */
    reader r = reader_of(written(&takes.payload));
    a->version = (uint16_t)read_be(&r, 2);
    span_take(read_bytes(&r, 32), a->r0, 32);
    REQUIRE(p1_offers(kept, a->version) && !p1_is_reserved(a->version), P1_023);
    span_take(nz_remote_static(noise), a->s, 32);
    agree(noise, p, a);
    return ACCEPT;
}
