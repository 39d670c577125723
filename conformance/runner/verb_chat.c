#include "chat_link.h"
#include "client.h"
#include "input_line.h"
#include "key_log.h"
#include "no_memory.h"
#include "page.h"
#include "parley1_verbs.h"
#include "session.h"
#include "verbs.h"

#include <event2/event.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    HISTORY_MAX = 1 << 18, /* bytes; a conversation that is longer begins anew */
    TOKENS_MAX = 1000000,
    QUESTION_MAX = CF_MESSAGE_MAX - 1024, /* bytes of one prompt as JSON: a request has room for its other members */
    LINE_MAX = 1 << 16,
};

typedef struct chat {
    const cli_call *call;
    const char *say; /* NULL: read lines from the standard input */
    int64_t next_id;
    cf_ask asked;
    page history;  /* what was said, as entries of `messages` with commas between */
    page question; /* the entry under way */
    page answer;
    bool mid_line; /* a piece of an answer stands in the last line */
    int exit_code;
} chat;

/* ---- the conversation ---- */

static void put_entry(page *to, const char *role, const char *text)
{
    page_printf(to, "%s{\"role\":\"%s\",\"content\":", to->n ? "," : "", role);
    page_put_json(to, text ? text : "");
    page_put(to, "}");
}

static void remember(chat *c)
{
    page_put(&c->history, c->history.n ? "," : "");
    page_put_n(&c->history, c->question.p, c->question.n);
    put_entry(&c->history, "assistant", c->answer.p);
    if (c->history.n > HISTORY_MAX)
        page_free(&c->history);
}

/* Sends the question under way with all that was said before, as far as there is room for it. */
static void ask(chat *c, sim_client *client)
{
    page messages = {0};
    page_free(&c->answer);
    if (c->history.n + c->question.n > QUESTION_MAX)
        page_free(&c->history);
    page_put(&messages, "[");
    page_put_n(&messages, c->history.p, c->history.n);
    page_put(&messages, c->history.n ? "," : "");
    page_put_n(&messages, c->question.p, c->question.n);
    page_put(&messages, "]");
    cf_ask now = c->asked;
    now.messages = span_of(messages.p, messages.n);
    client_chats(client, c->next_id++, &now);
    page_free(&messages);
}

/* The next prompt, or NULL at the end. Reading blocks: nothing else is going on meanwhile, and the server waits for 5 minutes. */
static const char *read_prompt(chat *c)
{
    static char line[LINE_MAX];
    if (isatty(0))
        fputs("> ", stdout);
    fflush(stdout);
    const input_line got = input_line_read(line, sizeof line);
    if (got == INPUT_LINE)
        return line;
    if (got != INPUT_END)
        c->exit_code = cli_usage(c->call, "%s", got == INPUT_INTERRUPTED ? "interrupted" : input_line_fault(got));
    return NULL;
}

static void send_next_prompt(chat *c, sim_client *client)
{
    const char *prompt = c->say ? c->say : read_prompt(c);
    if (!prompt || !*prompt) {
        client_closes(client);
        return;
    }
    c->say = c->say ? "" : NULL;
    page_free(&c->question);
    put_entry(&c->question, "user", prompt);
    ask(c, client);
}

static void on_opened(void *ctx, sim_client *client)
{
    chat *c = ctx;
    if (!c->call->quiet) {
        puts("The enclave's evidence, before anything was sent:");
        session_print_appraisal(stdout, client_appraisal(client));
    }
    send_next_prompt(c, client);
}

static void take_piece(chat *c, span piece)
{
    print_safely(stdout, piece);
    if (c->answer.n + piece.n <= HISTORY_MAX) /* a server may never stop */
        page_put_n(&c->answer, piece.p, piece.n);
}

static void print_counts(const chat *c, const cf_event *e)
{
    fflush(stdout);
    if (!c->call->quiet && e->max_context_tokens > 0)
        fprintf(stderr, "[context: %lld of %lld tokens]\n", (long long)e->context_tokens, (long long)e->max_context_tokens);
}

/* A request that was refused: without what was said before it may be good. */
static bool restarts_conversation(chat *c, sim_client *client, const cf_event *e)
{
    if (e->status != 400 || !c->history.n)
        return false;
    fflush(stdout);
    fputs("[the conversation begins anew]\n", stderr);
    client_forgives(client);
    page_free(&c->history);
    ask(c, client);
    return true;
}

static void on_event(void *ctx, sim_client *client, const cf_event *e)
{
    chat *c = ctx;
    if (e->kind == CF_TOKEN)
        take_piece(c, e->text);
    c->mid_line = e->kind == CF_TOKEN;
    fflush(stdout);
    if (e->kind == CF_FAILED) {
        printf("[status %lld] ", (long long)e->status);
        print_safely(stdout, e->text);
    }
    if (e->kind != CF_FAILED && e->kind != CF_COMPLETION && e->kind != CF_ANSWERED)
        return;
    putchar('\n');
    if (e->kind == CF_COMPLETION) {
        remember(c);
        print_counts(c, e);
    }
    if (e->kind != CF_FAILED || !restarts_conversation(c, client, e))
        send_next_prompt(c, client);
}

