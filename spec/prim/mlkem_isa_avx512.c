#if defined __x86_64__
enum { LANES = 8 };
#include "keccak_body.h"
#include "mlkem_ring_body.h"

static bool usable(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl");
}
const mlkem_isa mlkem_avx512 = {"avx512", usable, LANES, permute, RING_LOOPS};
#else
typedef int nothing_here;
#endif
