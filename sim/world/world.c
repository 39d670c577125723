#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Something under way. The order of arrival is (due, number). */
typedef struct parcel {
    int64_t due;
    uint64_t number;
    unsigned to, link;
    size_t n;
    uint8_t *bytes;
} parcel;

typedef struct way { /* one direction of a link */
    chance luck;
    int64_t latest; /* arrival of the last parcel of an ordered link */
} way;

typedef struct joint {
    world_link how;
    unsigned end[2];
    way ways[2]; /* ways[i] leads from end[i] */
    bool cut;
    world_count count;
} joint;

struct world {
    const prim *p;
    int64_t now;
    uint8_t seed[64];
    size_t seed_n;
    world_node nodes[WORLD_NODES];
    unsigned n_nodes, n_joints;
    joint joints[WORLD_LINKS];
    parcel *heap; /* the earliest first */
    size_t n, cap, bytes;
    uint64_t numbers;
};

world *world_new(const prim *p, span seed, int64_t start)
{
    world *w = calloc(1, sizeof *w);
    must(w && seed.n <= sizeof w->seed && start >= 0);
    w->p = p;
    w->now = start;
    w->seed_n = seed.n;
    span_take(seed, w->seed, sizeof w->seed);
    return w;
}

void world_free(world *w)
{
    if (!w)
        return;
    for (size_t i = 0; i < w->n; i++)
        free(w->heap[i].bytes);
    free(w->heap);
    free(w);
}

int64_t world_now(const world *w) { return w->now; }

chance world_chance(const world *w, const char *name) { return chance_of(w->p, span_of(w->seed, w->seed_n), name); }

unsigned world_add(world *w, const world_node *node)
{
    must(w->n_nodes < WORLD_NODES);
    w->nodes[w->n_nodes] = *node;
    return w->n_nodes++;
}

unsigned world_join(world *w, unsigned a, unsigned b, const world_link *how)
{
    must(w->n_joints < WORLD_LINKS && a < w->n_nodes && b < w->n_nodes && a != b);
    must(how->delay >= 0 && how->jitter >= 0 && how->hold >= 0 && (how->ordered ? !how->loss && !how->duplicate : !how->piece));
    joint *j = &w->joints[w->n_joints];
    *j = (joint){.how = *how, .end = {a, b}};
    for (int i = 0; i < 2; i++) {
        char name[40];
        snprintf(name, sizeof name, "link %u way %d", w->n_joints, i);
        j->ways[i] = (way){world_chance(w, name), 0};
    }
    return w->n_joints++;
}

world_count world_counts(const world *w, unsigned link)
{
    must(link < w->n_joints);
    return w->joints[link].count;
}

/* ---- the heap ---- */

static bool earlier(const parcel *a, const parcel *b) { return a->due != b->due ? a->due < b->due : a->number < b->number; }

static void swap(parcel *a, parcel *b)
{
    parcel t = *a;
    *a = *b;
    *b = t;
}

static void push(world *w, parcel one)
{
    if (w->n == w->cap) {
        w->cap = w->cap ? 2 * w->cap : 64;
        w->heap = realloc(w->heap, w->cap * sizeof *w->heap);
        must(w->heap);
    }
    size_t at = w->n++;
    w->heap[at] = one;
    for (; at && earlier(&w->heap[at], &w->heap[(at - 1) / 2]); at = (at - 1) / 2)
        swap(&w->heap[at], &w->heap[(at - 1) / 2]);
}

static parcel pop(world *w)
{
    parcel first = w->heap[0];
    w->heap[0] = w->heap[--w->n];
    for (size_t at = 0, child; (child = 2 * at + 1) < w->n; at = child) {
        if (child + 1 < w->n && earlier(&w->heap[child + 1], &w->heap[child]))
            child++;
        if (!earlier(&w->heap[child], &w->heap[at]))
            break;
        swap(&w->heap[at], &w->heap[child]);
    }
    return first;
}

/* ---- sending ---- */

static int64_t arrival(world *w, joint *j, way *v, bool held)
{
    int64_t due = w->now + j->how.delay + (held ? j->how.hold : 0);
    if (j->how.jitter)
        due += (int64_t)chance_below(&v->luck, (uint64_t)j->how.jitter + 1);
    if (j->how.ordered && due < v->latest)
        due = v->latest;
    return v->latest = due;
}

