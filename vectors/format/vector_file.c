#include "vector_file.h"
#include "no_memory.h"
#include "requirements.h"
#include "vector_schema.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- reading ---- */

static const char *text_of(const cJSON *object, const char *name)
{
    const cJSON *value = member_of(object, name);
    return value ? value->valuestring : NULL;
}

static void *grown(void *p, size_t n, size_t size) { return or_stop(realloc(p, n * size)); }

/* FNV-1a */
static size_t hash_of(const char *id)
{
    uint32_t hash = 2166136261;
    for (; *id; id++)
        hash = (hash ^ (uint8_t)*id) * 16777619;
    return hash;
}

/* Of two with one id, the first is found. */
static void index_case(vector_set *set, size_t i)
{
    size_t at = hash_of(set->all[i].id) & (set->n_slots - 1);
    while (set->slot[at])
        at = (at + 1) & (set->n_slots - 1);
    set->slot[at] = (unsigned)i + 1;
}

static void index_last(vector_set *set)
{
    if (2 * set->n < set->n_slots) {
        index_case(set, set->n - 1);
        return;
    }
    set->n_slots = set->n_slots ? 2 * set->n_slots : 1024;
    free(set->slot);
    set->slot = or_stop(calloc(set->n_slots, sizeof *set->slot));
    for (size_t i = 0; i < set->n; i++)
        index_case(set, i);
}

static void append_case(vector_set *set, const vector_document *file, const cJSON *group, const cJSON *c)
{
    set->all = grown(set->all, set->n + 1, sizeof *set->all);
    set->all[set->n++] = (vector_case){.file = file->name,
                                       .area = text_of(file->json, "area"),
                                       .op = text_of(file->json, "op"),
                                       .gid = text_of(group, "gid"),
                                       .id = text_of(c, "id"),
                                       .rev = member_of(c, "rev")->valueint,
                                       .accept = strcmp(text_of(c, "expect"), "accept") == 0,
                                       .reason = text_of(c, "reason"),
                                       .site = text_of(c, "site"),
                                       .base = text_of(c, "base"),
                                       .mutation = text_of(c, "mutation"),
                                       .released = text_of(c, "released"),
                                       .after = text_of(c, "after"),
                                       .needs = member_of(group, "needs"),
                                       .common = member_of(group, "common"),
                                       .req = member_of(c, "req"),
                                       .flags = member_of(c, "flags"),
                                       .layers = member_of(c, "layers"),
                                       .in = member_of(c, "in"),
                                       .out = member_of(c, "out")};
}

static void view_cases(vector_set *set, const vector_document *file)
{
    for (const cJSON *g = member_of(file->json, "groups")->child; g; g = g->next)
        for (const cJSON *c = member_of(g, "cases")->child; c; c = c->next)
            append_case(set, file, g, c), index_last(set);
}

typedef struct schema_reporter {
    const char *file;
    vector_fault *fault;
    void *ctx;
} schema_reporter;

static void report_schema_fault(void *ctx, const char *where, const char *what)
{
    const schema_reporter *t = ctx;
    t->fault(t->ctx, t->file, where, what);
}

bool vectors_add(vector_set *set, const char *name, cJSON *document, vector_fault *fault, void *ctx)
{
    if (!document) {
        fault(ctx, name, ".", "not JSON");
        return false;
    }
    schema_reporter reporter = {name, fault, ctx};
    if (!vector_schema_holds(document, report_schema_fault, &reporter)) {
        cJSON_Delete(document);
        return false;
    }
    set->file = grown(set->file, set->n_files + 1, sizeof *set->file);
    vector_document *file = &set->file[set->n_files++];
    file->name = or_stop(strdup(name));
    file->json = document;
    view_cases(set, file);
    return true;
}

char *vector_read_text(const char *folder, const char *name, size_t *n)
{
    char path[1024], part[65536], *text = NULL;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "rb"), *copy = f ? open_memstream(&text, n) : NULL;
    if (!copy)
        return NULL;
    bool good = true;
    for (size_t got; (got = fread(part, 1, sizeof part, f)) > 0;)
        good = fwrite(part, 1, got, copy) == got && good;
    good = !ferror(f) && good;
    fclose(f);
    good = fclose(copy) == 0 && good;
    if (good)
        return text;
    free(text);
    return NULL;
}

static cJSON *parsed_file(const char *folder, const char *name)
{
    size_t n;
    char *text = vector_read_text(folder, name, &n);
    const char *end = NULL;
    cJSON *document = text && strlen(text) == n ? cJSON_ParseWithOpts(text, &end, 0) : NULL;
    if (document && end[strspn(end, " \t\r\n")] != 0) {
        cJSON_Delete(document);
        document = NULL;
    }
    free(text);
    return document;
}

