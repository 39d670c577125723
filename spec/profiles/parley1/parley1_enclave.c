/* The enclave's side of a session. */
#include "parley1_session_parts.h"

#include <string.h>

/* Which of the lent coins: a ratchet pair, then for message 2 or reply: R_e, two draws for the KEM. */
static span pair_coins(const p1_enclave_world *w) { return span_first(w->coins, 32); }
static span share_coins(const p1_enclave_world *w) { return span_of(w->coins.p + 32, 32); }
static span answer_coins(const p1_enclave_world *w) { return span_of(w->coins.p + 64, P1_ANSWER_COINS); }

verdict p1_judge_waiting(size_t waiting)
{
    REQUIRE(waiting < P1_WAITING_MAX, P1_175);
    return ACCEPT;
}

void p1_enclave_start(p1_enclave *e, const p1_enclave_world *w)
{
    memset(e, 0, sizeof *e);
    e->phase = P1_NEW;
    p1_wait_for(&e->epochs, w->now + 10, SITE(P1_169));
}

/* ---- the handshake ---- */

static void ask_for_report(p1_enclave *e, const p1_enclave_world *w, uint32_t epoch, p1_effects *out)
{
    p1_binder(w->prim, epoch, e->x, w->claims, out->binder);
    e->reporting = true;
    e->epochs.wait = (p1_wait){0};
    out->event = P1_WANTS_REPORT;
}

/* Weakened, it is one that anybody can make. */
static void make_share(p1_enclave *e, const p1_enclave_world *w)
{
    static const uint8_t known[32] = {1};
    prim_pair_of(w->prim, EMIT_OR(P1_068, share_coins(w).p, known), &e->secret.r);
}

static verdict takes_message1(p1_enclave *e, const p1_enclave_world *w, span message, p1_effects *out)
{
    make_share(e, w);
    TRY(p1_server_answers(&e->noise, w->prim, w->s, w->served, e->secret.r.share, answer_coins(w), message, &out->bytes, &e->agreed));
    p1_end_record(out);
    memcpy(e->x, e->agreed.h, P1_DIGEST);
    e->epochs.born = w->now;
    e->phase = P1_PROVING;
    ask_for_report(e, w, 0, out);
    return ACCEPT;
}

/* ---- evidence ---- */

/* The next epoch's ratchet stands ready beside the one that is in force. */
static void make_next(p1_enclave *e, const p1_enclave_world *w, uint32_t epoch, uint8_t seed[P1_KEY])
{
    uint8_t root[P1_KEY];

    p1_make_epoch(&e->epochs, w->prim, seed, epoch, root);
    p1_start_enclave(&e->epochs.other, epoch, e->t, root, &e->secret.r, 0, 0);
    e->epochs.has_other = true;
    wipe(root, sizeof root);
    p1_wipe_used(&e->secret.r, sizeof e->secret.r);
}

/* attest_0 in full records of the handshake's session, whose keys go then. */
static void send_attest0(p1_enclave *e, const p1_enclave_world *w, span attest, p1_effects *out)
{
    uint8_t room[NZ_RECORD_MAX];
    const nz_world lent = {.prim = w->prim};
    for (size_t at = 0; at < attest.n + 4;) {
        writer part = WRITER(room);
        if (at == 0)
            write_be(&part, attest.n, 4);
        write_span(&part, span_first(span_from(attest, at ? at - 4 : 0), NZ_RECORD_MAX - part.n));
        must(accepted(nz_seal(&e->noise, &lent, EMPTY, written(&part), &out->bytes)));
        p1_end_record(out);
        at += part.n;
    }
    nz_close(&e->noise);
}

static void send_attest(p1_enclave *e, const p1_enclave_world *w, span attest, p1_effects *out)
{
    uint8_t room[P1_PLAIN_MAX];
    const uint8_t type = P1_ATTEST;
    for (size_t at = 0; at < attest.n + 1;) {
        uint8_t sent[P1_USED_MAX];
        writer part = WRITER(sent), plain = WRITER(room);
        if (at == 0)
            write_span(&part, span_of(&type, 1));
        write_span(&part, span_first(span_from(attest, at ? at - 1 : 0), P1_USED_MAX - part.n));
        at += part.n;
        p1_write_plain(&(p1_plain){at == attest.n + 1, false, written(&part)}, e->epochs.level, &plain);
        p1_seal(&e->epochs.now, w->prim, pair_coins(w), written(&plain), &out->bytes, NULL);
        p1_end_record(out);
    }
}

