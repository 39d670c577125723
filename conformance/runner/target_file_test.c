/* Target files: what is taken, and each thing that is wrong with one. */
#include "target_file.h"
#include "runner_fixture.h"

#define GOOD "# ours\n\nname = acme\r\n version =2.1.0\ndoor = url   ws://127.0.0.1:1/x\nstart = ./acme --pack {pack}\n"

static const struct {
    const char *text, *because; /* NULL: it is taken */
} files[] = {
    {GOOD, NULL},
    {"name=a\nversion=1\ndoor=library ./shim --x=1", NULL},
    {"name=a\nversion=1\ndoor=exec ./client {url}\npatience=9\nbaseline=b.tsv\nknown=k.tsv\nprofile=confer\npack=p", NULL},
    {"", "`name` and `version` are needed"},
    {"name=a\ndoor=library x", "`name` and `version` are needed"},
    {"name=a\nversion=main\ndoor=library x", "names a branch"},
    {"name=a\nversion=Latest\ndoor=library x", "names a branch"},
    {"name=a\nversion=1", "`door` is needed"},
    {"name=a\nversion=1\ndoor=drive ./client", NULL},
    {"name=a\nversion=1\ndoor=drive x\nstart=y", "`start` goes with `door = url ...`"},
    {"name=a\nversion=1\ndoor=tcp x", "`door` is needed"},
    {"name=a\nversion=1\ndoor=library x\nstart=y", "`start` goes with `door = url ...`"},
    {"name=a\nname=b", "line 2: the key stands in it twice"},
    {"name=", "line 1: the value is empty"},
    {"name=a\n\nrole=server", "line 3: there is no such key"},
    {"what", "line 1: not `key = value`"},
};

static void each_fault_of_a_target_file_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        target_file t;
        char fault[200];
        const char *wrong = target_file_read(&t, strdup(files[i].text), fault);
        if (!wrong != !files[i].because || (wrong && !strstr(wrong, files[i].because)))
            fail_msg("file %zu: %s", i, wrong ? wrong : "taken");
        target_file_free(&t);
    }
}

static void what_is_taken_is_what_stands_in_it(void **state)
{
    (void)state;
    target_file t;
    char fault[200];
    assert_null(target_file_read(&t, strdup(GOOD), fault));
    assert_string_equal(t.name, "acme");
    assert_string_equal(t.version, "2.1.0");
    assert_int_equal(t.door, TARGET_URL);
    assert_string_equal(t.at, "ws://127.0.0.1:1/x");
    assert_string_equal(t.start, "./acme --pack {pack}");
    assert_null(t.ctl);
    target_file_free(&t);
}

static void a_target_that_is_not_there_is_refused(void **state)
{
    (void)state;
    refuses("parley test @/nowhere.target", "No such file");
    refuses("parley test @/nowhere.target more", "takes no more operands");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_fault_of_a_target_file_is_named),
        cmocka_unit_test(what_is_taken_is_what_stands_in_it),
        cmocka_unit_test(a_target_that_is_not_there_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
