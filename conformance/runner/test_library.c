/* The library door: the vectors against a library, through its adapter. */
#include "causes.h"
#include "chapter.h"
#include "crossed.h"
#include "level0.h"
#include "library_child.h"
#include "live_ratchet.h"
#include "no_memory.h"
#include "noise_run.h"
#include "offer.h"
#include "out_file.h"
#include "overheard.h"
#include "progress.h"
#include "sentence_of.h"
#include "shim_checks.h"
#include "shim_line.h"
#include "suspects.h"
#include "test_run.h"
#include "transcript.h"
#include "vectors_here.h"

#include <ctype.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLE_WHOLE = 200 /* of so few cases all are made anew */ };

/* What live conversations came to: a row a version, by who starts. */
enum { LIVE_VERSIONS = 4, LIVE_MESSAGES = 100 };

enum { PIPELINE_MOST = 256, PIPELINE_ID = 900000 };

enum { PROBES = 64 /* cases at most, to find a diagnosis */ };

typedef struct live_table {
    struct {
        char version[16];
        unsigned held[2], played[2], epoch; /* they start, we start */
    } row[LIVE_VERSIONS];
    size_t n;
} live_table;

typedef struct library_run {
    const cli_call *call;
    char command[2000];
    library_child child;
    parley_impl impl;
    case_target target;
    vector_set set;
    test_run test;
    char caps[4096], ops[4096], name[128], version[64];
    uint64_t messages; /* of each live conversation */
    live_table live;
    transcript calls; /* of the case under way */
    overheard heard;  /* likewise */
} library_run;

/* ---- words of a list with one blank between ---- */

static void join_words(const cJSON *array, char *out, size_t room)
{
    size_t n = 0;
    out[0] = 0;
    for (const cJSON *at = array ? array->child : NULL; at && n + 1 < room; at = at->next)
        n += (size_t)snprintf(out + n, room - n, "%s%s", n ? " " : "", at->valuestring);
}

/* The areas of which a case may be selected; NULL: all. A case's id begins with its area. */
static const char *areas_selected(const cli_call *call, char code[3])
{
    const char *glob = cli_value(call, "case"), *areas = cli_value(call, "area");
    if (areas || !glob || !islower((unsigned char)glob[0]) || !islower((unsigned char)glob[1]) || glob[2] != '.')
        return areas;
    snprintf(code, 3, "%s", glob);
    return code;
}

/* What is committed, or made anew; and each input once alone another, or a sample of the inputs. Of the areas that the run can select from. */
static int build(const cli_call *call, bool committed, coins *crossed, vector_set *set)
{
    char of[3];
    const vectors_choice which = {areas_selected(call, of), test_run_is_level0(call), committed, crossed};
    return vectors_build_run(call, which, set);
}

static bool selects(const library_run *l)
{
    suite_selection which = l->test.which;
    which.shard = (shard){0};
    return test_run_is_part(&which);
}

/* ---- hello, and whether it is honest ---- */

static void keep_text(const shim_reply *reply, const char *key, char *out, size_t room)
{
    span text = EMPTY;
    shim_text(&reply->out, key, &text);
    snprintf(out, room, "%.*s", (int)text.n, text.n ? (const char *)text.p : "");
}

static bool read_hello(library_run *l)
{
    shim_request hello;
    shim_reply reply = {.room = l->target.room};
    shim_request_start(&hello, "hello");
    shim_put_int(&hello.in, "proto", 1);
    if (shim_ask(&l->impl, &hello, &reply) != SHIM_ANSWERED || reply.answer != SHIM_OK)
        return false;
    keep_text(&reply, "caps", l->caps, sizeof l->caps);
    keep_text(&reply, "ops", l->ops, sizeof l->ops);
    keep_text(&reply, "impl", l->name, sizeof l->name);
    keep_text(&reply, "version", l->version, sizeof l->version);
    return true;
}

