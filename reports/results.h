/* Results: what one run of the suite observed, check by check, and the file that says so.
 *
 * The runner adds results in any order; the file is sorted and holds no times, so two runs of a deterministic target
 * under one seed are the same bytes (durations and host facts go to env.json). Everything else in this room is rendered
 * from the file. Reading is strict: a file is taken only when writing it again gives the same bytes.
 * Schema: reports/results-1.schema.json. */
#ifndef PARLEY_RESULTS_H
#define PARLEY_RESULTS_H

#include "page.h"
#include "prim.h"

/* What a check may come to: its name, how much it weighs for the reader of a report, its label there. WEIGHT_UNSEEN: not measured. */
#define OUTCOMES(X)                      \
    X(PASS, GOOD, "passed")              \
    X(FAIL, BAD, "failed")               \
    X(WARN, NOTICE, "warnings")          \
    X(INFO, NEUTRAL, "information")      \
    X(NA, NEUTRAL, "not applicable")     \
    X(UNTESTED, UNSEEN, "not tested")    \
    X(XFAIL, NOTICE, "known")            \
    X(XPASS, BAD, "fixed, still listed") \
    X(CRASH, BAD, "crashed")             \
    X(HANG, BAD, "hung")                 \
    X(BLOCKED, BAD, "blocked")           \
    X(HARNESS, BAD, "our own fault")

typedef enum outcome {
#define X(NAME, WEIGHT, LABEL) OUTCOME_##NAME,
    OUTCOMES(X)
#undef X
        OUTCOME_COUNT
} outcome;

const char *outcome_name(outcome); /* "PASS" */
bool outcome_of(const char *name, outcome *out);
const char *outcome_label(outcome); /* "not tested", "passed", ... */

typedef enum weight { WEIGHT_GOOD, WEIGHT_NEUTRAL, WEIGHT_UNSEEN, WEIGHT_NOTICE, WEIGHT_BAD } weight;
weight outcome_weight(outcome);

/* One check of one case. Every text may be NULL, which is the same as empty; nothing is owned by the caller's copy. */
typedef struct result {
    const char *case_id; /* "nz.open.tag-flip-last": a slug */
    const char *check;   /* "verdict", "reason", "state", "released" or "wire" */
    unsigned rev;        /* of the case, >= 1 */
    outcome outcome;
    outcome was;                        /* the outcome before a baseline made it XFAIL or XPASS; otherwise ignored */
    const char *req;                    /* "NZ-036", or several with one space between; the first is the one that is judged */
    const char *level;                  /* of that one: "MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY" */
    const char *door;                   /* "shim", "url", "exec", "drive", "wait", "self" */
    const char *role;                   /* "client", "server", "lib", ... */
    const char *want, *got;             /* "rej:binding, state unchanged"; `got` may hold whatever the target printed */
    const char *want_bytes, *got_bytes; /* lower-case hex */
    const char *where;                  /* the first difference, with its field: "ct[20] tag.15" */
    const char *base;                   /* a negative's accepted twin, */
    const char *mutation;               /* and what was done to it */
    const char *needs;                  /* capabilities, one space between */
    const char *tag;                    /* "flaky" */
    const char *note;                   /* why it is NA, UNTESTED, BLOCKED or HARNESS */
    const char *issue;                  /* set by a baseline */
    const char *transcript;             /* "t/nz.open.tag-flip-last.jsonl", relative to results.json */
    const char *replay;                 /* one command line */
} result;

typedef struct results_head {
    const char *suite; /* version of this program */
    const char *target, *version, *profile, *revision, *door, *caps;
    const char *granted;   /* levels reached, "server L2 client L1"; empty when none was asked for or reached */
    const char *seed, *at; /* as given on the command line; `at` in RFC 3339 */
    const char *shard;     /* "2/3" of a run that is shared out (shards.h); empty: the whole run */
    const char *unchecked; /* numbers of the sentences that bind the role and have no check at this door, one space between */
} results_head;

/* clang-format off */
/* The text fields of a result and of the head, in the order of the file, once: copying, comparing and the file walk these lists.
 * X(field): a text. L(field): a list, as one text with one space between. */
