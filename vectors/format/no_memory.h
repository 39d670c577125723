/* For tools: what was allocated, or the end of the program with a word about it. */
#ifndef PARLEY_NO_MEMORY_H
#define PARLEY_NO_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

enum { NO_MEMORY = 70 }; /* the exit code of a run that is not whole */

static inline void needs_memory(bool there_was)
{
    if (there_was)
        return;
    fputs("parley: out of memory\n", stderr); /* which has no buffer, so that nothing is allocated here */
    _exit(NO_MEMORY);
}

static inline void *or_stop(void *p)
{
    needs_memory(p != NULL);
    return p;
}

#endif
