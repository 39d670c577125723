#include "failure.h"
#include "spawn.h"

#include <string.h>

enum { ERRORS_KEPT = 4096, LINE_KEPT = 300 };

static bool is_failure(const struct judgement *j) { return j->judged && outcome_weight(j->outcome) == WEIGHT_BAD; }

static bool has_failed(const trial *t)
{
    for (int i = 0; i < CASE_CHECKS; i++)
        if (is_failure(&t->check[i]))
            return true;
    return false;
}

static bool is_line_end(uint8_t c) { return c == '\n' || c == '\r'; }

/* Takes the first line off; empty ones are passed over. False: there is none. */
static bool next_line(span *rest, span *line)
{
    while (rest->n && is_line_end(rest->p[0]))
        *rest = span_from(*rest, 1);
    size_t n = 0;
    while (n < rest->n && !is_line_end(rest->p[n]))
        n++;
    *line = span_first(*rest, n);
    *rest = span_from(*rest, n);
    return n > 0;
}

/* What the client said, as every other text of a target is shown. A zero byte, which would end the text, is shown as a control character. */
static void put_said(page *out, span line)
{
    char text[LINE_KEPT + 1];
    const size_t n = line.n < LINE_KEPT ? line.n : LINE_KEPT;
    for (size_t i = 0; i < n; i++)
        text[i] = line.p[i] ? (char)line.p[i] : '\x01';
    text[n] = 0;
    page_put_shown(out, text);
    page_put(out, n < line.n ? "..." : "");
}

static span kept_errors(const trial *t)
{
    const span all = spawn_errors(t);
    return all.n > ERRORS_KEPT ? span_from(all, all.n - ERRORS_KEPT) : all;
}

static void note_errors(trial *t, page *last)
{
    span rest = kept_errors(t), line;
    while (next_line(&rest, &line)) {
        page note = {0};
        page_put(&note, "stderr: ");
        put_said(&note, line);
        trial_note(t, note.p);
        page_free(last);
        *last = note;
    }
}

void failure_keep(trial *t)
{
    page note = {0};
    if (!t->child || t->run->link || !t->run->folder || !has_failed(t))
        return;
    note_errors(t, &note);
    if (!spawn_has_ended(t))
        page_free(&note);
    t->keeps_world = t->world || t->p1_world;
    if (t->world)
        page_printf(&note, "%sits pack: worlds/%s beside the results", note.n ? "; " : "", t->row->id);
    for (int i = 0; i < CASE_CHECKS && note.n; i++)
        if (is_failure(&t->check[i]))
            page_printf(&t->check[i].note, "%s%s", t->check[i].note.n ? "; " : "", note.p);
    page_free(&note);
}
