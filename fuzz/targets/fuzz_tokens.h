/* A tokenizer that takes no time to learn, as the first input waits for it: the beginnings of the words of the corpus, letter by letter. */
#ifndef PARLEY_FUZZ_TOKENS_H
#define PARLEY_FUZZ_TOKENS_H

#include "model_train.h"

#include <string.h>

typedef struct beginnings {
    bpe *b;
    span text[BPE_MERGES];
    size_t n;
} beginnings;

/* The token of these bytes: the one before it with its last byte, made when it is new. */
static inline uint16_t beginning(beginnings *all, uint16_t before, span s)
{
    for (size_t i = 0; i < all->n; i++)
        if (all->text[i].n == s.n && memcmp(all->text[i].p, s.p, s.n) == 0)
            return (uint16_t)(BPE_BYTES + i);
    if (all->n == BPE_MERGES)
        return BPE_VOCAB;
    all->b->merge[all->n][0] = before, all->b->merge[all->n][1] = (uint16_t)(BPE_SPECIALS + s.p[s.n - 1]);
    all->text[all->n] = s;
    return (uint16_t)(BPE_BYTES + all->n++);
}

static inline bool fuzz_letter(uint8_t c) { return (c | 32) >= 'a' && (c | 32) <= 'z'; }

static inline const bpe *fuzz_tokens(void)
{
    static uint8_t text[64 << 10];
    static bpe b;
    beginnings all = {.b = &b};
    writer w = WRITER(text);
    if (b.merge[0][0])
        return &b;
    train_corpus_text(5, &w);
    for (size_t at = 0; at < w.n;) {
        uint16_t token = (uint16_t)(BPE_SPECIALS + text[at]);
        size_t n = 1;
        const bool word = text[at] == ' ' || fuzz_letter(text[at]);
        for (; word && at + n < w.n && n < BPE_PIECE && fuzz_letter(text[at + n]) && token < BPE_VOCAB; n++)
            token = beginning(&all, token, span_of(text + at, n + 1));
        at += n;
    }
    must(all.n == BPE_MERGES && bpe_ready(&b));
    return &b;
}

#endif
