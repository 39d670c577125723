/* The sampler: what each limit leaves, and which token a seed and a place then give. The last part does it all again, plainly. */
#include "model_bpe.h"
#include "model_chance.h"
#include "model_sample.h"
#include "prim.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SEEDS = 20000, NAT = 65536, LN2 = 45426 /* of a nat: LN2 is just below, LN2 + 1 just above */ };

static int32_t logit[SAMPLE_VOCAB];
static sample_params p;
static uint16_t said[8];
static size_t n_said;

static int start(void **state)
{
    (void)state;
    prim_start();
    return 0;
}

/* Every test begins with parameters that limit nothing, and all tokens out of reach. */
static int begin(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLE_VOCAB; i++)
        logit[i] = -2000 * NAT;
    p = (sample_params){.temperature = 1000};
    n_said = 0;
    return 0;
}

static uint16_t sampled(uint32_t seed)
{
    writer w = WRITER(p.seed);
    write_le(&w, seed, 4);
    return sample_token(&p, logit, said, n_said);
}

static void gives(uint16_t token) { assert_int_equal(sampled(1), token); }

/* How many of these tokens are drawn by some seed, and no others. */
static size_t reach(void)
{
    bool drawn[SAMPLE_VOCAB] = {false};
    size_t n = 0;
    for (uint32_t seed = 0; seed < 400; seed++) {
        const uint16_t t = sampled(seed);
        n += !drawn[t];
        drawn[t] = true;
    }
    return n;
}

static void the_likeliest_wins_and_the_lowest_of_equals(void **state)
{
    (void)state;
    p.temperature = 0;
    logit[900] = 1, gives(900);
    logit[901] = 1, gives(900);
    logit[899] = 1, gives(899);
    logit[16] = 1, gives(16);
    logit[4] = 1, gives(BPE_END);
    logit[5] = 2, gives(BPE_END); /* a special: never */
    logit[1023] = 2, gives(1023);
    for (size_t i = 0; i < SAMPLE_VOCAB; i++)
        logit[i] = INT32_MIN;
    gives(BPE_END);
}

static void no_special_but_end_is_ever_said(void **state)
{
    (void)state;
    for (size_t i = 0; i < BPE_SPECIALS; i++)
        logit[i] = i == BPE_END ? INT32_MIN : INT32_MAX;
    for (p.temperature = 0; p.temperature <= 4000; p.temperature += 1000)
        for (uint32_t seed = 0; seed < 200; seed++)
            assert_true(sampled(seed) >= BPE_SPECIALS);
    p.temperature = 1000, logit[BPE_END] = 0, gives(BPE_END);
}

static void temperature_from_its_least_to_its_most(void **state)
{
    (void)state;
    logit[20] = NAT, logit[21] = 0;
    p.temperature = 1, assert_int_equal(reach(), 1), gives(20);
    p.temperature = 40, assert_int_equal(reach(), 1); /* 25 nats: no weight any more */
    p.temperature = 4000, assert_int_equal(reach(), 2);
    logit[21] = NAT - 1;
    p.temperature = 1, assert_int_equal(reach(), 2); /* a gap of one unit is 0.015 nats at this temperature */
    logit[20] = INT32_MAX, logit[21] = INT32_MIN;
    p.temperature = 4000, assert_int_equal(reach(), 1), gives(20);
}

static void one_token_to_choose_from_is_no_choice(void **state)
{
    (void)state;
    model_chance c = {5};
    for (int round = 0; round < 200; round++) {
        for (size_t i = 0; i < SAMPLE_VOCAB; i++)
            logit[i] = (int32_t)model_chance_below(&c, 50) * 1000; /* many equals */
        p = (sample_params){0};
        const uint16_t greedy = sampled((uint32_t)round);
        for (uint16_t t = 1; t <= 4000; t = (uint16_t)(t * 3 + 100)) {
            p = (sample_params){.temperature = t, .top_k = 1}, assert_int_equal(sampled((uint32_t)round), greedy);
            p = (sample_params){.temperature = t, .top_p = 1}, assert_int_equal(sampled((uint32_t)round), greedy);
        }
    }
}

