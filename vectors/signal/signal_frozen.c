/* Conversations that our text had with other implementations, kept as they went (frozen/, written by `parley test library --keep`): what the
 * others sent opens today as it did then, and what we send today is what they opened. Each line is one of our side's calls,
 *     OP KEY VALUE ... > KEY VALUE ...
 * and a line that begins with # starts a conversation. Some of the calls become cases; those before them are the case's script. */
#include "signal_scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const char signal_frozen_libsignal_long[], signal_frozen_libsignal[], signal_frozen_libsignal_072[], signal_frozen_protocol_c[];

#define KEYS_V3 "RT-012 RT-013 RT-014 RT-015 RT-020 RT-021 RT-023 RT-025 RT-031 RT-032"
#define KEYS_V4 KEYS_V3 " RT-017"
#define KEYS_PQ KEYS_V4 " RT-022 RT-042 RT-074 RT-076 RT-078 RT-079"
#define EPOCHS  "RT-046 RT-047 RT-048 RT-053 RT-060 RT-061 RT-062 RT-063 RT-064 RT-065 RT-067 RT-075 RT-077"

typedef struct frozen {
    const char *text, *name, *needs;
    const char *keys, *later; /* sentences that the first call shows, and the last */
} frozen;

static const frozen files[] = {
    {signal_frozen_libsignal, "libsignal-0-103-0", "rt:v4 rt:spqr rt:compat rt:coins", KEYS_PQ, "RT-024 RT-033"},
    {signal_frozen_libsignal_long, "libsignal-0-103-0-long", "rt:v4 rt:spqr rt:compat rt:coins", KEYS_PQ, EPOCHS},
    {signal_frozen_libsignal_072, "libsignal-0-72-1", "rt:v4 rt:no-spqr rt:compat rt:coins", KEYS_V4, "RT-024 RT-033"},
    {signal_frozen_protocol_c, "protocol-c-2-3-3", "rt:v3 rt:compat rt:coins", KEYS_V3, "RT-024 RT-033"},
};

/* ---- lines ---- */

enum { EVERY = 64 /* of so many calls one becomes a case, beside the first and the last */, FIELD = 4096 };

static span next_line(const char **at)
{
    const char *end = strchr(*at, '\n');
    const span s = span_of(*at, end ? (size_t)(end - *at) : strlen(*at));
    *at = end ? end + 1 : *at + s.n;
    return s;
}

static span next_word(span *rest)
{
    size_t n = 0;
    while (n < rest->n && rest->p[n] != ' ')
        n++;
    const span word = span_first(*rest, n);
    *rest = span_from(*rest, n < rest->n ? n + 1 : n);
    return word;
}

static bool is_call(span l, const char *op) { return l.n > strlen(op) && memcmp(l.p, op, strlen(op)) == 0 && l.p[strlen(op)] == ' '; }

/* The value of a key of a call, or of its answer; empty when it is not there. */
static span value_of(span l, const char *key)
{
    while (l.n) {
        if (span_is(next_word(&l), key))
            return next_word(&l);
    }
    return EMPTY;
}

