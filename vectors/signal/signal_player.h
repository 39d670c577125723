/* A device of profile signal with all its keys, as an adapter holds it and as a scenario plays it. Its secrets come from the caller, or, when it
 * was given 32 bytes of coins, from those: block i of the secret NAME of call n is SHA-256(coins || NAME || n (4 bytes) || i (1 byte)), where
 * n counts the accepted calls before it. So a whole conversation follows from two such values. */
#ifndef PARLEY_SIGNAL_PLAYER_H
#define PARLEY_SIGNAL_PLAYER_H

#include "signal_profile.h"

enum { PLAYER_USES = 8, PLAYER_KEPT = RT_CHAINS_MAX * 2000, PLAYER_PQ_KEPT = PQ_EPOCHS * 2001 };

typedef struct player {
    const prim *prim;
    uint8_t coins[32];
    uint32_t calls;
    int64_t now;
    sg_session session;
    sg_account account;
    sg_settings settings;
    sg_key signed_prekey, one_time;
    bool has_one_time;
    uint32_t kem_id;
    uint8_t kem_public[SG_KEM_KEY], kem_secret[SG_KEM_SECRET];
    sg_use uses[PLAYER_USES];
    size_t n_uses;
    uint8_t address[SG_ADDRESS], their_address[SG_ADDRESS], their_identity[32];
    bool has_address, has_their_address, has_their_identity;
    rt_skipped kept[PLAYER_KEPT], pq_kept[PLAYER_PQ_KEPT];
} player;

/* The world of one call; it points into the player and itself. */
typedef struct player_world {
    sg_world w;
    sg_prekeys prekeys;
    sg_kem_key kem;
    sg_coins coins;
} player_world;

/* What it publishes, encoded and signed. */
typedef struct player_bundle {
    uint8_t identity[SG_POINT], signed_prekey[SG_POINT], one_time[SG_POINT], signature[64], kem_signature[64];
    sg_bundle b;
} player_bundle;

void player_secret(const player *, const char *name, uint8_t *out, size_t n);           /* from its coins */
void player_open(player *, const prim *, const sg_settings *, const uint8_t coins[32]); /* keys from coins, ids 22, 11, 33, 4711 */
void player_set_keys(player *, const uint8_t kem_coins[64]);                            /* what follows from secrets that are set */
void player_publish(player *, player_bundle *, const uint8_t coins[64], const uint8_t kem_coins[64]);
void player_make_world(player *, player_world *); /* all but the coins */
void player_draw(player *, player_world *);       /* the coins of its next call */
void player_remember(player *, const sg_effects *);

#endif
