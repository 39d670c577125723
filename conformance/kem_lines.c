/* kem_lines SCHEME COUNT: our KEM's side of conformance/peers/kem-judges (judge.js there says what a line holds). */
#include "mlkem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct scheme {
    const char *name;
    mlkem_set set;
    void (*keygen)(mlkem_set, const uint8_t *, const uint8_t *, uint8_t *, uint8_t *);
    void (*encaps)(mlkem_set, span, const uint8_t *, uint8_t *, uint8_t *);
    void (*decaps)(mlkem_set, span, span, uint8_t *);
} scheme;

static const scheme schemes[] = {
    {"ML-KEM-768", MLKEM_768, mlkem_keygen, mlkem_encaps, mlkem_decaps},
    {"ML-KEM-1024", MLKEM_1024, mlkem_keygen, mlkem_encaps, mlkem_decaps},
    {"Kyber768", MLKEM_768, kyber_keygen, kyber_encaps, kyber_decaps},
    {"Kyber1024", MLKEM_1024, kyber_keygen, kyber_encaps, kyber_decaps},
};

static void coins(char name, uint32_t i, uint8_t out[32])
{
    uint8_t bytes[5];
    writer w = WRITER(bytes);
    write_be(&w, (uint8_t)name, 1);
    write_be(&w, i, 4);
    prim_digest(&prim_openssl, PRIM_SHA256, written(&w), out);
}

static void print(span s)
{
    uint8_t digits[64];
    writer w = WRITER(digits);
    write_hex(&w, s);
    printf(" %.*s", (int)w.n, (const char *)digits);
}

static void print_digest(span s)
{
    uint8_t digest[32];
    prim_digest(&prim_openssl, PRIM_SHA256, s, digest);
    print(SPAN(digest));
}

static void line(const scheme *s, uint32_t i)
{
    const mlkem_sizes *n = mlkem_sizes_of(s->set);
    uint8_t d[32], z[32], m[32], shared[32], again[32];
    uint8_t ek[MLKEM_EK_MAX], dk[MLKEM_DK_MAX], ct[MLKEM_CT_MAX];
    coins('d', i, d), coins('z', i, z), coins('m', i, m);
    s->keygen(s->set, d, z, ek, dk);
    s->encaps(s->set, span_of(ek, n->ek), m, ct, shared);
    s->decaps(s->set, span_of(dk, n->dk), span_of(ct, n->ct), again);
    must(memcmp(shared, again, 32) == 0);
    printf("%u", i);
    print_digest(span_of(ek, n->ek));
    print_digest(span_of(dk, n->dk));
    print_digest(span_of(ct, n->ct));
    print(SPAN(shared));
    ct[i % n->ct] ^= (uint8_t)(i % 255 + 1);
    s->decaps(s->set, span_of(dk, n->dk), span_of(ct, n->ct), again);
    print(SPAN(again));
    puts("");
}

int main(int argc, char **argv)
{
    const scheme *s = schemes;
    while (argc == 3 && s < schemes + 4 && strcmp(s->name, argv[1]) != 0)
        s++;
    if (argc != 3 || s == schemes + 4)
        return fputs("usage: kem_lines SCHEME COUNT\n", stderr), 64;
    prim_start();
    for (uint32_t i = 0; i < strtoul(argv[2], NULL, 10); i++)
        line(s, i);
    return 0;
}
