/* The library door, spoken by libsignal-protocol-c 2.3.3: the operations rt.* of version 3. A program of its own, built where the library is
 * installed. Nothing is added to the library and none of its refusals is mended here; it draws all its secrets itself. */
#define _GNU_SOURCE
#define OPENSSL_SUPPRESS_DEPRECATED /* HMAC in steps, as the library asks for it */
#include <signal/key_helper.h>
#include <signal/protocol.h>
#include <signal/session_builder.h>
#include <signal/session_cipher.h>
#include <signal/signal_protocol.h>

#include <cjson/cJSON.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEVICES = 64, SIGNED_ID = 22, ONE_TIME_ID = 11, REGISTRATION_ID = 4711 };

/* ---- cryptography, by OpenSSL ---- */

static int draw(uint8_t *data, size_t n, void *user) { return (void)user, RAND_bytes(data, (int)n) == 1 ? 0 : SG_ERR_UNKNOWN; }

static int hmac_start(void **ctx, const uint8_t *key, size_t n, void *user)
{
    (void)user;
    *ctx = HMAC_CTX_new();
    return *ctx && HMAC_Init_ex(*ctx, key, (int)n, EVP_sha256(), NULL) == 1 ? 0 : SG_ERR_NOMEM;
}

static int hmac_update(void *ctx, const uint8_t *data, size_t n, void *user)
{
    return (void)user, HMAC_Update(ctx, data, n) == 1 ? 0 : SG_ERR_UNKNOWN;
}

static int hmac_end(void *ctx, signal_buffer **out, void *user)
{
    uint8_t mac[32];
    unsigned n = sizeof mac;
    (void)user;
    if (HMAC_Final(ctx, mac, &n) != 1)
        return SG_ERR_UNKNOWN;
    *out = signal_buffer_create(mac, n);
    return *out ? 0 : SG_ERR_NOMEM;
}

static void hmac_free(void *ctx, void *user) { (void)user, HMAC_CTX_free(ctx); }

static int sha512_start(void **ctx, void *user)
{
    (void)user;
    *ctx = EVP_MD_CTX_new();
    return *ctx && EVP_DigestInit_ex(*ctx, EVP_sha512(), NULL) == 1 ? 0 : SG_ERR_NOMEM;
}

static int sha512_update(void *ctx, const uint8_t *data, size_t n, void *user)
{
    return (void)user, EVP_DigestUpdate(ctx, data, n) == 1 ? 0 : SG_ERR_UNKNOWN;
}

static int sha512_end(void *ctx, signal_buffer **out, void *user)
{
    uint8_t digest[64];
    unsigned n = sizeof digest;
    (void)user;
    if (EVP_DigestFinal_ex(ctx, digest, &n) != 1 || EVP_DigestInit_ex(ctx, EVP_sha512(), NULL) != 1)
        return SG_ERR_UNKNOWN;
    *out = signal_buffer_create(digest, n);
    return *out ? 0 : SG_ERR_NOMEM;
}

static void sha512_free(void *ctx, void *user) { (void)user, EVP_MD_CTX_free(ctx); }

static int cipher_run(signal_buffer **out, int cipher, const uint8_t *key, size_t n_key, const uint8_t *iv, size_t n_iv, const uint8_t *in,
                      size_t n, int seals)
{
    int some = 0, last = 0;
    if (n_key != 32 || n_iv != 16 || cipher != SG_CIPHER_AES_CBC_PKCS5)
        return SG_ERR_INVAL;
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    uint8_t *room = malloc(n + 16);
    int good = ctx && room && EVP_CipherInit_ex(ctx, EVP_aes_256_cbc(), NULL, key, iv, seals) == 1 &&
               EVP_CipherUpdate(ctx, room, &some, in, (int)n) == 1 && EVP_CipherFinal_ex(ctx, room + some, &last) == 1;
    if (good)
        *out = signal_buffer_create(room, (size_t)(some + last));
    free(room);
    EVP_CIPHER_CTX_free(ctx);
    return good ? 0 : SG_ERR_UNKNOWN;
}

