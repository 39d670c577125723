/* Profile confer, both ends in one process: what a session does that no single message of it shows. */
#include "big_room.h"
#include "chapter.h"
#include "confer_on_trust.h"
#include "confer_server.h"

#include <string.h>

#define NOW INT64_C(1700000000)

typedef struct pair {
    cf_own_storage *storage[2];
    uint8_t room[2][CF_EFFECTS_ROOM], keys[2][CF_COINS];
    cf_client client;
    cf_server server;
    cf_world client_world, server_world;
    prim_pair server_pair;
    cf_effects up, down; /* what the client and the server do */
} pair;

static pair it;

/* Before the first step; the user is no subscriber and the token ends now. */
static void meet(const prim *p)
{
    static const uint8_t server_static[32] = {0x33};
    memset(it.keys[0], 0x11, CF_COINS);
    memset(it.keys[1], 0x44, CF_COINS);
    cf_server_end(&it.server, cf_own(BIG_ROOM(it.storage[1])));
    cf_client_end(&it.client, cf_own(BIG_ROOM(it.storage[0])));
    prim_pair_of(p, server_static, &it.server_pair);
    it.client_world = (cf_world){
        .prim = p, .now = NOW, .coins = SPAN(it.keys[0]), .storage = cf_own(BIG_ROOM(it.storage[0])), .policy = &on_trust};
    it.server_world = (cf_world){.prim = p,
                                 .now = NOW,
                                 .coins = SPAN(it.keys[1]),
                                 .storage = cf_own(BIG_ROOM(it.storage[1])),
                                 .static_pair = &it.server_pair,
                                 .evidence = span_text(EVIDENCE_ON_TRUST),
                                 .token_key = span_text("key")};
    it.up = (cf_effects){.bytes = WRITER(it.room[0])};
    it.down = (cf_effects){.bytes = WRITER(it.room[1])};
    it.server = (cf_server){.phase = CF_ADMITTED, .expires = NOW};
    it.client = (cf_client){.phase = CF_NEW};
}

static verdict carry_up(void)
{
    verdict v = ACCEPT;
    for (size_t i = 0; i < it.up.n_records; i++)
        v = cf_server_takes_message(&it.server, &it.server_world, cf_record(&it.up, i), &it.down);
    return v;
}

static verdict carry_down(void)
{
    verdict v = ACCEPT;
    for (size_t i = 0; i < it.down.n_records; i++)
        v = cf_client_takes_message(&it.client, &it.client_world, cf_record(&it.down, i), &it.up);
    return v;
}

/* Message 1 is on its way. */
static void start_handshake(const prim *p)
{
    meet(p);
    cf_client_starts(&it.client, &it.client_world, &it.up);
}

static bool open_session(const prim *p)
{
    start_handshake(p);
    return accepted(carry_up()) && accepted(carry_down()) && accepted(carry_up()) && it.server.phase == CF_OPEN &&
           it.client.phase == CF_OPEN;
}

/* ---- admission and handshake ---- */

static bool health_is(unsigned status)
{
    const char *body;
    return cf_plain_answer(&it.server_world, span_text("GET"), span_text("/v1/ping"), &body) == status &&
           (status == 200 || strcmp(body, "Attestation unavailable") == 0);
}

static bool health_needs_evidence(const prim *p)
{
    meet(p);
    const bool well = health_is(200);
    it.server_world.evidence = EMPTY;
    return well && health_is(503);
}

static bool message1_has_no_payload(const prim *p)
{
    start_handshake(p);
    return it.up.n_records == 1 && cf_record(&it.up, 0).n == CF_MESSAGE1;
}

static bool message3_has_no_payload(const prim *p)
{
    start_handshake(p);
    return accepted(carry_up()) && accepted(carry_down()) && it.up.n_records == 1 && cf_record(&it.up, 0).n == CF_MESSAGE3;
}

static bool no_handshake_without_evidence(const prim *p)
{
    start_handshake(p);
    it.server_world.evidence = EMPTY;
    return carry_up().req == REQ_CF_025 && it.down.close == CF_UNEXPECTED && it.down.n_records == 0;
}

static bool nothing_after_the_end(const prim *p)
{
    start_handshake(p);
    cf_server_end(&it.server, cf_own(BIG_ROOM(it.storage[1])));
    return carry_up().req == REQ_CF_028 && it.down.close == CF_UNEXPECTED && strcmp(it.down.reason, "Failed") == 0;
}