#define RESULT_TEXTS(X, L)                                                                                          \
    L(req) X(level) X(door) X(role) X(want) X(got) X(want_bytes) X(got_bytes) X(where) X(base) X(mutation) L(needs) \
    X(tag) X(note) X(issue) X(transcript) X(replay)
#define HEAD_TEXTS(X, L) X(suite) X(target) X(version) X(profile) X(revision) X(door) L(caps) X(granted) X(seed) X(at) \
    X(shard) \
    L(unchecked)
/* clang-format on */

typedef struct results {
    results_head head;
    size_t planned; /* checks that the plan holds, whatever became of them */
    result *all;
    size_t n, cap;
    struct kept_text *texts; /* owns every string above */
} results;

void results_start(results *, const results_head *);                /* copies the texts; planned = 0 */
void results_add(results *, const result *);                        /* copies the texts, broken UTF-8 becomes U+FFFD;
                                                                    must: result_fault() is NULL */
void results_replace(results *, const result *old, const result *); /* `old` stands in the list; likewise */
/* NULL, or the first field that is not as described above. A runner's mistake, or a file that is not ours. */
const char *result_fault(const result *);
int result_order(const void *, const void *); /* of two results, as for qsort: by case, check, door, role */
void results_sort(results *);                 /* in that order */
const result *results_find(const results *, const char *case_id, const char *check); /* the first; any order; NULL */
const char *results_keep(results *, const char *text);                               /* a cleaned copy that lives as long as the list */
void results_free(results *);

typedef struct tally {
    size_t of[OUTCOME_COUNT], total;
} tally;
tally results_count(const results *);
const result *results_twice(results *); /* sorts; a check that stands in it twice, or NULL */
bool results_accounted(results *);      /* planned = the sum of all outcomes, no check twice */

/* The level that these checks alone allow for a role (NULL: all): 0, 1 or 2, or -1 when nothing was measured or even the
 * first is out of reach. The third needs facts from outside one run (conformance/README.md, Levels). */
int results_level(const results *, const char *role);

/* ---- the file ---- */

void results_write(results *, page *out); /* sorts first */
/* NULL, or what is wrong with it (static or in `fault`), and then `out` is empty. */
const char *results_read(results *out, const char *text, size_t n, char fault[200]);
void results_digest(results *, const prim *, uint8_t out[32]); /* SHA-256 of the file's bytes */
/* Joins shards of one run. NULL, or why not: different heads, or a check in both. */
const char *results_merge(results *into, const results *more, char fault[200]);

typedef struct run_facts {                /* env.json: what may differ between two equal runs */
    const char *host, *command, *started; /* RFC 3339 */
    uint64_t wall_us;
    unsigned jobs;
    const char *results; /* SHA-256 of the results file beside it, in hex: who changes one has to change both */
} run_facts;
void run_facts_write(const run_facts *, page *out);
/* The digest that stands in an env.json; NULL when it is not one of ours. */
const char *run_facts_digest(const char *text, size_t n, char digest[65]);

/* ---- exit status (conformance/README.md, Exit codes) ---- */

typedef struct exit_facts { /* what the results themselves can't say */
    bool strict;            /* --strict */
    bool level_missed;      /* UNTESTED or NA blocks the level that was asked for */
    bool capability_vanished;
    bool drift;            /* vectors or requirements against their locks */
    bool self_test_failed; /* a mutant or a null implementation lived, or the canary did */
    bool usage;
    bool unreachable;
    bool baseline_stale; /* an entry matched nothing, matched otherwise, or has expired */
} exit_facts;

/* What the first check that was not made for want of a hook of the target (`rng`, `ctl`) needs; NULL: there is none. */
const char *results_missing_hook(const results *);

enum { EXIT_STATUSES = 9 };
/* The first of 70, 69, 64, 6, 5, 1, 2, 4, 3 that applies, else 0. `all` (may be NULL) receives every one that applies,
 * in that order, ended by 0. */
int results_exit(results *, const exit_facts *, int all[EXIT_STATUSES + 1]);

#endif
