#include "expected.h"

#include <fnmatch.h>
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

static const char *read_row(expected_kind kind, expected_row *row, char *line)
{
    const size_t n = kind == EXPECTED_BASELINE ? 6 : 5;
    char *field[6] = {0};
    for (size_t i = 0; i < n; i++)
        field[i] = strsep(&line, "\t");
    if (!field[n - 1] || line)
        return kind == EXPECTED_BASELINE ? "six fields with a tab between are needed: id, check, outcome, got, issue, until"
                                         : "five fields with a tab between are needed: glob, check, outcome, got, reason";
    *row = (expected_row){.id = field[0], .check = field[1], .got = field[3], .reason = field[4], .until = field[5]};
    if (result_fault(&(result){.case_id = kind == EXPECTED_BASELINE ? row->id : "any", .check = row->check, .rev = 1}))
        return "the first two fields are not a case and a check";
    if (!outcome_of(field[2], &row->outcome) || !can_be_excused(row->outcome))
        return "the outcome is none of FAIL, WARN, CRASH, HANG";
    if (!*row->reason)
        return "the reason is empty: an expected failure needs one that somebody can look up";
    return !row->until || is_date(row->until) ? NULL : "`until` is not a date as 2027-01-31";
}

static const char *append_row(expected *e, char *line)
{
    e->all = or_stop(realloc(e->all, (e->n + 1) * sizeof *e->all));
    expected_row *row = &e->all[e->n];
    const char *wrong = read_row(e->kind, row, line);
    for (size_t i = 0; !wrong && i < e->n; i++)
        if (strcmp(e->all[i].id, row->id) == 0 && strcmp(e->all[i].check, row->check) == 0)
            wrong = "this check stands in it twice";
    e->n += !wrong;
    return wrong;
}

const char *expected_read(expected *e, expected_kind kind, page text, char fault[200])
{
    *e = (expected){.kind = kind, .text = text};
    const char *wrong = text.p && strlen(text.p) != text.n ? "a zero byte is not text" : NULL;
    char *rest = text.p, *line;
    unsigned number = 0;
    while (!wrong && (line = strsep(&rest, "\n"))) {
        number++;
        line[strcspn(line, "\r")] = 0;
        if (*line && *line != '#')
            wrong = append_row(e, line);
    }
    if (!wrong)
        return NULL;
    snprintf(fault, 200, "line %u: %s", number, wrong);
    expected_free(e);
    return fault;
}

void expected_free(expected *e)
{
    page_free(&e->text);
    free(e->all);
    *e = (expected){0};
}

/* ---- applying ---- */

/* `got` as it stands in the file: one line, no tabs. */
static bool same_got(const expected *e, const expected_row *row, const result *one)
{
    page got = {0};
    page_put_shown(&got, one->got);
    const bool same = strcmp(got.p ? got.p : "", row->got) == 0;
    page_free(&got);
    return same || (e->kind == EXPECTED_KNOWN && strcmp(row->got, "*") == 0);
}

/* A glob covers checks that fail in several ways: those that no row excuses stay red by themselves. */
static expected_fate fate_of(const expected *e, const expected_row *row, const result *one, const char *today)
{
    if (row->until && strcmp(today, row->until) > 0)
        return EXPECTED_EXPIRED;
    if (one->outcome == OUTCOME_PASS)
        return EXPECTED_FIXED;
    if (one->outcome == row->outcome && same_got(e, row, one))
        return EXPECTED_MATCHED;
    return e->kind == EXPECTED_KNOWN ? EXPECTED_UNUSED : EXPECTED_OTHERWISE;
}

static void mark(const expected *e, expected_row *row, results *run, result *one, const char *today)
{
    const expected_fate fate = fate_of(e, row, one, today);
    row->fate = fate > row->fate ? fate : row->fate;
    if (fate != EXPECTED_MATCHED && fate != EXPECTED_FIXED)
        return;
    one->was = one->outcome;
    one->outcome = fate == EXPECTED_MATCHED ? OUTCOME_XFAIL : OUTCOME_XPASS;
    if (e->kind == EXPECTED_BASELINE)
        one->issue = results_keep(run, row->reason);
    else if (fate == EXPECTED_MATCHED)
        one->note = results_keep(run, row->reason);
}

static bool covers(const expected *e, const expected_row *row, const result *one)
{
    return strcmp(row->check, one->check) == 0 &&
           (e->kind == EXPECTED_KNOWN ? fnmatch(row->id, one->case_id, 0) : strcmp(row->id, one->case_id)) == 0;
}

size_t expected_apply(expected *e, results *run, int64_t at, bool whole)
{
    char today[16];
    date_of(at, today);
    for (size_t k = 0; k < run->n; k++) {
        size_t i = 0;
        while (i < e->n && !covers(e, &e->all[i], &run->all[k]))
            i++;
        if (i < e->n)
            mark(e, &e->all[i], run, &run->all[k], today);
    }
    size_t stale = 0;
    for (size_t i = 0; i < e->n; i++) {
        if (e->all[i].fate == EXPECTED_UNUSED && whole)
            e->all[i].fate = EXPECTED_GONE;
        stale += e->all[i].fate > EXPECTED_MATCHED;
    }
    return stale;
}

void expected_list_stale(const expected *e, page *out)
{
    static const char *const why[] = {[EXPECTED_FIXED] = "some of what it covers passes now",
                                      [EXPECTED_OTHERWISE] = "it fails in another way, or is no longer measured",
                                      [EXPECTED_EXPIRED] = "it has expired",
                                      [EXPECTED_GONE] = "nothing fails this way"};
    for (size_t i = 0; i < e->n; i++) {
        const expected_row *row = &e->all[i];
        if (row->fate > EXPECTED_MATCHED)
            page_printf(out, "STALE  %s %s %s: %s\n", row->id, row->check, row->got, why[row->fate]);
    }
}

static bool excuses_as_much(const expected_row *was, const expected_row *row)
{
    return strcmp(was->id, row->id) == 0 && strcmp(was->check, row->check) == 0 && was->outcome == row->outcome &&
           strcmp(was->got, row->got) == 0 && strcmp(was->until, row->until) >= 0;
}

const expected_row *expected_beyond(const expected *e, const expected *was)
{
    for (size_t i = 0; i < e->n; i++) {
        size_t k = 0;
        while (k < was->n && !excuses_as_much(&was->all[k], &e->all[i]))
            k++;
        if (k == was->n)
            return &e->all[i];
    }
    return NULL;
}

/* ---- writing ---- */

void expected_write(const results *r, const char *issue, int64_t at, page *out)
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

void expected_prune(const expected *e, page *out)
{
    page_put(out, HEADING);
    for (size_t i = 0; i < e->n; i++) {
        const expected_row *row = &e->all[i];
        if (row->fate <= EXPECTED_MATCHED)
            page_printf(out, "%s\t%s\t%s\t%s\t%s\t%s\n", row->id, row->check, outcome_name(row->outcome), row->got, row->reason,
                        row->until);
    }
}
