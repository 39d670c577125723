/* A device of a user: a passkey at hand, a memory of its own, and what it has opened. It carries out what the chapter says; every verdict is the
 * chapter's. */
#ifndef PARLEY_HISTORY_DEVICE_H
#define PARLEY_HISTORY_DEVICE_H

#include "chance.h"
#include "history_storage.h"

/* A software authenticator with the PRF extension: HMAC under the credential's secret over SHA-256("WebAuthn PRF" 00 || input), as WebAuthn
 * Level 3 and CTAP's hmac-secret have it. */
typedef struct passkey {
    const char *credential;
    uint8_t secret[32];
} passkey;

void passkey_answers(const prim *, const passkey *, span input, uint8_t prf[HI_KEY]);

typedef struct device {
    const prim *prim;
    const passkey *passkey;
    chance chance;
    hi_memory memory;
    bool open;
    hi_view view; /* secret; its spans borrow from the room */
    uint8_t room[STORAGE_BLOB];
} device;

void device_start(device *, const prim *, const passkey *, const char *name);
void device_closes(device *); /* wipes what it has opened; the memory stays */

verdict device_opens(device *, const storage_door *);
verdict device_begins(device *, const storage_door *); /* a new history */

/* Of an open history. A write that loses the race takes the store again and is made anew upon it. */
verdict device_writes(device *, const storage_door *, const char *id, const char *text);
verdict device_reads(device *, const storage_door *, const char *id, uint8_t room[STORAGE_BLOB], span *text);
verdict device_enrols(device *, const storage_door *, const passkey *further);
verdict device_rotates(device *, const storage_door *, const passkey *const *at_hand, size_t n);

#endif
