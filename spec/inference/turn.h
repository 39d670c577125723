/* A turn: one question and its answer as messages of Parley/1, and the keys and leaves that belong to it (turn.md).
 *
 * Messages come and go as bytes: type and body, joined by the profile's records. What is read borrows from them. */
#ifndef PARLEY_TURN_H
#define PARLEY_TURN_H

#include "inference.h"

enum {
    IN_KEY = 32,
    IN_MESSAGE_MAX = 1 << 20,
    IN_TOKEN_MAX = 4096,
    IN_MESSAGES_MAX = 1024, /* of a request */
    IN_TOOLS_MAX = 256,
    IN_TOOL_MAX = 65536,     /* bytes */
    IN_ANSWER_MAX = 1 << 20, /* bytes */
    IN_LEAVES_MAX = IN_MESSAGES_MAX + 2,
};

/* ---- messages ---- */

typedef enum in_type {
    IN_TYPE_TOKEN = 6,
    IN_TYPE_REQUEST,
    IN_TYPE_CANCEL,
    IN_TYPE_CHUNK,
    IN_TYPE_END,
    IN_TYPE_ERROR,
    IN_TYPE_FILL
} in_type;
typedef enum in_role { IN_SYSTEM, IN_USER, IN_ASSISTANT, IN_TOOL, IN_ANSWER, IN_STEERING = 255 } in_role; /* the kinds of leaves */
typedef enum in_code { IN_ADMISSION = 1, IN_MALFORMED, IN_LIMIT, IN_STALE, IN_BUSY, IN_FAILED } in_code;

/* Each begins with its type. `rest`: the tail as it stands; what it says is in the spans below. */
typedef struct in_admission {
    uint64_t type, kind;
    span rest, token;
} in_admission;

typedef struct in_request {
    uint64_t type, id, receipt;
    span seed, rest;
    span parameters;
    uint64_t n_tools, n_messages;
    span tools, messages; /* rows without their counts */
    span steering;        /* from the first byte of seed through the last of tools */
} in_request;

typedef struct in_cancel {
    uint64_t type, id;
} in_cancel;

typedef struct in_chunk {
    uint64_t type, id, seq;
    span rest, bytes;
} in_chunk;

typedef struct in_end {
    uint64_t type, id, seq, finish, prompt, output;
    span com, rest, receipt;
} in_end;

typedef struct in_error {
    uint64_t type, id, code;
} in_error;

typedef struct in_fill {
    uint64_t type;
} in_fill;

extern const layout in_admission_layout, in_request_layout, in_cancel_layout, in_chunk_layout, in_end_layout, in_error_layout,
    in_fill_layout;

typedef struct in_message {
    in_type type;
    union {
        in_admission admission;
        in_request request;
        in_cancel cancel;
        in_chunk chunk;
        in_end end;
        in_error error;
    } as;
} in_message;

/* Rejects with IN-035 to IN-047. */
verdict in_read_message(span in, in_message *out);

/* Writing. Values go out as they are; the rows of a request are given as they stand, with their numbers. */
void in_write_admission(const in_admission *, writer *);
void in_write_request(const in_request *, writer *);
void in_write_cancel(uint32_t id, writer *);
void in_write_chunk(uint32_t id, uint32_t seq, span bytes, writer *);
void in_write_end(const in_end *, writer *);
void in_write_error(uint32_t id, in_code, writer *);
void in_write_fill(writer *);
void in_write_tool(span tool, writer *row);
void in_write_text(in_role, span text, writer *row);

/* One after another from reader_of(request.tools) and reader_of(request.messages); false at the end. */
bool in_next_tool(reader *tools, span *tool);
bool in_next_text(reader *messages, uint64_t *role, span *text);

/* ---- what is asked ---- */

/* Rejects with IN-004, IN-005, IN-048 to IN-052. */
verdict in_judge_request(const in_request *);

in_code in_error_for(verdict); /* of such a rejection */

/* ---- order ---- */

/* What an enclave keeps of a connection. All zero: nothing has come. */
typedef struct in_enclave {
    bool admitted, asked, open, cancelled;
    uint32_t id; /* of the last request */
} in_enclave;

/* Rejects with IN-055 to IN-059, IN-061; the state is untouched unless accepted. *stops: the running answer is to end now. */
verdict in_enclave_takes(in_enclave *, const in_message *, bool *stops);
void in_enclave_ends(in_enclave *); /* it has sent end or error */

/* ---- keys ---- */

void in_turn_key(const prim *, const uint8_t mk[IN_KEY], uint8_t kturn[IN_KEY]);
void in_turn_seed(const prim *, const uint8_t kturn[IN_KEY], const in_request *, uint8_t seed[IN_DIGEST]);
void in_turn_salt(const prim *, const uint8_t kturn[IN_KEY], uint8_t salt[IN_DIGEST]);
void in_leaf_key(const prim *, const uint8_t kturn[IN_KEY], uint32_t index, uint8_t key[IN_KEY]);

/* ---- leaves ---- */

void in_leaf(const prim *, const uint8_t key[IN_KEY], uint8_t kind, span bytes, uint8_t leaf[IN_DIGEST]);

/* leaves: n + 2 of them, one after another. */
void in_com_of(const prim *, span model, uint32_t n, span leaves, uint8_t finish, uint8_t com[IN_DIGEST]);

typedef struct in_turn {
    uint8_t kturn[IN_KEY]; /* secret */
    in_request request;    /* borrows; of at most IN_MESSAGES_MAX messages */
    span model;            /* IN_DIGEST bytes */
} in_turn;

/* What stands under leaf i of a finished turn; false when there is no such leaf. */
bool in_leaf_content(const in_turn *, span answer, uint32_t index, uint8_t *kind, span *bytes);
/* (n + 2) * IN_DIGEST bytes. */
void in_turn_leaves(const prim *, const in_turn *, span answer, uint8_t leaves[IN_LEAVES_MAX * IN_DIGEST]);
void in_turn_com(const prim *, const in_turn *, span answer, uint8_t finish, uint8_t com[IN_DIGEST]);

/* ---- the client's side of a turn ---- */

typedef struct in_client {
    bool open;
    uint32_t seq; /* chunks so far */
    in_turn turn;
    writer answer; /* lent; up to IN_ANSWER_MAX bytes are asked of it */
} in_client;

/* Begins a turn, by the key that its request's first record gives it (in_turn_key). What request and model borrow from has to last as long as the turn. */
void in_client_asks(in_client *, const uint8_t kturn[IN_KEY], const in_request *, span model, writer answer);

/* Rejects with IN-062 to IN-067, IN-078; the state is untouched unless accepted. After an end or error it is not open any more, and kturn is
 * wiped unless a receipt has still to be checked with it. */
verdict in_client_takes(in_client *, const prim *, const in_message *);

#endif
