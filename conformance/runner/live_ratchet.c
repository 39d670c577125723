#include "live_ratchet.h"

#include "chance.h"
#include "chapter.h"
#include "coins.h"
#include "signal_message.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM = 1 << 16, POOL = 24, TEXT = 48, PAIRS = 2 };

typedef struct end {
    const parley_impl *impl;
    const char *name;
    int64_t handle;
    uint8_t room[ROOM];
    shim_request request;
    shim_reply reply;
} end;

typedef struct letter {
    uint8_t bytes[4096], text[TEXT];
    size_t n, n_text;
    int64_t first;
    unsigned chain; /* the how manieth of its sender's, in this conversation */
} letter;

typedef struct setting {
    const char *version, *mode, *peer_pq, *own_pq;
    bool kem, we_start, one_time;
} setting;

typedef struct conversation {
    end end[2]; /* who starts, who answers */
    const char *canary;
} conversation;

static conversation at_once[PAIRS];
static char why[256];

static bool fails(const char *what)
{
    if (!why[0])
        snprintf(why, sizeof why, "%s", what);
    return false;
}

static coins own_coins; /* all that our side draws */

static void draw(uint8_t *out, size_t n) { coins_draw(&own_coins, out, n); }

/* ---- our side's calls, kept for the vectors: a line each, OP KEY VALUE ... > KEY VALUE ... (vectors/signal/frozen) ---- */

static FILE *keeper;

static bool is_ours(const end *e) { return strcmp(e->name, "ours") == 0; }

static void keep_pair(const shim_pair *p)
{
    fprintf(keeper, " %.*s ", (int)p->key.n, (const char *)p->key.p);
    if (p->type == SHIM_INT)
        fprintf(keeper, "%lld", (long long)p->number);
    else if (p->type == SHIM_TEXT)
        fprintf(keeper, "%.*s", (int)p->value.n, (const char *)p->value.p);
    else
        for (size_t i = 0; i < p->value.n; i++)
            fprintf(keeper, "%02x", p->value.p[i]);
}

static void keep_call(const end *e)
{
    const shim_list *in = &e->request.in, *out = &e->reply.out;
    if (!keeper || !is_ours(e) || span_is(e->request.op, "reset"))
        return;
    fprintf(keeper, "%.*s", (int)e->request.op.n, (const char *)e->request.op.p);
    for (size_t i = 0; i < in->n; i++)
        if (!span_is(in->at[i].key, "h"))
            keep_pair(&in->at[i]);
    fputs(" >", keeper);
    for (size_t i = 0; i < out->n && !span_is(e->request.op, "rt.device"); i++)
        keep_pair(&out->at[i]);
    fputc('\n', keeper);
}

/* ---- calls ---- */

static void begin(end *e, const char *op)
{
    shim_request_start(&e->request, op);
    if (e->handle)
        shim_put_int(&e->request.in, "h", e->handle);
}

static shim_answer answer_of(end *e)
{
    e->reply.room = writer_of(e->room, sizeof e->room);
    const shim_answer answer = shim_ask(e->impl, &e->request, &e->reply) == SHIM_ANSWERED ? e->reply.answer : SHIM_NONE;
    keep_call(e);
    return answer;
}

static bool ask(end *e)
{
    const shim_answer answer = answer_of(e);
    const shim_pair *detail = shim_find(&e->reply.out, "detail");
    if (answer == SHIM_OK)
        return true;
    if (!why[0])
        snprintf(why, sizeof why, "%s answers %.*s with %.*s (%.*s)", e->name, (int)e->request.op.n, (const char *)e->request.op.p,
                 answer == SHIM_NONE ? 9 : (int)e->reply.word.n, answer == SHIM_NONE ? "no answer" : (const char *)e->reply.word.p,
                 detail ? (int)detail->value.n : 0, detail ? (const char *)detail->value.p : "");
    return false;
}

