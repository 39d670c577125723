#include "prim.h"

size_t prim_hash_len(prim_hash h)
{
    static const uint8_t len[] = {[PRIM_SHA256] = 32, [PRIM_SHA384] = 48, [PRIM_SHA512] = 64, [PRIM_BLAKE2S] = 32, [PRIM_BLAKE2B] = 64};
    return len[h];
}

size_t prim_block_len(prim_hash h)
{
    static const uint8_t len[] = {[PRIM_SHA256] = 64, [PRIM_SHA384] = 128, [PRIM_SHA512] = 128, [PRIM_BLAKE2S] = 64, [PRIM_BLAKE2B] = 128};
    return len[h];
}
