/* Profile parley1, the client's door: the signed receipt that the client was told to ask for. No file has the tokenizer of the world's claims, so
 * what the tokens spell (IN-088) can't be asked of a client here. */
#include "cases.h"
#include "client_run.h"
#include "p1_peer.h"

#define OK "p1.client.receipt.honest"

/* Where the fields of an opening begin, and those of its parameters (inference.md, section 2). */
enum {
    SALT = 0,
    MODEL = 32,
    TOKENIZER = 64,
    SEED = 96,
    FINISH = 128,
    N_OUTPUT = 133,
    TEMPERATURE = 135,
    TOP_K = TEMPERATURE + 2,
    N_STOPS = TEMPERATURE + 18
};

static void run_receipt(trial *t)
{
    const p1_reply r = {.signs = t->row->with};
    p1_peer *p = p1_enclave_opens(t);
    p1_enclave_serves(p, &r);
    if (t->row->base)
        judge_refuses(p->peer);
    else
        judge_finishes_with(p->peer, CLIENT_RUN_ANSWER);
}

#define RECEIPT(slug, says_, req_, ...)                                                                                                \
    CASE(.id = "p1.client.receipt." slug, .says = says_, .req = {[VERDICT] = req_, [REASON] = req_}, .base = OK, .asks_receipt = true, \
         .run = run_receipt, .with = GIVEN(p1_receipt_lie, __VA_ARGS__))

static const case_row rows[] = {
    CASE(.id = OK, .says = "the signed receipt of the answer",
         .req = {[VERDICT] = "IN-067 IN-082 IN-083 IN-084 IN-085 IN-086 IN-087 IN-016 IN-017 IN-080 IN-081 IN-018 IN-019 IN-020 IN-021 "
                             "IN-022 IN-023",
                 [RELEASED] = "IN-064"},
         .asks_receipt = true, .run = run_receipt, .with = GIVEN(p1_receipt_lie, .none = false)),
    RECEIPT("none", "an end without the receipt that was asked for", "IN-067", .none = true),
    RECEIPT("cut", "a receipt without its last byte", "IN-082", .cut = 1),
    RECEIPT("unsigned", "a receipt without its signature", "IN-082", .cut = IN_SIGNATURE_SIZE),
    RECEIPT("behind", "a byte behind the signature", "IN-082", .after = 1),
    RECEIPT("opening-longer", "an opening that is said to be longer", "IN-082", .whole = {2, 3}),
    RECEIPT("counts-in-opening", "an opening with a token less than it counts", "IN-001", .shown = {2, N_OUTPUT}),
    RECEIPT("stops", "an opening that counts 8 stop sequences", "IN-004", .shown = {8, N_STOPS}),
    RECEIPT("temperature", "an opening with a temperature that is none", "IN-005", .shown = {0x80, TEMPERATURE}),
    RECEIPT("salt-first", "an opening with a salt of another first byte", "IN-083", .opening = {1, SALT}),
    RECEIPT("salt-last", "of another last byte", "IN-083", .opening = {1, SALT + 31}),
    RECEIPT("seed-first", "an opening with a seed of another first byte", "IN-084", .opening = {1, SEED}),
    RECEIPT("seed-last", "of another last byte", "IN-084", .opening = {1, SEED + 31}),
    RECEIPT("model-first", "an opening with a model of another first byte", "IN-085", .opening = {1, MODEL}),
    RECEIPT("model-last", "of another last byte", "IN-085", .opening = {1, MODEL + 31}),
    RECEIPT("tokenizer-first", "an opening with a tokenizer of another first byte", "IN-085", .opening = {1, TOKENIZER}),
    RECEIPT("tokenizer-last", "of another last byte", "IN-085", .opening = {1, TOKENIZER + 31}),
    RECEIPT("parameters", "an opening with another parameter", "IN-086", .opening = {1, TOP_K + 1}),
    RECEIPT("finish", "an opening that ended at its limit, and an end that did not", "IN-087", .opening = {1, FINISH}),
    RECEIPT("prompt-count", "an end that counts a token of the prompt more", "IN-087", .prompt = 1),
    RECEIPT("output-count", "an end that counts a token of the answer less", "IN-087", .output = -1),
    RECEIPT("version", "a receipt of version 2", "IN-016", .receipt = {3, 3}),
    RECEIPT("root-first", "a root of another first byte, signed", "IN-017", .root = {1, 0}),
    RECEIPT("root-last", "of another last byte", "IN-017", .root = {1, 31}),
    RECEIPT("key", "a signature by another key", "IN-080", .key = {1, 5}),
    RECEIPT("statement", "a signature for another statement", "IN-080", .statement = {1, 9}),
    RECEIPT("signature-first", "a signature whose first byte is changed", "IN-080", .signature = {1, 0}),
    RECEIPT("signature-middle", "whose second half begins otherwise", "IN-080", .signature = {1, 32}),
    RECEIPT("signature-bit", "in which another bit is changed", "IN-080", .signature = {4, 50}),
    RECEIPT("com-first", "a receipt for a turn of another first byte", "IN-081", .com = {1, 0}),
    RECEIPT("com-middle", "of another byte in the middle", "IN-081", .com = {1, 16}),
    RECEIPT("com-last", "of another last byte", "IN-081", .com = {1, 31}),
    RECEIPT("unbound", "a receipt that is bound to nothing", "IN-081", .unbound = true),
    RECEIPT("part-model", "a receipt of another model", "IN-018", .made_of = {1, MODEL + 7}),
    RECEIPT("part-tokenizer", "a receipt of another tokenizer", "IN-019", .made_of = {1, TOKENIZER + 7}),
    RECEIPT("part-prompt", "a receipt of another prompt", "IN-020", .prompt_of_another = true),
    RECEIPT("part-parameters", "a receipt of other parameters", "IN-021", .made_of = {1, TOP_K + 1}),
    RECEIPT("part-seed", "a receipt of another seed", "IN-022", .made_of = {1, SEED + 7}),
    RECEIPT("part-output", "a receipt of another last token", "IN-023", .made_of = {1, -1}),
    RECEIPT("part-finish", "a receipt of an answer that ended at its limit", "IN-023", .made_of = {1, FINISH}),
};

const case_table p1_client_receipts_cases = {rows, sizeof rows / sizeof *rows};
