#include "wire.h"

#include "base64.h"
#include "json.h"
#include "utf8.h"

/* ---- words ---- */

static uint8_t lower(uint8_t c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; }

static bool same_word(span s, const char *word)
{
    const span w = span_text(word);
    if (s.n != w.n)
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (lower(s.p[i]) != lower(w.p[i]))
            return false;
    return true;
}

/* RFC 9110 5.6.2 */
static bool is_token(span s)
{
    static const char others[] = "!#$%&'*+-.^_`|~";
    for (size_t i = 0; i < s.n; i++) {
        const uint8_t c = s.p[i];
        bool good = (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z');
        for (size_t k = 0; k < sizeof others - 1; k++)
            good |= c == (uint8_t)others[k];
        if (!good)
            return false;
    }
    return s.n > 0;
}

static bool is_blank(uint8_t c) { return c == ' ' || c == '\t'; }

static span without_blanks(span s)
{
    while (s.n && is_blank(s.p[0]))
        s = span_from(s, 1);
    while (s.n && is_blank(s.p[s.n - 1]))
        s.n--;
    return s;
}

/* The part up to the first `end`; *s then starts after it, and is empty when there is none. */
static span until(span *s, uint8_t end)
{
    size_t n = 0;
    while (n < s->n && s->p[n] != end)
        n++;
    const span part = span_first(*s, n);
    *s = span_from(*s, n + 1);
    return part;
}

/* The word is in a comma-separated list of tokens. */
static bool names(span list, const char *word)
{
    while (list.n)
        if (same_word(without_blanks(until(&list, ',')), word))
            return true;
    return false;
}

/* ---- the head ---- */

static bool ends_head(span in, size_t at) { return at + 4 <= in.n && bytes_equal(in.p + at, "\r\n\r\n", 4); }

size_t wi_head_length(span in)
{
    for (size_t at = 0; at < in.n && at <= WI_HEAD_MAX; at++)
        if (ends_head(in, at))
            return at + 4;
    return in.n > WI_HEAD_MAX ? in.n : in.n ? EMIT_OR(WI_044, 0, in.n) : 0;
}

/* The next line without its end; *rest then starts after it. */
static span take_line(span *rest)
{
    const span line = until(rest, '\n');
    return line.n && line.p[line.n - 1] == '\r' ? span_first(line, line.n - 1) : line;
}

/* Every CR is followed by an LF, every LF follows a CR, there is no NUL, and the one blank line is the last. */
static bool lines_are_lines(span head)
{
    if (head.n < 4 || !ends_head(head, head.n - 4))
        return false;
    for (size_t i = 0; i < head.n; i++) {
        if (head.p[i] == 0 || (head.p[i] == '\r' && (i + 1 == head.n || head.p[i + 1] != '\n')) ||
            (head.p[i] == '\n' && (i == 0 || head.p[i - 1] != '\r')))
            return false;
        if (i > 0 && i + 4 < head.n && ends_head(head, i))
            return false;
    }
    return true;
}

static bool is_field_value(span s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((s.p[i] < 0x20 && s.p[i] != '\t') || s.p[i] == 0x7f)
            return false;
    return true;
}

static verdict read_field(span line, wi_field *out)
{
    REQUIRE(!is_blank(line.n ? line.p[0] : 0), WI_005);
    span rest = without_blanks(line);
    const span whole = rest, name = until(&rest, ':');
    REQUIRE(is_token(name) && name.n < whole.n, WI_006);
    REQUIRE(is_field_value(rest), WI_007);
    *out = (wi_field){name, without_blanks(rest)};
    return ACCEPT;
}

static verdict read_head(span head, wi_head *out)
{
    span rest = head;
    *out = (wi_head){.start = take_line(&rest)};
    const bool blank_first = out->start.n == 0;
    if (blank_first)
        out->start = take_line(&rest);
    REQUIRE(out->start.n <= WI_LINE_MAX, WI_002);
    REQUIRE(head.n <= WI_HEAD_MAX, WI_001);
    REQUIRE(lines_are_lines(head), WI_003);
    REQUIRE(!blank_first, WI_004);
    for (span line = take_line(&rest); line.n; line = take_line(&rest)) {
        wi_field field;
        TRY(read_field(line, &field));
        REQUIRE(out->n < WI_FIELDS_MAX, WI_008);
        if (WEAKENED(WI_008) && out->n == WI_FIELDS_MAX)
            continue;
        out->field[out->n++] = field;
    }
    return ACCEPT;
}

size_t wi_find(const wi_head *h, const char *name, span *value)
{
    size_t found = 0;
    *value = EMPTY;
    for (size_t i = 0; i < h->n; i++)
        if (same_word(h->field[i].name, name)) {
            *value = h->field[i].value;
            found++;
        }
    return found;
}

/* The word is in the list of some field of this name. */
static bool field_names(const wi_head *h, const char *name, const char *word)
{
    for (size_t i = 0; i < h->n; i++)
        if (same_word(h->field[i].name, name) && names(h->field[i].value, word))
            return true;
    return false;
}

/* ---- the request ---- */

static bool is_target(span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] <= 0x20 || s.p[i] >= 0x7f || s.p[i] == '#')
            return false;
    return s.n && s.p[0] == '/';
}

