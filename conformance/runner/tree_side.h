/* One side of a comparison of trees: a folder, or a revision of this checkout, taken out of its history into a temporary folder. */
#ifndef PARLEY_TREE_SIDE_H
#define PARLEY_TREE_SIDE_H

#include <stdbool.h>

enum { TREE_PATH = 4096 };

typedef struct tree_side {
    char path[TREE_PATH];
    bool temporary;
} tree_side;

bool tree_side_take(const char *named, tree_side *); /* false: it is neither */
void tree_side_drop(const tree_side *);              /* removes what is temporary */

#endif
