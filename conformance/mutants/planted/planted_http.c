#include "planted_http.h"
#include "base64.h"
#include "page.h"
#include "planted.h"
#include "planted_frames.h"
#include "prim.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/util.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

typedef struct head_filter {
    struct bufferevent *below;
    bool read, answered, silent, ok; /* ok: whatever the answer is, its status is 200 */
    bool extension, subprotocol;     /* asked for, and carelessly agreed to */
    const char *status;              /* of the answer instead of its own; NULL: its own */
    frame_stream in, out;
} head_filter;

/* ---- frames ---- */

static bool masks_always(const wi_frame *f)
{
    (void)f;
    return true;
}

static bool masks_never(const wi_frame *f)
{
    (void)f;
    return false;
}

static bool masks_control(const wi_frame *f) { return f->opcode >= WI_FRAME_CLOSE; }
static bool masks_all_but_pongs(const wi_frame *f) { return f->opcode != WI_FRAME_PONG; }
static bool masks_as_came_but_no_control(const wi_frame *f) { return f->masked && !masks_control(f); }

/* libevent reads 4 KiB at a time; one read of somebody else takes all that is there. */
static bool more_is_there(struct bufferevent *below)
{
    int n = 0;
    const bool reads_once = CARELESS(one_read_one_frame) || CARELESS(cut_frames_dropped) || CARELESS(client_one_read_one_frame) ||
                            CARELESS(client_cut_frames_dropped);
    return reads_once && ioctl(bufferevent_getfd(below), FIONREAD, &n) == 0 && n > 0;
}

static void pass(struct evbuffer *from, struct evbuffer *to, ev_ssize_t limit)
{
    evbuffer_remove_buffer(from, to, limit > 0 ? (size_t)limit : evbuffer_get_length(from));
}

static void pass_to_server(head_filter *f, struct evbuffer *from, struct evbuffer *to, ev_ssize_t limit)
{
    if (CARELESS(unmasked_taken))
        planted_remask(&f->in, from, to, masks_always);
    else if (planted_mends())
        planted_remask(&f->in, from, to, NULL);
    else if (CARELESS(one_read_one_frame) || CARELESS(cut_frames_dropped))
        planted_one_read(from, to, CARELESS(one_read_one_frame));
    else
        pass(from, to, limit);
}

/* ---- one line of the head ---- */

typedef struct head_seen {
    bool host, upgrade, key, connection;
    unsigned n; /* field lines */
} head_seen;

static bool is_field(const char *line, const char *name) { return strncasecmp(line, name, strlen(name)) == 0 && line[strlen(name)] == ':'; }

static bool is_needed(const char *line)
{
    return is_field(line, "Host") || is_field(line, "Upgrade") || is_field(line, "Connection") ||
           strncasecmp(line, "Sec-WebSocket-", 14) == 0;
}

static bool has_control(const char *line)
{
    for (; *line; line++)
        if ((unsigned char)*line < ' ' && *line != '\t')
            return true;
    return false;
}

static bool is_dropped(const char *line, const head_seen *seen)
{
    const char *colon = strchr(line, ':');
    return (CARELESS(folded_line) && line[0] == ' ') || (CARELESS(folded_by_tab) && line[0] == '\t') ||
           (CARELESS(chunks_passed_over) && is_field(line, "Transfer-Encoding")) ||
           (CARELESS(blank_in_name) && colon && colon > line && colon[-1] == ' ') || (CARELESS(control_in_value) && has_control(line)) ||
           (CARELESS(two_hosts) && seen->host && is_field(line, "Host")) ||
           (CARELESS(body_passed_over) && is_field(line, "Content-Length")) || (CARELESS(long_head) && !is_needed(line)) ||
           (CARELESS(many_fields) && line[0] == 'X' && line[2] >= '0' && line[2] <= '9');
}

static void put_request_line(page *out, char *line)
{
    char *target = strchr(line, ' '), *version = strrchr(line, ' ');
    if (!target || version == target) {
        page_printf(out, "%s\r\n", line);
        return;
    }
    *target++ = 0;
    *version++ = 0;
    while (CARELESS(two_blanks) && *target == ' ')
        target++;
    if (CARELESS(number_sign) && strchr(target, '#'))
        *strchr(target, '#') = 0;
    if (CARELESS(long_line) && strlen(target) > 3000)
        strchr(target, '&') ? (void)(*strchr(target, '&') = 0) : (void)0;
    page_printf(out, "%s %s %s\r\n", CARELESS(any_method) || (CARELESS(post_taken) && strcmp(line, "POST") == 0) ? "GET" : line, target,
                CARELESS(http_1_0) ? "HTTP/1.1" : version);
}

