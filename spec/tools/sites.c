#include "sites.h"
#include "lint_code.h"
#include "tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void take_site(site_list *list, const char *file, const char *original, const char *blanked, const char *at, const char *id)
{
    const char *start = original + (at - blanked);
    while (start > original && start[-1] != '\n')
        start--;
    start += strspn(start, " \t");
    list->all = realloc(list->all, (list->n + 1) * sizeof *list->all);
    if (!list->all)
        abort();
    site *s = &list->all[list->n++];
    snprintf(s->id, sizeof s->id, "%s", id);
    snprintf(s->file, sizeof s->file, "%s", file);
    snprintf(s->text, sizeof s->text, "%.*s", (int)strcspn(start, "\n"), start);
    s->line = code_line(blanked, at);
}

static void take_file(site_list *list, const char *tree, const char *file)
{
    char *original = read_text(tree, file, NULL), *text = original ? strdup(original) : NULL, id[8];
    if (text)
        code_blank(text);
    for (const char *at = text; at && *at; at++) /* XX-017 of two capitals would be prose; a site has the underscore */
        if (at[1] && at[2] == '_' && code_is_site(text, at, id))
            take_site(list, file, original, text, at, id);
    free(text);
    free(original);
}

site_list sites_read(const char *tree)
{
    site_list list = {0};
    file_list files = tree_files(tree);
    for (size_t i = 0; i < files.n; i++)
        if (starts_with(files.path[i], "spec/") && ends_with(files.path[i], ".c") && !ends_with(files.path[i], "_test.c"))
            take_file(&list, tree, files.path[i]);
    file_list_free(&files);
    return list;
}

void sites_free(site_list *list)
{
    free(list->all);
    *list = (site_list){0};
}

const site *site_of(const site_list *list, const char *id)
{
    for (size_t i = 0; i < list->n; i++)
        if (strcmp(list->all[i].id, id) == 0)
            return &list->all[i];
    return NULL;
}
