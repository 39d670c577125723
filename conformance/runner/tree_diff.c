#include "tree_diff.h"
#include "lint.h"
#include "no_memory.h"
#include "tree.h"
#include "vector_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WHAT = 200, CASE_ID = 100 };

const char *const change_kind_names[] = {"sentence", "vector", "case"};

typedef struct case_line {
    char id[CASE_ID], state[16];
    int rev;
} case_line;

typedef struct tree {
    sentence_list sentences;
    vector_set vectors;
    case_line *cases;
    size_t n_cases;
    char *lock; /* spec/requirements.lock; NULL when it is not there */
} tree;

typedef struct differ {
    tree before, after;
    change_note *note;
    void *ctx;
} differ;

/* ---- reading ---- */

static void no_fault(void *ctx, const char *file, int line, const char *what) { (void)ctx, (void)file, (void)line, (void)what; }
static void no_vector_fault(void *ctx, const char *file, const char *where, const char *what)
{
    (void)ctx, (void)file, (void)where, (void)what;
}

static void read_sentences(tree *t, const char *folder)
{
    file_list files = tree_files(folder);
    for (size_t i = 0; i < files.n; i++) {
        char full[4096];
        snprintf(full, sizeof full, "%s/%s", folder, files.path[i]);
        if (starts_with(files.path[i], "spec/") && ends_with(files.path[i], ".md") && !ends_with(files.path[i], "/README.md"))
            sentences_read(&t->sentences, full, files.path[i], no_fault, NULL);
    }
    sentences_judge(&t->sentences, no_fault, NULL);
    file_list_free(&files);
}

static int by_id(const void *a, const void *b) { return strcmp(((const case_line *)a)->id, ((const case_line *)b)->id); }

static void read_cases(tree *t, const char *folder)
{
    char *text = read_text(folder, "conformance/ids.tsv", NULL), *rest = text;
    for (char *line; text && (line = strsep(&rest, "\n"));) {
        case_line c;
        if (*line == '#' || sscanf(line, "%99[^\t]\t%d\t%15[^\t]", c.id, &c.rev, c.state) != 3)
            continue;
        t->cases = realloc(t->cases, (t->n_cases + 1) * sizeof *t->cases);
        needs_memory(t->cases);
        t->cases[t->n_cases++] = c;
    }
    if (t->n_cases)
        qsort(t->cases, t->n_cases, sizeof *t->cases, by_id);
    free(text);
}

static bool read_tree(tree *t, const char *folder)
{
    char data[4096];
    read_sentences(t, folder);
    snprintf(data, sizeof data, "%s/vectors/data", folder);
    vectors_read(&t->vectors, data, no_vector_fault, NULL);
    read_cases(t, folder);
    t->lock = read_text(folder, "spec/requirements.lock", NULL);
    return t->sentences.n > 0;
}

static void free_tree(tree *t)
{
    sentences_free(&t->sentences);
    vectors_free(&t->vectors);
    free(t->cases);
    free(t->lock);
}

/* ---- telling ---- */

static void tell(const differ *d, change_kind kind, const char *id, const char *req, const char *what, bool drift)
{
    d->note(d->ctx, &(change){kind, id, req, what, drift});
}

/* ---- sentences ---- */

static const sentence *sentence_in(const tree *t, const char *id)
{
    for (size_t i = 0; i < t->sentences.n; i++)
        if (strcmp(t->sentences.all[i].id, id) == 0)
            return &t->sentences.all[i];
    return NULL;
}

static bool is_acknowledged(const tree *t, const sentence *s)
{
    char line[8 + 1 + 33], digits[33];
    lint_digest(s, digits);
    snprintf(line, sizeof line, "%s %s", s->id, digits);
    return t->lock && strstr(t->lock, line);
}

static void add_words(char what[WHAT], const char *format, const char *was, const char *is)
{
    const size_t n = strlen(what);
    if (n + 3 < WHAT)
        snprintf(what + n, WHAT - n, n ? ", " : "%s", "");
    snprintf(what + strlen(what), WHAT - strlen(what), format, was, is);
}

static void compare_sentence(const differ *d, const sentence *was, const sentence *is)
{
    char what[WHAT] = "";
    const char *const fields[][3] = {{"level %s -> %s", was->level, is->level},
                                     {"role %s -> %s", was->role, is->role},
                                     {"shown %s -> %s", was->shown, is->shown},
                                     {"reason %s -> %s", was->reason, is->reason}};
    if (strcmp(is->level, "withdrawn") == 0 && strcmp(was->level, "withdrawn") != 0) {
        tell(d, CHANGE_SENTENCE, is->id, "", "withdrawn", false);
        return;
    }
    if (strcmp(was->text, is->text) != 0)
        add_words(what, "text changed%s%s", "", "");
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (strcmp(fields[i][1], fields[i][2]) != 0)
            add_words(what, fields[i][0], *fields[i][1] ? fields[i][1] : "none", *fields[i][2] ? fields[i][2] : "none");
    if (strcmp(was->source, is->source) != 0)
        add_words(what, "source changed%s%s", "", "");
    if (!*what)
        return;
    const bool known = is_acknowledged(&d->after, is);
    if (!known)
        add_words(what, "not acknowledged%s%s", "", "");
    tell(d, CHANGE_SENTENCE, is->id, "", what, !known);
}

