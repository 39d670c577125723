/* For tests: the program as its user sees it. Run it with a line, catch what it prints. */
#ifndef PARLEY_RUNNER_FIXTURE_H
#define PARLEY_RUNNER_FIXTURE_H

#include "cli.h"
#include "exits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

typedef struct answer {
    int code;
    char out[65536], err[4096];
} answer;

static inline void slurp(FILE *f, char *to, size_t room)
{
    rewind(f);
    to[fread(to, 1, room - 1, f)] = 0;
    fclose(f);
}

static inline int redirect(int fd, FILE *to)
{
    int kept = dup(fd);
    assert_true(kept >= 0 && dup2(fileno(to), fd) >= 0);
    return kept;
}

static inline void restore(int fd, int kept)
{
    dup2(kept, fd);
    close(kept);
}

/* A word is what stands between two blanks. */
static inline answer *says(const char *line)
{
    static answer a;
    static char words[1024];
    char *argv[32] = {0};
    int argc = 0;
    snprintf(words, sizeof words, "%s", line);
    for (char *word = strtok(words, " "); word; word = strtok(NULL, " "))
        argv[argc++] = word;
    FILE *out = tmpfile(), *err = tmpfile();
    assert_true(out && err);
    fflush(stdout), fflush(stderr);
    int kept_out = redirect(STDOUT_FILENO, out), kept_err = redirect(STDERR_FILENO, err);
    a.code = cli_main(argc, argv);
    fflush(stdout), fflush(stderr);
    restore(STDOUT_FILENO, kept_out), restore(STDERR_FILENO, kept_err);
    slurp(out, a.out, sizeof a.out), slurp(err, a.err, sizeof a.err);
    return &a;
}

static inline void refuses(const char *line, const char *because)
{
    answer *a = says(line);
    assert_int_equal(a->code, EXIT_USAGE);
    assert_string_equal(a->out, "");
    if (!strstr(a->err, because))
        fail_msg("'%s' said: %s", line, a->err);
}

#endif
