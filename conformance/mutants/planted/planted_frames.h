/* Careless readers and writers of WebSocket frames, in front of the strict ones: a stream of frames whose heads are mended on their way. */
#ifndef PARLEY_PLANTED_FRAMES_H
#define PARLEY_PLANTED_FRAMES_H

#include "wire.h"

struct evbuffer;

/* Of one direction of a connection. */
typedef struct frame_stream {
    uint8_t head[WI_FRAME_HEAD_MAX];
    size_t n_head;
    wi_frame frame;        /* whose payload is arriving */
    uint64_t left, done;   /* of it */
    uint64_t kept;         /* so much of it is passed on */
    bool unfinished, text; /* of the message that is arriving */
    bool private_code;     /* of a close frame */
    bool stalled;          /* nothing is passed on any more */
} frame_stream;

/* Passes on what is there, each frame masked (with zeros) or not as `masks` says of it (NULL: as it came), and mended as the mistakes of this process
 * are about it. */
bool planted_mends(void); /* this process makes a mistake about frames that are forbidden */
void planted_remask(frame_stream *, struct evbuffer *from, struct evbuffer *to, bool (*masks)(const wi_frame *));
/* What one read brought, to whoever takes a read for whole frames: of one that is cut off the beginning is dropped, or (`breaks`) the connection
 * breaks. */
void planted_one_read(struct evbuffer *from, struct evbuffer *to, bool breaks);

#endif
