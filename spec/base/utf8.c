#include "utf8.h"

static bool continues(span s, size_t at) { return at < s.n && (s.p[at] & 0xc0) == 0x80; }

/* RFC 3629 section 4. The limits of the second byte exclude overlong forms, surrogates and values above U+10FFFF. */
size_t utf8_step(span s)
{
    if (s.n == 0)
        return 0;
    const uint8_t first = s.p[0];
    const uint8_t second = s.n > 1 ? s.p[1] : 0;
    if (first < 0x80)
        return 1;
    if (first < 0xc2 || first > 0xf4 || !continues(s, 1))
        return 0;
    if (first < 0xe0)
        return 2;
    if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) || !continues(s, 2))
        return 0;
    if (first < 0xf0)
        return 3;
    if ((first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f) || !continues(s, 3))
        return 0;
    return 4;
}

bool is_utf8(span s)
{
    while (s.n) {
        const size_t n = utf8_step(s);
        if (n == 0)
            return false;
        s = span_from(s, n);
    }
    return true;
}

void utf8_write(writer *w, uint32_t c)
{
    if ((c >= 0xd800 && c <= 0xdfff) || c > 0x10ffff) {
        w->failed = true;
    } else if (c < 0x80) {
        write_be(w, c, 1);
    } else if (c < 0x800) {
        write_be(w, 0xc080u | (c >> 6) << 8 | (c & 0x3f), 2);
    } else if (c < 0x10000) {
        write_be(w, 0xe08080u | (c >> 12) << 16 | (c >> 6 & 0x3f) << 8 | (c & 0x3f), 3);
    } else {
        write_be(w, 0xf0808080u | (c >> 18) << 24 | (c >> 12 & 0x3f) << 16 | (c >> 6 & 0x3f) << 8 | (c & 0x3f), 4);
    }
}