static void add_about(library_run *l, const char *id, const char *req, outcome o, const char *want, const char *got, const char *note)
{
    const char *glob = cli_value(l->call, "case");
    page replay = {0};
    if ((glob && fnmatch(glob, id, 0) != 0) || (l->test.which.level0 && !level0_has(id)))
        return;
    trial_replay(l->test.replay.p, id, &replay);
    const result r = {.case_id = id,
                      .check = "verdict",
                      .rev = 1,
                      .outcome = o,
                      .req = *req ? req : NULL,
                      .level = *req ? "MUST" : NULL,
                      .door = "shim",
                      .role = "lib",
                      .want = want,
                      .got = got,
                      .note = note,
                      .replay = o == OUTCOME_PASS || o == OUTCOME_NA ? NULL : replay.p};
    results_add(&l->test.results, &r);
    page_free(&replay);
    l->test.results.planned++;
}

static void add(library_run *l, const char *id, outcome o, const char *want, const char *got, const char *note)
{
    add_about(l, id, "", o, want, got, note);
}

/* An operation that nobody can have must be admitted as unknown; so must every one that hello did not offer. */
static void probe(library_run *l, const char *op, const char *id)
{
    shim_request request;
    shim_reply reply = {.room = l->target.room};
    shim_request_start(&request, op);
    shim_fate fate = shim_ask(&l->impl, &request, &reply);
    bool admits = fate == SHIM_ANSWERED && reply.answer == SHIM_UNS;
    outcome o = fate == SHIM_CRASHED ? OUTCOME_CRASH : fate == SHIM_HUNG ? OUTCOME_HANG : admits ? OUTCOME_PASS : OUTCOME_FAIL;
    add(l, id, o, "uns", fate != SHIM_ANSWERED ? l->child.trouble : admits ? "uns" : "an answer", "");
}

static void probe_if_not_offered(library_run *l, const char *op)
{
    char id[64];
    snprintf(id, sizeof id, "shim.hello.not-offered-%s", op);
    if (!has_word(l->ops, op))
        probe(l, op, id);
}

static bool declares(const library_run *l, const chapter *c)
{
    for (const operation *op = c->operations; op && op->name; op++)
        if (has_word(l->ops, op->name))
            return true;
    for (const capability *cap = c->capabilities; cap && cap->name; cap++)
        if (has_word(l->caps, cap->name))
            return true;
    return false;
}

/* An operation that serves a capability is owed by who declares that; every other one by who declares the chapter. */
static void check_operation(library_run *l, const operation *op)
{
    char id[96], why[200];
    const bool offered = has_word(l->ops, op->name);
    snprintf(id, sizeof id, "shim.hello.offers-%s", op->name);
    if (!offered && !offer_owes(l->caps, op)) {
        snprintf(why, sizeof why, "%s is not declared, and %s serves nothing else", op->serves, op->name);
        add(l, id, OUTCOME_NA, NULL, NULL, why);
        return;
    }
    snprintf(why, sizeof why, "owed because caps says a word that it serves (%s)", op->serves ? op->serves : "");
    add(l, id, offered ? OUTCOME_PASS : OUTCOME_FAIL, "every operation of what is declared", offered ? "offered" : "not offered",
        offered      ? ""
        : op->serves ? why
                     : "whoever declares a chapter owes it");
}

/* A chapter is declared by an operation or a capability of it. One that is not is named. */
static void check_chapter(library_run *l, const chapter *c)
{
    char id[96];
    const bool declared = declares(l, c);
    snprintf(id, sizeof id, "shim.hello.chapter-%s", c->name);
    add(l, id, declared ? OUTCOME_PASS : OUTCOME_NA, declared ? "declared" : NULL, declared ? "declared" : NULL,
        declared ? "" : "no operation and no capability of this chapter is declared: nothing of it was tested");
    for (const operation *op = c->operations; declared && op && op->name; op++)
        check_operation(l, op);
}

static void tell_shim(void *ctx, const shim_told *t)
{
    library_run *l = ctx;
    const bool hangs = !t->holds && *l->child.trouble;
    add_about(l, t->id, t->req, t->holds ? OUTCOME_PASS : OUTCOME_FAIL, t->want, hangs ? l->child.trouble : t->got, "");
}

