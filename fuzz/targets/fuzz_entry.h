/* What every target has: one function that takes bytes and stops the program when something that must stay true does not. Under libFuzzer
 * it is called with what the fuzzer thinks of; elsewhere replay.c calls it with the committed seeds, as a test. */
#ifndef PARLEY_FUZZ_ENTRY_H
#define PARLEY_FUZZ_ENTRY_H

#include "bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* The input as pieces: each a length (two bytes, big-endian) and so many bytes; the last one may be cut short. */
static inline bool fuzz_piece(span *rest, span *piece)
{
    if (rest->n < 2)
        return false;
    size_t n = (size_t)(rest->p[0] << 8 | rest->p[1]);
    *rest = span_from(*rest, 2);
    *piece = span_first(*rest, n);
    *rest = span_from(*rest, piece->n);
    return true;
}

#endif
