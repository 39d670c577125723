/* For a person at a terminal: one block for each cause of checks that need a look, then what was counted. */
#include "causes.h"
#include "report.h"

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
    const bool many = report_serves_many(one);
    page_printf(out, "%s%-5s%s %s:%s   %.6s%s", paint(rep, one->outcome), outcome_name(one->outcome), unpaint(rep), one->case_id,
                one->check, many ? "" : shown_text(one->req), many ? "" : " ");
    page_put(out, many ? "" : shown_text(one->level));
    page_printf(out, "%s%s     ", many ? "" : " ", shown_text(one->role));
    if (!many)
        report_place(row, out);
    while (out->n && out->p[out->n - 1] == ' ')
        out->p[--out->n] = 0;
    page_put(out, "\n");
}

/* Where the sentence asks for more than its source does, whoever fails it has kept to the standard. */
static void put_stricter(const requirement_row *row, page *out)
{
    static const char *const words[] = {"departure", "leaves it open", "stricter"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strstr(row->source, words[i])) {
            page_printf(out, "      stricter  than its source: %s\n", row->source);
            return;
        }
}

/* What was tried: the change that was made to an accepted twin, or, without a twin, the variant itself. */
static void put_tried(const result *one, page *out)
{
    const bool accepts = strncmp(one->want, "exit 0", 6) == 0;
    if (!*one->base && !*one->mutation)
        return;
    if (*one->base)
        page_printf(out, "      base      %s   mutation  ", shown_text(one->base));
    else
        page_put(out, "      variant   ");
    page_put_shown(out, one->mutation);
    page_put(out, !*one->base && accepts ? ", to be accepted\n" : "\n");
}

static void put_sentences(const report *rep, const result *one, page *out)
{
    page_put(out, "      ");
    report_sentences(rep, one, out);
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
    if (report_serves_many(one))
        put_sentences(rep, one, out);
    else if (*row->text)
        page_printf(out, "      %s\n", row->text);
    put_tried(one, out);
    if (!report_serves_many(one))
        put_stricter(row, out);
    put_row(out, "want", one->want);
    put_row(out, "got", one->got);
    put_row(out, "differs", differs.p);
    put_row(out, "note", diagnosis_of(one) ? "" : one->note);
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

typedef struct blocks {
    const report *rep;
    page *out;
} blocks;

static void put_diagnosis(const result *first, size_t n_more, page *out)
{
    if (!diagnosis_of(first))
        return;
    page_printf(out, "Most likely cause of %zu failure%s: ", 1 + n_more, n_more ? "s" : "");
    page_put_shown(out, diagnosis_of(first));
    page_put(out, "\n\n");
}

/* The first in full, the others counted. */
static void put_cause(void *ctx, const result *first, const result *const *more, size_t n_more)
{
    const blocks *b = ctx;
    put_diagnosis(first, n_more, b->out);
    put_block(b->rep, first, b->out);
    if (first->outcome == OUTCOME_BLOCKED && n_more)
        page_printf(b->out, "      and %zu more were not measured for the same reason\n\n", n_more);
    if (first->outcome == OUTCOME_BLOCKED || !n_more)
        return;
    page_printf(b->out, "      and %zu more of the same cause: ", n_more);
    for (size_t i = 0; i < n_more && i < ALIKE_NAMED; i++)
        page_printf(b->out, "%s%s", i ? ", " : "", more[i]->case_id);
    page_put(b->out, n_more > ALIKE_NAMED ? ", ...\n\n" : "\n\n");
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
    causes_each(run, put_cause, &(blocks){rep, out});
    put_unchecked(rep, out);
    if (t.total != run->planned)
        page_printf(out, "%sNOT WHOLE%s  of %zu planned checks %zu were made\n\n", paint(rep, OUTCOME_HARNESS), unpaint(rep), run->planned,
                    t.total);
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
