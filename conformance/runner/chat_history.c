#include "chat_history.h"

#include "exits.h"
#include "history_files.h"
#include "session.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { TURN_MAX = 2000 /* bytes that one item of this storage holds */ };

static history_files files;

static int refused(const cli_call *call, const char *dir, verdict v)
{
    const requirement_row *row = &requirement_rows[v.req];
    fprintf(stderr, "parley chat: --history %s: refused by %s: %s\n", dir, row->id, row->text);
    printf("{\"rej\":\"%s\"}\n", row->reason);
    (void)call;
    return EXIT_REFUSED;
}

static int save(const cli_call *call, const char *dir)
{
    return history_files_save(&files, dir) ? EXIT_LEVEL : cli_fail(call, EXIT_USAGE, "--history %s: %s", dir, strerror(errno));
}

static void tell(const cli_call *call)
{
    char code[HI_CODE + 1];
    if (call->quiet)
        return;
    hi_head_code(&prim_openssl, files.mine.view.newest, code);
    printf("history: %llu turns, head code %s\n", (unsigned long long)files.mine.view.index.n_items, code);
}

int chat_history_opens(const cli_call *call, const char *dir)
{
    uint8_t random[64];
    const char *why;
    coins c = coins_of_system();
    coins_draw(&c, random, sizeof random);
    const bool loaded = history_files_load(&files, &prim_openssl, dir, random, &why);
    wipe(random, sizeof random);
    if (!loaded)
        return cli_fail(call, EXIT_REFUSED, "--history %s/%s", dir, why);
    const storage_door door = storage_opens(&files.store);
    const bool begins = files.fresh && files.store.n_heads == 0;
    const verdict v = begins ? device_begins(&files.mine, &door) : device_opens(&files.mine, &door);
    if (!accepted(v))
        return refused(call, dir, v);
    tell(call);
    return save(call, dir);
}

int chat_history_keeps(const cli_call *call, const char *dir, span question, span answer)
{
    static char text[TURN_MAX + 1];
    char id[32];
    const storage_door door = storage_opens(&files.store);
    writer w = writer_of(text, TURN_MAX);
    write_span(&w, question);
    write_text(&w, "\n");
    write_span(&w, answer);
    if (!writer_ok(&w) || !history_files_have_room(&files))
        return cli_fail(call, EXIT_UNSUPPORTED, "--history %s: not kept: a turn of more than %d bytes, or the storage is full", dir,
                        TURN_MAX);
    text[w.n] = 0;
    snprintf(id, sizeof id, "turn %llu", (unsigned long long)files.mine.view.v + 1);
    const verdict v = device_writes(&files.mine, &door, id, text);
    wipe(text, sizeof text);
    if (!accepted(v))
        return refused(call, dir, v);
    return save(call, dir);
}
