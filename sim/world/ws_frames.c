#include "ws_frames.h"

#include "utf8.h"

#include <stdlib.h>
#include <string.h>

enum { PROTOCOL_ERROR = WI_CLOSE_PROTOCOL_ERROR, NOT_UTF8 = WI_CLOSE_INVALID_TEXT, NO_MEMORY = WI_CLOSE_UNEXPECTED, MORE_LEAST = 512 };

static bool is_control(ws_opcode o) { return o >= WS_CLOSE; }
static bool is_known(unsigned o) { return o <= WS_BINARY || (o >= WS_CLOSE && o <= WS_PONG); }

/* ---- heads ---- */

static bool fits_the_message(const ws_reader *r)
{
    return is_control(r->opcode) || (r->opcode == WS_CONTINUATION) == (r->kind != WS_CONTINUATION);
}

/* RFC 6455 5.2, 5.4, 5.5. */
static bool is_good(const ws_reader *r, const wi_frame *f)
{
    return !f->reserved && is_known(f->opcode) && f->shortest && fits_the_message(r) &&
           (!is_control(r->opcode) || (f->last && f->n <= WS_CONTROL_MAX));
}

static bool read_frame_head(ws_reader *r)
{
    wi_frame f;
    r->refused = wi_read_frame_head(span_of(r->head, r->n_head), r->masked, &f);
    r->last = f.last;
    r->opcode = (ws_opcode)f.opcode;
    if (!accepted(r->refused) || !is_good(r, &f))
        return false;
    memcpy(r->mask, f.mask, sizeof r->mask);
    r->left = f.n;
    r->masked_bytes = 0;
    r->in_payload = true;
    r->n_head = 0;
    return true;
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

static bool keep_payload(ws_reader *r, span bytes)
{
    uint8_t *to = r->control + r->n_control;
    if (!is_control(r->opcode)) {
        if (!make_room(r, bytes.n))
            return false;
        to = r->message + r->n;
    }
    for (size_t i = 0; i < bytes.n; i++)
        to[i] = bytes.p[i] ^ r->mask[(r->masked_bytes + i) & 3];
    r->masked_bytes = (r->masked_bytes + bytes.n) & 3;
    r->left -= bytes.n;
    *(is_control(r->opcode) ? &r->n_control : &r->n) += bytes.n;
    return true;
}

static bool is_close_code(unsigned code)
{
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

/* RFC 6455 5.5.1 and 7.4; 1012 to 1014 are registered with IANA. */
static unsigned judge_close(span body)
{
    if (body.n == 0)
        return 0;
    if (body.n == 1 || !is_close_code((unsigned)(body.p[0] << 8 | body.p[1])))
        return PROTOCOL_ERROR;
    return is_utf8(span_from(body, 2)) ? 0 : NOT_UTF8;
}

static unsigned end_control(ws_reader *r, const ws_taker *to, bool *go_on)
{
    const span body = span_of(r->control, r->n_control);
    const unsigned bad = r->opcode == WS_CLOSE ? judge_close(body) : 0;
    r->n_control = 0;
    if (!bad)
        *go_on = to->control(to->ctx, r->opcode, body);
    return bad;
}

/* The buffer is out of the reader before the taker is called: it may end the connection. */
static unsigned end_message(ws_reader *r, const ws_taker *to, bool *go_on)
{
    uint8_t *message = r->message;
    const span whole = span_of(message, r->n);
    const bool binary = r->kind == WS_BINARY;
    r->message = NULL;
    r->n = r->cap = 0;
    r->kind = WS_CONTINUATION;
    const unsigned bad = binary || is_utf8(whole) ? 0 : NOT_UTF8;
    if (!bad)
        *go_on = to->message(to->ctx, binary, whole);
    if (message)
        wipe(message, whole.n);
    free(message);
    return bad;
}

static unsigned end_frame(ws_reader *r, const ws_taker *to, bool *go_on)
{
    r->in_payload = false;
    if (is_control(r->opcode))
        return end_control(r, to, go_on);
    return r->last ? end_message(r, to, go_on) : 0;
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
    if (!read_frame_head(r))
        return PROTOCOL_ERROR;
    if (is_control(r->opcode))
        return 0;
    if (r->opcode != WS_CONTINUATION)
        r->kind = r->opcode;
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
