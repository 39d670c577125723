/* Our own text as the target of vector cases, in this process (door 4). Large: keep it static or on the heap. */
#ifndef PARLEY_IN_PROCESS_H
#define PARLEY_IN_PROCESS_H

#include "drive.h"
#include "impl_text.h"

typedef struct in_process {
    impl_text text;
    parley_impl impl;
    drive_target target;
    uint8_t room[1 << 19], scratch[1 << 19];
} in_process;

void in_process_start(in_process *, const prim *);
/* A target of any other implementation in this process, with the same buffers. */
void in_process_target(in_process *, const parley_impl *);
/* Drives a case of the set; its base is looked up in it. */
void in_process_drive(in_process *, const vector_set *, const vector_case *, drive_result *);

#endif
