/* Profile confer: the protocol that confer-proxy 0.1.14 speaks, as far as it was observed (prose: confer.md).
 *
 *   cf_server   one connection of the server            cf_client   one connection of the client
 *   cf_server_admit          the token of the upgrade   cf_client_starts         message 1
 *   cf_server_takes_message  a WebSocket message came   cf_client_takes_message  a WebSocket message came
 *   cf_server_says           an answer, or an event     cf_client_asks           a request
 *
 * A step takes what the world lends and answers a verdict and effects; it sends nothing, reads no clock, draws no
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
    CF_REQUESTS_MAX = 16,     /* requests in flight on one connection */
    CF_RECORDS_MAX = 17,      /* records of one message of ours: CF_MESSAGE_MAX / CF_PAYLOAD_MAX, rounded up */
    CF_COINS = 64,
    CF_TOKEN_MAX = 4096, /* it stands in the request line */
    CF_REPORT = 1184,    /* a SEV-SNP report (AMD 56860) and where its report data lies */
    CF_REPORT_DATA_AT = 0x50,
    CF_MANIFEST_MAX = 32768, /* and its bundle */
};

/* WebSocket close codes as the deployed system uses them. */
enum { CF_CANNOT_ACCEPT = 1003, CF_UNEXPECTED = 1011, CF_CLIENT_REFUSES = 1002 };

/* ---- messages (section Messages of the prose) ---- */

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

/* Messages that arrive in several frames. All zero is empty. One for each connection, never shared; it is the whole
 * memory that a peer can make a connection hold. */
typedef struct cf_assembly {
    bool open;
    uint64_t id, total;
    size_t have, n; /* chunks and bytes so far */
    struct cf_chunk {
        bool has;
        size_t at, n;
    } chunk[CF_CHUNKS_MAX];
    uint8_t bytes[CF_MESSAGE_MAX];
} cf_assembly;

typedef struct cf_storage {
    cf_assembly assembly[CF_ASSEMBLIES_MAX];
    uint8_t plain[CF_RECORD_MAX];    /* the record just opened, the evidence just received */
    uint8_t whole[CF_MESSAGE_MAX];   /* the message just completed; a message of ours before it is cut into frames */
    uint8_t text[CF_MESSAGE_MAX];    /* strings of the message, decoded; an event of ours before it is framed */
    size_t plain_n, whole_n, text_n; /* how far each was ever written: what there is to wipe */
} cf_storage;

typedef enum cf_platform { CF_TDX, CF_SEV_SNP } cf_platform;

typedef struct cf_evidence {
    cf_platform platform;
    span attestation, manifest, bundle; /* decoded; SEV-SNP: attestation is the raw report */
} cf_evidence;

/* What the client checks of message 2 with other people's help. All zero refuses everything. */
typedef struct cf_policy {
    /* Appraises a SEV-SNP report (1184 bytes): everything but whose key it names, which this profile looks at itself. NULL: nobody can. */
    verdict (*snp)(const void *ctx, const prim *, int64_t now, span report);
    const void *ctx;
    bool tdx_not_verified;      /* takes a TDX token on trust: neither its signature nor its binding is looked at */
    bool manifest_not_verified; /* takes the manifest without its bundle */
} cf_policy;

typedef struct cf_world cf_world;

/* Judges the whole payload of message 2 for a server with this static key. cf_appraise is the one of the prose. */
typedef verdict cf_appraiser(const cf_world *, span payload, span server_static, unsigned *not_verified);

struct cf_world {
    const prim *prim;
    int64_t now;         /* seconds since 1970 UTC */
    span coins;          /* CF_COINS secret random bytes, fresh for each call that says it takes them */
    cf_storage *storage; /* of this connection */
    /* server */
    span token_key;      /* HMAC key of the token's issuer */
    span static_secret;  /* 32 bytes */
    span evidence;       /* payload of message 2: cf_write_evidence; empty: none can be had */
    int64_t context_max; /* max_context_tokens of a completion; 0: 262144 */
    /* client */
    cf_appraiser *appraise; /* NULL: cf_appraise */
    const cf_policy *policy;
};

/* What was taken on trust, as bits. */
enum { CF_TDX_NOT_VERIFIED = 1, CF_MANIFEST_NOT_VERIFIED = 2 };

verdict cf_appraise(const cf_world *, span payload, span server_static, unsigned *not_verified);

/* Reads the payload strictly. Decoded texts go to `room` (payload.n + CF_REPORT bytes are enough), which the evidence borrows from. */
verdict cf_read_evidence(span payload, writer *room, cf_evidence *out);
void cf_write_evidence(const cf_evidence *, writer *out);

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

typedef enum cf_role { CF_USER, CF_ASSISTANT, CF_SYSTEM, CF_DEVELOPER, CF_TOOL_CALL, CF_TOOL_RESPONSE, CF_ROLES } cf_role;
extern const char *const cf_role_names[CF_ROLES];

/* A chat request. Spans are JSON values that borrow from the message. */
typedef struct cf_chat {
    span messages;     /* array; walk it with cf_next_message */
    span model;        /* string */
    span client_tools; /* array, or empty */
    bool has_stream, stream, json, thinking, web_search;
    bool has_temperature, has_max_tokens;
    int64_t temperature; /* thousandths; not given for a value that is finer or above 1000 */
    int64_t max_tokens;
} cf_chat;

