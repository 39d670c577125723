/* Textual encoding of certificates and lists (RFC 7468), strictly: full lines have 64 characters, nothing but base64 stands between the
 * markers. What stands between blocks is explanation and is skipped. */
#ifndef PARLEY_PEM_H
#define PARLEY_PEM_H

#include "bytes.h"

/* Writes the bytes of the next block with this label ("CERTIFICATE", "X509 CRL") and moves `text` behind it. False, with `text`
 * unchanged, when there is none, it is malformed, or `out` has no room. */
bool pem_next(span *text, const char *label, writer *out);

#endif
