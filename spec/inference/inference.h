/* Inference: what a model was asked and what it answered (chapter inference: receipts; turn.h, franking.h and padding.h have the rest).
 *
 * A receipt commits to one answer; its opening tells what went into it; who has the model runs it again and compares. Both come and go as
 * bytes, what is read borrows from them. The model is lent: nothing here knows one. */
#ifndef PARLEY_INFERENCE_H
#define PARLEY_INFERENCE_H

#include "layout.h"
#include "prim.h"
#include "verdict.h"

enum {
    IN_DIGEST = 32, /* salt, seed, session, every digest, key, leaf, link and root */
    IN_RECEIPT = 264,
    IN_RECEIPT_VERSION = 1,
    IN_TOKENS_MAX = 4096, /* of a prompt, and of an output */
    IN_STOPS_MAX = 4,
    IN_STOP_MAX = 32, /* bytes */
    IN_OPENING_HEAD = 135,
    IN_PARAMETERS_HEAD = 19,
    IN_PARAMETERS_MAX = IN_PARAMETERS_HEAD + IN_STOPS_MAX * (1 + IN_STOP_MAX),
    IN_OPENING_MAX = IN_OPENING_HEAD + IN_PARAMETERS_MAX + 2 * 2 * IN_TOKENS_MAX,
    IN_TEMPERATURE_MAX = 4000, /* thousandths */
    IN_SHARE_MAX = 65536,      /* of top_p and min_p */
};

/* The parts of an opening, in the order of their leaves. */
typedef enum in_part { IN_MODEL, IN_TOKENIZER, IN_PROMPT, IN_PARAMETERS, IN_SEED, IN_OUTPUT, IN_PARTS } in_part;
typedef enum in_finish { IN_END, IN_LENGTH, IN_STOP, IN_CANCELLED, IN_FINISHES } in_finish;

extern const char *const in_part_names[IN_PARTS];      /* "model", as in the label of its key */
extern const char *const in_finish_names[IN_FINISHES]; /* "end" */

/* ---- the opening ---- */

typedef struct in_parameters {
    uint64_t temperature, top_k, top_p, min_p, penalty, max_tokens, n_stops; /* units: chapter, section 2 */
    span stops;                                                              /* as they stand, each behind its length; only when read */
    span stop[IN_STOPS_MAX];
} in_parameters;

typedef struct in_opening {
    span salt, model, tokenizer, seed; /* IN_DIGEST bytes each */
    uint64_t finish;                   /* an in_finish, or anything else that was read */
    uint64_t n_parameters, n_prompt, n_output;
    span rows;                       /* the three below, one after another; only when read */
    span parameters, prompt, output; /* bytes; tokens as big-endian u16 */
    in_parameters parameter;         /* what `parameters` says; only when read */
} in_opening;

extern const layout in_opening_layout, in_parameters_layout;

uint16_t in_token(span row, size_t i); /* the i-th of a row, counted from 0; 0 past the end */

/* The parameters as bytes: at most IN_PARAMETERS_MAX. `stops` is not looked at. Values are written as they are, in range or not. */
void in_write_parameters(const in_parameters *, writer *out);

/* Parameters alone. Rejects with IN-004 and IN-005, which it notes; *out is untouched unless accepted, and borrows. */
verdict in_read_parameters(span in, account *, in_parameters *out);

/* The opening as bytes. Looks at salt, model, tokenizer, seed, finish, parameters, prompt, output; the counts are those of the rows. */
void in_write_opening(const in_opening *, writer *out);

/* Rejects with IN-001 to IN-005, which it notes; *out is untouched unless accepted, and borrows from `in`. */
verdict in_read_opening(span in, account *, in_opening *out);

/* ---- the receipt ---- */

typedef struct in_receipt {
    uint64_t version, engine;
    span session, leaf[IN_PARTS], root;
} in_receipt;

extern const layout in_receipt_layout;

