/* `parley model inspect`: what a model file holds, and what this machine can do with it. */
#include "verb_model.h"
#include "exits.h"

#include <string.h>

static const char *const kinds[] = {[MODEL_PROVENANCE] = "provenance",
                                    [MODEL_TOKENS] = "tokens",
                                    [MODEL_TURNS] = "turns",
                                    [MODEL_SIGMOIDS] = "sigmoid",
                                    [MODEL_EMBED] = "embed",
                                    [MODEL_OUTPUT] = "output",
                                    [MODEL_QKV] = "qkv",
                                    [MODEL_OUT] = "out",
                                    [MODEL_UP] = "up",
                                    [MODEL_DOWN] = "down"};

typedef struct view {
    const model *model;
    model_section section[MODEL_SECTIONS_MAX];
    size_t n;
    uint64_t total;
    char digest[65], tokenizer[65], weights[65];
} view;

static uint64_t weights_in(const view *v)
{
    uint64_t n = 0;
    for (size_t i = 0; i < v->n; i++)
        n += (uint64_t)v->section[i].outputs * v->section[i].inputs;
    return n;
}

/* ---- as text ---- */

static void print_sections(const view *v)
{
    printf("\n%-11s %6s %10s %10s   outputs x inputs\n", "section", "layer", "offset", "bytes");
    for (size_t i = 0; i < v->n; i++) {
        const model_section *s = &v->section[i];
        char layer[16] = "";
        if (s->kind >= MODEL_QKV)
            snprintf(layer, sizeof layer, "%u", s->layer);
        printf("%-11s %6s %10llu %10llu", kinds[s->kind], layer, (unsigned long long)s->at, (unsigned long long)s->n);
        if (s->outputs)
            printf("   %u x %u", s->outputs, s->inputs);
        putchar('\n');
    }
}

static void print_kernels(void)
{
    printf("\nkernels   ");
    for (size_t i = 0; model_kernels[i]; i++)
        printf(" %s%s", model_kernels[i]->name,
               !model_kernels[i]->usable()               ? " (not on this CPU)"
               : model_kernels[i] == model_kernel_best() ? " (used here)"
                                                         : "");
    putchar('\n');
}

static void print_text(const view *v)
{
    const model_shape *s = &v->model->shape;
    const model_provenance *from = &v->model->from;
    printf("model      %s\ntokenizer  %s\nweights    %s\n", v->digest, v->tokenizer, v->weights);
    printf("shape      dim %u, layers %u, heads %u, kv_heads %u, ffn %u, vocab %u, context %u; %llu weights of 8 bits\n", s->dim, s->layers,
           s->heads, s->kv_heads, s->ffn, s->vocab, s->context, (unsigned long long)weights_in(v));
    printf("file       %llu bytes, format %d, engine %d\n", (unsigned long long)v->total, MODEL_VERSION, MODEL_ENGINE);
    printf("made by    seed %llu, %u steps (%u to warm up, %u to end) of 2 x %u tokens", (unsigned long long)from->seed, from->steps,
           from->warm, from->fall, from->tokens);
    if (from->loss)
        printf("; loss %u.%06u nats a token", from->loss / 1000000, from->loss % 1000000);
    printf("\nsession    %zu bytes\n", model_session_size(v->model));
    print_sections(v);
    print_kernels();
}

/* ---- as JSON ---- */

static void print_json(const view *v)
{
    const model_shape *s = &v->model->shape;
    const model_provenance *from = &v->model->from;
    printf("{\"model\":\"%s\",\"tokenizer\":\"%s\",\"weights\":\"%s\",", v->digest, v->tokenizer, v->weights);
    printf(
        "\"shape\":{\"dim\":%u,\"layers\":%u,\"heads\":%u,\"kv_heads\":%u,\"ffn\":%u,\"vocab\":%u,\"context\":%u},\"int8_weights\":%llu,",
        s->dim, s->layers, s->heads, s->kv_heads, s->ffn, s->vocab, s->context, (unsigned long long)weights_in(v));
    printf("\"bytes\":%llu,\"format\":%d,\"engine\":%d,\"session_bytes\":%zu,", (unsigned long long)v->total, MODEL_VERSION, MODEL_ENGINE,
           model_session_size(v->model));
    printf("\"provenance\":{\"seed\":%llu,\"steps\":%u,\"warm\":%u,\"fall\":%u,\"tokens\":%u,\"loss_millionths\":%u},\"sections\":[",
           (unsigned long long)from->seed, from->steps, from->warm, from->fall, from->tokens, from->loss);
    for (size_t i = 0; i < v->n; i++)
        printf("%s{\"kind\":\"%s\",\"layer\":%u,\"offset\":%llu,\"bytes\":%llu,\"outputs\":%u,\"inputs\":%u}", i ? "," : "",
               kinds[v->section[i].kind], v->section[i].layer, (unsigned long long)v->section[i].at, (unsigned long long)v->section[i].n,
               v->section[i].outputs, v->section[i].inputs);
    printf("],\"kernels\":[");
    for (size_t i = 0; model_kernels[i]; i++)
        printf("%s{\"name\":\"%s\",\"usable\":%s,\"used\":%s}", i ? "," : "", model_kernels[i]->name,
               model_kernels[i]->usable() ? "true" : "false", model_kernels[i] == model_kernel_best() ? "true" : "false");
    puts("]}");
}

int model_verb_inspect(const cli_call *call, const model *m, const model_kernel *unused)
{
    static view v;
    (void)unused;
    v.model = m;
    v.n = model_sections(&m->shape, v.section, &v.total);
    model_digest_hex(m->digest, v.digest);
    model_digest_hex(m->tokenizer, v.tokenizer);
    model_digest_hex(m->from.weights, v.weights);
    if (call->json)
        print_json(&v);
    else if (!call->quiet)
        print_text(&v);
    return EXIT_LEVEL;
}
