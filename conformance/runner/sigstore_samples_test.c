/* `parley verify sigstore`, `verify log` and `verify note` on every sample of the outside data folder: the verdict that expected.json states. */
#include "json.h"
#include "page.h"
#include "runner_fixture.h"

#include <stdio.h>

#define EVIDENCE PARLEY_DATA_DIR "/evidence/"
#define BUNDLES  EVIDENCE "sigstore/bundle-verify/"
#define AT       " --at 2026-11-30T00:00:00Z"

static page expected;

static const char *text_of(span object, const char *member, char *room, size_t cap)
{
    span value;
    writer w = writer_of(room, cap - 1);
    memset(room, 0, cap);
    return json_member(object, member, &value) && json_string(value, &w) ? room : NULL;
}

static bool has_file(const char *name, const char *file, char *path, size_t cap)
{
    snprintf(path, cap, BUNDLES "%s/%s", name, file);
    return access(path, R_OK) == 0;
}

/* One line of a file, or what the collection's own signer is called. */
static const char *line_of(const char *name, const char *file, const char *otherwise, char *room, size_t cap)
{
    char path[512];
    if (!has_file(name, file, path, sizeof path))
        return otherwise;
    FILE *in = fopen(path, "r");
    assert_true(in && fgets(room, (int)cap, in));
    fclose(in);
    room[strcspn(room, "\n")] = 0;
    return room;
}

static void judge_sample(const char *name, span sample)
{
    char line[2048], artifact[512], root[512], key[512], identity[512], issuer[512], said[64];
    const bool by_key = has_file(name, "key.pub", key, sizeof key);
    if (!has_file(name, "artifact", artifact, sizeof artifact))
        snprintf(artifact, sizeof artifact, BUNDLES "a.txt");
    if (!has_file(name, "trusted_root.json", root, sizeof root))
        snprintf(root, sizeof root, EVIDENCE "roots/sigstore/trusted_root_public_good.json");
    size_t n = (size_t)snprintf(line, sizeof line,
                                "parley verify sigstore " BUNDLES "%s/bundle.sigstore.json" AT " --artifact %s --trusted-root %s", name,
                                artifact, root);
    if (by_key)
        snprintf(line + n, sizeof line - n, " --key %s", key);
    else
        snprintf(line + n, sizeof line - n, " --identity %s --issuer %s",
                 line_of(name, "identity",
                         "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/"
                         "extremely-dangerous-oidc-beacon.yml@refs/heads/main",
                         identity, sizeof identity),
                 line_of(name, "issuer", "https://token.actions.githubusercontent.com", issuer, sizeof issuer));
    assert_true(text_of(sample, "expected", said, sizeof said));
    const answer *a = says(line);
    if (a->code != (strcmp(said, "accept") == 0 ? EXIT_LEVEL : EXIT_FAILED))
        fail_msg("%s: exit %d, %s is wanted: %s%s", name, a->code, said, a->out, a->err);
}

static void each_bundle_gets_the_stated_verdict(void **state)
{
    (void)state;
    size_t n = 0;
    span whole = EMPTY, samples = EMPTY;
    assert_true(json_read(span_text(expected.p), &whole) && json_member(whole, "sigstore", &samples));
    for (json_cursor c = json_enter(samples); json_next(&c); n++) {
        char name[128] = {0};
        writer w = writer_of(name, sizeof name - 1);
        assert_true(json_string(c.name, &w));
        judge_sample(name, c.value);
    }
    assert_true(n > 30);
}

#define ENTRY "parley verify log " EVIDENCE "log/rekor-v1-entry/logentry.json --log-key " EVIDENCE "log/rekor-v1-entry/rekor_public_key.pem"

static void the_entry_is_about_its_artifact_and_no_other(void **state)
{
    (void)state;
    const answer *a = says(ENTRY AT " --artifact " EVIDENCE "log/rekor-v1-entry/endorsement.json");
    assert_int_equal(a->code, EXIT_LEVEL);
    assert_non_null(strstr(a->out, "\"signed_at\":\"2024-09-19T16:19:20Z\""));
    a = says(ENTRY AT " --artifact " EVIDENCE "log/rekor-v1-entry/endorsement.json.sig");
    assert_int_equal(a->code, EXIT_FAILED);
    assert_non_null(strstr(a->out, "\"req\":\"TL-143\""));
    a = says(ENTRY " --at 2024-09-19T16:19:19Z --artifact " EVIDENCE "log/rekor-v1-entry/endorsement.json");
    assert_non_null(strstr(a->out, "\"req\":\"TL-149\""));
}

static void the_note_is_signed_by_its_key(void **state)
{
    (void)state;
    const answer *a = says("parley verify note " EVIDENCE "log/c2sp-note/note.txt --vkey " EVIDENCE "log/c2sp-note/vkey.txt");
    assert_int_equal(a->code, EXIT_LEVEL);
    a = says("parley verify note " EVIDENCE "log/c2sp-note/vkey.txt --vkey " EVIDENCE "log/c2sp-note/vkey.txt");
    assert_int_equal(a->code, EXIT_FAILED);
    assert_non_null(strstr(a->out, "\"req\":\"TL-011\""));
}

static void what_is_missing_is_said(void **state)
{
    (void)state;
    const answer *a = says("parley verify sigstore");
    assert_int_equal(a->code, EXIT_USAGE);
    a = says("parley verify sigstore " BUNDLES "happy-path-v0.3/bundle.sigstore.json");
    assert_int_equal(a->code, EXIT_USAGE);
    assert_non_null(strstr(a->err, "--artifact is needed"));
    a = says("parley verify sigstore " BUNDLES "happy-path-v0.3/bundle.sigstore.json --artifact " BUNDLES "a.txt --trusted-root " EVIDENCE
             "roots/sigstore/trusted_root_public_good.json");
    assert_int_equal(a->code, EXIT_FAILED);
    assert_non_null(strstr(a->out, "\"req\":\"TL-101\""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_bundle_gets_the_stated_verdict),
        cmocka_unit_test(the_entry_is_about_its_artifact_and_no_other),
        cmocka_unit_test(the_note_is_signed_by_its_key),
        cmocka_unit_test(what_is_missing_is_said),
    };
    if (!*PARLEY_DATA_DIR) {
        puts("SKIPPED: the samples are outside data; configure with its folder to run this test");
        return 77;
    }
    if (!page_load(&expected, EVIDENCE "expected.json", 1 << 20)) {
        printf("FAILED: %sexpected.json can't be read\n", EVIDENCE);
        return 1;
    }
    const int failed = cmocka_run_group_tests_name("sigstore_samples", tests, NULL, NULL);
    page_free(&expected);
    return failed;
}
