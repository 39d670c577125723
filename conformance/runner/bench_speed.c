#include "bench_speed.h"
#include "bench_peer.h"
#include "bench_snapshot.h"
#include "exits.h"
#include "place.h"
#include "progress.h"
#include "speed.h"
#include "speed_peers.h"
#include "speed_server.h"

typedef void speed_setup(speed *, const prim_choice *, uint32_t rounds);

/* ---- as text ---- */

static void print_time(double seconds)
{
    if (seconds < 1e-6)
        printf("%8.0f ns", seconds * 1e9);
    else
        printf("%8.1f us", seconds * 1e6);
}

static void print_subject(const speed *s, int i)
{
    const bench_spread time = speed_time(s, i), ratio = speed_ratio(s, i);
    printf("%-30s", s->at[i].name);
    print_time(time.median);
    if (s->at[i].bytes)
        printf("   %6.0f MB/s", (double)s->at[i].bytes / time.median / 1e6);
    if (s->at[i].message)
        printf("   %7.0f messages/s", 1 / time.median);
    if (s->at[i].floor == i)
        printf("   floor\n");
    else
        printf("   %.2f of the floor (%.2f .. %.2f)\n", ratio.median, ratio.low, ratio.high);
}

static void print_goal(const speed *s, int i)
{
    const double ratio = speed_ratio(s, i).median;
    if (s->at[i].outrun > 0)
        printf("goal %s: at least %.2f times as fast as %s; %.2f, %s\n", s->at[s->at[i].floor].name, s->at[i].outrun, s->at[i].name,
               1 / ratio, 1 / ratio >= s->at[i].outrun ? "met" : "MISSED");
    if (s->at[i].at_least > 0)
        printf("goal %s: at least %.2f of the floor; %.2f, %s\n", s->at[i].name, s->at[i].at_least, ratio,
               ratio >= s->at[i].at_least ? "met" : "MISSED");
    if (s->at[i].rate > 0) {
        const double rate = (double)s->at[i].bytes / speed_time(s, i).median;
        printf("goal %s: at least %.0f MB/s; %.0f, %s\n", s->at[i].name, s->at[i].rate / 1e6, rate / 1e6,
               rate >= s->at[i].rate ? "met" : "MISSED");
    }
}

static void print_text(const speed *s, const char *choice)
{
    printf("%s\n", s->about);
    printf("medians of %u rounds, processor time; provider best: %s\n\n", s->rounds, choice);
    for (int i = 0; i < s->n; i++)
        print_subject(s, i);
    putchar('\n');
    for (int i = 0; i < s->n; i++)
        print_goal(s, i);
}

/* ---- as JSON ---- */

static void json_spread(const char *name, bench_spread s, double unit, int decimals)
{
    printf(",\"%s\":{\"median\":%.*f,\"min\":%.*f,\"max\":%.*f}", name, decimals, s.median * unit, decimals, s.low * unit, decimals,
           s.high * unit);
}

static void json_subject(const speed *s, int i)
{
    const speed_subject *one = &s->at[i];
    printf("%s{\"name\":\"%s\"", i ? "," : "", one->name);
    json_spread("nanoseconds", speed_time(s, i), 1e9, 1);
    if (one->floor != i) {
        printf(",\"floor\":\"%s\"", s->at[one->floor].name);
        json_spread("of_floor", speed_ratio(s, i), 1, 3);
    }
    if (one->message)
        printf(",\"messages_per_second\":%.0f", 1 / speed_time(s, i).median);
    if (one->rate > 0)
        printf(",\"bytes\":%zu,\"bytes_per_second\":%.0f,\"rate_at_least\":%.0f", one->bytes, (double)one->bytes / speed_time(s, i).median,
               one->rate);
    if (one->outrun > 0)
        printf(",\"outrun_by\":%.3f,\"at_least\":%.2f,\"met\":%s", 1 / speed_ratio(s, i).median, one->outrun,
               1 / speed_ratio(s, i).median >= one->outrun ? "true" : "false");
    if (one->at_least > 0)
        printf(",\"at_least\":%.2f,\"met\":%s", one->at_least, speed_ratio(s, i).median >= one->at_least ? "true" : "false");
    putchar('}');
}

static void print_json(const speed *s, const char *name, const char *choice)
{
    printf("{\"bench\":\"%s\",\"about\":\"%s\",\"rounds\":%u,\"best\":\"%s\",\"measured\":[", name, s->about, s->rounds, choice);
    for (int i = 0; i < s->n; i++)
        json_subject(s, i);
    puts("]}");
}

/* ---- the rounds ---- */

