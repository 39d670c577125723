#include "external_vectors.h"
#include "no_memory.h"
#include "noise.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXTERNAL_MESSAGES = 16, EXTERNAL_BYTES = 1 << 16 };

/* One vector as either format tells it; values are hexadecimal, NULL when absent. */
typedef struct vector {
    const char *name, *prologue[2], *s[2], *e[2], *rs[2], *hash;
    const char *kem_key, *kem_coins, *key[2]; /* key: of records, first from initiator to responder */
    bool psk, must_fail, by_turns;            /* by_turns: after the handshake the sides go on alternating from its last message */
    struct {
        const char *payload, *ciphertext;
    } message[EXTERNAL_MESSAGES];
    size_t n;
} vector;

typedef struct replay {
    const prim *prim;
    nz_peer peer[2];
    uint8_t e[2][32], kem_key[NZ_KEM_DK], kem_coins[MLKEM_COINS];
    char why[120];
} replay;

static bool message_fails(replay *r, size_t message, const char *what)
{
    snprintf(r->why, sizeof r->why, "message %zu: %s", message, what);
    return false;
}

/* ---- what is not ours ---- */

/* The first part that makes a name of ours, with that part in its place, one that we don't have. */
static void unknown_part(const char *name, char out[64])
{
    char copy[64], *rest = copy, *part;
    const bool hybrid = strstr(name, "hfs_") != NULL;
    snprintf(copy, sizeof copy, "%s", name);
    for (int i = 0; i < 5 && (part = strsep(&rest, "_")); i++) {
        const char *ours[] = {"Noise", hybrid ? "XXhfs" : "XX", hybrid ? "25519+MLKEM768" : "25519", "AESGCM", "SHA256"};
        char whole[128];
        nz_suite suite;
        ours[i] = part;
        snprintf(whole, sizeof whole, "%s_%s_%s_%s_%s", ours[0], ours[1], ours[2], ours[3], ours[4]);
        if (!accepted(nz_suite_from_name(span_text(whole), &suite))) {
            snprintf(out, 64, "%s", part);
            return;
        }
    }
    snprintf(out, 64, "%s", "a name of another form");
}

/* ---- replay ---- */

static bool bytes_of(const char *hex, uint8_t *out, size_t room, span *got)
{
    writer w = writer_of(out, room);
    bool good = read_hex(span_text(hex), &w);
    *got = written(&w);
    return good;
}

static bool start_peer(replay *r, const vector *v, nz_suite suite, int role)
{
    static uint8_t prologue[EXTERNAL_BYTES];
    uint8_t s[32], rs[32], share[32];
    prim_pair own;
    const nz_keys keys = nz_keys_of(suite.pattern, (nz_role)role);
    nz_setup setup = {.role = (nz_role)role, .suite = suite};
    span got;
    if (!bytes_of(v->prologue[role], prologue, sizeof prologue, &setup.prologue))
        return false;
    if (keys.s && v->s[role] && bytes_of(v->s[role], s, 32, &got) && got.n == 32) {
        prim_pair_of(r->prim, s, &own);
        setup.static_pair = &own;
    }
    if (keys.rs && v->rs[role] && bytes_of(v->rs[role], rs, 32, &got)) {
        setup.remote_static = got;
    } else if (keys.rs && v->s[NZ_RESPONDER] && bytes_of(v->s[NZ_RESPONDER], rs, 32, &got) && got.n == 32) {
        r->prim->x25519_public(rs, share);
        setup.remote_static = SPAN(share);
    }
    if (!nz_setup_fits(&setup, r->prim))
        return false;
    nz_start(&r->peer[role], r->prim, &setup);
    return true;
}

static nz_world world_of(const replay *r, int role)
{
    return (nz_world){.prim = r->prim, .ephemeral = SPAN(r->e[role]), .kem_key = SPAN(r->kem_key), .kem_coins = SPAN(r->kem_coins)};
}

