#include "html.h"

#include <string.h>

void html_text(page *out, const char *text)
{
    page clean = {0};
    page_put_shown(&clean, text);
    for (const char *p = clean.p; p && *p; p++) {
        size_t plain = strcspn(p, "<>&\"'");
        page_put_n(out, p, plain);
        p += plain;
        if (!*p)
            break;
        page_put(out, *p == '<' ? "&lt;" : *p == '>' ? "&gt;" : *p == '&' ? "&amp;" : *p == '"' ? "&quot;" : "&#39;");
    }
    page_free(&clean);
}

const char *outcome_label(outcome o)
{
    static const char *const labels[OUTCOME_COUNT] = {[OUTCOME_PASS] = "passed",       [OUTCOME_FAIL] = "failed",
                                                      [OUTCOME_WARN] = "warnings",     [OUTCOME_INFO] = "information",
                                                      [OUTCOME_NA] = "not applicable", [OUTCOME_UNTESTED] = "not tested",
                                                      [OUTCOME_XFAIL] = "known",       [OUTCOME_XPASS] = "fixed, still listed",
                                                      [OUTCOME_CRASH] = "crashed",     [OUTCOME_HANG] = "hung",
                                                      [OUTCOME_BLOCKED] = "blocked",   [OUTCOME_HARNESS] = "our own fault"};
    return labels[o];
}
