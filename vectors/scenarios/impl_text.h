/* Our own text behind the shim (door 4): what the adapter, the audit, the mutants and the fuzz targets call. */
#ifndef PARLEY_IMPL_TEXT_H
#define PARLEY_IMPL_TEXT_H

#include "noise.h"
#include "shim.h"

enum { IMPL_TEXT_HANDLES = 64 };

typedef struct impl_text {
    const prim *prim;
    /* Fills n bytes for an operation whose caller gives no secret of its own; NULL: such a call is a bug of the caller. */
    void (*random)(uint8_t *out, size_t n);
    struct impl_text_session {
        bool used, has_e;
        uint8_t e[NZ_KEY];
        nz_peer peer;
    } session[IMPL_TEXT_HANDLES];
} impl_text;

/* One operation: the reply is started already. */
typedef void impl_text_op(impl_text *, const shim_request *, shim_reply *);
typedef struct impl_text_row {
    const char *op;
    impl_text_op *run;
} impl_text_row;

extern const impl_text_row impl_text_noise[], impl_text_wire[], impl_text_attestation[], impl_text_inference[], impl_text_confer[];

void impl_text_start(impl_text *, const prim *, void (*random)(uint8_t *, size_t));
parley_impl impl_text_behind_shim(impl_text *);

/* For the rows: rej with the requirement's reason word and its ID as detail; and a complaint about the request. */
void impl_text_reject(shim_reply *, verdict);
void impl_text_complain(shim_reply *, const char *what);

#endif