static int seal(signal_buffer **out, int cipher, const uint8_t *key, size_t n_key, const uint8_t *iv, size_t n_iv, const uint8_t *in,
                size_t n, void *user)
{
    return (void)user, cipher_run(out, cipher, key, n_key, iv, n_iv, in, n, 1);
}

static int open_cipher(signal_buffer **out, int cipher, const uint8_t *key, size_t n_key, const uint8_t *iv, size_t n_iv, const uint8_t *in,
                       size_t n, void *user)
{
    return (void)user, cipher_run(out, cipher, key, n_key, iv, n_iv, in, n, 0);
}

/* ---- one device, and its stores: one session, one key of each kind ---- */

typedef struct device {
    int used;
    signal_protocol_store_context *stores;
    ratchet_identity_key_pair *identity;
    signal_buffer *session, *prekey, *signed_prekey, *their_identity;
} device;

static signal_context *context;
static device devices[DEVICES];
static const signal_protocol_address their = {"their", 5, 1};

static int keep(signal_buffer **slot, const uint8_t *data, size_t n)
{
    signal_buffer_free(*slot);
    *slot = signal_buffer_create(data, n);
    return *slot ? 0 : SG_ERR_NOMEM;
}

static int load_session(signal_buffer **record, signal_buffer **user_record, const signal_protocol_address *a, void *user)
{
    const device *d = user;
    (void)user_record, (void)a;
    if (!d->session)
        return 0;
    *record = signal_buffer_copy(d->session);
    return *record ? 1 : SG_ERR_NOMEM;
}

static int sub_devices(signal_int_list **list, const char *name, size_t n, void *user)
{
    return (void)list, (void)name, (void)n, (void)user, SG_ERR_INVAL;
}

static int store_session(const signal_protocol_address *a, uint8_t *record, size_t n, uint8_t *u, size_t n_u, void *user)
{
    return (void)a, (void)u, (void)n_u, keep(&((device *)user)->session, record, n);
}

static int contains_session(const signal_protocol_address *a, void *user) { return (void)a, ((device *)user)->session != NULL; }
static int delete_session(const signal_protocol_address *a, void *user) { return (void)a, (void)user, SG_ERR_INVAL; }
static int delete_sessions(const char *name, size_t n, void *user) { return (void)name, (void)n, (void)user, SG_ERR_INVAL; }
static void nothing(void *user) { (void)user; }

static int load_one(signal_buffer **record, const signal_buffer *kept)
{
    if (!kept)
        return SG_ERR_INVALID_KEY_ID;
    *record = signal_buffer_copy(kept);
    return *record ? 0 : SG_ERR_NOMEM;
}

static int load_prekey(signal_buffer **r, uint32_t id, void *user)
{
    return load_one(r, id == ONE_TIME_ID ? ((device *)user)->prekey : NULL);
}
static int store_prekey(uint32_t id, uint8_t *r, size_t n, void *user) { return (void)id, keep(&((device *)user)->prekey, r, n); }
static int contains_prekey(uint32_t id, void *user) { return id == ONE_TIME_ID && ((device *)user)->prekey; }

static int remove_prekey(uint32_t id, void *user)
{
    device *d = user;
    (void)id;
    signal_buffer_free(d->prekey);
    d->prekey = NULL;
    return 0;
}

static int load_signed(signal_buffer **r, uint32_t id, void *user)
{
    return load_one(r, id == SIGNED_ID ? ((device *)user)->signed_prekey : NULL);
}
static int store_signed(uint32_t id, uint8_t *r, size_t n, void *user) { return (void)id, keep(&((device *)user)->signed_prekey, r, n); }
static int contains_signed(uint32_t id, void *user) { return (void)user, id == SIGNED_ID; }
static int remove_signed(uint32_t id, void *user) { return (void)id, (void)user, 0; }

