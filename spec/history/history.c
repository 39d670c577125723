#include "history.h"

#include "labelled.h"

#include <string.h>

/* ---- 1. Notation ---- */

enum { A_MAX = 1 + 4 + 2 + HI_CREDENTIAL_MAX + 8, KIND_WRAP = 1, KIND_ITEM = 2, KIND_INDEX = 3, SIGNED = 76 };

static void write_b16(writer *out, span s)
{
    write_be(out, s.n, 2);
    write_span(out, s);
}

static span read_b16(reader *r) { return read_bytes(r, read_be(r, 2)); }

static span digest_of(const prim *lib, span s, uint8_t digest[HI_DIGEST])
{
    prim_digest(lib, PRIM_SHA256, s, digest);
    return span_of(digest, HI_DIGEST);
}

static bool has_digest(const prim *lib, span s, span digest)
{
    uint8_t room[HI_DIGEST];
    return span_same(digest_of(lib, s, room), digest);
}

/* ---- 2. Keys ---- */

span hi_prf_input(void) { return EMIT(HI_001, span_text("parley/1 history")); }

void hi_kek(const prim *lib, const uint8_t prf[HI_KEY], span credential, uint8_t kek[HI_KEY])
{
    uint8_t info[32 + HI_CREDENTIAL_MAX], prk[HI_KEY];
    writer w = WRITER(info);
    labelled_prefix("kek", &w);
    write_span(&w, EMIT(HI_002, credential));
    prim_hkdf_extract(lib, PRIM_SHA256, EMPTY, span_of(prf, HI_KEY), prk);
    prim_hkdf_expand(lib, PRIM_SHA256, SPAN(prk), written(&w), kek, HI_KEY);
    wipe(prk, sizeof prk);
}

static void key_of_items(const prim *lib, const uint8_t root[HI_KEY], uint8_t key[HI_KEY])
{
    labelled_key(lib, span_of(root, HI_KEY), EMIT(HI_003, "items"), EMPTY, key, HI_KEY);
}

static void key_of_heads(const prim *lib, const uint8_t root[HI_KEY], uint8_t key[HI_KEY])
{
    labelled_key(lib, span_of(root, HI_KEY), EMIT(HI_004, "head"), EMPTY, key, HI_KEY);
}

/* ---- 3. Sealing ---- */

static const uint8_t zero_nonce[PRIM_NONCE];

typedef struct box_keys {
    uint8_t key[HI_KEY], commit[HI_DIGEST];
} box_keys;

static void derive_box(const prim *lib, const uint8_t key[HI_KEY], span salt, span a, box_keys *out)
{
    uint8_t info[64], prk[HI_KEY], digest[HI_DIGEST], both[HI_KEY + HI_DIGEST];
    writer w = WRITER(info);
    labelled_prefix("seal", &w);
    write_span(&w, EMIT(HI_007, digest_of(lib, a, digest)));
    prim_hkdf_extract(lib, PRIM_SHA256, salt, span_of(key, HI_KEY), prk);
    prim_hkdf_expand(lib, PRIM_SHA256, SPAN(prk), written(&w), both, sizeof both);
    memcpy(out->key, both, HI_KEY);
    memcpy(out->commit, both + HI_KEY, HI_DIGEST);
    wipe(prk, sizeof prk);
    wipe(both, sizeof both);
}

static span associated(span a) { return EMIT(HI_008, a); }

void hi_seal(const prim *lib, const uint8_t key[HI_KEY], const uint8_t salt[HI_SALT], span text, span a, writer *out)
{
    box_keys box;
    derive_box(lib, key, span_of(salt, HI_SALT), a, &box);
    write_span(out, span_of(salt, HI_SALT));
    write_span(out, SPAN(box.commit));
    uint8_t *sealed = write_room(out, text.n + PRIM_TAG);
    if (sealed)
        lib->aead_seal(PRIM_CHACHAPOLY, box.key, zero_nonce, associated(a), text, sealed);
    wipe(&box, sizeof box);
}

static verdict open_box(const prim *lib, const box_keys *box, span commit, span sealed, span a, uint8_t *room)
{
    REQUIRE(span_same(commit, SPAN(box->commit)), HI_010);
    REQUIRE(lib->aead_open(PRIM_CHACHAPOLY, box->key, zero_nonce, associated(a), sealed, room), HI_011);
    return ACCEPT;
}

