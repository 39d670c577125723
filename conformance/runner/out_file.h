/* Files under --out. What goes wrong is printed; the return value is the exit code. */
#ifndef PARLEY_OUT_FILE_H
#define PARLEY_OUT_FILE_H

#include "cli.h"
#include "pack.h"
#include "page.h"

enum { OUT_PATH = 4096 };

int out_save(const cli_call *, const char *name, const page *text);
int out_folder(const cli_call *, const char *name, char path[OUT_PATH]); /* makes it and --out; `name` NULL: --out alone */
int out_pack(const cli_call *, const pack *, char path[OUT_PATH]);       /* as the folder `pack` */

#endif
