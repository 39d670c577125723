#include "out_file.h"
#include "page.h"
#include "place.h"
#include "verbs.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH = 4096, FILE_MAX = 1 << 20 };

/* The templates are files, so that a reader and a compiler see them as what they are. `.in`: a name that would mean something here. */
static const char *name_there(const char *name, char room[256])
{
    const size_t n = strlen(name);
    snprintf(room, 256, "%s", name);
    if (n > 3 && n < 256 && strcmp(name + n - 3, ".in") == 0)
        room[n - 3] = 0;
    return room;
}

static int copy_file(const cli_call *call, const char *folder, const char *name, const char *to)
{
    char from[PATH], path[PATH], room[256];
    struct stat facts;
    page text = {0};
    snprintf(from, sizeof from, "%s/%s", folder, name);
    snprintf(path, sizeof path, "%s/%s", to, name_there(name, room));
    if (stat(path, &facts) == 0)
        return cli_usage(call, "%s is there already, and is not overwritten", path);
    const bool good = stat(from, &facts) == 0 && page_load(&text, from, FILE_MAX) && page_save(&text, path) &&
                      chmod(path, facts.st_mode & 0777) == 0;
    page_free(&text);
    return good ? EXIT_LEVEL : cli_fail(call, EXIT_HARNESS, "%s: %s", path, strerror(errno));
}

static int copy_folder(const cli_call *call, const char *folder, const char *to);

static int copy_entry(const cli_call *call, const char *folder, const char *name, const char *to)
{
    char from[PATH], path[PATH];
    struct stat facts;
    snprintf(from, sizeof from, "%.3800s/%.255s", folder, name);
    snprintf(path, sizeof path, "%.3800s/%.255s", to, name);
    return stat(from, &facts) == 0 && S_ISDIR(facts.st_mode) ? copy_folder(call, from, path) : copy_file(call, folder, name, to);
}

static int copy_folder(const cli_call *call, const char *folder, const char *to)
{
    int code = EXIT_LEVEL;
    if (mkdir(to, 0777) != 0 && errno != EEXIST)
        return cli_fail(call, EXIT_HARNESS, "%s: %s", to, strerror(errno));
    DIR *d = opendir(folder);
    if (!d)
        return cli_fail(call, EXIT_HARNESS, "%s: %s", folder, strerror(errno));
    for (struct dirent *e; !code && (e = readdir(d));)
        if (e->d_name[0] != '.')
            code = copy_entry(call, folder, e->d_name, to);
    closedir(d);
    return code;
}

int verb_new_shim(const cli_call *call)
{
    char top[PATH], folder[PATH];
    const char *language = cli_operand(call, 0), *to = cli_operand(call, 1);
    struct stat facts;
    if (!to || call->argc > 2 || strchr(language, '/') || *language == '.' || !*language)
        return cli_usage(call, "give a language, one of node, c, go, rust, and a folder");
    snprintf(top, sizeof top, "%s/conformance/adapter/new", place_share());
    snprintf(folder, sizeof folder, "%.2000s/%.100s", top, language);
    if (stat(folder, &facts) != 0)
        return cli_usage(call, "'%s' is none of node, c, go, rust", language);
    int code = copy_folder(call, folder, to);
    code = code ? code : copy_file(call, top, "README.md.in", to);
    if (code || call->quiet)
        return code;
    snprintf(folder, sizeof folder, "%.2000s/build", to);
    printf("%s has an adapter; next: %s%s%s doctor %.2000s/run\n", to, stat(folder, &facts) == 0 ? folder : "",
           stat(folder, &facts) == 0 ? " && " : "", place_called(), to);
    return EXIT_LEVEL;
}
