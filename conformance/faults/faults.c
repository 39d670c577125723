/* faults WORK [MOST [SCENARIO [KIND N ALL_AFTER]]]: plays every scenario with every fault, or about MOST of its points, spread evenly, of
 * those that are quick. Prints a line a scenario; ends with 1 when a point came to what must not happen. With a point, plays that one, in this
 * process, for a debugger. */
#include "faults.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const fault_scenario *const scenarios[] = {
    &fault_session, &fault_parley1,  &fault_attestation, &fault_noise,   &fault_signal,   &fault_history, &fault_pack,
    &fault_results, &fault_baseline, &fault_reports,     &fault_vectors, &fault_library,  &fault_model,   &fault_judge,
    &fault_pcap,    &fault_book,     &fault_judge1,      &fault_gpu,     &fault_sigstore, &fault_receipt, &fault_franking,
    &fault_derive,  &fault_attack,   &fault_ladder,      &fault_tap,     &fault_chat,     &fault_page,    &fault_matrix};
enum { SCENARIOS = sizeof scenarios / sizeof *scenarios, PATIENCE = 60 };

static char folder[4096];
const char *fault_folder(void) { return folder; }

/* What one scenario came to. */
typedef struct outcomes {
    unsigned points, honest, failed, no_memory, killed, wrong;
} outcomes;

/* ---- one point ---- */

static int point(const fault_scenario *s, fault_kind kind, uint64_t n, bool all_after)
{
    const size_t held = fault_memory_held();
    alarm(PATIENCE);
    fault_plan(kind, n, all_after);
    const int came_to = s->run();
    fault_disarm();
    if (fault_memory_held() > held)
        fault_wrong("memory was not freed");
    if (kind == FAULT_PROVIDER && fault_fired() && !fault_spared() && came_to == FAULT_HONEST)
        fault_wrong("a provider's no was taken for a yes");
    return came_to;
}

/* The status of a child that does this. */
static int in_a_child(const fault_scenario *s, fault_kind kind, uint64_t n, bool all_after, uint64_t count[FAULT_KINDS])
{
    int ends[2], status = 0;
    must(pipe(ends) == 0);
    const pid_t child = fork();
    must(child >= 0);
    if (child == 0) {
        const int came_to = point(s, kind, n, all_after);
        for (int k = 0; k < FAULT_KINDS; k++) {
            const uint64_t one = fault_count((fault_kind)k);
            if (write(ends[1], &one, sizeof one) != sizeof one)
                _exit(FAULT_WRONG);
        }
        _exit(came_to);
    }
    close(ends[1]);
    for (int k = 0; k < FAULT_KINDS && count; k++)
        if (read(ends[0], &count[k], sizeof *count) != sizeof *count)
            count[k] = 0;
    close(ends[0]);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return status;
}

static bool judged_well(const fault_scenario *s)
{
    int status = 0;
    if (!s->judge)
        return true;
    const pid_t child = fork();
    must(child >= 0);
    if (child == 0)
        _exit(s->judge());
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return status == 0;
}

static void tell(const fault_scenario *s, fault_kind kind, uint64_t n, bool all_after, const char *what, int number)
{
    fprintf(stderr, "%s, %s %llu%s: %s %d\n", s->name, fault_names[kind], (unsigned long long)n, all_after ? " and all after it" : "", what,
            number);
}

static void play_point(const fault_scenario *s, fault_kind kind, uint64_t n, bool all_after, outcomes *o)
{
    const int status = in_a_child(s, kind, n, all_after, NULL), code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    o->points++;
    o->honest += code == FAULT_HONEST;
    o->failed += code == FAULT_FAILED;
    o->killed += code == FAULT_KILLED;
    o->no_memory += code == FAULT_NO_MEMORY && kind == FAULT_MEMORY;
    if (WIFSIGNALED(status))
        tell(s, kind, n, all_after, WTERMSIG(status) == SIGALRM ? "hangs; signal" : "crashes; signal", WTERMSIG(status));
    else if (code == FAULT_WRONG || (code > FAULT_KILLED && !(code == FAULT_NO_MEMORY && kind == FAULT_MEMORY)))
        tell(s, kind, n, all_after, "ends with", code);
    else if (!judged_well(s))
        tell(s, kind, n, all_after, "what it left is neither old nor new; after", code);
    else
        return;
    o->wrong++;
}

