/* Crossed cases: an accepted case in which one input is another, from some other case or changed, so that the answer is another.
 *
 * The committed cases of an operation may all have the same time, key or policy, and a library that does not look at it passes them all; so
 * does one that keeps its answer by some of the inputs, or compares the beginning of a digest. Of each input of each operation without state
 * there is one crossed case, of a key or digest four, with its first, a middle and its last byte and with two bytes changed, and one with
 * something behind its end where that is refused; the accepted case that they were made from is asked right before. What has to come out is
 * what our own text answers: the verdict, and of an accepted call every member. They are made for each run at the library door and are no
 * part of the committed files. */
#ifndef PARLEY_CROSSED_H
#define PARLEY_CROSSED_H

#include "prim.h"
#include "run_case.h"

/* Whether an input is crossed; asked once about each. */
typedef bool crossed_wanted(void *ctx);
/* Adds the crossed cases of a set that is whole, called OP.crossed.INPUT, to it: of the inputs that are wanted; NULL: of all. False after a
 * fault was told. */
bool crossed_add(const prim *, vector_set *, crossed_wanted *, vector_fault *, void *ctx);

enum { CROSSED_AREAS = 128 };
/* The areas, as `nz,cf`, whose values cross the cases of these: their own, and those of evidence for the profile that carries it whole. */
void crossed_areas(const char *areas, char out[CROSSED_AREAS]);

bool case_is_crossed(const vector_case *);
/* A crossed case, the one that it was made from before it; any other as run_case does. */
void run_case_of(case_target *, const vector_set *, const vector_case *, case_result *);

#endif
