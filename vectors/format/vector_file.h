/* Vector files: read, judged, and written so that the same content is always the same bytes.
 *
 * The document is a cJSON tree (ours; never a peer's bytes), and a vector_case is a view into it. */
#ifndef PARLEY_VECTOR_FILE_H
#define PARLEY_VECTOR_FILE_H

#include "shim.h"

#include <cjson/cJSON.h>
#include <stdio.h>

typedef struct vector_case {
    const char *file, *area, *op, *gid, *id;
    int rev;
    bool accept;
    const char *reason, *site, *base, *mutation, *released; /* of a rejection, else NULL */
    const char *after; /* of a rejection: "same" (the state is as it was), "ended", or NULL when the operation has no state */
    const cJSON *needs, *common, *req, *flags, *layers, *in, *out; /* flags, layers and out may be NULL */
} vector_case;

typedef struct vector_document {
    const char *name; /* "nz.read.xx.json"; of a set, the set's own */
    cJSON *json;
} vector_document;

typedef struct vector_set {
    vector_document *file;
    vector_case *all; /* valid until the next vectors_add */
    size_t n_files, n;
    unsigned *slot; /* of each id, by its hash: one more than its place in `all`; 0: none */
    size_t n_slots; /* a power of two, more than twice n */
} vector_set;

/* `file` and the path inside it, or the case's id; then what is wrong. */
typedef void vector_fault(void *ctx, const char *file, const char *where, const char *what);

/* Takes the document over, whatever the answer. False when a fault was told. */
bool vectors_add(vector_set *, const char *name, cJSON *document, vector_fault *, void *ctx);
/* Every *.json of a folder, by name. */
bool vectors_read(vector_set *, const char *folder, vector_fault *, void *ctx);
/* What the schema can't say: ids are unique and start with the file's area, a base is an accepting case, a site is among the
 * requirements, every flag has its note, and every requirement is one that the chapters state. */
bool vectors_agree(const vector_set *, vector_fault *, void *ctx);
void vectors_free(vector_set *);
/* A whole file, ended by a zero that `n` does not count, for free(); NULL when it can't be read. */
char *vector_read_text(const char *folder, const char *name, size_t *n);

const vector_case *vectors_find(const vector_set *, const char *id);
bool case_names(const vector_case *, const char *req);
/* A value of the case's own `in`, else of the group's `common`; NULL when neither has it. */
const cJSON *case_value(const vector_case *, const char *key);
/* Everything the case puts in, `in` before `common`, as shim values. */
void case_inputs(const vector_case *, shim_list *);
void case_put(shim_list *, const cJSON *value); /* one flat member */

/* One line per case, members in their order. */
void vector_print(const cJSON *document, FILE *);
/* The same cases for readers without a runner: one self-contained flat object per line. */
void vector_print_lines(const cJSON *document, FILE *);

#endif
