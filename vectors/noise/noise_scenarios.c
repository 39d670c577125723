/* The Noise vectors: for each pattern one file per operation, in each file every suite, for each suite both roles. */
#include "chapter.h"
#include "no_memory.h"
#include "noise_evil_peer.h"
#include "noise_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const pattern_slug[] = {[NZ_XX] = "xx",       [NZ_NX] = "nx",       [NZ_NK] = "nk",       [NZ_IK] = "ik",
                                           [NZ_XXHFS] = "xxhfs", [NZ_NXHFS] = "nxhfs", [NZ_NKHFS] = "nkhfs", [NZ_IKHFS] = "ikhfs"};
static const char the_prologue[] = "parley vectors", another_prologue[] = "parley vectorz";

/* A file under way. */
typedef struct page {
    sheet s;
    noise_run run, other; /* a session, and another one of the same peers */
    nz_role role;
    bool exports; /* a file about nz.export: its groups need it, and their names say the pattern */
} page;

static nz_pattern pattern_of(const page *p) { return p->run.suite.pattern; }
static int n_messages(const page *p) { return noise_messages(pattern_of(p)); }
static nz_role other_role(const page *p) { return p->role == NZ_INITIATOR ? NZ_RESPONDER : NZ_INITIATOR; }
static bool knows_responder(const noise_run *run) { return nz_keys_of(run->suite.pattern, NZ_INITIATOR).rs; }

/* No key before the first agreement. */
static bool is_sealed(nz_pattern pattern, int k) { return k > 1 || noise_has(pattern, k, "es"); }

/* One suite stands for all where a case is large or is one of many encodings of the same thing. */
static bool is_chosen(const page *p)
{
    return p->run.suite.cipher == (p->run.hybrid ? PRIM_CHACHAPOLY : PRIM_AESGCM) && p->run.suite.hash == PRIM_SHA256;
}

/* A slug such as "m2.ok" or "n0.tag". */
typedef struct step {
    char name[64];
} step;

static step step_of(char letter, int k, const char *what)
{
    step s;
    snprintf(s.name, sizeof s.name, "%c%d.%s", letter, k, what);
    return s;
}

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
    set->has[34] = knows_responder(run);
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
        const bool kem = memchr(at, '1', n) != NULL;
        if (n == 1 && *at == 'e')
            set->has[own ? 25 : 26] = true;
        else if (n == 1 || kem)
            seal_piece(set, w, own, run);
        if (n > 2)
            mix_piece(set, w, 45);
        for (size_t i = 0; i < 4 && n == 2 && !kem; i++)
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

static void put_keys(page *p)
{
    const noise_run *run = &p->run;
    const nz_role role = p->role;
    sheet_in(&p->s, TEXT("role", role == NZ_INITIATOR ? "i" : "r"));
    sheet_in(&p->s, TEXT("name", run->name));
    sheet_in(&p->s, BYTES("prologue", run->prologue));
    if (run->has_s[role])
        sheet_in(&p->s, BYTES("s", SPAN(run->s[role])));
    sheet_in(&p->s, BYTES("e", SPAN(run->e[role])));
    if (run->hybrid)
        sheet_in(&p->s, role == NZ_INITIATOR ? BYTES("e1", SPAN(run->e1)) : BYTES("ekem1", SPAN(run->ekem1)));
    if (knows_responder(run) && role == NZ_INITIATOR)
        sheet_in(&p->s, BYTES("rs", SPAN(run->share[NZ_RESPONDER])));
}

static void open_group(page *p, nz_role role, const char *cipher, const char *hash)
{
    char gid[64], needs[96], subject[64];
    const char *letter = role == NZ_INITIATOR ? "i" : "r", *pattern = pattern_slug[pattern_of(p)];
    p->role = role;
    snprintf(gid, sizeof gid, "%s%s%s-%s", p->exports ? pattern : "", p->exports ? "-" : "", letter, p->run.slug);
    snprintf(subject, sizeof subject, "%s.%s.%s", pattern, p->run.slug, letter);
    snprintf(needs, sizeof needs, "rng nz:%s%s suite:%s hash:%s", pattern, p->exports ? " nz:export" : "", cipher, hash);
    sheet_group(&p->s, gid, needs, subject);
    put_keys(p);
}

/* How the target gets to message k: the payloads it wrote, the messages it read. */
static void put_history(page *p, int k)
{
    for (int i = 1; i < k; i++) {
        const bool own = noise_writer(i) == p->role;
        const char key[] = {own ? 'p' : 'm', (char)('0' + i), 0};
        sheet_in(&p->s, BYTES(key, own ? p->run.payload[i - 1] : noise_message(&p->run, i)));
    }
}

static void put_whole_history(page *p) { put_history(p, n_messages(p) + 1); }

static void accepts(page *p, const char *slug, const req_set *set)
{
    char req[320];
    sheet_accepts(&p->s, slug, req_text(set, req));
}

