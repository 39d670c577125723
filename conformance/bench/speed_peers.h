/* Implementations of others, each a process of its own that is asked for handshakes in turn with ours: a line with how many, answered by a
 * line with the nanoseconds of processor time that they took. */
#ifndef PARLEY_SPEED_PEERS_H
#define PARLEY_SPEED_PEERS_H

#include "speed.h"

#include <stdio.h>
#include <sys/types.h>

typedef struct speed_peer {
    const char *name;
    double at_least; /* its time over ours: the goal */
    char command[4096];
    pid_t pid; /* 0: it does not run */
    FILE *to, *from;
    char why[160]; /* it does not run */
} speed_peer;

enum { SPEED_PEERS = 3, SPEED_JUDGES = 2 };

/* flynn, snow, noise-c. `folder` is conformance/peers; noise_c: a built checkout of noise-c, or NULL. */
void speed_peers_start(speed_peer peers[SPEED_PEERS], const char *folder, const char *noise_c);
void speed_peers_end(speed_peer peers[SPEED_PEERS]);

/* go-sev-guest, with its check of the revocation list and without, on the report of `bench snp`, which is written into a folder of its own for it. */
void speed_judges_start(speed_peer peers[SPEED_JUDGES], const char *folder);
void speed_judges_end(speed_peer peers[SPEED_JUDGES]);

/* The report of `bench snp` and what belongs to it, as files; and away with them. */
bool speed_snp_write(const char *folder);
void speed_snp_remove(const char *folder);

double speed_peer_takes(void *peer, unsigned handshakes); /* seconds; below 0: it ended or said something else */

#endif
