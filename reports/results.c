#include "results.h"
#include "case_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name, *label;
    weight weight;
} outcomes[] = {
#define X(NAME, WEIGHT, LABEL) {#NAME, LABEL, WEIGHT_##WEIGHT},
    OUTCOMES(X)
#undef X
};

const char *outcome_name(outcome o)
{
    must(o < OUTCOME_COUNT);
    return outcomes[o].name;
}

const char *outcome_label(outcome o) { return outcomes[o].label; }
weight outcome_weight(outcome o) { return outcomes[o].weight; }

bool outcome_of(const char *name, outcome *out)
{
    for (unsigned o = 0; o < OUTCOME_COUNT; o++)
        if (strcmp(name, outcomes[o].name) == 0) {
            *out = (outcome)o;
            return true;
        }
    return false;
}

/* ---- what a well-formed result looks like ---- */

static bool is_lower(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

static bool is_slug(const char *s)
{
    for (; is_lower(*s); s++)
        if ((s[1] == '.' || s[1] == '-') && is_lower(s[2]))
            s++;
        else if (!s[1])
            return true;
    return false;
}

static bool is_hex(const char *s)
{
    size_t n = s ? strlen(s) : 0;
    return n % 2 == 0 && (n == 0 || strspn(s, "0123456789abcdef") == n);
}

/* "XX-000" once or more, with one space between. */
static bool is_requirements(const char *s)
{
    static const char *const upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", *const digit = "0123456789";
    while (s && *s) {
        bool id = strlen(s) >= 6 && strchr(upper, s[0]) && (strchr(upper, s[1]) || strchr(digit, s[1])) && s[2] == '-' &&
                  strspn(s + 3, digit) == 3;
        if (!id || (s[6] && (s[6] != ' ' || !s[7])))
            return false;
        s += s[6] ? 7 : 6;
    }
    return true;
}

static bool is_one_of(const char *word, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(word, *list) == 0)
            return true;
    return false;
}

const char *result_fault(const result *one)
{
    static const char *const levels[] = {"", "MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY", NULL};
    if (!one->case_id || !is_slug(one->case_id))
        return "case";
    if (!one->check || !is_case_check(one->check))
        return "check";
    if (one->rev < 1)
        return "rev";
    if (one->outcome >= OUTCOME_COUNT)
        return "outcome";
    if (!is_requirements(one->req))
        return "req";
    if (one->level && !is_one_of(one->level, levels))
        return "level";
    if (!is_hex(one->want_bytes))
        return "want_bytes";
    return is_hex(one->got_bytes) ? NULL : "got_bytes";
}

/* ---- the list ---- */

/* Strings live as long as the list; they are freed together. */
struct kept_text {
    struct kept_text *next;
    char text[];
};

const char *results_keep(results *r, const char *text)
{
    if (!text || !*text)
        return "";
    page clean = {0};
    page_put_utf8(&clean, text);
    struct kept_text *kept = or_stop(malloc(sizeof *kept + clean.n + 1));
    memcpy(kept->text, clean.p, clean.n + 1);
    kept->next = r->texts;
    r->texts = kept;
    page_free(&clean);
    return kept->text;
}

void results_start(results *r, const results_head *head)
{
    *r = (results){0};
#define X(FIELD) r->head.FIELD = results_keep(r, head->FIELD);
    HEAD_TEXTS(X, X)
#undef X
}

void results_free(results *r)
{
    for (struct kept_text *t = r->texts; t;) {
        struct kept_text *next = t->next;
        free(t);
        t = next;
    }
    free(r->all);
    *r = (results){0};
}

static void put(results *r, result *one, const result *given)
{
    *one = *given;
    if (one->outcome != OUTCOME_XFAIL && one->outcome != OUTCOME_XPASS)
        one->was = one->outcome;
#define X(FIELD) one->FIELD = results_keep(r, given->FIELD);
    X(case_id) X(check) RESULT_TEXTS(X, X)
#undef X
}

void results_replace(results *r, const result *old, const result *given)
{
    must(result_fault(given) == NULL);
    put(r, &r->all[old - r->all], given);
}

void results_add(results *r, const result *given)
{
    must(result_fault(given) == NULL);
    if (r->n == r->cap) {
        r->cap = r->cap ? 2 * r->cap : 256;
        r->all = or_stop(realloc(r->all, r->cap * sizeof *r->all));
    }
    put(r, &r->all[r->n++], given);
}

int result_order(const void *a, const void *b)
{
    const result *x = a, *y = b;
    int by = strcmp(x->case_id, y->case_id);
    if (!by)
        by = strcmp(x->check, y->check);
    if (!by)
        by = strcmp(x->door, y->door);
    return by ? by : strcmp(x->role, y->role);
}

