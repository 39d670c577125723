#include "turn_evil_peer.h"

#include <string.h>

static void put_text(const char *text, writer *out)
{
    write_be(out, strlen(text), 4);
    write_text(out, text);
}

void forge_type(uint8_t type, uint32_t id, writer *out)
{
    write_be(out, type, 1);
    write_be(out, id, 4);
}

void forge_request(const asked *a, writer *out)
{
    forge_type(7, a->id, out);
    write_be(out, a->receipt, 1);
    write_span(out, SPAN(a->seed));
    write_be(out, a->parameters.n, 4);
    write_span(out, a->parameters);
    write_be(out, a->n_tools, 2);
    for (size_t i = 0; i < a->n_tools; i++)
        put_text(a->tools[i], out);
    write_be(out, a->n_said, 2);
    for (size_t i = 0; i < a->n_said; i++) {
        write_be(out, a->said[i].role, 1);
        put_text(a->said[i].text, out);
    }
}

void forge_chunk(uint32_t id, uint32_t seq, const char *text, writer *out)
{
    forge_type(9, id, out);
    write_be(out, seq, 4);
    write_be(out, strlen(text), 2);
    write_text(out, text);
}

void forge_end(const ended *e, writer *out)
{
    forge_type(10, e->id, out);
    write_be(out, e->seq, 4);
    write_be(out, e->finish, 1);
    write_be(out, e->prompt, 4);
    write_be(out, e->output, 4);
    write_span(out, span_of(e->com, 32));
    write_be(out, e->receipt.n, 4);
    write_span(out, e->receipt);
}

/* One block of HKDF-Expand. */
static void expand(const prim *p, const uint8_t key[32], const char *label, span data, uint8_t out[32])
{
    const span parts[] = {span_text("parley/1 "), span_text(label), span_of("", 1), data, span_of("\1", 1)};
    p->hmac(PRIM_SHA256, span_of(key, 32), parts, 5, out);
}

void forge_labelled(const prim *p, const uint8_t key[32], const char *label, uint8_t out[32]) { expand(p, key, label, EMPTY, out); }
void forge_kturn(const prim *p, const uint8_t mk[32], uint8_t kturn[32]) { expand(p, mk, "turn", EMPTY, kturn); }

void forge_leaf(const prim *p, const uint8_t kturn[32], uint32_t index, uint8_t kind, span bytes, leaf_of_turn *out)
{
    const uint8_t number[] = {(uint8_t)(index >> 24), (uint8_t)(index >> 16), (uint8_t)(index >> 8), (uint8_t)index};
    const span parts[] = {span_of(&kind, 1), bytes};
    expand(p, kturn, "leaf", SPAN(number), out->key);
    p->hmac(PRIM_SHA256, SPAN(out->key), parts, 2, out->leaf);
}

void forge_com(const prim *p, const uint8_t model[32], uint32_t n, const leaf_of_turn *leaves, size_t n_leaves, uint8_t finish,
               uint8_t com[32])
{
    static uint8_t room[1 << 16];
    writer w = WRITER(room);
    write_span(&w, span_of("parley/1 com", 13));
    write_span(&w, span_of(model, 32));
    write_be(&w, n, 4);
    for (size_t i = 0; i < n_leaves; i++)
        write_span(&w, SPAN(leaves[i].leaf));
    write_be(&w, finish, 1);
    must(writer_ok(&w));
    prim_digest(p, PRIM_SHA256, written(&w), com);
}

void forge_signature(const prim *p, const uint8_t q[32], const uint8_t receipt[264], const uint8_t statement[32], uint8_t signature[64])
{
    uint8_t room[128];
    writer w = WRITER(room);
    write_span(&w, span_of("parley/1 receipt", 17));
    write_span(&w, span_of(receipt + 232, 32));
    write_span(&w, span_of(statement, 32));
    p->ed25519_sign(q, written(&w), signature);
}
