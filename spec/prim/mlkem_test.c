#include "mlkem.h"
#include "mlkem_isa.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <openssl/evp.h>
#include <cmocka.h>

static const mlkem_set sets[] = {MLKEM_768, MLKEM_1024};

#define EACH_SET(s)                               \
    for (size_t set_i_ = 0; set_i_ < 2; set_i_++) \
        for (mlkem_set s = sets[set_i_], once_ = 0; !once_; once_ = 1)

/* A pair of keys and one ciphertext. */
typedef struct exchange {
    uint8_t ek[MLKEM_EK_MAX], dk[MLKEM_DK_MAX], ct[MLKEM_CT_MAX], sent[32], got[32];
    mlkem_sizes n;
} exchange;

static const uint8_t d[32] = {1}, z[32] = {2}, m[32] = {3};

static exchange exchange_of(mlkem_set set)
{
    exchange e = {.n = *mlkem_sizes_of(set)};
    mlkem_keygen(set, d, z, e.ek, e.dk);
    mlkem_encaps(set, span_of(e.ek, e.n.ek), m, e.ct, e.sent);
    return e;
}

static void decapsulates(mlkem_set set, exchange *e) { mlkem_decaps(set, span_of(e->dk, e->n.dk), span_of(e->ct, e->n.ct), e->got); }
static span ek_of(const exchange *e) { return span_of(e->ek, e->n.ek); }

static void is_hex(span got, const char *digits)
{
    uint8_t want[64];
    writer w = WRITER(want);
    assert_true(read_hex(span_text(digits), &w));
    assert_int_equal(got.n, w.n);
    assert_memory_equal(got.p, want, w.n);
}

/* ---- numbers ---- */

static const unsigned depths[] = {1, 4, 5, 10, 11};

/* Number i of d bits, least significant bit first. */
static unsigned number_at(const uint8_t *bytes, unsigned deg, unsigned i)
{
    unsigned x = 0;
    for (unsigned bit = 0; bit < deg; bit++)
        x |= (bytes[(i * deg + bit) / 8] >> (i * deg + bit) % 8 & 1u) << bit;
    return x;
}

static poly from_on(uint32_t first, uint32_t modulus)
{
    poly p;
    for (uint32_t i = 0; i < N; i++)
        p.c[i] = (uint16_t)((first + i) % modulus);
    return p;
}

static void compression_is_rounding_of_the_quotient(void **state)
{
    (void)state;
    for (size_t each = 0; each < sizeof depths / sizeof *depths; each++)
        for (uint32_t first = 0; first < Q; first += N) {
            const unsigned deg = depths[each];
            const poly p = from_on(first, Q);
            uint8_t bytes[32 * 11];
            poly_encode(&p, deg, bytes);
            for (unsigned i = 0; i < N; i++) {
                const uint32_t rounded = (2 * ((uint32_t)p.c[i] << deg) + Q) / (2 * Q);
                assert_int_equal(number_at(bytes, deg, i), rounded % (1u << deg));
            }
        }
}

static void decompression_is_undone_by_compression(void **state)
{
    (void)state;
    for (size_t each = 0; each < sizeof depths / sizeof *depths; each++)
        for (uint32_t first = 0; first < 1u << depths[each]; first += N) {
            const unsigned deg = depths[each];
            const poly p = from_on(first * Q >> deg, Q);
            uint8_t before[32 * 11], after[32 * 11];
            poly got;
            poly_encode(&p, deg, before);
            poly_decode(before, deg, &got);
            poly_encode(&got, deg, after);
            assert_memory_equal(before, after, 32 * deg);
        }
}

static void twelve_bits_are_read_modulo_q(void **state)
{
    (void)state;
    for (uint32_t first = 0; first < 4096; first += N) {
        uint8_t bytes[384], again[384];
        const poly p = from_on(first, 4096);
        poly got;
        poly_encode(&p, 12, bytes);
        poly_decode(bytes, 12, &got);
        poly_encode(&got, 12, again);
        for (unsigned i = 0; i < N; i++) {
            assert_int_equal(number_at(bytes, 12, i), first + i);
            assert_int_equal(got.c[i], (first + i) % Q);
            assert_int_equal(number_at(again, 12, i), (first + i) % Q);
        }
    }
}