void p1_enclave_reports(p1_enclave *e, const p1_enclave_world *w, span attest, p1_effects *out)
{
    const bool first = e->phase == P1_PROVING;
    const uint32_t epoch = first ? 0 : e->epochs.now.epoch + 1;
    uint8_t seed[P1_KEY];
    must(e->reporting && attest.n >= 1 && attest.n <= P1_ATTEST_MAX && w->coins.n == P1_COINS);
    p1_effects_clear(out);
    p1_transcript(w->prim, e->x, attest, e->t);
    if (first) {
        send_attest0(e, w, attest, out);
        p1_first_seed(w->prim, e->agreed.base, e->t, seed);
        p1_wipe_used(e->agreed.base, sizeof e->agreed.base);
        e->phase = P1_OFFERED;
    } else {
        send_attest(e, w, attest, out);
        p1_next_seed(w->prim, e->epochs.secret.link, e->secret.kem, e->t, seed);
        p1_wipe_used(e->secret.kem, sizeof e->secret.kem);
    }
    make_next(e, w, epoch, seed);
    e->reporting = false;
    p1_wait_for(&e->epochs, w->now + (first ? 30 : 60), first ? SITE(P1_170) : SITE(P1_172));
}

/* ---- start ---- */

static verdict judge_start(const p1_enclave_world *w, bool whole, span message)
{
    REQUIRE(whole && message.p[0] == P1_START, P1_143);
    if (WEAKENED(P1_143) && message.n < 2)
        return ACCEPT;
    const uint8_t level = message.p[1];
    REQUIRE(level < 8 && w->levels >> level & 1, P1_145);
    return ACCEPT;
}

static verdict judge_level(const p1_enclave *e, span message)
{
    const bool later = e->phase == P1_OPEN, again = later && message.p[1] == e->epochs.level && !e->epochs.first_came;
    REQUIRE(!later || again, P1_146);
    return ACCEPT;
}

static void send_ready(p1_enclave *e, const p1_enclave_world *w, p1_effects *out)
{
    const uint8_t ready = P1_READY;
    p1_send_message(&e->epochs, w->prim, w->coins, span_of(&ready, 1), false, out);
}

static verdict starts_epoch(p1_enclave *e, const p1_enclave_world *w, span record, p1_effects *out)
{
    p1_epochs *s = &e->epochs;
    const bool first = e->phase != P1_OPEN;
    bool whole;
    span message = EMPTY;
    TRY(p1_judge_no_message_begun(w->storage));
    s->other.received_before = first ? 0 : p1_received(&s->now);
    TRY(p1_take_record(s, &s->other, w->prim, w->storage, P1_CLIENT, record, &whole, &message));
    TRY(judge_start(w, whole, message));
    s->first_came = false;
    TRY(judge_level(e, message));
    s->other.sent_before = first ? 0 : p1_sent(&s->now);
    p1_wipe_epoch(&s->now);
    s->now = s->other;
    wipe(&s->other, sizeof s->other);
    s->has_other = false;
    s->first_came = true;
    s->level = message.n > 1 ? message.p[1] : 0;
    s->requests = 0;
    s->busy = first ? w->now : s->busy;
    e->stepping = false;
    e->phase = P1_OPEN;
    send_ready(e, w, out);
    if (e->has_token)
        s->wait = (p1_wait){0};
    else
        p1_wait_for(s, w->now + 30, SITE(P1_171));
    out->event = P1_STARTED;
    return ACCEPT;
}

/* ---- messages of C ---- */

static verdict takes_token(p1_enclave *e, span message, p1_effects *out)
{
    reader r = reader_of(span_from(message, 1));
    const uint8_t kind = (uint8_t)read_be(&r, 1);
    const size_t n = (size_t)read_be(&r, 2);
    REQUIRE(!e->has_token, P1_148);
    REQUIRE(n == r.rest.n && (kind == 0 ? n == 0 : kind == 1 && n >= 1 && n <= 4096), P1_149);
    e->has_token = true;
    e->epochs.wait = (p1_wait){0};
    out->event = P1_TOKEN_CAME;
    out->message = message;
    return ACCEPT;
}

static verdict judge_step(const p1_enclave *e, const p1_enclave_world *w, span message)
{
    const p1_epochs *s = &e->epochs;
    TRY(p1_judge_number(message, s->now.epoch + 1));
    REQUIRE(s->now.turned > 1, P1_152);
    REQUIRE(s->requests >= P1_REQUESTS_MAX || w->now >= s->born + P1_STEP_PAUSE, P1_155);
    REQUIRE(mlkem_ek_fits(MLKEM_768, span_from(message, 5)), P1_154);
    return ACCEPT;
}

