/* ratchet_live COMMAND [MESSAGES]: our text against another implementation of profile signal behind its shim, live: every version that
 * it declares x both roles x with and without a one-time prekey x three kinds of link. One line a cell; NA where
 * the peer does not declare the version. In compat mode, and in strict mode with a peer that has it: the deployed library is not strict.
 * Exit 0 when no cell failed. */
#include "chapter.h"
#include "library_child.h"
#include "signal_message.h"

#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM = 1 << 16, POOL = 24, TEXT = 32 };

typedef struct end {
    const parley_impl *impl;
    int64_t handle;
    uint8_t room[ROOM];
    shim_request request;
    shim_reply reply;
} end;

typedef struct letter {
    uint8_t bytes[4096], text[TEXT];
    size_t n, n_text;
    int64_t first;
} letter;

typedef struct cell {
    const char *version, *mode, *peer_pq, *own_pq, *link;
    bool we_start, one_time;
    unsigned loss, shuffle; /* per cent; letters that may wait */
} cell;

static end ours, theirs;
static char why[256];

static void draw(uint8_t *out, size_t n) { must(RAND_bytes(out, (int)n) == 1); }

/* ---- calls ---- */

static void begin(end *e, const char *op)
{
    shim_request_start(&e->request, op);
    if (e->handle)
        shim_put_int(&e->request.in, "h", e->handle);
}

static bool ask(end *e)
{
    e->reply.room = writer_of(e->room, sizeof e->room);
    const shim_fate fate = shim_ask(e->impl, &e->request, &e->reply);
    const shim_pair *detail = shim_find(&e->reply.out, "detail");
    if (fate == SHIM_ANSWERED && e->reply.answer == SHIM_OK)
        return true;
    snprintf(why, sizeof why, "%s answers %.*s with %.*s (%.*s)", e == &ours ? "ours" : "the peer", (int)e->request.op.n,
             (const char *)e->request.op.p, fate == SHIM_ANSWERED ? (int)e->reply.word.n : 9,
             fate == SHIM_ANSWERED ? (const char *)e->reply.word.p : "no answer", detail ? (int)detail->value.n : 0,
             detail ? (const char *)detail->value.p : "");
    return false;
}

static bool makes_device(end *e, const char *mode, const char *pq)
{
    e->handle = 0;
    begin(e, "rt.device");
    shim_put_text(&e->request.in, "mode", span_text(mode));
    shim_put_text(&e->request.in, "pq", span_text(pq));
    return ask(e) && shim_int(&e->reply.out, "h", &e->handle);
}

/* What one side published goes to the other as it stands. */
static bool starts(end *a, const end *b, bool kem, bool one_time)
{
    begin(a, "rt.start");
    for (size_t i = 0; i < b->reply.out.n; i++) {
        const shim_pair *p = &b->reply.out.at[i];
        const bool of_kem = p->key.n >= 3 && memcmp(p->key.p, "kem", 3) == 0,
                   of_one_time = p->key.n >= 3 && memcmp(p->key.p, "one", 3) == 0;
        if (!span_is(p->key, "h") && (kem || !of_kem) && (one_time || !of_one_time))
            a->request.in.at[a->request.in.n++] = *p;
    }
    return ask(a);
}

static bool sends(end *e, letter *l)
{
    static uint64_t count;
    l->n_text = 1 + ++count % (TEXT - 1);
    for (size_t i = 0; i < l->n_text; i++)
        l->text[i] = (uint8_t)(count * 31 + i * 7);
    begin(e, "rt.send");
    shim_put_bytes(&e->request.in, "text", span_of(l->text, l->n_text));
    writer w = WRITER(l->bytes);
    span message;
    if (!ask(e) || !shim_bytes(&e->reply.out, "message", &w, &message) || !shim_int(&e->reply.out, "first", &l->first))
        return false;
    memmove(l->bytes, message.p, message.n);
    l->n = message.n;
    return true;
}

static bool receives(end *e, const letter *l)
{
    uint8_t room[4096];
    writer w = WRITER(room);
    span text;
    begin(e, "rt.receive");
    shim_put_int(&e->request.in, "first", l->first);
    shim_put_bytes(&e->request.in, "message", span_of(l->bytes, l->n));
    if (!ask(e))
        return false;
    if (shim_bytes(&e->reply.out, "text", &w, &text) && span_same(text, span_of(l->text, l->n_text)))
        return true;
    snprintf(why, sizeof why, "%s opens another text than was sent", e == &ours ? "ours" : "the peer");
    return false;
}

/* ---- one cell ---- */

/* The newest epoch of the post-quantum ratchet that a message of either side was sent in. */
static uint64_t epoch;

static void note_epoch(const letter *l)
{
    sg_inner m;
    if (l->first || l->n < 10 || !accepted(sg_read_inner(RT_COMPAT, span_of(l->bytes + 1, l->n - 9), &m)) || m.pq_ratchet.v.n < 2)
        return;
    reader r = reader_of(span_from(m.pq_ratchet.v, 1));
    const uint64_t of_message = read_varint(&r, NULL);
    epoch = of_message > epoch ? of_message : epoch;
}

static uint64_t chance;

static unsigned toss(unsigned n)
{
    chance ^= chance >> 12, chance ^= chance << 25, chance ^= chance >> 27;
    return (unsigned)((chance * 0x2545f4914f6cdd1du) >> 33) % n;
}

