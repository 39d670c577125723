/* `parley verify receipt` as its user meets it: a receipt that the program wrote, and what is wrong with a changed one. */
#include "model_fixture.h"
#include "receipt_file.h"
#include "runner_fixture.h"

static char model_path[] = "/tmp/model-XXXXXX", path[] = "/tmp/receipt-XXXXXX";
static uint8_t receipt[IN_RECEIPT], opening[IN_OPENING_MAX], signature[IN_SIGNATURE_SIZE];
static size_t n_opening;

static answer *verified(const char *more)
{
    static char line[512];
    snprintf(line, sizeof line, "parley verify receipt %s --model %s %s", path, model_path, more);
    return says(line);
}

/* The program writes one; this test keeps its bytes. */
static void write_receipt(void **state)
{
    static char line[512], text[RECEIPT_FILE_MAX];
    (void)state;
    snprintf(line, sizeof line, "parley model run hello --model %s --max-tokens 8 --temperature 2 --seed 05 --quiet --receipt %s",
             model_path, path);
    assert_int_equal(says(line)->code, EXIT_LEVEL);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    writer r = WRITER(receipt), o = WRITER(opening), s = WRITER(signature);
    const size_t n = fread(text, 1, sizeof text, f);
    fclose(f);
    assert_null(receipt_read(span_of(text, n), &r, &o, &s));
    assert_int_equal(r.n, IN_RECEIPT);
    n_opening = o.n;
}

static void a_receipt_is_verified_by_every_kernel(void **state)
{
    write_receipt(state);
    answer *a = verified("");
    assert_int_equal(a->code, EXIT_LEVEL);
    assert_non_null(strstr(a->out, "{\"verdict\":\"accept\",\"checks\":[{\"id\":\"IN-001\",\"ok\":true},"));
    assert_non_null(strstr(a->out, "\"not_compared\":[\"signature\",\"session\"],\"claims\":{\"finish\":\"length\",\"prompt\":"));
    assert_int_equal(verified("--kernel scalar")->code, EXIT_LEVEL);
    a = verified("--format text");
    assert_non_null(strstr(a->out, "\nprompt (without the marks of its roles)\n    hello\n"));
    assert_non_null(strstr(a->out, "\nfinish  length\naccept\n"));
}

static void fails(size_t at, bool of_opening, const char *req)
{
    char want[64];
    uint8_t *byte = of_opening ? opening + at : receipt + at;
    *byte ^= 1;
    assert_true(receipt_save(path, SPAN(receipt), span_of(opening, n_opening), EMPTY));
    *byte ^= 1;
    answer *a = verified("");
    snprintf(want, sizeof want, "{\"verdict\":\"reject\",\"req\":\"%s\",", req);
    assert_int_equal(a->code, EXIT_FAILED);
    if (strncmp(a->out, want, strlen(want)) != 0)
        fail_msg("wanted %s, got %.60s", req, a->out);
}

static void each_changed_thing_fails_by_its_own_number(void **state)
{
    write_receipt(state);
    fails(3, false, "IN-016");                                       /* version */
    fails(100, false, "IN-017");                                     /* a leaf */
    fails(32, true, "IN-018");                                       /* model */
    fails(64, true, "IN-019");                                       /* tokenizer */
    fails(IN_OPENING_HEAD + IN_PARAMETERS_HEAD + 3, true, "IN-020"); /* a token of the prompt */
    fails(IN_OPENING_HEAD + 1, true, "IN-021");                      /* temperature */
    fails(96, true, "IN-022");                                       /* seed */
    fails(n_opening - 1, true, "IN-023");                            /* a token of the output */
}

static const uint8_t signing_secret[32] = {1}, statement[IN_DIGEST] = {2};

static const char *digits_of(span bytes)
{
    static char room[4][160];
    static unsigned at;
    writer w = writer_of(room[at++ % 4], sizeof room[0]);
    write_hex(&w, bytes);
    write_zeros(&w, 1);
    assert_true(writer_ok(&w));
    return (const char *)w.p;
}

