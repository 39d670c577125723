/* A host of profile parley1 that errs: the simulator's, with careless steps, primitives and model around the text. */
#include "clock_hook.h"
#include "own_server.h"
#include "p1_peer.h"
#include "p1_socket.h"
#include "planted.h"
#include "planted_http.h"
#include "planted_p1.h"

#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SESSIONS = 64, KEPT_MAX = P1_MESSAGE_MAX, CONTROL_MAX = P1_ENCLAVE_CONTROL };

/* What a mistake needs to know of a session beside the text's state. */
typedef struct kept {
    const p1_enclave *of;
    p1_ratchet epoch_before, record_before; /* as they were before the last start, and before the last record that was taken */
    uint8_t challenge[P1_DIGEST];           /* X of the evidence before */
    uint8_t *request;                       /* KEPT_MAX bytes */
    size_t n_request;
    uint8_t kturn[IN_KEY], answer[IN_TOKENS_MAX + 4096];
    size_t n_answer;
    uint8_t said[IN_OPENING_MAX + 4096]; /* the message that is being sent */
    size_t n_said, gone;
    uint8_t share_coins[32];
    unsigned fills, records; /* of the answer */
    unsigned n_requests;     /* of the session */
    uint32_t asked_in;       /* the epoch of its last request */
    bool cancels_next;
} kept;

static struct event_base *base;
static service world;
static p1_model script;
static kept sessions[SESSIONS];
static kept *current; /* whose message was taken last */
static unsigned n_sessions;
static ws_gate the_gate;
static unsigned n_accepted;
static int64_t clock_now, clock_told, started; /* told: what the hook said */
static p1_host *the_host;

static kept *kept_of(const p1_enclave *e)
{
    unsigned i = 0;
    while (i < SESSIONS && sessions[i].of != e)
        i++;
    if (i < SESSIONS && e->phase != P1_NEW)
        return &sessions[i];
    kept *k = &sessions[i < SESSIONS ? i : n_sessions++ % SESSIONS];
    free(k->request);
    *k = (kept){.of = e, .request = malloc(KEPT_MAX)};
    must(k->request);
    return k;
}

/* ---- the first message ---- */

/* An offer as a loose reader sees it. */
typedef struct loose_offer {
    span versions, name, rest; /* rest: behind the offer */
    size_t n;                  /* versions, as written */
} loose_offer;

static loose_offer read_loosely(span message)
{
    reader r = reader_of(message), offer = reader_of(read_bytes(&r, (size_t)read_be(&r, 2)));
    loose_offer o = {.n = (size_t)read_be(&offer, 2)};
    o.versions = read_bytes(&offer, 2 * o.n);
    o.name = read_bytes(&offer, (size_t)read_be(&offer, 1));
    o.rest = r.rest;
    return o;
}

static bool has_prefix(span s, span prefix) { return s.n >= prefix.n && memcmp(s.p, prefix.p, prefix.n) == 0; }

static bool is_own_name_carelessly(span name)
{
    const span own = span_text(PLANTED_P1_NAME);
    const bool longer = name.n > own.n;
    return (CARELESS(p1_name_as_far_as_own) && has_prefix(name, own)) || (CARELESS(p1_name_as_far_as_offered) && has_prefix(own, name)) ||
           (CARELESS(p1_name_by_its_end) && longer && memcmp(name.p + name.n - own.n, own.p, own.n) == 0) ||
           (CARELESS(p1_name_first_8) && name.n == own.n && memcmp(name.p, own.p, 8) == 0) ||
           (CARELESS(p1_name_in_any_case) && name.n == own.n && strncasecmp((const char *)name.p, (const char *)own.p, own.n) == 0);
}

static uint16_t version_at(const loose_offer *o, size_t i) { return (uint16_t)(o->versions.p[2 * i] << 8 | o->versions.p[2 * i + 1]); }

static bool offers_version(const loose_offer *o, uint16_t wanted)
{
    for (size_t i = 0; i < o->versions.n / 2; i++)
        if (version_at(o, i) == wanted)
            return true;
    return false;
}

static bool offers_unknown(const loose_offer *o)
{
    for (size_t i = 0; i < o->versions.n / 2; i++)
        if (version_at(o, i) != P1_VERSION && !p1_is_reserved(version_at(o, i)))
            return true;
    return false;
}

