#include "shim.h"

#include <string.h>

static void put_pair(shim_list *list, const char *key, shim_pair pair)
{
    if (list->n == SHIM_PAIRS) {
        list->overflow = true;
        return;
    }
    pair.key = span_text(key);
    list->at[list->n++] = pair;
}

void shim_put_text(shim_list *list, const char *key, span text) { put_pair(list, key, (shim_pair){.type = SHIM_TEXT, .value = text}); }

void shim_put_bytes(shim_list *list, const char *key, span bytes) { put_pair(list, key, (shim_pair){.type = SHIM_BYTES, .value = bytes}); }

void shim_put_int(shim_list *list, const char *key, int64_t n) { put_pair(list, key, (shim_pair){.type = SHIM_INT, .number = n}); }

void shim_put_bool(shim_list *list, const char *key, bool yes) { put_pair(list, key, (shim_pair){.type = SHIM_BOOL, .number = yes}); }

const shim_pair *shim_find(const shim_list *list, const char *key)
{
    for (size_t i = 0; i < list->n; i++)
        if (span_is(list->at[i].key, key))
            return &list->at[i];
    return NULL;
}

bool shim_int(const shim_list *list, const char *key, int64_t *out)
{
    const shim_pair *pair = shim_find(list, key);
    if (!pair || pair->type != SHIM_INT)
        return false;
    *out = pair->number;
    return true;
}

bool shim_text(const shim_list *list, const char *key, span *out)
{
    const shim_pair *pair = shim_find(list, key);
    if (!pair || pair->type != SHIM_TEXT)
        return false;
    *out = pair->value;
    return true;
}

bool shim_bytes(const shim_list *list, const char *key, writer *room, span *out)
{
    const shim_pair *pair = shim_find(list, key);
    if (!pair || (pair->type != SHIM_TEXT && pair->type != SHIM_BYTES))
        return false;
    if (pair->type == SHIM_BYTES) {
        *out = pair->value;
        return true;
    }
    size_t start = room->n;
    if (!read_hex(pair->value, room))
        return false;
    *out = span_from(written(room), start);
    return true;
}

static bool spells(span text, span bytes)
{
    static const char digit[] = "0123456789abcdef";
    if (text.n != 2 * bytes.n)
        return false;
    for (size_t i = 0; i < bytes.n; i++)
        if (text.p[2 * i] != (uint8_t)digit[bytes.p[i] >> 4] || text.p[2 * i + 1] != (uint8_t)digit[bytes.p[i] & 15])
            return false;
    return true;
}

bool shim_same_value(const shim_pair *a, const shim_pair *b)
{
    if (a->type == SHIM_BYTES && b->type == SHIM_TEXT)
        return spells(b->value, a->value);
    if (a->type == SHIM_TEXT && b->type == SHIM_BYTES)
        return spells(a->value, b->value);
    if (a->type != b->type)
        return false;
    return a->type == SHIM_INT || a->type == SHIM_BOOL ? a->number == b->number : span_same(a->value, b->value);
}

void shim_request_start(shim_request *request, const char *op)
{
    request->op = span_text(op);
    request->in.n = 0;
    request->in.overflow = false;
}

void shim_reply_start(shim_reply *reply)
{
    reply->answer = SHIM_NONE;
    reply->word = EMPTY;
    reply->out.n = 0;
    reply->out.overflow = false;
    reply->room.n = 0;
    reply->room.failed = false;
}

void shim_reply_with(shim_reply *reply, shim_answer answer, const char *word)
{
    reply->answer = answer;
    reply->word = span_text(word);
}

shim_fate shim_ask(const parley_impl *impl, const shim_request *request, shim_reply *reply)
{
    shim_reply_start(reply);
    return (shim_fate)impl->call(impl->ctx, request, reply);
}
