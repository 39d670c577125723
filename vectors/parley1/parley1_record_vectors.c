/* The operations p1.ratchet, p1.seal, p1.open, p1.plain and p1.message: records of both sides in the order of a conversation, and what a lying
 * side that holds the keys seals instead. */
#include "parley1_vectors.h"

#include "parley1_record.h"

#include <stdio.h>
#include <string.h>

static const char *const checked_by[] = {"text", "audit", NULL};
static const char generator[] = "vectors/parley1/parley1_record_vectors", seed_text[] = "7061726c657920766563746f7273";

enum { ROOM = 2048 };

static void put_copy(adapter_call *call, const char *key, const void *from, size_t n)
{
    uint8_t *room = call_room(call, n);
    if (room) {
        memcpy(room, from, n);
        shim_put_bytes(&call->reply->out, key, span_of(room, n));
    }
}

/* ---- the operations ---- */

static void close_ratchet(void *object) { wipe(object, sizeof(p1_ratchet)); }

static void write_chain(writer *w, const p1_chain *c)
{
    write_span(w, SPAN(c->key));
    write_be(w, c->n, 4);
}

static void write_ratchet(const void *object, writer *w)
{
    const p1_ratchet *r = object;
    const bool flags[] = {r->has_theirs, r->fresh, r->turns, r->sends, r->receives};
    for (size_t i = 0; i < sizeof flags; i++)
        write_be(w, flags[i], 1);
    write_be(w, r->epoch, 4);
    write_be(w, r->sent_before, 4);
    write_be(w, r->received_before, 4);
    write_be(w, r->turned, 4);
    write_span(w, SPAN(r->t));
    write_span(w, SPAN(r->theirs));
    write_span(w, SPAN(r->secret.root));
    write_span(w, SPAN(r->secret.own.secret));
    write_chain(w, &r->secret.sending);
    write_chain(w, &r->secret.receiving);
}

static const handle_type ratchet_type = {"ratchet", sizeof(p1_ratchet), close_ratchet, write_ratchet};

void p1_ratchet_operation(adapter_call *call)
{
    static const char *const sides[] = {"client", "enclave", NULL};
    span t, root, r;
    int side;
    int64_t epoch, sent, received, h;
    prim_pair own;
    if (!call_word(call, "side", sides, &side) || !call_number(call, "epoch", 0, UINT32_MAX, &epoch) ||
        !call_number(call, "sent", 0, UINT32_MAX, &sent) || !call_number(call, "received", 0, UINT32_MAX, &received) ||
        !call_bytes_of(call, "t", 32, &t) || !call_bytes_of(call, "root", 32, &root) || !call_bytes_of(call, "r", 32, &r))
        return;
    p1_ratchet *made = call_new_handle(call, &ratchet_type, &h);
    if (!made)
        return;
    prim_pair_of(call->prim, r.p, &own);
    if (side == P1_CLIENT)
        p1_start_client(made, (uint32_t)epoch, t.p, root.p, r.p, (uint32_t)sent, (uint32_t)received);
    else
        p1_start_enclave(made, (uint32_t)epoch, t.p, root.p, &own, (uint32_t)sent, (uint32_t)received);
    if (call_accepts(call, ACCEPT))
        shim_put_int(&call->reply->out, "h", h);
}

void p1_seal_operation(adapter_call *call)
{
    p1_ratchet *r = call_handle(call, &ratchet_type);
    span coins, plain;
    uint8_t turn[P1_KEY];
    if (!r || !call_bytes_of(call, "coins", 32, &coins) || !call_bytes(call, "pt", &plain))
        return;
    if (plain.n > P1_PLAIN_MAX || (!r->turns && !r->sends)) {
        call_complain(call, "a plaintext that is too long, or nothing was opened yet");
        return;
    }
    const size_t n = plain.n + P1_HEADER + PRIM_TAG;
    uint8_t *room = call_room(call, n);
    if (!room)
        return;
    writer out = writer_of(room, n);
    p1_seal(r, call->prim, coins, plain, &out, turn);
    if (call_accepts(call, ACCEPT)) {
        shim_put_bytes(&call->reply->out, "record", written(&out));
        put_copy(call, "turn", turn, sizeof turn);
    }
}

