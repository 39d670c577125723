#include "model.h"
#include "model_exam.h"
#include "model_export.h"
#include "model_train.h"
#include "page.h"
#include "progress.h"
#include "session.h"
#include "verbs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void print_digest(const char *name, const uint8_t digest[32])
{
    char hex[65] = {0};
    writer w = writer_of(hex, 64);
    write_hex(&w, span_of(digest, 32));
    printf("%-10s %s\n", name, hex);
}

static model *open_model(const cli_call *call)
{
    const char *path = cli_operand(call, 1), *why = NULL;
    page text = {0};
    model *m = NULL;
    if (!path)
        cli_usage(call, "name the model's file; `parley model train FILE` makes one");
    else if (!page_load(&text, path, MODEL_FILE_MAX))
        cli_fail(call, EXIT_USAGE, "%s: %s", path, strerror(errno));
    else if (!(m = model_load(span_of(text.p, text.n), &why)))
        cli_fail(call, EXIT_USAGE, "%s: %s", path, why);
    page_free(&text);
    return m;
}

/* A session of its own; `memory` is to be freed. */
static model_session *open_session(const model *m, void **memory)
{
    *memory = aligned_alloc(64, (model_session_size(m) + 63) / 64 * 64);
    must(*memory);
    return model_session_start(m, NULL, *memory);
}

/* ---- train ---- */

static bool save_model(trainer *t, const train_plan *plan, const char *path)
{
    page out = {0};
    size_t n = model_export_size(&plan->shape);
    uint8_t *room = malloc(n);
    must(room);
    writer w = writer_of(room, n);
    must(model_export_trained(t, &w));
    page_put_n(&out, room, w.n);
    bool saved = page_save(&out, path);
    page_free(&out);
    free(room);
    return saved;
}

static int train(const cli_call *call)
{
    const char *path = cli_operand(call, 1);
    train_plan plan = train_tiny;
    uint64_t steps = plan.steps;
    if (!path || cli_operand(call, 2))
        return cli_usage(call, "train takes the file to write");
    if (!cli_number(call, "steps", 1, 1000000, &steps))
        return EXIT_USAGE;
    plan.steps = (uint32_t)steps;
    plan.fall = plan.fall < plan.steps / 2 ? plan.fall : plan.steps / 2;
    trainer *t = train_new(&plan);
    if (!t)
        return cli_fail(call, EXIT_HARNESS, "no memory, or a build whose floating point is not exact");
    progress bar = progress_start("training", plan.steps, call->quiet);
    double loss = 0;
    while (!train_done(t)) {
        loss = train_step(t);
        progress_at(&bar, train_at(t));
        if (train_at(t) % 500 == 0)
            fprintf(stderr, "%u %.5f\n", train_at(t), train_valid(t));
    }
    progress_end(&bar);
    fprintf(stderr, "valid %.5f\n", train_valid(t));
    uint8_t digest[TRAIN_DIGEST];
    train_digest(t, digest);
    bool saved = save_model(t, &plan, path);
    int code = saved ? EXIT_LEVEL : cli_fail(call, EXIT_HARNESS, "%s can't be written: %s", path, strerror(errno));
    train_free(t);
    if (saved && !call->quiet) {
        print_digest("weights", digest);
        printf("%s: %u steps, %.4f nats a token in the last one\n", path, plan.steps, loss);
    }
    return code;
}

/* ---- eval ---- */

static int eval(const cli_call *call, model *m)
{
    void *memory;
    model_session *s = open_session(m, &memory);
    static const sample_params at[] = {{.temperature = 0}, {.temperature = 800, .min_p = SAMPLE_ONE / 20}};
    printf("%-22s %10s %10s\n", "", "T = 0", "T = 0.8");
    for (int kind = 0; kind < EXAM_KINDS; kind++) {
        printf("%-22s", exam_names[kind]);
        for (int k = 0; k < 2; k++) {
            const exam_score score = exam_run(s, (exam_kind)kind, &at[k], 0, NULL, NULL);
            printf(" %5u/%-5u", score.right, score.asked);
            fflush(stdout);
        }
        putchar('\n');
    }
    model_session_end(s);
    free(memory);
    (void)call;
    return EXIT_LEVEL;
}

/* ---- run ---- */

static bool print_piece(void *with, span piece)
{
    (void)with;
    print_safely(stdout, piece);
    return fflush(stdout) == 0;
}

static int run(const cli_call *call, model *m)
{
    const char *prompt = cli_operand(call, 2);
    void *memory;
    model_usage usage;
    sample_params params = {.temperature = 0};
    uint64_t temperature = 0;
    if (!prompt || cli_operand(call, 3))
        return cli_usage(call, "run takes the model's file and one prompt");
    if (!cli_number(call, "temperature", 0, 4000, &temperature))
        return EXIT_USAGE;
    params.temperature = (uint16_t)temperature;
    span_take(span_of(call->seed, call->seed_n), params.seed, sizeof params.seed);
    model_session *s = open_session(m, &memory);
    const model_message ask = {MODEL_USER, span_text(prompt)};
    model_answer answer = model_say(s, &ask, 1, &params, print_piece, NULL, &usage);
    putchar('\n');
    model_session_end(s);
    free(memory);
    if (answer != MODEL_SAID)
        return cli_fail(call, EXIT_USAGE, answer == MODEL_TOO_LONG ? "the prompt leaves no room for a reply" : "the prompt is not one");
    if (!call->quiet)
        fprintf(stderr, "%u tokens read, %u said\n", usage.prompt, usage.completion);
    return EXIT_LEVEL;
}

/* ---- inspect ---- */

static int inspect(const cli_call *call, model *m)
{
    const model_shape *s = &m->shape;
    (void)call;
    print_digest("model", m->digest);
    print_digest("tokenizer", m->tokenizer);
    print_digest("weights", m->from.weights);
    printf("shape      dim %u, layers %u, heads %u, kv_heads %u, ffn %u, vocab %u, context %u\n", s->dim, s->layers, s->heads, s->kv_heads, s->ffn, s->vocab, s->context);
    printf("made by    seed %llu, %u steps\n", (unsigned long long)m->from.seed, m->from.steps);
    printf("kernel     %s here\n", model_kernel_best()->name);
    return EXIT_LEVEL;
}

int verb_model(const cli_call *call)
{
    static const struct {
        const char *word;
        int (*act)(const cli_call *, model *);
    } acts[] = {{"eval", eval}, {"run", run}, {"inspect", inspect}};
    const char *word = cli_operand(call, 0);
    if (word && strcmp(word, "train") == 0)
        return train(call);
    for (size_t i = 0; word && i < sizeof acts / sizeof *acts; i++)
        if (strcmp(acts[i].word, word) == 0) {
            model *m = open_model(call);
            int code = m ? acts[i].act(call, m) : EXIT_USAGE;
            model_free(m);
            return code;
        }
    return cli_usage(call, "say train, eval, run or inspect");
}