/* Whatever was asked, an upgrade was meant. */
static void put_an_upgrade(const char *head, page *out)
{
    char key[64] = "cGFybGV5LXBhcmxleS1wbA==";
    const char *at = strcasestr(head, "\r\nSec-WebSocket-Key:");
    if (!at || sscanf(at + strlen("\r\nSec-WebSocket-Key:"), " %63[^ \r\n]", key) != 1 || strlen(key) != 24)
        strcpy(key, "cGFybGV5LXBhcmxleS1wbA==");
    page_printf(out,
                "GET %s HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: parley.1\r\nSec-WebSocket-Key: %s\r\n\r\n",
                CARELESS(p1_any_upgrade) ? "/parley/1" : "/websocket", key);
}

/* A reader that is particular about how a field is written. */
static bool is_particular(const char *line)
{
    const char *colon = strchr(line, ':'), *value = colon ? colon + 1 + strspn(colon + 1, " ") : "";
    return (CARELESS(one_blank_wanted) && colon && strspn(colon + 1, " \t") != 1) ||
           (CARELESS(names_as_spelled) && strncmp(line, "sec-websocket-key", 17) == 0) ||
           (CARELESS(connection_exactly) && is_field(line, "Connection") && strcasecmp(value, "Upgrade") != 0) ||
           (CARELESS(upgrade_exactly) && is_field(line, "Upgrade") && strcmp(value, "websocket") != 0);
}

static void put_field(page *out, const char *line, head_seen *seen)
{
    if (++seen->n == 33 && CARELESS(few_fields))
        page_put(out, " too many\r\n");
    if (is_dropped(line, seen) || is_particular(line))
        return;
    const bool upgrade = is_field(line, "Upgrade"), key = is_field(line, "Sec-WebSocket-Key"), connection = is_field(line, "Connection");
    seen->host |= is_field(line, "Host");
    seen->upgrade |= upgrade;
    seen->key |= key;
    seen->connection |= connection;
    if (upgrade && CARELESS(any_upgrade))
        page_put(out, "Upgrade: websocket\r\n");
    else if (key && CARELESS(any_key) && strlen(line) != 43)
        page_put(out, "Sec-WebSocket-Key: cGFybGV5LXBhcmxleS1wbA==\r\n");
    else if (upgrade && CARELESS(upgrade_by_prefix) && strcasestr(line, ": websocket"))
        page_put(out, "Upgrade: websocket\r\n");
    else if (key && CARELESS(key_of_24_letters) && strlen(line) == 43 && strchr(line, '!'))
        page_put(out, "Sec-WebSocket-Key: cGFybGV5LXBhcmxleS1wbA==\r\n");
    else if (CARELESS(version_as_number) && is_field(line, "Sec-WebSocket-Version") && atoi(line + 22) == 13)
        page_put(out, "Sec-WebSocket-Version: 13\r\n");
    else if (CARELESS(version_12_taken) && is_field(line, "Sec-WebSocket-Version"))
        page_put(out, "Sec-WebSocket-Version: 13\r\n");
    else if (connection && CARELESS(any_connection))
        page_put(out, "Connection: Upgrade\r\n");
    else
        page_printf(out, "%s\r\n", line);
}

static void put_missing(page *out, const head_seen *seen)
{
    if (!seen->host && CARELESS(no_host))
        page_put(out, "Host: localhost\r\n");
    if (!seen->key && CARELESS(any_key))
        page_put(out, "Sec-WebSocket-Key: cGFybGV5LXBhcmxleS1wbA==\r\n");
}

/* ---- the head ---- */

static size_t head_length(const char *text, size_t n)
{
    const char *end = memmem(text, n, "\r\n\r\n", 4);
    return end ? (size_t)(end - text) + 4 : 0;
}

/* The status that refuses a head as too long, before it has to be; NULL: it is not. */
static const char *is_over_a_bound(const char *head)
{
    return CARELESS(head_of_8_k) && strlen(head) > 8192 ? "431" : CARELESS(line_of_2_k) && strcspn(head, "\r") > 2048 ? "414" : NULL;
}

