#include "sarif.h"

void sarif_start(page *out, const char *version, const sarif_rule *rules, size_t n)
{
    page_put(out, "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{\n"
                  "\"tool\":{\"driver\":{\"name\":\"parley\",\"version\":");
    page_put_json(out, version);
    page_put(out, ",\"rules\":[");
    for (size_t i = 0; i < n; i++) {
        page_put(out, i ? ",\n{\"id\":" : "\n{\"id\":");
        page_put_json(out, rules[i].id);
        page_put(out, ",\"shortDescription\":{\"text\":");
        page_put_json(out, rules[i].text);
        page_put(out, "}}");
    }
    page_put(out,
             "]}},\n\"originalUriBaseIds\":{\"PARLEY\":{\"description\":{\"text\":\"the top of the suite's own tree\"}}},\n\"results\":[");
}

static void put_place(page *out, const sarif_finding *f)
{
    page_put(out, ",\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{\"uri\":");
    page_put_json(out, f->file);
    page_put(out, ",\"uriBaseId\":\"PARLEY\"}");
    if (f->line > 0)
        page_printf(out, ",\"region\":{\"startLine\":%d}", f->line);
    page_put(out, "}}]");
}

void sarif_put(page *out, size_t index, const sarif_finding *f)
{
    page_put(out, index ? ",\n{\"ruleId\":" : "\n{\"ruleId\":");
    page_put_json(out, f->rule);
    page_printf(out, ",\"level\":\"%s\",\"message\":{\"text\":", f->level);
    page_put_json(out, f->text);
    page_put(out, "}");
    if (*f->file)
        put_place(out, f);
    if (f->name) {
        page_put(out, ",\"partialFingerprints\":{\"check/v1\":");
        page_put_json(out, f->name);
        page_put(out, "}");
    }
    page_put(out, "}");
}

void sarif_end(page *out) { page_put(out, "]}]}\n"); }
