/* What host and guest share: storage, effects carried out, chance, a clock for the pace. */
#ifndef PARLEY_P1_SOCKET_PARTS_H
#define PARLEY_P1_SOCKET_PARTS_H

#include "p1_socket.h"

typedef struct p1_socket_side {
    ws *w;
    p1_storage storage;
    p1_effects effects;
    uint8_t *room; /* one mapping: control, talk, plain, sent */
    size_t n_room;
    uint8_t coins[P1_COINS];
    uint8_t session[32], told[32]; /* for the key log: which session it is, and the dh that was told last */
    struct event *timer;           /* for the next record */
} p1_socket_side;

typedef void p1_on_timer(int number, short what, void *ctx);

bool p1_side_make(p1_socket_side *, struct event_base *, p1_on_timer *, void *ctx, size_t control);
void p1_side_free(p1_socket_side *);
void p1_side_carry_out(p1_socket_side *);
struct event *p1_clock(struct event_base *, p1_on_timer *, void *ctx); /* each second, once it is added; NULL: there is no memory */
void p1_clock_runs(struct event *, bool);
span p1_side_draws(p1_socket_side *, coins *); /* P1_COINS bytes */
void p1_side_tells(const p1_socket_side *, const p1_key_log *, p1_secret_kind, span secret);
void p1_side_tells_dh(p1_socket_side *, const p1_key_log *, const prim_pair *); /* once for each pair */
uint32_t p1_chance(coins *);                                                    /* 32 bits for the pace */
uint64_t p1_millis(void);                                                       /* monotonic */
/* Calls the timer's function at `due`, in milliseconds; at once, from the loop, when that has passed. */
void p1_side_wakes_at(p1_socket_side *, uint64_t due);

/* A copy of bytes that a turn needs until it is over; wiped and freed by p1_kept_drop. */
typedef struct p1_kept {
    uint8_t *p;
    size_t n, cap;
} p1_kept;

bool p1_keep(p1_kept *, size_t cap); /* empty, with room; false: there is no memory */
void p1_kept_drop(p1_kept *);

#endif
