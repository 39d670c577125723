/* Diagnoses an adapter by its symptoms, for somebody who is writing one. */
#ifndef PARLEY_DOCTOR_H
#define PARLEY_DOCTOR_H

#include "library_child.h"

typedef enum doctor_finding { DOCTOR_WELL, DOCTOR_ILL, DOCTOR_NOTE } doctor_finding;

/* `what` was examined; `says` is the diagnosis and the remedy, empty when all is well. */
typedef void doctor_report(void *ctx, doctor_finding, const char *what, const char *says);

/* Examines in order and stops at the first fault, since all later findings would follow from it. True when all is well. */
bool doctor_examine(library_child *, doctor_report *, void *ctx);

#endif
