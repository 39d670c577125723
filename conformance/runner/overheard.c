#include "overheard.h"

#include <string.h>

void overheard_start(overheard *o)
{
    o->begun = false;
    o->n = 0;
}

/* The bytes under a key, kept until the next start; empty when there are none. */
static span kept(overheard *o, const shim_list *list, const char *key)
{
    writer room = writer_of(o->bytes + o->n, sizeof o->bytes - o->n);
    span bytes = EMPTY;
    if (!shim_find(list, key))
        return EMPTY;
    if (!shim_bytes(list, key, &room, &bytes) || bytes.n > sizeof o->bytes - o->n) {
        o->whole = false;
        return EMPTY;
    }
    if (bytes.n)
        memmove(o->bytes + o->n, bytes.p, bytes.n);
    bytes.p = o->bytes + o->n;
    o->n += bytes.n;
    return bytes;
}

static void keep_secret(overheard *o, const shim_list *in, const char *key, uint8_t to[32], bool *has)
{
    const span secret = kept(o, in, key);
    *has = secret.n == 32;
    if (*has)
        memcpy(to, secret.p, 32);
}

static void begin(overheard *o, const shim_list *in)
{
    span name = EMPTY, role = EMPTY;
    shim_text(in, "name", &name);
    shim_text(in, "role", &role);
    o->s = (diagnosed_session){.n_messages = 0};
    o->n = 0;
    o->whole = true;
    o->begun = accepted(nz_suite_from_name(name, &o->s.suite)) && o->s.suite.pattern <= NZ_IK;
    o->role = span_is(role, "r") ? NZ_RESPONDER : NZ_INITIATOR;
    o->s.prologue = kept(o, in, "prologue");
    keep_secret(o, in, "e", o->s.e[o->role], &o->s.has_e[o->role]);
    keep_secret(o, in, "s", o->s.s[o->role], &o->s.has_s[o->role]);
    if (o->s.suite.pattern == NZ_NK || o->s.suite.pattern == NZ_IK)
        o->s.responder_share = kept(o, in, "rs");
    if (o->role == NZ_RESPONDER && o->s.has_s[1] && (o->s.suite.pattern == NZ_NK || o->s.suite.pattern == NZ_IK)) {
        prim_openssl.x25519_public(o->s.s[1], o->bytes + o->n);
        o->s.responder_share = span_of(o->bytes + o->n, 32);
        o->n += 32;
    }
}

static void keep_message(overheard *o, const shim_list *list)
{
    const span message = kept(o, list, "msg");
    if (o->s.n_messages < 3)
        o->s.message[o->s.n_messages++] = message;
}

static void keep_record(overheard *o, bool by_initiator, const shim_list *list, const shim_list *in)
{
    const diagnosed_record record = {by_initiator, kept(o, list, "ct"), kept(o, in, "ad")};
    if (o->s.n_records < DIAGNOSED_RECORDS)
        o->s.record[o->s.n_records++] = record;
    else
        o->whole = false;
}

void overheard_call(overheard *o, const shim_request *request, const shim_reply *reply)
{
    if (span_is(request->op, "nz.init"))
        begin(o, &request->in);
    else if (!o->begun || reply->answer != SHIM_OK)
        return;
    else if (span_is(request->op, "nz.write"))
        keep_message(o, &reply->out);
    else if (span_is(request->op, "nz.read"))
        keep_message(o, &request->in);
    else if (span_is(request->op, "nz.seal"))
        keep_record(o, o->role == NZ_INITIATOR, &reply->out, &request->in);
    else if (span_is(request->op, "nz.open"))
        keep_record(o, o->role != NZ_INITIATOR, &request->in, &request->in);
    else if (span_is(request->op, "nz.rekey") || span_is(request->op, "nz.export"))
        o->whole = false; /* other keys follow */
}

bool overheard_nothing_sealed(const overheard *o) { return o->begun && o->whole && diagnosis_run(&o->s, DEVIATION_NONE).of == 0; }

const char *overheard_diagnosis(const overheard *o)
{
    deviation which;
    if (!o->begun || !o->whole)
        return NULL;
    const diagnosis found = diagnose(&o->s, &which);
    return found == DIAGNOSIS_NAMED || found == DIAGNOSIS_SEVERAL ? deviation_says(which) : NULL;
}
