#include "corpus.h"
#include "vector_schema.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char lines_name[] = "all.jsonl";

typedef struct text {
    char *p;
    size_t n;
} text;

static text printed(const cJSON *document)
{
    text t = {0};
    FILE *f = open_memstream(&t.p, &t.n);
    must(f != NULL);
    vector_print(document, f);
    must(fclose(f) == 0);
    return t;
}

static text every_line(const vector_set *set)
{
    text t = {0};
    FILE *f = open_memstream(&t.p, &t.n);
    must(f != NULL);
    for (size_t i = 0; i < set->n_files; i++)
        vector_print_lines(set->file[i].json, f);
    must(fclose(f) == 0);
    return t;
}

static void count(const vector_set *set, corpus_totals *totals)
{
    totals->files = set->n_files;
    totals->cases = set->n;
    totals->positive = 0;
    for (size_t i = 0; i < set->n; i++)
        totals->positive += set->all[i].accept;
    totals->negative = set->n - totals->positive;
}

bool corpus_make_files(const prim *p, corpus_wanted *wanted, vector_set *set, size_t *skipped, vector_fault *fault, void *ctx)
{
    *set = (vector_set){0};
    *skipped = 0;
    bool good = true, whole = true;
    const scenario_file *file;
    for (size_t i = 0; (file = scenario_file_at(i)); i++) {
        if (wanted && !wanted(ctx, file->name)) {
            whole = false;
            continue;
        }
        if (file->needs && !file->needs(p)) {
            ++*skipped;
            continue;
        }
        cJSON *document = file->make(p, file->which);
        if (document) {
            good = vectors_add(set, file->name, document, fault, ctx) && good;
        } else {
            fault(ctx, file->name, ".", "an honest run of its scenario is rejected, so it can't be made");
            good = false;
        }
    }
    return good && (!whole || *skipped || vectors_agree(set, fault, ctx));
}

bool corpus_make(const prim *p, vector_set *set, size_t *skipped, vector_fault *fault, void *ctx)
{
    return corpus_make_files(p, NULL, set, skipped, fault, ctx);
}

/* ---- files ---- */

typedef struct reporter {
    vector_fault *fault;
    void *ctx;
} reporter;

static void path_to(char out[1024], const char *folder, const char *name) { snprintf(out, 1024, "%s/%s", folder, name); }

/* Written beside and renamed, so that a full disk leaves the old file. */
static bool save(const char *folder, const char *name, text t, vector_fault *fault, void *ctx)
{
    char path[1024], beside[1040];
    path_to(path, folder, name);
    snprintf(beside, sizeof beside, "%s.new", path);
    FILE *f = fopen(beside, "wb");
    bool good = f && fwrite(t.p, 1, t.n, f) == t.n;
    good = f && fclose(f) == 0 && good;
    good = good && rename(beside, path) == 0;
    if (!good)
        fault(ctx, path, ".", strerror(errno));
    return good;
}

static void lock_line(FILE *lock, const char *name, text t)
{
    uint8_t digest[32], digits[64];
    prim_digest(&prim_openssl, PRIM_SHA256, span_of(t.p, t.n), digest);
    writer w = WRITER(digits);
    write_hex(&w, SPAN(digest));
    fprintf(lock, "%.64s  data/%s\n", digits, name);
}

static text lock_of(const vector_set *set, text lines)
{
    text t = {0};
    FILE *f = open_memstream(&t.p, &t.n);
    must(f != NULL);
    lock_line(f, lines_name, lines);
    for (size_t i = 0; i < set->n_files; i++) {
        text file = printed(set->file[i].json);
        lock_line(f, set->file[i].name, file);
        free(file.p);
    }
    must(fclose(f) == 0);
    return t;
}

