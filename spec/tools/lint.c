#include "lint.h"
#include "lint_code.h"
#include "prim.h"
#include "tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROOMS_MAX = 64, LINE_MAX_BYTES = 512 };

typedef struct room {
    char name[32], folder[128];
    char folders[256], sees[256], tests[256]; /* " a b c "; folders: those inside the folder that belong to it */
} room;

typedef struct lint {
    const char *tree;
    file_list files;
    sentence_list sentences;
    unsigned *sites; /* beside sentences.all: how often the text cites it */
    room rooms[ROOMS_MAX];
    size_t n_rooms;
    char chapters[256]; /* what ${CHAPTERS} stands for */
    lint_totals totals;
    sentence_fault *fault;
    void *ctx;
} lint;

static void report(void *ctx, const char *file, int line, const char *what)
{
    lint *l = ctx;
    l->totals.faults++;
    l->fault(l->ctx, file, line, what);
}

/* ---- sentences ---- */

static void read_chapters(lint *l)
{
    for (size_t i = 0; i < l->files.n; i++) {
        char full[4096];
        const char *path = l->files.path[i];
        if (!starts_with(path, "spec/") || !ends_with(path, ".md") || ends_with(path, "/README.md"))
            continue;
        snprintf(full, sizeof full, "%s/%s", l->tree, path);
        if (!sentences_read(&l->sentences, full, path, report, l))
            report(l, path, 0, "can't be read");
    }
    sentences_judge(&l->sentences, report, l);
    l->totals.sentences = l->sentences.n;
    l->sites = calloc(l->sentences.n + 1, sizeof *l->sites);
    if (!l->sites)
        abort();
}

static long index_of(const lint *l, const char *id)
{
    for (size_t i = 0; i < l->sentences.n; i++)
        if (strcmp(l->sentences.all[i].id, id) == 0)
            return (long)i;
    return -1;
}

/* ---- outcomes ---- */

static bool has_server(const lint *l, const char *chapter)
{
    for (size_t i = 0; i < l->sentences.n; i++)
        if (strcmp(l->sentences.all[i].file, chapter) == 0 && strcmp(l->sentences.all[i].role, "server") == 0)
            return true;
    return false;
}

static void judge_outcomes(lint *l)
{
    for (size_t i = 0; i < l->sentences.n; i++) {
        const sentence *s = &l->sentences.all[i];
        if (*s->reason && !s->outcome.kind && sentence_binds_server(s) && has_server(l, s->file))
            report(l, s->file, s->line,
                   "the sentence rejects, but states no outcome for a server: state it (`closes with 1003 ...`, "
                   "`answered 404 ...`, `dropped without an answer`, `with HTTP status 400`), or one for the section "
                   "(`Unless its sentence says otherwise, ...`)");
    }
}

/* ---- the lock ---- */

/* What an outcome adds to the digest: nothing when a numbered sentence states it, for that one has a digest of its own. */
static const char *prose_outcome(const sentence *s, char room[160])
{
    if (!s->outcome.kind || *s->outcome.by)
        return "";
    snprintf(room, 160, "%s %u %s", s->outcome.kind, s->outcome.code, s->outcome.text);
    return room;
}

void lint_digest(const sentence *s, char digits[33])
{
    enum { PARTS = 6 };
    char room[160];
    uint8_t digest[32];
    const char *part[PARTS] = {s->role, s->level, s->shown, s->reason, s->text, s->source};
    span parts[2 * PARTS + 1];
    for (size_t i = 0; i < PARTS; i++) {
        parts[2 * i] = span_text(part[i]);
        parts[2 * i + 1] = span_of("", 1);
    }
    parts[2 * PARTS] = span_text(prose_outcome(s, room));
    prim_sodium.hash(PRIM_SHA256, parts, 2 * PARTS + 1, digest);
    writer w = writer_of(digits, 32);
    write_hex(&w, span_of(digest, 16));
    digits[32] = 0;
}