/* What many sessions show, and many records: the latter take a while, and only who asks for Noise waits for them. */
static void check_shim(library_run *l)
{
    static in_process text;
    const char *glob = cli_value(l->call, "case"), *area = cli_value(l->call, "area");
    const shim_subject s = {.target = &l->target, .set = &l->set, .caps = l->caps, .ops = l->ops, .ctx = l, .tell = tell_shim};
    in_process_start(&text, &prim_openssl);
    shim_checks(&s, &text);
    in_process_end(&text);
    const bool asked = (!glob || fnmatch(glob, "shim.records.sealed", 0) == 0 || fnmatch(glob, "shim.records.opened", 0) == 0) &&
                       (!area || strstr(area, "nz")) && !l->test.which.level0;
    if (asked && has_word(l->ops, "nz.seal") && has_word(l->ops, "nz.open"))
        shim_checks_of_many_records(&s, &prim_openssl);
    transcript_free(&l->calls); /* these checks say themselves what was wrong */
}

/* Whoever declares `pipeline:N` takes N requests before it has answered the first, and answers them in order. */
static void check_pipeline(library_run *l)
{
    const char *cap = strstr(l->caps, "pipeline:");
    const unsigned long n = cap ? strtoul(cap + strlen("pipeline:"), NULL, 10) : 0;
    page lines = {0};
    if (!cap)
        return;
    bool good = l->child.runs || library_start(&l->child);
    for (unsigned long i = 0; i < n && n <= PIPELINE_MOST; i++)
        page_printf(&lines, "{\"id\":%lu,\"op\":\"echo\",\"data\":\"%04lx\"}\n", PIPELINE_ID + i, i);
    good = good && n > 1 && n <= PIPELINE_MOST && library_send(&l->child, lines.p, lines.n) == SHIM_ANSWERED;
    for (unsigned long i = 0; i < n && good; i++) {
        span line;
        shim_reply reply = {.room = l->target.room};
        int64_t id_back = -1;
        good = library_take(&l->child, &line) == SHIM_ANSWERED &&
               !shim_line_read(l->child.line + (line.p - l->child.line) /* the same bytes, writable */, line.n, &l->child.pairs) &&
               !shim_take_reply(&l->child.pairs, &id_back, &reply) && id_back == (int64_t)(PIPELINE_ID + i);
    }
    add(l, "shim.pipeline.in-order", good ? OUTCOME_PASS : OUTCOME_FAIL, "as many answers as requests, in order",
        good                ? "in order"
        : *l->child.trouble ? l->child.trouble
                            : "another answer, or a number that is none between 2 and 256",
        "");
    page_free(&lines);
}

static void check_honesty(library_run *l)
{
    probe(l, "zz.probe-7f3a", "shim.hello.unknown-op");
    for (size_t i = 0; chapters[i]; i++)
        check_chapter(l, chapters[i]);
    for (size_t i = 0; chapters[i]; i++)
        for (const operation *op = chapters[i]->operations; op && op->name; op++)
            probe_if_not_offered(l, op->name);
    probe_if_not_offered(l, "state");
    check_shim(l);
    check_pipeline(l);
}

/* ---- live conversations ---- */

static void tell_live(void *ctx, const live_cell *cell)
{
    library_run *l = ctx;
    live_table *t = &l->live;
    const bool held = cell->outcome == LIVE_HELD, absent = cell->outcome == LIVE_NOT_DECLARED;
    if (t->n == 0 || strcmp(t->row[t->n - 1].version, cell->version) != 0)
        snprintf(t->row[t->n++].version, sizeof t->row->version, "%s", cell->version);
    t->row[t->n - 1].played[cell->we_start] += !absent;
    t->row[t->n - 1].held[cell->we_start] += held;
    if (cell->epoch > t->row[t->n - 1].epoch)
        t->row[t->n - 1].epoch = cell->epoch;
    add(l, cell->id,
        absent ? OUTCOME_NA
        : held ? OUTCOME_PASS
               : OUTCOME_FAIL,
        absent ? NULL : "as the text says",
        absent ? NULL
        : held ? "as the text says"
               : cell->why,
        absent ? cell->why : "");
}

