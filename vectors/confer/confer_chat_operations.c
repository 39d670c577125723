/* What a server reads of a chat request, and what a client shows of the responses that come. */
#include "big_room.h"
#include "confer_chat_vectors.h"
#include "confer_parts.h"

#include <stdio.h>
#include <string.h>

/* ---- cf.request ---- */

static const char *const revisions[] = {"0.1.14", "0.1.16", "0.1.20", NULL};

/* What is said about each message: the roles, and the last one's content, decoded. */
static void put_messages(adapter_call *call, const cf_chat *chat)
{
    writer *room = &call->reply->room;
    cf_chat_message m = {0};
    size_t start = room->n;
    for (json_cursor c = json_enter(chat->messages); cf_next_message(&c, &m);) {
        write_text(room, room->n > start ? " " : "");
        write_text(room, m.role < CF_ROLES ? cf_role_names[m.role] : "");
    }
    shim_put_text(&call->reply->out, "roles", span_from(written(room), start));
    start = room->n;
    (void)json_string(m.content, room);
    shim_put_bytes(&call->reply->out, "last", span_from(written(room), start));
}

static void put_chat(adapter_call *call, const cf_chat *chat)
{
    shim_list *out = &call->reply->out;
    shim_put_bool(out, "stream", chat->stream);
    shim_put_bool(out, "json", chat->json);
    shim_put_bool(out, "thinking", chat->thinking);
    shim_put_bool(out, "web_search", chat->web_search);
    if (chat->has_temperature)
        shim_put_int(out, "temperature", chat->temperature);
    if (chat->has_max_tokens)
        shim_put_int(out, "max_tokens", chat->max_tokens);
    put_messages(call, chat);
}

void cf_request_operation(adapter_call *call)
{
    span body;
    int revision = 0;
    cf_chat chat;
    if (!call_bytes(call, "body", &body) ||
        (shim_find(&call->request->in, "revision") && !call_word(call, "revision", revisions, &revision)))
        return;
    uint8_t *bytes = call_room(call, body.n);
    if (!bytes)
        return;
    writer room = writer_of(bytes, body.n);
    if (call_accepts(call, cf_read_chat((cf_revision)revision, body, &room, &chat)))
        put_chat(call, &chat);
}

/* ---- cf.answer: the responses m1, m2, ... have come; then `message` comes ---- */

static const char *const events[] = {
    [CF_NO_EVENT] = "none",     [CF_OPENED] = "none",           [CF_CALL] = "none",
    [CF_ANSWERED] = "answered", [CF_TOKEN] = "token",           [CF_THINKING] = "thinking",
    [CF_TOOL] = "tool",         [CF_COMPLETION] = "completion", [CF_FAILED] = "failed",
};

/* A client whose chat waits for its answer, and what it has shown of that. */
typedef struct asker {
    cf_client client;
    cf_effects effects;
    cf_world world;
    int64_t id;
    writer answer;
} asker;

/* A response that breaks a rule ends its request and not the session: refused all the same. */
static verdict take_response(asker *a, span message)
{
    cf_effects_clear(&a->effects);
    TRY(cf_client_takes_response(&a->client, &a->world, message, &a->effects));
    const cf_event *e = &a->effects.event;
    if (a->effects.refused)
        return (verdict){a->effects.refused};
    if (e->id == a->id && (e->kind == CF_TOKEN || e->kind == CF_ANSWERED))
        write_span(&a->answer, e->text);
    return ACCEPT;
}

static bool start_asker(adapter_call *call, asker *a)
{
    static cf_own_storage *storage;
    static uint8_t shown[CF_MESSAGE_MAX];
    int64_t beside;
    *a = (asker){.world = {.prim = call->prim, .storage = cf_own(BIG_ROOM(storage))}, .answer = WRITER(shown)};
    a->client.phase = CF_OPEN;
    if (!call_number(call, "chat", 0, INT64_MAX, &a->id))
        return false;
    cf_pending_add(&a->client.pending, a->id, call_flag(call, "stream"));
    if (shim_int(&call->request->in, "beside", &beside))
        cf_pending_add(&a->client.pending, beside, false);
    return true;
}

void cf_answer_operation(adapter_call *call)
{
    static asker *kept;
    asker *a = BIG_ROOM(kept);
    span message;
    bool stream;
    char key[8] = "m1";
    if (!start_asker(call, a))
        return;
    for (unsigned i = 1; shim_find(&call->request->in, key); snprintf(key, sizeof key, "m%u", ++i)) {
        if (!call_bytes(call, key, &message))
            return;
        (void)take_response(a, message);
    }
    if (!call_bytes(call, "message", &message) || !call_accepts(call, take_response(a, message)))
        return;
    shim_put_text(&call->reply->out, "event", span_text(events[a->effects.event.kind]));
    shim_put_bool(&call->reply->out, "open", cf_pending_find(&a->client.pending, a->id, &stream));
    uint8_t *room = call_room(call, a->answer.n);
    if (!room)
        return;
    span_take(written(&a->answer), room, a->answer.n ? a->answer.n : 1);
    shim_put_bytes(&call->reply->out, "answer", span_of(room, a->answer.n));
}
