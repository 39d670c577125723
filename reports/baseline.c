#include "baseline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define HEADING "# id\tcheck\toutcome\tgot\tissue\tuntil\n"

static void date_of(int64_t at, char out[16])
{
    struct tm day;
    time_t seconds = (time_t)at;
    must(gmtime_r(&seconds, &day));
    must(strftime(out, 16, "%Y-%m-%d", &day) == 10);
}

static bool is_date(const char *s)
{
    static const char form[] = "0000-00-00";
    for (size_t i = 0; i < sizeof form; i++)
        if (form[i] == '0' ? s[i] < '0' || s[i] > '9' : s[i] != form[i])
            return false;
    return true;
}

static bool can_be_excused(outcome o) { return o == OUTCOME_FAIL || o == OUTCOME_WARN || o == OUTCOME_CRASH || o == OUTCOME_HANG; }

/* ---- reading ---- */

static const char *take_entry(baseline_entry *e, char *line)
{
    char *field[6] = {line};
    for (size_t i = 1; i < 6; i++) {
        char *tab = strchr(field[i - 1], '\t');
        if (!tab)
            return "six fields with a tab between are needed: id, check, outcome, got, issue, until";
        *tab = 0;
        field[i] = tab + 1;
    }
    *e = (baseline_entry){.id = field[0], .check = field[1], .got = field[3], .issue = field[4], .until = field[5]};
    if (result_fault(&(result){.case_id = e->id, .check = e->check, .rev = 1}))
        return "the first two fields are not a case and a check";
    if (!outcome_of(field[2], &e->outcome) || !can_be_excused(e->outcome))
        return "the outcome is none of FAIL, WARN, CRASH, HANG";
    if (!*e->issue)
        return "the issue is empty: an excuse needs a reason that somebody can look up";
    return is_date(e->until) ? NULL : "`until` is not a date as 2027-01-31";
}

static baseline_entry *append(baseline *b)
{
    b->all = realloc(b->all, (b->n + 1) * sizeof *b->all);
    must(b->all);
    return &b->all[b->n++];
}

static bool stands_twice(const baseline *b)
{
    const baseline_entry *last = &b->all[b->n - 1];
    for (size_t i = 0; i + 1 < b->n; i++)
        if (strcmp(b->all[i].id, last->id) == 0 && strcmp(b->all[i].check, last->check) == 0)
            return true;
    return false;
}

const char *baseline_read(baseline *b, page text, char fault[200])
{
    *b = (baseline){.text = text};
    const char *wrong = text.p && strlen(text.p) != text.n ? "a zero byte is not text" : NULL;
    int number = 0;
    for (char *line = wrong ? NULL : text.p, *next; line && *line; line = next) {
        next = line + strcspn(line, "\n");
        next += *next ? (*next = 0, 1) : 0;
        number++;
        line[strcspn(line, "\r")] = 0;
        if (!*line || *line == '#')
            continue;
        wrong = take_entry(append(b), line);
        if (!wrong && stands_twice(b))
            wrong = "this check stands in it twice";
        if (wrong)
            break;
    }
    if (!wrong)
        return NULL;
    snprintf(fault, 200, "line %d: %s", number, wrong);
    baseline_free(b);
    return fault;
}

void baseline_free(baseline *b)
{
    page_free(&b->text);
    free(b->all);
    *b = (baseline){0};
}

/* ---- applying ---- */

/* `got` as it stands in the file: one line, no tabs. */
static bool same_got(const baseline_entry *e, const result *one)
{
    page got = {0};
    page_put_shown(&got, one->got);
    bool same = strcmp(got.p ? got.p : "", e->got) == 0;
    page_free(&got);
    return same;
}

static baseline_fate judge(const baseline_entry *e, const result *one, bool expired)
{
    if (expired)
        return BASELINE_EXPIRED;
    if (one->outcome == OUTCOME_PASS)
        return BASELINE_FIXED;
    return one->outcome == e->outcome && same_got(e, one) ? BASELINE_MATCHED : BASELINE_OTHERWISE;
}

static void mark(baseline_entry *e, results *r, result *one, baseline_fate fate)
{
    e->fate = fate > e->fate ? fate : e->fate;
    if (fate != BASELINE_MATCHED && fate != BASELINE_FIXED)
        return;
    one->was = one->outcome;
    one->outcome = fate == BASELINE_MATCHED ? OUTCOME_XFAIL : OUTCOME_XPASS;
    one->issue = results_keep(r, e->issue);
}

size_t baseline_apply(baseline *b, results *r, int64_t at, bool whole)
{
    char today[16];
    date_of(at, today);
    size_t stale = 0;
    for (size_t i = 0; i < b->n; i++) {
        baseline_entry *e = &b->all[i];
        bool expired = strcmp(today, e->until) > 0;
        e->fate = BASELINE_UNUSED;
        for (size_t k = 0; k < r->n; k++) {
            result *one = &r->all[k];
            if (strcmp(one->case_id, e->id) == 0 && strcmp(one->check, e->check) == 0)
                mark(e, r, one, judge(e, one, expired));
        }
        if (e->fate == BASELINE_UNUSED && whole)
            e->fate = BASELINE_GONE;
        stale += e->fate > BASELINE_MATCHED;
    }
    return stale;
}

/* ---- writing ---- */

void baseline_write(const results *r, const char *issue, int64_t at, page *out)
{
    char until[16];
    date_of(at + (int64_t)BASELINE_DAYS * 86400, until);
    page_put(out, HEADING);
    for (size_t i = 0; i < r->n; i++) {
        const result *one = &r->all[i];
        if (!can_be_excused(one->outcome))
            continue;
        page_printf(out, "%s\t%s\t%s\t", one->case_id, one->check, outcome_name(one->outcome));
        page_put_shown(out, one->got);
        page_put(out, "\t");
        page_put_shown(out, issue);
        page_printf(out, "\t%s\n", until);
    }
}

void baseline_prune(const baseline *b, page *out)
{
    page_put(out, HEADING);
    for (size_t i = 0; i < b->n; i++) {
        const baseline_entry *e = &b->all[i];
        if (e->fate == BASELINE_MATCHED || e->fate == BASELINE_UNUSED)
            page_printf(out, "%s\t%s\t%s\t%s\t%s\t%s\n", e->id, e->check, outcome_name(e->outcome), e->got, e->issue, e->until);
    }
}
