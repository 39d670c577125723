#include "trial.h"
#include "failure.h"
#include "no_memory.h"
#include "p1_world.h"

#include <event2/event.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

size_t trial_checks(const case_row *row)
{
    size_t n = 0;
    for (int i = 0; i < CASE_CHECKS; i++)
        n += row->req[i] != NULL;
    return n;
}

/* Not ASCII, so that whoever counts characters for bytes is seen. */
static void draw_word(trial *t)
{
    uint8_t fresh[4];
    coins_draw(&t->coins, fresh, sizeof fresh);
    writer w = writer_of(t->word, sizeof t->word - 1);
    write_text(&w, "h\xc3\xa9ron-");
    write_hex(&w, SPAN(fresh));
}

/* ---- a world of its own ---- */

struct world {
    pack pack;
    sim_minted minted; /* what a file of the pack borrows from */
    uint8_t text[16384];
    char folder[1200];
};

/* What a world tells besides the lies of tee_lies.h: the pins of a policy that hold, and what its pack says of releases and platforms. */
static const tee_lie honest_pins = {.name = "pinned", .pinned = true, .version = 5};

/* All that has a time begins and ends in the second of the verdict. */
static void lasts_a_second(tee_scene *s)
{
    tee_certificate *const all[] = {&s->issue.ark, &s->issue.intermediate, &s->issue.vek};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        all[i]->not_before = all[i]->not_after = s->now;
    s->issue.crl.this_update = s->issue.crl.next_update = s->now;
}

static const tee_lie honest_second = {.name = "one-second", .issue = lasts_a_second};

/* What a client's files say otherwise: a trusted root with a lie, or a file in which the first `from` is `to` (NULL: the whole file is). */
static const struct other {
    const char *name;
    sim_lie root;
    pack_part part;
    const char *from, *to;
} others[] = {
    {.name = "root-type", .root = LIE_ROOT_TYPE},
    {.name = "log-undated", .root = LIE_LOG_UNDATED},
    {.name = "log-ended", .root = LIE_LOG_ENDED},
    {.name = "log-algorithm", .root = LIE_LOG_ALGORITHM},
    {.name = "authority-ended", .root = LIE_CA_ENDED},
    {"nothing-on-trust", SIM_HONEST, PACK_SIGNER, NULL, "{}\n"},
    {"keys-none", SIM_HONEST, PACK_KEYS, NULL, ""},
    {"keys-behind", SIM_HONEST, PACK_KEYS, "\"use\":\"sig\"}]}", "\"use\":\"sig\"}]}}"},
    {"key-use", SIM_HONEST, PACK_KEYS, "\"use\":\"sig\"", "\"use\":\"enc\""},
    {"key-other", SIM_HONEST, PACK_KEYS, "\"n\":\"ts", "\"n\":\"us"},
    {"hardening", SIM_HONEST, PACK_POLICY, "[\"UpToDate\"]", "[\"UpToDate\", \"SWHardeningNeeded\"]"},
    {"baseline", SIM_HONEST, PACK_POLICY, "\"advisories\": []", "\"advisories\": [], \"baseline_date\": \"2025-09-01T00:00:00Z\""},
    {"platforms", SIM_HONEST, PACK_POLICY, "\"advisories\": []",
     "\"advisories\": [], \"platforms\": [\"22706821b222bbee1f147cba639071e6\"]"},
    {"nonce", SIM_HONEST, PACK_POLICY, "\"not_compared\": [\"nonce\"]", "\"nonce\": \"bm9uY2U=\""},
    {"service-policy", SIM_HONEST, PACK_POLICY, "\"skew\": 30", "\"skew\": 30, \"policy_ids\": [\"00000000-2b34-476d-8f7a-1b78f2885e00\"]"},
    {"claim", SIM_HONEST, PACK_POLICY, "\"skew\": 30", "\"skew\": 30, \"claims\": {\"intuse\": [\"special\"]}"},
};

static void change_file(struct world *w, const struct other *o)
{
    span *const file = &w->pack.file[o->part];
    writer out = WRITER(w->text);
    const uint8_t *at = o->from ? memmem(file->p, file->n, o->from, strlen(o->from)) : file->p;
    must(at);
    write_span(&out, span_first(*file, (size_t)(at - file->p)));
    write_text(&out, o->to);
    if (o->from)
        write_span(&out, span_from(*file, (size_t)(at - file->p) + strlen(o->from)));
    must(writer_ok(&out));
    *file = written(&out);
}

