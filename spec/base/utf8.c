#include "utf8.h"

/* Bytes of the scalar at the start of s; 0 when it is not well-formed (RFC 3629 section 4). */
static size_t scalar_size(span s)
{
    uint8_t a = s.p[0];
    if (a < 0x80)
        return 1;
    size_t n = a >= 0xc2 && a <= 0xdf ? 2 : (a & 0xf0) == 0xe0 ? 3 : a >= 0xf0 && a <= 0xf4 ? 4 : 0;
    if (n == 0 || n > s.n)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((s.p[i] & 0xc0) != 0x80)
            return 0;
    bool overlong = (a == 0xe0 && s.p[1] < 0xa0) || (a == 0xf0 && s.p[1] < 0x90);
    bool beyond = (a == 0xed && s.p[1] >= 0xa0) || (a == 0xf4 && s.p[1] >= 0x90);
    return overlong || beyond ? 0 : n;
}

bool is_utf8(span s)
{
    while (s.n) {
        size_t n = scalar_size(s);
        if (n == 0)
            return false;
        s = span_from(s, n);
    }
    return true;
}
