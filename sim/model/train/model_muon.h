/* Muon (Jordan and others 2024): the direction in which a matrix learns is its momentum made nearly orthogonal, so that every
 * direction it maps along learns at the same pace. Five steps of Newton and Schulz, products and sums alone: the same bits everywhere. */
#ifndef PARLEY_MODEL_MUON_H
#define PARLEY_MODEL_MUON_H

#include "model_loops.h"

size_t muon_room(size_t rows, size_t columns); /* floats that muon_turn is lent; rows and columns are multiples of 16 */

/* turned (rows, columns) = from (rows, columns) with all its singular values near one. `panel` as for multiply. */
void muon_turn(const net_loops *, const float *from, float *turned, size_t rows, size_t columns, float *room, float *panel);

#endif
