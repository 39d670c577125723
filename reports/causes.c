#include "causes.h"
#include "no_memory.h"

#include <stdlib.h>
#include <string.h>

/* Equal but for their numbers, up to what is said in brackets: `xor ct[20] 01` and `xor ct[3] 80`. */
static bool is_same_kind(const char *a, const char *b)
{
    static const char digits[] = "0123456789";
    for (;; a++, b++) {
        const size_t n = strspn(a, digits), m = strspn(b, digits);
        if ((n > 0) != (m > 0))
            return false;
        a += n, b += m;
        if (*a != *b)
            return false;
        if (!*a || *a == '(')
            return true;
        if (n)
            a--, b--;
    }
}

/* Sentence, what was done, and how it showed. */
static bool has_same_cause(const result *a, const result *b)
{
    if (a->outcome == OUTCOME_BLOCKED)
        return b->outcome == OUTCOME_BLOCKED;
    return a->outcome == b->outcome && strcmp(a->check, b->check) == 0 && strncmp(a->req, b->req, 6) == 0 &&
           strcmp(a->role, b->role) == 0 && is_same_kind(a->mutation, b->mutation) && is_same_kind(a->got, b->got);
}

bool needs_a_look(const result *one) { return one->outcome == OUTCOME_WARN || outcome_weight(one->outcome) == WEIGHT_BAD; }

void causes_each(const results *run, cause_note *note, void *ctx)
{
    bool *seen = calloc(run->n + 1, sizeof *seen);
    const result **more = calloc(run->n + 1, sizeof *more);
    needs_memory(seen && more);
    for (size_t i = 0; i < run->n; i++) {
        size_t n = 0;
        if (seen[i] || !needs_a_look(&run->all[i]))
            continue;
        for (size_t k = i + 1; k < run->n; k++)
            if (!seen[k] && needs_a_look(&run->all[k]) && has_same_cause(&run->all[i], &run->all[k])) {
                seen[k] = true;
                more[n++] = &run->all[k];
            }
        note(ctx, &run->all[i], more, n);
    }
    free(seen);
    free(more);
}