void p1_open_operation(adapter_call *call)
{
    p1_ratchet *r = call_handle(call, &ratchet_type);
    span record;
    uint8_t turn[P1_KEY];
    if (!r || !call_bytes(call, "record", &record))
        return;
    uint8_t *room = call_room(call, record.n);
    if (!room)
        return;
    writer out = writer_of(room, record.n);
    const bool took = call_accepts(call, p1_open(r, call->prim, record, &out, turn));
    shim_put_bytes(&call->reply->out, took ? "pt" : "released", written(&out));
    if (took)
        put_copy(call, "turn", turn, sizeof turn);
}

/* ---- how a case gets there ---- */

static bool one_call(case_run *run, const char *op, span coins, span what)
{
    run_start_request(run, op);
    if (coins.n)
        shim_put_bytes(&run->request.in, "coins", coins);
    shim_put_bytes(&run->request.in, coins.n ? "pt" : "record", what);
    return run_step(run);
}

/* The script: a byte (0 seals, 1 opens), the coins of a seal, a length of two bytes, the plaintext or record. */
bool p1_through_ratchet(case_run *run, const vector_case *c)
{
    span script = EMPTY;
    shim_list values = {0};
    shim_request_start(&run->request, "p1.ratchet");
    run_put_inputs(run, c, "side epoch t root r sent received");
    run->has_handle = run_step(run) && shim_int(&run->reply.out, "h", &run->handle);
    const cJSON *text = case_value(c, "script");
    if (!run->has_handle || !text)
        return run->has_handle;
    shim_put_text(&values, "script", span_text(text->valuestring));
    if (!shim_bytes(&values, "script", &run->target->scratch, &script))
        return false;
    reader r = reader_of(script);
    while (r.rest.n) {
        const bool seals = read_be(&r, 1) == 0;
        const span coins = read_bytes(&r, seals ? 32 : 0);
        const size_t n = (size_t)read_be(&r, 2);
        if (n > r.rest.n || !one_call(run, seals ? "p1.seal" : "p1.open", coins, read_bytes(&r, n)))
            return false;
    }
    return !r.failed;
}

/* ---- a conversation ---- */

enum { EVENTS = 8 };

typedef struct event {
    p1_side sealer;
    const char *text;
    uint8_t coins[32], record[256], turn[P1_KEY];
    size_t n;
} event;

typedef struct scene {
    const prim *prim;
    uint32_t epoch, client_sent, enclave_sent;
    uint8_t t[32], root[32], r_secret[32];
    prim_pair r;
    p1_ratchet before[2][EVENTS + 1]; /* by side: as it was before this event */
    event event[EVENTS];
} scene;

static const struct {
    p1_side sealer;
    const char *text;
} talk[EVENTS] = {{P1_CLIENT, "start"},   {P1_ENCLAVE, "ready"}, {P1_ENCLAVE, "more of E"}, {P1_CLIENT, "token"},
                  {P1_CLIENT, "request"}, {P1_ENCLAVE, "chunk"}, {P1_CLIENT, "cancel"},     {P1_ENCLAVE, "the end"}};

static void begin(scene *c, const prim *p, uint32_t epoch, const char *which)
{
    char name[40];
    memset(c, 0, sizeof *c);
    c->prim = p;
    c->epoch = epoch;
    c->client_sent = epoch ? 7 : 0;
    c->enclave_sent = epoch ? 9 : 0;
    snprintf(name, sizeof name, "t %s", which);
    p1_named(p, name, c->t, 32);
    snprintf(name, sizeof name, "root %s", which);
    p1_named(p, name, c->root, 32);
    snprintf(name, sizeof name, "r %s", which);
    p1_named(p, name, c->r_secret, 32);
    prim_pair_of(p, c->r_secret, &c->r);
    p1_start_client(&c->before[P1_CLIENT][0], epoch, c->t, c->root, c->r.share, c->client_sent, c->enclave_sent);
    p1_start_enclave(&c->before[P1_ENCLAVE][0], epoch, c->t, c->root, &c->r, c->enclave_sent, c->client_sent);
}

