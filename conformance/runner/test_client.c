/* The client door. The runner is the server, honest or not; the client is started anew for each case (--exec), or it is one that lives for
 * the whole run and is told what to do (--drive, --wait). */
#include "test_run.h"
#include "client_link.h"
#include "no_memory.h"
#include "out_file.h"
#include "parley1_pack.h"
#include "parley1_verbs.h"
#include "words.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_VISIT_SECONDS = 300 };

static const char waits_at[] = "127.0.0.1:7445";

/* How the client is reached, by the one option that says so. */
typedef struct reached {
    const char *door;    /* "exec", "drive" or "wait" */
    const char *command; /* NULL: it is not started by us */
    char *text, *words[WORDS_MAX + 1];
    client_link *link;
} reached;

/* {pack}: the folder given, or ours written under --out. */
static int pack_folder(const cli_call *call, const pack *p, char path[OUT_PATH])
{
    if (cli_given(call, "pack")) {
        snprintf(path, OUT_PATH, "%s", cli_value(call, "pack"));
        return EXIT_LEVEL;
    }
    return is_parley1(call) ? parley1_out_pack(call, path) : out_pack(call, p, path);
}

static bool names_pack(char *const *words)
{
    bool does = false;
    for (; *words; words++)
        does |= strstr(*words, "{pack}") != NULL;
    return does;
}

static const char *target_name(const reached *r) { return r->command ? r->words[0] : "a client that asked"; }

static int run_with(const cli_call *call, pack *p, const p1_pack *p1, const reached *r)
{
    char folder[OUT_PATH], worlds[OUT_PATH];
    int code = pack_folder(call, p, folder);
    code = code ? code : out_folder(call, "worlds", worlds);
    suite_run run = {.prim = &prim_sodium,
                     .pack = p,
                     .pack_folder = folder,
                     .now = session_time(call, p),
                     .seed = span_of(call->seed, call->seed_n),
                     .door = r->door,
                     .role = "client",
                     .command = r->words,
                     .link = r->link,
                     .worlds = cli_given(call, "pack") || (!r->link && !names_pack(r->words)) ? NULL : worlds,
                     .folder = call->out};
    const suite_profile *suite = session_suite(call);
    run.revision = suite->revision;
    run.profile = suite->release;
    if (p1)
        parley1_run(call, p1, &run);
    return code ? code : test_run_suite(call, &run, suite->client, &suite->client_owes, target_name(r), r->command);
}

/* ---- how it is reached ---- */

static int take_command(const cli_call *call, reached *r)
{
    r->command = cli_value(call, r->door);
    r->text = strdup(r->command);
    needs_memory(r->text);
    if (!words_split(r->text, r->words))
        return cli_usage(call, "--%s: a quote is left open, or there is no word, or there are more than %d", r->door, WORDS_MAX);
    if (strcmp(r->door, "drive") == 0)
        r->link = client_link_drives(r->words);
    return EXIT_LEVEL;
}

static int await_client(const cli_call *call, reached *r)
{
    const char *bind = cli_value(call, "bind");
    char why[200];
    r->link = client_link_waits(bind ? bind : waits_at, why, sizeof why);
    if (!r->link)
        return cli_usage(call, "--bind: %s", why);
    fprintf(stderr, "waiting for a client: GET %s\n", client_link_next(r->link));
    if (client_link_is_visited(r->link, FIRST_VISIT_SECONDS))
        return EXIT_LEVEL;
    return cli_fail(call, EXIT_UNREACHABLE, "nobody came to %s within %d seconds", client_link_next(r->link), FIRST_VISIT_SECONDS);
}

static int read_way(const cli_call *call, reached *r)
{
    static const char *const ways[] = {"exec", "drive", "wait"};
    unsigned given = 0;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (cli_given(call, ways[i])) {
            r->door = ways[i];
            given++;
        }
    if (given != 1 || cli_operand(call, 1))
        return cli_usage(call, "client takes one of --exec 'COMMAND', in which {url}, {pack}, {prompt}, {ctl} and {receipt} are filled in, "
                               "--drive 'COMMAND' and --wait");
    if (cli_given(call, "bind") && strcmp(r->door, "wait") != 0)
        return cli_usage(call, "--bind goes with --wait: it is where the client asks");
    if (cli_given(call, "jobs") && strcmp(r->door, "exec") != 0)
        return cli_usage(call, "--jobs: with --%s there is one client, and one case at a time", r->door);
    return EXIT_LEVEL;
}

static int reach(const cli_call *call, reached *r) { return strcmp(r->door, "wait") == 0 ? await_client(call, r) : take_command(call, r); }

/* Of profile parley1: the enclave is made from it. */
static p1_pack *enclaves_pack(const cli_call *call, int *code)
{
    static service world;
    p1_pack *p = parley1_pack_of_target(call, code);
    *code = p ? parley1_service(call, p, &world) : *code;
    return p;
}

int test_client(const cli_call *call)
{
    const char *profile = session_profile(call);
    reached r = {0};
    if (!profile)
        return EXIT_USAGE;
    int code = read_way(call, &r);
    p1_pack *p1 = code || !is_parley1(call) ? NULL : enclaves_pack(call, &code);
    pack *p = code ? NULL : session_pack_of_target(call, profile, &code);
    code = code ? code : test_run_spelling(call);
    code = code ? code : reach(call, &r);
    if (!code)
        code = run_with(call, p, p1, &r);
    if (r.link)
        client_link_free(r.link);
    free(p);
    free(p1);
    free(r.text);
    return code;
}
