/* Attested handshakes of profile parley1, whole and in their parts. */
#include "p1_pair.h"
#include "speed.h"

#include <string.h>

enum { HANDSHAKES = 10, WHOLE = 3, RECORD_ROUNDS = 4 };

static const char the_name[] = "chat.example";
static const uint8_t hello_coins[P1_HELLO_COINS] = {1}, answer_coins[P1_ANSWER_COINS] = {2}, r0[32] = {9};

typedef struct shop {
    const prim *prim;
    prim_pair s;
    service *world;
    pair *both;
    uint8_t attest[SERVICE_ATTEST], x[32], offer[64];
    size_t n_attest;
    p1_offer offered;
} shop;

/* Both sides, from the offer to the base key. */
static void handshake(void *with)
{
    static const uint16_t versions[] = {P1_VERSION};
    const shop *k = with;
    uint8_t first[2048], answer[2048];
    const span names[] = {span_text(the_name)};
    const p1_served served = {versions, 1, names, 1};
    nz_peer client, server = {0};
    p1_offer kept;
    p1_agreement a, b;
    writer hello = WRITER(first), told = WRITER(answer);
    p1_client_hello(&client, k->prim, names[0], SPAN(hello_coins), &hello, &kept);
    must(accepted(p1_server_answers(&server, k->prim, &k->s, &served, r0, SPAN(answer_coins), written(&hello), &told, &a)));
    must(accepted(p1_client_agrees(&client, k->prim, &kept, written(&told), &b)) && bytes_equal(a.base, b.base, 32));
}

/* The same pattern without the KEM: what the hybrid costs. */
static void classical(void *with)
{
    const shop *k = with;
    const uint8_t e[2][32] = {{3}, {4}};
    uint8_t bytes[512];
    nz_peer peer[2];
    for (int role = 0; role < 2; role++)
        nz_start(&peer[role], k->prim,
                 &(nz_setup){.role = (nz_role)role, .suite = {NZ_NX, PRIM_CHACHAPOLY, PRIM_SHA256}, .static_pair = role ? &k->s : NULL});
    for (int from = 0; from < 2; from++) {
        const nz_world w = {.prim = k->prim, .ephemeral = SPAN(e[from])};
        nz_effects sends = {.message = WRITER(bytes)}, takes = {0};
        must(accepted(nz_step(&peer[from], &w, EMPTY, &sends)) && accepted(nz_step(&peer[!from], &w, written(&sends.message), &takes)));
    }
}

/* What nobody can do without: ee and es on both sides, two ephemeral pairs, the KEM's three calls. */
static void bare(void *with)
{
    const shop *k = with;
    uint8_t out[32], ek[NZ_KEM_EK], dk[NZ_KEM_DK], ct[NZ_KEM_CT];
    for (int i = 0; i < 4; i++)
        k->prim->x25519(&k->s, k->s.share, out);
    for (int i = 0; i < 2; i++)
        k->prim->x25519_public(r0, out);
    mlkem_keygen(MLKEM_768, hello_coins, hello_coins + 32, ek, dk);
    mlkem_encaps(MLKEM_768, SPAN(ek), answer_coins, ct, out);
    mlkem_decaps(MLKEM_768, SPAN(dk), SPAN(ct), out);
}

/* A stream in records: what an enclave seals and a client opens, all in one chain, as while an answer runs. */
typedef struct stream {
    const prim *prim;
    p1_ratchet enclave, client;
    size_t n; /* bytes of a plaintext */
} stream;

enum { RECORDS = 64, LONGEST = 4096 };

static const uint8_t zeros[LONGEST];

static void start_stream(stream *t, const prim *p, size_t n)
{
    const uint8_t transcript[P1_DIGEST] = {1}, root[P1_KEY] = {2}, dh[32] = {3};
    uint8_t bytes[P1_HEADER + PRIM_TAG + 8];
    prim_pair r;
    writer first = WRITER(bytes), plain = WRITER(bytes);
    *t = (stream){.prim = p, .n = n};
    prim_pair_of(p, r0, &r);
    p1_start_client(&t->client, 0, transcript, root, r.share, 0, 0);
    p1_start_enclave(&t->enclave, 0, transcript, root, &r, 0, 0);
    p1_seal(&t->client, p, SPAN(dh), span_first(SPAN(zeros), 5), &first, NULL);
    must(accepted(p1_open(&t->enclave, p, written(&first), &plain, NULL)));
}

