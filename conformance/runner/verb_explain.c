#include "place.h"
#include "planted.h"
#include "report.h"
#include "results_here.h"
#include "sentence_of.h"
#include "sites.h"
#include "suite.h"
#include "vectors_here.h"
#include "verbs.h"

#include <ctype.h>
#include <string.h>
#include <unistd.h>

enum { NAMED = 6 /* of a long list */ };

/* What is known of a sentence beside its row: a list of names for each heading. */
typedef struct known {
    page accepted, rejected, cases, killers, planted; /* one space between; planted: lines */
    size_t n_accepted, n_rejected, n_cases, n_killers;
    const site *site;
    const char *fate; /* of its mutant in the last run; NULL: no run is here */
} known;

static const char *meaning_of(const char *shown)
{
    static const char *const meanings[][2] = {
        {"wire", "by what the target sends and accepts"},
        {"connection", "by what the target does on a connection: at the network doors alone"},
        {"shim", "by calling the target's library"},
        {"sim", "inside the simulator only"},
        {"review", "by argument, not by a test"},
    };
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
        if (strcmp(shown, meanings[i][0]) == 0)
            return meanings[i][1];
    return "by the sentence that implies it";
}

static void print_outcome(const requirement_outcome *o)
{
    static const char *const verbs[] = {[OUTCOME_CLOSE] = "closes with",
                                        [OUTCOME_ANSWER] = "answered",
                                        [OUTCOME_DROP] = "dropped without an answer",
                                        [OUTCOME_DISCONNECT] = "connection dropped without a close frame",
                                        [OUTCOME_HTTP_STATUS] = "answered with HTTP status"};
    if (o->kind == OUTCOME_NONE)
        return;
    printf("outcome   %s", verbs[o->kind]);
    if (o->code)
        printf(" %u", o->code);
    if (*o->text)
        printf(" `%s`", o->text);
    printf("%s%s\n", o->by ? ", by " : ", by its chapter's default", requirement_rows[o->by].id);
}

/* ---- what is known of it ---- */

static void add_name(page *list, size_t *n, const char *name)
{
    page_printf(list, "%s%s", *n ? " " : "", name);
    ++*n;
}

/* Read once a process: a test explains every sentence. */
static const site_list *sites_here(void)
{
    static site_list list;
    if (!list.n)
        list = sites_read(place_share());
    return &list;
}

static const vector_set *vectors_of(const cli_call *call)
{
    static vector_set set;
    if (!set.n && vectors_load(call, &set))
        set.n = 0;
    return &set;
}

static void find_vectors(const cli_call *call, const char *id, known *k)
{
    const vector_set *set = vectors_of(call);
    for (size_t i = 0; i < set->n; i++)
        if (case_names(&set->all[i], id))
            add_name(set->all[i].accept ? &k->accepted : &k->rejected, set->all[i].accept ? &k->n_accepted : &k->n_rejected,
                     set->all[i].id);
}

static bool is_listed(const page *list, const char *name)
{
    const char *rest = list->p ? list->p : "", *word;
    for (size_t n; next_word(&rest, &word, &n);)
        if (strlen(name) == n && strncmp(name, word, n) == 0)
            return true;
    return false;
}

static void find_cases(const char *id, known *k)
{
    const suite_selection which = {.req = id};
    const case_row *row;
    for (const suite_profile *p = suite_profiles; p->name; p++)
        for (int door = 0; door < 2; door++)
            for (size_t i = 0; (row = suite_case(door ? p->client : p->server, i)); i++)
                if (suite_selects(&which, row) && !is_listed(&k->cases, row->id))
                    add_name(&k->cases, &k->n_cases, row->id);
}

static void find_planted(const char *id, known *k)
{
    for (int i = 0; i < PLANTED_FAULTS; i++)
        if (strcmp(planted_rows[i].sentence, id) == 0)
            page_printf(&k->planted, "planted   %s: %s (caught by %s)\n", planted_rows[i].name, planted_rows[i].what,
                        planted_rows[i].caught_by);
}

