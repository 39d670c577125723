/* Functions that C libraries round differently, from additions and multiplications alone. */
#ifndef PARLEY_MODEL_MATH_H
#define PARLEY_MODEL_MATH_H

#include <stdint.h>
#include <string.h>

/* ln(2)^n / n!, the coefficients of 2^f. */
#define MATH_EXP_1 6.9314718e-1f
#define MATH_EXP_2 2.4022651e-1f
#define MATH_EXP_3 5.5504109e-2f
#define MATH_EXP_4 9.6181291e-3f
#define MATH_EXP_5 1.3333558e-3f
#define MATH_EXP_6 1.5403530e-4f

/* e^x for x <= 0; below -80 as at -80. Relative error under 2^-18 (the product with log2(e) is rounded; under 2^-21 down to -1). */
static inline float math_exp(float x)
{
    float t = (x < -80.0f ? -80.0f : x) * 1.44269504f;
    int32_t whole = (int32_t)(t - 0.5f); /* truncates towards zero: nearest, since t <= 0 */
    float f = t - (float)whole;
    float p = MATH_EXP_6;
    p = p * f + MATH_EXP_5;
    p = p * f + MATH_EXP_4;
    p = p * f + MATH_EXP_3;
    p = p * f + MATH_EXP_2;
    p = p * f + MATH_EXP_1;
    p = p * f + 1.0f;
    uint32_t bits = (uint32_t)(whole + 127) << 23;
    float scale;
    memcpy(&scale, &bits, sizeof scale);
    return p * scale;
}

/* 1 / (1 + e^-x). */
static inline float math_sigmoid(float x)
{
    float e = math_exp(x < 0 ? x : -x), s = 1.0f / (1.0f + e);
    return s * (x < 0 ? e : 1.0f);
}

/* The natural logarithm of a positive, normal number, for reports: m * 2^k with m near 1, and the series of artanh. */
static inline double math_log(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    int exponent = (int)(bits >> 52) - 1023;
    bits = (bits & 0xfffffffffffffu) | 0x3ff0000000000000u;
    memcpy(&x, &bits, sizeof x);
    if (x > 1.4142135623730951)
        x *= 0.5, exponent++;
    double z = (x - 1.0) / (x + 1.0), square = z * z, sum = 0.0;
    for (int n = 25; n > 0; n -= 2)
        sum = sum * square + 1.0 / n;
    return 2.0 * z * sum + exponent * 0.69314718055994530942;
}

/* The rotation by position * 10^(-pair / 2): RoPE with base 10000 over the eight pairs of a head of sixteen. */
typedef struct math_turn {
    double cos, sin;
} math_turn;

static inline math_turn math_turn_of(int pair)
{
    static const double step[8] = {1.0,  0.31622776601683794,   0.1,   0.031622776601683791,
                                   0.01, 0.0031622776601683794, 0.001, 0.00031622776601683794};
    double a = step[pair], square = a * a, c = 0.0, s = 0.0;
    for (int n = 22; n > 0; n -= 2) { /* Taylor, from the smallest term */
        c = (1.0 - c) * square / (n * (n - 1.0));
        s = (1.0 - s) * square / (n * (n + 1.0));
    }
    return (math_turn){1.0 - c, a * (1.0 - s)};
}

static inline math_turn math_turn_add(math_turn a, math_turn b)
{
    return (math_turn){a.cos * b.cos - a.sin * b.sin, a.sin * b.cos + a.cos * b.sin};
}

#endif
