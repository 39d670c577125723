#include "document.h"
#include "no_memory.h"
#include "vector_schema.h"
#include "requirements.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static cJSON *made(cJSON *item)
{
    must(item != NULL);
    return item;
}

static cJSON *hexadecimal(span bytes)
{
    const size_t room = 2 * bytes.n;
    char *digits = malloc(room + 1);
    needs_memory(digits != NULL);
    writer w = writer_of(digits, room);
    write_hex(&w, bytes);
    digits[room] = 0;
    cJSON *item = cJSON_CreateString(digits);
    free(digits);
    return item;
}

static cJSON *item_of(value v)
{
    switch (v.type) {
    case VALUE_TEXT: return made(cJSON_CreateString(v.text));
    case VALUE_BYTES: return made(hexadecimal(v.bytes));
    case VALUE_BOOLEAN: return made(cJSON_CreateBool(v.number != 0));
    default: return made(cJSON_CreateNumber((double)v.number));
    }
}

static void put_value(cJSON *object, value v) { cJSON_AddItemToObject(object, v.key, item_of(v)); }

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

/* ---- the file ---- */

sheet sheet_start(const prim *p, const char *op, const char *generator, const char *seed, const char *const *checked_by)
{
    sheet s = {.prim = p, .op = op, .document = made(cJSON_CreateObject())};
    const char area[] = {op[0], op[1], 0};
    put_value(s.document, TEXT("schema", "vector/1"));
    put_value(s.document, TEXT("revision", "draft"));
    put_value(s.document, TEXT("area", area));
    put_value(s.document, TEXT("op", op));
    cJSON *source = made(cJSON_AddObjectToObject(s.document, "source"));
    put_value(source, TEXT("generator", generator));
    put_value(source, TEXT("seed", seed));
    cJSON *array = made(cJSON_AddArrayToObject(source, "checked_by"));
    for (; *checked_by; checked_by++)
        cJSON_AddItemToArray(array, made(cJSON_CreateString(*checked_by)));
    made(cJSON_AddObjectToObject(s.document, "notes"));
    made(cJSON_AddArrayToObject(s.document, "groups"));
    return s;
}

void sheet_note(sheet *s, const char *flag, const char *bug, const char *effect, const char *refs)
{
    cJSON *note = made(cJSON_AddObjectToObject(member_of(s->document, "notes"), flag));
    put_value(note, TEXT("bug", bug));
    put_value(note, TEXT("effect", effect));
    put_words(note, "refs", refs);
}

void sheet_group(sheet *s, const char *gid, const char *needs, const char *subject)
{
    s->c = NULL;
    s->group = made(cJSON_CreateObject());
    snprintf(s->subject, sizeof s->subject, "%s", subject);
    cJSON_AddItemToArray(member_of(s->document, "groups"), s->group);
    put_value(s->group, TEXT("gid", gid));
    put_words(s->group, "needs", needs);
    made(cJSON_AddObjectToObject(s->group, "common"));
    made(cJSON_AddArrayToObject(s->group, "cases"));
}

/* ---- cases ---- */

static void put_name(const sheet *s, const char *key, const char *op, const char *slug)
{
    char name[128];
    snprintf(name, sizeof name, "%s%s%s.%s", op, *s->subject ? "." : "", s->subject, slug);
    put_value(s->c, TEXT(key, name));
}

static void begin_case(sheet *s, const char *slug, const char *req)
{
    s->c = made(cJSON_CreateObject());
    cJSON_AddItemToArray(member_of(s->group, "cases"), s->c);
    put_name(s, "id", s->op, slug);
    put_value(s->c, NUMBER("rev", 1));
    put_words(s->c, "req", req);
}

void sheet_accepts(sheet *s, const char *slug, const char *req)
{
    begin_case(s, slug, req);
    put_value(s->c, TEXT("expect", "accept"));
    made(cJSON_AddObjectToObject(s->c, "in"));
    made(cJSON_AddObjectToObject(s->c, "out"));
}

static const char *reason_of(const char *req)
{
    must(requirement_named(req)); /* a site that no chapter states */
    return requirement_rows[requirement_named(req)].reason;
}

void sheet_rejects(sheet *s, const rejection *r)
{
    char req[160];
    snprintf(req, sizeof req, "%s%s%s", r->site, r->also ? " " : "", r->also ? r->also : "");
    begin_case(s, r->slug, req);
    put_words(s->c, "flags", r->flag);
    put_value(s->c, TEXT("expect", "reject"));
    put_value(s->c, TEXT("reason", reason_of(r->site)));
    put_value(s->c, TEXT("site", r->site));
    put_name(s, "base", r->base_op ? r->base_op : s->op, r->base ? r->base : "ok");
    put_value(s->c, TEXT("mutation", r->mutation));
    put_value(s->c, TEXT("released", ""));
    if (r->after)
        put_value(s->c, TEXT("after", r->after));
    if (r->layers) {
        cJSON *layers = made(cJSON_AddArrayToObject(s->c, "layers"));
        for (const char *const *at = r->layers; *at; at++)
            cJSON_AddItemToArray(layers, made(cJSON_CreateString(*at)));
    }
    made(cJSON_AddObjectToObject(s->c, "in"));
}

/* A line of the shim has these names for itself: a second member of such a name would be taken for it. */
static bool is_reserved(const char *key)
{
    static const char *const names[] = {"id", "op", "ok", "rej", "released", "uns", "bug"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(key, names[i]) == 0)
            return true;
    return false;
}

void sheet_in(sheet *s, value v)
{
    must(!is_reserved(v.key));
    cJSON *common = member_of(s->group, "common");
    if (!s->c) {
        put_value(common, v);
        return;
    }
    cJSON *item = item_of(v);
    if (cJSON_Compare(item, member_of(common, v.key), 1))
        cJSON_Delete(item);
    else
        cJSON_AddItemToObject(member_of(s->c, "in"), v.key, item);
}

void sheet_out(sheet *s, value v)
{
    must(!is_reserved(v.key));
    put_value(member_of(s->c, "out"), v);
}

void sheet_trace(sheet *s, value v)
{
    cJSON *trace = member_of(s->c, "trace");
    put_value(trace ? trace : made(cJSON_AddObjectToObject(s->c, "trace")), v);
}
