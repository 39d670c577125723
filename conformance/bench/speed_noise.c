/* Handshakes and records of the Noise chapter. */
#include "noise.h"
#include "speed.h"

#include <string.h>

enum { HANDSHAKES = 20, LONG_RECORDS = 20, SHORT_RECORDS = 1000, SHORT_LEN = 100 };

static const uint8_t secrets[4][NZ_KEY] = {
    {1}, {2}, {3}, {4}}; /* s and e of the initiator, s and e of the responder; the KEM takes of them what it needs */
static uint8_t text[NZ_RECORD_MAX], sealed[NZ_MESSAGE_MAX];

/* ---- handshakes ---- */

typedef struct sides {
    const prim *prim;
    nz_suite suite;
    prim_pair s[2];
    nz_peer peer[2];
} sides;

static sides sides_of(const prim *p, nz_suite suite)
{
    sides two = {.prim = p, .suite = suite};
    for (int role = 0; role < 2; role++)
        prim_pair_of(p, secrets[2 * role], &two.s[role]);
    return two;
}

static void start(sides *two, nz_role role)
{
    const nz_keys keys = nz_keys_of(two->suite.pattern, role);
    nz_start(&two->peer[role], two->prim,
             &(nz_setup){.role = role,
                         .suite = two->suite,
                         .static_pair = keys.s ? &two->s[role] : NULL,
                         .remote_static = keys.rs ? SPAN(two->s[NZ_RESPONDER].share) : EMPTY});
}

/* Both sides, from the start to the keys of records; payloads are empty. */
static void handshake(void *with)
{
    sides *two = with;
    uint8_t bytes[2048], ek[NZ_KEM_EK], dk[NZ_KEM_DK];
    if (nz_keys_of(two->suite.pattern, NZ_INITIATOR).kem)
        mlkem_keygen(MLKEM_768, secrets[0], secrets[1], ek, dk);
    for (int role = 0; role < 2; role++)
        start(two, (nz_role)role);
    for (int from = 0; nz_turn_of(&two->peer[from]) == NZ_WRITES; from = !from) {
        const nz_world world = {
            .prim = two->prim, .ephemeral = SPAN(secrets[2 * from + 1]), .kem_key = SPAN(dk), .kem_coins = SPAN(secrets[2])};
        nz_effects sends = {.message = WRITER(bytes)}, takes = {0};
        must(accepted(nz_step(&two->peer[from], &world, EMPTY, &sends)));
        must(accepted(nz_step(&two->peer[!from], &world, written(&sends.message), &takes)));
    }
    must(nz_turn_of(&two->peer[0]) == NZ_READY && nz_turn_of(&two->peer[1]) == NZ_READY);
}

/* What no XX can do without: three agreements and an ephemeral pair on each side. */
static void bare_agreements(void *with)
{
    const sides *two = with;
    uint8_t out[NZ_KEY];
    for (int i = 0; i < 6; i++)
        two->prim->x25519(&two->s[0], two->s[1].share, out);
    for (int i = 0; i < 2; i++)
        two->prim->x25519_public(secrets[1], out);
}

/* And what hfs adds: one KEM pair, encapsulation and decapsulation. */
static void bare_hybrid(void *with)
{
    uint8_t ek[NZ_KEM_EK], dk[NZ_KEM_DK], ciphertext[NZ_KEM_CT], shared[MLKEM_SHARED];
    bare_agreements(with);
    mlkem_keygen(MLKEM_768, secrets[0], secrets[1], ek, dk);
    mlkem_encaps(MLKEM_768, SPAN(ek), secrets[2], ciphertext, shared);
    mlkem_decaps(MLKEM_768, SPAN(dk), SPAN(ciphertext), shared);
}

