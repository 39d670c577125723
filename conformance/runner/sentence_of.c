#include "sentence_of.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

int requirement_find(const char *id)
{
    if (strlen(id) != 6 || (id[2] != '-' && id[2] != '_'))
        return 0;
    const char number[] = {(char)toupper((unsigned char)id[0]), (char)toupper((unsigned char)id[1]), '-', id[3], id[4], id[5], 0};
    return requirement_named(number);
}

/* The chapter's folder is the last but one name of its path: spec/profiles/confer/confer.md -> confer. */
static bool folder_is(const char *file, const char *chapter)
{
    const char *slash = strrchr(file, '/');
    size_t n = strlen(chapter);
    return slash && (size_t)(slash - file) > n && slash[-(ptrdiff_t)n - 1] == '/' && strncasecmp(slash - n, chapter, n) == 0;
}

bool requirement_in(int req, const char *chapter)
{
    const requirement_row *row = &requirement_rows[req];
    return (strlen(chapter) == 2 && strncasecmp(row->id, chapter, 2) == 0) || folder_is(row->file, chapter);
}

void requirement_print(FILE *f, int req)
{
    const requirement_row *row = &requirement_rows[req];
    fprintf(f, "%s  %s, %s%s%s\n    %s%s%s%s\n", row->id, row->level, row->role, *row->reason ? ", rejects with " : "", row->reason,
            row->text, *row->source ? " [" : "", row->source, *row->source ? "]" : "");
}

void json_text(FILE *f, const char *text)
{
    fputc('"', f);
    for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
        if (*at == '"' || *at == '\\')
            fprintf(f, "\\%c", *at);
        else if (*at < 0x20)
            fprintf(f, "\\u%04x", *at);
        else
            fputc(*at, f);
    }
    fputc('"', f);
}

void requirement_print_json(FILE *f, int req)
{
    const requirement_row *row = &requirement_rows[req];
    const char *const pairs[][2] = {{"id", row->id},         {"role", row->role}, {"level", row->level},   {"shown", row->shown},
                                    {"reason", row->reason}, {"text", row->text}, {"source", row->source}, {"file", row->file}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        fprintf(f, "%s\"%s\":", i ? "," : "{", pairs[i][0]);
        json_text(f, pairs[i][1]);
    }
    fprintf(f, ",\"line\":%d}\n", row->line);
}
