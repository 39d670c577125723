/* Attackers on a turn that is shown later: what a client, or whoever has a key, tells a moderator (goals 25 to 27), and an enclave that signs
 * without being asked (goal 29). */
#include "p1_turn_attackers.h"

#include "franking.h"

#include <string.h>

static const uint8_t mk[IN_KEY] = {1}, model[IN_DIGEST] = {2}, tokenizer[IN_DIGEST] = {3}, statement[IN_DIGEST] = {4}, owner_q[32] = {5},
                     thief_q[32] = {6}, zeros[IN_DIGEST];
static const char answer[] = "It is noon.";

typedef struct finished {
    uint8_t request[1024], tools[256], texts[512], parameters[64], opening[2048], receipt[IN_RECEIPT], signature[64], frank[4096],
        row[2048], values[IN_LEAVES_MAX * IN_DIGEST], end[4096], heard[256];
    span asked;
    in_turn turn;
    in_signed_receipt proof;
    in_frank shown;
} finished;

static finished f;

static void ask(bool receipt)
{
    writer w = WRITER(f.request), t = WRITER(f.tools), m = WRITER(f.texts), p = WRITER(f.parameters);
    in_message read;
    in_write_parameters(&(in_parameters){0}, &p);
    in_write_tool(span_text("{\"order\":\"say that it is noon\"}"), &t);
    in_write_text(IN_ASSISTANT, span_text("I lie when I am told to."), &m);
    in_write_text(IN_USER, span_text("What time is it?"), &m);
    in_write_request(&(in_request){.id = 1,
                                   .receipt = receipt,
                                   .seed = SPAN(zeros),
                                   .parameters = written(&p),
                                   .n_tools = 1,
                                   .tools = written(&t),
                                   .n_messages = 2,
                                   .messages = written(&m)},
                     &w);
    must(writer_ok(&w) && accepted(in_read_message(written(&w), &read)));
    f.asked = written(&w);
    f.turn = (in_turn){.request = read.as.request, .model = SPAN(model)};
}

/* The turn is over, and its receipt is signed by this key. */
static void finish(const prim *p, const uint8_t q[32])
{
    static const uint8_t prompt[] = {0, 1}, output[] = {0, 2};
    uint8_t salt[IN_DIGEST], seed[IN_DIGEST], com[IN_DIGEST];
    writer o = WRITER(f.opening);
    ask(true);
    in_turn_key(p, mk, f.turn.kturn);
    in_turn_salt(p, f.turn.kturn, salt);
    in_turn_seed(p, f.turn.kturn, &f.turn.request, seed);
    in_turn_com(p, &f.turn, span_text(answer), IN_END, com);
    in_write_opening(&(in_opening){.salt = SPAN(salt),
                                   .model = SPAN(model),
                                   .tokenizer = SPAN(tokenizer),
                                   .seed = SPAN(seed),
                                   .parameters = f.turn.request.parameters,
                                   .prompt = SPAN(prompt),
                                   .output = SPAN(output)},
                     &o);
    must(accepted(in_make_receipt(p, 1, com, written(&o), f.receipt)));
    in_sign(p, q, SPAN(f.receipt), SPAN(statement), f.signature);
    f.proof = (in_signed_receipt){written(&o), SPAN(f.receipt), SPAN(f.signature)};
}

static void show(const prim *p, const uint32_t *leaves, size_t n)
{
    writer row = WRITER(f.row);
    in_make_frank(p, &f.turn, span_text(answer), IN_END, &f.proof, SPAN(statement), leaves, n, f.values, &row, &f.shown);
}

static verdict moderate(const prim *p, in_moderated *told)
{
    uint8_t key[32];
    account noted;
    writer w = WRITER(f.frank);
    p->ed25519_public(owner_q, key);
    in_write_frank(&f.shown, &w);
    must(writer_ok(&w));
    const in_moderator by = {SPAN(key), SPAN(statement), SPAN(model)};
    return in_moderate(p, &by, written(&w), &noted, told);
}

/* The client shows the answer's leaf with other words. */
attack_result other_words(const prim *p)
{
    in_moderated told;
    finish(p, owner_q);
    show(p, (const uint32_t[]){3}, 1);
    memcpy(f.row + f.shown.opened.n - strlen("noon."), "dusk.", strlen("noon."));
    const verdict v = moderate(p, &told);
    return (attack_result){accepted(v) && span_is(told.answer, "It is dusk."), v.req};
}

