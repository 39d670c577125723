/* `parley model eval`: the exam, and the goals that a model has to reach to be committed. */
#include "verb_model.h"
#include "exits.h"
#include "model_exam.h"
#include "page.h"
#include "progress.h"

#include <string.h>

enum { SITTINGS = 2 };

static const char *const temperatures[SITTINGS] = {"0", "0.8"}; /* those of exam_at */

typedef struct sitting {
    const cli_call *call;
    exam_score score[EXAM_KINDS][SITTINGS];
    progress bar;
    size_t done;
    int at;      /* the sitting of the moment */
    double loss; /* nats a token, of conversations that no training step saw */
    size_t n_failed;
    page failed; /* as text, or as the members of a JSON array */
} sitting;

static bool chosen(const cli_call *call, exam_kind kind)
{
    const char *name = cli_value(call, "kind");
    return !name || strncmp(exam_names[kind], name, strlen(name)) == 0;
}

/* ---- what failed ---- */

static void note_text(sitting *s, const exam_item *e, const char *answer)
{
    page_printf(&s->failed, "\n%s, T = %s\n", exam_names[e->kind], temperatures[s->at]);
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
    page_printf(&s->failed, "%s{\"kind\":\"%s\",\"temperature\":\"%s\",\"asked\":[", s->n_failed ? "," : "", exam_names[e->kind],
                temperatures[s->at]);
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

static bool goal_met(const sitting *s, int kind, int at)
{
    const exam_score *score = &s->score[kind][at];
    return (uint64_t)score->right * 1000 >= (uint64_t)score->asked * exam_goal[kind][at];
}

/* A part that was not asked, or has no goal, misses none. */
static bool all_met(const sitting *s)
{
    bool met = true;
    for (int kind = 0; kind < EXAM_KINDS; kind++)
        for (int at = 0; at < SITTINGS; at++)
            met &= goal_met(s, kind, at);
    return met;
}

/* ---- printing ---- */

static void print_cell(const sitting *s, int kind, int at)
{
    const exam_score *score = &s->score[kind][at];
    const unsigned goal = exam_goal[kind][at];
    const bool met = goal_met(s, kind, at);
    printf(" %5u/%-5u", score->right, score->asked);
    if (goal)
        printf(" >= %u.%u %% %s%-6s%s", goal / 10, goal % 10, colour_on(stdout, met ? COLOUR_GOOD : COLOUR_BAD), met ? "met" : "MISSED",
               colour_on(stdout, COLOUR_NONE));
    else
        printf(" %16s", "");
}

static void print_text(const sitting *s, const model *m)
{
    printf("%-22s %-28s %s\n", "right of asked", "      T = 0", "      T = 0.8");
    for (int kind = 0; kind < EXAM_KINDS; kind++) {
        if (!s->score[kind][0].asked)
            continue;
        printf("%-22s", exam_names[kind]);
        for (int at = 0; at < SITTINGS; at++)
            print_cell(s, kind, at);
        putchar('\n');
    }
    printf("loss on unseen conversations: %.4f nats a token; of the float weights %u.%04u\n", s->loss, m->from.loss / 1000000,
           m->from.loss % 1000000 / 100);
    if (s->failed.n)
        fputs(s->failed.p, stdout);
}

static void print_json(const sitting *s, const model *m)
{
    char digest[65];
    const char *comma = "";
    model_digest_hex(m->digest, digest);
    printf("{\"model\":\"%s\",\"loss\":%.6f,\"float_loss\":%u.%06u,\"exam\":[", digest, s->loss, m->from.loss / 1000000,
           m->from.loss % 1000000);
    for (int kind = 0; kind < EXAM_KINDS; kind++)
        for (int at = 0; at < SITTINGS && s->score[kind][at].asked; at++, comma = ",") {
            printf("%s{\"kind\":\"%s\",\"temperature\":\"%s\",\"asked\":%u,\"right\":%u,", comma, exam_names[kind], temperatures[at],
                   s->score[kind][at].asked, s->score[kind][at].right);
            printf("\"goal_thousandths\":%u,\"met\":%s}", exam_goal[kind][at], goal_met(s, kind, at) ? "true" : "false");
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
            n += SITTINGS;
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
        for (s.at = 0; chosen(call, (exam_kind)kind) && s.at < SITTINGS; s.at++)
            s.score[kind][s.at] = exam_run(session, (exam_kind)kind, &exam_at[s.at], 0, watch, &s);
    s.loss = exam_loss(session, m);
    progress_end(&s.bar);
    model_session_end(session);
    free(memory);
    if (call->json)
        print_json(&s, m);
    else if (!call->quiet)
        print_text(&s, m);
    page_free(&s.failed);
    if (cli_given(call, "check") && !all_met(&s))
        return cli_fail(call, EXIT_FAILED, "the model misses a goal");
    return EXIT_LEVEL;
}
