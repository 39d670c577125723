#include "secrets_opening.h"
#include "secrets.h"

span secrets_opening(const in_opening *like, size_t tokens, writer out)
{
    static uint8_t prompt[2 * SECRETS_TOKENS_MAX], output[2 * SECRETS_TOKENS_MAX];
    in_opening o = *like;
    must(tokens <= SECRETS_TOKENS_MAX);
    secrets_fill(prompt, 2 * tokens), secrets_fill(output, 2 * tokens);
    o.finish = IN_LENGTH;
    o.prompt = span_of(prompt, 2 * tokens);
    o.output = span_of(output, 2 * tokens);
    in_write_opening(&o, &out);
    return written(&out);
}
