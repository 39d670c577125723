/* `parley judge FILE`: a session that somebody recorded, held against every sentence that its bytes decide. */
#include "base64.h"
#include "confer_client.h"
#include "exits.h"
#include "key_log.h"
#include "out_file.h"
#include "results_here.h"
#include "session.h"
#include "transcript.h"
#include "verbs.h"
#include "wire.h"

#include <stdlib.h>
#include <string.h>

enum { MESSAGES = 4096 };

typedef struct said {
    bool to_server;
    span bytes; /* of a WebSocket message */
} said;

/* What became of one sentence in this session. */
typedef struct fate_of_sentence {
    unsigned held, kept, broken;
    char where[64]; /* of the first break */
} fate_of_sentence;

typedef struct trial_of_session {
    const cli_call *call;
    pack *pack;
    said message[MESSAGES];
    size_t n;
    span head[2]; /* the upgrade: request, answer */
    page bytes;
    bool too_long;
    diagnosed_session s;
    uint8_t keys[2][32], responder_share[32], evidence[CF_EVIDENCE_MAX];
    size_t n_evidence;
    nz_peer reader[2]; /* of the records to the server, and of those to the client */
    cf_own_storage memory[2];
    cf_world world[2];
    fate_of_sentence fate[REQ_COUNT];
    site_count before[REQ_COUNT];
    bool decided;
    const char *diagnosis;
} trial_of_session;

/* ---- reading the record ---- */

/* Spans into a page that grows would not stay: offsets first. */
static void take_line(void *ctx, const transcript_line *line)
{
    trial_of_session *t = ctx;
    const bool to_server = strcmp(line->dir, "c>s") == 0;
    const bool upgrade = strcmp(line->layer, "tcp") == 0 && line->note && strcmp(line->note, "upgrade") == 0;
    if (strcmp(line->layer, "frame") != 0 && !upgrade)
        return;
    uint8_t *copy = malloc(line->bytes.n + 1);
    must(copy);
    span_take(line->bytes, copy, line->bytes.n);
    const span bytes = span_of(copy, line->bytes.n);
    if (upgrade && !t->head[!to_server].n)
        t->head[!to_server] = bytes;
    else if (!upgrade && t->n < MESSAGES)
        t->message[t->n++] = (said){to_server, bytes};
    else {
        t->too_long |= !upgrade;
        free(copy);
    }
}

static int load(trial_of_session *t, const char *path)
{
    page text = {0};
    int code = file_load(t->call, path, &text);
    const uint64_t bad = code ? 0 : transcript_read(text.p ? text.p : "", text.n, take_line, t);
    if (bad)
        code = cli_usage(t->call, "%s: line %llu is not one of a transcript", path, (unsigned long long)bad);
    else if (!code && t->too_long)
        code = cli_usage(t->call, "%s: more than %d messages", path, MESSAGES);
    else if (!code && t->n == 0 && !t->head[0].n)
        code = cli_usage(t->call, "%s: there is neither an upgrade nor a WebSocket message in it", path);
    page_free(&text);
    return code;
}

static int load_keys(trial_of_session *t)
{
    const char *path = cli_value(t->call, "keys");
    page text = {0};
    unsigned found = 0;
    if (!path)
        return EXIT_LEVEL;
    int code = file_load(t->call, path, &text);
    const bool has_share = t->n && t->message[0].to_server && t->message[0].bytes.n >= 32;
    const char *wrong = code || !has_share ? NULL : key_log_read(text.p ? text.p : "", t->message[0].bytes.p, &t->s, &found);
    if (wrong)
        code = cli_usage(t->call, "%s: %s", path, wrong);
    else if (!code && !found)
        code = cli_usage(t->call, "%s: no line of it is of this session, whose first share stands in its message 1", path);
    page_free(&text);
    return code;
}

/* ---- one step of the text, and what it decided ---- */

static void watch(trial_of_session *t)
{
#ifdef PARLEY_COUNTERS
    memcpy(t->before, site_counts, sizeof t->before);
#else
    (void)t;
#endif
}

/* Whether whoever reads message `i` said more after it. */
static bool goes_on_after(const trial_of_session *t, size_t i)
{
    for (size_t k = i + 1; k < t->n; k++)
        if (t->message[k].to_server != t->message[i].to_server)
            return true;
    return false;
}

static void note_rejection(trial_of_session *t, verdict v, bool went_on, size_t i, const char *what)
{
    fate_of_sentence *f = &t->fate[v.req];
    if (!went_on) {
        f->kept++;
        return;
    }
    if (!f->broken++)
        snprintf(f->where, sizeof f->where, "%.32s, message %zu", what, i + 1);
}

