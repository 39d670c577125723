#include "client.h"
#include "session.h"
#include "verbs.h"

#include <event2/event.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct chat {
    const cli_call *call;
    const char *say; /* NULL: read lines from the standard input */
    int64_t next_id;
    bool mid_line; /* a piece of an answer stands in the last line */
    int exit_code;
} chat;

/* The next prompt, or the end. Reading blocks: nothing else is going on meanwhile, and the server waits for 5 minutes. */
static void go_on(chat *c, sim_client *client)
{
    static char line[16384];
    const char *prompt = c->say;
    if (!c->say) {
        if (isatty(0))
            fputs("> ", stdout);
        fflush(stdout);
        prompt = fgets(line, sizeof line, stdin);
        line[strcspn(line, "\n")] = 0;
    }
    if (!prompt || !*prompt) {
        client_closes(client);
        return;
    }
    c->say = c->say ? "" : NULL;
    const cf_ask ask = {.prompt = span_text(prompt), .model = "default", .stream = true};
    client_chats(client, c->next_id++, &ask);
}

static void on_opened(void *ctx, sim_client *client)
{
    chat *c = ctx;
    if (!c->call->quiet) {
        puts("The enclave's evidence, before anything was sent:");
        session_print_appraisal(stdout, client_appraisal(client), client_not_verified(client));
    }
    go_on(c, client);
}

static void on_event(void *ctx, sim_client *client, const cf_event *e)
{
    chat *c = ctx;
    if (e->kind == CF_TOKEN)
        print_safely(stdout, e->text);
    c->mid_line = e->kind == CF_TOKEN;
    fflush(stdout);
    if (e->kind == CF_FAILED) {
        printf("[status %lld] ", (long long)e->status);
        print_safely(stdout, e->text);
    }
    if (e->kind == CF_FAILED || e->kind == CF_COMPLETION || e->kind == CF_ANSWERED) {
        putchar('\n');
        go_on(c, client);
    }
}

static int say_refusal(const cli_call *call, verdict v)
{
    const requirement_row *row = &requirement_rows[v.req];
    fprintf(stderr, "parley chat: refused the peer by %s: %s\n", row->id, row->text);
    printf("{\"rej\":\"%s\"}\n", row->reason);
    (void)call;
    return EXIT_REFUSED;
}

static int say_unreachable(const cli_call *call, const ws_end *end)
{
    if (end->status)
        return cli_fail(call, EXIT_UNREACHABLE, "the server refused the upgrade with status %u%s", end->status,
                        end->status == 500 ? " (a token that is missing, wrong or expired is answered so)" : "");
    return cli_fail(call, EXIT_UNREACHABLE, "nobody answers there");
}

static int say_cut(const cli_call *call, const ws_end *end)
{
    puts("{\"rej\":\"truncated\"}");
    return cli_fail(call, EXIT_REFUSED, "the server went away (%u%s%s) before the answer was complete", end->code, *end->reason ? ": " : "", end->reason);
}

static void on_ended(void *ctx, const client_end *end)
{
    chat *c = ctx;
    if (c->mid_line)
        putchar('\n'); /* the reason stands in a line of its own */
    fflush(stdout);
    if (end->outcome == CLIENT_REFUSED)
        c->exit_code = say_refusal(c->call, end->refused);
    else if (end->outcome == CLIENT_UNREACHABLE)
        c->exit_code = say_unreachable(c->call, &end->line);
    else if (end->outcome == CLIENT_CUT)
        c->exit_code = say_cut(c->call, &end->line);
}

static const client_events events = {on_opened, on_event, on_ended};

int verb_chat(const cli_call *call)
{
    const char *profile = session_profile(call), *url = cli_operand(call, 0);
    char why[512];
    int code = EXIT_LEVEL;
    if (!profile)
        return EXIT_USAGE;
    if (!url || cli_operand(call, 1))
        return cli_usage(call, "takes one URL");
    pack *p = session_pack(call, profile, &code);
    if (!p)
        return code;
    chat c = {.call = call, .say = cli_value(call, "say"), .next_id = 1};
    struct event_base *base = event_base_new();
    must(base);
    const client_setup setup = {base, &prim_sodium, p, session_time(call, p), session_coins(call, "chat"), &events, &c};
    if (client_start(&setup, url, why, sizeof why))
        event_base_dispatch(base);
    else
        c.exit_code = cli_usage(call, "%s", why);
    event_base_free(base);
    free(p);
    return c.exit_code;
}
