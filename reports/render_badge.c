/* The badge, as a picture and for shields. Both carry the digest, so that a badge can be traced to its results. */
#include "report.h"

#include <stdio.h>
#include <string.h>

#include "utf8.h"

typedef struct shade {
    const char *hex, *word;
} shade;

static shade shade_of(const report *rep)
{
    tally t = results_count(rep->run);
    for (unsigned o = 0; o < OUTCOME_COUNT; o++)
        if (t.of[o] && outcome_weight((outcome)o) == WEIGHT_BAD)
            return (shade){"#b42318", "red"};
    if (!*rep->run->head.granted)
        return (shade){"#5f6673", "lightgrey"};
    return strstr(rep->run->head.granted, "L0") ? (shade){"#8a5a00", "yellow"} : (shade){"#1a7f37", "brightgreen"};
}

static size_t n_characters(const char *text)
{
    size_t n = 0;
    for (span s = span_text(text); s.n; n++)
        s = span_from(s, utf8_step(s) ? utf8_step(s) : 1);
    return n;
}

static void put_xml(page *out, const char *text)
{
    page clean = {0};
    page_put_shown(&clean, text);
    for (const char *p = clean.p; p && *p; p++) {
        const char *entity = *p == '<' ? "&lt;" : *p == '&' ? "&amp;" : *p == '"' ? "&quot;" : NULL;
        if (entity)
            page_put(out, entity);
        else
            page_put_n(out, p, 1);
    }
    page_free(&clean);
}

/* What a pointer over the badge shows: the result, the target, the suite and the digest. */
static void put_title(const report *rep, const char *result, page *out)
{
    page_put(out, "<title>");
    put_xml(out, result);
    page_put(out, " \xe2\x80\x93 ");
    put_xml(out, rep->run->head.target);
    page_put(out, " ");
    put_xml(out, rep->run->head.version);
    page_put(out, ", suite ");
    put_xml(out, rep->run->head.suite);
    page_printf(out, ", results %s</title>\n", rep->digest);
}

void render_badge(const report *rep, page *out)
{
    page text = {0}, clean = {0};
    report_badge_text(rep, &text);
    page_put_shown(&clean, text.p);
    const char *message = clean.p + strlen("parley ");
    size_t left = 52, right = 14 + 7 * n_characters(message); /* 7 px a character is Verdana at 11 px, rounded up */
    page_printf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%zu\" height=\"20\" role=\"img\" aria-label=\"", left + right);
    put_xml(out, clean.p);
    page_put(out, "\">\n");
    put_title(rep, clean.p, out);
    page_printf(out, "<clipPath id=\"r\"><rect width=\"%zu\" height=\"20\" rx=\"3\"/></clipPath>\n", left + right);
    page_printf(out,
                "<g clip-path=\"url(#r)\"><rect width=\"%zu\" height=\"20\" fill=\"#30363d\"/><rect x=\"%zu\" width=\"%zu\" height=\"20\" "
                "fill=\"%s\"/></g>\n",
                left, left, right, shade_of(rep).hex);
    page_put(out, "<g fill=\"#fff\" text-anchor=\"middle\" font-family=\"Verdana,DejaVu Sans,sans-serif\" font-size=\"11\">\n");
    page_printf(out, "<text x=\"%zu\" y=\"14\">parley</text><text x=\"%zu\" y=\"14\">", left / 2, left + right / 2);
    put_xml(out, message);
    page_put(out, "</text>\n</g></svg>\n");
    page_free(&text), page_free(&clean);
}

void render_shield(const report *rep, page *out)
{
    page text = {0};
    report_badge_text(rep, &text);
    page_put(out, "{\"schemaVersion\":1,\"label\":\"parley\",\"message\":");
    page_put_json(out, text.p + strlen("parley "));
    page_printf(out, ",\"color\":\"%s\"}\n", shade_of(rep).word);
    page_free(&text);
}
