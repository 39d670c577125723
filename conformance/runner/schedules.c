#include "schedules.h"
#include "derivation.h"
#include "in_process.h"

#include <stdio.h>
#include <string.h>

const schedule schedules[] = {
    {"nz.split.xx.aesgcm-sha256.i.ok", "Noise XX: chaining keys, cipher keys, transcript hash"},
    {"nz.split.nxhfs.chachapoly-sha256.i.ok", "Noise NX with hybrid forward secrecy"},
    {"rt.sign.strict.signer-0", "XEdDSA: nonce and challenge"},
    {"rt.start.strict.ok", "PQXDH: the shared secret of a first message"},
    {"rt.send.v4.third", "Double Ratchet and SPQR: root, chains, message keys"},
    {"p1.agree.ok", "Parley/1: the base key"},
    {"p1.bind.ok", "Parley/1: binder"},
    {"p1.keys.ok", "Parley/1: the seed of an epoch and its roots"},
    {"p1.seal.later.e7", "Parley/1: chains and record keys"},
    {"hi.kek.ok", "history: the key that wraps"},
    {"hi.index.ok", "history: keys of an index"},
    {"in.turn.ok", "inference: keys, seed, salt and commitment of a turn"},
    {NULL, NULL},
};

const vector_case *case_named(const vector_set *set, const char *id)
{
    for (size_t i = 0; i < set->n; i++)
        if (strcmp(set->all[i].id, id) == 0)
            return &set->all[i];
    return NULL;
}

bool schedule_write(const vector_set *set, const vector_case *c, page *out, size_t *values)
{
    static in_process target;
    static case_result found;
    char title[256];
    in_process_start(&target, derivation_start(&prim_openssl));
    in_process_run(&target, set, c, &found);
    in_process_end(&target);
    snprintf(title, sizeof title, "What the text computes in the case %s, computed by openssl.", c->id);
    *values = derivation_write(out, title);
    derivation_end();
    return case_passed(&found);
}
