/* The tokenizer: byte-level BPE (Gage 1994; Sennrich, Haddow, Birch 2016) with merges inside [space]letters only.
 *
 * Ids 0 to 15 are special and come from the chat template alone; 16 to 271 are the bytes; the rest are merges. Text
 * encodes to bytes and merges only, so no text can play a role it was not given. Digits and punctuation stay single
 * bytes. Decoding is unique, encoding is canonical but not the only way to spell a text: hash tokens, never texts. */
#ifndef PARLEY_MODEL_BPE_H
#define PARLEY_MODEL_BPE_H

#include "bytes.h"

enum {
    BPE_SPECIALS = 16,
    BPE_BYTES = BPE_SPECIALS + 256, /* first merge */
    BPE_VOCAB = 1024,
    BPE_MERGES = BPE_VOCAB - BPE_BYTES,
    BPE_PIECE = 32, /* most bytes of a run that is merged together, and so of a token */
    BPE_TABLE = 4096,
};

enum { BPE_BOS, BPE_SYSTEM, BPE_USER, BPE_ASSISTANT, BPE_END, BPE_SPECIALS_USED };

typedef struct bpe {
    uint16_t merge[BPE_MERGES][2]; /* left, right: both below the merge's own id */
    uint32_t text_at[BPE_VOCAB + 1];
    uint8_t text[BPE_VOCAB * BPE_PIECE];
    uint32_t table[BPE_TABLE]; /* open addressing: left << 20 | right << 10 | merge + 1; 0 is free */
} bpe;

/* Fills in texts and table from the merges. False when one refers forward or to a special, makes a token longer than
 * a piece, or repeats a text. */
bool bpe_ready(bpe *);

/* Learns the merges from text: the most frequent pair first, ties to the smallest (left, right). Allocates while it runs. */
bool bpe_learn(bpe *out, span text);

span bpe_text(const bpe *, uint16_t token); /* empty for specials and for ids out of range */

/* Appends the tokens of `text`. False, and nothing written beyond cap, when they do not fit. */
bool bpe_encode(const bpe *, span text, uint16_t *tokens, size_t cap, size_t *n);

/* Bytes in, whole characters out. What is not UTF-8 becomes U+FFFD, byte by byte; the same text comes out however the
 * bytes were cut. `out` needs 3 * in.n + 9 bytes at most. */
typedef struct utf8_stream {
    uint8_t held[4];
    size_t n; /* up to 3 bytes of a character that is not complete */
} utf8_stream;

void utf8_stream_push(utf8_stream *, span in, writer *out);
void utf8_stream_end(utf8_stream *, writer *out);

#endif
