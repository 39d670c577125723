/* The members of a policy document, read by tables: one row is one member, with its form, its place, and what it means that it is given.
 *
 * A member that no row has, and a value of another form, are faults that name the member: a demand that nobody reads would be no demand. */
#ifndef PARLEY_POLICY_MEMBERS_H
#define PARLEY_POLICY_MEMBERS_H

#include "json.h"

enum { POLICY_POOL_MAX = 16384, POLICY_TEXT_MAX = 512 };

/* Where the texts of a document stand once decoded. */
typedef struct policy_pool {
    uint8_t bytes[POLICY_POOL_MAX];
    size_t n;
} policy_pool;

/* What is wrong with a document: each kind of fault, and the first of all by its name. All zero: nothing. */
typedef struct policy_fault {
    bool malformed;   /* no JSON object, or too long */
    bool unknown;     /* it has a member that no policy has there */
    bool misformed;   /* a value is not of its form */
    bool empty;       /* it, or one of its parts, asks nothing that could be met */
    span name;        /* of the member, as written in the document, with its quotes; empty: the whole document */
    const char *what; /* "is not ..." */
} policy_fault;

typedef struct policy_member policy_member;
typedef bool policy_taker(const policy_member *, span value, void *value_at, void *whole, policy_pool *);

struct policy_member {
    const char *name;
    policy_taker *take;
    const char *wrong; /* "is not ..." */
    size_t at;         /* place of the value in the structure */
    size_t n;          /* bytes of one value */
    uint64_t most;     /* values of a list; the largest number; the bits of the names that may be given, 0: all */
    size_t count_at;   /* place of the number of a list's values, a size_t */
    const void *names; /* what the taker knows the values by */
    uint64_t given;    /* bits that the place of the section's `given` gets */
};

typedef struct policy_section {
    const policy_member *member;
    size_t n, given_at; /* place of a uint64_t */
} policy_section;

#define POLICY_ROWS(rows) (rows), sizeof(rows) / sizeof *(rows)

enum { POLICY_DOCUMENT_MAX = 65536 };

/* The one object of a text; false with the fault. The fault is all zero before. */
bool policy_read_text(span text, span *object, policy_fault *);

/* Each member of the object into its place in `out`. Goes on after a fault: a weakened build has to. */
void policy_read_members(const policy_section *, span object, void *out, policy_pool *, policy_fault *);

void policy_unknown(policy_fault *, span name);
void policy_misformed(policy_fault *, span name, const char *what);
void policy_empty(policy_fault *, const char *what);
bool policy_is_sound(const policy_fault *);

/* "`member` is not ...", for the user; a name that is not plain text is left out. */
void policy_fault_write(writer *, const policy_fault *);

/* ---- forms ---- */

policy_taker policy_bytes;      /* exactly n bytes in lower-case hexadecimal */
policy_taker policy_bytes_list; /* an array of at most `most` of them, n bytes apart */
policy_taker policy_flags;      /* 8 bytes in the order of a quote, least significant first: a uint64_t */
policy_taker policy_number;     /* a uint64_t up to `most` */
policy_taker policy_truth;      /* a bool */
policy_taker policy_date;       /* "2025-01-01T00:00:00Z": an int64_t */
policy_taker policy_text_value; /* a text of 1 to POLICY_TEXT_MAX bytes: a span into the pool */
policy_taker policy_text_list;  /* an array of at most `most` of them: spans */
policy_taker
    policy_names; /* an array of names out of `names` (const char *const *, ended by NULL; "" stands for none): an unsigned, by index */
policy_taker policy_comparisons; /* the same for a uint64_t */
policy_taker policy_name;        /* one of them: an unsigned, the index */

bool policy_take_text(span value, policy_pool *, span *out);

#endif
