/* Adapters that are broken in every way seen so far: each has to be told from the others, in the run and by the doctor. */
#include "doctor.h"
#include "library_child.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#define HELLO                                                                                                                              \
    "{\\\"id\\\":1,\\\"ok\\\":1,\\\"impl\\\":\\\"broken_adapters\\\",\\\"version\\\":\\\"1\\\",\\\"proto\\\":1,\\\"roles\\\":\\\"lib\\\"," \
    "\\\"caps\\\":\\\"\\\",\\\"ops\\\":\\\"hello echo\\\"}"
#define FIRST        "read -r line; printf '%s\\n' \"" HELLO "\"; "
#define ANSWER(text) "read -r line; printf '" text "'; cat >/dev/null"

typedef struct animal {
    const char *name, *script;
    shim_fate fate;      /* of the first call, id 0 */
    const char *trouble; /* part of what the run says; NULL: the call is answered */
    const char *doctor;  /* part of the diagnosis */
} animal;

static const animal broken_adapters[] = {
    {"silent", "cat >/dev/null", SHIM_HUNG, "no answer", "flush after each line"},
    {"unflushed", "read -r line; printf '{\"id\":'; cat >/dev/null", SHIM_HUNG, "a line without its end", "a line without its end"},
    {"banner", ANSWER("acme 1.0 ready\\n"), SHIM_BROKEN, "not a JSON object", "print banners and logs to the standard error"},
    {"crlf", ANSWER("{\"id\":0,\"ok\":1}\\r\\n"), SHIM_BROKEN, "carriage return", "CR LF"},
    {"wrong id", ANSWER("{\"id\":9,\"ok\":1}\\n"), SHIM_BROKEN, "another request", "it answers request 9 where 1 was asked"},
    {"no id", ANSWER("{\"ok\":1}\\n"), SHIM_BROKEN, "no id", "does not repeat the request"},
    {"both", ANSWER("{\"id\":0,\"ok\":1,\"rej\":\"auth\"}\\n"), SHIM_BROKEN, "more than one of", "more than one of"},
    {"neither", ANSWER("{\"id\":0}\\n"), SHIM_BROKEN, "none of ok", "none of ok"},
    {"nested", ANSWER("{\"id\":0,\"ok\":1,\"x\":{}}\\n"), SHIM_BROKEN, "nested", "nested"},
    {"not UTF-8", ANSWER("{\"id\":0,\"ok\":1,\"x\":\"\\377\"}\\n"), SHIM_BROKEN, "not UTF-8", "not UTF-8"},
    {"huge line", "read -r line; head -c 2000000 /dev/zero | tr '\\0' a; cat >/dev/null", SHIM_BROKEN, "a line over 1 MiB",
     "a line over 1 MiB"},
    {"dies", "read -r line; kill -9 $$", SHIM_CRASHED, "signal 9", "signal 9"},
    {"gives up", "read -r line; exit 3", SHIM_CRASHED, "exit 3", "exit 3"},
    {"ends early", "exit 0", SHIM_CRASHED, "exit 0", "exit 0"},
    {"closes its output", "exec 1>&-; read -r line; sleep 0.1", SHIM_CRASHED, "exit 0", "exit 0"},
    {"leaves a child", "read -r line; sleep 1 & exit 0", SHIM_CRASHED, "still holds its output", "still holds its output"},
    {"sanitizer",
     "read -r line; echo 'ERROR: AddressSanitizer: heap-use-after-free' >&2; sleep 0.05; printf '{\"id\":0,\"ok\":1}\\n'; cat >/dev/null",
     SHIM_CRASHED, "a sanitizer", "AddressSanitizer"},
    {"says ok to all", "n=0; " FIRST "while read -r line; do n=$((n+1)); printf '{\"id\":%d,\"ok\":1}\\n' $((n+1)); done", SHIM_ANSWERED,
     NULL, "the bytes come back changed"},
    {"upper case",
     FIRST "read -r line; printf '%s\\n' \"$line\" | sed 's/\"op\":\"echo\"/\"ok\":1/; y/abcdef/ABCDEF/; s/\"DAtA\"/\"data\"/; "
           "s/\"iD\"/\"id\"/'; cat >/dev/null",
     SHIM_ANSWERED, NULL, "lower case here"},
    {"offers what it lacks",
     "read -r line; printf '%s\\n' \"" HELLO "\" | sed 's/hello echo/hello nz.open/'; while read -r line; do id=${line#*:}; id=${id%%,*}; "
     "case $line in *echo*) printf '%s\\n' \"$line\" | sed 's/\"op\":\"echo\"/\"ok\":1/' ;; *) printf '%s\\n' \"$line\" | "
     "sed 's/\"op\":\\(\"[^\"]*\"\\).*/\"uns\":\\1}/' ;; esac; done",
     SHIM_ANSWERED, NULL, "hello offers nz.open, but it is answered uns"},
    {"is not built", "echo 'x/shim is missing; run x/build first' >&2; exit 127", SHIM_CRASHED, "can't be started: exit 127",
     "start: x/shim is missing; run x/build first"},
    {"drops backslashes", FIRST "while read -r line; do printf '%s\\n' \"$line\" | sed 's/\"op\":\"echo\"/\"ok\":1/; s/[\\]\"/\"/g'; done",
     SHIM_ANSWERED, NULL, "echo of texts with escapes: "},
    {"loses escapes", FIRST "while read -r line; do printf '%s\\n' \"$line\" | sed 's/\"op\":\"echo\"/\"ok\":1/; s/[\\]u....//g'; done",
     SHIM_ANSWERED, NULL, "a text with \\u00e9 and \\u0007 comes back changed"},
    {"half of hello", "read -r line; printf '{\"id\":1,\"ok\":1,\"impl\":\"broken_adapters\"}\\n'; cat >/dev/null", SHIM_ANSWERED, NULL,
     "hello lacks the text"},
};

