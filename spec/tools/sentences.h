/* Reads the numbered sentences out of a chapter's prose. For the build (reqgen) and for `parley spec lint`.
 * A tool, not part of the text: it may allocate and print. */
#ifndef PARLEY_SENTENCES_H
#define PARLEY_SENTENCES_H

#include "outcome.h"

#include <stddef.h>

/* One line of the form
 *   - **XX-017** (initiator, MUST, wire, auth) The initiator rejects ... . [Noise 5.2]
 * or, for a number that is no longer used,
 *   - **XX-018** (withdrawn) */
typedef struct sentence {
    char id[8];       /* "XX-017" */
    char role[24];    /* "initiator", "both", ... */
    char level[16];   /* "MUST", "SHOULD NOT", ... ; "withdrawn" */
    char shown[32];   /* "wire", "connection", "shim", "sim", "review" or "implied-by:ID" */
    char reason[24];  /* the reason word; empty when it does not reject */
    char text[600];   /* the sentence, without number, head and source */
    char source[200]; /* what stands in the brackets at the end */
    char file[256];   /* the chapter's path as given */
    int line;
    int section;              /* of the chapter, from 1 on; 0 before the first one */
    sentence_outcome outcome; /* its own, or its section's default when it rejects and binds a server */
} sentence;

/* What a rejection may be called, ended by NULL: for the sentences, the answers of adapters and the published schema. */
extern const char *const sentence_reasons[];

/* A chapter is a folder with prose. Its code is that of its sentences, its title the first heading up to a colon. */
typedef struct chapter_head {
    char folder[200], title[80];
    char code[3]; /* empty while it has no sentence */
} chapter_head;

enum { CHAPTERS_MAX = 32 };

typedef struct sentence_list {
    sentence *all;
    size_t n, capacity;
    chapter_head chapters[CHAPTERS_MAX];
    size_t n_chapters;
} sentence_list;

typedef void sentence_fault(void *ctx, const char *file, int line, const char *what);

/* Appends the sentences of `path` (stored and reported as `name`). Each fault of form is reported: a malformed line, an RFC 2119 word
 * outside a numbered line, two numbers in one line, an unknown level, class or reason, a malformed outcome, two defaults in a section. False when the file can't be read. */
bool sentences_read(sentence_list *, const char *path, const char *name, sentence_fault *, void *ctx);

/* It binds what a server does: its role is server, or both sides or the receiver (which a server is, too). */
bool sentence_binds_server(const sentence *);

/* Reports duplicates, a second code in one chapter, and a code of two chapters; sorts by number. */
void sentences_judge(sentence_list *, sentence_fault *, void *ctx);

/* The chapter whose code begins `id`, or NULL. */
const chapter_head *chapter_of(const sentence_list *, const char *id);

void sentences_free(sentence_list *);

#endif
