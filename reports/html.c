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
