/* For a person at a terminal: one block for each cause of checks that need a look, then what was counted. */
#include "report.h"

#include <stdlib.h>
#include <string.h>

static const char *paint(const report *rep, outcome o)
{
    static const char *const colours[] = {[WEIGHT_GOOD] = "\x1b[32m",
                                          [WEIGHT_NEUTRAL] = "",
                                          [WEIGHT_UNSEEN] = "\x1b[35m",
                                          [WEIGHT_NOTICE] = "\x1b[33m",
                                          [WEIGHT_BAD] = "\x1b[1;31m"};
    return rep->colour ? colours[outcome_weight(o)] : "";
}

static const char *unpaint(const report *rep) { return rep->colour ? "\x1b[0m" : ""; }

static void put_row(page *out, const char *label, const char *text)
{
    if (!text || !*text)
        return;
    page_printf(out, "      %-9s ", label);
    page_put_shown(out, text);
    page_put(out, "\n");
}

static void put_head(const report *rep, const result *one, const requirement_row *row, page *out)
{
    page_printf(out, "%s%-5s%s %s:%s   %.6s %s", paint(rep, one->outcome), outcome_name(one->outcome), unpaint(rep), one->case_id,
                one->check, one->req, one->level);
    page_printf(out, " %s     ", one->role);
    report_place(row, out);
    while (out->n && out->p[out->n - 1] == ' ')
        out->p[--out->n] = 0;
    page_put(out, "\n");
}

static void put_block(const report *rep, const result *one, page *out)
{
    const requirement_row *row = report_row(rep, one->req);
    page differs = {0}, transcript = {0};
    report_differs(one, &differs);
    if (*one->transcript)
        page_printf(&transcript, "%s%s%s", rep->folder ? rep->folder : "", rep->folder ? "/" : "", one->transcript);
    put_head(rep, one, row, out);
    if (*row->text)
        page_printf(out, "      %s\n", row->text);
    if (*one->base) {
        page_printf(out, "      base      %s   mutation  ", one->base);
        page_put_shown(out, one->mutation);
        page_put(out, "\n");
    }
    put_row(out, "want", one->want);
    put_row(out, "got", one->got);
    put_row(out, "differs", differs.p);
    put_row(out, "note", one->note);
    put_row(out, "tag", one->tag);
    put_row(out, "issue", one->issue);
    put_row(out, "replay", one->replay);
    put_row(out, "transcript", transcript.p);
    page_put(out, "\n");
    page_free(&differs);
    page_free(&transcript);
}

/* ---- failures by their cause ---- */

enum { ALIKE_NAMED = 4 /* of those that are only counted, so many are named */ };

/* Equal but for their numbers, up to what is said in brackets: `xor ct[20] 01` and `xor ct[3] 80`. */
static bool is_same_kind(const char *a, const char *b)
{
    static const char digits[] = "0123456789";
    for (;; a++, b++) {
        const size_t n = strspn(a, digits), m = strspn(b, digits);
        if ((n > 0) != (m > 0))
            return false;
        a += n, b += m;
        if (*a != *b)
            return false;
        if (!*a || *a == '(')
            return true;
        if (n)
            a--, b--;
    }
}

/* Sentence, what was done, and how it showed. */
static bool has_same_cause(const result *a, const result *b)
{
    return a->outcome == b->outcome && strcmp(a->check, b->check) == 0 && strncmp(a->req, b->req, 6) == 0 &&
           strcmp(a->role, b->role) == 0 && is_same_kind(a->mutation, b->mutation) && is_same_kind(a->got, b->got);
}

static bool needs_a_look(const result *one) { return one->outcome == OUTCOME_WARN || outcome_weight(one->outcome) == WEIGHT_BAD; }

/* Those behind the i-th that have its cause: marked as seen, counted, the first of them named. */
static void put_alike(const results *run, size_t i, bool *seen, page *out)
{
    size_t count = 0;
    page names = {0};
    for (size_t k = i + 1; k < run->n; k++) {
        if (seen[k] || !needs_a_look(&run->all[k]) || !has_same_cause(&run->all[i], &run->all[k]))
            continue;
        seen[k] = true;
        if (count++ < ALIKE_NAMED)
            page_printf(&names, "%s%s", names.n ? ", " : "", run->all[k].case_id);
    }
    if (count)
        page_printf(out, "      and %zu more of the same cause: %s%s\n\n", count, names.p, count > ALIKE_NAMED ? ", ..." : "");
    page_free(&names);
}

static void put_failures(const report *rep, page *out)
{
    const results *run = rep->run;
    size_t blocked = 0;
    bool *seen = calloc(run->n + 1, sizeof *seen);
    must(seen);
    for (size_t i = 0; i < run->n; i++) {
        const result *one = &run->all[i];
        if (seen[i] || !needs_a_look(one) || !report_once(one, &blocked))
            continue;
        put_block(rep, one, out);
        if (one->outcome != OUTCOME_BLOCKED)
            put_alike(run, i, seen, out);
    }
    if (blocked > 1)
        page_printf(out, "      and %zu more were not measured for the same reason\n\n", blocked - 1);
    free(seen);
}

/* In rows of sixteen numbers. */
static void put_unchecked(const report *rep, page *out)
{
    const char *rest = rep->run->head.unchecked, *word;
    const size_t count = report_unchecked(rep);
    if (!count)
        return;
    page_printf(out, "%sUNCHECKED%s  %zu " REPORT_UNCHECKED ":", paint(rep, OUTCOME_UNTESTED), unpaint(rep), count);
    for (size_t n, i = 0; next_word(&rest, &word, &n); i++) {
        page_put(out, i % 16 ? " " : "\n      ");
        page_put_n(out, word, n);
    }
    page_put(out, "\n\n");
}

void render_console(const report *rep, page *out)
{
    const results *run = rep->run;
    tally t = results_count(run);
    put_failures(rep, out);
    put_unchecked(rep, out);
    page_put_shown(out, run->head.target);
    page_put(out, " ");
    page_put_shown(out, run->head.version);
    page_printf(out, "  %zu checks planned:", run->planned);
    for (unsigned o = 0; o < OUTCOME_COUNT; o++)
        if (t.of[o] || o == OUTCOME_PASS || o == OUTCOME_FAIL || o == OUTCOME_UNTESTED)
            page_printf(out, "  %s%zu %s%s", t.of[o] ? paint(rep, (outcome)o) : "", t.of[o], outcome_name((outcome)o),
                        t.of[o] ? unpaint(rep) : "");
    page_put(out, "\n");
    report_badge_text(rep, out);
    page_printf(out, "   results %.16s", rep->digest);
    page_put(out, *run->head.seed ? "   seed " : "");
    page_put_shown(out, run->head.seed);
    page_put(out, "\n");
}