static void dispatch(world *w, joint *j, way *v, unsigned to, bool held, span bytes)
{
    must(bytes.n <= WORLD_IN_FLIGHT - w->bytes);
    parcel one = {arrival(w, j, v, held), w->numbers++, to, (unsigned)(j - w->joints), bytes.n, malloc(bytes.n + 1)};
    must(one.bytes);
    span_take(bytes, one.bytes, bytes.n);
    w->bytes += bytes.n;
    push(w, one);
}

static void send_stream(world *w, joint *j, way *v, unsigned to, span bytes)
{
    bool held = chance_hits(&v->luck, j->how.reorder);
    j->count.sent++;
    do {
        size_t n = j->how.piece ? 1 + chance_below(&v->luck, j->how.piece) : bytes.n;
        dispatch(w, j, v, to, held, span_first(bytes, n));
        bytes = span_from(bytes, n);
    } while (bytes.n);
}

/* The three draws are made whatever becomes of them, so that one rate does not move the others. */
static void send_datagram(world *w, joint *j, way *v, unsigned to, span bytes)
{
    bool lost = chance_hits(&v->luck, j->how.loss), twice = chance_hits(&v->luck, j->how.duplicate),
         held = chance_hits(&v->luck, j->how.reorder);
    j->count.sent++;
    j->count.lost += lost;
    if (lost)
        return;
    j->count.reordered += held;
    j->count.duplicated += twice;
    dispatch(w, j, v, to, held, bytes);
    if (twice)
        dispatch(w, j, v, to, false, bytes);
}

void world_send(world *w, unsigned from, unsigned link, span bytes)
{
    must(link < w->n_joints);
    joint *j = &w->joints[link];
    must(from == j->end[0] || from == j->end[1]);
    unsigned side = from == j->end[0] ? 0 : 1;
    if (j->cut) {
        j->count.sent++;
        j->count.lost++;
    } else if (j->how.ordered)
        send_stream(w, j, &j->ways[side], j->end[1 - side], bytes);
    else
        send_datagram(w, j, &j->ways[side], j->end[1 - side], bytes);
}

void world_cut(world *w, unsigned link)
{
    must(link < w->n_joints);
    w->joints[link].cut = true;
}

/* ---- running ---- */

static void arrive(world *w)
{
    parcel one = pop(w);
    joint *j = &w->joints[one.link];
    w->now = one.due;
    w->bytes -= one.n;
    j->count.delivered += !j->cut;
    j->count.lost += j->cut;
    if (!j->cut)
        w->nodes[one.to].deliver(w->nodes[one.to].ctx, w, one.link, span_of(one.bytes, one.n));
    free(one.bytes);
}

/* The node that wants to run first; the lowest number among equals. NULL when none does. */
static world_node *first_node(world *w, int64_t *when)
{
    world_node *first = NULL;
    for (unsigned i = 0; i < w->n_nodes; i++) {
        int64_t due = w->nodes[i].next ? w->nodes[i].next(w->nodes[i].ctx) : WORLD_NEVER_DUE;
        if (due != WORLD_NEVER_DUE && (!first || due < *when)) {
            first = &w->nodes[i];
            *when = due;
        }
    }
    return first;
}

/* What arrives at a moment is there before a node runs at that moment. */
world_end world_run(world *w, int64_t until, uint64_t steps)
{
    for (;;) {
        int64_t due = 0;
        world_node *node = first_node(w, &due);
        if (node && due < w->now)
            due = w->now;
        bool parcel_first = w->n && (!node || w->heap[0].due <= due);
        if (!node && !parcel_first)
            return WORLD_QUIET;
        if (parcel_first)
            due = w->heap[0].due;
        if (due > until) {
            w->now = until > w->now ? until : w->now;
            return WORLD_UNTIL;
        }
        if (steps-- == 0)
            return WORLD_BUSY;
        if (parcel_first) {
            arrive(w);
        } else {
            w->now = due;
            node->run(node->ctx, w);
        }
    }
}