static void change_world(struct world *w, const struct other *o)
{
    const sim_recipe recipe = {.version = 3, .lie = o->root};
    if (o->to) {
        change_file(w, o);
        return;
    }
    pack_sign_manifest(&w->pack, w->pack.file[PACK_MANIFEST], &recipe, &w->minted);
    w->pack.file[PACK_TRUSTED_ROOT] = span_text(w->minted.root);
}

/* The policy ends behind its first platform. */
static void judge_reports_alone(struct world *w)
{
    static const char next[] = ",\n  \"tdx\"";
    span *const policy = &w->pack.file[PACK_POLICY];
    const uint8_t *end = memmem(policy->p, policy->n, next, sizeof next - 1);
    writer out = WRITER(w->text);
    must(end);
    write_span(&out, span_first(*policy, (size_t)(end - policy->p)));
    write_text(&out, "\n}\n");
    *policy = written(&out);
}

/* The digits of a list of one value, a digest or an identifier; 0: there is none here. */
static size_t digits_listed(span text)
{
    size_t n = 2;
    while (n < text.n && text.p[n] && strchr("0123456789abcdef", text.p[n]))
        n++;
    const bool fits = n >= 2 + 64 && n + 2 <= text.n && memcmp(text.p, "[\"", 2) == 0 && memcmp(text.p + n, "\"]", 2) == 0;
    return fits ? n - 2 : 0;
}

/* The value of each list of one value stands between two others that differ from it in their first digit. */
static void list_among_others(struct world *w)
{
    span *const policy = &w->pack.file[PACK_POLICY];
    writer out = WRITER(w->text);
    for (size_t i = 0; i < policy->n; i++) {
        const span rest = span_from(*policy, i);
        const size_t digits = digits_listed(rest);
        if (!digits) {
            write_be(&out, rest.p[0], 1);
            continue;
        }
        const span value = span_of(rest.p + 2, digits);
        for (int k = 0; k < 3; k++) {
            write_text(&out, k ? ", \"" : "[\"");
            write_be(&out, k == 1 ? value.p[0] : value.p[0] == 'a' + k ? 'f' : 'a' + k, 1);
            write_span(&out, span_from(value, 1));
            write_text(&out, "\"");
        }
        write_text(&out, "]");
        i += digits + 3;
    }
    must(writer_ok(&out));
    *policy = written(&out);
}

static bool is_listed(const char *world) { return world && strcmp(world, "listed") == 0; }
static bool is_reports_only(const char *world) { return world && strcmp(world, "reports-only") == 0; }

static const struct other *other_named(const char *world)
{
    for (size_t i = 0; world && i < sizeof others / sizeof *others; i++)
        if (strcmp(world, others[i].name) == 0)
            return &others[i];
    return NULL;
}

static const tee_lie *lie_of(const char *world)
{
    if (!world || other_named(world) || is_reports_only(world))
        return NULL;
    const bool pins = strcmp(world, honest_pins.name) == 0 || is_listed(world), second = strcmp(world, honest_second.name) == 0;
    const tee_lie *lie = pins ? &honest_pins : second ? &honest_second : tee_lie_named(world);
    must(lie);
    return lie;
}

/* Another chip, guest, enclave key and token for each trial, of the one or the other line of the vendor. */
static void make_world(trial *t)
{
    uint8_t seed[PACK_SEED_MAX], line;
    char why[300];
    struct world *w = calloc(1, sizeof *w);
    needs_memory(w);
    const tee_lie *lie = lie_of(t->row->world);
    coins_draw(&t->coins, seed, sizeof seed);
    coins_draw(&t->coins, &line, 1);
    pack_make_of(&w->pack, t->run->pack->profile, SPAN(seed), t->run->now, lie ? lie->product : line & 1 ? AT_GENOA : AT_MILAN, lie);
    const struct other *other = other_named(t->row->world);
    if (other)
        change_world(w, other);
    if (is_listed(t->row->world))
        list_among_others(w);
    if (is_reports_only(t->row->world))
        judge_reports_alone(w);
    snprintf(w->folder, sizeof w->folder, "%s/%s", t->run->worlds, t->row->id);
    if (!pack_save(&w->pack, w->folder, why, sizeof why))
        trial_stop(t, VERDICT, OUTCOME_HARNESS, "a pack of its own", "%s", why);
    t->world = w;
    t->pack = &w->pack;
    t->pack_folder = w->folder;
}

