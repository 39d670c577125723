/* Compiled with -mavx2, without -mfma: a fused multiply-add would round once where the others round twice. */
#if defined __x86_64__
#include "model_gemm_tile.h"

bool gemm_has_avx2(void) { return __builtin_cpu_supports("avx2"); }
void gemm_avx2(const gemm *g, float *panel) { multiply(g, panel); }
#else
typedef int nothing_here;
#endif