/* One that was edited would give wrong verdicts about others. */
static bool read_locked(const char *data, const char *lock, const char *name, vector_set *set, const reporter *t)
{
    text found = {0}, line = {0};
    FILE *f = open_memstream(&line.p, &line.n);
    must(f != NULL);
    found.p = vector_read_text(data, name, &found.n);
    lock_line(f, name, found);
    must(fclose(f) == 0);
    const bool good = found.p && strstr(lock, line.p);
    cJSON *document = good ? cJSON_ParseWithLength(found.p, found.n) : NULL;
    if (!good)
        t->fault(t->ctx, name, ".", found.p ? "is not what LOCK says: ./parley vectors check" : "can't be read");
    free(line.p);
    free(found.p);
    return good && vectors_add(set, name, document, t->fault, t->ctx);
}

bool corpus_read_files(const char *folder, corpus_wanted *wanted, vector_set *set, vector_fault *fault, void *ctx)
{
    char data[1024];
    size_t n;
    char *lock = vector_read_text(folder, "LOCK", &n);
    const scenario_file *file;
    bool good = true;
    *set = (vector_set){0};
    path_to(data, folder, "data");
    for (size_t i = 0; (file = scenario_file_at(i)); i++)
        if (!wanted || wanted(ctx, file->name))
            good = read_locked(data, lock ? lock : "", file->name, set, &(reporter){fault, ctx}) && good;
    free(lock);
    return good;
}

static bool write_all(const char *folder, const vector_set *set, vector_fault *fault, void *ctx)
{
    char data[1024];
    path_to(data, folder, "data");
    if (mkdir(data, 0777) != 0 && errno != EEXIST) {
        fault(ctx, data, ".", strerror(errno));
        return false;
    }
    bool good = true;
    for (size_t i = 0; i < set->n_files; i++) {
        text t = printed(set->file[i].json);
        good = save(data, set->file[i].name, t, fault, ctx) && good;
        free(t.p);
    }
    text lines = every_line(set), lock = lock_of(set, lines);
    good = save(data, lines_name, lines, fault, ctx) && good;
    good = good && save(folder, "LOCK", lock, fault, ctx);
    free(lines.p);
    free(lock.p);
    return good;
}

bool corpus_write(const char *folder, corpus_totals *totals, vector_fault *fault, void *ctx)
{
    vector_set set;
    bool good = corpus_make(&prim_openssl, &set, &totals->skipped, fault, ctx);
    count(&set, totals);
    good = good && write_all(folder, &set, fault, ctx);
    vectors_free(&set);
    return good;
}

/* ---- comparing ---- */

/* The path of the first member that differs; empty when none does. */
static void differing_member(const cJSON *a, const cJSON *b, char path[200])
{
    size_t n = strlen(path);
    for (const cJSON *at = a->child; at; at = at->next) {
        const cJSON *other = member_of(b, at->string);
        if (other && cJSON_Compare(at, other, 1))
            continue;
        snprintf(path + n, 200 - n, "%s%s", n ? "." : "", at->string);
        if (cJSON_IsObject(at) && other)
            differing_member(at, other, path);
        return;
    }
    for (const cJSON *at = b->child; at; at = at->next)
        if (!member_of(a, at->string)) {
            snprintf(path + n, 200 - n, "%s%s", n ? "." : "", at->string);
            return;
        }
}

static void no_fault(void *ctx, const char *file, const char *where, const char *what) { (void)ctx, (void)file, (void)where, (void)what; }

static const cJSON *case_json(const vector_set *set, const char *id)
{
    for (size_t f = 0; f < set->n_files; f++)
        for (const cJSON *g = member_of(set->file[f].json, "groups")->child; g; g = g->next)
            for (const cJSON *c = member_of(g, "cases")->child; c; c = c->next)
                if (strcmp(member_of(c, "id")->valuestring, id) == 0)
                    return c;
    return NULL;
}

