/* Crossed cases of lists: each list in a document that an operation is given, as text in JSON, is another.
 *
 * Where one element is enough, what is wanted stands first, in the middle and last of three, and is not there at all (KEY-LIST-others); where
 * a list has more elements, its first, a middle and its last one are another. Who looks at a part of a list misses one of them. */
#ifndef PARLEY_CROSSED_LISTS_H
#define PARLEY_CROSSED_LISTS_H

#include "vector_file.h"

typedef enum crossed_answer { CROSSED_SAME, CROSSED_ANOTHER, CROSSED_NONE /* it makes no sense */ } crossed_answer;

typedef struct list_crossing {
    void *ctx;
    crossed_answer (*ask)(void *ctx, const vector_case *, const cJSON *instead);         /* as to the case as it stands */
    void (*put)(void *ctx, const vector_case *, const char *slug, const cJSON *instead); /* with the answer that was just given */
    const vector_case *c;
    const char *key;
    cJSON *document; /* owned, while it is crossed */
    struct {
        char name[96];
        unsigned times;
    } tried[64]; /* lists of what an operation has under this key */
    size_t n_tried;
} list_crossing;

/* The lists of what this case has under `key` that have no cases yet. One crossing serves all cases of an operation and key. */
void cross_lists(list_crossing *, const vector_case *, const char *key);

#endif
