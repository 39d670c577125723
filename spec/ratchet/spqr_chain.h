/* The chain's calls, for the peer; and for the thief in the simulator, who has a chain without a peer. */
#ifndef PARLEY_SPQR_CHAIN_H
#define PARLEY_SPQR_CHAIN_H

#include "spqr.h"

/* The key of the next message under `epoch` and its index, from 1. */
verdict pq_chain_send(const prim *, pq_chain *, uint64_t epoch, uint32_t *n, uint8_t key[32]);

/* The key of message n of `epoch`: RT-082, RT-083, RT-084. The store is read only; what is to change there stands in the step. */
verdict pq_chain_receive(pq_chain *, const pq_store *, const rt_world *, uint64_t epoch, uint32_t n, pq_step *);
void pq_chain_commit(const pq_chain *, pq_store *, const rt_world *, pq_step *);

#endif
