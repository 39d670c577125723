/* What both sides of a session share, and no other room needs. */
#ifndef PARLEY_PARLEY1_SESSION_PARTS_H
#define PARLEY_PARLEY1_SESSION_PARTS_H

#include "parley1_session.h"

void p1_end_record(p1_effects *);
void p1_wait_for(p1_epochs *, int64_t until, uint16_t req);
verdict p1_judge_waits(const p1_epochs *, int64_t now);

/* Seals a message, u8 type || body, in as many records as it needs. */
void p1_send_message(p1_epochs *, const prim *, span coins, span message, bool talk, p1_effects *);
/* Its next record alone; *at is how much of it has gone. */
void p1_send_part(p1_epochs *, const prim *, span coins, span message, bool talk, size_t *at, p1_effects *out);

/* Opens a record under `ratchet` and joins it. *whole: then the message is *out. */
verdict p1_take_record(p1_epochs *, p1_ratchet *ratchet, const prim *, p1_storage *, p1_side sender, span record, bool *whole, span *out);

void p1_tell_part(span message, p1_effects *); /* of a talk message that is not whole: P1_TALK_PART */
bool p1_is_begun(const p1_storage *);
verdict p1_judge_no_message_begun(const p1_storage *);       /* P1-150 */
verdict p1_judge_number(span message, uint32_t next);        /* P1-151 */
void p1_wipe_epoch(p1_ratchet *);                            /* P1-158 */
void p1_wipe_used(void *secret, size_t n);                   /* P1-159 */
void p1_wipe_session(void *session, size_t n, p1_storage *); /* P1-160 */

/* The keys of an epoch from its seed: link goes to *e, root is handed out. */
void p1_make_epoch(p1_epochs *e, const prim *, uint8_t seed[P1_KEY], uint32_t epoch, uint8_t root[P1_KEY]);

verdict p1_close_when_refused(verdict, p1_effects *);

#endif
