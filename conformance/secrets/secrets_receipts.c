/* A receipt's commitments: salt, seed and output stay secret from whoever has the receipt alone; and one part shown by its key. */
#include "secrets.h"
#include "secrets_opening.h"

#include <string.h>

enum { TOKENS = SECRETS_TOKENS_MAX };

static span an_opening(uint8_t *bytes, size_t cap)
{
    static uint8_t salt[IN_DIGEST], seed[IN_DIGEST], model[IN_DIGEST], tokenizer[IN_DIGEST], parameters[IN_PARAMETERS_MAX];
    writer head = WRITER(parameters);
    in_write_parameters(&(in_parameters){.top_p = IN_SHARE_MAX, .penalty = 1000, .max_tokens = TOKENS}, &head);
    secrets_fill(salt, sizeof salt), secrets_fill(seed, sizeof seed);
    return secrets_opening(
        &(in_opening){
            .salt = SPAN(salt), .model = SPAN(model), .tokenizer = SPAN(tokenizer), .seed = SPAN(seed), .parameters = written(&head)},
        TOKENS, writer_of(bytes, cap));
}

static void shows_a_part(span receipt, const in_opening *o, in_part part)
{
    uint8_t key[IN_DIGEST];
    in_part_key(&secrets_lent, o->salt, part, key);
    must(accepted(in_check_part(&secrets_lent, receipt, part, key, o)));
    key[0] ^= 1;
    must(!accepted(in_check_part(&secrets_lent, receipt, part, key, o)));
}

void secrets_of_receipts(void)
{
    static uint8_t bytes[IN_OPENING_MAX];
    uint8_t session[IN_DIGEST] = {5}, receipt[IN_RECEIPT];
    in_opening o;
    const span opening = an_opening(bytes, sizeof bytes);
    must(accepted(in_make_receipt(&secrets_lent, 7, session, opening, receipt)));
    declassify(receipt, sizeof receipt);
    must(accepted(in_read_opening(opening, NULL, &o)));
    shows_a_part(SPAN(receipt), &o, IN_SEED);
    shows_a_part(SPAN(receipt), &o, IN_OUTPUT);
}