static bool makes_device(end *e, const char *mode, const char *pq)
{
    uint8_t secrets[32];
    e->handle = 0;
    begin(e, "rt.device");
    shim_put_text(&e->request.in, "mode", span_text(mode));
    shim_put_text(&e->request.in, "pq", span_text(pq));
    shim_put_text(&e->request.in, "sessions", span_text("many"));
    draw(secrets, sizeof secrets);
    if (is_ours(e))
        shim_put_bytes(&e->request.in, "coins", SPAN(secrets));
    return ask(e) && shim_int(&e->reply.out, "h", &e->handle);
}

static bool begins(span key, const char *with) { return key.n >= strlen(with) && memcmp(key.p, with, strlen(with)) == 0; }

/* What one side published goes to the other as it stands. */
static void put_bundle(end *a, const end *b, const setting *s)
{
    begin(a, "rt.start");
    for (size_t i = 0; i < b->reply.out.n; i++) {
        const shim_pair *p = &b->reply.out.at[i];
        if (!span_is(p->key, "h") && (s->kem || !begins(p->key, "kem")) && (s->one_time || !begins(p->key, "one")))
            a->request.in.at[a->request.in.n++] = *p;
    }
}

static bool starts(conversation *c, const setting *s)
{
    put_bundle(&c->end[0], &c->end[1], s);
    return ask(&c->end[0]);
}

static bool sends(conversation *c, int from, letter *l)
{
    static unsigned count;
    end *e = &c->end[from];
    count++;
    l->n_text = (size_t)snprintf((char *)l->text, TEXT, "%.*s%s %u", (int)(count % 17), "................", c->canary, count);
    begin(e, "rt.send");
    shim_put_bytes(&e->request.in, "text", span_of(l->text, l->n_text));
    writer w = WRITER(l->bytes);
    span message;
    if (!ask(e) || !shim_bytes(&e->reply.out, "message", &w, &message) || !shim_int(&e->reply.out, "first", &l->first))
        return fails("a reply without its message");
    memmove(l->bytes, message.p, message.n);
    l->n = message.n;
    return true;
}

static void put_letter(end *e, const letter *l)
{
    begin(e, "rt.receive");
    shim_put_int(&e->request.in, "first", l->first);
    shim_put_bytes(&e->request.in, "message", span_of(l->bytes, l->n));
}

static bool receives(conversation *c, int to, const letter *l)
{
    uint8_t room[4096];
    writer w = WRITER(room);
    span text;
    end *e = &c->end[to];
    put_letter(e, l);
    if (!ask(e))
        return false;
    if (shim_bytes(&e->reply.out, "text", &w, &text) && span_same(text, span_of(l->text, l->n_text)))
        return true;
    snprintf(why, sizeof why, "%s opens another text than was sent", e->name);
    return false;
}

/* No answer but a rejection is one. */
static bool is_refused(end *e, const char *what, size_t at)
{
    if (answer_of(e) == SHIM_REJ)
        return true;
    snprintf(why, sizeof why, "%s does not refuse %s, at byte %zu", e->name, what, at);
    return false;
}

static bool refuses(conversation *c, int to, const letter *l, const char *what, size_t at)
{
    put_letter(&c->end[to], l);
    return is_refused(&c->end[to], what, at);
}

/* ---- a conversation over a link ---- */

/* The newest epoch of the post-quantum ratchet that a message of either side was sent in. */
static unsigned epoch;

static void note_epoch(span pq_ratchet)
{
    if (pq_ratchet.n < 2)
        return;
    reader r = reader_of(span_from(pq_ratchet, 1));
    const unsigned of_message = (unsigned)read_varint(&r, NULL);
    epoch = of_message > epoch ? of_message : epoch;
}

/* The share that a side sends its messages under, and how many it has had. */
typedef struct sending {
    uint8_t share[SG_POINT];
    unsigned chain;
} sending;

/* A first message belongs to the chain that its sender has at the time. */
static void note_letter(sending *s, letter *l)
{
    sg_inner m;
    l->chain = s->chain;
    if (l->first || l->n < 10 || !accepted(sg_read_inner(RT_COMPAT, span_of(l->bytes + 1, l->n - 9), &m)))
        return;
    note_epoch(m.pq_ratchet.v);
    if (m.ratchet_key.v.n != SG_POINT || memcmp(s->share, m.ratchet_key.v.p, SG_POINT) == 0)
        return;
    memcpy(s->share, m.ratchet_key.v.p, SG_POINT);
    l->chain = ++s->chain;
}

