#include "certificate_parts.h"
#include "base64.h"

#include <string.h>

enum { HALF_MAX = 66, LINE_BYTES = 48 /* a line of 64 characters */ };

void certificate_put_algorithm(writer *w, const char *oid)
{
    const der_mark algorithm = der_open(w, DER_SEQUENCE);
    der_put_oid(w, oid);
    der_close(w, algorithm);
}

void certificate_put_point(writer *w, const char *curve, span point)
{
    const der_mark info = der_open(w, DER_SEQUENCE), algorithm = der_open(w, DER_SEQUENCE);
    der_put_oid(w, "1.2.840.10045.2.1");
    der_put_oid(w, curve);
    der_close(w, algorithm);
    der_put_bits(w, point);
    der_close(w, info);
}

void certificate_put_attribute(writer *w, const char *oid, uint8_t tag, const char *value)
{
    const der_mark set = der_open(w, DER_SET), pair = der_open(w, DER_SEQUENCE);
    der_put_oid(w, oid);
    der_put(w, tag, span_text(value));
    der_close(w, pair);
    der_close(w, set);
}

void certificate_put_validity(writer *w, int64_t from, int64_t to)
{
    const der_mark validity = der_open(w, DER_SEQUENCE);
    der_put_time(w, from);
    der_put_time(w, to);
    der_close(w, validity);
}

/* ---- the body and its extensions ---- */

der_mark certificate_open_body(writer *w, uint64_t serial)
{
    const der_mark body = der_open(w, DER_SEQUENCE), version = der_open(w, DER_CONTEXT(0));
    der_put_uint(w, 2);
    der_close(w, version);
    der_put_uint(w, serial);
    return body;
}

der_mark certificate_open_extensions(writer *w, uint8_t number, der_mark *outer)
{
    *outer = der_open(w, DER_CONTEXT(number));
    return der_open(w, DER_SEQUENCE);
}

void certificate_close_both(writer *w, der_mark inner, der_mark outer)
{
    der_close(w, inner);
    der_close(w, outer);
}

der_mark certificate_open_extension(writer *w, const char *oid, bool critical, der_mark *outer)
{
    *outer = der_open(w, DER_SEQUENCE);
    der_put_oid(w, oid);
    if (critical)
        der_put(w, DER_BOOLEAN, span_of("\xff", 1));
    return der_open(w, DER_OCTET_STRING);
}

void certificate_put_extension(writer *w, const char *oid, bool critical, span value)
{
    der_mark outer;
    const der_mark inner = certificate_open_extension(w, oid, critical, &outer);
    write_span(w, value);
    certificate_close_both(w, inner, outer);
}

static uint8_t unused_bits(uint8_t bits)
{
    uint8_t n = 0;
    while (n < 7 && !(bits >> n & 1))
        n++;
    return n;
}

void certificate_put_usage(writer *w, uint8_t bits)
{
    const uint8_t value[] = {0x03, 0x02, unused_bits(bits), bits};
    certificate_put_extension(w, "2.5.29.15", true, SPAN(value));
}

void certificate_put_constraints(writer *w, bool is_ca, int path_length)
{
    uint8_t room[16];
    writer value = WRITER(room);
    const der_mark m = der_open(&value, DER_SEQUENCE);
    if (is_ca)
        der_put(&value, DER_BOOLEAN, span_of("\xff", 1));
    if (is_ca && path_length >= 0)
        der_put_uint(&value, (uint64_t)path_length);
    der_close(&value, m);
    certificate_put_extension(w, "2.5.29.19", true, written(&value));
}

/* ---- signatures ---- */

static void put_half(writer *w, const uint8_t *half, size_t n)
{
    size_t skip = 0;
    uint8_t number[1 + HALF_MAX] = {0};
    must(n <= HALF_MAX);
    memcpy(number + 1, half, n);
    while (skip < n && number[skip] == 0 && !(number[skip + 1] & 0x80))
        skip++;
    der_put(w, DER_INTEGER, span_of(number + skip, 1 + n - skip));
}

void certificate_put_ecdsa(writer *w, const uint8_t *pair, size_t half)
{
    const der_mark sequence = der_open(w, DER_SEQUENCE);
    put_half(w, pair, half);
    put_half(w, pair + half, half);
    der_close(w, sequence);
}

void certificate_put_sealed(writer *w, span body, const char *algorithm, span signature)
{
    const der_mark whole = der_open(w, DER_SEQUENCE);
    write_span(w, body);
    certificate_put_algorithm(w, algorithm);
    der_put_bits(w, signature);
    der_close(w, whole);
}

void certificate_put_text(writer *w, span der)
{
    write_text(w, "-----BEGIN CERTIFICATE-----\n");
    for (size_t at = 0; at < der.n; at += LINE_BYTES) {
        base64_write(w, span_first(span_from(der, at), LINE_BYTES));
        write_text(w, "\n");
    }
    write_text(w, "-----END CERTIFICATE-----\n");
}
