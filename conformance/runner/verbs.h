/* The prototypes of all verbs, from the table. Each verb_<name>.c includes this. */
#ifndef PARLEY_VERBS_H
#define PARLEY_VERBS_H

#include "cli.h"
#include "exits.h"

#define VERB(name, ...)                 int verb_##name(const cli_call *call);
#define LAUNCHER(name, ...)             VERB(name)
#define HYPHENATED(name, function, ...) VERB(function)
#include "verbs.def"
#undef VERB
#undef LAUNCHER
#undef HYPHENATED

#endif
