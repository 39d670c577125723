/* The last parts of the book: goals with their attackers, and the matrix. */
#include "book_parts.h"
#include "html.h"
#include "requirements.h"

#include <stdio.h>
#include <string.h>

static void put_cell(page *out, const char *text)
{
    page_put(out, "<td>");
    html_text(out, text);
    page_put(out, "</td>");
}

static void put_links(page *out, const char *ids)
{
    const char *word;
    page_put(out, "<td>");
    for (size_t n; next_word(&ids, &word, &n);)
        page_printf(out, "<a href=\"#%.*s\">%.*s</a> ", (int)n, word, (int)n, word);
    page_put(out, "</td>");
}

void book_goals(book_page *b)
{
    page *out = &b->body;
    book_heading(b, 1, "goals", "Goals and attackers");
    page_put(
        out,
        "<p>Each goal of profile <code>parley1</code> has an attacker in the simulator, who holds what the row says and does all he can. "
        "With every check in force he was stopped, by the sentence in the fifth column, when this page was made. Without the checks in the "
        "last column "
        "he gets what he wants: <code>parley attack</code> runs both.</p>\n"
        "<table><thead><tr><th>goal</th><th>attacker</th><th>holds</th><th>wants</th><th>stopped by</th><th>let in "
        "without</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < b->book->n_goals; i++) {
        const book_goal *g = &b->book->goals[i];
        page_printf(out, "<tr><td>%u</td>", g->goal);
        put_cell(out, g->attacker);
        put_cell(out, g->holds);
        put_cell(out, g->wants);
        if (!g->stopped)
            put_cell(out, "not stopped");
        else if (*g->stopped)
            put_links(out, g->stopped);
        else
            put_cell(out, "he learns nothing");
        put_links(out, g->checks);
        page_put(out, "</tr>\n");
    }
    page_put(out, "</tbody></table>\n");
}

/* ---- the ladder ---- */

static void put_rung(page *out, const book_ladder *l, size_t i)
{
    page_put(out, "<tr>");
    put_cell(out, l->rung[i].step);
    put_cell(out, l->rung[i].attacker);
    put_cell(out, l->rung[i].holds);
    for (size_t k = 0; k < l->n_profiles; k++)
        if (l->rung[i].stopped[k])
            put_links(out, l->rung[i].stopped[k]);
        else
            put_cell(out, "reads the prompt");
    page_put(out, "</tr>\n");
}

void book_rungs(book_page *b)
{
    page *out = &b->body;
    const book_ladder *l = b->book->ladder;
    book_heading(b, 1, "ladder", "To what evidence is bound");
    page_put(
        out,
        "<p>The same attackers at each profile, each with what it takes to break the steps below his own, when this page was made: the "
        "sentence that stopped him, or that he read the prompt. A step counts when it and all below hold; what a profile reaches is a "
        "property of its protocol. <code>parley attack --ladder</code> prints it.</p>\n"
        "<table><thead><tr><th>step</th><th>attacker</th><th>holds</th>");
    for (size_t k = 0; k < l->n_profiles; k++)
        page_printf(out, "<th>%s</th>", l->profile[k]);
    page_put(out, "</tr></thead><tbody>\n");
    for (size_t i = 0; i < l->n_rungs; i++)
        put_rung(out, l, i);
    page_put(out, "<tr><td></td><td></td><td>bound to the</td>");
    for (size_t k = 0; k < l->n_profiles; k++)
        put_cell(out, l->level[k]);
    page_put(out, "</tr></tbody></table>\n");
}

/* Cleaning a text takes its line feeds: a line at a time. */
static void put_script(page *out, const char *script)
{
    for (const char *line = script; *line;) {
        page text = {0};
        const size_t n = strcspn(line, "\n");
        page_put_n(&text, line, n);
        html_text(out, text.p ? text.p : "");
        page_put(out, "\n");
        page_free(&text);
        line += n + (line[n] == '\n');
    }
}

void book_derivations(book_page *b)
{
    page *out = &b->body;
    book_heading(b, 1, "derivations", "Key schedules, computed by openssl");
    page_put(out, "<p>One case of the vectors for each key schedule. Each script computes every hash, HMAC, agreement and public key again "
                  "with the command line of "
                  "OpenSSL and compares. AEAD and ML-KEM, which it lacks, are given as bytes. <code>parley derive CASE | sh</code> runs "
                  "one, for any case.</p>\n");
    for (const book_derivation *d = b->book->derivations; d->id; d++) {
        page_printf(out, "<details><summary>%s (<code>%s</code>)</summary><pre><code>", d->what, d->id);
        put_script(out, d->script);
        page_put(out, "</code></pre></details>\n");
    }
}

/* ---- the matrix ---- */

static void put_count(page *out, size_t n) { page_printf(out, n ? "<td>%zu</td>" : "<td class=\"none\">%zu</td>", n); }

static void put_row(page *out, const requirement_row *row, const sentence_facts *f)
{
    page_put(out, "<tr>");
    put_links(out, row->id);
    put_cell(out, row->role);
    put_cell(out, row->level);
    put_cell(out, row->shown);
    put_count(out, f->n_accepted);
    put_count(out, f->n_rejected);
    put_count(out, f->n_server);
    put_count(out, f->n_client);
    put_cell(out, f->site ? f->fate ? f->fate : "" : "no line");
    put_cell(out, f->last ? f->last : "");
    page_put(out, "</tr>\n");
}

void book_matrix(book_page *b)
{
    page *out = &b->body;
    book_heading(b, 1, "matrix", "What shows which sentence");
    page_put(out,
             "<p>Counted by what the vectors and the cases name. <code>parley trace</code> runs all of them and counts what held.</p>\n"
             "<table class=\"matrix\"><thead><tr><th>sentence</th><th>binds</th><th>level</th><th>shown</th><th>vectors +</th>"
             "<th>vectors \xe2\x88\x92</th><th>server door</th><th>client door</th><th>mutant</th><th>last</th></tr></thead><tbody>\n");
    for (uint16_t req = 1; req < REQ_COUNT; req++)
        put_row(out, &requirement_rows[req], &b->book->facts[req]);
    page_put(out, "</tbody></table>\n");
}
