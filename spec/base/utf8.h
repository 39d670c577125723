/* UTF-8 as RFC 3629 has it: shortest forms only, no surrogates, nothing above U+10FFFF. */
#ifndef PARLEY_UTF8_H
#define PARLEY_UTF8_H

#include "bytes.h"

size_t utf8_step(span s); /* bytes of the first character (1 to 4); 0 when there is none or it is bad */
bool utf8_is_plain(
    span character);  /* one good character that only shows: no control (C0, DEL, C1), no line or paragraph separator, nothing that
                                    * turns the direction of text (Unicode 6.3, Bidi_Control), no byte order mark or non-character */
bool is_utf8(span s); /* every character is good; the empty span is valid */
void utf8_write(writer *w, uint32_t character); /* fails the writer for a surrogate or a value above U+10FFFF */

#endif
