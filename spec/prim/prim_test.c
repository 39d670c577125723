#include "prim.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

enum { SWEEP = 300 }; /* longest input of the sweeps, in bytes */

static const prim *const tables[] = {&prim_sodium, &prim_openssl};

/* ---- helpers ---- */

typedef struct bytes {
    uint8_t p[512];
    size_t n;
} bytes;

static bytes hex(const char *digits)
{
    bytes b = {{0}, 0};
    writer w = WRITER(b.p);
    assert_true(read_hex(span_text(digits), &w));
    b.n = w.n;
    return b;
}

#define SPAN_OF(b) span_of((b).p, (b).n)

static void is_hex(const uint8_t *got, const char *digits)
{
    const bytes want = hex(digits);
    assert_memory_equal(got, want.p, want.n);
}

/* A small generator (xorshift64*), so that the sweep is the same in every run. */
static uint64_t chance = 0x9e3779b97f4a7c15u;

static void fill(uint8_t *out, size_t n)
{
    while (n--) {
        chance ^= chance >> 12, chance ^= chance << 25, chance ^= chance >> 27;
        *out++ = (uint8_t)((chance * 0x2545f4914f6cdd1du) >> 56);
    }
}

#define EACH_TABLE(p) for (const prim *p, *const *each_ = tables; each_ < tables + 2 && (p = *each_); each_++)

/* ---- published vectors, one set a primitive ---- */

