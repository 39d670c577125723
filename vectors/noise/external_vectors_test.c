#include "external_vectors.h"
#include "noise_run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static unsigned of[3];
static char last[200];

static void note(void *ctx, const char *name, external_outcome outcome, const char *why)
{
    (void)ctx;
    of[outcome]++;
    snprintf(last, sizeof last, "%s: %s", name, why);
}

static bool tries(const char *text)
{
    memset(of, 0, sizeof of);
    return external_vectors_replay(&prim_openssl, text, strlen(text), note, NULL);
}

/* The known-answer session of our own vectors, spelled as others spell theirs. */
#define KEYS                                                                                   \
    "\"init_static\":\"1111111111111111111111111111111111111111111111111111111111111111\","    \
    "\"init_ephemeral\":\"2222222222222222222222222222222222222222222222222222222222222222\"," \
    "\"resp_static\":\"3333333333333333333333333333333333333333333333333333333333333333\","    \
    "\"resp_ephemeral\":\"4444444444444444444444444444444444444444444444444444444444444444\","
#define M1 "0faa684ed28867b97f4a6a2dee5df8ce974e76b7018e3f22a1c4cf2678570f20"
#define M2                                                                                             \
    "ff2ee45601ec1b67310c7790404585ae697331eee1c1f8cf2419731c1fff3e6bf4ec399486d193185c05ec21fc2537a1" \
    "9368ee7006880f506b2d8e77572eeeb146f3e556b8dbe32785eb085bbcd03443b065b75a2968c805f8d32d8f2815cfd3" \
    "7e2f9c3d620dedf08eadd7a1ea92dfda7adee89d46c3"
#define M3                                                                                             \
    "b619d80cb0582b095ff541a2fc71deb1049d14a03e02325090f32ee6cc86770a4097ecd6a45599cd493adb28ea05f783" \
    "0cc739f94f270a2aecfeb4322630238c"
#define PLATFORM  "7b22706c6174666f726d223a225345562d534e50227d"
#define SAY(p, c) "{\"payload\":\"" p "\",\"ciphertext\":\"" c "\"}"
#define VECTOR(name, hash)                                                             \
    "{\"vectors\":[{\"protocol_name\":\"" name "\"," KEYS "\"handshake_hash\":\"" hash \
    "\",\"messages\":[" SAY("", M1) "," SAY(PLATFORM, M2) "," SAY("", M3) "]}]}"
#define HASH "0673b769a3589f4a29de136bbe1e3dbba0adeed745f2a00dc34b458d04c1d54d"
#define XX   "Noise_XX_25519_AESGCM_SHA256"

static void a_json_vector_is_replayed_on_both_sides(void **state)
{
    (void)state;
    assert_true(tries(VECTOR(XX, HASH)));
    assert_int_equal(of[EXTERNAL_PASSED], 1);
}

static void a_wrong_byte_is_a_failure_and_says_where(void **state)
{
    (void)state;
    assert_true(tries(VECTOR(XX, "00" HASH)));
    assert_string_equal(last, XX ": message 2: another handshake hash");
    assert_true(tries("{\"vectors\":[{\"name\":\"" XX "\"," KEYS "\"messages\":[" SAY("", M1 "00") "]}]}"));
    assert_int_equal(of[EXTERNAL_FAILED], 1);
    assert_true(tries("{\"vectors\":[{\"name\":\"" XX "\",\"messages\":[]}]}"));
    assert_string_equal(last, XX ": message 0: a key is missing or malformed");
}

