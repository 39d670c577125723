/* What every appraisal of `parley verify` has in common: the policy, the time, the account, and how the answer is printed. */
#ifndef PARLEY_VERIFY_POLICY_H
#define PARLEY_VERIFY_POLICY_H

#include "policy_document.h"
#include "verify_answer.h"
#include "verify_file.h"
#include "verify_gpu.h"

typedef struct verify_desk {
    at_kind kind;
    verify_file policy_file;
    policy_document policy;
    bool whole_policy;   /* the document has parts */
    verify_gpu_part gpu; /* --gpu: presented together with the evidence */
    at_world world;
    account account;
} verify_desk;

/* Both return EXIT_LEVEL, or the code to end with once they have said why. */

/* --policy, --at and --gpu. The file is a whole policy, or the part for this kind alone; without one, the caller has filled in the built-in part. */
int verify_take_policy(const cli_call *, verify_desk *);
/* --report-data, when it is given; *given then says so. */
int verify_take_report_data(const cli_call *, uint8_t out[AT_REPORT_DATA], bool *given);

/* What an appraisal said, with the GPU beside it and the vendors that the policy asks for. `report_data`: of the evidence that was accepted. */
verdict verify_vendors(verify_desk *, verdict, span report_data);

typedef void verify_details(writer *, const void *what);

/* Prints in the format asked for: `claims` of accepted evidence after the account, `lines` (may be NULL) before the verdict. Returns the exit code. */
int verify_say(const cli_call *, const verify_desk *, verdict, comparisons, verify_details *claims, verify_details *lines,
               const void *what);

#endif
