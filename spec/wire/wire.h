/* Wire: how a WebSocket connection begins. Heads of HTTP/1.1 are read strictly; the upgrade from both sides.
 *
 * Nothing is copied: what is read borrows from the head. */
#ifndef PARLEY_WIRE_H
#define PARLEY_WIRE_H

#include "prim.h"
#include "verdict.h"

enum {
    WI_HEAD_MAX = 16384,
    WI_LINE_MAX = 4096,
    WI_FIELDS_MAX = 64,
    WI_NONCE = 16, /* random bytes, encoded in a Sec-WebSocket-Key */
};

/* RFC 6455 7.4.1, as far as we use them. */
typedef enum wi_close {
    WI_CLOSE_NORMAL = 1000,
    WI_CLOSE_GOING_AWAY = 1001,
    WI_CLOSE_PROTOCOL_ERROR = 1002,
    WI_CLOSE_CANNOT_ACCEPT = 1003,
    WI_CLOSE_NONE_SENT = 1005, /* never on the wire */
    WI_CLOSE_ABNORMAL = 1006,  /* never on the wire */
    WI_CLOSE_INVALID_TEXT = 1007,
    WI_CLOSE_POLICY = 1008,
    WI_CLOSE_TOO_BIG = 1009,
    WI_CLOSE_UNEXPECTED = 1011,
    WI_CLOSE_TRY_AGAIN_LATER = 1013,
} wi_close;

typedef struct wi_field {
    span name, value; /* value without the blanks around it */
} wi_field;

typedef struct wi_head {
    span start;                   /* the line */
    span method, target, version; /* requests */
    size_t n;
    wi_field field[WI_FIELDS_MAX];
} wi_head;

/* The length of the head at the start of the bytes received, its blank line included; 0: wait for more. When more than WI_HEAD_MAX bytes
 * contain no complete head, the number of all of them: reading then refuses them. */
size_t wi_head_length(span in);

verdict wi_read_request(span head, wi_head *out); /* WI-001 to WI-014 */
/* How often a field of this name (in any case) occurs, and its last value. */
size_t wi_find(const wi_head *, const char *name, span *value);

/* protocol: the subprotocol that the profile names; empty: none. In all of these. */
verdict wi_judge_upgrade(const wi_head *, span protocol, span *key);  /* WI-015 to WI-019, WI-036 */
unsigned wi_refusal_status(verdict);                                  /* of a rejection by the two above */
void wi_write_upgrade_answer(span key, span protocol, writer *out);   /* 101 */
void wi_write_answer(unsigned status, const char *body, writer *out); /* an answer that ends the connection; plain text */

void wi_write_upgrade(span host, span target, span protocol, const uint8_t nonce[WI_NONCE], writer *out);
bool wi_is_interim(span head); /* WI-033: another answer follows this one */
/* WI-001 to WI-008, WI-022 to WI-027, WI-039 */
verdict wi_judge_upgrade_answer(span head, span protocol, const uint8_t nonce[WI_NONCE]);

/* ---- frames ---- */

/* Opcodes. */
enum { WI_FRAME_CONTINUATION = 0, WI_FRAME_TEXT = 1, WI_FRAME_BINARY = 2, WI_FRAME_CLOSE = 8, WI_FRAME_PING = 9, WI_FRAME_PONG = 10 };
enum { WI_FRAME_HEAD_MAX = 14, WI_CONTROL_MAX = 125 };

typedef struct wi_frame {
    bool last, reserved, masked; /* FIN; one of the reserved bits is set */
    unsigned opcode;
    bool shortest; /* its length has no shorter form */
    uint64_t n;    /* bytes of its payload */
    uint8_t mask[4];
} wi_frame;

/* The length of the head at the start of the bytes received, from the first byte to the mask; 0: wait for more (WI-045). */
size_t wi_frame_head_length(span in);
/* unfinished: of the message before, a last frame has not come. WI-042, WI-043, WI-046 to WI-053 */
verdict wi_read_frame_head(span head, bool from_client, bool unfinished, wi_frame *out);
bool wi_masks(bool server);          /* whether this side masks what it sends (WI-040, WI-041) */
verdict wi_judge_text(span message); /* WI-054 */
/* last: of the frame that came; at_end: nothing follows it. WI-058 */
bool wi_message_is_whole(bool last, bool at_end);

/* ---- control frames ---- */

/* The payload of a close frame, and the code that it names (WI_CLOSE_NONE_SENT: none). WI-055 to WI-057 */
verdict wi_read_close(span payload, unsigned *code);
unsigned wi_control_answer(unsigned opcode); /* the opcode of the frame that answers this one (WI-034, WI-035); 0: none does */

/* ---- waiting ---- */

typedef enum wi_wait { WI_WAIT_UPGRADE, WI_WAIT_SESSION, WI_WAIT_MESSAGE, WI_WAIT_CLOSE, WI_WAIT_READER, WI_WAITS } wi_wait;

unsigned wi_wait_seconds(wi_wait);                       /* how long it may take */
verdict wi_judge_wait(wi_wait, unsigned seconds_passed); /* WI-028 to WI-032: rejected, the connection is dropped */

#endif
