/* Two devices' history over seven heads and one rotation, and what a storage, or a device that holds the keys and lies, makes of it. */
#include "chapter.h"
#include "history_evil_peer.h"
#include "noise_run.h"

#include <stdio.h>
#include <string.h>

enum { ROOM = 1 << 16, HEADS = 7, ROTATION = 6 };

typedef struct hi_sheet {
    sheet sheet;
    const prim *prim;
    const char *flag;
} hi_sheet;

static void accepts(hi_sheet *s, const char *slug, const char *req) { sheet_accepts(&s->sheet, slug, req); }

static void rejects(hi_sheet *s, const char *slug, const char *site, const char *mutation, const char *const *layers)
{
    sheet_rejects(&s->sheet, &(rejection){.slug = slug, .site = site, .mutation = mutation, .flag = s->flag, .layers = layers});
}

#define LAYERS(...) \
    (const char *const[]) { __VA_ARGS__, NULL }

static void put(hi_sheet *s, const char *key, span bytes) { sheet_in(&s->sheet, BYTES(key, bytes)); }
static void put_number(hi_sheet *s, const char *key, uint64_t n) { sheet_in(&s->sheet, NUMBER(key, (long)n)); }
static void out(hi_sheet *s, const char *key, span bytes) { sheet_out(&s->sheet, BYTES(key, bytes)); }

static span secret(const char *name, uint8_t room[32])
{
    named_secret("history", name, room);
    return span_of(room, 32);
}

static const char *numbered(const char *text, unsigned n)
{
    static char room[8][32];
    static unsigned at;
    char *to = room[at++ % 8];
    snprintf(to, sizeof room[0], "%s-%u", text, n);
    return to;
}

/* ---- hi.kek ---- */

static void add_keks(hi_sheet *s)
{
    static const char *const rows[][3] = {
        {"ok", "prf a", "credential a"}, {"other-passkey", "prf b", "credential a"}, {"other-credential", "prf a", "credential b"}};
    uint8_t prf[32], kek[32];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        accepts(s, rows[i][0], "HI-001 HI-002");
        put(s, "prf", secret(rows[i][1], prf));
        put(s, "credential", span_text(rows[i][2]));
        hi_kek(s->prim, prf, span_text(rows[i][2]), kek);
        out(s, "kek", SPAN(kek));
        out(s, "input", hi_prf_input());
    }
}

/* ---- hi.seal, hi.open ---- */

static const char *const texts[] = {"a text to be sealed", "", "another one"};

static void add_seals(hi_sheet *s)
{
    uint8_t key[32], salt[32], room[256];
    secret("sealing key", key);
    for (unsigned i = 0; i < 3; i++) {
        writer w = WRITER(room);
        accepts(s, i ? numbered("text", i) : "ok", "HI-007 HI-008");
        put(s, "key", SPAN(key));
        put(s, "salt", secret(numbered("salt", i), salt));
        put(s, "text", span_text(texts[i]));
        put(s, "a", span_text("what and where"));
        hi_seal(s->prim, key, salt, span_text(texts[i]), span_text("what and where"), &w);
        out(s, "sealed", written(&w));
    }
}

static void put_box(hi_sheet *s, const uint8_t key[32], span sealed)
{
    put(s, "key", span_of(key, 32));
    put(s, "a", span_text("what and where"));
    put(s, "sealed", sealed);
}

static span box_of(hi_sheet *s, const char *key_name, span text, const char *a, box_lie lie)
{
    static uint8_t room[512];
    uint8_t key[32];
    writer w = WRITER(room);
    secret(key_name, key);
    forge_box(s->prim, key, "a salt", text, span_text(a), lie, &w);
    return written(&w);
}

/* Boxes cut short, and sealed under another key or for another place. */
static void add_other_boxes(hi_sheet *s, const uint8_t key[32])
{
    rejects(s, "short", "HI-009", "the last byte of an empty box is cut off", LAYERS("HI-009", "HI-011"));
    put_box(s, key, span_first(box_of(s, "sealing key", EMPTY, "what and where", BOX_TRUE), HI_SEALED - 1));
    rejects(s, "no-box", "HI-009", "salt and commitment alone", LAYERS("HI-009", "HI-011"));
    put_box(s, key, span_first(box_of(s, "sealing key", EMPTY, "what and where", BOX_TRUE), 64));
    rejects(s, "other-key", "HI-010", "sealed under another key", LAYERS("HI-010", "HI-011"));
    put_box(s, key, box_of(s, "another key", span_text(texts[0]), "what and where", BOX_TRUE));
    rejects(s, "other-place", "HI-010", "sealed for another place", LAYERS("HI-010", "HI-011"));
    put_box(s, key, box_of(s, "sealing key", span_text(texts[0]), "somewhere else", BOX_TRUE));
}

static void add_opens(hi_sheet *s)
{
    static const struct {
        const char *slug, *site, *mutation;
        box_lie lie;
    } lies[] = {
        {"commit-flipped", "HI-010", "one bit of the commitment is another", BOX_COMMIT_FLIPPED},
        {"commit-other-a", "HI-010", "the commitment of another a under the right key", BOX_COMMIT_OTHER_A},
        {"tag-flipped", "HI-011", "one bit of the tag is another", BOX_TAG_FLIPPED},
        {"text-flipped", "HI-011", "one bit of the text is another", BOX_TEXT_FLIPPED},
        {"aead-other-a", "HI-011", "the associated data are others", BOX_AEAD_OTHER_A},
    };
    uint8_t key[32];
    const span text = span_text(texts[0]);
    secret("sealing key", key);
    for (unsigned i = 0; i < 3; i++) {
        accepts(s, i ? numbered("text", i) : "ok", "HI-007 HI-008");
        put_box(s, key, box_of(s, "sealing key", span_text(texts[i]), "what and where", BOX_TRUE));
        out(s, "text", span_text(texts[i]));
    }
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        rejects(s, lies[i].slug, lies[i].site, lies[i].mutation, NULL);
        put_box(s, key, box_of(s, "sealing key", text, "what and where", lies[i].lie));
    }
    add_other_boxes(s, key);
}

/* ---- hi.wrap, hi.unwrap ---- */

static const char long_text[1025] = {0};

static span credential_of(unsigned n)
{
    static char room[1025];
    memset(room, 'c', sizeof room);
    return span_of(room, n);
}

