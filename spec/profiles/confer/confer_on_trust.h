/* Evidence that needs no vendor, for tests, vectors and fuzz targets about everything else: a TDX token and a manifest that a client takes on
 * trust, because its policy says so. */
#ifndef PARLEY_CONFER_ON_TRUST_H
#define PARLEY_CONFER_ON_TRUST_H

#include "confer_client.h"

/* clang-format off */
#define ON_TRUST_REGISTER "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define ON_TRUST_MANIFEST "{\\\"imageVersion\\\":\\\"1\\\",\\\"proxyVersion\\\":\\\"2\\\",\\\"tdxMeasurements\\\":{" \
    "\\\"rtmr1\\\":\\\"" ON_TRUST_REGISTER "\\\",\\\"rtmr2\\\":\\\"" ON_TRUST_REGISTER "\\\"}}"
#define EVIDENCE_ON_TRUST "{\"platform\":\"TDX\",\"attestation\":\"a.b.c\",\"manifestBundle\":\"b\",\"manifest\":\"" ON_TRUST_MANIFEST "\"}"
/* clang-format on */

static const cf_policy on_trust = {.tdx_not_verified = true, .manifest_not_verified = true};

#endif
