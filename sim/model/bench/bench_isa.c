#include "bench_isa.h"

const bench_isa *const bench_isas[] = {
    &bench_isa_base,
#if defined __x86_64__
    &bench_isa_avx2,
    &bench_isa_avx512,
#endif
    NULL,
};

const bench_isa *const bench_isas_plain[] = {
    &bench_isa_base_plain,
#if defined __x86_64__
    &bench_isa_avx2_plain,
    &bench_isa_avx512_plain,
#endif
    NULL,
};

const bench_isa *bench_isa_best(bool plain)
{
    const bench_isa *const *isas = plain ? bench_isas_plain : bench_isas, *best = isas[0];
    for (size_t i = 0; isas[i]; i++)
        if (isas[i]->usable())
            best = isas[i];
    return best;
}