static bool the_end_wipes(const prim *p)
{
    if (!open_session(p))
        return false;
    cf_server_end(&it.server, cf_own(BIG_ROOM(it.storage[1])));
    cf_client_end(&it.client, cf_own(BIG_ROOM(it.storage[0])));
    return all_zero(SPAN(it.server.noise.secret.sending.k)) && all_zero(SPAN(it.client.noise.secret.sending.k)) &&
           all_zero(SPAN(it.storage[0]->scratch.plain));
}

static bool a_refusing_client_tells_nothing(const prim *p)
{
    start_handshake(p);
    if (!accepted(carry_up()))
        return false;
    it.room[1][it.down.ends[0] - 1] ^= 1;
    return !accepted(carry_down()) && it.up.close == CF_CLIENT_REFUSES && it.up.reason[0] == 0 && it.up.n_records == 0;
}

static bool who_is_done_closes_with_1000(const prim *p) { return (void)p, cf_client_leaves() == 1000; }

static bool refused_evidence_ends_it(const prim *p)
{
    start_handshake(p);
    it.client_world.policy = NULL;
    return accepted(carry_up()) && carry_down().req == REQ_CF_039 && it.up.n_records == 0;
}

/* ---- frames ---- */

static bool is_piece(size_t i)
{
    cf_frame f;
    return accepted(cf_open_frame(&it.server.noise, &it.server_world, cf_record(&it.up, i), &f)) && f.chunk_index.has &&
           f.chunk_index.v == i && f.payload.v.n == (i < 2 ? (size_t)CF_PAYLOAD_MAX : 1);
}

static bool frames_are_cut_in_order(const prim *p)
{
    static uint8_t message[2 * CF_PAYLOAD_MAX + 1];
    if (!open_session(p))
        return false;
    cf_effects_clear(&it.up);
    cf_seal_message(&it.client.noise, &it.client_world, SPAN(message), &it.up);
    return it.up.n_records == 3 && is_piece(0) && is_piece(1) && is_piece(2);
}

/* ---- requests ---- */

static void seal_message(const layout *shape, const void *message, nz_peer *noise, const cf_world *w, cf_effects *out)
{
    static uint8_t room[4096];
    writer bytes = WRITER(room);
    layout_write(shape, message, &bytes);
    must(writer_ok(&bytes));
    cf_effects_clear(out);
    cf_seal_message(noise, w, written(&bytes), out);
}

/* The server's verdict on this request. */
static verdict ask(const char *verb, const char *path, int64_t id, const char *body)
{
    const cf_request r = {.id = {true, (uint64_t)id},
                          .verb = {true, span_text(verb)},
                          .path = {true, span_text(path)},
                          .body = {body != NULL, span_text(body)}};
    seal_message(&cf_request_layout, &r, &it.client.noise, &it.client_world, &it.up);
    return carry_up();
}

static verdict ping(int64_t id) { return ask("GET", "/ping", id, NULL); }

#define CHAT_BODY "{\"model\":\"m\",\"stream\":false,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"

static bool chat_begins(int64_t id)
{
    return accepted(ask("POST", "/v1/vllm/chat/completions", id, CHAT_BODY)) && it.down.event.kind == CF_CALL;
}

static bool an_id_in_flight_is_taken(const prim *p)
{
    return open_session(p) && chat_begins(7) && ping(7).req == REQ_CF_066 && it.down.close == CF_CANNOT_ACCEPT;
}

static bool an_expired_guest_pays(const prim *p)
{
    if (!open_session(p))
        return false;
    it.server_world.now = NOW + 1;
    const bool refused = accepted(ping(7)) && it.down.refused == REQ_CF_067 && it.down.n_records == 1;
    it.server.subscribed = true;
    return refused && accepted(ping(8)) && it.down.refused == 0;
}

static bool sixteen_in_flight(const prim *p)
{
    bool begun = open_session(p);
    for (int i = 0; i < CF_REQUESTS_MAX && begun; i++)
        begun = chat_begins(100 + i);
    return begun && !chat_begins(200) && it.down.refused == REQ_CF_068;
}

static bool an_empty_body_is_no_body(const prim *p)
{
    cf_response r;
    cf_frame f;
    if (!open_session(p) || !chat_begins(7))
        return false;
    cf_server_says(&it.server, &it.server_world, 7, 200, EMPTY, true, &it.down);
    return it.down.n_records == 1 && accepted(cf_open_frame(&it.client.noise, &it.client_world, cf_record(&it.down, 0), &f)) &&
           accepted(layout_read(&cf_response_layout, f.payload.v, &r, NULL)) && !r.body.has;
}