static bool play(scene *c, const prim *p, uint32_t epoch, const char *which)
{
    begin(c, p, epoch, which);
    for (int k = 0; k < EVENTS; k++) {
        event *e = &c->event[k];
        char name[40];
        uint8_t opened[256];
        e->sealer = talk[k].sealer;
        e->text = talk[k].text;
        snprintf(name, sizeof name, "coins %s %d", which, k);
        p1_named(p, name, e->coins, 32);
        for (int side = 0; side < 2; side++)
            c->before[side][k + 1] = c->before[side][k];
        writer w = WRITER(e->record), out = WRITER(opened);
        p1_seal(&c->before[e->sealer][k + 1], p, SPAN(e->coins), span_text(e->text), &w, e->turn);
        e->n = w.n;
        if (!accepted(p1_open(&c->before[!e->sealer][k + 1], p, written(&w), &out, NULL)))
            return false;
    }
    return true;
}

/* ---- cases ---- */

static void put_ratchet(sheet *s, const scene *c, p1_side side)
{
    sheet_in(s, TEXT("side", side == P1_CLIENT ? "client" : "enclave"));
    sheet_in(s, NUMBER("epoch", c->epoch));
    sheet_in(s, BYTES("t", SPAN(c->t)));
    sheet_in(s, BYTES("root", SPAN(c->root)));
    sheet_in(s, BYTES("r", side == P1_CLIENT ? SPAN(c->r.share) : SPAN(c->r_secret)));
    sheet_in(s, NUMBER("sent", side == P1_CLIENT ? c->client_sent : c->enclave_sent));
    sheet_in(s, NUMBER("received", side == P1_CLIENT ? c->enclave_sent : c->client_sent));
}

static void put_script(sheet *s, const scene *c, p1_side side, int until)
{
    uint8_t room[ROOM];
    writer w = WRITER(room);
    for (int k = 0; k < until; k++) {
        const event *e = &c->event[k];
        const span what = e->sealer == side ? span_text(e->text) : span_of(e->record, e->n);
        write_be(&w, e->sealer != side, 1);
        if (e->sealer == side)
            write_span(&w, SPAN(e->coins));
        write_be(&w, what.n, 2);
        write_span(&w, what);
    }
    must(writer_ok(&w));
    if (w.n)
        sheet_in(s, BYTES("script", written(&w)));
}

static const char *slug_of(char room[32], p1_side side, int k, const char *what)
{
    snprintf(room, 32, "%s%d%s%s", side == P1_CLIENT ? "c" : "e", k, *what ? "." : "", what);
    return room;
}

static const char shown[] = "P1-110 P1-111 P1-112 P1-113 P1-115 P1-116 P1-117";

static void add_events(sheet *s, const scene *c, bool seals)
{
    char slug[32], reqs[128];
    for (int k = 0; k < EVENTS; k++) {
        const event *e = &c->event[k];
        const p1_side side = seals ? e->sealer : (p1_side)!e->sealer;
        snprintf(reqs, sizeof reqs, "%s%s", shown, seals ? " P1-114 P1-118" : "");
        sheet_accepts(s, slug_of(slug, side, k, ""), reqs);
        put_ratchet(s, c, side);
        put_script(s, c, side, k);
        if (seals) {
            sheet_in(s, BYTES("coins", SPAN(e->coins)));
            sheet_in(s, BYTES("pt", span_text(e->text)));
            sheet_out(s, BYTES("record", span_of(e->record, e->n)));
        } else {
            sheet_in(s, BYTES("record", span_of(e->record, e->n)));
            sheet_out(s, BYTES("pt", span_text(e->text)));
        }
        sheet_out(s, BYTES("turn", SPAN(e->turn)));
    }
}

