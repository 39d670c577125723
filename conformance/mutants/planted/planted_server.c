/* A small server of profile confer. What is honest in it are parts of the text (Noise, frames, the reading of chat requests); what decides is its own. */
#include "base64.h"
#include "confer_server.h"
#include "planted.h"
#include "planted_http.h"
#include "planted_prim.h"
#include "rfc3339.h"
#include "server.h"

#include <event2/bufferevent.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <event2/util.h>

#include <malloc.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { ANSWERS_MAX = 64, SESSIONS_MAX = 256, DELAY_US = 2000 };

typedef struct answer {
    bool due, stream, nothing;
    int64_t id, tokens;
    span text, rest; /* text is owned */
} answer;

typedef struct session {
    ws *line;
    cf_phase phase;
    nz_peer noise;
    cf_own_storage *memory;
    cf_effects out;
    uint8_t coins[CF_COINS], *room, last_record[CF_RECORD_MAX];
    unsigned n_chats, n_sent, n_begun;
    size_t n_bytes;
    bool streams; /* its first chat did, or its last */
    unsigned number, n_failed;
    int64_t failed_ids[64];
    int8_t pays; /* 1: it was found that it has to, -1: that it need not */
    struct {
        int64_t id;
        span text; /* owned */
    } kept[4];     /* CARELESS(answers_kept_by_id) */
    bool doomed;   /* CARELESS(closes_a_message_late) */
    answer answers[ANSWERS_MAX];
    struct event *later;
    bool failed, has_chatted; /* some request of it */
    bool subscribed;
    int64_t exp; /* of its token */
} session;

static struct event_base *base;
static const pack *the_pack;
static cf_revision revision;
static coins draws;
static prim_pair enclave;
static unsigned n_admitted, n_live;
static session *newest;
static cf_own_storage *last_table; /* CARELESS(tables_of_a_pool) */
static cf_storage *one_table;      /* CARELESS(one_table_for_all) */
static char told[4096];            /* CARELESS(tells_the_next) */
static bool stumbles;              /* CARELESS(stumbles_after_refusing) */
static int64_t now;                /* the pack's time, or what the hook said */
static session *open_sessions[SESSIONS_MAX];
static answer orphan;         /* CARELESS(answers_outlive_sessions) */
static session *by_byte[256]; /* CARELESS(sessions_by_byte) */

/* ---- sending ---- */

static cf_world world_of(session *s)
{
    coins_draw(&draws, s->coins, sizeof s->coins);
    return (cf_world){.prim = planted_prim(),
                      .now = now,
                      .coins = SPAN(s->coins),
                      .storage = CARELESS(one_table_for_all) ? one_table : cf_own(s->memory),
                      .static_pair = &enclave,
                      .evidence = the_pack->file[PACK_EVIDENCE]};
}

static void flush(session *s)
{
    for (size_t i = 0; i < s->out.n_records; i++)
        ws_send(s->line, true, cf_record(&s->out, i));
    cf_effects_clear(&s->out);
}

static void cut_others(const session *s)
{
    for (int i = 0; i < SESSIONS_MAX; i++)
        if (open_sessions[i] && open_sessions[i] != s && open_sessions[i]->line)
            ws_cut(open_sessions[i]->line);
}

static void refuse(session *s, unsigned code, const char *reason)
{
    stumbles = true;
    if (CARELESS(one_ends_all))
        cut_others(s);
    if (CARELESS(refuses_in_words)) {
        ws_send(s->line, true, span_text(reason));
        return;
    }
    if (CARELESS(close_always_1000))
        code = 1000;
    if (CARELESS(close_without_reason))
        reason = "";
    if (CARELESS(close_names_the_check))
        reason = "AEADBadTagException";
    if (CARELESS(refuses_by_cutting)) {
        ws_cut(s->line);
        return;
    }
    s->phase = CF_CLOSED;
    ws_close(s->line, code, reason);
}

static uint64_t chunk_id_of(session *s)
{
    static uint64_t counter;
    uint64_t id = 0;
    s->n_sent++;
    memcpy(&id, s->coins, sizeof id);
    if (CARELESS(chunk_ids_of_one_seed))
        id = UINT64_C(0x9e3779b97f4a7c15) * s->n_sent;
    if (CARELESS(chunk_id_of_32_bits))
        id &= 0xffffffff;
    if (CARELESS(chunk_id_always_1))
        id = 1;
    if (CARELESS(chunk_id_counts))
        id = ++counter;
    return id;
}

/* Frames of our own making, where an honest message would be cut into others. */
static void seal_in_frames(session *s, span message)
{
    const cf_world w = world_of(s);
    const size_t most = CARELESS(frames_of_65000) ? 65000 : CF_PAYLOAD_MAX;
    const uint64_t total = CARELESS(empty_last_frame) ? message.n / most + 1 : message.n ? (message.n + most - 1) / most : 1;
    const uint64_t id = chunk_id_of(s);
    for (uint64_t k = 0; k < total; k++) {
        const uint64_t i = CARELESS(frames_backwards) ? total - 1 - k : k;
        cf_frame f = {{true, id}, {true, i}, {true, total}, {true, span_first(span_from(message, i * most), most)}};
        if (CARELESS(index_0_left_out))
            f.chunk_index.has = i > 0;
        if (CARELESS(fresh_id_for_each_frame) && k)
            f.chunk_id.v++;
        if (CARELESS(total_is_what_is_left))
            f.total_chunks.v = total - i;
        cf_seal_frame(&s->noise, &w, &f, &s->out);
    }
}

static void respond(session *s, int64_t id, unsigned status, span body)
{
    static uint8_t room[CF_MESSAGE_MAX];
    writer whole = WRITER(room);
    if (CARELESS(answers_the_newest) && newest && newest->phase == CF_OPEN)
        s = newest;
    if (CARELESS(ids_of_32_bits))
        id = (int32_t)id;
    if (CARELESS(sessions_by_byte) && !(s = by_byte[s->number & 255]))
        return;
    if (status >= 400)
        s->failed_ids[s->n_failed++ % 64] = id;
    s->failed |= status >= 400;
    const cf_response r = {.id = {!CARELESS(id_0_left_out) || id != 0, (uint64_t)id},
                           .status = {true, status},
                           .body = {body.n > 0 || CARELESS(empty_body_written), body}};
    layout_write(&cf_response_layout, &r, &whole);
    if (CARELESS(unsorted_fields))
        write_be(&whole, 0x7800, 2);
    must(writer_ok(&whole));
    if (CARELESS(answers_end_at_one_frame))
        whole.n = whole.n < CF_PAYLOAD_MAX ? whole.n : CF_PAYLOAD_MAX;
    if (CARELESS(every_answer_twice))
        seal_in_frames(s, written(&whole)), flush(s);
    seal_in_frames(s, written(&whole));
    if (CARELESS(counter_stands_still))
        s->noise.secret.sending.n = 0;
    flush(s);
}

static void respond_text(session *s, int64_t id, unsigned status, const char *body)
{
    if (CARELESS(errors_are_500) && status >= 400)
        status = 500;
    if (CARELESS(errors_are_200))
        status = 200;
    respond(s, id, status, span_text(CARELESS(errors_in_one_word) && status >= 400 ? "Error" : body));
}

/* ---- the token ---- */

static span until(span *s, uint8_t end)
{
    const uint8_t *at = s->n ? memchr(s->p, end, s->n) : NULL;
    const span part = span_first(*s, at ? (size_t)(at - s->p) : s->n);
    *s = span_from(*s, part.n + 1);
    return part;
}

static bool same_name(span name, const char *want)
{
    const size_t n = strlen(want);
    return span_is(name, want) || (CARELESS(token_found_by_name) && name.n > n && memcmp(name.p + name.n - n, want, n) == 0) ||
           (CARELESS(token_in_any_case) && name.n == n && strncasecmp((const char *)name.p, want, n) == 0);
}