verdict hi_open(const prim *lib, const uint8_t key[HI_KEY], span sealed, span a, uint8_t *room, span *text)
{
    box_keys box;
    reader r = reader_of(sealed);
    REQUIRE(sealed.n >= HI_SEALED, HI_009);
    const span salt = read_bytes(&r, HI_SALT), commit = read_bytes(&r, HI_DIGEST), inside = read_rest(&r);
    derive_box(lib, key, salt, a, &box);
    const verdict v = open_box(lib, &box, commit, inside, a, room);
    wipe(&box, sizeof box);
    TRY(v);
    *text = span_of(room, inside.n - (WEAKENED(HI_009) && inside.n < PRIM_TAG ? inside.n : PRIM_TAG));
    return ACCEPT;
}

/* ---- 4. Wraps ---- */

static verdict judge_credential(span id)
{
    REQUIRE(id.n >= 1 && id.n <= HI_CREDENTIAL_MAX, HI_012);
    return ACCEPT;
}

static span a_of_wrap(uint32_t generation, span credential, uint8_t room[A_MAX])
{
    writer w = writer_of(room, A_MAX);
    write_be(&w, KIND_WRAP, 1);
    write_be(&w, generation, 4);
    write_b16(&w, credential);
    return EMIT(HI_013, written(&w));
}

verdict hi_wrap(const prim *lib, const uint8_t kek[HI_KEY], const uint8_t salt[HI_SALT], const uint8_t root[HI_KEY], uint32_t generation,
                span credential, writer *out)
{
    uint8_t a[A_MAX];
    TRY(judge_credential(credential));
    hi_seal(lib, kek, salt, span_of(root, HI_KEY), a_of_wrap(generation, credential, a), out);
    return ACCEPT;
}

static verdict open_wrap(const prim *lib, const uint8_t kek[HI_KEY], span wrap, span a, uint8_t root[HI_KEY])
{
    uint8_t room[HI_WRAP];
    span opened;
    REQUIRE(wrap.n == HI_WRAP, HI_014);
    const verdict v = hi_open(lib, kek, span_first(wrap, sizeof room), a, room, &opened);
    if (accepted(v))
        span_take(opened, root, HI_KEY);
    wipe(room, sizeof room);
    return v;
}

verdict hi_unwrap(const prim *lib, const uint8_t kek[HI_KEY], span wrap, uint32_t generation, span credential, uint8_t root[HI_KEY])
{
    uint8_t a[A_MAX];
    TRY(judge_credential(credential));
    return open_wrap(lib, kek, wrap, a_of_wrap(generation, credential, a), root);
}

/* ---- 5. Items ---- */

size_t hi_filled_size(size_t n_text)
{
    size_t size = HI_FILLED_MIN;
    must(n_text <= HI_TEXT_MAX);
    while (size < n_text + 4)
        size *= 2;
    return size;
}

static span fill(span text, uint8_t *room)
{
    const size_t size = EMIT_OR(HI_015, hi_filled_size(text.n), text.n + 4);
    writer w = writer_of(room, size);
    write_be(&w, text.n, 4);
    write_span(&w, text);
    write_zeros(&w, size - w.n);
    return written(&w);
}

static bool is_filled_size(size_t n) { return n >= HI_FILLED_MIN && n <= HI_FILLED_MAX && (n & (n - 1)) == 0; }
static bool fits_no_half(size_t n, size_t size) { return n <= size && (size / 2 < HI_FILLED_MIN || n > size / 2); }

static verdict unfill(span filled, span *text)
{
    reader r = reader_of(filled);
    REQUIRE(is_filled_size(filled.n), HI_016);
    const size_t n = read_be(&r, 4);
    REQUIRE(fits_no_half(n + 4, filled.n), HI_017);
    REQUIRE(all_zero(span_from(r.rest, n)), HI_018);
    *text = span_first(r.rest, n);
    return ACCEPT;
}

static span a_of_place(uint8_t kind, uint32_t generation, span id, uint64_t version, uint8_t room[A_MAX])
{
    writer w = writer_of(room, A_MAX);
    write_be(&w, kind, 1);
    write_be(&w, generation, 4);
    write_b16(&w, id);
    write_be(&w, version, 8);
    return written(&w);
}