static void top_k_counts_tokens(void **state)
{
    (void)state;
    for (uint16_t i = 0; i < 10; i++)
        logit[100 + i] = 0;
    logit[105] = 1;
    p.top_k = 0, assert_int_equal(reach(), 10);
    p.top_k = 1, assert_int_equal(reach(), 1), gives(105);
    p.top_k = 2, assert_int_equal(reach(), 2); /* 105 and, of the equals, 100 */
    p.top_k = 9, assert_int_equal(reach(), 9);
    p.top_k = 10, assert_int_equal(reach(), 10);
    p.top_k = 1024, assert_int_equal(reach(), 10);
}

static void top_p_takes_the_shortest_beginning_that_is_enough(void **state)
{
    (void)state;
    for (uint16_t i = 0; i < 4; i++)
        logit[200 + i] = 0;
    p.top_p = 1, assert_int_equal(reach(), 1), gives(200);
    p.top_p = SAMPLE_ONE / 4, assert_int_equal(reach(), 1); /* exactly a quarter */
    p.top_p = SAMPLE_ONE / 4 + 1, assert_int_equal(reach(), 2);
    p.top_p = SAMPLE_ONE / 2, assert_int_equal(reach(), 2);
    p.top_p = SAMPLE_ONE - 1, assert_int_equal(reach(), 4);
    p.top_p = SAMPLE_ONE, assert_int_equal(reach(), 4);
    p.top_p = 0, assert_int_equal(reach(), 4);
    p.top_k = 2, p.top_p = SAMPLE_ONE / 2, assert_int_equal(reach(), 1); /* the half of what top-k left */
    p.top_k = 0, logit[200] = 45770, logit[202] = logit[203] = -2000 * NAT;
    p.top_p = 43766, assert_int_equal(reach(), 1);
    p.top_p = 43767, assert_int_equal(reach(), 2); /* the first token alone misses it by less than a unit */
}

static void min_p_compares_with_the_likeliest(void **state)
{
    (void)state;
    logit[300] = 0, logit[301] = -LN2, logit[302] = -LN2 - 1, logit[303] = -2 * NAT;
    p.min_p = 0, assert_int_equal(reach(), 4);
    p.min_p = SAMPLE_ONE / 20, assert_int_equal(reach(), 4);
    p.min_p = SAMPLE_ONE / 4, assert_int_equal(reach(), 3);
    p.min_p = SAMPLE_ONE / 2, assert_int_equal(reach(), 2); /* 302 is a unit below the half */
    p.min_p = SAMPLE_ONE / 2 + 2, assert_int_equal(reach(), 1);
    logit[304] = 0;
    p.min_p = SAMPLE_ONE, assert_int_equal(reach(), 2);
    p.temperature = 4000, assert_int_equal(reach(), 2);
}

static void what_was_said_costs_the_penalty_once(void **state)
{
    (void)state;
    logit[400] = NAT, logit[401] = 0;
    said[0] = said[1] = 400, n_said = 2;
    p.temperature = 0;
    p.penalty = 0, gives(400);
    p.penalty = 255, gives(400);
    p.penalty = 256, gives(400); /* one nat: equal, so the lower */
    p.penalty = 257, gives(401);
    p.penalty = 65535, gives(401);
    said[1] = 401, gives(400);
    said[0] = 401, said[1] = 402, gives(400);
    p.temperature = 0;
    for (size_t i = 0; i < SAMPLE_VOCAB; i++)
        logit[i] = INT32_MIN;
    said[0] = 400, logit[400] = INT32_MIN + 1, gives(BPE_END); /* it falls below what 32 bits hold, and stays down */
    p.temperature = 4000;
    for (uint32_t seed = 0; seed < 500; seed++)
        assert_int_not_equal(sampled(seed), 400);
}

static void equal_logits_are_equally_likely(void **state)
{
    (void)state;
    static uint32_t count[SAMPLE_VOCAB];
    memset(logit, 0, sizeof logit);
    for (uint32_t seed = 0; seed < SEEDS; seed++)
        count[sampled(seed)]++;
    for (size_t t = 0; t < SAMPLE_VOCAB; t++) /* 19.8 each */
        assert_true(t < BPE_SPECIALS && t != BPE_END ? count[t] == 0 : count[t] >= 5 && count[t] <= 40);
}

