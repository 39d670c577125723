#include "mlkem.h"
#include "mlkem_ring.h"
#include "poison.h"

#include <string.h>

/* ---- parameters, FIPS 203 table 2 and 3 ---- */

typedef struct parameters {
    unsigned k, du, dv;
    mlkem_sizes sizes;
} parameters;

static const parameters parameters_of[] = {
    [MLKEM_768] = {3, 10, 4, {.ek = 1184, .dk = 2400, .ct = 1088, .t = 1152, .ct1 = 960, .ct2 = 128}},
    [MLKEM_1024] = {4, 11, 5, {.ek = 1568, .dk = 3168, .ct = 1568, .t = 1536, .ct1 = 1408, .ct2 = 160}},
};

enum { POLY = 384 }; /* bytes of a polynomial in 12-bit coefficients */

const mlkem_sizes *mlkem_sizes_of(mlkem_set set) { return &parameters_of[set].sizes; }

static void ntt_vec(unsigned k, poly *v)
{
    for (unsigned i = 0; i < k; i++)
        ntt(&v[i]);
}

static void encode_vec(unsigned k, const poly *v, unsigned d, uint8_t *out)
{
    for (unsigned i = 0; i < k; i++)
        poly_encode(&v[i], d, out + 32 * d * i);
}

static void decode_vec(unsigned k, const uint8_t *in, unsigned d, poly *v)
{
    for (unsigned i = 0; i < k; i++)
        poly_decode(in + 32 * d * i, d, &v[i]);
}

/* ---- 4.1: G, H, J ---- */

static void hash_g(span a, span b, uint8_t out[64])
{
    const span parts[] = {a, b};
    prim_sponge(PRIM_SHA3_512, parts, 2, out, 64);
}

static void hash_h(span s, uint8_t out[32]) { prim_sponge(PRIM_SHA3_256, &s, 1, out, 32); }

static void hash_j(span a, span b, uint8_t out[32])
{
    const span parts[] = {a, b};
    prim_sponge(PRIM_SHAKE256, parts, 2, out, 32);
}

/* ---- Algorithm 13, K-PKE.KeyGen ---- */

/* Line 18: t = A * s + e, all in the NTT's domain. e is overwritten with it. */
static void add_matrix_times(unsigned k, const poly *a, const poly *s, poly *e)
{
    for (unsigned i = 0; i < k; i++)
        for (unsigned j = 0; j < k; j++)
            multiply_ntts_add(&e[i], &a[i * k + j], &s[j]);
}

/* From line 2 on; the 64 bytes rho || sigma are G(d || k) in FIPS 203 and G(d) in round 3. */
static void pke_keygen(const parameters *p, uint8_t rho_sigma[64], uint8_t *ek, uint8_t *dk)
{
    poly a[K_MAX * K_MAX], noise[2 * K_MAX], *s = noise, *e = noise + p->k;
    declassify(rho_sigma, 32);
    sample_matrix(p->k, rho_sigma, a);
    sample_cbd(rho_sigma + 32, 0, 2 * p->k, noise);
    ntt_vec(2 * p->k, noise);
    add_matrix_times(p->k, a, s, e);
    encode_vec(p->k, e, 12, ek);
    memcpy(ek + p->sizes.t, rho_sigma, 32);
    encode_vec(p->k, s, 12, dk);
    wipe(noise, sizeof noise);
}

/* ---- Algorithm 14, K-PKE.Encrypt, in two halves ---- */

/* Lines 9 to 18: y, which both halves need, in the NTT's domain; e1, which the first adds, and e2, which the second adds. */
typedef struct noise {
    poly y[K_MAX], e1[K_MAX], e2;
} noise;

static void sample_noise(const parameters *p, const uint8_t r[32], noise *n)
{
    poly all[2 * K_MAX + 1];
    sample_cbd(r, 0, 2 * p->k + 1, all);
    memcpy(n->y, all, p->k * sizeof all[0]);
    memcpy(n->e1, all + p->k, p->k * sizeof all[0]);
    n->e2 = all[2 * p->k];
    ntt_vec(p->k, n->y);
    wipe(all, sizeof all);
}

/* Lines 4 to 8, 19 and 22: c1 = compressed A^T * y + e1. */
static void pke_encrypt1(const parameters *p, const uint8_t rho[32], const noise *n, uint8_t *c1)
{
    poly a[K_MAX * K_MAX];
    sample_matrix(p->k, rho, a);
    for (unsigned i = 0; i < p->k; i++) {
        poly u = {{0}};
        for (unsigned j = 0; j < p->k; j++)
            multiply_ntts_add(&u, &a[j * p->k + i], &n->y[j]); /* transposed */
        ntt_inverse(&u);
        poly_add(&u, &n->e1[i]);
        poly_encode(&u, p->du, c1 + 32 * p->du * i);
        wipe(&u, sizeof u);
    }
}

