/* Profile parley1, the server's door: the upgrade and the first message. */
#include "cases.h"
#include "fresh.h"
#include "p1_peer.h"

#include <stdio.h>
#include <string.h>

#define OK "p1.server.turn.level-0"

/* ---- the upgrade ---- */

#define KEY "dGhlIHNhbXBsZSBub25jZQ=="

typedef struct upgrade {
    const char *method, *path, *protocol, *more; /* NULL: GET, the target's, what the profile names, none */
    unsigned status;
} upgrade;

static void run_upgrade(trial *t)
{
    const upgrade *u = t->row->with;
    char text[1024];
    http_answer a;
    snprintf(text, sizeof text,
             "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
             "Sec-WebSocket-Key: " KEY "\r\n%s%s\r\n",
             u->method ? u->method : "GET", u->path ? u->path : t->run->url.target,
             u->protocol ? u->protocol : "Sec-WebSocket-Protocol: parley.1\r\n", u->more ? u->more : "");
    trial_http(t, t->run->url.host, t->run->url.port, span_text(text), &a);
    judge(t, VERDICT, a.status == u->status, "the status that the sentence says", "status %u", a.status);
    if (t->row->req[WIRE])
        judge(t, WIRE, a.text.p && strcasestr(a.text.p, "\r\nsec-websocket-protocol: parley.1\r\n"), "it chooses parley.1",
              "another one or none");
    http_answer_free(&a);
}

#define UPGRADE(slug, says_, req_, ...)                                                                                 \
    CASE(.id = "p1.server.upgrade." slug, .says = says_, .req = {[VERDICT] = req_}, .base = "p1.server.upgrade.answer", \
         .run = run_upgrade, .with = GIVEN(upgrade, __VA_ARGS__))

/* ---- message 1 ---- */

typedef struct hello {
    const char *versions, *name; /* hex of the row's items; NULL: 1 and a reserved one, the target's name */
    unsigned n;                  /* of versions as written; 0: as many as there are */
    int behind;                  /* bytes behind the message; negative: so many are missing */
    unsigned offer_behind;       /* bytes inside the offer, behind its name */
    unsigned zeros, at;          /* so many bytes of message 1 are set to `byte` */
    uint8_t byte;
    bool text;
} hello;

static void write_hello(p1_peer *p, const hello *h, writer *out)
{
    uint8_t room[2048], versions[128];
    writer o = WRITER(room), v = WRITER(versions);
    must(read_hex(span_text(h->versions ? h->versions : "00015a5a"), &v));
    write_be(&o, h->n ? h->n : v.n / 2, 2);
    write_span(&o, written(&v));
    write_be(&o, strlen(h->name ? h->name : p->name), 1);
    write_text(&o, h->name ? h->name : p->name);
    write_zeros(&o, h->offer_behind);
    write_be(out, o.n, 2);
    write_span(out, written(&o));
    const size_t at = out->n;
    write_span(out, span_from(written(&p->out.bytes), p->out.bytes.n - P1_MESSAGE1)); /* no byte of it depends on the offer */
    memset(out->p + at + h->at, h->byte, h->zeros);
    if (h->behind > 0)
        write_zeros(out, (size_t)h->behind);
    else
        out->n -= (size_t)-h->behind;
}

static void run_hello(trial *t)
{
    const hello *h = t->row->with;
    p1_peer *p = p1_peer_connects(t);
    writer w = writer_of(p->plain, P1_PEER_ROOM);
    if (t->over)
        return;
    write_hello(p, h, &w);
    if (h->text)
        peer_sends_text(p->peer, "parley/1");
    else
        peer_sends(p->peer, written(&w));
    p1_judge_refused(p);
}

/* Whatever it draws, here and in all other cases, it draws anew. */
static void run_fresh(trial *t)
{
    for (int i = 0; i < 3 && !t->over; i++)
        p1_peer_shakes(t);
    judge(t, VERDICT, !t->over, "shares that were not drawn before", "the same ones");
}