static poly counting(unsigned step)
{
    poly p;
    for (unsigned i = 0; i < N; i++)
        p.c[i] = (uint16_t)((i * i * step + step) % Q);
    return p;
}

static void the_inverse_transform_undoes_the_transform(void **state)
{
    (void)state;
    const poly before = counting(7);
    poly p = before;
    ntt(&p);
    assert_memory_not_equal(&p, &before, sizeof p);
    ntt_inverse(&p);
    assert_memory_equal(&p, &before, sizeof p);
}

/* The product modulo X^256 + 1, as at school. */
static poly schoolbook(const poly *a, const poly *b)
{
    poly p = {{0}};
    for (unsigned i = 0; i < N; i++)
        for (unsigned j = 0; j < N; j++) {
            const uint32_t c = (uint32_t)a->c[i] * b->c[j] % Q, at = (i + j) % N;
            p.c[at] = (uint16_t)((p.c[at] + (i + j < N ? c : Q - c)) % Q);
        }
    return p;
}

static void the_transform_turns_products_into_products(void **state)
{
    (void)state;
    poly a = counting(3), b = counting(11), product = {{0}};
    const poly want = schoolbook(&a, &b);
    ntt(&a);
    ntt(&b);
    multiply_ntts_add(&product, &a, &b);
    ntt_inverse(&product);
    assert_memory_equal(&product, &want, sizeof want);
}

/* ---- instruction sets ---- */

/* What the loops of one instruction set make of seeded inputs, one after another. */
static void trace_of(const mlkem_isa *isa, uint32_t seed, uint8_t digest[32])
{
    enum { LEN = 6 * 168, LOOPS = 9 };
    uint8_t bytes[LEN], out[384] = {0};
    poly p[LOOPS] = {{{0}}};
    const span input = span_of(&seed, sizeof seed);
    prim_sponge(PRIM_SHAKE128, &input, 1, bytes, LEN);
    const bool enough = isa->take(bytes, LEN / 2, &p[0]), always = isa->take(bytes, LEN, &p[1]);
    isa->cbd(bytes, &p[2]);
    for (unsigned i = 0; i < 5; i++) {
        isa->decode(bytes + i, depths[i], &p[3]);
        isa->encode(&p[3], depths[i], out);
        isa->add(&p[4], &p[3]);
    }
    p[5] = p[6] = p[1];
    isa->ntt(&p[5]);
    isa->ntt_inverse(&p[6]);
    isa->multiply_ntts_add(&p[7], &p[5], &p[6]);
    isa->subtract(&p[8], &p[7]);
    assert_true(always);
    const span all[] = {span_of(&enough, 1), span_of(&p[enough ? 0 : 1], sizeof p[0]), span_of(&p[2], 7 * sizeof p[0]), SPAN(out)};
    prim_sponge(PRIM_SHA3_256, all, 4, digest, 32);
}

static void an_instruction_set_computes_what_the_plain_one_does(void **state)
{
    (void)state;
    for (uint32_t seed = 0; seed < 400; seed++) {
        uint8_t plain[32], this[32];
        trace_of(&mlkem_plain, seed, plain);
        trace_of(mlkem_isa_used(), seed, this);
        assert_memory_equal(plain, this, 32);
    }
}

/* Both seeds count up, so that streams of all lengths are met: some that three blocks do not fill. */
static void streams_in_lanes_are_those_of_openssl(void **state)
{
    (void)state;
    const mlkem_isa *lanes = mlkem_isa_used();
    for (uint32_t seed = 0; seed < 60; seed++) {
        poly want[16 + 9], got[16 + 9];
        const uint8_t rho[32] = {(uint8_t)seed, 1}, sigma[32] = {2, (uint8_t)seed};
        const unsigned k = 3 + seed % 2;
        memset(want, 0, sizeof want), memset(got, 0, sizeof got);
        mlkem_isa_use(&mlkem_plain);
        sample_matrix(k, rho, want);
        sample_cbd(sigma, (uint8_t)seed, seed % 9 + 1, want + 16);
        mlkem_isa_use(lanes);
        sample_matrix(k, rho, got);
        sample_cbd(sigma, (uint8_t)seed, seed % 9 + 1, got + 16);
        assert_memory_equal(want, got, sizeof want);
    }
}

