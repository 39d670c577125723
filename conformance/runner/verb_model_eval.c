/* `parley model eval`: the exam, and the goals that the model was made for. */
#include "verb_model.h"
#include "exits.h"
#include "model_exam.h"
#include "page.h"
#include "progress.h"

#include <string.h>

enum { TEMPERATURES = 2 };

static const sample_params params[TEMPERATURES] = {{.temperature = 0}, {.temperature = 800, .min_p = SAMPLE_ONE / 20}};
static const char *const temperature_names[TEMPERATURES] = {"0", "0.8"};

/* What a model has to reach to be committed: right answers in a hundred. */
static const struct goal {
    exam_kind kind;
    int temperature; /* of the two */
    unsigned percent;
} goals[] = {
    {EXAM_STORIES, 0, 99}, {EXAM_STORIES, 1, 97}, {EXAM_FACTS, 0, 99}, {EXAM_SPELLING, 0, 99}, {EXAM_NAMES, 0, 97}, {EXAM_RECALL, 0, 95}, {EXAM_OFF_TOPIC, 0, 85},
};
enum { GOALS = sizeof goals / sizeof *goals };

typedef struct sitting {
    const cli_call *call;
    exam_score score[EXAM_KINDS][TEMPERATURES];
    progress bar;
    size_t done;
    int at;             /* the temperature of the moment */
    size_t n_failed;
    page failed;        /* as text, or as the members of a JSON array */
} sitting;

static bool chosen(const cli_call *call, exam_kind kind)
{
    const char *name = cli_value(call, "kind");
    return !name || strncmp(exam_names[kind], name, strlen(name)) == 0;
}

/* ---- what failed ---- */

static void note_text(sitting *s, const exam_item *e, const char *answer)
{
    page_printf(&s->failed, "\n%s, T = %s\n", exam_names[e->kind], temperature_names[s->at]);
    for (size_t i = 0; i < e->n_turns; i++) {
        page_put(&s->failed, "  asked   ");
        page_put_shown(&s->failed, e->turn[i]);
        page_put(&s->failed, "\n");
    }
    page_put(&s->failed, "  said    ");
    page_put_shown(&s->failed, answer);
    page_put(&s->failed, "\n  wanted  ");
    page_put_shown(&s->failed, e->want);
    page_put(&s->failed, e->kind == EXAM_STORIES ? ", and a whole story about the " : "");
    page_put_shown(&s->failed, e->also);
    page_put(&s->failed, "\n");
}

static void note_json(sitting *s, const exam_item *e, const char *answer)
{
    page_printf(&s->failed, "%s{\"kind\":\"%s\",\"temperature\":\"%s\",\"asked\":[", s->n_failed ? "," : "", exam_names[e->kind], temperature_names[s->at]);
    for (size_t i = 0; i < e->n_turns; i++) {
        page_put(&s->failed, i ? "," : "");
        page_put_json(&s->failed, e->turn[i]);
    }
    page_put(&s->failed, "],\"said\":");
    page_put_json(&s->failed, answer);
    page_put(&s->failed, ",\"wanted\":");
    page_put_json(&s->failed, e->want);
    page_put(&s->failed, "}");
}

static void watch(void *with, const exam_item *e, span answer, bool right)
{
    sitting *s = with;
    page text = {0};
    progress_at(&s->bar, ++s->done);
    if (right || !cli_given(s->call, "verbose"))
        return;
    page_put_n(&text, answer.p, answer.n);
    if (s->call->json)
        note_json(s, e, text.p ? text.p : "");
    else
        note_text(s, e, text.p ? text.p : "");
    s->n_failed++;
    page_free(&text);
}

/* ---- the goals ---- */

/* An exam that was not taken has no goal. */
static bool goal_asked(const sitting *s, const struct goal *g) { return s->score[g->kind][g->temperature].asked > 0; }

static bool goal_met(const sitting *s, const struct goal *g)
{
    const exam_score *score = &s->score[g->kind][g->temperature];
    return (uint64_t)score->right * 100 >= (uint64_t)score->asked * g->percent;
}

static bool all_met(const sitting *s)
{
    bool met = true;
    for (size_t i = 0; i < GOALS; i++)
        met &= !goal_asked(s, &goals[i]) || goal_met(s, &goals[i]);
    return met;
}

