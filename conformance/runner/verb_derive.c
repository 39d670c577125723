/* `parley derive`: a vector's values, computed again by the command line of OpenSSL. */
#include "schedules.h"
#include "vectors_here.h"
#include "verbs.h"

#include <stdio.h>

static int list_schedules(const cli_call *call)
{
    for (const schedule *s = schedules; s->id; s++)
        printf(call->quiet ? "%s\n" : "%-40s  %s\n", s->id, s->what);
    return EXIT_LEVEL;
}

static int print_script(const cli_call *call, const vector_set *set, const vector_case *c)
{
    page script = {0};
    size_t n;
    const bool holds = schedule_write(set, c, &script, &n);
    fputs(script.p, stdout);
    page_free(&script);
    if (!holds)
        return cli_fail(call, EXIT_FAILED, "the case does not hold: parley vectors check");
    return n ? EXIT_LEVEL : cli_fail(call, EXIT_COVERAGE, "%s computes no hash, HMAC, agreement, public key or signature", c->id);
}

int verb_derive(const cli_call *call)
{
    vector_set set;
    const char *id = cli_operand(call, 0);
    if (call->argc > 1)
        return cli_usage(call, "give one case, or none");
    if (!id)
        return list_schedules(call);
    int code = vectors_load(call, &set);
    if (code)
        return code;
    const vector_case *c = case_named(&set, id);
    code = c ? print_script(call, &set, c) : cli_usage(call, "there is no vector '%s'; `parley vectors list` lists them", id);
    vectors_free(&set);
    return code;
}
