#include "p1_receipt_lies.h"

#include <string.h>

enum { ROOT = IN_RECEIPT - IN_DIGEST, TOKENS = 512, N_OUTPUT = 133 /* in an opening */ };

static const uint8_t prompt[] = {0, 'A', 0, 'B'};

static void change(p1_flip f, uint8_t *p, size_t n)
{
    const size_t at = f.at < 0 ? n - (size_t)-f.at : (size_t)f.at;
    must(at < n);
    p[at] ^= f.bits;
}

static span as_tokens(span text, writer *row)
{
    for (size_t i = 0; i < text.n; i++)
        write_be(row, text.p[i], 2);
    must(writer_ok(row));
    return written(row);
}

static void write_opening(const prim *lib, const in_turn *turn, span tokenizer, span answer, const in_end *end, writer *out)
{
    uint8_t salt[IN_DIGEST], seed[IN_DIGEST], tokens[2 * TOKENS];
    writer row = WRITER(tokens);
    in_turn_salt(lib, turn->kturn, salt);
    in_turn_seed(lib, turn->kturn, &turn->request, seed);
    in_write_opening(&(in_opening){.salt = SPAN(salt),
                                   .model = turn->model,
                                   .tokenizer = tokenizer,
                                   .seed = SPAN(seed),
                                   .finish = end->finish,
                                   .parameters = turn->request.parameters,
                                   .prompt = SPAN(prompt),
                                   .output = as_tokens(answer, &row)},
                     out);
}

/* inference.md, section 3. */
static void make_root(const prim *lib, uint8_t receipt[IN_RECEIPT])
{
    static const char label[] = "parley receipt root";
    const span parts[] = {span_of(label, sizeof label), span_of(receipt, ROOT)};
    lib->hash(PRIM_SHA256, parts, 2, receipt + ROOT);
}

static void make_receipt(const prim *lib, span com, span opening, const p1_receipt_lie *lie, uint8_t receipt[IN_RECEIPT])
{
    enum { ENGINE = 1 }; /* as the claims have it */
    const size_t n_output = (size_t)opening.p[N_OUTPUT] << 8 | opening.p[N_OUTPUT + 1];
    uint8_t session[IN_DIGEST], other[IN_OPENING_MAX];
    span_take(com, session, sizeof session);
    memcpy(other, opening.p, opening.n);
    change(lie->com, session, sizeof session);
    if (lie->unbound)
        memset(session, 0, sizeof session);
    change(lie->made_of, other, opening.n);
    if (lie->prompt_of_another)
        other[opening.n - 2 * n_output - 1] ^= 1;
    must(accepted(in_make_receipt(lib, ENGINE, session, span_of(other, opening.n), receipt)));
    change(lie->receipt, receipt, ROOT);
    make_root(lib, receipt);
    change(lie->root, receipt + ROOT, IN_DIGEST);
}

static void sign(const prim *lib, const service *world, const uint8_t receipt[IN_RECEIPT], const p1_receipt_lie *lie,
                 uint8_t signature[IN_SIGNATURE_SIZE])
{
    uint8_t statement[IN_DIGEST], secret[IN_DIGEST];
    prim_digest(lib, PRIM_SHA256, span_of(world->statement, world->n_statement), statement);
    memcpy(secret, world->q_secret, sizeof secret);
    change(lie->key, secret, sizeof secret);
    change(lie->statement, statement, sizeof statement);
    in_sign(lib, secret, span_of(receipt, IN_RECEIPT), SPAN(statement), signature);
    change(lie->signature, signature, IN_SIGNATURE_SIZE);
}

/* The whole of them, as the lie wants it to end. */
static span join(const in_signed_receipt *parts, const p1_receipt_lie *lie, uint8_t room[P1_RECEIPT_ROOM])
{
    writer w = writer_of(room, P1_RECEIPT_ROOM);
    in_write_signed_receipt(parts, &w);
    for (unsigned i = 0; i < lie->after; i++)
        write_be(&w, 0, 1);
    must(writer_ok(&w) && lie->cut < w.n);
    change(lie->whole, room, w.n);
    return span_of(room, w.n - lie->cut);
}

void p1_make_receipt(const prim *lib, const service *world, const in_turn *turn, span tokenizer, span answer, const p1_receipt_lie *lie,
                     in_end *end, uint8_t room[P1_RECEIPT_ROOM])
{
    uint8_t opened[IN_OPENING_MAX], receipt[IN_RECEIPT], signature[IN_SIGNATURE_SIZE];
    writer opening = WRITER(opened);
    write_opening(lib, turn, tokenizer, answer, end, &opening);
    must(writer_ok(&opening));
    change(lie->opening, opened, opening.n);
    make_receipt(lib, end->com, written(&opening), lie, receipt);
    sign(lib, world, receipt, lie, signature);
    change(lie->shown, opened, opening.n);
    end->prompt = (uint64_t)((int)(sizeof prompt / 2) + lie->prompt);
    end->output = (uint64_t)((int)answer.n + lie->output);
    end->receipt = lie->none ? EMPTY : join(&(in_signed_receipt){written(&opening), SPAN(receipt), SPAN(signature)}, lie, room);
}