static chance luck;

static unsigned toss(unsigned n) { return (unsigned)chance_below(&luck, n); }

typedef struct road {
    unsigned loss, shuffle; /* per cent; letters that may wait */
} road;

/* Which of the letters that wait goes next. None overtakes one that is four chains older: who receives keeps five chains, this one's included. */
static size_t next_of(const letter *pool, size_t n)
{
    const size_t at = toss(3) ? toss((unsigned)n) : 0;
    return pool[at].chain >= pool[0].chain + RT_CHAINS_MAX - 1 ? 0 : at;
}

/* Letters wait in a pool, in the order in which they were sent; some vanish. */
static bool chats(conversation *c, const road *r, unsigned messages)
{
    static letter pool[2][POOL];
    size_t used[2] = {0};
    sending by[2] = {0};
    for (unsigned sent = 0; sent < messages;) {
        const int from = (int)toss(2);
        if (used[from] > r->shuffle || (used[from] && toss(3) == 0)) {
            const size_t at = next_of(pool[from], used[from]);
            if (toss(100) >= r->loss && !receives(c, !from, &pool[from][at]))
                return false;
            memmove(&pool[from][at], &pool[from][at + 1], (--used[from] - at) * sizeof(letter));
        } else {
            if (!sends(c, from, &pool[from][used[from]]))
                return false;
            note_letter(&by[from], &pool[from][used[from]++]);
            sent++;
        }
    }
    return true;
}

static bool devices(conversation *c, const setting *s)
{
    return makes_device(&c->end[0], s->mode, s->we_start ? s->own_pq : s->peer_pq) &&
           makes_device(&c->end[1], s->mode, s->we_start ? s->peer_pq : s->own_pq); /* the reply is the bundle */
}

static bool passes(conversation *c, int from)
{
    letter l;
    return sends(c, from, &l) && receives(c, !from, &l);
}

static bool meet(conversation *c, const setting *s) { return devices(c, s) && starts(c, s) && passes(c, 0) && passes(c, 1); }

static bool plays_in_order(const setting *s, unsigned messages)
{
    return meet(&at_once[0], s) && chats(&at_once[0], &(road){0, 0}, messages);
}

static bool plays_shuffled(const setting *s, unsigned messages)
{
    return meet(&at_once[0], s) && chats(&at_once[0], &(road){0, 10}, messages);
}

static bool plays_lossy(const setting *s, unsigned messages)
{
    return meet(&at_once[0], s) && chats(&at_once[0], &(road){30, 10}, messages);
}

/* ---- both start at once ---- */

/* A copy of what an end has published, which its next reply would replace. */
static const end *copy_of_bundle(const end *e)
{
    static end copy;
    copy = *e;
    for (size_t i = 0; i < copy.reply.out.n; i++) {
        shim_pair *p = &copy.reply.out.at[i];
        const size_t key = (size_t)(p->key.p - e->room), value = (size_t)(p->value.p - e->room);
        p->key = key < ROOM ? span_of(copy.room + key, p->key.n) : p->key;
        p->value = p->value.n && value < ROOM ? span_of(copy.room + value, p->value.n) : p->value;
    }
    return &copy;
}

/* Each side has a session of its own until it hears of the other's; then one of them is left. */
static bool plays_both_start(const setting *s, unsigned messages)
{
    conversation *c = &at_once[0];
    letter l[2];
    if (!devices(c, s))
        return false;
    const end *published = copy_of_bundle(&c->end[0]);
    if (!starts(c, s))
        return false;
    put_bundle(&c->end[1], published, s);
    return ask(&c->end[1]) && sends(c, 0, &l[0]) && sends(c, 1, &l[1]) && receives(c, 1, &l[0]) && receives(c, 0, &l[1]) && passes(c, 0) &&
           passes(c, 1) && passes(c, 0) && passes(c, 1) && chats(c, &(road){0, 0}, messages);
}

/* ---- two conversations at once ---- */

