#include "weak.h"
#include "verdict.h"

#include <string.h>

#ifdef PARLEY_MUTANTS
bool weak_possible(void) { return true; }
void weak_set(uint16_t req, bool weak) { site_weak[req] = weak; }
void weak_none(void) { memset(site_weak, 0, sizeof site_weak); }
#else
bool weak_possible(void) { return false; }
void weak_set(uint16_t req, bool weak) { (void)req, (void)weak; }
void weak_none(void) {}
#endif

#ifdef PARLEY_COUNTERS
uint64_t weak_reached(uint16_t req) { return site_counts[req].reached; }
#else
uint64_t weak_reached(uint16_t req)
{
    (void)req;
    return 0;
}
#endif