/* Weights 8, 4, 2, 1 at the temperature of one, their square roots at two; each count is within three deviations of its share. */
static void draws_follow_the_weights(void **state)
{
    (void)state;
    static const struct {
        uint16_t temperature;
        uint32_t count[4];
        double share[4];
    } want[] = {{1000, {10668, 5414, 2680, 1238}, {8 / 15.0, 4 / 15.0, 2 / 15.0, 1 / 15.0}},
                {2000, {7808, 5577, 3969, 2646}, {0.390524, 0.276142, 0.195262, 0.138071}},
                {500, {15080, 3842, 862, 216}, {64 / 85.0, 16 / 85.0, 4 / 85.0, 1 / 85.0}}};
    for (size_t i = 0; i < 4; i++)
        logit[500 + i] = -(int32_t)i * LN2;
    for (size_t k = 0; k < sizeof want / sizeof *want; k++) {
        uint32_t count[4] = {0};
        p.temperature = want[k].temperature;
        for (uint32_t seed = 0; seed < SEEDS; seed++) {
            const uint16_t t = sampled(seed);
            assert_true(t >= 500 && t < 504);
            count[t - 500]++;
        }
        for (size_t i = 0; i < 4; i++) {
            const double mean = SEEDS * want[k].share[i], off = count[i] - mean;
            assert_true(off * off <= 9 * mean * (1 - want[k].share[i]));
            assert_int_equal(count[i], want[k].count[i]);
        }
    }
}

/* One token has all the weight but a 2^-30th each of the others: seeds that were searched for, since one in a million falls among those. */
static void the_far_end_of_a_draw_is_exact(void **state)
{
    (void)state;
    static const uint32_t falls[][2] = {
        {62359, 444}, {7405912, 554}, {7790847, 116}, {4201246, 251}}; /* seed; so far behind the likeliest */
    for (size_t i = 0; i < SAMPLE_VOCAB; i++)
        logit[i] = -20 * NAT - NAT / 2;
    logit[16] = 0;
    for (size_t i = 0; i < sizeof falls / sizeof *falls; i++) /* the first of the others is END, then come 17, 18 */
        assert_int_equal(sampled(falls[i][0]), 16 + falls[i][1]);
}

static void a_draw_belongs_to_its_seed_and_place(void **state)
{
    (void)state;
    size_t other_place = 0, other_seed = 0;
    memset(logit, 0, sizeof logit);
    said[0] = said[1] = 16;
    for (uint32_t seed = 0; seed < 50; seed++) {
        n_said = 0;
        const uint16_t here = sampled(seed);
        sampled(seed + 7), n_said = 1;
        other_place += sampled(seed) != here;
        n_said = 0;
        other_seed += sampled(seed + 1000) != here;
        assert_int_equal(sampled(seed), here); /* whatever was asked between */
    }
    assert_true(other_place > 45 && other_seed > 45);
}

static void parameters_out_of_range_are_not_good(void **state)
{
    (void)state;
    const span one = span_text("x"), longest = span_text("0123456789abcdef0123456789abcdef");
    const span longer = span_text("0123456789abcdef0123456789abcdef-");
    const struct {
        sample_params p;
        bool good;
    } is[] = {
        {{.temperature = 0}, true},
        {{.temperature = 4000, .top_k = 1024, .top_p = SAMPLE_ONE, .min_p = SAMPLE_ONE, .penalty = 65535, .max_tokens = UINT32_MAX}, true},
        {{.temperature = 4001}, false},
        {{.temperature = 65535}, false},
        {{.top_k = 1025}, false},
        {{.top_p = SAMPLE_ONE + 1}, false},
        {{.min_p = SAMPLE_ONE + 1}, false},
        {{.min_p = UINT32_MAX}, false},
        {{.stop = {one, longest, one, one}, .n_stops = 4}, true},
        {{.stop = {one, one, one, one}, .n_stops = 5}, false},
        {{.stop = {one, longer}, .n_stops = 2}, false},
        {{.stop = {one}, .n_stops = 2}, false}, /* an empty one */
    };
    for (size_t i = 0; i < sizeof is / sizeof *is; i++)
        assert_int_equal(sample_params_good(&is[i].p), is[i].good);
}

/* ---- all of it again ---- */

typedef struct wide {
    uint64_t high, low;
} wide;

