/* Mutators that keep what a length, a count or a grammar says true, so that what changes is behind the first check. Only the fuzzer calls them:
 * a target that defines LLVMFuzzerCustomMutator includes this. */
#ifndef PARLEY_FUZZ_MUTATE_H
#define PARLEY_FUZZ_MUTATE_H

#include "fuzz_entry.h"
#include "json.h"

#include <string.h>

size_t LLVMFuzzerMutate(uint8_t *data, size_t n, size_t most); /* of libFuzzer */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t n, size_t most, unsigned seed);

static inline uint32_t fuzz_chance(uint32_t *seed, uint32_t below)
{
    *seed = *seed * 1664525 + 1013904223;
    return (*seed >> 8) % below;
}

/* `put` in the place of `gone` bytes at `at`; the new length, or n when there is no room. `put` may lie in data. */
static inline size_t fuzz_splice(uint8_t *data, size_t n, size_t most, size_t at, size_t gone, span put)
{
    static uint8_t copy[1 << 16];
    if (put.n > sizeof copy || n - gone + put.n > most)
        return n;
    span_take(put, copy, put.n);
    memmove(data + at + put.n, data + at + gone, n - at - gone);
    memcpy(data + at, copy, put.n);
    return n - gone + put.n;
}

/* libFuzzer's own changes to one part. */
static inline size_t fuzz_mutate_part(uint8_t *data, size_t n, size_t most, size_t at, size_t part)
{
    static uint8_t copy[1 << 16];
    const size_t room = most - n + part;
    if (room == 0 || part > sizeof copy)
        return n;
    memcpy(copy, data + at, part);
    return fuzz_splice(data, n, most, at, part, span_of(copy, LLVMFuzzerMutate(copy, part, room < sizeof copy ? room : sizeof copy)));
}

/* ---- JSON ---- */

/* One value of a text, picked among all with the same chance: the element is the value with its name. */
typedef struct fuzz_spot {
    span element, value;
    bool in_array;
} fuzz_spot;

static inline void fuzz_visit(span value, uint32_t *seed, uint32_t *seen, fuzz_spot *pick)
{
    for (json_cursor c = json_enter(value); json_next(&c);) {
        const uint8_t *from = c.object ? c.name.p : c.value.p;
        if (fuzz_chance(seed, ++*seen) == 0)
            *pick = (fuzz_spot){span_of(from, (size_t)(c.value.p + c.value.n - from)), c.value, !c.object};
        fuzz_visit(c.value, seed, seen, pick);
    }
}

/* Elements are taken out with one of the commas beside them. */
static inline size_t fuzz_drop(uint8_t *data, size_t n, size_t most, span element)
{
    size_t at = (size_t)(element.p - data), gone = element.n;
    if (at + gone < n && data[at + gone] == ',')
        gone++;
    else if (at && data[at - 1] == ',')
        at--, gone++;
    return fuzz_splice(data, n, most, at, gone, EMPTY);
}

static inline size_t fuzz_repeat(uint8_t *data, size_t n, size_t most, span element, uint32_t times)
{
    static uint8_t row[1 << 14];
    writer w = WRITER(row);
    for (uint32_t i = 0; i < times && w.n + element.n + 1 <= sizeof row; i++) {
        write_span(&w, element);
        write_text(&w, ",");
    }
    return fuzz_splice(data, n, most, (size_t)(element.p - data), 0, written(&w));
}

static inline span fuzz_literal(uint32_t *seed)
{
    static const char *const some[] = {"null", "true", "false", "0",  "1",    "-1", "9", "65536", "9223372036854775807",
                                       "1.5",  "\"\"", "[]",    "{}", "\"a\""};
    return span_text(some[fuzz_chance(seed, sizeof some / sizeof *some)]);
}

/* Changes a JSON text at [at, at + part) of data by one value; any other text as libFuzzer does. */
static inline size_t fuzz_mutate_json(uint8_t *data, size_t n, size_t most, size_t at, size_t part, uint32_t seed)
{
    fuzz_spot one = {0}, other = {0};
    uint32_t seen = 0, seen_other = 0;
    span root;
    if (json_read(span_of(data + at, part), &root)) {
        fuzz_visit(root, &seed, &seen, &one);
        fuzz_visit(root, &seed, &seen_other, &other);
    }
    if (!seen || fuzz_chance(&seed, 8) == 0)
        return fuzz_mutate_part(data, n, most, at, part);
    const size_t value_at = (size_t)(one.value.p - data);
    const bool quoted = one.value.n > 1 && *one.value.p == '"';
    switch (fuzz_chance(&seed, 5)) {
    case 0: return fuzz_drop(data, n, most, one.element);
    case 1:
        return one.in_array ? fuzz_repeat(data, n, most, one.element, 1u << fuzz_chance(&seed, 7)) : fuzz_drop(data, n, most, one.element);
    case 2: return fuzz_splice(data, n, most, value_at, one.value.n, fuzz_literal(&seed));
    case 3: return fuzz_splice(data, n, most, value_at, one.value.n, other.value);
    default: return fuzz_mutate_part(data, n, most, value_at + quoted, one.value.n - 2 * quoted);
    }
}

#endif
