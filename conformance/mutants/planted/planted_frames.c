#include "planted_frames.h"
#include "planted.h"
#include "ws_frames.h"

#include <event2/buffer.h>

#include <string.h>

/* The same mistake at each of the four doors. */
#define ANY(name) (CARELESS(name) || CARELESS(client_##name) || CARELESS(p1_##name) || CARELESS(p1_client_##name))

static bool refuses_private_codes(void) { return CARELESS(private_codes_refused) || CARELESS(p1_private_codes_refused); }

static bool takes_unfinished(void)
{
    return CARELESS(unfinished_taken) || CARELESS(client_unfinished_taken) || CARELESS(p1_unfinished_taken);
}

bool planted_mends(void)
{
    return ANY(rsv_taken) || ANY(rsv_later_taken) || ANY(opcodes_as_binary) || ANY(control_opcodes_skipped) || ANY(long_lengths_taken) ||
           ANY(top_bit_dropped) || ANY(long_control_taken) || ANY(control_in_pieces_taken) || ANY(begun_inside_taken) ||
           ANY(never_begun_taken) || ANY(bad_text_taken) || ANY(one_byte_close_taken) || ANY(any_close_code_taken) ||
           ANY(bad_reason_taken) || ANY(pings_inside_refused) || takes_unfinished() || refuses_private_codes() ||
           CARELESS(long_lengths_stall) || CARELESS(unmasked_stalls);
}

static bool is_control(const frame_stream *s) { return s->frame.opcode >= WI_FRAME_CLOSE; }
static bool is_later(const frame_stream *s) { return s->frame.opcode == WI_FRAME_CONTINUATION; }
static bool is_close(const frame_stream *s) { return s->frame.opcode == WI_FRAME_CLOSE; }

/* ---- heads ---- */

/* The first byte, as the careless reader understands it. */
static uint8_t mended_first(const frame_stream *s)
{
    uint8_t first = s->head[0];
    if (ANY(rsv_taken) || (ANY(rsv_later_taken) && (is_control(s) || is_later(s))))
        first &= 0x8f;
    if (ANY(opcodes_as_binary) && s->frame.opcode > WI_FRAME_BINARY && !is_control(s))
        first = (first & 0xf0) | WI_FRAME_BINARY;
    if (ANY(control_in_pieces_taken) && is_control(s))
        first |= 0x80;
    if (ANY(begun_inside_taken) && s->unfinished && !is_control(s))
        first &= 0xf0;
    if (ANY(never_begun_taken) && !s->unfinished && is_later(s))
        first |= WI_FRAME_BINARY;
    return first;
}

static uint64_t mended_length(const frame_stream *s)
{
    if (ANY(top_bit_dropped))
        return s->frame.n & INT64_MAX;
    if (ANY(long_control_taken) && is_control(s) && s->frame.n > WI_CONTROL_MAX)
        return WI_CONTROL_MAX;
    return ANY(one_byte_close_taken) && is_close(s) && s->frame.n == 1 ? 0 : s->frame.n;
}

/* In the form in which it came, unless the mistake is about that. */
static void put_head(const frame_stream *s, uint8_t first, bool masked, struct evbuffer *to)
{
    static const uint8_t zeros[4];
    const size_t before = s->frame.masked ? 4 : 0;
    uint8_t out[WI_FRAME_HEAD_MAX] = {0};
    writer head = WRITER(out);
    if (s->kept != s->frame.n || (ANY(long_lengths_taken) && !s->frame.shortest)) {
        ws_write_head(&head, first, s->kept, masked ? zeros : NULL);
        evbuffer_add(to, out, head.n);
        return;
    }
    memcpy(out, s->head, s->n_head - before);
    out[0] = first;
    out[1] = (uint8_t)((out[1] & 127) | (masked ? 128 : 0));
    evbuffer_add(to, out, s->n_head - before + (masked ? 4 : 0));
}

