#include "corpus.h"
#include "data_package.h"
#include "external_vectors.h"
#include "page.h"
#include "place.h"
#include "sentence_of.h"
#include "vectors_here.h"
#include "verbs.h"

#include <errno.h>
#include <fnmatch.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

extern char **environ;

static const char *folder_of_vectors(void)
{
    static char folder[1200];
    snprintf(folder, sizeof folder, "%s/vectors", place_share());
    return folder;
}

static void print_fault(void *ctx, const char *file, const char *where, const char *what)
{
    if (ctx)
        printf("%s ", (const char *)ctx);
    printf("%s: %s: %s\n", shown_text(file), shown_text(where), shown_text(what));
}

static int print_totals(const cli_call *call, const char *verb, const corpus_totals *t)
{
    if (call->json)
        printf("{\"files\":%zu,\"cases\":%zu,\"accept\":%zu,\"reject\":%zu}\n", t->files, t->cases, t->positive, t->negative);
    else if (!call->quiet)
        printf("%s %zu files, %zu cases: %zu accepted, %zu rejected (%zu %%)\n", verb, t->files, t->cases, t->positive, t->negative,
               t->cases ? 100 * t->negative / t->cases : 0);
    return EXIT_LEVEL;
}

/* ---- write, check ---- */

static int write_all(const cli_call *call)
{
    corpus_totals totals;
    if (!place_checkout())
        return cli_usage(call, "vectors are written in a checkout: run ./parley vectors write at the top of one");
    if (!corpus_write(folder_of_vectors(), &totals, print_fault, NULL))
        return cli_fail(call, EXIT_HARNESS, "the vectors under %s are not all written", folder_of_vectors());
    return print_totals(call, "written", &totals);
}

static int check_all(const cli_call *call)
{
    static const prim *const providers[] = {&prim_openssl, &prim_sodium};
    corpus_totals totals = {0};
    bool good = true;
    for (size_t i = 0; i < 2; i++) {
        char under[32];
        snprintf(under, sizeof under, "under %s:", providers[i]->name);
        good = corpus_check(folder_of_vectors(), providers[i], &totals, print_fault, under) && good;
        if (totals.skipped && !call->quiet)
            printf("SKIPPED under %s: %zu files, it lacks a cipher on this machine\n", providers[i]->name, totals.skipped);
    }
    if (good)
        return print_totals(call, "the same under both providers:", &totals);
    printf("vectors drifted: if the change is meant, run `parley vectors write` and raise `rev` of each changed case\n");
    return EXIT_DRIFT;
}

/* ---- the witnesses ---- */

enum { WITNESS_SKIPPED = 77 };

/* Runs vectors/witness/run.sh, which prints for itself. Its exit code; -1 when it can't be run. */
static int run_witness(const char *folder, const char *name, const char *area)
{
    char script[1300], program[80];
    char *argv[] = {(char *)"sh", script, program, (char *)area, NULL};
    pid_t pid;
    int status;
    snprintf(script, sizeof script, "%s/witness/run.sh", folder);
    snprintf(program, sizeof program, "%s.mjs", name);
    fflush(stdout);
    if (posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ) != 0 || waitpid(pid, &status, 0) != pid)
        return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int one_witness(const cli_call *call, const char *line)
{
    char name[64], area[8];
    if (sscanf(line, "%63[a-z0-9]\t%7[a-z0-9]", name, area) != 2)
        return cli_fail(call, EXIT_HARNESS, "%s/witness/witnesses.tsv: '%s' is not a name and an area", folder_of_vectors(), line);
    if (!call->quiet)
        printf("%s: ", name);
    const int code = run_witness(folder_of_vectors(), name, area);
    if (code == WITNESS_SKIPPED)
        return cli_fail(call, EXIT_UNREACHABLE, "the witness '%s' needs Node 18 or newer (Debian: nodejs)", name);
    return code == 0 ? EXIT_LEVEL : cli_fail(call, code == 1 ? EXIT_FAILED : EXIT_HARNESS, "the witness '%s' does not agree", name);
}

static int witness_all(const cli_call *call)
{
    char path[1300];
    page list = {0};
    int code = EXIT_LEVEL;
    size_t n = 0;
    snprintf(path, sizeof path, "%s/witness/witnesses.tsv", folder_of_vectors());
    if (!page_load(&list, path, 1 << 16))
        return cli_fail(call, EXIT_HARNESS, "%s: %s", path, strerror(errno));
    for (char *rest = list.p, *line; list.n && (line = strsep(&rest, "\n"));)
        if (*line) {
            code = exit_worst(code, one_witness(call, line));
            n++;
        }
    page_free(&list);
    if (!code && !call->quiet)
        printf("%zu witnesses agree\n", n);
    return n ? code : cli_fail(call, EXIT_HARNESS, "%s names no witness", path);
}

/* ---- list, show ---- */

static void print_list_row(const cli_call *call, const vector_case *c)
{
    if (call->quiet) {
        puts(c->id);
        return;
    }
    printf("%-58s %-9s %-7s", c->id, c->accept ? "accept" : c->reason, c->accept ? "" : c->site);
    for (const cJSON *r = c->req->child; r; r = r->next)
        printf(" %s", r->valuestring);
    putchar('\n');
}

static int list(const cli_call *call)
{
    vector_set set;
    const char *glob = cli_operand(call, 1);
    const int code = vectors_load(call, &set);
    if (code)
        return code;
    size_t shown = 0;
    for (size_t i = 0; i < set.n; i++)
        if (!glob || fnmatch(glob, set.all[i].id, 0) == 0) {
            print_list_row(call, &set.all[i]);
            shown++;
        }
    vectors_free(&set);
    return shown ? EXIT_LEVEL : cli_usage(call, "no case is called '%s'; `parley vectors list` names them all", glob ? glob : "");
}