static bool one_message(replay *r, const vector *v, size_t i, int from)
{
    static uint8_t payload_room[EXTERNAL_BYTES], wanted_room[EXTERNAL_BYTES], sent_room[EXTERNAL_BYTES], got_room[EXTERNAL_BYTES];
    span payload, wanted;
    writer sent = WRITER(sent_room), got = WRITER(got_room);
    const nz_world world[2] = {world_of(r, 0), world_of(r, 1)};
    if (!bytes_of(v->message[i].payload, payload_room, sizeof payload_room, &payload) ||
        !bytes_of(v->message[i].ciphertext, wanted_room, sizeof wanted_room, &wanted))
        return message_fails(r, i, "not hexadecimal");
    nz_peer *writes = &r->peer[from], *reads = &r->peer[!from];
    verdict w, t;
    if (nz_turn_of(writes) == NZ_READY) {
        w = nz_seal(writes, &world[from], EMPTY, payload, &sent);
        t = nz_open(reads, &world[!from], EMPTY, wanted, &got);
    } else {
        nz_effects out = {.message = sent}, in = {.payload = got};
        w = nz_step(writes, &world[from], payload, &out);
        t = nz_step(reads, &world[!from], wanted, &in);
        sent = out.message;
        got = in.payload;
    }
    if (!accepted(w) || !accepted(t))
        return message_fails(r, i, requirement_rows[accepted(w) ? t.req : w.req].id);
    if (!span_same(written(&sent), wanted))
        return message_fails(r, i, "we write other bytes");
    return span_same(written(&got), payload) || message_fails(r, i, "we read another payload");
}

static bool same_keys(const replay *r, const vector *v)
{
    uint8_t key[32];
    span wanted;
    for (int role = 0; role < 2; role++)
        if (v->key[role] && !(bytes_of(v->key[role], key, sizeof key, &wanted) && span_same(wanted, SPAN(r->peer[role].secret.sending.k)) &&
                              span_same(wanted, SPAN(r->peer[!role].secret.receiving.k))))
            return false;
    return true;
}

static bool replay_messages(replay *r, const vector *v)
{
    size_t handshake = 0;
    for (size_t i = 0; i < v->n; i++) {
        bool ready = nz_turn_of(&r->peer[0]) == NZ_READY;
        handshake += !ready;
        int from = ready && !v->by_turns ? (int)((i - handshake) % 2) : (int)(i % 2);
        if (!one_message(r, v, i, from))
            return false;
        uint8_t hash[64];
        span wanted;
        if (!ready && v->hash && nz_turn_of(&r->peer[0]) == NZ_READY &&
            !(bytes_of(v->hash, hash, sizeof hash, &wanted) && span_same(wanted, nz_handshake_hash(&r->peer[0])) &&
              span_same(wanted, nz_handshake_hash(&r->peer[1]))))
            return message_fails(r, i, "another handshake hash");
        if (!ready && nz_turn_of(&r->peer[0]) == NZ_READY && !same_keys(r, v))
            return message_fails(r, i, "other keys for records");
    }
    return v->n != 0 || message_fails(r, 0, "there is none");
}

static bool has_kem(replay *r, const vector *v)
{
    span key, coins;
    return v->kem_key && v->kem_coins && bytes_of(v->kem_key, r->kem_key, sizeof r->kem_key, &key) && mlkem_dk_fits(MLKEM_768, key) &&
           bytes_of(v->kem_coins, r->kem_coins, sizeof r->kem_coins, &coins) && coins.n == sizeof r->kem_coins;
}