/* By long multiplication with digits of 16 bits. */
static wide product(uint64_t x, uint64_t y)
{
    uint64_t digit[9] = {0};
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < 4; k++) {
            const uint64_t part = (x >> 16 * i & 0xffff) * (y >> 16 * k & 0xffff);
            digit[i + k] += part & 0xffff, digit[i + k + 1] += part >> 16;
        }
    for (int i = 0; i < 8; i++)
        digit[i + 1] += digit[i] >> 16, digit[i] &= 0xffff;
    return (wide){digit[7] << 48 | digit[6] << 32 | digit[5] << 16 | digit[4], digit[3] << 48 | digit[2] << 32 | digit[1] << 16 | digit[0]};
}

static uint64_t times_q62(uint64_t x, uint64_t y)
{
    const wide w = product(x, y);
    return w.high << 2 | w.low >> 62;
}

/* Q62, cut. */
static uint64_t root_q62(uint64_t x)
{
    uint64_t r = 0;
    for (int bit = 62; bit >= 0; bit--) {
        const wide w = product(r | (uint64_t)1 << bit, r | (uint64_t)1 << bit);
        if (w.high < x >> 2 || (w.high == x >> 2 && w.low <= x << 62))
            r |= (uint64_t)1 << bit;
    }
    return r;
}

/* 2^-f in Q62 for each f in Q16: a product of square roots of square roots of a half. */
static void powers(uint64_t out[65536])
{
    uint64_t root = (uint64_t)1 << 61;
    out[0] = (uint64_t)1 << 62;
    for (uint32_t bit = 1u << 15; bit; bit >>= 1) {
        root = root_q62(root);
        for (uint32_t f = 0; f < 65536; f += 2 * bit)
            out[f + bit] = times_q62(out[f], root);
    }
}

static void powers_of_two_are_as_near_as_is_said_and_never_rise(void **state)
{
    (void)state;
    static uint64_t exact[65536];
    uint32_t before = UINT32_MAX, below = 0;
    bool good = true;
    powers(exact);
    for (uint64_t x = 0; x < (uint64_t)32 << 16; x++) {
        const uint64_t right = exact[x & 0xffff] >> 32 >> (x >> 16);
        const uint32_t got = sample_exp2(x);
        good = good && got <= before && (got == right || got + 1 == right);
        below += got != right;
        before = got;
    }
    assert_true(good);
    assert_true(below < 32 * 65536 / 20); /* one less is rare */
    assert_int_equal(sample_exp2(0), 1 << 30);
    assert_int_equal(sample_exp2((uint64_t)30 << 16), 1);
    assert_int_equal(sample_exp2(((uint64_t)30 << 16) + 1), 0);
    assert_int_equal(sample_exp2(UINT64_MAX), 0);
}

typedef struct ranked {
    int64_t logit;
    uint64_t weight;
    uint16_t token;
} ranked;

static int by_rank(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    return x->logit != y->logit ? (x->logit < y->logit) - (x->logit > y->logit) : (int)x->token - (int)y->token;
}

static size_t rank_all(ranked *r)
{
    size_t n = 0;
    for (uint16_t t = 0; t < SAMPLE_VOCAB; t++) {
        int64_t l = logit[t];
        bool before = false;
        for (size_t i = 0; i < n_said; i++)
            before = before || said[i] == t;
        if (t >= BPE_SPECIALS || t == BPE_END)
            r[n++] = (ranked){before ? l - 256 * (int64_t)p.penalty : l, 0, t};
    }
    qsort(r, n, sizeof *r, by_rank);
    return n;
}

