/* secrets PATH PROVIDER: runs one secret path. Ends with 77 where it can't be judged. `secrets list` names the paths; `secrets branch` and
 * `secrets index` are what memcheck has to report, or its silence about the others proves nothing. */
#include "secrets.h"

#include <stdio.h>
#include <string.h>

prim secrets_lent;
static const prim *real;

void secrets_fill(void *out, size_t n)
{
    static uint64_t count;
    uint8_t *at = out, digest[32];
    for (size_t i = 0; i < n; i += 32) {
        const uint64_t seed = ++count;
        prim_digest(&prim_sodium, PRIM_SHA256, SPAN((const uint8_t *)&seed), digest);
        memcpy(at + i, digest, n - i < 32 ? n - i : 32);
    }
    poison(out, n);
}

static void x25519_public(const uint8_t secret[32], uint8_t out[32])
{
    real->x25519_public(secret, out);
    declassify(out, 32);
}

static void ed25519_public(const uint8_t seed[32], uint8_t out[32])
{
    real->ed25519_public(seed, out);
    declassify(out, 32);
}

static void ed25519_sign(const uint8_t seed[32], span message, uint8_t out[64])
{
    real->ed25519_sign(seed, message, out);
    declassify(out, 64);
}

static void aead_seal(prim_cipher c, const uint8_t key[32], const uint8_t nonce[12], span ad, span plain, uint8_t *out)
{
    real->aead_seal(c, key, nonce, ad, plain, out);
    declassify(out, plain.n + PRIM_TAG);
}

static bool aead_open(prim_cipher c, const uint8_t key[32], const uint8_t nonce[12], span ad, span sealed, uint8_t *out)
{
    const bool fits = real->aead_open(c, key, nonce, ad, sealed, out);
    if (sealed.n >= PRIM_TAG)
        declassify(out, sealed.n - PRIM_TAG);
    return fits;
}

void secrets_lend(const prim *p)
{
    real = p;
    secrets_lent = *p;
    secrets_lent.x25519_public = x25519_public;
    secrets_lent.ed25519_public = ed25519_public;
    secrets_lent.ed25519_sign = ed25519_sign;
    secrets_lent.aead_seal = aead_seal;
    secrets_lent.aead_open = aead_open;
}

#ifdef PARLEY_POISON
#include <valgrind/valgrind.h>

static const struct {
    const char *name;
    void (*run)(void);
} paths[] = {{"noise", secrets_of_noise},     {"kem", secrets_of_kem},           {"signal", secrets_of_signal},
             {"confer", secrets_of_confer},   {"receipts", secrets_of_receipts}, {"franking", secrets_of_franking},
             {"parley1", secrets_of_parley1}, {"history", secrets_of_history}};
enum { PATHS = sizeof paths / sizeof *paths };

static int branches(void)
{
    uint8_t secret = 1;
    poison(&secret, 1);
    return secret ? puts("seen by the tool only") : 0;
}

static int looks_up(void)
{
    static volatile uint8_t table[256]; /* not constant: gcc drops a read of a constant whose value nobody needs */
    uint8_t secret = 1;
    poison(&secret, 1);
    return table[secret];
}

static int run(const char *name, const prim *p)
{
    for (size_t i = 0; i < PATHS; i++)
        if (strcmp(paths[i].name, name) == 0) {
            secrets_lend(p);
            paths[i].run();
            return 0;
        }
    return fprintf(stderr, "secrets: there is no path '%s'\n", name), 64;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "list") == 0) {
        for (size_t i = 0; i < PATHS; i++)
            puts(paths[i].name);
        return 0;
    }
    if (!RUNNING_ON_VALGRIND)
        return puts("not under valgrind"), 77;
    prim_start();
    if (argc == 2 && strcmp(argv[1], "branch") == 0)
        return branches() < 0;
    if (argc == 2 && strcmp(argv[1], "index") == 0)
        return looks_up();
    return argc == 3 ? run(argv[1], strcmp(argv[2], "openssl") == 0 ? &prim_openssl : &prim_sodium) : 64;
}
#else
int main(void) { return puts("built without valgrind's headers"), 77; }
#endif