/* ---- negatives ---- */

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
static void start_evil_peer(page *p, evil_peer *peer, int k)
{
    const nz_role me = other_role(p);
    const noise_run *run = &p->run;
    evil_peer_start(peer, run->prim, &run->suite, me == NZ_INITIATOR, run->prologue, run->has_s[me] ? run->s[me] : NULL, run->e[me],
                    knows_responder(run) && me == NZ_INITIATOR ? run->share[NZ_RESPONDER] : NULL);
    peer->e1 = run->e1;
    peer->ekem1 = run->ekem1;
    for (int i = 1; i < k; i++) {
        uint8_t out[NOISE_MESSAGE];
        writer w = WRITER(out);
        if (noise_writer(i) == me)
            evil_peer_writes(peer, i, run->payload[i - 1], &w);
        else
            evil_peer_reads(peer, i, noise_message(run, i));
    }
}

/* An honest message with another payload. */
static span with_payload(page *p, int k, span payload, uint8_t *room, size_t n)
{
    evil_peer peer;
    writer w = writer_of(room, n);
    start_evil_peer(p, &peer, k);
    evil_peer_writes(&peer, k, payload, &w);
    return written(&w);
}

/* A step of the handshake or a record in a state that does not allow it. */
static void rejects_in_state(page *p, const rejection *r)
{
    rejection whole = *r;
    whole.after = "same";
    whole.flag = "WrongOrder";
    sheet_rejects(&p->s, &whole);
}

/* Message k of nz.read or nz.write. */
static void rejects_step(page *p, int k, const rejection *r)
{
    const step base = step_of('m', k, "ok"), slug = step_of('m', k, r->slug);
    rejection whole = *r;
    whole.slug = slug.name;
    whole.base = base.name;
    whole.after = "ended";
    sheet_rejects(&p->s, &whole);
}

/* One handshake message more than there are: the session goes on. */
static void rejects_after_done(page *p, const char *key, span in)
{
    rejects_in_state(p, &(rejection){.slug = "done", .base_op = "nz.split", .site = "NZ-038", .mutation = "one handshake message more"});
    put_whole_history(p);
    sheet_in(&p->s, BYTES(key, in));
}

/* ---- nz.read ---- */

static void rejects_message(page *p, int k, const rejection *r, span message)
{
    rejects_step(p, k, r);
    put_history(p, k);
    sheet_in(&p->s, BYTES("msg", message));
}

static void read_flipped(page *p, int k, size_t at, const char *slug)
{
    uint8_t copy[NOISE_MESSAGE];
    char mutation[40];
    const span m = noise_message(&p->run, k);
    span_take(m, copy, m.n);
    copy[at] ^= 1;
    snprintf(mutation, sizeof mutation, "xor msg[%zu] 01", at);
    rejects_message(p, k, &(rejection){.slug = slug, .site = "NZ-006", .also = "NZ-039 NZ-043", .mutation = mutation, .flag = "TagFlip"},
                    span_of(copy, m.n));
}

static void read_tags(page *p, int k)
{
    uint8_t longer[NOISE_MESSAGE];
    const span m = noise_message(&p->run, k);
    read_flipped(p, k, m.n - 1, "tag");
    if (noise_has(pattern_of(p), k, "s"))
        read_flipped(p, k, noise_offset(pattern_of(p), k, "s") + 47, "share-tag");
    if (noise_has(pattern_of(p), k, "ekem1"))
        read_flipped(p, k, noise_offset(pattern_of(p), k, "ekem1") + NZ_KEM_CT + NZ_TAG - 1, "ciphertext-tag");

    span_take(m, longer, m.n + 1);
    rejects_message(p, k, &(rejection){.slug = "trailing", .site = "NZ-006", .also = "NZ-039", .mutation = "append 00", .flag = "Trailing"},
                    span_of(longer, m.n + 1));

    rejects_step(
        p, k,
        &(rejection){
            .slug = "prologue", .site = "NZ-006", .also = "NZ-033 NZ-039", .mutation = "prologue := another", .flag = "OtherPrologue"});
    sheet_in(&p->s, BYTES("prologue", span_text(another_prologue)));
    put_history(p, k);
    sheet_in(&p->s, BYTES("msg", m));
    if (k == 1)
        return; /* a first message is no answer to anything, so it fits any session of its reader */
    rejects_message(
        p, k,
        &(rejection){
            .slug = "stale", .site = "NZ-006", .also = "NZ-039", .mutation = "msg := the same message of another session", .flag = "Stale"},
        noise_message(&p->other, k));
}

static void read_low_order(page *p, int k, const char *share)
{
    for (size_t i = 0; i < (is_chosen(p) && !p->run.hybrid ? LOW_ORDERS : 1); i++) {
        uint8_t point[32], out[NOISE_MESSAGE];
        char slug[40], mutation[80];
        evil_peer peer;
        low_point(i, point);
        start_evil_peer(p, &peer, k);
        *(*share == 's' ? &peer.false_s : &peer.false_e) = point;
        writer w = WRITER(out);
        evil_peer_writes(&peer, k, p->run.payload[k - 1], &w);
        snprintf(slug, sizeof slug, "low-%s-%s", share, low_order[i].slug);
        snprintf(mutation, sizeof mutation, "%s := a point of low order (%s), re-sealed", share, low_order[i].slug);
        rejects_message(p, k, &(rejection){.slug = slug, .site = "NZ-031", .also = "NZ-039", .mutation = mutation, .flag = "LowOrder"},
                        written(&w));
    }
}

