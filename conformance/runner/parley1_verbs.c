#include "parley1_verbs.h"
#include "chat_history.h"
#include "input_line.h"
#include "key_log.h"
#include "no_memory.h"
#include "parley1_pack.h"
#include "model_named.h"
#include "out_file.h"
#include "p1_socket.h"
#include "page.h"
#include "receipt_file.h"
#include "running_clock.h"
#include "served_page.h"
#include "session.h"

#include <event2/event.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { QUESTIONS = 80, QUESTION_MAX = 2048, FRANK_MAX = 1 << 21 };

bool is_parley1(const cli_call *call)
{
    const char *profile = cli_value(call, "profile");
    return profile && strcmp(profile, "parley1") == 0;
}

static int64_t time_of(const cli_call *call, const p1_pack *p) { return call->has_at ? call->at.seconds : p->time; }

/* ---- key log ---- */

static void put_secret(const cli_call *call, const uint8_t session[32], bool responder, p1_secret_kind kind, span secret)
{
    static const char *const kinds[] = {
        [P1_SECRET_STATIC] = "s", [P1_SECRET_EPHEMERAL] = "e", [P1_SECRET_RATCHET] = "dh", [P1_SECRET_KEM] = "kem"};
    key_log_line line = {.responder = responder, .n = secret.n};
    memcpy(line.session, session, sizeof line.session);
    memcpy(line.kind, kinds[kind], strlen(kinds[kind]) + 1);
    span_take(secret, line.secret, sizeof line.secret);
    if (!key_log_put_parley1(cli_value(call, "keylog"), &line))
        cli_fail(call, EXIT_HARNESS, "--keylog: %s: %s", cli_value(call, "keylog"), strerror(errno));
}

static void put_initiators(void *ctx, const uint8_t session[32], p1_secret_kind kind, span secret)
{
    put_secret(ctx, session, false, kind, secret);
}

static void put_responders(void *ctx, const uint8_t session[32], p1_secret_kind kind, span secret)
{
    put_secret(ctx, session, true, kind, secret);
}

static p1_key_log key_log_of(const cli_call *call, bool responder)
{
    return (p1_key_log){!cli_given(call, "keylog") ? NULL : responder ? put_responders : put_initiators, (void *)call};
}

void parley1_run(const cli_call *call, const p1_pack *p, suite_run *run)
{
    run->now = time_of(call, p);
    run->protocol = P1_PROTOCOL;
    run->path = P1_TARGET;
    run->p1 = p;
}

/* ---- serve ---- */

/* What answers; a model that was loaded is to be freed. False: why not has been printed. */
static bool choose_model(const cli_call *call, p1_model *out, model **loaded, int *code)
{
    const char *name = cli_value(call, "model");
    *loaded = NULL;
    *out = p1_script();
    if (name && strcmp(name, "script") == 0)
        return true;
    *loaded = model_named(call, name, code);
    if (*loaded)
        *out = p1_tiny(*loaded);
    return *loaded != NULL;
}

typedef struct serving {
    p1_host *host;
    running_clock *clock;
    ws_listener *listener;
    struct event *on_int, *on_term;
} serving;

/* Sessions end with 1001 and no new connection is taken; then nothing is left that keeps the loop running. */
static void stop(evutil_socket_t number, short what, void *ctx)
{
    serving *s = ctx;
    (void)number, (void)what;
    event_del(s->on_int);
    event_del(s->on_term);
    ws_listener_free(s->listener);
    running_clock_stop(s->clock);
    p1_host_leave(s->host);
}

static void serve_until_told(serving *s, struct event_base *base)
{
    s->on_int = evsignal_new(base, SIGINT, stop, s);
    s->on_term = evsignal_new(base, SIGTERM, stop, s);
    needs_memory(s->on_int && s->on_term && evsignal_add(s->on_int, NULL) == 0 && evsignal_add(s->on_term, NULL) == 0);
    event_base_dispatch(base);
    event_free(s->on_int);
    event_free(s->on_term);
}

static void say_paused(void *call, const char *why) { cli_fail(call, EXIT_LEVEL, "no connection is accepted until one ends: %s", why); }

