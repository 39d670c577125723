#include "toy_model.h"

enum { NUMBERS = 14 }; /* of the parameters, those that a token is drawn by: temperature, top_k, top_p, min_p, penalty */

uint32_t toy_draw(void *toy, const in_opening *o, size_t i)
{
    static const char label[] = "parley toy draw";
    const toy_model *t = toy;
    uint8_t digest[32];
    const span parts[] = {
        SPAN(label), o->model, o->seed, span_first(o->parameters, NUMBERS), o->prompt, span_first(o->output, 2 * (i - 1))};
    if (t->vocabulary == 0)
        return IN_NO_TOKEN;
    t->prim->hash(PRIM_SHA256, parts, sizeof parts / sizeof *parts, digest);
    return in_token(SPAN(digest), 0) % t->vocabulary;
}

span toy_text(void *toy, uint16_t token)
{
    toy_model *t = toy;
    t->text = (uint8_t)token;
    return span_of(&t->text, 1);
}
