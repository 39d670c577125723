#include "sentence_of.h"
#include "verbs.h"

#include <string.h>

static const char *meaning_of(const char *shown)
{
    static const char *const meanings[][2] = {
        {"wire", "by what the target sends and accepts"},
        {"connection", "by what the target does on a connection: at the network doors alone"},
        {"shim", "by calling the target's library"},
        {"sim", "inside the simulator only"},
        {"review", "by argument, not by a test"},
    };
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
        if (strcmp(shown, meanings[i][0]) == 0)
            return meanings[i][1];
    return "by the sentence that implies it";
}

static void print_outcome(const requirement_outcome *o)
{
    static const char *const verbs[] = {[OUTCOME_CLOSE] = "closes with",
                                        [OUTCOME_ANSWER] = "answered",
                                        [OUTCOME_DROP] = "dropped without an answer",
                                        [OUTCOME_DISCONNECT] = "connection dropped without a close frame",
                                        [OUTCOME_HTTP_STATUS] = "answered with HTTP status"};
    if (o->kind == OUTCOME_NONE)
        return;
    printf("outcome   %s", verbs[o->kind]);
    if (o->code)
        printf(" %u", o->code);
    if (*o->text)
        printf(" `%s`", o->text);
    printf("%s%s\n", o->by ? ", by " : ", by its chapter's default", requirement_rows[o->by].id);
}

int verb_explain(const cli_call *call)
{
    const char *id = cli_operand(call, 0);
    if (!id || call->argc > 1)
        return cli_usage(call, "give one number, such as NZ-017");
    int req = requirement_find(id);
    if (!req)
        return cli_usage(call, "no chapter states '%s'; `parley spec` lists the chapters", id);
    if (call->json) {
        requirement_print_json(stdout, req);
        return EXIT_LEVEL;
    }
    const requirement_row *row = &requirement_rows[req];
    printf("%s\n\n%s\n\n", row->id, row->text);
    printf("binds     %s, %s\nshown     %s (%s)\n", row->role, row->level, row->shown, meaning_of(row->shown));
    if (*row->reason)
        printf("rejects   with reason `%s`\n", row->reason);
    print_outcome(&row->outcome);
    printf("source    %s\nstands    %s:%d\n", *row->source ? row->source : "our own decision", row->file, row->line);
    return EXIT_LEVEL;
}
