#include "receipt_evil_peer.h"

#include <string.h>

static const char *const names[] = {"model", "tokenizer", "prompt", "parameters", "seed", "output"};

void receipt_part_key(const prim *p, span salt, in_part part, uint8_t key[32])
{
    const span label[] = {span_text("parley receipt part "), span_text(names[part]), span_of("\001", 1)};
    p->hmac(PRIM_SHA256, salt, label, 3, key);
}

void receipt_chain_link(const prim *p, const receipt_lie *lie, span receipt, span output, size_t n, uint8_t link[32])
{
    const span start[] = {span_of("parley receipt start", 21), span_first(receipt, lie->chain == CHAIN_NO_START ? 0 : 200)};
    p->hash(PRIM_SHA256, start, 2, link);
    for (size_t i = 1; i <= n; i++) {
        uint8_t before[32], bytes[64];
        writer w = WRITER(bytes);
        memcpy(before, link, 32);
        write_span(&w, span_of("parley receipt token", 21));
        if (lie->chain != CHAIN_NO_LINK)
            write_span(&w, SPAN(before));
        if (lie->chain != CHAIN_NO_POSITION)
            write_be(&w, i, 4);
        if (lie->chain != CHAIN_NO_TOKEN)
            write_span(&w, span_first(span_from(output, 2 * (i - 1)), 2));
        prim_digest(p, PRIM_SHA256, written(&w), link);
    }
}

static void write_content(const prim *p, const receipt_lie *lie, span receipt, const in_opening *o, writer *out)
{
    uint8_t link[32];
    receipt_chain_link(p, lie, receipt, o->output, o->output.n / 2, link);
    if (lie->chain != CHAIN_NO_COUNTS) {
        write_be(out, o->n_prompt, 2);
        write_be(out, o->n_output, 2);
        write_be(out, o->finish, 1);
    }
    write_span(out, SPAN(link));
}

static void write_leaf(const prim *p, const receipt_lie *lie, in_part part, const in_opening *o, writer *receipt)
{
    const leaf_lie how = part == lie->part ? lie->leaf : LEAF_TRUE;
    const in_opening *from = how == LEAF_OTHER ? lie->other : o;
    const span rows[] = {from->model, from->tokenizer, from->prompt, from->parameters, from->seed};
    uint8_t key[32], leaf[32], room[37];
    writer content = WRITER(room);
    if (part == IN_OUTPUT)
        write_content(p, lie, written(receipt), from, &content);
    const span it = part == IN_OUTPUT ? written(&content) : rows[part];
    receipt_part_key(p, o->salt, how != LEAF_OTHER_KEY ? part : part == IN_MODEL ? IN_SEED : IN_MODEL, key);
    p->hmac(PRIM_SHA256, span_first(SPAN(key), how == LEAF_NO_KEY ? 0 : 32), &it, 1, leaf);
    leaf[31] ^= how == LEAF_FLIPPED;
    write_span(receipt, SPAN(leaf));
}

void forge_receipt(const prim *p, const receipt_lie *lie, const uint8_t session[32], const in_opening *o, uint8_t receipt[IN_RECEIPT])
{
    uint8_t root[32] = {0};
    writer w = writer_of(receipt, IN_RECEIPT);
    write_be(&w, lie->version, 4);
    write_be(&w, lie->engine, 4);
    write_span(&w, span_of(session, 32));
    for (in_part part = IN_MODEL; part < IN_PARTS; part++)
        write_leaf(p, lie, part, o, &w);
    const span parts[] = {span_of("parley receipt root", 20), span_first(written(&w), lie->root == ROOT_OVER_LESS ? 200 : 232)};
    if (lie->root != ROOT_ZERO)
        p->hash(PRIM_SHA256, parts, 2, root);
    root[0] ^= lie->root == ROOT_FLIPPED;
    write_span(&w, SPAN(root));
    must(writer_ok(&w) && w.n == IN_RECEIPT);
}
