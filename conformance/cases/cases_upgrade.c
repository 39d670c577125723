/* Server: admission (confer, section 1) and the upgrade (chapter wire). */
#include "cases.h"

#include "base64.h"

#include <stdio.h>
#include <string.h>

/* ---- the first case: whoever fails it is not measured further ---- */

static void pings(peer_connection *peer) { judge_pong(peer, 7, VERDICT); }

/* ---- heads of HTTP ---- */

typedef struct head {
    bool small;                                                                       /* the names of the fields in small letters */
    const char *method, *version, *host, *upgrade, *connection, *number, *key, *more; /* NULL: as it should be; "": left out */
    const char *before;                                                               /* the request line */
    const char *suffix;                                                               /* after the target */
    bool tight;                                                                       /* no blank behind the colons */
    size_t pad;                                                                       /* that many bytes more in the target */
    size_t fill;                                                                      /* a field with that many bytes more */
    size_t line, whole;                                                               /* padded to so many bytes in all; 0: not */
    size_t fields;                                                                    /* that many field lines more */
    unsigned status;                                                                  /* that the refusal has; 0: any */
} head;

static void put_field(page *out, const head *h, const char *name, const char *given, const char *proper)
{
    const size_t at = out->n;
    if (given && !*given)
        return;
    page_printf(out, "%s:%s%s\r\n", name, h->tight ? "" : " ", given ? given : proper);
    for (size_t i = at; h->small && out->p[i] != ':'; i++)
        out->p[i] |= out->p[i] == '-' ? 0 : 0x20;
}

static size_t rest_of(size_t whole, size_t has) { return whole > has ? whole - has : 0; }

static void put_head(const trial *t, const head *h, const char *target, page *out)
{
    char host[300];
    snprintf(host, sizeof host, "%s:%u", t->run->url.host, t->run->url.port);
    page_printf(out, "%s%s %s", h->before ? h->before : "", h->method ? h->method : "GET", target);
    const size_t short_by = rest_of(h->line, out->n + strlen(" HTTP/1.1"));
    for (size_t i = 0; i < h->pad + short_by; i++)
        page_put(out, i ? "a" : "&");
    page_printf(out, "%s %s\r\n", h->suffix ? h->suffix : "", h->version ? h->version : "HTTP/1.1");
    put_field(out, h, "Host", h->host, host);
    put_field(out, h, "Upgrade", h->upgrade, "websocket");
    put_field(out, h, "Connection", h->connection, "Upgrade");
    put_field(out, h, "Sec-WebSocket-Version", h->number, "13");
    put_field(out, h, "Sec-WebSocket-Key", h->key, "cGFybGV5LXBhcmxleS1wbA==");
    for (size_t i = 0; i < h->fields; i++)
        page_printf(out, "X-%zu: 1\r\n", i);
    const size_t fill = h->fill + rest_of(h->whole, out->n + strlen("X-Long:\r\n\r\n"));
    for (size_t i = 0; i < fill; i++)
        page_put(out, i ? "a" : "X-Long: ");
    page_printf(out, "%s%s\r\n", fill ? "\r\n" : "", h->more ? h->more : "");
}

static void request_upgrade(trial *t, const head *h, const char *target, http_answer *a)
{
    page request = {0};
    put_head(t, h, target, &request);
    trial_http(t, t->run->url.host, t->run->url.port, span_of(request.p, request.n), a);
    page_free(&request);
}

/* A connection that breaks off without an answer refuses nothing that its peer could understand, and 200 is no refusal. */
static bool is_refusal(const http_answer *a) { return a->status >= 400 && a->status <= 599; }

static unsigned what_it_did(const http_answer *a) { return a->status == 101 ? DEPLOYED_TAKES : is_refusal(a) ? DEPLOYED_ANSWERS : AGREES; }

static void judge_refusal(trial *t, const http_answer *a, unsigned status)
{
    trial_saw(t, what_it_did(a));
    judge(t, VERDICT, is_refusal(a), "an HTTP answer that refuses", a->status ? "HTTP %u" : "no answer", a->status);
    if (t->row->req[REASON] && is_refusal(a)) {
        char want[32];
        snprintf(want, sizeof want, "HTTP %u", status);
        judge(t, REASON, a->status == status, want, "HTTP %u", a->status);
    }
    judge_alive(t);
}

static void wrong_head(trial *t)
{
    const head *h = t->row->with;
    char room[8192];
    http_answer a;
    request_upgrade(t, h, trial_target(t, NULL, room, sizeof room), &a);
    judge_refusal(t, &a, h->status);
    http_answer_free(&a);
}

static void right_head(trial *t)
{
    char room[8192];
    http_answer a;
    request_upgrade(t, t->row->with, trial_target(t, NULL, room, sizeof room), &a);
    judge(t, VERDICT, a.status == 101, "HTTP 101", "HTTP %u", a.status);
    http_answer_free(&a);
}

/* Inside the method and the blank line. */
static void head_in_pieces(trial *t)
{
    static const head honest;
    static const int cuts[] = {1, 60, -3, -2, -1, 0};
    char room[8192];
    http_answer a;
    t->cuts = cuts;
    request_upgrade(t, &honest, trial_target(t, NULL, room, sizeof room), &a);
    judge(t, VERDICT, a.status == 101, "HTTP 101", a.status ? "HTTP %u" : "no answer", a.status);
    http_answer_free(&a);
}

static void answers_the_key(trial *t)
{
    uint8_t digest[20], room[64] = {0};
    char field[128], target[8192];
    writer accept = writer_of(room, sizeof room - 1);
    http_answer a;
    prim_sha1(span_text("cGFybGV5LXBhcmxleS1wbA==258EAFA5-E914-47DA-95CA-C5AB0DC85B11"), digest);
    base64_write(&accept, SPAN(digest));
    snprintf(field, sizeof field, "\r\nSec-WebSocket-Accept: %s\r\n", (const char *)room);
    request_upgrade(t, t->row->with, trial_target(t, NULL, target, sizeof target), &a);
    judge(t, VERDICT, a.status == 101, "HTTP 101", "HTTP %u", a.status);
    const char *text = a.text.p ? a.text.p : "";
    judge(t, WIRE,
          strcasestr(text, field) && !strcasestr(text, "\r\nSec-WebSocket-Extensions:") && !strcasestr(text, "\r\nSec-WebSocket-Protocol:"),
          "the Sec-WebSocket-Accept that fits the key, no extension, no subprotocol", "%s",
          strcasestr(text, field) ? "an extension or a subprotocol" : "another one or none");
    http_answer_free(&a);
}