/* ---- published answers ---- */

enum { ROUNDS = 100 };

/* Go's crypto/mlkem and the Community Cryptography Test Vectors fold many runs into one digest: coins and a random
 * ciphertext come from SHAKE128 of nothing, all outputs go into another SHAKE128. */
static void accumulated(mlkem_set set, const char *digits)
{
    const mlkem_sizes n = *mlkem_sizes_of(set);
    const size_t drawn = 96 + n.ct, made = n.ek + n.ct + 64;
    uint8_t *coins = malloc(ROUNDS * drawn), *all = malloc(ROUNDS * made), digest[32];
    must(coins && all);
    writer w = writer_of(all, ROUNDS * made);
    prim_sponge(PRIM_SHAKE128, NULL, 0, coins, ROUNDS * drawn);
    for (const uint8_t *c = coins; c < coins + ROUNDS * drawn; c += drawn) {
        exchange e = {.n = n};
        mlkem_keygen(set, c, c + 32, e.ek, e.dk);
        mlkem_encaps(set, ek_of(&e), c + 64, e.ct, e.sent);
        decapsulates(set, &e);
        assert_memory_equal(e.got, e.sent, 32);
        mlkem_decaps(set, span_of(e.dk, n.dk), span_of(c + 96, n.ct), e.got);
        write_span(&w, ek_of(&e));
        write_span(&w, span_of(e.ct, n.ct));
        write_span(&w, SPAN(e.sent));
        write_span(&w, SPAN(e.got));
    }
    const span everything = written(&w);
    prim_sponge(PRIM_SHAKE128, &everything, 1, digest, sizeof digest);
    is_hex(SPAN(digest), digits);
    free(coins);
    free(all);
}

static void ml_kem_768_gives_the_accumulated_answer(void **state)
{
    (void)state;
    accumulated(MLKEM_768, "1114b1b6699ed191734fa339376afa7e285c9e6acf6ff0177d346696ce564415");
}

static void ml_kem_1024_gives_the_accumulated_answer(void **state)
{
    (void)state;
    accumulated(MLKEM_1024, "800018fec3e2723f73f1d657fe239b4d5d8782efaade297e8cd448e54cc2ac00");
}

/* NIST's generator for known answers: AES-256 in counter mode (SP 800-90A without derivation function). */
typedef struct drbg {
    uint8_t key[32], v[16];
} drbg;

static void drbg_blocks(drbg *g, uint8_t *out, size_t n)
{
    EVP_CIPHER_CTX *aes = EVP_CIPHER_CTX_new();
    int len;
    assert_int_equal(EVP_EncryptInit_ex(aes, EVP_aes_256_ecb(), NULL, g->key, NULL), 1);
    for (size_t done = 0; done < n; done += 16) {
        for (int i = 15; i >= 0 && ++g->v[i] == 0; i--)
            ;
        assert_int_equal(EVP_EncryptUpdate(aes, out + done, &len, g->v, 16), 1);
    }
    EVP_CIPHER_CTX_free(aes);
}

static void drbg_update(drbg *g, const uint8_t *data)
{
    uint8_t block[48];
    drbg_blocks(g, block, sizeof block);
    for (size_t i = 0; data && i < sizeof block; i++)
        block[i] ^= data[i];
    memcpy(g->key, block, 32);
    memcpy(g->v, block + 32, 16);
}

static void drbg_draw(drbg *g, uint8_t *out, size_t n)
{
    drbg_blocks(g, out, n);
    drbg_update(g, NULL);
}

