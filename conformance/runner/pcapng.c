#include "pcapng.h"
#include "ws_frames.h"

#include <string.h>

enum {
    BLOCK_SECTION = 0x0a0d0d0a,
    BLOCK_INTERFACE = 1,
    BLOCK_PACKET = 6,
    LINK_IPV4 = 228,
    LINK_PDU = 252,
    TAG_DISSECTOR = 12,
    SEGMENT = 1400,
    OPTION_COMMENT = 1,
    CLIENT_PORT = 49152,
    SERVER_PORT = 80,
};

/* What is written, and how far each side's bytes have come. */
typedef struct capture {
    page *out;
    uint32_t sent[2]; /* by the client, by the server */
    uint64_t now;     /* microseconds: one for each packet */
} capture;

static void put_le(page *out, uint64_t v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        page_put_n(out, (const char[]){(char)(v >> 8 * i)}, 1);
}

static void put_be(page *out, uint64_t v, size_t n)
{
    for (size_t i = n; i-- > 0;)
        page_put_n(out, (const char[]){(char)(v >> 8 * i)}, 1);
}

static void pad(page *out)
{
    while (out->n % 4)
        page_put_n(out, "", 1);
}

/* ---- blocks ---- */

static void put_block(page *out, uint32_t type, const page *body)
{
    put_le(out, type, 4);
    put_le(out, body->n + 12, 4);
    page_put_n(out, body->p, body->n);
    put_le(out, body->n + 12, 4);
}

static void put_section(page *out, const char *comment)
{
    page body = {0};
    const size_t n = comment ? strlen(comment) : 0;
    put_le(&body, 0x1a2b3c4d, 4);
    put_le(&body, 1, 2);
    put_le(&body, 0, 2);
    put_le(&body, UINT64_MAX, 8);
    if (n && n < 60000) {
        put_le(&body, OPTION_COMMENT, 2);
        put_le(&body, n, 2);
        page_put_n(&body, comment, n);
        pad(&body);
        put_le(&body, 0, 4);
    }
    put_block(out, BLOCK_SECTION, &body);
    page_free(&body);
}

static void put_interface(page *out, unsigned link)
{
    page body = {0};
    put_le(&body, link, 2);
    put_le(&body, 0, 2);
    put_le(&body, 0, 4);
    put_block(out, BLOCK_INTERFACE, &body);
    page_free(&body);
}

static void put_packet(capture *c, unsigned interface, const page *packet)
{
    page body = {0};
    const uint64_t at = ++c->now;
    put_le(&body, interface, 4);
    put_le(&body, at >> 32, 4);
    put_le(&body, at & 0xffffffff, 4);
    put_le(&body, packet->n, 4);
    put_le(&body, packet->n, 4);
    page_put_n(&body, packet->p, packet->n);
    pad(&body);
    put_block(c->out, BLOCK_PACKET, &body);
    page_free(&body);
}

/* ---- the TCP connection ---- */

