/* A receipt and its opening as one JSON document: {"format":"parley receipt 1","receipt":HEX,"opening":HEX}; of a signed receipt also
 * "signature":HEX. The opening holds the salt, so the file is for whom the answer may be shown. */
#ifndef PARLEY_RECEIPT_FILE_H
#define PARLEY_RECEIPT_FILE_H

#include "cli.h"
#include "model_receipt.h"

enum { RECEIPT_FILE_MAX = 2 * (IN_RECEIPT + IN_OPENING_MAX + IN_SIGNATURE_SIZE) + 256 };

bool receipt_save(const char *path, span receipt, span opening, span signature); /* an empty signature: none */

/* What was said, as a file. Returns an exit code; what was wrong has been printed. The salt comes from the system. */
int receipt_write(const cli_call *, const char *path, const model *, const model_said *);

/* NULL, or in plain words what is wrong with the document. */
const char *receipt_read(span document, writer *receipt, writer *opening, writer *signature);

#endif
