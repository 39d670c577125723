/* For tests: one honest sample of each format of evidence, minted by the simulator, and how its verifier judges other bytes in its place. */
#ifndef PARLEY_EVIDENCE_SAMPLES_H
#define PARLEY_EVIDENCE_SAMPLES_H

#include "collateral_file.h"
#include "intel_log.h"
#include "nvidia.h"
#include "policy_document.h"
#include "sim_log.h"
#include "sim_sigstore.h"
#include "sigstore.h"
#include "tee_lies.h"
#include "tee_token_lies.h"

#include <string.h>

typedef struct evidence_sample {
    const char *name, *format; /* format: as `inspect` calls it */
    span bytes;
    bool (*accepts)(span); /* everything else honest; NULL: it is only shown */
    bool sealed;           /* no other byte anywhere is accepted */
} evidence_sample;

enum { EVIDENCE_SAMPLES_MAX = 32 };

typedef struct evidence_world {
    tee_scene snp, wrapped, owned;
    intel_scene tdx, sgx;
    nvidia_scene gpu;
    intel_log_scene log;
    tee_token_scene token;
    sim_minted sigstore;
    tl_sigstore storage;
    at_collateral set;
    char collateral[65536], note[4096];
    span collateral_file, note_text;
    log_signer signer;
} evidence_world;

static evidence_world honest;

/* ---- how each is judged ---- */

static bool takes_report(tee_scene *s, span *part, span in)
{
    at_claims claims;
    account noted = {0};
    const span kept = *part;
    *part = in;
    const bool good = accepted(tee_scene_judge(s, &prim_sodium, &noted, &claims));
    *part = kept;
    return good;
}

static bool takes_snp(span in) { return takes_report(&honest.snp, &honest.snp.evidence.report, in); }
static bool takes_vek(span in) { return takes_report(&honest.snp, &honest.snp.evidence.vek, in); }
static bool takes_snp_list(span in) { return takes_report(&honest.snp, &honest.snp.root.crl, in); }
static bool takes_wrapper(span in) { return in.n > 0 && takes_report(&honest.wrapped, &honest.wrapped.evidence.wrapper, in); }
static bool takes_id_block(span in) { return takes_report(&honest.owned, &honest.owned.evidence.id_block, in); }

static bool takes_quote_part(intel_scene *s, span *part, span in)
{
    static at_quote_claims claims;
    account noted = {0};
    const span kept = *part;
    *part = in;
    const bool good = accepted(intel_scene_judge(s, &prim_sodium, &noted, &claims));
    *part = kept;
    return good;
}

static bool takes_tdx(span in) { return takes_quote_part(&honest.tdx, &honest.tdx.quote_bytes, in); }
static bool takes_sgx(span in) { return takes_quote_part(&honest.sgx, &honest.sgx.quote_bytes, in); }
static bool takes_tcb_info(span in) { return takes_quote_part(&honest.tdx, &honest.tdx.collateral.tcb_info, in); }
static bool takes_qe_identity(span in) { return takes_quote_part(&honest.tdx, &honest.tdx.collateral.qe_identity, in); }
static bool takes_issuers(span in) { return takes_quote_part(&honest.tdx, &honest.tdx.collateral.tcb_info_chain, in); }

static bool takes_collateral(span in)
{
    static uint8_t room[2 * sizeof honest.collateral];
    static at_quote_claims claims;
    account noted = {0};
    writer w = WRITER(room);
    const at_collateral kept = honest.tdx.collateral;
    const bool reads = collateral_file_read(in, &w, &honest.tdx.collateral) == NULL;
    const bool good = reads && accepted(intel_scene_judge(&honest.tdx, &prim_sodium, &noted, &claims));
    honest.tdx.collateral = kept;
    return good;
}

static bool takes_gpu_part(span *part, span in)
{
    at_gpu_claims claims;
    account noted = {0};
    const span kept = *part;
    *part = in;
    const bool good = accepted(nvidia_scene_judge(&honest.gpu, &prim_sodium, &noted, &claims));
    *part = kept;
    return good;
}

static bool takes_gpu(span in) { return takes_gpu_part(&honest.gpu.evidence.report, in); }
static bool takes_gpu_chain(span in) { return takes_gpu_part(&honest.gpu.evidence.chain, in); }

static bool takes_log(span in)
{
    return accepted(at_event_log_confirm(&prim_sodium, in, (const uint8_t(*)[AT_RTMR_BYTES])honest.log.quoted, honest.log.which, NULL));
}

static bool takes_token(span in)
{
    static at_token_claims claims;
    account noted = {0};
    const span kept = honest.token.token.text;
    honest.token.token.text = in;
    const bool good = accepted(tee_token_judge(&honest.token, &prim_sodium, &noted, &claims));
    honest.token.token.text = kept;
    return good;
}

static bool judges_bundle(span root, span bundle)
{
    const tl_sigstore_world world = {&prim_sodium, SIM_SIGNED_AT + 60};
    const tl_signer who = {.identity = span_text(SIM_IDENTITY), .issuer = span_text(SIM_ISSUER)};
    account noted = {0};
    return accepted(tl_verify_sigstore(&honest.storage, &world, &who, root, bundle, span_text(SIM_ARTIFACT), &noted));
}

