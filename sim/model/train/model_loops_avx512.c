/* Compiled with -mavx512f -mavx512bw -mavx512dq -mavx512vl; -ffp-contract=off keeps its fused multiply-adds out. */
#if defined __x86_64__
enum { WIDTH = 16, ROWS = 12 };
#include "model_loops_body.h"

static bool usable(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl");
}

const net_loops loops_avx512 = LOOPS("avx512");
#else
typedef int nothing_here;
#endif
