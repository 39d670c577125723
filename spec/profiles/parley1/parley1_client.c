/* The client's side of a session. */
#include "parley1_session_parts.h"

#include <string.h>

/* ---- the handshake ---- */

void p1_client_start(p1_client *c, const p1_client_world *w, span name, p1_effects *out)
{
    must(p1_is_name(name) && p1_policy_fits(w->policy) && w->coins.n == P1_COINS);
    p1_effects_clear(out);
    memset(c, 0, sizeof *c);
    span_take(name, c->name, sizeof c->name);
    c->n_name = name.n;
    p1_client_hello(&c->noise, w->prim, name, span_first(w->coins, P1_HELLO_COINS), &out->bytes, &c->offered);
    memcpy(c->first, c->offered.bytes.p, c->offered.bytes.n);
    c->offered.bytes.p = c->first;
    c->offered.name = span_of(c->name, c->n_name);
    p1_end_record(out);
    c->phase = P1_SHAKING;
    c->epochs.born = w->now;
    p1_wait_for(&c->epochs, w->now + 10, SITE(P1_166));
}

static verdict takes_message2(p1_client *c, const p1_client_world *w, span message, p1_effects *out)
{
    (void)out;
    TRY(p1_client_agrees(&c->noise, w->prim, &c->offered, message, &c->agreed));
    memcpy(c->next_r, c->agreed.r0, 32);
    memcpy(c->next_x, c->agreed.h, P1_DIGEST);
    c->phase = P1_PROVING;
    p1_wait_for(&c->epochs, w->now + 30, SITE(P1_167));
    return ACCEPT;
}

/* ---- evidence ---- */

static void start_epoch(p1_client *c, const p1_client_world *w, uint32_t epoch, uint8_t seed[P1_KEY], p1_effects *out)
{
    p1_epochs *e = &c->epochs;
    uint8_t root[P1_KEY];
    const uint8_t start[] = {P1_START, (uint8_t)w->policy->level};
    const uint32_t sent = epoch ? p1_sent(&e->now) : 0;
    p1_make_epoch(e, w->prim, seed, epoch, root);
    e->has_other = epoch > 0;
    e->other = e->now;
    p1_start_client(&e->now, epoch, c->t, root, c->next_r, sent, 0);
    wipe(root, sizeof root);
    e->level = w->policy->level;
    e->requests = 0;
    e->first_came = false;
    e->born = epoch ? c->asked : e->born;
    e->busy = epoch ? e->busy : w->now;
    c->step = 0;
    p1_send_message(e, w->prim, w->coins, SPAN(start), false, out);
    p1_wait_for(e, w->now + 30, SITE(P1_168));
    out->event = P1_VERIFIED;
}

static verdict verify(p1_client *c, const p1_client_world *w, uint32_t epoch, span attest)
{
    const p1_verifier v = {w->prim, w->policy, w->now, w->room};
    const p1_expected expected = {.name = span_of(c->name, c->n_name),
                                  .s = c->agreed.s,
                                  .x = c->next_x,
                                  .epoch = epoch,
                                  .offered = &c->offered,
                                  .version = c->agreed.version,
                                  .before = epoch ? &c->identity : NULL};
    verdict judged = ACCEPT;
    DO(P1_142, judged = p1_verify(&v, &expected, attest, w->memory, &c->appraisal));
    TRY(judged);
    p1_transcript(w->prim, c->next_x, attest, c->t);
    return ACCEPT;
}

static void open_first_epoch(p1_client *c, const p1_client_world *w, p1_effects *out)
{
    uint8_t seed[P1_KEY];
    c->identity = c->appraisal.identity;
    p1_first_seed(w->prim, c->agreed.base, c->t, seed);
    p1_wipe_used(c->agreed.base, sizeof c->agreed.base);
    nz_close(&c->noise);
    start_epoch(c, w, 0, seed, out);
    c->phase = P1_OPEN;
}

/* The length that attest_0 states; 0 as long as it is not there. */
static size_t stated_length(const p1_join *j)
{
    reader r = reader_of(span_of(j->p, j->n));
    return j->n < 4 ? 0 : (size_t)read_be(&r, 4);
}

/* Each record is full, but the last; the whole is as long as it says. */
static bool is_part(const p1_join *j, size_t came)
{
    const size_t n = stated_length(j), before = j->n - came;
    const bool ends = j->n == n + 4, goes_on = j->n < n + 4 && came == NZ_RECORD_MAX;
    return n >= 1 && n <= P1_ATTEST_MAX && before % NZ_RECORD_MAX == 0 && (ends || goes_on);
}

