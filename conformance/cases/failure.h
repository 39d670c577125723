/* What a failed case of a started client leaves for whoever looks for the cause: the end of the client's error output, and the case's own pack. */
#ifndef PARLEY_FAILURE_H
#define PARLEY_FAILURE_H

#include "trial.h"

/* Before the trial is reported. Each line of the last 4 KiB of the error output becomes a note of the transcript; the last line, once the
 * client has ended, and the folder of the pack a note of each check that failed. Does nothing where no check failed, no results are kept or
 * the client lives for the whole run. */
void failure_keep(trial *);

#endif
