#include "protobuf.h"
#include "utf8.h"

#include <string.h>

static void *member(const field *f, void *object) { return (uint8_t *)object + f->at; }
static const void *member_of(const field *f, const void *object) { return (const uint8_t *)object + f->at; }

/* ---- the wire ---- */

enum { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_BYTES = 2, WIRE_GROUP = 3, WIRE_GROUP_END = 4, WIRE_FIXED32 = 5, GROUP_DEPTH = 32 };

uint64_t read_varint(reader *r, bool *minimal)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < 10; i++) {
        uint64_t byte = read_be(r, 1);
        if (i < 9 || byte < 2)
            value |= (byte & 0x7f) << 7 * i;
        if (byte < 0x80) {
            if (minimal && i && byte == 0)
                *minimal = false;
            if (minimal && i == 9 && byte > 1)
                *minimal = false;
            return value;
        }
    }
    r->failed = true;
    r->rest = EMPTY;
    return 0;
}

void write_varint(writer *w, uint64_t v)
{
    for (; v >= 0x80; v >>= 7)
        write_be(w, (v & 0x7f) | 0x80, 1);
    write_be(w, v, 1);
}

/* One encoded field: its number and wire type, and where its value lies. */
typedef struct token {
    uint64_t number;
    unsigned wire;
    uint64_t value; /* of a varint */
    span bytes;     /* content of a length-delimited value */
} token;

static span read_sized(reader *r, bool *minimal)
{
    uint64_t n = read_varint(r, minimal);
    if (n > r->rest.n) {
        r->failed = true;
        r->rest = EMPTY;
        return EMPTY;
    }
    return read_bytes(r, (size_t)n);
}

static void skip_group(reader *r, uint64_t number);

static token read_token(reader *r, bool *minimal)
{
    uint64_t key = read_varint(r, minimal);
    token t = {.number = key >> 3, .wire = (unsigned)(key & 7)};
    if (t.number == 0 || key > UINT32_MAX)
        r->failed = true;
    if (t.wire == WIRE_VARINT)
        t.value = read_varint(r, minimal);
    else if (t.wire == WIRE_BYTES)
        t.bytes = read_sized(r, minimal);
    else if (t.wire == WIRE_FIXED64)
        read_bytes(r, 8);
    else if (t.wire == WIRE_FIXED32)
        read_bytes(r, 4);
    else if (t.wire == WIRE_GROUP)
        skip_group(r, t.number);
    else
        r->failed = true; /* the end of a group that was not begun, or a wire type that does not exist */
    return t;
}

/* Skips to the end mark of group `number`, through groups inside it. Iterative, so that depth costs no stack. */
static void skip_group(reader *r, uint64_t number)
{
    uint64_t open[GROUP_DEPTH] = {number};
    size_t depth = 1;
    while (depth && !r->failed) {
        uint64_t key = read_varint(r, NULL);
        unsigned wire = (unsigned)(key & 7);
        bool room = depth < GROUP_DEPTH;
        if (key >> 3 == 0)
            r->failed = true;
        else if (wire == WIRE_GROUP && room)
            open[depth++] = key >> 3;
        else if (wire == WIRE_GROUP_END && open[depth - 1] == key >> 3)
            depth--;
        else if (wire == WIRE_VARINT)
            read_varint(r, NULL);
        else if (wire == WIRE_BYTES)
            read_sized(r, NULL);
        else if (wire == WIRE_FIXED64 || wire == WIRE_FIXED32)
            read_bytes(r, wire == WIRE_FIXED64 ? 8 : 4);
        else
            r->failed = true;
    }
}

static unsigned wire_of(field_kind kind) { return kind == PB_INT64 || kind == PB_UINT32 || kind == PB_BOOL ? WIRE_VARINT : WIRE_BYTES; }

