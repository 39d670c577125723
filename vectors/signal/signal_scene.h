/* A conversation of two players, and the cases that are made from it: the target is one of the two, its side so far is the case's script, and what
 * is refused is made by the other with its real keys. */
#ifndef PARLEY_SIGNAL_SCENE_H
#define PARLEY_SIGNAL_SCENE_H

#include "chapter.h"
#include "signal_evil_peer.h"

enum { A, B, SCRIPT = 1 << 17, MESSAGE = 8192 };

typedef struct scene {
    sheet s;
    player *player[2];
    player_bundle bundle;
    sg_settings settings;
    bool kem, one_time;
    int target;
    uint8_t script[SCRIPT];
    writer so_far;
} scene;

typedef struct letter {
    uint8_t bytes[MESSAGE];
    size_t n;
    bool first;
} letter;

static inline span scene_letter_bytes(const letter *l) { return span_of(l->bytes, l->n); }

/* A group: two fresh players, the device's settings. */
typedef struct setting {
    const char *gid, *needs, *subject;
    rt_mode mode;
    pq_version pq, least;
    bool kem, one_time;
    int target;
} setting;

void scene_named_coins(const prim *p, const char *name, uint8_t out[32]);
void scene_record(scene *c, int kind, span what);
void scene_open_players(scene *c);
void scene_publish(scene *c);
bool scene_start(scene *c);
bool scene_send(scene *c, int who, const char *text, letter *l);
bool scene_receive(scene *c, int who, const letter *l);
bool scene_pass(scene *c, int from, const char *text);
bool scene_pass_many(scene *c, int times);
void scene_put_device(scene *c);
void scene_put_ids(scene *c);
void scene_put_bundle(scene *c, const sg_bundle *b);
void scene_put_way(scene *c);
void scene_put_message(scene *c, const letter *l);
bool scene_accepts(scene *c, const char *slug, const char *req, const letter *l, const char *text);
void scene_refuses(scene *c, const rejection *r); /* begins a case whose state stays as it was */
bool scene_rejects(scene *c, const rejection *r, const letter *l);
void scene_forge(scene *c, int from, const lie *l, letter *out);
bool scene_rejects_lie(scene *c, const rejection *r, const lie *l);
void scene_open_group(scene *c, const setting *g);
scene *scene_open_scene(const prim *p, const char *op);

void signal_frozen_groups(scene *c, const char *op); /* "rt.send", "rt.receive": the conversations that were kept */
cJSON *signal_receive_file(const prim *, int which);

#endif