static int listen_at(const cli_call *call, serving *s, struct event_base *base, const ws_gate *gate, const char *host, unsigned port)
{
    uint64_t sessions = 0;
    if (!cli_number(call, "sessions", 1, 1 << 20, &sessions))
        return EXIT_USAGE;
    s->listener = ws_listen(base, host, port, gate);
    if (!s->listener)
        return cli_fail(call, EXIT_UNREACHABLE, "--listen: %s:%u is taken, or not an address of the loopback", host, port);
    ws_listener_limit(s->listener, (size_t)sessions);
    if (cli_given(call, "page"))
        printf("page at http://localhost:%u/\n", ws_listener_port(s->listener));
    printf("listening on ws://%s:%u%s\n", host, ws_listener_port(s->listener), P1_TARGET);
    fflush(stdout);
    serve_until_told(s, base);
    return EXIT_LEVEL;
}

static void host_ticks(void *host) { p1_host_ticks(host); }

/* The enclave of this pack, with this model. Not EXIT_LEVEL: the message has been printed. */
static int begin_service(const cli_call *call, const p1_pack *p, const p1_model *answers, service *out)
{
    const int code = parley1_service(call, p, out);
    if (code)
        return code;
    out->model = answers->digest;
    out->tokenizer = answers->tokenizer;
    service_finish(out);
    return EXIT_LEVEL;
}

static int serve(const cli_call *call, service *world, running_clock *clock, const p1_model *answers, const char *host, unsigned port)
{
    struct event_base *base = event_base_new();
    needs_memory(base);
    if (!running_clock_start(clock, base, call, call->has_at ? call->at.seconds : world->now))
        return EXIT_UNREACHABLE;
    p1_host *made = p1_host_start(&(p1_host_setup){.base = base,
                                                   .world = world,
                                                   .now = &clock->now,
                                                   .coins = session_coins(call, "serve"),
                                                   .model = *answers,
                                                   .paused = say_paused,
                                                   .ctx = (void *)call,
                                                   .key_log = key_log_of(call, true)});
    needs_memory(made);
    running_clock_tells(clock, host_ticks, made);
    served_page page = {0};
    ws_gate gate = p1_host_gate(made);
    serving s = {.host = made, .clock = clock};
    const bool ready = !cli_given(call, "page") || served_page_open(&page, call, world, &gate);
    const int code = ready ? listen_at(call, &s, base, &gate, host, port) : EXIT_USAGE;
    served_page_free(&page);
    running_clock_stop(clock);
    p1_host_stop(made);
    event_base_free(base);
    return code;
}

int parley1_serve(const cli_call *call, const char *host, unsigned port)
{
    static service world;
    running_clock clock = {0};
    p1_model answers;
    model *loaded = NULL;
    int code = EXIT_LEVEL;
    p1_pack *pack = parley1_pack_of(call, &code);
    if (pack && choose_model(call, &answers, &loaded, &code))
        code = begin_service(call, pack, &answers, &world);
    if (pack && !code)
        code = serve(call, &world, &clock, &answers, host, port);
    model_free(loaded);
    free(pack);
    return code;
}

/* ---- chat ---- */

typedef struct talk {
    const cli_call *call;
    struct event_base *base;
    running_clock clock;
    uint8_t q[32], statement[32]; /* of the evidence that was verified last */
    uint32_t leaf;                /* of the next answer */
    const char *const *questions;
    size_t told;     /* answers so far */
    bool mid_answer; /* some of it was printed, and its end has not come */
    int code;
} talk;

static void print_hex(const char *before, span bytes)
{
    char text[256];
    writer w = writer_of(text, sizeof text - 1);
    write_hex(&w, bytes);
    text[w.n] = 0;
    printf("%s%s", before, text);
}

static void on_verified(void *ctx, uint32_t epoch, const p1_appraisal *a)
{
    talk *t = ctx;
    memcpy(t->q, a->identity.q, sizeof t->q);
    memcpy(t->statement, a->statement, sizeof t->statement);
    if (t->call->quiet)
        return;
    printf("The enclave's evidence in epoch %u, before anything was sent:\n", epoch);
    for (size_t i = 0; i < a->account.n_checks; i++) {
        const requirement_row *row = &requirement_rows[a->account.check[i].req];
        printf("  ok  %s  %s\n", row->id, row->text);
    }
}

static void on_piece(void *ctx, span piece)
{
    talk *t = ctx;
    t->mid_answer = true;
    print_safely(stdout, piece);
    fflush(stdout);
}