static void put_wrapping(hi_sheet *s, span credential, uint32_t generation)
{
    uint8_t key[32];
    put(s, "kek", secret("a kek", key));
    put_number(s, "generation", generation);
    put(s, "credential", credential);
}

static void add_wraps(hi_sheet *s)
{
    static const struct {
        const char *slug;
        unsigned n;
        uint32_t generation;
    } rows[] = {{"ok", 16, 1}, {"short-id", 1, 1}, {"long-id", 1023, 1}, {"later", 16, UINT32_MAX}};
    uint8_t kek[32], salt[32], root[32], room[HI_WRAP];
    secret("a kek", kek), secret("a salt", salt), secret("root 1", root);
    put(s, "salt", SPAN(salt));
    put(s, "root", SPAN(root));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        writer w = WRITER(room);
        accepts(s, rows[i].slug, "HI-013");
        put_wrapping(s, credential_of(rows[i].n), rows[i].generation);
        must(accepted(hi_wrap(s->prim, kek, salt, root, rows[i].generation, credential_of(rows[i].n), &w)) || !writer_ok(&w) || w.n == 0);
        out(s, "wrap", written(&w));
    }
    rejects(s, "no-id", "HI-012", "a credential id of no byte", NULL);
    put_wrapping(s, EMPTY, 1);
    rejects(s, "id-too-long", "HI-012", "a credential id of 1024 bytes", NULL);
    put_wrapping(s, credential_of(1024), 1);
}

static span wrap_of(hi_sheet *s, const char *kek_name, span content, uint32_t generation, span credential, const char *salt)
{
    static uint8_t room[4][256];
    static unsigned at;
    uint8_t kek[32];
    writer w = writer_of(room[at++ % 4], sizeof room[0]);
    secret(kek_name, kek);
    forge_wrap(s->prim, kek, salt, content, generation, credential, &w);
    return written(&w);
}

static void put_wrap(hi_sheet *s, span credential, uint32_t generation, span wrapped)
{
    put_wrapping(s, credential, generation);
    put(s, "wrap", wrapped);
}

static void add_unwraps(hi_sheet *s)
{
    uint8_t root[40] = {0};
    const span id = credential_of(16);
    secret("root 1", root);
    const span whole = span_first(SPAN(root), 32);
    for (unsigned i = 0; i < 3; i++) {
        const span credential = credential_of(i == 2 ? 1023 : 16);
        accepts(s, i ? numbered("wrap", i) : "ok", "HI-013");
        put_wrap(s, credential, i + 1, wrap_of(s, "a kek", whole, i + 1, credential, "a salt"));
        out(s, "root", whole);
    }
    rejects(s, "no-id", "HI-012", "a credential id of no byte", NULL);
    put_wrap(s, EMPTY, 1, wrap_of(s, "a kek", whole, 1, EMPTY, "a salt"));
    rejects(s, "id-too-long", "HI-012", "a credential id of 1024 bytes", NULL);
    put_wrap(s, credential_of(1024), 1, wrap_of(s, "a kek", whole, 1, credential_of(1024), "a salt"));
    rejects(s, "short", "HI-014", "31 bytes of a root, sealed", NULL);
    put_wrap(s, id, 1, wrap_of(s, "a kek", span_first(whole, 31), 1, id, "a salt"));
    rejects(s, "empty", "HI-014", "no byte of a root, sealed", NULL);
    put_wrap(s, id, 1, wrap_of(s, "a kek", EMPTY, 1, id, "a salt"));
    rejects(s, "wrong-passkey", "HI-010", "wrapped under another passkey's kek", LAYERS("HI-010", "HI-011"));
    put_wrap(s, id, 1, wrap_of(s, "another kek", whole, 1, id, "a salt"));
    rejects(s, "other-generation", "HI-010", "the wrap of another generation", LAYERS("HI-010", "HI-011"));
    put_wrap(s, id, 2, wrap_of(s, "a kek", whole, 1, id, "a salt"));
    rejects(s, "other-credential", "HI-010", "the wrap of another credential", LAYERS("HI-010", "HI-011"));
    put_wrap(s, id, 1, wrap_of(s, "a kek", whole, 1, credential_of(17), "a salt"));
}

/* ---- hi.item, hi.read ---- */

static void put_item(hi_sheet *s, span id, uint64_t version, span text)
{
    put(s, "item_id", id);
    put_number(s, "version", version);
    put(s, "text", text);
}

static void add_items(hi_sheet *s)
{
    static const struct {
        const char *slug, *id;
        size_t n;
    } rows[] = {
        {"ok", "chat-1", 40}, {"empty", "chat-1", 0}, {"full", "chat-1", 1020}, {"one-more", "chat-1", 1021}, {"short-id", "c", 40}};
    static uint8_t room[ROOM], filled[ROOM];
    uint8_t root[32], salt[32];
    secret("root 1", root), secret("a salt", salt);
    put(s, "root", SPAN(root));
    put(s, "salt", SPAN(salt));
    put_number(s, "generation", 1);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        writer w = WRITER(room);
        const span text = span_of(long_text, rows[i].n);
        accepts(s, rows[i].slug, "HI-003 HI-015 HI-019");
        put_item(s, span_text(rows[i].id), 3, text);
        must(accepted(hi_seal_item(s->prim, root, salt, 1, span_text(rows[i].id), 3, text, filled, &w)) || w.n == 0);
        out(s, "item", written(&w));
    }
    rejects(s, "no-id", "HI-020", "an id of no byte", NULL);
    put_item(s, EMPTY, 3, span_text("a text"));
    rejects(s, "id-too-long", "HI-020", "an id of 65 bytes", NULL);
    put_item(s, credential_of(65), 3, span_text("a text"));
}

typedef struct read_scene {
    span id, filled;           /* filled: what is sealed */
    uint64_t version, indexed; /* sealed for, and what the index says */
    const char *sealed_id;     /* NULL: id */
    bool unnamed, other_salt;
} read_scene;

static span filled_text(const char *text, size_t size, uint32_t length, uint8_t last)
{
    static uint8_t room[8192];
    writer w = WRITER(room);
    forge_filled(span_text(text), size, length, last, &w);
    return written(&w);
}

static span filled_honestly(const char *text) { return filled_text(text, honest_size(strlen(text)), (uint32_t)strlen(text), 0); }

