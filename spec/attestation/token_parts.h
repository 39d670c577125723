/* What the files of token.md share, inside this room only. */
#ifndef PARLEY_TOKEN_PARTS_H
#define PARLEY_TOKEN_PARTS_H

#include "token.h"
#include "x509_view.h"

/* One appraisal under way. */
typedef struct token_appraisal {
    const at_world *world;
    const at_token_policy *policy;
    const at_token *evidence;
    writer *room;
    account *account;
    span header, claims, signature; /* JSON values, bytes */
    span signed_text;
    at_jws algorithm;
    span key; /* SubjectPublicKeyInfo */
    at_token_claims *out;
} token_appraisal;

/* Whether a text, once decoded, says these bytes; longer ones than AT_CLAIM_MAX say nothing. */
bool token_says(span value, span expected);
bool token_lists(const at_texts *, span value); /* a text that is one of them */
bool token_contains(span array, span expected); /* an array of texts, with this one */

/* A comparison that the policy waives is listed, and holds. */
bool token_holds_or_waived(token_appraisal *, at_token_comparison, bool held);

verdict token_find_key(token_appraisal *);     /* section 3 */
verdict token_judge_claims(token_appraisal *); /* sections 5 to 7 */

#endif