/* The signed receipt as a file, and how to hold it against what was verified. */
static void save_receipt(talk *t, const p1_answer *a)
{
    const char *path = cli_value(t->call, "receipt");
    if (!receipt_save(path, a->receipt.receipt, a->receipt.opening, a->receipt.signature)) {
        t->code = cli_fail(t->call, EXIT_USAGE, "--receipt: %s can't be written", path);
        return;
    }
    if (t->call->quiet)
        return;
    printf("receipt: parley verify receipt %s", path);
    print_hex(" --signer ", SPAN(t->q));
    print_hex(" --statement ", SPAN(t->statement));
    print_hex(" --com ", a->com);
    putchar('\n');
}

/* The answer alone, its context closed. */
static void save_frank(talk *t, p1_guest *g, const p1_answer *a)
{
    static uint8_t room[FRANK_MAX];
    const char *path = cli_value(t->call, "frank");
    writer w = WRITER(room);
    const uint32_t leaf = t->leaf;
    p1_guest_franks(g, a, &leaf, 1, &w);
    FILE *f = writer_ok(&w) ? fopen(path, "wb") : NULL;
    if (!f || fwrite(w.p, 1, w.n, f) != w.n || fclose(f) != 0)
        t->code = cli_fail(t->call, EXIT_USAGE, "--frank: %s can't be written", path);
    else if (!t->call->quiet) {
        printf("frank: parley verify franking %s", path);
        print_hex(" --signer ", SPAN(t->q));
        print_hex(" --statement ", SPAN(t->statement));
        putchar('\n');
    }
}

static const char *error_text(in_code code)
{
    static const char *const texts[] = {"",
                                        "the token was not admitted",
                                        "the request is malformed",
                                        "a limit: the conversation leaves no room for an answer",
                                        "the evidence is too old for another request",
                                        "the enclave is busy",
                                        "the enclave failed"};
    return texts[code <= IN_FAILED ? code : 0];
}

/* `-`: it is checked, and that is all. */
static bool keeps_receipt(const cli_call *call) { return cli_given(call, "receipt") && strcmp(cli_value(call, "receipt"), "-") != 0; }

static void on_answered(void *ctx, p1_guest *g, const p1_answer *a)
{
    talk *t = ctx;
    putchar('\n');
    t->mid_answer = false;
    if (a->error)
        t->code = cli_fail(t->call, EXIT_REFUSED, "error %d: %s", a->error, error_text(a->error));
    if (!t->call->quiet && !a->error)
        printf("  %u tokens asked, %u answered; %zu records out, %zu back\n", a->prompt, a->output, a->records_sent, a->records);
    if (a->has_receipt && keeps_receipt(t->call))
        save_receipt(t, a);
    if (a->has_receipt && cli_value(t->call, "frank"))
        save_frank(t, g, a);
    if (!a->error && cli_value(t->call, "history"))
        t->code = exit_worst(t->code,
                             chat_history_keeps(t->call, cli_value(t->call, "history"), span_text(t->questions[t->told]), a->text));
    t->told++;
    t->leaf += a->error || !a->text.n ? 1 : 2;
    fflush(stdout);
}

static int refused_by(const p1_guest_end *end)
{
    const requirement_row *row = &requirement_rows[end->refused.req];
    fprintf(stderr, "parley chat: refused the peer by %s: %s\n", row->id, row->text);
    printf("{\"rej\":\"%s\"}\n", row->reason);
    return EXIT_REFUSED;
}

static void on_ended(void *ctx, const p1_guest_end *end)
{
    talk *t = ctx;
    if (t->mid_answer)
        puts(" [cut off]");
    if (!accepted(end->refused))
        t->code = refused_by(end);
    else if (end->connection.how == WS_REFUSED)
        t->code = cli_fail(t->call, EXIT_UNREACHABLE, "nobody answers there, or not at %s", P1_TARGET);
    else if (!end->finished) {
        puts("{\"rej\":\"truncated\"}");
        t->code = cli_fail(t->call, EXIT_REFUSED, "the server went away (%u) before the answer was complete", end->connection.code);
    }
    running_clock_tells(&t->clock, NULL, NULL);
    event_base_loopbreak(t->base);
}

static const p1_guest_events events = {on_verified, on_piece, on_answered, on_ended};

