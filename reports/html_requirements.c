/* The sentences, those that no check touched first. */
#include "html_parts.h"

#include <stdlib.h>
#include <string.h>

typedef enum standing { BROKEN, UNCOVERED, UNSEEN, NOTICED, SHOWN, ELSEWHERE, STANDINGS } standing;

static const char *const standing_label[STANDINGS] = {"failed", "no check", "not tested", "noticed", "holds", "not by checks"};
static const char *const standing_class[STANDINGS] = {"FAIL", "UNTESTED", "UNTESTED", "WARN", "PASS", "NA"};
static const standing order[STANDINGS] = {UNCOVERED, BROKEN, UNSEEN, NOTICED, SHOWN, ELSEWHERE};

typedef struct cover {
    size_t positive, negative, bad, unseen, noticed, good;
} cover;

/* `numbers`: of a result, one space between. */
static bool names_number(const char *numbers, const char *id)
{
    const size_t n = strlen(id);
    for (const char *at = numbers; (at = strstr(at, id)); at += n)
        if ((at == numbers || at[-1] == ' ') && (at[n] == ' ' || at[n] == 0))
            return true;
    return false;
}

static cover cover_of(const report *rep, const char *id)
{
    cover c = {0};
    for (size_t i = 0; i < rep->run->n; i++) {
        const result *one = &rep->run->all[i];
        if (!names_number(one->req, id))
            continue;
        weight w = outcome_weight(one->outcome);
        bool measured = w == WEIGHT_GOOD || w == WEIGHT_BAD || w == WEIGHT_NOTICE;
        c.positive += measured && !*one->base;
        c.negative += measured && *one->base;
        c.bad += w == WEIGHT_BAD;
        c.unseen += w == WEIGHT_UNSEEN;
        c.noticed += w == WEIGHT_NOTICE;
        c.good += w == WEIGHT_GOOD;
    }
    return c;
}

static standing standing_of(const requirement_row *row, const cover *c)
{
    if (c->bad)
        return BROKEN;
    if (c->noticed)
        return NOTICED;
    if (c->good)
        return c->unseen ? UNSEEN : SHOWN;
    if (c->unseen)
        return UNSEEN;
    bool by_checks = strcmp(row->shown, "wire") == 0 || strcmp(row->shown, "connection") == 0 || strcmp(row->shown, "shim") == 0;
    return by_checks ? UNCOVERED : ELSEWHERE;
}

static void put_row(const requirement_row *row, const cover *c, standing s, page *out)
{
    page_printf(out, "<tr id=\"%s\" class=\"o-%s\"><td><b class=\"o\">%s</b></td><th scope=\"row\">%s</th><td>%s</td><td>", row->id,
                standing_class[s], standing_label[s], row->id, row->level);
    html_text(out, row->role);
    page_put(out, "</td><td class=\"text\">");
    html_text(out, row->text);
    page_put(out, " <cite>");
    html_text(out, row->source);
    page_printf(out, "</cite></td><td class=\"num\">%zu</td><td class=\"num\">%zu</td></tr>\n", c->positive, c->negative);
}

void html_requirements(const report *rep, page *out)
{
    size_t n = rep->n_rows ? rep->n_rows : 1, of[STANDINGS] = {0};
    cover *covers = or_stop(calloc(n, sizeof *covers));
    standing *standings = or_stop(calloc(n, sizeof *standings));
    for (size_t i = 1; i < n; i++) {
        covers[i] = cover_of(rep, rep->rows[i].id);
        standings[i] = standing_of(&rep->rows[i], &covers[i]);
        of[standings[i]]++;
    }
    page_put(out, "<section id=\"requirements\" class=\"tab\" aria-label=\"Requirements\"><h2>Requirements</h2>\n<p class=\"sum\">");
    for (size_t k = 0; k < STANDINGS; k++)
        page_printf(out, "%s%zu %s", k ? ", " : "", of[order[k]], standing_label[order[k]]);
    page_put(out, ". A sentence is shown by checks that accept and by checks that reject; both are counted.</p>\n<div "
                  "class=\"scroll\"><table><thead><tr><th>Standing</th><th>Number</th><th>Level</th>"
                  "<th>Role</th><th>Sentence</th><th>accepts</th><th>rejects</th></tr></thead><tbody>\n");
    for (size_t k = 0; k < STANDINGS; k++)
        for (size_t i = 1; i < n; i++)
            if (standings[i] == order[k])
                put_row(&rep->rows[i], &covers[i], standings[i], out);
    page_put(out, "</tbody></table></div></section>\n");
    free(covers);
    free(standings);
}
