#include "fault_calls.h"
#include "cli.h"

#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATHS = 32, PATH = 4096 + 64, FILE_MAX = 1 << 24, POLL_US = 5000, POLLS = 6000 };

const char *fault_path(const char *name)
{
    static char path[PATHS][PATH];
    static unsigned turn;
    char *to = path[turn++ % PATHS];
    snprintf(to, PATH, "%s/%s", fault_folder(), name);
    return to;
}

void fault_save(const char *name, span bytes)
{
    FILE *f = fopen(fault_path(name), "wb");
    must(f && fwrite(bytes.p, 1, bytes.n, f) == bytes.n && fclose(f) == 0);
}

static void print_to(const char *name, int console)
{
    const int fd = open(fault_path(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    must(fd >= 0 && dup2(fd, console) >= 0);
    close(fd);
}

void fault_console(const char *name)
{
    print_to(name, STDOUT_FILENO);
    must(dup2(STDOUT_FILENO, STDERR_FILENO) >= 0);
}

/* ---- a verb ---- */

static int words_of(const char *const *from, char *argv[FAULT_ARGUMENTS + 4])
{
    int argc = 1;
    argv[0] = (char *)(uintptr_t) "parley";
    for (; *from; from++)
        argv[argc++] = (char *)(uintptr_t)(**from == '@' ? fault_path(*from + 1) : *from);
    return argc;
}

int fault_call_verb(fault_call *c)
{
    char *argv[FAULT_ARGUMENTS + 4] = {0};
    int argc = words_of(c->argument, argv);
    argv[argc++] = (char *)(uintptr_t) "--out", argv[argc++] = (char *)(uintptr_t)fault_folder();
    optind = 1;
    fault_begin();
    const int code = cli_main(argc, argv);
    fault_disarm();
    return fflush(stdout) == 0 ? code : 1;
}

static bool load(const fault_call *c, page *out)
{
    if (!page_load(out, fault_path(c->file), FILE_MAX))
        return false;
    if (c->steady)
        c->steady(out);
    return true;
}

static bool is_honest(const fault_call *c, const page *now) { return now->n == c->honest.n && memcmp(now->p, c->honest.p, now->n) == 0; }

int fault_call_run(fault_call *c)
{
    page now = {0};
    const int console = dup(STDOUT_FILENO);
    print_to(c->prints ? c->file : "words", STDOUT_FILENO);
    const int code = fault_call_verb(c);
    must(dup2(console, STDOUT_FILENO) >= 0);
    close(console);
    if (code != 0)
        return FAULT_FAILED;
    if (!load(c, &now))
        fault_wrong("it says that it wrote a file, and there is none");
    const bool whole = !c->honest.n || is_honest(c, &now), right = whole || (c->is_right && c->is_right(c, &now));
    if (!right)
        fault_wrong("it says that it is done, and something is missing");
    page_free(&now);
    return whole ? FAULT_HONEST : FAULT_FAILED;
}

void fault_call_prepare_by(fault_call *c, int (*run)(void))
{
    for (int i = 0; i < 8; i++)
        (void)shown_text("what messages show is kept for a while");
    must((run ? run() : fault_call_run(c)) == FAULT_HONEST);
    must(load(c, &c->honest) && c->honest.n);
}

void fault_call_prepare(fault_call *c) { fault_call_prepare_by(c, NULL); }

int fault_call_judge(fault_call *c)
{
    page now = {0};
    return load(c, &now) && is_honest(c, &now) ? 0 : 1;
}

/* ---- other processes ---- */

unsigned fault_port(const char *name)
{
    static const char said[] = "listening on ws://127.0.0.1:";
    page text = {0};
    const char *at = page_load(&text, fault_path(name), FILE_MAX) && text.n ? strstr(text.p, said) : NULL;
    const unsigned port = at && strchr(at, '\n') ? (unsigned)strtoul(at + sizeof said - 1, NULL, 10) : 0;
    page_free(&text);
    return port;
}

/* In real time, without faults. */
static pid_t in_a_process(const char *name, const char *const *words)
{
    char *argv[FAULT_ARGUMENTS + 4] = {0};
    unlink(fault_path(name));
    fflush(NULL);
    const pid_t pid = fork();
    must(pid >= 0);
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        fault_waits_really();
        fault_console(name);
        optind = 1;
        exit(cli_main(words_of(words, argv), argv));
    }
    return pid;
}

int fault_says(const char *name, const char *const *words)
{
    int status = 0;
    const pid_t pid = in_a_process(name, words);
    must(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
    return WEXITSTATUS(status);
}

fault_peer fault_starts(const char *name, const char *const *words)
{
    fault_peer p = {.pid = in_a_process(name, words)};
    for (int i = 0; i < POLLS && !(p.port = fault_port(name)); i++)
        usleep(POLL_US);
    must(p.port);
    return p;
}

void fault_ends_peer(const fault_peer *p, int signal)
{
    kill(p->pid, signal);
    must(waitpid(p->pid, NULL, 0) == p->pid);
}
