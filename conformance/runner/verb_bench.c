/* `parley bench`: how fast things are, as ratios against something else in the same run. Speed decides no exit code. */
#include "bench_doors.h"
#include "bench_healing.h"
#include "bench_model.h"
#include "bench_random.h"
#include "bench_load.h"
#include "bench_speed.h"
#include "bench_vectors.h"
#include "model_named.h"
#include "place.h"
#include "progress.h"
#include "verbs.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
    const char *kernel;
    double least; /* times float32 */
} goals[] = {{"avx512vnni", 4.0}, {"avx2", 2.4}};
enum { GOALS = sizeof goals / sizeof *goals };

#if defined __clang__
#define COMPILER __VERSION__
#else
#define COMPILER "gcc " __VERSION__
#endif

static const char *const thread_words[BENCH_THREADS] = {"one thread", "two threads, a session each"};

/* The subject's number; 0 when this build has no such kernel. */
static size_t subject_of(const bench *b, const char *kernel)
{
    for (size_t i = BENCH_KERNEL; i < b->n_subjects; i++)
        if (strcmp(b->subject[i].kernel->name, kernel) == 0)
            return i;
    return 0;
}

/* Why a goal can't be looked at, or NULL. */
static const char *goal_skipped(const bench *b, int goal, uint32_t threads)
{
    const size_t at = subject_of(b, goals[goal].kernel);
    return !at ? "not in this build" : !b->subject[at].run ? "not on this CPU" : threads > b->threads ? "there is one processor" : NULL;
}

/* ---- as text ---- */

static void print_subject(const bench *b, const char *name, size_t at, uint32_t threads)
{
    const bench_spread rate = bench_rate(b, at, threads), ratio = bench_ratio(b, at, BENCH_FLOAT, threads);
    printf("%-20s %10.0f %10.0f %10.0f   %6.2f  %6.2f .. %-6.2f  %3.0f %%\n", name, rate.median, rate.low, rate.high, ratio.median,
           ratio.low, ratio.high, 100 * bench_share(b, at, threads).median);
}

static void print_limit(const char *what, bench_spread stream, size_t n, double bytes)
{
    printf("  %s %.0f kB a token; %zu KiB load at %.1f GB/s (%.1f .. %.1f), which allows %.0f tokens/s\n", what, bytes / 1e3, n / 1024,
           stream.median / 1e9, stream.low / 1e9, stream.high / 1e9, stream.median / bytes);
}

static void print_threads(const bench *b, uint32_t threads)
{
    char name[32];
    if (threads > b->threads) {
        printf("\nSKIPPED %s: there is one processor\n", thread_words[threads - 1]);
        return;
    }
    printf("\n%-20s   tokens/s        min        max    times float32           of limit\n", threads == 1 ? "one thread" : "two threads");
    snprintf(name, sizeof name, "float32 (%s)", b->isa->name);
    print_subject(b, name, BENCH_FLOAT, threads);
    print_subject(b, "float32, tuned", BENCH_FLOAT_TUNED, threads);
    for (size_t i = BENCH_KERNEL; i < b->n_subjects; i++)
        if (b->subject[i].run)
            print_subject(b, b->subject[i].kernel->name, i, threads);
        else
            printf("SKIPPED %s: not on this CPU\n", b->subject[i].kernel->name);
    print_limit("limit, integers:", bench_rate(b, BENCH_STREAM, threads), b->stream_n, b->bytes);
    print_limit("limit, float32: ", bench_rate(b, BENCH_STREAM_FLOAT, threads), b->stream_float_n, b->float_bytes);
}

static void print_goal(const bench *b, int goal, uint32_t threads)
{
    const char *skipped = goal_skipped(b, goal, threads);
    const char *where = thread_words[threads - 1];
    if (skipped) {
        printf("SKIPPED goal %s, %s: %s\n", goals[goal].kernel, where, skipped);
        return;
    }
    const size_t at = subject_of(b, goals[goal].kernel);
    const double ratio = bench_ratio(b, at, BENCH_FLOAT, threads).median;
    printf("goal %s, %s: at least %.1f times float32; %.2f, %s (of the tuned one %.2f)\n", goals[goal].kernel, where, goals[goal].least,
           ratio, ratio >= goals[goal].least ? "met" : "MISSED", bench_ratio(b, at, BENCH_FLOAT_TUNED, threads).median);
}

