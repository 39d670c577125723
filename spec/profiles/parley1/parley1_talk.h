/* Profile parley1, turns in records: buckets, what is held back, and when the next record may go (parley1_talk.md).
 *
 * One p1_outgoing for each turn and side that sends; p1_enclave_hears and p1_client_hears take what the session's calls hand out. Nothing here
 * reads a clock: times are milliseconds that the caller measures. */
#ifndef PARLEY_PARLEY1_TALK_H
#define PARLEY_PARLEY1_TALK_H

#include "padding.h"
#include "parley1_session.h"
#include "turn.h"

/* ---- 2. Buckets ---- */

/* The enclave's view of turns. All zero but `asking.level`: nothing has come. */
typedef struct p1_listening {
    in_enclave order;
    in_bucket asking;
    bool waits; /* a request is whole, its bucket not yet full */
} p1_listening;

typedef struct p1_heard {
    bool keep;  /* the message is a request: its bytes, and the effects' turn and stale, are needed until `asks` */
    bool asks;  /* the request that was kept is to be answered now */
    bool stops; /* the running answer is to end now */
    in_message message;
} p1_heard;

/* Of P1_TOKEN_CAME, P1_TALK_PART and P1_TALK_CAME; other events do nothing. Rejects with IN-035 to IN-047, IN-055 to IN-059, IN-061, IN-105 to
 * IN-108. */
verdict p1_enclave_hears(p1_listening *, const p1_effects *, p1_heard *out);
void p1_enclave_is_done(p1_listening *); /* its own bucket is full */

/* The client's view of one turn. All zero: none was begun. */
typedef struct p1_reading {
    in_client turn;
    in_bucket answering;
} p1_reading;

/* Begins a turn; see in_client_asks. */
void p1_client_asks(p1_reading *, in_level, const uint8_t kturn[IN_KEY], const in_request *, span model, writer answer);

/* Of P1_TALK_PART and P1_TALK_CAME. *message: what came, of type 0 for a part. Rejects with IN-035 to IN-047, IN-062 to IN-067, IN-078, IN-102,
 * IN-105 to IN-108. */
verdict p1_client_hears(p1_reading *, const prim *, const p1_effects *, in_message *message);
bool p1_client_is_done(const p1_reading *); /* end or error has come and the bucket is full */

/* ---- 4. Pace ---- */

typedef struct p1_outgoing {
    in_bucket bucket;
    uint64_t tick, last, due; /* milliseconds; the next record goes at `due`, not before */
    bool behind;              /* the last chunk has gone */
    uint64_t gap[IN_GAPS];
    size_t n_gaps;
} p1_outgoing;

/* now: when the client asks; at the enclave, when the client's bucket was full. */
void p1_out_start(p1_outgoing *, p1_side, in_level, uint64_t tick, uint64_t now);
/* A record goes now. last: of a request, end or error. chance: 32 uniform bits. */
void p1_out_sends(p1_outgoing *, bool fill, bool last, uint64_t now, uint32_t chance);
void p1_out_ends(p1_outgoing *, uint64_t now, uint32_t chance); /* no chunk follows */
bool p1_out_fills(const p1_outgoing *);                         /* the message is whole, its bucket not full */
bool p1_out_is_full(const p1_outgoing *);

#endif
