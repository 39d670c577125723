/* What both sides of a session do alike. */
#include "parley1_session_parts.h"

#include <string.h>

/* ---- effects ---- */

void p1_effects_clear(p1_effects *out)
{
    const writer bytes = {.p = out->bytes.p, .cap = out->bytes.cap};
    *out = (p1_effects){.bytes = bytes};
}

span p1_sends(const p1_effects *out, size_t i)
{
    must(i < out->n_sends);
    const size_t from = i ? out->ends[i - 1] : 0;
    return span_of(out->bytes.p + from, out->ends[i] - from);
}

void p1_end_record(p1_effects *out)
{
    must(writer_ok(&out->bytes) && out->n_sends < P1_SENDS_MAX);
    out->ends[out->n_sends++] = out->bytes.n;
}

verdict p1_close_when_refused(verdict v, p1_effects *out)
{
    if (accepted(v))
        return v;
    p1_effects_clear(out);
    out->close = p1_refusal();
    return v;
}

/* ---- 1. The order: records and messages ---- */

void p1_send_part(p1_epochs *e, const prim *p, span coins, span message, bool talk, size_t *at, p1_effects *out)
{
    uint8_t room[P1_PLAIN_MAX];
    const size_t carries = p1_carries(e->level, talk);
    writer plain = WRITER(room);
    const p1_plain part = {*at + carries >= message.n, talk, span_first(span_from(message, *at), carries)};
    p1_write_plain(&part, e->level, &plain);
    p1_seal(&e->now, p, span_first(coins, 32), written(&plain), &out->bytes, talk && *at == 0 ? out->turn : NULL);
    p1_end_record(out);
    wipe(plain.p, plain.n);
    *at += part.bytes.n;
}

void p1_send_message(p1_epochs *e, const prim *p, span coins, span message, bool talk, p1_effects *out)
{
    for (size_t at = 0; at < message.n;)
        p1_send_part(e, p, coins, message, talk, &at, out);
}

verdict p1_take_record(p1_epochs *e, p1_ratchet *ratchet, const prim *p, p1_storage *st, p1_side sender, span record, bool *whole,
                       span *out)
{
    writer plain = writer_of(st->plain, P1_RECORD_MAX);
    uint8_t turn[P1_KEY];
    p1_plain part;
    *whole = false;
    TRY(p1_open(ratchet, p, record, &plain, turn));
    TRY(p1_read_plain(written(&plain), e->level, &part));
    p1_join *join = part.talk ? &st->talk : &st->control;
    if (part.talk && (join->n == 0 || join->whole))
        memcpy(e->turn, turn, P1_KEY);
    wipe(turn, sizeof turn);
    TRY(p1_join_add(join, sender, &part, whole));
    wipe(plain.p, plain.n);
    *out = span_of(join->p, join->n);
    return ACCEPT;
}

void p1_tell_part(span message, p1_effects *out)
{
    if (message.n == 0 || message.p[0] < P1_REQUEST)
        return;
    out->event = P1_TALK_PART;
    out->message = message;
}

bool p1_is_begun(const p1_storage *st) { return (st->control.n != 0 && !st->control.whole) || (st->talk.n != 0 && !st->talk.whole); }

verdict p1_judge_no_message_begun(const p1_storage *st)
{
    REQUIRE(!p1_is_begun(st), P1_150);
    return ACCEPT;
}

/* ---- 2. The next epoch ---- */

verdict p1_judge_number(span message, uint32_t next)
{
    reader r = reader_of(span_from(message, 1));
    REQUIRE((uint32_t)read_be(&r, 4) == next, P1_151);
    return ACCEPT;
}

void p1_wipe_epoch(p1_ratchet *r) { DO(P1_158, wipe(r, sizeof *r)); }
void p1_wipe_used(void *secret, size_t n) { DO(P1_159, wipe(secret, n)); }

static void wipe_all(void *session, size_t n, p1_storage *st)
{
    wipe(session, n);
    p1_join_clear(&st->control);
    p1_join_clear(&st->talk);
}

void p1_wipe_session(void *session, size_t n, p1_storage *st) { DO(P1_160, wipe_all(session, n, st)); }

void p1_make_epoch(p1_epochs *e, const prim *p, uint8_t seed[P1_KEY], uint32_t epoch, uint8_t root[P1_KEY])
{
    p1_keys keys;
    p1_epoch_keys(p, seed, epoch, &keys);
    memcpy(e->secret.link, keys.link, P1_KEY);
    memcpy(root, keys.root, P1_KEY);
    wipe(&keys, sizeof keys);
}

/* ---- 3. Age and waits ---- */

void p1_wait_for(p1_epochs *e, int64_t until, uint16_t req) { e->wait = (p1_wait){until, req}; }

verdict p1_judge_waits(const p1_epochs *e, int64_t now)
{
    if (e->wait.until)
        REQUIRE_ROW(now <= e->wait.until, e->wait.req);
    REQUIRE(!e->busy || now <= e->busy + P1_IDLE, P1_173);
    return ACCEPT;
}
