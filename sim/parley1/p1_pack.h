/* A pack of profile parley1: what a client has to know of a service before it meets it, and the seed that a simulated service is made from, as the
 * one document of sim/pack/pack.md. The same service gives the same bytes. */
#ifndef PARLEY_P1_PACK_H
#define PARLEY_P1_PACK_H

#include "p1_service.h"

enum { P1_PACK_MAX = 4 * SERVICE_TEXT + SERVICE_GPU_TEXT, P1_PACK_ROOM = 1 << 18, P1_PACK_FAULT = 160 };

void p1_pack_write(const service *, writer *out); /* one JSON object and a line feed */

/* A document that was read. Points into itself: never copied. Large: keep it static or on the heap. */
typedef struct p1_pack {
    int64_t time;
    char name[P1_NAME_MAX + 1];
    uint8_t seed[32];
    bool has_seed; /* it is of a simulated service */
    p1_policy policy;
    /* what the policy points to */
    uint8_t owner[32], releaser[32];
    tl_policy log;
    at_root root[1];
    appraisal_policy snp_document;
    at_policy snp;
    gpu_policy gpu_document;
    at_gpu_policy gpu;
    uint64_t vendors;
    span gpu_root;
    bool has_gpu_policy;
    writer out;
    uint8_t room[P1_PACK_ROOM]; /* texts and certificates */
} p1_pack;

/* Every member has its form, and the policy is whole. Otherwise false, with what is wrong. */
bool p1_pack_read(p1_pack *, const prim *, span text, char why[P1_PACK_FAULT]);

void p1_pack_of(p1_pack *, const service *); /* the same of what p1_pack_write writes */

/* The simulated service behind a pack that has a seed, all but service_finish; it borrows the pack's name. False: the pack's root is no simulator's. */
bool p1_pack_make_service(const p1_pack *, const prim *, service *out);

#endif
