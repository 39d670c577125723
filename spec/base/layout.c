#include "layout.h"
#include "protobuf.h"

#include <string.h>

static void *member(const field *f, void *object) { return (uint8_t *)object + f->at; }
static const void *member_of(const field *f, const void *object) { return (const uint8_t *)object + f->at; }

static bool in_range(const field *f, uint64_t v) { return v >= f->least && v <= f->most; }

/* ---- binary ---- */

size_t layout_size(const layout *l)
{
    size_t n = 0;
    for (size_t i = 0; i < l->n_fields; i++)
        n += l->fields[i].size;
    return n;
}

static bool has_rest(const layout *l) { return l->n_fields && l->fields[l->n_fields - 1].kind == FIELD_REST; }

static verdict read_binary_field(const field *f, reader *r, void *out, account *noted)
{
    switch (f->kind) {
    case FIELD_UINT_LE:
    case FIELD_UINT_BE: {
        uint64_t *value = member(f, out);
        *value = f->kind == FIELD_UINT_LE ? read_le(r, f->size) : read_be(r, f->size);
        if (f->req)
            CHECK_ROW(noted, in_range(f, *value), f->req);
        return ACCEPT;
    }
    case FIELD_ZEROS: {
        span *s = member(f, out);
        *s = read_bytes(r, f->size);
        if (f->req)
            CHECK_ROW(noted, all_zero(*s), f->req);
        return ACCEPT;
    }
    case FIELD_REST: *(span *)member(f, out) = read_rest(r); return ACCEPT;
    default: *(span *)member(f, out) = read_bytes(r, f->size); return ACCEPT;
    }
}

static verdict read_binary(const layout *l, span in, void *out, account *noted)
{
    size_t size = layout_size(l);
    CHECK_ROW(noted, has_rest(l) ? in.n >= size : in.n == size, l->req);
    reader r = reader_of(in);
    for (size_t i = 0; i < l->n_fields; i++)
        TRY(read_binary_field(&l->fields[i], &r, out, noted));
    return ACCEPT;
}

static void write_binary(const layout *l, const void *from, writer *out)
{
    for (size_t i = 0; i < l->n_fields; i++) {
        const field *f = &l->fields[i];
        if (f->kind == FIELD_UINT_LE)
            write_le(out, *(const uint64_t *)member_of(f, from), f->size);
        else if (f->kind == FIELD_UINT_BE)
            write_be(out, *(const uint64_t *)member_of(f, from), f->size);
        else if (f->kind == FIELD_ZEROS && ((const span *)member_of(f, from))->n == 0)
            write_zeros(out, f->size);
        else
            write_span(out, *(const span *)member_of(f, from));
    }
}

verdict layout_read(const layout *l, span in, void *out, bool *canonical)
{
    bool same = true;
    memset(out, 0, l->n_struct);
    if (canonical)
        *canonical = true;
    if (l->encoding == LAYOUT_BINARY)
        return read_binary(l, in, out, NULL);
    const bool well_formed = protobuf_parse(l, in, out, &same);
    if (canonical)
        *canonical = same && well_formed;
    REQUIRE_ROW(well_formed, l->req);
    return protobuf_judge(l, out);
}

verdict layout_read_noting(const layout *l, span in, void *out, account *noted)
{
    must(l->encoding == LAYOUT_BINARY);
    memset(out, 0, l->n_struct);
    return read_binary(l, in, out, noted);
}

void layout_write(const layout *l, const void *from, writer *out)
{
    if (l->encoding == LAYOUT_BINARY)
        write_binary(l, from, out);
    else
        protobuf_write(l, from, out);
}

/* ---- walking an encoded message ---- */

const char *layout_path(char room[LAYOUT_PATH_MAX], span prefix, const char *name)
{
    writer w = writer_of(room, LAYOUT_PATH_MAX - 1);
    write_span(&w, prefix);
    write_text(&w, prefix.n ? "." : "");
    write_text(&w, name);
    room[w.n] = 0;
    return room;
}

static void walk_binary(const layout *l, span in, layout_visit *visit, void *ctx)
{
    char room[LAYOUT_PATH_MAX];
    size_t at = 0;
    for (size_t i = 0; i < l->n_fields && at < in.n; i++) {
        const field *f = &l->fields[i];
        const size_t n = f->kind == FIELD_REST || f->size > in.n - at ? in.n - at : f->size;
        visit(ctx, layout_path(room, span_text(l->name), f->name), f, at, n);
        at += n;
    }
    if (at < in.n)
        visit(ctx, layout_path(room, span_text(l->name), "unknown"), NULL, at, in.n - at);
}

void layout_walk(const layout *l, span in, layout_visit *visit, void *ctx)
{
    if (l->encoding == LAYOUT_BINARY)
        walk_binary(l, in, visit, ctx);
    else
        protobuf_walk(l, in, 0, span_text(l->name), visit, ctx);
}

typedef struct search {
    size_t at;
    writer out;
} search;

static void write_index(writer *w, size_t n)
{
    if (n >= 10)
        write_index(w, n / 10);
    write_be(w, '0' + n % 10, 1);
}

static void note_if_covering(void *ctx, const char *path, const field *f, size_t at, size_t n)
{
    search *s = ctx;
    (void)f;
    if (s->at < at || s->at - at >= n)
        return;
    s->out.n = 0;
    write_text(&s->out, path);
    write_text(&s->out, "[");
    write_index(&s->out, s->at - at);
    write_text(&s->out, "]");
}

void layout_name_at(const layout *l, span in, size_t at, char *out, size_t cap)
{
    search s = {at, writer_of(out, cap - 1)};
    write_text(&s.out, "byte ");
    write_index(&s.out, at);
    layout_walk(l, in, note_if_covering, &s);
    out[s.out.n] = 0;
}