/* Messages wait in a pool; some vanish, and the oldest goes at the latest when the pool is full. */
static bool chats(end *ends[2], const cell *c, unsigned messages)
{
    static letter pool[2][POOL];
    size_t used[2] = {0};
    for (unsigned sent = 0; sent < messages;) {
        const unsigned from = toss(2);
        if (used[from] > c->shuffle || (used[from] && toss(3) == 0)) {
            const size_t at = toss(3) ? toss((unsigned)used[from]) : 0;
            if (toss(100) >= c->loss && !receives(ends[!from], &pool[from][at]))
                return false;
            memmove(&pool[from][at], &pool[from][at + 1], (--used[from] - at) * sizeof(letter));
        } else {
            if (!sends(ends[from], &pool[from][used[from]]))
                return false;
            note_epoch(&pool[from][used[from]++]);
            sent++;
        }
    }
    return true;
}

static bool plays(const cell *c, unsigned messages)
{
    const bool kem = strcmp(c->version, "v3") != 0;
    end *a = c->we_start ? &ours : &theirs, *b = c->we_start ? &theirs : &ours, *ends[2] = {a, b};
    letter l;
    chance = 88172645463325252u;
    if (!makes_device(&ours, c->mode, c->own_pq) || !makes_device(&theirs, c->mode, c->peer_pq))
        return false;
    if (b == &ours && !makes_device(&ours, c->mode, c->own_pq)) /* its reply is the bundle */
        return false;
    return starts(a, b, kem, c->one_time) && sends(a, &l) && receives(b, &l) && sends(b, &l) && receives(a, &l) && chats(ends, c, messages);
}

static void forget(end *e)
{
    e->handle = 0;
    begin(e, "reset");
    (void)ask(e);
}

/* ---- all of them ---- */

typedef struct kind {
    const char *version, *own_pq, *peer_pq, *cap;
} kind;

static const kind kinds[] = {{"v3", "none", "none", "rt:v3"},
                             {"v4", "none", "none", "rt:no-spqr"},
                             {"v4-optional", "optional", "optional", "rt:spqr"},
                             {"v4-spqr", "required", "required", "rt:spqr-required"}};
static const struct {
    const char *name;
    unsigned loss, shuffle;
} links[] = {{"in-order", 0, 0}, {"shuffled", 0, 10}, {"lossy", 30, 10}};

static unsigned passed, failed;

static void run(const cell *c, unsigned messages)
{
    why[0] = 0;
    epoch = 0;
    const bool ok = plays(c, messages);
    *(ok ? &passed : &failed) += 1;
    printf("%s %s %s %s %s %s, epoch %u%s%s\n", ok ? "PASS" : "FAIL", c->version, c->mode, c->we_start ? "we-start" : "they-start",
           c->one_time ? "one-time" : "no-one-time", c->link, (unsigned)epoch, ok ? "" : ": ", why);
    fflush(stdout);
    forget(&ours), forget(&theirs);
}

static bool declares(const char *caps, const char *cap)
{
    const char *at = strstr(caps, cap);
    return at && (at[strlen(cap)] == ' ' || at[strlen(cap)] == 0);
}

/* A peer may need a one-time prekey to start with; libsignal refuses its other first messages as we do. */
static void run_kind(const kind *k, const char *caps, unsigned messages)
{
    for (unsigned i = 0; i < 24; i++) {
        const bool we_start = i & 2, one_time = i & 4;
        if ((!(i & 1) && !declares(caps, "rt:strict")) || (!we_start && !one_time && declares(caps, "rt:starts-with-one-time")))
            continue;
        const cell c = {k->version, i & 1 ? "compat" : "strict", k->peer_pq,          k->own_pq, links[i / 8].name, i & 2,
                        i & 4,      links[i / 8].loss,           links[i / 8].shuffle};
        run(&c, messages);
    }
}

int main(int argc, char **argv)
{
    static library_child child;
    static reference_adapter adapter;
    char caps[512] = "";
    span text;
    if (argc < 2 || argc > 3)
        return fputs("usage: ratchet_live COMMAND [MESSAGES]\n", stderr), 64;
    const unsigned messages = argc == 3 ? (unsigned)strtoul(argv[2], NULL, 10) : 200;
    prim_start();
    reference_adapter_start(&adapter, &prim_sodium, draw);
    const parley_impl own = reference_adapter_impl(&adapter);
    if (!library_open(&child, argv[1]))
        return fputs("the command can't be taken apart\n", stderr), 64;
    const parley_impl peer = library_behind_shim(&child);
    ours.impl = &own, theirs.impl = &peer;
    begin(&theirs, "hello");
    if (!ask(&theirs) || !shim_text(&theirs.reply.out, "caps", &text))
        return printf("no peer: %s\n", why), 1;
    snprintf(caps, sizeof caps, "%.*s", (int)text.n, (const char *)text.p);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (declares(caps, kinds[i].cap) && (strcmp(kinds[i].version, "v3") == 0 || declares(caps, "rt:v4")))
            run_kind(&kinds[i], caps, messages);
        else
            printf("NA   %s: the peer does not declare %s\n", kinds[i].version, kinds[i].cap);
    printf("%u passed, %u failed\n", passed, failed);
    library_close(&child);
    reference_adapter_reset(&adapter);
    return failed ? 1 : 0;
}
