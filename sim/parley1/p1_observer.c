#include "p1_observer.h"

#include "chance.h"
#include "parley1_record.h"

#include <stdlib.h>
#include <string.h>

enum { TURNS_MAX = 400, TOKENS_MAX = 128, RECORDS_MAX = 4096, BLIND = 8, FEATURES = 14, END_BYTES = 54, SCALE = 1000 };

/* ---- turns ---- */

/* What a turn is before it is padded. */
typedef struct turn {
    size_t request, n_tokens, token[TOKENS_MAX]; /* bytes; of each token's chunk */
    uint64_t think, ready[TOKENS_MAX];           /* milliseconds behind the request */
} turn;

/* The word that makes prompts differ. */
static const char *const words[] = {"Zorblat", "Ada", "Grace Hopper", "Li", "Maximilian", "Noor", "Olivia", "Quentin"};
static const char *const first[] = {"My name is ", "Hello, I am ", "You can call me "};
static const char *const second[] = {"Is my chat private? I ask for ", "Who can read my words, and who can not? I am ",
                                     "What does an enclave do for "};

static size_t draw(chance *c, size_t below) { return (size_t)chance_below(c, below); }
static uint32_t coin(chance *c) { return (uint32_t)chance_below(c, UINT64_C(1) << 32); }

static void write_prompt(chance *c, bool other, writer *out)
{
    write_text(out, other ? second[draw(c, 3)] : first[draw(c, 3)]);
    write_text(out, words[draw(c, sizeof words / sizeof *words)]);
    write_text(out, other ? "." : ". What is my name?");
}

/* Bytes of a request with this one message. */
static size_t request_bytes(size_t text) { return 1 + 4 + 1 + IN_DIGEST + 4 + IN_PARAMETERS_HEAD + 2 + 2 + 1 + 4 + text; }

/* The model's answer, and the times that its tokens take. */
static void make_turn(const p1_model *m, void *session, chance *c, bool other, turn *out)
{
    static uint8_t room[256], texts[512];
    uint8_t parameters[64], seed[IN_DIGEST];
    writer prompt = WRITER(room), row = WRITER(texts), p = WRITER(parameters);
    write_prompt(c, other, &prompt);
    in_write_parameters(&(in_parameters){.temperature = 700, .max_tokens = TOKENS_MAX}, &p);
    in_write_text(IN_USER, written(&prompt), &row);
    chance_bytes(c, seed, sizeof seed);
    const in_request q = {.parameters = written(&p), .n_messages = 1, .messages = written(&row)};
    *out = (turn){.request = request_bytes(prompt.n), .think = 3 * prompt.n / 2};
    must(m->begin(session, &q, seed) == (in_code)0);
    uint64_t now = out->think;
    for (bool more = true; more && out->n_tokens < TOKENS_MAX;) {
        uint8_t piece[P1_PIECE_MAX];
        writer w = WRITER(piece);
        more = m->go_on(session, &w);
        now += 15 + draw(c, 15);
        if (!w.n)
            continue;
        out->token[out->n_tokens] = w.n;
        out->ready[out->n_tokens++] = now;
    }
}

/* ---- on the line ---- */

typedef struct trace {
    size_t n_up, n_down;
    uint64_t bytes_up, bytes_down, largest, last_up, end, at[RECORDS_MAX]; /* at: of records from the enclave */
} trace;

static uint64_t record_bytes(in_level level, size_t used) { return P1_HEADER + in_plain_size(level, used) + PRIM_TAG; }

static void see(trace *t, bool up, in_level level, size_t used, uint64_t now)
{
    const uint64_t bytes = record_bytes(level, used);
    if (up) {
        t->n_up++;
        t->bytes_up += bytes;
        t->last_up = now;
        return;
    }
    must(t->n_down < RECORDS_MAX);
    t->at[t->n_down++] = now;
    t->bytes_down += bytes;
    t->largest = bytes > t->largest ? bytes : t->largest;
    t->end = now;
}

static void ask(const turn *q, in_level level, trace *t)
{
    p1_outgoing o;
    const size_t carries = p1_carries(level, true);
    p1_out_start(&o, P1_CLIENT, level, OBSERVED_TICK, 0);
    for (size_t at = 0; !p1_out_is_full(&o);) {
        const bool fill = at >= q->request;
        const size_t used = fill ? 1 : q->request - at < carries ? q->request - at : carries;
        see(t, true, level, used, o.due);
        at += fill ? 0 : used;
        p1_out_sends(&o, fill, !fill && at >= q->request, o.due, 0);
    }
}

/* What goes in this slot: the next chunk, the end, or a fill. */
static void answer(const turn *q, in_level level, chance *c, trace *t)
{
    p1_outgoing o;
    size_t next = 0;
    const uint64_t from = t->last_up;
    p1_out_start(&o, P1_ENCLAVE, level, OBSERVED_TICK, from);
    while (!p1_out_is_full(&o)) {
        const bool chunk = next < q->n_tokens, ticks = level == IN_LEVEL_TICKS;
        const uint64_t ready = chunk ? from + q->ready[next] : 0, now = ticks || ready < o.due ? o.due : ready;
        const bool fill = p1_out_fills(&o) || (chunk && ready > now);
        see(t, false, level, fill ? 1 : chunk ? 11 + q->token[next] : END_BYTES, now);
        p1_out_sends(&o, fill, !fill && !chunk, now, coin(c));
        next += chunk && !fill;
        if (chunk && !fill && next == q->n_tokens)
            p1_out_ends(&o, now, coin(c));
    }
}

