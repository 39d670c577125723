/* The handshake, message by message: what each side writes and takes, and what a lying other side sends. */
#include "parley1_vectors.h"

#include <stdio.h>
#include <string.h>

enum { ROOM = 2048 };

static const char the_name[] = "chat.example", the_names[] = "chat.example model.chat.example";
static const char *const checked_by[] = {"text", "audit", NULL};

/* One handshake. */
typedef struct scene {
    const prim *prim;
    uint8_t coins[P1_HELLO_COINS], s[32], r0[32], answer_coins[P1_ANSWER_COINS];
    prim_pair own;
    uint8_t hello[ROOM], answer[ROOM];
    size_t n_hello, n_answer;
    p1_agreement agreed;
} scene;

static void say(scene *c, const char *name)
{
    nz_peer noise;
    p1_offer kept;
    writer w = WRITER(c->hello);
    p1_client_hello(&noise, c->prim, span_text(name), SPAN(c->coins), &w, &kept);
    c->n_hello = w.n;
    nz_close(&noise);
}

static bool answered(scene *c)
{
    static const uint16_t versions[] = {1};
    const span names[] = {span_text(the_name)};
    const p1_served served = {versions, 1, names, 1};
    nz_peer noise = {0};
    writer w = WRITER(c->answer);
    const verdict v = p1_server_answers(&noise, c->prim, &c->own, &served, c->r0, SPAN(c->answer_coins), span_of(c->hello, c->n_hello), &w,
                                        &c->agreed);
    c->n_answer = w.n;
    nz_close(&noise);
    return accepted(v);
}

static bool play(scene *c, const prim *p, const char *which)
{
    char name[40];
    memset(c, 0, sizeof *c);
    c->prim = p;
    snprintf(name, sizeof name, "hello %s", which);
    p1_named(p, name, c->coins, sizeof c->coins);
    snprintf(name, sizeof name, "s %s", which);
    p1_named(p, name, c->s, 32);
    prim_pair_of(p, c->s, &c->own);
    snprintf(name, sizeof name, "r0 %s", which);
    p1_named(p, name, c->r0, 32);
    p->x25519_public(c->r0, c->r0);
    snprintf(name, sizeof name, "answer %s", which);
    p1_named(p, name, c->answer_coins, sizeof c->answer_coins);
    say(c, the_name);
    return answered(c);
}

/* ---- p1.hello ---- */

cJSON *p1_hello_file(const prim *p, int which)
{
    sheet s = sheet_start(p, "p1.hello", "vectors/parley1/parley1_handshake_scenarios", "7061726c657920766563746f7273", checked_by);
    char name[8], long_name[P1_NAME_MAX + 1];
    (void)which;
    memset(long_name, 'a', sizeof long_name);
    for (size_t i = 63; i < P1_NAME_MAX; i += 64)
        long_name[i] = '.';
    long_name[P1_NAME_MAX] = 0;
    const char *const names[] = {the_name, "a", "xn--bcher-kva.example", long_name, "1.2.3.a4"};
    sheet_group(&s, "hello", "p1:handshake", "");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        static scene c;
        snprintf(name, sizeof name, "%zu", i);
        memset(&c, 0, sizeof c);
        c.prim = p;
        p1_named(p, name, c.coins, sizeof c.coins);
        c.coins[1] = (uint8_t)(i == 0 ? 1 : i == 1 ? 0 : c.coins[1]); /* both places */
        say(&c, names[i]);
        sheet_accepts(&s, i ? (char[]){'o', 'k', (char)('0' + i), 0} : "ok", "P1-010");
        sheet_in(&s, TEXT("name", names[i]));
        sheet_in(&s, BYTES("coins", SPAN(c.coins)));
        sheet_out(&s, BYTES("msg", span_of(c.hello, c.n_hello)));
    }
    return s.document;
}

/* ---- p1.answer ---- */

/* An offer of any form in front of message 1. */
static void offer_other(scene *c, span offer)
{
    uint8_t noise[P1_MESSAGE1];
    memcpy(noise, c->hello + c->n_hello - P1_MESSAGE1, P1_MESSAGE1);
    writer w = WRITER(c->hello);
    write_be(&w, offer.n, 2);
    write_span(&w, offer);
    write_span(&w, SPAN(noise));
    must(writer_ok(&w));
    c->n_hello = w.n;
}

static void write_offer(writer *w, const uint16_t *versions, size_t n, const char *name)
{
    write_be(w, n, 2);
    for (size_t i = 0; i < n; i++)
        write_be(w, versions[i], 2);
    write_be(w, strlen(name), 1);
    write_text(w, name);
}

