/* One honest head for each operation, and heads that differ from it in one respect. */
#include "chapter.h"
#include "wire.h"

#include <stdio.h>
#include <string.h>

typedef struct head_row {
    const char *slug, *site, *mutation; /* the honest one: no site */
    const char *text;                   /* NULL: made by `make` */
    void (*make)(writer *);
} head_row;

#define HOST       "Host: chat.example\r\n"
#define UPGRADE    "Upgrade: websocket\r\n"
#define CONNECTION "Connection: Upgrade\r\n"
#define VERSION    "Sec-WebSocket-Version: 13\r\n"
#define KEY        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define GET        "GET /websocket?token=t HTTP/1.1\r\n"
#define END        "\r\n"

/* ---- heads that are long ---- */

static void repeat(writer *w, const char *text, size_t n)
{
    while (n--)
        write_text(w, text);
}

static void line_too_long(writer *w)
{
    write_text(w, "GET /");
    repeat(w, "a", WI_LINE_MAX - 13); /* with GET, the slash and the version: one byte more than may be */
    write_text(w, " HTTP/1.1\r\n" HOST END);
}

static void line_longest(writer *w)
{
    write_text(w, "GET /");
    repeat(w, "a", WI_LINE_MAX - 14);
    write_text(w, " HTTP/1.1\r\n" HOST END);
}

static void head_of_size(writer *w, size_t n)
{
    write_text(w, GET HOST "X: ");
    repeat(w, "x", n - w->n - 4);
    write_text(w, "\r\n" END);
}

static void head_too_long(writer *w) { head_of_size(w, WI_HEAD_MAX + 1); }
static void head_longest(writer *w) { head_of_size(w, WI_HEAD_MAX); }

static void fields(writer *w, size_t n)
{
    write_text(w, GET HOST);
    repeat(w, "A: b\r\n", n - 1);
    write_text(w, END);
}

static void too_many_fields(writer *w) { fields(w, WI_FIELDS_MAX + 1); }
static void most_fields(writer *w) { fields(w, WI_FIELDS_MAX); }

/* ---- wi.request ---- */

static const head_row requests[] = {
    {"ok", NULL, NULL, GET HOST END, NULL},
    {"blanks", NULL, NULL, GET "host:\t chat.example \r\nX:\r\n" END, NULL},
    {"longest-line", NULL, NULL, NULL, line_longest},
    {"longest-head", NULL, NULL, NULL, head_longest},
    {"most-fields", NULL, NULL, NULL, most_fields},
    {"head-too-long", "WI-001", "one byte more than 16384", NULL, head_too_long},
    {"line-too-long", "WI-002", "a start line of one byte more than 4096", NULL, line_too_long},
    {"lf-only", "WI-003", "the start line ends with LF alone", "GET /websocket?token=t HTTP/1.1\n" HOST END, NULL},
    {"field-lf-only", "WI-003", "a field line ends with LF alone", GET "Host: chat.example\n" END, NULL},
    {"no-blank-line", "WI-003", "the blank line is missing", GET HOST, NULL},
    {"behind-blank-line", "WI-003", "a field behind the blank line", GET HOST END "X: y\r\n" END, NULL},
    {"blank-line-first", "WI-004", "a blank line before the start line", END GET HOST END, NULL},
    {"folded-space", "WI-005", "a field line begins with a space", GET HOST " X: y\r\n" END, NULL},
    {"folded-tab", "WI-005", "a field line begins with a tab", GET HOST "\tX: y\r\n" END, NULL},
    {"space-before-colon", "WI-006", "a space before the colon", GET HOST "X : y\r\n" END, NULL},
    {"no-colon", "WI-006", "a field line without a colon", GET HOST "nothing\r\n" END, NULL},
    {"no-name", "WI-006", "a field line without a name", GET HOST ": y\r\n" END, NULL},
    {"name-no-token", "WI-006", "a field name with a slash", GET HOST "X/Y: z\r\n" END, NULL},
    {"control", "WI-007", "a field value with the byte 01", GET HOST "X: a\001b\r\n" END, NULL},
    {"delete", "WI-007", "a field value with the byte 7f", GET HOST "X: a\177b\r\n" END, NULL},
    {"too-many-fields", "WI-008", "65 field lines", NULL, too_many_fields},
    {"fourth-word", "WI-009", "a fourth word in the request line", "GET /websocket?token=t HTTP/1.1 x\r\n" HOST END, NULL},
    {"space-behind", "WI-009", "a space behind the version", "GET /websocket?token=t HTTP/1.1 \r\n" HOST END, NULL},
    {"method-no-token", "WI-010", "a method with an at sign", "G@T /websocket?token=t HTTP/1.1\r\n" HOST END, NULL},
    {"no-slash", "WI-011", "a target without its slash", "GET websocket?token=t HTTP/1.1\r\n" HOST END, NULL},
    {"absolute", "WI-011", "an absolute URL as target", "GET http://chat.example/websocket HTTP/1.1\r\n" HOST END, NULL},
    {"fragment", "WI-011", "a number sign in the target", "GET /websocket#t HTTP/1.1\r\n" HOST END, NULL},
    {"target-not-ascii", "WI-011", "a byte above 7e in the target", "GET /websocket\303\251 HTTP/1.1\r\n" HOST END, NULL},
    {"http-1-0", "WI-012", "version 1.0", "GET /websocket?token=t HTTP/1.0\r\n" HOST END, NULL},
    {"http-2", "WI-012", "version 2.0", "GET /websocket?token=t HTTP/2.0\r\n" HOST END, NULL},
    {"http-lower", "WI-012", "the version in lower case", "GET /websocket?token=t http/1.1\r\n" HOST END, NULL},
    {"no-host", "WI-013", "no Host", GET "X: y\r\n" END, NULL},
    {"two-hosts", "WI-013", "two Hosts", GET HOST HOST END, NULL},
    {"content-length", "WI-014", "a Content-Length", GET HOST "Content-Length: 0\r\n" END, NULL},
    {"transfer-encoding", "WI-014", "a Transfer-Encoding", GET HOST "transfer-encoding: chunked\r\n" END, NULL},
};

