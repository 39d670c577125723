/* Two adapters play Noise handshakes and records with each other. */
#include "matrix.h"
#include "coins.h"
#include "library_child.h"
#include "noise_run.h"
#include "session.h"

#include <stdlib.h>
#include <string.h>

enum { ROOM = 1 << 16, HANDSHAKE_MESSAGES = 3 };

typedef struct player {
    library_child *child;
    parley_impl impl;
    char caps[2048], ops[4096], trouble[160];
    int64_t handle;
    uint8_t secret[32], share[32];
} player;

typedef struct duet {
    player by[2]; /* initiator, responder */
    uint8_t room[ROOM], said[NOISE_MESSAGE];
} duet;

static bool has_word(const char *list, const char *word)
{
    const size_t n = strlen(word);
    for (const char *at = strstr(list, word); at; at = strstr(at + 1, word))
        if ((at == list || at[-1] == ' ') && (at[n] == ' ' || at[n] == 0))
            return true;
    return false;
}

/* ---- one question ---- */

static bool ask(duet *d, player *p, const shim_request *request, shim_reply *reply)
{
    reply->room = WRITER(d->room);
    const shim_fate fate = shim_ask(&p->impl, request, reply);
    if (fate == SHIM_ANSWERED && reply->answer == SHIM_OK)
        return true;
    if (fate != SHIM_ANSWERED)
        snprintf(p->trouble, sizeof p->trouble, "%.159s", p->child->trouble);
    else
        snprintf(p->trouble, sizeof p->trouble, "%.*s: %s %.*s", (int)request->op.n, (const char *)request->op.p,
                 reply->answer == SHIM_REJ   ? "rej"
                 : reply->answer == SHIM_UNS ? "uns"
                                             : "bug",
                 (int)(reply->word.n > 60 ? 60 : reply->word.n), reply->word.n ? (const char *)reply->word.p : "");
    return false;
}

static bool take_bytes(const shim_reply *reply, const char *key, uint8_t *to, size_t room, size_t *n)
{
    writer w = writer_of(to, room);
    span bytes;
    if (!shim_bytes(&reply->out, key, &w, &bytes) || bytes.n > room)
        return false;
    if (bytes.n)
        memmove(to, bytes.p, bytes.n);
    *n = bytes.n;
    return true;
}

static bool begin(duet *d, int who, const noise_run *plan)
{
    player *p = &d->by[who];
    shim_request request;
    shim_reply reply;
    shim_request_start(&request, "nz.init");
    shim_put_text(&request.in, "role", span_text(who ? "r" : "i"));
    shim_put_text(&request.in, "name", span_text(plan->name));
    shim_put_bytes(&request.in, "prologue", plan->prologue);
    if (plan->has_s[who])
        shim_put_bytes(&request.in, "s", SPAN(plan->s[who]));
    if (!who && (plan->suite.pattern == NZ_NK || plan->suite.pattern == NZ_IK))
        shim_put_bytes(&request.in, "rs", SPAN(plan->share[1]));
    shim_put_bytes(&request.in, "e", SPAN(plan->e[who]));
    return ask(d, p, &request, &reply) && shim_int(&reply.out, "h", &p->handle);
}

/* `op` with the handle and one value of bytes; the answer's value into d->said. */
static bool step(duet *d, int who, const char *op, const char *key, span value, const char *out, size_t *n)
{
    shim_request request;
    shim_reply reply;
    shim_request_start(&request, op);
    shim_put_int(&request.in, "h", d->by[who].handle);
    if (strcmp(key, "payload") != 0 && strcmp(key, "msg") != 0)
        shim_put_bytes(&request.in, "ad", EMPTY);
    shim_put_bytes(&request.in, key, value);
    if (!ask(d, &d->by[who], &request, &reply))
        return false;
    if (take_bytes(&reply, out, d->said, sizeof d->said, n))
        return true;
    snprintf(d->by[who].trouble, sizeof d->by[who].trouble, "%s: no %s in the answer", op, out);
    return false;
}

static bool hands_over(duet *d, int from, const char *ops[2], const char *keys[4], const char *text)
{
    size_t n = 0;
    uint8_t message[NOISE_MESSAGE];
    if (!step(d, from, ops[0], keys[0], span_text(text), keys[1], &n))
        return false;
    memcpy(message, d->said, n);
    if (!step(d, !from, ops[1], keys[2], span_of(message, n), keys[3], &n))
        return false;
    if (span_is(span_of(d->said, n), text))
        return true;
    snprintf(d->by[!from].trouble, sizeof d->by[!from].trouble, "%s: another text than was sent", ops[1]);
    return false;
}

static bool handshake_hash(duet *d, int who, uint8_t hash[64], size_t *n)
{
    shim_request request;
    shim_reply reply;
    shim_request_start(&request, "nz.split");
    shim_put_int(&request.in, "h", d->by[who].handle);
    return ask(d, &d->by[who], &request, &reply) && take_bytes(&reply, "hash", hash, 64, n);
}

static bool agree_on_hash(duet *d)
{
    uint8_t a[64], b[64];
    size_t n = 0, m = 0;
    if (!handshake_hash(d, 0, a, &n) || !handshake_hash(d, 1, b, &m))
        return false;
    if (n == m && memcmp(a, b, n) == 0)
        return true;
    snprintf(d->by[0].trouble, sizeof d->by[0].trouble, "the two handshake hashes differ");
    return false;
}

