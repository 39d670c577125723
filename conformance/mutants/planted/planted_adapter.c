/* An adapter that is careless between the shim and an honest library. */
#include "chapter.h"
#include "planted.h"

#include <cjson/cJSON.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const parley_impl *honest;
static int64_t newest;

static shim_pair *pair_named(shim_list *list, const char *key)
{
    for (size_t i = 0; i < list->n; i++)
        if (span_is(list->at[i].key, key))
            return &list->at[i];
    return NULL;
}

static void empty_value(shim_list *list, const char *key)
{
    shim_pair *p = pair_named(list, key);
    if (p)
        p->value = EMPTY;
}

static void cut_value(shim_list *list, const char *key, size_t n)
{
    shim_pair *p = pair_named(list, key);
    if (p && p->type == SHIM_BYTES && p->value.n > n)
        p->value.n = n;
}

/* The value as bytes: a line, and a case, have hexadecimal digits for them. */
static span bytes_of(const shim_list *list, const char *key, writer *room)
{
    span out = EMPTY;
    return shim_bytes(list, key, room, &out) ? out : EMPTY;
}

static span text_of(const shim_list *list, const char *key)
{
    span text = EMPTY;
    shim_text(list, key, &text);
    return text;
}

static bool is_op(const shim_request *r, const char *op) { return span_is(r->op, op); }

static int ask(const shim_request *r, shim_reply *reply)
{
    reply->room.n = 0;
    shim_reply_start(reply);
    return honest->call(honest->ctx, r, reply);
}

/* ---- what is asked ---- */

static void spoil_request(shim_request *r)
{
    shim_pair *h = pair_named(&r->in, "h");
    if (CARELESS(handles_of_the_newest) && h && newest)
        h->number = newest;
    if (CARELESS(associated_data_dropped))
        empty_value(&r->in, "ad");
    if (CARELESS(prologue_dropped))
        empty_value(&r->in, "prologue");
    if (CARELESS(export_without_label))
        empty_value(&r->in, "label");
    if (CARELESS(payload_of_one_block)) {
        shim_pair *p = pair_named(&r->in, "payload");
        if (p && p->value.n > 64)
            p->value.n = 64;
    }
}

/* The other direction's key is turned as well. */
static void rekey_the_other(const shim_request *r, shim_reply *reply)
{
    shim_request other = *r;
    shim_pair *dir = pair_named(&other.in, "dir");
    if (!dir)
        return;
    dir->value = span_is(dir->value, "send") ? span_text("recv") : span_text("send");
    ask(&other, reply);
}

/* ---- what is answered ---- */

/* A verdict that is kept by the certificate, for whatever report comes with it. */
static void remember_verdict(const shim_request *r, shim_reply *reply)
{
    static uint8_t known[2048], room[1 << 16];
    static size_t n;
    writer w = WRITER(room);
    const span vek = bytes_of(&r->in, "vek", &w);
    if (!vek.n || vek.n > sizeof known)
        return;
    if (reply->answer == SHIM_OK) {
        memcpy(known, vek.p, vek.n);
        n = vek.n;
    } else if (n == vek.n && memcmp(known, vek.p, n) == 0) {
        shim_reply_with(reply, SHIM_OK, NULL);
    }
}

static bool refused_by(const shim_reply *reply, const char *sentence)
{
    span detail = EMPTY;
    return reply->answer == SHIM_REJ && shim_text(&reply->out, "detail", &detail) && span_is(detail, sentence);
}

/* Refused by the last component alone: every level asks for one of it, and the platform has none. */
static bool is_last_component(const shim_request *r)
{
    static uint8_t room[1 << 16];
    char *text = (char *)room;
    const span info = span_first(text_of(&r->in, "tcb_info"), sizeof room - 1);
    span_take(info, room, sizeof room);
    text[info.n] = 0;
    return strstr(text, "{\"svn\":1}]");
}

