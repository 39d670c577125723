#include "sim_log.h"
#include "base64.h"

#include <stdio.h>
#include <string.h>

static void hash_parts(const prim *lib, uint8_t prefix, span a, span b, uint8_t out[TL_HASH])
{
    const span parts[] = {span_of(&prefix, 1), a, b};
    lib->hash(PRIM_SHA256, parts, 3, out);
}

void log_add(sim_log *log, span entry)
{
    must(log->n < LOG_ENTRIES_MAX);
    hash_parts(log->prim, 0, entry, EMPTY, log->leaf[log->n++]);
}

/* The largest power of two below n. */
static size_t left_size(size_t n)
{
    size_t k = 1;
    while (2 * k < n)
        k *= 2;
    return k;
}

static void root_of(const sim_log *log, size_t from, size_t n, uint8_t out[TL_HASH])
{
    uint8_t left[TL_HASH], right[TL_HASH];
    if (n == 0)
        prim_digest(log->prim, PRIM_SHA256, EMPTY, out);
    if (n == 1)
        memcpy(out, log->leaf[from], TL_HASH);
    if (n <= 1)
        return;
    root_of(log, from, left_size(n), left);
    root_of(log, from + left_size(n), n - left_size(n), right);
    hash_parts(log->prim, 1, SPAN(left), SPAN(right), out);
}

static void write_root(const sim_log *log, size_t from, size_t n, writer *out)
{
    uint8_t root[TL_HASH];
    root_of(log, from, n, root);
    write_span(out, SPAN(root));
}

void log_root(const sim_log *log, size_t n, uint8_t out[TL_HASH]) { root_of(log, 0, n, out); }

/* RFC 6962 2.1.1: PATH(index, D[from : from + n]) */
static void path(const sim_log *log, size_t from, size_t index, size_t n, writer *out)
{
    const size_t k = left_size(n);
    if (n <= 1)
        return;
    if (index < k) {
        path(log, from, index, k, out);
        write_root(log, from + k, n - k, out);
    } else {
        path(log, from + k, index - k, n - k, out);
        write_root(log, from, k, out);
    }
}

void log_inclusion(const sim_log *log, size_t index, size_t n, writer *out) { path(log, 0, index, n, out); }

/* RFC 6962 2.1.2: SUBPROOF(m, D[from : from + n], known) */
static void subproof(const sim_log *log, size_t from, size_t m, size_t n, bool known, writer *out)
{
    const size_t k = left_size(n);
    if (m == n) {
        if (!known)
            write_root(log, from, n, out);
    } else if (m <= k) {
        subproof(log, from, m, k, known, out);
        write_root(log, from + k, n - k, out);
    } else {
        subproof(log, from + k, m - k, n - k, false, out);
        write_root(log, from, k, out);
    }
}

void log_consistency(const sim_log *log, size_t m, size_t n, writer *out)
{
    if (m > 0)
        subproof(log, 0, m, n, true, out);
}

void log_write_checkpoint_of(const char *origin, const tl_head *head, writer *text)
{
    char size[24];
    snprintf(size, sizeof size, "\n%llu\n", (unsigned long long)head->size);
    write_text(text, origin);
    write_text(text, size);
    base64_write(text, SPAN(head->root));
    write_text(text, "\n");
}

void log_write_checkpoint(const sim_log *log, size_t n, writer *text)
{
    tl_head head = {.size = n};
    log_root(log, n, head.root);
    log_write_checkpoint_of(log->signer.name, &head, text);
}

/* The first four bytes of SHA-256(name || LF || type || key). */
static void key_id(const prim *lib, const log_signer *s, const uint8_t key[32], uint8_t id[TL_KEY_ID])
{
    uint8_t digest[32];
    const uint8_t type[] = {'\n', (uint8_t)s->type};
    const span parts[] = {span_text(s->name), SPAN(type), span_of(key, 32)};
    lib->hash(PRIM_SHA256, parts, 3, digest);
    memcpy(id, digest, TL_KEY_ID);
}

void log_write_vkey(const prim *lib, const log_signer *s, writer *out)
{
    uint8_t bytes[33] = {(uint8_t)s->type}, id[TL_KEY_ID];
    lib->ed25519_public(s->seed, bytes + 1);
    key_id(lib, s, bytes + 1, id);
    write_text(out, s->name);
    write_text(out, "+");
    write_hex(out, SPAN(id));
    write_text(out, "+");
    base64_write(out, SPAN(bytes));
}

static void sign(const prim *lib, const log_signer *s, span text, uint64_t time, writer *out)
{
    static uint8_t cosigned[TL_NOTE_MAX + 64];
    writer w = WRITER(cosigned);
    if (s->type == TL_COSIGNATURE) {
        char head[64];
        snprintf(head, sizeof head, "cosignature/v1\ntime %llu\n", (unsigned long long)time);
        write_be(out, time, 8);
        write_text(&w, head);
        write_span(&w, text);
        text = written(&w);
    }
    must(writer_ok(&w));
    lib->ed25519_sign(s->seed, text, write_room(out, 64));
}

void log_write_line(const prim *lib, const log_signer *s, span text, uint64_t time, writer *out)
{
    uint8_t key[32], id[TL_KEY_ID], bytes[TL_KEY_ID + 8 + 64];
    writer w = WRITER(bytes);
    lib->ed25519_public(s->seed, key);
    key_id(lib, s, key, id);
    write_span(&w, SPAN(id));
    sign(lib, s, text, time, &w);
    write_text(out, "\xe2\x80\x94 ");
    write_text(out, s->name);
    write_text(out, " ");
    base64_write(out, written(&w));
    write_text(out, "\n");
}