/* --say, or all lines of the standard input. False after saying what is wrong. */
static bool read_questions(const cli_call *call, const char *list[QUESTIONS + 1])
{
    static char lines[QUESTIONS][QUESTION_MAX];
    size_t n = 0;
    list[0] = cli_value(call, "say");
    if (list[0]) {
        list[1] = NULL;
        if (strlen(list[0]) < QUESTION_MAX)
            return true;
        cli_usage(call, "--say: more than %d bytes", QUESTION_MAX - 1);
        return false;
    }
    input_line got = INPUT_LINE;
    while (n < QUESTIONS && (got = input_line_read(lines[n], sizeof lines[n])) == INPUT_LINE)
        if (*lines[n]) {
            list[n] = lines[n];
            n++;
        }
    list[n] = NULL;
    if (got == INPUT_LINE || got == INPUT_END)
        return true;
    cli_usage(call, "%s", got == INPUT_INTERRUPTED ? "interrupted" : input_line_fault(got));
    return false;
}

/* Padding and parameters. False after saying what is wrong. */
static bool read_wishes(const cli_call *call, p1_policy *policy, in_parameters *out)
{
    uint64_t level = 0;
    *out = (in_parameters){0};
    if (!cli_number(call, "padding", 0, 3, &level) || !cli_number(call, "max-tokens", 1, IN_TOKENS_MAX, &out->max_tokens) ||
        !cli_thousandths(call, "temperature", 0, IN_TEMPERATURE_MAX, &out->temperature))
        return false;
    policy->level = (unsigned)level;
    if (accepted(in_judge_level(level)))
        return true;
    cli_usage(call, "--padding: a level is 0, 2 or 3");
    return false;
}

static void guest_ticks(void *guest) { p1_guest_ticks(guest); }

static int talk_to(const cli_call *call, p1_pack *pack, const ws_url *url, const char *name, const char *const *questions)
{
    static p1_memory memory;
    in_parameters wishes;
    if (!read_wishes(call, &pack->policy, &wishes))
        return EXIT_USAGE;
    talk t = {.call = call, .base = event_base_new(), .questions = questions, .leaf = 2};
    needs_memory(t.base);
    if (!running_clock_start(&t.clock, t.base, call, time_of(call, pack)))
        return EXIT_UNREACHABLE;
    const p1_guest_setup setup = {.base = t.base,
                                  .prim = session_prim(call),
                                  .policy = &pack->policy,
                                  .memory = &memory,
                                  .name = name,
                                  .now = &t.clock.now,
                                  .coins = session_coins(call, "chat"),
                                  .questions = questions,
                                  .token = cli_value(call, "token"),
                                  .parameters = wishes,
                                  .receipts = cli_value(call, "receipt") || cli_value(call, "frank"),
                                  .on = &events,
                                  .ctx = &t,
                                  .key_log = key_log_of(call, false)};
    p1_guest *guest = p1_guest_start(&setup, url);
    if (guest) {
        running_clock_tells(&t.clock, guest_ticks, guest);
        event_base_dispatch(t.base);
    } else
        t.code = cli_fail(call, EXIT_UNREACHABLE, "nobody answers there");
    running_clock_stop(&t.clock);
    event_base_free(t.base);
    return t.code;
}

/* By this pack, to whatever it names unless --name says otherwise. */
static int chat_by(const cli_call *call, p1_pack *pack, const ws_url *url)
{
    static const char *questions[QUESTIONS + 1];
    const char *name = cli_given(call, "name") ? cli_value(call, "name") : pack->name;
    if (!p1_is_name(span_text(name)))
        return cli_usage(call, "--name: '%s' is no host name in lower case; an address is never one", name);
    if (!read_questions(call, questions))
        return EXIT_USAGE;
    const int kept = cli_value(call, "history") ? chat_history_opens(call, cli_value(call, "history")) : EXIT_LEVEL;
    return kept ? kept : talk_to(call, pack, url, name, questions);
}

int parley1_chat(const cli_call *call)
{
    const char *text = cli_operand(call, 0);
    ws_url url;
    int code = EXIT_LEVEL;
    if (!text || cli_operand(call, 1) || !ws_url_read(text, &url))
        return cli_usage(call, "takes one URL: ws://HOST:PORT%s", P1_TARGET);
    p1_pack *pack = parley1_pack_of(call, &code);
    if (pack)
        code = chat_by(call, pack, &url);
    free(pack);
    return code;
}