cJSON *p1_seal_file(const prim *p, int which)
{
    static scene c;
    sheet s = sheet_start(p, "p1.seal", generator, seed_text, checked_by);
    (void)which;
    for (uint32_t epoch = 0; epoch <= 3; epoch += 3) {
        if (!play(&c, p, epoch, epoch ? "later" : "first"))
            return NULL;
        sheet_group(&s, epoch ? "epoch-3" : "epoch-0", "p1:record", epoch ? "later" : "first");
        add_events(&s, &c, true);
    }
    return s.document;
}

/* ---- lying sides: sealed by hand ---- */

typedef struct twist {
    int at; /* the event that it replaces */
    bool turns_again, zero_dh;
    int32_t pn, n, epoch; /* added */
    int side;             /* 1: the other direction */
    int tag, text;        /* a bit of this byte is changed behind the seal, counted from 1 */
    int bytes;            /* so many of the plaintext and one; 0: all */
} twist;

static void hkdf_root(const prim *p, uint8_t root[32], const uint8_t agreed[32], uint8_t ck[32])
{
    uint8_t prk[64], out[64];
    prim_hkdf_extract(p, PRIM_SHA256, span_of(root, 32), span_of(agreed, 32), prk);
    prim_hkdf_expand(p, PRIM_SHA256, span_of(prk, 32), span_of("parley/1 root\0", 14), out, 64);
    memcpy(root, out, 32);
    memcpy(ck, out + 32, 32);
}

static void mac_byte(const prim *p, const uint8_t key[32], uint8_t byte, uint8_t out[32])
{
    const span part = span_of(&byte, 1);
    p->hmac(PRIM_SHA256, span_of(key, 32), &part, 1, out);
}

static void liar_turns(const prim *p, p1_ratchet *r, const event *e, const twist *t)
{
    uint8_t agreed[32] = {0};
    r->sent_before = r->sends ? r->secret.sending.n : r->sent_before;
    prim_pair_of(p, e->coins, &r->secret.own);
    if (t->zero_dh)
        memset(r->secret.own.share, 0, 32);
    else
        prim_agree(p, r->secret.own.secret, r->theirs, agreed);
    hkdf_root(p, r->secret.root, agreed, r->secret.sending.key);
    r->secret.sending.n = 0;
}

static void liar_seals(const scene *c, const twist *t, event *e)
{
    const prim *p = c->prim;
    p1_ratchet r = c->before[c->event[t->at].sealer][t->at];
    uint8_t mk[32], keys[44], ad[16 + 1 + 32 + 44], head[44];
    writer h = WRITER(head), a = WRITER(ad);
    *e = c->event[t->at];
    if (r.turns || t->turns_again)
        liar_turns(p, &r, e, t);
    mac_byte(p, r.secret.sending.key, 1, mk);
    prim_hkdf_expand(p, PRIM_SHA256, SPAN(mk), span_of("parley/1 record\0", 16), keys, 44);
    write_span(&h, SPAN(r.secret.own.share));
    write_be(&h, r.sent_before + (uint32_t)t->pn, 4);
    write_be(&h, r.secret.sending.n + (uint32_t)t->n, 4);
    write_be(&h, r.epoch + (uint32_t)t->epoch, 4);
    write_span(&a, span_of("parley/1 header\0", 16));
    write_be(&a, (unsigned)(r.side ^ t->side), 1);
    write_span(&a, SPAN(r.t));
    write_span(&a, SPAN(head));
    const span text = t->bytes ? span_first(span_text(e->text), (size_t)t->bytes - 1) : span_text(e->text);
    memcpy(e->record, head, 44);
    p->aead_seal(PRIM_CHACHAPOLY, keys, keys + 32, SPAN(ad), text, e->record + 44);
    e->n = 44 + text.n + 16;
    if (t->tag)
        e->record[e->n - 17 + (size_t)t->tag] ^= 1;
    if (t->text)
        e->record[43 + t->text] ^= 0x80;
}

