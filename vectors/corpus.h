/* The committed vectors: vectors/data/ (one JSON file each, and all.jsonl with every case on a line) and vectors/LOCK
 * (SHA-256 of each). Written from the scenarios, and held against them byte by byte. */
#ifndef PARLEY_CORPUS_H
#define PARLEY_CORPUS_H

#include "chapter.h"
#include "vector_file.h"

typedef struct corpus_totals {
    size_t files, cases, positive, negative;
    size_t skipped; /* files that the provider has no cipher for */
} corpus_totals;

/* Every file made anew into a set. NULL entries never: false after a fault when a scenario's honest run was rejected. */
bool corpus_make(const prim *, vector_set *, size_t *skipped, vector_fault *, void *ctx);
/* Only the files that are wanted; NULL: all. Asked once about each, before it is made, with the ctx of the faults. What all files together have to
 * agree in is looked at when all are made. */
typedef bool corpus_wanted(void *ctx, const char *file);
bool corpus_make_files(const prim *, corpus_wanted *, vector_set *, size_t *skipped, vector_fault *, void *ctx);

/* The same files as they are committed. `folder` as below; a file that is not what LOCK says is a fault. */
bool corpus_read_files(const char *folder, corpus_wanted *, vector_set *, vector_fault *, void *ctx);

/* `folder` is the one that holds data/ and LOCK. False after telling what can't be written. */
bool corpus_write(const char *folder, corpus_totals *, vector_fault *, void *ctx);

/* Only one file. */
bool corpus_file_same(const char *folder, const prim *, const scenario_file *, vector_fault *, void *ctx);

/* The files and LOCK are what this set prints. Where a provider lacks a cipher the set has fewer files: LOCK and all.jsonl are then not compared. */
bool corpus_same(const char *folder, const vector_set *, vector_fault *, void *ctx);

/* Red on any difference between the scenarios under this provider, the files, and LOCK. A difference names file, case and field. */
bool corpus_check(const char *folder, const prim *, corpus_totals *, vector_fault *, void *ctx);

#endif
