/* A scripted peer: connections that a case drives step by step, as if every call waited.
 *
 * A call that waits runs the trial's event base until what it waits for has happened or 5 seconds pass without anything, which is HANG.
 * Once the trial is over, every call returns at once and does nothing, so that a case reads straight down. What is given is sent:
 * nothing here keeps a case from lying. */
#ifndef PARLEY_LINE_H
#define PARLEY_LINE_H

#include "trial.h"

enum { TRIAL_PATIENCE = 5 /* seconds, when the run does not say */ };

typedef struct heard {
    bool binary;
    span message;
} heard;

typedef struct line {
    trial *t;
    ws *ws;
    bool is_server, up, ended;
    unsigned n_up, n_down; /* WebSocket messages to and from the server */
    ws_end end;
    char target[1024]; /* server: what was asked for */
    heard *in;         /* every message, in order */
    size_t n_in, taken, cap;
    nz_peer noise;
    uint8_t own_static[32]; /* secret */
    cf_world world;
    cf_effects out;
    uint8_t coins[CF_COINS];
    cf_frame frame;         /* the last that came */
    size_t n_frames;        /* of the message that came last */
    bool chunk_rule_broken; /* some frame that came was not as CF-045 to CF-047 say */
} line;

/* ---- waiting ---- */

/* Runs the base until `done` says so. False: the trial is over, or nothing happened for too long; then `c` is HANG. */
bool trial_until(trial *, bool (*done)(const void *), const void *ctx, check c, const char *what);
void trial_runs(trial *);  /* what is due already, without waiting */
void trial_clear(trial *); /* drops all connections and the child; trial_end calls it */

/* ---- connections ---- */

line *line_connect(trial *, const char *target); /* the runner is the client; waits until it is up or has ended; never NULL */
line *line_open(trial *);                        /* with the pack's token; the trial is over when it doesn't come up */
bool trial_listens(trial *);                     /* the runner is the server: on a free port of the loopback */
line *line_accept(trial *);                      /* waits for the next connection; the trial is over when none comes */

void line_sends(line *, span message); /* one binary message */
void line_sends_text(line *, const char *text);
void line_sends_raw(line *, span frames); /* past the WebSocket layer */
void line_closes(line *, unsigned code, const char *reason);
void line_cuts(line *);
bool line_hears(line *, span *message);                      /* the next binary message; false: the line ended */
bool line_ends(line *);                                      /* waits for the end, whatever comes before; false: the trial is over */
const char *line_ending(const line *, char *room, size_t n); /* "close 1011 Handshake failed", "cut", "HTTP 500" */

/* ---- the target, for those who connect to a server ---- */

const char *trial_target(const trial *, const char *token, char *room, size_t n); /* the URL's path and this token; NULL: the pack's */

/* One HTTP request as it stands, the whole answer. status 0: none. The body is what came behind the head before the end of the connection.
 */
typedef struct http_answer {
    unsigned status;
    page text;
    size_t body_at;
} http_answer;
void trial_http(trial *, const char *host, unsigned port, span request, http_answer *out);
void http_answer_free(http_answer *);

/* ---- the handshake ---- */

void line_starts_noise(line *); /* fresh secrets of this trial; the pack's static key for a server */
void line_starts_noise_as(line *, const uint8_t static_secret[32]);
void line_writes(line *, span payload, writer *out);    /* the next handshake message */
bool line_reads(line *, span message, writer *payload); /* false: it does not open */
bool line_shakes_hands(line *);                         /* both honest; else the trial is over with `VERDICT` failed */

/* ---- records ---- */

void line_seals(line *, span plaintext); /* into line->out; nothing is sent */
void line_frames(line *, const cf_frame *);
void line_whole(line *, span message); /* in frames, by the rules */
void line_request(line *, const cf_request *);
void line_flush(line *);                  /* sends what is in line->out, in order, and empties it */
void line_pings(line *, int64_t id);      /* GET /ping, sent */
bool line_message(line *, span *message); /* the next whole message; false: the line ended, or what came does not open (trial over) */
bool line_response(line *, cf_response *out);
bool line_response_to(line *, int64_t id, cf_response *out); /* passing over others */
bool line_takes_request(line *, cf_request *out);

pb_bytes text_field(const char *text);
pb_int number_field(uint64_t);

/* ---- judgements that most cases share ---- */

/* The server refused and closed: VERDICT that it closed and answered nothing, REASON that it did so with this code and text.
 * `poke`: a ping is sent first, so that a server that goes on answers it instead of keeping silent. */
void judge_closed(line *, unsigned code, const char *reason, bool poke);
void judge_alive(trial *);                                               /* STATE: a fresh connection opens and answers a ping */
void judge_pong(line *, int64_t id, check c);                            /* the session goes on */
void judge_answer(line *, int64_t id, int64_t status, const char *body); /* VERDICT the status, REASON the body */

#endif
