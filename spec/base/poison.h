/* Secrets as memcheck sees them: a test that runs under valgrind calls its secrets undefined, and then every branch and every
 * index that depends on one is an error. What a secret makes public on purpose is declassified where that happens. Only
 * such a test is built with PARLEY_POISON; everywhere else nothing is left of it. */
#ifndef PARLEY_POISON_H
#define PARLEY_POISON_H

#ifdef PARLEY_POISON
#include <valgrind/memcheck.h>
#define poison(p, n)     ((void)VALGRIND_MAKE_MEM_UNDEFINED(p, n))
#define declassify(p, n) ((void)VALGRIND_MAKE_MEM_DEFINED(p, n))
#else
#define poison(p, n)     ((void)0)
#define declassify(p, n) ((void)0)
#endif

#endif