static bool has_body(const wi_head *h)
{
    span value;
    return wi_find(h, "Transfer-Encoding", &value) || wi_find(h, "Content-Length", &value);
}

verdict wi_read_request(span head, wi_head *out)
{
    span value;
    TRY(read_head(head, out));
    span rest = out->start;
    out->method = until(&rest, ' ');
    out->target = until(&rest, ' ');
    out->version = until(&rest, ' ');
    size_t spaces = 0;
    for (size_t i = 0; i < out->start.n; i++)
        spaces += out->start.p[i] == ' ';
    REQUIRE(spaces == 2 && out->method.n && out->target.n && out->version.n, WI_009);
    REQUIRE(is_token(out->method), WI_010);
    REQUIRE(is_target(out->target), WI_011);
    REQUIRE(span_is(out->version, "HTTP/1.1"), WI_012);
    REQUIRE(wi_find(out, "Host", &value) == 1, WI_013);
    REQUIRE(!has_body(out), WI_014);
    return ACCEPT;
}

/* ---- the upgrade ---- */

static bool is_key(span text)
{
    uint8_t room[WI_NONCE + 2];
    writer nonce = WRITER(room);
    return base64_read(text, &nonce) && nonce.n == WI_NONCE;
}

static bool lists(const wi_head *h, span protocol)
{
    span value;
    if (wi_find(h, "Sec-WebSocket-Protocol", &value) != 1)
        return false;
    while (value.n)
        if (span_same(without_blanks(until(&value, ',')), protocol))
            return true;
    return false;
}

verdict wi_judge_upgrade(const wi_head *h, span protocol, span *key)
{
    span version;
    REQUIRE(span_is(h->method, "GET"), WI_015);
    REQUIRE(field_names(h, "Upgrade", "websocket"), WI_016);
    REQUIRE(field_names(h, "Connection", "upgrade"), WI_017);
    REQUIRE(wi_find(h, "Sec-WebSocket-Version", &version) == 1 && span_is(version, "13"), WI_018);
    REQUIRE(wi_find(h, "Sec-WebSocket-Key", key) == 1 && is_key(*key), WI_019);
    REQUIRE(protocol.n == 0 || lists(h, protocol), WI_036);
    return ACCEPT;
}

unsigned wi_refusal_status(verdict v) { return stated_outcome(v)->code; }

/* The value of Sec-WebSocket-Accept for this key. */
static void write_accept(span key, writer *out)
{
    static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    uint8_t joined[128], hash[20];
    writer w = WRITER(joined);
    write_span(&w, key);
    write_text(&w, guid);
    prim_sha1(written(&w), hash);
    base64_write(out, SPAN(hash));
}

static void write_protocol(span protocol, writer *out)
{
    write_text(out, protocol.n ? "\r\nSec-WebSocket-Protocol: " : "");
    write_span(out, protocol);
}