static void write_line(writer *w, const char *name, span value)
{
    uint8_t digits[2 * MLKEM_DK_MAX];
    writer hex = WRITER(digits);
    write_hex(&hex, value);
    write_text(w, name);
    write_text(w, " = ");
    for (size_t i = 0; i < hex.n; i++) /* NIST writes capitals */
        write_be(w, digits[i] >= 'a' ? digits[i] - 32u : digits[i], 1);
    write_text(w, "\n");
}

typedef struct kem {
    void (*keygen)(mlkem_set, const uint8_t *, const uint8_t *, uint8_t *, uint8_t *);
    void (*encaps)(mlkem_set, span, const uint8_t *, uint8_t *, uint8_t *);
    void (*decaps)(mlkem_set, span, span, uint8_t *);
    size_t at_once; /* bytes of a key pair's coins that are drawn in one call: the generator moves on after each */
} kem;

static const kem standard = {mlkem_keygen, mlkem_encaps, mlkem_decaps, 64}, round_3 = {kyber_keygen, kyber_encaps, kyber_decaps, 32};

static void draw_exchange(const kem *k, mlkem_set set, drbg *g, exchange *e)
{
    uint8_t coins[64];
    e->n = *mlkem_sizes_of(set);
    for (size_t i = 0; i < sizeof coins; i += k->at_once)
        drbg_draw(g, coins + i, k->at_once);
    k->keygen(set, coins, coins + 32, e->ek, e->dk);
    drbg_draw(g, coins, 32);
    k->encaps(set, ek_of(e), coins, e->ct, e->sent);
    k->decaps(set, span_of(e->dk, e->n.dk), span_of(e->ct, e->n.ct), e->got);
    assert_memory_equal(e->got, e->sent, 32);
}

/* The first answer of NIST's file (PQCkemKAT_*.rsp) in the form whose SHA-256 liboqs keeps as "single". */
static void first_answer_of_nist(const kem *k, mlkem_set set, const char *digits)
{
    uint8_t entropy[48], seed[48], text[24000], digest[32];
    exchange e = {{0}, {0}, {0}, {0}, {0}, {0}};
    drbg g = {{0}, {0}};
    writer w = WRITER(text);
    for (size_t i = 0; i < 48; i++)
        entropy[i] = (uint8_t)i;
    drbg_update(&g, entropy);
    drbg_draw(&g, seed, sizeof seed);
    g = (drbg){{0}, {0}};
    drbg_update(&g, seed);
    draw_exchange(k, set, &g, &e);
    write_text(&w, "count = 0\n");
    write_line(&w, "seed", SPAN(seed));
    write_line(&w, "pk", ek_of(&e));
    write_line(&w, "sk", span_of(e.dk, e.n.dk));
    write_line(&w, "ct", span_of(e.ct, e.n.ct));
    write_line(&w, "ss", SPAN(e.sent));
    assert_true(writer_ok(&w));
    prim_digest(&prim_openssl, PRIM_SHA256, written(&w), digest);
    is_hex(SPAN(digest), digits);
}

static void the_standard_gives_the_first_answers_of_nist(void **state)
{
    (void)state;
    first_answer_of_nist(&standard, MLKEM_768, "5352539586b6c3df58be6158a6250aeff402bd73060b0a3de68850ac074c17c3");
    first_answer_of_nist(&standard, MLKEM_1024, "f580d851e5fb27e6876e5e203fa18be4cdbfd49e05d48fec3d3992c8f43a13e6");
}

static void round_3_gives_the_first_answers_of_nist(void **state)
{
    (void)state;
    first_answer_of_nist(&round_3, MLKEM_768, "89e82a5bf2d4ddb2c6444e10409e6d9ca65dafbca67d1a0db2c9b54920a29172");
    first_answer_of_nist(&round_3, MLKEM_1024, "5afcf2a568ad32d49b55105b032af1850f03f3888ff9e2a72f4059c58e968f60");
}

/* ---- the scheme ---- */

