#include "signal_record.h"

#include <string.h>

/* ---- 9. Several sessions: the archive ---- */

enum { GENERATION = 1 }; /* archived states are saved once; what guards against old ones is the saving of the whole record */

static size_t bytes_before(const sg_record *r, unsigned i)
{
    size_t n = 0;
    while (i--)
        n += r->n[i];
    return n;
}

static void drop(sg_record *r, unsigned i)
{
    const size_t at = bytes_before(r, i), end = bytes_before(r, r->n_archived), n = r->n[i];
    memmove(r->room + at, r->room + at + n, end - at - n);
    wipe(r->room + end - n, n);
    memmove(r->n + i, r->n + i + 1, (r->n_archived - i - 1) * sizeof *r->n);
    r->n_archived--;
}

/* The session that was current, behind all others; the oldest go when there is no room. */
static void archive(sg_record *r, const sg_session *s)
{
    uint64_t generation = GENERATION - 1;
    if (s->state.version == 0)
        return;
    for (;;) {
        const size_t end = bytes_before(r, r->n_archived);
        writer w = writer_of(r->room + end, r->size - end);
        if (sg_save(s, &generation, &w)) {
            r->n[r->n_archived++] = w.n;
            break;
        }
        must(r->n_archived != 0);
        drop(r, 0);
    }
    while (r->n_archived > EMIT_OR(SG_065, SG_ARCHIVED_MAX, SG_ARCHIVED_MAX - 1))
        drop(r, 0);
}

static void take_out(sg_record *r, const prim *lib, unsigned i)
{
    must(accepted(sg_restore(r->trial, lib, GENERATION, span_of(r->room + bytes_before(r, i), r->n[i]))));
}

/* The trial session becomes the current one, and that is archived. */
static void promote(sg_record *r)
{
    const sg_session before = *r->current;
    DO(SG_064, archive(r, &before));
    *r->current = *r->trial;
    *r->trial = before;
    sg_close(r->trial);
}

/* ---- 9. Several sessions: calls ---- */

verdict sg_record_initiate(sg_record *r, const sg_settings *settings, const sg_world *w, const sg_bundle *b)
{
    TRY(sg_initiate(r->trial, settings, w, b));
    promote(r);
    return ACCEPT;
}

verdict sg_record_send(sg_record *r, const sg_world *w, span text, sg_effects *out) { return sg_send(r->current, w, text, out); }

/* ---- 9. Several sessions: receiving ---- */

/* The trial session is the archived one afterwards, or empty. */
static bool archived_is_of(sg_record *r, const prim *lib, unsigned i, span message)
{
    take_out(r, lib, i);
    if (sg_is_of(r->trial, message))
        return true;
    sg_close(r->trial);
    return false;
}

/* With the trial session, which is number i of the archive. */
static verdict receive_with(sg_record *r, unsigned i, const sg_settings *settings, const sg_world *w, bool first, span message,
                            sg_effects *out)
{
    TRY(sg_receive(r->trial, settings, w, first, message, out));
    DO(SG_066, {
        drop(r, i);
        promote(r);
    });
    return ACCEPT;
}

/* The keys are those of an archived session, or make a new one. */
static verdict receive_first(sg_record *r, const sg_settings *settings, const sg_world *w, span message, sg_effects *out)
{
    for (unsigned i = r->n_archived; i--;)
        if (EMIT_OR(SG_067, archived_is_of(r, w->prim, i, message), false))
            return receive_with(r, i, settings, w, true, message, out);
    TRY(sg_receive(r->trial, settings, w, true, message, out));
    promote(r);
    return ACCEPT;
}

static verdict receive_archived(sg_record *r, const sg_settings *settings, const sg_world *w, span message, sg_effects *out,
                                verdict current)
{
    for (unsigned i = r->n_archived; i--;) {
        take_out(r, w->prim, i);
        if (accepted(receive_with(r, i, settings, w, false, message, out)))
            return ACCEPT;
        sg_close(r->trial);
    }
    return current;
}

static verdict receive(sg_record *r, const sg_settings *settings, const sg_world *w, bool first, span message, sg_effects *out)
{
    if (first && !sg_is_of(r->current, message))
        return receive_first(r, settings, w, message, out);
    const verdict v = sg_receive(r->current, settings, w, first, message, out);
    return accepted(v) || first ? v : receive_archived(r, settings, w, message, out, v);
}

verdict sg_record_receive(sg_record *r, const sg_settings *settings, const sg_world *w, bool first, span message, sg_effects *out)
{
    const verdict v = receive(r, settings, w, first, message, out);
    sg_close(r->trial);
    return v;
}

void sg_record_close(sg_record *r)
{
    sg_close(r->current);
    sg_close(r->trial);
    wipe(r->room, bytes_before(r, r->n_archived));
    r->n_archived = 0;
}
