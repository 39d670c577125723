#include "base64.h"

static const char standard[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url_safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* The six bits of a digit; 64 when it is not one. */
static uint32_t sextet(uint8_t digit, const char *alphabet)
{
    if (digit >= 'A' && digit <= 'Z')
        return digit - 'A';
    if (digit >= 'a' && digit <= 'z')
        return digit - 'a' + 26u;
    if (digit >= '0' && digit <= '9')
        return digit - '0' + 52u;
    return digit == (uint8_t)alphabet[62] ? 62 : digit == (uint8_t)alphabet[63] ? 63 : 64;
}

/* Two to four digits make one to three bytes; the bits left over are zero. */
static bool read_group(span digits, const char *alphabet, writer *out)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < 4; i++) {
        const uint32_t value = i < digits.n ? sextet(digits.p[i], alphabet) : 0;
        if (value > 63)
            return false;
        bits = bits << 6 | value;
    }
    const size_t n = digits.n - 1;
    if (digits.n < 2 || (bits & (0xffffffu >> (8 * n))) != 0)
        return false;
    write_be(out, bits >> (24 - 8 * n), n);
    return true;
}

static bool read_digits(span digits, const char *alphabet, writer *out)
{
    for (; digits.n; digits = span_from(digits, 4))
        if (!read_group(span_first(digits, 4), alphabet, out))
            return false;
    return writer_ok(out);
}

bool base64_read(span text, writer *out)
{
    if (text.n % 4 != 0)
        return false;
    for (int i = 0; i < 2 && text.n % 4 != 2 && text.n && text.p[text.n - 1] == '='; i++)
        text.n--;
    return read_digits(text, standard, out);
}

bool base64url_read(span text, writer *out) { return read_digits(text, url_safe, out); }

/* One to three bytes make two to four digits. */
static void write_group(writer *w, span bytes, const char *alphabet)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < 3; i++)
        bits = bits << 8 | (i < bytes.n ? bytes.p[i] : 0u);
    for (size_t i = 0; i <= bytes.n; i++)
        write_be(w, (uint8_t)alphabet[bits >> (18 - 6 * i) & 63], 1);
}

void base64url_write(writer *w, span s)
{
    for (; s.n; s = span_from(s, 3))
        write_group(w, span_first(s, 3), url_safe);
}

void base64_write(writer *w, span s)
{
    const size_t padding = (3 - s.n % 3) % 3;
    for (; s.n; s = span_from(s, 3))
        write_group(w, span_first(s, 3), standard);
    write_be(w, 0x3d3d, padding);
}
