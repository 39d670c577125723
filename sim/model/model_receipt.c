#include "model_receipt.h"

#include "model_engine.h"

#include <stdlib.h>
#include <string.h>

/* ---- making one ---- */

_Static_assert((int)MODEL_FINISH_END == (int)IN_END && (int)MODEL_FINISH_LENGTH == (int)IN_LENGTH &&
                   (int)MODEL_FINISH_STOP == (int)IN_STOP && (int)MODEL_FINISH_CANCELLED == (int)IN_CANCELLED,
               "the chapter's numbers");
_Static_assert((int)SAMPLE_STOPS <= (int)IN_STOPS_MAX && (int)SAMPLE_STOP_MAX <= (int)IN_STOP_MAX &&
                   MODEL_CONTEXT_MAX <= (int)IN_TOKENS_MAX,
               "whatever was said can be opened");

static span write_row(const uint16_t *token, uint32_t n, writer *out)
{
    const size_t at = out->n;
    for (uint32_t i = 0; i < n; i++)
        write_be(out, token[i], 2);
    return span_from(written(out), at);
}

static in_parameters parameters_of(const sample_params *p)
{
    in_parameters q = {.temperature = p->temperature,
                       .top_k = p->top_k,
                       .top_p = p->top_p,
                       .min_p = p->min_p,
                       .penalty = p->penalty,
                       .max_tokens = p->max_tokens,
                       .n_stops = p->n_stops};
    memcpy(q.stop, p->stop, p->n_stops * sizeof *p->stop);
    return q;
}

static span text_of(void *ctx, uint16_t token)
{
    const model *const *m = ctx;
    return bpe_text(&(*m)->tokens, token);
}

/* A listener may leave with the very token that ends the answer, and then it has ended all the same. */
static uint64_t finish_of(const model *m, const in_opening *o, model_finish told)
{
    const in_model presented = {.vocabulary = m->shape.vocab, .context = m->shape.context, .end = BPE_END, .ctx = &m, .text = text_of};
    return told == MODEL_FINISH_CANCELLED ? in_finish_of(&presented, o) : (in_finish)told;
}

void model_open(const model *m, const model_said *said, const uint8_t salt[IN_DIGEST], writer *opening)
{
    uint8_t room[2 * 2 * MODEL_CONTEXT_MAX], head[IN_PARAMETERS_MAX];
    writer rows = WRITER(room), parameters = WRITER(head);
    const in_parameters p = parameters_of(said->params);
    must(said->n_prompt + said->n_reply <= m->shape.context);
    in_write_parameters(&p, &parameters);
    in_opening o = {.salt = span_of(salt, IN_DIGEST),
                    .model = SPAN(m->digest),
                    .tokenizer = SPAN(m->tokenizer),
                    .seed = SPAN(said->params->seed),
                    .n_prompt = said->n_prompt,
                    .parameter = p,
                    .parameters = written(&parameters),
                    .prompt = write_row(said->token, said->n_prompt, &rows),
                    .output = write_row(said->token + said->n_prompt, said->n_reply, &rows)};
    o.finish = finish_of(m, &o, said->finish);
    in_write_opening(&o, opening);
    wipe(room, sizeof room);
}

verdict model_receipt(const uint8_t session[IN_DIGEST], span opening, uint8_t receipt[IN_RECEIPT])
{
    return in_make_receipt(&prim_openssl, MODEL_ENGINE, session, opening, receipt);
}

/* ---- running it again ---- */

struct model_rerun {
    const model *model;
    const model_kernel *kernel;
    void *memory;
    engine_cache cache;
    engine_work work;
    uint32_t position;
    uint16_t said[IN_TOKENS_MAX];
    int32_t logits[BPE_VOCAB];
};

model_rerun *model_rerun_new(const model *m, const model_kernel *k)
{
    model_rerun *r = calloc(1, sizeof *r);
    if (!r)
        return NULL;
    r->model = m, r->kernel = k ? k : model_kernel_best();
    r->memory = aligned_alloc(64, (engine_cache_size(m) + 63) / 64 * 64);
    if (!r->memory) {
        free(r);
        return NULL;
    }
    r->cache = engine_cache_at(m, r->memory);
    return r;
}

void model_rerun_free(model_rerun *r)
{
    if (r) {
        wipe(r->memory, engine_cache_size(r->model));
        free(r->memory);
        wipe(r, sizeof *r);
    }
    free(r);
}

static void take(model_rerun *r, uint16_t token, bool wanted)
{
    engine_step(r->model, r->kernel, r->cache, &r->work, r->position++, token, wanted ? r->logits : NULL);
}

static sample_params params_of(const in_opening *o)
{
    const in_parameters *p = &o->parameter;
    sample_params q = {.temperature = (uint16_t)p->temperature,
                       .top_k = (uint16_t)p->top_k,
                       .top_p = (uint32_t)p->top_p,
                       .min_p = (uint32_t)p->min_p,
                       .penalty = (uint16_t)p->penalty};
    span_take(o->seed, q.seed, sizeof q.seed);
    return q;
}

/* The chapter has seen to it that all tokens are the model's and fit its context. */
static uint32_t draw(void *ctx, const in_opening *o, size_t i)
{
    model_rerun *r = ctx;
    const sample_params p = params_of(o);
    if (!sample_params_good(&p))
        return IN_NO_TOKEN;
    if (i == 1) {
        r->position = 0;
        for (size_t k = 0; k < o->n_prompt; k++)
            take(r, in_token(o->prompt, k), k + 1 == o->n_prompt);
    } else {
        r->said[i - 2] = in_token(o->output, i - 2);
        take(r, r->said[i - 2], true);
    }
    return sample_token(&p, r->logits, r->said, i - 1);
}

static span text(void *ctx, uint16_t token)
{
    const model_rerun *r = ctx;
    return bpe_text(&r->model->tokens, token);
}

in_model model_presented(model_rerun *r)
{
    const model *m = r->model;
    return (in_model){.engine = MODEL_ENGINE,
                      .digest = SPAN(m->digest),
                      .tokenizer = SPAN(m->tokenizer),
                      .vocabulary = m->shape.vocab,
                      .context = m->shape.context,
                      .end = BPE_END,
                      .ctx = r,
                      .draw = draw,
                      .text = text};
}