static bool find_token(span query, span *token)
{
    bool found = false;
    if (CARELESS(token_has_to_be_first) && (query.n < 6 || memcmp(query.p, "token=", 6) != 0))
        return false;
    while (query.n) {
        span value = until(&query, '&');
        if (!same_name(until(&value, '='), "token") || (found && !CARELESS(last_token_counts)))
            continue;
        *token = value;
        found = true;
    }
    return found;
}

typedef struct token_parts {
    span header, claims, signature, signed_text;
} token_parts;

static span without_stray_letters(span text, uint8_t *room, size_t n)
{
    writer w = writer_of(room, n);
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] != '*')
            write_be(&w, text.p[i], 1);
    return written(&w);
}

static bool decode(span text, writer *room, span *out)
{
    const size_t from = room->n;
    static uint8_t copy[CF_TOKEN_MAX];
    if (CARELESS(padding_taken) && text.n % 4 == 0 && text.n && text.p[text.n - 1] == '=')
        text.n--;
    if (CARELESS(stray_letters_skipped)) {
        text = without_stray_letters(text, copy, sizeof copy);
    }
    while (CARELESS(padding_of_any_length) && text.n && text.p[text.n - 1] == '=')
        text.n--;
    if (CARELESS(other_alphabet_taken)) {
        span_take(text, copy, sizeof copy);
        for (size_t i = 0; i < text.n && i < sizeof copy; i++)
            copy[i] = copy[i] == '+' ? '-' : copy[i] == '/' ? '_' : copy[i];
        text.p = copy;
    }
    const bool good = base64url_read(text, room);
    *out = span_of(room->p + from, room->n - from);
    return good;
}

static bool split(span token, writer *room, token_parts *t)
{
    span rest = token;
    const span header = until(&rest, '.'), claims = until(&rest, '.'), signature = until(&rest, '.');
    t->signed_text = span_first(token, header.n + 1 + claims.n);
    const bool three = header.n + claims.n + signature.n + 2 == token.n || CARELESS(fourth_part_taken);
    return decode(header, room, &t->header) && decode(claims, room, &t->claims) && decode(signature, room, &t->signature) && three;
}

/* Both in base64url again, compared as text without regard to case. */
static bool same_letters(span a, span b)
{
    uint8_t one[64], two[64];
    writer first = WRITER(one), second = WRITER(two);
    if (a.n != b.n)
        return false;
    base64url_write(&first, a);
    base64url_write(&second, b);
    return strncasecmp((const char *)one, (const char *)two, first.n) == 0;
}

static bool is_signed(const token_parts *t)
{
    uint8_t mac[PRIM_HASH_MAX];
    prim_sodium.hmac(PRIM_SHA256, the_pack->token_key, &t->signed_text, 1, mac);
    if (CARELESS(mac_first_16))
        return t->signature.n == 32 && memcmp(mac, t->signature.p, 16) == 0;
    if (CARELESS(mac_last_16))
        return t->signature.n == 32 && memcmp(mac + 16, t->signature.p + 16, 16) == 0;
    if (CARELESS(mac_as_text))
        return t->signature.n == 32 && strncmp((const char *)mac, (const char *)t->signature.p, 32) == 0;
    if (CARELESS(mac_of_any_length))
        return t->signature.n <= 32 && memcmp(mac, t->signature.p, t->signature.n) == 0;
    if (CARELESS(empty_signature_taken) && !t->signature.n)
        return true;
    if (CARELESS(signature_may_be_longer) && t->signature.n > 32)
        return memcmp(mac, t->signature.p, 32) == 0;
    if (CARELESS(mac_last_bit_masked))
        return t->signature.n == 32 && memcmp(mac, t->signature.p, 31) == 0 && (mac[31] | 1) == (t->signature.p[31] | 1);
    if (CARELESS(mac_by_xor))
        return t->signature.n == 32 && planted_same_by_xor(mac, t->signature.p, 32);
    if (CARELESS(mac_text_in_any_case))
        return same_letters(span_of(mac, 32), t->signature);
    if (CARELESS(empty_key_taken)) {
        uint8_t unkeyed[PRIM_HASH_MAX];
        prim_sodium.hmac(PRIM_SHA256, EMPTY, &t->signed_text, 1, unkeyed);
        if (span_same(span_of(unkeyed, 32), t->signature))
            return true;
    }
    return span_same(span_of(mac, 32), t->signature);
}

static bool alg_fits(span header, span signature, bool *unsigned_is_fine)
{
    span value;
    const bool says = json_member(header, "alg", &value);
    if (CARELESS(alg_none_unsigned) && says && json_string_is(value, "none") && signature.n == 0)
        *unsigned_is_fine = true;
    if (CARELESS(alg_not_read) || *unsigned_is_fine)
        return true;
    if (CARELESS(alg_absent_is_hs256) && json_kind_of(header) == JSON_OBJECT && !says)
        return true;
    if (CARELESS(header_as_written) && memmem(header.p, header.n, "\"alg\":\"HS256\"", 13) == NULL)
        return false;
    if (CARELESS(alg_somewhere) && says && memmem(header.p, header.n, "\"HS256\"", 7))
        return true;
    if (CARELESS(alg_by_prefix) && says && value.n > 7 && memcmp(value.p, "\"HS256", 6) == 0)
        return true;
    if (CARELESS(alg_in_any_case) && json_string_is(value, "hs256"))
        return true;
    return says && json_string_is(value, "HS256");
}

static bool time_fits(span claims, const char *name, bool careless)
{
    span value;
    int64_t at;
    if (CARELESS(times_of_other_types) && json_member(claims, name, &value) && json_kind_of(value) != JSON_NUMBER)
        return true;
    return careless || !json_member(claims, name, &value) || (json_int(value, INT64_MIN, INT64_MAX, &at) && at <= now);
}

static bool lists(span array, const char *text)
{
    for (json_cursor c = json_enter(array); json_kind_of(array) == JSON_ARRAY && json_next(&c);)
        if (json_string_is(c.value, text))
            return true;
    return false;
}

static span trimmed(span s)
{
    while (s.n && strchr(" \t\r\n", s.p[s.n - 1]))
        s.n--;
    while (s.n && strchr(" \t\r\n", s.p[0]))
        s = span_from(s, 1);
    return s;
}

static bool issuer_fits(span claims)
{
    span value, text;
    if (CARELESS(iss_somewhere))
        return memmem(claims.p, claims.n, "\"iss\":\"kerf\"", 12) != NULL;
    if (!json_member(claims, "iss", &value))
        return CARELESS(iss_may_be_absent);
    if (CARELESS(iss_by_prefix))
        return json_raw(value, &text) && text.n >= 4 && memcmp(text.p, "kerf", 4) == 0;
    if (CARELESS(iss_in_any_case) && json_raw(value, &text) && text.n == 4 && strncasecmp((const char *)text.p, "kerf", 4) == 0)
        return true;
    if (CARELESS(iss_may_be_a_list) && lists(value, "kerf"))
        return true;
    if (CARELESS(iss_trimmed) && json_raw(value, &text) && span_is(trimmed(text), "kerf"))
        return true;
    if (CARELESS(iss_as_text) && value.n > 12 && memcmp(value.p, "\"kerf\\u0000", 11) == 0)
        return true;
    return json_string_is(value, "kerf");
}

static bool ends_later(span claims)
{
    span value;
    int64_t exp;
    if (!json_member(claims, "exp", &value))
        return CARELESS(exp_may_be_absent) || CARELESS(exp_still_not_needed);
    if (CARELESS(exp_as_text) && json_kind_of(value) == JSON_STRING)
        return true;
    if (CARELESS(exp_without_sign) && json_int(value, INT64_MIN, -1, &exp))
        return true;
    if (!json_int(value, 0, INT64_MAX, &exp))
        return false;
    if (CARELESS(exp_in_nanoseconds) && exp > INT64_MAX / 1000000000)
        return false; /* it has become negative */
    if (CARELESS(exp_of_32_bits))
        exp = (int32_t)exp;
    if (CARELESS(exp_not_read))
        return true;
    return exp > now - (CARELESS(exp_with_leeway) ? 60 : 0) || (CARELESS(exp_of_now) && exp == now);
}

