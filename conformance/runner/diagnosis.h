/* Why the bytes of a Noise session do not verify: the session is run again with one deviation at a time, a mistake that implementers make,
 * and the one that makes every tag fit is named. Needs secrets of either side, which in a test are public. */
#ifndef PARLEY_DIAGNOSIS_H
#define PARLEY_DIAGNOSIS_H

#include "noise.h"

enum { DIAGNOSED_RECORDS = 16 };

typedef struct diagnosed_record {
    bool by_initiator;
    span sealed, ad;
} diagnosed_record;

/* What was said, and what is known of the secrets: for each agreement one of the two that make it is enough. By nz_role. */
typedef struct diagnosed_session {
    nz_suite suite; /* without hfs */
    span prologue;
    uint8_t e[2][32], s[2][32];
    bool has_e[2], has_s[2];
    span responder_share; /* where the pattern has it known beforehand; else empty */
    span message[3];
    size_t n_messages;
    diagnosed_record record[DIAGNOSED_RECORDS];
    size_t n_records;
} diagnosed_session;

#define DEVIATIONS(X)                                                                                                \
    X(NONE, "nothing deviates")                                                                                      \
    X(PROLOGUE_EMPTY, "the prologue is taken as empty")                                                              \
    X(PROLOGUE_ZERO, "the prologue has a zero byte at its end, as a C string has")                                   \
    X(PROLOGUE_SKIPPED, "the prologue is not mixed into the hash at all, which has to be done when it is empty too") \
    X(NAME_HASHED, "the protocol name is hashed, though it is short enough to be padded with zeros")                 \
    X(NAME_XX, "the protocol name says pattern XX")                                                                  \
    X(NAME_NX, "the protocol name says pattern NX")                                                                  \
    X(NAME_NK, "the protocol name says pattern NK")                                                                  \
    X(NAME_IK, "the protocol name says pattern IK")                                                                  \
    X(NAME_IX, "the protocol name says pattern IX")                                                                  \
    X(CHAIN_ZERO, "the chaining key begins with zeros instead of the hash of the name")                              \
    X(HKDF_SWAPPED, "the two outputs of HKDF are exchanged: the first is the chaining key, the second the key")      \
    X(HKDF_ARGUMENTS, "salt and input of HKDF are exchanged: the chaining key is the salt")                          \
    X(HKDF_FROM_ZERO, "the counter of HKDF begins with 0 instead of 1")                                              \
    X(HKDF_UNCHAINED, "the second output of HKDF leaves out the first, which goes before its counter")               \
    X(NONCE_ENDIAN, "the counter stands in the nonce in the other byte order")                                       \
    X(NONCE_FRONT, "the counter stands at the front of the nonce, and the zeros behind it")                          \
    X(NONCE_FROM_ONE, "the counter of the records begins with 1 instead of 0")                                       \
    X(AD_NONE, "the handshake hash is not the associated data of what is encrypted in the handshake")                \
    X(AD_RECORD, "records have the handshake hash as associated data, and should have what was given, or none")      \
    X(HASH_PLAINTEXT, "the plaintext is mixed into the hash instead of the ciphertext")                              \
    X(HASH_WITHOUT_E, "the ephemeral share is not mixed into the hash")                                              \
    X(ROLES, "es and se are exchanged: the role decides whose static and whose ephemeral share agree")               \
    X(AGREEMENT_REVERSED, "the agreement of X25519 is taken in the other byte order")                                \
    X(AGREEMENT_HASHED, "the agreement of X25519 is hashed before it goes into HKDF")                                \
    X(SPLIT_SWAPPED, "the keys of the two directions are exchanged: the first is from initiator to responder")       \
    X(SPLIT_ONE_KEY, "both directions have the first key")                                                           \
    X(SPLIT_ZEROS, "the last HKDF gets 32 zeros instead of nothing")                                                 \
    X(TAG_FIRST, "the tag stands before the ciphertext instead of behind it")                                        \
    X(CIPHER, "it is sealed with the other cipher than the name says")                                               \
    X(HASH_BLAKE2S, "BLAKE2s is used, though the name says SHA-256")                                                 \
    X(FRAMED_2, "each message has its length in two bytes in front, which belong to another layer")                  \
    X(FRAMED_4, "each message has its length in four bytes in front, which belong to another layer")                 \
    X(BASE64, "each message is written in base64 instead of bytes")                                                  \
    X(BASE64_URL, "each message is written in base64url instead of bytes")                                           \
    X(SUITE_0, "it is Noise with ChaChaPoly and SHA-256, by its name")                                               \
    X(SUITE_1, "it is Noise with AESGCM and SHA-256, by its name")                                                   \
    X(SUITE_2, "it is Noise with ChaChaPoly and SHA-512, by its name")                                               \
    X(SUITE_3, "it is Noise with AESGCM and SHA-512, by its name")                                                   \
    X(SUITE_4, "it is Noise with ChaChaPoly and BLAKE2s, by its name")                                               \
    X(SUITE_5, "it is Noise with AESGCM and BLAKE2s, by its name")                                                   \
    X(SUITE_6, "it is Noise with ChaChaPoly and BLAKE2b, by its name")                                               \
    X(SUITE_7, "it is Noise with AESGCM and BLAKE2b, by its name")

typedef enum deviation {
#define X(NAME, SAYS) DEVIATION_##NAME,
    DEVIATIONS(X)
#undef X
        DEVIATION_COUNT
} deviation;

const char *deviation_says(deviation);

/* How many tags there are and fit, when the session is run with this deviation. `decided`: every agreement could be computed. */
typedef struct diagnosed_tags {
    unsigned fit, of;
    bool decided;
} diagnosed_tags;

diagnosed_tags diagnosis_run(const diagnosed_session *, deviation);

/* How many messages of the handshake verify. After the second its payload is appended to `room`; after the last there are the keys of the
 * records from initiator to responder and back. */
size_t diagnosis_keys(const diagnosed_session *, uint8_t keys[2][32], uint8_t responder_share[32], writer *room);

typedef enum diagnosis {
    DIAGNOSIS_HONEST,  /* every tag fits as it should: nothing is said */
    DIAGNOSIS_NAMED,   /* exactly one deviation makes every tag fit */
    DIAGNOSIS_SEVERAL, /* more than one does; the first is given */
    DIAGNOSIS_UNKNOWN, /* none does, or too little is known */
} diagnosis;

diagnosis diagnose(const diagnosed_session *, deviation *which);

#endif