static verdict takes_attest0(p1_client *c, const p1_client_world *w, span record, p1_effects *out)
{
    p1_join *j = &w->storage->control;
    const nz_world lent = {.prim = w->prim};
    writer plain = writer_of(w->storage->plain, P1_RECORD_MAX);
    TRY(nz_open(&c->noise, &lent, EMPTY, record, &plain));
    const size_t n = plain.n < j->cap - j->n ? plain.n : j->cap - j->n;
    memcpy(j->p + j->n, plain.p, n);
    j->n += n;
    REQUIRE(is_part(j, plain.n), P1_140);
    if (j->n < stated_length(j) + 4 && !WEAKENED(P1_140))
        return ACCEPT;
    TRY(verify(c, w, 0, span_of(j->p + 4, stated_length(j) < j->n - 4 ? stated_length(j) : j->n - 4)));
    p1_join_clear(j);
    open_first_epoch(c, w, out);
    return ACCEPT;
}

/* ---- messages of E ---- */

static void takes_ready(p1_client *c, p1_effects *out)
{
    c->epochs.wait = (p1_wait){0};
    out->event = P1_WENT_READY;
}

static verdict takes_reply(p1_client *c, const p1_client_world *w, span message)
{
    TRY(p1_judge_number(message, c->epochs.now.epoch + 1));
    mlkem_decaps(MLKEM_768, SPAN(c->secret.dk), span_of(message.p + 5, NZ_KEM_CT), c->secret.kem);
    p1_wipe_used(c->secret.dk, sizeof c->secret.dk);
    memcpy(c->next_r, message.p + 5 + NZ_KEM_CT, 32);
    p1_next_x(w->prim, c->t, SPAN(c->step_message), message, c->next_x);
    c->step = 2;
    return ACCEPT;
}

static verdict takes_attest(p1_client *c, const p1_client_world *w, span message, p1_effects *out)
{
    const uint32_t epoch = c->epochs.now.epoch + 1;
    uint8_t seed[P1_KEY];
    TRY(verify(c, w, epoch, span_from(message, 1)));
    p1_next_seed(w->prim, c->epochs.secret.link, c->secret.kem, c->t, seed);
    p1_wipe_used(c->secret.kem, sizeof c->secret.kem);
    start_epoch(c, w, epoch, seed, out);
    return ACCEPT;
}

static void takes_talk(p1_client *c, const p1_client_world *w, span message, p1_effects *out)
{
    const bool ends = message.p[0] == P1_END || message.p[0] == P1_ERROR;
    c->reading = ends ? false : c->reading;
    c->epochs.busy = ends ? w->now : c->epochs.busy;
    out->event = P1_TALK_CAME;
    out->message = message;
}

static verdict judge_order(const p1_client *c, uint8_t type)
{
    const bool first = !c->epochs.first_came && !c->epochs.has_other;
    const unsigned expected = type == P1_REPLY ? 1 : type == P1_ATTEST ? 2 : c->step;
    REQUIRE((type == P1_READY) == first, P1_144);
    REQUIRE(c->step == expected, P1_156);
    return ACCEPT;
}

static verdict dispatch(p1_client *c, const p1_client_world *w, span message, p1_effects *out)
{
    const uint8_t type = message.p[0];
    TRY(judge_order(c, type));
    c->epochs.first_came |= !c->epochs.has_other;
    if (type == P1_REPLY)
        return takes_reply(c, w, message);
    if (type == P1_ATTEST)
        return takes_attest(c, w, message, out);
    if (type == P1_READY)
        takes_ready(c, out);
    else
        takes_talk(c, w, message, out);
    return ACCEPT;
}

/* The first record of the new epoch follows all of the one before. */
static verdict prepare_switch(p1_epochs *e, const p1_storage *st)
{
    TRY(p1_judge_no_message_begun(st));
    e->now.received_before = p1_received(&e->other);
    return ACCEPT;
}

static verdict takes_record(p1_client *c, const p1_client_world *w, span record, p1_effects *out)
{
    p1_epochs *e = &c->epochs;
    reader r = reader_of(span_from(record, 40));
    const bool old = e->has_other && read_be(&r, 4) != e->now.epoch, switches = e->has_other && !old;
    bool whole;
    span message = EMPTY;
    if (switches)
        TRY(prepare_switch(e, w->storage));
    TRY(p1_take_record(e, old ? &e->other : &e->now, w->prim, w->storage, P1_ENCLAVE, record, &whole, &message));
    if (switches) {
        p1_wipe_epoch(&e->other);
        e->has_other = false;
    }
    if (whole)
        return dispatch(c, w, message, out);
    p1_tell_part(message, out);
    return ACCEPT;
}

