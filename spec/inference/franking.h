/* What can be shown of a turn: the signed receipt that an end brings, and a frank for a moderator (franking.md). */
#ifndef PARLEY_FRANKING_H
#define PARLEY_FRANKING_H

#include "turn.h"

/* ---- the receipt of an end ---- */

typedef struct in_signed_receipt {
    span opening, receipt, signature;
} in_signed_receipt;

void in_write_signed_receipt(const in_signed_receipt *, writer *);

/* What a client holds a signed receipt against. */
typedef struct in_expected {
    span key, statement;   /* IN_DIGEST bytes each: of the statement that the client has verified, and its digest */
    span model, tokenizer; /* IN_DIGEST bytes each: as the evidence named them */
    uint32_t end;          /* the token that ends an answer, or IN_NO_TOKEN; looked at with `text` only */
    void *ctx;
    span (*text)(void *ctx, uint16_t token); /* NULL: the client has no vocabulary */
} in_expected;

/* Of a turn whose end was taken, before kturn is wiped. Rejects with IN-001 to IN-005, IN-015 to IN-023, IN-080 to IN-088. The account is filled
 * in any case. *out (may be NULL) borrows from the end; untouched unless accepted. */
verdict in_client_checks_receipt(const in_client *, const prim *, const in_end *, const in_expected *, account *, in_signed_receipt *out);

/* ---- a frank ---- */

typedef struct in_opened_leaf {
    uint64_t index, kind;
    span key, bytes;
} in_opened_leaf;

typedef struct in_frank {
    span receipt, signature, statement, model;
    uint64_t n;
    span rest; /* only when read */
    span leaves;
    uint64_t finish, n_opened;
    span opened; /* the row without its count */
} in_frank;

extern const layout in_frank_layout;

void in_write_frank(const in_frank *, writer *);
void in_write_opened_leaf(const in_opened_leaf *, writer *row);
bool in_next_opened_leaf(reader *opened, in_opened_leaf *out);

/* A frank of a turn with these leaves open, which are numbers of at most n + 1 that rise. `room` takes the values of all leaves, `row` the
 * opened ones. The frank borrows from both. */
void in_make_frank(const prim *, const in_turn *, span answer, uint8_t finish, const in_signed_receipt *, span statement,
                   const uint32_t *indexes, size_t n_indexes, uint8_t room[IN_LEAVES_MAX * IN_DIGEST], writer *row, in_frank *out);

typedef struct in_moderated {
    uint64_t closed;
    bool withheld;
    bool has_answer;
    span answer; /* the enclave's word; borrows */
    in_frank frank;
} in_moderated;

/* The moderator's step. key and model: of the statement's claims, IN_DIGEST bytes each; statement: its digest. Rejects with IN-015 to IN-017,
 * IN-080, IN-090 to IN-096, IN-113; the account is filled in any case, *out is untouched unless accepted. */
typedef struct in_moderator {
    span key, statement, model;
} in_moderator;
verdict in_moderate(const prim *, const in_moderator *, span frank, account *, in_moderated *out);

#endif
