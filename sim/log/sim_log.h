/* A transparency log and its witnesses in memory, for simulations and vectors. The log signs whatever it is told to: an honest one signs its
 * own tree, a dishonest one any text. Trees and proofs are made by their recursive definitions (RFC 6962 2.1), apart from the text of chapter
 * translog that checks them, so that each is a second opinion on the other. */
#ifndef PARLEY_SIM_LOG_H
#define PARLEY_SIM_LOG_H

#include "translog.h"

enum { LOG_ENTRIES_MAX = 256 };

/* Somebody who signs notes. `seed` is the Ed25519 secret. */
typedef struct log_signer {
    const char *name;
    tl_key_type type;
    uint8_t seed[32];
} log_signer;

typedef struct sim_log {
    const prim *prim;
    log_signer signer; /* the origin is its name */
    size_t n;
    uint8_t leaf[LOG_ENTRIES_MAX][TL_HASH];
} sim_log;

void log_add(sim_log *, span entry);                                             /* must(): there is room */
void log_root(const sim_log *, size_t n, uint8_t out[TL_HASH]);                  /* of the first n entries */
void log_inclusion(const sim_log *, size_t index, size_t n, writer *out);        /* index < n <= log.n */
void log_consistency(const sim_log *, size_t m, size_t n, writer *out);          /* m <= n <= log.n; empty for m = 0 */
void log_write_checkpoint(const sim_log *, size_t n, writer *text);              /* the three lines */
void log_write_checkpoint_of(const char *origin, const tl_head *, writer *text); /* of any tree */

void log_write_vkey(const prim *, const log_signer *, writer *out);
/* One signature line over this text. `time`: of a cosignature, else not looked at. */
void log_write_line(const prim *, const log_signer *, span text, uint64_t time, writer *out);

#endif
