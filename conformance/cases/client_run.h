/* One run of the client under test: the runner listens, starts the client under test, and plays the server for it, honestly until told otherwise. */
#ifndef PARLEY_CLIENT_RUN_H
#define PARLEY_CLIENT_RUN_H

#include "peer_connection.h"

/* In each text that goes to the client or comes from it, the word "heron" stands for the trial's own word. */
#define CLIENT_RUN_PROMPT      "What does the heron do?"
#define CLIENT_RUN_ANSWER      "The heron waits."
#define CLIENT_RUN_NOT_FOR_YOU "Said to somebody else."

/* One event with the whole answer, and the event that ends a stream. */
#define CLIENT_RUN_TOKEN      "{\"type\":\"token\",\"content\":\"The heron waits.\"}"
#define CLIENT_RUN_COMPLETION "{\"type\":\"completion\",\"context_tokens\":12,\"max_context_tokens\":262144}"

const char *client_run_text(const trial *, const char *text); /* with the own word; good until the eighth call after */

peer_connection *client_run_meets(trial *);                       /* listens, starts the client, waits until its upgrade is accepted */
peer_connection *client_run_starts(trial *);                      /* and a server of confer */
void client_run_reads_message1(peer_connection *, span *message); /* waits for it */
peer_connection *client_run_before_message2(trial *);             /* starts and reads message 1, which is peer->in[0] */
peer_connection *client_run_opens(trial *);                       /* up to the open session, honestly */
/* Into peer->chat_id and peer->chat_stream; what else is asked before it is answered. */
bool client_run_receives_chat_request(peer_connection *);
peer_connection *client_run_asked(trial *); /* up to the chat request, which is not answered yet */

/* The same; what is told of events can't be told of a client that asks for none, which is NA. */
peer_connection *client_run_asked_for_events(trial *);

/* One event or answer of a stream, as a sealed response; sent. */
void client_run_responds(peer_connection *, int64_t id, int64_t status, const char *body);
void client_run_answers(peer_connection *); /* the whole honest answer to the chat request */

/* Serves honestly whatever still comes, until the client has ended. */
void client_run_serves_the_rest(peer_connection *);

/* WIRE: the client refused, and closed with 1002 and no reason. VERDICT: it ended with 10. After client_run_serves_the_rest. */
void judge_close_of_refusal(peer_connection *);
/* VERDICT: the client ended with 10 (refused). REASON: with a reason word of one of the sentences that the check names.
 * RELEASED: not one message came after this call. */
void judge_refuses(peer_connection *);
/* VERDICT: the client ended with 0. RELEASED: the last line of its output that is not JSON is this answer and nothing else, and no word that was
 * said to somebody else is in it. */
void judge_finishes_with(peer_connection *, const char *answer);
void judge_finishes(peer_connection *); /* with CLIENT_RUN_ANSWER */
/* The honest answer follows first, for a client that notices nothing. */
void judge_answer_refused(peer_connection *);
void judge_answer_finishes(peer_connection *);
/* VERDICT: the request failed, which is exit 10. RELEASED: what came in its place is not shown as the answer. */
void judge_request_failed(peer_connection *, const char *body);

#endif
