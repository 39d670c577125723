#include "signer.h"

#include "exits.h"

static bool take(const cli_call *call, const char *option, uint8_t room[IN_DIGEST], span *out, int *exit_code)
{
    const char *digits = cli_value(call, option);
    writer w = writer_of(room, IN_DIGEST);
    if (!digits)
        return true;
    if (!read_hex(span_text(digits), &w) || w.n != IN_DIGEST) {
        *exit_code = cli_usage(call, "--%s: '%s' is not 64 lower-case hexadecimal digits", option, digits);
        return false;
    }
    *out = written(&w);
    return true;
}

bool signer_asked(const cli_call *call, signer *s, int *exit_code)
{
    s->by = (in_signed){0};
    if (!take(call, "signer", s->key, &s->by.key, exit_code) || !take(call, "statement", s->statement, &s->by.statement, exit_code) ||
        !take(call, "com", s->com, &s->by.session, exit_code))
        return false;
    if ((s->by.key.n == 0) == (s->by.statement.n == 0))
        return true;
    *exit_code = cli_usage(call, "--signer and --statement go together: a receipt key is worth what the statement says of it");
    return false;
}
