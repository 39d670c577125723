#include "model_muon.h"

#include <math.h>

enum { ROUNDS = 5 };

/* Their quintic: steep at zero, and what has arrived stays between 0.7 and 1.2. */
static const float linear = 3.4445f, cubic = -4.7750f, quintic = 2.0315f;

static size_t lesser(size_t a, size_t b) { return a < b ? a : b; }

size_t muon_room(size_t rows, size_t columns)
{
    const size_t small = lesser(rows, columns);
    return 2 * rows * columns + 2 * small * small;
}

static float length(const float *x, size_t n)
{
    double part[LOOPS_LANES] = {0}, sum = 0;
    for (size_t i = 0; i < n; i++)
        part[i % LOOPS_LANES] += (double)x[i] * (double)x[i];
    for (size_t i = 0; i < LOOPS_LANES; i++)
        sum += part[i];
    return (float)sqrt(sum);
}

static void copy(const float *from, float *to, size_t rows, size_t columns, bool across, float scale)
{
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 0; c < columns; c++)
            to[across ? c * rows + r : r * columns + c] = from[r * columns + c] * scale;
}

/* x (n, m), n <= m, becomes linear x + cubic (x x^T) x + quintic (x x^T)^2 x. */
static void approach(const net_loops *l, float *x, float *y, float *square, float *fourth, size_t n, size_t m, float *panel)
{
    l->multiply(&(gemm){square, n, x, m, 1, x, 1, m, n, n, m, false}, panel);
    l->multiply(&(gemm){fourth, n, square, n, 1, square, n, 1, n, n, n, false}, panel);
    for (size_t i = 0; i < n * n; i++)
        fourth[i] = cubic * square[i] + quintic * fourth[i];
    l->multiply(&(gemm){y, m, fourth, n, 1, x, m, 1, n, m, n, false}, panel);
    for (size_t i = 0; i < n * m; i++)
        x[i] = linear * x[i] + y[i];
}

void muon_turn(const net_loops *l, const float *from, float *turned, size_t rows, size_t columns, float *room, float *panel)
{
    const bool across = rows > columns;
    const size_t n = lesser(rows, columns), m = across ? rows : columns;
    float *x = room, *y = x + n * m, *square = y + n * m, *fourth = square + n * n;
    copy(from, x, rows, columns, across, 1.0f / (length(from, rows * columns) + 1e-7f));
    for (int i = 0; i < ROUNDS; i++)
        approach(l, x, y, square, fourth, n, m, panel);
    copy(x, turned, n, m, across, 1.0f);
}
