/* Two adapters play Noise handshakes and records with each other. */
#include "matrix.h"
#include "coins.h"
#include "library_child.h"
#include "no_memory.h"
#include "noise_run.h"
#include "pairwise.h"
#include "session.h"

#include <stdlib.h>
#include <string.h>

enum { ROOM = 1 << 17, HANDSHAKE_MESSAGES = 3, RECORDS_MAX = 8 };

/* What two adapters play: a session, and how large and how many its parts are. */
typedef struct scene {
    noise_run plan;
    size_t payload; /* bytes in each message of the handshake but the first */
    size_t record[2], n_records;
    bool rekeys, changed; /* between the records; the last record is changed on its way, and has to be refused */
} scene;

typedef struct player {
    library_child *child;
    parley_impl impl;
    char caps[2048], ops[4096], trouble[160];
    int64_t handle;
    uint8_t secret[32], share[32];
} player;

typedef struct duet {
    player by[2]; /* initiator, responder */
    uint8_t room[ROOM], said[NZ_MESSAGE_MAX], message[NZ_MESSAGE_MAX], text[NZ_MESSAGE_MAX];
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

static bool hands_over(duet *d, int from, const char *ops[2], const char *keys[4], span text)
{
    size_t n = 0;
    if (!step(d, from, ops[0], keys[0], text, keys[1], &n))
        return false;
    memcpy(d->message, d->said, n);
    if (!step(d, !from, ops[1], keys[2], span_of(d->message, n), keys[3], &n))
        return false;
    if (span_same(span_of(d->said, n), text))
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

static bool rekeys(duet *d, int who, const char *dir)
{
    shim_request request;
    shim_reply reply;
    shim_request_start(&request, "nz.rekey");
    shim_put_int(&request.in, "h", d->by[who].handle);
    shim_put_text(&request.in, "dir", span_text(dir));
    return ask(d, &d->by[who], &request, &reply);
}

/* The record is changed on its way: no answer but a rejection will do. */
static bool is_refused(duet *d)
{
    size_t n = 0;
    if (!step(d, 0, "nz.seal", "pt", span_text("a record that is changed"), "ct", &n))
        return false;
    memcpy(d->message, d->said, n);
    d->message[n / 2] ^= 1;
    const bool taken = step(d, 1, "nz.open", "ct", span_of(d->message, n), "pt", &n);
    if (taken)
        snprintf(d->by[1].trouble, sizeof d->by[1].trouble, "nz.open: takes a record that was changed");
    else if (strstr(d->by[1].trouble, ": rej"))
        return true;
    return false;
}

/* Bytes that are no others' beginning. */
static span some_text(duet *d, size_t n, int k)
{
    for (size_t i = 0; i < n; i++)
        d->text[i] = (uint8_t)(i * 31 + (size_t)k * 7 + 1);
    return span_of(d->text, n);
}

static bool play(duet *d, const scene *s)
{
    static const char *handshake[] = {"nz.write", "nz.read"}, *in_it[] = {"payload", "msg", "msg", "payload"};
    static const char *record[] = {"nz.seal", "nz.open"}, *in_record[] = {"pt", "ct", "ct", "pt"};
    const int messages = s->plan.suite.pattern == NZ_XX ? HANDSHAKE_MESSAGES : 2;
    bool good = begin(d, 0, &s->plan) && begin(d, 1, &s->plan);
    for (int k = 0; k < messages && good; k++)
        good = hands_over(d, k % 2, handshake, in_it, some_text(d, k ? s->payload : 0, k));
    good = good && agree_on_hash(d);
    for (size_t k = 0; k < s->n_records && good; k++) {
        if (s->rekeys && k == s->n_records / 2)
            good = rekeys(d, 0, "send") && rekeys(d, 1, "recv") && rekeys(d, 0, "recv") && rekeys(d, 1, "send");
        good = good && hands_over(d, k % 2, record, in_record, some_text(d, s->record[k >= 2], (int)k));
    }
    return good && (!s->changed || is_refused(d));
}

/* ---- the two ---- */

static bool start_player(player *p, const matrix_target *t)
{
    shim_request hello;
    shim_reply reply;
    static uint8_t room[ROOM];
    span text = EMPTY;
    p->child = calloc(1, sizeof *p->child);
    needs_memory(p->child);
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

/* ---- what both can do ---- */

static const struct {
    nz_pattern pattern;
    const char *name, *cap;
} patterns[] = {{NZ_XX, "XX", "nz:xx"}, {NZ_NX, "NX", "nz:nx"}, {NZ_NK, "NK", "nz:nk"}, {NZ_IK, "IK", "nz:ik"}};
static const struct {
    const char *name, *cap;
} ciphers[] = {{"ChaChaPoly", "suite:chachapoly"}, {"AESGCM", "suite:aesgcm"}},
  hashes[] = {{"SHA256", "hash:sha256"}, {"SHA512", "hash:sha512"}, {"BLAKE2s", "hash:blake2s"}, {"BLAKE2b", "hash:blake2b"}};

static bool both_declare(const duet *d, const char *cap) { return has_word(d->by[0].caps, cap) && has_word(d->by[1].caps, cap); }
static bool both_offer(const duet *d, const char *op) { return has_word(d->by[0].ops, op) && has_word(d->by[1].ops, op); }

/* NULL, or what one of them lacks for any session. */
static const char *lacks(const duet *d)
{
    static const char *const ops[] = {"nz.init", "nz.write", "nz.read", "nz.split", "nz.seal", "nz.open"};
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
        if (!both_offer(d, ops[i]))
            return ops[i];
    return both_declare(d, "rng") ? NULL : "rng";
}

static void make_plan(noise_run *plan, coins *c, size_t pattern, const char *cipher, const char *hash, span prologue)
{
    const nz_pattern which = patterns[pattern].pattern;
    *plan = (noise_run){.prologue = prologue, .has_s = {which == NZ_XX || which == NZ_IK, true}};
    plan->suite.pattern = which;
    snprintf(plan->name, sizeof plan->name, "Noise_%s_25519_%s_%s", patterns[pattern].name, cipher, hash);
    for (int i = 0; i < 2; i++) {
        coins_draw(c, plan->s[i], 32);
        coins_draw(c, plan->e[i], 32);
        prim_sodium.x25519_public(plan->s[i], plan->share[i]);
    }
}

static bool judge_scene(duet *d, const scene *s, matrix_cell *cell, const char *name)
{
    d->by[0].trouble[0] = d->by[1].trouble[0] = 0;
    const bool good = play(d, s);
    char got[340];
    snprintf(got, sizeof got, "%s%s%s", d->by[0].trouble, *d->by[0].trouble && *d->by[1].trouble ? "; " : "", d->by[1].trouble);
    matrix_judge(cell, name, good, s->changed ? "a record that was changed is refused" : "the same session on both sides", got);
    return good;
}

/* ---- each pattern with each cipher ---- */

static void try_suites(const cli_call *call, duet *d, matrix_cell *cell)
{
    coins c = session_coins(call, "matrix");
    static scene s;
    for (size_t i = 0; i < 8; i++) {
        const char *cap = patterns[i / 2].cap, *suite = ciphers[i % 2].cap;
        const char *lack = !both_declare(d, cap)             ? cap
                           : !both_declare(d, suite)         ? suite
                           : !both_declare(d, "hash:sha256") ? "hash:sha256"
                                                             : NULL;
        if (lack && !cell->tried)
            snprintf(cell->why, sizeof cell->why, "one of them lacks %s", lack);
        if (lack)
            continue;
        char changed[80];
        s = (scene){.payload = 7, .record = {16, 31}, .n_records = 4};
        make_plan(&s.plan, &c, i / 2, ciphers[i % 2].name, "SHA256", span_text("parley matrix"));
        judge_scene(d, &s, cell, s.plan.name);
        s.changed = true;
        snprintf(changed, sizeof changed, "%s, a record changed", s.plan.name);
        judge_scene(d, &s, cell, changed);
    }
}

/* ---- every two settings of the options together ---- */

enum { PATTERN, CIPHER, HASH, PROLOGUE, PAYLOAD, RECORD, RECORDS, REKEY, OPTIONS };

static void add_value(pairwise_parameter *p, const char *value) { p->value[p->n++] = value; }

/* The options, with the values that both have. False: of one there is none. */
static bool list_options(const duet *d, pairwise_parameter options[OPTIONS])
{
    static const pairwise_parameter all[OPTIONS] = {{.name = "pattern"},
                                                    {.name = "cipher"},
                                                    {.name = "hash"},
                                                    {"prologue", {"0", "1", "1000"}, 3},
                                                    {"payload", {"0", "1", "1000"}, 3},
                                                    {"record", {"0", "1", "4096", "65519"}, 4},
                                                    {"records", {"2", "6"}, 2},
                                                    {"rekey", {"no", "yes"}, 2}};
    memcpy(options, all, sizeof all);
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
        if (both_declare(d, patterns[i].cap))
            add_value(&options[PATTERN], patterns[i].name);
    for (size_t i = 0; i < sizeof ciphers / sizeof *ciphers; i++)
        if (both_declare(d, ciphers[i].cap))
            add_value(&options[CIPHER], ciphers[i].name);
    for (size_t i = 0; i < sizeof hashes / sizeof *hashes; i++)
        if (both_declare(d, hashes[i].cap))
            add_value(&options[HASH], hashes[i].name);
    options[REKEY].n = both_offer(d, "nz.rekey") ? 2 : 1;
    return options[PATTERN].n && options[CIPHER].n && options[HASH].n;
}

static const char *value_of(const pairwise *p, const uint8_t *row, size_t option) { return p->parameter[option].value[row[option]]; }
static size_t number_of(const pairwise *p, const uint8_t *row, size_t option) { return strtoul(value_of(p, row, option), NULL, 10); }

static void make_scene(scene *s, const pairwise *p, const uint8_t *row, coins *c)
{
    static const uint8_t prologue[1000] = "a prologue, and zeros";
    size_t pattern = 0;
    while (strcmp(patterns[pattern].name, value_of(p, row, PATTERN)) != 0)
        pattern++;
    const size_t record = number_of(p, row, RECORD);
    *s = (scene){.payload = number_of(p, row, PAYLOAD),
                 .record = {record, record},
                 .n_records = number_of(p, row, RECORDS),
                 .rekeys = *value_of(p, row, REKEY) == 'y'};
    make_plan(&s->plan, c, pattern, value_of(p, row, CIPHER), value_of(p, row, HASH), span_of(prologue, number_of(p, row, PROLOGUE)));
}

typedef struct row_trial {
    duet *d;
    const pairwise *p;
    coins *c;
} row_trial;

static bool fails(void *ctx, const uint8_t *row)
{
    static scene s;
    const row_trial *t = ctx;
    make_scene(&s, t->p, row, t->c);
    return !play(t->d, &s);
}

static void try_pairs(const cli_call *call, duet *d, matrix_cell *cell)
{
    static scene s;
    static pairwise p;
    pairwise_parameter options[OPTIONS];
    bool failed[PAIRWISE_ROWS] = {0};
    coins c = session_coins(call, "matrix");
    if (!list_options(d, options)) {
        snprintf(cell->why, sizeof cell->why, "they have no pattern, cipher or hash in common");
        return;
    }
    pairwise_make(&p, options, OPTIONS);
    for (size_t row = 0; row < p.n_rows; row++) {
        page name = {0};
        pairwise_print_row(&p, row, &name);
        make_scene(&s, &p, p.row[row], &c);
        failed[row] = !judge_scene(d, &s, cell, name.p);
        page_free(&name);
    }
    cell->pairs = pairwise_covered(&p, p.n_rows);
    cell->of_pairs = pairwise_pairs(&p);
    pairwise_print_cause(&p, failed, fails, &(row_trial){d, &p, &c}, &cell->cause);
}

static void try_all(const cli_call *call, duet *d, matrix_cell *cell)
{
    const char *lack = lacks(d);
    if (lack)
        snprintf(cell->why, sizeof cell->why, "one of them lacks %s", lack);
    else
        (cli_given(call, "pairwise") ? try_pairs : try_suites)(call, d, cell);
}

void matrix_handshakes(const cli_call *call, const matrix_target *initiator, const matrix_target *responder, matrix_cell *cell)
{
    const matrix_target *const of[] = {initiator, responder};
    duet *d = calloc(1, sizeof *d);
    bool good = true;
    needs_memory(d);
    for (int i = 0; i < 2 && good; i++) {
        good = start_player(&d->by[i], of[i]);
        if (!good)
            matrix_judge(cell, "hello", false, "an adapter that speaks", d->by[i].child->trouble);
    }
    if (good)
        try_all(call, d, cell);
    stop_player(&d->by[0]);
    stop_player(&d->by[1]);
    free(d);
}