/* Encapsulation keys with one coefficient that is not below q = 3329; two of them share three bytes. */
static void read_false_keys(page *p, int k)
{
    static const struct {
        const char *slug, *mutation;
        size_t at;
        uint8_t low, high;
    } bad[] = {{"kem-q", "the first coefficient of e1 := 3329, re-sealed", 0, 0x01, 0x0d},
               {"kem-4095", "the last coefficient of e1 := 4095, re-sealed", 1150, 0xf0, 0xff}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        uint8_t ek[NZ_KEM_EK], dk[NZ_KEM_DK], out[NOISE_MESSAGE];
        evil_peer peer;
        writer w = WRITER(out);
        mlkem_keygen(MLKEM_768, p->run.e1, p->run.e1 + 32, ek, dk);
        ek[bad[i].at] = (uint8_t)((ek[bad[i].at] & (i ? 0x0f : 0)) | bad[i].low);
        ek[bad[i].at + 1] = (uint8_t)((ek[bad[i].at + 1] & (i ? 0 : 0xf0)) | bad[i].high);
        start_evil_peer(p, &peer, k);
        peer.false_e1 = ek;
        evil_peer_writes(&peer, k, p->run.payload[k - 1], &w);
        rejects_message(
            p, k, &(rejection){.slug = bad[i].slug, .site = "NZ-044", .also = "NZ-039", .mutation = bad[i].mutation, .flag = "FalseKey"},
            written(&w));
    }
}

static void read_truncated(page *p, int k)
{
    static const char *const plain[] = {"NZ-035", "NZ-006", NULL}, *const with_e[] = {"NZ-035", "NZ-031", "NZ-006", NULL},
                             *const with_e1[] = {"NZ-035", "NZ-031", "NZ-006", "NZ-044", NULL};
    const nz_pattern pattern = pattern_of(p);
    const bool sealed = is_sealed(pattern, k);
    uint8_t out[NOISE_MESSAGE];
    if (sealed && !is_chosen(p))
        return;
    rejection r = {.slug = "empty", .site = "NZ-035", .also = "NZ-039", .mutation = "msg := nothing", .flag = "Truncated"};
    r.layers = !sealed ? NULL : noise_has(pattern, k, "e1") ? with_e1 : noise_has(pattern, k, "e") ? with_e : plain;
    rejects_message(p, k, &r, EMPTY);

    const span least = with_payload(p, k, EMPTY, out, sizeof out);
    r.slug = "short";
    r.mutation = "payload := empty, then cut the last byte";
    r.layers = sealed ? plain : NULL;
    rejects_message(p, k, &r, span_first(least, least.n - 1));
}

static void read_accepted(page *p, int k, const char *what, span payload, span message)
{
    const step slug = step_of('m', k, what);
    const req_set set = shown_by(&p->run, p->role, k);
    accepts(p, slug.name, &set);
    put_history(p, k);
    sheet_in(&p->s, BYTES("msg", message));
    sheet_out(&p->s, BYTES("payload", payload));
    if (noise_has(pattern_of(p), k, "s"))
        sheet_out(&p->s, BYTES("rs", SPAN(p->run.share[noise_writer(k)])));
    if (k == n_messages(p))
        sheet_out(&p->s, NUMBER("done", 1));
}

static void read_honest(page *p, int k) { read_accepted(p, k, "ok", p->run.payload[k - 1], noise_message(&p->run, k)); }

static void read_limits(page *p, int k)
{
    enum { LONGEST = NZ_MESSAGE_MAX };
    static const uint8_t filler[LONGEST + 1];
    static uint8_t room[LONGEST + 1];
    const size_t overhead = noise_message(&p->run, k).n - p->run.payload[k - 1].n;
    const span payload = span_of(filler, LONGEST - overhead);
    read_accepted(p, k, "longest", payload, with_payload(p, k, payload, room, sizeof room));
    rejects_message(p, k,
                    &(rejection){.slug = "too-long",
                                 .site = "NZ-036",
                                 .also = "NZ-039",
                                 .mutation = "payload := one byte more than fits, re-sealed",
                                 .flag = "Oversize"},
                    with_payload(p, k, span_of(filler, payload.n + 1), room, sizeof room));
}

static void read_message_cases(page *p, int k)
{
    uint8_t room[NOISE_MESSAGE];
    const nz_pattern pattern = pattern_of(p);
    const bool sealed = is_sealed(pattern, k);
    read_honest(p, k);
    read_accepted(p, k, "empty-payload", EMPTY, with_payload(p, k, EMPTY, room, sizeof room));
    if (sealed)
        read_tags(p, k);
    if (sealed && noise_has(pattern, k, "e"))
        read_low_order(p, k, "e");
    if (sealed && noise_has(pattern, k, "s"))
        read_low_order(p, k, "s");
    if (noise_has(pattern, k, "e1"))
        read_false_keys(p, k);
    read_truncated(p, k);
    if (is_chosen(p) && pattern == NZ_XX && k == 2)
        read_limits(p, k);
}

static void read_cases(page *p)
{
    for (int k = 1; k <= n_messages(p); k++)
        if (noise_writer(k) != p->role)
            read_message_cases(p, k);
    rejects_after_done(p, "msg", noise_message(&p->run, n_messages(p)));
}

/* ---- nz.write ---- */