static int is_json(const struct dirent *entry)
{
    size_t n = strlen(entry->d_name);
    return n > 5 && strcmp(entry->d_name + n - 5, ".json") == 0;
}

bool vectors_read(vector_set *set, const char *folder, vector_fault *fault, void *ctx)
{
    struct dirent **entry = NULL;
    int n = scandir(folder, &entry, is_json, alphasort);
    if (n < 0) {
        fault(ctx, folder, ".", strerror(errno));
        return false;
    }
    bool good = true;
    for (int i = 0; i < n; i++) {
        good = vectors_add(set, entry[i]->d_name, parsed_file(folder, entry[i]->d_name), fault, ctx) && good;
        free(entry[i]);
    }
    free(entry);
    return good;
}

void vectors_free(vector_set *set)
{
    for (size_t i = 0; i < set->n_files; i++) {
        cJSON_Delete(set->file[i].json);
        free((void *)set->file[i].name);
    }
    free(set->file);
    free(set->all);
    free(set->slot);
    *set = (vector_set){0};
}

/* ---- agreement ---- */

const vector_case *vectors_find(const vector_set *set, const char *id)
{
    for (size_t at = hash_of(id); set->n_slots && set->slot[at & (set->n_slots - 1)]; at++) {
        const vector_case *c = &set->all[set->slot[at & (set->n_slots - 1)] - 1];
        if (strcmp(c->id, id) == 0)
            return c;
    }
    return NULL;
}

static bool lists(const cJSON *array, const char *word)
{
    for (const cJSON *at = array ? array->child : NULL; at; at = at->next)
        if (strcmp(at->valuestring, word) == 0)
            return true;
    return false;
}

bool case_names(const vector_case *c, const char *req) { return lists(c->req, req); }

static const requirement_row *sentence_of(const char *req)
{
    const unsigned short row = requirement_named(req);
    return row ? &requirement_rows[row] : NULL;
}

static const char *case_fault(const vector_set *set, const vector_case *c)
{
    if (strncmp(c->id, c->area, 2) != 0 || c->id[2] != '.')
        return "the id does not start with the file's area";
    if (strncmp(c->op, c->area, 2) != 0)
        return "the operation is of another area";
    for (const cJSON *r = c->req->child; r; r = r->next)
        if (!sentence_of(r->valuestring))
            return "names a requirement that no chapter states";
    if (c->accept)
        return NULL;
    if (!case_names(c, c->site))
        return "the site is not among its requirements";
    if (strcmp(sentence_of(c->site)->reason, c->reason) != 0)
        return "the reason is not the one that the site's sentence states";
    const vector_case *base = vectors_find(set, c->base);
    return base && base->accept ? NULL : "the base is not an accepting case";
}

