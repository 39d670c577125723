#include "eventlog.h"

#include <string.h>

/* ---- 1. The log ---- */

enum { NO_ACTION = 3, UNWRITTEN = 0xffffffff, SHA384 = 0x000c };

static bool read_algorithms(reader *r, at_event_log *out)
{
    bool has_sha384 = false;
    const uint64_t n = read_le(r, 4);
    if (r->failed || n < 1 || n > AT_LOG_ALGORITHMS_MAX)
        return false;
    for (out->n_algorithms = 0; out->n_algorithms < n; out->n_algorithms++) {
        const uint64_t id = read_le(r, 2), size = read_le(r, 2);
        out->algorithm[out->n_algorithms].id = id;
        out->algorithm[out->n_algorithms].size = size;
        has_sha384 |= id == SHA384 && size == AT_RTMR_BYTES;
    }
    return has_sha384;
}

static bool read_head(span data, at_event_log *out)
{
    static const char signature[16] = "Spec ID Event03";
    reader r = reader_of(data);
    const bool is_ours = span_same(read_bytes(&r, sizeof signature), SPAN(signature));
    (void)read_bytes(&r, 8);
    const bool lists = read_algorithms(&r, out);
    (void)read_bytes(&r, read_le(&r, 1));
    return is_ours && lists && reader_done(&r);
}

verdict at_event_log_open(const prim *p, span log, at_event_log *out, account *a)
{
    reader r = reader_of(log);
    *out = (at_event_log){.prim = p};
    (void)read_le(&r, 4);
    const uint64_t type = read_le(&r, 4);
    (void)read_bytes(&r, 20);
    const uint64_t size = read_le(&r, 4);
    const bool whole = !r.failed && size <= r.rest.n;
    const bool is_head = read_head(span_first(r.rest, size), out);
    CHECK(a, whole && type == NO_ACTION && is_head, AT_195);
    out->rest = span_from(r.rest, size);
    return ACCEPT;
}

/* One digest of each listed algorithm, in any order. */
static bool read_digests(const at_event_log *log, reader *r, span *sha384)
{
    unsigned seen = 0;
    const uint64_t n = read_le(r, 4);
    bool as_listed = n == log->n_algorithms;
    for (uint64_t i = 0; i < n && i < AT_LOG_ALGORITHMS_MAX && !r->failed; i++) {
        const uint64_t id = read_le(r, 2);
        size_t k = 0;
        while (k < log->n_algorithms && (log->algorithm[k].id != id || seen & 1u << k))
            k++;
        if (k == log->n_algorithms)
            return false;
        seen |= 1u << k;
        const span digest = read_bytes(r, log->algorithm[k].size);
        if (id == SHA384)
            *sha384 = digest;
    }
    return as_listed && !r->failed && sha384->n == AT_RTMR_BYTES;
}

static bool is_digest_of(const prim *p, span digest, span data)
{
    uint8_t expected[AT_RTMR_BYTES];
    prim_digest(p, PRIM_SHA384, data, expected);
    return span_same(digest, SPAN(expected));
}

static bool is_at_end(span rest)
{
    reader r = reader_of(rest);
    (void)read_le(&r, 4);
    return rest.n == 0 || read_le(&r, 4) == UNWRITTEN;
}

verdict at_event_log_next(at_event_log *log, at_event *out, bool *more, account *a)
{
    reader r = reader_of(log->rest);
    *out = (at_event){0};
    *more = !is_at_end(log->rest);
    if (!*more)
        return ACCEPT;
    const uint64_t index = read_le(&r, 4);
    out->type = read_le(&r, 4);
    const bool digests = read_digests(log, &r, &out->digest);
    const uint64_t size = read_le(&r, 4);
    const bool whole = !r.failed && size <= r.rest.n;
    out->data = span_first(r.rest, size);
    log->rest = span_from(r.rest, size);
    CHECK(a, whole && digests, AT_196);
    const bool extends = out->type != NO_ACTION, is_known = index >= 1 && index <= AT_RTMRS;
    CHECK(a, !extends || is_known, AT_197);
    out->rtmr = extends && is_known ? index - 1 : AT_RTMRS;
    out->is_measured = EMIT_OR(AT_199, is_digest_of(log->prim, out->digest, out->data), true);
    return ACCEPT;
}

/* ---- 2. What it proves ---- */

static void extend(const prim *p, uint8_t rtmr[AT_RTMR_BYTES], span digest)
{
    const span parts[] = {span_of(rtmr, AT_RTMR_BYTES), digest};
    uint8_t next[AT_RTMR_BYTES];
    p->hash(PRIM_SHA384, parts, 2, next);
    memcpy(rtmr, next, AT_RTMR_BYTES);
}

verdict at_event_log_replay(const prim *p, span log, uint8_t rtmr[AT_RTMRS][AT_RTMR_BYTES], account *a)
{
    at_event_log at;
    at_event e;
    bool more = true;
    memset(rtmr, 0, AT_RTMRS * AT_RTMR_BYTES);
    TRY(at_event_log_open(p, log, &at, a));
    while (more) {
        TRY(at_event_log_next(&at, &e, &more, a));
        if (more && e.rtmr < AT_RTMRS)
            extend(p, rtmr[e.rtmr], e.digest);
    }
    return ACCEPT;
}

static bool registers_are_same(const uint8_t (*a)[AT_RTMR_BYTES], const uint8_t (*b)[AT_RTMR_BYTES], unsigned which)
{
    bool same = true;
    for (unsigned i = 0; i < AT_RTMRS; i++)
        if (which & 1u << i)
            same &= bytes_equal(a[i], b[i], AT_RTMR_BYTES);
    return same;
}

verdict at_event_log_confirm(const prim *p, span log, const uint8_t quoted[AT_RTMRS][AT_RTMR_BYTES], unsigned which, account *a)
{
    uint8_t replayed[AT_RTMRS][AT_RTMR_BYTES];
    TRY(at_event_log_replay(p, log, replayed, a));
    CHECK(a, registers_are_same((const uint8_t(*)[AT_RTMR_BYTES])replayed, quoted, which), AT_198);
    return ACCEPT;
}