static void write_accepted(page *p, int k)
{
    const step slug = step_of('m', k, "ok");
    const req_set set = shown_by(&p->run, p->role, k);
    accepts(p, slug.name, &set);
    put_history(p, k);
    sheet_in(&p->s, BYTES("payload", p->run.payload[k - 1]));
    sheet_out(&p->s, BYTES("msg", noise_message(&p->run, k)));
    if (k == n_messages(p))
        sheet_out(&p->s, NUMBER("done", 1));
}

/* In XX and NX the first agreement comes when the responder answers: the low point has been read, the answer is refused. */
static void write_after_low_order(page *p)
{
    for (size_t i = 0; i < (is_chosen(p) && !p->run.hybrid ? LOW_ORDERS : 1); i++) {
        uint8_t m1[NOISE_MESSAGE];
        char slug[40], mutation[80];
        span_take(noise_message(&p->run, 1), m1, sizeof m1);
        low_point(i, m1);
        snprintf(slug, sizeof slug, "low-e-%s", low_order[i].slug);
        snprintf(mutation, sizeof mutation, "e of message 1 := a point of low order (%s)", low_order[i].slug);
        rejects_step(p, 2, &(rejection){.slug = slug, .site = "NZ-031", .also = "NZ-039", .mutation = mutation, .flag = "LowOrder"});
        sheet_in(&p->s, BYTES("m1", span_of(m1, noise_message(&p->run, 1).n)));
        sheet_in(&p->s, BYTES("payload", p->run.payload[1]));
    }
}

static void write_too_long(page *p, int k)
{
    static const uint8_t filler[NZ_MESSAGE_MAX];
    const size_t overhead = noise_message(&p->run, k).n - p->run.payload[k - 1].n;
    rejects_step(
        p, k,
        &(rejection){
            .slug = "too-long", .site = "NZ-037", .also = "NZ-039", .mutation = "payload := one byte more than fits", .flag = "Oversize"});
    put_history(p, k);
    sheet_in(&p->s, BYTES("payload", span_of(filler, NZ_MESSAGE_MAX - overhead + 1)));
}

static void write_cases(page *p)
{
    const nz_pattern pattern = pattern_of(p);
    for (int k = 1; k <= n_messages(p); k++) {
        if (noise_writer(k) != p->role)
            continue;
        write_accepted(p, k);
        if (k == 2 && !is_sealed(pattern, 1))
            write_after_low_order(p);
        if (k == 1 && is_chosen(p) && pattern == NZ_XX)
            write_too_long(p, k);
    }
    rejects_after_done(p, "payload", EMPTY);
}

/* ---- nz.split ---- */