static void offer_of(scene *c, const uint16_t *versions, size_t n, const char *name, size_t behind)
{
    uint8_t room[700];
    writer w = WRITER(room);
    write_offer(&w, versions, n, name);
    write_zeros(&w, behind);
    must(writer_ok(&w));
    offer_other(c, written(&w));
}

#define VERSIONS(...) (const uint16_t[]){__VA_ARGS__}, sizeof((const uint16_t[]){__VA_ARGS__}) / 2

static void twice(scene *c) { offer_of(c, VERSIONS(1, 0x3a3a, 1), the_name, 0); }
static void behind(scene *c) { offer_of(c, VERSIONS(1, 0x3a3a), the_name, 1); }
static void too_long(scene *c) { offer_of(c, VERSIONS(1, 0x3a3a), the_name, P1_OFFER_MAX - 18); }
static void only_reserved(scene *c) { offer_of(c, VERSIONS(0x3a3a), the_name, 0); }
static void only_later(scene *c) { offer_of(c, VERSIONS(2, 3), the_name, 0); }
static void upper_case(scene *c) { offer_of(c, VERSIONS(1, 0x3a3a), "Chat.example", 0); }
static void last_dot(scene *c) { offer_of(c, VERSIONS(1, 0x3a3a), "chat.example.", 0); }
static void address(scene *c) { offer_of(c, VERSIONS(1, 0x3a3a), "127.0.0.1", 0); }
static void hyphen(scene *c) { offer_of(c, VERSIONS(1, 0x3a3a), "chat-.example", 0); }
static void no_name(scene *c) { offer_of(c, VERSIONS(1, 0x3a3a), "", 0); }
static void other_name(scene *c) { offer_of(c, VERSIONS(1, 0x3a3a), "other.example", 0); }
static void longer_name(scene *c) { offer_of(c, VERSIONS(1, 0x3a3a), "chat.example2", 0); }
static void one_more(scene *c) { c->hello[c->n_hello++] = 0; }
static void two_more(scene *c) { c->hello[c->n_hello++] = 1, c->hello[c->n_hello++] = 2; }
static void bad_key(scene *c) { memset(c->hello + c->n_hello - 1184, 0xff, 3); }
static void zero_share(scene *c) { memset(c->hello + c->n_hello - P1_MESSAGE1, 0, 32); }

static const struct {
    p1_lie lie;
    void (*twist)(scene *);
    const char *names;
} answer_lies[] = {
    {{"offer-513", "P1-011", "an offer of 513 bytes", "An unbounded offer is memory that a stranger takes.",
      (const char *const[]){"P1-011", "P1-012", NULL}},
     too_long,
     the_names},
    {{"version-twice", "P1-012", "version 1 twice", "Two readers choose differently.", NULL}, twice, the_names},
    {{"behind-offer", "P1-012", "a byte behind the name", "What is hidden there is agreed on by nobody.", NULL}, behind, the_names},
    {{"upper-case", "P1-013", "a capital letter", "Two spellings of one name pass different comparisons.", NULL},
     upper_case,
     "Chat.example"},
    {{"last-dot", "P1-013", "a dot at the end", "Two spellings of one name pass different comparisons.", NULL}, last_dot, "chat.example."},
    {{"address", "P1-013", "an address as name", "Evidence is taken for whoever has the address now.", NULL}, address, "127.0.0.1"},
    {{"hyphen", "P1-013", "a label that ends with a hyphen", "No host has that name.", NULL}, hyphen, "chat-.example"},
    {{"no-name", "P1-013", "no name", "Evidence of any service is taken.", NULL}, no_name, ""},
    {{"one-more", "P1-014", "a byte behind message 1", "Bytes that no transcript covers.", NULL}, one_more, the_names},
    {{"two-more", "P1-014", "two bytes behind message 1", "Bytes that no transcript covers.", NULL}, two_more, the_names},
    {{"only-reserved", "P1-015", "only a reserved version", "The enclave speaks a version that nobody asked for.", NULL},
     only_reserved,
     the_names},
    {{"only-later", "P1-015", "only later versions", "The enclave speaks a version that nobody asked for.", NULL}, only_later, the_names},
    {{"other-name", "P1-017", "a name that is not served", "A client is diverted to another service.", NULL}, other_name, the_names},
    {{"longer-name", "P1-017", "a name that begins with one that is served", "A client is diverted to another service.", NULL},
     longer_name,
     the_names},
    {{"kem-key", "NZ-044", "coefficients above 3328 in e1", "Encapsulation to what is no key.", NULL}, bad_key, the_names},
    {{"zero-share", "NZ-031", "a share of zeros", "A secret that everybody knows.", NULL}, zero_share, the_names},
};

