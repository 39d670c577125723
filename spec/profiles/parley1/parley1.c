#include "parley1.h"

/* ---- 2. Notation ---- */

enum { HEAD = 3, HEAD_BYTES = 32 };

static void put_head(span parts[HEAD], const char *label)
{
    parts[0] = EMIT(P1_002, span_text("parley/1 "));
    parts[1] = span_text(label);
    parts[2] = span_of("", 1);
}

static void hash_behind(const prim *p, prim_hash hash, const char *label, const span *parts, size_t n, uint8_t *out)
{
    span all[HEAD + P1_PARTS_MAX];
    must(n <= P1_PARTS_MAX);
    put_head(all, label);
    for (size_t i = 0; i < n; i++)
        all[HEAD + i] = parts[i];
    p->hash(hash, all, HEAD + n, out);
}

void p1_hash(const prim *p, const char *label, const span *parts, size_t n, uint8_t out[P1_DIGEST])
{
    hash_behind(p, PRIM_SHA256, label, parts, n, out);
}

void p1_hash512(const prim *p, const char *label, const span *parts, size_t n, uint8_t out[64])
{
    hash_behind(p, PRIM_SHA512, label, parts, n, out);
}

void p1_derive(const prim *p, const uint8_t key[P1_KEY], const char *label, span data, uint8_t *out, size_t n)
{
    uint8_t info[HEAD_BYTES + P1_EXPAND_MAX];
    span head[HEAD];
    writer w = WRITER(info);
    put_head(head, label);
    for (size_t i = 0; i < HEAD; i++)
        write_span(&w, head[i]);
    write_span(&w, data);
    must(writer_ok(&w));
    prim_hkdf_expand(p, PRIM_SHA256, span_of(key, P1_KEY), written(&w), out, n);
}

/* ---- 3. Transport ---- */

uint16_t p1_refusal(void)
{
    const requirement_outcome *told = OUTCOME(P1_001);
    return EMIT_ROW(told->by, told->code, 1000);
}
