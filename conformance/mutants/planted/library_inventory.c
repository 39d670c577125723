#include "library_inventory.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

enum { KEPT_BYTES = 1 << 20, USES = 1 << 18 };

/* ---- the adapter, in front of our own text ---- */

typedef struct kept_answer {
    bool is_there;
    uint8_t asked[KEPT_BYTES]; /* the value that it answered */
    size_t n_asked;
    shim_reply reply;
    uint8_t room[KEPT_BYTES];
} kept_answer;

/* What it is careless about; NULL: nothing, and then it only notes what it sees. */
static const library_spot *spot;
static library_fault fault;
static const parley_impl *honest;
static kept_answer kept; /* large */

static void (*sees)(const shim_request *, const shim_reply *);

static const char *const control[] = {"hello", "echo", "reset", "free", "state"};

static bool is_control(span op)
{
    for (size_t i = 0; i < sizeof control / sizeof *control; i++)
        if (span_is(op, control[i]))
            return true;
    return false;
}

static shim_pair *pair_named(shim_list *list, const char *key)
{
    for (size_t i = 0; i < list->n; i++)
        if (span_is(list->at[i].key, key))
            return &list->at[i];
    return NULL;
}

static span keep(writer *room, span s)
{
    const size_t from = room->n;
    write_span(room, s);
    must(writer_ok(room));
    return span_of(room->p + from, s.n);
}

/* The value of the first call instead of the one that is given; what no accepted call has is dropped. */
static void ignore_input(shim_pair *p)
{
    writer room = WRITER(kept.room);
    if (!spot->taken) {
        p->key = span_text("ignored");
        return;
    }
    if (!kept.is_there) {
        kept.reply.out.at[0] = *p;
        kept.reply.out.at[0].value = keep(&room, p->value);
        kept.is_there = true;
    }
    *p = kept.reply.out.at[0];
    p->key = span_text(spot->key);
}

/* The value of the last accepted call, when this one is the same where the fault looks. */
static void look_at_a_part(shim_pair *p)
{
    const span last = span_of(kept.asked, kept.n_asked);
    const size_t part = 2 * 8, from = fault == FIRST_8_LOOKED_AT ? 0 : last.n - part;
    if (kept.is_there && last.n >= part && p->value.n == last.n && memcmp(last.p + from, p->value.p + from, part) == 0)
        p->value = last;
}

static bool is_kept(const shim_pair *p)
{
    return kept.is_there && (p->type == SHIM_INT || p->type == SHIM_BOOL
                                 ? kept.n_asked == sizeof p->number && memcmp(kept.asked, &p->number, sizeof p->number) == 0
                                 : span_same(span_of(kept.asked, kept.n_asked), p->value));
}

static void keep_answer(const shim_pair *p, const shim_reply *reply)
{
    writer room = WRITER(kept.room), asked = WRITER(kept.asked);
    if (reply->answer != SHIM_OK)
        return;
    if (p->type == SHIM_INT || p->type == SHIM_BOOL)
        write_span(&asked, span_of(&p->number, sizeof p->number));
    else
        write_span(&asked, p->value);
    must(writer_ok(&asked));
    kept.n_asked = asked.n;
    kept.reply = *reply;
    for (size_t i = 0; i < reply->out.n; i++) {
        kept.reply.out.at[i].key = keep(&room, reply->out.at[i].key);
        kept.reply.out.at[i].value = keep(&room, reply->out.at[i].value);
    }
    kept.is_there = true;
}

/* Another number, or a byte less. */
static void change_answer(shim_pair *p)
{
    if (p->type == SHIM_INT)
        p->number++;
    else if (p->type == SHIM_BOOL)
        p->number = !p->number;
    else
        p->value = p->value.n ? span_first(p->value, p->value.n - 1) : span_text("x");
}

static void spoil_answer(shim_reply *reply)
{
    shim_pair *p = reply->answer == SHIM_OK ? pair_named(&reply->out, spot->key) : NULL;
    if (p && fault == ANSWER_CHANGED)
        change_answer(p);
    else if (p)
        p->key = span_text("absent");
}

static int ask(const shim_request *r, shim_reply *reply)
{
    const int fate = honest->call(honest->ctx, r, reply);
    if (sees)
        sees(r, reply);
    return fate;
}