span trial_evidence(trial *t)
{
    static uint8_t room[CF_EVIDENCE_MAX];
    uint8_t report[AT_REPORT], data[AT_REPORT_DATA] = {0};
    writer out = WRITER(room);
    const tee_chip chip = pack_chip(t->pack);
    tee_launch launch = pack_launch(t->pack);
    trial_draw(t, launch.host_data, sizeof launch.host_data);
    t->run->prim->x25519_public(t->pack->enclave_secret, data);
    tee_report(&chip, &launch, data, report);
    pack_write_evidence(t->pack, SPAN(report), &out);
    return written(&out);
}

trial *trial_start(const suite_run *run, const case_row *row)
{
    trial *t = calloc(1, sizeof *t);
    needs_memory(t);
    *t = (trial){.row = row,
                 .run = run,
                 .base = event_base_new(),
                 .coins = coins_of_seed(run->seed, row->id),
                 .chaos = coins_of_seed(run->chaos, row->id),
                 .pack = run->pack,
                 .p1 = run->p1,
                 .pack_folder = run->pack_folder};
    must(t->base);
    draw_word(t);
    trial_note(t, row->says);
    if (run->worlds && run->p1)
        p1_world_make(t);
    else if (run->worlds)
        make_world(t);
    return t;
}

void trial_draw(trial *t, uint8_t *out, size_t n) { coins_draw(&t->coins, out, n); }

/* ---- waiting ---- */

static void note_late(evutil_socket_t fd, short what, void *late)
{
    (void)fd, (void)what;
    *(bool *)late = true;
}

