#include "gate.h"
#include "exits.h"

#include <stdio.h>
#include <string.h>

/* clang-format off */
const gate_step gate_steps[] = {
    {"spec-lint",     {"spec", "lint"},         {0}},
    {"vectors-check", {"vectors", "check"},     {0}},
    {"witness",       {"vectors", "witness"},   {0}},
    {"audit",         {"audit"},                {0}},
    {"mutants",       {"mutants", "--quiet"},   {"mutants.json"}},
    {"test-self",     {"test", "self"},         {"self-server/results.json", "self-client/results.json", "self-library/results.json"}},
    {"trace",         {"trace"},                {"trace.tsv"}},
    {0}};
/* clang-format on */

/* ---- judging one step ---- */

/* Every code of exits.h that a step may end with outranks a warning; any other number is not a verdict of this program. */
static bool is_verdict(int code) { return code == EXIT_LEVEL || exit_worst(code, EXIT_WARNED) == code; }

static void say(gate_row *row, int code, const char *format, const char *text)
{
    row->code = code;
    snprintf(row->said, sizeof row->said, format, text);
}

static void judge(gate_row *row, const gate_end *end)
{
    char number[16];
    snprintf(number, sizeof number, "%d", end->number);
    if (end->how == GATE_NOT_STARTED)
        say(row, EXIT_HARNESS, "skipped: it could not be started", "");
    else if (end->how == GATE_SIGNALLED)
        say(row, EXIT_HARNESS, "interrupted by signal %s", number);
    else if (!is_verdict(end->number))
        say(row, EXIT_HARNESS, "no result: exit %s is no verdict of this program", number);
    else if (end->number != EXIT_LEVEL)
        say(row, end->number, "%s", *end->said ? end->said : "(it said nothing)");
    else if (!*end->said)
        say(row, EXIT_HARNESS, "no result: it said nothing", "");
    else if (end->missing)
        say(row, EXIT_HARNESS, "no result: it left no %s", end->missing);
    else
        say(row, EXIT_LEVEL, "%s", end->said);
}

/* ---- all of them ---- */

void gate_run(gate *g, const gate_step *steps, gate_runner *run, gate_watcher *watch, void *ctx)
{
    *g = (gate){0};
    for (; steps[g->n].name; g->n++) {
        must(g->n < GATE_STEPS);
        g->row[g->n].step = &steps[g->n];
        say(&g->row[g->n], EXIT_HARNESS, "skipped: the gate ended before it", "");
    }
    bool on = watch(ctx, g, 0);
    for (size_t i = 0; i < g->n && on; i++) {
        gate_end end = {0};
        run(ctx, &steps[i], &end);
        judge(&g->row[i], &end);
        on = watch(ctx, g, i + 1);
    }
}

int gate_code(const gate *g)
{
    int code = g->n ? EXIT_LEVEL : EXIT_HARNESS;
    for (size_t i = 0; i < g->n; i++)
        code = exit_worst(code, g->row[i].code);
    return code;
}

/* ---- telling ---- */

void gate_row_text(const gate_row *row, page *out)
{
    page_printf(out, "%-13s  %4d  ", row->step->name, row->code);
    page_put_shown(out, row->said);
    page_put(out, "\n");
}

void gate_json(const gate *g, page *out)
{
    page_printf(out, "{\"schema\":\"gate/1\",\"exit\":%d,\"steps\":[", gate_code(g));
    for (size_t i = 0; i < g->n; i++) {
        page_printf(out, "%s\n{\"step\":\"%s\",\"exit\":%d,\"said\":", i ? "," : "", g->row[i].step->name, g->row[i].code);
        page_put_json(out, g->row[i].said);
        page_put(out, "}");
    }
    page_put(out, "]}\n");
}