static void print_values(const char *head, const cJSON *object)
{
    for (const cJSON *at = object ? object->child : NULL; at; at = at->next) {
        char *text = cJSON_PrintUnformatted(at);
        printf("%-9s %s = %.*s%s\n", head, at->string, 200, text, strlen(text) > 200 ? "..." : "");
        cJSON_free(text);
    }
}

static void print_case(const vector_case *c)
{
    printf("%s  rev %d\nfile      vectors/data/%s, group %s\ncall      %s\nexpect    %s\n", c->id, c->rev, c->file, c->gid, c->op,
           c->accept ? "accept" : "reject");
    if (!c->accept)
        printf("reason    %s, at %s\nbase      %s\nmutation  %s\nafter     %s\n", c->reason, c->site, c->base, c->mutation,
               c->after ? c->after : "no state");
    for (const cJSON *r = c->req->child; r; r = r->next)
        printf("%-9s %s\n", r->valuestring, requirement_rows[requirement_find(r->valuestring)].text);
    print_values("in", c->in);
    print_values("in", c->common);
    print_values("out", c->out);
}

static int show(const cli_call *call)
{
    vector_set set;
    const char *id = cli_operand(call, 1);
    if (!id)
        return cli_usage(call, "give the id of a case; `parley vectors list` names them");
    const int code = vectors_load(call, &set);
    if (code)
        return code;
    const vector_case *c = vectors_find(&set, id);
    if (c)
        print_case(c);
    vectors_free(&set);
    return c ? EXIT_LEVEL : cli_usage(call, "no case is called '%s'; `parley vectors list` names them all", id);
}

/* ---- try ---- */

enum { SKIP_NAMES = 128 };

typedef struct tried {
    const cli_call *call;
    size_t of[3];
    struct {
        char why[64];
        size_t n;
    } skipped[SKIP_NAMES];
    size_t n_names;
} tried;

static void count_skip(tried *t, const char *why)
{
    size_t i = 0;
    while (i < t->n_names && strcmp(t->skipped[i].why, why) != 0)
        i++;
    if (i == SKIP_NAMES)
        return;
    if (i == t->n_names)
        snprintf(t->skipped[t->n_names++].why, sizeof t->skipped[0].why, "%s", why);
    t->skipped[i].n++;
}

static void report_one(void *ctx, const char *name, external_outcome outcome, const char *why)
{
    tried *t = ctx;
    t->of[outcome]++;
    if (outcome == EXTERNAL_SKIPPED)
        count_skip(t, why);
    if (outcome == EXTERNAL_FAILED)
        printf("FAILED  %s: %s\n", shown_text(name), shown_text(why));
}

static void print_tried(const tried *t)
{
    if (t->call->json) {
        printf("{\"passed\":%zu,\"failed\":%zu,\"skipped\":%zu}\n", t->of[0], t->of[1], t->of[2]);
        return;
    }
    if (t->n_names && !t->call->quiet) {
        printf("skipped, not among our names:");
        for (size_t i = 0; i < t->n_names; i++)
            printf(" %s (%zu)", shown_text(t->skipped[i].why), t->skipped[i].n);
        putchar('\n');
    }
    printf("%zu passed, %zu failed, %zu skipped\n", t->of[EXTERNAL_PASSED], t->of[EXTERNAL_FAILED], t->of[EXTERNAL_SKIPPED]);
}

static int try_file(const cli_call *call)
{
    const char *path = cli_operand(call, 1);
    page text = {0};
    tried t = {.call = call};
    if (!path)
        return cli_usage(call, "give a file of Noise test vectors");
    if (!page_load(&text, path, 64 << 20))
        return cli_usage(call, "%s: %s", path, strerror(errno));
    if (text.n && memchr(text.p, 0, text.n)) {
        page_free(&text);
        return cli_usage(call, "%s holds a zero byte: it is not text", path);
    }
    bool known = text.n && external_vectors_replay(&prim_openssl, text.p, text.n, report_one, &t);
    page_free(&text);
    if (!known)
        return cli_usage(call, "%s is neither {\"vectors\":[...]} as cacophony writes it nor handshake=... lines as the Go package does",
                         path);
    print_tried(&t);
    if (t.of[EXTERNAL_FAILED])
        return EXIT_FAILED;
    return t.of[EXTERNAL_PASSED] ? EXIT_LEVEL : EXIT_COVERAGE;
}

static int package(const cli_call *call)
{
    const char *kind = cli_operand(call, 1), *folder = cli_operand(call, 2);
    return folder ? data_package(call, kind, folder) : cli_usage(call, "give one of npm, go, crate, and a folder");
}

int verb_vectors(const cli_call *call)
{
    static const struct {
        const char *name;
        int operands;
        int (*run)(const cli_call *);
    } actions[] = {{"write", 1, write_all}, {"check", 1, check_all}, {"witness", 1, witness_all}, {"list", 2, list},
                   {"show", 2, show},       {"try", 2, try_file},    {"package", 3, package}};
    const char *what = cli_operand(call, 0);
    prim_start();
    for (size_t i = 0; what && i < sizeof actions / sizeof *actions; i++)
        if (strcmp(actions[i].name, what) == 0)
            return call->argc > actions[i].operands ? cli_usage(call, "%s takes fewer operands", what) : actions[i].run(call);
    return cli_usage(call, "say one of write, check, witness, list, show ID, try FILE, package KIND DIR");
}
