#include "ws_frames.h"

#include <stdlib.h>
#include <string.h>

enum { NO_MEMORY = WI_CLOSE_UNEXPECTED, MORE_LEAST = 512 };

static bool is_control(unsigned opcode) { return opcode >= WI_FRAME_CLOSE; }

/* 0, or the code that the sentence closes with. */
static unsigned judged(ws_reader *r, verdict v)
{
    r->refused = v;
    if (accepted(v))
        return 0;
    must(stated_outcome(v)->kind == OUTCOME_CLOSE);
    return stated_outcome(v)->code;
}

/* ---- heads ---- */

static unsigned read_frame_head(ws_reader *r)
{
    wi_frame f;
    const unsigned bad = judged(r, wi_read_frame_head(span_of(r->head, r->n_head), r->masked, r->unfinished, &f));
    if (bad)
        return bad;
    memcpy(r->mask, f.mask, sizeof r->mask);
    r->last = f.last;
    r->opcode = f.opcode;
    r->left = f.n;
    r->masked_bytes = 0;
    r->in_payload = true;
    r->n_head = 0;
    return 0;
}

/* ---- payloads ---- */

static bool make_room(ws_reader *r, size_t more)
{
    if (r->cap - r->n >= more)
        return true;
    size_t cap = r->cap * 2 > r->n + more ? r->cap * 2 : r->n + more;
    cap = cap > MORE_LEAST ? cap : MORE_LEAST;
    uint8_t *grown = malloc(cap);
    if (!grown)
        return false;
    if (r->n)
        memcpy(grown, r->message, r->n);
    wipe(r->message, r->n);
    free(r->message);
    r->message = grown;
    r->cap = cap;
    return true;
}

static void unmask(ws_reader *r, span bytes, uint8_t *to)
{
    for (size_t i = 0; i < bytes.n; i++)
        to[i] = bytes.p[i] ^ r->mask[(r->masked_bytes + i) & 3];
}

/* Only where WI-050 is switched off there is more of a control frame than fits; the rest is passed over. */
static bool keep_payload(ws_reader *r, span bytes)
{
    const bool control = is_control(r->opcode);
    const span kept = control ? span_first(bytes, sizeof r->control - r->n_control) : bytes;
    if (!control && !make_room(r, bytes.n))
        return false;
    unmask(r, kept, control ? r->control + r->n_control : r->message + r->n);
    r->masked_bytes = (r->masked_bytes + bytes.n) & 3;
    r->left -= bytes.n;
    *(control ? &r->n_control : &r->n) += kept.n;
    return true;
}

/* The buffer is out of the reader before the taker is called: it may end the connection. */
static unsigned end_message(ws_reader *r, const ws_taker *to, bool *go_on)
{
    uint8_t *message = r->message;
    const span whole = span_of(message, r->n);
    r->message = NULL;
    r->n = r->cap = 0;
    r->unfinished = false;
    const unsigned bad = r->text ? judged(r, wi_judge_text(whole)) : 0;
    if (!bad)
        *go_on = to->message(to->ctx, !r->text, whole);
    if (message)
        wipe(message, whole.n);
    free(message);
    return bad;
}

/* A close frame is the end: what came of a message does not become one by it. */
static unsigned end_control(ws_reader *r, const ws_taker *to, bool *go_on)
{
    const span body = span_of(r->control, r->n_control);
    const bool close = r->opcode == WI_FRAME_CLOSE;
    unsigned code, bad = close ? judged(r, wi_read_close(body, &code)) : 0;
    r->n_control = 0;
    if (!bad && close && r->unfinished && wi_message_is_whole(false, true))
        bad = end_message(r, to, go_on);
    if (!bad)
        *go_on = to->control(to->ctx, r->opcode, body);
    return bad;
}

static unsigned end_frame(ws_reader *r, const ws_taker *to, bool *go_on)
{
    r->in_payload = false;
    if (is_control(r->opcode))
        return end_control(r, to, go_on);
    return wi_message_is_whole(r->last, false) ? end_message(r, to, go_on) : 0;
}

/* How many of these bytes belong to the head that is arriving. */
static size_t take_into_head(ws_reader *r, span bytes)
{
    const size_t before = r->n_head, room = sizeof r->head - before;
    const span more = span_first(bytes, room);
    memcpy(r->head + before, more.p, more.n);
    r->n_head = before + more.n;
    const size_t n = wi_frame_head_length(span_of(r->head, r->n_head));
    r->head_whole = n > 0;
    r->n_head = n ? n : r->n_head;
    return r->n_head - before;
}

/* Once it is whole a head is judged, and the frame refused before any of it is kept. */
static unsigned take_head(ws_reader *r, const ws_taker *to, bool *go_on)
{
    if (!r->head_whole)
        return 0;
    const unsigned bad = read_frame_head(r);
    if (bad || is_control(r->opcode))
        return bad;
    if (r->opcode != WI_FRAME_CONTINUATION)
        r->text = r->opcode == WI_FRAME_TEXT;
    r->unfinished = true;
    *go_on = to->expects(to->ctx, r->left > INT64_MAX ? UINT64_MAX : r->n + r->left);
    return 0;
}

unsigned ws_read(ws_reader *r, span bytes, const ws_taker *to)
{
    bool go_on = true;
    unsigned bad = 0;
    while (go_on && !bad && bytes.n) {
        const size_t n = !r->in_payload ? take_into_head(r, bytes) : r->left < bytes.n ? (size_t)r->left : bytes.n;
        if (!r->in_payload)
            bad = take_head(r, to, &go_on);
        else if (!keep_payload(r, span_first(bytes, n)))
            bad = NO_MEMORY;
        bytes = span_from(bytes, n);
        if (go_on && !bad && r->in_payload && r->left == 0)
            bad = end_frame(r, to, &go_on);
    }
    return bad;
}

void ws_reader_free(ws_reader *r)
{
    if (r->message)
        wipe(r->message, r->n);
    free(r->message);
    *r = (ws_reader){.masked = r->masked};
}

/* ---- writing ---- */

void ws_write_head(writer *out, unsigned first_byte, uint64_t n, const uint8_t mask[4])
{
    const unsigned masked = mask ? 0x80 : 0;
    write_be(out, first_byte, 1);
    if (n < 126) {
        write_be(out, masked | n, 1);
    } else {
        write_be(out, masked | (n < 65536 ? 126 : 127), 1);
        write_be(out, n, n < 65536 ? 2 : 8);
    }
    if (mask)
        write_span(out, span_of(mask, 4));
}

void ws_mask(uint8_t *bytes, size_t n, const uint8_t mask[4])
{
    for (size_t i = 0; i < n; i++)
        bytes[i] ^= mask[i & 3];
}