void wi_write_upgrade_answer(span key, span protocol, writer *out)
{
    write_text(out, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ");
    write_accept(EMIT(WI_020, key), out);
    write_protocol(EMIT(WI_037, protocol), out);
    write_text(out, EMIT_OR(WI_021, "\r\n\r\n", "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n"));
}

static const char *status_text(unsigned status)
{
    switch (status) {
    case 200: return "OK";
    case 400: return "Bad Request";
    case 404: return "Not Found";
    case 414: return "URI Too Long";
    case 426: return "Upgrade Required";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 503: return "Service Unavailable";
    default: return "Status";
    }
}

void wi_write_answer(unsigned status, const char *body, writer *out)
{
    write_text(out, "HTTP/1.1 ");
    json_write_int(out, status);
    write_text(out, " ");
    write_text(out, status_text(status));
    write_text(out, status == 426 ? "\r\nSec-WebSocket-Version: 13" : "");
    write_text(out, "\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: ");
    json_write_int(out, (int64_t)span_text(body).n);
    write_text(out, "\r\n\r\n");
    write_text(out, body);
}

/* ---- the client's side ---- */

void wi_write_upgrade(span host, span target, span protocol, const uint8_t nonce[WI_NONCE], writer *out)
{
    write_text(out, "GET ");
    write_span(out, target);
    write_text(out, " HTTP/1.1\r\nHost: ");
    write_span(out, host);
    write_text(out, "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ");
    base64_write(out, span_of(nonce, WI_NONCE));
    write_protocol(EMIT(WI_038, protocol), out);
    write_text(out, "\r\n\r\n");
}

static bool fits_key(span value, const uint8_t nonce[WI_NONCE])
{
    uint8_t key_room[32], accept_room[32];
    writer key = WRITER(key_room), accept = WRITER(accept_room);
    base64_write(&key, span_of(nonce, WI_NONCE));
    write_accept(written(&key), &accept);
    return span_same(value, written(&accept));
}

static bool says_101(span line) { return span_is(span_first(line, 12), "HTTP/1.1 101") && (line.n == 12 || line.p[12] == ' '); }

static bool is_digit(uint8_t c) { return c >= '0' && c <= '9'; }

/* A status of three digits, 1xx but not 101. Any other status line is left to the check of the final answer. */
static bool says_interim(span head)
{
    const bool whole = head.n == 12 || (head.n > 12 && (head.p[12] == ' ' || head.p[12] == '\r'));
    return whole && is_digit(head.p[10]) && is_digit(head.p[11]) && span_is(span_first(head, 10), "HTTP/1.1 1") &&
           !span_is(span_first(head, 12), "HTTP/1.1 101");
}

bool wi_is_interim(span head) { return EMIT_OR(WI_033, says_interim(head), false); }

/* Whatever is chosen has been offered. */
static bool chooses_offered(const wi_head *h, span protocol)
{
    span value = EMPTY;
    return wi_find(h, "Sec-WebSocket-Protocol", &value) == 0 || (protocol.n > 0 && span_same(value, protocol));
}

static bool chooses(const wi_head *h)
{
    span value;
    return wi_find(h, "Sec-WebSocket-Protocol", &value) == 1;
}

verdict wi_judge_upgrade_answer(span head, span protocol, const uint8_t nonce[WI_NONCE])
{
    wi_head h;
    span value;
    TRY(read_head(head, &h));
    REQUIRE(says_101(h.start), WI_022);
    REQUIRE(field_names(&h, "Upgrade", "websocket"), WI_023);
    REQUIRE(field_names(&h, "Connection", "upgrade"), WI_024);
    REQUIRE(wi_find(&h, "Sec-WebSocket-Accept", &value) == 1 && fits_key(value, nonce), WI_025);
    REQUIRE(wi_find(&h, "Sec-WebSocket-Extensions", &value) == 0, WI_026);
    REQUIRE(chooses_offered(&h, protocol), WI_027);
    REQUIRE(protocol.n == 0 || chooses(&h), WI_039);
    return ACCEPT;
}

/* ---- frames ---- */

static size_t extended_length(unsigned short_length) { return short_length == 126 ? 2 : short_length == 127 ? 8 : 0; }

/* The second byte says how many there are. */
size_t wi_frame_head_length(span in)
{
    const size_t n = in.n < 2 ? WI_FRAME_HEAD_MAX : 2 + extended_length(in.p[1] & 127) + (in.p[1] & 128 ? 4 : 0);
    return in.n < n ? EMIT_OR(WI_045, 0, in.n) : n;
}

static uint64_t read_length(reader *in, unsigned short_length, bool *shortest)
{
    static const uint64_t least[] = {[0] = 0, [2] = 126, [8] = 65536};
    const size_t bytes = extended_length(short_length);
    const uint64_t n = bytes ? read_be(in, bytes) : short_length;
    *shortest = n >= least[bytes];
    return n;
}

static bool is_control(unsigned opcode) { return opcode >= WI_FRAME_CLOSE; }
static bool is_known(unsigned opcode) { return opcode <= WI_FRAME_BINARY || (is_control(opcode) && opcode <= WI_FRAME_PONG); }
static bool begins_message(unsigned opcode) { return opcode == WI_FRAME_TEXT || opcode == WI_FRAME_BINARY; }

static void read_frame_head(span head, wi_frame *out)
{
    reader in = reader_of(head);
    const unsigned first = (unsigned)read_be(&in, 1), second = (unsigned)read_be(&in, 1);
    *out = (wi_frame){.last = first & 128, .reserved = first & 0x70, .masked = second & 128, .opcode = first & 15};
    out->n = read_length(&in, second & 127, &out->shortest);
    span_take(read_bytes(&in, out->masked ? 4 : 0), out->mask, sizeof out->mask);
}

verdict wi_read_frame_head(span head, bool from_client, bool unfinished, wi_frame *out)
{
    read_frame_head(head, out);
    const bool control = is_control(out->opcode);
    REQUIRE(out->masked || !from_client, WI_042);
    REQUIRE(!out->masked || from_client, WI_043);
    REQUIRE(!out->reserved, WI_046);
    REQUIRE(is_known(out->opcode), WI_047);
    REQUIRE(out->shortest, WI_048);
    REQUIRE(out->n <= INT64_MAX, WI_049);
    REQUIRE(!control || out->n <= WI_CONTROL_MAX, WI_050);
    REQUIRE(!control || out->last, WI_051);
    REQUIRE(!begins_message(out->opcode) || !unfinished, WI_052);
    REQUIRE(out->opcode != WI_FRAME_CONTINUATION || unfinished, WI_053);
    return ACCEPT;
}

verdict wi_judge_text(span message)
{
    REQUIRE(is_utf8(message), WI_054);
    return ACCEPT;
}

bool wi_message_is_whole(bool last, bool at_end) { return EMIT_OR(WI_058, last, last || at_end); }

bool wi_masks(bool server) { return server ? EMIT_OR(WI_041, false, true) : EMIT_OR(WI_040, true, false); }

/* ---- control frames ---- */

static bool may_be_sent(unsigned code)
{
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

verdict wi_read_close(span payload, unsigned *code)
{
    reader in = reader_of(span_first(payload, 2));
    REQUIRE(payload.n != 1, WI_055);
    *code = payload.n >= 2 ? (unsigned)read_be(&in, 2) : WI_CLOSE_NONE_SENT;
    REQUIRE(payload.n < 2 || may_be_sent(*code), WI_056);
    REQUIRE(is_utf8(span_from(payload, 2)), WI_057);
    return ACCEPT;
}

unsigned wi_control_answer(unsigned opcode)
{
    if (opcode == WI_FRAME_CLOSE)
        return EMIT_OR(WI_034, WI_FRAME_CLOSE, 0);
    if (opcode == WI_FRAME_PING)
        return EMIT_OR(WI_035, WI_FRAME_PONG, 0);
    return 0;
}

/* ---- waiting ---- */

unsigned wi_wait_seconds(wi_wait what)
{
    static const unsigned seconds[WI_WAITS] = {
        [WI_WAIT_UPGRADE] = 10, [WI_WAIT_SESSION] = 10, [WI_WAIT_MESSAGE] = 300, [WI_WAIT_CLOSE] = 5, [WI_WAIT_READER] = 30};
    must(what < WI_WAITS);
    return seconds[what];
}

static bool too_long(wi_wait what, wi_wait kind, unsigned passed) { return what == kind && passed >= wi_wait_seconds(kind); }

verdict wi_judge_wait(wi_wait what, unsigned passed)
{
    REQUIRE(!too_long(what, WI_WAIT_UPGRADE, passed), WI_028);
    REQUIRE(!too_long(what, WI_WAIT_SESSION, passed), WI_029);
    REQUIRE(!too_long(what, WI_WAIT_MESSAGE, passed), WI_030);
    REQUIRE(!too_long(what, WI_WAIT_CLOSE, passed), WI_031);
    REQUIRE(!too_long(what, WI_WAIT_READER, passed), WI_032);
    return ACCEPT;
}
