/* Any merges, any bytes. Merges are accepted when a plain reading of the rule says so. With accepted ones every text comes back from tokens
 * that no role is made of, by the merges in their order; and bytes become whole characters, the same ones however they were cut. */
#include "fuzz_entry.h"
#include "fuzz_tokens.h"
#include "utf8.h"

#include <string.h>

enum { TEXT_MAX = 1024 };

/* ---- merges ---- */

/* Changes to good merges, six bytes each: which one (its highest bit: that one and all after it), left, right. */
static void change_merges(bpe *b, span changes)
{
    for (reader r = reader_of(changes); r.rest.n >= 6;) {
        const size_t which = read_be(&r, 2), at = (which & 0x7fff) % BPE_MERGES, end = which >> 15 ? BPE_MERGES : at + 1;
        const uint16_t left = (uint16_t)read_be(&r, 2), right = (uint16_t)read_be(&r, 2);
        for (size_t i = at; i < end; i++)
            b->merge[i][0] = (uint16_t)(left + (i - at)), b->merge[i][1] = right;
    }
}

/* The rule of model_bpe.h, read plainly. */
static bool merges_are_good(const bpe *b)
{
    static struct {
        uint8_t p[2 * BPE_PIECE];
        size_t n;
    } text[BPE_VOCAB];
    size_t newest[BPE_PIECE + 1] = {0}, before[BPE_VOCAB] = {0}; /* those of one length, from the newest back: 0 ends them */
    for (size_t i = 0; i < BPE_BYTES; i++)
        text[i].p[0] = (uint8_t)(i - BPE_SPECIALS), text[i].n = i >= BPE_SPECIALS;
    for (size_t t = BPE_BYTES; t < BPE_VOCAB; t++) {
        const size_t l = b->merge[t - BPE_BYTES][0], r = b->merge[t - BPE_BYTES][1];
        if (l < BPE_SPECIALS || r < BPE_SPECIALS || l >= t || r >= t || text[l].n + text[r].n > BPE_PIECE)
            return false;
        memcpy(text[t].p, text[l].p, text[l].n);
        memcpy(text[t].p + text[l].n, text[r].p, text[r].n);
        text[t].n = text[l].n + text[r].n;
        for (size_t i = newest[text[t].n]; i; i = before[i])
            if (memcmp(text[i].p, text[t].p, text[t].n) == 0)
                return false;
        before[t] = newest[text[t].n], newest[text[t].n] = t;
    }
    return true;
}

/* ---- text ---- */

/* The tokens of one run of letters, merge after merge over the whole run. */
static size_t merge_in_order(const bpe *b, span run, uint16_t *t)
{
    size_t n = run.n;
    for (size_t i = 0; i < n; i++)
        t[i] = (uint16_t)(BPE_SPECIALS + run.p[i]);
    for (uint16_t m = 0; m < BPE_MERGES && n > 1; m++) {
        size_t to = 0;
        for (size_t i = 0; i < n; i++) {
            const bool hit = i + 1 < n && t[i] == b->merge[m][0] && t[i + 1] == b->merge[m][1];
            t[to++] = hit ? (uint16_t)(BPE_BYTES + m) : t[i];
            i += hit;
        }
        n = to;
    }
    return n;
}

static void spelled_by_the_rule(const bpe *b, span text, const uint16_t *token, size_t n)
{
    for (size_t at = 0; at < text.n;) {
        uint16_t want[BPE_PIECE];
        size_t bytes = text.p[at] == ' ';
        while (at + bytes < text.n && bytes < BPE_PIECE && fuzz_letter(text.p[at + bytes]))
            bytes++;
        bytes += bytes == 0;
        const size_t got = merge_in_order(b, span_of(text.p + at, bytes), want);
        must(got <= n && memcmp(want, token, got * sizeof *want) == 0);
        token += got, n -= got, at += bytes;
    }
    must(n == 0);
}

