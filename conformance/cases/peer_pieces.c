/* The scripted peer's frames as TCP may bring them, several in one piece or one in several; and such as the other side would send. */
#include "peer_connection.h"
#include "ws_frames.h"

#include <stdlib.h>

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
    put_frame(peer, 0x80 | WS_BINARY, !peer->is_server, message);
    if (!peer->holds)
        peer_releases(peer, peer->t->cuts);
}

void peer_sends_as_other(peer_connection *peer, unsigned first_byte, span payload)
{
    put_frame(peer, first_byte, peer->is_server, payload);
    peer_releases(peer, NULL);
}
