#include "target_file.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

typedef struct key {
    const char *name;
    size_t at;
} key;

/* clang-format off */
static const key keys[] = {
    {"name", offsetof(target_file, name)}, {"version", offsetof(target_file, version)}, {"start", offsetof(target_file, start)},
    {"door", offsetof(target_file, at)}, {"profile", offsetof(target_file, profile)}, {"pack", offsetof(target_file, pack)},
    {"ctl", offsetof(target_file, ctl)}, {"baseline", offsetof(target_file, baseline)}, {"known", offsetof(target_file, known)},
    {"patience", offsetof(target_file, patience)}};
/* clang-format on */
enum { KEYS = sizeof keys / sizeof *keys };

bool target_version_is_fixed(const char *version)
{
    static const char *const moving[] = {"main", "master", "dev", "develop", "head", "latest", "nightly", "snapshot"};
    for (size_t i = 0; i < sizeof moving / sizeof *moving; i++)
        if (strcasecmp(version, moving[i]) == 0)
            return false;
    return *version != 0;
}

static char *trimmed(char *text)
{
    text += strspn(text, " \t");
    size_t n = strlen(text);
    while (n && strchr(" \t\r", text[n - 1]))
        text[--n] = 0;
    return text;
}

static const char *take_line(target_file *t, char *line)
{
    char *equals = strchr(line, '=');
    if (!equals)
        return "not `key = value`";
    *equals = 0;
    const char *name = trimmed(line), *value = trimmed(equals + 1);
    for (size_t i = 0; i < KEYS; i++) {
        const char **field = (const char **)(void *)((char *)t + keys[i].at);
        if (strcmp(keys[i].name, name) != 0)
            continue;
        if (*field || !*value)
            return *field ? "the key stands in it twice" : "the value is empty";
        *field = value;
        return NULL;
    }
    return "there is no such key: name, version, door, start, profile, pack, ctl, baseline, known, patience";
}

static const char *take_door(target_file *t)
{
    static const char *const doors[] = {"url ", "exec ", "library ", "drive "};
    for (size_t i = 0; t->at && i < sizeof doors / sizeof *doors; i++)
        if (strncmp(t->at, doors[i], strlen(doors[i])) == 0) {
            t->door = (target_door)i;
            t->at += strlen(doors[i]);
            t->at += strspn(t->at, " \t");
            return t->start && t->door != TARGET_URL ? "`start` goes with `door = url ...`: the other doors start the target themselves"
                                                     : NULL;
        }
    return "`door` is needed: url URL, exec COMMAND, drive COMMAND or library COMMAND";
}

static const char *judge(target_file *t)
{
    if (!t->name || !t->version)
        return "`name` and `version` are needed";
    if (!target_version_is_fixed(t->version))
        return "`version` names a branch: results have to say of what they are";
    return take_door(t);
}

const char *target_file_read(target_file *t, char *text, char fault[200])
{
    char *rest = text, *line;
    unsigned number = 0;
    *t = (target_file){.text = text};
    while ((line = strsep(&rest, "\n"))) {
        number++;
        line = trimmed(line);
        const char *wrong = *line && *line != '#' ? take_line(t, line) : NULL;
        if (wrong) {
            snprintf(fault, 200, "line %u: %s", number, wrong);
            return fault;
        }
    }
    return judge(t);
}

void target_file_free(target_file *t)
{
    free(t->text);
    *t = (target_file){0};
}
