#include "judgement.h"
#include "base64.h"
#include "exits.h"
#include "out_file.h"
#include "wire.h"

#include <string.h>

/* ---- one step of the text, and what it decided ---- */

void judgement_watch(judged *j)
{
#ifdef PARLEY_COUNTERS
    memcpy(j->before, site_counts, sizeof j->before);
#else
    (void)j;
#endif
}

void judgement_finds(judged *j, uint16_t req, bool holds, size_t i, const char *what)
{
    fate_of_sentence *f = &j->fate[req];
    j->decided = true;
    f->held += holds;
    if (!holds && !f->broken++)
        snprintf(f->where, sizeof f->where, "%.32s, message %zu", what, i + 1);
}

void judgement_rejects(judged *j, verdict v, bool went_on, size_t i, const char *what)
{
    j->decided = true;
    if (went_on)
        judgement_finds(j, v.req, false, i, what);
    else
        j->fate[v.req].kept++;
}

void judgement_settle(judged *j, verdict v, bool went_on, size_t i, const char *what)
{
    j->decided = true;
#ifdef PARLEY_COUNTERS
    for (unsigned id = 1; id < REQ_COUNT; id++)
        if (site_counts[id].reached > j->before[id].reached && site_counts[id].fired == j->before[id].fired)
            j->fate[id].held++;
#endif
    if (!accepted(v))
        judgement_rejects(j, v, went_on, i, what);
}

/* ---- the upgrade ---- */

static bool starts_with_101(span answer) { return answer.n > 12 && memcmp(answer.p + 9, "101", 3) == 0; }

void judgement_of_upgrade(judged *j, const recorded_session *r, span protocol)
{
    wi_head request;
    span key = EMPTY;
    uint8_t nonce[WI_NONCE];
    writer w = WRITER(nonce);
    if (!r->head[0].n)
        return;
    judgement_watch(j);
    verdict v = wi_read_request(r->head[0], &request);
    if (accepted(v))
        v = wi_judge_upgrade(&request, protocol, &key);
    judgement_settle(j, v, starts_with_101(r->head[1]), 0, "the upgrade");
    if (!r->head[1].n || !base64_read(key, &w) || w.n != WI_NONCE)
        return;
    judgement_watch(j);
    v = wi_judge_upgrade_answer(r->head[1], protocol, nonce);
    judgement_settle(j, v, r->n && r->message[0].to_server, 0, "the answer to the upgrade");
}

/* ---- telling ---- */

static const char *word_of(const fate_of_sentence *f) { return f->broken ? "BROKEN" : f->kept ? "REFUSED" : f->held ? "held" : NULL; }

static void print_text(const cli_call *call, const judged *j, size_t messages, const unsigned counts[3])
{
    for (unsigned id = 1; id < REQ_COUNT; id++) {
        const fate_of_sentence *f = &j->fate[id];
        if (!word_of(f) || (call->quiet && !f->broken))
            continue;
        printf("%-8s%s  %s%s%s%s\n", word_of(f), requirement_rows[id].id, requirement_rows[id].text, *f->where ? " (" : "", f->where,
               *f->where ? ")" : "");
    }
    if (j->diagnosis)
        printf("diagnosis: the bytes verify when this is assumed: %s\n", j->diagnosis);
    if (*j->note)
        printf("note: %s\n", j->note);
    printf("%zu messages: %u sentences held, %u refused rightly, %u broken\n", messages, counts[0], counts[1], counts[2]);
}

static void print_json(const judged *j)
{
    page out = {0};
    const char *between = "";
    page_put(&out, "{\"schema\":\"judgement/1\",\"sentences\":[");
    for (unsigned id = 1; id < REQ_COUNT; id++) {
        const fate_of_sentence *f = &j->fate[id];
        if (!word_of(f))
            continue;
        page_printf(&out, "%s\n{\"id\":\"%s\",\"outcome\":\"%s\",\"where\":", between, requirement_rows[id].id, word_of(f));
        page_put_json(&out, f->where);
        page_put(&out, "}");
        between = ",";
    }
    page_put(&out, "],\n\"diagnosis\":");
    page_put_json(&out, j->diagnosis ? j->diagnosis : "");
    page_put(&out, ",\n\"note\":");
    page_put_json(&out, j->note);
    page_put(&out, "}\n");
    fwrite(out.p, 1, out.n, stdout);
    page_free(&out);
}

int judgement_tell(const cli_call *call, const judged *j, size_t messages)
{
    unsigned counts[3] = {0};
    for (unsigned id = 1; id < REQ_COUNT; id++)
        if (word_of(&j->fate[id]))
            counts[j->fate[id].broken ? 2 : j->fate[id].kept ? 1 : 0]++;
    if (call->json)
        print_json(j);
    else
        print_text(call, j, messages, counts);
    if (!j->decided)
        return cli_fail(call, EXIT_COVERAGE, "these bytes decide nothing: there is no upgrade in them, and no --keys to open the rest");
    return counts[2] ? EXIT_FAILED : EXIT_LEVEL;
}
