#include "noise_run.h"
#include "noise_evil_peer.h"

#include <ctype.h>
#include <string.h>

static uint8_t seed_bytes[64];
static size_t seed_len;

void named_secrets_from(span seed)
{
    seed_len = seed.n < sizeof seed_bytes ? seed.n : sizeof seed_bytes;
    span_take(seed, seed_bytes, seed_len);
}

void named_secret(const char *who, const char *what, uint8_t out[32])
{
    const span parts[] = {span_text("parley test secret "), span_text(who), span_text(" "), span_text(what), span_of(seed_bytes, seed_len)};
    prim_openssl.hash(PRIM_SHA256, parts, 5, out);
}

nz_role noise_writer(int k) { return k % 2 ? NZ_INITIATOR : NZ_RESPONDER; }
span noise_message(const noise_run *run, int k) { return span_of(run->message[k - 1].bytes, run->message[k - 1].n); }

nz_suite noise_suite(nz_pattern pattern, int i)
{
    static const prim_hash hash[] = {PRIM_SHA256, PRIM_SHA512, PRIM_BLAKE2S, PRIM_BLAKE2B};
    return (nz_suite){pattern, i < 4 ? PRIM_AESGCM : PRIM_CHACHAPOLY, hash[i % 4]};
}

static void name_suite(noise_run *run)
{
    writer w = writer_of(run->name, sizeof run->name - 1);
    nz_suite_name(&run->suite, &w);
    run->name[w.n] = 0;
    size_t n = 0;
    for (const char *at = strstr(run->name, run->hybrid ? "MLKEM768_" : "25519_") + strlen(run->hybrid ? "MLKEM768_" : "25519_"); *at; at++)
        run->slug[n++] = *at == '_' ? '-' : (char)tolower((unsigned char)*at);
    run->slug[n] = 0;
}

static bool start_peer(noise_run *run, nz_role role)
{
    const nz_keys keys = nz_keys_of(run->suite.pattern, role);
    prim_pair own;
    prim_pair_of(run->prim, run->s[role], &own);
    nz_setup setup = {.role = role,
                      .suite = run->suite,
                      .prologue = run->prologue,
                      .static_pair = keys.s ? &own : NULL,
                      .remote_static = keys.rs ? SPAN(run->share[NZ_RESPONDER]) : EMPTY};
    if (!nz_setup_fits(&setup, run->prim))
        return false;
    nz_start(&run->peer[role], run->prim, &setup);
    return true;
}

static bool exchange_message(noise_run *run, int k)
{
    nz_role from = noise_writer(k), to = from == NZ_INITIATOR ? NZ_RESPONDER : NZ_INITIATOR;
    uint8_t got[sizeof run->message[0].bytes];
    nz_effects sent = {.message = WRITER(run->message[k - 1].bytes)}, received = {.payload = WRITER(got)};
    uint8_t ek[NZ_KEM_EK], dk[NZ_KEM_DK];
    if (run->hybrid)
        mlkem_keygen(MLKEM_768, run->e1, run->e1 + 32, ek, dk);
    nz_world world = {.prim = run->prim, .ephemeral = SPAN(run->e[from]), .kem_key = SPAN(dk), .kem_coins = SPAN(run->ekem1)};
    if (!accepted(nz_step(&run->peer[from], &world, run->payload[k - 1], &sent)))
        return false;
    run->message[k - 1].n = sent.message.n;
    return accepted(nz_step(&run->peer[to], &world, written(&sent.message), &received)) &&
           span_same(written(&received.payload), run->payload[k - 1]);
}

bool noise_play_with(noise_run *run)
{
    nz_pattern pattern = run->suite.pattern;
    for (int role = 0; role < 2; role++) {
        run->has_s[role] = nz_keys_of(pattern, (nz_role)role).s;
        run->prim->x25519_public(run->s[role], run->share[role]);
    }
    run->hybrid = nz_keys_of(pattern, NZ_INITIATOR).kem;
    name_suite(run);
    if (!start_peer(run, NZ_INITIATOR) || !start_peer(run, NZ_RESPONDER))
        return false;
    for (int k = 1; k <= noise_messages(pattern); k++)
        if (!exchange_message(run, k))
            return false;
    return nz_turn_of(&run->peer[0]) == NZ_READY && nz_turn_of(&run->peer[1]) == NZ_READY &&
           span_same(nz_handshake_hash(&run->peer[0]), nz_handshake_hash(&run->peer[1]));
}

bool noise_play(noise_run *run, const prim *p, nz_suite suite, const char *session, span prologue)
{
    static const char *const said[] = {"first words", "an answer", "and the last of the handshake"};
    *run = (noise_run){.prim = p, .suite = suite, .prologue = prologue};
    named_secret("initiator", "static", run->s[NZ_INITIATOR]);
    named_secret("responder", "static", run->s[NZ_RESPONDER]);
    named_secret("initiator ephemeral", session, run->e[NZ_INITIATOR]);
    named_secret("responder ephemeral", session, run->e[NZ_RESPONDER]);
    named_secret("initiator kem d", session, run->e1);
    named_secret("initiator kem z", session, run->e1 + 32);
    named_secret("responder kem", session, run->ekem1);
    for (int k = 0; k < 3; k++)
        run->payload[k] = span_text(said[k]);
    return noise_play_with(run);
}