static void comes_back(const bpe *b, span text)
{
    static uint16_t token[TEXT_MAX], again[TEXT_MAX];
    static uint8_t back[TEXT_MAX];
    writer w = WRITER(back);
    size_t n = 0, n_again = 0;
    must(bpe_encode(b, text, token, TEXT_MAX, &n) && n <= text.n);
    for (size_t i = 0; i < n; i++) {
        must(token[i] >= BPE_SPECIALS && token[i] < BPE_VOCAB);
        write_span(&w, bpe_text(b, token[i]));
    }
    must(w.n == text.n && (text.n == 0 || memcmp(back, text.p, text.n) == 0));
    must(bpe_encode(b, written(&w), again, TEXT_MAX, &n_again) && n_again == n && memcmp(token, again, n * sizeof *token) == 0);
    spelled_by_the_rule(b, text, token, n);
    if (n == 0)
        return;
    n_again = 0, again[n - 1] = 7;
    must(!bpe_encode(b, text, again, n - 1, &n_again) && n_again < n && again[n - 1] == 7); /* nothing beyond the room */
}

/* ---- characters ---- */

static void characters_come_whole(span text, uint32_t cuts)
{
    static uint8_t once[3 * TEXT_MAX + 16], cut[3 * TEXT_MAX + 16];
    writer a = WRITER(once), b = WRITER(cut);
    utf8_stream u = {0}, v = {0};
    utf8_stream_push(&u, text, &a), utf8_stream_end(&u, &a);
    for (span rest = text; rest.n;) {
        const span piece = span_first(rest, 1 + cuts % 7);
        utf8_stream_push(&v, piece, &b);
        must(v.n < 4 && is_utf8(written(&b))); /* never half a character */
        rest = span_from(rest, piece.n), cuts = cuts >> 3 | cuts << 29;
    }
    utf8_stream_end(&v, &b);
    must(writer_ok(&a) && writer_ok(&b) && u.n == 0 && v.n == 0 && is_utf8(written(&a)));
    must(a.n == b.n && memcmp(once, cut, a.n) == 0 && a.n <= 3 * text.n);
    must(!is_utf8(text) || (a.n == text.n && (a.n == 0 || memcmp(once, text.p, a.n) == 0)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static bpe b;
    span in = span_of(data, n), changes;
    if (n > TEXT_MAX || !fuzz_piece(&in, &changes))
        return 0;
    memcpy(b.merge, fuzz_tokens()->merge, sizeof b.merge);
    change_merges(&b, changes);
    const bool good = bpe_ready(&b);
    must(good == merges_are_good(&b));
    comes_back(good ? &b : fuzz_tokens(), in);
    characters_come_whole(in, in.n ? in.p[0] * 2654435761u : 0);
    return 0;
}

#ifdef PARLEY_FUZZ
#include "fuzz_mutate.h"

/* A token, mostly one that is about to be made: the edges of the rule are there. */
static uint16_t some_token(uint32_t *seed, uint32_t at)
{
    const uint32_t near = BPE_BYTES + at - 2 + fuzz_chance(seed, 5);
    return (uint16_t)(fuzz_chance(seed, 2) ? near : fuzz_chance(seed, BPE_VOCAB));
}

static size_t one_more_change(uint8_t *data, size_t n, size_t most, size_t changes, uint32_t seed)
{
    uint8_t row[6];
    writer w = WRITER(row);
    const uint32_t at = fuzz_chance(&seed, BPE_MERGES);
    const uint16_t *other = fuzz_tokens()->merge[fuzz_chance(&seed, BPE_MERGES)];
    const bool again = fuzz_chance(&seed, 3) == 0; /* as another one */
    write_be(&w, at | (fuzz_chance(&seed, 4) ? 0 : 0x8000), 2);
    write_be(&w, again ? other[0] : some_token(&seed, at), 2);
    write_be(&w, again ? other[1] : some_token(&seed, at), 2);
    return fuzz_splice(data, n, most, 2 + changes, 0, written(&w));
}

/* The length of the changes stays true. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t n, size_t most, unsigned seed)
{
    uint32_t chance = seed;
    span rest = span_of(data, n), changes;
    if (!fuzz_piece(&rest, &changes) || fuzz_chance(&chance, 8) == 0)
        return LLVMFuzzerMutate(data, n, most);
    const uint32_t way = fuzz_chance(&chance, 3);
    const size_t made = way == 0   ? one_more_change(data, n, most, changes.n, chance)
                        : way == 1 ? fuzz_mutate_part(data, n, most, 2, changes.n)
                                   : fuzz_mutate_part(data, n, most, 2 + changes.n, rest.n);
    writer w = writer_of(data, 2);
    write_be(&w, way == 2 ? changes.n : changes.n + made - n, 2);
    return made;
}
#endif
