#include "explain_word.h"
#include "facts_here.h"
#include "sentence_of.h"
#include "verbs.h"

#include <ctype.h>
#include <string.h>

enum { NAMED = 6 /* of a long list */ };

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

static void print_known(const char *id, const sentence_facts *k)
{
    if (k->site)
        printf("code      %s:%d\n          %s\n", k->site->file, k->site->line, k->site->text);
    else
        puts("code      none: nothing in the text carries it out by itself");
    print_list("accepted", &k->accepted, k->n_accepted);
    print_list("rejected", &k->rejected, k->n_rejected);
    print_list("server", &k->server, k->n_server);
    print_list("client", &k->client, k->n_client);
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

static void print_json(int req, const sentence_facts *k)
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
    print_json_list("server_cases", &k->server);
    print_json_list("client_cases", &k->client);
    print_json_list("killers", &k->killers);
    puts("}");
}

int verb_explain(const cli_call *call)
{
    const char *id = cli_operand(call, 0);
    if (!id || call->argc > 1)
        return cli_usage(call, "give one number, such as NZ-017, or a word that a target says, such as order or nz:xx");
    int req = requirement_find(id);
    if (!req && !call->json && explain_word(id))
        return EXIT_LEVEL;
    if (!req)
        return cli_usage(call, "no chapter states '%s'%s; `parley spec` lists the chapters", id,
                         call->json ? "" : ", and it is no reason or capability of conformance/reference.md");
    const requirement_row *row = &requirement_rows[req];
    const sentence_facts *k = &facts_here(call)[req];
    if (call->json) {
        print_json(req, k);
        return EXIT_LEVEL;
    }
    printf("%s\n\n%s\n\n", row->id, row->text);
    printf("binds     %s, %s\nshown     %s (%s)\n", row->role, row->level, row->shown, meaning_of(row->shown));
    if (*row->reason)
        printf("rejects   with reason `%s`\n", row->reason);
    print_outcome(&row->outcome);
    printf("source    %s\nstands    %s:%d\n", *row->source ? row->source : "our own decision", row->file, row->line);
    print_known(row->id, k);
    return EXIT_LEVEL;
}
