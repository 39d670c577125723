#include "history_swapper.h"

#include "labelled.h"

#include <string.h>

/* ---- the stage ---- */

static const passkey phone = {"a phone", {1}}, laptop = {"b laptop", {2}}, stowaway = {"c stowaway", {3}};

typedef struct swapper {
    storage held;        /* all that was ever given */
    storage_door honest; /* to it */
    uint64_t newest;     /* the v that is shown as the newest; 0: the true one */
    uint64_t least;      /* heads below this v are not shown; 0: all */
    uint64_t skipped;    /* this head is not shown; 0: none */
    span from[2], to[2]; /* a blob with the digest from[i] is answered by that of to[i] */
    uint8_t chain[STORAGE_HEADS * HI_HEAD];
} swapper;

static span shown_heads(void *ctx, uint64_t from)
{
    swapper *s = ctx;
    const uint64_t newest = s->newest ? s->newest : s->held.n_heads;
    writer w = WRITER(s->chain);
    for (uint64_t v = from ? from : newest; v <= newest; v++)
        if (v != s->skipped && v >= s->least)
            write_span(&w, span_of(s->held.heads + (v - 1) * HI_HEAD, HI_HEAD));
    if (w.n == 0 && newest) /* less than the device remembers: the newest that there is */
        write_span(&w, span_of(s->held.heads + (newest - 1) * HI_HEAD, HI_HEAD));
    return written(&w);
}

static span swapped_blob(void *ctx, span digest)
{
    swapper *s = ctx;
    for (size_t i = 0; i < 2; i++)
        if (s->from[i].n && span_same(digest, s->from[i]))
            return s->honest.blob(s->honest.ctx, s->to[i]);
    return s->honest.blob(s->honest.ctx, digest);
}

static span honest_wrap(void *ctx, span credential, uint32_t generation)
{
    swapper *s = ctx;
    return s->honest.wrap(s->honest.ctx, credential, generation);
}

static storage_door start(swapper *s, const prim *lib)
{
    *s = (swapper){.held = {.prim = lib}};
    s->honest = storage_opens(&s->held);
    storage_door door = s->honest;
    door.ctx = s;
    door.heads = shown_heads;
    door.blob = swapped_blob;
    door.wrap = honest_wrap;
    return door;
}

static span index_digest(const swapper *s, uint64_t v) { return span_of(s->held.heads + (v - 1) * HI_HEAD + 44, HI_DIGEST); }

/* Two items, of which the first has two versions: v = 2, 3 and 4. */
static void tell(device *d, swapper *s)
{
    must(accepted(device_begins(d, &s->honest)));
    must(accepted(device_writes(d, &s->honest, "chat", "the first version")));
    must(accepted(device_writes(d, &s->honest, "note", "another item")));
    must(accepted(device_writes(d, &s->honest, "chat", "the second version")));
}

/* What a swapper without keys knows of an item: the digests, in the order in which the blobs came. Items come ahead of their indexes, so the
 * blobs are index 1, item 2, index 2, item 3, and so on. */
static span item_digest(const swapper *s, unsigned v) { return SPAN(s->held.blob[2 * v - 3].digest); }

static swapper stage;
static device first, second;

static storage_door begin(const prim *lib)
{
    const storage_door door = start(&stage, lib);
    device_start(&first, lib, &phone, "phone");
    tell(&first, &stage);
    return door;
}

static verdict read_is(const storage_door *door, const char *id, const char *text, bool *reached)
{
    uint8_t room[STORAGE_BLOB];
    span got;
    const verdict v = device_reads(&first, door, id, room, &got);
    *reached = accepted(v) && span_is(got, text);
    return v;
}

/* ---- places ---- */

static verdict swaps_items(const prim *lib, bool *reached)
{
    const storage_door door = begin(lib);
    stage.from[0] = item_digest(&stage, 3);
    stage.to[0] = item_digest(&stage, 4);
    return read_is(&door, "note", "the second version", reached);
}

static verdict shows_older_item(const prim *lib, bool *reached)
{
    const storage_door door = begin(lib);
    stage.from[0] = item_digest(&stage, 4);
    stage.to[0] = item_digest(&stage, 2);
    return read_is(&door, "chat", "the first version", reached);
}

static verdict shows_older_index(const prim *lib, bool *reached)
{
    const storage_door door = begin(lib);
    hi_item item;
    stage.from[0] = index_digest(&stage, 4);
    stage.to[0] = index_digest(&stage, 2);
    const verdict v = device_opens(&first, &door);
    *reached = accepted(v) && !hi_find_item(&first.view.index, span_text("note"), &item);
    return v;
}

/* ---- time ---- */

static verdict rolls_back(const prim *lib, bool *reached)
{
    const storage_door door = begin(lib);
    stage.newest = 2;
    const verdict v = device_opens(&first, &door);
    *reached = accepted(v) && first.view.v == 2;
    return v;
}

/* The device remembers v = 4; it is shown a chain that begins behind it. */
static verdict cuts(const prim *lib, bool *reached)
{
    const storage_door door = begin(lib);
    device_start(&second, lib, &phone, "the same phone, elsewhere");
    must(accepted(device_opens(&second, &stage.honest)) && accepted(device_writes(&second, &stage.honest, "note", "later")));
    stage.least = 5;
    const verdict v = device_opens(&first, &door);
    *reached = accepted(v);
    return v;
}