static int identity_pair(signal_buffer **public_half, signal_buffer **private_half, void *user)
{
    const device *d = user;
    int code = ec_public_key_serialize(public_half, ratchet_identity_key_pair_get_public(d->identity));
    return code ? code : ec_private_key_serialize(private_half, ratchet_identity_key_pair_get_private(d->identity));
}

static int registration_id(void *user, uint32_t *id) { return (void)user, *id = REGISTRATION_ID, 0; }

static int save_identity(const signal_protocol_address *a, uint8_t *key, size_t n, void *user)
{
    return (void)a, key ? keep(&((device *)user)->their_identity, key, n) : 0;
}

static int is_trusted(const signal_protocol_address *a, uint8_t *key, size_t n, void *user)
{
    signal_buffer *k = ((device *)user)->their_identity;
    (void)a;
    return !k || (signal_buffer_len(k) == n && memcmp(signal_buffer_data(k), key, n) == 0);
}

static int open_stores(device *d)
{
    const signal_protocol_session_store sessions = {load_session,   sub_devices,     store_session, contains_session,
                                                    delete_session, delete_sessions, nothing,       d};
    const signal_protocol_pre_key_store prekeys = {load_prekey, store_prekey, contains_prekey, remove_prekey, nothing, d};
    const signal_protocol_signed_pre_key_store signeds = {load_signed, store_signed, contains_signed, remove_signed, nothing, d};
    const signal_protocol_identity_key_store identities = {identity_pair, registration_id, save_identity, is_trusted, nothing, d};
    int code = signal_protocol_store_context_create(&d->stores, context);
    if (code)
        return code;
    signal_protocol_store_context_set_session_store(d->stores, &sessions);
    signal_protocol_store_context_set_pre_key_store(d->stores, &prekeys);
    signal_protocol_store_context_set_signed_pre_key_store(d->stores, &signeds);
    return signal_protocol_store_context_set_identity_key_store(d->stores, &identities);
}

static void close_device(device *d)
{
    if (d->stores)
        signal_protocol_store_context_destroy(d->stores);
    SIGNAL_UNREF(d->identity);
    signal_buffer_free(d->session);
    signal_buffer_free(d->prekey);
    signal_buffer_free(d->signed_prekey);
    signal_buffer_free(d->their_identity);
    memset(d, 0, sizeof *d);
}

/* ---- values of a request and an answer ---- */

static void put_hex(cJSON *out, const char *key, const uint8_t *p, size_t n)
{
    char *text = malloc(2 * n + 1);
    for (size_t i = 0; i < n; i++)
        sprintf(text + 2 * i, "%02x", p[i]);
    text[2 * n] = 0;
    cJSON_AddStringToObject(out, key, text);
    free(text);
}

static void put_buffer(cJSON *out, const char *key, signal_buffer *b) { put_hex(out, key, signal_buffer_data(b), signal_buffer_len(b)); }

static void put_point(cJSON *out, const char *key, const ec_public_key *point)
{
    signal_buffer *b = NULL;
    if (ec_public_key_serialize(&b, point) == 0)
        put_buffer(out, key, b);
    signal_buffer_free(b);
}

static void complain(cJSON *out, const char *what) { cJSON_AddStringToObject(out, "bug", what); }

static int digit(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; }

