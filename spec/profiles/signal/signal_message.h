/* The two messages of profile signal, and the encodings in them. */
#ifndef PARLEY_SIGNAL_MESSAGE_H
#define PARLEY_SIGNAL_MESSAGE_H

#include "signal_profile.h"

typedef struct sg_inner {
    pb_bytes ratchet_key;
    pb_int counter, previous_counter;
    pb_bytes ciphertext, pq_ratchet, addresses;
} sg_inner;

typedef struct sg_outer {
    pb_int pre_key_id;
    pb_bytes base_key, identity_key, message;
    pb_int registration_id, signed_pre_key_id, kyber_pre_key_id;
    pb_bytes kyber_ciphertext;
} sg_outer;

extern const layout sg_inner_layout, sg_outer_layout;

/* A message without its version byte and MAC, judged field by field. */
verdict sg_read_inner(rt_mode, span body, sg_inner *);
verdict sg_read_outer(rt_mode, unsigned version, span body, sg_outer *);

verdict sg_read_point(rt_mode, span encoded, uint8_t u[32]);

#endif
