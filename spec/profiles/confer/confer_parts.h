/* What the files of this profile share, and no other room needs. */
#ifndef PARLEY_CONFER_PARTS_H
#define PARLEY_CONFER_PARTS_H

#include "confer_client.h"
#include "confer_server.h"

/* Both sides (confer.c) */
verdict cf_judge_phase(cf_phase);
nz_world cf_noise_world(const cf_world *, span ephemeral);
void cf_start_noise(nz_peer *, const cf_world *, nz_role, const prim_pair *static_pair);
void cf_end_session(nz_peer *, cf_storage *);
void cf_end_record(cf_effects *); /* what was written since the last record is one */

void cf_storage_used(size_t *most, const writer *);
void cf_return_assembly(cf_storage *, cf_block **); /* wiped, to the pool (confer_frame.c) */

bool cf_pending_find(const cf_pending *, int64_t id, bool *stream); /* *stream is false when there is none */
void cf_pending_add(cf_pending *, int64_t id, bool stream);
void cf_pending_remove(cf_pending *, int64_t id);

/* Admission (confer_token.c) */
typedef struct cf_grant {
    bool subscribed;
    int64_t expires;
} cf_grant;
verdict cf_judge_token(const cf_world *, span token, cf_grant *out);

/* Chat (confer_chat.c): JSON out of and into bodies. */
void cf_write_token_event(span utf8, writer *out);
void cf_write_thinking_event(span utf8, writer *out);
void cf_write_completion_event(int64_t context_tokens, int64_t max, writer *out);
void cf_write_chat(const cf_ask *, writer *out);
bool cf_is_blank(span string); /* JSON */
bool cf_read_event(span body, writer *room, cf_event *out);

#endif