static void compare_line(lint *l, bool *seen, char *line, int number)
{
    char id[8] = {0}, locked[40] = {0}, digits[33];
    if (sscanf(line, "%7s %39s", id, locked) != 2)
        return;
    long i = index_of(l, id);
    if (i < 0) {
        report(l, "spec/requirements.lock", number, "the sentence of this number is gone; keep it in its chapter as (withdrawn)");
        return;
    }
    seen[i] = true;
    lint_digest(&l->sentences.all[i], digits);
    if (strcmp(digits, locked) != 0)
        report(l, l->sentences.all[i].file, l->sentences.all[i].line,
               "the sentence changed; acknowledge it with `parley spec lint --acknowledge`");
}

static void compare_lock(lint *l)
{
    bool *seen = calloc(l->sentences.n + 1, 1);
    char *text = read_text(l->tree, "spec/requirements.lock", NULL), *rest = text;
    int number = 0;
    for (char *line; seen && text && (line = strsep(&rest, "\n"));)
        compare_line(l, seen, line, ++number);
    for (size_t i = 0; seen && i < l->sentences.n; i++)
        if (!seen[i])
            report(l, l->sentences.all[i].file, l->sentences.all[i].line,
                   "the sentence is new; acknowledge it with `parley spec lint --acknowledge`");
    free(text);
    free(seen);
}

/* ---- citations and sites ---- */

static void check_citations(lint *l, const char *path, const char *text)
{
    char id[8];
    for (const char *at = text; *at; at++)
        if (code_cites(text, at, id) && chapter_of(&l->sentences, id) && index_of(l, id) < 0) {
            char what[80];
            snprintf(what, sizeof what, "no chapter states %s", id);
            report(l, path, code_line(text, at), what);
        }
}

static void count_sites(lint *l, const char *text)
{
    char id[8];
    for (const char *at = text; *at; at++)
        if (code_is_site(text, at, id) && index_of(l, id) >= 0)
            l->sites[index_of(l, id)]++;
}

static void judge_sites(lint *l)
{
    for (size_t i = 0; i < l->sentences.n; i++) {
        const sentence *s = &l->sentences.all[i];
        bool withdrawn = strcmp(s->level, "withdrawn") == 0;
        bool is_default = outcome_is_default(s->text); /* its site is the row that the sentences of its section share */
        bool testable = !withdrawn && !is_default && strcmp(s->shown, "review") != 0 && !starts_with(s->shown, "implied-by:");
        l->totals.enforced += l->sites[i] == 1 || (is_default && l->sites[i] == 0);
        if (l->sites[i] > 1)
            report(l, s->file, s->line, "the sentence has more than one site in the text");
        if (withdrawn && l->sites[i])
            report(l, s->file, s->line, "the sentence is withdrawn, but the text still cites it");
        if (testable && l->sites[i] == 0 && starts_with(s->level, "MUST"))
            report(l, s->file, s->line, "the sentence has no site in the text");
    }
}

/* ---- rooms ---- */

static bool is_room_keyword(const char *word)
{
    static const char *const keywords[] = {"IN", "FOLDERS", "SEES", "LINKS", "WITHOUT", "TESTS", "PROGRAMS"};
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        if (strcmp(word, keywords[i]) == 0)
            return true;
    return false;
}

/* The rows CHAPTER(name) of the table that CMakeLists.txt reads too. */
static void read_chapter_names(lint *l)
{
    char *text = read_text(l->tree, "vectors/chapters.def", NULL), *rest = text, name[32];
    for (char *line; text && (line = strsep(&rest, "\n"));)
        if (sscanf(line, "CHAPTER(%31[a-z0-9_])", name) == 1 && strlen(l->chapters) + strlen(name) + 2 < sizeof l->chapters)
            strcat(strcat(l->chapters, *l->chapters ? " " : ""), name);
    free(text);
}

static const char *names_of(const lint *l, const char *word) { return strcmp(word, "${CHAPTERS}") == 0 ? l->chapters : word; }

static void add_name(char names[256], const char *name)
{
    if (strlen(names) + strlen(name) + 2 < 256)
        strcat(strcat(names, name), " ");
}