static void mend(head_filter *f, char *head, page *out)
{
    head_seen seen = {0};
    f->status = is_over_a_bound(head);
    if (f->status) {
        page_put(out, "TOO LONG\r\n\r\n");
        return;
    }
    bool first = true;
    for (char *line = head, *end; (end = strchr(line, '\n')); line = end + 1) {
        const bool whole = end > line && end[-1] == '\r';
        if (!whole && !CARELESS(bare_lf)) { /* left to the strict reader */
            page_put_n(out, line, (size_t)(end + 1 - line));
            continue;
        }
        end[whole ? -1 : 0] = 0;
        f->ok |= (CARELESS(post_200) && strncmp(line, "POST", 4) == 0) || (CARELESS(number_sign_200) && strchr(line, '#')) ||
                 (CARELESS(connection_200) && is_field(line, "Connection") && strstr(line, "close")) ||
                 (CARELESS(blank_line_200) && first && !*line) || (CARELESS(fields_200) && strncmp(line, "X-63", 4) == 0);
        f->extension |= CARELESS(extension_agreed) && is_field(line, "Sec-WebSocket-Extensions");
        f->subprotocol |= CARELESS(subprotocol_agreed) && is_field(line, "Sec-WebSocket-Protocol");
        f->silent |= CARELESS(body_unanswered) && (is_field(line, "Content-Length") || is_field(line, "Transfer-Encoding"));
        if (!*line)
            put_missing(out, &seen);
        if (first)
            put_request_line(out, line);
        else if (!*line)
            page_put(out, "\r\n");
        else
            put_field(out, line, &seen);
        first = false;
    }
}

static enum bufferevent_filter_result on_input(struct evbuffer *from, struct evbuffer *to, ev_ssize_t limit,
                                               enum bufferevent_flush_mode mode, void *ctx)
{
    head_filter *f = ctx;
    (void)mode;
    if (f->read) {
        if (more_is_there(f->below))
            return BEV_NEED_MORE;
        pass_to_server(f, from, to, limit);
        return BEV_OK;
    }
    const size_t has = evbuffer_get_length(from);
    const size_t n = has ? head_length((const char *)evbuffer_pullup(from, -1), has) : 0;
    if (!n && CARELESS(one_read_one_head)) {
        evbuffer_add(to, "?\r\n\r\n", 5);
        return BEV_OK;
    }
    if (!n && has < 60000)
        return BEV_NEED_MORE;
    page out = {0};
    char *head = calloc(1, n + 1);
    must(head);
    evbuffer_remove(from, head, n);
    if (CARELESS(upgrades_everything) || CARELESS(p1_any_upgrade))
        put_an_upgrade(head, &out);
    else
        mend(f, head, &out);
    if (!f->silent)
        evbuffer_add(to, out.p, out.n);
    f->read = true;
    page_free(&out);
    free(head);
    return f->silent ? BEV_NEED_MORE : BEV_OK;
}

static void spoil_answer(uint8_t *text, size_t n)
{
    static const char name[] = "Sec-WebSocket-Accept: ";
    static char first[28];
    const char *accept = memmem(text, n, name, strlen(name));
    if (n > 12 && text[9] >= '4' && memcmp(text + 9, "503", 3) != 0)
        planted_refused();
    if (n > 12 && text[9] == '4' && CARELESS(bad_upgrades_are_403))
        memcpy(text + 9, "403", 3);
    if (!accept || !CARELESS(accept_of_the_first))
        return;
    if (!*first)
        memcpy(first, accept + strlen(name), sizeof first);
    memcpy((char *)accept + strlen(name), first, sizeof first);
}

/* What was offered is agreed to, behind the other fields. */
static void agree(const head_filter *f, struct evbuffer *out)
{
    const size_t n = evbuffer_get_length(out);
    uint8_t *text = evbuffer_pullup(out, -1);
    if ((!f->extension && !f->subprotocol) || n < 4 || memcmp(text + n - 4, "\r\n\r\n", 4) != 0)
        return;
    struct evbuffer *head = evbuffer_new();
    evbuffer_add(head, text, n - 2);
    evbuffer_drain(out, n);
    evbuffer_add_printf(head, "%s\r\n\r\n", f->extension ? "Sec-WebSocket-Extensions: permessage-deflate" : "Sec-WebSocket-Protocol: chat");
    evbuffer_add_buffer(out, head);
    evbuffer_free(head);
}

