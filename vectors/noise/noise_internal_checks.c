/* What a Noise session does that no message shows. */
#include "chapter.h"
#include "noise_run.h"

#include <string.h>

static bool played(noise_run *run, const prim *p, nz_pattern pattern)
{
    return noise_play(run, p, (nz_suite){pattern, PRIM_CHACHAPOLY, PRIM_SHA256}, "inside", EMPTY);
}

/* NZ-008: 2^64 - 2 is the last value that serves. */
static bool last_counter_is_kept(const prim *p)
{
    noise_run run;
    uint8_t sealed[64], opened[64];
    if (!played(&run, p, NZ_XX))
        return false;
    const nz_world world = {.prim = p};
    run.peer[NZ_INITIATOR].secret.sending.n = run.peer[NZ_RESPONDER].secret.receiving.n = UINT64_MAX - 1;
    writer out = WRITER(sealed), got = WRITER(opened), none = WRITER(opened);
    bool last = accepted(nz_seal(&run.peer[NZ_INITIATOR], &world, EMPTY, span_text("last"), &out)) &&
                accepted(nz_open(&run.peer[NZ_RESPONDER], &world, EMPTY, written(&out), &got));
    verdict seal = nz_seal(&run.peer[NZ_INITIATOR], &world, EMPTY, EMPTY, &none),
            open = nz_open(&run.peer[NZ_RESPONDER], &world, EMPTY, written(&out), &none);
    return last && seal.req == REQ_NZ_008 && open.req == REQ_NZ_008 && none.n == 0;
}

/* NZ-040: nothing of the handshake is left. */
static bool handshake_is_wiped(const prim *p)
{
    noise_run run;
    if (!played(&run, p, NZ_XXHFS))
        return false;
    for (int role = 0; role < 2; role++) {
        const nz_peer *peer = &run.peer[role];
        if (!all_zero(span_of(&peer->secret.s, sizeof peer->secret.s)) || !all_zero(span_of(&peer->secret.e, sizeof peer->secret.e)) ||
            !all_zero(SPAN(peer->secret.kem)) || !all_zero(SPAN(peer->secret.ck)) || !all_zero(SPAN(peer->secret.handshake.k)))
            return false;
    }
    return true;
}

/* NZ-051: the exported secret's key has gone, and the other direction's is still there. */
static bool exported_key_is_wiped(const prim *p)
{
    noise_run run;
    uint8_t out[32];
    if (!played(&run, p, NZ_NXHFS))
        return false;
    const nz_world world = {.prim = p};
    nz_peer *initiator = &run.peer[NZ_INITIATOR], *responder = &run.peer[NZ_RESPONDER];
    return accepted(nz_export(initiator, &world, span_text("x"), out, sizeof out)) &&
           accepted(nz_export(responder, &world, span_text("x"), out, sizeof out)) && all_zero(SPAN(initiator->secret.sending.k)) &&
           all_zero(SPAN(responder->secret.receiving.k)) && !all_zero(SPAN(initiator->secret.receiving.k)) &&
           !all_zero(SPAN(responder->secret.sending.k));
}

const internal_check noise_checks[] = {
    {"nz.counter.last-value", "NZ-008", last_counter_is_kept},
    {"nz.split.wiped", "NZ-040", handshake_is_wiped},
    {"nz.export.wiped", "NZ-051", exported_key_is_wiped},
    {0},
};
