/* Results files that the user names, for the verbs that read them. Faults are printed; the return value is the exit code. */
#ifndef PARLEY_RESULTS_HERE_H
#define PARLEY_RESULTS_HERE_H

#include "cli.h"
#include "results.h"

enum { RESULTS_MAX = 256 << 20 }; /* bytes of a file */

int file_load(const cli_call *, const char *path, page *text);
/* Whether the file is what its run wrote, by the digest in the env.json beside it. Without one: a fault when it is `needed`. */
int results_vouched(const cli_call *, const char *path, bool needed);
int results_load(const cli_call *, const char *path, results *); /* freed by the caller when the code is 0 */

#endif