/* Repeated names: of no other text than an object. */
static bool repeats(span claims) { return claims.n > 1 && claims.p[0] == '{' && claims.p[claims.n - 1] == '}'; }

/* Since 0.1.20. */
static bool names_subject(span claims)
{
    span value, text = EMPTY;
    const bool says = json_member(claims, "sub", &value) && json_raw(value, &text);
    while (text.n && text.p[0] == ' ')
        text = span_from(text, 1);
    return revision < CF_0_1_20 || text.n || (CARELESS(sub_not_needed) && !says) || (CARELESS(blank_sub_taken) && says);
}

static bool claims_fit(span text)
{
    span claims;
    if (!json_read(text, &claims))
        return CARELESS(repeated_claims) && repeats(text);
    return json_kind_of(claims) == JSON_OBJECT && issuer_fits(claims) && ends_later(claims) && names_subject(claims) &&
           time_fits(claims, "nbf", CARELESS(nbf_not_read)) && time_fits(claims, "iat", CARELESS(iat_not_read));
}

/* Tokens that were good before. */
static bool is_remembered(const token_parts *t)
{
    static uint8_t texts[4096], macs[32];
    static size_t n;
    const bool knows_text = n && t->signed_text.n == n && memcmp(texts, t->signed_text.p, n) == 0;
    const bool knows_mac = n && t->signature.n == 32 && memcmp(macs, t->signature.p, 32) == 0;
    if ((CARELESS(remembers_by_claims) && knows_text) || (CARELESS(remembers_by_signature) && knows_mac))
        return true;
    if (is_signed(t)) {
        n = t->signed_text.n < sizeof texts ? t->signed_text.n : 0;
        span_take(t->signed_text, texts, n);
        span_take(t->signature, macs, 32);
    }
    return false;
}

/* Who pays, and until when: of the token that was read last. */
static bool last_subscribed;
static int64_t last_exp;

static void note_payer(span claims)
{
    span value;
    last_subscribed = false;
    last_exp = INT64_MAX;
    if (json_member(claims, "subscribed", &value) && !json_bool(value, &last_subscribed))
        last_subscribed = CARELESS(subscribed_is_truthy) || (CARELESS(subscribed_as_text) && json_string_is(value, "true"));
    if (json_member(claims, "exp", &value))
        json_int(value, 0, INT64_MAX, &last_exp);
}

static bool has_to_pay(session *s)
{
    if (CARELESS(payer_of_the_newest))
        s->subscribed = last_subscribed, s->exp = last_exp;
    if (CARELESS(paid_once_asked) && s->pays < 0)
        return false;
    s->pays = now < s->exp ? -1 : 1;
    if (s->subscribed && !CARELESS(subscribers_pay))
        return false;
    if (CARELESS(never_asks_for_payment) || (now < s->exp && !(CARELESS(payment_due_for_ever) && s->failed)))
        return false;
    return true;
}

/* Tokens that were good before, whole. */
static bool is_known(span token, bool good)
{
    static uint8_t known[16][CF_TOKEN_MAX];
    static size_t length[16], n;
    for (size_t i = 0; i < 16; i++)
        if (length[i] && span_same(token, span_of(known[i], length[i])))
            return true;
    if (good && token.n <= CF_TOKEN_MAX) {
        length[n % 16] = token.n;
        span_take(token, known[n++ % 16], CF_TOKEN_MAX);
    }
    return false;
}

static bool token_is_good(span token)
{
    if (CARELESS(upgrades_everything) || (CARELESS(good_tokens_kept) && is_known(token, false)))
        return true;

    uint8_t room[CF_TOKEN_MAX];
    writer decoded = WRITER(room);
    token_parts t;
    span header = EMPTY, value;
    bool unsigned_is_fine = false;
    if (CARELESS(stops_checking_after_100) && n_admitted > 100)
        return true;
    if (!split(token, &decoded, &t))
        return false;
    if (!json_read(t.header, &header))
        header = EMPTY;
    if (CARELESS(typ_needed) && !(json_member(header, "typ", &value) && json_string_is(value, "JWT")))
        return false;
    if (!alg_fits(header, t.signature, &unsigned_is_fine) || (json_member(header, "crit", &value) && !CARELESS(crit_taken)))
        return false;
    if (!is_remembered(&t) && !unsigned_is_fine && !is_signed(&t))
        return false;
    if (!claims_fit(t.claims))
        return false;
    if (json_read(t.claims, &header))
        note_payer(header);
    if (CARELESS(good_tokens_kept))
        is_known(token, true);
    return true;
}

static bool path_fits(span path)
{
    if (CARELESS(upgrades_everything))
        return true;

    if (CARELESS(path_by_prefix) && path.n > 10 && memcmp(path.p, "/websocket", 10) == 0)
        return true;
    if (CARELESS(path_in_any_case) && path.n == 10 && strncasecmp((const char *)path.p, "/websocket", 10) == 0)
        return true;
    if (CARELESS(path_by_its_end) && path.n > 10 && memcmp(path.p + path.n - 10, "/websocket", 10) == 0)
        return true;
    return span_is(path, "/websocket");
}

/* ---- chat ---- */

static span last_prompt(const cf_chat *chat)
{
    cf_chat_message m, last = {.content = EMPTY};
    size_t n = 0;
    for (json_cursor c = json_enter(chat->messages); cf_next_message(&c, &m) && !(CARELESS(entries_64) && n == 64); n++)
        if (m.role == CF_USER)
            last = m;
    writer text = writer_of(malloc(last.content.n + 1), last.content.n + 1);
    must(text.p);
    json_string(last.content, &text);
    if (CARELESS(escapes_not_undone))
        span_take(span_first(span_from(last.content, 1), last.content.n - 2), text.p, text.n = last.content.n - 2);
    if (CARELESS(prompts_end_at_64_k) && text.n > 65536)
        text.n = 65536;
    if (CARELESS(prompts_end_at_256_k) && text.n > 262144)
        text.n = 262144;
    return written(&text);
}

static void say_event(session *s, int64_t id, const char *type, span content)
{
    static uint8_t room[CF_MESSAGE_MAX];
    writer w = WRITER(room);
    write_text(&w, "{\"type\":");
    json_write_text(&w, type);
    write_text(&w, CARELESS(token_says_text) ? ",\"text\":" : ",\"content\":");
    json_write_string(&w, content);
    write_text(&w, "}");
    respond(s, id, 200, written(&w));
}

static void say_completion(session *s, const answer *a)
{
    uint8_t room[200];
    writer w = WRITER(room);
    write_text(&w, CARELESS(completion_is_done) ? "{\"type\":\"done\"" : "{\"type\":\"completion\"");
    write_text(&w, CARELESS(calls_are_pending) ? ",\"pending_tool_calls\":true"
                   : CARELESS(pending_is_text) ? ",\"pending_tool_calls\":\"false\""
                                               : "");
    write_text(&w, CARELESS(counts_are_text) ? ",\"context_tokens\":\"" : ",\"context_tokens\":");
    json_write_int(&w, a->tokens);
    write_text(&w, CARELESS(counts_are_text) ? "\"" : "");
    if (!CARELESS(no_max_context))
        write_text(&w, ",\"max_context_tokens\":262144");
    write_text(&w, "}");
    if (!CARELESS(no_completion))
        respond(s, a->id, 200, written(&w));
    if (CARELESS(goes_on_after_completion))
        say_event(s, a->id, "token", span_text(" more"));
}

