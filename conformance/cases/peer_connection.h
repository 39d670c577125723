/* A scripted peer: connections that a case drives step by step, as if every call waited.
 *
 * A call that waits runs the trial's event base until what it waits for has happened or 5 seconds pass without anything, which is HANG.
 * Once the trial is over, every call returns at once and does nothing, so that a case reads straight down. What is given is sent:
 * nothing here keeps a case from lying. */
#ifndef PARLEY_PEER_CONNECTION_H
#define PARLEY_PEER_CONNECTION_H

#include "trial.h"

typedef struct received_message {
    bool binary;
    span message;
} received_message;

typedef struct peer_connection {
    trial *t;
    ws *ws;
    bool is_server, up, ended, closing; /* closing: we sent a close frame */
    unsigned n_up, n_down;              /* WebSocket messages to and from the server */
    unsigned n_pongs;                   /* pong frames that came */
    uint8_t pong[125];                  /* the data of the last */
    size_t pong_n;
    ws_end end;
    char target[1024];    /* server: what was asked for */
    received_message *in; /* every message, in order */
    size_t n_in, taken, cap;
    nz_peer noise;
    prim_pair own_static; /* secret */
    cf_own_storage *memory;
    cf_world world;
    cf_effects out;
    uint8_t coins[CF_COINS];
    cf_frame frame;         /* the last that came */
    size_t n_frames;        /* of the message that came last */
    bool chunk_rule_broken; /* some frame that came was not as CF-045 to CF-047 say */
    int64_t chat_id;        /* as a server: of the client's chat request */
    bool chat_stream;
    bool holds; /* messages wait in `held`, as frames */
    page held;
    void (*serve)(struct peer_connection *, span message); /* what a client sends late; NULL: as a server of confer */
    char ending[200];                                      /* for peer_ending */
} peer_connection;

/* ---- connections ---- */

peer_connection *peer_connects(trial *, const char *target); /* the runner is the client; waits until it is up or has ended; never NULL */
peer_connection *peer_opens(trial *);                        /* with the pack's token; the trial is over when it doesn't come up */
bool trial_listens(trial *);                                 /* the runner is the server: on a free port of the loopback */
peer_connection *peer_accepts(trial *);                      /* waits for the next connection; the trial is over when none comes */

void peer_sends(peer_connection *, span message); /* one binary message */
void peer_sends_text(peer_connection *, const char *text);
void peer_sends_raw(peer_connection *, span frames); /* past the WebSocket layer */
void peer_pings(peer_connection *, span data);       /* a ping frame of WebSocket */
void peer_closes(peer_connection *, unsigned code, const char *reason);
void peer_cuts(peer_connection *);
bool peer_receives(peer_connection *, span *message); /* the next binary message; false: the connection ended */
bool peer_waits_for_end(peer_connection *);           /* waits for the end, whatever comes before; false: the trial is over */
const char *peer_ending(peer_connection *);           /* "close 1011 Handshake failed", "cut", "HTTP 500"; until the next call */

/* Drops all connections and the child process of a trial whose results are reported: what is noted while they close is not kept. */
void trial_drop_connections(trial *);

/* ---- the target, for those who connect to a server ---- */

const char *trial_target(const trial *, const char *token, char *room, size_t n); /* the URL's path and this token; NULL: the pack's */

/* One HTTP request as it stands, the whole answer. status 0: none. The body is what came after the head. */
typedef struct http_answer {
    unsigned status;
    page text;
    size_t body_at;
} http_answer;
void trial_http(trial *, const char *host, unsigned port, span request, http_answer *out);
void http_answer_free(http_answer *);
void trial_sets_clock(trial *, int64_t shift); /* the target's, by its hook: so many seconds behind the run's time */

/* ---- the handshake ---- */

void peer_starts_noise(peer_connection *); /* fresh secrets of this trial; the pack's static key for a server */
void peer_starts_noise_as(peer_connection *, const uint8_t static_secret[32]);
void peer_writes_handshake(peer_connection *, span payload, writer *out);    /* the next handshake message */
bool peer_reads_handshake(peer_connection *, span message, writer *payload); /* false: it does not open */
bool peer_completes_handshake(peer_connection *);                            /* both honest; else the trial is over with `VERDICT` failed */
peer_connection *peer_opens_with_message1(trial *);
peer_connection *peer_opens_session(trial *);               /* connects with the pack's token and completes the handshake */
void peer_sends_handshake(peer_connection *, span payload); /* writes the next handshake message and sends it */

