#include "exits.h"

#include <stddef.h>

int exit_worst(int a, int b)
{
    static const int order[] = {EXIT_HARNESS, EXIT_UNREACHABLE, EXIT_USAGE,    EXIT_SELF,  EXIT_DRIFT,
                                EXIT_FAILED,  EXIT_BASELINE,    EXIT_COVERAGE, EXIT_WARNED};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        if (a == order[i] || b == order[i])
            return order[i];
    return a ? a : b;
}
