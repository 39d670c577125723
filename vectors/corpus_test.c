#include "corpus.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static char folder[64], told[4096];
static const char *const files[] = {"nz.init.json", "nz.read.xx.json", "all.jsonl"};

static void remember(void *ctx, const char *file, const char *where, const char *what)
{
    (void)ctx;
    size_t n = strlen(told);
    snprintf(told + n, sizeof told - n, "%s: %s: %s\n", file, where, what);
}

static vector_set made;

static bool holds(void)
{
    told[0] = 0;
    return corpus_same(folder, &made, remember, NULL);
}

static bool reads; /* whether what was spoiled last could be read */

static bool can_be_read(void)
{
    char before[sizeof told];
    vector_set set;
    memcpy(before, told, sizeof told);
    const bool good = corpus_read_files(folder, NULL, &set, remember, NULL);
    memcpy(told, before, sizeof told);
    vectors_free(&set);
    return good;
}

/* Replaces the first `from` in a file by `to`, checks, and puts it back. */
static void spoiled(const char *name, const char *from, const char *to, const char *names)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    assert_int_equal(fseek(f, 0, SEEK_END), 0);
    const size_t n = (size_t)ftell(f);
    rewind(f);
    char *text = calloc(1, n + 1);
    assert_int_equal(fread(text, 1, n, f), n);
    fclose(f);
    char *at = strstr(text, from);
    assert_non_null(at);
    f = fopen(path, "wb");
    fwrite(text, 1, (size_t)(at - text), f);
    fputs(to, f);
    fwrite(at + strlen(from), 1, n - (size_t)(at - text) - strlen(from), f);
    fclose(f);
    assert_false(holds());
    reads = can_be_read();
    if (!strstr(told, names))
        fail_msg("not named: %s in\n%s", names, told);
    f = fopen(path, "wb");
    fwrite(text, 1, n, f);
    fclose(f);
    free(text);
}

static void what_was_written_holds(void **state)
{
    (void)state;
    assert_true(holds());
    assert_string_equal(told, "");
}

static void a_changed_byte_is_named_with_file_case_and_field(void **state)
{
    (void)state;
    spoiled("data/nz.read.xx.json", "\"payload\":\"66697273742077", "\"payload\":\"66697273742078",
            "nz.read.xx.json: nz.read.xx.aesgcm-sha256.r.m1.ok out.payload:");
    spoiled("data/nz.read.xx.json", "\"expect\":\"reject\"", "\"expect\":\"accept\"", "is no vector file any more");
    spoiled("data/nz.init.json", "name-empty", "name-void", "nz.init.i.name-empty: is missing");
    spoiled("data/nz.init.json", "\"seed\":\"00\"", "\"seed\":\"01\"", "the head");
    spoiled("data/all.jsonl", "nz.init", "nz.unit", "all.jsonl");
    spoiled("LOCK", "a", "b", "LOCK");
    assert_true(holds());
}

static void a_missing_and_a_foreign_file_are_named(void **state)
{
    (void)state;
    char path[128], aside[128];
    snprintf(path, sizeof path, "%s/data/%s", folder, files[0]);
    snprintf(aside, sizeof aside, "%s/data/extra.json", folder);
    assert_int_equal(rename(path, aside), 0);
    assert_false(holds());
    assert_non_null(strstr(told, "nz.init.json: .: is missing"));
    assert_non_null(strstr(told, "extra.json: .: is made by no scenario"));
    assert_int_equal(rename(aside, path), 0);
}

/* A run at the library door reads them. */
static void what_is_not_what_lock_says_is_not_read(void **state)
{
    (void)state;
    spoiled("data/nz.read.xx.json", "\"payload\":\"66697273742077", "\"payload\":\"66697273742078", "out.payload:");
    assert_false(reads);
    spoiled("data/nz.init.json", "\"seed\":\"00\"", "\"seed\":\"01\"", "the head");
    assert_false(reads);
    spoiled("LOCK", "  data/nz.read.xx.json", "  data/nz.read.yy.json", "LOCK");
    assert_false(reads);
    spoiled("data/all.jsonl", "nz.init", "nz.unit", "all.jsonl"); /* nobody reads it */
    assert_true(reads);
}

static int write_corpus(void **state)
{
    (void)state;
    corpus_totals totals;
    snprintf(folder, sizeof folder, "corpus.XXXXXX");
    return mkdtemp(folder) && corpus_write(folder, &totals, remember, NULL) && corpus_read_files(folder, NULL, &made, remember, NULL) ? 0
                                                                                                                                      : -1;
}

static int remove_corpus(void **state)
{
    (void)state;
    vectors_free(&made);
    char path[128];
    const scenario_file *file;
    for (size_t i = 0; (file = scenario_file_at(i)); i++) {
        snprintf(path, sizeof path, "%s/data/%s", folder, file->name);
        unlink(path);
    }
    snprintf(path, sizeof path, "%s/data/all.jsonl", folder);
    unlink(path);
    snprintf(path, sizeof path, "%s/data", folder);
    rmdir(path);
    snprintf(path, sizeof path, "%s/LOCK", folder);
    unlink(path);
    return rmdir(folder);
}

int main(void)
{
    prim_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_holds),
        cmocka_unit_test(a_changed_byte_is_named_with_file_case_and_field),
        cmocka_unit_test(a_missing_and_a_foreign_file_are_named),
        cmocka_unit_test(what_is_not_what_lock_says_is_not_read),
    };
    return cmocka_run_group_tests(tests, write_corpus, remove_corpus);
}
