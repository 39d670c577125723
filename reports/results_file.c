#include "results.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* One row per member, in the order in which they are written. A list is one text with single spaces between. */
typedef struct member {
    const char *key;
    size_t at;
    bool list;
} member;

#define TEXT(field) {#field, offsetof(RECORD, field), false},
#define LIST(field) {#field, offsetof(RECORD, field), true},
#define RECORD      results_head
static const member head_members[] = {HEAD_TEXTS(TEXT, LIST)};
#undef RECORD
#define RECORD result
static const member check_members[] = {RESULT_TEXTS(TEXT, LIST)};
enum { HEAD_MEMBERS = sizeof head_members / sizeof *head_members, CHECK_MEMBERS = sizeof check_members / sizeof *check_members };

static const char **text_at(const void *record, const member *m) { return (const char **)((char *)(uintptr_t)record + m->at); }

/* ---- writing ---- */

static void put_list(page *out, const char *words)
{
    const char *word, *between = "[";
    for (size_t n; next_word(&words, &word, &n); between = ",") {
        page one = {0};
        page_put_n(&one, word, n);
        page_put(out, between);
        page_put_json(out, one.p);
        page_free(&one);
    }
    page_put(out, *between == '[' ? "[]" : "]");
}

static void put_members(page *out, const void *record, const member *rows, size_t n, const char *between)
{
    for (size_t i = 0; i < n; i++) {
        const char *text = *text_at(record, &rows[i]);
        if (!*text)
            continue;
        page_printf(out, "%s\"%s\":", between, rows[i].key);
        if (rows[i].list)
            put_list(out, text);
        else
            page_put_json(out, text);
    }
}

static void put_check(page *out, const result *one)
{
    page_put(out, "{\"case\":");
    page_put_json(out, one->case_id);
    page_printf(out, ",\"check\":\"%s\",\"rev\":%u,\"outcome\":\"%s\"", one->check, one->rev, outcome_name(one->outcome));
    if (one->was != one->outcome)
        page_printf(out, ",\"was\":\"%s\"", outcome_name(one->was));
    put_members(out, one, check_members, CHECK_MEMBERS, ",");
    page_put(out, "}");
}

void results_write(results *r, page *out)
{
    results_sort(r);
    page_put(out, "{\"schema\":\"results/1\"");
    put_members(out, &r->head, head_members, HEAD_MEMBERS, ",\n");
    page_printf(out, ",\n\"planned\":%zu,\n\"outcomes\":{", r->planned);
    tally t = results_count(r);
    for (unsigned o = 0; o < OUTCOME_COUNT; o++)
        page_printf(out, "%s\"%s\":%zu", o ? "," : "", outcome_name((outcome)o), t.of[o]);
    page_put(out, "},\n\"checks\":[");
    for (size_t i = 0; i < r->n; i++) {
        page_put(out, i ? ",\n" : "\n");
        put_check(out, &r->all[i]);
    }
    page_put(out, "\n]}\n");
}

void results_digest(results *r, const prim *p, uint8_t out[32])
{
    page text = {0};
    results_write(r, &text);
    prim_digest(p, PRIM_SHA256, span_of(text.p, text.n), out);
    page_free(&text);
}

void run_facts_write(const run_facts *facts, page *out)
{
    page_put(out, "{\"schema\":\"env/1\",\n\"host\":");
    page_put_json(out, facts->host);
    page_put(out, ",\n\"command\":");
    page_put_json(out, facts->command);
    page_put(out, ",\n\"started\":");
    page_put_json(out, facts->started);
    page_printf(out, ",\n\"wall_us\":%" PRIu64 ",\n\"jobs\":%u,\n\"results\":", facts->wall_us, facts->jobs);
    page_put_json(out, facts->results);
    page_put(out, "}\n");
}

const char *run_facts_digest(const char *text, size_t n, char digest[65])
{
    cJSON *root = cJSON_ParseWithLengthOpts(text, n, NULL, 0);
    const char *found = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(root, "results"));
    const bool good = found && strlen(found) == 64 && strspn(found, "0123456789abcdef") == 64;
    snprintf(digest, 65, "%s", good ? found : "");
    cJSON_Delete(root);
    return good ? digest : NULL;
}

/* ---- reading ---- */

