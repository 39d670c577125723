/* What the files of this folder share. */
#ifndef PARLEY_ATTESTATION_VECTORS_H
#define PARLEY_ATTESTATION_VECTORS_H

#include "chapter.h"

cJSON *launch_file(const prim *, int which);
void at_launch_operation(adapter_call *);
cJSON *quote_file(const prim *, int which); /* an at_tee */
void at_quote_operation(adapter_call *);
cJSON *eventlog_file(const prim *, int which);
void at_eventlog_operation(adapter_call *);
cJSON *token_file(const prim *, int which);
void at_token_operation(adapter_call *);
cJSON *policy_file(const prim *, int which);
void at_policy_operation(adapter_call *);
cJSON *gpu_file(const prim *, int which);
void at_gpu_operation(adapter_call *);

#endif