/* Whose peers, where they are, and which subject of ours they are timed against. */
typedef struct peer_group {
    speed_peer at[SPEED_PEERS];
    int n, ours;
} peer_group;

static void start_peers(const cli_call *call, speed_setup *setup, peer_group *g)
{
    char folder[4096];
    const char *checkout = place_checkout();
    snprintf(folder, sizeof folder, "%s/conformance/peers", checkout ? checkout : "no checkout");
    *g = setup == speed_of_snp ? (peer_group){.n = SPEED_JUDGES, .ours = SPEED_SNP_KEPT} : (peer_group){.n = SPEED_PEERS, .ours = 1};
    if (setup == speed_of_snp)
        speed_judges_start(g->at, folder);
    else
        speed_peers_start(g->at, folder, cli_value(call, "noise-c"));
}

static void end_peers(speed_setup *setup, peer_group *g)
{
    if (setup == speed_of_snp)
        speed_judges_end(g->at);
    else
        speed_peers_end(g->at);
}

/* Each that is there, against ours. */
static void add_peers(const cli_call *call, speed *s, peer_group *g)
{
    enum { TIMES = 20 };
    speed_peer *peers = g->at;
    for (int i = 0; i < g->n; i++)
        if (peers[i].pid) {
            speed_elsewhere(s, peers[i].name, speed_peer_takes, &peers[i], TIMES, g->ours);
            s->at[s->n - 1].outrun = peers[i].at_least;
        } else if (!call->json && !call->quiet)
            printf("SKIPPED %s: %s\n", peers[i].name, peers[i].why);
}

static bool play_rounds(const cli_call *call, speed *s)
{
    progress bar = progress_start("rounds", s->rounds, call->quiet);
    bool went = true;
    for (uint32_t i = 0; went && i < s->rounds; i++) {
        progress_at(&bar, i);
        went = speed_round(s, i);
    }
    progress_end(&bar);
    return went;
}

static int run(const cli_call *call, const char *name, speed_setup *setup)
{
    static peer_group peers;
    const bool with_peers = (setup == speed_of_noise || setup == speed_of_snp) && cli_value(call, "vs-peers");
    speed s;
    char text[256] = "";
    writer line = writer_of(text, sizeof text - 1);
    uint64_t rounds = 15;
    if (!cli_number(call, "rounds", 1, BENCH_ROUNDS_MAX, &rounds))
        return EXIT_USAGE;
    const prim_choice choice = prim_choice_measured();
    prim_choice_text(&choice, &line);
    setup(&s, &choice, (uint32_t)rounds);
    if (with_peers) {
        start_peers(call, setup, &peers);
        add_peers(call, &s, &peers);
    }
    const bool went = play_rounds(call, &s);
    if (with_peers)
        end_peers(setup, &peers);
    if (went && call->json)
        print_json(&s, name, text);
    else if (went && !call->quiet)
        print_text(&s, text);
    const int code = went ? bench_against_snapshot(call, name, &s) : cli_fail(call, EXIT_HARNESS, "a peer ended in the middle");
    speed_end(&s);
    return code;
}

int bench_noise(const cli_call *call) { return run(call, "noise", speed_of_noise); }
int bench_parley1(const cli_call *call) { return run(call, "parley1", speed_of_parley1); }
int bench_record(const cli_call *call) { return run(call, "record", speed_of_records); }
int bench_json(const cli_call *call) { return run(call, "json", speed_of_json); }
int bench_snp(const cli_call *call) { return run(call, "snp", speed_of_snp); }
int bench_quote(const cli_call *call) { return run(call, "quote", speed_of_quotes); }
int bench_ratchet(const cli_call *call)
{
    uint64_t rounds = 5;
    const int code = run(call, "ratchet", speed_of_ratchet);
    if (code == EXIT_LEVEL && !cli_given(call, "check") && !cli_given(call, "snapshot-write") &&
        cli_number(call, "rounds", 1, BENCH_ROUNDS_MAX, &rounds))
        bench_against_libsignal(call, (uint32_t)rounds);
    return code;
}
int bench_server(const cli_call *call) { return run(call, "server", speed_of_server); }

int bench_all(const cli_call *call)
{
    static int (*const all[])(const cli_call *) = {bench_noise, bench_record,  bench_snp,   bench_quote,
                                                   bench_json,  bench_ratchet, bench_server};
    int worst = EXIT_LEVEL;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        const int code = all[i](call);
        worst = code != EXIT_LEVEL ? code : worst;
        if (!call->json && !call->quiet)
            putchar('\n');
    }
    return worst;
}
