/* WebSockets (RFC 6455) for both ends, over libevent. No protocol of ours in here: messages come in, messages go out.
 *
 * A ws lives from ws_connect or from an accepted upgrade until its `closed` callback returns; that callback comes exactly once and
 * is the last one. Calls on a ws that has ended do nothing. Everything runs in the thread of its event base.
 *
 * Every wait has an end (chapter wire, section Waiting), and memory follows what has arrived: a connection holds the payload of the one
 * message that is arriving, WS_INPUT_MAX bytes of input, and what the peer has not taken yet. */
#ifndef PARLEY_WEBSOCKET_H
#define PARLEY_WEBSOCKET_H

#include "wire.h"

struct event_base;
struct bufferevent;

enum {
    WS_MESSAGE_MAX = 4 << 20, /* bytes of one message, fragments joined; more closes with 1009 before it is kept */
    WS_BACKLOG_MAX = 1 << 16, /* bytes waiting to be sent above which nothing more is read from that peer */
    WS_BACKLOG_LOW = 1 << 14, /* at or below it, `drained` is called */
    WS_INPUT_MAX = 1 << 15,   /* bytes read and not looked at; a head of WI_HEAD_MAX fits */
    WS_ACCEPT_QUEUE = 4096,   /* connections that the kernel keeps before we accept them */
    WS_REASON_MAX = 123,
};

typedef struct ws ws;

typedef enum ws_how {
    WS_CLOSED,  /* a close frame came; code and reason are the peer's (1005: it named none) */
    WS_CUT,     /* the connection broke off without one */
    WS_REFUSED, /* the upgrade was answered by another status than 101, by what we refuse, or by nothing (status 0) */
    WS_BROKEN,  /* the peer's frames break RFC 6455; it was told so */
} ws_how;

typedef struct ws_end {
    ws_how how;
    unsigned code;
    char reason[WS_REASON_MAX + 1];
    unsigned status;
    verdict
        refused; /* the sentence of chapter wire that the answer to our upgrade broke (WS_REFUSED), or a frame (WS_BROKEN), if it has one */
} ws_end;

typedef struct ws_callbacks {
    void (*opened)(void *ctx, ws *);
    void (*message)(void *ctx, ws *, bool binary, span message); /* the span is good until the callback returns */
    void (*closed)(void *ctx, ws *, const ws_end *);
    /* May be NULL. A message of at least n bytes is arriving. False: it is not taken, and the connection closes, with the code and the reason of
     * a ws_close in here, else with 1009. */
    bool (*expects)(void *ctx, ws *, uint64_t n);
    void (*drained)(void *ctx, ws *);         /* may be NULL; the peer has taken nearly all that was waiting to be sent */
    void (*pong)(void *ctx, ws *, span data); /* may be NULL */
    bool judges_idle;                         /* the profile states how long an open session may be idle (WI-030), and ends it itself */
    const char *protocol;                     /* a client's: the subprotocol that the profile names; NULL: none */
} ws_callbacks;

/* ---- the server's side ---- */

/* Asked once per upgrade request that is well-formed: 101 to accept, with the callbacks and their context, or the status to refuse with. */
typedef unsigned ws_admit(void *ctx, span target, const ws_callbacks **, void **conn);

/* Asked for a well-formed request that names no upgrade: the status, and a text in *body. */
typedef unsigned ws_plain(void *ctx, span method, span target, const char **body);

/* Asked first for a well-formed GET that names no upgrade: true, with a document's media type and bytes, which stay until the answer is sent. */
typedef bool ws_document(void *ctx, span target, const char **type, span *body);

typedef struct ws_gate {
    ws_admit *admit;
    ws_plain *plain;      /* NULL: such a request is refused as an upgrade that is not one */
    const char *protocol; /* the subprotocol that the profile names; NULL: none */
    void *ctx;
    void (*paused)(void *ctx, const char *why); /* may be NULL; no connection is accepted until there is room again */
    ws_document *document;                      /* may be NULL */
    void *document_ctx;
} ws_gate;

typedef struct ws_listener ws_listener;

/* Listens on a numeric loopback address; port 0 takes a free one. NULL when that can't be had. */
ws_listener *ws_listen(struct event_base *, const char *address, unsigned port, const ws_gate *);
unsigned ws_listener_port(const ws_listener *);
void ws_listener_limit(ws_listener *, size_t connections); /* at so many, upgraded or not, accepting pauses; 0: no limit */
void ws_listener_free(ws_listener *);                      /* connections already accepted go on */

/* The server's side of a connection that exists already, for instance of a bufferevent pair. Owns `bev`. NULL: there is no memory. */
ws *ws_serve(struct event_base *, struct bufferevent *bev, const ws_gate *);

/* ---- the client's side ---- */

typedef struct ws_url {
    char host[256], target[8192];
    unsigned port;
} ws_url;

bool ws_url_read(const char *text, ws_url *out); /* ws://HOST[:PORT]/PATH[?QUERY] */

/* NULL: there is no memory. */
ws *ws_connect(struct event_base *, const ws_url *, const ws_callbacks *, void *ctx);
ws *ws_connect_on(struct event_base *, struct bufferevent *bev, const ws_url *, const ws_callbacks *, void *ctx);

/* ---- both ---- */

void ws_send(ws *, bool binary, span message);
void ws_close(ws *, unsigned code, const char *reason); /* then waits for the peer's close frame */
void ws_cut(ws *);                                      /* drops the connection without a word */
void ws_waits_for(ws *, wi_wait);                       /* an open connection: WI_WAIT_MESSAGE unless told otherwise */
size_t ws_backlog(const ws *);                          /* bytes that the peer has not taken yet */

/* For hostile peers: the bytes as they are, past every rule; a frame header of any shape. */
void ws_send_raw(ws *, span);
void ws_frame_head(writer *, unsigned first_byte, bool masked, uint64_t n);

/* For hostile peers, from `opened` on: what it leaves out. */
enum { WS_NO_PONG = 1, WS_NO_CLOSE_ANSWER = 2, WS_NO_TCP_END = 4 };
void ws_misbehaves(ws *, unsigned what);

#endif
