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

static const struct frame_row {
    const char *slug, *site, *mutation, *from, *head;
    unsigned opcode;
    int64_t n;
    bool more; /* the message goes on in another frame */
} frames[] = {
    {"client", NULL, NULL, "client", "82854a6f7921", 2, 5, false},
    {"client-ping", NULL, NULL, "client", "89804a6f7921", 9, 0, false},
    {"client-16-bits", NULL, NULL, "client", "02fe01004a6f7921", 2, 256, true},
    {"client-64-bits", NULL, NULL, "client", "82ff00000000000100004a6f7921", 2, 65536, false},
    {"zero-mask", NULL, NULL, "client", "828500000000", 2, 5, false},
    {"server", NULL, NULL, "server", "8205", 2, 5, false},
    {"server-close", NULL, NULL, "server", "8802", 8, 2, false},
    {"server-16-bits", NULL, NULL, "server", "827e0100", 2, 256, false},
    {"server-64-bits", NULL, NULL, "server", "007f0000000000010000", 0, 65536, true},
    {"unmasked", "WI-042", "a client's frame without a mask", "client", "8205", 0, 0, false},
    {"unmasked-ping", "WI-042", "a client's ping without a mask", "client", "8900", 0, 0, false},
    {"unmasked-16-bits", "WI-042", "a client's frame of 256 bytes without a mask", "client", "827e0100", 0, 0, false},
    {"masked", "WI-043", "a server's frame with a mask", "server", "82854a6f7921", 0, 0, false},
    {"masked-ping", "WI-043", "a server's ping with a mask", "server", "89804a6f7921", 0, 0, false},
    {"masked-by-zeros", "WI-043", "a server's frame with a mask of zeros", "server", "828500000000", 0, 0, false},
};

static void add_frame(sheet *s, const struct frame_row *row)
{
    uint8_t room[WI_FRAME_HEAD_MAX];
    writer head = WRITER(room);
    must(read_hex(span_text(row->head), &head));
    if (row->site)
        sheet_rejects(
            s, &(rejection){.slug = row->slug, .site = row->site, .mutation = row->mutation, .flag = "LooseMask", .base = row->from});
    else
        sheet_accepts(s, row->slug, strcmp(row->from, "client") == 0 ? "WI-042" : "WI-043");
    sheet_in(s, TEXT("from", row->from));
    sheet_in(s, BYTES("head", written(&head)));
    if (row->site)
        return;
    sheet_out(s, NUMBER("opcode", row->opcode));
    sheet_out(s, NUMBER("n", row->n));
    sheet_out(s, BOOLEAN("last", !row->more));
}

static cJSON *frame_file(const prim *p, int unused)
{
    static const char *const checked_by[] = {"rfc6455", "audit", NULL};
    sheet s = sheet_start(p, "wi.frame", "vectors/wire/wire_scenarios", "00", checked_by);
    (void)unused;
    sheet_note(&s, "LooseMask", "PARSER", "What a client sends stands in clear in caches between the two, or the wrong end is talked to.",
               "WI-042");
    sheet_group(&s, "frames", "wi:frames", "");
    for (size_t i = 0; i < sizeof frames / sizeof *frames; i++)
        add_frame(&s, &frames[i]);
    return s.document;
}

const scenario_file wire_files[] = {{"wi.request.json", wire_file, 0, NULL},
                                    {"wi.upgrade.json", wire_file, 1, NULL},
                                    {"wi.answer.json", wire_file, 2, NULL},
                                    {"wi.frame.json", frame_file, 0, NULL},
                                    {0}};
