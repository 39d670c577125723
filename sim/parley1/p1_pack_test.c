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
    static const char *const names[] = {"profile",       "revision", "time",       "name",    "seed", "owner",     "releaser",
                                        "least_release", "built",    "log_policy", "product", "ark",  "snp_policy"};
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

/* What a client does with a pack alone, against the service behind it. */
static verdict judge_by_pack(const p1_pack *p, service *s)
{
    static uint8_t room[TL_ROOM], attest[SERVICE_ATTEST];
    static const uint8_t x[P1_DIGEST] = {1};
    static const p1_offer offer = {.version = {P1_VERSION}, .n_versions = 1};
    static p1_appraisal found;
    p1_memory memory = {0};
    writer w = WRITER(attest);
    service_attest(s, 0, x, &w);
    const p1_verifier v = {.prim = &prim_sodium, .policy = &p->policy, .now = p->time, .room = WRITER(room)};
    const p1_expected e = {.name = span_text(p->name), .s = s->s.share, .x = x, .offered = &offer, .version = P1_VERSION};
    return p1_verify(&v, &e, written(&w), &memory, &found);
}

static void a_pack_that_was_read_judges_as_the_service_wants(void **state)
{
    static char room[P1_PACK_MAX];
    static p1_pack pack;
    char why[P1_PACK_FAULT];
    (void)state;
    for (int gpu = 0; gpu < 2; gpu++) {
        writer w = WRITER(room);
        service_make(&world, &prim_sodium, span_text("read"), "chat.example", SERVICE_NOW);
        if (gpu)
            service_add_gpu(&world);
        service_finish(&world);
        p1_pack_write(&world, &w);
        assert_true(p1_pack_read(&pack, &prim_sodium, written(&w), why));
        assert_int_equal(pack.time, SERVICE_NOW);
        assert_int_equal(pack.policy.vendors, world.policy.vendors + !gpu);
        assert_true(accepted(judge_by_pack(&pack, &world)));
        pack.owner[0] ^= 1;
        assert_int_equal(judge_by_pack(&pack, &world).req, REQ_P1_094);
    }
}

static void a_service_is_made_again_from_its_pack(void **state)
{
    static const service_machine machines[] = {{.product = AT_MILAN},
                                               {.product = AT_GENOA},
                                               {.product = AT_GENOA, .other_vendor = true},
                                               {.product = AT_GENOA, .gpu = NVIDIA_BLACKWELL}};
    static char room[P1_PACK_MAX], again[P1_PACK_MAX];
    static p1_pack pack;
    char why[P1_PACK_FAULT];
    (void)state;
    for (size_t i = 0; i < sizeof machines / sizeof *machines; i++) {
        writer w = WRITER(room), v = WRITER(again);
        service_make_on(&world, &prim_sodium, span_text("again"), "chat.example", SERVICE_NOW + 60, &machines[i]);
        if (i != 1)
            service_add_gpu(&world);
        p1_pack_write(&world, &w);
        assert_true(p1_pack_read(&pack, &prim_sodium, written(&w), why));
        assert_true(p1_pack_make_service(&pack, &prim_sodium, &world));
        p1_pack_write(&world, &v);
        assert_true(span_same(written(&w), written(&v)));
        service_finish(&world);
        assert_true(accepted(judge_by_pack(&pack, &world)));
    }
    pack.out.p[pack.root[0].ark.p - pack.room] ^= 1;
    assert_false(p1_pack_make_service(&pack, &prim_sodium, &world));
}

/* The first `from` is `to`. */
static void refuses(const char *from, const char *to, const char *wanted)
{
    static char room[P1_PACK_MAX], changed[P1_PACK_MAX + 64];
    static p1_pack pack;
    char why[P1_PACK_FAULT] = "";
    writer w = WRITER(room), out = WRITER(changed);
    write_pack("refuses", &w);
    const char *at = memmem(room, w.n, from, strlen(from));
    assert_non_null(at);
    write_span(&out, span_first(written(&w), (size_t)(at - room)));
    write_text(&out, to);
    write_span(&out, span_from(written(&w), (size_t)(at - room) + strlen(from)));
    assert_true(writer_ok(&out));
    assert_false(p1_pack_read(&pack, &prim_sodium, written(&out), why));
    assert_string_equal(why, wanted);
}

static void a_pack_that_is_not_whole_is_refused(void **state)
{
    (void)state;
    refuses("{\"profile\"", "[{\"profile\"", "pack.json: is not one JSON object");
    refuses("parley1", "confer", "profile: is not `parley1`");
    refuses("2026-06-01T", "2026-06-41T", "time: is not a time as RFC 3339 writes it");
    refuses("chat.example", "127.0.0.1", "name: is not a host name in lower case");
    refuses("\"owner\": \"", "\"owner\": \"0", "owner: is not 64 hexadecimal digits");
    refuses("\"owner\"", "\"Owner\"", "pack.json: has a member that no pack of parley1 has");
    refuses("\"least_release\": 7,\n ", "", "least_release: missing");
    refuses("quorum g", "quorum h", "log_policy: is not the text of a log's policy");
    refuses("quorum g", "quorum none", "pack.json: leaves a client without something that it has to verify");
    refuses("\"product\": \"Genoa\"", "\"product\": \"Rome\"", "product: is not a product line");
    refuses("\"ark\": \"MI", "\"ark\": \"\", \"gpu_root\": \"MI", "ark: is not a certificate in base64");
    refuses("\"vmpl\":0", "\"vmpl\":\"0\"", "snp_policy: is not an appraisal policy for SEV-SNP");
    refuses("\"built\"", "\"vendors\": 3, \"built\"", "vendors: is not 1 or 2");
    refuses("\"built\"", "\"vendors\": 2, \"built\"", "pack.json: leaves a client without something that it has to verify");
    refuses("\"built\"", "\"gpu_root\": \"MIIB\", \"built\"", "gpu_policy: missing, though the other one is there");
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
                                       cmocka_unit_test(the_same_seed_gives_the_same_pack_and_another_gives_another),
                                       cmocka_unit_test(a_pack_that_was_read_judges_as_the_service_wants),
                                       cmocka_unit_test(a_service_is_made_again_from_its_pack),
                                       cmocka_unit_test(a_pack_that_is_not_whole_is_refused)};
    prim_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
