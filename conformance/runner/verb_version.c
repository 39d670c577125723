#include "requirements.h"
#include "verbs.h"

#ifdef PARLEY_MUTANTS
#define BUILD_KIND "mutants"
#else
#define BUILD_KIND "plain"
#endif

int verb_version(const cli_call *call)
{
    if (call->json)
        printf("{\"parley\":\"%s\",\"build\":\"%s\",\"requirements\":%d}\n", PARLEY_VERSION, BUILD_KIND, REQ_COUNT - 1);
    else
        printf("parley %s (%s build, %d requirements)\n", PARLEY_VERSION, BUILD_KIND, REQ_COUNT - 1);
    return EXIT_LEVEL;
}
