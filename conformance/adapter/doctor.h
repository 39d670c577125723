/* Diagnoses an adapter by its symptoms, for somebody who is writing one. */
#ifndef PARLEY_DOCTOR_H
#define PARLEY_DOCTOR_H

#include "library_child.h"

/* `what` was examined. `diagnosis`: what is wrong and what to do; empty when nothing is. */
typedef void doctor_report(void *ctx, const char *what, const char *diagnosis);

/* What else is wrong with what hello says; the adapter's own room does not know the table of the chapters. */
typedef bool doctor_offer(const char *caps, const char *ops, char *diagnosis, size_t room);

/* Examines in order and stops at the first fault, since all later findings would follow from it. True when nothing is wrong. */
bool doctor_examine(library_child *, doctor_offer * /* NULL: not asked */, doctor_report *, void *ctx);

#endif
