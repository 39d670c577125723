/* The receipt of an end (franking.md), as an enclave makes it that has the keys, honest or not. All below a lie is made and signed over it, so that
 * one check alone can see it. */
#ifndef PARLEY_P1_RECEIPT_LIES_H
#define PARLEY_P1_RECEIPT_LIES_H

#include "franking.h"
#include "p1_service.h"

enum { P1_RECEIPT_ROOM = 4 + IN_OPENING_MAX + IN_RECEIPT + IN_SIGNATURE_SIZE + 64 };

/* These bits of one byte are changed: counted from the start, or (negative) from the end. No bits: nothing is. */
typedef struct p1_flip {
    uint8_t bits;
    int at;
} p1_flip;

typedef struct p1_receipt_lie {
    p1_flip opening;   /* the receipt is made of it, too */
    p1_flip made_of;   /* of the opening that the receipt is made of, and not of the one that is shown */
    p1_flip shown;     /* of the opening that is shown: one of which no receipt can be made */
    p1_flip com;       /* of what the receipt has for its session */
    p1_flip receipt;   /* ahead of its root, which is made over it */
    p1_flip root;      /* which is signed as it is then */
    p1_flip key;       /* of the secret that signs */
    p1_flip statement; /* of the digest that is signed */
    p1_flip signature;
    p1_flip whole;          /* of the whole, its first length included */
    int prompt, output;     /* added to the counts that the end tells */
    unsigned cut, after;    /* bytes that are missing at its end; zeros behind it */
    bool prompt_of_another; /* a token of it in the opening that the receipt is made of */
    bool unbound;           /* its session is 32 zero bytes */
    bool none;              /* there is no receipt */
} p1_receipt_lie;

/* The opening's tokens are the bytes of prompt and answer, since no file has the world's tokenizer. end: finish, com; its counts are set. */
void p1_make_receipt(const prim *, const service *, const in_turn *, span tokenizer, span answer, const p1_receipt_lie *, in_end *end,
                     uint8_t room[P1_RECEIPT_ROOM]);

#endif
