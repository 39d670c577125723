/* A storage and a device of a user as files, for a chat that keeps its history: DIR/storage is what anybody may hold, DIR/device what only the device
 * has (the passkey of a software authenticator, and what it remembers of the history). */
#ifndef PARLEY_HISTORY_FILES_H
#define PARLEY_HISTORY_FILES_H

#include "history_device.h"

typedef struct history_files {
    storage store;
    device mine;
    passkey key;
    bool fresh; /* there was no device file: the passkey is new */
} history_files;

/* coins: 64 random bytes, for a new passkey and for what this run seals. False: *why says what is wrong with which file. What the storage holds is
 * judged when the device opens it, not here. */
bool history_files_load(history_files *, const prim *, const char *dir, const uint8_t coins[64], const char **why);
bool history_files_save(const history_files *, const char *dir); /* false: errno says why */

/* Whether there is room for another write. */
bool history_files_have_room(const history_files *);

#endif