/* ---- printing ---- */

static void print_text(const sitting *s)
{
    printf("%-22s %11s %11s\n", "", "T = 0", "T = 0.8");
    for (int kind = 0; kind < EXAM_KINDS; kind++) {
        const exam_score *at = s->score[kind];
        if (at[0].asked)
            printf("%-22s %5u/%-5u %5u/%-5u\n", exam_names[kind], at[0].right, at[0].asked, at[1].right, at[1].asked);
    }
    const char *head = "\ngoal                                  is\n";
    for (size_t i = 0; i < GOALS; i++) {
        const struct goal *g = &goals[i];
        const exam_score *score = &s->score[g->kind][g->temperature];
        const bool met = goal_met(s, g);
        if (!goal_asked(s, g))
            continue;
        printf("%s%-17s T = %-3s  >= %2u %%  %5.1f %%  ", head, exam_names[g->kind], temperature_names[g->temperature], g->percent,
               100.0 * score->right / score->asked);
        printf("%s%s%s\n", colour_on(stdout, met ? COLOUR_GOOD : COLOUR_BAD), met ? "met" : "MISSED", colour_on(stdout, COLOUR_NONE));
        head = "";
    }
    if (s->failed.n)
        fputs(s->failed.p, stdout);
}

static void print_json(const sitting *s, const model *m)
{
    char digest[65];
    const char *comma = "";
    model_digest_hex(m->digest, digest);
    printf("{\"model\":\"%s\",\"exam\":[", digest);
    for (int kind = 0; kind < EXAM_KINDS; kind++)
        for (int t = 0; t < TEMPERATURES && s->score[kind][t].asked; t++, comma = ",")
            printf("%s{\"kind\":\"%s\",\"temperature\":\"%s\",\"asked\":%u,\"right\":%u}", comma, exam_names[kind], temperature_names[t], s->score[kind][t].asked,
                   s->score[kind][t].right);
    printf("],\"goals\":[");
    comma = "";
    for (size_t i = 0; i < GOALS; i++) {
        if (!goal_asked(s, &goals[i]))
            continue;
        printf("%s{\"kind\":\"%s\",\"temperature\":\"%s\",\"percent\":%u,\"met\":%s}", comma, exam_names[goals[i].kind], temperature_names[goals[i].temperature],
               goals[i].percent, goal_met(s, &goals[i]) ? "true" : "false");
        comma = ",";
    }
    printf("],\"met\":%s", all_met(s) ? "true" : "false");
    if (cli_given(s->call, "verbose"))
        printf(",\"failed\":[%s]", s->failed.n ? s->failed.p : "");
    puts("}");
}

/* ---- the sitting ---- */

static size_t count_items(const cli_call *call)
{
    exam_item e;
    size_t n = 0;
    for (int kind = 0; kind < EXAM_KINDS; kind++)
        for (uint32_t i = 0; chosen(call, (exam_kind)kind) && exam_make((exam_kind)kind, i, &e); i++)
            n += TEMPERATURES;
    return n;
}

int model_verb_eval(const cli_call *call, const model *m, const model_kernel *kernel)
{
    void *memory;
    sitting s = {.call = call};
    const size_t total = count_items(call);
    if (total == 0)
        return cli_usage(call, "--kind: no part of the exam begins with '%s'; `parley model eval` names them all", cli_value(call, "kind"));
    model_session *session = model_verb_session(m, kernel, &memory);
    s.bar = progress_start("exam", total, call->quiet);
    for (int kind = 0; kind < EXAM_KINDS; kind++)
        for (s.at = 0; chosen(call, (exam_kind)kind) && s.at < TEMPERATURES; s.at++)
            s.score[kind][s.at] = exam_run(session, (exam_kind)kind, &params[s.at], 0, watch, &s);
    progress_end(&s.bar);
    model_session_end(session);
    free(memory);
    if (call->json)
        print_json(&s, m);
    else if (!call->quiet)
        print_text(&s);
    page_free(&s.failed);
    if (cli_given(call, "check") && !all_met(&s))
        return cli_fail(call, EXIT_FAILED, "the model misses a goal");
    return EXIT_LEVEL;
}
