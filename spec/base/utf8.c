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

static uint32_t character_of(span s)
{
    if (s.n == 1)
        return s.p[0];
    uint32_t c = s.p[0] & (0x7fu >> s.n);
    for (size_t i = 1; i < s.n; i++)
        c = c << 6 | (s.p[i] & 0x3f);
    return c;
}

bool utf8_is_plain(span character)
{
    static const struct {
        uint32_t first, last;
    } hidden[] = {{0, 0x1f},        {0x7f, 0x9f},     {0x61c, 0x61c},   {0x200e, 0x200f}, {0x2028, 0x202e},
                  {0x2066, 0x2069}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xfffe, 0xffff}};
    if (character.n == 0 || utf8_step(character) != character.n)
        return false;
    const uint32_t c = character_of(character);
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
        if (c >= hidden[i].first && c <= hidden[i].last)
            return false;
    return true;
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
