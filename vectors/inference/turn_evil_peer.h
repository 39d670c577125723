/* Messages with any field, and an enclave that signs whatever it likes: everything is made anew over the lie. Written apart from the text, so its
 * honest bytes are a second opinion on it as well. */
#ifndef PARLEY_TURN_EVIL_PEER_H
#define PARLEY_TURN_EVIL_PEER_H

#include "inference.h"

typedef struct said {
    uint8_t role;
    const char *text;
} said;

typedef struct asked {
    uint32_t id;
    uint8_t receipt;
    uint8_t seed[32];
    span parameters;
    const char *tools[4];
    said said[4];
    size_t n_tools, n_said;
} asked;

void forge_request(const asked *, writer *out);
void forge_type(uint8_t type, uint32_t id, writer *out);
void forge_chunk(uint32_t id, uint32_t seq, const char *text, writer *out);

typedef struct ended {
    uint32_t id, seq, prompt, output;
    uint8_t finish;
    const uint8_t *com;
    span receipt;
} ended;
void forge_end(const ended *, writer *out);

typedef struct leaf_of_turn {
    uint8_t key[32], leaf[32];
} leaf_of_turn;

/* Of a turn, with whatever stands under its leaves. */
void forge_kturn(const prim *, const uint8_t mk[32], uint8_t kturn[32]);
void forge_labelled(const prim *, const uint8_t key[32], const char *label, uint8_t out[32]);
void forge_leaf(const prim *, const uint8_t kturn[32], uint32_t index, uint8_t kind, span bytes, leaf_of_turn *out);
void forge_com(const prim *, const uint8_t model[32], uint32_t n, const leaf_of_turn *leaves, size_t n_leaves, uint8_t finish,
               uint8_t com[32]);

void forge_signature(const prim *, const uint8_t q[32], const uint8_t receipt[264], const uint8_t statement[32], uint8_t signature[64]);

#endif