/* Lines 2, 20, 21 and 23: c2 = compressed t^T * y + e2 + mu. */
static void pke_encrypt2(const parameters *p, const uint8_t *t, const uint8_t m[32], const noise *n, uint8_t *c2)
{
    poly v = {{0}}, ti, mu;
    for (unsigned i = 0; i < p->k; i++) {
        poly_decode(t + POLY * i, 12, &ti);
        multiply_ntts_add(&v, &ti, &n->y[i]);
    }
    ntt_inverse(&v);
    poly_decode(m, 1, &mu);
    poly_add(&v, &n->e2);
    poly_add(&v, &mu);
    poly_encode(&v, p->dv, c2);
    wipe(&v, sizeof v);
    wipe(&mu, sizeof mu);
}

static void pke_encrypt(const parameters *p, const uint8_t *ek, const uint8_t m[32], const uint8_t r[32], uint8_t *ct)
{
    noise n;
    sample_noise(p, r, &n);
    pke_encrypt1(p, ek + p->sizes.t, &n, ct);
    pke_encrypt2(p, ek, m, &n, ct + p->sizes.ct1);
    wipe(&n, sizeof n);
}

/* ---- Algorithm 15, K-PKE.Decrypt ---- */

static void pke_decrypt(const parameters *p, const uint8_t *dk, const uint8_t *ct, uint8_t m[32])
{
    poly u[K_MAX], s[K_MAX], w = {{0}}, v;
    decode_vec(p->k, ct, p->du, u);
    poly_decode(ct + p->sizes.ct1, p->dv, &v);
    decode_vec(p->k, dk, 12, s);
    ntt_vec(p->k, u);
    for (unsigned i = 0; i < p->k; i++)
        multiply_ntts_add(&w, &s[i], &u[i]);
    ntt_inverse(&w);
    poly_subtract(&v, &w);
    poly_encode(&v, 1, m);
    wipe(s, sizeof s);
    wipe(&w, sizeof w);
    wipe(&v, sizeof v);
}

/* ---- Algorithm 16, ML-KEM.KeyGen_internal ---- */

/* dk = secret of the PKE || ek || H(ek) || z */
static void keygen(const parameters *p, uint8_t rho_sigma[64], const uint8_t z[32], uint8_t *ek, uint8_t *dk)
{
    pke_keygen(p, rho_sigma, ek, dk);
    memcpy(dk + p->sizes.t, ek, p->sizes.ek);
    hash_h(span_of(ek, p->sizes.ek), dk + p->sizes.dk - 64);
    memcpy(dk + p->sizes.dk - 32, z, 32);
    wipe(rho_sigma, 64);
}

void mlkem_keygen(mlkem_set set, const uint8_t d[32], const uint8_t z[32], uint8_t *ek, uint8_t *dk)
{
    const parameters *p = &parameters_of[set];
    const uint8_t k = (uint8_t)p->k;
    uint8_t rho_sigma[64];
    hash_g(span_of(d, 32), span_of(&k, 1), rho_sigma);
    keygen(p, rho_sigma, z, ek, dk);
}

/* ---- Algorithm 17, ML-KEM.Encaps_internal ---- */

void mlkem_encaps(mlkem_set set, span ek, const uint8_t m[32], uint8_t *ct, uint8_t shared[32])
{
    const parameters *p = &parameters_of[set];
    uint8_t header[MLKEM_HEADER], key_r[64];
    mlkem_header(set, ek, header);
    hash_g(span_of(m, 32), span_of(header + 32, 32), key_r);
    pke_encrypt(p, ek.p, m, key_r + 32, ct);
    memcpy(shared, key_r, 32);
    wipe(key_r, sizeof key_r);
}

void mlkem_header(mlkem_set set, span ek, uint8_t header[64])
{
    const mlkem_sizes *s = mlkem_sizes_of(set);
    must(ek.n == s->ek);
    memcpy(header, ek.p + s->t, 32);
    hash_h(ek, header + 32);
}

bool mlkem_header_fits(mlkem_set set, const uint8_t header[64], span t)
{
    const mlkem_sizes *s = mlkem_sizes_of(set);
    uint8_t ek[MLKEM_EK_MAX], computed[MLKEM_HEADER];
    if (t.n != s->t)
        return false;
    memcpy(ek, t.p, s->t);
    memcpy(ek + s->t, header, 32);
    mlkem_header(set, span_of(ek, s->ek), computed);
    return bytes_equal(computed, header, sizeof computed) && mlkem_ek_fits(set, span_of(ek, s->ek));
}

void mlkem_encaps1(mlkem_set set, const uint8_t header[64], const uint8_t m[32], uint8_t *ct1, uint8_t shared[32])
{
    const parameters *p = &parameters_of[set];
    uint8_t key_r[64];
    noise n;
    hash_g(span_of(m, 32), span_of(header + 32, 32), key_r);
    sample_noise(p, key_r + 32, &n);
    pke_encrypt1(p, header, &n, ct1);
    memcpy(shared, key_r, 32);
    wipe(key_r, sizeof key_r);
    wipe(&n, sizeof n);
}