/* ---- wi.upgrade ---- */

static const head_row upgrades[] = {
    {"ok", NULL, NULL, GET HOST UPGRADE CONNECTION VERSION KEY END, NULL},
    {"lists", NULL, NULL,
     GET HOST "Upgrade: h2c, WebSocket\r\nConnection: keep-alive, upgrade\r\n" VERSION KEY
              "Sec-WebSocket-Extensions: permessage-deflate\r\nSec-WebSocket-Protocol: chat\r\n" END,
     NULL},
    {"method-post", "WI-015", "method POST", "POST /websocket?token=t HTTP/1.1\r\n" HOST UPGRADE CONNECTION VERSION KEY END, NULL},
    {"method-lower", "WI-015", "method in lower case", "get /websocket?token=t HTTP/1.1\r\n" HOST UPGRADE CONNECTION VERSION KEY END, NULL},
    {"no-upgrade", "WI-016", "no Upgrade", GET HOST CONNECTION VERSION KEY END, NULL},
    {"upgrade-h2c", "WI-016", "Upgrade to something else", GET HOST "Upgrade: h2c\r\n" CONNECTION VERSION KEY END, NULL},
    {"upgrade-longer", "WI-016", "a word that begins with websocket", GET HOST "Upgrade: websockets\r\n" CONNECTION VERSION KEY END, NULL},
    {"no-connection", "WI-017", "no Connection", GET HOST UPGRADE VERSION KEY END, NULL},
    {"connection-close", "WI-017", "Connection: close", GET HOST UPGRADE "Connection: close\r\n" VERSION KEY END, NULL},
    {"no-version", "WI-018", "no version", GET HOST UPGRADE CONNECTION KEY END, NULL},
    {"version-8", "WI-018", "version 8", GET HOST UPGRADE CONNECTION "Sec-WebSocket-Version: 8\r\n" KEY END, NULL},
    {"two-versions", "WI-018", "the version twice", GET HOST UPGRADE CONNECTION VERSION VERSION KEY END, NULL},
    {"no-key", "WI-019", "no key", GET HOST UPGRADE CONNECTION VERSION END, NULL},
    {"two-keys", "WI-019", "the key twice", GET HOST UPGRADE CONNECTION VERSION KEY KEY END, NULL},
    {"key-short", "WI-019", "a key of 15 bytes", GET HOST UPGRADE CONNECTION VERSION "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j\r\n" END,
     NULL},
    {"key-long", "WI-019", "a key of 17 bytes", GET HOST UPGRADE CONNECTION VERSION "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZWE=\r\n" END,
     NULL},
    {"key-no-base64", "WI-019", "a key that is no base64",
     GET HOST UPGRADE CONNECTION VERSION "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZ!==\r\n" END, NULL},
};