static void run_live(library_run *l)
{
    FILE *keep = NULL;
    const char *path = cli_value(l->call, "keep");
    if (!declares(l, &signal_chapter))
        return;
    if (path && !(keep = fopen(path, "w")))
        fprintf(stderr, "parley test: %s can't be written, so nothing is kept\n", path);
    live_ratchet(&(live_call){.peer = &l->impl,
                              .caps = l->caps,
                              .only = cli_value(l->call, "case"),
                              .messages = (unsigned)l->messages,
                              .seed = span_of(l->call->seed, l->call->seed_n),
                              .tell = tell_live,
                              .name = l->name,
                              .version = l->version,
                              .keep = keep,
                              .ctx = l});
    if (keep)
        fclose(keep);
}

static const char *live_entry(const live_table *t, size_t row, int we_start, char text[32])
{
    snprintf(text, 32, "%u of %u", t->row[row].held[we_start], t->row[row].played[we_start]);
    return t->row[row].played[0] + t->row[row].played[1] ? text : "NA";
}

static void print_live(const library_run *l)
{
    const live_table *t = &l->live;
    char we[32], they[32];
    if (l->call->quiet || t->n == 0)
        return;
    printf("live, %u messages a conversation   %-10s %-10s  epoch\n", (unsigned)l->messages, "we start", "they start");
    for (size_t i = 0; i < t->n; i++)
        printf("  %-31s  %-10s %-10s  %u\n", t->row[i].version, live_entry(t, i, 1, we), live_entry(t, i, 0, they), t->row[i].epoch);
    puts("");
}

/* ---- planning ---- */

static bool has_changed(const char *changed, const vector_case *c)
{
    bool found = has_word(changed, c->id);
    for (const cJSON *req = c->req ? c->req->child : NULL; req && !found; req = req->next)
        found = has_word(changed, req->valuestring);
    return found;
}

static bool selected(const library_run *l, const vector_case *c)
{
    const suite_selection *s = &l->test.which;
    const char *first = c->req && c->req->child ? c->req->child->valuestring : "";
    return (!s->glob || fnmatch(s->glob, c->id, 0) == 0) && (!s->req || case_names(c, s->req)) && (!s->area || strstr(s->area, c->area)) &&
           (!s->role || suite_binds(first, s->role)) && (!s->level0 || level0_has(c->id)) && (!s->changed || has_changed(s->changed, c));
}

/* NULL when the case applies, else why it does not: then `hook` says whether something is missing that could be there. */
static const char *not_applicable(const library_run *l, const vector_case *c, bool *hook, char why[96])
{
    *hook = false;
    if (!has_word(l->ops, c->op)) {
        snprintf(why, 96, "%s is not offered", c->op);
        return why;
    }
    for (const cJSON *need = c->needs->child; need; need = need->next)
        if (!has_word(l->caps, need->valuestring)) {
            *hook = strcmp(need->valuestring, "rng") == 0;
            snprintf(why, 96, "%s is not declared", need->valuestring);
            return why;
        }
    return NULL;
}

static bool plans(const vector_case *c, case_check check)
{
    switch (check) {
    case VERDICT: return true;
    case WIRE: return c->accept;
    case STATE: return !c->accept && c->after;
    case REASON: return !c->accept && !case_is_crossed(c); /* another value may be wrong in more than one way */
    default: return !c->accept;
    }
}

/* ---- one case ---- */

static void keep_call(void *ctx, bool asked, const shim_request *request, const shim_reply *reply)
{
    static uint8_t line[SHIM_LINE + 1];
    library_run *l = ctx;
    writer w = writer_of(line, SHIM_LINE);
    if (asked)
        shim_line_request(&w, l->child.next_id, request);
    else
        shim_line_reply(&w, l->child.next_id - 1, reply);
    while (w.n && line[w.n - 1] == '\n')
        w.n--;
    line[w.n] = 0;
    const transcript_line t = {.dir = asked ? "c>s" : "s>c",
                               .layer = "app",
                               .json = (const char *)line,
                               .note = l->target.judging ? asked ? "the judged call" : "its answer" : ""};
    transcript_put(&l->calls, &t);
    if (!asked)
        overheard_call(&l->heard, request, reply);
}

