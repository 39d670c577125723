#include "model_export.h"

#include "model_math.h"

size_t model_export_size(const model_shape *s)
{
    model_section section[MODEL_SECTIONS_MAX];
    uint64_t total;
    model_sections(s, section, &total);
    return (size_t)total;
}

/* To the nearest whole number, halves away from zero. */
static int64_t nearest(double x) { return x < 0 ? -(int64_t)(0.5 - x) : (int64_t)(x + 0.5); }

static double power_of_two(int n)
{
    double p = 1.0;
    for (; n > 0; n--)
        p *= 2.0;
    for (; n < 0; n++)
        p *= 0.5;
    return p;
}

/* A float matrix seen from its outputs: element (o, i) is weight[o * o_step + i * i_step] * gain[i] * factor(o), and an
 * output of 1.0 shall come out as 2^bits for inputs of 1.0 that come in as 1. */
typedef struct source {
    const float *weight;
    size_t o_step, i_step;
    const float *gain; /* (inputs), or NULL */
    uint32_t outputs, inputs;
    uint32_t queries, keys; /* of the qkv matrix: rows with factor log2(e) / 4, and where the values begin */
    int bits, value_bits;   /* value_bits from `keys` on */
} source;

static double element(const source *s, uint32_t o, uint32_t i)
{
    double x = (double)s->weight[o * s->o_step + i * s->i_step];
    x = s->gain ? x * (double)s->gain[i] : x;
    return o < s->queries ? x * 0.36067376022224085 : x;
}

/* What a weight of 1 in this row stands for. */
static double row_scale(const source *s, uint32_t o)
{
    double most = 1e-6;
    for (uint32_t i = 0; i < s->inputs; i++) {
        double x = element(s, o, i);
        x = x < 0 ? -x : x;
        most = x > most ? x : most;
    }
    return most / 127.0;
}

static double row_multiplier(const source *s, uint32_t o)
{
    return row_scale(s, o) * power_of_two(s->keys && o >= s->keys ? s->value_bits : s->bits);
}

static void write_matrix(const source *s, writer *out)
{
    double most = 0, scale;
    uint32_t shift = MODEL_SHIFT_MIN;
    for (uint32_t o = 0; o < s->outputs; o++)
        most = row_multiplier(s, o) > most ? row_multiplier(s, o) : most;
    while (shift < MODEL_SHIFT_MAX && most * power_of_two((int)shift + 1) < 0x1p30 - 1)
        shift++;
    write_le(out, shift, 4);
    write_zeros(out, 12);
    for (uint32_t o = 0; o < s->outputs; o++) {
        int64_t m = nearest(row_multiplier(s, o) * power_of_two((int)shift));
        write_le(out, (uint64_t)(m > 0 ? m : 1), 4);
    }
    for (uint32_t o = 0; o < s->outputs; o++) {
        scale = row_scale(s, o);
        for (uint32_t i = 0; i < s->inputs; i++)
            write_le(out, (uint64_t)nearest(element(s, o, i) / scale), 1);
    }
}

static source source_of(const net_plan *p, const float *w, const model_section *s)
{
    const net_layer *l = &p->layer[s->layer];
    source from = {.outputs = s->outputs, .inputs = s->inputs, .o_step = 1, .i_step = s->outputs};
    switch (s->kind) {
    case MODEL_EMBED:  /* to Q16 */
    case MODEL_OUTPUT: /* Q11 to Q16 */
        from.weight = w + p->embed, from.o_step = s->inputs, from.i_step = 1;
        from.gain = s->kind == MODEL_OUTPUT ? w + p->norm : NULL;
        from.bits = s->kind == MODEL_OUTPUT ? 5 : 16;
        break;
    case MODEL_QKV: /* Q11 to Q8, values Q10 */
        from.weight = w + l->qkv, from.gain = w + l->norm1, from.bits = -3, from.value_bits = -1;
        from.queries = (uint32_t)p->queries, from.keys = (uint32_t)(p->queries + p->keys);
        break;
    case MODEL_OUT: /* Q25 to Q16 */ from.weight = w + l->out, from.bits = -9; break;
    case MODEL_UP: /* Q11 to Q12 */ from.weight = w + l->up, from.gain = w + l->norm2, from.bits = 1; break;
    default: /* Q12 to Q16 */ from.weight = w + l->down, from.bits = 4;
    }
    return from;
}

