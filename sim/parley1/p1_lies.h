/* Lies about a service of profile parley1, each made by whoever holds the keys for it: all below the lie is signed and bound again. Vectors are
 * made of them, and the cases of the client door. */
#ifndef PARLEY_P1_LIES_H
#define PARLEY_P1_LIES_H

#include "p1_service.h"

/* A slug and what a rejection of it says: the row of a table of negatives. */
typedef struct p1_lie {
    const char *slug, *site, *mutation, *flag;
    const char *const *layers;
} p1_lie;

typedef struct p1_scene {
    service world;
    service_evidence evidence;
    uint8_t attest[SERVICE_ATTEST * 4];
    size_t n_attest;
    int64_t now;
    prim_pair s; /* the honest one; of the handshake */
    uint8_t x[P1_DIGEST];
    uint32_t epoch;
    p1_identity before; /* what the client remembers of epoch 0 */
    p1_memory memory;   /* and of the log */
} p1_scene;

/* When a lie is told: before the release is signed, before the claims, before the boot, before the statement, before it is signed (it is then
 * signed again), in the evidence before it is sealed, in the message, and at the client. */
typedef enum p1_stage { P1_AT_RELEASE, P1_AT_CLAIMS, P1_AT_BOOT, P1_AT_STATEMENT, P1_AT_EVIDENCE, P1_AT_MESSAGE, P1_AT_CLIENT } p1_stage;

typedef struct p1_evidence_lie {
    p1_lie lie;
    p1_stage stage;
    void (*twist)(p1_scene *);
    const char *also;
} p1_evidence_lie;

extern const p1_evidence_lie p1_evidence_lies[], p1_later_lies[]; /* of an epoch; of those behind the first */
extern const p1_evidence_lie p1_gpu_lies[];                       /* of a machine with a GPU: service_add_gpu behind p1_scene_start */
extern const size_t p1_n_evidence_lies, p1_n_later_lies, p1_n_gpu_lies;

/* In this order; a lie of P1_AT_CLIENT is the caller's to tell. NULL: the truth. */
void p1_scene_start(p1_scene *, const prim *, span seed, const char *name, int64_t now);
void p1_scene_enrol(p1_scene *, const p1_evidence_lie *, span nonce);
void p1_scene_attest(p1_scene *, const p1_evidence_lie *, uint32_t epoch, const uint8_t x[P1_DIGEST]);

void p1_scene_seals_again(p1_scene *);     /* the report over binders that were changed */
void p1_scene_signs_statement(p1_scene *); /* and logs it, after a change of its bytes; beside the evidence */

#endif