static void answers_health_check(trial *t)
{
    char request[512];
    http_answer a;
    snprintf(request, sizeof request, "GET /v1/ping HTTP/1.1\r\nHost: %s:%u\r\nConnection: close\r\n\r\n", t->run->url.host,
             t->run->url.port);
    trial_http(t, t->run->url.host, t->run->url.port, span_text(request), &a);
    judge(t, VERDICT, a.status == 200, "HTTP 200", "HTTP %u", a.status);
    judge(t, WIRE, a.body_at && strcmp(a.text.p + a.body_at, "PONG") == 0, "PONG", "%.100s", a.body_at ? a.text.p + a.body_at : "nothing");
    http_answer_free(&a);
}

/* ---- tokens ---- */

enum {
    WRONG_KEY = 1,
    OTHER_CLAIMS = 2,
    CUT = 4,
    PADDED = 8,
    FOURTH_PART = 16,
    TWO_PARTS = 32,
    UNSIGNED = 64,
    PADDED_TWICE = 128,
    EMPTY_KEY = 256
};

typedef struct token {
    const char *header; /* NULL: alg HS256 */
    const char *claims; /* `@` and a signed number stand for the time so many seconds from now */
    int flaw;
    const char *raw; /* this instead of a token */
} token;

static void put_claims(const trial *t, const char *claims, writer *out)
{
    while (*claims) {
        if (*claims != '@') {
            write_be(out, (uint8_t)*claims++, 1);
            continue;
        }
        int shift = 0, n = 0;
        sscanf(++claims, "%d%n", &shift, &n);
        json_write_int(out, t->run->now + shift);
        claims += n;
    }
}

static void put_token(const trial *t, const token *k, writer *out)
{
    uint8_t mac[PRIM_HASH_MAX], key[128], room[2048];
    writer claims = WRITER(room);
    const size_t from = out->n;
    const size_t n_key = t->run->pack->token_key.n;
    span_take(t->run->pack->token_key, key, sizeof key);
    key[n_key - 1] ^= (k->flaw & WRONG_KEY) != 0;
    put_claims(t, k->claims, &claims);
    base64url_write(out, span_text(k->header ? k->header : "{\"alg\":\"HS256\",\"typ\":\"JWT\"}"));
    write_text(out, ".");
    base64url_write(out, written(&claims));
    const span signed_text = span_of(out->p + from, out->n - from);
    t->run->prim->hmac(PRIM_SHA256, span_of(key, k->flaw & EMPTY_KEY ? 0 : n_key), &signed_text, 1, mac);
    if (k->flaw & OTHER_CLAIMS)
        out->p[out->n - 6] ^= 1; /* another letter of the alphabet, and other claims with the same signature */
    if (k->flaw & TWO_PARTS)
        return;
    write_text(out, ".");
    if (!(k->flaw & UNSIGNED))
        base64url_write(out, span_of(mac, k->flaw & CUT ? 31 : 32));
    write_text(out, k->flaw & PADDED ? "=" : k->flaw & PADDED_TWICE ? "==" : k->flaw & FOURTH_PART ? ".e30" : "");
}

static const char *token_target(const trial *t, const token *k, char *room, size_t n)
{
    uint8_t text[4096] = {0};
    writer w = writer_of(text, sizeof text - 1);
    if (!k->raw)
        put_token(t, k, &w);
    return trial_target(t, k->raw ? k->raw : (const char *)text, room, n);
}

static void wrong_token(trial *t)
{
    static const head honest;
    char room[8192];
    http_answer a;
    request_upgrade(t, &honest, token_target(t, t->row->with, room, sizeof room), &a);
    trial_saw(t, what_it_did(&a));
    judge(t, VERDICT, is_refusal(&a), "an HTTP answer that refuses", a.status ? "HTTP %u" : "no answer", a.status);
    if (is_refusal(&a))
        judge(t, REASON, a.status == 500 && a.body_at == a.text.n, "HTTP 500 with an empty body", "HTTP %u, %zu bytes of body", a.status,
              a.text.n - a.body_at);
    judge_alive(t);
    http_answer_free(&a);
}

/* Several in one case, of which each is near to a good one; the last has no claims. */
static void each_wrong_token(trial *t)
{
    char room[8192];
    for (const token *k = t->row->with; k->claims && !t->over; k++) {
        static const head honest;
        http_answer a;
        request_upgrade(t, &honest, token_target(t, k, room, sizeof room), &a);
        judge(t, VERDICT, is_refusal(&a), "an HTTP answer that refuses", a.status ? "HTTP %u: %s %s" : "no answer", a.status,
              k->header ? k->header : "", k->claims);
        http_answer_free(&a);
    }
    judge_alive(t);
}

static void right_token(trial *t)
{
    char room[8192];
    peer_connection *peer = peer_connects(t, token_target(t, t->row->with, room, sizeof room));
    if (judge(t, VERDICT, peer->up, "the upgrade is accepted", "%s", peer_ending(peer))) {
        peer_completes_handshake(peer);
        judge_pong(peer, 1, VERDICT);
    }
}

static void without_token(trial *t)
{
    static const head honest;
    const char *target = t->row->with;
    http_answer a;
    request_upgrade(t, &honest, target, &a);
    judge_refusal(t, &a, 500);
    http_answer_free(&a);
}

