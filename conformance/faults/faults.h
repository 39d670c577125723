/* Worlds in which something fails: the n-th allocation, provider call, read, write or file operation, for every n, in a scenario that is
 * otherwise honest. Each point runs in a process of its own. What has to hold: no crash, no hang, no leak, nothing accepted that should not
 * be, and what the scenario checks afterwards (the server still serves, the file is the old one or the new one). */
#ifndef PARLEY_FAULTS_H
#define PARLEY_FAULTS_H

#include "prim.h"

#include <stdio.h>

typedef enum fault_kind {
    FAULT_NONE,
    FAULT_MEMORY,   /* an allocation of ours, of libevent, cJSON or libxml2 */
    FAULT_PROVIDER, /* an agreement comes out as zeros, a tag does not fit, a signature does not verify */
    FAULT_READ,     /* of a socket */
    FAULT_WRITE,    /* likewise */
    FAULT_FILE,     /* opening, reading, writing, closing, renaming, making a folder */
    FAULT_KILL,     /* the process ends at a file operation; of what it was writing, half is there */
    FAULT_KINDS
} fault_kind;
extern const char *const fault_names[FAULT_KINDS];

/* What came of a point. Anything else that a process can end with is a failure. */
enum {
    FAULT_HONEST = 0,    /* as if nothing had failed */
    FAULT_FAILED = 1,    /* it failed, and said so */
    FAULT_WRONG = 2,     /* what must not happen; said on stderr */
    FAULT_KILLED = 3,    /* FAULT_KILL did its work */
    FAULT_NO_MEMORY = 70 /* a tool without memory stops, and says so */
};

typedef struct fault_scenario {
    const char *name;
    void (*prepare)(void); /* once, in the parent; nothing fails; may be NULL */
    int (*run)(void);      /* FAULT_HONEST or FAULT_FAILED; fault_wrong() when something is wrong. Faults begin at fault_begin() */
    int (*judge)(void);    /* in a process of its own, behind a point where nothing fails any more; may be NULL */
    unsigned kinds;        /* bits 1 << fault_kind */
    unsigned most;         /* points that the whole grid plays, spread evenly, and no sample does: half a second each; 0: all */
} fault_scenario;

extern const fault_scenario fault_session, fault_attestation, fault_noise, fault_pack, fault_results, fault_baseline, fault_reports,
    fault_vectors, fault_history, fault_parley1, fault_signal, fault_library, fault_model, fault_book, fault_pcap, fault_judge,
    fault_judge1, fault_gpu, fault_sigstore, fault_receipt, fault_franking, fault_derive, fault_attack, fault_ladder, fault_tap, fault_chat,
    fault_page, fault_matrix;

/* ---- in the process of a point ---- */

void fault_plan(fault_kind, uint64_t n, bool and_all_after); /* the n-th from fault_begin() on, counted from 1; FAULT_NONE: only counts */
void fault_begin(void);
void fault_disarm(void);
uint64_t fault_count(fault_kind);
fault_kind fault_planned(void);
bool fault_fired(void);
void fault_waits_really(void); /* in this process from now on: another one is waited for */
bool fault_spared(void);       /* what failed was one of several, any of which would do: the cosignatures of which the newest time counts */
size_t fault_memory_held(void); /* blocks that are allocated and not freed */
_Noreturn void fault_wrong(const char *what);

extern const prim *fault_prim;  /* a provider whose calls can fail */
const char *fault_folder(void); /* an empty folder of this scenario */

struct event_base;
struct bufferevent;
bool fault_ends(struct event_base *, struct bufferevent *end[2]); /* of a socket pair; false: there is no memory */

#endif