enum { N_ANSWER_LIES = sizeof answer_lies / sizeof *answer_lies };

static void put_scene(sheet *s, const scene *c)
{
    sheet_in(s, BYTES("s", SPAN(c->s)));
    sheet_in(s, BYTES("r0", SPAN(c->r0)));
    sheet_in(s, BYTES("coins", SPAN(c->answer_coins)));
}

static void put_hello(sheet *s, const scene *c, const char *versions, const char *names)
{
    sheet_in(s, BYTES("msg", span_of(c->hello, c->n_hello)));
    sheet_in(s, TEXT("names", names));
    sheet_in(s, TEXT("versions", versions));
}

static void put_agreement(sheet *s, const scene *c)
{
    sheet_out(s, NUMBER("version", c->agreed.version));
    sheet_out(s, BYTES("h", SPAN(c->agreed.h)));
    sheet_out(s, BYTES("base", SPAN(c->agreed.base)));
}

/* A server that has versions 1 and 2, too. */
static bool add_two_versions(sheet *s, const prim *p, const uint16_t *offered, size_t n, const char *slug)
{
    static const uint16_t versions[] = {1, 2};
    static scene c;
    const span names[] = {span_text(the_name)};
    const p1_served served = {versions, 2, names, 1};
    nz_peer noise = {0};
    if (!play(&c, p, slug))
        return false;
    offer_of(&c, offered, n, the_name, 0);
    writer w = WRITER(c.answer);
    if (!accepted(p1_server_answers(&noise, p, &c.own, &served, c.r0, SPAN(c.answer_coins), span_of(c.hello, c.n_hello), &w, &c.agreed)))
        return false;
    nz_close(&noise);
    sheet_accepts(s, slug, "P1-016");
    put_scene(s, &c);
    put_hello(s, &c, "00010002", the_names);
    sheet_out(s, BYTES("msg", written(&w)));
    put_agreement(s, &c);
    return true;
}

cJSON *p1_answer_file(const prim *p, int which)
{
    static scene c;
    sheet s = sheet_start(p, "p1.answer", "vectors/parley1/parley1_handshake_scenarios", "7061726c657920766563746f7273", checked_by);
    (void)which;
    for (size_t i = 0; i < N_ANSWER_LIES; i++)
        p1_note_lies(&s, &answer_lies[i].lie, 1, "AUTH_BYPASS");
    sheet_group(&s, "answer", "p1:handshake", "");
    if (!play(&c, p, "answer"))
        return NULL;
    sheet_accepts(&s, "ok", "P1-020 P1-021 P1-030 P1-016");
    put_scene(&s, &c);
    put_hello(&s, &c, "0001", the_names);
    sheet_out(&s, BYTES("msg", span_of(c.answer, c.n_answer)));
    put_agreement(&s, &c);
    if (!add_two_versions(&s, p, VERSIONS(0x7a7a, 1, 2, 3), "highest") || !add_two_versions(&s, p, VERSIONS(0x7a7a, 2, 1), "highest-first"))
        return NULL;
    for (size_t i = 0; i < N_ANSWER_LIES; i++) {
        static scene lying;
        if (!play(&lying, p, "answer"))
            return NULL;
        answer_lies[i].twist(&lying);
        p1_reject(&s, &answer_lies[i].lie, NULL, NULL);
        put_scene(&s, &lying);
        put_hello(&s, &lying, "0001", answer_lies[i].names);
    }
    return s.document;
}

/* ---- p1.agree ---- */

