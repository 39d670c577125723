/* Verdicts, and the markers that tie a line of the text to its sentence.
 *
 * A verdict is ACCEPT or REJECT(ID), and an ID exists only when a chapter states it: the enumerators are
 * generated from the prose. What a peer can cause is a verdict; what only we can cause is must().
 *
 *   REQUIRE(holds, XX_017)            a check: leaves the function with REJECT(XX_017) when it does not hold
 *   DO(XX_018, wipe(key, 32))         a required action
 *   EMIT(XX_019, padded(n))           a produced value; weakened, it is replaced by another one
 *   TRY(step(...))                    passes on somebody else's rejection
 *
 * Two more say that a line is there for weakened builds only: without it, such a build would leave its memory, or go on with
 * a value that the disabled line keeps out. In every other build they are constants.
 *
 *   table[WITHIN(i, N_ROWS)]          an index that a check before has shown to be below the limit
 *   if (WEAKENED(XX_017) && !found)   true only where the line of XX-017 is disabled
 *
 * From one such line come the check, the citation, the name of the rejection, the coverage counter and, in the
 * `mutants` build only, the switch that disables exactly that line. Only REQUIRE and TRY may leave a function.
 * Conditions are evaluated once in every build. */
#ifndef PARLEY_VERDICT_H
#define PARLEY_VERDICT_H

#include "bytes.h"
#include "poison.h"
#include "requirements.h"

typedef struct verdict {
    uint16_t req; /* 0 accepts, else a REQ_ enumerator */
} verdict;

#define ACCEPT     ((verdict){0})
#define REJECT(ID) ((verdict){REQ_##ID})
static inline bool accepted(verdict v) { return v.req == 0; }

/* What a server does when it rejects, as the prose states it. */
#define OUTCOME(ID) ((const requirement_outcome *)&requirement_rows[REQ_##ID].outcome)
static inline const requirement_outcome *stated_outcome(verdict v) { return &requirement_rows[v.req].outcome; }

/* How often a site was reached, and how often it did its work (a check: rejected). Counted in every build but
 * release. One thread counts; tools that use several processes add the tables up. */
typedef struct site_count {
    uint64_t reached, fired;
} site_count;

#ifdef PARLEY_COUNTERS
extern site_count site_counts[REQ_COUNT];
#define SITE_COUNT(id, did) ((void)(site_counts[id].reached++, site_counts[id].fired += (did)))
#else
#define SITE_COUNT(id, did) ((void)(did))
#endif

#ifdef PARLEY_MUTANTS
extern bool site_weak[REQ_COUNT]; /* set by a tool before a run; the text only reads it */
#define WEAK(id) (site_weak[id])
#else
#define WEAK(id) 0
#endif

#define WEAKENED(ID) WEAK(REQ_##ID)

/* In a weakened build the index starts again at 0 where it reaches the limit. */
#ifdef PARLEY_MUTANTS
static inline size_t within(uint64_t index, uint64_t limit) { return (size_t)(index % limit); }
#else
static inline size_t within(uint64_t index, uint64_t limit)
{
    must(index < limit);
    return (size_t)index;
}
#endif
#define WITHIN(index, limit) within((index), (limit))

#define REQUIRE(holds, ID) REQUIRE_ROW(holds, REQ_##ID)

/* A requirement as data: the row of the table that names it is the site. */
#define SITE(ID) REQ_##ID

/* For a layout row, whose requirement is data: the row is the site. */
#define REQUIRE_ROW(holds, id)     \
    do {                           \
        bool holds_ = (holds);     \
        declassify(&holds_, 1);    \
        const uint16_t id_ = (id); \
        SITE_COUNT(id_, !holds_);  \
        if (!holds_ && !WEAK(id_)) \
            return (verdict){id_}; \
    } while (0)

#define TRY(step)                      \
    do {                               \
        const verdict tried_ = (step); \
        if (!accepted(tried_))         \
            return tried_;             \
    } while (0)

#define DO(ID, action)           \
    do {                         \
        SITE_COUNT(REQ_##ID, 1); \
        if (!WEAK(REQ_##ID)) {   \
            action;              \
        }                        \
    } while (0)

/* The value of a weakened line is derived from the type of the honest one: the other truth value, the next number, an empty span or text
 * (one zero byte, or "-", when it is empty). Comparisons in C are of type int, so an int of 0 or 1 becomes the other one. A pointer to
 * anything but text does not compile here: use EMIT_OR. */
#define EMIT(ID, value) EMIT_ROW(REQ_##ID, value, OTHER_THAN(value))

/* An explicit second value, where the derived one would have the same effect, would read or write outside of memory, or would make a peer
 * wait. */
#define EMIT_OR(ID, value, otherwise) EMIT_ROW(REQ_##ID, value, otherwise)

/* An array of spans; weakened, its parts are in reverse order. */
#define EMIT_PARTS(ID, parts) \
    EMIT_ROW(REQ_##ID, parts, reversed_parts((span[sizeof(parts) / sizeof *(parts)]){{0}}, (parts), sizeof(parts) / sizeof *(parts)))

/* For an outcome, whose requirement is data: the sentence that states it is the site. */
#define EMIT_ROW(id, value, otherwise) (SITE_COUNT(id, 1), WEAK(id) ? (otherwise) : (value))

static inline bool other_truth(bool v) { return !v; }
static inline int other_int(int v) { return v == 0 || v == 1 ? !v : (int)((unsigned)v + 1); }
static inline uint64_t next_number(uint64_t v) { return v + 1; }
static inline int64_t next_signed(int64_t v) { return (int64_t)((uint64_t)v + 1); }
static inline span no_bytes(span s) { return s.n ? EMPTY : span_of("", 1); }
static inline const char *no_text(const char *s) { return *s ? "" : "-"; }

#define OTHER_THAN(value) \
    _Generic((value),                          \
        bool: other_truth,                     \
        int: other_int,                        \
        unsigned char: next_number,            \
        unsigned short: next_number,           \
        unsigned int: next_number,             \
        unsigned long: next_number,            \
        unsigned long long: next_number,       \
        long: next_signed,                     \
        long long: next_signed,                \
        span: no_bytes,                        \
        char *: no_text,                       \
        const char *: no_text)(value)

static inline const span *reversed_parts(span *room, const span *parts, size_t n)
{
    for (size_t i = 0; i < n; i++)
        room[i] = parts[n - 1 - i];
    return room;
}

#endif
