/* JSON (RFC 8259), strictly and without allocation.
 *
 * json_read checks a whole text once; accepted values are then visited as spans of that text. It refuses: anything
 * before or after the one value (a byte order mark, a trailing byte), bad UTF-8, control characters and lone
 * surrogates in strings, any deviation from the grammar, two members of one object with the same name (compared
 * after decoding the escapes, at every level), nesting deeper than JSON_DEPTH, and objects with more than
 * JSON_MEMBERS members. Arrays have no limit but the text's own length.
 *
 * The functions below json_read expect values that json_read, json_member or json_next gave out. On any other span
 * they stay inside it and their result is meaningless. */
#ifndef PARLEY_JSON_H
#define PARLEY_JSON_H

#include "bytes.h"

enum {
    JSON_DEPTH = 32,    /* containers inside one another */
    JSON_MEMBERS = 128, /* of one object */
};

typedef enum json_kind { JSON_NONE, JSON_OBJECT, JSON_ARRAY, JSON_STRING, JSON_NUMBER, JSON_TRUE, JSON_FALSE, JSON_NULL } json_kind;

bool json_read(span text, span *value); /* the one value of a valid text, without the white space around it; untouched when false */
json_kind json_kind_of(span value);     /* JSON_NONE for the empty span */

/* The member of that name; false, and *value is empty, when there is none or `object` is not an object. */
bool json_member(span object, const char *name, span *value);

/* One after another: for (json_cursor c = json_enter(v); json_next(&c);) ... c.name ... c.value */
typedef struct json_cursor {
    span rest;
    bool object;
    span name; /* as written, with its quotes; empty in an array */
    span value;
} json_cursor;

json_cursor json_enter(span container); /* for anything but an object or an array: a cursor without values */
bool json_next(json_cursor *);

bool json_string_is(span value, const char *text);   /* a string that says `text` once decoded */
bool json_string(span value, writer *out);           /* a string, decoded to UTF-8; false when out has no room */
bool json_raw(span value, span *text);               /* a string without escapes: its bytes, borrowed */
bool json_bytes(span value, uint8_t *out, size_t n); /* exactly n bytes in hexadecimal digits of either case */
bool json_bool(span value, bool *out);
bool json_int(span value, int64_t min, int64_t max, int64_t *out); /* digits only: no fraction, no exponent; in range */
bool json_uint(span value, uint64_t max, uint64_t *out);
bool json_fixed(span value, unsigned places, int64_t max,
                int64_t *out); /* 0.75 with places 3 is 750; |out| <= max, max >= 0; more digits or an exponent: false */

/* Writing. A string with its quotes; what is not valid UTF-8 fails the writer. */
void json_write_string(writer *w, span utf8);
void json_write_text(writer *w, const char *text);
void json_write_int(writer *w, int64_t value);

#endif
