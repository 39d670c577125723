#include "shards.h"

#include <stdio.h>
#include <string.h>

static const char *read_number(const char *at, unsigned *out)
{
    const char *start = at;
    *out = 0;
    for (; *at >= '0' && *at <= '9' && *out <= SHARDS_MAX; at++)
        *out = 10 * *out + (unsigned)(*at - '0');
    return at > start && *start != '0' && *out <= SHARDS_MAX ? at : NULL;
}

bool shard_read(const char *text, shard *out)
{
    const char *at = read_number(text, &out->i);
    if (!at || *at != '/')
        return false;
    at = read_number(at + 1, &out->n);
    return at && !*at && out->i <= out->n;
}

bool shard_has(shard s, size_t index) { return s.n == 0 || index % s.n == s.i - 1; }

/* Each part by itself: it says which it is, of as many as the first says, once, and is whole. */
static shards_fault judge_part(results *part, size_t k, unsigned *n, bool seen[SHARDS_MAX + 1], char why[200])
{
    shard s;
    if (!shard_read(part[k].head.shard, &s)) {
        snprintf(why, 200, "it is no shard: the run was made without --shard");
        return SHARDS_FOREIGN;
    }
    if (k && s.n != *n) {
        snprintf(why, 200, "it is shard %u of %u, but the first one is of %u", s.i, s.n, *n);
        return SHARDS_FOREIGN;
    }
    *n = s.n;
    if (seen[s.i]) {
        snprintf(why, 200, "shard %u of %u is there twice", s.i, s.n);
        return SHARDS_NOT_WHOLE;
    }
    seen[s.i] = true;
    if (results_accounted(&part[k]))
        return SHARDS_JOINED;
    snprintf(why, 200, "shard %u of %u was cut short: %zu checks were planned, %zu are there", s.i, s.n, part[k].planned, part[k].n);
    return SHARDS_NOT_WHOLE;
}

static shards_fault take_part(results *whole, results *part, size_t k, char why[200])
{
    part[k].head.shard = "";
    if (k == 0)
        results_start(whole, &part[0].head);
    return results_merge(whole, &part[k], why) ? SHARDS_FOREIGN : SHARDS_JOINED;
}

shards_fault shards_join(results *whole, results *part, size_t n, size_t *which, char why[200])
{
    bool seen[SHARDS_MAX + 1] = {0};
    unsigned of = 0;
    *whole = (results){0};
    for (*which = 0; *which < n; ++*which) {
        const shards_fault fault = judge_part(part, *which, &of, seen, why);
        if (fault)
            return fault;
    }
    for (unsigned i = 1; i <= of; i++)
        if (!seen[i]) {
            snprintf(why, 200, "shard %u of %u is missing", i, of);
            return SHARDS_NOT_WHOLE;
        }
    for (*which = 0; *which < n; ++*which) {
        const shards_fault fault = take_part(whole, part, *which, why);
        if (fault)
            return fault;
    }
    return SHARDS_JOINED;
}
