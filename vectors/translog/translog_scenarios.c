/* A log of named entries with three witnesses, and what a client is shown of it. Every wrong proof, note and checkpoint is made by whoever may
 * sign it: a log that lies about its tree, a witness with another clock, somebody with another key of the same name. */
#include "base64.h"
#include "chapter.h"
#include "noise_run.h"
#include "sigstore_vectors.h"
#include "sim_log.h"

#include <stdio.h>
#include <string.h>

enum { NOW = 1780272000 /* 2026-06-01 00:00:00 UTC */, AGE = 86400, SKEW = 300, WITNESSES = 3, PROOF_ROOM = 64 * TL_HASH };

typedef struct log_sheet {
    sheet sheet;
    const prim *prim;
    const char *flag, *base; /* base: the slug of the honest twin of the rejections that follow */
    sim_log log;
    log_signer witness[WITNESSES];
} log_sheet;

/* Each gives back the sheet, for what puts the case's inputs. */
static log_sheet *accepts(log_sheet *s, const char *slug, const char *req)
{
    sheet_accepts(&s->sheet, slug, req);
    return s;
}

static log_sheet *rejects_as(log_sheet *s, const rejection *r)
{
    rejection whole = *r;
    whole.flag = s->flag;
    whole.base = s->base;
    sheet_rejects(&s->sheet, &whole);
    return s;
}

static log_sheet *rejects(log_sheet *s, const char *slug, const char *site, const char *mutation)
{
    return rejects_as(s, &(rejection){.slug = slug, .site = site, .mutation = mutation});
}

static void put_size(log_sheet *s, const char *key, uint64_t size)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%llu", (unsigned long long)size);
    sheet_in(&s->sheet, TEXT(key, digits));
}

static const char *terminated(const writer *w, char *room, size_t cap)
{
    must(writer_ok(w) && w->n < cap);
    memcpy(room, w->p, w->n);
    room[w->n] = 0;
    return room;
}

/* ---- the world ---- */

static void start_signer(log_signer *s, const char *name, tl_key_type type)
{
    *s = (log_signer){.name = name, .type = type};
    named_secret("transparency", name, s->seed);
}

static void start_world(log_sheet *s)
{
    static const char *const names[WITNESSES] = {"north.example/w", "east.example/w", "south.example/w"};
    s->log = (sim_log){.prim = s->prim};
    start_signer(&s->log.signer, "log.example/2026", TL_ED25519);
    for (size_t i = 0; i < WITNESSES; i++)
        start_signer(&s->witness[i], names[i], TL_COSIGNATURE);
    for (unsigned i = 0; i < 130; i++) {
        char entry[24];
        snprintf(entry, sizeof entry, "release %u", i);
        log_add(&s->log, span_text(entry));
    }
}

static tl_head head_of(const log_sheet *s, size_t n)
{
    tl_head head = {.size = n};
    log_root(&s->log, n, head.root);
    return head;
}

/* ---- tl.leaf, tl.node ---- */