static span a_of_item(uint32_t generation, span id, uint64_t version, uint8_t room[A_MAX])
{
    return EMIT(HI_019, a_of_place(KIND_ITEM, generation, id, version, room));
}

static verdict judge_item_id(span id)
{
    REQUIRE(id.n >= 1 && id.n <= HI_ID_MAX, HI_020);
    return ACCEPT;
}

/* What items and indexes have in common. */
static void seal_filled(const prim *lib, const uint8_t root[HI_KEY], const uint8_t salt[HI_SALT], span text, span a, uint8_t *room,
                        writer *out)
{
    uint8_t key[HI_KEY];
    key_of_items(lib, root, key);
    const span filled = fill(text, room);
    hi_seal(lib, key, salt, filled, a, out);
    wipe(key, sizeof key);
    wipe(room, filled.n);
}

static verdict open_filled(const prim *lib, const uint8_t root[HI_KEY], span sealed, span a, uint8_t *room, span *text)
{
    uint8_t key[HI_KEY];
    span filled;
    key_of_items(lib, root, key);
    const verdict v = hi_open(lib, key, sealed, a, room, &filled);
    wipe(key, sizeof key);
    TRY(v);
    return unfill(filled, text);
}

verdict hi_seal_item(const prim *lib, const uint8_t root[HI_KEY], const uint8_t salt[HI_SALT], uint32_t generation, span id,
                     uint64_t version, span text, uint8_t *room, writer *out)
{
    uint8_t a[A_MAX];
    TRY(judge_item_id(id));
    seal_filled(lib, root, salt, text, a_of_item(generation, id, version, a), room, out);
    return ACCEPT;
}

verdict hi_open_item(const prim *lib, const uint8_t root[HI_KEY], uint32_t generation, const hi_index *index, span id, span sealed,
                     uint8_t *room, span *text)
{
    uint8_t a[A_MAX];
    hi_item item;
    TRY(judge_item_id(id));
    REQUIRE(hi_find_item(index, id, &item), HI_021);
    REQUIRE(has_digest(lib, sealed, item.digest), HI_022);
    return open_filled(lib, root, sealed, a_of_item(generation, id, item.version, a), room, text);
}

/* ---- 6. The index ---- */

static span a_of_index(uint32_t generation, uint64_t v, uint8_t room[A_MAX])
{
    return EMIT(HI_023, a_of_place(KIND_INDEX, generation, EMPTY, v, room));
}

bool hi_next_item(reader *items, hi_item *out)
{
    if (items->rest.n == 0)
        return false;
    out->id = read_b16(items);
    out->version = read_be(items, 8);
    out->digest = read_bytes(items, HI_DIGEST);
    return !items->failed;
}

bool hi_next_credential(reader *credentials, hi_credential *out)
{
    if (credentials->rest.n == 0)
        return false;
    out->id = read_b16(credentials);
    out->digest = read_bytes(credentials, HI_DIGEST);
    return !credentials->failed;
}

static bool stands_before(span a, span b)
{
    const size_t n = a.n < b.n ? a.n : b.n;
    const int order = n ? memcmp(a.p, b.p, n) : 0;
    return order < 0 || (order == 0 && a.n < b.n);
}

/* What is judged of the rows while they are read once. */
typedef struct rows {
    bool ascending, versions;
} rows;

static span read_items(reader *r, uint64_t n, uint64_t v, rows *found)
{
    const span from = r->rest;
    hi_item item = {0}, before;
    for (uint64_t i = 0; i < n; i++) {
        before = item;
        if (!hi_next_item(r, &item)) {
            r->failed = true;
            return EMPTY;
        }
        found->ascending = found->ascending && (i == 0 || stands_before(before.id, item.id));
        found->versions = found->versions && item.version >= 1 && item.version <= v;
    }
    return span_first(from, from.n - r->rest.n);
}

static span read_credentials(reader *r, uint64_t n, rows *found)
{
    const span from = r->rest;
    hi_credential credential = {0}, before;
    for (uint64_t i = 0; i < n; i++) {
        before = credential;
        if (!hi_next_credential(r, &credential)) {
            r->failed = true;
            return EMPTY;
        }
        found->ascending = found->ascending && (i == 0 || stands_before(before.id, credential.id));
    }
    return span_first(from, from.n - r->rest.n);
}

