#include "history_device.h"

#include <string.h>

enum { RACES = 3, ITEMS = 16 };

void passkey_answers(const prim *lib, const passkey *key, span input, uint8_t prf[HI_KEY])
{
    static const char context[] = "WebAuthn PRF";
    uint8_t salt[32];
    const span parts[] = {SPAN(context), input};
    lib->hash(PRIM_SHA256, parts, 2, salt);
    const span asked = SPAN(salt);
    lib->hmac(PRIM_SHA256, SPAN(key->secret), &asked, 1, prf);
}

static void kek_of(const prim *lib, const passkey *key, uint8_t kek[HI_KEY])
{
    uint8_t prf[HI_KEY];
    passkey_answers(lib, key, hi_prf_input(), prf);
    hi_kek(lib, prf, span_text(key->credential), kek);
    wipe(prf, sizeof prf);
}

void device_start(device *d, const prim *lib, const passkey *key, const char *name)
{
    *d = (device){.prim = lib, .passkey = key, .chance = chance_of(lib, span_text("history"), name)};
}

void device_closes(device *d)
{
    wipe(&d->view, sizeof d->view);
    wipe(d->room, sizeof d->room);
    d->open = false;
}

static const uint8_t *salt_of(device *d)
{
    static uint8_t salt[HI_SALT];
    chance_bytes(&d->chance, salt, sizeof salt);
    return salt;
}

static uint32_t generation_of(span heads)
{
    reader r = reader_of(span_from(heads, (heads.n - 1) / HI_HEAD * HI_HEAD + 8));
    return (uint32_t)read_be(&r, 4);
}

/* The index is found by the digest in the newest head. */
static span index_of(const storage_door *door, span heads)
{
    return door->blob(door->ctx, span_first(span_from(heads, (heads.n - 1) / HI_HEAD * HI_HEAD + 44), HI_DIGEST));
}

verdict device_opens(device *d, const storage_door *door)
{
    uint8_t kek[HI_KEY];
    const span credential = span_text(d->passkey->credential), heads = door->heads(door->ctx, d->memory.has ? d->memory.v : 0);
    const hi_shown shown = {.credential = credential,
                            .heads = heads,
                            .index = index_of(door, heads),
                            .wrap = door->wrap(door->ctx, credential, generation_of(heads))};
    kek_of(d->prim, d->passkey, kek);
    must(shown.index.n <= sizeof d->room);
    const verdict v = hi_device_takes(&d->memory, d->prim, kek, &shown, d->room, &d->view);
    wipe(kek, sizeof kek);
    d->open = accepted(v);
    return v;
}

/* ---- writing ---- */

typedef struct next_state {
    const uint8_t *root;
    uint32_t generation;
    bool rotates;
    span last;
    uint64_t v;
} next_state;

static next_state follows(const device *d)
{
    return (next_state){.root = d->view.root, .generation = d->view.generation, .last = d->view.newest, .v = d->view.v + 1};
}

/* Index, then head; what the storage takes is remembered. */
static verdict commit(device *d, const storage_door *door, const next_state *next, span content)
{
    uint8_t filled[STORAGE_BLOB], sealed[STORAGE_BLOB], head[HI_HEAD];
    writer w = WRITER(sealed);
    TRY(hi_seal_index(d->prim, next->root, salt_of(d), next->generation, next->v, content, filled, &w));
    must(writer_ok(&w));
    TRY(hi_make_head(d->prim, next->root, next->rotates, next->last, written(&w), head));
    door->keep(door->ctx, written(&w));
    TRY(door->put(door->ctx, SPAN(head)));
    hi_device_remembers(d->prim, SPAN(head), &d->memory);
    return device_opens(d, door);
}

/* Wraps a root for a passkey; its digest in *digest. */
static void wrap_for(device *d, const storage_door *door, const passkey *key, const uint8_t root[HI_KEY], uint32_t generation,
                     uint8_t wrap[HI_WRAP])
{
    uint8_t kek[HI_KEY];
    writer w = writer_of(wrap, HI_WRAP);
    kek_of(d->prim, key, kek);
    must(accepted(hi_wrap(d->prim, kek, salt_of(d), root, generation, span_text(key->credential), &w)));
    door->keep_wrap(door->ctx, span_text(key->credential), generation, written(&w));
    wipe(kek, sizeof kek);
}

verdict device_begins(device *d, const storage_door *door)
{
    uint8_t root[HI_KEY], wrap[HI_WRAP], content[256];
    const hi_index nothing = {0};
    writer w = WRITER(content);
    TRY(hi_device_begins(&d->memory, door->heads(door->ctx, 0)));
    chance_bytes(&d->chance, root, sizeof root);
    wrap_for(d, door, d->passkey, root, 1, wrap);
    TRY(hi_device_enrols(d->prim, &nothing, span_text(d->passkey->credential), SPAN(wrap), &w));
    const next_state first = {.root = root, .generation = 1, .v = 1};
    const verdict v = commit(d, door, &first, written(&w));
    wipe(root, sizeof root);
    return v;
}

