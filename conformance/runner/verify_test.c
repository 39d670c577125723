/* `parley verify snp` as its user meets it, on evidence from the simulator. */
#include "cli.h"
#include "exits.h"
#include "json.h"
#include "tee_lies.h"
#include "tee_measure.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static tee_scene scene;

typedef struct paths {
    char report[24], vek[24], chain[24], crl[24], policy[24];
} paths;

static paths files;
static char printed[32768], complained[4096];

/* ---- files in the folder where the test runs ---- */

static void write_file(char path[24], span first, span second)
{
    strcpy(path, "verify-XXXXXX");
    FILE *f = fdopen(mkstemp(path), "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(first.p, 1, first.n, f), first.n);
    assert_true(second.n == 0 || fwrite(second.p, 1, second.n, f) == second.n);
    fclose(f);
}

static void write_scene(const char *policy)
{
    write_file(files.report, scene.evidence.report, EMPTY);
    write_file(files.vek, scene.evidence.vek, EMPTY);
    write_file(files.chain, scene.evidence.intermediate, scene.root.ark);
    write_file(files.crl, scene.root.crl, EMPTY);
    write_file(files.policy, span_text(policy), EMPTY);
}

static void remove_files(void) { unlink(files.report), unlink(files.vek), unlink(files.chain), unlink(files.crl), unlink(files.policy); }

/* ---- running the verb ---- */

static void slurp(FILE *f, char *to, size_t room)
{
    rewind(f);
    to[fread(to, 1, room - 1, f)] = 0;
    fclose(f);
}

static int run(int argc, char **argv)
{
    FILE *out = tmpfile(), *err = tmpfile();
    assert_true(out && err);
    fflush(stdout), fflush(stderr);
    const int kept_out = dup(STDOUT_FILENO), kept_err = dup(STDERR_FILENO);
    dup2(fileno(out), STDOUT_FILENO), dup2(fileno(err), STDERR_FILENO);
    const int code = cli_main(argc, argv);
    fflush(stdout), fflush(stderr);
    dup2(kept_out, STDOUT_FILENO), dup2(kept_err, STDERR_FILENO);
    close(kept_out), close(kept_err);
    slurp(out, printed, sizeof printed), slurp(err, complained, sizeof complained);
    return code;
}

/* `more`: further words of the line, ended by NULL. */
static int verify(char **more)
{
    char *argv[24] = {"parley", "verify", "snp", files.report, "--vek", files.vek, "--chain", files.chain, "--at", "2026-06-01T00:00:00Z"};
    int argc = 10;
    while (*more)
        argv[argc++] = *more++;
    return run(argc, argv);
}

static bool answer_is(const char *member, const char *want)
{
    span whole, value;
    assert_true(json_read(span_text(printed), &whole));
    return json_member(whole, member, &value) && json_string_is(value, want);
}

static bool not_compared(const char *name)
{
    span whole, list;
    assert_true(json_read(span_text(printed), &whole));
    assert_true(json_member(whole, "not_compared", &list));
    for (json_cursor c = json_enter(list); json_next(&c);)
        if (json_string_is(c.value, name))
            return true;
    return false;
}

static bool was_checked(const char *id)
{
    span whole, list, value;
    assert_true(json_read(span_text(printed), &whole));
    assert_true(json_member(whole, "checks", &list));
    for (json_cursor c = json_enter(list); json_next(&c);)
        if (json_member(c.value, "id", &value) && json_string_is(value, id))
            return true;
    return false;
}

static void play(unsigned version)
{
    tee_scene_play(&scene, AT_MILAN, version, false, span_text("verify"));
    write_scene("{\"products\": [\"Milan\"], \"not_compared\": [\"revocation\", \"report_data\", \"measurement\"]}");
}

static void honest_evidence_is_accepted_and_what_was_not_compared_is_listed(void **state)
{
    (void)state;
    play(3);
    assert_int_equal(verify((char *[]){NULL}), EXIT_LEVEL);
    assert_true(answer_is("verdict", "accept") && answer_is("at", "2026-06-01T00:00:00Z"));
    static const char *const open[] = {"revocation", "vmpl", "report_data", "measurement"};
    for (size_t i = 0; i < sizeof open / sizeof *open; i++)
        assert_true(not_compared(open[i]));
    static const char *const unchecked[] = {"AT-014", "AT-015", "AT-036", "AT-039", "AT-040"};
    for (size_t i = 0; i < sizeof unchecked / sizeof *unchecked; i++)
        assert_false(was_checked(unchecked[i]));
    assert_true(was_checked("AT-029"));
    remove_files();
}

static void what_is_given_is_compared(void **state)
{
    (void)state;
    char digits[2 * AT_REPORT_DATA + 1] = {0};
    writer w = writer_of(digits, sizeof digits - 1);
    play(2);
    write_hex(&w, SPAN(scene.report_data));
    assert_int_equal(verify((char *[]){"--crl", files.crl, "--report-data", digits, NULL}), EXIT_LEVEL);
    assert_false(not_compared("revocation") || not_compared("report_data"));
    assert_true(was_checked("AT-015") && was_checked("AT-039"));
    digits[0] = digits[0] == '0' ? '1' : '0';
    assert_int_equal(verify((char *[]){"--report-data", digits, NULL}), EXIT_FAILED);
    assert_true(answer_is("verdict", "reject") && answer_is("req", "AT-039"));
    remove_files();
}

static void a_policy_waives_only_what_it_names(void **state)
{
    (void)state;
    play(3);
    assert_int_equal(verify((char *[]){"--policy", files.policy, NULL}), EXIT_LEVEL);
    assert_false(not_compared("vmpl"));
    unlink(files.policy);
    write_file(files.policy, span_text("{\"products\": [\"Milan\"]}"), EMPTY);
    assert_int_equal(verify((char *[]){"--policy", files.policy, "--crl", files.crl, NULL}), EXIT_FAILED);
    assert_true(answer_is("req", "AT-039"));
    remove_files();
}

static void a_policy_that_asks_nothing_is_an_error(void **state)
{
    (void)state;
    play(3);
    unlink(files.policy);
    write_file(files.policy, span_text("{}"), EMPTY);
    assert_int_equal(verify((char *[]){"--policy", files.policy, NULL}), EXIT_USAGE);
    assert_non_null(strstr(complained, "asks nothing"));
    assert_string_equal(printed, "");
    remove_files();
}

/* Refused only by a policy that asks for more than the built-in one. */
static bool needs_a_policy(uint16_t req)
{
    return req == REQ_AT_035 || req == REQ_AT_036 || req == REQ_AT_038 || req == REQ_AT_039 || req == REQ_AT_040;
}

static void lies_are_rejected_with_their_number(void **state)
{
    (void)state;
    for (size_t i = 0; i < tee_n_lies; i += 9) { /* a spread: the appraisal itself is tested elsewhere */
        if (tee_lies[i].after || tee_lies[i].pinned || tee_lies[i].wrapped || tee_lies[i].owned || needs_a_policy(tee_lies[i].req))
            continue; /* only lies that the files tell by their bytes alone */
        tee_lie_play(&scene, &tee_lies[i], span_text("verify"));
        write_scene("{}");
        assert_int_equal(verify((char *[]){"--crl", files.crl, NULL}), EXIT_FAILED);
        assert_true(answer_is("req", requirement_rows[tee_lies[i].req].id));
        remove_files();
    }
}

static void is_a_usage_error(char **more, const char *why)
{
    assert_int_equal(verify(more), EXIT_USAGE);
    if (!strstr(complained, why))
        fail_msg("'%s' is not said in: %s", why, complained);
    assert_string_equal(printed, "");
}

static void garbage_in_the_evidence_is_rejected(void **state)
{
    (void)state;
    play(3);
    unlink(files.vek);
    write_file(files.vek, span_text("no certificate"), EMPTY);
    assert_int_equal(verify((char *[]){NULL}), EXIT_FAILED);
    assert_true(answer_is("req", "AT-010"));
    unlink(files.report);
    write_file(files.report, EMPTY, EMPTY);
    assert_int_equal(verify((char *[]){NULL}), EXIT_FAILED);
    assert_true(answer_is("req", "AT-002"));
    remove_files();
}

static void rewrite(char path[24], span first, span second)
{
    unlink(path);
    write_file(path, first, second);
}

static void a_chain_is_the_pinned_root_and_one_intermediate(void **state)
{
    (void)state;
    play(3);
    const span root = scene.root.ark, issuer = scene.evidence.intermediate;
    uint8_t both[2 * 4096];
    writer w = WRITER(both);
    write_span(&w, root);
    write_span(&w, issuer);
    rewrite(files.chain, root, issuer);
    assert_int_equal(verify((char *[]){NULL}), EXIT_LEVEL);
    rewrite(files.chain, span_text("no certificate"), EMPTY);
    is_a_usage_error((char *[]){NULL}, "not a certificate");
    rewrite(files.chain, root, EMPTY);
    is_a_usage_error((char *[]){NULL}, "no intermediate");
    rewrite(files.chain, issuer, EMPTY);
    is_a_usage_error((char *[]){NULL}, "no root is pinned");
    rewrite(files.chain, written(&w), root);
    is_a_usage_error((char *[]){NULL}, "two self-issued");
    rewrite(files.chain, written(&w), issuer);
    is_a_usage_error((char *[]){NULL}, "two intermediates");
    rewrite(files.chain, written(&w), span_text("x"));
    is_a_usage_error((char *[]){NULL}, "not a certificate");
    rewrite(files.chain, written(&w), span_first(root, 100));
    is_a_usage_error((char *[]){NULL}, "not a certificate");
    rewrite(files.chain, span_text("-----BEGIN CERTIFICATE-----\n?\n-----END CERTIFICATE-----\n"), EMPTY);
    is_a_usage_error((char *[]){NULL}, "not a well-formed CERTIFICATE");
    rewrite(files.chain, EMPTY, EMPTY);
    is_a_usage_error((char *[]){NULL}, "is empty");
    remove_files();
}

static void a_revocation_list_that_is_given_is_looked_at(void **state)
{
    (void)state;
    play(3);
    rewrite(files.crl, EMPTY, EMPTY);
    is_a_usage_error((char *[]){"--crl", files.crl, NULL}, "is empty");
    is_a_usage_error((char *[]){"--crl", "verify-no-such-file", NULL}, "can't be opened");
    rewrite(files.crl, span_text("no list"), EMPTY);
    assert_int_equal(verify((char *[]){"--crl", files.crl, NULL}), EXIT_FAILED);
    assert_true(answer_is("req", "AT-014"));
    assert_int_equal(verify((char *[]){"--crl", files.crl, "--policy", files.policy, NULL}), EXIT_FAILED); /* which waives revocation */
    assert_true(answer_is("req", "AT-014"));
    rewrite(files.crl, span_text("-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----\n"), EMPTY);
    is_a_usage_error((char *[]){"--crl", files.crl, NULL}, "not a well-formed X509 CRL");
    remove_files();
}

/* Kind of evidence, the other options it needs, the option whose file is empty. */
static const char *const optional_files[][3] = {{"snp", "--chain", "vek"},
                                                {"snp", "--vek", "chain"},
                                                {"snp", "--vek --chain", "crl"},
                                                {"snp", "--vek --chain", "id-block"},
                                                {"snp", "--vek --chain", "id-auth"},
                                                {"snp", "--vek --chain", "policy"},
                                                {"tdx", "", "root"},
                                                {"tdx", "--root", "collateral"},
                                                {"sgx", "", "root"},
                                                {"sgx", "--root", "collateral"},
                                                {"jwt", "", "keys"},
                                                {"jwt", "", "root"},
                                                {"gpu", "", "gpu-chain"},
                                                {"gpu", "--gpu-chain", "gpu-root"},
                                                {"gpu", "--gpu-chain --gpu-root", "gpu-root-crl"},
                                                {"gpu", "--gpu-chain --gpu-root", "gpu-model-crl"},
                                                {"sigstore", "--artifact", "trusted-root"},
                                                {"sigstore", "--artifact --trusted-root", "key"},
                                                {"log", "--artifact", "log-key"},
                                                {"note", "", "vkey"}};

/* The line with every other file full. */
static int verify_with_empty(const char *const row[3], char *some, char *empty)
{
    char words[16][24], option[32];
    char *argv[16] = {"parley", "verify", (char *)row[0], some};
    int argc = 4;
    for (const char *at = row[1]; sscanf(at, " %23s", words[argc]) == 1; at += strcspn(at + 1, " ") + 1) {
        argv[argc] = words[argc];
        argv[argc + 1] = some;
        argc += 2;
    }
    snprintf(option, sizeof option, "--%s", row[2]);
    argv[argc++] = option;
    argv[argc++] = empty;
    return run(argc, argv);
}

/* What was given to compare with is never taken for "nothing was given". */
static void an_empty_file_is_an_error_for_each_option(void **state)
{
    char some[24], empty[24], why[64];
    (void)state;
    play(3);
    write_file(some, scene.root.ark, EMPTY);
    write_file(empty, EMPTY, EMPTY);
    for (size_t i = 0; i < sizeof optional_files / sizeof *optional_files; i++) {
        const char *const *row = optional_files[i];
        const int code = verify_with_empty(row, some, empty);
        snprintf(why, sizeof why, "%s: '%s' is empty", row[2], empty);
        if (code != EXIT_USAGE || !strstr(complained, why) || *printed)
            fail_msg("verify %s with an empty --%s: exit %d, %s%s", row[0], row[2], code, complained, printed);
    }
    unlink(some), unlink(empty);
    remove_files();
}

static void what_no_policy_pins_is_listed(void **state)
{
    (void)state;
    play(3);
    assert_int_equal(verify((char *[]){NULL}), EXIT_LEVEL);
    for (at_comparison c = AT_PIN_TCB; c < AT_PIN_USER_DATA; c++)
        assert_true(not_compared(at_comparison_names[c]));
    assert_false(was_checked("AT-038"));
    rewrite(files.policy,
            span_text("{\"products\": [\"Milan\"], \"min_tcb\": {\"Milan\": {\"snp\": 1}}, \"platform_info\": {\"required\": [\"ecc\"]},"
                      "\"not_compared\": [\"revocation\", \"vmpl\", \"report_data\", \"measurement\"]}"),
            EMPTY);
    assert_int_equal(verify((char *[]){"--policy", files.policy, NULL}), EXIT_LEVEL);
    assert_false(not_compared("min_tcb") || not_compared("platform_info"));
    assert_true(not_compared("host_data") && was_checked("AT-038") && was_checked("AT-046"));
    remove_files();
}

static void a_wrong_line_is_named_with_the_remedy(void **state)
{
    (void)state;
    play(3);
    assert_int_equal(verify((char *[]){"--report-data", "00", NULL}), EXIT_USAGE);
    assert_non_null(strstr(complained, "128"));
    assert_int_equal(verify((char *[]){"--crl", "verify-absent", NULL}), EXIT_USAGE);
    assert_non_null(strstr(complained, "verify-absent"));
    assert_int_equal(run(3, (char *[]){"parley", "verify", "snp"}), EXIT_USAGE);
    assert_int_equal(run(4, (char *[]){"parley", "verify", "snp", files.report}), EXIT_USAGE);
    assert_int_equal(run(2, (char *[]){"parley", "verify"}), EXIT_USAGE);
    assert_int_equal(run(3, (char *[]){"parley", "verify", "papyrus"}), EXIT_USAGE);
    remove_files();
}

static void a_wrapped_report_is_taken_out_of_its_wrapper(void **state)
{
    (void)state;
    tee_scene_play_wrapped(&scene, AT_MILAN, 3, span_text("verify"));
    write_scene("{}");
    rewrite(files.report, scene.evidence.wrapper, EMPTY);
    assert_int_equal(verify((char *[]){"--crl", files.crl, NULL}), EXIT_LEVEL);
    assert_true(was_checked("AT-076") && not_compared("user_data"));
    scene.wrapper[AT_WRAPPER_HEAD + 2] ^= 1;
    rewrite(files.report, scene.evidence.wrapper, EMPTY);
    assert_int_equal(verify((char *[]){"--crl", files.crl, NULL}), EXIT_FAILED);
    assert_true(answer_is("req", "AT-076"));
    remove_files();
}

static void the_files_of_the_owner_are_checked_when_given(void **state)
{
    (void)state;
    char block[24], auth[24];
    tee_scene_play_owned(&scene, AT_MILAN, 3, span_text("verify"));
    write_scene("{}");
    write_file(block, scene.evidence.id_block, EMPTY);
    write_file(auth, scene.evidence.id_auth, EMPTY);
    assert_int_equal(verify((char *[]){"--id-block", block, "--id-auth", auth, NULL}), EXIT_LEVEL);
    assert_true(was_checked("AT-089") && was_checked("AT-091"));
    assert_int_equal(verify((char *[]){"--id-block", block, NULL}), EXIT_FAILED);
    assert_true(answer_is("req", "AT-081"));
    rewrite(block, scene.evidence.report, EMPTY);
    assert_int_equal(verify((char *[]){"--id-block", block, "--id-auth", auth, NULL}), EXIT_FAILED);
    assert_true(answer_is("req", "AT-080"));
    unlink(block), unlink(auth);
    remove_files();
}

/* ---- measure ---- */

static int measure(paths *p, char *firmware, char *vcpus, char *cpu)
{
    char *line[] = {"parley", "measure",  "snp",  firmware,   "--vcpus", vcpus,      "--cpu",
                    cpu,      "--kernel", p->vek, "--initrd", p->chain,  "--append", "quiet"};
    return run(sizeof line / sizeof *line, line);
}

static void measure_prints_the_digest_that_a_guest_has_to_have(void **state)
{
    (void)state;
    const at_guest g = tee_guest_small("quiet");
    uint8_t digest[AT_MEASUREMENT];
    char digits[2 * AT_MEASUREMENT + 1] = {0};
    writer w = writer_of(digits, sizeof digits - 1);
    paths p;
    assert_true(accepted(at_launch_digest(&prim_sodium, &g, NULL, digest)));
    write_hex(&w, SPAN(digest));
    write_file(p.report, g.firmware, EMPTY);
    write_file(p.vek, g.kernel, EMPTY);
    write_file(p.chain, g.initrd, EMPTY);
    char *line[] = {"parley",     "measure",  "snp", p.report,   "--vcpus", "1",        "--cpu",
                    "EPYC-Milan", "--kernel", p.vek, "--initrd", p.chain,   "--append", "quiet"};
    assert_int_equal(run(14, line), EXIT_LEVEL);
    assert_true(answer_is("verdict", "accept") && answer_is("measurement", digits));
    assert_int_equal(measure(&p, p.report, "0", "EPYC-Milan"), EXIT_USAGE);
    assert_int_equal(measure(&p, p.report, "1", "EPYC-Venice"), EXIT_USAGE);
    assert_int_equal(measure(&p, p.vek, "1", "EPYC-Milan"), EXIT_FAILED);
    assert_true(answer_is("verdict", "reject") && answer_is("req", "AT-057"));
    assert_int_equal(measure(&p, "verify-no-such-file", "1", "EPYC-Milan"), EXIT_USAGE);
    assert_non_null(strstr(complained, "verify-no-such-file"));
    unlink(p.report), unlink(p.vek), unlink(p.chain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(honest_evidence_is_accepted_and_what_was_not_compared_is_listed),
        cmocka_unit_test(what_is_given_is_compared),
        cmocka_unit_test(a_policy_waives_only_what_it_names),
        cmocka_unit_test(a_policy_that_asks_nothing_is_an_error),
        cmocka_unit_test(lies_are_rejected_with_their_number),
        cmocka_unit_test(garbage_in_the_evidence_is_rejected),
        cmocka_unit_test(a_chain_is_the_pinned_root_and_one_intermediate),
        cmocka_unit_test(a_revocation_list_that_is_given_is_looked_at),
        cmocka_unit_test(an_empty_file_is_an_error_for_each_option),
        cmocka_unit_test(what_no_policy_pins_is_listed),
        cmocka_unit_test(a_wrapped_report_is_taken_out_of_its_wrapper),
        cmocka_unit_test(the_files_of_the_owner_are_checked_when_given),
        cmocka_unit_test(measure_prints_the_digest_that_a_guest_has_to_have),
        cmocka_unit_test(a_wrong_line_is_named_with_the_remedy),
    };
    prim_start();
    return cmocka_run_group_tests_name("verify", tests, NULL, NULL);
}
