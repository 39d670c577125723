/* Verbs of the program as scenarios: what comes out with exit code 0 is what comes out when nothing fails. */
#ifndef PARLEY_FAULT_CALLS_H
#define PARLEY_FAULT_CALLS_H

#include "faults.h"
#include "page.h"

enum { FAULT_ARGUMENTS = 24 };

typedef struct fault_call fault_call;
struct fault_call {
    const char *argument[FAULT_ARGUMENTS]; /* a word @NAME stands for the file of that name in the folder */
    const char *file;                      /* what comes out: a file in the folder that the verb writes, or its standard output */
    bool prints;
    void (*steady)(page *);                                /* takes out of the file what differs from run to run; may be NULL */
    bool (*is_right)(const fault_call *, const page *now); /* what differs may be right too; may be NULL */
    page honest;
};

const char *fault_path(const char *name); /* in the folder; valid for a few calls */
void fault_save(const char *name, span bytes);
void fault_console(const char *name); /* what this process prints, its errors too, goes to that file from now on */

int fault_call_verb(fault_call *); /* the verb's exit code. Faults begin here */
int fault_call_run(fault_call *);
void fault_call_prepare(fault_call *);                      /* runs it when nothing fails, and keeps what came out */
void fault_call_prepare_by(fault_call *, int (*run)(void)); /* the same by what runs it */
int fault_call_judge(fault_call *);                         /* 0: the file is whole */

/* `parley` with these words in a process of its own that ends with this one; what it prints goes to the file NAME, and it is waited for until it
 * says where it listens. */
typedef struct fault_peer {
    int pid;
    unsigned port;
} fault_peer;
unsigned fault_port(const char *name); /* where what printed this file listens; 0: nowhere yet */
fault_peer fault_starts(const char *name, const char *const *words);
int fault_says(const char *name, const char *const *words); /* one that ends by itself: its exit code */
void fault_ends_peer(const fault_peer *, int signal);

#endif