static void one_record(stream *t)
{
    static const uint8_t dh[32] = {4};
    static uint8_t record[LONGEST + P1_HEADER + PRIM_TAG], text[LONGEST];
    writer sealed = WRITER(record), plain = WRITER(text);
    p1_seal(&t->enclave, t->prim, SPAN(dh), span_first(SPAN(zeros), t->n), &sealed, NULL);
    must(accepted(p1_open(&t->client, t->prim, written(&sealed), &plain, NULL)));
}

static void records(void *with)
{
    for (int i = 0; i < RECORDS; i++)
        one_record(with);
}

/* The cipher alone, with as many associated bytes. */
static void bare_records(void *with)
{
    const stream *t = with;
    static uint8_t sealed[LONGEST + PRIM_TAG], text[LONGEST];
    const span ad = span_first(SPAN(zeros), 16 + 1 + P1_DIGEST + P1_HEADER);
    for (int i = 0; i < RECORDS; i++) {
        t->prim->aead_seal(PRIM_CHACHAPOLY, r0, hello_coins, ad, span_first(SPAN(zeros), t->n), sealed);
        must(t->prim->aead_open(PRIM_CHACHAPOLY, r0, hello_coins, ad, span_of(sealed, t->n + PRIM_TAG), text));
    }
}

static void speed_of_stream(speed *s, const prim *p)
{
    static stream small, large;
    start_stream(&small, p, 256);
    start_stream(&large, p, LONGEST);
    const int bare_small = speed_floor(s, "64 times the cipher, 256 bytes", bare_records, &small, RECORD_ROUNDS);
    speed_add(s, "64 records of 256 bytes", records, &small, RECORD_ROUNDS, bare_small, 0);
    const int bare_large = speed_floor(s, "64 times the cipher, 4096 bytes", bare_records, &large, RECORD_ROUNDS);
    speed_add(s, "64 records of 4096 bytes", records, &large, RECORD_ROUNDS, bare_large, 0);
}

/* Every check of a client, of one attest. */
static void checks(void *with)
{
    static p1_appraisal found;
    shop *k = with;
    p1_memory memory = {0};
    const p1_expected e = {.name = span_text(the_name), .s = k->world->s.share, .x = k->x, .offered = &k->offered, .version = P1_VERSION};
    must(accepted(service_judge(k->world, &e, span_of(k->attest, k->n_attest), &memory, &found)));
}

/* What stands for hardware, log and witnesses: no work of either side. */
static void hardware_and_log(void *with)
{
    shop *k = with;
    writer w = WRITER(k->attest);
    service_attest(k->world, 0, k->x, &w);
    k->n_attest = w.n;
}

/* From the first message to ready, hardware and log included. */
static void whole(void *with)
{
    shop *k = with;
    pair_start(k->both, k->world, span_text("bench"));
    pair_open(k->both);
    must(k->both->client.phase == P1_OPEN && k->both->enclave.phase == P1_OPEN);
}

void speed_of_parley1(speed *s, const prim_choice *choice, uint32_t rounds)
{
    static service world;
    static pair both;
    static shop k;
    memset(&k, 0, sizeof k);
    k.prim = prim_best(choice);
    k.world = &world;
    k.both = &both;
    prim_pair_of(k.prim, r0, &k.s);
    service_start(&world, k.prim, span_text("bench"), the_name, SERVICE_NOW);
    writer o = WRITER(k.offer);
    p1_write_offer(hello_coins, span_text(the_name), &o);
    must(accepted(p1_read_offer(written(&o), &k.offered)));
    hardware_and_log(&k);
    speed_start(
        s,
        "profile parley1, both sides in one process; the floor of the handshake are 4 agreements, 2 key generations and the KEM's three "
        "calls; a record adds 63 bytes (header 44, tag 16, plaintext 3), so a turn of one request, n chunks and end adds 63 (n + 2)",
        rounds);
    const int floor = speed_floor(s, "agreements, keys, KEM", bare, &k, HANDSHAKES);
    speed_add(s, "handshake", handshake, &k, HANDSHAKES, floor, 0.90);
    speed_messages(s);
    const int nx = speed_floor(s, "handshake without KEM", classical, &k, HANDSHAKES);
    speed_add(s, "handshake, to that", handshake, &k, HANDSHAKES, nx, 1 / 1.4);
    const int all = speed_floor(s, "attested, to ready", whole, &k, WHOLE);
    speed_messages(s);
    speed_add(s, "of it: client's checks", checks, &k, WHOLE, all, 0);
    speed_add(s, "of it: hardware and log", hardware_and_log, &k, WHOLE, all, 0);
    speed_of_stream(s, k.prim);
}