verdict hi_read_index(span content, uint64_t v, hi_index *out)
{
    reader r = reader_of(content);
    rows found = {.ascending = true, .versions = true};
    hi_index index = {.n_items = read_be(&r, 4)};
    index.items = read_items(&r, index.n_items, v, &found);
    index.n_credentials = read_be(&r, 2);
    index.credentials = read_credentials(&r, index.n_credentials, &found);
    REQUIRE(reader_done(&r), HI_024);
    REQUIRE(found.ascending, HI_025);
    REQUIRE(found.versions, HI_026);
    REQUIRE(index.n_credentials >= 1 && index.n_credentials <= HI_CREDENTIALS_MAX, HI_027);
    *out = index;
    return ACCEPT;
}

bool hi_find_item(const hi_index *index, span id, hi_item *out)
{
    reader r = reader_of(index->items);
    *out = (hi_item){0};
    while (hi_next_item(&r, out))
        if (span_same(out->id, id))
            return true;
    *out = (hi_item){0};
    return false;
}

bool hi_find_credential(const hi_index *index, span id, hi_credential *out)
{
    reader r = reader_of(index->credentials);
    *out = (hi_credential){0};
    while (hi_next_credential(&r, out))
        if (span_same(out->id, id))
            return true;
    *out = (hi_credential){0};
    return false;
}

static void write_item(writer *out, const hi_item *item)
{
    write_b16(out, item->id);
    write_be(out, item->version, 8);
    write_span(out, item->digest);
}

static void write_credential(writer *out, const hi_credential *credential)
{
    write_b16(out, credential->id);
    write_span(out, credential->digest);
}

static void write_credentials(writer *out, uint64_t n, span row)
{
    write_be(out, n, 2);
    write_span(out, row);
}

void hi_index_with_item(const hi_index *index, const hi_item *added, writer *content)
{
    hi_item item;
    reader r = reader_of(index->items);
    bool there = false;
    write_be(content, index->n_items + !hi_find_item(index, added->id, &item), 4);
    while (hi_next_item(&r, &item)) {
        if (!there && !stands_before(item.id, added->id)) {
            write_item(content, added);
            there = true;
        }
        if (!span_same(item.id, added->id))
            write_item(content, &item);
    }
    if (!there)
        write_item(content, added);
    write_credentials(content, index->n_credentials, index->credentials);
}

void hi_index_without_item(const hi_index *index, span id, writer *content)
{
    hi_item item;
    reader r = reader_of(index->items);
    write_be(content, index->n_items - hi_find_item(index, id, &item), 4);
    while (hi_next_item(&r, &item))
        if (!span_same(item.id, id))
            write_item(content, &item);
    write_credentials(content, index->n_credentials, index->credentials);
}

verdict hi_seal_index(const prim *lib, const uint8_t root[HI_KEY], const uint8_t salt[HI_SALT], uint32_t generation, uint64_t v,
                      span content, uint8_t *room, writer *out)
{
    uint8_t a[A_MAX];
    hi_index index;
    TRY(hi_read_index(content, v, &index));
    seal_filled(lib, root, salt, content, a_of_index(generation, v, a), room, out);
    return ACCEPT;
}

/* ---- 7. The head ---- */

#define H hi_head
static const field head_fields[] = {
    ROW_UINT_BE(H, v, 8),           ROW_UINT_BE(H, generation, 4), ROW_BYTES(H, last, HI_DIGEST),
    ROW_BYTES(H, index, HI_DIGEST), ROW_BYTES(H, mac, HI_DIGEST),
};
#undef H

const layout hi_head_layout = LAYOUT("head", LAYOUT_BINARY, hi_head, head_fields, HI_032);

static verdict read_head(span head, hi_head *out) { return layout_read(&hi_head_layout, head, out, NULL); }

static void mac_of(const prim *lib, const uint8_t root[HI_KEY], span head, uint8_t mac[HI_DIGEST])
{
    uint8_t key[HI_KEY];
    const span before = EMIT(HI_028, span_first(head, SIGNED));
    key_of_heads(lib, root, key);
    lib->hmac(PRIM_SHA256, SPAN(key), &before, 1, mac);
    wipe(key, sizeof key);
}

