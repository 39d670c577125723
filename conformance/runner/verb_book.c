/* `parley book`: the specification as one page. */
#include "book.h"
#include "facts_here.h"
#include "out_file.h"
#include "p1_attackers.h"
#include "place.h"
#include "vectors_here.h"
#include "verbs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHECKS = 64 };

static void name_checks(const attacker *a, char room[CHECKS])
{
    size_t n = 0;
    room[0] = 0;
    for (size_t i = 0; i < ATTACK_CHECKS && a->check[i] && n < CHECKS; i++)
        n += (size_t)snprintf(room + n, CHECKS - n, "%s%s", i ? " " : "", requirement_rows[a->check[i]].id);
}

/* Every attacker is run, with all checks in force. */
static book_goal *try_goals(void)
{
    static char(*checks)[CHECKS];
    book_goal *goals = calloc(n_attackers, sizeof *goals);
    checks = calloc(n_attackers, sizeof *checks);
    needs_memory(goals && checks);
    for (size_t i = 0; i < n_attackers; i++) {
        const attacker *a = &attackers[i];
        const attack_result r = a->run(&prim_openssl);
        name_checks(a, checks[i]);
        goals[i] = (book_goal){a->goal, a->name, a->holds, a->wants, checks[i], r.reached ? NULL : r.by ? requirement_rows[r.by].id : ""};
    }
    return goals;
}

/* The first line of LOCK names the digest of all vectors. */
static void digest_of_vectors(const char *tree, char digest[65])
{
    char path[OUT_PATH];
    page text = {0};
    uint8_t sum[32];
    writer w = writer_of(digest, 64);
    snprintf(path, sizeof path, "%s/vectors/LOCK", tree);
    digest[0] = digest[64] = 0;
    if (page_load(&text, path, 1 << 20)) {
        prim_digest(&prim_openssl, PRIM_SHA256, span_of(text.p, text.n), sum);
        write_hex(&w, SPAN(sum));
    }
    page_free(&text);
}

int verb_book(const cli_call *call)
{
    char digest[65];
    page out = {0};
    const char *missing;
    if (call->argc)
        return cli_usage(call, "book takes no operands");
    book_goal *goals = try_goals();
    digest_of_vectors(place_share(), digest);
    const sentence_facts *facts = facts_here(call);
    const book b = {place_share(), PARLEY_VERSION, digest, facts, facts_results(), goals, n_attackers};
    int code = book_write(&b, &out, &missing) ? out_save(call, "book.html", &out)
                                              : cli_fail(call, EXIT_HARNESS, "%s/%s can't be read", place_share(), missing);
    if (!code && !call->quiet)
        printf("%s/book.html: %d sentences, %zu KiB\n", call->out, REQ_COUNT - 1, out.n / 1024);
    page_free(&out);
    free(goals);
    return code;
}