static int in_order(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

unsigned pace_patience(pace *p)
{
    qsort(p->us, p->n, sizeof p->us[0], in_order);
    const int64_t seconds = p->n ? (50 * p->us[p->n / 2] + 999999) / 1000000 : 0;
    return seconds < PATIENCE_LEAST ? PATIENCE_LEAST : seconds > PATIENCE_MOST ? PATIENCE_MOST : (unsigned)seconds;
}

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void note_step(pace *p, int64_t us)
{
    if (p && p->n < sizeof p->us / sizeof *p->us)
        p->us[p->n++] = us;
}

void trial_step(trial *t)
{
    if (t->run->step && !t->over)
        t->run->step(t->run->ctx, t);
}

bool trial_until(trial *t, bool (*done)(const void *), const void *ctx, case_check c, const char *what)
{
    const struct timeval patience = {(t->run->patience ? t->run->patience : PATIENCE_LEAST) + t->grace, 0};
    trial_step(t);
    const int64_t start = now_us();
    bool late = false, waited = false;
    struct event *deadline = evtimer_new(t->base, note_late, &late);
    must(deadline);
    while (!t->over && !late && !done(ctx)) {
        evtimer_add(deadline, &patience);
        event_base_loop(t->base, EVLOOP_ONCE);
        waited = true;
    }
    event_free(deadline);
    if (waited && !late)
        note_step(t->run->pace, now_us() - start);
    if (late)
        trial_stop(t, c, OUTCOME_HANG, what, "nothing at all until the patience was over");
    return !t->over;
}

void trial_runs(trial *t)
{
    if (!t->over)
        event_base_loop(t->base, EVLOOP_NONBLOCK);
}

/* ---- pieces ---- */

void trial_pause(trial *t)
{
    static const struct timeval pause = {0, 5000};
    bool over = false;
    struct event *timer = evtimer_new(t->base, note_late, &over);
    must(timer && evtimer_add(timer, &pause) == 0);
    while (!t->over && !over)
        event_base_loop(t->base, EVLOOP_ONCE);
    event_free(timer);
}

size_t piece_end(const int **cuts, size_t from, size_t of)
{
    while (*cuts && **cuts) {
        const int cut = *(*cuts)++;
        const size_t at = cut > 0 ? (size_t)cut : of - (size_t)-cut;
        if (at > from && at < of)
            return at;
    }
    return of;
}

/* ---- judging ---- */

/* Whoever does what the deployed system does where a sentence departs from it is warned, whatever the difference looks like: silence is one. What
 * neither the sentence says nor the deployed system does is no departure. */
static outcome outcome_here(const trial *t, case_check c, outcome o)
{
    const unsigned later = t->row->departure_0_1_20;
    const unsigned deployed = later && t->run->revision >= CF_0_1_20 ? later : t->row->departure;
    const unsigned did = o == OUTCOME_HANG ? DEPLOYED_IS_SILENT : o == OUTCOME_FAIL ? t->did : 0;
    return (did & deployed) && (c == VERDICT || c == REASON) ? OUTCOME_WARN : o;
}

void trial_saw(trial *t, unsigned did) { t->did = did; }

static void say_got(struct judgement *j, outcome o, const char *want, const char *format, va_list args)
{
    char got[512];
    vsnprintf(got, sizeof got, format, args);
    j->judged = true;
    j->outcome = o;
    page_put(&j->want, want);
    page_put(&j->got, got);
}

static bool failed_before(const struct judgement *j) { return j->judged && j->outcome != OUTCOME_PASS; }

bool judge(trial *t, case_check c, bool holds, const char *want, const char *format, ...)
{
    struct judgement *j = &t->check[c];
    va_list args;
    must(t->row->req[c]);
    if (t->over || failed_before(j))
        return holds;
    if (j->judged && holds)
        return true;
    page_free(&j->want);
    page_free(&j->got);
    va_start(args, format);
    say_got(j, holds ? OUTCOME_PASS : outcome_here(t, c, OUTCOME_FAIL), want, format, args);
    va_end(args);
    return holds;
}

void trial_stop(trial *t, case_check c, outcome o, const char *want, const char *format, ...)
{
    struct judgement *j = &t->check[c];
    va_list args;
    if (t->over)
        return;
    if (!failed_before(j) && t->row->req[c]) {
        page_free(&j->want);
        page_free(&j->got);
        va_start(args, format);
        say_got(j, outcome_here(t, c, o), want, format, args);
        va_end(args);
    }
    t->over = true;
}

void trial_breaks(trial *t, case_check c, const char *want, verdict v)
{
    if (!t->over && !failed_before(&t->check[c]))
        t->check[c].broken = v.req;
    trial_stop(t, c, OUTCOME_FAIL, want, "what breaks %s: %s", requirement_rows[v.req].id, requirement_rows[v.req].text);
}

bool trial_failed(const trial *t)
{
    for (int i = 0; i < CASE_CHECKS; i++)
        if (failed_before(&t->check[i]))
            return true;
    return false;
}

static void leave_unmade(trial *t, case_check c, outcome o, const char *why)
{
    struct judgement *j = &t->check[c];
    if (t->over || j->judged)
        return;
    j->judged = true;
    j->outcome = o;
    page_put(&j->note, why);
}

void trial_untested(trial *t, case_check c, const char *why) { leave_unmade(t, c, OUTCOME_UNTESTED, why); }
void trial_not_here(trial *t, case_check c, const char *why) { leave_unmade(t, c, OUTCOME_NA, why); }

void trial_leaves_out(trial *t, const char *why)
{
    for (int c = 0; c < CASE_CHECKS; c++)
        if (t->row->req[c])
            trial_not_here(t, (case_check)c, why);
    t->over = true;
}

void trial_unsupported(trial *t, const char *want)
{
    if (t->row->asks_receipt)
        trial_leaves_out(t, "exit 20: the client can't ask for a receipt");
    else if (t->row->base)
        trial_stop(t, VERDICT, OUTCOME_FAIL, want, "exit 20: not supported, though the honest twin passed");
    else
        trial_stop(t, VERDICT, t->run->sanity ? OUTCOME_FAIL : OUTCOME_NA, want, "exit 20: the client can't do what was asked");
}

bool judge_bytes(trial *t, case_check c, const layout *names, span want, span got)
{
    struct judgement *j = &t->check[c];
    const bool same = want.n == got.n && (want.n == 0 || memcmp(want.p, got.p, want.n) == 0);
    const bool first = !failed_before(j) && !t->over;
    char where[LAYOUT_PATH_MAX] = "";
    size_t at = 0;
    judge(t, c, same, "these bytes", "%s", same ? "these bytes" : "other bytes");
    if (same || !first)
        return same;
    while (at < want.n && at < got.n && want.p[at] == got.p[at])
        at++;
    page_put_hex(&j->want_bytes, want);
    page_put_hex(&j->got_bytes, got);
    if (names)
        layout_name_at(names, want, at, where, sizeof where);
    page_printf(&j->where, "byte %zu%s%s", at, *where ? " " : "", where);
    return false;
}

/* ---- the transcript ---- */

static void put_line(trial *t, const char *dir, const char *layer, span bytes, const char *fields, const char *note)
{
    transcript_put(&t->log, &(transcript_line){
                                .vt = t->run->now * 1000000, .dir = dir, .layer = layer, .bytes = bytes, .fields = fields, .note = note});
}

void trial_note(trial *t, const char *note) { put_line(t, ".", "note", EMPTY, NULL, note); }

typedef struct walk {
    page out;
} walk;

static void put_field(void *ctx, const char *path, const field *f, size_t at, size_t n)
{
    walk *w = ctx;
    (void)f;
    if (w->out.n < 2000)
        page_printf(&w->out, "%s%s@%zu+%zu", w->out.n ? " " : "", path, at, n);
}

void trial_log_shaped(trial *t, bool to_server, const char *layer, const layout *shape, span bytes)
{
    walk w = {0};
    layout_walk(shape, bytes, put_field, &w);
    trial_log(t, to_server, layer, bytes, w.out.p);
    page_free(&w.out);
}

void trial_log(trial *t, bool to_server, const char *layer, span bytes, const char *fields)
{
    put_line(t, to_server ? "c>s" : "s>c", layer, bytes, fields, NULL);
}

/* ---- the results ---- */

static const char *level_of(const char *req)
{
    int id = requirement_named(req);
    must(id);
    return requirement_rows[id].level;
}

void trial_replay(const char *replay, const char *id, page *out)
{
    static const char verb[] = " test";
    const size_t program = strcspn(replay, " ");
    const bool ours = strncmp(replay + program, verb, strlen(verb)) == 0;
    const size_t n = ours ? program + strlen(verb) : strlen(replay);
    page_printf(out, "%.*s --case %s%s", (int)n, replay, id, replay + n);
}

/* Those of the row, then the one that what came breaks. */
static void put_sentences(const char *row, uint16_t broken, page *out)
{
    page_put(out, row);
    if (broken && !strstr(row, requirement_rows[broken].id))
        page_printf(out, " %s", requirement_rows[broken].id);
}

static void add(const suite_run *run, const case_row *row, case_check c, const struct judgement *j, bool kept, results *out)
{
    char file[160];
    page replay = {0}, req = {0};
    put_sentences(row->req[c], j->broken, &req);
    snprintf(file, sizeof file, "t/%s.jsonl", row->id);
    trial_replay(run->replay, row->id, &replay);
    results_add(out, &(result){
                         .case_id = row->id,
                         .check = case_check_name[c],
                         .rev = row->rev ? row->rev : 1,
                         .outcome = j->outcome,
                         .req = req.p,
                         .level = level_of(row->req[c]),
                         .door = run->door,
                         .role = run->role,
                         .want = j->want.p,
                         .got = j->got.p,
                         .want_bytes = j->want_bytes.p,
                         .got_bytes = j->got_bytes.p,
                         .where = j->where.p,
                         .base = row->base,
                         .mutation = row->says,
                         .needs = row->needs,
                         .note = j->note.p,
                         .transcript = kept ? file : NULL,
                         .replay = replay.p,
                     });
    page_free(&replay);
    page_free(&req);
}

void trial_blocked(const suite_run *run, const case_row *row, results *out)
{
    struct judgement j = {.judged = true, .outcome = OUTCOME_BLOCKED};
    page_put(&j.note, "the sanity case failed, so nothing after it was measured");
    for (int i = 0; i < CASE_CHECKS; i++)
        if (row->req[i])
            add(run, row, (case_check)i, &j, false, out);
    page_free(&j.note);
}

static bool keep_transcript(trial *t)
{
    char path[4096];
    if (!t->run->folder)
        return false;
    snprintf(path, sizeof path, "%s/t/%s.jsonl", t->run->folder, t->row->id);
    return transcript_save(&t->log, path);
}

/* What the case did not get to: because it was stopped, or because its row promises a check that it does not make. */
static void settle(trial *t, struct judgement *j)
{
    if (j->judged)
        return;
    bool stopped = t->over;
    for (int i = 0; i < CASE_CHECKS; i++)
        stopped |= failed_before(&t->check[i]);
    j->outcome = stopped ? OUTCOME_UNTESTED : OUTCOME_HARNESS;
    page_put(&j->note, stopped ? "another check of this case failed before this one could be made" : "the case ended without this check");
}

void trial_report(trial *t, results *out)
{
    failure_keep(t);
    const bool kept = keep_transcript(t);
    for (int i = 0; i < CASE_CHECKS; i++) {
        struct judgement *j = &t->check[i];
        if (t->row->req[i]) {
            settle(t, j);
            add(t->run, t->row, (case_check)i, j, kept, out);
        }
        page *const pages[] = {&j->want, &j->got, &j->want_bytes, &j->got_bytes, &j->where, &j->note};
        for (size_t k = 0; k < sizeof pages / sizeof *pages; k++)
            page_free(pages[k]);
    }
}

void trial_free(trial *t)
{
    transcript_free(&t->log);
    event_base_free(t->base);
    if (t->world && !t->keeps_world)
        pack_remove(t->world->folder);
    if (t->p1_world && !t->keeps_world)
        p1_world_remove(t->p1_world);
    p1_world_free(t->p1_world);
    free(t->world);
    free(t);
}
