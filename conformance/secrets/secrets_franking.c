/* A turn by its key: leaves and com, the salt and the seed of its receipt, which a client recomputes; a frank that opens one leaf, and what is refused:
 * a receipt whose salt is another. */
#include "franking.h"
#include "secrets.h"
#include "secrets_opening.h"

#include <string.h>

enum { TOKENS = 8, ROOM = 8192 };

static const uint8_t model[IN_DIGEST] = {1}, tokenizer[IN_DIGEST] = {2}, statement[IN_DIGEST] = {3};
static uint8_t parameters[IN_PARAMETERS_MAX];
static in_client client;
static in_message asked;

static void asks(void)
{
    static uint8_t texts[256], request[1024], answer[ROOM], none[IN_DIGEST];
    uint8_t mk[IN_KEY], kturn[IN_KEY];
    writer head = WRITER(parameters), row = WRITER(texts), out = WRITER(request);
    in_write_parameters(&(in_parameters){.top_p = IN_SHARE_MAX, .penalty = 1000, .max_tokens = TOKENS}, &head);
    in_write_text(IN_USER, span_text("a question"), &row);
    in_write_request(
        &(in_request){.id = 7, .receipt = 1, .seed = SPAN(none), .parameters = written(&head), .n_messages = 1, .messages = written(&row)},
        &out);
    must(accepted(in_read_message(written(&out), &asked)) && accepted(in_judge_request(&asked.as.request)));
    secrets_fill(mk, sizeof mk);
    in_turn_key(&secrets_lent, mk, kturn);
    in_client_asks(&client, kturn, &asked.as.request, SPAN(model), WRITER(answer));
}

static void hears_an_answer(void)
{
    static uint8_t text[40];
    secrets_fill(text, sizeof text);
    must(accepted(
        in_client_takes(&client, &secrets_lent, &(in_message){.type = IN_TYPE_CHUNK, .as.chunk = {.id = 7, .bytes = SPAN(text)}})));
}

static span an_opening(uint8_t *bytes, size_t cap)
{
    static uint8_t salt[IN_DIGEST], seed[IN_DIGEST];
    in_turn_salt(&secrets_lent, client.turn.kturn, salt);
    in_turn_seed(&secrets_lent, client.turn.kturn, &asked.as.request, seed);
    return secrets_opening(&(in_opening){.salt = SPAN(salt),
                                         .model = SPAN(model),
                                         .tokenizer = SPAN(tokenizer),
                                         .seed = SPAN(seed),
                                         .parameters = span_first(SPAN(parameters), asked.as.request.parameters.n)},
                           TOKENS, writer_of(bytes, cap));
}

/* The end with its receipt, as the enclave makes it; its bytes up to the signature are kept in `room`. */
static in_end an_end(uint8_t *room, size_t cap, uint8_t key[32])
{
    static uint8_t bytes[IN_OPENING_MAX], com[IN_DIGEST], receipt[IN_RECEIPT], signature[IN_SIGNATURE_SIZE];
    uint8_t q[32];
    writer out = writer_of(room, cap);
    secrets_fill(q, sizeof q);
    secrets_lent.ed25519_public(q, key);
    in_turn_com(&secrets_lent, &client.turn, written(&client.answer), IN_LENGTH, com);
    declassify(com, sizeof com);
    const span opening = an_opening(bytes, sizeof bytes);
    must(accepted(in_make_receipt(&secrets_lent, 7, com, opening, receipt)));
    declassify(receipt, sizeof receipt);
    in_sign(&secrets_lent, q, SPAN(receipt), SPAN(statement), signature);
    in_write_signed_receipt(&(in_signed_receipt){opening, SPAN(receipt), SPAN(signature)}, &out);
    return (in_end){.id = 7, .seq = 1, .finish = IN_LENGTH, .prompt = TOKENS, .output = TOKENS, .com = SPAN(com), .receipt = written(&out)};
}

static void shows_a_leaf(const in_signed_receipt *s, const uint8_t key[32])
{
    static uint8_t leaves[IN_LEAVES_MAX * IN_DIGEST], opened[ROOM], room[ROOM];
    const uint32_t question = 1;
    writer row = WRITER(opened), out = WRITER(room);
    in_frank frank;
    account noted;
    in_moderated told;
    in_make_frank(&secrets_lent, &client.turn, written(&client.answer), IN_LENGTH, s, SPAN(statement), &question, 1, leaves, &row, &frank);
    in_write_frank(&frank, &out);
    declassify(room, out.n); /* what the user shows */
    must(accepted(
        in_moderate(&secrets_lent, &(in_moderator){span_of(key, 32), SPAN(statement), SPAN(model)}, written(&out), &noted, &told)));
}

void secrets_of_franking(void)
{
    static uint8_t room[ROOM];
    uint8_t key[32];
    account noted;
    in_signed_receipt s;
    asks();
    hears_an_answer();
    const in_end end = an_end(room, sizeof room, key);
    const in_expected by = {SPAN(key), SPAN(statement), SPAN(model), SPAN(tokenizer), IN_NO_TOKEN, NULL, NULL};
    must(accepted(in_client_takes(&client, &secrets_lent, &(in_message){.type = IN_TYPE_END, .as.end = end})));
    must(accepted(in_client_checks_receipt(&client, &secrets_lent, &end, &by, &noted, &s)));
    shows_a_leaf(&s, key);
    room[4] ^= 1; /* the salt is the opening's first */
    must(!accepted(in_client_checks_receipt(&client, &secrets_lent, &end, &by, &noted, &s)));
}
