#include "vector_schema.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef struct judge {
    schema_fault *fault;
    void *ctx;
    bool holds;
    char where[200];
} judge;

static void blame(judge *j, const char *what)
{
    j->holds = false;
    j->fault(j->ctx, j->where[0] ? j->where : ".", what);
}

/* Steps into a member or an element; returns the length to go back to. */
__attribute__((format(printf, 2, 3))) static size_t enter(judge *j, const char *format, ...)
{
    size_t back = strlen(j->where);
    va_list args;
    va_start(args, format);
    vsnprintf(j->where + back, sizeof j->where - back, format, args);
    va_end(args);
    return back;
}

static void leave(judge *j, size_t back) { j->where[back] = 0; }

/* ---- words ---- */

static bool is_hex(const char *s)
{
    size_t n = strspn(s, "0123456789abcdef");
    return s[n] == 0 && n % 2 == 0;
}

static bool is_slug(const char *s)
{
    bool part = false; /* inside a part of letters and digits */
    for (; *s; s++) {
        if (islower((unsigned char)*s) || isdigit((unsigned char)*s))
            part = true;
        else if ((*s == '.' || *s == '-') && part)
            part = false;
        else
            return false;
    }
    return part;
}

static bool is_one_of(const char *s, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(s, *words) == 0)
            return true;
    return false;
}

static bool is_area(const char *s)
{
    static const char *const areas[] = {"wi", "nz", "at", "tl", "rt", "in", "hi", "cf", "sg", "p1", "eh", "en", "oh", NULL};
    return is_one_of(s, areas);
}

static bool is_req(const char *s)
{
    char area[3] = {0};
    if (strlen(s) != 6 || s[2] != '-' || !isdigit((unsigned char)s[3]) || !isdigit((unsigned char)s[4]) || !isdigit((unsigned char)s[5]))
        return false;
    for (int i = 0; i < 2; i++)
        area[i] = (char)tolower((unsigned char)s[i]);
    return is_area(area) && !islower((unsigned char)s[0]) && !islower((unsigned char)s[1]);
}

static bool is_op(const char *s)
{
    if (!islower((unsigned char)s[0]) || !(islower((unsigned char)s[1]) || isdigit((unsigned char)s[1])) || s[2] != '.' || !s[3])
        return false;
    return s[3 + strspn(s + 3, "abcdefghijklmnopqrstuvwxyz0123456789-")] == 0;
}

static bool is_revision(const char *s)
{
    if (strcmp(s, "draft") == 0)
        return true;
    for (int i = 0; i < 7; i++)
        if (i == 4 ? s[i] != '-' : !isdigit((unsigned char)s[i]))
            return false;
    return s[7] == 0;
}

static bool is_bug(const char *s)
{
    static const char *const bugs[] = {"BASIC", "EDGE",      "AUTH_BYPASS", "BINDING", "ROLLBACK",  "REPLAY", "LEAK",
                                       "DOS",   "MALLEABLE", "PARSER",      "ORDER",   "DOWNGRADE", NULL};
    return is_one_of(s, bugs);
}

static bool is_reason(const char *s)
{
    static const char *const reasons[] = {"admission", "parse",  "length",    "version",   "suite",        "order",
                                          "auth",      "dh",     "replay",    "expired",   "untrusted",    "measurement",
                                          "binding",   "policy", "log-proof", "log-sig",   "log-rollback", "quorum",
                                          "state",     "limit",  "padding",   "truncated", "critical",     NULL};
    return is_one_of(s, reasons);
}

static bool is_after(const char *s) { return strcmp(s, "same") == 0 || strcmp(s, "ended") == 0; }
static bool is_expect(const char *s) { return strcmp(s, "accept") == 0 || strcmp(s, "reject") == 0; }
static bool is_schema(const char *s) { return strcmp(s, "vector/1") == 0; }
static bool is_effect(const char *s) { return strlen(s) >= 10; }
static bool is_any(const char *s) { return s != NULL; }

/* ---- shapes ---- */

typedef void shape(judge *, const cJSON *);

typedef struct member {
    const char *name;
    bool required;
    bool (*word)(const char *); /* a string for which this holds, or */
    shape *inner;               /* whatever this accepts */
} member;

static const member *member_named(const member *rows, const char *name)
{
    for (; rows->name; rows++)
        if (strcmp(rows->name, name) == 0)
            return rows;
    return NULL;
}

static void judge_member(judge *j, const member *row, const cJSON *value)
{
    size_t back = enter(j, "%s%s", j->where[0] ? "." : "", row->name);
    if (row->inner)
        row->inner(j, value);
    else if (!cJSON_IsString(value) || !row->word(value->valuestring))
        blame(j, "not one of the words allowed here");
    leave(j, back);
}

static void judge_object(judge *j, const cJSON *object, const member *rows)
{
    if (!cJSON_IsObject(object)) {
        blame(j, "not an object");
        return;
    }
    for (const cJSON *at = object->child; at; at = at->next) {
        const member *row = member_named(rows, at->string);
        size_t back = enter(j, ".%s", at->string);
        if (!row)
            blame(j, "unknown member");
        else if (cJSON_GetObjectItemCaseSensitive(object, at->string) != at)
            blame(j, "repeated member");
        leave(j, back);
        if (row)
            judge_member(j, row, at);
    }
    for (; rows->name; rows++) {
        size_t back = enter(j, ".%s", rows->name);
        if (rows->required && !cJSON_GetObjectItemCaseSensitive(object, rows->name))
            blame(j, "missing");
        leave(j, back);
    }
}

