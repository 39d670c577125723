#include "html_parts.h"
#include "packed.h"

#include <stdio.h>
#include <string.h>

#define RESULTS_OPEN  "<script type=\"text/plain\" id=\"results\">\n"
#define RESULTS_CLOSE "</script>"
#define DIGEST_OPEN   "<code id=\"digest\">"

/* ---- the head of the page ---- */

static void put_fact(page *out, const char *term, const char *text)
{
    if (!*text)
        return;
    page_printf(out, "<div><dt>%s</dt><dd>", term);
    html_text(out, text);
    page_put(out, "</dd></div>");
}

/* "server L2 client L1": each pair is one level. */
static void put_levels(const report *rep, page *out)
{
    const char *rest = rep->run->head.granted, *word;
    page_put(out, *rest ? "<p class=\"levels\">" : "<p class=\"levels\"><span class=\"level none\">no level reached</span>");
    for (size_t n, i = 0; next_word(&rest, &word, &n); i++) {
        page one = {0};
        page_put_n(&one, word, n);
        page_put(out, i % 2 ? "</span><b> " : "<span class=\"level\"><span>");
        html_text(out, one.p);
        page_put(out, i % 2 ? "</b></span>" : "");
        page_free(&one);
    }
    page_put(out, "</p>");
}

static void put_header(const report *rep, page *out)
{
    const results_head *head = &rep->run->head;
    page_put(out, "<header class=\"top\"><div class=\"title\"><p class=\"kicker\">Conformance report</p><h1>");
    html_text(out, *head->target ? head->target : "unnamed target");
    page_put(out, " <span>");
    html_text(out, head->version);
    page_put(out, "</span></h1></div>");
    put_levels(rep, out);
    page_put(out, "<dl class=\"facts\">");
    put_fact(out, "Profile", head->profile);
    put_fact(out, "Revision", head->revision);
    put_fact(out, "Door", head->door);
    put_fact(out, "Seed", head->seed);
    put_fact(out, "Time", head->at);
    put_fact(out, "Suite", head->suite);
    put_fact(out, "Capabilities", head->caps);
    page_printf(out, "<div class=\"wide\"><dt>Results, SHA-256</dt><dd>" DIGEST_OPEN "%s</code></dd></div></dl></header>\n", rep->digest);
}

/* ---- the strip: every outcome that counts has a tile of one size, so what was not tested is as large as what failed ---- */

static void put_tile(page *out, const char *name, const char *label, size_t n)
{
    page_printf(out, "<li class=\"tile o-%s%s\"><b>%zu</b><span>%s</span></li>", name, n ? "" : " zero", n, label);
}

static void put_strip(const report *rep, page *out)
{
    static const outcome always[] = {OUTCOME_FAIL, OUTCOME_UNTESTED, OUTCOME_PASS};
    static const outcome others[] = {OUTCOME_CRASH, OUTCOME_HANG,  OUTCOME_BLOCKED, OUTCOME_HARNESS, OUTCOME_XPASS,
                                     OUTCOME_WARN,  OUTCOME_XFAIL, OUTCOME_INFO,    OUTCOME_NA};
    tally t = results_count(rep->run);
    page_put(out, "<section aria-label=\"Outcomes\"><ul class=\"strip\">");
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        put_tile(out, outcome_name(always[i]), outcome_label(always[i]), t.of[always[i]]);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (t.of[others[i]])
            put_tile(out, outcome_name(others[i]), outcome_label(others[i]), t.of[others[i]]);
    put_tile(out, outcome_name(OUTCOME_INFO), "sentences checked", report_checked(rep));
    if (report_unchecked(rep))
        put_tile(out, outcome_name(OUTCOME_UNTESTED), "sentences without a check", report_unchecked(rep));
    page_put(out, "</ul><div class=\"bar\" aria-hidden=\"true\">");
    for (unsigned o = 0; o < OUTCOME_COUNT; o++)
        if (t.of[o])
            page_printf(out, "<i class=\"o-%s\" style=\"flex-grow:%zu\"></i>", outcome_name((outcome)o), t.of[o]);
    page_printf(out, "</div><p class=\"sum\">%s%zu checks planned, %zu accounted for.</p>",
                t.total != rep->run->planned ? "<b>This run is not whole.</b> " : "", rep->run->planned, t.total);
    if (report_unchecked(rep))
        page_printf(out, "<p class=\"sum\"><b>%zu " REPORT_UNCHECKED ":</b> %s</p>", report_unchecked(rep), rep->run->head.unchecked);
    page_put(out, "</section>\n");
}

