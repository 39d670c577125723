#include "mlkem_isa.h"

const mlkem_isa *const mlkem_isas[] = {
    &mlkem_plain,
#if defined __x86_64__
    &mlkem_avx2,
    &mlkem_avx512,
#endif
    NULL,
};

static const mlkem_isa *used = &mlkem_plain;

const mlkem_isa *mlkem_isa_best(void)
{
    const mlkem_isa *best = &mlkem_plain;
    for (size_t i = 0; mlkem_isas[i]; i++)
        if (mlkem_isas[i]->usable())
            best = mlkem_isas[i];
    return best;
}

const mlkem_isa *mlkem_isa_used(void) { return used; }
void mlkem_isa_use(const mlkem_isa *isa) { used = isa; }
