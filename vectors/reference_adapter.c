#include "chapter.h"
#include "no_memory.h"

#include <stdlib.h>
#include <string.h>

/* ---- for the operations ---- */

void call_complain(adapter_call *call, const char *what) { shim_reply_with(call->reply, SHIM_BUG, what); }

/* The complaint is put together in the reply's room. */
static bool complain_of(adapter_call *call, const char *key, const char *what)
{
    const size_t start = call->reply->room.n;
    write_text(&call->reply->room, key);
    write_text(&call->reply->room, what);
    shim_reply_with(call->reply, SHIM_BUG, "a value is missing or malformed");
    if (writer_ok(&call->reply->room))
        call->reply->word = span_from(written(&call->reply->room), start);
    return false;
}

bool call_accepts(adapter_call *call, verdict v)
{
    if (accepted(v)) {
        shim_reply_with(call->reply, SHIM_OK, NULL);
        return true;
    }
    shim_reply_with(call->reply, SHIM_REJ, requirement_rows[v.req].reason);
    shim_put_text(&call->reply->out, "detail", span_text(requirement_rows[v.req].id));
    return false;
}

bool call_bytes(adapter_call *call, const char *key, span *out)
{
    return shim_bytes(&call->request->in, key, &call->reply->room, out) ||
           complain_of(call, key, " is missing, is not lower-case hexadecimal, or is too long");
}

bool call_bytes_of(adapter_call *call, const char *key, size_t n, span *out)
{
    return call_bytes(call, key, out) && (out->n == n || complain_of(call, key, " has another length"));
}

bool call_bytes_if_given(adapter_call *call, const char *key, size_t n, span *out)
{
    *out = EMPTY;
    return !shim_find(&call->request->in, key) || call_bytes_of(call, key, n, out);
}

bool call_number(adapter_call *call, const char *key, int64_t least, int64_t most, int64_t *out)
{
    return (shim_int(&call->request->in, key, out) && *out >= least && *out <= most) ||
           complain_of(call, key, " is missing, is no integer, or is out of range");
}

bool call_now(adapter_call *call, int64_t *now)
{
    return shim_int(&call->request->in, "now", now) || complain_of(call, "now", " is missing: seconds since 1970 UTC");
}

bool call_word(adapter_call *call, const char *key, const char *const *words, int *i)
{
    span word = call_text(call, key);
    for (*i = 0; words[*i]; ++*i)
        if (span_is(word, words[*i]))
            return true;
    return complain_of(call, key, " is missing, or is none of its words");
}

span call_text(const adapter_call *call, const char *key)
{
    span text = EMPTY;
    shim_text(&call->request->in, key, &text);
    return text;
}

bool call_flag(const adapter_call *call, const char *key)
{
    const shim_pair *pair = shim_find(&call->request->in, key);
    return pair && pair->type == SHIM_BOOL && pair->number;
}

uint8_t *call_room(adapter_call *call, size_t n)
{
    uint8_t *room = write_room(&call->reply->room, n ? n : 1);
    if (!room)
        call_complain(call, "too long for this adapter");
    return room;
}

void call_put_names(adapter_call *call, const char *key, unsigned bits, const char *const *names, size_t n)
{
    writer *room = &call->reply->room;
    const size_t start = room->n;
    for (size_t i = 0; i < n; i++)
        if (bits & 1u << i) {
            write_text(room, room->n > start ? " " : "");
            write_text(room, names[i]);
        }
    shim_put_text(&call->reply->out, key, span_from(written(room), start));
}

/* ---- handles ---- */

static int64_t handle_number(adapter_call *call, const handle_type *type)
{
    int64_t h = 0;
    const bool known = shim_int(&call->request->in, "h", &h) && h >= 1 && h <= ADAPTER_HANDLES && call->adapter->handle[h - 1].type;
    if (known && (!type || call->adapter->handle[h - 1].type == type))
        return h;
    complain_of(call, "h is no open ", type ? type->name : "handle");
    return 0;
}

void *call_handle(adapter_call *call, const handle_type *type)
{
    const int64_t h = handle_number(call, type);
    return h ? call->adapter->handle[h - 1].object : NULL;
}

void *call_new_handle(adapter_call *call, const handle_type *type, int64_t *h)
{
    for (size_t i = 0; i < ADAPTER_HANDLES; i++)
        if (!call->adapter->handle[i].type) {
            *h = (int64_t)i + 1;
            call->adapter->handle[i].type = type;
            call->adapter->handle[i].object = calloc(1, type->size);
            needs_memory(call->adapter->handle[i].object != NULL);
            return call->adapter->handle[i].object;
        }
    call_complain(call, "no handle is left: free some");
    return NULL;
}

