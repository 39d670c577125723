/* The operations p1.bind and p1.keys: everything from one epoch to the next, with all values on the way. */
#include "parley1_vectors.h"

#include "parley1_evidence.h"
#include "parley1_record.h"

#include <stdio.h>
#include <string.h>

static const char *const checked_by[] = {"text", "audit", NULL};

static void put_copy(adapter_call *call, const char *key, const void *from, size_t n)
{
    uint8_t *room = call_room(call, n);
    if (room) {
        memcpy(room, from, n);
        shim_put_bytes(&call->reply->out, key, span_of(room, n));
    }
}

/* ---- p1.bind ---- */

typedef struct bound {
    uint8_t x[32], binder[64], t[32];
} bound;

typedef struct bind_input {
    uint32_t epoch;
    span x, t, step, reply, claims, attest; /* x, or the other three */
} bind_input;

static void bind(const prim *p, const bind_input *in, bound *out)
{
    if (in->x.n)
        span_take(in->x, out->x, 32);
    else
        p1_next_x(p, in->t.p, in->step, in->reply, out->x);
    p1_binder(p, in->epoch, out->x, in->claims, out->binder);
    p1_transcript(p, out->x, in->attest, out->t);
}

void p1_bind_operation(adapter_call *call)
{
    bind_input in = {0};
    int64_t epoch;
    bound out;
    if (!call_number(call, "epoch", 0, UINT32_MAX, &epoch) || !call_bytes_if_given(call, "x", 32, &in.x) ||
        !call_bytes(call, "claims", &in.claims) || !call_bytes(call, "attest", &in.attest))
        return;
    if (!in.x.n && (!call_bytes_of(call, "t", 32, &in.t) || !call_bytes(call, "step", &in.step) || !call_bytes(call, "reply", &in.reply)))
        return;
    in.epoch = (uint32_t)epoch;
    bind(call->prim, &in, &out);
    if (!call_accepts(call, ACCEPT))
        return;
    put_copy(call, "x", out.x, 32);
    put_copy(call, "binder", out.binder, 64);
    put_copy(call, "t", out.t, 32);
}

/* ---- p1.report: the report data over a root ---- */

void p1_report_operation(adapter_call *call)
{
    int64_t n;
    span root;
    uint8_t out[64];
    if (!call_number(call, "n", 1, 1024, &n) || !call_bytes_of(call, "root", 32, &root))
        return;
    p1_report_data(call->prim, (uint32_t)n, root.p, out);
    if (call_accepts(call, ACCEPT))
        put_copy(call, "report_data", out, sizeof out);
}

/* ---- p1.keys ---- */

typedef struct derived {
    uint8_t seed[32];
    p1_keys keys;
} derived;

static void derive(const prim *p, span base, span link, span kem, span t, uint32_t epoch, derived *out)
{
    uint8_t seed[32];
    if (base.n)
        p1_first_seed(p, base.p, t.p, seed);
    else
        p1_next_seed(p, link.p, kem.p, t.p, seed);
    memcpy(out->seed, seed, 32);
    p1_epoch_keys(p, seed, epoch, &out->keys);
}

void p1_keys_operation(adapter_call *call)
{
    span base, link = EMPTY, kem = EMPTY, t;
    int64_t epoch;
    derived out;
    if (!call_number(call, "epoch", 0, UINT32_MAX, &epoch) || !call_bytes_of(call, "t", 32, &t) ||
        !call_bytes_if_given(call, "base", 32, &base))
        return;
    if (!base.n && (!call_bytes_of(call, "link", 32, &link) || !call_bytes_of(call, "kem", 32, &kem)))
        return;
    derive(call->prim, base, link, kem, t, (uint32_t)epoch, &out);
    if (!call_accepts(call, ACCEPT))
        return;
    put_copy(call, "seed", out.seed, 32);
    put_copy(call, "root", out.keys.root, 32);
    put_copy(call, "link_next", out.keys.link, 32);
}

/* ---- the files ---- */

static void put_bound(sheet *s, const bound *b)
{
    sheet_out(s, BYTES("x", SPAN(b->x)));
    sheet_out(s, BYTES("binder", SPAN(b->binder)));
    sheet_out(s, BYTES("t", SPAN(b->t)));
}

static void put_bind(sheet *s, const bind_input *in)
{
    sheet_in(s, NUMBER("epoch", in->epoch));
    if (in->x.n)
        sheet_in(s, BYTES("x", in->x));
    else {
        sheet_in(s, BYTES("t", in->t));
        sheet_in(s, BYTES("step", in->step));
        sheet_in(s, BYTES("reply", in->reply));
    }
    sheet_in(s, BYTES("claims", in->claims));
    sheet_in(s, BYTES("attest", in->attest));
}