static void both_sides_get_one_secret(void **state)
{
    (void)state;
    EACH_SET(set)
    {
        exchange e = exchange_of(set);
        decapsulates(set, &e);
        assert_memory_equal(e.got, e.sent, 32);
        assert_false(all_zero(SPAN(e.got)));
    }
}

static void each_changed_byte_of_a_ciphertext_gives_a_secret_of_its_own(void **state)
{
    (void)state;
    EACH_SET(set)
    {
        exchange e = exchange_of(set);
        for (size_t i = 0; i < e.n.ct; i += 31) {
            uint8_t again[32];
            e.ct[i] ^= 1;
            decapsulates(set, &e);
            assert_memory_not_equal(e.got, e.sent, 32);
            memcpy(again, e.got, 32);
            decapsulates(set, &e);
            assert_memory_equal(e.got, again, 32);
            e.ct[i] ^= 1;
        }
        decapsulates(set, &e);
        assert_memory_equal(e.got, e.sent, 32);
    }
}

/* FIPS 203 Algorithm 18 line 7, by hand. */
static void a_rejected_ciphertext_gives_the_hash_of_z_and_itself(void **state)
{
    (void)state;
    EACH_SET(set)
    {
        exchange e = exchange_of(set);
        uint8_t want[32];
        e.ct[0] ^= 1;
        decapsulates(set, &e);
        const span parts[] = {SPAN(z), span_of(e.ct, e.n.ct)};
        prim_sponge(PRIM_SHAKE256, parts, 2, want, 32);
        assert_memory_equal(e.got, want, 32);
    }
}

static void round_3_and_the_standard_agree_on_keys_but_not_on_secrets(void **state)
{
    (void)state;
    EACH_SET(set)
    {
        exchange e = exchange_of(set);
        kyber_encaps(set, ek_of(&e), m, e.ct, e.sent);
        kyber_decaps(set, span_of(e.dk, e.n.dk), span_of(e.ct, e.n.ct), e.got);
        assert_memory_equal(e.got, e.sent, 32);
        decapsulates(set, &e);
        assert_memory_not_equal(e.got, e.sent, 32);
        e.ct[5] ^= 1;
        kyber_decaps(set, span_of(e.dk, e.n.dk), span_of(e.ct, e.n.ct), e.got);
        assert_memory_not_equal(e.got, e.sent, 32);
    }
}

/* ---- halves ---- */

static void two_halves_make_the_ciphertext_of_the_whole(void **state)
{
    (void)state;
    EACH_SET(set)
    {
        const exchange e = exchange_of(set);
        uint8_t header[MLKEM_HEADER], ct[MLKEM_CT_MAX], shared[32];
        mlkem_header(set, ek_of(&e), header);
        mlkem_encaps1(set, header, m, ct, shared);
        mlkem_encaps2(set, header, span_first(ek_of(&e), e.n.t), m, ct + e.n.ct1);
        assert_memory_equal(ct, e.ct, e.n.ct);
        assert_memory_equal(shared, e.sent, 32);
        assert_int_equal(e.n.ct1 + e.n.ct2, e.n.ct);
    }
}

static void a_header_fits_its_own_key_only(void **state)
{
    (void)state;
    EACH_SET(set)
    {
        exchange e = exchange_of(set);
        uint8_t header[MLKEM_HEADER];
        const span t = span_first(ek_of(&e), e.n.t);
        mlkem_header(set, ek_of(&e), header);
        assert_true(mlkem_header_fits(set, header, t));
        assert_false(mlkem_header_fits(set, header, span_first(t, t.n - 1)));
        for (size_t i = 0; i < t.n; i += 61) {
            e.ek[i] ^= 1;
            assert_false(mlkem_header_fits(set, header, t));
            e.ek[i] ^= 1;
        }
        for (size_t i = 0; i < MLKEM_HEADER; i++) {
            header[i] ^= 1;
            assert_false(mlkem_header_fits(set, header, t));
            header[i] ^= 1;
        }
    }
}

/* ---- checks of keys ---- */