static answer *verified_by(span key, const char *more)
{
    static char options[512];
    snprintf(options, sizeof options, "--signer %s --statement %s %s", digits_of(key), digits_of(SPAN(statement)), more);
    return verified(options);
}

static void a_signed_receipt_shows_who_made_it(void **state)
{
    static const uint8_t zeros[IN_DIGEST], stranger[32] = {9};
    uint8_t key[32], other[32];
    char com[128];
    write_receipt(state);
    in_sign(&prim_sodium, signing_secret, SPAN(receipt), SPAN(statement), signature);
    prim_sodium.ed25519_public(signing_secret, key);
    prim_sodium.ed25519_public(stranger, other);
    assert_true(receipt_save(path, SPAN(receipt), span_of(opening, n_opening), SPAN(signature)));
    answer *a = verified_by(SPAN(key), "");
    assert_int_equal(a->code, EXIT_LEVEL);
    assert_non_null(strstr(a->out, "{\"id\":\"IN-080\",\"ok\":true}"));
    assert_non_null(strstr(a->out, "\"not_compared\":[\"session\"]"));
    snprintf(com, sizeof com, "--com %s", digits_of(SPAN(zeros)));
    assert_non_null(strstr(verified_by(SPAN(key), com)->out, "\"not_compared\":[]"));
    snprintf(com, sizeof com, "--com %s", digits_of(SPAN(key)));
    assert_non_null(strstr(verified_by(SPAN(key), com)->out, "\"req\":\"IN-081\""));
    assert_non_null(strstr(verified_by(SPAN(other), "")->out, "\"req\":\"IN-080\""));
    assert_non_null(strstr(verified("")->out, "\"not_compared\":[\"signature\",\"session\"]"));
    write_receipt(state);
    assert_non_null(strstr(verified_by(SPAN(key), "")->err, "no signature"));
    refuses("parley verify receipt x --signer 00", "64 lower-case");
}

static void what_is_no_receipt_is_told(void **state)
{
    static const struct {
        const char *text, *because;
    } rows[] = {
        {"", "it is no JSON object"},
        {"[]", "it is no JSON object"},
        {"{\"format\":\"parley receipt 2\"}", "'format' is not"},
        {"{\"format\":\"parley receipt 1\"}", "'receipt' is missing"},
        {"{\"format\":\"parley receipt 1\",\"receipt\":\"0\"}", "'receipt' is not lower-case"},
        {"{\"format\":\"parley receipt 1\",\"receipt\":\"00\",\"opening\":7}", "'opening' is missing"},
        {"{\"format\":\"parley receipt 1\",\"receipt\":\"00\",\"receipt\":\"00\",\"opening\":\"\"}", "it is no JSON object"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        FILE *f = fopen(path, "wb");
        assert_true(f && fputs(rows[i].text, f) >= 0 && fclose(f) == 0);
        answer *a = verified("");
        assert_int_equal(a->code, EXIT_USAGE);
        if (!strstr(a->err, rows[i].because))
            fail_msg("%s: %s", rows[i].text, a->err);
    }
    refuses("parley verify receipt", "give one file");
    refuses("parley verify receipt /nowhere/at/all", "No such file");
    refuses("parley model run --receipt x --quiet", "give the PROMPT too");
}

static int write_files(void **state)
{
    (void)state;
    int fd = mkstemp(model_path), other = mkstemp(path);
    size_t n = 0;
    uint8_t *file = fixture_file(&n);
    bool whole = fd >= 0 && other >= 0 && file && write(fd, file, n) == (ssize_t)n;
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
        cmocka_unit_test(a_receipt_is_verified_by_every_kernel),
        cmocka_unit_test(each_changed_thing_fails_by_its_own_number),
        cmocka_unit_test(a_signed_receipt_shows_who_made_it),
        cmocka_unit_test(what_is_no_receipt_is_told),
    };
    return cmocka_run_group_tests(tests, write_files, remove_files);
}
