/* How the program ends, for scripts and CI gates. Several at once: exit_worst says which one wins. */
#ifndef PARLEY_EXITS_H
#define PARLEY_EXITS_H

enum {
    EXIT_LEVEL = 0,        /* level reached; only PASS, NA, XFAIL, INFO */
    EXIT_FAILED = 1,       /* unexpected FAIL, CRASH or HANG; for `verify`: rejected; for `diff`: worse than before */
    EXIT_BASELINE = 2,     /* baseline stale, unmatched or expired */
    EXIT_WARNED = 3,       /* WARN present and --strict */
    EXIT_COVERAGE = 4,     /* UNTESTED blocks the level, zero checks ran, or a capability vanished */
    EXIT_DRIFT = 5,        /* vectors or requirements drifted without acknowledgement */
    EXIT_SELF = 6,         /* a mutant survived, a null implementation passed a group, the canary lived */
    EXIT_REFUSED = 10,     /* `chat`: refused the peer */
    EXIT_UNSUPPORTED = 20, /* `chat`: can't do what was asked */
    EXIT_USAGE = 64,
    EXIT_UNREACHABLE = 69, /* target unreachable or sanity failed */
    EXIT_HARNESS = 70      /* the runner's own fault */
};

/* The one that wins when both happened: 70, 69, 64, 6, 5, 1, 2, 4, 3, then 0. */
int exit_worst(int a, int b);

#endif
