/* A world without a clock of its own: nodes, links between them, and a time that jumps to whatever happens next.
 *
 * A node is three functions (deliver, next, run), as in quicly's simulator. Time is whole microseconds; what happens at the same
 * microsecond happens in the order in which it was sent. All chance comes from one seed, a stream per link and direction:
 * the same nodes, links and seed give the same run, byte for byte. */
#ifndef PARLEY_WORLD_H
#define PARLEY_WORLD_H

#include "chance.h"

enum {
    WORLD_NODES = 16,
    WORLD_LINKS = 32,
    WORLD_NEVER_DUE = -1,
    WORLD_IN_FLIGHT = 64 << 20, /* bytes on all links together; more stops the program, for only our own nodes can cause it */
};

typedef struct world world;

typedef struct world_node {
    void *ctx;
    void (*deliver)(void *ctx, world *, unsigned link, span bytes); /* `bytes` is good until it returns */
    int64_t (*next)(void *ctx);                                     /* when it wants to run, or WORLD_NEVER_DUE; may be NULL */
    void (*run)(void *ctx, world *);
} world_node;

/* How a link treats what is sent over it, in either direction. All zero: at once, whole, complete and in order. */
typedef struct world_link {
    int64_t delay, jitter; /* microseconds: `delay` and up to `jitter` more */
    uint32_t loss;         /* per million, each on its own draw */
    uint32_t duplicate;
    uint32_t reorder; /* that many are held back by `hold` more, so that later ones overtake */
    int64_t hold;
    bool ordered; /* a stream as TCP is: jitter and hold may delay but nothing overtakes; loss, duplicate must be 0 */
    size_t piece; /* ordered only: bytes arrive in pieces of 1 to `piece`; 0: as sent */
} world_link;

world *world_new(const prim *, span seed, int64_t start); /* `start`: microseconds since 1970 UTC, or 0 */
void world_free(world *);
int64_t world_now(const world *);
chance world_chance(const world *, const char *name); /* a stream of one's own from the world's seed */

unsigned world_add(world *, const world_node *);                          /* the node's number */
unsigned world_join(world *, unsigned a, unsigned b, const world_link *); /* the link's number */
void world_send(world *, unsigned from, unsigned link, span bytes);       /* copies; arrives at the other end, never before this returns */
void world_cut(world *, unsigned link);                                   /* what is under way is lost, and all that is sent from now on */

typedef enum world_end { WORLD_QUIET, WORLD_UNTIL, WORLD_BUSY } world_end;
/* Goes on until nothing is due (QUIET), the next thing is later than `until` (UNTIL: it is then that time), or `steps` things
 * happened (BUSY). A node whose `next` lies in the past runs now. */
world_end world_run(world *, int64_t until, uint64_t steps);

typedef struct world_count {
    uint64_t sent, delivered, lost, duplicated, reordered;
} world_count;
world_count world_counts(const world *, unsigned link);

#endif
