#include "planted.h"

#include <string.h>

#define PLANTED(door, name, what, sentence, caught_by) {PLANTED_##door, #name, what, sentence, caught_by},
const planted_row planted_rows[PLANTED_FAULTS] = {
#include "planted.def"
};
#undef PLANTED

bool planted_now[PLANTED_FAULTS];

void planted_choose(int fault)
{
    memset(planted_now, 0, sizeof planted_now);
    if (fault >= 0)
        planted_now[fault] = true;
}

void planted_as_deployed(void)
{
    for (int i = 0; i < PLANTED_FAULTS; i++)
        planted_now[i] = planted_rows[i].door == PLANTED_DEPLOYED;
}

int planted_named(const char *name)
{
    for (int i = 0; i < PLANTED_FAULTS; i++)
        if (strcmp(planted_rows[i].name, name) == 0)
            return i;
    return -1;
}