static const char *level_of(const vector_case *c)
{
    int req = requirement_find(c->req->child->valuestring);
    return requirement_rows[req].level;
}

static outcome failure_of(const vector_case *c) { return strncmp(level_of(c), "SHOULD", 6) == 0 ? OUTCOME_WARN : OUTCOME_FAIL; }

/* What is shorter than a tag is refused by two sentences, one behind the other, and many libraries know only the second: they say `auth` for
 * what was cut. The vector names both in its layers; that is an observation, and any other reason a failure. */
static bool looks_like_a_wrong_tag(const vector_case *c, const case_finding *f)
{
    if (strcmp(f->want, "length") != 0 || strcmp(f->got, "auth") != 0)
        return false;
    for (const cJSON *layer = c->layers ? c->layers->child : NULL; layer; layer = layer->next)
        if (strcmp(requirement_rows[requirement_named(layer->valuestring)].reason, "auth") == 0)
            return true;
    return false;
}

static size_t same_beginning(const char *a, const char *b)
{
    size_t n = 0;
    while (a[n] && a[n] == b[n])
        n++;
    return n;
}

/* What broke on the way to a judged call is no matter of the case's own sentence: it is one of the honest case in which that operation is judged
 * and whose name is the most like this one's. NULL: there is none. */
static const vector_case *honest_case_of(const library_run *l, const vector_case *c, const char *op)
{
    const vector_case *best = NULL;
    size_t most = 0;
    const char *kind = strchr(c->id + 3, '.');
    for (size_t i = 0; i < l->set.n; i++) {
        const vector_case *other = &l->set.all[i];
        const char *its = strchr(other->id + 3, '.');
        if (!other->accept || strcmp(other->op, op) != 0 || !kind || !its)
            continue;
        const size_t n = 1 + same_beginning(kind, its);
        if (n > most) {
            best = other;
            most = n;
        }
    }
    return best;
}

static void fill_check(const library_run *l, const vector_case *c, const case_result *d, case_check k, result *r, char text[300])
{
    const case_finding *f = &d->check[k];
    r->want = f->want;
    r->got = f->got;
    if (d->fate != SHIM_ANSWERED) {
        r->outcome = k != VERDICT              ? OUTCOME_UNTESTED
                     : d->fate == SHIM_CRASHED ? OUTCOME_CRASH
                     : d->fate == SHIM_HUNG    ? OUTCOME_HANG
                                               : OUTCOME_FAIL;
        r->want = c->accept ? "ok" : "rej";
        r->got = k == VERDICT ? l->child.trouble : "";
        r->note = k == VERDICT ? "" : "there was no answer to look at";
    } else if (!d->arrived) {
        r->outcome = k == VERDICT ? failure_of(c) : OUTCOME_UNTESTED;
        snprintf(text, 300, "call %u, %s: %s", d->at_call, d->broke, d->word);
        r->want = "an honest run up to the judged call";
        r->got = k == VERDICT ? text : "";
        r->note = k == VERDICT ? "" : "the judged call was not reached";
    } else if (f->outcome == FINDING_HELD) {
        r->outcome = OUTCOME_PASS;
        r->want = r->got = NULL;
    } else if (f->outcome == FINDING_FAILED && k == REASON && looks_like_a_wrong_tag(c, f)) {
        r->outcome = OUTCOME_INFO;
        r->note = "this library does not tell a message that is too short for its tag from one whose tag is wrong";
    } else if (f->outcome == FINDING_FAILED) {
        r->outcome = failure_of(c);
        if (f->field[0]) {
            snprintf(text, 300, "%s[%zu]", f->field, f->differs);
            r->where = text;
        }
    } else {
        r->outcome = OUTCOME_UNTESTED;
        r->note = k == STATE ? "no `state`, and nothing honest to follow" : "the verdict was another, so there is nothing to compare";
    }
}