/* Every check that was reached and did not fire held; the one that fired rejects, and its reader has to have stopped there. */
static void settle(trial_of_session *t, verdict v, bool went_on, size_t i, const char *what)
{
    t->decided = true;
#ifdef PARLEY_COUNTERS
    for (unsigned id = 1; id < REQ_COUNT; id++)
        if (site_counts[id].reached > t->before[id].reached && site_counts[id].fired == t->before[id].fired)
            t->fate[id].held++;
#endif
    if (!accepted(v))
        note_rejection(t, v, went_on, i, what);
}

/* ---- the steps ---- */

static bool starts_with_101(span answer) { return answer.n > 12 && memcmp(answer.p + 9, "101", 3) == 0; }

static void judge_upgrade(trial_of_session *t)
{
    wi_head request;
    span key = EMPTY;
    uint8_t nonce[WI_NONCE];
    writer w = WRITER(nonce);
    if (!t->head[0].n)
        return;
    watch(t);
    verdict v = wi_read_request(t->head[0], &request);
    if (accepted(v))
        v = wi_judge_upgrade(&request, EMPTY, &key);
    settle(t, v, starts_with_101(t->head[1]), 0, "the upgrade");
    if (!t->head[1].n || !base64_read(key, &w) || w.n != WI_NONCE)
        return;
    watch(t);
    settle(t, wi_judge_upgrade_answer(t->head[1], EMPTY, nonce), t->n && t->message[0].to_server, 0, "the answer to the upgrade");
}

static void take_handshake(trial_of_session *t)
{
    t->s.suite = cf_suite();
    for (size_t i = 0; i < t->n; i++) {
        const said *m = &t->message[i];
        if (t->s.n_messages < 3)
            t->s.message[t->s.n_messages++] = m->bytes;
        else if (t->s.n_records < DIAGNOSED_RECORDS)
            t->s.record[t->s.n_records++] = (diagnosed_record){m->to_server, m->bytes, EMPTY};
    }
}

static void judge_evidence(trial_of_session *t)
{
    static tl_sigstore sigstore;
    static cf_appraisal found;
    cf_policy policy;
    cf_collateral collateral;
    if (!t->pack)
        return;
    policy = pack_policy(t->pack);
    collateral = pack_collateral(t->pack);
    cf_world world = t->world[1];
    world.policy = &policy;
    world.collateral = &collateral;
    world.sigstore = &sigstore;
    watch(t);
    settle(t, cf_appraise(&world, span_of(t->evidence, t->n_evidence), SPAN(t->responder_share), &found), goes_on_after(t, 1), 1,
           "the evidence");
}

static void judge_whole(trial_of_session *t, bool to_server, span whole, size_t i)
{
    cf_request request;
    cf_response response;
    watch(t);
    const verdict v = to_server ? layout_read(&cf_request_layout, whole, &request, NULL)
                                : layout_read(&cf_response_layout, whole, &response, NULL);
    settle(t, v, goes_on_after(t, i), i, to_server ? "a request" : "a response");
}

static void judge_record(trial_of_session *t, size_t i)
{
    const said *m = &t->message[i];
    const int way = !m->to_server;
    cf_frame frame;
    span whole;
    bool complete = false;
    watch(t);
    verdict v = cf_open_frame(&t->reader[way], &t->world[way], m->bytes, &frame);
    if (accepted(v))
        v = cf_assemble(t->world[way].storage, &frame, &complete, &whole);
    settle(t, v, goes_on_after(t, i), i, "a record");
    if (accepted(v) && complete)
        judge_whole(t, m->to_server, whole, i);
}

static void start_readers(trial_of_session *t)
{
    for (int way = 0; way < 2; way++) {
        t->reader[way] = (nz_peer){.suite = cf_suite(), .role = way ? NZ_INITIATOR : NZ_RESPONDER, .state = 3};
        t->reader[way].secret.receiving = (nz_cipher){.keyed = true};
        memcpy(t->reader[way].secret.receiving.k, t->keys[way], 32);
        must(nz_turn_of(&t->reader[way]) == NZ_READY);
    }
}

