/* A test pack: everything that a client and a server of one run must have in common, as a folder of files.
 *
 *   pack.json                 profile, revision, time, seed, what is taken on trust, and name and SHA-256 of every other file
 *   roots/ark.der             AMD's root                         collateral/ask.der vcek.der crl.der
 *   roots/sigstore.json       authorities and logs of releases   roots/log.der: the key of their log
 *   collateral/keys.json      keys of the service that judges trust domains
 *   policy.json               one appraisal policy (spec/attestation/policy.md), for both platforms
 *   signer.json               who signs releases: identity, issuer  manifest.json manifest.bundle.json
 *   enclave.key               the server's static secret, hex      evidence.json evidence.tdx.json: payloads of message 2 for that key
 *   token.key                 the token issuer's HMAC key, hex     token: one that is good at the pack's time
 *   model.script              what the scripted model says
 *
 * The same profile, seed and time give the same bytes. Every key in it is a public test key. Times are the pack's, never the clock's. */
#ifndef PARLEY_PACK_H
#define PARLEY_PACK_H

#include "confer_client.h"
#include "tee_lies.h"
#include "policy_document.h"
#include "sim_sigstore.h"
#include "tee.h"
#include "tee_token.h"

enum {
    PACK_FILES = 18,     /* besides pack.json */
    PACK_ROOM = 1 << 18, /* bytes of all files together */
    PACK_SEED_MAX = 32,
};

#define PACK_TIME INT64_C(1780272000) /* 2026-06-01T00:00:00Z, when nothing else is said */

typedef enum pack_part {
    PACK_ARK,
    PACK_ASK,
    PACK_VCEK,
    PACK_CRL,
    PACK_TRUSTED_ROOT,
    PACK_LOG_KEY,
    PACK_KEYS,
    PACK_POLICY,
    PACK_SIGNER,
    PACK_MANIFEST,
    PACK_BUNDLE,
    PACK_ENCLAVE_KEY,
    PACK_EVIDENCE,     /* of SEV-SNP */
    PACK_TDX_EVIDENCE, /* of TDX */
    PACK_TOKEN_KEY,
    PACK_TOKEN,
    PACK_SCRIPT,
    PACK_README,
} pack_part;

/* Points into itself: never copied. */
typedef struct pack {
    char profile[32];
    int64_t time;
    uint8_t seed[PACK_SEED_MAX];
    size_t n_seed;
    at_product product;    /* of the machine */
    bool own_guest;        /* measured with the seed in its command line */
    span file[PACK_FILES]; /* into room */
    /* read from the files */
    uint8_t enclave_secret[32];
    span token_key; /* printable text */
    policy_document policy;
    at_root root;
    at_policy snp; /* what it does not say is refused */
    at_quote_policy td;
    at_token_policy service;
    policy_pool names; /* of the signer */
    tl_signer signer;
    bool manifest_not_verified, tdx_not_verified;
    writer out;
    uint8_t room[PACK_ROOM];
} pack;

extern const char *const pack_file_names[PACK_FILES];

/* Makes a pack in memory. `profile` is "confer"; the seed is 0 to 32 bytes. */
void pack_make(pack *, const char *profile, span seed, int64_t time);

/* The same for a machine of this line, under the line's own root, and a guest that no other seed has. The lie (NULL: none) is told where its
 * words stand: in the certificates, the list, the report, the policy. */
void pack_make_of(pack *, const char *profile, span seed, int64_t time, at_product, const tee_lie *);

/* Writes it as a folder, beside its place and then put there in one step: a pack that was there is the old one or the new one, whatever
 * happens. On failure says why, with the file's name, in `why`. */
bool pack_save(const pack *, const char *folder, char *why, size_t n_why);

void pack_remove(const char *folder); /* what pack_save wrote; the folder too when nothing else is in it */

/* Reads a folder: every digest is compared, every file parsed strictly. */
bool pack_load(pack *, const char *folder, char *why, size_t n_why);

/* ---- from a pack's seed: the machine behind it, for those who play the enclave, honestly or not ---- */

tee_chip pack_chip(const pack *);
tee_launch pack_launch(const pack *);
void pack_secret(const pack *, const char *label, uint8_t out[32]); /* another secret of the same seed */

/* The payload of message 2 over this report, with the pack's manifest. */
void pack_write_evidence(const pack *, span report, writer *out);
/* The same over a token of the service. */
void pack_write_tdx_evidence(const pack *, span token, writer *out);
/* The service's word about the pack's trust domain, before it is signed: tee_token_seal follows, and changes may come before it. */
void pack_begin_token(const pack *, tee_token_scene *);
/* A bundle for a manifest by the pack's signer, who may lie; the recipe's time counts from the release. */
void pack_sign_manifest(const pack *, span manifest, const sim_recipe *, sim_minted *);
/* A token with these claims under the pack's key. */
void pack_write_token(const pack *, span claims_json, writer *out);

/* What the pack's enclave shows on this platform. */
span pack_evidence(const pack *, cf_platform);

/* ---- what a client's world lends of it ---- */

cf_policy pack_policy(const pack *);
cf_collateral pack_collateral(const pack *);

#endif
