/* The scripted peer's frames as TCP may bring them, several in one piece or one in several; and such as the other side would send. */
#include "peer_connection.h"
#include "ws_frames.h"

#include <stdlib.h>
#include <string.h>

/* With a mask that is none, a reader who begins with it anew at each piece would not be seen. */
static void put_frame(peer_connection *peer, unsigned first_byte, bool masked, span payload)
{
    static const uint8_t mask[4] = {0x4a, 0x6f, 0x79, 0x21};
    uint8_t head[WS_HEAD_MAX];
    writer out = WRITER(head);
    ws_write_head(&out, first_byte, payload.n, masked ? mask : NULL);
    page_put_n(&peer->held, (const char *)head, out.n);
    const size_t from = peer->held.n;
    page_put_n(&peer->held, (const char *)payload.p, payload.n);
    if (masked)
        ws_mask((uint8_t *)peer->held.p + from, payload.n, mask);
}

void peer_releases(peer_connection *peer, const int *cuts)
{
    const page all = peer->held;
    peer->held = (page){0};
    peer->holds = false;
    for (size_t from = 0; from < all.n && peer->ws && !peer->t->over;) {
        const size_t to = piece_end(&cuts, from, all.n);
        ws_send_raw(peer->ws, span_of(all.p + from, to - from));
        from = to;
        if (from < all.n)
            trial_pause(peer->t);
    }
    free(all.p);
}

void peer_holds(peer_connection *peer) { peer->holds = true; }

void peer_sends_by_hand(peer_connection *peer, span message)
{
    put_frame(peer, 0x80 | WI_FRAME_BINARY, !peer->is_server, message);
    if (!peer->holds)
        peer_releases(peer, peer->t->cuts);
}

void peer_sends_as_other(peer_connection *peer, unsigned first_byte, span payload)
{
    put_frame(peer, first_byte, peer->is_server, payload);
    peer_releases(peer, NULL);
}

/* ---- frames of any form ---- */

/* How a length is written: 'w' in the form of 16 bits, 'W' of 64 bits, 'T' of 64 bits with the highest set; else as it has to be. */
static void write_length(writer *out, char form, bool masked, uint64_t n)
{
    const unsigned mask = masked ? 0x80 : 0;
    if (form == 'w' || form == 'W' || form == 'T') {
        write_be(out, mask | (form == 'w' ? 126 : 127), 1);
        write_be(out, n | (form == 'T' ? UINT64_C(1) << 63 : 0), form == 'w' ? 2 : 8);
        return;
    }
    uint8_t room[WS_HEAD_MAX];
    writer head = WRITER(room);
    ws_write_head(&head, 0, n, NULL);
    room[1] |= (uint8_t)mask;
    write_span(out, span_from(written(&head), 1));
}

static void put_formed(peer_connection *peer, unsigned first_byte, char form, span payload)
{
    static const uint8_t mask[4] = {0x4a, 0x6f, 0x79, 0x21};
    uint8_t room[WS_HEAD_MAX];
    writer head = WRITER(room);
    const bool masked = !peer->is_server;
    write_be(&head, first_byte, 1);
    write_length(&head, form, masked, payload.n);
    write_span(&head, masked ? SPAN(mask) : EMPTY);
    page_put_n(&peer->held, (const char *)head.p, head.n);
    const size_t from = peer->held.n;
    page_put_n(&peer->held, (const char *)payload.p, payload.n);
    if (masked)
        ws_mask((uint8_t *)peer->held.p + from, payload.n, mask);
}

/* `HEX`, `HEX*N` (and N zeros), or `r`. */
static span payload_of(span word, span honest, writer *room)
{
    const uint8_t *star = word.n ? memchr(word.p, '*', word.n) : NULL;
    const size_t digits = star ? (size_t)(star - word.p) : word.n;
    if (span_is(word, "r"))
        return honest;
    must(read_hex(span_first(word, digits), room));
    for (long zeros = star ? strtol((const char *)star + 1, NULL, 10) : 0; zeros > 0; zeros--)
        write_be(room, 0, 1);
    return written(room);
}

static void put_word(peer_connection *peer, span word, span honest)
{
    uint8_t first, bytes[256];
    writer byte = writer_of(&first, 1), room = WRITER(bytes);
    must(word.n >= 3 && read_hex(span_first(word, 2), &byte));
    const bool formed = word.p[2] != '=';
    const span payload = payload_of(span_from(word, formed ? 4 : 3), honest, &room);
    put_formed(peer, first, formed ? (char)word.p[2] : '=', payload);
}

bool frames_use_honest(const char *frames) { return memchr(frames, 'r', strcspn(frames, "|")) != NULL; }

const char *peer_sends_frames(peer_connection *peer, const char *frames, span honest)
{
    const char *word;
    for (size_t n; next_word(&frames, &word, &n) && *word != '|';)
        put_word(peer, span_of(word, n), honest);
    if (peer->held.n)
        trial_log(peer->t, !peer->is_server, "tcp", span_of(peer->held.p, peer->held.n), NULL);
    peer_releases(peer, NULL);
    return *frames ? frames : NULL;
}
