/* An appraisal policy as one document: JSON, a member for each kind of evidence that is acceptable.
 *
 *   {"tdx": {...},      quote_policy.h: trust domains, by a quote or by a token of Intel
 *    "token": {...}}    token_policy.h
 */
#ifndef PARLEY_POLICY_DOCUMENT_H
#define PARLEY_POLICY_DOCUMENT_H

#include "quote_policy.h"
#include "token_policy.h"

enum { POLICY_DOCUMENT_MAX = 65536 };

/* Points into itself: never copied. */
typedef struct policy_document {
    bool has_td, has_token;
    quote_policy td;
    token_policy token;
} policy_document;

/* False, with the fault and zeros, when it is none. */
bool policy_document_read(span text, policy_document *out, policy_fault *);

#endif
