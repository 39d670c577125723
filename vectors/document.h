/* Making vector documents: groups and cases in the order they are written. */
#ifndef PARLEY_DOCUMENT_H
#define PARLEY_DOCUMENT_H

#include "bytes.h"

#include <cjson/cJSON.h>

/* One flat value of a group or case: text, bytes (as hexadecimal) or a number. Ended by a row without a key. */
typedef struct value {
    const char *key;
    const char *text; /* used when not NULL, else bytes when `is_bytes`, else number */
    span bytes;
    bool is_bytes;
    long number;
} value;

#define TEXT(k, t)   ((value){.key = (k), .text = (t)})
#define BYTES(k, b)  ((value){.key = (k), .bytes = (b), .is_bytes = true})
#define NUMBER(k, n) ((value){.key = (k), .number = (n)})
#define NONE         ((value){0})

typedef struct rejection {
    const char *reason_of; /* the site: "NZ-006"; its reason word is the one its sentence states */
    const char *base, *mutation, *after, *flag;
    const char *const *layers; /* NULL, or requirements to weaken one after another, ended by NULL */
} rejection;

cJSON *document_new(const char *area, const char *op, const char *generator, const char *seed, const char *const *checked_by);
void document_note(cJSON *document, const char *flag, const char *bug, const char *effect, const char *ref);
/* Needs: one space between. */
cJSON *document_group(cJSON *document, const char *gid, const char *needs);
void group_common(cJSON *group, value);
/* `req`: one space between. The case comes back for its inputs (case_in) and outputs (case_out). */
cJSON *group_accepts(cJSON *group, const char *id, const char *req);
cJSON *group_rejects(cJSON *group, const char *id, const char *req, const rejection *);
void case_in(cJSON *c, value);
void case_out(cJSON *c, value);
void case_trace(cJSON *c, value); /* something on the way that nobody compares */

#endif
