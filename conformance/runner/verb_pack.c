#include "parley1_pack.h"
#include "parley1_verbs.h"
#include "no_memory.h"
#include "session.h"
#include "verbs.h"

#include <stdlib.h>

int verb_pack(const cli_call *call)
{
    const char *folder = cli_operand(call, 0);
    char why[512];
    if (!folder || cli_operand(call, 1))
        return cli_usage(call, "takes one folder");
    if (is_parley1(call))
        return parley1_pack(call, folder);
    if (cli_given(call, "vendors"))
        return cli_usage(call, "--vendors: profile parley1 alone has it");
    const char *profile = session_profile(call);
    if (!profile)
        return EXIT_USAGE;
    pack *p = calloc(1, sizeof *p);
    needs_memory(p);
    pack_make(p, profile, span_of(call->seed, call->seed_n), call->has_at ? call->at.seconds : PACK_TIME);
    bool saved = pack_save(p, folder, why, sizeof why);
    free(p);
    if (!saved)
        return cli_fail(call, EXIT_USAGE, "%s", why);
    if (!call->quiet)
        printf("%s: a pack for profile %s; every key in it is public and for tests only\n", folder, profile);
    return EXIT_LEVEL;
}