static void split_cases(page *p)
{
    const req_set set = shown_after(&p->run, p->role);
    accepts(p, "ok", &set);
    put_whole_history(p);
    sheet_out(&p->s, BYTES("hash", nz_handshake_hash(&p->run.peer[p->role])));
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

static bool seal_next(nz_peer *peer, const prim *p, span ad, span plain, record *out)
{
    const nz_world world = {.prim = p};
    writer w = WRITER(out->bytes);
    const bool sealed = accepted(nz_seal(peer, &world, ad, plain, &w));
    out->n = w.n;
    return sealed;
}

/* The records that a role sends from its present state on; `ad` for the first of them. False: the text refused. */
static bool sealed_records(const page *p, nz_role from, span ad, record out[NOISE_RECORDS])
{
    nz_peer peer = p->run.peer[from];
    for (int i = 0; i < NOISE_RECORDS; i++)
        if (!seal_next(&peer, p->run.prim, i ? EMPTY : ad, words_of(i), &out[i]))
            return false;
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
static void put_records(page *p, const record *opened, int i)
{
    put_whole_history(p);
    for (int k = 0; k < i; k++) {
        const char key[] = {opened ? 'r' : 'q', (char)('1' + k), 0};
        sheet_in(&p->s, BYTES(key, opened ? span_of_record(&opened[k]) : words_of(k)));
    }
}

/* Record number i as it is sealed, or opened when `before` has those before it. */
static void accepts_record(page *p, const char *what, int i, span ad, const record *sealed, const record *before)
{
    const step slug = step_of('n', i, what);
    const req_set set = shown_by_record(p, i);
    accepts(p, slug.name, &set);
    put_records(p, before, i);
    sheet_in(&p->s, BYTES("ad", ad));
    sheet_in(&p->s, before ? BYTES("ct", span_of_record(sealed)) : BYTES("pt", words_of(i)));
    sheet_out(&p->s, before ? BYTES("pt", words_of(i)) : BYTES("ct", span_of_record(sealed)));
}

/* Before the handshake is over: the next message is what an honest caller would take. */
static void rejects_too_early(page *p, value first, const char *second)
{
    const int k = p->role == NZ_INITIATOR ? 2 : 1; /* the responder has read nothing, the initiator has written once */
    const step base = step_of('m', k, "ok");
    rejects_in_state(
        p, &(rejection){
               .slug = "too-early", .base_op = "nz.read", .base = base.name, .site = "NZ-041", .mutation = "before the last message"});
    put_history(p, k);
    sheet_in(&p->s, first);
    if (second)
        sheet_in(&p->s, BYTES(second, noise_message(&p->run, 1)));
}

static void seal_cases(page *p)
{
    record sent[NOISE_RECORDS], with_ad[NOISE_RECORDS];
    static const uint8_t filler[NZ_RECORD_MAX + 1];
    const span ad = span_text("names the record");
    if (!sealed_records(p, p->role, EMPTY, sent) || !sealed_records(p, p->role, ad, with_ad))
        return;
    for (int i = 0; i < NOISE_RECORDS; i++)
        accepts_record(p, "ok", i, EMPTY, &sent[i], NULL);
    accepts_record(p, "ad", 0, ad, &with_ad[0], NULL);
    rejects_too_early(p, BYTES("ad", EMPTY), "pt");
    if (!is_chosen(p) || pattern_of(p) != NZ_XX || p->role != NZ_INITIATOR)
        return;
    sheet_rejects(&p->s, &(rejection){.slug = "n0.too-long",
                                      .base = "n0.ok",
                                      .site = "NZ-037",
                                      .mutation = "pt := one byte more than fits",
                                      .after = "same",
                                      .flag = "Oversize"});
    put_whole_history(p);
    sheet_in(&p->s, BYTES("ad", EMPTY));
    sheet_in(&p->s, BYTES("pt", SPAN(filler)));
}

typedef struct bad_record {
    const char *slug, *mutation, *flag, *site;
    int after; /* records opened before; its base is the honest record of that number */
    span ad, ct;
    const char *const *layers;
} bad_record;

static void rejects_record(page *p, const record *sent, const bad_record *bad)
{
    const step base = step_of('n', bad->after, "ok");
    sheet_rejects(&p->s, &(rejection){.slug = bad->slug,
                                      .base = base.name,
                                      .site = bad->site,
                                      .also = strcmp(bad->site, "NZ-006") == 0 ? "NZ-007 NZ-043" : "NZ-007",
                                      .mutation = bad->mutation,
                                      .after = "same",
                                      .flag = bad->flag,
                                      .layers = bad->layers});
    put_records(p, sent, bad->after);
    sheet_in(&p->s, BYTES("ad", bad->ad));
    sheet_in(&p->s, BYTES("ct", bad->ct));
}

/* Differences that cancel out in a comparison by exclusive or. */
static void rejects_two_flips(page *p, const record *theirs)
{
    record pair = theirs[0];
    pair.bytes[pair.n - NZ_TAG] ^= 0x80;
    pair.bytes[pair.n - 1] ^= 0x80;
    const bad_record bad = {.slug = "n0.tag-pair",
                            .mutation = "xor the first and the last byte of the tag 80",
                            .flag = "TagFlip",
                            .site = "NZ-006",
                            .ct = span_of_record(&pair)};
    rejects_record(p, theirs, &bad);
}

static void open_rejects(page *p, const record *theirs, const record *mine)
{
    static const char *const layers[] = {"NZ-035", "NZ-006", NULL};
    record flip = theirs[0], tag = theirs[0], first = theirs[0];
    flip.bytes[flip.n - 1] ^= 1;
    tag.bytes[tag.n - NZ_TAG] ^= 1;
    first.bytes[0] ^= 0x80;
    const bad_record bad[] = {
        {"n0.tag", "xor the last byte of ct 01", "TagFlip", "NZ-006", 0, EMPTY, span_of_record(&flip), NULL},
        {"n0.tag-first", "xor the first byte of the tag 01", "TagFlip", "NZ-006", 0, EMPTY, span_of_record(&tag), NULL},
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
    rejects_two_flips(p, theirs);
    rejects_record(p, theirs, &cut);
    rejects_record(p, theirs, &none);
}

/* The longest record, and one byte more, sealed by a peer that does not care. */
static void open_limits(page *p)
{
    static const uint8_t filler[NZ_RECORD_MAX + 1];
    static uint8_t out[NZ_MESSAGE_MAX + 1];
    static const uint8_t nonce[PRIM_NONCE]; /* of the first record, under either cipher */
    const uint8_t *key = p->run.peer[other_role(p)].secret.sending.k;
    const req_set set = shown_by_record(p, 0);
    p->run.prim->aead_seal(p->run.suite.cipher, key, nonce, EMPTY, span_of(filler, NZ_RECORD_MAX), out);
    accepts(p, "n0.longest", &set);
    put_whole_history(p);
    sheet_in(&p->s, BYTES("ad", EMPTY));
    sheet_in(&p->s, BYTES("ct", span_of(out, NZ_MESSAGE_MAX)));
    sheet_out(&p->s, BYTES("pt", span_of(filler, NZ_RECORD_MAX)));
    p->run.prim->aead_seal(p->run.suite.cipher, key, nonce, EMPTY, SPAN(filler), out);
    const bad_record bad = {"n0.too-long", "pt := one byte more than fits, re-sealed", "Oversize", "NZ-036", 0, EMPTY, SPAN(out), NULL};
    rejects_record(p, NULL, &bad);
}

static void open_cases(page *p)
{
    record theirs[NOISE_RECORDS], mine[NOISE_RECORDS], with_ad[NOISE_RECORDS];
    const nz_role from = other_role(p);
    const span ad = span_text("names the record");
    if (!sealed_records(p, from, EMPTY, theirs) || !sealed_records(p, p->role, EMPTY, mine) || !sealed_records(p, from, ad, with_ad))
        return;
    for (int i = 0; i < NOISE_RECORDS; i++)
        accepts_record(p, "ok", i, EMPTY, &theirs[i], theirs);
    accepts_record(p, "with-ad", 0, ad, &with_ad[0], theirs);
    open_rejects(p, theirs, mine);
    rejects_too_early(p, BYTES("ad", EMPTY), "ct");
    if (is_chosen(p) && pattern_of(p) == NZ_XX && p->role == NZ_RESPONDER)
        open_limits(p);
}

/* ---- nz.rekey ---- */

/* After i records and a new key, the record that follows. */
static bool sealed_after_rekey(const page *p, nz_role from, int i, record before[NOISE_RECORDS], record *next)
{
    nz_peer peer = p->run.peer[from];
    const nz_world world = {.prim = p->run.prim};
    for (int k = 0; k < i; k++)
        if (!seal_next(&peer, p->run.prim, EMPTY, words_of(k), &before[k]))
            return false;
    return accepted(nz_rekey(&peer, &world, NZ_SENDING)) && seal_next(&peer, p->run.prim, EMPTY, words_of(i), next);
}

static void rekey_case(page *p, bool sends, int i)
{
    record before[NOISE_RECORDS], next;
    char slug[24];
    if (!sealed_after_rekey(p, sends ? p->role : other_role(p), i, before, &next))
        return;
    snprintf(slug, sizeof slug, "%s-n%d.ok", sends ? "send" : "recv", i);
    req_set set = shown_by_record(p, i);
    set.has[9] = set.has[10] = set.has[11] = true;
    set.has[12] = i > 0;
    accepts(p, slug, &set);
    put_records(p, sends ? NULL : before, i);
    sheet_in(&p->s, TEXT("dir", sends ? "send" : "recv"));
    sheet_in(&p->s, sends ? BYTES("pt", words_of(i)) : BYTES("ct", span_of_record(&next)));
    sheet_out(&p->s, sends ? BYTES("ct", span_of_record(&next)) : BYTES("pt", words_of(i)));
}

/* A new key for one direction leaves the other as it was: its first record is the one that no Rekey has changed. */
static void rekey_leaves_other(page *p, bool sends)
{
    record other[NOISE_RECORDS];
    const req_set set = shown_by_record(p, 0);
    if (!sealed_records(p, sends ? other_role(p) : p->role, EMPTY, other))
        return;
    accepts(p, sends ? "send-other.ok" : "recv-other.ok", &set);
    put_records(p, NULL, 0);
    sheet_in(&p->s, TEXT("dir", sends ? "send" : "recv"));
    sheet_in(&p->s, sends ? BYTES("ct", span_of_record(&other[0])) : BYTES("pt", words_of(0)));
    sheet_out(&p->s, sends ? BYTES("pt", words_of(0)) : BYTES("ct", span_of_record(&other[0])));
}

static void rekey_cases(page *p)
{
    for (int sends = 0; sends < 2; sends++)
        for (int i = 0; i < 3; i += 2)
            rekey_case(p, sends, i);
    for (int sends = 0; sends < 2; sends++)
        rekey_leaves_other(p, sends);
    rejects_too_early(p, TEXT("dir", "send"), NULL);
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

static bool add_known_answer(page *p, add_cases *add)
{
    if (!play_known_answer(&p->run, p->s.prim))
        return false;
    for (int role = 0; role < 2; role++) {
        open_group(p, (nz_role)role, "aesgcm", "sha256");
        add(p);
    }
    return true;
}

static void known_reads(page *p)
{
    for (int k = 1; k <= 3; k++)
        if (noise_writer(k) != p->role)
            read_honest(p, k);
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
    uint8_t plain[32];
    record sealed;
    nz_peer peer = p->run.peer[p->role];
    writer w = WRITER(plain);
    must(read_hex(span_text(hex[p->role]), &w));
    for (int i = 0; i < (p->role == NZ_INITIATOR ? 2 : 1); i++) {
        const step slug = step_of('n', i, "ok");
        const req_set set = shown_by_record(p, i);
        if (!seal_next(&peer, p->run.prim, EMPTY, written(&w), &sealed))
            return;
        accepts(p, slug.name, &set);
        put_whole_history(p);
        if (i)
            sheet_in(&p->s, BYTES("q1", written(&w)));
        sheet_in(&p->s, BYTES("ad", EMPTY));
        sheet_in(&p->s, BYTES("pt", written(&w)));
        sheet_out(&p->s, BYTES("ct", span_of_record(&sealed)));
    }
}

/* ---- files ---- */

static const struct {
    const char *op;
    add_cases *add, *known;
} ops[] = {{"nz.write", write_cases, known_writes}, {"nz.read", read_cases, known_reads}, {"nz.split", split_cases, split_cases},
           {"nz.seal", seal_cases, known_seals},    {"nz.open", open_cases, NULL},        {"nz.rekey", rekey_cases, NULL}};
enum { OPS = sizeof ops / sizeof *ops };

static void add_notes(sheet *s, bool hybrid)
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
        {"FalseKey", "PARSER", "Encapsulates to a key that is not one, with a result that depends on how its arithmetic overflows.",
         "NZ-044", "nz.read"},
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
        if (strstr(notes[i].ops, s->op) && (hybrid || strcmp(notes[i].flag, "FalseKey") != 0))
            sheet_note(s, notes[i].flag, notes[i].bug, notes[i].effect, notes[i].ref);
}

static bool add_suite(page *p, nz_suite suite, add_cases *add)
{
    char cipher[16];
    if (!noise_play(&p->run, p->s.prim, suite, "one", span_text(the_prologue)) ||
        !noise_play(&p->other, p->s.prim, suite, "two", span_text(the_prologue)))
        return false;
    const char *dash = strchr(p->run.slug, '-');
    snprintf(cipher, sizeof cipher, "%.*s", (int)(dash - p->run.slug), p->run.slug);
    for (int role = 0; role < 2; role++) {
        open_group(p, (nz_role)role, cipher, dash + 1);
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
    const nz_pattern pattern = (nz_pattern)(which / OPS);
    const int op = which % OPS;
    page *p = calloc(1, sizeof *p);
    needs_memory(p != NULL);
    p->s = sheet_start(prim, ops[op].op, "vectors/noise/noise_scenarios", "00", checked_by);
    add_notes(&p->s, nz_keys_of(pattern, NZ_INITIATOR).kem);
    bool played = true;
    for (int i = 0; i < NOISE_SUITES && played; i++)
        if (!nz_keys_of(pattern, NZ_INITIATOR).kem || i == 1 || i == 4) /* AESGCM with SHA512, ChaChaPoly with SHA256: all stand for both */
            played = add_suite(p, noise_suite(pattern, i), ops[op].add);
    if (played && pattern == NZ_XX && ops[op].known)
        played = add_known_answer(p, ops[op].known);
    cJSON *d = p->s.document;
    free(p);
    drop_empty_groups(d);
    if (played)
        return d;
    cJSON_Delete(d);
    return NULL;
}

/* ---- nz.init: names ---- */

/* Names that nobody can have: what others have and we have not is no fault of theirs. */
static void refused_names(sheet *s)
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
        char slug[64];
        snprintf(slug, sizeof slug, "name-%s", names[i].slug);
        sheet_rejects(s, &(rejection){.slug = slug, .site = "NZ-001", .mutation = "name := another", .flag = "UnknownSuite"});
        sheet_in(s, TEXT("name", names[i].name));
    }
}

static cJSON *noise_init_file(const prim *prim, int which)
{
    static const char *const checked_by[] = {"text", "audit", NULL};
    (void)which;
    noise_run run;
    if (!noise_play(&run, prim, (nz_suite){NZ_XX, PRIM_AESGCM, PRIM_SHA256}, "one", span_text(the_prologue)))
        return NULL;
    sheet s = sheet_start(prim, "nz.init", "vectors/noise/noise_scenarios", "00", checked_by);
    sheet_note(&s, "UnknownSuite", "DOWNGRADE", "Takes a suite name that it does not implement for one that it does.", "NZ-001");
    for (int role = 0; role < 2; role++) {
        const char *letter = role == 0 ? "i" : "r";
        sheet_group(&s, letter, "nz:xx suite:aesgcm hash:sha256", letter);
        sheet_in(&s, TEXT("role", letter));
        sheet_in(&s, BYTES("prologue", EMPTY));
        sheet_in(&s, BYTES("s", SPAN(run.s[role])));
        sheet_accepts(&s, "ok", "NZ-001");
        sheet_in(&s, TEXT("name", run.name));
        refused_names(&s);
    }
    return s.document;
}

static bool has_suites(const prim *p)
{
    return p->has_cipher(PRIM_AESGCM) && p->has_cipher(PRIM_CHACHAPOLY) && p->has_hash(PRIM_BLAKE2S) && p->has_hash(PRIM_BLAKE2B);
}

/* ---- nz.export, and what it leaves ---- */

static const char export_label[] = "parley vectors secret";

static void export_accepted(page *p, const char *label, long n)
{
    static uint8_t out[128];
    char slug[24];
    nz_peer peer = p->run.peer[p->role];
    const nz_world world = {.prim = p->run.prim};
    req_set set = shown_after(&p->run, p->role);
    set.has[23] = set.has[48] = true;
    if (!accepted(nz_export(&peer, &world, span_text(label), out, (size_t)n)))
        return;
    if (strcmp(label, export_label) != 0)
        snprintf(slug, sizeof slug, "ok-label");
    else if (n == 32)
        snprintf(slug, sizeof slug, "ok");
    else
        snprintf(slug, sizeof slug, "ok-%ld", n);
    accepts(p, slug, &set);
    put_whole_history(p);
    sheet_in(&p->s, BYTES("label", span_text(label)));
    sheet_in(&p->s, NUMBER("n", n));
    sheet_out(&p->s, BYTES("out", span_of(out, (size_t)n)));
}

/* What still works after it, and was made from: a call of another operation. */
static void export_rejected(page *p, const char *slug, const char *mutation, const char *base_op, const char *base)
{
    sheet_rejects(
        &p->s,
        &(rejection){
            .slug = slug, .base_op = base_op, .base = base, .site = "NZ-049", .mutation = mutation, .after = "same", .flag = "KeyReuse"});
}

static void put_label(page *p)
{
    sheet_in(&p->s, BYTES("label", span_text(export_label)));
    sheet_in(&p->s, NUMBER("n", 32));
}

static void export_cases(page *p)
{
    record theirs[NOISE_RECORDS];
    const bool initiator = p->role == NZ_INITIATOR;
    if (!sealed_records(p, NZ_INITIATOR, EMPTY, theirs))
        return;
    export_accepted(p, export_label, 32);
    export_accepted(p, export_label, 100);
    export_accepted(p, "another label", 32);
    export_rejected(p, "too-early", "before the last message", "nz.read", initiator ? "m2.ok" : "m1.ok");
    put_history(p, initiator ? 2 : 1);
    put_label(p);
    export_rejected(p, "twice", "a second time", initiator ? "nz.open" : "nz.seal", "exported.ok");
    put_whole_history(p);
    sheet_in(&p->s, BYTES("x", span_text(export_label)));
    put_label(p);
    if (p->run.hybrid)
        return;
    export_rejected(p, "after-record", "after a record from initiator to responder", initiator ? "nz.seal" : "nz.open", "n1.ok");
    put_records(p, initiator ? NULL : theirs, 1);
    put_label(p);
}

/* Records from the responder pass as before; those from the initiator are over. */
static void put_exported_record(page *p, bool seals, const record *sealed)
{
    put_whole_history(p);
    sheet_in(&p->s, BYTES("x", span_text(export_label)));
    sheet_in(&p->s, BYTES("ad", EMPTY));
    sheet_in(&p->s, seals ? BYTES("pt", words_of(0)) : BYTES("ct", span_of_record(sealed)));
}

static void after_export(page *p, bool seals)
{
    static const char *const layers[] = {"NZ-050", "NZ-006", NULL};
    record sealed[NOISE_RECORDS];
    const bool over = (p->role == NZ_INITIATOR) == seals;
    req_set set = shown_by_record(p, 0);
    if (!sealed_records(p, seals ? p->role : other_role(p), EMPTY, sealed))
        return;
    if (over) {
        sheet_rejects(&p->s, &(rejection){.slug = "exported.over",
                                          .base_op = seals ? "nz.open" : "nz.seal",
                                          .base = "exported.ok",
                                          .site = "NZ-050",
                                          .mutation = "after an export",
                                          .after = "same",
                                          .flag = "KeyReuse",
                                          .layers = seals ? NULL : layers});
        put_exported_record(p, seals, &sealed[0]);
        return;
    }
    accepts(p, "exported.ok", &set);
    put_exported_record(p, seals, &sealed[0]);
    sheet_out(&p->s, seals ? BYTES("ct", span_of_record(&sealed[0])) : BYTES("pt", words_of(0)));
}

static void seal_after_export(page *p) { after_export(p, true); }
static void open_after_export(page *p) { after_export(p, false); }

static cJSON *noise_export_file(const prim *prim, int which)
{
    static const char *const checked_by[] = {"text", "witness-js", NULL};
    static const nz_suite suites[] = {
        {NZ_XX, PRIM_AESGCM, PRIM_SHA512}, {NZ_NX, PRIM_CHACHAPOLY, PRIM_SHA256}, {NZ_NXHFS, PRIM_CHACHAPOLY, PRIM_SHA256}};
    static const struct {
        const char *op;
        add_cases *add;
    } files[] = {{"nz.export", export_cases}, {"nz.seal", seal_after_export}, {"nz.open", open_after_export}};
    page *p = calloc(1, sizeof *p);
    needs_memory(p != NULL);
    p->s = sheet_start(prim, files[which].op, "vectors/noise/noise_scenarios", "00", checked_by);
    sheet_note(&p->s, "KeyReuse", "BINDING", "Uses one key both for records and as the source of another secret.", "NZ-049 NZ-050");
    p->exports = true;
    bool played = true;
    for (size_t i = 0; i < sizeof suites / sizeof *suites && played; i++)
        played = add_suite(p, suites[i], files[which].add);
    cJSON *d = p->s.document;
    free(p);
    if (played)
        return d;
    cJSON_Delete(d);
    return NULL;
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

/* After Split nothing is hybrid any more: the records of the other patterns stand for these. */
#define HYBRID_FILES_OF(pattern, slug)                                                                                                   \
    {"nz.write." slug ".json", noise_file, 6 * pattern, has_suites}, {"nz.read." slug ".json", noise_file, 6 * pattern + 1, has_suites}, \
    {                                                                                                                                    \
        "nz.split." slug ".json", noise_file, 6 * pattern + 2, has_suites                                                                \
    }

const scenario_file noise_files[] = {{"nz.init.json", noise_init_file, 0, has_suites},
                                     FILES_OF(NZ_XX, "xx"),
                                     FILES_OF(NZ_NX, "nx"),
                                     FILES_OF(NZ_NK, "nk"),
                                     FILES_OF(NZ_IK, "ik"),
                                     HYBRID_FILES_OF(NZ_XXHFS, "xxhfs"),
                                     HYBRID_FILES_OF(NZ_NXHFS, "nxhfs"),
                                     HYBRID_FILES_OF(NZ_NKHFS, "nkhfs"),
                                     HYBRID_FILES_OF(NZ_IKHFS, "ikhfs"),
                                     {"nz.export.json", noise_export_file, 0, has_suites},
                                     {"nz.seal.export.json", noise_export_file, 1, has_suites},
                                     {"nz.open.export.json", noise_export_file, 2, has_suites},
                                     {0}};
