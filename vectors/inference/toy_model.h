/* A model that is no model: what it draws is a hash of what a real one would draw from. So that whoever is tested needs no weights, and
 * can build it in ten lines (vectors/format/README.md). */
#ifndef PARLEY_TOY_MODEL_H
#define PARLEY_TOY_MODEL_H

#include "inference.h"

enum { TOY_ENGINE = 1 };

typedef struct toy_model {
    const prim *prim;
    uint32_t vocabulary;
    uint8_t text;
} toy_model;

uint32_t toy_draw(void *toy, const in_opening *, size_t i);
span toy_text(void *toy, uint16_t token);

#endif