static void compare_sentences(const differ *d)
{
    for (size_t i = 0; i < d->before.sentences.n; i++) {
        const sentence *was = &d->before.sentences.all[i], *is = sentence_in(&d->after, was->id);
        if (is)
            compare_sentence(d, was, is);
        else
            tell(d, CHANGE_SENTENCE, was->id, "", "gone: a number that is no longer used stays, as withdrawn", true);
    }
    for (size_t i = 0; i < d->after.sentences.n; i++) {
        const sentence *is = &d->after.sentences.all[i];
        const bool known = is_acknowledged(&d->after, is);
        if (!sentence_in(&d->before, is->id))
            tell(d, CHANGE_SENTENCE, is->id, "", known ? "added" : "added, not acknowledged", !known);
    }
}

/* ---- vectors ---- */

static const char *first_req(const vector_case *c) { return c->req && c->req->child ? c->req->child->valuestring : ""; }

static bool same_json(const cJSON *a, const cJSON *b) { return a && b ? cJSON_Compare(a, b, 1) : a == b; }

static bool same_text(const char *a, const char *b) { return a && b ? strcmp(a, b) == 0 : a == b; }

static bool same_case(const vector_case *a, const vector_case *b)
{
    return strcmp(a->op, b->op) == 0 && a->accept == b->accept && same_text(a->reason, b->reason) && same_text(a->released, b->released) &&
           same_text(a->after, b->after) && same_json(a->in, b->in) && same_json(a->common, b->common) && same_json(a->out, b->out) &&
           same_json(a->needs, b->needs) && same_json(a->req, b->req);
}

static void compare_vector(const differ *d, const vector_case *was, const vector_case *is)
{
    char what[WHAT];
    if (same_case(was, is) && was->rev == is->rev)
        return;
    const bool drift = was->rev > is->rev || (was->rev == is->rev && !same_case(was, is));
    snprintf(what, sizeof what, "%s, rev %d -> %d%s",
             was->accept != is->accept ? (is->accept ? "reject -> accept" : "accept -> reject")
             : same_case(was, is)      ? "as it was"
                                       : "bytes changed",
             was->rev, is->rev, drift ? ": raise it" : "");
    tell(d, CHANGE_VECTOR, is->id, first_req(is), what, drift);
}

static void compare_vectors(const differ *d)
{
    for (size_t i = 0; i < d->before.vectors.n; i++) {
        const vector_case *was = &d->before.vectors.all[i], *is = vectors_find(&d->after.vectors, was->id);
        if (is)
            compare_vector(d, was, is);
        else
            tell(d, CHANGE_VECTOR, was->id, first_req(was), "gone: an id is for ever", true);
    }
    for (size_t i = 0; i < d->after.vectors.n; i++) {
        const vector_case *is = &d->after.vectors.all[i];
        if (!vectors_find(&d->before.vectors, is->id))
            tell(d, CHANGE_VECTOR, is->id, first_req(is), "added", false);
    }
}

/* ---- cases of the network doors ---- */

static const case_line *case_in(const tree *t, const char *id)
{
    case_line key = {.rev = 0};
    snprintf(key.id, sizeof key.id, "%s", id);
    return t->n_cases ? bsearch(&key, t->cases, t->n_cases, sizeof *t->cases, by_id) : NULL;
}

static void compare_case(const differ *d, const case_line *was, const case_line *is)
{
    char what[WHAT];
    if (strcmp(was->state, is->state) != 0)
        tell(d, CHANGE_CASE, is->id, "", is->state, strcmp(is->state, "live") == 0); /* what is retired does not come back */
    if (was->rev == is->rev)
        return;
    snprintf(what, sizeof what, "rev %d -> %d", was->rev, is->rev);
    tell(d, CHANGE_CASE, is->id, "", what, was->rev > is->rev);
}

static void compare_cases(const differ *d)
{
    for (size_t i = 0; i < d->before.n_cases; i++) {
        const case_line *was = &d->before.cases[i], *is = case_in(&d->after, was->id);
        if (is)
            compare_case(d, was, is);
        else
            tell(d, CHANGE_CASE, was->id, "", "gone: a retired id stays in the list", true);
    }
    for (size_t i = 0; i < d->after.n_cases; i++)
        if (!case_in(&d->before, d->after.cases[i].id))
            tell(d, CHANGE_CASE, d->after.cases[i].id, "", "added", false);
}

const char *tree_diff(const char *before, const char *after, change_note *note, void *ctx, tree_counts *counts)
{
    differ d = {.note = note, .ctx = ctx};
    const char *wrong = !read_tree(&d.before, before) ? before : !read_tree(&d.after, after) ? after : NULL;
    if (!wrong) {
        compare_sentences(&d);
        compare_vectors(&d);
        compare_cases(&d);
        *counts = (tree_counts){d.after.sentences.n, d.after.vectors.n, d.after.n_cases};
    }
    free_tree(&d.before);
    free_tree(&d.after);
    return wrong;
}
