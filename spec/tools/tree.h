/* Files of a checkout, for tools: listed in a fixed order, without what is built, installed or generated. */
#ifndef PARLEY_TREE_H
#define PARLEY_TREE_H

#include <stdbool.h>
#include <stddef.h>

typedef struct file_list {
    char **path; /* relative to the tree, sorted */
    size_t n, capacity;
} file_list;

file_list tree_files(const char *tree);
void file_list_free(file_list *);

/* The whole file, followed by a zero, to be freed; NULL when it can't be read. */
char *read_text(const char *tree, const char *path, size_t *n);

bool ends_with(const char *s, const char *tail);
bool starts_with(const char *s, const char *head);

#endif
