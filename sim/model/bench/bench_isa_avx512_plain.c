#if defined __x86_64__
enum { WIDTH = 64 };
#define PLAIN 1
#include "bench_isa_body.h"

static bool usable(void)
{
    return __builtin_cpu_supports("fma") && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}
const bench_isa bench_isa_avx512_plain = {"avx512", usable, step, likeliest, stream};
#else
typedef int nothing_here;
#endif
