/* A history on disk: what was kept is there again, and files that hold something else are refused before anything is opened. */
#include "history_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static history_files files;
static const uint8_t coins[64] = {1, 2, 3}, other_coins[64] = {4, 5, 6};

static void a_history_comes_back_from_its_folder(void **state)
{
    const char *dir = *state, *why;
    uint8_t room[STORAGE_BLOB];
    span text;
    assert_true(history_files_load(&files, &prim_sodium, dir, coins, &why) && files.fresh);
    const storage_door door = storage_opens(&files.store);
    assert_true(accepted(device_begins(&files.mine, &door)));
    assert_true(accepted(device_writes(&files.mine, &door, "turn", "hello")));
    assert_true(history_files_save(&files, dir));
    assert_true(history_files_load(&files, &prim_sodium, dir, other_coins, &why) && !files.fresh);
    assert_true(accepted(device_opens(&files.mine, &door)));
    assert_true(accepted(device_reads(&files.mine, &door, "turn", room, &text)) && span_is(text, "hello"));
}

/* Every length that the file can be cut to. */
static void a_cut_storage_is_refused_or_found_out(void **state)
{
    const char *dir = *state, *why;
    static uint8_t whole[1 << 16];
    char path[256];
    snprintf(path, sizeof path, "%s/storage", dir);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    const size_t n = fread(whole, 1, sizeof whole, f);
    fclose(f);
    for (size_t cut = 1; cut < n; cut += 37) {
        f = fopen(path, "wb");
        assert_int_equal(fwrite(whole, 1, cut, f), cut);
        fclose(f);
        if (history_files_load(&files, &prim_sodium, dir, coins, &why)) {
            const storage_door door = storage_opens(&files.store);
            assert_false(accepted(device_opens(&files.mine, &door)));
        }
    }
}

static int make_folder(void **state)
{
    static char dir[] = "/tmp/history-XXXXXX";
    prim_start();
    *state = mkdtemp(dir);
    return *state ? 0 : 1;
}

static int drop_folder(void **state)
{
    char command[300];
    snprintf(command, sizeof command, "rm -r %s", (const char *)*state);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_history_comes_back_from_its_folder),
        cmocka_unit_test(a_cut_storage_is_refused_or_found_out),
    };
    return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