/* Bytes under a key; NULL when they are missing or no lower-case hexadecimal. */
static uint8_t *bytes(const cJSON *in, const char *key, size_t *n)
{
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(in, key);
    const char *s = cJSON_IsString(v) ? v->valuestring : NULL;
    if (!s || strlen(s) % 2)
        return NULL;
    *n = strlen(s) / 2;
    uint8_t *out = malloc(*n + 1);
    for (size_t i = 0; i < *n; i++) {
        const int high = digit(s[2 * i]), low = digit(s[2 * i + 1]);
        if (high < 0 || low < 0)
            return free(out), NULL;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return out;
}

static double number(const cJSON *in, const char *key)
{
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(in, key);
    return cJSON_IsNumber(v) ? v->valuedouble : -1;
}

static device *device_of(const cJSON *in, cJSON *out)
{
    const double h = number(in, "h");
    if (h >= 1 && h <= DEVICES && devices[(int)h - 1].used)
        return &devices[(int)h - 1];
    complain(out, "h is not a handle");
    return NULL;
}

static void refuse(cJSON *out, int code)
{
    char detail[32];
    cJSON_AddStringToObject(out, "rej",
                            code == SG_ERR_DUPLICATE_MESSAGE    ? "replay"
                            : code == SG_ERR_UNTRUSTED_IDENTITY ? "untrusted"
                            : code == SG_ERR_NO_SESSION         ? "state"
                            : code == SG_ERR_INVALID_VERSION    ? "version"
                            : code == SG_ERR_INVALID_KEY_ID     ? "state"
                                                                : "auth");
    snprintf(detail, sizeof detail, "code %d", code);
    cJSON_AddStringToObject(out, "released", "");
    cJSON_AddStringToObject(out, "detail", detail);
}

/* ---- the operations ---- */

static int publish(device *d, cJSON *out)
{
    session_signed_pre_key *signed_prekey = NULL;
    session_pre_key *prekey = NULL;
    ec_key_pair *pair = NULL;
    int code = signal_protocol_key_helper_generate_identity_key_pair(&d->identity, context);
    if (!code)
        code = signal_protocol_key_helper_generate_signed_pre_key(&signed_prekey, d->identity, SIGNED_ID, 0, context);
    if (!code)
        code = curve_generate_key_pair(context, &pair);
    if (!code)
        code = session_pre_key_create(&prekey, ONE_TIME_ID, pair);
    if (!code)
        code = session_pre_key_serialize(&d->prekey, prekey);
    if (!code)
        code = session_signed_pre_key_serialize(&d->signed_prekey, signed_prekey);
    if (!code) {
        cJSON_AddNumberToObject(out, "registration_id", REGISTRATION_ID);
        cJSON_AddNumberToObject(out, "signed_prekey_id", SIGNED_ID);
        cJSON_AddNumberToObject(out, "one_time_id", ONE_TIME_ID);
        put_point(out, "identity", ratchet_identity_key_pair_get_public(d->identity));
        put_point(out, "signed_prekey", ec_key_pair_get_public(session_signed_pre_key_get_key_pair(signed_prekey)));
        put_hex(out, "signature", session_signed_pre_key_get_signature(signed_prekey),
                session_signed_pre_key_get_signature_len(signed_prekey));
        put_point(out, "one_time", ec_key_pair_get_public(pair));
    }
    SIGNAL_UNREF(signed_prekey);
    SIGNAL_UNREF(prekey);
    SIGNAL_UNREF(pair);
    return code;
}

static void make_device(const cJSON *in, cJSON *out)
{
    const cJSON *pq = cJSON_GetObjectItemCaseSensitive(in, "pq");
    int i = 0;
    while (i < DEVICES && devices[i].used)
        i++;
    if (!cJSON_IsString(pq) || strcmp(pq->valuestring, "none") != 0 || cJSON_HasObjectItem(in, "coins") ||
        cJSON_HasObjectItem(in, "identity")) {
        cJSON_AddStringToObject(out, "uns", "rt.device");
        return;
    }
    if (i == DEVICES) {
        complain(out, "no handle is free");
        return;
    }
    devices[i].used = 1;
    const int code = open_stores(&devices[i]);
    if (code || publish(&devices[i], out)) {
        refuse(out, code);
        return;
    }
    cJSON_AddNumberToObject(out, "ok", 1);
    cJSON_AddNumberToObject(out, "h", i + 1);
}

static ec_public_key *point(const cJSON *in, const char *key, int *code)
{
    size_t n = 0;
    ec_public_key *out = NULL;
    uint8_t *p = bytes(in, key, &n);
    if (p && !*code)
        *code = curve_decode_point(&out, p, n, context);
    free(p);
    return out;
}

static void start(const cJSON *in, cJSON *out)
{
    device *d = device_of(in, out);
    if (!d)
        return;
    if (cJSON_HasObjectItem(in, "kem")) {
        cJSON_AddStringToObject(out, "uns", "rt.start");
        return;
    }
    size_t n = 0;
    int code = 0;
    session_pre_key_bundle *bundle = NULL;
    session_builder *builder = NULL;
    uint8_t *signature = bytes(in, "signature", &n);
    ec_public_key *identity = point(in, "identity", &code), *signed_prekey = point(in, "signed_prekey", &code),
                  *one_time = point(in, "one_time", &code);
    if (!code)
        code = session_pre_key_bundle_create(&bundle, (uint32_t)number(in, "registration_id"), 1,
                                             one_time ? (uint32_t)number(in, "one_time_id") : 0, one_time,
                                             (uint32_t)number(in, "signed_prekey_id"), signed_prekey, signature, n, identity);
    if (!code)
        code = session_builder_create(&builder, d->stores, &their, context);
    if (!code)
        code = session_builder_process_pre_key_bundle(builder, bundle);
    if (code)
        refuse(out, code);
    else
        cJSON_AddNumberToObject(out, "ok", 1);
    session_builder_free(builder);
    SIGNAL_UNREF(bundle);
    SIGNAL_UNREF(identity);
    SIGNAL_UNREF(signed_prekey);
    SIGNAL_UNREF(one_time);
    free(signature);
}

static void send(const cJSON *in, cJSON *out)
{
    device *d = device_of(in, out);
    size_t n = 0;
    uint8_t *text = bytes(in, "text", &n);
    session_cipher *cipher = NULL;
    ciphertext_message *message = NULL;
    if (d && text) {
        int code = session_cipher_create(&cipher, d->stores, &their, context);
        if (!code)
            code = session_cipher_encrypt(cipher, text, n, &message);
        if (code)
            refuse(out, code);
        else {
            cJSON_AddNumberToObject(out, "ok", 1);
            cJSON_AddNumberToObject(out, "first", ciphertext_message_get_type(message) == CIPHERTEXT_PREKEY_TYPE);
            put_buffer(out, "message", ciphertext_message_get_serialized(message));
        }
    } else if (d)
        complain(out, "text is missing or malformed");
    SIGNAL_UNREF(message);
    session_cipher_free(cipher);
    free(text);
}

static int open_first(session_cipher *cipher, const uint8_t *p, size_t n, signal_buffer **text)
{
    pre_key_signal_message *m = NULL;
    int code = pre_key_signal_message_deserialize(&m, p, n, context);
    if (!code)
        code = session_cipher_decrypt_pre_key_signal_message(cipher, m, NULL, text);
    SIGNAL_UNREF(m);
    return code;
}

static int open_next(session_cipher *cipher, const uint8_t *p, size_t n, signal_buffer **text)
{
    signal_message *m = NULL;
    int code = signal_message_deserialize(&m, p, n, context);
    if (!code)
        code = session_cipher_decrypt_signal_message(cipher, m, NULL, text);
    SIGNAL_UNREF(m);
    return code;
}

static void receive(const cJSON *in, cJSON *out)
{
    device *d = device_of(in, out);
    size_t n = 0;
    uint8_t *message = bytes(in, "message", &n);
    session_cipher *cipher = NULL;
    signal_buffer *text = NULL;
    if (d && message) {
        int code = session_cipher_create(&cipher, d->stores, &their, context);
        if (!code)
            code = (number(in, "first") == 1 ? open_first : open_next)(cipher, message, n, &text);
        if (code)
            refuse(out, code);
        else {
            cJSON_AddNumberToObject(out, "ok", 1);
            put_buffer(out, "text", text);
        }
    } else if (d)
        complain(out, "message is missing or malformed");
    signal_buffer_free(text);
    session_cipher_free(cipher);
    free(message);
}

static void hello(const cJSON *in, cJSON *out)
{
    (void)in;
    cJSON_AddNumberToObject(out, "ok", 1);
    cJSON_AddStringToObject(out, "impl", "libsignal-protocol-c");
    cJSON_AddStringToObject(out, "version", "2.3.3");
    cJSON_AddStringToObject(out, "caps", "rt:v3 rt:compat");
    cJSON_AddStringToObject(out, "ops", "echo reset free rt.device rt.start rt.send rt.receive");
}

static void echo(const cJSON *in, cJSON *out)
{
    cJSON_AddNumberToObject(out, "ok", 1);
    for (const cJSON *v = in->child; v; v = v->next)
        if (strcmp(v->string, "id") != 0 && strcmp(v->string, "op") != 0)
            cJSON_AddItemToObject(out, v->string, cJSON_Duplicate(v, 1));
}

static void reset(const cJSON *in, cJSON *out)
{
    (void)in;
    for (int i = 0; i < DEVICES; i++)
        close_device(&devices[i]);
    cJSON_AddNumberToObject(out, "ok", 1);
}

static void free_device(const cJSON *in, cJSON *out)
{
    device *d = device_of(in, out);
    if (!d)
        return;
    close_device(d);
    cJSON_AddNumberToObject(out, "ok", 1);
}

static const struct {
    const char *name;
    void (*run)(const cJSON *in, cJSON *out);
} operations[] = {{"hello", hello},           {"echo", echo},      {"reset", reset},  {"free", free_device},
                  {"rt.device", make_device}, {"rt.start", start}, {"rt.send", send}, {"rt.receive", receive}};

static void answer(const char *line)
{
    cJSON *in = cJSON_Parse(line), *out = cJSON_CreateObject();
    const cJSON *op = cJSON_GetObjectItemCaseSensitive(in, "op");
    const double id = number(in, "id");
    size_t i = 0, n = sizeof operations / sizeof *operations;
    cJSON_AddNumberToObject(out, "id", id < 0 ? 0 : id);
    while (cJSON_IsString(op) && i < n && strcmp(operations[i].name, op->valuestring) != 0)
        i++;
    if (!cJSON_IsObject(in) || id < 0 || !cJSON_IsString(op))
        complain(out, "the line is not a request");
    else if (i == n)
        cJSON_AddStringToObject(out, "uns", op->valuestring);
    else
        operations[i].run(in, out);
    char *text = cJSON_PrintUnformatted(out);
    puts(text);
    fflush(stdout);
    free(text);
    cJSON_Delete(in);
    cJSON_Delete(out);
}

static pthread_mutex_t lock;
static void take_lock(void *user) { (void)user, pthread_mutex_lock(&lock); }
static void give_lock(void *user) { (void)user, pthread_mutex_unlock(&lock); }

int main(void)
{
    const signal_crypto_provider crypto = {draw,          hmac_start, hmac_update, hmac_end, hmac_free,   sha512_start,
                                           sha512_update, sha512_end, sha512_free, seal,     open_cipher, NULL};
    pthread_mutexattr_t again;
    char *line = NULL;
    size_t room = 0;
    pthread_mutexattr_init(&again);
    pthread_mutexattr_settype(&again, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&lock, &again);
    if (signal_context_create(&context, NULL) || signal_context_set_crypto_provider(context, &crypto) ||
        signal_context_set_locking_functions(context, take_lock, give_lock))
        return 1;
    while (getline(&line, &room, stdin) > 0)
        answer(line);
    free(line);
    return 0;
}
