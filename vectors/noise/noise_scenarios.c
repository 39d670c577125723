/* The Noise vectors: for each pattern one file per operation, in each file every suite, for each suite both roles. */
#include "chapter.h"
#include "noise_evil_peer.h"
#include "noise_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const pattern_slug[] = {[NZ_XX] = "xx", [NZ_NX] = "nx", [NZ_NK] = "nk", [NZ_IK] = "ik"};
static const char the_prologue[] = "parley vectors", another_prologue[] = "parley vectorz";

/* What a file under way knows. */
typedef struct page {
    cJSON *document, *group;
    noise_run run, other; /* a session, and another one of the same peers */
    nz_role role;
    char id[96];
} page;

/* ---- what a case shows: the sentences whose breach changes its bytes ---- */

typedef struct req_set {
    bool has[64];
} req_set;

static const char *req_text(const req_set *set, char room[320])
{
    size_t n = 0;
    for (int i = 0; i < 64; i++)
        if (set->has[i])
            n += (size_t)snprintf(room + n, 320 - n, "%sNZ-%03d", n ? " " : "", i);
    return room;
}

static void add_start(req_set *set, const noise_run *run)
{
    set->has[strlen(run->name) > prim_hash_len(run->suite.hash) ? 14 : 13] = true;
    set->has[15] = set->has[16] = set->has[17] = set->has[18] = set->has[20] = set->has[33] = true;
    set->has[19] = prim_hash_len(run->suite.hash) == 64;
    set->has[34] = run->suite.pattern == NZ_NK || run->suite.pattern == NZ_IK;
}

/* A piece that is sent or received: its hash counts for what is sealed after it, its counter for the next under the same key. */
typedef struct walk {
    bool keyed, own_mixed, other_mixed;
    unsigned n;
} walk;

static void seal_piece(req_set *set, walk *w, bool own, const noise_run *run)
{
    set->has[21] |= w->own_mixed;
    set->has[22] |= w->other_mixed;
    if (w->keyed && w->n)
        set->has[5] = set->has[run->suite.cipher == PRIM_AESGCM ? 4 : 3] = true;
    w->n += w->keyed;
    *(own ? &w->own_mixed : &w->other_mixed) = true;
}

static void mix_piece(req_set *set, walk *w, int id)
{
    set->has[id] = true;
    set->has[2] |= w->n > 0;
    w->keyed = true;
    w->n = 0;
}

static void walk_message(req_set *set, walk *w, const noise_run *run, nz_role role, int k)
{
    static const struct {
        const char *token;
        int id;
    } agreements[] = {{"ee", 27}, {"es", 28}, {"se", 29}, {"ss", 30}};
    bool own = noise_writer(k) == role;
    for (const char *at = noise_tokens(run->suite.pattern, k); *at; at += strcspn(at, " "), at += *at == ' ') {
        size_t n = strcspn(at, " ");
        if (n == 1 && *at == 'e')
            set->has[own ? 25 : 26] = true;
        else if (n == 1)
            seal_piece(set, w, own, run);
        for (size_t i = 0; i < 4 && n == 2; i++)
            if (memcmp(at, agreements[i].token, 2) == 0)
                mix_piece(set, w, agreements[i].id);
    }
    seal_piece(set, w, own, run);
}

/* By the bytes of message k, or of anything later, everything before it is shown; nothing is while no key exists. */
static req_set shown_by(const noise_run *run, nz_role role, int k)
{
    req_set set = {0}, none = {0};
    walk w = {0};
    add_start(&set, run);
    for (int i = 1; i <= k; i++)
        walk_message(&set, &w, run, role, i);
    if (w.keyed)
        return set;
    none.has[noise_writer(k) == role ? 37 : 35] = true;
    return none;
}

static req_set shown_after(const noise_run *run, nz_role role)
{
    req_set set = shown_by(run, role, noise_messages(run->suite.pattern));
    set.has[noise_writer(noise_messages(run->suite.pattern)) == role ? 21 : 22] = true;
    return set;
}

/* ---- groups ---- */

static const char *id_of(page *p, const char *op, const char *step)
{
    snprintf(p->id, sizeof p->id, "%s.%s.%s.%s.%s", op, pattern_slug[p->run.suite.pattern], p->run.slug,
             p->role == NZ_INITIATOR ? "i" : "r", step);
    return p->id;
}

static void put_keys(cJSON *group, const noise_run *run, nz_role role)
{
    bool known = run->suite.pattern == NZ_NK || run->suite.pattern == NZ_IK;
    group_common(group, TEXT("role", role == NZ_INITIATOR ? "i" : "r"));
    group_common(group, TEXT("name", run->name));
    group_common(group, BYTES("prologue", run->prologue));
    if (run->has_s[role])
        group_common(group, BYTES("s", SPAN(run->s[role])));
    group_common(group, BYTES("e", SPAN(run->e[role])));
    if (known && role == NZ_INITIATOR)
        group_common(group, BYTES("rs", SPAN(run->share[NZ_RESPONDER])));
}

static void open_group(page *p, nz_role role)
{
    char gid[64], needs[96], cipher[16];
    const char *dash = strchr(p->run.slug, '-');
    snprintf(cipher, sizeof cipher, "%.*s", (int)(dash - p->run.slug), p->run.slug);
    snprintf(gid, sizeof gid, "%s-%s", role == NZ_INITIATOR ? "i" : "r", p->run.slug);
    snprintf(needs, sizeof needs, "rng nz:%s suite:%s hash:%s", pattern_slug[p->run.suite.pattern], cipher, dash + 1);
    p->role = role;
    p->group = document_group(p->document, gid, needs);
    put_keys(p->group, &p->run, role);
}