static bool has_one_twice(const loose_offer *o)
{
    for (size_t i = 0; i < o->versions.n / 2; i++)
        for (size_t k = 0; k < i; k++)
            if (version_at(o, i) == version_at(o, k))
                return true;
    return false;
}

static bool refuses_a_good_offer(const loose_offer *o)
{
    return (CARELESS(p1_grease_refused) && o->n > 2) || (CARELESS(p1_grease_of_a_list) && offers_version(o, 0xfafa)) ||
           (CARELESS(p1_first_version_alone) && offers_unknown(o));
}

static void write_offer_of_ours(const loose_offer *o, span rest, writer *out)
{
    const bool known = offers_version(o, P1_VERSION), twice = CARELESS(p1_versions_twice) && has_one_twice(o);
    const span versions = twice || (CARELESS(p1_any_version) && !known) ? span_of("\0\1", 2) : o->versions;
    const span name = is_own_name_carelessly(o->name) ? span_text(PLANTED_P1_NAME) : o->name;
    write_be(out, 2 + versions.n + 1 + name.n, 2);
    write_be(out, versions.n / 2, 2);
    write_span(out, versions);
    write_be(out, name.n, 1);
    write_span(out, name);
    write_span(out, rest);
}

static bool reads_loosely(void)
{
    for (int i = WITH_p1_name_as_far_as_own; i <= WITH_p1_share_first_1024; i++)
        if (planted_now[i])
            return true;
    return false;
}

/* The first message as this host understands it. */
static span understood(span message, uint8_t *room, size_t cap)
{
    writer w = writer_of(room, cap);
    if (!reads_loosely())
        return message;
    const loose_offer o = read_loosely(message);
    if (refuses_a_good_offer(&o))
        return EMPTY;
    write_offer_of_ours(&o, CARELESS(p1_hello_longer) ? span_first(o.rest, P1_MESSAGE1) : o.rest, &w);
    if (CARELESS(p1_share_first_1024) && writer_ok(&w) && o.rest.n == P1_MESSAGE1)
        planted_p1_reduces(room + w.n - P1_MESSAGE1 + 32, 1024);
    return writer_ok(&w) ? written(&w) : message;
}

/* ---- coins that are too few ---- */

static void spoil_coins(kept *k, bool first, uint8_t coins[P1_COINS])
{
    static unsigned n;
    if (CARELESS(p1_one_ephemeral))
        memset(coins + 64, 7, P1_ANSWER_COINS);
    if (CARELESS(p1_eight_ephemerals))
        memset(coins + 64, (int)(n++ % 8), P1_ANSWER_COINS);
    if (CARELESS(p1_one_share))
        memset(coins + 32, 7, 32);
    if (CARELESS(p1_share_of_the_session) && !first)
        memcpy(coins + 32, k->share_coins, 32);
    memcpy(k->share_coins, first ? coins + 32 : k->share_coins, 32);
}

/* ---- what is refused, and passed over ---- */

typedef struct call {
    p1_enclave *e;
    const p1_enclave_world *w;
    span message;
    p1_effects *out;
    kept *k;
} call;

static uint32_t number_at(span record, size_t at)
{
    reader r = reader_of(span_from(record, at));
    return (uint32_t)read_be(&r, 4);
}

static bool opens_by(const call *c, const p1_ratchet *with)
{
    static uint8_t room[P1_RECORD_MAX];
    p1_ratchet r = *with;
    writer plain = WRITER(room);
    return c->message.n <= P1_RECORD_MAX && accepted(p1_open(&r, c->w->prim, c->message, &plain, NULL));
}

static bool passes_over(const call *c) { return (void)c, true; }
static bool is_of_epoch_before(const call *c) { return opens_by(c, &c->k->epoch_before); }
static bool is_record_before(const call *c) { return opens_by(c, &c->k->record_before); }

/* A few records are missing: the chain is moved on to where it would be. */
static bool moves_on(const call *c)
{
    p1_ratchet *r = &c->e->epochs.now;
    const uint32_t n = number_at(c->message, 36);
    const uint8_t two = 2;
    const span part = span_of(&two, 1);
    for (unsigned i = 0; i < 8 && r->secret.receiving.n < n; i++, r->secret.receiving.n++)
        c->w->prim->hmac(PRIM_SHA256, SPAN(r->secret.receiving.key), &part, 1, r->secret.receiving.key);
    return accepted(p1_enclave_takes(c->e, c->w, c->message, c->out));
}