static char folder[32], diagnosis[800];
static library_child child;

static void keep(void *ctx, const char *what, const char *says)
{
    (void)ctx;
    if (*says)
        snprintf(diagnosis, sizeof diagnosis, "%s: %s", what, says);
}

static void open_animal(const animal *a)
{
    char path[64], command[96];
    snprintf(path, sizeof path, "%s/adapter", folder);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fprintf(f, "%s\n", a->script);
    fclose(f);
    snprintf(command, sizeof command, "sh %s", path);
    assert_true(library_open(&child, command));
    child.patience_ms = 300;
}

static void each_is_told_by_its_fate_and_its_trouble(void **state)
{
    (void)state;
    static uint8_t room[4096];
    for (size_t i = 0; i < sizeof broken_adapters / sizeof *broken_adapters; i++) {
        if (!broken_adapters[i].trouble)
            continue;
        open_animal(&broken_adapters[i]);
        const parley_impl impl = library_behind_shim(&child);
        shim_request hello;
        shim_reply reply = {.room = WRITER(room)};
        shim_request_start(&hello, "hello");
        shim_fate fate = shim_ask(&impl, &hello, &reply);
        if (fate != broken_adapters[i].fate || !strstr(child.trouble, broken_adapters[i].trouble))
            fail_msg("%s: fate %d, trouble '%s'", broken_adapters[i].name, fate, child.trouble);
        library_close(&child);
    }
}

static void the_doctor_names_each_fault(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof broken_adapters / sizeof *broken_adapters; i++) {
        open_animal(&broken_adapters[i]);
        diagnosis[0] = 0;
        bool good = doctor_examine(&child, NULL, keep, NULL);
        if (good || !strstr(diagnosis, broken_adapters[i].doctor) || strchr(diagnosis, '\n'))
            fail_msg("%s: '%s'", broken_adapters[i].name, diagnosis);
        library_close(&child);
    }
}

static void a_target_that_died_is_started_again(void **state)
{
    (void)state;
    static uint8_t room[4096];
    const animal dies = {.script = "read -r line; printf '%s\\n' \"$line\" | sed 's/\"op\":\"hello\"/\"ok\":1/'; exit 0"};
    open_animal(&dies);
    const parley_impl impl = library_behind_shim(&child);
    shim_request hello;
    shim_reply reply = {.room = WRITER(room)};
    shim_request_start(&hello, "hello");
    assert_int_equal(shim_ask(&impl, &hello, &reply), SHIM_ANSWERED);
    assert_int_equal(shim_ask(&impl, &hello, &reply), SHIM_CRASHED);
    assert_int_equal(shim_ask(&impl, &hello, &reply), SHIM_ANSWERED);
    assert_int_equal(child.starts, 2);
    library_close(&child);
}

static void what_can_not_be_started_says_so(void **state)
{
    (void)state;
    static uint8_t room[4096];
    assert_true(library_open(&child, "./no-such-program-here"));
    const parley_impl impl = library_behind_shim(&child);
    shim_request hello;
    shim_reply reply = {.room = WRITER(room)};
    shim_request_start(&hello, "hello");
    assert_int_equal(shim_ask(&impl, &hello, &reply), SHIM_CRASHED);
    assert_non_null(strstr(child.trouble, "can't be started"));
    assert_false(doctor_examine(&child, NULL, keep, NULL));
    assert_string_equal(diagnosis, "start: ./no-such-program-here: no such file");
    library_close(&child);
    assert_true(library_open(&child, "no-such-program-here"));
    assert_false(doctor_examine(&child, NULL, keep, NULL));
    assert_non_null(strstr(diagnosis, "start: no-such-program-here: no such program"));
    library_close(&child);
    assert_false(library_open(&child, "  "));
    library_close(&child);
}

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "broken_adapters.XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    char path[64];
    snprintf(path, sizeof path, "%s/adapter", folder);
    unlink(path);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_told_by_its_fate_and_its_trouble),
        cmocka_unit_test(the_doctor_names_each_fault),
        cmocka_unit_test(a_target_that_died_is_started_again),
        cmocka_unit_test(what_can_not_be_started_says_so),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
