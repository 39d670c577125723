/* Lines of the standard input, each whole or refused: nothing of a line is dropped. */
#ifndef PARLEY_INPUT_LINE_H
#define PARLEY_INPUT_LINE_H

#include <stddef.h>

typedef enum input_line {
    INPUT_LINE,
    INPUT_TOO_LONG,    /* the whole line is passed over */
    INPUT_ZERO_BYTE,   /* likewise: no text has one */
    INPUT_INTERRUPTED, /* by a signal */
    INPUT_END,
} input_line;

input_line input_line_read(char *text, size_t n); /* without its end, \n or \r\n; zero-terminated */
const char *input_line_fault(input_line);         /* why a line is refused */

#endif
