/* `parley book`: the specification as one page. */
#include "book.h"
#include "facts_here.h"
#include "out_file.h"
#include "p1_attackers.h"
#include "place.h"
#include "schedules.h"
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

enum { SCHEDULES_MAX = 32 };

/* The script of each key schedule. A vector that does not hold has none: `vectors check` is there to say so. */
static void derive_all(const cli_call *call, book_derivation out[SCHEDULES_MAX + 1], page scripts[SCHEDULES_MAX])
{
    vector_set set;
    size_t values, n = 0;
    if (vectors_load(call, &set))
        return;
    for (const schedule *s = schedules; s->id && n < SCHEDULES_MAX; s++) {
        const vector_case *c = case_named(&set, s->id);
        if (c && schedule_write(&set, c, &scripts[n], &values)) {
            out[n] = (book_derivation){s->id, s->what, scripts[n].p};
            n++;
        }
    }
    vectors_free(&set);
}

/* LOCK has the digest of every file of vectors. */
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
    book_derivation derivations[SCHEDULES_MAX + 1] = {0};
    page scripts[SCHEDULES_MAX] = {0};
    derive_all(call, derivations, scripts);
    const book b = {place_share(), PARLEY_VERSION, digest, facts, facts_results(), goals, n_attackers, derivations};
    int code = book_write(&b, &out, &missing) ? out_save(call, "book.html", &out)
                                              : cli_fail(call, EXIT_HARNESS, "%s/%s can't be read", place_share(), missing);
    if (!code && !call->quiet)
        printf("%s/book.html: %d sentences, %zu KiB\n", call->out, REQ_COUNT - 1, out.n / 1024);
    for (size_t i = 0; i < SCHEDULES_MAX; i++)
        page_free(&scripts[i]);
    page_free(&out);
    free(goals);
    return code;
}