/* clang-format off */
static const struct {
    p1_lie lie;
    twist twist;
} open_lies[] = {
    {{"short-63", "P1-103", "a record of 63 bytes", "Records without progress.", NULL}, {.at = 4, .bytes = 4}},
    {{"short-60", "P1-103", "a record of 60 bytes", "Records without progress.", NULL}, {.at = 0, .bytes = 1}},
    {{"epoch-next", "P1-104", "the number of the next epoch", "A record of another epoch is taken.", NULL}, {.at = 4, .epoch = 1}},
    {{"epoch-high", "P1-104", "another epoch, in its first byte", "A record of another epoch is taken.", NULL}, {.at = 5, .epoch = 1 << 24}},
    {{"n-gap", "P1-105", "n one too high", "A record is missing, and nobody notices.", NULL}, {.at = 4, .n = 1}},
    {{"n-repeat", "P1-105", "n one too low", "A record comes twice.", NULL}, {.at = 2, .n = -1}},
    {{"pn-less", "P1-106", "pn one too low", "The tail of a chain was cut.", NULL}, {.at = 5, .pn = -1}},
    {{"pn-more", "P1-106", "pn one too high", "The tail of a chain was cut.", NULL}, {.at = 3, .pn = 1}},
    {{"pn-in-chain", "P1-106", "another pn in the middle of a chain", "The tail of a chain was cut.", NULL}, {.at = 4, .pn = 1 << 16}},
    {{"dh-twice", "P1-107", "a second new dh without an answer", "Half of a ratchet step: two sides with different roots.", NULL}, {.at = 4, .turns_again = true}},
    {{"dh-twice-2", "P1-107", "a second new dh of E without an answer", "Half of a ratchet step: two sides with different roots.", NULL}, {.at = 2, .turns_again = true}},
    {{"dh-zero", "P1-108", "a dh of zeros", "A secret that everybody knows.", NULL}, {.at = 0, .zero_dh = true}},
    {{"dh-zero-2", "P1-108", "a dh of zeros, later", "A secret that everybody knows.", NULL}, {.at = 3, .zero_dh = true}},
    {{"tag", "P1-109", "a bit of the tag", "A record that nobody sealed.", NULL}, {.at = 4, .tag = 16}},
    {{"tag-first", "P1-109", "another bit of the tag", "A record that nobody sealed.", NULL}, {.at = 1, .tag = 1}},
    {{"text", "P1-109", "a bit of the ciphertext", "A record that nobody sealed.", NULL}, {.at = 5, .text = 3}},
    {{"direction", "P1-109", "sealed for the other direction", "A record that was reflected is taken.", NULL}, {.at = 4, .side = 1}},
};
/* clang-format on */

cJSON *p1_open_file(const prim *p, int which)
{
    static scene c;
    char base[32];
    sheet s = sheet_start(p, "p1.open", generator, seed_text, checked_by);
    (void)which;
    for (size_t i = 0; i < sizeof open_lies / sizeof *open_lies; i++)
        p1_note_lies(&s, &open_lies[i].lie, 1, "AUTH_BYPASS");
    for (uint32_t epoch = 0; epoch <= 3; epoch += 3) {
        if (!play(&c, p, epoch, epoch ? "later" : "first"))
            return NULL;
        sheet_group(&s, epoch ? "epoch-3" : "epoch-0", "p1:record", epoch ? "later" : "first");
        add_events(&s, &c, false);
        for (size_t i = 0; i < sizeof open_lies / sizeof *open_lies; i++) {
            event lying;
            const int at = open_lies[i].twist.at;
            const p1_side side = (p1_side)!c.event[at].sealer;
            liar_seals(&c, &open_lies[i].twist, &lying);
            p1_reject(&s, &open_lies[i].lie, slug_of(base, side, at, ""), "same");
            put_ratchet(&s, &c, side);
            put_script(&s, &c, side, at);
            sheet_in(&s, BYTES("record", span_of(lying.record, lying.n)));
        }
    }
    return s.document;
}

