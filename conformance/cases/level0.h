/* The few checks that show whether a target speaks at all: level L0. At the two network doors they are 12; at the library door two of its
 * hello and an honest vector of each chapter. `parley test ... --level L0` makes these and no others, fewer by other options that select. ids.tsv marks those of the network. */
#ifndef PARLEY_LEVEL0_H
#define PARLEY_LEVEL0_H

#include <stdbool.h>

enum { LEVEL0_CHECKS = 12 }; /* of one network door */

bool level0_has(const char *case_id);
bool level0_needs(const char *vector_file); /* `nz.read.xx.json` holds the vectors whose ids begin with its name */

#endif
