/* `parley judge FILE`: a session that somebody recorded, held against every sentence that its bytes decide. */
#include "base64.h"
#include "confer_client.h"
#include "exits.h"
#include "recorded_session.h"
#include "out_file.h"
#include "session.h"
#include "verbs.h"
#include "wire.h"

#include <stdlib.h>
#include <string.h>

/* What became of one sentence in this session. */
typedef struct fate_of_sentence {
    unsigned held, kept, broken;
    char where[64]; /* of the first break */
} fate_of_sentence;

typedef struct trial_of_session {
    const cli_call *call;
    pack *pack;
    recorded_session r;
    fate_of_sentence fate[REQ_COUNT];
    site_count before[REQ_COUNT];
    bool decided;
    const char *diagnosis;
} trial_of_session;

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
    for (size_t k = i + 1; k < t->r.n; k++)
        if (t->r.message[k].to_server != t->r.message[i].to_server)
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
    if (!t->r.head[0].n)
        return;
    watch(t);
    verdict v = wi_read_request(t->r.head[0], &request);
    if (accepted(v))
        v = wi_judge_upgrade(&request, EMPTY, &key);
    settle(t, v, starts_with_101(t->r.head[1]), 0, "the upgrade");
    if (!t->r.head[1].n || !base64_read(key, &w) || w.n != WI_NONCE)
        return;
    watch(t);
    settle(t, wi_judge_upgrade_answer(t->r.head[1], EMPTY, nonce), t->r.n && t->r.message[0].to_server, 0, "the answer to the upgrade");
}

/* The attestation as it should be written: the standard alphabet, padded, in one piece. What it was instead, or NULL. */
static const char *mend_base64(span text, writer *out)
{
    const char *was = NULL;
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        const uint8_t c = text.p[i];
        if (c == '-' || c == '_')
            was = "the attestation is written in base64url";
        else if (c == '\n' || c == '\r' || c == ' ')
            was = was ? was : "the attestation is written in base64 with line breaks";
        if (c != '\n' && c != '\r' && c != ' ' && c != '=')
            write_be(out, c == '-' ? '+' : c == '_' ? '/' : c, 1), n++;
    }
    if (!was && n % 4 && memchr(text.p, '=', text.n) == NULL)
        was = "the attestation is written in base64 without its padding";
    for (; n % 4; n++)
        write_text(out, "=");
    return was;
}

/* The base64 variant that the evidence would be read with; NULL: it is not that. */
static const char *evidence_deviation(const trial_of_session *t)
{
    static uint8_t mended[CF_EVIDENCE_MAX + 8], text[CF_EVIDENCE_MAX], room[CF_EVIDENCE_MAX + CF_REPORT];
    static account noted;
    const span payload = span_of(t->r.evidence, t->r.n_evidence);
    span object, value;
    cf_evidence read;
    writer out = WRITER(mended), decoded = WRITER(text), strings = WRITER(room);
    if (!json_read(payload, &object) || !json_member(object, "attestation", &value) || !json_string(value, &decoded))
        return NULL;
    write_span(&out, span_first(payload, (size_t)(value.p - payload.p)));
    write_text(&out, "\"");
    const char *was = mend_base64(written(&decoded), &out);
    write_text(&out, "\"");
    write_span(&out, span_from(payload, (size_t)(value.p + value.n - payload.p)));
    return was && writer_ok(&out) && accepted(cf_read_evidence(written(&out), &strings, &noted, &read)) ? was : NULL;
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
    cf_world world = t->r.world[1];
    world.policy = &policy;
    world.collateral = &collateral;
    world.sigstore = &sigstore;
    watch(t);
    const verdict v = cf_appraise(&world, span_of(t->r.evidence, t->r.n_evidence), SPAN(t->r.responder_share), &found);
    settle(t, v, goes_on_after(t, 1), 1, "the evidence");
    if (!accepted(v) && !t->diagnosis)
        t->diagnosis = evidence_deviation(t);
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
    const recorded_message *m = &t->r.message[i];
    const int way = !m->to_server;
    cf_frame frame;
    span whole;
    bool complete = false;
    watch(t);
    verdict v = cf_open_frame(&t->r.reader[way], &t->r.world[way], m->bytes, &frame);
    if (accepted(v))
        v = cf_assemble(t->r.world[way].storage, &frame, &complete, &whole);
    settle(t, v, goes_on_after(t, i), i, "a record");
    if (accepted(v) && complete)
        judge_whole(t, m->to_server, whole, i);
}

static int judge_session(trial_of_session *t)
{
    deviation which;
    judge_upgrade(t);
    if (!cli_given(t->call, "keys"))
        return EXIT_LEVEL;
    const diagnosis found = diagnose(&t->r.s, &which);
    if (found == DIAGNOSIS_NAMED || found == DIAGNOSIS_SEVERAL)
        t->diagnosis = deviation_says(which);
    const size_t verified = recorded_open(&t->r, t->pack ? session_time(t->call, t->pack) : PACK_TIME);
    if (verified < t->r.s.n_messages) {
        t->decided = true;
        note_rejection(t, REJECT(NZ_006), goes_on_after(t, verified), verified, "the handshake");
        return EXIT_LEVEL;
    }
    t->fate[REQ_NZ_006].held += verified > 1;
    if (verified >= 2)
        judge_evidence(t);
    for (size_t i = RECORDED_HANDSHAKE; i < t->r.n && verified >= RECORDED_HANDSHAKE; i++)
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
    printf("%zu messages: %u sentences held, %u refused rightly, %u broken\n", t->r.n, counts[0], counts[1], counts[2]);
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
    recorded_free(&t->r);
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
    code = recorded_load(call, cli_operand(call, 0), &t->r);
    if (!code && cli_given(call, "keys"))
        code = recorded_load_keys(call, cli_value(call, "keys"), &t->r);
    if (!code && cli_given(call, "pack"))
        t->pack = session_pack(call, "confer", &code);
    code = code ? code : judge_session(t);
    code = code ? code : tell(t);
    free_session(t);
    return code;
}