void mlkem_encaps2(mlkem_set set, const uint8_t header[64], span t, const uint8_t m[32], uint8_t *ct2)
{
    const parameters *p = &parameters_of[set];
    uint8_t key_r[64];
    noise n;
    must(t.n == p->sizes.t);
    hash_g(span_of(m, 32), span_of(header + 32, 32), key_r);
    sample_noise(p, key_r + 32, &n);
    pke_encrypt2(p, t.p, m, &n, ct2);
    wipe(key_r, sizeof key_r);
    wipe(&n, sizeof n);
}

/* ---- Algorithm 18, ML-KEM.Decaps_internal ---- */

/* All ones when the two differ, else zero. */
static uint8_t differ(const uint8_t *a, const uint8_t *b, size_t n)
{
    uint32_t seen = 0;
    for (size_t i = 0; i < n; i++)
        seen |= a[i] ^ b[i];
    return (uint8_t)((0u - seen) >> 24);
}

/* out = mask ? other : out */
static void select_other(uint8_t mask, const uint8_t other[32], uint8_t out[32])
{
    for (size_t i = 0; i < 32; i++)
        out[i] = (uint8_t)((out[i] & ~mask) | (other[i] & mask));
}

/* Lines 1 to 6 and 8: the key and coins that the decrypted message gives, and whether encrypting it again gives another ciphertext. */
static uint8_t decrypt_and_compare(const parameters *p, span dk, span ct, uint8_t key_r[64])
{
    uint8_t m[32], again[MLKEM_CT_MAX];
    must(dk.n == p->sizes.dk && ct.n == p->sizes.ct);
    pke_decrypt(p, dk.p, ct.p, m);
    hash_g(SPAN(m), span_of(dk.p + p->sizes.dk - 64, 32), key_r);
    pke_encrypt(p, dk.p + p->sizes.t, m, key_r + 32, again);
    const uint8_t other = differ(again, ct.p, ct.n);
    wipe(m, sizeof m);
    wipe(again, sizeof again);
    return other;
}

void mlkem_decaps(mlkem_set set, span dk, span ct, uint8_t shared[32])
{
    uint8_t key_r[64], rejected[32];
    const uint8_t other = decrypt_and_compare(&parameters_of[set], dk, ct, key_r);
    hash_j(span_from(dk, dk.n - 32), ct, rejected);
    select_other(other, rejected, key_r);
    memcpy(shared, key_r, 32);
    wipe(key_r, sizeof key_r);
    wipe(rejected, sizeof rejected);
}

/* ---- 7.2 and 7.3: checks of keys ---- */

bool mlkem_ek_fits(mlkem_set set, span ek)
{
    const parameters *p = &parameters_of[set];
    poly t[K_MAX];
    uint8_t again[POLY * K_MAX];
    if (ek.n != p->sizes.ek)
        return false;
    decode_vec(p->k, ek.p, 12, t);
    encode_vec(p->k, t, 12, again);
    return memcmp(again, ek.p, p->sizes.t) == 0; /* the key is public */
}

bool mlkem_dk_fits(mlkem_set set, span dk)
{
    const mlkem_sizes *s = mlkem_sizes_of(set);
    uint8_t h[32];
    if (dk.n != s->dk)
        return false;
    hash_h(span_first(span_from(dk, s->t), s->ek), h);
    return bytes_equal(h, dk.p + s->dk - 64, 32);
}

/* ---- Kyber of round 3: section 1.3 of its specification, algorithms 7, 8 and 9 ---- */

void kyber_keygen(mlkem_set set, const uint8_t d[32], const uint8_t z[32], uint8_t *ek, uint8_t *dk)
{
    uint8_t rho_sigma[64];
    hash_g(span_of(d, 32), EMPTY, rho_sigma); /* no k behind d */
    keygen(&parameters_of[set], rho_sigma, z, ek, dk);
}

/* KDF(K || H(c)) */
static void kyber_shared(const uint8_t key[32], span ct, uint8_t shared[32])
{
    uint8_t h[32];
    hash_h(ct, h);
    hash_j(span_of(key, 32), SPAN(h), shared);
}

/* As above, but the message is the hash of the coins, and the secret takes in the ciphertext. */
void kyber_encaps(mlkem_set set, span ek, const uint8_t m[32], uint8_t *ct, uint8_t shared[32])
{
    uint8_t hashed[32], key[32];
    hash_h(span_of(m, 32), hashed);
    mlkem_encaps(set, ek, hashed, ct, key);
    kyber_shared(key, span_of(ct, mlkem_sizes_of(set)->ct), shared);
    wipe(hashed, sizeof hashed);
    wipe(key, sizeof key);
}

void kyber_decaps(mlkem_set set, span dk, span ct, uint8_t shared[32])
{
    uint8_t key_r[64];
    const uint8_t other = decrypt_and_compare(&parameters_of[set], dk, ct, key_r);
    select_other(other, dk.p + dk.n - 32, key_r);
    kyber_shared(key_r, ct, shared);
    wipe(key_r, sizeof key_r);
}