typedef struct cf_chat_message {
    cf_role role;
    span content; /* JSON string: json_string decodes it */
} cf_chat_message;

/* for (json_cursor c = json_enter(chat.messages); cf_next_message(&c, &m);) ... Only on what cf_read_chat accepted. */
bool cf_next_message(json_cursor *, cf_chat_message *out);
verdict cf_read_chat(span body, writer *room, cf_chat *out); /* CF-077 to CF-082; room: body.n bytes, used in passing */

typedef struct cf_event {
    cf_event_kind kind;
    int64_t id; /* of the request */
    int64_t status;
    span text;
    bool pending_tool_calls;
    int64_t context_tokens, max_context_tokens;
} cf_event;

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

/* ---- the server ---- */

typedef enum cf_phase { CF_NEW, CF_ADMITTED, CF_HANDSHAKE, CF_OPEN, CF_CLOSED, CF_PHASES } cf_phase;

/* Requests in flight, by id. */
typedef struct cf_flights {
    size_t n;
    struct {
        int64_t id;
        bool stream;
    } at[CF_REQUESTS_MAX];
} cf_flights;

typedef struct cf_server {
    cf_phase phase;
    bool subscribed;
    int64_t expires;
    cf_flights flights;
    nz_peer noise;
} cf_server;

/* The target of the upgrade request, "/websocket?token=...". Rejected: no upgrade, cf_refusal_status says which HTTP
 * status is the answer, with an empty body; the connection closes. Starts the connection: any former state is lost. */
verdict cf_server_admit(cf_server *, const cf_world *, span target);
unsigned cf_refusal_status(void);
/* What the same port answers to a request that is no upgrade: the status and *body. 404 for what nobody knows. */
unsigned cf_plain_answer(const cf_world *, span method, span target, const char **body);

/* A binary message came. Takes coins. Message 1 is answered by message 2; later ones may complete a request: then the
 * answer is among the records (GET /ping, an error), or event.kind is CF_CALL and the caller owes answers under that
 * id by cf_server_says. Every other rejection of a sentence ends the session (effects.close). */
verdict cf_server_takes_message(cf_server *, const cf_world *, span message, cf_effects *out);
/* A text message came: nothing is sent, nothing changes. */
verdict cf_server_takes_text(cf_server *, const cf_world *, span text, cf_effects *out);

bool cf_server_owes(const cf_server *, int64_t id); /* the session is open and the id is in flight */
/* An answer under an id that is owed (must); `last` ends it. Takes coins. Body at most CF_MESSAGE_MAX - 64 bytes, not in storage->whole. */
void cf_server_says(cf_server *, const cf_world *, int64_t id, unsigned status, span body, bool last, cf_effects *out);

/* Answers of a chat. `utf8` is whole characters (must). Token and completion for a streamed one; cf_server_says(..., 200, text, true, ...) for a single one. */
void cf_server_says_token(cf_server *, const cf_world *, int64_t id, span utf8, cf_effects *out);
void cf_server_says_completion(cf_server *, const cf_world *, int64_t id, int64_t context_tokens, cf_effects *out);

void cf_server_end(cf_server *, cf_storage *); /* the connection is gone: wipes the secrets and what was assembled (may be NULL) */

/* ---- the client ---- */

typedef struct cf_client {
    cf_phase phase;
    unsigned not_verified; /* what the accepted evidence was not checked for */
    cf_flights flights;
    nz_peer noise;
} cf_client;

/* Takes coins: both of the connection's secrets. Message 1 is the one record. Any former state is lost. */
void cf_client_starts(cf_client *, const cf_world *, cf_effects *out);
/* A binary message came: message 2 (then message 3 is the one record, event CF_OPENED), or a record. Every rejection
 * ends the session; a response that fits no request or breaks a rule only fills effects.refused. */
verdict cf_client_takes_message(cf_client *, const cf_world *, span message, cf_effects *out);
/* A request. must(): the session is open, the id is not in flight and fewer than CF_REQUESTS_MAX are. Takes coins.
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
/* The connection is gone. Rejected when a request has no complete answer. Wipes. */
verdict cf_client_end(cf_client *, cf_storage *);

/* ---- parts, for those who build hostile peers: what is given is written, nothing is checked ---- */

void cf_effects_clear(cf_effects *);
void cf_seal_plain(nz_peer *, const cf_world *, span plaintext, cf_effects *out);   /* one record */
void cf_seal_frame(nz_peer *, const cf_world *, const cf_frame *, cf_effects *out); /* one record */
void cf_seal_message(nz_peer *, const cf_world *, span message, cf_effects *out);   /* its records, by the rules of the prose */
verdict cf_open_frame(nz_peer *, const cf_world *, span record, cf_frame *out);     /* borrows from storage->plain */
verdict cf_assemble(cf_storage *, const cf_frame *, bool *complete, span *message); /* CF-052 to CF-058; the message borrows */
void cf_write_token(const prim *, span key, span claims_json, writer *out);         /* a token over these claims, HS256 */
nz_suite cf_suite(void);

#endif
