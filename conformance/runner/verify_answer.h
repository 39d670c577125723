/* What every kind of `parley verify` says of the checks it made. */
#ifndef PARLEY_VERIFY_ANSWER_H
#define PARLEY_VERIFY_ANSWER_H

#include "account.h"
#include "json.h"
#include "rfc3339.h"
#include "tcb.h"

/* What can be left uncompared: the names of the bits of account.not_compared, from bit 0 on. */
typedef struct comparisons {
    const char *const *names;
    unsigned n;
} comparisons;

/* {"verdict":...,"checks":[...],"not_compared":[...] - the object is left open. */
void answer_write(writer *, verdict, const account *, comparisons);
/* "checks":[...],"not_compared":[...] */
void answer_write_account(writer *, const account *, comparisons);
void answer_text(writer *, const char *name, const char *text); /* ,"name":"text" */
void answer_digits(writer *, const char *name, span bytes);     /* in hexadecimal */
void answer_number(writer *, const char *name, uint64_t);
void answer_date(writer *, const char *name, int64_t at); /* RFC 3339 */
void answer_tcb(writer *, const at_tcb_result *); /* ,"tcb":{...}: said as soon as it is known, also of evidence that is refused for it */
void answer_print_checks(const account *, comparisons); /* one line each */

#endif