static void good_token_elsewhere(trial *t)
{
    static const head honest;
    char room[8192], target[8300];
    http_answer a;
    snprintf(target, sizeof target, "%s%s", (const char *)t->row->with, strstr(trial_target(t, NULL, room, sizeof room), "token=") + 6);
    request_upgrade(t, &honest, target, &a);
    judge_refusal(t, &a, 500);
    http_answer_free(&a);
}

static void token_behind_others(trial *t)
{
    char room[8192], target[8300];
    const char *good = strstr(trial_target(t, NULL, room, sizeof room), "token=");
    snprintf(target, sizeof target, "%.*slang=en&tokens=none&%s", (int)(good - room), room, good);
    peer_connection *peer = peer_connects(t, target);
    judge(t, VERDICT, peer->up, "the upgrade is accepted", "%s", peer_ending(peer));
}

/* The first value counts: a good token after a bad one, and the other way round. */
static void two_tokens(trial *t)
{
    const bool good_first = t->row->with != NULL;
    char room[8192], target[16384];
    const char *good = strstr(trial_target(t, NULL, room, sizeof room), "token=");
    snprintf(target, sizeof target, "%.*s%s&%s", (int)(good - room), room, good_first ? good : "token=e30.e30.e30",
             good_first ? "token=e30.e30.e30" : good);
    peer_connection *peer = peer_connects(t, target);
    const bool refused = peer->end.how == WS_REFUSED && peer->end.status >= 400;
    judge(t, VERDICT, good_first ? peer->up : refused, good_first ? "the upgrade is accepted" : "the upgrade is refused", "%s",
          peer_ending(peer));
    judge_alive(t);
}

static void other_path(trial *t)
{
    static const head honest;
    const char *path = t->row->with;
    char room[8192], target[8300];
    http_answer a;
    const char *query = strchr(trial_target(t, NULL, room, sizeof room), '?');
    snprintf(target, sizeof target, "%s%s", path, query);
    request_upgrade(t, &honest, target, &a);
    judge_refusal(t, &a, 0);
    http_answer_free(&a);
}

/* ---- tokens beside a good one, which the server has just taken ---- */

static unsigned status_for(trial *t, const char *token)
{
    static const head honest;
    char room[8192];
    http_answer a;
    request_upgrade(t, &honest, trial_target(t, token, room, sizeof room), &a);
    const unsigned status = a.status;
    http_answer_free(&a);
    return status;
}

/* The claims' last member is this number, so that each token is another one. */
static void put_numbered_token(const trial *t, int number, char token[1024])
{
    char claims[128];
    writer w = writer_of(token, 1023);
    memset(token, 0, 1024);
    snprintf(claims, sizeof claims, "{\"iss\":\"kerf\",\"sub\":\"u\",\"exp\":@+60,\"n\":%d}", number);
    put_token(t, &(const struct token){.claims = claims}, &w);
}

/* Another signature, or other claims before the same one. */
static void sign_otherwise(const char *token, span mac, char out[1024])
{
    writer w = writer_of(out, 1023);
    memset(out, 0, 1024);
    write_span(&w, span_of(token, (size_t)(strrchr(token, '.') - token) + 1));
    base64url_write(&w, mac);
}

static void mac_of(const char *token, uint8_t mac[32])
{
    writer w = writer_of(mac, 32);
    must(base64url_read(span_text(strrchr(token, '.') + 1), &w) && w.n == 32);
}

static bool takes_token(trial *t, const char *token)
{
    const unsigned status = status_for(t, token);
    return judge(t, VERDICT, status == 101, "a good token is taken", "HTTP %u", status);
}

static void judge_token_refused(trial *t, const char *token, const char *which, unsigned n)
{
    const unsigned status = status_for(t, token);
    judge(t, VERDICT, status >= 400 && status <= 599, "an HTTP answer that refuses", "HTTP %u: %s %u", status, which, n);
}