/* ---- p1.plain ---- */

void p1_plain_operation(adapter_call *call)
{
    span plain;
    int64_t level;
    p1_plain out;
    if (!call_bytes(call, "plain", &plain) || !call_number(call, "level", 0, 3, &level) ||
        !call_accepts(call, p1_read_plain(plain, (unsigned)level, &out)))
        return;
    shim_put_bool(&call->reply->out, "last", out.last);
    shim_put_bool(&call->reply->out, "talk", out.talk);
    put_copy(call, "bytes", out.bytes.p, out.bytes.n);
}

typedef struct plain_row {
    const char *slug, *site, *mutation, *flag;
    const char *base;
    unsigned level, flags;
    uint32_t used, real, filling; /* used as written, bytes that are there, zeros behind */
    bool dirty;
    const char *const *layers;
} plain_row;

/* clang-format off */
static const plain_row plain_rows[] = {
    {"control", NULL, NULL, NULL, NULL, 0, 1, 9, 9, 0, false, NULL},
    {"talk", NULL, NULL, NULL, NULL, 0, 3, 700, 700, 0, false, NULL},
    {"control-at-2", NULL, NULL, NULL, NULL, 2, 1, 9, 9, 0, false, NULL},
    {"filled", NULL, NULL, NULL, NULL, 2, 3, 9, 9, 244, false, NULL},
    {"filled-at-3", NULL, NULL, NULL, NULL, 3, 3, 1, 1, 252, false, NULL},
    {"full", NULL, NULL, NULL, NULL, 2, 2, 253, 253, 0, false, NULL},
    {"flags-4", "P1-120", "flag 4", "A meaning that nobody agreed on.", "control", 0, 5, 9, 9, 0, false, NULL},
    {"flags-128", "P1-120", "flag 128", "A meaning that nobody agreed on.", "talk", 0, 0x83, 700, 700, 0, false, NULL},
    {"dirty", "P1-121", "a bit in the filling", "A channel in the filling.", "filled", 2, 3, 9, 9, 244, true, NULL},
    {"dirty-at-3", "P1-121", "a bit in the filling", "A channel in the filling.", "filled-at-3", 3, 3, 1, 1, 252, true, NULL},
    {"used-0", "P1-122", "nothing used", "Records without progress.", "control", 0, 1, 0, 0, 0, false, NULL},
    {"used-0-filled", "P1-122", "nothing used of a filled record", "Records without progress.", "filled", 2, 3, 0, 0, 253, false, NULL},
    {"used-more", "P1-122", "more used than there is", "Bytes that nobody sent.", "control", 0, 1, 10, 9, 0, false, NULL},
    {"control-filled", "P1-123", "filling in a control record", "Two forms of one record.", "control", 0, 1, 9, 9, 3, false, NULL},
    {"control-filled-at-2", "P1-123", "a control record of 256 bytes", "Two forms of one record.", "control-at-2", 2, 1, 9, 9, 244, false, NULL},
    {"talk-filled", "P1-123", "filling at level 0", "Two forms of one record.", "talk", 0, 3, 700, 700, 1, false, NULL},
    {"short-at-2", "P1-124", "255 bytes at level 2", "The length shows.", "filled", 2, 3, 9, 9, 243, false, NULL},
    {"long-at-3", "P1-124", "257 bytes at level 3", "The length shows.", "filled-at-3", 3, 3, 1, 1, 253, false, NULL},
    {"not-full", "P1-125", "a record that is neither full nor the last", "Records without progress.", "full", 2, 2, 252, 252, 1, false, NULL},
    {"not-full-control", "P1-125", "a control record that is neither full nor the last", "Records without progress.", "control", 0, 0, 9, 9, 0, false, NULL},
};
/* clang-format on */