/* ---- records ---- */

void peer_seals_bytes(peer_connection *, span plaintext); /* into peer->out; nothing is sent */
void peer_seals_frame(peer_connection *, const cf_frame *);
void peer_seals_message(peer_connection *, span message); /* in frames, by the rules */
void peer_sends_request(peer_connection *, const cf_request *);
void peer_sends_response(peer_connection *, const cf_response *);
/* The record of this message, copied into `room` instead of being sent. */
span peer_keeps_record(peer_connection *, span message, uint8_t *room, size_t n);
void peer_flushes(peer_connection *); /* sends what is in peer->out, in order, and empties it */
/* NULL: the field is left out. */
void peer_asks(peer_connection *, int64_t id, const char *verb, const char *path, const char *body);
void peer_sends_ping(peer_connection *, int64_t id); /* GET /ping, sent */
bool peer_receives_message(
    peer_connection *, span *message); /* the next whole message; false: the connection ended, or what came does not open (trial over) */
bool peer_receives_response(peer_connection *, cf_response *out);
bool peer_receives_response_to(peer_connection *, int64_t id, cf_response *out); /* passing over others */
bool peer_receives_request(peer_connection *, cf_request *out);

/* ---- frames (peer_frames.c) ---- */

enum { ABSENT = -1 }; /* the field is left out */

typedef struct frame_numbers {
    int64_t id, index, total;
} frame_numbers;

void peer_sends_frame(peer_connection *, const cf_frame *);
void peer_sends_chunk(peer_connection *, uint64_t id, uint64_t index, uint64_t total, span message); /* of `total` equal ones */
void peer_sends_numbered_frames(peer_connection *, const frame_numbers *, span payload);             /* ended by an id of 0 */
void peer_sends_sealed_hex(peer_connection *, const char *hex);                                      /* instead of a frame */
void peer_begins_messages(peer_connection *, uint64_t n); /* the first of two chunks of each; none is finished */
void peer_sends_too_long(peer_connection *);              /* more than 1048576 bytes of one message, in honest frames */
/* A frame written by hand: the hex before the bar, the payload as its field, the hex after the bar. */
void peer_sends_framed_by_hand(peer_connection *, const char *form, span payload);

pb_bytes text_field(const char *text);
pb_int number_field(uint64_t);

/* ---- pieces of TCP, and frames by hand (peer_pieces.c) ---- */

void peer_sends_by_hand(peer_connection *, span message);                       /* as t->cuts says, or into peer->held */
void peer_holds(peer_connection *);                                             /* what is sent from here on waits */
void peer_releases(peer_connection *, const int *cuts);                         /* all that waits, in these pieces; NULL: in one */
void peer_sends_as_other(peer_connection *, unsigned first_byte, span payload); /* masked as a server, not masked as a client */

/* Frames of any form, in one piece: words `XX=PAYLOAD` with the first byte in hex, `XXw=`, `XXW=` and `XXT=` where the length is written in 16
 * bits, in 64, and in 64 of which the highest is set. The payload is hex, hex and `*N` for N zeros behind it, or `r`: the honest message. What
 * stands behind a bar is returned, for another connection; NULL: nothing. */
const char *peer_sends_frames(peer_connection *, const char *frames, span honest);
bool frames_use_honest(const char *frames); /* those before the bar */

/* ---- judgements that most cases share ---- */

void judge_random_ids(trial *, const uint64_t *, size_t n); /* VERDICT: chunk_ids of as many messages, each 64 random bits */

/* The server refused and closed: VERDICT that it closed and answered nothing, REASON that it did so with this code and text
 * (NULL: any text).
 * `ping_first`: a ping is sent first, so that a server that goes on answers it instead of keeping silent. */
void judge_closed(peer_connection *, unsigned code, const char *reason, bool ping_first);
void judge_closed_and_alive(peer_connection *, unsigned code, const char *reason, bool ping_first); /* both */
void judge_alive(trial *);                                                          /* STATE: a fresh connection opens and answers a ping */
void judge_pong(peer_connection *, int64_t id, case_check c);                       /* the session goes on */
void judge_answer(peer_connection *, int64_t id, int64_t status, const char *body); /* VERDICT the status, REASON the body */

#endif