void results_sort(results *r)
{
    if (r->n)
        qsort(r->all, r->n, sizeof *r->all, result_order);
}

const result *results_find(const results *r, const char *case_id, const char *check)
{
    for (size_t i = 0; i < r->n; i++)
        if (strcmp(r->all[i].case_id, case_id) == 0 && strcmp(r->all[i].check, check) == 0)
            return &r->all[i];
    return NULL;
}

const char *results_merge(results *into, const results *more, char fault[200])
{
#define X(FIELD)                                                                                                                     \
    if (strcmp(into->head.FIELD, more->head.FIELD) != 0) {                                                                           \
        snprintf(fault, 200, "not shards of one run: `%s` is \"%.50s\" in one and \"%.50s\" in the other", #FIELD, into->head.FIELD, \
                 more->head.FIELD);                                                                                                  \
        return fault;                                                                                                                \
    }
    HEAD_TEXTS(X, X)
#undef X
    for (size_t i = 0; i < more->n; i++)
        results_add(into, &more->all[i]);
    into->planned += more->planned;
    results_sort(into);
    const result *twice = results_twice(into);
    if (!twice)
        return NULL;
    snprintf(fault, 200, "%.100s:%.20s stands in both", twice->case_id, twice->check);
    return fault;
}

/* ---- counting ---- */

tally results_count(const results *r)
{
    tally t = {{0}, r->n};
    for (size_t i = 0; i < r->n; i++)
        t.of[r->all[i].outcome]++;
    return t;
}

const result *results_twice(results *r)
{
    results_sort(r);
    for (size_t i = 1; i < r->n; i++)
        if (result_order(&r->all[i - 1], &r->all[i]) == 0)
            return &r->all[i];
    return NULL;
}

bool results_accounted(results *r) { return r->planned == r->n && !results_twice(r); }

/* The highest level that leaves room for this outcome. */
static int level_left_by(const result *one)
{
    bool must_level = strncmp(one->level, "MUST", 4) == 0;
    bool is_verdict = strcmp(one->check, "verdict") == 0;
    switch (one->outcome) {
    case OUTCOME_PASS:
    case OUTCOME_INFO:
    case OUTCOME_NA: return 2;
    case OUTCOME_WARN: return 1;
    case OUTCOME_CRASH:
    case OUTCOME_HANG: return 0;
    case OUTCOME_BLOCKED:
    case OUTCOME_HARNESS: return -1;
    case OUTCOME_UNTESTED: /* without its reason or state a rejection still counts, but not strictly */
        return must_level && is_verdict ? 0 : 1;
    default: /* FAIL, XFAIL, XPASS: a fault that somebody knows is still one */ return must_level ? 0 : 1;
    }
}

int results_level(const results *r, const char *role)
{
    int level = 2;
    bool measured = false;
    for (size_t i = 0; i < r->n; i++) {
        if (role && strcmp(r->all[i].role, role) != 0)
            continue;
        int left = level_left_by(&r->all[i]);
        level = left < level ? left : level;
        measured |= r->all[i].outcome == OUTCOME_PASS;
    }
    return measured ? level : -1;
}

/* ---- exit status ---- */

const char *results_missing_hook(const results *r)
{
    for (size_t i = 0; i < r->n; i++)
        if (r->all[i].outcome == OUTCOME_UNTESTED && r->all[i].needs && *r->all[i].needs)
            return r->all[i].needs;
    return NULL;
}

int results_exit(results *r, const exit_facts *facts, int all[EXIT_STATUSES + 1])
{
    tally t = results_count(r);
    bool failed = t.of[OUTCOME_FAIL] || t.of[OUTCOME_CRASH] || t.of[OUTCOME_HANG];
    bool nothing = t.total == t.of[OUTCOME_NA] + t.of[OUTCOME_UNTESTED];
    bool hook_missing = results_missing_hook(r) != NULL;
    const struct {
        int status;
        bool applies;
    } rows[EXIT_STATUSES] = {
        {70, t.of[OUTCOME_HARNESS] || !results_accounted(r)},
        {69, facts->unreachable || t.of[OUTCOME_BLOCKED]},
        {64, facts->usage},
        {6, facts->self_test_failed},
        {5, facts->drift},
        {1, failed},
        {2, facts->baseline_stale || t.of[OUTCOME_XPASS]},
        {4, facts->level_missed || facts->capability_vanished || nothing || hook_missing},
        {3, facts->strict && t.of[OUTCOME_WARN]},
    };
    int found[EXIT_STATUSES + 1] = {0}, n = 0;
    for (size_t i = 0; i < EXIT_STATUSES; i++)
        if (rows[i].applies)
            found[n++] = rows[i].status;
    if (all)
        memcpy(all, found, sizeof found);
    return found[0];
}
