#include "model_bpe.h"

#include "utf8.h"

#include <stdlib.h>
#include <string.h>

static bool letter(uint8_t b) { return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z'); }

/* Bytes of the first piece: letters, perhaps after one space, at most BPE_PIECE bytes; or one byte. */
static size_t piece(span s)
{
    size_t n = s.p[0] == ' ';
    while (n < s.n && n < BPE_PIECE && letter(s.p[n]))
        n++;
    return n ? n : 1;
}

/* ---- the table of merges ---- */

static uint32_t slot_of(uint32_t left, uint32_t right) { return ((left << 10 | right) * 2654435761u) >> 20; }

static uint16_t merged(const bpe *b, uint32_t left, uint32_t right)
{
    for (uint32_t i = slot_of(left, right); b->table[i]; i = (i + 1) % BPE_TABLE)
        if (b->table[i] >> 10 == (left << 10 | right))
            return (uint16_t)(BPE_BYTES - 1 + (b->table[i] & 1023));
    return 0;
}

/* A slot holds left token, right token and i + 1, ten bits each (tokens and merges are fewer than 1024); 0 is free, and a table of BPE_TABLE slots
 * is never full. */
static void put_merge(bpe *b, uint32_t i)
{
    uint32_t at = slot_of(b->merge[i][0], b->merge[i][1]);
    while (b->table[at])
        at = (at + 1) % BPE_TABLE;
    b->table[at] = (uint32_t)b->merge[i][0] << 20 | (uint32_t)b->merge[i][1] << 10 | (i + 1);
}

span bpe_text(const bpe *b, uint16_t token)
{
    return token >= BPE_VOCAB ? EMPTY : span_of(b->text + b->text_at[token], b->text_at[token + 1] - b->text_at[token]);
}

static uint32_t hash_of(span s)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < s.n; i++)
        h = (h ^ s.p[i]) * 16777619u;
    return h;
}

/* No merge before it has this text; a single byte never has, being shorter. */
static bool text_is_new(const bpe *b, uint16_t token, uint16_t seen[BPE_TABLE])
{
    const span s = bpe_text(b, token);
    uint32_t at = hash_of(s) % BPE_TABLE;
    for (; seen[at]; at = (at + 1) % BPE_TABLE) {
        span t = bpe_text(b, seen[at]);
        if (t.n == s.n && memcmp(t.p, s.p, s.n) == 0)
            return false;
    }
    seen[at] = token;
    return true;
}

static bool add_merge_text(bpe *b, uint32_t i, uint16_t seen[BPE_TABLE])
{
    uint16_t token = (uint16_t)(BPE_BYTES + i), left = b->merge[i][0], right = b->merge[i][1];
    if (left < BPE_SPECIALS || right < BPE_SPECIALS || left >= token || right >= token)
        return false;
    span l = bpe_text(b, left), r = bpe_text(b, right);
    if (l.n + r.n > BPE_PIECE)
        return false;
    uint8_t *to = b->text + b->text_at[token];
    memcpy(to, l.p, l.n);
    memcpy(to + l.n, r.p, r.n);
    b->text_at[token + 1] = b->text_at[token] + (uint32_t)(l.n + r.n);
    return text_is_new(b, token, seen);
}

static void begin_texts(bpe *b)
{
    memset(b->text_at, 0, sizeof b->text_at);
    memset(b->table, 0, sizeof b->table);
    for (uint32_t i = 0; i < 256; i++) {
        b->text[i] = (uint8_t)i;
        b->text_at[BPE_SPECIALS + i + 1] = i + 1;
    }
}

bool bpe_ready(bpe *b)
{
    uint16_t seen[BPE_TABLE] = {0}; /* merges by the hash of their text */
    begin_texts(b);
    for (uint32_t i = 0; i < BPE_MERGES; i++) {
        if (!add_merge_text(b, i, seen))
            return false;
        put_merge(b, i);
    }
    return true;
}

/* ---- encoding ---- */

/* Merges the pair that was learned first, until none is left. n tokens in place; returns how many remain. */
static size_t merge_all(const bpe *b, uint16_t *t, size_t n)
{
    for (;;) {
        uint16_t best = UINT16_MAX;
        size_t at = 0;
        for (size_t i = 0; i + 1 < n; i++) {
            uint16_t m = merged(b, t[i], t[i + 1]);
            if (m && m < best)
                best = m, at = i;
        }
        if (best == UINT16_MAX)
            return n;
        t[at] = best;
        memmove(t + at + 1, t + at + 2, (n - at - 2) * sizeof *t);
        n--;
    }
}

bool bpe_encode(const bpe *b, span text, uint16_t *tokens, size_t cap, size_t *n)
{
    while (text.n) {
        uint16_t t[BPE_PIECE];
        size_t bytes = piece(text);
        for (size_t i = 0; i < bytes; i++)
            t[i] = (uint16_t)(BPE_SPECIALS + text.p[i]);
        size_t got = merge_all(b, t, bytes);
        if (got > cap - *n)
            return false;
        memcpy(tokens + *n, t, got * sizeof *t);
        *n += got;
        text = span_from(text, bytes);
    }
    return true;
}

