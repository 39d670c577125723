/* `chat --history DIR`: what was said, sealed turn by turn in a storage that nobody has to trust. */
#ifndef PARLEY_CHAT_HISTORY_H
#define PARLEY_CHAT_HISTORY_H

#include "cli.h"
#include "coins.h"

/* Opens it, or begins a new one, and says what it has; an exit code. */
int chat_history_opens(const cli_call *, const char *dir);
int chat_history_keeps(const cli_call *, const char *dir, span question, span answer);

#endif
