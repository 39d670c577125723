/* The KEM's calls, of both standards and sizes, with each instruction set of this CPU (memcheck has none wider than AVX2); a ciphertext
 * that is honest and one that is not. */
#include "mlkem.h"
#include "mlkem_isa.h"
#include "secrets.h"

#include <string.h>

typedef void keygen_of(mlkem_set, const uint8_t *, const uint8_t *, uint8_t *, uint8_t *);
typedef void encaps_of(mlkem_set, span, const uint8_t *, uint8_t *, uint8_t *);
typedef void decaps_of(mlkem_set, span, span, uint8_t *);

static void exercise(mlkem_set set, keygen_of *keygen, encaps_of *encaps, decaps_of *decaps)
{
    const mlkem_sizes *n = mlkem_sizes_of(set);
    uint8_t d[32], z[32], m[32], shared[32], header[MLKEM_HEADER];
    uint8_t ek[MLKEM_EK_MAX], dk[MLKEM_DK_MAX], ct[MLKEM_CT_MAX];
    secrets_fill(d, 32), secrets_fill(z, 32), secrets_fill(m, 32);
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

static void with_this_isa(void)
{
    for (int set = MLKEM_768; set <= MLKEM_1024; set++) {
        exercise((mlkem_set)set, mlkem_keygen, mlkem_encaps, mlkem_decaps);
        exercise((mlkem_set)set, kyber_keygen, kyber_encaps, kyber_decaps);
    }
}

void secrets_of_kem(void)
{
    for (size_t i = 0; mlkem_isas[i]; i++)
        if (mlkem_isas[i]->usable()) {
            mlkem_isa_use(mlkem_isas[i]);
            with_this_isa();
        }
}
