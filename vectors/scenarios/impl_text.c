#include "impl_text.h"

#include <string.h>

/* A chapter adds its table here. */
static const impl_text_row *const tables[] = {impl_text_noise, impl_text_wire, impl_text_attestation, impl_text_inference,
                                              impl_text_confer};

void impl_text_reject(shim_reply *reply, verdict v)
{
    shim_reply_with(reply, SHIM_REJ, requirement_rows[v.req].reason);
    shim_put_text(&reply->out, "detail", span_text(requirement_rows[v.req].id));
}

void impl_text_complain(shim_reply *reply, const char *what) { shim_reply_with(reply, SHIM_BUG, what); }

/* ---- control ---- */

static void say_hello(impl_text *t, const shim_request *request, shim_reply *reply)
{
    (void)request;
    shim_reply_with(reply, SHIM_OK, NULL);
    shim_put_text(&reply->out, "impl", span_text("parley"));
    shim_put_text(&reply->out, "version", span_text("0.1.0"));
    shim_put_int(&reply->out, "proto", 1);
    shim_put_text(&reply->out, "roles", span_text("lib"));
    shim_put_text(&reply->out, "caps",
                  span_text(t->prim->has_cipher(PRIM_AESGCM)
                                ? "rng wi:http at:snp in:receipt cf:token cf:evidence cf:frame nz:xx nz:nx nz:nk nz:ik suite:aesgcm "
                                  "suite:chachapoly hash:sha256 hash:sha512 hash:blake2s hash:blake2b"
                                : "rng wi:http at:snp in:receipt cf:token cf:evidence cf:frame nz:xx nz:nx nz:nk nz:ik suite:chachapoly "
                                  "hash:sha256 hash:sha512 hash:blake2s hash:blake2b"));
    size_t start = reply->room.n;
    write_text(&reply->room, "hello echo reset free state");
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        for (const impl_text_row *row = tables[i]; row->op; row++) {
            write_text(&reply->room, " ");
            write_text(&reply->room, row->op);
        }
    shim_put_text(&reply->out, "ops", span_from(written(&reply->room), start));
}

static void echo(impl_text *t, const shim_request *request, shim_reply *reply)
{
    (void)t;
    shim_reply_with(reply, SHIM_OK, NULL);
    reply->out = request->in;
}

static void reset(impl_text *t, const shim_request *request, shim_reply *reply)
{
    (void)request;
    for (size_t i = 0; i < IMPL_TEXT_HANDLES; i++)
        nz_close(&t->session[i].peer);
    wipe(t->session, sizeof t->session);
    shim_reply_with(reply, SHIM_OK, NULL);
}

static const impl_text_row control[] = {{"hello", say_hello}, {"echo", echo}, {"reset", reset}, {NULL, NULL}};

/* ---- the door ---- */

static impl_text_op *op_in(const impl_text_row *rows, span op)
{
    for (; rows->op; rows++)
        if (span_is(op, rows->op))
            return rows->run;
    return NULL;
}

static int call(void *ctx, const shim_request *request, shim_reply *reply)
{
    impl_text_op *run = op_in(control, request->op);
    for (size_t i = 0; i < sizeof tables / sizeof *tables && !run; i++)
        run = op_in(tables[i], request->op);
    if (run) {
        run(ctx, request, reply);
    } else {
        reply->answer = SHIM_UNS;
        reply->word = request->op;
    }
    return SHIM_ANSWERED;
}

void impl_text_start(impl_text *t, const prim *p, void (*random)(uint8_t *, size_t))
{
    memset(t, 0, sizeof *t);
    t->prim = p;
    t->random = random;
}

parley_impl impl_text_behind_shim(impl_text *t) { return (parley_impl){"parley", call, t}; }
