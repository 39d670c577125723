/* Profile confer, the server's side: one connection is one cf_server.
 *
 *   cf_server_admit          the token of the upgrade
 *   cf_server_expects        a WebSocket message is arriving
 *   cf_server_takes_message  it came
 *   cf_server_says           an answer, or an event of a streamed one */
#ifndef PARLEY_CONFER_SERVER_H
#define PARLEY_CONFER_SERVER_H

#include "confer.h"

typedef struct cf_server {
    cf_phase phase;
    bool subscribed;
    int64_t expires;
    cf_pending pending;
    nz_peer noise;
} cf_server;

/* ---- the upgrade ---- */

/* The target of the upgrade request, "/websocket?token=...". Rejected: no upgrade, the answer is the HTTP status
 * cf_refusal_status with an empty body; the connection closes. Starts the connection: any former state is lost. */
verdict cf_server_admit(cf_server *, const cf_world *, span target);
unsigned cf_refusal_status(verdict);
/* What the same port answers to a request that is no upgrade: the status and *body. 404 for a target that it does not know. */
unsigned cf_plain_answer(const cf_world *, span method, span target, const char **body);

/* ---- messages ---- */

/* A message of at least n bytes, of whichever kind, is arriving: judged before it is kept. */
verdict cf_server_expects(cf_server *, const cf_world *, uint64_t n, cf_effects *out);
/* A binary message came. Takes coins. Message 1 is answered by message 2; later ones may complete a request: then the
 * answer is among the records (GET /ping, an error), or event.kind is CF_CALL and the caller owes answers under that
 * id by cf_server_says. Every other rejection of a sentence ends the session (effects.close). */
verdict cf_server_takes_message(cf_server *, const cf_world *, span message, cf_effects *out);
/* A text message came: nothing is sent, nothing changes; since 0.1.20 the session ends. */
verdict cf_server_takes_text(cf_server *, const cf_world *, span text, cf_effects *out);

bool cf_server_owes(const cf_server *, int64_t id); /* the session is open and the request is pending */
/* An answer under an id that is owed (must); `last` ends it. Takes coins. Body at most CF_MESSAGE_MAX - 64 bytes, not in storage->whole. */
void cf_server_says(cf_server *, const cf_world *, int64_t id, unsigned status, span body, bool last, cf_effects *out);

/* Answers of a chat. `utf8` is whole characters (must). Token and completion for a streamed one; cf_server_says(..., 200, text, true, ...) for a single one. */
void cf_server_says_token(cf_server *, const cf_world *, int64_t id, span utf8, cf_effects *out);
/* What the model thinks; before 0.1.16 nothing is sent. */
void cf_server_says_thinking(cf_server *, const cf_world *, int64_t id, span utf8, cf_effects *out);
void cf_server_says_completion(cf_server *, const cf_world *, int64_t id, int64_t context_tokens, cf_effects *out);

void cf_server_end(cf_server *, cf_storage *); /* the connection is gone: wipes the secrets and what was assembled (may be NULL) */

/* ---- the chat request ---- */

typedef enum cf_role { CF_USER, CF_ASSISTANT, CF_SYSTEM, CF_DEVELOPER, CF_TOOL_CALL, CF_TOOL_RESPONSE, CF_ROLES } cf_role;
extern const char *const cf_role_names[CF_ROLES];

typedef struct cf_chat_message {
    cf_role role;
    span content; /* JSON string: json_string decodes it */
} cf_chat_message;

verdict cf_read_chat(cf_revision, span body, writer *room, cf_chat *out); /* section 6; room: body.n bytes, used in passing */
/* for (json_cursor c = json_enter(chat.messages); cf_next_message(&c, &m);) ... Only on what cf_read_chat accepted. */
bool cf_next_message(json_cursor *, cf_chat_message *out);

#endif