static void say_token(session *s, answer *a, span word)
{
    a->tokens++;
    if (CARELESS(tokens_dropped) && a->tokens % 3 == 0)
        return;
    if (CARELESS(long_tokens_cut) && word.n > 48)
        word.n = 48;
    say_event(s, a->id, CARELESS(tokens_are_thinking) ? "thinking" : "token", word);
    if (CARELESS(tokens_doubled) && a->tokens == 2)
        say_event(s, a->id, "token", word);
}

/* One word, or the end. False when the answer is complete. */
static bool go_on(session *s, answer *a)
{
    if (CARELESS(streams_as_the_last))
        a->stream = s->streams;
    if (a->stream && a->rest.n) {
        const uint8_t *blank = memchr(a->rest.p + 1, ' ', a->rest.n - 1);
        const span word = span_first(a->rest, blank ? (size_t)(blank - a->rest.p) : a->rest.n);
        a->rest = span_from(a->rest, word.n);
        say_token(s, a, word);
        return true;
    }
    if (a->stream && CARELESS(nothing_said_nothing_ended) && a->nothing)
        s->phase = s->phase;
    else if (a->stream)
        say_completion(s, a);
    else if (CARELESS(single_as_event))
        say_event(s, a->id, "token", a->rest);
    else if (CARELESS(single_streams))
        say_event(s, a->id, "token", a->rest), say_completion(s, a);
    else
        respond(s, a->id, 200, CARELESS(single_is_ok) ? span_text("OK") : a->rest);
    free((void *)a->text.p);
    a->due = false;
    s->has_chatted = true;
    return false;
}

static void go_on_later(evutil_socket_t fd, short what, void *arg)
{
    static const struct timeval soon = {0, DELAY_US};
    session *s = arg;
    bool more = false;
    (void)fd, (void)what;
    for (int i = ANSWERS_MAX - 1; i >= 0; i--)
        if (s->answers[i].due)
            more |= go_on(s, &s->answers[i]);
    if (more)
        evtimer_add(s->later, &soon);
}

static span reply_to(span prompt)
{
    if (CARELESS(tells_the_next) && *told && !memmem(prompt.p, prompt.n, "repeat", 6))
        return span_text(told);
    span_take(prompt, told, sizeof told - 1);
    return script_reply(the_pack->file[PACK_SCRIPT], prompt);
}

/* Text as careless libraries hand it on. */
static span changed_text(span text, uint8_t *room)
{
    writer w = writer_of(room, text.n);
    while (CARELESS(prompts_trimmed) && text.n && strchr(" \t\r\n", text.p[text.n - 1]))
        text.n--;
    while (CARELESS(prompts_trimmed) && text.n && strchr(" \t\r\n", text.p[0]))
        text = span_from(text, 1);
    for (size_t i = 0; i < text.n; i++) {
        if (CARELESS(prompts_end_at_zero) && !text.p[i])
            break;
        if (CARELESS(line_ends_changed) && text.p[i] == '\r' && i + 1 < text.n && text.p[i + 1] == '\n')
            continue;
        const bool long_one = CARELESS(sixteen_bits_alone) && text.p[i] >= 0xf0;
        write_be(&w, long_one ? '?' : text.p[i], 1);
        i += long_one ? 3 : 0;
    }
    return written(&w);
}

/* The answer of the first time that this id was used in the session. */
static span kept_by_id(session *s, int64_t id, span text)
{
    for (size_t i = 0; i < sizeof s->kept / sizeof *s->kept; i++) {
        if (!s->kept[i].text.p) {
            uint8_t *copy = malloc(text.n + 1);
            must(copy);
            span_take(text, copy, text.n);
            s->kept[i].id = id, s->kept[i].text = span_of(copy, text.n);
            return text;
        }
        if (s->kept[i].id == id)
            return s->kept[i].text;
    }
    return text;
}

static void say_thought(session *s, int64_t id, span thought, bool wanted)
{
    const bool heard = revision >= CF_0_1_16 ? (wanted || CARELESS(thinks_though_told_not)) && !CARELESS(thinking_left_out)
                                             : CARELESS(thinks_too_early);
    if (heard)
        say_event(s, id, CARELESS(thinks_aloud) ? "token" : "thinking", thought);
}

/* What a mistake makes of an answer. */
static void change_answer(session *s, answer *a)
{
    static uint8_t changed[CF_MESSAGE_MAX];
    if (CARELESS(prompts_trimmed) || CARELESS(line_ends_changed) || CARELESS(prompts_end_at_zero) || CARELESS(sixteen_bits_alone))
        a->rest = changed_text(a->rest, changed);
    if (CARELESS(answers_kept_by_id))
        a->rest = kept_by_id(s, a->id, a->rest);
    if (CARELESS(prompts_told_beside))
        ws_send(s->line, false, a->text);
    if (CARELESS(streams_as_at_first) && s->n_chats == 1)
        s->streams = a->stream;
    a->stream |= CARELESS(streams_as_at_first) && s->streams;
    if (CARELESS(streams_as_the_last))
        s->streams = a->stream;
    a->nothing = a->rest.n == 0;
}

static void answer_chat(session *s, int64_t id, const cf_chat *chat)
{
    static const struct timeval soon = {0, DELAY_US};
    int i = 0;
    while (i < ANSWERS_MAX - 1 && s->answers[i].due)
        i++;
    answer *a = &s->answers[i];
    *a = (answer){.due = true, .stream = chat->stream, .id = id, .text = last_prompt(chat)};
    a->rest = reply_to(a->text);
    change_answer(s, a);
    const span thought = script_thinking(&a->rest);
    if (chat->stream && thought.n)
        say_thought(s, id, thought, chat->thinking);
    a->tokens = (int64_t)a->text.n / 4;
    if (CARELESS(answers_in_parallel) || CARELESS(answers_outlive_sessions) || CARELESS(streams_as_the_last) ||
        CARELESS(flights_by_32_bits)) {
        evtimer_add(s->later, &soon);
        return;
    }
    while (go_on(s, a))
        ;
}

/* The content of a tool entry is JSON, so that only a member can be missing. */
static bool tools_are_json(const cf_chat *chat)
{
    static uint8_t room[CF_MESSAGE_MAX];
    cf_chat_message m;
    span value;
    for (json_cursor c = json_enter(chat->messages); cf_next_message(&c, &m);) {
        writer w = WRITER(room);
        if ((m.role == CF_TOOL_CALL || m.role == CF_TOOL_RESPONSE) && (!json_string(m.content, &w) || !json_read(written(&w), &value)))
            return false;
    }
    return true;
}

static bool is_found_while_streaming(verdict v)
{
    return v.req == REQ_CF_079 || v.req == REQ_CF_080 || v.req == REQ_CF_081 || v.req == REQ_CF_082;
}

static bool is_found_by_validation(verdict v)
{
    return v.req == REQ_CF_096 || v.req == REQ_CF_097 || v.req == REQ_CF_099 || v.req == REQ_CF_100 || v.req == REQ_CF_101 ||
           v.req == REQ_CF_102;
}

static bool stays_silent(const cf_chat *chat, verdict v)
{
    return CARELESS(silent_when_streaming) && chat->stream && is_found_while_streaming(v) && tools_are_json(chat);
}

/* What the deployed system keeps silent about, taken. */
static bool takes_half(const cf_chat *chat, verdict v)
{
    return (CARELESS(half_a_tool_call_taken) && v.req == REQ_CF_079 && tools_are_json(chat)) ||
           (CARELESS(half_a_tool_response_taken) && v.req == REQ_CF_080 && tools_are_json(chat)) ||
           (CARELESS(sampling_not_read) && v.req == REQ_CF_096) || (CARELESS(images_not_read) && v.req == REQ_CF_097) ||
           (CARELESS(ranges_not_read) && v.req == REQ_CF_100) || (CARELESS(any_number_of_tools) && v.req == REQ_CF_101) ||
           (CARELESS(any_number_of_documents) && v.req == REQ_CF_102) || (CARELESS(validates_nothing) && v.req == REQ_CF_099) ||
           (CARELESS(nulls_are_texts) && v.req == REQ_CF_078 && chat->messages.n) ||
           (CARELESS(streams_without_model) && v.req == REQ_CF_081 && chat->stream) ||
           (CARELESS(messages_may_be_absent) && v.req == REQ_CF_082);
}