/* ---- wi.answer ---- */

#define SWITCHES "HTTP/1.1 101 Switching Protocols\r\n"
#define FITS     "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"

static const head_row answers[] = {
    {"ok", NULL, NULL, SWITCHES UPGRADE CONNECTION FITS END, NULL},
    {"no-phrase", NULL, NULL, "HTTP/1.1 101\r\n" UPGRADE CONNECTION FITS END, NULL},
    {"status-200", "WI-022", "status 200", "HTTP/1.1 200 OK\r\n" UPGRADE CONNECTION FITS END, NULL},
    {"status-longer", "WI-022", "status 1011", "HTTP/1.1 1011 x\r\n" UPGRADE CONNECTION FITS END, NULL},
    {"http-1-0", "WI-022", "version 1.0", "HTTP/1.0 101 Switching Protocols\r\n" UPGRADE CONNECTION FITS END, NULL},
    {"no-upgrade", "WI-023", "no Upgrade", SWITCHES CONNECTION FITS END, NULL},
    {"upgrade-h2c", "WI-023", "Upgrade to something else", SWITCHES "Upgrade: h2c\r\n" CONNECTION FITS END, NULL},
    {"no-connection", "WI-024", "no Connection", SWITCHES UPGRADE FITS END, NULL},
    {"no-accept", "WI-025", "no accept", SWITCHES UPGRADE CONNECTION END, NULL},
    {"two-accepts", "WI-025", "the accept twice", SWITCHES UPGRADE CONNECTION FITS FITS END, NULL},
    {"other-accept", "WI-025", "the accept of another key",
     SWITCHES UPGRADE CONNECTION "Sec-WebSocket-Accept: t3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" END, NULL},
    {"accept-lower", "WI-025", "the accept in another case",
     SWITCHES UPGRADE CONNECTION "Sec-WebSocket-Accept: S3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" END, NULL},
    {"extension", "WI-026", "an extension that was not offered",
     SWITCHES UPGRADE CONNECTION FITS "Sec-WebSocket-Extensions: permessage-deflate\r\n" END, NULL},
    {"protocol", "WI-027", "a subprotocol that was not offered", SWITCHES UPGRADE CONNECTION FITS "Sec-WebSocket-Protocol: chat\r\n" END,
     NULL},
};

/* ---- a subprotocol ---- */

#define OFFERS(list) "Sec-WebSocket-Protocol: " list "\r\n"
#define CHOOSES      OFFERS("parley.1")

static const head_row upgrades_named[] = {
    {"ok", NULL, NULL, GET HOST UPGRADE CONNECTION VERSION KEY OFFERS("parley.1") END, NULL},
    {"one-of-several", NULL, NULL, GET HOST UPGRADE CONNECTION VERSION KEY OFFERS("chat, parley.1 ,superchat") END, NULL},
    {"not-offered", "WI-036", "no subprotocol", GET HOST UPGRADE CONNECTION VERSION KEY END, NULL},
    {"another", "WI-036", "another subprotocol", GET HOST UPGRADE CONNECTION VERSION KEY OFFERS("parley.2") END, NULL},
    {"other-case", "WI-036", "the subprotocol in another case", GET HOST UPGRADE CONNECTION VERSION KEY OFFERS("Parley.1") END, NULL},
    {"two-fields", "WI-036", "two fields", GET HOST UPGRADE CONNECTION VERSION KEY OFFERS("chat") OFFERS("parley.1") END, NULL},
};

static const head_row answers_named[] = {
    {"ok", NULL, NULL, SWITCHES UPGRADE CONNECTION FITS CHOOSES END, NULL},
    {"another", "WI-027", "another subprotocol", SWITCHES UPGRADE CONNECTION FITS OFFERS("chat") END, NULL},
    {"none", "WI-039", "no subprotocol", SWITCHES UPGRADE CONNECTION FITS END, NULL},
    {"twice", "WI-039", "the subprotocol twice", SWITCHES UPGRADE CONNECTION FITS CHOOSES CHOOSES END, NULL},
};

/* ---- files ---- */