/* Whatever the other says of the chain before, once the first epoch is over. */
static bool believes_count(const call *c)
{
    if (c->e->epochs.now.epoch == 0 && number_at(c->message, 40) == 0)
        return false;
    c->e->epochs.now.secret.receiving.n = number_at(c->message, 32);
    return accepted(p1_enclave_takes(c->e, c->w, c->message, c->out));
}

/* The same record, as another state of this side takes it. */
static verdict again(const call *c) { return p1_enclave_takes(c->e, c->w, c->message, c->out); }

static bool takes_any_level(const call *c)
{
    static const unsigned levels[] = {0, 2, 3};
    for (size_t i = 0; i < 3; i++) {
        const p1_enclave was = *c->e;
        c->e->epochs.level = levels[i];
        if (accepted(again(c)))
            return true;
        *c->e = was;
    }
    return false;
}

static bool takes_later_token(const call *c)
{
    c->e->has_token = c->e->epochs.now.epoch == 0;
    return accepted(again(c));
}

static bool takes_step_at_once(const call *c)
{
    c->e->epochs.now.turned = 2;
    return accepted(again(c));
}

static bool takes_step_of_old_session(const call *c)
{
    if (c->k->n_requests >= P1_REQUESTS_MAX)
        c->e->epochs.requests = P1_REQUESTS_MAX;
    return accepted(again(c));
}

static bool takes_without_rest(const call *c)
{
    p1_join_clear(&c->w->storage->control);
    p1_join_clear(&c->w->storage->talk);
    return accepted(again(c));
}

static bool takes_epoch_of_16_bits(const call *c)
{
    const uint32_t is = c->e->epochs.now.epoch, said = number_at(c->message, 40);
    if ((is & 0xffff) != (said & 0xffff))
        return false;
    c->e->epochs.now.epoch = said;
    const bool taken = accepted(again(c));
    c->e->epochs.now.epoch = is;
    return taken;
}

static const struct lapse {
    int fault;
    uint16_t req; /* 0: whatever was refused */
    bool (*takes)(const call *);
} lapses[] = {{WITH_p1_refuses_nothing, 0, passes_over},
              {WITH_p1_level_may_change, REQ_P1_146, takes_any_level},
              {WITH_p1_token_again_later, REQ_P1_148, takes_later_token},
              {WITH_p1_step_before_ready, REQ_P1_152, takes_step_at_once},
              {WITH_p1_step_by_session, REQ_P1_155, takes_step_of_old_session},
              {WITH_p1_rest_dropped, REQ_P1_150, takes_without_rest},
              {WITH_p1_epoch_of_16_bits, REQ_P1_104, takes_epoch_of_16_bits},
              {WITH_p1_old_epoch_taken, REQ_P1_104, is_of_epoch_before},
              {WITH_p1_replays_taken, REQ_P1_105, is_record_before},
              {WITH_p1_replays_taken, REQ_P1_107, is_record_before},
              {WITH_p1_gaps_taken, REQ_P1_105, moves_on},
              {WITH_p1_counts_of_epoch_0, REQ_P1_106, believes_count}};

static const struct lapse *lapse_for(verdict v)
{
    for (size_t i = 0; i < sizeof lapses / sizeof *lapses; i++)
        if (planted_now[lapses[i].fault] && (!lapses[i].req || lapses[i].req == v.req))
            return &lapses[i];
    return NULL;
}

/* The state before a call, what was joined of messages included. */
typedef struct snapshot {
    p1_enclave enclave;
    p1_join control, talk;
    uint8_t bytes[CONTROL_MAX + P1_MESSAGE_MAX];
} snapshot;

static void keep(const call *c, snapshot *s)
{
    const p1_storage *st = c->w->storage;
    s->enclave = *c->e;
    s->control = st->control;
    s->talk = st->talk;
    memcpy(s->bytes, st->control.p, st->control.n);
    memcpy(s->bytes + CONTROL_MAX, st->talk.p, st->talk.n);
}

