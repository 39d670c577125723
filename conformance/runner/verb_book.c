/* `parley book`: the specification as one page. */
#include "book.h"
#include "facts_here.h"
#include "out_file.h"
#include "p1_attackers.h"
#include "attack_ladder.h"
#include "place.h"
#include "schedules.h"
#include "vectors_here.h"
#include "verbs.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { CHECKS = 64 };

static void name_checks(const attacker *a, char room[CHECKS])
{
    size_t n = 0;
    room[0] = 0;
    for (size_t i = 0; i < ATTACK_CHECKS && a->check[i] && n < CHECKS; i++)
        n += (size_t)snprintf(room + n, CHECKS - n, "%s%s", i ? " " : "", requirement_rows[a->check[i]].id);
}

/* Every attacker is run, with all checks in force. `goals` and `checks` have room for all. */
static void try_goals(book_goal *goals, char (*checks)[CHECKS])
{
    for (size_t i = 0; i < n_attackers; i++) {
        const attacker *a = &attackers[i];
        const attack_result r = a->run(&prim_openssl);
        name_checks(a, checks[i]);
        goals[i] = (book_goal){a->goal, a->name, a->holds, a->wants, checks[i], r.reached ? NULL : r.by ? requirement_rows[r.by].id : ""};
    }
}

/* Every attacker of the ladder, at every profile. */
static void try_ladder(book_ladder *out)
{
    ladder_found found[LADDER_ATTACKERS];
    *out = (book_ladder){.n_profiles = LADDERS, .n_rungs = LADDER_ATTACKERS};
    for (int k = 0; k < LADDERS; k++) {
        for (int i = 0; i < LADDER_ATTACKERS; i++) {
            const ladder_attacker *a = &ladder_attackers[i];
            found[i] = ladders[k]->run[i](&prim_openssl);
            out->rung[i].step = ladder_step_names[a->step];
            out->rung[i].attacker = a->name;
            out->rung[i].holds = a->holds;
            out->rung[i].stopped[k] = found[i].reached ? NULL : found[i].by ? requirement_rows[found[i].by].id : "";
        }
        out->profile[k] = ladders[k]->name;
        out->level[k] = ladder_level_name(ladder_level(found));
    }
}

enum { SCHEDULES_MAX = 32 };

/* The script of each key schedule. A vector that does not hold has none: `vectors check` is there to say so. */
static void derive_all(const cli_call *call, book_derivation out[SCHEDULES_MAX + 1], page scripts[SCHEDULES_MAX])
{
    vector_set set;
    size_t values, n = 0;
    if (vectors_load(call, &set))
        return;
    for (const schedule *s = schedules; s->id && n < SCHEDULES_MAX; s++) {
        const vector_case *c = case_named(&set, s->id);
        if (c && schedule_write(&set, c, &scripts[n], &values)) {
            out[n] = (book_derivation){s->id, s->what, scripts[n].p};
            n++;
        }
    }
    vectors_free(&set);
}

/* LOCK has the digest of every file of vectors. */
static void digest_of_vectors(const char *tree, char digest[65])
{
    char path[OUT_PATH];
    page text = {0};
    uint8_t sum[32];
    writer w = writer_of(digest, 64);
    snprintf(path, sizeof path, "%s/vectors/LOCK", tree);
    digest[0] = digest[64] = 0;
    if (page_load(&text, path, 1 << 20)) {
        prim_digest(&prim_openssl, PRIM_SHA256, span_of(text.p, text.n), sum);
        write_hex(&w, SPAN(sum));
    }
    page_free(&text);
}

/* ---- by a browser, where there is one ---- */

enum { TENTHS_MAX = 3000 }; /* of a second that a browser may take */

static int status_of(pid_t pid)
{
    int status = -1;
    for (unsigned i = 0; i < TENTHS_MAX; i++) {
        if (waitpid(pid, &status, WNOHANG) == pid)
            return status;
        nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
    }
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    return -1;
}

static bool prints(const char *browser, const char *target, const char *page_url)
{
    char *argv[] = {(char *)browser,
                    "--headless",
                    "--disable-gpu",
                    "--no-pdf-header-footer",
                    (char *)target,
                    (char *)page_url,
                    geteuid() == 0 ? "--no-sandbox" : NULL, /* a browser of the administrator has no sandbox */
                    NULL};
    posix_spawn_file_actions_t quiet;
    pid_t pid;
    int status = -1;
    posix_spawn_file_actions_init(&quiet);
    posix_spawn_file_actions_addopen(&quiet, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    if (posix_spawnp(&pid, browser, &quiet, NULL, argv, environ) == 0)
        status = status_of(pid);
    posix_spawn_file_actions_destroy(&quiet);
    return status == 0;
}

static int print_pdf(const cli_call *call)
{
    static const char *const browsers[] = {"chromium", "chromium-browser", "google-chrome"};
    char whole[OUT_PATH], target[OUT_PATH + 64], url[OUT_PATH + 64], pdf[OUT_PATH + 16];
    struct stat made;
    if (!realpath(call->out, whole))
        return cli_fail(call, EXIT_HARNESS, "%s: %s", call->out, strerror(errno));
    snprintf(pdf, sizeof pdf, "%s/book.pdf", whole);
    snprintf(target, sizeof target, "--print-to-pdf=%s", pdf);
    snprintf(url, sizeof url, "file://%s/book.html", whole);
    unlink(pdf);
    for (size_t i = 0; i < sizeof browsers / sizeof *browsers; i++)
        if (prints(browsers[i], target, url) && stat(pdf, &made) == 0 && made.st_size > 0) {
            if (!call->quiet)
                printf("%s/book.pdf: %lld KiB\n", call->out, (long long)made.st_size / 1024);
            return EXIT_LEVEL;
        }
    return cli_fail(call, EXIT_UNREACHABLE,
                    "a PDF needs a browser, and none of chromium, chromium-browser, google-chrome printed the page");
}

static int write_html(const cli_call *call, const book_goal *goals)
{
    char digest[65];
    page out = {0}, scripts[SCHEDULES_MAX] = {0};
    const char *missing;
    book_derivation derivations[SCHEDULES_MAX + 1] = {0};
    digest_of_vectors(place_share(), digest);
    const sentence_facts *facts = facts_here(call);
    derive_all(call, derivations, scripts);
    book_ladder ladder;
    try_ladder(&ladder);
    const book b = {place_share(), PARLEY_VERSION, digest, facts, facts_results(), goals, n_attackers, derivations, &ladder};
    const int code = book_write(&b, &out, &missing) ? out_save(call, "book.html", &out)
                                                    : cli_fail(call, EXIT_HARNESS, "%s/%s can't be read", place_share(), missing);
    if (!code && !call->quiet)
        printf("%s/book.html: %d sentences, %zu KiB\n", call->out, REQ_COUNT - 1, out.n / 1024);
    for (size_t i = 0; i < SCHEDULES_MAX; i++)
        page_free(&scripts[i]);
    page_free(&out);
    return code;
}

int verb_book(const cli_call *call)
{
    if (call->argc)
        return cli_usage(call, "book takes no operands");
    book_goal *goals = calloc(n_attackers, sizeof *goals);
    char(*checks)[CHECKS] = calloc(n_attackers, sizeof *checks);
    needs_memory(goals && checks);
    try_goals(goals, checks);
    const int code = write_html(call, goals);
    free(goals);
    free(checks);
    return code || !cli_given(call, "pdf") ? code : print_pdf(call);
}