static void try_one(const prim *p, const vector *v, external_report *report, void *ctx)
{
    static replay r;
    nz_suite suite;
    char why[64];
    span e;
    r = (replay){.prim = p};
    if (!accepted(nz_suite_from_name(span_text(v->name), &suite))) {
        unknown_part(v->name, why);
        report(ctx, v->name, EXTERNAL_SKIPPED, why);
    } else if (v->psk || v->must_fail) {
        report(ctx, v->name, EXTERNAL_SKIPPED, v->psk ? "a pre-shared key beside a pattern that takes none" : "a handshake meant to fail");
    } else if (!p->has_cipher(suite.cipher)) {
        report(ctx, v->name, EXTERNAL_SKIPPED, "the provider lacks this cipher");
    } else {
        bool keyed = !nz_keys_of(suite.pattern, NZ_INITIATOR).kem || has_kem(&r, v);
        for (int role = 0; role < 2; role++)
            keyed = keyed && v->e[role] && bytes_of(v->e[role], r.e[role], 32, &e) && e.n == 32 && start_peer(&r, v, suite, role);
        bool passed = keyed ? replay_messages(&r, v) : message_fails(&r, 0, "a key is missing or malformed");
        report(ctx, v->name, passed ? EXTERNAL_PASSED : EXTERNAL_FAILED, passed ? "" : r.why);
    }
}

/* ---- JSON: cacophony, snow, noise-c ---- */

static const char *member(const cJSON *object, const char *name)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsString(value) ? value->valuestring : NULL;
}

static const char *or_empty(const char *s) { return s ? s : ""; }

/* A list without keys is none, nor is an empty text. */
static bool has_psk(const cJSON *o)
{
    static const char *const names[] = {"init_psks", "resp_psks", "init_psk", "resp_psk"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const cJSON *value = cJSON_GetObjectItemCaseSensitive(o, names[i]);
        if (cJSON_IsArray(value) ? cJSON_GetArraySize(value) > 0 : cJSON_IsString(value) && *value->valuestring)
            return true;
    }
    return false;
}

static bool json_vector(const cJSON *o, vector *v)
{
    const char *name = member(o, "protocol_name");
    *v = (vector){.name = name ? name : member(o, "name"),
                  .hash = member(o, "handshake_hash"),
                  .by_turns = true,
                  .prologue = {or_empty(member(o, "init_prologue")), or_empty(member(o, "resp_prologue"))},
                  .s = {member(o, "init_static"), member(o, "resp_static")},
                  .e = {member(o, "init_ephemeral"), member(o, "resp_ephemeral")},
                  .rs = {member(o, "init_remote_static"), member(o, "resp_remote_static")},
                  .psk = has_psk(o),
                  .must_fail = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(o, "fail"))};
    const cJSON *messages = cJSON_GetObjectItemCaseSensitive(o, "messages");
    for (const cJSON *m = messages ? messages->child : NULL; m && v->n < EXTERNAL_MESSAGES; m = m->next, v->n++) {
        v->message[v->n].payload = member(m, "payload");
        v->message[v->n].ciphertext = member(m, "ciphertext");
        if (!v->message[v->n].payload || !v->message[v->n].ciphertext)
            return false;
    }
    return v->name != NULL;
}

/* The hybrid vectors of libp2p's implementers: one name for all, messages without payload, and the keys of records. */
static bool hybrid_vector(const char *name, const cJSON *o, vector *v)
{
    static const char *const messages[] = {"msg_a", "msg_b", "msg_c"};
    *v = (vector){.name = name,
                  .hash = member(o, "handshake_hash"),
                  .prologue = {or_empty(member(o, "prologue")), or_empty(member(o, "prologue"))},
                  .s = {member(o, "static_i_private"), member(o, "static_r_private")},
                  .e = {member(o, "ephemeral_dh_i_private"), member(o, "ephemeral_dh_r_private")},
                  .kem_key = member(o, "ephemeral_kem_i_secret"),
                  .kem_coins = member(o, "encap_seed_hex"),
                  .key = {member(o, "cs1_k"), member(o, "cs2_k")}};
    for (; v->n < 3 && member(o, messages[v->n]); v->n++) {
        v->message[v->n].payload = "";
        v->message[v->n].ciphertext = member(o, messages[v->n]);
    }
    return v->n > 0 && v->hash;
}

