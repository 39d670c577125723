/* DER, strictly (X.690 section 10): one-byte tags, definite lengths in their shortest form, nothing after the value,
 * bounded depth. Reading is slicing: an item is a tag and a view of its content. Like every reader here it is
 * sticky: after a failure all items are empty, and one der_done at the end covers all of them.
 *
 * The writer nests by marks: der_open, the parts, der_close. Certificates are minted with it; nothing allocates. */
#ifndef PARLEY_DER_H
#define PARLEY_DER_H

#include "bytes.h"

enum {
    DER_BOOLEAN = 0x01,
    DER_INTEGER = 0x02,
    DER_BIT_STRING = 0x03,
    DER_OCTET_STRING = 0x04,
    DER_NULL = 0x05,
    DER_OID = 0x06,
    DER_ENUMERATED = 0x0a,
    DER_UTF8 = 0x0c,
    DER_PRINTABLE = 0x13,
    DER_IA5 = 0x16,
    DER_UTC_TIME = 0x17,
    DER_GENERALIZED_TIME = 0x18,
    DER_SEQUENCE = 0x30,
    DER_SET = 0x31,
};
#define DER_CONTEXT(n)           (0xa0 | (n)) /* constructed, [n] EXPLICIT or a constructed IMPLICIT */
#define DER_CONTEXT_PRIMITIVE(n) (0x80 | (n)) /* [n] IMPLICIT of a primitive type */

enum { DER_DEPTH_MAX = 16 };

typedef struct der_reader {
    span rest;
    unsigned depth;
    bool failed;
} der_reader;

typedef struct der_item {
    uint8_t tag;
    span content;
    span whole; /* tag and length included: what a signature covers */
} der_item;

static inline der_reader der_of(span der) { return (der_reader){der, 0, false}; }

/* The next item, whatever its tag. Fails on the end, a long-form tag, an indefinite, overlong or too large length. */
der_item der_next(der_reader *);
/* The tag that comes next; 0 at the end or after a failure. */
uint8_t der_peek(const der_reader *);
/* The content of the next item, which has to carry this tag. */
span der_take(der_reader *, uint8_t tag);
/* Steps into the next item, which has to carry this tag. The child fails with the parent; check der_done of both. */
der_reader der_enter(der_reader *, uint8_t tag);
/* Nothing failed and nothing is left. */
bool der_done(const der_reader *);

/* One value, all of it well formed down to DER_DEPTH_MAX constructed levels, and nothing after it. */
bool der_well_formed(span der);

/* The content of an INTEGER as an unsigned number: not empty, not negative, shortest form, at most 8 significant bytes. */
bool der_uint(span content, uint64_t *value);
/* The whole bytes of a BIT STRING without unused bits; false, and empty, for any other. */
bool der_bits(span content, span *bytes);
/* A UTCTime (1950 to 2049) or GeneralizedTime in the form of RFC 5280 4.1.2.5: whole seconds, ending in Z. Seconds since 1970 UTC. */
bool der_time(der_item, int64_t *at);
/* The content of an OBJECT IDENTIFIER equals `dotted` ("1.3.6.1.4.1.3704.1.4"). */
bool der_oid_is(span content, const char *dotted);

typedef size_t der_mark;

der_mark der_open(writer *, uint8_t tag);
void der_close(writer *, der_mark); /* fails the writer when the content exceeds 65535 bytes */
void der_put(writer *, uint8_t tag, span content);
void der_put_uint(writer *, uint64_t value);
void der_put_oid(writer *, const char *dotted);
void der_put_bits(writer *, span whole_bytes); /* BIT STRING without unused bits */
void der_put_time(writer *, int64_t at); /* seconds since 1970 UTC: UTCTime from 1950 to 2049, else GeneralizedTime (RFC 5280 4.1.2.5) */

#endif