static int call(void *ctx, const shim_request *request, shim_reply *reply)
{
    shim_request r = *request;
    (void)ctx;
    if (!spot || !span_is(r.op, spot->op))
        return ask(&r, reply);
    shim_pair *p = spot->is_answer ? NULL : pair_named(&r.in, spot->key);
    if (p && fault == INPUT_IGNORED)
        ignore_input(p);
    if (p && fault == ANSWER_KEPT && is_kept(p)) {
        const writer room = reply->room;
        *reply = kept.reply;
        reply->room = room;
        return SHIM_ANSWERED;
    }
    if (p && (fault == FIRST_8_LOOKED_AT || fault == LAST_8_LOOKED_AT))
        look_at_a_part(p);
    const int fate = ask(&r, reply);
    if (p && fault >= FIRST_8_LOOKED_AT)
        keep_answer(p, reply);
    if (spot->is_answer)
        spoil_answer(reply);
    return fate;
}

/* ---- which members there are, and which cases come across them ---- */

static library_inventory *found;
static const vector_case *the_case;

typedef struct use {
    const char *op; /* of operations */
    const vector_case *by;
} use;

static use *uses; /* in the order of the cases; each operation once a case */
static size_t n_uses;

static library_spot *spot_named(span op, span key, bool is_answer)
{
    for (size_t i = 0; i < found->n; i++)
        if (found->all[i].is_answer == is_answer && span_is(op, found->all[i].op) && span_is(key, found->all[i].key))
            return &found->all[i];
    found->all = realloc(found->all, (found->n + 1) * sizeof *found->all);
    must(found->all);
    library_spot *s = &found->all[found->n++];
    *s = (library_spot){.is_answer = is_answer};
    snprintf(s->op, sizeof s->op, "%.*s", (int)op.n, (const char *)op.p);
    snprintf(s->key, sizeof s->key, "%.*s", (int)key.n, (const char *)key.p);
    return s;
}

/* Keys, digests, signatures. */
static bool is_compared_whole(const shim_pair *p)
{
    size_t n = 0;
    while (p->type == SHIM_TEXT && n < p->value.n && p->value.p[n] && strchr("0123456789abcdef", p->value.p[n]))
        n++;
    return n == p->value.n && n >= 2 * 16 && n <= 2 * 64;
}

static void note_member(span op, const shim_pair *p, bool is_answer, bool taken)
{
    if (span_is(p->key, "h") || (is_answer && span_is(p->key, "detail")))
        return;
    library_spot *s = spot_named(op, p->key, is_answer);
    s->taken |= taken;
    if (!taken || is_answer)
        return;
    s->whole = is_compared_whole(p) && (s->length == 0 || (s->whole && s->length == p->value.n));
    s->length = p->value.n;
}

static void note_use(span op)
{
    for (size_t i = n_uses; i > 0 && uses[i - 1].by == the_case; i--)
        if (span_is(op, uses[i - 1].op))
            return;
    must(n_uses < USES);
    uses[n_uses++] = (use){operation_named(op)->name, the_case};
}

/* A handle is no value, and `detail` is for people. */
static void note_call(const shim_request *r, const shim_reply *reply)
{
    if (is_control(r->op) || !operation_named(r->op))
        return;
    note_use(r->op);
    for (size_t i = 0; i < r->in.n; i++)
        note_member(r->op, &r->in.at[i], false, reply->answer == SHIM_OK);
    for (size_t i = 0; reply->answer == SHIM_OK && i < reply->out.n; i++)
        note_member(r->op, &reply->out.at[i], true, true);
}

/* What is kept by all that was asked, or never taken, is no mistake. PLANTED in the environment is a pattern of operations. */
static bool is_tried(const library_inventory *v, const library_spot *s, library_fault f)
{
    const char *only = getenv("PLANTED");
    size_t inputs = 0;
    if (only && fnmatch(only, s->op, FNM_EXTMATCH) != 0)
        return false;
    for (size_t i = 0; i < v->n; i++)
        inputs += !v->all[i].is_answer && strcmp(v->all[i].op, s->op) == 0;
    const operation *op = operation_named(span_text(s->op));
    if (f == FIRST_8_LOOKED_AT || f == LAST_8_LOOKED_AT)
        return !s->is_answer && s->whole && !op->prepare && !op->inputs && !op->follow;
    return (f <= ANSWER_LEFT_OUT) == s->is_answer && (f != ANSWER_KEPT || (inputs > 1 && s->taken));
}

/* ---- trying ---- */

static bool fails(in_process *p, const vector_set *set, const vector_case *c)
{
    case_result r;
    in_process_run(p, set, c, &r);
    return !case_passed(&r);
}

