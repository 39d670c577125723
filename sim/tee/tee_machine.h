/* Machines by what is wrong with them, and the vendor's service that has the certificates of every chip it made.
 *
 * A machine that is sound signs what runs in it. One that is not signs what its owner likes: with good signatures, and up to one thing that a
 * policy has to ask for. The service answers for all of them alike, as the vendor's does: it knows chips, and nothing of their condition. */
#ifndef PARLEY_TEE_MACHINE_H
#define PARLEY_TEE_MACHINE_H

#include "tee.h"

typedef enum tee_condition {
    TEE_SOUND,
    TEE_DEBUG,  /* its guests may be debugged, and its reports say so (AT-033) */
    TEE_BROKEN, /* its firmware has a known hole: it signs for any guest, at its old TCB (AT-038 where the policy has a minimum) */
    TEE_LEAKED, /* its signing key got out: anybody signs for any guest, at the TCB of today (AT-056 where the policy lists chips) */
    TEE_CONDITIONS
} tee_condition;

typedef struct tee_machine {
    tee_condition condition;
    tee_chip chip;
    tee_launch runs;
} tee_machine;

tee_machine tee_machine_of(tee_condition, at_product, span seed, const uint8_t measurement[AT_MEASUREMENT]);
/* The same of a chip that there is already. */
tee_machine tee_machine_with(tee_condition, const tee_chip *, const tee_launch *runs);

/* Its report for this guest, or for the one it runs (NULL). False, and nothing is written, when it does not sign for a guest that it does not run. */
bool tee_machine_reports(const tee_machine *, const tee_launch *claimed, const uint8_t report_data[AT_REPORT_DATA], uint8_t out[AT_REPORT]);

/* ---- the vendor's service ---- */

enum { TEE_SERVICE_CHIPS = 8 };

typedef struct tee_service {
    int64_t at;                              /* when it is asked */
    const tee_chip *chip[TEE_SERVICE_CHIPS]; /* that the vendor made */
    size_t n;
    bool revokes; /* its list names the intermediate */
} tee_service;

/* What the vendor issued for the chip and the TCB that the report names: root, intermediate, VEK and list. False when it made no such chip. */
bool tee_service_answers(const tee_service *, span report, tee_endorsements *out);

#endif