verdict hi_make_head(const prim *lib, const uint8_t root[HI_KEY], bool rotates, span last, span sealed_index, uint8_t head[HI_HEAD])
{
    static const uint8_t none[HI_DIGEST];
    uint8_t digest[HI_DIGEST], mac[HI_DIGEST];
    hi_head before = {0};
    writer w = writer_of(head, HI_HEAD);
    if (last.n)
        TRY(read_head(last, &before));
    write_be(&w, EMIT(HI_029, before.v + 1), 8);
    write_be(&w, EMIT(HI_031, before.generation + (rotates || last.n == 0)), 4);
    write_span(&w, EMIT_OR(HI_030, last.n ? digest_of(lib, last, digest) : SPAN(none), digest_of(lib, EMPTY, digest)));
    write_span(&w, digest_of(lib, sealed_index, digest));
    mac_of(lib, root, written(&w), mac);
    write_span(&w, SPAN(mac));
    return ACCEPT;
}

static bool mac_fits(const prim *lib, const uint8_t root[HI_KEY], span head, span mac)
{
    uint8_t room[HI_DIGEST];
    mac_of(lib, root, head, room);
    return span_same(SPAN(room), mac);
}

static verdict judge_newest(const prim *lib, const uint8_t root[HI_KEY], span head, const hi_head *h, span sealed_index)
{
    REQUIRE(mac_fits(lib, root, head, h->mac), HI_033);
    REQUIRE(has_digest(lib, sealed_index, h->index), HI_034);
    return ACCEPT;
}

/* ---- 8. Taking what the storage shows ---- */

static span newest_of(span heads) { return span_from(heads, (heads.n - 1) / HI_HEAD * HI_HEAD); }

static verdict judge_remembered(const prim *lib, const hi_memory *memory, span first, const hi_head *newest)
{
    REQUIRE(newest->v >= memory->v, HI_036);
    REQUIRE(newest->v <= memory->v + HI_GAP_MAX, HI_037);
    REQUIRE(has_digest(lib, first, SPAN(memory->head)), HI_038);
    return ACCEPT;
}

static verdict judge_link(const prim *lib, span before, span next)
{
    hi_head b, n;
    TRY(read_head(before, &b));
    TRY(read_head(next, &n));
    REQUIRE(n.v == b.v + 1, HI_039);
    REQUIRE(has_digest(lib, before, n.last), HI_040);
    REQUIRE(n.generation == b.generation || n.generation == b.generation + 1, HI_041);
    return ACCEPT;
}

static verdict judge_chain(const prim *lib, const hi_memory *memory, span heads, hi_head *newest)
{
    REQUIRE(heads.n > 0, HI_035);
    TRY(read_head(newest_of(heads), newest));
    if (memory->has)
        TRY(judge_remembered(lib, memory, span_first(heads, HI_HEAD), newest));
    for (size_t at = HI_HEAD; at < heads.n; at += HI_HEAD)
        TRY(judge_link(lib, span_first(span_from(heads, at - HI_HEAD), HI_HEAD), span_first(span_from(heads, at), HI_HEAD)));
    return ACCEPT;
}

static verdict judge_enrolled(const prim *lib, const hi_index *index, const hi_shown *shown)
{
    hi_credential credential;
    REQUIRE(hi_find_credential(index, shown->credential, &credential), HI_042);
    REQUIRE(has_digest(lib, shown->wrap, credential.digest), HI_043);
    return ACCEPT;
}

static verdict open_index(const prim *lib, const hi_shown *shown, uint8_t *room, hi_view *view)
{
    uint8_t a[A_MAX];
    TRY(open_filled(lib, view->root, shown->index, a_of_index(view->generation, view->v, a), room, &view->content));
    TRY(hi_read_index(view->content, view->v, &view->index));
    return judge_enrolled(lib, &view->index, shown);
}

void hi_device_remembers(const prim *lib, span head, hi_memory *memory)
{
    reader r = reader_of(head);
    memory->has = true;
    memory->v = read_be(&r, 8);
    memory->generation = (uint32_t)read_be(&r, 4);
    digest_of(lib, head, memory->head);
}

static verdict take(const hi_memory *memory, const prim *lib, const uint8_t kek[HI_KEY], const hi_shown *shown, uint8_t *room,
                    hi_view *view)
{
    hi_head newest;
    TRY(judge_chain(lib, memory, shown->heads, &newest));
    view->v = newest.v;
    view->generation = (uint32_t)newest.generation;
    view->newest = newest_of(shown->heads);
    TRY(hi_unwrap(lib, kek, shown->wrap, view->generation, shown->credential, view->root));
    TRY(judge_newest(lib, view->root, view->newest, &newest, shown->index));
    return open_index(lib, shown, room, view);
}

