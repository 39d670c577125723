/* The vectors as a package of another language: data, schema and licence, and the few lines that hand them out. */
#ifndef PARLEY_DATA_PACKAGE_H
#define PARLEY_DATA_PACKAGE_H

#include "cli.h"

/* `kind` is "npm", "go" or "crate"; `folder` is made. Faults are printed; the return value is the exit code. */
int data_package(const cli_call *, const char *kind, const char *folder);

#endif
