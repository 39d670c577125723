#include "chapter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static uint8_t room[1 << 19], scratch[1 << 19];

static void blame(void *ctx, const char *file, const char *where, const char *what)
{
    (void)ctx;
    print_error("%s: %s: %s\n", file, where, what);
}

static char *printed(const cJSON *document)
{
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);
    vector_print(document, f);
    fclose(f);
    return text;
}

static vector_set set; /* every file, made once */

static int make_every_file(void **state)
{
    (void)state;
    prim_start();
    const scenario_file *file;
    for (size_t i = 0; (file = scenario_file_at(i)); i++) {
        cJSON *d = file->make(&prim_openssl, file->which);
        assert_non_null(d);
        assert_true(vectors_add(&set, file->name, d, blame, NULL));
    }
    return 0;
}

static int free_every_file(void **state)
{
    (void)state;
    vectors_free(&set);
    return 0;
}

static void every_file_holds_to_its_schema_and_its_cases_agree(void **state)
{
    (void)state;
    assert_true(vectors_agree(&set, blame, NULL));
    assert_true(set.n > 500);
}

/* `serves` repeats what the needs of the cases say, where a case has to be left out without one of its words. */
static void an_operation_serves_what_its_cases_need(void **state)
{
    (void)state;
    for (size_t i = 0; i < set.n; i++) {
        const char *serves = operation_named(span_text(set.all[i].op))->serves;
        bool needed = !serves;
        for (const cJSON *need = set.all[i].needs->child; need && !needed; need = need->next)
            needed = strstr(serves, need->valuestring) != NULL;
        if (!needed)
            fail_msg("%s: its group needs none of %s", set.all[i].id, serves);
    }
}

static void both_providers_make_the_same_bytes(void **state)
{
    (void)state;
    const scenario_file *file;
    for (size_t i = 0; (file = scenario_file_at(i)); i++) {
        if (file->needs && !file->needs(&prim_sodium)) {
            print_message("libsodium lacks a cipher of %s on this machine\n", file->name);
            skip();
        }
        cJSON *a = file->make(&prim_openssl, file->which), *b = file->make(&prim_sodium, file->which);
        char *x = printed(a), *y = printed(b);
        assert_string_equal(x, y);
        free(x), free(y);
        cJSON_Delete(a), cJSON_Delete(b);
    }
}

static void our_own_text_passes_every_case(void **state)
{
    (void)state;
    static reference_adapter text;
    reference_adapter_start(&text, &prim_openssl, NULL);
    parley_impl impl = reference_adapter_impl(&text);
    case_target target = {.impl = &impl, .room = WRITER(room), .scratch = WRITER(scratch)};
    unsigned broken = 0;
    for (size_t i = 0; i < set.n; i++) {
        const vector_case *c = &set.all[i];
        case_result r;
        run_case(&target, c, c->base ? vectors_find(&set, c->base) : NULL, &r);
        bool at_site = c->accept || strcmp(r.detail, c->site) == 0;
        if (case_passed(&r) && at_site)
            continue;
        broken++;
        print_error("%s: %s word '%s' detail %s\n", c->id, r.arrived ? "" : "did not arrive,", r.word, r.detail);
        for (int k = 0; k < CASE_CHECKS; k++)
            if (r.check[k].outcome == FINDING_FAILED)
                print_error("    :%s %s want %s got %s\n", case_check_name[k], r.check[k].field, r.check[k].want, r.check[k].got);
    }
    assert_int_equal(broken, 0);
}

static void the_page_on_the_format_has_every_operation(void **state)
{
    static char page[1 << 16];
    (void)state;
    FILE *f = fopen(PARLEY_TREE "/vectors/format/README.md", "r");
    assert_non_null(f);
    page[fread(page, 1, sizeof page - 1, f)] = 0;
    fclose(f);
    for (size_t i = 0; chapters[i]; i++)
        for (const operation *op = chapters[i]->operations; op && op->name; op++) {
            char row[40];
            snprintf(row, sizeof row, "\n| `%s` |", op->name);
            if (!strstr(page, row))
                fail_msg("vectors/format/README.md has no row for %s", op->name);
        }
}

static const char *out_of(const char *id, const char *key)
{
    const vector_case *c = vectors_find(&set, id);
    assert_non_null(c);
    return cJSON_GetObjectItemCaseSensitive(c->out, key)->valuestring;
}

/* The values that an independent implementation and the deployed system's library agree on. */
static void the_known_answer_session_comes_out_byte_for_byte(void **state)
{
    (void)state;
    assert_string_equal(out_of("nz.write.xx.known-answer.i.m1.ok", "msg"),
                        "0faa684ed28867b97f4a6a2dee5df8ce974e76b7018e3f22a1c4cf2678570f20");
    assert_string_equal(out_of("nz.write.xx.known-answer.r.m2.ok", "msg"),
                        "ff2ee45601ec1b67310c7790404585ae697331eee1c1f8cf2419731c1fff3e6bf4ec399486d193185c05ec21fc2537a1"
                        "9368ee7006880f506b2d8e77572eeeb146f3e556b8dbe32785eb085bbcd03443b065b75a2968c805f8d32d8f2815cfd3"
                        "7e2f9c3d620dedf08eadd7a1ea92dfda7adee89d46c3");
    assert_string_equal(out_of("nz.write.xx.known-answer.i.m3.ok", "msg"),
                        "b619d80cb0582b095ff541a2fc71deb1049d14a03e02325090f32ee6cc86770a4097ecd6a45599cd493adb28ea05f783"
                        "0cc739f94f270a2aecfeb4322630238c");
    assert_string_equal(out_of("nz.split.xx.known-answer.i.ok", "hash"),
                        "0673b769a3589f4a29de136bbe1e3dbba0adeed745f2a00dc34b458d04c1d54d");
    assert_string_equal(out_of("nz.seal.xx.known-answer.i.n0.ok", "ct"),
                        "7de2865f849e23e8f8c8f981895d408d970f42be9f8875d8b2482213dc7172569a06b9187475");
    assert_string_equal(out_of("nz.seal.xx.known-answer.i.n1.ok", "ct"),
                        "b9cafb363d7e1f987129b701fb4800946b9e5fdd2504a8b3e9f3a84c9ff81cc24e56975ebac7");
    assert_string_equal(out_of("nz.seal.xx.known-answer.r.n0.ok", "ct"),
                        "5c2b8ddc99e2cb711a0469c803e0abb31a06aa80cf291dff433742af6a13f7e5e7f23d");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_file_holds_to_its_schema_and_its_cases_agree),
        cmocka_unit_test(an_operation_serves_what_its_cases_need),
        cmocka_unit_test(both_providers_make_the_same_bytes),
        cmocka_unit_test(our_own_text_passes_every_case),
        cmocka_unit_test(the_page_on_the_format_has_every_operation),
        cmocka_unit_test(the_known_answer_session_comes_out_byte_for_byte),
    };
    return cmocka_run_group_tests(tests, make_every_file, free_every_file);
}