void speed_of_noise(speed *s, const prim_choice *choice, uint32_t rounds)
{
    static sides bare, by[3], hybrid;
    static const char *const names[] = {"provider best", "provider openssl", "provider sodium"};
    const prim *const providers[] = {prim_best(choice), &prim_openssl, &prim_sodium};
    const nz_suite suite = {NZ_XX, PRIM_AESGCM, PRIM_SHA256};
    speed_start(s,
                "Noise_XX_25519_AESGCM_SHA256, both sides, to 6 agreements and 2 key generations of the faster library; hybrid: the same "
                "with hfs, to "
                "these and the KEM's three calls",
                rounds);
    bare = sides_of(choice->x25519, suite);
    const int floor = speed_floor(s, "agreements and keys", bare_agreements, &bare, HANDSHAKES);
    for (int i = 0; i < 3; i++) {
        if (!providers[i]->has_cipher(suite.cipher))
            continue;
        by[i] = sides_of(providers[i], suite);
        speed_add(s, names[i], handshake, &by[i], HANDSHAKES, floor, i == 0 ? 0.90 : 0);
    }
    hybrid = sides_of(prim_best(choice), (nz_suite){NZ_XXHFS, suite.cipher, suite.hash});
    const int hybrid_floor = speed_floor(s, "the same and ML-KEM-768", bare_hybrid, &bare, HANDSHAKES);
    speed_add(s, "hybrid, best", handshake, &hybrid, HANDSHAKES, hybrid_floor, 0.90);
    speed_add(s, "hybrid, to provider best", handshake, &hybrid, HANDSHAKES, floor + 1, 1 / 1.4);
}

/* ---- records ---- */

typedef struct sender {
    const prim *prim;
    nz_peer peer;
    size_t n;
} sender;

static void bare_aead(void *with)
{
    const sender *one = with;
    const uint8_t nonce[PRIM_NONCE] = {1};
    one->prim->aead_seal(PRIM_AESGCM, secrets[0], nonce, EMPTY, span_of(text, one->n), sealed);
}

static void record(void *with)
{
    sender *one = with;
    const nz_world world = {.prim = one->prim};
    writer out = WRITER(sealed);
    must(accepted(nz_seal(&one->peer, &world, EMPTY, span_of(text, one->n), &out)));
}

static void start_sender(sender *one, const prim *p, size_t n)
{
    sides two = sides_of(p, (nz_suite){NZ_XX, PRIM_AESGCM, PRIM_SHA256});
    handshake(&two);
    *one = (sender){p, two.peer[NZ_INITIATOR], n};
}

void speed_of_records(speed *s, const prim_choice *choice, uint32_t rounds)
{
    static sender bare[2], by[2][3];
    static const char *const names[2][3] = {{"64 KiB, best", "64 KiB, openssl", "64 KiB, sodium"},
                                            {"100 bytes, best", "100 bytes, openssl", "100 bytes, sodium"}};
    const prim *const providers[] = {prim_best(choice), &prim_openssl, &prim_sodium};
    const struct {
        const char *floor;
        size_t n;
        unsigned times;
        double at_least;
    } sizes[] = {{"64 KiB, bare AES-256-GCM", NZ_RECORD_MAX, LONG_RECORDS, 0.95},
                 {"100 bytes, bare AES-256-GCM", SHORT_LEN, SHORT_RECORDS, 0.60}};
    speed_start(s, "records under AESGCM, sealed with a key that is kept, to AES-256-GCM of the faster library", rounds);
    for (int k = 0; k < 2; k++) {
        bare[k] = (sender){.prim = choice->cipher[PRIM_AESGCM], .n = sizes[k].n};
        const int floor = speed_floor(s, sizes[k].floor, bare_aead, &bare[k], sizes[k].times);
        for (int i = 0; i < 3; i++) {
            if (!providers[i]->has_cipher(PRIM_AESGCM))
                continue;
            start_sender(&by[k][i], providers[i], sizes[k].n);
            speed_add(s, names[k][i], record, &by[k][i], sizes[k].times, floor, i == 0 ? sizes[k].at_least : 0);
        }
    }
}