static int by_id(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

static bool ids_are_unique(const vector_set *set, vector_fault *fault, void *ctx)
{
    const char **id = grown(NULL, set->n + 1, sizeof *id);
    bool unique = true;
    for (size_t i = 0; i < set->n; i++)
        id[i] = set->all[i].id;
    qsort(id, set->n, sizeof *id, by_id);
    for (size_t i = 1; i < set->n; i++)
        if (strcmp(id[i - 1], id[i]) == 0) {
            fault(ctx, vectors_find(set, id[i])->file, id[i], "two cases have this id");
            unique = false;
        }
    free(id);
    return unique;
}

static bool flags_have_notes(const vector_set *set, vector_fault *fault, void *ctx)
{
    bool good = true;
    for (size_t f = 0; f < set->n_files; f++) {
        const cJSON *notes = member_of(set->file[f].json, "notes");
        for (size_t i = 0; i < set->n; i++)
            for (const cJSON *flag = set->all[i].file == set->file[f].name && set->all[i].flags ? set->all[i].flags->child : NULL; flag;
                 flag = flag->next)
                if (!member_of(notes, flag->valuestring)) {
                    fault(ctx, set->file[f].name, set->all[i].id, "a flag without its note");
                    good = false;
                }
    }
    return good;
}

bool vectors_agree(const vector_set *set, vector_fault *fault, void *ctx)
{
    bool good = ids_are_unique(set, fault, ctx);
    good = flags_have_notes(set, fault, ctx) && good;
    for (size_t i = 0; i < set->n; i++) {
        const char *what = case_fault(set, &set->all[i]);
        if (what)
            fault(ctx, set->all[i].file, set->all[i].id, what);
        good = good && !what;
    }
    return good;
}

/* ---- values ---- */

const cJSON *case_value(const vector_case *c, const char *key)
{
    const cJSON *own = member_of(c->in, key);
    return own ? own : member_of(c->common, key);
}

void case_put(shim_list *list, const cJSON *value)
{
    if (cJSON_IsString(value))
        shim_put_text(list, value->string, span_text(value->valuestring));
    else if (cJSON_IsBool(value))
        shim_put_bool(list, value->string, cJSON_IsTrue(value));
    else
        shim_put_int(list, value->string, (int64_t)value->valuedouble);
}

void case_inputs(const vector_case *c, shim_list *list)
{
    for (const cJSON *at = c->in->child; at; at = at->next)
        case_put(list, at);
    for (const cJSON *at = c->common->child; at; at = at->next)
        if (!member_of(c->in, at->string))
            case_put(list, at);
}

/* ---- writing ---- */

static void print_compact(const cJSON *value, FILE *f)
{
    char *text = or_stop(cJSON_PrintUnformatted(value));
    fputs(text, f);
    cJSON_free(text);
}

static void print_string(const char *s, FILE *f)
{
    cJSON *item = cJSON_CreateString(s);
    print_compact(item, f);
    cJSON_Delete(item);
}

static void print_group(const cJSON *group, FILE *f)
{
    fputs("  {\"gid\":", f);
    print_compact(member_of(group, "gid"), f);
    fputs(",\"needs\":", f);
    print_compact(member_of(group, "needs"), f);
    fputs(",\n   \"common\":", f);
    print_compact(member_of(group, "common"), f);
    fputs(",\n   \"cases\":[", f);
    for (const cJSON *c = member_of(group, "cases")->child; c; c = c->next) {
        fputs("\n    ", f);
        print_compact(c, f);
        fputs(c->next ? "," : "]}", f);
    }
}

void vector_print(const cJSON *document, FILE *f)
{
    static const char *const head[] = {"schema", "revision", "area", "op", "source"};
    for (size_t i = 0; i < sizeof head / sizeof *head; i++) {
        fprintf(f, "%s\"%s\":", i == 0 ? "{" : i == 4 ? ",\n " : ",", head[i]);
        print_compact(member_of(document, head[i]), f);
    }
    fputs(",\n \"notes\":{", f);
    for (const cJSON *n = member_of(document, "notes")->child; n; n = n->next) {
        fputs("\n  ", f);
        print_string(n->string, f);
        fputs(":", f);
        print_compact(n, f);
        fputs(n->next ? "," : "", f);
    }
    fputs("},\n \"groups\":[", f);
    for (const cJSON *g = member_of(document, "groups")->child; g; g = g->next) {
        fputs("\n", f);
        print_group(g, f);
        fputs(g->next ? "," : "]}\n", f);
    }
}

static void print_members(const cJSON *object, const char *prefix, const cJSON *hidden_by, FILE *f)
{
    for (const cJSON *at = object ? object->child : NULL; at; at = at->next) {
        if (hidden_by && member_of(hidden_by, at->string))
            continue;
        fprintf(f, ",\"%s%s\":", prefix, at->string);
        print_compact(at, f);
    }
}

static void print_joined(const char *key, const cJSON *array, FILE *f)
{
    fprintf(f, ",\"%s\":\"", key);
    for (const cJSON *at = array ? array->child : NULL; at; at = at->next)
        fprintf(f, "%s%s", at->valuestring, at->next ? " " : "");
    fputs("\"", f);
}

static void print_case_line(const cJSON *document, const cJSON *group, const cJSON *c, FILE *f)
{
    static const char *const words[] = {"expect", "reason", "site", "base", "mutation", "released", "after"};
    fputs("{\"id\":", f);
    print_compact(member_of(c, "id"), f);
    fputs(",\"rev\":", f);
    print_compact(member_of(c, "rev"), f);
    fputs(",\"op\":", f);
    print_compact(member_of(document, "op"), f);
    print_joined("req", member_of(c, "req"), f);
    print_joined("flags", member_of(c, "flags"), f);
    print_joined("needs", member_of(group, "needs"), f);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (member_of(c, words[i])) {
            fprintf(f, ",\"%s\":", words[i]);
            print_compact(member_of(c, words[i]), f);
        }
    print_members(member_of(c, "in"), "in.", NULL, f);
    print_members(member_of(group, "common"), "in.", member_of(c, "in"), f);
    print_members(member_of(c, "out"), "out.", NULL, f);
    fputs("}\n", f);
}

void vector_print_lines(const cJSON *document, FILE *f)
{
    for (const cJSON *g = member_of(document, "groups")->child; g; g = g->next)
        for (const cJSON *c = member_of(g, "cases")->child; c; c = c->next)
            print_case_line(document, g, c, f);
}