/* Epoch 0, two that follow, and one whose number needs all four bytes. */
cJSON *p1_bind_file(const prim *p, int which)
{
    static const uint32_t epochs[] = {0, 1, 2, 0x01020304};
    uint8_t h[32], step[1189], reply[1125], attest[200];
    bound b = {0};
    sheet s = sheet_start(p, "p1.bind", "vectors/parley1/parley1_key_vectors", "7061726c657920766563746f7273", checked_by);
    (void)which;
    p1_named(p, "h", h, sizeof h);
    sheet_group(&s, "bind", "p1:keys", "");
    for (size_t i = 0; i < 4; i++) {
        char name[8], slug[8];
        snprintf(name, sizeof name, "e%zu", i);
        snprintf(slug, sizeof slug, i ? "ok%zu" : "ok", i);
        p1_named(p, name, step, sizeof step);
        memcpy(reply, step + 64, sizeof reply);
        memcpy(attest, step + 7, sizeof attest);
        uint8_t t[32];
        memcpy(t, b.t, 32);
        const bind_input in = {.epoch = epochs[i],
                               .x = i ? EMPTY : SPAN(h),
                               .t = SPAN(t),
                               .step = SPAN(step),
                               .reply = SPAN(reply),
                               .claims = span_text("{\"claims\":1}"),
                               .attest = SPAN(attest)};
        bind(p, &in, &b);
        sheet_accepts(&s, slug,
                      i ? "P1-002 P1-070 P1-071 P1-072 P1-073 P1-074 P1-075 P1-077 P1-078" : "P1-002 P1-073 P1-074 P1-075 P1-077 P1-078");
        put_bind(&s, &in);
        put_bound(&s, &b);
    }
    return s.document;
}

cJSON *p1_report_file(const prim *p, int which)
{
    static const uint32_t counts[] = {1, 2, 3, 1024};
    sheet s = sheet_start(p, "p1.report", "vectors/parley1/parley1_key_vectors", "7061726c657920766563746f7273", checked_by);
    (void)which;
    sheet_group(&s, "report", "p1:keys", "");
    for (size_t i = 0; i < 4; i++) {
        char slug[8];
        uint8_t root[32], out[64];
        snprintf(slug, sizeof slug, i ? "n%u" : "ok", counts[i]);
        p1_named(p, slug, root, sizeof root);
        p1_report_data(p, counts[i], root, out);
        sheet_accepts(&s, slug, "P1-002 P1-076");
        sheet_in(&s, NUMBER("n", counts[i]));
        sheet_in(&s, BYTES("root", SPAN(root)));
        sheet_out(&s, BYTES("report_data", SPAN(out)));
    }
    return s.document;
}

cJSON *p1_keys_file(const prim *p, int which)
{
    uint8_t base[32], kem[32], t[32], link[32] = {0};
    derived d = {0};
    sheet s = sheet_start(p, "p1.keys", "vectors/parley1/parley1_key_vectors", "7061726c657920766563746f7273", checked_by);
    (void)which;
    sheet_group(&s, "keys", "p1:keys", "");
    for (uint32_t e = 0; e < 4; e++) {
        char name[8], slug[8];
        snprintf(name, sizeof name, "t%u", e);
        snprintf(slug, sizeof slug, e ? "ok%u" : "ok", e);
        p1_named(p, name, t, sizeof t);
        p1_named(p, "base", base, sizeof base);
        snprintf(name, sizeof name, "kem%u", e);
        p1_named(p, name, kem, sizeof kem);
        if (e)
            memcpy(link, d.keys.link, 32);
        derive(p, e ? EMPTY : SPAN(base), SPAN(link), SPAN(kem), SPAN(t), e, &d);
        sheet_accepts(&s, slug, e ? "P1-002 P1-100 P1-101 P1-102" : "P1-002 P1-100 P1-102");
        sheet_in(&s, NUMBER("epoch", e));
        sheet_in(&s, BYTES("t", SPAN(t)));
        if (!e)
            sheet_in(&s, BYTES("base", SPAN(base)));
        else {
            sheet_in(&s, BYTES("link", SPAN(link)));
            sheet_in(&s, BYTES("kem", SPAN(kem)));
        }
        sheet_out(&s, BYTES("seed", SPAN(d.seed)));
        sheet_out(&s, BYTES("root", SPAN(d.keys.root)));
        sheet_out(&s, BYTES("link_next", SPAN(d.keys.link)));
    }
    return s.document;
}
