/* A collateral service in the shape of Intel's Provisioning Certification Service, version 4: it is asked by the target of a request and answers
 * with a status, a body, and the issuers' certificates in a header. Nothing goes over a network here. It serves what a scene has published, and
 * so what is stale once the time of the verifier has moved on.
 *
 *   /sgx/certification/v4/tcb?fmspc=HEX          /tdx/certification/v4/tcb?fmspc=HEX
 *   /sgx/certification/v4/qe/identity            /tdx/certification/v4/qe/identity
 *   /sgx/certification/v4/pckcrl?ca=platform&encoding=der
 *   /IntelSGXRootCA.der                          the root's list */
#ifndef PARLEY_INTEL_SERVICE_H
#define PARLEY_INTEL_SERVICE_H

#include "intel.h"

typedef struct intel_service {
    const intel_scene *published; /* sealed */
    bool is_down;                 /* answers 503 to whatever is asked */
} intel_service;

typedef struct intel_answer {
    int status;             /* 200; 400: a request in another form; 404: a platform, an authority or a thing that it does not know; 503 */
    const char *chain_name; /* of the header with the issuers' certificates; NULL: none */
    size_t n_chain, n_body; /* both 0 unless the status is 200 */
    char chain[4 * INTEL_CHAIN_MAX]; /* percent-encoded */
    char body[INTEL_TEXT_MAX + 256];
} intel_answer;

void intel_service_answer(const intel_service *, span target, intel_answer *);

/* What a client has fetched: the set borrows from it. */
typedef struct intel_fetched {
    intel_answer answer;
    writer room;
    uint8_t bytes[2 * INTEL_TEXT_MAX + 3 * INTEL_CHAIN_MAX];
    at_collateral set;
} intel_fetched;

/* Asks for all that a quote of this TEE by a platform of this family needs. 200, or the first other status: then the set is empty. A body that is not
 * in the service's form counts as 502. */
int intel_service_fetch(const intel_service *, at_tee, const uint8_t fmspc[AT_FMSPC], intel_fetched *);

#endif
