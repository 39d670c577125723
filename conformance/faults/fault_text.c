/* The text with a provider that says no: evidence of both vendors, and a Noise session. */
#include "faults.h"
#include "intel.h"
#include "noise.h"
#include "tee_lies.h"

#include <string.h>

/* ---- evidence ---- */

static tee_scene snp, wrapped;
static intel_scene tdx, sgx;

static void prepare_evidence(void)
{
    static const intel_twin twins[] = {{AT_TDX, 5, true, false}, {AT_SGX, 3, false, false}};
    tee_scene_play(&snp, AT_MILAN, 3, false, span_text("faults"));
    tee_scene_play_wrapped(&wrapped, AT_MILAN, 3, span_text("faults"));
    intel_scene_play(&tdx, &twins[0], span_text("faults"));
    intel_scene_play(&sgx, &twins[1], span_text("faults"));
}

static bool claims_nothing(verdict v, span claims) { return accepted(v) || all_zero(claims); }

static int judge_evidence(void)
{
    static at_claims claims[2];
    static at_quote_claims quote[2];
    account noted = {0};
    const at_world world = {.prim = fault_prim, .now = tdx.now};
    fault_begin();
    const verdict v[] = {tee_scene_judge(&snp, fault_prim, &noted, &claims[0]), tee_scene_judge(&wrapped, fault_prim, &noted, &claims[1]),
                         at_appraise_tdx(&world, &tdx.policy, tdx.quote_bytes, &tdx.collateral, NULL, &quote[0]),
                         at_appraise_sgx(&world, &sgx.policy, sgx.quote_bytes, &sgx.collateral, NULL, &quote[1])};
    bool all = true, nothing = true;
    for (int i = 0; i < 4; i++) {
        all = all && accepted(v[i]);
        nothing = nothing && claims_nothing(v[i], i < 2 ? SPAN(claims[i].measurement) : SPAN(quote[i - 2].identity));
    }
    if (!nothing)
        fault_wrong("evidence was refused, and its claims handed out");
    return all ? FAULT_HONEST : FAULT_FAILED;
}

const fault_scenario fault_attestation = {"attestation", prepare_evidence, judge_evidence, NULL, 1u << FAULT_PROVIDER, 0};

/* ---- Noise ---- */

static const uint8_t secret[4][NZ_KEY] = {{1}, {2}, {3}, {4}};

typedef struct sides {
    prim_pair s[2];
    nz_peer peer[2];
    uint8_t ek[NZ_KEM_EK], dk[NZ_KEM_DK], room[2][4096];
} sides;

static void start(sides *two, nz_pattern pattern)
{
    mlkem_keygen(MLKEM_768, secret[0], secret[1], two->ek, two->dk);
    for (int role = 0; role < 2; role++)
        prim_pair_of(fault_prim, secret[role], &two->s[role]);
    for (int role = 0; role < 2; role++) {
        const nz_keys keys = nz_keys_of(pattern, (nz_role)role);
        nz_start(&two->peer[role], fault_prim,
                 &(nz_setup){.role = (nz_role)role,
                             .suite = {pattern, PRIM_CHACHAPOLY, PRIM_SHA256},
                             .static_pair = keys.s ? &two->s[role] : NULL,
                             .remote_static = keys.rs ? SPAN(two->s[NZ_RESPONDER].share) : EMPTY});
    }
}

/* One message; a peer that refuses has failed and handed out nothing. */
static bool exchanges(sides *two)
{
    const int from = nz_turn_of(&two->peer[0]) == NZ_WRITES ? 0 : 1;
    const nz_world world = {fault_prim, SPAN(secret[2 + from]), SPAN(two->dk), SPAN(secret[2])};
    nz_effects sent = {.message = WRITER(two->room[0])}, got = {.payload = WRITER(two->room[1])};
    const verdict wrote = nz_step(&two->peer[from], &world, span_text("payload"), &sent);
    const verdict read = accepted(wrote) ? nz_step(&two->peer[!from], &world, written(&sent.message), &got) : wrote;
    const int refuser = accepted(wrote) ? !from : from;
    if (!accepted(read) && (nz_turn_of(&two->peer[refuser]) != NZ_FAILED || got.payload.n))
        fault_wrong("a handshake goes on behind a refusal, or its payload was handed out");
    return accepted(read);
}

/* A record that was refused changes nothing: the same one opens the next time. */
static bool opens(sides *two)
{
    uint8_t sealed[64];
    const nz_world world = {.prim = fault_prim};
    writer record = WRITER(sealed), text = WRITER(two->room[1]);
    must(accepted(nz_seal(&two->peer[0], &world, EMPTY, span_text("text"), &record)));
    if (accepted(nz_open(&two->peer[1], &world, EMPTY, written(&record), &text)))
        return span_is(written(&text), "text");
    fault_disarm();
    if (text.n || !accepted(nz_open(&two->peer[1], &world, EMPTY, written(&record), &text)) || !span_is(written(&text), "text"))
        fault_wrong("a refused record left a trace");
    return false;
}

static int run_noise(void)
{
    static sides two;
    fault_begin();
    for (int pattern = NZ_XX; pattern <= NZ_IKHFS; pattern++) {
        memset(&two, 0, sizeof two);
        start(&two, (nz_pattern)pattern);
        while (nz_turn_of(&two.peer[0]) != NZ_READY)
            if (!exchanges(&two))
                return FAULT_FAILED;
        if (!opens(&two))
            return FAULT_FAILED;
    }
    return FAULT_HONEST;
}

const fault_scenario fault_noise = {"noise", NULL, run_noise, NULL, 1u << FAULT_PROVIDER, 0};
