/* The documents that travel with a report in profile confer: the release's manifest, a bundle for it, and the evidence of message 2. */
#ifndef PARLEY_TEE_PACK_H
#define PARLEY_TEE_PACK_H

#include "attestation.h"

enum { TEE_MANIFEST_MAX = 1024, TEE_BUNDLE_MAX = 512, TEE_EVIDENCE_MAX = 8192 };

typedef struct tee_release {
    const char *image_version, *proxy_version;
} tee_release;

/* manifest.json in the deployed shape: versions, and the two registers that the release tool computes (here from the versions). */
void tee_manifest(const prim *, const tee_release *, writer *);
/* A bundle that says it is none: no profile verifies it. */
void tee_bundle(writer *);
/* The JSON object of message 2, members in alphabetical order. */
void tee_evidence_json(span report, span manifest, span bundle, writer *);

#endif
