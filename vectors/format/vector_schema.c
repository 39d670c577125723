#include "vector_schema.h"
#include "bytes.h"

#include <regex.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef struct judge {
    const cJSON *root; /* the schema */
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

static size_t enter_member(judge *j, const char *name) { return enter(j, "%s%s", j->where[0] ? "." : "", name); }
static void leave(judge *j, size_t back) { j->where[back] = 0; }

static void blame_member(judge *j, const char *name, const char *what)
{
    size_t back = enter_member(j, name);
    blame(j, what);
    leave(j, back);
}

/* ---- single values ---- */

static bool is_whole(const cJSON *v) { return cJSON_IsNumber(v) && v->valuedouble == (double)(long long)v->valuedouble; }

static bool is_of_type(const cJSON *v, const char *type)
{
    return strcmp(type, "object") == 0    ? cJSON_IsObject(v)
           : strcmp(type, "array") == 0   ? cJSON_IsArray(v)
           : strcmp(type, "string") == 0  ? cJSON_IsString(v)
           : strcmp(type, "integer") == 0 ? is_whole(v)
                                          : strcmp(type, "boolean") == 0 && cJSON_IsBool(v);
}

static bool type_fits(const cJSON *type, const cJSON *v)
{
    bool fits = !type || (cJSON_IsString(type) && is_of_type(v, type->valuestring));
    for (const cJSON *one = cJSON_IsArray(type) ? type->child : NULL; one; one = one->next)
        fits = fits || is_of_type(v, one->valuestring);
    return fits;
}

static bool is_among(const cJSON *words, const cJSON *v)
{
    for (const cJSON *word = words->child; word; word = word->next)
        if (cJSON_Compare(word, v, 1))
            return true;
    return false;
}

/* Each pattern of the schema is compiled once. */
static bool matches(const cJSON *pattern, const char *text)
{
    enum { PATTERNS = 16 };
    static struct {
        const cJSON *pattern;
        regex_t compiled;
    } known[PATTERNS];
    size_t i = 0;
    while (i < PATTERNS && known[i].pattern && known[i].pattern != pattern)
        i++;
    must(i < PATTERNS);
    if (!known[i].pattern) {
        must(regcomp(&known[i].compiled, pattern->valuestring, REG_EXTENDED | REG_NOSUB) == 0);
        known[i].pattern = pattern;
    }
    return regexec(&known[i].compiled, text, 0, NULL, 0) == 0;
}

static bool single_fits(const cJSON *schema, const cJSON *v)
{
    const cJSON *constant = member_of(schema, "const"), *words = member_of(schema, "enum"), *pattern = member_of(schema, "pattern"),
                *length = member_of(schema, "minLength"), *least = member_of(schema, "minimum");
    return type_fits(member_of(schema, "type"), v) && (!constant || cJSON_Compare(constant, v, 1)) && (!words || is_among(words, v)) &&
           (!pattern || matches(pattern, v->valuestring)) && (!length || strlen(v->valuestring) >= (size_t)length->valueint) &&
           (!least || v->valuedouble >= least->valuedouble);
}

/* ---- containers ---- */

static void judge_value(judge *, const cJSON *schema, const cJSON *v);

static void judge_array(judge *j, const cJSON *schema, const cJSON *array)
{
    const cJSON *least = member_of(schema, "minItems"), *items = member_of(schema, "items");
    int i = 0;
    if (least && cJSON_GetArraySize(array) < least->valueint)
        blame(j, "too few elements");
    for (const cJSON *v = array->child; v; v = v->next) {
        size_t back = enter(j, "[%d]", i++);
        if (items)
            judge_value(j, items, v);
        for (const cJSON *other = array->child; member_of(schema, "uniqueItems") && other != v; other = other->next)
            if (cJSON_Compare(other, v, 1))
                blame(j, "repeated element");
        leave(j, back);
    }
}

/* The form among `oneOf` whose constants the object has. */
static const cJSON *form_of(const cJSON *schema, const cJSON *object)
{
    for (const cJSON *form = member_of(schema, "oneOf") ? member_of(schema, "oneOf")->child : NULL; form; form = form->next) {
        bool fits = true;
        for (const cJSON *p = member_of(form, "properties")->child; p; p = p->next)
            fits = fits && (!member_of(p, "const") || cJSON_Compare(member_of(p, "const"), member_of(object, p->string), 1));
        if (fits)
            return form;
    }
    return NULL;
}

static void judge_required(judge *j, const cJSON *schema, const cJSON *object)
{
    for (const cJSON *name = member_of(schema, "required") ? member_of(schema, "required")->child : NULL; name; name = name->next)
        if (!member_of(object, name->valuestring))
            blame_member(j, name->valuestring, "missing");
}

static void judge_member(judge *j, const cJSON *schema, const cJSON *form, const cJSON *v)
{
    const cJSON *more = member_of(schema, "additionalProperties"), *own = member_of(member_of(schema, "properties"), v->string),
                *of_form = member_of(member_of(form, "properties"), v->string);
    size_t back = enter_member(j, v->string);
    if (own)
        judge_value(j, own, v);
    if (of_form)
        judge_value(j, of_form, v);
    if (!own && !of_form && cJSON_IsObject(more))
        judge_value(j, more, v);
    else if (!own && !of_form)
        blame(j, "unknown member");
    leave(j, back);
}

static void judge_object(judge *j, const cJSON *schema, const cJSON *object)
{
    const cJSON *form = form_of(schema, object);
    if (member_of(schema, "oneOf") && !form)
        blame(j, "none of the forms that are allowed here");
    for (const cJSON *v = object->child; v; v = v->next) {
        if (member_of(object, v->string) != v)
            blame_member(j, v->string, "repeated member");
        judge_member(j, schema, form, v);
    }
    judge_required(j, schema, object);
    judge_required(j, form, object);
}

static void judge_value(judge *j, const cJSON *schema, const cJSON *v)
{
    const cJSON *ref = member_of(schema, "$ref");
    if (ref)
        judge_value(j, member_of(member_of(j->root, "$defs"), ref->valuestring + strlen("#/$defs/")), v);
    else if (!single_fits(schema, v))
        blame(j, "not what is allowed here");
    else if (cJSON_IsArray(v))
        judge_array(j, schema, v);
    else if (cJSON_IsObject(v))
        judge_object(j, schema, v);
}

bool vector_schema_holds(const cJSON *document, schema_fault *fault, void *ctx)
{
    static cJSON *root;
    if (!root)
        root = cJSON_Parse(vector_schema_text);
    must(root != NULL);
    judge j = {.root = root, .fault = fault, .ctx = ctx, .holds = true};
    judge_value(&j, root, document);
    return j.holds;
}
