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

const char *diagnosis_of(const result *one)
{
    const size_t n = strlen(DIAGNOSIS_NOTE);
    return strncmp(one->note, DIAGNOSIS_NOTE, n) == 0 ? one->note + n : NULL;
}

/* The operation of a case is what stands before the second dot of its name: `nz.write`. */
static bool is_same_operation(const char *a, const char *b)
{
    const char *dot = strchr(a, '.');
    const size_t n = dot ? (size_t)(dot - a) + 1 + strcspn(dot + 1, ".") : strlen(a);
    return strncmp(a, b, n) == 0 && (!b[n] || b[n] == '.');
}

/* Bytes that are wrong are wrong in every case in another way: the same field of the same operation is one cause. */
static bool shows_alike(const result *a, const result *b)
{
    const size_t n = strcspn(a->where, "[");
    if (strcmp(a->check, "wire") == 0 && n && strncmp(a->where, b->where, n) == 0 && (!b->where[n] || b->where[n] == '['))
        return is_same_operation(a->case_id, b->case_id);
    return is_same_kind(a->got, b->got);
}

/* Diagnosis; or else sentence, what was done, and how it showed. */
static bool has_same_cause(const result *a, const result *b)
{
    if (a->outcome == OUTCOME_BLOCKED)
        return b->outcome == OUTCOME_BLOCKED;
    if (diagnosis_of(a) || diagnosis_of(b))
        return strcmp(a->note, b->note) == 0;
    return a->outcome == b->outcome && strcmp(a->check, b->check) == 0 && strncmp(a->req, b->req, 6) == 0 &&
           strcmp(a->role, b->role) == 0 && is_same_kind(a->mutation, b->mutation) && shows_alike(a, b);
}

bool needs_a_look(const result *one) { return one->outcome == OUTCOME_WARN || outcome_weight(one->outcome) == WEIGHT_BAD; }

typedef struct grouping {
    const results *run;
    bool *seen;
    const result **more;
} grouping;

/* Those after the i-th that have its cause and were not seen yet; `more` receives them unless it is NULL. */
static size_t count_alike(const grouping *g, size_t i, const result **more)
{
    size_t n = 0;
    for (size_t k = i + 1; k < g->run->n; k++)
        if (!g->seen[k] && needs_a_look(&g->run->all[k]) && has_same_cause(&g->run->all[i], &g->run->all[k])) {
            if (more)
                more[n] = &g->run->all[k];
            g->seen[k] |= more != NULL;
            n++;
        }
    return n;
}

static void note_cause(const grouping *g, size_t i, cause_note *note, void *ctx)
{
    g->seen[i] = true;
    note(ctx, &g->run->all[i], g->more, count_alike(g, i, g->more));
}

/* Which of the diagnoses that were not seen yet explains the most; the number of results when there is none. */
static size_t largest_diagnosis(const grouping *g)
{
    size_t best = g->run->n, most = 0;
    for (size_t i = 0; i < g->run->n; i++) {
        if (g->seen[i] || !needs_a_look(&g->run->all[i]) || !diagnosis_of(&g->run->all[i]))
            continue;
        const size_t n = 1 + count_alike(g, i, NULL);
        if (n > most) {
            best = i;
            most = n;
        }
    }
    return best;
}

void causes_each(const results *run, cause_note *note, void *ctx)
{
    const grouping g = {run, calloc(run->n + 1, sizeof *g.seen), calloc(run->n + 1, sizeof *g.more)};
    needs_memory(g.seen && g.more);
    for (size_t i = largest_diagnosis(&g); i < run->n; i = largest_diagnosis(&g))
        note_cause(&g, i, note, ctx);
    for (size_t i = 0; i < run->n; i++)
        if (!g.seen[i] && needs_a_look(&run->all[i]))
            note_cause(&g, i, note, ctx);
    free(g.seen);
    free(g.more);
}