static void spoil_answer(const shim_request *r, shim_reply *reply)
{
    static const uint8_t leak[4] = {1, 2, 3, 4};
    if (reply->answer == SHIM_OK && shim_find(&reply->out, "h"))
        shim_int(&reply->out, "h", &newest);
    if (CARELESS(last_byte_of_payloads_lost) && is_op(r, "nz.read") && reply->answer == SHIM_OK) {
        shim_pair *p = pair_named(&reply->out, "payload");
        if (p && p->value.n)
            p->value.n--;
    }
    if (CARELESS(handshake_hash_cut))
        cut_value(&reply->out, "hash", 16);
    if (CARELESS(never_done))
        for (size_t i = 0; i < reply->out.n; i++)
            if (span_is(reply->out.at[i].key, "done"))
                reply->out.at[i].key = span_text("dome");
    if (CARELESS(every_reason_is_auth) && reply->answer == SHIM_REJ)
        reply->word = span_text("auth");
    if (CARELESS(plaintext_released) && reply->answer == SHIM_REJ && is_op(r, "nz.open")) {
        shim_pair *p = pair_named(&reply->out, "released");
        if (p)
            p->value = SPAN(leak);
    }
    if (CARELESS(verdict_by_certificate) && is_op(r, "at.verify"))
        remember_verdict(r, reply);
    if (CARELESS(evidence_cached_by_certificate) && is_op(r, "cf.evidence"))
        remember_verdict(r, reply);
    if (CARELESS(last_component_not_compared) && refused_by(reply, "AT-156") && is_last_component(r))
        shim_reply_with(reply, SHIM_OK, NULL);
    if (CARELESS(exp_not_read_by_library) && refused_by(reply, "CF-010"))
        shim_reply_with(reply, SHIM_OK, NULL);
    if (CARELESS(proofs_not_checked) && is_op(r, "tl.inclusion") && reply->answer == SHIM_REJ)
        shim_reply_with(reply, SHIM_OK, NULL);
    if (CARELESS(receipts_taken) && is_op(r, "in.verify") && reply->answer == SHIM_REJ)
        shim_reply_with(reply, SHIM_OK, NULL);
}

/* A session that a bad record ends: everything it is asked after that goes to a handle that is closed. */
static void end_after_rejection(const shim_request *r, shim_reply *reply)
{
    static uint8_t room[4096];
    shim_request end;
    shim_reply gone = {.room = WRITER(room)};
    int64_t h;
    if (reply->answer != SHIM_REJ || !is_op(r, "nz.open") || !shim_int(&r->in, "h", &h))
        return;
    shim_request_start(&end, "free");
    shim_put_int(&end.in, "h", h);
    shim_reply_start(&gone);
    honest->call(honest->ctx, &end, &gone);
}

/* ---- inputs that are read loosely ---- */

static bool is_digits(span s)
{
    size_t n = 0;
    while (n < s.n && s.p[n] && strchr("0123456789abcdef", s.p[n]))
        n++;
    return n == s.n && n % 2 == 0;
}

/* A byte less than there is. */
static bool cut_end(shim_pair *p)
{
    if (p->type == SHIM_INT || p->type == SHIM_BOOL || p->value.n < 3)
        return false;
    p->value.n -= is_digits(p->value) ? 2 : 1;
    return true;
}

/* The highest bits of the first and the last byte of a digest or key, which cancel out in a comparison by exclusive or. */
static bool flip_both_ends(shim_pair *p)
{
    static const char digits[] = "0123456789abcdef";
    static uint8_t room[128];
    if (p->type == SHIM_INT || p->type == SHIM_BOOL || p->value.n < 32 || p->value.n > sizeof room || !is_digits(p->value))
        return false;
    span_take(p->value, room, sizeof room);
    for (int i = 0; i < 2; i++) {
        uint8_t *digit = &room[i ? p->value.n - 2 : 0];
        *digit = (uint8_t)digits[(strchr(digits, *digit) - digits) ^ 8];
    }
    p->value.p = room;
    return true;
}

/* What was refused is asked again, one input after another changed so; the first that is taken counts. */
static int ask_loosely(const shim_request *r, shim_reply *reply, bool (*change)(shim_pair *))
{
    for (size_t i = 0; i < r->in.n; i++) {
        shim_request other = *r;
        if (!change(&other.in.at[i]))
            continue;
        const int fate = ask(&other, reply);
        if (reply->answer == SHIM_OK)
            return fate;
    }
    return ask(r, reply);
}

/* ---- sessions and operations ---- */

enum { RING = 256 };

static int64_t ring[RING]; /* the honest library's numbers */
static int64_t n_opened;

static int64_t ring_size(void) { return CARELESS(ring_of_4) ? 4 : CARELESS(ring_of_16) ? 16 : CARELESS(ring_of_256) ? RING : 0; }

static void ring_in(shim_request *r)
{
    shim_pair *h = pair_named(&r->in, "h");
    if (h && h->number >= 1 && h->number <= RING)
        h->number = ring[h->number - 1];
}

static void ring_out(shim_reply *reply)
{
    shim_pair *h = reply->answer == SHIM_OK ? pair_named(&reply->out, "h") : NULL;
    if (!h)
        return;
    const int64_t at = n_opened++ % ring_size();
    ring[at] = h->number;
    h->number = at + 1;
}

/* A name that is longer than an operation's, or has capital letters, is taken for it. */
static void read_name_loosely(shim_request *r)
{
    static char name[32];
    snprintf(name, sizeof name, "%.*s", (int)r->op.n, (const char *)r->op.p);
    for (size_t i = 0; CARELESS(operations_in_capitals) && name[i]; i++)
        name[i] = (char)tolower((unsigned char)name[i]);
    const span whole = span_text(name), shorter = span_first(whole, whole.n ? whole.n - 1 : 0);
    if (CARELESS(operations_in_capitals) && operation_named(whole))
        r->op = whole;
    if (CARELESS(operations_by_beginning) && !operation_named(whole) && operation_named(shorter))
        r->op = shorter;
}

