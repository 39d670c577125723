/* The function, or the table, in which a line of code stands. */
#ifndef PARLEY_EXCERPT_H
#define PARLEY_EXCERPT_H

#include <stddef.h>

typedef struct excerpt {
    const char *start; /* in the text that was given */
    size_t n;
    int line; /* of the first line of the excerpt, from 1 */
} excerpt;

/* `text` ends in a zero and is formatted as this tree's code is: what begins in the first column ends with a brace there. */
excerpt excerpt_around(const char *text, int line);

#endif
