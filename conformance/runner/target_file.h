/* A target file: what the suite has to know of a target, kept in the target's repository. Lines `key = value`; `#` begins a comment line.
 *
 *   name     = acme-server
 *   version  = 2.1.0              a version, not the name of a branch
 *   door     = url ws://127.0.0.1:7443/websocket     or: exec COMMAND, drive COMMAND, library COMMAND
 *   start    = ./acme --pack {pack}                  url: started before the run, ended after it; {pack}: the pack's folder
 *   profile, pack, ctl, baseline, known, patience    as the options of `parley test`; what is given on the command line wins */
#ifndef PARLEY_TARGET_FILE_H
#define PARLEY_TARGET_FILE_H

#include "cli.h"

typedef enum target_door { TARGET_URL, TARGET_EXEC, TARGET_LIBRARY, TARGET_DRIVE } target_door;

typedef struct target_file {
    char *text; /* what the others borrow from */
    const char *name, *version, *start;
    target_door door;
    const char *at; /* the URL or the command */
    const char *profile, *pack, *ctl, *baseline, *known, *patience;
} target_file;

/* NULL, or what is wrong, with its line. Takes `text` over, which is freed by target_file_free in either case. */
const char *target_file_read(target_file *, char *text, char fault[200]);
void target_file_free(target_file *);

/* Whether it is the version of something that stays as it is: not main, dev, latest and the like. */
bool target_version_is_fixed(const char *version);

#endif
