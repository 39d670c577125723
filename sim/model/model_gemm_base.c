#include "model_gemm_tile.h"

void gemm_base(const gemm *g, float *panel) { multiply(g, panel); }

#if !defined __x86_64__
bool gemm_has_avx2(void) { return false; }
void gemm_avx2(const gemm *g, float *panel) { multiply(g, panel); }
#endif

void gemm_run(const gemm *g, float *panel)
{
    if (gemm_has_avx2())
        gemm_avx2(g, panel);
    else
        gemm_base(g, panel);
}
