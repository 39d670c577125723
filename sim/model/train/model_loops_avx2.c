/* Compiled with -mavx2, without -mfma: a fused multiply-add would round once where the others round twice. */
#if defined __x86_64__
enum { WIDTH = 8, ROWS = 6 };
#include "model_loops_body.h"

static bool usable(void) { return __builtin_cpu_supports("avx2"); }
const net_loops loops_avx2 = LOOPS("avx2");
#else
typedef int nothing_here;
#endif
