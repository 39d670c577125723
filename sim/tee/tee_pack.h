/* The documents that travel with a report in profile confer: the release's manifest and a bundle for it. */
#ifndef PARLEY_TEE_PACK_H
#define PARLEY_TEE_PACK_H

#include "attestation.h"

enum { TEE_MANIFEST_MAX = 1024, TEE_BUNDLE_MAX = 512 };

typedef struct tee_release {
    const char *image_version, *proxy_version;
} tee_release;

/* manifest.json in the deployed shape: versions, and the two registers that the release tool computes (here from the versions). */
void tee_manifest(const prim *, const tee_release *, writer *);
/* A bundle that says it is none: no profile verifies it. */
void tee_bundle(writer *);

#endif
