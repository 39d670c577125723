#include "requirements.h"
#include "vector_file.h"
#include "vector_schema.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define HEAD                                                                                                                               \
    "{\"schema\":\"vector/"                                                                                                                \
    "1\",\"revision\":\"draft\",\"area\":\"nz\",\"op\":\"nz.open\",\"source\":{\"generator\":\"g\",\"seed\":\"00\",\"checked_by\":[\"a\"," \
    "\"b\"]},"                                                                                                                             \
    "\"notes\":{\"F\":{\"bug\":\"AUTH_BYPASS\",\"effect\":\"Ten letters and "                                                              \
    "more.\",\"refs\":[\"NZ-006\"]}},\"groups\":[{\"gid\":\"g\",\"needs\":[],\"common\":{\"n\":1},\"cases\":["
#define GOOD "{\"id\":\"nz.open.ok\",\"rev\":1,\"req\":[\"NZ-006\"],\"expect\":\"accept\",\"in\":{\"ct\":\"00\",\"yes\":true},\"out\":{}}"
#define BAD                                                                                                                            \
    "{\"id\":\"nz.open.no\",\"rev\":1,\"req\":[\"NZ-006\"],\"flags\":[\"F\"],\"expect\":\"reject\",\"reason\":\"auth\",\"site\":\"NZ-" \
    "006\",\"base\":\"nz.open.ok\","                                                                                                   \
    "\"mutation\":\"m\",\"released\":\"\",\"after\":\"same\",\"in\":{}}"
#define TAIL "]}]}"

static char where[200], what[200];

static void keep(void *ctx, const char *path, const char *fault)
{
    (void)ctx;
    snprintf(where, sizeof where, "%s", path);
    snprintf(what, sizeof what, "%s", fault);
}

static void keep_in_file(void *ctx, const char *file, const char *path, const char *fault)
{
    (void)file;
    keep(ctx, path, fault);
}

static bool holds(const char *text)
{
    cJSON *d = cJSON_Parse(text);
    assert_non_null(d);
    where[0] = 0;
    bool good = vector_schema_holds(d, keep, NULL);
    cJSON_Delete(d);
    return good;
}

/* The document with the first `from` replaced by `to`. */
static const char *changed(const char *from, const char *to)
{
    static char room[4096];
    const char *whole = HEAD GOOD "," BAD TAIL, *at = strstr(whole, from);
    assert_non_null(at);
    snprintf(room, sizeof room, "%.*s%s%s", (int)(at - whole), whole, to, at + strlen(from));
    return room;
}

static void a_good_document_holds(void **state)
{
    (void)state;
    assert_true(holds(HEAD GOOD "," BAD TAIL));
}