/* How the target gets to message k: the payloads it wrote, the messages it read. */
static void put_history(cJSON *c, const noise_run *run, nz_role role, int k)
{
    for (int i = 1; i < k; i++) {
        bool own = noise_writer(i) == role;
        char key[] = {own ? 'p' : 'm', (char)('0' + i), 0};
        case_in(c, BYTES(key, own ? run->payload[i - 1] : noise_message(run, i)));
    }
}

static int n_messages(const page *p) { return noise_messages(p->run.suite.pattern); }

/* One suite stands for all where a case is large or is one of many encodings of the same thing. */
static bool is_chosen(const page *p) { return p->run.suite.cipher == PRIM_AESGCM && p->run.suite.hash == PRIM_SHA256; }

/* ---- negatives ---- */

typedef struct wrong {
    const char *slug, *op, *base, *req, *site, *mutation, *after, *flag;
    const char *const *layers;
} wrong;

static cJSON *reject(page *p, const wrong *w)
{
    char base[96];
    snprintf(base, sizeof base, "%s", w->base);
    const rejection r = {w->site, base, w->mutation, w->after, w->flag, w->layers};
    return group_rejects(p->group, id_of(p, w->op, w->slug), w->req, &r);
}

static void base_of(page *p, const char *op, const char *step, char out[96])
{
    id_of(p, op, step);
    memcpy(out, p->id, 96);
}

