/* The part of an appraisal policy that is about tokens, as a document: JSON, unknown members refused.
 *
 *   {"issuer": "intel",                    whose claims: intel, google
 *    "iss": "https://...",                 exactly
 *    "algorithms": ["PS384", "RS256"],
 *    "audience": "...", "nonce": "...",
 *    "max_age": 600, "skew": 30,           seconds
 *    "image_digests": ["sha256:..."],      google
 *    "not_compared": ["age", "audience", "nonce", "tcb_status", "image_digest"],
 *
 *    "policy_ids": ["..."],                intel
 *    "hardware": ["GCP_INTEL_TDX"],        google
 *    "support_attributes": ["STABLE"], "min_swversion": 250100,
 *    "claims": {"submods.gce.project_id": ["..."], "x.y": [true, 7]}}
 *
 * `issuer`, `iss` and `algorithms` are needed; for Google, `hardware` too. Of the first block, what is neither given nor named under not_compared is compared
 * with nothing, and so refused; what is given is compared whatever not_compared names. Of the second, what is not given is not asked for. */
#ifndef PARLEY_TOKEN_POLICY_H
#define PARLEY_TOKEN_POLICY_H

#include "policy_members.h"
#include "token.h"

enum { TOKEN_POLICY_TEXTS = 16, TOKEN_POLICY_IMAGES = 32, TOKEN_POLICY_PINS = 16, TOKEN_POLICY_VALUES = 8 };

/* Points into itself: never copied. */
typedef struct token_policy {
    policy_pool pool;
    unsigned issuer, algorithms, hardware;
    span iss, audience, nonce;
    uint64_t skew, max_age, least_version;
    span policy_ids[TOKEN_POLICY_TEXTS], support[TOKEN_POLICY_TEXTS], images[TOKEN_POLICY_IMAGES];
    size_t n_policy_ids, n_support, n_images;
    at_pin pins[TOKEN_POLICY_PINS];
    at_pin_value values[TOKEN_POLICY_PINS][TOKEN_POLICY_VALUES];
    size_t n_pins;
    uint64_t waived, given; /* bits 1 << at_token_comparison, and one for `issuer` */
} token_policy;

/* From the object of the document. False, with the fault and zeros, when it is none. */
extern const policy_section token_policy_section;

bool token_policy_take(span object, token_policy *out, policy_fault *);

/* The policy for an appraisal under this root (empty: none), with this part for trust domains (may be NULL). Borrows from all. */
at_token_policy token_policy_of(const token_policy *, span root, const at_quote_policy *td);

/* What applies when no policy is given: the algorithms of the table, the issuer's name as the caller has it; times, debugging, secure boot. */
void token_policy_built_in(at_issuer, span iss, token_policy *out);

#endif