static bool plays_pairs(const setting *s, unsigned messages)
{
    letter l;
    for (int i = 0; i < PAIRS; i++)
        if (!meet(&at_once[i], s))
            return false;
    for (unsigned k = 0; k < 20 && k < messages; k++) {
        const int pair = (int)toss(PAIRS), from = (int)toss(2);
        if (!sends(&at_once[pair], from, &l) || !refuses(&at_once[!pair], !from, &l, "a message of the other conversation", 0) ||
            !receives(&at_once[pair], !from, &l) || !passes(&at_once[!pair], (int)toss(2)))
            return false;
    }
    return true;
}

/* ---- each byte that is compared, flipped ---- */

enum { EVERY_OF_KEM = 61 }; /* of the KEM key's 1569 bytes one in so many: one signature covers them all */

static bool refuses_each_flip(end *a, const end *b, const setting *s, const char *key)
{
    static uint8_t bytes[2048];
    writer w = WRITER(bytes);
    span value;
    if (!shim_bytes(&b->reply.out, key, &w, &value))
        return fails("a bundle without one of its parts");
    memmove(bytes, value.p, value.n);
    for (size_t at = 0; at<value.n; at += value.n> 256 ? EVERY_OF_KEM : 1) {
        put_bundle(a, b, s);
        size_t i = 0;
        while (!span_is(a->request.in.at[i].key, key))
            i++;
        shim_list one = {.n = 0};
        bytes[at] ^= 1;
        shim_put_bytes(&one, key, span_of(bytes, value.n));
        a->request.in.at[i] = one.at[0];
        const bool refused = is_refused(a, key, at);
        bytes[at] ^= 1;
        if (!refused)
            return false;
    }
    return true;
}

static bool refuses_bundles(conversation *c, const setting *s)
{
    static const char *const parts[] = {"identity", "signed_prekey", "signature", "kem", "kem_signature"};
    for (size_t i = 0; i < (s->kem ? 5 : 3); i++)
        if (!refuses_each_flip(&c->end[0], &c->end[1], s, parts[i]))
            return false;
    return true;
}

static bool refuses_messages(conversation *c, int from)
{
    letter l;
    if (!sends(c, from, &l))
        return false;
    for (size_t at = 1; at < l.n; at++) { /* the byte before them: plays_version */
        l.bytes[at] ^= 1;
        const bool refused = refuses(c, !from, &l, "a flipped message", at);
        l.bytes[at] ^= 1;
        if (!refused)
            return false;
    }
    return receives(c, !from, &l) && refuses(c, !from, &l, "a message that came before", 0);
}

static bool plays_flips(const setting *s, unsigned messages)
{
    conversation *c = &at_once[0];
    (void)messages;
    return devices(c, s) && refuses_bundles(c, s) && starts(c, s) && passes(c, 0) && passes(c, 1) && refuses_messages(c, 0) &&
           refuses_messages(c, 1) && passes(c, 0) && passes(c, 1);
}

/* The low half of the version byte, which only the MAC covers. */
static bool refuses_version(conversation *c, int from)
{
    letter l;
    if (!sends(c, from, &l))
        return false;
    l.bytes[0] ^= 1;
    if (!refuses(c, !from, &l, "another version byte", 0))
        return false;
    l.bytes[0] ^= 1;
    return receives(c, !from, &l);
}

static bool plays_version(const setting *s, unsigned messages)
{
    conversation *c = &at_once[0];
    (void)messages;
    return meet(c, s) && refuses_version(c, 0) && refuses_version(c, 1);
}

/* ---- all of them ---- */

static const struct {
    const char *version, *own_pq, *peer_pq, *cap;
} kinds[] = {{"v3", "none", "none", "rt:v3"},
             {"v4", "none", "none", "rt:no-spqr"},
             {"v4-optional", "optional", "optional", "rt:spqr"},
             {"v4-spqr", "required", "required", "rt:spqr-required"}};

static const struct {
    const char *name;
    bool (*plays)(const setting *, unsigned messages);
} plays[] = {{"in-order", plays_in_order}, {"shuffled", plays_shuffled}, {"lossy", plays_lossy},    {"both-start", plays_both_start},
             {"pairs", plays_pairs},       {"flips", plays_flips},       {"version", plays_version}};

