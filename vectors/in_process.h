/* Our own text as the target of vector cases, in this process. Large: keep it static or on the heap. */
#ifndef PARLEY_IN_PROCESS_H
#define PARLEY_IN_PROCESS_H

#include "chapter.h"

typedef struct in_process {
    reference_adapter text;
    parley_impl impl;
    case_target target;
    uint8_t room[1 << 19], scratch[1 << 19];
} in_process;

void in_process_start(in_process *, const prim *);
void in_process_end(in_process *);
/* A target of any other implementation in this process, with the same buffers. */
void in_process_target(in_process *, const parley_impl *);
/* Runs a case of the set; its base is looked up in it. */
void in_process_run(in_process *, const vector_set *, const vector_case *, case_result *);

#endif