static bool save_transcript(library_run *l, const vector_case *c, char path[160])
{
    char full[1300];
    snprintf(path, 160, "t/%s.jsonl", c->id);
    snprintf(full, sizeof full, "%s/%s", l->call->out, path);
    return transcript_save(&l->calls, full);
}

/* What the bytes of an honest case give away. */
static const char *diagnosis_note(const library_run *l, char note[300])
{
    const char *says = overheard_diagnosis(&l->heard);
    if (!says)
        return overheard_nothing_sealed(&l->heard) ? NOTHING_SEALED : NULL;
    snprintf(note, 300, DIAGNOSIS_NOTE "%s", says);
    return note;
}

static void add_checks(library_run *l, const vector_case *c, const case_result *d)
{
    char note[300];
    char req[400], path[160] = "", text[CASE_CHECKS][300];
    page replay = {0};
    bool failed = !case_passed(d);
    const vector_case *broke = d->fate == SHIM_ANSWERED && !d->arrived && d->broke[0] ? honest_case_of(l, c, d->broke) : NULL;
    join_words(broke ? broke->req : c->req, req, sizeof req);
    trial_replay(l->test.replay.p, c->id, &replay);
    if (failed && !save_transcript(l, c, path))
        path[0] = 0;
    for (int k = 0; k < CASE_CHECKS; k++) {
        if (!plans(c, (case_check)k))
            continue;
        result r = {.case_id = c->id,
                    .check = case_check_name[k],
                    .rev = (unsigned)c->rev,
                    .req = req,
                    .level = level_of(broke ? broke : c),
                    .door = "shim",
                    .role = "lib",
                    .base = broke ? broke->id : c->base,
                    .mutation = broke ? "" : c->mutation};
        fill_check(l, c, d, (case_check)k, &r, text[k]);
        if (r.outcome != OUTCOME_PASS) {
            if ((c->accept || broke) && (k == VERDICT || k == WIRE) && (!r.note || !*r.note))
                r.note = diagnosis_note(l, note);
            r.replay = replay.p;
            r.transcript = path;
        }
        results_add(&l->test.results, &r);
        l->test.results.planned++;
    }
    page_free(&replay);
}

static void add_skipped(library_run *l, const vector_case *c, bool hook, const char *why)
{
    char req[400], needs[200];
    join_words(c->req, req, sizeof req);
    join_words(c->needs, needs, sizeof needs);
    for (int k = 0; k < CASE_CHECKS; k++)
        if (plans(c, (case_check)k)) {
            const result r = {.case_id = c->id,
                              .check = case_check_name[k],
                              .rev = (unsigned)c->rev,
                              .outcome = hook ? OUTCOME_UNTESTED : OUTCOME_NA,
                              .req = req,
                              .level = level_of(c),
                              .door = "shim",
                              .role = "lib",
                              .needs = needs,
                              .note = why};
            results_add(&l->test.results, &r);
            l->test.results.planned++;
        }
}

static void run_vector(library_run *l, const vector_case *c)
{
    char why[96];
    bool hook;
    case_result d;
    if (not_applicable(l, c, &hook, why)) {
        add_skipped(l, c, hook, why);
        return;
    }
    l->calls = (transcript){0};
    overheard_start(&l->heard);
    run_case_of(&l->target, &l->set, c, &d);
    add_checks(l, c, &d);
    transcript_free(&l->calls);
}

/* ---- other secrets ---- */

/* What failed with the secrets of this run's seed failed, whatever the committed vectors came to. */
static void take_fresh(results *into, const results *fresh)
{
    for (size_t i = 0; i < fresh->n; i++) {
        const result *first = results_find(into, fresh->all[i].case_id, fresh->all[i].check);
        result r = fresh->all[i];
        if (!first || first->outcome != OUTCOME_PASS || r.outcome == OUTCOME_PASS)
            continue;
        r.note = "the committed vector passed; the same case with secrets of this run's seed did not";
        results_replace(into, first, &r);
    }
}

