#ifndef PARLEY_VERIFY_QUOTE_H
#define PARLEY_VERIFY_QUOTE_H

#include "cli.h"
#include "quote.h"

/* `parley verify tdx QUOTE ...` and `parley verify sgx QUOTE ...` */
int verify_quote(const cli_call *, at_tee);

#endif