static span write_row(const plain_row *r, uint8_t room[ROOM])
{
    writer w = writer_of(room, ROOM);
    write_be(&w, r->flags, 1);
    write_be(&w, r->used, 2);
    for (uint32_t i = 0; i < r->real; i++)
        write_be(&w, 'a' + i % 26, 1);
    write_zeros(&w, r->filling);
    if (r->dirty)
        room[w.n - 1] = 1;
    return written(&w);
}

cJSON *p1_plain_file(const prim *p, int which)
{
    uint8_t room[ROOM];
    sheet s = sheet_start(p, "p1.plain", generator, seed_text, checked_by);
    (void)which;
    for (size_t i = 0; i < sizeof plain_rows / sizeof *plain_rows; i++)
        if (plain_rows[i].site)
            sheet_note(&s, plain_rows[i].slug, "PARSER", plain_rows[i].flag, plain_rows[i].site);
    sheet_group(&s, "plain", "p1:record", "");
    for (size_t i = 0; i < sizeof plain_rows / sizeof *plain_rows; i++) {
        const plain_row *r = &plain_rows[i];
        if (r->site)
            p1_reject(&s, &(p1_lie){r->slug, r->site, r->mutation, r->flag, r->layers}, r->base, NULL);
        else
            sheet_accepts(&s, r->slug, "P1-120 P1-121 P1-122 P1-125");
        sheet_in(&s, NUMBER("level", r->level));
        sheet_in(&s, BYTES("plain", write_row(r, room)));
        if (r->site)
            continue;
        sheet_out(&s, BOOLEAN("last", r->flags & 1));
        sheet_out(&s, BOOLEAN("talk", r->flags & 2));
        sheet_out(&s, BYTES("bytes", span_of(room + 3, r->real)));
    }
    return s.document;
}

/* ---- p1.message: the records of one message ---- */

/* Parts of a message, each as the bytes of one record; `last` when they are all. */
void p1_message_operation(adapter_call *call)
{
    static const char *const sides[] = {"client", "enclave", NULL};
    static uint8_t storage[P1_MESSAGE_MAX];
    p1_join join = {.p = storage, .cap = sizeof storage};
    int sender;
    bool whole = false;
    span part;
    if (!call_word(call, "sender", sides, &sender))
        return;
    verdict v = ACCEPT;
    for (int i = 1; i <= 9 && accepted(v); i++) {
        const char key[] = {'m', (char)('0' + i), 0}, next[] = {'m', (char)('1' + i), 0};
        if (!shim_find(&call->request->in, key))
            break;
        if (!call_bytes(call, key, &part))
            return;
        const p1_plain plain = {.last = !shim_find(&call->request->in, next), .talk = call_flag(call, "talk"), .bytes = part};
        v = p1_join_add(&join, (p1_side)sender, &plain, &whole);
    }
    if (call_accepts(call, v))
        shim_put_int(&call->reply->out, "n", (int64_t)join.n);
}

typedef struct message_row {
    const char *slug, *site, *mutation, *base;
    const char *sender;
    bool talk;
    uint8_t type;
    size_t n[2]; /* bytes of one or two records */
} message_row;

