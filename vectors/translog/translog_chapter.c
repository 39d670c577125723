/* The operations tl.*: trees, notes, checkpoints, policies and a client's memory; and the row of the chapter. Sizes and indices are decimal
 * text, since a number of the shim ends at 2^53. */
#include "chapter.h"
#include "sigstore_vectors.h"
#include "translog.h"

#include <string.h>

static bool call_size(adapter_call *call, const char *key, uint64_t *out)
{
    const span text = call_text(call, key);
    *out = 0;
    for (size_t i = 0; i < text.n && text.p[i] >= '0' && text.p[i] <= '9'; i++)
        *out = 10 * *out + (uint64_t)(text.p[i] - '0');
    if (text.n == 0 || text.n > 19)
        call_complain(call, "a size is missing or has more than 19 digits");
    return text.n > 0 && text.n <= 19;
}

static bool call_head(adapter_call *call, const char *size, const char *root, tl_head *out)
{
    span bytes;
    if (!call_size(call, size, &out->size) || !call_bytes_of(call, root, TL_HASH, &bytes))
        return false;
    span_take(bytes, out->root, TL_HASH);
    return true;
}

static void put_head(adapter_call *call, const tl_head *head)
{
    uint8_t *room = call_room(call, 20 + TL_HASH);
    if (!room)
        return;
    size_t at = 20;
    uint64_t size = head->size;
    do
        room[--at] = (uint8_t)('0' + size % 10);
    while (size /= 10);
    memcpy(room + 20, head->root, TL_HASH);
    shim_put_text(&call->reply->out, "size", span_of(room + at, 20 - at));
    shim_put_bytes(&call->reply->out, "root", span_of(room + 20, TL_HASH));
}

static void hash_leaf(adapter_call *call)
{
    span entry;
    uint8_t *hash = call_bytes(call, "entry", &entry) ? call_room(call, TL_HASH) : NULL;
    if (!hash || !call_accepts(call, ACCEPT))
        return;
    tl_leaf_hash(call->prim, entry, hash);
    shim_put_bytes(&call->reply->out, "hash", span_of(hash, TL_HASH));
}

static void hash_node(adapter_call *call)
{
    span left, right;
    if (!call_bytes_of(call, "left", TL_HASH, &left) || !call_bytes_of(call, "right", TL_HASH, &right))
        return;
    uint8_t *hash = call_room(call, TL_HASH);
    if (!hash || !call_accepts(call, ACCEPT))
        return;
    tl_node_hash(call->prim, left.p, right.p, hash);
    shim_put_bytes(&call->reply->out, "hash", span_of(hash, TL_HASH));
}

static void judge_inclusion(adapter_call *call)
{
    span leaf, proof;
    uint64_t index;
    tl_head head;
    if (call_bytes_of(call, "leaf", TL_HASH, &leaf) && call_size(call, "index", &index) && call_head(call, "size", "root", &head) &&
        call_bytes(call, "proof", &proof))
        call_accepts(call, tl_check_inclusion(call->prim, leaf.p, index, head.size, proof, head.root));
}

static void judge_consistency(adapter_call *call)
{
    span proof;
    tl_head earlier, later;
    if (call_head(call, "earlier_size", "earlier_root", &earlier) && call_head(call, "later_size", "later_root", &later) &&
        call_bytes(call, "proof", &proof))
        call_accepts(call, tl_check_consistency(call->prim, &earlier, &later, proof));
}

static void read_key(adapter_call *call)
{
    tl_key key;
    if (!call_accepts(call, tl_read_key(call->prim, call_text(call, "vkey"), &key)))
        return;
    uint8_t *room = call_room(call, TL_KEY_ID + sizeof key.key);
    if (!room)
        return;
    memcpy(room, key.id, TL_KEY_ID);
    memcpy(room + TL_KEY_ID, key.key, sizeof key.key);
    shim_put_text(&call->reply->out, "name", key.name);
    shim_put_bytes(&call->reply->out, "key_id", span_of(room, TL_KEY_ID));
    shim_put_int(&call->reply->out, "type", key.type);
    shim_put_bytes(&call->reply->out, "key", span_of(room + TL_KEY_ID, sizeof key.key));
}