/* Says which case differs first, and in what. `made` is one file of the set made anew, `found` what was read. */
static void report_difference(const char *name, cJSON *made, cJSON *found, const reporter *t)
{
    vector_set set = {0};
    if (!found || !vectors_add(&set, name, found, no_fault, NULL)) {
        t->fault(t->ctx, name, ".", "is no vector file any more");
        vectors_free(&set);
        return;
    }
    for (const cJSON *g = member_of(made, "groups")->child; g; g = g->next)
        for (const cJSON *c = member_of(g, "cases")->child; c; c = c->next) {
            char where[300], path[200] = "";
            const cJSON *other = case_json(&set, member_of(c, "id")->valuestring);
            if (other)
                differing_member(c, other, path);
            if (other && !path[0])
                continue;
            snprintf(where, sizeof where, "%s%s%s", member_of(c, "id")->valuestring, path[0] ? " " : "", path);
            t->fault(t->ctx, name, where, other ? "differs from what the scenario makes" : "is missing");
            vectors_free(&set);
            return;
        }
    t->fault(t->ctx, name, ".",
             "differs from what the scenario makes, but in no case that it makes: a case too many, the head, or the spelling");
    vectors_free(&set);
}

static bool same_text(text a, text b) { return a.n == b.n && memcmp(a.p, b.p, a.n) == 0; }

static bool check_file(const char *data, const vector_document *file, const reporter *t)
{
    text made = printed(file->json), found = {0};
    bool good = (found.p = vector_read_text(data, file->name, &found.n)) != NULL;
    if (!good) {
        t->fault(t->ctx, file->name, ".", "is missing");
    } else if (!same_text(made, found)) {
        good = false;
        report_difference(file->name, file->json, cJSON_ParseWithLength(found.p, found.n), t);
    }
    free(made.p);
    free(found.p);
    return good;
}

static bool check_text(const char *folder, const char *name, text made, const reporter *t)
{
    text found = {0};
    bool good = (found.p = vector_read_text(folder, name, &found.n)) != NULL && same_text(made, found);
    if (!good)
        t->fault(t->ctx, name, ".", "differs from what the scenarios make");
    free(found.p);
    return good;
}

static bool is_made(const char *name)
{
    const scenario_file *file;
    for (size_t i = 0; (file = scenario_file_at(i)); i++)
        if (strcmp(file->name, name) == 0)
            return true;
    return strcmp(name, lines_name) == 0;
}

static bool nothing_else(const char *data, const reporter *t)
{
    DIR *folder = opendir(data);
    if (!folder) {
        t->fault(t->ctx, data, ".", strerror(errno));
        return false;
    }
    bool good = true;
    for (struct dirent *entry; (entry = readdir(folder));)
        if (entry->d_name[0] != '.' && !is_made(entry->d_name)) {
            t->fault(t->ctx, entry->d_name, ".", "is made by no scenario");
            good = false;
        }
    closedir(folder);
    return good;
}

bool corpus_file_same(const char *folder, const prim *p, const scenario_file *scenario, vector_fault *fault, void *ctx)
{
    const reporter t = {fault, ctx};
    char data[1024];
    const vector_document file = {.name = scenario->name, .json = scenario->make(p, scenario->which)};
    path_to(data, folder, "data");
    if (!file.json) {
        fault(ctx, file.name, ".", "an honest run of its scenario is rejected, so it can't be made");
        return false;
    }
    bool same = check_file(data, &file, &t);
    cJSON_Delete(file.json);
    return same;
}

bool corpus_same(const char *folder, const vector_set *set, vector_fault *fault, void *ctx)
{
    const reporter t = {fault, ctx};
    char data[1024];
    bool good = true;
    path_to(data, folder, "data");
    for (size_t i = 0; i < set->n_files; i++)
        good = check_file(data, &set->file[i], &t) && good;
    if (!scenario_file_at(set->n_files)) {
        text lines = every_line(set), lock = lock_of(set, lines);
        good = check_text(data, lines_name, lines, &t) && good;
        good = check_text(folder, "LOCK", lock, &t) && good;
        free(lines.p);
        free(lock.p);
    }
    return nothing_else(data, &t) && good;
}

bool corpus_check(const char *folder, const prim *p, corpus_totals *totals, vector_fault *fault, void *ctx)
{
    vector_set set;
    bool good = corpus_make(p, &set, &totals->skipped, fault, ctx);
    count(&set, totals);
    good = corpus_same(folder, &set, fault, ctx) && good;
    vectors_free(&set);
    return good;
}