static const struct {
    const char *op, *shows, *flag, *effect;
    const head_row *rows;
    size_t n;
} files[] = {
    {"wi.request", "WI-003", "LooseHead", "Two readers of the same bytes see two different requests.", requests,
     sizeof requests / sizeof *requests},
    {"wi.upgrade", "WI-020 WI-021", "LooseUpgrade", "Opens a connection that the other side did not ask for in this form.", upgrades,
     sizeof upgrades / sizeof *upgrades},
    {"wi.answer", "WI-025", "LooseAnswer", "Goes on although the server did not agree to this upgrade.", answers,
     sizeof answers / sizeof *answers},
};

/* The accepted head's outputs, from the prose: RFC 6455 gives this key and its accept as an example. */
static void put_outputs(sheet *s, int which, bool named, span head)
{
    static const char chosen[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" FITS CHOOSES END;
    static const char answer[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" FITS END;
    if (which == 1)
        sheet_out(s, BYTES("answer", span_text(named ? chosen : answer)));
    if (which != 0)
        return;
    span target = span_from(head, 4);
    size_t n = 0;
    while (target.p[n] != ' ')
        n++;
    sheet_out(s, BYTES("method", span_text("GET")));
    sheet_out(s, BYTES("target", span_first(target, n)));
}

static void add_row(sheet *s, int which, const char *shows, bool named, const head_row *row)
{
    static uint8_t room[WI_HEAD_MAX + 64];
    writer w = WRITER(room);
    if (row->make)
        row->make(&w);
    else
        write_text(&w, row->text);
    must(writer_ok(&w));
    if (row->site)
        sheet_rejects(s, &(rejection){.slug = row->slug, .site = row->site, .mutation = row->mutation, .flag = files[which].flag});
    else
        sheet_accepts(s, row->slug, shows);
    sheet_in(s, BYTES("head", written(&w)));
    if (!row->site)
        put_outputs(s, which, named, written(&w));
}

static void add_named(sheet *s, int which)
{
    sheet_group(s, "subprotocol", "wi:http", "named");
    sheet_in(s, TEXT("protocol", "parley.1"));
    if (which == 2)
        sheet_in(s, BYTES("nonce", span_text("the sample nonce")));
    if (which == 1)
        for (size_t i = 0; i < sizeof upgrades_named / sizeof *upgrades_named; i++)
            add_row(s, which, "WI-020 WI-036 WI-037", true, &upgrades_named[i]);
    else
        for (size_t i = 0; i < sizeof answers_named / sizeof *answers_named; i++)
            add_row(s, which, "WI-025 WI-027 WI-039", true, &answers_named[i]);
}

static cJSON *wire_file(const prim *p, int which)
{
    static const char *const checked_by[] = {"rfc6455", "audit", NULL};
    sheet s = sheet_start(p, files[which].op, "vectors/wire/wire_scenarios", "00", checked_by);
    sheet_note(&s, files[which].flag, "PARSER", files[which].effect, "WI-003");
    sheet_group(&s, "heads", "wi:http", "");
    if (which == 2)
        sheet_in(&s, BYTES("nonce", span_text("the sample nonce")));
    for (size_t i = 0; i < files[which].n; i++)
        add_row(&s, which, files[which].shows, false, &files[which].rows[i]);
    if (which > 0)
        add_named(&s, which);
    return s.document;
}

/* ---- wi.frame ---- */

typedef struct frame_row {
    const char *slug, *site, *mutation, *from, *head;
    unsigned opcode;
    int64_t n;
    bool more;       /* the message goes on in another frame */
    bool unfinished; /* the message before has not ended */
} frame_row;

static const frame_row frames[] = {
    {"client", NULL, NULL, "client", "82854a6f7921", 2, 5, false, false},
    {"client-ping", NULL, NULL, "client", "89804a6f7921", 9, 0, false, false},
    {"client-16-bits", NULL, NULL, "client", "02fe01004a6f7921", 2, 256, true, false},
    {"client-64-bits", NULL, NULL, "client", "82ff00000000000100004a6f7921", 2, 65536, false, false},
    {"zero-mask", NULL, NULL, "client", "828500000000", 2, 5, false, false},
    {"server", NULL, NULL, "server", "8205", 2, 5, false, false},
    {"server-close", NULL, NULL, "server", "8802", 8, 2, false, false},
    {"server-16-bits", NULL, NULL, "server", "827e0100", 2, 256, false, false},
    {"server-64-bits", NULL, NULL, "server", "007f0000000000010000", 0, 65536, true, true},
    {"server-text", NULL, NULL, "server", "8105", 1, 5, false, false},
    {"most-in-7-bits", NULL, NULL, "server", "827d", 2, 125, false, false},
    {"least-in-16-bits", NULL, NULL, "server", "827e007e", 2, 126, false, false},
    {"most-in-16-bits", NULL, NULL, "client", "82feffff4a6f7921", 2, 65535, false, false},
    {"longest-ping", NULL, NULL, "server", "897d", 9, 125, false, false},
    {"longest-close", NULL, NULL, "client", "88fd4a6f7921", 8, 125, false, false},
    {"pong-inside", NULL, NULL, "server", "8a00", 10, 0, false, true},
    {"ping-inside", NULL, NULL, "client", "89804a6f7921", 9, 0, false, true},
    {"continuation", NULL, NULL, "client", "80854a6f7921", 0, 5, false, true},
    {"unmasked", "WI-042", "a client's frame without a mask", "client", "8205", 0, 0, false, false},
    {"unmasked-ping", "WI-042", "a client's ping without a mask", "client", "8900", 0, 0, false, false},
    {"unmasked-16-bits", "WI-042", "a client's frame of 256 bytes without a mask", "client", "827e0100", 0, 0, false, false},
    {"masked", "WI-043", "a server's frame with a mask", "server", "82854a6f7921", 0, 0, false, false},
    {"masked-ping", "WI-043", "a server's ping with a mask", "server", "89804a6f7921", 0, 0, false, false},
    {"masked-by-zeros", "WI-043", "a server's frame with a mask of zeros", "server", "828500000000", 0, 0, false, false},
    {"rsv1", "WI-046", "the first reserved bit is set", "server", "c205", 0, 0, false, false},
    {"rsv2", "WI-046", "the second reserved bit is set", "client", "a2854a6f7921", 0, 0, false, false},
    {"rsv3", "WI-046", "the third reserved bit is set", "server", "9205", 0, 0, false, false},
    {"rsv1-ping", "WI-046", "a ping with a reserved bit", "client", "c9804a6f7921", 0, 0, false, false},
    {"rsv1-continuation", "WI-046", "a later frame of a message with a reserved bit", "server", "c005", 0, 0, false, true},
    {"opcode-3", "WI-047", "opcode 3", "server", "8305", 0, 0, false, false},
    {"opcode-4", "WI-047", "opcode 4", "client", "84854a6f7921", 0, 0, false, false},
    {"opcode-5", "WI-047", "opcode 5", "server", "8505", 0, 0, false, false},
    {"opcode-6", "WI-047", "opcode 6", "client", "86854a6f7921", 0, 0, false, false},
    {"opcode-7", "WI-047", "opcode 7", "server", "8705", 0, 0, false, false},
    {"opcode-11", "WI-047", "opcode 11", "client", "8b854a6f7921", 0, 0, false, false},
    {"opcode-12", "WI-047", "opcode 12", "server", "8c05", 0, 0, false, false},
    {"opcode-13", "WI-047", "opcode 13", "client", "8d854a6f7921", 0, 0, false, false},
    {"opcode-14", "WI-047", "opcode 14", "server", "8e05", 0, 0, false, false},
    {"opcode-15", "WI-047", "opcode 15", "client", "8f854a6f7921", 0, 0, false, false},
    {"5-in-16-bits", "WI-048", "5 bytes in the form of 16 bits", "client", "82fe00054a6f7921", 0, 0, false, false},
    {"125-in-16-bits", "WI-048", "125 bytes in the form of 16 bits", "server", "827e007d", 0, 0, false, false},
    {"126-in-64-bits", "WI-048", "126 bytes in the form of 64 bits", "server", "827f000000000000007e", 0, 0, false, false},
    {"65535-in-64-bits", "WI-048", "65535 bytes in the form of 64 bits", "client", "82ff000000000000ffff4a6f7921", 0, 0, false, false},
    {"top-bit", "WI-049", "the highest bit of a length of 65536 is set", "client", "82ff80000000000100004a6f7921", 0, 0, false, false},
    {"top-bit-alone", "WI-049", "a length of 2^63", "server", "827f8000000000000000", 0, 0, false, false},
    {"ping-126", "WI-050", "a ping of 126 bytes", "client", "89fe007e4a6f7921", 0, 0, false, false},
    {"pong-126", "WI-050", "a pong of 126 bytes", "server", "8a7e007e", 0, 0, false, false},
    {"close-126", "WI-050", "a close frame of 126 bytes", "server", "887e007e", 0, 0, false, false},
    {"ping-65536", "WI-050", "a ping of 65536 bytes", "client", "89ff00000000000100004a6f7921", 0, 0, false, false},
    {"ping-in-pieces", "WI-051", "a ping without FIN", "client", "09844a6f7921", 0, 0, false, false},
    {"pong-in-pieces", "WI-051", "a pong without FIN, inside a message", "server", "0a04", 0, 0, false, true},
    {"close-in-pieces", "WI-051", "a close frame without FIN", "server", "0802", 0, 0, false, false},
    {"binary-inside", "WI-052", "a binary frame inside a message", "client", "82854a6f7921", 0, 0, false, true},
    {"text-inside", "WI-052", "a text frame inside a message", "server", "8105", 0, 0, false, true},
    {"begun-inside", "WI-052", "the beginning of a message inside another", "server", "0205", 0, 0, false, true},
    {"last-of-none", "WI-053", "the end of a message that did not begin", "client", "80854a6f7921", 0, 0, false, false},
    {"middle-of-none", "WI-053", "a continuation of a message that did not begin", "server", "0005", 0, 0, false, false},
};

static void add_frame(sheet *s, const frame_row *row)
{
    uint8_t room[WI_FRAME_HEAD_MAX];
    writer head = WRITER(room);
    const bool mask = row->site && strcmp(row->site, "WI-046") < 0, client = strcmp(row->from, "client") == 0;
    must(read_hex(span_text(row->head), &head));
    if (row->site)
        sheet_rejects(s, &(rejection){.slug = row->slug,
                                      .site = row->site,
                                      .mutation = row->mutation,
                                      .flag = mask ? "LooseMask" : "LooseFrame",
                                      .base = row->from});
    else
        sheet_accepts(s, row->slug, client ? "WI-042 WI-046 WI-048 WI-050" : "WI-043 WI-047 WI-052 WI-053");
    sheet_in(s, TEXT("from", row->from));
    sheet_in(s, BYTES("head", written(&head)));
    if (row->unfinished)
        sheet_in(s, BOOLEAN("unfinished", true));
    if (row->site)
        return;
    sheet_out(s, NUMBER("opcode", row->opcode));
    sheet_out(s, NUMBER("n", row->n));
    sheet_out(s, BOOLEAN("last", !row->more));
}

static const char *const checked_by_rfc[] = {"rfc6455", "audit", NULL};

static void note_loose_frames(sheet *s)
{
    sheet_note(s, "LooseFrame", "PARSER", "Two readers of the same bytes see other messages, or what one sends is no text to the other.",
               "WI-046");
}

static cJSON *frame_file(const prim *p, int unused)
{
    sheet s = sheet_start(p, "wi.frame", "vectors/wire/wire_scenarios", "00", checked_by_rfc);
    (void)unused;
    sheet_note(&s, "LooseMask", "PARSER", "What a client sends stands in clear in caches between the two, or the wrong end is talked to.",
               "WI-042");
    note_loose_frames(&s);
    sheet_group(&s, "frames", "wi:frames", "");
    for (size_t i = 0; i < sizeof frames / sizeof *frames; i++)
        add_frame(&s, &frames[i]);
    return s.document;
}

/* ---- wi.text, wi.close ---- */

typedef struct payload_row {
    const char *slug, *site, *mutation;
    span payload;
    unsigned code; /* of a close frame that is taken */
} payload_row;

#define SAYS(text)                                \
    {                                             \
        (const uint8_t *)(text), sizeof(text) - 1 \
    }

static const payload_row texts[] = {
    {"ascii", NULL, NULL, SAYS("hello"), 0},
    {"empty", NULL, NULL, SAYS(""), 0},
    {"all-lengths", NULL, NULL, SAYS("a\302\200\337\277\340\240\200\357\277\277\360\220\200\200\364\217\277\277"), 0},
    {"zero", NULL, NULL, SAYS("a\0b"), 0},
    {"around-surrogates", NULL, NULL, SAYS("\355\237\277\356\200\200"), 0},
    {"ff", "WI-054", "the byte ff", SAYS("a\377"), 0},
    {"continuation-first", "WI-054", "a continuation byte without a beginning", SAYS("\200a"), 0},
    {"cut", "WI-054", "the text ends inside a character", SAYS("a\342\202"), 0},
    {"two-bytes-overlong", "WI-054", "a slash in two bytes", SAYS("\300\257"), 0},
    {"three-bytes-overlong", "WI-054", "U+07FF in three bytes", SAYS("\340\237\277"), 0},
    {"four-bytes-overlong", "WI-054", "U+FFFF in four bytes", SAYS("\360\217\277\277"), 0},
    {"surrogate", "WI-054", "the surrogate U+D800", SAYS("a\355\240\200"), 0},
    {"pair-of-surrogates", "WI-054", "a pair of surrogates", SAYS("\355\240\275\355\270\200"), 0},
    {"above-10ffff", "WI-054", "U+110000", SAYS("\364\220\200\200"), 0},
};

static const payload_row closes[] = {
    {"empty", NULL, NULL, SAYS(""), WI_CLOSE_NONE_SENT},
    {"1000", NULL, NULL, SAYS("\003\350"), 1000},
    {"1003", NULL, NULL, SAYS("\003\353too much"), 1003},
    {"1007", NULL, NULL, SAYS("\003\357"), 1007},
    {"1014", NULL, NULL, SAYS("\003\366"), 1014},
    {"3000", NULL, NULL, SAYS("\013\270"), 3000},
    {"4999", NULL, NULL, SAYS("\023\207gr\303\274n"), 4999},
    {"one-byte", "WI-055", "one byte", SAYS("\003"), 0},
    {"one-zero", "WI-055", "one zero byte", SAYS("\0"), 0},
    {"0", "WI-056", "code 0", SAYS("\0\0"), 0},
    {"999", "WI-056", "code 999", SAYS("\003\347"), 0},
    {"1004", "WI-056", "code 1004", SAYS("\003\354"), 0},
    {"1005", "WI-056", "code 1005, which says that there is none", SAYS("\003\355"), 0},
    {"1006", "WI-056", "code 1006, which says that no close frame came", SAYS("\003\356"), 0},
    {"1015", "WI-056", "code 1015, which says that TLS failed", SAYS("\003\367"), 0},
    {"1016", "WI-056", "code 1016", SAYS("\003\370"), 0},
    {"2999", "WI-056", "code 2999", SAYS("\013\267"), 0},
    {"5000", "WI-056", "code 5000", SAYS("\023\210"), 0},
    {"65535", "WI-056", "code 65535", SAYS("\377\377"), 0},
    {"reason-ff", "WI-057", "the byte ff in the reason", SAYS("\003\350a\377"), 0},
    {"reason-cut", "WI-057", "the reason ends inside a character", SAYS("\003\350gr\303"), 0},
    {"reason-surrogate", "WI-057", "a surrogate in the reason", SAYS("\003\350\355\240\200"), 0},
};

static void add_payload(sheet *s, const payload_row *row, bool close)
{
    if (row->site)
        sheet_rejects(
            s,
            &(rejection){
                .slug = row->slug, .site = row->site, .mutation = row->mutation, .flag = "LooseFrame", .base = close ? "1000" : "ascii"});
    else
        sheet_accepts(s, row->slug, close ? "WI-055 WI-056 WI-057" : "WI-054");
    sheet_in(s, BYTES("payload", row->payload));
    if (close && !row->site)
        sheet_out(s, NUMBER("code", row->code));
}

static cJSON *payload_file(const prim *p, int close)
{
    sheet s = sheet_start(p, close ? "wi.close" : "wi.text", "vectors/wire/wire_scenarios", "00", checked_by_rfc);
    const payload_row *rows = close ? closes : texts;
    note_loose_frames(&s);
    sheet_group(&s, "frames", "wi:frames", "");
    for (size_t i = 0; i < (close ? sizeof closes : sizeof texts) / sizeof *rows; i++)
        add_payload(&s, &rows[i], close);
    return s.document;
}

const scenario_file wire_files[] = {{"wi.request.json", wire_file, 0, NULL},
                                    {"wi.upgrade.json", wire_file, 1, NULL},
                                    {"wi.answer.json", wire_file, 2, NULL},
                                    {"wi.frame.json", frame_file, 0, NULL},
                                    {"wi.text.json", payload_file, 0, NULL},
                                    {"wi.close.json", payload_file, 1, NULL},
                                    {0}};