verdict hi_device_takes(hi_memory *memory, const prim *lib, const uint8_t kek[HI_KEY], const hi_shown *shown, uint8_t *room, hi_view *out)
{
    hi_view view = {0};
    const verdict v = take(memory, lib, kek, shown, room, &view);
    if (accepted(v)) {
        DO(HI_044, hi_device_remembers(lib, view.newest, memory));
        *out = view;
    }
    wipe(&view, sizeof view);
    return v;
}

verdict hi_device_begins(const hi_memory *memory, span heads)
{
    REQUIRE(heads.n == 0 && !memory->has, HI_045);
    return ACCEPT;
}

/* ---- 9. Writing ---- */

verdict hi_storage_takes(const prim *lib, span newest, span offered)
{
    hi_head before = {0}, h;
    TRY(read_head(offered, &h));
    if (newest.n)
        TRY(read_head(newest, &before));
    REQUIRE(h.v == before.v + 1, HI_046);
    REQUIRE(newest.n ? has_digest(lib, newest, h.last) : all_zero(h.last), HI_047);
    return ACCEPT;
}

/* ---- 10. A further passkey ---- */

verdict hi_device_enrols(const prim *lib, const hi_index *index, span credential, span wrap, writer *content)
{
    uint8_t digest[HI_DIGEST];
    const hi_credential added = {.id = credential, .digest = digest_of(lib, wrap, digest)};
    hi_credential at;
    reader r = reader_of(index->credentials);
    bool there = false;
    TRY(judge_credential(credential));
    REQUIRE(!hi_find_credential(index, credential, &at), HI_050);
    write_be(content, index->n_items, 4);
    write_span(content, index->items);
    write_be(content, index->n_credentials + 1, 2);
    while (hi_next_credential(&r, &at)) {
        if (!there && stands_before(credential, at.id)) {
            write_credential(content, &added);
            there = true;
        }
        write_credential(content, &at);
    }
    if (!there)
        write_credential(content, &added);
    return ACCEPT;
}

/* ---- 11. Removing a passkey ---- */

static bool all_were_enrolled(const hi_index *before, span credentials)
{
    hi_credential kept, was;
    reader r = reader_of(credentials);
    while (hi_next_credential(&r, &kept))
        if (!hi_find_credential(before, kept.id, &was))
            return false;
    return true;
}

static bool all_are_sealed_anew(const hi_index *before, span digests)
{
    hi_item item;
    reader r = reader_of(before->items), d = reader_of(digests);
    while (hi_next_item(&r, &item))
        if (span_same(read_bytes(&d, HI_DIGEST), item.digest))
            return false;
    return true;
}

verdict hi_device_rotates(const hi_index *before, const hi_rotation *rotation, writer *content)
{
    hi_item item;
    reader r = reader_of(before->items), d = reader_of(rotation->digests);
    must(rotation->digests.n == HI_DIGEST * before->n_items);
    REQUIRE(all_were_enrolled(before, rotation->credentials), HI_052);
    REQUIRE(all_are_sealed_anew(before, rotation->digests), HI_053);
    write_be(content, before->n_items, 4);
    while (hi_next_item(&r, &item)) {
        item.version = EMIT(HI_054, rotation->v);
        item.digest = read_bytes(&d, HI_DIGEST);
        write_item(content, &item);
    }
    write_credentials(content, rotation->n_credentials, rotation->credentials);
    return ACCEPT;
}

/* ---- 12. The head code ---- */

void hi_head_code(const prim *lib, span head, char code[HI_CODE + 1])
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    uint8_t digest[HI_DIGEST], first[HI_CODE * 5 / 8 + 1];
    span_take(EMIT(HI_056, digest_of(lib, head, digest)), first, sizeof first);
    for (size_t i = 0; i < HI_CODE; i++) {
        const size_t bit = 5 * i;
        const unsigned pair = (unsigned)first[bit / 8] << 8 | (bit / 8 + 1 < sizeof first ? first[bit / 8 + 1] : 0);
        code[i] = alphabet[pair >> (11 - bit % 8) & 31];
    }
    code[HI_CODE] = 0;
}
