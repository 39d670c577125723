#include "parley1_record.h"

/* ---- 1. The key schedule ---- */

static void seed_of(const prim *p, const uint8_t key[P1_KEY], const uint8_t t[P1_DIGEST], uint8_t seed[P1_KEY])
{
    p1_derive(p, key, "seed", EMIT(P1_100, span_of(t, P1_DIGEST)), seed, P1_KEY);
}

void p1_first_seed(const prim *p, const uint8_t base[P1_KEY], const uint8_t t[P1_DIGEST], uint8_t seed[P1_KEY])
{
    seed_of(p, base, t, seed);
}

void p1_next_seed(const prim *p, const uint8_t link[P1_KEY], const uint8_t kem_secret[32], const uint8_t t[P1_DIGEST], uint8_t seed[P1_KEY])
{
    uint8_t key[PRIM_HASH_MAX];
    const span secret = EMIT(P1_101, span_of(kem_secret, 32));
    p->hmac(PRIM_SHA256, span_of(link, P1_KEY), &secret, 1, key);
    seed_of(p, key, t, seed);
    wipe(key, sizeof key);
}

void p1_epoch_keys(const prim *p, uint8_t seed[P1_KEY], uint32_t epoch, p1_keys *out)
{
    uint8_t number[4];
    writer w = WRITER(number);
    write_be(&w, EMIT(P1_102, epoch), 4);
    p1_derive(p, seed, "epoch", SPAN(number), (uint8_t *)out, sizeof *out);
    wipe(seed, P1_KEY);
}
