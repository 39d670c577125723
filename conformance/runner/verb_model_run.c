/* `parley model run`: one prompt, a conversation on a terminal, or a prompt a line. */
#include "input_line.h"
#include "no_memory.h"
#include "verb_model.h"
#include "exits.h"
#include "json.h"
#include "page.h"
#include "receipt_file.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

enum {
    LINE_MAX = 16384,
    SLICE = 8,       /* tokens between two looks at whether Ctrl-C was pressed */
    TURNS_MAX = 512, /* of a conversation; a longer one begins anew, as one does that has filled the context */
};

typedef struct asking {
    const cli_call *call;
    const model *model;
    model_session *session;
    sample_params params;
    const char *system; /* NULL: none */
    uint16_t *prompt;   /* (context) */
    page reply;
    bool shows; /* pieces are printed as they come */
} asking;

/* Ctrl-C, in a conversation: the reply ends, not the program. */
static volatile sig_atomic_t interrupted;

static void interrupt(int number)
{
    (void)number;
    interrupted = 1;
}

/* ---- one reply ---- */

static bool take_piece(void *with, span piece)
{
    asking *a = with;
    page_put_n(&a->reply, piece.p, piece.n);
    if (a->shows) {
        print_safely(stdout, piece);
        fflush(stdout);
    }
    return !interrupted;
}

static void draw_seed(asking *a)
{
    coins system = coins_of_system();
    if (a->call->seed_n)
        span_take(span_of(a->call->seed, a->call->seed_n), a->params.seed, sizeof a->params.seed);
    else if (a->params.temperature)
        coins_draw(&system, a->params.seed, sizeof a->params.seed);
}

static model_status say(asking *a, const model_message *m, size_t n)
{
    size_t n_prompt = 0;
    page_free(&a->reply);
    draw_seed(a);
    interrupted = 0;
    model_status answer = model_tokens(a->model, m, n, a->prompt, a->model->shape.context - 1, &n_prompt);
    answer = answer == MODEL_OK ? model_begin(a->session, a->prompt, n_prompt, &a->params) : answer;
    while (answer == MODEL_OK && !interrupted && model_continue(a->session, SLICE, take_piece, a))
        ;
    return answer;
}

static const char *const finishes[] = {
    [MODEL_FINISH_END] = "end", [MODEL_FINISH_LENGTH] = "length", [MODEL_FINISH_STOP] = "stop", [MODEL_FINISH_CANCELLED] = "cancelled"};

/* A prompt from the command line need not be UTF-8: then it is null. */
static void print_json(const asking *a, const char *prompt)
{
    const model_usage *u = model_last_usage(a->session);
    const size_t n_asked = 6 * strlen(prompt) + 2, n_said = 6 * a->reply.n + 2;
    uint8_t *room = malloc(n_asked + n_said);
    char digest[65], seed[65];
    needs_memory(room);
    writer asked = writer_of(room, n_asked), said = writer_of(room + n_asked, n_said);
    json_write_string(&asked, span_text(prompt));
    json_write_string(&said, span_of(a->reply.p, a->reply.n));
    model_digest_hex(a->model->digest, digest);
    model_digest_hex(a->params.seed, seed);
    printf("{\"model\":\"%s\",\"seed\":\"%s\",\"prompt\":%.*s,\"text\":%.*s,\"finish\":\"%s\",", digest, seed,
           writer_ok(&asked) ? (int)asked.n : 4, writer_ok(&asked) ? (const char *)asked.p : "null", (int)said.n, (const char *)said.p,
           finishes[u->finish]);
    printf("\"usage\":{\"prompt\":%u,\"cached\":%u,\"completion\":%u,\"context\":%u}}\n", u->prompt, u->cached, u->completion, u->context);
    free(room);
}

static void print_usage(const asking *a)
{
    const model_usage *u = model_last_usage(a->session);
    char seed[65];
    fprintf(stderr, "[prompt %u tokens, %u of them cached; completion %u; context %u of %u; finish %s", u->prompt, u->cached, u->completion,
            u->prompt + u->completion, u->context, finishes[u->finish]);
    model_digest_hex(a->params.seed, seed);
    if (a->params.temperature && !a->call->seed_n)
        fprintf(stderr, "; --seed %s", seed);
    fputs("]\n", stderr);
}

static void print_end(const asking *a, const char *prompt)
{
    if (a->call->json) {
        print_json(a, prompt);
        return;
    }
    putchar('\n');
    fflush(stdout);
    if (!a->call->quiet)
        print_usage(a);
}

static int say_refusal(const asking *a, model_status answer, int code)
{
    if (answer == MODEL_TOO_LONG)
        return cli_fail(a->call, code, "the prompt leaves no room for a reply: the context holds %u tokens", a->model->shape.context);
    return cli_fail(a->call, code, "the model does not take this prompt");
}

/* For the reply that was given last. */
static int save_receipt(const asking *a)
{
    const char *path = cli_value(a->call, "receipt");
    model_said said = {.params = &a->params, .finish = model_last_usage(a->session)->finish};
    said.token = model_session_tokens(a->session, &said.n_prompt, &said.n_reply);
    return path ? receipt_write(a->call, path, a->model, &said) : EXIT_LEVEL;
}

/* ---- one prompt, or one a line ---- */

static int ask_alone(asking *a, const char *prompt, int refused)
{
    model_message m[2] = {{MODEL_SYSTEM, span_text(a->system)}};
    size_t n = a->system != NULL;
    m[n++] = (model_message){MODEL_USER, span_text(prompt)};
    model_status answer = say(a, m, n);
    if (answer != MODEL_OK)
        return say_refusal(a, answer, refused);
    print_end(a, prompt);
    return save_receipt(a);
}

