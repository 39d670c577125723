#include "many_records.h"
#include "noise_run.h"

enum { AD = 40 /* of which the last byte alone differs from record to record */ };

typedef struct many {
    const parley_impl *impl;
    noise_run run;
    shim_request request;
    shim_reply reply;
    writer room;
    int64_t h;
} many;

static bool ask(many *m)
{
    m->reply = (shim_reply){.room = m->room};
    return shim_ask(m->impl, &m->request, &m->reply) == SHIM_ANSWERED && m->reply.answer == SHIM_OK;
}

static void start(many *m, const char *op)
{
    shim_request_start(&m->request, op);
    shim_put_int(&m->request.in, "h", m->h);
}

static bool opens_session(many *m)
{
    const noise_run *run = &m->run;
    shim_request_start(&m->request, "nz.init");
    shim_put_text(&m->request.in, "role", span_text("i"));
    shim_put_text(&m->request.in, "name", span_text(run->name));
    shim_put_bytes(&m->request.in, "prologue", run->prologue);
    shim_put_bytes(&m->request.in, "s", SPAN(run->s[NZ_INITIATOR]));
    shim_put_bytes(&m->request.in, "e", SPAN(run->e[NZ_INITIATOR]));
    return ask(m) && shim_int(&m->reply.out, "h", &m->h);
}

static bool plays_handshake(many *m)
{
    bool good = true;
    for (int k = 1; k <= 3 && good; k++) {
        const bool writes = noise_writer(k) == NZ_INITIATOR;
        start(m, writes ? "nz.write" : "nz.read");
        shim_put_bytes(&m->request.in, writes ? "payload" : "msg", writes ? m->run.payload[k - 1] : noise_message(&m->run, k));
        good = ask(m);
    }
    return good;
}

/* The next record, one byte long, as the text makes it and as the implementation does, or opens it. */
static bool one_record(many *m, bool seals, unsigned i)
{
    uint8_t plain = (uint8_t)i, sealed[64], got[64], ad[AD] = {0};
    const nz_world world = {.prim = m->run.prim};
    writer w = WRITER(sealed), taken = WRITER(got);
    const span pt = span_of(&plain, 1);
    span said = EMPTY;
    ad[AD - 1] = plain;
    if (!accepted(nz_seal(&m->run.peer[seals ? NZ_INITIATOR : NZ_RESPONDER], &world, SPAN(ad), pt, &w)))
        return false;
    start(m, seals ? "nz.seal" : "nz.open");
    shim_put_bytes(&m->request.in, "ad", SPAN(ad));
    shim_put_bytes(&m->request.in, seals ? "pt" : "ct", seals ? pt : written(&w));
    return ask(m) && shim_bytes(&m->reply.out, seals ? "ct" : "pt", &taken, &said) && span_same(said, seals ? written(&w) : pt);
}

many_records_found many_records(const parley_impl *impl, const prim *p, writer room, bool seals, unsigned *at)
{
    static const uint8_t prologue[] = {'p', 0, 0};
    static many m; /* large */
    m = (many){.impl = impl, .room = room};
    *at = 0;
    if (!noise_play(&m.run, p, noise_suite(NZ_XX, 0), "many records", SPAN(prologue)) || !opens_session(&m))
        return MANY_NOT_THERE;
    for (bool good = plays_handshake(&m); good && *at < MANY_RECORDS && one_record(&m, seals, *at); ++*at)
        ;
    start(&m, "free");
    (void)ask(&m);
    return *at == MANY_RECORDS ? MANY_HELD : MANY_DIFFERED;
}
