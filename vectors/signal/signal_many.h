/* A player with all its sessions with the other: its own session is the record's current one. Large. */
#ifndef PARLEY_SIGNAL_MANY_H
#define PARLEY_SIGNAL_MANY_H

#include "signal_player.h"
#include "signal_record.h"

enum { MANY_ROOM = SG_SAVED_MAX + (1 << 19) };

typedef struct many {
    player p;
    sg_record record;
    sg_session trial;
    rt_skipped trial_kept[PLAYER_KEPT], trial_pq_kept[PLAYER_PQ_KEPT];
    uint8_t archive[MANY_ROOM];
} many;

/* In place: it holds pointers into itself. The player has its keys already. */
void many_link(many *);

#endif
