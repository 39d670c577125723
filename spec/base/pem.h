/* Textual encoding of certificates and lists (RFC 7468, the lax form): lines of any width, with any kind of line end. A byte order mark, empty
 * lines and blanks at the end of a line are skipped, as is text outside of blocks. A block that is malformed or has another label is never
 * skipped: the reader of a file learns of everything in it. */
#ifndef PARLEY_PEM_H
#define PARLEY_PEM_H

#include "bytes.h"

typedef enum pem_found {
    PEM_NONE,   /* no further block */
    PEM_BLOCK,  /* one was written, and `text` starts after it */
    PEM_BROKEN, /* the next block is malformed, has another label, or `out` has no room; `text` and `out` are as they were */
} pem_found;

/* The bytes of the next block, which has to have this label ("CERTIFICATE", "X509 CRL"). */
pem_found pem_next(span *text, const char *label, writer *out);

bool pem_is_text(span file); /* it contains the beginning of a block with any label */

#endif