static span item_of(hi_sheet *s, const char *salt, span filled, span id, uint64_t version)
{
    static uint8_t room[4][8192];
    static unsigned at;
    uint8_t root[32];
    writer w = writer_of(room[at++ % 4], sizeof room[0]);
    secret("root 1", root);
    forge_place(s->prim, root, salt, filled, 2, 1, id, version, &w);
    return written(&w);
}

static void put_read(hi_sheet *s, const read_scene *r)
{
    static uint8_t room[8192];
    char name[80];
    uint8_t root[32];
    writer content = WRITER(room);
    const span sealed_id = r->sealed_id ? span_text(r->sealed_id) : r->id;
    const span indexed = item_of(s, "a salt", r->filled, sealed_id, r->version);
    const span item = r->other_salt ? item_of(s, "another salt", r->filled, sealed_id, r->version) : indexed;
    span_take(r->id, name, sizeof name);
    name[sizeof name - 1] = 0;
    const item_row rows[] = {{"chat", 1, span_text("x")}, {r->unnamed ? "d" : name, r->indexed, indexed}};
    const credential_row credential = {"credential a", span_text("its wrap")};
    const bool first = strcmp(r->unnamed ? "d" : name, "chat") < 0;
    const item_row swapped[] = {rows[1], rows[0]};
    forge_content(s->prim, first ? swapped : rows, 2, &credential, 1, &content);
    must(writer_ok(&content));
    put(s, "root", secret("root 1", root));
    put_number(s, "generation", 1);
    put_number(s, "v", 9);
    put(s, "content", written(&content));
    put(s, "item_id", r->id);
    put(s, "item", item);
}

#define AFTER_NAMING  LAYERS("HI-021", "HI-022", "HI-010", "HI-011", "HI-017")
#define AFTER_DIGEST  LAYERS("HI-022", "HI-010", "HI-011", "HI-017")
#define AFTER_OPENING LAYERS("HI-010", "HI-011", "HI-017")

static void rejects_read(hi_sheet *s, const char *slug, const char *site, const char *mutation, const char *const *layers, read_scene r)
{
    rejects(s, slug, site, mutation, layers);
    put_read(s, &r);
}

#define CHANGED(...) changed_read((read_scene){__VA_ARGS__})

/* The honest item, and what is changed of it: an id, a version, or who seals. */
static read_scene changed_read(read_scene r)
{
    if (!r.id.p)
        r.id = span_text("chat-1");
    r.filled = filled_honestly("what was said");
    r.version = 3;
    r.indexed = r.indexed ? r.indexed : 3;
    return r;
}

static void add_unnamed_reads(hi_sheet *s)
{
    static const uint8_t nothing;
    rejects_read(s, "no-id", "HI-020", "an id of no byte, named and sealed so", NULL, CHANGED(.id = span_of(&nothing, 0)));
    rejects_read(s, "id-too-long", "HI-020", "an id of 65 bytes, named and sealed so", NULL, CHANGED(.id = credential_of(65)));
    rejects_read(s, "not-named", "HI-021", "the index does not name it", AFTER_NAMING, CHANGED(.unnamed = true));
    rejects_read(s, "named-longer", "HI-021", "only an id that begins with it is named", AFTER_NAMING,
                 CHANGED(.id = span_text("cha"), .unnamed = true));
}

static void add_other_reads(hi_sheet *s)
{
    rejects_read(s, "sealed-again", "HI-022", "the same text sealed with another salt", NULL, CHANGED(.other_salt = true));
    rejects_read(s, "older", "HI-022", "the version before, where the index names the next", AFTER_DIGEST,
                 CHANGED(.indexed = 4, .other_salt = true));
    rejects_read(s, "swapped", "HI-010", "another item's bytes under this one's digest", AFTER_OPENING, CHANGED(.sealed_id = "chat-2"));
    rejects_read(s, "other-version", "HI-010", "sealed for another version than the index says", AFTER_OPENING, CHANGED(.indexed = 4));
}

static void add_wrong_fillings(hi_sheet *s)
{
    static const struct {
        const char *slug, *site, *mutation;
        size_t size;
        uint32_t length;
        uint8_t last;
    } rows[] = {
        {"size-odd", "HI-016", "a filled text of 1536 bytes", 1536, 1400, 0},
        {"size-512", "HI-016", "a filled text of 512 bytes", 512, 100, 0},
        {"length-above", "HI-017", "a length that is one byte too large for the filled text", 1024, 1021, 0},
        {"length-most", "HI-017", "a length of 4294967295", 1024, UINT32_MAX, 0},
        {"length-half", "HI-017", "a text of 1020 bytes filled up to 2048", 2048, 1020, 0},
        {"filling-last", "HI-018", "the last byte of the filling is 1", 1024, 40, 1},
        {"filling-all", "HI-018", "the byte behind the text is the only one, and not zero", 1024, 1019, 7},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        read_scene r = CHANGED(0);
        r.filled = filled_text("", rows[i].size, rows[i].length, rows[i].last);
        rejects_read(s, rows[i].slug, rows[i].site, rows[i].mutation, NULL, r);
    }
}

static void add_reads(hi_sheet *s)
{
    const read_scene honest = CHANGED(0), long_id = CHANGED(.id = credential_of(64));
    accepts(s, "ok", "HI-003 HI-019");
    put_read(s, &honest);
    out(s, "text", span_text("what was said"));
    accepts(s, "long-id", "HI-003 HI-019");
    put_read(s, &long_id);
    out(s, "text", span_text("what was said"));
    add_unnamed_reads(s);
    add_other_reads(s);
    add_wrong_fillings(s);
}

/* ---- hi.index ---- */

static void put_index(hi_sheet *s, span content)
{
    uint8_t root[32], salt[32];
    put(s, "root", secret("root 1", root));
    put(s, "salt", secret("a salt", salt));
    put_number(s, "generation", 1);
    put_number(s, "v", 9);
    put(s, "content", content);
}

static span content_of(hi_sheet *s, const item_row *items, size_t n_items, size_t n_credentials, bool swapped)
{
    static uint8_t room[ROOM];
    static char ids[65][8];
    writer w = WRITER(room);
    credential_row rows[65];
    for (size_t i = 0; i < n_credentials; i++) {
        snprintf(ids[i], sizeof ids[i], "key-%02zu", swapped ? n_credentials - i : i);
        rows[i] = (credential_row){ids[i], span_text("its wrap")};
    }
    forge_content(s->prim, items, n_items, rows, n_credentials, &w);
    must(writer_ok(&w));
    return written(&w);
}