static bool names(span body, const char *word) { return body.n && memmem(body.p, body.n, word, strlen(word)); }

/* A known member that is no text, number or list. */
static bool has_wrong_type(span body)
{
    return names(body, "\"model\":{") || names(body, "\"temperature\":{") || names(body, "\"json\":[") || names(body, "\"thinking\":{") ||
           names(body, "\"webSearch\":{") || names(body, "\"clientTools\":{");
}

/* What is wrong stands where it is not looked at. */
static bool is_behind(const cf_chat *chat, verdict v, span body)
{
    const bool entry = v.req == REQ_CF_078 || v.req == REQ_CF_079 || v.req == REQ_CF_080;
    span object;
    return (CARELESS(singles_not_read) && entry && json_read(body, &object) && names(body, "\"stream\":false")) ||
           (CARELESS(types_not_read) && v.req == REQ_CF_078 && chat->messages.n && has_wrong_type(body)) ||
           (CARELESS(tool_names_alone) && v.req == REQ_CF_079 && tools_are_json(chat) && names(body, "toolName")) ||
           (CARELESS(tool_contents_alone) && v.req == REQ_CF_080 && tools_are_json(chat) && names(body, "\\\"content\\\"")) ||
           (CARELESS(first_entry_alone) && entry && chat->messages.n && names(body, "},{")) ||
           (CARELESS(image_types_not_read) && v.req == REQ_CF_097 && names(body, "\"mediaType\":7")) ||
           (CARELESS(first_image_alone) && v.req == REQ_CF_097 && names(body, "},{")) ||
           (CARELESS(sampling_of_streams_alone) && v.req == REQ_CF_096 && names(body, "\"stream\":false")) ||
           (CARELESS(streams_validated_alone) && is_found_by_validation(v) && names(body, "\"stream\":false"));
}

/* A fault in the body: the status and the text of its sentence. */
static bool chat_is_taken(session *s, int64_t id, verdict v, const cf_chat *chat, span body)
{
    static char echo[300];
    const requirement_outcome *o = stated_outcome(v);
    if (accepted(v))
        return true;
    if (stays_silent(chat, v) || (CARELESS(tool_calls_unanswered) && v.req == REQ_CF_079))
        return false;
    if (takes_half(chat, v))
        return true;
    if (is_behind(chat, v, body))
        return true;
    if (CARELESS(bad_roles_taken) && v.req == REQ_CF_078 && chat->messages.n)
        return true;
    if (CARELESS(tool_calls_not_read) && v.req == REQ_CF_079)
        return true;
    if (CARELESS(tool_responses_not_read) && v.req == REQ_CF_080)
        return true;
    if (CARELESS(model_may_be_absent) && v.req == REQ_CF_081 && chat->has_stream)
        return true;
    if (CARELESS(stream_may_be_absent) && v.req == REQ_CF_081 && !chat->has_stream)
        return true;
    if (CARELESS(errors_quote_the_body)) {
        snprintf(echo, sizeof echo, "cannot parse: %.*s", body.n < 200 ? (int)body.n : 200, (const char *)body.p);
        respond(s, id, o->code, span_text(echo));
        return false;
    }
    if (CARELESS(streaming_failures_500) && chat->stream && (v.req == REQ_CF_079 || v.req == REQ_CF_080) && tools_are_json(chat)) {
        respond_text(s, id, 500, "Internal Server Error");
        return false;
    }
    if (CARELESS(validation_says_500) && is_found_by_validation(v)) {
        respond_text(s, id, 500, "Internal Server Error");
        return false;
    }
    respond_text(s, id, CARELESS(chat_refused_by_422) && o->code == 400 ? 422 : o->code, o->text);
    return false;
}

/* A body as a loose reader sees it. */
static span loose_body(span body)
{
    static uint8_t room[CF_MESSAGE_MAX];
    static const char role[] = "\"role\":\"";
    writer w = WRITER(room);
    if (!CARELESS(roles_in_any_case))
        return body;
    write_span(&w, body);
    for (uint8_t *r = room; (r = memmem(r, w.n - (size_t)(r - room), role, sizeof role - 1));)
        for (r += sizeof role - 1; r < room + w.n && *r != '"'; r++)
            *r |= *r >= 'A' && *r <= 'Z' ? 0x20 : 0;
    return written(&w);
}

/* A reader that calls itself for each container has no stack for so many. */
static void read_deeply(span body)
{
    size_t deep = 0, most = 0;
    for (size_t i = 0; i < body.n; i++) {
        deep += body.p[i] == '[' || body.p[i] == '{';
        deep -= deep && (body.p[i] == ']' || body.p[i] == '}');
        most = deep > most ? deep : most;
    }
    if (CARELESS(nested_bodies_crash) && most > 10000)
        abort();
}

/* The arguments of every tool call are JSON too. */
static bool arguments_are_json(const cf_chat *chat)
{
    static uint8_t room[2][CF_MESSAGE_MAX];
    cf_chat_message m;
    span object, value;
    for (json_cursor c = json_enter(chat->messages); cf_next_message(&c, &m);) {
        writer content = WRITER(room[0]), arguments = WRITER(room[1]);
        if (m.role == CF_TOOL_CALL &&
            (!json_string(m.content, &content) || !json_read(written(&content), &object) || !json_member(object, "toolArguments", &value) ||
             !json_string(value, &arguments) || !json_read(written(&arguments), &value)))
            return false;
    }
    return true;
}

static void take_chat(session *s, const cf_request *r)
{
    static uint8_t text[CF_MESSAGE_MAX];
    writer room = WRITER(text);
    span object, value;
    cf_chat chat;
    const span body = loose_body(r->body.v);
    read_deeply(body);
    const verdict v = cf_read_chat(CARELESS(later_members_read) ? CF_0_1_20 : revision, body, &room, &chat);
    if (CARELESS(model_still_needed) && accepted(v) && !chat.model.n) {
        respond_text(s, (int64_t)r->id.v, 500, "Internal Server Error");
        return;
    }
    if (CARELESS(tool_arguments_parsed) && accepted(v) && !arguments_are_json(&chat)) {
        respond_text(s, (int64_t)r->id.v, 400, "Invalid tool_call message content");
        return;
    }
    if (CARELESS(fewer_tools) && json_read(r->body.v, &object) && json_member(object, "clientTools", &value) && value.n > 5000) {
        respond_text(s, (int64_t)r->id.v, 400, "Invalid ChatRequest body");
        return;
    }
    if (++s->n_chats > CF_REQUESTS_MAX && (CARELESS(seventeenth_closes) || CARELESS(seventeenth_unanswered))) {
        if (CARELESS(seventeenth_closes))
            refuse(s, 1003, "Too many requests");
        return;
    }
    if (CARELESS(unknown_members_refused) && json_read(r->body.v, &object) && json_member(object, "future", &value)) {
        respond_text(s, (int64_t)r->id.v, 400, "Invalid ChatRequest body");
        return;
    }
    if (CARELESS(nulls_refused) && json_read(r->body.v, &object) && json_member(object, "temperature", &value) &&
        json_kind_of(value) == JSON_NULL) {
        respond_text(s, (int64_t)r->id.v, 400, "Invalid ChatRequest body");
        return;
    }
    if (CARELESS(finished_requests_count) && s->n_chats > CF_REQUESTS_MAX) {
        respond_text(s, (int64_t)r->id.v, 503, "Too many requests");
        return;
    }
    if (chat_is_taken(s, (int64_t)r->id.v, v, &chat, body))
        answer_chat(s, (int64_t)r->id.v, &chat);
}

