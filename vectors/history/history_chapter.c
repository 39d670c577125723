/* The operations hi.*: keys, sealed bytes, wraps, items, indexes and heads, and the steps of devices and of a storage; and the row of the
 * chapter. */
#include "chapter.h"
#include "history.h"

#include <string.h>

static bool call_generation(adapter_call *call, const char *key, uint32_t *out)
{
    int64_t n;
    if (!call_number(call, key, 0, UINT32_MAX, &n))
        return false;
    *out = (uint32_t)n;
    return true;
}

static bool call_count(adapter_call *call, const char *key, uint64_t *out)
{
    int64_t n;
    if (!call_number(call, key, 0, INT64_C(1) << 52, &n))
        return false;
    *out = (uint64_t)n;
    return true;
}

static bool call_key(adapter_call *call, const char *key, span *out) { return call_bytes_of(call, key, HI_KEY, out); }

static void put_written(adapter_call *call, const char *key, const writer *w)
{
    must(writer_ok(w));
    shim_put_bytes(&call->reply->out, key, written(w));
}

/* ---- keys and sealed bytes ---- */

static void derive_kek(adapter_call *call)
{
    span prf, credential;
    if (!call_key(call, "prf", &prf) || !call_bytes(call, "credential", &credential) || credential.n > HI_CREDENTIAL_MAX)
        return;
    uint8_t *kek = call_room(call, HI_KEY);
    if (!kek || !call_accepts(call, ACCEPT))
        return;
    hi_kek(call->prim, prf.p, credential, kek);
    shim_put_bytes(&call->reply->out, "kek", span_of(kek, HI_KEY));
    shim_put_bytes(&call->reply->out, "input", hi_prf_input());
}

static void seal(adapter_call *call)
{
    span key, salt, text, a;
    if (!call_key(call, "key", &key) || !call_key(call, "salt", &salt) || !call_bytes(call, "text", &text) || !call_bytes(call, "a", &a))
        return;
    uint8_t *room = call_room(call, text.n + HI_SEALED);
    if (!room || !call_accepts(call, ACCEPT))
        return;
    writer w = writer_of(room, text.n + HI_SEALED);
    hi_seal(call->prim, key.p, salt.p, text, a, &w);
    put_written(call, "sealed", &w);
}

static void open_sealed(adapter_call *call)
{
    span key, sealed, a, text;
    if (!call_key(call, "key", &key) || !call_bytes(call, "sealed", &sealed) || !call_bytes(call, "a", &a))
        return;
    uint8_t *room = call_room(call, sealed.n + 1);
    if (room && call_accepts(call, hi_open(call->prim, key.p, sealed, a, room, &text)))
        shim_put_bytes(&call->reply->out, "text", text);
}

static void wrap(adapter_call *call)
{
    span kek, salt, root, credential;
    uint32_t generation;
    if (!call_key(call, "kek", &kek) || !call_key(call, "salt", &salt) || !call_key(call, "root", &root) ||
        !call_generation(call, "generation", &generation) || !call_bytes(call, "credential", &credential))
        return;
    uint8_t *room = call_room(call, HI_WRAP);
    writer w = writer_of(room, HI_WRAP);
    if (room && call_accepts(call, hi_wrap(call->prim, kek.p, salt.p, root.p, generation, credential, &w)))
        put_written(call, "wrap", &w);
}

static void unwrap(adapter_call *call)
{
    span kek, wrapped, credential;
    uint32_t generation;
    if (!call_key(call, "kek", &kek) || !call_bytes(call, "wrap", &wrapped) || !call_generation(call, "generation", &generation) ||
        !call_bytes(call, "credential", &credential))
        return;
    uint8_t *root = call_room(call, HI_KEY);
    if (root && call_accepts(call, hi_unwrap(call->prim, kek.p, wrapped, generation, credential, root)))
        shim_put_bytes(&call->reply->out, "root", span_of(root, HI_KEY));
}

/* ---- items and indexes ---- */

typedef struct place {
    span root, salt;
    uint32_t generation;
} place;

static bool call_place(adapter_call *call, place *out)
{
    return call_key(call, "root", &out->root) && call_key(call, "salt", &out->salt) &&
           call_generation(call, "generation", &out->generation);
}

