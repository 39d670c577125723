#include "reference_adapter.h"
#include "library_serve.h"
#include "verbs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* Only for a handshake whose caller gives no ephemeral secret of its own. */
static void draw(uint8_t *out, size_t n) { must(getrandom(out, n, 0) == (ssize_t)n); }

int verb_adapter(const cli_call *call)
{
    static reference_adapter text;
    if (call->argc)
        return cli_usage(call, "adapter takes no operands: it answers lines on its standard input");
    prim_start();
    reference_adapter_start(&text, &prim_openssl, draw);
    const parley_impl impl = reference_adapter_impl(&text);
    return library_serve(&impl, 0, 1) ? EXIT_LEVEL
                                      : cli_fail(call, EXIT_HARNESS, "the lines can't be read or answered: %s", strerror(errno));
}
