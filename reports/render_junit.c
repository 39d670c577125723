/* JUnit XML: a suite per area, a case per check; what failed, what broke and what was not measured kept apart. */
#include "report.h"

#include <libxml/xmlwriter.h>
#include <string.h>

#define XML(text) ((const xmlChar *)(text))

/* libxml2 escapes markup but lets control characters through, which no parser takes back: those become U+FFFD first. */
static void put_attribute(xmlTextWriterPtr w, const char *name, const char *text)
{
    page clean = {0};
    page_put_shown(&clean, text);
    needs_memory(xmlTextWriterWriteAttribute(w, XML(name), XML(clean.p ? clean.p : "")) >= 0);
    page_free(&clean);
}

static void put_number(xmlTextWriterPtr w, const char *name, size_t n)
{
    needs_memory(xmlTextWriterWriteFormatAttribute(w, XML(name), "%zu", n) >= 0);
}

static void start(xmlTextWriterPtr w, const char *name) { needs_memory(xmlTextWriterStartElement(w, XML(name)) >= 0); }

static void end(xmlTextWriterPtr w) { needs_memory(xmlTextWriterEndElement(w) >= 0); }

static void put_property(xmlTextWriterPtr w, const char *name, const char *value)
{
    if (!*value)
        return;
    start(w, "property");
    put_attribute(w, "name", name);
    put_attribute(w, "value", value);
    end(w);
}

typedef enum bucket { PASSED, FAILED, BROKEN, SKIPPED } bucket;

static bucket bucket_of(outcome o)
{
    if (o == OUTCOME_FAIL || o == OUTCOME_XPASS)
        return FAILED;
    if (outcome_weight(o) == WEIGHT_BAD)
        return BROKEN;
    return o == OUTCOME_NA || o == OUTCOME_UNTESTED || o == OUTCOME_XFAIL ? SKIPPED : PASSED;
}

/* The block that the console prints, without its colours, as the text of the element. */
static void put_failure(xmlTextWriterPtr w, const report *rep, const result *one)
{
    page text = {0}, differs = {0};
    report_differs(one, &differs);
    const char *const rows[][2] = {{"sentence", report_row(rep, one->req)->text},
                                   {"base", one->base},
                                   {"mutation", one->mutation},
                                   {"want", one->want},
                                   {"got", one->got},
                                   {"differs", differs.p},
                                   {"note", one->note},
                                   {"replay", one->replay},
                                   {"transcript", one->transcript}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!rows[i][1] || !*rows[i][1])
            continue;
        page_printf(&text, "%-11s", rows[i][0]);
        page_put_shown(&text, rows[i][1]);
        page_put(&text, "\n");
    }
    needs_memory(xmlTextWriterWriteString(w, XML(text.p ? text.p : "")) >= 0);
    page_free(&text), page_free(&differs);
}

static void put_properties(xmlTextWriterPtr w, const result *one)
{
    start(w, "properties");
    put_property(w, "requirement", one->req);
    put_property(w, "level", one->level);
    put_property(w, "role", one->role);
    put_property(w, "outcome", outcome_name(one->outcome));
    end(w);
}

static void put_case(xmlTextWriterPtr w, const report *rep, const result *one)
{
    static const char *const elements[] = {[FAILED] = "failure", [BROKEN] = "error", [SKIPPED] = "skipped", [PASSED] = "system-out"};
    page name = {0};
    report_name(one, &name);
    bucket b = bucket_of(one->outcome);
    start(w, "testcase");
    put_attribute(w, "classname", rep->run->head.profile);
    put_attribute(w, "name", name.p);
    put_properties(w, one);
    if (b != PASSED || one->outcome == OUTCOME_WARN) {
        start(w, elements[b]);
        if (b != PASSED)
            put_attribute(w, "message", b == SKIPPED ? (*one->issue ? one->issue : one->note) : one->got);
        if (b == FAILED || b == BROKEN)
            put_attribute(w, "type", outcome_name(one->outcome));
        if (b != SKIPPED)
            put_failure(w, rep, one);
        end(w);
    }
    end(w);
    page_free(&name);
}

/* Returns how many were skipped: schemas know that count on a suite, not on the whole. */
static size_t put_counts(xmlTextWriterPtr w, const result *all, size_t n)
{
    size_t of[4] = {0};
    for (size_t i = 0; i < n; i++)
        of[bucket_of(all[i].outcome)]++;
    put_number(w, "tests", n);
    put_number(w, "failures", of[FAILED]);
    put_number(w, "errors", of[BROKEN]);
    return of[SKIPPED];
}

void render_junit(const report *rep, page *out)
{
    const results *run = rep->run;
    xmlBufferPtr buffer = xmlBufferCreate();
    xmlTextWriterPtr w = buffer ? xmlNewTextWriterMemory(buffer, 0) : NULL;
    needs_memory(w && xmlTextWriterSetIndent(w, 1) >= 0 && xmlTextWriterStartDocument(w, NULL, "UTF-8", NULL) >= 0);
    start(w, "testsuites");
    put_attribute(w, "name", run->head.target);
    put_counts(w, run->all, run->n);
    for (size_t i = 0, n; i < run->n; i += n) {
        n = report_area(run->all + i, run->n - i);
        start(w, "testsuite");
        needs_memory(
            xmlTextWriterWriteFormatAttribute(w, XML("name"), "%.*s", (int)report_area_len(run->all[i].case_id), run->all[i].case_id) >= 0);
        put_number(w, "skipped", put_counts(w, run->all + i, n));
        for (size_t k = i; k < i + n; k++)
            put_case(w, rep, &run->all[k]);
        end(w);
    }
    needs_memory(xmlTextWriterEndDocument(w) >= 0 && xmlTextWriterFlush(w) >= 0);
    page_put_n(out, xmlBufferContent(buffer), (size_t)xmlBufferLength(buffer));
    xmlFreeTextWriter(w);
    xmlBufferFree(buffer);
}
