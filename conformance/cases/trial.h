/* A case of the suite: one row of a table, and the trial that is its run against one target.
 *
 * A case observes; the trial decides. The row says beforehand which checks the case makes and which sentences each of them names, so
 * that nothing can be left out unseen: what a case did not get to is UNTESTED, what it forgot is HARNESS. */
#ifndef PARLEY_TRIAL_H
#define PARLEY_TRIAL_H

#include "case_check.h"
#include "coins.h"
#include "fresh.h"
#include "pack.h"
#include "results.h"
#include "transcript.h"
#include "websocket.h"

/* Seconds without progress that are HANG, when the run does not say: 50 times the median step of the sanity case, within these. The
 * sanity case itself, which is there to measure the target, is given PATIENCE_SANITY. */
enum { PATIENCE_LEAST = 5, PATIENCE_MOST = 60, PATIENCE_SANITY = 20 };

/* How long the target took for each step that the runner waited for. */
typedef struct pace {
    int64_t us[256];
    size_t n;
} pace;

unsigned pace_patience(pace *); /* seconds; sorts the steps */

typedef struct trial trial;
typedef struct p1_world p1_world;
typedef struct p1_pack p1_pack;

/* What a target did with what it was to refuse; a row's departure is made of them. */
enum {
    AGREES = 0,
    DEPLOYED_TAKES = 1,     /* it went on as if nothing were wrong */
    DEPLOYED_IS_SILENT = 2, /* it gave no answer at all */
    DEPLOYED_ANSWERS = 4,   /* it refused by another status, close code or text */
    DEPLOYED_COMPLETES = 8, /* it took what is no whole message for one */
    AGREES_SINCE = 8,       /* nothing else any more */
};

typedef struct case_row {
    const char *id;               /* "cf.server.message1.short": for ever (conformance/ids.tsv) */
    const char *says;             /* what is tried, in one line */
    const char *req[CASE_CHECKS]; /* for each check the sentences it names, the judged one first; NULL: the case makes no such check */
    unsigned departure;           /* where the deployed system does otherwise, what it does: that alone is a WARN at VERDICT and REASON */
    unsigned departure_0_1_20;    /* instead of it, in that revision; AGREES_SINCE: none any more */
    const char
        *needs; /* "ctl" (client door: {ctl} in the command) or "pack": a hook without which the case is UNTESTED; "pid": without it, NA */
    const char *world; /* client door: the lie (tee_lies.h) that the case's pack tells */
    const char *base;  /* a negative's accepted twin */
    /* Where the run begins, what the evil peer does there, and how it has to end; act and end may be NULL. Or `run`, which is all of it. */
    struct peer_connection *(*start)(trial *);
    void (*act)(struct peer_connection *);
    void (*end)(struct peer_connection *);
    void (*run)(trial *);
    bool asks_receipt; /* client door, profile parley1: the client is told to ask for a signed receipt; NA for one that can't */
    bool lasts;        /* many connections, or a wait of stated length: begun before the others */
    unsigned fresh;    /* bits 1 << FRESH_...: what of these a target draws in the whole run may not come twice, or VERDICT fails */
    const void *with;  /* what distinguishes it from others that do the same */
    unsigned rev;      /* 0: 1 */
} case_row;

/* A row of a table; so written, formatting keeps it together. */
#define CASE(...)   \
    {               \
        __VA_ARGS__ \
    }
#define GIVEN(type, ...) (&(const type){__VA_ARGS__}) /* a value for `with` */

typedef struct case_table {
    const case_row *rows;
    size_t n;
} case_table;

/* What all cases of a run share. */
typedef struct suite_run {
    const prim *prim;
    const pack *pack;
    const char *pack_folder; /* client door: for {pack} */
    const char *worlds;      /* client door: the folder in which each trial has a pack of its own; NULL: all have the one above */
    int64_t now;
    const char *profile;  /* with its release, for the results */
    cf_revision revision; /* what the target is held to */
    span seed;
    const char *door, *role;  /* "url" "server", "exec" "drive" "wait" "client" */
    ws_url url;               /* server door: of the target */
    const char *protocol;     /* the subprotocol that the profile names; NULL: none */
    const char *path;         /* client door: of the URL that the client is given; NULL: confer's, with a token */
    const p1_pack *p1;        /* profile parley1: instead of the pack above; NULL: another profile */
    int pid;                  /* server door: the target's process, whose memory can be read; 0: unknown */
    const char *ctl;          /* server door: HOST:PORT of the target's hooks, or NULL */
    char *const *command;     /* client door: the words to start the client with */
    struct client_link *link; /* client door: one client for all cases, instead of a command for each; NULL: none */
    span chaos;               /* where other pieces, delays and fragments of what is sent are drawn; empty: all goes as it is written */
    bool sanity;              /* this is the case that has to hold before anything else is measured */
    unsigned patience;        /* seconds without progress that are HANG; 0: by the target's own pace */
    pace *pace;               /* where steps are noted; NULL: nowhere */
    fresh_values *fresh;      /* likewise what the target draws */
    unsigned repeated;        /* how many negatives are made once more at the end */
    const char *replay;       /* the command line that runs this again, without --case */
    const char *folder;       /* results' folder for t/; NULL: no transcripts are kept */
    /* For tests of the suite: called before each step of a trial, which is a message sent or a wait. */
    void (*step)(void *ctx, trial *);
    void *ctx;
} suite_run;