static verdict write_once(device *d, const storage_door *door, span id, span text)
{
    uint8_t filled[STORAGE_BLOB], sealed[STORAGE_BLOB], digest[HI_DIGEST], content[STORAGE_BLOB];
    const next_state next = follows(d);
    writer w = WRITER(sealed), c = WRITER(content);
    TRY(hi_seal_item(d->prim, next.root, salt_of(d), next.generation, id, next.v, text, filled, &w));
    prim_digest(d->prim, PRIM_SHA256, written(&w), digest);
    hi_index_with_item(&d->view.index, &(hi_item){id, next.v, SPAN(digest)}, &c);
    must(writer_ok(&w) && writer_ok(&c));
    door->keep(door->ctx, written(&w));
    return commit(d, door, &next, written(&c));
}

verdict device_writes(device *d, const storage_door *door, const char *id, const char *text)
{
    verdict v = ACCEPT;
    for (int race = 0; race < RACES; race++) {
        v = write_once(d, door, span_text(id), span_text(text));
        if (v.req != REQ_HI_046 && v.req != REQ_HI_047)
            return v;
        TRY(device_opens(d, door));
    }
    return v;
}

verdict device_reads(device *d, const storage_door *door, const char *id, uint8_t room[STORAGE_BLOB], span *text)
{
    hi_item item;
    (void)hi_find_item(&d->view.index, span_text(id), &item);
    const span sealed = door->blob(door->ctx, item.digest);
    return hi_open_item(d->prim, d->view.root, d->view.generation, &d->view.index, span_text(id), sealed, room, text);
}

verdict device_enrols(device *d, const storage_door *door, const passkey *further)
{
    uint8_t wrap[HI_WRAP], content[STORAGE_BLOB];
    const next_state next = follows(d);
    writer c = WRITER(content);
    wrap_for(d, door, further, d->view.root, d->view.generation, wrap);
    TRY(hi_device_enrols(d->prim, &d->view.index, span_text(further->credential), SPAN(wrap), &c));
    return commit(d, door, &next, written(&c));
}

/* ---- rotation ---- */

static verdict seal_again(device *d, const storage_door *door, const next_state *next, writer *digests)
{
    uint8_t room[STORAGE_BLOB], filled[STORAGE_BLOB], sealed[STORAGE_BLOB], digest[HI_DIGEST];
    hi_item item;
    for (reader r = reader_of(d->view.index.items); hi_next_item(&r, &item);) {
        span text;
        writer w = WRITER(sealed);
        TRY(hi_open_item(d->prim, d->view.root, d->view.generation, &d->view.index, item.id, door->blob(door->ctx, item.digest), room,
                         &text));
        TRY(hi_seal_item(d->prim, next->root, salt_of(d), next->generation, item.id, next->v, text, filled, &w));
        wipe(room, sizeof room);
        door->keep(door->ctx, written(&w));
        prim_digest(d->prim, PRIM_SHA256, written(&w), digest);
        write_span(digests, SPAN(digest));
    }
    return ACCEPT;
}

static void wrap_again(device *d, const storage_door *door, const next_state *next, const passkey *const *at_hand, size_t n, writer *row)
{
    for (size_t i = 0; i < n; i++) {
        uint8_t wrap[HI_WRAP], digest[HI_DIGEST];
        wrap_for(d, door, at_hand[i], next->root, next->generation, wrap);
        prim_digest(d->prim, PRIM_SHA256, SPAN(wrap), digest);
        write_be(row, strlen(at_hand[i]->credential), 2);
        write_text(row, at_hand[i]->credential);
        write_span(row, SPAN(digest));
    }
}

/* at_hand: in the order of their ids. */
verdict device_rotates(device *d, const storage_door *door, const passkey *const *at_hand, size_t n)
{
    uint8_t root[HI_KEY], content[STORAGE_BLOB], row[1024], digests[ITEMS * HI_DIGEST];
    writer c = WRITER(content), credentials = WRITER(row), anew = WRITER(digests);
    next_state next = follows(d);
    chance_bytes(&d->chance, root, sizeof root);
    next.root = root;
    next.generation++;
    next.rotates = true;
    TRY(seal_again(d, door, &next, &anew));
    wrap_again(d, door, &next, at_hand, n, &credentials);
    must(writer_ok(&credentials) && writer_ok(&anew));
    TRY(hi_device_rotates(&d->view.index, &(hi_rotation){next.v, n, written(&credentials), written(&anew)}, &c));
    const verdict v = commit(d, door, &next, written(&c));
    wipe(root, sizeof root);
    return v;
}