static void write_turns(uint32_t context, writer *out)
{
    math_turn step[8], now[8];
    for (int i = 0; i < 8; i++)
        step[i] = math_turn_of(i), now[i] = (math_turn){1.0, 0.0};
    for (uint32_t t = 0; t < context; t++)
        for (int i = 0; i < 8; i++) {
            write_le(out, (uint64_t)nearest(now[i].cos * 16384.0), 2);
            write_le(out, (uint64_t)nearest(now[i].sin * 16384.0), 2);
            now[i] = math_turn_add(now[i], step[i]);
        }
}

/* e^-x by its series, for 0 <= x <= 1/8. */
static double small_exp(double x)
{
    double y = 1.0;
    for (int n = 12; n > 0; n--)
        y = 1.0 - x / n * y;
    return y;
}

static void write_sigmoid(writer *out)
{
    double e = 1.0, step = small_exp(1.0 / 128.0); /* e^-x at x = i / 128 */
    for (uint32_t i = 0; i < MODEL_SIGMOID; i++, e *= step)
        write_le(out, (uint64_t)nearest(32768.0 / (1.0 + e)), 2);
}

static void write_provenance(const model_provenance *p, writer *out)
{
    write_le(out, p->seed, 8);
    write_le(out, p->steps, 4), write_le(out, p->warm, 4), write_le(out, p->fall, 4);
    write_le(out, p->tokens, 4), write_le(out, p->loss, 4), write_le(out, 0, 4);
    write_span(out, SPAN(p->weights));
}

static void write_header(const model_shape *s, size_t n, uint64_t total, writer *out)
{
    write_text(out, "PRLYMDL1");
    const uint32_t field[] = {MODEL_HEADER, MODEL_VERSION, MODEL_ENGINE, s->dim,     s->layers, s->heads,   s->kv_heads,
                              MODEL_HEAD,   s->ffn,        s->vocab,     s->context, 0,         (uint32_t)n};
    for (size_t i = 0; i < sizeof field / sizeof *field; i++)
        write_le(out, field[i], 4);
    write_le(out, total, 8);
    write_zeros(out, MODEL_HEADER - out->n);
}

static void write_table(const model_section *s, size_t n, writer *out)
{
    for (size_t i = 0; i < n; i++) {
        write_le(out, (uint64_t)s[i].kind, 2), write_le(out, s[i].layer, 2), write_le(out, 0, 4);
        write_le(out, s[i].at, 8), write_le(out, s[i].n, 8);
    }
}

static void write_tokens(const bpe *b, writer *out)
{
    for (size_t i = 0; i < BPE_MERGES; i++)
        write_le(out, b->merge[i][0], 2), write_le(out, b->merge[i][1], 2);
}

bool model_export(const net_plan *p, const float *weights, const bpe *b, const model_provenance *from, writer *out)
{
    model_section s[MODEL_SECTIONS_MAX];
    uint64_t total;
    size_t n = model_sections(&p->shape, s, &total);
    must(out->n == 0);
    write_header(&p->shape, n, total, out);
    write_table(s, n, out);
    for (size_t i = 0; i < n && writer_ok(out); i++) {
        write_zeros(out, s[i].at - out->n);
        if (s[i].kind == MODEL_PROVENANCE)
            write_provenance(from, out);
        else if (s[i].kind == MODEL_TOKENS)
            write_tokens(b, out);
        else if (s[i].kind == MODEL_TURNS)
            write_turns(p->shape.context, out);
        else if (s[i].kind == MODEL_SIGMOIDS)
            write_sigmoid(out);
        else {
            source from_float = source_of(p, weights, &s[i]);
            write_matrix(&from_float, out);
        }
    }
    write_zeros(out, total - out->n);
    return writer_ok(out) && out->n == total;
}

bool model_export_trained(trainer *t, writer *out)
{
    const train_plan *p = train_plan_of(t);
    model_provenance from = {.seed = p->seed,
                             .steps = train_at(t),
                             .warm = p->warm,
                             .fall = p->fall,
                             .tokens = p->tokens,
                             .loss = (uint32_t)nearest(train_valid(t) * 1e6)};
    train_digest(t, from.weights);
    return model_export(train_net(t), train_weights(t), train_bpe(t), &from, out);
}
