/* `parley verify gpu`, and the GPU that is presented together with other evidence (--gpu). */
#ifndef PARLEY_VERIFY_GPU_H
#define PARLEY_VERIFY_GPU_H

#include "policy_document.h"
#include "verify_answer.h"
#include "verify_file.h"

typedef struct verify_gpu_part {
    bool given;
    verify_file report, chain, root, root_list, model_list;
    account account;
    at_gpu_claims claims;
    bool accepted;
} verify_gpu_part;

/* The files of `report` (a path) and the --gpu options. Returns EXIT_LEVEL, or the code to end with once it has said why. */
int verify_gpu_load(const cli_call *, const char *report, verify_gpu_part *);
/* --gpu-nonce into the policy. */
int verify_gpu_take_nonce(const cli_call *, gpu_policy *);

/* Judged beside a CPU's evidence with this report data; empty: alone. */
verdict verify_gpu_judge(verify_gpu_part *, const at_world *, const policy_document *, span cpu_data);

void verify_gpu_write_claims(writer *, const verify_gpu_part *); /* ,"claims":{...}; nothing unless accepted */
void verify_gpu_write(writer *, const verify_gpu_part *);        /* ,"gpu":{...}: its account and its claims */

extern const comparisons verify_gpu_comparisons;

int verify_gpu(const cli_call *);

#endif
