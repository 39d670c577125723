#include "sentence_of.h"
#include "verbs.h"

#include <string.h>

static void print(const cli_call *call, int req)
{
    if (call->json)
        requirement_print_json(stdout, req);
    else
        requirement_print(stdout, req);
}

static int count_of(const char *file)
{
    int n = 0;
    for (int i = 1; i < REQ_COUNT; i++)
        n += strcmp(requirement_rows[i].file, file) == 0;
    return n;
}

/* One line per chapter. The rows are sorted by number, so a chapter's stand together. */
static int list_chapters(void)
{
    for (int i = 1; i < REQ_COUNT; i++)
        if (strcmp(requirement_rows[i].file, requirement_rows[i - 1].file) != 0)
            printf("%.2s  %4d sentences  %s\n", requirement_rows[i].id, count_of(requirement_rows[i].file), requirement_rows[i].file);
    return EXIT_LEVEL;
}

int verb_spec(const cli_call *call)
{
    const char *what = cli_operand(call, 0);
    if (!what)
        return list_chapters();
    if (call->argc > 1)
        return cli_usage(call, "one number or chapter at a time");
    int found = requirement_find(what);
    if (found) {
        print(call, found);
        return EXIT_LEVEL;
    }
    for (int i = 1; i < REQ_COUNT; i++)
        if (requirement_in(i, what)) {
            print(call, i);
            found++;
        }
    return found ? EXIT_LEVEL : cli_usage(call, "'%s' is neither a number nor a chapter; `parley spec` lists the chapters", what);
}