static int judge_session(trial_of_session *t)
{
    deviation which;
    judge_upgrade(t);
    take_handshake(t);
    if (!cli_given(t->call, "keys"))
        return EXIT_LEVEL;
    const diagnosis found = diagnose(&t->s, &which);
    writer room = WRITER(t->evidence);
    if (found == DIAGNOSIS_NAMED || found == DIAGNOSIS_SEVERAL)
        t->diagnosis = deviation_says(which);
    if (!diagnosis_keys(&t->s, t->keys, t->responder_share, &room)) {
        t->decided = true;
        const size_t last = t->s.n_messages ? t->s.n_messages - 1 : 0;
        note_rejection(t, REJECT(NZ_006), goes_on_after(t, last), last, "the handshake");
        t->fate[REQ_NZ_006].broken += t->diagnosis && !t->fate[REQ_NZ_006].broken;
        return EXIT_LEVEL;
    }
    t->n_evidence = room.n;
    start_readers(t);
    judge_evidence(t);
    for (size_t i = 3; i < t->n; i++)
        judge_record(t, i);
    return EXIT_LEVEL;
}

/* ---- telling ---- */

static const char *word_of(const fate_of_sentence *f) { return f->broken ? "BROKEN" : f->kept ? "REFUSED" : "held"; }

static void print_text(const trial_of_session *t, const unsigned counts[3])
{
    for (unsigned id = 1; id < REQ_COUNT; id++) {
        const fate_of_sentence *f = &t->fate[id];
        if (!f->broken && !f->kept && !f->held)
            continue;
        if (!t->call->quiet || f->broken)
            printf("%-8s%s  %s%s%s%s\n", word_of(f), requirement_rows[id].id, requirement_rows[id].text, *f->where ? " (" : "", f->where,
                   *f->where ? ")" : "");
    }
    if (t->diagnosis)
        printf("diagnosis: the bytes verify when this is assumed: %s\n", t->diagnosis);
    printf("%zu messages: %u sentences held, %u refused rightly, %u broken\n", t->n, counts[0], counts[1], counts[2]);
}

static void print_json(const trial_of_session *t)
{
    page out = {0};
    const char *between = "";
    page_put(&out, "{\"schema\":\"judgement/1\",\"sentences\":[");
    for (unsigned id = 1; id < REQ_COUNT; id++) {
        const fate_of_sentence *f = &t->fate[id];
        if (!f->broken && !f->kept && !f->held)
            continue;
        page_printf(&out, "%s\n{\"id\":\"%s\",\"outcome\":\"%s\",\"where\":", between, requirement_rows[id].id, word_of(f));
        page_put_json(&out, f->where);
        page_put(&out, "}");
        between = ",";
    }
    page_put(&out, "],\n\"diagnosis\":");
    page_put_json(&out, t->diagnosis ? t->diagnosis : "");
    page_put(&out, "}\n");
    fwrite(out.p, 1, out.n, stdout);
    page_free(&out);
}

static int tell(const trial_of_session *t)
{
    unsigned counts[3] = {0};
    for (unsigned id = 1; id < REQ_COUNT; id++) {
        const fate_of_sentence *f = &t->fate[id];
        counts[f->broken ? 2 : f->kept ? 1 : 0] += f->broken || f->kept || f->held;
    }
    if (t->call->json)
        print_json(t);
    else
        print_text(t, counts);
    if (!t->decided)
        return cli_fail(t->call, EXIT_COVERAGE, "these bytes decide nothing: there is no upgrade in them, and no --keys to open the rest");
    return counts[2] ? EXIT_FAILED : EXIT_LEVEL;
}

static void free_session(trial_of_session *t)
{
    for (size_t i = 0; i < t->n; i++)
        free((void *)t->message[i].bytes.p);
    free((void *)t->head[0].p);
    free((void *)t->head[1].p);
    free(t->pack);
    free(t);
}

#ifdef PARLEY_COUNTERS
enum { COUNTS = true };
#else
enum { COUNTS = false };
#endif

int verb_judge(const cli_call *call)
{
    int code = EXIT_LEVEL;
    if (!COUNTS)
        return cli_fail(call, EXIT_HARNESS, "this build does not count the checks that it makes; the one that `parley audit` uses does");
    if (call->argc != 1)
        return cli_usage(call, "takes one file: a transcript that `parley tap` or a run of the suite wrote");
    trial_of_session *t = calloc(1, sizeof *t);
    must(t);
    t->call = call;
    code = load(t, cli_operand(call, 0));
    code = code ? code : load_keys(t);
    if (!code && cli_given(call, "pack"))
        t->pack = session_pack(call, "confer", &code);
    for (int way = 0; way < 2; way++)
        t->world[way] = (cf_world){
            .prim = &prim_openssl, .now = t->pack ? session_time(call, t->pack) : PACK_TIME, .storage = cf_own(&t->memory[way])};
    code = code ? code : judge_session(t);
    code = code ? code : tell(t);
    free_session(t);
    return code;
}
