#include "verdict.h"

#ifdef PARLEY_COUNTERS
site_count site_counts[REQ_COUNT];
#endif

#ifdef PARLEY_MUTANTS
bool site_weak[REQ_COUNT];
#endif

typedef int a_translation_unit_is_never_empty;