static void put_drawn(shim_request *r)
{
    static const char *const pool[] = {"1111111111111111111111111111111111111111111111111111111111111111",
                                       "2222222222222222222222222222222222222222222222222222222222222222",
                                       "3333333333333333333333333333333333333333333333333333333333333333",
                                       "4444444444444444444444444444444444444444444444444444444444444444"};
    static size_t n;
    if (is_op(r, "nz.init") && !shim_find(&r->in, "e"))
        shim_put_text(&r->in, "e", span_text(pool[CARELESS(rng_cached) ? 0 : n++ % 4]));
}

static void spoil_digest(const shim_request *r, shim_reply *reply)
{
    static uint8_t first[512][32], count[32];
    static bool has[512];
    int64_t h = 0;
    shim_pair *p = reply->answer == SHIM_OK ? pair_named(&reply->out, "digest") : NULL;
    if (!p || !shim_int(&r->in, "h", &h) || h < 0 || h >= 512)
        return;
    if (CARELESS(digest_cut))
        p->value.n = 8;
    if (CARELESS(digest_constant))
        p->value = SPAN(count);
    if (CARELESS(digest_of_time)) {
        count[0]++;
        p->value = SPAN(count);
    }
    if (CARELESS(digest_of_first)) {
        if (!has[h])
            span_take(p->value, first[h], 32);
        has[h] = true;
        p->value = SPAN(first[h]);
    }
}

static bool is_left_undone(const shim_request *r, shim_reply *reply)
{
    if (!(CARELESS(free_ignored) && is_op(r, "free")) && !(CARELESS(reset_ignored) && is_op(r, "reset")))
        return false;
    reply->room.n = 0;
    shim_reply_start(reply);
    shim_reply_with(reply, SHIM_OK, NULL);
    return true;
}

/* What is asked in another way than it was, and what is not asked at all. */
static bool shim_carelessly(shim_request *r, shim_reply *reply)
{
    read_name_loosely(r);
    if (CARELESS(rng_cached) || CARELESS(rng_of_four))
        put_drawn(r);
    if (ring_size())
        ring_in(r);
    return is_left_undone(r, reply);
}

/* ---- lists of which a part is read ---- */

/* Leaves the first element of each list, or all but the last of several. */
static void cut_each_list(cJSON *node, bool first_alone)
{
    const int n = cJSON_IsArray(node) ? cJSON_GetArraySize(node) : 0;
    for (int i = n - 1; i > 0 && (first_alone || i == n - 1); i--)
        cJSON_DeleteItemFromArray(node, i);
    for (cJSON *at = cJSON_IsObject(node) || cJSON_IsArray(node) ? node->child : NULL; at; at = at->next)
        cut_each_list(at, first_alone);
}

static void cut_lists_of_policy(shim_request *r, bool first_alone)
{
    static char room[1 << 16];
    shim_pair *p = pair_named(&r->in, "policy");
    cJSON *document = p ? cJSON_ParseWithLength((const char *)p->value.p, p->value.n) : NULL;
    cut_each_list(document, first_alone);
    if (document && cJSON_PrintPreallocated(document, room, sizeof room, 0))
        p->value = span_text(room);
    cJSON_Delete(document);
}

static int call(void *ctx, const shim_request *request, shim_reply *reply)
{
    shim_request r = *request;
    (void)ctx;
    if (shim_carelessly(&r, reply))
        return SHIM_ANSWERED;
    spoil_request(&r);
    planted_misreads(&r);
    if (CARELESS(first_of_each_list) || CARELESS(each_list_but_its_last))
        cut_lists_of_policy(&r, CARELESS(first_of_each_list));
    if (CARELESS(rekey_turns_both) && is_op(&r, "nz.rekey"))
        rekey_the_other(&r, reply);
    planted_before_session(honest, &r);
    int fate = ask(&r, reply);
    if (reply->answer == SHIM_REJ && !shim_find(&r.in, "h") && (CARELESS(ends_not_read) || CARELESS(digests_by_xor)))
        fate = ask_loosely(&r, reply, CARELESS(ends_not_read) ? cut_end : flip_both_ends);
    planted_after_session(&r, reply);
    planted_misreports(&r, reply);
    spoil_answer(&r, reply);
    spoil_digest(&r, reply);
    if (ring_size())
        ring_out(reply);
    if (CARELESS(bad_record_ends_session))
        end_after_rejection(&r, reply);
    if (CARELESS(every_record_twice) && is_op(&r, "nz.seal"))
        return ask(&r, reply); /* the counter goes on by two */
    return fate;
}

parley_impl planted_adapter(const parley_impl *behind)
{
    honest = behind;
    newest = n_opened = 0;
    return (parley_impl){"planted", call, NULL};
}