/* Two handshakes, each with evidence of its own. */
static void run_own_evidence(trial *t)
{
    p1_peer_verifies(t, 0);
    p1_peer_verifies(t, 0);
    judge(t, VERDICT, !t->over, "evidence over each handshake", "another");
}

/* Offers that a server has to take. */
static void run_good_hello(trial *t)
{
    const hello *h = t->row->with;
    p1_peer *p = p1_peer_connects(t);
    writer w = writer_of(p->plain, P1_PEER_ROOM);
    span message;
    if (t->over)
        return;
    write_hello(p, h, &w);
    peer_sends(p->peer, written(&w));
    if (!peer_receives(p->peer, &message))
        trial_stop(t, VERDICT, OUTCOME_FAIL, "message 2", "%s", peer_ending(p->peer));
    else
        judge(t, VERDICT, message.n == P1_MESSAGE2, "a message 2 of 1234 bytes", "%zu bytes", message.n);
}

#define HELLO(slug, says_, req_, ...)                                                                                                \
    CASE(.id = "p1.server.hello." slug, .says = says_, .req = {[VERDICT] = req_, [REASON] = "P1-001"}, .base = OK, .run = run_hello, \
         .with = GIVEN(hello, __VA_ARGS__))
#define GOOD_HELLO(slug, says_, req_, ...) \
    CASE(.id = "p1.server.hello." slug, .says = says_, .req = {[VERDICT] = req_}, .run = run_good_hello, .with = GIVEN(hello, __VA_ARGS__))

