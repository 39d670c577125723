#include "pairwise.h"

#include <string.h>

/* Which pairs have met: by the two parameters, the lower first, and their values. */
typedef struct met {
    bool of[PAIRWISE_PARAMETERS][PAIRWISE_PARAMETERS][PAIRWISE_VALUES][PAIRWISE_VALUES];
} met;

enum { OPEN = 0xff };

/* How many pairs that have not met would meet in this row, of those with parameter k. */
static size_t gain(const pairwise *p, const met *m, const uint8_t *row, size_t k)
{
    size_t n = 0;
    for (size_t i = 0; i < p->n_parameters; i++)
        if (i != k && row[i] != OPEN)
            n += i < k ? !m->of[i][k][row[i]][row[k]] : !m->of[k][i][row[k]][row[i]];
    return n;
}

static void note(const pairwise *p, met *m, const uint8_t *row)
{
    for (size_t i = 0; i < p->n_parameters; i++)
        for (size_t k = i + 1; k < p->n_parameters; k++)
            m->of[i][k][row[i]][row[k]] = true;
}

/* A row begins with the first pair that has not met; false: all have. */
static bool begin_row(const pairwise *p, const met *m, uint8_t *row)
{
    memset(row, OPEN, PAIRWISE_PARAMETERS);
    for (size_t i = 0; i < p->n_parameters; i++)
        for (size_t k = i + 1; k < p->n_parameters; k++)
            for (size_t a = 0; a < p->parameter[i].n; a++)
                for (size_t b = 0; b < p->parameter[k].n; b++)
                    if (!m->of[i][k][a][b]) {
                        row[i] = (uint8_t)a;
                        row[k] = (uint8_t)b;
                        return true;
                    }
    return false;
}

/* Each further parameter takes the value by which most pairs meet; among equals the one that the row's number points to. */
static void finish_row(const pairwise *p, const met *m, uint8_t *row)
{
    for (size_t k = 0; k < p->n_parameters; k++) {
        if (row[k] != OPEN)
            continue;
        size_t most = 0;
        uint8_t best = (uint8_t)(p->n_rows % p->parameter[k].n);
        for (size_t v = 0; v < p->parameter[k].n; v++) {
            row[k] = (uint8_t)v;
            const size_t n = gain(p, m, row, k);
            best = n > most ? (uint8_t)v : best;
            most = n > most ? n : most;
        }
        row[k] = best;
    }
}

void pairwise_make(pairwise *p, const pairwise_parameter *parameter, size_t n)
{
    met m = {0};
    must(n >= 2 && n <= PAIRWISE_PARAMETERS);
    *p = (pairwise){.parameter = parameter, .n_parameters = n};
    while (begin_row(p, &m, p->row[p->n_rows])) {
        finish_row(p, &m, p->row[p->n_rows]);
        note(p, &m, p->row[p->n_rows++]);
        must(p->n_rows < PAIRWISE_ROWS);
    }
}

size_t pairwise_pairs(const pairwise *p)
{
    size_t n = 0;
    for (size_t i = 0; i < p->n_parameters; i++)
        for (size_t k = i + 1; k < p->n_parameters; k++)
            n += p->parameter[i].n * p->parameter[k].n;
    return n;
}

size_t pairwise_covered(const pairwise *p, size_t n_rows)
{
    met m = {0};
    size_t n = 0;
    for (size_t r = 0; r < n_rows; r++)
        note(p, &m, p->row[r]);
    for (size_t i = 0; i < sizeof m.of; i++)
        n += ((const bool *)m.of)[i];
    return n;
}

/* ---- telling ---- */

static void print_value(const pairwise *p, size_t parameter, uint8_t value, page *out)
{
    page_printf(out, "%s%s=%s", out->n ? " " : "", p->parameter[parameter].name, p->parameter[parameter].value[value]);
}

void pairwise_print_row(const pairwise *p, size_t row, page *out)
{
    for (size_t k = 0; k < p->n_parameters; k++)
        print_value(p, k, p->row[row][k], out);
}

static size_t first_row(const pairwise *p, const bool *failed, bool wanted)
{
    size_t r = 0;
    while (r < p->n_rows && failed[r] != wanted)
        r++;
    return r;
}

void pairwise_print_cause(const pairwise *p, const bool *failed, bool (*fails)(void *ctx, const uint8_t *row), void *ctx, page *out)
{
    const size_t bad = first_row(p, failed, true), good = first_row(p, failed, false);
    uint8_t row[PAIRWISE_PARAMETERS];
    if (bad == p->n_rows || good == p->n_rows)
        return;
    memcpy(row, p->row[bad], sizeof row);
    for (size_t k = 0; k < p->n_parameters; k++) {
        row[k] = p->row[good][k];
        if (row[k] != p->row[bad][k] && !fails(ctx, row))
            row[k] = p->row[bad][k];
    }
    for (size_t k = 0; k < p->n_parameters; k++)
        if (row[k] != p->row[good][k])
            print_value(p, k, row[k], out);
}
