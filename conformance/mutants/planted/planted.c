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

static bool is_habit_of(const planted_row *row, cf_revision revision)
{
    const bool until = strcmp(row->sentence, "until 0.1.16") == 0, since = strcmp(row->sentence, "since 0.1.20") == 0;
    return row->door == PLANTED_DEPLOYED && (until ? revision <= CF_0_1_16 : since ? revision >= CF_0_1_20 : true);
}

void planted_as_deployed(cf_revision revision)
{
    for (int i = 0; i < PLANTED_FAULTS; i++)
        planted_now[i] = is_habit_of(&planted_rows[i], revision);
}

int planted_named(const char *name)
{
    for (int i = 0; i < PLANTED_FAULTS; i++)
        if (strcmp(planted_rows[i].name, name) == 0)
            return i;
    return -1;
}