#define FIRST_ITEM                             \
    {                                          \
        "chat", 1, { (const uint8_t *)"x", 1 } \
    }
#define SECOND_ITEM                              \
    {                                            \
        "chat-1", 9, { (const uint8_t *)"y", 1 } \
    }
static const item_row two_items[] = {FIRST_ITEM, SECOND_ITEM};

static void add_good_indexes(hi_sheet *s)
{
    static const struct {
        const char *slug;
        size_t items, credentials;
    } rows[] = {{"ok", 2, 1}, {"no-items", 0, 1}, {"most-credentials", 1, 64}};
    static uint8_t room[ROOM], filled[ROOM];
    uint8_t root[32], salt[32];
    secret("root 1", root), secret("a salt", salt);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const span content = content_of(s, two_items, rows[i].items, rows[i].credentials, false);
        writer w = WRITER(room);
        accepts(s, rows[i].slug, "HI-003 HI-023");
        put_index(s, content);
        must(accepted(hi_seal_index(s->prim, root, salt, 1, 9, content, filled, &w)) || w.n == 0);
        out(s, "index", written(&w));
    }
}

static void rejects_index(hi_sheet *s, const char *slug, const char *site, const char *mutation, span content)
{
    rejects(s, slug, site, mutation, NULL);
    put_index(s, content);
}

