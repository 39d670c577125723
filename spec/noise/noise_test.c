#include "noise.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#define TEST(name) static void name(void **state)
#define BEGIN      (void)state
#define IS(v, ID)  assert_int_equal((v).req, REQ_##ID)
#define YES(v)     assert_int_equal((v).req, REQ_NONE)

/* ---- two peers of one session ---- */

enum { ROOM = NZ_MESSAGE_MAX + 200 };

static const prim *const tables[] = {&prim_sodium, &prim_openssl};
static const prim_hash all_hashes[] = {PRIM_SHA256, PRIM_SHA512, PRIM_BLAKE2S, PRIM_BLAKE2B};
enum { N_PATTERNS = NZ_IKHFS + 1 };

static nz_suite plain_suite(nz_pattern p) { return (nz_suite){p, PRIM_CHACHAPOLY, PRIM_SHA256}; }
static bool is_hybrid(nz_pattern p) { return nz_keys_of(p, NZ_INITIATOR).kem; }
static bool starts_in_the_clear(nz_pattern p) { return p == NZ_XX || p == NZ_NX || p == NZ_XXHFS || p == NZ_NXHFS; }

typedef struct secrets {
    uint8_t s[2][NZ_KEY], e[2][NZ_KEY]; /* by role */
    uint8_t e1[2][32], coins[32];       /* of the KEM: the seed of the initiator's pair, the coins of the responder */
} secrets;

typedef struct session {
    nz_peer peer[2];
    const prim *prim[2];
    secrets keys;
} session;

static uint8_t sent[ROOM], got[ROOM];
static size_t n_sent, n_got;
static uint8_t long_text[ROOM]; /* zeros */

static span last_sent(void) { return span_of(sent, n_sent); }
static span last_got(void) { return span_of(got, n_got); }

static secrets plain_secrets(void)
{
    secrets k;
    memset(k.s[0], 0x11, NZ_KEY), memset(k.e[0], 0x22, NZ_KEY);
    memset(k.s[1], 0x33, NZ_KEY), memset(k.e[1], 0x44, NZ_KEY);
    memset(k.e1, 0x55, sizeof k.e1), memset(k.coins, 0x66, sizeof k.coins);
    return k;
}

static nz_setup setup_of(const session *t, nz_suite suite, nz_role role, span prologue, uint8_t rs[NZ_KEY])
{
    static prim_pair own;
    const nz_keys keys = nz_keys_of(suite.pattern, role);
    prim_pair_of(t->prim[role], t->keys.s[role], &own);
    t->prim[role]->x25519_public(t->keys.s[NZ_RESPONDER], rs);
    return (nz_setup){role, suite, prologue, keys.s ? &own : NULL, keys.rs ? span_of(rs, NZ_KEY) : EMPTY};
}

static void start_with(session *t, nz_suite suite, span prologue)
{
    for (int role = 0; role < 2; role++) {
        uint8_t rs[NZ_KEY];
        const nz_setup setup = setup_of(t, suite, (nz_role)role, prologue, rs);
        nz_start(&t->peer[role], t->prim[role], &setup);
    }
}

static session session_of(nz_suite suite, const prim *initiator, const prim *responder)
{
    session t = {.prim = {initiator, responder}, .keys = plain_secrets()};
    start_with(&t, suite, span_text("a prologue"));
    return t;
}

static session plain_session(nz_pattern pattern) { return session_of(plain_suite(pattern), &prim_sodium, &prim_openssl); }

static nz_role writer_role(const session *t) { return nz_turn_of(&t->peer[0]) == NZ_WRITES ? NZ_INITIATOR : NZ_RESPONDER; }
static bool handshaking(const session *t) { return nz_turn_of(&t->peer[0]) < NZ_READY; }
static nz_world world_of(const session *t, nz_role role)
{
    static uint8_t ek[NZ_KEM_EK], dk[NZ_KEM_DK];
    if (is_hybrid(t->peer[0].suite.pattern))
        mlkem_keygen(MLKEM_768, t->keys.e1[0], t->keys.e1[1], ek, dk);
    return (nz_world){t->prim[role], SPAN(t->keys.e[role]), SPAN(dk), SPAN(t->keys.coins)};
}

static verdict writes(session *t, nz_role role, span payload)
{
    const nz_world w = world_of(t, role);
    nz_effects out = {.message = WRITER(sent)};
    const verdict v = nz_step(&t->peer[role], &w, payload, &out);
    n_sent = out.message.n;
    return v;
}

static verdict reads(session *t, nz_role role, span message)
{
    const nz_world w = world_of(t, role);
    nz_effects out = {.payload = WRITER(got)};
    const verdict v = nz_step(&t->peer[role], &w, message, &out);
    n_got = out.payload.n;
    return v;
}

static nz_role other(nz_role role) { return role == NZ_INITIATOR ? NZ_RESPONDER : NZ_INITIATOR; }

/* One honest message. */
static void exchange(session *t, span payload)
{
    const nz_role role = writer_role(t);
    YES(writes(t, role, payload));
    YES(reads(t, other(role), last_sent()));
    assert_true(span_same(last_got(), payload));
}

static void finish_handshake(session *t)
{
    while (handshaking(t))
        exchange(t, span_text("hello"));
}

static session ready_session(nz_pattern pattern)
{
    session t = plain_session(pattern);
    finish_handshake(&t);
    return t;
}

static verdict seals(session *t, nz_role role, span plain)
{
    const nz_world w = world_of(t, role);
    writer out = WRITER(sent);
    const verdict v = nz_seal(&t->peer[role], &w, EMPTY, plain, &out);
    n_sent = out.n;
    return v;
}

static verdict opens(session *t, nz_role role, span sealed)
{
    const nz_world w = world_of(t, role);
    writer out = WRITER(got);
    const verdict v = nz_open(&t->peer[role], &w, EMPTY, sealed, &out);
    n_got = out.n;
    return v;
}

static void exchange_record(session *t, nz_role from)
{
    YES(seals(t, from, span_text("a record")));
    YES(opens(t, other(from), last_sent()));
    assert_true(span_is(last_got(), "a record"));
}

static void rekeys(session *t, nz_role role, nz_direction direction)
{
    const nz_world w = world_of(t, role);
    YES(nz_rekey(&t->peer[role], &w, direction));
}

static void is_hex(span bytes, const char *digits)
{
    static uint8_t want[ROOM];
    writer w = WRITER(want);
    assert_true(read_hex(span_text(digits), &w));
    assert_int_equal(bytes.n, w.n);
    assert_memory_equal(bytes.p, want, w.n);
}

