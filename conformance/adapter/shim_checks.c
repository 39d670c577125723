#include "shim_checks.h"
#include "handles.h"
#include "many_records.h"
#include "offer.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { DIGEST = 32 };

static void tell(const shim_subject *s, const char *id, bool holds, const char *want, const char *got)
{
    s->tell(s->ctx, &(shim_told){id, "", holds, want, holds ? want : got});
}

/* ---- sessions ---- */

static void tell_handles(const shim_subject *s, const char *id, handles_found found, const char *want, const char *got)
{
    if (found != HANDLES_UNKNOWN)
        tell(s, id, found == HANDLES_APART, want, got);
}

static void look_at_handles(const shim_subject *s)
{
    const parley_impl *impl = s->target->impl;
    const writer room = s->target->room;
    char want[80];
    size_t opened;
    tell_handles(s, "shim.handles.apart", handles_kept_apart(impl, room), "two sessions, each under its own handle",
                 "one session, or another than was asked for");
    const handles_found many = handles_of_many(impl, room, &opened);
    snprintf(want, sizeof want, "%zu sessions, each under its own handle", opened);
    tell_handles(s, "shim.handles.many", many, want, "a session that another one took the place of");
    tell_handles(s, "shim.handles.freed", handles_ended(impl, room, false), "no call under a handle that was freed", "ok");
    tell_handles(s, "shim.handles.reset", handles_ended(impl, room, true), "no call under a handle from before a reset", "ok");
    tell_handles(s, "shim.handles.drawn", handles_draw_afresh(impl, room), "an ephemeral share for each session", "one share twice");
}

/* ---- the digest of a state ---- */

typedef struct moves {
    bool there, long_enough, stands, moves;
} moves;

static moves moves_of(case_target *target, const vector_case *c)
{
    uint8_t room[3][64];
    span digest[3];
    if (!case_digests(target, c, room, digest))
        return (moves){0};
    return (moves){.there = true,
                   .long_enough = digest[0].n == DIGEST && digest[2].n == DIGEST,
                   .stands = span_same(digest[0], digest[1]),
                   .moves = !span_same(digest[1], digest[2])};
}

static bool applies(const shim_subject *s, const vector_case *c)
{
    bool all = has_word(s->ops, c->op);
    for (const cJSON *need = c->needs->child; need; need = need->next)
        all = all && has_word(s->caps, need->valuestring);
    return all;
}

/* The first case in which an honest call is made, against both. */
static void look_at_digest(const shim_subject *s, in_process *text, const operation *op)
{
    char id[64];
    for (size_t i = 0; i < s->set->n; i++) {
        const vector_case *c = &s->set->all[i];
        if (!c->accept || strcmp(c->op, op->name) != 0 || !applies(s, c))
            continue;
        const moves is = moves_of(s->target, c), ours = moves_of(&text->target, c);
        if (!is.there || !ours.there)
            continue;
        snprintf(id, sizeof id, "shim.state.%s", op->name);
        tell(s, id, is.long_enough && is.stands && is.moves == ours.moves,
             ours.moves ? "32 bytes, others after the call" : "32 bytes, the same after the call",
             !is.long_enough ? "a digest of another length"
             : !is.stands    ? "another digest without a call"
             : is.moves      ? "another digest"
                             : "the same digest");
        return;
    }
}

/* ---- names of operations ---- */

/* An operation is called by its whole name. */
static void look_at_name(const shim_subject *s, const char *name, const char *id)
{
    shim_request request;
    shim_reply reply = {.room = s->target->room};
    shim_request_start(&request, name);
    const shim_fate fate = shim_ask(s->target->impl, &request, &reply);
    tell(s, id, fate == SHIM_ANSWERED && reply.answer == SHIM_UNS, "uns", fate == SHIM_ANSWERED ? "an answer" : "no answer");
}

/* The first operation of a chapter, or `echo`. */
static void first_operation(const char *ops, char name[32])
{
    const char *at = strchr(ops, '.');
    while (at && at > ops && at[-1] != ' ')
        at--;
    snprintf(name, 32, "%.*s", at ? (int)strcspn(at, " ") : 4, at ? at : "echo");
}

static void look_at_names(const shim_subject *s)
{
    char name[32], near[40], id[64];
    first_operation(s->ops, name);
    snprintf(near, sizeof near, "%sx", name);
    snprintf(id, sizeof id, "shim.hello.longer-%s", name);
    look_at_name(s, near, id);
    snprintf(near, sizeof near, "%.*s", (int)strlen(name) - 1, name);
    snprintf(id, sizeof id, "shim.hello.shorter-%s", name);
    if (!has_word(s->ops, near))
        look_at_name(s, near, id);
    snprintf(near, sizeof near, "%s", name);
    near[0] = (char)toupper((unsigned char)near[0]);
    look_at_name(s, near, "shim.hello.capital");
}

void shim_checks(const shim_subject *s, in_process *text)
{
    look_at_handles(s);
    look_at_names(s);
    for (size_t i = 0; chapters[i]; i++)
        for (const operation *op = chapters[i]->operations; op && op->name; op++)
            if (op->prepare && has_word(s->ops, "state"))
                look_at_digest(s, text, op);
}

/* ---- counters ---- */

void shim_checks_of_many_records(const shim_subject *s, const prim *p)
{
    char want[40], got[40];
    unsigned at;
    snprintf(want, sizeof want, "%d records", MANY_RECORDS);
    for (int seals = 0; seals < 2; seals++) {
        const many_records_found found = many_records(s->target->impl, p, s->target->room, seals, &at);
        snprintf(got, sizeof got, "another record %u", at);
        if (found != MANY_NOT_THERE)
            s->tell(s->ctx, &(shim_told){seals ? "shim.records.sealed" : "shim.records.opened", "NZ-005 NZ-006 NZ-033", found == MANY_HELD,
                                         want, found == MANY_HELD ? want : got});
    }
}