/* An enclave that says what it likes in message 2. */
static bool answer_with(scene *c, span payload, const char *prologue_offer)
{
    uint8_t prologue[600];
    writer w = WRITER(prologue), none = writer_of(prologue, 0);
    const size_t n = c->n_hello - P1_MESSAGE1 - 2;
    write_span(&w, span_of("parley/1", 9));
    if (prologue_offer)
        write_text(&w, prologue_offer);
    else
        write_span(&w, span_of(c->hello + 2, n));
    const nz_setup setup = {
        .role = NZ_RESPONDER, .suite = {NZ_NXHFS, PRIM_CHACHAPOLY, PRIM_SHA256}, .prologue = written(&w), .static_pair = &c->own};
    const nz_world world = {
        .prim = c->prim, .ephemeral = span_first(SPAN(c->answer_coins), 32), .kem_coins = span_from(SPAN(c->answer_coins), 32)};
    nz_peer noise;
    nz_start(&noise, c->prim, &setup);
    nz_effects takes = {.payload = none}, sends = {.message = WRITER(c->answer)};
    const bool good = accepted(nz_step(&noise, &world, span_of(c->hello + 2 + n, P1_MESSAGE1), &takes)) &&
                      accepted(nz_step(&noise, &world, payload, &sends));
    c->n_answer = sends.message.n;
    nz_close(&noise);
    return good;
}

static bool say_version(scene *c, uint16_t version, size_t more)
{
    uint8_t payload[40] = {(uint8_t)(version >> 8), (uint8_t)version};
    memcpy(payload + 2, c->r0, 32);
    return answer_with(c, span_of(payload, 34 + more), NULL);
}

static uint16_t reserved_of(const scene *c)
{
    const size_t at = c->coins[1] & 1 ? 4 : 6;
    return (uint16_t)(c->hello[at] << 8 | c->hello[at + 1]);
}

static bool version_2(scene *c) { return say_version(c, 2, 0); }
static bool version_0(scene *c) { return say_version(c, 0, 0); }
static bool reserved_version(scene *c) { return say_version(c, reserved_of(c), 0); }
static bool longer_by_1(scene *c) { return say_version(c, 1, 1); }
static bool longer_by_6(scene *c) { return say_version(c, 1, 6); }
static bool other_offer(scene *c)
{
    uint8_t payload[34] = {0, 1};
    memcpy(payload + 2, c->r0, 32);
    return answer_with(c, SPAN(payload), "another offer");
}

static const char *const both_tags[] = {"NZ-006", NULL};

static const struct {
    p1_lie lie;
    bool (*twist)(scene *);
} agree_lies[] = {
    {{"version-2", "P1-023", "a version that was not offered", "A host chooses the version.", NULL}, version_2},
    {{"version-0", "P1-023", "version 0", "A host chooses the version.", NULL}, version_0},
    {{"reserved", "P1-023", "the reserved version", "A version that means nothing.", NULL}, reserved_version},
    {{"one-more", "P1-022", "a byte behind R_0", "A channel to the client that nobody looks at.", NULL}, longer_by_1},
    {{"six-more", "P1-022", "six bytes behind R_0", "A channel to the client that nobody looks at.", NULL}, longer_by_6},
    {{"other-offer", "NZ-006", "message 2 for another offer", "A host lowers the version or changes the name.", both_tags}, other_offer},
};

enum { N_AGREE_LIES = sizeof agree_lies / sizeof *agree_lies };

static void put_client(sheet *s, const scene *c)
{
    sheet_in(s, TEXT("name", the_name));
    sheet_in(s, BYTES("coins", SPAN(c->coins)));
    sheet_in(s, BYTES("msg", span_of(c->answer, c->n_answer)));
}

static bool add_agreement(sheet *s, const prim *p, const char *which, const char *slug)
{
    static scene c;
    if (!play(&c, p, which))
        return false;
    sheet_accepts(s, slug, "P1-020 P1-021 P1-030");
    put_client(s, &c);
    put_agreement(s, &c);
    sheet_out(s, BYTES("s", SPAN(c.agreed.s)));
    sheet_out(s, BYTES("r0", SPAN(c.agreed.r0)));
    return true;
}

cJSON *p1_agree_file(const prim *p, int which)
{
    sheet s = sheet_start(p, "p1.agree", "vectors/parley1/parley1_handshake_scenarios", "7061726c657920766563746f7273", checked_by);
    (void)which;
    for (size_t i = 0; i < N_AGREE_LIES; i++)
        p1_note_lies(&s, &agree_lies[i].lie, 1, "AUTH_BYPASS");
    sheet_group(&s, "agree", "p1:handshake", "");
    if (!add_agreement(&s, p, "agree", "ok") || !add_agreement(&s, p, "again", "ok2"))
        return NULL;
    for (size_t i = 0; i < N_AGREE_LIES; i++) {
        static scene lying;
        if (!play(&lying, p, "agree") || !agree_lies[i].twist(&lying))
            return NULL;
        p1_reject(&s, &agree_lies[i].lie, NULL, NULL);
        put_client(&s, &lying);
    }
    return s.document;
}
