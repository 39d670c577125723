/* The client door: a client, started anew for each case. The runner is the server, honest or not. */
#include "test_run.h"
#include "out_file.h"
#include "words.h"

#include <stdlib.h>
#include <string.h>

/* {pack}: the folder given, or ours written under --out. */
static int pack_folder(const cli_call *call, const pack *p, char path[OUT_PATH])
{
    if (!cli_given(call, "pack"))
        return out_pack(call, p, path);
    snprintf(path, OUT_PATH, "%s", cli_value(call, "pack"));
    return EXIT_LEVEL;
}

static bool names_pack(char *const *words)
{
    bool does = false;
    for (; *words; words++)
        does |= strstr(*words, "{pack}") != NULL;
    return does;
}

static int run_with(const cli_call *call, pack *p, char *const *words)
{
    char folder[OUT_PATH], worlds[OUT_PATH];
    int code = pack_folder(call, p, folder);
    code = code ? code : out_folder(call, "worlds", worlds);
    suite_run run = {.prim = &prim_sodium,
                     .pack = p,
                     .pack_folder = folder,
                     .now = session_time(call, p),
                     .seed = span_of(call->seed, call->seed_n),
                     .door = "exec",
                     .role = "client",
                     .command = words,
                     .worlds = cli_given(call, "pack") || !names_pack(words) ? NULL : worlds,
                     .folder = call->out};
    const suite_profile *suite = session_suite(call);
    run.revision = suite->revision;
    run.profile = suite->release;
    return code ? code : test_run_suite(call, &run, suite->client, &suite->client_owes, words[0], cli_value(call, "exec"));
}

int test_client(const cli_call *call)
{
    const char *profile = session_profile(call), *command = cli_value(call, "exec");
    char *words[WORDS_MAX + 1];
    int code = EXIT_LEVEL;
    if (!profile)
        return EXIT_USAGE;
    if (!command || cli_operand(call, 1))
        return cli_usage(call, "client takes --exec 'COMMAND', in which {url}, {pack} and {prompt} are filled in");
    char *text = strdup(command);
    must(text);
    if (!words_split(text, words))
        code = cli_usage(call, "--exec: a quote is left open, or there is no word, or there are more than %d", WORDS_MAX);
    pack *p = code ? NULL : session_pack_of_target(call, profile, &code);
    if (p)
        code = run_with(call, p, words);
    free(p);
    free(text);
    return code;
}
