#include "model_loops.h"

const net_loops *const net_loops_all[] = {
    &loops_base,
#if defined __x86_64__
    &loops_avx2,
    &loops_avx512,
#endif
    NULL,
};

const net_loops *net_loops_best(void)
{
    const net_loops *best = &loops_base;
    for (size_t i = 0; net_loops_all[i]; i++)
        if (net_loops_all[i]->usable())
            best = net_loops_all[i];
    return best;
}
