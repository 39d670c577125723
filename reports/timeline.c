#include "timeline.h"
#include "html_parts.h"

#include <stdio.h>
#include <string.h>

timeline_step *timeline_add(timeline *s, timeline_place place, const char *title)
{
    timeline_step *step = &s->step[s->n < TIMELINE_STEPS ? s->n++ : TIMELINE_STEPS - 1];
    *step = (timeline_step){.place = place};
    snprintf(step->title, sizeof step->title, "%s", title);
    return step;
}

void timeline_rule(timeline_step *step, uint16_t req)
{
    for (size_t i = 0; i < step->n_rules; i++)
        if (step->rules[i] == req)
            return;
    if (step->n_rules < TIMELINE_RULES)
        step->rules[step->n_rules++] = req;
}

void timeline_bytes(timeline_step *step, span message)
{
    span_take(span_first(message, TIMELINE_BYTES), step->bytes, TIMELINE_BYTES);
    step->n_bytes = message.n < TIMELINE_BYTES ? message.n : TIMELINE_BYTES;
    step->n_message = message.n;
}

/* ---- the page ---- */

static const char style[] =
    "h1{margin-top:1.5rem}.flow{display:grid;grid-template-columns:1fr 1fr;gap:.6rem 2rem;margin:1.5rem 0}"
    ".flow>div{border:1px solid #8884;border-radius:.5rem;padding:.6rem .9rem;overflow-wrap:anywhere}"
    ".client{grid-column:1}.server{grid-column:2}.wire{grid-column:1/3;text-align:center;border-style:dashed!important;background:#8881}"
    ".flow h3{margin:0 0 .2rem;font-size:1rem}.flow p{margin:.2rem 0}.wire code{overflow-wrap:anywhere;font-size:.8rem}"
    ".flow ol{margin:.3rem 0 0;padding:0;list-style:none;font-size:.88rem}.flow li{margin:.25rem 0}"
    ".head{display:grid;grid-template-columns:1fr 1fr;font-weight:600;text-align:center}"
    ".verdict{padding:.7rem 1rem;border-radius:.5rem;font-weight:600}.caught{background:#2a73}.missed{background:#c334}"
    "@media(max-width:50rem){.flow{display:block}.flow>div{margin:.5rem 0}.head{display:none}}";

static void put_rules(const timeline_step *step, const requirement_row *rows, page *p)
{
    if (step->n_rules == 0)
        return;
    page_printf(p, "<details%s><summary>%zu numbered sentence%s applied</summary><ol>",
                step->n_rules <= 8 || strstr(step->title, "appraises") ? " open" : "", step->n_rules, step->n_rules == 1 ? "" : "s");
    for (size_t i = 0; i < step->n_rules; i++) {
        page_printf(p, "<li><b>%s</b> ", rows[step->rules[i]].id);
        html_text(p, rows[step->rules[i]].text);
        page_put(p, "</li>\n");
    }
    page_put(p, "</ol></details>\n");
}

static void put_step(const timeline_step *step, const requirement_row *rows, page *p)
{
    static const char *const classes[] = {"client", "server", "wire", "wire"}, *const arrows[] = {"", "", "client &rarr; server: ",
                                                                                                  "client &larr; server: "};
    page_printf(p, "<div class=\"%s\"><h3>%s", classes[step->place], arrows[step->place]);
    html_text(p, step->title);
    page_put(p, "</h3>");
    if (*step->text) {
        page_put(p, "<p>");
        html_text(p, step->text);
        page_put(p, "</p>");
    }
    if (step->n_message) {
        page_printf(p, "<p>%zu bytes</p><code>", step->n_message);
        page_put_hex(p, span_of(step->bytes, step->n_bytes));
        page_put(p, step->n_message > step->n_bytes ? "&hellip;</code>" : "</code>");
    }
    put_rules(step, rows, p);
    page_put(p, "</div>\n");
}

static void put_plant(const planted_bug *plant, const report *r, const requirement_row *rows, page *p)
{
    const requirement_row *row = &rows[plant->req];
    page_printf(p, "<h2>The suite against one planted bug</h2>\n<p>The line of the code that does <b>%s</b> was disabled: &ldquo;",
                row->id);
    html_text(p, row->text);
    page_printf(p, "&rdquo; Before, all %zu cases passed. With it, %zu fail.</p>\n", plant->cases, plant->failed);
    page_printf(p, "<p class=\"verdict %s\">%s</p>\n", plant->caught ? "caught" : "missed",
                plant->caught ? "Caught: a check that names this sentence fails." : "Not caught: no check that names this sentence fails.");
    html_checks(r, p);
}

void render_timeline(const timeline *s, const planted_bug *plant, const report *r, const requirement_row *rows, page *p)
{
    page_put(p, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\n"
                "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src "
                "'unsafe-inline'\">\n"
                "<title>Parley demo</title>\n<style>");
    page_put(p, html_style);
    page_put(p, style);
    page_put(p, "</style></head>\n<body><main>\n<h1>One conversation, end to end</h1>\n"
                "<p>A client, a server in a simulated enclave, and everything between them. Each box says who acted and which numbered "
                "sentences of the "
                "specification were applied there; they were counted while it ran.</p>\n<div "
                "class=\"head\"><span>client</span><span>server</span></div>\n"
                "<div class=\"flow\">\n");
    for (size_t i = 0; i < s->n; i++)
        put_step(&s->step[i], rows, p);
    page_put(p, "</div>\n");
    if (plant)
        put_plant(plant, r, rows, p);
    page_put(p, "</main></body></html>\n");
}
