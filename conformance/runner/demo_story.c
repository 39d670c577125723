#include "demo_story.h"
#include "weak.h"

#include <string.h>

void story_start(story *s, timeline *t, FILE *out, bool verbose)
{
    *s = (story){.timeline = t, .out = out, .verbose = verbose};
    for (uint16_t req = 1; req < REQ_COUNT; req++)
        s->seen[req] = weak_reached(req);
}

/* The lines that were reached since the last step belong to this one. */
static void take_rules(story *s, timeline_step *step)
{
    for (uint16_t req = 1; req < REQ_COUNT; req++) {
        uint64_t now = weak_reached(req);
        if (now > s->seen[req])
            timeline_rule(step, req);
        s->seen[req] = now;
    }
}

/* "CF-001 to CF-013, WI-020": the rules of a step in one line. */
static void print_ranges(const story *s, const timeline_step *step)
{
    for (size_t i = 0, k; i < step->n_rules; i = k) {
        for (k = i + 1; k < step->n_rules && step->rules[k] == step->rules[k - 1] + 1 &&
                        requirement_rows[step->rules[k]].id[0] == requirement_rows[step->rules[i]].id[0];)
            k++;
        fprintf(s->out, "%s%s", i ? ", " : "              applied: ", requirement_rows[step->rules[i]].id);
        if (k > i + 1)
            fprintf(s->out, "%s%s", k > i + 2 ? " to " : ", ", requirement_rows[step->rules[k - 1]].id);
    }
    fputs(step->n_rules ? "\n" : "", s->out);
}

/* The appraisal is what this is about: sentence by sentence for who wants to see them. */
static void print_rules(const story *s, const timeline_step *step)
{
    if (!s->verbose)
        fprintf(s->out, "              %zu sentences were applied and hold (--verbose lists them)\n", step->n_rules);
    for (size_t i = 0; s->verbose && i < step->n_rules; i++) {
        const requirement_row *row = &requirement_rows[step->rules[i]];
        fprintf(s->out, "              ok  %s  %.108s%s\n", row->id, row->text, strlen(row->text) > 108 ? "..." : "");
    }
}

static void print_step(const story *s, const timeline_step *step, bool appraises)
{
    static const char *const places[] = {"client", "server", "c -> s", "c <- s"};
    if (!s->out)
        return;
    fprintf(s->out, "%3zu  %s   %s", s->timeline->n, places[step->place], step->title);
    if (step->n_message)
        fprintf(s->out, "  (%zu bytes)", step->n_message);
    fputs("\n", s->out);
    if (*step->text)
        fprintf(s->out, "              %s\n", step->text);
    if (appraises)
        print_rules(s, step);
    else if (s->verbose)
        print_ranges(s, step);
    fflush(s->out);
}

void story_tell(story *s, timeline_step *step)
{
    take_rules(s, step);
    print_step(s, step, false);
}

static timeline_step *add(story *s, timeline_place who, const char *title, const char *text)
{
    timeline_step *step = timeline_add(s->timeline, who, title);
    snprintf(step->text, sizeof step->text, "%s", text);
    take_rules(s, step);
    return step;
}

timeline_step *story_action(story *s, timeline_place who, const char *title, const char *text)
{
    timeline_step *step = add(s, who, title, text);
    print_step(s, step, false);
    return step;
}

void story_appraisal(story *s, const char *title, const char *text) { print_step(s, add(s, TIMELINE_CLIENT, title, text), true); }

void story_message(story *s, timeline_place way, const char *title, span message)
{
    timeline_step *step = timeline_add(s->timeline, way, title);
    timeline_bytes(step, message);
    print_step(s, step, false);
}