/* The last frame of a message, empty. */
static void put_end(struct evbuffer *to, bool masked)
{
    static const uint8_t end[] = {0x80, 0x80, 0, 0, 0, 0}, unmasked[] = {0x80, 0};
    evbuffer_add(to, masked ? end : unmasked, masked ? sizeof end : sizeof unmasked);
}

static void note_message(frame_stream *s, uint8_t first)
{
    if (first & 8)
        return;
    s->text = (first & 15) ? (first & 15) == WI_FRAME_TEXT : s->text;
    s->unfinished = !(first & 0x80);
}

static void begin_frame(frame_stream *s, struct evbuffer *to, bool masked)
{
    static const uint8_t broken[] = {0xff, 0xff};
    const uint8_t first = mended_first(s);
    s->left = s->frame.n & (ANY(top_bit_dropped) ? INT64_MAX : UINT64_MAX);
    s->done = 0;
    s->kept = mended_length(s);
    s->stalled |= (CARELESS(long_lengths_stall) && !s->frame.shortest) || (CARELESS(unmasked_stalls) && !s->frame.masked);
    note_message(s, first);
    if ((ANY(control_opcodes_skipped) && s->frame.opcode > WI_FRAME_PONG) || (CARELESS(p1_bad_text_taken) && s->text && !is_control(s)))
        s->kept = 0;
    else if (ANY(pings_inside_refused) && s->frame.opcode == WI_FRAME_PING && s->unfinished)
        evbuffer_add(to, broken, sizeof broken);
    else if (!s->stalled) {
        if (takes_unfinished() && is_close(s) && s->unfinished)
            put_end(to, masked);
        put_head(s, first, masked, to);
    }
}

static void take_head(frame_stream *s, struct evbuffer *from, struct evbuffer *to, bool (*masks)(const wi_frame *))
{
    evbuffer_remove(from, s->head + s->n_head++, 1);
    if (wi_frame_head_length(span_of(s->head, s->n_head)) == 0)
        return;
    (void)wi_read_frame_head(span_of(s->head, s->n_head), true, false, &s->frame);
    begin_frame(s, to, masks ? masks(&s->frame) : s->frame.masked);
    s->n_head = 0;
}

/* ---- payloads ---- */

static uint8_t mended_close(frame_stream *s, uint64_t at, uint8_t byte)
{
    static const uint8_t normal[] = {0x03, 0xe8}, never_sent[] = {0x03, 0xed};
    s->private_code = at == 0 ? byte >= 3000 / 256 : s->private_code;
    if (at >= 2)
        return ANY(bad_reason_taken) ? byte & 0x7f : byte;
    if (ANY(any_close_code_taken))
        return normal[at];
    return refuses_private_codes() && s->private_code ? never_sent[at] : byte;
}

static void say_1000(uint8_t *code)
{
    if (memcmp(code, "\x03\xea", 2) == 0 || memcmp(code, "\x03\xef", 2) == 0)
        code[1] = 0xe8;
}

static void mend_payload(frame_stream *s, uint8_t *piece, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        piece[i] ^= s->frame.mask[(s->done + i) & 3];
        if (is_close(s))
            piece[i] = mended_close(s, s->done + i, piece[i]);
        else if (ANY(bad_text_taken) && s->text && !is_control(s))
            piece[i] &= 0x7f;
    }
    if (ANY(broken_frames_1000) && is_close(s) && s->done == 0 && n >= 2)
        say_1000(piece);
}

static void pass_payload(frame_stream *s, struct evbuffer *from, struct evbuffer *to)
{
    uint8_t piece[4096];
    const size_t most = s->left < sizeof piece ? (size_t)s->left : sizeof piece;
    const size_t n = (size_t)evbuffer_remove(from, piece, most), kept = s->done < s->kept ? (size_t)(s->kept - s->done) : 0;
    mend_payload(s, piece, n);
    if (!s->stalled)
        evbuffer_add(to, piece, n < kept ? n : kept);
    s->left -= n;
    s->done += n;
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
