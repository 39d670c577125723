#include "history_files.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH = 4096, LEFT = 2 /* a write adds an item and an index */ };

#define CREDENTIAL "a software passkey"

static bool path_of(const char *dir, const char *name, char path[PATH]) { return snprintf(path, PATH, "%s/%s", dir, name) < PATH; }

typedef struct loaded {
    bool there;
    size_t n; /* more than `most` when it is too large */
} loaded;

/* False when there is something that can't be read: taken for nothing, it would be overwritten. */
static bool load(const char *dir, const char *name, void *room, size_t most, loaded *out)
{
    char path[PATH], one;
    *out = (loaded){.n = 0};
    FILE *f = path_of(dir, name, path) ? fopen(path, "rb") : NULL;
    if (!f)
        return errno == ENOENT;
    out->there = true;
    out->n = fread(room, 1, most, f);
    out->n += fread(&one, 1, 1, f);
    const bool whole = !ferror(f);
    fclose(f);
    return whole;
}

/* Beside its place, then put there in one step. */
static bool save(const char *dir, const char *name, span bytes)
{
    char path[PATH], fresh[PATH + 8];
    if (!path_of(dir, name, path))
        return false;
    snprintf(fresh, sizeof fresh, "%s.new", path);
    FILE *f = fopen(fresh, "wb");
    if (!f)
        return false;
    const bool whole = fwrite(bytes.p, 1, bytes.n, f) == bytes.n;
    return fclose(f) == 0 && whole && rename(fresh, path) == 0;
}

/* ---- the storage: heads, then rows of blobs and wraps, each behind its length ---- */

static bool load_blobs(storage *s, reader *r)
{
    const size_t n = (size_t)read_be(r, 2);
    for (size_t i = 0; i < n && !r->failed && s->n_blobs < STORAGE_BLOBS; i++) {
        const span sealed = read_bytes(r, (size_t)read_be(r, 2));
        if (sealed.n == 0 || sealed.n > STORAGE_BLOB)
            return false;
        storage_opens(s).keep(s, sealed);
    }
    return !r->failed;
}

static bool load_wraps(storage *s, reader *r)
{
    const size_t n = (size_t)read_be(r, 2);
    for (size_t i = 0; i < n && !r->failed && s->n_wraps < STORAGE_WRAPS; i++) {
        const span credential = read_bytes(r, (size_t)read_be(r, 2));
        const uint32_t generation = (uint32_t)read_be(r, 4);
        const span wrap = read_bytes(r, HI_WRAP);
        if (r->failed || credential.n >= STORAGE_NAME)
            return false;
        storage_opens(s).keep_wrap(s, credential, generation, wrap);
    }
    return reader_done(r);
}

static bool load_storage(storage *s, const char *dir)
{
    static uint8_t room[sizeof(storage)];
    loaded file;
    if (!load(dir, "storage", room, sizeof room, &file) || file.n > sizeof room)
        return false;
    if (!file.there)
        return true;
    reader r = reader_of(span_of(room, file.n));
    s->n_heads = (size_t)read_be(&r, 2);
    if (s->n_heads > STORAGE_HEADS)
        return false;
    span_take(read_bytes(&r, s->n_heads * HI_HEAD), s->heads, sizeof s->heads);
    return !r.failed && load_blobs(s, &r) && load_wraps(s, &r);
}

static bool save_storage(const storage *s, const char *dir)
{
    static uint8_t room[sizeof(storage)];
    writer w = WRITER(room);
    write_be(&w, s->n_heads, 2);
    write_span(&w, span_of(s->heads, s->n_heads * HI_HEAD));
    write_be(&w, s->n_blobs, 2);
    for (size_t i = 0; i < s->n_blobs; i++) {
        write_be(&w, s->blob[i].n, 2);
        write_span(&w, span_of(s->blob[i].bytes, s->blob[i].n));
    }
    write_be(&w, s->n_wraps, 2);
    for (size_t i = 0; i < s->n_wraps; i++) {
        write_be(&w, strlen(s->wrap[i].credential), 2);
        write_text(&w, s->wrap[i].credential);
        write_be(&w, s->wrap[i].generation, 4);
        write_span(&w, SPAN(s->wrap[i].bytes));
    }
    must(writer_ok(&w));
    return save(dir, "storage", written(&w));
}

/* ---- the device: secret (32), has, v, generation, digest of the newest head ---- */

enum { DEVICE = 32 + 1 + 8 + 4 + HI_DIGEST };

static bool load_device(history_files *h, const char *dir, const uint8_t secret[32])
{
    uint8_t room[DEVICE];
    loaded file;
    if (!load(dir, "device", room, sizeof room, &file) || (file.there && file.n != DEVICE))
        return false;
    h->fresh = !file.there;
    h->key.credential = CREDENTIAL;
    memcpy(h->key.secret, file.there ? room : secret, 32);
    reader r = reader_of(span_of(room + 32, file.there ? DEVICE - 32 : 0));
    hi_memory m = {.has = read_be(&r, 1) == 1};
    m.v = read_be(&r, 8);
    m.generation = (uint32_t)read_be(&r, 4);
    span_take(read_bytes(&r, HI_DIGEST), m.head, HI_DIGEST);
    h->mine.memory = file.there ? m : (hi_memory){0};
    wipe(room, sizeof room);
    return true;
}

static bool save_device(const history_files *h, const char *dir)
{
    uint8_t room[DEVICE];
    writer w = WRITER(room);
    const hi_memory *m = &h->mine.memory;
    write_span(&w, SPAN(h->key.secret));
    write_be(&w, m->has, 1);
    write_be(&w, m->v, 8);
    write_be(&w, m->generation, 4);
    write_span(&w, SPAN(m->head));
    const bool saved = save(dir, "device", written(&w));
    wipe(room, sizeof room);
    return saved;
}

bool history_files_load(history_files *h, const prim *p, const char *dir, const uint8_t coins[64], const char **why)
{
    char name[65];
    writer w = writer_of(name, sizeof name - 1);
    *h = (history_files){.store = {.prim = p}};
    write_hex(&w, span_of(coins + 32, 32));
    name[w.n] = 0;
    device_start(&h->mine, p, &h->key, name);
    *why = "storage: can't be read, or is not what was written there";
    if (!load_storage(&h->store, dir))
        return false;
    *why = "device: can't be read, or is not what was written there";
    return load_device(h, dir, coins);
}

bool history_files_save(const history_files *h, const char *dir)
{
    if (mkdir(dir, 0700) != 0 && errno != EEXIST)
        return false;
    return save_storage(&h->store, dir) && save_device(h, dir);
}

bool history_files_have_room(const history_files *h)
{
    return h->store.n_heads + LEFT <= STORAGE_HEADS && h->store.n_blobs + 2 * LEFT <= STORAGE_BLOBS && h->store.n_wraps < STORAGE_WRAPS;
}
