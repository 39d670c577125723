/* For tools: what was allocated, or the end of the program with a word about it. */
#ifndef PARLEY_NO_MEMORY_H
#define PARLEY_NO_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

enum { NO_MEMORY = 70 }; /* the exit code of a run that is not whole */

static inline void needs_memory(bool there_was)
{
    static const char words[] = "parley: out of memory\n";
    if (!there_was)
        _exit(write(2, words, sizeof words - 1) < 0 ? NO_MEMORY : NO_MEMORY);
}

static inline void *or_stop(void *p)
{
    needs_memory(p != NULL);
    return p;
}

#endif
