/* `parley gate`: every step is this program once more, in a process of its own, so that none can disturb the next. */
#include "gate.h"
#include "out_file.h"
#include "place.h"
#include "verbs.h"
#include "weak.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { ARGUMENTS = GATE_WORDS + 8, LAST_BYTES = 4096 };

typedef struct gate_call {
    const cli_call *call;
    char folder[OUT_PATH]; /* of the outputs */
    int code;              /* a file that can't be written */
} gate_call;

/* ---- one step ---- */

static void path_under_out(const gate_call *g, const char *name, char path[OUT_PATH])
{
    snprintf(path, OUT_PATH, "%s/%s", g->call->out, name);
}

/* A file of an earlier run must not pass for one of this run. */
static bool remove_leavings(const gate_call *g, const gate_step *step)
{
    char path[OUT_PATH];
    for (const char *const *file = step->leaves; *file; file++) {
        path_under_out(g, *file, path);
        if (unlink(path) != 0 && errno != ENOENT && errno != ENOTDIR)
            return false;
    }
    return true;
}

static const char *first_missing(const gate_call *g, const gate_step *step)
{
    char path[OUT_PATH];
    struct stat facts;
    for (const char *const *file = step->leaves; *file; file++) {
        path_under_out(g, *file, path);
        if (stat(path, &facts) != 0 || facts.st_size == 0)
            return *file;
    }
    return NULL;
}

/* The last line that is not empty. */
static void read_last_line(const char *path, char said[GATE_SAID])
{
    char text[LAST_BYTES + 1];
    FILE *f = fopen(path, "r");
    if (!f)
        return;
    if (fseek(f, -LAST_BYTES, SEEK_END) != 0)
        rewind(f);
    size_t n = fread(text, 1, LAST_BYTES, f);
    fclose(f);
    while (n && (text[n - 1] == '\n' || text[n - 1] == ' '))
        n--;
    text[n] = 0;
    const char *line = strrchr(text, '\n');
    snprintf(said, GATE_SAID, "%s", line ? line + 1 : text);
}

static void compose(const gate_call *g, const gate_step *step, char *argv[ARGUMENTS])
{
    const char *weak = cli_value(g->call, "weak");
    size_t n = 0;
    argv[n++] = (char *)place_program();
    for (const char *const *word = step->words; *word; word++)
        argv[n++] = (char *)*word;
    argv[n++] = (char *)"--out";
    argv[n++] = (char *)g->call->out;
    if (weak) {
        argv[n++] = (char *)"--weak";
        argv[n++] = (char *)weak;
    }
    argv[n] = NULL;
}

/* Both outputs go to one file. False when there is no process. */
static bool start(const gate_call *g, const gate_step *step, const char *output, pid_t *pid)
{
    char *argv[ARGUMENTS];
    posix_spawn_file_actions_t files;
    compose(g, step, argv);
    if (posix_spawn_file_actions_init(&files) != 0)
        return false;
    const bool started = posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0) == 0 &&
                         posix_spawn_file_actions_addopen(&files, 1, output, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0666) == 0 &&
                         posix_spawn_file_actions_adddup2(&files, 1, 2) == 0 && posix_spawn(pid, argv[0], &files, NULL, argv, environ) == 0;
    posix_spawn_file_actions_destroy(&files);
    return started;
}

static void run_step(void *ctx, const gate_step *step, gate_end *end)
{
    const gate_call *g = ctx;
    char output[OUT_PATH + 32];
    pid_t pid;
    int status;
    snprintf(output, sizeof output, "%s/%s.txt", g->folder, step->name);
    end->how = GATE_NOT_STARTED;
    if (!remove_leavings(g, step) || !start(g, step, output, &pid))
        return;
    while (waitpid(pid, &status, 0) != pid)
        if (errno != EINTR)
            return;
    end->how = WIFEXITED(status) ? GATE_EXITED : GATE_SIGNALLED;
    end->number = WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status);
    end->missing = first_missing(g, step);
    read_last_line(output, end->said);
}

/* ---- all of them ---- */

static void print_row(const gate_call *g, const gate_row *row)
{
    page text = {0};
    gate_row_text(row, &text);
    fputs(text.p, stdout);
    if (row->code)
        printf("%21sall of it: %s/%s.txt\n", "", g->folder, row->step->name);
    fflush(stdout);
    page_free(&text);
}

/* Saved after each step: a gate that is cancelled leaves a file that says what did not run. */
static bool note(void *ctx, const gate *all, size_t done)
{
    gate_call *g = ctx;
    page text = {0};
    gate_json(all, &text);
    g->code = out_save(g->call, "gate.json", &text);
    page_free(&text);
    if (!g->call->json && done == 0)
        printf("%-13s  exit  what it said\n", "step");
    if (!g->call->json && done)
        print_row(g, &all->row[done - 1]);
    return g->code == EXIT_LEVEL;
}

static void print_json(const gate *all)
{
    page text = {0};
    gate_json(all, &text);
    fputs(text.p, stdout);
    page_free(&text);
}

int verb_gate(const cli_call *call)
{
    gate all;
    gate_call g = {.call = call};
    if (call->argc)
        return cli_usage(call, "gate takes no operands");
    if (cli_given(call, "seed") || cli_given(call, "at"))
        return cli_usage(call, "the steps have a seed and a time of their own; --seed and --at mean nothing here");
    if (!weak_possible())
        return cli_usage(
            call, "this build can't disable a line; ./parley gate at the top of a checkout builds the one that can (preset mutants)");
    int code = out_folder(call, "gate", g.folder);
    if (code)
        return code;
    gate_run(&all, gate_steps, run_step, note, &g);
    code = exit_worst(gate_code(&all), g.code);
    if (call->json)
        print_json(&all);
    else
        printf("gate: %s, exit %d\n", code ? "red" : "green", code);
    return code;
}