/* The room for the filled text in front, that for the sealed bytes behind it. */
static uint8_t *rooms_for(adapter_call *call, size_t n_text, writer *sealed)
{
    if (n_text > HI_TEXT_MAX) {
        call_complain(call, "the text is too long");
        return NULL;
    }
    const size_t n = hi_filled_size(n_text);
    uint8_t *room = call_room(call, 2 * n + HI_SEALED);
    if (room)
        *sealed = writer_of(room + n, n + HI_SEALED);
    return room;
}

static void seal_item(adapter_call *call)
{
    place at;
    span id, text;
    uint64_t version;
    writer w = {0};
    if (!call_place(call, &at) || !call_bytes(call, "item_id", &id) || !call_count(call, "version", &version) ||
        !call_bytes(call, "text", &text))
        return;
    uint8_t *room = rooms_for(call, text.n, &w);
    if (room && call_accepts(call, hi_seal_item(call->prim, at.root.p, at.salt.p, at.generation, id, version, text, room, &w)))
        put_written(call, "item", &w);
}

static void seal_index(adapter_call *call)
{
    place at;
    span content;
    uint64_t v;
    writer w = {0};
    if (!call_place(call, &at) || !call_count(call, "v", &v) || !call_bytes(call, "content", &content))
        return;
    uint8_t *room = rooms_for(call, content.n, &w);
    if (room && call_accepts(call, hi_seal_index(call->prim, at.root.p, at.salt.p, at.generation, v, content, room, &w)))
        put_written(call, "index", &w);
}

static verdict read_item(adapter_call *call, span root, uint32_t generation, uint64_t v, span content, span id, span item, span *text)
{
    hi_index index;
    uint8_t *room = call_room(call, item.n + 1);
    TRY(hi_read_index(content, v, &index));
    return room ? hi_open_item(call->prim, root.p, generation, &index, id, item, room, text) : ACCEPT;
}

static void open_item(adapter_call *call)
{
    span root, content, id, item, text = EMPTY;
    uint32_t generation;
    uint64_t v;
    if (!call_key(call, "root", &root) || !call_generation(call, "generation", &generation) || !call_count(call, "v", &v) ||
        !call_bytes(call, "content", &content) || !call_bytes(call, "item_id", &id) || !call_bytes(call, "item", &item))
        return;
    if (call_accepts(call, read_item(call, root, generation, v, content, id, item, &text)))
        shim_put_bytes(&call->reply->out, "text", text);
}

/* ---- heads ---- */

static void put_code(adapter_call *call, span head)
{
    char *code = (char *)call_room(call, HI_CODE + 1);
    if (!code)
        return;
    hi_head_code(call->prim, head, code);
    shim_put_text(&call->reply->out, "code", span_of(code, HI_CODE));
}

static void make_head(adapter_call *call)
{
    span root, last, index;
    if (!call_key(call, "root", &root) || !call_bytes(call, "last", &last) || !call_bytes(call, "index", &index))
        return;
    uint8_t *head = call_room(call, HI_HEAD);
    if (!head || !call_accepts(call, hi_make_head(call->prim, root.p, call_flag(call, "rotates"), last, index, head)))
        return;
    shim_put_bytes(&call->reply->out, "head", span_of(head, HI_HEAD));
    put_code(call, span_of(head, HI_HEAD));
}

static void offer_head(adapter_call *call)
{
    span newest, offered;
    if (call_bytes(call, "newest", &newest) && call_bytes(call, "offered", &offered))
        call_accepts(call, hi_storage_takes(call->prim, newest, offered));
}

/* ---- devices ---- */

/* What a device remembers stands under known_v, known_generation and known; absent: nothing. */
static bool call_memory(adapter_call *call, hi_memory *out)
{
    span digest;
    *out = (hi_memory){.has = call_text(call, "known").n > 0};
    if (!out->has)
        return true;
    if (!call_count(call, "known_v", &out->v) || !call_generation(call, "known_generation", &out->generation) ||
        !call_bytes_of(call, "known", HI_DIGEST, &digest))
        return false;
    span_take(digest, out->head, HI_DIGEST);
    return true;
}

static void put_memory(adapter_call *call, const hi_memory *memory)
{
    uint8_t *head = call_room(call, HI_DIGEST);
    if (!head)
        return;
    memcpy(head, memory->head, HI_DIGEST);
    shim_put_int(&call->reply->out, "v", (int64_t)memory->v);
    shim_put_int(&call->reply->out, "generation", memory->generation);
    shim_put_bytes(&call->reply->out, "newest", span_of(head, HI_DIGEST));
}

