/* A store, by pieces: what the storage shows as it stands, or sealed by a device that holds the keys, by the first byte. What is accepted keeps
 * the bounds that the chapter states. */
#include "fuzz_entry.h"
#include "history.h"

#include <string.h>

enum { ROOM = 1 << 17 };

static const uint8_t prf[HI_KEY] = {1}, root[HI_KEY] = {2}, salt[HI_SALT] = {3};
static const char name[] = "credential";

static span credential(void) { return span_of(name, sizeof name - 1); }

static void index_holds(const hi_index *index, uint64_t v)
{
    hi_item item;
    hi_credential c;
    uint64_t n = 0, n_credentials = 0;
    reader items = reader_of(index->items), credentials = reader_of(index->credentials);
    for (; hi_next_item(&items, &item); n++)
        must(item.version >= 1 && item.version <= v && item.digest.n == HI_DIGEST); /* HI-026 */
    for (; hi_next_credential(&credentials, &c); n_credentials++)
        must(c.digest.n == HI_DIGEST);
    must(n == index->n_items && n_credentials == index->n_credentials);
    must(n_credentials >= 1 && n_credentials <= HI_CREDENTIALS_MAX); /* HI-027 */
}

static void take(const hi_memory *known, span wrap, span index, span heads)
{
    static uint8_t room[ROOM];
    uint8_t kek[HI_KEY];
    hi_memory memory = *known;
    hi_view view;
    const hi_shown shown = {credential(), wrap, index, heads};
    hi_kek(&prim_sodium, prf, credential(), kek);
    if (index.n > sizeof room)
        return;
    if (!accepted(hi_device_takes(&memory, &prim_sodium, kek, &shown, room, &view))) {
        must(memcmp(&memory, known, sizeof memory) == 0);
        return;
    }
    must(memory.has && memory.v == view.v && (!known->has || memory.v >= known->v)); /* HI-036, HI-044 */
    index_holds(&view.index, view.v);
}

/* Three pieces: wrap, index, heads. */
static void store(span pieces)
{
    static const hi_memory nothing;
    span wrap = EMPTY, index = EMPTY;
    if (fuzz_piece(&pieces, &wrap) && fuzz_piece(&pieces, &index))
        take(&nothing, wrap, index, pieces);
}

/* The filled content of an index, sealed and put under a head that follows a remembered one. */
static void sealed_index(span filled)
{
    static uint8_t sealed[ROOM];
    static const uint8_t a[] = {3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2};
    uint8_t wrap[HI_WRAP], heads[2 * HI_HEAD], kek[HI_KEY], key[HI_KEY];
    writer w = WRITER(wrap), i = WRITER(sealed);
    hi_memory known = {0};
    hi_kek(&prim_sodium, prf, credential(), kek);
    must(accepted(hi_wrap(&prim_sodium, kek, salt, root, 1, credential(), &w)));
    prim_hkdf_expand(&prim_sodium, PRIM_SHA256, SPAN(root), span_of("parley/1 items", 15), key, HI_KEY);
    hi_seal(&prim_sodium, key, salt, filled, SPAN(a), &i);
    must(accepted(hi_make_head(&prim_sodium, root, false, EMPTY, EMPTY, heads)));
    must(accepted(hi_make_head(&prim_sodium, root, false, span_of(heads, HI_HEAD), written(&i), heads + HI_HEAD)));
    hi_device_remembers(&prim_sodium, span_of(heads, HI_HEAD), &known);
    if (writer_ok(&i))
        take(&known, SPAN(wrap), written(&i), SPAN(heads));
}

static void content(span bytes)
{
    static uint8_t changed[ROOM];
    hi_index index, again;
    hi_item item;
    if (!accepted(hi_read_index(bytes, 9, &index)))
        return;
    index_holds(&index, 9);
    writer w = WRITER(changed);
    hi_index_with_item(&index, &(hi_item){span_text("m"), 9, span_of(root, HI_DIGEST)}, &w);
    must(writer_ok(&w) && accepted(hi_read_index(written(&w), 9, &again)) && hi_find_item(&again, span_text("m"), &item)); /* HI-025 */
}

static void offered(span pieces)
{
    span newest = EMPTY;
    if (fuzz_piece(&pieces, &newest) && accepted(hi_storage_takes(&prim_sodium, newest, pieces)))
        must(pieces.n == HI_HEAD && (newest.n == 0 || newest.n == HI_HEAD)); /* HI-032 */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static void (*const readers[])(span) = {store, sealed_index, content, offered};
    prim_start();
    if (n && n < ROOM / 2)
        readers[data[0] % 4](span_of(data + 1, n - 1));
    return 0;
}
