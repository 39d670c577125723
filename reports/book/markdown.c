#include "markdown.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <stdlib.h>
#include <string.h>

static cmark_node *tree_of(const char *text, size_t n)
{
    cmark_gfm_core_extensions_ensure_registered();
    cmark_parser *parser = cmark_parser_new(CMARK_OPT_DEFAULT);
    needs_memory(parser && cmark_parser_attach_syntax_extension(parser, cmark_find_syntax_extension("table")));
    cmark_parser_feed(parser, text, n);
    cmark_node *tree = cmark_parser_finish(parser);
    cmark_parser_free(parser);
    needs_memory(tree != NULL);
    return tree;
}

/* "quote.md" and "../noise/noise.md#4" name chapters; anything with a scheme stays. */
static void turn_inward(cmark_node *link)
{
    const char *url = cmark_node_get_url(link), *name = strrchr(url, '/'), *end = strstr(url, ".md");
    page inward = {0};
    if (!end || strchr(url, ':'))
        return;
    name = name && name < end ? name + 1 : url;
    page_printf(&inward, "#%.*s", (int)(end - name), name);
    needs_memory(cmark_node_set_url(link, inward.p));
    page_free(&inward);
}

static char *html_of(cmark_node *tree)
{
    cmark_iter *it = cmark_iter_new(tree);
    while (cmark_iter_next(it) != CMARK_EVENT_DONE)
        if (cmark_node_get_type(cmark_iter_get_node(it)) == CMARK_NODE_LINK)
            turn_inward(cmark_iter_get_node(it));
    cmark_iter_free(it);
    char *html = cmark_render_html(tree, CMARK_OPT_DEFAULT, NULL);
    needs_memory(html != NULL);
    cmark_node_free(tree);
    return html;
}

void markdown_put(page *out, const char *text, size_t n)
{
    char *html = html_of(tree_of(text, n));
    page_put(out, html);
    free(html);
}

/* As the text of a heading: what would begin a list or a quotation in a paragraph is text there. */
void markdown_put_line(page *out, const char *text)
{
    page heading = {0};
    page_put(&heading, "# ");
    page_put(&heading, text);
    char *html = html_of(tree_of(heading.p, heading.n));
    const size_t before = strlen("<h1>"), after = strlen("</h1>\n"), n = strlen(html);
    if (n > before + after)
        page_put_n(out, html + before, n - before - after);
    free(html);
    page_free(&heading);
}