/* ---- a scenario ---- */

static void play_kind(const fault_scenario *s, fault_kind kind, uint64_t n, unsigned sample, unsigned *turn, outcomes *o)
{
    for (uint64_t i = 1; i <= n; i++)
        for (int all_after = 0; all_after <= (kind != FAULT_KILL); all_after++)
            if ((*turn)++ % sample == 0)
                play_point(s, kind, i, all_after, o);
}

static void prepare(const fault_scenario *s, const char *work)
{
    snprintf(folder, sizeof folder, "%s/%s", work, s->name);
    must(mkdir(folder, 0777) == 0 || errno == EEXIST);
    if (s->prepare)
        s->prepare();
}

static uint64_t all_points(const fault_scenario *s, const uint64_t count[FAULT_KINDS])
{
    uint64_t all = 0;
    for (int kind = FAULT_MEMORY; kind < FAULT_KINDS; kind++)
        all += s->kinds & 1u << kind ? count[kind] * (kind == FAULT_KILL ? 1 : 2) : 0;
    return all;
}

/* Odd, so that a fault alone and one with all after it are both met. */
static unsigned stride(uint64_t all, unsigned most) { return most && all > most ? (unsigned)(all / most) | 1 : 1; }

static bool play(const fault_scenario *s, const char *work, unsigned most, unsigned *points)
{
    outcomes o = {0};
    uint64_t count[FAULT_KINDS];
    unsigned turn = 0;
    prepare(s, work);
    const int status = in_a_child(s, FAULT_NONE, 0, false, count);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != FAULT_HONEST || !judged_well(s)) {
        fprintf(stderr, "%s: fails where nothing fails (%d)\n", s->name, status);
        return false;
    }
    const unsigned sample = stride(all_points(s, count), most ? most : s->most);
    for (int kind = FAULT_MEMORY; kind < FAULT_KINDS; kind++)
        if (s->kinds & 1u << kind)
            play_kind(s, (fault_kind)kind, count[kind], sample, &turn, &o);
    printf(
        "%-12s %5u of %6llu points: %u as if nothing had failed, %u failed and said so, %u stopped without memory, %u killed, %u WRONG\n",
        s->name, o.points, (unsigned long long)all_points(s, count), o.honest, o.failed, o.no_memory, o.killed, o.wrong);
    fflush(stdout);
    *points += o.points;
    return o.wrong == 0;
}

static int one_point(const char *work, char **which)
{
    for (size_t i = 0; i < SCENARIOS; i++)
        for (int kind = 0; kind < FAULT_KINDS; kind++)
            if (strcmp(which[0], scenarios[i]->name) == 0 && strcmp(which[1], fault_names[kind]) == 0) {
                prepare(scenarios[i], work);
                return point(scenarios[i], (fault_kind)kind, strtoull(which[2], NULL, 10), atoi(which[3]) != 0);
            }
    return 64;
}

int main(int argc, char **argv)
{
    const unsigned most = argc > 2 ? (unsigned)atoi(argv[2]) : 0;
    const char *only = argc > 3 ? argv[3] : NULL;
    unsigned points = 0;
    bool good = argc > 1;
    if (!good)
        return 64;
    prim_start();
    must(mkdir(argv[1], 0777) == 0 || errno == EEXIST);
    if (argc == 7)
        return one_point(argv[1], argv + 3);
    for (size_t i = 0; i < SCENARIOS; i++)
        if (only ? strcmp(only, scenarios[i]->name) == 0 : !(most && scenarios[i]->most))
            good = play(scenarios[i], argv[1], most, &points) && good;
    printf("%u points in all%s\n", points, most ? ", a sample" : "");
    return good && points ? 0 : 1;
}