/* ---- learning ---- */

typedef struct word {
    uint16_t t[BPE_PIECE];
    uint32_t n, count;
} word;

typedef struct lexicon {
    word *words;
    uint32_t n, cap, *table; /* table: 1 + index, by hash; 2 * cap slots */
    uint32_t *pairs;         /* how often left, right stand side by side: BPE_VOCAB * BPE_VOCAB */
} lexicon;

static bool count_piece(lexicon *x, span s)
{
    word w = {.n = (uint32_t)s.n, .count = 1};
    for (size_t i = 0; i < s.n; i++)
        w.t[i] = (uint16_t)(BPE_SPECIALS + s.p[i]);
    uint32_t at = hash_of(s) % (2 * x->cap);
    for (; x->table[at]; at = (at + 1) % (2 * x->cap)) {
        word *seen = &x->words[x->table[at] - 1];
        if (seen->n == w.n && memcmp(seen->t, w.t, w.n * sizeof *w.t) == 0) {
            seen->count++;
            return true;
        }
    }
    if (x->n == x->cap)
        return false;
    x->words[x->n++] = w;
    x->table[at] = x->n;
    return true;
}

static void count_pairs(lexicon *x)
{
    for (uint32_t w = 0; w < x->n; w++)
        for (uint32_t i = 0; i + 1 < x->words[w].n; i++)
            x->pairs[(uint32_t)x->words[w].t[i] * BPE_VOCAB + x->words[w].t[i + 1]] += x->words[w].count;
}

/* Of tokens below `end`; ties to the smallest (left, right). */
static uint32_t most_frequent(const lexicon *x, uint32_t end)
{
    uint32_t best = 0;
    for (uint32_t left = 0; left < end; left++)
        for (uint32_t i = left * BPE_VOCAB; i < left * BPE_VOCAB + end; i++)
            if (x->pairs[i] > x->pairs[best])
                best = i;
    return best;
}

static void merge_in_words(lexicon *x, uint32_t pair, uint16_t token)
{
    for (uint32_t w = 0; w < x->n; w++) {
        word *v = &x->words[w];
        uint32_t to = 0;
        for (uint32_t i = 0; i < v->n; i++) {
            bool hit = i + 1 < v->n && (uint32_t)v->t[i] * BPE_VOCAB + v->t[i + 1] == pair;
            v->t[to++] = hit ? token : v->t[i];
            i += hit;
        }
        v->n = to;
    }
}

static bool learn(bpe *out, lexicon *x, span text)
{
    for (size_t n; text.n; text = span_from(text, n)) {
        n = piece(text);
        if (n > 1 && !count_piece(x, span_first(text, n)))
            return false;
    }
    for (uint32_t i = 0; i < BPE_MERGES; i++) {
        memset(x->pairs, 0, (size_t)(BPE_BYTES + i) * BPE_VOCAB * sizeof *x->pairs);
        count_pairs(x);
        uint32_t pair = most_frequent(x, BPE_BYTES + i);
        if (x->pairs[pair] == 0)
            return false;
        out->merge[i][0] = (uint16_t)(pair / BPE_VOCAB), out->merge[i][1] = (uint16_t)(pair % BPE_VOCAB);
        merge_in_words(x, pair, (uint16_t)(BPE_BYTES + i));
    }
    return bpe_ready(out);
}

bool bpe_learn(bpe *out, span text)
{
    lexicon x = {.cap = 1u << 17};
    x.words = malloc(x.cap * sizeof *x.words);
    x.table = calloc(2 * x.cap, sizeof *x.table);
    x.pairs = malloc(BPE_VOCAB * BPE_VOCAB * sizeof *x.pairs);
    bool done = x.words && x.table && x.pairs && learn(out, &x, text);
    free(x.words), free(x.table), free(x.pairs);
    return done;
}

/* ---- characters ---- */

/* The held bytes could still become a character: if they can at all, then with the lowest or with the highest bytes that continue one. */
static bool unfinished(const utf8_stream *u)
{
    for (int high = 0; high < 2; high++) {
        uint8_t whole[4];
        memset(whole, high ? 0xbf : 0x80, sizeof whole);
        memcpy(whole, u->held, u->n);
        if (u->n < 4 && utf8_step(SPAN(whole)) > u->n)
            return true;
    }
    return false;
}

static void drop(utf8_stream *u, size_t n)
{
    u->n -= n;
    memmove(u->held, u->held + n, u->n);
}

static void settle(utf8_stream *u, bool at_end, writer *out)
{
    while (u->n) {
        size_t whole = utf8_step(span_of(u->held, u->n));
        if (!whole && !at_end && unfinished(u))
            return;
        if (whole)
            write_span(out, span_of(u->held, whole));
        else
            write_text(out, "\xef\xbf\xbd");
        drop(u, whole ? whole : 1);
    }
}

void utf8_stream_push(utf8_stream *u, span in, writer *out)
{
    for (size_t i = 0; i < in.n; i++) {
        u->held[u->n++] = in.p[i];
        settle(u, false, out);
    }
}

void utf8_stream_end(utf8_stream *u, writer *out) { settle(u, true, out); }
