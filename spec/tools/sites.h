/* Where the text carries out each sentence: for tools that show a reader the line. */
#ifndef PARLEY_SITES_H
#define PARLEY_SITES_H

#include <stddef.h>

typedef struct site {
    char id[8];
    char file[256]; /* from the top of the tree */
    int line;
    char text[160]; /* the line without its indentation; what is longer is cut */
} site;

typedef struct site_list {
    site *all;
    size_t n;
} site_list;

/* Every line under spec/ that cites a sentence as its site, in the order of files and lines. */
site_list sites_read(const char *tree);
void sites_free(site_list *);
const site *site_of(const site_list *, const char *id); /* the first; NULL: there is none */

#endif