static void print_text(const bench *b, const char *name)
{
    const model_shape *s = &b->model->shape;
    printf("%s: dim %u, layers %u, heads %u, kv_heads %u, ffn %u, vocab %u, context %u\n", name, s->dim, s->layers, s->heads, s->kv_heads,
           s->ffn, s->vocab, s->context);
    printf("%u positions, greedy, medians of %u rounds; per second of processor time; built by %s\n", b->positions, b->rounds, COMPILER);
    puts("float32: the same shape from random weights (their values do not matter for speed), as one writes it, at the compiler's best "
         "flags;");
    puts("tuned: the same by hand, four rows at a time");
    for (uint32_t threads = 1; threads <= BENCH_THREADS; threads++)
        print_threads(b, threads);
    putchar('\n');
    for (int goal = 0; goal < GOALS; goal++)
        for (uint32_t threads = 1; threads <= BENCH_THREADS; threads++)
            print_goal(b, goal, threads);
}

/* ---- as JSON ---- */

static void json_spread(const char *name, bench_spread s, int decimals)
{
    printf("\"%s\":{\"median\":%.*f,\"min\":%.*f,\"max\":%.*f}", name, decimals, s.median, decimals, s.low, decimals, s.high);
}

static void json_subject(const bench *b, const char *name, size_t at, uint32_t threads)
{
    printf("{\"name\":\"%s\"", name);
    if (!b->subject[at].run) {
        printf(",\"skipped\":\"not on this CPU\"}");
        return;
    }
    putchar(','), json_spread("tokens_per_second", bench_rate(b, at, threads), 0);
    putchar(','), json_spread("times_float32", bench_ratio(b, at, BENCH_FLOAT, threads), 3);
    putchar(','), json_spread("times_float32_tuned", bench_ratio(b, at, BENCH_FLOAT_TUNED, threads), 3);
    putchar(','), json_spread("of_limit", bench_share(b, at, threads), 3);
    putchar('}');
}

static void json_limit(const char *name, bench_spread stream, size_t n, double bytes)
{
    printf("\"%s\":{\"bytes_per_token\":%.0f,\"buffer_bytes\":%zu,", name, bytes, n);
    json_spread("bytes_per_second", stream, 0);
    putchar('}');
}

static void json_threads(const bench *b, uint32_t threads)
{
    printf("{\"threads\":%u,\"limits\":{", threads);
    json_limit("integers", bench_rate(b, BENCH_STREAM, threads), b->stream_n, b->bytes), putchar(',');
    json_limit("float32", bench_rate(b, BENCH_STREAM_FLOAT, threads), b->stream_float_n, b->float_bytes);
    printf("},\"float32\":");
    json_subject(b, b->isa->name, BENCH_FLOAT, threads);
    printf(",\"float32_tuned\":");
    json_subject(b, b->isa->name, BENCH_FLOAT_TUNED, threads);
    for (size_t i = BENCH_KERNEL; i < b->n_subjects; i++) {
        printf(i == BENCH_KERNEL ? ",\"kernels\":[" : ",");
        json_subject(b, b->subject[i].kernel->name, i, threads);
    }
    printf("]}");
}

static void json_goal(const bench *b, int goal, uint32_t threads)
{
    const char *skipped = goal_skipped(b, goal, threads);
    printf("{\"kernel\":\"%s\",\"threads\":%u,\"at_least\":%.1f,", goals[goal].kernel, threads, goals[goal].least);
    if (skipped) {
        printf("\"skipped\":\"%s\"}", skipped);
        return;
    }
    const double ratio = bench_ratio(b, subject_of(b, goals[goal].kernel), BENCH_FLOAT, threads).median;
    printf("\"times_float32\":%.3f,\"met\":%s}", ratio, ratio >= goals[goal].least ? "true" : "false");
}

static void print_json(const bench *b, bool random)
{
    const model_shape *s = &b->model->shape;
    printf("{\"bench\":\"model\",\"weights\":\"%s\",", random ? "random" : "file");
    printf("\"shape\":{\"dim\":%u,\"layers\":%u,\"heads\":%u,\"kv_heads\":%u,\"ffn\":%u,\"vocab\":%u,\"context\":%u},", s->dim, s->layers,
           s->heads, s->kv_heads, s->ffn, s->vocab, s->context);
    printf("\"positions\":%u,\"rounds\":%u,\"compiler\":\"%s\",\"measured\":[", b->positions, b->rounds, COMPILER);
    for (uint32_t threads = 1; threads <= b->threads; threads++) {
        printf(threads > 1 ? "," : "");
        json_threads(b, threads);
    }
    printf("],\"goals\":[");
    for (int i = 0; i < GOALS * BENCH_THREADS; i++) {
        printf(i ? "," : "");
        json_goal(b, i / BENCH_THREADS, (uint32_t)(i % BENCH_THREADS) + 1);
    }
    puts("]}");
}