static void set_hex(uint8_t out[NZ_KEY], const char *digits)
{
    writer w = writer_of(out, NZ_KEY);
    assert_true(read_hex(span_text(digits), &w));
}

static bool has(const prim *p, nz_suite s) { return p->has_cipher(s.cipher) && p->has_hash(s.hash); }

#define EACH_PATTERN(p) for (nz_pattern p = NZ_XX; p <= NZ_IKHFS; p = (nz_pattern)(p + 1))

/* ---- 1. Names and functions ---- */

TEST(nz_001_all_64_names_are_accepted_and_written_back)
{
    BEGIN;
    for (unsigned i = 0; i < 64; i++) {
        uint8_t name[64];
        writer w = WRITER(name);
        const nz_suite suite = {(nz_pattern)(i % N_PATTERNS), (prim_cipher)(i / N_PATTERNS % 2), all_hashes[i / N_PATTERNS / 2]};
        nz_suite read;
        nz_suite_name(&suite, &w);
        YES(nz_suite_from_name(written(&w), &read));
        assert_true(read.pattern == suite.pattern && read.cipher == suite.cipher && read.hash == suite.hash);
    }
    nz_suite s;
    YES(nz_suite_from_name(span_text("Noise_XX_25519_AESGCM_SHA256"), &s));
    assert_true(s.pattern == NZ_XX && s.cipher == PRIM_AESGCM && s.hash == PRIM_SHA256);
    YES(nz_suite_from_name(span_text("Noise_IK_25519_ChaChaPoly_BLAKE2s"), &s));
    assert_true(s.pattern == NZ_IK && s.cipher == PRIM_CHACHAPOLY && s.hash == PRIM_BLAKE2S);
}

TEST(nz_001_a_name_with_any_bit_changed_or_any_length_cut_is_refused)
{
    BEGIN;
    char name[] = "Noise_XX_25519_ChaChaPoly_BLAKE2b*";
    const size_t n = strlen(name) - 1;
    nz_suite s = {NZ_IK, PRIM_AESGCM, PRIM_SHA512};
    for (size_t len = 0; len <= n + 1; len++)
        assert_int_equal(nz_suite_from_name(span_of(name, len), &s).req, len == n ? REQ_NONE : REQ_NZ_001);
    s = (nz_suite){NZ_IK, PRIM_AESGCM, PRIM_SHA512};
    for (size_t bit = 0; bit < 8 * n; bit++) {
        name[bit / 8] = (char)(name[bit / 8] ^ 1 << bit % 8);
        IS(nz_suite_from_name(span_of(name, n), &s), NZ_001);
        name[bit / 8] = (char)(name[bit / 8] ^ 1 << bit % 8);
    }
    IS(nz_suite_from_name(span_text("Noise_XX_25519_AESGCM_SHA384"), &s), NZ_001);
    IS(nz_suite_from_name(span_text("Noise_XXhfs_25519_AESGCM_SHA256"), &s), NZ_001);
    IS(nz_suite_from_name(span_text("Noise_XX_25519+MLKEM768_AESGCM_SHA256"), &s), NZ_001);
    IS(nz_suite_from_name(span_text("Noise_XXhfs_25519+ML-KEM-768_AESGCM_SHA256"), &s), NZ_001);
    IS(nz_suite_from_name(span_text("Noise_NN_25519_AESGCM_SHA256"), &s), NZ_001);
    IS(nz_suite_from_name(EMPTY, &s), NZ_001);
    assert_true(s.pattern == NZ_IK && s.cipher == PRIM_AESGCM && s.hash == PRIM_SHA512);
}

/* ---- 2. CipherState ---- */

static void a_record_is_the_aead_under(prim_cipher cipher, const uint8_t nonce[PRIM_NONCE])
{
    const nz_suite suite = {NZ_NX, cipher, PRIM_SHA256};
    session t = session_of(suite, &prim_openssl, &prim_openssl);
    uint8_t want[8 + NZ_TAG];
    finish_handshake(&t);
    t.peer[0].secret.sending.n = 0x0102030405060708u;
    prim_openssl.aead_seal(cipher, t.peer[0].secret.sending.k, nonce, EMPTY, span_text("a record"), want);
    YES(seals(&t, NZ_INITIATOR, span_text("a record")));
    assert_true(span_same(last_sent(), SPAN(want)));
}

TEST(nz_003_chachapoly_counts_little_endian_after_four_zeros)
{
    BEGIN;
    a_record_is_the_aead_under(PRIM_CHACHAPOLY, (const uint8_t[PRIM_NONCE]){0, 0, 0, 0, 8, 7, 6, 5, 4, 3, 2, 1});
}

TEST(nz_004_aesgcm_counts_big_endian_after_four_zeros)
{
    BEGIN;
    a_record_is_the_aead_under(PRIM_AESGCM, (const uint8_t[PRIM_NONCE]){0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8});
}

TEST(nz_002_nz_005_counters_start_at_zero_and_rise_by_one)
{
    BEGIN;
    session t = ready_session(NZ_XX);
    for (uint64_t n = 0; n < 4; n++) {
        assert_true(t.peer[0].secret.sending.n == n && t.peer[1].secret.receiving.n == n);
        assert_true(t.peer[1].secret.sending.n == 0 && t.peer[0].secret.receiving.n == 0);
        exchange_record(&t, NZ_INITIATOR);
    }
}