static void put_back(const call *c, const snapshot *s)
{
    p1_storage *st = c->w->storage;
    *c->e = s->enclave;
    st->control = s->control;
    st->talk = s->talk;
    memcpy(st->control.p, s->bytes, st->control.n);
    memcpy(st->talk.p, s->bytes + CONTROL_MAX, st->talk.n);
    p1_effects_clear(c->out);
}

static verdict passed_over(const call *c, const snapshot *s, verdict v)
{
    const struct lapse *lapse = lapse_for(v);
    if (!lapse)
        return v;
    put_back(c, s);
    if (lapse->takes(c))
        return ACCEPT;
    put_back(c, s);
    return p1_enclave_takes(c->e, c->w, c->message, c->out);
}

/* ---- what comes ---- */

static void note(const call *c, const p1_ratchet *before)
{
    kept *k = c->k;
    if (c->out->event == P1_STARTED)
        k->epoch_before = *before;
    k->record_before = *before;
    if (c->out->event != P1_TALK_CAME || c->out->message.p[0] != P1_REQUEST || c->out->message.n > KEPT_MAX)
        return;
    memcpy(k->request, c->out->message.p, c->out->message.n);
    memcpy(k->kturn, c->out->turn, IN_KEY);
    k->n_request = c->out->message.n;
    k->n_requests++;
    k->n_answer = k->fills = k->records = 0;
}

static verdict takes(p1_enclave *e, const p1_enclave_world *lent, span message, p1_effects *out)
{
    clock_now = clock_told;
    static snapshot s;
    static uint8_t hello[8192];
    uint8_t coins[P1_COINS];
    p1_enclave_world w = *lent;
    w.now = clock_now;
    memcpy(coins, lent->coins.p, sizeof coins);
    const bool first = e->phase == P1_NEW;
    current = kept_of(e);
    spoil_coins(current, first, coins);
    w.coins = SPAN(coins);
    const call c = {e, &w, first ? understood(message, hello, sizeof hello) : message, out, current};
    keep(&c, &s);
    verdict v = p1_enclave_takes(e, &w, c.message, out);
    if (accepted(v))
        note(&c, &s.enclave.epochs.now);
    else
        v = passed_over(&c, &s, v);
    if (CARELESS(p1_never_stale))
        out->stale = false;
    if (CARELESS(p1_answers_nothing) && !first && (out->event == P1_TALK_CAME || out->event == P1_TALK_PART))
        out->event = P1_NOTHING;
    return v;
}

/* ---- turns ---- */

/* A character of 16 bits that is none: three letters in its place. */
static void replace_surrogates(uint8_t *text, size_t n)
{
    for (size_t i = 0; i + 2 < n; i++)
        if (text[i] == 0xed && text[i + 1] >= 0xa0)
            memcpy(text + i, "???", 3);
}

/* The texts of a request as a loose reader has them. */
static span loose_texts(const in_request *q)
{
    static uint8_t room[P1_MESSAGE_MAX], text[P1_MESSAGE_MAX];
    writer row = WRITER(room);
    reader r = reader_of(q->messages);
    uint64_t role;
    span said;
    for (unsigned i = 0; in_next_text(&r, &role, &said); i++) {
        memcpy(text, said.p, said.n);
        if (CARELESS(p1_surrogates_taken))
            replace_surrogates(text, said.n);
        in_write_text(CARELESS(p1_later_roles_not_read) && i > 0 && role > IN_TOOL ? IN_USER : (in_role)role, span_of(text, said.n), &row);
    }
    return written(&row);
}

static span loose_tools(const in_request *q)
{
    static uint8_t room[P1_MESSAGE_MAX];
    writer row = WRITER(room);
    reader r = reader_of(q->tools);
    span tool;
    while (in_next_tool(&r, &tool))
        in_write_tool(CARELESS(p1_tools_any_length) && tool.n > 65536 ? span_text("{}") : tool, &row);
    return written(&row);
}

/* temperature, top_k, top_p, min_p, penalty, max_tokens, stops */
static span loose_parameters(const in_request *q)
{
    enum { MIN_P = 8, STOPS = 18 };
    static uint8_t room[IN_PARAMETERS_MAX + 64];
    const size_t n = q->parameters.n < sizeof room ? q->parameters.n : sizeof room;
    memcpy(room, q->parameters.p, n);
    if (CARELESS(p1_min_p_not_read) && n >= STOPS)
        memset(room + MIN_P, 0, 4);
    if (CARELESS(p1_stops_any_length) && n > STOPS + 1 && room[STOPS] == 1 && room[STOPS + 1] > 32)
        return room[STOPS] = 0, span_of(room, STOPS + 1);
    return span_of(room, n);
}