static const field *row_of(const layout *l, const token *t)
{
    for (size_t i = 0; i < l->n_fields; i++)
        if (l->fields[i].tag == t->number && wire_of(l->fields[i].kind) == t->wire)
            return &l->fields[i];
    return NULL;
}

/* ---- reading ---- */

static uint64_t cut(field_kind kind, uint64_t v, bool *canonical)
{
    uint64_t kept = kind == PB_BOOL ? v != 0 : kind == PB_UINT32 ? (uint32_t)v : v;
    if (kept != v)
        *canonical = false;
    return kept;
}

/* One map entry: key is field 1, value field 2; an absent one is the empty string, as in the deployed parsers. */
static bool parse_pair(span in, pb_pairs *pairs, bool *canonical)
{
    struct pb_pair entry = {{0}, {0}};
    reader r = reader_of(in);
    uint64_t next = 1;
    while (r.rest.n && !r.failed) {
        token t = read_token(&r, canonical);
        if (t.wire != WIRE_BYTES || t.number != next++)
            *canonical = false;
        if (t.wire == WIRE_BYTES && t.number == 1)
            entry.key = t.bytes;
        else if (t.wire == WIRE_BYTES && t.number == 2)
            entry.value = t.bytes;
    }
    if (next != 3)
        *canonical = false;
    if (r.failed || pairs->n == PB_PAIRS_MAX || !is_utf8(entry.key) || !is_utf8(entry.value))
        return false;
    pairs->at[pairs->n++] = entry;
    return true;
}

static bool parse_value(const field *f, const token *t, void *out, bool *canonical)
{
    void *to = member(f, out);
    switch (f->kind) {
    case PB_BYTES:
    case PB_STRING:
        if (((pb_bytes *)to)->has)
            *canonical = false;
        *(pb_bytes *)to = (pb_bytes){true, t->bytes};
        return f->kind == PB_BYTES || is_utf8(t->bytes);
    case PB_MESSAGE: {
        bool *has = to; /* the first member of { bool has; inner v; } */
        if (*has)
            *canonical = false;
        *has = true;
        return protobuf_parse(f->inner, t->bytes, (uint8_t *)to + f->inner_at, canonical);
    }
    case PB_PAIRS: return parse_pair(t->bytes, to, canonical);
    default:
        if (((pb_int *)to)->has)
            *canonical = false;
        *(pb_int *)to = (pb_int){true, cut(f->kind, t->value, canonical)};
        return true;
    }
}

bool protobuf_parse(const layout *l, span in, void *out, bool *canonical)
{
    reader r = reader_of(in);
    const field *last = NULL;
    while (r.rest.n && !r.failed) {
        token t = read_token(&r, canonical);
        const field *f = r.failed ? NULL : row_of(l, &t);
        if (!f || f < last)
            *canonical = false;
        if (f && !parse_value(f, &t, out, canonical))
            return false;
        last = f ? f : last;
    }
    return !r.failed;
}

static verdict judge_ranges(const layout *l, const void *object)
{
    for (size_t i = 0; i < l->n_fields; i++) {
        const field *f = &l->fields[i];
        const pb_int *number = member_of(f, object);
        if (f->req && wire_of(f->kind) == WIRE_VARINT && number->has)
            REQUIRE_ROW(number->v >= f->least && number->v <= f->most, f->req);
    }
    return ACCEPT;
}

verdict protobuf_judge(const layout *l, const void *object)
{
    TRY(judge_ranges(l, object));
    for (size_t i = 0; i < l->n_fields; i++) {
        const field *f = &l->fields[i];
        const bool *has = member_of(f, object);
        if (f->kind == PB_MESSAGE && *has)
            TRY(protobuf_judge(f->inner, (const uint8_t *)has + f->inner_at));
    }
    return ACCEPT;
}

/* ---- writing ---- */

static size_t varint_size(uint64_t v)
{
    size_t n = 1;
    for (; v >= 0x80; v >>= 7)
        n++;
    return n;
}

