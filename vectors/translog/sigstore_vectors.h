/* What the vectors of sigstore.md bring to the chapter's row. */
#ifndef PARLEY_SIGSTORE_VECTORS_H
#define PARLEY_SIGSTORE_VECTORS_H

#include "chapter.h"

adapter_op judge_sigstore, judge_log_entry;    /* tl.sigstore, tl.entry */
cJSON *sigstore_file(const prim *, int which); /* 0: tl.sigstore.json, 1: tl.entry.json */

#endif
