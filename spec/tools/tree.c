#include "tree.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

bool ends_with(const char *s, const char *tail)
{
    size_t n = strlen(s), m = strlen(tail);
    return n >= m && strcmp(s + n - m, tail) == 0;
}

bool starts_with(const char *s, const char *head) { return strncmp(s, head, strlen(head)) == 0; }

static bool is_left_out(const char *path)
{
    static const char *const out[] = {".git",         "build",       "reports/out",   "parley-out", "conformance/peers/installed",
                                      "vectors/data", "fuzz/corpus", "reports/golden"};
    for (size_t i = 0; i < sizeof out / sizeof *out; i++)
        if (strcmp(path, out[i]) == 0)
            return true;
    return ends_with(path, "node_modules");
}

static void append(file_list *list, const char *path)
{
    if (list->n == list->capacity) {
        list->capacity = list->capacity ? 2 * list->capacity : 128;
        list->path = realloc(list->path, list->capacity * sizeof *list->path);
    }
    if (!list->path || !(list->path[list->n++] = strdup(path)))
        abort();
}

static void walk(file_list *list, const char *tree, const char *folder)
{
    char full[4096];
    snprintf(full, sizeof full, "%s/%s", tree, folder);
    DIR *d = opendir(full);
    for (struct dirent *e; d && (e = readdir(d));) {
        char path[2048];
        struct stat about;
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        snprintf(path, sizeof path, "%s%s%s", folder, *folder ? "/" : "", e->d_name);
        snprintf(full, sizeof full, "%s/%s", tree, path);
        if (is_left_out(path) || lstat(full, &about) != 0)
            continue;
        if (S_ISDIR(about.st_mode))
            walk(list, tree, path);
        else if (S_ISREG(about.st_mode))
            append(list, path);
    }
    if (d)
        closedir(d);
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

file_list tree_files(const char *tree)
{
    file_list list = {0};
    walk(&list, tree, "");
    if (list.n)
        qsort(list.path, list.n, sizeof *list.path, by_name);
    return list;
}

void file_list_free(file_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        free(list->path[i]);
    free(list->path);
    *list = (file_list){0};
}

char *read_text(const char *tree, const char *path, size_t *n)
{
    char full[4096];
    snprintf(full, sizeof full, "%s/%s", tree, path);
    FILE *f = fopen(full, "rb");
    char *text = NULL;
    size_t has = 0, capacity = 0;
    while (f && !feof(f) && !ferror(f)) {
        if (has + 4096 >= capacity)
            text = realloc(text, capacity = capacity ? 2 * capacity : 16384);
        if (!text)
            abort();
        has += fread(text + has, 1, capacity - has - 1, f);
    }
    if (f)
        fclose(f);
    if (text)
        text[has] = 0;
    if (n)
        *n = has;
    return text;
}