static void what_is_not_ours_is_skipped_by_name(void **state)
{
    (void)state;
    static const char *const rows[][2] = {{VECTOR("Noise_KK_25519_AESGCM_SHA256", ""), "KK"},
                                          {VECTOR("Noise_XX_448_AESGCM_SHA256", ""), "448"},
                                          {VECTOR("Noise_XXpsk3_25519_AESGCM_SHA256", ""), "XXpsk3"},
                                          {VECTOR("NoisePSK_XX", ""), "NoisePSK"},
                                          {VECTOR("Noise_XX", ""), "a name of another form"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_true(tries(rows[i][0]));
        assert_int_equal(of[EXTERNAL_SKIPPED], 1);
        assert_string_equal(strstr(last, ": ") + 2, rows[i][1]);
    }
}

static void an_empty_list_of_psks_is_no_psk(void **state)
{
    (void)state;
    assert_true(tries("{\"vectors\":[{\"protocol_name\":\"" XX "\",\"init_psks\":[],\"resp_psks\":[]," KEYS "\"handshake_hash\":\"" HASH
                      "\",\"messages\":[" SAY("", M1) "," SAY(PLATFORM, M2) "," SAY("", M3) "]}]}"));
    assert_int_equal(of[EXTERNAL_PASSED], 1);
    assert_true(tries("{\"vectors\":[{\"name\":\"" XX "\",\"init_psks\":[\"00\"]," KEYS "\"messages\":[" SAY("", M1) "]}]}"));
    assert_string_equal(last, XX ": a pre-shared key beside a pattern that takes none");
    assert_true(tries("{\"vectors\":[{\"name\":\"Noise_NNpsk0_25519_AESGCM_SHA256\",\"init_psks\":[\"00\"]," KEYS "\"messages\":[]}]}"));
    assert_string_equal(last, "Noise_NNpsk0_25519_AESGCM_SHA256: NNpsk0");
}

/* What follows a NUL counts, in each of its spellings. */
static void a_nul_ends_nothing(void **state)
{
    static const char text[] = "handshake=" XX "\ninit_static=\0"
                               "11\n";
    (void)state;
    assert_true(tries("{\"vectors\":[{\"name\":\"" XX "\"," KEYS "\"messages\":[" SAY("", M1 "\\u0000") "]}]}"));
    assert_int_equal(of[EXTERNAL_FAILED], 1);
    assert_string_equal(last, XX ": message 0: not hexadecimal");
    assert_true(tries("{\"vectors\":[{\"name\":\"" XX "\\u0000x\"," KEYS "\"messages\":[]}]}"));
    assert_string_equal(last, "Noise_XX_25519_AESGCM_SHA256?x: SHA256?x");
    memset(of, 0, sizeof of);
    assert_true(external_vectors_replay(&prim_openssl, text, sizeof text - 1, note, NULL));
    assert_int_equal(of[EXTERNAL_FAILED], 1);
    assert_false(tries("{\"vectors\":[]} more"));
}

static void a_text_vector_is_replayed_too(void **state)
{
    (void)state;
    assert_true(tries("handshake=" XX "\ninit_static=1111111111111111111111111111111111111111111111111111111111111111\n"
                      "resp_static=3333333333333333333333333333333333333333333333333333333333333333\n"
                      "gen_init_ephemeral=2222222222222222222222222222222222222222222222222222222222222222\n"
                      "gen_resp_ephemeral=4444444444444444444444444444444444444444444444444444444444444444\n"
                      "msg_0_payload=\nmsg_0_ciphertext=" M1 "\nmsg_1_payload=" PLATFORM "\nmsg_1_ciphertext=" M2 "\n\n"
                      "handshake=Noise_NN_25519_AESGCM_SHA256\nmsg_0_payload=\nmsg_0_ciphertext=00\n"));
    assert_int_equal(of[EXTERNAL_PASSED], 1);
    assert_int_equal(of[EXTERNAL_SKIPPED], 1);
}

/* ---- the hybrid form ---- */

static void put_hex(writer *w, const char *key, span bytes)
{
    write_text(w, ",\"");
    write_text(w, key);
    write_text(w, "\":\"");
    write_hex(w, bytes);
    write_text(w, "\"");
}

/* The first vector that libp2p's implementers published: its inputs, hash and keys are theirs, its messages come from the text, and
 * the hash covers every byte of them. */
static void write_hybrid(writer *w, const char *hash, const char *first_key)
{
    static noise_run run;
    static uint8_t ek[NZ_KEM_EK], dk[NZ_KEM_DK];
    run = (noise_run){.prim = &prim_openssl, .suite = {NZ_XXHFS, PRIM_CHACHAPOLY, PRIM_SHA256}};
    memset(run.s[0], 0x11, 32), memset(run.s[1], 0x12, 32), memset(run.e[0], 0x13, 32), memset(run.e[1], 0x14, 32);
    memset(run.e1, 0x15, 64), memset(run.ekem1, 0x16, 32);
    assert_true(noise_play_with(&run));
    mlkem_keygen(MLKEM_768, run.e1, run.e1 + 32, ek, dk);
    write_text(w, "{\"protocol\":\"Noise_XXhfs_25519+MLKEM768_ChaChaPoly_SHA256\",\"vectors\":[{\"prologue\":\"\"");
    put_hex(w, "static_i_private", SPAN(run.s[0]));
    put_hex(w, "static_r_private", SPAN(run.s[1]));
    put_hex(w, "ephemeral_dh_i_private", SPAN(run.e[0]));
    put_hex(w, "ephemeral_dh_r_private", SPAN(run.e[1]));
    put_hex(w, "ephemeral_kem_i_secret", SPAN(dk));
    put_hex(w, "encap_seed_hex", SPAN(run.ekem1));
    put_hex(w, "msg_a", noise_message(&run, 1));
    put_hex(w, "msg_b", noise_message(&run, 2));
    put_hex(w, "msg_c", noise_message(&run, 3));
    write_text(w, ",\"handshake_hash\":\"");
    write_text(w, hash);
    write_text(w, "\",\"cs1_k\":\"");
    write_text(w, first_key);
    write_text(w, "\",\"cs2_k\":\"f8546817671a440fd8df45b26fd6b45ebbf39e4207455ca12bc6d56ac0b35ebc\"}]}");
    write_zeros(w, 1);
    assert_true(writer_ok(w));
}

static const char *hybrid(const char *hash, const char *first_key)
{
    static char text[1 << 15];
    writer w = WRITER(text);
    write_hybrid(&w, hash, first_key);
    return text;
}

#define HYBRID_HASH "b5a3c9854777aa5dad0a633c769bcc6662713f20f14e0371e4bfd253e1869eef"
#define HYBRID_KEY  "0a825d67cbf14170dcccf6f5c54d50f46a9a23541122654f5bec41ef0a5657e5"

static void a_hybrid_vector_is_replayed_up_to_the_keys_of_records(void **state)
{
    (void)state;
    assert_true(tries(hybrid(HYBRID_HASH, HYBRID_KEY)));
    assert_int_equal(of[EXTERNAL_PASSED], 1);
    assert_true(tries(hybrid("00" HYBRID_HASH, HYBRID_KEY)));
    assert_non_null(strstr(last, "message 2: another handshake hash"));
    assert_true(tries(hybrid(HYBRID_HASH, "00" HYBRID_KEY)));
    assert_non_null(strstr(last, "message 2: other keys for records"));
}

static void a_hybrid_vector_without_its_keys_is_a_failure_and_no_crash(void **state)
{
    (void)state;
    char *text = strdup(hybrid(HYBRID_HASH, HYBRID_KEY));
    char *key = strstr(text, "ephemeral_kem_i_secret") + strlen("ephemeral_kem_i_secret\":\"");
    key[0] = key[0] == '0' ? '1' : '0'; /* still the key's secret part; then its public part */
    assert_true(tries(text));
    assert_int_equal(of[EXTERNAL_FAILED], 1);
    key[2 * 1200] = key[2 * 1200] == '0' ? '1' : '0';
    assert_true(tries(text));
    assert_non_null(strstr(last, "a key is missing or malformed"));
    free(text);
    assert_true(tries(VECTOR("Noise_XXhfs_25519+MLKEM768_AESGCM_SHA256", "")));
    assert_non_null(strstr(last, "a key is missing or malformed"));
}

static void another_format_is_refused(void **state)
{
    (void)state;
    assert_false(tries("{\"vectors\":7}"));
    assert_false(tries("{\"vec"));
    assert_false(tries("hello\n"));
    assert_false(tries("\n"));
}

int main(void)
{
    prim_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_json_vector_is_replayed_on_both_sides),
        cmocka_unit_test(a_wrong_byte_is_a_failure_and_says_where),
        cmocka_unit_test(what_is_not_ours_is_skipped_by_name),
        cmocka_unit_test(an_empty_list_of_psks_is_no_psk),
        cmocka_unit_test(a_nul_ends_nothing),
        cmocka_unit_test(a_text_vector_is_replayed_too),
        cmocka_unit_test(a_hybrid_vector_is_replayed_up_to_the_keys_of_records),
        cmocka_unit_test(a_hybrid_vector_without_its_keys_is_a_failure_and_no_crash),
        cmocka_unit_test(another_format_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