static bool declares(const char *caps, const char *cap)
{
    const size_t n = strlen(cap);
    for (const char *at = caps; (at = strstr(at, cap)); at += n)
        if ((at == caps || at[-1] == ' ') && (at[n] == ' ' || at[n] == 0))
            return true;
    return false;
}

static void open_ends(const live_call *call, const parley_impl *own, bool we_start)
{
    static const char *const canaries[PAIRS] = {"heron", "otter"};
    for (int i = 0; i < PAIRS; i++) {
        end *ours = &at_once[i].end[!we_start], *theirs = &at_once[i].end[we_start];
        at_once[i].canary = canaries[i];
        ours->impl = own, ours->name = "ours", ours->handle = 0;
        theirs->impl = call->peer, theirs->name = "the peer", theirs->handle = 0;
    }
}

static void forget_all(void)
{
    for (int i = 0; i < 2; i++) {
        end *e = &at_once[0].end[i];
        e->handle = 0;
        begin(e, "reset");
        (void)answer_of(e);
    }
}

static void play(const live_call *call, const parley_impl *own, const setting *s, size_t what)
{
    char id[96];
    snprintf(id, sizeof id, "rt.live.%s.%s.%s.%s.%s", s->version, s->mode, s->we_start ? "we-start" : "they-start",
             s->one_time ? "one-time" : "no-one-time", plays[what].name);
    if (call->only && fnmatch(call->only, id, 0) != 0)
        return;
    why[0] = 0;
    epoch = 0;
    if (call->keep)
        fprintf(call->keep, "# %s %s %s\n", call->name, call->version, id + strlen("rt.live."));
    luck = chance_of(&prim_sodium, call->seed, id);
    open_ends(call, own, s->we_start);
    const bool held = plays[what].plays(s, call->messages);
    call->tell(call->ctx, &(live_cell){.id = id,
                                       .version = s->version,
                                       .outcome = held ? LIVE_HELD : LIVE_FAILED,
                                       .we_start = s->we_start,
                                       .epoch = epoch,
                                       .why = why});
    forget_all();
}

/* A peer may need a one-time prekey to start with. */
static void play_kind(const live_call *call, const parley_impl *own, size_t kind)
{
    for (unsigned i = 0; i < 8; i++) {
        const bool strict = i & 1, we_start = !(i & 2), one_time = !(i & 4);
        if ((strict && !declares(call->caps, "rt:strict")) || (!we_start && !one_time && declares(call->caps, "rt:starts-with-one-time")))
            continue;
        const setting s = {
            kinds[kind].version, strict ? "strict" : "compat", kinds[kind].peer_pq, kinds[kind].own_pq, kind > 0, we_start, one_time};
        const bool peer_starts_with = declares(call->caps, "rt:starts-with-one-time");
        for (size_t what = 0; what < sizeof plays / sizeof *plays; what++)
            if (one_time || !peer_starts_with || plays[what].plays != plays_both_start)
                play(call, own, &s, what);
    }
}

static void tell_absent(const live_call *call, size_t kind)
{
    char id[32], reason[64];
    snprintf(id, sizeof id, "rt.live.%s", kinds[kind].version);
    snprintf(reason, sizeof reason, "the peer does not declare %s", kinds[kind].cap);
    if (!call->only || fnmatch(call->only, id, 0) == 0)
        call->tell(call->ctx, &(live_cell){.id = id, .version = kinds[kind].version, .outcome = LIVE_NOT_DECLARED, .why = reason});
}

void live_ratchet(const live_call *call)
{
    static reference_adapter adapter;
    keeper = call->keep;
    own_coins = coins_of_seed(call->seed, "live conversations");
    reference_adapter_start(&adapter, &prim_sodium, draw);
    const parley_impl own = reference_adapter_impl(&adapter);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (declares(call->caps, kinds[i].cap) && (i == 0 || declares(call->caps, "rt:v4")))
            play_kind(call, &own, i);
        else
            tell_absent(call, i);
    reference_adapter_reset(&adapter);
}
