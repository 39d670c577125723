#if defined __x86_64__
enum { LANES = 4 };
#include "keccak_body.h"
#include "mlkem_ring_body.h"

static bool usable(void) { return __builtin_cpu_supports("avx2"); }
const mlkem_isa mlkem_avx2 = {"avx2", usable, LANES, permute, RING_LOOPS};
#else
typedef int nothing_here;
#endif
