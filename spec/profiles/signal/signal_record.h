/* All sessions with one other device: the current one, with which is sent, and those before it, which still open what was sent to them. Two
 * devices that start at the same moment have two sessions for a while, and the record is what lets them end up with one.
 *
 * Archived sessions are kept in saved form (signal_saved.h), in room that is lent. All of it is secret. */
#ifndef PARLEY_SIGNAL_RECORD_H
#define PARLEY_SIGNAL_RECORD_H

#include "signal_saved.h"

enum { SG_ARCHIVED_MAX = 40 };

/* Zeroed at first, but for what is lent: two sessions with their room, and at least SG_SAVED_MAX bytes. */
typedef struct sg_record {
    sg_session *current;
    sg_session *trial; /* empty between calls */
    uint8_t *room;     /* archived sessions, the oldest first */
    size_t size;
    size_t n[SG_ARCHIVED_MAX + 1]; /* bytes of each */
    unsigned n_archived;
} sg_record;

/* As sg_initiate, sg_send and sg_receive, with their rejections: those of the current session when no other opens the message. A message
 * costs at most as much as 41 sessions would. A call that rejects changes nothing. */
verdict sg_record_initiate(sg_record *, const sg_settings *, const sg_world *, const sg_bundle *);
verdict sg_record_send(sg_record *, const sg_world *, span text, sg_effects *);
verdict sg_record_receive(sg_record *, const sg_settings *, const sg_world *, bool first, span message, sg_effects *);
void sg_record_close(sg_record *);

#endif