/* clang-format off */
static const message_row message_rows[] = {
    {"start", NULL, NULL, NULL, "client", false, 1, {2, 0}},
    {"ready", NULL, NULL, NULL, "enclave", false, 2, {1, 0}},
    {"step", NULL, NULL, NULL, "client", false, 3, {1189, 0}},
    {"reply", NULL, NULL, NULL, "enclave", false, 4, {1125, 0}},
    {"attest", NULL, NULL, NULL, "enclave", false, 5, {2000, 300}},
    {"token", NULL, NULL, NULL, "client", false, 6, {4, 0}},
    {"request", NULL, NULL, NULL, "client", true, 7, {253, 100}},
    {"cancel", NULL, NULL, NULL, "client", true, 8, {5, 0}},
    {"chunk", NULL, NULL, NULL, "enclave", true, 9, {12, 0}},
    {"end", NULL, NULL, NULL, "enclave", true, 10, {100, 7}},
    {"error", NULL, NULL, NULL, "enclave", true, 11, {6, 0}},
    {"fill-c", NULL, NULL, NULL, "client", true, 12, {1, 0}},
    {"fill-e", NULL, NULL, NULL, "enclave", true, 12, {1, 0}},
    {"start-long", "P1-126", "a byte behind start", "start", "client", false, 1, {3, 0}},
    {"ready-long", "P1-126", "a byte behind ready", "ready", "enclave", false, 2, {2, 0}},
    {"step-long", "P1-126", "a byte behind step", "step", "client", false, 3, {1190, 0}},
    {"step-more", "P1-126", "a second record of step", "step", "client", false, 3, {1189, 1}},
    {"token-long", "P1-126", "a token of 4101 bytes", "token", "client", false, 6, {4101, 0}},
    {"type-0", "P1-127", "type 0", "start", "client", false, 0, {2, 0}},
    {"type-13", "P1-127", "type 13", "fill-c", "client", true, 13, {1, 0}},
    {"ready-of-client", "P1-127", "ready from C", "ready", "client", false, 2, {1, 0}},
    {"request-of-enclave", "P1-127", "a request from E", "request", "enclave", true, 7, {253, 100}},
    {"request-as-control", "P1-127", "a request as control", "request", "client", false, 7, {253, 100}},
    {"attest-as-talk", "P1-127", "attest as talk", "attest", "enclave", true, 5, {2000, 300}},
    {"start-short", "P1-128", "start without a level", "start", "client", false, 1, {1, 0}},
    {"step-short", "P1-128", "step cut by a byte", "step", "client", false, 3, {1188, 0}},
    {"reply-short", "P1-128", "reply cut by a byte", "reply", "enclave", false, 4, {1124, 0}},
    {"error-short", "P1-128", "error without its code", "error", "enclave", true, 11, {5, 0}},
};
/* clang-format on */

static void put_parts(sheet *s, const message_row *r)
{
    uint8_t room[4200];
    for (size_t i = 0; i < 2 && r->n[i]; i++) {
        memset(room, (int)(0x40 + i), sizeof room);
        if (i == 0)
            room[0] = r->type;
        sheet_in(s, BYTES(i ? "m2" : "m1", span_of(room, r->n[i])));
    }
}

cJSON *p1_message_file(const prim *p, int which)
{
    sheet s = sheet_start(p, "p1.message", generator, seed_text, checked_by);
    (void)which;
    for (size_t i = 0; i < sizeof message_rows / sizeof *message_rows; i++)
        if (message_rows[i].site)
            sheet_note(&s, message_rows[i].slug, "PARSER", "A message in another form than the one that was agreed on.",
                       message_rows[i].site);
    sheet_group(&s, "message", "p1:record", "");
    for (size_t i = 0; i < sizeof message_rows / sizeof *message_rows; i++) {
        const message_row *r = &message_rows[i];
        if (r->site)
            p1_reject(&s, &(p1_lie){r->slug, r->site, r->mutation, "", NULL}, r->base, NULL);
        else
            sheet_accepts(&s, r->slug, "P1-126 P1-127 P1-128");
        sheet_in(&s, TEXT("sender", r->sender));
        sheet_in(&s, BOOLEAN("talk", r->talk));
        put_parts(&s, r);
        if (!r->site)
            sheet_out(&s, NUMBER("n", (long)(r->n[0] + r->n[1])));
    }
    return s.document;
}