struct trial {
    const case_row *row;
    const suite_run *run;
    struct event_base *base;
    coins coins;
    const pack *pack; /* what both sides of it have */
    const char *pack_folder;
    struct world *world;       /* a pack of its own, or NULL */
    const p1_pack *p1;         /* profile parley1: its pack */
    struct p1_world *p1_world; /* which is its own; NULL: that of the run */
    bool keeps_world;          /* its folder stays, for whoever looks for the cause of a failure */
    char ctl[32];              /* client door: HOST:PORT of this client's hook, for {ctl}; empty: it has none */
    const char *prompt;        /* client door: what the client is to say; NULL: CLIENT_RUN_PROMPT */
    char word[32];             /* one that no other case and no other run says: in prompts and answers */
    transcript log;
    unsigned did;   /* trial_saw */
    unsigned grace; /* seconds on top of the patience, for what may take a stated time */
    const int *
        cuts; /* what is sent goes in pieces, a while apart, that end so many bytes behind its start, or (negative) before its end; ended by
                        0; NULL: as it is written */
    bool greets; /* client door: a ping frame stands right behind the answer to the upgrade, in one piece with it */
    bool over;   /* something ended it: later steps do nothing, later judgements count for nothing */
    const char *why_over;
    struct judgement {
        bool judged;
        outcome outcome;
        page want, got, want_bytes, got_bytes, where, note;
        uint16_t broken; /* the sentence; 0: none */
    } check[CASE_CHECKS];
    struct peer_connection *connections[64];
    size_t n_connections, n_accepted; /* of them, those that peer_accepts gave out */
    struct ws_listener *listener;
    unsigned port; /* of it, or of a listener of the case itself */
    struct spawned *child;
    coins chaos;
    struct relay *relay; /* with chaos: between the target and us */
    unsigned relayed;    /* the port that it leads to */
};

/* The command line that runs one case again: --case stands right behind `parley test`, since operands may end the options. */
void trial_replay(const char *replay, const char *id, page *out);

trial *trial_start(const suite_run *, const case_row *);
void trial_report(trial *, results *out); /* adds a result for each check of the row and keeps the transcript */
void trial_free(trial *);                 /* after its connections were dropped */
void trial_blocked(const suite_run *, const case_row *, results *out); /* adds the row's checks as BLOCKED */
size_t trial_checks(const case_row *);                                 /* how many checks the row makes */

/* The first failure of a check stands; a check that holds until the end passes. `got` is a format. */
bool judge(trial *, case_check, bool holds, const char *want, const char *got, ...) __attribute__((format(printf, 5, 6)));
/* Compares bytes; the first difference is named by the layout (may be NULL). */
bool judge_bytes(trial *, case_check, const layout *, span want, span got);
/* The trial can't go on: the check has this outcome, and what is not judged yet stays UNTESTED. */
void trial_stop(trial *, case_check, outcome, const char *want, const char *got, ...) __attribute__((format(printf, 5, 6)));
/* The same, FAIL, since what the target said breaks a sentence: the result names it behind those of its row. */
void trial_breaks(trial *, case_check, const char *want, verdict);
/* What the target did, of the DEPLOYED_ words: before it is judged. */
void trial_saw(trial *, unsigned did);
span trial_evidence(trial *); /* honest, of the pack's machine and guest, in a report that nobody has seen before; until the next call */
bool trial_failed(const trial *);                          /* some check of it has failed already */
void trial_untested(trial *, case_check, const char *why); /* this check could not be made */
void trial_not_here(trial *, case_check, const char *why); /* NA */
void trial_leaves_out(trial *, const char *why);           /* NA at each check of the row, and the trial is over */
/* A client ended with 20, it can't do what was asked: NA, but FAIL where another case shows that it can, or where nothing works without it. */
void trial_unsupported(trial *, const char *want);

void trial_note(trial *, const char *note); /* into the transcript */
void trial_log(trial *, bool to_server, const char *layer, span bytes, const char *fields);
void trial_log_shaped(trial *, bool to_server, const char *layer, const layout *, span bytes); /* with the names of its fields */

void trial_draw(trial *, uint8_t *out, size_t n);
/* With chaos, the port of a relay that leads to this one; else the port itself. */
unsigned trial_relayed(trial *, const char *host, unsigned port);

/* ---- waiting ---- */

/* Runs the base until `done` says so. False: the trial is over, or nothing happened for too long; then `c` is HANG. */
bool trial_until(trial *, bool (*done)(const void *), const void *ctx, case_check c, const char *what);
void trial_runs(trial *); /* what is due already, without waiting */
void trial_step(trial *); /* tells run->step */

/* ---- pieces ---- */

void trial_pause(trial *);                                  /* so that the next piece is read apart from the last */
size_t piece_end(const int **cuts, size_t from, size_t of); /* of the piece that starts there; moves *cuts on */

#endif