/* A request as this host reads it, in the place of what came. */
static void read_request_loosely(p1_effects *came)
{
    static uint8_t room[P1_MESSAGE_MAX];
    writer w = WRITER(room);
    in_message m;
    const bool loose = CARELESS(p1_surrogates_taken) || CARELESS(p1_later_roles_not_read) || CARELESS(p1_tools_any_length) ||
                       CARELESS(p1_min_p_not_read) || CARELESS(p1_stops_any_length) || CARELESS(p1_messages_one_too_few);
    if (!loose || !accepted(in_read_message(came->message, &m)))
        return;
    in_request q = m.as.request;
    q.messages = loose_texts(&q);
    q.tools = loose_tools(&q);
    q.parameters = loose_parameters(&q);
    if (CARELESS(p1_messages_one_too_few) && q.n_messages == IN_MESSAGES_MAX)
        q.n_messages = 0, q.messages = EMPTY;
    in_write_request(&q, &w);
    came->message = writer_ok(&w) ? written(&w) : came->message;
}

static void break_rules(p1_listening *l, const p1_effects *came)
{
    const bool talk = came->event == P1_TALK_CAME;
    const uint32_t epoch = current->of->epochs.now.epoch;
    if (CARELESS(p1_ids_anew_each_epoch) && talk && came->message.p[0] == P1_REQUEST && epoch != current->asked_in)
        l->order.asked = false;
    if (talk && came->message.p[0] == P1_REQUEST)
        current->asked_in = epoch;
    if (CARELESS(p1_token_again_later) && came->event == P1_TOKEN_CAME && epoch > 0)
        l->order.admitted = false;
    if (CARELESS(p1_ids_in_any_order) && talk && came->message.p[0] == P1_REQUEST)
        l->order.asked = false;
    if (CARELESS(p1_cancel_of_any_id) && talk && came->message.p[0] == P1_CANCEL && !l->order.cancelled)
        l->order.id = number_at(came->message, 1);
}

static verdict hears(p1_listening *l, const p1_effects *came, p1_heard *heard)
{
    const p1_listening was = *l;
    p1_effects loosely = *came;
    const bool asks = came->event == P1_TALK_CAME && came->message.p[0] == P1_REQUEST,
               late = came->event == P1_TALK_CAME && came->message.p[0] == P1_CANCEL && !l->order.open;
    break_rules(l, came);
    if (asks)
        read_request_loosely(&loosely);
    verdict v = p1_enclave_hears(l, &loosely, heard);
    if (asks && CARELESS(p1_late_cancel_hits_next))
        heard->stops |= current->cancels_next;
    current->cancels_next = late;
    if (asks)
        ((p1_effects *)came)->message = loosely.message; /* what is kept */
    if (!accepted(v) && CARELESS(p1_refuses_nothing)) {
        *l = was;
        *heard = (p1_heard){0};
        return ACCEPT;
    }
    if (CARELESS(p1_cancel_ignored))
        heard->stops = false;
    if (CARELESS(p1_answers_before_full) && heard->keep) {
        heard->asks = true;
        l->waits = false;
    }
    return v;
}

static void closes(ws *w, uint16_t code)
{
    if (CARELESS(p1_closes_with_1000))
        code = 1000;
    if (CARELESS(p1_refuses_by_cutting))
        ws_cut(w);
    else
        ws_close(w, code, CARELESS(p1_closes_with_words) ? "bad record" : "");
}

/* ---- evidence ---- */

/* Over another challenge than the text's. */
static span attest_over(uint32_t epoch, const uint8_t x[P1_DIGEST])
{
    static uint8_t room[SERVICE_ATTEST];
    writer w = WRITER(room);
    service_attest(&world, epoch, x, &w);
    return written(&w);
}

static span kept_attest(span attest, bool replaced)
{
    static uint8_t room[SERVICE_ATTEST];
    static size_t n;
    if (n == 0 || replaced)
        span_take(attest, room, sizeof room), n = attest.n;
    return span_of(room, n);
}

