#include "prim_best.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

static prim_choice all_of(const prim *p)
{
    prim_choice c = {p, p, {p, p}, {0}};
    for (int i = PRIM_SHA256; i <= PRIM_BLAKE2B; i++)
        c.hash[i] = p;
    return c;
}

/* Everything that a table computes, one output after another. */
static size_t outputs_of(const prim *p, uint8_t out[2048])
{
    const uint8_t secret[32] = {7}, nonce[12] = {3};
    const span text = span_text("the same bytes, whoever computes them");
    writer w = writer_of(out, 2048);
    prim_pair pair;
    prim_pair_of(p, secret, &pair);
    write_span(&w, span_of(&pair, sizeof pair));
    p->x25519(&pair, pair.share, write_room(&w, 32));
    uint8_t *key = write_room(&w, 32), *signature = write_room(&w, 64);
    p->ed25519_public(secret, key);
    p->ed25519_sign(secret, text, signature);
    assert_true(p->ed25519_verify(key, text, signature));
    for (int c = PRIM_CHACHAPOLY; c <= PRIM_AESGCM; c++) {
        if (!prim_sodium.has_cipher((prim_cipher)c))
            continue;
        uint8_t *sealed = write_room(&w, text.n + PRIM_TAG), *opened = write_room(&w, text.n);
        assert_true(p->has_cipher((prim_cipher)c));
        p->aead_seal((prim_cipher)c, secret, nonce, text, text, sealed);
        assert_true(p->aead_open((prim_cipher)c, secret, nonce, text, span_of(sealed, text.n + PRIM_TAG), opened));
    }
    for (int h = PRIM_SHA256; h <= PRIM_BLAKE2B; h++) {
        assert_true(p->has_hash((prim_hash)h));
        prim_digest(p, (prim_hash)h, text, write_room(&w, prim_hash_len((prim_hash)h)));
        p->hmac((prim_hash)h, text, &text, 1, write_room(&w, prim_hash_len((prim_hash)h)));
    }
    assert_true(writer_ok(&w));
    return w.n;
}

static void every_choice_computes_the_same_bytes(void **state)
{
    (void)state;
    static uint8_t want[2048], got[2048];
    const prim_choice choice[] = {all_of(&prim_sodium), all_of(&prim_openssl), prim_choice_measured()};
    const size_t n = outputs_of(&prim_sodium, want);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(outputs_of(prim_best(&choice[i]), got), n);
        assert_memory_equal(got, want, n);
    }
}

static void a_measured_choice_is_whole_and_says_what_it_took(void **state)
{
    (void)state;
    char line[256] = "";
    writer w = writer_of(line, sizeof line - 1);
    const prim_choice c = prim_choice_measured();
    prim_choice_text(&c, &w);
    assert_true(writer_ok(&w));
    assert_int_equal(strncmp(line, "X25519 ", 7), 0);
    assert_non_null(strstr(line, "AES-256-GCM "));
    assert_non_null(strstr(line, "BLAKE2b "));
}

int main(void)
{
    prim_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_choice_computes_the_same_bytes),
        cmocka_unit_test(a_measured_choice_is_whole_and_says_what_it_took),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