static uint16_t checksum(const uint8_t *p, size_t n)
{
    uint32_t sum = 0;
    for (size_t i = 0; i + 1 < n; i += 2)
        sum += (uint32_t)p[i] << 8 | p[i + 1];
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

static void put_ip(page *out, bool to_server, size_t n)
{
    const uint32_t client = 0x7f000001, server = 0x7f000002;
    put_be(out, 0x4500, 2);
    put_be(out, 20 + 20 + n, 2);
    put_be(out, 0x00004000, 4);
    put_be(out, 0x4006, 2);
    put_be(out, 0, 2);
    put_be(out, to_server ? client : server, 4);
    put_be(out, to_server ? server : client, 4);
    const uint16_t sum = checksum((const uint8_t *)out->p, 20);
    out->p[10] = (char)(sum >> 8), out->p[11] = (char)sum;
}

enum { FIN = 1, SYN = 2, PSH = 8, ACK = 16 };

static void put_segment(capture *c, bool to_server, unsigned flags, span bytes)
{
    page packet = {0};
    const bool first = flags == SYN;
    put_ip(&packet, to_server, bytes.n);
    put_be(&packet, to_server ? CLIENT_PORT : SERVER_PORT, 2);
    put_be(&packet, to_server ? SERVER_PORT : CLIENT_PORT, 2);
    put_be(&packet, c->sent[!to_server], 4);
    put_be(&packet, first ? 0 : c->sent[to_server], 4);
    put_be(&packet, 0x5000 | flags, 2);
    put_be(&packet, 0xffff, 2);
    put_be(&packet, 0, 4);
    page_put_n(&packet, (const char *)bytes.p, bytes.n);
    put_packet(c, 0, &packet);
    page_free(&packet);
    c->sent[!to_server] += (uint32_t)bytes.n + ((flags & (SYN | FIN)) != 0);
}

static void put_stream(capture *c, bool to_server, span bytes)
{
    for (; bytes.n; bytes = span_from(bytes, SEGMENT))
        put_segment(c, to_server, PSH | ACK, span_first(bytes, SEGMENT));
}

static void put_upgrade(capture *c, const recorded_session *r)
{
    static const char request[] = "GET /websocket HTTP/1.1\r\nHost: 127.0.0.2\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
    static const char answer[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                 "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    put_segment(c, true, SYN, EMPTY);
    put_segment(c, false, SYN | ACK, EMPTY);
    put_segment(c, true, ACK, EMPTY);
    put_stream(c, true, r->head[0].n ? r->head[0] : span_text(request));
    put_stream(c, false, r->head[1].n ? r->head[1] : span_text(answer));
}

/* Masked with zeros by the client, so that the bytes of the message stand in the capture as they are. */
static void put_message(capture *c, const recorded_message *m)
{
    static const uint8_t zeros[4];
    uint8_t head[WS_HEAD_MAX];
    writer w = WRITER(head);
    page frame = {0};
    ws_write_head(&w, 0x80 | WI_FRAME_BINARY, m->bytes.n, m->to_server ? zeros : NULL);
    page_put_n(&frame, (const char *)head, w.n);
    page_put_n(&frame, (const char *)m->bytes.p, m->bytes.n);
    put_stream(c, m->to_server, span_of(frame.p, frame.n));
    page_free(&frame);
}

/* ---- plaintexts ---- */

static void put_pdu(capture *c, const char *dissector, span bytes)
{
    page packet = {0};
    const size_t n = strlen(dissector);
    put_be(&packet, TAG_DISSECTOR, 2);
    put_be(&packet, (n + 3) / 4 * 4, 2);
    page_put_n(&packet, dissector, n);
    pad(&packet);
    put_be(&packet, 0, 4);
    page_put_n(&packet, (const char *)bytes.p, bytes.n);
    put_packet(c, 1, &packet);
    page_free(&packet);
}

static void put_plaintext(capture *c, recorded_session *r, const recorded_message *m)
{
    static uint8_t room[CF_RECORD_MAX];
    const int way = !m->to_server;
    nz_peer ahead = r->reader[way];
    writer plain = WRITER(room);
    cf_frame frame;
    span whole;
    bool complete = false;
    const nz_world world = {.prim = &prim_openssl};
    if (accepted(nz_open(&ahead, &world, EMPTY, m->bytes, &plain)))
        put_pdu(c, "parley.frame", written(&plain));
    if (accepted(cf_open_frame(&r->reader[way], &r->world[way], m->bytes, &frame)) &&
        accepted(cf_assemble(r->world[way].storage, &frame, &complete, &whole)) && complete)
        put_pdu(c, m->to_server ? "parley.request" : "parley.response", whole);
}

void pcapng_write(recorded_session *r, const char *key_log, size_t verified, page *out)
{
    capture c = {.out = out, .sent = {1000, 2000}};
    put_section(out, key_log);
    put_interface(out, LINK_IPV4);
    put_interface(out, LINK_PDU);
    put_upgrade(&c, r);
    for (size_t i = 0; i < r->n; i++) {
        put_message(&c, &r->message[i]);
        if (verified >= 2 && i == 1)
            put_pdu(&c, "parley.evidence", span_of(r->evidence, r->n_evidence));
        if (verified >= RECORDED_HANDSHAKE && i >= RECORDED_HANDSHAKE)
            put_plaintext(&c, r, &r->message[i]);
    }
    put_segment(&c, true, FIN | ACK, EMPTY);
    put_segment(&c, false, FIN | ACK, EMPTY);
}
