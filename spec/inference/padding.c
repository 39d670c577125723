#include "padding.h"

static bool pads(in_level level) { return level != IN_LEVEL_NONE; }

verdict in_judge_level(uint64_t level)
{
    REQUIRE(level == IN_LEVEL_NONE || level == IN_LEVEL_SIZES || level == IN_LEVEL_TICKS, IN_100);
    return ACCEPT;
}

/* ---- 1. Sizes ---- */

size_t in_plain_size(in_level level, size_t used)
{
    must(!pads(level) || used <= IN_PLAIN_USED_MAX);
    return EMIT(IN_101, pads(level) ? IN_PLAIN_SIZE : IN_PLAIN_HEAD + used);
}

verdict in_judge_chunk(in_level level, size_t n)
{
    REQUIRE(!pads(level) || n <= IN_PADDED_CHUNK_MAX, IN_102);
    return ACCEPT;
}

/* ---- 2. Buckets ---- */

size_t in_bucket_size(size_t records)
{
    size_t size = IN_BUCKET_MIN;
    while (size < records)
        size *= 2;
    return EMIT(IN_103, size);
}

size_t in_fills_after(in_level level, size_t records) { return EMIT(IN_104, pads(level) ? in_bucket_size(records) - records : 0); }

static verdict takes_fill(const in_bucket *b)
{
    REQUIRE(pads(b->level), IN_105);
    REQUIRE(b->size > 0 || (b->from_enclave && b->level == IN_LEVEL_TICKS), IN_106);
    REQUIRE(b->size == 0 || b->records < b->size, IN_107);
    return ACCEPT;
}

verdict in_bucket_takes(in_bucket *b, bool fill, bool last)
{
    if (fill)
        TRY(takes_fill(b));
    else
        REQUIRE(b->size == 0, IN_108);
    b->records++;
    if (last && !fill)
        b->size = b->records + in_fills_after(b->level, b->records);
    return ACCEPT;
}

bool in_bucket_full(const in_bucket *b) { return b->size > 0 && b->records >= b->size; }

/* ---- 3. Pace ---- */

static uint64_t drawn_gap(uint64_t tick, const uint64_t *gaps, size_t n_gaps, uint32_t chance)
{
    const size_t back = 1 + chance % IN_GAPS;
    return back <= n_gaps ? gaps[n_gaps - back] : tick;
}

uint64_t in_next_gap(in_level level, uint64_t tick, const uint64_t *gaps, size_t n_gaps, uint32_t chance)
{
    if (level == IN_LEVEL_TICKS)
        return EMIT(IN_112, tick);
    return EMIT(IN_111, drawn_gap(tick, gaps, n_gaps, chance));
}
