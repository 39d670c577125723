/* The shim message: what a suite asks an implementation, and what it answers. One shape for every door that calls a
 * library: in-process (parley_impl), and as one line of flat JSON to a child (shim_line.h).
 *
 * A request names an operation and carries a flat list of named values: text, bytes, integers, booleans. A reply is
 * exactly one of ok, rej (a reason word), uns (an operation it does not have) and bug (a request that makes no sense),
 * with a flat list of its own. The vocabulary of operations is the page README.md of this folder.
 *
 * Everything borrows. Keys of lists made here are C constants; keys and values of lists read from a line point into
 * that line. Values that an implementation makes live in reply->room, which the caller lends and reads before the next call. */
#ifndef PARLEY_SHIM_H
#define PARLEY_SHIM_H

#include "bytes.h"

enum {
    SHIM_PAIRS = 64,
    SHIM_LINE = 1 << 20, /* bytes of one line, newline not counted */
};

typedef enum shim_type { SHIM_TEXT, SHIM_BYTES, SHIM_INT, SHIM_BOOL } shim_type;

typedef struct shim_pair {
    span key;
    shim_type type;
    span value;     /* text or bytes; text may be the hex digits of bytes, since a line has no other way to carry them */
    int64_t number; /* an integer, |n| < 2^53, or a boolean */
} shim_pair;

typedef struct shim_list {
    shim_pair at[SHIM_PAIRS];
    size_t n;
    bool overflow; /* a pair was dropped */
} shim_list;

typedef struct shim_request {
    span op;
    shim_list in;
} shim_request;

typedef enum shim_answer { SHIM_NONE, SHIM_OK, SHIM_REJ, SHIM_UNS, SHIM_BUG } shim_answer;

typedef struct shim_reply {
    shim_answer answer;
    span word; /* the reason word of rej, the operation of uns, the complaint of bug */
    shim_list out;
    writer room;
} shim_reply;

/* Why there is no answer. */
typedef enum shim_fate { SHIM_ANSWERED, SHIM_CRASHED, SHIM_HUNG, SHIM_BROKEN } shim_fate;

typedef struct parley_impl {
    const char *name;
    int (*call)(void *ctx, const shim_request *, shim_reply *); /* a shim_fate */
    void *ctx;
} parley_impl;

void shim_put_text(shim_list *, const char *key, span text);
void shim_put_bytes(shim_list *, const char *key, span bytes);
void shim_put_int(shim_list *, const char *key, int64_t n);
void shim_put_bool(shim_list *, const char *key, bool yes);

const shim_pair *shim_find(const shim_list *, const char *key); /* NULL when absent */
bool shim_int(const shim_list *, const char *key, int64_t *out);
bool shim_text(const shim_list *, const char *key, span *out);
/* Bytes under `key`; hex digits are turned into bytes in `room`. False when absent, not hexadecimal, or too long for room. */
bool shim_bytes(const shim_list *, const char *key, writer *room, span *out);
/* The same value: text that spells the other side's bytes counts as them. */
bool shim_same_value(const shim_pair *, const shim_pair *);

void shim_request_start(shim_request *, const char *op);
/* Empties the reply; the room lent stays. */
void shim_reply_start(shim_reply *);
void shim_reply_with(shim_reply *, shim_answer, const char *word); /* `word` is a constant; NULL for ok */

/* Starts the reply and asks. */
shim_fate shim_ask(const parley_impl *, const shim_request *, shim_reply *);

#endif