static bool takes_bundle(span in) { return judges_bundle(span_text(honest.sigstore.root), in); }
static bool takes_trusted_root(span in) { return judges_bundle(in, span_text(honest.sigstore.bundle)); }

static bool takes_note(span in)
{
    static uint8_t room[2 * TL_NOTE_MAX + 64], name[256];
    static tl_note note;
    tl_key key;
    bool found = false;
    uint64_t time;
    writer w = WRITER(room), vkey = WRITER(name);
    log_write_vkey(&prim_sodium, &honest.signer, &vkey);
    return in.n <= TL_NOTE_MAX && accepted(tl_read_key(&prim_sodium, written(&vkey), &key)) && accepted(tl_read_note(in, &w, &note)) &&
           accepted(tl_check_lines(&prim_sodium, &note, &key, WRITER(room), &found, &time)) && found;
}

static bool takes_policy(span in)
{
    static policy_document document;
    policy_fault fault;
    return policy_document_read(in, &document, &fault);
}

/* ---- the samples ---- */

static void mint_note(void)
{
    static sim_log log;
    writer w = WRITER(honest.note);
    honest.signer = (log_signer){.name = "log.example", .type = TL_ED25519, .seed = {7}};
    log.prim = &prim_sodium;
    log.signer = honest.signer;
    log_add(&log, span_text("entry"));
    log_write_checkpoint(&log, log.n, &w);
    const span text = written(&w);
    write_text(&w, "\n");
    log_write_line(&prim_sodium, &honest.signer, text, 0, &w);
    must(writer_ok(&w));
    honest.note_text = written(&w);
}

static void mint_samples(void)
{
    writer w = WRITER(honest.collateral);
    const span seed = span_text("samples");
    tee_scene_play(&honest.snp, AT_MILAN, 3, false, seed);
    tee_scene_play_wrapped(&honest.wrapped, AT_GENOA, 3, seed);
    tee_scene_play_owned(&honest.owned, AT_MILAN, 3, seed);
    intel_scene_play(&honest.tdx, &(intel_twin){AT_TDX, 5, true, false}, seed);
    intel_scene_play(&honest.sgx, &(intel_twin){AT_SGX, 3, false, false}, seed);
    nvidia_scene_play(&honest.gpu, &(nvidia_twin){.line = NVIDIA_BLACKWELL}, seed);
    intel_log_play(&honest.log, NULL);
    tee_token_play(&honest.token, &tee_token_twins[0]);
    sigstore_mint(&prim_sodium, &(sim_recipe){.version = 3, .stamped = true}, &honest.sigstore);
    intel_collateral_file(&honest.tdx.collateral, &w);
    must(writer_ok(&w));
    honest.collateral_file = written(&w);
    mint_note();
}

static const char policy_sample[] = "{\"snp\":{\"products\":[\"Milan\"]},\"gpu\":{\"models\":[\"GH100\"]},\"vendors\":2}";

/* Returns how many. */
static size_t make_samples(evidence_sample out[EVIDENCE_SAMPLES_MAX])
{
    mint_samples();
    const evidence_sample all[] = {
        {"SNP report", "snp-report", honest.snp.evidence.report, takes_snp, true},
        {"VEK", "x509", honest.snp.evidence.vek, takes_vek, true},
        {"list of AMD", "x509", honest.snp.root.crl, takes_snp_list, true},
        {"wrapper of Azure", "azure-wrapper", honest.wrapped.evidence.wrapper, takes_wrapper, false},
        {"ID block", "snp-id-block", honest.owned.evidence.id_block, takes_id_block, true},
        {"TDX quote", "tdx-quote", honest.tdx.quote_bytes, takes_tdx, false},
        {"SGX quote", "sgx-quote", honest.sgx.quote_bytes, takes_sgx, false},
        {"TCB info", "tcb-info", honest.tdx.collateral.tcb_info, takes_tcb_info, true},
        {"QE identity", "qe-identity", honest.tdx.collateral.qe_identity, takes_qe_identity, true},
        {"chain of a signer", "x509-text", honest.tdx.collateral.tcb_info_chain, takes_issuers, false},
        {"set of collateral", "intel-collateral", honest.collateral_file, takes_collateral, false},
        {"GPU report", "nvidia-gpu-report", honest.gpu.evidence.report, takes_gpu, true},
        {"GPU chain", "x509-text", honest.gpu.evidence.chain, takes_gpu_chain, false},
        {"event log", "event-log", honest.log.written, takes_log, false},
        {"token", "jwt", honest.token.token.text, takes_token, true},
        {"Sigstore bundle", "sigstore-bundle", span_text(honest.sigstore.bundle), takes_bundle, false},
        {"trusted root", "sigstore-trusted-root", span_text(honest.sigstore.root), takes_trusted_root, false},
        {"checkpoint", "signed-note", honest.note_text, takes_note, false},
        {"policy", "appraisal-policy", span_text(policy_sample), takes_policy, false},
    };
    memcpy(out, all, sizeof all);
    return sizeof all / sizeof *all;
}

#endif