static void put_view(adapter_call *call, const hi_view *view)
{
    uint8_t *root = call_room(call, HI_KEY);
    if (!root)
        return;
    memcpy(root, view->root, HI_KEY);
    shim_put_bytes(&call->reply->out, "root", span_of(root, HI_KEY));
    shim_put_bytes(&call->reply->out, "content", view->content);
    put_code(call, view->newest);
}

static void take(adapter_call *call)
{
    span prf;
    hi_shown shown;
    hi_memory memory;
    hi_view view;
    uint8_t kek[HI_KEY];
    if (!call_key(call, "prf", &prf) || !call_bytes(call, "credential", &shown.credential) || !call_bytes(call, "wrap", &shown.wrap) ||
        !call_bytes(call, "index", &shown.index) || !call_bytes(call, "heads", &shown.heads) || !call_memory(call, &memory))
        return;
    uint8_t *room = call_room(call, shown.index.n + 1);
    if (!room)
        return;
    hi_kek(call->prim, prf.p, span_first(shown.credential, HI_CREDENTIAL_MAX), kek);
    if (!call_accepts(call, hi_device_takes(&memory, call->prim, kek, &shown, room, &view)))
        return;
    put_memory(call, &memory);
    put_view(call, &view);
}

static void begin(adapter_call *call)
{
    span heads;
    hi_memory memory;
    if (call_bytes(call, "heads", &heads) && call_memory(call, &memory))
        call_accepts(call, hi_device_begins(&memory, heads));
}

/* The content of an index that the device has taken. */
static bool call_index(adapter_call *call, span *content, hi_index *out)
{
    if (!call_bytes(call, "content", content))
        return false;
    if (accepted(hi_read_index(*content, UINT64_MAX, out)))
        return true;
    call_complain(call, "the content is not one of an index");
    return false;
}

static void enrol(adapter_call *call)
{
    span content, credential, wrapped;
    hi_index index;
    if (!call_index(call, &content, &index) || !call_bytes(call, "credential", &credential) || !call_bytes(call, "wrap", &wrapped))
        return;
    const size_t n = content.n + 2 + credential.n + HI_DIGEST;
    uint8_t *room = call_room(call, n);
    writer w = writer_of(room, n);
    if (room && call_accepts(call, hi_device_enrols(call->prim, &index, credential, wrapped, &w)))
        put_written(call, "content", &w);
}

static void rotate(adapter_call *call)
{
    span content, kept;
    hi_index index;
    hi_rotation r;
    if (!call_index(call, &content, &index) || !call_count(call, "v", &r.v) || !call_bytes(call, "credentials", &kept) ||
        !call_bytes_of(call, "digests", HI_DIGEST * index.n_items, &r.digests))
        return;
    reader row = reader_of(kept);
    r.n_credentials = read_be(&row, 2);
    r.credentials = row.rest;
    const size_t n = content.n + kept.n;
    uint8_t *room = call_room(call, n);
    writer w = writer_of(room, n);
    if (room && call_accepts(call, hi_device_rotates(&index, &r, &w)))
        put_written(call, "content", &w);
}

const chapter history_chapter = {.name = "history",
                                 .files = history_files,
                                 .capabilities = (const capability[]){{"hi:history", NULL}, {0}},
                                 .operations = (const operation[]){{.name = "hi.kek", .answer = derive_kek},
                                                                   {.name = "hi.seal", .answer = seal},
                                                                   {.name = "hi.open", .answer = open_sealed},
                                                                   {.name = "hi.wrap", .answer = wrap},
                                                                   {.name = "hi.unwrap", .answer = unwrap},
                                                                   {.name = "hi.item", .answer = seal_item},
                                                                   {.name = "hi.read", .answer = open_item},
                                                                   {.name = "hi.index", .answer = seal_index},
                                                                   {.name = "hi.head", .answer = make_head},
                                                                   {.name = "hi.put", .answer = offer_head},
                                                                   {.name = "hi.take", .answer = take},
                                                                   {.name = "hi.begin", .answer = begin},
                                                                   {.name = "hi.enrol", .answer = enrol},
                                                                   {.name = "hi.rotate", .answer = rotate},
                                                                   {0}}};