/* The crossed ones were drawn when they were made. */
static void run_sample(library_run *l, bool whole)
{
    coins c = coins_of_seed(span_of(l->call->seed, l->call->seed_n), "the sample of the cases");
    for (size_t i = 0, place = 0; i < l->set.n && !suite_interrupted; i++) {
        const vector_case *v = &l->set.all[i];
        const bool drawn = whole || case_is_crossed(v) || vectors_sampled(&c);
        if (selected(l, v) && shard_has(l->test.which.shard, place++) && drawn)
            run_vector(l, v);
    }
}

/* A table of the committed answers does not pass: the scenarios make a sample of the cases anew. */
static int run_fresh(library_run *l, bool whole)
{
    const span seed = span_of(l->call->seed, l->call->seed_n);
    coins crossed = coins_of_seed(seed, "the sample of the crossed inputs");
    const vector_set committed = l->set;
    results of_committed = l->test.results;
    named_secrets_from(seed);
    int code = build(l->call, false, whole ? NULL : &crossed, &l->set);
    named_secrets_from(EMPTY);
    if (!code) {
        results_start(&l->test.results, &of_committed.head);
        run_sample(l, whole);
        take_fresh(&of_committed, &l->test.results);
        results_free(&l->test.results);
    }
    vectors_free(&l->set);
    l->set = committed;
    l->test.results = of_committed;
    return code;
}

/* ---- the whole run ---- */

static void run_all(library_run *l)
{
    progress bar = progress_start("test library", l->set.n, l->call->quiet);
    if (!cli_value(l->call, "case") && shard_has(l->test.which.shard, 0))
        check_honesty(l);
    for (size_t i = 0, place = 0; i < l->set.n && !suite_interrupted; i++) {
        if (selected(l, &l->set.all[i]) && shard_has(l->test.which.shard, place++))
            run_vector(l, &l->set.all[i]);
        progress_at(&bar, i);
    }
    progress_end(&bar);
    if (!selects(l))
        run_live(l);
}

/* A chapter's sentences bind when the library offers an operation that one of its vectors calls. A run that makes only some vectors does not
 * know the cases of the others. */
static void find_unchecked(const library_run *l, page *out)
{
    char of[3];
    if (areas_selected(l->call, of) || test_run_is_level0(l->call))
        return;
    bool named[REQ_COUNT] = {0}, area[REQ_COUNT] = {0};
    char req[400];
    page codes = {0};
    for (size_t i = 0; i < l->set.n; i++) {
        join_words(l->set.all[i].req, req, sizeof req);
        duty_note(req, named);
        if (has_word(l->ops, l->set.all[i].op))
            duty_note(req, area);
    }
    for (size_t i = 1; i < REQ_COUNT; i++)
        if (area[i])
            page_printf(&codes, "%.2s ", requirement_rows[i].id);
    duty_unchecked(&(duty){.codes = codes.p ? codes.p : "", .shown = "shim wire"}, named, out);
    page_free(&codes);
}

/* A few calls in which the library writes under a key, where the cases of the run gave nothing to diagnose. */
static bool diagnose_writes(library_run *l, char note[300])
{
    bool hook, found = false;
    char why[96];
    case_result d;
    unsigned tried = 0;
    for (size_t i = 0; i < l->set.n && tried < PROBES && !found && !suite_interrupted; i++) {
        const vector_case *c = &l->set.all[i];
        if (!c->accept || strcmp(c->op, "nz.write") != 0 || not_applicable(l, c, &hook, why))
            continue;
        l->calls = (transcript){0};
        overheard_start(&l->heard);
        run_case_of(&l->target, &l->set, c, &d);
        transcript_free(&l->calls);
        tried++;
        const char *says = overheard_diagnosis(&l->heard);
        found = says;
        if (found)
            snprintf(note, 300, DIAGNOSIS_NOTE "%s", says);
    }
    return found;
}

static void explain(library_run *l)
{
    char note[300];
    const bool found = suspects_want_diagnosis(&l->test.results) && diagnose_writes(l, note);
    suspects_share_diagnosis(&l->test.results, found ? note : NULL);
    suspects_name(&l->test.results, &l->set);
}

static size_t n_selected(const library_run *l)
{
    size_t n = 0;
    for (size_t i = 0; i < l->set.n; i++)
        n += selected(l, &l->set.all[i]);
    return n;
}