static bool web_search_is_allowed_unsaid(const prim *p)
{
    uint8_t room[256];
    writer w = WRITER(room);
    cf_chat chat;
    (void)p;
    return accepted(cf_read_chat(CF_0_1_14, span_text(CHAT_BODY), &w, &chat)) && chat.web_search;
}

/* ---- answers ---- */

/* A chat with a stream is in flight. */
static bool stream_begins(const prim *p)
{
    const cf_ask words = {.prompt = span_text("hi"), .model = "m", .stream = true};
    if (!open_session(p))
        return false;
    cf_client_chats(&it.client, &it.client_world, 7, &words, &it.up);
    return accepted(carry_up()) && it.down.event.kind == CF_CALL;
}

static bool a_chat_says_stream_model_and_messages(const prim *p)
{
    return stream_begins(p) && it.down.chat.has_stream && it.down.chat.stream;
}

/* What the client refuses of this response, and the event it makes of it. */
static bool takes_response(const prim *p, int64_t id, uint64_t status, const char *body, uint16_t refused, int event)
{
    const cf_response r = {.id = {true, (uint64_t)id}, .status = {true, status}, .body = {true, span_text(body)}};
    if (!stream_begins(p))
        return false;
    seal_message(&cf_response_layout, &r, &it.server.noise, &it.server_world, &it.down);
    return accepted(carry_down()) && it.up.refused == refused && (int)it.up.event.kind == event &&
           it.client.pending.n == (event != CF_FAILED);
}

static bool a_response_to_nobody_is_ignored(const prim *p) { return takes_response(p, 99, 200, "x", REQ_CF_088, CF_NO_EVENT); }

static bool a_status_fails_its_request(const prim *p)
{
    return takes_response(p, 7, 500, "{\"type\":\"token\",\"content\":\"x\"}", REQ_CF_089, CF_FAILED);
}

static bool a_malformed_event_fails_its_request(const prim *p)
{
    return takes_response(p, 7, 200, "{\"type\":\"token\"}", REQ_CF_090, CF_FAILED);
}

static bool an_unknown_event_is_ignored(const prim *p) { return takes_response(p, 7, 200, "{\"type\":\"weather\"}", 0, CF_NO_EVENT); }

static bool a_malformed_response_ends_it(const prim *p)
{
    if (!stream_begins(p))
        return false;
    cf_effects_clear(&it.down);
    cf_seal_message(&it.server.noise, &it.server_world, span_text("\377"), &it.down);
    return carry_down().req == REQ_CF_087;
}

static bool an_unanswered_request_is_incomplete(const prim *p)
{
    return stream_begins(p) && cf_client_end(&it.client, cf_own(BIG_ROOM(it.storage[0]))).req == REQ_CF_092;
}

const internal_check confer_checks[] = {
    {"cf.plain.health", "CF-015", health_needs_evidence},
    {"cf.client.message1.size", "CF-019", message1_has_no_payload},
    {"cf.client.message3.size", "CF-020", message3_has_no_payload},
    {"cf.server.message1.no-evidence", "CF-025", no_handshake_without_evidence},
    {"cf.server.after-the-end", "CF-028", nothing_after_the_end},
    {"cf.session.wiped", "CF-030", the_end_wipes},
    {"cf.client.refusal", "CF-032", a_refusing_client_tells_nothing},
    {"cf.client.leaves", "CF-108", who_is_done_closes_with_1000},
    {"cf.client.appraises-first", "CF-033", refused_evidence_ends_it},
    {"cf.frames.cut", "CF-045", frames_are_cut_in_order},
    {"cf.frames.order", "CF-047", frames_are_cut_in_order},
    {"cf.request.id-in-flight", "CF-066", an_id_in_flight_is_taken},
    {"cf.request.expired", "CF-067", an_expired_guest_pays},
    {"cf.request.sixteen", "CF-068", sixteen_in_flight},
    {"cf.response.empty-body", "CF-074", an_empty_body_is_no_body},
    {"cf.chat.web-search", "CF-083", web_search_is_allowed_unsaid},
    {"cf.chat.members", "CF-086", a_chat_says_stream_model_and_messages},
    {"cf.response.malformed", "CF-087", a_malformed_response_ends_it},
    {"cf.response.stray", "CF-088", a_response_to_nobody_is_ignored},
    {"cf.response.status", "CF-089", a_status_fails_its_request},
    {"cf.event.malformed", "CF-090", a_malformed_event_fails_its_request},
    {"cf.event.unknown", "CF-091", an_unknown_event_is_ignored},
    {"cf.request.incomplete", "CF-092", an_unanswered_request_is_incomplete},
    {0},
};
