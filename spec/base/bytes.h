/* Bytes: views that get shorter, readers and writers that remember their first failure.
 *
 * A span borrows; whoever made the bytes owns them. Readers and writers are sticky: past the end a reader
 * gives zeros and a writer drops what does not fit, and one check at the end (reader_done, writer_ok) covers all calls.
 * Nothing here allocates, and nothing a peer sends can move a pointer outside its buffer. */
#ifndef PARLEY_BYTES_H
#define PARLEY_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Stops the program when `holds` is false, in every build. For mistakes that only we can make. */
#define must(holds) ((holds) ? (void)0 : must_failed(#holds, __FILE__, __LINE__))
_Noreturn void must_failed(const char *what, const char *file, int line);

typedef struct span {
    const uint8_t *p;
    size_t n; /* bytes */
} span;

#define SPAN(array) ((span){(const uint8_t *)(array), sizeof(array)})
#define EMPTY       ((span){0})

static inline span span_of(const void *p, size_t n) { return (span){p, n}; }
span span_text(const char *text);                         /* without the terminating zero; NULL gives the empty span */
span span_from(span s, size_t at);                        /* everything from `at` on; empty when `at` is past the end */
span span_first(span s, size_t n);                        /* the first n bytes, or all when there are fewer */
bool span_is(span s, const char *text);                   /* equal to a text constant; not constant time */
bool span_same(span a, span b);                           /* constant time for equal lengths */
bool all_zero(span s);                                    /* constant time in the content */
bool bytes_equal(const void *a, const void *b, size_t n); /* constant time */
void wipe(void *p, size_t n);                             /* zeros that the compiler may not remove */
void span_take(span s, void *out, size_t n);              /* copies min(s.n, n) bytes and fills the rest with zeros */

typedef struct reader {
    span rest;
    bool failed;
} reader;

static inline reader reader_of(span s) { return (reader){s, false}; }
uint64_t read_be(reader *r, size_t n); /* n <= 8; 0 past the end */
uint64_t read_le(reader *r, size_t n);
span read_bytes(reader *r, size_t n); /* past the end: zeros when n <= 4096, else empty */
span read_rest(reader *r);
bool reader_done(const reader *r); /* nothing failed and nothing is left */

typedef struct writer {
    uint8_t *p;
    size_t n, cap; /* n <= cap always */
    bool failed;
} writer;

static inline writer writer_of(void *p, size_t cap) { return (writer){p, 0, cap, false}; }
#define WRITER(array) writer_of((array), sizeof(array))
void write_be(writer *w, uint64_t value, size_t n); /* n <= 8 */
void write_le(writer *w, uint64_t value, size_t n);
void write_span(writer *w, span s);
void write_text(writer *w, const char *text);
void write_zeros(writer *w, size_t n);
uint8_t *write_room(writer *w, size_t n); /* n bytes to be filled by the caller; NULL when they do not fit */
static inline bool writer_ok(const writer *w) { return !w->failed; }
static inline span written(const writer *w) { return (span){w->p, w->n}; }

/* Hexadecimal as our files use it: lower case, two digits a byte. */
void write_hex(writer *w, span s);
bool read_hex(span digits, writer *out); /* false on an odd count, an upper-case digit, another character, or no room */

#endif
