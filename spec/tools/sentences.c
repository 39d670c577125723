#include "sentences.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const levels[] = {"MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY"};
const char *const sentence_reasons[] = {"admission", "parse",  "length",    "version",   "suite",        "order",
                                        "auth",      "dh",     "replay",    "expired",   "untrusted",    "measurement",
                                        "binding",   "policy", "log-proof", "log-sig",   "log-rollback", "quorum",
                                        "state",     "limit",  "padding",   "truncated", "critical",     NULL};
static const char *const loud_words[] = {"MUST", "SHALL", "SHOULD", "REQUIRED", "RECOMMENDED", "MAY", "OPTIONAL"};

#define IS_ONE_OF(word, list) is_one_of((word), (list), sizeof(list) / sizeof *(list))

static bool is_one_of(const char *word, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(word, list[i]) == 0)
            return true;
    return false;
}

static bool is_id(const char *s)
{
    return isupper((unsigned char)s[0]) && (isupper((unsigned char)s[1]) || isdigit((unsigned char)s[1])) && s[2] == '-' &&
           isdigit((unsigned char)s[3]) && isdigit((unsigned char)s[4]) && isdigit((unsigned char)s[5]);
}

static bool is_class(const char *word)
{
    static const char *const classes[] = {"wire", "connection", "shim", "sim", "review"};
    return IS_ONE_OF(word, classes) || (strncmp(word, "implied-by:", 11) == 0 && is_id(word + 11) && word[17] == 0);
}

/* A word in capitals that RFC 2119 gives a meaning to; code spans (`...`) are examples and do not count. */
static const char *loud_word(const char *line)
{
    bool in_code = false;
    for (const char *at = line; *at; at++) {
        if (*at == '`')
            in_code = !in_code;
        if (in_code || (at > line && (isalnum((unsigned char)at[-1]) || at[-1] == '_')))
            continue;
        for (size_t i = 0; i < sizeof loud_words / sizeof *loud_words; i++) {
            size_t n = strlen(loud_words[i]);
            if (strncmp(at, loud_words[i], n) == 0 && !isalnum((unsigned char)at[n]) && at[n] != '_')
                return loud_words[i];
        }
    }
    return NULL;
}

static void copy(char *out, size_t cap, const char *from, size_t n)
{
    if (n >= cap)
        n = cap - 1;
    memcpy(out, from, n);
    out[n] = 0;
}

/* Splits the head "(initiator, MUST, wire, auth)" into its words; returns how many, 0 when it does not close. */
static int split_head(const char *at, char words[4][32], const char **after)
{
    int n = 0;
    at++;
    for (;;) {
        size_t len = strcspn(at, ",)");
        if (at[len] == 0 || n == 4 || len >= 32)
            return 0;
        copy(words[n++], 32, at, len);
        if (at[len] == ')') {
            *after = at + len + 1;
            return n;
        }
        at += len + 1;
        at += strspn(at, " ");
    }
}

static const char *read_head(sentence *s, const char *head, const char **after)
{
    char words[4][32] = {{0}};
    int n = *head == '(' ? split_head(head, words, after) : 0;
    if (n == 1 && strcmp(words[0], "withdrawn") == 0) {
        copy(s->level, sizeof s->level, "withdrawn", 9);
        return NULL;
    }
    if (n < 3)
        return "the head is not (role, level, class[, reason])";
    if (!IS_ONE_OF(words[1], levels))
        return "the level is none of MUST, MUST NOT, SHOULD, SHOULD NOT, MAY";
    if (!is_class(words[2]))
        return "the class is none of wire, connection, shim, sim, review, implied-by:ID";
    if (n == 4 && !is_one_of(words[3], sentence_reasons, sizeof sentence_reasons / sizeof *sentence_reasons - 1))
        return "the reason is not a word of the list";
    copy(s->role, sizeof s->role, words[0], strlen(words[0]));
    copy(s->level, sizeof s->level, words[1], strlen(words[1]));
    copy(s->shown, sizeof s->shown, words[2], strlen(words[2]));
    copy(s->reason, sizeof s->reason, words[3], strlen(words[3]));
    return NULL;
}

