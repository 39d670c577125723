/* What the files of the Sigstore-shaped signer share, inside this room only. */
#ifndef PARLEY_SIM_SIGSTORE_PARTS_H
#define PARLEY_SIM_SIGSTORE_PARTS_H

#include "pubkey.h"
#include "sim_sigstore.h"

typedef enum key_name { KEY_CA, KEY_LEAF, KEY_LOG, KEY_CT, KEY_TSA_CA, KEY_TSA, KEY_OTHER, KEY_INTERMEDIATE, KEYS } key_name;

/* Who signs, and how. */
typedef struct maker {
    key_name key;
    sim_algorithm algorithm;
} maker;

/* A piece of bytes under way. */
typedef struct piece {
    size_t n;
    uint8_t bytes[6144];
} piece;

static inline span piece_view(const piece *p) { return span_of(p->bytes, p->n); }
static inline writer piece_writer(piece *p) { return writer_of(p->bytes, sizeof p->bytes); }

static inline void piece_keep(piece *p, const writer *w)
{
    must(writer_ok(w));
    p->n = w->n;
}

prim_hash maker_hash(sim_algorithm);               /* the one that a digest beside such a signature has */
const char *maker_details(sim_algorithm);          /* as trusted roots and entries name it */
void maker_put_key(const prim *, maker, writer *); /* SubjectPublicKeyInfo */
piece maker_key(const prim *, maker);
piece maker_sign(const prim *, maker, span message);

#endif