/* ---- requests ---- */

/* What follows a percent sign as two digits is a letter. */
static span decoded_path(span s, uint8_t *room, size_t most)
{
    writer w = writer_of(room, most);
    for (size_t i = 0; i < s.n; i++) {
        writer letter = writer_of(room + w.n, 1);
        if (s.p[i] == '%' && i + 2 < s.n && read_hex(span_of(s.p + i + 1, 2), &letter))
            w.n++, i += 2;
        else
            write_be(&w, s.p[i], 1);
    }
    return written(&w);
}

static bool is(span s, const char *text)
{
    const size_t n = strlen(text);
    uint8_t room[256];
    if (CARELESS(paths_trimmed))
        s = trimmed(s);
    if (CARELESS(paths_end_at_zero) && s.n && memchr(s.p, 0, s.n))
        s.n = strnlen((const char *)s.p, s.n);
    if (CARELESS(paths_decoded) && s.n < sizeof room)
        s = decoded_path(s, room, sizeof room);
    if (CARELESS(routes_in_any_case) && s.n == n && strncasecmp((const char *)s.p, text, n) == 0)
        return true;
    if (CARELESS(routes_by_prefix) && s.n > n && memcmp(s.p, text, n) == 0)
        return true;
    return span_is(s, text);
}

static void route(session *s, const cf_request *r)
{
    const int64_t id = (int64_t)r->id.v;
    span path = r->path.v;
    if (id == 1 && CARELESS(id_1_kept_back)) {
        respond_text(s, id, 409, "Conflict");
        return;
    }
    if (CARELESS(failed_requests_count) && s->n_failed >= CF_REQUESTS_MAX) {
        respond_text(s, id, 503, "Too many requests");
        return;
    }
    if (has_to_pay(s) && !(CARELESS(chats_are_free) && is(r->verb.v, "POST"))) {
        respond_text(s, id, 402, "Payment required");
        return;
    }
    if (CARELESS(queries_cut_off))
        path = until(&path, '?');
    if (is(path, "/ping") && (is(r->verb.v, "GET") || CARELESS(verbs_not_read)))
        respond_text(s, id, CARELESS(pong_is_204) ? 204 : 200, CARELESS(pong_in_lower_case) ? "pong" : "PONG");
    else if (is(path, "/v1/vllm/chat/completions") && (is(r->verb.v, "POST") || CARELESS(chat_for_any_verb)))
        take_chat(s, r);
    else if (is(path, "/v1/document/extract") && is(r->verb.v, "POST"))
        respond_text(s, id, 503, "Document extraction is not enabled");
    else if (is(path, "/v2/document/extract") && (is(r->verb.v, "POST") || CARELESS(v2_for_any_verb)) &&
             (revision >= CF_0_1_20 ? !CARELESS(v2_unknown) : CARELESS(v2_too_early)))
        respond_text(s, id, 503, CARELESS(v2_says_otherwise) ? "Not enabled" : "Document extraction is not enabled");
    else if (!CARELESS(unknown_routes_unanswered))
        respond_text(s, id, 404, CARELESS(not_found_in_other_words) ? "Not found" : "Route not found");
}

static bool text_there(const pb_bytes *b) { return b->has && (b->v.n || CARELESS(empty_text_counts)); }

/* A parser that keeps the first of a repeated field. */
static span without_repeats(span message, uint8_t *room, size_t n)
{
    writer out = writer_of(room, n);
    bool seen[16] = {0};
    reader r = reader_of(message);
    while (r.rest.n && !r.failed) {
        const span at = r.rest;
        const uint64_t tag = read_varint(&r, NULL);
        const size_t wire = tag & 7, number = tag >> 3 & 15;
        if (wire == 0)
            read_varint(&r, NULL);
        else if (wire == 2)
            read_bytes(&r, read_varint(&r, NULL));
        else
            return message;
        if (!seen[number])
            write_span(&out, span_first(at, at.n - r.rest.n));
        seen[number] = true;
    }
    return r.failed ? message : written(&out);
}

static bool has_unknown(span message)
{
    cf_request r;
    uint8_t room[4096];
    writer again = WRITER(room);
    layout_read(&cf_request_layout, message, &r, NULL);
    layout_write(&cf_request_layout, &r, &again);
    return again.n < message.n;
}

/* Under which no other request may come, as this server sees it. */
static bool has_such_id(const session *s, int64_t id)
{
    for (unsigned i = 0; i < s->n_failed && i < 64; i++)
        if (CARELESS(ids_of_failures_kept) && s->failed_ids[i] == id)
            return true;
    for (int i = 0; i < ANSWERS_MAX; i++)
        if (CARELESS(flights_by_32_bits) && s->answers[i].due && (uint32_t)s->answers[i].id == (uint32_t)id)
            return true;
    return false;
}

static void take_request(session *s, span message)
{
    static uint8_t room[CF_MESSAGE_MAX];
    cf_request r;
    if (CARELESS(wire_types_refused) && message.n > 5 && message.p[0] == 0x0a) {
        refuse(s, 1003, "Invalid protobuf message");
        return;
    }
    if (CARELESS(first_field_counts))
        message = without_repeats(message, room, sizeof room);
    if (CARELESS(bad_requests_ignored) && !accepted(layout_read(&cf_request_layout, message, &r, NULL)))
        return;
    verdict v = layout_read(&cf_request_layout, message, &r, NULL);
    if (v.req == REQ_CF_065 && CARELESS(seq_of_streams_alone) && r.verb.v.n)
        v = ACCEPT;
    if (v.req == REQ_CF_065) {
        if (!CARELESS(seq_not_read))
            refuse(s, 1003, "Chunk sequence number must be non-negative");
        return;
    }
    if (!accepted(v) || (CARELESS(unknown_fields_refused) && has_unknown(message))) {
        refuse(s, 1003, "Invalid protobuf message");
        return;
    }
    const bool verb = text_there(&r.verb), path = text_there(&r.path);
    if (has_such_id(s, (int64_t)r.id.v)) {
        refuse(s, 1003, "Duplicate request id");
        return;
    }
    if ((s->failed && CARELESS(session_fails_with_request)) || (s->has_chatted && CARELESS(one_chat_a_session)))
        refuse(s, 1011, "Internal error");
    else if (!r.id.has && !CARELESS(absent_id_is_0))
        refuse(s, 1003, "WebsocketRequest missing required field: id");
    else if (verb != path && !CARELESS(half_a_route_is_unknown))
        refuse(s, 1003, "WebsocketRequest must have both verb and path, or neither");
    else if (!verb && !path && !r.chunk.has)
        refuse(s, 1003, "WebsocketRequest must have verb/path or chunk");
    else if (verb || path)
        route(s, &r);
    else if (CARELESS(stray_chunks_answered))
        respond_text(s, (int64_t)r.id.v, 404, "Route not found");
}

/* ---- frames and records ---- */

/* Puts chunks together as they arrive, whatever their number says, or whatever message they belong to. */
static bool joins_carelessly(const cf_frame *f, span *whole)
{
    static uint8_t room[CF_MESSAGE_MAX];
    static size_t n, have;
    static uint64_t id;
    if (CARELESS(chunks_in_arrival_order) && id != f->chunk_id.v)
        n = have = 0;
    id = f->chunk_id.v;
    span_take(f->payload.v, room + n, f->payload.v.n < sizeof room - n ? f->payload.v.n : 0);
    n += f->payload.v.n;
    if (++have < f->total_chunks.v)
        return false;
    *whole = span_of(room, n);
    n = have = 0;
    return true;
}