/* cJSON would end a string at a NUL, written as it is or as an escape: such a character becomes one that belongs to no value. */
static char *without_nul(const char *text, size_t n)
{
    char *copy = malloc(n + 1);
    needs_memory(copy != NULL);
    memcpy(copy, text, n);
    copy[n] = 0;
    for (size_t i = 0; i < n; i++) {
        if (copy[i] == 0)
            copy[i] = '?';
        if (copy[i] != '\\')
            continue;
        if (n - i >= 6 && memcmp(copy + i, "\\u0000", 6) == 0)
            memcpy(copy + i, "\\u003f", 6);
        i++;
    }
    return copy;
}

static bool try_json(const prim *p, const char *copy, external_report *report, void *ctx)
{
    cJSON *document = cJSON_ParseWithOpts(copy, NULL, true);
    const cJSON *vectors = cJSON_GetObjectItemCaseSensitive(document, "vectors");
    const char *hybrid = member(document, "protocol");
    bool good = cJSON_IsArray(vectors);
    for (const cJSON *o = good ? vectors->child : NULL; o; o = o->next) {
        vector v;
        if (hybrid ? hybrid_vector(hybrid, o, &v) : json_vector(o, &v))
            try_one(p, &v, report, ctx);
        else
            report(ctx, or_empty(v.name), EXTERNAL_FAILED, "a message without payload or ciphertext, or no name");
    }
    cJSON_Delete(document);
    return good;
}

/* ---- text: key=value lines, a vector starts with handshake= ---- */

static void text_message(vector *v, const char *key, const char *value)
{
    char *end;
    unsigned long i = strtoul(key + 4, &end, 10);
    if (i >= EXTERNAL_MESSAGES)
        return;
    if (strcmp(end, "_payload") == 0)
        v->message[i].payload = value;
    else if (strcmp(end, "_ciphertext") == 0)
        v->message[i].ciphertext = value;
    if (i >= v->n && v->message[i].payload && v->message[i].ciphertext)
        v->n = i + 1;
}

static void text_value(vector *v, const char *key, const char *value)
{
    const struct {
        const char *key, **at;
    } rows[] = {{"handshake", &v->name},
                {"init_static", &v->s[0]},
                {"resp_static", &v->s[1]},
                {"gen_init_ephemeral", &v->e[0]},
                {"gen_resp_ephemeral", &v->e[1]}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].key, key) == 0)
            *rows[i].at = value;
    v->psk |= strcmp(key, "preshared_key") == 0 && *value;
    if (strcmp(key, "prologue") == 0)
        v->prologue[0] = v->prologue[1] = value;
    if (strncmp(key, "msg_", 4) == 0)
        text_message(v, key, value);
}

static bool try_text(const prim *p, char *copy, external_report *report, void *ctx)
{
    char *rest = copy, *line;
    vector v = {0};
    bool any = false;
    while ((line = strsep(&rest, "\n"))) {
        char *value = line;
        char *key = strsep(&value, "=");
        if (!value || *line == '#')
            continue;
        value[strcspn(value, "\r")] = 0;
        if (strcmp(key, "handshake") == 0) {
            if (v.name)
                try_one(p, &v, report, ctx);
            v = (vector){.prologue = {"", ""}};
            any = true;
        }
        text_value(&v, key, value);
    }
    if (v.name)
        try_one(p, &v, report, ctx);
    return any;
}

bool external_vectors_replay(const prim *p, const char *text, size_t n, external_report *report, void *ctx)
{
    char *copy = without_nul(text, n);
    const bool json = copy[strspn(copy, " \t\r\n")] == '{';
    const bool good = json ? try_json(p, copy, report, ctx) : try_text(p, copy, report, ctx);
    free(copy);
    return good;
}