static const char *read_body(sentence *s, const char *body)
{
    body += strspn(body, " ");
    size_t n = strlen(body);
    if (n >= sizeof s->text)
        return "the sentence is longer than 599 bytes";
    if (n < 3 || body[n - 1] != ']')
        return "the source in brackets is missing at the end";
    const char *open = strrchr(body, '[');
    if (!open || open < body + 2 || open[-1] != ' ')
        return "the source in brackets is missing at the end";
    copy(s->source, sizeof s->source, open + 1, strlen(open + 1) - 1);
    copy(s->text, sizeof s->text, body, (size_t)(open - body) - 1);
    size_t end = strlen(s->text);
    if (end == 0 || s->text[end - 1] != '.')
        return "the sentence does not end with a full stop";
    return NULL;
}

static const char *read_sentence(sentence *s, const char *line)
{
    const char *after = NULL;
    if (!is_id(line + 4) || strncmp(line + 10, "** ", 3) != 0)
        return "a numbered line starts with `- **XX-000** (`";
    copy(s->id, sizeof s->id, line + 4, 6);
    const char *fault = read_head(s, line + 13, &after);
    if (fault || strcmp(s->level, "withdrawn") == 0)
        return fault;
    if (strstr(after, "**"))
        return "two numbers in one line";
    if (loud_word(after))
        return "an RFC 2119 word stands in the sentence: the head already says the level";
    fault = read_body(s, after);
    if (!fault)
        fault = outcome_read(s->text, &s->outcome);
    if (s->outcome.kind)
        copy(s->outcome.by, sizeof s->outcome.by, s->id, 6);
    return fault;
}

static sentence *append(sentence_list *list)
{
    if (list->n == list->capacity) {
        list->capacity = list->capacity ? 2 * list->capacity : 64;
        list->all = realloc(list->all, list->capacity * sizeof *list->all);
        if (!list->all)
            abort();
    }
    sentence *s = &list->all[list->n++];
    memset(s, 0, sizeof *s);
    return s;
}

/* ---- a chapter ---- */

enum { SECTIONS_MAX = 64 };

typedef struct chapter {
    sentence_list *list;
    chapter_head *head;
    const char *name;
    int section; /* the one being read; 0 before the first */
    sentence_outcome by_default[SECTIONS_MAX];
    sentence_fault *fault;
    void *ctx;
} chapter;

static chapter_head *head_of(sentence_list *list, const char *name)
{
    const char *slash = strrchr(name, '/');
    const size_t n = slash ? (size_t)(slash - name) : 0;
    size_t i = 0;
    while (i < list->n_chapters && (strncmp(list->chapters[i].folder, name, n) != 0 || list->chapters[i].folder[n]))
        i++;
    if (i == CHAPTERS_MAX)
        abort();
    if (i == list->n_chapters)
        copy(list->chapters[list->n_chapters++].folder, sizeof list->chapters->folder, name, n);
    return &list->chapters[i];
}

static void begin_section(chapter *c, int line)
{
    if (c->section + 1 < SECTIONS_MAX)
        c->section++;
    else
        c->fault(c->ctx, c->name, line, "the chapter has more than 63 sections");
}

static void take_default(chapter *c, int line, const sentence_outcome *o)
{
    sentence_outcome *kept = &c->by_default[c->section];
    if (kept->kind)
        c->fault(c->ctx, c->name, line, "the section states two default outcomes");
    *kept = *o;
}

static void take_sentence(chapter *c, const char *line, int number)
{
    sentence *s = append(c->list);
    copy(s->file, sizeof s->file, c->name, strlen(c->name));
    s->line = number;
    s->section = c->section;
    const char *what = read_sentence(s, line);
    if (!what && !*c->head->code)
        copy(c->head->code, sizeof c->head->code, s->id, 2);
    if (!what && strncmp(c->head->code, s->id, 2) != 0)
        what = "the other sentences of this chapter have another code";
    if (what) {
        c->list->n--;
        c->fault(c->ctx, c->name, number, what);
    } else if (outcome_is_default(s->text)) {
        take_default(c, number, &s->outcome);
    }
}