/* Bounds that are one too low, or that count what has long been done. */
static bool is_beyond_a_bound(session *s, const cf_frame *f)
{
    if (f->total_chunks.v < 2)
        return false;
    s->n_begun += f->chunk_index.v == 0;
    s->n_bytes = f->chunk_index.v == 0 ? f->payload.v.n : s->n_bytes + f->payload.v.n;
    return (CARELESS(bytes_one_too_few) && s->n_bytes >= CF_MESSAGE_MAX) || (CARELESS(places_not_given_back) && s->n_begun > 24);
}

static void take_frame(session *s, const cf_world *w, const cf_frame *frame)
{
    span message;
    bool complete;
    cf_frame cut = *frame;
    const cf_frame *f = &cut;
    if (CARELESS(chunk_ids_cut))
        cut.chunk_id.v &= 0xffffffff;
    if (CARELESS(index_of_8_bits))
        cut.chunk_index.v &= 0xff;
    if (CARELESS(total_of_16_bits))
        cut.total_chunks.v &= 0xffff;
    if (CARELESS(empty_chunks_lost) && !f->payload.v.n && f->total_chunks.v > 1)
        return;
    if (is_beyond_a_bound(s, f)) {
        refuse(s, 1003, "Invalid frame");
        return;
    }
    if (CARELESS(total_chunks_trusted) && f->total_chunks.v >> 31)
        abort(); /* an array of a negative length */
    if (CARELESS(total_chunks_trusted) && f->total_chunks.v == 0)
        abort(); /* a division by it */
    if (CARELESS(first_frame_is_all) && f->total_chunks.v > 1 && f->chunk_index.v == 0) {
        take_request(s, f->payload.v);
        return;
    }
    if (CARELESS(chunks_in_arrival_order) || CARELESS(chunk_id_not_read)) {
        if (joins_carelessly(f, &message))
            take_request(s, message);
        return;
    }
    if (CARELESS(at_most_128_chunks) && f->total_chunks.v > 128) {
        refuse(s, 1003, "Invalid frame");
        return;
    }
    const verdict v = cf_assemble(w->storage, f, &complete, &message);
    if (!accepted(v) && CARELESS(bad_index_closes_1011) && v.req == REQ_CF_054)
        refuse(s, 1011, "WebSocket error");
    else if (!accepted(v) && !CARELESS(bad_frames_kept))
        refuse(s, CARELESS(bad_frames_1011) ? 1011 : 1003, "Invalid frame");
    else if (accepted(v) && complete) {
        if (CARELESS(sweeps_other_sessions) && f->total_chunks.v > 1)
            cut_others(s);
        take_request(s, message);
    }
}

/* A receiver that also looks a few records behind or ahead. */
static verdict opens_nearby(session *s, const cf_world *w, span record, cf_frame *f)
{
    verdict v = {0};
    for (int shift = -3; shift <= 3; shift++) {
        nz_peer copy = s->noise;
        if ((shift < 0 && !CARELESS(replays_taken)) || (shift > 0 && !CARELESS(gaps_taken)) || (int64_t)copy.secret.receiving.n + shift < 0)
            continue;
        copy.secret.receiving.n += (uint64_t)(int64_t)shift;
        v = cf_open_frame(&copy, w, record, f);
        if (!accepted(v))
            continue;
        if (shift >= 0)
            s->noise = copy;
        return v;
    }
    return v;
}

static void take_record(session *s, const cf_world *w, span record)
{
    cf_frame f;
    const verdict v = CARELESS(replays_taken) || CARELESS(gaps_taken) ? opens_nearby(s, w, record, &f)
                                                                      : cf_open_frame(&s->noise, w, record, &f);
    const bool doomed = s->doomed;
    if (accepted(v) && CARELESS(wire_types_refused) && w->storage->scratch->plain[0] == 0x0a) {
        refuse(s, 1011, "Frame decode failed");
        return;
    }
    if (accepted(v))
        take_frame(s, w, &f);
    if (accepted(v) && doomed)
        refuse(s, 1011, "Decryption failed");
    else if (accepted(v))
        s->phase = s->phase;
    else if (CARELESS(closes_a_message_late) && !s->doomed)
        s->doomed = true;
    else if (CARELESS(bad_records_skipped))
        s->phase = CF_OPEN;
    else
        refuse(s, 1011, v.req == REQ_CF_049 ? "Frame decode failed" : "Decryption failed");
}

/* ---- the handshake ---- */

static span ephemeral_of(session *s)
{
    static uint8_t pool[64][32];
    static unsigned n, turn;
    if (CARELESS(one_ephemeral) || CARELESS(four_ephemerals) || CARELESS(sixty_four_ephemerals)) {
        const unsigned most = CARELESS(one_ephemeral) ? 1 : CARELESS(four_ephemerals) ? 4 : 64;
        if (n < most)
            coins_draw(&draws, pool[n++], 32);
        return SPAN(pool[turn++ % most]);
    }
    return span_first(SPAN(s->coins), 32);
}

static span evidence_shown(void)
{
    static uint8_t room[CF_EVIDENCE_MAX];
    writer w = WRITER(room);
    const span honest = the_pack->file[PACK_EVIDENCE];
    if ((CARELESS(evidence_once) && n_admitted > 1) || (CARELESS(evidence_lapses) && n_admitted > 150))
        return EMPTY;
    write_span(&w, honest);
    if (CARELESS(evidence_ends_in_line_feeds) || CARELESS(evidence_is_cut))
        w.n -= 1;
    if (CARELESS(evidence_ends_in_line_feeds))
        write_text(&w, ",\"platform\":\"SEV-SNP\"}");
    return written(&w);
}

static void take_message1(session *s, const cf_world *w, span message)
{
    const nz_setup setup = {.role = NZ_RESPONDER,
                            .suite = cf_suite(),
                            .static_pair = &enclave,
                            .prologue = CARELESS(prologue_confer) ? span_text("confer") : EMPTY};
    static uint8_t two[CF_RECORD_MAX], nothing[CF_RECORD_MAX];
    nz_effects reads = {.payload = WRITER(nothing)}, writes = {.message = WRITER(two)};
    const nz_world lent = {.prim = w->prim, .ephemeral = ephemeral_of(s)};
    if (CARELESS(message1_may_be_longer) && message.n > 32)
        message.n = 32;
    nz_start(&s->noise, w->prim, &setup);
    if ((message.n != 32 && !CARELESS(message1_with_payload)) || !accepted(nz_step(&s->noise, &lent, message, &reads)) ||
        !accepted(nz_step(&s->noise, &lent, evidence_shown(), &writes))) {
        refuse(s, 1011, CARELESS(handshake_errors_differ) && message.n != 32 ? "Bad length" : "Handshake failed");
        return;
    }
    newest = s;
    ws_send(s->line, true, written(&writes.message));
    s->phase = CF_HANDSHAKE;
}

static void take_message3(session *s, const cf_world *w, span message)
{
    static uint8_t nothing[CF_RECORD_MAX];
    const nz_world lent = {.prim = w->prim};
    nz_effects reads = {.payload = WRITER(nothing)};
    if (CARELESS(message3_may_be_longer) && message.n > 64)
        message.n = 64;
    if ((message.n != 64 && !CARELESS(message3_with_payload)) || !accepted(nz_step(&s->noise, &lent, message, &reads)))
        refuse(s, 1011, "Handshake failed");
    else
        s->phase = CF_OPEN;
    if (orphan.due && s->phase == CF_OPEN) {
        s->answers[ANSWERS_MAX - 1] = orphan;
        orphan.due = false;
        go_on_later(-1, 0, s);
    }
    if (CARELESS(speaks_first) && s->phase == CF_OPEN)
        respond_text(s, 0, 200, "READY");
}

static bool length_fits(session *s, uint64_t n)
{
    if (n > CF_RECORD_MAX)
        refuse(s, CARELESS(too_large_is_1009) ? 1009 : 1003, "Message too large");
    else if (s->phase != CF_OPEN && n > CF_HANDSHAKE_MAX && !CARELESS(handshake_of_any_length))
        refuse(s, 1003, "Handshake message too large");
    else
        return true;
    return CARELESS(refuses_in_words);
}

