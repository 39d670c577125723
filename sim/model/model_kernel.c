#include "model_kernel.h"

#include <string.h>

const model_kernel *const model_kernels[] = {
    &kernel_scalar,
#if defined __x86_64__
    &kernel_sse2,   &kernel_avx2, &kernel_vnni,
#elif defined __aarch64__
    &kernel_neon,
#endif
    NULL,
};

const model_kernel *model_kernel_best(void)
{
    const model_kernel *best = &kernel_scalar;
    for (size_t i = 0; model_kernels[i]; i++)
        if (model_kernels[i]->usable())
            best = model_kernels[i];
    return best;
}

const model_kernel *model_kernel_named(const char *name)
{
    for (size_t i = 0; model_kernels[i]; i++)
        if (strcmp(model_kernels[i]->name, name) == 0)
            return model_kernels[i];
    return NULL;
}