/* ---- model ---- */

/* --model, else the committed one, else random weights: then *name says so. */
static model *the_model(const cli_call *call, const char **name, bool *random, int *exit_code)
{
    const char *asked = cli_value(call, "model");
    *random = !asked && access(place_model(), R_OK) != 0;
    *name = *random ? "random weights (the tiny model's file is not there)" : !asked || strcmp(asked, "tiny") == 0 ? "tiny" : asked;
    if (!*random)
        return model_named(call, asked, exit_code);
    model *m = bench_random_model();
    if (!m)
        *exit_code = cli_fail(call, EXIT_HARNESS, "out of memory");
    return m;
}

static int run_rounds(const cli_call *call, bench *b)
{
    progress bar = progress_start("rounds", b->rounds, call->quiet);
    bool went = true;
    for (uint32_t i = 0; went && i < b->rounds; i++) {
        progress_at(&bar, i);
        went = bench_round(b, i);
    }
    progress_end(&bar);
    return went ? EXIT_LEVEL : cli_fail(call, EXIT_HARNESS, "the system gives no second thread");
}

static int bench_of_model(const cli_call *call)
{
    static bench b;
    uint64_t rounds = 15;
    int code = EXIT_LEVEL;
    const char *name;
    bool random;
    if (!cli_number(call, "rounds", 1, BENCH_ROUNDS_MAX, &rounds))
        return EXIT_USAGE;
    model *m = the_model(call, &name, &random, &code);
    if (!m)
        return code;
    if (!bench_start(&b, m, (uint32_t)rounds))
        code = cli_fail(call, EXIT_HARNESS, "out of memory");
    else if ((code = run_rounds(call, &b)) == EXIT_LEVEL && call->json)
        print_json(&b, random);
    else if (code == EXIT_LEVEL && !call->quiet)
        print_text(&b, name);
    bench_end(&b);
    model_free(m);
    return code;
}

static const struct {
    const char *name, *about;
    int (*run)(const cli_call *);
} benches[] = {{"model", "the tiny model's kernels, against float32 of the same shape and against the memory's limit", bench_of_model},
               {"noise", "a Noise handshake, both sides, against its bare agreements and key generations", bench_noise},
               {"record", "records of 64 KiB and of 100 bytes, against bare AES-256-GCM", bench_record},
               {"snp", "the appraisal of an SNP report, against its signatures alone", bench_snp},
               {"quote", "the appraisal of a quote with its collateral, against its signatures alone", bench_quote},
               {"json", "the JSON reader on texts of several shapes, against a loop that only reads them", bench_json},
               {"ratchet", "messages of profile signal, both sides, against their bare primitives", bench_ratchet},
               {"parley1", "an attested handshake of profile parley1 and its parts, against the bare primitives", bench_parley1},
               {"healing", "how many messages the thief of a state reads until he is locked out, over seeded runs", bench_healing},
               {"server", "a session and a request over WebSockets, against the steps of the text alone", bench_server},
               {"vectors", "the library door with every vector, against our own adapter and one in JavaScript", bench_vectors},
               {"doors", "the whole run of the server's door and of the client's, against our own", bench_doors},
               {"all", "noise, record, snp, quote, json, ratchet and server, one after another", bench_all},
               {"load", "the server with thousands of sessions and hostile peers; counts, memory and answers decide", bench_load}};
enum { BENCHES = sizeof benches / sizeof *benches };

static int list(const cli_call *call)
{
    for (int i = 0; i < BENCHES; i++)
        if (call->json)
            printf("{\"bench\":\"%s\",\"about\":\"%s\"}\n", benches[i].name, benches[i].about);
        else
            printf("%-10s %s\n", benches[i].name, benches[i].about);
    return EXIT_LEVEL;
}

int verb_bench(const cli_call *call)
{
    const char *name = cli_operand(call, 0);
    if (!name)
        return list(call);
    if (cli_operand(call, 1))
        return cli_usage(call, "'%s' is one operand too many", cli_operand(call, 1));
    for (int i = 0; i < BENCHES; i++)
        if (strcmp(benches[i].name, name) == 0)
            return benches[i].run(call);
    return cli_usage(call, "there is no bench '%s'; `parley bench` lists them", name);
}