/* The points of small order on Curve25519 and its twist, and encodings of them that are not reduced (RFC 7748 7). */
static const struct {
    const char *slug, *hex;
} low_order[] = {
    {"zero", "0000000000000000000000000000000000000000000000000000000000000000"},
    {"one", "0100000000000000000000000000000000000000000000000000000000000000"},
    {"order8-a", "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"},
    {"order8-b", "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"},
    {"minus-one", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"},
    {"p", "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"},
    {"p-plus-one", "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"},
    {"zero-high-bit", "0000000000000000000000000000000000000000000000000000000000000080"},
    {"one-high-bit", "0100000000000000000000000000000000000000000000000000000000000080"},
};
enum { LOW_ORDERS = sizeof low_order / sizeof *low_order };

static void low_point(size_t i, uint8_t out[32])
{
    writer w = writer_of(out, 32);
    must(read_hex(span_text(low_order[i].hex), &w));
}

/* The other side of p->role as a peer that can lie, brought to message k. */
static void other_side(page *p, evil_peer *peer, int k)
{
    nz_role me = p->role == NZ_INITIATOR ? NZ_RESPONDER : NZ_INITIATOR;
    const noise_run *run = &p->run;
    bool known = run->suite.pattern == NZ_NK || run->suite.pattern == NZ_IK;
    evil_peer_start(peer, run->prim, &run->suite, me == NZ_INITIATOR, run->prologue, run->has_s[me] ? run->s[me] : NULL, run->e[me],
                    known && me == NZ_INITIATOR ? run->share[NZ_RESPONDER] : NULL);
    for (int i = 1; i < k; i++) {
        uint8_t out[512];
        writer w = WRITER(out);
        if (noise_writer(i) == me)
            evil_peer_writes(peer, i, run->payload[i - 1], &w);
        else
            evil_peer_reads(peer, i, noise_message(run, i));
    }
}

/* ---- nz.read ---- */

static void rejects_message(page *p, int k, const wrong *w, span message, span prologue)
{
    char base[96], slug[64], ok[8];
    snprintf(ok, sizeof ok, "m%d.ok", k);
    base_of(p, "nz.read", ok, base);
    snprintf(slug, sizeof slug, "m%d.%s", k, w->slug);
    wrong whole = *w;
    whole.slug = slug;
    whole.op = "nz.read";
    whole.base = base;
    whole.after = "ended";
    cJSON *c = reject(p, &whole);
    if (prologue.n)
        case_in(c, BYTES("prologue", prologue));
    put_history(c, &p->run, p->role, k);
    case_in(c, BYTES("msg", message));
}

static void flipped(page *p, int k, size_t at, const char *slug, const char *flag)
{
    uint8_t copy[512];
    char mutation[40];
    span m = noise_message(&p->run, k);
    span_take(m, copy, m.n);
    copy[at] ^= 1;
    snprintf(mutation, sizeof mutation, "xor msg[%zu] 01", at);
    const wrong w = {.slug = slug, .req = "NZ-006 NZ-039 NZ-043", .site = "NZ-006", .mutation = mutation, .flag = flag};
    rejects_message(p, k, &w, span_of(copy, m.n), EMPTY);
}

static void read_tags(page *p, int k)
{
    nz_pattern pattern = p->run.suite.pattern;
    span m = noise_message(&p->run, k);
    flipped(p, k, m.n - 1, "tag", "TagFlip");
    if (noise_has(pattern, k, "s"))
        flipped(p, k, (noise_has(pattern, k, "e") ? 32 : 0) + 47, "share-tag", "TagFlip");

    uint8_t longer[512];
    span_take(m, longer, m.n + 1);
    const wrong trailing = {.slug = "trailing", .req = "NZ-006 NZ-039", .site = "NZ-006", .mutation = "append 00", .flag = "Trailing"};
    rejects_message(p, k, &trailing, span_of(longer, m.n + 1), EMPTY);

    const wrong prologue = {
        .slug = "prologue", .req = "NZ-006 NZ-033 NZ-039", .site = "NZ-006", .mutation = "prologue := another", .flag = "OtherPrologue"};
    rejects_message(p, k, &prologue, m, span_text(another_prologue));
    if (k == 1)
        return; /* a first message is no answer to anything, so it fits any session of its reader */
    const wrong stale = {.slug = "stale",
                         .req = "NZ-006 NZ-039",
                         .site = "NZ-006",
                         .mutation = "msg := the same message of another session",
                         .flag = "Stale"};
    rejects_message(p, k, &stale, noise_message(&p->other, k), EMPTY);
}

static void read_low_order(page *p, int k, bool static_share)
{
    for (size_t i = 0; i < (is_chosen(p) ? LOW_ORDERS : 1); i++) {
        uint8_t point[32], out[512];
        char slug[40], mutation[80];
        evil_peer peer;
        low_point(i, point);
        other_side(p, &peer, k);
        *(static_share ? &peer.false_s : &peer.false_e) = point;
        writer w = WRITER(out);
        evil_peer_writes(&peer, k, p->run.payload[k - 1], &w);
        snprintf(slug, sizeof slug, "low-%s-%s", static_share ? "s" : "e", low_order[i].slug);
        snprintf(mutation, sizeof mutation, "%s := a point of low order (%s), re-sealed", static_share ? "s" : "e", low_order[i].slug);
        const wrong bad = {.slug = slug, .req = "NZ-031 NZ-039", .site = "NZ-031", .mutation = mutation, .flag = "LowOrder"};
        rejects_message(p, k, &bad, written(&w), EMPTY);
    }
}

static void read_truncated(page *p, int k)
{
    static const char *const plain[] = {"NZ-035", "NZ-006", NULL}, *const with_e[] = {"NZ-035", "NZ-031", "NZ-006", NULL};
    nz_pattern pattern = p->run.suite.pattern;
    bool sealed = strcmp(noise_tokens(pattern, k), "e") != 0;
    size_t tokens = (noise_has(pattern, k, "e") ? 32 : 0) + (noise_has(pattern, k, "s") ? 48 : 0) + (sealed ? 16 : 0);
    if (sealed && !is_chosen(p))
        return;
    const wrong empty = {.slug = "empty",
                         .req = "NZ-035 NZ-039",
                         .site = "NZ-035",
                         .mutation = "msg := nothing",
                         .flag = "Truncated",
                         .layers = !sealed                      ? NULL
                                   : noise_has(pattern, k, "e") ? with_e
                                                                : plain};
    rejects_message(p, k, &empty, EMPTY, EMPTY);

    uint8_t out[512];
    evil_peer peer;
    other_side(p, &peer, k);
    writer w = WRITER(out);
    evil_peer_writes(&peer, k, EMPTY, &w);
    must(w.n == tokens);
    const wrong shorter = {.slug = "short",
                           .req = "NZ-035 NZ-039",
                           .site = "NZ-035",
                           .mutation = "payload := empty, then cut the last byte",
                           .flag = "Truncated",
                           .layers = sealed ? plain : NULL};
    rejects_message(p, k, &shorter, span_of(out, tokens - 1), EMPTY);
}

static void read_accepted(page *p, int k, const char *step, span payload, span message)
{
    char req[320];
    req_set set = shown_by(&p->run, p->role, k);
    cJSON *c = group_accepts(p->group, id_of(p, "nz.read", step), req_text(&set, req));
    put_history(c, &p->run, p->role, k);
    case_in(c, BYTES("msg", message));
    case_out(c, BYTES("payload", payload));
    if (noise_has(p->run.suite.pattern, k, "s"))
        case_out(c, BYTES("rs", SPAN(p->run.share[noise_writer(k)])));
    if (k == n_messages(p))
        case_out(c, NUMBER("done", 1));
}

/* An honest message with another payload. */
static span resaid(page *p, int k, span payload, uint8_t *room, size_t n)
{
    evil_peer peer;
    writer w = writer_of(room, n);
    other_side(p, &peer, k);
    evil_peer_writes(&peer, k, payload, &w);
    return written(&w);
}

static void read_limits(page *p, int k)
{
    enum { LONGEST = NZ_MESSAGE_MAX };
    static const uint8_t filler[LONGEST + 1];
    static uint8_t room[LONGEST + 1];
    size_t overhead = noise_message(&p->run, k).n - p->run.payload[k - 1].n;
    span payload = span_of(filler, LONGEST - overhead);
    char ok[16];
    snprintf(ok, sizeof ok, "m%d.longest", k);
    read_accepted(p, k, ok, payload, resaid(p, k, payload, room, sizeof room));
    const wrong longer = {.slug = "too-long",
                          .req = "NZ-036 NZ-039",
                          .site = "NZ-036",
                          .mutation = "payload := one byte more than fits, re-sealed",
                          .flag = "Oversize"};
    rejects_message(p, k, &longer, resaid(p, k, span_of(filler, payload.n + 1), room, sizeof room), EMPTY);
}

/* A message when all have been exchanged: nothing is left to take, and the session goes on. */
static void read_after_done(page *p)
{
    char base[96];
    base_of(p, "nz.split", "ok", base);
    const wrong w = {.slug = "done",
                     .op = "nz.read",
                     .base = base,
                     .req = "NZ-038",
                     .site = "NZ-038",
                     .mutation = "one handshake message more",
                     .after = "same",
                     .flag = "WrongOrder"};
    cJSON *c = reject(p, &w);
    put_history(c, &p->run, p->role, n_messages(p) + 1);
    case_in(c, BYTES("msg", noise_message(&p->run, n_messages(p))));
}

static void read_cases(page *p)
{
    for (int k = 1; k <= n_messages(p); k++) {
        if (noise_writer(k) == p->role)
            continue;
        char ok[24], empty[24];
        uint8_t room[512];
        nz_pattern pattern = p->run.suite.pattern;
        bool sealed = strcmp(noise_tokens(pattern, k), "e") != 0;
        snprintf(ok, sizeof ok, "m%d.ok", k);
        snprintf(empty, sizeof empty, "m%d.empty-payload", k);
        read_accepted(p, k, ok, p->run.payload[k - 1], noise_message(&p->run, k));
        read_accepted(p, k, empty, EMPTY, resaid(p, k, EMPTY, room, sizeof room));
        if (sealed) {
            read_tags(p, k);
            if (noise_has(pattern, k, "e"))
                read_low_order(p, k, false);
            if (noise_has(pattern, k, "s"))
                read_low_order(p, k, true);
        }
        read_truncated(p, k);
        if (is_chosen(p) && pattern == NZ_XX && k == 2)
            read_limits(p, k);
    }
    read_after_done(p);
}

/* ---- nz.write ---- */

static void write_accepted(page *p, int k)
{
    char req[320], step[16];
    req_set set = shown_by(&p->run, p->role, k);
    snprintf(step, sizeof step, "m%d.ok", k);
    cJSON *c = group_accepts(p->group, id_of(p, "nz.write", step), req_text(&set, req));
    put_history(c, &p->run, p->role, k);
    case_in(c, BYTES("payload", p->run.payload[k - 1]));
    case_out(c, BYTES("msg", noise_message(&p->run, k)));
    if (k == n_messages(p))
        case_out(c, NUMBER("done", 1));
}

static cJSON *rejects_write(page *p, int k, const wrong *w)
{
    char base[96], slug[64], ok[8];
    snprintf(ok, sizeof ok, "m%d.ok", k);
    base_of(p, "nz.write", ok, base);
    snprintf(slug, sizeof slug, "m%d.%s", k, w->slug);
    wrong whole = *w;
    whole.slug = slug;
    whole.op = "nz.write";
    whole.base = base;
    whole.after = "ended";
    return reject(p, &whole);
}

/* In XX and NX the first agreement comes when the responder answers: the low point has been read, the answer is refused. */
static void write_after_low_order(page *p)
{
    for (size_t i = 0; i < (is_chosen(p) ? LOW_ORDERS : 1); i++) {
        uint8_t m1[512];
        char slug[40], mutation[80];
        low_point(i, m1);
        span_take(p->run.payload[0], m1 + 32, p->run.payload[0].n);
        snprintf(slug, sizeof slug, "low-e-%s", low_order[i].slug);
        snprintf(mutation, sizeof mutation, "e of message 1 := a point of low order (%s)", low_order[i].slug);
        const wrong w = {.slug = slug, .req = "NZ-031 NZ-039", .site = "NZ-031", .mutation = mutation, .flag = "LowOrder"};
        cJSON *c = rejects_write(p, 2, &w);
        case_in(c, BYTES("m1", span_of(m1, 32 + p->run.payload[0].n)));
        case_in(c, BYTES("payload", p->run.payload[1]));
    }
}

static void write_too_long(page *p, int k)
{
    static const uint8_t filler[NZ_MESSAGE_MAX];
    size_t overhead = noise_message(&p->run, k).n - p->run.payload[k - 1].n;
    const wrong w = {
        .slug = "too-long", .req = "NZ-037 NZ-039", .site = "NZ-037", .mutation = "payload := one byte more than fits", .flag = "Oversize"};
    cJSON *c = rejects_write(p, k, &w);
    put_history(c, &p->run, p->role, k);
    case_in(c, BYTES("payload", span_of(filler, NZ_MESSAGE_MAX - overhead + 1)));
}

static void write_after_done(page *p)
{
    char base[96];
    base_of(p, "nz.split", "ok", base);
    const wrong w = {.slug = "done",
                     .op = "nz.write",
                     .base = base,
                     .req = "NZ-038",
                     .site = "NZ-038",
                     .mutation = "one handshake message more",
                     .after = "same",
                     .flag = "WrongOrder"};
    cJSON *c = reject(p, &w);
    put_history(c, &p->run, p->role, n_messages(p) + 1);
    case_in(c, BYTES("payload", EMPTY));
}

static void write_cases(page *p)
{
    nz_pattern pattern = p->run.suite.pattern;
    for (int k = 1; k <= n_messages(p); k++) {
        if (noise_writer(k) != p->role)
            continue;
        write_accepted(p, k);
        if (k == 2 && (pattern == NZ_XX || pattern == NZ_NX))
            write_after_low_order(p);
        if (k == 1 && is_chosen(p) && pattern == NZ_XX)
            write_too_long(p, k);
    }
    write_after_done(p);
}

/* ---- nz.split ---- */

static void split_cases(page *p)
{
    char req[320];
    req_set set = shown_after(&p->run, p->role);
    cJSON *c = group_accepts(p->group, id_of(p, "nz.split", "ok"), req_text(&set, req));
    put_history(c, &p->run, p->role, n_messages(p) + 1);
    case_out(c, BYTES("hash", nz_handshake_hash(&p->run.peer[p->role])));
}

/* ---- records ---- */

typedef struct record {
    uint8_t bytes[128];
    size_t n;
} record;

static span words_of(int i)
{
    static const char *const words[] = {"a record", "", "the third record, which is longer than one block of any cipher"};
    return span_text(words[i]);
}

static span span_of_record(const record *r) { return span_of(r->bytes, r->n); }

/* The records that a role sends from its present state on; `ad` for the first of them. False: the text refused. */
static bool sealed_records(const page *p, nz_role from, span ad, record out[NOISE_RECORDS])
{
    nz_peer peer = p->run.peer[from];
    const nz_world world = {.prim = p->run.prim};
    for (int i = 0; i < NOISE_RECORDS; i++) {
        writer w = WRITER(out[i].bytes);
        if (!accepted(nz_seal(&peer, &world, i ? EMPTY : ad, words_of(i), &w)))
            return false;
        out[i].n = w.n;
    }
    return true;
}

static req_set shown_by_record(const page *p, int i)
{
    req_set set = shown_after(&p->run, p->role);
    set.has[23] = set.has[24] = true;
    if (i)
        set.has[5] = set.has[p->run.suite.cipher == PRIM_AESGCM ? 4 : 3] = true;
    return set;
}

/* Records before number i, as the target seals (q) or opens (r) them. */
static void put_records(cJSON *c, const record *opened, int i)
{
    for (int k = 0; k < i; k++) {
        char key[] = {opened ? 'r' : 'q', (char)('1' + k), 0};
        case_in(c, BYTES(key, opened ? span_of_record(&opened[k]) : words_of(k)));
    }
}

static cJSON *record_case(page *p, const char *op, const char *step, int i, const record *opened)
{
    char req[320];
    req_set set = shown_by_record(p, i);
    cJSON *c = group_accepts(p->group, id_of(p, op, step), req_text(&set, req));
    put_history(c, &p->run, p->role, n_messages(p) + 1);
    put_records(c, opened, i);
    return c;
}

/* Before the handshake is over: the next message is what an honest caller would take. */
static void too_early(page *p, const char *op, const char *first, const char *second)
{
    int k = p->role == NZ_INITIATOR ? 2 : 1; /* the responder has read nothing, the initiator has written once */
    char base[96], ok[8];
    snprintf(ok, sizeof ok, "m%d.ok", k);
    base_of(p, "nz.read", ok, base);
    const wrong w = {.slug = "too-early",
                     .op = op,
                     .base = base,
                     .req = "NZ-041",
                     .site = "NZ-041",
                     .mutation = "before the last message",
                     .after = "same",
                     .flag = "WrongOrder"};
    cJSON *c = reject(p, &w);
    put_history(c, &p->run, p->role, k);
    case_in(c, strcmp(first, "dir") == 0 ? TEXT("dir", "send") : BYTES(first, EMPTY));
    if (second)
        case_in(c, BYTES(second, noise_message(&p->run, 1)));
}

static void seal_cases(page *p)
{
    record sent[NOISE_RECORDS], with_ad[NOISE_RECORDS];
    static const uint8_t filler[NZ_RECORD_MAX + 1];
    span ad = span_text("names the record");
    if (!sealed_records(p, p->role, EMPTY, sent) || !sealed_records(p, p->role, ad, with_ad))
        return;
    for (int i = 0; i < NOISE_RECORDS; i++) {
        char step[16];
        snprintf(step, sizeof step, "n%d.ok", i);
        cJSON *c = record_case(p, "nz.seal", step, i, NULL);
        case_in(c, BYTES("ad", EMPTY));
        case_in(c, BYTES("pt", words_of(i)));
        case_out(c, BYTES("ct", span_of_record(&sent[i])));
    }
    cJSON *c = record_case(p, "nz.seal", "n0.ad", 0, NULL);
    case_in(c, BYTES("ad", ad));
    case_in(c, BYTES("pt", words_of(0)));
    case_out(c, BYTES("ct", span_of_record(&with_ad[0])));
    too_early(p, "nz.seal", "ad", "pt");
    if (!is_chosen(p) || p->run.suite.pattern != NZ_XX || p->role != NZ_INITIATOR)
        return;
    char base[96];
    base_of(p, "nz.seal", "n0.ok", base);
    const wrong w = {.slug = "n0.too-long",
                     .op = "nz.seal",
                     .base = base,
                     .req = "NZ-037",
                     .site = "NZ-037",
                     .mutation = "pt := one byte more than fits",
                     .after = "same",
                     .flag = "Oversize"};
    c = reject(p, &w);
    put_history(c, &p->run, p->role, n_messages(p) + 1);
    case_in(c, BYTES("ad", EMPTY));
    case_in(c, BYTES("pt", SPAN(filler)));
}

typedef struct bad_record {
    const char *slug, *mutation, *flag, *site;
    int after; /* records opened before; its base is the honest record of that number */
    span ad, ct;
    const char *const *layers;
} bad_record;

static void rejects_record(page *p, const record *sent, const bad_record *bad)
{
    char base[96], ok[16], req[40];
    snprintf(ok, sizeof ok, "n%d.ok", bad->after);
    base_of(p, "nz.open", ok, base);
    snprintf(req, sizeof req, "%s NZ-007%s", bad->site, strcmp(bad->site, "NZ-006") == 0 ? " NZ-043" : "");
    const wrong w = {.slug = bad->slug,
                     .op = "nz.open",
                     .base = base,
                     .req = req,
                     .site = bad->site,
                     .mutation = bad->mutation,
                     .after = "same",
                     .flag = bad->flag,
                     .layers = bad->layers};
    cJSON *c = reject(p, &w);
    put_history(c, &p->run, p->role, n_messages(p) + 1);
    put_records(c, sent, bad->after);
    case_in(c, BYTES("ad", bad->ad));
    case_in(c, BYTES("ct", bad->ct));
}

static void open_rejects(page *p, const record *theirs, const record *mine)
{
    static const char *const layers[] = {"NZ-035", "NZ-006", NULL};
    record flip = theirs[0], first = theirs[0];
    flip.bytes[flip.n - 1] ^= 1;
    first.bytes[0] ^= 0x80;
    const bad_record bad[] = {
        {"n0.tag", "xor the last byte of ct 01", "TagFlip", "NZ-006", 0, EMPTY, span_of_record(&flip), NULL},
        {"n0.text", "xor ct[0] 80", "TagFlip", "NZ-006", 0, EMPTY, span_of_record(&first), NULL},
        {"n0.ad", "ad := one byte", "OtherData", "NZ-006", 0, span_text("x"), span_of_record(&theirs[0]), NULL},
        {"n1.replay", "ct := the record before, again", "Replay", "NZ-006", 1, EMPTY, span_of_record(&theirs[0]), NULL},
        {"n0.skip", "ct := the record after the next", "Replay", "NZ-006", 0, EMPTY, span_of_record(&theirs[2]), NULL},
        {"n0.reflected", "ct := a record that the receiver sent itself", "Reflected", "NZ-006", 0, EMPTY, span_of_record(&mine[0]), NULL},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        rejects_record(p, theirs, &bad[i]);
    if (!is_chosen(p))
        return;
    const bad_record cut = {"n1.short", "cut the last byte of an empty record",     "Truncated", "NZ-035", 1,
                            EMPTY,      span_first(span_of_record(&theirs[1]), 15), layers};
    const bad_record none = {"n0.empty", "ct := nothing", "Truncated", "NZ-035", 0, EMPTY, EMPTY, layers};
    rejects_record(p, theirs, &cut);
    rejects_record(p, theirs, &none);
}

/* The longest record, and one byte more, sealed by a peer that does not care. */
static void open_limits(page *p)
{
    static const uint8_t filler[NZ_RECORD_MAX + 1];
    static uint8_t out[NZ_MESSAGE_MAX + 1];
    static const uint8_t nonce[PRIM_NONCE]; /* of the first record, under either cipher */
    nz_role from = p->role == NZ_INITIATOR ? NZ_RESPONDER : NZ_INITIATOR;
    const uint8_t *key = p->run.peer[from].secret.sending.k;
    p->run.prim->aead_seal(p->run.suite.cipher, key, nonce, EMPTY, span_of(filler, NZ_RECORD_MAX), out);
    cJSON *c = record_case(p, "nz.open", "n0.longest", 0, NULL);
    case_in(c, BYTES("ad", EMPTY));
    case_in(c, BYTES("ct", span_of(out, NZ_MESSAGE_MAX)));
    case_out(c, BYTES("pt", span_of(filler, NZ_RECORD_MAX)));
    p->run.prim->aead_seal(p->run.suite.cipher, key, nonce, EMPTY, SPAN(filler), out);
    const bad_record bad = {"n0.too-long", "pt := one byte more than fits, re-sealed", "Oversize", "NZ-036", 0, EMPTY, SPAN(out), NULL};
    rejects_record(p, NULL, &bad);
}

static void open_cases(page *p)
{
    record theirs[NOISE_RECORDS], mine[NOISE_RECORDS], with_ad[NOISE_RECORDS];
    nz_role from = p->role == NZ_INITIATOR ? NZ_RESPONDER : NZ_INITIATOR;
    span ad = span_text("names the record");
    if (!sealed_records(p, from, EMPTY, theirs) || !sealed_records(p, p->role, EMPTY, mine) || !sealed_records(p, from, ad, with_ad))
        return;
    for (int i = 0; i < NOISE_RECORDS; i++) {
        char step[16];
        snprintf(step, sizeof step, "n%d.ok", i);
        cJSON *c = record_case(p, "nz.open", step, i, theirs);
        case_in(c, BYTES("ad", EMPTY));
        case_in(c, BYTES("ct", span_of_record(&theirs[i])));
        case_out(c, BYTES("pt", words_of(i)));
    }
    cJSON *c = record_case(p, "nz.open", "n0.with-ad", 0, NULL);
    case_in(c, BYTES("ad", ad));
    case_in(c, BYTES("ct", span_of_record(&with_ad[0])));
    case_out(c, BYTES("pt", words_of(0)));
    open_rejects(p, theirs, mine);
    too_early(p, "nz.open", "ad", "ct");
    if (is_chosen(p) && p->run.suite.pattern == NZ_XX && p->role == NZ_RESPONDER)
        open_limits(p);
}

/* ---- nz.rekey ---- */

/* After i records and a new key, the record that follows. */
static bool after_rekey(const page *p, nz_role from, int i, record before[NOISE_RECORDS], record *next)
{
    nz_peer peer = p->run.peer[from];
    const nz_world world = {.prim = p->run.prim};
    for (int k = 0; k < i; k++) {
        writer w = WRITER(before[k].bytes);
        if (!accepted(nz_seal(&peer, &world, EMPTY, words_of(k), &w)))
            return false;
        before[k].n = w.n;
    }
    writer w = WRITER(next->bytes);
    if (!accepted(nz_rekey(&peer, &world, NZ_SENDING)) || !accepted(nz_seal(&peer, &world, EMPTY, words_of(i), &w)))
        return false;
    next->n = w.n;
    return true;
}

static void rekey_case(page *p, bool sends, int i)
{
    record before[NOISE_RECORDS], next;
    char step[24], req[320];
    nz_role from = sends ? p->role : p->role == NZ_INITIATOR ? NZ_RESPONDER : NZ_INITIATOR;
    if (!after_rekey(p, from, i, before, &next))
        return;
    snprintf(step, sizeof step, "%s-n%d.ok", sends ? "send" : "recv", i);
    req_set set = shown_by_record(p, i);
    set.has[9] = set.has[10] = set.has[11] = true;
    set.has[12] = i > 0;
    cJSON *c = group_accepts(p->group, id_of(p, "nz.rekey", step), req_text(&set, req));
    put_history(c, &p->run, p->role, n_messages(p) + 1);
    put_records(c, sends ? NULL : before, i);
    case_in(c, TEXT("dir", sends ? "send" : "recv"));
    case_in(c, sends ? BYTES("pt", words_of(i)) : BYTES("ct", span_of_record(&next)));
    case_out(c, sends ? BYTES("ct", span_of_record(&next)) : BYTES("pt", words_of(i)));
}

static void rekey_cases(page *p)
{
    for (int sends = 0; sends < 2; sends++)
        for (int i = 0; i < 3; i += 2)
            rekey_case(p, sends, i);
    too_early(p, "nz.rekey", "dir", NULL);
}

/* ---- the known-answer session of the deployed chat: its secrets are fixed by its fact sheet ---- */

static bool play_known_answer(noise_run *run, const prim *p)
{
    *run = (noise_run){.prim = p, .suite = {NZ_XX, PRIM_AESGCM, PRIM_SHA256}};
    memset(run->s[NZ_INITIATOR], 0x11, 32);
    memset(run->e[NZ_INITIATOR], 0x22, 32);
    memset(run->s[NZ_RESPONDER], 0x33, 32);
    memset(run->e[NZ_RESPONDER], 0x44, 32);
    run->payload[1] = span_text("{\"platform\":\"SEV-SNP\"}");
    bool played = noise_play_with(run);
    snprintf(run->slug, sizeof run->slug, "known-answer");
    return played;
}

typedef void add_cases(page *);

static bool add_known_answer(page *p, add_cases *add, const prim *prim)
{
    if (!play_known_answer(&p->run, prim))
        return false;
    for (int role = 0; role < 2; role++) {
        p->role = (nz_role)role;
        p->group = document_group(p->document, role == 0 ? "i-known-answer" : "r-known-answer", "rng nz:xx suite:aesgcm hash:sha256");
        put_keys(p->group, &p->run, p->role);
        add(p);
    }
    return true;
}

static void known_reads(page *p)
{
    for (int k = 1; k <= 3; k++)
        if (noise_writer(k) != p->role) {
            char ok[16];
            snprintf(ok, sizeof ok, "m%d.ok", k);
            read_accepted(p, k, ok, p->run.payload[k - 1], noise_message(&p->run, k));
        }
}

static void known_writes(page *p)
{
    for (int k = 1; k <= 3; k++)
        if (noise_writer(k) == p->role)
            write_accepted(p, k);
}

static void known_seals(page *p)
{
    static const char *const hex[] = {"080110001801220e080712034745541a052f70696e67", "080110001801220b080710c8011a04504f4e47"};
    uint8_t plain[32], out[64];
    nz_peer peer = p->run.peer[p->role];
    const nz_world world = {.prim = p->run.prim};
    writer w = WRITER(plain);
    must(read_hex(span_text(hex[p->role]), &w));
    for (int i = 0; i < (p->role == NZ_INITIATOR ? 2 : 1); i++) {
        char step[16], req[320];
        req_set set = shown_by_record(p, i);
        writer sealed = WRITER(out);
        if (!accepted(nz_seal(&peer, &world, EMPTY, written(&w), &sealed)))
            return;
        snprintf(step, sizeof step, "n%d.ok", i);
        cJSON *c = group_accepts(p->group, id_of(p, "nz.seal", step), req_text(&set, req));
        put_history(c, &p->run, p->role, 4);
        if (i)
            case_in(c, BYTES("q1", written(&w)));
        case_in(c, BYTES("ad", EMPTY));
        case_in(c, BYTES("pt", written(&w)));
        case_out(c, BYTES("ct", written(&sealed)));
    }
}

/* ---- files ---- */

static const struct {
    const char *op;
    add_cases *add, *known;
} ops[] = {{"nz.write", write_cases, known_writes}, {"nz.read", read_cases, known_reads}, {"nz.split", split_cases, split_cases},
           {"nz.seal", seal_cases, known_seals},    {"nz.open", open_cases, NULL},        {"nz.rekey", rekey_cases, NULL}};

static void add_notes(cJSON *d, const char *op)
{
    static const struct {
        const char *flag, *bug, *effect, *ref, *ops;
    } notes[] = {
        {"TagFlip", "AUTH_BYPASS", "Accepts bytes that nobody with the key has sealed.", "NZ-006", "nz.read nz.open"},
        {"Trailing", "PARSER", "Accepts bytes behind a message that its sender never sealed.", "NZ-006", "nz.read"},
        {"OtherPrologue", "BINDING", "Completes a handshake whose two sides did not agree on what came before it.", "NZ-033", "nz.read"},
        {"Stale", "REPLAY", "Takes a message of one session in another.", "NZ-006", "nz.read"},
        {"LowOrder", "AUTH_BYPASS", "Derives keys that anyone can compute, because the agreement is zero whatever the secret.", "NZ-031",
         "nz.read nz.write"},
        {"Truncated", "PARSER", "Reads past the end of a message that is too short.", "NZ-035", "nz.read nz.open"},
        {"Oversize", "DOS", "Handles messages beyond the limit that buffers are made for.", "NZ-036 NZ-037",
         "nz.read nz.write nz.seal nz.open"},
        {"WrongOrder", "ORDER", "Takes a step that its state does not allow.", "NZ-038 NZ-041",
         "nz.read nz.write nz.seal nz.open nz.rekey"},
        {"OtherData", "BINDING", "Opens a record under associated data that it was not sealed with.", "NZ-006", "nz.open"},
        {"Replay", "REPLAY", "Opens a record twice, or out of its turn.", "NZ-042", "nz.open"},
        {"Reflected", "REPLAY", "Takes its own record for one of the other side.", "NZ-042", "nz.open"},
    };
    for (size_t i = 0; i < sizeof notes / sizeof *notes; i++)
        if (strstr(notes[i].ops, op))
            document_note(d, notes[i].flag, notes[i].bug, notes[i].effect, notes[i].ref);
}

static bool add_suite(page *p, const prim *prim, nz_suite suite, add_cases *add)
{
    if (!noise_play(&p->run, prim, suite, "one", span_text(the_prologue)) ||
        !noise_play(&p->other, prim, suite, "two", span_text(the_prologue)))
        return false;
    for (int role = 0; role < 2; role++) {
        open_group(p, (nz_role)role);
        add(p);
    }
    return true;
}

/* Groups in which this operation has no case (a responder of NX writes once, its initiator reads once) are dropped. */
static void drop_empty_groups(cJSON *d)
{
    cJSON *groups = cJSON_GetObjectItemCaseSensitive(d, "groups");
    for (int i = cJSON_GetArraySize(groups) - 1; i >= 0; i--)
        if (cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(cJSON_GetArrayItem(groups, i), "cases")) == 0)
            cJSON_DeleteItemFromArray(groups, i);
}

static cJSON *noise_file(const prim *prim, int which)
{
    static const char *const checked_by[] = {"text", "witness-js", NULL};
    nz_pattern pattern = (nz_pattern)(which / (int)(sizeof ops / sizeof *ops));
    int op = which % (int)(sizeof ops / sizeof *ops);
    page *p = calloc(1, sizeof *p);
    must(p != NULL);
    p->document = document_new("nz", ops[op].op, "vectors/noise/noise_scenarios", "00", checked_by);
    add_notes(p->document, ops[op].op);
    bool played = true;
    for (int i = 0; i < NOISE_SUITES && played; i++)
        played = add_suite(p, prim, noise_suite(pattern, i), ops[op].add);
    if (played && pattern == NZ_XX && ops[op].known)
        played = add_known_answer(p, ops[op].known, prim);
    cJSON *d = p->document;
    free(p);
    drop_empty_groups(d);
    if (!played) {
        cJSON_Delete(d);
        return NULL;
    }
    return d;
}

/* ---- nz.init: names ---- */

/* Names that nobody can have: what others have and we have not is no fault of theirs. */
static void refused_names(cJSON *group, const char *role)
{
    static const struct {
        const char *slug, *name;
    } names[] = {{"empty", ""},
                 {"lower-case", "noise_xx_25519_aesgcm_sha256"},
                 {"space", "Noise_XX_25519_AESGCM_SHA256 "},
                 {"cut", "Noise_XX_25519_AESGCM_SHA25"},
                 {"unknown-cipher", "Noise_XX_25519_AES128GCM_SHA256"},
                 {"sha384", "Noise_XX_25519_AESGCM_SHA384"},
                 {"order", "Noise_XX_AESGCM_25519_SHA256"},
                 {"two", "Noise_XX_25519_AESGCM_SHA256_SHA512"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char id[64], base[24];
        snprintf(id, sizeof id, "nz.init.%s.name-%s", role, names[i].slug);
        snprintf(base, sizeof base, "nz.init.%s.ok", role);
        const rejection r = {"NZ-001", base, "name := another", NULL, "UnknownSuite", NULL};
        case_in(group_rejects(group, id, "NZ-001", &r), TEXT("name", names[i].name));
    }
}

static cJSON *noise_init_file(const prim *prim, int which)
{
    static const char *const checked_by[] = {"text", "audit", NULL};
    (void)which;
    noise_run run;
    if (!noise_play(&run, prim, (nz_suite){NZ_XX, PRIM_AESGCM, PRIM_SHA256}, "one", span_text(the_prologue)))
        return NULL;
    cJSON *d = document_new("nz", "nz.init", "vectors/noise/noise_scenarios", "00", checked_by);
    document_note(d, "UnknownSuite", "DOWNGRADE", "Takes a suite name that it does not implement for one that it does.", "NZ-001");
    for (int role = 0; role < 2; role++) {
        cJSON *group = document_group(d, role == 0 ? "i" : "r", "nz:xx suite:aesgcm hash:sha256");
        group_common(group, TEXT("role", role == 0 ? "i" : "r"));
        group_common(group, BYTES("prologue", EMPTY));
        group_common(group, BYTES("s", SPAN(run.s[role])));
        case_in(group_accepts(group, role == 0 ? "nz.init.i.ok" : "nz.init.r.ok", "NZ-001"), TEXT("name", run.name));
        refused_names(group, role == 0 ? "i" : "r");
    }
    return d;
}

static bool has_suites(const prim *p)
{
    return p->has_cipher(PRIM_AESGCM) && p->has_cipher(PRIM_CHACHAPOLY) && p->has_hash(PRIM_BLAKE2S) && p->has_hash(PRIM_BLAKE2B);
}

/* By `which`: the pattern and, within it, the row of `ops`. */
#define FILES_OF(pattern, slug)                                                                                                          \
    {"nz.write." slug ".json", noise_file, 6 * pattern, has_suites}, {"nz.read." slug ".json", noise_file, 6 * pattern + 1, has_suites}, \
        {"nz.split." slug ".json", noise_file, 6 * pattern + 2, has_suites},                                                             \
        {"nz.seal." slug ".json", noise_file, 6 * pattern + 3, has_suites},                                                              \
        {"nz.open." slug ".json", noise_file, 6 * pattern + 4, has_suites},                                                              \
    {                                                                                                                                    \
        "nz.rekey." slug ".json", noise_file, 6 * pattern + 5, has_suites                                                                \
    }

const scenario_file noise_files[] = {{"nz.init.json", noise_init_file, 0, has_suites},
                                     FILES_OF(NZ_XX, "xx"),
                                     FILES_OF(NZ_NX, "nx"),
                                     FILES_OF(NZ_NK, "nk"),
                                     FILES_OF(NZ_IK, "ik"),
                                     {0}};