/* The frames behind the answer to the upgrade. */
static void mask_answers(head_filter *f, struct evbuffer *frames)
{
    struct evbuffer *mended = evbuffer_new();
    if (CARELESS(masks_as_a_client))
        planted_remask(&f->out, frames, mended, masks_always);
    else if (CARELESS(masks_its_pongs))
        planted_remask(&f->out, frames, mended, masks_control);
    else if (CARELESS(broken_frames_1000) || CARELESS(p1_broken_frames_1000))
        planted_remask(&f->out, frames, mended, masks_never);
    evbuffer_add_buffer(frames, mended);
    evbuffer_free(mended);
}

static enum bufferevent_filter_result on_output(struct evbuffer *from, struct evbuffer *to, ev_ssize_t limit,
                                                enum bufferevent_flush_mode mode, void *ctx)
{
    head_filter *f = ctx;
    (void)mode, (void)limit;
    uint8_t *text = evbuffer_pullup(from, -1);
    if (!f->answered && text && evbuffer_get_length(from) > 12 && CARELESS(version_400) && memcmp(text + 9, "426", 3) == 0)
        memcpy(text + 9, "400", 3);
    if (!f->answered && text && evbuffer_get_length(from) > 12 && f->ok)
        memcpy(text + 9, "200", 3);
    if (!f->answered && text && evbuffer_get_length(from) > 12 && CARELESS(heads_refused_by_500) && text[9] == '4')
        memcpy(text + 9, "500", 3);
    if (!f->answered && text && evbuffer_get_length(from) > 12 && f->status)
        memcpy(text + 9, f->status, 3);
    if (!f->answered && text) {
        spoil_answer(text, evbuffer_get_length(from));
        agree(f, from);
    }
    if (f->answered)
        mask_answers(f, from);
    f->answered |= text != NULL;
    if (evbuffer_get_length(to) == 0) /* written at once: whoever ends our side of the connection has nothing to wait for */
        evbuffer_write(from, bufferevent_getfd(f->below));
    evbuffer_add_buffer(to, from);
    return BEV_OK;
}

/* ---- the end: what is to be sent goes out, then our side ends, then the peer's ---- */

static void drop_input(struct bufferevent *bev, void *ctx)
{
    (void)ctx;
    evbuffer_drain(bufferevent_get_input(bev), evbuffer_get_length(bufferevent_get_input(bev)));
}

static void on_sent(struct bufferevent *bev, void *ctx)
{
    (void)ctx;
    if (evbuffer_get_length(bufferevent_get_output(bev)) == 0)
        shutdown(bufferevent_getfd(bev), SHUT_WR);
}

static void on_peer_ended(struct bufferevent *bev, short what, void *ctx)
{
    (void)what, (void)ctx;
    bufferevent_free(bev);
}

static void lingers(evutil_socket_t fd, short what, void *ctx)
{
    struct bufferevent *bev = ctx;
    (void)fd, (void)what;
    bufferevent_setcb(bev, drop_input, CARELESS(tcp_never_ended) ? NULL : on_sent, on_peer_ended, NULL);
    bufferevent_setwatermark(bev, EV_WRITE, 0, 0);
    bufferevent_enable(bev, EV_READ | EV_WRITE);
    drop_input(bev, NULL);
    if (!CARELESS(tcp_never_ended))
        on_sent(bev, NULL);
}

static void leave_below(void *ctx)
{
    head_filter *f = ctx;
    event_base_once(bufferevent_get_base(f->below), -1, EV_TIMEOUT, lingers, f->below, NULL);
    free(f);
}

struct bufferevent *planted_http(struct bufferevent *bev)
{
    head_filter *f = calloc(1, sizeof *f);
    must(f);
    f->below = bev;
    struct bufferevent *above = bufferevent_filter_new(bev, on_input, on_output, 0, leave_below, f);
    must(above);
    return above;
}

/* ---- a careless reader of the answer to an upgrade ---- */

typedef struct answer_filter {
    struct bufferevent *below;
    char accept[64];
    bool read, asked;
    frame_stream in, out;
} answer_filter;

