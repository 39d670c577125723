/* Base64 (RFC 4648), strictly: each string of bytes has one text only.
 *
 * The standard alphabet (section 4) with its padding, and the URL-safe one (section 5) without. White space, line
 * breaks, the other alphabet, missing or surplus padding, and bits left over that are not zero are all refused.
 * Not constant time: for evidence, tokens and public values, not for secrets. */
#ifndef PARLEY_BASE64_H
#define PARLEY_BASE64_H

#include "bytes.h"

bool base64_read(span text, writer *out);    /* standard, padded; false on any deviation or when out has no room */
bool base64url_read(span text, writer *out); /* URL-safe, unpadded */
void base64_write(writer *w, span s);
void base64url_write(writer *w, span s);

#endif
