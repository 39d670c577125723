/* `parley test @FILE`: a target as its file describes it. A server is started before the run and ended after it. */
#include "doors.h"
#include "exits.h"
#include "out_file.h"
#include "results_here.h"
#include "session.h"
#include "target_file.h"
#include "websocket.h"
#include "words.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { READY_SECONDS = 20, GRACE_SECONDS = 5, PAUSE_MS = 50 };

extern char **environ;

static void pause_a_moment(void) { nanosleep(&(struct timespec){.tv_nsec = PAUSE_MS * 1000000L}, NULL); }

/* ---- starting a server ---- */

/* {pack} in the command: the folder of the pack that both sides use. */
static char *filled(const char *command, const char *pack)
{
    page out = {0};
    for (const char *at = command; *at;) {
        const bool slot = strncmp(at, "{pack}", strlen("{pack}")) == 0;
        page_put_n(&out, slot ? pack : at, slot ? strlen(pack) : 1);
        at += slot ? strlen("{pack}") : 1;
    }
    return out.p ? out.p : strdup("");
}

/* In a process group of its own, so that what it starts ends with it. Both outputs go to target.txt. */
static bool start_server(const cli_call *call, const char *command, const char *pack, pid_t *pid)
{
    char *words[WORDS_MAX + 1], output[OUT_PATH];
    char *text = filled(command, pack);
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    snprintf(output, sizeof output, "%s/target.txt", call->out);
    bool good = words_split(text, words) && posix_spawn_file_actions_init(&files) == 0 && posix_spawnattr_init(&how) == 0;
    good = good && posix_spawnattr_setflags(&how, POSIX_SPAWN_SETPGROUP) == 0 && posix_spawnattr_setpgroup(&how, 0) == 0 &&
           posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0) == 0 &&
           posix_spawn_file_actions_addopen(&files, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0666) == 0 &&
           posix_spawn_file_actions_adddup2(&files, 1, 2) == 0 && posix_spawnp(pid, words[0], &files, &how, words, environ) == 0;
    free(text);
    return good;
}

static bool answers(const ws_url *url)
{
    char port[8];
    struct addrinfo *found = NULL;
    snprintf(port, sizeof port, "%u", (unsigned)url->port);
    bool good = false;
    if (getaddrinfo(url->host, port, &(struct addrinfo){.ai_socktype = SOCK_STREAM}, &found) != 0)
        return false;
    for (const struct addrinfo *at = found; at && !good; at = at->ai_next) {
        const int fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        good = fd >= 0 && connect(fd, at->ai_addr, at->ai_addrlen) == 0;
        if (fd >= 0)
            close(fd);
    }
    freeaddrinfo(found);
    return good;
}

/* Whether it listens within its time and did not end before. Somebody else's server at the address must not be taken for it. */
static const char *await_server(pid_t *pid, const ws_url *url)
{
    for (unsigned i = 0; i < READY_SECONDS * 1000 / PAUSE_MS; i++) {
        if (waitpid(*pid, NULL, WNOHANG) != 0) {
            *pid = 0;
            return "it ended before it listened";
        }
        if (answers(url))
            return NULL;
        pause_a_moment();
    }
    return "it does not listen at its address";
}

static void end_server(pid_t pid)
{
    if (!pid)
        return;
    kill(-pid, SIGTERM);
    for (unsigned i = 0; i < GRACE_SECONDS * 1000 / PAUSE_MS && waitpid(pid, NULL, WNOHANG) == 0; i++)
        pause_a_moment();
    kill(-pid, SIGKILL); /* what is left of its group */
    waitpid(pid, NULL, 0);
}

static int pack_of(const cli_call *call, char folder[OUT_PATH])
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
    pack *p = session_pack_of_target(call, profile, &code);
    code = p ? out_pack(call, p, folder) : code;
    free(p);
    return code;
}

static int run_started(const cli_call *call, const target_file *t, door_runner *run)
{
    char folder[OUT_PATH];
    ws_url url;
    pid_t pid = 0;
    if (!ws_url_read(t->at, &url))
        return cli_usage(call, "door: '%s' is not ws://HOST[:PORT]/PATH", t->at);
    int code = pack_of(call, folder);
    if (code)
        return code;
    if (answers(&url))
        return cli_fail(call, EXIT_UNREACHABLE, "something listens at %s already, before the target was started", t->at);
    if (!start_server(call, t->start, folder, &pid))
        return cli_fail(call, EXIT_UNREACHABLE, "start: '%s' can't be started", t->start);
    const char *wrong = await_server(&pid, &url);
    cli_call started = *call;
    started.target_pid = pid;
    code = wrong ? cli_fail(call, EXIT_UNREACHABLE, "start: %s; what it said is in %s/target.txt", wrong, call->out) : run(&started);
    end_server(pid);
    return code;
}

int test_started(const cli_call *call, const char *url, const char *command, door_runner *run)
{
    const target_file t = {.at = (char *)url, .start = (char *)command};
    return run_started(call, &t, run);
}

/* ---- the call that the file stands for ---- */

static void set_option(cli_call *c, const char *option, const char *value)
{
    for (size_t i = 0; i < c->n_options; i++)
        if (strcmp(c->options[i]->name, option) == 0 && value && !c->values[i])
            c->values[i] = value;
}

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