/* ---- what the observer looks at ---- */

static uint64_t mean_gap(const trace *t, size_t from, size_t to)
{
    return to > from + 1 ? (t->at[to - 1] - t->at[from]) / (to - from - 1) : 0;
}

static void features_of(const trace *t, int64_t out[FEATURES])
{
    const int64_t seen[FEATURES] = {
        (int64_t)t->n_up, (int64_t)t->n_down, (int64_t)t->bytes_up, (int64_t)t->bytes_down, (int64_t)t->largest,
        (int64_t)(t->bytes_up / t->n_up), (int64_t)(t->bytes_down / t->n_down), (int64_t)(t->bytes_up + t->bytes_down),
        /* with a clock */
        (int64_t)(t->at[0] - t->last_up), (int64_t)t->end, (int64_t)t->last_up, (int64_t)mean_gap(t, 0, t->n_down < 8 ? t->n_down : 8),
        (int64_t)mean_gap(t, 0, t->n_down), (int64_t)mean_gap(t, t->n_down / 2, t->n_down)};
    memcpy(out, seen, sizeof seen);
}

/* ---- the classifier: the nearest of what it was taught, each feature on a scale of its own ---- */

typedef struct lesson {
    int64_t feature[FEATURES];
    bool other;
} lesson;

static void scale(lesson *all, size_t n, size_t taught)
{
    for (size_t f = 0; f < FEATURES; f++) {
        int64_t low = INT64_MAX, high = INT64_MIN;
        for (size_t i = 0; i < taught; i++) {
            low = all[i].feature[f] < low ? all[i].feature[f] : low;
            high = all[i].feature[f] > high ? all[i].feature[f] : high;
        }
        for (size_t i = 0; i < n; i++)
            all[i].feature[f] = high > low ? (all[i].feature[f] - low) * SCALE / (high - low) : 0;
    }
}

static int64_t distance(const lesson *a, const lesson *b, size_t features)
{
    int64_t sum = 0;
    for (size_t f = 0; f < features; f++)
        sum += a->feature[f] > b->feature[f] ? a->feature[f] - b->feature[f] : b->feature[f] - a->feature[f];
    return sum;
}

/* Of equally near ones all have a voice; a tie is a coin's. */
static bool guess(const lesson *all, size_t taught, const lesson *asked, size_t features, chance *c)
{
    int64_t least = INT64_MAX;
    size_t votes[2] = {0};
    for (size_t i = 0; i < taught; i++) {
        const int64_t d = distance(&all[i], asked, features);
        if (d < least)
            votes[0] = votes[1] = 0;
        least = d < least ? d : least;
        votes[all[i].other] += d == least;
    }
    return votes[0] == votes[1] ? draw(c, 2) : votes[1] > votes[0];
}

static unsigned right_of_1000(const lesson *all, size_t n, size_t taught, size_t features, chance *c)
{
    size_t right = 0;
    for (size_t i = taught; i < n; i++)
        right += guess(all, taught, &all[i], features, c) == all[i].other;
    return (unsigned)(right * 1000 / (n - taught));
}

/* ---- all of it ---- */

static void observe_level(const turn *all, size_t n, in_level level, lesson *lessons, chance *c, observed *out)
{
    static trace t;
    *out = (observed){.level = level, .turns = n - n / 2};
    for (size_t i = 0; i < n; i++) {
        t = (trace){0};
        ask(&all[i], level, &t);
        answer(&all[i], level, c, &t);
        features_of(&t, lessons[i].feature);
        lessons[i].other = i & 1;
        out->bytes += t.bytes_up + t.bytes_down;
        out->ms += t.end;
    }
    out->bytes /= n;
    out->ms /= n;
    scale(lessons, n, n / 2);
    out->blind = right_of_1000(lessons, n, n / 2, BLIND, c);
    out->with_clock = right_of_1000(lessons, n, n / 2, FEATURES, c);
}

bool p1_observe(const model *m, span seed, size_t turns, observed out[OBSERVED_LEVELS])
{
    static const in_level levels[OBSERVED_LEVELS] = {IN_LEVEL_NONE, IN_LEVEL_SIZES, IN_LEVEL_TICKS};
    const p1_model tiny = p1_tiny(m);
    const size_t n = 2 * (turns < TURNS_MAX ? turns : TURNS_MAX);
    turn *all = calloc(n, sizeof *all);
    lesson *lessons = calloc(n, sizeof *lessons);
    void *session = tiny.open(tiny.ctx);
    const bool room = all && lessons && session;
    chance c = chance_of(&prim_sodium, seed, "observer");
    for (size_t i = 0; room && i < n; i++)
        make_turn(&tiny, session, &c, i & 1, &all[i]);
    for (size_t i = 0; room && i < OBSERVED_LEVELS; i++)
        observe_level(all, n, levels[i], lessons, &c, &out[i]);
    if (session)
        tiny.close(session);
    free(all);
    free(lessons);
    return room;
}