static size_t sized(uint32_t tag, size_t n) { return varint_size((uint64_t)tag << 3) + varint_size(n) + n; }

static size_t pair_size(const struct pb_pair *p) { return sized(1, p->key.n) + sized(2, p->value.n); }

static size_t encoded_size(const layout *l, const void *from);

static size_t field_size(const field *f, const void *from)
{
    const void *at = member_of(f, from);
    size_t n = 0;
    switch (f->kind) {
    case PB_BYTES:
    case PB_STRING: return ((const pb_bytes *)at)->has ? sized(f->tag, ((const pb_bytes *)at)->v.n) : 0;
    case PB_MESSAGE: return *(const bool *)at ? sized(f->tag, encoded_size(f->inner, (const uint8_t *)at + f->inner_at)) : 0;
    case PB_PAIRS:
        for (size_t i = 0; i < ((const pb_pairs *)at)->n; i++)
            n += sized(f->tag, pair_size(&((const pb_pairs *)at)->at[i]));
        return n;
    default: return ((const pb_int *)at)->has ? varint_size((uint64_t)f->tag << 3) + varint_size(((const pb_int *)at)->v) : 0;
    }
}

static size_t encoded_size(const layout *l, const void *from)
{
    size_t n = 0;
    for (size_t i = 0; i < l->n_fields; i++)
        n += field_size(&l->fields[i], from);
    return n;
}

static void write_head(writer *w, uint32_t tag, size_t n)
{
    write_varint(w, (uint64_t)tag << 3 | WIRE_BYTES);
    write_varint(w, n);
}

static void write_sized(writer *w, uint32_t tag, span s)
{
    write_head(w, tag, s.n);
    write_span(w, s);
}

static void write_pairs(uint32_t tag, const pb_pairs *pairs, writer *out)
{
    for (size_t i = 0; i < pairs->n; i++) {
        const struct pb_pair *p = &pairs->at[i];
        write_head(out, tag, pair_size(p));
        write_sized(out, 1, p->key);
        write_sized(out, 2, p->value);
    }
}

static void write_field(const field *f, const void *from, writer *out)
{
    const void *at = member_of(f, from);
    switch (f->kind) {
    case PB_BYTES:
    case PB_STRING:
        if (((const pb_bytes *)at)->has)
            write_sized(out, f->tag, ((const pb_bytes *)at)->v);
        return;
    case PB_MESSAGE: {
        const void *inner = (const uint8_t *)at + f->inner_at;
        if (!*(const bool *)at)
            return;
        write_head(out, f->tag, encoded_size(f->inner, inner));
        protobuf_write(f->inner, inner, out);
        return;
    }
    case PB_PAIRS: write_pairs(f->tag, at, out); return;
    default:
        if (!((const pb_int *)at)->has)
            return;
        write_varint(out, (uint64_t)f->tag << 3 | WIRE_VARINT);
        write_varint(out, ((const pb_int *)at)->v);
    }
}

void protobuf_write(const layout *l, const void *from, writer *out)
{
    for (size_t i = 0; i < l->n_fields; i++)
        write_field(&l->fields[i], from, out);
}

/* ---- walking ---- */

void protobuf_walk(const layout *l, span in, size_t base, span prefix, layout_visit *visit, void *ctx)
{
    reader r = reader_of(in);
    while (r.rest.n) {
        const size_t at = in.n - r.rest.n;
        token t = read_token(&r, NULL);
        const field *f = r.failed ? NULL : row_of(l, &t);
        const size_t n = r.failed ? in.n - at : in.n - r.rest.n - at;
        char room[LAYOUT_PATH_MAX];
        const char *path = layout_path(room, prefix, f ? f->name : r.failed ? "malformed" : "unknown");
        visit(ctx, path, f, base + at, n);
        if (f && f->kind == PB_MESSAGE)
            protobuf_walk(f->inner, t.bytes, base + at + n - t.bytes.n, span_text(path), visit, ctx);
    }
}
