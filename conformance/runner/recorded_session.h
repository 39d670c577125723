/* A session of profile confer that somebody recorded: a transcript of `parley tap` or of a case of a run, and, with a key log, what opens it. */
#ifndef PARLEY_RECORDED_SESSION_H
#define PARLEY_RECORDED_SESSION_H

#include "confer_client.h"
#include "key_log.h"

enum { RECORDED_MESSAGES = 4096, RECORDED_HANDSHAKE = 3 };

typedef struct recorded_message {
    bool to_server;
    span bytes; /* of a WebSocket message */
} recorded_message;

typedef struct recorded_close {
    bool there, first; /* first: the other one answers it */
    unsigned code;     /* 0: it has none */
    bool reason;
} recorded_close;

typedef struct recorded_session {
    recorded_message message[RECORDED_MESSAGES];
    size_t n;
    span head[2];            /* the upgrade: request, answer; empty when it is not there */
    bool too_long, texts;    /* texts: set before it is loaded where a text message counts, as one without bytes */
    recorded_close close[2]; /* of the client, of the server */
    diagnosed_session s;
    /* once it is opened */
    uint8_t keys[2][32], responder_share[32], evidence[CF_EVIDENCE_MAX];
    size_t n_evidence;
    nz_peer reader[2]; /* of the records to the server, and of those to the client */
    cf_own_storage memory[2];
    cf_world world[2];
} recorded_session;

/* Not EXIT_LEVEL: the message is printed. The session is all zero before. */
int recorded_load(const cli_call *, const char *path, recorded_session *);
int recorded_load_keys(const cli_call *, const char *path, recorded_session *);
/* How many messages of the handshake verify with the keys. From two on there is the evidence, from RECORDED_HANDSHAKE on the readers are ready. */
size_t recorded_open(recorded_session *, int64_t now);
void recorded_free(recorded_session *); /* what it holds, not itself */

#endif
