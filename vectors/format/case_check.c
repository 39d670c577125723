#include "case_check.h"

#include <string.h>

const char *const case_check_name[CASE_CHECKS] = {"verdict", "reason", "state", "released", "wire"};

bool is_case_check(const char *name)
{
    for (int i = 0; i < CASE_CHECKS; i++)
        if (strcmp(name, case_check_name[i]) == 0)
            return true;
    return false;
}
