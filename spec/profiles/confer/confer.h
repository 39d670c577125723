/* Profile confer: the protocol that confer-proxy 0.1.14 speaks, as far as it was observed (prose: confer.md).
 * This header is what both sides share; confer_server.h and confer_client.h hold the steps of each side.
 *
 * A step takes what the world lends and returns a verdict and effects; it sends nothing, reads no clock, draws no
 * randomness, allocates nothing. Two kinds of rejection, and each sentence says which one it is:
 *   - the session ends: the verdict rejects, every secret is wiped, effects.close holds the code and the reason;
 *   - the request fails: the verdict accepts, effects.refused names the sentence, the session goes on.
 * Spans in effects borrow from the lent storage and from the message just taken; they are good until the next step. */
#ifndef PARLEY_CONFER_H
#define PARLEY_CONFER_H

#include "json.h"
#include "layout.h"
#include "noise.h"

/* ---- sizes ---- */

enum {
    CF_MESSAGE1 = 32,
    CF_MESSAGE2_LEAST = 96, /* and the evidence */
    CF_MESSAGE3 = 64,
    CF_RECORD_MAX = 65535,    /* any WebSocket message */
    CF_HANDSHAKE_MAX = 4096,  /* what the server takes before the session is open */
    CF_EVIDENCE_MAX = 65439,  /* CF_RECORD_MAX - CF_MESSAGE2_LEAST */
    CF_PAYLOAD_MAX = 65489,   /* of a frame that we write */
    CF_MESSAGE_MAX = 1 << 20, /* a reassembled message; ours: the deployed system has no bound, nor for the next three */
    CF_CHUNKS_MAX = 256,      /* frames of one message */
    CF_ASSEMBLIES_MAX = 8,    /* messages that are begun and not complete */
    CF_BLOCK = 8192,          /* bytes in which memory is lent to unfinished messages */
    CF_SESSION_BLOCKS = CF_ASSEMBLIES_MAX * (1 + CF_MESSAGE_MAX / CF_BLOCK),
    CF_RECORD_BLOCKS = 2 + CF_RECORD_MAX / CF_BLOCK + 1, /* that one record can take */
    CF_REQUESTS_MAX = 16,                                /* pending requests of one connection */
    CF_RECORDS_MAX = 17,                                 /* records of one message of ours: CF_MESSAGE_MAX / CF_PAYLOAD_MAX, rounded up */
    CF_COINS = 64,
    CF_TOKEN_MAX = 4096, /* it stands in the request line */
    CF_REPORT = 1184,    /* a SEV-SNP report (AMD 56860) and where its report data lies */
    CF_REPORT_DATA_AT = 0x50,
    CF_MANIFEST_MAX = 32768, /* and its bundle */
};

/* WebSocket close codes as the deployed system uses them. */
enum { CF_CANNOT_ACCEPT = 1003, CF_UNEXPECTED = 1011, CF_CLIENT_REFUSES = 1002 };

/* ---- messages (sections 4 and 5 of the prose) ---- */

typedef struct cf_frame {
    pb_int chunk_id, chunk_index, total_chunks;
    pb_bytes payload;
} cf_frame;

typedef struct cf_stream_chunk {
    pb_bytes data;
    pb_int final, seq;
} cf_stream_chunk;

typedef struct cf_request {
    pb_int id;
    pb_bytes verb, path, body;
    struct {
        bool has;
        cf_stream_chunk v;
    } chunk;
} cf_request;

typedef struct cf_response {
    pb_int id, status;
    pb_bytes body;
    pb_pairs headers;
} cf_response;

extern const layout cf_frame_layout, cf_stream_chunk_layout, cf_request_layout, cf_response_layout;

/* ---- what the world lends ---- */

/* A message that arrives in several frames. Its bytes lie in blocks, in the order of their arrival. */
typedef struct cf_assembly {
    uint64_t id, total;
    size_t have, n; /* chunks and bytes so far */
    struct cf_chunk {
        bool has;
        uint32_t at, n;
    } chunk[CF_CHUNKS_MAX];
    union cf_block *block[CF_MESSAGE_MAX / CF_BLOCK];
} cf_assembly;

/* The piece in which memory is lent to unfinished messages: one for the assembly, and as many as its bytes need. */
typedef union cf_block {
    union cf_block *next; /* while it is lent to nobody */
    cf_assembly assembly;
    uint8_t bytes[CF_BLOCK];
} cf_block;

/* What is left to lend, to all sessions that share it: blocks that came back, and an array that was never touched. */
typedef struct cf_pool {
    cf_block *back, *fresh;
    size_t n_back, n_fresh;
} cf_pool;

/* What one step works in; sessions of one thread may share it. How far each part was written is what there is to wipe. */
typedef struct cf_scratch {
    uint8_t plain[CF_RECORD_MAX];  /* the record just opened, the evidence just received */
    uint8_t whole[CF_MESSAGE_MAX]; /* the message just completed; a message of ours before it is cut into frames */
    uint8_t text[CF_MESSAGE_MAX];  /* strings of the message, decoded; an event of ours before it is framed */
    size_t plain_n, whole_n, text_n;
} cf_scratch;

void cf_scratch_wipe(cf_scratch *); /* a session's end does it too; between sessions that share one, the caller does */

/* One for each session. What a peer can make a session hold is its unfinished messages: at most CF_SESSION_BLOCKS blocks. */
typedef struct cf_storage {
    cf_scratch *scratch;
    cf_pool *pool;
    size_t lent;                             /* blocks of the pool that are here */
    cf_block *unfinished[CF_ASSEMBLIES_MAX]; /* their assemblies; NULL: none */
} cf_storage;