TEST(nz_006_nz_007_a_record_with_any_bit_flipped_is_rejected_and_the_honest_one_still_opens)
{
    BEGIN;
    session t = ready_session(NZ_NX);
    YES(seals(&t, NZ_RESPONDER, span_text("a record")));
    for (size_t bit = 0; bit < 8 * n_sent; bit++) {
        sent[bit / 8] ^= (uint8_t)(1 << bit % 8);
        IS(opens(&t, NZ_INITIATOR, last_sent()), NZ_006);
        sent[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    YES(opens(&t, NZ_INITIATOR, last_sent()));
    assert_true(span_is(last_got(), "a record"));
}

TEST(nz_006_other_associated_data_is_rejected)
{
    BEGIN;
    session t = ready_session(NZ_IK);
    const nz_world w = world_of(&t, NZ_INITIATOR);
    writer out = WRITER(sent), plain = WRITER(got);
    YES(nz_seal(&t.peer[0], &w, span_text("ad"), span_text("a record"), &out));
    IS(nz_open(&t.peer[1], &w, EMPTY, written(&out), &plain), NZ_006);
    IS(nz_open(&t.peer[1], &w, span_text("aD"), written(&out), &plain), NZ_006);
    YES(nz_open(&t.peer[1], &w, span_text("ad"), written(&out), &plain));
}

TEST(nz_008_the_last_counter_value_is_never_used)
{
    BEGIN;
    session t = ready_session(NZ_NK);
    t.peer[0].secret.sending.n = t.peer[1].secret.receiving.n = UINT64_MAX - 1;
    exchange_record(&t, NZ_INITIATOR);
    IS(seals(&t, NZ_INITIATOR, span_text("a record")), NZ_008);
    assert_int_equal(n_sent, 0);
    uint8_t forged[NZ_TAG] = {0};
    IS(opens(&t, NZ_RESPONDER, SPAN(forged)), NZ_008);
}

TEST(nz_009_to_012_a_rekey_encrypts_zeros_under_the_last_counter_and_keeps_its_own)
{
    BEGIN;
    for (int cipher = 0; cipher < 2; cipher++) {
        const uint8_t last[PRIM_NONCE] = {0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255}, zeros[NZ_KEY] = {0};
        session t = session_of((nz_suite){NZ_NX, (prim_cipher)cipher, PRIM_SHA256}, &prim_openssl, &prim_openssl);
        uint8_t want[NZ_KEY + NZ_TAG];
        finish_handshake(&t);
        exchange_record(&t, NZ_INITIATOR);
        prim_openssl.aead_seal((prim_cipher)cipher, t.peer[0].secret.sending.k, last, EMPTY, SPAN(zeros), want);
        rekeys(&t, NZ_INITIATOR, NZ_SENDING);
        assert_memory_equal(t.peer[0].secret.sending.k, want, NZ_KEY);
        assert_true(t.peer[0].secret.sending.n == 1);
    }
}

TEST(nz_009_records_open_after_both_sides_rekey_and_only_then)
{
    BEGIN;
    session t = ready_session(NZ_XX);
    exchange_record(&t, NZ_RESPONDER);
    rekeys(&t, NZ_RESPONDER, NZ_SENDING);
    YES(seals(&t, NZ_RESPONDER, span_text("a record")));
    IS(opens(&t, NZ_INITIATOR, last_sent()), NZ_006);
    rekeys(&t, NZ_INITIATOR, NZ_RECEIVING);
    YES(opens(&t, NZ_INITIATOR, last_sent()));
    exchange_record(&t, NZ_INITIATOR);
    exchange_record(&t, NZ_RESPONDER);
}

/* ---- 3. SymmetricState: answers that others published, or computed with other code ---- */

typedef struct known {
    const char *name, *prologue, *payload[4], *message[5], *hash; /* message: until NULL, one record after another after the handshake */
} known;

/* Records go in turn, whoever's turn it is after the last handshake message. */
static void check_known_answer(const known *k, const secrets *keys)
{
    for (int table = 0; table < 2; table++) {
        session t = {.prim = {tables[table], tables[table]}, .keys = *keys};
        nz_suite suite;
        YES(nz_suite_from_name(span_text(k->name), &suite));
        if (!has(tables[table], suite))
            continue;
        start_with(&t, suite, span_text(k->prologue));
        nz_role from = NZ_INITIATOR;
        for (int i = 0; k->message[i]; i++, from = other(from)) {
            const span payload = span_text(k->payload[i]);
            if (handshaking(&t)) {
                exchange(&t, payload);
            } else {
                YES(seals(&t, from, payload));
                YES(opens(&t, other(from), last_sent()));
            }
            is_hex(last_sent(), k->message[i]);
        }
        is_hex(nz_handshake_hash(&t.peer[0]), k->hash);
        is_hex(nz_handshake_hash(&t.peer[1]), k->hash);
    }
}

/* The secrets of the public cacophony vectors. */
static secrets cacophony_secrets(void)
{
    secrets k;
    set_hex(k.s[0], "e61ef9919cde45dd5f82166404bd08e38bceb5dfdfded0a34c8df7ed542214d1");
    set_hex(k.e[0], "893e28b9dc6ca8d611ab664754b8ceb7bac5117349a4439a6b0569da977c464a");
    set_hex(k.s[1], "4a3acbfdb163dec651dfa3194dece676d437029c62a408b4c5ea9114246e4893");
    set_hex(k.e[1], "bbdb4cdbd309f1a1f2e1456967fe288cadd6f712d65dc7b7793d5e63da6b375b");
    return k;
}

TEST(nz_013_to_034_the_public_vector_for_ik_chachapoly_sha512_is_reproduced)
{
    BEGIN;
    const secrets keys = cacophony_secrets();
    check_known_answer(
        &(known){"Noise_IK_25519_ChaChaPoly_SHA512",
                 "John Galt",
                 {"Ludwig von Mises", "Murray Rothbard", "F. A. Hayek", "Carl Menger"},
                 {"ca35def5ae56cec33dc2036731ab14896bc4c75dbb07a61f879f8e3afa4c79447a2281c0f1aee0c48c41333a1abbb349"
                  "ee4bf12e09f8c4fd66635aabbb7dad346081a79f59e2cef812260cfe8c9e6a99d12f7c7ffc9fe5513818d9cf9b8778d1"
                  "ebd1ce70c8f726d7869830258a788910",
                  "95ebc60d2b1fa672c1f46a8aa265ef51bfe38e7ccb39ec5be34069f144808843f58050451a0edd2a40bb8b0f6b51ea80"
                  "94a07e3ed31ebc516b584fef6eaaaf",
                  "cae0b6af5460d026e80e22c27572a92048176872538f91a056a8df", "ab1440d2b5892c638a11a7fa6412beaea5cee62342147f02d75a68"},
                 "df5f46e7b80429fe9c587824b883d2c0a9e909d9be842e8d63797ca4815dd63b"
                 "bbae8d2803a48ed79e3646103362e6de02921f138529389854c7701638d98c85"},
        &keys);
}

TEST(nz_014_the_public_vector_for_nk_whose_name_is_longer_than_the_hash_is_reproduced)
{
    BEGIN;
    const secrets keys = cacophony_secrets();
    check_known_answer(
        &(known){"Noise_NK_25519_ChaChaPoly_BLAKE2s",
                 "John Galt",
                 {"Ludwig von Mises", "Murray Rothbard", "F. A. Hayek", "Carl Menger"},
                 {"ca35def5ae56cec33dc2036731ab14896bc4c75dbb07a61f879f8e3afa4c794454ae7612d1724af42adb130160a9a94e"
                  "67b5b169b4e00c189f6467cd17eb7cad",
                  "95ebc60d2b1fa672c1f46a8aa265ef51bfe38e7ccb39ec5be34069f144808843986a5c929337e337ac8b4a074af12ab9"
                  "f76318a5f18c8b599a443af07383ce",
                  "550027c7a5d450017bcb5e12b8253b1c53fd2213aeda84891d5f95", "dfbce0c38210ccee35e830aca9dd8b8b3997b933e75bfc8864b759"},
                 "d7244d974066aae2376f7ba5534f60a6e4e82cd7c9751e226cae3928e6b49f14"},
        &keys);
}

TEST(nz_019_the_public_vector_for_nx_aesgcm_blake2b_is_reproduced)
{
    BEGIN;
    const secrets keys = cacophony_secrets();
    check_known_answer(
        &(known){"Noise_NX_25519_AESGCM_BLAKE2b",
                 "John Galt",
                 {"Ludwig von Mises", "Murray Rothbard", "F. A. Hayek", "Carl Menger"},
                 {"ca35def5ae56cec33dc2036731ab14896bc4c75dbb07a61f879f8e3afa4c79444c756477696720766f6e204d69736573",
                  "95ebc60d2b1fa672c1f46a8aa265ef51bfe38e7ccb39ec5be34069f144808843b0e299ae6df15598050390d1c91373e4"
                  "e4cb4ef114daf5c59b370c3a3ccbf9721d69aebf36d53b068d9553c1b526493968d9dcb729cd61a318b9caf39804c8d6"
                  "110ac0757573128a2d1986f43cc6c1",
                  "57c1063e3cf724005e2132d61571e675965cb3104fdf8a15d0e41e", "4a9dfa65ee518240ac1754fa813afd40b25059add8dcc8d391857c"},
                 "4be59a7787db3e51df41b469aa753735f46dbc843f989c73e3afe3f81eb668f8"
                 "7a019974e99af7cdcb4f0572dd2935575d2d8999bbcd57a5abe2c747d357d8ea"},
        &keys);
}

/* Two records of one direction one after the other show the counter; the other direction shows the other key. */
static void confer_records_come_out(session *t)
{
    uint8_t ping[22], pong[19];
    writer w = WRITER(ping), v = WRITER(pong);
    assert_true(read_hex(span_text("080110001801220e080712034745541a052f70696e67"), &w));
    assert_true(read_hex(span_text("080110001801220b080710c8011a04504f4e47"), &v));
    YES(seals(t, NZ_INITIATOR, SPAN(ping)));
    is_hex(last_sent(), "7de2865f849e23e8f8c8f981895d408d970f42be9f8875d8b2482213dc7172569a06b9187475");
    YES(seals(t, NZ_INITIATOR, SPAN(ping)));
    is_hex(last_sent(), "b9cafb363d7e1f987129b701fb4800946b9e5fdd2504a8b3e9f3a84c9ff81cc24e56975ebac7");
    YES(seals(t, NZ_RESPONDER, SPAN(pong)));
    is_hex(last_sent(), "5c2b8ddc99e2cb711a0469c803e0abb31a06aa80cf291dff433742af6a13f7e5e7f23d");
}

TEST(nz_024_the_known_answer_of_the_confer_suite_is_reproduced)
{
    BEGIN;
    for (int table = 0; table < 2; table++) {
        const nz_suite suite = {NZ_XX, PRIM_AESGCM, PRIM_SHA256};
        session t = {.prim = {tables[table], tables[table]}, .keys = plain_secrets()};
        if (!has(tables[table], suite))
            continue;
        start_with(&t, suite, EMPTY);
        exchange(&t, EMPTY);
        is_hex(last_sent(), "0faa684ed28867b97f4a6a2dee5df8ce974e76b7018e3f22a1c4cf2678570f20");
        exchange(&t, span_text("{\"platform\":\"SEV-SNP\"}"));
        is_hex(last_sent(), "ff2ee45601ec1b67310c7790404585ae697331eee1c1f8cf2419731c1fff3e6bf4ec399486d193185c05ec21fc2537a1"
                            "9368ee7006880f506b2d8e77572eeeb146f3e556b8dbe32785eb085bbcd03443b065b75a2968c805f8d32d8f2815cfd3"
                            "7e2f9c3d620dedf08eadd7a1ea92dfda7adee89d46c3");
        exchange(&t, EMPTY);
        is_hex(last_sent(), "b619d80cb0582b095ff541a2fc71deb1049d14a03e02325090f32ee6cc86770a4097ecd6a45599cd493adb28ea05f783"
                            "0cc739f94f270a2aecfeb4322630238c");
        is_hex(nz_remote_static(&t.peer[0]), "7b0d47d93427f8311160781c7c733fd89f88970aef490d8aa0ee19a4cb8a1b14");
        is_hex(nz_handshake_hash(&t.peer[1]), "0673b769a3589f4a29de136bbe1e3dbba0adeed745f2a00dc34b458d04c1d54d");
        confer_records_come_out(&t);
    }
}

/* ---- 4. Tokens ---- */

TEST(every_suite_works_between_both_providers_in_either_order)
{
    BEGIN;
    for (unsigned i = 0; i < 64 * 4; i++) {
        const nz_suite suite = {(nz_pattern)(i % N_PATTERNS), (prim_cipher)(i / 8 % 2), all_hashes[i / 16 % 4]};
        const prim *initiator = tables[i / 64 % 2], *responder = tables[i / 128];
        if (!has(initiator, suite) || !has(responder, suite))
            continue;
        session t = session_of(suite, initiator, responder);
        finish_handshake(&t);
        assert_true(span_same(nz_handshake_hash(&t.peer[0]), nz_handshake_hash(&t.peer[1])));
        assert_int_equal(nz_handshake_hash(&t.peer[0]).n, prim_hash_len(suite.hash));
        exchange_record(&t, NZ_INITIATOR);
        exchange_record(&t, NZ_RESPONDER);
        rekeys(&t, NZ_INITIATOR, NZ_SENDING);
        rekeys(&t, NZ_RESPONDER, NZ_RECEIVING);
        exchange_record(&t, NZ_INITIATOR);
        exchange_record(&t, NZ_RESPONDER);
    }
}

TEST(each_side_knows_the_static_share_that_the_pattern_gives_it)
{
    BEGIN;
    EACH_PATTERN(p)
    {
        session t = ready_session(p);
        uint8_t share[2][NZ_KEY];
        for (int role = 0; role < 2; role++)
            prim_openssl.x25519_public(t.keys.s[role], share[role]);
        assert_true(span_same(nz_remote_static(&t.peer[0]), SPAN(share[1])));
        if (nz_keys_of(p, NZ_INITIATOR).s)
            assert_true(span_same(nz_remote_static(&t.peer[1]), SPAN(share[0])));
        else
            assert_int_equal(nz_remote_static(&t.peer[1]).n, 0);
    }
}

/* Every u-coordinate of low order, and the two that exceed the field's prime. */
static const char *const low_order[] = {
    "0000000000000000000000000000000000000000000000000000000000000000", "0100000000000000000000000000000000000000000000000000000000000000",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800", "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"};
enum { N_LOW_ORDER = sizeof low_order / sizeof *low_order };

TEST(nz_031_an_ephemeral_share_of_low_order_is_refused_at_its_first_agreement)
{
    BEGIN;
    for (int i = 0; i < N_LOW_ORDER * 2; i++) {
        EACH_PATTERN(p)
        {
            session t = session_of(plain_suite(p), tables[i % 2], tables[i % 2]);
            YES(writes(&t, NZ_INITIATOR, EMPTY));
            set_hex(sent, low_order[i / 2]);
            verdict v = reads(&t, NZ_RESPONDER, last_sent());
            if (accepted(v)) {
                assert_true(starts_in_the_clear(p));
                v = writes(&t, NZ_RESPONDER, span_text("evidence"));
                assert_int_equal(n_sent, 0);
            }
            IS(v, NZ_031);
            assert_int_equal(nz_turn_of(&t.peer[1]), NZ_FAILED);
        }
    }
}

TEST(nz_031_a_static_share_of_low_order_is_refused_by_the_initiator_that_was_given_it)
{
    BEGIN;
    for (int i = 0; i < N_LOW_ORDER; i++) {
        uint8_t rs[NZ_KEY];
        session t = plain_session(NZ_NK);
        set_hex(rs, low_order[i]);
        nz_start(&t.peer[0], &prim_sodium, &(nz_setup){NZ_INITIATOR, plain_suite(NZ_NK), EMPTY, NULL, SPAN(rs)});
        IS(writes(&t, NZ_INITIATOR, EMPTY), NZ_031);
        assert_int_equal(n_sent, 0);
    }
}

/* ---- 5.1 Start ---- */

TEST(a_setup_fits_only_with_exactly_the_keys_of_its_pattern_and_role)
{
    BEGIN;
    static const char *const fitting[4][2] = {{"s", "s"}, {"", "s"}, {"r", "s"}, {"sr", "s"}};
    const uint8_t key[NZ_KEY] = {9};
    const prim_pair own = {.secret = {9}};
    for (unsigned i = 0; i < N_PATTERNS * 2 * 4; i++) {
        const nz_pattern p = (nz_pattern)(i % N_PATTERNS);
        const int role = i / N_PATTERNS % 2, s = i / N_PATTERNS / 2 % 2, r = i / N_PATTERNS / 4;
        const nz_setup setup = {(nz_role)role, plain_suite(p), EMPTY, s ? &own : NULL, r ? SPAN(key) : EMPTY};
        const char *want = fitting[p % 4][role];
        assert_true(nz_setup_fits(&setup, &prim_sodium) == (s == !!strchr(want, 's') && r == !!strchr(want, 'r')));
    }
    assert_false(nz_setup_fits(&(nz_setup){NZ_RESPONDER, plain_suite(NZ_NX), EMPTY, NULL, EMPTY}, &prim_sodium));
    assert_false(nz_setup_fits(&(nz_setup){NZ_INITIATOR, {NZ_NX, PRIM_AESGCM, PRIM_SHA384}, EMPTY, NULL, EMPTY}, &prim_openssl));
}

TEST(nz_033_peers_with_different_prologues_fail_at_the_first_tag)
{
    BEGIN;
    EACH_PATTERN(p)
    {
        session t = plain_session(p);
        uint8_t rs[NZ_KEY];
        const nz_setup setup = setup_of(&t, plain_suite(p), NZ_RESPONDER, span_text("a Prologue"), rs);
        nz_start(&t.peer[1], t.prim[1], &setup);
        YES(writes(&t, NZ_INITIATOR, EMPTY));
        verdict v = reads(&t, NZ_RESPONDER, last_sent());
        if (accepted(v)) {
            YES(writes(&t, NZ_RESPONDER, EMPTY));
            v = reads(&t, NZ_INITIATOR, last_sent());
        }
        IS(v, NZ_006);
    }
}

TEST(nz_034_an_initiator_with_another_responder_share_fails_at_the_first_message)
{
    BEGIN;
    EACH_PATTERN(p)
    {
        if (!nz_keys_of(p, NZ_INITIATOR).rs)
            continue;
        session t = plain_session(p);
        memset(t.keys.s[1], 0x55, NZ_KEY);
        uint8_t rs[NZ_KEY];
        const nz_setup setup = setup_of(&t, plain_suite(p), NZ_INITIATOR, span_text("a prologue"), rs);
        nz_start(&t.peer[0], t.prim[0], &setup);
        YES(writes(&t, NZ_INITIATOR, EMPTY));
        IS(reads(&t, NZ_RESPONDER, last_sent()), NZ_006);
    }
}

/* ---- 5.3 Steps and their order ---- */

TEST(messages_have_the_sizes_that_section_5_2_states)
{
    BEGIN;
    static const size_t want[N_PATTERNS][3] = {{32, 96, 64},     {32, 96},     {48, 48},     {96, 48},
                                               {1216, 1200, 64}, {1216, 1200}, {1248, 1152}, {1296, 1152}};
    EACH_PATTERN(p)
    {
        session t = plain_session(p);
        for (int i = 0; handshaking(&t); i++) {
            assert_int_equal(nz_overhead(&t.peer[0]), want[p][i]);
            assert_int_equal(nz_overhead(&t.peer[1]), want[p][i]);
            exchange(&t, span_text("hello"));
            assert_int_equal(n_sent, want[p][i] + 5);
        }
        assert_int_equal(nz_overhead(&t.peer[0]), NZ_TAG);
    }
}

TEST(nz_035_every_shorter_length_of_every_message_is_rejected)
{
    BEGIN;
    EACH_PATTERN(p)
    {
        for (session t = plain_session(p); handshaking(&t);) {
            const nz_role from = writer_role(&t), to = other(from);
            const size_t least = nz_overhead(&t.peer[to]);
            const bool clear = starts_in_the_clear(p) && from == NZ_INITIATOR &&
                               !t.peer[0].secret.handshake.keyed; /* no key yet: a shorter payload is a payload */
            YES(writes(&t, from, span_text("hello")));
            for (size_t n = 0; n < n_sent; n += is_hybrid(p) && n + 100 < least ? 29 : 1) {
                session tried = t;
                const verdict v = reads(&tried, to, span_first(last_sent(), n));
                assert_int_equal(v.req, n < least ? REQ_NZ_035 : clear ? REQ_NONE : REQ_NZ_006);
            }
            YES(reads(&t, to, last_sent()));
        }
    }
}

TEST(nz_035_a_record_shorter_than_a_tag_is_rejected)
{
    BEGIN;
    session t = ready_session(NZ_NX);
    YES(seals(&t, NZ_INITIATOR, EMPTY));
    for (size_t n = 0; n < NZ_TAG; n++)
        IS(opens(&t, NZ_RESPONDER, span_first(last_sent(), n)), NZ_035);
    YES(opens(&t, NZ_RESPONDER, last_sent()));
    assert_int_equal(n_got, 0);
}

TEST(nz_036_nz_037_a_handshake_message_has_65535_bytes_and_no_more)
{
    BEGIN;
    EACH_PATTERN(p)
    {
        for (session t = plain_session(p); handshaking(&t);) {
            const nz_role from = writer_role(&t), to = other(from);
            const size_t most = NZ_MESSAGE_MAX - nz_overhead(&t.peer[from]);
            session tried = t;
            IS(writes(&tried, from, span_of(long_text, most + 1)), NZ_037);
            IS(writes(&tried, from, EMPTY), NZ_038);
            tried = t;
            IS(reads(&tried, to, span_of(long_text, NZ_MESSAGE_MAX + 1)), NZ_036);
            exchange(&t, span_of(long_text, most));
            assert_int_equal(n_sent, NZ_MESSAGE_MAX);
        }
    }
}

TEST(nz_036_nz_037_a_record_has_65535_bytes_and_no_more)
{
    BEGIN;
    session t = ready_session(NZ_XX);
    IS(seals(&t, NZ_INITIATOR, span_of(long_text, NZ_RECORD_MAX + 1)), NZ_037);
    YES(seals(&t, NZ_INITIATOR, span_of(long_text, NZ_RECORD_MAX)));
    assert_int_equal(n_sent, NZ_MESSAGE_MAX);
    IS(opens(&t, NZ_RESPONDER, span_of(sent, NZ_MESSAGE_MAX + 1)), NZ_036);
    YES(opens(&t, NZ_RESPONDER, last_sent()));
    assert_int_equal(n_got, NZ_RECORD_MAX);
}

TEST(nz_038_after_the_last_message_no_step_is_taken_and_records_still_pass)
{
    BEGIN;
    EACH_PATTERN(p)
    {
        session t = ready_session(p);
        for (int role = 0; role < 2; role++) {
            IS(writes(&t, (nz_role)role, EMPTY), NZ_038);
            IS(reads(&t, (nz_role)role, span_of(long_text, 96)), NZ_038);
        }
        exchange_record(&t, NZ_INITIATOR);
        exchange_record(&t, NZ_RESPONDER);
    }
}

static void has_ended(session *t, nz_role role)
{
    assert_int_equal(nz_turn_of(&t->peer[role]), NZ_FAILED);
    assert_int_equal(nz_overhead(&t->peer[role]), 0);
    assert_true(all_zero(span_of(&t->peer[role].secret, sizeof t->peer[role].secret)));
    IS(writes(t, role, EMPTY), NZ_038);
    IS(reads(t, role, last_sent()), NZ_038);
    IS(seals(t, role, EMPTY), NZ_041);
    IS(opens(t, role, last_sent()), NZ_041);
}

TEST(nz_039_every_bit_flip_of_a_second_message_is_rejected_and_ends_the_session)
{
    BEGIN;
    EACH_PATTERN(p)
    {
        session t = plain_session(p);
        exchange(&t, EMPTY);
        YES(writes(&t, NZ_RESPONDER, span_text("hello")));
        uint8_t message[1300];
        const size_t n = n_sent;
        memcpy(message, sent, n);
        for (size_t bit = 0; bit < 8 * n; bit += is_hybrid(p) ? 41 : 1) {
            session tried = t;
            message[bit / 8] ^= (uint8_t)(1 << bit % 8);
            assert_false(accepted(reads(&tried, NZ_INITIATOR, span_of(message, n))));
            has_ended(&tried, NZ_INITIATOR);
            message[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
        YES(reads(&t, NZ_INITIATOR, span_of(message, n)));
    }
}

TEST(nz_040_after_the_last_message_only_the_record_keys_are_left)
{
    BEGIN;
    EACH_PATTERN(p)
    {
        session t = ready_session(p);
        for (int role = 0; role < 2; role++) {
            const nz_peer *peer = &t.peer[role];
            assert_true(all_zero(span_of(&peer->secret.s, sizeof peer->secret.s)) &&
                        all_zero(span_of(&peer->secret.e, sizeof peer->secret.e)) && all_zero(SPAN(peer->secret.ck)) &&
                        all_zero(SPAN(peer->secret.kem)));
            assert_true(all_zero(SPAN(peer->secret.handshake.k)) && !peer->secret.handshake.keyed);
            assert_true(peer->secret.sending.keyed && peer->secret.receiving.keyed);
        }
        assert_memory_equal(t.peer[0].secret.sending.k, t.peer[1].secret.receiving.k, NZ_KEY);
        assert_memory_equal(t.peer[1].secret.sending.k, t.peer[0].secret.receiving.k, NZ_KEY);
        assert_memory_not_equal(t.peer[0].secret.sending.k, t.peer[0].secret.receiving.k, NZ_KEY);
    }
}

TEST(nz_043_no_payload_of_a_rejected_message_is_handed_out)
{
    BEGIN;
    session t = plain_session(NZ_IK);
    YES(writes(&t, NZ_INITIATOR, span_text("hello")));
    sent[n_sent - 1] ^= 1;
    memset(got, 0xaa, sizeof got);
    IS(reads(&t, NZ_RESPONDER, last_sent()), NZ_006);
    assert_true(n_got == 0 && all_zero(span_of(got, 5)));

    t = ready_session(NZ_IK);
    const nz_world w = world_of(&t, NZ_RESPONDER);
    uint8_t kept[64] = "kept";
    writer out = WRITER(kept);
    out.n = 4;
    YES(seals(&t, NZ_INITIATOR, span_text("a record")));
    sent[n_sent - 1] ^= 1;
    IS(nz_open(&t.peer[1], &w, EMPTY, last_sent(), &out), NZ_006);
    assert_true(span_is(written(&out), "kept") && all_zero(span_of(kept + 4, 60)));
    sent[n_sent - 1] ^= 1;
    YES(nz_open(&t.peer[1], &w, EMPTY, last_sent(), &out));
    assert_true(span_is(written(&out), "kepta record"));
}

/* ---- 6. Records ---- */

TEST(nz_041_no_record_before_the_last_message)
{
    BEGIN;
    EACH_PATTERN(p)
    {
        session t = plain_session(p);
        do {
            for (int role = 0; role < 2; role++) {
                const nz_world w = world_of(&t, (nz_role)role);
                IS(seals(&t, (nz_role)role, span_text("a record")), NZ_041);
                IS(opens(&t, (nz_role)role, span_of(long_text, 24)), NZ_041);
                IS(nz_rekey(&t.peer[role], &w, NZ_SENDING), NZ_041);
            }
            exchange(&t, EMPTY);
        } while (handshaking(&t));
        exchange_record(&t, NZ_INITIATOR);
    }
}

TEST(nz_042_a_record_opens_once_in_order_and_only_at_the_other_side)
{
    BEGIN;
    session t = ready_session(NZ_XX);
    uint8_t record[3][24];
    for (int i = 0; i < 3; i++) {
        YES(seals(&t, NZ_INITIATOR, span_text("a record")));
        assert_int_equal(n_sent, sizeof record[i]);
        memcpy(record[i], sent, sizeof record[i]);
    }
    IS(opens(&t, NZ_INITIATOR, SPAN(record[0])), NZ_006); /* reflected */
    IS(opens(&t, NZ_RESPONDER, SPAN(record[1])), NZ_006); /* ahead of its turn */
    YES(opens(&t, NZ_RESPONDER, SPAN(record[0])));
    IS(opens(&t, NZ_RESPONDER, SPAN(record[0])), NZ_006); /* never twice */
    IS(opens(&t, NZ_RESPONDER, SPAN(record[2])), NZ_006); /* over a gap */
    YES(opens(&t, NZ_RESPONDER, SPAN(record[1])));
    YES(opens(&t, NZ_RESPONDER, SPAN(record[2])));
}

TEST(a_closed_session_takes_nothing_more)
{
    BEGIN;
    session t = ready_session(NZ_NK);
    nz_close(&t.peer[0]);
    has_ended(&t, NZ_INITIATOR);
    nz_peer zero = {0};
    nz_close(&zero);
    assert_int_equal(nz_turn_of(&zero), NZ_FAILED);
}

/* ---- 4. The tokens of hfs ---- */

/* Published by libp2p's implementers (paschal533/pq-noise-artifacts, CC BY 4.0): the transcript hash covers each byte of the messages. */
TEST(nz_045_the_first_public_hybrid_vector_is_reproduced)
{
    BEGIN;
    for (int table = 0; table < 2; table++) {
        session t = {.prim = {tables[table], tables[table]}};
        memset(t.keys.s[0], 0x11, NZ_KEY), memset(t.keys.s[1], 0x12, NZ_KEY);
        memset(t.keys.e[0], 0x13, NZ_KEY), memset(t.keys.e[1], 0x14, NZ_KEY);
        memset(t.keys.e1, 0x15, sizeof t.keys.e1), memset(t.keys.coins, 0x16, sizeof t.keys.coins);
        start_with(&t, plain_suite(NZ_XXHFS), EMPTY);
        while (handshaking(&t))
            exchange(&t, EMPTY);
        is_hex(last_sent(), "ecee945a65a96f34fdaf116d3c70727852b0a25eb350bf72bb088f21cb374ba5"
                            "0c973fdc4ea63d2065ac9ff9fb347f0700dcf7ec3bb3a3c01f84290c6d8931aa");
        is_hex(nz_handshake_hash(&t.peer[0]), "b5a3c9854777aa5dad0a633c769bcc6662713f20f14e0371e4bfd253e1869eef");
        is_hex(SPAN(t.peer[0].secret.sending.k), "0a825d67cbf14170dcccf6f5c54d50f46a9a23541122654f5bec41ef0a5657e5");
        is_hex(SPAN(t.peer[1].secret.sending.k), "f8546817671a440fd8df45b26fd6b45ebbf39e4207455ca12bc6d56ac0b35ebc");
    }
}

/* In the clear the key stands right after the share; two coefficients share three bytes. */
TEST(nz_044_an_encapsulation_key_with_a_coefficient_of_3329_or_more_is_refused)
{
    BEGIN;
    for (int last = 0; last < 2; last++) {
        session t = plain_session(NZ_XXHFS);
        YES(writes(&t, NZ_INITIATOR, EMPTY));
        uint8_t *two = sent + NZ_KEY + (last ? 1149 : 0);
        two[0] = 0x00, two[1] = (uint8_t)((two[1] & 0xf0) | 0x0d); /* 3328 */
        session tried = t;
        YES(reads(&tried, NZ_RESPONDER, last_sent()));
        two[0] = 0x01; /* 3329 */
        IS(reads(&t, NZ_RESPONDER, last_sent()), NZ_044);
        assert_int_equal(nz_turn_of(&t.peer[1]), NZ_FAILED);
    }
}

TEST(nz_046_a_ciphertext_for_another_key_fails_at_the_next_tag)
{
    BEGIN;
    session t = plain_session(NZ_NKHFS);
    YES(writes(&t, NZ_INITIATOR, EMPTY));
    YES(reads(&t, NZ_RESPONDER, last_sent()));
    t.peer[1].secret.kem[0] ^= 1; /* as if e1 were another */
    YES(writes(&t, NZ_RESPONDER, span_text("hello")));
    IS(reads(&t, NZ_INITIATOR, last_sent()), NZ_006);
}

/* ---- 7. A secret for the profile ---- */

static verdict exports(session *t, nz_role role, const char *label, uint8_t out[48])
{
    const nz_world w = world_of(t, role);
    return nz_export(&t->peer[role], &w, span_text(label), out, 48);
}

TEST(nz_048_both_sides_export_the_same_bytes_and_other_sessions_and_labels_give_others)
{
    BEGIN;
    EACH_PATTERN(p)
    {
        session t = ready_session(p), other = session_of(plain_suite(p), tables[0], tables[0]);
        uint8_t key[NZ_KEY], info[9 + 32], want[48], out[3][48];
        memcpy(key, t.peer[0].secret.sending.k, NZ_KEY);
        memcpy(info, "a secret", 9);
        memcpy(info + 9, nz_handshake_hash(&t.peer[0]).p, 32);
        prim_hkdf_expand(&prim_openssl, PRIM_SHA256, SPAN(key), SPAN(info), want, 48);
        YES(exports(&t, NZ_INITIATOR, "a secret", out[0]));
        YES(exports(&t, NZ_RESPONDER, "a secret", out[1]));
        assert_memory_equal(out[0], want, 48);
        assert_memory_equal(out[1], want, 48);
        while (handshaking(&other))
            exchange(&other, span_text("another payload"));
        YES(exports(&other, NZ_INITIATOR, "a secret", out[2]));
        assert_memory_not_equal(out[2], want, 48);
        YES(exports(&other, NZ_RESPONDER, "a Secret", out[1]));
        assert_memory_not_equal(out[1], out[2], 48);
    }
}

TEST(nz_049_a_secret_is_exported_once_after_split_and_before_any_use_of_its_key)
{
    BEGIN;
    uint8_t out[48];
    session t = plain_session(NZ_XX);
    while (handshaking(&t)) {
        IS(exports(&t, NZ_INITIATOR, "a", out), NZ_049);
        IS(exports(&t, NZ_RESPONDER, "a", out), NZ_049);
        exchange(&t, EMPTY);
    }
    session used = t, rekeyed = t;
    exchange_record(&used, NZ_INITIATOR);
    IS(exports(&used, NZ_INITIATOR, "a", out), NZ_049);
    IS(exports(&used, NZ_RESPONDER, "a", out), NZ_049);
    rekeys(&rekeyed, NZ_INITIATOR, NZ_SENDING);
    IS(exports(&rekeyed, NZ_INITIATOR, "a", out), NZ_049);
    exchange_record(&t, NZ_RESPONDER); /* the other direction does not matter */
    YES(exports(&t, NZ_INITIATOR, "a", out));
    IS(exports(&t, NZ_INITIATOR, "a", out), NZ_049);
    nz_close(&t.peer[1]);
    IS(exports(&t, NZ_RESPONDER, "a", out), NZ_049);
}

TEST(nz_050_nz_051_after_an_export_its_direction_has_no_key_and_no_records)
{
    BEGIN;
    uint8_t out[48];
    session t = ready_session(NZ_NXHFS);
    YES(exports(&t, NZ_INITIATOR, "a", out));
    YES(exports(&t, NZ_RESPONDER, "a", out));
    assert_true(all_zero(SPAN(t.peer[0].secret.sending.k)) && all_zero(SPAN(t.peer[1].secret.receiving.k)));
    const nz_world w = world_of(&t, NZ_INITIATOR);
    IS(seals(&t, NZ_INITIATOR, span_text("a record")), NZ_050);
    IS(opens(&t, NZ_RESPONDER, span_of(long_text, 24)), NZ_050);
    IS(nz_rekey(&t.peer[0], &w, NZ_SENDING), NZ_050);
    IS(nz_rekey(&t.peer[1], &w, NZ_RECEIVING), NZ_050);
    exchange_record(&t, NZ_RESPONDER);
}

int main(void)
{
    prim_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nz_001_all_64_names_are_accepted_and_written_back),
        cmocka_unit_test(nz_001_a_name_with_any_bit_changed_or_any_length_cut_is_refused),
        cmocka_unit_test(nz_003_chachapoly_counts_little_endian_after_four_zeros),
        cmocka_unit_test(nz_004_aesgcm_counts_big_endian_after_four_zeros),
        cmocka_unit_test(nz_002_nz_005_counters_start_at_zero_and_rise_by_one),
        cmocka_unit_test(nz_006_nz_007_a_record_with_any_bit_flipped_is_rejected_and_the_honest_one_still_opens),
        cmocka_unit_test(nz_006_other_associated_data_is_rejected),
        cmocka_unit_test(nz_008_the_last_counter_value_is_never_used),
        cmocka_unit_test(nz_009_to_012_a_rekey_encrypts_zeros_under_the_last_counter_and_keeps_its_own),
        cmocka_unit_test(nz_009_records_open_after_both_sides_rekey_and_only_then),
        cmocka_unit_test(nz_013_to_034_the_public_vector_for_ik_chachapoly_sha512_is_reproduced),
        cmocka_unit_test(nz_014_the_public_vector_for_nk_whose_name_is_longer_than_the_hash_is_reproduced),
        cmocka_unit_test(nz_019_the_public_vector_for_nx_aesgcm_blake2b_is_reproduced),
        cmocka_unit_test(nz_024_the_known_answer_of_the_confer_suite_is_reproduced),
        cmocka_unit_test(every_suite_works_between_both_providers_in_either_order),
        cmocka_unit_test(each_side_knows_the_static_share_that_the_pattern_gives_it),
        cmocka_unit_test(nz_031_an_ephemeral_share_of_low_order_is_refused_at_its_first_agreement),
        cmocka_unit_test(nz_031_a_static_share_of_low_order_is_refused_by_the_initiator_that_was_given_it),
        cmocka_unit_test(a_setup_fits_only_with_exactly_the_keys_of_its_pattern_and_role),
        cmocka_unit_test(nz_033_peers_with_different_prologues_fail_at_the_first_tag),
        cmocka_unit_test(nz_034_an_initiator_with_another_responder_share_fails_at_the_first_message),
        cmocka_unit_test(messages_have_the_sizes_that_section_5_2_states),
        cmocka_unit_test(nz_035_every_shorter_length_of_every_message_is_rejected),
        cmocka_unit_test(nz_035_a_record_shorter_than_a_tag_is_rejected),
        cmocka_unit_test(nz_036_nz_037_a_handshake_message_has_65535_bytes_and_no_more),
        cmocka_unit_test(nz_036_nz_037_a_record_has_65535_bytes_and_no_more),
        cmocka_unit_test(nz_038_after_the_last_message_no_step_is_taken_and_records_still_pass),
        cmocka_unit_test(nz_039_every_bit_flip_of_a_second_message_is_rejected_and_ends_the_session),
        cmocka_unit_test(nz_040_after_the_last_message_only_the_record_keys_are_left),
        cmocka_unit_test(nz_043_no_payload_of_a_rejected_message_is_handed_out),
        cmocka_unit_test(nz_041_no_record_before_the_last_message),
        cmocka_unit_test(nz_042_a_record_opens_once_in_order_and_only_at_the_other_side),
        cmocka_unit_test(nz_045_the_first_public_hybrid_vector_is_reproduced),
        cmocka_unit_test(nz_044_an_encapsulation_key_with_a_coefficient_of_3329_or_more_is_refused),
        cmocka_unit_test(nz_046_a_ciphertext_for_another_key_fails_at_the_next_tag),
        cmocka_unit_test(nz_048_both_sides_export_the_same_bytes_and_other_sessions_and_labels_give_others),
        cmocka_unit_test(nz_049_a_secret_is_exported_once_after_split_and_before_any_use_of_its_key),
        cmocka_unit_test(nz_050_nz_051_after_an_export_its_direction_has_no_key_and_no_records),
        cmocka_unit_test(a_closed_session_takes_nothing_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
