/* Profile confer, the client's side: one connection is one cf_client.
 *
 *   cf_client_starts         message 1
 *   cf_client_expects        a WebSocket message is arriving
 *   cf_client_takes_message  it came
 *   cf_client_asks           a request */
#ifndef PARLEY_CONFER_CLIENT_H
#define PARLEY_CONFER_CLIENT_H

#include "confer.h"
#include "sigstore.h"
#include "token.h"

/* ---- evidence ---- */

/* What the client wants of the evidence: one member for each part of it. All zero refuses everything. */
struct cf_policy {
    const at_policy *snp;         /* for reports of SEV-SNP; what names the key is looked at by this profile. NULL: they are refused */
    const at_token_policy *token; /* for tokens of TDX, likewise; RTMR1 and RTMR2 are those of the manifest. NULL: they are refused */
    const tl_signer *signer;      /* who has to have signed the manifest. NULL: it is refused */
    span trusted_root;            /* under which the bundle is judged: JSON */
    bool tdx_not_verified;        /* takes a TDX token on trust: neither its signature nor its binding is looked at */
    bool manifest_not_verified;   /* takes the manifest without its bundle */
};

/* What vendors say about the evidence and the evidence does not carry, from a cache: worth nothing until the policy's roots vouch for it. */
struct cf_collateral {
    struct {
        span vek, intermediate; /* DER */
    } snp;
    struct {
        span keys; /* a set of keys in JSON; trusted by itself, or under the root that the policy pins */
    } token;
};

/* What was taken on trust, as bits. */
enum { CF_TDX_NOT_VERIFIED = 1, CF_MANIFEST_NOT_VERIFIED = 2 };

/* What an appraisal found. */
typedef struct cf_appraisal {
    account account;                     /* filled in any case; not compared: the bits of the platform's comparisons */
    cf_platform platform;                /* once it is known */
    unsigned not_verified;               /* CF_TDX_NOT_VERIFIED, CF_MANIFEST_NOT_VERIFIED */
    at_claims snp;                       /* of a report that chapter attestation accepted; else zero */
    uint8_t token_identity[AT_IDENTITY]; /* of a token that it accepted; else zero */
} cf_appraisal;

/* Appraises the whole payload of message 2 of a server with this static key. Notes CF-034 to CF-044, CF-120 to CF-123, and what the chapters note. */
/* The names of what an appraisal of this platform can leave uncompared, and how many there are. */
const char *const *cf_comparison_names(cf_platform, size_t *n);

verdict cf_appraise(const cf_world *, span payload, span server_static, cf_appraisal *out);

/* Reads the payload strictly: CF-034 to CF-038. Decoded texts go to `room` (payload.n + CF_REPORT bytes are enough), which the evidence
 * borrows from. */
verdict cf_read_evidence(span payload, writer *room, account *, cf_evidence *out);

/* ---- the session ---- */

typedef struct cf_client {
    cf_phase phase;
    cf_appraisal appraisal; /* of the evidence in message 2, accepted or not */
    cf_pending pending;
    nz_peer noise;
} cf_client;

/* Takes coins: both of the connection's secrets. Message 1 is the one record. Any former state is lost. */
void cf_client_starts(cf_client *, const cf_world *, cf_effects *out);
/* A message of at least n bytes, of whichever kind, is arriving: judged before it is kept. */
/* The code with which a client closes that has all that it asked for (CF-108). */
uint16_t cf_client_leaves(void);

verdict cf_client_expects(cf_client *, const cf_world *, uint64_t n, cf_effects *out);
/* A binary message came: message 2 (then message 3 is the one record, event CF_OPENED), or a record. Every rejection
 * ends the session; a response that fits no request or breaks a rule only fills effects.refused. */
verdict cf_client_takes_message(cf_client *, const cf_world *, span message, cf_effects *out);
/* The part of it behind the frames, for who has put them together: a response. Rejected when it is none; else as above. */
verdict cf_client_takes_response(cf_client *, const cf_world *, span message, cf_effects *out);
/* A text message came: nothing is sent, nothing changes. */
verdict cf_client_takes_text(cf_client *, const cf_world *, span text, cf_effects *out);
/* The connection is gone. Rejected when a request has no complete answer. Wipes. */
verdict cf_client_end(cf_client *, cf_storage *);

/* ---- requests ---- */

/* A request. must(): the session is open, no request of this id is pending and fewer than CF_REQUESTS_MAX are. Takes coins.
 * `stream`: the answer is a stream of events that ends with a completion. */
void cf_client_asks(cf_client *, const cf_world *, const cf_request *, bool stream, cf_effects *out);
void cf_client_pings(cf_client *, const cf_world *, int64_t id, cf_effects *out);

/* A chat request with one user message, or with the whole array of messages as JSON when `messages` is not empty. */
typedef struct cf_ask {
    span prompt;   /* UTF-8 */
    span messages; /* JSON array, as is */
    const char *model;
    bool stream;
    int64_t max_tokens; /* 0: not said */
    bool has_temperature;
    int64_t temperature; /* thousandths, 0 and more */
} cf_ask;
void cf_client_chats(cf_client *, const cf_world *, int64_t id, const cf_ask *, cf_effects *out);

#endif