/* All that one session can ever need, for a caller that has few of them. All zero is empty. */
typedef struct cf_own_storage {
    cf_storage storage;
    cf_scratch scratch;
    cf_pool pool;
    cf_block block[CF_SESSION_BLOCKS];
} cf_own_storage;

cf_storage *cf_own(cf_own_storage *);

typedef enum cf_platform { CF_TDX, CF_SEV_SNP } cf_platform;

typedef struct cf_evidence {
    cf_platform platform;
    span attestation, manifest, bundle; /* decoded; SEV-SNP: attestation is the raw report */
} cf_evidence;

void cf_write_evidence(const cf_evidence *, writer *out);

typedef struct cf_world cf_world;
typedef struct cf_policy cf_policy;         /* confer_client.h */
typedef struct cf_collateral cf_collateral; /* confer_client.h */

/* What was deployed at one time; without a word about it, a sentence holds in all. */
typedef enum cf_revision { CF_0_1_14, CF_0_1_16, CF_0_1_20, CF_REVISIONS } cf_revision;

struct cf_world {
    const prim *prim;
    int64_t now;         /* seconds since 1970 UTC */
    span coins;          /* CF_COINS secret random bytes, fresh for each call that says it takes them */
    cf_storage *storage; /* of this session */
    /* server */
    span token_key;               /* HMAC key of the token's issuer */
    const prim_pair *static_pair; /* made once, by prim_pair_of */
    span evidence;                /* payload of message 2: cf_write_evidence; empty: none can be had */
    int64_t context_max;          /* max_context_tokens of a completion; 0: 262144 */
    cf_revision revision;
    /* client */
    const cf_policy *policy;         /* NULL: refuses everything */
    const cf_collateral *collateral; /* NULL: none is at hand */
    struct tl_sigstore *sigstore;    /* to judge bundles in; may be shared by all sessions of a thread. NULL: the policy has no signer */
};

/* ---- state ---- */

typedef enum cf_phase { CF_NEW, CF_ADMITTED, CF_HANDSHAKE, CF_OPEN, CF_CLOSED, CF_PHASES } cf_phase;

/* Requests without their last answer, by id. */
typedef struct cf_pending {
    size_t n;
    struct {
        int64_t id;
        bool stream;
    } at[CF_REQUESTS_MAX];
} cf_pending;

/* ---- effects ---- */

typedef enum cf_event_kind {
    CF_NO_EVENT,
    CF_OPENED,     /* client: evidence accepted, message 3 is among the records */
    CF_CALL,       /* server: a chat request for the model: effects.chat */
    CF_ANSWERED,   /* client: the one answer of a request: status, text is the body */
    CF_TOKEN,      /* client: text is the piece of the answer */
    CF_THINKING,   /* client: likewise */
    CF_TOOL,       /* client: tool_call, tool_response or client_tool_call: text is the whole JSON object */
    CF_COMPLETION, /* client: the stream's end, with the token counts */
    CF_FAILED,     /* client: the request ended by a status of 400 and above, or because its answer breaks a rule */
} cf_event_kind;

typedef struct cf_event {
    cf_event_kind kind;
    int64_t id; /* of the request */
    int64_t status;
    span text;
    bool pending_tool_calls;
    int64_t context_tokens, max_context_tokens;
} cf_event;

/* A chat request. Spans are JSON values that borrow from the message. */
typedef struct cf_chat {
    span messages;                                       /* array; walk it with cf_next_message (confer_server.h) */
    span model;                                          /* string */
    span client_tools;                                   /* array, or empty */
    bool has_stream, stream, json, thinking, web_search; /* thinking: true unless it is refused */
    bool has_temperature, has_max_tokens;
    int64_t temperature; /* thousandths; not given for a value that is finer or above 1000 */
    int64_t max_tokens;
} cf_chat;

/* Lend `bytes` with room for what a step may send: CF_EFFECTS_ROOM is always enough. A step clears everything else. */
enum { CF_EFFECTS_ROOM = CF_MESSAGE_MAX + CF_RECORDS_MAX * 64 + 4096 };

typedef struct cf_effects {
    writer bytes; /* records to send, one after another; a step starts at its beginning */
    size_t n_records, ends[CF_RECORDS_MAX];
    uint16_t close;     /* 0: the connection stays */
    const char *reason; /* with close; "" when there is none */
    uint16_t refused;   /* requirement by which a request or a response failed; 0: none */
    cf_event event;
    cf_chat chat; /* with CF_CALL */
} cf_effects;

span cf_record(const cf_effects *, size_t i); /* the i-th WebSocket binary message to send */

/* ---- parts, for those who build hostile peers: what is given is written, nothing is checked ---- */

void cf_effects_clear(cf_effects *);
void cf_seal_plain(nz_peer *, const cf_world *, span plaintext, cf_effects *out);   /* one record */
void cf_seal_frame(nz_peer *, const cf_world *, const cf_frame *, cf_effects *out); /* one record */
void cf_seal_message(nz_peer *, const cf_world *, span message, cf_effects *out);   /* its records, by the rules of the prose */
verdict cf_open_frame(nz_peer *, const cf_world *, span record, cf_frame *out);     /* borrows from scratch->plain */
verdict cf_assemble(cf_storage *, const cf_frame *, bool *complete, span *message); /* section 4; the message borrows */
void cf_write_token(const prim *, span key, span claims_json, writer *out);         /* a token over these claims, HS256 */
nz_suite cf_suite(void);

#endif