/* The page that is named as its folder is the one that the chapter has its title from; where there is none, the first. */
static bool gives_title(const chapter *c)
{
    const char *folder = strrchr(c->head->folder, '/'), *page = strrchr(c->name, '/');
    const size_t n = folder ? strlen(folder) : 0;
    return !*c->head->title || (folder && page && strncmp(page, folder, n) == 0 && strcmp(page + n, ".md") == 0);
}

static void take_line(chapter *c, const char *line, int number)
{
    sentence_outcome o;
    if (strncmp(line, "# ", 2) == 0 && gives_title(c))
        copy(c->head->title, sizeof c->head->title, line + 2, strcspn(line + 2, ":"));
    if (strncmp(line, "## ", 3) == 0)
        begin_section(c, number);
    if (strncmp(line, "- **", 4) == 0 && isupper((unsigned char)line[4]) && strchr(line, '-')) {
        take_sentence(c, line, number);
    } else if (loud_word(line)) {
        c->fault(c->ctx, c->name, number, "an RFC 2119 word without a number");
    } else if (outcome_is_default(line)) {
        const char *what = outcome_read(line, &o);
        if (what)
            c->fault(c->ctx, c->name, number, what);
        else
            take_default(c, number, &o);
    }
}

bool sentence_binds_server(const sentence *s)
{
    static const char *const roles[] = {"server", "both", "receiver"};
    return IS_ONE_OF(s->role, roles);
}

/* What rejects and states no outcome has that of its section, or of its chapter. */
static void inherit(const chapter *c, size_t first)
{
    for (size_t i = first; i < c->list->n; i++) {
        sentence *s = &c->list->all[i];
        const sentence_outcome *section = &c->by_default[s->section];
        if (*s->reason && !s->outcome.kind && sentence_binds_server(s))
            s->outcome = section->kind ? *section : c->by_default[0];
    }
}

bool sentences_read(sentence_list *list, const char *path, const char *name, sentence_fault *fault, void *ctx)
{
    FILE *f = fopen(path, "r");
    if (!f)
        return false;
    chapter c = {.list = list, .head = head_of(list, name), .name = name, .fault = fault, .ctx = ctx};
    const size_t first = list->n;
    char *line = NULL;
    size_t capacity = 0;
    bool fenced = false;
    for (int number = 1; getline(&line, &capacity, f) >= 0; number++) {
        line[strcspn(line, "\r\n")] = 0;
        if (strncmp(line, "```", 3) == 0)
            fenced = !fenced;
        if (!fenced)
            take_line(&c, line, number);
    }
    inherit(&c, first);
    free(line);
    fclose(f);
    return true;
}

/* ---- all chapters ---- */

static int by_id(const void *a, const void *b) { return strcmp(((const sentence *)a)->id, ((const sentence *)b)->id); }

const chapter_head *chapter_of(const sentence_list *list, const char *id)
{
    for (size_t i = 0; i < list->n_chapters; i++)
        if (*list->chapters[i].code && strncmp(list->chapters[i].code, id, 2) == 0)
            return &list->chapters[i];
    return NULL;
}

void sentences_judge(sentence_list *list, sentence_fault *fault, void *ctx)
{
    if (list->n)
        qsort(list->all, list->n, sizeof *list->all, by_id);
    for (size_t i = 0; i < list->n; i++) {
        const sentence *s = &list->all[i];
        if (i && strcmp(s->id, s[-1].id) == 0)
            fault(ctx, s->file, s->line, "this number is taken already");
    }
    for (size_t i = 0; i < list->n_chapters; i++)
        if (*list->chapters[i].code && chapter_of(list, list->chapters[i].code) != &list->chapters[i])
            fault(ctx, list->chapters[i].folder, 0, "another chapter has this chapter's code");
}

void sentences_free(sentence_list *list)
{
    free(list->all);
    *list = (sentence_list){0};
}
