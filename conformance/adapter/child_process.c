#include "child_process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void close_end(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* In the child: only what may be called between fork and exec. */
_Noreturn static void run_program(char *const *argv, int in, int out, int err)
{
    dup2(in < 0 ? open("/dev/null", O_RDONLY) : in, 0);
    dup2(out, 1);
    dup2(err, 2);
    for (int fd = 3; fd < 256; fd++)
        close(fd);
    signal(SIGPIPE, SIG_DFL);
    execvp(argv[0], argv);
    _exit(127);
}

/* ends[i][0] is read, ends[i][1] is written. */
static bool make_pipes(int ends[3][2], bool input)
{
    bool made = true;
    for (int i = 0; i < 3; i++) {
        ends[i][0] = ends[i][1] = -1;
        if (made && (i > 0 || input))
            made = pipe2(ends[i], O_CLOEXEC) == 0;
    }
    return made;
}

bool child_start(child_process *c, char *const *argv, bool input)
{
    int ends[3][2];
    const bool made = make_pipes(ends, input);
    *c = (child_process){.pid = made ? fork() : -1};
    if (c->pid == 0)
        run_program(argv, ends[0][0], ends[1][1], ends[2][1]);
    close_end(&ends[0][0]), close_end(&ends[1][1]), close_end(&ends[2][1]);
    c->to = ends[0][1], c->from = ends[1][0], c->err = ends[2][0];
    if (c->pid > 0) {
        for (int i = 0; i < 3; i++)
            fcntl((int[]){c->to, c->from, c->err}[i], F_SETFL, O_NONBLOCK);
        return true;
    }
    close_end(&c->to);
    child_close(c);
    return false;
}

bool child_has_ended(child_process *c)
{
    if (!c->ended)
        c->ended = waitpid(c->pid, &c->status, WNOHANG) == c->pid;
    return c->ended;
}

int child_end(child_process *c, unsigned grace_ms)
{
    close_end(&c->to);
    for (unsigned i = 0; !child_has_ended(c) && i < grace_ms; i++)
        usleep(1000);
    if (!c->ended)
        kill(c->pid, SIGKILL);
    while (!c->ended && (waitpid(c->pid, &c->status, 0) == c->pid || errno != EINTR))
        c->ended = true;
    return c->status;
}

void child_close(child_process *c) { close_end(&c->from), close_end(&c->err); }

const char *child_ending(int status, char room[32])
{
    if (WIFSIGNALED(status))
        snprintf(room, 32, "signal %d", WTERMSIG(status));
    else
        snprintf(room, 32, "exit %d", WEXITSTATUS(status));
    return room;
}

bool shows_sanitizer_report(const char *error_output)
{
    return strstr(error_output, "Sanitizer") != NULL || strstr(error_output, "runtime error:") != NULL;
}
