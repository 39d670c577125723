#include "document.h"
#include "requirements.h"

#include <stdlib.h>
#include <string.h>

static cJSON *made(cJSON *item)
{
    must(item != NULL);
    return item;
}

static void put(cJSON *object, value v)
{
    if (v.text) {
        made(cJSON_AddStringToObject(object, v.key, v.text));
    } else if (v.is_bytes) {
        size_t room = 2 * v.bytes.n;
        uint8_t *digits = malloc(room + 1);
        must(digits != NULL);
        writer w = writer_of(digits, room);
        write_hex(&w, v.bytes);
        digits[room] = 0;
        made(cJSON_AddStringToObject(object, v.key, (const char *)digits));
        free(digits);
    } else {
        made(cJSON_AddNumberToObject(object, v.key, (double)v.number));
    }
}

/* The words of `list`, one space between, as an array of strings. */
static void put_words(cJSON *object, const char *key, const char *list)
{
    cJSON *array = made(cJSON_AddArrayToObject(object, key));
    while (*list) {
        char word[64];
        size_t n = strcspn(list, " ");
        must(n < sizeof word);
        memcpy(word, list, n);
        word[n] = 0;
        cJSON_AddItemToArray(array, made(cJSON_CreateString(word)));
        list += n + (list[n] == ' ');
    }
}

cJSON *document_new(const char *area, const char *op, const char *generator, const char *seed, const char *const *checked_by)
{
    cJSON *d = made(cJSON_CreateObject());
    put(d, TEXT("schema", "vector/1"));
    put(d, TEXT("revision", "draft"));
    put(d, TEXT("area", area));
    put(d, TEXT("op", op));
    cJSON *source = made(cJSON_AddObjectToObject(d, "source"));
    put(source, TEXT("generator", generator));
    put(source, TEXT("seed", seed));
    cJSON *array = made(cJSON_AddArrayToObject(source, "checked_by"));
    for (; *checked_by; checked_by++)
        cJSON_AddItemToArray(array, made(cJSON_CreateString(*checked_by)));
    made(cJSON_AddObjectToObject(d, "notes"));
    made(cJSON_AddArrayToObject(d, "groups"));
    return d;
}

void document_note(cJSON *document, const char *flag, const char *bug, const char *effect, const char *ref)
{
    cJSON *note = made(cJSON_AddObjectToObject(cJSON_GetObjectItemCaseSensitive(document, "notes"), flag));
    put(note, TEXT("bug", bug));
    put(note, TEXT("effect", effect));
    put_words(note, "refs", ref);
}

cJSON *document_group(cJSON *document, const char *gid, const char *needs)
{
    cJSON *group = made(cJSON_CreateObject());
    cJSON_AddItemToArray(cJSON_GetObjectItemCaseSensitive(document, "groups"), group);
    put(group, TEXT("gid", gid));
    put_words(group, "needs", needs);
    made(cJSON_AddObjectToObject(group, "common"));
    made(cJSON_AddArrayToObject(group, "cases"));
    return group;
}

void group_common(cJSON *group, value v) { put(cJSON_GetObjectItemCaseSensitive(group, "common"), v); }

static cJSON *new_case(cJSON *group, const char *id, const char *req)
{
    cJSON *c = made(cJSON_CreateObject());
    cJSON_AddItemToArray(cJSON_GetObjectItemCaseSensitive(group, "cases"), c);
    put(c, TEXT("id", id));
    put(c, NUMBER("rev", 1));
    put_words(c, "req", req);
    return c;
}

cJSON *group_accepts(cJSON *group, const char *id, const char *req)
{
    cJSON *c = new_case(group, id, req);
    put(c, TEXT("expect", "accept"));
    made(cJSON_AddObjectToObject(c, "in"));
    made(cJSON_AddObjectToObject(c, "out"));
    return c;
}

static const char *reason_of(const char *req)
{
    for (int i = 1; i < REQ_COUNT; i++)
        if (strcmp(requirement_rows[i].id, req) == 0)
            return requirement_rows[i].reason;
    must(!"a site that no chapter states");
    return NULL;
}

cJSON *group_rejects(cJSON *group, const char *id, const char *req, const rejection *r)
{
    cJSON *c = new_case(group, id, req);
    put_words(c, "flags", r->flag);
    put(c, TEXT("expect", "reject"));
    put(c, TEXT("reason", reason_of(r->reason_of)));
    put(c, TEXT("site", r->reason_of));
    put(c, TEXT("base", r->base));
    put(c, TEXT("mutation", r->mutation));
    put(c, TEXT("released", ""));
    if (r->after)
        put(c, TEXT("after", r->after));
    if (r->layers) {
        cJSON *layers = made(cJSON_AddArrayToObject(c, "layers"));
        for (const char *const *at = r->layers; *at; at++)
            cJSON_AddItemToArray(layers, made(cJSON_CreateString(*at)));
    }
    made(cJSON_AddObjectToObject(c, "in"));
    return c;
}

void case_in(cJSON *c, value v) { put(cJSON_GetObjectItemCaseSensitive(c, "in"), v); }
void case_out(cJSON *c, value v) { put(cJSON_GetObjectItemCaseSensitive(c, "out"), v); }

void case_trace(cJSON *c, value v)
{
    cJSON *trace = cJSON_GetObjectItemCaseSensitive(c, "trace");
    put(trace ? trace : made(cJSON_AddObjectToObject(c, "trace")), v);
}