static void a_coefficient_above_q_minus_1_does_not_fit(void **state)
{
    (void)state;
    EACH_SET(set)
    {
        exchange e = exchange_of(set);
        assert_true(mlkem_ek_fits(set, ek_of(&e)));
        for (size_t i = 0; i < e.n.t; i += 3) {
            uint8_t before[3];
            memcpy(before, e.ek + i, 3);
            e.ek[i] = 0x00, e.ek[i + 1] = (uint8_t)((before[1] & 0xf0) | 0xd); /* 3328 */
            assert_true(mlkem_ek_fits(set, ek_of(&e)));
            e.ek[i] = 0x01; /* 3329 */
            assert_false(mlkem_ek_fits(set, ek_of(&e)));
            memcpy(e.ek + i, before, 3);
            e.ek[i + 2] = 0xff; /* 4080 at least */
            assert_false(mlkem_ek_fits(set, ek_of(&e)));
            memcpy(e.ek + i, before, 3);
        }
        assert_true(mlkem_ek_fits(set, ek_of(&e)));
    }
}

static void keys_of_another_length_do_not_fit(void **state)
{
    (void)state;
    EACH_SET(set)
    {
        const exchange e = exchange_of(set);
        assert_false(mlkem_ek_fits(set, span_first(ek_of(&e), e.n.ek - 1)));
        assert_false(mlkem_ek_fits(set, EMPTY));
        assert_true(mlkem_dk_fits(set, span_of(e.dk, e.n.dk)));
        assert_false(mlkem_dk_fits(set, span_of(e.dk, e.n.dk - 1)));
        assert_false(mlkem_dk_fits(set, EMPTY));
    }
}

static void a_decapsulation_key_with_another_hash_does_not_fit(void **state)
{
    (void)state;
    EACH_SET(set)
    {
        exchange e = exchange_of(set);
        for (size_t i = e.n.t; i < e.n.dk - 32u; i += 13) { /* the encapsulation key in it, and its hash */
            e.dk[i] ^= 1;
            assert_false(mlkem_dk_fits(set, span_of(e.dk, e.n.dk)));
            e.dk[i] ^= 1;
        }
    }
}

int main(void)
{
    prim_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compression_is_rounding_of_the_quotient),
        cmocka_unit_test(decompression_is_undone_by_compression),
        cmocka_unit_test(twelve_bits_are_read_modulo_q),
        cmocka_unit_test(the_inverse_transform_undoes_the_transform),
        cmocka_unit_test(the_transform_turns_products_into_products),
        cmocka_unit_test(an_instruction_set_computes_what_the_plain_one_does),
        cmocka_unit_test(streams_in_lanes_are_those_of_openssl),
        cmocka_unit_test(ml_kem_768_gives_the_accumulated_answer),
        cmocka_unit_test(ml_kem_1024_gives_the_accumulated_answer),
        cmocka_unit_test(the_standard_gives_the_first_answers_of_nist),
        cmocka_unit_test(round_3_gives_the_first_answers_of_nist),
        cmocka_unit_test(both_sides_get_one_secret),
        cmocka_unit_test(each_changed_byte_of_a_ciphertext_gives_a_secret_of_its_own),
        cmocka_unit_test(a_rejected_ciphertext_gives_the_hash_of_z_and_itself),
        cmocka_unit_test(round_3_and_the_standard_agree_on_keys_but_not_on_secrets),
        cmocka_unit_test(two_halves_make_the_ciphertext_of_the_whole),
        cmocka_unit_test(a_header_fits_its_own_key_only),
        cmocka_unit_test(a_coefficient_above_q_minus_1_does_not_fit),
        cmocka_unit_test(keys_of_another_length_do_not_fit),
        cmocka_unit_test(a_decapsulation_key_with_another_hash_does_not_fit),
    };
    int failed = 0;
    for (size_t i = 0; mlkem_isas[i]; i++) {
        if (!mlkem_isas[i]->usable())
            continue; /* each CPU tests what it would use */
        mlkem_isa_use(mlkem_isas[i]);
        failed += cmocka_run_group_tests_name(mlkem_isas[i]->name, tests, NULL, NULL);
    }
    return failed;
}
