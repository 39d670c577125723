#include "known_secrets.h"
#include "no_memory.h"

#include <stdlib.h>
#include <string.h>

static prim_pair *pairs; /* known; its own secret in `secret` */
static uint8_t (*stand_ins)[32];
static size_t n_pairs, n_stand_ins;
static bool lacked;

void known_secrets_forget(void)
{
    free(pairs);
    free(stand_ins);
    pairs = NULL;
    stand_ins = NULL;
    n_pairs = n_stand_ins = 0;
    lacked = false;
}

void known_secrets_add(const uint8_t secret[32])
{
    pairs = realloc(pairs, (n_pairs + 1) * sizeof *pairs);
    needs_memory(pairs);
    prim_pair_of(&prim_openssl, secret, &pairs[n_pairs++]);
}

static const prim_pair *pair_with(const uint8_t share[32])
{
    for (size_t i = 0; i < n_pairs; i++)
        if (memcmp(pairs[i].share, share, 32) == 0)
            return &pairs[i];
    return NULL;
}

static bool is_stand_in(const uint8_t secret[32])
{
    for (size_t i = 0; i < n_stand_ins; i++)
        if (memcmp(stand_ins[i], secret, 32) == 0)
            return true;
    return false;
}

span known_secrets_of(const uint8_t share[32])
{
    const prim_pair *known = pair_with(share);
    if (known)
        return SPAN(known->secret);
    if (!is_stand_in(share)) {
        stand_ins = realloc(stand_ins, (n_stand_ins + 1) * sizeof *stand_ins);
        needs_memory(stand_ins);
        memcpy(stand_ins[n_stand_ins++], share, 32);
    }
    return span_of(share, 32);
}

static void public_of(const uint8_t secret[32], uint8_t out[32])
{
    if (is_stand_in(secret))
        memcpy(out, secret, 32);
    else
        prim_openssl.x25519_public(secret, out);
}

static void agree(const prim_pair *mine, const uint8_t share[32], uint8_t out[32])
{
    if (!is_stand_in(mine->secret)) {
        prim_openssl.x25519(mine, share, out);
        return;
    }
    const prim_pair *theirs = pair_with(share);
    lacked |= !theirs;
    if (theirs)
        prim_openssl.x25519(theirs, mine->share, out);
    else
        memset(out, 1, 32);
}

const prim *known_secrets_prim(void)
{
    static prim table;
    table = prim_openssl;
    table.x25519_public = public_of;
    table.x25519 = agree;
    return &table;
}

bool known_secrets_lacked(void) { return lacked; }
