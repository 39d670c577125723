#include "input_line.h"

#include <errno.h>
#include <stdio.h>

static input_line end_of_input(size_t n)
{
    const int interrupted = ferror(stdin) && errno == EINTR;
    if (n && !interrupted)
        return INPUT_LINE;
    clearerr(stdin);
    return interrupted ? INPUT_INTERRUPTED : INPUT_END;
}

input_line input_line_read(char *text, size_t n)
{
    input_line got = INPUT_LINE;
    size_t have = 0;
    int c;
    while ((c = getchar()) != EOF && c != '\n') {
        if (c == 0)
            got = INPUT_ZERO_BYTE;
        else if (have + 1 < n)
            text[have++] = (char)c;
        else if (got == INPUT_LINE)
            got = INPUT_TOO_LONG;
    }
    have -= c == '\n' && have && text[have - 1] == '\r';
    text[have] = 0;
    return c == EOF && got == INPUT_LINE ? end_of_input(have) : got;
}

const char *input_line_fault(input_line l) { return l == INPUT_ZERO_BYTE ? "a line holds a zero byte" : "a line is too long"; }
