/* Layouts: the shape of a message, written once as a table of fields. Reading, writing, field names in dumps and messages, and
 * generated wrong variants all walk the same table.
 *
 * Two encodings: LAYOUT_BINARY (fields one after another, fixed sizes, at most one REST field and that one last) and LAYOUT_PROTOBUF
 * (proto3 fields with explicit presence, by tag number). A row may fix a value or a range and name the requirement for it:
 * then the row is the requirement's one site. The layout itself names the requirement for its overall form.
 *
 * The struct a layout fills: BYTES, ZEROS and REST are `span` (borrowed from the input), UINT_* are `uint64_t`, protobuf scalars
 * are `pb_int`, bytes and strings `pb_bytes`, a nested message is `struct { bool has; inner v; }` in that order, a string map is `pb_pairs`. */
#ifndef PARLEY_LAYOUT_H
#define PARLEY_LAYOUT_H

#include "account.h"

typedef enum field_kind {
    FIELD_BYTES,
    FIELD_ZEROS, /* reserved: must be zero when the row names a requirement */
    FIELD_UINT_LE,
    FIELD_UINT_BE,
    FIELD_REST,
    PB_INT64,  /* varint, all 64 bits kept; a negative number takes ten bytes */
    PB_UINT32, /* varint, cut to its low 32 bits when read leniently */
    PB_BOOL,
    PB_BYTES,
    PB_STRING, /* valid UTF-8, else the message is malformed */
    PB_MESSAGE,
    PB_PAIRS, /* map<string, string> */
} field_kind;

typedef struct pb_int {
    bool has;
    uint64_t v;
} pb_int;

typedef struct pb_bytes {
    bool has;
    span v;
} pb_bytes;

enum { PB_PAIRS_MAX = 16 };

typedef struct pb_pairs {
    size_t n; /* entries kept; more than PB_PAIRS_MAX make the message malformed */
    struct pb_pair {
        span key, value;
    } at[PB_PAIRS_MAX];
} pb_pairs;

typedef struct layout layout;

typedef struct field {
    const char *name;
    field_kind kind;
    uint32_t tag;  /* protobuf field number */
    uint32_t size; /* bytes, for BYTES, ZEROS and UINT */
    size_t at;     /* offset of the member in the struct */
    uint64_t least, most;
    uint16_t req; /* requirement of the range (or of the zeros); 0: none */
    const layout *inner;
    size_t inner_at; /* offset of the nested message's struct inside { has, v } */
} field;

typedef enum layout_encoding { LAYOUT_BINARY, LAYOUT_PROTOBUF } layout_encoding;

struct layout {
    const char *name;
    layout_encoding encoding;
    uint16_t req; /* requirement of the overall form: the length (binary), well-formedness (protobuf) */
    const field *fields;
    size_t n_fields;
    size_t n_struct; /* sizeof the struct it fills */
};

#define ROW_BYTES(T, member, n)                                                      \
    {                                                                                \
        .name = #member, .kind = FIELD_BYTES, .size = (n), .at = offsetof(T, member) \
    }
#define ROW_REST(T, member)                                            \
    {                                                                  \
        .name = #member, .kind = FIELD_REST, .at = offsetof(T, member) \
    }
#define ROW_ZEROS(T, member, n, ID)                                                                   \
    {                                                                                                 \
        .name = #member, .kind = FIELD_ZEROS, .size = (n), .at = offsetof(T, member), .req = REQ_##ID \
    }
#define ROW_UINT_LE(T, member, n)                                                                          \
    {                                                                                                      \
        .name = #member, .kind = FIELD_UINT_LE, .size = (n), .at = offsetof(T, member), .most = UINT64_MAX \
    }
#define ROW_UINT_BE(T, member, n)                                                                          \
    {                                                                                                      \
        .name = #member, .kind = FIELD_UINT_BE, .size = (n), .at = offsetof(T, member), .most = UINT64_MAX \
    }
#define ROW_UINT_LE_IN(T, member, n, lo, hi, ID)                                                                                     \
    {                                                                                                                                \
        .name = #member, .kind = FIELD_UINT_LE, .size = (n), .at = offsetof(T, member), .least = (lo), .most = (hi), .req = REQ_##ID \
    }
#define ROW_UINT_BE_IN(T, member, n, lo, hi, ID)                                                                                     \
    {                                                                                                                                \
        .name = #member, .kind = FIELD_UINT_BE, .size = (n), .at = offsetof(T, member), .least = (lo), .most = (hi), .req = REQ_##ID \
    }
#define ROW_PB(T, member, number, kind_)                                                                 \
    {                                                                                                    \
        .name = #member, .kind = (kind_), .tag = (number), .at = offsetof(T, member), .most = UINT64_MAX \
    }
#define ROW_PB_IN(T, member, number, kind_, lo, hi, ID)                                                                            \
    {                                                                                                                              \
        .name = #member, .kind = (kind_), .tag = (number), .at = offsetof(T, member), .least = (lo), .most = (hi), .req = REQ_##ID \
    }
#define ROW_PB_MESSAGE(T, member, number, layout_)                                                           \
    {                                                                                                        \
        .name = #member, .kind = PB_MESSAGE, .tag = (number), .at = offsetof(T, member), .inner = (layout_), \
        .inner_at = offsetof(T, member.v) - offsetof(T, member)                                              \
    }
#define LAYOUT(name_, encoding_, T, rows, ID)                                                                                   \
    {                                                                                                                           \
        .name = (name_), .encoding = (encoding_), .req = REQ_##ID, .fields = (rows), .n_fields = sizeof(rows) / sizeof *(rows), \
        .n_struct = sizeof(T)                                                                                                   \
    }

/* Fills *out (n_struct bytes, zeroed first) from `in`. REJECT(layout.req) when the form does not hold, REJECT(row.req) for the first row whose
 * value is out of range. An absent protobuf field is not checked against its row.
 * Protobuf is read as the deployed parsers read it: unknown fields (groups too, nested at most 32 deep) are skipped, a known number with
 * another wire type is unknown, the last scalar wins, repeated nested messages merge, tags and varints need not be minimal.
 * *canonical (may be NULL) says whether writing the result again would give the same bytes; binary layouts are always canonical. */
verdict layout_read(const layout *, span in, void *out, bool *canonical);

/* The same for a binary layout; notes the form and each row that names a requirement, in the order of the table. */
verdict layout_read_noting(const layout *, span in, void *out, account *);

/* Writes the struct. Protobuf: absent fields are left out, fields go in the table's order, which is ascending. */
void layout_write(const layout *, const void *from, writer *out);

size_t layout_size(const layout *); /* binary: bytes before REST */

/* Visits every field of an encoded message in the order of its bytes, nested ones after the message that holds them.
 * `path` is "frame.payload"; what no row describes is called "unknown" and broken bytes "malformed". */
typedef void layout_visit(void *ctx, const char *path, const field *f, size_t at, size_t n);
void layout_walk(const layout *, span in, layout_visit *, void *ctx);

/* The path of the innermost field that covers byte `at`, for messages: "report_data[3]". Always terminated. */
void layout_name_at(const layout *, span in, size_t at, char *out, size_t cap);

enum { LAYOUT_PATH_MAX = 128 };
/* "prefix.name" in `room`, cut where it does not fit; returns room. */
const char *layout_path(char room[LAYOUT_PATH_MAX], span prefix, const char *name);

/* Protobuf varints, for those who write hostile messages by hand. */
void write_varint(writer *, uint64_t);
uint64_t read_varint(reader *, bool *minimal); /* fails past ten bytes; *minimal (may be NULL) is cleared when not minimal, never set */

#endif
