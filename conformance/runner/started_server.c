#include "started_server.h"
#include "out_file.h"
#include "words.h"

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
static bool spawn_group(char **words, const char *output, posix_spawn_file_actions_t *files, posix_spawnattr_t *how, pid_t *pid)
{
    return posix_spawnattr_setflags(how, POSIX_SPAWN_SETPGROUP) == 0 && posix_spawnattr_setpgroup(how, 0) == 0 &&
           posix_spawn_file_actions_addopen(files, 0, "/dev/null", O_RDONLY, 0) == 0 &&
           posix_spawn_file_actions_addopen(files, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0666) == 0 &&
           posix_spawn_file_actions_adddup2(files, 1, 2) == 0 && posix_spawnp(pid, words[0], files, how, words, environ) == 0;
}

static bool start_server(const cli_call *call, const char *command, const char *pack, pid_t *pid)
{
    char *words[WORDS_MAX + 1], output[OUT_PATH];
    char *text = filled(command, pack);
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    snprintf(output, sizeof output, "%s/target.txt", call->out);
    must(posix_spawn_file_actions_init(&files) == 0 && posix_spawnattr_init(&how) == 0);
    const bool good = words_split(text, words) && spawn_group(words, output, &files, &how, pid);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&how);
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

void started_server_end(pid_t pid)
{
    if (!pid)
        return;
    kill(-pid, SIGTERM);
    for (unsigned i = 0; i < GRACE_SECONDS * 1000 / PAUSE_MS && waitpid(pid, NULL, WNOHANG) == 0; i++)
        pause_a_moment();
    kill(-pid, SIGKILL); /* what is left of its group */
    waitpid(pid, NULL, 0);
}

const char *started_server_begin(const cli_call *call, const char *command, const char *pack, const ws_url *url, pid_t *pid)
{
    *pid = 0;
    if (answers(url))
        return "something listens there already, before the target was started";
    if (!start_server(call, command, pack, pid))
        return "it can't be started";
    const char *wrong = await_server(pid, url);
    if (wrong)
        started_server_end(*pid);
    return wrong;
}