/* Every bit of a MAC is compared, also of a token that was good before. */
static void each_bit_of_a_mac(trial *t)
{
    char good[1024], bad[1024];
    uint8_t mac[32];
    put_numbered_token(t, 1, good);
    mac_of(good, mac);
    if (!takes_token(t, good))
        return;
    for (unsigned bit = 0; bit < 256 && !t->over; bit++) {
        mac[bit / 8] ^= (uint8_t)(1 << bit % 8);
        sign_otherwise(good, SPAN(mac), bad);
        judge_token_refused(t, bad, "flipped bit", bit);
        mac[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    judge_alive(t);
}

/* The beginning of the right signature, and more than it. */
static void lengths_of_a_mac(trial *t)
{
    static const unsigned lengths[] = {0, 1, 16, 31, 33, 64};
    char good[1024], bad[1024];
    uint8_t mac[64] = {0};
    put_numbered_token(t, 1, good);
    mac_of(good, mac);
    if (!takes_token(t, good))
        return;
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths && !t->over; i++) {
        sign_otherwise(good, span_of(mac, lengths[i]), bad);
        judge_token_refused(t, bad, "bytes of signature:", lengths[i]);
    }
    judge_alive(t);
}

/* The same bit of two bytes: differences that cancel out where they are joined by exclusive or, or added up in a byte. */
static void pairs_of_bits_of_a_mac(trial *t)
{
    char good[1024], bad[1024];
    uint8_t mac[32];
    put_numbered_token(t, 1, good);
    mac_of(good, mac);
    if (!takes_token(t, good))
        return;
    for (unsigned i = 0; i < 32 && !t->over; i++) {
        mac[i] ^= 0x80, mac[(i + 1) % 32] ^= 0x80;
        sign_otherwise(good, SPAN(mac), bad);
        judge_token_refused(t, bad, "byte and its neighbour", i);
        mac[i] ^= 0x80, mac[(i + 1) % 32] ^= 0x80;
    }
    judge_alive(t);
}

/* Letters of the signature in the other case, each alone; the last, which holds spare bits, stays. */
static void mac_in_another_case(trial *t)
{
    char good[1024], bad[1024];
    put_numbered_token(t, 1, good);
    if (!takes_token(t, good))
        return;
    memcpy(bad, good, sizeof bad);
    for (char *at = strrchr(bad, '.') + 1; at[1] && !t->over; at++) {
        const bool letter = (*at | 0x20) >= 'a' && (*at | 0x20) <= 'z';
        *at ^= letter ? 0x20 : 0;
        if (letter)
            judge_token_refused(t, bad, "letter in the other case, counted from the end:", (unsigned)strlen(at));
        *at ^= letter ? 0x20 : 0;
    }
    judge_alive(t);
}

/* A MAC that begins with a zero byte, at which a comparison of strings would end. */
static void mac_with_a_zero(trial *t)
{
    char good[1024], bad[1024];
    uint8_t mac[32] = {1};
    for (int n = 0; mac[0]; n++) {
        put_numbered_token(t, n, good);
        mac_of(good, mac);
    }
    for (size_t i = 1; i < sizeof mac; i++)
        mac[i] ^= 0x5a;
    sign_otherwise(good, SPAN(mac), bad);
    judge_token_refused(t, bad, "byte", 1);
    takes_token(t, good);
    judge_alive(t);
}

/* A signature that has one of the two letters in which the alphabets differ. */
static void mac_in_the_other_alphabet(trial *t)
{
    char good[1024], bad[1024], *at = NULL;
    for (int n = 0; !at; n++) {
        put_numbered_token(t, n, good);
        memcpy(bad, good, sizeof bad);
        at = strpbrk(strrchr(bad, '.'), "-_");
    }
    *at = *at == '-' ? '+' : '/';
    if (takes_token(t, good))
        judge_token_refused(t, bad, "token", 1);
    judge_alive(t);
}

static void mac_of_other_claims(trial *t)
{
    char good[1024], other[1024], bad[1024];
    uint8_t mac[32];
    put_numbered_token(t, 1, good);
    put_numbered_token(t, 2, other);
    mac_of(good, mac);
    sign_otherwise(other, SPAN(mac), bad);
    if (takes_token(t, good))
        judge_token_refused(t, bad, "signature of token", 1);
    judge_alive(t);
}

/* A letter that is none of base64, which some decoders pass over. */
static void mac_with_a_stray_letter(trial *t)
{
    char good[1024], bad[1100];
    put_numbered_token(t, 1, good);
    const size_t n = strlen(good);
    snprintf(bad, sizeof bad, "%.*s*%s", (int)(n - 5), good, good + n - 5);
    if (takes_token(t, good))
        judge_token_refused(t, bad, "token", 1);
    judge_alive(t);
}

/* After many connections the token is looked at as after none. */
static void after_many_tokens(trial *t)
{
    char good[1024], bad[1024];
    static const uint8_t zeros[32];
    put_numbered_token(t, 1, good);
    sign_otherwise(good, SPAN(zeros), bad);
    for (int i = 0; i < 160 && !t->over && takes_token(t, good); i++)
        ;
    judge_token_refused(t, bad, "good ones before:", 160);
    judge_alive(t);
}

/* More connections than a number of one byte has values come and go beside a session that stays. */
static void beside_many(trial *t)
{
    char good[1024];
    peer_connection *stays = peer_opens_session(t);
    judge_pong(stays, 1, VERDICT);
    put_numbered_token(t, 1, good);
    for (int i = 0; i < 300 && !t->over && takes_token(t, good); i++)
        ;
    judge_pong(stays, 2, VERDICT);
}

/* ---- after the token's end ---- */

/* A token that was good is looked at again: its end has come. */
static void expired_since(trial *t)
{
    char good[1024];
    put_numbered_token(t, 1, good);
    if (takes_token(t, good)) {
        trial_sets_clock(t, 61);
        judge_token_refused(t, good, "token, good a minute ago:", 1);
        trial_sets_clock(t, 0);
    }
    judge_alive(t);
}

/* One who pays and one who does not, each in a session of its own: each is who its token says. */
static void payers_apart(trial *t)
{
    static const token bought = {.claims = "{\"iss\":\"kerf\",\"sub\":\"u\",\"exp\":@+60,\"subscribed\":true}"},
                       free_of_charge = {.claims = "{\"iss\":\"kerf\",\"sub\":\"u\",\"exp\":@+60}"};
    static const char chat[] = "{\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}],\"model\":\"default\",\"stream\":true}";
    char room[8192];
    peer_connection *due = peer_connects(t, token_target(t, &free_of_charge, room, sizeof room));
    peer_completes_handshake(due);
    peer_connection *paid = peer_connects(t, token_target(t, &bought, room, sizeof room));
    peer_completes_handshake(paid);
    trial_sets_clock(t, 61);
    peer_asks(due, 1, "POST", "/v1/vllm/chat/completions", chat);
    judge_answer(due, 1, 402, "Payment required");
    judge_pong(paid, 1, VERDICT);
    trial_sets_clock(t, 0);
}

/* `with`: the value of `subscribed`. One of the sessions has asked before its token ends, when nothing was due. */
static void outlives_its_token(trial *t)
{
    const bool pays = strcmp(t->row->with, "true") == 0, asked = strcmp(t->row->with, "1") == 0;
    char room[8192], claims[128];
    snprintf(claims, sizeof claims, "{\"iss\":\"kerf\",\"sub\":\"u\",\"exp\":@+60,\"subscribed\":%s}", (const char *)t->row->with);
    peer_connection *peer = peer_connects(t, token_target(t, &(const token){.claims = claims}, room, sizeof room));
    peer_completes_handshake(peer);
    if (asked)
        judge_pong(peer, 3, VERDICT);
    trial_sets_clock(t, 61);
    if (pays) {
        judge_pong(peer, 1, VERDICT);
    } else {
        peer_asks(peer, 1, "GET", "/nowhere", NULL);
        judge_answer(peer, 1, 402, "Payment required");
    }
    trial_sets_clock(t, 0);
    if (!pays)
        judge_pong(peer, 2, STATE);
}

/* ---- the rows ---- */

#define CLAIMS(more) "{\"iss\":\"kerf\",\"sub\":\"u\",\"iat\":@-1" more "}"
#define TOKEN(slug, text, number, departs, ...)                                                                \
    CASE(.id = "cf.server.token." slug, .says = text, .req = {number, "CF-014", number}, .departure = departs, \
         .base = "cf.server.token.boundary", .run = wrong_token, .with = GIVEN(token, __VA_ARGS__))
#define COMPARED(slug, text, run_) \
    CASE(.id = "cf.server.token." slug, .says = text, .req = {[VERDICT] = "CF-006", [STATE] = "CF-006"}, .run = run_)
#define NEAR(slug, text, number, ...)                                                                                                    \
    CASE(.id = "cf.server.token." slug, .says = text, .req = {[VERDICT] = number, [STATE] = number}, .base = "cf.server.token.boundary", \
         .run = each_wrong_token, .with = (const token[]){__VA_ARGS__, {0}})
#define ISS(value)                                                 \
    {                                                              \
        .claims = "{\"iss\":" value ",\"sub\":\"u\",\"exp\":@+60}" \
    }
#define ALG(value)                                                                         \
    {                                                                                      \
        .header = "{\"alg\":" value ",\"typ\":\"JWT\"}", .claims = CLAIMS(",\"exp\":@+60") \
    }
#define HEAD(slug, text, number, code, ...) HEAD_DEPARTING(slug, text, number, AGREES, code, __VA_ARGS__)
#define HEAD_DEPARTING(slug, text, number, departs, code, ...)                                                 \
    CASE(.id = "wi.server.upgrade." slug, .says = text, .req = {number, number, number}, .departure = departs, \
         .base = "wi.server.upgrade.answer", .run = wrong_head, .with = GIVEN(head, .status = code, __VA_ARGS__))
#define HEAD_ANY_STATUS(slug, text, number, ...)                                                                           \
    CASE(.id = "wi.server.upgrade." slug, .says = text, .req = {number, NULL, number}, .base = "wi.server.upgrade.answer", \
         .run = wrong_head, .with = GIVEN(head, __VA_ARGS__))

static const case_row rows[] = {
    CASE(.id = "cf.server.sanity.ping", .says = "an honest client opens a session and gets an answer to its ping",
         .req = {"CF-070 CF-017 CF-018 WI-041"}, .start = peer_opens_session, .act = pings),

    CASE(.id = "cf.server.token.boundary", .says = "a token issued now, valid from now, for one more second",
         .req = {"CF-010 CF-011 CF-012"}, .run = right_token,
         .with = &(const token){.claims = "{\"iss\":\"kerf\",\"sub\":\"u\",\"iat\":@+0,\"nbf\":@+0,\"exp\":@+1,\"more\":[1]}"}),
    CASE(.id = "cf.server.token.missing", .says = "no parameter `token`", .req = {"CF-002", "CF-014", "CF-002"},
         .base = "cf.server.token.boundary", .run = without_token, .with = "/websocket"),
    CASE(.id = "cf.server.token.other-name", .says = "a parameter `Token`", .req = {"CF-002", "CF-014", "CF-002"},
         .base = "cf.server.token.boundary", .run = without_token, .with = "/websocket?Token=e30.e30.e30"),
    CASE(.id = "cf.server.token.other-case", .says = "a good token as the parameter `Token`", .req = {"CF-002", "CF-014", "CF-002"},
         .base = "cf.server.token.boundary", .run = good_token_elsewhere, .with = "/websocket?Token="),
    CASE(.id = "cf.server.token.longer-name", .says = "a good token as the parameter `xtoken`", .req = {"CF-002", "CF-014", "CF-002"},
         .base = "cf.server.token.boundary", .run = good_token_elsewhere, .with = "/websocket?xtoken="),
    CASE(.id = "cf.server.token.behind-others", .says = "a good token behind other parameters", .req = {"CF-002"},
         .run = token_behind_others),
    CASE(.id = "cf.server.token.second-value", .says = "a good token after a bad one", .req = {"CF-002", NULL, "CF-002"},
         .run = two_tokens),
    CASE(.id = "cf.server.token.first-value", .says = "a bad token after a good one", .req = {"CF-002", NULL, "CF-002"}, .run = two_tokens,
         .with = "good first"),
    TOKEN("empty", "the token is the empty text", "CF-003", AGREES, .raw = ""),
    TOKEN("one-part", "a token without dots", "CF-003", AGREES, .raw = "e30"),
    TOKEN("two-parts", "a token without a signature and its dot", "CF-003", AGREES, .claims = CLAIMS(",\"exp\":@+60"), .flaw = TWO_PARTS),
    TOKEN("four-parts", "a fourth part", "CF-003", AGREES, .claims = CLAIMS(",\"exp\":@+60"), .flaw = FOURTH_PART),
    TOKEN("padded", "a signature with base64 padding", "CF-003", DEPLOYED_TAKES, .claims = CLAIMS(",\"exp\":@+60"), .flaw = PADDED),
    TOKEN("padded-twice", "a signature with more padding than it needs", "CF-003", AGREES, .claims = CLAIMS(",\"exp\":@+60"),
          .flaw = PADDED_TWICE),
    CASE(.id = "cf.server.token.other-alphabet", .says = "a good token, then its signature in the other alphabet of base64",
         .req = {[VERDICT] = "CF-003", [STATE] = "CF-003"}, .run = mac_in_the_other_alphabet),
    TOKEN("not-base64", "parts outside the alphabet", "CF-003", AGREES, .raw = "!!.!!.!!"),
    TOKEN("alg-none", "the header says alg none", "CF-004", AGREES, .header = "{\"alg\":\"none\"}", .claims = CLAIMS(",\"exp\":@+60")),
    TOKEN("alg-none-unsigned", "the header says alg none, and there is no signature", "CF-004", AGREES, .header = "{\"alg\":\"none\"}",
          .claims = CLAIMS(",\"exp\":@+60"), .flaw = UNSIGNED),
    TOKEN("alg-longer", "the header says alg HS256x", "CF-004", AGREES, .header = "{\"alg\":\"HS256x\"}",
          .claims = CLAIMS(",\"exp\":@+60")),
    TOKEN("iss-zero", "iss goes on behind a zero character", "CF-008", AGREES,
          .claims = "{\"iss\":\"kerf\\u0000x\",\"sub\":\"u\",\"iat\":@-1,\"exp\":@+60}"),
    TOKEN("empty-key", "signed with the empty key", "CF-006", AGREES, .claims = CLAIMS(",\"exp\":@+60"), .flaw = EMPTY_KEY),
    CASE(.id = "cf.server.token.stray-letter", .says = "a good token, then a letter outside the alphabet in its signature",
         .req = {[VERDICT] = "CF-003", [STATE] = "CF-003"}, .run = mac_with_a_stray_letter),
    CASE(.id = "cf.server.token.payers-apart", .says = "the tokens of one who pays and one who does not end during their sessions",
         .req = {"CF-067 CF-013", "CF-067"}, .needs = "ctl", .run = payers_apart),
    CASE(.id = "wi.server.upgrade.names-small", .says = "the names of the fields in small letters", .req = {"WI-013 WI-016 WI-018 WI-019"},
         .run = right_head, .with = GIVEN(head, .small = true)),
    CASE(.id = "wi.server.upgrade.connection-list", .says = "upgrade as the second of a list in Connection", .req = {"WI-017"},
         .run = right_head, .with = GIVEN(head, .connection = "keep-alive, Upgrade")),
    CASE(.id = "wi.server.upgrade.upgrade-capitals", .says = "Upgrade says WebSocket", .req = {"WI-016"}, .run = right_head,
         .with = GIVEN(head, .upgrade = "WebSocket")),
    CASE(.id = "cf.server.token.spelled", .says = "header and claims in another order, spaced and escaped", .req = {"CF-004 CF-008 CF-007"},
         .run = right_token,
         .with = GIVEN(token, .header = " { \"typ\" : \"JWT\" , \"kid\" : \"1\" , \"\\u0061lg\" : \"HS\\u003256\" } ",
                       .claims = "\n{ \"exp\" : @+60 , \"more\" : { \"iss\" : 7 } , \"sub\" : \"u\" , \"i\\u0073s\" : \"\\u006berf\" }")),
    TOKEN("alg-hs512", "the header says alg HS512 over an HS256 signature", "CF-004", AGREES, .header = "{\"alg\":\"HS512\"}",
          .claims = CLAIMS(",\"exp\":@+60")),
    TOKEN("alg-lower-case", "the header says alg hs256", "CF-004", AGREES, .header = "{\"alg\":\"hs256\"}",
          .claims = CLAIMS(",\"exp\":@+60")),
    TOKEN("alg-absent", "the header has no alg", "CF-004", AGREES, .header = "{\"typ\":\"JWT\"}", .claims = CLAIMS(",\"exp\":@+60")),
    TOKEN("header-text", "the header is a JSON string", "CF-004", AGREES, .header = "\"HS256\"", .claims = CLAIMS(",\"exp\":@+60")),
    TOKEN("crit", "the header has a critical member", "CF-005", DEPLOYED_TAKES,
          .header = "{\"alg\":\"HS256\",\"crit\":[\"b64\"],\"b64\":false}", .claims = CLAIMS(",\"exp\":@+60")),
    TOKEN("wrong-key", "signed with another key", "CF-006", AGREES, .claims = CLAIMS(",\"exp\":@+60"), .flaw = WRONG_KEY),
    TOKEN("other-claims", "the claims are not the ones that were signed", "CF-006", AGREES,
          .claims = CLAIMS(",\"exp\":@+60,\"note\":\"aaaaaaaa\""), .flaw = OTHER_CLAIMS),
    TOKEN("signature-cut", "a signature of 31 bytes", "CF-006", AGREES, .claims = CLAIMS(",\"exp\":@+60"), .flaw = CUT),
    COMPARED("signature-bits", "a good token, then each bit of its signature flipped", each_bit_of_a_mac),
    COMPARED("signature-lengths", "a good token, then parts of its signature, and more than it", lengths_of_a_mac),
    NEAR("iss-near", "texts that are nearly the issuer, and other values with it inside", "CF-008", ISS("[\"kerf\"]"), ISS("\"kerf \""),
         ISS("\" kerf\""), ISS("\"kerf\\n\""), ISS("\"ker\""), ISS("\"kerg\""), ISS("{\"kerf\":\"kerf\"}"), ISS("true"), ISS("null")),
    NEAR("alg-near", "texts that are nearly HS256, and other values with it inside", "CF-004", ALG("[\"HS256\"]"), ALG("\"HS256 \""),
         ALG("\" HS256\""), ALG("\"HS256\\u0000\""), ALG("\"HS25\""), ALG("\"HS257\""), ALG("{\"HS256\":\"HS256\"}"), ALG("256"),
         ALG("null")),
    CASE(.id = "cf.server.token.header-least", .says = "a header with alg alone", .req = {"CF-004"}, .run = right_token,
         .with = GIVEN(token, .header = "{\"alg\":\"HS256\"}", .claims = CLAIMS(",\"exp\":@+60"))),
    CASE(.id = "cf.server.token.exp-last", .says = "exp is the last second of the year 9999", .req = {"CF-010"}, .run = right_token,
         .with = GIVEN(token, .claims = CLAIMS(",\"exp\":253402300799"))),
    COMPARED("signature-pairs", "a good token, then the same bit flipped in two bytes of its signature", pairs_of_bits_of_a_mac),
    COMPARED("signature-case", "a good token, then each letter of its signature in the other case", mac_in_another_case),
    COMPARED("signature-zero", "a signature that is right up to a zero byte", mac_with_a_zero),
    COMPARED("signature-reused", "a good token, then its signature over other claims", mac_of_other_claims),
    COMPARED("signature-late", "a wrong signature after 160 good tokens", after_many_tokens),
    CASE(.id = "cf.server.session.beside-many", .says = "a session beside which 300 connections come and go", .req = {"CF-073 CF-030"},
         .run = beside_many),
    TOKEN("claims-array", "the claims are an array", "CF-007", AGREES, .claims = "[\"kerf\"]"),
    TOKEN("claims-broken", "the claims are no JSON", "CF-007", AGREES, .claims = "{\"iss\":\"kerf\",\"exp\":@+60"),
    TOKEN("claims-twice", "exp stands twice", "CF-007", DEPLOYED_TAKES, .claims = CLAIMS(",\"exp\":@+60,\"exp\":@+60")),
    TOKEN("iss-other", "another issuer", "CF-008", AGREES, .claims = "{\"iss\":\"kerf2\",\"sub\":\"u\",\"exp\":@+60}"),
    TOKEN("iss-upper-case", "the issuer in capitals", "CF-008", AGREES, .claims = "{\"iss\":\"KERF\",\"sub\":\"u\",\"exp\":@+60}"),
    TOKEN("iss-elsewhere", "the issuer stands in another member", "CF-008", AGREES,
          .claims = "{\"sub\":\"u\",\"exp\":@+60,\"more\":{\"iss\":\"kerf\"}}"),
    TOKEN("alg-elsewhere", "the header says alg none, and HS256 in another member", "CF-004", AGREES,
          .header = "{\"alg\":\"none\",\"kid\":\"HS256\"}", .claims = CLAIMS(",\"exp\":@+60")),
    TOKEN("iss-absent", "no issuer", "CF-008", AGREES, .claims = "{\"sub\":\"u\",\"exp\":@+60}"),
    CASE(.id = "cf.server.token.exp-absent", .says = "no exp", .req = {"CF-009", "CF-014", "CF-009"}, .departure = DEPLOYED_TAKES,
         .departure_0_1_20 = AGREES_SINCE, .base = "cf.server.token.boundary", .run = wrong_token,
         .with = GIVEN(token, .claims = CLAIMS(""))),
    TOKEN("exp-text", "exp is a string", "CF-009", AGREES, .claims = CLAIMS(",\"exp\":\"@+60\"")),
    TOKEN("exp-now", "exp is now", "CF-010", AGREES, .claims = CLAIMS(",\"exp\":@+0")),
    TOKEN("exp-negative", "exp is -1", "CF-010", AGREES, .claims = CLAIMS(",\"exp\":-1")),
    CASE(.id = "cf.server.token.exp-distant", .says = "exp is thirty years from now", .req = {"CF-010"}, .run = right_token,
         .with = GIVEN(token, .claims = CLAIMS(",\"exp\":@+1000000000"))),
    TOKEN("exp-past", "exp was an hour ago", "CF-010", AGREES, .claims = CLAIMS(",\"exp\":@-3600")),
    TOKEN("nbf-future", "nbf is in a second", "CF-011", AGREES, .claims = CLAIMS(",\"nbf\":@+1,\"exp\":@+60")),
    TOKEN("nbf-text", "nbf is a string", "CF-011", AGREES, .claims = CLAIMS(",\"nbf\":\"@-1\",\"exp\":@+60")),
    TOKEN("iat-text", "iat is a string", "CF-012", AGREES, .claims = "{\"iss\":\"kerf\",\"sub\":\"u\",\"iat\":\"@-1\",\"exp\":@+60}"),
    TOKEN("iat-future", "iat is in a second", "CF-012", AGREES, .claims = "{\"iss\":\"kerf\",\"sub\":\"u\",\"iat\":@+1,\"exp\":@+60}"),
    CASE(.id = "cf.server.token.expires", .says = "the token of one who is no subscriber ends during the session",
         .req = {"CF-067 CF-013", "CF-067", "CF-067"}, .needs = "ctl", .run = outlives_its_token, .with = "1"),
    CASE(.id = "cf.server.token.subscribed-text", .says = "the token of one whose `subscribed` is a text ends during the session",
         .req = {"CF-067 CF-013", "CF-067", "CF-067"}, .needs = "ctl", .run = outlives_its_token, .with = "\"true\""),
    CASE(.id = "cf.server.token.expired-since", .says = "a token that has served once ends, and is shown again",
         .req = {[VERDICT] = "CF-010", [STATE] = "CF-010"}, .needs = "ctl", .run = expired_since),
    CASE(.id = "cf.server.token.subscribed", .says = "the token of a subscriber ends during the session", .req = {"CF-067 CF-013"},
         .needs = "ctl", .run = outlives_its_token, .with = "true"),

    CASE(.id = "cf.server.path.longer", .says = "the path is /websockets", .req = {"CF-001", NULL, "CF-001"}, .run = other_path,
         .with = "/websockets"),
    CASE(.id = "cf.server.path.below", .says = "the path is /x/websocket", .req = {"CF-001", NULL, "CF-001"}, .run = other_path,
         .with = "/x/websocket"),
    CASE(.id = "cf.server.path.slash", .says = "the path is /websocket/", .req = {"CF-001", NULL, "CF-001"}, .run = other_path,
         .with = "/websocket/"),
    CASE(.id = "cf.server.path.upper-case", .says = "the path is /WebSocket", .req = {"CF-001", NULL, "CF-001"}, .run = other_path,
         .with = "/WebSocket"),
    CASE(.id = "cf.server.health.ping", .says = "GET /v1/ping without an upgrade", .req = {[VERDICT] = "CF-015", [WIRE] = "CF-015"},
         .run = answers_health_check),

    CASE(.id = "wi.server.upgrade.answer", .says = "the answer to a good upgrade", .req = {[VERDICT] = "WI-020", [WIRE] = "WI-020 WI-021"},
         .run = answers_the_key, .with = GIVEN(head, 0)),
    CASE(.id = "wi.server.upgrade.offers", .says = "an upgrade that offers compression and subprotocols",
         .req = {[VERDICT] = "WI-021", [WIRE] = "WI-021 WI-020"}, .run = answers_the_key,
         .with = GIVEN(head, .more = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
                                     "Sec-WebSocket-Protocol: chat, superchat\r\n")),
    CASE(.id = "wi.server.upgrade.longest-line", .says = "a request line of 4090 bytes", .req = {"WI-002"}, .run = right_head,
         .with = GIVEN(head, .line = 4090)),
    CASE(.id = "wi.server.upgrade.longest-head", .says = "a head of 16300 bytes", .req = {"WI-001"}, .run = right_head,
         .with = GIVEN(head, .whole = 16300)),
    CASE(.id = "wi.server.upgrade.blanks", .says = "several blanks before and behind the values of fields", .req = {"WI-006 WI-016 WI-017"},
         .run = right_head, .with = GIVEN(head, .upgrade = "  websocket\t", .connection = "\tUpgrade  ", .number = "  13 ")),
    CASE(.id = "wi.server.upgrade.no-blanks", .says = "no blank behind the colons of fields", .req = {"WI-006 WI-016 WI-017"},
         .run = right_head, .with = GIVEN(head, .tight = true)),
    HEAD_DEPARTING("version-longer", "Sec-WebSocket-Version is 13x", "WI-018", DEPLOYED_ANSWERS, 426, .number = "13x"),
    HEAD_ANY_STATUS("key-no-base64", "a key of 24 characters that are no base64", "WI-019", .key = "!!!!!!!!!!!!!!!!!!!!!!=="),
    HEAD_ANY_STATUS("upgrade-longer", "the Upgrade field names websocket2", "WI-016", .upgrade = "websocket2"),
    HEAD_DEPARTING("chunked", "a request that announces a body in chunks", "WI-014", DEPLOYED_IS_SILENT, 400,
                   .more = "Transfer-Encoding: chunked\r\n"),
    HEAD("folded-tab", "a field line that begins with a tab", "WI-005", 400, .more = "\tfolded: value\r\n"),
    CASE(.id = "wi.server.upgrade.in-pieces", .says = "the head of a good upgrade comes in six pieces", .req = {"WI-044"},
         .run = head_in_pieces),
    CASE(.id = "wi.server.upgrade.fields-64", .says = "an upgrade of 64 field lines", .req = {[VERDICT] = "WI-008"}, .run = right_head,
         .with = GIVEN(head, .fields = 59)),
    HEAD_DEPARTING("method", "the method is POST", "WI-015", DEPLOYED_TAKES, 400, .method = "POST"),
    HEAD_ANY_STATUS("no-upgrade", "no Upgrade field", "WI-016", .upgrade = ""),
    HEAD("other-upgrade", "the Upgrade field names h2c", "WI-016", 400, .upgrade = "h2c"),
    HEAD_DEPARTING("no-connection", "the Connection field says close", "WI-017", DEPLOYED_TAKES, 400, .connection = "close"),
    HEAD_DEPARTING("version-12", "Sec-WebSocket-Version is 12", "WI-018", DEPLOYED_ANSWERS, 426, .number = "12"),
    HEAD("no-key", "no Sec-WebSocket-Key", "WI-019", 400, .key = ""),
    HEAD("short-key", "a key of 15 bytes", "WI-019", 400, .key = "cGFybGV5LXBhcmxleS1w"),
    HEAD_ANY_STATUS("http-1-0", "the version is HTTP/1.0", "WI-012", .version = "HTTP/1.0"),
    HEAD("no-host", "no Host field", "WI-013", 400, .host = ""),
    HEAD("two-hosts", "two Host fields", "WI-013", 400, .more = "Host: example.test\r\n"),
    HEAD_DEPARTING("blank-line", "a blank line before the request line", "WI-004", DEPLOYED_TAKES, 400, .before = "\r\n"),
    HEAD("long-line", "a request line of more than 4096 bytes", "WI-002", 414, .pad = 4096),
    HEAD("folded", "a field line that begins with a space", "WI-005", 400, .more = " folded: value\r\n"),
    HEAD("blank-in-name", "a blank between a field's name and its colon", "WI-006", 400, .more = "Origin : null\r\n"),
    HEAD("long-head", "a head of more than 16384 bytes", "WI-001", 431, .fill = 17000),
    HEAD("bare-lf", "a field line that ends with LF alone", "WI-003", 400, .more = "Origin: null\nX-More: 1\r\n"),
    HEAD("bare-cr", "a CR inside a field value", "WI-003", 400, .more = "Origin: nu\rll\r\n"),
    HEAD("control", "a control character in a field value", "WI-007", 400, .more = "Origin: nu\x01ll\r\n"),
    HEAD_DEPARTING("many-fields", "70 field lines", "WI-008", DEPLOYED_TAKES, 431, .fields = 65),
    HEAD("two-blanks", "two blanks after the method", "WI-009", 400, .method = "GET "),
    HEAD("bad-method", "a method that is no token", "WI-010", 400, .method = "G(T"),
    HEAD_DEPARTING("number-sign", "a number sign in the target", "WI-011", DEPLOYED_TAKES, 400, .suffix = "&more=#"),
    HEAD_DEPARTING("body", "a request that announces a body", "WI-014", DEPLOYED_IS_SILENT, 400, .more = "Content-Length: 5\r\n")};

const case_table upgrade_cases = {rows, sizeof rows / sizeof *rows};

/* ---- since 0.1.20 ---- */

static const case_row rows_since_0_1_20[] = {
    TOKEN("sub-absent", "no sub", "CF-094", AGREES, .claims = "{\"iss\":\"kerf\",\"exp\":@+60}"),
    TOKEN("sub-blank", "sub is two blanks", "CF-094", AGREES, .claims = "{\"iss\":\"kerf\",\"sub\":\"  \",\"exp\":@+60}"),
    TOKEN("sub-empty", "sub is the empty text", "CF-094", AGREES, .claims = "{\"iss\":\"kerf\",\"sub\":\"\",\"exp\":@+60}"),
    TOKEN("sub-number", "sub is a number", "CF-094", AGREES, .claims = "{\"iss\":\"kerf\",\"sub\":7,\"exp\":@+60}"),
};

const case_table token_since_0_1_20_cases = {rows_since_0_1_20, sizeof rows_since_0_1_20 / sizeof *rows_since_0_1_20};