static verdict takes_step(p1_enclave *e, const p1_enclave_world *w, span message, p1_effects *out)
{
    uint8_t reply[P1_REPLY_BYTES], ct[NZ_KEM_CT];
    writer m = WRITER(reply);
    TRY(judge_step(e, w, message));
    mlkem_encaps(MLKEM_768, span_from(message, 5), answer_coins(w).p, ct, e->secret.kem);
    make_share(e, w);
    write_be(&m, P1_REPLY, 1);
    write_be(&m, e->epochs.now.epoch + 1, 4);
    write_span(&m, SPAN(ct));
    write_span(&m, SPAN(e->secret.r.share));
    p1_next_x(w->prim, e->t, message, written(&m), e->x);
    p1_send_message(&e->epochs, w->prim, w->coins, written(&m), false, out);
    e->stepping = true;
    e->epochs.born = w->now;
    ask_for_report(e, w, e->epochs.now.epoch + 1, out);
    return ACCEPT;
}

static bool is_stale(const p1_epochs *s, int64_t now) { return EMIT(P1_165, s->requests > P1_REQUESTS_MAX || now >= s->born + P1_STALE); }

static void takes_talk(p1_enclave *e, const p1_enclave_world *w, span message, p1_effects *out)
{
    p1_epochs *s = &e->epochs;
    if (message.p[0] == P1_REQUEST) {
        s->requests++;
        s->busy = w->now;
        out->stale = is_stale(s, w->now);
        memcpy(out->turn, s->turn, P1_KEY);
    }
    out->event = P1_TALK_CAME;
    out->message = message;
}

static verdict dispatch(p1_enclave *e, const p1_enclave_world *w, span message, p1_effects *out)
{
    const uint8_t type = message.p[0];
    TRY(type == P1_START ? judge_level(e, message) : ACCEPT);
    if (type == P1_TOKEN)
        return takes_token(e, message, out);
    REQUIRE(e->has_token, P1_147);
    REQUIRE(!e->stepping || type == P1_CANCEL, P1_153);
    if (type == P1_STEP)
        return takes_step(e, w, message, out);
    takes_talk(e, w, message, out);
    return ACCEPT;
}

static verdict takes_record(p1_enclave *e, const p1_enclave_world *w, span record, p1_effects *out)
{
    p1_epochs *s = &e->epochs;
    reader r = reader_of(span_from(record, 40));
    const uint32_t epoch = (uint32_t)read_be(&r, 4);
    bool whole;
    span message = EMPTY;
    if (s->has_other && (e->phase == P1_OFFERED || epoch == s->other.epoch))
        return starts_epoch(e, w, record, out);
    REQUIRE(e->phase == P1_OPEN && (epoch != s->now.epoch + 1 || s->has_other), P1_157);
    TRY(p1_take_record(s, &s->now, w->prim, w->storage, P1_CLIENT, record, &whole, &message));
    if (whole)
        return dispatch(e, w, message, out);
    p1_tell_part(message, out);
    return ACCEPT;
}

/* ---- what an enclave does ---- */

static verdict takes_in_time(p1_enclave *e, const p1_enclave_world *w, span message, p1_effects *out)
{
    TRY(p1_judge_waits(&e->epochs, w->now));
    return e->phase == P1_NEW ? takes_message1(e, w, message, out) : takes_record(e, w, message, out);
}

void p1_enclave_close(p1_enclave *e, p1_storage *st)
{
    p1_wipe_session(e, sizeof *e, st);
    e->phase = P1_CLOSED;
}

static verdict closing(p1_enclave *e, const p1_enclave_world *w, verdict v, p1_effects *out)
{
    if (!accepted(p1_close_when_refused(v, out)))
        p1_enclave_close(e, w->storage);
    return v;
}

verdict p1_enclave_takes(p1_enclave *e, const p1_enclave_world *w, span message, p1_effects *out)
{
    must(e->phase != P1_CLOSED && w->coins.n == P1_COINS);
    p1_effects_clear(out);
    return closing(e, w, takes_in_time(e, w, message, out), out);
}

verdict p1_enclave_ticks(p1_enclave *e, const p1_enclave_world *w, p1_effects *out)
{
    p1_effects_clear(out);
    return e->phase == P1_CLOSED ? ACCEPT : closing(e, w, p1_judge_waits(&e->epochs, w->now), out);
}

static void begin_sending(p1_enclave *e, const p1_enclave_world *w, span message, p1_effects *out)
{
    must(e->phase == P1_OPEN && message.n > 0);
    p1_effects_clear(out);
    if (message.p[0] == P1_END || message.p[0] == P1_ERROR)
        e->epochs.busy = w->now;
}

void p1_enclave_sends_part(p1_enclave *e, const p1_enclave_world *w, span message, size_t *at, p1_effects *out)
{
    begin_sending(e, w, message, out);
    p1_send_part(&e->epochs, w->prim, w->coins, message, true, at, out);
}

void p1_enclave_sends(p1_enclave *e, const p1_enclave_world *w, span message, p1_effects *out)
{
    begin_sending(e, w, message, out);
    p1_send_message(&e->epochs, w->prim, w->coins, message, true, out);
}