static verdict leaves_out_a_head(const prim *lib, bool *reached)
{
    const storage_door door = begin(lib);
    const hi_memory at_4 = first.memory;
    must(accepted(device_writes(&first, &stage.honest, "note", "five")) && accepted(device_writes(&first, &stage.honest, "note", "six")));
    first.memory = at_4;
    stage.skipped = 5;
    const verdict v = device_opens(&first, &door);
    *reached = accepted(v);
    return v;
}

/* Two devices write upon the same head, each on a copy of its own; then the first is shown the second's. */
static verdict forks(const prim *lib, bool *reached)
{
    static swapper other;
    (void)begin(lib);
    device_start(&second, lib, &phone, "the same phone, elsewhere");
    other = stage;
    other.honest = storage_opens(&other.held);
    must(accepted(device_opens(&second, &other.honest)) && accepted(device_writes(&second, &other.honest, "note", "theirs")));
    must(accepted(device_writes(&second, &other.honest, "note", "theirs again")));
    must(accepted(device_writes(&first, &stage.honest, "note", "ours")));
    const verdict v = device_opens(&first, &other.honest);
    *reached = accepted(v) && first.view.v == 6;
    return v;
}

static verdict empties(const prim *lib, bool *reached)
{
    static storage emptied;
    (void)begin(lib);
    emptied = (storage){.prim = lib};
    const storage_door door = storage_opens(&emptied);
    const verdict v = device_begins(&first, &door);
    *reached = accepted(v) && first.view.v == 1;
    return v;
}

/* ---- passkeys ---- */

/* What the holder of a removed passkey kept: R, and the index as it was. */
typedef struct thief {
    uint8_t root[HI_KEY], content[STORAGE_BLOB];
    size_t n_content;
} thief;

static void thief_keeps(thief *t, const device *d)
{
    memcpy(t->root, d->view.root, HI_KEY);
    memcpy(t->content, d->view.content.p, d->view.content.n);
    t->n_content = d->view.content.n;
}

/* A head of the thief's generation behind that of another: the text makes one of the newest's, so its g is put in and authenticated anew. */
static void thief_writes(const prim *lib, const thief *t, const device *victim)
{
    static const uint8_t salt[HI_SALT] = {9};
    static uint8_t filled[STORAGE_BLOB], sealed[STORAGE_BLOB];
    uint8_t head[HI_HEAD], key[HI_KEY];
    writer w = WRITER(sealed);
    must(accepted(hi_seal_index(lib, t->root, salt, 1, victim->view.v + 1, span_of(t->content, t->n_content), filled, &w)));
    must(accepted(hi_make_head(lib, t->root, false, victim->view.newest, written(&w), head)));
    head[11] = 1;
    const span before = span_of(head, 76);
    labelled_key(lib, SPAN(t->root), "head", EMPTY, key, HI_KEY);
    lib->hmac(PRIM_SHA256, SPAN(key), &before, 1, head + 76);
    stage.honest.keep(&stage.held, written(&w));
    must(accepted(stage.honest.put(&stage.held, SPAN(head))));
}

static verdict removed_passkey_writes(const prim *lib, bool *reached)
{
    static thief laptops;
    static const passkey *const left[] = {&phone};
    const storage_door door = begin(lib);
    device_start(&second, lib, &laptop, "laptop");
    must(accepted(device_enrols(&first, &stage.honest, &laptop)) && accepted(device_opens(&second, &stage.honest)));
    thief_keeps(&laptops, &second);
    must(accepted(device_rotates(&first, &stage.honest, left, 1)));
    thief_writes(lib, &laptops, &first);
    const verdict v = device_opens(&first, &door);
    *reached = accepted(v) && first.view.generation == 1;
    return v;
}

/* Somebody who held R for a moment wraps it for a passkey of the storage's, and tells no index. */
static verdict enrols_itself(const prim *lib, bool *reached)
{
    const storage_door door = begin(lib);
    uint8_t wrap[HI_WRAP], prf[HI_KEY], kek[HI_KEY];
    writer w = WRITER(wrap);
    passkey_answers(lib, &stowaway, hi_prf_input(), prf);
    hi_kek(lib, prf, span_text(stowaway.credential), kek);
    must(accepted(hi_wrap(lib, kek, laptop.secret, first.view.root, 1, span_text(stowaway.credential), &w)));
    stage.honest.keep_wrap(&stage.held, span_text(stowaway.credential), 1, SPAN(wrap));
    device_start(&second, lib, &stowaway, "stowaway");
    const verdict v = device_opens(&second, &door);
    *reached = accepted(v);
    return v;
}

const swapper_attack swapper_attacks[] = {
    {"swap", "an item is shown in another's place", {REQ_HI_022, REQ_HI_019}, swaps_items},
    {"older item", "an item is shown as it was before", {REQ_HI_022, REQ_HI_019}, shows_older_item},
    {"older index", "an item that was written is not there", {REQ_HI_034, REQ_HI_023}, shows_older_index},
    {"rollback", "a device goes back to an older state", {REQ_HI_036, REQ_HI_038}, rolls_back},
    {"cut", "a device is shown heads that do not follow what it knows", {REQ_HI_038}, cuts},
    {"skip", "a head is left out of the chain", {REQ_HI_039, REQ_HI_040}, leaves_out_a_head},
    {"fork", "a device goes over to another branch", {REQ_HI_038}, forks},
    {"emptied", "a history is replaced by a new one", {REQ_HI_045}, empties},
    {"removed passkey", "a removed passkey's generation goes on", {REQ_HI_041}, removed_passkey_writes},
    {"stowaway", "a passkey is enrolled that no index names", {REQ_HI_042, REQ_HI_043}, enrols_itself},
    {0},
};
