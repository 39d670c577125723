#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Noreturn void must_failed(const char *what, const char *file, int line)
{
    (void)what, (void)file, (void)line; /* visible in a debugger and in a core file; the text does no output */
    abort();
}

span span_text(const char *text) { return text ? span_of(text, strlen(text)) : EMPTY; }

span span_from(span s, size_t at) { return at >= s.n ? EMPTY : span_of(s.p + at, s.n - at); }

span span_first(span s, size_t n) { return span_of(s.p, n < s.n ? n : s.n); }

bool span_is(span s, const char *text)
{
    span t = span_text(text);
    return s.n == t.n && (s.n == 0 || memcmp(s.p, t.p, s.n) == 0);
}

bool bytes_equal(const void *a, const void *b, size_t n)
{
    const volatile uint8_t *x = a, *y = b;
    unsigned differs = 0;
    for (size_t i = 0; i < n; i++)
        differs |= (unsigned)(x[i] ^ y[i]);
    return differs == 0;
}

bool span_same(span a, span b)
{
    if (a.n != b.n)
        return false;
    return bytes_equal(a.p, b.p, a.n); /* behind no &&: without optimisation a compiler branches on its operands */
}

bool all_zero(span s)
{
    const volatile uint8_t *p = s.p;
    unsigned any = 0;
    for (size_t i = 0; i < s.n; i++)
        any |= p[i];
    return any == 0;
}

/* The empty statement could read what p points to, so the compiler has to write the zeros. */
void wipe(void *p, size_t n)
{
    if (n)
        memset(p, 0, n);
    __asm__ volatile("" : : "r"(p) : "memory");
}

void span_take(span s, void *out, size_t n)
{
    size_t has = s.n < n ? s.n : n;
    if (has)
        memcpy(out, s.p, has);
    if (has < n)
        memset((uint8_t *)out + has, 0, n - has);
}

/* ---- reading ---- */

span read_bytes(reader *r, size_t n)
{
    static const uint8_t zeros[4096];
    if (r->failed || n > r->rest.n) {
        r->failed = true;
        r->rest = EMPTY;
        return n <= sizeof zeros ? span_of(zeros, n) : EMPTY;
    }
    span s = span_first(r->rest, n);
    r->rest = span_from(r->rest, n);
    return s;
}

uint64_t read_be(reader *r, size_t n)
{
    span s = read_bytes(r, n);
    uint64_t value = 0;
    for (size_t i = 0; i < s.n; i++)
        value = value << 8 | s.p[i];
    return value;
}

uint64_t read_le(reader *r, size_t n)
{
    span s = read_bytes(r, n);
    uint64_t value = 0;
    for (size_t i = s.n; i > 0; i--)
        value = value << 8 | s.p[i - 1];
    return value;
}

span read_rest(reader *r)
{
    span s = r->rest;
    r->rest = EMPTY;
    return s;
}

bool reader_done(const reader *r) { return !r->failed && r->rest.n == 0; }

/* ---- writing ---- */

uint8_t *write_room(writer *w, size_t n)
{
    if (w->failed || n > w->cap - w->n) {
        w->failed = true;
        return NULL;
    }
    uint8_t *at = w->p + w->n;
    w->n += n;
    return at;
}

void write_span(writer *w, span s)
{
    uint8_t *at = s.n ? write_room(w, s.n) : NULL;
    if (at)
        memmove(at, s.p, s.n);
}

void write_text(writer *w, const char *text) { write_span(w, span_text(text)); }

void write_zeros(writer *w, size_t n)
{
    uint8_t *at = write_room(w, n);
    if (at)
        memset(at, 0, n);
}

void write_be(writer *w, uint64_t value, size_t n)
{
    uint8_t *at = write_room(w, n);
    for (size_t i = 0; at && i < n; i++)
        at[i] = (uint8_t)(value >> 8 * (n - 1 - i));
}

void write_le(writer *w, uint64_t value, size_t n)
{
    uint8_t *at = write_room(w, n);
    for (size_t i = 0; at && i < n; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

/* ---- hexadecimal ---- */

void write_hex(writer *w, span s)
{
    static const char digit[] = "0123456789abcdef";
    for (size_t i = 0; i < s.n; i++) {
        uint8_t two[2] = {(uint8_t)digit[s.p[i] >> 4], (uint8_t)digit[s.p[i] & 15]};
        write_span(w, SPAN(two));
    }
}

static int hex_value(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool read_hex(span digits, writer *out)
{
    if (digits.n % 2)
        return false;
    for (size_t i = 0; i < digits.n; i += 2) {
        int high = hex_value(digits.p[i]), low = hex_value(digits.p[i + 1]);
        if (high < 0 || low < 0)
            return false;
        write_be(out, (uint64_t)(high << 4 | low), 1);
    }
    return writer_ok(out);
}