static void x25519_gives_the_answers_of_rfc_7748(void **state)
{
    (void)state;
    const bytes a = hex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
    const bytes b = hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
    const bytes scalar = hex("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4");
    const bytes u = hex("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c");
    EACH_TABLE (p) {
        uint8_t pa[32], pb[32], z[32];
        p->x25519_public(a.p, pa);
        p->x25519_public(b.p, pb);
        is_hex(pa, "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
        is_hex(pb, "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
        prim_agree(p, a.p, pb, z);
        is_hex(z, "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
        prim_agree(p, b.p, pa, z);
        is_hex(z, "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
        prim_agree(p, scalar.p, u.p, z);
        is_hex(z, "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552");
    }
}

static void ed25519_gives_the_answers_of_rfc_8032(void **state)
{
    (void)state;
    static const struct {
        const char *seed, *key, *message, *signature;
    } tests[] = {
        {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
         "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
         "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100"
         "b"},
        {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
         "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
         "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40"
         "a"},
    };
    EACH_TABLE (p)
        for (size_t i = 0; i < 2; i++) {
            const bytes seed = hex(tests[i].seed), message = hex(tests[i].message);
            uint8_t key[32], signature[64];
            p->ed25519_public(seed.p, key);
            is_hex(key, tests[i].key);
            p->ed25519_sign(seed.p, SPAN_OF(message), signature);
            is_hex(signature, tests[i].signature);
            assert_true(p->ed25519_verify(key, SPAN_OF(message), signature));
        }
}

/* RFC 8032 7.3 */
static void ed25519ph_gives_the_answer_of_rfc_8032(void **state)
{
    (void)state;
    const bytes seed = hex("833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42");
    uint8_t key[32], signature[64];
    prim_sodium.ed25519_public(seed.p, key);
    prim_ed25519ph_sign(seed.p, span_text("abc"), signature);
    is_hex(
        signature,
        "98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae4131f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406");
    assert_true(prim_ed25519ph_verify(key, span_text("abc"), signature));
    assert_false(prim_ed25519ph_verify(key, span_text("abd"), signature));
    EACH_TABLE (p)
        assert_false(p->ed25519_verify(key, span_text("abc"), signature));
    prim_sodium.ed25519_sign(seed.p, span_text("abc"), signature);
    assert_false(prim_ed25519ph_verify(key, span_text("abc"), signature));
}

static void the_ciphers_give_the_answers_of_rfc_8439_and_of_the_gcm_specification(void **state)
{
    (void)state;
    static const struct {
        prim_cipher cipher;
        const char *key, *nonce, *ad, *plain, *sealed;
    } tests[] = {
        {PRIM_CHACHAPOLY, "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f", "070000004041424344454647",
         "50515253c0c1c2c3c4c5c6c7",
         "4c616469657320616e642047656e746c656d656e206f662074686520636c617373206f66202739393a204966204920636f756c64206f6666657220796f75"
         "206f6e6c79206f6e652074697020666f7220746865206675747572652c2073756e73637265656e20776f756c642062652069742e",
         "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67e"
         "cd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b6116"
         "1ae10b594f09e26a7e902ecbd0600691"},
        {PRIM_AESGCM, "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
         "feedfacedeadbeeffeedfacedeadbeefabaddad2",
         "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
         "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
         "76fc6ece0f4e1768cddf8853bb2d551b"},
    };
    EACH_TABLE (p)
        for (size_t i = 0; i < 2; i++) {
            const bytes key = hex(tests[i].key), nonce = hex(tests[i].nonce), ad = hex(tests[i].ad), plain = hex(tests[i].plain);
            uint8_t sealed[256], opened[256];
            if (!p->has_cipher(tests[i].cipher))
                continue;
            p->aead_seal(tests[i].cipher, key.p, nonce.p, SPAN_OF(ad), SPAN_OF(plain), sealed);
            is_hex(sealed, tests[i].sealed);
            assert_true(p->aead_open(tests[i].cipher, key.p, nonce.p, SPAN_OF(ad), span_of(sealed, plain.n + 16), opened));
            assert_memory_equal(opened, plain.p, plain.n);
        }
}

static void the_hashes_give_the_answers_of_fips_180_and_rfc_7693(void **state)
{
    (void)state;
    static const char *const abc[] = {
        [PRIM_SHA256] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        [PRIM_SHA384] = "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
        [PRIM_SHA512] = "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a"
                        "9ac94fa54ca49f",
        [PRIM_BLAKE2S] = "508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982",
        [PRIM_BLAKE2B] = "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab"
                         "92386edd4009923",
    };
    EACH_TABLE (p)
        for (prim_hash h = PRIM_SHA256; h <= PRIM_BLAKE2B; h++) {
            const span parts[] = {span_text("a"), EMPTY, span_text("bc")};
            uint8_t out[PRIM_HASH_MAX];
            assert_true(p->has_hash(h));
            prim_digest(p, h, span_text("abc"), out);
            is_hex(out, abc[h]);
            p->hash(h, parts, 3, out);
            is_hex(out, abc[h]);
            assert_int_equal(strlen(abc[h]), 2 * prim_hash_len(h));
        }
}

static void hmac_gives_the_answers_of_rfc_4231(void **state)
{
    (void)state;
    static const char *const jefe[] = {
        [PRIM_SHA256] = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        [PRIM_SHA384] = "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649",
        [PRIM_SHA512] = ("164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
                         "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"),
    };
    uint8_t long_key[131], out[PRIM_HASH_MAX];
    memset(long_key, 0xaa, sizeof long_key);
    EACH_TABLE (p) {
        for (prim_hash h = PRIM_SHA256; h <= PRIM_SHA512; h++) {
            const span parts[] = {span_text("what do ya want "), span_text("for nothing?")};
            p->hmac(h, span_text("Jefe"), parts, 2, out);
            is_hex(out, jefe[h]);
        }
        const span first = span_text("Test Using Larger Than Block-Size Key - Hash Key First");
        p->hmac(PRIM_SHA256, SPAN(long_key), &first, 1, out);
        is_hex(out, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    }
}

static void hkdf_gives_the_answers_of_rfc_5869(void **state)
{
    (void)state;
    const bytes ikm = hex("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b");
    const bytes salt = hex("000102030405060708090a0b0c"), info = hex("f0f1f2f3f4f5f6f7f8f9");
    EACH_TABLE (p) {
        uint8_t prk[32], okm[42];
        prim_hkdf_extract(p, PRIM_SHA256, SPAN_OF(salt), SPAN_OF(ikm), prk);
        is_hex(prk, "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5");
        prim_hkdf_expand(p, PRIM_SHA256, SPAN(prk), SPAN_OF(info), okm, sizeof okm);
        is_hex(okm, "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
        prim_hkdf_extract(p, PRIM_SHA256, EMPTY, SPAN_OF(ikm), prk);
        prim_hkdf_expand(p, PRIM_SHA256, SPAN(prk), EMPTY, okm, sizeof okm);
        is_hex(okm, "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
    }
}

/* ---- the two tables say the same ---- */

static void both_tables_agree_on_every_hash_and_hmac_of_0_to_300_bytes(void **state)
{
    (void)state;
    uint8_t text[SWEEP], a[PRIM_HASH_MAX], b[PRIM_HASH_MAX];
    for (size_t n = 0; n <= SWEEP; n++)
        for (prim_hash h = PRIM_SHA256; h <= PRIM_BLAKE2B; h++) {
            fill(text, n);
            const span cut[] = {span_of(text, n / 3), span_of(text + n / 3, n - n / 3)};
            prim_digest(&prim_sodium, h, span_of(text, n), a);
            prim_openssl.hash(h, cut, 2, b);
            assert_memory_equal(a, b, prim_hash_len(h));
            prim_sodium.hmac(h, cut[1], cut, 2, a); /* keys on both sides of the block length */
            prim_openssl.hmac(h, cut[1], cut, 2, b);
            assert_memory_equal(a, b, prim_hash_len(h));
        }
}

static void both_tables_agree_on_expansions_of_0_to_300_bytes(void **state)
{
    (void)state;
    uint8_t prk[PRIM_HASH_MAX], a[SWEEP], b[SWEEP];
    for (size_t n = 0; n <= SWEEP; n++)
        for (prim_hash h = PRIM_SHA256; h <= PRIM_BLAKE2B; h++) {
            fill(prk, sizeof prk);
            prim_hkdf_expand(&prim_sodium, h, span_of(prk, prim_hash_len(h)), span_of(prk, n % 64), a, n);
            prim_hkdf_expand(&prim_openssl, h, span_of(prk, prim_hash_len(h)), span_of(prk, n % 64), b, n);
            if (n)
                assert_memory_equal(a, b, n);
        }
}

static void both_tables_agree_on_keys_agreements_and_signatures(void **state)
{
    (void)state;
    uint8_t secret[32], share[32], text[SWEEP], a[64], b[64];
    for (size_t n = 0; n <= SWEEP; n++) {
        fill(secret, 32);
        fill(share, 32); /* half of these lie on the twist, and every second has its top bit set */
        fill(text, n);
        prim_sodium.x25519_public(secret, a);
        prim_openssl.x25519_public(secret, b);
        assert_memory_equal(a, b, 32);
        prim_agree(&prim_sodium, secret, share, a);
        prim_agree(&prim_openssl, secret, share, b);
        assert_memory_equal(a, b, 32);
        prim_sodium.ed25519_sign(secret, span_of(text, n), a);
        prim_openssl.ed25519_sign(secret, span_of(text, n), b);
        assert_memory_equal(a, b, 64);
        prim_sodium.ed25519_public(secret, share);
        prim_openssl.ed25519_public(secret, b);
        assert_memory_equal(share, b, 32);
        assert_true(prim_openssl.ed25519_verify(share, span_of(text, n), a));
        a[n % 64] ^= (uint8_t)(1u << (n % 8));
        EACH_TABLE (p)
            assert_false(p->ed25519_verify(share, span_of(text, n), a));
    }
}

static void halves_of_two_pairs_are_no_pair(void **state)
{
    (void)state;
    EACH_TABLE (p) {
        uint8_t secret[32];
        prim_pair one, two;
        fill(secret, 32);
        prim_pair_of(p, secret, &one);
        secret[31] ^= 1;
        prim_pair_of(p, secret, &two);
        assert_true(prim_pair_whole(&prim_sodium, &one) && prim_pair_whole(&prim_openssl, &two));
        memcpy(two.share, one.share, 32);
        assert_false(prim_pair_whole(p, &two));
        one.bond[7] ^= 1;
        assert_false(prim_pair_whole(p, &one));
    }
}

typedef struct sealing {
    uint8_t key[32], nonce[12], ad[SWEEP], plain[SWEEP], sealed[SWEEP + PRIM_TAG];
    size_t n; /* bytes of plain and of ad */
} sealing;

static void new_sealing(sealing *s, prim_cipher c, size_t n)
{
    fill(s->key, 32);
    fill(s->nonce, 12);
    fill(s->ad, n);
    fill(s->plain, n);
    s->n = n;
    prim_openssl.aead_seal(c, s->key, s->nonce, span_of(s->ad, n), span_of(s->plain, n), s->sealed);
}

static void both_tables_seal_alike_apart_and_in_place(void **state)
{
    (void)state;
    for (size_t n = 0; n <= SWEEP; n++)
        for (prim_cipher c = PRIM_CHACHAPOLY; c <= PRIM_AESGCM; c++) {
            sealing s;
            new_sealing(&s, c, n);
            EACH_TABLE (p) {
                uint8_t room[SWEEP + PRIM_TAG] = {0};
                if (!p->has_cipher(c))
                    continue;
                p->aead_seal(c, s.key, s.nonce, span_of(s.ad, n), span_of(s.plain, n), room);
                assert_memory_equal(room, s.sealed, n + PRIM_TAG);
                if (n)
                    memcpy(room, s.plain, n);
                p->aead_seal(c, s.key, s.nonce, span_of(s.ad, n), span_of(room, n), room);
                assert_memory_equal(room, s.sealed, n + PRIM_TAG);
                assert_true(p->aead_open(c, s.key, s.nonce, span_of(s.ad, n), span_of(room, n + PRIM_TAG), room));
                if (n)
                    assert_memory_equal(room, s.plain, n);
            }
        }
}

/* ---- what is refused ---- */

/* What may be seen under a wrong tag: nothing, but in the build whose weakened checks must be able to accept the text itself. */
static void shows_no_plaintext(const uint8_t *out, const sealing *s)
{
#ifdef PARLEY_MUTANTS
    if (s->n)
        assert_memory_equal(out, s->plain, s->n);
#else
    assert_true(all_zero(span_of(out, s->n)));
#endif
}

static void a_flipped_bit_of_the_tag_is_refused_and_nothing_is_shown(void **state)
{
    (void)state;
    for (prim_cipher c = PRIM_CHACHAPOLY; c <= PRIM_AESGCM; c++)
        for (size_t bit = 0; bit < 8 * PRIM_TAG; bit++) {
            sealing s;
            new_sealing(&s, c, bit);
            s.sealed[s.n + bit / 8] ^= (uint8_t)(1u << (bit % 8));
            EACH_TABLE (p) {
                uint8_t out[SWEEP + PRIM_TAG];
                if (!p->has_cipher(c))
                    continue;
                memset(out, 0x55, sizeof out);
                assert_false(p->aead_open(c, s.key, s.nonce, span_of(s.ad, s.n), span_of(s.sealed, s.n + PRIM_TAG), out));
                shows_no_plaintext(out, &s);
                memcpy(out, s.sealed, s.n + PRIM_TAG);
                assert_false(p->aead_open(c, s.key, s.nonce, span_of(s.ad, s.n), span_of(out, s.n + PRIM_TAG), out));
                shows_no_plaintext(out, &s);
            }
        }
}

static void another_key_nonce_or_associated_data_is_refused_and_the_right_ones_still_work(void **state)
{
    (void)state;
    for (prim_cipher c = PRIM_CHACHAPOLY; c <= PRIM_AESGCM; c++) {
        sealing s;
        new_sealing(&s, c, 40);
        EACH_TABLE (p) {
            uint8_t out[SWEEP], *const inputs[] = {s.key, s.nonce, s.ad, s.sealed};
            if (!p->has_cipher(c))
                continue;
            for (size_t i = 0; i < 4; i++) {
                inputs[i][3] ^= 1;
                assert_false(p->aead_open(c, s.key, s.nonce, span_of(s.ad, 40), span_of(s.sealed, 56), out));
                inputs[i][3] ^= 1;
            }
            assert_false(p->aead_open(c, s.key, s.nonce, span_of(s.ad, 39), span_of(s.sealed, 56), out));
            assert_false(p->aead_open(c, s.key, s.nonce, EMPTY, span_of(s.sealed, 15), out));
            assert_true(p->aead_open(c, s.key, s.nonce, span_of(s.ad, 40), span_of(s.sealed, 56), out));
        }
    }
}

/* RFC 7748 6.1 and 7: u of order 1, 2, 4 and 8, on the curve and its twist, and the same plus the prime. */
static const char *const low_order_u[] = {
    "0000000000000000000000000000000000000000000000000000000000000000", "0100000000000000000000000000000000000000000000000000000000000000",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800", "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
};

static void a_low_order_share_agrees_on_zeros(void **state)
{
    (void)state;
    EACH_TABLE (p)
        for (size_t i = 0; i < 2 * (sizeof low_order_u / sizeof *low_order_u); i++) {
            bytes share = hex(low_order_u[i / 2]);
            uint8_t secret[32], out[32];
            share.p[31] |= i % 2 ? 0x80 : 0; /* the top bit is ignored */
            fill(secret, 32);
            memset(out, 0x55, 32);
            prim_agree(p, secret, share.p, out);
            assert_true(all_zero(SPAN(out)));
        }
}

/* Points of order 1, 2, 4 and 8, and y at or above the prime. Under such a key S = 0, R = the key fits some message in
 * eight without a secret: both tables must refuse before they compute. */
static void a_weak_ed25519_key_verifies_nothing(void **state)
{
    (void)state;
    static const char *const weak[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    };
    EACH_TABLE (p)
        for (size_t i = 0; i < 2 * (sizeof weak / sizeof *weak); i++) {
            bytes key = hex(weak[i / 2]);
            uint8_t signature[64] = {1}, text = 0;
            key.p[31] |= i % 2 ? 0x80 : 0;
            for (unsigned m = 0; m < 64; m++, text++)
                assert_false(p->ed25519_verify(key.p, span_of(&text, 1), signature));
        }
}

static void a_signature_whose_s_is_not_reduced_is_refused(void **state)
{
    (void)state;
    const bytes order = hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    EACH_TABLE (p) {
        uint8_t seed[32], key[32], signature[64];
        unsigned carry = 0;
        fill(seed, 32);
        p->ed25519_public(seed, key);
        p->ed25519_sign(seed, span_text("x"), signature);
        for (size_t i = 0; i < 32; i++) {
            carry += (unsigned)signature[32 + i] + order.p[i];
            signature[32 + i] = (uint8_t)carry;
            carry >>= 8;
        }
        assert_false(p->ed25519_verify(key, span_text("x"), signature));
    }
}

static int start(void **state)
{
    (void)state;
    prim_start();
    prim_start(); /* a second call is harmless */
    if (!prim_sodium.has_cipher(PRIM_AESGCM))
        print_message("this processor has no AES instructions: libsodium's AES-256-GCM is not looked at\n");
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(x25519_gives_the_answers_of_rfc_7748),
        cmocka_unit_test(ed25519_gives_the_answers_of_rfc_8032),
        cmocka_unit_test(ed25519ph_gives_the_answer_of_rfc_8032),
        cmocka_unit_test(the_ciphers_give_the_answers_of_rfc_8439_and_of_the_gcm_specification),
        cmocka_unit_test(the_hashes_give_the_answers_of_fips_180_and_rfc_7693),
        cmocka_unit_test(hmac_gives_the_answers_of_rfc_4231),
        cmocka_unit_test(hkdf_gives_the_answers_of_rfc_5869),
        cmocka_unit_test(both_tables_agree_on_every_hash_and_hmac_of_0_to_300_bytes),
        cmocka_unit_test(both_tables_agree_on_expansions_of_0_to_300_bytes),
        cmocka_unit_test(both_tables_agree_on_keys_agreements_and_signatures),
        cmocka_unit_test(halves_of_two_pairs_are_no_pair),
        cmocka_unit_test(both_tables_seal_alike_apart_and_in_place),
        cmocka_unit_test(a_flipped_bit_of_the_tag_is_refused_and_nothing_is_shown),
        cmocka_unit_test(another_key_nonce_or_associated_data_is_refused_and_the_right_ones_still_work),
        cmocka_unit_test(a_low_order_share_agrees_on_zeros),
        cmocka_unit_test(a_weak_ed25519_key_verifies_nothing),
        cmocka_unit_test(a_signature_whose_s_is_not_reduced_is_refused),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