static void reports(p1_enclave *e, const p1_enclave_world *w, span attest, p1_effects *out)
{
    kept *k = kept_of(e);
    const uint32_t epoch = e->phase == P1_PROVING ? 0 : e->epochs.now.epoch + 1;
    if (CARELESS(p1_evidence_kept))
        attest = kept_attest(attest, false);
    if (CARELESS(p1_every_second_epoch))
        attest = kept_attest(attest, epoch % 2 == 0);
    if (CARELESS(p1_challenge_before) && epoch > 0)
        attest = attest_over(epoch, k->challenge);
    if (CARELESS(p1_epoch_not_bound) && epoch > 0)
        attest = attest_over(0, e->x);
    if (CARELESS(p1_kem_left_out))
        memset(e->secret.kem, 0, sizeof e->secret.kem);
    memcpy(k->challenge, e->x, P1_DIGEST);
    p1_enclave_reports(e, w, attest, out);
}

/* ---- answers ---- */

static span texts_of(const in_request *q, writer *row)
{
    reader r = reader_of(q->messages);
    uint64_t role;
    span text;
    while (in_next_text(&r, &role, &text))
        in_write_text(CARELESS(p1_com_without_roles) ? IN_SYSTEM : (in_role)role,
                      CARELESS(p1_com_of_64_bytes) ? span_first(text, 64) : text, row);
    return written(row);
}

/* What stands under com, as this host makes it. */
static void com_of(const kept *k, uint8_t finish, uint8_t com[IN_DIGEST])
{
    static const uint8_t zeros[IN_PARAMETERS_MAX];
    static uint8_t room[KEPT_MAX], request[KEPT_MAX];
    writer row = WRITER(room), w = WRITER(request);
    in_message m;
    must(accepted(in_read_message(span_of(k->request, k->n_request), &m)));
    in_request q = m.as.request;
    q.messages = texts_of(&q, &row);
    if (CARELESS(p1_com_without_tools))
        q.n_tools = 0, q.tools = EMPTY;
    if (CARELESS(p1_com_without_parameters))
        q.parameters = span_of(zeros, q.parameters.n);
    if (CARELESS(p1_com_without_seed))
        q.seed = span_of(zeros, IN_DIGEST);
    in_write_request(&q, &w);
    must(writer_ok(&w) && accepted(in_read_message(written(&w), &m)));
    if (CARELESS(p1_com_of_the_first_message))
        m.as.request.n_messages = 1;
    in_turn turn = {.request = m.as.request, .model = span_of(world.model, IN_DIGEST)};
    memcpy(turn.kturn, k->kturn, IN_KEY);
    in_turn_com(&prim_sodium, &turn, span_of(k->answer, k->n_answer), finish, com);
}

/* The same receipt, made once more with these. */
static void sign_again(const kept *k, in_end *end, const uint8_t com[IN_DIGEST], writer *room)
{
    static uint8_t opening[IN_OPENING_MAX];
    uint8_t receipt[IN_RECEIPT], statement[IN_DIGEST], signature[IN_SIGNATURE_SIZE];
    reader r = reader_of(end->receipt);
    in_opening o;
    writer w = WRITER(opening);
    must(accepted(in_read_opening(read_bytes(&r, (size_t)read_be(&r, 4)), NULL, &o)));
    if (CARELESS(p1_receipt_other_salt))
        o.salt = SPAN(k->kturn);
    if (CARELESS(p1_receipt_ends_well))
        o.finish = IN_END;
    in_write_opening(&o, &w);
    must(accepted(in_make_receipt(&prim_sodium, script.engine, com, written(&w), receipt)));
    prim_digest(&prim_sodium, PRIM_SHA256, span_of(world.statement, world.n_statement), statement);
    if (CARELESS(p1_receipt_of_claims))
        prim_digest(&prim_sodium, PRIM_SHA256, span_text(world.claims), statement);
    in_sign(&prim_sodium, CARELESS(p1_receipt_other_key) ? world.owner : world.q_secret, SPAN(receipt), SPAN(statement), signature);
    in_write_signed_receipt(&(in_signed_receipt){written(&w), SPAN(receipt), SPAN(signature)}, room);
    end->receipt = written(room);
}

