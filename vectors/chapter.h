/* What a chapter brings to the vectors, and the table of all chapters (chapters.def). README.md says how to add one.
 *
 * Each folder defines one `const chapter NAME_chapter`. Every array ends with a row of zeros; one that has no row may be NULL. */
#ifndef PARLEY_CHAPTER_H
#define PARLEY_CHAPTER_H

#include "document.h"
#include "reference_adapter.h"
#include "run_case.h"

/* A vector file. Its scenario plays an honest run with named, seeded secrets; what is refused is made from it by a peer that holds the keys.
 * The same bytes at every call, under either provider. */
typedef struct scenario_file {
    const char *name;                        /* "nz.read.xx.json" */
    cJSON *(*make)(const prim *, int which); /* NULL when the honest run was rejected: the text is broken, or weakened */
    int which;
    bool (*needs)(const prim *); /* whether the provider has what the file takes; NULL: always */
} scenario_file;

/* What our own implementation says in `hello`, for the `needs` of a group of cases. */
typedef struct capability {
    const char *name;          /* "suite:aesgcm" */
    bool (*has)(const prim *); /* NULL: always */
} capability;

/* An operation of the shim: how our text answers it, and how a case gets to the call that is judged. */
struct operation {
    const char *name; /* "nz.read" */
    adapter_op *answer;
    bool (*prepare)(case_run *, const vector_case *); /* the calls before the judged one; NULL: none; false: it did not arrive */
    const char *inputs; /* of the case, for the judged call: "ad pt", FROM:TO for one that is called otherwise; NULL: all, as they stand */
    bool (*follow)(case_run *, const vector_case *); /* after an ok: another call, whose outputs are compared instead; NULL: none */
    const char
        *serves; /* capabilities, one space between: owed, and tested, by who declares one of them; NULL: by who declares the chapter */
};

/* What no caller of a library can see: a sentence of class `sim`, with a check that the tests run and that the mutant of its sentence has to fail. */
typedef struct internal_check {
    const char *id;  /* like a case's: "nz.counter.last-value" */
    const char *req; /* one sentence */
    bool (*holds)(const prim *);
} internal_check;

typedef struct chapter {
    const char *name;
    const scenario_file *files;
    const capability *capabilities;
    const operation *operations;
    const internal_check *checks;
} chapter;

/* What a folder defines: its row, and where that needs more than one file, what the others bring to it. */
#define CHAPTER(name)                          \
    extern const chapter name##_chapter;       \
    extern const scenario_file name##_files[]; \
    extern const internal_check name##_checks[];
#include "chapters.def"
#undef CHAPTER

extern const chapter *const chapters[]; /* ended by NULL */

const operation *operation_named(span name);     /* NULL: there is none */
const scenario_file *scenario_file_at(size_t i); /* the i-th of all; NULL past the end */
const internal_check *internal_check_at(size_t i);

#endif
