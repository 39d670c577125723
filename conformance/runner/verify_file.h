/* The files that `parley verify` is given: read whole, bounded, and taken out of their textual encoding. */
#ifndef PARLEY_VERIFY_FILE_H
#define PARLEY_VERIFY_FILE_H

#include "bytes.h"
#include "cli.h"

enum { VERIFY_FILE_MAX = 262144 };

typedef struct verify_file {
    uint8_t bytes[VERIFY_FILE_MAX + 1]; /* one more, to see that a file is too large */
    span all;
} verify_file;

/* Both return EXIT_LEVEL, or the code to end with once they have said why. `what` is what the user calls the file. */
int verify_load(const cli_call *, const char *what, const char *path, verify_file *);
/* The file of an option, when it is given; with a label ("CERTIFICATE"), the blocks of a textual file one after the other. */
int verify_load_option(const cli_call *, const char *option, const char *label, verify_file *);

#endif
