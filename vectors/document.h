/* Making vector documents: groups and cases in the order they are written.
 *
 *     sheet s = sheet_start(p, "wi.request", "vectors/wire/wire_scenarios", "00", checked_by);
 *     sheet_note(&s, "LooseHead", "PARSER", "Two readers of the same bytes see two different requests.", "WI-003");
 *     sheet_group(&s, "heads", "wi:http", "");
 *     sheet_accepts(&s, "ok", "WI-003");
 *     sheet_in(&s, BYTES("head", head));
 *     sheet_rejects(&s, &(rejection){.slug = "no-host", .site = "WI-013", .mutation = "no Host", .flag = "LooseHead"});
 *     sheet_in(&s, BYTES("head", other));
 *     return s.document;
 */
#ifndef PARLEY_DOCUMENT_H
#define PARLEY_DOCUMENT_H

#include "prim.h"

#include <cjson/cJSON.h>

/* One flat value of a group or case. */
typedef struct value {
    const char *key;
    enum { VALUE_NUMBER, VALUE_BOOLEAN, VALUE_TEXT, VALUE_BYTES } type; /* bytes are written as hexadecimal */
    const char *text;
    span bytes;
    long number;
} value;

#define TEXT(k, t)    ((value){.key = (k), .type = VALUE_TEXT, .text = (t)})
#define BYTES(k, b)   ((value){.key = (k), .type = VALUE_BYTES, .bytes = (b)})
#define NUMBER(k, n)  ((value){.key = (k), .type = VALUE_NUMBER, .number = (n)})
#define BOOLEAN(k, b) ((value){.key = (k), .type = VALUE_BOOLEAN, .number = (b)})

/* A file under way. */
typedef struct sheet {
    const prim *prim;
    const char *op;
    cJSON *document, *group, *c; /* the last group; its last case, NULL while it has none */
    char subject[64];
} sheet;

typedef struct rejection {
    const char *slug;
    const char *site;            /* "NZ-006"; its reason word is the one its sentence states */
    const char *also;            /* further sentences that the case shows, one space between; NULL: none */
    const char *mutation, *flag; /* what was changed, and the flag of its note */
    const char *base_op, *base;  /* the accepted case it was made from, of the same subject; NULL: the same operation, "ok" */
    const char *after;           /* "same", "ended", or NULL when the operation has no state */
    const char *const *layers;   /* NULL, or sentences to weaken one after another, ended by NULL */
} rejection;

/* The area is the operation's first two letters. `checked_by` ends with NULL. */
sheet sheet_start(const prim *, const char *op, const char *generator, const char *seed, const char *const *checked_by);
void sheet_note(sheet *, const char *flag, const char *bug, const char *effect, const char *refs);
/* Needs: one space between. Cases are called OP.SUBJECT.SLUG, or OP.SLUG when the subject is empty. */
void sheet_group(sheet *, const char *gid, const char *needs, const char *subject);
/* Each begins a case. `req`: one space between. */
void sheet_accepts(sheet *, const char *slug, const char *req);
void sheet_rejects(sheet *, const rejection *);
/* An input: of the group while it has no case; then of the last case, unless its group says the same. */
void sheet_in(sheet *, value);
void sheet_out(sheet *, value);
void sheet_trace(sheet *, value); /* something on the way that nobody compares */

#endif
