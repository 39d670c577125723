#include "tree_side.h"
#include "place.h"

#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>

extern char **environ;

static int run(char *const argv[])
{
    pid_t pid;
    int status;
    if (posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ) != 0 || waitpid(pid, &status, 0) != pid)
        return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* The parts of a revision that are compared, taken out of the checkout's history. */
static bool take_revision(const char *revision, tree_side *side)
{
    static const char script[] = "git -C \"$1\" archive \"$2\" spec vectors conformance/ids.tsv 2>/dev/null | tar -x -C \"$3\" 2>/dev/null";
    const char *folder = getenv("TMPDIR");
    if (!place_checkout() || *revision == '-')
        return false;
    snprintf(side->path, sizeof side->path, "%s/parley-diff-XXXXXX", folder && *folder ? folder : "/tmp");
    side->temporary = mkdtemp(side->path) != NULL;
    return side->temporary && run((char *[]){(char *)"sh", (char *)"-c", (char *)script, (char *)"sh", (char *)place_checkout(),
                                             (char *)revision, side->path, NULL}) == 0;
}

bool tree_side_take(const char *named, tree_side *side)
{
    struct stat facts;
    *side = (tree_side){.temporary = false};
    if (stat(named, &facts) == 0 && S_ISDIR(facts.st_mode)) {
        snprintf(side->path, sizeof side->path, "%s", named);
        return true;
    }
    return take_revision(named, side);
}

void tree_side_drop(const tree_side *side)
{
    if (side->temporary)
        run((char *[]){(char *)"rm", (char *)"-rf", (char *)"--", (char *)side->path, NULL});
}