static void pass_to_client(answer_filter *f, struct evbuffer *from, struct evbuffer *to, ev_ssize_t limit)
{
    if (CARELESS(masked_taken))
        planted_remask(&f->in, from, to, masks_never);
    else if (CARELESS(masked_pings_taken))
        planted_remask(&f->in, from, to, masks_as_came_but_no_control);
    else if (planted_mends())
        planted_remask(&f->in, from, to, NULL);
    else if (CARELESS(client_one_read_one_frame) || CARELESS(client_cut_frames_dropped))
        planted_one_read(from, to, CARELESS(client_one_read_one_frame));
    else
        pass(from, to, limit);
}

/* The frames behind the request. */
static void mask_requests(answer_filter *f, struct evbuffer *frames)
{
    struct evbuffer *mended = evbuffer_new();
    if (CARELESS(masks_nothing))
        planted_remask(&f->out, frames, mended, masks_never);
    else if (CARELESS(pongs_not_masked))
        planted_remask(&f->out, frames, mended, masks_all_but_pongs);
    else if (CARELESS(client_broken_frames_1000) || CARELESS(p1_client_broken_frames_1000))
        planted_remask(&f->out, frames, mended, NULL);
    evbuffer_add_buffer(frames, mended);
    evbuffer_free(mended);
}

