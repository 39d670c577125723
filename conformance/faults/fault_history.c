/* A history in a folder: a device opens it, writes one more item and saves. Whatever fails, what was kept before is there afterwards. */
#include "faults.h"
#include "history_files.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define OLDER "what was said before"
#define NEWER "what is said now"

static history_files older, found;
static const uint8_t coins[64] = {1, 2, 3}, other_coins[64] = {4, 5, 6};

static void prepare(void)
{
    const storage_door door = storage_opens(&older.store);
    const char *why;
    char path[4096 + 16];
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/%s", fault_folder(), i ? "device" : "storage");
        (void)unlink(path);
    }
    must(history_files_load(&older, &prim_sodium, fault_folder(), coins, &why) && older.fresh);
    must(accepted(device_begins(&older.mine, &door)) && accepted(device_writes(&older.mine, &door, "older", OLDER)));
}

/* Opens, writes, reads: false when it failed. What is read after all was accepted is what was written. */
static bool writes_one_more(history_files *h)
{
    uint8_t room[STORAGE_BLOB];
    span text;
    const storage_door door = storage_opens(&h->store);
    if (!accepted(device_opens(&h->mine, &door)) || !accepted(device_writes(&h->mine, &door, "newer", NEWER)))
        return false;
    if (!accepted(device_reads(&h->mine, &door, "older", room, &text)))
        return false;
    if (!span_is(text, OLDER))
        fault_wrong("another text was taken for the one that was kept");
    return true;
}

static int run(void)
{
    const char *why = NULL;
    must(history_files_save(&older, fault_folder()));
    fault_begin();
    if (!history_files_load(&found, fault_prim, fault_folder(), other_coins, &why))
        return why ? FAULT_FAILED : (fault_wrong("no reason is said"), FAULT_WRONG);
    if (found.fresh)
        fault_wrong("a device that can't be read was taken for none");
    if (!writes_one_more(&found) || !history_files_save(&found, fault_folder()))
        return FAULT_FAILED;
    return FAULT_HONEST;
}

/* The older item is there, and the newer one is whole or is not. */
static int judge(void)
{
    uint8_t room[STORAGE_BLOB];
    span text;
    const char *why;
    const storage_door door = storage_opens(&found.store);
    if (!history_files_load(&found, &prim_sodium, fault_folder(), other_coins, &why) || !accepted(device_opens(&found.mine, &door)))
        return 1;
    if (!accepted(device_reads(&found.mine, &door, "older", room, &text)) || !span_is(text, OLDER))
        return 1;
    return !accepted(device_reads(&found.mine, &door, "newer", room, &text)) || span_is(text, NEWER) ? 0 : 1;
}

const fault_scenario fault_history = {"history", prepare, run, judge, 1u << FAULT_PROVIDER | 1u << FAULT_FILE | 1u << FAULT_KILL, 0};