/* The client shows a message of its own as the answer's kind. */
attack_result other_kind(const prim *p)
{
    in_moderated told;
    finish(p, owner_q);
    show(p, (const uint32_t[]){1}, 1);
    f.row[4] = IN_ANSWER;
    const verdict v = moderate(p, &told);
    return (attack_result){accepted(v), v.req};
}

/* The client shows what it told as the assistant's, and wants it taken for the enclave's word. */
attack_result forged_turn(const prim *p)
{
    in_moderated told = {0};
    finish(p, owner_q);
    show(p, (const uint32_t[]){1}, 1);
    const verdict v = moderate(p, &told);
    return (attack_result){accepted(v) && span_is(told.answer, "I lie when I am told to."), v.req};
}

/* The client keeps the order that hides in its tools closed, and wants that not to be told. */
attack_result hidden_order(const prim *p)
{
    in_moderated told = {0};
    finish(p, owner_q);
    show(p, (const uint32_t[]){1, 2, 3}, 3);
    const verdict v = moderate(p, &told);
    return (attack_result){accepted(v) && !told.withheld, v.req};
}

/* A hardware key of an unlisted machine makes evidence, and a key of its own signs. */
attack_result other_signer(const prim *p)
{
    in_moderated told;
    finish(p, thief_q);
    show(p, (const uint32_t[]){3}, 1);
    const verdict v = moderate(p, &told);
    return (attack_result){accepted(v), v.req};
}

/* What can be shown to anybody, though the client wanted to be able to deny it. */
attack_result signs_unasked(const prim *p)
{
    in_client c = {0};
    in_message m = {0};
    uint8_t kturn[IN_KEY], com[IN_DIGEST], room[2048];
    writer chunk = WRITER(room), end = WRITER(f.end), receipt = WRITER(f.frank);
    finish(p, owner_q);
    in_write_signed_receipt(&f.proof, &receipt);
    ask(false);
    in_turn_key(p, mk, kturn);
    memcpy(f.turn.kturn, kturn, IN_KEY);
    in_turn_com(p, &f.turn, span_text(answer), IN_END, com);
    in_client_asks(&c, kturn, &f.turn.request, SPAN(model), WRITER(f.heard));
    in_write_chunk(1, 0, span_text(answer), &chunk);
    must(accepted(in_read_message(written(&chunk), &m)) && accepted(in_client_takes(&c, p, &m)));
    in_write_end(&(in_end){.id = 1, .seq = 1, .prompt = 1, .output = 1, .com = SPAN(com), .receipt = written(&receipt)}, &end);
    must(writer_ok(&end) && accepted(in_read_message(written(&end), &m)));
    const verdict v = in_client_takes(&c, p, &m);
    return (attack_result){accepted(v), v.req};
}

/* An enclave puts h, which whoever taps the line knows, where com belongs, and the client keeps the receipt. */
attack_result wiretap(const prim *p)
{
    static const uint8_t h[IN_DIGEST] = {7, 7};
    static uint8_t room[8192];
    in_client c = {0};
    in_message m = {0};
    account noted;
    uint8_t key[32], com[IN_DIGEST];
    writer chunk = WRITER(room), end = WRITER(f.end), receipt = WRITER(f.frank);
    finish(p, owner_q);
    p->ed25519_public(owner_q, key);
    must(accepted(in_make_receipt(p, 1, h, f.proof.opening, f.receipt)));
    in_sign(p, owner_q, SPAN(f.receipt), SPAN(statement), f.signature);
    in_write_signed_receipt(&f.proof, &receipt);
    in_turn_com(p, &f.turn, span_text(answer), IN_END, com);
    in_client_asks(&c, f.turn.kturn, &f.turn.request, SPAN(model), WRITER(f.heard));
    in_write_chunk(1, 0, span_text(answer), &chunk);
    must(accepted(in_read_message(written(&chunk), &m)) && accepted(in_client_takes(&c, p, &m)));
    in_write_end(&(in_end){.id = 1, .seq = 1, .prompt = 1, .output = 1, .com = SPAN(com), .receipt = written(&receipt)}, &end);
    must(writer_ok(&end) && accepted(in_read_message(written(&end), &m)));
    verdict v = in_client_takes(&c, p, &m);
    const in_expected by = {.key = SPAN(key), .statement = SPAN(statement), .model = SPAN(model), .tokenizer = SPAN(tokenizer), .end = 2};
    if (accepted(v))
        v = in_client_checks_receipt(&c, p, &m.as.end, &by, &noted, NULL);
    return (attack_result){accepted(v) && memmem(f.receipt, sizeof f.receipt, h, sizeof h) != NULL, v.req};
}
