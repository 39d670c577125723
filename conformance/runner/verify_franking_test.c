/* `parley verify franking` as a moderator meets it. */
#include "franking.h"
#include "model_fixture.h"
#include "runner_fixture.h"

static char model_path[] = "/tmp/model-XXXXXX", path[] = "/tmp/frank-XXXXXX";
static const uint8_t mk[IN_KEY] = {1}, receipt_secret[32] = {2}, statement[IN_DIGEST] = {3};
static uint8_t digest[IN_DIGEST], frank[8192];
static size_t n_frank;

/* A turn that was answered "It is noon.", franked with these leaves open. */
static void write_frank(const uint32_t *indexes, size_t n)
{
    static uint8_t request[512], messages[256], leaves[IN_LEAVES_MAX * IN_DIGEST], row[2048], receipt[IN_RECEIPT], signature[64];
    static const uint8_t seed[IN_DIGEST];
    uint8_t opening[1024], parameters[IN_PARAMETERS_HEAD] = {0}, com[IN_DIGEST];
    const span answer = span_text("It is \x1b[31mnoon.");
    in_message m;
    in_frank f;
    writer w = WRITER(request), said = WRITER(messages), o = WRITER(opening), r = WRITER(row), out = WRITER(frank);
    in_write_text(IN_SYSTEM, span_text("Be brief."), &said);
    in_write_text(IN_USER, span_text("What time is it?"), &said);
    in_write_request(
        &(in_request){
            .id = 1, .receipt = 1, .seed = SPAN(seed), .parameters = SPAN(parameters), .n_messages = 2, .messages = written(&said)},
        &w);
    assert_true(accepted(in_read_message(written(&w), &m)));
    in_turn t = {.request = m.as.request, .model = SPAN(digest)};
    in_turn_key(&prim_sodium, mk, t.kturn);
    in_turn_com(&prim_sodium, &t, answer, IN_END, com);
    in_write_opening(&(in_opening){.salt = SPAN(com),
                                   .model = SPAN(digest),
                                   .tokenizer = SPAN(digest),
                                   .seed = SPAN(seed),
                                   .parameters = SPAN(parameters),
                                   .prompt = span_first(SPAN(com), 4),
                                   .output = span_first(SPAN(com), 4)},
                     &o);
    assert_true(accepted(in_make_receipt(&prim_sodium, 1, com, written(&o), receipt)));
    in_sign(&prim_sodium, receipt_secret, SPAN(receipt), SPAN(statement), signature);
    in_make_frank(&prim_sodium, &t, answer, IN_END, &(in_signed_receipt){written(&o), SPAN(receipt), SPAN(signature)}, SPAN(statement),
                  indexes, n, leaves, &r, &f);
    in_write_frank(&f, &out);
    assert_true(writer_ok(&out));
    n_frank = out.n;
}

static answer *verified_by(const uint8_t secret[32], const char *more)
{
    static char line[1024];
    char key_digits[65] = {0}, statement_digits[65] = {0};
    uint8_t key[32];
    writer k = writer_of(key_digits, 64), s = writer_of(statement_digits, 64);
    prim_sodium.ed25519_public(secret, key);
    write_hex(&k, SPAN(key));
    write_hex(&s, SPAN(statement));
    FILE *file = fopen(path, "wb");
    assert_true(file && fwrite(frank, 1, n_frank, file) == n_frank && fclose(file) == 0);
    snprintf(line, sizeof line, "parley verify franking %s --model %s --signer %s --statement %s %s", path, model_path, key_digits,
             statement_digits, more);
    return says(line);
}

static void a_moderator_is_told_who_said_what_and_what_stays_closed(void **state)
{
    (void)state;
    write_frank((const uint32_t[]){2, 3}, 2);
    answer *a = verified_by(receipt_secret, "");
    assert_int_equal(a->code, EXIT_LEVEL);
    assert_non_null(strstr(a->out, "\"claims\":{\"finish\":\"end\",\"messages\":2,\"closed\":2,\"context\":\"withheld\",\"opened\":["
                                   "{\"index\":2,\"kind\":1,\"text\":\"What time is it?\"},{\"index\":3,\"kind\":4,\"text\":\"It is "));
    a = verified_by(receipt_secret, "--format text");
    assert_non_null(strstr(a->out, "user\n    What time is it?\nthe enclave's answer\n    It is "));
    assert_non_null(strstr(a->out, "\nclosed  2 of 4\ncontext withheld\naccept\n"));
    assert_null(strchr(a->out, 0x1b));
    write_frank((const uint32_t[]){0, 1, 2}, 3);
    a = verified_by(receipt_secret, "");
    assert_non_null(strstr(a->out, "\"closed\":1,\"context\":\"whole\""));
}

static void what_does_not_hold_is_named(void **state)
{
    (void)state;
    write_frank((const uint32_t[]){3}, 1);
    assert_non_null(strstr(verified_by(mk, "")->out, "\"req\":\"IN-080\""));
    frank[n_frank - 1] ^= 1;
    answer *a = verified_by(receipt_secret, "");
    assert_int_equal(a->code, EXIT_FAILED);
    assert_non_null(strstr(a->out, "{\"verdict\":\"reject\",\"req\":\"IN-096\""));
    frank[n_frank - 1] ^= 1;
    n_frank--;
    assert_non_null(strstr(verified_by(receipt_secret, "")->out, "\"req\":\"IN-090\""));
    refuses("parley verify franking", "give one file");
    refuses("parley verify franking x", "--signer and --statement");
    refuses("parley verify franking x --signer 00", "64 lower-case");
}

static int write_files(void **state)
{
    (void)state;
    int fd = mkstemp(model_path), other = mkstemp(path);
    size_t n = 0;
    uint8_t *file = fixture_file(&n);
    bool whole = fd >= 0 && other >= 0 && file && write(fd, file, n) == (ssize_t)n;
    prim_start();
    if (whole)
        prim_digest(&prim_sodium, PRIM_SHA256, span_of(file, n), digest);
    free(file);
    return whole && close(fd) == 0 && close(other) == 0 ? 0 : 1;
}

static int remove_files(void **state)
{
    (void)state;
    return unlink(model_path) + unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_moderator_is_told_who_said_what_and_what_stays_closed),
        cmocka_unit_test(what_does_not_hold_is_named),
    };
    return cmocka_run_group_tests(tests, write_files, remove_files);
}