static void each_planted_fault_is_refused(void **state)
{
    static const char *const rows[][2] = {{"vector/1", "vector/2"},
                                          {"\"draft\"", "\"2027-1\""},
                                          {"\"area\":\"nz\"", "\"area\":\"nzz\""},
                                          {"nz.open\",\"source", "nzopen\",\"source"},
                                          {"\"seed\":\"00\"", "\"seed\":\"0\""},
                                          {"[\"a\",\"b\"]", "[\"a\"]"},
                                          {"[\"a\",\"b\"]", "[\"a\",\"a\"]"},
                                          {"AUTH_BYPASS", "AUTH"},
                                          {"Ten letters and more.", "short"},
                                          {"\"gid\":\"g\"", "\"gid\":\"G\""},
                                          {"\"n\":1", "\"n\":1.5"},
                                          {"\"n\":1", "\"n\":null"},
                                          {"\"n\":1", "\"n\":[1]"},
                                          {"\"n\":1", "\"n\":1,\"n\":1"},
                                          {"nz.open.ok\",\"rev", "nz.open.ok-\",\"rev"},
                                          {"nz.open.ok\",\"rev", "nz..ok\",\"rev"},
                                          {"\"rev\":1", "\"rev\":0"},
                                          {"\"rev\":1", "\"rev\":\"1\""},
                                          {"[\"NZ-006\"],\"expect\":\"accept\"", "[],\"expect\":\"accept\""},
                                          {"[\"NZ-006\"],\"expect\":\"accept\"", "[\"NZ-06\"],\"expect\":\"accept\""},
                                          {"\"expect\":\"accept\"", "\"expect\":\"either\""},
                                          {"\"out\":{}", "\"more\":{}"},
                                          {"\"out\":{}", "\"out\":{},\"reason\":\"auth\""},
                                          {"\"reason\":\"auth\",", ""},
                                          {"\"reason\":\"auth\"", "\"reason\":\"because\""},
                                          {"\"released\":\"\"", "\"released\":\"AA\""},
                                          {"\"after\":\"same\"", "\"after\":\"other\""},
                                          {"\"site\":\"NZ-006\",", ""},
                                          {"\"base\":\"nz.open.ok\",", ""},
                                          {"\"mutation\":\"m\",", ""},
                                          {"\"in\":{}}", "\"in\":{},\"out\":{}}"},
                                          {"\"in\":{\"ct\"", "\"inn\":{\"ct\""},
                                          {"\"groups\":[", "\"more\":1,\"groups\":["},
                                          {"\"schema\":\"vector/1\",", ""}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (holds(changed(rows[i][0], rows[i][1])))
            fail_msg("held with %s for %s", rows[i][1], rows[i][0]);
}

static void every_reason_that_a_sentence_may_state_is_in_the_schema(void **state)
{
    (void)state;
    for (const char *const *word = reason_words; *word; word++) {
        char reason[40];
        snprintf(reason, sizeof reason, "\"reason\":\"%s\"", *word);
        if (!holds(changed("\"reason\":\"auth\"", reason)))
            fail_msg("the schema lacks the reason %s", *word);
    }
}

static void a_fault_is_named_by_its_path(void **state)
{
    (void)state;
    assert_false(holds(changed("\"reason\":\"auth\"", "\"reason\":\"because\"")));
    assert_string_equal(where, "groups[0].cases[1].reason");
    assert_false(holds(changed("AUTH_BYPASS", "AUTH")));
    assert_string_equal(where, "notes.F.bug");
}

static bool agrees(const char *text)
{
    vector_set set = {0};
    what[0] = 0;
    bool good = vectors_add(&set, "nz.open.json", cJSON_Parse(text), keep_in_file, NULL) && vectors_agree(&set, keep_in_file, NULL);
    vectors_free(&set);
    return good;
}

static void cases_have_to_agree_with_each_other(void **state)
{
    static const char *const rows[][3] = {
        {"nz.open.no", "nz.open.ok", "two cases have this id"},
        {"\"base\":\"nz.open.ok\"", "\"base\":\"nz.open.gone\"", "the base is not an accepting case"},
        {"\"base\":\"nz.open.ok\"", "\"base\":\"nz.open.no\"", "the base is not an accepting case"},
        {"\"site\":\"NZ-006\"", "\"site\":\"NZ-007\"", "the site is not among its requirements"},
        {"[\"F\"]", "[\"G\"]", "a flag without its note"},
        {"\"id\":\"nz.open.no\"", "\"id\":\"at.open.no\"", "the id does not start with the file's area"},
        {"\"reason\":\"auth\"", "\"reason\":\"dh\"", "the reason is not the one that the site's sentence states"},
        {"[\"NZ-006\"],\"expect\":\"accept\"",
         "[\"NZ-"
         "999\"],\"expect\":\"accept\"",
         "names a requirement that no chapter states"},
    };
    (void)state;
    assert_true(agrees(HEAD GOOD "," BAD TAIL));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (agrees(changed(rows[i][0], rows[i][1])))
            fail_msg("agreed with %s", rows[i][1]);
        assert_string_equal(what, rows[i][2]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_document_holds),
        cmocka_unit_test(each_planted_fault_is_refused),
        cmocka_unit_test(every_reason_that_a_sentence_may_state_is_in_the_schema),
        cmocka_unit_test(a_fault_is_named_by_its_path),
        cmocka_unit_test(cases_have_to_agree_with_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
