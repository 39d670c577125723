#include "parley1_evidence.h"

/* ---- 1. What evidence is bound to ---- */

void p1_next_x(const prim *p, const uint8_t t[P1_DIGEST], span step, span reply, uint8_t x[P1_DIGEST])
{
    uint8_t digest[2][P1_DIGEST];
    prim_digest(p, PRIM_SHA256, step, digest[0]);
    prim_digest(p, PRIM_SHA256, reply, digest[1]);
    const span parts[] = {EMIT(P1_070, span_of(t, P1_DIGEST)), EMIT(P1_071, SPAN(digest[0])), EMIT(P1_072, SPAN(digest[1]))};
    p1_hash(p, "step", parts, 3, x);
}

void p1_binder(const prim *p, uint32_t epoch, const uint8_t x[P1_DIGEST], span claims, uint8_t binder[P1_BINDER])
{
    uint8_t number[4], digest[P1_DIGEST];
    writer w = WRITER(number);
    write_be(&w, EMIT(P1_073, epoch), 4);
    prim_digest(p, PRIM_SHA256, claims, digest);
    const span parts[] = {SPAN(number), EMIT(P1_074, span_of(x, P1_DIGEST)), EMIT(P1_075, SPAN(digest))};
    p1_hash512(p, "evidence", parts, 3, binder);
}

void p1_report_data(const prim *p, uint32_t n, const uint8_t root[P1_DIGEST], uint8_t out[P1_REPORT_DATA])
{
    uint8_t number[4];
    writer w = WRITER(number);
    write_be(&w, EMIT_OR(P1_076, n, 0), 4);
    const span parts[] = {SPAN(number), span_of(root, P1_DIGEST)};
    p1_hash512(p, "report", parts, 2, out);
}

void p1_transcript(const prim *p, const uint8_t x[P1_DIGEST], span attest, uint8_t t[P1_DIGEST])
{
    uint8_t digest[P1_DIGEST];
    prim_digest(p, PRIM_SHA256, attest, digest);
    const span parts[] = {EMIT(P1_077, span_of(x, P1_DIGEST)), EMIT(P1_078, SPAN(digest))};
    p1_hash(p, "transcript", parts, 2, t);
}