/* What hello says can be selected too, by the whole name of such a check or a pattern that begins as they do; what is played live, by any. */
static bool asks_for_hello(const cli_call *call)
{
    const char *glob = cli_value(call, "case");
    return glob && strncmp(glob, "shim.", strlen("shim.")) == 0;
}

bool test_library_selects(const cli_call *call)
{
    library_run l = {.call = call};
    const int code = test_run_selection(call, &l.test.changed, &l.test.which);
    const bool some = !code && (!selects(&l) || (build(call, true, NULL, &l.set) == EXIT_LEVEL && n_selected(&l) > 0));
    vectors_free(&l.set);
    page_free(&l.test.changed);
    return some;
}

/* An adapter that offers nothing passes every question about what it offers. */
static bool tried_a_vector(const results *r)
{
    for (size_t i = 0; i < r->n; i++)
        if (r->all[i].outcome != OUTCOME_NA && strncmp(r->all[i].case_id, "shim.", strlen("shim.")) != 0)
            return true;
    return false;
}

static void tell_untried(const library_run *l)
{
    char missing[300];
    if (offer_lacks_word(l->caps, l->ops, missing, sizeof missing))
        cli_fail(l->call, EXIT_COVERAGE, "no vector was tried: %s", missing);
    else
        cli_fail(l->call, EXIT_COVERAGE, "no vector was tried: hello offers no operation that one of them calls, or lacks what they need");
}

static int run_library(library_run *l)
{
    const cli_call *call = l->call;
    l->impl = library_behind_shim(&l->child);
    if (!read_hello(l))
        return cli_fail(call, EXIT_UNREACHABLE, "%s does not answer hello (%s); try: parley doctor %s", l->command,
                        l->child.trouble[0] ? l->child.trouble : "not ok", l->command);
    page unchecked = {0};
    find_unchecked(l, &unchecked);
    const results_head head = {
        .target = l->name, .version = l->version, .profile = "noise", .door = "shim", .caps = l->caps, .unchecked = unchecked.p};
    int code = test_run_start(&l->test, call, head, l->command, call->has_at ? call->at.seconds : PACK_TIME);
    page_free(&unchecked);
    if (code)
        return code;
    const size_t n = n_selected(l);
    if (asks_for_hello(call) && shard_has(l->test.which.shard, 0))
        check_honesty(l);
    if (cli_given(call, "case"))
        run_live(l);
    code = test_run_selects(&l->test, n + l->test.results.n);
    if (code)
        return code;
    run_all(l);
    code = suite_interrupted || n == 0 ? code : run_fresh(l, n <= SAMPLE_WHOLE);
    if (code)
        return code;
    print_live(l);
    explain(l);
    const bool tried = asks_for_hello(call) || tried_a_vector(&l->test.results);
    if (!tried && !suite_interrupted)
        tell_untried(l);
    return test_run_end(&l->test, (exit_facts){.level_missed = !tried});
}

int test_library(const cli_call *call)
{
    static uint8_t room[1 << 20], scratch[1 << 20];
    library_run *l = calloc(1, sizeof *l);
    needs_memory(l != NULL);
    l->call = call;
    l->messages = LIVE_MESSAGES;
    char folder[OUT_PATH];
    int code = test_run_spelling(call);
    if (!code && !cli_number(call, "messages", 1, 1000000, &l->messages))
        code = EXIT_USAGE;
    if (!code && (!join_operands(call, 1, l->command, sizeof l->command) || !library_open(&l->child, l->command)))
        code = cli_usage(call, "give the command that starts the adapter");
    code = code ? code : out_folder(call, "t", folder);
    code = code ? code : build(call, true, NULL, &l->set);
    l->target = (case_target){.impl = &l->impl, .room = WRITER(room), .scratch = WRITER(scratch), .log = keep_call, .log_ctx = l};
    code = code ? code : run_library(l);
    library_close(&l->child);
    vectors_free(&l->set);
    test_run_free(&l->test);
    free(l);
    return code;
}