static int print_refusal(const cli_call *call, verdict v)
{
    const requirement_row *row = &requirement_rows[v.req];
    fprintf(stderr, "parley chat: refused the peer by %s: %s\n", row->id, row->text);
    printf("{\"rej\":\"%s\"}\n", row->reason);
    (void)call;
    return EXIT_REFUSED;
}

static int print_unreachable(const cli_call *call, const ws_end *end)
{
    if (end->status)
        return cli_fail(call, EXIT_UNREACHABLE, "the server refused the upgrade with status %u%s", end->status,
                        end->status == 500 ? " (a token that is missing, wrong or expired is answered so)" : "");
    return cli_fail(call, EXIT_UNREACHABLE, "nobody answers there");
}

static int print_cut(const cli_call *call, const ws_end *end)
{
    puts("{\"rej\":\"truncated\"}");
    return cli_fail(call, EXIT_REFUSED, "the server went away (%u%s%s) before the answer was complete", end->code, *end->reason ? ": " : "",
                    end->reason);
}

static void on_ended(void *ctx, const client_end *end)
{
    chat *c = ctx;
    if (c->mid_line)
        putchar('\n'); /* the reason stands in a line of its own */
    fflush(stdout);
    if (end->outcome == CLIENT_REFUSED)
        c->exit_code = print_refusal(c->call, end->refused);
    else if (end->outcome == CLIENT_UNREACHABLE)
        c->exit_code = print_unreachable(c->call, &end->connection);
    else if (end->outcome == CLIENT_CUT)
        c->exit_code = print_cut(c->call, &end->connection);
}

/* What is to stand in each request besides the words. False after saying what is wrong. */
static bool read_asked(const cli_call *call, cf_ask *out)
{
    uint64_t max_tokens = 0, temperature = 0;
    if (!cli_number(call, "max-tokens", 1, TOKENS_MAX, &max_tokens) || !cli_thousandths(call, "temperature", 0, 1000000, &temperature))
        return false;
    *out = (cf_ask){.model = "default",
                    .stream = true,
                    .max_tokens = (int64_t)max_tokens,
                    .has_temperature = cli_given(call, "temperature"),
                    .temperature = (int64_t)temperature};
    return true;
}

static void on_began(void *ctx, const nz_peer *noise)
{
    chat *c = ctx;
    const char *path = cli_value(c->call, "keylog");
    if (path && !key_log_put(path, noise))
        cli_fail(c->call, EXIT_HARNESS, "--keylog: %s: %s", path, strerror(errno));
}

static const client_events events = {on_opened, on_event, on_ended, on_began};

/* Options of a single conversation mean nothing where the suite says what is done. */
static int chat_by_link(const cli_call *call)
{
    static const char *const own[] = {"pack", "say", "max-tokens", "temperature", "name", "keylog"};
    const char *url = cli_operand(call, 0);
    const bool waits = cli_given(call, "wait");
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (cli_given(call, own[i]))
            return cli_usage(call, "--%s means nothing with --drive or --wait: each task has its own", own[i]);
    if (is_parley1(call) || (waits && cli_given(call, "drive")) || !url != !waits || cli_operand(call, 1))
        return cli_usage(call, "takes --drive alone, or --wait and the URL of /next; of profile confer");
    return waits ? chat_waiting(call, url) : chat_driven(call);
}

int verb_chat(const cli_call *call)
{
    if (cli_given(call, "drive") || cli_given(call, "wait"))
        return chat_by_link(call);
    if (is_parley1(call))
        return parley1_chat(call);
    if (cli_given(call, "ctl") || cli_given(call, "vendors"))
        return cli_usage(call, "--ctl and --vendors: profile parley1 alone has them");
    const char *profile = session_profile(call), *url = cli_operand(call, 0);
    char why[512];
    int code = EXIT_LEVEL;
    if (!profile)
        return EXIT_USAGE;
    if (!url || cli_operand(call, 1))
        return cli_usage(call, "takes one URL");
    cf_ask asked;
    if (!read_asked(call, &asked))
        return EXIT_USAGE;
    pack *p = session_pack(call, profile, &code);
    if (!p)
        return code;
    chat c = {.call = call, .say = cli_value(call, "say"), .next_id = 1, .asked = asked};
    struct event_base *base = event_base_new();
    needs_memory(base);
    const client_setup setup = {base, session_prim(call), p, session_time(call, p), session_coins(call, "chat"), &events, &c};
    if (client_start(&setup, url, why, sizeof why))
        event_base_dispatch(base);
    else
        c.exit_code = cli_usage(call, "%s", why);
    event_base_free(base);
    page_free(&c.history);
    page_free(&c.question);
    page_free(&c.answer);
    free(p);
    return c.exit_code;
}
