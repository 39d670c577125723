/* The client's visit: the runner listens, starts the client under test, and plays the server for it, honestly until told otherwise. */
#ifndef PARLEY_VISIT_H
#define PARLEY_VISIT_H

#include "line.h"

#define VISIT_PROMPT "What does the heron do?"
#define VISIT_ANSWER "The heron waits."

line *visit_begins(trial *);                         /* listens, starts the client, waits until its upgrade is accepted */
bool visit_message1(line *, span *message);          /* hears it and takes it */
void visit_message2(line *, span evidence);          /* says it */
line *visit_opens(trial *);                          /* up to the open session, honestly */
bool visit_asked(line *, int64_t *id, bool *stream); /* the chat request; what else is asked on the way is answered */

/* One event or answer of a stream, as a sealed response; sent. */
void visit_says(line *, int64_t id, int64_t status, const char *body);
void visit_answers(line *, int64_t id, bool stream); /* the whole honest answer */

/* Serves honestly whatever still comes, until the client has ended. */
void visit_goes_on(line *);

/* VERDICT: the client ended with 10 (refused). REASON: with a reason word of one of the sentences that the check names.
 * RELEASED: not one message came after this call. */
void judge_refuses(line *);
/* VERDICT: the client ended with 0. RELEASED: its output shows the answer. */
void judge_finishes(line *);
/* VERDICT: it ended with 0 or 10. */
void judge_copes(line *);

#endif
