#include "planted_frames.h"
#include "planted.h"

#include <event2/buffer.h>

#include <string.h>

static void put_head(const frame_stream *s, bool masked, struct evbuffer *to)
{
    const size_t before = s->frame.masked ? 4 : 0;
    uint8_t out[WI_FRAME_HEAD_MAX] = {0};
    memcpy(out, s->head, s->n_head - before);
    out[1] = (uint8_t)((out[1] & 127) | (masked ? 128 : 0));
    evbuffer_add(to, out, s->n_head - before + (masked ? 4 : 0));
}

static bool take_head(frame_stream *s, struct evbuffer *from, struct evbuffer *to, bool (*masks)(const wi_frame *))
{
    evbuffer_remove(from, s->head + s->n_head++, 1);
    if (wi_frame_head_length(span_of(s->head, s->n_head)) == 0)
        return false;
    (void)wi_read_frame_head(span_of(s->head, s->n_head), true, false, &s->frame);
    s->left = s->frame.n;
    s->done = 0;
    put_head(s, masks(&s->frame), to);
    s->n_head = 0;
    return true;
}

static void pass_payload(frame_stream *s, struct evbuffer *from, struct evbuffer *to)
{
    uint8_t piece[4096];
    const size_t most = s->left < sizeof piece ? (size_t)s->left : sizeof piece;
    const int n = evbuffer_remove(from, piece, most);
    for (int i = 0; i < n; i++)
        piece[i] ^= s->frame.mask[(s->done + (uint64_t)i) & 3];
    if (CARELESS(broken_frames_1000) && s->frame.opcode == WI_FRAME_CLOSE && s->done == 0 && n >= 2 && memcmp(piece, "\x03\xea", 2) == 0)
        piece[1] = 0xe8;
    evbuffer_add(to, piece, (size_t)n);
    s->left -= (uint64_t)n;
    s->done += (uint64_t)n;
}

void planted_remask(frame_stream *s, struct evbuffer *from, struct evbuffer *to, bool (*masks)(const wi_frame *))
{
    while (evbuffer_get_length(from))
        if (s->left)
            pass_payload(s, from, to);
        else
            take_head(s, from, to, masks);
}

/* The length of the whole frames that the bytes begin with. */
static size_t whole_frames(span in)
{
    size_t at = 0;
    for (;;) {
        const span rest = span_from(in, at);
        const size_t head = wi_frame_head_length(rest);
        wi_frame f = {0};
        if (head)
            (void)wi_read_frame_head(span_first(rest, head), true, false, &f);
        if (!head || head + f.n > rest.n)
            return at;
        at += head + (size_t)f.n;
    }
}

void planted_one_read(struct evbuffer *from, struct evbuffer *to, bool breaks)
{
    static const uint8_t broken[] = {0xff, 0xff};
    const size_t has = evbuffer_get_length(from), n = whole_frames(span_of(evbuffer_pullup(from, -1), has));
    evbuffer_remove_buffer(from, to, n);
    if (n < has && breaks)
        evbuffer_add(to, broken, sizeof broken);
    evbuffer_drain(from, has - n);
}
