/* Handshakes of every pattern, records, Rekey and the exporter; and what is refused: a wrong tag in a handshake and in a record. */
#include "noise.h"
#include "secrets.h"

#include <string.h>

enum { ROOM = 4096 };

typedef struct sides {
    nz_peer peer[2];
    prim_pair s[2];
    uint8_t e[2][32], coins[32], ek[NZ_KEM_EK], dk[NZ_KEM_DK];
    uint8_t message[ROOM], payload[ROOM];
} sides;

static void makes_kem_key(sides *two)
{
    const mlkem_sizes *n = mlkem_sizes_of(MLKEM_768);
    uint8_t d[32], z[32];
    secrets_fill(d, 32), secrets_fill(z, 32);
    mlkem_keygen(MLKEM_768, d, z, two->ek, two->dk);
    declassify(two->ek, sizeof two->ek);
    memcpy(two->dk + n->t, two->ek, n->ek); /* the copy in dk and its digest are as public */
    declassify(two->dk + n->t + n->ek, 32);
}

static void starts(sides *two, nz_suite suite)
{
    for (int role = 0; role < 2; role++) {
        uint8_t secret[32];
        secrets_fill(secret, 32);
        prim_pair_of(&secrets_lent, secret, &two->s[role]);
        secrets_fill(two->e[role], 32);
    }
    secrets_fill(two->coins, 32);
    for (int role = 0; role < 2; role++) {
        const nz_keys keys = nz_keys_of(suite.pattern, (nz_role)role);
        nz_start(&two->peer[role], &secrets_lent,
                 &(nz_setup){.role = (nz_role)role,
                             .suite = suite,
                             .prologue = span_text("prologue"),
                             .static_pair = keys.s ? &two->s[role] : NULL,
                             .remote_static = keys.rs ? SPAN(two->s[NZ_RESPONDER].share) : EMPTY});
    }
}

static nz_world world_of(const sides *two, int from)
{
    return (nz_world){.prim = &secrets_lent, .ephemeral = SPAN(two->e[from]), .kem_key = SPAN(two->dk), .kem_coins = SPAN(two->coins)};
}

/* The next message; `broken`: its last byte is wrong. False when it was refused. */
static bool exchange(sides *two, bool broken)
{
    const int from = nz_turn_of(&two->peer[0]) == NZ_WRITES ? 0 : 1;
    const nz_world world = world_of(two, from);
    nz_effects sent = {.message = WRITER(two->message)}, got = {.payload = WRITER(two->payload)};
    must(accepted(nz_step(&two->peer[from], &world, span_text("payload"), &sent)));
    declassify(two->message, sent.message.n);
    if (broken)
        two->message[sent.message.n - 1] ^= 1;
    return accepted(nz_step(&two->peer[!from], &world, written(&sent.message), &got));
}

static void sends(sides *two, int from, size_t n, bool broken)
{
    uint8_t text[600];
    const nz_world world = {.prim = &secrets_lent};
    writer sealed = WRITER(two->message), opened = WRITER(two->payload);
    secrets_fill(text, n);
    must(accepted(nz_seal(&two->peer[from], &world, EMPTY, span_of(text, n), &sealed)));
    declassify(two->message, sealed.n);
    if (broken)
        two->message[0] ^= 1;
    must(accepted(nz_open(&two->peer[!from], &world, EMPTY, written(&sealed), &opened)) == !broken);
}

static void talks(nz_suite suite)
{
    static sides two;
    const nz_world world = {.prim = &secrets_lent};
    uint8_t secret[2][48];
    memset(&two, 0, sizeof two);
    makes_kem_key(&two);
    starts(&two, suite);
    while (nz_turn_of(&two.peer[0]) != NZ_READY)
        must(exchange(&two, false));
    sends(&two, 0, 100, false), sends(&two, 1, 600, false);
    for (int role = 0; role < 2; role++)
        must(accepted(nz_rekey(&two.peer[role], &world, role ? NZ_SENDING : NZ_RECEIVING)));
    sends(&two, 1, 17, false);
    sends(&two, 0, 3, true);
    starts(&two, suite);
    while (nz_turn_of(&two.peer[0]) != NZ_READY)
        must(exchange(&two, false));
    for (int role = 0; role < 2; role++)
        must(accepted(nz_export(&two.peer[role], &world, span_text("label"), secret[role], sizeof secret[role])));
    nz_close(&two.peer[0]), nz_close(&two.peer[1]);
}

/* The second message always has a tag. */
static void is_refused(nz_suite suite)
{
    static sides two;
    memset(&two, 0, sizeof two);
    makes_kem_key(&two);
    starts(&two, suite);
    must(exchange(&two, false));
    must(!exchange(&two, true));
}

void secrets_of_noise(void)
{
    static const prim_hash hashes[] = {PRIM_SHA256, PRIM_SHA512, PRIM_BLAKE2S, PRIM_BLAKE2B};
    for (int pattern = NZ_XX; pattern <= NZ_IKHFS; pattern++)
        for (int cipher = PRIM_CHACHAPOLY; cipher <= PRIM_AESGCM; cipher++) {
            const nz_suite suite = {(nz_pattern)pattern, (prim_cipher)cipher, hashes[(pattern + cipher) % 4]};
            if (!secrets_lent.has_cipher(suite.cipher))
                continue;
            talks(suite);
            is_refused(suite);
        }
}
