/* reqgen TREE OUT CHAPTER.md...: turns the numbered sentences into requirements.h (one enumerator each) and
 * requirements.c (the table that tools read). Any fault of form fails the build. */
#include "sentences.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int faults;

static void report(void *ctx, const char *file, int line, const char *what)
{
    (void)ctx;
    fprintf(stderr, "%s:%d: %s\n", file, line, what);
    faults++;
}

static FILE *create(const char *folder, const char *name)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    if (!f) {
        perror(path);
        exit(1);
    }
    return f;
}

static void put_string(FILE *f, const char *s)
{
    fputc('"', f);
    for (; *s; s++) {
        if (*s == '"' || *s == '\\')
            fputc('\\', f);
        fputc(*s, f);
    }
    fputc('"', f);
}

static void write_header(const char *folder, const sentence_list *list)
{
    FILE *f = create(folder, "requirements.h");
    fputs("/* Generated from the chapters' numbered sentences: edit those. */\n#ifndef PARLEY_REQUIREMENTS_H\n#define "
          "PARLEY_REQUIREMENTS_H\n\n"
          "enum requirement {\n    REQ_NONE,\n",
          f);
    for (size_t i = 0; i < list->n; i++)
        if (strcmp(list->all[i].level, "withdrawn") != 0)
            fprintf(f, "    REQ_%.2s_%s,\n", list->all[i].id, list->all[i].id + 3);
    fputs("    REQ_COUNT\n};\n\n"
          "/* What a server does when it rejects by a sentence: the sentence says it, or its section's default. */\n"
          "typedef enum outcome_kind { OUTCOME_NONE, OUTCOME_CLOSE, OUTCOME_ANSWER, OUTCOME_DROP, OUTCOME_DISCONNECT, OUTCOME_HTTP_STATUS "
          "} outcome_kind;\n\n"
          "typedef struct requirement_outcome {\n    outcome_kind kind;\n"
          "    unsigned short code; /* close code or status */\n"
          "    const char *text;    /* close reason or body; never NULL */\n"
          "    unsigned short by;   /* the sentence that states it; 0 when unnumbered prose does */\n} requirement_outcome;\n\n"
          "typedef struct requirement_row {\n"
          "    const char *id, *role, *level, *shown, *reason, *text, *source, *file;\n    int line;\n"
          "    requirement_outcome outcome;\n} requirement_row;\n\n"
          "/* requirement_rows[REQ_XX_000] is the sentence; row 0 is empty. */\n"
          "extern const requirement_row requirement_rows[REQ_COUNT];\n\n"
          "/* The row of the first number of a list, numbers with one space between; 0 when no chapter states it. */\n"
          "unsigned short requirement_named(const char *list);\n\n"
          "typedef struct chapter_row {\n    const char *code, *title, *folder; /* \"NZ\", \"The Noise framework\", \"spec/noise\" */\n} "
          "chapter_row;\n\n"
          "extern const chapter_row chapter_rows[]; /* ended by a row of NULL */\n"
          "extern const char *const reason_words[]; /* ended by NULL */\n\n#endif\n",
          f);
    fclose(f);
}

static void write_outcome(FILE *f, const sentence_outcome *o)
{
    fprintf(f, "{OUTCOME_%s, %u, ", o->kind ? o->kind : "NONE", o->code);
    put_string(f, o->text);
    if (*o->by)
        fprintf(f, ", REQ_%.2s_%s}", o->by, o->by + 3);
    else
        fputs(", 0}", f);
}

static void write_lists(FILE *f, const sentence_list *list)
{
    fputs("\nconst chapter_row chapter_rows[] = {\n", f);
    for (size_t i = 0; i < list->n_chapters; i++) {
        const chapter_head *c = &list->chapters[i];
        const char *fields[] = {c->code, c->title, c->folder};
        for (size_t k = 0; *c->code && k < 3; k++) {
            fputs(k ? ", " : "    {", f);
            put_string(f, fields[k]);
        }
        fputs(*c->code ? "},\n" : "", f);
    }
    fputs("    {0, 0, 0},\n};\n\nconst char *const reason_words[] = {", f);
    for (const char *const *word = sentence_reasons; *word; word++)
        fprintf(f, "\"%s\", ", *word);
    fputs("0};\n", f);
}

/* A number of the list is one of ours, whole; no library function, since the text carries the table too. */
static const char lookup[] = "unsigned short requirement_named(const char *list)\n{\n"
                             "    for (unsigned short i = 1; i < REQ_COUNT; i++) {\n"
                             "        unsigned n = 0;\n"
                             "        while (requirement_rows[i].id[n] && requirement_rows[i].id[n] == list[n])\n"
                             "            n++;\n"
                             "        if (!requirement_rows[i].id[n] && (!list[n] || list[n] == ' '))\n"
                             "            return i;\n"
                             "    }\n"
                             "    return 0;\n"
                             "}\n\n";

static void write_table(const char *folder, const sentence_list *list)
{
    FILE *f = create(folder, "requirements.c");
    fputs("#include \"requirements.h\"\n\nconst requirement_row requirement_rows[REQ_COUNT] = {\n"
          "    {\"\", \"\", \"\", \"\", \"\", \"\", \"\", \"\", 0, {OUTCOME_NONE, 0, \"\", 0}},\n",
          f);
    for (size_t i = 0; i < list->n; i++) {
        const sentence *s = &list->all[i];
        if (strcmp(s->level, "withdrawn") == 0)
            continue;
        const char *fields[] = {s->id, s->role, s->level, s->shown, s->reason, s->text, s->source, s->file};
        fputs("    {", f);
        for (size_t k = 0; k < sizeof fields / sizeof *fields; k++) {
            put_string(f, fields[k]);
            fputs(", ", f);
        }
        fprintf(f, "%d, ", s->line);
        write_outcome(f, &s->outcome);
        fputs("},\n", f);
    }
    fputs("};\n\n", f);
    fputs(lookup, f);
    write_lists(f, list);
    fclose(f);
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fputs("usage: reqgen TREE OUT CHAPTER.md...\n", stderr);
        return 64;
    }
    sentence_list list = {0};
    size_t prefix = strlen(argv[1]) + 1;
    for (int i = 3; i < argc; i++) {
        const char *name = strncmp(argv[i], argv[1], prefix - 1) == 0 ? argv[i] + prefix : argv[i];
        if (!sentences_read(&list, argv[i], name, report, NULL))
            report(NULL, name, 0, "can't be read");
    }
    sentences_judge(&list, report, NULL);
    if (faults)
        return 1;
    write_header(argv[2], &list);
    write_table(argv[2], &list);
    sentences_free(&list);
    return 0;
}
