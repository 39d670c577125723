/* Run under valgrind: the secrets of the KEM are undefined bytes, and a branch or an index that depends on one is an error
 * (mlkem_secrets.sh). Ends with 77 where it can't be judged. */
#include "mlkem.h"
#include "poison.h"

#include <stdio.h>
#include <string.h>

#ifdef PARLEY_POISON
#include <valgrind/valgrind.h>

typedef void keygen_of(mlkem_set, const uint8_t *, const uint8_t *, uint8_t *, uint8_t *);
typedef void encaps_of(mlkem_set, span, const uint8_t *, uint8_t *, uint8_t *);
typedef void decaps_of(mlkem_set, span, span, uint8_t *);

static void exercise(mlkem_set set, keygen_of *keygen, encaps_of *encaps, decaps_of *decaps)
{
    const mlkem_sizes *n = mlkem_sizes_of(set);
    uint8_t d[32] = {1}, z[32] = {2}, m[32] = {3}, shared[32], header[MLKEM_HEADER];
    uint8_t ek[MLKEM_EK_MAX], dk[MLKEM_DK_MAX], ct[MLKEM_CT_MAX];
    poison(d, 32), poison(z, 32), poison(m, 32);
    keygen(set, d, z, ek, dk);
    declassify(ek, n->ek);
    memcpy(dk + n->t, ek, n->ek); /* the copy in dk is as public */
    encaps(set, span_of(ek, n->ek), m, ct, shared);
    mlkem_header(set, span_of(ek, n->ek), header);
    mlkem_encaps1(set, header, m, ct, shared);
    mlkem_encaps2(set, header, span_of(ek, n->t), m, ct + n->ct1);
    declassify(ct, n->ct);
    decaps(set, span_of(dk, n->dk), span_of(ct, n->ct), shared);
    ct[0] ^= 1;
    decaps(set, span_of(dk, n->dk), span_of(ct, n->ct), shared);
}

/* What the run would report if a branch did depend on a secret: proof that the tool sees it. */
static int branches(void)
{
    uint8_t secret = 1;
    poison(&secret, 1);
    return secret ? puts("the branch is seen by the tool only") : 0;
}

int main(int argc, char **argv)
{
    if (!RUNNING_ON_VALGRIND)
        return puts("not under valgrind"), 77;
    prim_start();
    if (argc > 1 && strcmp(argv[1], "branch") == 0)
        return branches() < 0;
    for (int set = MLKEM_768; set <= MLKEM_1024; set++) {
        exercise((mlkem_set)set, mlkem_keygen, mlkem_encaps, mlkem_decaps);
        exercise((mlkem_set)set, kyber_keygen, kyber_encaps, kyber_decaps);
    }
    return 0;
}
#else
int main(void) { return puts("built without valgrind's headers"), 77; }
#endif
