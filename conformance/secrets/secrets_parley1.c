/* The key schedule of profile parley1 over three epochs, and its records: new keys of the ratchet both ways, a record that was changed. */
#include "parley1_record.h"
#include "secrets.h"

enum { ROOM = 1024, EPOCHS = 3, TEXT = 100 };

typedef struct sides {
    p1_ratchet ratchet[2]; /* by p1_side */
    uint8_t record[ROOM], plain[ROOM];
} sides;

/* The seed of the first epoch comes from the handshake, that of each other one from the link before it and a secret of the KEM. */
static void derives(uint32_t epoch, const uint8_t t[P1_DIGEST], p1_keys *keys)
{
    uint8_t drawn[P1_KEY], seed[P1_KEY];
    secrets_fill(drawn, sizeof drawn);
    if (epoch == 0)
        p1_first_seed(&secrets_lent, drawn, t, seed);
    else
        p1_next_seed(&secrets_lent, keys->link, drawn, t, seed);
    p1_epoch_keys(&secrets_lent, seed, epoch, keys);
}

static void starts(sides *s, uint32_t epoch, const uint8_t t[P1_DIGEST], const p1_keys *keys)
{
    uint8_t secret[32];
    prim_pair r;
    secrets_fill(secret, sizeof secret);
    prim_pair_of(&secrets_lent, secret, &r);
    const uint32_t sent = epoch ? p1_sent(&s->ratchet[P1_CLIENT]) : 0, received = epoch ? p1_received(&s->ratchet[P1_CLIENT]) : 0;
    p1_start_client(&s->ratchet[P1_CLIENT], epoch, t, keys->root, r.share, sent, received);
    p1_start_enclave(&s->ratchet[P1_ENCLAVE], epoch, t, keys->root, &r, received, sent);
}

static void passes(sides *s, p1_side from, bool broken)
{
    uint8_t coins[32], text[TEXT], turn[P1_KEY];
    writer record = WRITER(s->record), plain = WRITER(s->plain);
    secrets_fill(coins, sizeof coins), secrets_fill(text, sizeof text);
    p1_seal(&s->ratchet[from], &secrets_lent, SPAN(coins), SPAN(text), &record, turn);
    declassify(s->record, record.n);
    if (broken)
        s->record[record.n - 1] ^= 1;
    must(accepted(p1_open(&s->ratchet[!from], &secrets_lent, written(&record), &plain, turn)) == !broken);
}

void secrets_of_parley1(void)
{
    static sides s;
    uint8_t t[P1_DIGEST] = {1};
    p1_keys keys;
    for (uint32_t epoch = 0; epoch < EPOCHS; epoch++, t[0]++) {
        derives(epoch, t, &keys);
        starts(&s, epoch, t, &keys);
        for (int i = 0; i < 2; i++)
            passes(&s, P1_CLIENT, false), passes(&s, P1_CLIENT, false), passes(&s, P1_ENCLAVE, false);
    }
    passes(&s, P1_CLIENT, true);
}
