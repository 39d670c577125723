/* Profile parley1, evidence: what it is bound to, its message, and the client's checks (parley1_evidence.md). */
#ifndef PARLEY_PARLEY1_EVIDENCE_H
#define PARLEY_PARLEY1_EVIDENCE_H

#include "parley1.h"

/* ---- 1. What evidence is bound to ---- */

enum { P1_BINDER = 64, P1_REPORT_DATA = 64 };

/* X_e+1 of whole messages, type byte included. */
void p1_next_x(const prim *, const uint8_t t[P1_DIGEST], span step, span reply, uint8_t x[P1_DIGEST]);
void p1_binder(const prim *, uint32_t epoch, const uint8_t x[P1_DIGEST], span claims, uint8_t binder[P1_BINDER]);
void p1_report_data(const prim *, uint32_t n, const uint8_t root[P1_DIGEST], uint8_t out[P1_REPORT_DATA]);
void p1_transcript(const prim *, const uint8_t x[P1_DIGEST], span attest, uint8_t t[P1_DIGEST]);

#endif