/* ---- what a client does ---- */

static verdict (*const takes[])(p1_client *, const p1_client_world *, span,
                                p1_effects *) = {[P1_SHAKING] = takes_message2, [P1_PROVING] = takes_attest0, [P1_OPEN] = takes_record};

static verdict judge_age(const p1_client *c, int64_t now)
{
    TRY(p1_judge_waits(&c->epochs, now));
    REQUIRE(!c->reading || now < c->epochs.born + P1_STALE, P1_164);
    return ACCEPT;
}

static verdict takes_in_time(p1_client *c, const p1_client_world *w, span message, p1_effects *out)
{
    TRY(judge_age(c, w->now));
    return takes[c->phase](c, w, message, out);
}

void p1_client_close(p1_client *c, p1_storage *st)
{
    p1_wipe_session(c, sizeof *c, st);
    c->phase = P1_CLOSED;
}

static verdict closing(p1_client *c, const p1_client_world *w, verdict v, p1_effects *out)
{
    if (!accepted(p1_close_when_refused(v, out)))
        p1_client_close(c, w->storage);
    return v;
}

verdict p1_client_takes(p1_client *c, const p1_client_world *w, span message, p1_effects *out)
{
    must(c->phase == P1_SHAKING || c->phase == P1_PROVING || c->phase == P1_OPEN);
    must(w->coins.n == P1_COINS);
    p1_effects_clear(out);
    return closing(c, w, takes_in_time(c, w, message, out), out);
}

verdict p1_client_ticks(p1_client *c, const p1_client_world *w, p1_effects *out)
{
    p1_effects_clear(out);
    return c->phase == P1_CLOSED ? ACCEPT : closing(c, w, judge_age(c, w->now), out);
}

static verdict judge_request(const p1_client *c, int64_t now)
{
    REQUIRE(c->epochs.requests < P1_REQUESTS_MAX, P1_162);
    REQUIRE(now < c->epochs.born + P1_FRESH, P1_163);
    return ACCEPT;
}

verdict p1_client_sends_part(p1_client *c, const p1_client_world *w, span message, size_t *at, p1_effects *out)
{
    const uint8_t type = message.n ? message.p[0] : 0;
    p1_effects_clear(out);
    REQUIRE(c->phase == P1_OPEN && (c->step == 0 || type == P1_CANCEL), P1_141);
    if (WEAKENED(P1_141) && c->phase != P1_OPEN)
        return ACCEPT;
    if (type == P1_REQUEST && *at == 0) {
        TRY(judge_request(c, w->now));
        c->epochs.requests++;
        c->epochs.busy = w->now;
        c->reading = true;
    }
    p1_send_part(&c->epochs, w->prim, w->coins, message, type != P1_TOKEN, at, out);
    return ACCEPT;
}

/* Every record but the first has its place behind one that was allowed. */
verdict p1_client_sends(p1_client *c, const p1_client_world *w, span message, p1_effects *out)
{
    size_t at = 0;
    TRY(p1_client_sends_part(c, w, message, &at, out));
    if (c->phase == P1_OPEN)
        for (; at < message.n;)
            p1_send_part(&c->epochs, w->prim, w->coins, message, message.p[0] != P1_TOKEN, &at, out);
    return ACCEPT;
}

bool p1_client_may_step(const p1_client *c)
{
    return c->phase == P1_OPEN && c->step == 0 && c->epochs.first_came && c->epochs.now.epoch != UINT32_MAX;
}

bool p1_client_must_step(const p1_client *c, int64_t now)
{
    return c->epochs.requests >= P1_REQUESTS_MAX || now >= c->epochs.born + P1_FRESH;
}

void p1_client_steps(p1_client *c, const p1_client_world *w, p1_effects *out)
{
    uint8_t ek[NZ_KEM_EK];
    writer m = WRITER(c->step_message);
    must(p1_client_may_step(c) && w->coins.n == P1_COINS);
    p1_effects_clear(out);
    mlkem_keygen(MLKEM_768, w->coins.p + 32, w->coins.p + 64, ek, c->secret.dk);
    write_be(&m, P1_STEP, 1);
    write_be(&m, c->epochs.now.epoch + 1, 4);
    write_span(&m, SPAN(ek));
    p1_send_message(&c->epochs, w->prim, w->coins, written(&m), false, out);
    c->step = 1;
    c->asked = w->now;
    p1_wait_for(&c->epochs, w->now + 30, SITE(P1_174));
}
