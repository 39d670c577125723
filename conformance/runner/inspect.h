/* `parley inspect`: recognises evidence and names its fields. Nothing here verifies anything.
 *
 * What is shown comes from the layout tables and readers of the text. Input is hostile: it is bounded, and no byte of it reaches the terminal but
 * printable ASCII. */
#ifndef PARLEY_INSPECT_H
#define PARLEY_INSPECT_H

#include "layout.h"

#include <stdio.h>

/* ---- what is printed ---- */

enum {
    INSPECT_FIELDS_MAX = 4096, /* of one file; what follows is counted only */
    INSPECT_BYTES_MAX = 256,   /* of one value; the rest is cut, and that is said */
};

/* One file's fields on their way out, as lines or as JSON. */
typedef struct inspection {
    FILE *to;
    bool json, in_part, first;
    bool decoded; /* the bytes under way stand in the file in hexadecimal or base64 */
    size_t n_fields, n_parts;
    const char *format; /* a narrower name than that of its row; NULL: none */
    const char *fault;  /* where the form does not hold, for the user; NULL: it was whole */
    span part;          /* the bytes of the part under way: its offsets count from here */
} inspection;

/* A part begins, named `name`, of this format. `decoded`: its bytes stand in the file in another encoding, at `at`. */
void inspect_begin(inspection *, const char *name, const char *format, size_t at, span bytes, bool decoded);
void inspect_end(inspection *);

/* Fields of the part; `meaning` may be NULL. */
void inspect_bytes(inspection *, const char *name, size_t at, span value, const char *meaning);
void inspect_number(inspection *, const char *name, size_t at, size_t n, uint64_t value, const char *meaning);
void inspect_text(inspection *, const char *name, size_t at, size_t n, span value, const char *meaning);
void inspect_fault(inspection *, const char *what);

/* Where a span of the part begins. */
static inline size_t inspect_at(const inspection *i, span s)
{
    return s.p >= i->part.p && s.p <= i->part.p + i->part.n ? (size_t)(s.p - i->part.p) : 0;
}

/* ---- the formats ---- */

typedef struct inspect_format {
    const char *name;                                 /* "snp-report" */
    bool (*is)(span file);                            /* by its first bytes: what is cut is still known */
    void (*show)(inspection *, span file, size_t at); /* `at`: where the bytes stand in what holds them */
} inspect_format;

extern const inspect_format inspect_binary_formats[], inspect_text_formats[]; /* ended by a row without a name */

/* The fields of a layout; what they mean where a table of the text says so. */
void inspect_layout(inspection *, const layout *, span bytes, size_t at);

/* One certificate or list in DER, as a part. */
void inspect_certificate(inspection *, const char *name, span der, size_t at, bool decoded);
/* All blocks of a text, each a part. */
void inspect_blocks(inspection *, const char *name, span text, size_t at);
/* A JSON value with all that is in it. */
void inspect_json(inspection *, const char *name, span value);

/* Shows the file as the first format that fits it, also from hexadecimal or base64. False when none does. */
bool inspect_file(inspection *, span file, const char **format);

#endif
