#include "changed_since.h"
#include "exits.h"
#include "place.h"
#include "tree.h"
#include "tree_diff.h"
#include "tree_side.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { LOCK_MAX = 1 << 20 };

static void put_word(page *out, const char *word, size_t n)
{
    page_put(out, out->n ? " " : "");
    page_put_n(out, word, n);
}

static void note_change(void *ctx, const change *c)
{
    if (strcmp(c->what, "withdrawn") != 0 && strncmp(c->what, "gone", 4) != 0 && strcmp(c->what, "retired") != 0)
        put_word(ctx, c->id, strlen(c->id));
}

static int since_tree(const cli_call *call, const char *named, page *out)
{
    tree_side side;
    tree_counts counts;
    const char *wrong = tree_side_take(named, &side) ? tree_diff(side.path, place_share(), note_change, out, &counts) : named;
    tree_side_drop(&side);
    return wrong
               ? cli_usage(call, "--changed-since: '%s' is no revision of this checkout, no tree of Parley and no requirements.lock", named)
               : EXIT_LEVEL;
}

/* Lines "NZ-017 digest": those that the lock of then does not have. */
static bool compare_locks(const char *then, const char *now, page *out)
{
    bool good = strncmp(now, "AT-", 3) == 0;
    for (const char *line = now; *line && good; line += strcspn(line, "\n") + 1) {
        const size_t n = strcspn(line, "\n");
        char *one = strndup(line, n + 1);
        must(one);
        if (!strstr(then, one))
            put_word(out, line, strcspn(line, " "));
        free(one);
        good = line[n] == '\n';
    }
    return good;
}

/* A file of another kind has no line of the lock in it: then all would look new. */
static int since_lock(const cli_call *call, const char *path, page *out)
{
    page then = {0};
    if (!page_load(&then, path, LOCK_MAX))
        return cli_usage(call, "--changed-since: %s: %s", path, strerror(errno));
    char *now = read_text(place_share(), "spec/requirements.lock", NULL);
    int code = EXIT_LEVEL;
    if (!then.n || strncmp(then.p, "AT-001 ", 7) != 0)
        code = cli_usage(call, "--changed-since: %s is no requirements.lock", path);
    else if (!now || !compare_locks(then.p, now, out))
        code = cli_fail(call, EXIT_HARNESS, "%s/spec/requirements.lock can't be read", place_share());
    free(now);
    page_free(&then);
    return code;
}

int changed_since(const cli_call *call, page *out)
{
    struct stat facts;
    const char *named = cli_value(call, "changed-since");
    if (!named)
        return EXIT_LEVEL;
    return stat(named, &facts) == 0 && S_ISREG(facts.st_mode) ? since_lock(call, named, out) : since_tree(call, named, out);
}
