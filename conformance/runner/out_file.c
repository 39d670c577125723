#include "out_file.h"
#include "exits.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static bool make_folder(const char *path) { return mkdir(path, 0777) == 0 || errno == EEXIST; }

int out_folder(const cli_call *call, const char *name, char path[OUT_PATH])
{
    snprintf(path, OUT_PATH, "%s%s%s", call->out, name ? "/" : "", name ? name : "");
    if (make_folder(call->out) && make_folder(path))
        return EXIT_LEVEL;
    return cli_fail(call, EXIT_HARNESS, "%s can't be made: %s", path, strerror(errno));
}

int out_save(const cli_call *call, const char *name, const page *text)
{
    char path[OUT_PATH];
    const int code = out_folder(call, NULL, path);
    if (code)
        return code;
    snprintf(path, sizeof path, "%s/%s", call->out, name);
    return page_save(text, path) ? EXIT_LEVEL : cli_fail(call, EXIT_HARNESS, "%s can't be written: %s", path, strerror(errno));
}

int out_pack(const cli_call *call, const pack *p, char path[OUT_PATH])
{
    char why[512];
    const int code = out_folder(call, "pack", path);
    return code || pack_save(p, path, why, sizeof why) ? code : cli_fail(call, EXIT_HARNESS, "%s", why);
}