static span bytes_of(span hex, uint8_t *room)
{
    for (size_t i = 0; i + 1 < hex.n; i += 2) {
        const char pair[3] = {(char)hex.p[i], (char)hex.p[i + 1], 0};
        room[i / 2] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return span_of(room, hex.n / 2);
}

static long number_of(span digits)
{
    char text[24] = "";
    memcpy(text, digits.p, digits.n < sizeof text ? digits.n : sizeof text - 1);
    return strtol(text, NULL, 10);
}

/* ---- cases ---- */

static void put_text(sheet *s, span device, const char *key)
{
    char text[16] = "";
    const span v = value_of(device, key);
    memcpy(text, v.p, v.n < sizeof text ? v.n : sizeof text - 1);
    sheet_in(s, TEXT(key, text));
}

static void open_group(scene *c, const frozen *f, span head, span device)
{
    char gid[64], who[128] = "";
    uint8_t coins[32];
    memcpy(who, head.p, head.n < sizeof who ? head.n : sizeof who - 1);
    snprintf(gid, sizeof gid, "frozen-%s-%s-%s", f->name, strstr(who, "we-start") ? "we-start" : "they-start",
             strstr(who, "no-one-time") ? "no-one-time" : "one-time");
    sheet_group(&c->s, gid, f->needs, gid);
    put_text(&c->s, device, "mode");
    put_text(&c->s, device, "pq");
    sheet_in(&c->s, BYTES("coins", bytes_of(value_of(device, "coins"), coins)));
}

/* The keys of a bundle begin with `bundle_` in a case. */
static void put_bundle(scene *c, span start)
{
    static uint8_t room[FIELD];
    char key[40];
    next_word(&start);
    while (start.n) {
        const span k = next_word(&start), v = next_word(&start);
        if (span_is(k, ">"))
            return;
        snprintf(key, sizeof key, "bundle_%.*s", (int)k.n, (const char *)k.p);
        sheet_in(&c->s, k.n > 3 && memcmp(k.p + k.n - 3, "_id", 3) == 0 ? NUMBER(key, number_of(v)) : BYTES(key, bytes_of(v, room)));
    }
}

static void put_call(scene *c, bool sends, span l)
{
    static uint8_t message[FIELD], text[FIELD];
    const long first = number_of(value_of(l, "first"));
    const span m = bytes_of(value_of(l, "message"), message), t = bytes_of(value_of(l, "text"), text);
    if (sends) {
        sheet_in(&c->s, BYTES("text", t));
        sheet_out(&c->s, NUMBER("first", first));
        sheet_out(&c->s, BYTES("message", m));
    } else {
        sheet_in(&c->s, NUMBER("first", first));
        sheet_in(&c->s, BYTES("message", m));
        sheet_out(&c->s, BYTES("text", t));
    }
}

static void record_call(scene *c, span l)
{
    static uint8_t room[FIELD];
    const bool sent = is_call(l, "rt.send");
    const int kind = sent ? 0 : number_of(value_of(l, "first")) ? 2 : 1;
    scene_record(c, kind, bytes_of(value_of(l, sent ? "text" : "message"), room));
}

static unsigned count_calls(const char *at, const char *op)
{
    unsigned n = 0;
    for (span l = next_line(&at); l.n && l.p[0] != '#'; l = next_line(&at))
        n += is_call(l, op);
    return n;
}

static void put_case(scene *c, const frozen *f, span start, span l, unsigned i, unsigned n)
{
    char slug[24];
    snprintf(slug, sizeof slug, "%u", i);
    sheet_accepts(&c->s, slug, i == 1 ? f->keys : i == n ? f->later : is_call(l, "rt.send") ? "SG-034" : "SG-042");
    if (start.n)
        put_bundle(c, start);
    if (c->so_far.n)
        sheet_in(&c->s, BYTES("script", written(&c->so_far)));
    put_call(c, is_call(l, "rt.send"), l);
}

static void conversation(scene *c, const frozen *f, span head, const char **at, const char *op)
{
    const unsigned n = count_calls(*at, op);
    unsigned i = 0;
    span start = EMPTY;
    c->so_far = writer_of(c->script, sizeof c->script);
    open_group(c, f, head, next_line(at));
    while (**at && **at != '#') {
        const span l = next_line(at);
        if (is_call(l, "rt.start")) {
            start = l;
            continue;
        }
        if (is_call(l, op) && (++i == 1 || i == n || i % EVERY == 0))
            put_case(c, f, start, l, i, n);
        record_call(c, l);
    }
}

void signal_frozen_groups(scene *c, const char *op)
{
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        for (const char *at = files[i].text; *at;) {
            const span head = next_line(&at);
            conversation(c, &files[i], head, &at, op);
        }
}
