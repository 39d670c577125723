/* How a case gets to the judged call of an operation nz.*: from a setup through the messages before it, and through the records before that.
 * Keys: p1, p2, p3 and m1, m2, m3 are the handshake's payloads and messages in order, q1.. records the target seals first, r1.. records it
 * opens first, each in the order of their numbers; x is the label of a secret of 32 bytes that was exported after them. */
#ifndef PARLEY_NOISE_RUN_CASE_H
#define PARLEY_NOISE_RUN_CASE_H

#include "run_case.h"

#define NOISE_SETUP "role name prologue s e rs e1 ekem1" /* the inputs of nz.init */

bool through_messages(case_run *, const vector_case *);
bool through_records(case_run *, const vector_case *);
bool record_after_rekey(case_run *, const vector_case *); /* what a new key changes is the next record in that direction */

#endif
