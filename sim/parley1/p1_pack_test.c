#include "p1_pack.h"
#include "json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static service world;

static void write_pack(const char *seed, writer *out)
{
    service_start(&world, &prim_sodium, span_text(seed), "chat.example", SERVICE_NOW);
    p1_pack_write(&world, out);
    assert_true(writer_ok(out));
}

static void a_pack_is_one_document_with_what_a_client_wants(void **state)
{
    static const char *const names[] = {"profile",       "revision", "time",       "name",    "owner", "releaser",
                                        "least_release", "built",    "log_policy", "product", "ark",   "snp_policy"};
    static char room[P1_PACK_MAX];
    writer w = WRITER(room);
    span pack, value;
    (void)state;
    write_pack("pack", &w);
    assert_true(json_read(written(&w), &pack));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_true(json_member(pack, names[i], &value));
    assert_true(json_member(pack, "time", &value) && json_string_is(value, "2026-06-01T00:00:00Z"));
    assert_true(json_member(pack, "snp_policy", &value) && json_kind_of(value) == JSON_OBJECT);
}

static void the_same_seed_gives_the_same_pack_and_another_gives_another(void **state)
{
    static char room[3][P1_PACK_MAX];
    static const char *const seeds[] = {"one", "one", "two"};
    span packs[3];
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        writer w = WRITER(room[i]);
        write_pack(seeds[i], &w);
        packs[i] = written(&w);
    }
    assert_true(span_same(packs[0], packs[1]));
    assert_false(span_same(packs[0], packs[2]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_pack_is_one_document_with_what_a_client_wants),
                                       cmocka_unit_test(the_same_seed_gives_the_same_pack_and_another_gives_another)};
    prim_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