/* The cases of the operation itself come first: they are the ones that are about it. */
static const char *first_failure(in_process *p, const vector_set *set, const library_spot *s, library_fault which)
{
    spot = s, fault = which;
    kept.is_there = false;
    for (int others = 0; others < 2; others++)
        for (size_t i = 0; i < n_uses; i++)
            if (strcmp(uses[i].op, s->op) == 0 && (strcmp(uses[i].by->op, s->op) != 0) == (others == 1) && fails(p, set, uses[i].by))
                return uses[i].by->id;
    return NULL;
}

static void survey(in_process *p, const vector_set *set)
{
    spot = NULL, sees = note_call;
    uses = calloc(USES, sizeof *uses);
    must(uses);
    for (size_t i = 0; i < set->n; i++) {
        the_case = &set->all[i];
        must(!fails(p, set, the_case));
    }
    sees = NULL;
}

void library_inventory_make(library_inventory *v, const prim *provider, const vector_set *set)
{
    static in_process p;
    *v = (library_inventory){0};
    found = v, n_uses = 0;
    in_process_start(&p, provider);
    const parley_impl behind = p.impl, careless = {"careless", call, NULL};
    honest = &behind;
    in_process_target(&p, &careless);
    survey(&p, set);
    for (size_t i = 0; i < v->n; i++)
        for (int f = 0; f < LIBRARY_FAULTS; f++)
            if (is_tried(v, &v->all[i], (library_fault)f))
                v->all[i].by[f] = first_failure(&p, set, &v->all[i], (library_fault)f);
    spot = NULL;
    in_process_end(&p);
    free(uses);
}

/* ---- what nothing fails, and why that is right ---- */

typedef struct excuse {
    const char *op, *keys; /* keys: one blank between */
    const char *why;
} excuse;

static const excuse excuses[] = {
    {"cf.evidence", "product", "the product's name goes with the certificates, and both are never another alone"},
    {"cf.frame", "f4 f5 f6 f7 f8", "places of one list with f1 to f3, of which some are seen to fail"},
    {"p1.bind", "x", "given for epoch 0 alone"},
    {"p1.keys", "base", "given for epoch 0 alone"},
    {"nz.init", "rs e1 ekem1", "secrets of the seed, which are others at the library door where cases are made anew"},
    {"rt.device",
     "registration_id identity signed_prekey_id signed_prekey signature one_time_id one_time kem_id kem kem_signature their_identity "
     "coins address their_address",
     "what is published is used in live conversations, rt.live.*"},
    {"rt.send", "now", "one time for all texts of a case"},
    {"hi.take", "known_generation", "it goes with known_v, and neither is ever another alone"},
    {"p1.ratchet", "t root r", "it opens a ratchet, whose records would be others throughout"},
    {"rt.start", "registration_id signed_prekey_id one_time_id kem_id now", "likewise"},
};

static const char *excuse_of(const library_spot *s)
{
    const size_t n = strlen(s->key);
    for (size_t i = 0; i < sizeof excuses / sizeof *excuses; i++)
        for (const char *keys = excuses[i].keys, *at = keys; strcmp(excuses[i].op, s->op) == 0 && (at = strstr(at, s->key)); at += n)
            if ((at == keys || at[-1] == ' ') && (at[n] == ' ' || !at[n]))
                return excuses[i].why;
    return NULL;
}

/* ---- the table ---- */

static const char *const said[LIBRARY_FAULTS] = {"answers otherwise",       "leaves out of its answer", "does not look at",
                                                 "looks at the first 8 of", "looks at the last 8 of",   "keeps its answer by"};

size_t library_inventory_print(const library_inventory *v, FILE *out)
{
    size_t unseen = 0;
    for (size_t i = 0; i < v->n; i++)
        for (int f = 0; f < LIBRARY_FAULTS; f++) {
            const library_spot *s = &v->all[i];
            if (!is_tried(v, s, (library_fault)f))
                continue;
            const char *why = s->by[f] ? "" : excuse_of(s);
            unseen += !s->by[f] && !why;
            fprintf(out, "%-19s %-13s %-24s %-18s %s\n",
                    s->by[f] ? ""
                    : why    ? "excused"
                             : "NEVER SEEN TO FAIL",
                    s->op, said[f], s->key,
                    s->by[f] ? s->by[f]
                    : why    ? why
                             : "");
        }
    return unseen;
}

void library_inventory_free(library_inventory *v)
{
    free(v->all);
    *v = (library_inventory){0};
}