/* Large, and used by one call at a time. */
static uint8_t scratch[TL_ROOM], signatures[TL_ROOM];
static tl_policy policy;

static verdict check_note(adapter_call *call, span bytes, bool *found, uint64_t *time)
{
    static tl_note note;
    tl_key key;
    writer room = WRITER(signatures);
    TRY(tl_read_key(call->prim, call_text(call, "vkey"), &key));
    TRY(tl_read_note(bytes, &room, &note));
    return tl_check_lines(call->prim, &note, &key, WRITER(scratch), found, time);
}

static void judge_note(adapter_call *call)
{
    span note;
    bool found;
    uint64_t time;
    if (!call_bytes(call, "note", &note) || !call_accepts(call, check_note(call, note, &found, &time)))
        return;
    shim_put_bool(&call->reply->out, "found", found);
    shim_put_int(&call->reply->out, "time", (int64_t)time);
}

static void read_checkpoint(adapter_call *call)
{
    span text;
    tl_checkpoint checkpoint;
    if (call_bytes(call, "text", &text) && call_accepts(call, tl_read_checkpoint(call->prim, text, call_text(call, "origin"), &checkpoint)))
        put_head(call, &checkpoint.head);
}

static void read_policy(adapter_call *call)
{
    span text;
    if (!call_bytes(call, "policy", &text) || !call_accepts(call, tl_read_policy(call->prim, text, &policy)))
        return;
    shim_put_int(&call->reply->out, "witnesses", (int64_t)policy.n_witnesses);
    shim_put_int(&call->reply->out, "groups", (int64_t)policy.n_groups);
}

static verdict client_takes(adapter_call *call, const tl_world *world, span text, tl_memory *memory, span note, span proof)
{
    tl_checkpoint checkpoint;
    TRY(tl_read_policy(call->prim, text, &policy));
    return tl_client_takes_checkpoint(memory, world, note, proof, &checkpoint);
}

static void take_checkpoint(adapter_call *call)
{
    span text, note, proof;
    tl_memory memory = {.has = call_text(call, "size").n > 0};
    tl_world world = {.prim = call->prim, .policy = &policy, .room = WRITER(scratch)};
    if (!call_bytes(call, "policy", &text) || !call_bytes(call, "note", &note) || !call_bytes(call, "proof", &proof) ||
        !call_now(call, &world.now) || !call_number(call, "age", 0, INT32_MAX, &world.age) ||
        !call_number(call, "skew", 0, INT32_MAX, &world.skew) || (memory.has && !call_head(call, "size", "root", &memory.head)))
        return;
    if (call_accepts(call, client_takes(call, &world, text, &memory, note, proof)))
        put_head(call, &memory.head);
}

const chapter translog_chapter = {
    .name = "translog",
    .files = translog_files,
    .capabilities = (const capability[]){{"tl:proof", NULL}, {"tl:note", NULL}, {"tl:witness", NULL}, {"tl:sigstore", NULL}, {0}},
    .operations = (const operation[]){{.name = "tl.leaf", .answer = hash_leaf, .serves = "tl:proof"},
                                      {.name = "tl.node", .answer = hash_node, .serves = "tl:proof"},
                                      {.name = "tl.inclusion", .answer = judge_inclusion, .serves = "tl:proof"},
                                      {.name = "tl.consistency", .answer = judge_consistency, .serves = "tl:proof"},
                                      {.name = "tl.key", .answer = read_key, .serves = "tl:note"},
                                      {.name = "tl.note", .answer = judge_note, .serves = "tl:note"},
                                      {.name = "tl.checkpoint", .answer = read_checkpoint, .serves = "tl:note"},
                                      {.name = "tl.policy", .answer = read_policy, .serves = "tl:witness"},
                                      {.name = "tl.take", .answer = take_checkpoint, .serves = "tl:witness"},
                                      {.name = "tl.sigstore", .answer = judge_sigstore, .serves = "tl:sigstore"},
                                      {.name = "tl.entry", .answer = judge_log_entry, .serves = "tl:sigstore"},
                                      {0}}};