/* A list's words, joined again; NULL when it is not a list of words. */
static const char *join_list(results *r, const cJSON *list)
{
    page words = {0};
    bool ok = cJSON_IsArray(list);
    const cJSON *word;
    cJSON_ArrayForEach(word, list)
    {
        ok = ok && cJSON_IsString(word) && *word->valuestring && !strchr(word->valuestring, ' ');
        if (!ok)
            break;
        page_put(&words, words.n ? " " : "");
        page_put(&words, word->valuestring);
    }
    const char *kept = ok ? results_keep(r, words.p) : NULL;
    page_free(&words);
    return kept;
}

/* Takes the named members of an object into a record; false, with the key, at the first of the wrong type. */
static const char *take_members(results *r, const cJSON *object, void *record, const member *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, rows[i].key);
        const char **text = text_at(record, &rows[i]);
        if (!value)
            *text = "";
        else if (rows[i].list)
            *text = join_list(r, value);
        else
            *text = cJSON_IsString(value) ? results_keep(r, value->valuestring) : NULL;
        if (!*text)
            return rows[i].key;
    }
    return NULL;
}

static bool take_count(const cJSON *object, const char *key, size_t *out)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, key);
    bool ok = cJSON_IsNumber(value) && value->valuedouble >= 0 && value->valuedouble <= 1e9 &&
              value->valuedouble == (double)(size_t)value->valuedouble;
    *out = ok ? (size_t)value->valuedouble : 0;
    return ok;
}

static const char *string_member(const cJSON *object, const char *key)
{
    const char *s = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));
    return s ? s : "";
}

static const char *take_check(results *r, const cJSON *object)
{
    result one = {0};
    size_t rev;
    if (!cJSON_IsObject(object))
        return "checks";
    const char *fault = take_members(r, object, &one, check_members, CHECK_MEMBERS);
    if (fault)
        return fault;
    one.case_id = string_member(object, "case");
    one.check = string_member(object, "check");
    if (!take_count(object, "rev", &rev))
        return "rev";
    one.rev = (unsigned)rev;
    if (!outcome_of(string_member(object, "outcome"), &one.outcome))
        return "outcome";
    one.was = one.outcome;
    if (cJSON_GetObjectItemCaseSensitive(object, "was") && !outcome_of(string_member(object, "was"), &one.was))
        return "was";
    fault = result_fault(&one);
    if (!fault)
        results_add(r, &one);
    return fault;
}

static const char *take_all(results *r, const cJSON *root, char fault[200])
{
    if (strcmp(string_member(root, "schema"), "results/1") != 0)
        return "`schema` is not \"results/1\": not a results file of this version";
    results_head head;
    const char *key = take_members(r, root, &head, head_members, HEAD_MEMBERS);
    r->head = head;
    const cJSON *checks = cJSON_GetObjectItemCaseSensitive(root, "checks"), *one;
    if (!key && !take_count(root, "planned", &r->planned))
        key = "planned";
    if (!key && !cJSON_IsArray(checks))
        key = "checks";
    if (key) {
        snprintf(fault, 200, "`%s` is missing or not of its type", key);
        return fault;
    }
    size_t n = 0;
    cJSON_ArrayForEach(one, checks)
    {
        n++;
        if (!(key = take_check(r, one)))
            continue;
        snprintf(fault, 200, "check %zu (%.60s): `%s` is missing or not of its form", n, string_member(one, "case"), key);
        return fault;
    }
    return NULL;
}

/* Whatever the fields did not show - a key twice, one too many, another order, counts that do not add up - shows here. */
static const char *judge_bytes(results *r, const char *text, size_t n, char fault[200])
{
    page again = {0};
    results_write(r, &again);
    size_t same = 0, line = 1;
    while (same < n && same < again.n && text[same] == again.p[same])
        line += text[same++] == '\n';
    bool equal = same == n && n == again.n;
    page_free(&again);
    if (equal)
        return NULL;
    snprintf(fault, 200, "line %zu is not what these results are written as (changed by hand, out of order, or a key that is not ours)",
             line);
    return fault;
}

const char *results_read(results *out, const char *text, size_t n, char fault[200])
{
    *out = (results){0};
    cJSON *root = cJSON_ParseWithLengthOpts(text, n, NULL, 0);
    const char *wrong = cJSON_IsObject(root) ? take_all(out, root, fault) : "not a JSON object";
    cJSON_Delete(root);
    if (!wrong)
        wrong = judge_bytes(out, text, n, fault);
    if (wrong)
        results_free(out);
    return wrong;
}