/* The prover's step. The opening is judged as a verifier will: IN-001 to IN-005; the receipt is untouched unless accepted. */
verdict in_make_receipt(const prim *, uint32_t engine, const uint8_t session[IN_DIGEST], span opening, uint8_t receipt[IN_RECEIPT]);

/* The key that shows one part alone. Secret like the salt until it is given away. */
void in_part_key(const prim *, span salt, in_part, uint8_t key[IN_DIGEST]);

/* One part alone, by its key. Of `shown` only that part is looked at: the span of its name; for the output n_prompt, n_output, finish, output.
 * Rejects with IN-015 to IN-017, then with the part's own sentence, IN-018 to IN-023. */
verdict in_check_part(const prim *, span receipt, in_part, const uint8_t key[IN_DIGEST], const in_opening *shown);

/* ---- verifying ---- */

#define IN_NO_TOKEN UINT32_C(0x10000) /* more than any token: no end token; nothing is drawn */

/* What a verifier presents. All zero: accepts nothing. */
typedef struct in_model {
    uint32_t engine;
    span digest, tokenizer; /* IN_DIGEST bytes each */
    uint32_t vocabulary;    /* tokens below it are known; at most 0x10000 */
    uint32_t context;       /* positions */
    uint32_t end;           /* the token that ends an answer, or IN_NO_TOKEN */
    void *ctx;
    /* The token drawn at output position i (1, 2, ... in this order, once each, until one differs), after the prompt and the output's first i - 1
     * tokens, which are those that were drawn before; or IN_NO_TOKEN. It looks at nothing of the output from position i on. */
    uint32_t (*draw)(void *ctx, const in_opening *, size_t i);
    /* The bytes of a token of the output, valid until the next call. Empty for one it does not know. */
    span (*text)(void *ctx, uint16_t token);
} in_model;

/* The finish that the table (chapter, section 7) gives for the output's last token: what a prover has to say, whoever stopped listening when. Looks
 * at n_prompt, output and parameter, and of the model at end, context and text. */
in_finish in_finish_of(const in_model *, const in_opening *);

/* What a verification can leave uncompared. IN_TEXT: of a client (franking.h) alone. */
typedef enum in_comparison { IN_SIGNATURE, IN_SESSION, IN_TEXT, IN_COMPARISONS } in_comparison;
extern const char *const in_comparison_names[IN_COMPARISONS]; /* "signature", "session", "text" */

typedef struct in_findings {
    account account; /* in the order of the sentences' numbers; not compared: bits 1 << in_comparison */
    size_t wrong;    /* position, from 1, of the first token that is not the one drawn; 0: none was found */
} in_findings;

/* The verifier's step: rejects with IN-001 to IN-005, IN-015 to IN-029, IN-031, IN-032. The findings are filled in any case. */
verdict in_verify(const prim *, const in_model *, span receipt, span opening, in_findings *out);

/* ---- a signed receipt ---- */

enum { IN_SIGNATURE_SIZE = 64 };

/* What a receipt is held against. An empty span: not given, and then not compared. */
typedef struct in_signed {
    span key;       /* the receipt key, IN_DIGEST bytes; with it the next two */
    span statement; /* digest of the statement, IN_DIGEST bytes */
    span signature;
    span session; /* IN_DIGEST bytes */
} in_signed;

void in_sign(const prim *, const uint8_t seed[IN_DIGEST], span receipt, span statement, uint8_t signature[IN_SIGNATURE_SIZE]);

/* Receipt, signature and session alone, without an opening. Rejects with IN-015 to IN-017, IN-080, IN-081, which it notes; notes what is not
 * compared. *out is untouched unless accepted. */
verdict in_check_signed(const prim *, const in_signed *, span receipt, account *, in_receipt *out);

/* in_verify, with signature and session: rejects with IN-080 and IN-081 too. */
verdict in_verify_signed(const prim *, const in_model *, const in_signed *, span receipt, span opening, in_findings *out);

/* The six parts of a receipt against its opening: IN-018 to IN-023. */
verdict in_compare_parts(const prim *, span receipt, const in_receipt *, const in_opening *, account *);

#endif
