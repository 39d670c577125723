#include "report.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void report_start(report *rep, results *run, const prim *p, const requirement_row *rows, size_t n_rows, const char *folder)
{
    uint8_t digest[32];
    *rep = (report){.run = run, .rows = rows, .n_rows = n_rows, .folder = folder};
    results_start(&rep->mutant_texts, &(results_head){0});
    results_digest(run, p, digest);
    writer w = writer_of(rep->digest, sizeof rep->digest - 1);
    write_hex(&w, SPAN(digest));
}

void report_free(report *rep)
{
    results_free(&rep->mutant_texts);
    free(rep->mutants);
    *rep = (report){0};
}

const requirement_row *report_row(const report *rep, const char *req)
{
    for (size_t i = 1; i < rep->n_rows; i++)
        if (strncmp(rep->rows[i].id, req, 6) == 0)
            return &rep->rows[i];
    return &rep->rows[0];
}

void report_place(const requirement_row *row, page *out)
{
    if (*row->file)
        page_printf(out, "%s#%s", row->file, row->id);
}

void report_badge_text(const report *rep, page *out)
{
    const results_head *head = &rep->run->head;
    page_printf(out, "parley %s", shown_text(head->revision));
    const char *rest = shown_text(head->granted), *word;
    for (size_t n, i = 0; next_word(&rest, &word, &n); i++) { /* pairs of words: a role and its level */
        page_put(out, i % 2 ? " " : " \xc2\xb7 ");
        page_put_n(out, word, n);
    }
    if (!*head->granted)
        page_put(out, " \xc2\xb7 no level");
}

size_t report_unchecked(const report *rep)
{
    const char *rest = rep->run->head.unchecked, *word;
    size_t count = 0;
    for (size_t n; next_word(&rest, &word, &n);)
        count++;
    return count;
}

static bool is_judged(outcome o) { return o != OUTCOME_NA && o != OUTCOME_UNTESTED && o != OUTCOME_BLOCKED && o != OUTCOME_HARNESS; }

size_t report_checked(const report *rep)
{
    bool judged[REQ_COUNT] = {0};
    size_t count = 0;
    for (size_t i = 0; i < rep->run->n; i++) {
        const unsigned short req = requirement_named(rep->run->all[i].req);
        if (req && !judged[req] && is_judged(rep->run->all[i].outcome))
            judged[req] = ++count;
    }
    return count;
}

void report_name(const result *one, page *out) { page_printf(out, "%s:%s", one->case_id, one->check); }

size_t first_difference(const char *want, const char *got)
{
    size_t at = 0;
    if (!*want || !*got)
        return NO_DIFFERENCE;
    while (want[at] && want[at] == got[at])
        at++;
    return want[at] || got[at] ? at / 2 : NO_DIFFERENCE;
}

static void put_from(page *out, const char *hex, size_t byte)
{
    size_t n = strlen(hex);
    if (2 * byte >= n)
        page_put(out, "(ended)");
    else
        page_printf(out, "%.16s%s", hex + 2 * byte, n - 2 * byte > 16 ? "\xe2\x80\xa6" : "");
}

void report_differs(const result *one, page *out)
{
    size_t at = first_difference(one->want_bytes, one->got_bytes);
    if (*one->where)
        page_put_shown(out, one->where);
    else if (at != NO_DIFFERENCE)
        page_printf(out, "byte %zu", at);
    if (at == NO_DIFFERENCE)
        return;
    page_put(out, "  want ");
    put_from(out, one->want_bytes, at);
    page_put(out, "  got ");
    put_from(out, one->got_bytes, at);
}

/* ---- mutants.json ---- */

static const char *kept_member(report *rep, const cJSON *object, const char *key)
{
    return results_keep(&rep->mutant_texts, cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key)));
}

static const char *kept_words(report *rep, const cJSON *list)
{
    page words = {0};
    const cJSON *one;
    cJSON_ArrayForEach(one, list)
    {
        page_put(&words, words.n ? " " : "");
        page_put(&words, cJSON_GetStringValue(one));
    }
    const char *kept = results_keep(&rep->mutant_texts, words.p);
    page_free(&words);
    return kept;
}

static const char *take_mutants(report *rep, const cJSON *root)
{
    const char *schema = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(root, "schema"));
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(root, "mutants"), *one;
    if (!schema || strcmp(schema, "mutants/1") != 0 || !cJSON_IsArray(list))
        return "not a mutants/1 file";
    rep->mutants = or_stop(calloc((size_t)cJSON_GetArraySize(list) + 1, sizeof *rep->mutants));
    cJSON_ArrayForEach(one, list)
    {
        mutant_row row = {kept_member(rep, one, "id"), kept_member(rep, one, "kind"), kept_member(rep, one, "outcome"),
                          kept_words(rep, cJSON_GetObjectItemCaseSensitive(one, "killers")), kept_member(rep, one, "note")};
        if (!*row.id || !*row.outcome)
            return "a mutant has no id or no outcome";
        rep->mutants[rep->n_mutants++] = row;
    }
    return NULL;
}

const char *report_take_mutants(report *rep, const char *text, size_t n)
{
    cJSON *root = cJSON_ParseWithLengthOpts(text, n, NULL, 0);
    const char *wrong = take_mutants(rep, root);
    cJSON_Delete(root);
    return wrong;
}

/* ---- areas ---- */

size_t report_area_len(const char *case_id) { return strcspn(case_id, "."); }

size_t report_area(const result *all, size_t n)
{
    size_t len = report_area_len(all->case_id), i = 1;
    while (i < n && report_area_len(all[i].case_id) == len && strncmp(all[i].case_id, all->case_id, len) == 0)
        i++;
    return i;
}

bool report_once(const result *one, size_t *blocked) { return one->outcome != OUTCOME_BLOCKED || (*blocked)++ == 0; }

/* ---- failures that many sentences could explain ---- */

enum { SENTENCES_MOST = 64, SENTENCES_NAMED = 6 };

typedef struct served {
    const char *id;
    size_t checks; /* of the run that serve it */
} served;

bool report_serves_many(const result *one)
{
    const bool of_value = strcmp(one->check, "wire") == 0 || strcmp(one->check, "verdict") == 0;
    return of_value && !*one->mutation && strcmp(one->door, "shim") == 0 && strchr(one->req, ' ');
}

static size_t count_serving(const results *run, const char *id, size_t n)
{
    size_t checks = 0;
    char word[16];
    snprintf(word, sizeof word, "%.*s", (int)n, id);
    for (size_t i = 0; i < run->n; i++)
        checks += strstr(run->all[i].req, word) != NULL;
    return checks;
}

/* What few checks serve is particular to the operation: it comes first, otherwise in the order of the case. */
static size_t by_rarity(const results *run, const char *req, served all[SENTENCES_MOST])
{
    const char *word;
    size_t n = 0;
    for (size_t len; n < SENTENCES_MOST && next_word(&req, &word, &len); n++) {
        const served one = {word, count_serving(run, word, len)};
        size_t at = n;
        for (; at > 0 && all[at - 1].checks > one.checks; at--)
            all[at] = all[at - 1];
        all[at] = one;
    }
    return n;
}

void report_sentences(const report *rep, const result *one, page *out)
{
    served all[SENTENCES_MOST];
    const size_t n = by_rarity(rep->run, one->req, all);
    page_printf(out, "one of %zu sentences:", n);
    for (size_t i = 0; i < n && i < SENTENCES_NAMED; i++)
        page_printf(out, "%s %.*s", i ? "," : "", (int)strcspn(all[i].id, " "), all[i].id);
    page_put(out, n > SENTENCES_NAMED ? ", ..." : "");
}