#define SIXTEEN    "00010a0a1a1a2a2a3a3a4a4a5a5a6a6a7a7a8a8a9a9aaaaababacacadadaeaea"
#define SIXTY_FOUR "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const case_row rows[] = {
    CASE(.id = "p1.server.upgrade.answer", .says = "an upgrade that offers parley.1", .req = {[VERDICT] = "WI-020", [WIRE] = "WI-037"},
         .run = run_upgrade, .with = GIVEN(upgrade, .status = 101)),
    CASE(.id = "p1.server.upgrade.several", .says = "an upgrade that offers others beside it",
         .req = {[VERDICT] = "WI-036", [WIRE] = "WI-037"}, .run = run_upgrade,
         .with = GIVEN(upgrade, .protocol = "Sec-WebSocket-Protocol: chat, parley.1\r\n", .status = 101)),
    UPGRADE("no-protocol", "no subprotocol is offered", "WI-036", .protocol = "", .status = 400),
    UPGRADE("other-protocol", "another one is offered", "WI-036", .protocol = "Sec-WebSocket-Protocol: parley.2\r\n", .status = 400),
    UPGRADE("protocol-case", "it is offered in another case", "WI-036", .protocol = "Sec-WebSocket-Protocol: PARLEY.1\r\n", .status = 400),
    UPGRADE("post", "the method is POST", "WI-015", .method = "POST", .status = 400),
    UPGRADE("two-hosts", "two Host fields", "WI-013", .more = "Host: other.example\r\n", .status = 400),
    UPGRADE("two-keys", "two keys", "WI-019", .more = "Sec-WebSocket-Key: " KEY "\r\n", .status = 400),
    UPGRADE("version-twice", "the WebSocket version twice", "WI-018", .more = "Sec-WebSocket-Version: 13\r\n", .status = 426),
    UPGRADE("body", "a body is announced", "WI-014", .more = "Content-Length: 1\r\n", .status = 400),
    GOOD_HELLO("versions-16", "sixteen versions, fifteen of which mean nothing", "P1-016", .versions = SIXTEEN),
    GOOD_HELLO("version-fafa", "version 1 and the last of the reserved ones", "P1-016", .versions = "fafa0001"),
    GOOD_HELLO("version-last", "version 1 behind two that it does not know", "P1-016", .versions = "7a7afffe0001"),
    CASE(.id = "p1.server.hello.fresh", .says = "the shares of each handshake and epoch", .req = {[VERDICT] = "NZ-032 P1-027"},
         .run = run_fresh, .fresh = 1 << FRESH_EPHEMERAL | 1 << FRESH_STATIC),
    CASE(.id = "p1.server.hello.evidence", .says = "the evidence of two connections", .req = {[VERDICT] = "P1-074 P1-020"},
         .run = run_own_evidence),
    HELLO("empty-row", "no version", "P1-012", .versions = ""),
    HELLO("versions-17", "seventeen versions", "P1-012", .versions = SIXTEEN "fafa"),
    HELLO("twice", "a version twice", "P1-012", .versions = "000100015a5a"),
    HELLO("reserved-twice", "a reserved version twice", "P1-012", .versions = "00015a5a5a5a"),
    HELLO("count-more", "a count of one version more than there is", "P1-012", .n = 3),
    HELLO("count-less", "a count of one version less", "P1-012", .n = 1),
    HELLO("offer-behind", "a byte behind the name in the offer", "P1-012", .offer_behind = 1),
    HELLO("offer-513", "an offer of more than 512 bytes", "P1-011", .offer_behind = 512),
    HELLO("offer-1500", "an offer of 1500 bytes", "P1-011", .offer_behind = 1480),
    HELLO("behind", "a byte behind message 1", "P1-014", .behind = 1),
    HELLO("short", "message 1 without its last byte", "P1-014", .behind = -1),
    HELLO("cut", "nothing behind the offer", "P1-014", .behind = -1216),
    HELLO("unknown", "no version that it serves", "P1-015", .versions = "00025a5a"),
    HELLO("reserved-only", "only versions that mean nothing", "P1-015", .versions = "0a0afafa"),
    HELLO("name-upper", "a name in upper case", "P1-013", .name = "Chat.example"),
    HELLO("name-dot", "a name with a dot at its end", "P1-013", .name = "chat.example."),
    HELLO("name-empty", "an empty name", "P1-013", .name = ""),
    HELLO("name-empty-label", "an empty label", "P1-013", .name = "chat..example"),
    HELLO("name-port", "a name with a port", "P1-013", .name = "chat.example:443"),
    HELLO("name-address", "an address", "P1-013", .name = "127.0.0.1"),
    HELLO("name-hyphen", "a label that begins with a hyphen", "P1-013", .name = "-chat.example"),
    HELLO("name-hyphen-end", "a label that ends with one", "P1-013", .name = "chat-.example"),
    HELLO("name-underscore", "a name with an underscore", "P1-013", .name = "chat_1.example"),
    HELLO("name-utf8", "a name that is not ASCII", "P1-013", .name = "ch\xc3\xa4t.example"),
    HELLO("name-label-64", "a label of 64 characters", "P1-013", .name = SIXTY_FOUR ".example"),
    HELLO("name-other", "a name that it does not serve", "P1-017", .name = "model.example"),
    HELLO("name-longer", "a name that ends with its own", "P1-017", .name = "x.chat.example"),
    HELLO("name-continued", "a name that begins with its own", "P1-017", .name = "chat.example.org"),
    HELLO("name-last", "a name whose last letter is another", "P1-017", .name = "chat.examplf"),
    HELLO("name-first", "a name whose first letter is another", "P1-017", .name = "khat.example"),
    HELLO("name-shorter", "a name that its own begins with", "P1-017", .name = "chat.exampl"),
    HELLO("e-zeros", "a share e of zeros", "P1-025 NZ-031", .zeros = 32),
    HELLO("e1-modulus", "a share e1 with coefficients at and above the modulus", "P1-026 NZ-044", .at = 32, .zeros = 600, .byte = 0xff),
    HELLO("e1-last", "a share e1 whose last coefficient is too large", "P1-026 NZ-044", .at = 32 + 1150, .zeros = 2, .byte = 0xff),
    HELLO("text", "a text message in the place of message 1", "P1-014", .text = true),
};

const case_table p1_server_hello_cases = {rows, sizeof rows / sizeof *rows};