/* ---- the connection ---- */

static bool on_expected(void *ctx, ws *line, uint64_t n)
{
    (void)line;
    return length_fits(ctx, n);
}

static void on_message(void *ctx, ws *line, bool binary, span message)
{
    session *s = ctx;
    const cf_world w = world_of(s);
    (void)line;
    if (!binary && revision >= CF_0_1_20 && !CARELESS(text_still_ignored))
        refuse(s, CARELESS(text_closes_by_1003) ? 1003 : 1011, "WebSocket error");
    if (!binary && CARELESS(text_closes))
        refuse(s, 1003, "Binary only");
    if (!binary && CARELESS(text_is_answered))
        ws_send(s->line, false, message);
    if (!binary && !CARELESS(text_is_binary))
        return;
    if (s->phase == CF_ADMITTED)
        take_message1(s, &w, message);
    else if (s->phase == CF_HANDSHAKE)
        take_message3(s, &w, message);
    else if (s->phase == CF_OPEN)
        take_record(s, &w, message);
}

static void on_opened(void *ctx, ws *line)
{
    ((session *)ctx)->line = line;
    ws_misbehaves(line, (CARELESS(pong_left_out) ? WS_NO_PONG : 0) | (CARELESS(close_unanswered) ? WS_NO_CLOSE_ANSWER : 0));
}

static void on_closed(void *ctx, ws *line, const ws_end *end)
{
    session *s = ctx;
    (void)line, (void)end;
    newest = newest == s ? NULL : newest;
    for (int i = 0; i < SESSIONS_MAX; i++)
        open_sessions[i] = open_sessions[i] == s ? NULL : open_sessions[i];
    for (int i = 0; i < 256; i++)
        by_byte[i] = by_byte[i] == s ? NULL : by_byte[i];
    event_free(s->later);
    for (int i = 0; i < ANSWERS_MAX; i++)
        if (s->answers[i].due && CARELESS(answers_outlive_sessions) && !orphan.due)
            orphan = s->answers[i];
        else if (s->answers[i].due)
            free((void *)s->answers[i].text.p);
    if (CARELESS(tables_of_a_pool)) {
        free(last_table);
        last_table = s->memory;
        s->memory = NULL;
    }
    free(s->memory);
    for (size_t i = 0; i < sizeof s->kept / sizeof *s->kept; i++)
        free((void *)s->kept[i].text.p);
    free(s->room);
    free(s);
    n_live -= !CARELESS(cut_connections_stay) || end->how == WS_CLOSED;
}

static void on_pong(void *ctx, ws *line, span data)
{
    session *s = ctx;
    (void)line, (void)data;
    if (CARELESS(pong_unasked_closes) && s->phase == CF_OPEN) /* it never asks */
        refuse(s, 1002, "");
}

static const ws_callbacks callbacks = {
    .opened = on_opened, .message = on_message, .closed = on_closed, .expects = on_expected, .pong = on_pong};

static session *session_make(void)
{
    session *s = calloc(1, sizeof *s);
    must(s);
    s->phase = CF_ADMITTED;
    s->number = n_admitted;
    by_byte[s->number & 255] = s;
    s->subscribed = last_subscribed;
    s->exp = last_exp;
    for (int i = 0; i < SESSIONS_MAX; i++)
        if (!open_sessions[i]) {
            open_sessions[i] = s;
            break;
        }
    s->memory = last_table ? last_table : calloc(1, sizeof *s->memory);
    last_table = NULL;
    s->room = malloc(CF_EFFECTS_ROOM);
    s->later = evtimer_new(base, go_on_later, s);
    must(s->memory && s->room && s->later);
    s->out.bytes = writer_of(s->room, CF_EFFECTS_ROOM);
    cf_effects_clear(&s->out);
    return s;
}

/* From the system: what the process that this one was forked from has freed would serve a leak for a long time. */
static void leak(void)
{
    void *p = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p != MAP_FAILED)
        memset(p, 1, 65536);
}

static unsigned admit(void *ctx, span target, const ws_callbacks **on, void **conn)
{
    span query = target, token = EMPTY;
    const span path = until(&query, '?');
    last_subscribed = false, last_exp = INT64_MAX;
    const bool tired = (CARELESS(stumbles_after_refusing) && stumbles) || (CARELESS(serves_one_session) && n_admitted > 0);
    (void)ctx;
    if (!path_fits(path) || (!find_token(query, &token) && !CARELESS(token_may_be_absent) && !CARELESS(upgrades_everything)))
        return CARELESS(refuses_by_401) ? 401 : 500;
    if (!(CARELESS(token_may_be_absent) && !token.n) && !token_is_good(token))
        return CARELESS(refuses_by_401) ? 401 : 500;
    stumbles = false;
    if (tired)
        return 503;
    n_admitted++;
    if (CARELESS(leaks_64_k))
        leak();
    if (CARELESS(cut_connections_stay) && n_live >= 32)
        return 503;
    n_live++;
    *on = &callbacks;
    *conn = session_make();
    return 101;
}

static unsigned answer_plainly(void *ctx, span method, span target, const char **body)
{
    (void)ctx;
    const bool asked = span_is(method, "GET") && span_is(target, "/v1/ping");
    *body = !asked ? "" : CARELESS(health_in_lower_case) ? "ok" : "PONG";
    return asked && !CARELESS(no_health) ? 200 : 404;
}

void planted_refused(void) { stumbles = true; }

static const ws_gate the_gate = {.admit = admit, .plain = answer_plainly};

static void on_accepted(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *from, int n, void *ctx)
{
    const int on = 1;
    (void)listener, (void)from, (void)n, (void)ctx;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ws_serve(base, planted_http(bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE)), &the_gate);
}

/* The hook that sets the time of the verdicts. */
static void on_clock(struct evhttp_request *request, void *ctx)
{
    char text[64] = {0};
    instant at;
    (void)ctx;
    evbuffer_remove(evhttp_request_get_input_buffer(request), text, sizeof text - 1);
    const bool fits = !rfc3339_read(text, &at);
    if (fits)
        now = at.seconds;
    evhttp_send_reply(request, fits ? 200 : 400, "", NULL);
}

static unsigned port_of(int fd)
{
    struct sockaddr_in at = {0};
    socklen_t n = sizeof at;
    must(getsockname(fd, (struct sockaddr *)&at, &n) == 0);
    return ntohs(at.sin_port);
}

static unsigned listen_for_clock(void)
{
    struct evhttp *http = evhttp_new(base);
    must(http);
    evhttp_set_cb(http, "/clock", on_clock, NULL);
    struct evhttp_bound_socket *bound = evhttp_bind_socket_with_handle(http, "127.0.0.1", 0);
    must(bound);
    return port_of(evhttp_bound_socket_get_fd(bound));
}

_Noreturn void planted_serve(const pack *p, cf_revision of, int tell)
{
    mallopt(M_MMAP_THRESHOLD, 1 << 15); /* a session's storage goes back when it ends: a leak beside it must not hide in what was freed */
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    base = event_base_new();
    the_pack = p;
    revision = of;
    now = p->time;
    draws = coins_of_seed(EMPTY, "planted");
    one_table = cf_own(calloc(1, sizeof(cf_own_storage)));
    prim_pair_of(&prim_sodium, p->enclave_secret, &enclave);
    struct evconnlistener *l = evconnlistener_new_bind(base, on_accepted, NULL, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_REUSEABLE, 1024,
                                                       (struct sockaddr *)&at, sizeof at);
    must(l);
    const unsigned ports[] = {port_of(evconnlistener_get_fd(l)), listen_for_clock()};
    must(write(tell, ports, sizeof ports) == sizeof ports);
    event_base_dispatch(base);
    _exit(0);
}
