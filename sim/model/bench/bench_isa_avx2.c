#if defined __x86_64__
enum { WIDTH = 32 };
#define PLAIN 0
#include "bench_isa_body.h"

static bool usable(void) { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }
const bench_isa bench_isa_avx2 = {"avx2", usable, step, likeliest, stream};
#else
typedef int nothing_here;
#endif