/* room(NAME IN FOLDER [FOLDERS X Y] SEES A B [LINKS ...] [TESTS C D] ...) */
static void read_room(lint *l, const char *call)
{
    char text[LINE_MAX_BYTES], *rest = text, *word;
    room *r = &l->rooms[l->n_rooms];
    snprintf(text, sizeof text, "%.*s", (int)strcspn(call, ")"), call);
    const char *part = "NAME";
    strcpy(r->folders, " ");
    strcpy(r->sees, " ");
    strcpy(r->tests, " ");
    while ((word = strsep(&rest, " \n\t"))) {
        if (!*word)
            continue;
        if (is_room_keyword(word))
            part = word;
        else if (strcmp(part, "NAME") == 0)
            snprintf(r->name, sizeof r->name, "%s", word);
        else if (strcmp(part, "IN") == 0)
            snprintf(r->folder, sizeof r->folder, "%s/", word);
        else if (strcmp(part, "FOLDERS") == 0)
            add_name(r->folders, names_of(l, word));
        else if (strcmp(part, "SEES") == 0)
            add_name(r->sees, names_of(l, word));
        else if (strcmp(part, "TESTS") == 0)
            add_name(r->tests, names_of(l, word));
    }
    l->n_rooms += *r->folder != 0;
}

static void read_rooms(lint *l)
{
    char *text = read_text(l->tree, "CMakeLists.txt", NULL);
    read_chapter_names(l);
    for (char *at = text; at && (at = strstr(at, "\nroom(")) && l->n_rooms < ROOMS_MAX; at += 6)
        read_room(l, at + 6);
    free(text);
}

static const room *room_named(const lint *l, const char *name)
{
    for (size_t i = 0; i < l->n_rooms; i++)
        if (strcmp(l->rooms[i].name, name) == 0)
            return &l->rooms[i];
    return NULL;
}

static bool belongs(const room *r, const char *path)
{
    if (!starts_with(path, r->folder))
        return false;
    const char *in = path + strlen(r->folder), *slash = strchr(in, '/');
    char sub[64];
    snprintf(sub, sizeof sub, " %.*s ", slash ? (int)(slash - in) : 0, in);
    return !slash || (strstr(r->folders, sub) && !strchr(slash + 1, '/'));
}

static const room *room_of(const lint *l, const char *path)
{
    for (size_t i = 0; i < l->n_rooms; i++)
        if (belongs(&l->rooms[i], path))
            return &l->rooms[i];
    return NULL;
}

static bool sees(const lint *l, const room *from, const room *to, int depth);

static bool one_sees(const lint *l, const char *names, const room *to, int depth)
{
    char copy[256], *rest = copy, *name;
    snprintf(copy, sizeof copy, "%s", names);
    while ((name = strsep(&rest, " "))) {
        const room *next = *name ? room_named(l, name) : NULL;
        if (next && depth && sees(l, next, to, depth - 1))
            return true;
    }
    return false;
}

static bool sees(const lint *l, const room *from, const room *to, int depth) { return from == to || one_sees(l, from->sees, to, depth); }

static const char *file_of_header(const lint *l, const char *name)
{
    for (size_t i = 0; i < l->files.n; i++) {
        const char *slash = strrchr(l->files.path[i], '/');
        if (slash && strcmp(slash + 1, name) == 0)
            return l->files.path[i];
    }
    return NULL;
}

static void check_include(lint *l, const char *path, int line, const char *name)
{
    if (strchr(name, '/') || strstr(name, "..")) {
        report(l, path, line, "an include is a bare file name: rooms are reached by what they see, not by path");
        return;
    }
    const room *from = room_of(l, path);
    const char *file = file_of_header(l, name);
    const room *to = file ? room_of(l, file) : NULL;
    const bool test_sees = from && to && ends_with(path, "_test.c") && one_sees(l, from->tests, to, ROOMS_MAX);
    if (from && to && !test_sees && !sees(l, from, to, ROOMS_MAX)) {
        char what[160];
        snprintf(what, sizeof what, "room %s does not see room %s, where %s stands", from->name, to->name, name);
        report(l, path, line, what);
    }
}

static void check_includes(lint *l, const char *path, const char *text)
{
    for (const char *at = text; at && *at; at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL) {
        char name[128];
        const char *hash = at + strspn(at, " \t");
        if (*hash == '#' && sscanf(hash + 1, " include \"%127[^\"\n]\"", name) == 1)
            check_include(l, path, code_line(text, at), name);
    }
}

