#include "served_page.h"
#include "exits.h"
#include "no_memory.h"
#include "p1_pack.h"
#include "place.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE_MAX = 1 << 20 };

static bool document(void *ctx, span target, const char **type, span *body)
{
    const served_page *p = ctx;
    const bool html = span_is(target, "/"), pack = span_is(target, "/pack.json");
    *type = html ? "text/html; charset=utf-8" : "application/json";
    *body = html ? p->html : p->pack;
    return html || pack;
}

static bool read_page(writer *out)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/vectors/witness/page/page.html", place_share());
    FILE *f = fopen(path, "rb");
    if (!f)
        return false;
    const size_t n = fread(out->p, 1, PAGE_MAX, f);
    const bool whole = !ferror(f) && fgetc(f) == EOF && n > 0;
    fclose(f);
    if (whole)
        write_room(out, n);
    return whole;
}

bool served_page_open(served_page *p, const cli_call *call, const service *world, ws_gate *gate)
{
    p->room = malloc(PAGE_MAX + P1_PACK_MAX);
    needs_memory(p->room);
    writer w = writer_of(p->room, PAGE_MAX + P1_PACK_MAX);
    if (!read_page(&w)) {
        cli_fail(call, EXIT_USAGE, "--page: the page can't be read under %s/vectors/witness/page: %s", place_share(), strerror(errno));
        return false;
    }
    p->html = written(&w);
    p1_pack_write(world, &w);
    must(writer_ok(&w));
    p->pack = span_from(written(&w), p->html.n);
    gate->document = document;
    gate->document_ctx = p;
    return true;
}

void served_page_free(served_page *p) { free(p->room); }
