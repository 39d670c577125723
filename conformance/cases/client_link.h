/* A client under test that lives longer than one case, and is told over a link what to do next.
 *
 * Driven: a process of the runner's that answers lines of flat JSON, one for one, on its standard input and output.
 *   > {"id":7,"op":"cl.chat","url":"ws://...","pack":"/path","prompt":"..."}
 *   < {"id":7,"ok":1,"text":"the answer"}   or   {"id":7,"rej":"binding"}   or   {"id":7,"uns":"why it can't"}
 * Waiting: somebody else's process that asks over HTTP. GET /next has url, pack, prompt and `done`, which is where it reports the end by a
 * POST of the same three answers without `id`; then it asks again, until it is told 204.
 *
 * It is believed about nothing: what breaks off, or is no such answer, counts as a crash; one that still owes an answer when its case is
 * over is ended, and started anew for the next. */
#ifndef PARLEY_CLIENT_LINK_H
#define PARLEY_CLIENT_LINK_H

#include "trial.h"

typedef struct client_link client_link;

client_link *client_link_drives(char *const *words); /* the words of the command, which the caller keeps */
/* Listens at HOST:PORT of the loopback, port 0 for a free one. NULL, with the reason in `why`. */
client_link *client_link_waits(const char *host_port, char *why, size_t n);
const char *client_link_next(const client_link *);            /* waiting: the URL of /next */
bool client_link_is_visited(client_link *, unsigned seconds); /* waiting: somebody comes by within that time */
void client_link_free(client_link *);                         /* ends the driven process; tells the next visitor that it is over */

void client_link_starts(client_link *, trial *, const char *url, const char *prompt);
void client_link_ends(client_link *, trial *); /* the case is over */
void client_link_kill(client_link *);          /* the driven process */

/* What the client said of the case under way. */
typedef struct client_answer {
    bool come;
    int exit;        /* what a command would have ended with: 0, 10, 20; -1: it broke off */
    char ending[96]; /* if so, how */
    page text;       /* as a command would have printed it */
    page errors;     /* driven: what stands on its error output */
} client_answer;

client_answer *client_link_answer(client_link *);

#endif
