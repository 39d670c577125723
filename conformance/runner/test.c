#include "doors.h"
#include "verbs.h"

#include <string.h>

int verb_test(const cli_call *call)
{
    static const struct {
        const char *door;
        int (*run)(const cli_call *);
    } doors[] = {{"server", test_server}, {"client", test_client}, {"library", test_library}, {"self", test_self}};
    const char *door = cli_operand(call, 0);
    for (size_t i = 0; door && i < sizeof doors / sizeof *doors; i++)
        if (strcmp(doors[i].door, door) == 0)
            return doors[i].run(call);
    return cli_usage(call, "name a door: server URL, client --exec COMMAND, library CMD..., or self");
}