/* From the mutants.json that the last run left under --out, if one did. */
static void find_mutant(const cli_call *call, const char *id, known *k)
{
    char path[4096], fate[32], killers[4096];
    page text = {0};
    snprintf(path, sizeof path, "%s/mutants.json", call->out);
    if (page_load(&text, path, RESULTS_MAX)) {
        char mark[32];
        snprintf(mark, sizeof mark, "{\"id\":\"%s\"", id);
        const char *row = strstr(text.p, mark), *at = row ? strstr(row, "\"outcome\":\"") : NULL;
        if (at && sscanf(at, "\"outcome\":\"%31[a-z]\",\"killers\":[%4095[^]]", fate, killers) >= 1)
            k->fate = strcmp(fate, "killed") == 0 ? "killed" : strcmp(fate, "survived") == 0 ? "survived" : "lethal";
        for (char *rest = k->fate && strcmp(k->fate, "killed") == 0 ? killers : NULL, *name; (name = strsep(&rest, ","));)
            if (strlen(name) > 2) {
                name[strlen(name) - 1] = 0;
                add_name(&k->killers, &k->n_killers, name + 1);
            }
    }
    page_free(&text);
}

static void find_all(const cli_call *call, const char *id, known *k)
{
    *k = (known){.site = site_of(sites_here(), id)};
    find_vectors(call, id, k);
    find_cases(id, k);
    find_planted(id, k);
    find_mutant(call, id, k);
}

static void free_known(known *k)
{
    page_free(&k->accepted);
    page_free(&k->rejected);
    page_free(&k->cases);
    page_free(&k->killers);
    page_free(&k->planted);
}

/* ---- telling ---- */

static void print_list(const char *heading, const page *names, size_t n)
{
    const char *rest = names->p ? names->p : "", *word;
    size_t len, i = 0;
    printf("%-9s %zu", heading, n);
    for (; i < NAMED && next_word(&rest, &word, &len); i++)
        printf("%s%.*s", i ? ", " : ": ", (int)len, word);
    printf("%s\n", n > NAMED ? ", ..." : "");
}

static void print_known(const char *id, const known *k)
{
    if (k->site)
        printf("code      %s:%d\n          %s\n", k->site->file, k->site->line, k->site->text);
    else
        puts("code      none: nothing in the text carries it out by itself");
    print_list("accepted", &k->accepted, k->n_accepted);
    print_list("rejected", &k->rejected, k->n_rejected);
    print_list("cases", &k->cases, k->n_cases);
    if (!k->site)
        return;
    if (!k->fate)
        printf("mutant    not tried here; parley mutants --area %c%c\n", tolower((unsigned char)id[0]), tolower((unsigned char)id[1]));
    else if (k->n_killers)
        print_list("mutant", &k->killers, k->n_killers);
    else
        printf("mutant    %s\n", k->fate);
    fputs(k->planted.p ? k->planted.p : "", stdout);
}

static void print_json_list(const char *key, const page *names)
{
    const char *rest = names->p ? names->p : "", *word, *between = "";
    printf(",\"%s\":[", key);
    for (size_t n; next_word(&rest, &word, &n); between = ",")
        printf("%s\"%.*s\"", between, (int)n, word);
    fputs("]", stdout);
}

static void print_json(int req, const known *k)
{
    fputs("{\"sentence\":", stdout);
    requirement_print_json(stdout, req);
    if (k->site) {
        printf(",\"code\":{\"file\":\"%s\",\"line\":%d,\"text\":", k->site->file, k->site->line);
        json_text(stdout, k->site->text);
        fputs("}", stdout);
    }
    print_json_list("accepted", &k->accepted);
    print_json_list("rejected", &k->rejected);
    print_json_list("cases", &k->cases);
    print_json_list("killers", &k->killers);
    puts("}");
}

int verb_explain(const cli_call *call)
{
    known k;
    const char *id = cli_operand(call, 0);
    if (!id || call->argc > 1)
        return cli_usage(call, "give one number, such as NZ-017");
    int req = requirement_find(id);
    if (!req)
        return cli_usage(call, "no chapter states '%s'; `parley spec` lists the chapters", id);
    const requirement_row *row = &requirement_rows[req];
    find_all(call, row->id, &k);
    if (call->json) {
        print_json(req, &k);
        free_known(&k);
        return EXIT_LEVEL;
    }
    printf("%s\n\n%s\n\n", row->id, row->text);
    printf("binds     %s, %s\nshown     %s (%s)\n", row->role, row->level, row->shown, meaning_of(row->shown));
    if (*row->reason)
        printf("rejects   with reason `%s`\n", row->reason);
    print_outcome(&row->outcome);
    printf("source    %s\nstands    %s:%d\n", *row->source ? row->source : "our own decision", row->file, row->line);
    print_known(row->id, &k);
    free_known(&k);
    return EXIT_LEVEL;
}
