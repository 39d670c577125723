/* For tests: `parley serve` in a process of its own, and where it listens. */
#ifndef PARLEY_SERVING_FIXTURE_H
#define PARLEY_SERVING_FIXTURE_H

#include "runner_fixture.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

typedef struct served {
    pid_t pid;
    unsigned port;
} served;

/* The server's own life, in the child: it prints into a file, its errors too. */
static inline void serve_into(const char *printed, const char *profile, const char *model)
{
    char *words[] = {"parley",  "serve",       "--profile", (char *)profile, "--listen", "ws://127.0.0.1:0/websocket",
                     "--model", (char *)model, NULL};
    if (!freopen(printed, "w", stdout) || dup2(STDOUT_FILENO, STDERR_FILENO) < 0)
        _exit(70);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    _exit(cli_main(8, words));
}

static inline unsigned port_of(const char *printed)
{
    static char text[4096];
    unsigned port = 0;
    for (int i = 0; i < 6000 && !port; i++, usleep(10000)) {
        FILE *f = fopen(printed, "r");
        if (!f)
            continue;
        slurp(f, text, sizeof text);
        const char *at = strstr(text, "listening on ws://127.0.0.1:");
        if (at && strchr(at, '\n'))
            port = (unsigned)strtoul(at + strlen("listening on ws://127.0.0.1:"), NULL, 10);
    }
    assert_true(port != 0);
    return port;
}

static inline served serving(const char *printed, const char *profile, const char *model)
{
    served s;
    unlink(printed);
    fflush(NULL);
    s.pid = fork();
    assert_true(s.pid >= 0);
    if (s.pid == 0)
        serve_into(printed, profile, model);
    s.port = port_of(printed);
    return s;
}

/* What it ended with: an exit code, or minus the number of a signal. */
static inline int serving_ended(const served *s, int signal)
{
    int status = 0;
    kill(s->pid, signal);
    assert_int_equal(waitpid(s->pid, &status, 0), s->pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

#endif
