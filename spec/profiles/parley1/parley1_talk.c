#include "parley1_talk.h"

#include <string.h>

/* ---- 2. Buckets ---- */

static bool ends_bucket(uint8_t type) { return type == P1_REQUEST || type == P1_END || type == P1_ERROR; }

static verdict takes_record(in_bucket *b, uint8_t type, bool whole)
{
    return type == P1_CANCEL ? ACCEPT : in_bucket_takes(b, type == P1_FILL, whole && ends_bucket(type));
}

static verdict enclave_takes_record(p1_listening *l, uint8_t type, bool whole)
{
    if (type == P1_REQUEST && in_bucket_full(&l->asking))
        l->asking = (in_bucket){.level = l->asking.level};
    return takes_record(&l->asking, type, whole);
}

static verdict enclave_takes_message(p1_listening *l, span message, p1_heard *out)
{
    TRY(in_read_message(message, &out->message));
    TRY(in_enclave_takes(&l->order, &out->message, &out->stops));
    out->keep = out->message.type == IN_TYPE_REQUEST;
    l->waits |= out->keep;
    return ACCEPT;
}

verdict p1_enclave_hears(p1_listening *l, const p1_effects *came, p1_heard *out)
{
    *out = (p1_heard){0};
    if (came->event != P1_TOKEN_CAME && came->event != P1_TALK_PART && came->event != P1_TALK_CAME)
        return ACCEPT;
    if (came->event != P1_TOKEN_CAME)
        TRY(enclave_takes_record(l, came->message.p[0], came->event == P1_TALK_CAME));
    if (came->event != P1_TALK_PART)
        TRY(enclave_takes_message(l, came->message, out));
    out->asks = l->waits && in_bucket_full(&l->asking);
    l->waits &= !out->asks;
    return ACCEPT;
}

void p1_enclave_is_done(p1_listening *l) { in_enclave_ends(&l->order); }

void p1_client_asks(p1_reading *r, in_level level, const uint8_t kturn[IN_KEY], const in_request *q, span model, writer answer)
{
    in_client_asks(&r->turn, kturn, q, model, answer);
    r->answering = (in_bucket){.level = level, .from_enclave = true};
}

/* Behind a full bucket the order of messages decides; nothing but a fill is one record too many. */
static verdict client_takes_record(p1_reading *r, uint8_t type, bool whole)
{
    if (type != P1_FILL && in_bucket_full(&r->answering))
        return ACCEPT;
    return takes_record(&r->answering, type, whole);
}

verdict p1_client_hears(p1_reading *r, const prim *p, const p1_effects *came, in_message *message)
{
    const bool whole = came->event == P1_TALK_CAME;
    message->type = (in_type)0;
    TRY(client_takes_record(r, came->message.p[0], whole));
    if (!whole)
        return ACCEPT;
    TRY(in_read_message(came->message, message));
    if (message->type == IN_TYPE_CHUNK)
        TRY(in_judge_chunk(r->answering.level, message->as.chunk.bytes.n));
    return message->type == IN_TYPE_FILL ? ACCEPT : in_client_takes(&r->turn, p, message);
}

bool p1_client_is_done(const p1_reading *r) { return !r->turn.open && in_bucket_full(&r->answering); }

/* ---- 4. Pace ---- */

void p1_out_start(p1_outgoing *o, p1_side side, in_level level, uint64_t tick, uint64_t now)
{
    const bool enclave = side == P1_ENCLAVE;
    *o = (p1_outgoing){.bucket = {.level = level, .from_enclave = enclave}, .tick = tick, .last = now};
    o->due = level == IN_LEVEL_TICKS && enclave ? now + tick : now;
}

/* The next slot of the row that `due` is in. */
static uint64_t next_slot(const p1_outgoing *o, uint64_t now)
{
    const uint64_t gap = in_next_gap(IN_LEVEL_TICKS, o->tick, NULL, 0, 0), late = now > o->due ? now - o->due : 0;
    return gap ? o->due + gap * (1 + late / gap) : now;
}

static uint64_t next_due(const p1_outgoing *o, uint64_t now, uint32_t chance)
{
    if (o->bucket.level == IN_LEVEL_TICKS)
        return next_slot(o, now);
    return o->bucket.level == IN_LEVEL_SIZES && o->behind ? now + in_next_gap(IN_LEVEL_SIZES, o->tick, o->gap, o->n_gaps, chance) : now;
}

static void note_gap(p1_outgoing *o, uint64_t gap)
{
    if (o->n_gaps == IN_GAPS)
        memmove(o->gap, o->gap + 1, (IN_GAPS - 1) * sizeof *o->gap);
    else
        o->n_gaps++;
    o->gap[o->n_gaps - 1] = gap;
}

void p1_out_sends(p1_outgoing *o, bool fill, bool last, uint64_t now, uint32_t chance)
{
    if (o->bucket.records > 0)
        note_gap(o, now - o->last);
    must(accepted(in_bucket_takes(&o->bucket, fill, last)));
    o->last = now;
    o->due = next_due(o, now, chance);
}

void p1_out_ends(p1_outgoing *o, uint64_t now, uint32_t chance)
{
    o->behind = true;
    if (o->bucket.level == IN_LEVEL_SIZES)
        o->due = o->last + in_next_gap(IN_LEVEL_SIZES, o->tick, o->gap, o->n_gaps, chance);
    o->due = o->due > now ? o->due : now;
}

bool p1_out_fills(const p1_outgoing *o) { return o->bucket.size > 0 && !in_bucket_full(&o->bucket); }
bool p1_out_is_full(const p1_outgoing *o) { return in_bucket_full(&o->bucket); }