static void add_wrong_items(hi_sheet *s)
{
    static const struct {
        const char *slug, *site, *mutation;
        item_row items[2];
    } rows[] = {
        {"items-swapped", "HI-025", "two items in the other order", {SECOND_ITEM, FIRST_ITEM}},
        {"item-twice", "HI-025", "an item is named twice", {FIRST_ITEM, FIRST_ITEM}},
        {"version-0", "HI-026", "an item of version 0", {{"chat", 0, {NULL, 0}}, SECOND_ITEM}},
        {"version-above", "HI-026", "an item of a version above v", {FIRST_ITEM, {"chat-1", 10, {NULL, 0}}}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        rejects_index(s, rows[i].slug, rows[i].site, rows[i].mutation, content_of(s, rows[i].items, 2, 1, false));
}

static void add_wrong_lengths(hi_sheet *s)
{
    uint8_t copy[256] = {0};
    const span whole = content_of(s, two_items, 2, 1, false);
    span_take(whole, copy, sizeof copy);
    rejects_index(s, "byte-behind", "HI-024", "a byte behind the last credential", span_of(copy, whole.n + 1));
    rejects_index(s, "byte-short", "HI-024", "the last byte is cut off", span_of(copy, whole.n - 1));
    copy[3]++;
    rejects(s, "count-more", "HI-024", "one item fewer than the count says", LAYERS("HI-024", "HI-027"));
    put_index(s, span_of(copy, whole.n));
}

static void add_indexes(hi_sheet *s)
{
    add_good_indexes(s);
    add_wrong_items(s);
    rejects_index(s, "credentials-swapped", "HI-025", "two credentials in the other order", content_of(s, two_items, 2, 2, true));
    rejects_index(s, "no-credentials", "HI-027", "no credential", content_of(s, two_items, 2, 0, false));
    rejects_index(s, "credentials-65", "HI-027", "65 credentials", content_of(s, two_items, 2, 65, false));
    add_wrong_lengths(s);
}

/* ---- the honest history ---- */

typedef struct story {
    uint8_t head[HEADS + 1][HI_HEAD]; /* by v */
    uint8_t wrap[2][2][HI_WRAP];      /* by generation - 1, credential */
    uint8_t index[HEADS + 1][2048];
    size_t n_index[HEADS + 1];
} story;

static const char *const credentials[] = {"credential a", "credential b"}, *const prfs[] = {"prf a", "prf b"},
                         *const roots[] = {"root 1", "root 2"};

static unsigned generation_at(unsigned v) { return v < ROTATION ? 1 : 2; }

static void wrap_with(hi_sheet *s, const char *prf_name, const char *root_name, unsigned generation, const char *credential,
                      const char *salt, uint8_t out_wrap[HI_WRAP])
{
    uint8_t prf[32], kek[32], root[32];
    writer w = writer_of(out_wrap, HI_WRAP);
    secret(prf_name, prf), secret(root_name, root);
    forge_kek(s->prim, prf, span_text(credential), kek);
    forge_wrap(s->prim, kek, salt, SPAN(root), generation, span_text(credential), &w);
    must(writer_ok(&w));
}

/* An index that names both credentials; the second one from v = 3 on. */
static span index_for(hi_sheet *s, const char *salt, unsigned generation, uint64_t v, const item_row *items, size_t n_items,
                      const credential_row *rows, size_t n_rows, uint8_t room[2048])
{
    static uint8_t content[4096], filled[8192];
    uint8_t root[32];
    writer c = WRITER(content), f = WRITER(filled), w = writer_of(room, 2048);
    secret(roots[generation > 1], root);
    forge_content(s->prim, items, n_items, rows, n_rows, &c);
    forge_filled(written(&c), honest_size(c.n), (uint32_t)c.n, 0, &f);
    forge_place(s->prim, root, salt, written(&f), 3, generation, EMPTY, v, &w);
    must(writer_ok(&w));
    return written(&w);
}

static void seal_head(hi_sheet *s, const char *root_name, uint64_t v, unsigned generation, span last, span index, uint8_t head[HI_HEAD])
{
    uint8_t root[32];
    secret(root_name, root);
    forge_head(s->prim, &(head_parts){.v = v, .generation = generation, .last = last, .index = index, .root = root}, head);
}

static span head_at(const story *t, unsigned v) { return v ? span_of(t->head[v], HI_HEAD) : EMPTY; }
static span index_at(const story *t, unsigned v) { return span_of(t->index[v], t->n_index[v]); }

static void tell(hi_sheet *s, story *t)
{
    for (unsigned g = 1; g <= 2; g++)
        for (unsigned c = 0; c < 2; c++)
            wrap_with(s, prfs[c], roots[g - 1], g, credentials[c], numbered(credentials[c], g), t->wrap[g - 1][c]);
    for (unsigned v = 1; v <= HEADS; v++) {
        const unsigned g = generation_at(v);
        const item_row items[] = {{"chat-1", v < ROTATION ? (v < 2 ? v : 2) : ROTATION, span_text("the item's bytes")}};
        const credential_row rows[] = {{credentials[0], SPAN(t->wrap[g - 1][0])}, {credentials[1], SPAN(t->wrap[g - 1][1])}};
        t->n_index[v] = index_for(s, numbered("index", v), g, v, items, v > 1, rows, v < 3 ? 1 : 2, t->index[v]).n;
        seal_head(s, roots[g - 1], v, g, head_at(t, v - 1), index_at(t, v), t->head[v]);
    }
}

/* ---- hi.head, hi.put ---- */

static void put_making(hi_sheet *s, const story *t, unsigned v, span last)
{
    uint8_t root[32];
    put(s, "root", secret(roots[generation_at(v) - 1], root));
    put(s, "last", last);
    put(s, "index", index_at(t, v));
    sheet_in(&s->sheet, BOOLEAN("rotates", v == ROTATION));
}

static void add_heads(hi_sheet *s)
{
    static const struct {
        const char *slug;
        unsigned v;
    } rows[] = {{"ok", 2}, {"first", 1}, {"rotates", ROTATION}, {"newest", HEADS}};
    static story t;
    uint8_t root[32], head[HI_HEAD], longer[HI_HEAD + 1] = {0};
    char code[HI_CODE + 1];
    tell(s, &t);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const unsigned v = rows[i].v;
        accepts(s, rows[i].slug, "HI-004 HI-028 HI-029 HI-030 HI-031 HI-056");
        put_making(s, &t, v, head_at(&t, v - 1));
        secret(roots[generation_at(v) - 1], root);
        must(accepted(hi_make_head(s->prim, root, v == ROTATION, head_at(&t, v - 1), index_at(&t, v), head)));
        hi_head_code(s->prim, SPAN(head), code);
        out(s, "head", SPAN(head));
        sheet_out(&s->sheet, TEXT("code", code));
    }
    memcpy(longer, t.head[1], HI_HEAD);
    rejects(s, "last-shorter", "HI-032", "the head before lacks its last byte", NULL);
    put_making(s, &t, 2, span_of(longer, HI_HEAD - 1));
    rejects(s, "last-longer", "HI-032", "a byte behind the head before", NULL);
    put_making(s, &t, 2, SPAN(longer));
}

static void offer(hi_sheet *s, span newest, span offered)
{
    put(s, "newest", newest);
    put(s, "offered", offered);
}

/* A head that a device with the keys made upon `last`, offered upon the head of `newest`. */
typedef struct made_head {
    const char *slug, *site, *mutation;
    unsigned newest, v, last;
} made_head;

static void offer_made(hi_sheet *s, const story *t, const made_head *m)
{
    uint8_t head[HI_HEAD];
    rejects(s, m->slug, m->site, m->mutation, NULL);
    seal_head(s, roots[0], m->v, 1, head_at(t, m->last), index_at(t, 2), head);
    offer(s, head_at(t, m->newest), SPAN(head));
}

static const made_head made_heads[] = {
    {"v-same", "HI-046", "v of the newest head once more", 1, 1, 1},
    {"v-skipped", "HI-046", "v is two more than the newest head's", 1, 3, 1},
    {"first-2", "HI-046", "a first head whose v is 2", 0, 2, 0},
    {"lost-race", "HI-047", "a head upon another than the newest", 1, 2, 2},
    {"from-nothing", "HI-047", "v fits, and zeros stand for the head before", 1, 2, 0},
    {"first-follows", "HI-047", "a first head that follows one", 0, 1, 1},
};

static void add_puts(hi_sheet *s)
{
    static story t;
    uint8_t longer[HI_HEAD + 1] = {0};
    tell(s, &t);
    for (unsigned i = 0; i < 3; i++) {
        const unsigned v = i == 0 ? 2 : i == 1 ? 1 : ROTATION;
        accepts(s, i == 0 ? "ok" : i == 1 ? "first" : "rotation", "HI-046 HI-047");
        offer(s, head_at(&t, v - 1), head_at(&t, v));
    }
    memcpy(longer, t.head[2], HI_HEAD);
    rejects(s, "longer", "HI-032", "a byte behind the head", NULL);
    offer(s, head_at(&t, 1), SPAN(longer));
    rejects(s, "shorter", "HI-032", "the head lacks its last byte", NULL);
    offer(s, head_at(&t, 1), span_of(longer, HI_HEAD - 1));
    for (size_t i = 0; i < sizeof made_heads / sizeof *made_heads; i++)
        offer_made(s, &t, &made_heads[i]);
}

/* ---- hi.take, hi.begin ---- */

/* What the storage shows, and what the device has. */
typedef struct showing {
    unsigned credential;
    const char *prf;   /* NULL: the credential's own */
    const char *named; /* NULL: the credential's name */
    span wrap, index, heads;
    bool knows;
    uint64_t known_v;
    span known; /* the head that is remembered */
} showing;

static span chain(const story *t, unsigned from, unsigned to)
{
    static uint8_t room[4][(HEADS + 2) * HI_HEAD];
    static unsigned at;
    writer w = writer_of(room[at++ % 4], sizeof room[0]);
    for (unsigned v = from; v <= to; v++)
        write_span(&w, head_at(t, v));
    return written(&w);
}

static showing honest_showing(const story *t, unsigned from)
{
    return (showing){.wrap = SPAN(t->wrap[1][0]),
                     .index = index_at(t, HEADS),
                     .heads = chain(t, from, HEADS),
                     .knows = true,
                     .known_v = from,
                     .known = head_at(t, from)};
}

static void put_memory(hi_sheet *s, const showing *w)
{
    uint8_t digest[32];
    if (!w->knows)
        return;
    prim_digest(s->prim, PRIM_SHA256, w->known, digest);
    put(s, "known", SPAN(digest));
    put_number(s, "known_v", w->known_v);
    put_number(s, "known_generation", generation_at((unsigned)w->known_v));
}

static void put_showing(hi_sheet *s, const showing *w)
{
    uint8_t prf[32];
    put(s, "prf", secret(w->prf ? w->prf : prfs[w->credential], prf));
    put(s, "credential", span_text(w->named ? w->named : credentials[w->credential]));
    put(s, "wrap", w->wrap);
    put(s, "index", w->index);
    put(s, "heads", w->heads);
    put_memory(s, w);
}

static void out_newest(hi_sheet *s, const story *t)
{
    uint8_t digest[32], root[32];
    char code[HI_CODE + 1];
    prim_digest(s->prim, PRIM_SHA256, head_at(t, HEADS), digest);
    hi_head_code(s->prim, head_at(t, HEADS), code);
    sheet_out(&s->sheet, NUMBER("v", HEADS));
    sheet_out(&s->sheet, NUMBER("generation", 2));
    out(s, "newest", SPAN(digest));
    out(s, "root", secret(roots[1], root));
    sheet_out(&s->sheet, TEXT("code", code));
}

static void add_takes_honest(hi_sheet *s, const story *t)
{
    static const struct {
        const char *slug;
        unsigned from, credential;
        bool knows;
    } rows[] = {{"ok", 5, 0, true},
                {"new-device", HEADS, 0, false},
                {"nothing-new", HEADS, 0, true},
                {"from-first", 1, 0, true},
                {"other-passkey", 5, 1, true}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        showing w = honest_showing(t, rows[i].from);
        w.knows = rows[i].knows;
        w.credential = rows[i].credential;
        w.wrap = SPAN(t->wrap[1][w.credential]);
        accepts(s, rows[i].slug, "HI-002 HI-003 HI-004 HI-013 HI-023 HI-028 HI-044 HI-056");
        put_showing(s, &w);
        out_newest(s, t);
    }
}

static void shows(hi_sheet *s, const char *slug, const char *site, const char *mutation, const char *const *layers, const showing *w)
{
    rejects(s, slug, site, mutation, layers);
    put_showing(s, w);
}

/* A storage without a head, and all else made to fit: generation 0, v 0. */
static void add_no_head(hi_sheet *s, const story *t)
{
    uint8_t wrap[HI_WRAP], index[2048];
    wrap_with(s, prfs[0], roots[0], 0, credentials[0], "no head", wrap);
    const credential_row row = {credentials[0], SPAN(wrap)};
    showing w = honest_showing(t, HEADS);
    w.wrap = SPAN(wrap);
    w.index = index_for(s, "no head", 0, 0, NULL, 0, &row, 1, index);
    w.heads = EMPTY;
    w.knows = false;
    shows(s, "no-head", "HI-035", "no head, to a device that remembers nothing", LAYERS("HI-035", "HI-032", "HI-033", "HI-034"), &w);
    w.knows = true;
    shows(s, "emptied", "HI-035", "no head, to a device that remembers one",
          LAYERS("HI-035", "HI-032", "HI-036", "HI-038", "HI-033", "HI-034"), &w);
    w = honest_showing(t, HEADS);
    w.heads = span_first(w.heads, HI_HEAD - 1);
    w.knows = false;
    shows(s, "head-cut", "HI-032", "the newest head lacks its last byte", LAYERS("HI-032", "HI-033"), &w);
}

/* A chain that ends with a head of the liar's own making, for which wrap and index are made anew. */
typedef struct own_head {
    const char *slug, *site, *mutation;
    unsigned from, to; /* honest heads before it; from is the remembered one */
    uint64_t v;
    unsigned generation;
    unsigned last; /* v of the head whose digest it holds */
    const char *const *layers;
} own_head;

static void add_own_head(hi_sheet *s, const story *t, const own_head *o)
{
    static uint8_t heads[(HEADS + 2) * HI_HEAD];
    uint8_t wrap[HI_WRAP], index[2048], head[HI_HEAD];
    const unsigned known_root = o->generation > 1;
    writer w = WRITER(heads);
    wrap_with(s, prfs[0], roots[known_root], o->generation, credentials[0], "own", wrap);
    const credential_row row = {credentials[0], SPAN(wrap)};
    showing shown = honest_showing(t, o->from);
    shown.wrap = SPAN(wrap);
    shown.index = index_for(s, "own", o->generation, o->v, NULL, 0, &row, 1, index);
    seal_head(s, roots[known_root], o->v, o->generation, head_at(t, o->last), shown.index, head);
    write_span(&w, chain(t, o->from, o->to));
    write_span(&w, SPAN(head));
    shown.heads = written(&w);
    shows(s, o->slug, o->site, o->mutation, o->layers, &shown);
}

static void add_chains(hi_sheet *s, const story *t)
{
    static const char *const gap[] = {"HI-037", "HI-039", NULL};
    static const own_head rows[] = {
        {"gap", "HI-037", "65537 heads above the remembered one", 5, 5, 5 + 65537, 2, 5, gap},
        {"gap-wide", "HI-037", "2^40 heads above the remembered one", 5, 5, 5 + (UINT64_C(1) << 40), 2, 5, gap},
        {"v-skipped", "HI-039", "a head that skips one", 5, 5, 7, 2, 5, NULL},
        {"v-again", "HI-039", "a head with the v of the one before", 5, 6, 6, 2, 6, NULL},
        {"last-other", "HI-040", "a head that holds the digest of an earlier one", 5, 6, 7, 2, 5, NULL},
        {"last-zeros", "HI-040", "a head that holds zeros for the one before", 5, 6, 7, 2, 0, NULL},
        {"generation-skipped", "HI-041", "a head that skips a generation", 5, 6, 7, 4, 6, NULL},
        {"generation-back", "HI-041", "a head of the removed passkey's generation behind the rotation", 5, 6, 7, 1, 6, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        add_own_head(s, t, &rows[i]);
}

static void add_rollbacks(hi_sheet *s, const story *t)
{
    uint8_t other[HI_HEAD];
    showing w = honest_showing(t, HEADS);
    w.index = index_at(t, HEADS - 1);
    w.heads = chain(t, HEADS - 1, HEADS - 1);
    shows(s, "rollback", "HI-036", "the head before the remembered one", LAYERS("HI-036", "HI-038"), &w);
    w.index = index_at(t, 5);
    w.heads = chain(t, 5, 5);
    w.wrap = SPAN(t->wrap[0][0]);
    shows(s, "rollback-generation", "HI-036", "the last head of the generation before", LAYERS("HI-036", "HI-038"), &w);
    w = honest_showing(t, 6);
    w.known_v = 5;
    w.known = head_at(t, 5);
    shows(s, "cut", "HI-038", "the heads from the one behind the remembered one on", NULL, &w);
    seal_head(s, roots[0], 5, 1, head_at(t, 4), index_at(t, 4), other);
    w = honest_showing(t, 5);
    w.known = SPAN(other);
    shows(s, "fork", "HI-038", "the other branch of a history that has gone apart", NULL, &w);
}

static void add_newest(hi_sheet *s, const story *t)
{
    uint8_t head[HI_HEAD], index[2048], wrap[HI_WRAP];
    writer w = WRITER(head);
    showing shown = honest_showing(t, HEADS);
    write_span(&w, head_at(t, HEADS));
    head[HI_HEAD - 1] ^= 1;
    shown.heads = SPAN(head);
    shown.knows = false;
    shows(s, "mac-flipped", "HI-033", "one bit of the HMAC is another", NULL, &shown);
    seal_head(s, roots[0], HEADS, 2, head_at(t, HEADS - 1), index_at(t, HEADS), head);
    shows(s, "mac-old-root", "HI-033", "the HMAC under the root of the generation before", NULL, &shown);
    shown = honest_showing(t, 5);
    const credential_row both[] = {{credentials[0], SPAN(t->wrap[1][0])}, {credentials[1], SPAN(t->wrap[1][1])}};
    shown.index = index_for(s, "again", 2, HEADS, NULL, 0, both, 2, index);
    shows(s, "index-other", "HI-034", "an index without the item, sealed for this head by a device that did not write it", NULL, &shown);
    shown.index = index_at(t, HEADS - 1);
    shows(s, "index-before", "HI-034", "the index before",
          LAYERS("HI-034", "HI-010", "HI-011", "HI-017", "HI-018", "HI-024", "HI-025", "HI-026", "HI-027", "HI-042", "HI-043"), &shown);
    shown = honest_showing(t, 5);
    wrap_with(s, prfs[0], roots[1], 2, credentials[0], "again", wrap);
    shown.wrap = SPAN(wrap);
    shows(s, "wrap-again", "HI-043", "R wrapped again for the same passkey", NULL, &shown);
}

/* The seventh head over an index of the storage's choice, after the honest sixth. */
static void shows_seventh(hi_sheet *s, const story *t, const char *slug, const char *site, const char *mutation, const char *const *layers,
                          showing *w)
{
    uint8_t head[HI_HEAD], heads[2 * HI_HEAD];
    writer h = WRITER(heads);
    seal_head(s, roots[1], 7, 2, head_at(t, 6), w->index, head);
    write_span(&h, head_at(t, 6));
    write_span(&h, SPAN(head));
    w->heads = SPAN(heads);
    shows(s, slug, site, mutation, layers, w);
}

/* Passkeys that have no place in the index. */
static void add_strangers(hi_sheet *s, const story *t)
{
    static const char *const wrong[] = {"HI-010", "HI-011", "HI-033", "HI-017", "HI-018", "HI-024",
                                        "HI-025", "HI-026", "HI-027", "HI-042", "HI-043", NULL};
    uint8_t wrap[HI_WRAP], index[2048];
    showing w = honest_showing(t, 5);
    w.prf = "a stranger's prf";
    shows(s, "wrong-passkey", "HI-010", "another passkey answers", wrong, &w);
    w = honest_showing(t, 5);
    w.named = "credential s";
    wrap_with(s, prfs[0], roots[1], 2, w.named, "stranger", wrap);
    w.wrap = SPAN(wrap);
    shows(s, "not-enrolled", "HI-042", "a credential that no index names, with a wrap of R", LAYERS("HI-042", "HI-043"), &w);
    w = honest_showing(t, 6);
    w.credential = 1;
    w.wrap = SPAN(t->wrap[1][1]);
    const credential_row only = {credentials[0], SPAN(t->wrap[1][0])};
    w.index = index_for(s, "removed", 2, 7, NULL, 0, &only, 1, index);
    shows_seventh(s, t, "removed", "HI-042", "a passkey whose wrap the storage kept when it was removed", LAYERS("HI-042", "HI-043"), &w);
    const credential_row crossed[] = {{credentials[0], SPAN(t->wrap[1][1])}, {credentials[1], SPAN(t->wrap[1][0])}};
    w = honest_showing(t, 6);
    w.index = index_for(s, "crossed", 2, 7, NULL, 0, crossed, 2, index);
    shows_seventh(s, t, "wrap-crossed", "HI-043", "the index has the other passkey's wrap for this one", NULL, &w);
}

static void add_takes(hi_sheet *s)
{
    static story t;
    tell(s, &t);
    add_takes_honest(s, &t);
    add_no_head(s, &t);
    add_rollbacks(s, &t);
    add_chains(s, &t);
    add_newest(s, &t);
    add_strangers(s, &t);
}

static void add_begins(hi_sheet *s)
{
    static story t;
    tell(s, &t);
    showing w = honest_showing(&t, 1);
    accepts(s, "ok", "HI-045");
    put(s, "heads", EMPTY);
    rejects(s, "head-there", "HI-045", "the storage shows a head", NULL);
    put(s, "heads", head_at(&t, 1));
    rejects(s, "remembered", "HI-045", "the storage shows nothing, and the device remembers a head", NULL);
    put(s, "heads", EMPTY);
    put_memory(s, &w);
}

/* ---- hi.enrol, hi.rotate ---- */

static void put_enrolment(hi_sheet *s, span content, span credential)
{
    put(s, "content", content);
    put(s, "credential", credential);
    put(s, "wrap", span_text("a further wrap"));
}

static void add_enrolments(hi_sheet *s)
{
    static const char *const ids[] = {"key-05", "key", "zebra"}; /* between, before, behind */
    static uint8_t room[8192];
    for (size_t i = 0; i < 3; i++) {
        const span before = content_of(s, two_items, 2, i == 0 ? 9 : 2, false);
        const span id = i == 0 ? span_text("key-045") : span_text(ids[i]);
        hi_index index;
        writer w = WRITER(room);
        accepts(s, i ? ids[i] : "ok", "HI-050");
        put_enrolment(s, before, id);
        must(accepted(hi_read_index(before, 9, &index)) &&
             accepted(hi_device_enrols(s->prim, &index, id, span_text("a further wrap"), &w)));
        out(s, "content", written(&w));
    }
    const span two = content_of(s, two_items, 2, 2, false);
    rejects(s, "no-id", "HI-012", "a credential id of no byte", NULL);
    put_enrolment(s, two, EMPTY);
    rejects(s, "id-too-long", "HI-012", "a credential id of 1024 bytes", NULL);
    put_enrolment(s, two, credential_of(1024));
    rejects(s, "first-again", "HI-050", "the first credential once more", NULL);
    put_enrolment(s, two, span_text("key-00"));
    rejects(s, "last-again", "HI-050", "the last credential once more", NULL);
    put_enrolment(s, two, span_text("key-01"));
}

typedef struct rotation_row {
    const char *slug, *site, *mutation;
    const char *kept[2];
    const char *items[2]; /* what the digests are of */
} rotation_row;

static const rotation_row rotation_rows[] = {
    {"ok", NULL, NULL, {"key-00", NULL}, {"x anew", "y anew"}},
    {"both", NULL, NULL, {"key-00", "key-01"}, {"x anew", "y anew"}},
    {"stranger", "HI-052", "a credential that was not enrolled", {"key-07", NULL}, {"x anew", "y anew"}},
    {"stranger-too", "HI-052", "a credential that was not enrolled behind one that was", {"key-00", "key-011"}, {"x anew", "y anew"}},
    {"first-kept", "HI-053", "the first item is as it was", {"key-00", NULL}, {"x", "y anew"}},
    {"last-kept", "HI-053", "the last item is as it was", {"key-00", NULL}, {"x anew", "y"}},
};

static void write_kept(hi_sheet *s, const rotation_row *r, size_t n, writer *k)
{
    uint8_t digest[32];
    prim_digest(s->prim, PRIM_SHA256, span_text("its new wrap"), digest);
    write_be(k, n, 2);
    for (size_t c = 0; c < n; c++) {
        write_be(k, strlen(r->kept[c]), 2);
        write_text(k, r->kept[c]);
        write_span(k, SPAN(digest));
    }
}

static void add_rotation(hi_sheet *s, const rotation_row *r)
{
    uint8_t kept[256], digests[64], room[1024];
    const span content = content_of(s, two_items, 2, 2, false);
    const size_t n = r->kept[1] ? 2 : 1;
    hi_index index;
    writer k = WRITER(kept), w = WRITER(room);
    write_kept(s, r, n, &k);
    for (size_t d = 0; d < 2; d++)
        prim_digest(s->prim, PRIM_SHA256, span_text(r->items[d]), digests + 32 * d);
    if (r->site)
        rejects(s, r->slug, r->site, r->mutation, NULL);
    else
        accepts(s, r->slug, "HI-052 HI-053 HI-054");
    put(s, "content", content);
    put_number(s, "v", 10);
    put(s, "credentials", written(&k));
    put(s, "digests", SPAN(digests));
    if (r->site)
        return;
    must(accepted(hi_read_index(content, 9, &index)));
    must(accepted(hi_device_rotates(&index, &(hi_rotation){10, n, span_from(written(&k), 2), SPAN(digests)}, &w)));
    out(s, "content", written(&w));
}

static void add_rotations(hi_sheet *s)
{
    for (size_t i = 0; i < sizeof rotation_rows / sizeof *rotation_rows; i++)
        add_rotation(s, &rotation_rows[i]);
}

/* ---- files ---- */

typedef void add_cases(hi_sheet *);

static const struct {
    const char *op, *flag, *bug, *effect, *refs;
    add_cases *add;
} files[] = {
    {"hi.kek", "WrongKey", "BINDING", "One passkey opens what another one sealed.", "HI-002", add_keks},
    {"hi.seal", "WrongBox", "BINDING", "Sealed bytes say nothing about their place.", "HI-007 HI-008", add_seals},
    {"hi.open", "WrongBox", "AUTH_BYPASS", "Bytes that nobody sealed, or for another place, are opened.", "HI-010 HI-011", add_opens},
    {"hi.wrap", "WrongWrap", "PARSER", "A credential id that no authenticator gives.", "HI-012", add_wraps},
    {"hi.unwrap", "WrongWrap", "AUTH_BYPASS", "Something else than R is taken for R.", "HI-010 HI-014", add_unwraps},
    {"hi.item", "WrongItem", "PARSER", "An item that no device would open.", "HI-020", add_items},
    {"hi.read", "WrongItem", "AUTH_BYPASS", "An item of another place or time is shown, or its size tells more than it may.",
     "HI-022 HI-018", add_reads},
    {"hi.index", "WrongIndex", "PARSER", "Two devices see different histories in the same index.", "HI-024 HI-025", add_indexes},
    {"hi.head", "WrongHead", "PARSER", "A head that follows nothing.", "HI-032", add_heads},
    {"hi.put", "WrongHead", "ORDER", "Two devices write at once, and one write is lost.", "HI-046 HI-047", add_puts},
    {"hi.take", "WrongStore", "AUTH_BYPASS", "A history that was rolled back, cut, forked or made up is shown as the user's own.",
     "HI-036 HI-038 HI-042", add_takes},
    {"hi.begin", "NewHistory", "AUTH_BYPASS", "A history that was taken away is silently replaced by an empty one.", "HI-045", add_begins},
    {"hi.enrol", "WrongPasskey", "ORDER", "One credential has two wraps.", "HI-050", add_enrolments},
    {"hi.rotate", "WrongPasskey", "AUTH_BYPASS", "A removed passkey still opens what comes after.", "HI-052 HI-053", add_rotations},
};

static cJSON *history_file(const prim *p, int which)
{
    static const char *const checked_by[] = {"text", "witness-js", "audit", NULL};
    hi_sheet s = {.prim = p, .flag = files[which].flag};
    s.sheet = sheet_start(p, files[which].op, "vectors/history/history_scenarios", "766563746f7273", checked_by);
    sheet_note(&s.sheet, files[which].flag, files[which].bug, files[which].effect, files[which].refs);
    sheet_group(&s.sheet, "store", "hi:history", "");
    files[which].add(&s);
    return s.sheet.document;
}

const scenario_file history_files[] = {
    {"hi.kek.json", history_file, 0, NULL},    {"hi.seal.json", history_file, 1, NULL},    {"hi.open.json", history_file, 2, NULL},
    {"hi.wrap.json", history_file, 3, NULL},   {"hi.unwrap.json", history_file, 4, NULL},  {"hi.item.json", history_file, 5, NULL},
    {"hi.read.json", history_file, 6, NULL},   {"hi.index.json", history_file, 7, NULL},   {"hi.head.json", history_file, 8, NULL},
    {"hi.put.json", history_file, 9, NULL},    {"hi.take.json", history_file, 10, NULL},   {"hi.begin.json", history_file, 11, NULL},
    {"hi.enrol.json", history_file, 12, NULL}, {"hi.rotate.json", history_file, 13, NULL}, {0}};