/* ---- the whole ---- */

static void put_tabs(const report *rep, page *out)
{
    page_put(
        out,
        "<nav class=\"tabs\" aria-label=\"Parts of the report\"><a href=\"#checks\">Checks</a><a href=\"#requirements\">Requirements</a>");
    page_put(out, rep->n_mutants ? "<a href=\"#mutants\">Mutants</a></nav>\n" : "</nav>\n");
}

static void put_opening(const report *rep, page *out)
{
    page_put(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
        "img-src data:\">\n"
        "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n"
        "<link rel=\"icon\" href=\"data:,\">\n<title>");
    html_text(out, rep->run->head.target);
    page_put(out, " ");
    html_text(out, rep->run->head.version);
    page_put(out, " \xe2\x80\x93 parley</title>\n<style>\n");
    page_put(out, html_style);
    page_put(out, "</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#checks\">To the checks</a>\n");
}

static void put_footer(const report *rep, page *out)
{
    page text = {0};
    report_badge_text(rep, &text);
    page_put(out, "<footer><p>");
    html_text(out, text.p);
    page_put(out, ". One file, nothing is fetched. <code>parley report verify</code> recomputes the digest from the results "
                  "inside.</p></footer>\n");
    page_free(&text);
}

static void put_results(const report *rep, page *out)
{
    page results = {0};
    results_write(rep->run, &results);
    page_put(out, RESULTS_OPEN);
    packed_write(results.p, results.n, out);
    page_put(out, RESULTS_CLOSE);
    page_free(&results);
}

void render_html(const report *rep, page *out)
{
    put_opening(rep, out);
    put_header(rep, out);
    page_put(out, "<main>\n");
    put_strip(rep, out);
    html_causes(rep, out);
    put_tabs(rep, out);
    html_checks(rep, out);
    html_requirements(rep, out);
    if (rep->n_mutants)
        html_mutants(rep, out);
    page_put(out, "</main>\n");
    put_footer(rep, out);
    put_results(rep, out);
    page_put(out, "\n<script>\n");
    page_put(out, html_script);
    page_put(out, "</script>\n</body>\n</html>\n");
}

/* ---- the way back ---- */

const char *report_verify(const char *html, size_t n, const prim *p, char digest[65], char fault[200])
{
    const char *open = memmem(html, n, RESULTS_OPEN, strlen(RESULTS_OPEN));
    const char *said = memmem(html, n, DIGEST_OPEN, strlen(DIGEST_OPEN));
    const char *text = open ? open + strlen(RESULTS_OPEN) : NULL;
    const char *close = open ? memmem(text, n - (size_t)(text - html), RESULTS_CLOSE, strlen(RESULTS_CLOSE)) : NULL;
    if (!close || !said || n - (size_t)(said - html) < strlen(DIGEST_OPEN) + 64)
        return "not a report page: it holds no results or no digest";
    results run;
    page whole = {0};
    const char *wrong = packed_read(text, (size_t)(close - text), &whole) ? results_read(&run, whole.p ? whole.p : "", whole.n, fault)
                                                                          : "the results inside are not as they were written";
    page_free(&whole);
    if (wrong)
        return wrong;
    uint8_t bytes[32];
    results_digest(&run, p, bytes);
    results_free(&run);
    writer w = writer_of(digest, 64);
    write_hex(&w, SPAN(bytes));
    digest[64] = 0;
    if (memcmp(said + strlen(DIGEST_OPEN), digest, 64) == 0)
        return NULL;
    snprintf(fault, 200, "the page names %.64s, its results have %s", said + strlen(DIGEST_OPEN), digest);
    return fault;
}