static void judge_words(judge *j, const cJSON *array, bool (*word)(const char *), int least, bool unique)
{
    if (!cJSON_IsArray(array) || cJSON_GetArraySize(array) < least) {
        blame(j, "not an array, or too few elements");
        return;
    }
    int i = 0;
    for (const cJSON *at = array->child; at; at = at->next, i++) {
        size_t back = enter(j, "[%d]", i);
        if (!cJSON_IsString(at) || !word(at->valuestring))
            blame(j, "not one of the words allowed here");
        for (const cJSON *other = array->child; unique && other != at; other = other->next)
            if (cJSON_IsString(at) && cJSON_IsString(other) && strcmp(other->valuestring, at->valuestring) == 0)
                blame(j, "repeated element");
        leave(j, back);
    }
}

static void words(judge *j, const cJSON *v) { judge_words(j, v, is_any, 0, false); }
static void reqs(judge *j, const cJSON *v) { judge_words(j, v, is_req, 1, false); }
static void witnesses(judge *j, const cJSON *v) { judge_words(j, v, is_any, 2, true); }

static bool is_whole(const cJSON *v) { return cJSON_IsNumber(v) && v->valuedouble == (double)(long long)v->valuedouble; }

static void revision_number(judge *j, const cJSON *v)
{
    if (!is_whole(v) || v->valuedouble < 1)
        blame(j, "not an integer of at least 1");
}

static void flat(judge *j, const cJSON *object)
{
    if (!cJSON_IsObject(object)) {
        blame(j, "not an object");
        return;
    }
    for (const cJSON *at = object->child; at; at = at->next) {
        size_t back = enter(j, ".%s", at->string);
        if (!cJSON_IsString(at) && !cJSON_IsBool(at) && !is_whole(at))
            blame(j, "neither text, integer nor boolean");
        if (cJSON_GetObjectItemCaseSensitive(object, at->string) != at)
            blame(j, "repeated member");
        leave(j, back);
    }
}

static void source(judge *j, const cJSON *v)
{
    static const member rows[] = {
        {"generator", true, is_any, NULL}, {"seed", true, is_hex, NULL}, {"checked_by", true, NULL, witnesses}, {0}};
    judge_object(j, v, rows);
}

static void note(judge *j, const cJSON *v)
{
    static const member rows[] = {{"bug", true, is_bug, NULL}, {"effect", true, is_effect, NULL}, {"refs", false, NULL, words}, {0}};
    judge_object(j, v, rows);
}

static void notes(judge *j, const cJSON *object)
{
    if (!cJSON_IsObject(object)) {
        blame(j, "not an object");
        return;
    }
    for (const cJSON *at = object->child; at; at = at->next) {
        size_t back = enter(j, ".%s", at->string);
        note(j, at);
        leave(j, back);
    }
}

static void one_case(judge *j, const cJSON *v)
{
#define BOTH                                                                                                                     \
    {"id", true, is_slug, NULL}, {"rev", true, NULL, revision_number}, {"req", true, NULL, reqs}, {"flags", false, NULL, words}, \
        {"expect", true, is_expect, NULL}, {"in", true, NULL, flat},                                                             \
    {                                                                                                                            \
        "trace", false, NULL, flat                                                                                               \
    }
    static const member accepting[] = {BOTH, {"out", true, NULL, flat}, {0}};
    static const member rejecting[] = {BOTH,
                                       {"reason", true, is_reason, NULL},
                                       {"site", true, is_req, NULL},
                                       {"base", true, is_slug, NULL},
                                       {"mutation", true, is_any, NULL},
                                       {"released", true, is_hex, NULL},
                                       {"after", false, is_after, NULL},
                                       {"layers", false, NULL, reqs},
                                       {0}};
#undef BOTH
    const cJSON *expect = cJSON_GetObjectItemCaseSensitive(v, "expect");
    bool rejects = cJSON_IsString(expect) && strcmp(expect->valuestring, "reject") == 0;
    judge_object(j, v, rejects ? rejecting : accepting);
}

static void each(judge *j, const cJSON *array, shape *inner)
{
    if (!cJSON_IsArray(array) || !array->child) {
        blame(j, "not an array of at least one");
        return;
    }
    int i = 0;
    for (const cJSON *at = array->child; at; at = at->next) {
        size_t back = enter(j, "[%d]", i++);
        inner(j, at);
        leave(j, back);
    }
}

static void cases(judge *j, const cJSON *v) { each(j, v, one_case); }

static void group(judge *j, const cJSON *v)
{
    static const member rows[] = {
        {"gid", true, is_slug, NULL}, {"needs", true, NULL, words}, {"common", true, NULL, flat}, {"cases", true, NULL, cases}, {0}};
    judge_object(j, v, rows);
}

static void groups(judge *j, const cJSON *v) { each(j, v, group); }

bool vector_schema_holds(const cJSON *document, schema_fault *fault, void *ctx)
{
    static const member rows[] = {
        {"schema", true, is_schema, NULL}, {"revision", true, is_revision, NULL}, {"area", true, is_area, NULL},  {"op", true, is_op, NULL},
        {"source", true, NULL, source},    {"notes", true, NULL, notes},          {"groups", true, NULL, groups}, {0}};
    judge j = {.fault = fault, .ctx = ctx, .holds = true};
    judge_object(&j, document, rows);
    return j.holds;
}
