/* Hostile handshake messages and records to both roles. The first byte says whom, when and in which pattern. */
#include "fuzz_entry.h"
#include "noise.h"

#include <string.h>

static const uint8_t secret[4][32] = {{1}, {2}, {3}, {4}};

typedef struct pair {
    nz_peer peer[2];
    uint8_t room[2][2048];
    size_t n_message;
} pair;

static void start_pair(pair *p, nz_pattern pattern)
{
    const nz_suite suite = {pattern, PRIM_CHACHAPOLY, PRIM_SHA256};
    prim_pair own[2];
    for (int role = 0; role < 2; role++)
        prim_pair_of(&prim_sodium, secret[role], &own[role]);
    for (int role = 0; role < 2; role++) {
        const nz_keys keys = nz_keys_of(pattern, (nz_role)role);
        nz_start(&p->peer[role], &prim_sodium,
                 &(nz_setup){(nz_role)role, suite, EMPTY, keys.s ? &own[role] : NULL, keys.rs ? SPAN(own[1].share) : EMPTY});
    }
}

/* What a peer's step is lent; the KEM's key pair is made once. */
static nz_world world_of(const uint8_t ephemeral[32])
{
    static uint8_t ek[NZ_KEM_EK], dk[NZ_KEM_DK];
    if (!dk[0] && !dk[1])
        mlkem_keygen(MLKEM_768, secret[0], secret[1], ek, dk);
    return (nz_world){.prim = &prim_sodium, .ephemeral = span_of(ephemeral, 32), .kem_key = SPAN(dk), .kem_coins = SPAN(secret[2])};
}

/* One honest message from whose turn it is to the other. */
static void exchange(pair *p)
{
    const int from = nz_turn_of(&p->peer[0]) == NZ_WRITES ? 0 : 1;
    const nz_world world = world_of(secret[2 + from]);
    nz_effects sent = {.message = WRITER(p->room[0])}, received = {.payload = WRITER(p->room[1])};
    must(accepted(nz_step(&p->peer[from], &world, EMPTY, &sent)));
    must(accepted(nz_step(&p->peer[!from], &world, written(&sent.message), &received)));
}

static void take_handshake(nz_peer *peer, span in)
{
    static uint8_t room[65536];
    const nz_world world = world_of(secret[2]);
    nz_effects out = {.payload = WRITER(room)};
    verdict v = nz_step(peer, &world, in, &out);
    must(accepted(v) || nz_turn_of(peer) == NZ_FAILED); /* NZ-039 */
    must(accepted(v) || written(&out.payload).n == 0);  /* NZ-043 */
}

/* Whatever comes, the next honest record opens: NZ-007. */
static void take_record(pair *p, span in)
{
    static uint8_t room[65536];
    uint8_t sealed[64];
    const nz_world world = {.prim = &prim_sodium, .ephemeral = EMPTY};
    writer out = WRITER(room), record = WRITER(sealed);
    must(accepted(nz_seal(&p->peer[0], &world, EMPTY, span_text("honest"), &record)));
    must(!accepted(nz_open(&p->peer[1], &world, EMPTY, in, &out)) || span_same(in, written(&record)));
    out.n = 0;
    verdict v = nz_open(&p->peer[1], &world, EMPTY, written(&record), &out);
    must(span_same(in, written(&record)) || (accepted(v) && span_is(written(&out), "honest")));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    pair p;
    if (n == 0)
        return 0;
    prim_start();
    start_pair(&p, (nz_pattern)((data[0] & 3) + (data[0] & 16 ? NZ_XXHFS : NZ_XX)));
    for (int done = data[0] >> 2 & 3; done > 0 && nz_turn_of(&p.peer[0]) != NZ_READY; done--)
        exchange(&p);
    const span in = span_from(span_of(data, n), 1);
    for (int i = 0; i < 2; i++)
        if (nz_turn_of(&p.peer[i]) == NZ_READS) {
            take_handshake(&p.peer[i], in);
            return 0;
        }
    take_record(&p, in);
    return 0;
}
