/* WebSocket frames (RFC 6455 section 5) without a connection: bytes go in, whole messages and control frames come out.
 *
 * The reader keeps the payload that has arrived and nothing else: fragments are joined as they come, in one buffer that grows with
 * them, so that a fragment costs no memory of its own. The buffer is freed with its message. */
#ifndef PARLEY_WS_FRAMES_H
#define PARLEY_WS_FRAMES_H

#include "wire.h"

enum {
    WS_HEAD_MAX = WI_FRAME_HEAD_MAX,
    WS_CONTROL_MAX = WI_CONTROL_MAX,
};

typedef struct ws_reader {
    bool masked;     /* what is read is a client's */
    verdict refused; /* the sentence of chapter wire that a frame broke */
    uint8_t head[WS_HEAD_MAX];
    size_t n_head; /* bytes of the head that is arriving */
    bool head_whole;
    bool in_payload, last; /* of the frame that is arriving; last: FIN */
    unsigned opcode;
    uint64_t left; /* bytes of its payload that are still to come */
    uint8_t mask[4];
    unsigned masked_bytes; /* of its payload, modulo 4 */
    bool unfinished, text; /* a message is arriving; its kind */
    uint8_t control[WS_CONTROL_MAX];
    size_t n_control;
    uint8_t *message;
    size_t n, cap;
} ws_reader;

typedef struct ws_taker {
    void *ctx;
    /* A data frame begins: its message will have at least n bytes. False: it is not to be read; nothing more is. */
    bool (*expects)(void *ctx, uint64_t n);
    /* Each is whole and judged; the span is valid until the call returns. False: nothing more is to be read. */
    bool (*message)(void *ctx, bool binary, span);
    bool (*control)(void *ctx, unsigned opcode, span);
} ws_taker;

/* 0, or the close code that the peer's frames deserve: 1002, 1007, or 1011 without memory. */
unsigned ws_read(ws_reader *, span bytes, const ws_taker *);
void ws_reader_free(ws_reader *); /* wipes; the reader is empty again */

void ws_write_head(writer *out, unsigned first_byte, uint64_t n, const uint8_t mask[4]); /* mask NULL: none */
void ws_mask(uint8_t *bytes, size_t n, const uint8_t mask[4]);

#endif
