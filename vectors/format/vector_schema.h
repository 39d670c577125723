/* Holds a document to vector-1.schema.json, which the program carries: those keywords of JSON Schema that stand in it, no others. */
#ifndef PARLEY_VECTOR_SCHEMA_H
#define PARLEY_VECTOR_SCHEMA_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

/* The member of that name; NULL when there is none, or no object. */
static inline cJSON *member_of(const cJSON *object, const char *name) { return cJSON_GetObjectItemCaseSensitive(object, name); }

/* Told of each fault: where, as a path like groups[1].cases[3].reason, and what. */
typedef void schema_fault(void *ctx, const char *where, const char *what);

/* True when the document has no fault. Beyond JSON Schema, a repeated member is a fault. */
bool vector_schema_holds(const cJSON *document, schema_fault *, void *ctx);

extern const char vector_schema_text[]; /* vector-1.schema.json, made by the build */

#endif