static int refuse_line(asking *a, input_line line)
{
    if (line == INPUT_TOO_LONG)
        return say_refusal(a, MODEL_TOO_LONG, EXIT_FAILED);
    return cli_fail(a->call, EXIT_FAILED, "%s", input_line_fault(line));
}

static int ask_each_line(asking *a)
{
    static char text[LINE_MAX];
    int code = EXIT_LEVEL;
    for (input_line got; (got = input_line_read(text, sizeof text)) != INPUT_END;) {
        if (got == INPUT_TOO_LONG || got == INPUT_ZERO_BYTE)
            code = exit_worst(code, refuse_line(a, got));
        else if (*text)
            code = exit_worst(code, ask_alone(a, text, EXIT_FAILED));
    }
    return code;
}

/* ---- a conversation ---- */

typedef struct conversation {
    model_message turn[TURNS_MAX + 1]; /* turn[0] is the system's, if there is one */
    page text[TURNS_MAX + 1];
    size_t n;
} conversation;

static void add_turn(conversation *c, model_role role, span text)
{
    page_put_n(&c->text[c->n], text.p, text.n);
    c->turn[c->n] = (model_message){role, span_of(c->text[c->n].p, c->text[c->n].n)};
    c->n++;
}

static void forget_turns(conversation *c, size_t from)
{
    for (; c->n > from; c->n--)
        page_free(&c->text[c->n - 1]);
}

static void ask_next(asking *a, conversation *c, const char *prompt)
{
    const size_t first = a->system != NULL;
    if (c->n + 2 > TURNS_MAX)
        forget_turns(c, first);
    add_turn(c, MODEL_USER, span_text(prompt));
    model_status answer = say(a, c->turn, c->n);
    if (answer == MODEL_TOO_LONG && c->n > first + 1) {
        fprintf(stderr, "[the context of %u tokens is full: the conversation begins anew]\n", a->model->shape.context);
        forget_turns(c, first);
        add_turn(c, MODEL_USER, span_text(prompt));
        answer = say(a, c->turn, c->n);
    }
    if (answer == MODEL_OK) {
        add_turn(c, MODEL_ASSISTANT, span_of(a->reply.p, a->reply.n));
        print_end(a, prompt);
    } else {
        forget_turns(c, c->n - 1);
        say_refusal(a, answer, EXIT_FAILED);
    }
}

static int converse(asking *a)
{
    static conversation c;
    static char text[LINE_MAX];
    struct sigaction before, act = {.sa_handler = interrupt}; /* without SA_RESTART: a line being typed is given up too */
    sigaction(SIGINT, &act, &before);
    if (a->system)
        add_turn(&c, MODEL_SYSTEM, span_text(a->system));
    if (!a->call->quiet)
        fputs("Ctrl-C ends a reply, Ctrl-D the conversation.\n", stderr);
    for (input_line got = INPUT_LINE; got != INPUT_END;) {
        fputs(a->call->json ? "" : "> ", stdout);
        fflush(stdout);
        got = input_line_read(text, sizeof text);
        if (got == INPUT_TOO_LONG || got == INPUT_ZERO_BYTE)
            refuse_line(a, got);
        else if (got == INPUT_LINE && *text)
            ask_next(a, &c, text);
        else if (got != INPUT_LINE)
            putchar('\n');
    }
    forget_turns(&c, 0);
    sigaction(SIGINT, &before, NULL);
    return EXIT_LEVEL;
}

/* ---- the parameters ---- */

static uint32_t share_of(uint64_t thousandths) { return (uint32_t)((thousandths * SAMPLE_ONE + 500) / 1000); }

static bool read_params(const cli_call *call, const model *m, sample_params *out)
{
    uint64_t temperature = 0, top_k = 0, top_p = 1000, min_p = 0, max_tokens = 0;
    const char *stop = cli_value(call, "stop");
    if (!cli_thousandths(call, "temperature", 0, 4000, &temperature) || !cli_number(call, "top-k", 1, SAMPLE_VOCAB, &top_k) ||
        !cli_thousandths(call, "top-p", 1, 1000, &top_p) || !cli_thousandths(call, "min-p", 0, 1000, &min_p) ||
        !cli_number(call, "max-tokens", 1, m->shape.context, &max_tokens))
        return false;
    *out = (sample_params){.temperature = (uint16_t)temperature,
                           .top_k = (uint16_t)top_k,
                           .top_p = share_of(top_p),
                           .min_p = share_of(min_p),
                           .max_tokens = (uint32_t)max_tokens};
    if (stop)
        out->stop[out->n_stops++] = span_text(stop);
    if (sample_params_good(out))
        return true;
    cli_usage(call, "--stop: has to be 1 to %d bytes", SAMPLE_STOP_MAX);
    return false;
}

int model_verb_run(const cli_call *call, const model *m, const model_kernel *kernel)
{
    const char *prompt = cli_operand(call, 1);
    void *memory;
    asking a = {.call = call, .model = m, .system = cli_value(call, "system"), .shows = !call->json};
    if (!read_params(call, m, &a.params))
        return EXIT_USAGE;
    if (cli_given(call, "receipt") && !prompt)
        return cli_usage(call, "--receipt: give the PROMPT too; a file holds the receipt of one reply");
    a.prompt = calloc(m->shape.context, sizeof *a.prompt);
    needs_memory(a.prompt);
    a.session = model_verb_session(m, kernel, &memory);
    int code = prompt ? ask_alone(&a, prompt, EXIT_USAGE) : isatty(STDIN_FILENO) ? converse(&a) : ask_each_line(&a);
    model_session_end(a.session);
    page_free(&a.reply);
    free(a.prompt);
    free(memory);
    return code;
}
