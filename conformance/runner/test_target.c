/* `parley test @FILE`: a target as its file describes it. A server is started before the run and ended after it. */
#include "doors.h"
#include "exits.h"
#include "out_file.h"
#include "parley1_pack.h"
#include "parley1_verbs.h"
#include "results_here.h"
#include "session.h"
#include "started_server.h"
#include "target_file.h"
#include "websocket.h"

#include <stdlib.h>
#include <string.h>

/* Of profile parley1 a target that is told its pack gets one of this run. */
static int pack_of(const cli_call *call, const char *command, char folder[OUT_PATH])
{
    int code = EXIT_LEVEL;
    const char *profile = session_profile(call), *given = cli_value(call, "pack");
    if (!profile)
        return EXIT_USAGE;
    if (given) {
        code = out_folder(call, NULL, folder); /* for what the target says */
        snprintf(folder, OUT_PATH, "%s", given);
        return code;
    }
    if (is_parley1(call))
        return strstr(command, "{pack}") ? parley1_fresh_pack(call, folder) : parley1_out_pack(call, folder);
    pack *p = session_pack_of_target(call, profile, &code);
    code = p ? out_pack(call, p, folder) : code;
    free(p);
    return code;
}

static void set_option(cli_call *c, const char *option, const char *value)
{
    for (size_t i = 0; i < c->n_options; i++)
        if (strcmp(c->options[i]->name, option) == 0 && value && !c->values[i])
            c->values[i] = value;
}

static int run_started(const cli_call *call, const target_file *t, door_runner *run)
{
    char folder[OUT_PATH];
    ws_url url;
    pid_t pid = 0;
    if (!ws_url_read(t->at, &url))
        return cli_usage(call, "door: '%s' is not ws://HOST[:PORT]/PATH", t->at);
    int code = pack_of(call, t->start, folder);
    if (code)
        return code;
    const char *wrong = started_server_begin(call, t->start, folder, &url, &pid);
    if (wrong)
        return cli_fail(call, EXIT_UNREACHABLE, "start: %s; it is to listen at %s; what it said is in %s/target.txt", wrong, t->at,
                        call->out);
    cli_call started = *call;
    started.target_pid = pid;
    if (is_parley1(call))
        set_option(&started, "pack", folder);
    code = run(&started);
    started_server_end(pid);
    return code;
}

int test_started(const cli_call *call, const char *url, const char *command, door_runner *run)
{
    const target_file t = {.at = (char *)url, .start = (char *)command};
    return run_started(call, &t, run);
}

/* ---- the call that the file stands for ---- */

static int run_file(const cli_call *call, const target_file *t, door_chooser *choose)
{
    static const char *const doors[] = {"server", "client", "library", "client"};
    char *operands[] = {(char *)doors[t->door], (char *)t->at, NULL};
    cli_call c = *call;
    c.given = call;
    c.argv = operands;
    const bool client = t->door == TARGET_EXEC || t->door == TARGET_DRIVE;
    c.argc = client ? 1 : 2;
    c.target_version = t->version;
    const char *const values[][2] = {{"name", t->name},
                                     {"profile", t->profile},
                                     {"pack", t->pack},
                                     {"ctl", t->ctl},
                                     {"baseline", t->baseline},
                                     {"known", t->known},
                                     {"patience", t->patience},
                                     {"exec", t->door == TARGET_EXEC ? t->at : NULL},
                                     {"drive", t->door == TARGET_DRIVE ? t->at : NULL}};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        set_option(&c, values[i][0], values[i][1]);
    door_runner *run = choose(&c, operands[0]);
    if (!run)
        return EXIT_USAGE;
    return t->start ? run_started(&c, t, run) : run(&c);
}

int test_target(const cli_call *call, const char *path, door_chooser *choose)
{
    page text = {0};
    target_file t;
    char fault[200];
    if (call->argc > 1)
        return cli_usage(call, "@FILE takes no more operands");
    int code = file_load(call, path, &text);
    if (code)
        return code;
    const char *wrong = strlen(text.p ? text.p : "") != text.n ? "a zero byte is not text" : NULL;
    const char *fault_of_file = target_file_read(&t, text.p ? text.p : strdup(""), fault);
    wrong = wrong ? wrong : fault_of_file;
    code = wrong ? cli_usage(call, "%s: %s", path, wrong) : run_file(call, &t, choose);
    target_file_free(&t);
    return code;
}