static uint16_t plainly(void)
{
    static ranked r[SAMPLE_VOCAB];
    uint8_t message[17 + 32 + 4], digest[32];
    size_t n = rank_all(r), kept = 0;
    uint64_t total = 0, sum = 0;
    if (p.temperature == 0)
        return r[0].token;
    for (size_t i = 0; i < n; i++) /* a temperature of one divides nothing: log2(e) = 94548.462 / 65536 */
        r[i].weight = sample_exp2((uint64_t)(r[0].logit - r[i].logit) * 94548462 / 65536 / p.temperature);
    while (kept < n && r[kept].weight > 0 && r[kept].weight << 16 >= (uint64_t)p.min_p << 30 && !(p.top_k && kept == p.top_k))
        total += r[kept++].weight;
    if (p.top_p) {
        n = kept, kept = 0;
        while (kept < n && sum * SAMPLE_ONE < total * p.top_p)
            sum += r[kept++].weight;
        total = sum;
    }
    writer w = WRITER(message);
    write_text(&w, "parley model draw");
    write_span(&w, SPAN(p.seed));
    write_le(&w, n_said, 4);
    prim_digest(&prim_sodium, PRIM_SHA256, written(&w), digest);
    reader d = reader_of(SPAN(digest));
    uint64_t at = product(read_be(&d, 8), total).high;
    for (size_t i = 0; i < kept; i++) {
        if (at < r[i].weight)
            return r[i].token;
        at -= r[i].weight;
    }
    fail();
    return 0;
}

static int32_t some_logit(model_chance *c, int kind)
{
    switch (kind) {
    case 0: return (int32_t)model_chance_next(c);                                               /* all over */
    case 1: return (int32_t)model_chance_below(c, 20 * NAT);                                    /* as a model gives them */
    case 2: return (int32_t)model_chance_below(c, 4) * NAT;                                     /* many equals */
    case 3: return model_chance_below(c, 50) ? -30 * NAT : (int32_t)model_chance_below(c, NAT); /* a few stand out */
    default: return model_chance_below(c, 2) ? INT32_MAX : INT32_MIN;
    }
}

static void a_plain_reading_of_the_rules_gives_the_same_token(void **state)
{
    (void)state;
    model_chance c = {9};
    uint32_t greedy = 0;
    for (int round = 0; round < 3000; round++) {
        for (size_t i = 0; i < SAMPLE_VOCAB; i++)
            logit[i] = some_logit(&c, round % 5);
        p = (sample_params){.temperature = (uint16_t)model_chance_below(&c, 4001)};
        p.temperature = round % 7 == 0 ? 1 + round % 3 : p.temperature;
        p.top_k = model_chance_below(&c, 2) ? (uint16_t)model_chance_below(&c, round % 2 ? 1025 : 50) : 0;
        p.top_p = model_chance_below(&c, 2) ? model_chance_below(&c, SAMPLE_ONE + 1) : 0;
        p.min_p = model_chance_below(&c, 2) ? model_chance_below(&c, SAMPLE_ONE / 8) : 0;
        p.penalty = (uint16_t)model_chance_next(&c);
        n_said = model_chance_below(&c, 9);
        for (size_t i = 0; i < n_said; i++)
            said[i] = (uint16_t)model_chance_below(&c, SAMPLE_VOCAB);
        const uint16_t got = sampled((uint32_t)round);
        assert_int_equal(got, plainly());
        sample_params cold = p;
        cold.temperature = 0;
        greedy += got == sample_token(&cold, logit, said, n_said);
    }
    assert_true(greedy > 300 && greedy < 2500); /* neither was all of it settled beforehand */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_likeliest_wins_and_the_lowest_of_equals, begin),
        cmocka_unit_test_setup(no_special_but_end_is_ever_said, begin),
        cmocka_unit_test_setup(temperature_from_its_least_to_its_most, begin),
        cmocka_unit_test_setup(one_token_to_choose_from_is_no_choice, begin),
        cmocka_unit_test_setup(top_k_counts_tokens, begin),
        cmocka_unit_test_setup(top_p_takes_the_shortest_beginning_that_is_enough, begin),
        cmocka_unit_test_setup(min_p_compares_with_the_likeliest, begin),
        cmocka_unit_test_setup(what_was_said_costs_the_penalty_once, begin),
        cmocka_unit_test_setup(equal_logits_are_equally_likely, begin),
        cmocka_unit_test_setup(draws_follow_the_weights, begin),
        cmocka_unit_test_setup(the_far_end_of_a_draw_is_exact, begin),
        cmocka_unit_test_setup(a_draw_belongs_to_its_seed_and_place, begin),
        cmocka_unit_test_setup(parameters_out_of_range_are_not_good, begin),
        cmocka_unit_test_setup(powers_of_two_are_as_near_as_is_said_and_never_rise, begin),
        cmocka_unit_test_setup(a_plain_reading_of_the_rules_gives_the_same_token, begin),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