static void check_stems(lint *l)
{
    for (size_t i = 0; i < l->files.n; i++)
        for (size_t k = 0; k < i; k++) {
            const char *a = strrchr(l->files.path[i], '/'), *b = strrchr(l->files.path[k], '/');
            bool code = ends_with(l->files.path[i], ".c") || ends_with(l->files.path[i], ".h");
            if (code && a && b && strcmp(a, b) == 0 && room_of(l, l->files.path[i]) && room_of(l, l->files.path[k]))
                report(l, l->files.path[i], 0, "another room has a file of this name");
        }
}

/* ---- prose ---- */

enum { PROSE_WIDTH = 140 };

/* Characters, not bytes: what continues a character of UTF-8 does not count. */
static size_t width_of(const char *line, size_t n)
{
    size_t width = 0;
    for (size_t i = 0; i < n; i++)
        width += ((unsigned char)line[i] & 0xc0) != 0x80;
    return width;
}

/* A numbered sentence, a row of a table and a line of code are one line by their form. */
static bool is_one_line_by_form(const char *line) { return starts_with(line, "- **") || *line == '|'; }

static void check_width(lint *l, const char *path, const char *text)
{
    bool fenced = false;
    int number = 1;
    for (size_t n; *text; text += n + (text[n] == '\n'), number++) {
        n = strcspn(text, "\n");
        if (starts_with(text, "```"))
            fenced = !fenced;
        if (!fenced && !is_one_line_by_form(text) && width_of(text, n) > PROSE_WIDTH)
            report(l, path, number,
                   "the line has more than 140 characters: wrap it (numbered sentences, tables and fenced code may be longer)");
    }
}

/* ---- the whole ---- */

static bool is_text(const char *path)
{
    return ends_with(path, ".c") || ends_with(path, ".h") || ends_with(path, ".md") || ends_with(path, ".tsv") || ends_with(path, ".mjs");
}

static void check_text(lint *l, const char *path, const char *text)
{
    static const char *const below[] = {"spec/base/", "spec/prim/", "spec/tools/"}; /* what the switches and markers are made of */
    bool chapter = true;
    count_sites(l, text);
    for (size_t i = 0; i < sizeof below / sizeof *below; i++)
        chapter = chapter && !starts_with(path, below[i]);
    if (chapter)
        code_check_guards(path, text, report, l);
}

static void check_file(lint *l, const char *path)
{
    bool code = ends_with(path, ".c") || ends_with(path, ".h");
    char *text = is_text(path) ? read_text(l->tree, path, NULL) : NULL;
    if (!text)
        return;
    if (ends_with(path, ".md"))
        check_width(l, path, text);
    check_citations(l, path, text);
    if (code)
        check_includes(l, path, text);
    code_blank(text);
    if (code)
        code_check_order(path, text, report, l);
    if (starts_with(path, "spec/") && ends_with(path, ".c") && !ends_with(path, "_test.c"))
        check_text(l, path, text);
    free(text);
}

lint_totals lint_tree(const char *tree, sentence_fault *fault, void *ctx)
{
    prim_start();
    lint l = {.tree = tree, .fault = fault, .ctx = ctx, .files = tree_files(tree)};
    read_chapters(&l);
    read_rooms(&l);
    judge_outcomes(&l);
    compare_lock(&l);
    check_stems(&l);
    for (size_t i = 0; i < l.files.n; i++)
        check_file(&l, l.files.path[i]);
    judge_sites(&l);
    file_list_free(&l.files);
    sentences_free(&l.sentences);
    free(l.sites);
    return l.totals;
}

static void ignore(void *ctx, const char *file, int line, const char *what) { (void)ctx, (void)file, (void)line, (void)what; }

bool lint_acknowledge(const char *tree)
{
    prim_start();
    lint l = {.tree = tree, .fault = ignore, .files = tree_files(tree)};
    char path[4096];
    snprintf(path, sizeof path, "%s/spec/requirements.lock", tree);
    read_chapters(&l);
    FILE *f = fopen(path, "w");
    for (size_t i = 0; f && i < l.sentences.n; i++) {
        char digits[33];
        lint_digest(&l.sentences.all[i], digits);
        fprintf(f, "%s %s\n", l.sentences.all[i].id, digits);
    }
    bool written_out = f && fclose(f) == 0;
    file_list_free(&l.files);
    sentences_free(&l.sentences);
    free(l.sites);
    return written_out;
}
