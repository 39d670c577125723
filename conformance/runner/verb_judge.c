/* `parley judge FILE`: a session that somebody recorded, held against every sentence that its bytes decide. */
#include "big_room.h"
#include "base64.h"
#include "confer_client.h"
#include "exits.h"
#include "judgement.h"
#include "no_memory.h"
#include "parley1_verbs.h"
#include "session.h"
#include "verbs.h"

#include <stdlib.h>
#include <string.h>

typedef struct trial_of_session {
    const cli_call *call;
    pack *pack;
    recorded_session r;
    judged j;
} trial_of_session;

/* Whether whoever reads message `i` said more after it. */
static bool goes_on_after(const trial_of_session *t, size_t i)
{
    for (size_t k = i + 1; k < t->r.n; k++)
        if (t->r.message[k].to_server != t->r.message[i].to_server)
            return true;
    return false;
}

/* ---- the steps ---- */

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
    static tl_sigstore *sigstore;
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
    world.sigstore = BIG_ROOM(sigstore);
    judgement_watch(&t->j);
    const verdict v = cf_appraise(&world, span_of(t->r.evidence, t->r.n_evidence), SPAN(t->r.responder_share), &found);
    judgement_settle(&t->j, v, goes_on_after(t, 1), 1, "the evidence");
    if (!accepted(v) && !t->j.diagnosis)
        t->j.diagnosis = evidence_deviation(t);
}

static void judge_whole(trial_of_session *t, bool to_server, span whole, size_t i)
{
    cf_request request;
    cf_response response;
    judgement_watch(&t->j);
    const verdict v = to_server ? layout_read(&cf_request_layout, whole, &request, NULL)
                                : layout_read(&cf_response_layout, whole, &response, NULL);
    judgement_settle(&t->j, v, goes_on_after(t, i), i, to_server ? "a request" : "a response");
}

static void judge_record(trial_of_session *t, size_t i)
{
    const recorded_message *m = &t->r.message[i];
    const int way = !m->to_server;
    cf_frame frame;
    span whole;
    bool complete = false;
    judgement_watch(&t->j);
    verdict v = cf_open_frame(&t->r.reader[way], &t->r.world[way], m->bytes, &frame);
    if (accepted(v))
        v = cf_assemble(t->r.world[way].storage, &frame, &complete, &whole);
    judgement_settle(&t->j, v, goes_on_after(t, i), i, "a record");
    if (accepted(v) && complete)
        judge_whole(t, m->to_server, whole, i);
}

static int judge_session(trial_of_session *t)
{
    deviation which;
    judgement_of_upgrade(&t->j, &t->r, EMPTY);
    if (!cli_given(t->call, "keys"))
        return EXIT_LEVEL;
    const diagnosis found = diagnose(&t->r.s, &which);
    if (found == DIAGNOSIS_NAMED || found == DIAGNOSIS_SEVERAL)
        t->j.diagnosis = deviation_says(which);
    const size_t verified = recorded_open(&t->r, t->pack ? session_time(t->call, t->pack) : PACK_TIME);
    if (verified < t->r.s.n_messages) {
        judgement_rejects(&t->j, REJECT(NZ_006), goes_on_after(t, verified), verified, "the handshake");
        return EXIT_LEVEL;
    }
    t->j.fate[REQ_NZ_006].held += verified > 1;
    if (verified >= 2)
        judge_evidence(t);
    for (size_t i = RECORDED_HANDSHAKE; i < t->r.n && verified >= RECORDED_HANDSHAKE; i++)
        judge_record(t, i);
    return EXIT_LEVEL;
}

static void free_session(trial_of_session *t)
{
    recorded_free(&t->r);
    free(t->pack);
    free(t);
}

/* --profile: false after saying that there is no other. */
static bool known_profile(const cli_call *call)
{
    const char *profile = cli_value(call, "profile");
    if (!profile || strcmp(profile, "confer") == 0 || strcmp(profile, "parley1") == 0)
        return true;
    cli_usage(call, "--profile: '%s' is neither confer nor parley1", profile);
    return false;
}

static int load_and_judge(trial_of_session *t)
{
    const cli_call *call = t->call;
    int code = recorded_load(call, cli_operand(call, 0), &t->r);
    if (!code && !JUDGEMENT_COUNTS)
        code = cli_fail(call, EXIT_HARNESS, "this build does not count the checks that it makes; the one that `parley audit` uses does");
    if (!code && is_parley1(call))
        return judge_parley1(call, &t->j, &t->r);
    if (!code && cli_given(call, "keys"))
        code = recorded_load_keys(call, cli_value(call, "keys"), &t->r);
    if (!code && cli_given(call, "pack"))
        t->pack = session_pack(call, "confer", &code);
    return code ? code : judge_session(t);
}

int verb_judge(const cli_call *call)
{
    if (call->argc != 1)
        return cli_usage(call, "takes one file: a transcript that `parley tap` or a run of the suite wrote");
    if (!known_profile(call))
        return EXIT_USAGE;
    trial_of_session *t = calloc(1, sizeof *t);
    needs_memory(t);
    t->call = call;
    t->r.texts = is_parley1(call);
    int code = load_and_judge(t);
    code = code ? code : judgement_tell(call, &t->j, t->r.n);
    free_session(t);
    return code;
}