static bool play(duet *d, const noise_run *plan)
{
    static const char *handshake[] = {"nz.write", "nz.read"}, *in_it[] = {"payload", "msg", "msg", "payload"};
    static const char *record[] = {"nz.seal", "nz.open"}, *in_record[] = {"pt", "ct", "ct", "pt"};
    const int messages = plan->suite.pattern == NZ_XX ? HANDSHAKE_MESSAGES : 2;
    bool good = begin(d, 0, plan) && begin(d, 1, plan);
    for (int k = 0; k < messages && good; k++)
        good = hands_over(d, k % 2, handshake, in_it, k ? "payload" : "");
    good = good && agree_on_hash(d);
    for (int k = 0; k < 4 && good; k++)
        good = hands_over(d, k % 2, record, in_record, k < 2 ? "the first record" : "and another one, which is longer");
    return good;
}

/* ---- the two ---- */

static bool start_player(player *p, const matrix_target *t)
{
    shim_request hello;
    shim_reply reply;
    static uint8_t room[ROOM];
    span text = EMPTY;
    p->child = calloc(1, sizeof *p->child);
    must(p->child);
    if (!library_open(p->child, t->file.at))
        return false;
    p->impl = library_behind_shim(p->child);
    shim_request_start(&hello, "hello");
    shim_put_int(&hello.in, "proto", 1);
    reply.room = WRITER(room);
    if (shim_ask(&p->impl, &hello, &reply) != SHIM_ANSWERED || reply.answer != SHIM_OK)
        return false;
    shim_text(&reply.out, "caps", &text);
    snprintf(p->caps, sizeof p->caps, "%.*s", (int)text.n, text.n ? (const char *)text.p : "");
    shim_text(&reply.out, "ops", &text);
    snprintf(p->ops, sizeof p->ops, "%.*s", (int)text.n, text.n ? (const char *)text.p : "");
    return true;
}

static void stop_player(player *p)
{
    if (p->child)
        library_close(p->child);
    free(p->child);
}

/* NULL, or what one of them lacks for this suite. */
static const char *lacks(const player *p, const char *pattern, bool aesgcm)
{
    static const char *const ops[] = {"nz.init", "nz.write", "nz.read", "nz.split", "nz.seal", "nz.open"};
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
        if (!has_word(p->ops, ops[i]))
            return ops[i];
    const char *cipher = aesgcm ? "suite:aesgcm" : "suite:chachapoly";
    return !has_word(p->caps, "rng")           ? "rng"
           : !has_word(p->caps, pattern)       ? pattern
           : !has_word(p->caps, cipher)        ? cipher
           : !has_word(p->caps, "hash:sha256") ? "hash:sha256"
                                               : NULL;
}

static void make_plan(noise_run *plan, coins *c, nz_pattern pattern, bool aesgcm)
{
    static const char *const names[] = {[NZ_XX] = "XX", [NZ_NX] = "NX", [NZ_NK] = "NK", [NZ_IK] = "IK"};
    *plan = (noise_run){.prologue = span_text("parley matrix"), .has_s = {pattern == NZ_XX || pattern == NZ_IK, true}};
    plan->suite.pattern = pattern;
    snprintf(plan->name, sizeof plan->name, "Noise_%s_25519_%s_SHA256", names[pattern], aesgcm ? "AESGCM" : "ChaChaPoly");
    for (int i = 0; i < 2; i++) {
        coins_draw(c, plan->s[i], 32);
        coins_draw(c, plan->e[i], 32);
        prim_sodium.x25519_public(plan->s[i], plan->share[i]);
    }
}

static void try_suites(const cli_call *call, duet *d, matrix_cell *cell)
{
    static const struct {
        nz_pattern pattern;
        const char *cap;
    } patterns[] = {{NZ_XX, "nz:xx"}, {NZ_NX, "nz:nx"}, {NZ_NK, "nz:nk"}, {NZ_IK, "nz:ik"}};
    coins c = session_coins(call, "matrix");
    noise_run *plan = calloc(1, sizeof *plan);
    must(plan);
    for (size_t i = 0; i < 8; i++) {
        const char *cap = patterns[i / 2].cap, *lack = lacks(&d->by[0], cap, i % 2);
        lack = lack ? lack : lacks(&d->by[1], cap, i % 2);
        if (lack && !cell->tried)
            snprintf(cell->why, sizeof cell->why, "one of them lacks %s", lack);
        if (lack)
            continue;
        d->by[0].trouble[0] = d->by[1].trouble[0] = 0;
        make_plan(plan, &c, patterns[i / 2].pattern, i % 2);
        const bool good = play(d, plan);
        char got[340];
        snprintf(got, sizeof got, "%s%s%s", d->by[0].trouble, *d->by[0].trouble && *d->by[1].trouble ? "; " : "", d->by[1].trouble);
        matrix_judge(cell, plan->name, good, "the same session on both sides", got);
    }
    free(plan);
}

void matrix_handshakes(const cli_call *call, const matrix_target *initiator, const matrix_target *responder, matrix_cell *cell)
{
    const matrix_target *const of[] = {initiator, responder};
    duet *d = calloc(1, sizeof *d);
    bool good = true;
    must(d);
    for (int i = 0; i < 2 && good; i++) {
        good = start_player(&d->by[i], of[i]);
        if (!good)
            matrix_judge(cell, "hello", false, "an adapter that speaks", d->by[i].child->trouble);
    }
    if (good)
        try_suites(call, d, cell);
    stop_player(&d->by[0]);
    stop_player(&d->by[1]);
    free(d);
}
