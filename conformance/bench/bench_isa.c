#include "bench_isa.h"

const bench_isa *const bench_isas[] = {
    &bench_isa_base,
#if defined __x86_64__
    &bench_isa_avx2,
    &bench_isa_avx512,
#endif
    NULL,
};

const bench_isa *bench_isa_best(void)
{
    const bench_isa *best = &bench_isa_base;
    for (size_t i = 0; bench_isas[i]; i++)
        if (bench_isas[i]->usable())
            best = bench_isas[i];
    return best;
}