static void note_key(answer_filter *f, const char *request)
{
    char key[64] = "", text[128];
    uint8_t digest[20];
    writer w = writer_of(f->accept, sizeof f->accept - 1);
    const char *at = strcasestr(request, "\r\nSec-WebSocket-Key:");
    if (!at || sscanf(at + strlen("\r\nSec-WebSocket-Key:"), " %63[^ \r\n]", key) != 1)
        return;
    snprintf(text, sizeof text, "%s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key);
    prim_sha1(span_text(text), digest);
    base64_write(&w, SPAN(digest));
}

static bool is_taken_loosely(const char *line)
{
    const char *colon = strchr(line, ':');
    return (CARELESS(answer_folded) && line[0] == ' ') || (CARELESS(answer_blank_in_name) && colon && colon > line && colon[-1] == ' ') ||
           (CARELESS(answer_control) && has_control(line)) || (CARELESS(answer_many_fields) && line[0] == 'X') ||
           (CARELESS(answer_of_any_length) && strncmp(line, "X-Long", 6) == 0) || (CARELESS(answer_bare_lf) && strchr(line, '\n')) ||
           (CARELESS(second_accept_passed_over) && strstr(line, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
}

/* Compared as text in any case, or as far as the answer goes. */
static bool accept_fits_loosely(const answer_filter *f, const char *line)
{
    const char *value = line + strcspn(line, ":") + 1;
    value += strspn(value, " ");
    return (CARELESS(accept_in_any_case) && strcasecmp(value, f->accept) == 0) ||
           (CARELESS(accept_as_far_as_it_goes) && strncmp(value, f->accept, strlen(value)) == 0);
}

static bool takes_status_by_prefix(const char *line)
{
    if (strncmp(line, "HTTP/1.1 101", 12) != 0)
        return false;
    return CARELESS(status_by_prefix) || (CARELESS(status_by_number_prefix) && line[12] >= '0' && line[12] <= '9');
}

static void put_answer_line(const answer_filter *f, page *out, const char *line, bool first)
{
    if (!first && *line && is_taken_loosely(line))
        return;
    if (CARELESS(answer_few_fields) && strncmp(line, "X-33", 4) == 0)
        line = " too many";
    if (first && CARELESS(status_line_of_any_length) && strlen(line) > 4096)
        line = "HTTP/1.1 101 Switching Protocols";
    if (CARELESS(answer_not_read)) {
        if (first)
            page_printf(out,
                        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        "Sec-WebSocket-Accept: %s\r\n",
                        f->accept);
        else if (!*line)
            page_put(out, "\r\n");
    } else if (first && CARELESS(interim_refused) && strncmp(line, "HTTP/1.1 10", 11) == 0 && line[11] != '1')
        page_put(out, "HTTP/1.1 500 Not a switch\r\n");
    else if (first && CARELESS(any_status))
        page_put(out, "HTTP/1.1 101 Switching Protocols\r\n");
    else if (first && takes_status_by_prefix(line))
        page_put(out, "HTTP/1.1 101 Switching Protocols\r\n");
    else if (CARELESS(accept_not_compared) && is_field(line, "Sec-WebSocket-Accept"))
        page_printf(out, "Sec-WebSocket-Accept: %s\r\n", f->accept);
    else if (is_field(line, "Sec-WebSocket-Accept") && accept_fits_loosely(f, line))
        page_printf(out, "Sec-WebSocket-Accept: %s\r\n", f->accept);
    else if (CARELESS(answer_upgrade_by_prefix) && strncasecmp(line, "Upgrade: websocket", 18) == 0)
        page_put(out, "Upgrade: websocket\r\n");
    else if (CARELESS(answer_connection_somewhere) && is_field(line, "Connection") && strcasestr(line, "upgrade"))
        page_put(out, "Connection: Upgrade\r\n");
    else if (CARELESS(connection_not_read) && is_field(line, "Connection"))
        page_put(out, "Connection: Upgrade\r\n");
    else if (CARELESS(upgrade_not_read) && is_field(line, "Upgrade"))
        page_put(out, "Upgrade: websocket\r\n");
    else if (!(CARELESS(extension_taken) && is_field(line, "Sec-WebSocket-Extensions")) &&
             !(CARELESS(subprotocol_taken) && is_field(line, "Sec-WebSocket-Protocol")))
        page_printf(out, "%s\r\n", line);
}

static enum bufferevent_filter_result on_answer(struct evbuffer *from, struct evbuffer *to, ev_ssize_t limit,
                                                enum bufferevent_flush_mode mode, void *ctx)
{
    answer_filter *f = ctx;
    (void)mode;
    if (f->read) {
        if (more_is_there(f->below))
            return BEV_NEED_MORE;
        pass_to_client(f, from, to, limit);
        return BEV_OK;
    }
    const size_t has = evbuffer_get_length(from);
    const size_t n = has ? head_length((const char *)evbuffer_pullup(from, -1), has) : 0;
    if (!n && has && CARELESS(client_one_read_one_head)) {
        evbuffer_add(to, "?\r\n\r\n", 5);
        return BEV_OK;
    }
    if (!n)
        return BEV_NEED_MORE;
    page out = {0};
    char *head = calloc(1, n + 1);
    must(head);
    evbuffer_remove(from, head, n);
    const bool skips = CARELESS(answer_blank_line) && head[0] == '\r';
    for (char *line = head + (skips ? 2 : 0), *end; (end = strstr(line, "\r\n")); line = end + 2) {
        *end = 0;
        put_answer_line(f, &out, line, out.n == 0);
    }
    evbuffer_add(to, out.p, out.n);
    f->read = CARELESS(answer_not_read) || strncmp(head, "HTTP/1.1 1", 10) != 0 || strncmp(head, "HTTP/1.1 101", 12) == 0;
    page_free(&out);
    free(head);
    if (f->read && CARELESS(drops_what_comes_with_the_head))
        evbuffer_drain(from, evbuffer_get_length(from));
    return BEV_OK;
}

static enum bufferevent_filter_result on_request(struct evbuffer *from, struct evbuffer *to, ev_ssize_t limit,
                                                 enum bufferevent_flush_mode mode, void *ctx)
{
    answer_filter *f = ctx;
    (void)mode, (void)limit;
    if (!f->asked && evbuffer_get_length(from)) {
        evbuffer_add(from, "", 1);
        note_key(f, (const char *)evbuffer_pullup(from, -1));
        f->asked = true;
        struct evbuffer *whole = evbuffer_new();
        evbuffer_remove_buffer(from, whole, evbuffer_get_length(from) - 1);
        evbuffer_drain(from, 1);
        evbuffer_add_buffer(to, whole);
        evbuffer_free(whole);
        return BEV_OK;
    }
    mask_requests(f, from);
    if (evbuffer_get_length(to) == 0)
        evbuffer_write(from, bufferevent_getfd(f->below));
    evbuffer_add_buffer(to, from);
    return BEV_OK;
}

struct bufferevent *planted_http_client(struct bufferevent *bev)
{
    answer_filter *f = calloc(1, sizeof *f);
    must(f);
    f->below = bev;
    struct bufferevent *above = bufferevent_filter_new(bev, on_answer, on_request, BEV_OPT_CLOSE_ON_FREE, free, f);
    must(above);
    return above;
}

int planted_connects(const ws_url *to)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)to->port)};
    const int on = 1;
    must(inet_pton(AF_INET, to->host, &at.sin_addr) == 1);
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    must(fd >= 0);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(fd, (struct sockaddr *)&at, sizeof at) != 0) {
        evutil_closesocket(fd);
        return -1;
    }
    evutil_make_socket_nonblocking(fd);
    return fd;
}