static bool another_receipt(void)
{
    return CARELESS(p1_receipt_other_salt) || CARELESS(p1_receipt_other_key) || CARELESS(p1_receipt_of_claims) ||
           CARELESS(p1_receipt_of_the_last) || CARELESS(p1_receipt_ends_well);
}

static unsigned n_ends;

static void rewrite_end(kept *k, in_end *end, writer *room)
{
    static uint8_t com[IN_DIGEST], last[IN_DIGEST];
    end->finish = CARELESS(p1_finish_always_0) ? IN_END : end->finish;
    end->seq += CARELESS(p1_end_counts_itself);
    com_of(k, (uint8_t)end->finish, com);
    if (end->receipt.n && another_receipt())
        sign_again(k, end, CARELESS(p1_receipt_of_the_last) ? last : com, room);
    if (CARELESS(p1_receipt_left_out))
        end->receipt = EMPTY;
    com[0] ^= CARELESS(p1_answers_go_bad) && n_ends++ > 0;
    end->com = SPAN(com);
    memcpy(last, com, sizeof last);
}

static uint32_t id_of(uint64_t id) { return (uint32_t)id + CARELESS(p1_answers_other_id); }

static void say_chunk(kept *k, const in_chunk *c, writer *out)
{
    must(k->n_answer + c->bytes.n <= sizeof k->answer);
    memcpy(k->answer + k->n_answer, c->bytes.p, c->bytes.n);
    k->n_answer += c->bytes.n;
    in_write_chunk(id_of(c->id), (uint32_t)c->seq + CARELESS(p1_seq_from_1), c->bytes, out);
}

static void say_end(kept *k, in_end *end, writer *out)
{
    static uint8_t room[IN_OPENING_MAX + 4096];
    writer receipt = WRITER(room);
    end->id = id_of(end->id);
    rewrite_end(k, end, &receipt);
    in_write_end(end, out);
}

/* A message of ours as this host says it, into k->said. */
static size_t say(kept *k, span message)
{
    writer w = WRITER(k->said);
    in_message m;
    must(accepted(in_read_message(message, &m)));
    if (m.type == IN_TYPE_CHUNK)
        say_chunk(k, &m.as.chunk, &w);
    else if (m.type == IN_TYPE_END)
        say_end(k, &m.as.end, &w);
    else if (m.type == IN_TYPE_ERROR)
        in_write_error(id_of(m.as.error.id), CARELESS(p1_errors_are_busy) ? IN_BUSY : (in_code)m.as.error.code, &w);
    else
        write_span(&w, message);
    must(writer_ok(&w));
    return w.n;
}

static bool leaves_fill_out(kept *k)
{
    k->fills++;
    return CARELESS(p1_no_fills) || (CARELESS(p1_fills_to_64) && k->records >= 64) || (CARELESS(p1_one_fill_less) && k->fills == 1);
}

static void seal_carelessly(p1_enclave *e, const p1_enclave_world *w, span message, size_t *at, p1_effects *out)
{
    p1_ratchet *r = &e->epochs.now;
    const p1_ratchet was = *r;
    const unsigned level = e->epochs.level;
    if (CARELESS(p1_share_kept) && r->sends)
        r->turns = false;
    if (CARELESS(p1_level_not_kept))
        e->epochs.level = 0;
    p1_enclave_sends_part(e, w, message, at, out);
    e->epochs.level = level;
    if (CARELESS(p1_chain_key_kept) && was.sends && !was.turns)
        memcpy(r->secret.sending.key, was.secret.sending.key, P1_KEY);
    if (CARELESS(p1_root_kept))
        memcpy(r->secret.root, was.secret.root, P1_KEY);
}

static void sends_part(p1_enclave *e, const p1_enclave_world *w, span message, size_t *at, p1_effects *out)
{
    kept *k = kept_of(e);
    if (message.p[0] == P1_FILL && leaves_fill_out(k)) {
        p1_effects_clear(out);
        *at = message.n;
        return;
    }
    if (*at == 0) {
        k->n_said = say(k, message);
        k->gone = 0;
    }
    const span whole = span_of(k->said, k->n_said);
    k->records++;
    seal_carelessly(e, w, whole, &k->gone, out);
    *at = k->gone >= whole.n ? message.n : k->gone < message.n ? k->gone : message.n - 1;
    if (CARELESS(p1_errors_end_it) && message.p[0] == P1_ERROR)
        out->close = 1002;
}

