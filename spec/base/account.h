/* The account of a verification: which sentences were checked, in which order, with what result, and which comparisons were not made.
 *
 *   CHECK(account, holds, XX_017)      REQUIRE that is also listed: notes the number with its result, then leaves with REJECT(XX_017) when it
 *                                      does not hold; the condition is evaluated once
 *   CHECK_ROW(account, holds, id)      the same for a row of a table, whose requirement is data
 *
 * A verifier lends one account to everything it calls, and each reader notes the sentences that it judges itself. The account is filled whether
 * the evidence is accepted or not: of a rejection, the last check is the one that failed. Where an account is a pointer, NULL notes nothing. */
#ifndef PARLEY_ACCOUNT_H
#define PARLEY_ACCOUNT_H

#include "verdict.h"

enum { ACCOUNT_CHECKS_MAX = 192 }; /* more than any verification of the text makes */

typedef struct account_check {
    uint16_t req; /* a REQ_ enumerator */
    bool ok;
} account_check;

typedef struct account {
    account_check check[ACCOUNT_CHECKS_MAX]; /* in the order in which they were made */
    size_t n_checks;
    uint64_t not_compared; /* bits 1 << comparison; each chapter numbers and names its comparisons */
} account;

/* Notes one check. A sentence that is judged in two steps is listed once, with the later result. */
void account_note(account *, uint16_t req, bool ok);

/* Lists a comparison that is not made; its number is below 64. */
void account_leave_out(account *, unsigned comparison);

#define CHECK(noted_in, holds, ID) CHECK_ROW(noted_in, holds, REQ_##ID)

#define CHECK_ROW(noted_in, holds, id)            \
    do {                                          \
        const bool held_ = (holds);               \
        const uint16_t number_ = (id);            \
        account_note((noted_in), number_, held_); \
        REQUIRE_ROW(held_, number_);              \
    } while (0)

#endif
