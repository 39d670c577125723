#include "bench_load.h"
#include "exits.h"
#include "load.h"
#include "progress.h"

#include <stdio.h>

static void at_round(void *ctx, uint32_t round) { progress_at(ctx, round); }

static double ms(double seconds) { return 1e3 * seconds; }

static void print_text(const load_report *l)
{
    printf("%u idle, %u active, %u that take nothing, %u half-open, %u trickling, one flood of fragments, at once\n\n", l->plan.idle,
           l->plan.active, l->plan.slow, l->plan.half_open, l->plan.trickling);
    for (uint32_t i = 0; i < l->rounds; i++) {
        const load_round *r = &l->round[i];
        printf(
            "round %u: %.0f sessions opened a second; first token after %.1f ms (median), %.1f ms (p99); %.1f MiB loaded, %.1f MiB after\n",
            i + 1, r->opened_per_second, ms(r->first_token[0]), ms(r->first_token[1]), (double)r->loaded / (1 << 20),
            (double)r->after / (1 << 20));
    }
    putchar('\n');
}

static void print_json(const load_report *l)
{
    printf(
        "{\"bench\":\"load\",\"idle\":%u,\"active\":%u,\"slow\":%u,\"half_open\":%u,\"trickling\":%u,\"budget\":%zu,\"idle_session\":%zu,"
        "\"rounds\":[",
        l->plan.idle, l->plan.active, l->plan.slow, l->plan.half_open, l->plan.trickling, l->budget, l->idle_session);
    for (uint32_t i = 0; i < l->rounds; i++) {
        const load_round *r = &l->round[i];
        printf("%s{\"opened_per_second\":%.0f,\"first_token_ms\":{\"median\":%.2f,\"p99\":%.2f},\"loaded\":%zu,\"after\":%zu}",
               i ? "," : "", r->opened_per_second, ms(r->first_token[0]), ms(r->first_token[1]), r->loaded, r->after);
    }
    printf("],\"judged\":[");
}

static int judge(const cli_call *call, const load_report *l)
{
    char text[160];
    bool holds;
    int code = EXIT_LEVEL;
    for (int i = 0; load_judgement(l, i, &holds, text, sizeof text); i++) {
        if (call->json)
            printf("%s{\"what\":\"%s\",\"holds\":%s}", i ? "," : "", text, holds ? "true" : "false");
        else if (!call->quiet || !holds)
            printf("%s  %s\n", holds ? "ok    " : "FAILED", text);
        code = holds ? code : EXIT_FAILED;
    }
    if (call->json)
        puts("]}");
    return l->failed ? cli_fail(call, EXIT_FAILED, "%s did not come to its end", l->failed) : code;
}

int bench_load(const cli_call *call)
{
    static load_report report;
    uint64_t rounds = 3, sessions = 5000;
    if (!cli_number(call, "rounds", 1, LOAD_ROUNDS_MAX, &rounds) || !cli_number(call, "sessions", 50, 50000, &sessions))
        return EXIT_USAGE;
    progress bar = progress_start("rounds", (uint32_t)rounds, call->quiet || call->json);
    const uint32_t n = (uint32_t)sessions;
    const load_plan plan = {.idle = n,
                            .active = n / 25,
                            .slow = n / 250 + 1,
                            .half_open = n * 9 / 50,
                            .trickling = n / 250 + 1,
                            .rounds = (uint32_t)rounds,
                            .progress = at_round,
                            .progress_ctx = &bar};
    load_run(&plan, &report);
    progress_end(&bar);
    if (call->json)
        print_json(&report);
    else if (!call->quiet)
        print_text(&report);
    return judge(call, &report);
}