static bool may_come(uint64_t n) { return CARELESS(p1_refuses_nothing) || n <= P1_RECORD_MAX; }

static const p1_host_steps steps = {takes, reports, sends_part, hears, closes, may_come};

/* ---- the model ---- */

static uint8_t asked_before[256], asked_now[256];
static size_t n_before, n_now;

static in_code careless_begin(void *session, const in_request *q, const uint8_t seed[IN_DIGEST])
{
    reader r = reader_of(q->messages);
    uint64_t role;
    span text, last = EMPTY;
    while (in_next_text(&r, &role, &text))
        last = text;
    memcpy(asked_before, asked_now, n_before = n_now);
    n_now = last.n < 100 ? last.n : 100;
    memcpy(asked_now, last.p, n_now);
    return script.begin(session, q, seed);
}

static bool careless_go_on(void *session, writer *text)
{
    static unsigned n;
    const size_t at = text->n;
    const bool more = script.go_on(session, text);
    const span piece = span_from(written(text), at);
    n++;
    if (CARELESS(p1_pieces_dropped) && n % 3 == 0)
        text->n = at;
    if (CARELESS(p1_pieces_doubled) && n % 3 == 0)
        write_span(text, piece);
    if (CARELESS(p1_bytes_above_127) && piece.n)
        for (size_t i = 0; i < piece.n; i++)
            text->p[at + i] = piece.p[i] < 128 ? piece.p[i] : '?';
    if (CARELESS(p1_tells_the_next) && !more)
        write_span(text, span_of(asked_before, n_before));
    return more;
}

/* ---- serving ---- */

static void on_accepted(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *from, int n, void *ctx)
{
    const int on = 1;
    (void)listener, (void)from, (void)n, (void)ctx;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    n_accepted++;
    if (CARELESS(p1_protocol_of_the_first) && n_accepted > 1)
        the_gate.protocol = NULL;
    if (CARELESS(p1_serves_one) && n_accepted > 1) {
        close(fd);
        return;
    }
    ws_serve(base, planted_http(bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE)), &the_gate);
}

static void make_world(span seed, int64_t now)
{
    script = p1_script();
    service_make(&world, planted_p1_prim(), seed, PLANTED_P1_NAME, now);
    world.model = script.digest;
    world.tokenizer = script.tokenizer;
    world.tick = 5;
    service_finish(&world);
}

static void set_clock(void *ctx, int64_t seconds)
{
    (void)ctx;
    clock_told = started + (seconds - started) * (CARELESS(p1_clock_fast) ? 9 : CARELESS(p1_clock_slow) ? 4 : 6) / 6;
    if (CARELESS(p1_idle_early) && clock_told > started + 3000)
        clock_told += 600;
    if (CARELESS(p1_waits_for_ever))
        return;
    clock_now = clock_told;
    p1_host_ticks(the_host);
}

_Noreturn void planted_p1_serve(span seed, int64_t now, int tell)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t n = sizeof at;
    base = event_base_new();
    make_world(seed, now);
    p1_model model = script;
    model.begin = careless_begin;
    model.go_on = careless_go_on;
    clock_now = clock_told = started = now;
    const p1_host_setup setup = {
        .base = base, .world = &world, .now = &clock_now, .coins = coins_of_seed(EMPTY, "planted"), .model = model, .by = &steps};
    the_host = p1_host_start(&setup);
    the_gate = p1_host_gate(the_host);
    if (CARELESS(p1_no_protocol))
        the_gate.protocol = NULL;
    struct evconnlistener *l = evconnlistener_new_bind(base, on_accepted, NULL, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_REUSEABLE, 1024,
                                                       (struct sockaddr *)&at, sizeof at);
    const clock_hook *hook = clock_hook_start(base, "127.0.0.1:0", set_clock, NULL);
    must(l && getsockname(evconnlistener_get_fd(l), (struct sockaddr *)&at, &n) == 0);
    const unsigned ports[] = {ntohs(at.sin_port), hook ? clock_hook_port(hook) : 0};
    must(write(tell, ports, sizeof ports) == sizeof ports);
    event_base_dispatch(base);
    _exit(0);
}
