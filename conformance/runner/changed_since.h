/* What --changed-since selects: the sentences, vectors and cases that are new or other than they were. */
#ifndef PARLEY_CHANGED_SINCE_H
#define PARLEY_CHANGED_SINCE_H

#include "cli.h"
#include "page.h"

/* `out` gets their numbers and ids, one space between; untouched when the option was not given. It names a revision of this checkout, the
 * folder of an earlier tree, or an earlier spec/requirements.lock, which knows the sentences alone. Returns an exit code, after saying why. */
int changed_since(const cli_call *, page *out);

#endif