static void close_handle(reference_adapter *a, size_t i)
{
    if (!a->handle[i].type)
        return;
    a->handle[i].type->close(a->handle[i].object);
    wipe(a->handle[i].object, a->handle[i].type->size);
    free(a->handle[i].object);
    a->handle[i].type = NULL;
}

void reference_adapter_reset(reference_adapter *a)
{
    for (size_t i = 0; i < ADAPTER_HANDLES; i++)
        close_handle(a, i);
}

static void reset(adapter_call *call)
{
    reference_adapter_reset(call->adapter);
    shim_reply_with(call->reply, SHIM_OK, NULL);
}

static void free_handle(adapter_call *call)
{
    const int64_t h = handle_number(call, NULL);
    if (!h)
        return;
    close_handle(call->adapter, (size_t)h - 1);
    shim_reply_with(call->reply, SHIM_OK, NULL);
}

static void digest_state(adapter_call *call)
{
    static uint8_t fields[ADAPTER_STATE];
    writer w = WRITER(fields);
    const int64_t h = handle_number(call, NULL);
    if (!h)
        return;
    call->adapter->handle[h - 1].type->write_state(call->adapter->handle[h - 1].object, &w);
    must(writer_ok(&w));
    uint8_t *digest = call_room(call, 32);
    must(digest != NULL);
    prim_digest(call->prim, PRIM_SHA256, written(&w), digest);
    wipe(fields, w.n);
    shim_reply_with(call->reply, SHIM_OK, NULL);
    shim_put_bytes(&call->reply->out, "digest", span_of(digest, 32));
}

/* ---- what every adapter has ---- */

static adapter_op hello, echo;
static const operation control[] = {{.name = "hello", .answer = hello},
                                    {.name = "echo", .answer = echo},
                                    {.name = "reset", .answer = reset},
                                    {.name = "free", .answer = free_handle},
                                    {.name = "state", .answer = digest_state}};
enum { CONTROLS = sizeof control / sizeof *control };

/* A word of a list in the reply's room that begins at `start`. */
static void add_word(adapter_call *call, size_t start, const char *word)
{
    write_text(&call->reply->room, call->reply->room.n > start ? " " : "");
    write_text(&call->reply->room, word);
}

static void put_capabilities(adapter_call *call)
{
    const size_t start = call->reply->room.n;
    add_word(call, start, "rng");
    add_word(call, start, "pipeline:64");
    for (size_t i = 0; chapters[i]; i++)
        for (const capability *c = chapters[i]->capabilities; c && c->name; c++)
            if (!c->has || c->has(call->prim))
                add_word(call, start, c->name);
    shim_put_text(&call->reply->out, "caps", span_from(written(&call->reply->room), start));
}

static void put_operations(adapter_call *call)
{
    const size_t start = call->reply->room.n;
    for (size_t i = 0; i < CONTROLS; i++)
        add_word(call, start, control[i].name);
    for (size_t i = 0; chapters[i]; i++)
        for (const operation *op = chapters[i]->operations; op && op->name; op++)
            add_word(call, start, op->name);
    shim_put_text(&call->reply->out, "ops", span_from(written(&call->reply->room), start));
}

static void hello(adapter_call *call)
{
    shim_list *out = &call->reply->out;
    shim_reply_with(call->reply, SHIM_OK, NULL);
    shim_put_text(out, "impl", span_text("parley"));
    shim_put_text(out, "version", span_text("0.1.0"));
    shim_put_int(out, "proto", 1);
    shim_put_text(out, "roles", span_text("lib"));
    put_capabilities(call);
    put_operations(call);
}

static void echo(adapter_call *call)
{
    shim_reply_with(call->reply, SHIM_OK, NULL);
    call->reply->out = call->request->in;
}

/* ---- the door ---- */

static const operation *answering(span name)
{
    for (size_t i = 0; i < CONTROLS; i++)
        if (span_is(name, control[i].name))
            return &control[i];
    return operation_named(name);
}

static int answer(void *ctx, const shim_request *request, shim_reply *reply)
{
    reference_adapter *a = ctx;
    adapter_call call = {a, a->prim, request, reply};
    const operation *op = answering(request->op);
    if (op) {
        op->answer(&call);
    } else {
        reply->answer = SHIM_UNS;
        reply->word = request->op;
    }
    return SHIM_ANSWERED;
}

void reference_adapter_start(reference_adapter *a, const prim *p, void (*random)(uint8_t *, size_t))
{
    *a = (reference_adapter){.prim = p, .random = random};
}

parley_impl reference_adapter_impl(reference_adapter *a) { return (parley_impl){"parley", answer, a}; }