/* The leaves of the published example trees. */
static const char *const published_entries[] = {
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"};
static const char *const published_leaf = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d";
static const char *const published_node = "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125";

static void add_leaves(log_sheet *s)
{
    sim_log published = {.prim = s->prim};
    for (size_t i = 0; i < sizeof published_entries / sizeof *published_entries; i++) {
        char slug[16];
        uint8_t bytes[16];
        writer w = WRITER(bytes);
        snprintf(slug, sizeof slug, "entry-%zu", i);
        must(read_hex(span_text(published_entries[i]), &w));
        log_add(&published, written(&w));
        accepts(s, slug, "TL-001");
        sheet_in(&s->sheet, BYTES("entry", written(&w)));
        sheet_out(&s->sheet, BYTES("hash", SPAN(published.leaf[i])));
    }
}

static void add_nodes(log_sheet *s)
{
    sim_log published = {.prim = s->prim};
    uint8_t leaf[32], node[32];
    writer l = WRITER(leaf), n = WRITER(node);
    must(read_hex(span_text(published_leaf), &l) && read_hex(span_text(published_node), &n));
    log_add(&published, EMPTY);
    must(memcmp(published.leaf[0], leaf, 32) == 0);
    log_add(&published, span_of("", 1));
    accepts(s, "published", "TL-002");
    sheet_in(&s->sheet, BYTES("left", SPAN(published.leaf[0])));
    sheet_in(&s->sheet, BYTES("right", SPAN(published.leaf[1])));
    sheet_out(&s->sheet, BYTES("hash", SPAN(node)));
    for (size_t i = 0; i < 4; i++) {
        char slug[16];
        sim_log two = {.prim = s->prim, .n = 2};
        snprintf(slug, sizeof slug, "pair-%zu", i);
        memcpy(two.leaf, s->log.leaf + i, 2 * TL_HASH);
        log_root(&two, 2, node);
        accepts(s, slug, "TL-002");
        sheet_in(&s->sheet, BYTES("left", SPAN(two.leaf[0])));
        sheet_in(&s->sheet, BYTES("right", SPAN(two.leaf[1])));
        sheet_out(&s->sheet, BYTES("hash", SPAN(node)));
    }
}

/* ---- tl.inclusion ---- */

static void put_inclusion(log_sheet *s, const uint8_t leaf[TL_HASH], uint64_t index, const tl_head *head, span proof)
{
    sheet_in(&s->sheet, BYTES("leaf", span_of(leaf, TL_HASH)));
    put_size(s, "index", index);
    put_size(s, "size", head->size);
    sheet_in(&s->sheet, BYTES("root", SPAN(head->root)));
    sheet_in(&s->sheet, BYTES("proof", proof));
}

static void add_included(log_sheet *s, size_t index, size_t n)
{
    char slug[32];
    uint8_t room[PROOF_ROOM];
    writer proof = WRITER(room);
    const tl_head head = head_of(s, n);
    snprintf(slug, sizeof slug, "%zu-of-%zu", index, n);
    log_inclusion(&s->log, index, n, &proof);
    put_inclusion(accepts(s, slug, "TL-003 TL-004 TL-005"), s->log.leaf[index], index, &head, written(&proof));
}

/* The path of leaf 0 is taken for an index that is not in the tree: where the index is not compared, the same hashes are joined. */
static void add_index_outside(log_sheet *s, const char *slug, size_t n, uint64_t index)
{
    char mutation[64];
    uint8_t room[PROOF_ROOM];
    writer proof = WRITER(room);
    const tl_head head = head_of(s, n);
    log_inclusion(&s->log, 0, n, &proof);
    snprintf(mutation, sizeof mutation, "index := %llu", (unsigned long long)index);
    put_inclusion(rejects(s, slug, "TL-003", mutation), s->log.leaf[0], index, &head, written(&proof));
}

static void add_changed_hashes(log_sheet *s, uint8_t *proof, size_t n, const tl_head *head)
{
    for (size_t i = 0; i < n; i += TL_HASH) {
        char slug[32];
        proof[i] ^= 0x80;
        snprintf(slug, sizeof slug, "hash-%zu-changed", i / TL_HASH);
        put_inclusion(rejects(s, slug, "TL-005", "one bit of one hash"), s->log.leaf[6], 6, head, span_of(proof, n));
        proof[i] ^= 0x80;
    }
}

static void add_changed_roots(log_sheet *s, span proof, tl_head *head)
{
    for (size_t i = 0; i < TL_HASH; i++) {
        char slug[32];
        head->root[i] ^= 1;
        snprintf(slug, sizeof slug, "root-byte-%zu", i);
        put_inclusion(rejects(s, slug, "TL-005", "one bit of the root"), s->log.leaf[6], 6, head, proof);
        head->root[i] ^= 1;
    }
}

static void add_wrong_proofs(log_sheet *s)
{
    uint8_t room[PROOF_ROOM];
    writer proof = WRITER(room);
    tl_head head = head_of(s, 13);
    log_inclusion(&s->log, 6, 13, &proof);
    const size_t n = proof.n;
    s->base = "6-of-13";
    write_span(&proof, SPAN(head.root));
    put_inclusion(rejects(s, "hash-more", "TL-004", "one more hash at the end"), s->log.leaf[6], 6, &head, written(&proof));
    put_inclusion(rejects(s, "byte-more", "TL-004", "one more byte at the end"), s->log.leaf[6], 6, &head,
                  span_first(written(&proof), n + 1));
    static const char *const layers[] = {"TL-004", "TL-005", NULL};
    put_inclusion(
        rejects_as(s,
                   &(rejection){
                       .slug = "hash-less", .site = "TL-004", .also = "TL-005", .mutation = "the last hash is missing", .layers = layers}),
        s->log.leaf[6], 6, &head, span_first(written(&proof), n - TL_HASH));
    put_inclusion(rejects(s, "leaf-other", "TL-005", "the leaf of another entry"), s->log.leaf[7], 6, &head,
                  span_first(written(&proof), n));
    put_inclusion(rejects(s, "index-other", "TL-005", "index := 7"), s->log.leaf[6], 7, &head, span_first(written(&proof), n));
    add_changed_hashes(s, room, n, &head);
    add_changed_roots(s, span_of(room, n), &head);
}

static void add_inclusions(log_sheet *s)
{
    static const size_t sizes[] = {1, 2, 3, 4, 5, 7, 8, 13};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (size_t index = 0; index < sizes[i]; index++)
            add_included(s, index, sizes[i]);
    add_included(s, 0, 129);
    add_included(s, 127, 129);
    add_included(s, 128, 129);
    s->base = "0-of-1";
    add_index_outside(s, "index-is-size-1", 1, 1);
    add_index_outside(s, "index-5-of-1", 1, 5);
    s->base = "0-of-2";
    add_index_outside(s, "index-is-size-2", 2, 2);
    s->base = "0-of-8";
    add_index_outside(s, "index-is-size-8", 8, 8);
    add_wrong_proofs(s);
}

/* ---- tl.consistency ---- */

static void put_consistency(log_sheet *s, const tl_head *earlier, const tl_head *later, span proof)
{
    put_size(s, "earlier_size", earlier->size);
    sheet_in(&s->sheet, BYTES("earlier_root", SPAN(earlier->root)));
    put_size(s, "later_size", later->size);
    sheet_in(&s->sheet, BYTES("later_root", SPAN(later->root)));
    sheet_in(&s->sheet, BYTES("proof", proof));
}

static void add_consistent(log_sheet *s, size_t m, size_t n)
{
    char slug[32];
    uint8_t room[PROOF_ROOM];
    writer proof = WRITER(room);
    const tl_head earlier = head_of(s, m), later = head_of(s, n);
    log_consistency(&s->log, m, n, &proof);
    snprintf(slug, sizeof slug, "%zu-to-%zu", m, n);
    put_consistency(accepts(s, slug, "TL-006 TL-007 TL-008 TL-009"), &earlier, &later, written(&proof));
}

/* The later checkpoint is smaller and repeats the root of the earlier one. */
static void add_shrunk(log_sheet *s, const char *slug, size_t m, size_t n)
{
    const tl_head earlier = head_of(s, m);
    tl_head later = earlier;
    later.size = n;
    put_consistency(rejects(s, slug, "TL-006", "the later size is smaller"), &earlier, &later, EMPTY);
}

static void add_hash_where_none_belongs(log_sheet *s, const char *slug, const char *base, size_t m, size_t n)
{
    const tl_head earlier = head_of(s, m), later = head_of(s, n);
    s->base = base;
    put_consistency(rejects(s, slug, "TL-007", "a hash where the sizes call for none"), &earlier, &later, SPAN(later.root));
}

static void add_roots_changed(log_sheet *s, size_t m, size_t n)
{
    char slug[48];
    uint8_t room[PROOF_ROOM];
    writer proof = WRITER(room);
    tl_head earlier = head_of(s, m), later = head_of(s, n);
    log_consistency(&s->log, m, n, &proof);
    for (size_t i = 0; i < TL_HASH; i += 5) {
        earlier.root[i] ^= 1;
        snprintf(slug, sizeof slug, "earlier-root-%zu-byte-%zu", m, i);
        put_consistency(rejects(s, slug, "TL-008", "one bit of the earlier root"), &earlier, &later, written(&proof));
        earlier.root[i] ^= 1;
        later.root[i] ^= 1;
        snprintf(slug, sizeof slug, "later-root-%zu-byte-%zu", m, i);
        put_consistency(rejects(s, slug, "TL-009", "one bit of the later root"), &earlier, &later, written(&proof));
        later.root[i] ^= 1;
    }
}

static void add_consistencies(log_sheet *s)
{
    for (size_t n = 0; n <= 8; n++)
        for (size_t m = 0; m <= n; m++)
            add_consistent(s, m, n);
    add_consistent(s, 64, 129);
    add_consistent(s, 127, 130);
    s->base = "2-to-2";
    add_shrunk(s, "2-to-1", 2, 1);
    s->base = "4-to-4";
    add_shrunk(s, "4-to-3", 4, 3);
    add_hash_where_none_belongs(s, "same-size-hash", "5-to-5", 5, 5);
    add_hash_where_none_belongs(s, "from-empty-hash", "0-to-5", 0, 5);
    uint8_t room[PROOF_ROOM];
    writer proof = WRITER(room);
    const tl_head earlier = head_of(s, 3), later = head_of(s, 7);
    log_consistency(&s->log, 3, 7, &proof);
    write_span(&proof, SPAN(later.root));
    s->base = "3-to-7";
    put_consistency(rejects(s, "hash-more", "TL-007", "one more hash at the end"), &earlier, &later, written(&proof));
    room[proof.n - 2 * TL_HASH] ^= 1; /* it stands right of the earlier tree */
    put_consistency(rejects(s, "last-hash", "TL-009", "one bit of the last hash"), &earlier, &later,
                    span_first(written(&proof), proof.n - TL_HASH));
    add_roots_changed(s, 3, 7);
    s->base = "6-to-8";
    add_roots_changed(s, 6, 8);
}

/* ---- tl.key ---- */

static void put_vkey(log_sheet *s, const char *name, span id, span bytes)
{
    char room[256];
    uint8_t text[256];
    writer w = WRITER(text);
    write_text(&w, name);
    write_text(&w, "+");
    write_hex(&w, id);
    write_text(&w, "+");
    base64_write(&w, bytes);
    sheet_in(&s->sheet, TEXT("vkey", terminated(&w, room, sizeof room)));
}

typedef struct key_parts {
    uint8_t bytes[34], id[TL_KEY_ID];
} key_parts;

/* The parts of a key of n bytes after its type: the id follows from name, type and the first 32 bytes, zeros where there are none. */
static key_parts parts_of(const log_sheet *s, const char *name, uint8_t type, size_t n)
{
    key_parts p = {{type}, {0}};
    uint8_t digest[32], key[32] = {0};
    s->prim->ed25519_public(s->log.signer.seed, p.bytes + 1);
    memcpy(key, p.bytes + 1, n < 32 ? n : 32);
    const span parts[] = {span_text(name), span_of("\n", 1), span_of(&type, 1), SPAN(key)};
    s->prim->hash(PRIM_SHA256, parts, 4, digest);
    memcpy(p.id, digest, TL_KEY_ID);
    return p;
}

static void add_key(log_sheet *s, const char *slug, const char *name, uint8_t type)
{
    const key_parts p = parts_of(s, name, type, 32);
    accepts(s, slug, "TL-015 TL-016 TL-017");
    put_vkey(s, name, SPAN(p.id), span_of(p.bytes, 33));
    sheet_out(&s->sheet, TEXT("name", name));
    sheet_out(&s->sheet, BYTES("key_id", SPAN(p.id)));
    sheet_out(&s->sheet, NUMBER("type", type));
    sheet_out(&s->sheet, BYTES("key", span_of(p.bytes + 1, 32)));
}

static void add_wrong_key(log_sheet *s, const char *slug, const char *name, uint8_t type, size_t n, const char *mutation)
{
    const key_parts p = parts_of(s, name, type, n);
    put_vkey(rejects(s, slug, "TL-016", mutation), name, SPAN(p.id), span_of(p.bytes, 1 + n));
}

static void add_keys(log_sheet *s)
{
    add_key(s, "log", s->log.signer.name, TL_ED25519);
    add_key(s, "witness", "north.example/w", TL_COSIGNATURE);
    s->base = "log";
    add_wrong_key(s, "type-6", s->log.signer.name, 6, 32, "type 6, which takes another key");
    add_wrong_key(s, "type-0", s->log.signer.name, 0, 32, "type 0");
    add_wrong_key(s, "key-short", s->log.signer.name, TL_ED25519, 31, "a key of 31 bytes");
    add_wrong_key(s, "name-space", "log example", TL_ED25519, 32, "a space in the name");
    add_wrong_key(s, "name-no-break-space",
                  "log\xc2\xa0"
                  "example",
                  TL_ED25519, 32, "a no-break space in the name");
    add_wrong_key(s, "name-empty", "", TL_ED25519, 32, "no name");
    key_parts p = parts_of(s, s->log.signer.name, TL_ED25519, 32);
    put_vkey(rejects(s, "name-other", "TL-017", "the same key under another name"), "log.example/2027", SPAN(p.id), span_of(p.bytes, 33));
    for (size_t i = 0; i < TL_KEY_ID; i++) {
        char slug[24];
        snprintf(slug, sizeof slug, "id-byte-%zu", i);
        p.id[i] ^= 1;
        put_vkey(rejects(s, slug, "TL-017", "one bit of the key id"), s->log.signer.name, SPAN(p.id), span_of(p.bytes, 33));
        p.id[i] ^= 1;
    }
}

/* ---- tl.note ---- */

#define OTHER_LINE "\xe2\x80\x94 other.example AAAAAAA=\n"

static void put_note(log_sheet *s, const log_signer *key, span note)
{
    char room[256];
    uint8_t text[256];
    writer w = WRITER(text);
    log_write_vkey(s->prim, key, &w);
    sheet_in(&s->sheet, TEXT("vkey", terminated(&w, room, sizeof room)));
    sheet_in(&s->sheet, BYTES("note", note));
}

/* A note that the log signs as it stands: `before` are lines that come before its own. */
static span note_of(log_sheet *s, const char *text, const char *before, const char *after)
{
    static uint8_t bytes[TL_NOTE_MAX + 4096];
    writer w = WRITER(bytes);
    write_text(&w, text);
    write_text(&w, "\n");
    write_text(&w, before);
    log_write_line(s->prim, &s->log.signer, span_text(text), 0, &w);
    write_text(&w, after);
    must(writer_ok(&w));
    return written(&w);
}

static void add_found(log_sheet *s, const char *slug, const char *req, const char *text, const char *before, const char *after)
{
    accepts(s, slug, req);
    put_note(s, &s->log.signer, note_of(s, text, before, after));
    sheet_out(&s->sheet, BOOLEAN("found", true));
    sheet_out(&s->sheet, NUMBER("time", 0));
}

static void add_malformed(log_sheet *s, const char *slug, const char *site, const char *mutation, const char *text, const char *before,
                          const char *after)
{
    put_note(rejects(s, slug, site, mutation), &s->log.signer, note_of(s, text, before, after));
}

static const char *many_lines(size_t n)
{
    static char lines[65 * sizeof OTHER_LINE];
    lines[0] = 0;
    for (size_t i = 0; i < n; i++)
        strcat(lines, OTHER_LINE);
    return lines;
}

static const char *long_text(size_t n)
{
    static char text[TL_NOTE_MAX + 64];
    memset(text, 'a', n - 1);
    text[n - 1] = '\n';
    text[n] = 0;
    return text;
}

static void add_forms(log_sheet *s)
{
    add_found(s, "ok", "TL-011 TL-012 TL-013 TL-015", "a text\n", "", "");
    add_found(s, "empty-line-inside", "TL-011", "a text\n\nof two parts\n", "", "");
    add_found(s, "not-ascii", "TL-012", "na\xc3\xafve \xe2\x80\x94 \xf0\x9f\x98\x80\n", "", "");
    add_found(s, "lines-of-others", "TL-013 TL-018", "a text\n", OTHER_LINE, OTHER_LINE);
    add_found(s, "64-lines", "TL-014", "a text\n", many_lines(63), "");
    s->base = "ok";
    add_malformed(s, "too-long", "TL-010", "a text that makes the note longer than 65536 bytes", long_text(TL_NOTE_MAX), "", "");
    add_malformed(s, "tab", "TL-012", "a tab in the text", "a\ttext\n", "", "");
    add_malformed(s, "carriage-return", "TL-012", "CR before LF", "a text\r\n", "", "");
    add_malformed(s, "control-1f", "TL-012", "the byte 1f in the text", "a text\x1f\n", "", "");
    add_malformed(s, "not-utf8", "TL-012", "the byte ff in the text", "a text\xff\n", "", "");
    add_malformed(s, "hyphen", "TL-013", "a line with a hyphen instead of the dash", "a text\n", "- other.example AAAAAAA=\n", "");
    add_malformed(s, "no-name", "TL-013", "a line without a name", "a text\n", "\xe2\x80\x94  AAAAAAA=\n", "");
    add_malformed(s, "id-alone", "TL-013", "a line of four bytes", "a text\n", "\xe2\x80\x94 other.example AAAAAA==\n", "");
    add_malformed(s, "no-base64", "TL-013", "a line that is no base64", "a text\n", "\xe2\x80\x94 other.example AAAAAA*=\n", "");
    add_malformed(s, "plus-in-name", "TL-013", "a plus sign in a name", "a text\n", "\xe2\x80\x94 other+example AAAAAAA=\n", "");
    add_malformed(s, "space-at-end", "TL-013", "a space at the end of a line", "a text\n", "\xe2\x80\x94 other.example AAAAAAA= \n", "");
    add_malformed(s, "65-lines", "TL-014", "65 lines", "a text\n", "", many_lines(64));
    add_malformed(s, "65-lines-first", "TL-014", "65 lines, the log's is the last", "a text\n", many_lines(64), "");
    put_note(rejects(s, "no-lines", "TL-011", "no signature line"), &s->log.signer, span_text("a text\n\n"));
    const span note = note_of(s, "a text\n", "", "");
    put_note(rejects(s, "no-last-lf", "TL-011", "the last LF is missing"), &s->log.signer, span_first(note, note.n - 1));
    put_note(rejects(s, "no-empty-line", "TL-011", "no empty line"), &s->log.signer, span_text("a text\n" OTHER_LINE));
}

/* The signature line of `text`, but over other bytes or by another key. */
static void add_false_line(log_sheet *s, const char *slug, const char *mutation, const log_signer *key, const log_signer *signer,
                           const char *over, uint64_t time, bool honest_too)
{
    uint8_t bytes[1024];
    writer w = WRITER(bytes);
    write_text(&w, "a text\n\n");
    if (honest_too)
        log_write_line(s->prim, key, span_text("a text\n"), time, &w);
    const size_t from = w.n;
    log_write_line(s->prim, signer, span_text(over), time, &w);
    (void)from;
    put_note(rejects(s, slug, "TL-018", mutation), key, written(&w));
}

/* A key of the same name and id as `key`, without its secret: the id is that of `key`, so the line is taken for its own. */
static void add_forged_line(log_sheet *s, const char *slug, const char *mutation, const log_signer *key, size_t flipped, uint64_t time)
{
    uint8_t bytes[1024], line[512];
    writer w = WRITER(bytes), l = WRITER(line), raw;
    uint8_t decoded[128];
    raw = WRITER(decoded);
    log_write_line(s->prim, key, span_text("a text\n"), time, &l);
    size_t at = l.n - 1;
    while (line[at - 1] != ' ')
        at--;
    must(base64_read(span_of(line + at, l.n - 1 - at), &raw));
    decoded[flipped] ^= 1;
    write_text(&w, "a text\n\n");
    write_span(&w, span_of(line, at));
    base64_write(&w, written(&raw));
    write_text(&w, "\n");
    put_note(rejects(s, slug, "TL-018", mutation), key, written(&w));
}

static void add_cosigned(log_sheet *s, const char *slug, uint64_t time)
{
    uint8_t bytes[1024];
    writer w = WRITER(bytes);
    write_text(&w, "a text\n\n" OTHER_LINE);
    log_write_line(s->prim, &s->witness[0], span_text("a text\n"), time, &w);
    accepts(s, slug, "TL-015 TL-025");
    put_note(s, &s->witness[0], written(&w));
    sheet_out(&s->sheet, BOOLEAN("found", true));
    sheet_out(&s->sheet, NUMBER("time", (long)time));
}

static void add_unknown(log_sheet *s, const char *slug, uint8_t type, const char *name)
{
    log_signer other = {.name = name, .type = (tl_key_type)type};
    uint8_t bytes[1024];
    writer w = WRITER(bytes);
    named_secret("transparency", "somebody else", other.seed);
    write_text(&w, "a text\n\n");
    log_write_line(s->prim, &other, span_text("another text\n"), 0, &w);
    accepts(s, slug, "TL-015 TL-018");
    put_note(s, &s->log.signer, written(&w));
    sheet_out(&s->sheet, BOOLEAN("found", false));
    sheet_out(&s->sheet, NUMBER("time", 0));
}

static void add_notes(log_sheet *s)
{
    add_forms(s);
    add_cosigned(s, "cosigned", NOW);
    add_cosigned(s, "cosigned-at-zero", 0);
    add_unknown(s, "other-key-same-name", TL_ED25519, s->log.signer.name);
    add_unknown(s, "ml-dsa-same-name", 6, s->log.signer.name);
    s->base = "ok";
    add_false_line(s, "other-text", "the signature is over another text", &s->log.signer, &s->log.signer, "b text\n", 0, false);
    add_false_line(s, "text-without-lf", "the signature is over the text without its LF", &s->log.signer, &s->log.signer, "a text", 0,
                   false);
    add_false_line(s, "second-line-false", "a second line of the same key is false", &s->log.signer, &s->log.signer, "b text\n", 0, true);
    for (size_t i = TL_KEY_ID; i < TL_KEY_ID + 64; i += 7) {
        char slug[32];
        snprintf(slug, sizeof slug, "signature-byte-%zu", i - TL_KEY_ID);
        add_forged_line(s, slug, "one bit of the signature", &s->log.signer, i, 0);
    }
    s->base = "cosigned";
    add_false_line(s, "cosigned-other-text", "the cosignature is over another text", &s->witness[0], &s->witness[0], "b text\n", NOW,
                   false);
    add_forged_line(s, "cosigned-other-time", "one bit of the time", &s->witness[0], TL_KEY_ID + 7, NOW);
    add_forged_line(s, "cosigned-changed", "one bit of the signature", &s->witness[0], TL_KEY_ID + 8 + 63, NOW);
}

/* ---- tl.checkpoint ---- */

static void put_checkpoint(log_sheet *s, const char *text)
{
    sheet_in(&s->sheet, BYTES("text", span_text(text)));
    sheet_in(&s->sheet, TEXT("origin", "log.example/2026"));
}

#define ZERO_ROOT  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define EMPTY_ROOT "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
#define ORIGIN     "log.example/2026\n"

static const struct {
    const char *slug, *text, *size;
    bool empty;
} good_checkpoints[] = {
    {"ok", ORIGIN "7\n" ZERO_ROOT "\n", "7", false},
    {"extension", ORIGIN "7\n" ZERO_ROOT "\nmore\nand more\n", "7", false},
    {"largest", ORIGIN "9223372036854775807\n" ZERO_ROOT "\n", "9223372036854775807", false},
    {"empty-tree", ORIGIN "0\n" EMPTY_ROOT "\n", "0", true},
};
static const struct {
    const char *slug, *site, *mutation, *text;
} bad_checkpoints[] = {
    {"empty-line-last", "TL-020", "an empty line at the end", ORIGIN "7\n" ZERO_ROOT "\n\n"},
    {"empty-extension", "TL-020", "an empty extension line", ORIGIN "7\n" ZERO_ROOT "\n\nmore\n"},
    {"no-last-lf", "TL-020", "the last LF is missing", ORIGIN "7\n" ZERO_ROOT},
    {"origin-longer", "TL-021", "a longer origin", "log.example/2026x\n7\n" ZERO_ROOT "\n"},
    {"origin-shorter", "TL-021", "a shorter origin", "log.example/202\n7\n" ZERO_ROOT "\n"},
    {"origin-other", "TL-021", "another origin", "log.example/2027\n7\n" ZERO_ROOT "\n"},
    {"origin-case", "TL-021", "the origin in another case", "Log.example/2026\n7\n" ZERO_ROOT "\n"},
    {"size-zero-first", "TL-022", "a leading zero", ORIGIN "07\n" ZERO_ROOT "\n"},
    {"size-plus", "TL-022", "a plus sign", ORIGIN "+7\n" ZERO_ROOT "\n"},
    {"size-minus", "TL-022", "a minus sign", ORIGIN "-7\n" ZERO_ROOT "\n"},
    {"size-space", "TL-022", "a space after the size", ORIGIN "7 \n" ZERO_ROOT "\n"},
    {"size-hex", "TL-022", "a hexadecimal digit", ORIGIN "7a\n" ZERO_ROOT "\n"},
    {"size-2-63", "TL-022", "2^63", ORIGIN "9223372036854775808\n" ZERO_ROOT "\n"},
    {"size-2-64", "TL-022", "2^64 + 7", ORIGIN "18446744073709551623\n" ZERO_ROOT "\n"},
    {"root-short", "TL-023", "a root of 31 bytes", ORIGIN "7\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==\n"},
    {"root-long", "TL-023", "a root of 33 bytes", ORIGIN "7\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"},
    {"root-unpadded", "TL-023", "a root without its padding", ORIGIN "7\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"},
    {"empty-other-root", "TL-024", "another root for the empty tree", ORIGIN "0\n" ZERO_ROOT "\n"},
    {"empty-root-of-leaf", "TL-024", "the root of one empty entry", ORIGIN "0\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=\n"},
};

static void add_checkpoints(log_sheet *s)
{
    uint8_t empty[32], zero[32] = {0};
    prim_digest(s->prim, PRIM_SHA256, EMPTY, empty);
    for (size_t i = 0; i < sizeof good_checkpoints / sizeof *good_checkpoints; i++) {
        accepts(s, good_checkpoints[i].slug, "TL-020 TL-021 TL-022 TL-023 TL-024");
        put_checkpoint(s, good_checkpoints[i].text);
        sheet_out(&s->sheet, TEXT("size", good_checkpoints[i].size));
        sheet_out(&s->sheet, BYTES("root", good_checkpoints[i].empty ? SPAN(empty) : SPAN(zero)));
    }
    s->base = "ok";
    for (size_t i = 0; i < sizeof bad_checkpoints / sizeof *bad_checkpoints; i++)
        put_checkpoint(rejects(s, bad_checkpoints[i].slug, bad_checkpoints[i].site, bad_checkpoints[i].mutation), bad_checkpoints[i].text);
    static const char *const layers[] = {"TL-020", "TL-023", NULL};
    put_checkpoint(rejects_as(s, &(rejection){.slug = "two-lines", .site = "TL-020", .mutation = "the root is missing", .layers = layers}),
                   ORIGIN "7\n");
}

/* ---- tl.policy ---- */

static void write_witness(log_sheet *s, const char *name, const log_signer *key, writer *out)
{
    write_text(out, "witness ");
    write_text(out, name);
    write_text(out, " ");
    log_write_vkey(s->prim, key, out);
    write_text(out, "\n");
}

static void write_log(log_sheet *s, writer *out)
{
    write_text(out, "log ");
    log_write_vkey(s->prim, &s->log.signer, out);
    write_text(out, " https://log.example/\n");
}

static void write_parties(log_sheet *s, writer *out)
{
    static const char *const names[WITNESSES] = {"north", "east", "south"};
    write_text(out, "# who is asked\n\n");
    write_log(s, out);
    for (size_t i = 0; i < WITNESSES; i++)
        write_witness(s, names[i], &s->witness[i], out);
}

static span policy_of(log_sheet *s, const char *statements)
{
    static uint8_t text[4096];
    writer w = WRITER(text);
    write_parties(s, &w);
    write_text(&w, statements);
    must(writer_ok(&w));
    return written(&w);
}

static void add_good_policy(log_sheet *s, const char *slug, const char *statements, long groups)
{
    accepts(s, slug, "TL-026 TL-027 TL-028 TL-029 TL-030 TL-038 TL-039");
    sheet_in(&s->sheet, BYTES("policy", policy_of(s, statements)));
    sheet_out(&s->sheet, NUMBER("witnesses", WITNESSES));
    sheet_out(&s->sheet, NUMBER("groups", groups));
}

static void add_bad_policy(log_sheet *s, const char *slug, const char *site, const char *mutation, const char *statements)
{
    sheet_in(&rejects(s, slug, site, mutation)->sheet, BYTES("policy", policy_of(s, statements)));
}

static void write_many_witnesses(log_sheet *s, size_t n, writer *out)
{
    for (size_t i = 0; i < n; i++) {
        char name[16];
        log_signer key = {.name = "many.example/w", .type = TL_COSIGNATURE};
        snprintf(name, sizeof name, "w%zu", i);
        named_secret("transparency", name, key.seed);
        write_witness(s, name, &key, out);
    }
}

static void add_large_policies(log_sheet *s)
{
    static uint8_t text[16384];
    for (size_t n = TL_WITNESSES_MAX; n <= TL_WITNESSES_MAX + 1; n++) {
        writer w = WRITER(text);
        write_log(s, &w);
        write_many_witnesses(s, n, &w);
        write_text(&w, "quorum none\n");
        if (n <= TL_WITNESSES_MAX)
            accepts(s, "64-witnesses", "TL-030");
        else
            rejects(s, "65-witnesses", "TL-030", "65 witnesses");
        sheet_in(&s->sheet, BYTES("policy", written(&w)));
        if (n > TL_WITNESSES_MAX)
            continue;
        sheet_out(&s->sheet, NUMBER("witnesses", TL_WITNESSES_MAX));
        sheet_out(&s->sheet, NUMBER("groups", 0));
    }
    writer w = WRITER(text);
    write_parties(s, &w);
    write_text(&w, "group g any");
    for (size_t i = 0; i < TL_MEMBERS_MAX + 1; i++)
        write_text(&w, " north");
    write_text(&w, "\nquorum none\n");
    sheet_in(&rejects(s, "65-members", "TL-030", "a group of 65 members")->sheet, BYTES("policy", written(&w)));
}

static const struct {
    const char *slug, *site, *mutation, *statements;
} bad_policies[] = {
    {"unknown-statement", "TL-026", "a statement that does not exist", "quorum none\nwitnes x y\n"},
    {"log-without-key", "TL-026", "a log without its key", "quorum none\nlog\n"},
    {"quorum-twice", "TL-026", "the quorum twice", "quorum none\nquorum north\n"},
    {"name-again", "TL-026", "a group with the name of a witness", "quorum none\ngroup north any east\n"},
    {"name-none", "TL-026", "a group called none", "quorum none\ngroup none any east\n"},
    {"undefined-member", "TL-026", "a member that is defined nowhere", "quorum none\ngroup g any west\n"},
    {"own-member", "TL-026", "a group that is its own member", "quorum none\ngroup g any g\n"},
    {"member-twice", "TL-026", "a member twice", "quorum none\ngroup g any north north\n"},
    {"member-of-two", "TL-026", "a member of two groups", "quorum none\ngroup g any north\ngroup h any north\n"},
    {"no-members", "TL-026", "a group without members", "quorum none\ngroup g any\n"},
    {"threshold-word", "TL-026", "a threshold that is no number", "quorum none\ngroup g most north\n"},
    {"threshold-zero-first", "TL-026", "a threshold with a leading zero", "quorum none\ngroup g 01 north\n"},
    {"threshold-zero", "TL-028", "a threshold of 0", "group g 0 north\nquorum g\n"},
    {"threshold-above", "TL-028", "a threshold above the members", "group g 3 north east\nquorum g\n"},
    {"control", "TL-039", "the byte 01 in a comment", "quorum none\n# \x01\n"},
    {"carriage-return", "TL-039", "CR before LF in a comment", "quorum none\n# a\r\n"},
    {"not-utf8", "TL-039", "the byte ff in a comment", "quorum none\n# \xff\n"},
    {"no-quorum", "TL-029", "no quorum", ""},
};

/* A policy of one log and up to two witnesses, given by their keys. */
static void add_bad_keys(log_sheet *s, const char *slug, const char *site, const char *mutation, const log_signer *north,
                         const log_signer *west, const char *quorum)
{
    uint8_t text[1024];
    writer w = WRITER(text);
    write_log(s, &w);
    write_witness(s, "north", north, &w);
    if (west)
        write_witness(s, "west", west, &w);
    write_text(&w, quorum);
    sheet_in(&rejects(s, slug, site, mutation)->sheet, BYTES("policy", written(&w)));
}

static void add_wrong_logs(log_sheet *s)
{
    uint8_t text[1024];
    writer w = WRITER(text);
    log_signer cosigns = s->log.signer;
    cosigns.type = TL_COSIGNATURE;
    write_text(&w, "log ");
    log_write_vkey(s->prim, &cosigns, &w);
    write_text(&w, "\nquorum none\n");
    sheet_in(&rejects(s, "log-with-witness-key", "TL-038", "a log with a key of type 4")->sheet, BYTES("policy", written(&w)));
}

static void add_policies(log_sheet *s)
{
    const log_signer *north = &s->witness[0];
    log_signer plain = *north, renamed = *north;
    plain.type = TL_ED25519;
    renamed.name = "west.example/w";
    add_good_policy(s, "none", "quorum none\n", 0);
    add_good_policy(s, "one", "quorum north\n", 0);
    add_good_policy(s, "groups", "group\ttwo 2 north east south\n# and\ngroup all all two \nquorum all\n", 2);
    s->base = "none";
    for (size_t i = 0; i < sizeof bad_policies / sizeof *bad_policies; i++)
        add_bad_policy(s, bad_policies[i].slug, bad_policies[i].site, bad_policies[i].mutation, bad_policies[i].statements);
    sheet_in(&rejects(s, "no-log", "TL-029", "no log")->sheet, BYTES("policy", span_text("quorum none\n")));
    add_bad_keys(s, "key-twice", "TL-027", "two witnesses of one key", north, north, "quorum none\n");
    add_bad_keys(s, "witness-with-log-key", "TL-038", "a witness with a key of type 1", &plain, NULL, "quorum north\n");
    add_wrong_logs(s);
    add_bad_keys(s, "key-renamed", "TL-027", "two witnesses of one key under two names", north, &renamed, "quorum none\n");
    add_large_policies(s);
}

/* ---- tl.take ---- */

typedef struct taking {
    const char *slug, *statements;
    size_t n;          /* size of the checkpoint */
    unsigned cosigned; /* bits of the witnesses */
    uint64_t time[WITNESSES];
    size_t remembered;                 /* 0: nothing is */
    const char *site, *req, *mutation; /* site NULL: accepted; req: what else it shows, or NULL */
} taking;

#define TWO_OF_THREE "group g 2 north east south\nquorum g\n"
#define ONE          "group g any north east south\nquorum g\n"

static void put_take(log_sheet *s, const taking *t, span note, span proof)
{
    const tl_head remembered = head_of(s, t->remembered);
    sheet_in(&s->sheet, BYTES("policy", policy_of(s, t->statements)));
    sheet_in(&s->sheet, BYTES("note", note));
    sheet_in(&s->sheet, BYTES("proof", proof));
    if (t->remembered) {
        put_size(s, "size", t->remembered);
        sheet_in(&s->sheet, BYTES("root", SPAN(remembered.root)));
    }
}

/* The checkpoint of this head, signed by the log and cosigned as the row says. */
static span checkpoint_note(log_sheet *s, const taking *t, const tl_head *head)
{
    static uint8_t bytes[4096];
    uint8_t text[256];
    writer w = WRITER(bytes), checkpoint = WRITER(text);
    log_write_checkpoint_of(s->log.signer.name, head, &checkpoint);
    write_span(&w, written(&checkpoint));
    write_text(&w, "\n");
    log_write_line(s->prim, &s->log.signer, written(&checkpoint), 0, &w);
    for (size_t i = 0; i < WITNESSES; i++)
        if (t->cosigned & 1u << i)
            log_write_line(s->prim, &s->witness[i], written(&checkpoint), t->time[i], &w);
    must(writer_ok(&w));
    return written(&w);
}

static void begin_taking(log_sheet *s, const taking *t)
{
    if (t->site)
        rejects_as(s, &(rejection){.slug = t->slug, .site = t->site, .also = t->req, .mutation = t->mutation});
    else
        accepts(s, t->slug, t->req ? t->req : "TL-031");
}

static void add_taking(log_sheet *s, const taking *t)
{
    uint8_t room[PROOF_ROOM];
    writer proof = WRITER(room);
    const tl_head head = head_of(s, t->n);
    if (t->remembered && t->remembered <= t->n)
        log_consistency(&s->log, t->remembered, t->n, &proof);
    if (t->site && strcmp(t->site, "TL-007") == 0)
        write_span(&proof, SPAN(head.root));
    begin_taking(s, t);
    put_take(s, t, checkpoint_note(s, t, &head), written(&proof));
    if (t->site)
        return;
    char digits[24];
    snprintf(digits, sizeof digits, "%zu", t->n);
    sheet_out(&s->sheet, TEXT("size", digits));
    sheet_out(&s->sheet, BYTES("root", SPAN(head.root)));
}

static void add_split_view(log_sheet *s)
{
    const taking t = {"split-view", "quorum none\n", 7, 0, {0}, 7, "TL-035", NULL, "another root for the remembered size"};
    tl_head other = head_of(s, 7);
    s->base = "same-again";
    for (size_t i = 0; i < TL_HASH; i += 31) {
        char slug[32];
        other.root[i] ^= 1;
        snprintf(slug, sizeof slug, "split-view-%zu", i);
        put_take(rejects(s, slug, "TL-035", t.mutation), &t, checkpoint_note(s, &t, &other), EMPTY);
        other.root[i] ^= 1;
    }
}

static void add_unsigned(log_sheet *s)
{
    const taking t = {"log-line-missing", "quorum none\n", 7, 0, {0}, 0, NULL, NULL, NULL};
    uint8_t bytes[512];
    writer w = WRITER(bytes);
    log_write_checkpoint(&s->log, 7, &w);
    const size_t n = w.n;
    write_text(&w, "\n" OTHER_LINE);
    s->base = "no-witness";
    put_take(rejects(s, "log-line-missing", "TL-019", "the log's line is missing"), &t, written(&w), EMPTY);
    log_signer namesake = s->log.signer;
    named_secret("transparency", "a namesake", namesake.seed);
    w.n = n;
    write_text(&w, "\n");
    log_write_line(s->prim, &namesake, span_of(bytes, n), 0, &w);
    put_take(rejects(s, "log-namesake", "TL-019", "signed by another key of the same name"), &t, written(&w), EMPTY);
}

static const taking good_takings[] = {
    {"no-witness", "quorum none\n", 7, 0, {0}, 0, NULL, "TL-019 TL-031", NULL},
    {"two-of-three", TWO_OF_THREE, 7, 5, {NOW, 0, NOW - 10}, 0, NULL, NULL, NULL},
    {"all-three", TWO_OF_THREE, 7, 7, {NOW, NOW, NOW}, 0, NULL, NULL, NULL},
    {"one-by-name", "quorum east\n", 7, 2, {0, NOW, 0}, 0, NULL, NULL, NULL},
    {"nested", "group g any north east\ngroup h all g south\nquorum h\n", 7, 5, {NOW, 0, NOW}, 0, NULL, NULL, NULL},
    {"latest-time", ONE, 7, 1, {NOW + SKEW, 0, 0}, 0, NULL, "TL-031 TL-032", NULL},
    {"earliest-time", ONE, 7, 1, {NOW - AGE, 0, 0}, 0, NULL, "TL-031 TL-033", NULL},
    {"same-again", "quorum none\n", 7, 0, {0}, 7, NULL, "TL-034 TL-035", NULL},
    {"grown", "quorum none\n", 13, 0, {0}, 6, NULL, "TL-034 TL-036", NULL},
};
static const taking wrong_takings[] = {
    {"one-of-three", TWO_OF_THREE, 7, 4, {0, 0, NOW}, 0, "TL-031", NULL, "one witness where two are asked"},
    {"other-witness", "quorum east\n", 7, 5, {NOW, 0, NOW}, 0, "TL-031", NULL, "two witnesses, not the one that is asked"},
    {"half-nested", "group g any north east\ngroup h all g south\nquorum h\n", 7, 3, {NOW, NOW, 0}, 0, "TL-031", NULL, "one of two groups"},
    {"too-late", ONE, 7, 1, {NOW + SKEW + 1, 0, 0}, 0, "TL-031", "TL-032", "a cosignature of the future"},
    {"far-future", ONE, 7, 1, {INT64_MAX, 0, 0}, 0, "TL-031", "TL-032", "a cosignature of the last time there is"},
    {"too-old", ONE, 7, 1, {NOW - AGE - 1, 0, 0}, 0, "TL-031", "TL-033", "a cosignature that is too old"},
    {"one-old-of-two", TWO_OF_THREE, 7, 3, {NOW, NOW - AGE - 1, 0}, 0, "TL-031", "TL-033", "one of two cosignatures is too old"},
};
static const taking rolled_back[] = {
    {"smaller", "quorum none\n", 6, 0, {0}, 7, "TL-034", NULL, "one entry less than remembered"},
    {"much-smaller", "quorum none\n", 1, 0, {0}, 7, "TL-034", NULL, "six entries less than remembered"},
};
static const taking unproven[] = {{"proof-longer", "quorum none\n", 13, 0, {0}, 6, "TL-007", "TL-036", "one more hash at the end"}};

static void add_rows(log_sheet *s, const char *base, const taking *rows, size_t n)
{
    s->base = base;
    for (size_t i = 0; i < n; i++)
        add_taking(s, &rows[i]);
}
#define ADD_ROWS(s, base, rows) add_rows(s, base, rows, sizeof(rows) / sizeof *(rows))

static void add_takings(log_sheet *s)
{
    sheet_in(&s->sheet, NUMBER("now", NOW));
    sheet_in(&s->sheet, NUMBER("age", AGE));
    sheet_in(&s->sheet, NUMBER("skew", SKEW));
    ADD_ROWS(s, NULL, good_takings);
    ADD_ROWS(s, "two-of-three", wrong_takings);
    ADD_ROWS(s, "same-again", rolled_back);
    ADD_ROWS(s, "grown", unproven);
    add_split_view(s);
    add_unsigned(s);
}

/* ---- files ---- */

static const struct {
    const char *op, *needs, *flag, *bug, *effect, *ref;
    void (*add)(log_sheet *);
} files[] = {
    {"tl.leaf", "tl:proof", "LeafHash", "BASIC", "Finds no entry in any log, or takes an inner node for an entry.", "TL-001", add_leaves},
    {"tl.node", "tl:proof", "NodeHash", "BASIC", "Finds no entry in any log, or takes an entry for an inner node.", "TL-002", add_nodes},
    {"tl.inclusion", "tl:proof", "FalseProof", "AUTH_BYPASS", "Takes an entry for logged that is in no log.", "TL-005", add_inclusions},
    {"tl.consistency", "tl:proof", "FalseHistory", "ROLLBACK", "Takes a log that rewrote its past for one that grew.", "TL-008",
     add_consistencies},
    {"tl.key", "tl:note", "FalseKey", "PARSER", "Looks for the signatures of another key than the one it was given.", "TL-017", add_keys},
    {"tl.note", "tl:note", "FalseNote", "AUTH_BYPASS", "Takes a text for signed that nobody signed.", "TL-018", add_notes},
    {"tl.checkpoint", "tl:note", "LooseCheckpoint", "PARSER", "Two readers of one checkpoint see two different trees.", "TL-022",
     add_checkpoints},
    {"tl.policy", "tl:witness", "LoosePolicy", "PARSER", "Asks for fewer witnesses than were meant.", "TL-028", add_policies},
    {"tl.take", "tl:witness", "FalseCheckpoint", "ROLLBACK", "Takes a checkpoint that others do not see, or an old one.", "TL-031",
     add_takings},
};

static cJSON *translog_file(const prim *prim, int which)
{
    static const char *const checked_by[] = {"text", "sim-log", "witness-js", "audit", NULL};
    static log_sheet s;
    s = (log_sheet){.prim = prim, .flag = files[which].flag};
    start_world(&s);
    s.sheet = sheet_start(prim, files[which].op, "vectors/translog/translog_scenarios", "00", checked_by);
    sheet_note(&s.sheet, s.flag, files[which].bug, files[which].effect, files[which].ref);
    sheet_group(&s.sheet, "log", files[which].needs, "");
    files[which].add(&s);
    return s.sheet.document;
}

const scenario_file translog_files[] = {{"tl.leaf.json", translog_file, 0, NULL},       {"tl.node.json", translog_file, 1, NULL},
                                        {"tl.inclusion.json", translog_file, 2, NULL},  {"tl.consistency.json", translog_file, 3, NULL},
                                        {"tl.key.json", translog_file, 4, NULL},        {"tl.note.json", translog_file, 5, NULL},
                                        {"tl.checkpoint.json", translog_file, 6, NULL}, {"tl.policy.json", translog_file, 7, NULL},
                                        {"tl.take.json", translog_file, 8, NULL},       {"tl.sigstore.json", sigstore_file, 0, NULL},
                                        {"tl.entry.json", sigstore_file, 1, NULL},      {0}};
